#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "folder.h"

/*
 * Calls that hardly ever fail: the n-th fstat(), fsync(), write() or
 * getrandom() of what a test does. Whatever fails is said, an old file stays as it was,
 * and no half file is left beside it.
 */
enum call { CALL_FSTAT, CALL_FSYNC, CALL_WRITE, CALL_GETRANDOM, CALL_COUNT };

static struct {
    int countdown[CALL_COUNT]; /* 1: the next one fails; 0: none */
    int error[CALL_COUNT];     /* 0: the call does nothing, and says that it did nothing */
} fault;

static void fail_at(enum call call, int at, int error)
{
    memset(&fault, 0, sizeof(fault));
    fault.countdown[call] = at;
    fault.error[call] = error;
}

static bool strikes(enum call call)
{
    if (fault.countdown[call] == 0 || --fault.countdown[call] > 0)
        return false;
    errno = fault.error[call];
    return true;
}

int __real_fstat(int fd, struct stat *status);
int __wrap_fstat(int fd, struct stat *status);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
ssize_t __real_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length);
ssize_t __real_getrandom(void *bytes, size_t length, unsigned int flags);
ssize_t __wrap_getrandom(void *bytes, size_t length, unsigned int flags);

int __wrap_fstat(int fd, struct stat *status)
{
    return strikes(CALL_FSTAT) ? -1 : __real_fstat(fd, status);
}

int __wrap_fsync(int fd)
{
    return strikes(CALL_FSYNC) ? -1 : __real_fsync(fd);
}

ssize_t __wrap_write(int fd, const void *bytes, size_t length)
{
    if (!strikes(CALL_WRITE))
        return __real_write(fd, bytes, length);
    return fault.error[CALL_WRITE] ? -1 : 0;
}

ssize_t __wrap_getrandom(void *bytes, size_t length, unsigned int flags)
{
    if (!strikes(CALL_GETRANDOM))
        return __real_getrandom(bytes, length, flags);
    return fault.error[CALL_GETRANDOM] ? -1 : (ssize_t)length - 1;
}

/* ---- The place ---- */

static char folder[FOLDER_SIZE];

static int enter_folder(void **state)
{
    (void)state;
    folder_enter(folder);
    return 0;
}

static int leave_folder(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

static void put(const char *text)
{
    FILE *file = fopen("file", "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* "file" holds this, and nothing is beside it; then it is removed. */
static void nothing_but(const char *text)
{
    struct buf content = BUF_INIT;
    struct error err;
    DIR *listing = opendir(".");

    memset(&fault, 0, sizeof(fault));
    assert_non_null(listing);
    for (const struct dirent *entry; (entry = readdir(listing));)
        if (entry->d_name[0] != '.' || strlen(entry->d_name) > 2)
            assert_string_equal(entry->d_name, "file");
    closedir(listing);
    assert_true(file_read("file", 1000, &content, NULL, &err));
    assert_string_equal(buf_text(&content), text);
    buf_release(&content);
    assert_int_equal(unlink("file"), 0);
}

static void says(const struct error *err, const char *words, const char *reason)
{
    assert_int_equal(err->kind, ERROR_FILE);
    assert_non_null(strstr(err->text, "file "));
    if (!strstr(err->text, words) || !strstr(err->text, reason))
        fail_msg("'%s' says neither '%s' nor '%s'", err->text, words, reason);
}

/* ---- Reading ---- */

static void a_file_that_cannot_be_looked_at_is_not_read(void **state)
{
    (void)state;
    for (int at = 1; at <= 2; at++) {
        struct buf out = BUF_INIT;
        struct error err;

        put("text");
        buf_add_text(&out, "before");
        fail_at(CALL_FSTAT, at, EIO);
        assert_false(file_read("file", 1000, &out, NULL, &err));
        says(&err, "cannot be read", strerror(EIO));
        assert_string_equal(buf_text(&out), "before");
        buf_release(&out);
        nothing_but("text");
    }
}

/* ---- Replacing ---- */

static void a_save_that_fails_anywhere_leaves_the_old_file(void **state)
{
    static const struct {
        enum call call;
        int error;
    } cases[] = {
        {CALL_FSTAT, EIO},        {CALL_WRITE, 0},     {CALL_WRITE, ENOSPC},
        {CALL_GETRANDOM, ENOSYS}, {CALL_GETRANDOM, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int error = cases[i].error ? cases[i].error : EIO;
        struct error err;

        put("old");
        fail_at(cases[i].call, 1, cases[i].error);
        assert_false(file_replace("file", "new", 3, NULL, &err));
        says(&err, "cannot be written", strerror(error));
        nothing_but("old");
    }
}

/* ---- Appending ---- */

static void a_new_file_whose_folder_cannot_be_flushed_is_there_and_doubtful(void **state)
{
    struct error err;
    int fd;

    (void)state;
    fail_at(CALL_FSYNC, 2, EIO); /* the first one is of the file */
    assert_false(file_append("file", "line\n", 5, &err));
    says(&err, "is written, but might not survive a power cut", strerror(EIO));
    nothing_but("line\n");
    fail_at(CALL_FSYNC, 1, EIO);
    assert_int_equal(file_open_append("file", &err), -1);
    says(&err, "is made, but might not survive a power cut", strerror(EIO));
    /* The next one is not new any more. */
    fd = file_open_append("file", &err);
    assert_true(fd >= 0);
    assert_true(file_add(fd, "file", "line\n", 5, &err));
    close(fd);
    nothing_but("line\n");
}

static int open_files(void)
{
    int count = 0;

    for (int fd = 0; fd < 64; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void a_file_that_cannot_be_looked_at_gets_no_lines(void **state)
{
    int before = open_files();
    struct error err;
    int fd;

    (void)state;
    put("one\n");
    fail_at(CALL_FSTAT, 1, EIO);
    assert_int_equal(file_open_append("file", &err), -1);
    says(&err, "cannot be written", strerror(EIO));
    assert_int_equal(open_files(), before);
    fd = file_open_append("file", &err);
    fail_at(CALL_FSTAT, 1, EIO);
    assert_false(file_add(fd, "file", "two\n", 4, &err));
    says(&err, "cannot be written", strerror(EIO));
    fail_at(CALL_WRITE, 1, 0);
    assert_false(file_add(fd, "file", "two\n", 4, &err));
    says(&err, "cannot be written", strerror(EIO));
    close(fd);
    nothing_but("one\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_cannot_be_looked_at_is_not_read),
        cmocka_unit_test(a_save_that_fails_anywhere_leaves_the_old_file),
        cmocka_unit_test(a_new_file_whose_folder_cannot_be_flushed_is_there_and_doubtful),
        cmocka_unit_test(a_file_that_cannot_be_looked_at_gets_no_lines),
    };

    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
