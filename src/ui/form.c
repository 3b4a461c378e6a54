#include <string.h>

#include "ui/wizard_state.h"
#include "ui/wrap.h"

/* Where everything of the form stands: the view draws by it, clicks and scrolling are looked up in it. */

enum {
    LABEL_COLUMN = 3,
    ENTRY_COLUMN = 23,
    STACKED_ENTRY_COLUMN = 4,
    ENTRY_COLUMNS_MAX = 64,
    CHOICE_MARK = 4
};

/* ---- The parts of the screen ---- */

static struct area rows_of(int row, int rows, int columns)
{
    return (struct area){.row = row, .column = 0, .rows = rows > 0 ? rows : 0, .columns = columns};
}

static void split_body(const struct wizard *wizard, struct screen_parts *parts)
{
    int form_columns = wizard->columns * 3 / 5;

    parts->form = parts->body;
    parts->preview = (struct area){0};
    if (wizard->columns >= WIDE_COLUMNS && !wizard->preview_off) {
        if (form_columns < 64)
            form_columns = 64;
        if (form_columns > 96)
            form_columns = 96;
        parts->form.columns = form_columns;
        parts->preview = parts->body;
        parts->preview.column = form_columns + 1;
        parts->preview.columns = wizard->columns - form_columns - 1;
    } else if (wizard->preview_only) {
        parts->preview = parts->body;
    }
}

void screen_layout(const struct wizard *wizard, struct screen_parts *parts)
{
    int columns = wizard->columns, rows = wizard->rows;
    int above, help_rows, below;

    parts->too_small = columns < MINIMUM_COLUMNS || rows < MINIMUM_ROWS;
    parts->tall = rows >= TALL_ROWS;
    above = parts->tall ? 3 : 1;
    help_rows = parts->tall ? 3 : 2; /* with the rule above it */
    below = help_rows + 2;
    parts->title = rows_of(0, 1, columns);
    parts->steps = rows_of(1, parts->tall ? 2 : 0, columns);
    parts->body = rows_of(above, rows - above - below, columns);
    parts->help = rows_of(rows - below, help_rows, columns);
    parts->status = rows_of(rows - 2, 1, columns);
    parts->bar = rows_of(rows - 1, 1, columns);
    split_body(wizard, parts);
}

/* ---- The form ---- */

static struct form_item *item_add(struct form_layout *layout, enum form_part part, struct place place,
                                  int row, int rows)
{
    struct form_item *item;

    if (layout->count == FORM_ITEMS_MAX)
        return NULL;
    item = &layout->items[layout->count++];
    *item = (struct form_item){.part = part, .place = place, .row = row, .rows = rows};
    return item;
}

/* "(o) CONSTANT  meaning" and the gap behind it. */
static int choice_columns(const struct choice *choice)
{
    return CHOICE_MARK + canvas_width(choice->value) + 2 + canvas_width(choice->meaning);
}

/* Whether a list of choices may stand in one row: as soon as it is clear that it may not, no more is
 * measured. */
static bool choices_fit_one_row(enum field_id field, int columns)
{
    int used = 0, count = choice_count(field);

    for (int i = 0; i < count && used <= columns; i++)
        used += choice_columns(&schema[field].choices[i]) + (i > 0 ? 3 : 0);
    return used <= columns;
}

static int add_choices(struct form_layout *layout, struct place place, int row, int columns)
{
    bool one_row = !layout->stacked && choices_fit_one_row(place.field, columns);
    int column = layout->entry_column;
    int first = row;

    for (int i = 0; i < choice_count(place.field); i++) {
        struct form_item *item = item_add(layout, PART_CHOICE, place, row, 1);
        int wanted = choice_columns(&schema[place.field].choices[i]);

        if (!item)
            break;
        item->choice = i;
        item->column = column;
        item->columns = wanted < columns ? wanted : columns;
        if (one_row)
            column += wanted + 3;
        else
            row++;
    }
    return one_row ? 1 : row - first;
}

/* The problems that a field shows: all of them, so that mending one does not bring up the next. */
static int add_problems(const struct wizard *wizard, struct form_layout *layout, struct place place, int row,
                        int columns)
{
    size_t count = wizard_field(wizard, place)->problem < 0 ? 0 : review_problems(wizard->review);
    int first = row;

    for (size_t i = 0; i < count; i++) {
        const struct problem *problem = review_problem(wizard->review, i);
        struct form_item *item;
        int rows;

        if (!place_equal(problem->place, place) || !problem_is_shown(wizard, place, problem))
            continue;
        rows = wrap_count(problem->message, strlen(problem->message), columns);
        item = item_add(layout, PART_PROBLEM, place, row, rows);
        if (!item)
            break;
        item->problem = (int)i;
        item->column = layout->entry_column;
        item->columns = columns;
        row += rows;
    }
    return row - first;
}

static int add_field(const struct wizard *wizard, struct form_layout *layout, struct place place, int row,
                     int columns)
{
    int entry_columns = columns - layout->entry_column - 4;
    struct form_item *item = item_add(layout, PART_FIELD, place, row, 1);
    int first = row;

    if (!item)
        return 0;
    item->column = layout->entry_column;
    item->columns = entry_columns < ENTRY_COLUMNS_MAX ? entry_columns : ENTRY_COLUMNS_MAX;
    if (layout->stacked) {
        item->rows = 2;
        row++;
    }
    if (field_is_list(place.field))
        row += add_choices(layout, place, row, entry_columns);
    else
        row++;
    row += add_problems(wizard, layout, place, row, entry_columns);
    return row - first;
}

/* What is not asked on a page, so that nobody looks for it. */
void form_note(const struct wizard *wizard, struct buf *out)
{
    int instance = page_instance(wizard, wizard->page);
    int hidden = 0;

    for (int id = 0; id < FIELD_COUNT && instance >= 0; id++) {
        struct place place = place_of_instance(instance, (enum field_id)id);

        if (schema[id].scope == SCOPE_INSTANCE && !wizard_field(wizard, place)->shown)
            buf_addf(out, "%s%s", hidden++ == 0 ? "Not asked here: " : ", ", schema[id].label);
    }
    if (hidden > 0)
        buf_add_text(out, " (F7 says why)");
}

static int add_note(const struct wizard *wizard, struct form_layout *layout, int row, int columns)
{
    struct buf text = BUF_INIT;
    int note_columns = columns - LABEL_COLUMN - 1;
    struct form_item *item;
    int rows;

    form_note(wizard, &text);
    rows = wrap_count(buf_text(&text), text.length, note_columns);
    buf_release(&text);
    item = rows > 0 ? item_add(layout, PART_NOTE, place_none(), row + 1, rows) : NULL;
    if (!item)
        return 0;
    item->column = LABEL_COLUMN;
    item->columns = note_columns;
    return rows + 1;
}

void form_layout(const struct wizard *wizard, int columns, struct form_layout *layout)
{
    struct place places[FIELD_COUNT];
    int count = page_fields(wizard, wizard->page, places);
    int row = 0;

    layout->count = 0;
    layout->stacked = columns < STACKED_BELOW;
    layout->entry_column = layout->stacked ? STACKED_ENTRY_COLUMN : ENTRY_COLUMN;
    for (int i = 0; i < count; i++)
        row += add_field(wizard, layout, places[i], row, columns);
    row += add_note(wizard, layout, row, columns);
    layout->rows = row;
}

/* ---- Why a field is asked or not ---- */

static void condition_words(const struct condition *condition, struct buf *out)
{
    static const char *const words[] = {
        [TEST_END] = "",
        [TEST_IS] = "is",
        [TEST_STARTS] = "begins with",
    };

    buf_addf(out, "%s %s %s", schema[condition->field].label, words[condition->test], condition->value);
}

static void conditions_words(const struct condition *conditions, struct buf *out)
{
    for (const struct condition *c = conditions; c && c->test != TEST_END; c++) {
        buf_add_text(out, c == conditions ? "" : " and ");
        condition_words(c, out);
    }
}

/* "when A is X and B is Y, or when C is Z" for the rows that make a field needed at least this much. */
static void presence_words(enum field_id field, enum need least, struct buf *out)
{
    bool first = true;

    /* A row without conditions is the last one. */
    for (const struct presence *row = schema[field].presence; row && row->when; row++) {
        if (row->need < least)
            continue;
        buf_add_text(out, first ? " when " : ", or when ");
        conditions_words(row->when, out);
        first = false;
    }
}

void why_field(const struct wizard *wizard, struct place place, struct buf *out)
{
    const struct field_review *field = wizard_field(wizard, place);
    const char *kept = plan_get(wizard->plan, place);

    buf_addf(out, "%s: ", schema[place.field].label);
    if (field->shown) {
        static const char *const words[] = {
            [NEED_NEVER] = "asked",
            [NEED_EXTRA] = "asked because the extra fields are on; the documentation does not need it here",
            [NEED_OPTIONAL] = "optional",
            [NEED_RECOMMENDED] = "should be given",
            [NEED_REQUIRED] = "must be given",
        };

        buf_add_text(out, words[field->need]);
        if (field->because && *field->because)
            buf_addf(out, " %s", field->because);
        buf_add_char(out, '.');
    } else if (field->need == NEED_EXTRA) {
        buf_addf(out, "not needed %s, so it is not asked; F3 asks for it.",
                 field->because ? field->because : "here");
    } else {
        buf_addf(out, "not asked%s%s; it is asked", field->because ? ", since " : "",
                 field->because ? field->because : "");
        presence_words(place.field, NEED_OPTIONAL, out);
        buf_add_char(out, '.');
    }
    if (!field->shown && kept)
        buf_add_text(out, " Your answer is kept, and not sent.");
    buf_addf(out, " Source: %s.", schema[place.field].source);
}
