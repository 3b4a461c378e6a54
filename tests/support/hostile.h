#ifndef TESTS_SUPPORT_HOSTILE_H
#define TESTS_SUPPORT_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Text that wants more of a terminal than to be shown, and a judge of what
 * reached one. The judge knows nothing of base/clean.h: its rules are written
 * down here a second time.
 */

/* Stands at the start of every text below, and in nothing that is harmless. */
#define HOSTILE_MARKER "Qz"

struct hostile {
    const char *bytes;
    bool broken; /* is no UTF-8, and so can be in no JSON */
};

extern const struct hostile hostile_texts[];
extern const size_t hostile_count;

/* Where bytes came out. */
enum outlet {
    OUTLET_TEXT,          /* lines, on a terminal of UTF-8 or in a pipe */
    OUTLET_NARROW,        /* lines, on a terminal that does not read UTF-8 */
    OUTLET_SCREEN,        /* what the wizard wrote on an xterm, with the terminal's own sequences in it */
    OUTLET_NARROW_SCREEN, /* the same where the locale is not UTF-8 */
};

/*
 * True when nothing in the bytes drives a terminal, hides, or turns the
 * direction of writing, and none of the texts is there as it was. Else why
 * says what and where.
 */
bool hostile_is_tamed(const char *bytes, size_t length, enum outlet outlet, char *why, size_t size);

/*
 * True when every text that begins in this row of a picture goes on as it is to
 * be seen: marked, and cut only where its place ends. seen (of hostile_count,
 * may be NULL) becomes true for those of which enough is there. As they are, or
 * as strings of JSON have them.
 */
bool hostile_row_is_marked(const char *row, bool *seen, char *why, size_t size);

struct screen;

/*
 * The same for all rows of a screen. One that is not as it is to be, or does
 * not show any of the texts although it has to, is looked at once more when
 * the program has nothing more to send: it may have been half drawn.
 */
bool hostile_screen_is_marked(struct screen *screen, int rows, bool must_show, bool *seen, char *why,
                              size_t size);

/* As a part of a JSON string, to be freed: only what JSON forbids is escaped, with letters ("\n") or without.
 */
char *hostile_as_json(const char *text, bool letters);

/* The columns that a text takes when it is marked, or somewhat more. */
size_t hostile_columns(const char *text);

/* No more of it than text to be read: formats, shells. */
bool hostile_is_harmless(const char *text);

#endif
