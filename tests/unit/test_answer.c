#include "api_support.h"

#include "api/answer.h"
#include "base/json.h"

/* Reads an answer of this status and body; header may be NULL. */
static struct answer read_bytes(int status, const char *body, size_t length, const char *header,
                                const char *value)
{
    struct response response;
    struct answer answer;
    struct error err;

    response_init(&response);
    response.status = status;
    buf_add(&response.body, body, length);
    if (header)
        assert_true(pairs_add(&response.headers, header, value, &err));
    assert_true(answer_read(&response, &answer, &err));
    response_release(&response);
    return answer;
}

static struct answer read_text(int status, const char *body)
{
    return read_bytes(status, body, strlen(body), NULL, NULL);
}

static void a_created_plan_is_a_success(void **state)
{
    struct answer answer = read_text(
        200, "{\"requestId\":\"AF9A8B10\",\"success\":true,\"data\":1300000016,\"code\":\"200\","
             "\"message\":\"ok\",\"httpStatusCode\":200,\"dynamicCode\":\"X\",\"dynamicMessage\":\"x\"}");
    char id[24];

    (void)state;
    assert_int_equal(answer.kind, ANSWER_SUCCESS);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.request_id, "AF9A8B10");
    assert_string_equal(answer.code, "200");
    assert_string_equal(answer.message, "ok");
    assert_string_equal(answer.dynamic_code, "X");
    assert_string_equal(answer.dynamic_message, "x");
    assert_string_equal(answer.unreadable, "");
    assert_int_equal(answer.retry_after, -1);
    assert_int_equal(answer.server_time, 0);
    assert_true(answer_plan_id(&answer, id));
    assert_string_equal(id, "1300000016");
    answer_release(&answer);
}

/* The reference's own sample pairs success with the code of an error. */
static void success_and_data_decide_not_the_code(void **state)
{
    struct answer answer = read_text(
        200, "{\"success\":true,\"data\":{\"list\":[]},\"code\":\"Topic.NotFound\",\"httpStatusCode\":400}");

    (void)state;
    assert_int_equal(answer.kind, ANSWER_SUCCESS);
    assert_true(cJSON_IsArray(json_member(answer.data, "list")));
    answer_release(&answer);
    answer = read_text(200, "{\"success\":true,\"data\":false}");
    assert_int_equal(answer.kind, ANSWER_SUCCESS);
    answer_release(&answer);
}

static void plan_ids_keep_every_digit(void **state)
{
    static const struct {
        const char *data, *id; /* id NULL: refused */
    } cases[] = {
        {"0", "0"},
        {"1234", "1234"},
        {"9007199254740993", "9007199254740993"},
        {"9223372036854775807", "9223372036854775807"},
        {"9223372036854775808", NULL},
        {"99999999999999999999999", NULL},
        {"-1", NULL},
        {"-0", NULL},
        {"1.0", NULL},
        {"1.5", NULL},
        {"1e3", NULL},
        {"1E400", NULL},
        {"\"1234\"", NULL},
        {"true", NULL},
        {"[1234]", NULL},
        {"{\"planId\":1234}", NULL},
    };
    char body[128], id[24];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct answer answer;

        snprintf(body, sizeof(body), "{\"success\":true,\"data\":%s}", cases[i].data);
        answer = read_text(200, body);
        assert_int_equal(answer.kind, ANSWER_SUCCESS);
        if (answer_plan_id(&answer, id) != (cases[i].id != NULL))
            fail_msg("%s", cases[i].data);
        assert_string_equal(id, cases[i].id ? cases[i].id : "");
        answer_release(&answer);
    }
}

static void an_answer_that_is_no_success_has_no_plan_id(void **state)
{
    struct answer answer = read_text(200, "{\"success\":false,\"code\":\"X\",\"data\":1}");
    char id[24];

    (void)state;
    assert_int_equal(answer.kind, ANSWER_REFUSED);
    assert_null(answer.data);
    assert_false(answer_plan_id(&answer, id));
    answer_release(&answer);
}

static void what_counts_as_which_kind(void **state)
{
    static const struct {
        int status;
        const char *body;
        enum answer_kind kind;
        const char *why; /* part of the reason, for ANSWER_UNREADABLE */
    } cases[] = {
        {200, "{\"success\":false,\"code\":\"MissingInstanceId\"}", ANSWER_REFUSED, ""},
        {200, "{\"success\":false,\"Code\":\"MissingInstanceId\"}", ANSWER_REFUSED, ""},
        {400, "{\"Code\":\"SignatureDoesNotMatch\",\"Message\":\"m\",\"RequestId\":\"r\"}", ANSWER_REFUSED,
         ""},
        {404, "{\"code\":\"Instance.NotFound\"}", ANSWER_REFUSED, ""},
        {403, "{\"success\":false,\"code\":\"NoPermission\"}", ANSWER_REFUSED, ""},
        {499, "{\"code\":\"X\"}", ANSWER_REFUSED, ""},
        {400, "{\"Code\":\"Throttling.User\"}", ANSWER_THROTTLED, ""},
        {400, "{\"code\":\"Rejected.Throttling\"}", ANSWER_THROTTLED, ""},
        {503, "{\"Code\":\"Throttling\"}", ANSWER_THROTTLED, ""},
        {429, "", ANSWER_THROTTLED, ""},
        {429, "<html>slow down</html>", ANSWER_THROTTLED, ""},
        {200, "{\"success\":false,\"code\":\"Throttling.Api\"}", ANSWER_THROTTLED, ""},
        {200, "{\"success\":true,\"code\":\"Throttling\"}", ANSWER_UNREADABLE, "no data"},
        {200, "{\"success\":true,\"data\":null}", ANSWER_UNREADABLE, "no data"},
        {200, "{\"success\":\"true\",\"data\":1}", ANSWER_UNREADABLE, "whether this was a success"},
        {200, "{\"success\":1,\"data\":1}", ANSWER_UNREADABLE, "whether this was a success"},
        {200, "{\"Success\":true,\"data\":1}", ANSWER_UNREADABLE, "whether this was a success"},
        {200, "{\"data\":1,\"code\":\"200\"}", ANSWER_UNREADABLE, "whether this was a success"},
        {200, "{\"success\":false}", ANSWER_UNREADABLE, "no code"},
        {200, "{\"success\":false,\"code\":400}", ANSWER_UNREADABLE, "no code"},
        {200, "{\"success\":false,\"code\":\"\"}", ANSWER_UNREADABLE, "no code"},
        {200, "", ANSWER_UNREADABLE, "it is empty"},
        {204, "", ANSWER_UNREADABLE, "it is empty"},
        {200, "[]", ANSWER_UNREADABLE, "no object"},
        {200, "true", ANSWER_UNREADABLE, "no object"},
        {200, "{\"success\":true,\"data\":1", ANSWER_UNREADABLE, "line 1, column"},
        {200, "{\"success\":true,\"data\":1}x", ANSWER_UNREADABLE, "line 1, column"},
        {200, "{\"success\":true,\"data\":01}", ANSWER_UNREADABLE, "line 1, column"},
        {200, "{\"success\":true,\"data\":1,\"data\":2}", ANSWER_UNREADABLE, "line 1, column"},
        {200, "{\"success\":true,\"data\":1,\"code\":\"a\",\"Code\":\"b\"}", ANSWER_UNREADABLE, "twice"},
        {400, "{\"RequestId\":\"a\",\"requestId\":\"b\",\"code\":\"c\"}", ANSWER_UNREADABLE, "twice"},
        {200, "<html>200 OK</html>", ANSWER_UNREADABLE, "a page"},
        {400, "<html>Bad request</html>", ANSWER_UNREADABLE, "a page"},
        {400, "{}", ANSWER_UNREADABLE, "HTTP 400 without a code"},
        {400, "{\"success\":true,\"data\":1,\"code\":\"X\"}", ANSWER_UNREADABLE, "speaks of success"},
        {500, "{\"code\":\"InternalError\"}", ANSWER_UNREADABLE, "HTTP 500"},
        {500, "{\"success\":true,\"data\":1}", ANSWER_UNREADABLE, "HTTP 500"},
        {503, "<html>Throttling</html>", ANSWER_UNREADABLE, "HTTP 503"},
        {504, "", ANSWER_UNREADABLE, "HTTP 504"},
        {302, "{\"success\":true,\"data\":1}", ANSWER_UNREADABLE,
         "a redirect (HTTP 302), which is never followed"},
        {307, "{\"code\":\"Throttling\"}", ANSWER_UNREADABLE, "a redirect"},
        {0, "", ANSWER_UNREADABLE, "HTTP status 0"},
        {100, "{\"success\":true,\"data\":1}", ANSWER_UNREADABLE, "HTTP status 100"},
        {600, "{\"success\":true,\"data\":1}", ANSWER_UNREADABLE, "HTTP status 600"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct answer answer = read_text(cases[i].status, cases[i].body);

        if (answer.kind != cases[i].kind)
            fail_msg("%d %s: kind %d, \"%s\"", cases[i].status, cases[i].body, (int)answer.kind,
                     answer.unreadable);
        if (!strstr(answer.unreadable, cases[i].why) || (*cases[i].why == '\0' && *answer.unreadable))
            fail_msg("%d %s: %s", cases[i].status, cases[i].body, answer.unreadable);
        assert_true((answer.data != NULL) == (answer.kind == ANSWER_SUCCESS));
        answer_release(&answer);
    }
}

static void bytes_that_are_no_text_are_unreadable(void **state)
{
    static const char zero[] = "{\"success\":true,\"data\":1}\0", broken[] = "{\"code\":\"\xFF\"}";
    static const char xml_zero[] = "<Error><Code>A</Code>\0</Error>",
                      xml_broken[] = "<Error><Code>\xC0</Code></Error>";
    struct answer answer = read_bytes(200, zero, sizeof(zero) - 1, NULL, NULL);

    (void)state;
    assert_int_equal(answer.kind, ANSWER_UNREADABLE);
    answer_release(&answer);
    answer = read_bytes(400, broken, sizeof(broken) - 1, NULL, NULL);
    assert_int_equal(answer.kind, ANSWER_UNREADABLE);
    answer_release(&answer);
    answer = read_bytes(400, xml_zero, sizeof(xml_zero) - 1, NULL, NULL);
    assert_int_equal(answer.kind, ANSWER_UNREADABLE);
    answer_release(&answer);
    answer = read_bytes(400, xml_broken, sizeof(xml_broken) - 1, NULL, NULL);
    assert_int_equal(answer.kind, ANSWER_UNREADABLE);
    answer_release(&answer);
}

static void an_error_of_the_gateway_is_read_in_full(void **state)
{
    struct answer answer = read_text(
        403, "{\"RequestId\":\"R-1\",\"HostId\":\"h\",\"Code\":\"Forbidden.RAM\",\"Message\":\"no\","
             "\"Recommend\":\"https://example.com\",\"AccessDeniedDetail\":{\"AuthAction\":"
             "\"rocketmq:CreateDisasterRecoveryPlan\",\"N\":9007199254740993}}");

    (void)state;
    assert_int_equal(answer.kind, ANSWER_REFUSED);
    assert_string_equal(answer.code, "Forbidden.RAM");
    assert_string_equal(answer.message, "no");
    assert_string_equal(answer.request_id, "R-1");
    assert_string_equal(answer.recommend, "https://example.com");
    assert_string_equal(answer.access_denied,
                        "{\"AuthAction\":\"rocketmq:CreateDisasterRecoveryPlan\",\"N\":9007199254740993}");
    answer_release(&answer);
}

static void the_detail_of_a_denial_may_be_text(void **state)
{
    struct answer answer = read_text(200, "{\"success\":false,\"code\":\"NoPermission\","
                                          "\"accessDeniedDetail\":\"{\\\"AuthAction\\\":\\\"a\\\"}\"}");

    (void)state;
    assert_string_equal(answer.access_denied, "{\"AuthAction\":\"a\"}");
    answer_release(&answer);
    answer = read_text(200, "{\"success\":false,\"code\":\"NoPermission\",\"accessDeniedDetail\":null}");
    assert_null(answer.access_denied);
    answer_release(&answer);
}

static void a_failure_of_the_service_still_gives_code_and_message(void **state)
{
    struct answer answer =
        read_text(500, "{\"code\":\"InternalError\",\"message\":\"oops\",\"requestid\":\"R\"}");

    (void)state;
    assert_int_equal(answer.kind, ANSWER_UNREADABLE);
    assert_string_equal(answer.code, "InternalError");
    assert_string_equal(answer.message, "oops");
    assert_string_equal(answer.request_id, "R");
    answer_release(&answer);
}

static void errors_in_xml_are_read(void **state)
{
    struct answer answer = read_text(
        400, " <?xml version='1.0' encoding='UTF-8'?>\n<Error><RequestId>R-2</RequestId><HostId>h</HostId>"
             "<Code>InvalidTimeStamp.Expired</Code><Message>5 &lt; 6 &amp;amp; \"x\" &quot;&apos;&gt; "
             "&unknown;</Message><Recommend>https://example.com</Recommend></Error>\n");

    (void)state;
    assert_int_equal(answer.kind, ANSWER_REFUSED);
    assert_string_equal(answer.code, "InvalidTimeStamp.Expired");
    assert_string_equal(answer.message, "5 < 6 &amp; \"x\" \"'> &unknown;");
    assert_string_equal(answer.request_id, "R-2");
    assert_string_equal(answer.recommend, "https://example.com");
    answer_release(&answer);
    answer = read_text(400, "<Error><Code>Throttling</Code></Error>");
    assert_int_equal(answer.kind, ANSWER_THROTTLED);
    answer_release(&answer);
}

static void xml_that_is_cut_or_doubled_says_nothing(void **state)
{
    static const char *const bodies[] = {
        "<Error><Code>X</Code>",
        "<Error><Code>X</Error>",
        "<Error><Code>X</Code><Code>Y</Code></Error>",
        "<Error></Error>",
        "<Error><Code></Code></Error>",
        "<Errors><Code>X</Code></Errors>",
        "<html><Error><Code>X</Code></Error></html>",
        "<?xml <Error><Code>X</Code></Error>",
        "<",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        struct answer answer = read_text(400, bodies[i]);

        if (answer.kind != ANSWER_UNREADABLE)
            fail_msg("%s was taken for code %s", bodies[i], answer.code);
        assert_true(*answer.unreadable != '\0');
        answer_release(&answer);
    }
}

static void the_request_id_may_stand_in_a_header(void **state)
{
    struct answer answer = read_bytes(502, "", 0, "X-Acs-Request-Id", "R-3");

    (void)state;
    assert_string_equal(answer.request_id, "R-3");
    answer_release(&answer);
    answer = read_bytes(400, "{\"code\":\"X\",\"requestId\":\"R-4\"}", 30, "x-acs-request-id", "R-3");
    assert_string_equal(answer.request_id, "R-4");
    answer_release(&answer);
}

static void the_wait_is_read_in_milliseconds(void **state)
{
    static const struct {
        const char *header, *value;
        int64_t wait;
    } cases[] = {
        {"x-acs-retry-after", "1500", 1500},
        {"X-Acs-Retry-After", "0", 0},
        {"x-acs-retry-after", "999999999", 999999999},
        {"x-acs-retry-after", "9999999999", -1},
        {"x-acs-retry-after", "-5", -1},
        {"x-acs-retry-after", "1.5", -1},
        {"x-acs-retry-after", "", -1},
        {"x-acs-retry-after", "soon", -1},
        {"Retry-After", "2", 2000},
        {"Retry-After", "999999999", INT64_C(999999999000)},
        {"Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT", -1},
        {"x-other", "3", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct answer answer = read_bytes(429, "", 0, cases[i].header, cases[i].value);

        if (answer.retry_after != cases[i].wait)
            fail_msg("%s: %s", cases[i].header, cases[i].value);
        answer_release(&answer);
    }
}

static void the_clock_of_the_service_is_read(void **state)
{
    static const struct {
        const char *date;
        int64_t seconds;
    } cases[] = {
        {"Thu, 26 Oct 2023 10:22:32 GMT", 1698315752},
        {"Thu, 01 Jan 1970 00:00:01 GMT", 1},
        {"Tue, 19 Jan 2038 03:14:08 GMT", INT64_C(2147483648)},
        {"Wed, 29 Feb 2040 23:59:59 GMT", INT64_C(2214172799)},
        {"Thu, 26 Oct 2023 10:22:32 CET", 0},
        {"Thu, 26 Oct 2023 10:22:32 GMT+1", 0},
        {"Thu, 26 Oct 2023 10:22:32", 0},
        {"Thu, 26 ctN 2023 10:22:32 GMT", 0},
        {"Thu, 26 O 2023 10:22:32 GMT", 0},
        {"Thu, 26 Xyz 2023 10:22:32 GMT", 0},
        {"Thu, 00 Oct 2023 10:22:32 GMT", 0},
        {"Thu, 32 Oct 2023 10:22:32 GMT", 0},
        {"Thu, 26 Oct 2023 24:22:32 GMT", 0},
        {"Thu, 26 Oct 2023 10:60:32 GMT", 0},
        {"Thu, 26 Oct 2023 10:22:61 GMT", 0},
        {"Thu, 26 Oct 2023 10:-2:32 GMT", 0},
        {"Thu, 26 Oct 1969 10:22:32 GMT", 0},
        {"Thursday, 26-Oct-23 10:22:32 GMT", 0},
        {"2023-10-26T10:22:32Z", 0},
        {"", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct answer answer = read_bytes(400, "{}", 2, "Date", cases[i].date);

        if (answer.server_time != cases[i].seconds)
            fail_msg("%s: %lld", cases[i].date, (long long)answer.server_time);
        answer_release(&answer);
    }
}

static void the_field_of_a_code_is_named(void **state)
{
    static const struct {
        const char *code, *said, *field;
    } cases[] = {
        {"MissingInstanceId", "instanceId", "instanceId"},
        {"MissingInstanceId", NULL, "instanceId"},
        {"InvalidVSwitchId", NULL, "vSwitchId"},
        {"InvalidConsumerGroupId", "Parameter consumerGroupId is invalid.", "consumerGroupId"},
        {"InvalidInstanceId.NotFound", NULL, "instanceId"},
        {"InvalidParameter", "vpcId", "vpcId"},
        {"MissingParameter", NULL, NULL},
        {"InvalidParameter.Format", NULL, NULL},
        {"InvalidAccessKeyId.NotFound", NULL, NULL},
        {"InvalidTimeStamp.Expired", NULL, NULL},
        {"InvalidSecurityToken.Expired", NULL, NULL},
        {"Missing", NULL, NULL},
        {"Invalid.Name", NULL, NULL},
        {"Missing9", NULL, NULL},
        {"Invalid-Name", NULL, NULL},
        {"InvalidAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL, NULL},
        {"Instance.NotFound", "instanceId", NULL},
        {NULL, "instanceId", NULL},
    };
    char buffer[64], code[96], said[64];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct answer answer = {.kind = ANSWER_REFUSED};
        const char *field;

        snprintf(code, sizeof(code), "%s", cases[i].code ? cases[i].code : "");
        snprintf(said, sizeof(said), "%s", cases[i].said ? cases[i].said : "");
        answer.code = cases[i].code ? code : NULL;
        answer.dynamic_message = cases[i].said ? said : NULL;
        field = answer_field(&answer, buffer);
        if (!cases[i].field)
            assert_null(field);
        else
            assert_string_equal(field, cases[i].field);
    }
}

static void there_is_advice_for_every_documented_code(void **state)
{
    static const char *const codes[] = {
        "InvalidAccessKeyId.NotFound",
        "InvalidAccessKeyId.Inactive",
        "InvalidSecurityToken.Expired",
        "InvalidSecurityToken.Malformed",
        "InvalidSecurityToken.MismatchWithAccessKey",
        "MissingSecurityToken",
        "SignatureDoesNotMatch",
        "IncompleteSignature",
        "SignatureNonceUsed",
        "InvalidTimeStamp.Format",
        "InvalidTimeStamp.Expired",
        "Forbidden.RAM",
        "Forbidden",
        "NoPermission",
        "Forbidden.RiskControl",
        "Forbidden.UserVerification",
        "Throttling",
        "Throttling.User",
        "Throttling.Api",
        "Rejected.Throttling",
        "ServiceUnavailable",
        "InternalError",
        "RemoteCallError",
        "InvalidApi.NotFound",
        "InvalidAction",
        "InvalidAction.NotFound",
        "NoSuchVersion",
        "InvalidVersion",
        "UnsupportedHTTPMethod",
        "InvalidProduct.NotFound",
        "InvalidProtocol.NeedSsl",
        "MissingInstanceId",
        "MissingParameter",
        "InvalidConsumerGroupId",
        "InvalidParameter",
        "InvalidParameter.Format",
        "Instance.NotFound",
        "Topic.NotFound",
        "Topic.Existed",
        "ConsumerGroup.NotFound",
        "InstanceAccount.NotExisted",
        "InstanceAcl.NotExisted",
        "InstanceIpOrCidr.NotExisted",
        "DisasterRecoveryPlanStatus.Error",
        "DisasterRecoveryItemStatus.Error",
        "RamResourceError",
        "DateFormatError",
        "OrderType.NotSupport",
        "Order.NotFound",
        "Ability.NotFound",
        "AsyncTask.NotFound",
        "AsyncTask.InOrder",
        "AsyncTask.Ignored",
        "AsyncTask.NotCompleted",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        const char *sentence = advice_for_code(codes[i]);

        if (!sentence)
            fail_msg("%s has no advice", codes[i]);
        assert_int_equal(sentence[strlen(sentence) - 1], '.');
        assert_null(strchr(sentence, '!'));
    }
    assert_null(advice_for_code("SomethingNew"));
    assert_null(advice_for_code("200"));
    assert_null(advice_for_code(""));
    assert_null(advice_for_code(NULL));
}

static void the_nearest_advice_wins(void **state)
{
    (void)state;
    assert_string_not_equal(advice_for_code("InvalidAccessKeyId.Inactive"),
                            advice_for_code("InvalidAccessKeyId.NotFound"));
    assert_string_not_equal(advice_for_code("InvalidSecurityToken.Expired"),
                            advice_for_code("InvalidSecurityToken.Malformed"));
    assert_string_not_equal(advice_for_code("MissingSecurityToken"), advice_for_code("MissingInstanceId"));
    assert_string_not_equal(advice_for_code("InvalidParameter.Format"), advice_for_code("InvalidVpcId"));
    assert_non_null(strstr(advice_for_code("InvalidTimeStamp.Expired"), "clock"));
    assert_non_null(strstr(advice_for_code("Throttling.Missing"), "Wait"));
}

static void an_answer_in_rpc_style_is_read(void **state)
{
    static const struct {
        int status;
        const char *body;
        enum answer_kind kind;
    } cases[] = {
        {200, "{\"RequestId\":\"R\",\"Vpcs\":{\"Vpc\":[]}}", ANSWER_SUCCESS},
        {200, "{\"Vpcs\":{\"Vpc\":[]}}", ANSWER_UNREADABLE},
        {200, "[]", ANSWER_UNREADABLE},
        {200, "", ANSWER_UNREADABLE},
        {200, "{\"RequestId\":\"R\",\"Code\":\"Forbidden.RAM\"}", ANSWER_REFUSED},
        {200, "{\"RequestId\":\"R\",\"Code\":\"Throttling.User\"}", ANSWER_THROTTLED},
        {403, "{\"RequestId\":\"R\",\"Code\":\"Forbidden.RAM\",\"Message\":\"no\"}", ANSWER_REFUSED},
        {400, "{\"RequestId\":\"R\",\"Code\":\"Throttling\"}", ANSWER_THROTTLED},
        {503, "{\"RequestId\":\"R\",\"Code\":\"ServiceUnavailable\"}", ANSWER_UNREADABLE},
        {400, "{\"RequestId\":\"R\"}", ANSWER_UNREADABLE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct response response;
        struct answer answer;
        struct error err;

        response_init(&response);
        response.status = cases[i].status;
        buf_add_text(&response.body, cases[i].body);
        assert_true(answer_read_style(&response, STYLE_RPC, &answer, &err));
        if (answer.kind != cases[i].kind)
            fail_msg("%s: kind %d", cases[i].body, (int)answer.kind);
        assert_int_equal(answer.data != NULL, cases[i].kind == ANSWER_SUCCESS);
        if (answer.data)
            assert_true(cJSON_IsArray(json_member(json_member(answer.data, "Vpcs"), "Vpc")));
        answer_release(&answer);
        response_release(&response);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_created_plan_is_a_success),
        cmocka_unit_test(success_and_data_decide_not_the_code),
        cmocka_unit_test(plan_ids_keep_every_digit),
        cmocka_unit_test(an_answer_that_is_no_success_has_no_plan_id),
        cmocka_unit_test(what_counts_as_which_kind),
        cmocka_unit_test(bytes_that_are_no_text_are_unreadable),
        cmocka_unit_test(an_error_of_the_gateway_is_read_in_full),
        cmocka_unit_test(the_detail_of_a_denial_may_be_text),
        cmocka_unit_test(a_failure_of_the_service_still_gives_code_and_message),
        cmocka_unit_test(errors_in_xml_are_read),
        cmocka_unit_test(xml_that_is_cut_or_doubled_says_nothing),
        cmocka_unit_test(the_request_id_may_stand_in_a_header),
        cmocka_unit_test(the_wait_is_read_in_milliseconds),
        cmocka_unit_test(the_clock_of_the_service_is_read),
        cmocka_unit_test(the_field_of_a_code_is_named),
        cmocka_unit_test(there_is_advice_for_every_documented_code),
        cmocka_unit_test(the_nearest_advice_wins),
        cmocka_unit_test(an_answer_in_rpc_style_is_read),
    };

    return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
