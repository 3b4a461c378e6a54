#include "base/file_place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_steps.h"

/* Where a file is written. */

enum { LINKS_LIMIT = 40 }; /* as many symbolic links as Linux itself follows */

void file_add_folder(struct buf *out, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        buf_add_char(out, '.');
    else
        buf_add(out, path, slash == path ? 1 : (size_t)(slash - path));
}

/* The path behind the symbolic link at path; NULL with errno EINVAL or ENOENT when there is no link. */
static char *follow_link(const char *path)
{
    struct buf behind = BUF_INIT;
    char target[PATH_MAX];
    ssize_t length = readlink(path, target, sizeof(target));
    char *text;

    if (length < 0)
        return NULL;
    if (length > 0 && target[0] != '/') {
        file_add_folder(&behind, path);
        buf_add_char(&behind, '/');
    }
    buf_add(&behind, target, (size_t)length);
    text = buf_take(&behind);
    if (!text)
        errno = ENOMEM;
    return text;
}

/* The full path of a file that is not there (yet), in a folder that is. NULL with errno. */
static char *resolve_new(const char *path)
{
    struct buf folder = BUF_INIT, full = BUF_INIT;
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    char *resolved = NULL;
    char *text;

    if (*name == '\0') {
        errno = ENOENT;
        return NULL;
    }
    file_add_folder(&folder, path);
    if (!folder.failed)
        resolved = realpath(buf_text(&folder), NULL);
    buf_release(&folder);
    if (!resolved)
        return NULL;
    buf_add_text(&full, resolved);
    if (strcmp(resolved, "/") != 0)
        buf_add_char(&full, '/');
    buf_add_text(&full, name);
    free(resolved);
    text = buf_take(&full);
    if (!text)
        errno = ENOMEM;
    return text;
}

/* As realpath(), but the file need not be there, and a link may point to nothing. NULL with errno. */
static char *resolve(const char *path)
{
    char *at = text_copy(path);

    for (int links = 0; at && links <= LINKS_LIMIT; links++) {
        char *next = realpath(at, NULL);

        if (next || errno != ENOENT) {
            free(at);
            return next;
        }
        next = follow_link(at);
        if (!next && errno != ENOMEM) {
            next = resolve_new(at);
            free(at);
            return next;
        }
        free(at);
        at = next;
    }
    errno = at ? ELOOP : ENOMEM;
    free(at);
    return NULL;
}

bool file_full_path(const char *path, struct buf *out, struct error *err)
{
    char *resolved = resolve(path);

    if (!resolved)
        return error_set_errno(err, ERROR_FILE, errno, "%s cannot be found", path);
    buf_add_text(out, resolved);
    free(resolved);
    return !out->failed || error_memory(err);
}

bool file_place_open(struct file_place *place, const char *path, struct error *err)
{
    char *name;
    bool in_root;

    *place = (struct file_place){.folder = -1, .path = resolve(path), .name = ""};
    if (!place->path)
        return error_set_errno(err, ERROR_FILE, errno, "%s cannot be written", path);
    name = strrchr(place->path, '/');
    in_root = name == place->path;
    /* For the moment the path is cut behind its folder. */
    *name = '\0';
    place->folder = step_open(AT_FDCWD, in_root ? "/" : place->path, O_RDONLY | O_DIRECTORY, 0);
    *name = '/';
    place->name = name + 1;
    if (place->folder < 0)
        return error_set_errno(err, ERROR_FILE, errno, "%s cannot be written", path);
    return true;
}

void file_place_release(struct file_place *place)
{
    if (place->folder >= 0)
        (void)close(place->folder);
    free(place->path);
    *place = (struct file_place){.folder = -1};
}

bool file_place_is_free(const struct file_place *place, const char *path, struct error *err)
{
    struct stat status;

    if (fstatat(place->folder, place->name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT || error_set_errno(err, ERROR_FILE, errno, "%s cannot be written", path);
    if (!S_ISREG(status.st_mode))
        return file_refuse_kind(path, status.st_mode, err);
    while (faccessat(place->folder, place->name, W_OK, AT_EACCESS) != 0) {
        if (errno != EINTR)
            return error_set_errno(err, ERROR_FILE, errno, "%s cannot be written", path);
    }
    return true;
}

bool file_place_keep(const struct file_place *place, const char *path, const char *done, struct error *err)
{
    int failure = step_sync_folder(place->folder);

    return failure == 0 || error_set_errno(err, ERROR_FILE, failure,
                                           "%s is %s, but might not survive a power cut", path, done);
}
