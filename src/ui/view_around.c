#include <string.h>

#include "base/digits.h"
#include "ui/wizard_state.h"

/* What stands around the body of the screen: steps, help, keys. Each is drawn from its inputs alone. */

/* ---- Steps ---- */

static enum style step_style(const struct steps_inputs *inputs, int page, int errors, bool seen)
{
    if (page == inputs->page)
        return STYLE_STEP_NOW;
    if (!seen)
        return STYLE_STEP;
    return errors > 0 ? STYLE_ERROR : STYLE_STEP_DONE;
}

/* "2 First cluster !1" from a column on: what a step is called, and how it stands. Returns the columns it
 * takes. */
static int view_step(struct canvas *canvas, const struct steps_inputs *inputs, int column, int page)
{
    int errors = inputs->of[page - inputs->first].errors;
    bool now = page == inputs->page, seen = inputs->of[page - inputs->first].seen;
    enum style style = step_style(inputs, page, errors, seen);
    char title[64], number[DIGITS_SIZE], count[DIGITS_SIZE];
    const char *const words[] = {now ? "[" : " ",
                                 digits_write((unsigned)page + 1, number),
                                 " ",
                                 title,
                                 now || !seen ? ""
                                 : errors > 0 ? " !"
                                              : " ok",
                                 now || errors == 0 ? "" : digits_write((unsigned)errors, count),
                                 now ? "]" : " "};
    int at = column;

    page_title(page, inputs->pages, title, sizeof(title));
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        at += canvas_put(canvas, inputs->area, 0, at, style, words[i]);
    return at - column;
}

void view_steps(struct canvas *canvas, const struct steps_inputs *inputs)
{
    int column = 1;

    canvas_blank(canvas, inputs->area, STYLE_PLAIN);
    for (int page = inputs->first; page <= inputs->last; page++)
        column += view_step(canvas, inputs, column, page);
    canvas_rule(canvas, inputs->area, 1, STYLE_FRAME);
}

/* ---- Help ---- */

static void help_of_field(struct canvas *canvas, struct area help, struct place place)
{
    char path[96];
    int column = 1;

    place_path(place, path, sizeof(path));
    column += canvas_put(canvas, help, 0, column, STYLE_DIM, " ");
    column += canvas_put(canvas, help, 0, column, STYLE_DIM, path);
    canvas_put(canvas, help, 0, column, STYLE_DIM, " ");
    view_words(canvas, help, 1, 1, help.columns - 2, STYLE_HELP, schema[place.field].help);
}

void view_help(struct canvas *canvas, const struct help_inputs *inputs)
{
    struct area help = inputs->area;

    canvas_blank(canvas, help, STYLE_PLAIN);
    canvas_rule(canvas, help, 0, STYLE_FRAME);
    switch (inputs->subject) {
    case HELP_NOTHING:
        break;
    case HELP_FIELD:
        help_of_field(canvas, help, inputs->place);
        break;
    case HELP_REVIEW:
        view_words(
            canvas, help, 1, 1, help.columns - 2, STYLE_HELP,
            "Plan type and clusters are fixed once the plan exists. No message is copied until a topic "
            "mapping is added.");
        break;
    }
}

/* ---- Keys ---- */

enum { BAR_MAX = 32 };

static bool is_in_bar(const struct key_binding *const rows[], int count, enum action action)
{
    for (int i = 0; i < count; i++)
        if (rows[i]->action == action)
            return true;
    return false;
}

/* The bindings that the bar has room for if it is endless: one for each action, by weight. */
static int bar_rows(unsigned contexts, const struct key_binding *rows[BAR_MAX])
{
    int count = 0;

    for (size_t i = 0; i < key_binding_count && count < BAR_MAX; i++) {
        const struct key_binding *row = &key_bindings[i];
        int at = count;

        if (!row->brief || !(row->contexts & contexts) || is_in_bar(rows, count, row->action))
            continue;
        for (; at > 0 && rows[at - 1]->weight > row->weight; at--)
            rows[at] = rows[at - 1];
        rows[at] = row;
        count++;
    }
    return count;
}

void view_bar(struct canvas *canvas, const struct bar_inputs *inputs)
{
    const struct key_binding *rows[BAR_MAX];
    int count = bar_rows(inputs->contexts, rows), column = 1;

    canvas_blank(canvas, inputs->area, STYLE_BAR);
    for (int i = 0; i < count; i++) {
        int wanted = (int)strlen(rows[i]->key) + 1 + (int)strlen(rows[i]->brief);

        if (column + wanted > inputs->area.columns - 1)
            continue;
        column += canvas_put(canvas, inputs->area, 0, column, STYLE_KEY, rows[i]->key) + 1;
        column += canvas_put(canvas, inputs->area, 0, column, STYLE_BAR, rows[i]->brief) + 2;
    }
}
