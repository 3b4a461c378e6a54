#include "api/submission.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/explain.h"
#include "api/look.h"
#include "api/say.h"
#include "api/sign.h"
#include "base/buf.h"
#include "base/host.h"
#include "base/json.h"
#include "base/time_text.h"

#define PAGE_SIZE "100"
enum { PAGES_MAX = 50, PAUSE_DOUBLINGS_MAX = 3, THROTTLE_DOUBLINGS_MAX = 10 };

/* What to wait when the service throttles without saying for how long, and the least, whatever it says. */
enum { THROTTLE_WAIT_MS = 2000, THROTTLE_WAIT_LEAST_MS = 100 };

/* How long a signature counts, less what a slow clock and a slow network may take of it. */
enum { REPEAT_WITHIN_SECONDS = 14 * 60 };

const struct submission_options submission_defaults = {
    .throttle_patience_ms = 120000,
    .look_attempts = 5,
    .look_pause_ms = 2000,
};

struct submission {
    const struct client *client;
    struct transport *transport;
    struct journal *journal;
    struct submission_options options;
    char *plan_name;
    struct buf body;
    char *instances; /* what the journal says of them; NULL: nothing */
    cJSON *sent;     /* the same as a tree, once plans that are found are compared with it */

    struct request request; /* the one that runs */
    struct transfer *transfer;
    struct signature signature; /* of the create call */
    char nonce[65];             /* of the intent that has no outcome line yet; "" when there is none */
    struct request
        sent_request; /* the create call whose outcome is not known, to be sent again if that is wanted */
    char sent_nonce[65];
    int64_t begun_at; /* when the create call was signed, in seconds since 1970 */
    int64_t sent_at;  /* the same for that call; 0: there is none */
    bool repeated;    /* what runs, or ran last, is the second sending of it */
    bool resumed;     /* it was sent by another process */
    struct answer answer;
    struct buf raw;

    struct look look;
    bool seen_is_all; /* false: plans could not be listed before the sending, or not all of them */
    int page;

    int64_t pause_until; /* host ticks; -1: no pause */
    int throttles;
    bool throttled_listing;    /* the wait is for another look before, not for another sending */
    int64_t throttle_deadline; /* host ticks; -1: not throttled yet */
    int cancels;
    bool is_held;       /* the request is ready, and waits for submission_go_on() */
    int64_t send_ticks; /* when it was last sent, for the pace */
    bool closing;       /* being freed: note what is known, start nothing */
    char doubt[224];    /* why the outcome is not known */
    struct buf details;

    struct submission_report report;
};

const char *outcome_word(enum outcome outcome)
{
    static const char *const words[OUTCOME_COUNT] = {
        [OUTCOME_NONE] = "",           [OUTCOME_CREATED] = "created",     [OUTCOME_EXISTS] = "exists",
        [OUTCOME_REFUSED] = "refused", [OUTCOME_THROTTLED] = "throttled", [OUTCOME_NOT_SENT] = "not_sent",
        [OUTCOME_UNKNOWN] = "unknown", [OUTCOME_INVALID] = "invalid",     [OUTCOME_CANCELLED] = "cancelled",
    };

    return outcome < OUTCOME_COUNT ? words[outcome] : "";
}

static int64_t ticks(const struct submission *submission)
{
    return submission->client->host->ticks(submission->client->host);
}

/* ---- the end ---- */

/* The outcome line of the intent that is open, if one is. */
static void record(struct submission *submission, const char *word)
{
    struct submission_report *report = &submission->report;
    struct error err;

    if (submission->nonce[0] && submission->journal &&
        !journal_write_outcome(submission->journal, submission->nonce, word,
                               report->plan_id[0] ? report->plan_id : NULL, submission->answer.request_id,
                               &err))
        say(report->warning, sizeof(report->warning), "The outcome is not in the journal: %s.", err.text);
    submission->nonce[0] = '\0';
}

static void finish(struct submission *submission, enum outcome outcome, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool still_counts(const struct submission *submission)
{
    int64_t now = submission->client->host->now(submission->client->host);

    return submission->sent_at > 0 && now >= submission->sent_at &&
           now - submission->sent_at < REPEAT_WITHIN_SECONDS;
}

/* What is kept for another sending holds keys and passwords: it goes as soon as it cannot be needed. */
static void forget_sent(struct submission *submission)
{
    request_release(&submission->sent_request);
    submission->sent_at = 0;
}

/* NULL when memory is short or nothing is known of them: then nothing that is found is ours for certain. */
static const cJSON *sent_instances(struct submission *submission)
{
    struct error ignored;

    if (!submission->sent && submission->instances)
        submission->sent = json_parse(submission->instances, strlen(submission->instances), &ignored);
    return submission->sent;
}

static void explain_refusal(struct submission *submission)
{
    struct submission_report *report = &submission->report;
    const struct client *client = submission->client;
    const struct explain_context context = {
        .operation = OPERATION_CREATE_PLAN,
        .instances = sent_instances(submission),
        .string_to_sign = report->string_to_sign,
        .access_key_id = client->credentials->access_key_id,
        .now = client->host->now(client->host),
    };

    explain_advice(report->answer, &context, report->advice, sizeof(report->advice));
    explain_details(report->answer, &context, &submission->details);
    if (submission->details.length > 0)
        report->details = buf_text(&submission->details);
}

static void explain(struct submission *submission)
{
    struct submission_report *report = &submission->report;

    report->advice[0] = '\0';
    report->details = NULL;
    buf_clear(&submission->details);
    if (report->answer && (report->outcome == OUTCOME_REFUSED || report->outcome == OUTCOME_THROTTLED))
        explain_refusal(submission);
}

/* The reason is said already. */
static void end_as(struct submission *submission, enum outcome outcome)
{
    struct submission_report *report = &submission->report;

    report->outcome = outcome;
    report->phase = PHASE_DONE;
    submission->pause_until = -1;
    explain(submission);
    if (outcome != OUTCOME_UNKNOWN || !still_counts(submission))
        forget_sent(submission);
    report->can_repeat = submission->sent_at > 0;
    /* An intent that another process left is still open without a word. */
    if (submission->resumed && outcome == OUTCOME_UNKNOWN)
        return;
    record(submission, outcome_word(outcome));
}

static void finish(struct submission *submission, enum outcome outcome, const char *format, ...)
{
    struct submission_report *report = &submission->report;
    va_list arguments;

    va_start(arguments, format);
    say_list(report->reason, sizeof(report->reason), format, arguments);
    va_end(arguments);
    end_as(submission, outcome);
}

static void finish_created(struct submission *submission, const char *id, bool by_looking)
{
    struct submission_report *report = &submission->report;

    snprintf(report->plan_id, sizeof(report->plan_id), "%s", id);
    report->found_by_looking = by_looking;
    report->reason[0] = '\0';
    if (by_looking)
        say(report->reason, sizeof(report->reason), "%s The plan was found afterwards in the list of plans.",
            submission->doubt);
    end_as(submission, OUTCOME_CREATED);
}

/* ---- a request at a time ---- */

static void create_done(void *context, const struct transfer_result *result);
static void list_done(void *context, const struct transfer_result *result);

static bool start_transfer(struct submission *submission, transfer_done *done, struct error *err)
{
    submission->transfer =
        transport_start(submission->transport, &submission->request, done, submission, err);
    return submission->transfer != NULL;
}

static void transfer_over(struct submission *submission)
{
    submission->transfer = NULL;
    request_release(&submission->request);
}

/* The same, of a create call that may have arrived. */
static void keep_sent(struct submission *submission)
{
    submission->transfer = NULL;
    forget_sent(submission);
    submission->sent_request = submission->request;
    submission->sent_at = submission->begun_at;
    request_init(&submission->request);
}

static void pause_for(struct submission *submission, enum submission_phase phase, int64_t milliseconds)
{
    submission->report.phase = phase;
    submission->pause_until = ticks(submission) + milliseconds;
}

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
        start_transfer(submission, list_done, err))
        return true;
    transfer_over(submission);
    return false;
}

/* ---- sending ---- */

static bool write_intent(struct submission *submission, struct error *err)
{
    const struct client *client = submission->client;
    char host[sizeof(client->endpoint.host)], scheme[sizeof(client->endpoint.scheme)];
    struct journal_intent intent = {
        .plan_name = submission->plan_name,
        .instances = submission->instances,
        .endpoint = host,
        .scheme = scheme,
        .ids_seen = submission->look.seen.items,
        .ids_count = submission->look.seen.count,
        .seen_all = submission->seen_is_all,
    };

    if (!submission->journal)
        return true;
    memcpy(host, client->endpoint.host, sizeof(host));
    memcpy(scheme, client->endpoint.scheme, sizeof(scheme));
    memcpy(intent.nonce, submission->nonce, sizeof(intent.nonce));
    snprintf(intent.body_hash, sizeof(intent.body_hash), "%s",
             pairs_get(&submission->request.headers, CONTENT_HASH_HEADER));
    time_text_write(client->host->now(client->host), intent.time);
    return journal_write_intent(submission->journal, &intent, err);
}

static void forget_answer(struct submission *submission)
{
    answer_release(&submission->answer);
    buf_clear(&submission->raw);
    submission->report.answer = NULL;
    submission->report.raw = NULL;
    submission->report.raw_length = 0;
}

static bool prepare_create(struct submission *submission, struct error *err)
{
    const char *nonce;

    forget_answer(submission);
    signature_release(&submission->signature);
    submission->report.string_to_sign = NULL;
    if (!client_prepare(submission->client, OPERATION_CREATE_PLAN, NULL, 0, buf_text(&submission->body),
                        submission->body.length, &submission->request, &submission->signature, err))
        return false;
    submission->report.string_to_sign = buf_text(&submission->signature.string_to_sign);
    nonce = pairs_get(&submission->request.headers, "x-acs-signature-nonce");
    snprintf(submission->nonce, sizeof(submission->nonce), "%s", nonce);
    memcpy(submission->sent_nonce, submission->nonce, sizeof(submission->sent_nonce));
    submission->begun_at = submission->client->host->now(submission->client->host);
    return true;
}

/* The pace of all of them says when. */
static bool may_send_now(struct submission *submission)
{
    int64_t wait = submission->options.pace ? pace_wait(submission->options.pace, ticks(submission)) : 0;

    if (wait > 0) {
        submission->throttled_listing = false;
        pause_for(submission, PHASE_WAITING, wait);
    }
    submission->send_ticks = ticks(submission);
    return wait == 0;
}

static void send_failed(struct submission *submission, const struct error *err)
{
    transfer_over(submission);
    finish(submission, OUTCOME_NOT_SENT, "Nothing was sent: %s.", err->text);
}

void submission_go_on(struct submission *submission, const struct error *failure)
{
    struct error err;

    submission->is_held = false;
    if (failure) {
        err = *failure;
        error_wrap(&err, "the journal could not be written");
        send_failed(submission, &err);
    } else if (!start_transfer(submission, create_done, &err)) {
        send_failed(submission, &err);
    }
}

/* The intent is on disk before the first byte can leave, or nothing leaves. */
static void send_create(struct submission *submission)
{
    struct error err;

    if (!may_send_now(submission))
        return;
    submission->report.phase = PHASE_SENDING;
    if (prepare_create(submission, &err)) {
        if (write_intent(submission, &err)) {
            submission->is_held = submission->options.held;
            if (submission->is_held || start_transfer(submission, create_done, &err))
                return;
        } else {
            submission->nonce[0] = '\0';
            error_wrap(&err, "the journal could not be written");
        }
    }
    send_failed(submission, &err);
}

/*
 * The service took nothing: wait and try again, with a new nonce and a new
 * intent. What it asks to wait counts, but for a wait so short that it would
 * make a storm of requests.
 */
static void throttled(struct submission *submission, int64_t retry_after, bool listing)
{
    int doublings =
        submission->throttles < THROTTLE_DOUBLINGS_MAX ? submission->throttles : THROTTLE_DOUBLINGS_MAX;
    int64_t wait = (int64_t)THROTTLE_WAIT_MS << doublings;
    int64_t least = (int64_t)THROTTLE_WAIT_LEAST_MS << doublings;
    int64_t now = ticks(submission), left;

    /* A hold longer than the patience would keep all of them longer than they may wait. */
    if (submission->options.pace && !listing)
        pace_throttled(submission->options.pace, now, submission->send_ticks,
                       retry_after < submission->options.throttle_patience_ms
                           ? retry_after
                           : submission->options.throttle_patience_ms);
    if (submission->throttle_deadline < 0)
        submission->throttle_deadline = now + submission->options.throttle_patience_ms;
    left = submission->throttle_deadline - now;
    if (left <= 0) {
        finish(
            submission, OUTCOME_THROTTLED,
            "The service throttles requests and let none through within %.3g seconds. Nothing was created. "
            "Try again later.",
            (double)submission->options.throttle_patience_ms / 1000);
        return;
    }
    record(submission, outcome_word(OUTCOME_THROTTLED));
    forget_sent(submission);
    if (retry_after >= 0)
        wait = retry_after > least ? retry_after : least;
    submission->throttles++;
    submission->throttled_listing = listing;
    pause_for(submission, PHASE_WAITING, wait < left ? wait : left);
}

/* ---- looking: what a page says ---- */

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

/* What the service said, or why that says nothing: a sentence without its full stop. */
static void answer_text(const struct answer *answer, char *out, size_t size)
{
    const char *code = answer->code ? answer->code : "";
    const char *message = answer->message ? answer->message : "";

    if (answer->kind == ANSWER_UNREADABLE)
        say(out, size, "No usable answer came: %s", answer->unreadable);
    else
        say(out, size, "The service answered HTTP %d%s%s%s%s", answer->status, *code ? ", " : "", code,
            *message ? ": " : "", message);
    say_unstop(out);
}

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
        answer_text(answer, reading->why, sizeof(reading->why));
        break;
    case ANSWER_REFUSED:
    case ANSWER_UNREADABLE:
        answer_text(answer, reading->why, sizeof(reading->why));
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

/* ---- looking before ---- */

static void before_complete(struct submission *submission)
{
    const struct plan_ids *seen = &submission->look.seen;
    char list[128] = "its id cannot be read";

    if (submission->look.unreadable)
        submission->seen_is_all = false;
    if ((seen->count == 0 && !submission->look.unreadable) || submission->options.accept_existing_name) {
        send_create(submission);
        return;
    }
    if (seen->count > 0) {
        plan_ids_write(seen, list, sizeof(list));
        snprintf(submission->report.plan_id, sizeof(submission->report.plan_id), "%s", seen->items[0]);
    }
    finish(submission, OUTCOME_EXISTS, "%s of this name already (%s). Nothing was sent.",
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
            finish(submission, OUTCOME_NOT_SENT, "Nothing was sent: %s.", err.text);
        break;
    case PAGE_LAST:
        before_complete(submission);
        break;
    case PAGE_THROTTLED:
        throttled(submission, reading->retry_after, true);
        break;
    case PAGE_NO_LIST:
        before_blind(submission, reading->why);
        break;
    case PAGE_NO_ANSWER:
        finish(submission, OUTCOME_NOT_SENT, "Nothing was sent. %s.", reading->why);
        break;
    }
}

/* ---- looking after ---- */

static void finish_unknown(struct submission *submission, const char *found)
{
    finish(submission, OUTCOME_UNKNOWN,
           "%s Whether the plan was created is not known: %s. Look for it again before you send it again.",
           submission->doubt, found);
}

/* One look is over and settled nothing. */
static void after_again(struct submission *submission, const char *found)
{
    struct submission_report *report = &submission->report;
    int doublings = report->looks < PAUSE_DOUBLINGS_MAX ? report->looks : PAUSE_DOUBLINGS_MAX;

    report->looks++;
    if (submission->cancels > 0 || report->looks >= submission->options.look_attempts)
        finish_unknown(submission, found);
    else
        pause_for(submission, PHASE_LOOKING_AFTER, submission->options.look_pause_ms << doublings);
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
        finish_unknown(submission, found);
    } else if (!submission->seen_is_all) {
        submission->report.looks++;
        say(found, sizeof(found), "plan %s has this name and these instances, but may have been there before",
            list);
        finish_unknown(submission, found);
    } else {
        submission->report.looks++;
        finish_created(submission, ours->items[0], true);
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

static void list_done(void *context, const struct transfer_result *result)
{
    struct submission *submission = context;
    struct reading reading;

    transfer_over(submission);
    if (result->end == TRANSFER_CANCELLED_NOT_SENT || result->end == TRANSFER_CANCELLED_SENT)
        return; /* by submission_cancel() or submission_free(), which go on from here */
    reading = read_page(submission, result);
    if (submission->report.phase == PHASE_LOOKING_BEFORE)
        before_page(submission, &reading);
    else
        after_page(submission, &reading);
}

/* Lists all plans of the name anew. */
static void start_look(struct submission *submission, enum submission_phase phase)
{
    struct error err;

    submission->report.phase = phase;
    submission->pause_until = -1;
    submission->page = 1;
    if (phase == PHASE_LOOKING_AFTER)
        submission->look.instances = sent_instances(submission);
    look_begin(&submission->look, phase == PHASE_LOOKING_AFTER);
    if (ask_page(submission, &err))
        return;
    if (phase == PHASE_LOOKING_BEFORE)
        finish(submission, OUTCOME_NOT_SENT, "Nothing was sent: %s.", err.text);
    else
        after_failed(submission, err.text);
}

/* ---- what the create call came to ---- */

static void look_after(struct submission *submission, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void look_after(struct submission *submission, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say_list(submission->doubt, sizeof(submission->doubt), format, arguments);
    va_end(arguments);
    if (submission->options.look_attempts > 0)
        start_look(submission, PHASE_LOOKING_AFTER);
    else
        finish_unknown(submission, "the list of plans was not asked");
}

/*
 * What the second sending of the same bytes came to, if that was no success.
 * Only one answer tells of the first: that its nonce is used. Any other refusal
 * may come from a check before the nonce's, and throttling is no reason to send
 * a third time.
 */
static void repeat_refused(struct submission *submission, const char *text)
{
    const char *code = submission->answer.code;

    if (code && strcmp(code, "SignatureNonceUsed") == 0)
        look_after(submission, "The service has seen this very request before: the first sending arrived.");
    else
        look_after(submission,
                   "The second sending was refused, which does not tell what became of the first. %s.", text);
}

static void answered(struct submission *submission, const struct response *response)
{
    struct answer *answer = &submission->answer;
    char id[24], text[400] = "";
    struct error err;

    if (!answer_read(response, answer, &err)) {
        look_after(submission, "An answer came, but it could not be read: %s.", err.text);
        return;
    }
    submission->report.answer = answer;
    if (answer->kind != ANSWER_SUCCESS)
        answer_text(answer, text, sizeof(text));
    if (submission->options.pace && answer->kind != ANSWER_THROTTLED)
        pace_passed(submission->options.pace);
    switch (answer->kind) {
    case ANSWER_SUCCESS:
        if (answer_plan_id(answer, id))
            finish_created(submission, id, false);
        else
            look_after(submission, "The service says that the plan was created, but gives no readable id.");
        break;
    case ANSWER_REFUSED:
        if (submission->repeated)
            repeat_refused(submission, text);
        else
            finish(submission, OUTCOME_REFUSED, "The plan was refused. %s.", text);
        break;
    case ANSWER_THROTTLED:
        if (submission->repeated)
            repeat_refused(submission, text);
        else
            throttled(submission, answer->retry_after, false);
        break;
    case ANSWER_UNREADABLE:
        look_after(submission, "%s.", text);
        break;
    }
}

static void keep_raw(struct submission *submission, const struct buf *body)
{
    struct submission_report *report = &submission->report;

    buf_add(&submission->raw, buf_text(body), body->length);
    report->raw = submission->raw.length > 0 ? buf_text(&submission->raw) : NULL;
    report->raw_length = submission->raw.length;
}

static void create_done(void *context, const struct transfer_result *result)
{
    struct submission *submission = context;

    keep_sent(submission);
    keep_raw(submission, &result->response.body);
    switch (result->end) {
    case TRANSFER_ANSWERED:
        answered(submission, &result->response);
        break;
    case TRANSFER_NOT_SENT:
        if (submission->repeated)
            look_after(submission, "The second sending did not leave this machine. %s", result->reason);
        else
            finish(submission, OUTCOME_NOT_SENT, "Nothing was sent. %s", result->reason);
        break;
    case TRANSFER_BROKEN:
        look_after(submission, "%s", result->reason);
        break;
    case TRANSFER_CANCELLED_NOT_SENT:
        if (!submission->repeated)
            finish(submission, OUTCOME_CANCELLED, "You stopped it before anything was sent.");
        else if (!submission->closing)
            look_after(submission, "You stopped the second sending before anything of it was sent.");
        break;
    case TRANSFER_CANCELLED_SENT:
        if (!submission->closing)
            look_after(submission, "You stopped waiting for the answer.");
        break;
    }
}

/* ---- the interface ---- */

static bool copy_plan(struct submission *submission, const struct submitted_plan *plan, struct error *err)
{
    submission->plan_name = text_copy(plan->name);
    submission->instances = text_copy(plan->instances);
    buf_add(&submission->body, plan->body, plan->body_length);
    submission->look.plan_name = submission->plan_name;
    return (submission->plan_name && submission->instances && !submission->body.failed) || error_memory(err);
}

static struct submission *submission_new(const struct client *client, struct transport *transport,
                                         struct journal *journal, const struct submission_options *options,
                                         struct error *err)
{
    struct submission *submission = calloc(1, sizeof(*submission));

    if (!submission) {
        error_memory(err);
        return NULL;
    }
    submission->client = client;
    submission->transport = transport;
    submission->journal = journal;
    submission->options = options ? *options : submission_defaults;
    submission->body = BUF_INIT;
    submission->raw = BUF_INIT;
    submission->details = BUF_INIT;
    submission->seen_is_all = true;
    submission->pause_until = -1;
    submission->throttle_deadline = -1;
    submission->report.started_ticks = ticks(submission);
    request_init(&submission->request);
    request_init(&submission->sent_request);
    signature_init(&submission->signature);
    return submission;
}

struct submission *submission_start(const struct client *client, struct transport *transport,
                                    struct journal *journal, const struct submission_options *options,
                                    const struct submitted_plan *plan, struct error *err)
{
    struct submission *submission = submission_new(client, transport, journal, options, err);

    if (!submission)
        return NULL;
    if (!copy_plan(submission, plan, err)) {
        submission_free(submission);
        return NULL;
    }
    if (submission->options.name_is_new)
        send_create(submission);
    else
        start_look(submission, PHASE_LOOKING_BEFORE);
    return submission;
}

static bool copy_intent(struct submission *submission, const struct journal_intent *intent, struct error *err)
{
    submission->resumed = true;
    submission->seen_is_all = intent->seen_all;
    memcpy(submission->nonce, intent->nonce, sizeof(submission->nonce));
    submission->plan_name = text_copy(intent->plan_name);
    submission->instances = text_copy(intent->instances);
    if (!submission->plan_name || (intent->instances && !submission->instances))
        return error_memory(err);
    submission->look.plan_name = submission->plan_name;
    for (size_t i = 0; i < intent->ids_count; i++) {
        if (!look_add_seen(&submission->look, intent->ids_seen[i], err))
            return false;
    }
    say(submission->doubt, sizeof(submission->doubt),
        "It was sent to %.80s at %s, and no answer is on record.", intent->endpoint, intent->time);
    return true;
}

struct submission *submission_resume(const struct client *client, struct transport *transport,
                                     struct journal *journal, const struct submission_options *options,
                                     const struct journal_intent *intent, struct error *err)
{
    struct submission *submission = submission_new(client, transport, journal, options, err);

    if (!submission)
        return NULL;
    if (!copy_intent(submission, intent, err)) {
        submission_free(submission);
        return NULL;
    }
    submission->report.looks_only = true;
    start_look(submission, PHASE_LOOKING_AFTER);
    return submission;
}

/* Back to work after an end that was none. */
static void reopen(struct submission *submission, const char *nonce, bool looks_only)
{
    struct submission_report *report = &submission->report;

    if (nonce != submission->nonce)
        memcpy(submission->nonce, nonce, sizeof(submission->nonce));
    submission->cancels = 0;
    report->outcome = OUTCOME_NONE;
    report->looks = 0;
    report->looks_only = looks_only;
    report->plan_id[0] = '\0';
    report->started_ticks = ticks(submission);
}

void submission_look_again(struct submission *submission)
{
    if (submission->report.outcome != OUTCOME_UNKNOWN)
        return;
    reopen(submission, submission->resumed ? submission->nonce : submission->sent_nonce, true);
    start_look(submission, PHASE_LOOKING_AFTER);
}

/* The intent of the first sending stands in the journal, and speaks of these bytes too. */
bool submission_repeat(struct submission *submission)
{
    struct error err;

    submission->report.can_repeat = submission->report.outcome == OUTCOME_UNKNOWN && still_counts(submission);
    if (!submission->report.can_repeat) {
        forget_sent(submission);
        return false;
    }
    reopen(submission, submission->sent_nonce, false);
    submission->repeated = true;
    forget_answer(submission);
    submission->report.phase = PHASE_SENDING;
    submission->request = submission->sent_request;
    request_init(&submission->sent_request);
    if (!start_transfer(submission, create_done, &err)) {
        keep_sent(submission);
        look_after(submission, "The second sending did not leave this machine: %s.", err.text);
    }
    return true;
}

void submission_free(struct submission *submission)
{
    if (!submission)
        return;
    submission->closing = true;
    if (submission->is_held)
        record(submission, outcome_word(OUTCOME_CANCELLED));
    if (submission->transfer)
        transport_cancel(submission->transport, submission->transfer);
    request_release(&submission->request);
    request_release(&submission->sent_request);
    signature_release(&submission->signature);
    answer_release(&submission->answer);
    buf_release(&submission->details);
    buf_release(&submission->body);
    buf_release(&submission->raw);
    cJSON_Delete(submission->sent);
    look_release(&submission->look);
    free(submission->plan_name);
    free(submission->instances);
    free(submission);
}

void submission_tick(struct submission *submission)
{
    if (submission->pause_until < 0 || ticks(submission) < submission->pause_until)
        return;
    submission->pause_until = -1;
    if (submission->report.phase == PHASE_LOOKING_AFTER)
        start_look(submission, PHASE_LOOKING_AFTER);
    else if (submission->throttled_listing)
        start_look(submission, PHASE_LOOKING_BEFORE);
    else
        send_create(submission);
}

int submission_timeout(const struct submission *submission)
{
    int64_t left;

    if (submission->pause_until < 0)
        return -1;
    left = submission->pause_until - ticks(submission);
    if (left < 0)
        return 0;
    return left < INT_MAX ? (int)left : INT_MAX;
}

static void cancel_look_after(struct submission *submission)
{
    if (submission->cancels == 1 && !submission->report.looks_only) {
        if (submission->pause_until >= 0)
            start_look(submission, PHASE_LOOKING_AFTER);
        return;
    }
    if (submission->transfer)
        transport_cancel(submission->transport, submission->transfer);
    finish_unknown(submission, "you stopped looking for it");
}

void submission_cancel(struct submission *submission)
{
    submission->cancels++;
    switch (submission->report.phase) {
    case PHASE_LOOKING_BEFORE:
    case PHASE_WAITING:
        if (submission->transfer)
            transport_cancel(submission->transport, submission->transfer);
        finish(submission, OUTCOME_CANCELLED, "You stopped it; nothing was created.");
        break;
    case PHASE_SENDING:
        if (submission->is_held) {
            submission->is_held = false;
            transfer_over(submission);
            finish(submission, OUTCOME_CANCELLED, "You stopped it before anything was sent.");
        } else {
            transport_cancel(submission->transport, submission->transfer);
        }
        break;
    case PHASE_LOOKING_AFTER:
        cancel_look_after(submission);
        break;
    case PHASE_DONE:
        break;
    }
}

bool submission_is_held(const struct submission *submission)
{
    return submission->is_held;
}

bool submission_done(const struct submission *submission)
{
    return submission->report.phase == PHASE_DONE;
}

const struct submission_report *submission_report(const struct submission *submission)
{
    return &submission->report;
}
