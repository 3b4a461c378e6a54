#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <signal.h>

#include "base/error.h"

/* Adds a signal, unless whoever started us wants it ignored: nohup, or a shell without job control. */
void interrupt_add(sigset_t *set, int number);

/*
 * SIGINT, SIGTERM and SIGHUP as something to wait for beside everything else.
 * From interrupt_open() on they no longer end the program. Close the descriptor
 * with interrupt_close(), which lets them again. Meanwhile, and once one was
 * taken, no write waits long where nobody reads (cli/write_limit.h).
 */
int interrupt_open(struct error *err); /* -1, and ERROR_INTERNAL, when it cannot */
void interrupt_close(int fd);

/* The number of a signal that came, without waiting; 0: none. */
int interrupt_take(int fd);

/* Where not all was told since nobody read it: the one that was taken, else one that came; 0: none, or all
 * was told. */
int interrupt_unread(int fd, int taken);

#endif
