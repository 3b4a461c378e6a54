#ifndef UI_TERM_CELLS_H
#define UI_TERM_CELLS_H

#include <stdbool.h>

#include "base/buf.h"

/* Adds what a terminal has to be sent for a cell of a canvas, in the encoding of the locale. text: what is in
 * it; it takes exactly `width` columns: what the terminal could draw in more or in fewer is the sign for what
 * cannot be shown. ascii: the locale is not UTF-8. */
void cell_send(const char *text, int width, bool ascii, struct buf *out);

#endif
