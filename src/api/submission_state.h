#ifndef API_SUBMISSION_STATE_H
#define API_SUBMISSION_STATE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/look.h"
#include "api/request.h"
#include "api/sign.h"
#include "api/submission.h"
#include "base/buf.h"

/* The state of a submission, and what its files offer each other. */

struct submission {
    const struct client *client;
    struct transport *transport;
    struct journal *journal;
    struct submission_options options;
    char *plan_name;
    struct buf body;
    const char *const *secret_members; /* of it; NULL: none */
    char *instances;                   /* what the journal says of them; NULL: nothing */
    cJSON *sent; /* the same as a tree, once plans that are found are compared with it */

    struct request request; /* the one that runs */
    struct transfer *transfer;
    struct signature signature;  /* of the create call */
    char nonce[65];              /* of the intent that has no outcome line yet; "" when there is none */
    struct request sent_request; /* the call whose outcome is not known, to be sent again if that is wanted */
    char sent_nonce[65];
    int64_t begun_at; /* when the create call was signed, in seconds since 1970 */
    int64_t sent_at;  /* the same for that call; 0: there is none */
    bool repeated;    /* what runs, or ran last, is the second sending of it */
    bool resumed;     /* it was sent by another process */
    struct answer answer;
    struct buf raw;

    struct look look;
    bool seen_is_all; /* false: plans could not be listed before the sending, or not all of them */
    int page;

    int64_t pause_until; /* host ticks; -1: no pause */
    int throttles;
    bool throttled_listing;    /* the wait is for another look before, not for another sending */
    int64_t throttle_deadline; /* host ticks; -1: not throttled yet */
    int cancels;
    bool is_held;       /* the request is ready, and waits for submission_go_on() */
    int64_t send_ticks; /* when it was last sent, for the pace */
    bool closing;       /* being freed: note what is known, start nothing */
    char doubt[224];    /* why the outcome is not known */
    struct buf details;

    struct submission_report report;
};

/* ---- Its course (submission.c) ---- */

int64_t submission_ticks(const struct submission *submission);

/* One transfer at a time: of submission->request. */
bool submission_start_transfer(struct submission *submission, transfer_done *done, struct error *err);
void submission_transfer_over(struct submission *submission);

void submission_pause(struct submission *submission, enum submission_phase phase, int64_t milliseconds);

/* Back to work after an end that was none. */
void submission_reopen(struct submission *submission, const char *nonce, bool looks_only);

/* ---- Listing plans, before the sending and after it (submission_look.c) ---- */

/* Lists all plans of the name anew. */
void submission_start_look(struct submission *submission, enum submission_phase phase);

/* ---- The create call (submission_send.c) ---- */

void submission_send(struct submission *submission);

/* The service took nothing: waits and tries again, or ends. listing: it was plans that were asked for. */
void submission_throttled(struct submission *submission, int64_t retry_after, bool listing);

/* ---- Its end (submission_end.c) ---- */

/* format: why, in sentences. */
void submission_finish(struct submission *submission, enum outcome outcome, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void submission_finish_created(struct submission *submission, const char *id, bool by_looking);

/* found: what looking came to, without a full stop. */
void submission_finish_unknown(struct submission *submission, const char *found);

/* Writes the outcome line of the intent that is open, if one is. */
void submission_record(struct submission *submission, const char *word);

/* Whether the service still takes the signature of the sending whose outcome is not known. */
bool submission_still_counts(const struct submission *submission);
void submission_forget_sent(struct submission *submission);

/* What was sent, to compare plans with. NULL when memory is short or nothing is known of them. */
const cJSON *submission_sent_instances(struct submission *submission);

/* What the service said, or why that says nothing: a sentence without its full stop. */
void submission_answer_text(const struct answer *answer, char *out, size_t size);

#endif
