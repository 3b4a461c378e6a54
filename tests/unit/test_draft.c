#include "chance.h"
#include "model_support.h"

#include <dirent.h>

/* ---- Reading ---- */

static void what_is_no_object_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text, *said;
    } cases[] = {
        {"", "line 1"},
        {"[]", "a draft must be a JSON object"},
        {"'text'", "a draft must be a JSON object"},
        {"{'planName':'p',}", "line 1, column 17"},
        {"{'planName':'p'\n 'planType':1}", "line 2, column 2"},
        {"{'planName':'p','planName':'q'}", "line 1"},
        {"{} {}", "line 1, column 4"},
        {"{'planName':'\xFF'}", "line 1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *json = json_of(cases[i].text);
        struct plan *plan = NULL;
        struct error err = {0};

        assert_false(draft_read(json, strlen(json), &plan, &err));
        assert_null(plan);
        assert_int_equal(err.kind, ERROR_INPUT);
        if (!strstr(err.text, cases[i].said))
            fail_msg("%s", err.text);
        free(json);
    }
}

static void a_draft_has_a_largest_size(void **state)
{
    char *text = malloc(DRAFT_SIZE_MAX + 1);
    struct plan *plan = NULL;
    struct error err = {0};

    (void)state;
    assert_non_null(text);
    memset(text, ' ', DRAFT_SIZE_MAX + 1);
    text[0] = '{';
    text[1] = '}';
    assert_false(draft_read(text, DRAFT_SIZE_MAX + 1, &plan, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_true(draft_read(text, DRAFT_SIZE_MAX, &plan, &err));
    plan_free(plan);
    free(text);
}

static void what_is_written_otherwise_than_it_should_be_is_noted(void **state)
{
    static const struct {
        const char *draft, *path;
        enum severity severity;
        const char *said, *value; /* value: what the plan makes of it */
    } cases[] = {
        {"{'planName':12.50}", "planName", SEVERITY_ERROR, "must be text in quotes, not a number", "12.50"},
        {"{'planName':true}", "planName", SEVERITY_ERROR, "must be text in quotes, not true", "true"},
        {"{'planName':['p']}", "planName", SEVERITY_ERROR, "must be text in quotes", NULL},
        {"{'planName':{'$env':'A'}}", "planName", SEVERITY_ERROR, "only a password may be a reference", NULL},
        {"{'planDesc':null}", "planDesc", SEVERITY_WARNING, "is null, which counts as not given", NULL},
        {"{'planDesc':''}", "planDesc", SEVERITY_WARNING, "is empty and is left out", NULL},
        {"{'planType':'active_Passive'}", "planType", SEVERITY_WARNING,
         "is understood and sent as ACTIVE_PASSIVE", "ACTIVE_PASSIVE"},
        {"{'planType':''}", "planType", SEVERITY_ERROR, "must be one of its constants", NULL},
        {"{'planType':7}", "planType", SEVERITY_ERROR, "must be ACTIVE_PASSIVE or ACTIVE_ACTIVE", "7"},
        {"{'syncCheckpointEnabled':'True'}", "syncCheckpointEnabled", SEVERITY_ERROR,
         "must be true without quotes", "true"},
        {"{'syncCheckpointEnabled':'yes'}", "syncCheckpointEnabled", SEVERITY_ERROR, "must be true or false",
         "yes"},
        {"{'syncCheckpointEnabled':1}", "syncCheckpointEnabled", SEVERITY_ERROR, "must be true or false",
         "1"},
        {"{'syncCheckpointEnabled':[]}", "syncCheckpointEnabled", SEVERITY_ERROR, "must be true or false",
         NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plan *plan = draft_of(cases[i].draft);
        const char *value = plan_get(plan, place_from_path(cases[i].path));

        assert_problem_of(plan, cases[i].path, cases[i].severity, cases[i].said);
        assert_true((value == NULL) == (cases[i].value == NULL));
        if (value)
            assert_string_equal(value, cases[i].value);
        plan_free(plan);
    }
}

static void a_note_goes_when_the_field_is_set(void **state)
{
    struct plan *plan = draft_of("{'planName':12}");

    (void)state;
    assert_error(plan, "planName", "must be text in quotes");
    set(plan, PLACE_PLAN, FIELD_PLAN_NAME, "12");
    assert_no_problem_at(plan, "planName");
    plan_free(plan);
}

static void the_list_of_clusters_may_be_wrong_in_many_ways(void **state)
{
    struct plan *plan = draft_of("{'instances':'two'}");

    (void)state;
    assert_int_equal(plan_instances(plan), 2);
    assert_problem_of(plan, "instances", SEVERITY_ERROR, "must be a list");
    plan_free(plan);

    plan = draft_of("{'instances':[7,{'instanceType':'ALIYUN_ROCKETMQ','messageProperty':'x'},null]}");
    assert_int_equal(plan_instances(plan), 3);
    assert_error(plan, "instances[0]", "must be an object");
    assert_error(plan, "instances[1].messageProperty", "must be an object");
    assert_error(plan, "instances[2]", "must be an object");
    set(plan, 0, FIELD_INSTANCE_TYPE, ALIYUN_CLUSTER);
    assert_no_problem_at(plan, "instances[0]");
    set(plan, 1, FIELD_PROPERTY_KEY, "k");
    assert_no_problem_at(plan, "instances[1].messageProperty");
    plan_free(plan);
}

static void members_in_the_wrong_place_are_named_with_the_right_one(void **state)
{
    static const struct {
        const char *draft, *path, *said;
    } cases[] = {
        {"{'vpcId':'vpc-1'}", "vpcId", "its path is instances[].vpcId"},
        {"{'messageProperty':{}}", "messageProperty", "its path is instances[].messageProperty"},
        {"{'planname':'p'}", "planname", "write it planName"},
        {"{'Instances':[]}", "Instances", "write it instances"},
        {"{'planNme':'p'}", "planNme", "is planName meant?"},
        {"{'instance':[]}", "instance", "is instances meant?"},
        {"{'zone':1}", "zone", "is not known and is sent as it stands"},
        {"{'$schema':'x'}", "$schema", "it stays in the draft and is not sent"},
        {"{'':1}", "", "is not known and is sent as it stands"},
        {"{'instances':[{'vswitchId':'vsw-1'}]}", "instances[0].vswitchId", "write it vSwitchId"},
        {"{'instances':[{'propertyKey':'k'}]}", "instances[0].propertyKey",
         "its path is instances[].messageProperty.propertyKey"},
        {"{'instances':[{'autoSyncCheckpoint':true}]}", "instances[0].autoSyncCheckpoint",
         "its path is autoSyncCheckpoint"},
        {"{'instances':[{'mesageProperty':{}}]}", "instances[0].mesageProperty", "is messageProperty meant?"},
        {"{'instances':[{'messageProperty':{'PropertyKey':'k'}}]}",
         "instances[0].messageProperty.PropertyKey", "write it propertyKey"},
        {"{'instances':[{'messageProperty':{'key':'k'}}]}", "instances[0].messageProperty.key",
         "is not known and is sent as it stands"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plan *plan = draft_of(cases[i].draft);

        assert_warning(plan, cases[i].path, cases[i].said);
        for (int instance = PLACE_PLAN; instance < 2; instance++)
            for (int id = 0; id < FIELD_COUNT; id++)
                assert_null(plan_get(plan, at(instance, (enum field_id)id)));
        plan_free(plan);
    }
}

static void a_password_may_be_clear_or_a_reference(void **state)
{
    struct plan *plan =
        draft_of("{'instances':[{'instanceType':'EXTERNAL_ROCKETMQ','authType':'ACL_AUTH',"
                 "'password':'hunter2'},{'instanceType':'EXTERNAL_ROCKETMQ','authType':'ACL_AUTH',"
                 "'password':{'$command':['pass','mq']}}]}");

    (void)state;
    assert_string_equal(plan_get(plan, at(0, FIELD_PASSWORD)), "hunter2");
    assert_warning(plan, "instances[0].password", "is in the draft in clear");
    assert_int_equal(plan_form(plan, at(1, FIELD_PASSWORD)), ANSWER_REFERENCE);
    assert_string_equal(plan_get(plan, at(1, FIELD_PASSWORD)), "{\"$command\": [\"pass\", \"mq\"]}");
    assert_no_problem_at(plan, "instances[1].password");
    plan_free(plan);

    plan = draft_of("{'instances':[{'instanceType':'EXTERNAL_ROCKETMQ','authType':'ACL_AUTH',"
                    "'password':{'$environment':'A'}}]}");
    assert_int_equal(plan_form(plan, at(0, FIELD_PASSWORD)), ANSWER_NONE);
    assert_error(plan, "instances[0].password", "exactly one of the members $env, $file, $command");
    plan_free(plan);
}

static void problems_of_a_field_that_is_not_sent_stop_nothing(void **state)
{
    struct plan *plan =
        draft_of("{'instances':[{'instanceType':'EXTERNAL_ROCKETMQ','networkType':'TCP_INTERNET',"
                 "'vpcId':12,'password':'hunter2','vSwitchId':null}]}");
    struct review *review = review_of(plan);

    (void)state;
    assert_int_equal(count_problems(review, "instances[0].vpcId", SEVERITY_ERROR, ""), 0);
    assert_int_equal(count_problems(review, "instances[0].vpcId", SEVERITY_WARNING, "must be text in quotes"),
                     1);
    assert_int_equal(count_problems(review, "instances[0].password", SEVERITY_WARNING, "is left out"), 1);
    assert_int_equal(count_problems(review, "instances[0].password", SEVERITY_WARNING, "in clear"), 0);
    assert_no_problem_at(plan, "instances[0].vSwitchId");
    review_free(review);
    set(plan, 0, FIELD_NETWORK_TYPE, VPC_NETWORK);
    assert_error(plan, "instances[0].vpcId", "must be text in quotes");
    plan_free(plan);
}

static void assert_json_equal(const char *a, const char *b);

static void a_thousand_clusters_are_read_and_no_more(void **state)
{
    struct buf text = BUF_INIT;
    char *draft;
    struct plan *plan = NULL;
    struct error err;

    (void)state;
    buf_add_text(&text, "{\"instances\":[{}");
    for (int i = 1; i < 1002; i++)
        buf_add_text(&text, ",{}");
    buf_add_text(&text, "]}");
    assert_true(draft_read(buf_text(&text), text.length, &plan, &err));
    assert_int_equal(plan_instances(plan), PLAN_INSTANCES_MAX);
    assert_error(plan, "instances", "has 1002 clusters; this program reads 1000 at most");
    draft = written(plan);
    assert_json_equal(draft, buf_text(&text)); /* what was not read is not lost either */
    free(draft);
    plan_free(plan);
    buf_release(&text);
}

static void an_answer_that_is_too_long_is_an_error_of_its_field(void **state)
{
    struct buf text = BUF_INIT;
    struct plan *plan = NULL;
    struct error err;

    (void)state;
    buf_add_text(&text, "{\"planName\":\"");
    for (size_t i = 0; i <= PLAN_ANSWER_MAX; i++)
        buf_add_char(&text, 'a');
    buf_add_text(&text, "\"}");
    assert_true(draft_read(buf_text(&text), text.length, &plan, &err));
    assert_error(plan, "planName", "is longer than 1024 KiB");
    plan_free(plan);
    buf_release(&text);
}

/* ---- "$drplan" ---- */

static void what_was_kept_aside_is_back(void **state)
{
    struct plan *plan = draft_of(
        "{'planName':'p','instances':[{'instanceType':'EXTERNAL_ROCKETMQ','networkType':'TCP_INTERNET'}],"
        "'$drplan':{'version':1,'profile':'prod','region':'cn-hangzhou','endpoint':'https://mq.example.com',"
        "'extras':[false,true],'kept':{'instances[0].vpcId':'vpc-1','autoSyncCheckpoint':true,"
        "'instances[1].password':{'$env':'MQ'},'planName':'older'},'secretsLeftOut':['instances[0].password']"
        "}}");

    (void)state;
    assert_string_equal(plan_get(plan, at(0, FIELD_VPC_ID)), "vpc-1");
    assert_string_equal(plan_get(plan, place_of_plan(FIELD_AUTO_SYNC)), "true");
    assert_string_equal(plan_get(plan, place_of_plan(FIELD_PLAN_NAME)), "p");
    assert_int_equal(plan_form(plan, at(1, FIELD_PASSWORD)), ANSWER_REFERENCE);
    assert_string_equal(plan_setting(plan, SETTING_PROFILE), "prod");
    assert_string_equal(plan_setting(plan, SETTING_REGION), "cn-hangzhou");
    assert_string_equal(plan_setting(plan, SETTING_ENDPOINT), "https://mq.example.com");
    assert_false(plan_extras(plan, 0));
    assert_true(plan_extras(plan, 1));
    assert_no_problem_at(plan, "instances[0].vpcId"); /* nobody wrote it into the body */
    assert_no_problem_at(plan, "autoSyncCheckpoint");
    assert_no_problem_at(plan, "instances[0].password");
    set(plan, 0, FIELD_AUTH_TYPE, ACL_SIGN_IN);
    assert_warning(plan, "instances[0].password", "was not saved with the draft");
    assert_error(plan, "instances[0].password", "must be given");
    plan_free(plan);
}

static void an_odd_own_member_is_noted_and_harmless(void **state)
{
    static const struct {
        const char *own, *path, *said;
    } cases[] = {
        {"7", "$drplan", "must be an object"},
        {"{'version':'1'}", "$drplan.version", "must be a number"},
        {"{'version':0}", "$drplan.version", "must be a number"},
        {"{'region':7}", "$drplan.region", "must be text in quotes"},
        {"{'extras':{}}", "$drplan.extras", "must be a list"},
        {"{'extras':[1]}", "$drplan.extras", "must be a list"},
        {"{'kept':[]}", "$drplan.kept", "must be an object"},
        {"{'kept':{'instances[2].vpcId':'v'}}", "$drplan.kept.instances[2].vpcId",
         "names no field of this plan"},
        {"{'secretsLeftOut':'p'}", "$drplan.secretsLeftOut", "must be a list"},
        {"{'colour':'red'}", "$drplan.colour", "is not known"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[256];
        struct plan *plan;

        snprintf(text, sizeof(text), "{'$drplan':%s}", cases[i].own);
        plan = draft_of(text);
        assert_warning(plan, cases[i].path, cases[i].said);
        assert_false(draft_is_newer(plan));
        plan_free(plan);
    }
}

static void a_draft_of_a_later_version_is_known_as_such(void **state)
{
    static const char *const versions[] = {"2", "1.5", "99999999999999999999"};

    (void)state;
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        char text[128];
        struct plan *plan;
        char *draft;

        snprintf(text, sizeof(text), "{'planName':'p','$drplan':{'version':%s,'colour':'red'}}", versions[i]);
        plan = draft_of(text);
        assert_true(draft_is_newer(plan));
        assert_warning(plan, "$drplan.version", "is of a later drplan");
        assert_no_problem_at(plan, "$drplan.colour");
        draft = written(plan);
        assert_non_null(strstr(draft, versions[i]));
        assert_non_null(strstr(draft, "red"));
        free(draft);
        plan_free(plan);
    }
}

/* ---- Writing ---- */

/* Equal but for the order of members. */
static bool json_equal(const cJSON *a, const cJSON *b)
{
    if ((cJSON_IsObject(a) || cJSON_IsArray(a)) && a->type == b->type) {
        if (cJSON_GetArraySize(a) != cJSON_GetArraySize(b))
            return false;
        for (int i = 0; i < cJSON_GetArraySize(a); i++) {
            const cJSON *child = cJSON_GetArrayItem(a, i);
            const cJSON *other = cJSON_IsObject(a) ? json_member(b, child->string) : cJSON_GetArrayItem(b, i);

            if (!other || !json_equal(child, other))
                return false;
        }
        return true;
    }
    if (a->type != b->type)
        return false;
    return !a->valuestring || strcmp(a->valuestring, b->valuestring) == 0;
}

static void assert_json_equal(const char *a, const char *b)
{
    struct error err;
    cJSON *left = json_parse(a, strlen(a), &err);
    cJSON *right = json_parse(b, strlen(b), &err);

    assert_non_null(left);
    assert_non_null(right);
    if (!json_equal(left, right))
        fail_msg("%s\n%s", a, b);
    cJSON_Delete(left);
    cJSON_Delete(right);
}

static void what_is_opened_and_saved_is_the_same(void **state)
{
    static const char *const drafts[] = {
        "{}",
        (SOUND_PLAN),
        "{'instances':[]}",
        "{'instances':[{}]}",
        "{'instances':'two','planName':12,'planDesc':null,'planType':'Active_Passive'}",
        "{'instances':[7,{'messageProperty':{}},{'messageProperty':'x'},{'messageProperty':null}]}",
        "{'x':[1.50,1e400,12345678901234567890,-0,{'y':null}],'planDesc':'','planType':''}",
        "{'syncCheckpointEnabled':'true','autoSyncCheckpoint':1}",
        ("{'instances':[{'instanceType':'EXTERNAL_ROCKETMQ','instanceRole':'Passive','authType':'ACL_AUTH',"
         "'password':{'$env':'MQ'},'tags':{'a':[]}}],'$drplan':{'version':1,'region':'cn-hangzhou'}}"),
        "{'instances':[{'instanceType':'EXTERNAL_ROCKETMQ','authType':'ACL_AUTH','password':{'$evn':'MQ'}}]}",
        "{'planName':'p','$drplan':{}}",
        "{'planName':'p','$drplan':7}",
        "{'$drplan':{'version':'x','kept':[],'extras':7,'secretsLeftOut':{},'region':null,'colour':1}}",
        ("{'instances':[{'instanceType':'EXTERNAL_ROCKETMQ','networkType':'TCP_INTERNET'}],"
         "'$drplan':{'version':1,'kept':{'instances[0].vpcId':'vpc-1','instances[0].vSwitchId':7,"
         "'instances[8].vpcId':'x','instances[0].instanceId':null},"
         "'secretsLeftOut':['instances[0].password','elsewhere',7],'extras':[true,false]}}"),
        "{'planName':'\xE8\xAE\xA2\\u8ba2 \\ud83d\\ude42 \\n\\/'}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(drafts) / sizeof(drafts[0]); i++) {
        struct plan *plan = draft_of(drafts[i]);
        char *json = json_of(drafts[i]);
        char *draft = written(plan);

        assert_json_equal(draft, json);
        assert_int_equal(draft[strlen(draft) - 1], '\n');
        free(draft);
        free(json);
        plan_free(plan);
    }
}

static void only_what_changed_is_written_anew(void **state)
{
    struct plan *plan =
        draft_of("{'later':1.0,'planName':12,'planType':'active_passive','$drplan':{'version':1},"
                 "'instances':[{'instanceRole':'Active','zone':'a'}]}");
    char *draft;

    (void)state;
    set(plan, PLACE_PLAN, FIELD_PLAN_NAME, "twelve");
    set(plan, PLACE_PLAN, FIELD_PLAN_DESC, "new");
    set(plan, PLACE_PLAN, FIELD_SYNC_CHECKPOINT, "false");
    set(plan, 0, FIELD_INSTANCE_TYPE, ALIYUN_CLUSTER);
    set(plan, 0, FIELD_PROPERTY_KEY, "k");
    set(plan, 1, FIELD_INSTANCE_ROLE, PASSIVE_ROLE);
    draft = written(plan);
    assert_string_equal(draft, "{\n"
                               "  \"planName\": \"twelve\",\n"
                               "  \"planDesc\": \"new\",\n"
                               "  \"later\": 1.0,\n"
                               "  \"planType\": \"active_passive\",\n"
                               "  \"$drplan\": {\n"
                               "    \"version\": 1\n"
                               "  },\n"
                               "  \"instances\": [\n"
                               "    {\n"
                               "      \"instanceType\": \"ALIYUN_ROCKETMQ\",\n"
                               "      \"instanceRole\": \"Active\",\n"
                               "      \"messageProperty\": {\n"
                               "        \"propertyKey\": \"k\"\n"
                               "      },\n"
                               "      \"zone\": \"a\"\n"
                               "    },\n"
                               "    {\n"
                               "      \"instanceRole\": \"PASSIVE\"\n"
                               "    }\n"
                               "  ],\n"
                               "  \"syncCheckpointEnabled\": false\n"
                               "}\n");
    free(draft);
    plan_free(plan);
}

static void what_was_wrong_and_taken_back_is_gone(void **state)
{
    struct plan *plan =
        draft_of("{'planDesc':[1],'syncCheckpointEnabled':null,'instances':[{'messageProperty':'x',"
                 "'instanceType':'ALIYUN_ROCKETMQ'},{'messageProperty':{'propertyKey':'k'}}]}");
    char *draft;

    (void)state;
    set(plan, PLACE_PLAN, FIELD_PLAN_DESC, NULL);
    set(plan, PLACE_PLAN, FIELD_SYNC_CHECKPOINT, NULL);
    set(plan, 0, FIELD_PROPERTY_KEY, NULL);
    set(plan, 1, FIELD_PROPERTY_KEY, NULL);
    draft = written(plan);
    assert_json_equal(draft, "{\"instances\":[{\"instanceType\":\"ALIYUN_ROCKETMQ\"},{}]}");
    free(draft);
    plan_free(plan);
}

static void wrong_things_make_way_for_answers(void **state)
{
    struct plan *plan = draft_of("{'instances':[7,{'messageProperty':null}],'$drplan':7}");
    struct error err;
    char *draft;

    (void)state;
    set(plan, 0, FIELD_INSTANCE_TYPE, ALIYUN_CLUSTER);
    set(plan, 1, FIELD_INSTANCE_TYPE, ALIYUN_CLUSTER);
    set(plan, 1, FIELD_PROPERTY_VALUE, "v");
    assert_true(plan_set_setting(plan, SETTING_REGION, "cn-hangzhou", &err));
    draft = written(plan);
    assert_json_equal(draft, "{\"instances\":[{\"instanceType\":\"ALIYUN_ROCKETMQ\"},{\"instanceType\":"
                             "\"ALIYUN_ROCKETMQ\",\"messageProperty\":{\"propertyValue\":\"v\"}}],"
                             "\"$drplan\":{\"version\":1,\"region\":\"cn-hangzhou\"}}");
    free(draft);
    plan_free(plan);

    plan = draft_of("{'instances':'two'}");
    set(plan, 1, FIELD_INSTANCE_TYPE, ALIYUN_CLUSTER);
    draft = written(plan);
    assert_json_equal(draft, "{\"instances\":[{},{\"instanceType\":\"ALIYUN_ROCKETMQ\"}]}");
    free(draft);
    plan_free(plan);
}

static void answers_that_do_not_apply_are_kept_aside(void **state)
{
    struct plan *plan =
        draft_of("{'autoSyncCheckpoint':true,'instances':[{'instanceType':'EXTERNAL_ROCKETMQ',"
                 "'networkType':'TCP_INTERNET','vpcId':'vpc-1','password':{'$file':'/x'}}]}");
    char *draft = written(plan);
    struct plan *again;

    (void)state;
    assert_json_equal(
        draft, "{\"instances\":[{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"networkType\":\"TCP_INTERNET\"}],"
               "\"$drplan\":{\"version\":1,\"kept\":{\"autoSyncCheckpoint\":true,"
               "\"instances[0].vpcId\":\"vpc-1\",\"instances[0].password\":{\"$file\":\"/x\"}}}}");
    plan_free(plan);
    plan = NULL;
    again = draft_of(draft);
    free(draft);
    set(again, 0, FIELD_NETWORK_TYPE, VPC_NETWORK);
    draft = written(again);
    assert_json_equal(
        draft, "{\"instances\":[{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"networkType\":\"TCP_VPC\","
               "\"vpcId\":\"vpc-1\"}],\"$drplan\":{\"version\":1,\"kept\":{\"autoSyncCheckpoint\":true,"
               "\"instances[0].password\":{\"$file\":\"/x\"}}}}");
    free(draft);
    plan_free(again);
}

static void no_secret_in_clear_is_ever_written(void **state)
{
    struct plan *plan =
        draft_of("{'password':'hunter2','x':{'y':[{'PASSWORD':'hunter2'}]},'instances':["
                 "{'instanceType':'EXTERNAL_ROCKETMQ','authType':'ACL_AUTH','password':'hunter2','Password':'"
                 "hunter2'},"
                 "{'instanceType':'ALIYUN_ROCKETMQ','password':['hunter2']},{'password':'hunter2'}],"
                 "'$drplan':{'kept':{'password':'hunter2','instances[1].password':'hunter2'},'secretsLeftOut'"
                 ":['old']}}");
    char *draft = written(plan);
    struct error err;
    cJSON *tree = json_parse(draft, strlen(draft), &err);
    const cJSON *left_out = json_member(json_member(tree, "$drplan"), "secretsLeftOut");
    static const char *const expected[] = {
        "old",      "instances[0].password", "instances[1].password", "instances[2].password",
        "password", "x.y[0].PASSWORD",       "instances[0].Password", "$drplan.kept.password",
    };

    (void)state;
    assert_null(strstr(draft, "hunter2"));
    assert_int_equal(cJSON_GetArraySize(left_out), sizeof(expected) / sizeof(expected[0]));
    for (int i = 0; i < cJSON_GetArraySize(left_out); i++)
        assert_string_equal(json_text(cJSON_GetArrayItem(left_out, i)), expected[i]);
    cJSON_Delete(tree);
    free(draft);
    plan_free(plan);
}

/* The list of what was left out holds paths, of which a long one is cut: never inside of a character. */
static void a_secret_under_a_long_name_leaves_a_draft_that_can_be_read(void **state)
{
    (void)state;
    for (int before = 0; before < 3; before++) {
        struct buf name = BUF_INIT;
        struct plan *plan, *again = NULL;
        struct error err = {0};
        char draft[400], *text;

        buf_addf(&name, "%.*s", before, "ab");
        for (int i = 0; i < 60; i++)
            buf_add_text(&name, "\xE4\xB8\xAD");
        snprintf(draft, sizeof(draft), "{'%s':{'password':'hunter2'}}", buf_text(&name));
        plan = draft_of(draft);
        text = written(plan);
        assert_null(strstr(text, "hunter2"));
        if (!draft_read(text, strlen(text), &again, &err))
            fail_msg("%s: %s", err.text, text);
        plan_free(again);
        plan_free(plan);
        free(text);
        buf_release(&name);
    }
}

static void a_secret_that_is_given_again_is_not_left_out(void **state)
{
    struct plan *plan = draft_of("{'instances':[{'instanceType':'EXTERNAL_ROCKETMQ','authType':'ACL_AUTH'}],"
                                 "'$drplan':{'version':1,'secretsLeftOut':['instances[0].password']}}");
    struct error err;
    char *draft;

    (void)state;
    assert_true(plan_set_reference(plan, at(0, FIELD_PASSWORD), "{\"$env\":\"MQ\"}", &err));
    draft = written(plan);
    assert_null(strstr(draft, "secretsLeftOut"));
    assert_non_null(strstr(draft, "\"password\": {\"$env\": \"MQ\"}"));
    free(draft);
    plan_free(plan);
}

static void a_new_plan_is_written_with_its_version_and_suggestions(void **state)
{
    struct plan *plan = plan_new(true);
    struct error err;
    char *draft;

    (void)state;
    set(plan, PLACE_PLAN, FIELD_PLAN_TYPE, ONE_WAY);
    plan_set_extras(plan, 1, true);
    assert_true(plan_set_setting(plan, SETTING_PROFILE, "prod", &err));
    draft = written(plan);
    assert_string_equal(draft, "{\n"
                               "  \"planType\": \"ACTIVE_PASSIVE\",\n"
                               "  \"instances\": [\n"
                               "    {\n"
                               "      \"instanceRole\": \"ACTIVE\"\n"
                               "    },\n"
                               "    {\n"
                               "      \"instanceRole\": \"PASSIVE\"\n"
                               "    }\n"
                               "  ],\n"
                               "  \"$drplan\": {\n"
                               "    \"version\": 1,\n"
                               "    \"profile\": \"prod\",\n"
                               "    \"extras\": [\n"
                               "      false,\n"
                               "      true\n"
                               "    ]\n"
                               "  }\n"
                               "}\n");
    free(draft);
    plan_free(plan);
}

static void settings_and_extras_that_are_taken_back_go(void **state)
{
    struct plan *plan = draft_of("{'instances':[{},{},{}],'$drplan':{'version':1,'region':'cn-hangzhou',"
                                 "'extras':[true]}}");
    struct error err;
    char *draft;

    (void)state;
    plan_set_extras(plan, 0, false);
    assert_true(plan_set_setting(plan, SETTING_REGION, NULL, &err));
    assert_true(plan_set_instances(plan, 2, &err));
    draft = written(plan);
    assert_json_equal(draft, "{\"instances\":[{},{}],\"$drplan\":{\"version\":1}}");
    free(draft);
    plan_free(plan);
}

static void what_could_not_be_read_again_is_not_written(void **state)
{
    struct plan *plan = plan_new(false);
    struct buf out = BUF_INIT;
    struct error err = {0};
    char *longest = malloc(PLAN_ANSWER_MAX + 1);

    (void)state;
    assert_non_null(longest);
    memset(longest, 'a', PLAN_ANSWER_MAX);
    longest[PLAN_ANSWER_MAX] = '\0';
    for (int instance = 0; instance < 2; instance++) {
        set(plan, instance, FIELD_INSTANCE_TYPE, ALIYUN_CLUSTER);
        set(plan, instance, FIELD_REGION_ID, longest);
        set(plan, instance, FIELD_INSTANCE_ID, longest);
    }
    free(longest);
    assert_false(draft_write(plan, &out, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_non_null(strstr(err.text, "longer than the 4 MiB"));
    buf_release(&out);
    plan_free(plan);

    plan = plan_new(false);
    assert_true(plan_set_instances(plan, PLAN_INSTANCES_MAX, &err));
    for (int i = 0; i < PLAN_INSTANCES_MAX; i++)
        for (int id = FIELD_NETWORK_TYPE; id <= FIELD_PROPERTY_VALUE; id++)
            if (schema[id].kind != KIND_SECRET)
                set(plan, i, (enum field_id)id, "x");
    assert_false(draft_write(plan, &out, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_non_null(strstr(err.text, "more than 10000 answers do not apply"));
    buf_release(&out);
    plan_free(plan);
}

/* ---- Abuse ---- */

static void many_stray_secrets_are_left_out_in_no_time(void **state)
{
    struct buf text = BUF_INIT;
    struct plan *plan = NULL;
    struct error err;
    char *draft;

    (void)state;
    buf_add_text(&text, "{\"x\":[0");
    for (int i = 0; i < 100000; i++)
        buf_add_text(&text, ",{\"password\":\"hunter2\"}");
    buf_add_text(&text, "]}");
    assert_true(draft_read(buf_text(&text), text.length, &plan, &err));
    draft = written(plan);
    assert_null(strstr(draft, "hunter2"));
    free(draft);
    plan_free(plan);
    buf_release(&text);
}

/* Replaces one byte, or everything from a quote or a brace to the end of that value. */
static void damage(const char *sample, char *text, size_t size, struct chance *chance)
{
    static const char *const pieces[] = {"null", "[]",   "{}",           "12",
                                         "\"\"", "true", "\"password\"", "\"$drplan\""};
    const char *piece = pieces[pick(chance, sizeof(pieces) / sizeof(pieces[0]))];
    size_t where = pick(chance, (unsigned)strlen(sample));
    size_t behind = where + 1 + strcspn(sample + where + 1, "\",}");

    snprintf(text, size, "%s", sample);
    if (pick(chance, 2) == 0)
        text[where] = (char)pick(chance, 256);
    else if (sample[where] == '"' || sample[where] == '{')
        snprintf(text + where, size - where, "%s%s", piece,
                 sample[behind] == '"' ? sample + behind + 1 : sample + behind);
}

static void damaged_drafts_are_refused_or_read_but_never_worse(void **state)
{
    static const char sample[] =
        "{\"planName\":\"p\",\"planType\":\"ACTIVE_PASSIVE\",\"x\":[1.5,null],\"instances\":[{"
        "\"instanceType\":"
        "\"EXTERNAL_ROCKETMQ\",\"authType\":\"ACL_AUTH\",\"password\":{\"$env\":\"A\"},\"messageProperty\":"
        "{\"propertyKey\":\"k\"}},{\"instanceRole\":\"PASSIVE\"}],\"syncCheckpointEnabled\":true,\"$drplan\":"
        "{\"version\":1,\"kept\":{\"instances[0].vpcId\":\"v\"},\"extras\":[true],\"secretsLeftOut\":[\"x\"]}"
        "}";
    struct chance chance = {88172645463325252};
    size_t read = 0;

    (void)state;
    for (int i = 0; i < 4000; i++) {
        char text[sizeof(sample) + 32];
        struct plan *plan = NULL;
        struct error err = {0};

        damage(sample, text, sizeof(text), &chance);
        if (draft_read(text, strlen(text), &plan, &err)) {
            char *draft = written(plan);

            assert_true(json_check(draft, strlen(draft), NULL));
            review_free(review_of(plan));
            free(draft);
            plan_free(plan);
            read++;
        } else {
            assert_int_equal(err.kind, ERROR_INPUT);
        }
    }
    assert_true(read > 500);
}

/* ---- Examples ---- */

static void the_folder_of_examples(char *path, size_t size)
{
    const char *file = __FILE__;
    const char *end = strstr(file, "tests/unit/");

    snprintf(path, size, "%.*sexamples", end ? (int)(end - file) : 0, file);
}

static void read_whole(const char *path, struct buf *out)
{
    FILE *file = fopen(path, "rb");
    char bytes[4096];
    size_t count;

    assert_non_null(file);
    while ((count = fread(bytes, 1, sizeof(bytes), file)) > 0)
        buf_add(out, bytes, count);
    fclose(file);
}

static void every_example_is_sound_and_comes_back_as_it_is(void **state)
{
    char folder[1024];
    DIR *directory;
    int examples = 0;

    (void)state;
    the_folder_of_examples(folder, sizeof(folder));
    directory = opendir(folder);
    if (!directory) {
        fail_msg("cannot open %s", folder);
        return;
    }
    for (struct dirent *entry; (entry = readdir(directory));) {
        char path[1400];
        struct buf text = BUF_INIT;
        struct plan *plan = NULL;
        struct error err = {0};
        struct review *review;
        char *draft;

        if (!strstr(entry->d_name, ".json"))
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        read_whole(path, &text);
        if (!draft_read(buf_text(&text), text.length, &plan, &err))
            fail_msg("%s: %s", entry->d_name, err.text);
        review = review_of(plan);
        print_problems(review);
        assert_int_equal(review_problems(review), 0);
        draft = written(plan);
        assert_string_equal(draft, buf_text(&text));
        examples++;
        free(draft);
        review_free(review);
        plan_free(plan);
        buf_release(&text);
    }
    closedir(directory);
    assert_true(examples >= 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_object_is_refused_with_its_place),
        cmocka_unit_test(a_draft_has_a_largest_size),
        cmocka_unit_test(what_is_written_otherwise_than_it_should_be_is_noted),
        cmocka_unit_test(a_note_goes_when_the_field_is_set),
        cmocka_unit_test(the_list_of_clusters_may_be_wrong_in_many_ways),
        cmocka_unit_test(members_in_the_wrong_place_are_named_with_the_right_one),
        cmocka_unit_test(a_password_may_be_clear_or_a_reference),
        cmocka_unit_test(problems_of_a_field_that_is_not_sent_stop_nothing),
        cmocka_unit_test(a_thousand_clusters_are_read_and_no_more),
        cmocka_unit_test(an_answer_that_is_too_long_is_an_error_of_its_field),
        cmocka_unit_test(what_was_kept_aside_is_back),
        cmocka_unit_test(an_odd_own_member_is_noted_and_harmless),
        cmocka_unit_test(a_draft_of_a_later_version_is_known_as_such),
        cmocka_unit_test(what_is_opened_and_saved_is_the_same),
        cmocka_unit_test(only_what_changed_is_written_anew),
        cmocka_unit_test(what_was_wrong_and_taken_back_is_gone),
        cmocka_unit_test(wrong_things_make_way_for_answers),
        cmocka_unit_test(answers_that_do_not_apply_are_kept_aside),
        cmocka_unit_test(no_secret_in_clear_is_ever_written),
        cmocka_unit_test(a_secret_under_a_long_name_leaves_a_draft_that_can_be_read),
        cmocka_unit_test(a_secret_that_is_given_again_is_not_left_out),
        cmocka_unit_test(a_new_plan_is_written_with_its_version_and_suggestions),
        cmocka_unit_test(settings_and_extras_that_are_taken_back_go),
        cmocka_unit_test(what_could_not_be_read_again_is_not_written),
        cmocka_unit_test(many_stray_secrets_are_left_out_in_no_time),
        cmocka_unit_test(damaged_drafts_are_refused_or_read_but_never_worse),
        cmocka_unit_test(every_example_is_sound_and_comes_back_as_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
