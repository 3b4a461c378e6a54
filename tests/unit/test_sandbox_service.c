#include "sandbox_support.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "sandbox/body_check.h"
#include "sandbox/service.h"

/* A machine whose clock stands and whose chance is counted. */
struct still_host {
    struct host host;
    unsigned char chance;
};

static int64_t still_now(struct host *host)
{
    (void)host;
    return NOW;
}

static bool counted_random(struct host *host, void *memory, size_t length, struct error *err)
{
    struct still_host *still = (struct still_host *)host;

    (void)err;
    for (size_t i = 0; i < length; i++)
        ((unsigned char *)memory)[i] = still->chance++;
    return true;
}

static struct still_host still = {.host = {.now = still_now, .random = counted_random}};

/* ---- The body ---- */

/* `{...}` of two instances around one that is given. */
static void body_with(struct buf *out, const char *instance)
{
    buf_clear(out);
    buf_addf(out,
             "{\"planName\":\"p\",\"planType\":\"ACTIVE_PASSIVE\",\"instances\":[{\"instanceType\":"
             "\"ALIYUN_ROCKETMQ\",\"instanceId\":\"rmq-cn-1\"},%s]}",
             instance);
}

static void a_body_is(const char *body, const char *code, const char *member)
{
    struct buf text = BUF_INIT;
    struct refusal refusal;
    struct error err;
    cJSON *plan;

    buf_add_text(&text, body);
    plan = body_check(&text, &refusal, &err);
    if (strcmp(refusal.code, code) != 0)
        fail_msg("%s: expected \"%s\", got \"%s\"", body, code, refusal.code);
    assert_int_equal(plan == NULL, code[0] != '\0');
    if (code[0]) {
        assert_int_equal(refusal.status, 400);
        assert_string_equal(refusal.dynamic_message, member);
    }
    cJSON_Delete(plan);
    buf_release(&text);
}

static void the_first_obligation_that_is_not_met_is_named(void **state)
{
    static const struct {
        const char *body, *code, *member;
    } cases[] = {
        {"", "MissingPlanName", "planName"},
        {"{}", "MissingPlanName", "planName"},
        {"{\"planName\":\"\"}", "MissingPlanName", "planName"},
        {"{\"planName\":null}", "MissingPlanName", "planName"},
        {"{\"planName\":\"p\"}", "MissingPlanType", "planType"},
        {"{\"planName\":\"p\",\"planType\":\"ONE_WAY\"}", "InvalidPlanType", "planType"},
        {"{\"planName\":\"p\",\"planType\":\"active_passive\"}", "InvalidPlanType", "planType"},
        {"{\"planName\":\"p\",\"planType\":\"ACTIVE_ACTIVE\"}", "MissingInstances", "instances"},
        {"{\"planName\":\"p\",\"planType\":\"ACTIVE_ACTIVE\",\"instances\":[]}", "MissingInstances",
         "instances"},
        {"{\"planName\":\"p\",\"planType\":\"ACTIVE_ACTIVE\",\"instances\":{}}", "InvalidInstances",
         "instances"},
        {"{\"planName\":\"p\",\"planType\":\"ACTIVE_ACTIVE\",\"instances\":[1]}", "InvalidInstances",
         "instances"},
        {"{\"planName\":\"p\",\"planType\":\"ACTIVE_ACTIVE\",\"instances\":[{}]}", "MissingInstanceType",
         "instanceType"},
        {"{\"planName\":7}", "InvalidPlanName", "planName"},
        {"{\"planName\":\"p\",\"autoSyncCheckpoint\":\"true\"}", "InvalidAutoSyncCheckpoint",
         "autoSyncCheckpoint"},
        {"[]", "InvalidParameter.Format", ""},
        {"{\"planName\":\"p\"", "InvalidParameter.Format", ""},
        {"{\"planName\":\"p\",\"planName\":\"q\"}", "InvalidParameter.Format", ""},
        {"planName=p", "InvalidParameter.Format", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        a_body_is(cases[i].body, cases[i].code, cases[i].member);
}

static void what_an_instance_must_have_depends_on_its_kind(void **state)
{
    static const struct {
        const char *instance, *code, *member;
    } cases[] = {
        {"{\"instanceType\":\"SOMETHING\"}", "InvalidInstanceType", "instanceType"},
        {"{\"instanceType\":\"ALIYUN_ROCKETMQ\"}", "MissingInstanceId", "instanceId"},
        {"{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceId\":\"rmq-cn-2\",\"authType\":\"ACL_AUTH\"}",
         "MissingUsername", "username"},
        {"{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceId\":\"rmq-cn-2\",\"authType\":\"ACL_AUTH\","
         "\"username\":\"u\"}",
         "", ""},
        {"{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"endpointUrl\":\"h:1\"}", "MissingNetworkType",
         "networkType"},
        {"{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"networkType\":\"TCP_INTERNET\"}", "MissingEndpointUrl",
         "endpointUrl"},
        {"{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"networkType\":\"TCP_INTERNET\",\"endpointUrl\":\"h:1\"}",
         "", ""},
        {"{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"networkType\":\"TCP_VPC\",\"endpointUrl\":\"h:1\"}",
         "MissingVpcId", "vpcId"},
        {"{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"networkType\":\"TCP_VPC\",\"endpointUrl\":\"h:1\","
         "\"vpcId\":\"vpc-1\",\"vSwitchId\":\"vsw-1\"}",
         "MissingSecurityGroupId", "securityGroupId"},
        {"{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"networkType\":\"TCP_VPC\",\"endpointUrl\":\"h:1\","
         "\"vpcId\":\"vpc-1\",\"vSwitchId\":\"vsw-1\",\"securityGroupId\":\"sg-1\"}",
         "", ""},
        {"{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"networkType\":\"TCP_INTERNET\",\"endpointUrl\":\"h:1\","
         "\"authType\":\"ACL_AUTH\",\"username\":\"u\"}",
         "MissingPassword", "password"},
        {"{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"networkType\":\"TCP_INTERNET\",\"endpointUrl\":\"h:1\","
         "\"authType\":\"ACL_AUTH\",\"username\":\"u\",\"password\":{\"$env\":\"SECRET\"}}",
         "InvalidPassword", "password"},
        {"{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"networkType\":\"TCP_INTERNET\",\"endpointUrl\":\"h:1\","
         "\"authType\":\"KERBEROS\"}",
         "InvalidAuthType", "authType"},
        {"{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceId\":\"MQ_INST_1_a\",\"instanceRole\":\"MASTER\"}",
         "InvalidInstanceRole", "instanceRole"},
        {"{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceId\":\"MQ_INST_1_a\",\"instanceRole\":\"Passive\"}",
         "", ""},
        {"{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceId\":\"MQ_INST_1_a\",\"instanceRole\":\"passive\"}",
         "InvalidInstanceRole", "instanceRole"},
        {"{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceId\":\"MQ_INST_1_a\",\"messageProperty\":\"a=b\"}",
         "InvalidMessageProperty", "messageProperty"},
        {"{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceId\":\"MQ_INST_1_a\",\"messageProperty\":"
         "{\"propertyKey\":1}}",
         "InvalidPropertyKey", "propertyKey"},
    };
    struct buf body = BUF_INIT;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        body_with(&body, cases[i].instance);
        a_body_is(buf_text(&body), cases[i].code, cases[i].member);
    }
    buf_release(&body);
}

static void what_is_not_needed_is_taken_all_the_same(void **state)
{
    struct buf body = BUF_INIT;

    (void)state;
    body_with(&body,
              "{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceId\":\"rmq-cn-1\",\"networkType\":\"TCP_VPC\","
              "\"endpointUrl\":\"h:1\",\"vpcId\":\"vpc-1\",\"username\":\"u\",\"password\":\"p\","
              "\"unheardOf\":[1]}");
    a_body_is(buf_text(&body), "", "");
    buf_release(&body);
}

static void a_secret_is_not_kept_and_neither_is_what_is_not_documented(void **state)
{
    struct buf body = BUF_INIT;
    struct buf kept = BUF_INIT;
    struct refusal refusal;
    struct error err;
    cJSON *plan;

    (void)state;
    body_with(&body,
              "{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceId\":\"rmq-cn-2\",\"password\":\"hunter-two\","
              "\"messageProperty\":{\"propertyKey\":\"k\",\"propertyValue\":\"v\",\"x\":1},\"y\":2}");
    plan = body_check(&body, &refusal, &err);
    assert_non_null(plan);
    json_add_tree(&kept, plan);
    assert_string_equal(
        buf_text(&kept),
        "{\"instances\":[{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceId\":\"rmq-cn-1\"},"
        "{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceId\":\"rmq-cn-2\",\"messageProperty\":"
        "{\"propertyKey\":\"k\",\"propertyValue\":\"v\"}}],\"planName\":\"p\",\"planType\":"
        "\"ACTIVE_PASSIVE\",\"syncCheckpointEnabled\":false,\"autoSyncCheckpoint\":false}");
    cJSON_Delete(plan);
    buf_release(&kept);
    buf_release(&body);
}

/* ---- The service ---- */

struct asked {
    struct service service;
    struct reply reply;
    cJSON *answer;
    int calls;
};

static void *open_asked(const char *state_file)
{
    struct asked *asked = calloc(1, sizeof(*asked));
    struct error err;

    assert_non_null(asked);
    assert_true(service_open(&asked->service, &still.host, state_file, &err));
    return asked;
}

static int set_up(void **state)
{
    *state = open_asked(NULL);
    return 0;
}

static int tear_down(void **state)
{
    struct asked *asked = *state;

    service_release(&asked->service);
    reply_release(&asked->reply);
    cJSON_Delete(asked->answer);
    free(asked);
    return 0;
}

/* Sends a call with a nonce of its own and reads the answer's JSON (NULL when it is none). */
static const cJSON *ask_with(struct asked *asked, const struct call *call, enum fault_id id)
{
    struct fault fault = {.id = id, .delay_ms = id == FAULT_SLOW ? 50 : 0};
    struct call fresh = *call;
    struct arrival arrival;
    struct error err;
    char nonce[32];

    snprintf(nonce, sizeof(nonce), "call %d", asked->calls++);
    fresh.nonce = nonce;
    signed_call(&arrival, &fresh);
    reply_release(&asked->reply);
    cJSON_Delete(asked->answer);
    assert_true(reply_init(&asked->reply, &still.host, &err));
    assert_true(service_answer(&asked->service, &arrival, fault, &asked->reply, &err));
    asked->answer = json_parse(buf_text(&asked->reply.body), asked->reply.body.length, &err);
    arrival_release(&arrival);
    return asked->answer;
}

static const cJSON *ask(struct asked *asked, const struct call *call)
{
    return ask_with(asked, call, FAULT_OK);
}

static const char *text_of(const cJSON *answer, const char *member)
{
    const char *text = json_text(json_member(answer, member));

    assert_non_null(text);
    return text;
}

static int64_t number_of(const cJSON *answer, const char *member)
{
    int64_t number;

    assert_true(json_int64(json_member(answer, member), &number));
    return number;
}

static int64_t create_named(struct asked *asked, const char *name)
{
    struct call call = create_call;
    struct buf body = BUF_INIT;
    int64_t id;

    buf_addf(&body,
             "{\"planName\":\"%s\",\"planDesc\":\"about %s\",\"planType\":\"ACTIVE_PASSIVE\",\"instances\":["
             "{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceId\":\"rmq-%s\"}]}",
             name, name, name);
    call.body = buf_text(&body);
    id = number_of(ask(asked, &call), "data");
    buf_release(&body);
    return id;
}

static int64_t total(struct asked *asked)
{
    return number_of(json_member(ask(asked, &list_call), "data"), "totalCount");
}

static const cJSON *get(struct asked *asked, const char *id)
{
    struct call call = list_call;
    char path[64];

    snprintf(path, sizeof(path), "/disaster_recovery/%s", id);
    call.path = path;
    call.action = "GetDisasterRecoveryPlan";
    return ask(asked, &call);
}

static void a_created_plan_has_an_id_and_is_found_again(void **state)
{
    const cJSON *answer = ask(*state, &create_call);
    const cJSON *plan;

    assert_true(cJSON_IsTrue(json_member(answer, "success")));
    assert_string_equal(text_of(answer, "code"), "200");
    assert_int_equal(number_of(answer, "httpStatusCode"), 200);
    assert_int_equal(number_of(answer, "data"), 1300000001);

    plan = json_member(get(*state, "1300000001"), "data");
    assert_int_equal(number_of(plan, "planId"), 1300000001);
    assert_string_equal(text_of(plan, "planName"), "orders");
    assert_string_equal(text_of(plan, "planStatus"), "CREATED");
    assert_string_equal(text_of(plan, "createTime"), "2026-11-25 08:30:00");
    assert_string_equal(text_of(plan, "updateTime"), "2026-11-25 08:30:00");
    assert_int_equal(create_named(*state, "second"), 1300000002);
}

static void the_request_id_is_that_of_the_body_and_looks_like_one(void **state)
{
    struct asked *asked = *state;
    const char *id;

    ask(asked, &create_call);
    id = asked->reply.request_id;
    assert_string_equal(text_of(asked->answer, "requestId"), id);
    assert_int_equal(strlen(id), 36);
    assert_int_equal(strspn(id, "0123456789ABCDEF-"), 36);
    assert_true(id[8] == '-' && id[13] == '-' && id[18] == '-' && id[23] == '-' && id[14] == '5');
}

static void the_service_names_what_the_body_leaves_to_it(void **state)
{
    const cJSON *instances;

    ask(*state, &create_call);
    instances = json_member(json_member(get(*state, "1300000001"), "data"), "instances");
    assert_int_equal(cJSON_GetArraySize(instances), 2);
    assert_string_equal(text_of(cJSON_GetArrayItem(instances, 0), "instanceId"), "rmq-cn-source");
    assert_memory_equal(text_of(cJSON_GetArrayItem(instances, 0), "consumerGroupId"), "GID_", 4);
    assert_memory_equal(text_of(cJSON_GetArrayItem(instances, 1), "instanceId"), "rmq-external-", 13);
}

static void no_answer_holds_a_password(void **state)
{
    struct asked *asked = *state;

    ask(asked, &create_call);
    assert_null(strstr(buf_text(&asked->reply.body), "hunter"));
    ask(asked, &list_call);
    assert_non_null(strstr(buf_text(&asked->reply.body), "admin"));
    assert_null(strstr(buf_text(&asked->reply.body), "hunter"));
    get(asked, "1300000001");
    assert_non_null(strstr(buf_text(&asked->reply.body), "admin"));
    assert_null(strstr(buf_text(&asked->reply.body), "hunter"));
}

static void the_list_may_give_the_instances_in_another_order(void **state)
{
    const cJSON *list;
    const cJSON *instances;

    ask(*state, &create_call);
    list = json_member(json_member(ask(*state, &list_call), "data"), "list");
    instances = json_member(cJSON_GetArrayItem(list, 0), "instances");
    assert_string_equal(text_of(cJSON_GetArrayItem(instances, 0), "instanceType"), "EXTERNAL_ROCKETMQ");
    assert_string_equal(text_of(cJSON_GetArrayItem(instances, 1), "instanceType"), "ALIYUN_ROCKETMQ");
}

static void a_refused_body_is_answered_in_the_envelope_and_creates_nothing(void **state)
{
    struct call call = create_call;
    const cJSON *answer;

    call.body = "{\"planName\":\"p\",\"planType\":\"x\"}";
    answer = ask(*state, &call);
    assert_int_equal(((struct asked *)*state)->reply.status, 400);
    assert_true(cJSON_IsFalse(json_member(answer, "success")));
    assert_string_equal(text_of(answer, "code"), "InvalidPlanType");
    assert_string_equal(text_of(answer, "dynamicCode"), "PlanType");
    assert_string_equal(text_of(answer, "dynamicMessage"), "planType");
    assert_int_equal(number_of(answer, "httpStatusCode"), 400);
    assert_int_equal(total(*state), 0);
}

static void the_gateway_answers_with_capital_keys(void **state)
{
    struct call call = list_call;
    const cJSON *answer;

    call.date = NOW - 3600;
    answer = ask(*state, &call);
    assert_int_equal(((struct asked *)*state)->reply.status, 400);
    assert_string_equal(text_of(answer, "Code"), "InvalidTimeStamp.Expired");
    assert_string_equal(text_of(answer, "HostId"), "127.0.0.1:8080");
    assert_string_equal(text_of(answer, "RequestId"), ((struct asked *)*state)->reply.request_id);
    assert_non_null(text_of(answer, "Message"));
    assert_non_null(text_of(answer, "Recommend"));
}

static void a_plan_that_is_not_there_is_not_found(void **state)
{
    static const struct {
        const char *id, *code;
        int status;
    } cases[] = {
        {"1", "DisasterRecoveryPlan.NotFound", 404},
        {"-1", "DisasterRecoveryPlan.NotFound", 404},
        {"9223372036854775807", "DisasterRecoveryPlan.NotFound", 404},
        {"9223372036854775808", "InvalidPlanId", 400},
        {"abc", "InvalidPlanId", 400},
        {"1300000001x", "InvalidPlanId", 400},
        {"00000000000000000000000000000000000000001", "InvalidPlanId", 400},
    };

    create_named(*state, "one");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_string_equal(text_of(get(*state, cases[i].id), "code"), cases[i].code);
        assert_int_equal(((struct asked *)*state)->reply.status, cases[i].status);
    }
}

/* ---- Listing ---- */

static const cJSON *list(struct asked *asked, const char *name, const char *value, const char *other,
                         const char *other_value)
{
    struct call call = list_call;

    call.query[0][0] = name;
    call.query[0][1] = value;
    call.query[1][0] = other;
    call.query[1][1] = other_value;
    return json_member(ask(asked, &call), "data");
}

static void the_filter_is_held_against_name_and_description(void **state)
{
    static const struct {
        const char *name, *value;
        int total;
    } cases[] = {
        {"filter", "a", 3},
        {"filter", "alp", 1},
        {"filter", "about gamma", 1},
        {"filter", "delta", 0},
        {"filter", "", 3},
        {"instanceId", "rmq-gamma", 1},
        {"instanceId", "rmq-gam", 0},
        {"instanceId", "rmq-alpha", 1},
    };

    create_named(*state, "alpha");
    create_named(*state, "beta");
    create_named(*state, "gamma");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const cJSON *data = list(*state, cases[i].name, cases[i].value, NULL, NULL);

        assert_int_equal(number_of(data, "totalCount"), cases[i].total);
        assert_int_equal(cJSON_GetArraySize(json_member(data, "list")), cases[i].total);
    }
}

static void pages_hold_at_least_ten_and_the_newest_come_first(void **state)
{
    static const struct {
        const char *number, *size;
        int first_id, count, says_number, says_size;
    } cases[] = {
        {"1", "10", 25, 10, 1, 10},
        {"2", "10", 15, 10, 2, 10},
        {"3", "10", 5, 5, 3, 10},
        {"4", "10", 0, 0, 4, 10},
        {"0", "1", 25, 10, 1, 10},
        {"-5", "20", 25, 20, 1, 20},
        {"2", "20", 5, 5, 2, 20},
        {"1", "99999", 25, 25, 1, 10000},
        {"9223372036854775807", "10000", 0, 0, 100000000, 10000},
    };
    char name[24];

    for (int i = 1; i <= 25; i++) {
        snprintf(name, sizeof(name), "plan-%d", i);
        create_named(*state, name);
    }
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const cJSON *data = list(*state, "pageNumber", cases[i].number, "pageSize", cases[i].size);
        const cJSON *plans = json_member(data, "list");

        assert_int_equal(number_of(data, "totalCount"), 25);
        assert_int_equal(number_of(data, "pageNumber"), cases[i].says_number);
        assert_int_equal(number_of(data, "pageSize"), cases[i].says_size);
        assert_int_equal(cJSON_GetArraySize(plans), cases[i].count);
        if (cases[i].count > 0)
            assert_int_equal(number_of(cJSON_GetArrayItem(plans, 0), "planId"),
                             1300000000 + cases[i].first_id);
    }
}

static void a_page_that_is_no_number_is_named(void **state)
{
    assert_null(list(*state, "pageSize", "many", NULL, NULL));
    assert_string_equal(text_of(((struct asked *)*state)->answer, "code"), "InvalidPageSize");
    assert_string_equal(text_of(((struct asked *)*state)->answer, "dynamicMessage"), "pageSize");
    assert_null(list(*state, "pageNumber", "", NULL, NULL));
    assert_string_equal(text_of(((struct asked *)*state)->answer, "code"), "InvalidPageNumber");
    assert_string_equal(text_of(((struct asked *)*state)->answer, "dynamicCode"), "PageNumber");
}

/* ---- Faults, as far as they are not the wire's ---- */

static void a_fault_does_what_it_says_and_no_more(void **state)
{
    static const struct {
        enum fault_id id;
        int status;
        const char *code; /* of either envelope; NULL when the answer is no JSON or has none */
        bool created;
        enum wire wire;
    } cases[] = {
        {FAULT_OK, 200, "200", true, WIRE_WHOLE},
        {FAULT_SLOW, 200, "200", true, WIRE_WHOLE},
        {FAULT_DROP_AFTER, 200, "200", true, WIRE_CLOSED},
        {FAULT_RESET_AFTER_BODY, 200, "200", true, WIRE_RESET},
        {FAULT_HALF_HEADERS, 200, "200", true, WIRE_HALF_HEADERS},
        {FAULT_TRUNCATED, 200, "200", true, WIRE_TRUNCATED},
        {FAULT_NOT_JSON, 200, NULL, true, WIRE_WHOLE},
        {FAULT_EMPTY, 200, NULL, true, WIRE_WHOLE},
        {FAULT_HTML, 200, NULL, true, WIRE_WHOLE},
        {FAULT_BIG, 200, "200", true, WIRE_WHOLE},
        {FAULT_400, 400, "InvalidParameter", false, WIRE_WHOLE},
        {FAULT_401, 401, "InvalidSecurityToken.Expired", false, WIRE_WHOLE},
        {FAULT_403, 403, "NoPermission", false, WIRE_WHOLE},
        {FAULT_404, 404, "Instance.NotFound", false, WIRE_WHOLE},
        {FAULT_409, 409, "DisasterRecoveryPlanStatus.Error", false, WIRE_WHOLE},
        {FAULT_429, 429, "Throttling", false, WIRE_WHOLE},
        {FAULT_500, 500, "InternalError", false, WIRE_WHOLE},
        {FAULT_502, 502, NULL, false, WIRE_WHOLE},
        {FAULT_503, 503, "ServiceUnavailable", false, WIRE_WHOLE},
        {FAULT_504, 504, NULL, false, WIRE_WHOLE},
        {FAULT_CREATED_500, 500, "InternalError", true, WIRE_WHOLE},
        {FAULT_CREATED_503, 503, "ServiceUnavailable", true, WIRE_WHOLE},
        {FAULT_THROTTLE, 429, "Throttling.User", false, WIRE_WHOLE},
        {FAULT_SUCCESS_FALSE, 200, "DisasterRecoveryPlanStatus.Error", false, WIRE_WHOLE},
        {FAULT_DENIED, 403, "Forbidden.RAM", false, WIRE_WHOLE},
        {FAULT_SKEW, 400, "InvalidTimeStamp.Expired", false, WIRE_WHOLE},
        {FAULT_NONCE, 400, "SignatureNonceUsed", false, WIRE_WHOLE},
    };
    struct asked *asked = *state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t before = total(asked);
        const cJSON *answer = ask_with(asked, &create_call, cases[i].id);
        const char *code = json_text(json_member(answer, "code"));

        if (!code)
            code = json_text(json_member(answer, "Code"));
        assert_int_equal(asked->reply.status, cases[i].status);
        assert_int_equal(asked->reply.wire, cases[i].wire);
        assert_int_equal(asked->reply.delay_ms, cases[i].id == FAULT_SLOW ? 50 : 0);
        assert_int_equal(asked->reply.retry_after, cases[i].id == FAULT_THROTTLE ? 1000 : -1);
        assert_int_equal(asked->reply.date, cases[i].id == FAULT_SKEW ? NOW + 3600 : NOW);
        assert_int_equal(asked->reply.body.length > 1 << 20, cases[i].id == FAULT_BIG);
        assert_int_equal(code == NULL, cases[i].code == NULL);
        if (code)
            assert_string_equal(code, cases[i].code);
        assert_int_equal(total(asked), before + (cases[i].created ? 1 : 0));
    }
}

static void a_denial_names_the_permission(void **state)
{
    const cJSON *detail = json_member(ask_with(*state, &create_call, FAULT_DENIED), "AccessDeniedDetail");

    assert_string_equal(text_of(detail, "AuthAction"), "rocketmq:CreateDisasterRecoveryPlan");
    assert_string_equal(text_of(detail, "NoPermissionType"), "ImplicitDeny");
}

static void a_fault_does_not_hide_what_is_really_wrong(void **state)
{
    struct asked *asked = *state;
    struct call call = create_call;

    call.body = "{}";
    ask_with(asked, &call, FAULT_DROP_AFTER);
    assert_int_equal(asked->reply.wire, WIRE_WHOLE);
    assert_string_equal(text_of(asked->answer, "code"), "MissingPlanName");
    call.date = NOW - 3600;
    ask_with(asked, &call, FAULT_503);
    assert_string_equal(text_of(asked->answer, "Code"), "InvalidTimeStamp.Expired");
}

/* ---- The state file ---- */

static void make_folder(char path[64], char file[128])
{
    snprintf(path, 64, "/tmp/drplan-sandbox-XXXXXX");
    assert_non_null(mkdtemp(path));
    snprintf(file, 128, "%s/state.json", path);
}

static void plans_outlive_the_sandbox_in_the_state_file(void **state)
{
    char folder[64];
    char file[128];
    void *asked;
    struct buf text = BUF_INIT;
    struct error err;

    (void)state;
    make_folder(folder, file);
    asked = open_asked(file);
    ask(asked, &create_call);
    assert_int_equal(create_named(asked, "second"), 1300000002);
    tear_down(&asked);

    asked = open_asked(file);
    assert_int_equal(total(asked), 2);
    assert_string_equal(text_of(json_member(get(asked, "1300000001"), "data"), "planName"), "orders");
    assert_int_equal(create_named(asked, "third"), 1300000003);
    tear_down(&asked);

    assert_true(file_read(file, 1 << 20, &text, NULL, &err));
    assert_null(strstr(buf_text(&text), "hunter"));
    assert_non_null(strstr(buf_text(&text), "third"));
    buf_release(&text);
    unlink(file);
    rmdir(folder);
}

static void a_state_file_that_cannot_be_understood_is_named(void **state)
{
    static const struct {
        const char *content, *said;
    } cases[] = {
        {"", "line 1"},
        {"{\"version\":1,\"plans\":[", "line 1"},
        {"{}", "is not a state file"},
        {"{\"version\":2,\"plans\":[]}", "version 2"},
        {"{\"version\":1,\"plans\":[{}]}", "plan 1 has no usable planId"},
        {"{\"version\":1,\"plans\":[{\"planId\":1.5}]}", "plan 1 has no usable planId"},
        {"{\"version\":1,\"plans\":[{\"planId\":1}]}", "plan 1 has no planName"},
        {"{\"version\":1,\"plans\":[{\"planId\":1,\"planName\":\"\",\"planType\":\"\",\"planStatus\":\"\","
         "\"createTime\":\"\",\"updateTime\":\"\"}]}",
         "plan 1 has no instances"},
        {"{\"version\":1,\"plans\":[{\"planId\":1,\"planName\":\"\",\"planType\":\"\",\"planStatus\":\"\","
         "\"createTime\":\"\",\"updateTime\":\"\",\"instances\":[]},{\"planId\":1,\"planName\":\"\","
         "\"planType\":"
         "\"\",\"planStatus\":\"\",\"createTime\":\"\",\"updateTime\":\"\",\"instances\":[]}]}",
         "planId of plan 2"},
    };
    char folder[64];
    char file[128];

    (void)state;
    make_folder(folder, file);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sandbox_options options = {.state_file = file, .quiet = true};
        struct error err = {0};

        assert_true(file_replace(file, cases[i].content, strlen(cases[i].content), NULL, &err));
        assert_null(sandbox_open(&options, &err));
        assert_int_equal(err.kind, ERROR_FILE);
        assert_non_null(strstr(err.text, file));
        assert_non_null(strstr(err.text, cases[i].said));
    }
    unlink(file);
    rmdir(folder);
}

static void a_state_file_that_cannot_be_written_is_known_at_once(void **state)
{
    struct sandbox_options options = {.state_file = "/nonexistent-folder/state.json", .quiet = true};
    struct error err = {0};

    (void)state;
    assert_null(sandbox_open(&options, &err));
    assert_int_equal(err.kind, ERROR_FILE);
    assert_non_null(strstr(err.text, "/nonexistent-folder"));
}

static void a_plan_that_cannot_be_kept_is_not_created(void **state)
{
    char folder[64];
    char file[128];
    struct asked *asked;
    const cJSON *answer;

    (void)state;
    make_folder(folder, file);
    asked = open_asked(file);
    assert_int_equal(create_named(asked, "first"), 1300000001);
    unlink(file);
    rmdir(folder);
    answer = ask(asked, &create_call);
    assert_int_equal(asked->reply.status, 500);
    assert_string_equal(text_of(answer, "code"), "InternalError");
    assert_int_equal(total(asked), 1);
    tear_down((void **)&asked);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_obligation_that_is_not_met_is_named),
        cmocka_unit_test(what_an_instance_must_have_depends_on_its_kind),
        cmocka_unit_test(what_is_not_needed_is_taken_all_the_same),
        cmocka_unit_test(a_secret_is_not_kept_and_neither_is_what_is_not_documented),
        cmocka_unit_test_setup_teardown(a_created_plan_has_an_id_and_is_found_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_request_id_is_that_of_the_body_and_looks_like_one, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_service_names_what_the_body_leaves_to_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_answer_holds_a_password, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_list_may_give_the_instances_in_another_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refused_body_is_answered_in_the_envelope_and_creates_nothing,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_gateway_answers_with_capital_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_plan_that_is_not_there_is_not_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_filter_is_held_against_name_and_description, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pages_hold_at_least_ten_and_the_newest_come_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_page_that_is_no_number_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_fault_does_what_it_says_and_no_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_denial_names_the_permission, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_fault_does_not_hide_what_is_really_wrong, set_up, tear_down),
        cmocka_unit_test(plans_outlive_the_sandbox_in_the_state_file),
        cmocka_unit_test(a_state_file_that_cannot_be_understood_is_named),
        cmocka_unit_test(a_state_file_that_cannot_be_written_is_known_at_once),
        cmocka_unit_test(a_plan_that_cannot_be_kept_is_not_created),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
