#include "cli/recall.h"

#include "base/excerpt.h"
#include "cli/sending.h"

void recall_open(struct recall *recall, struct session *session)
{
    struct error ignored;

    *recall = (struct recall){.session = session, .found = BUF_INIT};
    recall->asks = open_intents_read(&recall->intents, session, &ignored) && recall->intents.count > 0;
}

void recall_close(struct recall *recall)
{
    submission_free(recall->submission);
    open_intents_release(&recall->intents);
    buf_release(&recall->found);
}

void recall_ask(struct recall *recall, struct wizard *wizard)
{
    const struct journal_intent *first = recall->intents.items;
    struct buf words = BUF_INIT;

    if (!recall->asks || wizard_asks(wizard))
        return;
    recall->asks = false;
    if (recall->intents.count == 1)
        buf_addf(&words, "The plan %s was sent to %s at %s, and what became of it is not known.",
                 first->plan_name, first->endpoint, first->time);
    else
        buf_addf(&words,
                 "What became of %zu plans that were sent earlier is not known. The first was %s, sent to %s "
                 "at %s.",
                 recall->intents.count, first->plan_name, first->endpoint, first->time);
    buf_add_text(&words, " Looking lists plans and sends nothing.");
    wizard_ask(wizard, QUESTION_UNSETTLED, 0, "Look for what was sent earlier?", buf_text(&words));
    buf_release(&words);
}

/* ---- Looking ---- */

bool recall_runs(const struct recall *recall)
{
    return recall->submission != NULL;
}

static void conclude(struct recall *recall, struct wizard *wizard)
{
    const struct result result = {
        .kind = recall->all_created ? RESULT_CREATED : RESULT_UNKNOWN,
        .earlier = true,
        .details = buf_text(&recall->found),
        .field = place_none(),
    };

    wizard_set_result(wizard, &result);
}

static void note_failure(struct recall *recall, const struct journal_intent *intent, const struct error *err)
{
    char reason[SENTENCE_SIZE];

    sentence_of_error(err, reason);
    recall->all_created = false;
    buf_addf(&recall->found, "%s, sent at %s: it could not be looked for. %s\n", intent->plan_name,
             intent->time, reason);
}

static void note_found(struct recall *recall, struct buf *created)
{
    const struct journal_intent *intent = &recall->intents.items[recall->next];
    const struct submission_report *report = submission_report(recall->submission);

    if (report->outcome == OUTCOME_CREATED) {
        buf_addf(&recall->found, "%s, sent at %s: created, plan %s.\n", intent->plan_name, intent->time,
                 report->plan_id);
        buf_addf(created, "The plan %s, sent at %s, was created: %s.\n", intent->plan_name, intent->time,
                 report->plan_id);
    } else {
        recall->all_created = false;
        buf_addf(&recall->found, "%s: %s\n", intent->plan_name, report->reason);
    }
}

/* The next one that can be looked for; the page with what was found when there is none left. */
static void begin_next(struct recall *recall, struct wizard *wizard)
{
    struct submission_options options = sending_options(recall->session->options);
    struct error err;

    for (; recall->next < recall->intents.count && !recall->stopped; recall->next++) {
        const struct journal_intent *intent = &recall->intents.items[recall->next];

        recall->submission = open_intent_look(recall->session, intent, &options, &recall->destination, &err);
        if (recall->submission) {
            excerpt_write(recall->doing, sizeof(recall->doing), "Looking for %s",
                          excerpt(intent->plan_name, 120).text);
            recall->started = recall->session->host->ticks(recall->session->host);
            return;
        }
        note_failure(recall, intent, &err);
    }
    if (recall->next < recall->intents.count)
        recall->all_created = false;
    conclude(recall, wizard);
}

int recall_timeout(const struct recall *recall)
{
    return recall->submission ? submission_timeout(recall->submission) : -1;
}

void recall_advance(struct recall *recall, struct wizard *wizard, struct buf *created)
{
    struct host *host = recall->session->host;

    if (!recall->submission)
        return;
    submission_tick(recall->submission);
    if (submission_done(recall->submission)) {
        note_found(recall, created);
        submission_free(recall->submission);
        recall->submission = NULL;
        recall->next++;
        begin_next(recall, wizard);
    }
    if (recall->submission)
        wizard_set_progress(wizard,
                            &(struct progress){.doing = recall->doing,
                                               .elapsed_ms = (long)(host->ticks(host) - recall->started),
                                               .looking = true});
}

void recall_cancel(struct recall *recall)
{
    recall->stopped = true;
    if (recall->submission)
        submission_cancel(recall->submission);
}

/* ---- Answers ---- */

static void forget_all(struct recall *recall, struct wizard *wizard)
{
    struct error err;

    for (size_t i = 0; i < recall->intents.count; i++) {
        if (journal_write_outcome(recall->session->journal, recall->intents.items[i].nonce, JOURNAL_FORGOTTEN,
                                  NULL, NULL, &err))
            continue;
        wizard_set_message(wizard, true, "It will be asked again: %s.", excerpt(err.text, 250).text);
        return;
    }
}

bool recall_reply(struct recall *recall, struct wizard *wizard, struct buf *created)
{
    switch (wizard_reply(wizard)) {
    case REPLY_LOOK:
        recall->all_created = true;
        begin_next(recall, wizard);
        recall_advance(recall, wizard, created);
        return true;
    case REPLY_SETTLED:
        forget_all(recall, wizard);
        return true;
    case REPLY_NOT_NOW:
        wizard_set_message(wizard, false, "'drplan look' finds out later too.");
        return true;
    case REPLY_NONE:
    case REPLY_SAVE:
    case REPLY_LEAVE:
    case REPLY_THROW_AWAY:
    case REPLY_RESUME:
    case REPLY_AS_SAVED:
    case REPLY_LATER:
    case REPLY_NEXT:
    case REPLY_FORGET:
    case REPLY_FORGET_SURELY:
    case REPLY_BACK:
    case REPLY_COPY:
    case REPLY_READ_ONLY:
    case REPLY_OVER:
    case REPLY_THEIRS:
    case REPLY_ELSEWHERE:
    case REPLY_SECRETS_OUT:
    case REPLY_SECRETS_IN:
    case REPLY_REPEAT:
        break;
    }
    return false;
}
