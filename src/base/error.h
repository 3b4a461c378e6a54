#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>

/* What went wrong, as far as the caller may want to act on it (the exit codes hang on this). */
enum error_kind {
    ERROR_NONE,
    ERROR_USAGE,       /* the command line is wrong */
    ERROR_INPUT,       /* a draft or an answer is wrong: the operator can mend it */
    ERROR_FILE,        /* a file could not be read or written */
    ERROR_MEMORY,      /* memory is short */
    ERROR_CREDENTIALS, /* no usable credentials, or no region */
    ERROR_NETWORK,     /* the service could not be reached */
    ERROR_CANCELLED,   /* the operator stopped it */
    ERROR_INTERNAL,    /* a bug of ours */
};

/*
 * Why something failed, in words fit for the person at the keyboard.
 *
 * The caller owns it, usually on the stack, and passes its address last. A
 * function that takes one returns false (or NULL) exactly when it has filled
 * it in. The text never holds a secret and never ends in a full stop or a
 * newline. It may hold text of a file or a server: whoever prints it cleans it
 * (base/clean.h). What has no room in it is cut between characters.
 *
 * A header says which kinds a function gives. ERROR_MEMORY goes without saying:
 * where nothing is said, a function fails for want of memory and for nothing else.
 */
struct error {
    enum error_kind kind;
    char text[512];
};

/*
 * Fills *err and returns false, so that a failure is one statement:
 *     return error_set(err, ERROR_INPUT, "%s is not a number", value);
 */
bool error_set(struct error *err, enum error_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As error_set(), with ": " and the meaning of errno_value behind the text. */
bool error_set_errno(struct error *err, enum error_kind kind, int errno_value, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Puts "context: " before the text already there; the kind stays. Returns false. */
bool error_wrap(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ERROR_MEMORY in the usual words. Returns false. */
bool error_memory(struct error *err);

#endif
