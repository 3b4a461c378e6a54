#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "ui/looks.h"

#define ESC "\033"

/* What ncurses writes for one letter in the entry that has the focus. */
#define ENTRY       ESC "(B" ESC "[0;1m" ESC "[38;5;231m" ESC "[48;5;25m"
#define ENTRY_OUT   ESC "(B" ESC "[0;1;38;5;231;48;5;25m"
#define PLAIN_AGAIN ESC "[39;49m" ESC "(B" ESC "[m"

static void expect(struct look_stream *stream, const char *in, const char *out)
{
    struct buf got = BUF_INIT;

    look_stream_pass(stream, in, strlen(in), &got);
    assert_string_equal(buf_text(&got), out);
    buf_release(&got);
}

static void a_second_letter_in_one_look_takes_one_byte(void **state)
{
    struct look_stream stream = {.single_off = true};

    (void)state;
    expect(&stream, ENTRY "a" PLAIN_AGAIN, ENTRY_OUT "a");
    expect(&stream, ENTRY "b" PLAIN_AGAIN, "b");
    expect(&stream, ESC "[4;9H" ENTRY "c" PLAIN_AGAIN, ESC "[4;9Hc");
}

static void only_what_is_new_in_a_look_is_told(void **state)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {ESC "[0;4mx", ESC "[0;4mx"}, /* shorter than the difference */
        {ESC "[0;1mx", ESC "[0;1mx"},
        {ESC "[mx", ESC "[0mx"},
        {ESC "[;1;38;5;231;48;5;24mx", ESC "[48;5;24mx"},
        {ESC "[0m" ESC "[38;5;231m" ESC "[48;5;25mx", ESC "[22mx"},
        {ESC "[97m" ESC "[1m" ESC "[48;5;25mx", ESC "[97mx"},
        {ESC "[38;2;1;2;3mx", ESC "[38;2;1;2;3mx"},
        {ESC "[48:2::1:2:3mx", ESC "[48:2::1:2:3mx"},
        {ESC "[31mx" ESC "[7mx", ESC "[31mx" ESC "[7mx"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct look_stream stream = {.single_off = true};

        expect(&stream, ENTRY "a", ENTRY_OUT "a");
        expect(&stream, cases[i].in, cases[i].out);
    }
}

static void an_old_terminal_is_told_a_look_whole_when_something_ends(void **state)
{
    struct look_stream stream = {.single_off = false};

    (void)state;
    expect(&stream, ESC "[0;1;4mx", ESC "[0;1;4mx");
    expect(&stream, ESC "[0;4mx", ESC "[0;4mx");
    expect(&stream, ESC "[0;4;7mx", ESC "[7mx");
    expect(&stream, ESC "[0m" ESC "[31mx" ESC "[39mx", ESC "[0;31mx" ESC "[0mx");
}

/* As the descriptions of linux and of screen have it. */
static void sets_of_letters_are_told_once(void **state)
{
    struct look_stream linux_console = {.single_off = true}, multiplexer = {.single_off = true};

    (void)state;
    expect(&linux_console, ESC "[0;10;1m\017x" ESC "[m\017", "\017" ESC "[0;10;1mx");
    expect(&linux_console, ESC "[0;10;1m\017y" ESC "[m\017", "y");
    expect(&linux_console, ESC "[0;11;1m\017q", ESC "[11mq");
    expect(&multiplexer, ESC "[0;1m\016q" ESC "[m\017x", "\016" ESC "[0;1mq\017" ESC "[0mx");
}

/* Erasing paints in the look of the moment, and so may whatever is not known here. */
static void a_look_is_told_before_all_that_may_need_it(void **state)
{
    static const char *const needing[] = {"x",       "\n",          ESC "[K", ESC "[J",
                                          ESC "[5X", ESC "[?1049l", ESC "M",  "\xC3\xA9"};
    static const char *const moves[] = {"\r", "\b", ESC "[H", ESC "[2;3H", ESC "[C", ESC "[4d", ESC "[7G"};

    (void)state;
    for (size_t i = 0; i < sizeof(needing) / sizeof(needing[0]); i++) {
        struct look_stream stream = {.single_off = true};
        struct buf wanted = BUF_INIT;

        expect(&stream, ESC "[0;1m", "");
        buf_addf(&wanted, ESC "[0;1m%s", needing[i]);
        expect(&stream, needing[i], buf_text(&wanted));
        buf_release(&wanted);
    }
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
        struct look_stream stream = {.single_off = true};

        expect(&stream, ESC "[0;1m", "");
        expect(&stream, moves[i], moves[i]);
    }
}

static void what_is_not_known_passes_and_the_rest_is_told_again(void **state)
{
    struct look_stream stream = {.single_off = true};

    (void)state;
    expect(&stream, ESC "[0;1mx", ESC "[0;1mx");
    expect(&stream, ESC "[0;21;4mx", ESC "[0;21;4m" ESC "[0;4mx");
    expect(&stream, ESC "[?5$p" ESC ")0", ESC "[?5$p" ESC ")0");
    expect(&stream, ESC "[4:3my", ESC "[4:3m" ESC "[0;4my");
}

static void a_look_that_was_forgotten_is_told_whole(void **state)
{
    struct look_stream stream = {.single_off = true};

    (void)state;
    expect(&stream, ENTRY "a", ENTRY_OUT "a");
    look_stream_forget(&stream);
    expect(&stream, ENTRY "b", ENTRY_OUT "b");
}

static void the_last_look_can_be_told_though_nothing_is_drawn(void **state)
{
    struct look_stream stream = {.single_off = true};
    struct buf out = BUF_INIT;

    (void)state;
    expect(&stream, ENTRY "a" PLAIN_AGAIN, ENTRY_OUT "a");
    look_stream_settle(&stream, &out);
    assert_string_equal(buf_text(&out), ESC "[0m");
    look_stream_settle(&stream, &out);
    assert_string_equal(buf_text(&out), ESC "[0m");
    buf_release(&out);
}

static void a_sequence_may_be_cut_anywhere(void **state)
{
    static const char text[] = ENTRY "a" ESC "[2;3H" PLAIN_AGAIN "b";

    (void)state;
    for (size_t cut = 0; cut < sizeof(text); cut++) {
        struct look_stream stream = {.single_off = true};
        struct buf out = BUF_INIT;

        look_stream_pass(&stream, text, cut, &out);
        look_stream_pass(&stream, text + cut, sizeof(text) - 1 - cut, &out);
        assert_string_equal(buf_text(&out), ENTRY_OUT "a" ESC "[2;3H" ESC "[0mb");
        buf_release(&out);
    }
}

static void a_sequence_without_end_passes(void **state)
{
    struct look_stream stream = {.single_off = true};
    char digits[300];
    struct buf out = BUF_INIT;

    (void)state;
    memset(digits, '1', sizeof(digits));
    memcpy(digits, ESC "[", 2);
    look_stream_pass(&stream, digits, sizeof(digits), &out);
    assert_true(out.length >= sizeof(digits) - LOOK_HELD_MAX);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_letter_in_one_look_takes_one_byte),
        cmocka_unit_test(only_what_is_new_in_a_look_is_told),
        cmocka_unit_test(an_old_terminal_is_told_a_look_whole_when_something_ends),
        cmocka_unit_test(sets_of_letters_are_told_once),
        cmocka_unit_test(a_look_is_told_before_all_that_may_need_it),
        cmocka_unit_test(what_is_not_known_passes_and_the_rest_is_told_again),
        cmocka_unit_test(a_look_that_was_forgotten_is_told_whole),
        cmocka_unit_test(the_last_look_can_be_told_though_nothing_is_drawn),
        cmocka_unit_test(a_sequence_may_be_cut_anywhere),
        cmocka_unit_test(a_sequence_without_end_passes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
