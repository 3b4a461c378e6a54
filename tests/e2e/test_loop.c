#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ground.h"
#include "screen_support.h"

/* The wizard at a service that leaves things open: what keys do about a plan whose outcome is not known,
 * about a name that is taken, and about a picture that something else has written over. */

#define F9           "\033[20~"
#define CTRL(letter) ((const char[]){(letter)&0x1F, '\0'})
#define DRAFT        "draft.json"
#define PLAN         "orders-hz-to-sh"

static struct ground ground;
static struct screen *screen;

/* ---- Steps ---- */

static void run(const char *const *argv, int columns)
{
    const struct screen_options options = {.environment = ground.changes, .columns = columns};

    screen = open_screen(argv, &options);
}

static void open_wizard(void)
{
    const char *const argv[] = {
        getenv("DRPLAN"), "--endpoint", ground.endpoint, "--patience", "0.15", DRAFT, NULL};

    run(argv, 80);
}

static void press(const char *keys)
{
    assert_true(screen_type(screen, keys));
}

static void send_plan(void)
{
    expect(screen, PLAN);
    press(F9);
    expect(screen, "[5 Review]");
    press("s");
    expect(screen, "Create the plan " PLAN "?");
    press("y");
}

static void ends_with(int status)
{
    expect_end(screen, status);
    screen = NULL;
}

/* How many plans of the name the service has. */
static size_t plans(void)
{
    char *text = ground_read(ground.plans);
    size_t count = 0;

    for (const char *at = text; at && (at = strstr(at, "\"planName\"")) != NULL; at++)
        count++;
    free(text);
    return count;
}

/* Sends a plan whose outcome nothing tells. */
static void leave_open(void)
{
    const char *const argv[] = {getenv("DRPLAN"), "submit", "--yes", "--endpoint", ground.endpoint,
                                "--patience",     "0.15",   DRAFT,   NULL};
    struct command_result result;

    command_run(argv, ground.changes, 30000, &result);
    if (result.status != 8)
        fail_msg("submit ended with %d: %s%s", result.status, result.out, result.err);
    command_release(&result);
}

static int begin(void **state)
{
    (void)state;
    ground_open(&ground);
    ground_write_draft(DRAFT, PLAN);
    return 0;
}

/* Kills what still runs, after a failure too. */
static int end(void **state)
{
    (void)state;
    screen_free(screen);
    screen = NULL;
    ground_close(&ground);
    return 0;
}

/* ---- A plan whose outcome is not known ---- */

static void send_without_outcome(const char *const *faults)
{
    ground_serve_faults(&ground, faults);
    open_wizard();
    send_plan();
    expect(screen, "Not known: the request left");
}

static void l_looks_for_the_plan_once_more(void **state)
{
    static const char *const faults[] = {"CreateDisasterRecoveryPlan=drop-after",
                                         "ListDisasterRecoveryPlans=ok*1,500*5,ok", NULL};

    (void)state;
    send_without_outcome(faults);
    press("l");
    expect(screen, "The plan is created.");
    assert_int_equal(plans(), 1);
    press("q");
    ends_with(0);
}

static void a_look_that_finds_nothing_leaves_the_page(void **state)
{
    static const char *const faults[] = {"CreateDisasterRecoveryPlan=500",
                                         "ListDisasterRecoveryPlans=ok*6,403", NULL};

    (void)state;
    send_without_outcome(faults);
    press("l");
    expect(screen, "NoPermission");
    expect(screen, "Not known: the request left");
    assert_int_equal(plans(), 0);
    press("q");
    ends_with(8);
}

/* ---- One key stops a look ---- */

static void a_look_that_was_asked_for_is_stopped_at_once(void **state)
{
    static const char *const faults[] = {"CreateDisasterRecoveryPlan=500",
                                         "ListDisasterRecoveryPlans=ok*6,hang", NULL};

    (void)state;
    send_without_outcome(faults);
    press("l");
    expect(screen, "Esc stops it.");
    press(CTRL('c'));
    expect(screen, "you stopped looking for it");
    press("q");
    ends_with(8);
}

static void a_look_for_what_was_sent_earlier_is_stopped_at_once(void **state)
{
    static const char *const faults[] = {"CreateDisasterRecoveryPlan=500",
                                         "ListDisasterRecoveryPlans=ok*6,hang", NULL};

    (void)state;
    ground_serve_faults(&ground, faults);
    leave_open();
    open_wizard();
    expect(screen, "Look for what was sent earlier?");
    press("l");
    expect(screen, "Looking for " PLAN);
    expect(screen, "Esc stops it.");
    press(CTRL('c'));
    expect(screen, "Not known: what became of what was sent earlier.");
    press("q");
    ends_with(0);
}

static void several_sent_earlier_are_asked_about_at_once_and_can_wait(void **state)
{
    static const char *const faults[] = {"CreateDisasterRecoveryPlan=500", NULL};

    (void)state;
    ground_serve_faults(&ground, faults);
    leave_open();
    ground_write_draft(DRAFT, PLAN "-2");
    leave_open();
    open_wizard();
    expect(screen, "Look for what was sent earlier?");
    expect(screen, "What became of 2 plans that were sent earlier is not known.");
    press("n");
    expect(screen, "'drplan look' finds out later too.");
    press(CTRL('q'));
    ends_with(0);
    open_wizard();
    expect(screen, "What became of 2 plans");
    press("n");
    expect(screen, "'drplan look' finds out later too.");
    press(CTRL('q'));
    ends_with(0);
}

static void the_command_look_is_stopped_at_once(void **state)
{
    static const char *const faults[] = {"CreateDisasterRecoveryPlan=500",
                                         "ListDisasterRecoveryPlans=ok*6,hang", NULL};
    const char *const argv[] = {getenv("DRPLAN"), "look", NULL};

    (void)state;
    ground_serve_faults(&ground, faults);
    leave_open();
    run(argv, 240);
    expect(screen, "Looking for " PLAN);
    press(CTRL('c'));
    expect(screen, "you stopped looking for it");
    ends_with(8);
}

/* ---- A name that is taken ---- */

static void a_second_plan_of_the_name_is_created_after_a_question(void **state)
{
    (void)state;
    ground_serve(&ground, NULL);
    open_wizard();
    send_plan();
    expect(screen, "The plan is created.");
    press("b");
    send_plan();
    expect(screen, "Not sent: a plan of this name exists already.");
    assert_int_equal(plans(), 1);
    press("\r");
    expect(screen, "Create a second plan");
    press("y");
    expect(screen, "The plan is created.");
    assert_int_equal(plans(), 2);
    press("q");
    ends_with(0);
}

/* ---- The picture ---- */

/* How often the program has written a text. */
static size_t written(const char *text)
{
    size_t length = 0, count = 0;
    const char *bytes = screen_bytes(screen, &length), *at = bytes;

    for (; (at = memmem(at, length - (size_t)(at - bytes), text, strlen(text))) != NULL; at++)
        count++;
    return count;
}

static void ctrl_l_draws_everything_once_more(void **state)
{
    size_t before;

    (void)state;
    ground_serve(&ground, NULL);
    open_wizard();
    expect(screen, "Plan name");
    assert_true(screen_wait_quiet(screen));
    before = written("Plan name");
    press(CTRL('l'));
    assert_true(screen_wait_quiet(screen));
    assert_int_equal(written("Plan name"), before + 1);
    expect(screen, "Plan name");
    press(CTRL('q'));
    ends_with(0);
}

#define LOOP_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_TEST(l_looks_for_the_plan_once_more),
        LOOP_TEST(a_look_that_finds_nothing_leaves_the_page),
        LOOP_TEST(a_look_that_was_asked_for_is_stopped_at_once),
        LOOP_TEST(a_look_for_what_was_sent_earlier_is_stopped_at_once),
        LOOP_TEST(several_sent_earlier_are_asked_about_at_once_and_can_wait),
        LOOP_TEST(the_command_look_is_stopped_at_once),
        LOOP_TEST(a_second_plan_of_the_name_is_created_after_a_question),
        LOOP_TEST(ctrl_l_draws_everything_once_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
