#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "command.h"
#include "folder.h"
#include "screen_support.h"

/* Lists fed by what the account has: here by the sandbox's small world. */

#define F2           "\033OQ"
#define PAGE_DOWN    "\033[6~"
#define F9           "\033[20~"
#define CTRL(letter) ((const char[]){(letter)&0x1F, '\0'})

static char folder[FOLDER_SIZE];
static char state_variable[64];

static const char *const environment[] = {state_variable, NO_ACCOUNT, "HOME=/nonexistent", NULL};

static struct screen *start_with(const char *where, const char *fault)
{
    const char *const argv[] = {getenv("DRPLAN"), where, fault ? "--fault" : NULL, fault, NULL};
    struct screen_options options = {.environment = environment};

    return open_screen(argv, &options);
}

static struct screen *start(const char *fault)
{
    return start_with("--sandbox", fault);
}

/* Opens the list of the focused field, finds a row by what is typed, and takes it once there are rows. */
static void pick(struct screen *screen, const char *title, const char *typed, const char *marked)
{
    screen_type(screen, F2);
    expect(screen, title);
    screen_type(screen, typed);
    expect(screen, marked);
    screen_type(screen, "\r");
    assert_true(screen_wait_gone(screen, "Find:"));
}

static void finish(struct screen *screen, const char *keys)
{
    screen_type(screen, keys);
    expect_end(screen, 0);
}

static void pick_cluster(struct screen *screen, const char *region, const char *typed)
{
    char title[64];

    screen_type(screen, "1\t\t");
    pick(screen, "Regions", region, "> cn-");
    screen_type(screen, "\t");
    snprintf(title, sizeof(title), "Instances in %s", region);
    pick(screen, title, typed, "> rmq-cn-");
}

static void a_plan_is_made_by_picking_alone(void **state)
{
    struct screen *screen = start(NULL);

    (void)state;
    expect(screen, "Plan name");
    screen_type(screen, "picked\t\t1" PAGE_DOWN);
    expect(screen, "[2 First cluster]");
    pick_cluster(screen, "cn-hangzhou", "orders-prod-1");
    screen_type(screen, PAGE_DOWN);
    expect(screen, "[3 Second cluster]");
    pick_cluster(screen, "cn-shanghai", "orders-prod-1");
    screen_type(screen, F9);
    expect(screen, "[5 Review]");
    expect(screen, "\"instanceId\": \"rmq-cn-");
    screen_type(screen, "s");
    expect(screen, "Create the plan picked?");
    screen_type(screen, "y");
    expect(screen, "The plan is created.");
    finish(screen, "q");
}

static void what_follows_from_an_instance_is_suggested(void **state)
{
    struct screen *screen = start(NULL);

    (void)state;
    expect(screen, "Plan name");
    screen_type(screen, "p\t\t1" PAGE_DOWN);
    pick_cluster(screen, "cn-hangzhou", "payments-prod-1");
    screen_type(screen, "\t");
    expect(screen, "(o) ACL_AUTH");
    expect(screen, "This is a suggestion");
    screen_type(screen, "1");
    expect(screen, "(o) NO_AUTH");
    screen_type(screen, CTRL('q'));
    expect(screen, "Leave without saving?");
    finish(screen, "y");
}

static void an_instance_that_is_not_there_is_warned_about(void **state)
{
    struct screen *screen = start(NULL);

    (void)state;
    expect(screen, "Plan name");
    screen_type(screen, "p\t\t1" PAGE_DOWN "1\t\tcn-hangzhou\trmq-cn-nonesuch\t");
    expect(screen, "There is no instance rmq-cn-nonesuch in cn-hangzhou.");
    screen_type(screen, CTRL('q'));
    expect(screen, "Leave without saving?");
    finish(screen, "y");
}

static void a_list_that_is_denied_bars_nothing(void **state)
{
    struct screen *screen = start("ListInstances=denied");

    (void)state;
    expect(screen, "Plan name");
    screen_type(screen, "p\t\t1" PAGE_DOWN "1\t\tcn-hangzhou\t" F2);
    expect(screen, "rocketmq:ListInstances");
    screen_type(screen, "rmq-cn-1\033t");
    expect(screen, "[rmq-cn-1");
    screen_type(screen, CTRL('q'));
    expect(screen, "Leave without saving?");
    finish(screen, "y");
}

static void without_an_account_the_known_regions_are_there(void **state)
{
    struct screen *screen = start_with("--region=cn-hangzhou", NULL);

    (void)state;
    expect(screen, "Plan name");
    screen_type(screen, "p\t\t1" PAGE_DOWN "1\t\t" F2);
    expect(screen, "--sandbox needs no account.");
    screen_type(screen, "singapore");
    expect(screen, "> ap-southeast-1");
    screen_type(screen, "\r");
    assert_true(screen_wait_gone(screen, "Find:"));
    expect(screen, "[ap-southeast-1");
    screen_type(screen, CTRL('q'));
    expect(screen, "Leave without saving?");
    finish(screen, "y");
}

static void an_answer_for_another_region_is_dropped(void **state)
{
    struct screen *screen = start("ListInstances=slow=1500*1");

    (void)state;
    expect(screen, "Plan name");
    screen_type(screen, "p\t\t1" PAGE_DOWN "1\t\tcn-hangzhou\t" F2);
    expect(screen, "Instances in cn-hangzhou");
    screen_type(screen, "typed");
    expect(screen, "Find: typed");
    screen_type(screen, "\033");
    assert_true(screen_wait_gone(screen, "Find:"));
    screen_type(screen, "\033[Z");
    screen_type(screen, CTRL('u'));
    screen_type(screen, "cn-shanghai\t" F2);
    expect(screen, "Instances in cn-shanghai");
    expect(screen, "RUNNING");
    assert_true(screen_wait_quiet(screen));
    assert_false(screen_has(screen, "cn-hangzhou"));
    screen_type(screen, "\033");
    assert_true(screen_wait_gone(screen, "Find:"));
    screen_type(screen, CTRL('q'));
    expect(screen, "Leave without saving?");
    finish(screen, "y");
}

static int make_folder(void **state)
{
    (void)state;
    folder_make(folder);
    snprintf(state_variable, sizeof(state_variable), "XDG_STATE_HOME=%s", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

#define PICKING_TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PICKING_TEST(a_plan_is_made_by_picking_alone),
        PICKING_TEST(what_follows_from_an_instance_is_suggested),
        PICKING_TEST(an_instance_that_is_not_there_is_warned_about),
        PICKING_TEST(a_list_that_is_denied_bars_nothing),
        PICKING_TEST(without_an_account_the_known_regions_are_there),
        PICKING_TEST(an_answer_for_another_region_is_dropped),
    };

    if (!program_is_named())
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
