#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "base/error.h"
#include "base/utf8.h"

static void a_failure_is_one_statement(void **state)
{
    struct error err = {0};

    (void)state;
    assert_false(error_set(&err, ERROR_INPUT, "%s is not a number", "x"));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_string_equal(err.text, "x is not a number");
}

static void the_meaning_of_errno_stands_behind_the_text(void **state)
{
    struct error err = {0};

    (void)state;
    assert_false(error_set_errno(&err, ERROR_FILE, ENOENT, "%s cannot be read", "plan.json"));
    assert_int_equal(err.kind, ERROR_FILE);
    assert_string_equal(err.text, "plan.json cannot be read: No such file or directory");
}

static void context_goes_before_the_text_and_the_kind_stays(void **state)
{
    struct error err = {0};

    (void)state;
    error_set(&err, ERROR_NETWORK, "no answer");
    assert_false(error_wrap(&err, "list of plans, page %d", 2));
    assert_int_equal(err.kind, ERROR_NETWORK);
    assert_string_equal(err.text, "list of plans, page 2: no answer");
}

static void an_error_may_be_made_from_its_own_text(void **state)
{
    struct error err = {0};

    (void)state;
    error_set(&err, ERROR_FILE, "first");
    error_set(&err, ERROR_INPUT, "second after %s", err.text);
    assert_string_equal(err.text, "second after first");
    error_set_errno(&err, ERROR_INPUT, EIO, "third after %s", err.text);
    assert_string_equal(err.text, "third after second after first: Input/output error");
}

/* Every length around the end of the text, with characters of one to four bytes. */
static void a_long_text_is_cut_between_characters(void **state)
{
    static const char *const characters[] = {"a", "\xC3\xA4", "\xE7\x81\xBE", "\xF0\x9F\x98\x80"};

    (void)state;
    for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++) {
        size_t size = strlen(characters[i]);

        for (size_t lead = 0; lead < 4; lead++) {
            struct error err = {0};
            char text[1024];
            size_t length = lead;

            memset(text, '.', lead);
            for (; length < 700; length += size)
                memcpy(text + length, characters[i], size);
            text[length] = '\0';
            error_set(&err, ERROR_INPUT, "%s", text);
            assert_true(utf8_valid(err.text, strlen(err.text)));
            assert_true(strlen(err.text) + size >= sizeof(err.text));
            assert_memory_equal(err.text, text, strlen(err.text));
        }
    }
}

static void a_full_text_that_fits_exactly_is_not_cut(void **state)
{
    struct error err = {0};
    char text[sizeof(err.text)];

    (void)state;
    memset(text, 'x', sizeof(text));
    memcpy(text + sizeof(text) - 3, "\xC3\xA4", 3);
    error_set(&err, ERROR_INPUT, "%s", text);
    assert_string_equal(err.text, text);
}

static void memory_shortage_is_an_error_like_another(void **state)
{
    struct error err = {0};

    (void)state;
    assert_false(error_memory(&err));
    assert_int_equal(err.kind, ERROR_MEMORY);
    assert_string_equal(err.text, "memory is short");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_is_one_statement),
        cmocka_unit_test(the_meaning_of_errno_stands_behind_the_text),
        cmocka_unit_test(context_goes_before_the_text_and_the_kind_stays),
        cmocka_unit_test(an_error_may_be_made_from_its_own_text),
        cmocka_unit_test(a_long_text_is_cut_between_characters),
        cmocka_unit_test(a_full_text_that_fits_exactly_is_not_cut),
        cmocka_unit_test(memory_shortage_is_an_error_like_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
