#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clean.h"
#include "submission_bench.h"

/* What can be done about an outcome that is unknown: look again, send the same bytes again, take up an
 * intent. */

#define SAY(text)                                                                                            \
    {                                                                                                        \
        WIRE_ANSWER, text, 0, NULL                                                                           \
    }
#define DROP                                                                                                 \
    {                                                                                                        \
        WIRE_ANSWER, NULL, 0, NULL                                                                           \
    }
#define NO(status, code) HTTP(status, "", "{\"code\":\"" code "\",\"message\":\"no\"}")
#define COUNT(script)    (sizeof(script) / sizeof((script)[0]))

static const struct submission_options once = {
    .look_attempts = 1, .look_pause_ms = 2000, .throttle_patience_ms = 60000};

/* Submits, and gets no answer: the first three steps of the script are NONE, DROP, NONE. */
static struct submission *unknown(struct bench *bench, const struct wire_step *script, size_t count)
{
    struct submission *submission;

    bench_start(bench, script, count, NULL);
    submission = bench_submit(bench, &once);
    bench_finish(bench, submission);
    assert_int_equal(submission_report(submission)->outcome, OUTCOME_UNKNOWN);
    return submission;
}

static void end_is(struct bench *bench, struct submission *submission, enum outcome outcome,
                   const char *journal, const char *reason)
{
    const struct submission_report *report = submission_report(submission);
    char words[256];

    bench_finish(bench, submission);
    bench_journal(bench, words, sizeof(words));
    assert_string_equal(outcome_word(report->outcome), outcome_word(outcome));
    assert_string_equal(words, journal);
    if (!strstr(report->reason, reason))
        fail_msg("\"%s\" is not in \"%s\"", reason, report->reason);
    assert_true(clean_is_clean(report->reason, strlen(report->reason)));
    submission_free(submission);
    bench_stop(bench);
}

/* ---- looking again ---- */

static void a_second_round_of_looks_finds_what_came_late(void **state)
{
    static const struct wire_step script[] = {SAY(NONE), DROP, SAY(NONE), SAY(FOUND)};
    struct bench bench;
    struct submission *submission = unknown(&bench, script, COUNT(script));

    (void)state;
    submission_look_again(submission);
    assert_false(submission_done(submission));
    end_is(&bench, submission, OUTCOME_CREATED, "intent unknown created:77", "found afterwards");
}

static void a_second_round_may_find_nothing(void **state)
{
    static const struct wire_step script[] = {SAY(NONE), DROP, SAY(NONE), SAY(NONE), SAY(NONE)};
    struct bench bench;
    struct submission *submission = unknown(&bench, script, COUNT(script));

    (void)state;
    submission_look_again(submission);
    bench_finish(&bench, submission);
    assert_int_equal(submission_report(submission)->looks, 1);
    submission_look_again(submission);
    assert_int_equal(wire_server_count(bench.server, "POST "), 1);
    end_is(&bench, submission, OUTCOME_UNKNOWN, "intent unknown unknown unknown", "no new plan");
}

static void what_is_known_is_not_looked_for(void **state)
{
    static const struct wire_step script[] = {SAY(NONE), SAY(CREATED)};
    struct bench bench;
    struct submission *submission;

    (void)state;
    bench_start(&bench, script, COUNT(script), NULL);
    submission = bench_submit(&bench, &once);
    bench_finish(&bench, submission);
    assert_false(submission_report(submission)->can_repeat);
    submission_look_again(submission);
    assert_true(submission_done(submission));
    assert_false(submission_repeat(submission));
    assert_int_equal(wire_server_connections(bench.server), 2);
    end_is(&bench, submission, OUTCOME_CREATED, "intent created:42", "");
}

/* ---- the same bytes again ---- */

static void the_second_sending_is_byte_for_byte_the_first(void **state)
{
    static const struct wire_step script[] = {SAY(NONE), DROP, SAY(NONE), SAY(CREATED)};
    struct bench bench;
    struct submission *submission = unknown(&bench, script, COUNT(script));
    char *first, *second;
    size_t first_length, second_length;

    (void)state;
    assert_true(submission_report(submission)->can_repeat);
    bench.host.late = 600;
    assert_true(submission_repeat(submission));
    bench_finish(&bench, submission);
    first = wire_server_request(bench.server, 1, &first_length);
    second = wire_server_request(bench.server, 3, &second_length);
    assert_int_equal(first_length, second_length);
    assert_memory_equal(first, second, first_length);
    free(first);
    free(second);
    assert_false(submission_report(submission)->can_repeat);
    end_is(&bench, submission, OUTCOME_CREATED, "intent unknown created:42", "");
}

static void a_used_nonce_says_that_the_first_arrived(void **state)
{
    static const struct wire_step script[] = {SAY(NONE), DROP, SAY(NONE), SAY(NO(400, "SignatureNonceUsed")),
                                              SAY(FOUND)};
    struct bench bench;
    struct submission *submission = unknown(&bench, script, COUNT(script));

    (void)state;
    assert_true(submission_repeat(submission));
    end_is(&bench, submission, OUTCOME_CREATED, "intent unknown created:77", "seen this very request before");
}

/* Nothing else that comes of it says what became of the first, and none of it is sent a third time. */
static void any_other_end_of_the_second_sending_is_looked_into(void **state)
{
#define START SAY(NONE), DROP, SAY(NONE)
    static const struct {
        struct wire_step script[5];
        const char *reason;
    } cases[] = {
        {{START, SAY(NO(400, "InvalidTimeStamp.Expired")), SAY(NONE)},
         "which does not tell what became of the first"},
        {{START, SAY(NO(403, "NoPermission")), SAY(NONE)}, "NoPermission"},
        {{START, SAY(NO(429, "Throttling.User")), SAY(NONE)}, "Throttling.User"},
        {{START, SAY(NO(500, "InternalError")), SAY(NONE)}, "HTTP 500"},
        {{START, DROP, SAY(NONE)}, "closed before an answer"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bench bench;
        struct submission *submission = unknown(&bench, cases[i].script, COUNT(cases[i].script));

        assert_true(submission_repeat(submission));
        bench_finish(&bench, submission);
        assert_int_equal(wire_server_count(bench.server, "POST "), 2);
        assert_true(submission_report(submission)->can_repeat);
        end_is(&bench, submission, OUTCOME_UNKNOWN, "intent unknown unknown", cases[i].reason);
    }
}

static void a_second_sending_that_does_not_leave_settles_nothing(void **state)
{
    static const struct wire_step script[] = {
        SAY(NONE), DROP, SAY(NONE), {WIRE_HOLD, NULL, 0, NULL}, SAY(NONE)};
    struct bench bench;
    struct submission *submission = unknown(&bench, script, COUNT(script));

    (void)state;
    assert_true(submission_repeat(submission));
    submission_cancel(submission);
    end_is(&bench, submission, OUTCOME_UNKNOWN, "intent unknown unknown",
           "You stopped the second sending before");
}

static void after_a_quarter_of_an_hour_it_is_not_sent_again(void **state)
{
    static const struct wire_step script[] = {SAY(NONE), DROP, SAY(NONE)};
    static const int64_t too_late[] = {14L * 60, 3600, -1};

    (void)state;
    for (size_t i = 0; i < COUNT(too_late); i++) {
        struct bench bench;
        struct submission *submission = unknown(&bench, script, COUNT(script));

        bench.host.late = too_late[i];
        assert_false(submission_repeat(submission));
        assert_true(submission_done(submission));
        assert_false(submission_report(submission)->can_repeat);
        assert_int_equal(wire_server_connections(bench.server), 3);
        end_is(&bench, submission, OUTCOME_UNKNOWN, "intent unknown", "no new plan");
    }
}

static void freeing_it_during_the_second_sending_is_quiet(void **state)
{
    static const struct wire_step script[] = {SAY(NONE), DROP, SAY(NONE), {WIRE_HOLD, NULL, 0, NULL}};
    struct bench bench;
    struct submission *submission = unknown(&bench, script, COUNT(script));
    char words[64];

    (void)state;
    assert_true(submission_repeat(submission));
    while (wire_server_requests(bench.server) < 4)
        bench_turn(&bench, submission);
    submission_free(submission);
    bench_journal(&bench, words, sizeof(words));
    assert_string_equal(words, "intent unknown");
    bench_stop(&bench);
}

/* ---- an intent that another process left ---- */

/* Leaves an intent in the journal by dying between the sending and the answer. */
static void leave_intent(struct bench *bench, struct journal_intent *intent)
{
    struct submission *submission = bench_submit(bench, &once);
    struct journal_intent *intents;
    struct error err;
    size_t count;

    while (wire_server_count(bench->server, "POST ") < 1)
        bench_turn(bench, submission);
    submission_free(submission);
    assert_true(journal_open_intents(bench->journal, &intents, &count, NULL, &err));
    assert_int_equal(count, 1);
    *intent = intents[0];
    free(intents);
}

static void resumed(const struct wire_step *script, size_t count, enum outcome outcome, const char *journal,
                    const char *reason)
{
    struct journal_intent intent;
    struct submission *submission;
    struct bench bench;
    struct error err;

    bench_start(&bench, script, count, NULL);
    leave_intent(&bench, &intent);
    submission = submission_resume(&bench.client, bench.transport, bench.journal, &once, &intent, &err);
    assert_non_null(submission);
    journal_intent_release(&intent);
    bench_finish(&bench, submission);
    assert_int_equal(wire_server_count(bench.server, "POST "), 1);
    assert_false(submission_report(submission)->can_repeat);
    end_is(&bench, submission, outcome, journal, reason);
}

#define HOLD                                                                                                 \
    {                                                                                                        \
        WIRE_HOLD, NULL, 0, NULL                                                                             \
    }

static void the_plan_of_an_open_intent_is_found(void **state)
{
    static const struct wire_step script[] = {SAY(NONE), HOLD, SAY(FOUND)};

    (void)state;
    resumed(script, COUNT(script), OUTCOME_CREATED, "intent created:77", "It was sent to 127.0.0.1:");
}

static void an_open_intent_without_a_plan_stays_open(void **state)
{
    static const struct wire_step script[] = {SAY(NONE), HOLD, SAY(NONE)};
    static const struct wire_step different[] = {SAY(NONE), HOLD,
                                                 SAY(LISTED(PLAN(9, "night", DIFFERENT), 1))};
    static const struct wire_step refused[] = {SAY(NONE), HOLD, SAY(NO(403, "NoPermission"))};

    (void)state;
    resumed(script, COUNT(script), OUTCOME_UNKNOWN, "intent", "no new plan of this name");
    resumed(different, COUNT(different), OUTCOME_UNKNOWN, "intent", "with other instances");
    resumed(refused, COUNT(refused), OUTCOME_UNKNOWN, "intent", "could not be listed");
}

static void a_plan_that_may_have_been_there_before_proves_nothing(void **state)
{
    static const struct wire_step script[] = {SAY(NO(403, "NoPermission")), HOLD, SAY(FOUND)};

    (void)state;
    resumed(script, COUNT(script), OUTCOME_UNKNOWN, "intent", "may have been there before");
}

static void the_journal_holds_no_password(void **state)
{
    static const struct wire_step script[] = {SAY(NONE), HOLD};
    struct journal_intent intent;
    struct bench bench;
    char text[4096] = "";
    FILE *file;

    (void)state;
    bench_start(&bench, script, COUNT(script), NULL);
    leave_intent(&bench, &intent);
    file = fopen(bench.journal_file, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
    fclose(file);
    assert_null(strstr(text, "hidden-word"));
    assert_null(strstr(text, "username"));
    assert_non_null(strstr(text, "\"endpointUrl\":\"198.51.100.7:8080\""));
    journal_intent_release(&intent);
    bench_stop(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_round_of_looks_finds_what_came_late),
        cmocka_unit_test(a_second_round_may_find_nothing),
        cmocka_unit_test(what_is_known_is_not_looked_for),
        cmocka_unit_test(the_second_sending_is_byte_for_byte_the_first),
        cmocka_unit_test(a_used_nonce_says_that_the_first_arrived),
        cmocka_unit_test(any_other_end_of_the_second_sending_is_looked_into),
        cmocka_unit_test(a_second_sending_that_does_not_leave_settles_nothing),
        cmocka_unit_test(after_a_quarter_of_an_hour_it_is_not_sent_again),
        cmocka_unit_test(freeing_it_during_the_second_sending_is_quiet),
        cmocka_unit_test(the_plan_of_an_open_intent_is_found),
        cmocka_unit_test(an_open_intent_without_a_plan_stays_open),
        cmocka_unit_test(a_plan_that_may_have_been_there_before_proves_nothing),
        cmocka_unit_test(the_journal_holds_no_password),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
