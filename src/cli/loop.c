#include "cli/loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/account_facts.h"
#include "cli/keeper.h"
#include "cli/picking.h"
#include "cli/recall.h"
#include "cli/reference_words.h"
#include "cli/sending.h"
#include "cli/where.h"

/* How long memory may be too short for a picture. */
enum { TICK_MS = 250, BLIND_MS = 1000 };

struct loop {
    struct session *session;
    struct wizard *wizard;
    struct term *term;
    struct canvas canvas;
    int64_t blind_since; /* ticks; memory has been too short for any picture since; -1: it is not */
    struct destination destination; /* of the plan as it is now */
    unsigned long target_revision;
    struct buf target_hints; /* of the plan; see session_write_hints() */
    bool target_known;
    bool destination_found; /* else: */
    struct error destination_error;
    enum signing signing;
    bool has_remark;         /* about how it went, which waits for the line of messages to be free */
    struct sending *sending; /* the plan that is on its way; NULL: none */
    /* The one that the result page calls unknown, to be taken up again; NULL: none. */
    struct sending *unknown;
    struct recall recall; /* what was sent before this start */
    int64_t next_tick;    /* in ticks of the host */
    bool doubts_known;
    unsigned long doubts_revision, doubts_fields_left;
    struct keeper keeper;
    struct picking picking;
    struct account_facts facts;
    char problem[SENTENCE_SIZE]; /* why nothing can be asked or sent; "" */
    bool quit;
    bool thrown_away;  /* what is not saved is not wanted */
    int signal_number; /* that ended it; 0: none */
    struct loop_end *out;
};

static int64_t now(const struct loop *loop)
{
    return loop->session->host->ticks(loop->session->host);
}

/* ---- Where a plan would go ---- */

static void find_destination(struct loop *loop)
{
    const struct plan *plan = wizard_plan(loop->wizard);

    loop->destination_found = session_find_destination(loop->session, plan, wizard_review(loop->wizard),
                                                       &loop->destination, &loop->destination_error);
    loop->target_known = false;
}

/* Goes on signing in, and says what is in the way of sending. Network and commands wait until keys are
 * needed. */
static enum signing sign_in(struct loop *loop, char problem[SENTENCE_SIZE])
{
    bool needed = wizard_needs_account(loop->wizard);
    enum signing signing = SIGNING_FAILED;
    struct error err = loop->destination_error;

    problem[0] = '\0';
    if (loop->destination_found)
        signing = session_advance_sign_in(loop->session, &loop->destination, needed, &err);
    if (signing == SIGNING_FAILED)
        sentence_of_error(&err, problem);
    else if (signing == SIGNING_IN && needed && !loop->destination.client.credentials)
        snprintf(problem, SENTENCE_SIZE, "Signing in. %s.",
                 sign_in_doing(session_search(loop->session, &loop->destination)));
    return signing;
}

static void show_target(struct loop *loop)
{
    const struct destination *destination = &loop->destination;
    const struct credentials *credentials = destination->client.credentials;
    const struct endpoint *endpoint = &destination->client.endpoint;
    bool found = loop->destination_found;
    char key[16] = "", proxy[256] = "";
    struct target target = {.host = found ? endpoint->host : "",
                            .scheme = found ? endpoint->scheme : "",
                            .region = destination->region,
                            .profile = destination->profile,
                            .key_id = key,
                            .provider = credentials ? credentials->provider : "",
                            .proxy = proxy,
                            .problem = loop->problem,
                            .sandbox = loop->session->has_sandbox};

    if (credentials)
        credentials_mask(credentials->access_key_id, key);
    if (found)
        transport_proxy(endpoint->scheme, endpoint->host, proxy, sizeof(proxy));
    loop->target_known = wizard_set_target(loop->wizard, &target);
}

/* Whether the plan may go elsewhere than it did. Most keys have nothing to do with that. */
static bool has_new_hints(struct loop *loop)
{
    const struct plan *plan = wizard_plan(loop->wizard);
    struct buf hints = BUF_INIT;

    if (loop->target_revision == plan_revision(plan))
        return false;
    session_write_hints(plan, wizard_review(loop->wizard), &hints);
    /* Where memory was too short, the next turn looks again. */
    if (!hints.failed)
        loop->target_revision = plan_revision(plan);
    return buf_exchange(&loop->target_hints, &hints);
}

/* Called in every turn: what is shown is made anew only when it changed. */
static void refresh_target(struct loop *loop)
{
    char problem[SENTENCE_SIZE];
    enum signing signing;

    if (has_new_hints(loop) || !loop->target_known)
        find_destination(loop);
    signing = sign_in(loop, problem);
    if (loop->target_known && signing == loop->signing && strcmp(problem, loop->problem) == 0)
        return;
    if (signing == SIGNED_IN && loop->signing != SIGNED_IN)
        loop->has_remark = true;
    loop->signing = signing;
    snprintf(loop->problem, sizeof(loop->problem), "%s", problem);
    show_target(loop);
}

static void remark_on_sign_in(struct loop *loop)
{
    char text[320];

    if (!loop->has_remark || wizard_has_message(loop->wizard))
        return;
    loop->has_remark = false;
    where_remark(loop->session, &loop->destination, text, sizeof(text));
    if (text[0])
        wizard_set_message(loop->wizard, false, "%s", text);
}

/* Looked at when an answer changes, and when the review is opened. */
static void refresh_doubts(struct loop *loop)
{
    const struct plan *plan = wizard_plan(loop->wizard);
    struct buf text = BUF_INIT;

    if (loop->doubts_known && loop->doubts_revision == plan_revision(plan) &&
        loop->doubts_fields_left == wizard_fields_left(loop->wizard))
        return;
    loop->doubts_known = true;
    loop->doubts_revision = plan_revision(plan);
    loop->doubts_fields_left = wizard_fields_left(loop->wizard);
    describe_bad_references(&loop->session->secrets, plan, wizard_review(loop->wizard), &text);
    wizard_set_doubts(loop->wizard, buf_text(&text));
    buf_release(&text);
}

/* ---- Submitting ---- */

static void conclude(struct loop *loop)
{
    struct result result;

    sending_result(loop->sending, &result);
    wizard_set_result(loop->wizard, &result);
    if (result.kind == RESULT_CREATED) {
        sending_describe_created(loop->sending, &loop->out->said);
        buf_add_char(&loop->out->said, '\n');
    }
    /* The last one counts, as without a screen. */
    loop->out->end =
        loop->quit ? end_worse(loop->out->end, sending_end(loop->sending)) : sending_end(loop->sending);
    if (loop->quit && result.kind == RESULT_UNKNOWN)
        buf_add_text(&loop->out->warned,
                     result.reason ? result.reason : "It is not known whether the plan was created.");
    if (result.can_look)
        loop->unknown = loop->sending;
    else
        sending_free(loop->sending);
    loop->sending = NULL;
}

static void forget_unknown(struct loop *loop)
{
    sending_free(loop->unknown);
    loop->unknown = NULL;
}

static void show_sending(struct loop *loop)
{
    struct progress progress;

    if (sending_done(loop->sending)) {
        conclude(loop);
    } else {
        sending_progress(loop->sending, &progress);
        wizard_set_progress(loop->wizard, &progress);
    }
}

/* The wizard offers this only where nothing is in the way; nothing goes out if it should be wrong. */
static bool can_send(struct loop *loop)
{
    return !loop->sending && review_errors(wizard_review(loop->wizard)) == 0 && loop->signing == SIGNED_IN;
}

static void submit(struct loop *loop, bool accept_existing_name)
{
    refresh_target(loop);
    if (!can_send(loop)) {
        wizard_set_message(loop->wizard, true,
                           loop->signing == SIGNING_IN
                               ? "Nothing was sent: the session is being renewed. Submit again."
                               : "Nothing was sent: the plan has errors, or there are no "
                                 "credentials.");
        return;
    }
    keeper_flush(&loop->keeper);
    loop->sending = sending_start(loop->session, wizard_plan(loop->wizard), wizard_review(loop->wizard),
                                  &loop->destination, accept_existing_name);
    if (!loop->sending) {
        wizard_set_message(loop->wizard, true, "Nothing was sent: memory is short.");
        return;
    }
    loop->next_tick = now(loop) + TICK_MS;
    show_sending(loop); /* at once: from here on no key changes the plan */
}

/* The operator wants more of a sending whose outcome is unknown: another look, or the same bytes once more.
 */
static void take_up(struct loop *loop, bool repeat)
{
    if (!loop->unknown)
        return;
    loop->sending = loop->unknown;
    loop->unknown = NULL;
    if (!repeat)
        sending_look_again(loop->sending);
    else if (!sending_repeat(loop->sending))
        wizard_set_message(loop->wizard, true, "Nothing was sent: the request does not count any more.");
    loop->next_tick = now(loop) + TICK_MS;
    show_sending(loop);
}

static void advance(struct loop *loop)
{
    recall_advance(&loop->recall, loop->wizard, &loop->out->said);
    /* Back in the form the plan may become another one. */
    if (!wizard_shows_result(loop->wizard))
        forget_unknown(loop);
    if (!loop->sending)
        return;
    sending_advance(loop->sending);
    show_sending(loop);
}

/* The operator leaves while a plan is on its way: what is known of it is written down and said. */
static void abandon(struct loop *loop)
{
    if (!loop->sending)
        return;
    sending_abandon(loop->sending);
    conclude(loop);
}

/* ---- Events ---- */

static void reply(struct loop *loop)
{
    if (wizard_reply(loop->wizard) == REPLY_REPEAT)
        take_up(loop, true);
    else if (!recall_reply(&loop->recall, loop->wizard, &loop->out->said))
        keeper_reply(&loop->keeper);
    if (recall_runs(&loop->recall))
        loop->next_tick = now(loop) + TICK_MS;
}

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
        if (loop->sending)
            sending_cancel(loop->sending);
        recall_cancel(&loop->recall);
        break;
    case EFFECT_LOOK:
        take_up(loop, false);
        break;
    case EFFECT_SAVE:
        keeper_save(&loop->keeper);
        break;
    case EFFECT_REPLY:
        reply(loop);
        break;
    case EFFECT_LIST_REGIONS:
        where_list(loop->session, SETTING_REGION, loop->wizard);
        break;
    case EFFECT_LIST_PROFILES:
        where_list(loop->session, SETTING_PROFILE, loop->wizard);
        break;
    case EFFECT_CHOSEN:
        where_chosen(loop->session);
        loop->target_known = false;
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
    case EFFECT_THROW_AWAY:
        loop->quit = true;
        loop->thrown_away = true;
        break;
    }
}

static void handle(struct loop *loop, const struct event *event)
{
    if (event->kind == EVENT_SIGNAL)
        loop->signal_number = event->signal_number;
    carry_out(loop, wizard_update(loop->wizard, event));
    keeper_note(&loop->keeper);
    if (loop->keeper.leave)
        loop->quit = true;
}

/* All that came; returns false once nothing more can come. */
static bool drain(struct loop *loop)
{
    struct event event;
    bool gone = false;

    while (!loop->quit && term_next(loop->term, &event, &gone))
        handle(loop, &event);
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

/* False when memory is too short. */
static bool draw(struct loop *loop)
{
    int columns, rows;

    term_size(loop->term, &columns, &rows);
    if ((loop->canvas.columns != columns || loop->canvas.rows != rows) &&
        !canvas_resize(&loop->canvas, columns, rows))
        return false;
    loop->canvas.ascii = term_is_ascii(loop->term);
    wizard_view(loop->wizard, &loop->canvas);
    return term_present(loop->term, &loop->canvas);
}

/* False when it has failed for so long that the operator has to be told in another way. */
static bool show(struct loop *loop)
{
    if (draw(loop))
        loop->blind_since = -1;
    else if (loop->blind_since < 0)
        loop->blind_since = now(loop);
    return loop->blind_since < 0 || now(loop) - loop->blind_since < BLIND_MS;
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
    int least = sooner(term_timeout(loop->term), keeper_timeout(&loop->keeper));

    least = sooner(least, session_sign_in_timeout(loop->session));
    least = sooner(least, picking_timeout(&loop->picking));
    least = sooner(least, recall_timeout(&loop->recall));
    if (loop->sending)
        least = sooner(least, sending_timeout(loop->sending));
    if (loop->blind_since >= 0 || loop->canvas.incomplete)
        least = sooner(least, TICK_MS);
    if (wizard_wants_ticks(loop->wizard)) {
        int64_t left = loop->next_tick - now(loop);

        least = sooner(least, left > 0 ? (int)left : 0);
    }
    return least;
}

static bool wait_for_anything(struct loop *loop, struct error *err)
{
    struct pollfd fds[] = {{.fd = term_input_fd(loop->term), .events = POLLIN},
                           {.fd = term_signal_fd(loop->term), .events = POLLIN},
                           {.fd = loop->sending ? sending_fd(loop->sending) : -1, .events = POLLIN},
                           {.fd = session_sign_in_fd(loop->session), .events = POLLIN}};
    int limit = timeout(loop);

    if (loop->session->transport) {
        if (transport_wait(loop->session->transport, fds, 4, limit, err) >= 0)
            return true;
        if (err->kind != ERROR_MEMORY)
            return false;
        /* That the transfers stand still for a moment is better than to end here. */
        limit = sooner(limit, TICK_MS);
    }
    if (poll(fds, 4, limit) >= 0)
        term_ready(loop->term, fds[0].revents != 0, fds[1].revents != 0);
    else if (errno != EINTR)
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
        remark_on_sign_in(loop);
        refresh_doubts(loop);
        recall_ask(&loop->recall, loop->wizard);
        picking_follow(&loop->picking, loop->session, &loop->destination, loop->problem, loop->wizard);
        account_facts_follow(&loop->facts, &loop->picking, loop->session, &loop->destination, loop->wizard);
        if (!show(loop)) {
            buf_add_text(&loop->out->warned, "memory is too short to draw the screen");
            loop->out->end = END_FAILED;
            break;
        }
        keeper_work(&loop->keeper); /* behind the picture: a slow disk holds up no key */
        if (!wait_for_anything(loop, &err)) {
            buf_add_text(&loop->out->warned, err.text);
            loop->out->end = END_FAILED;
            break;
        }
        there = drain(loop);
        advance(loop);
        tick_when_due(loop);
    }
    if (!there && !loop->signal_number)
        loop->signal_number = SIGHUP;
    if (loop->signal_number)
        loop->out->end = (enum end)(END_SIGNAL + loop->signal_number);
    loop->quit = true;
}

void loop_run(struct session *session, struct wizard *wizard, struct term *term,
              const struct file_stamp *stamp, struct loop_end *out)
{
    struct loop loop = {.session = session,
                        .wizard = wizard,
                        .term = term,
                        .signing = SIGNING_IN,
                        .blind_since = -1,
                        .out = out};

    *out = (struct loop_end){.end = END_DONE, .said = BUF_INIT, .warned = BUF_INIT};
    session->secrets.silent = true;
    keeper_open(&loop.keeper, session->host, session->options, wizard, stamp);
    recall_open(&loop.recall, session);
    picking_init(&loop.picking);
    account_facts_init(&loop.facts);
    begin_with_size(&loop);
    turn(&loop);
    abandon(&loop);
    account_facts_close(&loop.facts);
    picking_close(&loop.picking);
    forget_unknown(&loop);
    recall_close(&loop.recall);
    keeper_close(&loop.keeper, loop.thrown_away, &out->last);
    if (out->last.draft.length > 0 && out->end == END_DONE)
        out->end = END_FAILED;
    buf_release(&loop.target_hints);
    canvas_release(&loop.canvas);
}
