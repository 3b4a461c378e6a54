#ifndef BASE_FILE_STEPS_H
#define BASE_FILE_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/file.h"

/*
 * What the files of base/file.h do in one step: system calls, done again when a
 * signal interrupts them. Functions that return int say 0, or the errno of what
 * failed.
 */

/* -1, and errno, when it cannot be opened. */
int step_open(int folder, const char *name, int flags, mode_t mode);
int step_close(int fd);
int step_change_mode(int fd, mode_t mode);

/* All of them; *written: how many were, also when it fails. */
int step_write(int fd, const char *bytes, size_t length, size_t *written);

int step_sync(int fd);
int step_sync_folder(int folder);

struct file_stamp file_stamp_of(const struct stat *status);

/* ERROR_FILE for what is no regular file. */
bool file_refuse_kind(const char *path, mode_t mode, struct error *err);

#endif
