#ifndef CLI_AUTOSAVE_H
#define CLI_AUTOSAVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/host.h"
#include "cli/lock_file.h"
#include "model/plan.h"

/*
 * What was typed and not saved, in a file of its own for each run of the
 * program: "autosave/ID.json" in the state folder, a draft that says in
 * "$drplan" where it came from. "autosave/ID.lock" is locked as long as the
 * run lives, so an autosave whose lock is free was left behind.
 */
struct autosave {
    struct host *host;
    struct buf folder;
    size_t folder_kept; /* how much of its path is on the disk: the rest follows with the first writing */
    struct buf path;    /* of the JSON */
    struct lock_file lock;
    char field[128];    /* the path of the field that the operator is at, for the next writing; "": none */
    struct buf written; /* what the file holds, without its origin; empty: there is no file */
    char written_field[128];
};

/* What an autosave belongs to. */
struct autosave_origin {
    const char *draft;      /* full path of the draft; "" for a plan that was never saved */
    const char *draft_hash; /* SHA-256 of the draft as it was last read or saved; "" for none */
};

/* Makes the folder and takes the lock; so what would go wrong later goes wrong now. ERROR_FILE says why
 * nothing can be kept. Close it either way. */
bool autosave_open(struct autosave *autosave, struct host *host, struct error *err);

/* Gives the lock up. The file stays, if there is one. */
void autosave_close(struct autosave *autosave);

/* Writes the plan without its secrets, and the field, unless the file holds the same already. */
bool autosave_write(struct autosave *autosave, const struct plan *plan, const struct autosave_origin *origin,
                    struct error *err);

void autosave_remove(struct autosave *autosave);

/* ---- What other runs left behind ---- */

struct interrupted {
    struct buf path;
    struct lock_file lock; /* ours for now, so that nobody else resumes the same work */
    struct plan *plan;
    struct buf draft; /* as in struct autosave_origin */
    char draft_hash[65];
    int64_t time;   /* of the last writing */
    char host[128]; /* where; "" for this machine */
    char field[128];
};

enum { INTERRUPTED_MAX = 9 };

struct interrupted_list {
    struct interrupted items[INTERRUPTED_MAX]; /* the latest first */
    int count;
    struct buf set_aside; /* the new names of autosaves that cannot be read, one a line */
};

/* Finds what runs that are gone have left; of the draft with this full path only, unless it is NULL. */
void interrupted_find(const struct autosave *autosave, const char *draft, struct interrupted_list *list);
void interrupted_release(struct interrupted_list *list);

/* From now on this run keeps the work of item: its file and its lock are the autosave's. */
void autosave_adopt(struct autosave *autosave, struct interrupted *item);

/* Removes the file of item, and releases the item. */
void interrupted_forget(struct interrupted *item);

#endif
