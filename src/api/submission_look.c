#include "api/submission_state.h"

#include <stdio.h>

#include "api/say.h"

#define PAGE_SIZE "100"
enum { PAGES_MAX = 50, PAUSE_DOUBLINGS_MAX = 3 };

/* ---- Asking for a page ---- */

static void list_done(void *context, const struct transfer_result *result);

static bool ask_page(struct submission *submission, struct error *err)
{
    char number[16];
    const struct parameter parameters[] = {
        {"filter", submission->plan_name},
        {"pageNumber", number},
        {"pageSize", PAGE_SIZE},
    };

    snprintf(number, sizeof(number), "%d", submission->page);
    if (client_prepare(submission->client, OPERATION_LIST_PLANS, parameters, 3, NULL, 0, &submission->request,
                       NULL, err) &&
        submission_start_transfer(submission, list_done, err))
        return true;
    submission_transfer_over(submission);
    return false;
}

/* ---- What a page says ---- */

enum page {
    PAGE_MORE, /* another one may follow */
    PAGE_LAST,
    PAGE_THROTTLED, /* nothing was listed: wait */
    PAGE_NO_LIST,   /* an answer, but no list: not allowed, an error, not understood */
    PAGE_NO_ANSWER,
};

struct reading {
    enum page page;
    int64_t retry_after;
    char why[256]; /* there is no list: sentences, the last one without its full stop */
};

static void read_answer(struct submission *submission, const struct answer *answer, struct reading *reading)
{
    struct error err;
    bool more;

    switch (answer->kind) {
    case ANSWER_SUCCESS:
        if (look_take(&submission->look, answer->data, &more, &err)) {
            reading->page = more ? PAGE_MORE : PAGE_LAST;
        } else {
            reading->page = err.kind == ERROR_MEMORY ? PAGE_NO_ANSWER : PAGE_NO_LIST;
            say(reading->why, sizeof(reading->why), "The list cannot be used: %s", err.text);
        }
        break;
    case ANSWER_THROTTLED:
        reading->page = PAGE_THROTTLED;
        reading->retry_after = answer->retry_after;
        submission_answer_text(answer, reading->why, sizeof(reading->why));
        break;
    case ANSWER_REFUSED:
    case ANSWER_UNREADABLE:
        submission_answer_text(answer, reading->why, sizeof(reading->why));
        break;
    }
}

static struct reading read_page(struct submission *submission, const struct transfer_result *result)
{
    struct reading reading = {.page = PAGE_NO_LIST, .retry_after = -1};
    struct answer answer = {0};
    struct error err;

    if (result->end != TRANSFER_ANSWERED) {
        reading.page = PAGE_NO_ANSWER;
        say(reading.why, sizeof(reading.why), "%s", result->reason);
    } else if (!answer_read(&result->response, &answer, &err)) {
        reading.page = PAGE_NO_ANSWER;
        say(reading.why, sizeof(reading.why), "%s", err.text);
    } else {
        read_answer(submission, &answer, &reading);
    }
    answer_release(&answer);
    say_unstop(reading.why);
    return reading;
}

/* ---- Before ---- */

static void before_complete(struct submission *submission)
{
    const struct plan_ids *seen = &submission->look.seen;
    char list[128] = "its id cannot be read";

    if (submission->look.unreadable)
        submission->seen_is_all = false;
    if ((seen->count == 0 && !submission->look.unreadable) || submission->options.accept_existing_name) {
        submission_send(submission);
        return;
    }
    if (seen->count > 0) {
        plan_ids_write(seen, list, sizeof(list));
        snprintf(submission->report.plan_id, sizeof(submission->report.plan_id), "%s", seen->items[0]);
    }
    submission_finish(submission, OUTCOME_EXISTS, "%s of this name already (%s). Nothing was sent.",
                      seen->count <= 1 ? "There is a plan" : "There are plans", list);
}

/* Which plans were there before is not known, or not fully: said, and remembered for the look after. */
static void before_blind(struct submission *submission, const char *why)
{
    submission->seen_is_all = false;
    say(submission->report.warning, sizeof(submission->report.warning),
        "Whether a plan of this name exists could not be looked up. %s.", why);
    before_complete(submission);
}

static void before_page(struct submission *submission, const struct reading *reading)
{
    struct error err;

    switch (reading->page) {
    case PAGE_MORE:
        if (submission->page == PAGES_MAX) {
            before_blind(submission, "Too many plans have it in their name or description");
            break;
        }
        submission->page++;
        if (!ask_page(submission, &err))
            submission_finish(submission, OUTCOME_NOT_SENT, "Nothing was sent: %s.", err.text);
        break;
    case PAGE_LAST:
        before_complete(submission);
        break;
    case PAGE_THROTTLED:
        submission_throttled(submission, reading->retry_after, true);
        break;
    case PAGE_NO_LIST:
        before_blind(submission, reading->why);
        break;
    case PAGE_NO_ANSWER:
        submission_finish(submission, OUTCOME_NOT_SENT, "Nothing was sent. %s.", reading->why);
        break;
    }
}

/* ---- After ---- */

/* One look is over and settled nothing. */
static void after_again(struct submission *submission, const char *found)
{
    struct submission_report *report = &submission->report;
    int doublings = report->looks < PAUSE_DOUBLINGS_MAX ? report->looks : PAUSE_DOUBLINGS_MAX;

    report->looks++;
    if (submission->cancels > 0 || report->looks >= submission->options.look_attempts)
        submission_finish_unknown(submission, found);
    else
        submission_pause(submission, PHASE_LOOKING_AFTER, submission->options.look_pause_ms << doublings);
}

static void after_failed(struct submission *submission, const char *why)
{
    char found[192];

    say(found, sizeof(found), "the plans could not be listed. %s", why);
    after_again(submission, found);
}

static void after_complete(struct submission *submission)
{
    const struct plan_ids *ours = &submission->look.ours, *others = &submission->look.others;
    char list[128], found[192];

    plan_ids_write(ours->count > 0 ? ours : others, list, sizeof(list));
    if (ours->count == 0 && others->count == 0) {
        after_again(submission, "no new plan of this name is in the list");
    } else if (ours->count == 0) {
        say(found, sizeof(found), "this name is in the list (%s), but with other instances, or none shown",
            list);
        after_again(submission, found);
    } else if (ours->count > 1) {
        submission->report.looks++;
        say(found, sizeof(found), "several plans of this name with these instances are in the list (%s)",
            list);
        submission_finish_unknown(submission, found);
    } else if (!submission->seen_is_all) {
        submission->report.looks++;
        say(found, sizeof(found), "plan %s has this name and these instances, but may have been there before",
            list);
        submission_finish_unknown(submission, found);
    } else {
        submission->report.looks++;
        submission_finish_created(submission, ours->items[0], true);
    }
}

static void after_page(struct submission *submission, const struct reading *reading)
{
    struct error err;

    switch (reading->page) {
    case PAGE_MORE:
        if (submission->page == PAGES_MAX) {
            after_complete(submission);
            break;
        }
        submission->page++;
        if (!ask_page(submission, &err))
            after_failed(submission, err.text);
        break;
    case PAGE_LAST:
        after_complete(submission);
        break;
    case PAGE_THROTTLED:
    case PAGE_NO_LIST:
    case PAGE_NO_ANSWER:
        after_failed(submission, reading->why);
        break;
    }
}

/* ---- Both ---- */

static void list_done(void *context, const struct transfer_result *result)
{
    struct submission *submission = context;
    struct reading reading;

    submission_transfer_over(submission);
    if (result->end == TRANSFER_CANCELLED_NOT_SENT || result->end == TRANSFER_CANCELLED_SENT)
        return; /* by submission_cancel() or submission_free(), which go on from here */
    reading = read_page(submission, result);
    if (submission->report.phase == PHASE_LOOKING_BEFORE)
        before_page(submission, &reading);
    else
        after_page(submission, &reading);
}

void submission_start_look(struct submission *submission, enum submission_phase phase)
{
    struct error err;

    submission->report.phase = phase;
    submission->pause_until = -1;
    submission->page = 1;
    if (phase == PHASE_LOOKING_AFTER)
        submission->look.instances = submission_sent_instances(submission);
    look_begin(&submission->look, phase == PHASE_LOOKING_AFTER);
    if (ask_page(submission, &err))
        return;
    if (phase == PHASE_LOOKING_BEFORE)
        submission_finish(submission, OUTCOME_NOT_SENT, "Nothing was sent: %s.", err.text);
    else
        after_failed(submission, err.text);
}
