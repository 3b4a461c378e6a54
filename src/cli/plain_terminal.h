#ifndef CLI_PLAIN_TERMINAL_H
#define CLI_PLAIN_TERMINAL_H

#include <signal.h>
#include <stdio.h>
#include <termios.h>

#include "api/transport.h"
#include "base/error.h"
#include "plain/plain.h"

/*
 * Lines from standard input and text to a stream, for the dialogue of plain
 * questions: a terminal that echoes by itself, or a pipe. While a secret is
 * typed the terminal does not echo; it does again on every way out of that but
 * SIGKILL. Signals that end a program are waited for, not suffered; where nobody
 * reads, one that comes while text is written ends the dialogue.
 */
struct plain_terminal {
    struct plain_io io; /* first: ask() and write() find the rest from it */
    FILE *out;
    bool is_terminal; /* standard input is one */
    bool is_hidden;
    struct termios modes; /* to be put back when is_hidden */
    int signal_fd;
    sigset_t old_mask;
    int signal_number;  /* that ended the reading; 0: none */
    struct buf pending; /* read, and not asked for yet */
};

/* Fills all of io but find_target. Signals are held back until it is closed. ERROR_INTERNAL when they cannot
 * be waited for. */
bool plain_terminal_open(struct plain_terminal *terminal, struct error *err);
void plain_terminal_close(struct plain_terminal *terminal);

/* Waits until a signal or something on fd (-1: none) came, a transfer moved (transport may be NULL), or
 * timeout_ms passed (-1: no limit). ERROR_INTERNAL when waiting is not possible. */
bool plain_terminal_wait(struct plain_terminal *terminal, struct transport *transport, int fd, int timeout_ms,
                         struct error *err);

/* A signal that came, without waiting; 0: none. A wish to be suspended is granted here. */
int plain_terminal_take_signal(struct plain_terminal *terminal);

/* This signal ends the dialogue. */
void plain_terminal_end(struct plain_terminal *terminal, int signal_number);

#endif
