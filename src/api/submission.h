#ifndef API_SUBMISSION_H
#define API_SUBMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/answer.h"
#include "api/client.h"
#include "api/journal.h"
#include "api/pace.h"
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
    OUTCOME_NONE, /* still running */
    OUTCOME_CREATED,
    OUTCOME_EXISTS, /* a plan of this name was there before; nothing was sent */
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
    PHASE_SENDING, /* connecting, sending, waiting for the answer */
    PHASE_WAITING, /* throttled: until the service lets us again */
    PHASE_LOOKING_AFTER,
    PHASE_DONE
};

struct submission_options {
    bool accept_existing_name;    /* send although plans of this name exist */
    int64_t throttle_patience_ms; /* 120,000 by default */
    int look_attempts;            /* after an unknown outcome; 5 by default */
    int64_t look_pause_ms;        /* before the second look, doubling up to 8 times; 2,000 by default */
    /* For those of a batch: */
    bool name_is_new;  /* that no plan has this name was found out just now: no look before */
    bool held;         /* waits between its intent and the sending: submission_is_held() */
    struct pace *pace; /* of all of them; borrowed; NULL: its own affair */
};

extern const struct submission_options submission_defaults;

/* What a finished (or running) submission has to say. Borrowed from it. */
struct submission_report {
    enum outcome outcome;
    enum submission_phase phase;
    char plan_id[24];            /* "" unless created or exists */
    const struct answer *answer; /* the last answer of the create call; NULL when none came */
    const char *raw; /* the body that came with it, or as far as it came; raw_length bytes; NULL: none */
    size_t raw_length;
    char reason[512];    /* why, in sentences; "" for created, unless found by looking */
    char advice[320];    /* what to do about a refusal, in a sentence; "" when there is nothing to say */
    const char *details; /* lines about it to read and copy (api/explain.h); "": none */
    char warning[256];   /* e.g. that plans could not be listed before; "" */
    int looks;           /* done so far after an unknown outcome */
    bool looks_only;     /* nothing is sent: submission_cancel() ends it at once */
    bool can_repeat;     /* the same signed bytes may be sent again: submission_repeat() */
    const char *string_to_sign; /* of the create call, for SignatureDoesNotMatch; NULL before */
    int64_t started_ticks;      /* host->ticks when it began */
};

struct submission;

/* What is sent. */
struct submitted_plan {
    const char *name;
    const char *instances; /* JSON list: of each in the body, what it is recognised by (api/look.h) */
    const char *body;
    size_t body_length;
    const char *const *secret_members; /* their texts in the body are masked wherever the service says them
                                          back; names that stay, NULL at their end; may be NULL */
};

/*
 * plan is copied; client, transport and journal must outlive the submission. journal may be NULL: then
 * nothing is written (tests, dry runs). options NULL: the defaults.
 *
 * NULL only for want of memory; whatever else fails is an outcome. Where the list cannot be had before the
 * sending, it depends: an answer without a list (no permission, an error) is a warning, no answer at all ends
 * in OUTCOME_NOT_SENT.
 */
struct submission *submission_start(const struct client *client, struct transport *transport,
                                    struct journal *journal, const struct submission_options *options,
                                    const struct submitted_plan *plan, struct error *err);

/*
 * Takes up one that a journal left open, perhaps of a process that was killed: looks for its plan, sends
 * nothing. client must ask where that one was sent to. The outcome is created or unknown, and is noted in the
 * journal when it is known. NULL when memory is short.
 */
struct submission *submission_resume(const struct client *client, struct transport *transport,
                                     struct journal *journal, const struct submission_options *options,
                                     const struct journal_intent *intent, struct error *err);
void submission_free(struct submission *submission);

/* After OUTCOME_UNKNOWN: looks as often as before, once more. */
void submission_look_again(struct submission *submission);

/*
 * After OUTCOME_UNKNOWN, while report->can_repeat: sends the bytes of the first sending again, signature and
 * nonce included. A gateway that has seen the first refuses them, which tells that it arrived; whatever else
 * comes of it but success says nothing of the first, and is looked into. False when the quarter of an hour is
 * over in which the signature counts; nothing is sent then.
 */
bool submission_repeat(struct submission *submission);

/*
 * True when the intent of a held submission is written, but may not be on the disk yet. submission_go_on()
 * sends it once it is; failure: it could not be brought there, so nothing is sent.
 */
bool submission_is_held(const struct submission *submission);
void submission_go_on(struct submission *submission, const struct error *failure);

/* Does what time demands: ends pauses, starts the next look. */
void submission_tick(struct submission *submission);

/* Milliseconds until submission_tick() has something to do; -1: nothing by itself. */
int submission_timeout(const struct submission *submission);

/* The operator gives up: before sending OUTCOME_CANCELLED; after, it stops waiting and looks once. A second
 * cancel stops looking: OUTCOME_UNKNOWN. Where nothing is sent (submission_resume(), submission_look_again())
 * the first does. */
void submission_cancel(struct submission *submission);

/* True once there is an outcome. The report is there from the start. */
bool submission_done(const struct submission *submission);
const struct submission_report *submission_report(const struct submission *submission);

#endif
