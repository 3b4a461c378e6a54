#ifndef API_SUBMISSION_H
#define API_SUBMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/answer.h"
#include "api/client.h"
#include "api/journal.h"
#include "api/transport.h"
#include "base/error.h"

/*
 * Creating a plan, truthfully.
 *
 * CreateDisasterRecoveryPlan has no idempotency token. So: look before (list by
 * name), write the intent to the journal, send once, classify, and where the
 * outcome is not known from the answer look again, never send again.
 *
 * It runs inside the caller's loop: submission_start(), then the caller waits
 * with transport_wait() (at most submission_timeout() long), calls
 * submission_tick() after each wait, until submission_done().
 */
enum outcome {
    OUTCOME_NONE,      /* still running */
    OUTCOME_CREATED,
    OUTCOME_EXISTS,    /* a plan of this name was there before; nothing was sent */
    OUTCOME_REFUSED,
    OUTCOME_THROTTLED, /* until the patience ran out; nothing was created */
    OUTCOME_NOT_SENT,
    OUTCOME_UNKNOWN,
    OUTCOME_INVALID,   /* the draft has errors; used by callers */
    OUTCOME_CANCELLED, /* by the operator, before anything left */
    OUTCOME_COUNT
};

/* "created", "exists", "refused", "throttled", "not_sent", "unknown", "invalid", "cancelled"; "" for NONE. */
const char *outcome_word(enum outcome outcome);

enum submission_phase {
    PHASE_LOOKING_BEFORE,
    PHASE_SENDING,     /* connecting, sending, waiting for the answer */
    PHASE_WAITING,     /* throttled: until the service lets us again */
    PHASE_LOOKING_AFTER,
    PHASE_DONE
};

struct submission_options {
    bool accept_existing_name; /* send although plans of this name exist */
    int64_t throttle_patience_ms; /* 120,000 by default */
    int look_attempts;            /* after an unknown outcome; 5 by default */
    int64_t look_pause_ms;        /* before the second look, doubling up to 8 times; 2,000 by default */
};

extern const struct submission_options submission_defaults;

/* What a finished (or running) submission has to say. Borrowed from it. */
struct submission_report {
    enum outcome outcome;
    enum submission_phase phase;
    char plan_id[24];        /* "" unless created or exists */
    bool found_by_looking;   /* created, known from the list, not from the answer */
    const struct answer *answer; /* the last answer of the create call; NULL when none came */
    const char *raw;         /* its body as it came, raw_length bytes; NULL */
    size_t raw_length;
    char reason[512];        /* why, in words, for everything but created */
    char warning[256];       /* e.g. that plans could not be listed before; "" */
    int looks;               /* done so far after an unknown outcome */
    const char *string_to_sign; /* of the create call, for SignatureDoesNotMatch; NULL before */
    int64_t started_ticks;   /* host->ticks when it began */
};

struct submission;

/* plan_name and body are copied. journal may be NULL: then nothing is written (tests, dry runs). */
struct submission *submission_start(const struct client *client, struct transport *transport,
                                    struct journal *journal, const struct submission_options *options,
                                    const char *plan_name, const char *body, size_t body_length,
                                    struct error *err);
void submission_free(struct submission *submission);

/* Does what time demands: ends pauses, starts the next look. */
void submission_tick(struct submission *submission);

/* Milliseconds until submission_tick() has something to do; -1: nothing by itself. */
int submission_timeout(const struct submission *submission);

/* The operator gives up: before sending OUTCOME_CANCELLED; after, it stops waiting and looks once. A second
 * cancel stops looking: OUTCOME_UNKNOWN. */
void submission_cancel(struct submission *submission);

bool submission_done(const struct submission *submission);
const struct submission_report *submission_report(const struct submission *submission);

#endif
