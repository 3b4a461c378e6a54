#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "ui/canvas.h"

#define FAMILY                                                                                               \
    "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7\xE2\x80\x8D\xF0\x9F\x91\xA6"
#define ACUTE "\xCC\x81"

static struct canvas drawing(int columns, int rows)
{
    struct canvas canvas = {0};

    assert_true(canvas_resize(&canvas, columns, rows));
    return canvas;
}

/* Compares the screen, with its cursor line when text has one, and releases it. */
static void shows(struct canvas *canvas, const char *text)
{
    struct buf out = BUF_INIT;
    char *cursor;

    canvas_text(canvas, &out);
    assert_false(out.failed);
    if (!strstr(text, "cursor")) {
        cursor = strstr(out.data, "cursor hidden\n");
        assert_non_null(cursor);
        *cursor = '\0';
    }
    assert_string_equal(buf_text(&out), text);
    buf_release(&out);
    canvas_release(canvas);
}

static void text_stands_where_it_was_put(void **state)
{
    struct canvas canvas = drawing(10, 3);

    (void)state;
    assert_int_equal(canvas_put(&canvas, canvas_area(&canvas), 1, 2, STYLE_PLAIN, "abc"), 3);
    shows(&canvas, "\n  abc\n\n");
}

static void an_area_clips_on_every_side(void **state)
{
    struct area area = {.row = 1, .column = 2, .rows = 1, .columns = 3};
    struct canvas canvas = drawing(8, 3);

    (void)state;
    assert_int_equal(canvas_put(&canvas, area, 0, 0, STYLE_PLAIN, "abcdef"), 3);
    assert_int_equal(canvas_put(&canvas, area, 0, -1, STYLE_PLAIN, "xyz"), 3);
    canvas_put(&canvas, area, 1, 0, STYLE_PLAIN, "below");
    canvas_put(&canvas, area, -1, 0, STYLE_PLAIN, "above");
    shows(&canvas, "\n  yzc\n\n");
}

static void what_follows_starts_behind_what_was_drawn(void **state)
{
    struct canvas canvas = drawing(12, 1);
    struct area area = canvas_area(&canvas);
    int column = 0;

    (void)state;
    column += canvas_put(&canvas, area, 0, column, STYLE_PLAIN, "表");
    column += canvas_putf(&canvas, area, 0, column, STYLE_PLAIN, "%d/%s", 7, "x");
    column += canvas_put(&canvas, area, 0, column, STYLE_PLAIN, "0123456789");
    assert_int_equal(column, 12);
    assert_int_equal(canvas_put(&canvas, area, 0, 12, STYLE_PLAIN, "more"), 0);
    assert_int_equal(canvas_put(&canvas, area, 5, 0, STYLE_PLAIN, "elsewhere"), 9);
    shows(&canvas, "表7/x0123456\n");
}

static void a_wide_character_that_would_be_cut_is_a_blank(void **state)
{
    struct canvas canvas = drawing(6, 1);
    struct area area = {.column = 1, .rows = 1, .columns = 3};

    (void)state;
    canvas_put(&canvas, canvas_area(&canvas), 0, 0, STYLE_PLAIN, "......");
    assert_int_equal(canvas_put(&canvas, area, 0, 0, STYLE_PLAIN, "表表"), 3);
    assert_int_equal(canvas.cells[1].width, 2);
    assert_int_equal(canvas.cells[2].width, 0);
    canvas_put(&canvas, area, 0, -1, STYLE_PLAIN, "中");
    shows(&canvas, ".   ..\n");
}

static void drawing_over_half_of_a_wide_character_blanks_the_other_half(void **state)
{
    struct canvas canvas = drawing(9, 1);
    struct area area = canvas_area(&canvas);

    (void)state;
    canvas_put(&canvas, area, 0, 0, STYLE_PLAIN, "表表表表");
    canvas_put(&canvas, area, 0, 1, STYLE_PLAIN, "x");
    canvas_put(&canvas, area, 0, 4, STYLE_PLAIN, "y");
    canvas_put(&canvas, area, 0, 5, STYLE_PLAIN, "中");
    shows(&canvas, " x表y中\n");
}

static void combining_marks_stay_on_their_letter(void **state)
{
    struct canvas canvas = drawing(4, 1);

    (void)state;
    assert_int_equal(canvas_put(&canvas, canvas_area(&canvas), 0, 0, STYLE_PLAIN, "e" ACUTE "x"), 2);
    assert_string_equal(canvas_cell_text(&canvas, &canvas.cells[0]), "e" ACUTE);
    assert_string_equal(canvas_cell_text(&canvas, &canvas.cells[1]), "x");
    canvas_release(&canvas);
}

static void a_mark_without_a_letter_gets_a_circle(void **state)
{
    struct canvas canvas = drawing(4, 1);

    (void)state;
    assert_int_equal(canvas_put(&canvas, canvas_area(&canvas), 0, 0, STYLE_PLAIN, ACUTE), 1);
    shows(&canvas, "\xE2\x97\x8C" ACUTE "\n");
}

static void vowel_signs_have_a_column_of_their_own(void **state)
{
    (void)state;
    assert_int_equal(canvas_width("\xE0\xB8\x81\xE0\xB8\xB3"), 2); /* Thai KAM */
    assert_int_equal(canvas_width("\xE0\xA4\x95\xE0\xA5\x8D"), 1); /* Devanagari K */
}

static void a_grapheme_too_long_for_a_cell_is_replaced(void **state)
{
    struct canvas canvas = drawing(5, 1);

    (void)state;
    assert_int_equal(canvas_put(&canvas, canvas_area(&canvas), 0, 0, STYLE_PLAIN, "a" FAMILY "b"), 4);
    shows(&canvas, "a\xEF\xBF\xBD"
                   "b\n");
}

static void nothing_reaches_the_screen_uncleaned(void **state)
{
    static const struct {
        const char *text, *shown;
        int columns;
    } cases[] = {
        {"a\033[31mb", "a^[[31mb", 8},
        {"a\r\nb\tc", "a^M^Jb^Ic", 9},
        {"x\xE2\x80\xAEy", "x<U+202E>y", 10},
        {"\xC2\x9B"
         "1m",
         "<U+009B>1m", 10},
        {"a\xFF"
         "b",
         "a\xEF\xBF\xBD"
         "b",
         3},
        {"\x7F", "^?", 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct canvas canvas = drawing(20, 1);
        char expected[64];

        snprintf(expected, sizeof(expected), "%s\n", cases[i].shown);
        assert_int_equal(canvas_put(&canvas, canvas_area(&canvas), 0, 0, STYLE_PLAIN, cases[i].text),
                         cases[i].columns);
        assert_int_equal(canvas_width(cases[i].text), cases[i].columns);
        shows(&canvas, expected);
    }
}

static void text_that_is_too_long_ends_in_dots(void **state)
{
    struct canvas canvas = drawing(6, 4);
    struct area area = canvas_area(&canvas);

    (void)state;
    assert_int_equal(canvas_put_cut(&canvas, area, 0, 0, STYLE_PLAIN, "abcdef"), 6);
    assert_int_equal(canvas_put_cut(&canvas, area, 1, 1, STYLE_PLAIN, "abcdef"), 5);
    assert_int_equal(canvas_put_cut(&canvas, area, 2, 0, STYLE_PLAIN, "表表表表"), 5);
    canvas.ascii = true;
    assert_int_equal(canvas_put_cut(&canvas, area, 3, 0, STYLE_PLAIN, "abcdefg"), 6);
    shows(&canvas, "abcdef\n abcd…\n表表…\nabc...\n");
}

static void dots_fit_into_any_room(void **state)
{
    (void)state;
    for (int columns = 0; columns < 5; columns++) {
        struct canvas canvas = drawing(columns, 1);

        canvas.ascii = true;
        assert_int_equal(canvas_put_cut(&canvas, canvas_area(&canvas), 0, 0, STYLE_PLAIN, "too long"),
                         columns);
        assert_int_equal(canvas_put_cut(&canvas, canvas_area(&canvas), 0, 9, STYLE_PLAIN, "x"), 0);
        canvas_release(&canvas);
    }
}

static void a_frame_goes_along_the_edge(void **state)
{
    struct canvas canvas = drawing(6, 4);
    struct area area = {.row = 0, .column = 1, .rows = 3, .columns = 4};

    (void)state;
    canvas_frame(&canvas, area, STYLE_FRAME);
    canvas_rule(&canvas, canvas_area(&canvas), 3, STYLE_FRAME);
    shows(&canvas, " ┌──┐\n │  │\n └──┘\n──────\n");
}

static void lines_are_plain_signs_in_ascii(void **state)
{
    struct canvas canvas = drawing(5, 4);
    struct area area = {.rows = 3, .columns = 4};

    (void)state;
    canvas.ascii = true;
    canvas_frame(&canvas, area, STYLE_FRAME);
    canvas_rule_down(&canvas, canvas_area(&canvas), 4, STYLE_FRAME);
    shows(&canvas, "+--+|\n|  ||\n+--+|\n    |\n");
}

static void the_cursor_is_told_and_hides_outside(void **state)
{
    struct canvas canvas = drawing(4, 2);
    struct area area = {.row = 1, .column = 1, .rows = 1, .columns = 2};

    (void)state;
    canvas_cursor(&canvas, area, 0, 1);
    assert_int_equal(canvas.cursor_row, 1);
    assert_int_equal(canvas.cursor_column, 2);
    canvas_cursor(&canvas, area, 0, 2);
    assert_int_equal(canvas.cursor_row, -1);
    canvas_cursor(&canvas, area, -1, 0);
    assert_int_equal(canvas.cursor_row, -1);
    canvas_cursor(&canvas, canvas_area(&canvas), 1, 3);
    shows(&canvas, "\n\ncursor 1,3\n");
}

static void styles_are_told_as_signs(void **state)
{
    struct canvas canvas = drawing(6, 2);
    struct area area = canvas_area(&canvas);
    struct buf out = BUF_INIT;

    (void)state;
    canvas_put(&canvas, area, 0, 1, STYLE_ERROR, "no");
    canvas_blank(&canvas, (struct area){.row = 1, .rows = 1, .columns = 4}, STYLE_ENTRY_NOW);
    canvas_style(&canvas, area, 1, 1, 2, STYLE_ENTRY);
    canvas_style_text(&canvas, &out);
    assert_string_equal(buf_text(&out), ".!!\nEeeE\n");
    buf_release(&out);
    canvas_release(&canvas);
}

static void every_style_has_a_sign_of_its_own(void **state)
{
    struct canvas canvas = drawing(STYLE_COUNT, 1);
    struct buf out = BUF_INIT;

    (void)state;
    for (int style = 0; style < STYLE_COUNT; style++)
        canvas_style(&canvas, canvas_area(&canvas), 0, style, 1, (enum style)style);
    canvas_style_text(&canvas, &out);
    assert_int_equal(out.length, STYLE_COUNT + 1);
    for (size_t i = 0; i < STYLE_COUNT; i++)
        assert_ptr_equal(strchr(out.data, out.data[i]), out.data + i);
    buf_release(&out);
    canvas_release(&canvas);
}

static void a_resize_blanks_and_hides_the_cursor(void **state)
{
    static const struct {
        int columns, rows;
    } sizes[] = {{1, 1}, {80, 24}, {1000, 500}, {2500, 600}, {0, 5}, {-3, 7}, {5, -1}, {40, 12}};
    struct canvas canvas = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        bool none = sizes[i].columns < 1 || sizes[i].rows < 1;
        struct area area;

        assert_true(canvas_resize(&canvas, sizes[i].columns, sizes[i].rows));
        area = canvas_area(&canvas);
        assert_int_equal(area.columns, none ? 0 : sizes[i].columns);
        assert_int_equal(area.rows, none ? 0 : sizes[i].rows);
        assert_int_equal(canvas.cursor_row, -1);
        canvas_frame(&canvas, area, STYLE_FRAME);
        canvas_put(&canvas, area, area.rows - 1, area.columns - 1, STYLE_PLAIN, "表");
        canvas_cursor(&canvas, area, 0, 0);
    }
    canvas_clear(&canvas);
    canvas_put(&canvas, canvas_area(&canvas), 0, 39, STYLE_PLAIN, "x");
    shows(&canvas, "                                       x\n\n\n\n\n\n\n\n\n\n\n\n");
}

static void a_size_that_memory_cannot_hold_changes_nothing(void **state)
{
    struct canvas canvas = drawing(3, 1);

    (void)state;
    assert_false(canvas_resize(&canvas, INT_MAX, INT_MAX));
    canvas_put(&canvas, canvas_area(&canvas), 0, 0, STYLE_PLAIN, "abc");
    shows(&canvas, "abc\n");
}

/* Wide characters always have both halves, whatever is drawn over what, wherever. */
static void halves_always_belong_together(void **state)
{
    static const char *const texts[] = {"a", "表", "ab表c", FAMILY, "\033表", "\xCC\x81中中", "\xFF", ""};
    struct chance chance = {7};
    struct canvas canvas = drawing(17, 5);

    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct area area = {.row = (int)pick(&chance, 9) - 2,
                            .column = (int)pick(&chance, 24) - 4,
                            .rows = (int)pick(&chance, 7) - 1,
                            .columns = (int)pick(&chance, 22) - 2};
        const char *text = texts[pick(&chance, 8)];

        if (i % 3 == 0)
            canvas_put_cut(&canvas, area, (int)pick(&chance, 6) - 1, (int)pick(&chance, 20) - 3, STYLE_PLAIN,
                           text);
        else if (i % 7 == 0)
            canvas_frame(&canvas, area, STYLE_FRAME);
        else
            canvas_put(&canvas, area, (int)pick(&chance, 6) - 1, (int)pick(&chance, 20) - 3, STYLE_PLAIN,
                       text);
        for (int at = 0; at < 17 * 5; at++) {
            const struct cell *cell = &canvas.cells[at];

            assert_int_equal(cell->width == 2, at % 17 < 16 && cell[1].width == 0);
            assert_int_equal(cell->width == 0, canvas_cell_text(&canvas, cell)[0] == '\0');
            assert_true(cell->width > 0 || (at % 17 > 0 && cell[-1].width == 2));
        }
    }
    canvas_release(&canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_stands_where_it_was_put),
        cmocka_unit_test(an_area_clips_on_every_side),
        cmocka_unit_test(what_follows_starts_behind_what_was_drawn),
        cmocka_unit_test(a_wide_character_that_would_be_cut_is_a_blank),
        cmocka_unit_test(drawing_over_half_of_a_wide_character_blanks_the_other_half),
        cmocka_unit_test(combining_marks_stay_on_their_letter),
        cmocka_unit_test(a_mark_without_a_letter_gets_a_circle),
        cmocka_unit_test(vowel_signs_have_a_column_of_their_own),
        cmocka_unit_test(a_grapheme_too_long_for_a_cell_is_replaced),
        cmocka_unit_test(nothing_reaches_the_screen_uncleaned),
        cmocka_unit_test(text_that_is_too_long_ends_in_dots),
        cmocka_unit_test(dots_fit_into_any_room),
        cmocka_unit_test(a_frame_goes_along_the_edge),
        cmocka_unit_test(lines_are_plain_signs_in_ascii),
        cmocka_unit_test(the_cursor_is_told_and_hides_outside),
        cmocka_unit_test(styles_are_told_as_signs),
        cmocka_unit_test(every_style_has_a_sign_of_its_own),
        cmocka_unit_test(a_resize_blanks_and_hides_the_cursor),
        cmocka_unit_test(a_size_that_memory_cannot_hold_changes_nothing),
        cmocka_unit_test(halves_always_belong_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
