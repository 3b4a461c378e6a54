#include "api/pace.h"

#include <stdbool.h>

enum { INTERVAL_LEAST = 20, INTERVAL_MOST = 10000, INTERVAL_GONE = 10, HOLD_LEAST = 100 };

/* After this many that got through the rate is a good half more. */
enum { EASING = 16 };

/* The rate is that of the last second or so. */
enum { COUNTED_FOR = 1000 };

int64_t pace_wait(struct pace *pace, int64_t now)
{
    int64_t earliest = pace->interval > 0 && pace->next > pace->hold ? pace->next : pace->hold;

    if (now < earliest)
        return earliest - now;
    pace->next = now + pace->interval;
    if (pace->sent == 0 || now - pace->since >= COUNTED_FOR) {
        pace->since = now;
        pace->sent = 0;
    }
    pace->sent++;
    return 0;
}

static int64_t clamp(int64_t value, int64_t least, int64_t most)
{
    if (value < least)
        return least;
    return value < most ? value : most;
}

void pace_throttled(struct pace *pace, int64_t now, int64_t sent_at, int64_t retry_after)
{
    bool again = pace->slowed > 0 && sent_at <= pace->slowed;
    int64_t mean = pace->sent > 0 ? (now - pace->since) / pace->sent : 0;
    int64_t hold;

    if (!again) {
        pace->interval =
            clamp(2 * (pace->interval > 0 ? pace->interval : mean), INTERVAL_LEAST, INTERVAL_MOST);
        pace->slowed = now;
    }
    hold = now + clamp(retry_after >= 0 ? retry_after : pace->interval, HOLD_LEAST, INT64_MAX - now);
    if (hold > pace->hold)
        pace->hold = hold;
}

void pace_passed(struct pace *pace)
{
    if (pace->interval == 0)
        return;
    pace->interval -= pace->interval / EASING + 1;
    if (pace->interval < INTERVAL_GONE)
        pace->interval = 0;
}
