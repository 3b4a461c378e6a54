#ifndef UI_TERM_H
#define UI_TERM_H

#include <stdbool.h>

#include "base/error.h"
#include "base/host.h"
#include "ui/canvas.h"
#include "ui/event.h"

/*
 * The terminal: pictures go out, events come in. What is sent for a picture is
 * found in ui/term_screen.h, keys are parsed in ui/input.h.
 *
 * From term_open() to term_close() the terminal is in raw mode on its alternate
 * screen. It is put back on every way out: term_close(), exit(), a deadly
 * signal (handlers that only use what is safe there), suspension.
 */
struct term;

/* Why a full screen cannot be had here, in words; NULL when it can: standard input or output is no terminal,
 * TERM is unset, unknown or "dumb", the terminal cannot move its cursor, or no file may grow. */
const char *term_obstacle(struct host *host);

/* mouse: ask the terminal for mouse reports. colour: false under NO_COLOR or --no-color. */
struct term_options {
    bool colour;
    bool mouse;
};

struct term *term_open(struct host *host, const struct term_options *options, struct error *err);
void term_close(struct term *term);

/* The descriptors to wait on: keys, and signals (resize, continue, end). */
int term_input_fd(const struct term *term);
int term_signal_fd(const struct term *term);

/* What poll() has just said of the two: term_next() then need not ask once more. */
void term_ready(struct term *term, bool keys, bool signals);

/* Milliseconds until term_next() should be called although nothing came (a lone ESC); -1: no need. */
int term_timeout(const struct term *term);

/* The next event, without waiting. False when there is none. *gone is set when the terminal went away
 * (end of file, EIO): nothing more will come. The first event is the size. SIGTERM, SIGHUP, SIGINT and
 * SIGQUIT are EVENT_SIGNAL; SIGTSTP is term_suspend(). Whenever the picture has to be given again (a new
 * size, continued after a stop), EVENT_RESIZE comes. */
bool term_next(struct term *term, struct event *event, bool *gone);

/* Makes the screen show the canvas: what changed is sent. Never waits for the terminal: what a slow one
 * has not taken follows at the next calls. A canvas of another size than term_size() is not shown. False when
 * memory was too short: the whole picture is due once more. */
bool term_present(struct term *term, const struct canvas *canvas);

void term_size(const struct term *term, int *columns, int *rows);

/* True when lines should be drawn with + - |: the locale is not UTF-8. */
bool term_is_ascii(const struct term *term);

void term_set_mouse(struct term *term, bool on);

/* Draws everything anew at the next term_present(). */
void term_redraw(struct term *term);

/* Gives the terminal back, stops the process as Ctrl-Z does, and takes the terminal again when continued. */
void term_suspend(struct term *term);

#endif
