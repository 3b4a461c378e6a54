#include "api_support.h"

#include "api/operation.h"
#include "api/request.h"

static void pairs_keep_order_and_bytes(void **state)
{
    struct pairs pairs = {0};
    struct error err;
    char name[32];

    (void)state;
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof(name), "name-%d", i);
        assert_true(pairs_add_bytes(&pairs, name, "a\0b", 3, &err));
    }
    assert_int_equal(pairs.count, 100);
    for (size_t i = 0; i < 100; i++) {
        snprintf(name, sizeof(name), "name-%zu", i);
        assert_string_equal(pairs.items[i].name, name);
        assert_int_equal(pairs.items[i].value_length, 3);
        assert_memory_equal(pairs.items[i].value, "a\0b", 4);
    }
    pairs_release(&pairs);
    assert_int_equal(pairs.count, 0);
    assert_null(pairs.items);
}

static void a_pair_is_found_whatever_the_letter_case(void **state)
{
    struct pairs pairs = {0};
    struct error err;

    (void)state;
    assert_true(pairs_add(&pairs, "X-ACS-Request-ID", "first", &err));
    assert_true(pairs_add(&pairs, "x-acs-request-id", "second", &err));
    assert_string_equal(pairs_get(&pairs, "x-acs-request-id"), "first");
    assert_null(pairs_get(&pairs, "x-acs-request"));
    assert_null(pairs_get(&pairs, "x-acs-request-id2"));
    pairs_release(&pairs);
}

static void names_compare_by_ascii_alone(void **state)
{
    (void)state;
    assert_int_equal(ascii_compare("HOST", "host"), 0);
    assert_true(ascii_compare("a", "B") < 0);
    assert_true(ascii_compare("Ab", "a") > 0);
    assert_true(ascii_compare("", "a") < 0);
    assert_true(ascii_compare("\xC4\xB0", "i") > 0);
    assert_int_equal(ascii_lower('I'), 'i');
    assert_int_equal(ascii_lower('['), '[');
    assert_int_equal(ascii_lower('@'), '@');
}

static void all_but_unreserved_characters_are_encoded(void **state)
{
    struct buf out = BUF_INIT;
    char bytes[256], expected[4];

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)i;
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bool stays = i > 0 && i < 128 &&
                     strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~", (int)i);

        buf_clear(&out);
        percent_encode(&out, &bytes[i], 1);
        snprintf(expected, sizeof(expected), stays ? "%c" : "%%%02X", (unsigned)i);
        assert_string_equal(buf_text(&out), expected);
    }
    buf_release(&out);
}

static struct request sample(void)
{
    struct request request;

    request_init(&request);
    request.scheme = text_copy("https");
    request.host = text_copy("rocketmq.cn-hangzhou.aliyuncs.com");
    request.path = text_copy("/disaster_recovery");
    return request;
}

static void the_url_holds_the_query_as_signed(void **state)
{
    struct request request = sample();
    struct buf url = BUF_INIT;

    (void)state;
    assert_true(request_url(&request, &url));
    assert_string_equal(buf_text(&url), "https://rocketmq.cn-hangzhou.aliyuncs.com/disaster_recovery");
    buf_clear(&url);
    request.query_text = text_copy("");
    assert_true(request_url(&request, &url));
    assert_string_equal(buf_text(&url), "https://rocketmq.cn-hangzhou.aliyuncs.com/disaster_recovery");
    buf_clear(&url);
    free(request.query_text);
    request.query_text = text_copy("a=%2A&b=");
    assert_true(request_url(&request, &url));
    assert_string_equal(buf_text(&url),
                        "https://rocketmq.cn-hangzhou.aliyuncs.com/disaster_recovery?a=%2A&b=");
    buf_release(&url);
    request_release(&request);
}

static void a_query_in_no_order_yet_makes_no_url(void **state)
{
    struct request request = sample();
    struct buf url = BUF_INIT;
    struct error err;

    (void)state;
    assert_true(pairs_add(&request.query, "a", "1", &err));
    assert_false(request_url(&request, &url));
    buf_release(&url);
    request_release(&request);
}

static void a_url_that_does_not_fit_is_no_url(void **state)
{
    struct request request = sample();
    struct buf url;

    (void)state;
    buf_init(&url, 20);
    assert_false(request_url(&request, &url));
    buf_release(&url);
    request_release(&request);
}

static void a_released_request_can_be_used_again(void **state)
{
    struct request request = sample();

    (void)state;
    buf_add_text(&request.body, "{}");
    request_release(&request);
    assert_null(request.path);
    assert_int_equal(request.body.length, 0);
    buf_add_text(&request.body, "{}");
    assert_false(request.body.failed);
    request_release(&request);
}

static void a_released_response_can_be_used_again(void **state)
{
    struct response response;
    struct error err;

    (void)state;
    response_init(&response);
    response.status = 200;
    assert_true(pairs_add(&response.headers, "date", "today", &err));
    buf_add_text(&response.body, "{}");
    response_release(&response);
    assert_int_equal(response.status, 0);
    assert_int_equal(response.headers.count, 0);
    assert_int_equal(response.body.length, 0);
}

static void every_operation_says_all_that_a_request_needs(void **state)
{
    (void)state;
    for (int id = 0; id < OPERATION_COUNT; id++) {
        const struct operation *operation = &operations[id];
        struct request request;

        assert_non_null(operation->name);
        assert_non_null(operation->product);
        assert_int_equal(strlen(operation->version), strlen("2022-08-01"));
        assert_int_equal(operation->path[0], '/');
        assert_true(operation->style == STYLE_ROA || strcmp(operation->path, "/") == 0);
        assert_true(strlen(operation->method) < sizeof(request.method));
        assert_int_equal(strncmp(operation->ram_action, operation->product, strlen(operation->product)), 0);
        assert_string_equal(strchr(operation->ram_action, ':') + 1, operation->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_keep_order_and_bytes),
        cmocka_unit_test(a_pair_is_found_whatever_the_letter_case),
        cmocka_unit_test(names_compare_by_ascii_alone),
        cmocka_unit_test(all_but_unreserved_characters_are_encoded),
        cmocka_unit_test(the_url_holds_the_query_as_signed),
        cmocka_unit_test(a_query_in_no_order_yet_makes_no_url),
        cmocka_unit_test(a_url_that_does_not_fit_is_no_url),
        cmocka_unit_test(a_released_request_can_be_used_again),
        cmocka_unit_test(a_released_response_can_be_used_again),
        cmocka_unit_test(every_operation_says_all_that_a_request_needs),
    };

    return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
