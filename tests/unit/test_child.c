#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/child.h"

static void words_are_split_as_a_shell_does(void **state)
{
    static const struct {
        const char *line;
        const char *words[5];
    } cases[] = {
        {"pass show mq", {"pass", "show", "mq"}},
        {"  a\tb\nc  ", {"a", "b", "c"}},
        {"'a b' \"c d\"", {"a b", "c d"}},
        {"a'b'\"c\"d", {"abcd"}},
        {"'$HOME' \"$HOME\" *", {"$HOME", "$HOME", "*"}},
        {"\"a\\\"b\\\\c\\d\"", {"a\"b\\c\\d"}},
        {"a\\ b \\'c 'd\\e'", {"a b", "'c", "d\\e"}},
        {"a '' \"\"", {"a", "", ""}},
        {"a;b|c&&d", {"a;b|c&&d"}},
        {"end\\", {"end\\"}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error err;
        char **words = child_words(cases[i].line, &err);
        size_t count = 0;

        assert_non_null(words);
        for (; cases[i].words[count]; count++) {
            assert_non_null(words[count]);
            assert_string_equal(words[count], cases[i].words[count]);
        }
        assert_null(words[count]);
        child_words_free(words);
    }
}

static void a_line_without_a_word_or_with_half_a_quote_is_refused_unquoted(void **state)
{
    static const char *const cases[][2] = {
        {"", "no word"},         {" \t\n", "no word"}, {"a 'secret", "quote"},
        {"a \"secret", "quote"}, {"\"a\\\"", "quote"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error err;

        assert_null(child_words(cases[i][0], &err));
        assert_int_equal(err.kind, ERROR_INPUT);
        assert_non_null(strstr(err.text, cases[i][1]));
        assert_null(strstr(err.text, "secret"));
    }
}

/* Runs to its end; the status as of waitpid(). */
static int run_heard(const char *script, struct buf *out, child_hear *hear)
{
    char shell[] = "sh", option[] = "-c", text[256];
    char *words[] = {shell, option, text, NULL};
    struct child child;
    int status = -1;

    strncpy(text, script, sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(child_start(&child, words, NULL, hear), 0);
    while (!child_advance(&child, out, &status)) {
        struct pollfd fd = {.fd = child.output, .events = POLLIN};

        poll(&fd, 1, child.output >= 0 ? 5000 : 1);
    }
    assert_int_equal(child.pid, -1);
    assert_int_equal(child.output, -1);
    return status;
}

static int run(const char *script, struct buf *out)
{
    return run_heard(script, out, NULL);
}

static char heard[8192];

static void hear(const char *line)
{
    size_t length = strlen(heard);

    snprintf(heard + length, sizeof(heard) - length, "[%.1100s]", line);
}

static void what_it_says_is_heard_line_by_line(void **state)
{
    struct buf out = BUF_INIT;

    (void)state;
    heard[0] = '\0';
    run_heard("echo one; echo two >&2; echo >&2; printf 'th\\033ree' >&2", &out, hear);
    assert_string_equal(buf_text(&out), "one\n");
    assert_string_equal(heard, "[two][][th\033ree]");
    buf_release(&out);
}

/* More than a pipe holds, and before it prints: who is not heard would never get to its end. */
static void a_long_speech_holds_nothing_up(void **state)
{
    struct buf out = BUF_INIT;
    int status;

    (void)state;
    heard[0] = '\0';
    status =
        run_heard("head -c 300000 /dev/zero | tr '\\0' x >&2; echo done; sleep 2 >/dev/null &", &out, hear);
    assert_int_equal(status, 0);
    assert_string_equal(buf_text(&out), "done\n");
    assert_int_equal(strspn(heard + 1, "x"), 1000);
    buf_release(&out);
}

static void what_it_prints_and_how_it_ends_is_known(void **state)
{
    struct buf out = BUF_INIT;
    int status;

    (void)state;
    status = run("echo one; echo two >&2; cat; exit 3", &out);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 3);
    assert_string_equal(buf_text(&out), "one\n");
    buf_clear(&out);
    status = run("kill -KILL $$", &out);
    assert_true(WIFSIGNALED(status));
    buf_release(&out);
}

static void what_is_not_there_is_an_errno(void **state)
{
    char name[] = "/nowhere/command";
    char *words[] = {name, NULL};
    struct child child;

    (void)state;
    assert_int_equal(child_start(&child, words, NULL, NULL), ENOENT);
    assert_int_equal(child.pid, -1);
    assert_int_equal(child.output, -1);
}

static void ending_it_ends_all_that_it_started(void **state)
{
    char shell[] = "sh", option[] = "-c", text[] = "sleep 1000 & echo $!; wait";
    char *words[] = {shell, option, text, NULL};
    struct buf out = BUF_INIT;
    struct child child;
    int status;
    pid_t grandchild;

    (void)state;
    assert_int_equal(child_start(&child, words, NULL, NULL), 0);
    while (!strchr(buf_text(&out), '\n')) {
        struct pollfd fd = {.fd = child.output, .events = POLLIN};

        assert_int_equal(poll(&fd, 1, 5000), 1);
        assert_false(child_advance(&child, &out, &status));
    }
    grandchild = (pid_t)strtol(buf_text(&out), NULL, 10);
    child_end(&child);
    /* It is gone, or waits for init to notice that it is. */
    for (int tries = 0; tries < 1000 && kill(grandchild, 0) == 0 && tries >= 0; tries++) {
        char path[64], fate = 'R';
        FILE *file;

        snprintf(path, sizeof(path), "/proc/%d/stat", (int)grandchild);
        file = fopen(path, "r");
        if (file && fscanf(file, "%*d (%*[^)]) %c", &fate) != 1)
            fate = 'R';
        if (file)
            fclose(file);
        if (fate == 'Z')
            break;
        poll(NULL, 0, 1);
        assert_true(tries < 999);
    }
    buf_release(&out);
}

static void no_more_is_taken_than_the_buffer_holds(void **state)
{
    char yes[] = "yes";
    char *words[] = {yes, NULL};
    struct child child;
    struct buf out;
    int status;

    (void)state;
    buf_init(&out, 10000);
    assert_int_equal(child_start(&child, words, NULL, NULL), 0);
    while (!out.failed)
        assert_false(child_advance(&child, &out, &status));
    assert_true(out.length <= 10000);
    child_end(&child);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_split_as_a_shell_does),
        cmocka_unit_test(a_line_without_a_word_or_with_half_a_quote_is_refused_unquoted),
        cmocka_unit_test(what_it_says_is_heard_line_by_line),
        cmocka_unit_test(a_long_speech_holds_nothing_up),
        cmocka_unit_test(what_it_prints_and_how_it_ends_is_known),
        cmocka_unit_test(what_is_not_there_is_an_errno),
        cmocka_unit_test(ending_it_ends_all_that_it_started),
        cmocka_unit_test(no_more_is_taken_than_the_buffer_holds),
    };

    return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
