#include "cli/sending.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/excerpt.h"
#include "cli/outcome.h"
#include "model/payload.h"

struct sending {
    struct session *session;
    const struct plan *plan;
    const struct review *review;
    struct destination destination; /* the submission holds on to it */
    bool accept_existing_name;
    int64_t started;
    struct secret_command *command; /* that prints the secret of `place` */
    struct place place;
    struct submission *submission;
    bool failed; /* it never came to a submission */
    bool cancelled;
    char reason[SENTENCE_SIZE];
    char doing[160];
};

void sentence_of_error(const struct error *err, char text[SENTENCE_SIZE])
{
    size_t word = strspn(err->text, "abcdefghijklmnopqrstuvwxyz");

    snprintf(text, SENTENCE_SIZE, "%s.", err->text);
    /* The JSON path of a field, or a file, stays as it is. */
    if (word > 0 && text[word] == ' ')
        text[0] = (char)(text[0] - 'a' + 'A');
}

static void fail(struct sending *sending, const struct error *err)
{
    sending->failed = true;
    sentence_of_error(err, sending->reason);
    secret_lookup_forget(&sending->session->secrets);
}

/* ---- The submission ---- */

struct submission_options sending_options(const struct options *options)
{
    /* The pauses between five looks are 1, 2, 4 and 8 times the first. */
    enum { FIRST_PAUSES = 15 };
    struct submission_options out = submission_defaults;

    if (options->patience_ms > 0) {
        out.throttle_patience_ms = options->patience_ms;
        out.look_pause_ms = options->patience_ms / FIRST_PAUSES;
    }
    return out;
}

struct submission *sending_submit(const struct client *client, struct transport *transport,
                                  struct journal *journal, const struct submission_options *options,
                                  const struct plan *plan, const struct review *review,
                                  const struct payload *body, struct error *err)
{
    const char *name = review_field(review, place_of_plan(FIELD_PLAN_NAME))->value;
    struct buf instances = BUF_INIT;
    struct submitted_plan submitted = {.name = name ? name : "",
                                       .body = buf_text(&body->text),
                                       .body_length = body->text.length,
                                       .secret_members = payload_secret_members};
    struct submission *submission = NULL;

    payload_write_instances(plan, review, &instances);
    submitted.instances = buf_text(&instances);
    if (instances.failed)
        error_memory(err);
    else
        submission = submission_start(client, transport, journal, options, &submitted, err);
    buf_release(&instances);
    return submission;
}

static bool submit(struct sending *sending, struct error *err)
{
    struct session *session = sending->session;
    struct submission_options options = sending_options(session->options);
    struct transport *transport;
    struct payload body;

    options.accept_existing_name = sending->accept_existing_name;
    payload_init(&body);
    transport = session_journal(session, err) ? session_transport(session, err) : NULL;
    if (transport &&
        payload_write(&body, sending->plan, sending->review, PAYLOAD_SENT, &session->secrets.source, err))
        sending->submission = sending_submit(&sending->destination.client, transport, session->journal,
                                             &options, sending->plan, sending->review, &body, err);
    payload_release(&body);
    secret_lookup_forget(&session->secrets);
    return sending->submission != NULL;
}

/* ---- The secrets before it ---- */

/* The next field in the order of the schema, the plan's own first. */
static bool next_place(const struct sending *sending, struct place *place)
{
    if (++place->field == FIELD_COUNT) {
        place->field = (enum field_id)0;
        place->instance++;
    }
    return place->instance < (int)review_instances(sending->review);
}

/* Starts the next command that a reference in force names; false when there is none left, or it fails. */
static bool start_command(struct sending *sending, struct error *err)
{
    err->kind = ERROR_NONE;
    while (next_place(sending, &sending->place)) {
        const struct field_review *row = review_field(sending->review, sending->place);

        if (!row->value || row->form != ANSWER_REFERENCE)
            continue;
        sending->command = secret_lookup_start(&sending->session->secrets, row->value, err);
        if (sending->command || err->kind != ERROR_NONE)
            break;
    }
    return sending->command != NULL;
}

static bool finish_command(struct sending *sending, struct error *err)
{
    const char *reference = review_field(sending->review, sending->place)->value;
    bool ok =
        secret_lookup_keep(&sending->session->secrets, reference, secret_command_text(sending->command), err);

    secret_command_free(sending->command);
    sending->command = NULL;
    return ok;
}

/* What a command has to do with the plan is said by the field that it is for. */
static void fail_at_place(struct sending *sending, struct error *err)
{
    char path[128];

    place_path(sending->place, path, sizeof(path));
    error_wrap(err, "%s", path);
    fail(sending, err);
}

/* On to the next command, or to the submission. */
static void go_on(struct sending *sending)
{
    struct error err;

    if (start_command(sending, &err)) {
        excerpt_write(sending->doing, sizeof(sending->doing), "Asking the command %s for a password",
                      excerpt(secret_command_name(sending->command), 100).text);
        return;
    }
    if (err.kind != ERROR_NONE)
        fail_at_place(sending, &err);
    else if (!submit(sending, &err))
        fail(sending, &err);
}

static void advance_command(struct sending *sending)
{
    struct error err;

    if (!secret_command_advance(sending->command, &err)) {
        secret_command_free(sending->command);
        sending->command = NULL;
        fail_at_place(sending, &err);
    } else if (secret_command_done(sending->command)) {
        if (finish_command(sending, &err))
            go_on(sending);
        else
            fail(sending, &err);
    }
}

/* ---- The interface ---- */

struct sending *sending_start(struct session *session, const struct plan *plan, const struct review *review,
                              const struct destination *destination, bool accept_existing_name)
{
    struct sending *sending = calloc(1, sizeof(*sending));

    if (!sending)
        return NULL;
    sending->session = session;
    sending->plan = plan;
    sending->review = review;
    sending->destination = *destination;
    sending->accept_existing_name = accept_existing_name;
    sending->started = session->host->ticks(session->host);
    sending->place = (struct place){.field = (enum field_id)(FIELD_COUNT - 1), .instance = PLACE_PLAN - 1};
    go_on(sending);
    return sending;
}

void sending_free(struct sending *sending)
{
    if (!sending)
        return;
    secret_command_free(sending->command);
    secret_lookup_forget(&sending->session->secrets);
    submission_free(sending->submission);
    free(sending);
}

int sending_fd(const struct sending *sending)
{
    return sending->command ? secret_command_fd(sending->command) : -1;
}

int sending_timeout(const struct sending *sending)
{
    if (sending->command)
        return secret_command_timeout(sending->command);
    return sending->submission ? submission_timeout(sending->submission) : -1;
}

void sending_advance(struct sending *sending)
{
    if (sending->command)
        advance_command(sending);
    else if (sending->submission)
        submission_tick(sending->submission);
}

void sending_cancel(struct sending *sending)
{
    if (sending->submission) {
        submission_cancel(sending->submission);
    } else if (!sending->failed) {
        secret_command_free(sending->command);
        sending->command = NULL;
        sending->cancelled = true;
        snprintf(sending->reason, sizeof(sending->reason), "You stopped it before anything was sent.");
    }
}

void sending_abandon(struct sending *sending)
{
    /* The first cancel stops waiting for an answer and looks, the second stops looking. */
    for (int times = 0; times < 2 && !sending_done(sending); times++)
        sending_cancel(sending);
}

void sending_look_again(struct sending *sending)
{
    sending->started = sending->session->host->ticks(sending->session->host);
    submission_look_again(sending->submission);
}

bool sending_repeat(struct sending *sending)
{
    sending->started = sending->session->host->ticks(sending->session->host);
    return submission_repeat(sending->submission);
}

bool sending_done(const struct sending *sending)
{
    return sending->failed || sending->cancelled ||
           (sending->submission && submission_done(sending->submission));
}

void sending_progress(const struct sending *sending, struct progress *out)
{
    const struct session *session = sending->session;
    const struct submission_report *report =
        sending->submission ? submission_report(sending->submission) : NULL;
    enum submission_phase phase = report ? report->phase : PHASE_LOOKING_BEFORE;

    *out = (struct progress){
        .doing = report ? outcome_doing(phase) : sending->doing,
        .elapsed_ms = (long)(session->host->ticks(session->host) - sending->started),
        .sent = phase == PHASE_SENDING || (phase == PHASE_LOOKING_AFTER && !report->looks_only),
        .looking = phase == PHASE_LOOKING_AFTER,
    };
}

void sending_result(const struct sending *sending, struct result *out)
{
    if (sending->submission) {
        outcome_result(submission_report(sending->submission), sending->review, out);
        return;
    }
    *out = (struct result){.kind = sending->cancelled ? RESULT_CANCELLED : RESULT_NOT_SENT,
                           .reason = sending->reason,
                           .field = sending->failed ? sending->place : place_none()};
    if (out->field.instance >= (int)review_instances(sending->review) ||
        !review_field(sending->review, out->field)->shown)
        out->field = place_none();
}

enum end sending_end(const struct sending *sending)
{
    if (sending->submission)
        return end_of_outcome(submission_report(sending->submission)->outcome);
    return sending->cancelled ? END_INTERRUPTED : END_NOT_SENT;
}

void sending_describe_created(const struct sending *sending, struct buf *out)
{
    buf_addf(out, "Created plan %s", submission_report(sending->submission)->plan_id);
    if (sending->destination.region[0])
        buf_addf(out, " in %s", sending->destination.region);
    buf_add_text(out, sending->session->has_sandbox ? " of the sandbox." : ".");
}
