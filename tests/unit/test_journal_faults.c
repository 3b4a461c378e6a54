#include "api_support.h"

#include <errno.h>
#include <sys/stat.h>

#include "api/journal.h"
#include "base/json.h"
#include "failing_memory.h"

/* What a journal does when a call fails that hardly ever does, and when memory is short while lines are
 * written in groups or read. */

static int until_fstat_fails; /* 1: the next one; 0: none */

int __real_fstat(int fd, struct stat *status);
int __wrap_fstat(int fd, struct stat *status);

int __wrap_fstat(int fd, struct stat *status)
{
    if (until_fstat_fails == 0 || --until_fstat_fails > 0)
        return __real_fstat(fd, status);
    errno = EIO;
    return -1;
}

struct book {
    struct scratch scratch;
    struct fake_host host;
    char path[256];
    struct journal *journal;
};

static void book_open(struct book *book)
{
    struct error err;

    *book = (struct book){.scratch = scratch_make(), .host = fake_host()};
    book->journal =
        journal_open(&book->host.host, scratch_path(&book->scratch, "journal.jsonl", book->path), &err);
    assert_non_null(book->journal);
    journal_group(book->journal);
}

static void book_close(struct book *book)
{
    journal_close(book->journal);
    unlink(book->path);
    assert_int_equal(rmdir(book->scratch.path), 0);
}

static bool write_intent(struct book *book, const char *nonce, const char *name, struct error *err)
{
    static char endpoint[] = "h";
    char *copy = strdup(name);
    struct journal_intent intent = {
        .time = "2023-10-26T10:22:32Z", .body_hash = "0123", .plan_name = copy, .endpoint = endpoint};
    bool done;

    snprintf(intent.nonce, sizeof(intent.nonce), "%s", nonce);
    done = journal_write_intent(book->journal, &intent, err);
    free(copy);
    return done;
}

static size_t open_intents(struct book *book, size_t expected_broken)
{
    struct journal_intent *intents;
    size_t count, broken;
    struct error err;

    if (!journal_open_intents(book->journal, &intents, &count, &broken, &err))
        fail_msg("%s", err.text);
    assert_int_equal(broken, expected_broken);
    for (size_t i = 0; i < count; i++)
        journal_intent_release(&intents[i]);
    free(intents);
    return count;
}

static void a_group_that_cannot_be_written_is_an_error_of_its_reader_too(void **state)
{
    struct journal_created_list created;
    struct journal_intent *intents;
    struct book book;
    struct error err;
    size_t count;

    (void)state;
    book_open(&book);
    assert_int_equal(mkdir(book.path, 0700), 0);
    assert_true(write_intent(&book, "n-1", "orders", &err));
    assert_false(journal_open_intents(book.journal, &intents, &count, NULL, &err));
    assert_int_equal(err.kind, ERROR_FILE);
    assert_non_null(strstr(err.text, book.path));
    assert_int_equal(count, 0);
    assert_true(write_intent(&book, "n-2", "orders", &err));
    assert_false(journal_read_created(book.journal, &created, &err));
    assert_int_equal(err.kind, ERROR_FILE);
    assert_int_equal(created.count, 0);
    assert_int_equal(rmdir(book.path), 0);
    /* What could not be written is not written later, when its submission was given up. */
    assert_int_equal(open_intents(&book, 0), 0);
    assert_true(write_intent(&book, "n-3", "orders", &err));
    assert_int_equal(open_intents(&book, 0), 1);
    book_close(&book);
}

static void a_group_whose_folder_cannot_be_made_is_an_error(void **state)
{
    struct scratch scratch = scratch_make();
    struct book book = {.host = fake_host()};
    struct error err;
    char path[256];

    (void)state;
    scratch_write(&scratch, "file", "", 0);
    fake_setenv(&book.host, "XDG_STATE_HOME", scratch_path(&scratch, "file", path));
    book.journal = journal_open(&book.host.host, NULL, &err);
    assert_non_null(book.journal);
    journal_group(book.journal);
    assert_true(write_intent(&book, "n-1", "orders", &err));
    assert_false(journal_flush(book.journal, &err));
    assert_int_equal(err.kind, ERROR_FILE);
    assert_non_null(strstr(err.text, "/file"));
    journal_close(book.journal);
    unlink(path);
    assert_int_equal(rmdir(scratch.path), 0);
}

static void a_group_opens_its_file_again_when_it_cannot_be_looked_at(void **state)
{
    struct book book;
    struct error err;

    (void)state;
    book_open(&book);
    assert_true(write_intent(&book, "n-1", "orders", &err));
    assert_true(journal_flush(book.journal, &err));
    assert_true(write_intent(&book, "n-2", "orders", &err));
    until_fstat_fails = 1;
    assert_true(journal_flush(book.journal, &err));
    assert_int_equal(until_fstat_fails, 0);
    assert_int_equal(open_intents(&book, 0), 2);
    book_close(&book);
}

/* Each look at the file fails once, until a group is written without. */
static void a_group_whose_file_cannot_be_looked_at_is_not_called_written(void **state)
{
    int failed = 0;

    (void)state;
    for (int at = 1;; at++) {
        struct book book;
        struct error err;
        bool done;

        book_open(&book);
        assert_true(write_intent(&book, "n-1", "orders", &err));
        until_fstat_fails = at;
        done = journal_flush(book.journal, &err);
        if (!done) {
            assert_int_equal(err.kind, ERROR_FILE);
            assert_non_null(strstr(err.text, "cannot be written: Input/output error"));
            failed++;
        }
        at = until_fstat_fails > 0 ? 0 : at;
        until_fstat_fails = 0;
        assert_int_equal(open_intents(&book, 0), done);
        book_close(&book);
        if (at == 0)
            break;
    }
    assert_in_range(failed, 3, 10);
}

/* A line that somebody left cut is ended first, for which there may be no room any more. */
static void a_group_without_memory_is_not_called_written(void **state)
{
    char name[600];
    int failed = 0;

    (void)state;
    memset(name, 'x', sizeof(name));
    name[sizeof(name) - 1] = '\0';
    for (const char *at = name; *at; at++) {
        struct book book;
        struct error err;
        bool done;

        book_open(&book);
        assert_true(write_intent(&book, "n-0", "", &err));
        assert_true(journal_flush(book.journal, &err));
        scratch_write(&book.scratch, "journal.jsonl", "{\"type\":\"int", 12);
        assert_true(write_intent(&book, "n-1", at, &err));
        shortage = (struct shortage){.armed = true, .fails_at = 1, .all_after = true};
        done = journal_flush(book.journal, &err);
        shortage.armed = false;
        assert_true(done || shortage.hit);
        assert_true(done || err.kind == ERROR_MEMORY);
        failed += !done;
        assert_int_equal(open_intents(&book, 1), done);
        book_close(&book);
    }
    assert_true(failed > 0);
    memset(&shortage, 0, sizeof(shortage));
}

static bool read_created(struct book *book, struct error *err)
{
    struct journal_created_list list;
    bool done;

    shortage.armed = true;
    done = journal_read_created(book->journal, &list, err);
    shortage.armed = false;
    if (done) {
        assert_int_equal(list.count, 3);
        for (size_t i = 0; i < list.count; i++)
            assert_string_equal(list.items[i].endpoint, "h");
    } else {
        assert_int_equal(list.count, 0);
        assert_null(list.items);
    }
    journal_created_release(&list);
    return done;
}

static void what_was_created_is_whole_or_not_known(void **state)
{
    static const char *const nonces[] = {"n-1", "n-2", "n-3"};
    struct book book;
    struct error err;
    int failed = 0;

    (void)state;
    json_wipe_on_free();
    book_open(&book);
    for (size_t i = 0; i < 3; i++) {
        assert_true(write_intent(&book, nonces[i], "orders", &err));
        assert_true(journal_write_outcome(book.journal, nonces[i], "created", "12", "r", &err));
    }
    assert_true(journal_flush(book.journal, &err));
    while (shortage_next(false)) {
        err = (struct error){0};
        if (read_created(&book, &err))
            continue;
        assert_true(shortage.hit);
        assert_true(err.kind == ERROR_MEMORY || strstr(err.text, "memory"));
        failed++;
    }
    assert_in_range(failed, 6, 200);
    book_close(&book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_group_that_cannot_be_written_is_an_error_of_its_reader_too),
        cmocka_unit_test(a_group_whose_folder_cannot_be_made_is_an_error),
        cmocka_unit_test(a_group_opens_its_file_again_when_it_cannot_be_looked_at),
        cmocka_unit_test(a_group_whose_file_cannot_be_looked_at_is_not_called_written),
        cmocka_unit_test(a_group_without_memory_is_not_called_written),
        cmocka_unit_test(what_was_created_is_whole_or_not_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
