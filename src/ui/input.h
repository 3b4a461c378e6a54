#ifndef UI_INPUT_H
#define UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/event.h"

/*
 * Bytes of a terminal into events. Pure: no terminal, no clock of its own.
 *
 * Understands the sequences of xterm, tmux, screen, linux, rxvt and vt100 for
 * the keys of event.h with their modifiers, CSI u (kitty), SGR and X10 mouse,
 * bracketed paste, focus reports. A sequence it does not know is swallowed,
 * whole, as are OSC, DCS and other strings. ESC and a letter is Alt. A lone ESC
 * counts after the silence that the caller measures: input_flush(). Broken
 * UTF-8 becomes U+FFFD.
 */
struct input;

enum { INPUT_ESCAPE_MS = 50, INPUT_SEQUENCE_MS = 1000, INPUT_PASTE_MS = 2000 };
#define INPUT_PASTE_MAX ((size_t)4 << 20)

struct input *input_new(void); /* NULL when memory is short */
void input_free(struct input *input);

/* Hands over bytes as they were read. False when memory is short (the bytes are lost). */
bool input_feed(struct input *input, const char *bytes, size_t length);

/* The next event, if there is a whole one. */
bool input_next(struct input *input, struct event *event);

/* True while a sequence, a character or a paste has begun and not ended; *silence_ms (may be NULL) is how
 * long to wait before input_flush(): briefly only where what is there may be a key of its own. */
bool input_pending(const struct input *input, int *silence_ms);

/* Nothing came for long enough: a lone ESC becomes PRESS_ESCAPE, a cut sequence is dropped, a paste without
 * its end mark is handed out as it is with paste_cut set. */
void input_flush(struct input *input);

#endif
