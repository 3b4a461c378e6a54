#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/end.h"
#include "cli/outcome.h"
#include "model/draft.h"

struct opened {
    struct plan *plan;
    struct review *review;
};

static struct opened open_text(const char *text)
{
    struct opened opened = {.review = review_new()};
    struct error err;

    assert_non_null(opened.review);
    assert_true(draft_read(text, strlen(text), &opened.plan, &err));
    assert_true(review_run(opened.review, opened.plan, &err));
    return opened;
}

static void close_it(struct opened *opened)
{
    review_free(opened->review);
    plan_free(opened->plan);
}

#define TWO_EXTERNAL                                                                                         \
    "{\"planName\": \"a\", \"instances\": ["                                                                 \
    "{\"instanceType\": \"ALIYUN_ROCKETMQ\", \"instanceId\": \"rmq-cn-1\"},"                                 \
    "{\"instanceType\": \"EXTERNAL_ROCKETMQ\", \"networkType\": \"TCP_VPC\", \"vpcId\": \"vpc-1\"},"         \
    "{\"instanceType\": \"EXTERNAL_ROCKETMQ\", \"networkType\": \"TCP_VPC\", \"vpcId\": \"\"}]}"

static void the_field_of_an_answer_is_found(void **state)
{
    const struct {
        char *code;
        const char *path; /* "" for none */
    } cases[] = {
        {(char[]){"MissingPlanName"}, "planName"},
        {(char[]){"MissingVpcId"}, "instances[2].vpcId"},
        {(char[]){"InvalidVpcId"}, "instances[2].vpcId"},
        {(char[]){"InvalidEndpointUrl"}, "instances[1].endpointUrl"},
        {(char[]){"InvalidInstanceId"}, "instances[0].instanceId"},
        {(char[]){"InvalidPassword"}, ""},
        {(char[]){"InvalidSomething"}, ""},
        {(char[]){"Throttling"}, ""},
        {NULL, ""},
    };
    struct opened opened = open_text(TWO_EXTERNAL);
    char path[128];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct answer answer = {.kind = ANSWER_REFUSED, .code = cases[i].code};

        place_path(outcome_field(&answer, opened.review), path, sizeof(path));
        assert_string_equal(path, cases[i].path);
    }
    assert_true(place_is_none(outcome_field(NULL, opened.review)));
    close_it(&opened);
}

static void a_refusal_is_the_services_words(void **state)
{
    struct opened opened = open_text(TWO_EXTERNAL);
    char code[] = "MissingVpcId", message[] = "Parameter vpcId is mandatory.", request_id[] = "R-1";
    const struct answer answer = {
        .kind = ANSWER_REFUSED, .status = 400, .code = code, .message = message, .request_id = request_id};
    const struct submission_report report = {
        .outcome = OUTCOME_REFUSED, .answer = &answer, .reason = "The plan was refused."};
    struct ending ending = {.draft = "a"};
    struct result result;
    char path[128];

    (void)state;
    ending_of_report(&ending, &report, opened.review, path);
    assert_string_equal(ending.code, "MissingVpcId");
    assert_string_equal(ending.message, message);
    assert_string_equal(ending.request_id, "R-1");
    assert_string_equal(ending.field, "instances[2].vpcId");
    assert_int_equal(ending.http_status, 400);
    assert_null(ending.plan_id);
    outcome_result(&report, opened.review, &result);
    assert_int_equal(result.kind, RESULT_REFUSED);
    assert_int_equal(result.field.field, FIELD_VPC_ID);
    assert_int_equal(result.field.instance, 2);
    close_it(&opened);
}

/* The last answer of a plan that was found by looking may be an error; it is no error of the plan. */
static void a_created_plan_has_no_code(void **state)
{
    struct opened opened = open_text(TWO_EXTERNAL);
    char code[] = "ServiceUnavailable";
    const struct answer answer = {.kind = ANSWER_UNREADABLE, .status = 503, .code = code};
    const struct submission_report report = {.outcome = OUTCOME_CREATED,
                                             .answer = &answer,
                                             .plan_id = "9223372036854775807",
                                             .reason = "It was found."};
    struct ending ending = {.draft = "a"};
    struct result result;
    char path[128];

    (void)state;
    ending_of_report(&ending, &report, opened.review, path);
    assert_null(ending.code);
    assert_null(ending.field);
    assert_string_equal(ending.plan_id, "9223372036854775807");
    outcome_result(&report, opened.review, &result);
    assert_int_equal(result.kind, RESULT_CREATED);
    close_it(&opened);
}

static void advice_and_details_of_a_report_are_shown(void **state)
{
    const struct submission_report report = {
        .outcome = OUTCOME_REFUSED, .advice = "Do that.", .details = "a\nb\n"};
    const struct submission_report silent = {.outcome = OUTCOME_REFUSED};
    const struct submission_report unknown = {.outcome = OUTCOME_UNKNOWN, .can_repeat = true};
    struct opened opened = open_text("{}");
    struct result result;

    (void)state;
    outcome_result(&report, opened.review, &result);
    assert_string_equal(result.advice, "Do that.");
    assert_string_equal(result.details, "a\nb\n");
    assert_false(result.can_look);
    assert_null(outcome_advice(&silent));
    outcome_result(&unknown, opened.review, &result);
    assert_true(result.can_look);
    assert_true(result.can_repeat);
    assert_null(result.advice);
    assert_non_null(strstr(outcome_advice(&unknown), "drplan look"));
    close_it(&opened);
}

static void the_worst_end_counts_and_nothing_hides_an_unknown_one(void **state)
{
    (void)state;
    assert_int_equal(end_worse(END_DONE, END_INVALID), END_INVALID);
    assert_int_equal(end_worse(END_THROTTLED, END_REFUSED), END_THROTTLED);
    assert_int_equal(end_worse(END_INTERRUPTED, END_THROTTLED), END_INTERRUPTED);
    assert_int_equal(end_worse(END_UNKNOWN, END_INTERRUPTED), END_UNKNOWN);
    assert_int_equal(end_worse(END_INTERRUPTED, END_UNKNOWN), END_UNKNOWN);
}

/* README.md, "Exit status". */
static void ends_have_the_numbers_of_the_contract(void **state)
{
    (void)state;
    assert_int_equal(end_of_error(ERROR_FILE), 1);
    assert_int_equal(end_of_error(ERROR_MEMORY), 1);
    assert_int_equal(end_of_error(ERROR_INTERNAL), 1);
    assert_int_equal(end_of_error(ERROR_USAGE), 2);
    assert_int_equal(end_of_error(ERROR_INPUT), 3);
    assert_int_equal(end_of_error(ERROR_CREDENTIALS), 4);
    assert_int_equal(end_of_error(ERROR_NETWORK), 5);
    assert_int_equal(end_of_error(ERROR_CANCELLED), 130);
    assert_int_equal(end_of_outcome(OUTCOME_CREATED), 0);
    assert_int_equal(end_of_outcome(OUTCOME_INVALID), 3);
    assert_int_equal(end_of_outcome(OUTCOME_NOT_SENT), 5);
    assert_int_equal(end_of_outcome(OUTCOME_REFUSED), 6);
    assert_int_equal(end_of_outcome(OUTCOME_EXISTS), 6);
    assert_int_equal(end_of_outcome(OUTCOME_THROTTLED), 7);
    assert_int_equal(end_of_outcome(OUTCOME_UNKNOWN), 8);
    assert_int_equal(end_of_outcome(OUTCOME_CANCELLED), 130);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_field_of_an_answer_is_found),
        cmocka_unit_test(a_refusal_is_the_services_words),
        cmocka_unit_test(a_created_plan_has_no_code),
        cmocka_unit_test(advice_and_details_of_a_report_are_shown),
        cmocka_unit_test(the_worst_end_counts_and_nothing_hides_an_unknown_one),
        cmocka_unit_test(ends_have_the_numbers_of_the_contract),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
