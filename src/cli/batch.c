#include "cli/batch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/interrupt.h"
#include "cli/outcome.h"
#include "cli/output.h"
#include "cli/run.h"

#define STOPPED "You stopped it; nothing was sent."
enum { STATUS_MS = 1000 };

struct batch {
    struct session *session;
    const struct options *options;
    const struct file_stamp *stamps;
    int interrupt_fd;
    int signal_number; /* that asked to stop; 0: none */
    bool stopping;     /* nothing more is started */
    struct run **runs; /* those that are on their way; they stay where they are in memory */
    size_t running;
    struct run *waiting; /* prepared, not started yet */
    size_t next;         /* operand */
    size_t done, created;
    int64_t started;
    enum end worst;
    struct status_line status;
    struct buf announced;           /* where the last one went */
    struct journal_intent *intents; /* earlier submissions whose end is not known */
    size_t intent_count;
    bool intents_read;
};

/* ---- How a draft ended ---- */

static void report(struct batch *batch, const struct ending *ending, enum end end)
{
    batch->done++;
    batch->created += ending->outcome == OUTCOME_CREATED ? 1 : 0;
    batch->worst = end_worse(batch->worst, end);
    status_clear(&batch->status);
    if (batch->options->json)
        ending_print_json(ending);
    else
        ending_print_text(ending, batch->options->operand_count > 1);
    output_flush();
    /* Plans whose outcome nobody can be told are not created. */
    batch->stopping = batch->stopping || output_broken();
}

static void report_cancelled(struct batch *batch, const char *draft, const char *message)
{
    struct ending ending = {.draft = draft, .outcome = OUTCOME_CANCELLED, .message = message};
    int signal_number = batch->signal_number ? batch->signal_number : SIGINT;

    report(batch, &ending, (enum end)(END_SIGNAL + signal_number));
}

static void report_failure(struct batch *batch, const char *draft, const struct error *err)
{
    struct ending ending = {.draft = draft, .outcome = OUTCOME_NOT_SENT, .message = err->text};

    report(batch, &ending, end_of_error(err->kind));
}

static void report_run(struct batch *batch, struct run *run)
{
    const struct submission_report *outcome = submission_report(run->submission);
    struct ending ending = {.draft = run->draft.name};
    const char *advice = outcome_advice(outcome);
    enum end end = end_of_outcome(outcome->outcome);
    char path[128];

    status_clear(&batch->status);
    if (outcome->warning[0])
        remark("%s: %s", run->draft.name, outcome->warning);
    ending_of_report(&ending, outcome, run->draft.review, path);
    if (outcome->outcome == OUTCOME_CANCELLED && batch->signal_number)
        end = (enum end)(END_SIGNAL + batch->signal_number);
    report(batch, &ending, end);
    if (advice)
        remark("%s: %s", run->draft.name, advice);
}

/* ---- Starting ---- */

/* Says where plans go whenever that is somewhere else than before. */
static void announce(struct batch *batch, const struct run *run)
{
    struct buf text = BUF_INIT;

    run_describe(run, &text);
    if (strcmp(buf_text(&text), buf_text(&batch->announced)) != 0) {
        status_clear(&batch->status);
        remark("Sending to %s.", buf_text(&text));
        buf_clear(&batch->announced);
        buf_add(&batch->announced, buf_text(&text), text.length);
    }
    buf_release(&text);
}

/* An earlier submission of this name that may have created its plan. */
static void recall(struct batch *batch, const struct run *run)
{
    struct error err;

    if (!batch->intents_read && batch->session->journal) {
        batch->intents_read = true;
        if (!journal_open_intents(batch->session->journal, &batch->intents, &batch->intent_count, NULL, &err))
            remark("Earlier submissions are not known: %s.", err.text);
    }
    for (size_t i = 0; i < batch->intent_count; i++) {
        const struct journal_intent *intent = &batch->intents[i];

        if (intent->plan_name && strcmp(intent->plan_name, run_plan_name(run)) == 0)
            remark("%s: what became of this plan when it was sent to %s at %s is not known.", run->draft.name,
                   intent->endpoint ? intent->endpoint : "the service", intent->time);
    }
}

static void start(struct batch *batch, struct run *run)
{
    struct submission_options options = submission_defaults;
    struct error err;

    options.accept_existing_name = batch->options->yes;
    announce(batch, run);
    if (session_journal(batch->session, &err)) {
        recall(batch, run);
        if (run_start(run, batch->session, &options, &err)) {
            batch->runs[batch->running++] = run;
            return;
        }
    }
    report_failure(batch, run->draft.name, &err);
    run_free(run);
}

static void stop(struct batch *batch, int signal_number)
{
    if (!batch->signal_number)
        batch->signal_number = signal_number;
    batch->stopping = true;
    status_clear(&batch->status);
    for (size_t i = 0; i < batch->running; i++)
        submission_cancel(batch->runs[i]->submission);
}

static void look_for_signals(struct batch *batch)
{
    int number;

    while ((number = interrupt_take(batch->interrupt_fd)) != 0)
        stop(batch, number);
}

static bool is_on_its_way(const struct batch *batch, const char *plan_name)
{
    for (size_t i = 0; i < batch->running; i++)
        if (strcmp(run_plan_name(batch->runs[i]), plan_name) == 0)
            return true;
    return false;
}

/* The next draft, ready to be started; NULL when it ended here already. */
static struct run *prepare_next(struct batch *batch)
{
    size_t index = batch->next++;
    const char *name = batch->options->operands[index];
    struct ending ending;
    struct error err;
    struct run *run;
    enum end end;

    status_clear(&batch->status);
    if (batch->stamps && !file_unchanged(name, &batch->stamps[index])) {
        error_set(&err, ERROR_FILE, "the draft changed after you confirmed it");
        report_failure(batch, name, &err);
        return NULL;
    }
    run = run_new(name, &err);
    if (!run) {
        report_failure(batch, name, &err);
        return NULL;
    }
    end = run_prepare(run, batch->session, &ending, &err);
    look_for_signals(batch);
    if (end == END_DONE)
        return run;
    if (batch->signal_number)
        report_cancelled(batch, name, STOPPED);
    else
        report(batch, &ending, end);
    run_free(run);
    return NULL;
}

static void start_what_can_be(struct batch *batch)
{
    while (!batch->stopping && batch->running < (size_t)batch->options->jobs) {
        struct run *run = batch->waiting;

        if (!run) {
            if (batch->next == batch->options->operand_count)
                return;
            batch->waiting = prepare_next(batch);
            continue;
        }
        if (is_on_its_way(batch, run_plan_name(run)))
            return;
        batch->waiting = NULL;
        start(batch, run);
    }
}

/* What was not started when it was stopped is not sent; each draft gets its line all the same. */
static void give_up_the_rest(struct batch *batch)
{
    if (batch->waiting) {
        report_cancelled(batch, batch->waiting->draft.name, STOPPED);
        run_free(batch->waiting);
        batch->waiting = NULL;
    }
    while (batch->next < batch->options->operand_count)
        report_cancelled(batch, batch->options->operands[batch->next++], STOPPED);
}

/* ---- The loop ---- */

static void show_status(struct batch *batch)
{
    size_t count = batch->options->operand_count;
    int64_t elapsed = batch->session->host->ticks(batch->session->host) - batch->started;

    if (batch->running == 0)
        return;
    if (count == 1) {
        const struct submission_report *outcome = submission_report(batch->runs[0]->submission);

        status_show(&batch->status, "%s, %lld s so far. Ctrl-C stops.", outcome_doing(outcome->phase),
                    (long long)(elapsed / 1000));
    } else if (batch->done == 0 || elapsed <= 0) {
        status_show(&batch->status, "0 of %zu done, %zu on their way. Ctrl-C stops.", count, batch->running);
    } else {
        double each = (double)elapsed / (double)batch->done;

        status_show(&batch->status, "%zu of %zu done, %zu created, %zu on their way, %.1f a second, %.0f s left",
                    batch->done, count, batch->created, batch->running, 1000.0 / each,
                    each * (double)(count - batch->done) / 1000.0);
    }
}

static int timeout(const struct batch *batch)
{
    int least = batch->status.wanted ? STATUS_MS : -1;

    for (size_t i = 0; i < batch->running; i++) {
        int its = submission_timeout(batch->runs[i]->submission);

        if (its >= 0 && (least < 0 || its < least))
            least = its;
    }
    return least;
}

static void advance(struct batch *batch)
{
    for (size_t i = batch->running; i-- > 0;) {
        submission_tick(batch->runs[i]->submission);
        if (submission_done(batch->runs[i]->submission)) {
            report_run(batch, batch->runs[i]);
            run_free(batch->runs[i]);
            batch->runs[i] = batch->runs[--batch->running];
        }
    }
}

static bool wait_and_advance(struct batch *batch, struct error *err)
{
    struct pollfd fd = {.fd = batch->interrupt_fd, .events = POLLIN};

    show_status(batch);
    if (transport_wait(batch->session->transport, &fd, 1, timeout(batch), err) < 0)
        return false;
    look_for_signals(batch);
    advance(batch);
    return true;
}

/* Waiting itself failed: nothing more can be learned about what is on its way. */
static void abandon(struct batch *batch, const struct error *err)
{
    complain("%s", err->text);
    batch->worst = end_worse(batch->worst, END_FAILED);
    batch->stopping = true;
    for (size_t i = 0; i < batch->running; i++)
        for (int times = 0; times < 2; times++)
            submission_cancel(batch->runs[i]->submission);
    advance(batch);
}

static void work(struct batch *batch)
{
    struct error err;

    batch->started = batch->session->host->ticks(batch->session->host);
    for (;;) {
        start_what_can_be(batch);
        if (batch->stopping)
            give_up_the_rest(batch);
        if (batch->running == 0 && !batch->waiting && batch->next == batch->options->operand_count)
            break;
        if (!wait_and_advance(batch, &err))
            abandon(batch, &err);
    }
    status_clear(&batch->status);
}

enum end batch_submit(struct session *session, const struct file_stamp *stamps)
{
    struct batch batch = {.session = session, .options = session->options, .stamps = stamps, .worst = END_DONE};
    struct error err;

    batch.runs = calloc((size_t)session->options->jobs, sizeof(*batch.runs));
    if (!batch.runs) {
        error_memory(&err);
        return end_with(&err);
    }
    batch.interrupt_fd = interrupt_open(&err);
    if (batch.interrupt_fd < 0) {
        free(batch.runs);
        return end_with(&err);
    }
    session->secrets.interrupt_fd = batch.interrupt_fd;
    batch.announced = BUF_INIT;
    status_init(&batch.status, session->options->quiet);
    work(&batch);
    session->secrets.interrupt_fd = -1;
    for (size_t i = 0; i < batch.intent_count; i++)
        journal_intent_release(&batch.intents[i]);
    free(batch.intents);
    buf_release(&batch.announced);
    free(batch.runs);
    interrupt_close(batch.interrupt_fd);
    return batch.worst;
}
