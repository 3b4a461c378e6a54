#include <stdio.h>
#include <string.h>

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
        page_title(wizard->page, page_count(wizard), page, sizeof(page));
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

/* ---- The message ---- */

/* What the line above the keys says when there is no message: how much the field is needed, or what is left.
 */
static void status_of_field(const struct wizard *wizard, struct buf *out)
{
    const struct field_review *field = wizard_field(wizard, wizard->focus);

    if (field->suggested)
        buf_add_text(out, "This is a suggestion: change it if it does not fit.");
    else if (field->need == NEED_REQUIRED || field->need == NEED_RECOMMENDED)
        buf_add_texts(out, field->need == NEED_REQUIRED ? "Must be given" : "Should be given",
                      field->because && *field->because ? " " : "", field->because ? field->because : "", ".",
                      NULL);
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

/* ---- What stays ---- */

enum { PART_LAYOUT, PART_STEPS, PART_HELP, PART_BAR };

/* The pages shown in the line of steps: all, or those around the current one. */
static void steps_window(const struct wizard *wizard, int *first, int *last)
{
    *first = 0;
    *last = page_count(wizard) - 1;
    if (*last < STEPS_SHOWN)
        return;
    *first = wizard->page - STEPS_SHOWN / 2;
    if (*first > *last - STEPS_SHOWN + 1)
        *first = *last - STEPS_SHOWN + 1;
    if (*first < 0)
        *first = 0;
    *last = *first + STEPS_SHOWN - 1;
}

static void keep_steps(const struct wizard *wizard, struct canvas *canvas, struct area area)
{
    struct steps_inputs inputs = {.area = area, .page = wizard->page, .pages = page_count(wizard)};

    if (area.rows == 0)
        return;
    steps_window(wizard, &inputs.first, &inputs.last);
    for (int page = inputs.first; page <= inputs.last; page++) {
        size_t errors = 0, warnings = 0;

        if (page == wizard->page || !wizard->page_seen[page] || page_is_review(wizard, page))
            continue;
        review_step_counts(wizard->review, page_step(wizard, page), page_instance(wizard, page), &errors,
                           &warnings);
        inputs.of[page - inputs.first].seen = 1;
        inputs.of[page - inputs.first].errors = (int)errors;
    }
    if (!canvas_part_stays(canvas, PART_STEPS, &inputs, sizeof(inputs)))
        view_steps(canvas, &inputs);
}

static void keep_help(const struct wizard *wizard, struct canvas *canvas, struct area area)
{
    struct help_inputs inputs = {.area = area, .subject = HELP_NOTHING};

    if (wizard->mode == MODE_FORM && page_is_review(wizard, wizard->page)) {
        inputs.subject = HELP_REVIEW;
    } else if (wizard->mode == MODE_FORM) {
        inputs.subject = HELP_FIELD;
        inputs.place = wizard->focus;
    }
    if (!canvas_part_stays(canvas, PART_HELP, &inputs, sizeof(inputs)))
        view_help(canvas, &inputs);
}

static void keep_bar(const struct wizard *wizard, struct canvas *canvas, struct area area)
{
    struct bar_inputs inputs = {.area = area, .contexts = wizard_contexts(wizard)};

    if (!canvas_part_stays(canvas, PART_BAR, &inputs, sizeof(inputs)))
        view_bar(canvas, &inputs);
}

/* Blanks what is always drawn, or everything where something else stood there. Long graphemes are given back
 * by clearing only. */
static void begin(struct canvas *canvas, const struct screen_parts *parts)
{
    if (canvas->longs.length == 0 && canvas_part_stays(canvas, PART_LAYOUT, parts, sizeof(*parts))) {
        canvas_blank(canvas, parts->body, STYLE_PLAIN);
        canvas_blank(canvas, parts->status, STYLE_PLAIN);
        canvas_cursor(canvas, canvas_area(canvas), -1, -1);
        canvas->incomplete = false;
        return;
    }
    canvas_clear(canvas);
    (void)canvas_part_stays(canvas, PART_LAYOUT, parts, sizeof(*parts));
}

void wizard_view(const struct wizard *wizard, struct canvas *canvas)
{
    struct screen_parts parts;

    memset(&parts, 0, sizeof(parts)); /* also the holes: it is compared byte by byte */
    screen_layout(wizard, &parts);
    if (parts.too_small) {
        canvas_clear(canvas);
        view_too_small(wizard, canvas);
        return;
    }
    begin(canvas, &parts);
    view_title(wizard, canvas, &parts);
    keep_steps(wizard, canvas, parts.steps);
    view_body(wizard, canvas, &parts);
    keep_help(wizard, canvas, parts.help);
    view_status(wizard, canvas, &parts);
    keep_bar(wizard, canvas, parts.bar);
    if (wizard->overlay != OVERLAY_NONE)
        view_overlay(wizard, canvas);
    if (wizard->question != QUESTION_NONE)
        view_question(wizard, canvas);
    view_holes(wizard, canvas, &parts);
    if (wizard->overlay != OVERLAY_NONE || wizard->question != QUESTION_NONE || canvas->incomplete)
        canvas_forget_parts(canvas);
}
