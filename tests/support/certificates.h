#ifndef SUPPORT_CERTIFICATES_H
#define SUPPORT_CERTIFICATES_H

/*
 * A private certificate authority for tests: PEM files in a temporary folder,
 * made anew each time and taken away with certificates_remove().
 */
enum certificate_kind {
    CERTIFICATE_GOOD, /* for 127.0.0.1 and localhost */
    CERTIFICATE_EXPIRED,
    CERTIFICATE_EARLY, /* not valid yet */
    CERTIFICATE_OTHER_HOST,
    CERTIFICATE_SELF_SIGNED,
    CERTIFICATE_CLIENT_ONLY,
    CERTIFICATE_WEAK, /* signed over SHA-1 */
    CERTIFICATE_COUNT
};

struct certificates {
    char folder[64];
    char ca_file[96];
    char key_file[96]; /* of all of them */
    char files[CERTIFICATE_COUNT][96];
};

/* Ends the test program when it cannot. */
void certificates_make(struct certificates *certificates);
void certificates_remove(struct certificates *certificates);

/* Before and after a group of tests: *state is the struct. */
int certificates_enter(void **state);
int certificates_leave(void **state);

#endif
