#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "cli/progress.h"

static void the_rate_is_not_known_at_first(void **state)
{
    struct batch_progress progress = {0};

    (void)state;
    assert_true(progress_rate(&progress, 1000) == 0.0);
    progress_sample(&progress, 1000);
    assert_true(progress_rate(&progress, 1000) == 0.0);
    assert_true(progress_rate(&progress, 3000) == 0.0);
    progress.sent = 10;
    assert_true(progress_rate(&progress, 3000) == 5.0);
}

/* 50 a second for a minute, then 2 a second: after ten seconds the first is forgotten. */
static void the_rate_is_that_of_the_last_seconds(void **state)
{
    struct batch_progress progress = {0};
    int64_t now = 0;

    (void)state;
    for (; now < 60000; now += 100, progress.sent += 5)
        progress_sample(&progress, now);
    assert_true(progress_rate(&progress, now) == 50.0);
    for (; now < 72000; now += 500, progress.sent++)
        progress_sample(&progress, now);
    assert_true(progress_rate(&progress, now) == 2.0);
}

static void the_summary_names_what_there_was(void **state)
{
    struct batch_progress progress = {.done = 7, .earlier = 2};
    struct buf text = BUF_INIT;

    (void)state;
    progress.ended[OUTCOME_CREATED] = 4;
    progress.ended[OUTCOME_NOT_SENT] = 1;
    progress.ended[OUTCOME_CANCELLED] = 2;
    progress_summary(&progress, &text);
    assert_string_equal(buf_text(&text), "7 drafts: 4 created (2 earlier), 1 not sent, 2 cancelled.");
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rate_is_not_known_at_first),
        cmocka_unit_test(the_rate_is_that_of_the_last_seconds),
        cmocka_unit_test(the_summary_names_what_there_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
