#include "cli/batch_state.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

void batch_report(struct batch *batch, const struct ending *ending, enum end end)
{
    batch->progress.done++;
    batch->progress.ended[ending->outcome]++;
    batch->worst = end_worse(batch->worst, end);
    status_clear(&batch->status);
    if (batch->options->json)
        ending_print_json(ending);
    else
        ending_print_text(ending, batch_is_several(batch));
    if (ending->outcome == OUTCOME_CREATED || ending->outcome == OUTCOME_UNKNOWN)
        ending_add_text(&batch->untold, ending, batch_is_several(batch));
}

void batch_put_out(struct batch *batch)
{
    output_flush();
    if (output_broken()) {
        batch->stopping = true;
        remark_lines(buf_text(&batch->untold));
    }
    buf_clear(&batch->untold);
}

void batch_report_cancelled(struct batch *batch, const char *draft, const char *message)
{
    struct ending ending = {.draft = draft, .outcome = OUTCOME_CANCELLED, .message = message};
    int signal_number = batch->signal_number ? batch->signal_number : SIGINT;

    batch_report(batch, &ending, (enum end)(END_SIGNAL + signal_number));
}

void batch_report_failure(struct batch *batch, const char *draft, const struct error *err)
{
    struct ending ending = {.draft = draft, .outcome = OUTCOME_NOT_SENT, .message = err->text};

    batch_report(batch, &ending, end_of_error(err->kind));
}

void batch_report_run(struct batch *batch, struct run *run)
{
    const struct submission_report *outcome = submission_report(run->submission);
    struct ending ending = {.draft = run->draft.name};
    const char *advice = outcome_advice(outcome);
    enum end end = end_of_outcome(outcome->outcome);
    char path[128];

    status_clear(&batch->status);
    batch->progress.sent++;
    if (outcome->warning[0])
        remark("%s: %s", run->draft.name, outcome->warning);
    ending_of_report(&ending, outcome, run->draft.review, path);
    if (outcome->outcome == OUTCOME_CANCELLED && batch->signal_number)
        end = (enum end)(END_SIGNAL + batch->signal_number);
    batch_report(batch, &ending, end);
    if (advice)
        remark("%s: %s", run->draft.name, advice);
    if (outcome->details)
        remark_lines(outcome->details);
}

static bool is_announced(const struct batch *batch, const struct destination *to)
{
    const struct destination *before = &batch->announced_to;

    return before->client.credentials == to->client.credentials &&
           strcmp(before->client.endpoint.scheme, to->client.endpoint.scheme) == 0 &&
           strcmp(before->client.endpoint.host, to->client.endpoint.host) == 0 &&
           strcmp(before->region, to->region) == 0 && strcmp(before->profile, to->profile) == 0 &&
           before->draft_says_where == to->draft_says_where;
}

void batch_announce(struct batch *batch, const struct run *run)
{
    struct buf text = BUF_INIT;

    if (is_announced(batch, &run->destination))
        return;
    batch->announced_to = run->destination;
    run_describe(run, &text);
    if (strcmp(buf_text(&text), buf_text(&batch->announced)) != 0) {
        status_clear(&batch->status);
        remark("Sending to %s.", buf_text(&text));
        buf_clear(&batch->announced);
        buf_add(&batch->announced, buf_text(&text), text.length);
    }
    buf_release(&text);
}

bool batch_report_created_earlier(struct batch *batch, const struct run *run)
{
    const struct journal_created *created = past_created(&batch->past, run);
    struct ending ending = {.draft = run->draft.name, .outcome = OUTCOME_CREATED};
    char message[128];

    if (!created)
        return false;
    snprintf(message, sizeof(message), "created at %s already, as the journal shows, and not sent again",
             created->time);
    ending.plan_id = created->plan_id[0] ? created->plan_id : NULL;
    ending.message = message;
    batch->progress.earlier++;
    batch_report(batch, &ending, END_DONE);
    return true;
}

static void show_counts(struct batch *batch)
{
    const struct batch_progress *progress = &batch->progress;
    size_t count = batch->options->operand_count;
    double rate = progress_rate(progress, batch_ticks(batch));
    char speed[96] = "Ctrl-C stops.";

    if (rate > 0)
        snprintf(speed, sizeof(speed), "%.1f a second, %.0f s left%s", rate,
                 (double)(count - progress->done) / rate,
                 batch->pace.interval > 0 ? "; the service asks for less" : "");
    status_show(&batch->status, "%zu of %zu done, %zu created, %zu on their way. %s", progress->done, count,
                progress->ended[OUTCOME_CREATED], batch->running, speed);
}

void batch_show_status(struct batch *batch)
{
    if (!batch->status.wanted || batch->running == 0)
        return;
    if (batch_is_several(batch)) {
        progress_sample(&batch->progress, batch_ticks(batch));
        show_counts(batch);
    } else {
        const struct submission_report *outcome = submission_report(batch->runs[0]->submission);

        status_show(&batch->status, "%s, %lld s so far. Ctrl-C stops.", outcome_doing(outcome->phase),
                    (long long)((batch_ticks(batch) - batch->started) / 1000));
    }
}

void batch_remark_missing(struct batch *batch, const struct error *err)
{
    if (batch->missing_told)
        return;
    batch->missing_told = true;
    status_clear(&batch->status);
    remark("Lines are missing in the journal: %s.", err->text);
}

void batch_print_summary(const struct batch *batch)
{
    struct buf text = BUF_INIT;

    if (batch_is_several(batch) && !batch->options->quiet) {
        progress_summary(&batch->progress, &text);
        remark("%s", buf_text(&text));
    }
    buf_release(&text);
}
