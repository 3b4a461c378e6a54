#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "folder.h"
#include "screen_support.h"

/* Signing in while the screen lives on, and choosing another region and profile on the review page. */

#define PAGE_UP      "\033[5~"
#define F9           "\033[20~"
#define CTRL(letter) ((const char[]){(letter)&0x1F, '\0'})

static char folder[FOLDER_SIZE];
static char home_variable[64], state_variable[64];

static const char *const environment[] = {home_variable,
                                          state_variable,
                                          "ALIBABA_CLOUD_ACCESS_KEY_ID",
                                          "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
                                          "ALIBABA_CLOUD_PROFILE",
                                          "ALIBABA_CLOUD_REGION_ID",
                                          NULL};

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

static struct screen *start_on_review(void)
{
    const char *const argv[] = {getenv("DRPLAN"), NULL};
    struct screen_options options = {.environment = environment};
    struct screen *screen = screen_start(argv, &options);

    assert_non_null(screen);
    assert_true(screen_wait(screen, "Plan name"));
    screen_type(screen, F9);
    return screen;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_screen_lives_on_while_a_command_runs, make_home, remove_home),
        cmocka_unit_test_setup_teardown(leaving_ends_the_command, make_home, remove_home),
        cmocka_unit_test_setup_teardown(region_and_profile_are_chosen_on_the_review_page, make_home,
                                        remove_home),
    };

    return cmocka_run_group_tests_name("signing in on the screen", tests, NULL, NULL);
}
