#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "ground.h"
#include "screen.h"

/*
 * Standard output, standard error, or both are a full pipe that nobody reads,
 * or the terminal has stopped; then the program is told to end. It ends within
 * a second with the status of the signal, all files are whole, and the terminal
 * is as it was.
 */

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

enum { LIMIT_MS = SANITIZED ? 5000 : 1000, PATIENCE_MS = 20000, LOOK_MS = 20, LOOKS_STILL = 8 };

static struct ground ground;
static char plan_name[64];
static int runs;

/* ---- A pipe that is full ---- */

struct full_pipe {
    int read, write;
};

static void fill(int fd)
{
    static const char bytes[4096] = "";
    int flags = fcntl(fd, F_GETFL);

    assert_int_equal(fcntl(fd, F_SETFL, flags | O_NONBLOCK), 0);
    for (size_t size = sizeof(bytes); size > 0; size /= 2)
        while (write(fd, bytes, size) > 0)
            continue;
    assert_int_equal(fcntl(fd, F_SETFL, flags), 0);
}

static void full_pipe_open(struct full_pipe *pipe)
{
    int ends[2];

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    *pipe = (struct full_pipe){ends[0], ends[1]};
    fill(pipe->write);
}

static void full_pipe_close(struct full_pipe *pipe)
{
    close(pipe->read);
    close(pipe->write);
}

/* ---- A program that waits ---- */

static long now_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (long)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* What the system tells of a process, "" once it is gone. */
static void read_status(pid_t pid, char text[2048])
{
    char path[64];
    ssize_t length = -1;
    int fd;

    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        length = read(fd, text, 2047);
        close(fd);
    }
    text[length > 0 ? length : 0] = '\0';
}

/* It sleeps whenever it is looked at. */
static void wait_until_stuck(pid_t pid)
{
    char text[2048];

    for (int still = 0, looks = 0; still < LOOKS_STILL; looks++) {
        if (looks > PATIENCE_MS / LOOK_MS)
            fail_msg("it never comes to rest");
        poll(NULL, 0, LOOK_MS);
        read_status(pid, text);
        still = strstr(text, "\nState:\tS") ? still + 1 : 0;
    }
}

struct call {
    const char *name;
    const char *arguments[8];
    const char *input; /* a file; NULL: none */
    bool sends;
    bool remarks; /* on standard error */
    bool results; /* on standard output */
};

/* Which of the standard files nobody reads; the others go to the file "out". */
struct way {
    const char *name;
    bool out, err;
};

static const struct way ways[] = {{"output", true, false}, {"errors", false, true}, {"both", true, true}};

static pid_t start(const struct call *call, const struct way *way, const struct full_pipe *full)
{
    const char *argv[16] = {getenv("DRPLAN")};
    size_t count = 1;
    pid_t pid;

    for (size_t i = 0; call->arguments[i]; i++)
        argv[count++] = call->arguments[i];
    if (call->sends) {
        argv[count++] = "--endpoint";
        argv[count++] = ground.endpoint;
    }
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int in = open(call->input ? call->input : "/dev/null", O_RDONLY);
        int out = open("out", O_WRONLY | O_CREAT | O_TRUNC, 0600);

        dup2(in, STDIN_FILENO);
        dup2(way->out ? full->write : out, STDOUT_FILENO);
        dup2(way->err ? full->write : out, STDERR_FILENO);
        for (size_t i = 0; i < ground.change_count; i++) {
            char name[64];
            const char *value = strchr(ground.changes[i], '=');

            snprintf(name, sizeof(name), "%.*s", (int)strcspn(ground.changes[i], "="), ground.changes[i]);
            if (value)
                setenv(name, value + 1, 1);
            else
                unsetenv(name);
        }
        execv(argv[0], (char *const *)argv);
        _exit(127);
    }
    return pid;
}

/* The exit status, 128 and the signal when it was killed; -1: it was still there at the end of the time. */
static int wait_for_end(pid_t pid, int limit_ms)
{
    long end = now_ms() + limit_ms;
    int status;

    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (now_ms() > end) {
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            return -1;
        }
        poll(NULL, 0, 5);
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void begin(void)
{
    char answers[256];

    ground_clear(&ground);
    snprintf(plan_name, sizeof(plan_name), "unread-%05d", runs++);
    ground_write_draft("draft.json", plan_name);
    ground_write_draft("other.json", "unread-other");
    snprintf(answers, sizeof(answers), "%s\n", plan_name);
    folder_write("answers", answers);
}

/* ---- Commands ---- */

static const struct call calls[] = {
    {.name = "submit",
     .arguments = {"submit", "--yes", "draft.json"},
     .sends = true,
     .results = true,
     .remarks = true},
    {.name = "submit --json",
     .arguments = {"submit", "--yes", "--json", "draft.json"},
     .sends = true,
     .results = true,
     .remarks = true},
    {.name = "submit of two",
     .arguments = {"submit", "--yes", "--jobs", "1", "draft.json", "other.json"},
     .sends = true,
     .results = true,
     .remarks = true},
    {.name = "submit --dry-run",
     .arguments = {"submit", "--dry-run", "draft.json"},
     .sends = true,
     .results = true},
    {.name = "plain questions", .arguments = {"--plain"}, .input = "answers", .sends = true, .results = true},
    {.name = "validate",
     .arguments = {"validate", "draft.json", "not-there.json"},
     .remarks = true,
     .results = true},
    {.name = "look", .arguments = {"look"}, .sends = true, .remarks = true},
};

static void end_call(const struct call *call, const struct way *way, int number)
{
    struct full_pipe full;
    const char *fault;
    long asked;
    pid_t pid;
    int status;

    begin();
    full_pipe_open(&full);
    pid = start(call, way, &full);
    wait_until_stuck(pid);
    asked = now_ms();
    kill(pid, number);
    status = wait_for_end(pid, PATIENCE_MS);
    if (status != 128 + number)
        fail_msg("%s, %s: status %d, of signal %d", call->name, way->name, status, number);
    if (now_ms() - asked > LIMIT_MS)
        fail_msg("%s, %s: it took %ld ms to end", call->name, way->name, now_ms() - asked);
    fault = ground_fault(&ground);
    if (fault)
        fail_msg("%s, %s: %s", call->name, way->name, fault);
    if (!way->err && ground_has_plan(&ground, plan_name) && !ground_has("out", "reated plan"))
        fail_msg("%s: a plan that is there is not spoken of", call->name);
    full_pipe_close(&full);
}

/* The others say nothing on standard error. */
static bool comes_to_wait(const struct call *call, const struct way *way)
{
    return (way->out && call->results) || (way->err && call->remarks);
}

static void a_full_pipe_holds_up_no_end(void **state)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};

    (void)state;
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        for (size_t k = 0; k < sizeof(ways) / sizeof(ways[0]); k++)
            for (size_t n = 0; n < sizeof(numbers) / sizeof(numbers[0]); n++)
                if (comes_to_wait(&calls[i], &ways[k]))
                    end_call(&calls[i], &ways[k], numbers[n]);
}

/* Who reads late gets everything all the same. */
static void a_late_reader_gets_everything(void **state)
{
    static const struct way way = {.out = true};
    static char text[1 << 17];
    struct full_pipe full;
    size_t length = 0;
    ssize_t got;
    pid_t pid;

    (void)state;
    begin();
    full_pipe_open(&full);
    pid = start(&calls[0], &way, &full);
    wait_until_stuck(pid);
    close(full.write);
    while ((got = read(full.read, text + length, sizeof(text) - 1 - length)) > 0)
        length += (size_t)got;
    assert_int_equal(wait_for_end(pid, PATIENCE_MS), 0);
    assert_non_null(memmem(text, length, "created plan ", 13));
    close(full.read);
}

/* ---- Plain questions at a terminal ---- */

static struct screen *start_plain(const char *files)
{
    static char script[256];
    const char *const argv[] = {"/bin/sh", "-c", script, getenv("DRPLAN"), NULL};
    struct screen_options options = {.environment = ground.changes};
    struct screen *screen;

    snprintf(script, sizeof(script), "exec \"$0\" --plain --endpoint %s %s", ground.endpoint, files);
    screen = screen_start(argv, &options);
    assert_non_null(screen);
    return screen;
}

static void ends_in_time(struct screen *screen, int number)
{
    long asked = now_ms();
    int status = -1;

    assert_true(screen_signal(screen, number));
    if (!screen_see_exit(screen, PATIENCE_MS, &status))
        fail_msg("signal %d: it hangs", number);
    if (now_ms() - asked > LIMIT_MS)
        fail_msg("signal %d: it took %ld ms to end", number, now_ms() - asked);
    assert_int_equal(status, 128 + number);
    assert_null(ground_fault(&ground));
    assert_true(ground_autosave_has(&ground, plan_name));
}

static void a_terminal_that_has_stopped_holds_up_no_questions(void **state)
{
    static const int numbers[] = {SIGTERM, SIGHUP};

    (void)state;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct screen *screen;

        begin();
        screen = start_plain("");
        assert_true(screen_wait(screen, "Plan name"));
        screen_type(screen, plan_name);
        screen_type(screen, "\r");
        assert_true(screen_wait(screen, "Description"));
        screen_set_deaf(screen, true);
        for (int k = 0; k < 100; k++)
            screen_type(screen, "??\r");
        wait_until_stuck(screen_pid(screen));
        ends_in_time(screen, numbers[i]);
        screen_free(screen);
    }
}

/* Reads until the program has asked this; the pipe is full again behind it. */
static void read_until_asked(const struct full_pipe *pipe, const char *question)
{
    static char text[1 << 18];
    size_t length = 0;

    while (!memmem(text, length, question, strlen(question))) {
        ssize_t got = read(pipe->read, text + length, sizeof(text) - length);

        assert_true(got > 0);
        length += (size_t)got;
    }
}

static void the_echo_comes_back_where_a_question_for_a_password_is_not_read(void **state)
{
    struct full_pipe pipe;
    struct screen *screen;
    const char *raw;
    char files[64];

    (void)state;
    begin();
    full_pipe_open(&pipe);
    fcntl(pipe.write, F_SETFD, 0);
    snprintf(files, sizeof(files), ">&%d 2>&%d", pipe.write, pipe.write);
    screen = start_plain(files);
    read_until_asked(&pipe, "Plan name");
    screen_type(screen, plan_name);
    screen_type(screen, "\r\r1\r2\r\r1\rcn-hangzhou\r203.0.113.7:9876\r2\r");
    read_until_asked(&pipe, "User name, needed:");
    wait_until_stuck(screen_pid(screen));
    fill(pipe.write);
    screen_type(screen, "replicator\r");
    wait_until_stuck(screen_pid(screen));
    assert_non_null(screen_not_restored(screen));
    ends_in_time(screen, SIGTERM);
    raw = screen_not_restored(screen);
    if (raw)
        fail_msg("the terminal is not restored: %s", raw);
    screen_free(screen);
    full_pipe_close(&pipe);
}

/* ---- */

static int enter(void **state)
{
    (void)state;
    ground_open_served(&ground);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    ground_close(&ground);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_pipe_holds_up_no_end),
        cmocka_unit_test(a_late_reader_gets_everything),
        cmocka_unit_test(a_terminal_that_has_stopped_holds_up_no_questions),
        cmocka_unit_test(the_echo_comes_back_where_a_question_for_a_password_is_not_read),
    };

    if (!program_is_named())
        return 2;
    if (getenv("DRPLAN_ONLY"))
        cmocka_set_test_filter(getenv("DRPLAN_ONLY"));
    return cmocka_run_group_tests(tests, enter, leave);
}
