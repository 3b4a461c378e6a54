#include "chance.h"
#include "model_support.h"

/* What the documentation says of these bodies. UNKNOWN: it says nothing, and `errors` is what we make of it.
 */
enum verdict { SOUND, WRONG, UNKNOWN };

static const struct {
    const char *name;
    enum verdict verdict;
    const char *body;
} bodies[] = {
    {"oneway_aliyun_5x_noauth", SOUND,
     "{'planName':'order-dr-hz-sh','planDesc':'orders, Hangzhou to Shanghai',"
     "'planType':'ACTIVE_PASSIVE','instances':[{'instanceType':'ALIYUN_ROCKETMQ',"
     "'regionId':'cn-hangzhou','instanceId':'rmq-cn-7e22ody0001','instanceRole':'ACTIVE',"
     "'authType':'NO_AUTH'},{'instanceType':'ALIYUN_ROCKETMQ','regionId':'cn-shanghai',"
     "'instanceId':'rmq-cn-gpz3qtc0001','instanceRole':'PASSIVE','authType':'NO_AUTH'}],"
     "'syncCheckpointEnabled':true,'autoSyncCheckpoint':true}"},
    {"oneway_aliyun_40_source_no_authtype", SOUND,
     "{'planName':'legacy-to-5x','planType':'ACTIVE_PASSIVE','instances':[{"
     "'instanceType':'ALIYUN_ROCKETMQ','regionId':'cn-hangzhou',"
     "'instanceId':'MQ_INST_0000000000000000_EXAMPLE1','instanceRole':'ACTIVE'},{"
     "'instanceType':'ALIYUN_ROCKETMQ','regionId':'cn-hangzhou','instanceId':'rmq-cn-em93y940001',"
     "'instanceRole':'PASSIVE','authType':'NO_AUTH'}]}"},
    {"external_internet_acl_to_aliyun", SOUND,
     "{'planName':'selfbuilt-acl','planType':'ACTIVE_PASSIVE','instances':[{"
     "'instanceType':'EXTERNAL_ROCKETMQ','instanceRole':'ACTIVE','regionId':'cn-shenzhen',"
     "'authType':'ACL_AUTH','username':'rocketmq-ak','password':'<secret>',"
     "'endpointUrl':'ns1.example.com:9876;ns2.example.com:9876','networkType':'TCP_INTERNET'},{"
     "'instanceType':'ALIYUN_ROCKETMQ','regionId':'cn-shenzhen','instanceId':'rmq-cn-7e22ody0002',"
     "'instanceRole':'PASSIVE','authType':'ACL_AUTH','username':'yS8x01abcd'}]}"},
    {"external_vpc_acl_full", SOUND,
     "{'planName':'vpc-selfbuilt-acl','planDesc':'IDC cluster via VPC','planType':'ACTIVE_PASSIVE',"
     "'instances':[{'instanceType':'EXTERNAL_ROCKETMQ','instanceRole':'ACTIVE',"
     "'regionId':'cn-hangzhou','authType':'ACL_AUTH','username':'rocketmq-ak','password':'<secret>',"
     "'endpointUrl':'192.168.1.10:9876','networkType':'TCP_VPC','vpcId':'vpc-wz9qt50xhtj9krb0001',"
     "'vSwitchId':'vsw-uf6gwtbn6etadpv0001','securityGroupId':'sg-bp17hpmgz90001','messageProperty':{"
     "'propertyKey':'site','propertyValue':'idc'},'consumerGroupId':'GID_DS_IDC'},{"
     "'instanceType':'ALIYUN_ROCKETMQ','regionId':'cn-hangzhou','instanceId':'rmq-cn-7e22ody0001',"
     "'instanceRole':'PASSIVE','authType':'ACL_AUTH','username':'yS8x01abcd',"
     "'consumerGroupId':'GID_DS_CLOUD'}],'syncCheckpointEnabled':true,'autoSyncCheckpoint':false}"},
    {"doc_template_all_fields", UNKNOWN,
     "{'planName':'xxx','planDesc':'xxx','planType':'ACTIVE_ACTIVE','instances':[{"
     "'instanceType':'ALIYUN_ROCKETMQ','regionId':'cn-hangzhou','instanceId':'rmq-cn-******',"
     "'instanceRole':'PASSIVE','authType':'ACL_AUTH','username':'xxx','password':'xxx',"
     "'endpointUrl':'xxx','networkType':'TCP_INTERNET','vpcId':'vpc-wz9qt50xhtj9krb******',"
     "'vSwitchId':'vsw-uf6gwtbn6etadpv******','messageProperty':{'propertyKey':'aaa',"
     "'propertyValue':'bbb'},'securityGroupId':'sg-bp17hpmgz9******',"
     "'consumerGroupId':'GID_DS_XXX_YYY'}],'autoSyncCheckpoint':true,'syncCheckpointEnabled':true}"},
    {"missing_planName", WRONG,
     "{'planType':'ACTIVE_PASSIVE','instances':[{'instanceType':'ALIYUN_ROCKETMQ',"
     "'regionId':'cn-hangzhou','instanceId':'rmq-cn-7e22ody0001','instanceRole':'ACTIVE',"
     "'authType':'NO_AUTH'},{'instanceType':'ALIYUN_ROCKETMQ','regionId':'cn-shanghai',"
     "'instanceId':'rmq-cn-gpz3qtc0001','instanceRole':'PASSIVE','authType':'NO_AUTH'}]}"},
    {"planType_unknown_value", WRONG,
     "{'planName':'x1','planType':'ONE_WAY','instances':[{'instanceType':'ALIYUN_ROCKETMQ',"
     "'regionId':'cn-hangzhou','instanceId':'rmq-cn-7e22ody0001','instanceRole':'ACTIVE',"
     "'authType':'NO_AUTH'},{'instanceType':'ALIYUN_ROCKETMQ','regionId':'cn-shanghai',"
     "'instanceId':'rmq-cn-gpz3qtc0001','instanceRole':'PASSIVE','authType':'NO_AUTH'}]}"},
    {"external_without_endpoint", WRONG,
     "{'planName':'x3','planType':'ACTIVE_PASSIVE','instances':[{'instanceType':'EXTERNAL_ROCKETMQ',"
     "'instanceRole':'ACTIVE','regionId':'cn-hangzhou','authType':'NO_AUTH',"
     "'networkType':'TCP_INTERNET'},{'instanceType':'ALIYUN_ROCKETMQ','regionId':'cn-hangzhou',"
     "'instanceId':'rmq-cn-7e22ody0001','instanceRole':'PASSIVE','authType':'NO_AUTH'}]}"},
    {"external_vpc_without_security_group", WRONG,
     "{'planName':'x5','planType':'ACTIVE_PASSIVE','instances':[{'instanceType':'EXTERNAL_ROCKETMQ',"
     "'instanceRole':'ACTIVE','regionId':'cn-hangzhou','authType':'NO_AUTH',"
     "'endpointUrl':'192.168.1.10:9876','networkType':'TCP_VPC','vpcId':'vpc-wz9qt50xhtj9krb0001',"
     "'vSwitchId':'vsw-uf6gwtbn6etadpv0001'},{'instanceType':'ALIYUN_ROCKETMQ',"
     "'regionId':'cn-hangzhou','instanceId':'rmq-cn-7e22ody0001','instanceRole':'PASSIVE',"
     "'authType':'NO_AUTH'}]}"},
    {"aliyun_acl_without_username", WRONG,
     "{'planName':'x7','planType':'ACTIVE_PASSIVE','instances':[{'instanceType':'ALIYUN_ROCKETMQ',"
     "'regionId':'cn-hangzhou','instanceId':'rmq-cn-7e22ody0001','instanceRole':'ACTIVE',"
     "'authType':'ACL_AUTH'},{'instanceType':'ALIYUN_ROCKETMQ','regionId':'cn-shanghai',"
     "'instanceId':'rmq-cn-gpz3qtc0001','instanceRole':'PASSIVE','authType':'NO_AUTH'}]}"},
    {"two_external_clusters", UNKNOWN,
     "{'planName':'ext-ext','planType':'ACTIVE_PASSIVE','instances':[{"
     "'instanceType':'EXTERNAL_ROCKETMQ','instanceRole':'ACTIVE','authType':'NO_AUTH',"
     "'endpointUrl':'203.0.113.10:9876','networkType':'TCP_INTERNET'},{"
     "'instanceType':'EXTERNAL_ROCKETMQ','instanceRole':'PASSIVE','authType':'NO_AUTH',"
     "'endpointUrl':'203.0.113.20:9876','networkType':'TCP_INTERNET'}]}"},
    {"same_instance_twice", UNKNOWN,
     "{'planName':'self','planType':'ACTIVE_PASSIVE','instances':[{'instanceType':'ALIYUN_ROCKETMQ',"
     "'regionId':'cn-hangzhou','instanceId':'rmq-cn-7e22ody0001','instanceRole':'ACTIVE',"
     "'authType':'NO_AUTH'},{'instanceType':'ALIYUN_ROCKETMQ','regionId':'cn-hangzhou',"
     "'instanceId':'rmq-cn-7e22ody0001','instanceRole':'PASSIVE','authType':'NO_AUTH'}]}"},
    {"twoway_auto_sync", SOUND,
     "{'planName':'warn-aa-auto','planType':'ACTIVE_ACTIVE','instances':[{"
     "'instanceType':'ALIYUN_ROCKETMQ','regionId':'cn-hangzhou','instanceId':'rmq-cn-7e22ody0001',"
     "'instanceRole':'ACTIVE','authType':'NO_AUTH','consumerGroupId':'GID_DS_HZ'},{"
     "'instanceType':'ALIYUN_ROCKETMQ','regionId':'cn-shanghai','instanceId':'rmq-cn-gpz3qtc0001',"
     "'instanceRole':'ACTIVE','authType':'NO_AUTH','consumerGroupId':'GID_DS_SH'}],"
     "'autoSyncCheckpoint':true,'syncCheckpointEnabled':true}"},
};

static void documented_bodies_are_judged_as_documented(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        struct plan *plan = draft_of(bodies[i].body);
        struct review *review = review_of(plan);

        if (bodies[i].verdict != UNKNOWN && (review_errors(review) == 0) != (bodies[i].verdict == SOUND)) {
            print_problems(review);
            fail_msg("%s", bodies[i].name);
        }
        review_free(review);
        plan_free(plan);
    }
}

static const char *body_of(const char *name)
{
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
        if (strcmp(bodies[i].name, name) == 0)
            return bodies[i].body;
    fail_msg("no such body: %s", name);
    return NULL;
}

static void what_no_source_decides_is_decided_with_care(void **state)
{
    struct plan *plan = draft_of(body_of("same_instance_twice"));

    (void)state;
    assert_error(plan, "instances[1].instanceId", "copied onto itself");
    plan_free(plan);

    plan = draft_of(body_of("two_external_clusters"));
    assert_warning(plan, "instances[1].instanceType", "external like the other");
    assert_no_problem_at(plan, "instances[0].instanceType");
    set(plan, 0, FIELD_INSTANCE_TYPE, ALIYUN_CLUSTER);
    assert_no_problem_at(plan, "instances[1].instanceType");
    plan_free(plan);

    plan = draft_of(body_of("doc_template_all_fields"));
    assert_error(plan, "instances[1].instanceType", "must be given");
    assert_warning(plan, "instances[0].instanceId", "asterisks");
    assert_warning(plan, "instances[0].vpcId", "turn on the extra fields");
    assert_warning(plan, "instances[0].password", "is not needed for an ApsaraMQ instance and is left out");
    plan_free(plan);

    plan = draft_of(body_of("twoway_auto_sync"));
    assert_warning(plan, "autoSyncCheckpoint", "no effect in a two-way plan");
    plan_free(plan);
}

static void what_is_missing_is_named_with_its_reason(void **state)
{
    static const struct {
        const char *body, *path, *reason;
    } cases[] = {
        {"missing_planName", "planName", "must be given for every plan"},
        {"planType_unknown_value", "planType", "must be ACTIVE_PASSIVE or ACTIVE_ACTIVE"},
        {"external_without_endpoint", "instances[0].endpointUrl", "must be given for an external cluster"},
        {"external_vpc_without_security_group", "instances[0].securityGroupId",
         "must be given for an external cluster behind a VPC"},
        {"aliyun_acl_without_username", "instances[0].username", "must be given with ACL_AUTH"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plan *plan = draft_of(body_of(cases[i].body));
        struct review *review = review_of(plan);

        assert_int_equal(review_errors(review), 1);
        assert_error(plan, cases[i].path, cases[i].reason);
        review_free(review);
        plan_free(plan);
    }
}

/* ---- Presence ---- */

/* The need of a field in a plan whose first cluster is this one. */
static enum need need_in(const char *instance, enum field_id field)
{
    char text[512];
    struct plan *plan;
    struct review *review;
    enum need need;

    snprintf(text, sizeof(text), "{'planType':'ACTIVE_PASSIVE','instances':[{%s}]}", instance);
    plan = draft_of(text);
    review = review_of(plan);
    need = review_field(review, at(0, field))->need;
    review_free(review);
    plan_free(plan);
    return need;
}

#define A5     "'instanceType':'ALIYUN_ROCKETMQ','instanceId':'rmq-1'"
#define A5_ACL A5 ",'authType':'ACL_AUTH'"
#define A4     "'instanceType':'ALIYUN_ROCKETMQ','instanceId':'MQ_INST_1'"
#define EI     "'instanceType':'EXTERNAL_ROCKETMQ','networkType':'TCP_INTERNET'"
#define EV     "'instanceType':'EXTERNAL_ROCKETMQ','networkType':'TCP_VPC'"
#define EI_ACL EI ",'authType':'ACL_AUTH'"
#define EV_ACL EV ",'authType':'ACL_AUTH'"

static void the_condition_table_is_as_documented(void **state)
{
    enum { N = NEED_NEVER, X = NEED_EXTRA, O = NEED_OPTIONAL, C = NEED_RECOMMENDED, R = NEED_REQUIRED };
    static const char *const clusters[] = {"", A5, A5_ACL, A4, EI, EI_ACL, EV, EV_ACL};
    static const struct {
        enum field_id field;
        int need[8];
    } rows[] = {
        {FIELD_INSTANCE_TYPE, {R, R, R, R, R, R, R, R}},
        {FIELD_INSTANCE_ROLE, {C, C, C, C, C, C, C, C}},
        {FIELD_NETWORK_TYPE, {N, X, X, X, R, R, R, R}},
        {FIELD_REGION_ID, {N, C, C, C, O, O, C, C}},
        {FIELD_INSTANCE_ID, {N, R, R, R, N, N, N, N}},
        {FIELD_ENDPOINT_URL, {N, X, X, X, R, R, R, R}},
        {FIELD_VPC_ID, {N, X, X, X, N, N, R, R}},
        {FIELD_VSWITCH_ID, {N, X, X, X, N, N, R, R}},
        {FIELD_SECURITY_GROUP_ID, {N, X, X, X, N, N, R, R}},
        {FIELD_AUTH_TYPE, {N, C, C, X, C, C, C, C}},
        {FIELD_USERNAME, {N, N, R, N, N, R, N, R}},
        {FIELD_PASSWORD, {N, N, X, N, N, R, N, R}},
        {FIELD_CONSUMER_GROUP_ID, {N, O, O, O, O, O, O, O}},
        {FIELD_PROPERTY_KEY, {N, O, O, O, O, O, O, O}},
        {FIELD_PROPERTY_VALUE, {N, O, O, O, O, O, O, O}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (size_t j = 0; j < sizeof(clusters) / sizeof(clusters[0]); j++)
            if ((int)need_in(clusters[j], rows[i].field) != rows[i].need[j])
                fail_msg("%s with %s", schema[rows[i].field].path, clusters[j]);
}

static void extra_fields_are_shown_on_request(void **state)
{
    struct plan *plan = draft_of("{'instances':[{" A4 ",'authType':'ACL_AUTH','vpcId':'vpc-1'}]}");
    struct review *review = review_of(plan);

    (void)state;
    assert_false(review_field(review, at(0, FIELD_VPC_ID))->shown);
    assert_null(review_field(review, at(0, FIELD_VPC_ID))->value);
    assert_int_equal(review_field(review, at(0, FIELD_USERNAME))->need, NEED_NEVER);
    review_free(review);

    plan_set_extras(plan, 0, true);
    review = review_of(plan);
    assert_true(review_field(review, at(0, FIELD_VPC_ID))->shown);
    assert_string_equal(review_field(review, at(0, FIELD_VPC_ID))->value, "vpc-1");
    assert_int_equal(review_field(review, at(0, FIELD_USERNAME))->need, NEED_REQUIRED);
    assert_no_problem_at(plan, "instances[0].vpcId");
    assert_error(plan, "instances[0].username", "must be given");
    assert_false(review_field(review, at(1, FIELD_VPC_ID))->shown);
    review_free(review);
    plan_free(plan);
}

static void a_hidden_answer_comes_back(void **state)
{
    struct plan *plan = plan_new(true);
    struct review *review;

    (void)state;
    set(plan, 0, FIELD_INSTANCE_TYPE, EXTERNAL_CLUSTER);
    set(plan, 0, FIELD_NETWORK_TYPE, VPC_NETWORK);
    set(plan, 0, FIELD_VPC_ID, "vpc-1");
    set(plan, 0, FIELD_NETWORK_TYPE, INTERNET_NETWORK);
    review = review_of(plan);
    assert_null(review_field(review, at(0, FIELD_VPC_ID))->value);
    assert_string_equal(review_field(review, at(0, FIELD_VPC_ID))->because, "the network is not TCP_VPC");
    assert_no_problem_at(plan, "instances[0].vpcId");
    review_free(review);
    set(plan, 0, FIELD_NETWORK_TYPE, VPC_NETWORK);
    review = review_of(plan);
    assert_string_equal(review_field(review, at(0, FIELD_VPC_ID))->value, "vpc-1");
    review_free(review);
    plan_free(plan);
}

static void an_answer_of_a_draft_that_does_not_apply_is_reported(void **state)
{
    struct plan *plan = draft_of("{'planType':'ACTIVE_PASSIVE','autoSyncCheckpoint':true,'instances':[{" EI
                                 ",'vpcId':'vpc-1','instanceId':'rmq-1'},{'regionId':'cn-hangzhou'}]}");

    (void)state;
    assert_warning(plan, "instances[0].vpcId",
                   "does not apply here and is left out: the network is not TCP_VPC");
    assert_warning(plan, "instances[0].instanceId", "the service makes the ID of an external cluster");
    assert_warning(plan, "instances[1].regionId", "the cluster kind is not answered");
    assert_warning(plan, "autoSyncCheckpoint", "it takes effect only with syncCheckpointEnabled on");
    set(plan, 0, FIELD_NETWORK_TYPE, VPC_NETWORK);
    assert_no_problem_at(plan, "instances[0].vpcId");
    plan_free(plan);

    plan = plan_new(false);
    set(plan, 0, FIELD_VPC_ID, "vpc-1");
    assert_warning(plan, "instances[0].vpcId", "is left out");
    plan_free(plan);
}

static void roles_are_suggested_by_the_plan_type(void **state)
{
    struct plan *plan = plan_new(true);
    struct review *review = review_of(plan);

    (void)state;
    assert_string_equal(review_field(review, at(0, FIELD_INSTANCE_ROLE))->value, "ACTIVE");
    assert_true(review_field(review, at(0, FIELD_INSTANCE_ROLE))->suggested);
    assert_null(review_field(review, at(1, FIELD_INSTANCE_ROLE))->value);
    set(plan, PLACE_PLAN, FIELD_PLAN_TYPE, ONE_WAY);
    review_free(review);
    review = review_of(plan);
    assert_string_equal(review_field(review, at(1, FIELD_INSTANCE_ROLE))->value, "PASSIVE");
    set(plan, PLACE_PLAN, FIELD_PLAN_TYPE, TWO_WAY);
    review_free(review);
    review = review_of(plan);
    assert_string_equal(review_field(review, at(1, FIELD_INSTANCE_ROLE))->value, "ACTIVE");
    set(plan, 1, FIELD_INSTANCE_ROLE, "PASSIVE");
    review_free(review);
    review = review_of(plan);
    assert_string_equal(review_field(review, at(1, FIELD_INSTANCE_ROLE))->value, "PASSIVE");
    assert_false(review_field(review, at(1, FIELD_INSTANCE_ROLE))->suggested);
    review_free(review);
    plan_free(plan);
}

static void a_draft_gets_no_suggestions(void **state)
{
    struct plan *plan = draft_of("{'planType':'ACTIVE_PASSIVE','instances':[{" A5 "}]}");

    (void)state;
    assert_warning(plan, "instances[0].instanceRole",
                   "should be given so that source and target are certain");
    plan_free(plan);
}

/* ---- Checks of single values ---- */

static const struct {
    const char *value;
    const char *said; /* NULL: nothing */
    enum field_id field;
    enum severity severity;
} values[] = {
    {"orders", NULL, FIELD_PLAN_NAME, SEVERITY_WARNING},
    {"订单 灾备", NULL, FIELD_PLAN_NAME, SEVERITY_WARNING},
    {" orders", "begins or ends with a blank", FIELD_PLAN_NAME, SEVERITY_WARNING},
    {"orders\t", "begins or ends with a blank", FIELD_PLAN_NAME, SEVERITY_WARNING},
    {"or\033ders", "control or invisible characters", FIELD_PLAN_NAME, SEVERITY_WARNING},
    {"or\u202Eders", "control or invisible characters", FIELD_PLAN_NAME, SEVERITY_WARNING},
    {"0123456789012345678901234567890123456789012345678901234567890123", NULL, FIELD_PLAN_NAME,
     SEVERITY_WARNING},
    {"01234567890123456789012345678901234567890123456789012345678901234",
     "has 65 characters; over 64 is our own limit", FIELD_PLAN_NAME, SEVERITY_WARNING},
    {"订订订订订订订订订订订订订订订订订订订订订订订订订订订订订订订订"
     "订订订订订订订订订订订订订订订订订订订订订订订订订订订订订订订订",
     NULL, FIELD_PLAN_NAME, SEVERITY_WARNING},
    {"active_passive", "must be written ACTIVE_PASSIVE", FIELD_PLAN_TYPE, SEVERITY_ERROR},
    {"ONE_WAY", "must be ACTIVE_PASSIVE or ACTIVE_ACTIVE", FIELD_PLAN_TYPE, SEVERITY_ERROR},
    {"true", NULL, FIELD_SYNC_CHECKPOINT, SEVERITY_ERROR},
    {"TRUE", "must be written true", FIELD_SYNC_CHECKPOINT, SEVERITY_ERROR},
    {"yes", "must be true or false", FIELD_SYNC_CHECKPOINT, SEVERITY_ERROR},
    {"us-west-1", NULL, FIELD_REGION_ID, SEVERITY_WARNING},
    {"cn-hangzhou-finance", NULL, FIELD_REGION_ID, SEVERITY_WARNING},
    {"Hangzhou", "does not look like a region", FIELD_REGION_ID, SEVERITY_WARNING},
    {"c-hangzhou", "does not look like a region", FIELD_REGION_ID, SEVERITY_WARNING},
    {"cn-", "does not look like a region", FIELD_REGION_ID, SEVERITY_WARNING},
    {"evil.example/#", "does not look like a region", FIELD_REGION_ID, SEVERITY_WARNING},
    {"vpc-example0001", NULL, FIELD_VPC_ID, SEVERITY_WARNING},
    {"vsw-example0001", "usually begins with vpc-", FIELD_VPC_ID, SEVERITY_WARNING},
    {"vpc-wz9****", "asterisks of an example", FIELD_VPC_ID, SEVERITY_WARNING},
    {"vpc-a b", "holds a blank", FIELD_VPC_ID, SEVERITY_WARNING},
    {"switch", "usually begins with vsw-", FIELD_VSWITCH_ID, SEVERITY_WARNING},
    {"group", "usually begins with sg-", FIELD_SECURITY_GROUP_ID, SEVERITY_WARNING},
    {"two words", "holds a blank", FIELD_USERNAME, SEVERITY_WARNING},
    {"<secret>", "looks like a placeholder", FIELD_PASSWORD, SEVERITY_WARNING},
    {"xxx", "looks like a placeholder", FIELD_PASSWORD, SEVERITY_WARNING},
    {"********", "looks like a placeholder", FIELD_PASSWORD, SEVERITY_WARNING},
    {"pa*ss<word>", NULL, FIELD_PASSWORD, SEVERITY_WARNING},
    {"trailing ", "begins or ends with a blank", FIELD_PASSWORD, SEVERITY_WARNING},
    {"GID_orders-1", NULL, FIELD_CONSUMER_GROUP_ID, SEVERITY_WARNING},
    {"GID.orders", "more than the letters, digits", FIELD_CONSUMER_GROUP_ID, SEVERITY_WARNING},
    {"0123456789012345678901234567890123456789012345678901234567890",
     "has 61 characters; group names of the 5.x series have at most 60", FIELD_CONSUMER_GROUP_ID,
     SEVERITY_WARNING},
    {"CID_RMQ_SYS_anything", "keeps for itself", FIELD_CONSUMER_GROUP_ID, SEVERITY_WARNING},
    {"DEFAULT_CONSUMER", "keeps for itself", FIELD_CONSUMER_GROUP_ID, SEVERITY_WARNING},
    {"203.0.113.7:9876", NULL, FIELD_ENDPOINT_URL, SEVERITY_WARNING},
    {"ns1.example.com:9876;ns2.example.com:9876", NULL, FIELD_ENDPOINT_URL, SEVERITY_WARNING},
    {"[2001:db8::7]:9876", NULL, FIELD_ENDPOINT_URL, SEVERITY_WARNING},
    {"203.0.113.7", "has no port: write 203.0.113.7:9876", FIELD_ENDPOINT_URL, SEVERITY_WARNING},
    {"203.0.113.7:9876;203.0.113.8", "second address has no port: write 203.0.113.8:9876", FIELD_ENDPOINT_URL,
     SEVERITY_WARNING},
    {"a:1;b:2;c:3;d", "address 4 has no port: write d:9876", FIELD_ENDPOINT_URL, SEVERITY_WARNING},
    {"a:9876;", "second address is empty", FIELD_ENDPOINT_URL, SEVERITY_WARNING},
    {"a:9876,b:9876", "several addresses are joined by ;", FIELD_ENDPOINT_URL, SEVERITY_WARNING},
    {"a:9876; b:9876", "second address holds a blank", FIELD_ENDPOINT_URL, SEVERITY_WARNING},
    {"http://a:9876", "begins with http://", FIELD_ENDPOINT_URL, SEVERITY_WARNING},
    {"a:0", "needs a port from 1 to 65535", FIELD_ENDPOINT_URL, SEVERITY_WARNING},
    {"a:65536", "needs a port from 1 to 65535", FIELD_ENDPOINT_URL, SEVERITY_WARNING},
    {"a:65535", NULL, FIELD_ENDPOINT_URL, SEVERITY_WARNING},
    {"a:port", "needs a port from 1 to 65535", FIELD_ENDPOINT_URL, SEVERITY_WARNING},
    {"2001:db8::7", "write IPv6 as [2001:db8::7]:9876", FIELD_ENDPOINT_URL, SEVERITY_WARNING},
    {"[2001:db8::7]", "has no port: write [2001:db8::7]:9876", FIELD_ENDPOINT_URL, SEVERITY_WARNING},
    {":9876", "has no host: write host:9876", FIELD_ENDPOINT_URL, SEVERITY_WARNING},
    {"a\u200B:9876", "control or invisible characters", FIELD_ENDPOINT_URL, SEVERITY_WARNING},
};

static void values_are_checked_by_their_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct plan *plan =
            draft_of("{'planName':'p','planType':'ACTIVE_PASSIVE','instances':[{" EV_ACL "}]}");
        int instance = schema[values[i].field].scope == SCOPE_PLAN ? PLACE_PLAN : 0;
        char path[128];

        set(plan, instance, values[i].field, values[i].value);
        place_path(at(instance, values[i].field), path, sizeof(path));
        if (values[i].said)
            assert_problem_of(plan, path, values[i].severity, values[i].said);
        else
            assert_no_problem_at(plan, path);
        plan_free(plan);
    }
}

static void ids_of_both_series_are_at_home(void **state)
{
    struct plan *plan = draft_of(SOUND_PLAN);

    (void)state;
    set(plan, 0, FIELD_INSTANCE_ID, "MQ_INST_0000000000000000_EXAMPLE1");
    assert_no_problem_at(plan, "instances[0].instanceId");
    set(plan, 0, FIELD_INSTANCE_ID, "mq-1");
    assert_warning(plan, "instances[0].instanceId", "usually begins with rmq- or MQ_INST_");
    plan_free(plan);
}

static void a_reference_is_not_checked_like_a_password(void **state)
{
    struct plan *plan = draft_of("{'instances':[{" EI_ACL ",'password':{'$env':'MQ'}}]}");

    (void)state;
    assert_no_problem_at(plan, "instances[0].password");
    plan_free(plan);
}

static void messages_fit_beside_a_field(void **state)
{
    struct plan *plan = draft_of("{'planName':'p','planType':'ACTIVE_PASSIVE','instances':[{" EV_ACL "}]}");
    struct review *review;
    char endpoint[200];

    (void)state;
    memset(endpoint, 'h', sizeof(endpoint) - 1);
    endpoint[sizeof(endpoint) - 1] = '\0';
    set(plan, 0, FIELD_ENDPOINT_URL, endpoint);
    review = review_of(plan);
    for (size_t i = 0; i < review_problems(review); i++)
        assert_true(strlen(review_problem(review, i)->message) <= 110);
    review_free(review);
    plan_free(plan);
}

/* ---- Rules over several fields ---- */

static void a_cluster_named_twice_is_an_error(void **state)
{
    struct plan *plan = draft_of(SOUND_PLAN);

    (void)state;
    assert_no_problem_at(plan, "instances[1].instanceId");
    set(plan, 1, FIELD_INSTANCE_ID, "rmq-cn-example0001");
    assert_no_problem_at(plan, "instances[1].instanceId"); /* another region, another instance */
    set(plan, 1, FIELD_REGION_ID, "cn-hangzhou");
    assert_error(plan, "instances[1].instanceId", "copied onto itself");
    assert_no_problem_at(plan, "instances[0].instanceId");
    set(plan, 0, FIELD_REGION_ID, NULL);
    assert_error(plan, "instances[1].instanceId", "copied onto itself");
    set(plan, 0, FIELD_REGION_ID, "cn-hangzhou");
    set(plan, 1, FIELD_REGION_ID, NULL);
    assert_error(plan, "instances[1].instanceId", "copied onto itself");
    plan_free(plan);
}

static void one_address_in_two_vpcs_is_two_clusters(void **state)
{
    struct plan *plan = draft_of("{'planType':'ACTIVE_PASSIVE','instances':["
                                 "{" EV ",'endpointUrl':'10.0.0.1:9876','vpcId':'vpc-1'},"
                                 "{" EV ",'endpointUrl':'10.0.0.1:9876','vpcId':'vpc-2'}]}");

    (void)state;
    assert_no_problem_at(plan, "instances[1].endpointUrl");
    set(plan, 1, FIELD_VPC_ID, "vpc-1");
    assert_error(plan, "instances[1].endpointUrl", "copied onto itself");
    set(plan, 0, FIELD_NETWORK_TYPE, INTERNET_NETWORK);
    assert_no_problem_at(plan, "instances[1].endpointUrl");
    set(plan, 1, FIELD_NETWORK_TYPE, INTERNET_NETWORK);
    assert_error(plan, "instances[1].endpointUrl", "copied onto itself");
    plan_free(plan);
}

static void every_repetition_among_many_is_found(void **state)
{
    struct plan *plan = plan_new(false);
    struct review *review;
    struct error err;
    size_t found = 0;

    (void)state;
    assert_true(plan_set_instances(plan, 300, &err));
    for (int i = 0; i < 300; i++) {
        char id[32];

        snprintf(id, sizeof(id), "rmq-cn-%03d", i % 100);
        set(plan, i, FIELD_INSTANCE_TYPE, ALIYUN_CLUSTER);
        set(plan, i, FIELD_INSTANCE_ID, id);
        /* of three with one id: the first two in one region, the third says none */
        set(plan, i, FIELD_REGION_ID, i < 200 ? "cn-hangzhou" : NULL);
    }
    review = review_of(plan);
    for (int i = 0; i < 300; i++) {
        char path[64];

        snprintf(path, sizeof(path), "instances[%d].instanceId", i);
        assert_int_equal(count_problems(review, path, SEVERITY_ERROR, "copied onto itself"), i >= 100);
        found += i >= 100;
    }
    assert_int_equal(found, 200);
    assert_int_equal(count_problems(review, "instances", SEVERITY_WARNING, "more than two clusters"), 1);
    review_free(review);
    plan_free(plan);
}

static void roles_must_fit_the_plan_type(void **state)
{
    struct plan *plan = draft_of(SOUND_PLAN);

    (void)state;
    set(plan, 1, FIELD_INSTANCE_ROLE, ACTIVE_ROLE);
    assert_warning(plan, "instances[1].instanceRole", "one ACTIVE and one PASSIVE");
    assert_no_problem_at(plan, "instances[0].instanceRole");
    set(plan, 0, FIELD_INSTANCE_ROLE, PASSIVE_ROLE);
    assert_no_problem_at(plan, "instances[1].instanceRole"); /* the order means nothing */
    set(plan, 1, FIELD_INSTANCE_ROLE, PASSIVE_ROLE);
    assert_warning(plan, "instances[1].instanceRole", "one ACTIVE and one PASSIVE");
    set(plan, PLACE_PLAN, FIELD_PLAN_TYPE, TWO_WAY);
    assert_warning(plan, "instances[0].instanceRole", "is PASSIVE");
    assert_warning(plan, "instances[1].instanceRole", "is PASSIVE");
    set(plan, 0, FIELD_INSTANCE_ROLE, ACTIVE_ROLE);
    set(plan, 1, FIELD_INSTANCE_ROLE, ACTIVE_ROLE);
    assert_no_problem_at(plan, "instances[1].instanceRole");
    plan_free(plan);
}

static void two_way_plans_are_looked_at_closely(void **state)
{
    struct plan *plan = draft_of(SOUND_PLAN);

    (void)state;
    set(plan, PLACE_PLAN, FIELD_PLAN_TYPE, TWO_WAY);
    assert_no_problem_at(plan, "planType");
    assert_no_problem_at(plan, "instances[0].consumerGroupId");
    set(plan, 0, FIELD_INSTANCE_ID, "MQ_INST_0000000000000000_EXAMPLE1");
    assert_warning(plan, "instances[0].instanceId", "Standard Edition");
    set(plan, 1, FIELD_INSTANCE_TYPE, EXTERNAL_CLUSTER);
    assert_warning(plan, "planType", "two-way with an external cluster");
    assert_warning(plan, "instances[1].consumerGroupId", "probably needed");
    assert_no_problem_at(plan, "instances[0].consumerGroupId");
    set(plan, 1, FIELD_CONSUMER_GROUP_ID, "GID_EXAMPLE");
    assert_no_problem_at(plan, "instances[1].consumerGroupId");
    set(plan, PLACE_PLAN, FIELD_PLAN_TYPE, ONE_WAY);
    assert_no_problem_at(plan, "planType");
    assert_no_problem_at(plan, "instances[0].instanceId");
    plan_free(plan);
}

static void automatic_progress_is_for_one_way_plans(void **state)
{
    struct plan *plan = draft_of(SOUND_PLAN);

    (void)state;
    set(plan, PLACE_PLAN, FIELD_SYNC_CHECKPOINT, "true");
    set(plan, PLACE_PLAN, FIELD_AUTO_SYNC, "true");
    assert_no_problem_at(plan, "autoSyncCheckpoint");
    set(plan, PLACE_PLAN, FIELD_PLAN_TYPE, TWO_WAY);
    assert_warning(plan, "autoSyncCheckpoint", "by hand only");
    set(plan, PLACE_PLAN, FIELD_AUTO_SYNC, "false");
    assert_no_problem_at(plan, "autoSyncCheckpoint");
    plan_free(plan);
}

enum { PROPERTY_BYTES = 16 * 1024 };

static void a_property_has_a_key_and_a_value_and_an_end(void **state)
{
    struct plan *plan = draft_of(SOUND_PLAN);
    char *value = malloc(PROPERTY_BYTES);

    (void)state;
    assert_non_null(value);
    set(plan, 0, FIELD_PROPERTY_KEY, "site");
    assert_warning(plan, "instances[0].messageProperty.propertyValue", "is missing");
    assert_no_problem_at(plan, "instances[0].messageProperty.propertyKey");
    memset(value, 'v', PROPERTY_BYTES - 4);
    value[PROPERTY_BYTES - 4] = '\0';
    set(plan, 0, FIELD_PROPERTY_VALUE, value);
    assert_no_problem_at(plan, "instances[0].messageProperty.propertyValue");
    set(plan, 0, FIELD_PROPERTY_KEY, "sites");
    assert_warning(plan, "instances[0].messageProperty.propertyValue", "longer than 16 KB");
    set(plan, 0, FIELD_PROPERTY_KEY, NULL);
    assert_warning(plan, "instances[0].messageProperty.propertyKey", "is missing");
    free(value);
    plan_free(plan);
}

static void a_draft_without_clusters_is_an_error_until_one_is_begun(void **state)
{
    static const char *const drafts[] = {"{}", "{'instances':[]}", "{'instances':[{}]}"};

    (void)state;
    for (size_t i = 0; i < sizeof(drafts) / sizeof(drafts[0]); i++) {
        struct plan *plan = draft_of(drafts[i]);

        assert_error(plan, "instances", "must be given");
        set(plan, 0, FIELD_INSTANCE_ROLE, ACTIVE_ROLE);
        assert_no_problem_at(plan, "instances");
        plan_free(plan);
    }
}

/* ---- The list of problems ---- */

static void problems_follow_the_fields(void **state)
{
    struct plan *plan =
        draft_of("{'planName':' p','autoSyncCheckpoint':'no','syncCheckpointEnabled':true,'oddity':1,"
                 "'instances':[{},{'instanceType':'X','instanceRole':'Y'},{}]}");
    struct review *review = review_of(plan);
    static const char *const order[] = {
        "planName",
        "planType",
        "instances[0].instanceType",
        "instances[0].instanceRole",
        "instances[1].instanceType",
        "instances[1].instanceRole",
        "instances[2].instanceType",
        "instances[2].instanceRole",
        "autoSyncCheckpoint",
        "oddity",
        "instances",
    };
    size_t errors;
    size_t warnings;

    (void)state;
    assert_int_equal(review_problems(review), sizeof(order) / sizeof(order[0]));
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        assert_string_equal(review_problem(review, i)->path, order[i]);
    assert_null(review_problem(review, review_problems(review)));
    assert_int_equal(review_errors(review), 6);
    assert_int_equal(review_warnings(review), 5);
    assert_int_equal(review_field(review, at(1, FIELD_INSTANCE_ROLE))->problem, 5);
    assert_int_equal(review_field(review, place_of_plan(FIELD_PLAN_DESC))->problem, -1);
    review_step_counts(review, STEP_PLAN, PLACE_PLAN, &errors, &warnings);
    assert_int_equal(errors, 1);
    assert_int_equal(warnings, 1);
    review_step_counts(review, STEP_CLUSTER, 1, &errors, &warnings);
    assert_int_equal(errors, 2);
    assert_int_equal(warnings, 0);
    review_step_counts(review, STEP_PROGRESS, PLACE_PLAN, &errors, &warnings);
    assert_int_equal(errors, 1);
    review_free(review);
    plan_free(plan);
}

static void the_worst_problem_of_a_field_comes_first(void **state)
{
    struct plan *plan =
        draft_of("{'planName':'p','planType':'ACTIVE_PASSIVE','instances':[{" A5 "},{" A5 "}]}");
    struct review *review;
    int problem;

    (void)state;
    set(plan, 1, FIELD_INSTANCE_ID, "odd id");
    set(plan, 0, FIELD_INSTANCE_ID, "odd id");
    review = review_of(plan);
    problem = review_field(review, at(1, FIELD_INSTANCE_ID))->problem;
    assert_true(problem >= 0);
    assert_int_equal(review_problem(review, (size_t)problem)->severity, SEVERITY_ERROR);
    assert_int_equal(review_problem(review, (size_t)problem + 1)->severity, SEVERITY_WARNING);
    assert_string_equal(review_problem(review, (size_t)problem + 1)->path, "instances[1].instanceId");
    review_free(review);
    plan_free(plan);
}

static void a_page_is_begun_by_an_own_answer_in_force(void **state)
{
    struct plan *plan = plan_new(true);
    struct review *review = review_of(plan);

    (void)state;
    assert_false(review_step_begun(review, STEP_PLAN, PLACE_PLAN));
    assert_false(review_step_begun(review, STEP_CLUSTER, 0)); /* the role is only suggested */
    review_free(review);
    set(plan, 1, FIELD_VPC_ID, "vpc-1"); /* does not apply */
    review = review_of(plan);
    assert_false(review_step_begun(review, STEP_CLUSTER, 1));
    review_free(review);
    set(plan, 1, FIELD_INSTANCE_TYPE, ALIYUN_CLUSTER);
    review = review_of(plan);
    assert_true(review_step_begun(review, STEP_CLUSTER, 1));
    assert_false(review_step_begun(review, STEP_CLUSTER, 0));
    assert_false(review_step_begun(review, STEP_PROGRESS, PLACE_PLAN));
    review_free(review);
    plan_free(plan);
}

static void places_outside_the_plan_have_an_empty_review(void **state)
{
    struct plan *plan = plan_new(true);
    struct review *review = review_new();

    (void)state;
    assert_int_equal(review_instances(review), 0);
    assert_int_equal(review_field(review, place_of_plan(FIELD_PLAN_NAME))->problem, -1);
    review_free(review);
    review = review_of(plan);
    assert_int_equal(review_instances(review), 2);
    assert_int_equal(review_field(review, at(2, FIELD_VPC_ID))->problem, -1);
    assert_int_equal(review_field(review, at(0, FIELD_PLAN_NAME))->need, NEED_NEVER);
    assert_false(review_field(review, place_none())->shown);
    review_free(review);
    review_free(NULL);
    plan_free(plan);
}

static void clusters_have_names(void **state)
{
    char text[32];

    (void)state;
    instance_label(0, text, sizeof(text));
    assert_string_equal(text, "First cluster");
    instance_label(1, text, sizeof(text));
    assert_string_equal(text, "Second cluster");
    instance_label(2, text, sizeof(text));
    assert_string_equal(text, "Cluster 3");
}

static void a_review_is_used_again_for_larger_and_smaller_plans(void **state)
{
    struct plan *plan = draft_of(SOUND_PLAN);
    struct review *review = review_of(plan);
    struct error err;

    (void)state;
    assert_int_equal(review_problems(review), 0);
    assert_true(plan_set_instances(plan, 50, &err));
    assert_true(review_run(review, plan, &err));
    assert_int_equal(review_errors(review), 48);
    assert_true(plan_set_instances(plan, 2, &err));
    assert_true(review_run(review, plan, &err));
    assert_int_equal(review_problems(review), 0);
    review_free(review);
    plan_free(plan);
}

/* ---- An update ---- */

static void same_text(const char *a, const char *b)
{
    assert_true(a == b || (a && b && strcmp(a, b) == 0));
}

static void same_row(const struct review *review, const struct review *fresh, struct place place)
{
    const struct field_review *a = review_field(review, place), *b = review_field(fresh, place);

    assert_int_equal(a->need, b->need);
    assert_int_equal(a->shown, b->shown);
    assert_int_equal(a->form, b->form);
    assert_int_equal(a->suggested, b->suggested);
    assert_int_equal(a->problem, b->problem);
    same_text(a->value, b->value);
    same_text(a->because, b->because);
}

static void same_review(const struct review *review, const struct plan *plan)
{
    struct review *fresh = review_of(plan);

    assert_int_equal(review_instances(review), review_instances(fresh));
    for (int instance = PLACE_PLAN; instance < (int)plan_instances(plan); instance++)
        for (int id = 0; id < FIELD_COUNT; id++)
            same_row(review, fresh, at(instance, (enum field_id)id));
    assert_int_equal(review_problems(review), review_problems(fresh));
    assert_int_equal(review_errors(review), review_errors(fresh));
    assert_int_equal(review_warnings(review), review_warnings(fresh));
    for (size_t i = 0; i < review_problems(fresh); i++) {
        const struct problem *a = review_problem(review, i), *b = review_problem(fresh, i);

        assert_true(place_equal(a->place, b->place));
        assert_int_equal(a->severity, b->severity);
        assert_string_equal(a->path, b->path);
        assert_string_equal(a->message, b->message);
        same_text(a->source, b->source);
    }
    review_free(fresh);
}

static const char *some_value(struct chance *chance, enum field_id field)
{
    static const char *const texts[] = {"",        "rmq-cn-a1", "rmq-cn-a2",         "cn-hangzhou", "vpc-1",
                                        "no such", "vsw-1\x01", "CID_RMQ_SYS_TRANS", "MQ_INST_1_2", "orders"};
    unsigned choices = 0;

    while (schema[field].choices && schema[field].choices[choices].value)
        choices++;
    if (choices > 0 && pick(chance, 5) > 0)
        return schema[field].choices[pick(chance, choices)].value;
    return texts[pick(chance, sizeof(texts) / sizeof(texts[0]))];
}

static void change_something(struct plan *plan, struct chance *chance)
{
    enum field_id field = (enum field_id)pick(chance, FIELD_COUNT);
    int instance = (int)pick(chance, (unsigned)plan_instances(plan));
    struct place place = schema[field].scope == SCOPE_PLAN ? place_of_plan(field) : at(instance, field);
    struct error err = {0};

    switch (pick(chance, 24)) {
    case 7:
        plan_set_source(plan, cJSON_Parse(pick(chance, 2) ? "{}" : "{\"instances\": [{\"vpcId\": \"v\"}]}"));
        break;
    case 0:
        assert_true(plan_set_instances(plan, 1 + pick(chance, 6), &err));
        break;
    case 1:
        plan_set_suggestions(plan, pick(chance, 2) > 0);
        break;
    case 2:
    case 3:
        plan_set_extras(plan, instance, pick(chance, 2) > 0);
        break;
    case 4:
        assert_true(plan_suggest(plan, place, some_value(chance, field), &err));
        break;
    case 5:
        assert_true(plan_remark(plan, place, "is not what the account has", &err));
        break;
    case 6:
        assert_true(plan_note(plan, place, "somewhere", pick(chance, 2) ? SEVERITY_ERROR : SEVERITY_WARNING,
                              &err, "was written in an odd way"));
        break;
    default:
        assert_true(plan_set(plan, place, some_value(chance, field), &err));
        break;
    }
}

static void an_update_says_what_a_new_review_would(void **state)
{
    struct chance chance = {7};

    (void)state;
    for (int round = 0; round < 20; round++) {
        struct plan *plan = round % 2 ? plan_new(true) : draft_of(SOUND_PLAN);
        struct review *review = review_of(plan);
        struct error err = {0};

        for (int step = 0; step < 150; step++) {
            for (unsigned changes = pick(&chance, 3); changes > 0; changes--)
                change_something(plan, &chance);
            assert_true(review_update(review, plan, &err));
            same_review(review, plan);
        }
        review_free(review);
        plan_free(plan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documented_bodies_are_judged_as_documented),
        cmocka_unit_test(an_update_says_what_a_new_review_would),
        cmocka_unit_test(what_no_source_decides_is_decided_with_care),
        cmocka_unit_test(what_is_missing_is_named_with_its_reason),
        cmocka_unit_test(the_condition_table_is_as_documented),
        cmocka_unit_test(extra_fields_are_shown_on_request),
        cmocka_unit_test(a_hidden_answer_comes_back),
        cmocka_unit_test(an_answer_of_a_draft_that_does_not_apply_is_reported),
        cmocka_unit_test(roles_are_suggested_by_the_plan_type),
        cmocka_unit_test(a_draft_gets_no_suggestions),
        cmocka_unit_test(values_are_checked_by_their_kind),
        cmocka_unit_test(ids_of_both_series_are_at_home),
        cmocka_unit_test(a_reference_is_not_checked_like_a_password),
        cmocka_unit_test(messages_fit_beside_a_field),
        cmocka_unit_test(a_cluster_named_twice_is_an_error),
        cmocka_unit_test(one_address_in_two_vpcs_is_two_clusters),
        cmocka_unit_test(every_repetition_among_many_is_found),
        cmocka_unit_test(roles_must_fit_the_plan_type),
        cmocka_unit_test(two_way_plans_are_looked_at_closely),
        cmocka_unit_test(automatic_progress_is_for_one_way_plans),
        cmocka_unit_test(a_property_has_a_key_and_a_value_and_an_end),
        cmocka_unit_test(a_draft_without_clusters_is_an_error_until_one_is_begun),
        cmocka_unit_test(problems_follow_the_fields),
        cmocka_unit_test(the_worst_problem_of_a_field_comes_first),
        cmocka_unit_test(a_page_is_begun_by_an_own_answer_in_force),
        cmocka_unit_test(places_outside_the_plan_have_an_empty_review),
        cmocka_unit_test(clusters_have_names),
        cmocka_unit_test(a_review_is_used_again_for_larger_and_smaller_plans),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
