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
    };

    return cmocka_run_group_tests_name("client", tests, NULL, NULL);
}
