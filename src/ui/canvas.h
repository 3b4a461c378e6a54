#ifndef UI_CANVAS_H
#define UI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * A screen of cells, before any terminal: the view draws into it, tests print
 * it, the terminal copies it. Everything drawn passes base/clean.h here, so no
 * text can do more than be seen.
 */
enum style {
    STYLE_PLAIN,
    STYLE_DIM,
    STYLE_STRONG,
    STYLE_TITLE, /* the line at the top */
    STYLE_STEP,  /* a step that is not the current one */
    STYLE_STEP_NOW,
    STYLE_STEP_DONE,
    STYLE_LABEL,
    STYLE_LABEL_NOW, /* label of the focused field */
    STYLE_ENTRY,     /* a text field */
    STYLE_ENTRY_NOW,
    STYLE_EXAMPLE, /* the example in an empty field */
    STYLE_CHOICE,
    STYLE_CHOICE_NOW, /* the choice under the cursor */
    STYLE_ERROR,
    STYLE_WARNING,
    STYLE_GOOD,
    STYLE_HELP,
    STYLE_KEY, /* a key in the bar at the bottom */
    STYLE_BAR,
    STYLE_FRAME,
    STYLE_JSON_NAME,
    STYLE_JSON_VALUE,
    STYLE_JSON_NOW, /* the line of the focused field */
    STYLE_COUNT
};

enum { CELL_TEXT_SIZE = 24 }; /* of a grapheme as it is drawn */

/* Eight bytes: a picture is made of thousands, is drawn with each key, and compared with the one before. */
struct cell {
    char text[5];          /* for canvas_cell_text() */
    unsigned char is_long; /* text is only where it stands */
    unsigned char width;   /* 1 or 2; 0 in the right half of a wide one */
    unsigned char style;
};

/* What a part of the picture was drawn from. */
enum { CANVAS_PARTS = 4, CANVAS_INPUTS_SIZE = 160 };

struct canvas_part {
    size_t size; /* 0: the part is not there */
    unsigned char inputs[CANVAS_INPUTS_SIZE];
};

struct canvas {
    int columns, rows;
    struct cell *cells;            /* rows * columns, row by row */
    struct buf longs;              /* graphemes of more than four bytes, each with a 0 behind it */
    int cursor_row, cursor_column; /* the hardware cursor; -1: hidden */
    bool ascii;                    /* lines are drawn with + - | */
    bool incomplete;               /* memory was too short for a text */
    struct canvas_part parts[CANVAS_PARTS];
};

/* How the canvas draws the grapheme at the start of text: fills shown with text that is safe to draw
 * (several graphemes where it had to be made visible: "^J", "<U+202E>"), sets *columns to the cells it takes,
 * at least 1, and returns its length in bytes. 0 only when length is 0. What does not fit into a cell is
 * U+FFFD, a mark without a letter stands on a dotted circle. */
size_t canvas_grapheme(const char *text, size_t length, char shown[CELL_TEXT_SIZE], int *columns);

/* Whether the first byte of text is a character of its own, that takes one column and is drawn as it is. Most
 * of what is drawn is of these. */
static inline bool canvas_stands_alone(const char *text, size_t length)
{
    return text[0] >= ' ' && text[0] <= '~' && (length == 1 || (unsigned char)text[1] < 0x80);
}

/* Columns that text takes when drawn. Not utf8_width(): a control character is drawn as two. */
int canvas_width(const char *text);
int canvas_width_length(const char *text, size_t length);

/* The grapheme in a cell, in UTF-8; "" in the right half of a wide one. Good until something is drawn. */
const char *canvas_cell_text(const struct canvas *canvas, const struct cell *cell);

/* Whether two cells, which may be of two canvases, look the same. */
bool canvas_cell_equal(const struct canvas *canvas, const struct cell *cell, const struct canvas *other,
                       const struct cell *its_cell);

/* False when memory is short: the canvas keeps its old size. Cells are blank afterwards. A struct canvas of
 * zeros is an empty one; sizes below 1 are 0, and on such a canvas everything draws nothing. */
bool canvas_resize(struct canvas *canvas, int columns, int rows);
void canvas_release(struct canvas *canvas);

/* Makes a canvas of the same size show the same. False when memory is short: it is blank then. */
bool canvas_copy(struct canvas *canvas, const struct canvas *from);

/* Releases a text that was drawn here. */
void canvas_release_text(struct canvas *canvas, struct buf *text);
void canvas_clear(struct canvas *canvas);

/*
 * Most of a picture is as it was in the one before, and need not be drawn
 * again. Whether a part of it still shows what was drawn from these very
 * inputs: a struct without holes, which holds all that the part is drawn from.
 * If not, it is taken to be drawn from them now. Nothing stays when the canvas
 * is cleared; whoever draws over parts forgets them.
 */
bool canvas_part_stays(struct canvas *canvas, int part, const void *inputs, size_t size);
void canvas_forget_parts(struct canvas *canvas);

/* Where to draw: rows and columns beyond it are not touched. */
struct area {
    int row, column, rows, columns;
};

struct area canvas_area(const struct canvas *canvas);

/*
 * Draws one line of text at a row and column of area (both from 0, relative to
 * it), clipped to it: a wide character that would be cut is a blank. Returns
 * the columns from `column` to the end of the text or the edge of the area,
 * so that column plus it is where more can follow. Outside the area or canvas:
 * draws nothing there, and says what it would have taken.
 */
int canvas_put(struct canvas *canvas, struct area area, int row, int column, enum style style,
               const char *text);
int canvas_put_length(struct canvas *canvas, struct area area, int row, int column, enum style style,
                      const char *text, size_t length);
int canvas_putf(struct canvas *canvas, struct area area, int row, int column, enum style style,
                const char *format, ...) __attribute__((format(printf, 6, 7)));

/* As canvas_put(), but text that does not fit ends in "…" ("..." in ascii). */
int canvas_put_cut(struct canvas *canvas, struct area area, int row, int column, enum style style,
                   const char *text);

/* Sets the style of `columns` cells from row, column of area; the text stays. */
void canvas_style(struct canvas *canvas, struct area area, int row, int column, int columns,
                  enum style style);

/* Blanks the whole area in a style. */
void canvas_blank(struct canvas *canvas, struct area area, enum style style);

/* A horizontal line over the whole width at row; a vertical line over the whole height at column; a frame
 * along the inner edge of area. */
void canvas_rule(struct canvas *canvas, struct area area, int row, enum style style);
void canvas_rule_down(struct canvas *canvas, struct area area, int column, enum style style);
void canvas_frame(struct canvas *canvas, struct area area, enum style style);

/* Puts the hardware cursor, relative to area; hides it when outside. */
void canvas_cursor(struct canvas *canvas, struct area area, int row, int column);

/* The screen as text: one line a row, trailing blanks cut, then for golden files a last line
 * "cursor ROW,COLUMN" (from 0) or "cursor hidden". */
void canvas_text(const struct canvas *canvas, struct buf *out);

/* As canvas_text() without the cursor line, and one sign for each cell's style instead of its text: for tests
 * of colours. '.' is STYLE_PLAIN; those at the end of a row are cut. */
void canvas_style_text(const struct canvas *canvas, struct buf *out);

#endif
