#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "cli/autosave.h"
#include "cli/saved_draft.h"
#include "save_support.h"

/*
 * Every system call of a save fails once, and from some call on for ever; is
 * cut short; reports its failure too late; is the last thing that the process
 * does. Afterwards the draft is the old one or the new one, whole, and nothing
 * was called saved that is not.
 */

enum mode { MODE_FAIL, MODE_SHORT, MODE_LATE, MODE_KILL_BEFORE, MODE_KILL_AFTER, MODE_KILL_TORN };

static struct {
    bool armed, for_ever;
    enum mode mode;
    int error;
    int at, calls, acted;
} fault;

/* True when this call is one that something happens to. */
static bool strikes(void)
{
    if (!fault.armed)
        return false;
    fault.calls++;
    if (fault.calls != fault.at && !(fault.for_ever && fault.calls > fault.at))
        return false;
    fault.acted++;
    if (fault.mode == MODE_KILL_BEFORE)
        raise(SIGKILL);
    return true;
}

/* What the struck call returns: without doing it, or after it. */
static int end_of(int real)
{
    if (fault.mode == MODE_KILL_AFTER || fault.mode == MODE_KILL_TORN)
        raise(SIGKILL);
    if (fault.mode == MODE_SHORT)
        return real;
    errno = fault.error;
    return -1;
}

static bool is_done_first(void)
{
    return fault.mode != MODE_FAIL;
}

#define WRAP(name, parameters, arguments)                                                                    \
    int __real_##name parameters;                                                                            \
    int __wrap_##name parameters;                                                                            \
    int __wrap_##name parameters                                                                             \
    {                                                                                                        \
        if (!strikes())                                                                                      \
            return __real_##name arguments;                                                                  \
        return end_of(is_done_first() ? __real_##name arguments : -1);                                       \
    }

WRAP(fsync, (int fd), (fd))
WRAP(close, (int fd), (fd))
WRAP(fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(renameat, (int from, const char *old, int to, const char *new), (from, old, to, new))
WRAP(mkdir, (const char *path, mode_t mode), (path, mode))

/* A file that was opened must be given back where opening is said to have failed. */
static int end_of_open(int fd)
{
    if (fault.mode == MODE_LATE && fd >= 0)
        __real_close(fd);
    return end_of(fd);
}

int __real_openat(int place, const char *name, int flags, mode_t mode);
int __wrap_openat(int place, const char *name, int flags, mode_t mode);
int __wrap_openat(int place, const char *name, int flags, mode_t mode)
{
    if (!strikes())
        return __real_openat(place, name, flags, mode);
    return end_of_open(is_done_first() ? __real_openat(place, name, flags, mode) : -1);
}

int __real_open(const char *name, int flags, mode_t mode);
int __wrap_open(const char *name, int flags, mode_t mode);
int __wrap_open(const char *name, int flags, mode_t mode)
{
    if (!strikes())
        return __real_open(name, flags, mode);
    return end_of_open(is_done_first() ? __real_open(name, flags, mode) : -1);
}

ssize_t __real_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length)
{
    if (!strikes())
        return __real_write(fd, bytes, length);
    if (fault.mode == MODE_SHORT || fault.mode == MODE_KILL_TORN)
        length = length > 1 ? length / 2 : length;
    return end_of(is_done_first() ? (int)__real_write(fd, bytes, length) : -1);
}

int __real_fcntl(int fd, int what, void *argument);
int __wrap_fcntl(int fd, int what, void *argument);
static int lock_error;

int __wrap_fcntl(int fd, int what, void *argument)
{
    if (what == F_OFD_SETLK && lock_error) {
        errno = lock_error;
        return -1;
    }
    return __real_fcntl(fd, what, argument);
}

/* ---- The scene ---- */

static const char old_text[] = "{\"planName\": \"old\", \"other\": 12345678901234567890}\n";

static void lay_out(void)
{
    folder_write("draft.json", old_text);
}

static int count_temporaries(void)
{
    DIR *listing = opendir(".");
    const struct dirent *entry;
    int count = 0;

    assert_non_null(listing);
    while ((entry = readdir(listing)))
        count += strstr(entry->d_name, ".tmp") != NULL;
    closedir(listing);
    return count;
}

static void remove_temporaries(void)
{
    assert_int_equal(system("rm -f .drplan-*.tmp drplan/autosave/.drplan-*.tmp"), 0);
}

/* 'o' or 'n': the draft is the old or the new one, whole. Fails the test otherwise. */
static char draft_on_disk(void)
{
    struct buf text = BUF_INIT;
    struct plan *plan = NULL;
    struct error err = {0};
    char version;

    if (!file_read("draft.json", DRAFT_SIZE_MAX, &text, NULL, &err) ||
        !draft_read(buf_text(&text), text.length, &plan, &err))
        fail_msg("the draft is lost: %s", err.text);
    version = plan_get(plan, place_of_plan(FIELD_PLAN_NAME))[0];
    if (version == 'o')
        assert_string_equal(buf_text(&text), old_text);
    else
        assert_non_null(strstr(buf_text(&text), "12345678901234567890"));
    plan_free(plan);
    buf_release(&text);
    return version;
}

static enum save_result save_with_fault(struct error *err)
{
    const struct file_stamp *as_it_is = NULL;
    struct saved_draft draft;
    struct plan *plan = new_version(old_text);
    enum save_result result;
    struct error ignored;

    saved_draft_init(&draft, &host);
    assert_int_equal(saved_draft_open(&draft, "draft.json", as_it_is, NULL, &ignored), LOCK_TAKEN);
    fault.calls = fault.acted = 0;
    fault.armed = true;
    result = saved_draft_save(&draft, plan, "draft.json", false, SECRETS_ASK, err);
    fault.armed = false;
    saved_draft_release(&draft);
    plan_free(plan);
    return result;
}

static void check_after(enum save_result result, const struct error *err)
{
    char version = draft_on_disk();

    if (result == SAVE_DONE) {
        assert_int_equal(version, 'n');
    } else {
        assert_int_equal(result, SAVE_FAILED);
        assert_true(err->text[0] != '\0');
        /* Only where the text says so is the new one there although it is not called saved. */
        if (version == 'n')
            assert_non_null(strstr(err->text, "is written, but might not survive"));
    }
}

static const int errors[] = {ENOSPC, EIO, EDQUOT, EROFS, EACCES, EMFILE, EINTR};

static int sweep(enum mode mode, bool for_ever, int error)
{
    int point = 0;

    do {
        struct error err = {0};
        enum save_result result;

        lay_out();
        fault.mode = mode;
        fault.for_ever = for_ever;
        fault.error = error;
        fault.at = ++point;
        result = save_with_fault(&err);
        check_after(result, &err);
        assert_int_equal(count_temporaries(), 0);
    } while (fault.acted > 0);
    return point - 1;
}

static void a_save_survives_every_failing_call(void **state)
{
    int points = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        points += sweep(MODE_FAIL, false, errors[i]);
        /* An interrupted call is tried again, so one that is interrupted for ever is none of a real system.
         */
        if (errors[i] != EINTR)
            points += sweep(MODE_FAIL, true, errors[i]);
    }
    print_message("%d points\n", points);
    assert_true(points >= 100);
}

static void short_writes_do_no_harm(void **state)
{
    (void)state;
    assert_true(sweep(MODE_SHORT, false, 0) > 5);
    assert_true(sweep(MODE_SHORT, true, 0) > 5);
}

static void a_failure_that_is_reported_late_is_not_called_saved(void **state)
{
    int point = 0;

    (void)state;
    do {
        struct error err = {0};
        enum save_result result;

        lay_out();
        fault.mode = MODE_LATE;
        fault.for_ever = false;
        fault.error = EIO;
        fault.at = ++point;
        result = save_with_fault(&err);
        if (result == SAVE_DONE)
            assert_int_equal(draft_on_disk(), 'n');
        else
            draft_on_disk();
        remove_temporaries();
    } while (fault.acted > 0);
    assert_true(point > 6);
}

/* Saves in a process of its own, which the fault kills. */
static bool was_killed(enum mode mode, int point)
{
    pid_t pid = fork();
    int status;

    assert_true(pid >= 0);
    if (pid == 0) {
        struct error err = {0};

        fault.mode = mode;
        fault.for_ever = false;
        fault.at = point;
        _exit(save_with_fault(&err) == SAVE_DONE ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status))
        assert_int_equal(WTERMSIG(status), SIGKILL);
    else
        assert_int_equal(WEXITSTATUS(status), 0);
    return WIFSIGNALED(status);
}

static void a_kill_at_every_call_leaves_a_whole_draft(void **state)
{
    static const enum mode modes[] = {MODE_KILL_BEFORE, MODE_KILL_AFTER, MODE_KILL_TORN};
    int kills = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        for (int point = 1;; point++, kills++) {
            lay_out();
            if (!was_killed(modes[i], point))
                break;
            draft_on_disk();
            remove_temporaries();
        }
        assert_int_equal(draft_on_disk(), 'n');
    }
    print_message("%d kills\n", kills);
    assert_true(kills > 20);
}

/* ---- Autosaves ---- */

static bool autosave_with_fault(struct autosave *autosave, const struct plan *plan)
{
    struct autosave_origin origin = {"/x/draft.json", ""};
    struct error err;
    bool ok;

    fault.calls = fault.acted = 0;
    fault.armed = true;
    ok = autosave_write(autosave, plan, &origin, &err);
    fault.armed = false;
    return ok;
}

static void an_autosave_that_fails_leaves_the_last_one(void **state)
{
    struct autosave autosave;
    struct plan *plan = new_version(old_text);
    struct error err;
    char name[32];

    (void)state;
    fault.mode = MODE_FAIL;
    fault.error = ENOSPC;
    fault.for_ever = false;
    fault.at = 0;
    assert_true(autosave_open(&autosave, &host, &err));
    assert_true(autosave_with_fault(&autosave, plan));
    for (fault.at = 1; fault.at < 100; fault.at++) {
        struct buf text = BUF_INIT;
        bool kept;

        snprintf(name, sizeof(name), "name-%d", fault.at);
        assert_true(plan_set(plan, place_of_plan(FIELD_PLAN_NAME), name, &err));
        kept = autosave_with_fault(&autosave, plan);
        assert_true(file_read(buf_text(&autosave.path), DRAFT_SIZE_MAX, &text, NULL, &err));
        if (kept)
            assert_non_null(strstr(buf_text(&text), name));
        buf_release(&text);
        if (fault.acted == 0)
            break;
        /* What failed is tried again, although the answers are the same. */
        fault.at += 1000;
        assert_true(autosave_with_fault(&autosave, plan));
        fault.at -= 1000;
    }
    assert_in_range(fault.at, 5, 99);
    autosave_remove(&autosave);
    autosave_close(&autosave);
    plan_free(plan);
}

/* ---- Locks ---- */

static void without_locks_it_goes_on_and_says_so(void **state)
{
    struct saved_draft draft;
    struct plan *plan = new_version(old_text);
    struct error err;

    (void)state;
    lay_out();
    saved_draft_init(&draft, &host);
    lock_error = ENOLCK;
    assert_int_equal(saved_draft_open(&draft, "draft.json", NULL, NULL, &err), LOCK_IMPOSSIBLE);
    assert_non_null(strstr(err.text, "cannot be locked"));
    lock_error = 0;
    assert_int_equal(saved_draft_save(&draft, plan, "draft.json", false, SECRETS_ASK, &err), SAVE_DONE);
    assert_int_equal(draft_on_disk(), 'n');
    saved_draft_release(&draft);
    /* An old kernel has locks of the other kind. */
    lock_error = EINVAL;
    assert_int_equal(saved_draft_open(&draft, "draft.json", NULL, NULL, &err), LOCK_TAKEN);
    lock_error = 0;
    saved_draft_release(&draft);
    plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_save_survives_every_failing_call),
        cmocka_unit_test(short_writes_do_no_harm),
        cmocka_unit_test(a_failure_that_is_reported_late_is_not_called_saved),
        cmocka_unit_test(a_kill_at_every_call_leaves_a_whole_draft),
        cmocka_unit_test(an_autosave_that_fails_leaves_the_last_one),
        cmocka_unit_test(without_locks_it_goes_on_and_says_so),
    };

    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
