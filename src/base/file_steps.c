#include "base/file_steps.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int step_open(int folder, const char *name, int flags, mode_t mode)
{
    int fd;

    do
        fd = openat(folder, name, flags | O_CLOEXEC | O_NOCTTY, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* Linux has closed the descriptor when close() was interrupted. */
int step_close(int fd)
{
    return close(fd) == 0 || errno == EINTR ? 0 : errno;
}

int step_change_mode(int fd, mode_t mode)
{
    while (fchmod(fd, mode) != 0) {
        if (errno != EINTR)
            return errno;
    }
    return 0;
}

int step_write(int fd, const char *bytes, size_t length, size_t *written)
{
    *written = 0;
    while (*written < length) {
        ssize_t put = write(fd, bytes + *written, length - *written);

        if (put > 0)
            *written += (size_t)put;
        else if (put == 0)
            return EIO;
        else if (errno != EINTR)
            return errno;
    }
    return 0;
}

int step_sync(int fd)
{
    while (fsync(fd) != 0) {
        if (errno != EINTR)
            return errno;
    }
    return 0;
}

/* Some file systems have nothing to flush for a folder and say so with these. */
int step_sync_folder(int folder)
{
    int failure = step_sync(folder);

    return failure == EINVAL || failure == ENOTSUP ? 0 : failure;
}

struct file_stamp file_stamp_of(const struct stat *status)
{
    return (struct file_stamp){
        .exists = true,
        .device = status->st_dev,
        .inode = status->st_ino,
        .size = status->st_size,
        .changed = status->st_mtim,
        .open_to_all = (status->st_mode & S_IWOTH) != 0,
    };
}

bool file_refuse_kind(const char *path, mode_t mode, struct error *err)
{
    if (S_ISDIR(mode))
        return error_set(err, ERROR_FILE, "%s is a folder, not a file", path);
    return error_set(err, ERROR_FILE, "%s is not a regular file", path);
}
