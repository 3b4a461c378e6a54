#include "api_support.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "api/journal.h"
#include "base/file.h"

#define HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* A journal in a folder of its own, and what reading it gave. */
struct book {
    struct scratch scratch;
    struct fake_host host;
    char path[256];
    struct journal *journal;
    struct journal_intent *intents;
    size_t count, broken;
};

static void book_open(struct book *book)
{
    struct error err;

    *book = (struct book){.scratch = scratch_make(), .host = fake_host()};
    scratch_path(&book->scratch, "journal.jsonl", book->path);
    book->journal = journal_open(&book->host.host, book->path, &err);
    assert_non_null(book->journal);
}

static void book_forget(struct book *book)
{
    for (size_t i = 0; i < book->count; i++)
        journal_intent_release(&book->intents[i]);
    free(book->intents);
    book->intents = NULL;
    book->count = 0;
}

static void book_close(struct book *book)
{
    book_forget(book);
    journal_close(book->journal);
    unlink(book->path);
    assert_int_equal(rmdir(book->scratch.path), 0);
}

static void book_read(struct book *book)
{
    struct error err;

    book_forget(book);
    if (!journal_open_intents(book->journal, &book->intents, &book->count, &book->broken, &err))
        fail_msg("%s", err.text);
}

static void write_intent(struct book *book, const char *nonce, const char *name)
{
    static char endpoint[] = "rocketmq.cn-hangzhou.aliyuncs.com", region[] = "cn-hangzhou";
    static char scheme[] = "https", instances[] = "[{\"instanceId\":\"rmq-cn-1\"},{}]";
    static char first[] = "1", second[] = "9223372036854775807";
    char *ids[] = {first, second}, *copy = text_copy(name);
    struct journal_intent intent = {.time = "2023-10-26T10:22:32Z",
                                    .body_hash = HASH,
                                    .plan_name = copy,
                                    .endpoint = endpoint,
                                    .scheme = scheme,
                                    .region = region,
                                    .instances = instances,
                                    .seen_all = true,
                                    .ids_seen = ids,
                                    .ids_count = 2};
    struct error err;

    snprintf(intent.nonce, sizeof(intent.nonce), "%s", nonce);
    if (!journal_write_intent(book->journal, &intent, &err))
        fail_msg("%s", err.text);
    free(copy);
}

static void write_outcome(struct book *book, const char *nonce, const char *word)
{
    struct error err;

    if (!journal_write_outcome(book->journal, nonce, word, NULL, NULL, &err))
        fail_msg("%s", err.text);
}

static void file_is(const struct book *book, const char *expected)
{
    struct buf text = BUF_INIT;
    struct error err;

    assert_true(file_read(book->path, 1 << 20, &text, NULL, &err));
    assert_string_equal(buf_text(&text), expected);
    buf_release(&text);
}

static void write_text(const struct book *book, const char *text)
{
    scratch_write(&book->scratch, "journal.jsonl", text, strlen(text));
}

static void a_journal_that_is_not_there_has_no_intents(void **state)
{
    struct book book;

    (void)state;
    book_open(&book);
    book_read(&book);
    assert_int_equal(book.count, 0);
    assert_int_equal(book.broken, 0);
    assert_null(book.intents);
    assert_int_equal(access(book.path, F_OK), -1);
    book_close(&book);
}

static void lines_are_one_object_each_and_for_the_owner_alone(void **state)
{
    struct book book;
    struct stat facts;
    struct error err;

    (void)state;
    book_open(&book);
    write_intent(&book, "n1", "a \"plan\"\n\xE5\x8C\x97");
    assert_true(journal_write_outcome(book.journal, "n1", "created", "1234", "REQUEST-1", &err));
    file_is(
        &book,
        "{\"type\":\"intent\",\"time\":\"2023-10-26T10:22:32Z\",\"nonce\":\"n1\",\"bodyHash\":\"" HASH
        "\",\"planName\":\"a \\\"plan\\\"\\n\xE5\x8C\x97\","
        "\"endpoint\":\"rocketmq.cn-hangzhou.aliyuncs.com\",\"scheme\":\"https\",\"region\":\"cn-hangzhou\","
        "\"instances\":[{\"instanceId\":\"rmq-cn-1\"},{}],"
        "\"idsSeen\":[\"1\",\"9223372036854775807\"],\"seenAll\":true}\n"
        "{\"type\":\"outcome\",\"time\":\"2023-10-26T10:22:32Z\",\"nonce\":\"n1\","
        "\"outcome\":\"created\",\"planId\":\"1234\",\"requestId\":\"REQUEST-1\"}\n");
    assert_int_equal(stat(book.path, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0600);
    book_close(&book);
}

static void an_intent_comes_back_as_it_was_written(void **state)
{
    struct book book;

    (void)state;
    book_open(&book);
    write_intent(&book, "n1", "a \"plan\"\n\xE5\x8C\x97");
    book_read(&book);
    assert_int_equal(book.count, 1);
    assert_string_equal(book.intents[0].nonce, "n1");
    assert_string_equal(book.intents[0].time, "2023-10-26T10:22:32Z");
    assert_string_equal(book.intents[0].body_hash, HASH);
    assert_string_equal(book.intents[0].plan_name, "a \"plan\"\n\xE5\x8C\x97");
    assert_string_equal(book.intents[0].endpoint, "rocketmq.cn-hangzhou.aliyuncs.com");
    assert_string_equal(book.intents[0].scheme, "https");
    assert_string_equal(book.intents[0].region, "cn-hangzhou");
    assert_string_equal(book.intents[0].instances, "[{\"instanceId\":\"rmq-cn-1\"},{}]");
    assert_true(book.intents[0].seen_all);
    assert_int_equal(book.intents[0].ids_count, 2);
    assert_string_equal(book.intents[0].ids_seen[0], "1");
    assert_string_equal(book.intents[0].ids_seen[1], "9223372036854775807");
    book_close(&book);
}

static void a_final_outcome_closes_an_intent(void **state)
{
    static const char *const words[] = {"created",  "exists",  "refused",  "throttled",
                                        "not_sent", "invalid", "cancelled"};
    struct book book;

    (void)state;
    book_open(&book);
    write_intent(&book, "kept", "first");
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        write_intent(&book, "closed", "second");
        write_outcome(&book, "closed", words[i]);
    }
    write_intent(&book, "kept too", "third");
    book_read(&book);
    assert_int_equal(book.count, 2);
    assert_string_equal(book.intents[0].plan_name, "first");
    assert_string_equal(book.intents[1].plan_name, "third");
    assert_int_equal(book.broken, 0);
    book_close(&book);
}

static void an_unknown_outcome_leaves_an_intent_open_until_it_is_known(void **state)
{
    struct book book;

    (void)state;
    book_open(&book);
    write_intent(&book, "n1", "plan");
    write_outcome(&book, "n1", "unknown");
    book_read(&book);
    assert_int_equal(book.count, 1);
    write_outcome(&book, "n1", "created");
    book_read(&book);
    assert_int_equal(book.count, 0);
    write_outcome(&book, "n1", "unknown");
    write_outcome(&book, "never seen", "created");
    book_read(&book);
    assert_int_equal(book.count, 0);
    assert_int_equal(book.broken, 0);
    book_close(&book);
}

static void a_region_may_be_missing(void **state)
{
    static char name[] = "plan", endpoint[] = "127.0.0.1:18080";
    struct journal_intent intent = {.nonce = "n1",
                                    .time = "2023-10-26T10:22:32Z",
                                    .body_hash = HASH,
                                    .plan_name = name,
                                    .endpoint = endpoint};
    struct book book;
    struct error err;

    (void)state;
    book_open(&book);
    assert_true(journal_write_intent(book.journal, &intent, &err));
    book_read(&book);
    assert_int_equal(book.count, 1);
    assert_null(book.intents[0].region);
    assert_int_equal(book.intents[0].ids_count, 0);
    book_close(&book);
}

/* Members of an intent line, to be put together with one of them missing or wrong. */
#define MEMBER(name, text)  "\"" name "\":\"" text "\","
#define TIME                MEMBER("time", "2023-10-26T10:22:32Z")
#define BODY                MEMBER("bodyHash", HASH)
#define NAME                MEMBER("planName", "plan")
#define HOST                MEMBER("endpoint", "h")
#define IDS                 "\"idsSeen\":[\"1\"]"
#define LINE(members)       "{\"type\":\"intent\"," members "}"
#define INTENT(nonce, name) LINE(TIME MEMBER("nonce", nonce) BODY MEMBER("planName", name) HOST IDS)
#define LONG64              "0123456789012345678901234567890123456789012345678901234567890123"

static void lines_that_cannot_be_read_are_passed_over_and_counted(void **state)
{
    static const char *const broken[] = {
        "{\"type\":\"intent\",\"time\":\"2023",
        "garbage",
        "[]",
        "1",
        "{}",
        "{\"type\":1}",
        "{\"type\":\"something of a later version\"}",
        "{\"type\":\"intent\"}",
        "{\"type\":\"outcome\"}",
        "{\"type\":\"outcome\",\"nonce\":\"n1\"}",
        "{\"type\":\"outcome\",\"outcome\":\"created\"}",
        "{\"type\":\"outcome\",\"nonce\":1,\"outcome\":\"created\"}",
        INTENT(LONG64 "5", "nonce too long"),
        INTENT("", "no nonce"),
        LINE(TIME MEMBER("nonce", "x") BODY NAME IDS),
        LINE(TIME MEMBER("nonce", "x") BODY HOST IDS),
        LINE(TIME MEMBER("nonce", "x") NAME HOST IDS),
        LINE(TIME MEMBER("nonce", "x") BODY NAME HOST "\"idsSeen\":[\"1\",2]"),
        LINE(TIME MEMBER("nonce", "x") BODY NAME HOST "\"idsSeen\":null"),
        LINE(TIME MEMBER("nonce", "x") BODY NAME HOST "\"noIds\":[]"),
        LINE(MEMBER("time", "yesterday at ten past") MEMBER("nonce", "x") BODY NAME HOST IDS),
    };
    size_t count = sizeof(broken) / sizeof(broken[0]);
    struct buf text = BUF_INIT;
    struct book book;

    (void)state;
    book_open(&book);
    buf_add_text(&text, INTENT("n1", "first") "\n\n\n");
    for (size_t i = 0; i < count; i++)
        buf_addf(&text, "%s\n", broken[i]);
    buf_add_text(&text, INTENT(LONG64, "last") "\n");
    write_text(&book, buf_text(&text));
    book_read(&book);
    assert_int_equal(book.broken, count);
    assert_int_equal(book.count, 2);
    assert_string_equal(book.intents[0].plan_name, "first");
    assert_string_equal(book.intents[1].plan_name, "last");
    assert_string_equal(book.intents[1].nonce, LONG64);
    buf_release(&text);
    book_close(&book);
}

static void a_line_that_a_crash_cut_does_not_swallow_the_next(void **state)
{
    struct book book;
    struct error err;

    (void)state;
    book_open(&book);
    write_text(&book, INTENT("n1", "first") "\n{\"type\":\"outcome\",\"time\":\"20");
    write_intent(&book, "n2", "second");
    book_read(&book);
    assert_int_equal(book.count, 2);
    assert_int_equal(book.broken, 1);
    book_forget(&book);
    write_text(&book, INTENT("n1", "whole, but without its newline"));
    assert_true(journal_write_outcome(book.journal, "n1", "created", "1", NULL, &err));
    book_read(&book);
    assert_int_equal(book.count, 0);
    assert_int_equal(book.broken, 0);
    book_close(&book);
}

static void broken_lines_need_not_be_counted(void **state)
{
    struct book book;
    struct error err;

    (void)state;
    book_open(&book);
    write_text(&book, "garbage\n" INTENT("n1", "plan"));
    assert_true(journal_open_intents(book.journal, &book.intents, &book.count, NULL, &err));
    assert_int_equal(book.count, 1);
    book_close(&book);
}

static void what_is_no_file_is_an_error(void **state)
{
    struct book book;
    struct error err;

    (void)state;
    book_open(&book);
    assert_int_equal(mkdir(book.path, 0700), 0);
    assert_false(journal_open_intents(book.journal, &book.intents, &book.count, &book.broken, &err));
    assert_int_equal(err.kind, ERROR_FILE);
    assert_int_equal(book.count, 0);
    assert_null(book.intents);
    assert_false(journal_write_outcome(book.journal, "n1", "created", NULL, NULL, &err));
    assert_int_equal(err.kind, ERROR_FILE);
    assert_int_equal(rmdir(book.path), 0);
    book_close(&book);
}

static void a_pipe_does_not_make_it_wait(void **state)
{
    struct book book;
    struct error err;

    (void)state;
    book_open(&book);
    assert_int_equal(mkfifo(book.path, 0600), 0);
    assert_false(journal_open_intents(book.journal, &book.intents, &book.count, &book.broken, &err));
    assert_false(journal_write_outcome(book.journal, "n1", "created", NULL, NULL, &err));
    book_close(&book);
}

static void the_usual_place_is_made_with_the_first_line(void **state)
{
    static char name[] = "plan", endpoint[] = "h";
    struct journal_intent intent = {.nonce = "n1",
                                    .time = "2023-10-26T10:22:32Z",
                                    .body_hash = HASH,
                                    .plan_name = name,
                                    .endpoint = endpoint};
    struct scratch scratch = scratch_make();
    struct fake_host host = fake_host();
    struct journal *journal;
    struct stat facts;
    struct error err;
    char state_home[256], path[512];

    (void)state;
    scratch_path(&scratch, "state", state_home);
    fake_setenv(&host, "XDG_STATE_HOME", state_home);
    journal = journal_open(&host.host, NULL, &err);
    assert_non_null(journal);
    assert_int_equal(access(state_home, F_OK), -1);
    assert_true(journal_write_intent(journal, &intent, &err));
    snprintf(path, sizeof(path), "%s/drplan/journal.jsonl", state_home);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(unlink(path), 0);
    snprintf(path, sizeof(path), "%s/drplan", state_home);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0700);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(state_home), 0);
    assert_int_equal(rmdir(scratch.path), 0);
    journal_close(journal);
}

static void without_a_usual_place_there_is_no_journal(void **state)
{
    struct fake_host host = fake_host();
    struct error err;

    (void)state;
    assert_null(journal_open(&host.host, NULL, &err));
    assert_int_equal(err.kind, ERROR_FILE);
    journal_close(NULL);
}

static void a_folder_that_cannot_be_made_is_an_error(void **state)
{
    struct book book;
    struct journal *journal;
    struct error err;

    (void)state;
    book_open(&book);
    write_text(&book, "not a folder");
    fake_setenv(&book.host, "XDG_STATE_HOME", book.path);
    journal = journal_open(&book.host.host, NULL, &err);
    assert_non_null(journal);
    assert_false(journal_write_outcome(journal, "n1", "created", NULL, NULL, &err));
    assert_int_equal(err.kind, ERROR_FILE);
    journal_close(journal);
    book_close(&book);
}

static void a_path_without_measure_is_an_error(void **state)
{
    struct fake_host host = fake_host();
    char *path = malloc(BUF_LIMIT_DEFAULT + 2);
    struct error err;

    (void)state;
    assert_non_null(path);
    memset(path, 'a', BUF_LIMIT_DEFAULT + 1);
    path[BUF_LIMIT_DEFAULT + 1] = '\0';
    assert_null(journal_open(&host.host, path, &err));
    assert_int_equal(err.kind, ERROR_MEMORY);
    free(path);
}

/* ---- For many submissions ---- */

static void write_end(struct book *book, const char *nonce, const char *word, const char *id)
{
    struct error err;

    if (!journal_write_outcome(book->journal, nonce, word, id, "R-1", &err))
        fail_msg("%s", err.text);
}

static size_t lines_in(const char *path)
{
    struct buf text = BUF_INIT;
    struct error err;
    size_t lines = 0;

    assert_true(file_read(path, 1 << 20, &text, NULL, &err));
    for (size_t i = 0; i < text.length; i++)
        lines += text.data[i] == '\n';
    buf_release(&text);
    return lines;
}

static void lines_of_a_group_are_all_there(void **state)
{
    struct book book;
    struct stat status;
    struct error err;

    (void)state;
    book_open(&book);
    journal_group(book.journal);
    assert_true(journal_sync(book.journal, &err));
    for (int i = 0; i < 50; i++) {
        write_intent(&book, "n-1", "orders");
        write_end(&book, "n-1", "created", "12");
        assert_true(journal_sync(book.journal, &err));
    }
    assert_int_equal(lines_in(book.path), 100);
    assert_int_equal(stat(book.path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    book_read(&book);
    assert_int_equal(book.count, 0);
    assert_int_equal(book.broken, 0);
    book_close(&book);
}

static void a_group_is_written_when_it_has_to_be(void **state)
{
    struct book book;
    struct error err;

    (void)state;
    book_open(&book);
    journal_group(book.journal);
    write_intent(&book, "n-1", "orders");
    write_intent(&book, "n-2", "orders");
    assert_int_equal(access(book.path, F_OK), -1);
    assert_true(journal_flush(book.journal, &err));
    assert_int_equal(lines_in(book.path), 2);
    write_end(&book, "n-1", "created", "12");
    book_read(&book);
    assert_int_equal(book.count, 1);
    assert_string_equal(book.intents[0].nonce, "n-2");
    write_end(&book, "n-2", "created", "13");
    journal_close(book.journal);
    assert_int_equal(lines_in(book.path), 4);
    book.journal = NULL;
    book_close(&book);
}

static void a_group_goes_on_in_a_new_file_when_the_old_one_goes(void **state)
{
    struct book book;
    struct error err;

    (void)state;
    book_open(&book);
    journal_group(book.journal);
    write_intent(&book, "n-1", "orders");
    assert_true(journal_flush(book.journal, &err));
    assert_int_equal(unlink(book.path), 0);
    write_intent(&book, "n-2", "orders");
    assert_true(journal_sync(book.journal, &err));
    assert_int_equal(lines_in(book.path), 1);
    book_close(&book);
}

static void a_group_ends_a_line_that_somebody_left_cut(void **state)
{
    struct book book;

    (void)state;
    book_open(&book);
    journal_group(book.journal);
    scratch_write(&book.scratch, "journal.jsonl", "{\"type\":\"int", 12);
    write_intent(&book, "n-1", "orders");
    book_read(&book);
    assert_int_equal(book.count, 1);
    assert_int_equal(book.broken, 1);
    book_close(&book);
}

static void a_group_whose_file_cannot_be_made_is_an_error(void **state)
{
    struct journal_intent intent = {.nonce = "n"};
    struct book book;
    struct error err;

    (void)state;
    book_open(&book);
    assert_int_equal(mkdir(book.path, 0700), 0);
    journal_group(book.journal);
    assert_true(journal_write_intent(book.journal, &intent, &err));
    assert_false(journal_flush(book.journal, &err));
    assert_int_equal(err.kind, ERROR_FILE);
    assert_true(journal_write_intent(book.journal, &intent, &err));
    assert_false(journal_sync(book.journal, &err));
    assert_int_equal(err.kind, ERROR_FILE);
    assert_int_equal(rmdir(book.path), 0);
    assert_true(journal_sync(book.journal, &err));
    assert_int_equal(access(book.path, F_OK), -1);
    book_close(&book);
}

static void what_was_created_is_known_by_body_and_host(void **state)
{
    static const char host[] = "rocketmq.cn-hangzhou.aliyuncs.com";
    struct journal_created_list list;
    const struct journal_created *found;
    struct book book;
    struct error err;
    char nonce[16], other[65] = HASH;

    (void)state;
    book_open(&book);
    assert_true(journal_read_created(book.journal, &list, &err));
    assert_int_equal(list.count, 0);
    assert_null(journal_created_find(&list, HASH, host));
    for (int i = 0; i < 9; i++) {
        snprintf(nonce, sizeof(nonce), "n-%d", i);
        write_intent(&book, nonce, "orders");
    }
    write_end(&book, "n-0", "refused", NULL);
    write_end(&book, "n-1", "unknown", NULL);
    assert_true(journal_read_created(book.journal, &list, &err));
    assert_int_equal(list.count, 0);
    /* What was unknown, and found later. */
    write_end(&book, "n-1", "created", "77");
    for (int i = 2; i < 9; i++) {
        snprintf(nonce, sizeof(nonce), "n-%d", i);
        write_end(&book, nonce, "created", "77");
    }
    write_end(&book, "n-of-nobody", "created", "78");
    assert_true(journal_read_created(book.journal, &list, &err));
    assert_int_equal(list.count, 8);
    found = journal_created_find(&list, HASH, host);
    assert_non_null(found);
    assert_string_equal(found->plan_id, "77");
    assert_int_equal(strlen(found->time), 20);
    assert_null(journal_created_find(&list, HASH, "rocketmq.cn-beijing.aliyuncs.com"));
    other[0] = other[0] == '0' ? '1' : '0';
    assert_null(journal_created_find(&list, other, host));
    journal_created_release(&list);
    book_close(&book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_journal_that_is_not_there_has_no_intents),
        cmocka_unit_test(lines_are_one_object_each_and_for_the_owner_alone),
        cmocka_unit_test(an_intent_comes_back_as_it_was_written),
        cmocka_unit_test(a_final_outcome_closes_an_intent),
        cmocka_unit_test(an_unknown_outcome_leaves_an_intent_open_until_it_is_known),
        cmocka_unit_test(a_region_may_be_missing),
        cmocka_unit_test(lines_that_cannot_be_read_are_passed_over_and_counted),
        cmocka_unit_test(a_line_that_a_crash_cut_does_not_swallow_the_next),
        cmocka_unit_test(broken_lines_need_not_be_counted),
        cmocka_unit_test(what_is_no_file_is_an_error),
        cmocka_unit_test(a_pipe_does_not_make_it_wait),
        cmocka_unit_test(the_usual_place_is_made_with_the_first_line),
        cmocka_unit_test(without_a_usual_place_there_is_no_journal),
        cmocka_unit_test(a_folder_that_cannot_be_made_is_an_error),
        cmocka_unit_test(a_path_without_measure_is_an_error),
        cmocka_unit_test(lines_of_a_group_are_all_there),
        cmocka_unit_test(a_group_is_written_when_it_has_to_be),
        cmocka_unit_test(a_group_goes_on_in_a_new_file_when_the_old_one_goes),
        cmocka_unit_test(a_group_ends_a_line_that_somebody_left_cut),
        cmocka_unit_test(a_group_whose_file_cannot_be_made_is_an_error),
        cmocka_unit_test(what_was_created_is_known_by_body_and_host),
    };

    return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
