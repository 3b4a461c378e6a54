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
static int sync_parent(const char *path, size_t *there)
{
    struct buf folder = BUF_INIT;
    int failure = ENOMEM;
    int fd;

    (void)there;
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

/* One folder in a folder that is there. The first that is made ends what was there before. */
static int make_one(const char *path, size_t *there)
{
    while (mkdir(path, 0700) != 0) {
        int failure = errno;

        if (is_folder(path))
            return 0;
        if (failure != EINTR)
            return failure == EEXIST ? ENOTDIR : failure;
    }
    if (*there >= strlen(path))
        *there = strlen(path) - 1;
    /* The umask may have taken something away. */
    while (chmod(path, 0700) != 0) {
        if (errno != EINTR)
            return errno;
    }
    return 0;
}

static bool cannot_make(const char *path, int failure, struct error *err)
{
    return error_set_errno(err, ERROR_FILE, failure, "the folder %s cannot be made", path);
}

/* Goes down the path, from folder to folder, to those whose name is longer than `from` bytes. */
static bool walk_down(const char *path, size_t from, int (*visit)(const char *part, size_t *there),
                      size_t *there, struct error *err)
{
    char *part = text_copy(path);
    size_t length = strlen(path);
    int failure = 0;

    if (!part)
        return error_memory(err);
    while (length > 1 && part[length - 1] == '/')
        part[--length] = '\0';
    for (size_t at = from + 1; at <= length && failure == 0; at++) {
        char end = part[at];

        if ((end != '/' && end != '\0') || part[at - 1] == '/')
            continue;
        part[at] = '\0';
        failure = visit(part, there);
        part[at] = end;
    }
    free(part);
    return failure == 0 || cannot_make(path, failure, err);
}

bool file_begin_folder(const char *path, size_t *there, struct error *err)
{
    *there = strlen(path);
    return walk_down(path, 0, make_one, there, err) && (is_folder(path) || cannot_make(path, ENOENT, err));
}

bool file_keep_folder(const char *path, size_t there, struct error *err)
{
    return walk_down(path, there, sync_parent, &there, err);
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
