#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <curl/curl.h>

#include "base/json.h"
#include "failing_memory.h"
#include "submission_bench.h"

/* What becomes of a submission when the request cannot even be begun, and when an intent cannot be taken up.
 */

static bool next_add_fails;

CURLMcode __real_curl_multi_add_handle(CURLM *multi, CURL *easy);
CURLMcode __wrap_curl_multi_add_handle(CURLM *multi, CURL *easy);

CURLMcode __wrap_curl_multi_add_handle(CURLM *multi, CURL *easy)
{
    bool fails = next_add_fails;

    next_add_fails = false;
    return fails ? CURLM_OUT_OF_MEMORY : __real_curl_multi_add_handle(multi, easy);
}

#define SAY(text)                                                                                            \
    {                                                                                                        \
        WIRE_ANSWER, text, 0, NULL                                                                           \
    }

static const struct submission_options once = {
    .look_attempts = 1, .look_pause_ms = 2000, .throttle_patience_ms = 60000};

static void end_is(struct bench *bench, struct submission *submission, enum outcome outcome,
                   const char *journal, const char *reason)
{
    const struct submission_report *report;
    char words[256];

    bench_finish(bench, submission);
    report = submission_report(submission);
    bench_journal(bench, words, sizeof(words));
    assert_string_equal(outcome_word(report->outcome), outcome_word(outcome));
    assert_string_equal(words, journal);
    if (!strstr(report->reason, reason))
        fail_msg("\"%s\" is not in \"%s\"", reason, report->reason);
}

/* ---- Held until the journal is on the disk ---- */

static struct submission *held(struct bench *bench, const struct wire_step *script, size_t count)
{
    struct submission_options options = once;
    struct submission *submission;

    options.held = true;
    options.name_is_new = true;
    bench_start(bench, script, count, NULL);
    submission = bench_submit(bench, &options);
    assert_true(submission_is_held(submission));
    return submission;
}

static void a_held_request_that_cannot_be_begun_was_not_sent(void **state)
{
    struct bench bench;
    struct submission *submission = held(&bench, NULL, 0);

    (void)state;
    next_add_fails = true;
    submission_go_on(submission, NULL);
    assert_false(next_add_fails);
    assert_int_equal(wire_server_connections(bench.server), 0);
    end_is(&bench, submission, OUTCOME_NOT_SENT, "intent not_sent", "Nothing was sent: memory is short");
    submission_free(submission);
    bench_stop(&bench);
}

/* ---- The same bytes again ---- */

static const struct wire_step without_an_answer[] = {SAY(NONE), SAY(NULL), SAY(NONE), SAY(FOUND)};

static struct submission *unknown(struct bench *bench, size_t count)
{
    struct submission *submission;

    bench_start(bench, without_an_answer, count, NULL);
    submission = bench_submit(bench, &once);
    bench_finish(bench, submission);
    assert_int_equal(submission_report(submission)->outcome, OUTCOME_UNKNOWN);
    return submission;
}

static void a_second_sending_that_cannot_be_begun_is_looked_into(void **state)
{
    struct bench bench;
    struct submission *submission = unknown(&bench, 4);

    (void)state;
    next_add_fails = true;
    assert_true(submission_repeat(submission));
    assert_false(next_add_fails);
    end_is(&bench, submission, OUTCOME_CREATED, "intent unknown created:77", "found afterwards");
    assert_int_equal(wire_server_count(bench.server, "POST "), 1);
    submission_free(submission);
    bench_stop(&bench);
}

static void a_second_sending_to_nobody_settles_nothing(void **state)
{
    struct bench bench;
    struct submission *submission = unknown(&bench, 3);

    (void)state;
    wire_server_stop(bench.server);
    bench.server = wire_server_start(NULL, 0, NULL); /* elsewhere */
    assert_true(submission_repeat(submission));
    end_is(&bench, submission, OUTCOME_UNKNOWN, "intent unknown unknown", "The second sending did not leave");
    assert_true(submission_report(submission)->can_repeat);
    submission_free(submission);
    bench_stop(&bench);
}

/* ---- An intent that another process left ---- */

static void an_intent_is_taken_up_whole_or_not_at_all(void **state)
{
    static const struct wire_step script[] = {
        SAY(LISTED(PLAN(5, "night", SAME) "," PLAN(6, "night", SAME), 2))};
    static char name[] = "night", endpoint[] = "h", instances[] = SAME, five[] = "5";
    char *seen[] = {five};
    const struct journal_intent intent = {.nonce = "n",
                                          .time = "2023-10-26T10:22:32Z",
                                          .plan_name = name,
                                          .endpoint = endpoint,
                                          .instances = instances,
                                          .seen_all = true,
                                          .ids_seen = seen,
                                          .ids_count = 1};
    struct submission *submission = NULL;
    struct bench bench;
    int failed = 0;

    (void)state;
    json_wipe_on_free();
    bench_start(&bench, script, 1, NULL);
    while (shortage_next(true)) {
        struct error err = {0};

        submission_free(submission);
        shortage.armed = true;
        submission = submission_resume(&bench.client, bench.transport, bench.journal, &once, &intent, &err);
        shortage.armed = false;
        assert_true(submission || err.kind == ERROR_MEMORY);
        failed += !submission;
    }
    assert_in_range(failed, 3, 100);
    /* It is not taken for the plan that was there before. */
    end_is(&bench, submission, OUTCOME_CREATED, "created:6", "found afterwards");
    submission_free(submission);
    bench_stop(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_held_request_that_cannot_be_begun_was_not_sent),
        cmocka_unit_test(a_second_sending_that_cannot_be_begun_is_looked_into),
        cmocka_unit_test(a_second_sending_to_nobody_settles_nothing),
        cmocka_unit_test(an_intent_is_taken_up_whole_or_not_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
