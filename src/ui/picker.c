#include "ui/picker.h"

#include <stdlib.h>
#include <string.h>

#include "base/fuzzy.h"
#include "ui/wrap.h"

enum { FILTER_MAX = 256, COLUMN_MAX = 40, COLUMN_LEAST = 8, MARKS_MAX = 64 };

void picker_init(struct picker *picker)
{
    *picker = (struct picker){.place = place_none()};
    line_edit_init(&picker->filter, FILTER_MAX);
    buf_init(&picker->title, BUF_LIMIT_DEFAULT);
    buf_init(&picker->why, BUF_LIMIT_DEFAULT);
    buf_init(&picker->texts, BUF_LIMIT_DEFAULT);
    for (int i = 0; i < PICKER_CELLS_MAX; i++)
        buf_init(&picker->headings[i], BUF_LIMIT_DEFAULT);
}

static void rows_forget(struct picker *picker)
{
    free(picker->starts);
    free(picker->usable);
    free(picker->matches);
    picker->starts = NULL;
    picker->usable = NULL;
    picker->matches = NULL;
    picker->count = picker->capacity = picker->match_count = 0;
    picker->cursor = picker->scroll = 0;
    buf_clear(&picker->texts);
}

void picker_release(struct picker *picker)
{
    rows_forget(picker);
    line_edit_release(&picker->filter);
    buf_release(&picker->title);
    buf_release(&picker->why);
    buf_release(&picker->texts);
    for (int i = 0; i < PICKER_CELLS_MAX; i++)
        buf_release(&picker->headings[i]);
}

void picker_open(struct picker *picker, struct place place)
{
    rows_forget(picker);
    line_edit_set(&picker->filter, "");
    buf_clear(&picker->title);
    buf_clear(&picker->why);
    picker->open = true;
    picker->place = place;
    picker->state = PICKER_LOADING;
    picker->cells = 0;
    picker->refreshes = picker->ticks = 0;
}

void picker_close(struct picker *picker)
{
    picker->open = false;
    rows_forget(picker);
}

/* ---- Rows ---- */

static const char *cell_text(const struct picker *picker, size_t row, int cell)
{
    return buf_text(&picker->texts) + picker->starts[row * (size_t)picker->cells + (size_t)cell];
}

static void copy_heads(struct picker *picker, const struct picker_rows *rows)
{
    picker->cells = 0;
    buf_clear(&picker->title);
    buf_add_text(&picker->title, rows->title);
    buf_clear(&picker->why);
    buf_add_text(&picker->why, rows->why ? rows->why : "");
    while (picker->cells < PICKER_CELLS_MAX && rows->headings[picker->cells]) {
        buf_clear(&picker->headings[picker->cells]);
        buf_add_text(&picker->headings[picker->cells], rows->headings[picker->cells]);
        picker->cells++;
    }
    picker->state = rows->state;
    picker->total = rows->total;
    picker->cut = rows->cut;
}

static bool make_room(struct picker *picker, size_t count)
{
    size_t cells = (size_t)picker->cells > 0 ? (size_t)picker->cells : 1;

    rows_forget(picker);
    if (count == 0)
        return true;
    picker->starts = calloc(count * cells, sizeof(*picker->starts));
    picker->usable = calloc(count, sizeof(*picker->usable));
    picker->matches = calloc(count, sizeof(*picker->matches));
    picker->capacity = count;
    return picker->starts && picker->usable && picker->matches;
}

static bool copy_rows(struct picker *picker, const struct picker_rows *rows)
{
    for (size_t row = 0; row < rows->count; row++) {
        for (int cell = 0; cell < picker->cells; cell++) {
            const char *text = rows->cell(rows->context, row, (size_t)cell);

            picker->starts[row * (size_t)picker->cells + (size_t)cell] = picker->texts.length;
            buf_add(&picker->texts, text, strlen(text) + 1);
        }
        picker->usable[row] = rows->usable(rows->context, row);
    }
    picker->count = rows->count;
    return !picker->texts.failed;
}

bool picker_fill(struct picker *picker, const struct picker_rows *rows)
{
    const char *marked = picker_marked(picker);
    char *kept = text_copy(marked);
    size_t scroll = picker->scroll;
    bool filled;

    copy_heads(picker, rows);
    filled = make_room(picker, rows->count) && copy_rows(picker, rows);
    if (!filled)
        rows_forget(picker);
    picker_filter(picker);
    for (size_t i = 0; kept && i < picker->match_count; i++) {
        if (strcmp(cell_text(picker, picker->matches[i].row, 0), kept) == 0) {
            picker->cursor = i;
            picker->scroll = scroll <= i ? scroll : i;
            break;
        }
    }
    free(kept);
    return filled;
}

/* ---- Filter ---- */

/* Better first; among equals the order in which they came. */
static int compare_matches(const void *a, const void *b)
{
    const struct picker_match *left = a, *right = b;

    if (left->score != right->score)
        return left->score > right->score ? -1 : 1;
    return left->row < right->row ? -1 : left->row > right->row;
}

void picker_filter(struct picker *picker)
{
    struct fuzzy_query query;
    size_t count = 0;

    picker->cursor = picker->scroll = 0;
    fuzzy_query_set(&query, buf_text(&picker->filter.text));
    for (size_t row = 0; row < picker->count; row++) {
        int best = 0;
        bool found = false;

        for (int cell = 0; cell < picker->cells; cell++) {
            int score;

            if (!fuzzy_match(&query, cell_text(picker, row, cell), &score))
                continue;
            best = !found || score > best ? score : best;
            found = true;
        }
        if (found)
            picker->matches[count++] = (struct picker_match){row, best};
    }
    if (picker->filter.text.length > 0 && count > 1)
        qsort(picker->matches, count, sizeof(*picker->matches), compare_matches);
    picker->match_count = count;
}

void picker_move(struct picker *picker, long rows)
{
    long last = (long)picker->match_count - 1;
    long to = (long)picker->cursor + rows;

    if (to > last)
        to = last;
    picker->cursor = to < 0 ? 0 : (size_t)to;
}

const char *picker_marked(const struct picker *picker)
{
    return picker->cursor < picker->match_count ? cell_text(picker, picker->matches[picker->cursor].row, 0)
                                                : NULL;
}

/* ---- View ---- */

/* What a cell would like to have: as much as its heading and the rows on the screen take. */
static int wanted_width(const struct picker *picker, size_t first, int rows, int cell)
{
    int widest = canvas_width(buf_text(&picker->headings[cell]));

    for (int i = 0; i < rows && first + (size_t)i < picker->match_count; i++) {
        int width = canvas_width(cell_text(picker, picker->matches[first + (size_t)i].row, cell));

        widest = width > widest ? width : widest;
    }
    return widest < COLUMN_MAX ? widest : COLUMN_MAX;
}

/* The columns that each cell gets, two apart. Where they do not fit, the widest give way, and last the last
 * ones go. */
static void column_widths(const struct picker *picker, size_t first, int rows, int columns,
                          int widths[PICKER_CELLS_MAX])
{
    int cells = picker->cells;
    int used = -2;

    for (int cell = 0; cell < cells; cell++) {
        widths[cell] = wanted_width(picker, first, rows, cell);
        used += widths[cell] + 2;
    }
    while (used > columns && cells > 0) {
        int widest = 0;

        for (int cell = 1; cell < cells; cell++)
            widest = widths[cell] > widths[widest] ? cell : widest;
        if (widths[widest] > COLUMN_LEAST) {
            widths[widest]--;
            used--;
        } else {
            cells--;
            used -= widths[cells] + 2;
            widths[cells] = 0;
        }
    }
}

static void view_cell(const struct picker *picker, struct canvas *canvas, struct area cell, enum style style,
                      const char *text)
{
    size_t marks[MARKS_MAX];
    struct fuzzy_query query;
    size_t count;

    canvas_put_cut(canvas, cell, 0, 0, style, text);
    if (picker->filter.text.length == 0 || style == STYLE_CHOICE_NOW)
        return;
    fuzzy_query_set(&query, buf_text(&picker->filter.text));
    count = fuzzy_positions(&query, text, marks, MARKS_MAX);
    for (size_t i = 0; i < count; i++)
        canvas_style(canvas, cell, 0, canvas_width_length(text, marks[i]), 1, STYLE_KEY);
}

static void view_row(const struct picker *picker, struct canvas *canvas, struct area area, int row,
                     size_t index, const int widths[PICKER_CELLS_MAX])
{
    size_t source = picker->matches[index].row;
    bool now = index == picker->cursor;
    enum style style = now ? STYLE_CHOICE_NOW : picker->usable[source] ? STYLE_PLAIN : STYLE_DIM;
    int column = 2;

    if (now) {
        canvas_style(canvas, area, row, 0, area.columns, STYLE_CHOICE_NOW);
        canvas_put(canvas, area, row, 0, STYLE_CHOICE_NOW, ">");
    }
    for (int cell = 0; cell < picker->cells && widths[cell] > 0; cell++) {
        struct area place = {area.row + row, area.column + column, 1, widths[cell]};

        view_cell(picker, canvas, place, style, cell_text(picker, source, cell));
        column += widths[cell] + 2;
    }
}

static void status_text(const struct picker *picker, struct buf *out)
{
    static const char spinner[] = "|/-\\";

    if (picker->state == PICKER_LOADING && picker->total > 0)
        buf_addf(out, "%c %zu of %lld so far", spinner[picker->ticks % 4], picker->count, picker->total);
    else if (picker->state == PICKER_LOADING)
        buf_addf(out, "%c looking up", spinner[picker->ticks % 4]);
    else if (picker->filter.text.length > 0)
        buf_addf(out, "%zu of %zu", picker->match_count, picker->count);
    else
        buf_addf(out, "%zu%s", picker->count, picker->cut ? ", and more" : "");
}

static void view_head(const struct picker *picker, struct canvas *canvas, struct area inside)
{
    struct area line = {inside.row, inside.column + 6, 1, inside.columns - 6};
    struct line_view view = {.shown = BUF_INIT};
    struct buf status = BUF_INIT;
    int width;

    status_text(picker, &status);
    width = canvas_width(buf_text(&status));
    if (width + 12 < line.columns) {
        canvas_put(canvas, inside, 0, inside.columns - width, STYLE_DIM, buf_text(&status));
        line.columns -= width + 1;
    }
    canvas_put(canvas, inside, 0, 0, STYLE_LABEL, "Find:");
    canvas_blank(canvas, line, STYLE_ENTRY_NOW);
    line_edit_view(&picker->filter, line.columns, false, &view);
    canvas_put(canvas, line, 0, 0, STYLE_ENTRY_NOW, buf_text(&view.shown));
    canvas_cursor(canvas, line, 0, view.cursor_column);
    buf_release(&view.shown);
    buf_release(&status);
}

/* What stands where rows would, when there are none, or above them when not all could be fetched. Returns its
 * rows. */
static int view_words_above(const struct picker *picker, struct canvas *canvas, struct area area)
{
    const char *text = "";
    size_t length;
    int rows = 0;

    if (picker->state == PICKER_FAILED)
        text = buf_text(&picker->why);
    else if (picker->state == PICKER_DONE && picker->count == 0)
        text = "There are none. Esc goes back: the field takes what you type.";
    else if (picker->match_count == 0 && picker->count > 0)
        text = "Nothing matches. Alt-T takes what you typed as it is.";
    for (length = strlen(text); length > 0 && rows < area.rows;) {
        size_t skip;
        size_t bytes = wrap_line(text, length, area.columns, &skip);

        canvas_put_length(canvas, area, rows++, 0, STYLE_WARNING, text, bytes);
        text += skip;
        length -= skip;
    }
    return rows;
}

static size_t first_row(const struct picker *picker, int rows)
{
    size_t shown = rows > 0 ? (size_t)rows : 1;
    size_t first = picker->scroll;

    if (picker->cursor < first)
        first = picker->cursor;
    return picker->cursor >= first + shown ? picker->cursor - shown + 1 : first;
}

void picker_view(const struct picker *picker, struct canvas *canvas, struct area area)
{
    struct area inside = {area.row + 1, area.column + 2, area.rows - 2, area.columns - 4};
    struct area list = {inside.row + 2, inside.column, inside.rows - 2, inside.columns};
    int widths[PICKER_CELLS_MAX] = {0};
    int column = 2, words;
    size_t first;

    canvas_blank(canvas, area, STYLE_PLAIN);
    canvas_frame(canvas, area, STYLE_FRAME);
    canvas_put(canvas, area, 0, 2, STYLE_STRONG, " ");
    canvas_put(canvas, area, 0, 3 + canvas_put(canvas, area, 0, 3, STYLE_STRONG, buf_text(&picker->title)),
               STYLE_STRONG, " ");
    view_head(picker, canvas, inside);
    words = view_words_above(picker, canvas, list);
    list.row += words;
    list.rows -= words;
    first = first_row(picker, list.rows);
    column_widths(picker, first, list.rows, inside.columns - 2, widths);
    for (int cell = 0; cell < picker->cells && widths[cell] > 0; cell++) {
        canvas_put_cut(canvas, inside, 1, column, STYLE_DIM, buf_text(&picker->headings[cell]));
        column += widths[cell] + 2;
    }
    for (int row = 0; row < list.rows && first + (size_t)row < picker->match_count; row++)
        view_row(picker, canvas, list, row, first + (size_t)row, widths);
}
