#include "ui/canvas.h"

#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clean.h"
#include "base/utf8.h"

#define REPLACEMENT_TEXT "\xEF\xBF\xBD"
/* Carries a combining mark that has no letter before it. */
#define DOTTED_CIRCLE "\xE2\x97\x8C"

static const struct cell blank_cell = {.text = " ", .width = 1};

/* One sign a style, in the order of enum style, for canvas_style_text(). */
static const char style_signs[] = ".dsTpPolLeExcC!?+hkb#nvJ";

_Static_assert(sizeof(struct cell) == sizeof(uint64_t), "a cell is copied as a number");
_Static_assert(sizeof(style_signs) == STYLE_COUNT + 1, "every style has a sign");

/* ------------------------------------------------------------- graphemes */

static void show(char shown[CELL_TEXT_SIZE], const char *prefix, const char *text, size_t length)
{
    size_t before = strlen(prefix);

    memcpy(shown, prefix, before);
    memcpy(shown + before, text, length);
    shown[before + length] = '\0';
}

/* What a cell of its own can hold of a grapheme that needs no cleaning; returns its width, 1 or 2. */
static int show_clean(const char *text, size_t length, int width, char shown[CELL_TEXT_SIZE])
{
    uint32_t first;
    const char *base = "";

    utf8_decode(text, length, &first);
    if (first != UINT32_MAX && utf8_code_point_width(first) == 0)
        base = DOTTED_CIRCLE;
    if (strlen(base) + length < CELL_TEXT_SIZE)
        show(shown, base, text, length);
    else
        show(shown, REPLACEMENT_TEXT, "", 0);
    return width;
}

/* Columns of text that is clean already. */
static int clean_width(const char *text)
{
    char shown[CELL_TEXT_SIZE];
    size_t length = strlen(text);
    int columns = 0;

    while (length > 0) {
        int width;
        size_t used = utf8_grapheme(text, length, &width);

        columns += show_clean(text, used, width, shown);
        text += used;
        length -= used;
    }
    return columns;
}

size_t canvas_grapheme(const char *text, size_t length, char shown[CELL_TEXT_SIZE], int *columns)
{
    size_t used;
    int width;

    _Static_assert(CELL_TEXT_SIZE >= 24, "clean_grapheme() fills 24 bytes");
    if (length == 0) {
        shown[0] = '\0';
        *columns = 0;
        return 0;
    }
    if (canvas_stands_alone(text, length)) {
        show(shown, "", text, 1);
        *columns = 1;
        return 1;
    }
    used = utf8_grapheme(text, length, &width);
    if (clean_grapheme(text, used, shown))
        *columns = clean_width(shown);
    else
        *columns = show_clean(text, used, width, shown);
    return used;
}

int canvas_width(const char *text)
{
    return canvas_width_length(text, strlen(text));
}

/* How many characters at the start of text stand alone. */
static size_t plain_run(const char *text, size_t length)
{
    size_t run = 0;

    while (run < length && text[run] >= ' ' && text[run] <= '~')
        run++;
    /* What follows may belong to the last one. */
    return run > 0 && run < length && (unsigned char)text[run] >= 0x80 ? run - 1 : run;
}

int canvas_width_length(const char *text, size_t length)
{
    int columns = 0;

    while (length > 0 && columns < INT_MAX - CELL_TEXT_SIZE) {
        size_t most = (size_t)(INT_MAX - CELL_TEXT_SIZE - columns);
        size_t used = plain_run(text, length < most ? length : most);
        char shown[CELL_TEXT_SIZE];
        int width = (int)used;

        if (used == 0)
            used = canvas_grapheme(text, length, shown, &width);
        columns += width;
        text += used;
        length -= used;
    }
    return columns;
}

/* ----------------------------------------------------------- the screen */

bool canvas_resize(struct canvas *canvas, int columns, int rows)
{
    columns = columns < 1 || rows < 1 ? 0 : columns;
    rows = columns == 0 ? 0 : rows;
    if (columns != canvas->columns || rows != canvas->rows) {
        struct cell *cells = NULL;

        if (columns > 0) {
            if ((size_t)columns > SIZE_MAX / sizeof(*cells) / (size_t)rows)
                return false;
            cells = calloc((size_t)columns * (size_t)rows, sizeof(*cells));
            if (!cells)
                return false;
        }
        canvas_release(canvas);
        canvas->cells = cells;
        canvas->columns = columns;
        canvas->rows = rows;
    }
    canvas_clear(canvas);
    return true;
}

void canvas_release(struct canvas *canvas)
{
    /* A password that was revealed has been in here. */
    if (canvas->cells)
        wipe(canvas->cells, (size_t)canvas->columns * (size_t)canvas->rows * sizeof(*canvas->cells));
    free(canvas->cells);
    buf_release(&canvas->longs);
    canvas->cells = NULL;
    canvas->columns = 0;
    canvas->rows = 0;
    canvas->cursor_row = -1;
    canvas->cursor_column = -1;
}

static struct cell *row_cells(const struct canvas *canvas, int row)
{
    return canvas->cells + (size_t)row * (size_t)canvas->columns;
}

void canvas_release_text(struct canvas *canvas, struct buf *text)
{
    canvas->incomplete = canvas->incomplete || text->failed;
    buf_release(text);
}

void canvas_forget_parts(struct canvas *canvas)
{
    for (int part = 0; part < CANVAS_PARTS; part++)
        canvas->parts[part].size = 0;
}

bool canvas_part_stays(struct canvas *canvas, int part, const void *inputs, size_t size)
{
    struct canvas_part *drawn = &canvas->parts[part];

    if (size > sizeof(drawn->inputs))
        return false;
    if (drawn->size == size && memcmp(drawn->inputs, inputs, size) == 0)
        return true;
    memcpy(drawn->inputs, inputs, size);
    drawn->size = size;
    return false;
}

/* Where no half of a character is left beside them. */
static void fill_cells(struct cell *cells, int count, const struct cell *cell)
{
    uint64_t bytes;

    /* From a register: a cell that is put together in memory, and read back at once for each copy, takes
     * longer than all the rest of a key. */
    memcpy(&bytes, cell, sizeof(bytes));
    for (int i = 0; i < count; i++)
        memcpy(&cells[i], &bytes, sizeof(bytes));
}

void canvas_clear(struct canvas *canvas)
{
    canvas_forget_parts(canvas);
    canvas->cursor_row = -1;
    canvas->cursor_column = -1;
    canvas->incomplete = false;
    if (canvas->longs.limit == 0)
        canvas->longs = BUF_INIT;
    buf_clear(&canvas->longs);
    if (canvas->rows == 0)
        return;
    fill_cells(canvas->cells, canvas->columns, &blank_cell);
    for (int row = 1; row < canvas->rows; row++)
        memcpy(row_cells(canvas, row), canvas->cells, (size_t)canvas->columns * sizeof(*canvas->cells));
}

struct area canvas_area(const struct canvas *canvas)
{
    return (struct area){.rows = canvas->rows, .columns = canvas->columns};
}

/* The part of an area that is on the canvas, in columns of the canvas. */
struct span {
    int from, to;
};

static bool row_is_inside(const struct canvas *canvas, struct area area, int row)
{
    return row >= 0 && row < area.rows && area.row >= -row && area.row < canvas->rows - row;
}

static struct span visible_columns(const struct canvas *canvas, struct area area)
{
    struct span span = {area.column < 0 ? 0 : area.column, canvas->columns};

    if (area.columns <= 0)
        span.to = span.from;
    else if (area.column < canvas->columns - area.columns)
        span.to = area.column + area.columns;
    if (span.to < span.from)
        span.to = span.from;
    return span;
}

/* A wide character loses both halves when one is overwritten. */
static void split_wide(struct cell *cells, int columns, int column)
{
    struct cell *other = NULL;

    if (cells[column].width == 0 && column > 0)
        other = &cells[column - 1];
    else if (cells[column].width == 2 && column + 1 < columns)
        other = &cells[column + 1];
    if (other) {
        unsigned char style = other->style;

        *other = blank_cell;
        other->style = style;
    }
}

/* Before all of it is written over: only at its ends half of a character could be left. */
static void free_span(struct cell *cells, int columns, struct span span)
{
    if (cells[span.from].width == 0)
        split_wide(cells, columns, span.from);
    if (cells[span.to - 1].width == 2)
        split_wide(cells, columns, span.to - 1);
}

/* A row of so many cells gets this one; the right half of a wide one as well. */
static void set_cell(struct cell *cells, int columns, int column, const struct cell *cell)
{
    if (cells[column].width != 1)
        split_wide(cells, columns, column);
    cells[column] = *cell;
    if (cell->width == 2) {
        if (cells[column + 1].width == 2)
            split_wide(cells, columns, column + 1);
        cells[column + 1] = (struct cell){.style = cell->style};
    }
}

/* One ASCII character, which most of a screen is. */
static struct cell sign_cell(enum style style, char sign)
{
    return (struct cell){.text = {sign}, .width = 1, .style = (unsigned char)style};
}

/* Whole cells are compared with memcmp(), so what is behind the text is always 0. */
static struct cell text_cell(struct canvas *canvas, enum style style, const char *text, size_t length,
                             int width)
{
    struct cell cell = {.width = (unsigned char)width, .style = (unsigned char)style};
    uint32_t at = (uint32_t)canvas->longs.length;

    if (length < sizeof(cell.text)) {
        memcpy(cell.text, text, length);
        return cell;
    }
    buf_add(&canvas->longs, text, length);
    buf_add_char(&canvas->longs, '\0');
    cell.is_long = !canvas->longs.failed;
    if (cell.is_long)
        memcpy(cell.text, &at, sizeof(at));
    else
        memcpy(cell.text, REPLACEMENT_TEXT, strlen(REPLACEMENT_TEXT));
    canvas->incomplete = canvas->incomplete || canvas->longs.failed;
    return cell;
}

const char *canvas_cell_text(const struct canvas *canvas, const struct cell *cell)
{
    uint32_t at;

    if (!cell->is_long)
        return cell->text;
    memcpy(&at, cell->text, sizeof(at));
    return buf_text(&canvas->longs) + at;
}

bool canvas_cell_equal(const struct canvas *canvas, const struct cell *cell, const struct canvas *other,
                       const struct cell *its_cell)
{
    if (!cell->is_long || !its_cell->is_long)
        return memcmp(cell, its_cell, sizeof(*cell)) == 0;
    return cell->width == its_cell->width && cell->style == its_cell->style &&
           strcmp(canvas_cell_text(canvas, cell), canvas_cell_text(other, its_cell)) == 0;
}

bool canvas_copy(struct canvas *canvas, const struct canvas *from)
{
    buf_clear(&canvas->longs);
    buf_add(&canvas->longs, buf_text(&from->longs), from->longs.length);
    if (canvas->longs.failed) {
        canvas_clear(canvas);
        return false;
    }
    if (canvas->rows > 0)
        memcpy(canvas->cells, from->cells,
               (size_t)canvas->rows * (size_t)canvas->columns * sizeof(*canvas->cells));
    canvas->cursor_row = from->cursor_row;
    canvas->cursor_column = from->cursor_column;
    return true;
}

/* Where text goes: a row of the canvas and the columns it may use. */
struct pen {
    struct canvas *canvas;
    struct span span;
    enum style style;
    int row;    /* -1: measures only */
    int column; /* of the canvas; may be left of the span */
};

static void pen_set(struct pen *pen, int column, const struct cell *cell)
{
    set_cell(row_cells(pen->canvas, pen->row), pen->canvas->columns, column, cell);
}

static void pen_blank(struct pen *pen, int column)
{
    struct cell cell = sign_cell(pen->style, ' ');

    pen_set(pen, column, &cell);
}

static void pen_put(struct pen *pen, const struct cell *cell)
{
    int column = pen->column, width = cell->width;

    pen->column += width;
    if (pen->row < 0)
        return;
    if (column >= pen->span.from && column + width <= pen->span.to)
        pen_set(pen, column, cell);
    else if (column >= pen->span.from && column < pen->span.to)
        pen_blank(pen, column);
    else if (column < pen->span.from && pen->column > pen->span.from && pen->span.from < pen->span.to)
        pen_blank(pen, pen->span.from);
}

/* Draws what canvas_grapheme() made: one grapheme of `columns`, or several for what was made visible. */
static void pen_put_shown(struct pen *pen, const char *shown, int columns)
{
    size_t length = strlen(shown);
    size_t used = utf8_grapheme(shown, length, NULL);
    struct cell cell;

    if (used == length) {
        cell = text_cell(pen->canvas, pen->style, shown, length, columns);
        pen_put(pen, &cell);
        return;
    }
    while (length > 0) {
        char one[CELL_TEXT_SIZE];
        int width;

        used = utf8_grapheme(shown, length, &width);
        width = show_clean(shown, used, width, one);
        cell = text_cell(pen->canvas, pen->style, one, strlen(one), width);
        pen_put(pen, &cell);
        shown += used;
        length -= used;
    }
}

/* Characters that stand alone, which most of a screen is. */
static void pen_put_plain(struct pen *pen, const char *text, size_t length)
{
    struct span span = {pen->column, pen->span.to};

    if (length < (size_t)(span.to - span.from))
        span.to = span.from + (int)length;
    pen->column = span.to;
    if (span.from < pen->span.from) {
        text += pen->span.from - span.from;
        span.from = pen->span.from;
    }
    if (pen->row >= 0 && span.from < span.to) {
        struct cell *cells = row_cells(pen->canvas, pen->row);
        struct cell blank = sign_cell(pen->style, ' ');

        free_span(cells, pen->canvas->columns, span);
        fill_cells(cells + span.from, span.to - span.from, &blank);
        for (int column = span.from; column < span.to; column++)
            cells[column].text[0] = *text++;
    }
}

static void pen_put_text(struct pen *pen, const char *text, size_t length)
{
    while (length > 0 && pen->column < pen->span.to) {
        size_t used = plain_run(text, length);

        if (used > 0) {
            pen_put_plain(pen, text, used);
        } else {
            char shown[CELL_TEXT_SIZE];
            int width;

            used = canvas_grapheme(text, length, shown, &width);
            pen_put_shown(pen, shown, width);
        }
        text += used;
        length -= used;
    }
}

static struct pen pen_at(struct canvas *canvas, struct area area, int row, int column, enum style style)
{
    struct pen pen = {.canvas = canvas, .span = visible_columns(canvas, area), .style = style, .row = -1};

    if (row_is_inside(canvas, area, row))
        pen.row = area.row + row;
    if (column > 0 && area.column > INT_MAX / 2 - column)
        pen.column = INT_MAX / 2;
    else if (column < 0 && area.column < INT_MIN / 2 - column)
        pen.column = INT_MIN / 2;
    else
        pen.column = area.column + column;
    return pen;
}

int canvas_put(struct canvas *canvas, struct area area, int row, int column, enum style style,
               const char *text)
{
    return canvas_put_length(canvas, area, row, column, style, text, strlen(text));
}

int canvas_put_length(struct canvas *canvas, struct area area, int row, int column, enum style style,
                      const char *text, size_t length)
{
    struct pen pen = pen_at(canvas, area, row, column, style);
    int start = pen.column;

    pen_put_text(&pen, text, length);
    if (pen.column > pen.span.to && start <= pen.span.to)
        pen.column = pen.span.to;
    return pen.column - start;
}

int canvas_putf(struct canvas *canvas, struct area area, int row, int column, enum style style,
                const char *format, ...)
{
    struct buf text = BUF_INIT;
    va_list arguments;
    int columns;

    va_start(arguments, format);
    buf_vaddf(&text, format, arguments);
    va_end(arguments);
    columns = canvas_put_length(canvas, area, row, column, style, buf_text(&text), text.length);
    canvas_release_text(canvas, &text);
    return columns;
}

/* The bytes of text that fit into `columns`. */
static size_t fitting(const char *text, size_t length, int columns)
{
    size_t at = 0;

    while (at < length && columns > 0) {
        size_t used = plain_run(text + at, length - at);
        char shown[CELL_TEXT_SIZE];
        int width;

        if (used > (size_t)columns)
            return at + (size_t)columns;
        width = (int)used;
        if (used == 0)
            used = canvas_grapheme(text + at, length - at, shown, &width);
        if (width > columns)
            break;
        columns -= width;
        at += used;
    }
    return at;
}

int canvas_put_cut(struct canvas *canvas, struct area area, int row, int column, enum style style,
                   const char *text)
{
    const char *mark = canvas->ascii ? "..." : "\xE2\x80\xA6";
    int mark_columns = canvas->ascii ? 3 : 1;
    int room = column < area.columns ? area.columns - column : 0;
    size_t length = strlen(text);
    int taken;

    if (fitting(text, length, room) == length)
        return canvas_put_length(canvas, area, row, column, style, text, length);
    length = fitting(text, length, room - mark_columns);
    taken = canvas_put_length(canvas, area, row, column, style, text, length);
    return taken + canvas_put(canvas, area, row, column + taken, style, mark);
}

void canvas_style(struct canvas *canvas, struct area area, int row, int column, int columns, enum style style)
{
    struct pen pen = pen_at(canvas, area, row, column, style);
    int to = columns > pen.span.to - pen.column ? pen.span.to : pen.column + columns;

    if (pen.row < 0)
        return;
    for (int at = pen.column < pen.span.from ? pen.span.from : pen.column; at < to; at++)
        row_cells(canvas, pen.row)[at].style = (unsigned char)style;
}

/* The whole width of the area, with a cell of one column. */
static void fill_row(struct canvas *canvas, struct area area, int row, const struct cell *cell)
{
    struct span span = visible_columns(canvas, area);
    struct cell *cells;

    if (!row_is_inside(canvas, area, row) || span.from >= span.to)
        return;
    cells = row_cells(canvas, area.row + row);
    free_span(cells, canvas->columns, span);
    fill_cells(cells + span.from, span.to - span.from, cell);
}

void canvas_blank(struct canvas *canvas, struct area area, enum style style)
{
    struct cell cell = sign_cell(style, ' ');

    for (int row = 0; row < area.rows && row < canvas->rows - area.row; row++)
        fill_row(canvas, area, row, &cell);
}

/* ---------------------------------------------------------------- lines */

enum line_part { LINE_ACROSS, LINE_DOWN, LINE_TOP_LEFT, LINE_TOP_RIGHT, LINE_BOTTOM_LEFT, LINE_BOTTOM_RIGHT };

static struct cell line_cell(struct canvas *canvas, enum style style, enum line_part part)
{
    static const char *const box[] = {"\xE2\x94\x80", "\xE2\x94\x82", "\xE2\x94\x8C",
                                      "\xE2\x94\x90", "\xE2\x94\x94", "\xE2\x94\x98"};
    static const char *const plain[] = {"-", "|", "+", "+", "+", "+"};
    const char *text = canvas->ascii ? plain[part] : box[part];

    return text_cell(canvas, style, text, strlen(text), 1);
}

static void put_part(struct canvas *canvas, struct area area, int row, int column, enum style style,
                     enum line_part part)
{
    struct pen pen = pen_at(canvas, area, row, column, style);
    struct cell cell = line_cell(canvas, style, part);

    pen_put(&pen, &cell);
}

void canvas_rule(struct canvas *canvas, struct area area, int row, enum style style)
{
    struct cell cell = line_cell(canvas, style, LINE_ACROSS);

    fill_row(canvas, area, row, &cell);
}

void canvas_rule_down(struct canvas *canvas, struct area area, int column, enum style style)
{
    for (int row = 0; row < area.rows && row < canvas->rows - area.row; row++)
        put_part(canvas, area, row, column, style, LINE_DOWN);
}

void canvas_frame(struct canvas *canvas, struct area area, enum style style)
{
    int right = area.columns - 1, bottom = area.rows - 1;

    if (right < 0 || bottom < 0)
        return;
    canvas_rule(canvas, area, 0, style);
    canvas_rule(canvas, area, bottom, style);
    canvas_rule_down(canvas, area, 0, style);
    canvas_rule_down(canvas, area, right, style);
    put_part(canvas, area, 0, 0, style, LINE_TOP_LEFT);
    put_part(canvas, area, 0, right, style, LINE_TOP_RIGHT);
    put_part(canvas, area, bottom, 0, style, LINE_BOTTOM_LEFT);
    put_part(canvas, area, bottom, right, style, LINE_BOTTOM_RIGHT);
}

void canvas_cursor(struct canvas *canvas, struct area area, int row, int column)
{
    struct pen pen = pen_at(canvas, area, row, column, STYLE_PLAIN);

    canvas->cursor_row = -1;
    canvas->cursor_column = -1;
    if (pen.row < 0 || column < 0 || pen.column < pen.span.from || pen.column >= pen.span.to)
        return;
    canvas->cursor_row = pen.row;
    canvas->cursor_column = pen.column;
}

/* ------------------------------------------------------------ as text */

static bool is_blank(const struct cell *cell)
{
    return cell->text[0] == ' ' && cell->text[1] == '\0';
}

void canvas_text(const struct canvas *canvas, struct buf *out)
{
    for (int row = 0; row < canvas->rows; row++) {
        const struct cell *cells = row_cells(canvas, row);
        int columns = canvas->columns;

        while (columns > 0 && is_blank(&cells[columns - 1]))
            columns--;
        for (int column = 0; column < columns; column++)
            buf_add_text(out, canvas_cell_text(canvas, &cells[column]));
        buf_add_char(out, '\n');
    }
    if (canvas->cursor_row < 0)
        buf_add_text(out, "cursor hidden\n");
    else
        buf_addf(out, "cursor %d,%d\n", canvas->cursor_row, canvas->cursor_column);
}

void canvas_style_text(const struct canvas *canvas, struct buf *out)
{
    for (int row = 0; row < canvas->rows; row++) {
        const struct cell *cells = row_cells(canvas, row);
        int columns = canvas->columns;

        while (columns > 0 && cells[columns - 1].style == STYLE_PLAIN)
            columns--;
        for (int column = 0; column < columns; column++)
            buf_add_char(out, style_signs[cells[column].style]);
        buf_add_char(out, '\n');
    }
}
