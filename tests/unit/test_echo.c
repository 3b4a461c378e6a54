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
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_is_masked_wherever_it_is),
        cmocka_unit_test(a_few_letters_are_no_secret),
        cmocka_unit_test(the_members_of_a_body_are_found_at_any_depth),
        cmocka_unit_test(many_are_masked_in_one_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
