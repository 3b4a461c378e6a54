#ifndef CLI_WRITE_LIMIT_H
#define CLI_WRITE_LIMIT_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Who was told to end ends, also while it writes to what nobody reads: a full
 * pipe, a terminal that has stopped. A signal that is waited for
 * (cli/interrupt.h, cli/plain_terminal.h) does not end such a write by itself.
 * Between write_limit_begin() and write_limit_end() a write that takes nothing
 * more fails with EINTR soon after such a signal; one that goes on, however
 * slowly, is left alone. It takes SIGALRM and the timer of the process for it.
 */

/* Signals are held back from now on; they are let through again. */
void write_limit_open(void);
void write_limit_close(void);

/* The end was asked for and is near: from now on no write waits for long. */
void write_limit_hurry(void);

/* False: the end is near and the stream has failed before; another try only takes time. */
bool write_limit_begin(FILE *stream);
void write_limit_end(void);

#endif
