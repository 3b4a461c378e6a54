#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <vterm.h>

#include "chance.h"
#include "ui/term_screen.h"

/*
 * Pictures are drawn one after the other to a terminal of libvterm. Whatever came before, it has to show the
 * last one: the same cells, in the same looks, as a terminal that was never sent another.
 */
enum { COLUMNS = 40, ROWS = 9 };

struct sight {
    struct term_info info;
    struct term_screen screen;
    struct canvas canvas;
    struct buf sent;
    VTerm *vterm;
    VTermScreen *seen;
};

static void open_sight(struct sight *sight, const char *kind, bool colour)
{
    memset(sight, 0, sizeof(*sight));
    assert_null(term_info_load(&sight->info, kind, colour));
    term_screen_init(&sight->screen, &sight->info, false);
    assert_true(canvas_resize(&sight->canvas, COLUMNS, ROWS));
    sight->sent = BUF_INIT;
    sight->vterm = vterm_new(ROWS, COLUMNS);
    assert_non_null(sight->vterm);
    vterm_set_utf8(sight->vterm, 1);
    sight->seen = vterm_obtain_screen(sight->vterm);
    vterm_screen_reset(sight->seen, 1);
}

static void close_sight(struct sight *sight)
{
    vterm_free(sight->vterm);
    buf_release(&sight->sent);
    canvas_release(&sight->canvas);
    term_screen_release(&sight->screen);
}

/* Sends what makes the canvas seen; what was sent is in sight->sent until the next time. */
static void show(struct sight *sight)
{
    buf_clear(&sight->sent);
    assert_true(term_screen_draw(&sight->screen, &sight->canvas, &sight->sent));
    vterm_input_write(sight->vterm, buf_text(&sight->sent), sight->sent.length);
}

static void put(struct sight *sight, int row, int column, enum style style, const char *text)
{
    canvas_put(&sight->canvas, canvas_area(&sight->canvas), row, column, style, text);
}

static void same_cell(const struct sight *sight, const struct sight *whole, int row, int column)
{
    VTermPos at = {.row = row, .col = column};
    VTermScreenCell a, b;

    memset(&a, 0, sizeof(a));
    memset(&b, 0, sizeof(b));
    vterm_screen_get_cell(sight->seen, at, &a);
    vterm_screen_get_cell(whole->seen, at, &b);
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL; i++) {
        /* A cell that was cleared has no character. */
        if (a.chars[i] != b.chars[i] && (i > 0 || a.chars[i] + b.chars[i] != ' '))
            fail_msg("U+%04X instead of U+%04X at %d,%d", a.chars[i], b.chars[i], row, column);
        if (b.chars[i] == 0)
            break;
    }
    /* Nothing is drawn in the right half of a wide character. */
    if (b.chars[0] == (uint32_t)-1)
        return;
    assert_int_equal(a.width, b.width);
    assert_int_equal(a.attrs.bold, b.attrs.bold);
    assert_int_equal(a.attrs.underline, b.attrs.underline);
    assert_int_equal(a.attrs.reverse, b.attrs.reverse);
    assert_true(vterm_color_is_equal(&a.fg, &b.fg));
    assert_true(vterm_color_is_equal(&a.bg, &b.bg));
}

static void same_sight(const struct sight *sight, const struct sight *whole)
{
    VTermPos here, there;

    for (int row = 0; row < ROWS; row++)
        for (int column = 0; column < COLUMNS; column++)
            same_cell(sight, whole, row, column);
    vterm_state_get_cursorpos(vterm_obtain_state(sight->vterm), &here);
    vterm_state_get_cursorpos(vterm_obtain_state(whole->vterm), &there);
    if (sight->canvas.cursor_row >= 0) {
        assert_int_equal(here.row, there.row);
        assert_int_equal(here.col, there.col);
        assert_int_equal(here.row, sight->canvas.cursor_row);
        assert_int_equal(here.col, sight->canvas.cursor_column);
    }
}

/* A few words somewhere, in some style; often none, so that much stays as it was. No marks of their own: this
 * libvterm wraps, and scrolls, when one follows the letter in its last column. */
static void draw_something(struct canvas *canvas, struct chance *chance)
{
    static const char *const texts[] = {"plan",         "a longer text of a plan",
                                        "灾难恢复计划", "t\xC3\xA9t\xC3\xA9",
                                        "│──│",         "\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA|",
                                        "          ",   "x",
                                        "\xE8\xA1\xA8", "\xE0\xB8\x81\xE0\xB8\xB3|",
                                        "\033[2J",      "0123456789012345678901234567890123456789"};
    unsigned words = pick(chance, 5);

    for (unsigned i = 0; i < words; i++)
        canvas_put(canvas, canvas_area(canvas), (int)pick(chance, ROWS), (int)pick(chance, COLUMNS + 4) - 4,
                   (enum style)pick(chance, STYLE_COUNT),
                   texts[pick(chance, sizeof(texts) / sizeof(texts[0]))]);
    if (pick(chance, 4) == 0)
        canvas_style(canvas, canvas_area(canvas), (int)pick(chance, ROWS), (int)pick(chance, COLUMNS),
                     1 + (int)pick(chance, 3), (enum style)pick(chance, STYLE_COUNT));
    if (pick(chance, 12) == 0)
        canvas_clear(canvas);
    if (pick(chance, 3) == 0)
        canvas_cursor(canvas, canvas_area(canvas), (int)pick(chance, ROWS), (int)pick(chance, COLUMNS));
    else if (pick(chance, 6) == 0)
        canvas_cursor(canvas, canvas_area(canvas), -1, -1);
}

static void whatever_came_before_the_last_picture_is_seen(void **state)
{
    static const char *const kinds[] = {"xterm-256color", "xterm", "linux", "vt100", "tmux-256color"};
    struct chance chance = {3};

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct sight sight;

        open_sight(&sight, kinds[i], i % 2 == 0);
        for (int picture = 0; picture < 400; picture++) {
            struct sight whole;

            draw_something(&sight.canvas, &chance);
            show(&sight);
            open_sight(&whole, kinds[i], i % 2 == 0);
            assert_true(canvas_copy(&whole.canvas, &sight.canvas));
            show(&whole);
            same_sight(&sight, &whole);
            close_sight(&whole);
        }
        close_sight(&sight);
    }
}

static void a_picture_that_is_seen_already_sends_nothing(void **state)
{
    struct sight sight;

    (void)state;
    open_sight(&sight, "xterm-256color", true);
    put(&sight, 0, 0, STYLE_TITLE, "plan e\xCC\x81\xCC\x82\xCC\x83");
    show(&sight);
    show(&sight);
    assert_string_equal(buf_text(&sight.sent), "");
    close_sight(&sight);
}

static void a_letter_is_sent_as_a_letter(void **state)
{
    struct sight sight;

    (void)state;
    open_sight(&sight, "xterm-256color", true);
    put(&sight, 2, 4, STYLE_ENTRY_NOW, "a");
    canvas_cursor(&sight.canvas, canvas_area(&sight.canvas), 2, 5);
    show(&sight);
    put(&sight, 2, 5, STYLE_ENTRY_NOW, "b");
    canvas_cursor(&sight.canvas, canvas_area(&sight.canvas), 2, 6);
    show(&sight);
    assert_string_equal(buf_text(&sight.sent), "b");
    close_sight(&sight);
}

static void cells_that_are_right_are_passed_by_the_shorter_way(void **state)
{
    struct sight sight;

    (void)state;
    open_sight(&sight, "xterm-256color", true);
    put(&sight, 1, 0, STYLE_PLAIN, "a-b---------c");
    show(&sight);
    put(&sight, 1, 0, STYLE_PLAIN, "x-y---------z");
    show(&sight);
    assert_string_equal(buf_text(&sight.sent), "\033[2;1Hx-y\033[2;13Hz");
    close_sight(&sight);
}

static void the_rest_of_a_row_is_cleared_by_one_order(void **state)
{
    struct sight sight;

    (void)state;
    open_sight(&sight, "xterm-256color", true);
    put(&sight, 1, 0, STYLE_PLAIN, "a row that is quite long");
    show(&sight);
    canvas_clear(&sight.canvas);
    put(&sight, 1, 0, STYLE_PLAIN, "a row");
    show(&sight);
    assert_string_equal(buf_text(&sight.sent), "\033[2;6H\033[K");
    close_sight(&sight);
}

/* Where terminals do not agree how wide a character is, they are told where to go on. */
static void behind_a_doubtful_width_the_cursor_is_moved(void **state)
{
    struct sight sight;

    (void)state;
    open_sight(&sight, "xterm-256color", true);
    put(&sight, 0, 0, STYLE_PLAIN, "é表x");
    show(&sight);
    assert_non_null(strstr(buf_text(&sight.sent), "é表\033[1;4Hx"));
    close_sight(&sight);
}

static void a_terminal_that_would_scroll_does_not_get_its_last_cell(void **state)
{
    struct sight sight;

    (void)state;
    open_sight(&sight, "ansi", true);
    assert_true(sight.info.scrolls_at_end);
    put(&sight, ROWS - 2, COLUMNS - 1, STYLE_PLAIN, "Y");
    put(&sight, ROWS - 1, COLUMNS - 2, STYLE_PLAIN, "XZ");
    show(&sight);
    assert_non_null(strchr(buf_text(&sight.sent), 'Y'));
    assert_non_null(strchr(buf_text(&sight.sent), 'X'));
    assert_null(strchr(buf_text(&sight.sent), 'Z'));
    close_sight(&sight);
}

static void cells_of_another_look_are_moved_past(void **state)
{
    struct sight sight;

    (void)state;
    open_sight(&sight, "xterm-256color", true);
    put(&sight, 1, 0, STYLE_PLAIN, "a-b");
    canvas_style(&sight.canvas, canvas_area(&sight.canvas), 1, 1, 1, STYLE_ERROR);
    show(&sight);
    put(&sight, 1, 0, STYLE_PLAIN, "x");
    put(&sight, 1, 2, STYLE_PLAIN, "y");
    show(&sight);
    assert_string_equal(buf_text(&sight.sent), "\033[2;1Hx\033[2;3Hy");
    close_sight(&sight);
}

/* Both are long, and stand at the same place among the long ones of their canvas. */
static void graphemes_that_are_long_are_compared_by_what_they_are(void **state)
{
    struct sight sight;

    (void)state;
    open_sight(&sight, "xterm-256color", true);
    put(&sight, 0, 0, STYLE_PLAIN, "e\xCC\x81\xCC\x82");
    show(&sight);
    canvas_clear(&sight.canvas);
    put(&sight, 0, 0, STYLE_PLAIN, "e\xCC\x81\xCC\x83");
    show(&sight);
    assert_string_equal(buf_text(&sight.sent), "\033[1;1He\xCC\x81\xCC\x83");
    close_sight(&sight);
}

static void what_is_forgotten_is_sent_whole(void **state)
{
    struct sight sight;

    (void)state;
    open_sight(&sight, "xterm-256color", true);
    put(&sight, 3, 3, STYLE_PLAIN, "plan");
    show(&sight);
    term_screen_forget(&sight.screen);
    show(&sight);
    assert_string_equal(buf_text(&sight.sent), "\033(B\033[m\033[4l\033[H\033[2J\033[4;4Hplan\033[?25l");
    close_sight(&sight);
}

/* ---- What a kind of terminal can do ---- */

static void looks_are_told_whole_in_one_order(void **state)
{
    struct term_info info;

    (void)state;
    assert_null(term_info_load(&info, "xterm-256color", true));
    assert_string_equal(info.looks[STYLE_PLAIN], "\033(B\033[m");
    assert_string_equal(info.looks[STYLE_TITLE], "\033(B\033[;1;38;5;231;48;5;25m");
    assert_int_equal(info.look_of[STYLE_ENTRY_NOW], STYLE_TITLE);
    assert_null(term_info_load(&info, "xterm-256color", false));
    assert_string_equal(info.looks[STYLE_TITLE], "\033(B\033[;7m");
}

/* Of the console of Linux: dim and underlined do not go with colours. */
static void attributes_that_do_not_go_with_colours_are_left_out(void **state)
{
    struct term_info info;

    (void)state;
    assert_null(term_info_load(&info, "linux", true));
    assert_string_equal(info.looks[STYLE_STEP_NOW], "\033[m\017\033[1;36m");
    assert_string_equal(info.looks[STYLE_ENTRY], "\033[m\017\033[4m");
}

static void padding_is_left_out(void **state)
{
    struct term_info info;
    struct buf out = BUF_INIT;

    (void)state;
    assert_null(term_info_load(&info, "vt100", true));
    assert_string_equal(info.clear, "\033[H\033[J");
    assert_string_equal(info.looks[STYLE_STRONG], "\033[m\017\033[1m");
    assert_string_equal(info.enter, "");
    assert_int_equal(info.columns, 80);
    term_info_move(&info, 4, 9, &out);
    assert_string_equal(buf_text(&out), "\033[5;10H");
    buf_release(&out);
}

/* A terminal of 1983, that counts from its own number. */
static void a_cursor_is_moved_as_the_terminal_wants_it(void **state)
{
    struct term_info info;
    struct buf out = BUF_INIT;

    (void)state;
    assert_null(term_info_load(&info, "vt52", true));
    assert_false(info.moves_as_usual);
    term_info_move(&info, 4, 9, &out);
    assert_string_equal(buf_text(&out), "\033Y$)");
    buf_release(&out);
}

static void what_cannot_show_a_screen_is_told_in_words(void **state)
{
    struct term_info info;

    (void)state;
    assert_non_null(strstr(term_info_load(&info, "no-such-terminal", true), "not known here"));
    assert_non_null(strstr(term_info_load(&info, "dumb", true), "cannot move its cursor"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_came_before_the_last_picture_is_seen),
        cmocka_unit_test(a_picture_that_is_seen_already_sends_nothing),
        cmocka_unit_test(a_letter_is_sent_as_a_letter),
        cmocka_unit_test(cells_that_are_right_are_passed_by_the_shorter_way),
        cmocka_unit_test(the_rest_of_a_row_is_cleared_by_one_order),
        cmocka_unit_test(behind_a_doubtful_width_the_cursor_is_moved),
        cmocka_unit_test(a_terminal_that_would_scroll_does_not_get_its_last_cell),
        cmocka_unit_test(cells_of_another_look_are_moved_past),
        cmocka_unit_test(graphemes_that_are_long_are_compared_by_what_they_are),
        cmocka_unit_test(what_is_forgotten_is_sent_whole),
        cmocka_unit_test(looks_are_told_whole_in_one_order),
        cmocka_unit_test(attributes_that_do_not_go_with_colours_are_left_out),
        cmocka_unit_test(padding_is_left_out),
        cmocka_unit_test(a_cursor_is_moved_as_the_terminal_wants_it),
        cmocka_unit_test(what_cannot_show_a_screen_is_told_in_words),
    };

    setlocale(LC_ALL, "");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
