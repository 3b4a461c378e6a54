#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "api/submission.h"
#include "cli/draft_file.h"
#include "cli/end.h"
#include "cli/outcome.h"
#include "cli/session.h"
#include "model/payload.h"

/* One draft on its way to the service. It is not moved: the submission holds on to its destination. */
struct run {
    const char *name;
    struct draft_file draft;
    struct destination destination;
    struct payload body;           /* as it is sent, secrets in clear */
    struct submission *submission; /* NULL: not started */
};

/* name is borrowed. NULL when memory is short. */
struct run *run_new(const char *name, struct error *err);
void run_free(struct run *run); /* a submission that still runs is ended */

/*
 * Does everything up to the sending: reads the draft, reviews it, resolves its
 * secrets, finds host and credentials. On failure ending says how this draft
 * ended (its texts point into the run and err), and the return value is the
 * exit status; END_DONE: it can be started. Release it either way.
 */
enum end run_prepare(struct run *run, struct session *session, struct ending *ending, struct error *err);

/* Sends it. Secrets in clear are gone from the run afterwards. */
bool run_start(struct run *run, struct session *session, const struct submission_options *options,
               struct error *err);

/* Of the plan; "" when it has none. */
const char *run_plan_name(const struct run *run);

/* "https://HOST as KEY (WHERE FROM), region R, through the proxy P": where it goes and as whom. */
void run_describe(const struct run *run, struct buf *out);

#endif
