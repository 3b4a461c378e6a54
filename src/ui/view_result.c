#include <stdio.h>
#include <string.h>

#include "ui/wizard_state.h"

/* What a submission is doing, and how it ended. */

static int line_of(struct canvas *canvas, struct area area, int row, const char *label, enum style style,
                   const char *text)
{
    enum { COLUMN = 16 };
    int rows;

    if (!text || !*text)
        return 0;
    canvas_put(canvas, area, row, 3, STYLE_LABEL, label);
    rows = view_words(canvas, area, row, COLUMN, area.columns - COLUMN - 1, style, text);
    return rows;
}

void view_running(const struct wizard *wizard, struct canvas *canvas, struct area area)
{
    const struct progress *progress = &wizard->progress;
    int row = 1;

    canvas_putf(canvas, area, row, 3, STYLE_STRONG, "%s", progress->doing);
    canvas_putf(canvas, area, row + 1, 3, STYLE_PLAIN, "%ld s so far", progress->elapsed_ms / 1000);
    row += 3;
    row += line_of(canvas, area, row, "To", STYLE_PLAIN, wizard->target.view.host);
    row++;
    view_words(canvas, area, row, 3, area.columns - 6, STYLE_PLAIN,
               progress->sent
                   ? "The request has left this machine. If you stop now, drplan looks for the plan by its name before "
                     "it says anything; it never sends twice by itself."
                   : "Nothing has been sent yet. Esc stops here, and nothing will have happened.");
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
    return kind == RESULT_EXISTS || kind == RESULT_UNKNOWN || kind == RESULT_CANCELLED ? STYLE_WARNING : STYLE_ERROR;
}

/* What Enter does on this page, in words. */
static void next_words(const struct wizard *wizard, struct buf *out)
{
    const struct result *result = &wizard->result.view;
    char label[48];

    switch (result->kind) {
    case RESULT_CREATED:
        buf_add_text(out, "Nothing is copied yet: add a topic mapping (AddDisasterRecoveryItem, or Global Replicator in "
                          "the console). The service may need some minutes until the plan's status is CREATED.");
        break;
    case RESULT_EXISTS:
        buf_add_text(out, "Enter asks whether to create another plan of the same name; b goes back to change the name.");
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
            buf_addf(out, "Enter goes to the field: %s. Every answer is kept.", schema[result->field.field].label);
        }
        break;
    case RESULT_UNKNOWN:
        buf_add_text(out, "Do not send it again before you know: look for the plan in the console, or start drplan "
                          "again later. Every answer is kept.");
        break;
    }
}

void view_result(const struct wizard *wizard, struct canvas *canvas, struct area area)
{
    const struct result *result = &wizard->result.view;
    struct buf next = BUF_INIT;
    char status[32] = "";
    int row = area.rows > 12 ? 1 : 0;

    if (result->http_status > 0)
        snprintf(status, sizeof(status), "%d", result->http_status);
    canvas_put_cut(canvas, area, row, 1, headline_style(result->kind), headline(result->kind));
    canvas_cursor(canvas, area, row, 1);
    row += area.rows > 12 ? 2 : 1;
    row += line_of(canvas, area, row, "Plan ID", STYLE_STRONG, result->plan_id);
    row += line_of(canvas, area, row, "Code", STYLE_STRONG, result->kind == RESULT_CREATED ? "" : result->code);
    row += line_of(canvas, area, row, "It says", STYLE_PLAIN, result->kind == RESULT_CREATED ? "" : result->message);
    row += line_of(canvas, area, row, "Why", STYLE_PLAIN, result->reason);
    row += line_of(canvas, area, row, "What to do", STYLE_STRONG, result->advice);
    row += line_of(canvas, area, row, "Note", STYLE_WARNING, result->warning);
    row += line_of(canvas, area, row, "Request ID", STYLE_PLAIN, result->request_id);
    row += line_of(canvas, area, row, "HTTP status", STYLE_PLAIN, status);
    next_words(wizard, &next);
    row += area.rows > 12 ? 1 : 0;
    line_of(canvas, area, row, "Next", STYLE_PLAIN, buf_text(&next));
    buf_release(&next);
}
