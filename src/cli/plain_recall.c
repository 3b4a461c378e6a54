#include "cli/plain_recall.h"

#include <signal.h>

#include "cli/open_intents.h"
#include "cli/sending.h"
#include "model/words.h"

struct recollection {
    struct session *session;
    struct plain_terminal *terminal;
    struct plain *plain;
    struct open_intents intents;
    bool stopped;
};

/* ---- Looking ---- */

static void take_signal(struct recollection *recollection, struct submission *submission)
{
    int number = plain_terminal_take_signal(recollection->terminal);

    if (number == 0)
        return;
    recollection->stopped = true;
    if (number != SIGINT)
        plain_terminal_end(recollection->terminal, number);
    submission_cancel(submission);
}

static void follow(struct recollection *recollection, struct submission *submission)
{
    struct error err;

    while (!submission_done(submission)) {
        if (!plain_terminal_wait(recollection->terminal, recollection->session->transport, -1,
                                 submission_timeout(submission), &err)) {
            plain_say(recollection->plain, "Problem: %s.", err.text);
            submission_cancel(submission);
        }
        take_signal(recollection, submission);
        submission_tick(submission);
    }
}

static void look_for(struct recollection *recollection, const struct journal_intent *intent)
{
    struct submission_options options = sending_options(recollection->session->options);
    struct destination destination; /* the submission holds on to it */
    const struct submission_report *report;
    struct submission *submission;
    struct error err;

    plain_say(recollection->plain, "Looking for %s. Ctrl-C stops it.", intent->plan_name);
    recollection->stopped = recollection->terminal->signal_number != 0;
    if (recollection->stopped)
        return;
    submission = open_intent_look(recollection->session, intent, &options, &destination, &err);
    if (!submission) {
        plain_say(recollection->plain, "It could not be looked for: %s.", err.text);
        return;
    }
    follow(recollection, submission);
    report = submission_report(submission);
    if (report->outcome == OUTCOME_CREATED)
        plain_say(recollection->plain, "It was created: plan %s.", report->plan_id);
    else
        plain_say(recollection->plain, "Still not known: %s", report->reason);
    submission_free(submission);
}

static void look(struct recollection *recollection)
{
    for (size_t i = 0; i < recollection->intents.count && !recollection->stopped; i++)
        look_for(recollection, &recollection->intents.items[i]);
}

/* ---- Asking ---- */

static void forget(struct recollection *recollection)
{
    struct error err;

    for (size_t i = 0; i < recollection->intents.count; i++) {
        if (journal_write_outcome(recollection->session->journal, recollection->intents.items[i].nonce,
                                  JOURNAL_FORGOTTEN, NULL, NULL, &err))
            continue;
        plain_say(recollection->plain, "It will be asked again: %s.", err.text);
        return;
    }
}

static void ask(struct recollection *recollection)
{
    struct buf answer = BUF_INIT;

    if (!plain_ask_word(recollection->plain, &answer, "Type look, settled, or nothing to leave it for later"))
        return;
    if (words_same(buf_text(&answer), "look"))
        look(recollection);
    else if (words_same(buf_text(&answer), "settled"))
        forget(recollection);
    buf_release(&answer);
}

void plain_recall(struct session *session, struct plain_terminal *terminal, struct plain *plain)
{
    struct recollection recollection = {.session = session, .terminal = terminal, .plain = plain};
    struct error ignored;

    if (!open_intents_read(&recollection.intents, session, &ignored))
        return;
    for (size_t i = 0; i < recollection.intents.count; i++)
        plain_say(plain, "Note: %s was sent to %s at %s, and what became of it is not known.",
                  recollection.intents.items[i].plan_name, recollection.intents.items[i].endpoint,
                  recollection.intents.items[i].time);
    /* What comes from a pipe was not written as an answer to this. */
    if (recollection.intents.count > 0 && !terminal->is_terminal)
        plain_say(plain, "'drplan look' finds out.");
    else if (recollection.intents.count > 0)
        ask(&recollection);
    open_intents_release(&recollection.intents);
}
