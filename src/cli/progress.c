#include "cli/progress.h"

#include "base/buf.h"

enum { SAMPLE_MS = 1000 };

static const struct progress_sample *newest(const struct batch_progress *progress)
{
    return &progress->samples[(progress->oldest + progress->sample_count - 1) % PROGRESS_SAMPLES];
}

void progress_sample(struct batch_progress *progress, int64_t now)
{
    size_t at;

    if (progress->sample_count > 0 && now - newest(progress)->at < SAMPLE_MS)
        return;
    if (progress->sample_count == PROGRESS_SAMPLES) {
        progress->oldest = (progress->oldest + 1) % PROGRESS_SAMPLES;
        progress->sample_count--;
    }
    at = (progress->oldest + progress->sample_count++) % PROGRESS_SAMPLES;
    progress->samples[at] = (struct progress_sample){now, progress->sent};
}

double progress_rate(const struct batch_progress *progress, int64_t now)
{
    const struct progress_sample *from = &progress->samples[progress->oldest];

    if (progress->sample_count == 0 || now <= from->at || progress->sent == from->sent)
        return 0;
    return (double)(progress->sent - from->sent) * 1000 / (double)(now - from->at);
}

void progress_summary(const struct batch_progress *progress, struct buf *out)
{
    const char *before = ":";

    buf_addf(out, "%zu drafts", progress->done);
    for (int outcome = OUTCOME_CREATED; outcome < OUTCOME_COUNT; outcome++) {
        if (progress->ended[outcome] == 0)
            continue;
        buf_addf(out, "%s %zu %s", before, progress->ended[outcome],
                 outcome == OUTCOME_NOT_SENT ? "not sent" : outcome_word((enum outcome)outcome));
        if (outcome == OUTCOME_CREATED && progress->earlier > 0)
            buf_addf(out, " (%zu earlier)", progress->earlier);
        before = ",";
    }
    buf_add_char(out, '.');
}
