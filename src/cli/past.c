#include "cli/past.h"

#include <stdlib.h>
#include <string.h>

#include "api/sign.h"
#include "cli/output.h"

void past_read(struct past *past, struct journal *journal, bool created_too)
{
    struct error err;

    *past = (struct past){0};
    if (!journal_open_intents(journal, &past->intents, &past->intent_count, NULL, &err) ||
        (created_too && !journal_read_created(journal, &past->created, &err)))
        remark("Earlier submissions are not known: %s.", err.text);
}

void past_release(struct past *past)
{
    for (size_t i = 0; i < past->intent_count; i++)
        journal_intent_release(&past->intents[i]);
    free(past->intents);
    journal_created_release(&past->created);
    *past = (struct past){0};
}

void past_recall(const struct past *past, const struct run *run)
{
    for (size_t i = 0; i < past->intent_count; i++) {
        const struct journal_intent *intent = &past->intents[i];

        if (intent->plan_name && strcmp(intent->plan_name, run_plan_name(run)) == 0)
            remark("%s: what became of this plan when it was sent to %s at %s is not known: 'drplan look' "
                   "finds out.",
                   run->draft.name, intent->endpoint ? intent->endpoint : "the service", intent->time);
    }
}

const struct journal_created *past_created(const struct past *past, const struct run *run)
{
    const struct buf *body = &run->body.text;
    char hash[65];

    if (past->created.count == 0)
        return NULL;
    sha256_hex(buf_text(body), body->length, hash);
    return journal_created_find(&past->created, hash, run->destination.client.endpoint.host);
}
