#include <stdio.h>
#include <string.h>

#include "ui/wizard_state.h"
#include "ui/wrap.h"

/* What a submission is doing, and how it ended. */

enum { FACT_COLUMN = 16 };

/* Where the page is drawn, from its first row on; canvas NULL: it is only measured. */
struct pen {
    struct canvas *canvas;
    struct area area;
    int row;
};

static void words(struct pen *pen, int column, int columns, enum style style, const char *text)
{
    if (pen->canvas)
        view_words(pen->canvas, pen->area, pen->row, column, columns, style, text);
    pen->row += wrap_count(text, strlen(text), columns);
}

/* The same for text of ours that is made of lines. */
static void lines(struct pen *pen, int column, int columns, enum style style, const char *text)
{
    for (size_t length = strlen(text); length > 0; pen->row++) {
        size_t skip;
        size_t line = wrap_text_line(text, length, columns, &skip);

        if (pen->canvas)
            canvas_put_length(pen->canvas, pen->area, pen->row, column, style, text, line);
        text += skip;
        length -= skip;
    }
}

/* A fact with its label in front; nothing for a fact that is not known. */
static void fact(struct pen *pen, const char *label, enum style style, const char *text)
{
    if (!text || !*text)
        return;
    if (pen->canvas)
        canvas_put(pen->canvas, pen->area, pen->row, 3, STYLE_LABEL, label);
    words(pen, FACT_COLUMN, pen->area.columns - FACT_COLUMN - 1, style, text);
}

void view_running(const struct wizard *wizard, struct canvas *canvas, struct area area)
{
    const struct progress *progress = &wizard->progress;
    struct pen pen = {canvas, area, 4};
    const char *stopping = "Nothing has been sent yet. Esc stops here, and nothing will have happened.";

    if (progress->looking && !progress->sent)
        stopping = "This lists plans and sends nothing. Esc stops it.";
    else if (progress->looking)
        stopping =
            "This lists plans and sends nothing. Esc makes it look a last time, and once more Esc ends it.";
    else if (progress->sent)
        stopping = "The request has left this machine. If you stop now, drplan looks for the plan by its "
                   "name before "
                   "it says anything; it never sends twice by itself.";
    canvas_putf(canvas, area, 1, 3, STYLE_STRONG, "%s", progress->doing);
    canvas_putf(canvas, area, 2, 3, STYLE_PLAIN, "%ld s so far", progress->elapsed_ms / 1000);
    fact(&pen, "To", STYLE_PLAIN, wizard->target.view.host);
    pen.row++;
    words(&pen, 3, area.columns - 6, STYLE_PLAIN, stopping);
}

static const char *headline_of_earlier(enum result_kind kind)
{
    return kind == RESULT_CREATED ? "Found: what was sent earlier was created."
                                  : "Not known: what became of what was sent earlier.";
}

static const char *headline(enum result_kind kind)
{
    static const char *const lines[] = {
        [RESULT_CREATED] = "The plan is created.",
        [RESULT_EXISTS] = "Not sent: a plan of this name exists already.",
        [RESULT_REFUSED] = "Not created: the service refused the plan.",
        [RESULT_THROTTLED] = "Not created: the service is too busy for this account.",
        [RESULT_NOT_SENT] = "Not created: nothing was sent.",
        [RESULT_UNKNOWN] = "Not known: the request left, and no answer said what became of it.",
        [RESULT_CANCELLED] = "Stopped: nothing was sent.",
    };

    return lines[kind];
}

static enum style headline_style(enum result_kind kind)
{
    if (kind == RESULT_CREATED)
        return STYLE_GOOD;
    return kind == RESULT_EXISTS || kind == RESULT_UNKNOWN || kind == RESULT_CANCELLED ? STYLE_WARNING
                                                                                       : STYLE_ERROR;
}

/* What Enter does on this page, in words. */
static void next_words(const struct wizard *wizard, struct buf *out)
{
    const struct result *result = &wizard->result.view;
    char label[48];

    if (result->earlier) {
        buf_add_text(out, "Enter goes to the form.");
        return;
    }
    switch (result->kind) {
    case RESULT_CREATED:
        buf_add_text(
            out,
            "Nothing is copied yet: add a topic mapping (AddDisasterRecoveryItem, or Global Replicator in "
            "the console). The service may need some minutes until the plan's status is CREATED.");
        break;
    case RESULT_EXISTS:
        buf_add_text(
            out,
            "Enter asks whether to create another plan of the same name; b goes back to change the name.");
        break;
    case RESULT_REFUSED:
    case RESULT_THROTTLED:
    case RESULT_NOT_SENT:
    case RESULT_CANCELLED:
        if (place_is_none(result->field)) {
            buf_add_text(out, "Enter goes back to the form. Every answer is kept.");
            break;
        }
        if (result->field.instance >= 0) {
            instance_label(result->field.instance, label, sizeof(label));
            buf_addf(out, "Enter goes to the field: %s, %s. Every answer is kept.", label,
                     schema[result->field.field].label);
        } else {
            buf_addf(out, "Enter goes to the field: %s. Every answer is kept.",
                     schema[result->field.field].label);
        }
        break;
    case RESULT_UNKNOWN:
        buf_add_text(
            out, "Do not send it anew before you know: a second plan between the same clusters copies every "
                 "message twice. Look for it in the console, or start drplan again later, which asks then. "
                 "Every answer is kept.");
        if (result->can_look)
            buf_add_text(out, "\nl: look once more.");
        if (result->can_repeat)
            buf_add_text(out,
                         "\na: send the very same request once more, which the service takes only once.");
        break;
    }
}

/* Two rows more where there is room for them. */
static int gap(struct area area)
{
    return area.rows > 12 ? 1 : 0;
}

static void put_page(const struct wizard *wizard, struct pen *pen)
{
    const struct result *result = &wizard->result.view;
    bool created = result->kind == RESULT_CREATED;
    struct buf next = BUF_INIT;
    char status[32] = "";

    if (result->http_status > 0)
        snprintf(status, sizeof(status), "%d", result->http_status);
    pen->row += gap(pen->area);
    if (pen->canvas)
        canvas_put_cut(pen->canvas, pen->area, pen->row, 1, headline_style(result->kind),
                       result->earlier ? headline_of_earlier(result->kind) : headline(result->kind));
    pen->row += 1 + gap(pen->area);
    fact(pen, "Plan ID", STYLE_STRONG, result->plan_id);
    fact(pen, "Code", STYLE_STRONG, created ? "" : result->code);
    fact(pen, "It says", STYLE_PLAIN, created ? "" : result->message);
    fact(pen, "Why", STYLE_PLAIN, result->reason);
    fact(pen, "What to do", STYLE_STRONG, result->advice);
    fact(pen, "Note", STYLE_WARNING, result->warning);
    fact(pen, "Request ID", STYLE_PLAIN, result->request_id);
    fact(pen, "HTTP status", STYLE_PLAIN, status);
    next_words(wizard, &next);
    pen->row += gap(pen->area);
    if (pen->canvas)
        canvas_put(pen->canvas, pen->area, pen->row, 3, STYLE_LABEL, "Next");
    lines(pen, FACT_COLUMN, pen->area.columns - FACT_COLUMN - 1, STYLE_PLAIN, buf_text(&next));
    buf_release(&next);
    if (result->details && *result->details) {
        pen->row += gap(pen->area);
        lines(pen, 3, pen->area.columns - 4, STYLE_PLAIN, result->details);
    }
}

int view_result_rows(const struct wizard *wizard, struct area area)
{
    struct pen pen = {NULL, area, 0};

    put_page(wizard, &pen);
    return pen.row;
}

/* A page that is longer than the screen gives its last row to the words that say so. */
void view_result(const struct wizard *wizard, struct canvas *canvas, struct area area)
{
    int hidden = view_result_rows(wizard, area) - area.rows;
    int first = wizard->result_scroll < hidden ? wizard->result_scroll : hidden;
    struct pen pen = {canvas, area, 0};
    int cursor;

    if (first < 0)
        first = 0;
    pen.row = -first;
    cursor = gap(area) - first;
    put_page(wizard, &pen);
    if (hidden > first) {
        canvas_blank(canvas, (struct area){area.row + area.rows - 1, area.column, 1, area.columns},
                     STYLE_PLAIN);
        canvas_putf(canvas, area, area.rows - 1, 1, STYLE_STRONG, "%d more rows below: Down, PgDn",
                    hidden - first + 1);
    }
    canvas_cursor(canvas, area, cursor > 0 ? cursor : 0, 1);
}
