#include "sandbox_support.h"

#include "sandbox/fault.h"

static enum fault_id next(struct faults *faults, enum route_id route)
{
    return faults_take(faults, route).id;
}

static void each_request_takes_the_next_fault(void **state)
{
    struct faults faults = {0};
    struct error err;

    (void)state;
    assert_true(faults_add(&faults, "CreateDisasterRecoveryPlan=reset-after-body*1,503*2", &err));
    assert_int_equal(next(&faults, ROUTE_LIST_PLANS), FAULT_OK);
    assert_int_equal(next(&faults, ROUTE_CREATE_PLAN), FAULT_RESET_AFTER_BODY);
    assert_int_equal(next(&faults, ROUTE_CREATE_PLAN), FAULT_503);
    assert_int_equal(next(&faults, ROUTE_CREATE_PLAN), FAULT_503);
    assert_int_equal(next(&faults, ROUTE_CREATE_PLAN), FAULT_OK);
    faults_release(&faults);
}

static void a_fault_without_a_count_stays(void **state)
{
    struct faults faults = {0};
    struct error err;

    (void)state;
    assert_true(faults_add(&faults, "GetDisasterRecoveryPlan=ok*2", &err));
    assert_true(faults_add(&faults, "GetDisasterRecoveryPlan=slow=250", &err));
    assert_int_equal(next(&faults, ROUTE_GET_PLAN), FAULT_OK);
    assert_int_equal(next(&faults, ROUTE_GET_PLAN), FAULT_OK);
    for (int i = 0; i < 100; i++) {
        struct fault fault = faults_take(&faults, ROUTE_GET_PLAN);

        assert_int_equal(fault.id, FAULT_SLOW);
        assert_int_equal(fault.delay_ms, 250);
    }
    faults_release(&faults);
}

static void a_star_means_every_operation_and_comes_second(void **state)
{
    struct faults faults = {0};
    struct error err;

    (void)state;
    assert_true(faults_add(&faults, "*=hang*1,html", &err));
    assert_true(faults_add(&faults, "ListDisasterRecoveryPlans=empty*1", &err));
    assert_int_equal(next(&faults, ROUTE_LIST_PLANS), FAULT_EMPTY);
    assert_int_equal(next(&faults, ROUTE_LIST_PLANS), FAULT_HANG);
    assert_int_equal(next(&faults, ROUTE_CREATE_PLAN), FAULT_HTML);
    assert_int_equal(next(&faults, ROUTE_COUNT), FAULT_HTML);
    faults_release(&faults);
}

static void every_fault_of_the_table_is_understood_and_explained(void **state)
{
    const char *line = sandbox_fault_help();

    (void)state;
    for (size_t i = 0; i < FAULT_COUNT; i++) {
        struct faults faults = {0};
        struct error err;
        char text[100];
        size_t length = strlen(fault_kinds[i].word);

        snprintf(text, sizeof(text), "*=%s%s*3", fault_kinds[i].word, i == FAULT_SLOW ? "=1" : "");
        assert_true(faults_add(&faults, text, &err));
        assert_int_equal(next(&faults, ROUTE_GET_PLAN), i);
        faults_release(&faults);

        assert_memory_equal(line, fault_kinds[i].word, length);
        assert_int_equal(line[16], ' ');
        assert_memory_equal(line + 17, fault_kinds[i].help, strlen(fault_kinds[i].help));
        line += 17 + strlen(fault_kinds[i].help);
        assert_int_equal(*line++, '\n');
    }
    assert_int_equal(*line, '\0');
}

static void what_is_not_known_is_named_with_what_is(void **state)
{
    static const struct {
        const char *text, *said, *known;
    } cases[] = {
        {"CreatePlan=503", "\"CreatePlan\"", "CreateDisasterRecoveryPlan, ListDisasterRecoveryPlans, GetDis"},
        {"=503", "no operation \"\"", "GetDisasterRecoveryPlan"},
        {"**=503", "\"**\"", "GetDisasterRecoveryPlan"},
        {"*=explode", "\"explode\"", "ok, slow=MS, hang, drop-before, drop-after, reset-after-body"},
        {"*=explode*2", "\"explode\"", "nonce"},
        {"*=", "no fault \"\"", "hang"},
        {"*=503,", "no fault \"\"", NULL},
        {"*=503*1,", "no fault \"\"", "hang"},
        {"*=hang=3", "\"hang=3\"", "slow=MS"},
        {"503", "OPERATION=FAULT", "\"503\""},
        {"*=slow", "milliseconds", "slow=500"},
        {"*=slow=0", "milliseconds", NULL},
        {"*=slow=3600001", "milliseconds", NULL},
        {"*=slow=1s", "milliseconds", NULL},
        {"*=503*0", "count", "503*2"},
        {"*=503*", "count", NULL},
        {"*=503*-1", "count", NULL},
        {"*=503*99999999999999999999", "count", NULL},
        {"*=hang,503", "hang has no count", "hang*1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct faults faults = {0};
        struct error err = {0};
        bool added = faults_add(&faults, cases[i].text, &err);

        assert_false(added);
        assert_int_equal(err.kind, ERROR_USAGE);
        assert_non_null(strstr(err.text, cases[i].said));
        if (cases[i].known)
            assert_non_null(strstr(err.text, cases[i].known));
        faults_release(&faults);
    }
}

static void a_fault_that_is_not_known_stops_the_sandbox_from_opening(void **state)
{
    const char *faults[] = {"*=503*1", "*=never-heard-of"};
    struct sandbox_options options = {.faults = faults, .fault_count = 2, .quiet = true};
    struct error err;

    (void)state;
    assert_null(sandbox_open(&options, &err));
    assert_int_equal(err.kind, ERROR_USAGE);
    assert_non_null(strstr(err.text, "never-heard-of"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_request_takes_the_next_fault),
        cmocka_unit_test(a_fault_without_a_count_stays),
        cmocka_unit_test(a_star_means_every_operation_and_comes_second),
        cmocka_unit_test(every_fault_of_the_table_is_understood_and_explained),
        cmocka_unit_test(what_is_not_known_is_named_with_what_is),
        cmocka_unit_test(a_fault_that_is_not_known_stops_the_sandbox_from_opening),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
