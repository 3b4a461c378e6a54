#ifndef API_JOURNAL_H
#define API_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/host.h"

/*
 * $XDG_STATE_HOME/drplan/journal.jsonl: one JSON object a line, appended and
 * fsynced, mode 0600. An intent line is written before a plan is sent, an
 * outcome line with the same nonce after. An intent without an outcome is a
 * submission whose end is not known. No secrets. What fails is ERROR_FILE.
 */
struct journal;

/* Opens (the file is made with the first line). path NULL: the place above. */
struct journal *journal_open(struct host *host, const char *path, struct error *err);
void journal_close(struct journal *journal);

struct journal_intent {
    char nonce[65];
    char time[21];      /* UTC */
    char body_hash[65]; /* hex SHA-256 of the body */
    char *plan_name;
    char *endpoint;  /* host */
    char *scheme;    /* "https"; NULL in a line of an earlier version */
    char *region;    /* may be NULL */
    char *instances; /* JSON list, of each instance what it is recognised by; may be NULL */
    char **ids_seen; /* plan ids of that name before sending */
    size_t ids_count;
    bool seen_all; /* the ids are all there were: it was possible to list them */
};

void journal_intent_release(struct journal_intent *intent);

/* One line each, on the disk when they return, unless lines are collected (journal_group()). */
bool journal_write_intent(struct journal *journal, const struct journal_intent *intent, struct error *err);
bool journal_write_outcome(struct journal *journal, const char *nonce, const char *outcome_word,
                           const char *plan_id, const char *request_id, struct error *err);

/*
 * For many submissions: lines are collected, and the file stays open.
 * journal_flush() writes them, all or none of them; whoever tells an outcome
 * calls it before. journal_sync() brings them to the disk as well; whoever sends
 * a plan calls it between the intent and the sending. Both do nothing where
 * nothing was added. What could not be written is forgotten.
 */
void journal_group(struct journal *journal);
bool journal_flush(struct journal *journal, struct error *err);
bool journal_sync(struct journal *journal, struct error *err);

/* Closes an intent that the operator does not want to hear of again: an outcome as good as any. */
#define JOURNAL_FORGOTTEN "forgotten"

/* The intents without a final outcome (none, or "unknown"), oldest first; release each and free the array.
 * Lines that cannot be read are passed over and counted in *broken (may be NULL). */
bool journal_open_intents(struct journal *journal, struct journal_intent **intents, size_t *count,
                          size_t *broken, struct error *err);

/* The bodies that are known to have created a plan, and where. */
struct journal_created {
    char body_hash[65];
    char plan_id[24];
    char time[21]; /* of the outcome */
    char *endpoint;
};

struct journal_created_list {
    struct journal_created *items; /* in the order of their hashes */
    size_t count;
};

bool journal_read_created(struct journal *journal, struct journal_created_list *out, struct error *err);
void journal_created_release(struct journal_created_list *list);

/* NULL: the journal does not say that this body created a plan at that host. */
const struct journal_created *journal_created_find(const struct journal_created_list *list,
                                                   const char *body_hash, const char *endpoint);

#endif
