#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <malloc.h>

#include "base/buf.h"

#define SECRET "correct horse battery staple"

/* What free() saw: the room's calls of it come by here. */
static size_t frees;
static bool secret_freed;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
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

void __wrap_free(void *memory)
{
    if (memory) {
        frees++;
        if (memmem(memory, malloc_usable_size(memory), "horse", 5))
            secret_freed = true;
    }
    __real_free(memory);
}

static int watch_free(void **state)
{
    (void)state;
    frees = 0;
    secret_freed = false;
    return 0;
}

static bool all_zero(const char *memory, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (memory[i] != '\0')
            return false;
    }
    return true;
}

static void a_new_buf_reads_as_empty_text(void **state)
{
    struct buf buf = BUF_INIT;

    (void)state;
    assert_string_equal(buf_text(&buf), "");
    assert_int_equal(buf.length, 0);
    assert_false(buf.failed);
    buf_release(&buf);
    assert_string_equal(buf_text(&buf), "");
}

static void additions_stand_one_behind_the_other(void **state)
{
    struct buf buf = BUF_INIT;

    (void)state;
    buf_add(&buf, "abc", 2);
    buf_add_char(&buf, '-');
    buf_add_text(&buf, "text");
    buf_addf(&buf, " %d %s", 7, "more");
    buf_add(&buf, NULL, 0);
    assert_string_equal(buf_text(&buf), "ab-text 7 more");
    assert_int_equal(buf.length, strlen("ab-text 7 more"));
    buf_release(&buf);
}

static void bytes_of_any_value_are_kept(void **state)
{
    struct buf buf = BUF_INIT;

    (void)state;
    for (int i = 0; i < 256; i++)
        buf_add_char(&buf, (char)i);
    assert_int_equal(buf.length, 256);
    for (int i = 0; i < 256; i++)
        assert_int_equal((unsigned char)buf.data[i], i);
    assert_int_equal(buf.data[256], 0);
    buf_release(&buf);
}

static void formatted_text_of_any_length_fits(void **state)
{
    (void)state;
    for (int width = 1; width < 400; width++) {
        struct buf buf = BUF_INIT;

        buf_addf(&buf, "<%*d>", width, 1);
        assert_false(buf.failed);
        assert_int_equal(buf.length, (size_t)width + 2);
        assert_int_equal(strlen(buf_text(&buf)), buf.length);
        assert_int_equal(buf.data[buf.length - 1], '>');
        buf_release(&buf);
    }
}

static void formatted_text_beyond_the_limit_adds_nothing(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 5);
    buf_add_text(&buf, "123");
    buf_addf(&buf, "%s", "456");
    assert_true(buf.failed);
    assert_int_equal(buf.length, 3);
    assert_string_equal(buf_text(&buf), "123");
    buf_release(&buf);
}

static void reserved_room_is_filled_without_growing(void **state)
{
    struct buf buf;
    const char *data;

    (void)state;
    buf_init(&buf, 1000);
    buf_add_text(&buf, "1");
    buf_reserve(&buf, 900);
    data = buf_text(&buf);
    assert_string_equal(data, "1");
    for (int i = 0; i < 900; i++)
        buf_add_char(&buf, '2');
    assert_ptr_equal(buf_text(&buf), data);
    assert_int_equal(buf.length, 901);
    buf_reserve(&buf, 100);
    assert_true(buf.failed);
    buf_release(&buf);
}

static void text_up_to_the_limit_fits(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 5);
    buf_add_text(&buf, "12345");
    assert_false(buf.failed);
    assert_string_equal(buf_text(&buf), "12345");
    buf_release(&buf);
    buf_init(&buf, 5);
    buf_addf(&buf, "%s", "12345");
    assert_false(buf.failed);
    buf_release(&buf);
}

static void after_one_refusal_nothing_more_is_added(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 5);
    buf_add_text(&buf, "123");
    buf_add_text(&buf, "456");
    assert_true(buf.failed);
    buf_add_char(&buf, '4');
    buf_addf(&buf, "%d", 4);
    buf_insert(&buf, 0, "0", 1);
    assert_string_equal(buf_text(&buf), "123");
    assert_int_equal(buf.length, 3);
    buf_remove(&buf, 0, 1);
    assert_string_equal(buf_text(&buf), "23");
    assert_true(buf.failed);
    buf_release(&buf);
    assert_false(buf.failed);
    buf_add_text(&buf, "again");
    assert_string_equal(buf_text(&buf), "again");
    buf_release(&buf);
}

static void an_impossible_length_is_refused(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, SIZE_MAX);
    buf_add_text(&buf, "x");
    buf_add(&buf, "y", SIZE_MAX - 1);
    assert_true(buf.failed);
    assert_string_equal(buf_text(&buf), "x");
    buf_release(&buf);
}

static void a_removal_closes_the_gap_and_wipes_the_end(void **state)
{
    static const struct {
        size_t at, length;
        const char *left;
    } cases[] = {
        {0, 2, "cdef"},   {2, 2, "abef"},    {4, 2, "abcd"},   {0, 6, ""},         {3, 99, "abc"},
        {6, 1, "abcdef"}, {99, 1, "abcdef"}, {1, 0, "abcdef"}, {1, SIZE_MAX, "a"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf buf = BUF_INIT;

        buf_add_text(&buf, "abcdef");
        buf_remove(&buf, cases[i].at, cases[i].length);
        assert_string_equal(buf_text(&buf), cases[i].left);
        assert_int_equal(buf.length, strlen(cases[i].left));
        assert_true(all_zero(buf.data + buf.length, 7 - buf.length));
        buf_release(&buf);
    }
}

static void removing_from_nothing_does_nothing(void **state)
{
    struct buf buf = BUF_INIT;

    (void)state;
    buf_remove(&buf, 0, 5);
    assert_string_equal(buf_text(&buf), "");
}

static void an_insertion_makes_room(void **state)
{
    struct buf buf = BUF_INIT;

    (void)state;
    buf_insert(&buf, 0, "ce", 2);
    buf_insert(&buf, 0, "ab", 2);
    buf_insert(&buf, 3, "d", 1);
    buf_insert(&buf, 5, "f", 1);
    buf_insert(&buf, 1, NULL, 0);
    assert_string_equal(buf_text(&buf), "abcdef");
    for (int i = 0; i < 100; i++)
        buf_insert(&buf, 3, "xyz", 3);
    assert_int_equal(buf.length, 306);
    assert_string_equal(buf.data + 303, "def");
    buf_release(&buf);
}

static void taking_hands_the_text_over(void **state)
{
    struct buf buf = BUF_INIT;
    char *text;

    (void)state;
    buf_add_text(&buf, "mine");
    text = buf_take(&buf);
    assert_string_equal(text, "mine");
    assert_string_equal(buf_text(&buf), "");
    buf_add_text(&buf, "other");
    assert_string_equal(text, "mine");
    wipe_free(text);
    buf_release(&buf);
}

static void taking_an_empty_buf_gives_empty_text(void **state)
{
    struct buf buf = BUF_INIT;
    char *text = buf_take(&buf);

    (void)state;
    assert_string_equal(text, "");
    wipe_free(text);
}

static void a_failed_buf_gives_nothing(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 3);
    buf_add_text(&buf, "1234");
    assert_null(buf_take(&buf));
    buf_add_text(&buf, "123");
    assert_false(buf.failed);
    assert_string_equal(buf_text(&buf), "123");
    buf_release(&buf);
}

static void clearing_keeps_the_memory_wiped_and_forgets_the_failure(void **state)
{
    struct buf buf;
    char *data;

    (void)state;
    buf_init(&buf, 40);
    buf_add_text(&buf, SECRET);
    buf_add_text(&buf, SECRET);
    data = buf.data;
    buf_clear(&buf);
    assert_ptr_equal(buf.data, data);
    assert_true(all_zero(buf.data, buf.capacity));
    assert_int_equal(buf.length, 0);
    assert_false(buf.failed);
    buf_release(&buf);
}

static void growing_and_releasing_leave_no_secret_behind(void **state)
{
    struct buf buf = BUF_INIT;

    (void)state;
    for (int i = 0; i < 200; i++)
        buf_add_text(&buf, SECRET);
    assert_true(frees >= 5);
    assert_false(secret_freed);
    for (int i = 0; i < 200; i++)
        buf_insert(&buf, 3, SECRET, strlen(SECRET));
    buf_release(&buf);
    assert_false(secret_freed);
}

static void a_released_buf_is_wiped_beyond_its_text(void **state)
{
    struct buf buf = BUF_INIT;

    (void)state;
    buf_add_text(&buf, SECRET);
    buf_remove(&buf, 0, 10);
    buf_release(&buf);
    assert_int_equal(frees, 1);
    assert_false(secret_freed);
}

static void text_is_wiped_before_it_is_freed(void **state)
{
    char *copy = text_copy(SECRET);

    (void)state;
    assert_string_equal(copy, SECRET);
    wipe_free(copy);
    assert_int_equal(frees, 1);
    assert_false(secret_freed);
    wipe_free(NULL);
    assert_null(text_copy(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_buf_reads_as_empty_text),
        cmocka_unit_test(additions_stand_one_behind_the_other),
        cmocka_unit_test(bytes_of_any_value_are_kept),
        cmocka_unit_test(formatted_text_of_any_length_fits),
        cmocka_unit_test(formatted_text_beyond_the_limit_adds_nothing),
        cmocka_unit_test(reserved_room_is_filled_without_growing),
        cmocka_unit_test(text_up_to_the_limit_fits),
        cmocka_unit_test(after_one_refusal_nothing_more_is_added),
        cmocka_unit_test(an_impossible_length_is_refused),
        cmocka_unit_test(a_removal_closes_the_gap_and_wipes_the_end),
        cmocka_unit_test(removing_from_nothing_does_nothing),
        cmocka_unit_test(an_insertion_makes_room),
        cmocka_unit_test(taking_hands_the_text_over),
        cmocka_unit_test(taking_an_empty_buf_gives_empty_text),
        cmocka_unit_test(a_failed_buf_gives_nothing),
        cmocka_unit_test(clearing_keeps_the_memory_wiped_and_forgets_the_failure),
        cmocka_unit_test_setup(growing_and_releasing_leave_no_secret_behind, watch_free),
        cmocka_unit_test_setup(a_released_buf_is_wiped_beyond_its_text, watch_free),
        cmocka_unit_test_setup(text_is_wiped_before_it_is_freed, watch_free),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
