#ifndef TESTS_SUPPORT_SCREEN_H
#define TESTS_SUPPORT_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * A program in a terminal of its own, as an operator has it: a pseudo-terminal
 * whose picture libvterm keeps, and a small shell with job control between the
 * two. Nothing here sleeps: what waits, waits for the terminal or the program,
 * and gives up after the patience with the screen printed to standard error.
 */
struct screen;

struct screen_options {
    int columns, rows;              /* 0: 80, 24 */
    int patience_ms;                /* 0: 20000, since a sanitizer takes its time */
    const char *const *environment; /* "NAME=value" sets, "NAME" unsets; ends with NULL; may be NULL */
};

/*
 * Starts argv (argv[0] is a path; ends with NULL) with the environment of the
 * test, but TERM=xterm-256color, LC_ALL=C.UTF-8, TZ=UTC and without LINES,
 * COLUMNS, NO_COLOR, then changed as options (may be NULL) say. NULL when it
 * could not be started.
 */
struct screen *screen_start(const char *const *argv, const struct screen_options *options);

/* Kills the program if it still runs. NULL is fine. */
void screen_free(struct screen *screen);

/* Of the program; the shell before it is its parent. */
pid_t screen_pid(const struct screen *screen);

/* ------------------------------------------------------------- its keys */

/* Types bytes; text of a terminal that has been hung up is dropped. */
bool screen_type(struct screen *screen, const char *text);
bool screen_type_length(struct screen *screen, const char *bytes, size_t length);

/* Pastes as terminals do: between the marks when the program has asked for them, else newlines as Enter. */
bool screen_paste(struct screen *screen, const char *text);

/* How many bytes were typed that the program has not read: whoever has the terminal next gets them. */
size_t screen_unread(const struct screen *screen);

/* Waits until that is none. */
bool screen_wait_read(struct screen *screen);

/* Clicks with the left button, when the program has asked for the mouse: false when not. From 0. */
bool screen_click(struct screen *screen, int row, int column);

bool screen_resize(struct screen *screen, int columns, int rows);

/* ---------------------------------------------------------- its picture */

/* Waits until text is in one row of the screen; until it is in none. */
bool screen_wait(struct screen *screen, const char *text);
bool screen_wait_gone(struct screen *screen, const char *text);

/* As screen_wait(), but for so long only, and without a word when it is in vain. */
bool screen_see(struct screen *screen, const char *text, int limit_ms);

/* Waits until text is in this row (from 0). */
bool screen_wait_row(struct screen *screen, int row, const char *text);

/* Waits until the cursor is visible there (from 0). */
bool screen_wait_cursor(struct screen *screen, int row, int column);

/* Waits until the program has sent nothing for a while (100 ms): for "and nothing else happens". */
bool screen_wait_quiet(struct screen *screen);

/* The picture as it is now: a row without the blanks at its end, the whole with a newline behind each row.
 * Valid until the next call. */
const char *screen_row(struct screen *screen, int row);
const char *screen_text(struct screen *screen);

bool screen_has(struct screen *screen, const char *text);

/* The first row that holds text, and the column where it begins; false when none does. */
bool screen_find(struct screen *screen, const char *text, int *row, int *column);

/* False when it is hidden. */
bool screen_cursor(struct screen *screen, int *row, int *column);

struct screen_look {
    bool bold, underline, reverse, coloured;
};
struct screen_look screen_look(struct screen *screen, int row, int column);

/* Whether anything on the screen has a colour. */
bool screen_is_coloured(struct screen *screen);

/* Every byte the program has sent, at most 64 MiB. */
const char *screen_bytes(const struct screen *screen, size_t *length);

/* ------------------------------------------------------------ its life */

/* Sends a signal to the program. */
bool screen_signal(struct screen *screen, int number);

/* Waits until the program is stopped (the shell then has the terminal); continues it in the foreground. */
bool screen_wait_stopped(struct screen *screen);
bool screen_continue(struct screen *screen);

/* Stops, and goes on, reading what the program sends: a stuck terminal. */
void screen_set_deaf(struct screen *screen, bool deaf);

/* Closes the terminal as a dropped connection does. */
void screen_hang_up(struct screen *screen);

/* Waits for the end of the program: *status is its exit status, 128 and the signal when it was killed. */
bool screen_wait_exit(struct screen *screen, int *status);

/* The same within a time, and without a word. */
bool screen_see_exit(struct screen *screen, int limit_ms, int *status);

/* NULL when the terminal is as it was before the program: the modes of the line, no alternate screen, cursor
 * visible, mouse reports and bracketed paste off. Else what is not. */
const char *screen_not_restored(struct screen *screen);

#endif
