#ifndef API_PACE_H
#define API_PACE_H

#include <stdint.h>

/*
 * How fast the submissions of a batch may send, together.
 *
 * As long as the service takes everything there is no limit. Once it throttles,
 * all wait as long as it asks, and the rate is half of what it was; each plan
 * that gets through makes it a little faster again, until the limit is gone.
 * Several answers to what was sent before it slowed down count as one.
 *
 * Times are ticks of the host, in milliseconds. All zero is a good start.
 */
struct pace {
    int64_t interval; /* between two sendings; 0: no limit */
    int64_t next;     /* when the next one may go */
    int64_t hold;     /* none before */
    int64_t slowed;   /* when it slowed down last */
    int64_t since;    /* sendings are counted from here, to know the rate */
    int64_t sent;
};

/* Milliseconds until one may be sent; 0: now, and it counts as sent. */
int64_t pace_wait(struct pace *pace, int64_t now);

/* A sending of sent_at was throttled; retry_after: how long the service asks to wait, -1: not said. */
void pace_throttled(struct pace *pace, int64_t now, int64_t sent_at, int64_t retry_after);

/* One got through. */
void pace_passed(struct pace *pace);

#endif
