#ifndef UI_TERM_RESCUE_H
#define UI_TERM_RESCUE_H

#include <stdbool.h>

/*
 * What puts the terminal back on every way out: term_close(), exit(), a deadly
 * signal, suspension; and the signals that the terminal is told of. A handler
 * gets no argument, so there is one rescue in a program, for one terminal.
 */

/* Reads the modes of the line that are to be put back. False: errno says why not. */
bool rescue_take_modes(void);

void rescue_set_raw_modes(void);
void rescue_give_modes_back(void);

/* From now on signals are taken. `output`: the terminal, for what is written at the end; `wake`: the end of a
 * pipe that is written at each signal. Neither may block. */
void rescue_take_signals(int output, int wake);

/* ending: the program is on its way out because it was told to, or because the terminal went away. */
void rescue_give_signals_back(bool ending);

/* What is to be written at the end: begins anew with nothing, grows, counts once it is armed. What is
 * more than fits (512 bytes) is left out. */
void rescue_begin_text(void);
void rescue_add_text(const char *text);
void rescue_arm(void);
void rescue_disarm(void);

/* Writes it and puts the modes back, once, if it is armed. Safe in a signal handler, and for atexit(). */
void rescue_terminal(void);

/* Whether the signal came since the last time. */
bool rescue_was_raised(int number);

/* The signal that ends the program, if one came since the last time; 0: none did. */
int rescue_ending_signal(void);

/* Stops the whole job, as the terminal itself would: a script that runs this program stops too. Returns when
 * continued; at once where nobody could continue it (no shell with job control). `woken`: the end of the pipe
 * that is read. */
void rescue_stop(int woken);

#endif
