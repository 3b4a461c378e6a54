#include "api_support.h"

#include <sys/utsname.h>

#include "api/client.h"

static char key_id[] = "LTAI-example-key-id";
static char key_secret[] = "example-key-secret";
static char token[] = "example+token/with=signs";

static struct credentials plain_key(void)
{
    return (struct credentials){.access_key_id = key_id, .access_key_secret = key_secret};
}

static struct client client_of(struct fake_host *host, const struct credentials *credentials)
{
    struct client client = {.host = &host->host, .credentials = credentials};
    struct error err;

    assert_true(endpoint_for_region("rocketmq", "cn-hangzhou", false, &client.endpoint, &err));
    return client;
}

static void headers_are(const struct request *request, const char *const *expected, size_t count)
{
    assert_int_equal(request->headers.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(request->headers.items[i].name, expected[2 * i]);
        if (expected[2 * i + 1])
            assert_string_equal(request->headers.items[i].value, expected[2 * i + 1]);
    }
}

static void a_create_request_carries_all_headers_in_order(void **state)
{
    static const char *const expected[] = {
        "host",
        "rocketmq.cn-hangzhou.aliyuncs.com",
        "x-acs-version",
        "2022-08-01",
        "x-acs-action",
        "CreateDisasterRecoveryPlan",
        "x-acs-date",
        "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce",
        "000102030405060708090a0b0c0d0e0f",
        "accept",
        "application/json",
        "user-agent",
        NULL,
        "x-acs-content-sha256",
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        "content-type",
        "application/json; charset=utf-8",
        "Authorization",
        NULL,
    };
    struct fake_host host = fake_host();
    struct credentials keys = plain_key();
    struct client client = client_of(&host, &keys);
    struct request request;
    struct signature signature;
    struct error err;

    (void)state;
    assert_true(client_prepare(&client, OPERATION_CREATE_PLAN, NULL, 0, "{}", 2, &request, &signature, &err));
    headers_are(&request, expected, 10);
    assert_string_equal(request.method, "POST");
    assert_string_equal(request.scheme, "https");
    assert_string_equal(request.host, "rocketmq.cn-hangzhou.aliyuncs.com");
    assert_string_equal(request.path, "/disaster_recovery");
    assert_string_equal(request.query_text, "");
    assert_int_equal(request.body.length, 2);
    assert_string_equal(signature.signed_headers,
                        "content-type;host;x-acs-action;x-acs-content-sha256;x-acs-date;"
                        "x-acs-signature-nonce;x-acs-version");
    assert_string_equal(pairs_get(&request.headers, "authorization"), buf_text(&signature.authorization));
    signature_release(&signature);
    request_release(&request);
}

static void the_user_agent_names_system_and_version(void **state)
{
    struct fake_host host = fake_host();
    struct credentials keys = plain_key();
    struct client client = client_of(&host, &keys);
    struct request request;
    struct utsname system;
    struct error err;
    char expected[256];

    (void)state;
    assert_int_equal(uname(&system), 0);
    snprintf(expected, sizeof(expected), "AlibabaCloud (linux; %s) C/11 drplan/" DRPLAN_VERSION,
             system.machine);
    assert_true(client_prepare(&client, OPERATION_CREATE_PLAN, NULL, 0, "{}", 2, &request, NULL, &err));
    assert_string_equal(pairs_get(&request.headers, "user-agent"), expected);
    request_release(&request);
}

static void a_session_sends_its_token_and_signs_it(void **state)
{
    static const char *const expected[] = {
        "host",
        NULL,
        "x-acs-version",
        NULL,
        "x-acs-action",
        NULL,
        "x-acs-date",
        NULL,
        "x-acs-signature-nonce",
        NULL,
        "accept",
        NULL,
        "user-agent",
        NULL,
        "x-acs-content-sha256",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "x-acs-accesskey-id",
        key_id,
        "x-acs-security-token",
        token,
        "Authorization",
        NULL,
    };
    static const struct parameter id = {"planId", "1234"};
    struct fake_host host = fake_host();
    struct credentials keys = plain_key();
    struct client client = client_of(&host, &keys);
    struct request request;
    struct signature signature;
    struct error err;

    (void)state;
    keys.security_token = token;
    assert_true(client_prepare(&client, OPERATION_GET_PLAN, &id, 1, NULL, 0, &request, &signature, &err));
    headers_are(&request, expected, 11);
    assert_string_equal(request.path, "/disaster_recovery/1234");
    assert_int_equal(request.query.count, 0);
    assert_string_equal(signature.signed_headers,
                        "host;x-acs-accesskey-id;x-acs-action;x-acs-content-sha256;x-acs-date;"
                        "x-acs-security-token;x-acs-signature-nonce;x-acs-version");
    signature_release(&signature);
    request_release(&request);
}

static void every_request_has_a_nonce_of_its_own(void **state)
{
    struct fake_host host = fake_host();
    struct credentials keys = plain_key();
    struct client client = client_of(&host, &keys);
    struct request first, second;
    struct error err;

    (void)state;
    assert_true(client_prepare(&client, OPERATION_CREATE_PLAN, NULL, 0, "{}", 2, &first, NULL, &err));
    assert_true(client_prepare(&client, OPERATION_CREATE_PLAN, NULL, 0, "{}", 2, &second, NULL, &err));
    assert_string_not_equal(pairs_get(&first.headers, "x-acs-signature-nonce"),
                            pairs_get(&second.headers, "x-acs-signature-nonce"));
    request_release(&first);
    request_release(&second);
}

static void parameters_that_are_not_in_the_path_make_the_query(void **state)
{
    static const struct parameter parameters[] = {
        {"pageSize", "100"}, {"filter", "a b*"}, {"instanceId", NULL}, {"pageNumber", "1"}};
    struct fake_host host = fake_host();
    struct credentials keys = plain_key();
    struct client client = client_of(&host, &keys);
    struct request request;
    struct buf url = BUF_INIT;
    struct error err;

    (void)state;
    assert_true(client_prepare(&client, OPERATION_LIST_PLANS, parameters, 4, NULL, 0, &request, NULL, &err));
    assert_true(request_url(&request, &url));
    assert_string_equal(buf_text(&url), "https://rocketmq.cn-hangzhou.aliyuncs.com/disaster_recovery?"
                                        "filter=a%20b%2A&pageNumber=1&pageSize=100");
    assert_null(pairs_get(&request.headers, "content-type"));
    buf_release(&url);
    request_release(&request);
}

static void a_path_parameter_is_encoded_whole(void **state)
{
    static const struct parameter parameters[] = {{"planId", "a/b?c#d%..{planId}"}, {"plan", "x"}};
    struct fake_host host = fake_host();
    struct credentials keys = plain_key();
    struct client client = client_of(&host, &keys);
    struct request request;
    struct error err;

    (void)state;
    assert_true(client_prepare(&client, OPERATION_GET_PLAN, parameters, 2, NULL, 0, &request, NULL, &err));
    assert_string_equal(request.path, "/disaster_recovery/a%2Fb%3Fc%23d%25..%7BplanId%7D");
    assert_string_equal(request.query_text, "plan=x");
    request_release(&request);
}

static void a_path_parameter_that_leads_elsewhere_is_refused(void **state)
{
    static const char *const values[] = {"", ".", ".."};
    struct fake_host host = fake_host();
    struct credentials keys = plain_key();
    struct client client = client_of(&host, &keys);
    struct request request;
    struct error err;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct parameter id = {"planId", values[i]};

        assert_false(client_prepare(&client, OPERATION_GET_PLAN, &id, 1, NULL, 0, &request, NULL, &err));
        assert_int_equal(err.kind, ERROR_INPUT);
        assert_non_null(strstr(err.text, "{planId}"));
        assert_null(request.path);
    }
}

static void a_missing_path_parameter_is_our_bug(void **state)
{
    static const struct parameter none = {"planId", NULL}, other = {"planIdentity", "1"};
    struct fake_host host = fake_host();
    struct credentials keys = plain_key();
    struct client client = client_of(&host, &keys);
    struct request request;
    struct error err;

    (void)state;
    assert_false(client_prepare(&client, OPERATION_GET_PLAN, NULL, 0, NULL, 0, &request, NULL, &err));
    assert_int_equal(err.kind, ERROR_INTERNAL);
    assert_false(client_prepare(&client, OPERATION_GET_PLAN, &none, 1, NULL, 0, &request, NULL, &err));
    assert_int_equal(err.kind, ERROR_INTERNAL);
    assert_false(client_prepare(&client, OPERATION_GET_PLAN, &other, 1, NULL, 0, &request, NULL, &err));
    assert_int_equal(err.kind, ERROR_INTERNAL);
}

static void keys_that_would_break_a_header_are_refused_and_not_shown(void **state)
{
    static const char *const values[] = {
        "",        "hidden\r\nx-evil: 1", "hidden\n",   "hid\tden",
        "hidden ", "\x01hidden",          "hidden\x7F", "hidd\xC3\xA9n",
    };
    struct fake_host host = fake_host();
    struct request request;
    struct signature signature;
    struct error err;

    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        for (int which = 0; which < 3; which++) {
            struct credentials keys = plain_key();
            struct client client = client_of(&host, &keys);
            char *value = text_copy(values[i]);

            *(which == 0   ? &keys.access_key_id
              : which == 1 ? &keys.access_key_secret
                           : &keys.security_token) = value;
            assert_false(
                client_prepare(&client, OPERATION_CREATE_PLAN, NULL, 0, "{}", 2, &request, &signature, &err));
            assert_int_equal(err.kind, ERROR_CREDENTIALS);
            assert_null(strstr(err.text, "hidden"));
            assert_int_equal(request.headers.count, 0);
            free(value);
        }
    }
}

static void a_host_with_a_line_break_is_refused(void **state)
{
    struct fake_host host = fake_host();
    struct credentials keys = plain_key();
    struct client client = client_of(&host, &keys);
    struct request request;
    struct error err;

    (void)state;
    snprintf(client.endpoint.host, sizeof(client.endpoint.host), "example.com\r\nx-evil: 1");
    assert_false(client_prepare(&client, OPERATION_CREATE_PLAN, NULL, 0, "{}", 2, &request, NULL, &err));
    assert_non_null(strstr(err.text, "host"));
}

static void without_chance_nothing_is_signed(void **state)
{
    struct fake_host host = fake_host();
    struct credentials keys = plain_key();
    struct client client = client_of(&host, &keys);
    struct request request;
    struct error err;

    (void)state;
    host.chance_fails = true;
    assert_false(client_prepare(&client, OPERATION_CREATE_PLAN, NULL, 0, "{}", 2, &request, NULL, &err));
    assert_int_equal(request.headers.count, 0);
    request_release(&request);
    assert_false(
        client_prepare(&client, OPERATION_ASSUME_ROLE_WITH_OIDC, NULL, 0, NULL, 0, &request, NULL, &err));
    assert_string_equal(err.text, "no chance");
    assert_null(request.query_text);
    request_release(&request);
}

static void a_body_beyond_all_measure_is_an_error(void **state)
{
    struct fake_host host = fake_host();
    struct credentials keys = plain_key();
    struct client client = client_of(&host, &keys);
    char *body = calloc(1, BUF_LIMIT_DEFAULT + 1);
    struct request request;
    struct error err;

    (void)state;
    assert_non_null(body);
    assert_false(client_prepare(&client, OPERATION_CREATE_PLAN, NULL, 0, body, BUF_LIMIT_DEFAULT + 1,
                                &request, NULL, &err));
    assert_int_equal(err.kind, ERROR_MEMORY);
    free(body);
}

/* Host, method and query are those of the signing vector rpc-vpc-describevpcs. */
static void an_rpc_request_has_everything_in_its_query(void **state)
{
    static const struct parameter parameters[] = {
        {"VpcId", "vpc-fake"},      {"VpcName", "a b+c*~%"}, {"PageSize", "50"},
        {"RegionId", "cn-beijing"}, {"IsDefault", NULL},
    };
    static const char canonical[] =
        "POST\n/\nPageSize=50&RegionId=cn-beijing&VpcId=vpc-fake&VpcName=a%20b%2Bc%2A~%25\n"
        "host:vpc.cn-beijing.aliyuncs.com\n"
        "x-acs-action:DescribeVpcs\n"
        "x-acs-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
        "x-acs-date:2023-10-26T10:22:32Z\n"
        "x-acs-signature-nonce:000102030405060708090a0b0c0d0e0f\n"
        "x-acs-version:2016-04-28\n\n"
        "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version\n"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    struct fake_host host = fake_host();
    struct credentials keys = plain_key();
    struct client from = client_of(&host, &keys), client;
    struct request request;
    struct signature signature;
    struct error err;

    (void)state;
    assert_true(client_for_region(&from, "vpc", "cn-beijing", &client, &err));
    assert_true(
        client_prepare(&client, OPERATION_LIST_VPCS, parameters, 5, NULL, 0, &request, &signature, &err));
    assert_string_equal(buf_text(&signature.canonical_request), canonical);
    assert_int_equal(request.body.length, 0);
    assert_null(pairs_get(&request.headers, "content-type"));
    signature_release(&signature);
    request_release(&request);
}

static void an_rpc_request_takes_no_body(void **state)
{
    struct fake_host host = fake_host();
    struct credentials keys = plain_key();
    struct client client = client_of(&host, &keys);
    struct request request;
    struct error err;

    (void)state;
    assert_false(client_prepare(&client, OPERATION_LIST_VPCS, NULL, 0, "{}", 2, &request, NULL, &err));
    assert_int_equal(err.kind, ERROR_INTERNAL);
    request_release(&request);
}

static void each_product_has_its_host_and_loopback_has_one_for_all(void **state)
{
    static const struct {
        const char *own, *product, *host, *region;
    } cases[] = {
        {"rocketmq.cn-hangzhou.aliyuncs.com", "vpc", "vpc.aliyuncs.com", NULL},
        {"rocketmq.cn-hangzhou.aliyuncs.com", "ecs", "ecs-cn-hangzhou.aliyuncs.com", NULL},
        {"rocketmq.cn-beijing.aliyuncs.com", "rocketmq", "rocketmq.cn-hangzhou.aliyuncs.com", NULL},
        {"rocketmq-vpc.cn-beijing.aliyuncs.com", "vpc", "vpc-vpc.cn-hangzhou.aliyuncs.com", NULL},
        {"", "rocketmq", "rocketmq.cn-hangzhou.aliyuncs.com", NULL},
        {"127.0.0.1:8080", "ecs", "127.0.0.1:8080", "cn-hangzhou"},
        {"[::1]:8080", "rocketmq", "[::1]:8080", "cn-hangzhou"},
        {"localhost", "vpc", "localhost", "cn-hangzhou"},
    };
    struct fake_host host = fake_host();
    struct credentials keys = plain_key();
    struct client from = client_of(&host, &keys), client;
    struct error err;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(from.endpoint.host, sizeof(from.endpoint.host), "%s", cases[i].own);
        assert_true(client_for_region(&from, cases[i].product, "cn-hangzhou", &client, &err));
        assert_string_equal(client.endpoint.host, cases[i].host);
        assert_int_equal(client.region != NULL, cases[i].region != NULL);
        assert_false(client_for_region(&from, cases[i].product, "cn-hangzhou/..", &client, &err));
        assert_int_equal(err.kind, ERROR_INPUT);
    }
}

static void the_region_is_said_and_signed_where_the_host_does_not_say_it(void **state)
{
    struct fake_host host = fake_host();
    struct credentials keys = plain_key();
    struct client client = client_of(&host, &keys);
    struct request request;
    struct signature signature;
    struct error err;

    (void)state;
    client.region = "cn-shanghai";
    assert_true(
        client_prepare(&client, OPERATION_LIST_INSTANCES, NULL, 0, NULL, 0, &request, &signature, &err));
    assert_string_equal(pairs_get(&request.headers, "x-acs-region-id"), "cn-shanghai");
    assert_non_null(strstr(signature.signed_headers, ";x-acs-region-id;"));
    signature_release(&signature);
    request_release(&request);
    client.region = "cn-shanghai\r\nx: y";
    assert_false(client_prepare(&client, OPERATION_LIST_INSTANCES, NULL, 0, NULL, 0, &request, NULL, &err));
}

/* What an operation says about itself must be enough to ask for it. */
static void every_operation_says_how_it_is_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < OPERATION_COUNT; i++) {
        const struct operation *row = &operations[i];

        assert_string_equal(strchr(row->ram_action, ':') + 1, row->name);
        assert_int_equal(strncmp(row->ram_action, row->product, strlen(row->product)), 0);
        assert_int_equal(row->path[0], '/');
        if (row->style == STYLE_RPC) {
            assert_string_equal(row->path, "/");
            assert_string_equal(row->method, "POST");
        }
        if (row->paging.kind != PAGING_NONE)
            assert_true(row->paging.page && row->paging.size && row->paging.rows && row->paging.list);
        assert_int_equal(row->paging.kind == PAGING_TOKENS, row->paging.next != NULL);
    }
}

static void what_goes_into_a_form_is_signed_as_the_body(void **state)
{
    static const struct parameter parameters[] = {
        {"RoleArn", "acs:ram::1:role/a b"}, {"Policy", NULL}, {"RoleSessionName", "s"}};
    struct fake_host host = fake_host();
    struct credentials keys = plain_key();
    struct client client = client_of(&host, &keys);
    struct request request;
    struct error err;

    (void)state;
    assert_true(client_prepare(&client, OPERATION_ASSUME_ROLE, parameters, 3, NULL, 0, &request, NULL, &err));
    assert_string_equal(request.method, "POST");
    assert_string_equal(request.path, "/");
    assert_string_equal(request.query_text, "");
    assert_string_equal(buf_text(&request.body), "RoleArn=acs%3Aram%3A%3A1%3Arole%2Fa%20b&RoleSessionName=s");
    assert_string_equal(pairs_get(&request.headers, "content-type"), "application/x-www-form-urlencoded");
    assert_string_equal(pairs_get(&request.headers, "x-acs-version"), "2015-04-01");
    assert_non_null(pairs_get(&request.headers, "Authorization"));
    request_release(&request);
}

static void what_is_anonymous_carries_no_key(void **state)
{
    static const struct parameter parameters[] = {{"OIDCToken", "t=="}};
    struct fake_host host = fake_host();
    struct client client = client_of(&host, NULL);
    struct request request;
    struct error err;

    (void)state;
    assert_true(client_prepare(&client, OPERATION_ASSUME_ROLE_WITH_OIDC, parameters, 1, NULL, 0, &request,
                               NULL, &err));
    assert_string_equal(buf_text(&request.body), "OIDCToken=t%3D%3D");
    assert_non_null(strstr(request.query_text, "Action=AssumeRoleWithOIDC&Format=JSON&SignatureNonce=00"));
    assert_null(pairs_get(&request.headers, "Authorization"));
    for (size_t i = 0; i < request.headers.count; i++)
        assert_int_not_equal(strncmp(request.headers.items[i].name, "x-acs-", 6), 0);
    request_release(&request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_create_request_carries_all_headers_in_order),
        cmocka_unit_test(the_user_agent_names_system_and_version),
        cmocka_unit_test(a_session_sends_its_token_and_signs_it),
        cmocka_unit_test(every_request_has_a_nonce_of_its_own),
        cmocka_unit_test(parameters_that_are_not_in_the_path_make_the_query),
        cmocka_unit_test(a_path_parameter_is_encoded_whole),
        cmocka_unit_test(a_path_parameter_that_leads_elsewhere_is_refused),
        cmocka_unit_test(a_missing_path_parameter_is_our_bug),
        cmocka_unit_test(keys_that_would_break_a_header_are_refused_and_not_shown),
        cmocka_unit_test(a_host_with_a_line_break_is_refused),
        cmocka_unit_test(without_chance_nothing_is_signed),
        cmocka_unit_test(a_body_beyond_all_measure_is_an_error),
        cmocka_unit_test(an_rpc_request_has_everything_in_its_query),
        cmocka_unit_test(an_rpc_request_takes_no_body),
        cmocka_unit_test(each_product_has_its_host_and_loopback_has_one_for_all),
        cmocka_unit_test(the_region_is_said_and_signed_where_the_host_does_not_say_it),
        cmocka_unit_test(every_operation_says_how_it_is_asked),
        cmocka_unit_test(what_goes_into_a_form_is_signed_as_the_body),
        cmocka_unit_test(what_is_anonymous_carries_no_key),
    };

    return cmocka_run_group_tests_name("client", tests, NULL, NULL);
}
