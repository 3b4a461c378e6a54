#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/echo.h"
#include "base/json.h"

static const char *const names[] = {"password", NULL};

static void becomes(const char *text, const char *secret, const char *wanted)
{
    struct buf buf = BUF_INIT;

    buf_add_text(&buf, text);
    echo_mask(&buf, secret);
    assert_string_equal(buf_text(&buf), wanted);
    buf_release(&buf);
}

static void a_secret_is_masked_wherever_it_is(void **state)
{
    (void)state;
    becomes("s3cret1 and s3cret1", "s3cret1", "******** and ********");
    becomes("s3cret1s3cret1", "s3cret1", "****************");
    becomes("nothing", "s3cret1", "nothing");
    becomes("", "s3cret1", "");
    becomes("as \"a\\\"b\\\\c9\" has it, or a\"b\\c9", "a\"b\\c9", "as \"********\" has it, or ********");
    becomes("twice: \\\"a\\\\\\\"b\\\\\\\\c9\\\"", "a\"b\\c9", "twice: \\\"********\\\"");
}

static void a_few_letters_are_no_secret(void **state)
{
    (void)state;
    becomes("the plan was refused", "plan", "the plan was refused");
    becomes("the plan was refused", "", "the plan was refused");
    becomes("the plan was refused", NULL, "the plan was refused");
}

static void the_members_of_a_body_are_found_at_any_depth(void **state)
{
    static const char body[] =
        "{\"name\":\"visible\",\"password\":\"first-one\",\"list\":[{\"password\":\"other-one\"},"
        "{\"password\":{\"$env\":\"NAMED_ONE\"}},{\"passwords\":\"third-one\"}]}";
    struct error err = {0};
    cJSON *tree = json_parse(body, sizeof(body) - 1, &err);
    struct buf text = BUF_INIT;

    (void)state;
    assert_non_null(tree);
    buf_add_text(&text, "visible first-one other-one NAMED_ONE third-one");
    echo_mask_members(&text, tree, names);
    assert_string_equal(buf_text(&text), "visible ******** ******** NAMED_ONE third-one");
    assert_true(echo_has_member(body, sizeof(body) - 1, names));
    assert_false(echo_has_member("{\"name\":1}", 10, names));
    assert_false(echo_has_member("", 0, names));
    buf_release(&text);
    cJSON_Delete(tree);
}

/* What becomes of a text when the member password has this value. */
static void short_one_becomes(const char *text, const char *secret, const char *wanted)
{
    struct buf body = BUF_INIT, buf = BUF_INIT;
    struct error err = {0};
    cJSON *tree;

    buf_add_text(&body, "{\"password\":");
    json_add_string(&body, secret);
    buf_add_char(&body, '}');
    tree = json_parse(buf_text(&body), body.length, &err);
    assert_non_null(tree);
    buf_add_text(&buf, text);
    echo_mask_members(&buf, tree, names);
    assert_string_equal(buf_text(&buf), wanted);
    cJSON_Delete(tree);
    buf_release(&buf);
    buf_release(&body);
}

static void a_few_letters_are_masked_as_the_value_of_their_member(void **state)
{
    (void)state;
    short_one_becomes("body {\"password\":\"x\",\"next\":\"x\"}", "x",
                      "body {\"password\":\"********\",\"next\":\"x\"}");
    short_one_becomes("\"body {\\\"password\\\" : \\\"x\\\"}\"", "x",
                      "\"body {\\\"password\\\" : \\\"********\\\"}\"");
    short_one_becomes("Password=x&next=x", "x", "Password=********&next=x");
    short_one_becomes("password: 'a\"b'", "a\"b", "password: '********'");
    short_one_becomes("{\"password\":\"a\\\"b\"}", "a\"b", "{\"password\":\"********\"}");
    short_one_becomes("password=plan", "plan", "password=********");
    short_one_becomes("password=x", "x", "password=********");
    /* Nobody meant these. */
    short_one_becomes("the plan has a password: planned", "plan", "the plan has a password: planned");
    short_one_becomes("the password is plan", "plan", "the password is plan");
    short_one_becomes("word=plan =plan plan", "plan", "word=plan =plan plan");
    short_one_becomes("password=", "", "password=");
}

/* An answer can be a megabyte of nothing else. */
static void many_are_masked_in_one_go(void **state)
{
    enum { TIMES = 100000 };
    struct buf text;

    (void)state;
    buf_init(&text, (size_t)8 << 20);
    for (int i = 0; i < TIMES; i++)
        buf_add_text(&text, "s3cret");
    echo_mask(&text, "s3cret");
    assert_int_equal(text.length, (size_t)TIMES * 8);
    assert_int_equal(strspn(buf_text(&text), "*"), text.length);
    buf_clear(&text);
    for (int i = 0; i < TIMES; i++)
        buf_add_text(&text, "\\\\\\\\\\\\");
    short_one_becomes(buf_text(&text), "\\", buf_text(&text));
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_is_masked_wherever_it_is),
        cmocka_unit_test(a_few_letters_are_no_secret),
        cmocka_unit_test(a_few_letters_are_masked_as_the_value_of_their_member),
        cmocka_unit_test(the_members_of_a_body_are_found_at_any_depth),
        cmocka_unit_test(many_are_masked_in_one_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
