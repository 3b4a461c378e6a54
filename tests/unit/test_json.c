#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/json.h"
#include "base/utf8.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool watching, secret_freed;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __real_free(void *memory);
void __wrap_free(void *memory);

/* Memory starts as zeros, so that all of it can be looked at when it is freed. */
void *__wrap_malloc(size_t size)
{
    void *memory = __real_malloc(size);

    if (memory)
        memset(memory, 0, malloc_usable_size(memory));
    return memory;
}

void *__wrap_realloc(void *memory, size_t size)
{
    size_t before = memory ? malloc_usable_size(memory) : 0;
    char *larger = __real_realloc(memory, size);

    if (larger && malloc_usable_size(larger) > before)
        memset(larger + before, 0, malloc_usable_size(larger) - before);
    return larger;
}

void __wrap_free(void *memory)
{
    if (watching && memory && memmem(memory, malloc_usable_size(memory), "horse", 5))
        secret_freed = true;
    __real_free(memory);
}

/* The text in memory of exactly its size, so that reading beyond it is seen. */
static bool check(const char *text, size_t length, struct json_fault *fault)
{
    char *exact = malloc(length ? length : 1);
    bool good;

    assert_non_null(exact);
    memcpy(exact, text, length);
    good = json_check(exact, length, fault);
    free(exact);
    return good;
}

static cJSON *parse(const char *text)
{
    struct error err = {0};
    size_t length = strlen(text);
    char *exact = malloc(length ? length : 1);
    cJSON *tree;

    assert_non_null(exact);
    memcpy(exact, text, length);
    tree = json_parse(exact, length, &err);
    free(exact);
    if (!tree)
        fail_msg("%s: %s", text, err.text);
    return tree;
}

static void check_printed(const char *text, const char *printed)
{
    struct buf out = BUF_INIT;
    cJSON *tree = parse(text);

    json_add_tree(&out, tree);
    assert_string_equal(buf_text(&out), printed);
    cJSON_Delete(tree);
    buf_release(&out);
}

static void good_documents_are_taken(void **state)
{
    static const char *const cases[] = {
        "{}",
        "[]",
        " [ ] ",
        "\t{\r\n}\n",
        "true",
        "false",
        "null",
        "\"\"",
        "0",
        "-0",
        "7",
        "-1.5e+10",
        "0.0",
        "0e0",
        "1E-2",
        "1e400",
        "123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890",
        "0.00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001",
        "[1,2, 3 ,4]",
        "[[],[[]],{}]",
        "[null,true,false,\"x\",0,{}]",
        "{\"a\":1,\"b\":[2]}",
        "{\"a\" : {\"a\" : {\"a\" : 0}}}",
        "{\"\":0}",
        "{\"A\":0,\"a\":0}",
        "{\"a\":{\"b\":0},\"b\":{\"a\":0}}",
        "[{\"a\":0},{\"a\":0}]",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u0041\\u00e9\\u00E9\\u707e\"",
        "\"\\uD83D\\uDE00\"",
        "\"\\uDBFF\\uDFFF\"",
        "\"\\u0001\"",
        "\"\x7F\"",
        "\"\u00E9\u707E\U0001F600\U0010FFFF\"",
        "\"\u2028\u2029\"",
        "\"\uFFFE\uFDD0\"",
        "\"/\"",
        "\"// no comment\"",
        "\uFEFF{}",
        "\uFEFF1",
        "\uFEFF \n[0]",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct json_fault fault = {.line = 99};

        if (!check(cases[i], strlen(cases[i]), &fault))
            fail_msg("%s: line %zu, column %zu: %s", cases[i], fault.line, fault.column, fault.reason);
        assert_int_equal(fault.line, 99);
        cJSON_Delete(parse(cases[i]));
    }
}

/* One bad document: where, and a word of the reason. */
struct bad {
    const char *text;
    size_t line, column;
    const char *reason;
};

static void check_bad(const struct bad *bad, size_t length)
{
    struct json_fault fault = {0};
    struct error err = {0};
    char where[64];

    if (check(bad->text, length, &fault))
        fail_msg("%s is taken", bad->text);
    if (fault.line != bad->line || fault.column != bad->column || !strstr(fault.reason, bad->reason))
        fail_msg("%s: line %zu, column %zu: %s", bad->text, fault.line, fault.column, fault.reason);
    assert_false(check(bad->text, length, NULL));
    assert_null(json_parse(bad->text, length, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    (void)snprintf(where, sizeof(where), "line %zu, column %zu: ", bad->line, bad->column);
    assert_memory_equal(err.text, where, strlen(where));
    assert_string_equal(err.text + strlen(where), fault.reason);
}

static void bad_structure_is_refused(void **state)
{
    static const struct bad cases[] = {
        {"", 1, 1, "too early"},
        {" ", 1, 2, "too early"},
        {"\xEF\xBB\xBF", 1, 1, "too early"},
        {"\xEF\xBB", 1, 1, "value"},
        {"\xEF\xBB\xBF\xEF\xBB\xBF{}", 1, 1, "value"},
        {" \xEF\xBB\xBF{}", 1, 2, "value"},
        {"{} \xEF\xBB\xBF", 1, 4, "nothing may follow"},
        {"[", 1, 2, "too early"},
        {"]", 1, 1, "value"},
        {"[1", 1, 3, "too early"},
        {"[1,", 1, 4, "too early"},
        {"[1,]", 1, 4, "value"},
        {"[,1]", 1, 2, "value"},
        {"[1,,2]", 1, 4, "value"},
        {"[1 2]", 1, 4, "comma or ]"},
        {"[1}", 1, 3, "comma or ]"},
        {"[1:2]", 1, 3, "comma or ]"},
        {"[\n1,\n2", 3, 2, "too early"},
        {"{", 1, 2, "too early"},
        {"}", 1, 1, "value"},
        {"{\"a\"", 1, 5, "too early"},
        {"{\"a\":", 1, 6, "too early"},
        {"{\"a\":1", 1, 7, "too early"},
        {"{\"a\":1,", 1, 8, "too early"},
        {"{\"a\":1,}", 1, 8, "name in double quotes"},
        {"{,}", 1, 2, "name in double quotes"},
        {"{a:1}", 1, 2, "name in double quotes"},
        {"{'a':1}", 1, 2, "name in double quotes"},
        {"{1:1}", 1, 2, "name in double quotes"},
        {"{null:1}", 1, 2, "name in double quotes"},
        {"{[]:1}", 1, 2, "name in double quotes"},
        {"{\"a\" 1}", 1, 6, "colon"},
        {"{\"a\",1}", 1, 5, "colon"},
        {"{\"a\"::1}", 1, 6, "value"},
        {"{\"a\":}", 1, 6, "value"},
        {"{\"a\":1 \"b\":2}", 1, 8, "comma or }"},
        {"{\"a\":1]", 1, 7, "comma or }"},
        {"{\"a\":1,,\"b\":2}", 1, 8, "name in double quotes"},
        {"{}{}", 1, 3, "nothing may follow"},
        {"{} x", 1, 4, "nothing may follow"},
        {"[]]", 1, 3, "nothing may follow"},
        {"1 2", 1, 3, "nothing may follow"},
        {"{\"a\":1}#", 1, 8, "nothing may follow"},
        {"/* */ 1", 1, 1, "value"},
        {"1 // one", 1, 3, "nothing may follow"},
        {"nul", 1, 1, "value"},
        {"nulll", 1, 5, "nothing may follow"},
        {"True", 1, 1, "value"},
        {"TRUE", 1, 1, "value"},
        {"tru\0", 1, 1, "value"},
        {"undefined", 1, 1, "value"},
        {"[NaN]", 1, 2, "value"},
        {"[Infinity]", 1, 2, "value"},
        {"<html>", 1, 1, "value"},
        {"'a'", 1, 1, "value"},
        {"\"a\": 1", 1, 4, "nothing may follow"},
        {"\xFF", 1, 1, "value"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        check_bad(&cases[i], strlen(cases[i].text));
}

static void bad_numbers_are_refused(void **state)
{
    static const struct bad cases[] = {
        {"01", 1, 2, "leading zeros"},
        {"-01", 1, 3, "leading zeros"},
        {"00", 1, 2, "leading zeros"},
        {"-", 1, 2, "too early"},
        {"[-]", 1, 3, "digit"},
        {"[- 1]", 1, 3, "digit"},
        {"[--1]", 1, 3, "digit"},
        {"[+1]", 1, 2, "value"},
        {"[.5]", 1, 2, "value"},
        {"[-.5]", 1, 3, "digit"},
        {"[1.]", 1, 4, "decimal point"},
        {"[-2.]", 1, 5, "decimal point"},
        {"[1.e1]", 1, 4, "decimal point"},
        {"[1.2.3]", 1, 5, "comma or ]"},
        {"[1e]", 1, 4, "exponent"},
        {"[1e+]", 1, 5, "exponent"},
        {"[1E-x]", 1, 5, "exponent"},
        {"[1e+-2]", 1, 5, "exponent"},
        {"[0e]", 1, 4, "exponent"},
        {"[0x1F]", 1, 3, "comma or ]"},
        {"[1_000]", 1, 3, "comma or ]"},
        {"[1,000.5.]", 1, 5, "leading zeros"},
        {"[-Infinity]", 1, 3, "digit"},
        {"[1 000]", 1, 4, "comma or ]"},
        {"[\xEF\xBC\x91]", 1, 2, "value"},
        {"1.", 1, 3, "too early"},
        {"1e", 1, 3, "too early"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        check_bad(&cases[i], strlen(cases[i].text));
}

static void bad_strings_are_refused(void **state)
{
    static const struct bad cases[] = {
        {"\"", 1, 2, "too early"},
        {"\"a", 1, 3, "too early"},
        {"\"\\", 1, 3, "too early"},
        {"\"\\\"", 1, 4, "too early"},
        {"\"\\x41\"", 1, 2, "unknown escape"},
        {"\"\\a\"", 1, 2, "unknown escape"},
        {"\"\\'\"", 1, 2, "unknown escape"},
        {"\"\\U0041\"", 1, 2, "unknown escape"},
        {"\"\\\n\"", 1, 2, "unknown escape"},
        {"\"\\\xC3\xA9\"", 1, 2, "unknown escape"},
        {"\"\\u\"", 1, 2, "four hexadecimal"},
        {"\"\\u00\"", 1, 2, "four hexadecimal"},
        {"\"\\u004", 1, 2, "four hexadecimal"},
        {"\"\\u00g1\"", 1, 2, "four hexadecimal"},
        {"\"\\u+041\"", 1, 2, "four hexadecimal"},
        {"\"\\u 041\"", 1, 2, "four hexadecimal"},
        {"\"\\u0000\"", 1, 2, "\\u0000"},
        {"{\"a\\u0000b\":1}", 1, 4, "\\u0000"},
        {"\"x\\uD800\"", 1, 3, "first half"},
        {"\"\\uD800", 1, 2, "first half"},
        {"\"\\uD800\\n\"", 1, 2, "first half"},
        {"\"\\uD800\\u0041\"", 1, 2, "first half"},
        {"\"\\uD800\\uD800\"", 1, 2, "first half"},
        {"\"\\uD800\\u\"", 1, 2, "first half"},
        {"\"\\uDC00\"", 1, 2, "second half"},
        {"\"\\uDFFF\\uD800\"", 1, 2, "second half"},
        {"\"a\nb\"", 1, 3, "control character"},
        {"\"a\tb\"", 1, 3, "control character"},
        {"\"\x1B\"", 1, 2, "control character"},
        {"\"\x1F\"", 1, 2, "control character"},
        {"\"\xFF\"", 1, 2, "UTF-8"},
        {"\"\xC0\x80\"", 1, 2, "UTF-8"},
        {"\"\xED\xA0\x80\"", 1, 2, "UTF-8"},
        {"\"\xF4\x90\x80\x80\"", 1, 2, "UTF-8"},
        {"\"\xE2\x82\"", 1, 2, "UTF-8"},
        {"\"\xC3\xA9\xE9\"", 1, 3, "UTF-8"},
        {"{\"\xFF\":0}", 1, 3, "UTF-8"},
        {"[\n \"\xE7\x81\xBE\xE9\x9A\xBE\", x]", 2, 8, "value"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        check_bad(&cases[i], strlen(cases[i].text));
}

/*
 * What cJSON alone lets pass: zeros in front, points behind, raw control
 * characters in texts, and control characters for white space.
 */
static void what_the_library_alone_would_take_is_refused(void **state)
{
    static const struct {
        const char *text;
        size_t length;
    } cases[] = {
        {"[-01]", 5},        {"[-2.]", 5},      {"[-012]", 6},     {"[1.]", 4},   {"[012]", 5},
        {"[2.e3]", 6},       {"[2.e+3]", 7},    {"[2.e-3]", 7},    {"[0.e1]", 6}, {"[\"a\nb\"]", 7},
        {"[\"\t\"]", 5},     {"[\"\x1B\"]", 5}, {"[\"a\0a\"]", 7}, {"[\0]", 3},   {"[\f]", 3},
        {"[\v1]", 4},        {"[\x1F]", 3},     {"123\0", 4},      {"\0true", 5}, {"{\"a\":1\0}", 8},
        {"[\"\\u00A\"]", 9}, {"[\"\\u\"]", 6},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct json_fault fault = {0};
        struct error err = {0};

        if (check(cases[i].text, cases[i].length, &fault))
            fail_msg("document %zu is taken", i);
        assert_null(json_parse(cases[i].text, cases[i].length, &err));
    }
}

static void a_reason_never_quotes_the_text(void **state)
{
    static const char *const cases[] = {
        "{\"password\":\"hunter2\" \"x\"}",
        "{\"hunter2\":1,\"hunter2\":2}",
        "hunter2",
        "\"hunter2\n\"",
        "{\"password\":hunter2}",
        "{\"password\":\"hunter2\\q\"}",
        "\"hunter2\\uD800\"",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error err = {0};

        assert_null(json_parse(cases[i], strlen(cases[i]), &err));
        assert_null(strstr(err.text, "hunter2"));
    }
}

static void every_beginning_of_a_document_is_refused(void **state)
{
    const char *text = "{\"n\":[1.5e3,-0,\"\\uD83D\\uDE00\u707E\\n\",true,false,null,{}],\"m\":{\"a\":[]}}";

    (void)state;
    assert_true(check(text, strlen(text), NULL));
    for (size_t length = 0; length < strlen(text); length++)
        assert_false(check(text, length, NULL));
}

static void nested(struct buf *out, const char *open, const char *inside, const char *close, int depth)
{
    buf_clear(out);
    for (int i = 0; i < depth; i++)
        buf_add_text(out, open);
    buf_add_text(out, inside);
    for (int i = 0; i < depth; i++)
        buf_add_text(out, close);
}

static void nesting_has_a_limit(void **state)
{
    struct buf text = BUF_INIT;
    struct json_fault fault;

    (void)state;
    nested(&text, "[", "", "]", JSON_DEPTH_LIMIT);
    assert_true(check(text.data, text.length, NULL));
    cJSON_Delete(parse(text.data));
    nested(&text, "{\"a\":", "1", "}", JSON_DEPTH_LIMIT);
    assert_true(check(text.data, text.length, NULL));
    cJSON_Delete(parse(text.data));
    nested(&text, "[", "", "]", JSON_DEPTH_LIMIT + 1);
    assert_false(check(text.data, text.length, &fault));
    assert_int_equal(fault.column, JSON_DEPTH_LIMIT + 1);
    assert_non_null(strstr(fault.reason, "more than 32 deep"));
    nested(&text, "[{\"a\":", "1", "}]", JSON_DEPTH_LIMIT / 2 + 1);
    assert_false(check(text.data, text.length, NULL));
    nested(&text, "[", "", "", 100000);
    assert_false(check(text.data, text.length, NULL));
    buf_release(&text);
}

static void the_same_name_twice_is_refused(void **state)
{
    static const struct bad cases[] = {
        {"{\"a\":1,\"a\":1}", 1, 8, "twice"},
        {"{\"a\":1,\"b\":2,\"c\":3,\"a\":4}", 1, 20, "twice"},
        {"{\"a\":1,\"\\u0061\":2}", 1, 8, "twice"},
        {"{\"\\u0061\":1,\n\"a\":2}", 2, 1, "twice"},
        {"{\"\\n\":1,\"\\u000a\":2}", 1, 9, "twice"},
        {"{\"\\/\":1,\"/\":2}", 1, 9, "twice"},
        {"{\"\\uD83D\\uDE00\":1,\"\U0001F600\":2}", 1, 19, "twice"},
        {"{\"\u707E\":1,\"\\u707E\":2}", 1, 8, "twice"},
        {"{\"\":1,\"\":2}", 1, 7, "twice"},
        {"{\"x\":[{\"a\":1},{\"b\":{},\"b\":{}}]}", 1, 23, "twice"},
        {"{\"b\":0,\"b\":0,\"a\":0,\"a\":0}", 1, 8, "twice"},
        {"{\"a\":0,\"a\":0,\"a\":0}", 1, 8, "twice"},
        {"{\"a\":{\"z\":0},\"y\":[{\"z\":0}],\"a\":0}", 1, 28, "twice"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        check_bad(&cases[i], strlen(cases[i].text));
}

static void many_members(struct buf *text, int count, const char *last)
{
    buf_clear(text);
    buf_add_char(text, '{');
    for (int i = 0; i < count - 1; i++)
        buf_addf(text, "\"a_name_of_some_length_%d\":%d,", i, i);
    buf_addf(text, "\"%s\":0}", last);
}

static void members_have_a_limit(void **state)
{
    struct buf text = BUF_INIT;
    struct json_fault fault;

    (void)state;
    many_members(&text, JSON_MEMBERS_LIMIT, "last");
    assert_true(check(text.data, text.length, NULL));
    many_members(&text, JSON_MEMBERS_LIMIT + 1, "last");
    assert_false(check(text.data, text.length, &fault));
    assert_non_null(strstr(fault.reason, "at most 10000"));
    buf_release(&text);
}

/* The least of three measurements: the time that checking an object of so many members takes. */
static clock_t time_to_check(int members)
{
    struct buf text = BUF_INIT;
    clock_t least = 0;

    many_members(&text, members, "last");
    for (int i = 0; i < 3; i++) {
        clock_t start = clock();
        clock_t taken;

        assert_true(json_check(text.data, text.length, NULL));
        taken = clock() - start;
        if (i == 0 || taken < least)
            least = taken;
    }
    buf_release(&text);
    return least;
}

/* Four times the members take five times as long when names are sorted, and sixteen times when each is
 * compared with each. */
static void many_names_are_compared_without_delay(void **state)
{
    (void)state;
    assert_true(time_to_check(JSON_MEMBERS_LIMIT) < 10 * (time_to_check(JSON_MEMBERS_LIMIT / 4) + 1000));
}

static void a_repeated_name_among_thousands_is_found(void **state)
{
    struct buf text = BUF_INIT;
    struct json_fault fault;

    (void)state;
    many_members(&text, JSON_MEMBERS_LIMIT, "\\u0061_name_of_some_length_0");
    assert_false(check(text.data, text.length, &fault));
    assert_non_null(strstr(fault.reason, "twice"));
    assert_int_equal(fault.line, 1);
    assert_int_equal(fault.column, text.length - strlen("\"\\u0061_name_of_some_length_0\":0}") + 1);
    buf_release(&text);
}

static void numbers_keep_their_digits(void **state)
{
    static const char *const cases[] = {
        "9007199254740993",
        "1234567890123456789",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551616",
        "1234567890123460",
        "-0",
        "0.10",
        "1E400",
        "1.000",
        "123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[512];

        check_printed(cases[i], cases[i]);
        (void)snprintf(text, sizeof(text), "{\"id\":%s,\"list\":[%s,\"x\",%s]}", cases[i], cases[i],
                       cases[i]);
        check_printed(text, text);
    }
}

static void every_number_comes_back_in_its_place(void **state)
{
    const char *text = "[1,{\"a\":2,\"b\":[3,[],{},\"4\",{\"c\":5.50}],\"d\":-6},[[7]],true,8e1,null]";

    (void)state;
    check_printed(text, text);
    check_printed(" [ 1 , { \"a\" :\t2 , \"b\" : [ 3 , 4 ] }\r\n, 5 ]\n", "[1,{\"a\":2,\"b\":[3,4]},5]");
    check_printed("\uFEFF7", "7");
    check_printed("\uFEFF{\"a\":7}", "{\"a\":7}");
}

static void a_tree_is_one_block_and_its_copy_is_not(void **state)
{
    static const char text[] = "{\"list\":[1,\"two\",{\"three\":null}],\"\\u0061\":true}";
    struct error err;
    cJSON *tree = parse(text);
    cJSON *copy = cJSON_Duplicate(tree, true);

    (void)state;
    cJSON_Delete(tree);
    assert_string_equal(json_text(cJSON_GetArrayItem(json_member(copy, "list"), 1)), "two");
    cJSON_Delete(cJSON_DetachItemFromObjectCaseSensitive(copy, "list"));
    assert_true(cJSON_IsTrue(json_member(copy, "a")));
    cJSON_Delete(copy);
    assert_null(json_parse_to_change("{", 1, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
}

static void a_changed_tree_keeps_the_digits_of_the_rest(void **state)
{
    struct buf out = BUF_INIT;
    static const char text[] = "{\"id\":9007199254740993,\"gone\":1}";
    struct error err;
    cJSON *tree = json_parse_to_change(text, strlen(text), &err);
    cJSON *copy;

    (void)state;
    assert_non_null(tree);
    cJSON_DeleteItemFromObjectCaseSensitive(tree, "gone");
    copy = cJSON_Duplicate(tree, true);
    cJSON_Delete(tree);
    json_add_tree(&out, copy);
    assert_string_equal(buf_text(&out), "{\"id\":9007199254740993}");
    cJSON_Delete(copy);
    buf_release(&out);
}

static void integers_of_64_bits_are_read_exactly(void **state)
{
    static const struct {
        const char *text;
        bool good;
        int64_t value;
    } cases[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"-1", true, -1},
        {"9007199254740993", true, 9007199254740993},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"18446744073709551617", false, 0},
        {"1e3", false, 0},
        {"1E3", false, 0},
        {"1.0", false, 0},
        {"1.5", false, 0},
        {"\"7\"", false, 0},
        {"true", false, 0},
        {"null", false, 0},
        {"[7]", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        cJSON *tree = parse(cases[i].text);
        int64_t value = 4711;

        assert_int_equal(json_int64(tree, &value), cases[i].good);
        assert_true(value == (cases[i].good ? cases[i].value : 4711));
        cJSON_Delete(tree);
    }
    assert_false(json_int64(NULL, NULL));
}

static void members_are_found_by_their_exact_name(void **state)
{
    cJSON *tree = parse("{\"planId\":1,\"\\u0070lan\":\"x\",\"list\":[],\"\":2}");

    (void)state;
    assert_string_equal(json_member(tree, "planId")->valuestring, "1");
    assert_null(json_member(tree, "planid"));
    assert_null(json_member(tree, "planI"));
    assert_string_equal(json_text(json_member(tree, "plan")), "x");
    assert_string_equal(json_member(tree, "")->valuestring, "2");
    assert_null(json_member(json_member(tree, "list"), "a"));
    assert_null(json_member(json_member(tree, "plan"), "a"));
    assert_null(json_member(NULL, "a"));
    cJSON_Delete(tree);
}

static void kinds_have_words(void **state)
{
    static const struct {
        const char *text, *kind;
        bool number, string;
    } cases[] = {
        {"\"7\"", "text", false, true},
        {"7", "number", true, false},
        {"-7.5", "number", true, false},
        {"true", "true or false", false, false},
        {"[]", "list", false, false},
        {"{}", "object", false, false},
        {"false", "true or false", false, false},
        {"null", "null", false, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        cJSON *tree = parse(cases[i].text);

        assert_string_equal(json_kind(tree), cases[i].kind);
        assert_int_equal(json_is_number(tree), cases[i].number);
        assert_int_equal(json_text(tree) != NULL, cases[i].string);
        cJSON_Delete(tree);
    }
    assert_false(json_is_number(NULL));
    assert_null(json_text(NULL));
    assert_string_equal(json_kind(NULL), "null");
}

static void strings_are_escaped_as_little_as_may_be(void **state)
{
    struct buf out = BUF_INIT;

    (void)state;
    json_add_string(&out, "");
    json_add_string(&out, "a\"b\\c/\u707E\U0001F600\x7F");
    json_add_string(&out, "\b\f\n\r\t\x01\x1F");
    json_add_string_length(&out, "a\0b", 3);
    assert_string_equal(buf_text(&out), "\"\"\"a\\\"b\\\\c/\u707E\U0001F600\x7F\""
                                        "\"\\b\\f\\n\\r\\t\\u0001\\u001f\"\"a\\u0000b\"");
    buf_release(&out);
}

static void any_text_comes_back_from_its_string(void **state)
{
    (void)state;
    for (uint32_t code_point = 1; code_point <= 0x10FFFF; code_point += code_point < 0x3000 ? 1 : 251) {
        struct buf out = BUF_INIT;
        char text[8] = "<";
        size_t length = utf8_encode(code_point, text + 1);
        cJSON *tree;

        if (length == 0)
            continue;
        text[1 + length] = '>';
        json_add_string(&out, text);
        tree = parse(buf_text(&out));
        assert_string_equal(json_text(tree), text);
        cJSON_Delete(tree);
        buf_release(&out);
    }
}

static void escapes_are_decoded(void **state)
{
    cJSON *tree = parse("\"\\u0041\\u00e9\\uD83D\\uDE00\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\"");

    (void)state;
    assert_string_equal(json_text(tree), "A\u00E9\U0001F600\"\\/\b\f\n\r\t\x01");
    cJSON_Delete(tree);
}

static void a_tree_that_cannot_be_printed_fails_the_buf(void **state)
{
    struct buf out = BUF_INIT;

    (void)state;
    buf_add_text(&out, "before");
    json_add_tree(&out, NULL);
    assert_true(out.failed);
    assert_string_equal(buf_text(&out), "before");
    buf_release(&out);
}

static void trees_are_wiped_when_they_are_freed(void **state)
{
    const char *text = "{\"password\":\"correct horse battery staple\",\"a horse name\":[\"\\u0068orse\"]}";
    struct buf out = BUF_INIT;
    cJSON *tree;

    (void)state;
    json_wipe_on_free();
    watching = true;
    secret_freed = false;
    tree = json_parse(text, strlen(text), &(struct error){0});
    assert_non_null(tree);
    json_add_tree(&out, tree);
    assert_non_null(strstr(buf_text(&out), "horse"));
    buf_release(&out);
    cJSON_Delete(tree);
    watching = false;
    cJSON_InitHooks(NULL);
    assert_false(secret_freed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_documents_are_taken),
        cmocka_unit_test(bad_structure_is_refused),
        cmocka_unit_test(bad_numbers_are_refused),
        cmocka_unit_test(bad_strings_are_refused),
        cmocka_unit_test(what_the_library_alone_would_take_is_refused),
        cmocka_unit_test(a_reason_never_quotes_the_text),
        cmocka_unit_test(every_beginning_of_a_document_is_refused),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(the_same_name_twice_is_refused),
        cmocka_unit_test(members_have_a_limit),
        cmocka_unit_test(many_names_are_compared_without_delay),
        cmocka_unit_test(a_repeated_name_among_thousands_is_found),
        cmocka_unit_test(numbers_keep_their_digits),
        cmocka_unit_test(every_number_comes_back_in_its_place),
        cmocka_unit_test(a_tree_is_one_block_and_its_copy_is_not),
        cmocka_unit_test(a_changed_tree_keeps_the_digits_of_the_rest),
        cmocka_unit_test(integers_of_64_bits_are_read_exactly),
        cmocka_unit_test(members_are_found_by_their_exact_name),
        cmocka_unit_test(kinds_have_words),
        cmocka_unit_test(strings_are_escaped_as_little_as_may_be),
        cmocka_unit_test(any_text_comes_back_from_its_string),
        cmocka_unit_test(escapes_are_decoded),
        cmocka_unit_test(a_tree_that_cannot_be_printed_fails_the_buf),
        cmocka_unit_test(trees_are_wiped_when_they_are_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
