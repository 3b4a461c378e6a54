#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "command.h"
#include "folder.h"
#include "screen_support.h"

/* The wizard with a draft from the command line: it is opened and saved, and its commands give passwords. */

#define F9           "\033[20~"
#define CTRL(letter) ((const char[]){(letter)&0x1F, '\0'})

static char folder[FOLDER_SIZE];
static char state_variable[64];

static const char *const environment[] = {state_variable, NO_ACCOUNT, "HOME=/nonexistent", NULL};

static struct screen *current;

static struct screen *start(const char *draft)
{
    const char *const argv[] = {getenv("DRPLAN"), "--sandbox", draft, NULL};
    struct screen_options options = {.columns = 100, .environment = environment};

    current = open_screen(argv, &options);
    return current;
}

static bool file_has(const char *name, const char *text)
{
    char content[4096];
    FILE *file = fopen(name, "r");
    size_t length;

    if (!file)
        return false;
    length = fread(content, 1, sizeof(content) - 1, file);
    content[length] = '\0';
    fclose(file);
    return strstr(content, text) != NULL;
}

/* Kills what still runs, after a failure too: how it ends is a matter of other tests. */
static int leave(void **state)
{
    (void)state;
    screen_free(current);
    current = NULL;
    return 0;
}

static void a_draft_is_opened_changed_and_saved(void **state)
{
    struct screen *screen;
    struct stat facts;

    (void)state;
    folder_write("draft.json", "{\"planName\": \"orders\", \"later\": {\"kept\": 12345678901234567890}}");
    assert_int_equal(chmod("draft.json", 0644), 0);
    screen = start("draft.json");
    expect(screen, "orders");
    screen_type(screen, "-2");
    expect(screen, "orders-2");
    screen_type(screen, CTRL('s'));
    expect(screen, "Saved to draft.json.");
    assert_true(file_has("draft.json", "\"orders-2\""));
    assert_true(file_has("draft.json", "12345678901234567890"));
    assert_int_equal(stat("draft.json", &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    screen_type(screen, "3");
    expect(screen, "orders-23");
    screen_type(screen, CTRL('s'));
    expect(screen, "Saved to draft.json.");
    assert_true(file_has("draft.json", "\"orders-23\""));
}

static void a_new_draft_is_saved_under_the_name_it_was_given(void **state)
{
    struct screen *screen;

    (void)state;
    unlink("new.json");
    screen = start("new.json");
    expect(screen, "Plan name");
    screen_type(screen, "fresh");
    expect(screen, "fresh");
    screen_type(screen, CTRL('s'));
    expect(screen, "Saved to new.json.");
    assert_true(file_has("new.json", "\"fresh\""));
}

/* A draft that only has to be confirmed, with a command for its password. */
static struct screen *start_with_command(const char *command)
{
    char text[2048];

    snprintf(text, sizeof(text),
             "{\"planName\": \"orders\", \"planType\": \"ACTIVE_PASSIVE\", \"instances\": ["
             "{\"instanceType\": \"EXTERNAL_ROCKETMQ\", \"instanceRole\": \"ACTIVE\", \"networkType\": "
             "\"TCP_INTERNET\","
             "\"endpointUrl\": \"203.0.113.7:9876\", \"authType\": \"ACL_AUTH\", \"username\": \"u\","
             "\"password\": {\"$command\": %s}},"
             "{\"instanceType\": \"ALIYUN_ROCKETMQ\", \"instanceRole\": \"PASSIVE\", \"regionId\": "
             "\"cn-hangzhou\","
             "\"instanceId\": \"rmq-cn-1\", \"authType\": \"NO_AUTH\"}]}",
             command);
    folder_write("command.json", text);
    return start("command.json");
}

static void send(struct screen *screen)
{
    expect(screen, "orders");
    screen_type(screen, F9);
    expect(screen, "Nothing has been sent");
    screen_type(screen, "s");
    expect(screen, "Create ");
    screen_type(screen, "y");
}

static void the_screen_lives_while_a_command_gives_the_password(void **state)
{
    struct screen *screen = start_with_command(
        "[\"sh\", \"-c\", \"touch started; while [ ! -e go ]; do sleep 0.05; done; echo pw\"]");

    (void)state;
    unlink("go");
    send(screen);
    expect(screen, "Asking the command sh for a password");
    expect(screen, "1 s so far");
    folder_write("go", "");
    expect(screen, "The plan is created.");
}

static void a_command_is_stopped_by_esc(void **state)
{
    struct screen *screen = start_with_command("[\"sh\", \"-c\", \"echo $$ >pid; sleep 100\"]");
    int pid = 0;
    FILE *file;

    (void)state;
    send(screen);
    expect(screen, "Asking the command sh for a password");
    expect(screen, "1 s so far");
    screen_type(screen, "\033");
    expect(screen, "You stopped it before anything was sent.");
    file = fopen("pid", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%d", &pid), 1);
    fclose(file);
    assert_int_equal(kill(pid, 0), -1);
}

static void a_command_that_fails_is_named_beside_its_field(void **state)
{
    struct screen *screen = start_with_command("[\"sh\", \"-c\", \"echo oops >&2; exit 4\"]");

    (void)state;
    send(screen);
    expect(screen, "instances[0].password: the command sh failed with exit status 4.");
    assert_false(screen_has(screen, "oops"));
}

static void expect_refused(const char *draft, int wanted, const char *said)
{
    struct screen *screen = start(draft);
    int status;

    assert_true(screen_wait_exit(screen, &status));
    assert_int_equal(status, wanted);
    assert_true(screen_has(screen, said));
    leave(NULL);
}

static void what_is_no_draft_is_not_opened(void **state)
{
    (void)state;
    folder_write("broken.json", "{\n  \"planName\": }");
    expect_refused("broken.json", 3, "broken.json: line 2, column 15");
    assert_int_equal(mkdir("a-folder", 0700), 0);
    expect_refused("a-folder", 1, "a-folder is a folder");
}

static int enter_folder(void **state)
{
    (void)state;
    folder_enter(folder);
    snprintf(state_variable, sizeof(state_variable), "XDG_STATE_HOME=%s", folder);
    return getenv("DRPLAN") ? 0 : -1;
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
        cmocka_unit_test_teardown(a_draft_is_opened_changed_and_saved, leave),
        cmocka_unit_test_teardown(a_new_draft_is_saved_under_the_name_it_was_given, leave),
        cmocka_unit_test_teardown(the_screen_lives_while_a_command_gives_the_password, leave),
        cmocka_unit_test_teardown(a_command_is_stopped_by_esc, leave),
        cmocka_unit_test_teardown(a_command_that_fails_is_named_beside_its_field, leave),
        cmocka_unit_test_teardown(what_is_no_draft_is_not_opened, leave),
    };

    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
