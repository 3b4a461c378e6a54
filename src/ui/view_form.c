#include <string.h>

#include "model/secret.h"
#include "ui/wizard_state.h"

/* The form: labels, entries, lists of choices, and problems beside them. */

static void view_label(const struct wizard *wizard, struct canvas *canvas, struct area area,
                       const struct form_item *item)
{
    const struct field_review *field = wizard_field(wizard, item->place);
    bool now = place_is_focused(wizard, item->place);
    int row = item->row - wizard->form_scroll;
    int used;

    if (now)
        canvas_put(canvas, area, row, 1, STYLE_LABEL_NOW, ">");
    used = canvas_put(canvas, area, row, 3, now ? STYLE_LABEL_NOW : STYLE_LABEL,
                      schema[item->place.field].label);
    if (field->need == NEED_REQUIRED)
        canvas_put(canvas, area, row, 3 + used + 1, STYLE_STRONG, "*");
}

/* Draws an entry's brackets and returns the area between them. */
static struct area entry_frame(const struct wizard *wizard, struct canvas *canvas, struct area area,
                               const struct form_item *item, int row)
{
    enum style style = place_is_focused(wizard, item->place) ? STYLE_ENTRY_NOW : STYLE_ENTRY;
    struct area inside = {.row = area.row + row,
                          .column = area.column + item->column + 1,
                          .rows = 1,
                          .columns = item->columns - 2};

    if (row < 0 || row >= area.rows)
        return (struct area){0};
    canvas_put(canvas, area, row, item->column, STYLE_FRAME, "[");
    canvas_put(canvas, area, row, item->column + item->columns - 1, STYLE_FRAME, "]");
    canvas_blank(canvas, inside, style);
    return inside;
}

static void view_example(struct canvas *canvas, struct area inside, const struct field *field)
{
    if (field->example && *field->example)
        canvas_put_cut(canvas, inside, 0, canvas_put(canvas, inside, 0, 0, STYLE_EXAMPLE, "e.g. "),
                       STYLE_EXAMPLE, field->example);
}

/* The focused entry is drawn from the editor, with the cursor in it. */
static void view_entry_now(const struct wizard *wizard, struct canvas *canvas, struct area inside)
{
    struct line_view view = {.shown = BUF_INIT};

    line_edit_view(&wizard->line, inside.columns, wizard->line.secret && !wizard->revealed, &view);
    canvas_put(canvas, inside, 0, 0, STYLE_ENTRY_NOW, buf_text(&view.shown));
    /* In the place of the brackets: there is more. */
    if (view.more_left)
        canvas_put(canvas, canvas_area(canvas), inside.row, inside.column - 1, STYLE_STRONG, "<");
    if (view.more_right)
        canvas_put(canvas, canvas_area(canvas), inside.row, inside.column + inside.columns, STYLE_STRONG,
                   ">");
    canvas_cursor(canvas, inside, 0, view.cursor_column);
    canvas_release_text(canvas, &view.shown);
}

static void view_reference(struct canvas *canvas, struct area inside, const char *reference)
{
    struct buf text = BUF_INIT;

    buf_add_text(&text, "from ");
    secret_reference_describe(reference, &text);
    canvas_put_cut(canvas, inside, 0, 0, STYLE_DIM, buf_text(&text));
    canvas_release_text(canvas, &text);
}

static void view_value(struct canvas *canvas, struct area inside, enum field_kind kind,
                       const struct field_review *field)
{
    if (kind == KIND_SECRET)
        canvas_put(canvas, inside, 0, 0, STYLE_ENTRY, PAYLOAD_MASK);
    else
        canvas_put_cut(canvas, inside, 0, 0, field->suggested ? STYLE_EXAMPLE : STYLE_ENTRY, field->value);
}

static void view_entry(const struct wizard *wizard, struct canvas *canvas, struct area area,
                       const struct form_item *item, int row)
{
    const struct field_review *field = wizard_field(wizard, item->place);
    struct area inside = entry_frame(wizard, canvas, area, item, row);
    bool now = place_is_focused(wizard, item->place);

    if (inside.columns <= 0)
        return;
    if (field->form == ANSWER_REFERENCE) {
        view_reference(canvas, inside, field->value);
        if (now)
            canvas_cursor(canvas, inside, 0, 0);
        return;
    }
    if (!field->value)
        view_example(canvas, inside, &schema[item->place.field]);
    else if (!now)
        view_value(canvas, inside, schema[item->place.field].kind, field);
    if (now)
        view_entry_now(wizard, canvas, inside);
}

/* Behind the entry: the key that lists what the account has for it. */
static void view_pick_mark(const struct wizard *wizard, struct canvas *canvas, struct area area,
                           const struct form_item *item)
{
    struct pick pick;

    if (pick_for(wizard, item->place, &pick))
        canvas_put(canvas, area, item->row + item->rows - 1 - wizard->form_scroll,
                   item->column + item->columns + 1,
                   place_is_focused(wizard, item->place) ? STYLE_KEY : STYLE_DIM, "F2");
}

static void view_field(const struct wizard *wizard, struct canvas *canvas, struct area area,
                       const struct form_item *item)
{
    view_label(wizard, canvas, area, item);
    if (!field_is_list(item->place.field))
        view_entry(wizard, canvas, area, item, item->row + item->rows - 1 - wizard->form_scroll);
    view_pick_mark(wizard, canvas, area, item);
}

static void view_choice(const struct wizard *wizard, struct canvas *canvas, struct area area,
                        const struct form_item *item)
{
    const struct choice *choice = &schema[item->place.field].choices[item->choice];
    const char *value = wizard_field(wizard, item->place)->value;
    bool chosen = value && strcmp(value, choice->value) == 0;
    bool now = place_is_focused(wizard, item->place) && wizard->choice == item->choice;
    enum style style = now ? STYLE_CHOICE_NOW : STYLE_CHOICE;
    int row = item->row - wizard->form_scroll;
    struct area place = area;
    int column = item->column;

    if (place.columns > item->column + item->columns)
        place.columns = item->column + item->columns;
    column += canvas_put(canvas, place, row, column, style, chosen ? "(o) " : "( ) ");
    column += canvas_put(canvas, place, row, column, style, choice->value);
    canvas_put_cut(canvas, place, row, column, now ? style : STYLE_DIM, "  ");
    canvas_put_cut(canvas, place, row, column + 2, now ? style : STYLE_DIM, choice->meaning);
    if (now)
        canvas_cursor(canvas, area, row, item->column + 1);
}

static void view_problem(const struct wizard *wizard, struct canvas *canvas, struct area area,
                         const struct form_item *item)
{
    const struct problem *problem = review_problem(wizard->review, (size_t)item->problem);
    bool error = problem->severity == SEVERITY_ERROR;
    enum style style = error ? STYLE_ERROR : STYLE_WARNING;
    int row = item->row - wizard->form_scroll;

    canvas_put(canvas, area, row, item->column - 2, style, error ? "!" : "?");
    view_words(canvas, area, row, item->column, item->columns, style, problem->message);
}

static void view_note(const struct wizard *wizard, struct canvas *canvas, struct area area,
                      const struct form_item *item)
{
    struct buf text = BUF_INIT;

    form_note(wizard, &text);
    view_words(canvas, area, item->row - wizard->form_scroll, item->column, item->columns, STYLE_DIM,
               buf_text(&text));
    canvas_release_text(canvas, &text);
}

/* Says at the edges that there is more than is seen. */
static void view_more(const struct wizard *wizard, struct canvas *canvas, struct area area, int rows)
{
    if (wizard->form_scroll > 0)
        canvas_put(canvas, area, 0, area.columns - 1, STYLE_STRONG, "^");
    if (rows - wizard->form_scroll > area.rows)
        canvas_put(canvas, area, area.rows - 1, area.columns - 1, STYLE_STRONG, "v");
}

void view_form(const struct wizard *wizard, struct canvas *canvas, struct area area)
{
    struct form_layout layout;

    form_layout(wizard, area.columns, &layout);
    for (int i = 0; i < layout.count; i++) {
        const struct form_item *item = &layout.items[i];

        switch (item->part) {
        case PART_FIELD:
            view_field(wizard, canvas, area, item);
            break;
        case PART_CHOICE:
            view_choice(wizard, canvas, area, item);
            break;
        case PART_PROBLEM:
            view_problem(wizard, canvas, area, item);
            break;
        case PART_NOTE:
            view_note(wizard, canvas, area, item);
            break;
        }
    }
    view_more(wizard, canvas, area, layout.rows);
}
