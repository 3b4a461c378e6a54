#include "api/submission_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/explain.h"
#include "api/say.h"
#include "base/host.h"
#include "base/json.h"

/* How long a signature counts, less what a slow clock and a slow network may take of it. */
enum { REPEAT_WITHIN_SECONDS = 14 * 60 };

const char *outcome_word(enum outcome outcome)
{
    static const char *const words[OUTCOME_COUNT] = {
        [OUTCOME_NONE] = "",           [OUTCOME_CREATED] = "created",     [OUTCOME_EXISTS] = "exists",
        [OUTCOME_REFUSED] = "refused", [OUTCOME_THROTTLED] = "throttled", [OUTCOME_NOT_SENT] = "not_sent",
        [OUTCOME_UNKNOWN] = "unknown", [OUTCOME_INVALID] = "invalid",     [OUTCOME_CANCELLED] = "cancelled",
    };

    return outcome < OUTCOME_COUNT ? words[outcome] : "";
}

void submission_answer_text(const struct answer *answer, char *out, size_t size)
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

/* ---- What is kept ---- */

void submission_record(struct submission *submission, const char *word)
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

bool submission_still_counts(const struct submission *submission)
{
    int64_t now = submission->client->host->now(submission->client->host);

    return submission->sent_at > 0 && now >= submission->sent_at &&
           now - submission->sent_at < REPEAT_WITHIN_SECONDS;
}

/* What is kept for another sending holds keys and passwords: it goes as soon as it cannot be needed. */
void submission_forget_sent(struct submission *submission)
{
    request_release(&submission->sent_request);
    submission->sent_at = 0;
}

/* NULL when memory is short or nothing is known of them: then nothing that is found is ours for certain. */
const cJSON *submission_sent_instances(struct submission *submission)
{
    struct error ignored;

    if (!submission->sent && submission->instances)
        submission->sent = json_parse(submission->instances, strlen(submission->instances), &ignored);
    return submission->sent;
}

/* ---- Outcomes ---- */

static void explain_refusal(struct submission *submission)
{
    struct submission_report *report = &submission->report;
    const struct client *client = submission->client;
    const struct explain_context context = {
        .operation = OPERATION_CREATE_PLAN,
        .instances = submission_sent_instances(submission),
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
    if (outcome != OUTCOME_UNKNOWN || !submission_still_counts(submission))
        submission_forget_sent(submission);
    report->can_repeat = submission->sent_at > 0;
    /* An intent that another process left is still open without a word. */
    if (submission->resumed && outcome == OUTCOME_UNKNOWN)
        return;
    submission_record(submission, outcome_word(outcome));
}

void submission_finish(struct submission *submission, enum outcome outcome, const char *format, ...)
{
    struct submission_report *report = &submission->report;
    va_list arguments;

    va_start(arguments, format);
    say_list(report->reason, sizeof(report->reason), format, arguments);
    va_end(arguments);
    end_as(submission, outcome);
}

void submission_finish_created(struct submission *submission, const char *id, bool by_looking)
{
    struct submission_report *report = &submission->report;

    snprintf(report->plan_id, sizeof(report->plan_id), "%s", id);
    report->reason[0] = '\0';
    if (by_looking)
        say(report->reason, sizeof(report->reason), "%s The plan was found afterwards in the list of plans.",
            submission->doubt);
    end_as(submission, OUTCOME_CREATED);
}

void submission_finish_unknown(struct submission *submission, const char *found)
{
    submission_finish(
        submission, OUTCOME_UNKNOWN,
        "%s Whether the plan was created is not known: %s. Look for it again before you send it again.",
        submission->doubt, found);
}
