#ifndef CLI_OPEN_INTENTS_H
#define CLI_OPEN_INTENTS_H

#include <stddef.h>

#include "api/journal.h"
#include "api/submission.h"
#include "cli/session.h"

/* The plans that were sent from here and whose outcome is not on record, oldest first. */
struct open_intents {
    struct journal_intent *items;
    size_t count;
    size_t broken; /* lines of the journal that say nothing */
};

/* None with a private sandbox, which keeps no journal. ERROR_FILE when it cannot be read. */
bool open_intents_read(struct open_intents *intents, struct session *session, struct error *err);
void open_intents_release(struct open_intents *intents);

/*
 * Begins to look for one of them, there where it was sent to and as who asks now. destination is filled in,
 * and must outlive what is returned. NULL: it cannot be looked for, since the journal names what is none
 * (ERROR_INPUT), or there is no way to sign in (ERROR_CREDENTIALS).
 */
struct submission *open_intent_look(struct session *session, const struct journal_intent *intent,
                                    const struct submission_options *options, struct destination *destination,
                                    struct error *err);

#endif
