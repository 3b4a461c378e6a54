#ifndef CLI_PAST_H
#define CLI_PAST_H

#include <stdbool.h>

#include "api/journal.h"
#include "cli/run.h"

/* What the journal says of earlier submissions, read once for all drafts of a run. All zero: nothing is
 * known. */
struct past {
    struct journal_intent *intents; /* those whose end is not known */
    size_t intent_count;
    struct journal_created_list created;
};

/* Says on standard error when it cannot be read, which leaves the past unknown. */
void past_read(struct past *past, struct journal *journal, bool created_too);
void past_release(struct past *past);

/* Says so when an earlier submission of this plan may have created it. */
void past_recall(const struct past *past, const struct run *run);

/* The plan that this very body created at this very host; NULL: none that is known. */
const struct journal_created *past_created(const struct past *past, const struct run *run);

#endif
