#ifndef CLI_SAVED_DRAFT_H
#define CLI_SAVED_DRAFT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/host.h"
#include "cli/lock_file.h"
#include "model/plan.h"

/*
 * The file that a plan was read from or saved to, held so that nobody's work
 * is written over unasked: what the file was is remembered, and other runs of
 * the program are kept out by a lock in the state folder.
 */
struct saved_draft {
    struct host *host;
    struct buf path;         /* as the operator named it; empty: none yet */
    struct file_stamp stamp; /* of the file as it was read or saved */
    struct file_stamp asked; /* as it was when a save was refused for it */
    struct buf asked_path;
    char hash[65]; /* SHA-256 of what was read or saved; "": nothing yet */
    struct lock_file lock;
    bool locked_out; /* another run has it */
    bool ours;       /* this run wrote it */
};

/* Nobody's file, and nothing saved. */
void saved_draft_init(struct saved_draft *draft, struct host *host);
void saved_draft_release(struct saved_draft *draft);

/*
 * From now on the plan belongs to the file at path, which was read with this
 * stamp (NULL: what is there now was). LOCK_HELD: another run has it open, who says by whom and since when,
 * and saving goes under other names only. LOCK_IMPOSSIBLE: err says why nobody
 * can be kept out.
 */
enum lock_result saved_draft_open(struct saved_draft *draft, const char *path, const struct file_stamp *stamp,
                                  struct buf *who, struct error *err);

/* The file must be what it was when it had this hash, else the next save asks. */
void saved_draft_expect(struct saved_draft *draft, const char *hash);

enum save_result {
    SAVE_DONE,
    SAVE_CHANGED,   /* somebody else changed the file since */
    SAVE_GONE,      /* it was removed since */
    SAVE_EXISTS,    /* another file of this name is there */
    SAVE_READ_ONLY, /* a later version of drplan wrote it, or another run has it */
    SAVE_SECRETS,   /* the draft was read with passwords in clear: shall they stay in it? */
    SAVE_FAILED,    /* err says why; what is there is as it was, unless err says otherwise */
};

enum save_secrets { SECRETS_ASK, SECRETS_LEAVE_OUT, SECRETS_KEEP };

/* Saves the plan at path, to which it belongs from then on. over: also where the last call answered
 * SAVE_CHANGED, SAVE_GONE or SAVE_EXISTS, if the file is still as it was then. Nothing is written unless it
 * is SAVE_DONE. */
enum save_result saved_draft_save(struct saved_draft *draft, const struct plan *plan, const char *path,
                                  bool over, enum save_secrets secrets, struct error *err);

/* "NAME-copy.json" for "NAME.json"; "-copy-2" and so on where that is there already. */
void copy_name(const char *path, struct buf *out);

#endif
