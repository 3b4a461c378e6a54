#include "cli/plain_loop.h"

#include <stdio.h>
#include <string.h>

#include "cli/output.h"
#include "cli/plain_keeper.h"
#include "cli/plain_recall.h"
#include "cli/plain_terminal.h"
#include "cli/reference_words.h"
#include "cli/sending.h"
#include "cli/where.h"

enum { HEARTBEAT_MS = 10000, REMARK_SIZE = 320 };

struct plain_loop {
    struct plain_terminal terminal; /* first: what io calls finds the rest from it */
    enum plain_read (*ask_terminal)(struct plain_io *io, enum plain_input input, const char *question,
                                    struct buf *line, struct error *err);
    struct session *session;
    struct plain_keeper keeper;
    struct destination destination; /* of the plan as it was when find_target() was called */
    bool signed_in;
    char key[16], proxy[256], problem[SENTENCE_SIZE], remark[REMARK_SIZE];
    struct buf doubts;
    struct sending *unknown; /* the last one, whose outcome is; NULL: none */
    enum end end;            /* of the last sending */
};

/* ---- Where a plan would go ---- */

/* A signal that stopped the signing in is either a Ctrl-C, which stops that alone, or ends the dialogue. */
static void take_signal_of_sign_in(struct plain_loop *loop)
{
    int number = plain_terminal_take_signal(&loop->terminal);

    if (number != 0 && number != SIGINT)
        plain_terminal_end(&loop->terminal, number);
}

static void describe_credentials(struct plain_loop *loop, struct plain_target *out)
{
    const struct credentials *credentials = loop->destination.client.credentials;

    loop->key[0] = loop->remark[0] = '\0';
    if (!credentials)
        return;
    credentials_mask(credentials->access_key_id, loop->key);
    where_remark(loop->session, &loop->destination, loop->remark, sizeof(loop->remark));
    out->key_id = loop->key;
    out->provider = credentials->provider;
    out->remark = loop->remark;
}

static void find_target(struct plain_io *io, const struct plan *plan, const struct review *review,
                        struct plain_target *out)
{
    struct plain_loop *loop = (struct plain_loop *)io;
    struct destination *destination = &loop->destination;
    const struct endpoint *endpoint = &destination->client.endpoint;
    struct error err = {0};
    bool found = session_find_destination(loop->session, plan, review, destination, &err);

    loop->signed_in =
        found && loop->terminal.signal_number == 0 && session_sign_in(loop->session, destination, &err);
    loop->problem[0] = loop->proxy[0] = '\0';
    if (!loop->signed_in) {
        sentence_of_error(&err, loop->problem);
        take_signal_of_sign_in(loop);
    }
    *out = (struct plain_target){.region = destination->region,
                                 .profile = destination->profile,
                                 .problem = loop->problem,
                                 .sandbox = loop->session->has_sandbox};
    if (found) {
        out->scheme = endpoint->scheme;
        out->host = endpoint->host;
        transport_proxy(endpoint->scheme, endpoint->host, loop->proxy, sizeof(loop->proxy));
        out->proxy = loop->proxy;
    }
    describe_credentials(loop, out);
    buf_clear(&loop->doubts);
    describe_bad_references(&loop->session->secrets, plan, review, &loop->doubts);
    out->doubts = buf_text(&loop->doubts);
}

/* ---- Following a sending ---- */

/* Ctrl-C stops the sending, and then the looking for what became of it; what ends the program ends both. */
static void take_signal(struct plain_loop *loop, struct sending *sending)
{
    int number = plain_terminal_take_signal(&loop->terminal);

    if (number != 0 && number != SIGINT)
        plain_terminal_end(&loop->terminal, number);
    if (loop->terminal.signal_number != 0) {
        sending_abandon(sending);
    } else if (number != 0) {
        plain_say(loop->keeper.plain, "Stopping.");
        sending_cancel(sending);
    }
}

/* Says what it is doing when that changes, and every ten seconds that it still is. */
struct heartbeat {
    char doing[160];
    long said_ms;
};

static void beat(struct plain_loop *loop, const struct sending *sending, struct heartbeat *heartbeat)
{
    struct progress progress;

    sending_progress(sending, &progress);
    if (strcmp(heartbeat->doing, progress.doing) != 0) {
        snprintf(heartbeat->doing, sizeof(heartbeat->doing), "%s", progress.doing);
        if (progress.doing[0])
            plain_say(loop->keeper.plain, "%s.%s", progress.doing,
                      loop->terminal.is_terminal ? " Ctrl-C stops it." : "");
        heartbeat->said_ms = progress.elapsed_ms;
    } else if (progress.elapsed_ms - heartbeat->said_ms >= HEARTBEAT_MS) {
        plain_say(loop->keeper.plain, "Still waiting, %ld seconds.", progress.elapsed_ms / 1000);
        heartbeat->said_ms = progress.elapsed_ms;
    }
}

static void follow(struct plain_loop *loop, struct sending *sending)
{
    struct heartbeat heartbeat = {0};
    struct error err;

    while (!sending_done(sending)) {
        int timeout = sending_timeout(sending);

        beat(loop, sending, &heartbeat);
        if (timeout < 0 || timeout > HEARTBEAT_MS)
            timeout = HEARTBEAT_MS;
        if (loop->terminal.signal_number == 0 &&
            !plain_terminal_wait(&loop->terminal, loop->session->transport, sending_fd(sending), timeout,
                                 &err)) {
            plain_say(loop->keeper.plain, "Problem: %s.", err.text);
            sending_abandon(sending);
        }
        take_signal(loop, sending);
        if (!sending_done(sending))
            sending_advance(sending);
    }
}

/* ---- How it ended ---- */

/* Follows a sending to its end, and keeps it where more can be done about it. */
static void conclude(struct plain_loop *loop, struct sending *sending)
{
    struct result result;

    follow(loop, sending);
    sending_result(sending, &result);
    loop->end = sending_end(sending);
    plain_show_result(loop->keeper.plain, &result);
    if (result.can_look) {
        loop->unknown = sending;
    } else {
        sending_free(sending);
        loop->unknown = NULL;
    }
}

/* ---- What the operator wants of the service ---- */

static void submit(struct plain_loop *loop, bool accept_existing_name)
{
    const struct review *review = plain_review(loop->keeper.plain);
    struct plain_target target;
    struct sending *sending = NULL;

    sending_free(loop->unknown);
    loop->unknown = NULL;
    /* The dialogue ends so only where nothing is in the way; nothing goes out if it should be wrong. */
    find_target(&loop->terminal.io, loop->keeper.plan, review, &target);
    if (review_errors(review) == 0 && loop->signed_in)
        sending =
            sending_start(loop->session, loop->keeper.plan, review, &loop->destination, accept_existing_name);
    if (sending) {
        conclude(loop, sending);
    } else {
        plain_say(loop->keeper.plain,
                  "Nothing was sent: the plan has errors, there are no credentials, or memory is short.");
        loop->end = END_FAILED;
    }
}

static void look_again(struct plain_loop *loop)
{
    if (!loop->unknown)
        return;
    sending_look_again(loop->unknown);
    conclude(loop, loop->unknown);
}

static void repeat(struct plain_loop *loop)
{
    if (!loop->unknown)
        return;
    if (!sending_repeat(loop->unknown))
        plain_say(loop->keeper.plain, "Nothing was sent: the request does not count any more.");
    conclude(loop, loop->unknown);
}

/* ---- The dialogue ---- */

static enum plain_read ask(struct plain_io *io, enum plain_input input, const char *question,
                           struct buf *line, struct error *err)
{
    struct plain_loop *loop = (struct plain_loop *)io;

    plain_keeper_note(&loop->keeper);
    return loop->ask_terminal(io, input, question, line, err);
}

static enum end end_of_input(const struct plain_loop *loop)
{
    if (loop->end != END_DONE)
        return loop->end;
    return review_errors(plain_review(loop->keeper.plain)) > 0 ? END_INVALID : END_FAILED;
}

static enum end end_of_signal(const struct plain_loop *loop)
{
    return end_worse(loop->end, (enum end)(END_SIGNAL + loop->terminal.signal_number));
}

/* True when the dialogue is over, with what is wanted kept. */
static bool leave(struct plain_loop *loop)
{
    const char *path = plain_save_path(loop->keeper.plain);

    return !path || plain_keeper_save(&loop->keeper, path);
}

/* *thrown_away: what is not saved is not wanted. */
static enum end converse(struct plain_loop *loop, bool *thrown_away)
{
    struct error err;

    while (loop->terminal.signal_number == 0) {
        switch (plain_run(loop->keeper.plain, &err)) {
        case PLAIN_SUBMIT:
            submit(loop, false);
            break;
        case PLAIN_SUBMIT_ANYWAY:
            submit(loop, true);
            break;
        case PLAIN_LOOK:
            look_again(loop);
            break;
        case PLAIN_REPEAT:
            repeat(loop);
            break;
        case PLAIN_SAVE:
            plain_keeper_save(&loop->keeper, plain_save_path(loop->keeper.plain));
            break;
        case PLAIN_LEAVE:
            *thrown_away = leave(loop);
            if (*thrown_away)
                return loop->end;
            break;
        case PLAIN_INPUT_ENDED:
            return end_of_input(loop);
        case PLAIN_INTERRUPTED:
            return end_of_signal(loop);
        case PLAIN_FAILED:
            return loop->terminal.signal_number ? end_of_signal(loop) : end_with(&err);
        }
    }
    return end_of_signal(loop);
}

static enum end run(struct plain_loop *loop, struct draft_file *draft)
{
    struct plain_io *io = &loop->terminal.io;
    bool at_terminal = loop->terminal.is_terminal, thrown_away = false;
    enum end end = END_FAILED;
    struct error err;

    if (plain_keeper_open(&loop->keeper, loop->session->host, draft, io, at_terminal, &err)) {
        if (at_terminal)
            plain_keeper_resume(&loop->keeper, io);
        plain_recall(loop->session, &loop->terminal, loop->keeper.plain);
        end = converse(loop, &thrown_away);
        sending_free(loop->unknown); /* it knows the dialogue's review */
        plain_keeper_close(&loop->keeper, thrown_away);
    } else {
        plain_keeper_close(&loop->keeper, true);
        end = end_with(&err);
    }
    return end;
}

enum end plain_loop_run(struct session *session, struct draft_file *draft)
{
    struct plain_loop loop = {.session = session, .doubts = BUF_INIT, .end = END_DONE};
    struct error err;
    enum end end;

    output_flush();
    if (!plain_terminal_open(&loop.terminal, &err))
        return end_with(&err);
    loop.ask_terminal = loop.terminal.io.ask;
    loop.terminal.io.ask = ask;
    loop.terminal.io.find_target = find_target;
    session->secrets.interrupt_fd = loop.terminal.signal_fd;
    end = run(&loop, draft);
    session->secrets.interrupt_fd = -1;
    plain_terminal_close(&loop.terminal);
    buf_release(&loop.doubts);
    return end;
}
