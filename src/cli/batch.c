#include "cli/batch_state.h"

#include <stdlib.h>
#include <string.h>

#include "cli/interrupt.h"
#include "cli/sending.h"

#define STOPPED "You stopped it; nothing was sent."
enum { STATUS_MS = 1000 };

/* How long a batch that is stopped waits for the answers to what it has sent, before it goes and looks. */
enum { FINISHING_MS = 5000 };

/* ---- Starting ---- */

static void read_past(struct batch *batch)
{
    struct journal *journal = batch->session->journal;

    if (batch->past_is_read || !journal)
        return;
    batch->past_is_read = true;
    status_clear(&batch->status);
    past_read(&batch->past, journal, batch_is_several(batch) && !batch->options->again);
    if (batch_is_several(batch))
        journal_group(journal);
}

static void start(struct batch *batch, struct run *run)
{
    struct submission_options options = sending_options(batch->options);
    struct error err;

    options.accept_existing_name = batch->options->yes;
    if (batch_is_several(batch)) {
        options.held = batch->session->journal != NULL;
        options.pace = &batch->pace;
        options.name_is_new = batch->known && known_names_fit(batch->known, &run->destination.client) &&
                              known_names_is_new(batch->known, run_plan_name(run));
    }
    if (batch->known && !known_names_add(batch->known, run_plan_name(run), &err)) {
        batch_report_failure(batch, run->draft.name, &err);
        run_free(run);
        return;
    }
    batch_announce(batch, run);
    past_recall(&batch->past, run);
    if (run_start(run, batch->session, &options, &err)) {
        batch->runs[batch->running++] = run;
        batch->started_lately++;
        return;
    }
    batch_report_failure(batch, run->draft.name, &err);
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

    if (!batch_is_several(batch))
        return true;
    if (!batch->known_tried) {
        batch->known_tried = true;
        batch->started_lately = left;
        transport = session_transport(batch->session, &ignored);
        batch->known = transport ? known_names_new(&run->destination.client, transport, &ignored) : NULL;
    }
    if (!batch->known)
        return true;
    batch_announce(batch, run);
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
    if (first && batch_is_several(batch)) {
        batch->finish_by = batch_ticks(batch) + FINISHING_MS;
        stop_gently(batch);
    } else {
        batch->finish_by = 0;
        stop_now(batch);
    }
}

/* The time for answers is over. */
static void look_at_the_clock(struct batch *batch)
{
    if (batch->finish_by == 0 || batch_ticks(batch) < batch->finish_by)
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
        batch_report_failure(batch, name, &err);
        return NULL;
    }
    run = run_new(name, &err);
    if (!run) {
        batch_report_failure(batch, name, &err);
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
        if (!batch_report_created_earlier(batch, run))
            return run;
    } else if (batch->signal_number)
        batch_report_cancelled(batch, name, STOPPED);
    else
        batch_report(batch, &ending, end);
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
        batch_report_cancelled(batch, batch->waiting->draft.name, STOPPED);
        run_free(batch->waiting);
        batch->waiting = NULL;
    }
    while (batch->next < batch->options->operand_count)
        batch_report_cancelled(batch, batch->options->operands[batch->next++], STOPPED);
}

/* ---- The loop ---- */

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
        int64_t left = batch->finish_by - batch_ticks(batch);

        least = sooner(least, left > 0 ? left : 0);
    }
    return least;
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
                batch_remark_missing(batch, &err);
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
        batch_remark_missing(batch, &err);
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
            batch_report_run(batch, batch->runs[i]);
            run_free(batch->runs[i]);
            batch->runs[i] = batch->runs[--batch->running];
        }
    }
    return any;
}

static bool wait_and_advance(struct batch *batch, struct error *err)
{
    struct pollfd fd = {.fd = batch->interrupt_fd, .events = POLLIN};

    batch_show_status(batch);
    batch_put_out(batch);
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

    batch->started = batch_ticks(batch);
    while (!is_over(batch)) {
        if (batch->stopping) {
            look_for_signals(batch); /* one may have cut off what was told */
            give_up_the_rest(batch);
        }
        start_what_can_be(batch);
        send_held(batch);
        if (reap(batch) || is_over(batch) || (batch->stopping && batch->next < batch->options->operand_count))
            batch_put_out(batch);
        else if (!wait_and_advance(batch, &err))
            abandon(batch, &err);
    }
    batch_put_out(batch);
    status_clear(&batch->status);
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
    batch_print_summary(&batch);
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
