#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "api/look.h"
#include "base/json.h"

static cJSON *tree(const char *text)
{
    struct error err;
    cJSON *node = json_parse(text, strlen(text), &err);

    assert_non_null(node);
    return node;
}

/* ---- instances ---- */

#define A "{\"instanceId\":\"rmq-a\",\"instanceType\":\"ALIYUN_ROCKETMQ\"}"
#define B "{\"instanceId\":\"rmq-b\",\"instanceType\":\"ALIYUN_ROCKETMQ\"}"
#define X "{\"endpointUrl\":\"198.51.100.7:8080\",\"instanceType\":\"EXTERNAL_ROCKETMQ\"}"

static void instances_are_compared_as_a_set_by_what_both_sides_have(void **state)
{
    static const struct {
        const char *sent, *listed;
        bool same;
    } cases[] = {
        {"[" A "," B "]", "[" A "," B "]", true},
        {"[" A "," B "]", "[" B "," A "]", true},
        {"[" A "," B "]", "[" A "," A "]", false},
        {"[" A "," A "]", "[" A "," B "]", false},
        {"[" A "," B "]", "[" A "]", false},
        {"[" A "]", "[" A "," B "]", false},
        {"[" A "," X "]", "[" X "," A "]", true},
        /* an external one is listed with an id of its own, with or without its endpoint */
        {"[" A "," X "]", "[{\"instanceId\":\"ext-1\",\"endpointUrl\":\"198.51.100.7:8080\"}," A "]", true},
        {"[" A "," X "]", "[{\"instanceId\":\"ext-1\",\"instanceType\":\"EXTERNAL_ROCKETMQ\"}," A "]", true},
        {"[" A "," X "]", "[{\"instanceId\":\"ext-1\",\"endpointUrl\":\"198.51.100.8:8080\"}," A "]", false},
        {"[" A "," X "]", "[{\"instanceId\":\"ext-1\",\"instanceType\":\"ALIYUN_ROCKETMQ\"}," A "]", false},
        {"[" X "," A "]", "[{\"instanceType\":\"EXTERNAL_ROCKETMQ\"}," A "]", true},
        /* empty texts say nothing */
        {"[{\"instanceId\":\"\",\"endpointUrl\":\"e\"}," A "]",
         "[" A ",{\"instanceId\":\"x\",\"endpointUrl\":\"e\"}]", true},
        /* letter case of constants and hosts may change on the way */
        {"[{\"endpointUrl\":\"MQ.example:1\",\"instanceRole\":\"ACTIVE\"}]",
         "[{\"endpointUrl\":\"mq.example:1\",\"instanceRole\":\"Active\"}]", true},
        /* two that differ by role only */
        {"[{\"instanceId\":\"a\",\"instanceRole\":\"ACTIVE\"},{\"instanceId\":\"a\",\"instanceRole\":"
         "\"PASSIVE\"}]",
         "[{\"instanceId\":\"a\",\"instanceRole\":\"PASSIVE\"},{\"instanceId\":\"a\",\"instanceRole\":"
         "\"ACTIVE\"}]",
         true},
        {"[{\"instanceId\":\"a\",\"instanceRole\":\"ACTIVE\"}]",
         "[{\"instanceId\":\"a\",\"instanceRole\":\"PASSIVE\"}]", false},
        {"[{\"instanceId\":\"a\",\"regionId\":\"cn-hangzhou\"}]",
         "[{\"instanceId\":\"a\",\"regionId\":\"cn-beijing\"}]", false},
        /* nothing recognised is not the same */
        {"[{\"instanceType\":\"EXTERNAL_ROCKETMQ\"}]", "[{\"instanceType\":\"EXTERNAL_ROCKETMQ\"}]", false},
        {"[{}]", "[{}]", false},
        {"[1,\"x\"]", "[1,\"x\"]", false},
        {"[]", "[]", false},
        {"{}", "{}", false},
        {"[" A "]", "null", false},
        {"null", "[" A "]", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        cJSON *sent = tree(cases[i].sent), *listed = tree(cases[i].listed);

        if (look_same_instances(sent, listed) != cases[i].same)
            print_message("case %zu\n", i);
        assert_int_equal(look_same_instances(sent, listed), cases[i].same);
        cJSON_Delete(sent);
        cJSON_Delete(listed);
    }
    assert_false(look_same_instances(NULL, NULL));
}

/* ---- pages ---- */

static bool take(struct look *look, const char *data, bool *more, struct error *err)
{
    cJSON *page = tree(data);
    bool taken = look_take(look, page, more, err);

    cJSON_Delete(page);
    return taken;
}

static void pages_end_where_they_should(void **state)
{
    static const struct {
        const char *data;
        bool taken, more;
    } cases[] = {
        {"{\"list\":[],\"totalCount\":0}", true, false},
        {"{\"list\":[],\"totalCount\":9}", true, false},
        {"{\"list\":[]}", true, false},
        {"{\"list\":[{}],\"totalCount\":1}", true, false},
        {"{\"list\":[{}],\"totalCount\":2}", true, true},
        {"{\"list\":[{}]}", true, true},
        {"{\"list\":[{}],\"totalCount\":-5}", true, true},
        {"{\"list\":[{}],\"totalCount\":\"1\"}", true, true},
        {"{\"list\":[{}],\"totalCount\":1e3}", true, true},
        {"{\"list\":null,\"totalCount\":0}", true, false},
        {"{\"totalCount\":0}", true, false},
        {"{\"totalCount\":3}", false, false},
        {"{\"list\":{}}", false, false},
        {"[]", false, false},
        {"true", false, false},
        {"{\"list\":[{\"planName\":\"other\",\"planId\":\"7\"}],\"totalCount\":1}", true, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct look look = {.plan_name = "night"};
        struct error err = {0};
        bool more = false;

        look_begin(&look, false);
        if (take(&look, cases[i].data, &more, &err) != cases[i].taken || more != cases[i].more)
            fail_msg("case %zu", i);
        assert_int_equal(err.kind, cases[i].taken ? ERROR_NONE : ERROR_INPUT);
        look_release(&look);
    }
}

static void a_plan_without_a_readable_id_is_noticed(void **state)
{
    static const char *const pages[] = {
        "{\"list\":[{\"planName\":\"night\"}]}",
        "{\"list\":[{\"planName\":\"night\",\"planId\":\"7\"}]}",
        "{\"list\":[{\"planName\":\"night\",\"planId\":-7}]}",
        "{\"list\":[{\"planName\":\"night\",\"planId\":9223372036854775808}]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        struct look look = {.plan_name = "night"};
        struct error err;
        bool more;

        look_begin(&look, false);
        assert_true(take(&look, pages[i], &more, &err));
        assert_true(look.unreadable);
        look_begin(&look, true);
        assert_false(take(&look, pages[i], &more, &err));
        assert_int_equal(err.kind, ERROR_INPUT);
        look_release(&look);
    }
}

static void plans_are_sorted_into_seen_ours_and_others(void **state)
{
    cJSON *sent = tree("[" A "," X "]");
    struct look look = {.plan_name = "night", .instances = sent};
    struct error err;
    bool more;
    char ids[128];

    (void)state;
    look_begin(&look, false);
    assert_true(take(
        &look, "{\"list\":[{\"planName\":\"night\",\"planId\":1},{\"planName\":\"night\",\"planId\":1}]}",
        &more, &err));
    assert_int_equal(look.seen.count, 1);
    for (int round = 0; round < 2; round++) {
        look_begin(&look, true);
        assert_true(take(&look,
                         "{\"list\":[{\"planName\":\"night\",\"planId\":1,\"instances\":[" A "," X "]},"
                         "{\"planName\":\"night\",\"planId\":2,\"instances\":[" X "," A "]},"
                         "{\"planName\":\"night\",\"planId\":3,\"instances\":[" A "," B "]},"
                         "{\"planName\":\"NIGHT\",\"planId\":4,\"instances\":[" A "," X
                         "]}],\"totalCount\":4}",
                         &more, &err));
        assert_int_equal(look.listed, 4);
        plan_ids_write(&look.ours, ids, sizeof(ids));
        assert_string_equal(ids, "2");
        plan_ids_write(&look.others, ids, sizeof(ids));
        assert_string_equal(ids, "3");
    }
    look_release(&look);
    cJSON_Delete(sent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instances_are_compared_as_a_set_by_what_both_sides_have),
        cmocka_unit_test(pages_end_where_they_should),
        cmocka_unit_test(a_plan_without_a_readable_id_is_noticed),
        cmocka_unit_test(plans_are_sorted_into_seen_ours_and_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
