#ifndef CLI_RECALL_H
#define CLI_RECALL_H

#include <stdbool.h>

#include "base/buf.h"
#include "cli/open_intents.h"
#include "ui/wizard.h"

/*
 * What the wizard asks at its start about plans that were sent before and whose
 * outcome is not known, and the looking for them one after the other.
 */
struct recall {
    struct session *session;
    struct open_intents intents;
    bool asks; /* the question is still to be asked */
    size_t next;
    bool stopped;
    struct destination destination; /* the submission holds on to it */
    struct submission *submission;  /* that looks for intents.items[next]; NULL: none does */
    int64_t started;
    char doing[160];
    bool all_created;
    struct buf found; /* a line for each that was looked for */
};

/* A journal that cannot be read makes no question. */
void recall_open(struct recall *recall, struct session *session);
void recall_close(struct recall *recall);

/* Asks, once, when there is something to ask and nothing else is asked. */
void recall_ask(struct recall *recall, struct wizard *wizard);

/* Carries an answer to its question out; false when the answer is to another question. created: gets a line
 * for each plan that was found. */
bool recall_reply(struct recall *recall, struct wizard *wizard, struct buf *created);

/* While it looks: milliseconds until recall_advance() has something to do (-1: nothing by itself), which
 * takes in what came and goes on to the next. */
bool recall_runs(const struct recall *recall);
int recall_timeout(const struct recall *recall);
void recall_advance(struct recall *recall, struct wizard *wizard, struct buf *created);

/* Ends the look that runs, and those that were to follow. */
void recall_cancel(struct recall *recall);

#endif
