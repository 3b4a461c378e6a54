#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

/*
 * A command whose output is wanted: run without a shell, in a session of its
 * own, so that all of it can be ended and nothing of it can talk to the
 * terminal. It reads nothing. The caller waits for `output` beside everything
 * else, and says how long it may take.
 */
struct child {
    pid_t pid;  /* -1: none runs */
    int output; /* its standard output; -1 once that has ended */
    int error;  /* the errno with which reading it failed; 0: it did not */
};

#define CHILD_NONE ((struct child){.pid = -1, .output = -1})

/*
 * Splits a line into words as a POSIX shell does, quotes and backslashes
 * included, but nothing is expanded. The list ends with NULL; child_words_free()
 * wipes it. ERROR_INPUT, which never quotes the line, for a quote that does not
 * end and for a line without a word.
 */
char **child_words(const char *line, struct error *err);
void child_words_free(char **words);

/* Starts words[0] with the rest as its arguments. environment: NULL for our own. silent: what it says on standard
 * error is not shown. Returns 0, or an errno. */
int child_start(struct child *child, char *const *words, char *const *environment, bool silent);

/* Adds what it has printed to out, without waiting, as far as out takes it. True once it has ended: *status is
 * as of waitpid(). */
bool child_advance(struct child *child, struct buf *out, int *status);

/* Ends it and all that it started, if it still runs. */
void child_end(struct child *child);

#endif
