#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/known_names.h"
#include "base/json.h"
#include "failing_memory.h"
#include "submission_bench.h"

/*
 * Every allocation of a submission fails once, our own and those that libcurl
 * and cJSON do for us. Whatever fails: at most one POST for each intent, and
 * no word that is not true.
 */

static const struct submission_options options = {
    .accept_existing_name = true, .look_attempts = 2, .look_pause_ms = 1000, .throttle_patience_ms = 5000};

static const struct wire_step script[] = {
    {WIRE_ANSWER, LISTED(PLAN(5, "night", SAME), 1), 0, NULL},
    {WIRE_ANSWER,
     HTTP(429, "x-acs-retry-after: 10\r\n", "{\"code\":\"Throttling.User\",\"message\":\"slow down\"}"), 0,
     NULL},
    {WIRE_ANSWER, NULL, 0, NULL},
    {WIRE_ANSWER, LISTED(PLAN(5, "night", SAME) "," PLAN(6, "night", SAME), 2), 0, NULL},
    {WIRE_ANSWER, LISTED(PLAN(5, "night", SAME) "," PLAN(6, "night", SAME), 2), 0, NULL},
};

/* The loop of a caller who goes on after an error of the wait. */
static void run(struct bench *bench, struct submission *submission)
{
    for (int turns = 0; !submission_done(submission); turns++) {
        int timeout = submission_timeout(submission);
        struct error err;

        assert_true(turns < 10000);
        shortage.armed = true;
        if (transport_running(bench->transport) > 0)
            transport_wait(bench->transport, NULL, 0, 20000, &err);
        else
            bench->host.ticks += timeout;
        submission_tick(submission);
        shortage.armed = false;
    }
}

static void assert_honest(struct bench *bench, const struct submission *submission)
{
    const struct submission_report *report = submission_report(submission);
    size_t posts = wire_server_count(bench->server, "POST ");
    size_t intents = 0;
    char words[128];

    bench_journal(bench, words, sizeof(words));
    for (const char *at = words; (at = strstr(at, "intent")); at++)
        intents++;
    assert_true(posts <= intents);
    /* The server is there, and its address stands in figures. */
    assert_null(strstr(report->reason, "could not be found"));
    if (report->outcome == OUTCOME_NOT_SENT) {
        assert_true(posts <= 1); /* the one that was throttled */
        assert_true(strlen(report->reason) > 10);
    } else if (report->outcome == OUTCOME_CREATED) {
        assert_string_equal(report->plan_id, "6");
        assert_non_null(strstr(report->reason, "found afterwards"));
    } else {
        assert_int_equal(report->outcome, OUTCOME_UNKNOWN);
        assert_true(posts >= 1);
    }
}

static void no_shortage_of_memory_makes_it_lie(void **state)
{
    (void)state;
    json_wipe_on_free();
    while (shortage_next(false)) {
        struct bench bench;
        struct submission *submission;
        struct error err = {0};

        bench_start(&bench, script, 5, NULL);
        shortage.armed = true;
        submission =
            submission_start(&bench.client, bench.transport, bench.journal, &options, &sent_plan, &err);
        shortage.armed = false;
        if (submission) {
            run(&bench, submission);
            assert_honest(&bench, submission);
        } else {
            assert_int_equal(err.kind, ERROR_MEMORY);
        }
        submission_free(submission);
        if (!shortage.hit)
            print_message("  %u allocations\n", shortage.calls);
        bench_stop(&bench);
    }
}

static void a_transport_needs_memory(void **state)
{
    struct transport_options own_roots = transport_defaults;
    struct error err;
    int failed = 0;

    (void)state;
    own_roots.ca_file = "/dev/null";
    while (shortage_next(false)) {
        struct transport *transport;

        shortage.armed = true;
        transport = transport_new(&own_roots, &err);
        shortage.armed = false;
        /* Without a shortage it finds no certificate in the file. */
        assert_null(transport);
        assert_true(shortage.hit || err.kind != ERROR_MEMORY);
        failed += err.kind == ERROR_MEMORY;
    }
    assert_true(failed >= 2);
}

/* "night" and "dusk" are there; of a list that memory was too short for, nothing follows. */
static void no_shortage_makes_a_name_look_new(void **state)
{
    static const struct wire_step pages[] = {
        {WIRE_ANSWER, LISTED(PLAN(1, "night", SAME) "," PLAN(2, "day", SAME), 3), 0, NULL},
        {WIRE_ANSWER, LISTED(PLAN(3, "dusk", SAME), 3), 0, NULL},
    };
    int told = 0, unsaid = 0;

    (void)state;
    json_wipe_on_free();
    while (shortage_next(false)) {
        struct known_names *known;
        struct bench bench;
        struct error err = {0};

        bench_start(&bench, pages, 2, NULL);
        shortage.armed = true;
        known = known_names_new(&bench.client, bench.transport, &err);
        if (known)
            known_names_refresh(known, 100);
        for (int turns = 0; known && known_names_running(known); turns++) {
            assert_true(turns < 10000);
            transport_wait(bench.transport, NULL, 0, 20000, &err);
        }
        shortage.armed = false;
        assert_true(known || err.kind == ERROR_MEMORY);
        told += known && known_names_is_new(known, "dawn");
        unsaid += !known || !known_names_is_new(known, "dawn");
        assert_false(known && (known_names_is_new(known, "night") || known_names_is_new(known, "dusk")));
        assert_true(shortage.hit || known_names_is_new(known, "dawn"));
        known_names_free(known);
        bench_stop(&bench);
    }
    assert_true(told > 0 && unsaid > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transport_needs_memory),
        cmocka_unit_test(no_shortage_of_memory_makes_it_lie),
        cmocka_unit_test(no_shortage_makes_a_name_look_new),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
