#ifndef CLI_BATCH_STATE_H
#define CLI_BATCH_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/known_names.h"
#include "api/pace.h"
#include "base/buf.h"
#include "cli/batch.h"
#include "cli/end.h"
#include "cli/outcome.h"
#include "cli/output.h"
#include "cli/past.h"
#include "cli/progress.h"
#include "cli/run.h"

/* The state of a batch, and what its files offer each other. */

struct batch {
    struct session *session;
    const struct options *options;
    const struct file_stamp *stamps;
    int interrupt_fd;
    int signal_number; /* that asked to stop; 0: none */
    bool stopping;     /* nothing more is started */
    struct run **runs; /* those that are on their way; they stay where they are in memory */
    size_t running;
    struct run *waiting; /* prepared, not started yet */
    size_t next;         /* operand */
    int64_t started;
    int64_t finish_by; /* ticks; when what was sent before it was stopped is waited for no longer; 0: not
                          stopped */
    enum end worst;
    struct status_line status;
    struct batch_progress progress;
    struct destination announced_to; /* where the last one went */
    struct buf announced;            /* the same in words */
    struct buf untold;               /* what came of plans since standard output was last known to take it */
    struct past past;
    bool past_is_read;
    bool missing_told; /* that lines of the journal are */
    struct pace pace;
    struct known_names *known; /* of the client of the first draft; NULL: not listed */
    bool known_tried;
    size_t started_lately; /* since the names were asked for */
};

static inline bool batch_is_several(const struct batch *batch)
{
    return batch->options->operand_count > 1;
}

static inline int64_t batch_ticks(const struct batch *batch)
{
    return batch->session->host->ticks(batch->session->host);
}

/* ---- What is told (batch_report.c) ---- */

/* How a draft ended: a line on standard output. */
void batch_report(struct batch *batch, const struct ending *ending, enum end end);
void batch_report_cancelled(struct batch *batch, const char *draft, const char *message);
void batch_report_failure(struct batch *batch, const char *draft, const struct error *err);
void batch_report_run(struct batch *batch, struct run *run);

/* An earlier run of the same batch may have been stopped: what it created is not sent again. True when the
 * draft of run is one of these. */
bool batch_report_created_earlier(struct batch *batch, const struct run *run);

/* Plans whose outcome nobody can be told are not created; of those that are, the other place tells. */
void batch_put_out(struct batch *batch);

/* Says where plans go whenever that is somewhere else than before. */
void batch_announce(struct batch *batch, const struct run *run);

/* How far it is, on the line that is written over. */
void batch_show_status(struct batch *batch);

/* Once is enough: where one line has no room, none of the next has. */
void batch_remark_missing(struct batch *batch, const struct error *err);

/* How many ended how. */
void batch_print_summary(const struct batch *batch);

#endif
