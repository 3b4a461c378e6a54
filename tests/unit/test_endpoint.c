#include "api_support.h"

#include "api/endpoint.h"

static void region_ids_are_lower_case_digits_and_single_hyphens(void **state)
{
    static const char *const good[] = {"cn-hangzhou", "us-east-1", "cn-shanghai-finance-1", "a", "1"};
    static const char *const bad[] = {
        "",
        "CN-hangzhou",
        "cn_hangzhou",
        "-cn",
        "cn-",
        "cn--x",
        "cn.x",
        "cn-guangzhou\t",
        " cn",
        "cn\r\nx-evil: 1",
        "evil.example/#",
        "x@evil",
        "cn-\xE5\x8C\x97",
        "cn%2ehangzhou",
        "cn:443",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(region_is_valid(good[i]));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(region_is_valid(bad[i]));
}

static void the_region_table_is_clean(void **state)
{
    size_t count = 0;

    (void)state;
    for (const struct region *region = regions; region->id; region++, count++) {
        assert_true(region_is_valid(region->id));
        assert_true(strlen(region->name) > 4);
        for (const struct region *other = regions; other != region; other++) {
            assert_string_not_equal(other->id, region->id);
            assert_string_not_equal(other->name, region->name);
        }
    }
    assert_int_equal(count, 35);
}

static void endpoints_follow_the_rule_and_its_exceptions(void **state)
{
    static const struct {
        const char *product, *region;
        bool vpc;
        const char *host;
    } cases[] = {
        {"rocketmq", "cn-hangzhou", false, "rocketmq.cn-hangzhou.aliyuncs.com"},
        {"rocketmq", "cn-hangzhou", true, "rocketmq-vpc.cn-hangzhou.aliyuncs.com"},
        {"rocketmq", "cn-guangzhou", false, "rocketmq.cn-guangzhou.aliyuncs.com"},
        {"rocketmq", "xx-new-region-7", false, "rocketmq.xx-new-region-7.aliyuncs.com"},
        {"vpc", "cn-beijing", false, "vpc.cn-beijing.aliyuncs.com"},
        {"vpc", "cn-hangzhou", false, "vpc.aliyuncs.com"},
        {"vpc", "cn-hangzhou", true, "vpc-vpc.cn-hangzhou.aliyuncs.com"},
        {"vpc", "cn-beijing-finance-1", false, "vpc.aliyuncs.com"},
        {"ecs", "cn-shanghai", false, "ecs.cn-shanghai.aliyuncs.com"},
        {"ecs", "cn-hangzhou", false, "ecs-cn-hangzhou.aliyuncs.com"},
        {"ecs", "cn-hangzhou-finance", false, "ecs.aliyuncs.com"},
        {"ecs", "cn-shenzhen-finance-1", false, "ecs-cn-hangzhou.aliyuncs.com"},
        {"ecs", "cn-hangzhou", true, "ecs-vpc.cn-hangzhou.aliyuncs.com"},
        {"sts", "cn-hangzhou", false, "sts.cn-hangzhou.aliyuncs.com"},
        {"sts", "cn-hangzhou", true, "sts-vpc.cn-hangzhou.aliyuncs.com"},
        {"ons", "eu-central-1", false, "ons.eu-central-1.aliyuncs.com"},
    };
    struct endpoint endpoint;
    struct error err;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_true(endpoint_for_region(cases[i].product, cases[i].region, cases[i].vpc, &endpoint, &err));
        assert_string_equal(endpoint.scheme, "https");
        assert_string_equal(endpoint.host, cases[i].host);
    }
}

static void a_region_cannot_make_another_host(void **state)
{
    static const char *const regions_of_evil[] = {
        "evil.example/#", "x@evil.example", "cn-hangzhou.evil", "a:80", "a\r\nhost: evil", "../x", "",
    };
    struct endpoint endpoint;
    struct error err;

    (void)state;
    for (size_t i = 0; i < sizeof(regions_of_evil) / sizeof(regions_of_evil[0]); i++) {
        assert_false(endpoint_for_region("rocketmq", regions_of_evil[i], false, &endpoint, &err));
        assert_int_equal(err.kind, ERROR_INPUT);
        assert_string_equal(endpoint.host, "");
    }
    assert_false(endpoint_for_region("oss", "cn-hangzhou", false, &endpoint, &err));
    assert_int_equal(err.kind, ERROR_INTERNAL);
}

static void endpoints_are_hosts_with_or_without_a_port(void **state)
{
    static const struct {
        const char *text, *scheme, *host;
    } cases[] = {
        {"rocketmq.cn-hangzhou.aliyuncs.com", "https", "rocketmq.cn-hangzhou.aliyuncs.com"},
        {"https://rocketmq.cn-hangzhou.aliyuncs.com", "https", "rocketmq.cn-hangzhou.aliyuncs.com"},
        {"HTTPS://RocketMQ.cn-hangzhou.aliyuncs.com", "https", "rocketmq.cn-hangzhou.aliyuncs.com"},
        {"example.com:8443", "https", "example.com:8443"},
        {"example.com:443", "https", "example.com"},
        {"example.com:0443", "https", "example.com"},
        {"example.com:80", "https", "example.com:80"},
        {"example.com:65535", "https", "example.com:65535"},
        {"example.com:1", "https", "example.com:1"},
        {"10.0.0.1:8080", "https", "10.0.0.1:8080"},
        {"https://[2001:DB8:0::1]:8443", "https", "[2001:db8::1]:8443"},
        {"[2001:db8::1]", "https", "[2001:db8::1]"},
        {"http://127.0.0.1:18080", "http", "127.0.0.1:18080"},
        {"http://127.0.0.1:80", "http", "127.0.0.1"},
        {"http://127.0.0.1:443", "http", "127.0.0.1:443"},
        {"http://127.255.3.4", "http", "127.255.3.4"},
        {"http://[::1]:8080", "http", "[::1]:8080"},
        {"http://[0:0:0:0:0:0:0:1]", "http", "[::1]"},
        {"Http://LocalHost:8080", "http", "localhost:8080"},
        {"127.0.0.1:8443", "https", "127.0.0.1:8443"},
    };
    struct endpoint endpoint;
    struct error err;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (!endpoint_parse(cases[i].text, &endpoint, &err))
            fail_msg("%s: %s", cases[i].text, err.text);
        assert_string_equal(endpoint.scheme, cases[i].scheme);
        assert_string_equal(endpoint.host, cases[i].host);
    }
}

static void what_is_more_or_less_than_a_host_is_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "https://",
        "http://example.com",
        "http://10.0.0.1",
        "http://128.0.0.1",
        "http://127.1",
        "http://2130706433",
        "http://0x7f.0.0.1",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://[::2]",
        "http://[::ffff:127.0.0.1]",
        "ftp://example.com",
        "file:///etc/passwd",
        "httpsx://example.com",
        "://example.com",
        "https://https://example.com",
        "https://user:secret@example.com",
        "user@example.com",
        "example.com/",
        "example.com/path",
        "example.com?x=1",
        "example.com#x",
        "evil.example/#.aliyuncs.com",
        "example.com:",
        "example.com:0",
        "example.com:00000",
        "example.com:65536",
        "example.com:99999999999999999999",
        "example.com:80x",
        "example.com:-1",
        "example.com:+1",
        "example.com:80:80",
        "example.com:80/x",
        "exa mple.com",
        "example.com\r\nx-evil: 1",
        "example.com\t",
        " example.com",
        "example..com",
        ".example.com",
        "example.com.",
        "-example.com",
        "example-.com",
        "example.com-",
        "ex_ample.com",
        "b\xC3\xBC-cher.example",
        "[::1",
        "[::1]x",
        "[::1]8080",
        "[]",
        "[fe80::1%25eth0]",
        "[127.0.0.1]",
        "[1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb]",
        "::1",
    };
    struct endpoint endpoint;
    struct error err;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (endpoint_parse(cases[i], &endpoint, &err))
            fail_msg("%s was taken for %s", cases[i], endpoint.host);
        assert_int_equal(err.kind, ERROR_INPUT);
        assert_null(strstr(err.text, "secret"));
        assert_string_equal(endpoint.host, "");
    }
}

static void names_have_limits(void **state)
{
    char text[400];
    struct endpoint endpoint;
    struct error err;

    (void)state;
    memset(text, 'a', sizeof(text));
    text[63] = '\0';
    assert_true(endpoint_parse(text, &endpoint, &err));
    text[63] = 'a';
    text[64] = '\0';
    assert_false(endpoint_parse(text, &endpoint, &err));
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = i % 2 == 0 ? 'a' : '.';
    memcpy(text + 253, ":65535", 7);
    assert_true(endpoint_parse(text, &endpoint, &err));
    assert_int_equal(strlen(endpoint.host), 253 + 6);
    text[253] = '.';
    text[254] = 'a';
    text[255] = '\0';
    assert_false(endpoint_parse(text, &endpoint, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(region_ids_are_lower_case_digits_and_single_hyphens),
        cmocka_unit_test(the_region_table_is_clean),
        cmocka_unit_test(endpoints_follow_the_rule_and_its_exceptions),
        cmocka_unit_test(a_region_cannot_make_another_host),
        cmocka_unit_test(endpoints_are_hosts_with_or_without_a_port),
        cmocka_unit_test(what_is_more_or_less_than_a_host_is_refused),
        cmocka_unit_test(names_have_limits),
    };

    return cmocka_run_group_tests_name("endpoint", tests, NULL, NULL);
}
