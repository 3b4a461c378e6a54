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

/* A row on its way to the terminal. */
struct drawing {
    struct term_screen *screen;
    const struct canvas *canvas;
    struct buf *out;
    int row;
    const struct cell *now;
    struct cell *before;
};

static bool is_sign(const struct cell *cell)
{
    return !cell->is_long && cell->text[0] >= ' ' && cell->text[0] <= '~' && cell->text[1] == '\0';
}

static bool is_plain_blank(const struct cell *cell)
{
    return cell->style == STYLE_PLAIN && is_sign(cell) && cell->text[0] == ' ';
}

/* Whether all terminals agree on how far the cursor moves on behind it. */
static bool has_sure_width(const struct cell *cell)
{
    return is_sign(cell) ||
           (cell->width == 1 && !cell->is_long && (cell->text[0] & 0x80) && cell->text[3] == '\0');
}

static bool is_same(const struct drawing *drawing, int column)
{
    return canvas_cell_equal(drawing->canvas, &drawing->now[column], &drawing->screen->shown,
                             &drawing->before[column]);
}

static void take_look(struct drawing *drawing, enum style style)
{
    const struct term_info *info = drawing->screen->info;
    int look = info->look_of[style];

    if (look != drawing->screen->look)
        buf_add_text(drawing->out, info->looks[look]);
    drawing->screen->look = look;
}

static void send(struct drawing *drawing, int column)
{
    struct term_screen *screen = drawing->screen;
    const struct cell *cell = &drawing->now[column];

    take_look(drawing, (enum style)cell->style);
    cell_send(canvas_cell_text(drawing->canvas, cell), cell->width, screen->ascii, drawing->out);
    screen->column = column + cell->width;
    if (!has_sure_width(cell))
        screen->row = -1;
}

/* Whether the cursor comes to the column by writing once more what stands in between. */
static bool is_near(const struct drawing *drawing, int column)
{
    const struct term_screen *screen = drawing->screen;

    if (screen->row != drawing->row || column < screen->column || column - screen->column > GAP_MAX)
        return false;
    for (int at = screen->column; at < column; at++)
        if (!is_sign(&drawing->now[at]) || screen->info->look_of[drawing->now[at].style] != screen->look)
            return false;
    return true;
}

static void go_to(struct drawing *drawing, int column)
{
    struct term_screen *screen = drawing->screen;

    if (is_near(drawing, column)) {
        while (screen->column < column)
            send(drawing, screen->column);
        return;
    }
    term_info_move(screen->info, drawing->row, column, drawing->out);
    screen->row = drawing->row;
    screen->column = column;
}

/* ---- Rows ---- */

static struct drawing begin_row(struct term_screen *screen, const struct canvas *canvas, int row,
                                struct buf *out)
{
    size_t first = (size_t)row * (size_t)canvas->columns;

    return (struct drawing){.screen = screen,
                            .canvas = canvas,
                            .out = out,
                            .row = row,
                            .now = canvas->cells + first,
                            .before = screen->shown.cells + first};
}

/* From where on the row is to be blank, and enough of it is not. Otherwise the columns. */
static int find_blank_end(const struct drawing *drawing)
{
    int columns = drawing->canvas->columns, from = columns, last = columns;

    if (!*drawing->screen->info->clear_right)
        return columns;
    while (from > 0 && is_plain_blank(&drawing->now[from - 1]))
        from--;
    while (last > from && is_same(drawing, last - 1))
        last--;
    return last - from >= CLEARED_MIN ? from : columns;
}

static void draw_row(struct drawing *drawing)
{
    const struct canvas *canvas = drawing->canvas;
    int end = find_blank_end(drawing), column = 0;
    bool clears = end < canvas->columns;

    if (!clears && drawing->row == canvas->rows - 1 && drawing->screen->info->scrolls_at_end)
        end--;
    while (column < end) {
        if (is_same(drawing, column)) {
            column++;
            continue;
        }
        if (drawing->now[column].width == 0)
            column--;
        if (column + drawing->now[column].width > end)
            break;
        go_to(drawing, column);
        send(drawing, column);
        column += drawing->now[column].width;
    }
    if (clears) {
        go_to(drawing, end);
        take_look(drawing, STYLE_PLAIN);
        buf_add_text(drawing->out, drawing->screen->info->clear_right);
    }
}

/* ---- Pictures ---- */

static void begin_anew(struct term_screen *screen, struct buf *out)
{
    buf_add_text(out, screen->info->looks[STYLE_PLAIN]);
    buf_add_text(out, screen->info->insert_off);
    buf_add_text(out, screen->info->clear);
    screen->look = screen->info->look_of[STYLE_PLAIN];
    canvas_clear(&screen->shown);
    screen->unknown = false;
}

/* Rows are compared, and copied, by their bytes where neither picture has long graphemes. False when memory
 * is too short to know what is seen. */
static bool draw_rows(struct term_screen *screen, const struct canvas *canvas, struct buf *out)
{
    size_t size = (size_t)canvas->columns * sizeof(struct cell);
    bool all_short = canvas->longs.length == 0 && screen->shown.longs.length == 0;

    for (int row = 0; row < canvas->rows; row++) {
        struct drawing drawing = begin_row(screen, canvas, row, out);

        if (all_short && memcmp(drawing.now, drawing.before, size) == 0)
            continue;
        draw_row(&drawing);
        if (all_short)
            memcpy(drawing.before, drawing.now, size);
    }
    return all_short || canvas_copy(&screen->shown, canvas);
}

static void show_cursor(struct term_screen *screen, const struct canvas *canvas, struct buf *out)
{
    int row = canvas->cursor_row, column = canvas->cursor_column;
    int cursor = row >= 0 && row < canvas->rows && column >= 0 && column < canvas->columns;

    if (cursor && (screen->row != row || screen->column != column)) {
        struct drawing drawing = begin_row(screen, canvas, row, out);

        go_to(&drawing, column);
    }
    if (cursor != screen->cursor)
        buf_add_text(out, cursor ? screen->info->show_cursor : screen->info->hide_cursor);
    screen->cursor = cursor;
}

bool term_screen_draw(struct term_screen *screen, const struct canvas *canvas, struct buf *out)
{
    struct canvas *shown = &screen->shown;
    bool known;

    if (shown->columns != canvas->columns || shown->rows != canvas->rows) {
        if (!canvas_resize(shown, canvas->columns, canvas->rows))
            return false;
        term_screen_forget(screen);
    }
    if (screen->unknown)
        begin_anew(screen, out);
    known = draw_rows(screen, canvas, out);
    show_cursor(screen, canvas, out);
    if (!known)
        term_screen_forget(screen);
    return known && !out->failed;
}
