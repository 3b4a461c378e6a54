#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "command.h"
#include "folder.h"
#include "screen_support.h"

/* Signing in while the screen lives on, and choosing another region and profile on the review page. */

#define PAGE_UP      "\033[5~"
#define F9           "\033[20~"
#define CTRL(letter) ((const char[]){(letter)&0x1F, '\0'})

static char folder[FOLDER_SIZE];
static char home_variable[64], state_variable[64];

static const char *const environment[] = {home_variable, state_variable, NO_ACCOUNT, NULL};

static void write_text(const char *name, const char *text)
{
    char path[96];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0600), 0);
}

/* Profile p runs a command that waits for the file "go"; profile q has keys. */
static int make_home(void **state)
{
    char text[1024];

    (void)state;
    folder_make(folder);
    snprintf(home_variable, sizeof(home_variable), "HOME=%s", folder);
    snprintf(state_variable, sizeof(state_variable), "XDG_STATE_HOME=%s", folder);
    snprintf(text, sizeof(text), "%s/.aliyun", folder);
    mkdir(text, 0700);
    snprintf(text, sizeof(text),
             "{\"current\":\"p\",\"profiles\":[{\"name\":\"p\",\"mode\":\"External\",\"region_id\":\"cn-"
             "hangzhou\","
             "\"process_command\":\"sh %s/give\"},{\"name\":\"q\",\"mode\":\"AK\",\"access_key_id\":"
             "\"LTAI-made-up-0002\",\"access_key_secret\":\"CANARY\",\"region_id\":\"cn-hangzhou\"}]}",
             folder);
    write_text(".aliyun/config.json", text);
    snprintf(
        text, sizeof(text),
        "echo noise >&2\nuntil [ -e %s/go ]; do sleep 0.01; done\n"
        "echo '{\"mode\":\"AK\",\"access_key_id\":\"LTAI-made-up-0001\",\"access_key_secret\":\"CANARY\"}'\n",
        folder);
    write_text("give", text);
    return 0;
}

static int remove_home(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

static struct screen *start_how(const char *argument, const char *const *variables)
{
    const char *const argv[] = {getenv("DRPLAN"), argument, NULL};
    struct screen_options options = {.environment = variables};
    struct screen *screen = screen_start(argv, &options);

    assert_non_null(screen);
    assert_true(screen_wait(screen, "Plan name"));
    screen_type(screen, F9);
    return screen;
}

static struct screen *start_on_review(void)
{
    return start_how(NULL, environment);
}

static void finish(struct screen *screen, const char *keys)
{
    assert_false(screen_has(screen, "CANARY"));
    assert_false(screen_has(screen, "noise"));
    screen_type(screen, keys);
    expect_end(screen, 0);
}

static void the_screen_lives_on_while_a_command_runs(void **state)
{
    struct screen *screen = start_on_review();

    (void)state;
    expect(screen, "Signing in. Running the command of profile p of ~/.aliyun/config.json.");
    screen_type(screen, "s");
    expect(screen, "Nothing can be sent yet");
    screen_type(screen, PAGE_UP);
    expect(screen, "[4 Progress]");
    screen_type(screen, F9);
    expect(screen, "Signing in.");
    write_text("go", "");
    expect(screen, "key LTAI****0001");
    finish(screen, CTRL('q'));
}

static void leaving_ends_the_command(void **state)
{
    struct screen *screen = start_on_review();

    (void)state;
    expect(screen, "Signing in.");
    finish(screen, CTRL('q'));
}

static void region_and_profile_are_chosen_on_the_review_page(void **state)
{
    struct screen *screen = start_on_review();

    (void)state;
    expect(screen, "https://rocketmq.cn-hangzhou.aliyuncs.com/");
    screen_type(screen, "p");
    expect(screen, "Profile whose keys send the plan");
    screen_type(screen, "q\r");
    expect(screen, "region cn-hangzhou, profile q, key LTAI****0002");
    screen_type(screen, "w");
    expect(screen, "Region that the plan is sent to");
    screen_type(screen, "frankfurt");
    expect(screen, "Germany (Frankfurt)");
    screen_type(screen, "\r");
    expect(screen, "https://rocketmq.eu-central-1.aliyuncs.com/");
    screen_type(screen, CTRL('q'));
    expect(screen, "throw it away");
    finish(screen, "y");
}

#define KEYS_ONLY                                                                                            \
    "{\"current\":\"q\",\"profiles\":[{\"name\":\"q\",\"mode\":\"AK\",\"access_key_id\":\"LTAI-made-up-"     \
    "0002\","                                                                                                \
    "\"access_key_secret\":\"CANARY\",\"region_id\":\"cn-hangzhou\"}]}"

/* Before anything is typed, as the files are looked into at once; but behind what there is to say about the
 * draft. */
static void a_file_that_others_may_read_is_warned_of(void **state)
{
    static const char warning[] =
        "Others on this machine can read ~/.aliyun/config.json, which holds keys: chmod 600 keeps them out.";
    char path[96];
    const char *const argv[] = {getenv("DRPLAN"), NULL}, *const with_draft[] = {getenv("DRPLAN"), path, NULL};
    struct screen_options options = {.environment = environment, .columns = 110};
    struct screen *screen;

    (void)state;
    write_text(".aliyun/config.json", KEYS_ONLY);
    snprintf(path, sizeof(path), "%s/.aliyun/config.json", folder);
    assert_int_equal(chmod(path, 0644), 0);
    screen = open_screen(argv, &options);
    expect(screen, warning);
    finish(screen, CTRL('q'));
    write_text("draft.json", "{\"planName\": \"shared\"}");
    snprintf(path, sizeof(path), "%s/draft.json", folder);
    assert_int_equal(chmod(path, 0666), 0);
    screen = open_screen(with_draft, &options);
    expect(screen, "Anybody on this machine may change ");
    screen_type(screen, "\t");
    expect(screen, warning);
    finish(screen, CTRL('q'));
}

static void a_place_that_was_set_up_and_failed_is_named(void **state)
{
    const char *const oidc[] = {home_variable,
                                state_variable,
                                "ALIBABA_CLOUD_ACCESS_KEY_ID",
                                "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
                                "ALIBABA_CLOUD_ROLE_ARN=acs:ram::1:role/r",
                                "ALIBABA_CLOUD_OIDC_PROVIDER_ARN=acs:ram::1:oidc-provider/p",
                                "ALIBABA_CLOUD_OIDC_TOKEN_FILE=/nonexistent/token",
                                NULL};
    struct screen *screen;

    (void)state;
    write_text(".aliyun/config.json", KEYS_ONLY);
    screen = start_how(NULL, oidc);
    expect(screen, "key LTAI****0002");
    expect(screen, "Passed over: OIDC token of the environment: ");
    finish(screen, CTRL('q'));
}

static void where_there_is_no_profile_to_choose_it_is_said_why(void **state)
{
    struct screen *screen;

    (void)state;
    screen = start_how("--sandbox", environment);
    expect(screen, "[5 Review]");
    expect(screen, "key SAND****Y-ID");
    screen_type(screen, "p");
    expect(screen, "The sandbox has its own key: there is no profile to choose.");
    finish(screen, CTRL('q'));
    write_text(".aliyun/config.json", "{\"profiles\":");
    screen = start_on_review();
    expect(screen, "[5 Review]");
    screen_type(screen, "p");
    expect(screen, "Profile whose keys send the plan");
    expect(screen, "~/.aliyun/config.json: line 1");
    screen_type(screen, "\033");
    assert_true(screen_wait_gone(screen, "Profile whose keys send the plan"));
    finish(screen, CTRL('q'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_screen_lives_on_while_a_command_runs, make_home, remove_home),
        cmocka_unit_test_setup_teardown(leaving_ends_the_command, make_home, remove_home),
        cmocka_unit_test_setup_teardown(region_and_profile_are_chosen_on_the_review_page, make_home,
                                        remove_home),
        cmocka_unit_test_setup_teardown(a_file_that_others_may_read_is_warned_of, make_home, remove_home),
        cmocka_unit_test_setup_teardown(a_place_that_was_set_up_and_failed_is_named, make_home, remove_home),
        cmocka_unit_test_setup_teardown(where_there_is_no_profile_to_choose_it_is_said_why, make_home,
                                        remove_home),
    };

    return cmocka_run_group_tests_name("signing in on the screen", tests, NULL, NULL);
}
