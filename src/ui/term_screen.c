#include "ui/term_screen.h"

#include <string.h>

#include "ui/term_cells.h"

enum {
    GAP_MAX = 4,    /* so many cells that are right already take no more bytes than a move past them */
    CLEARED_MIN = 4 /* so many blanks take no fewer bytes than the order to clear the rest of a row */
};

void term_screen_init(struct term_screen *screen, const struct term_info *info, bool ascii)
{
    *screen = (struct term_screen){.info = info, .ascii = ascii};
    term_screen_forget(screen);
}

void term_screen_release(struct term_screen *screen)
{
    canvas_release(&screen->shown);
}

void term_screen_forget(struct term_screen *screen)
{
    screen->unknown = true;
    screen->row = screen->look = screen->cursor = -1;
}

/* ---- Cells ---- */

static bool is_sign(const struct cell *cell)
{
    return cell->text[0] >= ' ' && cell->text[0] <= '~' && cell->text[1] == '\0';
}

static bool is_plain_blank(const struct cell *cell)
{
    return cell->style == STYLE_PLAIN && cell->text[0] == ' ' && cell->text[1] == '\0';
}

static bool is_same(const struct cell *a, const struct cell *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

/* Whether all terminals agree on how far the cursor moves on behind it. */
static bool has_sure_width(const struct cell *cell)
{
    return is_sign(cell) || (cell->width == 1 && (cell->text[0] & 0x80) && strlen(cell->text) <= 3);
}

static const struct cell *row_of(const struct canvas *canvas, int row)
{
    return canvas->cells + (size_t)row * (size_t)canvas->columns;
}

/* ---- Sending ---- */

static void take_look(struct term_screen *screen, enum style style, struct buf *out)
{
    int look = screen->info->look_of[style];

    if (look != screen->look)
        buf_add_text(out, screen->info->looks[look]);
    screen->look = look;
}

/* The cursor is behind a cell at column, and the terminal has it there, too, unless that was the last one. */
static void move_on(struct term_screen *screen, const struct cell *cell, int column)
{
    screen->column = column + cell->width;
    if (!has_sure_width(cell) || screen->column >= screen->shown.columns)
        screen->row = -1;
}

static void send_cell(struct term_screen *screen, const struct cell *cell, int column, struct buf *out)
{
    take_look(screen, (enum style)cell->style, out);
    cell_send(cell, screen->ascii, out);
    move_on(screen, cell, column);
}

/* Whether the cursor may come to a column of its row by writing once more what stands in between. */
static bool is_near(const struct term_screen *screen, const struct cell *cells, int row, int column)
{
    if (screen->row != row || column < screen->column || column - screen->column > GAP_MAX)
        return false;
    for (int at = screen->column; at < column; at++)
        if (!is_sign(&cells[at]) || screen->info->look_of[cells[at].style] != screen->look)
            return false;
    return true;
}

/* cells: those that the row is to have. */
static void go_to(struct term_screen *screen, const struct cell *cells, int row, int column, struct buf *out)
{
    if (is_near(screen, cells, row, column)) {
        for (int at = screen->column; at < column; at++)
            cell_send(&cells[at], screen->ascii, out);
    } else {
        term_info_move(screen->info, row, column, out);
    }
    screen->row = row;
    screen->column = column;
}

/* ---- Rows ---- */

/* What stands from here to the end of the row is to be blank, and enough of it is not. Otherwise the columns.
 */
static int find_blank_end(const struct term_screen *screen, const struct cell *now, const struct cell *before)
{
    int columns = screen->shown.columns, from = columns, last = columns;

    if (!*screen->info->clear_right)
        return columns;
    while (from > 0 && is_plain_blank(&now[from - 1]))
        from--;
    while (last > from && is_same(&now[last - 1], &before[last - 1]))
        last--;
    return last - from >= CLEARED_MIN ? from : columns;
}

static void draw_row(struct term_screen *screen, const struct canvas *canvas, int row, struct buf *out)
{
    const struct cell *now = row_of(canvas, row), *before = row_of(&screen->shown, row);
    int end = find_blank_end(screen, now, before), column = 0;
    bool clears = end < canvas->columns;

    if (!clears && row == canvas->rows - 1 && screen->info->scrolls_at_end)
        end--;
    while (column < end) {
        if (is_same(&now[column], &before[column])) {
            column++;
            continue;
        }
        if (now[column].width == 0)
            column--;
        if (column + now[column].width > end)
            break;
        go_to(screen, now, row, column, out);
        send_cell(screen, &now[column], column, out);
        column += now[column].width;
    }
    if (clears) {
        go_to(screen, now, row, end, out);
        take_look(screen, STYLE_PLAIN, out);
        buf_add_text(out, screen->info->clear_right);
    }
}

/* ---- Pictures ---- */

static void begin_anew(struct term_screen *screen, struct buf *out)
{
    take_look(screen, STYLE_PLAIN, out);
    buf_add_text(out, screen->info->insert_off);
    buf_add_text(out, screen->info->clear);
    canvas_clear(&screen->shown);
    screen->unknown = false;
}

static void show_cursor(struct term_screen *screen, const struct canvas *canvas, struct buf *out)
{
    int row = canvas->cursor_row, column = canvas->cursor_column;
    int cursor = row >= 0 && row < canvas->rows && column >= 0 && column < canvas->columns;

    if (cursor && (screen->row != row || screen->column != column))
        go_to(screen, row_of(canvas, row), row, column, out);
    if (cursor != screen->cursor)
        buf_add_text(out, cursor ? screen->info->show_cursor : screen->info->hide_cursor);
    screen->cursor = cursor;
}

bool term_screen_draw(struct term_screen *screen, const struct canvas *canvas, struct buf *out)
{
    struct canvas *shown = &screen->shown;

    if (shown->columns != canvas->columns || shown->rows != canvas->rows) {
        if (!canvas_resize(shown, canvas->columns, canvas->rows))
            return false;
        term_screen_forget(screen);
    }
    if (screen->unknown)
        begin_anew(screen, out);
    for (int row = 0; row < canvas->rows; row++) {
        size_t size = (size_t)canvas->columns * sizeof(struct cell);

        if (memcmp(row_of(canvas, row), row_of(shown, row), size) == 0)
            continue;
        draw_row(screen, canvas, row, out);
        memcpy(shown->cells + (size_t)row * (size_t)canvas->columns, row_of(canvas, row), size);
    }
    show_cursor(screen, canvas, out);
    return !out->failed;
}
