#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "api/say.h"

static void text_is_made_safe_to_show(void **state)
{
    char text[64];

    (void)state;
    say(text, sizeof(text), "%s of %d", "\033]0;title\007", 7);
    assert_string_equal(text, "^[]0;title^G of 7");
    say(text, sizeof(text), "%s", "two\nlines");
    assert_string_equal(text, "two^Jlines");
}

static void what_does_not_fit_is_cut_between_characters(void **state)
{
    static const struct {
        size_t size;
        const char *expected;
    } cases[] = {
        {1, ""},
        {2, "a"},
        {3, "a"},
        {4, "a\xc3\xa9"},
        {5, "a\xc3\xa9"},
        {6, "a\xc3\xa9"},
        {7, "a\xc3\xa9\xe4\xb8\xad"},
        {8, "a\xc3\xa9\xe4\xb8\xad"
            "b"},
        {9, "a\xc3\xa9\xe4\xb8\xad"
            "b"},
    };
    char text[16];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(text, '#', sizeof(text));
        say(text, cases[i].size, "%s",
            "a\xc3\xa9\xe4\xb8\xad"
            "b");
        assert_string_equal(text, cases[i].expected);
        assert_int_equal(text[cases[i].size], '#');
    }
}

static void a_sentence_can_be_made_to_go_on(void **state)
{
    static const char *const cases[][2] = {
        {"It ended.", "It ended"}, {"It ended . ..", "It ended"}, {"v1.2", "v1.2"}, {"", ""}, {"...", ""},
    };
    char text[32];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        say(text, sizeof(text), "%s", cases[i][0]);
        say_unstop(text);
        assert_string_equal(text, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_made_safe_to_show),
        cmocka_unit_test(what_does_not_fit_is_cut_between_characters),
        cmocka_unit_test(a_sentence_can_be_made_to_go_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
