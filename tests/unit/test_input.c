#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "chance.h"
#include "keys.h"
#include "ui/input.h"

#define ACUTE  "\xCC\x81"
#define FAMILY "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7"

/* -------------------------------------------------- events, written down */

static void write_press(struct buf *out, const struct event *event)
{
    bool plain = event->press == PRESS_CHARACTER && event->modifiers == 0;

    if (!plain)
        buf_add_text(out, "<");
    if (event->modifiers & MODIFIER_CONTROL)
        buf_add_text(out, "C-");
    if (event->modifiers & MODIFIER_ALT)
        buf_add_text(out, "A-");
    if (event->modifiers & MODIFIER_SHIFT)
        buf_add_text(out, "S-");
    buf_add_text(out, press_name(event->press));
    buf_add_text(out, event->text);
    if (!plain)
        buf_add_text(out, ">");
}

static void write_event(struct buf *out, const struct event *event)
{
    static const char *const mouse[] = {"press", "release", "up", "down"};

    switch (event->kind) {
    case EVENT_PRESS:
        assert_true(utf8_valid(event->text, strlen(event->text)));
        assert_int_equal(event->press == PRESS_CHARACTER, event->text[0] != '\0');
        write_press(out, event);
        break;
    case EVENT_PASTE:
        buf_addf(out, "<paste%s:", event->paste_cut ? " cut" : "");
        buf_add(out, event->paste, event->paste_length);
        buf_add_text(out, ">");
        break;
    case EVENT_MOUSE:
        buf_addf(out, "<%s %d,%d", mouse[event->mouse], event->row, event->column);
        buf_addf(out, event->modifiers ? " %u>" : ">", event->modifiers);
        break;
    case EVENT_RESIZE:
    case EVENT_LOSS:
    case EVENT_TICK:
    case EVENT_SIGNAL:
        fail_msg("the parser cannot know of this event");
    }
}

static void drain(struct input *input, struct buf *out)
{
    struct event event;

    while (input_next(input, &event))
        write_event(out, &event);
}

static struct input *parser(void)
{
    struct input *input = input_new();

    assert_non_null(input);
    return input;
}

static void feed(struct input *input, const char *bytes, size_t length, struct buf *out)
{
    assert_true(input_feed(input, bytes, length));
    drain(input, out);
}

static void silence(struct input *input, struct buf *out)
{
    input_flush(input);
    drain(input, out);
    assert_false(input_pending(input, NULL));
}

/* The events of bytes read at once, and of the same bytes read one by one; then silence. */
static void gives_length(const char *bytes, size_t length, const char *expected)
{
    for (int one_by_one = 0; one_by_one < 2; one_by_one++) {
        struct input *input = parser();
        struct buf out = BUF_INIT;

        if (one_by_one)
            for (size_t i = 0; i < length; i++)
                feed(input, bytes + i, 1, &out);
        else
            feed(input, bytes, length, &out);
        silence(input, &out);
        assert_string_equal(buf_text(&out), expected);
        buf_release(&out);
        input_free(input);
    }
}

static void gives(const char *bytes, const char *expected)
{
    gives_length(bytes, strlen(bytes), expected);
}

struct sample {
    const char *bytes, *expected;
};

static void check(const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        gives(samples[i].bytes, samples[i].expected);
}

#define CHECK(samples) check(samples, sizeof(samples) / sizeof((samples)[0]))

/* ------------------------------------------------------------- the tests */

static void text_comes_as_it_is_typed(void **state)
{
    static const struct sample samples[] = {
        {"abc", "abc"},
        {"", ""},
        {"a b~", "a b~"},
        {"\xC3\xA9\xE8\xA1\xA8\xF0\x9F\x99\x82", "\xC3\xA9\xE8\xA1\xA8\xF0\x9F\x99\x82"},
    };

    (void)state;
    CHECK(samples);
}

static void what_came_together_is_one_character(void **state)
{
    struct input *input = parser();
    struct event event;

    (void)state;
    assert_true(input_feed(input, "e" ACUTE FAMILY "x", strlen("e" ACUTE FAMILY "x")));
    assert_true(input_next(input, &event));
    assert_string_equal(event.text, "e" ACUTE);
    assert_true(input_next(input, &event));
    assert_string_equal(event.text, FAMILY);
    assert_true(input_next(input, &event));
    assert_string_equal(event.text, "x");
    assert_false(input_next(input, &event));
    input_free(input);
}

static void a_character_with_too_many_marks_comes_in_parts(void **state)
{
    struct buf text = BUF_INIT, out = BUF_INIT;
    struct input *input = parser();
    struct event event;

    (void)state;
    buf_add_text(&text, "e");
    for (int i = 0; i < 100; i++)
        buf_add_text(&text, ACUTE);
    assert_true(input_feed(input, text.data, text.length));
    while (input_next(input, &event)) {
        assert_true(utf8_valid(event.text, strlen(event.text)));
        buf_add_text(&out, event.text);
    }
    assert_string_equal(buf_text(&out), text.data);
    buf_release(&text);
    buf_release(&out);
    input_free(input);
}

static void controls_are_keys(void **state)
{
    static const struct sample samples[] = {
        {"\r", "<Enter>"},
        {"\t", "<Tab>"},
        {"\x7F", "<Backspace>"},
        {"\x01\x13\x1A", "<C-a><C-s><C-z>"},
        {"\x08", "<C-h>"},
        {"\n", "<C-j>"},
        {"\x1C\x1D\x1E\x1F", "<C-\\><C-]><C-^><C-_>"},
        {"\xC2\x9B"
         "A",
         "A"},
    };

    (void)state;
    CHECK(samples);
    gives_length("\0a", 2, "<C- >a");
}

static void sequences_are_keys(void **state)
{
    static const struct sample samples[] = {
        /* xterm, tmux, screen */
        {"\033[A\033[B\033[C\033[D", "<Up><Down><Right><Left>"},
        {"\033OA\033OB\033OC\033OD\033OH\033OF", "<Up><Down><Right><Left><Home><End>"},
        {"\033[H\033[F\033[1~\033[4~", "<Home><End><Home><End>"},
        {"\033[2~\033[3~\033[5~\033[6~", "<Insert><Delete><PgUp><PgDn>"},
        {"\033OP\033OQ\033OR\033OS", "<F1><F2><F3><F4>"},
        {"\033[15~\033[17~\033[18~\033[19~\033[20~", "<F5><F6><F7><F8><F9>"},
        {"\033[21~\033[23~\033[24~", "<F10><F11><F12>"},
        {"\033[Z", "<Shift-Tab>"},
        {"\033[1;5C\033[1;5D\033[1;2A\033[1;3B\033[1;8H", "<C-Right><C-Left><S-Up><A-Down><C-A-S-Home>"},
        {"\033[1;2P\033[19;2~\033[3;5~\033O2P", "<S-F1><S-F8><C-Delete><S-F1>"},
        {"\033[1;9A", "<A-Up>"},
        /* linux */
        {"\033[[A\033[[B\033[[C\033[[D\033[[E\033[32~\033[34~", "<F1><F2><F3><F4><F5><S-F6><S-F8>"},
        /* rxvt */
        {"\033[7~\033[8~\033[11~\033[14~", "<Home><End><F1><F4>"},
        {"\033[a\033Oa\033[3$\033[3^\033[3@\033[19$", "<S-Up><C-Up><S-Delete><C-Delete><C-S-Delete><S-F8>"},
        {"\033\033[A\033\033OP", "<A-Up><A-F1>"},
        /* the keypad in application mode */
        {"\033OM\033Op\033Oy\033Ok\033On", "<Enter>09+."},
    };

    (void)state;
    CHECK(samples);
}

static void keys_named_by_their_code_point_are_keys(void **state)
{
    static const struct sample samples[] = {
        {"\033[13u\033[9u\033[27u\033[127u", "<Enter><Tab><Esc><Backspace>"},
        {"\033[13;2u\033[9;2u", "<S-Enter><Shift-Tab>"},
        {"\033[97u\033[97;5u\033[97;3u\033[97;2u\033[97:65;2u", "a<C-a><A-a>AA"},
        {"\033[233u\033[34920;3u", "\xC3\xA9<A-\xE8\xA1\xA8>"},
        {"\033[57399u\033[57414u\033[57420u", "0<Enter><Down>"},
        {"\033[97;9u\033[97;17u", ""},       /* with Super, Hyper */
        {"\033[97;1:3u\033[1;1:3A", ""},     /* let go */
        {"\033[97;65u\033[97;129u", "aa"},   /* with caps lock, num lock */
        {"\033[57358u\033[1u\033[128u", ""}, /* caps lock itself, controls */
        {"\033[55296u\033[99999999u", ""},   /* no code points */
        {"\033[27;5;97~\033[27;2;13~", "<C-a><S-Enter>"},
    };

    (void)state;
    CHECK(samples);
}

static void escape_and_a_letter_is_alt(void **state)
{
    static const struct sample samples[] = {
        {"\033b\033x\033>", "<A-b><A-x><A->>"},
        {"\033\xC3\xA9", "<A-\xC3\xA9>"},
        {"\033\x7F\033\r\033\t", "<A-Backspace><A-Enter><A-Tab>"},
        {"\033\x01", "<C-A-a>"},
        /* what begins a sequence, when none follows */
        {"\033[", "<A-[>"},
        {"\033O", "<A-O>"},
        {"\033]", "<A-]>"},
        {"\033P", "<A-P>"},
    };

    (void)state;
    CHECK(samples);
}

static void a_lone_escape_counts_after_silence(void **state)
{
    struct input *input = parser();
    struct buf out = BUF_INIT;
    int silence_ms = 0;

    (void)state;
    feed(input, "\033", 1, &out);
    assert_string_equal(buf_text(&out), "");
    assert_true(input_pending(input, &silence_ms));
    assert_int_equal(silence_ms, INPUT_ESCAPE_MS);
    silence(input, &out);
    assert_string_equal(buf_text(&out), "<Esc>");
    feed(input, "[A", 2, &out);
    assert_string_equal(buf_text(&out), "<Esc>[A");
    buf_release(&out);
    input_free(input);
    gives("\033\033", "<Esc><Esc>");
    gives("\033\033\033", "<Esc><Esc><Esc>");
    gives("\033\033b", "<Esc><A-b>");
    gives("\033\033\033[A", "<Esc><A-Up>");
}

/* The rest of anything else may be long in coming, over a slow line, and is no text. */
static void only_what_may_be_a_key_of_its_own_counts_soon(void **state)
{
    static const struct {
        const char *bytes;
        int silence_ms;
    } cases[] = {
        {"\033", INPUT_ESCAPE_MS},         {"\033\033", INPUT_ESCAPE_MS},
        {"\033[", INPUT_ESCAPE_MS},        {"\033O", INPUT_ESCAPE_MS},
        {"\033]", INPUT_ESCAPE_MS},        {"\033P1", INPUT_ESCAPE_MS},
        {"\033]0;x\033", INPUT_ESCAPE_MS}, {"\033[1", INPUT_SEQUENCE_MS},
        {"\033[1;", INPUT_SEQUENCE_MS},    {"\033[<0;1", INPUT_SEQUENCE_MS},
        {"\033O1", INPUT_SEQUENCE_MS},     {"\033[M", INPUT_SEQUENCE_MS},
        {"\033[M !", INPUT_SEQUENCE_MS},   {"\033[[", INPUT_SEQUENCE_MS},
        {"\xC3", INPUT_SEQUENCE_MS},       {"\xF0\x9F\x98", INPUT_SEQUENCE_MS},
        {"\033\xC3", INPUT_SEQUENCE_MS},   {"\033[200~\033", INPUT_PASTE_MS},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct input *input = parser();
        struct buf out = BUF_INIT;
        int silence_ms = 0;

        feed(input, cases[i].bytes, strlen(cases[i].bytes), &out);
        assert_true(input_pending(input, &silence_ms));
        assert_int_equal(silence_ms, cases[i].silence_ms);
        silence(input, &out);
        buf_release(&out);
        input_free(input);
    }
}

static void what_is_not_known_is_swallowed_whole(void **state)
{
    static const struct sample samples[] = {
        {"a\033[99~b", "ab"},
        {"a\033[Ib\033[Oc", "abc"},              /* focus */
        {"a\033[?62;22c\033[>41;354;0cb", "ab"}, /* what the terminal is */
        {"a\033[12;40Rb", "ab"},                 /* where its cursor is */
        {"a\033[?2026;2$y\033[4;1$yb", "ab"},    /* its modes */
        {"a\033[1;2;3;4;5;6;7;8;9~b", "ab"},
        {"a\033[=1;2Ab\033[1!Ab", "abb"},
        {"a\033Ozb", "ab"},
        {"a\033[[Zb", "ab"},
        {"a\033]52;c;Zm9v\ab", "ab"},
        {"a\033]11;rgb:0000/0000/0000\033\\b", "ab"},
        {"a\033P1+r436f\033\\b", "ab"},
        {"a\033_Gi=1;OK\033\\b\033^x\033\\c\033Xy\033\\d", "abcd"},
        {"a\033]0;title\033[Ab", "a<Up>b"}, /* a string that another sequence ends */
        {"a\033]0;title\x18"
         "b",
         "ab"},
        {"a\033[12\x18"
         "b",
         "ab"},
        {"a\033[1\033[Ab", "a<Up>b"}, /* a sequence that another one cuts */
        {"a\033[1\tb", "a<Tab>b"},
        {"a\033[1\xC3\xA9", "a\xC3\xA9"},
        {"\033\033[99~", "<Esc>"},
    };

    (void)state;
    CHECK(samples);
}

static void a_sequence_of_any_length_is_swallowed(void **state)
{
    struct buf bytes = BUF_INIT;

    (void)state;
    buf_add_text(&bytes, "a\033[");
    for (int i = 0; i < 5000; i++)
        buf_add_text(&bytes, "1;");
    buf_add_text(&bytes, "Ab\033O");
    for (int i = 0; i < 100; i++)
        buf_add_text(&bytes, "1");
    buf_add_text(&bytes, "Ac\033[99999999999999999999;99999999999999999999Ad");
    gives_length(bytes.data, bytes.length, "abcd");
    buf_release(&bytes);
}

static void a_cut_sequence_is_dropped_after_silence(void **state)
{
    static const struct sample samples[] = {
        {"a\033[1;", "a"}, {"a\033O1", "a"},     {"a\033]52;c;Zm9v", "a"},
        {"a\033[M!", "a"}, {"a\033]0\033", "a"},
    };

    (void)state;
    CHECK(samples);
}

static void broken_text_is_replaced(void **state)
{
    static const struct sample samples[] = {
        {"\xFFx", "\xEF\xBF\xBDx"},
        {"\xC3x", "\xEF\xBF\xBDx"},
        {"\xE8\xA1", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xF5"
         "a",
         "\xEF\xBF\xBD"
         "a"},
        {"\xE8\033[A", "\xEF\xBF\xBD<Up>"},
    };

    (void)state;
    CHECK(samples);
}

static void the_mouse_is_told(void **state)
{
    static const struct sample samples[] = {
        {"\033[<0;5;3M\033[<0;5;3m", "<press 2,4><release 2,4>"},
        {"\033[<64;1;1M\033[<65;300;200M", "<up 0,0><down 199,299>"},
        {"\033[<16;1;1M\033[<4;1;1M", "<press 0,0 4><press 0,0 1>"},
        {"\033[<2;1;1M\033[<1;1;1M\033[<35;1;1M\033[<66;1;1M\033[<128;1;1M", ""},
        {"\033[<0;0;1M\033[<0;1M", ""},
        {"\033[M !\"", "<press 1,0>"},
        {"\033[M#!\"", "<release 1,0>"},
        {"\033[M`!\"", "<up 1,0>"},
        {"\033[32;2;3M", "<press 2,1>"}, /* rxvt */
        {"\033[M\033[A", "<Up>"},
        {"\033\033[<0;1;1M", "<Esc><press 0,0>"},
    };

    (void)state;
    CHECK(samples);
}

static void a_paste_comes_whole(void **state)
{
    static const struct sample samples[] = {
        {"a\033[200~one\ntwo\r\033[201~b", "a<paste:one\ntwo\r>b"},
        {"\033[200~\033[201~", "<paste:>"},
        {"\033[200~a\033[Ab\033\033[201~c", "<paste:a\033[Ab\033>c"},
        {"\033[200~a\033[200~b\033[201~", "<paste:a\033[200~b>"},
        {"\033[200~a\033[20\033[201~", "<paste:a\033[20>"},
        {"\033[200~a\033[201x\033[201~", "<paste:a\033[201x>"},
        {"\033[201~x", "x"},
        {"\033[200~\xE8\xA1\xA8\xFF\x03\033[201~", "<paste:\xE8\xA1\xA8\xFF\x03>"},
        {"\033\033[200~a\033[201~", "<Esc><paste:a>"},
        {"\033[200~a\033[201~\033[200~b\033[201~", "<paste:a><paste:b>"},
    };

    (void)state;
    CHECK(samples);
}

static void a_paste_without_an_end_is_handed_out_after_silence(void **state)
{
    struct input *input = parser();
    struct buf out = BUF_INIT;
    int silence_ms = 0;

    (void)state;
    feed(input, "\033[200~abc\033[20", 13, &out);
    assert_true(input_pending(input, &silence_ms));
    assert_int_equal(silence_ms, INPUT_PASTE_MS);
    silence(input, &out);
    feed(input, "x", 1, &out);
    assert_string_equal(buf_text(&out), "<paste cut:abc>x");
    buf_release(&out);
    input_free(input);
}

static void a_paste_that_is_too_long_is_cut(void **state)
{
    struct input *input = parser();
    char *chunk = malloc(1 << 20);
    struct event event;

    (void)state;
    assert_non_null(chunk);
    memset(chunk, 'p', 1 << 20);
    assert_true(input_feed(input, "\033[200~", 6));
    for (int i = 0; i < 6; i++) {
        assert_true(input_feed(input, chunk, 1 << 20));
        assert_false(input_next(input, &event));
    }
    assert_true(input_feed(input, "\033[201~x", 7));
    assert_true(input_next(input, &event));
    assert_int_equal(event.kind, EVENT_PASTE);
    assert_true(event.paste_cut);
    assert_int_equal(event.paste_length, INPUT_PASTE_MAX);
    assert_true(input_next(input, &event));
    assert_string_equal(event.text, "x");
    free(chunk);
    input_free(input);
}

static bool burst_of(struct input *input)
{
    struct event event;

    assert_true(input_next(input, &event));
    return event.burst;
}

static void keys_that_come_together_are_a_burst(void **state)
{
    struct input *input = parser();
    struct event event;

    (void)state;
    assert_true(input_feed(input, "y", 1));
    assert_false(burst_of(input));
    assert_false(input_next(input, &event));
    assert_true(input_feed(input, "y\r", 2));
    assert_true(burst_of(input));
    assert_true(burst_of(input));
    assert_false(input_next(input, &event));
    assert_true(input_feed(input, "\033[A", 3));
    assert_false(burst_of(input));
    assert_true(input_feed(input, "\033", 1));
    assert_false(input_next(input, &event));
    input_flush(input);
    assert_false(burst_of(input));
    input_free(input);
}

/* However bytes are cut into reads, the events are the same; and nothing crashes. */
static void any_bytes_in_any_pieces_give_the_same(void **state)
{
    static const char *const parts[] = {
        "\033", "[",   "O",  "]",  "200~", "\033[201~", "1;5A", "<0;3;4M", "M", "\x9B", "\xE8", "\xA1",
        "e",    ACUTE, "\a", "\\", "27;5", "~",         "u",    "\r",      "$", FAMILY, "\x18", "?"};
    struct chance chance = {11};

    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct buf bytes = BUF_INIT, whole = BUF_INIT, pieces = BUF_INIT;
        struct input *one = parser(), *other = parser();

        for (int i = 0; i < 12; i++)
            buf_add_text(&bytes, parts[pick(&chance, sizeof(parts) / sizeof(parts[0]))]);
        feed(one, bytes.data, bytes.length, &whole);
        silence(one, &whole);
        for (size_t at = 0; at < bytes.length;) {
            size_t piece = 1 + pick(&chance, 3);

            if (piece > bytes.length - at)
                piece = bytes.length - at;
            feed(other, bytes.data + at, piece, &pieces);
            at += piece;
        }
        silence(other, &pieces);
        assert_string_equal(buf_text(&pieces), buf_text(&whole));
        buf_release(&bytes);
        buf_release(&whole);
        buf_release(&pieces);
        input_free(one);
        input_free(other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_comes_as_it_is_typed),
        cmocka_unit_test(what_came_together_is_one_character),
        cmocka_unit_test(a_character_with_too_many_marks_comes_in_parts),
        cmocka_unit_test(controls_are_keys),
        cmocka_unit_test(sequences_are_keys),
        cmocka_unit_test(keys_named_by_their_code_point_are_keys),
        cmocka_unit_test(escape_and_a_letter_is_alt),
        cmocka_unit_test(a_lone_escape_counts_after_silence),
        cmocka_unit_test(only_what_may_be_a_key_of_its_own_counts_soon),
        cmocka_unit_test(what_is_not_known_is_swallowed_whole),
        cmocka_unit_test(a_sequence_of_any_length_is_swallowed),
        cmocka_unit_test(a_cut_sequence_is_dropped_after_silence),
        cmocka_unit_test(broken_text_is_replaced),
        cmocka_unit_test(the_mouse_is_told),
        cmocka_unit_test(a_paste_comes_whole),
        cmocka_unit_test(a_paste_without_an_end_is_handed_out_after_silence),
        cmocka_unit_test(a_paste_that_is_too_long_is_cut),
        cmocka_unit_test(keys_that_come_together_are_a_burst),
        cmocka_unit_test(any_bytes_in_any_pieces_give_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
