#include "cli/batch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/known_names.h"
#include "cli/interrupt.h"
#include "cli/outcome.h"
#include "cli/output.h"
#include "cli/past.h"
#include "cli/progress.h"
#include "cli/run.h"
#include "cli/sending.h"

#define STOPPED "You stopped it; nothing was sent."
enum { STATUS_MS = 1000 };

/* How long a batch that is stopped waits for the answers to what it has sent, before it goes and looks. */
enum { FINISHING_MS = 5000 };

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
    int64_t started;
    int64_t finish_by; /* ticks; when what was sent before it was stopped is waited for no longer; 0: not
                          stopped */
    enum end worst;
    struct status_line status;
    struct batch_progress progress;
    struct destination announced_to; /* where the last one went */
    struct buf announced;            /* the same in words */
    struct buf untold;               /* what came of plans since standard output was last known to take it */
    struct past past;
    bool past_is_read;
    bool missing_told; /* that lines of the journal are */
    struct pace pace;
    struct known_names *known; /* of the client of the first draft; NULL: not listed */
    bool known_tried;
    size_t started_lately; /* since the names were asked for */
};

static bool is_several(const struct batch *batch)
{
    return batch->options->operand_count > 1;
}

static int64_t ticks(const struct batch *batch)
{
    return batch->session->host->ticks(batch->session->host);
}

/* ---- How a draft ended ---- */

static void report(struct batch *batch, const struct ending *ending, enum end end)
{
    batch->progress.done++;
    batch->progress.ended[ending->outcome]++;
    batch->worst = end_worse(batch->worst, end);
    status_clear(&batch->status);
    if (batch->options->json)
        ending_print_json(ending);
    else
        ending_print_text(ending, is_several(batch));
    if (ending->outcome == OUTCOME_CREATED || ending->outcome == OUTCOME_UNKNOWN)
        ending_add_text(&batch->untold, ending, is_several(batch));
}

/* Plans whose outcome nobody can be told are not created; of those that are, the other place tells. */
static void put_out(struct batch *batch)
{
    output_flush();
    if (output_broken()) {
        batch->stopping = true;
        remark_lines(buf_text(&batch->untold));
    }
    buf_clear(&batch->untold);
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
    batch->progress.sent++;
    if (outcome->warning[0])
        remark("%s: %s", run->draft.name, outcome->warning);
    ending_of_report(&ending, outcome, run->draft.review, path);
    if (outcome->outcome == OUTCOME_CANCELLED && batch->signal_number)
        end = (enum end)(END_SIGNAL + batch->signal_number);
    report(batch, &ending, end);
    if (advice)
        remark("%s: %s", run->draft.name, advice);
    if (outcome->details)
        remark_lines(outcome->details);
}

/* ---- Starting ---- */

/* Says where plans go whenever that is somewhere else than before. */
static bool is_announced(const struct batch *batch, const struct destination *to)
{
    const struct destination *before = &batch->announced_to;

    return before->client.credentials == to->client.credentials &&
           strcmp(before->client.endpoint.scheme, to->client.endpoint.scheme) == 0 &&
           strcmp(before->client.endpoint.host, to->client.endpoint.host) == 0 &&
           strcmp(before->region, to->region) == 0 && strcmp(before->profile, to->profile) == 0 &&
           before->draft_says_where == to->draft_says_where;
}

static void announce(struct batch *batch, const struct run *run)
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

/* An earlier run of the same batch may have been stopped: what it created is not sent again. */
static bool report_created_earlier(struct batch *batch, const struct run *run)
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
    report(batch, &ending, END_DONE);
    return true;
}

static void read_past(struct batch *batch)
{
    struct journal *journal = batch->session->journal;

    if (batch->past_is_read || !journal)
        return;
    batch->past_is_read = true;
    status_clear(&batch->status);
    past_read(&batch->past, journal, is_several(batch) && !batch->options->again);
    if (is_several(batch))
        journal_group(journal);
}

static void start(struct batch *batch, struct run *run)
{
    struct submission_options options = sending_options(batch->options);
    struct error err;

    options.accept_existing_name = batch->options->yes;
    if (is_several(batch)) {
        options.held = batch->session->journal != NULL;
        options.pace = &batch->pace;
        options.name_is_new = batch->known && known_names_fit(batch->known, &run->destination.client) &&
                              known_names_is_new(batch->known, run_plan_name(run));
    }
    if (batch->known && !known_names_add(batch->known, run_plan_name(run), &err)) {
        report_failure(batch, run->draft.name, &err);
        run_free(run);
        return;
    }
    announce(batch, run);
    past_recall(&batch->past, run);
    if (run_start(run, batch->session, &options, &err)) {
        batch->runs[batch->running++] = run;
        batch->started_lately++;
        return;
    }
    report_failure(batch, run->draft.name, &err);
    run_free(run);
}

/*
 * One list of all plans instead of one for each draft, renewed while it goes on.
 * False while it is on its way.
 */
static bool names_are_settled(struct batch *batch, const struct run *run)
{
    size_t left = batch->options->operand_count - batch->next + 1;
    struct transport *transport;
    struct error ignored;

    if (!is_several(batch))
        return true;
    if (!batch->known_tried) {
        batch->known_tried = true;
        batch->started_lately = left;
        transport = session_transport(batch->session, &ignored);
        batch->known = transport ? known_names_new(&run->destination.client, transport, &ignored) : NULL;
    }
    if (!batch->known)
        return true;
    announce(batch, run);
    if (known_names_refresh(batch->known, left < batch->started_lately ? left : batch->started_lately))
        batch->started_lately = 0;
    return !known_names_running(batch->known);
}

/* ---- Stopping ---- */

/* What was sent gets its answer, if that comes soon; the rest ends here. */
static void stop_gently(struct batch *batch)
{
    size_t finishing = 0;

    for (size_t i = 0; i < batch->running; i++) {
        struct submission *submission = batch->runs[i]->submission;

        if (submission_report(submission)->phase == PHASE_SENDING && !submission_is_held(submission))
            finishing++;
        else
            submission_cancel(submission);
    }
    if (finishing > 0)
        remark("Finishing %zu that %s sent; Ctrl-C again stops waiting.", finishing,
               finishing == 1 ? "is" : "are");
}

static void stop_now(struct batch *batch)
{
    for (size_t i = 0; i < batch->running; i++)
        submission_cancel(batch->runs[i]->submission);
}

static void stop(struct batch *batch, int signal_number)
{
    bool first = batch->signal_number == 0;

    if (first)
        batch->signal_number = signal_number;
    batch->stopping = true;
    status_clear(&batch->status);
    if (first && is_several(batch)) {
        batch->finish_by = ticks(batch) + FINISHING_MS;
        stop_gently(batch);
    } else {
        batch->finish_by = 0;
        stop_now(batch);
    }
}

/* The time for answers is over. */
static void look_at_the_clock(struct batch *batch)
{
    if (batch->finish_by == 0 || ticks(batch) < batch->finish_by)
        return;
    batch->finish_by = 0;
    for (size_t i = 0; i < batch->running; i++)
        if (submission_report(batch->runs[i]->submission)->phase == PHASE_SENDING)
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
    if (end == END_DONE && !session_journal(batch->session, &err)) {
        ending = (struct ending){.draft = name, .outcome = OUTCOME_NOT_SENT, .message = err.text};
        end = end_of_error(err.kind);
    }
    if (end == END_DONE) {
        read_past(batch);
        if (!report_created_earlier(batch, run))
            return run;
    } else if (batch->signal_number)
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
        if (is_on_its_way(batch, run_plan_name(run)) || !names_are_settled(batch, run))
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

static void show_counts(struct batch *batch)
{
    const struct batch_progress *progress = &batch->progress;
    size_t count = batch->options->operand_count;
    double rate = progress_rate(progress, ticks(batch));
    char speed[96] = "Ctrl-C stops.";

    if (rate > 0)
        snprintf(speed, sizeof(speed), "%.1f a second, %.0f s left%s", rate,
                 (double)(count - progress->done) / rate,
                 batch->pace.interval > 0 ? "; the service asks for less" : "");
    status_show(&batch->status, "%zu of %zu done, %zu created, %zu on their way. %s", progress->done, count,
                progress->ended[OUTCOME_CREATED], batch->running, speed);
}

static void show_status(struct batch *batch)
{
    if (!batch->status.wanted || batch->running == 0)
        return;
    if (is_several(batch)) {
        progress_sample(&batch->progress, ticks(batch));
        show_counts(batch);
    } else {
        const struct submission_report *outcome = submission_report(batch->runs[0]->submission);

        status_show(&batch->status, "%s, %lld s so far. Ctrl-C stops.", outcome_doing(outcome->phase),
                    (long long)((ticks(batch) - batch->started) / 1000));
    }
}

static int sooner(int one, int64_t other)
{
    if (other < 0 || (one >= 0 && one <= other))
        return one;
    return other < STATUS_MS ? (int)other : STATUS_MS;
}

static int timeout(const struct batch *batch)
{
    int least = batch->status.wanted ? STATUS_MS : -1;

    for (size_t i = 0; i < batch->running; i++)
        least = sooner(least, submission_timeout(batch->runs[i]->submission));
    if (batch->finish_by > 0) {
        int64_t left = batch->finish_by - ticks(batch);

        least = sooner(least, left > 0 ? left : 0);
    }
    return least;
}

/* Once is enough: where one line has no room, none of the next has. */
static void remark_missing(struct batch *batch, const struct error *err)
{
    if (batch->missing_told)
        return;
    batch->missing_told = true;
    status_clear(&batch->status);
    remark("Lines are missing in the journal: %s.", err->text);
}

/* The intents of all that are ready go to the disk together, and then the plans go. */
static void send_held(struct batch *batch)
{
    struct error err;
    bool ok = true, synced = false;

    for (size_t i = 0; i < batch->running; i++) {
        struct submission *submission = batch->runs[i]->submission;

        if (!submission_is_held(submission))
            continue;
        if (!synced) {
            ok = journal_sync(batch->session->journal, &err);
            if (!ok)
                remark_missing(batch, &err);
        }
        synced = true;
        submission_go_on(submission, ok ? NULL : &err);
    }
}

/* An outcome is in the journal before anybody is told. */
static void keep_outcomes(struct batch *batch)
{
    struct error err;

    if (batch->session->journal && !journal_flush(batch->session->journal, &err))
        remark_missing(batch, &err);
}

/* Takes away those that are done. True when there was one. */
static bool reap(struct batch *batch)
{
    bool any = false;

    for (size_t i = batch->running; i-- > 0;) {
        if (submission_done(batch->runs[i]->submission)) {
            if (!any)
                keep_outcomes(batch);
            any = true;
            report_run(batch, batch->runs[i]);
            run_free(batch->runs[i]);
            batch->runs[i] = batch->runs[--batch->running];
        }
    }
    return any;
}

static bool wait_and_advance(struct batch *batch, struct error *err)
{
    struct pollfd fd = {.fd = batch->interrupt_fd, .events = POLLIN};

    show_status(batch);
    put_out(batch);
    if (transport_wait(batch->session->transport, &fd, 1, timeout(batch), err) < 0)
        return false;
    look_for_signals(batch);
    look_at_the_clock(batch);
    for (size_t i = 0; i < batch->running; i++)
        submission_tick(batch->runs[i]->submission);
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
    known_names_free(batch->known);
    batch->known = NULL;
}

static bool is_over(const struct batch *batch)
{
    return batch->running == 0 && !batch->waiting && batch->next == batch->options->operand_count;
}

static void work(struct batch *batch)
{
    struct error err;

    batch->started = ticks(batch);
    while (!is_over(batch)) {
        if (batch->stopping) {
            look_for_signals(batch); /* one may have cut off what was told */
            give_up_the_rest(batch);
        }
        start_what_can_be(batch);
        send_held(batch);
        if (reap(batch) || is_over(batch) || (batch->stopping && batch->next < batch->options->operand_count))
            put_out(batch);
        else if (!wait_and_advance(batch, &err))
            abandon(batch, &err);
    }
    put_out(batch);
    status_clear(&batch->status);
}

static void print_summary(const struct batch *batch)
{
    struct buf text = BUF_INIT;

    if (is_several(batch) && !batch->options->quiet) {
        progress_summary(&batch->progress, &text);
        remark("%s", buf_text(&text));
    }
    buf_release(&text);
}

static void end_unread(struct batch *batch)
{
    int number = interrupt_unread(batch->interrupt_fd, batch->signal_number);

    if (number != 0)
        batch->worst = end_worse(batch->worst, (enum end)(END_SIGNAL + number));
}

enum end batch_submit(struct session *session, const struct file_stamp *stamps)
{
    struct batch batch = {
        .session = session, .options = session->options, .stamps = stamps, .worst = END_DONE};
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
    batch.untold = BUF_INIT;
    status_init(&batch.status, session->options->quiet);
    work(&batch);
    print_summary(&batch);
    end_unread(&batch);
    session->secrets.interrupt_fd = -1;
    known_names_free(batch.known);
    past_release(&batch.past);
    buf_release(&batch.announced);
    buf_release(&batch.untold);
    free(batch.runs);
    interrupt_close(batch.interrupt_fd);
    return batch.worst;
}
