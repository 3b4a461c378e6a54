#ifndef TESTS_E2E_SCREEN_SUPPORT_H
#define TESTS_E2E_SCREEN_SUPPORT_H

#include <cmocka.h>

#include "screen.h"

/* What tests of the program in a terminal do all the time. Each of these fails the test. */

static inline struct screen *open_screen(const char *const *argv, const struct screen_options *options)
{
    struct screen *screen = screen_start(argv, options);

    assert_non_null(screen);
    return screen;
}

static inline void expect(struct screen *screen, const char *text)
{
    if (!screen_wait(screen, text))
        fail_msg("the screen does not show: %s", text);
}

/* Waits for the end of the program, which puts the terminal back, and frees the screen. */
static inline void expect_end(struct screen *screen, int wanted)
{
    const char *left;
    int status = -1;

    assert_true(screen_wait_exit(screen, &status));
    if (status != wanted)
        fail_msg("exit status %d, not %d:\n%s", status, wanted, screen_text(screen));
    left = screen_not_restored(screen);
    if (left)
        fail_msg("the terminal was not put back: %s", left);
    screen_free(screen);
}

#endif
