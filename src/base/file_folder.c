#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_place.h"
#include "base/file_steps.h"

/* Folders. */

/* Brings the entry of path in its folder to the disk. */
static int sync_parent(const char *path)
{
    struct buf folder = BUF_INIT;
    int failure = ENOMEM;
    int fd;

    file_add_folder(&folder, path);
    if (!folder.failed) {
        fd = step_open(AT_FDCWD, buf_text(&folder), O_RDONLY | O_DIRECTORY, 0);
        failure = fd < 0 ? errno : step_sync_folder(fd);
        if (fd >= 0)
            (void)close(fd);
    }
    buf_release(&folder);
    return failure;
}

static bool is_folder(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* One folder in a folder that is there. */
static int make_one(const char *path, bool *made)
{
    while (mkdir(path, 0700) != 0) {
        int failure = errno;

        if (is_folder(path))
            return 0;
        if (failure != EINTR)
            return failure == EEXIST ? ENOTDIR : failure;
    }
    *made = true;
    /* The umask may have taken something away. */
    while (chmod(path, 0700) != 0) {
        if (errno != EINTR)
            return errno;
    }
    return 0;
}

/* there: how long the part of the path is that was there before. */
static int make_parts(char *path, size_t length, size_t *there)
{
    bool made = false;
    int failure = 0;

    *there = length;
    for (size_t at = 1; at <= length && failure == 0; at++) {
        char end = path[at];

        if ((end != '/' && end != '\0') || path[at - 1] == '/')
            continue;
        path[at] = '\0';
        failure = make_one(path, &made);
        path[at] = end;
        if (made && *there == length)
            *there = at - 1;
    }
    return failure;
}

static int sync_parts(char *path, size_t length, size_t there)
{
    int failure = 0;

    for (size_t at = there + 1; at <= length && failure == 0; at++) {
        char end = path[at];

        if ((end != '/' && end != '\0') || path[at - 1] == '/')
            continue;
        path[at] = '\0';
        failure = sync_parent(path);
        path[at] = end;
    }
    return failure;
}

/* The path without slashes at its end; NULL: no memory. */
static char *folder_path(const char *path, size_t *length, struct error *err)
{
    char *copy = text_copy(path);

    if (!copy) {
        error_memory(err);
        return NULL;
    }
    *length = strlen(copy);
    while (*length > 1 && copy[*length - 1] == '/')
        copy[--*length] = '\0';
    return copy;
}

static bool folder_told(const char *path, int failure, struct error *err)
{
    return failure == 0 || error_set_errno(err, ERROR_FILE, failure, "the folder %s cannot be made", path);
}

bool file_begin_folder(const char *path, size_t *there, struct error *err)
{
    size_t length;
    char *parts = folder_path(path, &length, err);
    int failure;

    if (!parts)
        return false;
    failure = make_parts(parts, length, there);
    free(parts);
    if (failure == 0 && !is_folder(path))
        failure = ENOENT;
    return folder_told(path, failure, err);
}

bool file_keep_folder(const char *path, size_t there, struct error *err)
{
    size_t length;
    char *parts = folder_path(path, &length, err);
    int failure;

    if (!parts)
        return false;
    failure = sync_parts(parts, length, there);
    free(parts);
    return folder_told(path, failure, err);
}

bool file_make_folder(const char *path, struct error *err)
{
    size_t there;

    return file_begin_folder(path, &there, err) && file_keep_folder(path, there, err);
}

bool file_state_folder(struct host *host, struct buf *out, struct error *err)
{
    const char *state = host_env(host, "XDG_STATE_HOME");
    const char *home = host_env(host, "HOME");

    if (state && *state == '/')
        buf_addf(out, "%s/drplan", state);
    else if (home && *home == '/')
        buf_addf(out, "%s/.local/state/drplan", home);
    else
        return error_set(err, ERROR_FILE,
                         "there is no folder for saved work: set HOME or XDG_STATE_HOME to an absolute path");
    return !out->failed || error_memory(err);
}
