#ifndef UI_LOOKS_H
#define UI_LOOKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * ncurses begins every look (colours, bold, underline) from the plain one and goes back to that behind each
 * picture, so that a letter typed into a coloured field takes 36 bytes. What it writes passes through here: a
 * look is told to the terminal when something is drawn in it, and only what is new in it.
 */
enum { LOOK_COLOUR_SIZE = 20, LOOK_HELD_MAX = 64 };

/* A look as the parameters of a terminal (ECMA-48, SGR). */
struct look_told {
    bool known;
    unsigned flags;              /* 1 << 1 is bold, 1 << 4 underlined, and so on */
    char text[LOOK_COLOUR_SIZE]; /* "38;5;231"; "" for the terminal's own colour */
    char ground[LOOK_COLOUR_SIZE];
    char letters;  /* the set of letters: 'B' */
    char shift;    /* and whether it or the other one counts: SI or SO */
    unsigned font; /* 10 is the first; how some terminals choose the set */
};

/* One of zeros knows nothing of the terminal and takes no look away one by one. */
struct look_stream {
    struct look_told wanted, told;
    bool due;        /* what is wanted may not be what was told */
    bool single_off; /* the terminal can end one attribute and keep the others */
    char held[LOOK_HELD_MAX];
    size_t held_length; /* of a sequence that is not whole yet */
};

/* Passes bytes on to out. A sequence may be cut anywhere: its rest comes with the next call. */
void look_stream_pass(struct look_stream *stream, const char *bytes, size_t length, struct buf *out);

/* Tells the look that was asked for last even if nothing is drawn in it. */
void look_stream_settle(struct look_stream *stream, struct buf *out);

/* The terminal may have any look now: what is drawn next is told its look whole. */
void look_stream_forget(struct look_stream *stream);

#endif
