#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "chance.h"

static void every_code_point_survives_the_round_trip(void **state)
{
    (void)state;
    for (uint32_t code_point = 0; code_point <= 0x10FFFF; code_point++) {
        char bytes[4];
        uint32_t back = 0;
        size_t length = utf8_encode(code_point, bytes);

        if (code_point >= 0xD800 && code_point <= 0xDFFF) {
            assert_int_equal(length, 0);
            continue;
        }
        assert_int_equal(length, code_point < 0x80      ? 1
                                 : code_point < 0x800   ? 2
                                 : code_point < 0x10000 ? 3
                                                        : 4);
        assert_int_equal(utf8_decode(bytes, length, &back), length);
        assert_int_equal(back, code_point);
        assert_true(utf8_valid(bytes, length));
        /* Cut short it is broken, and takes one byte. */
        if (length > 1) {
            assert_int_equal(utf8_decode(bytes, length - 1, &back), 1);
            assert_int_equal(back, UINT32_MAX);
        }
    }
}

static void what_is_no_code_point_is_not_encoded(void **state)
{
    char bytes[4];

    (void)state;
    assert_int_equal(utf8_encode(0x110000, bytes), 0);
    assert_int_equal(utf8_encode(UINT32_MAX, bytes), 0);
}

static void broken_sequences_take_one_byte(void **state)
{
    static const char *const cases[] = {
        "\x80",                 /* a continuation alone */
        "\xBF\x80",             /* two */
        "\xC0\x80",             /* NUL in two bytes */
        "\xC1\xBF",             /* overlong */
        "\xE0\x80\x80",         /* overlong */
        "\xE0\x9F\xBF",         /* overlong */
        "\xF0\x80\x80\x80",     /* overlong */
        "\xF0\x8F\xBF\xBF",     /* overlong */
        "\xED\xA0\x80",         /* high surrogate */
        "\xED\xBF\xBF",         /* low surrogate */
        "\xF4\x90\x80\x80",     /* beyond U+10FFFF */
        "\xF5\x80\x80\x80",     /* no lead byte */
        "\xF8\x88\x80\x80\x80", /* five bytes */
        "\xFE",
        "\xFF",
        "\xC3",
        "\xE2\x82",
        "\xF0\x9F\x98",
        "\xC3(",
        "\xE2(\xA1",
        "\xE2\x82(",
        "\xF0\x9F(\xBC",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint32_t code_point = 0;
        int width = 0;

        assert_int_equal(utf8_decode(cases[i], strlen(cases[i]), &code_point), 1);
        assert_int_equal(code_point, UINT32_MAX);
        assert_false(utf8_valid(cases[i], strlen(cases[i])));
        assert_int_equal(utf8_grapheme(cases[i], strlen(cases[i]), &width), 1);
        assert_int_equal(width, 1);
    }
}

static void nothing_is_decoded_from_nothing(void **state)
{
    uint32_t code_point;
    int width = 7;

    (void)state;
    assert_int_equal(utf8_decode("a", 0, &code_point), 0);
    assert_int_equal(utf8_grapheme("a", 0, &width), 0);
    assert_int_equal(width, 0);
    assert_int_equal(utf8_grapheme_before("a", 0), 0);
    assert_int_equal(utf8_width("", 0), 0);
    assert_int_equal(utf8_count("", 0), 0);
    assert_true(utf8_valid("", 0));
}

/* Each text is one grapheme. */
static const struct {
    const char *text;
    int width;
} graphemes[] = {
    {"a", 1},
    {"~", 1},
    {"\t", 1},
    {"\x7F", 1},
    {"\xC2\x85", 1},            /* a C1 control */
    {"\u00E9", 1},              /* é in one code point */
    {"e\u0301", 1},             /* and in two */
    {"e\u0301\u0323\u0302", 1}, /* stacked */
    {"\u0301", 1},              /* a mark with nothing under it */
    {"\u707E", 2},              /* 灾 */
    {"\uFF21", 2},              /* fullwidth A */
    {"\uFF71", 1},              /* halfwidth katakana */
    {"\uD55C", 2},              /* 한 */
    {"\u1112\u1161\u11AB", 2},  /* the same from three letters */
    {"\U0001F600", 2},          /* 😀 */
    {"\u2764", 1},              /* ❤ as text */
    {"\u2764\uFE0F", 2},        /* ❤️ as a picture */
    {"1\uFE0F\u20E3", 2},       /* 1️⃣ */
    {"#\uFE0F", 2},
    {"a\uFE0F", 1},                                                                /* no picture of that */
    {"\u2764\u0301\uFE0F", 1},                                                     /* nor behind a mark */
    {"\U0001F44D\U0001F3FD", 2},                                                   /* 👍🏽 */
    {"\u261D\U0001F3FB", 2},                                                       /* ☝🏻 */
    {"\U0001F1E9\U0001F1EA", 2},                                                   /* 🇩🇪 */
    {"\U0001F1E9", 1},                                                             /* half a flag */
    {"\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466", 2},             /* a family */
    {"\u2764\uFE0F\u200D\U0001F525", 2},                                           /* ❤️‍🔥 */
    {"\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", 2}, /* England */
    {"\u0E19\u0E49\u0E33", 2}, /* น้ำ: the vowel stands beside */
    {"\u0915\u093F", 1},       /* कि */
};

static void a_grapheme_is_what_a_person_calls_a_character(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(graphemes) / sizeof(graphemes[0]); i++) {
        const char *text = graphemes[i].text;
        size_t length = strlen(text);
        char both[128];
        int width = -1;

        assert_int_equal(utf8_grapheme(text, length, &width), length);
        assert_int_equal(width, graphemes[i].width);
        assert_int_equal(utf8_grapheme(text, length, NULL), length);
        assert_int_equal(utf8_grapheme_before(text, length), 0);
        assert_int_equal(utf8_width(text, length), width);
        assert_int_equal(utf8_count(text, length), 1);
        /* And it ends before the next. */
        memcpy(both, text, length);
        memcpy(both + length, "x", 2);
        assert_int_equal(utf8_grapheme(both, length + 1, &width), length);
        assert_int_equal(width, graphemes[i].width);
    }
}

static void flags_are_pairs_from_the_left(void **state)
{
    const char *text = "\U0001F1E9\U0001F1EA\U0001F1EB\U0001F1F7\U0001F1EE";

    (void)state;
    assert_int_equal(utf8_count(text, 20), 3);
    assert_int_equal(utf8_width(text, 20), 5);
    assert_int_equal(utf8_grapheme_before(text, 20), 16);
    assert_int_equal(utf8_grapheme_before(text, 16), 8);
    assert_int_equal(utf8_grapheme_before(text, 8), 0);
}

static void controls_stand_alone(void **state)
{
    (void)state;
    assert_int_equal(utf8_grapheme("\r\n", 2, NULL), 1);
    assert_int_equal(utf8_count("\r\n", 2), 2);
    assert_int_equal(utf8_grapheme_before("\r\n", 2), 1);
    assert_int_equal(utf8_grapheme("\t\u0301", 3, NULL), 1);
    assert_int_equal(utf8_grapheme_before("\t\u0301", 3), 1);
    assert_int_equal(utf8_grapheme("a\xFF", 2, NULL), 1);
    assert_int_equal(utf8_grapheme("\xFF\u0301", 3, NULL), 1);
}

static void widths_add_up(void **state)
{
    const char *text = "Wiederherstellung \u707E\u96BE\u6062\u590D e\u0301\xFF\U0001F600";

    (void)state;
    assert_int_equal(utf8_width(text, strlen(text)), 18 + 8 + 1 + 1 + 1 + 2);
    assert_int_equal(utf8_count(text, strlen(text)), 18 + 4 + 1 + 1 + 1 + 1);
}

static void single_code_points_have_widths(void **state)
{
    static const struct {
        uint32_t code_point;
        int width;
    } cases[] = {
        {'a', 1},    {0, 1},      {'\n', 1},    {0x7F, 1},   {0x9B, 1},     {0x301, 0},      {0x200B, 0},
        {0xFE0F, 0}, {0x707E, 2}, {0x1F600, 2}, {0xD800, 1}, {0x110000, 1}, {UINT32_MAX, 1}, {0xE000, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(utf8_code_point_width(cases[i].code_point), cases[i].width);
}

static void pictures_are_told_from_letters(void **state)
{
    (void)state;
    assert_true(utf8_is_picture(0x1F600));
    assert_true(utf8_is_picture(0x2764));
    assert_false(utf8_is_picture('1'));
    assert_false(utf8_is_picture(0x707E));
    assert_false(utf8_is_picture(UINT32_MAX));
    assert_true(utf8_has_presentations('1'));
    assert_true(utf8_has_presentations('*'));
    assert_true(utf8_has_presentations(0x2764));
    assert_false(utf8_has_presentations('a'));
}

/* One of the code points, bytes and sequences that decide where graphemes end. */
static size_t add_piece(char *text, unsigned chance)
{
    static const char *const pieces[] = {
        "a",          "1",          " ",          "\r",     "\n",         "\x80",       "\xE2\x82",
        "\xF0\x9F",   "\u00E9",     "\u0301",     "\u200D", "\u200B",     "\uFE0F",     "\u20E3",
        "\u0600",     "\u0903",     "\u0915",     "\u0E33", "\u1100",     "\u1161",     "\u11A8",
        "\uAC00",     "\uAC01",     "\u2764",     "\u707E", "\U0001F600", "\U0001F3FB", "\U0001F1E9",
        "\U0001F1EA", "\U000E0067", "\U000E0100", "\uE000", "\xC2\x85",
    };
    const char *piece = pieces[chance % (sizeof(pieces) / sizeof(pieces[0]))];
    size_t length = strlen(piece);

    memcpy(text, piece, length);
    return length;
}

static void going_back_meets_the_same_boundaries_as_going_on(void **state)
{
    struct chance chance = {1};

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char text[128];
        size_t length = 0;
        size_t last = 0;

        for (int i = 0; i < 16; i++)
            length += add_piece(text + length, pick(&chance, 1 << 16));
        for (size_t at = 0; at < length; last = at) {
            at += utf8_grapheme(text + at, length - at, NULL);
            assert_int_equal(utf8_grapheme_before(text, at), last);
        }
    }
}

static void each_byte_of_a_cut_character_takes_a_cell(void **state)
{
    (void)state;
    for (size_t length = 1; length < 4; length++)
        assert_int_equal(utf8_width("\U0001F600", length), length);
    assert_int_equal(utf8_width("\U0001F600", 4), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_survives_the_round_trip),
        cmocka_unit_test(what_is_no_code_point_is_not_encoded),
        cmocka_unit_test(broken_sequences_take_one_byte),
        cmocka_unit_test(nothing_is_decoded_from_nothing),
        cmocka_unit_test(a_grapheme_is_what_a_person_calls_a_character),
        cmocka_unit_test(flags_are_pairs_from_the_left),
        cmocka_unit_test(controls_stand_alone),
        cmocka_unit_test(widths_add_up),
        cmocka_unit_test(single_code_points_have_widths),
        cmocka_unit_test(pictures_are_told_from_letters),
        cmocka_unit_test(going_back_meets_the_same_boundaries_as_going_on),
        cmocka_unit_test(each_byte_of_a_cut_character_takes_a_cell),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
