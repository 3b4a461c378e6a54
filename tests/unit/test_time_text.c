#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time_text.h"

static void times_are_written_in_utc(void **state)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00Z"},          {1698315752, "2023-10-26T10:22:32Z"},
        {951782400, "2000-02-29T00:00:00Z"},  {-1, "1969-12-31T23:59:59Z"},
        {2147483648, "2038-01-19T03:14:08Z"}, {253402300799, "9999-12-31T23:59:59Z"},
    };
    char text[21];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        time_text_write(cases[i].seconds, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void a_time_beyond_four_digit_years_is_the_nearest_that_fits(void **state)
{
    char text[21];

    (void)state;
    time_text_write(INT64_MAX, text);
    assert_string_equal(text, "9999-12-31T23:59:59Z");
    time_text_write(INT64_MIN, text);
    assert_string_equal(text, "0000-01-01T00:00:00Z");
}

static void times_are_taken_up_to_what_stands_behind(void **state)
{
    static const struct {
        const char *text, *rest; /* NULL: none is taken */
        int64_t seconds;
    } cases[] = {
        {"2023-10-26T10:22:32Z", "Z", 1698315752},
        {"2023-10-26T10:22:32.5+08:00", ".5+08:00", 1698315752},
        {"2000-02-29T00:00:00", "", 951782400},
        {"2016-12-31T23:59:60Z", "Z", 1483228800},
        {"0000-01-01T00:00:00Z", "Z", INT64_C(-62167219200)},
        {"2001-02-29T00:00:00Z", NULL, 0},
        {"2023-13-26T10:22:32Z", NULL, 0},
        {"2023-00-26T10:22:32Z", NULL, 0},
        {"2023-10-00T10:22:32Z", NULL, 0},
        {"2023-10-26T24:22:32Z", NULL, 0},
        {"2023-10-26T10:60:32Z", NULL, 0},
        {"2023-10-26T10:22:61Z", NULL, 0},
        {"2023-10-26 10:22:32Z", NULL, 0},
        {"2023-1-26T10:22:32Z", NULL, 0},
        {"2023-10-26T10:22:3", NULL, 0},
        {"-023-10-26T10:22:32Z", NULL, 0},
        {"", NULL, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *at = cases[i].text;
        int64_t seconds;

        if (time_text_take(&at, &seconds) != (cases[i].rest != NULL))
            fail_msg("%s", cases[i].text);
        if (!cases[i].rest)
            continue;
        assert_string_equal(at, cases[i].rest);
        assert_int_equal(seconds, cases[i].seconds);
    }
}

static void zones_are_seconds_to_take_off(void **state)
{
    static const struct {
        const char *text;
        bool taken;
        int64_t offset;
    } cases[] = {
        {"Z", true, 0},       {"+08:00", true, 28800}, {"-03:30", true, -12600}, {"+23:59", true, 86340},
        {"+24:00", false, 0}, {"+08:60", false, 0},    {"+0800", false, 0},      {"08:00", false, 0},
        {"", false, 0},       {"z", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *at = cases[i].text;
        int64_t offset;

        if (time_text_take_zone(&at, &offset) != cases[i].taken)
            fail_msg("%s", cases[i].text);
        if (cases[i].taken) {
            assert_string_equal(at, "");
            assert_int_equal(offset, cases[i].offset);
        }
    }
}

static void the_date_of_an_answer_has_one_form(void **state)
{
    static const char *const others[] = {
        "",
        "Th",
        "Thu, 26 Oct 2023 10:22:32 GMT ",
        "Thu, 26 oct 2023 10:22:32 GMT",
        "Thu, 6 Oct 2023 10:22:32 GMT",
        "Thursday, 26-Oct-23 10:22:32 GMT",
        "Thu, 31 Feb 2023 10:22:32 GMT",
    };
    int64_t seconds;

    (void)state;
    assert_true(time_text_read_http("Thu, 26 Oct 2023 10:22:32 GMT", &seconds));
    assert_int_equal(seconds, 1698315752);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (time_text_read_http(others[i], &seconds))
            fail_msg("%s", others[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_written_in_utc),
        cmocka_unit_test(a_time_beyond_four_digit_years_is_the_nearest_that_fits),
        cmocka_unit_test(times_are_taken_up_to_what_stands_behind),
        cmocka_unit_test(zones_are_seconds_to_take_off),
        cmocka_unit_test(the_date_of_an_answer_has_one_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
