#include "api_support.h"

#include "api/denied.h"
#include "api/explain.h"
#include "base/clean.h"
#include "base/json.h"

#define OURS   "76312ee9791d44607348807466c3d80f61b220c8c6da2cceb8ef17c28b44b62d"
#define THEIRS "0000e9791d44607348807466c3d80f61b220c8c6da2cceb8ef17c28b44b62d00"

static const struct explain_context plain = {
    .operation = OPERATION_CREATE_PLAN,
    .string_to_sign = "ACS3-HMAC-SHA256\n" OURS,
    .access_key_id = "LTAIexampleKeyId0001",
    .now = 1700000000,
};

static struct answer refusal(const char *code, const char *message)
{
    return (struct answer){
        .kind = ANSWER_REFUSED, .status = 400, .code = text_copy(code), .message = text_copy(message)};
}

static void advice_is(struct answer answer, const char *part)
{
    char text[320];

    explain_advice(&answer, &plain, text, sizeof(text));
    if (!strstr(text, part) || (*part && text[strlen(text) - 1] != '.'))
        fail_msg("%s: \"%s\" does not say \"%s\"", answer.code, text, part);
    if (!*part)
        assert_string_equal(text, "");
    answer_release(&answer);
}

/* ---- advice ---- */

static void two_strings_to_sign_tell_the_secret_from_the_request(void **state)
{
    static const char *const breaks[] = {"\n", "\\n", " ", "^J", ""};
    char message[256];

    (void)state;
    for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
        snprintf(message, sizeof(message), "not matched. server string to sign is:ACS3-HMAC-SHA256%s" OURS,
                 breaks[i]);
        advice_is(refusal("SignatureDoesNotMatch", message), "check the secret");
        snprintf(message, sizeof(message), "not matched. server string to sign is:ACS3-HMAC-SHA256%s" THEIRS,
                 breaks[i]);
        advice_is(refusal("SignatureDoesNotMatch", message), "the secret may be right");
    }
    advice_is(refusal("SignatureDoesNotMatch", "not matched"), "Check the access key secret");
    advice_is(refusal("SignatureDoesNotMatch", "ACS3-HMAC-SHA256\nabc"), "Check the access key secret");
    advice_is(refusal("SignatureDoesNotMatch", NULL), "Check the access key secret");
}

static void a_wrong_clock_is_said_to_be_wrong_by_how_much(void **state)
{
    static const struct {
        int64_t behind;
        const char *says;
    } cases[] = {
        {3600, "it is 1 hour behind the clock of the service"},
        {3780, "it is 1 hour and 3 minutes behind"},
        {-7200, "it is 2 hours ahead of the clock of the service"},
        {-86400L * 400, "it is 400 days ahead of"},
        {90061, "it is 1 day and 1 hour behind"},
        {61, "it is 1 minute and 1 second behind"},
        {59, "more than 15 minutes away"}, /* the clocks agree: something else is wrong */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct answer answer = refusal("InvalidTimeStamp.Expired", "x");

        answer.server_time = plain.now + cases[i].behind;
        advice_is(answer, cases[i].says);
    }
    advice_is(refusal("InvalidTimeStamp.Expired", "no date came"), "more than 15 minutes away");
}

static void other_codes_have_their_own_sentence_or_none(void **state)
{
    (void)state;
    advice_is(refusal("Instance.NotFound", "x"), "region of the endpoint");
    advice_is(refusal("SomethingNew", "x"), "");
    advice_is(refusal(NULL, "x"), "");
}

static void spans_are_said_in_words(void **state)
{
    static const struct {
        int64_t seconds;
        const char *words;
    } cases[] = {{0, "0 seconds"},  {1, "1 second"},
                 {60, "1 minute"},  {119, "1 minute and 59 seconds"},
                 {7200, "2 hours"}, {86400 * 2 + 3600, "2 days and 1 hour"}};
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        explain_span(cases[i].seconds, text, sizeof(text));
        assert_string_equal(text, cases[i].words);
    }
}

/* ---- denials ---- */

static void details_are(struct answer answer, const struct explain_context *context, const char *const *parts)
{
    struct buf text = BUF_INIT;

    explain_details(&answer, context, &text);
    for (; *parts; parts++)
        if (!strstr(buf_text(&text), *parts))
            fail_msg("\"%s\" is not in\n%s", *parts, buf_text(&text));
    for (const char *line = buf_text(&text); *line; line += strcspn(line, "\n") + 1)
        assert_true(clean_is_clean(line, strcspn(line, "\n")));
    buf_release(&text);
    answer_release(&answer);
}

#define PARTS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The policy must be JSON that RAM can read: it is copied as it stands. */
static cJSON *policy_of(const struct answer *answer, const struct explain_context *context)
{
    struct buf text = BUF_INIT;
    struct error err;
    const char *start;
    cJSON *policy;

    explain_details(answer, context, &text);
    start = strchr(buf_text(&text), '{');
    assert_non_null(start);
    policy = json_parse(start, strlen(start), &err);
    assert_non_null(policy);
    buf_release(&text);
    return policy;
}

static const cJSON *statement_of(const cJSON *policy)
{
    assert_string_equal(json_text(json_member(policy, "Version")), "1");
    assert_int_equal(cJSON_GetArraySize(json_member(policy, "Statement")), 1);
    return cJSON_GetArrayItem(json_member(policy, "Statement"), 0);
}

static void resources_are(const char *instances, const char *const *wanted)
{
    struct answer answer = refusal("NoPermission", "Permission denied.");
    struct explain_context context = plain;
    struct error err;
    cJSON *sent = json_parse(instances, strlen(instances), &err), *policy;
    const cJSON *resources;
    int count = 0;

    context.instances = sent;
    policy = policy_of(&answer, &context);
    assert_string_equal(json_text(json_member(statement_of(policy), "Action")),
                        "rocketmq:CreateDisasterRecoveryPlan");
    resources = json_member(statement_of(policy), "Resource");
    for (; wanted[count]; count++)
        assert_string_equal(json_text(cJSON_GetArrayItem(resources, count)), wanted[count]);
    assert_int_equal(cJSON_GetArraySize(resources), count);
    cJSON_Delete(policy);
    cJSON_Delete(sent);
    answer_release(&answer);
}

#define ID_OF_64 "rmq-cn-890123456789012345678901234567890123456789012345678901234"

static void the_policy_names_no_more_than_it_must(void **state)
{
    (void)state;
    resources_are("[{\"instanceId\":\"rmq-cn-1\",\"regionId\":\"cn-hangzhou\"},"
                  "{\"instanceId\":\"rmq-cn-2\",\"regionId\":\"cn-shanghai\"}]",
                  PARTS("acs:rocketmq:cn-hangzhou:*:instance/rmq-cn-1",
                        "acs:rocketmq:cn-shanghai:*:instance/rmq-cn-2"));
    resources_are(
        "[{\"instanceId\":\"rmq-cn-1\"},{\"regionId\":\"cn-hangzhou\",\"endpointUrl\":\"1.2.3.4:9\"}]",
        PARTS("acs:rocketmq:*:*:instance/rmq-cn-1", "acs:rocketmq:cn-hangzhou:*:instance/*"));
    resources_are("[{},{}]", PARTS("acs:rocketmq:*:*:instance/*"));
    resources_are("[{\"instanceId\":\"" ID_OF_64 "\"},{\"instanceId\":\"" ID_OF_64 "5\"}]",
                  PARTS("acs:rocketmq:*:*:instance/" ID_OF_64, "acs:rocketmq:*:*:instance/*"));
    resources_are("[]", PARTS("acs:rocketmq:*:*:instance/*"));
    resources_are("[{\"instanceId\":\"a\\\"b\",\"regionId\":\"cn-hangzhou:x\"}]",
                  PARTS("acs:rocketmq:*:*:instance/*"));
}

#define DETAIL                                                                                               \
    "{\"AuthAction\":\"rocketmq:CreateDisasterRecoveryPlan\",\"AuthPrincipalDisplayName\":\"ops@acme\","     \
    "\"AuthPrincipalOwnerId\":\"1234567890123456\",\"AuthPrincipalType\":\"SubUser\","                       \
    "\"NoPermissionType\":\"ImplicitDeny\",\"PolicyType\":\"AccountLevelIdentityBasedPolicy\"}"

static struct answer denied(const char *detail)
{
    struct answer answer = refusal("Forbidden.RAM", "not authorized");

    answer.access_denied = text_copy(detail);
    return answer;
}

static void the_detail_of_a_denial_is_shown(void **state)
{
    (void)state;
    details_are(denied(DETAIL), &plain,
                PARTS("Denied: rocketmq:CreateDisasterRecoveryPlan\n",
                      "To: ops@acme (SubUser of account 1234567890123456)\n",
                      "Because: no policy allows it (AccountLevelIdentityBasedPolicy)\n",
                      "The smallest RAM policy that allows it:\n{\n"));
    details_are(denied("{\"NoPermissionType\":\"ExplicitDeny\"}"), &plain,
                PARTS("Because: a policy denies it, and"));
}

static void without_a_detail_the_operation_and_the_key_are_named(void **state)
{
    static const char *const details[] = {
        NULL, "", "no detail", "[]", "{\"AuthAction\":7}", "{\"AuthAction\":\"a b\"}"};

    (void)state;
    for (size_t i = 0; i < sizeof(details) / sizeof(details[0]); i++)
        details_are(denied(details[i]), &plain,
                    PARTS("Denied: rocketmq:CreateDisasterRecoveryPlan\n",
                          "To: the owner of access key LTAI****0001\n"));
}

static void a_hostile_detail_stays_text(void **state)
{
    (void)state;
    details_are(
        denied("{\"AuthAction\":\"x:Y\\\",\\\"Effect\\\":\\\"Allow\",\"AuthPrincipalDisplayName\":"
               "\"\\u001b]52;c;\\u0007\\nDenied: nothing\",\"PolicyType\":\"\\u202e\"}"),
        &plain,
        PARTS("Denied: rocketmq:CreateDisasterRecoveryPlan\n", "^[]52;c;^G^JDenied: nothing", "<U+202E>"));
}

static void the_role_of_the_first_plan_is_a_permission_of_its_own(void **state)
{
    struct answer answer = denied("{\"AuthAction\":\"ram:CreateServiceLinkedRole\"}");
    cJSON *policy = policy_of(&answer, &plain);
    const cJSON *statement = statement_of(policy);
    const cJSON *condition = json_member(json_member(statement, "Condition"), "StringEquals");

    (void)state;
    assert_string_equal(json_text(json_member(statement, "Action")), "ram:CreateServiceLinkedRole");
    assert_string_equal(json_text(cJSON_GetArrayItem(json_member(statement, "Resource"), 0)), "*");
    assert_string_equal(json_text(json_member(condition, "ram:ServiceName")),
                        "disaster-recovery.rmq.aliyuncs.com");
    cJSON_Delete(policy);
    answer_release(&answer);
}

static void what_is_no_denial_has_no_policy(void **state)
{
    struct answer answer = refusal("Forbidden.RiskControl", "x");
    struct buf text = BUF_INIT;
    struct denial denial;

    (void)state;
    explain_details(&answer, &plain, &text);
    assert_int_equal(text.length, 0);
    assert_false(denial_read(&answer, OPERATION_CREATE_PLAN, &denial));
    answer.access_denied = text_copy(DETAIL);
    assert_true(denial_read(&answer, OPERATION_CREATE_PLAN, &denial));
    answer.kind = ANSWER_UNREADABLE;
    assert_false(denial_read(&answer, OPERATION_CREATE_PLAN, &denial));
    answer_release(&answer);
}

static void two_strings_to_sign_are_shown_beside_each_other(void **state)
{
    (void)state;
    details_are(refusal("SignatureDoesNotMatch", "is:ACS3-HMAC-SHA256\n" THEIRS), &plain,
                PARTS("drplan signed: " OURS "\n", "The service: " THEIRS "\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_strings_to_sign_tell_the_secret_from_the_request),
        cmocka_unit_test(a_wrong_clock_is_said_to_be_wrong_by_how_much),
        cmocka_unit_test(other_codes_have_their_own_sentence_or_none),
        cmocka_unit_test(spans_are_said_in_words),
        cmocka_unit_test(the_policy_names_no_more_than_it_must),
        cmocka_unit_test(the_detail_of_a_denial_is_shown),
        cmocka_unit_test(without_a_detail_the_operation_and_the_key_are_named),
        cmocka_unit_test(a_hostile_detail_stays_text),
        cmocka_unit_test(the_role_of_the_first_plan_is_a_permission_of_its_own),
        cmocka_unit_test(what_is_no_denial_has_no_policy),
        cmocka_unit_test(two_strings_to_sign_are_shown_beside_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
