#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

#include "api/submission.h"
#include "base/buf.h"

/*
 * How far a run over many drafts is: how many ended how, and how fast they do.
 * The rate is that of the last ten seconds, and counts only drafts that took
 * the network. All zero is a good start.
 */
enum { PROGRESS_SAMPLES = 10 };

struct batch_progress {
    size_t ended[OUTCOME_COUNT];
    size_t done;    /* all of those */
    size_t earlier; /* those of them that an earlier run created */
    size_t sent;    /* those of them that took the network */
    struct progress_sample {
        int64_t at;
        size_t sent;
    } samples[PROGRESS_SAMPLES]; /* a second apart at least */
    size_t sample_count, oldest;
};

/* To be called now and then, with the ticks of the host. */
void progress_sample(struct batch_progress *progress, int64_t now);

/* Drafts a second; 0: not known yet. */
double progress_rate(const struct batch_progress *progress, int64_t now);

/* "1000 drafts: 990 created, 12 of them earlier; 10 cancelled" */
void progress_summary(const struct batch_progress *progress, struct buf *out);

#endif
