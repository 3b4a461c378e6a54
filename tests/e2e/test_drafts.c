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
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "canary.h"
#include "command.h"
#include "folder.h"
#include "screen_support.h"

/*
 * Nothing typed is lost, and no secret is kept by accident: the program in a
 * terminal, with a folder of its own for each test that stands for a home.
 */

#define PAGE_DOWN    "\033[6~"
#define F9           "\033[20~"
#define CTRL(letter) ((const char[]){(letter)&0x1F, '\0'})
#define CANARY       "Zx7-canary-Password-31"
#define KEY_CANARY   "key-canary-SECRET-8842"

static char home[FOLDER_SIZE];
static char home_variable[96], state_variable[128];

static const char *const environment[] = {home_variable,
                                          state_variable,
                                          "XDG_DATA_HOME",
                                          "USER=ops",
                                          "ALIBABA_CLOUD_ACCESS_KEY_ID=LTAI5tCanaryKeyId01",
                                          "ALIBABA_CLOUD_ACCESS_KEY_SECRET=" KEY_CANARY,
                                          "ALIBABA_CLOUD_SECURITY_TOKEN=token-" KEY_CANARY,
                                          "ALIBABA_CLOUD_PROFILE",
                                          "ALIBABA_CLOUD_REGION_ID",
                                          "ASAN_OPTIONS=handle_segv=0:handle_abort=0",
                                          NULL};

/* ---- The program ---- */

static struct screen *start(const char *draft)
{
    const char *const argv[] = {getenv("DRPLAN"), "--sandbox", draft, NULL};
    struct screen_options options = {.columns = 100, .environment = environment};

    return open_screen(argv, &options);
}

static void kill_it(struct screen *screen)
{
    int status;

    assert_true(screen_signal(screen, SIGKILL));
    assert_true(screen_wait_exit(screen, &status));
    screen_free(screen);
}

/* Leaves when nothing is unsaved. */
static void leave(struct screen *screen)
{
    screen_type(screen, CTRL('q'));
    expect_end(screen, 0);
}

static void leave_and_throw_away(struct screen *screen)
{
    screen_type(screen, CTRL('q'));
    expect(screen, "Leave without saving?");
    screen_type(screen, "y");
    expect_end(screen, 0);
}

/* ---- Files ---- */

/* The whole of a file; the caller frees it. NULL when it is not there. */
static char *read_file(const char *name, size_t *length)
{
    FILE *file = fopen(name, "r");
    char *text = NULL;
    size_t size = 0;
    ssize_t got;

    if (!file)
        return NULL;
    got = getdelim(&text, &size, EOF, file);
    fclose(file);
    *length = got > 0 ? (size_t)got : 0;
    return text;
}

static bool file_has(const char *name, const char *part)
{
    size_t length;
    char *text = read_file(name, &length);
    bool has = text && memmem(text, length, part, strlen(part));

    free(text);
    return has;
}

/* How many files below a folder hold the text; the path of the last into `where`. */
static int count_files_with(const char *folder, const char *part, char where[4096])
{
    DIR *listing = opendir(folder);
    const struct dirent *entry;
    int count = 0;

    while (listing && (entry = readdir(listing))) {
        char path[4096];
        struct stat status;

        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || lstat(path, &status) != 0)
            continue;
        if (S_ISDIR(status.st_mode)) {
            count += count_files_with(path, part, where);
        } else if (S_ISREG(status.st_mode) && file_has(path, part)) {
            count++;
            memcpy(where, path, sizeof(path));
        }
    }
    if (listing)
        closedir(listing);
    return count;
}

static int count_autosaves(void)
{
    char folder[128];
    DIR *listing;
    const struct dirent *entry;
    int count = 0;

    snprintf(folder, sizeof(folder), "%s/state/drplan/autosave", home);
    listing = opendir(folder);
    while (listing && (entry = readdir(listing)))
        count += strstr(entry->d_name, ".json") != NULL;
    if (listing)
        closedir(listing);
    return count;
}

/* Waits until an autosave holds the text: the program is at work meanwhile. */
static void await_autosave(struct screen *screen, const char *part, int limit_ms)
{
    struct timespec begin, now;
    char folder[128], where[4096];

    snprintf(folder, sizeof(folder), "%s/state/drplan/autosave", home);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    do {
        /* One that is still being written does not count. */
        if (count_files_with(folder, part, where) > 0 && !strstr(where, ".tmp"))
            return;
        screen_wait_quiet(screen);
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((now.tv_sec - begin.tv_sec) * 1000 + (now.tv_nsec - begin.tv_nsec) / 1000000 < limit_ms);
    fail_msg("'%s' is in no autosave after %d ms", part, limit_ms);
}

/* ---- What is typed is kept ---- */

static void what_was_typed_is_back_after_a_kill(void **state)
{
    struct screen *screen = start(NULL);

    (void)state;
    expect(screen, "Plan name");
    screen_type(screen, "orders-of-today");
    await_autosave(screen, "orders-of-today", 5000);
    kill_it(screen);
    screen = start(NULL);
    expect(screen, "Resume what was not saved?");
    expect(screen, "orders-of-today, last typed a moment ago. It has 2 answers: Plan");
    screen_type(screen, "r");
    expect(screen, "[orders-of-today");
    expect(screen, "orders-of-today *");
    leave_and_throw_away(screen);
    assert_int_equal(count_autosaves(), 0);
}

static void resuming_goes_on_where_the_cursor_was(void **state)
{
    struct screen *screen = start(NULL);

    (void)state;
    expect(screen, "Plan name");
    screen_type(screen, "orders-of-today");
    screen_type(screen, PAGE_DOWN);
    expect(screen, "[2 First cluster]");
    screen_type(screen, "2\t\t");
    expect(screen, "> Network");
    await_autosave(screen, "\"field\":\"instances[0].networkType\"", 5000);
    kill_it(screen);
    screen = start(NULL);
    expect(screen, "Resume what was not saved?");
    screen_type(screen, "r");
    expect(screen, "[2 First cluster]");
    expect(screen, "> Network");
    screen_type(screen, "\t");
    expect(screen, "> Region");
    screen_signal(screen, SIGTERM);
    expect_end(screen, 128 + SIGTERM);
    screen = start(NULL);
    expect(screen, "Resume what was not saved?");
    screen_type(screen, "r");
    expect(screen, "> Region");
    leave_and_throw_away(screen);
}

static void a_field_that_was_left_is_kept_at_once(void **state)
{
    struct screen *screen = start(NULL);

    (void)state;
    expect(screen, "Plan name");
    screen_type(screen, "orders-left\t");
    await_autosave(screen, "orders-left", 1500);
    kill_it(screen);
    screen = start(NULL);
    expect(screen, "orders-left, last typed");
    screen_type(screen, "x");
    expect(screen, "Throw it away?");
    screen_type(screen, "n");
    expect(screen, "Resume what was not saved?");
    screen_type(screen, "x");
    expect(screen, "Throw it away?");
    screen_type(screen, "y");
    assert_true(screen_wait_gone(screen, "Throw it away?"));
    assert_int_equal(count_autosaves(), 0);
    leave(screen);
}

static void steady_typing_is_kept_too(void **state)
{
    struct screen *screen = start(NULL);
    struct timespec begin, now;
    char folder[128], where[4096];
    int kept = 0;

    (void)state;
    snprintf(folder, sizeof(folder), "%s/state/drplan/autosave", home);
    expect(screen, "Plan name");
    clock_gettime(CLOCK_MONOTONIC, &begin);
    /* Never a pause of two seconds, so that only the limit of five can be what keeps it. */
    do {
        screen_type(screen, "k");
        screen_wait_quiet(screen);
        kept = count_files_with(folder, "kkk", where);
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (kept == 0 && now.tv_sec - begin.tv_sec < 8);
    assert_int_equal(kept, 1);
    assert_true((now.tv_sec - begin.tv_sec) * 1000 + (now.tv_nsec - begin.tv_nsec) / 1000000 <= 5500);
    leave_and_throw_away(screen);
}

static void signals_and_a_lost_line_keep_the_last_key(void **state)
{
    static const int signals[] = {SIGTERM, SIGHUP, SIGQUIT, 0};

    (void)state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct screen *screen = start(NULL);
        struct timespec begin, end;
        char name[32];
        int status;

        snprintf(name, sizeof(name), "typed-%zu", i);
        expect(screen, "Plan name");
        screen_type(screen, name);
        expect(screen, name);
        clock_gettime(CLOCK_MONOTONIC, &begin);
        if (signals[i] != 0)
            screen_signal(screen, signals[i]);
        else
            screen_hang_up(screen);
        assert_true(screen_wait_exit(screen, &status));
        clock_gettime(CLOCK_MONOTONIC, &end);
        assert_int_equal(status, 128 + (signals[i] ? signals[i] : SIGHUP));
        assert_true(end.tv_sec - begin.tv_sec < 2);
        if (signals[i] != 0)
            assert_true(screen_has(screen, "What was not saved is kept"));
        screen_free(screen);
        screen = start(NULL);
        expect(screen, "Resume what was not saved?");
        expect(screen, name);
        screen_type(screen, "\r");
        assert_true(screen_wait_gone(screen, "Resume what"));
        expect(screen, name);
        leave_and_throw_away(screen);
    }
}

static void a_crash_keeps_what_was_kept_before(void **state)
{
    static const int signals[] = {SIGSEGV, SIGABRT};

    (void)state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct screen *screen = start(NULL);

        expect(screen, "Plan name");
        screen_type(screen, "before-the-crash");
        await_autosave(screen, "before-the-crash", 5000);
        screen_signal(screen, signals[i]);
        expect_end(screen, 128 + signals[i]);
        screen = start(NULL);
        expect(screen, "before-the-crash, last typed");
        screen_type(screen, "r");
        expect(screen, "[before-the-crash");
        leave_and_throw_away(screen);
    }
}

static void leaving_can_keep_it_for_the_next_start(void **state)
{
    struct screen *screen = start(NULL);

    (void)state;
    expect(screen, "Plan name");
    screen_type(screen, "half-done");
    screen_type(screen, CTRL('q'));
    expect(screen, "Leave without saving?");
    screen_type(screen, "k");
    expect_end(screen, 0);
    screen = start(NULL);
    expect(screen, "half-done, last typed");
    screen_type(screen, "n");
    assert_true(screen_wait_gone(screen, "Resume what"));
    leave(screen);
    /* Passed over is not thrown away. */
    screen = start(NULL);
    expect(screen, "half-done, last typed");
    screen_type(screen, "r");
    expect(screen, "[half-done");
    screen_type(screen, CTRL('q'));
    expect(screen, "Leave without saving?");
    screen_type(screen, "s");
    expect(screen, "Save the draft as");
    screen_type(screen, "\r");
    expect_end(screen, 0);
    assert_true(file_has("half-done.json", "half-done"));
    assert_false(file_has("half-done.json", "autosave"));
    assert_int_equal(count_autosaves(), 0);
}

static void a_draft_and_its_autosave_are_told_apart(void **state)
{
    struct screen *screen;

    (void)state;
    folder_write("plan.json", "{\"planName\": \"as-saved\", \"unknown\": 12345678901234567890}\n");
    screen = start("plan.json");
    expect(screen, "[as-saved");
    screen_type(screen, "-and-more\tnew text");
    await_autosave(screen, "new text", 5000);
    kill_it(screen);
    screen = start("plan.json");
    expect(screen, "2 answers differ from");
    expect(screen, "plan.json: Plan name; Description.");
    screen_type(screen, "o");
    expect(screen, "[as-saved ");
    leave(screen);
    /* Meanwhile somebody else works on the draft: saving asks. */
    folder_write("plan.json", "{\"planName\": \"of-others\"}\n");
    screen = start(NULL);
    expect(screen, "the draft was changed");
    screen_type(screen, "r");
    expect(screen, "[as-saved-and-more");
    screen_type(screen, CTRL('s'));
    expect(screen, "Somebody else changed the draft");
    assert_true(file_has("plan.json", "of-others"));
    screen_type(screen, "s");
    expect(screen, "plan-copy.json");
    screen_type(screen, "\r");
    expect(screen, "Saved to ");
    assert_true(file_has("plan-copy.json", "as-saved-and-more"));
    assert_true(file_has("plan-copy.json", "12345678901234567890"));
    assert_true(file_has("plan.json", "of-others"));
    leave(screen);
    assert_int_equal(count_autosaves(), 0);
}

static void theirs_can_be_taken_instead(void **state)
{
    struct screen *screen;

    (void)state;
    folder_write("plan.json", "{\"planName\": \"mine\"}\n");
    screen = start("plan.json");
    expect(screen, "[mine");
    screen_type(screen, "-changed");
    folder_write("plan.json", "{\"planName\": \"theirs\"}\n");
    screen_type(screen, CTRL('s'));
    expect(screen, "Somebody else changed the draft");
    screen_type(screen, "t");
    expect(screen, "[theirs");
    leave(screen);
    assert_true(file_has("plan.json", "theirs"));
}

/* One line has to say both. */
static void what_is_to_be_known_of_a_draft_is_said_in_one_line(void **state)
{
    static const char later[] = "{\"planName\": \"mine\", \"$drplan\": {\"version\": 99}}\n";
    const char *const argv[] = {getenv("DRPLAN"), "--sandbox", "plan.json", NULL};
    const struct screen_options options = {.columns = 80, .environment = environment};
    struct screen *screen;

    (void)state;
    folder_write("plan.json", later);
    assert_int_equal(chmod("plan.json", 0666), 0);
    screen = screen_start(argv, &options);
    assert_non_null(screen);
    expect(screen, "Anybody may change this file, and a later drplan wrote it: save it elsewhere.");
    expect(screen, "(read only)");
    leave(screen);
}

static void a_warning_about_theirs_is_not_written_over(void **state)
{
    struct screen *screen;

    (void)state;
    folder_write("plan.json", "{\"planName\": \"mine\"}\n");
    screen = start("plan.json");
    expect(screen, "[mine");
    screen_type(screen, "-changed");
    folder_write("plan.json", "{\"planName\": \"theirs\"}\n");
    assert_int_equal(chmod("plan.json", 0666), 0);
    screen_type(screen, CTRL('s'));
    expect(screen, "Somebody else changed the draft");
    screen_type(screen, "t");
    expect(screen, "Anybody on this machine may change plan.json");
    leave(screen);
}

static void a_broken_autosave_is_set_aside(void **state)
{
    char path[160], where[4096];
    struct screen *screen = start(NULL);

    (void)state;
    expect(screen, "Plan name");
    screen_type(screen, "whole");
    expect(screen, "[whole");
    screen_signal(screen, SIGTERM);
    expect_end(screen, 128 + SIGTERM);
    snprintf(path, sizeof(path), "%s/state/drplan/autosave", home);
    assert_int_equal(count_files_with(path, "whole", where), 1);
    folder_write(where, "{\"planName\": \"who");
    screen = start(NULL);
    expect(screen, "An autosave is broken and was set aside: ");
    assert_int_equal(count_files_with(path, "\"who", where), 1);
    assert_non_null(strstr(where, ".json.broken-"));
    leave(screen);
}

/* Types a plan's name, and is ended by the machine. */
static void leave_unsaved(const char *draft, const char *name)
{
    struct screen *screen = start(draft);

    expect(screen, draft ? "[mine" : "Plan name");
    screen_type(screen, name);
    expect(screen, name);
    screen_signal(screen, SIGTERM);
    expect_end(screen, 128 + SIGTERM);
}

static void several_pieces_of_work_are_shown_one_by_one(void **state)
{
    struct screen *screen;

    (void)state;
    leave_unsaved(NULL, "first-plan");
    screen = start(NULL);
    expect(screen, "first-plan, last typed");
    screen_type(screen, "n");
    assert_true(screen_wait_gone(screen, "Resume what"));
    screen_type(screen, "second-plan");
    expect(screen, "[second-plan");
    screen_signal(screen, SIGTERM);
    expect_end(screen, 128 + SIGTERM);
    screen = start(NULL);
    expect(screen, "1 of 2: ");
    assert_true(screen_has(screen, "second-plan, last typed"));
    screen_type(screen, "m");
    expect(screen, "2 of 2: first-plan, last typed");
    screen_type(screen, "m");
    expect(screen, "1 of 2: second-plan, last typed");
    screen_type(screen, "x");
    expect(screen, "What was typed for second-plan and not saved is gone then.");
    screen_type(screen, "y");
    expect(screen, "first-plan, last typed");
    assert_false(screen_has(screen, "of 2"));
    assert_int_equal(count_autosaves(), 1);
    screen_type(screen, "r");
    expect(screen, "[first-plan");
    leave_and_throw_away(screen);
    assert_int_equal(count_autosaves(), 0);
}

/* Without a file on the command line, that of the draft is opened. */
static void a_draft_can_be_opened_as_it_was_saved(void **state)
{
    struct screen *screen;

    (void)state;
    folder_write("plan.json", "{\"planName\": \"mine\"}\n");
    leave_unsaved("plan.json", "-and-more");
    screen = start(NULL);
    expect(screen, "1 answer differs from");
    screen_type(screen, "o");
    expect(screen, "[mine ");
    screen_type(screen, "-2");
    screen_type(screen, CTRL('s'));
    expect(screen, "Saved to ");
    assert_true(file_has("plan.json", "mine-2"));
    leave(screen);
}

static void a_file_that_is_there_is_written_over_only_when_that_is_wanted(void **state)
{
    struct screen *screen;

    (void)state;
    folder_write("orders.json", "{\"planName\": \"of-others\"}\n");
    screen = start(NULL);
    expect(screen, "Plan name");
    screen_type(screen, "orders");
    screen_type(screen, CTRL('s'));
    expect(screen, "Save the draft as");
    screen_type(screen, CTRL('u'));
    screen_type(screen, "orders.json\r");
    expect(screen, "A file of this name exists already");
    assert_true(file_has("orders.json", "of-others"));
    screen_type(screen, "o");
    expect(screen, "Saved to orders.json.");
    assert_true(file_has("orders.json", "\"orders\""));
    /* Gone meanwhile: made anew only when that is wanted. */
    screen_type(screen, "-2");
    assert_int_equal(unlink("orders.json"), 0);
    screen_type(screen, CTRL('s'));
    expect(screen, "The draft is not there any more");
    assert_int_not_equal(access("orders.json", F_OK), 0);
    screen_type(screen, "o");
    expect(screen, "Saved to orders.json.");
    assert_true(file_has("orders.json", "orders-2"));
    leave(screen);
}

/* ---- Two at once ---- */

static void the_second_of_two_is_told_who_has_the_draft(void **state)
{
    struct screen *first, *second;

    (void)state;
    folder_write("plan.json", "{\"planName\": \"shared\"}\n");
    assert_int_equal(symlink("plan.json", "other-name.json"), 0);
    first = start("plan.json");
    expect(first, "[shared");
    second = start("other-name.json");
    expect(second, "This draft is open already");
    expect(second, "ops on ");
    screen_type(second, "r");
    assert_true(screen_wait_gone(second, "This draft is open already"));
    expect(second, "(read only)");
    screen_type(second, "-2");
    expect(second, "[shared-2");
    screen_type(second, CTRL('s'));
    expect(second, "Another drplan has this draft open");
    expect(second, "other-name-copy.json");
    screen_type(second, "\r");
    expect(second, "Saved to other-name-copy.json.");
    leave(second);
    assert_true(file_has("plan.json", "\"shared\""));
    /* A dead owner keeps nobody out. */
    kill_it(first);
    second = start("other-name.json");
    expect(second, "[shared");
    screen_type(second, "3");
    screen_type(second, CTRL('s'));
    expect(second, "Saved to other-name.json.");
    assert_true(file_has("plan.json", "shared3"));
    leave(second);
}

static void the_second_can_go_on_with_a_copy(void **state)
{
    struct screen *first, *second;

    (void)state;
    folder_write("plan.json", "{\"planName\": \"shared\"}\n");
    first = start("plan.json");
    expect(first, "[shared");
    second = start("plan.json");
    expect(second, "This draft is open already");
    screen_type(second, "c");
    expect(second, "Saving goes to plan-copy.json.");
    screen_type(second, CTRL('s'));
    expect(second, "Saved to plan-copy.json.");
    leave(second);
    leave(first);
    assert_true(file_has("plan-copy.json", "shared"));
}

/* ---- Saving fails ---- */

static void a_full_place_offers_another(void **state)
{
    struct screen *screen = start(NULL);

    (void)state;
    expect(screen, "Plan name");
    screen_type(screen, "homeless");
    screen_type(screen, CTRL('s'));
    expect(screen, "Save the draft as");
    screen_type(screen, CTRL('u'));
    screen_type(screen, "/proc/nowhere/homeless.json\r");
    expect(screen, "It was not saved: ");
    expect(screen, "/state/drplan/drafts/homeless.json");
    screen_type(screen, "\r");
    expect(screen, "Saved to ");
    leave(screen);
    char path[160];
    snprintf(path, sizeof(path), "%s/state/drplan/drafts/homeless.json", home);
    assert_true(file_has(path, "homeless"));
}

static void without_a_home_it_is_said_at_once_and_the_draft_is_printed_at_last(void **state)
{
    struct screen *screen;

    (void)state;
    snprintf(state_variable, sizeof(state_variable), "XDG_STATE_HOME=/proc/nowhere");
    screen = start(NULL);
    expect(screen, "Nothing is kept until you save: ");
    screen_type(screen, "last-words");
    expect(screen, "[last-words");
    screen_signal(screen, SIGTERM);
    expect_end(screen, 128 + SIGTERM);
    screen = start(NULL);
    expect(screen, "Nothing is kept until you save: ");
    screen_type(screen, "last-words");
    screen_type(screen, CTRL('q'));
    expect(screen, "Leave without saving?");
    assert_false(screen_has(screen, "go on at the next start"));
    screen_type(screen, "n");
    assert_true(screen_wait_gone(screen, "Leave without saving?"));
    screen_signal(screen, SIGTERM);
    int status;
    assert_true(screen_wait_exit(screen, &status));
    assert_true(screen_has(screen, "What was typed could not be saved"));
    assert_true(screen_has(screen, "\"planName\": \"last-words\""));
    screen_free(screen);
}

/* ---- Secrets ---- */

static const char with_password[] =
    "{\"planName\": \"p\", \"instances\": [{\"instanceType\": \"EXTERNAL_ROCKETMQ\", \"networkType\": "
    "\"TCP_INTERNET\","
    " \"authType\": \"ACL_AUTH\", \"username\": \"u\", \"password\": \"in-the-file-1\"}]}\n";

static void a_password_of_the_draft_stays_only_when_that_is_wanted(void **state)
{
    struct screen *screen;

    (void)state;
    folder_write("plan.json", with_password);
    screen = start("plan.json");
    expect(screen, "[p");
    screen_type(screen, "q");
    screen_type(screen, CTRL('s'));
    expect(screen, "Leave the passwords out of the file?");
    screen_type(screen, "k");
    expect(screen, "Saved to plan.json.");
    assert_true(file_has("plan.json", "in-the-file-1"));
    screen_type(screen, "r");
    screen_type(screen, CTRL('s'));
    expect(screen, "Saved to plan.json.");
    leave(screen);
    screen = start("plan.json");
    expect(screen, "[pqr");
    screen_type(screen, "s");
    screen_type(screen, CTRL('s'));
    expect(screen, "Leave the passwords out of the file?");
    screen_type(screen, "\r");
    expect(screen, "Saved to plan.json.");
    leave(screen);
    assert_false(file_has("plan.json", "in-the-file-1"));
    assert_true(file_has("plan.json", "secretsLeftOut"));
}

static void look_into_process(pid_t pid, const char *secret)
{
    struct canary *canary = canary_new(secret);
    char *where = canary_found_in_process(canary, (long)pid);

    if (where)
        fail_msg("a secret is in %s", where);
    canary_free(canary);
}

static void fill_with_canary(struct screen *screen)
{
    expect(screen, "Plan name");
    screen_type(screen, "canary-plan\t\t1");
    expect(screen, "(o) ACTIVE_PASSIVE");
    screen_type(screen, PAGE_DOWN);
    expect(screen, "[2 First cluster]");
    screen_type(screen, "2\t\t");
    expect(screen, "Network *");
    screen_type(screen, "1\tcn-hangzhou\t203.0.113.7:9876\t2\trocketmq2\t" CANARY);
    expect(screen, "[*****");
    screen_type(screen, PAGE_DOWN);
    expect(screen, "[3 Second cluster]");
    screen_type(screen, "1\t\tcn-hangzhou\trmq-cn-7e22ody0001\t1");
    screen_type(screen, PAGE_DOWN "1\t1");
    expect(screen, "[4 Progress]");
    screen_type(screen, PAGE_DOWN);
    expect(screen, "[5 Review]");
}

static void look_everywhere(struct screen *screen, const char *secret)
{
    struct canary *canary = canary_new(secret);
    char *where = canary_found_below(canary, home, NULL, NULL);
    size_t length;
    const char *bytes = screen_bytes(screen, &length);

    if (where)
        fail_msg("a secret is in %s", where);
    assert_null(canary_found(canary, bytes, length));
    canary_free(canary);
}

static void a_typed_password_is_found_nowhere(void **state)
{
    struct screen *screen = start(NULL);

    (void)state;
    fill_with_canary(screen);
    for (int page = 0; page < 5; page++) {
        screen_type(screen, "\033[5~");
        screen_wait_quiet(screen);
    }
    look_into_process(screen_pid(screen), CANARY);
    look_into_process(screen_pid(screen), KEY_CANARY);
    screen_type(screen, CTRL('s'));
    expect(screen, "Save the draft as");
    screen_type(screen, "\r");
    expect(screen, "Saved to canary-plan.json.");
    screen_type(screen, "-2\t");
    await_autosave(screen, "canary-plan-2", 5000);
    screen_signal(screen, SIGSEGV);
    screen_wait_exit(screen, &(int){0});
    look_everywhere(screen, CANARY);
    look_everywhere(screen, KEY_CANARY);
    screen_free(screen);
    screen = start("canary-plan.json");
    expect(screen, "1 answer differs from");
    screen_type(screen, "r");
    expect(screen, "[canary-plan-2");
    screen_type(screen, F9);
    expect(screen, "Password: was not");
    screen_type(screen, CTRL('s'));
    expect(screen, "Saved to ");
    look_everywhere(screen, CANARY);
    look_everywhere(screen, KEY_CANARY);
    leave(screen);
}

static void a_reference_is_saved_instead_of_a_password(void **state)
{
    struct screen *screen;

    (void)state;
    folder_write("plan.json", with_password);
    screen = start("plan.json");
    expect(screen, "[p");
    screen_type(screen, PAGE_DOWN);
    expect(screen, "[2 First cluster]");
    screen_type(screen, "\t\t\t\t\t\t\t");
    expect(screen, "> Password");
    screen_type(screen, CTRL('t'));
    expect(screen, "Where the password comes from");
    screen_type(screen, "env NOT_SET_ANYWHERE\r");
    expect(screen, "from environment variable NOT_SET_ANYWHERE");
    screen_type(screen, F9);
    expect(screen, "environment variable NOT_SET_ANYWHERE is not set");
    screen_type(screen, CTRL('s'));
    expect(screen, "Saved to plan.json.");
    leave(screen);
    assert_true(file_has("plan.json", "{\"$env\": \"NOT_SET_ANYWHERE\"}"));
    assert_false(file_has("plan.json", "in-the-file-1"));
}

/* ---- */

static int make_home(void **state)
{
    (void)state;
    folder_enter(home);
    snprintf(home_variable, sizeof(home_variable), "HOME=%s", home);
    snprintf(state_variable, sizeof(state_variable), "XDG_STATE_HOME=%s/state", home);
    return 0;
}

static int remove_home(void **state)
{
    (void)state;
    folder_remove(home);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_home, remove_home)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_typed_is_back_after_a_kill),
        TEST(resuming_goes_on_where_the_cursor_was),
        TEST(a_field_that_was_left_is_kept_at_once),
        TEST(steady_typing_is_kept_too),
        TEST(signals_and_a_lost_line_keep_the_last_key),
        TEST(a_crash_keeps_what_was_kept_before),
        TEST(leaving_can_keep_it_for_the_next_start),
        TEST(a_draft_and_its_autosave_are_told_apart),
        TEST(theirs_can_be_taken_instead),
        TEST(what_is_to_be_known_of_a_draft_is_said_in_one_line),
        TEST(a_warning_about_theirs_is_not_written_over),
        TEST(a_broken_autosave_is_set_aside),
        TEST(several_pieces_of_work_are_shown_one_by_one),
        TEST(a_draft_can_be_opened_as_it_was_saved),
        TEST(a_file_that_is_there_is_written_over_only_when_that_is_wanted),
        TEST(the_second_of_two_is_told_who_has_the_draft),
        TEST(the_second_can_go_on_with_a_copy),
        TEST(a_full_place_offers_another),
        TEST(without_a_home_it_is_said_at_once_and_the_draft_is_printed_at_last),
        TEST(a_password_of_the_draft_stays_only_when_that_is_wanted),
        TEST(a_typed_password_is_found_nowhere),
        TEST(a_reference_is_saved_instead_of_a_password),
    };

    if (!program_is_named())
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
