#ifndef CLI_KEEPER_H
#define CLI_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/autosave.h"
#include "cli/options.h"
#include "cli/saved_draft.h"
#include "ui/wizard.h"

/*
 * Keeps what is typed into a wizard: in its draft when the operator saves, and
 * in an autosave 2 seconds after the last key, 5 at most after the first, and
 * when a field is left. It asks its questions through the wizard.
 */
struct keeper {
    struct host *host;
    const struct options *options;
    struct wizard *wizard;
    struct autosave autosave;
    bool keeping; /* autosaves can be written */
    struct saved_draft draft;
    enum save_secrets secrets;
    bool over; /* the save that waits for an answer may write over what is there */
    struct interrupted_list found;
    int shown;  /* the one that is asked about */
    bool leave; /* it is saved, and the operator wanted to leave then */

    unsigned long noted_revision, noted_fields_left;
    int64_t first_change, last_change; /* in ticks; -1: nothing is to be kept */
    bool field_left;
    void *reserve; /* memory for the end, when there is none left; NULL: it could not be had */
};

/* What is left to say when the screen is closed. */
struct last_words {
    struct buf kept;  /* where to find what was not saved; failed where memory is too short to say it */
    struct buf draft; /* what could not be kept anywhere, for standard output */
};

/* The draft that the wizard has was read with this stamp. Looks for what other runs left, and asks about it.
 */
void keeper_open(struct keeper *keeper, struct host *host, const struct options *options,
                 struct wizard *wizard, const struct file_stamp *stamp);

/* The operator leaves, or is made to. thrown_away: what is not saved is not wanted. */
void keeper_close(struct keeper *keeper, bool thrown_away, struct last_words *words);

/* To be called after each event of the wizard. */
void keeper_note(struct keeper *keeper);

/* Milliseconds until keeper_work() has something to do; -1: nothing. */
int keeper_timeout(const struct keeper *keeper);
void keeper_work(struct keeper *keeper);

/* Keeps what there is now, before something that may end badly. */
void keeper_flush(struct keeper *keeper);

/* EFFECT_SAVE and EFFECT_REPLY. */
void keeper_save(struct keeper *keeper);
void keeper_reply(struct keeper *keeper);

#endif
