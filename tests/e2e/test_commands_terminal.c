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

/* Commands on a terminal: what is asked, shown and interrupted there. */

#define CTRL_C "\003"

static char folder[FOLDER_SIZE];
static char state_variable[64];

static const char *const environment[] = {
    state_variable,
    NO_ACCOUNT,
    "HOME=/nonexistent",
    NULL,
};

/* A shell command in the folder of the test, with $DRPLAN and $EXAMPLES. */
static struct screen *start(const char *command)
{
    const char *const argv[] = {"/bin/sh", "-c", command, NULL};
    struct screen_options options = {.columns = 100, .environment = environment};

    return open_screen(argv, &options);
}

static void submit_asks_and_yes_sends(void **state)
{
    struct screen *screen = start("exec $DRPLAN submit --sandbox $EXAMPLES/one-way-apsaramq-5x.json");

    (void)state;
    expect(screen, "Create plan ");
    expect(screen, " at 127.0.0.1:");
    expect(screen, "Type yes:");
    assert_true(screen_type(screen, "yes\r"));
    expect(screen, "created plan ");
    expect_end(screen, 0);
}

static void anything_but_yes_sends_nothing(void **state)
{
    static const char *const answers[] = {"y\r", "\r", "no\r", "yes please, all of them at once\r", "\004"};

    (void)state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        struct screen *screen = start("exec $DRPLAN submit --sandbox $EXAMPLES/one-way-apsaramq-5x.json");

        expect(screen, "Type yes:");
        assert_true(screen_type(screen, answers[i]));
        expect(screen, "cancelled: You did not confirm it");
        expect_end(screen, 130);
    }
}

static void several_drafts_are_listed_and_asked_for_once(void **state)
{
    struct screen *screen = start("exec $DRPLAN submit --sandbox $EXAMPLES/one-way-apsaramq-5x.json "
                                  "$EXAMPLES/two-way-apsaramq-5x.json");

    (void)state;
    expect(screen, "one-way-apsaramq-5x.json: plan ");
    expect(screen, "two-way-apsaramq-5x.json: plan ");
    expect(screen, "Create these plans? Type yes:");
    assert_true(screen_type(screen, "yes\r"));
    expect(screen, "two-way-apsaramq-5x.json: created plan ");
    expect_end(screen, 0);
}

static void a_draft_that_changes_after_the_question_is_not_sent(void **state)
{
    struct screen *screen = start("cp $EXAMPLES/one-way-apsaramq-5x.json draft.json;"
                                  "exec $DRPLAN submit --sandbox draft.json");

    (void)state;
    expect(screen, "Type yes:");
    assert_int_equal(system("cp \"$EXAMPLES/two-way-apsaramq-5x.json\" draft.json"), 0);
    assert_true(screen_type(screen, "yes\r"));
    expect(screen, "not sent: the draft changed after you confirmed it");
    expect_end(screen, 1);
}

static void yes_is_not_asked(void **state)
{
    struct screen *screen = start("exec $DRPLAN submit --yes --sandbox $EXAMPLES/one-way-apsaramq-5x.json");

    (void)state;
    expect(screen, "created plan ");
    assert_false(screen_has(screen, "Type yes"));
    expect_end(screen, 0);
}

static void progress_is_shown_and_taken_away(void **state)
{
    struct screen *screen = start("$DRPLAN submit --yes --sandbox $EXAMPLES/one-way-apsaramq-5x.json "
                                  "--fault CreateDisasterRecoveryPlan=slow=1500; echo over $?");

    (void)state;
    expect(screen, "Sending the plan, ");
    expect(screen, "created plan ");
    expect(screen, "over 0");
    assert_false(screen_has(screen, "Sending the plan, "));
    expect_end(screen, 0);
}

static void interrupt_before_the_sending_is_130(void **state)
{
    struct screen *screen = start("exec $DRPLAN submit --yes --sandbox $EXAMPLES/one-way-apsaramq-5x.json "
                                  "--fault ListDisasterRecoveryPlans=hang");

    (void)state;
    expect(screen, "Looking whether a plan of this name exists");
    assert_true(screen_type(screen, CTRL_C));
    expect(screen, "cancelled: ");
    expect_end(screen, 130);
}

static void interrupt_after_the_sending_is_8(void **state)
{
    struct screen *screen = start("exec $DRPLAN submit --yes --sandbox $EXAMPLES/one-way-apsaramq-5x.json "
                                  "--fault CreateDisasterRecoveryPlan=hang");

    (void)state;
    expect(screen, "Sending the plan, ");
    /* The sandbox has the request once the status has gone on for a second. */
    expect(screen, "Sending the plan, 1 s");
    assert_true(screen_type(screen, CTRL_C));
    expect(screen, "unknown: ");
    expect_end(screen, 8);
}

static void interrupt_ends_the_sandbox_cleanly(void **state)
{
    struct screen *screen = start("exec $DRPLAN sandbox");

    (void)state;
    expect(screen, "listening on http://127.0.0.1:");
    expect(screen, "Ctrl-C stops it.");
    assert_true(screen_type(screen, CTRL_C));
    expect_end(screen, 0);
}

#define DRAFT_WITH_PASSWORD                                                                                  \
    "sed 's/\"password\": {.*}/\"password\": \"typed here\"/' $EXAMPLES/one-way-external-vpc-acl.json "      \
    ">draft.json;"

static void a_rendered_command_asks_for_the_password_unseen(void **state)
{
    struct screen *screen =
        start(DRAFT_WITH_PASSWORD
              "mkdir -p bin; printf '#!/bin/sh\\necho aliyun got: \"$@\" | grep -o typed' >bin/aliyun; chmod "
              "+x bin/aliyun;"
              "PATH=$PWD/bin:$PATH; $DRPLAN render draft.json --as aliyun >command; sh ./command; echo over");

    (void)state;
    expect(screen, "instances[0].password:");
    assert_true(screen_type(screen, "typed here\r"));
    expect(screen, "over");
    expect(screen, "typed");
    assert_false(screen_has(screen, "typed here"));
    expect_end(screen, 0);
}

static void an_interrupted_question_leaves_the_terminal_as_it_was(void **state)
{
    struct screen *screen =
        start(DRAFT_WITH_PASSWORD "$DRPLAN render draft.json --as aliyun >command; exec sh ./command");
    int status;

    (void)state;
    expect(screen, "instances[0].password:");
    assert_true(screen_type(screen, CTRL_C));
    assert_true(screen_wait_exit(screen, &status));
    assert_int_equal(status, 130);
    assert_null(screen_not_restored(screen));
    screen_free(screen);
}

static void a_body_cannot_drive_the_terminal(void **state)
{
    struct screen *screen = start("printf '{\"planName\": \"a\\302\\233 2Jb\\342\\200\\256c\"}' >draft.json; "
                                  "$DRPLAN render draft.json; echo over");

    (void)state;
    expect(screen, "over");
    expect(screen, "a<U+009B> 2Jb<U+202E>c");
    expect(screen, "into a file or a pipe");
    expect_end(screen, 0);
}

/* To such a terminal the bytes of UTF-8 are controls. What a program reads from a pipe stays as it is. */
static void json_is_ascii_where_the_terminal_does_not_read_utf8(void **state)
{
    struct screen *screen =
        start("jq '.planName = \"\\u8a02\\ud83d\\ude00e\\u0301\"' $EXAMPLES/one-way-apsaramq-5x.json "
              ">draft.json; name=$(jq -r .planName draft.json); export LC_ALL=C; "
              "echo piped: $($DRPLAN render --json draft.json | grep -c \"$name\"); "
              "exec $DRPLAN render --json draft.json");
    const char *bytes;
    size_t length;

    (void)state;
    expect(screen, "piped: 1");
    expect(screen, "\\u8a02\\ud83d\\ude00e\\u0301");
    bytes = screen_bytes(screen, &length);
    for (size_t i = 0; i < length; i++)
        assert_in_range(bytes[i], 0, 0x7F);
    expect_end(screen, 0);
}

static int enter_folder(void **state)
{
    (void)state;
    folder_enter(folder);
    snprintf(state_variable, sizeof(state_variable), "XDG_STATE_HOME=%s", folder);
    return getenv("DRPLAN") && getenv("EXAMPLES") ? 0 : -1;
}

static int leave_folder(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(submit_asks_and_yes_sends),
        cmocka_unit_test(anything_but_yes_sends_nothing),
        cmocka_unit_test(several_drafts_are_listed_and_asked_for_once),
        cmocka_unit_test(a_draft_that_changes_after_the_question_is_not_sent),
        cmocka_unit_test(yes_is_not_asked),
        cmocka_unit_test(progress_is_shown_and_taken_away),
        cmocka_unit_test(interrupt_before_the_sending_is_130),
        cmocka_unit_test(interrupt_after_the_sending_is_8),
        cmocka_unit_test(interrupt_ends_the_sandbox_cleanly),
        cmocka_unit_test(a_rendered_command_asks_for_the_password_unseen),
        cmocka_unit_test(an_interrupted_question_leaves_the_terminal_as_it_was),
        cmocka_unit_test(a_body_cannot_drive_the_terminal),
        cmocka_unit_test(json_is_ascii_where_the_terminal_does_not_read_utf8),
    };

    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
