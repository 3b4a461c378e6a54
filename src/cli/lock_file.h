#ifndef CLI_LOCK_FILE_H
#define CLI_LOCK_FILE_H

#include "base/buf.h"
#include "base/error.h"

/*
 * A lock that ends with its holder, however that ends: nothing has to be
 * cleaned up after a crash. The file says who holds it, for those who come
 * second.
 */
struct lock_file {
    int fd; /* -1: not held */
    struct buf path;
};

#define LOCK_FILE_FREE ((struct lock_file){.fd = -1, .path = BUF_INIT})

enum lock_result {
    LOCK_TAKEN,
    LOCK_HELD,       /* somebody else has it */
    LOCK_IMPOSSIBLE, /* this file system has no locks, or the file cannot be made: ERROR_FILE says which */
};

/* Takes the lock at path, in a folder that is there, and writes `text` into it. LOCK_HELD: what its holder
 * wrote is added to holder (may be NULL), which may be nothing yet. */
enum lock_result lock_file_take(struct lock_file *lock, const char *path, const char *text,
                                struct buf *holder, struct error *err);

/* Removes the file and gives the lock up. Nothing happens when it is not held. */
void lock_file_release(struct lock_file *lock);

#endif
