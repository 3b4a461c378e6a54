#include "api/submission_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/echo.h"
#include "api/say.h"
#include "base/host.h"
#include "base/json.h"
#include "base/time_text.h"

enum { THROTTLE_DOUBLINGS_MAX = 10 };

/* What to wait when the service throttles without saying for how long, and the least, whatever it says. */
enum { THROTTLE_WAIT_MS = 2000, THROTTLE_WAIT_LEAST_MS = 100 };

static void create_done(void *context, const struct transfer_result *result);

/* ---- Sending ---- */

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
    int64_t wait =
        submission->options.pace ? pace_wait(submission->options.pace, submission_ticks(submission)) : 0;

    if (wait > 0) {
        submission->throttled_listing = false;
        submission_pause(submission, PHASE_WAITING, wait);
    }
    submission->send_ticks = submission_ticks(submission);
    return wait == 0;
}

static void send_failed(struct submission *submission, const struct error *err)
{
    submission_transfer_over(submission);
    submission_finish(submission, OUTCOME_NOT_SENT, "Nothing was sent: %s.", err->text);
}

void submission_go_on(struct submission *submission, const struct error *failure)
{
    struct error err;

    submission->is_held = false;
    if (failure) {
        err = *failure;
        error_wrap(&err, "the journal could not be written");
        send_failed(submission, &err);
    } else if (!submission_start_transfer(submission, create_done, &err)) {
        send_failed(submission, &err);
    }
}

bool submission_is_held(const struct submission *submission)
{
    return submission->is_held;
}

/* The intent is on disk before the first byte can leave, or nothing leaves. */
void submission_send(struct submission *submission)
{
    struct error err;

    if (!may_send_now(submission))
        return;
    submission->report.phase = PHASE_SENDING;
    if (prepare_create(submission, &err)) {
        if (write_intent(submission, &err)) {
            submission->is_held = submission->options.held;
            if (submission->is_held || submission_start_transfer(submission, create_done, &err))
                return;
        } else {
            submission->nonce[0] = '\0';
            error_wrap(&err, "the journal could not be written");
        }
    }
    send_failed(submission, &err);
}

/* ---- Throttled ---- */

/*
 * The service took nothing: wait and try again, with a new nonce and a new
 * intent. What it asks to wait counts, but for a wait so short that it would
 * make a storm of requests.
 */
void submission_throttled(struct submission *submission, int64_t retry_after, bool listing)
{
    int doublings =
        submission->throttles < THROTTLE_DOUBLINGS_MAX ? submission->throttles : THROTTLE_DOUBLINGS_MAX;
    int64_t wait = (int64_t)THROTTLE_WAIT_MS << doublings;
    int64_t least = (int64_t)THROTTLE_WAIT_LEAST_MS << doublings;
    int64_t now = submission_ticks(submission), left;

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
        submission_finish(
            submission, OUTCOME_THROTTLED,
            "The service throttles requests and let none through within %.3g seconds. Nothing was created. "
            "Try again later.",
            (double)submission->options.throttle_patience_ms / 1000);
        return;
    }
    submission_record(submission, outcome_word(OUTCOME_THROTTLED));
    submission_forget_sent(submission);
    if (retry_after >= 0)
        wait = retry_after > least ? retry_after : least;
    submission->throttles++;
    submission->throttled_listing = listing;
    submission_pause(submission, PHASE_WAITING, wait < left ? wait : left);
}

/* ---- What it came to ---- */

/* The same, of a create call that may have arrived. */
static void keep_sent(struct submission *submission)
{
    submission->transfer = NULL;
    submission_forget_sent(submission);
    submission->sent_request = submission->request;
    submission->sent_at = submission->begun_at;
    request_init(&submission->request);
}

static void look_after(struct submission *submission, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void look_after(struct submission *submission, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say_list(submission->doubt, sizeof(submission->doubt), format, arguments);
    va_end(arguments);
    if (submission->options.look_attempts > 0)
        submission_start_look(submission, PHASE_LOOKING_AFTER);
    else
        submission_finish_unknown(submission, "the list of plans was not asked");
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

/* What was told to the service and is secret. */
struct told {
    const struct submission *submission;
    cJSON *body;  /* NULL: nothing in it is secret */
    bool unknown; /* memory is short */
};

static struct told told_of(const struct submission *submission)
{
    struct told told = {.submission = submission};
    const char *body = buf_text(&submission->body);
    struct error ignored;

    if (submission->secret_members &&
        echo_has_member(body, submission->body.length, submission->secret_members)) {
        told.body = json_parse(body, submission->body.length, &ignored);
        told.unknown = !told.body;
    }
    return told;
}

/* Rather no text than one with a secret. */
static void mask_echo(const struct told *told, struct buf *text)
{
    const struct credentials *credentials = told->submission->client->credentials;

    if (told->body)
        echo_mask_members(text, told->body, told->submission->secret_members);
    if (credentials) {
        echo_mask(text, credentials->access_key_secret);
        echo_mask(text, credentials->security_token);
    }
    if (told->unknown || text->failed)
        buf_clear(text);
}

/* Behind the reading: a mask must not change what an answer means. */
static void mask_answer(const struct told *told, struct answer *answer)
{
    char **texts[] = {&answer->code,         &answer->message,         &answer->request_id,
                      &answer->dynamic_code, &answer->dynamic_message, &answer->recommend,
                      &answer->access_denied};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct buf text = BUF_INIT;

        if (!*texts[i])
            continue;
        buf_add_text(&text, *texts[i]);
        mask_echo(told, &text);
        wipe_free(*texts[i]);
        *texts[i] = buf_take(&text);
    }
}

static void answered(struct submission *submission, const struct told *told, const struct response *response)
{
    struct answer *answer = &submission->answer;
    char id[24], text[400] = "";
    struct error err;

    if (!answer_read(response, answer, &err)) {
        look_after(submission, "An answer came, but it could not be read: %s.", err.text);
        return;
    }
    mask_answer(told, answer);
    submission->report.answer = answer;
    if (answer->kind != ANSWER_SUCCESS)
        submission_answer_text(answer, text, sizeof(text));
    if (submission->options.pace && answer->kind != ANSWER_THROTTLED)
        pace_passed(submission->options.pace);
    switch (answer->kind) {
    case ANSWER_SUCCESS:
        if (answer_plan_id(answer, id))
            submission_finish_created(submission, id, false);
        else
            look_after(submission, "The service says that the plan was created, but gives no readable id.");
        break;
    case ANSWER_REFUSED:
        if (submission->repeated)
            repeat_refused(submission, text);
        else
            submission_finish(submission, OUTCOME_REFUSED, "The plan was refused. %s.", text);
        break;
    case ANSWER_THROTTLED:
        if (submission->repeated)
            repeat_refused(submission, text);
        else
            submission_throttled(submission, answer->retry_after, false);
        break;
    case ANSWER_UNREADABLE:
        look_after(submission, "%s.", text);
        break;
    }
}

static void keep_raw(struct submission *submission, const struct told *told, const struct buf *body)
{
    struct submission_report *report = &submission->report;

    buf_add(&submission->raw, buf_text(body), body->length);
    mask_echo(told, &submission->raw);
    report->raw = submission->raw.length > 0 ? buf_text(&submission->raw) : NULL;
    report->raw_length = submission->raw.length;
}

static void create_done(void *context, const struct transfer_result *result)
{
    struct submission *submission = context;
    struct told told = told_of(submission);

    keep_sent(submission);
    keep_raw(submission, &told, &result->response.body);
    switch (result->end) {
    case TRANSFER_ANSWERED:
        answered(submission, &told, &result->response);
        break;
    case TRANSFER_NOT_SENT:
        if (submission->repeated)
            look_after(submission, "The second sending did not leave this machine. %s", result->reason);
        else
            submission_finish(submission, OUTCOME_NOT_SENT, "Nothing was sent. %s", result->reason);
        break;
    case TRANSFER_BROKEN:
        look_after(submission, "%s", result->reason);
        break;
    case TRANSFER_CANCELLED_NOT_SENT:
        if (!submission->repeated)
            submission_finish(submission, OUTCOME_CANCELLED, "You stopped it before anything was sent.");
        else if (!submission->closing)
            look_after(submission, "You stopped the second sending before anything of it was sent.");
        break;
    case TRANSFER_CANCELLED_SENT:
        if (!submission->closing)
            look_after(submission, "You stopped waiting for the answer.");
        break;
    }
    cJSON_Delete(told.body);
}

/* ---- Once more ---- */

/* The intent of the first sending stands in the journal, and speaks of these bytes too. */
bool submission_repeat(struct submission *submission)
{
    struct error err;

    submission->report.can_repeat =
        submission->report.outcome == OUTCOME_UNKNOWN && submission_still_counts(submission);
    if (!submission->report.can_repeat) {
        submission_forget_sent(submission);
        return false;
    }
    submission_reopen(submission, submission->sent_nonce, false);
    submission->repeated = true;
    forget_answer(submission);
    submission->report.phase = PHASE_SENDING;
    submission->request = submission->sent_request;
    request_init(&submission->sent_request);
    if (!submission_start_transfer(submission, create_done, &err)) {
        keep_sent(submission);
        look_after(submission, "The second sending did not leave this machine: %s.", err.text);
    }
    return true;
}
