#ifndef UI_TERM_CELLS_H
#define UI_TERM_CELLS_H

#include "base/buf.h"
#include "ui/canvas.h"

/* Adds what a terminal has to be sent for a cell of a canvas, in the encoding of the locale. It takes exactly
 * the columns of the cell: what the terminal could draw in more or in fewer is the sign for what cannot be
 * shown. ascii: the locale is not UTF-8. */
void cell_send(const struct cell *cell, bool ascii, struct buf *out);

#endif
