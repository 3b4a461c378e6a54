#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compose.h"
#include "base/json.h"

static void commas_stand_between_parts_and_nowhere_else(void **state)
{
    struct buf out = BUF_INIT;

    (void)state;
    compose_open(&out, NULL, '{');
    compose_open(&out, "empty", '[');
    compose_close(&out, ']');
    compose_open(&out, "list", '[');
    compose_text(&out, NULL, "a");
    compose_number(&out, NULL, INT64_MIN);
    compose_open(&out, NULL, '{');
    compose_close(&out, '}');
    compose_bool(&out, NULL, true);
    compose_close(&out, ']');
    compose_name(&out, "raw");
    buf_add_text(&out, "1.50");
    compose_bool(&out, "no", false);
    compose_close(&out, '}');
    assert_string_equal(
        buf_text(&out),
        "{\"empty\":[],\"list\":[\"a\",-9223372036854775808,{},true],\"raw\":1.50,\"no\":false}");
    assert_true(json_check(buf_text(&out), out.length, NULL));
    buf_release(&out);
}

/* The last letter before a part decides about its comma. */
static void a_text_may_end_like_a_bracket(void **state)
{
    struct buf out = BUF_INIT;

    (void)state;
    compose_open(&out, NULL, '[');
    compose_text(&out, NULL, "[");
    compose_text(&out, NULL, "{\n\"");
    compose_text(&out, NULL, "");
    compose_close(&out, ']');
    assert_string_equal(buf_text(&out), "[\"[\",\"{\\n\\\"\",\"\"]");
    buf_release(&out);
}

static void what_has_no_room_shows_in_the_text(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 8);
    compose_open(&out, NULL, '{');
    compose_number(&out, "number", 1);
    assert_true(out.failed);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_stand_between_parts_and_nowhere_else),
        cmocka_unit_test(a_text_may_end_like_a_bracket),
        cmocka_unit_test(what_has_no_room_shows_in_the_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
