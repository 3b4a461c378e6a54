#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files being written are named PREFIX, 16 hexadecimal digits, SUFFIX: a process that is killed leaves such a
 * file behind, and file_remove_leftovers() knows it by this name. */
#define TEMPORARY_PREFIX ".drplan-"
#define TEMPORARY_SUFFIX ".tmp"

enum {
    TEMPORARY_LENGTH = sizeof(TEMPORARY_PREFIX) - 1 + 16 + sizeof(TEMPORARY_SUFFIX) - 1,
    TEMPORARY_TRIES = 8,
    LEFTOVER_SECONDS = 3600, /* no write takes as long, so nobody is at work on an older one */
    LINKS_LIMIT = 40,        /* as many symbolic links as Linux itself follows */
    CHUNK_SIZE = 16384,
};

/* Functions that return int say 0, or the errno of what failed. */

/* Linux has closed the descriptor when close() was interrupted. */
static int close_checked(int fd)
{
    return close(fd) == 0 || errno == EINTR ? 0 : errno;
}

static int sync_checked(int fd)
{
    while (fsync(fd) != 0) {
        if (errno != EINTR)
            return errno;
    }
    return 0;
}

/* Some file systems have nothing to flush for a folder and say so with these. */
static int sync_folder(int folder)
{
    int failure = sync_checked(folder);

    return failure == EINVAL || failure == ENOTSUP ? 0 : failure;
}

static int write_all(int fd, const char *bytes, size_t length, size_t *written)
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

static int change_mode(int fd, mode_t mode)
{
    while (fchmod(fd, mode) != 0) {
        if (errno != EINTR)
            return errno;
    }
    return 0;
}

static int open_at(int folder, const char *name, int flags, mode_t mode)
{
    int fd;

    do
        fd = openat(folder, name, flags | O_CLOEXEC | O_NOCTTY, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

static struct file_stamp stamp_of(const struct stat *status)
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

static bool same_stamp(const struct file_stamp *a, const struct file_stamp *b)
{
    if (!a->exists || !b->exists)
        return a->exists == b->exists;
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

static bool refuse_kind(const char *path, mode_t mode, struct error *err)
{
    if (S_ISDIR(mode))
        return error_set(err, ERROR_FILE, "%s is a folder, not a file", path);
    return error_set(err, ERROR_FILE, "%s is not a regular file", path);
}

/* --- Reading --- */

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
        return refuse_kind(path, status.st_mode, err);
    before = stamp_of(&status);
    /* Files of the kernel do not say how long they are: 0. */
    if (!read_all(fd, path, (size_t)status.st_size, limit, out, err))
        return false;
    if (fstat(fd, &status) != 0) {
        buf_remove(out, start, out->length - start);
        return error_set_errno(err, ERROR_FILE, errno, "%s cannot be read", path);
    }
    after = stamp_of(&status);
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
    int fd = open_at(AT_FDCWD, path, flags, 0);
    char *resolved;

    if (fd >= 0 || errno != ELOOP)
        return fd;
    resolved = realpath(path, NULL);
    if (!resolved)
        return -1;
    fd = open_at(AT_FDCWD, resolved, flags, 0);
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
        now = stamp_of(&status);
    else if (errno != ENOENT)
        return false;
    return same_stamp(&now, stamp);
}

/* --- Where to write --- */

/* A file to be written: its name in an open folder, symbolic links followed. */
struct place {
    char *path;
    const char *name; /* the end of path */
    int folder;
};

/* The folder part of path into out: "." for "name", "/" for "/name". */
static void add_folder(struct buf *out, const char *path)
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
        add_folder(&behind, path);
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
    add_folder(&folder, path);
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

static void place_release(struct place *place)
{
    if (place->folder >= 0)
        (void)close(place->folder);
    free(place->path);
    *place = (struct place){.folder = -1};
}

static bool place_open(struct place *place, const char *path, struct error *err)
{
    char *name;
    bool in_root;

    *place = (struct place){.folder = -1, .path = resolve(path), .name = ""};
    if (!place->path)
        return error_set_errno(err, ERROR_FILE, errno, "%s cannot be written", path);
    name = strrchr(place->path, '/');
    in_root = name == place->path;
    /* For the moment the path is cut behind its folder. */
    *name = '\0';
    place->folder = open_at(AT_FDCWD, in_root ? "/" : place->path, O_RDONLY | O_DIRECTORY, 0);
    *name = '/';
    place->name = name + 1;
    if (place->folder < 0)
        return error_set_errno(err, ERROR_FILE, errno, "%s cannot be written", path);
    return true;
}

/* False when something is at the place that must not be replaced: no regular file, or a read-only one. */
static bool place_is_free(const struct place *place, const char *path, struct error *err)
{
    struct stat status;

    if (fstatat(place->folder, place->name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT || error_set_errno(err, ERROR_FILE, errno, "%s cannot be written", path);
    if (!S_ISREG(status.st_mode))
        return refuse_kind(path, status.st_mode, err);
    while (faccessat(place->folder, place->name, W_OK, AT_EACCESS) != 0) {
        if (errno != EINTR)
            return error_set_errno(err, ERROR_FILE, errno, "%s cannot be written", path);
    }
    return true;
}

/* --- Replacing --- */

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
        *fd = open_at(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
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
    int failure = change_mode(fd, 0600);

    if (failure == 0)
        failure = write_all(fd, bytes, length, &written);
    if (failure == 0)
        failure = sync_checked(fd);
    if (failure == 0 && fstat(fd, &status) != 0)
        failure = errno;
    if (failure == 0)
        *stamp = stamp_of(&status);
    close_failure = close_checked(fd);
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
static int replace(const struct place *place, const void *bytes, size_t length, struct file_stamp *stamp)
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

/* Flushes the folder, in which the name is new. done: what has become of the file. */
static bool keep_name(const struct place *place, const char *path, const char *done, struct error *err)
{
    int failure = sync_folder(place->folder);

    return failure == 0 || error_set_errno(err, ERROR_FILE, failure,
                                           "%s is %s, but might not survive a power cut", path, done);
}

bool file_replace(const char *path, const void *bytes, size_t length, struct file_stamp *stamp,
                  struct error *err)
{
    struct place place;
    struct file_stamp written = {0};
    bool good = place_open(&place, path, err) && place_is_free(&place, path, err);
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
        good = keep_name(&place, path, "written", err);
    }
    place_release(&place);
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

/* --- Appending --- */

/* Opens the file at the place for appending, or makes it. */
static int open_to_append(const struct place *place, int access_mode, int *fd, bool *made)
{
    const int flags = access_mode | O_APPEND | O_NONBLOCK | O_NOFOLLOW;
    int failure = EEXIST;

    for (int try = 0; failure == EEXIST && try < TEMPORARY_TRIES; try++) {
        *made = false;
        *fd = open_at(place->folder, place->name, flags, 0);
        if (*fd < 0 && errno == ENOENT) {
            *made = true;
            *fd = open_at(place->folder, place->name, flags | O_CREAT | O_EXCL, 0600);
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
        return refuse_kind(path, status.st_mode, err);
    if (failure == 0 && made)
        failure = change_mode(fd, 0600);
    return failure == 0 || error_set_errno(err, ERROR_FILE, failure, "%s cannot be written", path);
}

/* Appends to the file at fd and closes it. */
static bool append_open(int fd, bool made, const char *path, const void *bytes, size_t length,
                        struct error *err)
{
    bool good = append_prepare(fd, made, path, err) && file_add(fd, path, bytes, length, err) &&
                file_sync(fd, path, err);
    int close_failure = close_checked(fd);

    if (good && close_failure != 0)
        return error_set_errno(err, ERROR_FILE, close_failure, "%s cannot be written", path);
    return good;
}

bool file_append(const char *path, const void *bytes, size_t length, struct error *err)
{
    struct place place;
    bool made = false;
    bool good = place_open(&place, path, err);
    int failure;
    int fd;

    if (good) {
        failure = open_to_append(&place, O_WRONLY, &fd, &made);
        good = failure == 0 ? append_open(fd, made, path, bytes, length, err)
                            : error_set_errno(err, ERROR_FILE, failure, "%s cannot be written", path);
    }
    if (good && made)
        good = keep_name(&place, path, "written", err);
    place_release(&place);
    return good;
}

int file_open_append(const char *path, struct error *err)
{
    struct place place;
    bool made = false;
    bool good = place_open(&place, path, err);
    int fd = -1;
    int failure;

    if (good) {
        failure = open_to_append(&place, O_RDWR, &fd, &made);
        good = failure == 0 ? append_prepare(fd, made, path, err)
                            : error_set_errno(err, ERROR_FILE, failure, "%s cannot be written", path);
    }
    if (good && made)
        good = keep_name(&place, path, "made", err);
    place_release(&place);
    if (!good && fd >= 0)
        (void)close(fd);
    return good ? fd : -1;
}

bool file_add(int fd, const char *path, const void *bytes, size_t length, struct error *err)
{
    struct stat before;
    size_t written = 0;
    int failure = fstat(fd, &before) != 0 ? errno : write_all(fd, bytes, length, &written);

    if (failure == 0)
        return true;
    take_back(fd, before.st_size, written);
    return error_set_errno(err, ERROR_FILE, failure, "%s cannot be written", path);
}

bool file_sync(int fd, const char *path, struct error *err)
{
    int failure = sync_checked(fd);

    return failure == 0 || error_set_errno(err, ERROR_FILE, failure, "%s cannot be written", path);
}

/* --- Folders --- */

/* Brings the entry of path in its folder to the disk. */
static int sync_parent(const char *path)
{
    struct buf folder = BUF_INIT;
    int failure = ENOMEM;
    int fd;

    add_folder(&folder, path);
    if (!folder.failed) {
        fd = open_at(AT_FDCWD, buf_text(&folder), O_RDONLY | O_DIRECTORY, 0);
        failure = fd < 0 ? errno : sync_folder(fd);
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
