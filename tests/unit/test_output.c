#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clean.h"
#include "base/compose.h"
#include "base/json.h"
#include "cli/output.h"

static void members_stand_on_one_line(void **state)
{
    struct buf line = BUF_INIT;

    (void)state;
    compose_open(&line, NULL, '{');
    jsonl_text(&line, "a", "x");
    jsonl_text(&line, "b", NULL);
    jsonl_text(&line, "c", "");
    jsonl_string(&line, "d", "", 0);
    compose_number(&line, "e", -7);
    compose_bool(&line, "f", true);
    compose_open(&line, "g", '[');
    compose_close(&line, ']');
    compose_open(&line, "h", '[');
    compose_open(&line, NULL, '{');
    compose_bool(&line, "i", false);
    compose_close(&line, '}');
    compose_open(&line, NULL, '{');
    compose_close(&line, '}');
    compose_close(&line, ']');
    compose_close(&line, '}');
    assert_string_equal(buf_text(&line),
                        "{\"a\":\"x\",\"b\":null,\"c\":null,\"d\":\"\",\"e\":-7,\"f\":true,\"g\":[],"
                        "\"h\":[{\"i\":false},{}]}");
    buf_release(&line);
}

/* Adds text as a JSON string, and reads it back. */
static void expect_same_text(const char *text, size_t length, const char *same)
{
    struct buf line = BUF_INIT;
    struct error err;
    cJSON *tree;

    compose_open(&line, NULL, '{');
    jsonl_string(&line, "a", text, length);
    compose_close(&line, '}');
    assert_true(clean_is_clean(buf_text(&line), line.length));
    tree = json_parse(buf_text(&line), line.length, &err);
    assert_non_null(tree);
    assert_string_equal(json_text(json_member(tree, "a")), same);
    cJSON_Delete(tree);
    buf_release(&line);
}

static void any_text_is_the_same_text_and_safe_to_show(void **state)
{
    static const char *const texts[] = {"plain",
                                        "quote \" and \\ backslash",
                                        "line\nbreak\ttab\r",
                                        "\033[2J\007",
                                        "\x7F",
                                        "\xC2\x9B"
                                        "2J",
                                        "\xE2\x80\xAE"
                                        "evil",
                                        "\xE8\xA8\x82\xE5\x96\xAE",
                                        "\xF0\x9F\x98\x80",
                                        "\xF3\xA0\x81\xA1 tag",
                                        "\xEF\xBB\xBF"
                                        "mark",
                                        "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9",
                                        "e\xCC\x81"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        expect_same_text(texts[i], strlen(texts[i]), texts[i]);
}

static void broken_utf8_is_marked(void **state)
{
    (void)state;
    expect_same_text("a\xFF"
                     "b",
                     3,
                     "a\xEF\xBF\xBD"
                     "b");
    expect_same_text("\xE8\xA8", 2, "\xEF\xBF\xBD\xEF\xBF\xBD");
    expect_same_text("\xED\xA0\x80", 3, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_stand_on_one_line),
        cmocka_unit_test(any_text_is_the_same_text_and_safe_to_show),
        cmocka_unit_test(broken_utf8_is_marked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
