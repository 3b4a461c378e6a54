#include <stdio.h>
#include <string.h>

#include "base/digits.h"
#include "base/utf8.h"
#include "ui/wizard_state.h"
#include "ui/wrap.h"

/* The frame of every screen: title, steps, help, messages and keys. What stands between is in the other view
 * files. */

int view_words(struct canvas *canvas, struct area area, int row, int column, int columns, enum style style,
               const char *text)
{
    size_t length = strlen(text);
    int rows = 0;

    while (length > 0) {
        size_t skip;
        size_t line = wrap_line(text, length, columns, &skip);

        canvas_put_length(canvas, area, row + rows, column, style, text, line);
        text += skip;
        length -= skip;
        rows++;
    }
    return rows;
}

/* ---- Title and steps ---- */

static void title_left(const struct wizard *wizard, const struct screen_parts *parts, struct buf *out)
{
    const char *name = plan_get(wizard->plan, place_of_plan(FIELD_PLAN_NAME));
    char page[64];

    buf_add_texts(out, " ", name ? name : "New plan", NULL);
    if (wizard_unsaved(wizard))
        buf_add_text(out, " *");
    if (wizard->read_only)
        buf_add_text(out, "  (read only)");
    if (!parts->tall) {
        page_title(wizard, wizard->page, page, sizeof(page));
        buf_addf(out, "  %d/%d %s", wizard->page + 1, page_count(wizard), page);
    }
}

static void title_right(const struct wizard *wizard, struct buf *out)
{
    const struct target *target = &wizard->target.view;

    if (target->sandbox)
        buf_add_text(out, "sandbox: nothing real");
    else if (target->profile && *target->profile)
        buf_add_texts(out, "profile ", target->profile, NULL);
    if (target->region && *target->region)
        buf_add_texts(out, out->length > 0 ? "  " : "", target->region, NULL);
    buf_add_char(out, ' ');
}

static void view_title(const struct wizard *wizard, struct canvas *canvas, const struct screen_parts *parts)
{
    struct buf left = BUF_INIT, right = BUF_INIT;
    struct area title = parts->title;
    int right_columns;

    canvas_blank(canvas, title, STYLE_TITLE);
    title_left(wizard, parts, &left);
    title_right(wizard, &right);
    right_columns = canvas_width(buf_text(&right));
    if (title.columns - right_columns > title.columns / 2) {
        canvas_put(canvas, title, 0, title.columns - right_columns, STYLE_TITLE, buf_text(&right));
        title.columns -= right_columns + 1;
    }
    canvas_put_cut(canvas, title, 0, 0, STYLE_TITLE, buf_text(&left));
    canvas_release_text(canvas, &left);
    canvas_release_text(canvas, &right);
}

static size_t page_errors(const struct wizard *wizard, int page)
{
    size_t errors = 0, warnings = 0;

    if (page_is_review(wizard, page))
        return review_errors(wizard->review);
    review_step_counts(wizard->review, page_step(wizard, page), page_instance(wizard, page), &errors,
                       &warnings);
    return errors;
}

/* How a step stands: its style, and what is said behind its name. */
static enum style step_state(const struct wizard *wizard, int page, const char **mark, size_t *errors)
{
    bool seen = wizard->page_seen[page] && !page_is_review(wizard, page);

    *errors = 0;
    *mark = "";
    if (page == wizard->page)
        return STYLE_STEP_NOW;
    if (!seen)
        return STYLE_STEP;
    *errors = page_errors(wizard, page);
    *mark = *errors > 0 ? " !" : " ok";
    return *errors > 0 ? STYLE_ERROR : STYLE_STEP_DONE;
}

/* "2 First cluster !1" from a column on; returns the columns it takes. */
static int view_step(const struct wizard *wizard, struct canvas *canvas, struct area steps, int column,
                     int page)
{
    char title[64], number[DIGITS_SIZE];
    const char *mark;
    size_t errors;
    enum style style = step_state(wizard, page, &mark, &errors);
    bool now = page == wizard->page;
    const char *const parts[] = {now ? "[" : " ", digits_write((unsigned)page + 1, number), " ", title, mark};
    int at = column;

    page_title(wizard, page, title, sizeof(title));
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        at += canvas_put(canvas, steps, 0, at, style, parts[i]);
    if (errors > 0)
        at += canvas_put(canvas, steps, 0, at, style, digits_write((unsigned)errors, number));
    return at + canvas_put(canvas, steps, 0, at, style, now ? "]" : " ") - column;
}

/* The pages shown in the line of steps: all, or those around the current one. */
static void steps_window(const struct wizard *wizard, int *first, int *last)
{
    enum { SHOWN = 5 };

    *first = 0;
    *last = page_count(wizard) - 1;
    if (*last < SHOWN)
        return;
    *first = wizard->page - SHOWN / 2;
    if (*first > *last - SHOWN + 1)
        *first = *last - SHOWN + 1;
    if (*first < 0)
        *first = 0;
    *last = *first + SHOWN - 1;
}

static void view_steps(const struct wizard *wizard, struct canvas *canvas, const struct screen_parts *parts)
{
    struct area steps = parts->steps;
    int column = 1;
    int first, last;

    if (steps.rows == 0)
        return;
    steps_window(wizard, &first, &last);
    for (int page = first; page <= last; page++)
        column += view_step(wizard, canvas, steps, column, page);
    canvas_rule(canvas, steps, 1, STYLE_FRAME);
}

/* ---- Help, message, keys ---- */

static void help_of_field(const struct wizard *wizard, struct canvas *canvas, struct area help)
{
    const struct field *field = &schema[wizard->focus.field];
    char path[96];
    int column = 1;

    place_path(wizard->focus, path, sizeof(path));
    column += canvas_put(canvas, help, 0, column, STYLE_DIM, " ");
    column += canvas_put(canvas, help, 0, column, STYLE_DIM, path);
    canvas_put(canvas, help, 0, column, STYLE_DIM, " ");
    view_words(canvas, help, 1, 1, help.columns - 2, STYLE_HELP, field->help);
}

static void view_help(const struct wizard *wizard, struct canvas *canvas, const struct screen_parts *parts)
{
    struct area help = parts->help;

    canvas_rule(canvas, help, 0, STYLE_FRAME);
    if (wizard->mode == MODE_FORM && !page_is_review(wizard, wizard->page))
        help_of_field(wizard, canvas, help);
    else if (wizard->mode == MODE_FORM)
        view_words(canvas, help, 1, 1, help.columns - 2, STYLE_HELP,
                   "Plan type and clusters are fixed once the plan exists. No message is copied until a "
                   "topic mapping "
                   "is added.");
}

/* What the line above the keys says when there is no message: how much the field is needed, or what is left.
 */
static void status_of_field(const struct wizard *wizard, struct buf *out)
{
    const struct field_review *field = wizard_field(wizard, wizard->focus);

    if (field->suggested)
        buf_add_text(out, "This is a suggestion: change it if it does not fit.");
    else if (field->need == NEED_REQUIRED || field->need == NEED_RECOMMENDED)
        buf_addf(out, "%s given%s%s.", field->need == NEED_REQUIRED ? "Must be" : "Should be",
                 field->because && *field->because ? " " : "", field->because ? field->because : "");
    else if (field->need == NEED_EXTRA)
        buf_add_text(out, "Not needed here by the documentation; sent when filled in.");
    else
        buf_add_text(out, "Optional: left out when empty.");
    if (schema[wizard->focus.field].fixed && out->length < 60)
        buf_add_text(out, " Fixed once the plan exists.");
}

/* The line above the keys where it is a message; NULL: there is none. It takes no memory. */
static const char *message_now(const struct wizard *wizard)
{
    if (wizard->message[0] != '\0')
        return wizard->message;
    if (wizard->loss)
        return "Memory was short: something you typed was not taken. Check the fields.";
    return NULL;
}

/* Behind everything else: only then it is known. */
static void view_holes(const struct wizard *wizard, struct canvas *canvas, const struct screen_parts *parts)
{
    if (message_now(wizard) || !(canvas->incomplete || wizard->line_is_old))
        return;
    canvas_blank(canvas, parts->status, STYLE_PLAIN);
    canvas_put_cut(canvas, parts->status, 0, 1, STYLE_ERROR,
                   "Memory is short: not all is shown. Save the draft and leave.");
}

static void view_status(const struct wizard *wizard, struct canvas *canvas, const struct screen_parts *parts)
{
    struct buf text = BUF_INIT;
    const char *message = message_now(wizard);

    if (message) {
        canvas_put_cut(canvas, parts->status, 0, 1,
                       message != wizard->message || wizard->message_is_error ? STYLE_ERROR : STYLE_STRONG,
                       message);
        return;
    }
    if (wizard->mode == MODE_FORM && !page_is_review(wizard, wizard->page)) {
        status_of_field(wizard, &text);
    } else if (wizard->mode == MODE_FORM) {
        if (review_errors(wizard->review) > 0)
            buf_addf(&text, "%zu of the problems must be solved before the plan can be sent.",
                     review_errors(wizard->review));
        else
            buf_add_text(&text, "Nothing has been sent. s asks once more and then sends.");
    }
    canvas_put_cut(canvas, parts->status, 0, 1, STYLE_DIM, buf_text(&text));
    canvas_release_text(canvas, &text);
}

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

static void view_bar(const struct wizard *wizard, struct canvas *canvas, const struct screen_parts *parts)
{
    const struct key_binding *rows[BAR_MAX];
    int count = bar_rows(wizard_contexts(wizard), rows), column = 1;

    canvas_blank(canvas, parts->bar, STYLE_BAR);
    for (int i = 0; i < count; i++) {
        int wanted = (int)strlen(rows[i]->key) + 1 + (int)strlen(rows[i]->brief);

        if (column + wanted > parts->bar.columns - 1)
            continue;
        column += canvas_put(canvas, parts->bar, 0, column, STYLE_KEY, rows[i]->key) + 1;
        column += canvas_put(canvas, parts->bar, 0, column, STYLE_BAR, rows[i]->brief) + 2;
    }
}

/* ---- The whole ---- */

static void view_body(const struct wizard *wizard, struct canvas *canvas, const struct screen_parts *parts)
{
    if (wizard->mode == MODE_RUNNING) {
        view_running(wizard, canvas, parts->body);
    } else if (wizard->mode == MODE_RESULT) {
        view_result(wizard, canvas, parts->body);
    } else if (page_is_review(wizard, wizard->page)) {
        view_review(wizard, canvas, parts->body);
    } else if (wizard->preview_only && wizard->columns < WIDE_COLUMNS) {
        view_preview(wizard, canvas, parts->preview, 0, true);
    } else {
        view_form(wizard, canvas, parts->form);
        if (parts->preview.columns > 0) {
            canvas_rule_down(canvas, parts->body, parts->preview.column - 1, STYLE_FRAME);
            view_preview(wizard, canvas, parts->preview, 0, true);
        }
    }
}

static void view_too_small(const struct wizard *wizard, struct canvas *canvas)
{
    char text[96];

    snprintf(text, sizeof(text), "%dx%d is too small: make it 40x12. Nothing is lost.", wizard->columns,
             wizard->rows);
    view_words(canvas, canvas_area(canvas), 0, 0, canvas->columns > 0 ? canvas->columns : 1, STYLE_STRONG,
               text);
}

void wizard_view(const struct wizard *wizard, struct canvas *canvas)
{
    struct screen_parts parts;

    canvas_clear(canvas);
    screen_layout(wizard, &parts);
    if (parts.too_small) {
        view_too_small(wizard, canvas);
        return;
    }
    view_title(wizard, canvas, &parts);
    view_steps(wizard, canvas, &parts);
    view_body(wizard, canvas, &parts);
    view_help(wizard, canvas, &parts);
    view_status(wizard, canvas, &parts);
    view_bar(wizard, canvas, &parts);
    if (wizard->overlay != OVERLAY_NONE)
        view_overlay(wizard, canvas);
    if (wizard->question != QUESTION_NONE)
        view_question(wizard, canvas);
    view_holes(wizard, canvas, &parts);
}
