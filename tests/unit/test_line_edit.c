#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "ui/canvas.h"
#include "ui/line_edit.h"

#define ACUTE "\xCC\x81"
#define MAN   "\xF0\x9F\x91\xA8"
#define JOIN  "\xE2\x80\x8D"
#define GIRL  "\xF0\x9F\x91\xA7"

enum { LIMIT = 4096 };

/* A line with the cursor where '|' is. */
static void begin(struct line_edit *edit, const char *text)
{
    const char *mark = strchr(text, '|');
    size_t before = (size_t)(mark - text);

    line_edit_init(edit, LIMIT);
    assert_true(line_edit_insert(edit, text, before));
    assert_true(line_edit_insert(edit, mark + 1, strlen(mark + 1)));
    edit->cursor = before;
}

/* Compares in the same notation. */
static void stands(const struct line_edit *edit, const char *text)
{
    char now[LIMIT];

    snprintf(now, sizeof(now), "%.*s|%s", (int)edit->cursor, buf_text(&edit->text),
             buf_text(&edit->text) + edit->cursor);
    assert_string_equal(now, text);
}

struct step {
    const char *before;
    bool (*move)(struct line_edit *edit);
    const char *after;
};

static void check(const struct step *steps, size_t count, bool secret)
{
    for (size_t i = 0; i < count; i++) {
        struct line_edit edit;

        begin(&edit, steps[i].before);
        edit.secret = secret;
        assert_int_equal(steps[i].move(&edit), strcmp(steps[i].before, steps[i].after) != 0);
        stands(&edit, steps[i].after);
        line_edit_release(&edit);
    }
}

#define CHECK(steps, secret) check(steps, sizeof(steps) / sizeof((steps)[0]), secret)

static void the_cursor_moves_by_what_a_person_calls_a_character(void **state)
{
    static const struct step steps[] = {
        {"abc|", line_edit_left, "ab|c"},
        {"|abc", line_edit_left, "|abc"},
        {"ab|c", line_edit_right, "abc|"},
        {"abc|", line_edit_right, "abc|"},
        {"表示|", line_edit_left, "表|示"},
        {"e" ACUTE "x|", line_edit_left, "e" ACUTE "|x"},
        {"|e" ACUTE "x", line_edit_right, "e" ACUTE "|x"},
        {MAN JOIN GIRL "|", line_edit_left, "|" MAN JOIN GIRL},
        {"ab|c", line_edit_home, "|abc"},
        {"|abc", line_edit_home, "|abc"},
        {"a|bc", line_edit_end, "abc|"},
        {"|", line_edit_end, "|"},
    };

    (void)state;
    CHECK(steps, false);
}

static void words_are_letters_and_digits(void **state)
{
    static const struct step steps[] = {
        {"rmq-cn.aliyuncs.com:8080|", line_edit_word_left, "rmq-cn.aliyuncs.com:|8080"},
        {"rmq-cn|.aliyuncs", line_edit_word_left, "rmq-|cn.aliyuncs"},
        {"one two  |", line_edit_word_left, "one |two  "},
        {" - |one", line_edit_word_left, "| - one"},
        {"|one two", line_edit_word_right, "one| two"},
        {"one| two", line_edit_word_right, "one two|"},
        {"one|", line_edit_word_right, "one|"},
        {"表示 é|", line_edit_word_left, "表示 |é"},
        {"one two|", line_edit_erase_word_left, "one |"},
        {"one two  |x", line_edit_erase_word_left, "one |x"},
        {"|x", line_edit_erase_word_left, "|x"},
    };

    (void)state;
    CHECK(steps, false);
}

static void in_a_secret_words_are_not_told(void **state)
{
    static const struct step steps[] = {
        {"one two|", line_edit_word_left, "|one two"},
        {"one| two", line_edit_word_right, "one two|"},
        {"one two|", line_edit_erase_word_left, "|"},
    };

    (void)state;
    CHECK(steps, true);
}

static void erasing_takes_whole_characters(void **state)
{
    static const struct step steps[] = {
        {"abc|d", line_edit_erase_left, "ab|d"},        {"|abc", line_edit_erase_left, "|abc"},
        {"xe" ACUTE "|y", line_edit_erase_left, "x|y"}, {"x" MAN JOIN GIRL "|", line_edit_erase_left, "x|"},
        {"x|表y", line_edit_erase_right, "x|y"},        {"x|", line_edit_erase_right, "x|"},
        {"abc|def", line_edit_erase_to_start, "|def"},  {"abc|def", line_edit_erase_to_end, "abc|"},
        {"abc|", line_edit_erase_to_end, "abc|"},       {"a\xFF|b", line_edit_erase_left, "a|b"},
    };

    (void)state;
    CHECK(steps, false);
}

static void the_cursor_never_stands_inside_a_character(void **state)
{
    struct line_edit edit;

    (void)state;
    begin(&edit, "e|x");
    assert_true(line_edit_insert(&edit, ACUTE, strlen(ACUTE)));
    stands(&edit, "e" ACUTE "|x");
    line_edit_release(&edit);

    /* The letter that is typed takes the mark that follows. */
    begin(&edit, "|" ACUTE "x");
    assert_true(line_edit_insert(&edit, "e", 1));
    stands(&edit, "e" ACUTE "|x");
    line_edit_release(&edit);

    begin(&edit, MAN "|" GIRL);
    assert_true(line_edit_insert(&edit, JOIN, strlen(JOIN)));
    stands(&edit, MAN JOIN GIRL "|");
    line_edit_release(&edit);

    begin(&edit, "ey|" ACUTE "x");
    assert_true(line_edit_erase_left(&edit));
    stands(&edit, "e" ACUTE "|x");
    line_edit_release(&edit);
}

static void the_limit_leaves_everything_as_it_was(void **state)
{
    struct line_edit edit;

    (void)state;
    line_edit_init(&edit, 5);
    assert_true(line_edit_set(&edit, "abcd"));
    assert_true(line_edit_left(&edit));
    assert_false(line_edit_insert(&edit, "xy", 2));
    stands(&edit, "abc|d");
    assert_false(line_edit_paste(&edit, "xy", 2, NULL));
    stands(&edit, "abc|d");
    assert_true(line_edit_insert(&edit, "x", 1));
    stands(&edit, "abcx|d");
    assert_false(line_edit_set(&edit, "abcdef"));
    stands(&edit, "|");
    line_edit_release(&edit);
}

static void a_paste_becomes_one_line(void **state)
{
    static const struct {
        const char *bytes, *line;
        bool changed;
    } cases[] = {
        {"plain", "plain", false},
        {"", "", false},
        {"one\n", "one", false},
        {"one\r\n\r\n", "one", false},
        {"one\ntwo", "one two", true},
        {"one\r\ntwo\r", "one two", true},
        {"one\n\t\n two", "one  two", true},
        {"a\tb", "a b", true},
        {"a\t", "a ", true},
        {"\n\n", "", false},
        {"\nx", " x", true},
        {"a\033[31mb\x7F", "a[31mb", true},
        {"a\xC2\x9B"
         "b\xC2\x85"
         "c\xE2\x80\xA8"
         "d",
         "ab c d", true},
        {"a\xFF\xC3", "a\xEF\xBF\xBD\xEF\xBF\xBD", true},
        {"表" MAN JOIN GIRL "e" ACUTE, "表" MAN JOIN GIRL "e" ACUTE, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct line_edit edit;
        bool changed = !cases[i].changed;

        begin(&edit, "<|>");
        assert_true(line_edit_paste(&edit, cases[i].bytes, strlen(cases[i].bytes), &changed));
        assert_int_equal(changed, cases[i].changed);
        line_edit_home(&edit);
        line_edit_erase_right(&edit);
        line_edit_end(&edit);
        line_edit_erase_left(&edit);
        assert_string_equal(buf_text(&edit.text), cases[i].line);
        line_edit_release(&edit);
    }
}

static void a_zero_byte_in_a_paste_is_dropped(void **state)
{
    struct line_edit edit;

    (void)state;
    begin(&edit, "|");
    assert_true(line_edit_paste(&edit, "a\0b", 3, NULL));
    stands(&edit, "ab|");
    line_edit_release(&edit);
}

/* What is seen through a window, its cursor in brackets, '<' and '>' for hidden text. */
static void sees(const char *text, int columns, bool masked, const char *expected)
{
    struct line_edit edit;
    struct line_view view = {.shown = BUF_INIT};
    char seen[256];

    begin(&edit, text);
    line_edit_view(&edit, columns, masked, &view);
    snprintf(seen, sizeof(seen), "%s%s%s %d", view.more_left ? "<" : "", buf_text(&view.shown),
             view.more_right ? ">" : "", view.cursor_column);
    assert_string_equal(seen, expected);
    buf_release(&view.shown);
    line_edit_release(&edit);
}

static void a_short_text_is_seen_whole(void **state)
{
    (void)state;
    sees("|", 5, false, " 0");
    sees("abc|", 5, false, "abc 3");
    sees("abcd|", 5, false, "abcd 4");
    sees("|abcde", 5, false, "abcde 0");
    sees("表|示", 5, false, "表示 2");
    sees("e" ACUTE "|x", 5, false, "e" ACUTE "x 1");
}

static void a_long_text_follows_its_cursor(void **state)
{
    (void)state;
    sees("abcdef|", 6, false, "<def 3");
    sees("abcdefgh|", 6, false, "<defgh 5");
    sees("abcdefghi|", 6, false, "<ghi 3");
    sees("|abcdefghi", 6, false, "abcdef> 0");
    sees("abc|defghi", 6, false, "abcdef> 3");
    sees("abcdefg|hi", 6, false, "<defghi 4");
}

static void wide_characters_are_never_cut(void **state)
{
    (void)state;
    sees("|表示表", 5, false, "表示> 0");
    sees("表示|表", 5, false, "<示表 2");
    sees("表示表|", 5, false, "<示表 4");
    sees("a表示表|", 5, false, "<表 2");
}

static void what_is_made_visible_has_its_columns(void **state)
{
    (void)state;
    sees("a\xE2\x80\xAE|b", 20, false,
         "a\xE2\x80\xAE"
         "b 9");
    sees("a\033|b", 20, false, "a\033b 3");
}

static void a_mask_is_one_mark_for_each_character(void **state)
{
    (void)state;
    sees("表e" ACUTE "|x", 9, true, "*** 2");
    sees(MAN JOIN GIRL "|", 9, true, "* 1");
    sees("abcdefghi|", 6, true, "<*** 3");
}

static void the_tiniest_windows_hold_the_cursor(void **state)
{
    (void)state;
    sees("abc|", 1, false, "< 0");
    sees("ab|c", 1, false, "<c 0");
    sees("表|示", 1, false, "<> 0");
    sees("abc|", 0, false, "> 0");
    sees("abc|", -4, false, "> 0");
}

static void the_cursor_is_always_in_the_window(void **state)
{
    static const char *const parts[] = {"a",    "表", "e" ACUTE,      MAN JOIN GIRL,
                                        "\033", " ",  "\xE2\x80\xAE", ACUTE};
    struct chance chance = {3};

    (void)state;
    for (int round = 0; round < 300; round++) {
        struct line_edit edit;
        struct line_view view = {.shown = BUF_INIT};
        int columns = 1 + (int)pick(&chance, 30);

        line_edit_init(&edit, LIMIT);
        for (unsigned i = pick(&chance, 40); i > 0; i--) {
            const char *part = parts[pick(&chance, 8)];

            assert_true(line_edit_insert(&edit, part, strlen(part)));
            if (pick(&chance, 3) == 0)
                line_edit_left(&edit);
        }
        do {
            line_edit_view(&edit, columns, false, &view);
            assert_in_range(view.cursor_column, 0, columns - 1);
            assert_true(canvas_width(buf_text(&view.shown)) <= columns);
        } while (line_edit_left(&edit));
        assert_false(view.more_left);
        assert_int_equal(edit.cursor, 0);
        while (line_edit_right(&edit)) {
            line_edit_view(&edit, columns, false, &view);
            assert_in_range(view.cursor_column, 0, columns - 1);
        }
        assert_false(view.more_right);
        buf_release(&view.shown);
        line_edit_release(&edit);
    }
}

static void a_click_puts_the_cursor(void **state)
{
    static const struct {
        const char *before;
        int column;
        bool masked;
        const char *after;
    } cases[] = {
        {"|abc", 1, false, "a|bc"},
        {"|abc", 9, false, "abc|"},
        {"|abc", -1, false, "|abc"},
        {"|a表b", 1, false, "a|表b"},
        {"|a表b", 2, false, "a|表b"},
        {"|a表b", 3, false, "a表|b"},
        {"|a表b", 2, true, "a表|b"},
        /* the window shows "ghi" */
        {"abcdefghi|", 1, false, "abcdefg|hi"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct line_edit edit;

        begin(&edit, cases[i].before);
        line_edit_point(&edit, 6, cases[i].column, cases[i].masked);
        stands(&edit, cases[i].after);
        line_edit_release(&edit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cursor_moves_by_what_a_person_calls_a_character),
        cmocka_unit_test(words_are_letters_and_digits),
        cmocka_unit_test(in_a_secret_words_are_not_told),
        cmocka_unit_test(erasing_takes_whole_characters),
        cmocka_unit_test(the_cursor_never_stands_inside_a_character),
        cmocka_unit_test(the_limit_leaves_everything_as_it_was),
        cmocka_unit_test(a_paste_becomes_one_line),
        cmocka_unit_test(a_zero_byte_in_a_paste_is_dropped),
        cmocka_unit_test(a_short_text_is_seen_whole),
        cmocka_unit_test(a_long_text_follows_its_cursor),
        cmocka_unit_test(wide_characters_are_never_cut),
        cmocka_unit_test(what_is_made_visible_has_its_columns),
        cmocka_unit_test(a_mask_is_one_mark_for_each_character),
        cmocka_unit_test(the_tiniest_windows_hold_the_cursor),
        cmocka_unit_test(the_cursor_is_always_in_the_window),
        cmocka_unit_test(a_click_puts_the_cursor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
