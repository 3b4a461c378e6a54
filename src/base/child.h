#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

/* Is told a line that a command said on standard error, as it was said and without its end. */
typedef void child_hear(const char *line);

/*
 * A command whose output is wanted: run without a shell, in a session of its
 * own, so that all of it can be ended and nothing of it can talk to the
 * terminal. It reads nothing. The caller waits for `output` beside everything
 * else, and says how long it may take.
 */
struct child {
    pid_t pid;   /* -1: none runs */
    int output;  /* readable when it has printed or said something; -1 once it will print no more */
    int error;   /* the errno with which reading it failed, ENOMEM too; 0: it did not */
    int printed; /* its standard output and standard error; -1: none, or ended */
    int said;
    child_hear *hear;
    struct buf line; /* that is not whole yet */
};

#define CHILD_NONE ((struct child){.pid = -1, .output = -1, .printed = -1, .said = -1})

/*
 * Splits a line into words as a POSIX shell does, quotes and backslashes
 * included, but nothing is expanded. The list ends with NULL; child_words_free()
 * wipes it. ERROR_INPUT, which never quotes the line, for a quote that does not
 * end and for a line without a word.
 */
char **child_words(const char *line, struct error *err);
void child_words_free(char **words);

/* Starts words[0] with the rest as its arguments. environment: NULL for our own. hear: NULL when nobody wants
 * to know what it says on standard error. Returns 0, or an errno. */
int child_start(struct child *child, char *const *words, char *const *environment, child_hear *hear);

/* Adds what it has printed to out, without waiting, as far as out takes it. True once it has ended: *status
 * is as of waitpid(). */
bool child_advance(struct child *child, struct buf *out, int *status);

/* Ends it and all that it started, if it still runs. */
void child_end(struct child *child);

#endif
