#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/utf8.h"
#include "cli/autosave.h"
#include "cli/resume_words.h"
#include "cli/saved_draft.h"
#include "folder.h"
#include "model/draft.h"

/* A draft that others use too, autosaves of other runs and machines, and what is done where a lock or the
 * name of this machine is not to be had. */

static bool nameless;     /* the machine has no name */
static int lock_error;    /* of every lock that is asked for; 0: none */
static const char *state; /* where saved work goes; NULL: nowhere */
static bool chance_fails;

int __real_gethostname(char *name, size_t size);
int __wrap_gethostname(char *name, size_t size);
int __real_fcntl(int fd, int what, void *argument);
int __wrap_fcntl(int fd, int what, void *argument);

int __wrap_gethostname(char *name, size_t size)
{
    if (!nameless)
        return __real_gethostname(name, size);
    snprintf(name, size, "rubbish");
    errno = ENAMETOOLONG;
    return -1;
}

int __wrap_fcntl(int fd, int what, void *argument)
{
    if (what != F_OFD_SETLK || lock_error == 0)
        return __real_fcntl(fd, what, argument);
    errno = lock_error;
    return -1;
}

/* ---- The place ---- */

static char folder[FOLDER_SIZE];
static struct host host;

static const char *test_env(struct host *self, const char *name)
{
    (void)self;
    return strcmp(name, "XDG_STATE_HOME") == 0 ? state : strcmp(name, "USER") == 0 ? "ops" : NULL;
}

static bool test_random(struct host *self, void *memory, size_t length, struct error *err)
{
    if (chance_fails)
        return error_set(err, ERROR_INTERNAL, "there is no randomness to be had");
    return host_system()->random(self, memory, length, err);
}

static int enter_folder(void **unused)
{
    (void)unused;
    host = *host_system();
    host.env = test_env;
    host.random = test_random;
    folder_enter(folder);
    return 0;
}

static int leave_folder(void **unused)
{
    (void)unused;
    folder_remove(folder);
    return 0;
}

static int lay_out(void **unused)
{
    (void)unused;
    nameless = chance_fails = false;
    lock_error = 0;
    state = folder;
    folder_empty(folder);
    return 0;
}

static void holds(const char *path, const char *part)
{
    struct buf text = BUF_INIT;
    struct error err;

    if (!file_read(path, DRAFT_SIZE_MAX, &text, NULL, &err))
        fail_msg("%s", err.text);
    if (!strstr(buf_text(&text), part))
        fail_msg("'%s' is not in %s", part, buf_text(&text));
    buf_release(&text);
}

static struct plan *plan_named(const char *name)
{
    struct plan *plan = plan_new(false);
    struct error err;

    assert_non_null(plan);
    assert_true(plan_set(plan, place_of_plan(FIELD_PLAN_NAME), name, &err));
    return plan;
}

static void open_draft(struct saved_draft *draft, const char *path)
{
    struct error err;

    saved_draft_init(draft, &host);
    assert_int_equal(saved_draft_open(draft, path, NULL, NULL, &err), LOCK_TAKEN);
}

/* ---- Drafts ---- */

static void a_draft_that_was_removed_is_made_anew_only_when_that_is_wanted(void **unused)
{
    struct plan *plan = plan_named("orders");
    struct saved_draft draft;
    struct error err;

    (void)unused;
    folder_write("draft.json", "{}");
    open_draft(&draft, "draft.json");
    assert_int_equal(unlink("draft.json"), 0);
    assert_int_equal(saved_draft_save(&draft, plan, "draft.json", false, SECRETS_ASK, &err), SAVE_GONE);
    assert_int_equal(access("draft.json", F_OK), -1);
    assert_int_equal(saved_draft_save(&draft, plan, "draft.json", true, SECRETS_ASK, &err), SAVE_DONE);
    holds("draft.json", "orders");
    saved_draft_release(&draft);
    plan_free(plan);
}

/* Saving under its name is refused with who has it. */
static void a_draft_that_another_run_has_open_is_not_written_over(void **unused)
{
    struct plan *plan = plan_named("orders");
    struct saved_draft theirs, ours;
    struct error err;

    (void)unused;
    open_draft(&theirs, "theirs.json");
    open_draft(&ours, "ours.json");
    assert_int_equal(saved_draft_save(&ours, plan, "theirs.json", false, SECRETS_ASK, &err), SAVE_FAILED);
    assert_int_equal(err.kind, ERROR_FILE);
    assert_non_null(strstr(err.text, "theirs.json is open in another drplan: ops on "));
    assert_int_equal(access("theirs.json", F_OK), -1);
    saved_draft_release(&theirs);
    assert_int_equal(saved_draft_save(&ours, plan, "theirs.json", false, SECRETS_ASK, &err), SAVE_DONE);
    saved_draft_release(&ours);
    plan_free(plan);
}

static void a_holder_that_cannot_be_read_is_another_drplan(void **unused)
{
    struct saved_draft first, second;
    struct buf who = BUF_INIT;
    struct error err;

    (void)unused;
    nameless = true;
    open_draft(&first, "draft.json");
    saved_draft_init(&second, &host);
    assert_int_equal(saved_draft_open(&second, "draft.json", NULL, &who, &err), LOCK_HELD);
    assert_non_null(strstr(buf_text(&who), "ops on , process "));
    folder_write(buf_text(&first.lock.path), "{\"user\": 1}");
    buf_clear(&who);
    assert_int_equal(saved_draft_open(&second, "draft.json", NULL, &who, &err), LOCK_HELD);
    assert_string_equal(buf_text(&who), "another drplan");
    saved_draft_release(&second);
    saved_draft_release(&first);
    buf_release(&who);
}

/* Cut at any byte, either this or the same behind an x is cut within a character. */
#define NAME_OF_120 UMLAUTS_20 UMLAUTS_20 UMLAUTS_20
#define UMLAUTS_20                                                                                           \
    "\xC3\xA4\xC3\xB6\xC3\xA4\xC3\xB6\xC3\xA4\xC3\xB6\xC3\xA4\xC3\xB6\xC3\xA4\xC3\xB6"                       \
    "\xC3\xA4\xC3\xB6\xC3\xA4\xC3\xB6\xC3\xA4\xC3\xB6\xC3\xA4\xC3\xB6\xC3\xA4\xC3\xB6"

/* The text has no half of a character in it, and says that there was more. */
static void is_cut_well(const char *text)
{
    if (!utf8_valid(text, strlen(text)))
        fail_msg("a character is halved: %s", text);
    if (!strstr(text, "..."))
        fail_msg("it does not look cut: %s", text);
}

static void names_of_others_are_cut_between_characters(void **unused)
{
    static const char locks[][2][160] = {
        {"{\"user\": \"", "\", \"host\": \"gate1\", \"pid\": 7, \"since\": \"x\"}"},
        {"{\"user\": \"ops\", \"host\": \"", "\", \"pid\": 7, \"since\": \"x\"}"},
        {"{\"user\": \"ops\", \"host\": \"gate1\", \"pid\": 7, \"since\": \"", "\"}"},
    };
    struct saved_draft first, second;
    struct buf who = BUF_INIT, lock = BUF_INIT;
    struct error err;

    (void)unused;
    open_draft(&first, "draft.json");
    saved_draft_init(&second, &host);
    for (size_t i = 0; i < sizeof(locks) / sizeof(locks[0]); i++) {
        for (size_t lead = 0; lead < 2; lead++) {
            buf_clear(&lock);
            buf_clear(&who);
            buf_addf(&lock, "%s%s" NAME_OF_120 "%s", locks[i][0], lead ? "x" : "", locks[i][1]);
            folder_write(buf_text(&first.lock.path), buf_text(&lock));
            assert_int_equal(saved_draft_open(&second, "draft.json", NULL, &who, &err), LOCK_HELD);
            assert_non_null(strstr(buf_text(&who), ", process 7, since "));
            is_cut_well(buf_text(&who));
        }
    }
    saved_draft_release(&second);
    saved_draft_release(&first);
    buf_release(&lock);
    buf_release(&who);
}

static void a_copy_gets_a_name_that_is_free(void **unused)
{
    struct buf name = BUF_INIT;

    (void)unused;
    copy_name("draft.json", &name);
    assert_string_equal(buf_text(&name), "draft-copy.json");
    folder_write("draft-copy.json", "{}");
    copy_name("draft.json", &name);
    assert_string_equal(buf_text(&name), "draft-copy-2.json");
    folder_write("draft-copy-2.json", "{}");
    copy_name("draft", &name);
    assert_string_equal(buf_text(&name), "draft-copy-3.json");
    buf_release(&name);
}

/* ---- Locks ---- */

static void a_lock_that_somebody_has_is_not_one_that_cannot_be_had(void **unused)
{
    struct lock_file lock = LOCK_FILE_FREE;
    struct error err;

    (void)unused;
    lock_error = EACCES; /* as some systems say it */
    assert_int_equal(lock_file_take(&lock, "a.lock", "", NULL, &err), LOCK_HELD);
    lock_error = 0;
    assert_int_equal(lock_file_take(&lock, "none/a.lock", "", NULL, &err), LOCK_IMPOSSIBLE);
    assert_string_equal(err.text, "none/a.lock cannot be locked: No such file or directory");
    assert_int_equal(lock.fd, -1);
    lock_file_release(&lock);
}

/* ---- Autosaves ---- */

static void without_chance_or_locks_or_a_place_nothing_is_kept_and_it_is_said(void **unused)
{
    char long_path[600];
    struct autosave autosave;
    struct error err;

    (void)unused;
    chance_fails = true;
    assert_false(autosave_open(&autosave, &host, &err));
    assert_string_equal(err.text, "there is no randomness to be had");
    autosave_close(&autosave);
    chance_fails = false;
    lock_error = EAGAIN; /* somebody else is always faster */
    assert_false(autosave_open(&autosave, &host, &err));
    assert_non_null(strstr(err.text, ".json cannot be locked"));
    autosave_close(&autosave);
    lock_error = ENOLCK;
    assert_false(autosave_open(&autosave, &host, &err));
    assert_non_null(strstr(err.text, ".lock cannot be locked: No locks available"));
    autosave_close(&autosave);
    lock_error = 0;
    state = NULL;
    assert_false(autosave_open(&autosave, &host, &err));
    assert_non_null(strstr(err.text, "there is no folder for saved work"));
    autosave_close(&autosave);
    folder_write("file", "");
    snprintf(long_path, sizeof(long_path), "%s/file", folder);
    state = long_path;
    assert_false(autosave_open(&autosave, &host, &err));
    assert_int_equal(err.kind, ERROR_FILE);
    autosave_close(&autosave);
}

/* It is made before the first picture, and brought to the disk with the first writing. */
static void a_folder_that_is_gone_before_the_first_writing_is_said(void **unused)
{
    static const struct autosave_origin origin = {.draft = "", .draft_hash = ""};
    char fresh[FOLDER_SIZE + 16], command[FOLDER_SIZE + 32];
    struct plan *plan = plan_named("p");
    struct autosave autosave;
    struct error err;

    (void)unused;
    snprintf(fresh, sizeof(fresh), "%s/fresh", folder);
    state = fresh;
    assert_true(autosave_open(&autosave, &host, &err));
    snprintf(command, sizeof(command), "rm -r %s", fresh);
    assert_int_equal(system(command), 0);
    assert_false(autosave_write(&autosave, plan, &origin, &err));
    assert_int_equal(err.kind, ERROR_FILE);
    assert_non_null(strstr(err.text, "cannot be made: No such file or directory"));
    autosave_close(&autosave);
    plan_free(plan);
}

/* The longest name of a folder for which there still is room, and none for what comes behind it. */
static void a_folder_without_measure_is_an_error(void **unused)
{
    size_t length = BUF_LIMIT_DEFAULT - strlen("/drplan") - 2;
    char *path = malloc(length + 1);
    struct autosave autosave;
    struct error err;

    (void)unused;
    assert_non_null(path);
    memset(path, 'x', length);
    path[0] = '/';
    path[length] = '\0';
    state = path;
    assert_false(autosave_open(&autosave, &host, &err));
    assert_int_equal(err.kind, ERROR_MEMORY);
    autosave_close(&autosave);
    free(path);
}

/* Leaves an autosave as a run does that was killed; `path` is where. */
static void leave_autosave(const char *name, const char *draft, time_t seconds, long nanoseconds,
                           struct buf *path)
{
    struct autosave_origin origin = {.draft = draft, .draft_hash = ""};
    struct timespec times[2] = {{.tv_sec = seconds, .tv_nsec = nanoseconds},
                                {.tv_sec = seconds, .tv_nsec = nanoseconds}};
    struct plan *plan = plan_named(name);
    struct autosave autosave;
    struct error err;

    assert_true(autosave_open(&autosave, &host, &err));
    assert_true(autosave_write(&autosave, plan, &origin, &err));
    buf_clear(path);
    buf_add_text(path, buf_text(&autosave.path));
    assert_int_equal(utimensat(AT_FDCWD, buf_text(path), times, 0), 0);
    autosave_close(&autosave);
    plan_free(plan);
}

static const char *name_of(const struct interrupted *item)
{
    return plan_get(item->plan, place_of_plan(FIELD_PLAN_NAME));
}

static void the_latest_is_offered_first_and_only_what_is_of_the_draft(void **unused)
{
    struct interrupted_list list;
    struct buf path = BUF_INIT;
    struct autosave ours;
    struct error err;

    (void)unused;
    leave_autosave("second", "/x/draft.json", 1000, 5, &path);
    leave_autosave("third", "/x/draft.json", 1000, 4, &path);
    leave_autosave("first", "/x/draft.json", 1001, 0, &path);
    leave_autosave("other", "/x/other.json", 2000, 0, &path);
    /* Of one moment: their names decide, so that it is the same at each start. */
    leave_autosave("same", "", 500, 0, &path);
    leave_autosave("same", "", 500, 0, &path);
    assert_true(autosave_open(&ours, &host, &err));
    interrupted_find(&ours, "/x/draft.json", &list);
    assert_int_equal(list.count, 3);
    assert_string_equal(name_of(&list.items[0]), "first");
    assert_string_equal(name_of(&list.items[1]), "second");
    assert_string_equal(name_of(&list.items[2]), "third");
    interrupted_release(&list);
    interrupted_find(&ours, NULL, &list);
    assert_int_equal(list.count, 6);
    assert_string_equal(name_of(&list.items[0]), "other");
    assert_true(strcmp(buf_text(&list.items[4].path), buf_text(&list.items[5].path)) < 0);
    assert_int_equal(list.set_aside.length, 0);
    interrupted_release(&list);
    autosave_close(&ours);
    buf_release(&path);
}

static void what_another_machine_left_says_so(void **unused)
{
    struct interrupted_list list;
    struct buf path = BUF_INIT;
    struct autosave ours;
    struct error err;

    (void)unused;
    leave_autosave("here", "", 1000, 0, &path);
    folder_write(buf_text(&path),
                 "{\"planName\": \"there\", \"$drplan\": {\"version\": 1, \"autosave\": "
                 "{\"draft\": \"\", \"draftHash\": \"\", \"host\": \"gate1\", \"suggestions\": true}}}");
    leave_autosave("here", "", 4000000000, 0, &path);
    nameless = true;
    leave_autosave("nameless", "", 4100000000, 0, &path);
    nameless = false;
    assert_true(autosave_open(&ours, &host, &err));
    interrupted_find(&ours, NULL, &list);
    assert_int_equal(list.count, 3);
    assert_string_equal(name_of(&list.items[0]), "nameless");
    assert_string_equal(name_of(&list.items[1]), "here");
    assert_string_equal(list.items[1].host, "");
    assert_string_equal(name_of(&list.items[2]), "there");
    assert_string_equal(list.items[2].host, "gate1");
    interrupted_release(&list);
    autosave_close(&ours);
    buf_release(&path);
}

static void what_was_left_is_told_in_whole_characters(void **unused)
{
    static const char *const leads[] = {"", "x"};
    struct interrupted_list list;
    struct buf path = BUF_INIT, text = BUF_INIT;
    struct autosave ours;
    struct error err;

    (void)unused;
    assert_true(autosave_open(&ours, &host, &err));
    for (size_t lead = 0; lead < 2; lead++) {
        leave_autosave("here", "", 1000, 0, &path);
        buf_clear(&text);
        buf_addf(&text, "{\"planName\": \"%s" NAME_OF_120 NAME_OF_120 "\", ", leads[lead]);
        buf_addf(&text,
                 "\"$drplan\": {\"version\": 1, \"autosave\": {\"draft\": \"\", \"draftHash\": \"\", ");
        buf_addf(&text, "\"host\": \"%s" NAME_OF_120 NAME_OF_120 "\"}}}", leads[lead]);
        folder_write(buf_text(&path), buf_text(&text));
        interrupted_find(&ours, NULL, &list);
        assert_int_equal(list.count, 1);
        is_cut_well(list.items[0].host);
        buf_clear(&text);
        describe_interrupted(&list.items[0], 1, 1, 2000, &text);
        is_cut_well(buf_text(&text));
        interrupted_forget(&list.items[0]);
        interrupted_release(&list);
    }
    autosave_close(&ours);
    buf_release(&text);
    buf_release(&path);
}

static void a_draft_without_an_origin_is_no_autosave(void **unused)
{
    struct interrupted_list list;
    struct buf path = BUF_INIT;
    struct autosave ours;
    struct error err;

    (void)unused;
    leave_autosave("here", "", 1000, 0, &path);
    folder_write(buf_text(&path), "{\"planName\": \"stray\"}");
    assert_true(autosave_open(&ours, &host, &err));
    interrupted_find(&ours, NULL, &list);
    assert_int_equal(list.count, 0);
    assert_memory_equal(buf_text(&list.set_aside), buf_text(&path), path.length);
    assert_int_equal(access(buf_text(&path), F_OK), -1);
    list.set_aside.data[list.set_aside.length - 1] = '\0';
    holds(buf_text(&list.set_aside), "stray");
    interrupted_release(&list);
    autosave_close(&ours);
    buf_release(&path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_draft_that_was_removed_is_made_anew_only_when_that_is_wanted, lay_out),
        cmocka_unit_test_setup(a_draft_that_another_run_has_open_is_not_written_over, lay_out),
        cmocka_unit_test_setup(a_holder_that_cannot_be_read_is_another_drplan, lay_out),
        cmocka_unit_test_setup(names_of_others_are_cut_between_characters, lay_out),
        cmocka_unit_test_setup(a_copy_gets_a_name_that_is_free, lay_out),
        cmocka_unit_test_setup(a_lock_that_somebody_has_is_not_one_that_cannot_be_had, lay_out),
        cmocka_unit_test_setup(without_chance_or_locks_or_a_place_nothing_is_kept_and_it_is_said, lay_out),
        cmocka_unit_test_setup(a_folder_that_is_gone_before_the_first_writing_is_said, lay_out),
        cmocka_unit_test_setup(a_folder_without_measure_is_an_error, lay_out),
        cmocka_unit_test_setup(the_latest_is_offered_first_and_only_what_is_of_the_draft, lay_out),
        cmocka_unit_test_setup(what_another_machine_left_says_so, lay_out),
        cmocka_unit_test_setup(what_was_left_is_told_in_whole_characters, lay_out),
        cmocka_unit_test_setup(a_draft_without_an_origin_is_no_autosave, lay_out),
    };

    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
