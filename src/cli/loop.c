#include "cli/loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/submission.h"
#include "cli/outcome.h"
#include "model/draft.h"
#include "model/payload.h"

enum { TICK_MS = 250 };

struct loop {
    struct session *session;
    struct wizard *wizard;
    struct term *term;
    struct canvas canvas;
    struct destination destination; /* of the plan as it is now */
    unsigned long target_revision;
    bool target_known;
    struct destination sent_to; /* of the submission, which holds on to it */
    struct submission *submission;
    int64_t next_tick; /* in ticks of the host */
    struct file_stamp stamp;
    struct buf stamp_path; /* the file the stamp is of */
    bool quit;
    int signal_number; /* that ended it; 0: none */
    struct loop_end *out;
};

static int64_t now(const struct loop *loop)
{
    return loop->session->host->ticks(loop->session->host);
}

static void tell(struct loop *loop, bool error, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void tell(struct loop *loop, bool error, const char *format, ...)
{
    char text[320];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    wizard_set_message(loop->wizard, error, text);
}

/* ---- Where a plan would go ---- */

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* Fills a sentence for the review page from an error. */
static void problem_text(const struct error *err, char text[640])
{
    snprintf(text, 640, "%c%s.", err->text[0] >= 'a' && err->text[0] <= 'z' ? err->text[0] - 'a' + 'A' : err->text[0],
             err->text + (err->text[0] ? 1 : 0));
}

static void refresh_target(struct loop *loop)
{
    const struct plan *plan = wizard_plan(loop->wizard);
    struct destination *destination = &loop->destination;
    const struct credentials *credentials;
    char key[16] = "", proxy[256] = "", problem[640] = "";
    struct target target = {0};
    struct error err;
    bool found;

    if (loop->target_known && loop->target_revision == plan_revision(plan))
        return;
    found = session_find_destination(loop->session, plan, wizard_review(loop->wizard), destination, &err);
    if (!found || !session_sign_in(loop->session, destination, &err))
        problem_text(&err, problem);
    credentials = destination->client.credentials;
    if (credentials)
        credentials_mask(credentials->access_key_id, key);
    if (found)
        transport_proxy(destination->client.endpoint.scheme, destination->client.endpoint.host, proxy,
                        sizeof(proxy));
    target.host = found ? destination->client.endpoint.host : "";
    target.scheme = found ? destination->client.endpoint.scheme : "";
    target.region = destination->region;
    target.profile = destination->profile;
    target.key_id = key;
    target.provider = credentials ? credentials->provider : "";
    target.proxy = proxy;
    target.problem = problem;
    target.sandbox = loop->session->has_sandbox;
    loop->target_known = wizard_set_target(loop->wizard, &target);
    loop->target_revision = plan_revision(plan);
}

/* ---- Submitting ---- */

static void show_progress(struct loop *loop)
{
    const struct submission_report *report = submission_report(loop->submission);
    struct progress progress = {
        .doing = outcome_doing(report->phase),
        .elapsed_ms = (long)(now(loop) - report->started_ticks),
        .sent = report->phase == PHASE_SENDING || report->phase == PHASE_LOOKING_AFTER,
    };

    wizard_set_progress(loop->wizard, &progress);
}

/* It never came to a submission. */
static void show_failure(struct loop *loop, const struct error *err)
{
    char reason[640];
    struct result result = {.kind = RESULT_NOT_SENT, .reason = reason, .field = place_none(), .retry_is_safe = true};

    problem_text(err, reason);
    wizard_set_result(loop->wizard, &result);
}

static bool begin(struct loop *loop, bool accept_existing_name, struct error *err)
{
    const struct plan *plan = wizard_plan(loop->wizard);
    const struct review *review = wizard_review(loop->wizard);
    struct submission_options options = submission_defaults;
    struct transport *transport;
    struct payload body;
    const char *name = review_field(review, place_of_plan(FIELD_PLAN_NAME))->value;
    bool ok;

    options.accept_existing_name = accept_existing_name;
    loop->sent_to = loop->destination;
    payload_init(&body);
    ok = payload_write(&body, plan, review, PAYLOAD_SENT, &loop->session->secrets.source, err) &&
         session_journal(loop->session, err);
    transport = ok ? session_transport(loop->session, err) : NULL;
    if (transport)
        loop->submission = submission_start(&loop->sent_to.client, transport, loop->session->journal, &options,
                                            or_empty(name), buf_text(&body.text), body.text.length, err);
    payload_release(&body);
    return loop->submission != NULL;
}

static void submit(struct loop *loop, bool accept_existing_name)
{
    const struct review *review = wizard_review(loop->wizard);
    struct error err;

    if (loop->submission)
        return;
    refresh_target(loop);
    /* The wizard offers this only where nothing is in the way; nothing goes out if it should be wrong. */
    if (review_errors(review) > 0) {
        error_set(&err, ERROR_INPUT, "the plan has errors");
        show_failure(loop, &err);
    } else if (!loop->destination.client.credentials) {
        error_set(&err, ERROR_CREDENTIALS, "there are no credentials");
        show_failure(loop, &err);
    } else if (!begin(loop, accept_existing_name, &err)) {
        show_failure(loop, &err);
    } else {
        loop->next_tick = now(loop) + TICK_MS;
        show_progress(loop);
    }
}

static void note_created(struct loop *loop, const struct submission_report *report)
{
    buf_addf(&loop->out->said, "Created plan %s", report->plan_id);
    if (loop->sent_to.region[0])
        buf_addf(&loop->out->said, " in %s", loop->sent_to.region);
    buf_addf(&loop->out->said, "%s.\n", loop->session->has_sandbox ? " of the sandbox" : "");
}

static void conclude(struct loop *loop)
{
    const struct submission_report *report = submission_report(loop->submission);
    struct result result;

    outcome_result(report, wizard_review(loop->wizard), &result);
    wizard_set_result(loop->wizard, &result);
    if (report->outcome == OUTCOME_CREATED)
        note_created(loop, report);
    submission_free(loop->submission);
    loop->submission = NULL;
}

static void advance(struct loop *loop)
{
    if (!loop->submission)
        return;
    submission_tick(loop->submission);
    if (submission_done(loop->submission))
        conclude(loop);
    else
        show_progress(loop);
}

/* The operator leaves while a plan is on its way: what is known of it is written down and said. */
static void abandon(struct loop *loop)
{
    const struct submission_report *report;

    if (!loop->submission)
        return;
    report = submission_report(loop->submission);
    for (int times = 0; times < 2 && !submission_done(loop->submission); times++)
        submission_cancel(loop->submission);
    if (report->outcome == OUTCOME_CREATED)
        note_created(loop, report);
    if (report->outcome == OUTCOME_UNKNOWN) {
        buf_addf(&loop->out->warned, "%s\n", report->reason);
        loop->out->end = END_UNKNOWN;
    }
    submission_free(loop->submission);
    loop->submission = NULL;
}

/* ---- Saving ---- */

static bool is_stamped(const struct loop *loop, const char *path)
{
    return strcmp(buf_text(&loop->stamp_path), path) == 0;
}

static void set_stamp_path(struct loop *loop, const char *path)
{
    struct buf copy = BUF_INIT;

    buf_add_text(&copy, path);
    buf_clear(&loop->stamp_path);
    buf_add(&loop->stamp_path, buf_text(&copy), copy.length);
    buf_release(&copy);
}

/*
 * A file that is not as it was left is written over only when that is asked for
 * once more; what it is now is remembered for that.
 */
static bool may_write(struct loop *loop, const char *path)
{
    const struct file_stamp nothing = {0};
    struct file_stamp stamp = {0};
    struct buf content = BUF_INIT;
    struct error err;
    bool known = is_stamped(loop, path);

    if (file_unchanged(path, known ? &loop->stamp : &nothing))
        return true;
    if (file_read(path, DRAFT_SIZE_MAX, &content, &stamp, &err)) {
        loop->stamp = stamp;
        set_stamp_path(loop, path);
        tell(loop, true, "%.150s %s. Nothing was saved; save again to write over it.", path,
            known ? "was changed by somebody else" : "exists already");
    } else if (known && file_unchanged(path, &nothing)) {
        loop->stamp = nothing;
        tell(loop, true, "%.150s is not there any more. Nothing was saved; save again to make it anew.", path);
    } else {
        tell(loop, true, "Nothing was saved: %.250s.", err.text);
    }
    buf_release(&content);
    return false;
}

static void save(struct loop *loop)
{
    const char *path = wizard_save_path(loop->wizard);
    struct buf text = BUF_INIT;
    struct error err;

    if (draft_is_newer(wizard_plan(loop->wizard)) && is_stamped(loop, path)) {
        tell(loop, true, "A later version of drplan wrote this draft: it is not written over. Save it under another "
                        "name.");
        return;
    }
    if (!may_write(loop, path))
        return;
    if (!draft_write(wizard_plan(loop->wizard), &text, &err) ||
        !file_replace(path, buf_text(&text), text.length, &loop->stamp, &err)) {
        tell(loop, true, "Nothing was saved: %.250s.", err.text);
    } else {
        set_stamp_path(loop, path);
        wizard_set_saved(loop->wizard, path);
        tell(loop, false, "Saved to %.250s.", path);
    }
    buf_release(&text);
}

/* ---- Events ---- */

static void carry_out(struct loop *loop, enum effect effect)
{
    switch (effect) {
    case EFFECT_NONE:
        break;
    case EFFECT_SUBMIT:
        submit(loop, false);
        break;
    case EFFECT_SUBMIT_ANYWAY:
        submit(loop, true);
        break;
    case EFFECT_CANCEL:
        if (loop->submission)
            submission_cancel(loop->submission);
        break;
    case EFFECT_SAVE:
        save(loop);
        break;
    case EFFECT_SUSPEND:
        term_suspend(loop->term);
        break;
    case EFFECT_REDRAW:
        term_redraw(loop->term);
        break;
    case EFFECT_MOUSE:
        term_set_mouse(loop->term, wizard_wants_mouse(loop->wizard));
        break;
    case EFFECT_QUIT:
        loop->quit = true;
        break;
    }
}

static void handle(struct loop *loop, const struct event *event)
{
    if (event->kind == EVENT_SIGNAL)
        loop->signal_number = event->signal_number;
    carry_out(loop, wizard_update(loop->wizard, event));
}

/* All that came; returns false once nothing more can come. */
static bool drain(struct loop *loop)
{
    struct event event;
    bool gone = false;

    for (bool burst = false; !loop->quit && term_next(loop->term, &event, &gone); burst = true) {
        event.burst = burst;
        handle(loop, &event);
    }
    return !gone;
}

static void tick_when_due(struct loop *loop)
{
    struct event event = {.kind = EVENT_TICK};

    if (!wizard_wants_ticks(loop->wizard) || now(loop) < loop->next_tick)
        return;
    loop->next_tick = now(loop) + TICK_MS;
    handle(loop, &event);
}

static void show(struct loop *loop)
{
    int columns, rows;

    term_size(loop->term, &columns, &rows);
    if ((loop->canvas.columns != columns || loop->canvas.rows != rows) &&
        !canvas_resize(&loop->canvas, columns, rows))
        return;
    loop->canvas.ascii = term_is_ascii(loop->term);
    canvas_clear(&loop->canvas);
    wizard_view(loop->wizard, &loop->canvas);
    term_present(loop->term, &loop->canvas);
}

/* ---- Waiting ---- */

/* -1 is for ever. */
static int sooner(int a, int b)
{
    if (a < 0 || b < 0)
        return a < 0 ? b : a;
    return a < b ? a : b;
}

static int timeout(const struct loop *loop)
{
    int least = term_timeout(loop->term);

    if (loop->submission)
        least = sooner(least, submission_timeout(loop->submission));
    if (wizard_wants_ticks(loop->wizard)) {
        int64_t left = loop->next_tick - now(loop);

        least = sooner(least, left > 0 ? (int)left : 0);
    }
    return least;
}

static bool wait_for_anything(struct loop *loop, struct error *err)
{
    struct pollfd fds[] = {{.fd = term_input_fd(loop->term), .events = POLLIN},
                           {.fd = term_signal_fd(loop->term), .events = POLLIN}};

    if (loop->session->transport)
        return transport_wait(loop->session->transport, fds, 2, timeout(loop), err) >= 0;
    if (poll(fds, 2, timeout(loop)) < 0 && errno != EINTR)
        return error_set_errno(err, ERROR_INTERNAL, errno, "waiting for a key failed");
    return true;
}

static void begin_with_size(struct loop *loop)
{
    struct event event = {.kind = EVENT_RESIZE};

    term_size(loop->term, &event.columns, &event.rows);
    handle(loop, &event);
}

static void turn(struct loop *loop)
{
    struct error err;
    bool there = true;

    while (!loop->quit && there) {
        refresh_target(loop);
        show(loop);
        if (!wait_for_anything(loop, &err)) {
            buf_addf(&loop->out->warned, "drplan: %s\n", err.text);
            loop->out->end = END_FAILED;
            return;
        }
        there = drain(loop);
        advance(loop);
        tick_when_due(loop);
    }
    if (!there && !loop->signal_number)
        loop->signal_number = SIGHUP;
    if (loop->signal_number)
        loop->out->end = (enum end)(END_SIGNAL + loop->signal_number);
}

void loop_run(struct session *session, struct wizard *wizard, struct term *term, const struct file_stamp *stamp,
              struct loop_end *out)
{
    struct loop loop = {.session = session, .wizard = wizard, .term = term, .stamp = *stamp, .out = out};

    *out = (struct loop_end){.end = END_DONE, .said = BUF_INIT, .warned = BUF_INIT};
    loop.stamp_path = BUF_INIT;
    set_stamp_path(&loop, wizard_save_path(wizard));
    session->secrets.silent = true;
    begin_with_size(&loop);
    turn(&loop);
    abandon(&loop);
    canvas_release(&loop.canvas);
    buf_release(&loop.stamp_path);
}
