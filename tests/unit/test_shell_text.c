#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/shell_text.h"

/* What a shell makes of a word: printf's argument as it arrives. */
static void expect_word(const char *quoted, const char *text, size_t length)
{
    struct buf command = BUF_INIT;
    char got[1024];
    size_t count;
    FILE *shell;

    buf_addf(&command, "printf %%s %s", quoted);
    shell = popen(buf_text(&command), "r");
    assert_non_null(shell);
    count = fread(got, 1, sizeof(got), shell);
    assert_int_equal(pclose(shell), 0);
    assert_int_equal(count, length);
    assert_memory_equal(got, text, length);
    buf_release(&command);
}

static void every_byte_comes_through(void **state)
{
    char text[512];
    size_t length = 0;
    struct buf quoted = BUF_INIT;

    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        text[length++] = (char)byte;
        text[length++] = 'x';
    }
    shell_quote(&quoted, text, length);
    expect_word(buf_text(&quoted), text, length);
    buf_release(&quoted);
}

static void words_of_all_kinds_come_through(void **state)
{
    static const char *const words[] = {"",      "'",    "''", "'\\''", "a'b'c", "-n", "~", "*",
                                        "$(id)", "`id`", "\\", "\n\n",  "a\nb",  "!",  "#"};
    struct buf quoted = BUF_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        buf_clear(&quoted);
        shell_quote_text(&quoted, words[i]);
        expect_word(buf_text(&quoted), words[i], strlen(words[i]));
    }
    buf_release(&quoted);
}

static void names_of_variables_are_known(void **state)
{
    (void)state;
    assert_true(shell_is_name("A"));
    assert_true(shell_is_name("_a1"));
    assert_false(shell_is_name(""));
    assert_false(shell_is_name("1a"));
    assert_false(shell_is_name("a-b"));
    assert_false(shell_is_name("a b"));
    assert_false(shell_is_name("a\n"));
    assert_false(shell_is_name("$(id)"));
    assert_false(shell_is_name("\xC3\xA9"));
}

static void references_become_what_a_shell_resolves(void **state)
{
    static const struct {
        const char *reference, *word;
    } cases[] = {
        {"{\"$env\": \"MQ\"}", "\"$MQ\""},
        {"{\"$file\": \"it's\"}", "\"$(cat <'it'\\''s')\""},
        {"{\"$command\": [\"pass\", \"show\", \"$HOME\"]}", "\"$('pass' 'show' '$HOME' </dev/null)\""},
    };
    struct buf out = BUF_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        buf_clear(&out);
        assert_true(shell_reference(&out, cases[i].reference));
        assert_string_equal(buf_text(&out), cases[i].word);
    }
    buf_release(&out);
}

static void a_reference_that_no_shell_resolves_is_refused(void **state)
{
    static const char *const references[] = {"{\"$env\": \"a; id\"}", "{\"$env\": \"1\"}", "{}", "{\"$env\"",
                                             "{\"$command\": []}"};
    struct buf out = BUF_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
        assert_false(shell_reference(&out, references[i]));
        assert_int_equal(out.length, 0);
    }
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_comes_through),
        cmocka_unit_test(words_of_all_kinds_come_through),
        cmocka_unit_test(names_of_variables_are_known),
        cmocka_unit_test(references_become_what_a_shell_resolves),
        cmocka_unit_test(a_reference_that_no_shell_resolves_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
