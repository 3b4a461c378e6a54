#ifndef API_JOURNAL_H
#define API_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/host.h"

/*
 * $XDG_STATE_HOME/drplan/journal.jsonl: one JSON object a line, appended and
 * fsynced, mode 0600. An intent line is written before a plan is sent, an
 * outcome line with the same nonce after. An intent without an outcome is a
 * submission whose end is not known. No secrets.
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
    char *endpoint;     /* host */
    char *region;       /* may be NULL */
    char **ids_seen;    /* plan ids of that name before sending */
    size_t ids_count;
};

void journal_intent_release(struct journal_intent *intent);

bool journal_write_intent(struct journal *journal, const struct journal_intent *intent, struct error *err);
bool journal_write_outcome(struct journal *journal, const char *nonce, const char *outcome_word,
                           const char *plan_id, const char *request_id, struct error *err);

/* The intents without a final outcome (none, or "unknown"), oldest first; release each and free the array.
 * Lines that cannot be read are passed over and counted in *broken (may be NULL). */
bool journal_open_intents(struct journal *journal, struct journal_intent **intents, size_t *count,
                          size_t *broken, struct error *err);

#endif
