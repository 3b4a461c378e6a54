#ifndef TESTS_SUPPORT_CANARY_H
#define TESTS_SUPPORT_CANARY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A secret that is to be found nowhere, and all the forms in which it could be
 * kept all the same: as it is, in base64 at each of its three offsets, in hex,
 * percent-encoded, escaped for JSON, reversed, in UTF-16, and the half of it
 * that careless masking leaves.
 */
struct canary;

/* secret: ASCII of at least 20 bytes. Ends the test program when memory is short. */
struct canary *canary_new(const char *secret);
void canary_free(struct canary *canary);

/* The name of the form in which it is there; NULL when it is not. */
const char *canary_found(const struct canary *canary, const char *bytes, size_t length);

/*
 * The same in every file below a folder, and in their names. Paths with
 * `except` in them (may be NULL) are passed over. where: the path and the form,
 * to be freed; NULL when it is nowhere. *files, which may be NULL, grows by the
 * number of files that were read.
 */
char *canary_found_below(const struct canary *canary, const char *folder, const char *except, size_t *files);

/* The same in what /proc says of a process: its words, its environment. */
char *canary_found_in_process(const struct canary *canary, long pid);

/*
 * How often it is in the memory that a process writes to, but for its stacks:
 * as it is, and in all the other forms (a half that is part of a whole is
 * none). False where the memory cannot be looked at, which only root may, and
 * where a sanitizer keeps copies of its own.
 */
bool canary_count_in_memory(const struct canary *canary, long pid, size_t *as_it_is, size_t *otherwise);

#endif
