#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/pace.h"

static void without_throttling_there_is_no_limit(void **state)
{
    struct pace pace = {0};

    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(pace_wait(&pace, 5000), 0);
        pace_passed(&pace);
    }
}

/* 100 a second: throttled, it becomes 50. */
static int64_t sent_at_ten_milliseconds(struct pace *pace)
{
    int64_t now = 1000;

    for (int i = 0; i < 50; i++, now += 10)
        assert_int_equal(pace_wait(pace, now), 0);
    return now;
}

static void throttling_holds_all_and_halves_the_rate(void **state)
{
    struct pace pace = {0};
    int64_t now = sent_at_ten_milliseconds(&pace);

    (void)state;
    pace_throttled(&pace, now, now - 10, 3000);
    assert_int_equal(pace_wait(&pace, now), 3000);
    now += 3000;
    assert_int_equal(pace_wait(&pace, now), 0);
    assert_int_equal(pace_wait(&pace, now), 20);
    now += 20;
    assert_int_equal(pace_wait(&pace, now), 0);
}

static void what_was_sent_before_counts_once(void **state)
{
    struct pace pace = {0};
    int64_t now = sent_at_ten_milliseconds(&pace);

    (void)state;
    for (int i = 0; i < 16; i++)
        pace_throttled(&pace, now + i, now - 10, 1000);
    assert_int_equal(pace.interval, 20);
    assert_int_equal(pace_wait(&pace, now), 1015);
    /* What was sent since then and is throttled again says that it is still too fast. */
    pace_throttled(&pace, now + 1200, now + 1100, -1);
    assert_int_equal(pace.interval, 40);
}

static void it_is_never_slower_than_one_in_ten_seconds(void **state)
{
    struct pace pace = {0};
    int64_t now = sent_at_ten_milliseconds(&pace);

    (void)state;
    for (int i = 0; i < 40; i++) {
        pace_throttled(&pace, now, now, -1);
        now += 20000;
    }
    assert_int_equal(pace.interval, 10000);
}

static void success_makes_it_faster_until_the_limit_is_gone(void **state)
{
    struct pace pace = {0};
    int64_t now = sent_at_ten_milliseconds(&pace), before;
    int passed = 0;

    (void)state;
    for (int i = 0; i < 5; i++) {
        pace_throttled(&pace, now, now, 0);
        now += 1000;
    }
    for (before = pace.interval; pace.interval > 0; passed++) {
        pace_passed(&pace);
        assert_true(pace.interval < before);
        before = pace.interval;
    }
    assert_in_range(passed, 20, 100);
    assert_int_equal(pace_wait(&pace, now), 0);
    assert_int_equal(pace_wait(&pace, now), 0);
}

static void a_wait_of_nothing_is_no_storm(void **state)
{
    struct pace pace = {0};
    int64_t now = sent_at_ten_milliseconds(&pace);

    (void)state;
    pace_throttled(&pace, now, now - 10, 0);
    assert_int_equal(pace_wait(&pace, now), 100);
}

static void an_endless_wait_does_not_run_over(void **state)
{
    struct pace pace = {0};

    (void)state;
    pace_throttled(&pace, 1000, 1000, INT64_MAX);
    assert_true(pace_wait(&pace, 1000) > 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_throttling_there_is_no_limit),
        cmocka_unit_test(throttling_holds_all_and_halves_the_rate),
        cmocka_unit_test(what_was_sent_before_counts_once),
        cmocka_unit_test(it_is_never_slower_than_one_in_ten_seconds),
        cmocka_unit_test(success_makes_it_faster_until_the_limit_is_gone),
        cmocka_unit_test(a_wait_of_nothing_is_no_storm),
        cmocka_unit_test(an_endless_wait_does_not_run_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
