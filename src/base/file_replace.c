#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_place.h"
#include "base/file_steps.h"

/* Replacing. */

/* Files being written are named PREFIX, 16 hexadecimal digits, SUFFIX: a process that is killed leaves such a
 * file behind, and file_remove_leftovers() knows it by this name. */
#define TEMPORARY_PREFIX ".drplan-"
#define TEMPORARY_SUFFIX ".tmp"

enum {
    TEMPORARY_LENGTH = sizeof(TEMPORARY_PREFIX) - 1 + 16 + sizeof(TEMPORARY_SUFFIX) - 1,
    TEMPORARY_TRIES = 8,
    LEFTOVER_SECONDS = 3600, /* no write takes as long, so nobody is at work on an older one */
};

static int choose_name(char name[TEMPORARY_LENGTH + 1])
{
    uint64_t chance = 0;
    ssize_t got;

    do
        got = getrandom(&chance, sizeof(chance), 0);
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof(chance))
        return got < 0 ? errno : EIO;
    (void)snprintf(name, TEMPORARY_LENGTH + 1, "%s%016llx%s", TEMPORARY_PREFIX, (unsigned long long)chance,
                   TEMPORARY_SUFFIX);
    return 0;
}

/* A new empty file of a name that nobody can have prepared a link at. */
static int make_temporary(int folder, char name[TEMPORARY_LENGTH + 1], int *fd)
{
    int failure = EEXIST;

    for (int try = 0; failure == EEXIST && try < TEMPORARY_TRIES; try++) {
        failure = choose_name(name);
        if (failure != 0)
            return failure;
        *fd = step_open(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
        failure = *fd < 0 ? errno : 0;
    }
    return failure;
}

/* Fills the file at fd, brings it to the disk and closes it. */
static int fill(int fd, const void *bytes, size_t length, struct file_stamp *stamp)
{
    struct stat status;
    size_t written;
    int close_failure;
    int failure = step_change_mode(fd, 0600);

    if (failure == 0)
        failure = step_write(fd, bytes, length, &written);
    if (failure == 0)
        failure = step_sync(fd);
    if (failure == 0 && fstat(fd, &status) != 0)
        failure = errno;
    if (failure == 0)
        *stamp = file_stamp_of(&status);
    close_failure = step_close(fd);
    return failure != 0 ? failure : close_failure;
}

static int rename_checked(int folder, const char *from, const char *to)
{
    while (renameat(folder, from, folder, to) != 0) {
        if (errno != EINTR)
            return errno;
    }
    return 0;
}

/* Puts a new file with these bytes at the place. Nothing of it is left when that fails. */
static int replace(const struct file_place *place, const void *bytes, size_t length, struct file_stamp *stamp)
{
    char temporary[TEMPORARY_LENGTH + 1];
    int fd;
    int failure = make_temporary(place->folder, temporary, &fd);

    if (failure != 0)
        return failure;
    failure = fill(fd, bytes, length, stamp);
    if (failure == 0)
        failure = rename_checked(place->folder, temporary, place->name);
    if (failure != 0)
        (void)unlinkat(place->folder, temporary, 0);
    return failure;
}

bool file_replace(const char *path, const void *bytes, size_t length, struct file_stamp *stamp,
                  struct error *err)
{
    struct file_place place;
    struct file_stamp written = {0};
    bool good = file_place_open(&place, path, err) && file_place_is_free(&place, path, err);
    int failure;

    if (good) {
        failure = replace(&place, bytes, length, &written);
        if (failure != 0)
            good = error_set_errno(err, ERROR_FILE, failure, "%s cannot be written", path);
    }
    if (good) {
        /* From here on the new file is in place, whatever follows. */
        if (stamp)
            *stamp = written;
        good = file_place_keep(&place, path, "written", err);
    }
    file_place_release(&place);
    return good;
}

static bool is_temporary(const char *name)
{
    const char *digits = name + sizeof(TEMPORARY_PREFIX) - 1;

    return strlen(name) == TEMPORARY_LENGTH &&
           strncmp(name, TEMPORARY_PREFIX, sizeof(TEMPORARY_PREFIX) - 1) == 0 &&
           strspn(digits, "0123456789abcdef") == 16 && strcmp(digits + 16, TEMPORARY_SUFFIX) == 0;
}

void file_remove_leftovers(const char *folder)
{
    DIR *listing = opendir(folder);
    const struct dirent *entry;
    struct timespec now;

    if (!listing)
        return;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    while ((entry = readdir(listing))) {
        struct stat status;

        if (is_temporary(entry->d_name) &&
            fstatat(dirfd(listing), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
            now.tv_sec - status.st_mtim.tv_sec > LEFTOVER_SECONDS)
            (void)unlinkat(dirfd(listing), entry->d_name, 0);
    }
    (void)closedir(listing);
}
