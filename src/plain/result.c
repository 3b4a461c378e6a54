#include <stdio.h>
#include <string.h>

#include "plain/plain_state.h"

/* How a submission ended, line by line, and where the dialogue goes on. */

static const char *headline(enum result_kind outcome)
{
    switch (outcome) {
    case RESULT_CREATED:
        return "Created.";
    case RESULT_EXISTS:
        return "Not sent: a plan of this name exists already.";
    case RESULT_REFUSED:
        return "Not created: the service refused the plan.";
    case RESULT_THROTTLED:
        return "Not created: the service is too busy for this account.";
    case RESULT_NOT_SENT:
        return "Not created: nothing was sent.";
    case RESULT_UNKNOWN:
        return "Not known: the request left, and no answer said what became of it.";
    case RESULT_CANCELLED:
        return "Stopped: nothing was sent.";
    }
    return "";
}

static void say_facts(struct plain *plain, const struct result *result)
{
    char status[16] = "";

    if (result->http_status > 0)
        (void)snprintf(status, sizeof(status), "%d", result->http_status);
    plain_say_fact(plain, "Plan ID", result->plan_id);
    if (result->kind != RESULT_CREATED) {
        plain_say_fact(plain, "Code", result->code);
        plain_say_fact(plain, "The service says", result->message);
    }
    if (result->kind != RESULT_EXISTS)
        plain_say_fact(plain, "Why", result->reason);
    plain_say_fact(plain, "What to do", result->advice);
    plain_say_fact(plain, "Note", result->warning);
    plain_say_fact(plain, "Request ID", result->request_id);
    plain_say_fact(plain, "HTTP status", status);
    if (result->details && *result->details)
        plain_say_lines(plain, result->details, strlen(result->details));
}

static void set_name(struct plain *plain, struct buf *out, bool set)
{
    plain_set_text(plain, out,
                   set ? review_field(plain->review, place_of_plan(FIELD_PLAN_NAME))->value : NULL);
}

static void say_field(struct plain *plain, struct place place)
{
    struct buf text = BUF_INIT;

    buf_add_text(&text, "Field: ");
    plain_add_place(&text, place);
    buf_add_text(&text, ", now ");
    plain_add_answer(&text, plain, place);
    plain_say_text(plain, &text);
    buf_release(&text);
}

static void say_what_unknown_leaves(struct plain *plain, const struct result *result)
{
    plain_say(
        plain,
        "Do not send it again before you know: look for the plan in the console. Every answer is kept.");
    if (result->can_look)
        plain_say(plain, "At the review, look lists plans once more to find it.");
    if (result->can_repeat)
        plain_say(plain, "At the review, repeat sends the very same request once more.");
}

static void go_on_behind(struct plain *plain, const struct result *result)
{
    switch (result->kind) {
    case RESULT_CREATED:
        plain_say(
            plain,
            "Nothing is copied yet: add a topic mapping (AddDisasterRecoveryItem, or Global Replicator in "
            "the console). It may take some minutes until the plan's status is CREATED.");
        plain->stage = STAGE_DONE;
        break;
    case RESULT_EXISTS:
        plain_say(plain,
                  "Give it another name, or say send anyway at the review for a second plan of that name.");
        plain_go_to_only(plain, place_of_plan(FIELD_PLAN_NAME));
        break;
    case RESULT_REFUSED:
        if (plain_is_shown(plain, result->field)) {
            say_field(plain, result->field);
            plain_go_to_only(plain, result->field);
        }
        break;
    case RESULT_UNKNOWN:
        say_what_unknown_leaves(plain, result);
        break;
    case RESULT_THROTTLED:
    case RESULT_NOT_SENT:
    case RESULT_CANCELLED:
        plain_say(plain, "Every answer is kept. Sending again is safe.");
        break;
    }
}

void plain_show_result(struct plain *plain, const struct result *result)
{
    bool left =
        result->kind != RESULT_NOT_SENT && result->kind != RESULT_CANCELLED && result->kind != RESULT_EXISTS;

    plain->sent = plain->sent || left;
    set_name(plain, &plain->existing, result->kind == RESULT_EXISTS);
    /* Whatever comes of other sendings, that one stays unknown. */
    if (result->kind == RESULT_UNKNOWN)
        set_name(plain, &plain->unknown, true);
    plain->can_look = result->can_look;
    plain->can_repeat = result->can_repeat;
    plain->sent_revision = plan_revision(plain->plan);
    buf_clear(&plain->raw);
    buf_add(&plain->raw, result->raw, result->raw_length);
    plain_is_whole(plain, &plain->raw);
    plain_say(plain, "%s", headline(result->kind));
    say_facts(plain, result);
    go_on_behind(plain, result);
}
