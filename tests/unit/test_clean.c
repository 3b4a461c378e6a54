#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clean.h"
#include "base/utf8.h"
#include "chance.h"

#define FAMILY "\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466"
#define KISS   "\U0001F469\U0001F3FB\u200D\u2764\uFE0F\u200D\U0001F48B\u200D\U0001F468\U0001F3FC"

static void check(const char *text, size_t length, enum clean_lines lines, const char *shown)
{
    struct buf out = BUF_INIT;

    clean_add(&out, text, length, lines);
    assert_string_equal(buf_text(&out), shown);
    assert_int_equal(out.length, strlen(shown));
    if (lines == CLEAN_ONE_LINE)
        assert_int_equal(clean_is_clean(text, length),
                         length == out.length && memcmp(text, shown, length) == 0);
    buf_release(&out);
}

static void check_text(const char *text, const char *shown)
{
    check(text, strlen(text), CLEAN_ONE_LINE, shown);
}

static void ordinary_text_stays(void **state)
{
    static const char *const cases[] = {
        "",
        "a",
        "instances[1].vpcId: at most 64 characters (~!@#$%^&*)",
        "Pr\u00FCfung e\u0301",
        "\u707E\u96BE\u6062\u590D\u3000\u8BA1\u5212",
        "\u0627\u0644\u062E\u0637\u0629", /* right to left letters are letters */
        "\uFFFD",
        "\U0001F600 \U0001F44D\U0001F3FD \u2764\uFE0F \u231A\uFE0E 1\uFE0F\u20E3 \U0001F1E9\U0001F1EA",
        FAMILY,
        KISS,
        "\u2764\uFE0F\u200D\U0001F525",
        "\U0001F468\U0001F3FB\u0301\u200D\U0001F468\U0001F3FB\u0301\u200D\U0001F468\U0001F3FB\u0301",
        "\u1112\u1161\u11AB",
        "e\u0301\u0323\u0302\u0304",
        "\u0301",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check_text(cases[i], cases[i]);
}

static void what_could_drive_the_terminal_is_made_visible(void **state)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"\x1B[31mred", "^[[31mred"},
        {"\x1B]52;c;ZXZpbA==\x07", "^[]52;c;ZXZpbA==^G"},
        {"over\rwritten", "over^Mwritten"},
        {"two\nlines", "two^Jlines"},
        {"two\r\nlines", "two^M^Jlines"},
        {"tab\there", "tab^Ihere"},
        {"\b\x7F", "^H^?"},
        {"\xC2\x9B"
         "31m",
         "<U+009B>31m"},
        {"a\xC2\x85"
         "b",
         "a<U+0085>b"},
        {"\t\u0301", "^I\u0301"},
        {"user\u202Egnp.exe", "user<U+202E>gnp.exe"},
        {"\u2066x\u2069", "<U+2066>x<U+2069>"},
        {"\u200Frtl\u061C", "<U+200F>rtl<U+061C>"},
        {"pay\u200Bpal", "pay<U+200B>pal"},
        {"pay\u200Cpal", "pay<U+200C>pal"},
        {"pay\u200Dpal", "pay<U+200D>pal"},
        {"\uFEFFname", "<U+FEFF>name"},
        {"so\u00ADft", "so<U+00AD>ft"},
        {"no\u00A0break", "no<U+00A0>break"},
        {"line\u2028paragraph\u2029", "line<U+2028>paragraph<U+2029>"},
        {"a\u034Fb", "a<U+034F>b"},
        {"a\uFE0F", "a<U+FE0F>"},
        {"1\uFE0F", "1<U+FE0F>"},
        {"#\uFE0E", "#<U+FE0E>"},
        {"\u2764\uFE0E", "\u2764<U+FE0E>"},
        {"\U0001F600\uFE0F", "\U0001F600<U+FE0F>"},
        {"\u707E\uFE00", "\u707E<U+FE00>"},
        {"\u707E\U000E0100", "\u707E<U+E0100>"},
        {"\u2764\uFE0F\uFE0F", "\u2764\uFE0F<U+FE0F>"},
        {"\uE000", "<U+E000>"},
        {"\U000F0000", "<U+F0000>"},
        {"\U0010FFFF", "<U+10FFFF>"},
        {"\uFDD0", "<U+FDD0>"},
        {"\U0001FFFE", "<U+1FFFE>"},
        {"\U000E0041", "<U+E0041>"},
        {"\u3164", "<U+3164>"},
        {"\u2800", "<U+2800>"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        check_text(cases[i].text, cases[i].shown);
}

static void a_terminal_without_utf8_gets_ascii(void **state)
{
    struct buf out = BUF_INIT;

    (void)state;
    clean_add_ascii(&out, "a~\n \u011B \u4E2D \U0001F600 \uFFFD",
                    strlen("a~\n \u011B \u4E2D \U0001F600 \uFFFD"));
    assert_string_equal(buf_text(&out), "a~\n <U+011B> <U+4E2D> <U+1F600> ?");
    buf_clear(&out);
    clean_add_ascii(&out, "\x9B", 1);
    assert_string_equal(buf_text(&out), "?");
    buf_release(&out);
}

static void a_zero_byte_is_shown_like_any_control(void **state)
{
    (void)state;
    check("a\0b", 3, CLEAN_ONE_LINE, "a^@b");
    check("", 1, CLEAN_ONE_LINE, "^@");
}

static void each_broken_byte_is_a_replacement_character(void **state)
{
    (void)state;
    check_text("a\xFF\xFE"
               "b",
               "a\uFFFD\uFFFD"
               "b");
    check_text("\xE2\x82", "\uFFFD\uFFFD");
    check_text("\xC0\x80", "\uFFFD\uFFFD");
    check_text("\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD");
    check_text("\x9B"
               "31m",
               "\uFFFD"
               "31m");
}

static void only_a_newline_is_kept_where_lines_are_kept(void **state)
{
    (void)state;
    check("one\ntwo\r\n\tthree\n", strlen("one\ntwo\r\n\tthree\n"), CLEAN_KEEP_LINES,
          "one\ntwo^M\n^Ithree\n");
}

static void marks_beyond_four_are_counted(void **state)
{
    (void)state;
    check_text("e\u0301\u0301\u0301\u0301\u0301x", "e\u0301\u0301\u0301\u0301<+1>x");
    check_text("\u0301\u0301\u0301\u0301\u0301\u0301\u0301", "\u0301\u0301\u0301\u0301<+3>");
}

static void a_mark_without_a_letter_counts_itself(void **state)
{
    (void)state;
    assert_true(clean_is_clean("\u0301\u0301\u0301\u0301", 8));
    assert_false(clean_is_clean("\u0301\u0301\u0301\u0301\u0301", 10));
}

/* Skin tones and the tone marks of Hangul are two cells wide, and marks all the same. */
static void a_wide_mark_counts_like_any_other(void **state)
{
    (void)state;
    check_text("\xff\U0001F3FD\u0301\u0301\u0301\u0301", "\uFFFD\U0001F3FD\u0301\u0301\u0301<+1>");
    check_text("\n\u302E\u0301\u0301\u0301\u0301", "^J\u302E\u0301\u0301\u0301<+1>");
}

static void a_prefix_takes_no_mark_from_its_letter(void **state)
{
    (void)state;
    assert_true(clean_is_clean("\u0601a\u0301\u0301\u0301\u0301", 11));
    check_text("\u0601\xff\u0301\u0301\u0301\u0301", "\u0601\uFFFD\u0301\u0301\u0301\u0301");
    check_text("\u0601\u0601\u0601\u0601\u0601\u0601\u0601a", "\u0601\u0601\u0601\u0601\u0601<+3>");
}

static void a_tower_of_marks_becomes_a_number(void **state)
{
    struct buf text = BUF_INIT, out = BUF_INIT;

    (void)state;
    buf_add_char(&text, 'Z');
    for (int i = 0; i < 5000; i++)
        buf_add_text(&text, "\u0335");
    clean_add(&out, buf_text(&text), text.length, CLEAN_ONE_LINE);
    assert_string_equal(buf_text(&out), "Z\u0335\u0335\u0335\u0335<+4996>");
    buf_release(&text);
    buf_release(&out);
}

static void emoji_of_more_than_four_pictures_are_cut(void **state)
{
    struct buf text = BUF_INIT, out = BUF_INIT;

    (void)state;
    buf_add_text(&text, FAMILY);
    for (int i = 0; i < 50; i++)
        buf_add_text(&text, "\u200D\U0001F466");
    clean_add(&out, buf_text(&text), text.length, CLEAN_ONE_LINE);
    assert_string_equal(buf_text(&out), "\U0001F468\u200D\U0001F469<+104>");
    assert_true(clean_is_clean(out.data, out.length));
    buf_release(&text);
    buf_release(&out);
}

static void a_joiner_joins_only_pictures(void **state)
{
    (void)state;
    check_text("\U0001F468\u200D", "\U0001F468<U+200D>");
    check_text("\U0001F468\u200Da", "\U0001F468<U+200D>a");
    check_text("a\u200D\U0001F468", "a<U+200D>\U0001F468");
    check_text("\u200D\U0001F468", "<U+200D>\U0001F468");
    check_text("\U0001F468\u200D\u200D\U0001F468", "\U0001F468<U+200D><U+200D>\U0001F468");
    check_text("\U0001F468\u034F\u200D\U0001F469", "\U0001F468<U+034F><+2>");
}

/* The flag of England is spelled in tags, and tags can spell anything. */
static void tags_are_never_drawn(void **state)
{
    (void)state;
    check_text("\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F",
               "\U0001F3F4<U+E0067><+5>");
}

static bool within(uint32_t code_point, uint32_t first, uint32_t last)
{
    return code_point >= first && code_point <= last;
}

/* Written anew, and not from the table: what a terminal must never be sent. */
static bool must_not_pass(uint32_t code_point)
{
    return code_point < 0x20 || within(code_point, 0x7F, 0x9F) || code_point == 0xAD || code_point == 0x34F ||
           code_point == 0x61C || within(code_point, 0x115F, 0x1160) || within(code_point, 0x17B4, 0x17B5) ||
           code_point == 0x180E || within(code_point, 0x200B, 0x200F) || within(code_point, 0x2028, 0x202E) ||
           within(code_point, 0x2060, 0x206F) || code_point == 0x2800 || code_point == 0x3164 ||
           within(code_point, 0xE000, 0xF8FF) || within(code_point, 0xFDD0, 0xFDEF) || code_point == 0xFEFF ||
           code_point == 0xFFA0 || within(code_point, 0xFFF9, 0xFFFC) || (code_point & 0xFFFE) == 0xFFFE ||
           code_point >= 0xE0000;
}

static void every_code_point_that_must_not_pass_is_named(void **state)
{
    (void)state;
    for (uint32_t code_point = 0; code_point <= 0x10FFFF; code_point++) {
        char bytes[4];
        char shown[24] = "";
        size_t length = utf8_encode(code_point, bytes);
        bool changed = clean_grapheme(bytes, length, shown);

        if (length == 0)
            continue;
        if (must_not_pass(code_point))
            assert_true(changed);
        if (changed) {
            assert_in_range(strlen(shown), 2, 10);
            for (const char *c = shown; *c; c++)
                assert_in_range(*c, 0x20, 0x7E);
        }
        assert_int_equal(clean_is_clean(bytes, length), !changed);
    }
}

static void letters_marks_and_signs_of_the_first_planes_pass(void **state)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x20, 0x7E},     {0xA1, 0xAC},     {0xAE, 0x34E},    {0x370, 0x52F},     {0x5D0, 0x60F},
        {0x900, 0x97F},   {0xE01, 0xE5B},   {0x2010, 0x2027}, {0x2100, 0x27FF},   {0x3000, 0x30FF},
        {0x4E00, 0x9FFF}, {0xAC00, 0xD7A3}, {0xFF01, 0xFF9F}, {0x1F300, 0x1F6D7}, {0x20000, 0x2A6DF},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        for (uint32_t code_point = ranges[i].first; code_point <= ranges[i].last; code_point++) {
            char bytes[4];
            size_t length = utf8_encode(code_point, bytes);

            assert_true(clean_is_clean(bytes, length));
        }
    }
}

/* Strings of whatever decides: what comes out is clean, short for each grapheme, and all of a piece. */
static void whatever_comes_in_what_goes_out_is_clean(void **state)
{
    static const char *const pieces[] = {
        "a",          "1",          "\x1B",       "\n",         "\x80",       "\xF0\x9F",
        "\xC2\x9B",   "\u0301",     "\u200D",     "\u200D",     "\u200B",     "\uFE0F",
        "\uFE0E",     "\u20E3",     "\u202E",     "\u034F",     "\u0600",     "\u0903",
        "\u1100",     "\u1161",     "\uAC00",     "\u2764",     "\u707E",     "\U0001F600",
        "\U0001F468", "\U0001F3FB", "\U0001F1E9", "\U000E0067", "\U000E0100", "\uE000",
    };
    struct chance chance = {7};

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct buf text = BUF_INIT, out = BUF_INIT, joined = BUF_INIT;

        for (int i = 0; i < 14; i++)
            buf_add_text(&text, pieces[pick(&chance, sizeof(pieces) / sizeof(pieces[0]))]);
        clean_add(&out, text.data, text.length, CLEAN_ONE_LINE);
        assert_true(clean_is_clean(buf_text(&out), out.length));
        for (size_t at = 0; at < text.length;) {
            char shown[24];
            size_t used = utf8_grapheme(text.data + at, text.length - at, NULL);

            memset(shown, 'x', sizeof(shown));
            if (clean_grapheme(text.data + at, used, shown)) {
                assert_non_null(memchr(shown, '\0', sizeof(shown)));
                buf_add_text(&joined, shown);
            } else {
                buf_add(&joined, text.data + at, used);
            }
            at += used;
        }
        assert_string_equal(buf_text(&joined), buf_text(&out));
        buf_release(&text);
        buf_release(&out);
        buf_release(&joined);
    }
}

static void a_grapheme_may_be_handed_over_with_what_follows_it(void **state)
{
    char shown[24] = "untouched";

    (void)state;
    assert_false(clean_grapheme("abc\x1B", 4, shown));
    assert_false(clean_grapheme("", 0, shown));
    assert_string_equal(shown, "untouched");
    assert_true(clean_grapheme("\x1B[31m", 5, shown));
    assert_string_equal(shown, "^[");
    assert_true(clean_grapheme("a\u034F\x1B", 4, shown));
    assert_string_equal(shown, "a<U+034F>");
}

static void a_full_buf_stays_as_it_is(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 4);
    clean_add(&out, "abc\x1B[31m", 8, CLEAN_ONE_LINE);
    assert_true(out.failed);
    assert_string_equal(buf_text(&out), "abc");
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_text_stays),
        cmocka_unit_test(what_could_drive_the_terminal_is_made_visible),
        cmocka_unit_test(a_terminal_without_utf8_gets_ascii),
        cmocka_unit_test(a_zero_byte_is_shown_like_any_control),
        cmocka_unit_test(each_broken_byte_is_a_replacement_character),
        cmocka_unit_test(only_a_newline_is_kept_where_lines_are_kept),
        cmocka_unit_test(marks_beyond_four_are_counted),
        cmocka_unit_test(a_mark_without_a_letter_counts_itself),
        cmocka_unit_test(a_wide_mark_counts_like_any_other),
        cmocka_unit_test(a_prefix_takes_no_mark_from_its_letter),
        cmocka_unit_test(a_tower_of_marks_becomes_a_number),
        cmocka_unit_test(emoji_of_more_than_four_pictures_are_cut),
        cmocka_unit_test(a_joiner_joins_only_pictures),
        cmocka_unit_test(tags_are_never_drawn),
        cmocka_unit_test(every_code_point_that_must_not_pass_is_named),
        cmocka_unit_test(letters_marks_and_signs_of_the_first_planes_pass),
        cmocka_unit_test(whatever_comes_in_what_goes_out_is_clean),
        cmocka_unit_test(a_grapheme_may_be_handed_over_with_what_follows_it),
        cmocka_unit_test(a_full_buf_stays_as_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
