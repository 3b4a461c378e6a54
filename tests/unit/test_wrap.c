#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ui/wrap.h"

static void check_with(size_t (*wrap)(const char *text, size_t length, int columns, size_t *skip),
                       const char *text, int columns, const char *const *lines)
{
    size_t length = strlen(text);
    int count = 0;

    for (; length > 0; count++) {
        size_t skip;
        size_t line = wrap(text, length, columns, &skip);

        assert_non_null(lines[count]);
        assert_int_equal(line, strlen(lines[count]));
        assert_memory_equal(text, lines[count], line);
        assert_true(skip > 0);
        text += skip;
        length -= skip;
    }
    assert_null(lines[count]);
}

static void check(const char *text, int columns, const char *const *lines)
{
    check_with(wrap_line, text, columns, lines);
}

#define LINES(...)                                                                                           \
    (const char *const[])                                                                                    \
    {                                                                                                        \
        __VA_ARGS__, NULL                                                                                    \
    }

static void lines_break_between_words(void **state)
{
    (void)state;
    check("one two three", 8, LINES("one two", "three"));
    check("one two", 7, LINES("one two"));
    check("one  two", 4, LINES("one", "two"));
}

static void a_long_word_is_broken_in_it(void **state)
{
    (void)state;
    check("abcdefgh", 3, LINES("abc", "def", "gh"));
}

static void newlines_end_a_line_of_a_text_that_is_made_of_lines(void **state)
{
    (void)state;
    check_with(wrap_text_line, "a\n\nb", 10, LINES("a", "", "b"));
    check_with(wrap_text_line, "abc de\n", 3, LINES("abc", "de"));
    assert_int_equal(wrap_text_count("a\n\nb c", 6, 1), 4);
}

static void other_newlines_are_drawn(void **state)
{
    (void)state;
    check("a\nb", 10, LINES("a\nb"));
    check("a\nb", 3, LINES("a\n", "b"));
    assert_int_equal(wrap_count("a\n\nb", 4, 10), 1);
}

static void wide_characters_count_two_cells(void **state)
{
    (void)state;
    check("表表表", 4, LINES("表表", "表"));
    check("表", 1, LINES("表"));
}

static void what_is_made_visible_counts_as_it_is_shown(void **state)
{
    (void)state;
    check("a\033\033b", 3, LINES("a\033", "\033b"));
}

static void nothing_takes_no_line(void **state)
{
    (void)state;
    assert_int_equal(wrap_count("", 0, 10), 0);
    assert_int_equal(wrap_count("a b", 3, 1), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_break_between_words),
        cmocka_unit_test(a_long_word_is_broken_in_it),
        cmocka_unit_test(newlines_end_a_line_of_a_text_that_is_made_of_lines),
        cmocka_unit_test(other_newlines_are_drawn),
        cmocka_unit_test(wide_characters_count_two_cells),
        cmocka_unit_test(what_is_made_visible_counts_as_it_is_shown),
        cmocka_unit_test(nothing_takes_no_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
