#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LIMIT        ((size_t)1 << 20)

/* --- Faults: the calls of the room come by here, and one of them can be made to fail. --- */

static struct {
    int calls;   /* so far */
    int at;      /* which of them fails; 0: none */
    int failure; /* with which errno */
    bool hit;
    bool halve;            /* reads and writes do half of what they are asked */
    const char *change_at; /* a file that grows when something is read first */
    uint64_t chance;       /* when not 0: what the next random name is made of; counted up */
    bool links_followed;   /* something was opened that might be a link */
} fault;

static bool fails(void)
{
    if (++fault.calls != fault.at)
        return false;
    fault.hit = true;
    errno = fault.failure;
    return true;
}

ssize_t __real_getrandom(void *bytes, size_t length, unsigned flags);
ssize_t __wrap_getrandom(void *bytes, size_t length, unsigned flags);
int __real_faccessat(int folder, const char *name, int wanted, int flags);
int __wrap_faccessat(int folder, const char *name, int wanted, int flags);
int __real_openat(int folder, const char *name, int flags, mode_t mode);
int __wrap_openat(int folder, const char *name, int flags, mode_t mode);
ssize_t __real_read(int fd, void *bytes, size_t length);
ssize_t __wrap_read(int fd, void *bytes, size_t length);
ssize_t __real_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_close(int fd);
int __wrap_close(int fd);
int __real_fchmod(int fd, mode_t mode);
int __wrap_fchmod(int fd, mode_t mode);
int __real_renameat(int from_folder, const char *from, int to_folder, const char *to);
int __wrap_renameat(int from_folder, const char *from, int to_folder, const char *to);
int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);
int __real_chmod(const char *path, mode_t mode);
int __wrap_chmod(const char *path, mode_t mode);

int __wrap_openat(int folder, const char *name, int flags, mode_t mode)
{
    if (!(flags & (O_NOFOLLOW | O_DIRECTORY)) || !(flags & O_CLOEXEC))
        fault.links_followed = true;
    return fails() ? -1 : __real_openat(folder, name, flags, mode);
}

ssize_t __wrap_read(int fd, void *bytes, size_t length)
{
    ssize_t got;

    if (fails())
        return -1;
    got = __real_read(fd, bytes, fault.halve ? (length + 1) / 2 : length);
    if (fault.change_at) {
        FILE *file = fopen(fault.change_at, "a");

        assert_non_null(file);
        assert_int_equal(fputc('x', file), 'x');
        assert_int_equal(fclose(file), 0);
        fault.change_at = NULL;
    }
    return got;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t length)
{
    return fails() ? -1 : __real_write(fd, bytes, fault.halve ? (length + 1) / 2 : length);
}

int __wrap_fsync(int fd)
{
    return fails() ? -1 : __real_fsync(fd);
}

/* A descriptor is gone even when close() reports a failure. */
int __wrap_close(int fd)
{
    int result = __real_close(fd);

    return fails() ? -1 : result;
}

int __wrap_fchmod(int fd, mode_t mode)
{
    return fails() ? -1 : __real_fchmod(fd, mode);
}

int __wrap_renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    return fails() ? -1 : __real_renameat(from_folder, from, to_folder, to);
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    return fails() ? -1 : __real_mkdir(path, mode);
}

int __wrap_chmod(const char *path, mode_t mode)
{
    return fails() ? -1 : __real_chmod(path, mode);
}

int __wrap_faccessat(int folder, const char *name, int wanted, int flags)
{
    return fails() ? -1 : __real_faccessat(folder, name, wanted, flags);
}

ssize_t __wrap_getrandom(void *bytes, size_t length, unsigned flags)
{
    if (fault.chance == 0 || length != sizeof(fault.chance))
        return __real_getrandom(bytes, length, flags);
    memcpy(bytes, &fault.chance, length);
    fault.chance++;
    return (ssize_t)length;
}

/* From now on: the call number `at` fails with this errno. */
static void fail_call(int at, int failure)
{
    memset(&fault, 0, sizeof(fault));
    fault.at = at;
    fault.failure = failure;
}

static void fail_nothing(void)
{
    fail_call(0, 0);
}

/* --- A folder of its own for every test --- */

static char folder[PATH_MAX / 2];

/* The path of a name in the folder; valid for the four calls that follow. */
static const char *in(const char *name)
{
    static char paths[4][PATH_MAX];
    static int next;
    char *path = paths[next++ % 4];

    (void)snprintf(path, PATH_MAX, "%s/%s", folder, name);
    return path;
}

static int set_up(void **state)
{
    const char *parent = getenv("TMPDIR");
    char path[sizeof(folder)];
    char *resolved;

    (void)state;
    fail_nothing();
    (void)umask(022);
    (void)snprintf(path, sizeof(path), "%s/drplan-file-XXXXXX", parent && *parent ? parent : "/tmp");
    resolved = mkdtemp(path) ? realpath(path, NULL) : NULL;
    if (!resolved)
        return -1;
    (void)snprintf(folder, sizeof(folder), "%s", resolved);
    free(resolved);
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static int tear_down(void **state)
{
    (void)state;
    fail_nothing();
    (void)umask(022);
    return nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void put(const char *path, const void *bytes, size_t length)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static void put_text(const char *path, const char *text)
{
    put(path, text, strlen(text));
}

static void check_text(const char *path, const char *text)
{
    char bytes[4096];
    FILE *file = fopen(path, "r");
    size_t length;

    assert_non_null(file);
    length = fread(bytes, 1, sizeof(bytes), file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(length, strlen(text));
    assert_memory_equal(bytes, text, length);
}

static mode_t mode_of(const char *path)
{
    struct stat status;

    assert_int_equal(lstat(path, &status), 0);
    return status.st_mode;
}

static int entries(const char *path)
{
    DIR *listing = opendir(path);
    const struct dirent *entry;
    int count = 0;

    assert_non_null(listing);
    while ((entry = readdir(listing)))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    assert_int_equal(closedir(listing), 0);
    return count;
}

static bool same_stamp(const struct file_stamp *a, const struct file_stamp *b)
{
    return a->exists == b->exists && a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

static const struct file_stamp untouched = {.exists = true, .inode = 4711, .size = 42};

/* --- Reading --- */

static void a_file_of_any_size_is_read_whole(void **state)
{
    static const size_t sizes[] = {0, 1, 16383, 16384, 16385, 100000};
    char *bytes = malloc(100000);

    (void)state;
    assert_non_null(bytes);
    for (size_t i = 0; i < 100000; i++)
        bytes[i] = (char)(i * 7 % 251);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct buf out = BUF_INIT;
        struct error err;

        put(in("file"), bytes, sizes[i]);
        assert_true(file_read(in("file"), LIMIT, &out, NULL, &err));
        assert_int_equal(out.length, sizes[i]);
        assert_memory_equal(buf_text(&out), bytes, sizes[i]);
        buf_release(&out);
    }
    free(bytes);
}

static void what_is_read_is_added(void **state)
{
    struct buf out = BUF_INIT;
    struct error err;

    (void)state;
    put_text(in("file"), "world");
    buf_add_text(&out, "hello ");
    assert_true(file_read(in("file"), LIMIT, &out, NULL, &err));
    assert_string_equal(buf_text(&out), "hello world");
    buf_release(&out);
}

static void check_unreadable(const char *path, size_t limit, const char *words)
{
    struct buf out = BUF_INIT;
    struct file_stamp stamp = untouched;
    struct error err = {0};

    buf_add_text(&out, "before");
    assert_false(file_read(path, limit, &out, &stamp, &err));
    assert_int_equal(err.kind, ERROR_FILE);
    if (!strstr(err.text, words) || !strstr(err.text, path))
        fail_msg("%s", err.text);
    assert_string_equal(buf_text(&out), "before");
    assert_false(out.failed);
    assert_false(stamp.exists);
    buf_release(&out);
}

static void a_file_up_to_the_limit_is_read_and_none_beyond(void **state)
{
    struct buf out = BUF_INIT;
    struct error err;
    char bytes[20000];

    (void)state;
    memset(bytes, 'x', sizeof(bytes));
    put(in("file"), bytes, sizeof(bytes));
    assert_true(file_read(in("file"), sizeof(bytes), &out, NULL, &err));
    assert_int_equal(out.length, sizeof(bytes));
    buf_release(&out);
    check_unreadable(in("file"), sizeof(bytes) - 1, "too large: at most 19999 bytes");
    check_unreadable(in("file"), 0, "too large");
    /* The ceiling of the buf counts too. */
    buf_init(&out, 10);
    assert_false(file_read(in("file"), LIMIT, &out, NULL, &err));
    assert_int_equal(err.kind, ERROR_FILE);
    assert_non_null(strstr(err.text, "at most 10 bytes"));
    buf_release(&out);
}

static void only_regular_files_are_read(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(in("fifo"), 0600), 0);
    assert_int_equal(symlink("fifo", in("link")), 0);
    assert_int_equal(symlink("loop", in("loop")), 0);
    check_unreadable(in("fifo"), LIMIT, "is not a regular file");
    check_unreadable(in("link"), LIMIT, "is not a regular file");
    check_unreadable("/dev/null", LIMIT, "is not a regular file");
    check_unreadable("/dev/zero", LIMIT, "is not a regular file");
    check_unreadable(folder, LIMIT, "is a folder, not a file");
    check_unreadable(in("loop"), LIMIT, "Too many levels of symbolic links");
    check_unreadable(in("missing"), LIMIT, "No such file or directory");
    check_unreadable(in("missing/file"), LIMIT, "No such file or directory");
    check_unreadable("", LIMIT, "No such file or directory");
}

static void reading_follows_links(void **state)
{
    struct buf out = BUF_INIT;
    struct error err;

    (void)state;
    put_text(in("file"), "text");
    assert_int_equal(symlink("file", in("one")), 0);
    assert_int_equal(symlink(in("one"), in("two")), 0);
    assert_true(file_read(in("two"), LIMIT, &out, NULL, &err));
    assert_string_equal(buf_text(&out), "text");
    /* Resolved first, so that a link put there in the meantime is refused. */
    assert_false(fault.links_followed);
    buf_release(&out);
}

static void a_file_that_grows_while_it_is_read_is_refused(void **state)
{
    (void)state;
    put_text(in("file"), "text");
    fault.change_at = in("file");
    check_unreadable(in("file"), LIMIT, "changed while it was being read");
}

static void reading_survives_interruptions_and_short_reads(void **state)
{
    struct buf out = BUF_INIT;
    struct error err;

    (void)state;
    put_text(in("file"), "some text");
    for (int at = 1;; at++) {
        fail_call(at, EINTR);
        fault.halve = true;
        buf_clear(&out);
        assert_true(file_read(in("file"), LIMIT, &out, NULL, &err));
        assert_string_equal(buf_text(&out), "some text");
        if (!fault.hit)
            break;
        assert_true(at < 100);
    }
    buf_release(&out);
}

static void a_failing_read_is_reported(void **state)
{
    (void)state;
    put_text(in("file"), "some text");
    /* Opening, and reading as much as the file says it holds. */
    for (int at = 1; at <= 2; at++) {
        fail_call(at, EIO);
        check_unreadable(in("file"), LIMIT, "Input/output error");
        assert_true(fault.hit);
    }
}

/* --- Standard input --- */

static void give_standard_input(const void *bytes, size_t length)
{
    put(in("input"), bytes, length);
    assert_non_null(freopen(in("input"), "r", stdin));
    assert_int_equal(lseek(STDIN_FILENO, 0, SEEK_SET), 0);
}

static void standard_input_is_read_to_its_end(void **state)
{
    struct buf out = BUF_INIT;
    struct error err;

    (void)state;
    for (int at = 0; at < 4; at++) {
        give_standard_input("typed", 5);
        buf_clear(&out);
        /* Where standard input is set not to wait, EAGAIN means: not yet. */
        fail_call(at, at % 2 ? EAGAIN : EINTR);
        fault.halve = true;
        assert_true(file_read_standard_input(5, &out, &err));
        assert_string_equal(buf_text(&out), "typed");
    }
    buf_release(&out);
}

static void too_much_standard_input_is_refused(void **state)
{
    struct buf out = BUF_INIT;
    struct error err = {0};

    (void)state;
    give_standard_input("typed", 5);
    buf_add_text(&out, "before");
    assert_false(file_read_standard_input(4, &out, &err));
    assert_int_equal(err.kind, ERROR_FILE);
    assert_string_equal(err.text, "standard input is too large: at most 4 bytes are read");
    assert_string_equal(buf_text(&out), "before");
    fail_call(1, EIO);
    assert_false(file_read_standard_input(4, &out, &err));
    assert_string_equal(err.text, "standard input cannot be read: Input/output error");
    buf_release(&out);
}

/* --- Has somebody changed it? --- */

static struct file_stamp stamp_of(const char *path)
{
    struct buf out = BUF_INIT;
    struct file_stamp stamp = {0};
    struct error err;

    assert_true(file_read(path, LIMIT, &out, &stamp, &err));
    assert_true(stamp.exists);
    buf_release(&out);
    return stamp;
}

static void set_time(const char *path, time_t seconds)
{
    const struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};

    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void a_change_by_somebody_else_is_noticed(void **state)
{
    struct file_stamp stamp;

    (void)state;
    put_text(in("file"), "one");
    set_time(in("file"), 1000000000);
    stamp = stamp_of(in("file"));
    assert_true(file_unchanged(in("file"), &stamp));
    assert_true(file_unchanged(in("file"), &stamp));
    /* Another size. */
    put_text(in("file"), "three");
    set_time(in("file"), 1000000000);
    assert_false(file_unchanged(in("file"), &stamp));
    /* Another time. */
    put_text(in("file"), "two");
    set_time(in("file"), 1000000001);
    assert_false(file_unchanged(in("file"), &stamp));
    set_time(in("file"), 1000000000);
    assert_true(file_unchanged(in("file"), &stamp));
    assert_int_equal(utimensat(AT_FDCWD, in("file"),
                               (const struct timespec[2]){{.tv_sec = 1000000000, .tv_nsec = 1},
                                                          {.tv_sec = 1000000000, .tv_nsec = 1}},
                               0),
                     0);
    assert_false(file_unchanged(in("file"), &stamp));
    /* Another file of the same size and time. */
    put_text(in("other"), "six");
    set_time(in("other"), 1000000000);
    assert_int_equal(rename(in("other"), in("file")), 0);
    assert_false(file_unchanged(in("file"), &stamp));
    /* Gone. */
    assert_int_equal(unlink(in("file")), 0);
    assert_false(file_unchanged(in("file"), &stamp));
}

static void a_file_that_is_still_not_there_is_unchanged(void **state)
{
    const struct file_stamp nothing = {0};

    (void)state;
    assert_true(file_unchanged(in("file"), &nothing));
    assert_int_equal(symlink("file", in("link")), 0);
    assert_true(file_unchanged(in("link"), &nothing));
    put_text(in("file"), "");
    assert_false(file_unchanged(in("file"), &nothing));
    assert_false(file_unchanged(in("link"), &nothing));
    assert_false(file_unchanged(in("file/below"), &nothing));
}

/* --- Replacing --- */

static void a_file_is_made_and_replaced(void **state)
{
    struct file_stamp stamp = {0};
    struct error err;

    (void)state;
    assert_true(file_replace(in("file"), "one", 3, &stamp, &err));
    check_text(in("file"), "one");
    assert_true(file_unchanged(in("file"), &stamp));
    assert_true(file_replace(in("file"), "second", 6, NULL, &err));
    check_text(in("file"), "second");
    assert_false(file_unchanged(in("file"), &stamp));
    assert_true(file_replace(in("file"), NULL, 0, &stamp, &err));
    check_text(in("file"), "");
    assert_true(file_unchanged(in("file"), &stamp));
    assert_int_equal(entries(folder), 1);
}

static void what_is_written_is_for_its_owner_alone(void **state)
{
    static const mode_t masks[] = {0, 022, 077, 0777};

    (void)state;
    for (size_t i = 0; i < COUNT(masks); i++) {
        struct error err;

        put_text(in("file"), "open to all");
        assert_int_equal(chmod(in("file"), 0666), 0);
        (void)umask(masks[i]);
        assert_true(file_replace(in("file"), "x", 1, NULL, &err));
        assert_true(file_append(in("journal"), "x", 1, &err));
        assert_true(file_make_folder(in("a/b"), &err));
        (void)umask(022);
        assert_int_equal(mode_of(in("file")), S_IFREG | 0600);
        assert_int_equal(mode_of(in("journal")), S_IFREG | 0600);
        assert_int_equal(mode_of(in("a")), S_IFDIR | 0700);
        assert_int_equal(mode_of(in("a/b")), S_IFDIR | 0700);
        assert_int_equal(unlink(in("journal")), 0);
        assert_int_equal(rmdir(in("a/b")), 0);
        assert_int_equal(rmdir(in("a")), 0);
    }
}

static void writing_goes_through_links_to_their_target(void **state)
{
    struct file_stamp stamp;
    struct error err;

    (void)state;
    assert_int_equal(mkdir(in("far"), 0700), 0);
    put_text(in("far/file"), "old");
    assert_int_equal(symlink("far/file", in("one")), 0);
    assert_int_equal(symlink(in("one"), in("two")), 0);
    assert_true(file_replace(in("two"), "new", 3, &stamp, &err));
    check_text(in("far/file"), "new");
    assert_true(S_ISLNK(mode_of(in("one"))));
    assert_true(S_ISLNK(mode_of(in("two"))));
    assert_true(file_unchanged(in("two"), &stamp));
    assert_true(file_append(in("two"), "er", 2, &err));
    check_text(in("far/file"), "newer");
    assert_int_equal(entries(in("far")), 1);
}

static void a_link_to_nothing_makes_its_target(void **state)
{
    struct error err;

    (void)state;
    assert_int_equal(mkdir(in("far"), 0700), 0);
    assert_int_equal(mkdir(in("near"), 0700), 0);
    assert_int_equal(symlink("../far/file", in("near/link")), 0);
    assert_int_equal(symlink("near/link", in("first")), 0);
    assert_true(file_replace(in("first"), "made", 4, NULL, &err));
    check_text(in("far/file"), "made");
    assert_true(S_ISLNK(mode_of(in("near/link"))));
    assert_int_equal(symlink(in("far/journal"), in("journal")), 0);
    assert_true(file_append(in("journal"), "line\n", 5, &err));
    check_text(in("far/journal"), "line\n");
}

static void check_unwritable(const char *path, const char *words)
{
    struct file_stamp stamp = untouched;
    struct error err = {0};
    mode_t kind = 0;
    struct stat status;

    if (lstat(path, &status) == 0)
        kind = status.st_mode;
    assert_false(file_replace(path, "x", 1, &stamp, &err));
    assert_int_equal(err.kind, ERROR_FILE);
    if (!strstr(err.text, words) || !strstr(err.text, path))
        fail_msg("%s", err.text);
    assert_true(same_stamp(&stamp, &untouched));
    assert_int_equal(lstat(path, &status) == 0 ? status.st_mode : 0, kind);
    assert_false(file_append(path, "x", 1, &err));
    assert_int_equal(err.kind, ERROR_FILE);
}

static void only_regular_files_are_replaced(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int server = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)state;
    assert_true(server >= 0);
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%.100s/sock", folder);
    assert_int_equal(bind(server, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(mkfifo(in("fifo"), 0600), 0);
    assert_int_equal(mkdir(in("dir"), 0700), 0);
    assert_int_equal(symlink("fifo", in("to_fifo")), 0);
    assert_int_equal(symlink("loop", in("loop")), 0);
    assert_int_equal(symlink("nowhere/file", in("nowhere_link")), 0);
    check_unwritable(in("fifo"), "is not a regular file");
    check_unwritable(in("sock"), "is not a regular file");
    check_unwritable(in("to_fifo"), "is not a regular file");
    check_unwritable("/dev/null", "is not a regular file");
    check_unwritable(in("dir"), "is a folder, not a file");
    check_unwritable(in("dir/"), "is a folder, not a file");
    check_unwritable(in("missing/"), "No such file or directory");
    check_unwritable(in("loop"), "Too many levels of symbolic links");
    check_unwritable(in("nowhere/file"), "No such file or directory");
    check_unwritable(in("nowhere_link"), "No such file or directory");
    check_unwritable("", "No such file or directory");
    assert_int_equal(close(server), 0);
    assert_int_equal(entries(in("dir")), 0);
}

static void a_relative_path_is_one_from_here(void **state)
{
    char before[PATH_MAX];
    struct error err;

    (void)state;
    assert_non_null(getcwd(before, sizeof(before)));
    assert_int_equal(chdir(folder), 0);
    assert_true(file_replace("file", "one", 3, NULL, &err));
    assert_true(file_append("./journal", "two", 3, &err));
    assert_true(file_make_folder("a/b", &err));
    assert_true(file_replace("a/../a/b/file", "three", 5, NULL, &err));
    assert_int_equal(symlink("target", "link"), 0);
    assert_true(file_replace("link", "four", 4, NULL, &err));
    assert_int_equal(chdir(before), 0);
    check_text(in("file"), "one");
    check_text(in("journal"), "two");
    check_text(in("a/b/file"), "three");
    check_text(in("target"), "four");
}

/* Even who guesses the name of the temporary file gains nothing by putting a link there. */
static void a_link_planted_at_the_temporary_name_is_not_followed(void **state)
{
    struct error err;

    (void)state;
    put_text(in("victim"), "precious");
    assert_int_equal(symlink("victim", in(".drplan-00000000000000aa.tmp")), 0);
    assert_int_equal(symlink("nothing", in(".drplan-00000000000000ab.tmp")), 0);
    fault.chance = 0xaa;
    assert_true(file_replace(in("file"), "new", 3, NULL, &err));
    assert_int_equal(fault.chance, 0xad);
    check_text(in("file"), "new");
    check_text(in("victim"), "precious");
    assert_int_equal(entries(folder), 4);
    assert_false(fault.links_followed);
}

static void a_file_whose_mode_forbids_it_is_not_replaced(void **state)
{
    struct error err = {0};

    (void)state;
    put_text(in("file"), "old");
    /* The second call asks whether the file may be written; for root the answer would be yes always. */
    fail_call(2, EACCES);
    assert_false(file_replace(in("file"), "new", 3, NULL, &err));
    assert_true(fault.hit);
    assert_non_null(strstr(err.text, "Permission denied"));
    check_text(in("file"), "old");
}

static void the_longest_name_can_be_written(void **state)
{
    char name[NAME_MAX + 1];
    struct error err;

    (void)state;
    memset(name, 'n', NAME_MAX);
    name[NAME_MAX] = '\0';
    assert_true(file_replace(in(name), "x", 1, NULL, &err));
    check_text(in(name), "x");
}

static void another_name_of_the_old_file_keeps_the_old_content(void **state)
{
    struct error err;

    (void)state;
    put_text(in("file"), "old");
    assert_int_equal(link(in("file"), in("other")), 0);
    assert_true(file_replace(in("file"), "new", 3, NULL, &err));
    check_text(in("file"), "new");
    check_text(in("other"), "old");
}

/* Old or new, whole, and nothing beside it, whichever call of a save fails and how. */
static void a_failing_save_loses_nothing(void **state)
{
    static const int failures[] = {EIO, ENOSPC, EDQUOT, EROFS, EACCES, EMFILE};
    int saves = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(failures); i++) {
        for (int at = 1;; at++) {
            struct file_stamp stamp = untouched;
            struct error err = {0};
            bool saved;

            fail_nothing();
            put_text(in("file"), "old content");
            fail_call(at, failures[i]);
            saved = file_replace(in("file"), "new content!", 12, &stamp, &err);
            if (!fault.hit) {
                assert_true(saved);
                break;
            }
            fail_nothing();
            saves++;
            assert_int_equal(entries(folder), 1);
            /* The last call closes the folder: that cannot lose anything. */
            assert_int_equal(saved, at == 10);
            if (same_stamp(&stamp, &untouched)) {
                check_text(in("file"), "old content");
                assert_non_null(strstr(err.text, "cannot be written"));
            } else {
                /* After the rename. */
                assert_true(at > 8);
                check_text(in("file"), "new content!");
                assert_true(file_unchanged(in("file"), &stamp));
                assert_true(saved || strstr(err.text, "power cut"));
            }
            if (!saved)
                assert_int_equal(err.kind, ERROR_FILE);
        }
    }
    /* Two opens, the look at the old file, mode, write, two flushes, two closes and the rename. */
    assert_int_equal(saves, 10 * (int)COUNT(failures));
}

static void a_folder_that_cannot_be_flushed_is_reported_unless_it_never_can(void **state)
{
    static const struct {
        int failure;
        bool saved;
    } cases[] = {{EIO, false}, {EINVAL, true}, {ENOTSUP, true}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct file_stamp stamp = untouched;
        struct error err = {0};

        /* The call before the last of a save flushes the folder. */
        put_text(in("file"), "old");
        fail_call(9, cases[i].failure);
        assert_int_equal(file_replace(in("file"), "new", 3, &stamp, &err), cases[i].saved);
        assert_true(fault.hit);
        check_text(in("file"), "new");
        assert_true(file_unchanged(in("file"), &stamp));
        if (!cases[i].saved)
            assert_non_null(strstr(err.text, "might not survive a power cut: Input/output error"));
    }
}

static void interruptions_and_short_writes_are_not_seen(void **state)
{
    struct error err;

    (void)state;
    for (int at = 1;; at++) {
        fail_call(at, EINTR);
        fault.halve = true;
        assert_true(file_replace(in("file"), "some content", 12, NULL, &err));
        check_text(in("file"), "some content");
        assert_true(at < 100);
        if (!fault.hit)
            break;
    }
    for (int at = 1;; at++) {
        fail_call(at, EINTR);
        fault.halve = true;
        assert_true(file_append(in("journal"), "a line\n", 7, &err));
        check_text(in("journal"), "a line\n");
        assert_int_equal(unlink(in("journal")), 0);
        assert_true(at < 100);
        if (!fault.hit)
            break;
    }
    for (int at = 1;; at++) {
        fail_call(at, EINTR);
        assert_true(file_make_folder(in("a/b"), &err));
        assert_int_equal(rmdir(in("a/b")), 0);
        assert_int_equal(rmdir(in("a")), 0);
        assert_true(at < 100);
        if (!fault.hit)
            break;
    }
    fail_nothing();
    assert_int_equal(entries(folder), 1);
}

static void a_file_beyond_the_size_limit_is_reported(void **state)
{
    struct rlimit before, small;
    struct error err = {0};
    char bytes[8192] = {0};
    bool replaced, appended;

    (void)state;
    put_text(in("file"), "old");
    put_text(in("journal"), "line\n");
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 4096;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    replaced = file_replace(in("file"), bytes, sizeof(bytes), NULL, &err);
    appended = file_append(in("journal"), bytes, sizeof(bytes), &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_true(signal(SIGXFSZ, SIG_DFL) != SIG_ERR);
    assert_false(replaced);
    assert_false(appended);
    assert_non_null(strstr(err.text, "File too large"));
    check_text(in("file"), "old");
    check_text(in("journal"), "line\n");
    assert_int_equal(entries(folder), 2);
}

/* --- Appending --- */

static void lines_are_appended(void **state)
{
    struct error err;

    (void)state;
    assert_true(file_append(in("journal"), "one\n", 4, &err));
    assert_true(file_append(in("journal"), "two\n", 4, &err));
    check_text(in("journal"), "one\ntwo\n");
    assert_int_equal(entries(folder), 1);
}

static void appending_leaves_the_mode_of_an_old_file(void **state)
{
    struct error err;

    (void)state;
    put_text(in("journal"), "one\n");
    assert_int_equal(chmod(in("journal"), 0640), 0);
    assert_true(file_append(in("journal"), "two\n", 4, &err));
    assert_int_equal(mode_of(in("journal")), S_IFREG | 0640);
}

static void a_torn_line_is_taken_back(void **state)
{
    struct error err = {0};

    (void)state;
    put_text(in("journal"), "one\n");
    /* Two opens; the third call writes a half, the fourth finds the disk full. */
    fail_call(4, ENOSPC);
    fault.halve = true;
    assert_false(file_append(in("journal"), "a second line\n", 14, &err));
    assert_true(fault.hit);
    assert_non_null(strstr(err.text, "No space left on device"));
    check_text(in("journal"), "one\n");
}

static void a_failing_append_keeps_the_lines_before(void **state)
{
    static const int failures[] = {EIO, ENOSPC, EACCES};
    char text[32];

    (void)state;
    for (size_t i = 0; i < COUNT(failures); i++) {
        for (int at = 1;; at++) {
            struct error err = {0};
            bool appended;
            FILE *file;

            put_text(in("journal"), "one\n");
            fail_call(at, failures[i]);
            appended = file_append(in("journal"), "two\n", 4, &err);
            if (!fault.hit) {
                assert_true(appended);
                break;
            }
            fail_nothing();
            assert_true(appended || err.kind == ERROR_FILE);
            memset(text, 0, sizeof(text));
            file = fopen(in("journal"), "r");
            assert_non_null(file);
            assert_true(fread(text, 1, sizeof(text) - 1, file) >= 4);
            assert_int_equal(fclose(file), 0);
            assert_true(strcmp(text, "one\n") == 0 || strcmp(text, "one\ntwo\n") == 0);
        }
    }
}

/* --- Folders --- */

static void folders_are_made_with_their_parents(void **state)
{
    struct error err;

    (void)state;
    assert_true(file_make_folder(in("a/b//c/"), &err));
    assert_int_equal(mode_of(in("a/b/c")), S_IFDIR | 0700);
    assert_true(file_make_folder(in("a/b/c"), &err));
    assert_true(file_make_folder("/", &err));
    assert_true(file_make_folder("//", &err));
}

static void folders_that_are_there_stay_as_they_are(void **state)
{
    struct error err;

    (void)state;
    assert_int_equal(mkdir(in("a"), 0755), 0);
    assert_int_equal(symlink("a", in("link")), 0);
    assert_true(file_make_folder(in("link/b"), &err));
    assert_int_equal(mode_of(in("a")), S_IFDIR | 0755);
    assert_int_equal(mode_of(in("a/b")), S_IFDIR | 0700);
}

static void what_is_in_the_way_of_a_folder_is_reported(void **state)
{
    struct error err = {0};

    (void)state;
    put_text(in("file"), "");
    assert_false(file_make_folder(in("file"), &err));
    assert_int_equal(err.kind, ERROR_FILE);
    assert_non_null(strstr(err.text, "Not a directory"));
    assert_false(file_make_folder(in("file/a"), &err));
    assert_non_null(strstr(err.text, "Not a directory"));
    assert_false(file_make_folder("", &err));
    assert_int_equal(err.kind, ERROR_FILE);
}

static void a_failing_folder_is_reported(void **state)
{
    struct error err = {0};
    int parents;

    (void)state;
    /* A folder takes two calls to be made, and three, with its parent opened, flushed and closed, to be kept.
     * One goes to each parent. */
    assert_true(file_make_folder(in("x"), &err));
    parents = fault.calls - 5;
    for (int at = 1; at <= 10; at++) {
        bool made;

        fail_call(parents + at, EROFS);
        made = file_make_folder(in("a/b"), &err);
        assert_true(fault.hit);
        /* Closing a folder that was only flushed cannot lose anything. */
        assert_int_equal(made, at == 7 || at == 10);
        assert_true(made || (err.kind == ERROR_FILE && strstr(err.text, "Read-only file system")));
        fail_nothing();
        (void)rmdir(in("a/b"));
        (void)rmdir(in("a"));
    }
}

static void a_folder_can_be_used_before_it_is_on_the_disk(void **state)
{
    struct error err = {0};
    size_t there;
    int calls;

    (void)state;
    assert_int_equal(mkdir(in("a"), 0700), 0);
    assert_true(file_begin_folder(in("a/b/c"), &there, &err));
    assert_int_equal(mode_of(in("a/b/c")), S_IFDIR | 0700);
    assert_int_equal(there, strlen(in("a/")));
    /* Each parent of the two is opened, flushed and closed. */
    calls = fault.calls;
    assert_true(file_keep_folder(in("a/b/c"), there, &err));
    assert_int_equal(fault.calls - calls, 6);
    fail_call(2, EIO);
    assert_false(file_keep_folder(in("a/b/c"), there, &err));
    assert_non_null(strstr(err.text, "a/b/c"));
    fail_nothing();
    assert_true(file_begin_folder(in("a/b/c"), &there, &err));
    assert_int_equal(there, strlen(in("a/b/c")));
    calls = fault.calls;
    assert_true(file_keep_folder(in("a/b/c"), there, &err));
    assert_int_equal(fault.calls, calls);
}

/* A machine of which only the environment matters. */
struct fake_host {
    struct host host;
    const char *state, *home;
};

static const char *fake_env(struct host *host, const char *name)
{
    const struct fake_host *fake = (const struct fake_host *)host;

    if (strcmp(name, "XDG_STATE_HOME") == 0)
        return fake->state;
    return strcmp(name, "HOME") == 0 ? fake->home : NULL;
}

static void saved_work_has_its_folder(void **state)
{
    static const struct {
        const char *state, *home, *folder;
    } cases[] = {
        {"/s", "/home/o", "/s/drplan"},
        {NULL, "/home/o", "/home/o/.local/state/drplan"},
        {"", "/home/o", "/home/o/.local/state/drplan"},
        {"relative", "/home/o", "/home/o/.local/state/drplan"},
        {"/s", NULL, "/s/drplan"},
        {NULL, NULL, NULL},
        {"", "", NULL},
        {"relative", "relative", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fake_host fake = {.host.env = fake_env, .state = cases[i].state, .home = cases[i].home};
        struct buf out = BUF_INIT;
        struct error err = {0};

        assert_int_equal(file_state_folder(&fake.host, &out, &err), cases[i].folder != NULL);
        assert_string_equal(buf_text(&out), cases[i].folder ? cases[i].folder : "");
        assert_int_equal(err.kind, cases[i].folder ? ERROR_NONE : ERROR_FILE);
        buf_release(&out);
    }
}

static void only_our_own_old_temporary_files_are_removed(void **state)
{
    static const char *const kept[] = {
        ".drplan-0123456789abcdef.tmp", /* young */
        ".drplan-0123456789abcdef.tmpx", ".drplan-0123456789abcde.tmp",  ".drplan-0123456789abcdeg.tmp",
        ".drplan-0123456789abcdef.json", "xdrplan-0123456789abcdef.tmp", "plan.json",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(kept); i++) {
        put_text(in(kept[i]), "x");
        if (i > 0)
            set_time(in(kept[i]), 1000000000);
    }
    put_text(in(".drplan-00000000000000ff.tmp"), "x");
    set_time(in(".drplan-00000000000000ff.tmp"), 1000000000);
    assert_int_equal(mkdir(in(".drplan-aaaaaaaaaaaaaaaa.tmp"), 0700), 0);
    set_time(in(".drplan-aaaaaaaaaaaaaaaa.tmp"), 1000000000);
    file_remove_leftovers(folder);
    assert_int_equal(entries(folder), COUNT(kept) + 1);
    for (size_t i = 0; i < COUNT(kept); i++)
        check_text(in(kept[i]), "x");
    file_remove_leftovers(in("missing"));
}

/* A process that dies before the rename leaves what file_remove_leftovers() finds. */
static void what_a_killed_save_leaves_is_found(void **state)
{
    struct error err;
    pid_t child;
    int status;
    DIR *listing;
    const struct dirent *entry;

    (void)state;
    put_text(in("file"), "old");
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit small = {.rlim_cur = 2, .rlim_max = 2};

        (void)signal(SIGXFSZ, SIG_DFL);
        (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0});
        (void)setrlimit(RLIMIT_FSIZE, &small);
        (void)file_replace(in("file"), "new content", 11, NULL, &err);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    check_text(in("file"), "old");
    assert_int_equal(entries(folder), 2);
    listing = opendir(folder);
    assert_non_null(listing);
    while ((entry = readdir(listing))) {
        if (strstr(entry->d_name, ".tmp"))
            set_time(in(entry->d_name), 1000000000);
    }
    assert_int_equal(closedir(listing), 0);
    file_remove_leftovers(folder);
    assert_int_equal(entries(folder), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_of_any_size_is_read_whole),
        TEST(what_is_read_is_added),
        TEST(a_file_up_to_the_limit_is_read_and_none_beyond),
        TEST(only_regular_files_are_read),
        TEST(reading_follows_links),
        TEST(a_file_that_grows_while_it_is_read_is_refused),
        TEST(reading_survives_interruptions_and_short_reads),
        TEST(a_failing_read_is_reported),
        TEST(standard_input_is_read_to_its_end),
        TEST(too_much_standard_input_is_refused),
        TEST(a_change_by_somebody_else_is_noticed),
        TEST(a_file_that_is_still_not_there_is_unchanged),
        TEST(a_file_is_made_and_replaced),
        TEST(what_is_written_is_for_its_owner_alone),
        TEST(writing_goes_through_links_to_their_target),
        TEST(a_link_to_nothing_makes_its_target),
        TEST(only_regular_files_are_replaced),
        TEST(a_relative_path_is_one_from_here),
        TEST(a_link_planted_at_the_temporary_name_is_not_followed),
        TEST(a_file_whose_mode_forbids_it_is_not_replaced),
        TEST(the_longest_name_can_be_written),
        TEST(another_name_of_the_old_file_keeps_the_old_content),
        TEST(a_failing_save_loses_nothing),
        TEST(a_folder_that_cannot_be_flushed_is_reported_unless_it_never_can),
        TEST(interruptions_and_short_writes_are_not_seen),
        TEST(a_file_beyond_the_size_limit_is_reported),
        TEST(lines_are_appended),
        TEST(appending_leaves_the_mode_of_an_old_file),
        TEST(a_torn_line_is_taken_back),
        TEST(a_failing_append_keeps_the_lines_before),
        TEST(folders_are_made_with_their_parents),
        TEST(folders_that_are_there_stay_as_they_are),
        TEST(what_is_in_the_way_of_a_folder_is_reported),
        TEST(a_failing_folder_is_reported),
        TEST(a_folder_can_be_used_before_it_is_on_the_disk),
        TEST(saved_work_has_its_folder),
        TEST(only_our_own_old_temporary_files_are_removed),
        TEST(what_a_killed_save_leaves_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
