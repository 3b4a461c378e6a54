#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/excerpt.h"
#include "base/utf8.h"

#define PLAN "\xE8\xAE\xA2" /* three bytes */

static void a_text_that_fits_is_whole(void **state)
{
    (void)state;
    assert_string_equal(excerpt("", 0).text, "");
    assert_string_equal(excerpt("orders", 6).text, "orders");
    assert_string_equal(excerpt("abc" PLAN, 6).text, "abc" PLAN);
    assert_string_equal(excerpt("\xff\x80", 60).text, "\xff\x80");
}

static void a_text_that_is_cut_says_so(void **state)
{
    static const struct {
        size_t limit;
        const char *text;
    } cases[] = {
        {0, ""},
        {1, "a"},
        {3, "abc"},
        {4, "a..."},
        {6, "abc..."},
        {7, "abc..."},
        {8, "abc..."},
        {9, "abc" PLAN "..."},
        {11, "abc" PLAN "..."},
        {12, "abc" PLAN PLAN "..."},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(excerpt("abc" PLAN PLAN PLAN PLAN, cases[i].limit).text, cases[i].text);
}

/* Every length, with characters of one to four bytes. */
static void no_character_is_halved(void **state)
{
    static const char *const characters[] = {"a", "\xC3\xA4", PLAN, "\xF0\x9F\x98\x80"};
    char text[1024];

    (void)state;
    for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++) {
        size_t size = strlen(characters[i]);

        for (size_t at = 0; at + size < sizeof(text); at += size)
            memcpy(text + at, characters[i], size + 1);
        for (size_t limit = 0; limit < 600; limit++) {
            struct excerpt part = excerpt(text, limit);
            size_t length = strlen(part.text), most = limit < EXCERPT_MAX ? limit : EXCERPT_MAX;

            assert_true(utf8_valid(part.text, length));
            assert_true(length <= most);
            assert_true(length + size > most);
        }
    }
}

static void only_as_many_bytes_are_read_as_are_needed(void **state)
{
    const char text[] = {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'};

    (void)state;
    assert_string_equal(excerpt(text, 4).text, "a...");
}

static void a_length_never_halves_a_character(void **state)
{
    (void)state;
    assert_int_equal(excerpt_length("abc" PLAN, 3), 3);
    assert_int_equal(excerpt_length("abc" PLAN, 4), 3);
    assert_int_equal(excerpt_length("abc" PLAN, 5), 3);
    assert_int_equal(excerpt_length("abc" PLAN, 6), 6);
}

static void what_does_not_fit_into_an_array_is_cut_between_characters(void **state)
{
    static const char *const expected[] = {
        "", "a", "ab", "ab", "ab", "ab" PLAN, "ab" PLAN "1", "ab" PLAN "1", "ab" PLAN "1",
    };
    char text[16];

    (void)state;
    for (size_t size = 1; size < sizeof(expected) / sizeof(expected[0]) + 1; size++) {
        memset(text, '#', sizeof(text));
        excerpt_write(text, size, "a%s%d", "b" PLAN, 1);
        assert_string_equal(text, expected[size - 1]);
        assert_int_equal(text[size], '#');
    }
}

/* What is broken in the text itself is for whoever shows it to mark. */
static void what_fits_into_an_array_stays_as_it_is(void **state)
{
    char text[8];

    (void)state;
    excerpt_write(text, sizeof(text), "%s", "ab\xE8\xAE");
    assert_string_equal(text, "ab\xE8\xAE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_that_fits_is_whole),
        cmocka_unit_test(a_text_that_is_cut_says_so),
        cmocka_unit_test(no_character_is_halved),
        cmocka_unit_test(only_as_many_bytes_are_read_as_are_needed),
        cmocka_unit_test(a_length_never_halves_a_character),
        cmocka_unit_test(what_does_not_fit_into_an_array_is_cut_between_characters),
        cmocka_unit_test(what_fits_into_an_array_stays_as_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
