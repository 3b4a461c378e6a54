#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_place.h"
#include "base/file_steps.h"

/* Appending. */

enum { OPEN_TRIES = 8 };

/* Opens the file at the place for appending, or makes it. */
static int open_to_append(const struct file_place *place, int access_mode, int *fd, bool *made)
{
    const int flags = access_mode | O_APPEND | O_NONBLOCK | O_NOFOLLOW;
    int failure = EEXIST;

    for (int try = 0; failure == EEXIST && try < OPEN_TRIES; try++) {
        *made = false;
        *fd = step_open(place->folder, place->name, flags, 0);
        if (*fd < 0 && errno == ENOENT) {
            *made = true;
            *fd = step_open(place->folder, place->name, flags | O_CREAT | O_EXCL, 0600);
        }
        failure = *fd < 0 ? errno : 0;
    }
    return failure;
}

/* Takes back the part that got written, unless somebody else has added to the file since. */
static void take_back(int fd, off_t size_before, size_t written)
{
    struct stat status;
    int ignored;

    if (written == 0 || fstat(fd, &status) != 0 || status.st_size != size_before + (off_t)written)
        return;
    /* The caller reports the failed write; when this fails too, a torn end stays. */
    ignored = ftruncate(fd, size_before);
    (void)ignored;
}

/* A regular file, and only for its owner when it is new. */
static bool append_prepare(int fd, bool made, const char *path, struct error *err)
{
    struct stat status;
    int failure = fstat(fd, &status) != 0 ? errno : 0;

    if (failure == 0 && !S_ISREG(status.st_mode))
        return file_refuse_kind(path, status.st_mode, err);
    if (failure == 0 && made)
        failure = step_change_mode(fd, 0600);
    return failure == 0 || error_set_errno(err, ERROR_FILE, failure, "%s cannot be written", path);
}

/* Appends to the file at fd and closes it. */
static bool append_open(int fd, bool made, const char *path, const void *bytes, size_t length,
                        struct error *err)
{
    bool good = append_prepare(fd, made, path, err) && file_add(fd, path, bytes, length, err) &&
                file_sync(fd, path, err);
    int close_failure = step_close(fd);

    if (good && close_failure != 0)
        return error_set_errno(err, ERROR_FILE, close_failure, "%s cannot be written", path);
    return good;
}

bool file_append(const char *path, const void *bytes, size_t length, struct error *err)
{
    struct file_place place;
    bool made = false;
    bool good = file_place_open(&place, path, err);
    int failure;
    int fd;

    if (good) {
        failure = open_to_append(&place, O_WRONLY, &fd, &made);
        good = failure == 0 ? append_open(fd, made, path, bytes, length, err)
                            : error_set_errno(err, ERROR_FILE, failure, "%s cannot be written", path);
    }
    if (good && made)
        good = file_place_keep(&place, path, "written", err);
    file_place_release(&place);
    return good;
}

int file_open_append(const char *path, struct error *err)
{
    struct file_place place;
    bool made = false;
    bool good = file_place_open(&place, path, err);
    int fd = -1;
    int failure;

    if (good) {
        failure = open_to_append(&place, O_RDWR, &fd, &made);
        good = failure == 0 ? append_prepare(fd, made, path, err)
                            : error_set_errno(err, ERROR_FILE, failure, "%s cannot be written", path);
    }
    if (good && made)
        good = file_place_keep(&place, path, "made", err);
    file_place_release(&place);
    if (!good && fd >= 0)
        (void)close(fd);
    return good ? fd : -1;
}

bool file_add(int fd, const char *path, const void *bytes, size_t length, struct error *err)
{
    struct stat before;
    size_t written = 0;
    int failure = fstat(fd, &before) != 0 ? errno : step_write(fd, bytes, length, &written);

    if (failure == 0)
        return true;
    take_back(fd, before.st_size, written);
    return error_set_errno(err, ERROR_FILE, failure, "%s cannot be written", path);
}

bool file_sync(int fd, const char *path, struct error *err)
{
    int failure = step_sync(fd);

    return failure == 0 || error_set_errno(err, ERROR_FILE, failure, "%s cannot be written", path);
}
