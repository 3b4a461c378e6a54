#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/known_names.h"
#include "api/submission.h"
#include "submission_bench.h"

/* What submissions do for a batch: names known beforehand, intents held back, one pace for all. */

#define START(bench, ...)                                                                                    \
    static const struct wire_step script[] = {__VA_ARGS__};                                                  \
    struct bench bench;                                                                                      \
    bench_start(&(bench), script, sizeof(script) / sizeof(script[0]), NULL)

#define THROTTLED                                                                                            \
    HTTP(429, "x-acs-retry-after: 3000\r\n",                                                                 \
         "{\"requestId\":\"T\",\"code\":\"Throttling.User\",\"message\":\"slow down\"}")

/* ---- A name that is known to be new ---- */

static void a_name_that_is_new_is_sent_without_a_look(void **state)
{
    struct submission_options options = submission_defaults;
    struct submission *submission;

    (void)state;
    START(bench, {WIRE_ANSWER, CREATED, 0, NULL});
    options.name_is_new = true;
    submission = bench_submit(&bench, &options);
    bench_finish(&bench, submission);
    assert_int_equal(submission_report(submission)->outcome, OUTCOME_CREATED);
    assert_int_equal(wire_server_count(bench.server, "GET "), 0);
    assert_int_equal(wire_server_count(bench.server, "POST "), 1);
    assert_string_equal(bench.pauses, "");
    submission_free(submission);
    bench_stop(&bench);
}

static void an_unknown_end_of_it_is_looked_for_as_ever(void **state)
{
    struct submission_options options = submission_defaults;
    struct submission *submission;

    (void)state;
    START(bench, {WIRE_RESET, NULL, 0, NULL}, {WIRE_ANSWER, FOUND, 0, NULL});
    options.name_is_new = true;
    submission = bench_submit(&bench, &options);
    bench_finish(&bench, submission);
    assert_int_equal(submission_report(submission)->outcome, OUTCOME_CREATED);
    assert_non_null(strstr(submission_report(submission)->reason, "found afterwards"));
    assert_int_equal(wire_server_count(bench.server, "POST "), 1);
    submission_free(submission);
    bench_stop(&bench);
}

/* ---- Held between the intent and the sending ---- */

static struct submission *held_submission(struct bench *bench)
{
    struct submission_options options = submission_defaults;
    struct submission *submission;

    journal_group(bench->journal);
    options.name_is_new = true;
    options.held = true;
    submission = bench_submit(bench, &options);
    assert_true(submission_is_held(submission));
    assert_int_equal(transport_running(bench->transport), 0);
    return submission;
}

static void what_is_held_has_its_intent_and_is_not_sent(void **state)
{
    struct submission *submission;
    struct error err;
    char words[256];

    (void)state;
    START(bench, {WIRE_ANSWER, CREATED, 0, NULL});
    submission = held_submission(&bench);
    submission_tick(submission);
    assert_int_equal(submission_timeout(submission), -1);
    bench_journal(&bench, words, sizeof(words));
    assert_string_equal(words, "intent");
    assert_true(journal_sync(bench.journal, &err));
    submission_go_on(submission, NULL);
    assert_false(submission_is_held(submission));
    bench_finish(&bench, submission);
    assert_int_equal(submission_report(submission)->outcome, OUTCOME_CREATED);
    assert_int_equal(wire_server_count(bench.server, "POST "), 1);
    bench_journal(&bench, words, sizeof(words));
    assert_string_equal(words, "intent created:42");
    submission_free(submission);
    bench_stop(&bench);
}

static void an_intent_that_is_not_on_the_disk_is_not_sent(void **state)
{
    struct submission *submission;
    struct error err;
    char words[256];

    (void)state;
    START(bench, {WIRE_ANSWER, CREATED, 0, NULL});
    submission = held_submission(&bench);
    error_set(&err, ERROR_FILE, "the disk is full");
    submission_go_on(submission, &err);
    assert_true(submission_done(submission));
    assert_int_equal(submission_report(submission)->outcome, OUTCOME_NOT_SENT);
    assert_non_null(strstr(submission_report(submission)->reason, "the disk is full"));
    bench_journal(&bench, words, sizeof(words));
    assert_string_equal(words, "intent not_sent");
    submission_free(submission);
    assert_int_equal(wire_server_connections(bench.server), 0);
    bench_stop(&bench);
}

static void what_is_held_can_be_stopped(void **state)
{
    struct submission *submission;
    char words[256];

    (void)state;
    START(bench, {WIRE_ANSWER, CREATED, 0, NULL});
    submission = held_submission(&bench);
    submission_cancel(submission);
    assert_int_equal(submission_report(submission)->outcome, OUTCOME_CANCELLED);
    assert_false(submission_is_held(submission));
    submission_free(submission);
    submission = held_submission(&bench);
    submission_free(submission);
    bench_journal(&bench, words, sizeof(words));
    assert_string_equal(words, "intent cancelled intent cancelled");
    assert_int_equal(wire_server_connections(bench.server), 0);
    bench_stop(&bench);
}

/* ---- One pace for all ---- */

static void one_that_is_throttled_holds_the_others(void **state)
{
    struct submission_options options = submission_defaults;
    struct submission *first, *second;
    struct pace pace = {0};

    (void)state;
    START(bench, {WIRE_ANSWER, THROTTLED, 0, NULL}, {WIRE_ANSWER, CREATED, 0, NULL},
          {WIRE_ANSWER, CREATED, 0, NULL});
    options.name_is_new = true;
    options.pace = &pace;
    first = bench_submit(&bench, &options);
    while (submission_report(first)->phase == PHASE_SENDING)
        bench_turn(&bench, first);
    second = bench_submit(&bench, &options);
    assert_int_equal(submission_report(second)->phase, PHASE_WAITING);
    assert_int_equal(submission_timeout(second), 3000);
    assert_int_equal(transport_running(bench.transport), 0);
    bench_finish(&bench, first);
    bench_finish(&bench, second);
    assert_int_equal(submission_report(first)->outcome, OUTCOME_CREATED);
    assert_int_equal(submission_report(second)->outcome, OUTCOME_CREATED);
    assert_int_equal(wire_server_count(bench.server, "POST "), 3);
    submission_free(first);
    submission_free(second);
    bench_stop(&bench);
}

/* ---- Names listed beforehand ---- */

static void turn(struct bench *bench, const struct known_names *known)
{
    struct error err;

    for (int turns = 0; known_names_running(known) && turns < 1000; turns++)
        assert_true(transport_wait(bench->transport, NULL, 0, 20000, &err) >= 0);
    assert_false(known_names_running(known));
}

static struct known_names *list_names(struct bench *bench, size_t wanted)
{
    struct error err;
    struct known_names *known = known_names_new(&bench->client, bench->transport, &err);

    assert_non_null(known);
    assert_false(known_names_is_new(known, "night"));
    assert_true(known_names_refresh(known, wanted));
    turn(bench, known);
    return known;
}

static void what_is_not_listed_is_new(void **state)
{
    struct known_names *known;
    struct error err;

    (void)state;
    START(bench, {WIRE_ANSWER, LISTED(PLAN(1, "night", SAME) "," PLAN(2, "day", SAME), 3), 0, NULL},
          {WIRE_ANSWER, LISTED(PLAN(3, "dusk", SAME), 3), 0, NULL});
    known = list_names(&bench, 100);
    assert_int_equal(wire_server_requests(bench.server), 2);
    assert_false(known_names_is_new(known, "night"));
    assert_false(known_names_is_new(known, "day"));
    assert_false(known_names_is_new(known, "dusk"));
    assert_true(known_names_is_new(known, "dawn"));
    assert_true(known_names_add(known, "dawn", &err));
    assert_false(known_names_is_new(known, "dawn"));
    assert_true(known_names_fit(known, &bench.client));
    known_names_free(known);
    bench_stop(&bench);
}

static void a_list_counts_for_a_while_only(void **state)
{
    struct known_names *known;

    (void)state;
    START(bench, {WIRE_ANSWER, NONE, 0, NULL}, {WIRE_ANSWER, FOUND, 0, NULL});
    known = list_names(&bench, 100);
    assert_true(known_names_is_new(known, "night"));
    bench.host.ticks += KNOWN_NAMES_MS - 1;
    assert_false(known_names_refresh(known, 100));
    assert_true(known_names_is_new(known, "night"));
    bench.host.ticks += 1;
    assert_false(known_names_is_new(known, "night"));
    assert_true(known_names_refresh(known, 100));
    assert_false(known_names_is_new(known, "dawn"));
    turn(&bench, known);
    assert_false(known_names_is_new(known, "night"));
    assert_true(known_names_is_new(known, "dawn"));
    known_names_free(known);
    bench_stop(&bench);
}

/* Nothing is new after an answer that does not say so. */
static void nothing_is_known_after(const char *first, const char *second, size_t wanted, size_t requests)
{
    const struct wire_step script[] = {{WIRE_ANSWER, first, 0, NULL}, {WIRE_ANSWER, second, 0, NULL}};
    struct known_names *known;
    struct bench bench;

    bench_start(&bench, script, 2, NULL);
    known = list_names(&bench, wanted);
    assert_false(known_names_is_new(known, "dawn"));
    assert_int_equal(wire_server_requests(bench.server), requests);
    known_names_free(known);
    bench_stop(&bench);
}

static void a_list_that_is_not_whole_says_nothing(void **state)
{
    (void)state;
    nothing_is_known_after(HTTP(403, "", "{\"code\":\"NoPermission\",\"requestId\":\"R\"}"), NULL, 100, 1);
    nothing_is_known_after(HTTP(200, "", "<html>"), NULL, 100, 1);
    nothing_is_known_after(HTTP(200, "", "{\"requestId\":\"L\",\"success\":true,\"data\":{}}"), NULL, 100, 1);
    nothing_is_known_after(HTTP(200, "", "{\"requestId\":\"L\",\"success\":true,\"data\":{\"list\":[]}}"),
                           NULL, 100, 1);
    nothing_is_known_after(LISTED("", 5), NULL, 100, 1);
    nothing_is_known_after("HTTP/1.1 200 OK\r\nContent-Le", NULL, 100, 1);
    nothing_is_known_after(LISTED(PLAN(1, "night", SAME), 2), HTTP(503, "", "{}"), 100, 2);
    /* One went while it was listed, so another may have slipped through. */
    nothing_is_known_after(LISTED(PLAN(1, "night", SAME), 3), LISTED(PLAN(2, "day", SAME), 2), 100, 2);
    /* 3 pages are more than half of 5 looks; for one draft nothing is listed at all. */
    nothing_is_known_after(LISTED(PLAN(1, "night", SAME), 201), NULL, 5, 1);
    nothing_is_known_after(NONE, NULL, 1, 0);
}

static void names_are_those_of_one_client(void **state)
{
    struct credentials others = {0};
    struct known_names *known;
    struct client client;

    (void)state;
    START(bench, {WIRE_ANSWER, NONE, 0, NULL});
    known = list_names(&bench, 100);
    client = bench.client;
    client.credentials = &others;
    assert_false(known_names_fit(known, &client));
    client = bench.client;
    snprintf(client.endpoint.host, sizeof(client.endpoint.host), "127.0.0.1:1");
    assert_false(known_names_fit(known, &client));
    client = bench.client;
    client.region = "cn-hangzhou";
    assert_false(known_names_fit(known, &client));
    known_names_free(known);
    bench_stop(&bench);
}

static void a_list_on_its_way_can_be_dropped(void **state)
{
    struct known_names *known;
    struct error err;

    (void)state;
    START(bench, {WIRE_SILENT, NULL, 0, NULL});
    known = known_names_new(&bench.client, bench.transport, &err);
    assert_true(known_names_refresh(known, 100));
    assert_true(known_names_running(known));
    known_names_free(known);
    assert_int_equal(transport_running(bench.transport), 0);
    bench_stop(&bench);
}

static void thousands_of_names_are_told_apart(void **state)
{
    struct known_names *known;
    struct error err;
    char name[32];

    (void)state;
    START(bench, {WIRE_ANSWER, NONE, 0, NULL});
    known = list_names(&bench, 100);
    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof(name), "plan-%d", i);
        assert_true(known_names_is_new(known, name));
        assert_true(known_names_add(known, name, &err));
    }
    assert_false(known_names_is_new(known, "plan-0"));
    assert_false(known_names_is_new(known, "plan-19999"));
    known_names_free(known);
    bench_stop(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_that_is_new_is_sent_without_a_look),
        cmocka_unit_test(an_unknown_end_of_it_is_looked_for_as_ever),
        cmocka_unit_test(what_is_held_has_its_intent_and_is_not_sent),
        cmocka_unit_test(an_intent_that_is_not_on_the_disk_is_not_sent),
        cmocka_unit_test(what_is_held_can_be_stopped),
        cmocka_unit_test(one_that_is_throttled_holds_the_others),
        cmocka_unit_test(what_is_not_listed_is_new),
        cmocka_unit_test(a_list_counts_for_a_while_only),
        cmocka_unit_test(a_list_that_is_not_whole_says_nothing),
        cmocka_unit_test(names_are_those_of_one_client),
        cmocka_unit_test(a_list_on_its_way_can_be_dropped),
        cmocka_unit_test(thousands_of_names_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
