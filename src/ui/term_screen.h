#ifndef UI_TERM_SCREEN_H
#define UI_TERM_SCREEN_H

#include <stdbool.h>

#include "base/buf.h"
#include "ui/canvas.h"
#include "ui/term_info.h"

/*
 * What a terminal shows once it has read all that it was sent, and how it is brought to show something else:
 * by the bytes for the cells that are different, and no others. Without a terminal, so that it can be tried
 * without one.
 */
struct term_screen {
    const struct term_info *info; /* of the terminal; not owned */
    bool ascii;                   /* the locale is not UTF-8 */
    bool unknown;                 /* nothing of it can be relied on */
    struct canvas shown;
    int row, column; /* where its cursor stands; row -1: nobody knows */
    int look;        /* of what is written next: of enum style, by info->look_of; -1: nobody knows */
    int cursor;      /* 1: it is seen, 0: it is not; -1: nobody knows */
};

void term_screen_init(struct term_screen *screen, const struct term_info *info, bool ascii);
void term_screen_release(struct term_screen *screen);

/* The terminal may show anything now: the next picture is drawn whole. */
void term_screen_forget(struct term_screen *screen);

/* Adds to out what makes the terminal show the canvas, with its cursor. False when memory is too short: what
 * was added is not to be sent, or the screen to be forgotten. */
bool term_screen_draw(struct term_screen *screen, const struct canvas *canvas, struct buf *out);

#endif
