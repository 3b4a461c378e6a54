#include "cli/lock_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 8, HOLDER_MAX = 4096 };

/* 0, or the errno: EAGAIN when somebody else has the lock. */
static int lock(int fd)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    /* Locks of the open file, not of the process: they are not lost when a second descriptor is closed. */
    if (fcntl(fd, F_OFD_SETLK, &whole) == 0)
        return 0;
    if (errno == EACCES)
        return EAGAIN;
    if (errno != EINVAL)
        return errno;
    return flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
}

/* A holder that ended has removed the file, or somebody after it has made another one: then the lock is on
 * nothing. */
static bool is_still_at(int fd, const char *path)
{
    struct stat held, there;

    return fstat(fd, &held) == 0 && lstat(path, &there) == 0 && held.st_dev == there.st_dev &&
           held.st_ino == there.st_ino;
}

static void read_holder(int fd, struct buf *holder)
{
    char text[HOLDER_MAX];
    ssize_t got = pread(fd, text, sizeof(text), 0);

    if (got > 0)
        buf_add(holder, text, (size_t)got);
}

/* Without it others learn only that there is somebody: no reason to give up the lock. */
static void write_holder(int fd, const char *text)
{
    int truncated = ftruncate(fd, 0);
    ssize_t written = pwrite(fd, text, strlen(text), 0);

    (void)truncated;
    (void)written;
}

enum lock_result lock_file_take(struct lock_file *lock_file, const char *path, const char *text,
                                struct buf *holder, struct error *err)
{
    int failure = EAGAIN;

    for (int tries = 0; tries < TRIES; tries++) {
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);

        if (fd < 0) {
            failure = errno;
            break;
        }
        failure = lock(fd);
        if (failure == 0 && is_still_at(fd, path)) {
            write_holder(fd, text);
            lock_file->fd = fd;
            buf_clear(&lock_file->path);
            buf_add_text(&lock_file->path, path);
            return LOCK_TAKEN;
        }
        if (failure == EAGAIN && holder)
            read_holder(fd, holder);
        close(fd);
        if (failure == EAGAIN)
            return LOCK_HELD;
        if (failure != 0)
            break;
    }
    error_set_errno(err, ERROR_FILE, failure == 0 ? EAGAIN : failure, "%s cannot be locked", path);
    return LOCK_IMPOSSIBLE;
}

void lock_file_release(struct lock_file *lock_file)
{
    if (lock_file->fd >= 0) {
        unlink(buf_text(&lock_file->path));
        close(lock_file->fd);
    }
    buf_release(&lock_file->path);
    *lock_file = LOCK_FILE_FREE;
}
