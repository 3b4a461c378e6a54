#ifndef UI_TERM_INFO_H
#define UI_TERM_INFO_H

#include <stdbool.h>

#include "base/buf.h"
#include "ui/canvas.h"

/*
 * What a kind of terminal can do, as its description (terminfo) has it: the bytes that make it do so, without
 * padding, which is for terminals of another age. An order it has not, or one that is too long to be true, is
 * "". Behind it term_info.c, and no other file, knows <term.h>.
 */
enum { TERM_ORDER_SIZE = 64, TERM_LOOK_SIZE = 128 };

struct term_info {
    int columns, rows; /* where the terminal does not say itself */

    char enter[TERM_ORDER_SIZE], leave[TERM_ORDER_SIZE]; /* its other screen */
    char move[TERM_ORDER_SIZE];                          /* for term_info_move() */
    bool moves_as_usual;                                 /* with "ESC [row;columnH" */
    char clear[TERM_ORDER_SIZE];
    char clear_right[TERM_ORDER_SIZE]; /* from the cursor to the end of its row */
    char show_cursor[TERM_ORDER_SIZE], hide_cursor[TERM_ORDER_SIZE];
    char insert_off[TERM_ORDER_SIZE];

    /* How each style looks, told whole: whatever it was before. */
    char looks[STYLE_COUNT][TERM_LOOK_SIZE];
    unsigned char look_of[STYLE_COUNT]; /* the first style that looks the same */

    bool scrolls_at_end; /* what is written into the very last cell moves everything up */
    bool has_mouse;
};

/* Reads the description of a kind. colour: styles may be coloured. Returns NULL, or why no full screen can be
 * shown on it, in words. */
const char *term_info_load(struct term_info *info, const char *kind, bool colour);

/* Moves the cursor, to a row and a column from 0. */
void term_info_move(const struct term_info *info, int row, int column, struct buf *out);

#endif
