#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "command.h"
#include "folder.h"
#include "screen.h"

/* What the wizard has loaded when its first screen stands, by what the loader of the C library says of
 * itself. */

static char folder[FOLDER_SIZE];
static char state_variable[64], loader_variable[64];

static const char *const environment[] = {state_variable, loader_variable,     "LD_DEBUG=files",
                                          NO_ACCOUNT,     "HOME=/nonexistent", NULL};

static struct screen *current;

/* What the loader of the program has said so far. */
static struct buf loader_text(struct screen *screen)
{
    struct buf text = BUF_INIT;
    char path[96], bytes[4096];
    size_t length;
    FILE *file;

    snprintf(path, sizeof(path), "%s/loader.%d", folder, (int)screen_pid(screen));
    file = fopen(path, "r");
    if (!file)
        fail_msg("the loader has said nothing: %s", path);
    while ((length = fread(bytes, 1, sizeof(bytes), file)) > 0)
        buf_add(&text, bytes, length);
    fclose(file);
    return text;
}

static bool is_loaded(const struct buf *text, const char *library)
{
    char line[64];

    snprintf(line, sizeof(line), "file=%s", library);
    return strstr(buf_text(text), line) != NULL;
}

static struct screen *start(const char *option)
{
    const char *const argv[] = {getenv("DRPLAN"), option, NULL};
    struct screen_options options = {.environment = environment};

    current = screen_start(argv, &options);
    assert_non_null(current);
    assert_true(screen_wait(current, "Plan name"));
    return current;
}

static int leave(void **state)
{
    (void)state;
    screen_free(current);
    current = NULL;
    return 0;
}

static void nothing_of_the_network_is_loaded_before_the_first_screen(void **state)
{
    static const char *const late[] = {"libcurl", "libcrypto", "libssl", "libmicrohttpd", "libgnutls"};
    struct buf text = loader_text(start(NULL));

    (void)state;
    assert_true(is_loaded(&text, "libtinfo"));
    for (size_t i = 0; i < sizeof(late) / sizeof(late[0]); i++)
        if (is_loaded(&text, late[i]))
            fail_msg("%s is loaded", late[i]);
    buf_release(&text);
}

static void a_sandbox_of_its_own_loads_nothing_into_the_wizard(void **state)
{
    struct buf text = loader_text(start("--sandbox"));

    (void)state;
    assert_true(is_loaded(&text, "libtinfo"));
    assert_false(is_loaded(&text, "libcurl"));
    assert_false(is_loaded(&text, "libmicrohttpd"));
    buf_release(&text);
}

static int make_folder(void **state)
{
    (void)state;
    folder_make(folder);
    snprintf(state_variable, sizeof(state_variable), "XDG_STATE_HOME=%s/state", folder);
    snprintf(loader_variable, sizeof(loader_variable), "LD_DEBUG_OUTPUT=%s/loader", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(nothing_of_the_network_is_loaded_before_the_first_screen, leave),
        cmocka_unit_test_teardown(a_sandbox_of_its_own_loads_nothing_into_the_wizard, leave),
    };

    return cmocka_run_group_tests_name("start", tests, make_folder, remove_folder);
}
