#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/lookup.h"
#include "base/json.h"
#include "failing_memory.h"
#include "submission_bench.h"

/*
 * Every allocation of the look-ups fails once, our own and those that libcurl
 * and cJSON do for us. Whatever fails: each look-up ends, and says why.
 */

#define ANSWER(text)                                                                                         \
    {                                                                                                        \
        WIRE_ANSWER, text, 0, NULL                                                                           \
    }
#define ROW(id) "{\"instanceId\":\"" id "\",\"instanceName\":\"n\",\"status\":\"RUNNING\"}"
#define GROUPS(id, next)                                                                                     \
    HTTP(200, "",                                                                                            \
         "{\"RequestId\":\"R\",\"SecurityGroups\":{\"SecurityGroup\":[{\"SecurityGroupId\":\"" id            \
         "\"}]},\"NextToken\":\"" next "\"}")

/* Asked one after another; where one fails early, the next gets what was meant for it, and fails or not. */
static const struct wire_step script[] = {
    ANSWER(LISTED(ROW("a") "," ROW("b"), 3)),
    ANSWER(HTTP(429, "x-acs-retry-after: 10\r\n", "{\"Code\":\"Throttling.User\"}")),
    ANSWER(LISTED(ROW("c"), 3)),
    ANSWER(GROUPS("sg-1", "t")),
    ANSWER(GROUPS("sg-2", "")),
    ANSWER(HTTP(403, "", "{\"Code\":\"Forbidden.RAM\",\"AccessDeniedDetail\":{\"AuthAction\":\"x:y\"}}")),
    ANSWER(HTTP(200, "", "{\"success\":true,\"data\":{\"instanceId\":\"i\",\"status\":\"RUNNING\"}}")),
    ANSWER(LISTED(PLAN(5, "night", SAME), 1)),
};

enum { SCRIPT = sizeof(script) / sizeof(script[0]) };

static const struct lookup_question questions[] = {
    {LOOKUP_INSTANCES, "cn-hangzhou", NULL, NULL},
    {LOOKUP_SECURITY_GROUPS, "cn-hangzhou", "vpc-1", NULL},
    {LOOKUP_REGIONS, NULL, NULL, NULL},
    {LOOKUP_INSTANCE, "cn-hangzhou", "i", NULL},
};

static void turn(struct bench *bench, struct lookups *lookups)
{
    int timeout = lookups_timeout(lookups);
    struct error err;

    shortage.armed = true;
    if (transport_running(bench->transport) > 0)
        transport_wait(bench->transport, NULL, 0, 20000, &err);
    else if (timeout >= 0)
        bench->host.ticks += timeout;
    lookups_tick(lookups);
    shortage.armed = false;
}

static void ask(struct bench *bench, struct lookups *lookups, const struct lookup_question *question)
{
    const struct lookup_source source = {&bench->client, NULL};
    struct error err = {0};
    struct lookup *lookup;

    shortage.armed = true;
    lookup = lookup_start(lookups, &source, question, NULL, NULL, &err);
    shortage.armed = false;
    if (!lookup) {
        assert_int_equal(err.kind, ERROR_MEMORY);
        return;
    }
    for (int turns = 0; lookup_answer(lookup)->state == LOOKUP_LOADING; turns++) {
        assert_true(turns < 10000);
        turn(bench, lookups);
    }
    if (lookup_answer(lookup)->state == LOOKUP_FAILED)
        assert_true(strlen(lookup_answer(lookup)->why) > 10);
    if (!shortage.hit)
        assert_int_equal(lookup_answer(lookup)->state,
                         question->kind == LOOKUP_REGIONS ? LOOKUP_FAILED : LOOKUP_DONE);
    lookup_stop(lookup);
}

static void check(struct bench *bench, struct lookups *lookups)
{
    static const struct check_question question = {CHECK_PLAN_NAME, NULL, NULL, "night"};
    const struct lookup_source source = {&bench->client, NULL};
    struct error err = {0};
    struct check *check;

    shortage.armed = true;
    check = check_start(lookups, &source, &question, NULL, NULL, &err);
    shortage.armed = false;
    if (!check) {
        assert_int_equal(err.kind, ERROR_MEMORY);
        return;
    }
    while (check_state(check) == CHECK_RUNNING)
        turn(bench, lookups);
    if (!shortage.hit)
        assert_int_equal(check_state(check), CHECK_WARNS);
    check_stop(check);
}

static void no_shortage_of_memory_keeps_a_look_up_from_ending(void **state)
{
    (void)state;
    json_wipe_on_free();
    while (shortage_next(false)) {
        struct lookups *lookups;
        struct bench bench;
        struct error err = {0};

        bench_start(&bench, script, SCRIPT, NULL);
        shortage.armed = true;
        lookups = lookups_new(bench.transport, &bench.host.host, &err);
        shortage.armed = false;
        if (lookups) {
            for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
                ask(&bench, lookups, &questions[i]);
            check(&bench, lookups);
        } else {
            assert_int_equal(err.kind, ERROR_MEMORY);
        }
        lookups_free(lookups);
        if (!shortage.hit)
            print_message("  %u allocations\n", shortage.calls);
        bench_stop(&bench);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_shortage_of_memory_keeps_a_look_up_from_ending),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
