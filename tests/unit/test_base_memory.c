#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clean.h"
#include "base/file.h"
#include "base/json.h"
#include "failing_memory.h"

/*
 * Every allocation of the room fails, once alone and once with all that follow,
 * until one walk through finds nothing left to fail.
 */

/* True when it went well; must leave nothing behind and its outcome valid either way. */
typedef bool walk_function(struct error *err);

static void every_allocation_fails(walk_function *walk, enum error_kind first, enum error_kind second)
{
    for (int all_after = 0; all_after < 2; all_after++) {
        int failed = 0;

        while (shortage_next(all_after)) {
            struct error err = {0};
            bool good;

            shortage.armed = true;
            good = walk(&err);
            shortage.armed = false;
            assert_true(good != shortage.hit);
            if (good)
                continue;
            assert_true(err.kind == first || err.kind == second);
            assert_true(err.text[0] != '\0');
            failed++;
        }
        assert_true(failed > 0);
    }
}

static int set_up(void **state)
{
    (void)state;
    json_wipe_on_free();
    return 0;
}

static bool walk_buf(struct error *err)
{
    struct buf buf = BUF_INIT;
    char expected[6 * 100 + 1] = "";
    size_t whole = 0;
    char *taken, *copy;
    bool good;

    for (size_t i = 0; i < 100; i++) {
        buf_add_text(&buf, "<");
        buf_addf(&buf, "%03zu", i);
        buf_insert(&buf, buf.length, ">", 1);
        buf_add_char(&buf, ' ');
        (void)snprintf(expected + 6 * i, 7, "<%03zu> ", i);
        if (!buf.failed)
            whole = buf.length;
    }
    /* What came before the shortage is there, whole, and nothing of what came after. */
    assert_true(buf.length >= whole);
    assert_memory_equal(buf_text(&buf), expected, buf.length);
    assert_int_equal(strlen(buf_text(&buf)), buf.length);
    taken = buf_take(&buf);
    assert_true(buf.length == 0 && !buf.failed);
    copy = text_copy(taken);
    good = copy && strcmp(copy, expected) == 0;
    wipe_free(taken);
    wipe_free(copy);
    return good || error_memory(err);
}

static void a_buf_keeps_what_it_has_when_memory_is_short(void **state)
{
    (void)state;
    every_allocation_fails(walk_buf, ERROR_MEMORY, ERROR_MEMORY);
}

static bool walk_empty_take(struct error *err)
{
    struct buf buf = BUF_INIT;
    char *taken = buf_take(&buf);
    bool good = taken != NULL;

    wipe_free(taken);
    return good || error_memory(err);
}

static void an_empty_buf_may_have_nothing_to_give(void **state)
{
    (void)state;
    every_allocation_fails(walk_empty_take, ERROR_MEMORY, ERROR_MEMORY);
}

static bool walk_clean(struct error *err)
{
    static const char hostile[] = "\x1B[31m\u202E";
    struct buf out = BUF_INIT;
    bool good;

    for (int i = 0; i < 50; i++)
        clean_add(&out, hostile, sizeof(hostile) - 1, CLEAN_ONE_LINE);
    good = !out.failed;
    assert_int_equal(strlen(buf_text(&out)), out.length);
    buf_release(&out);
    return good || error_memory(err);
}

static void cleaning_stops_when_memory_is_short(void **state)
{
    (void)state;
    every_allocation_fails(walk_clean, ERROR_MEMORY, ERROR_MEMORY);
}

static bool walk_parse(struct error *err)
{
    static const char text[] =
        "{\"planId\":9007199254740993,\"list\":[1,2.5,{\"a\":\"\\u0061\",\"b\":-3}],\"x\":null}";
    cJSON *tree = json_parse(text, strlen(text), err);
    struct buf out = BUF_INIT;
    bool good;

    if (!tree)
        return false;
    json_add_tree(&out, tree);
    good = !out.failed;
    if (good)
        assert_string_equal(
            buf_text(&out),
            "{\"planId\":9007199254740993,\"list\":[1,2.5,{\"a\":\"a\",\"b\":-3}],\"x\":null}");
    cJSON_Delete(tree);
    buf_release(&out);
    return good || error_memory(err);
}

static void parsing_says_that_memory_is_short(void **state)
{
    (void)state;
    every_allocation_fails(walk_parse, ERROR_MEMORY, ERROR_MEMORY);
}

static bool walk_check(struct error *err)
{
    struct json_fault fault = {0};
    struct buf text = BUF_INIT;
    bool good;

    buf_add_char(&text, '{');
    for (int i = 0; i < 200; i++)
        buf_addf(&text, "\"%d\":%d,", i, i);
    buf_add_text(&text, "\"last\":0}");
    if (text.failed) {
        buf_release(&text);
        return error_memory(err);
    }
    good = json_check(text.data, text.length, &fault);
    buf_release(&text);
    return good ||
           error_set(err, ERROR_MEMORY, "%s", strstr(fault.reason, "memory is short") ? fault.reason : "");
}

static void checking_says_that_memory_is_short(void **state)
{
    (void)state;
    every_allocation_fails(walk_check, ERROR_MEMORY, ERROR_MEMORY);
}

/* The folder of the file walks. */
static char folder[] = "/tmp/drplan-memory-XXXXXX";

static int make_place(void **state)
{
    (void)state;
    json_wipe_on_free();
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_place(void **state)
{
    char path[64];

    (void)state;
    (void)snprintf(path, sizeof(path), "%s/link", folder);
    (void)unlink(path);
    (void)snprintf(path, sizeof(path), "%s/file", folder);
    (void)unlink(path);
    return rmdir(folder);
}

static bool walk_file(struct error *err)
{
    char path[64], link[64], sub[64];
    struct file_stamp stamp = {0};
    struct buf out = BUF_INIT;
    bool good;

    (void)snprintf(path, sizeof(path), "%s/file", folder);
    (void)snprintf(link, sizeof(link), "%s/link", folder);
    (void)snprintf(sub, sizeof(sub), "%s/a/b", folder);
    (void)unlink(path);
    (void)unlink(link);
    assert_int_equal(symlink("file", link), 0);
    good = file_replace(link, "text", 4, &stamp, err) && file_append(link, "ual", 3, err) &&
           file_make_folder(sub, err) && file_read(link, 100, &out, &stamp, err) &&
           file_unchanged(path, &stamp);
    if (good)
        assert_string_equal(buf_text(&out), "textual");
    else
        assert_string_equal(buf_text(&out), "");
    buf_release(&out);
    (void)rmdir(sub);
    (void)snprintf(sub, sizeof(sub), "%s/a", folder);
    (void)rmdir(sub);
    return good;
}

static void files_report_that_memory_is_short(void **state)
{
    (void)state;
    every_allocation_fails(walk_file, ERROR_FILE, ERROR_MEMORY);
}

static const char *env(struct host *host, const char *name)
{
    (void)host;
    return strcmp(name, "HOME") == 0 ? "/home/operator" : NULL;
}

static bool walk_state_folder(struct error *err)
{
    struct host host = {.env = env};
    struct buf out = BUF_INIT;
    bool good = file_state_folder(&host, &out, err);

    buf_release(&out);
    return good;
}

static void the_place_of_saved_work_needs_memory_too(void **state)
{
    (void)state;
    every_allocation_fails(walk_state_folder, ERROR_MEMORY, ERROR_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_buf_keeps_what_it_has_when_memory_is_short),
        cmocka_unit_test(an_empty_buf_may_have_nothing_to_give),
        cmocka_unit_test(cleaning_stops_when_memory_is_short),
        cmocka_unit_test_setup(parsing_says_that_memory_is_short, set_up),
        cmocka_unit_test(checking_says_that_memory_is_short),
        cmocka_unit_test_setup_teardown(files_report_that_memory_is_short, make_place, remove_place),
        cmocka_unit_test(the_place_of_saved_work_needs_memory_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
