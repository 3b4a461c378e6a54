#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_steps.h"

/* Reading. */

enum { CHUNK_SIZE = 16384 };

static bool same_stamp(const struct file_stamp *a, const struct file_stamp *b)
{
    if (!a->exists || !b->exists)
        return a->exists == b->exists;
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

/* One read(); waits where the descriptor is set not to. Returns as read() does. */
static ssize_t read_some(int fd, char *chunk, size_t size)
{
    for (;;) {
        ssize_t got = read(fd, chunk, size);

        if (got < 0 && errno == EAGAIN) {
            struct pollfd readable = {.fd = fd, .events = POLLIN};

            (void)poll(&readable, 1, -1);
        } else if (got >= 0 || errno != EINTR) {
            return got;
        }
    }
}

/* Adds what one read() gives to out, `most` bytes at most. Returns as read() does; memory: ENOMEM. */
static ssize_t read_into(int fd, struct buf *out, size_t most)
{
    ssize_t got;

    buf_reserve(out, most);
    if (out->failed) {
        errno = ENOMEM;
        return -1;
    }
    got = read_some(fd, out->data + out->length, most);
    if (got > 0)
        out->length += (size_t)got;
    out->data[out->length] = '\0';
    return got;
}

/* Adds all that fd has to out: that many bytes, or to its end where that is not known (0). On failure out is
 * as long as it was. */
static bool read_all(int fd, const char *path, size_t known, size_t limit, struct buf *out, struct error *err)
{
    size_t start = out->length, chunk = known > 0 ? known : CHUNK_SIZE;
    size_t left;
    char beyond;
    ssize_t got = 0;
    int failure;

    if (limit > out->limit - start)
        limit = out->limit - start;
    left = limit;
    while (left > 0 && (got = read_into(fd, out, chunk < left ? chunk : left)) > 0) {
        left -= (size_t)got;
        if (out->length - start == known)
            return true;
    }
    if (left == 0)
        got = read_some(fd, &beyond, 1);
    failure = errno;
    if (got == 0)
        return true;
    buf_remove(out, start, out->length - start);
    if (out->failed)
        return error_memory(err);
    if (got < 0)
        return error_set_errno(err, ERROR_FILE, failure, "%s cannot be read", path);
    return error_set(err, ERROR_FILE, "%s is too large: at most %zu bytes are read", path, limit);
}

/* Reads what is open already; somebody writing to it meanwhile would make a mixture of two versions. */
static bool read_open(int fd, const char *path, size_t limit, struct buf *out, struct file_stamp *stamp,
                      struct error *err)
{
    struct stat status;
    struct file_stamp before, after;
    size_t start = out->length;

    if (fstat(fd, &status) != 0)
        return error_set_errno(err, ERROR_FILE, errno, "%s cannot be read", path);
    if (!S_ISREG(status.st_mode))
        return file_refuse_kind(path, status.st_mode, err);
    before = file_stamp_of(&status);
    /* Files of the kernel do not say how long they are: 0. */
    if (!read_all(fd, path, (size_t)status.st_size, limit, out, err))
        return false;
    if (fstat(fd, &status) != 0) {
        buf_remove(out, start, out->length - start);
        return error_set_errno(err, ERROR_FILE, errno, "%s cannot be read", path);
    }
    after = file_stamp_of(&status);
    if (!same_stamp(&before, &after)) {
        buf_remove(out, start, out->length - start);
        return error_set(err, ERROR_FILE, "%s changed while it was being read; try again", path);
    }
    if (stamp)
        *stamp = before;
    return true;
}

/* Links are followed before, so that one that is put there in the meantime is refused. -1 with errno. */
static int open_to_read(const char *path)
{
    const int flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW;
    int fd = step_open(AT_FDCWD, path, flags, 0);
    char *resolved;

    if (fd >= 0 || errno != ELOOP)
        return fd;
    resolved = realpath(path, NULL);
    if (!resolved)
        return -1;
    fd = step_open(AT_FDCWD, resolved, flags, 0);
    free(resolved);
    return fd;
}

bool file_read(const char *path, size_t limit, struct buf *out, struct file_stamp *stamp, struct error *err)
{
    int fd = open_to_read(path);
    bool good;

    if (stamp)
        *stamp = (struct file_stamp){0};
    if (fd < 0)
        return error_set_errno(err, ERROR_FILE, errno, "%s cannot be read", path);
    good = read_open(fd, path, limit, out, stamp, err);
    (void)close(fd);
    return good;
}

bool file_read_standard_input(size_t limit, struct buf *out, struct error *err)
{
    return read_all(STDIN_FILENO, "standard input", 0, limit, out, err);
}

bool file_unchanged(const char *path, const struct file_stamp *stamp)
{
    struct file_stamp now = {0};
    struct stat status;

    if (stat(path, &status) == 0)
        now = file_stamp_of(&status);
    else if (errno != ENOENT)
        return false;
    return same_stamp(&now, stamp);
}
