#include "api/submission.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "api/say.h"
#include "api/submission_state.h"
#include "base/excerpt.h"
#include "base/host.h"

const struct submission_options submission_defaults = {
    .throttle_patience_ms = 120000,
    .look_attempts = 5,
    .look_pause_ms = 2000,
};

/* ---- What its files share ---- */

int64_t submission_ticks(const struct submission *submission)
{
    return submission->client->host->ticks(submission->client->host);
}

bool submission_start_transfer(struct submission *submission, transfer_done *done, struct error *err)
{
    submission->transfer =
        transport_start(submission->transport, &submission->request, done, submission, err);
    return submission->transfer != NULL;
}

void submission_transfer_over(struct submission *submission)
{
    submission->transfer = NULL;
    request_release(&submission->request);
}

void submission_pause(struct submission *submission, enum submission_phase phase, int64_t milliseconds)
{
    submission->report.phase = phase;
    submission->pause_until = submission_ticks(submission) + milliseconds;
}

void submission_reopen(struct submission *submission, const char *nonce, bool looks_only)
{
    struct submission_report *report = &submission->report;

    if (nonce != submission->nonce)
        memcpy(submission->nonce, nonce, sizeof(submission->nonce));
    submission->cancels = 0;
    report->outcome = OUTCOME_NONE;
    report->looks = 0;
    report->looks_only = looks_only;
    report->plan_id[0] = '\0';
    report->started_ticks = submission_ticks(submission);
}

/* ---- Beginning and end ---- */

static bool copy_plan(struct submission *submission, const struct submitted_plan *plan, struct error *err)
{
    submission->plan_name = text_copy(plan->name);
    submission->instances = text_copy(plan->instances);
    buf_add(&submission->body, plan->body, plan->body_length);
    submission->secret_members = plan->secret_members;
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
    submission->report.started_ticks = submission_ticks(submission);
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
        submission_send(submission);
    else
        submission_start_look(submission, PHASE_LOOKING_BEFORE);
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
    say(submission->doubt, sizeof(submission->doubt), "It was sent to %s at %s, and no answer is on record.",
        excerpt(intent->endpoint, 80).text, intent->time);
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
    submission_start_look(submission, PHASE_LOOKING_AFTER);
    return submission;
}

void submission_look_again(struct submission *submission)
{
    if (submission->report.outcome != OUTCOME_UNKNOWN)
        return;
    submission_reopen(submission, submission->resumed ? submission->nonce : submission->sent_nonce, true);
    submission_start_look(submission, PHASE_LOOKING_AFTER);
}

void submission_free(struct submission *submission)
{
    if (!submission)
        return;
    submission->closing = true;
    if (submission->is_held)
        submission_record(submission, outcome_word(OUTCOME_CANCELLED));
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

/* ---- Its course ---- */

void submission_tick(struct submission *submission)
{
    if (submission->pause_until < 0 || submission_ticks(submission) < submission->pause_until)
        return;
    submission->pause_until = -1;
    if (submission->report.phase == PHASE_LOOKING_AFTER)
        submission_start_look(submission, PHASE_LOOKING_AFTER);
    else if (submission->throttled_listing)
        submission_start_look(submission, PHASE_LOOKING_BEFORE);
    else
        submission_send(submission);
}

int submission_timeout(const struct submission *submission)
{
    int64_t left;

    if (submission->pause_until < 0)
        return -1;
    left = submission->pause_until - submission_ticks(submission);
    if (left < 0)
        return 0;
    return left < INT_MAX ? (int)left : INT_MAX;
}

static void cancel_look_after(struct submission *submission)
{
    if (submission->cancels == 1 && !submission->report.looks_only) {
        if (submission->pause_until >= 0)
            submission_start_look(submission, PHASE_LOOKING_AFTER);
        return;
    }
    if (submission->transfer)
        transport_cancel(submission->transport, submission->transfer);
    submission_finish_unknown(submission, "you stopped looking for it");
}

void submission_cancel(struct submission *submission)
{
    submission->cancels++;
    switch (submission->report.phase) {
    case PHASE_LOOKING_BEFORE:
    case PHASE_WAITING:
        if (submission->transfer)
            transport_cancel(submission->transport, submission->transfer);
        submission_finish(submission, OUTCOME_CANCELLED, "You stopped it; nothing was created.");
        break;
    case PHASE_SENDING:
        if (submission->is_held) {
            submission->is_held = false;
            submission_transfer_over(submission);
            submission_finish(submission, OUTCOME_CANCELLED, "You stopped it before anything was sent.");
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

bool submission_done(const struct submission *submission)
{
    return submission->report.phase == PHASE_DONE;
}

const struct submission_report *submission_report(const struct submission *submission)
{
    return &submission->report;
}
