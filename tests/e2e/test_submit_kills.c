#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "command.h"
#include "folder.h"

/*
 * Submissions are killed between the line that says that they are going to be
 * sent and the answer, at a random moment, again and again (DRPLAN_KILLS times;
 * script/torture asks for 200). The next start knows of each, says what became
 * of it, and no plan is there twice.
 */

enum { KILLS_HERE = 10, LATEST_US = 8000, LIMIT_MS = 30000 };

#define DRAFT DRPLAN_SOURCE "/examples/one-way-apsaramq-5x.json"

struct ground {
    char folder[FOLDER_SIZE];
    char state_variable[96], endpoint[64];
    char draft[96], plans[96], journal[112];
    const char *environment[12];
    pid_t sandbox;
    int watch;
    int created, unknown;
};

static void start_sandbox(struct ground *ground)
{
    const char *const argv[] = {getenv("DRPLAN"),
                                "sandbox",
                                "--quiet",
                                "--state",
                                ground->plans,
                                "--fault",
                                "CreateDisasterRecoveryPlan=slow=60",
                                NULL}; /* milliseconds, long after each kill */
    char line[96];

    ground->sandbox = command_serve(argv, ground->environment, line, sizeof(line));
    assert_int_equal(strncmp(line, "listening on ", 13), 0);
    snprintf(ground->endpoint, sizeof(ground->endpoint), "%.60s", line + 13);
}

static void open_ground(struct ground *ground)
{
    static const char *const quiet[] = {"ALIBABA_CLOUD_ACCESS_KEY_ID=SANDBOX-ACCESS-KEY-ID",
                                        "ALIBABA_CLOUD_ACCESS_KEY_SECRET=sandbox-access-key-secret", NO_PLACE,
                                        "HOME=/nonexistent"};
    char state[80];
    size_t i;

    *ground = (struct ground){0};
    folder_make(ground->folder);
    snprintf(state, sizeof(state), "%s/drplan", ground->folder);
    assert_int_equal(mkdir(state, 0700), 0);
    snprintf(ground->state_variable, sizeof(ground->state_variable), "XDG_STATE_HOME=%s", ground->folder);
    snprintf(ground->draft, sizeof(ground->draft), "%s/draft.json", ground->folder);
    snprintf(ground->plans, sizeof(ground->plans), "%s/plans.json", ground->folder);
    snprintf(ground->journal, sizeof(ground->journal), "%s/journal.jsonl", state);
    for (i = 0; i < sizeof(quiet) / sizeof(quiet[0]); i++)
        ground->environment[i] = quiet[i];
    ground->environment[i] = ground->state_variable;
    ground->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    assert_true(ground->watch >= 0);
    assert_true(inotify_add_watch(ground->watch, state, IN_CREATE | IN_MODIFY) >= 0);
    start_sandbox(ground);
}

static void close_ground(struct ground *ground)
{
    kill(ground->sandbox, SIGTERM);
    assert_int_equal(waitpid(ground->sandbox, NULL, 0), ground->sandbox);
    close(ground->watch);
    folder_remove(ground->folder);
}

static int count_in(const char *path, const char *text)
{
    struct buf content = BUF_INIT;
    struct error err;
    int count = 0;

    if (file_read(path, 64 << 20, &content, NULL, &err))
        for (const char *at = buf_text(&content); (at = strstr(at, text)); at += strlen(text))
            count++;
    buf_release(&content);
    return count;
}

/* The draft under a name that was never used. */
static void write_draft(struct ground *ground, const char *name)
{
    struct buf text = BUF_INIT;
    struct error err;
    char *old;

    assert_true(file_read(DRAFT, 1 << 20, &text, NULL, &err));
    old = strstr(text.data, "orders-hz-to-sh");
    assert_non_null(old);
    buf_insert(&text, (size_t)(old - text.data), name, strlen(name));
    assert_true(file_replace(ground->draft, buf_text(&text), text.length, NULL, &err));
    buf_release(&text);
}

static void wait_for_intent(struct ground *ground, const char *name)
{
    char line[128], events[4096];
    struct pollfd fd = {.fd = ground->watch, .events = POLLIN};

    snprintf(line, sizeof(line), "\"planName\":\"%s", name);
    while (count_in(ground->journal, line) == 0) {
        assert_true(poll(&fd, 1, LIMIT_MS) > 0);
        while (read(ground->watch, events, sizeof(events)) > 0)
            ;
    }
}

/* The moment is chance, between the line in the journal and the answer; half of them come as soon as the line
 * does, while the request may not have left yet. */
static void kill_submission(struct ground *ground, const char *name)
{
    const char *const argv[] = {getenv("DRPLAN"), "submit",      "--yes", "--endpoint",
                                ground->endpoint, ground->draft, NULL};
    struct timespec pause = {.tv_nsec = random() % 2 ? 0 : (long)(random() % LATEST_US) * 1000};
    pid_t pid = command_start(argv, ground->environment);

    wait_for_intent(ground, name);
    nanosleep(&pause, NULL);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static int run(struct ground *ground, struct command_result *result, const char *option, const char *name)
{
    const char *const argv[] = {getenv("DRPLAN"), "look", "--json", "--patience", "0.3", name, option, NULL};

    command_run(argv, ground->environment, LIMIT_MS, result);
    return result->status;
}

static void kill_once(struct ground *ground, int number)
{
    struct command_result result;
    char name[64], full_name[96], created[32];
    int status, plans;

    snprintf(name, sizeof(name), "killed-%d-", number);
    snprintf(full_name, sizeof(full_name), "%sorders-hz-to-sh", name);
    write_draft(ground, name);
    kill_submission(ground, name);
    status = run(ground, &result, NULL, full_name);
    plans = count_in(ground->plans, full_name);
    snprintf(created, sizeof(created), "\"outcome\":\"%s\"", plans > 0 ? "created" : "unknown");
    if (plans > 1 || status != (plans > 0 ? 0 : 8) || !strstr(result.out, created))
        fail_msg("kill %d: %d plans, status %d: %s%s", number, plans, status, result.out, result.err);
    command_release(&result);
    ground->created += plans > 0;
    ground->unknown += plans == 0;
    if (plans == 0) {
        assert_int_equal(run(ground, &result, "--forget", full_name), 0);
        command_release(&result);
    }
}

static void the_next_start_knows_of_every_submission_that_was_killed(void **state)
{
    const char *wanted = getenv("DRPLAN_KILLS");
    int kills = wanted ? (int)strtol(wanted, NULL, 10) : KILLS_HERE;
    struct ground ground;
    struct command_result result;

    (void)state;
    srandom((unsigned)time(NULL));
    open_ground(&ground);
    for (int i = 0; i < kills; i++)
        kill_once(&ground, i);
    assert_int_equal(run(&ground, &result, NULL, NULL), 0);
    assert_int_equal(result.out_length, 0);
    command_release(&result);
    assert_int_equal(count_in(ground.journal, "\"type\":\"intent\""), kills);
    print_message(
        "%d submissions killed: %d plans were created and found, %d were not, none is there twice\n", kills,
        ground.created, ground.unknown);
    close_ground(&ground);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_start_knows_of_every_submission_that_was_killed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
