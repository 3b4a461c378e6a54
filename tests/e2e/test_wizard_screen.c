#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "command.h"
#include "folder.h"
#include "screen_support.h"

/* The real program in a pseudo-terminal, as an operator uses it. DRPLAN names the binary. */

#define UP           "\033[A"
#define SHIFT_TAB    "\033[Z"
#define PAGE_DOWN    "\033[6~"
#define PAGE_UP      "\033[5~"
#define F1           "\033OP"
#define F9           "\033[20~"
#define CTRL(letter) ((const char[]){(letter)&0x1F, '\0'})

static char state_folder[FOLDER_SIZE];
static char state_variable[64];

static const char *const quiet_environment[] = {
    state_variable,
    NO_ACCOUNT,
    "HOME=/nonexistent",
    NULL,
};

static struct screen *start_with(const char *const *arguments, int columns, int rows,
                                 const char *const *environment)
{
    const char *argv[16] = {getenv("DRPLAN")};
    struct screen_options options = {.columns = columns, .rows = rows, .environment = environment};
    size_t count = 1;

    for (; *arguments && count + 1 < sizeof(argv) / sizeof(argv[0]); arguments++)
        argv[count++] = *arguments;
    return open_screen(argv, &options);
}

static struct screen *start(int columns, int rows)
{
    return start_with((const char *const[]){"--sandbox", NULL}, columns, rows, quiet_environment);
}

/* ---- The main job ---- */

static void fill_plan(struct screen *screen)
{
    expect(screen, "Plan name");
    screen_type(screen, "orders-hz-to-sh\t订单灾备\t1");
    expect(screen, "(o) ACTIVE_PASSIVE");
    screen_type(screen, PAGE_DOWN);
    expect(screen, "[2 First cluster]");
    screen_type(screen, "2\t\t");
    expect(screen, "Network *");
    screen_type(screen, "2\tcn-hangzhou\t10.0.8.11:9876\tvpc-wz9qt50xhtj9krb0001\tvsw-uf6gwtbn6etadpv0001\t");
    screen_type(screen, "sg-bp17hpmgz90001\t2\trocketmq2\ts3cr@t");
    expect(screen, "[******");
    screen_type(screen, PAGE_DOWN);
    expect(screen, "[3 Second cluster]");
    screen_type(screen, "1\t\tcn-hangzhou\trmq-cn-517asjw0000\t1");
    screen_type(screen, PAGE_DOWN "1\t1");
    expect(screen, "[4 Progress]");
    screen_type(screen, PAGE_DOWN);
    expect(screen, "[5 Review]");
}

static void create_at(int columns, int rows)
{
    struct screen *screen = start(columns, rows);

    fill_plan(screen);
    expect(screen, "sandbox: nothing real");
    assert_false(screen_has(screen, "s3cr@t"));
    screen_type(screen, "s");
    expect(screen, "Create the plan orders-hz-to-sh?");
    screen_type(screen, "y");
    expect(screen, "The plan is created.");
    expect(screen, "add a topic mapping");
    assert_false(screen_has(screen, "s3cr@t"));
    screen_type(screen, "r");
    expect(screen, "\"success\"");
    screen_type(screen, "\033");
    expect(screen, "The plan is created.");
    screen_type(screen, "q");
    expect(screen, "Created plan");
    expect_end(screen, 0);
}

static void a_plan_is_filled_in_and_created_at_80x24(void **state)
{
    (void)state;
    create_at(80, 24);
}

static void a_plan_is_filled_in_and_created_at_120x40(void **state)
{
    (void)state;
    create_at(120, 40);
}

static void a_second_plan_of_the_same_name_is_asked_about(void **state)
{
    struct screen *screen = start(80, 24);

    (void)state;
    fill_plan(screen);
    screen_type(screen, "s");
    expect(screen, "Create the plan");
    screen_type(screen, "y");
    expect(screen, "The plan is created.");
    screen_type(screen, "b");
    expect(screen, "[5 Review]");
    screen_type(screen, "s");
    expect(screen, "Create the plan");
    screen_type(screen, "y");
    expect(screen, "a plan of this name exists already");
    screen_type(screen, "\r");
    expect(screen, "Create a second plan");
    screen_type(screen, "n");
    screen_type(screen, CTRL('q'));
    expect_end(screen, 6);
}

static void nothing_is_sent_by_enter_or_by_a_paste(void **state)
{
    struct screen *screen = start(80, 24);

    (void)state;
    fill_plan(screen);
    screen_paste(screen, "s\ny\n");
    expect(screen, "A paste goes into text fields only");
    screen_type(screen, "\r\r\r");
    expect(screen, "Nothing is left to mend");
    screen_type(screen, "s");
    expect(screen, "Create the plan");
    screen_paste(screen, "y");
    screen_type(screen, "\r");
    expect(screen, "Create the plan");
    screen_type(screen, "n");
    assert_true(screen_wait_gone(screen, "Create the plan"));
    screen_type(screen, CTRL('c'));
    expect(screen, "Leave without saving?");
    screen_type(screen, "y");
    expect_end(screen, 0);
}

/* ---- The service misbehaves ---- */

struct service {
    pid_t pid;
    char endpoint[64];
};

static struct service service_start(const char *fault)
{
    struct service service = {0};
    char line[128] = "";
    int ends[2];
    FILE *out;

    assert_int_equal(pipe(ends), 0);
    service.pid = fork();
    assert_true(service.pid >= 0);
    if (service.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl(getenv("DRPLAN"), "drplan", "sandbox", "--port", "0", "--quiet", "--fault", fault,
              (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    out = fdopen(ends[0], "r");
    assert_non_null(out);
    assert_non_null(fgets(line, sizeof(line), out));
    assert_int_equal(sscanf(line, "listening on %63s", service.endpoint), 1);
    fclose(out);
    return service;
}

static void service_stop(struct service *service)
{
    kill(service->pid, SIGTERM);
    waitpid(service->pid, NULL, 0);
}

static struct screen *start_at(const struct service *service, const char *draft)
{
    static const char *environment[] = {state_variable,
                                        "ALIBABA_CLOUD_ACCESS_KEY_ID=SANDBOX-ACCESS-KEY-ID",
                                        "ALIBABA_CLOUD_ACCESS_KEY_SECRET=sandbox-access-key-secret",
                                        "ALIBABA_CLOUD_SECURITY_TOKEN",
                                        "HOME=/nonexistent",
                                        "http_proxy",
                                        NULL};

    return start_with((const char *const[]){"--endpoint", service->endpoint, draft, NULL}, 80, 24,
                      environment);
}

static void submit(struct screen *screen)
{
    expect(screen, "[1 Plan]");
    screen_type(screen, F9);
    expect(screen, "[5 Review]");
    screen_type(screen, "s");
    expect(screen, "Create the plan");
    screen_type(screen, "y");
}

static void a_refusal_keeps_everything_and_names_the_code(void **state)
{
    struct service service = service_start("CreateDisasterRecoveryPlan=denied*1");
    struct screen *screen = start_at(&service, DRPLAN_SOURCE "/examples/one-way-apsaramq-5x.json");

    (void)state;
    submit(screen);
    expect(screen, "the service refused the plan");
    expect(screen, "Forbidden.RAM");
    expect(screen, "Request ID");
    screen_type(screen, "b");
    expect(screen, "[5 Review]");
    expect(screen, "orders-hz-to-sh");
    screen_type(screen, "s");
    expect(screen, "Create the plan");
    screen_type(screen, "y");
    expect(screen, "The plan is created.");
    screen_type(screen, "q");
    expect_end(screen, 0);
    service_stop(&service);
}

static void the_screen_lives_while_a_request_runs_and_esc_stops_it(void **state)
{
    struct service service = service_start("CreateDisasterRecoveryPlan=hang*1");
    struct screen *screen = start_at(&service, DRPLAN_SOURCE "/examples/one-way-apsaramq-5x.json");

    (void)state;
    submit(screen);
    expect(screen, "s so far");
    screen_resize(screen, 100, 30);
    expect(screen, "1 s so far");
    screen_type(screen, F1);
    expect(screen, "Keys that count here");
    screen_type(screen, "\033");
    assert_true(screen_wait_gone(screen, "Keys that count here"));
    screen_type(screen, "\033");
    expect(screen, "Not known");
    screen_type(screen, "q");
    expect_end(screen, 8);
    service_stop(&service);
}

static void an_answer_that_never_came_is_looked_up(void **state)
{
    struct service service = service_start("CreateDisasterRecoveryPlan=drop-after*1");
    struct screen *screen = start_at(&service, DRPLAN_SOURCE "/examples/one-way-apsaramq-5x.json");

    (void)state;
    submit(screen);
    expect(screen, "The plan is created.");
    screen_type(screen, "q");
    expect_end(screen, 0);
    service_stop(&service);
}

static void without_credentials_all_but_submit_works(void **state)
{
    struct screen *screen =
        start_with((const char *const[]){DRPLAN_SOURCE "/examples/one-way-apsaramq-5x.json", NULL}, 80, 24,
                   quiet_environment);

    (void)state;
    expect(screen, "[1 Plan]");
    screen_type(screen, F9);
    expect(screen, "ALIBABA_CLOUD_ACCESS_KEY_ID");
    screen_type(screen, "s");
    expect(screen, "Nothing can be sent yet");
    screen_type(screen, CTRL('q'));
    expect_end(screen, 0);
}

/* ---- The terminal ---- */

static void text_of_all_kinds_is_edited(void **state)
{
    struct screen *screen = start(80, 24);

    (void)state;
    expect(screen, "Plan name");
    screen_type(screen, "表e\xcc\x81👩x\033[D\033[D\x7f");
    expect(screen, "[表👩x");
    screen_paste(screen, "one\ntwo\n");
    expect(screen, "one two");
    screen_type(screen, "\033[99~\033[I");
    screen_type(screen, CTRL('u'));
    screen_type(screen, "z");
    expect(screen, "[z👩x");
    screen_type(screen, CTRL('q'));
    expect(screen, "Leave without saving?");
    screen_type(screen, "y");
    expect_end(screen, 0);
}

static void a_resize_while_typing_loses_nothing(void **state)
{
    struct screen *screen = start(80, 24);
    char wanted[64] = "[";

    (void)state;
    expect(screen, "Plan name");
    for (int i = 0; i < 20; i++) {
        char letter[2] = {(char)('a' + i), '\0'};

        screen_type(screen, letter);
        screen_resize(screen, 40 + i * 7 % 90, 12 + i * 5 % 30);
        strncat(wanted, letter, sizeof(wanted) - strlen(wanted) - 1);
    }
    screen_resize(screen, 80, 24);
    expect(screen, wanted);
    screen_resize(screen, 20, 5);
    expect(screen, "too small");
    screen_type(screen, "u");
    screen_resize(screen, 80, 24);
    strncat(wanted, "u", sizeof(wanted) - strlen(wanted) - 1);
    expect(screen, wanted);
    screen_type(screen, CTRL('q'));
    expect(screen, "Leave");
    screen_type(screen, "y");
    expect_end(screen, 0);
}

static void suspend_gives_the_terminal_back_and_takes_it_again(void **state)
{
    struct screen *screen = start(80, 24);

    (void)state;
    expect(screen, "Plan name");
    screen_type(screen, "kept");
    expect(screen, "[kept");
    screen_type(screen, CTRL('z'));
    assert_true(screen_wait_stopped(screen));
    assert_null(screen_not_restored(screen));
    assert_true(screen_continue(screen));
    expect(screen, "[kept");
    screen_type(screen, "!");
    expect(screen, "[kept!");
    screen_type(screen, CTRL('q'));
    expect(screen, "Leave");
    screen_type(screen, "y");
    expect_end(screen, 0);
}

/* What a run left behind when it was killed is not wanted. */
static void throw_away_what_was_left(struct screen *screen)
{
    expect(screen, "Resume what was not saved?");
    screen_type(screen, "x");
    expect(screen, "Throw it away?");
    screen_type(screen, "y");
    assert_true(screen_wait_gone(screen, "Throw it away?"));
}

static void the_terminal_is_put_back_whatever_ends_the_program(void **state)
{
    static const int signals[] = {SIGTERM, SIGHUP, SIGSEGV, SIGABRT};
    struct screen *screen;

    (void)state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        screen = start(80, 24);

        if (i > 0)
            throw_away_what_was_left(screen);
        expect(screen, "Plan name");
        screen_type(screen, "x\t"); /* a field that is left is kept */
        expect(screen, "[x");
        screen_wait_quiet(screen);
        screen_signal(screen, signals[i]);
        expect_end(screen, 128 + signals[i]);
    }
    screen = start(80, 24);
    throw_away_what_was_left(screen);
    screen_type(screen, CTRL('q'));
    expect_end(screen, 0);
}

static void a_dropped_line_ends_the_program(void **state)
{
    struct screen *screen = start(80, 24);
    int status = -1;

    (void)state;
    expect(screen, "Plan name");
    screen_hang_up(screen);
    assert_true(screen_wait_exit(screen, &status));
    assert_int_equal(status, 128 + SIGHUP);
    screen_free(screen);
}

static void no_colour_is_used_where_none_is_wanted(void **state)
{
    const char *const environment[] = {state_variable, "NO_COLOR=1", "HOME=/nonexistent", NULL};
    struct screen *screen = start_with((const char *const[]){"--sandbox", NULL}, 80, 24, environment);

    (void)state;
    expect(screen, "Plan name");
    assert_false(screen_is_coloured(screen));
    screen_type(screen, CTRL('q'));
    expect_end(screen, 0);
}

static void lines_are_ascii_where_the_locale_is(void **state)
{
    const char *const environment[] = {state_variable, "LC_ALL=C", "HOME=/nonexistent", NULL};
    struct screen *screen = start_with((const char *const[]){"--sandbox", NULL}, 80, 24, environment);

    (void)state;
    expect(screen, "--------------------");
    screen_type(screen, CTRL('q'));
    expect_end(screen, 0);
}

static void a_click_focuses_and_chooses(void **state)
{
    struct screen *screen = start(80, 24);
    int row, column;

    (void)state;
    expect(screen, "Plan name");
    screen_type(screen, "\033m");
    expect(screen, "The mouse works in drplan now");
    assert_true(screen_find(screen, "ACTIVE_ACTIVE", &row, &column));
    assert_true(screen_click(screen, row, column));
    expect(screen, "(o) ACTIVE_ACTIVE");
    screen_type(screen, CTRL('q'));
    expect(screen, "Leave");
    screen_type(screen, "y");
    expect_end(screen, 0);
}

static int make_state_folder(void **state)
{
    (void)state;
    folder_make(state_folder);
    snprintf(state_variable, sizeof(state_variable), "XDG_STATE_HOME=%s", state_folder);
    return 0;
}

static int remove_state_folder(void **state)
{
    (void)state;
    folder_remove(state_folder);
    return 0;
}

/* A state folder of its own for each: what one leaves behind is offered to the next start, as it should be.
 */
#define SCREEN_TEST(name) cmocka_unit_test_setup_teardown(name, make_state_folder, remove_state_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(a_plan_is_filled_in_and_created_at_80x24),
        SCREEN_TEST(a_plan_is_filled_in_and_created_at_120x40),
        SCREEN_TEST(a_second_plan_of_the_same_name_is_asked_about),
        SCREEN_TEST(nothing_is_sent_by_enter_or_by_a_paste),
        SCREEN_TEST(a_refusal_keeps_everything_and_names_the_code),
        SCREEN_TEST(the_screen_lives_while_a_request_runs_and_esc_stops_it),
        SCREEN_TEST(an_answer_that_never_came_is_looked_up),
        SCREEN_TEST(without_credentials_all_but_submit_works),
        SCREEN_TEST(text_of_all_kinds_is_edited),
        SCREEN_TEST(a_resize_while_typing_loses_nothing),
        SCREEN_TEST(suspend_gives_the_terminal_back_and_takes_it_again),
        SCREEN_TEST(the_terminal_is_put_back_whatever_ends_the_program),
        SCREEN_TEST(a_dropped_line_ends_the_program),
        SCREEN_TEST(no_colour_is_used_where_none_is_wanted),
        SCREEN_TEST(lines_are_ascii_where_the_locale_is),
        SCREEN_TEST(a_click_focuses_and_chooses),
    };

    if (!program_is_named())
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
