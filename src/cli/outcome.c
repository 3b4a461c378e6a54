#include "cli/outcome.h"

#include <string.h>

#include "base/clean.h"
#include "base/compose.h"
#include "cli/output.h"

/* ---- The field that the service named ---- */

/* Whether this instance's field is what a Missing... or Invalid... answer speaks of, as far as can be seen.
 */
static bool fits(const struct field_review *row, const char *code)
{
    if (!row->shown)
        return false;
    if (code && strncmp(code, "Missing", 7) == 0)
        return row->value == NULL;
    return row->problem >= 0;
}

struct place outcome_field(const struct answer *answer, const struct review *review)
{
    char buffer[64];
    const char *name = answer ? answer_field(answer, buffer) : NULL;
    enum field_id field = name ? field_by_name(name) : FIELD_COUNT;
    struct place first = place_none();

    if (field == FIELD_COUNT)
        return place_none();
    if (schema[field].scope == SCOPE_PLAN)
        return review_field(review, place_of_plan(field))->shown ? place_of_plan(field) : place_none();
    for (size_t i = 0; i < review_instances(review); i++) {
        struct place place = place_of_instance((int)i, field);
        const struct field_review *row = review_field(review, place);

        if (fits(row, answer->code))
            return place;
        if (row->shown && place_is_none(first))
            first = place;
    }
    return first;
}

/* ---- Advice ---- */

const char *outcome_advice(const struct submission_report *report)
{
    switch (report->outcome) {
    case OUTCOME_EXISTS:
        return "Give the plan another name, or send it all the same with --yes.";
    case OUTCOME_REFUSED:
    case OUTCOME_THROTTLED:
        return report->advice[0] ? report->advice : NULL;
    case OUTCOME_UNKNOWN:
        return "Look for the plan with 'drplan look' or in the console before you send it again: a second "
               "plan "
               "between the same clusters copies every message twice.";
    case OUTCOME_NONE:
    case OUTCOME_CREATED:
    case OUTCOME_NOT_SENT:
    case OUTCOME_INVALID:
    case OUTCOME_CANCELLED:
    case OUTCOME_COUNT:
        break;
    }
    return NULL;
}

/* ---- Lines ---- */

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

void ending_of_report(struct ending *ending, const struct submission_report *report,
                      const struct review *review, char path[128])
{
    const struct answer *answer = report->answer;
    struct place place = outcome_field(answer, review);

    ending->outcome = report->outcome;
    ending->plan_id = or_null(report->plan_id);
    ending->request_id = answer ? answer->request_id : NULL;
    ending->http_status = answer ? answer->status : 0;
    ending->message = or_null(report->reason);
    if (answer && (report->outcome == OUTCOME_REFUSED || report->outcome == OUTCOME_THROTTLED)) {
        ending->code = answer->code;
        if (answer->message)
            ending->message = answer->message;
    }
    if (answer && report->outcome == OUTCOME_UNKNOWN)
        ending->code = answer->code;
    if (report->outcome == OUTCOME_REFUSED && !place_is_none(place)) {
        place_path(place, path, 128);
        ending->field = path;
    }
}

void ending_print_json(const struct ending *ending)
{
    struct buf line = BUF_INIT;

    compose_open(&line, NULL, '{');
    jsonl_string(&line, "draft", ending->draft, strlen(ending->draft));
    jsonl_text(&line, "outcome", outcome_word(ending->outcome));
    jsonl_text(&line, "planId", ending->plan_id);
    jsonl_text(&line, "requestId", ending->request_id);
    jsonl_text(&line, "code", ending->code);
    jsonl_text(&line, "message", ending->message);
    if (ending->http_status > 0)
        compose_number(&line, "httpStatus", ending->http_status);
    else
        jsonl_null(&line, "httpStatus");
    jsonl_text(&line, "field", ending->field);
    compose_close(&line, '}');
    print_json(&line);
    buf_release(&line);
}

static void add_request_id(struct buf *line, const struct ending *ending)
{
    if (ending->request_id)
        buf_addf(line, "  (request %s)", ending->request_id);
}

static void add_message(struct buf *line, const struct ending *ending)
{
    if (ending->code)
        buf_addf(line, ": %s", ending->code);
    if (ending->message)
        buf_addf(line, ": %s", ending->message);
}

static void add_words(struct buf *line, const struct ending *ending, bool with_name)
{
    if (with_name)
        buf_addf(line, "%s: ", ending->draft);
    switch (ending->outcome) {
    case OUTCOME_CREATED:
        buf_addf(line, "created plan %s", ending->plan_id ? ending->plan_id : "");
        break;
    case OUTCOME_NOT_SENT:
        buf_add_text(line, "not sent");
        break;
    case OUTCOME_NONE:
    case OUTCOME_EXISTS:
    case OUTCOME_REFUSED:
    case OUTCOME_THROTTLED:
    case OUTCOME_UNKNOWN:
    case OUTCOME_INVALID:
    case OUTCOME_CANCELLED:
    case OUTCOME_COUNT:
        buf_add_text(line, outcome_word(ending->outcome));
        break;
    }
    if (ending->outcome == OUTCOME_INVALID && ending->field)
        buf_addf(line, ": %s", ending->field);
    add_message(line, ending);
    add_request_id(line, ending);
}

void ending_print_text(const struct ending *ending, bool with_name)
{
    struct buf line = BUF_INIT;

    add_words(&line, ending, with_name);
    print_line("%s", buf_text(&line));
    buf_release(&line);
}

void ending_add_text(struct buf *lines, const struct ending *ending, bool with_name)
{
    struct buf line = BUF_INIT;

    add_words(&line, ending, with_name);
    clean_add(lines, buf_text(&line), line.length, CLEAN_ONE_LINE);
    buf_add_char(lines, '\n');
    buf_release(&line);
}

/* ---- For the screen ---- */

static enum result_kind kind_of(enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_CREATED:
        return RESULT_CREATED;
    case OUTCOME_EXISTS:
        return RESULT_EXISTS;
    case OUTCOME_REFUSED:
        return RESULT_REFUSED;
    case OUTCOME_THROTTLED:
        return RESULT_THROTTLED;
    case OUTCOME_CANCELLED:
        return RESULT_CANCELLED;
    case OUTCOME_UNKNOWN:
        return RESULT_UNKNOWN;
    case OUTCOME_NONE:
    case OUTCOME_NOT_SENT:
    case OUTCOME_INVALID:
    case OUTCOME_COUNT:
        break;
    }
    return RESULT_NOT_SENT;
}

void outcome_result(const struct submission_report *report, const struct review *review, struct result *out)
{
    const struct answer *answer = report->answer;

    *out = (struct result){
        .kind = kind_of(report->outcome),
        .plan_id = or_null(report->plan_id),
        .code = answer ? answer->code : NULL,
        .message = answer ? answer->message : NULL,
        .request_id = answer ? answer->request_id : NULL,
        .http_status = answer ? answer->status : 0,
        .reason = or_null(report->reason),
        /* The page says itself what its keys do where a plan exists, or where it is not known. */
        .advice = report->outcome == OUTCOME_EXISTS || report->outcome == OUTCOME_UNKNOWN
                      ? NULL
                      : outcome_advice(report),
        .warning = or_null(report->warning),
        .details = report->details,
        .can_look = report->outcome == OUTCOME_UNKNOWN,
        .can_repeat = report->can_repeat,
        .field = outcome_field(answer, review),
        .raw = report->raw,
        .raw_length = report->raw_length,
    };
    if (out->kind != RESULT_REFUSED)
        out->field = place_none();
}

const char *outcome_doing(enum submission_phase phase)
{
    switch (phase) {
    case PHASE_LOOKING_BEFORE:
        return "Looking whether a plan of this name exists";
    case PHASE_SENDING:
        return "Sending the plan";
    case PHASE_WAITING:
        return "Waiting, since the service throttles requests";
    case PHASE_LOOKING_AFTER:
        return "Looking for the plan, since no answer said what became of it";
    case PHASE_DONE:
        break;
    }
    return "";
}
