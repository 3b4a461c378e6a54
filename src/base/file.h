#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/host.h"

/*
 * Files, read and written so that nothing is damaged.
 *
 * Reading opens without blocking and takes regular files only. Writing goes to
 * a new file of an unpredictable name beside the target, mode 0600 whatever
 * the umask, then fsync, rename, fsync of the folder; so at any moment the
 * name holds the old content or the new one, whole. What fails is ERROR_FILE.
 */

/* What a file was when it was read, to notice that somebody else changed it since. */
struct file_stamp {
    bool exists;
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
    bool open_to_all; /* anybody on this machine may write it */
};

/* Adds the whole of a regular file of at most `limit` bytes to out. On failure (ERROR_FILE) out is as long as
 * it was, and stamp says that nothing is there. stamp may be NULL. */
bool file_read(const char *path, size_t limit, struct buf *out, struct file_stamp *stamp, struct error *err);

/* Adds standard input to its end, at most `limit` bytes. On failure out is as long as it was. */
bool file_read_standard_input(size_t limit, struct buf *out, struct error *err);

/* True when the file at path still is what stamp says (also: still not there). */
bool file_unchanged(const char *path, const struct file_stamp *stamp);

/* Adds the full path of a file that need not be there: symbolic links followed, so that all names of one file
 * give the same. ERROR_FILE when its folder is not there. */
bool file_full_path(const char *path, struct buf *out, struct error *err);

/* Replaces (or makes) the file at path, through symbolic links to their target; only a regular file that may
 * be written is replaced. stamp, if not NULL, gets the stamp of what was written. ERROR_FILE: the old file is
 * still there and stamp untouched; but when it was only the folder that could not be flushed, the new file is
 * there, stamp is its stamp, and the text says that a power cut might undo it. */
bool file_replace(const char *path, const void *bytes, size_t length, struct file_stamp *stamp,
                  struct error *err);

/* Appends and fsyncs; makes the file (0600) when it is not there. What a failed write has added is taken
 * back. */
bool file_append(const char *path, const void *bytes, size_t length, struct error *err);

/* The same in steps, for many additions to one file: opens or makes it (-1: ERROR_FILE), adds all or nothing,
 * and brings what was added to the disk. Whoever opened it closes it. */
int file_open_append(const char *path, struct error *err);
bool file_add(int fd, const char *path, const void *bytes, size_t length, struct error *err);
bool file_sync(int fd, const char *path, struct error *err);

/* Makes a folder and its parents, mode 0700. Existing ones are fine. */
bool file_make_folder(const char *path, struct error *err);

/* The same in two steps, for whoever cannot wait for the disk yet: makes it, then brings what was made to the
 * disk. `there`: how many bytes of the path named a folder that was there before. */
bool file_begin_folder(const char *path, size_t *there, struct error *err);
bool file_keep_folder(const char *path, size_t there, struct error *err);

/* Removes what killed processes left in a folder while replacing files: our own temporary files, older than
 * an hour. Says nothing when it cannot. */
void file_remove_leftovers(const char *folder);

/* "$XDG_STATE_HOME/drplan" or "$HOME/.local/state/drplan" into out; not made. ERROR_FILE when neither is set
 * to an absolute path. */
bool file_state_folder(struct host *host, struct buf *out, struct error *err);

#endif
