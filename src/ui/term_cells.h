#ifndef UI_TERM_CELLS_H
#define UI_TERM_CELLS_H

#include <curses.h>
#include <stdbool.h>

#include "ui/canvas.h"

/* Cells of a canvas as ncurses takes them. For term_curses.c alone. */

/* A style: attributes, and the number of a pair of colours. */
struct paint {
    attr_t attributes;
    short pair;
};

/* Chooses by what the terminal that newterm() has opened can do. colour: it may be coloured. */
void paints_choose(struct paint paints[STYLE_COUNT], bool colour);

/* Fills one or two places of out for a cell; returns how many. They take exactly the columns of the cell.
 * ascii: the locale has nothing else. */
int cell_draw(const struct cell *cell, const struct paint *paint, bool ascii, cchar_t out[2]);

#endif
