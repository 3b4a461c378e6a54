#ifndef BASE_FILE_PLACE_H
#define BASE_FILE_PLACE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

/* A file to be written: its name in an open folder, symbolic links followed. What fails is ERROR_FILE. */
struct file_place {
    char *path;
    const char *name; /* the end of path */
    int folder;       /* open until the release */
};

/* The folder of path must be there, the file need not. */
bool file_place_open(struct file_place *place, const char *path, struct error *err);
void file_place_release(struct file_place *place);

/* False when something is at the place that must not be replaced: no regular file, or a read-only one. */
bool file_place_is_free(const struct file_place *place, const char *path, struct error *err);

/* Flushes the folder, in which the name is new. done: what has become of the file. */
bool file_place_keep(const struct file_place *place, const char *path, const char *done, struct error *err);

/* The folder part of path into out: "." for "name", "/" for "/name". */
void file_add_folder(struct buf *out, const char *path);

#endif
