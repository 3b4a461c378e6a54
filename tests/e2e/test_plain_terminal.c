#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "command.h"
#include "folder.h"
#include "screen_support.h"

/* Plain questions on a terminal: what is shown, hidden, suspended and interrupted there. DRPLAN names the
 * binary. */

#define CONTROL(letter) ((const char[]){(letter)&0x1F, '\0'})

static char folder[FOLDER_SIZE];
static char state_variable[64];

#define QUIET state_variable, NO_ACCOUNT, "HOME=/nonexistent"

static const char *const dumb[] = {QUIET, "TERM=dumb", NULL};
static const char *const accessible[] = {QUIET, "ACCESSIBLE=1", NULL};
static const char *const able[] = {QUIET, "ACCESSIBLE=0", NULL};

static int no_state(void **state)
{
    (void)state;
    if (folder[0])
        folder_remove(folder);
    folder[0] = '\0';
    return 0;
}

/* Each has nothing that another one left. */
static int fresh_state(void **state)
{
    no_state(state);
    folder_enter(folder);
    snprintf(state_variable, sizeof(state_variable), "XDG_STATE_HOME=%s", folder);
    return 0;
}

static struct screen *start(const char *const *environment, const char *argument)
{
    const char *const argv[] = {getenv("DRPLAN"), "--sandbox", argument, NULL};
    struct screen_options options = {.columns = 80, .rows = 24, .environment = environment};

    return open_screen(argv, &options);
}

static void answer(struct screen *screen, const char *question, const char *line)
{
    expect(screen, question);
    assert_true(screen_type(screen, line));
    assert_true(screen_type(screen, "\r"));
}

static void end_by_signal(struct screen *screen)
{
    assert_true(screen_signal(screen, SIGTERM));
    expect_end(screen, 143);
}

/* A plan of which one answer is given, and not saved. */
static void leave_behind(struct screen *screen)
{
    answer(screen, "Plan name, needed:", "orders");
    expect(screen, "Description, optional:");
    end_by_signal(screen);
}

/* Every byte is text: no cursor movement, no colour, nothing drawn again. */
static void assert_append_only(const struct screen *screen)
{
    size_t length;
    const char *bytes = screen_bytes(screen, &length);

    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];

        if ((c < 0x20 && c != '\n' && c != '\r') || c == 0x7f)
            fail_msg("byte %02x at %zu", c, i);
        if (c == '\r' && i + 1 < length && bytes[i + 1] != '\n' && bytes[i + 1] != '\r')
            fail_msg("back to the start of a line at %zu", i);
    }
}

static void to_password(struct screen *screen)
{
    answer(screen, "Plan name, needed:", "orders");
    answer(screen, "Description, optional:", "");
    answer(screen, "Plan type, needed:", "1");
    answer(screen, "Cluster kind, needed:", "2");
    answer(screen, "Role, recommended, default 1 ACTIVE:", "");
    answer(screen, "Network, needed:", "1");
    answer(screen, "Region, optional:", "cn-hangzhou");
    answer(screen, "Endpoint, needed:", "203.0.113.7:9876");
    answer(screen, "Sign-in, recommended:", "2");
    answer(screen, "User name, needed:", "replicator");
    expect(screen, "Password, needed, not shown while you type:");
}

/* Typed ahead, as somebody does who knows the questions. */
static void to_review(struct screen *screen)
{
    expect(screen, "Consumer group, optional:");
    assert_true(screen_type(screen,
                            "\r\r\r" /* the second cluster: */ "1\r\rcn-shanghai\rrmq-cn-example0001\r1\r"
                            "GID_EXAMPLE\r\r\r" /* progress: */ "2\r"));
    expect(screen, "Review:");
}

static void a_plan_is_created_where_the_cursor_cannot_move(void **state)
{
    struct screen *screen = start(dumb, NULL);

    (void)state;
    to_password(screen);
    assert_true(screen_type(screen, "s3cret-marker\r"));
    expect(screen, "Password: set.");
    assert_false(screen_has(screen, "s3cret"));
    expect(screen, "Consumer group, optional:");
    assert_true(screen_type(screen, "GID_SEEN"));
    expect(screen, "Consumer group, optional: GID_SEEN");
    to_review(screen);
    answer(screen, "Review:", "send");
    answer(screen, "Type yes to send:", "yes");
    expect(screen, "Created.");
    expect(screen, "Plan ID: 13");
    assert_false(screen_has(screen, "s3cret"));
    assert_append_only(screen);
    expect_end(screen, 0);
}

static void it_is_chosen_by_option_variable_and_terminal(void **state)
{
    struct screen *screen = start(accessible, NULL);

    (void)state;
    expect(screen, "Plan name, needed:");
    assert_true(screen_type(screen, "q\r"));
    expect_end(screen, 0);
    screen = start(able, "--plain");
    expect(screen, "Plan name, needed:");
    assert_true(screen_type(screen, "q\r"));
    assert_append_only(screen);
    expect_end(screen, 0);
    screen = start(able, NULL);
    expect(screen, "[1 Plan]");
    assert_true(screen_type(screen, CONTROL('q')));
    expect_end(screen, 0);
}

static void a_paste_never_sends(void **state)
{
    struct screen *screen = start(dumb, DRPLAN_SOURCE "/examples/one-way-apsaramq-5x.json");

    (void)state;
    expect(screen, "Review:");
    assert_true(screen_paste(screen, "send\ryes\ryes\r"));
    expect(screen, "Type yes to send:");
    assert_true(screen_wait_quiet(screen));
    assert_false(screen_has(screen, "Created"));
    assert_true(screen_type(screen, "\r"));
    expect(screen, "Not sent.");
    assert_true(screen_type(screen, "q\r"));
    expect_end(screen, 0);
}

static void ctrl_c_ends_it_with_the_terminal_as_it_was(void **state)
{
    struct screen *screen = start(dumb, NULL);

    (void)state;
    expect(screen, "Plan name, needed:");
    assert_true(screen_type(screen, CONTROL('c')));
    expect(screen, "Interrupted. Nothing was sent.");
    expect_end(screen, 130);
    screen = start(dumb, NULL);
    to_password(screen);
    assert_true(screen_type(screen, "s3cret"));
    assert_true(screen_type(screen, CONTROL('c')));
    expect(screen, "What was not saved is kept");
    expect_end(screen, 130);
}

static void no_signal_leaves_the_terminal_mute(void **state)
{
    static const struct {
        int number, status;
    } signals[] = {{SIGTERM, 143}, {SIGHUP, 129}, {SIGQUIT, 131}, {SIGINT, 130}};

    (void)state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct screen *screen = start(dumb, NULL);

        to_password(screen);
        assert_true(screen_signal(screen, signals[i].number));
        expect_end(screen, signals[i].status);
        assert_int_equal(fresh_state(state), 0);
    }
}

static void suspended_at_a_password_the_terminal_echoes(void **state)
{
    struct screen *screen = start(dumb, NULL);

    (void)state;
    to_password(screen);
    assert_true(screen_type(screen, CONTROL('z')));
    assert_true(screen_wait_stopped(screen));
    assert_null(screen_not_restored(screen));
    assert_true(screen_continue(screen));
    assert_true(screen_wait_quiet(screen));
    assert_true(screen_type(screen, "s3cret-marker\r"));
    expect(screen, "Password: set.");
    assert_false(screen_has(screen, "s3cret"));
    assert_true(screen_type(screen, "q\r-\r"));
    expect_end(screen, 0);
}

static void ctrl_d_says_what_is_missing(void **state)
{
    struct screen *screen = start(dumb, NULL);

    (void)state;
    answer(screen, "Plan name, needed:", "orders");
    expect(screen, "Description, optional:");
    assert_true(screen_type(screen, CONTROL('d')));
    expect(screen, "The input ended at Description. Nothing was sent.");
    expect_end(screen, 3);
}

static void a_terminal_that_goes_away_ends_it(void **state)
{
    struct screen *screen = start(dumb, NULL);
    int status = -1;

    (void)state;
    to_password(screen);
    screen_hang_up(screen);
    assert_true(screen_wait_exit(screen, &status));
    assert_true(status == 129 || status == 1 || status == 3);
    screen_free(screen);
}

/* ---- What is kept ---- */

static void what_was_answered_survives_a_kill(void **state)
{
    struct screen *screen = start(dumb, NULL);
    int status = -1;

    (void)state;
    to_password(screen);
    assert_true(screen_type(screen, "s3cret-marker\r"));
    expect(screen, "Consumer group, optional:");
    assert_true(screen_signal(screen, SIGKILL));
    assert_true(screen_wait_exit(screen, &status));
    screen_free(screen);
    assert_int_not_equal(system("grep -rq s3cret-marker ."), 0);

    screen = start(dumb, NULL);
    answer(screen, "Type resume, forget, or nothing", "resume");
    expect(screen, "Resumed. Passwords are not kept");
    expect(screen, "Password, needed, not shown while you type:");
    assert_true(screen_type(screen, "s3cret-marker\r"));
    to_review(screen);
    answer(screen, "Review:", "save plan.json");
    expect(screen, "Draft saved to: plan.json");
    expect(screen, "Passwords are not in it");
    assert_true(screen_wait_quiet(screen));
    assert_true(screen_signal(screen, SIGKILL));
    assert_true(screen_wait_exit(screen, &status));
    screen_free(screen);
    assert_int_equal(system("grep -q replicator plan.json && ! grep -rq s3cret-marker ."), 0);

    screen = start(dumb, NULL);
    expect(screen, "Plan name, needed:");
    assert_false(screen_has(screen, "Left behind"));
    assert_true(screen_type(screen, "q\r"));
    expect_end(screen, 0);
}

static void what_was_kept_can_be_forgotten_or_left(void **state)
{
    struct screen *screen = start(dumb, NULL);

    (void)state;
    leave_behind(screen);
    screen = start(dumb, NULL);
    expect(screen, "Left behind: orders");
    assert_true(screen_type(screen, "\r"));
    expect(screen, "Plan name, needed:");
    assert_true(screen_type(screen, "q\r"));
    expect_end(screen, 0);
    screen = start(dumb, NULL);
    answer(screen, "Type resume, forget, or nothing", "resume");
    answer(screen, "Plan type, needed:", "q");
    expect(screen, "Name a file for the draft.");
    assert_true(screen_type(screen, "<\r"));
    end_by_signal(screen);
    screen = start(dumb, NULL);
    answer(screen, "Type resume, forget, or nothing", "forget");
    answer(screen, "Type yes to throw it away", "yes");
    expect(screen, "Plan name, needed:");
    assert_true(screen_type(screen, "q\r"));
    expect_end(screen, 0);
    screen = start(dumb, NULL);
    expect(screen, "Plan name, needed:");
    assert_false(screen_has(screen, "Left behind"));
    assert_true(screen_type(screen, "q\r"));
    expect_end(screen, 0);
}

static void two_runs_do_not_write_over_each_other(void **state)
{
    struct screen *first, *second;

    (void)state;
    assert_int_equal(system("cp " DRPLAN_SOURCE "/examples/one-way-apsaramq-5x.json plan.json"), 0);
    first = start(dumb, "plan.json");
    expect(first, "Review:");
    second = start(dumb, "plan.json");
    expect(second, "open: save under another name.");
    answer(second, "Review:", "plan name");
    answer(second, "Plan name, needed, now", "second");
    answer(second, "Fields in the request", "save");
    expect(second, "Save under another name: save plan-copy.json");
    assert_true(screen_type(second, "save plan-copy.json\rq\r"));
    expect_end(second, 0);
    assert_true(screen_type(first, "q\r"));
    expect_end(first, 0);
    assert_int_equal(system("grep -q orders-hz-to-sh plan.json && grep -q second plan-copy.json"), 0);
}

#define COPY_DRAFT "cp " DRPLAN_SOURCE "/examples/one-way-apsaramq-5x.json plan.json"

/* At the review: another plan name. */
static void rename_plan(struct screen *screen, const char *name)
{
    answer(screen, "Review:", "plan name");
    answer(screen, "Plan name, needed, now", name);
    assert_true(screen_wait_quiet(screen)); /* what the review says stands there already */
}

static void what_others_did_to_the_draft_is_asked_about(void **state)
{
    struct screen *screen;

    (void)state;
    assert_int_equal(system(COPY_DRAFT), 0);
    screen = start(dumb, "plan.json");
    rename_plan(screen, "mine");
    assert_int_equal(system("sed -i s/orders-hz-to-sh/theirs/ plan.json"), 0);
    assert_true(screen_type(screen, "save\r"));
    answer(screen, "plan.json was changed by somebody else. Type yes to write over it", "no");
    expect(screen, "Nothing was saved.");
    assert_int_equal(system("grep -q theirs plan.json"), 0);
    end_by_signal(screen);

    screen = start(dumb, "plan.json");
    answer(screen, "Type resume, forget, or nothing", "resume");
    answer(screen, "Review:", "save");
    answer(screen, "write over it:", "yes");
    expect(screen, "Draft saved to: ");
    assert_int_equal(system("grep -q mine plan.json"), 0);
    assert_true(screen_type(screen, "q\r"));
    expect_end(screen, 0);

    screen = start(dumb, "plan.json");
    rename_plan(screen, "anew");
    assert_int_equal(unlink("plan.json"), 0);
    assert_true(screen_type(screen, "save\r"));
    answer(screen, "plan.json is not there any more. Type yes to make it anew", "yes");
    expect(screen, "Draft saved to: plan.json");
    assert_int_equal(system("grep -q anew plan.json"), 0);
    assert_true(screen_type(screen, "q\r"));
    expect_end(screen, 0);
}

static void what_a_later_drplan_wrote_is_not_written_over(void **state)
{
    struct screen *screen;

    (void)state;
    assert_int_equal(system(COPY_DRAFT " && sed -i '1s/{/{\"$drplan\": {\"version\": 99},/' plan.json"), 0);
    screen = start(dumb, "plan.json");
    rename_plan(screen, "mine");
    assert_true(screen_type(screen, "save\r"));
    expect(screen, "A later version of drplan wrote plan.json.");
    expect(screen, "Save under another name: save plan-copy.json");
    assert_true(screen_type(screen, "save plan-copy.json\rq\r"));
    expect_end(screen, 0);
    assert_int_equal(system("grep -q orders-hz-to-sh plan.json && grep -q mine plan-copy.json"), 0);
}

/* It is offered wherever drplan is started, and belongs to its draft. */
static void what_was_answered_for_a_draft_goes_back_to_it(void **state)
{
    struct screen *screen, *other;

    (void)state;
    assert_int_equal(system(COPY_DRAFT), 0);
    screen = start(dumb, "plan.json");
    rename_plan(screen, "mine");
    end_by_signal(screen);
    other = start(dumb, "plan.json");
    expect(other, "Left behind: mine");
    assert_true(screen_type(other, "\r"));
    expect(other, "Review:");
    screen = start(dumb, NULL);
    answer(screen, "Type resume, forget, or nothing", "resume");
    expect(screen, "open: save under");
    expect(screen, "Review:");
    end_by_signal(screen);
    assert_true(screen_type(other, "q\r"));
    expect_end(other, 0);
    screen = start(dumb, NULL);
    answer(screen, "Type resume, forget, or nothing", "resume");
    expect(screen, "Resumed.");
    answer(screen, "Review:", "save");
    expect(screen, "Draft saved to: ");
    assert_true(screen_type(screen, "q\r"));
    expect_end(screen, 0);
    assert_int_equal(system("grep -q mine plan.json"), 0);
}

static void what_cannot_be_resumed_is_set_aside(void **state)
{
    struct screen *screen = start(dumb, NULL);

    (void)state;
    leave_behind(screen);
    assert_int_equal(system("for f in drplan/autosave/*.json; do echo '{\"planName' >\"$f\"; done"), 0);
    screen = start(dumb, NULL);
    expect(screen, "Note: an autosave is broken and was set aside:");
    expect(screen, "Plan name, needed:");
    assert_false(screen_has(screen, "^J"));
    assert_true(screen_type(screen, "q\r"));
    expect_end(screen, 0);
    assert_int_equal(system("ls drplan/autosave/*.json.broken-* >/dev/null"), 0);
}

static void ctrl_c_stops_a_sending(void **state)
{
    const char *const argv[] = {getenv("DRPLAN"),
                                "--sandbox",
                                "--fault",
                                "ListDisasterRecoveryPlans=hang",
                                DRPLAN_SOURCE "/examples/one-way-apsaramq-5x.json",
                                NULL};
    struct screen_options options = {.environment = dumb};
    struct screen *screen = screen_start(argv, &options);

    (void)state;
    assert_non_null(screen);
    answer(screen, "Review:", "send");
    answer(screen, "Type yes to send:", "yes");
    expect(screen, "Looking whether a plan of this name exists. Ctrl-C stops it.");
    assert_true(screen_type(screen, CONTROL('c')));
    expect(screen, "Stopped: nothing was sent.");
    assert_true(screen_type(screen, "q\r"));
    expect_end(screen, 130);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_plan_is_created_where_the_cursor_cannot_move, fresh_state),
        cmocka_unit_test_setup(it_is_chosen_by_option_variable_and_terminal, fresh_state),
        cmocka_unit_test_setup(a_paste_never_sends, fresh_state),
        cmocka_unit_test_setup(ctrl_c_ends_it_with_the_terminal_as_it_was, fresh_state),
        cmocka_unit_test_setup(no_signal_leaves_the_terminal_mute, fresh_state),
        cmocka_unit_test_setup(suspended_at_a_password_the_terminal_echoes, fresh_state),
        cmocka_unit_test_setup(ctrl_d_says_what_is_missing, fresh_state),
        cmocka_unit_test_setup(a_terminal_that_goes_away_ends_it, fresh_state),
        cmocka_unit_test_setup(what_was_answered_survives_a_kill, fresh_state),
        cmocka_unit_test_setup(what_was_kept_can_be_forgotten_or_left, fresh_state),
        cmocka_unit_test_setup(two_runs_do_not_write_over_each_other, fresh_state),
        cmocka_unit_test_setup(what_others_did_to_the_draft_is_asked_about, fresh_state),
        cmocka_unit_test_setup(what_a_later_drplan_wrote_is_not_written_over, fresh_state),
        cmocka_unit_test_setup(what_was_answered_for_a_draft_goes_back_to_it, fresh_state),
        cmocka_unit_test_setup(what_cannot_be_resumed_is_set_aside, fresh_state),
        cmocka_unit_test_setup(ctrl_c_stops_a_sending, fresh_state),
    };

    return cmocka_run_group_tests(tests, NULL, no_state);
}
