#ifndef CLI_PLAIN_KEEPER_H
#define CLI_PLAIN_KEEPER_H

#include <stdbool.h>

#include "cli/autosave.h"
#include "cli/draft_file.h"
#include "cli/saved_draft.h"
#include "plain/plain.h"

/*
 * Keeps what is answered in the dialogue of plain questions: in its draft when
 * the operator saves, and before every question in an autosave, where somebody
 * sits at a terminal. It asks its questions through the dialogue.
 */
struct plain_keeper {
    struct host *host;
    struct plain *plain;
    struct plan *plan; /* ours; another one once something was resumed */
    struct autosave autosave;
    bool keeping;
    bool complained; /* that nothing is kept: once is enough */
    struct saved_draft draft;
    enum save_secrets secrets;
};

/* Takes the draft's plan over and makes the dialogue. False when memory is short. Close it either way. */
bool plain_keeper_open(struct plain_keeper *keeper, struct host *host, struct draft_file *draft,
                       struct plain_io *io, bool at_terminal, struct error *err);

/* Offers what other runs left behind, and takes up what the operator wants of it. */
void plain_keeper_resume(struct plain_keeper *keeper, struct plain_io *io);

/* To be called before each question. */
void plain_keeper_note(struct plain_keeper *keeper);

/* PLAIN_SAVE and PLAIN_LEAVE. */
bool plain_keeper_save(struct plain_keeper *keeper, const char *path);

/* The dialogue ends. thrown_away: what is not saved is not wanted. */
void plain_keeper_close(struct plain_keeper *keeper, bool thrown_away);

#endif
