#include <dirent.h>
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
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "cli/autosave.h"
#include "cli/saved_draft.h"
#include "save_support.h"

/*
 * A process saves a draft and its autosave as fast as it can, and is killed at
 * a random moment, again and again (DRPLAN_KILLS times; script/torture asks for
 * a thousand). Whatever it had called saved is there afterwards, whole.
 */

/* What the saving process tells: what it is about to do with which number, and that it has done it. */
struct word {
    char what; /* 'd' draft, 'a' autosave; capital: done */
    int number;
};

static void say(int out, char what, int number)
{
    struct word word = {what, number};

    if (write(out, &word, sizeof(word)) != (ssize_t)sizeof(word))
        _exit(2);
}

static void name_plan(struct plan *plan, int number)
{
    char name[32];
    struct error err;

    snprintf(name, sizeof(name), "number-%d", number);
    if (!plan_set(plan, place_of_plan(FIELD_PLAN_NAME), name, &err))
        _exit(3);
}

static void save_for_ever(int out, int number)
{
    struct autosave_origin origin = {"", ""};
    struct autosave autosave;
    struct saved_draft draft;
    struct plan *plan = plan_new(true);
    struct error err;

    saved_draft_init(&draft, &host);
    if (!plan || !autosave_open(&autosave, &host, &err) ||
        saved_draft_open(&draft, "draft.json", NULL, NULL, &err) != LOCK_TAKEN)
        _exit(4);
    for (;; number++) {
        name_plan(plan, number);
        say(out, 'a', number);
        if (!autosave_write(&autosave, plan, &origin, &err))
            _exit(5);
        say(out, 'A', number);
        say(out, 'd', number);
        if (saved_draft_save(&draft, plan, "draft.json", false, SECRETS_ASK, &err) != SAVE_DONE)
            _exit(6);
        say(out, 'D', number);
    }
}

static int number_of(const struct plan *plan)
{
    const char *name = plan_get(plan, place_of_plan(FIELD_PLAN_NAME));
    int number = -1;

    assert_non_null(name);
    assert_int_equal(sscanf(name, "number-%d", &number), 1);
    return number;
}

/* The number in the draft; -1 when there is none. Fails the test when it is not whole. */
static int number_on_disk(void)
{
    struct buf text = BUF_INIT;
    struct plan *plan = NULL;
    struct error err;
    int number = -1;

    if (access("draft.json", F_OK) != 0)
        return -1;
    if (!file_read("draft.json", DRAFT_SIZE_MAX, &text, NULL, &err) ||
        !draft_read(buf_text(&text), text.length, &plan, &err))
        fail_msg("a draft is lost: %s", err.text);
    number = number_of(plan);
    plan_free(plan);
    buf_release(&text);
    return number;
}

/* The number in the autosave that the killed process left; the autosave is removed. -1: none. */
static int number_in_autosave(void)
{
    struct interrupted_list list;
    struct autosave autosave;
    struct error err;
    int number = -1;

    assert_true(autosave_open(&autosave, &host, &err));
    interrupted_find(&autosave, NULL, &list);
    assert_int_equal(list.set_aside.length, 0);
    assert_true(list.count <= 1);
    if (list.count == 1) {
        number = number_of(list.items[0].plan);
        list.count = 0;
        interrupted_forget(&list.items[0]);
    }
    interrupted_release(&list);
    autosave_close(&autosave);
    return number;
}

static void pause_ns(long nanoseconds)
{
    struct timespec pause = {0, nanoseconds};

    nanosleep(&pause, NULL);
}

struct last {
    int draft, autosave; /* called done */
    int begun_draft, begun_autosave;
};

/* Returns true when the kill fell into a save. */
static bool kill_once(int number, struct last *last)
{
    struct word word = {0}, latest = {0};
    int ends[2], status;
    pid_t pid;

    assert_int_equal(pipe(ends), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(ends[0]);
        save_for_ever(ends[1], number);
    }
    close(ends[1]);
    /* Not before it has begun; then whenever it falls. */
    assert_int_equal(read(ends[0], &word, sizeof(word)), sizeof(word));
    pause_ns(rand() % 4000000);
    kill(pid, SIGKILL);
    do {
        latest = word;
        if (word.what == 'a')
            last->begun_autosave = word.number;
        if (word.what == 'A')
            last->autosave = word.number;
        if (word.what == 'd')
            last->begun_draft = word.number;
        if (word.what == 'D')
            last->draft = word.number;
    } while (read(ends[0], &word, sizeof(word)) == (ssize_t)sizeof(word));
    close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    return latest.what == 'd' || latest.what == 'a';
}

static void a_kill_at_any_moment_loses_no_draft(void **state)
{
    const char *wanted = getenv("DRPLAN_KILLS");
    int kills = wanted ? (int)strtol(wanted, NULL, 10) : 30;
    struct last last = {-1, -1, -1, -1};
    int inside = 0;

    (void)state;
    srand((unsigned)time(NULL));
    for (int i = 0; i < kills; i++) {
        int draft, autosave;

        last.autosave = last.begun_autosave = -1;
        inside += kill_once(i * 1000, &last) ? 1 : 0;
        draft = number_on_disk();
        autosave = number_in_autosave();
        /* What was called done, or what was being done. */
        if (draft != last.draft && draft != last.begun_draft)
            fail_msg("kill %d: the draft is number %d, not %d or %d", i, draft, last.draft, last.begun_draft);
        if (autosave != last.autosave && autosave != last.begun_autosave)
            fail_msg("kill %d: the autosave is number %d, not %d or %d", i, autosave, last.autosave,
                     last.begun_autosave);
        last.draft = last.begun_draft = draft;
    }
    print_message("%d kills, %d of them inside a save: 0 drafts lost\n", kills, inside);
    assert_true(inside >= kills / 5);
}

/* Two runs that want the same draft: one has it, and what is there at the end is what one of them wrote. */
static void two_at_once_never_mix(void **state)
{
    const char *wanted = getenv("DRPLAN_KILLS");
    int rounds = wanted ? 200 : 20;
    int refused = 0;

    (void)state;
    for (int i = 0; i < rounds; i++) {
        pid_t pids[2];

        for (int who = 0; who < 2; who++) {
            pids[who] = fork();
            assert_true(pids[who] >= 0);
            if (pids[who] == 0) {
                struct saved_draft draft;
                struct plan *plan = plan_new(true);
                enum save_result result;
                struct error err;

                saved_draft_init(&draft, &host);
                if (!plan)
                    _exit(4);
                name_plan(plan, who + 1);
                saved_draft_open(&draft, "draft.json", NULL, NULL, &err);
                pause_ns(rand() % 300000);
                result = saved_draft_save(&draft, plan, "draft.json", false, SECRETS_ASK, &err);
                saved_draft_release(&draft);
                plan_free(plan);
                _exit(result == SAVE_DONE ? 0 : result == SAVE_READ_ONLY || result == SAVE_CHANGED ? 10 : 5);
            }
        }
        for (int who = 0; who < 2; who++) {
            int status;

            assert_int_equal(waitpid(pids[who], &status, 0), pids[who]);
            assert_true(WIFEXITED(status));
            assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 10);
            refused += WEXITSTATUS(status) == 10;
        }
        assert_in_range(number_on_disk(), 1, 2);
    }
    print_message("%d rounds, one was kept out %d times\n", rounds, refused);
}

/* What a killed save left beside the draft goes once it is surely nobody's. */
static void leftovers_of_killed_saves_are_removed(void **state)
{
    struct timespec old[2] = {{time(NULL) - 7200, 0}, {time(NULL) - 7200, 0}};
    struct dirent **entries;
    int count = scandir(".", &entries, NULL, NULL);
    int left = 0;

    (void)state;
    for (int i = 0; i < count; i++) {
        if (strstr(entries[i]->d_name, ".tmp"))
            assert_int_equal(utimensat(AT_FDCWD, entries[i]->d_name, old, 0), 0);
        free(entries[i]);
    }
    free(entries);
    file_remove_leftovers(".");
    count = scandir(".", &entries, NULL, NULL);
    for (int i = 0; i < count; i++) {
        left += strstr(entries[i]->d_name, ".tmp") != NULL;
        free(entries[i]);
    }
    free(entries);
    assert_int_equal(left, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kill_at_any_moment_loses_no_draft),
        cmocka_unit_test(leftovers_of_killed_saves_are_removed),
        cmocka_unit_test(two_at_once_never_mix),
    };

    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
