#ifndef BASE_CLEAN_H
#define BASE_CLEAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * The one gate to the terminal.
 *
 * Text that came from a server, a file, the environment or the keyboard may
 * hold escape sequences, line breaks, direction overrides or invisible
 * characters. clean_add() makes all of them visible, so that what is shown
 * cannot move the cursor, talk to the terminal or look like something else:
 *
 *   C0 controls and DEL      ^X, ^?
 *   C1 controls              <U+009B>
 *   bidirectional controls, zero width and other invisible characters,
 *   separators, tags, private use, non-characters: <U+202E>
 *   broken UTF-8             one U+FFFD for each broken byte
 *   more than 4 combining marks on one base: the rest is dropped for "<+N>"
 *
 * A zero width joiner between two emoji stays: it makes one picture of them. So
 * does a variation selector that makes a picture of a sign, or the other way
 * round.
 */
enum clean_lines {
    CLEAN_ONE_LINE,   /* a newline is ^J like any other control */
    CLEAN_KEEP_LINES, /* a newline stays; for text printed outside the screen */
};

/* Adds text, made safe to show. */
void clean_add(struct buf *out, const char *text, size_t length, enum clean_lines lines);

/*
 * What clean_add() made, for a terminal that does not read UTF-8, to which some
 * of its bytes are controls: <U+4E2D> for all that is not ASCII.
 */
void clean_add_ascii(struct buf *out, const char *text, size_t length);

/* True when clean_add(CLEAN_ONE_LINE) would change nothing. */
bool clean_is_clean(const char *text, size_t length);

/*
 * What clean_add() writes for the grapheme at the start of text when it has to
 * be changed: fills shown (at most 23 bytes and a 0) and returns true; false
 * when the grapheme may be drawn as it is. The canvas draws through this.
 */
bool clean_grapheme(const char *text, size_t length, char shown[24]);

#endif
