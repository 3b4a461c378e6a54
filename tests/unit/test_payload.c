#include "chance.h"
#include "model_support.h"

static bool resolve_to_secret(const struct secret_source *source, const char *reference, struct buf *out,
                              struct error *err)
{
    (void)source;
    if (strstr(reference, "MISSING"))
        return error_set(err, ERROR_FILE, "environment variable MISSING is not set");
    if (strstr(reference, "NOTHING"))
        return true;
    if (strstr(reference, "BYTES")) {
        buf_add(out, "a\0b", 3);
        return true;
    }
    buf_add_text(out, "s3cr\"et");
    return true;
}

static const struct secret_source secrets = {resolve_to_secret};

static bool write_body(struct payload *payload, const struct plan *plan, enum payload_view view,
                       struct error *err)
{
    struct review *review = review_of(plan);
    bool ok = payload_write(payload, plan, review, view, &secrets, err);

    review_free(review);
    return ok;
}

static void the_body_has_an_order_and_an_indent(void **state)
{
    static const char *const expected = "{\n"
                                        "  \"planName\": \"p\",\n"
                                        "  \"planType\": \"ACTIVE_PASSIVE\",\n"
                                        "  \"instances\": [\n"
                                        "    {\n"
                                        "      \"instanceType\": \"EXTERNAL_ROCKETMQ\",\n"
                                        "      \"networkType\": \"TCP_INTERNET\",\n"
                                        "      \"authType\": \"ACL_AUTH\",\n"
                                        "      \"password\": \"********\",\n"
                                        "      \"messageProperty\": {\n"
                                        "        \"propertyValue\": \"v\"\n"
                                        "      }\n"
                                        "    }\n"
                                        "  ],\n"
                                        "  \"syncCheckpointEnabled\": true,\n"
                                        "  \"autoSyncCheckpoint\": false\n"
                                        "}";
    struct plan *plan = plan_new(false);
    char *text;

    (void)state;
    set(plan, PLACE_PLAN, FIELD_AUTO_SYNC, "false");
    set(plan, PLACE_PLAN, FIELD_SYNC_CHECKPOINT, "true");
    set(plan, PLACE_PLAN, FIELD_PLAN_TYPE, ONE_WAY);
    set(plan, PLACE_PLAN, FIELD_PLAN_NAME, "p");
    set(plan, 0, FIELD_PROPERTY_VALUE, "v");
    set(plan, 0, FIELD_PASSWORD, "hunter2");
    set(plan, 0, FIELD_AUTH_TYPE, ACL_SIGN_IN);
    set(plan, 0, FIELD_NETWORK_TYPE, INTERNET_NETWORK);
    set(plan, 0, FIELD_INSTANCE_TYPE, EXTERNAL_CLUSTER);
    text = payload_of(plan, PAYLOAD_MASKED);
    assert_string_equal(text, expected);
    free(text);
    plan_free(plan);
}

static void an_empty_plan_is_an_empty_object(void **state)
{
    struct plan *plan = plan_new(false);
    struct payload payload;
    struct error err;

    (void)state;
    payload_init(&payload);
    assert_true(write_body(&payload, plan, PAYLOAD_SENT, &err));
    assert_string_equal(buf_text(&payload.text), "{}");
    assert_int_equal(payload.line_count, 1);
    assert_true(place_is_none(payload.lines[0]));
    payload_release(&payload);
    plan_free(plan);
}

static void every_line_knows_its_field(void **state)
{
    struct plan *plan =
        draft_of("{'planName':'p','odd':{'a':1},'instances':[{'instanceType':'ALIYUN_ROCKETMQ',"
                 "'messageProperty':{'propertyKey':'k','propertyValue':'v'}},"
                 "{'instanceType':'ALIYUN_ROCKETMQ'}],'syncCheckpointEnabled':true}");
    const struct place expected[] = {
        place_none(),
        place_of_plan(FIELD_PLAN_NAME),
        place_none(), /* instances */
        place_none(),
        at(0, FIELD_INSTANCE_TYPE),
        place_none(), /* messageProperty */
        at(0, FIELD_PROPERTY_KEY),
        at(0, FIELD_PROPERTY_VALUE),
        place_none(),
        place_none(),
        place_none(),
        at(1, FIELD_INSTANCE_TYPE),
        place_none(),
        place_none(),
        place_of_plan(FIELD_SYNC_CHECKPOINT),
        place_none(), /* odd */
        place_none(),
    };
    struct payload payload;
    struct error err;

    (void)state;
    payload_init(&payload);
    for (int again = 0; again < 2; again++) {
        assert_true(write_body(&payload, plan, PAYLOAD_SENT, &err));
        assert_int_equal(payload.line_count, sizeof(expected) / sizeof(expected[0]));
        for (size_t i = 0; i < payload.line_count; i++)
            assert_true(place_equal(payload.lines[i], expected[i]));
    }
    payload_release(&payload);
    plan_free(plan);
}

static void text_is_escaped_and_stays_utf_8(void **state)
{
    struct plan *plan = plan_new(false);
    char *text;

    (void)state;
    set(plan, PLACE_PLAN, FIELD_PLAN_NAME,
        "\"\\\b\f\n\r\t\001\177/\xC2\x85"
        "订单\u202E");
    text = payload_of(plan, PAYLOAD_SENT);
    assert_string_equal(text, "{\n  \"planName\": \"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\177/\xC2\x85"
                              "订单\u202E\"\n}");
    free(text);
    plan_free(plan);
}

static void secrets_are_in_clear_only_on_the_wire(void **state)
{
    struct plan *plan =
        draft_of("{'instances':[{'instanceType':'EXTERNAL_ROCKETMQ','authType':'ACL_AUTH',"
                 "'password':'hunter2'},{'instanceType':'EXTERNAL_ROCKETMQ','authType':'ACL_AUTH',"
                 "'password':{'$env':'MQ_PASSWORD'}}]}");
    struct payload payload;
    struct error err;

    (void)state;
    payload_init(&payload);
    assert_true(write_body(&payload, plan, PAYLOAD_SENT, &err));
    assert_non_null(strstr(buf_text(&payload.text), "\"password\": \"hunter2\""));
    assert_non_null(strstr(buf_text(&payload.text), "\"password\": \"s3cr\\\"et\""));
    assert_null(strstr(buf_text(&payload.text), "$env"));
    assert_true(write_body(&payload, plan, PAYLOAD_MASKED, &err));
    assert_null(strstr(buf_text(&payload.text), "hunter2"));
    assert_null(strstr(buf_text(&payload.text), "s3cr"));
    assert_null(strstr(buf_text(&payload.text), "MQ_PASSWORD"));
    assert_true(write_body(&payload, plan, PAYLOAD_DRAFT, &err));
    assert_null(strstr(buf_text(&payload.text), "hunter2"));
    assert_non_null(strstr(buf_text(&payload.text), "\"password\": {\"$env\": \"MQ_PASSWORD\"}"));
    payload_release(&payload);
    plan_free(plan);
}

static void secrets_in_unknown_places_are_secrets_too(void **state)
{
    struct plan *plan = draft_of("{'password':'hunter2','other':{'deep':[{'PassWord':'hunter2'}],'x':1},"
                                 "'instances':[{'Password':'hunter2'}]}");
    char *text = payload_of(plan, PAYLOAD_MASKED);

    (void)state;
    assert_null(strstr(text, "hunter2"));
    assert_non_null(strstr(text, "\"other\": {\"deep\": [{\"PassWord\": \"********\"}], \"x\": 1}"));
    free(text);
    text = payload_of(plan, PAYLOAD_DRAFT);
    assert_null(strstr(text, "hunter2"));
    assert_non_null(strstr(text, "\"other\": {\"deep\": [{}], \"x\": 1}"));
    free(text);
    text = payload_of(plan, PAYLOAD_SENT);
    assert_non_null(strstr(text, "hunter2"));
    free(text);
    plan_free(plan);
}

static void a_reference_that_cannot_be_resolved_names_its_field(void **state)
{
    static const struct {
        const char *name, *said;
    } cases[] = {
        {"MISSING", "instances[1].password: environment variable MISSING is not set"},
        {"NOTHING", "instances[1].password: the reference stands for an empty text"},
        {"BYTES", "instances[1].password: the reference stands for something that is not UTF-8 text"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plan *plan =
            draft_of("{'instances':[{},{'instanceType':'EXTERNAL_ROCKETMQ','authType':'ACL_AUTH'}]}");
        struct payload payload;
        struct error err = {0};
        char reference[64];

        snprintf(reference, sizeof(reference), "{\"$env\":\"%s\"}", cases[i].name);
        assert_true(plan_set_reference(plan, at(1, FIELD_PASSWORD), reference, &err));
        payload_init(&payload);
        assert_false(write_body(&payload, plan, PAYLOAD_SENT, &err));
        assert_int_equal(err.kind, ERROR_INPUT);
        assert_string_equal(err.text, cases[i].said);
        assert_string_equal(buf_text(&payload.text), "");
        assert_true(write_body(&payload, plan, PAYLOAD_MASKED, &err));
        payload_release(&payload);
        plan_free(plan);
    }
}

static void unknown_members_are_passed_on_behind_the_known_ones(void **state)
{
    struct plan *plan =
        draft_of("{'futureField':{'a':[1,2.50,1e400,-0],'b':null},'$schema':'x','planName':'p',"
                 "'instances':[{'tags':[],'instanceType':'ALIYUN_ROCKETMQ','$note':1,"
                 "'messageProperty':{'propertyScope':true,'propertyKey':'k'}},"
                 "{'messageProperty':{'only':9007199254740993}}],'$drplan':{'version':1}}");
    char *text = payload_of(plan, PAYLOAD_SENT);

    (void)state;
    assert_string_equal(text, "{\n"
                              "  \"planName\": \"p\",\n"
                              "  \"instances\": [\n"
                              "    {\n"
                              "      \"instanceType\": \"ALIYUN_ROCKETMQ\",\n"
                              "      \"messageProperty\": {\n"
                              "        \"propertyKey\": \"k\",\n"
                              "        \"propertyScope\": true\n"
                              "      },\n"
                              "      \"tags\": []\n"
                              "    },\n"
                              "    {\n"
                              "      \"messageProperty\": {\n"
                              "        \"only\": 9007199254740993\n"
                              "      }\n"
                              "    }\n"
                              "  ],\n"
                              "  \"futureField\": {\"a\": [1, 2.50, 1e400, -0], \"b\": null}\n"
                              "}");
    free(text);
    plan_free(plan);
}

static void a_cluster_that_nobody_gave_is_not_written(void **state)
{
    static const struct {
        const char *draft, *sent;
    } cases[] = {
        {"{'planName':'p'}", "{\n  \"planName\": \"p\"\n}"},
        {"{'instances':[]}", "{\n  \"instances\": []\n}"},
        {"{'instances':[{}]}", "{\n  \"instances\": [\n    {}\n  ]\n}"},
        {"{'instances':'two'}", "{}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct plan *plan = draft_of(cases[i].draft);
        char *text = payload_of(plan, PAYLOAD_SENT);

        assert_string_equal(text, cases[i].sent);
        free(text);
        plan_free(plan);
    }
}

static void suggestions_are_sent_like_answers(void **state)
{
    struct plan *plan = plan_new(true);
    char *text;

    (void)state;
    set(plan, PLACE_PLAN, FIELD_PLAN_TYPE, ONE_WAY);
    text = payload_of(plan, PAYLOAD_SENT);
    assert_non_null(strstr(text, "\"instanceRole\": \"ACTIVE\""));
    assert_non_null(strstr(text, "\"instanceRole\": \"PASSIVE\""));
    free(text);
    plan_free(plan);
}

/* ---- Random plans ---- */

#define SECRET_MARK "tOpS3cret"

static void pick_value(struct chance *chance, enum field_id field, char value[128])
{
    static const char *const pieces[] = {"a",  "rmq-",   "MQ_INST_", "\"", "\\",   "\n",
                                         "订", "\u202E", "🙂",     "{",  "null", " "};
    const struct choice *choice = schema[field].choices;
    unsigned count = 0;

    value[0] = '\0';
    if (choice && pick(chance, 10) > 0) {
        do
            count++;
        while (choice[count].value);
        snprintf(value, 128, "%s", choice[pick(chance, count)].value);
        return;
    }
    if (schema[field].kind == KIND_SECRET)
        snprintf(value, 128, "%s", SECRET_MARK);
    for (unsigned i = 1 + pick(chance, 5); i > 0; i--)
        strncat(value, pieces[pick(chance, sizeof(pieces) / sizeof(pieces[0]))], 127 - strlen(value));
}

static struct plan *random_plan(struct chance *chance)
{
    struct plan *plan = plan_new(pick(chance, 2) == 0);
    struct error err;
    int instances = pick(chance, 8) == 0 ? 1 + (int)pick(chance, 4) : 2;

    assert_non_null(plan);
    assert_true(plan_set_instances(plan, (size_t)instances, &err));
    for (int instance = PLACE_PLAN; instance < instances; instance++) {
        plan_set_extras(plan, instance, pick(chance, 4) == 0);
        for (int id = 0; id < FIELD_COUNT; id++) {
            char value[128];

            if ((schema[id].scope == SCOPE_PLAN) != (instance == PLACE_PLAN) || pick(chance, 5) == 0)
                continue;
            pick_value(chance, (enum field_id)id, value);
            if (schema[id].kind == KIND_SECRET && pick(chance, 3) == 0)
                assert_true(
                    plan_set_reference(plan, at(instance, (enum field_id)id), "{\"$file\":\"/x\"}", &err));
            else
                set(plan, instance, (enum field_id)id, value);
        }
    }
    return plan;
}

static const cJSON *member_of(const cJSON *body, struct place place)
{
    char parent[FIELD_PARENT_SIZE];

    if (place.instance != PLACE_PLAN)
        body = cJSON_GetArrayItem(json_member(body, "instances"), place.instance);
    field_parent(place.field, parent);
    return json_member(parent[0] ? json_member(body, parent) : body, field_member(place.field));
}

static size_t count_leaves(const cJSON *node)
{
    size_t count = 0;

    if (!cJSON_IsObject(node) && !cJSON_IsArray(node))
        return 1;
    for (const cJSON *child = node->child; child; child = child->next)
        count += count_leaves(child);
    return count;
}

/* The body holds what is in force, to the byte, and nothing else. */
static void check_body(const struct plan *plan, const struct review *review, const char *text, size_t length)
{
    struct error err = {0};
    cJSON *body = json_parse(text, length, &err);
    size_t answered = 0;

    assert_true(json_check(text, length, NULL));
    assert_non_null(body);
    for (int instance = PLACE_PLAN; instance < (int)plan_instances(plan); instance++)
        for (int id = 0; id < FIELD_COUNT; id++) {
            struct place place = at(instance, (enum field_id)id);
            const struct field_review *row = review_field(review, place);
            const cJSON *member;

            if ((schema[id].scope == SCOPE_PLAN) != (instance == PLACE_PLAN))
                continue;
            member = member_of(body, place);
            assert_true((member != NULL) == (row->shown && row->value));
            assert_true(row->shown || !row->value);
            if (!member)
                continue;
            answered++;
            if (cJSON_IsBool(member))
                assert_string_equal(cJSON_IsTrue(member) ? "true" : "false", row->value);
            else if (row->form == ANSWER_REFERENCE)
                assert_string_equal(json_text(member), "s3cr\"et");
            else
                assert_string_equal(json_text(member), row->value);
        }
    assert_int_equal(count_leaves(body), answered);
    cJSON_Delete(body);
}

static void drop_literal_secrets(struct plan *plan)
{
    for (int instance = 0; instance < (int)plan_instances(plan); instance++)
        if (plan_form(plan, at(instance, FIELD_PASSWORD)) == ANSWER_TEXT)
            set(plan, instance, FIELD_PASSWORD, NULL);
}

static void check_round_trip(struct plan *plan)
{
    char *draft = written(plan);
    char *again;
    char *before;
    char *after;
    struct plan *read = NULL;
    struct error err = {0};

    assert_null(strstr(draft, SECRET_MARK));
    if (!draft_read(draft, strlen(draft), &read, &err))
        fail_msg("%s", err.text);
    drop_literal_secrets(plan);
    before = payload_of(plan, PAYLOAD_MASKED);
    after = payload_of(read, PAYLOAD_MASKED);
    assert_string_equal(after, before);
    again = written(read);
    assert_string_equal(again, draft);
    /* Every answer is there, those that do not apply included. */
    for (int instance = 0; instance < (int)plan_instances(plan); instance++)
        for (int id = 0; id < FIELD_COUNT; id++) {
            const char *answer = plan_get(plan, at(instance, (enum field_id)id));

            if (answer)
                assert_string_equal(plan_get(read, at(instance, (enum field_id)id)), answer);
        }
    free(draft);
    free(again);
    free(before);
    free(after);
    plan_free(read);
}

/* The list of instances says of each in the body what a look compares, and nothing else. */
static void check_instances(const struct plan *plan, const struct review *review,
                            const struct payload *payload)
{
    static const char *const members[] = {"instanceId", "endpointUrl", "instanceType", "instanceRole",
                                          "regionId"};
    struct buf text = BUF_INIT;
    struct error err;
    cJSON *body = json_parse(buf_text(&payload->text), payload->text.length, &err), *list;
    const cJSON *sent = json_member(body, "instances"), *instance, *said;

    payload_write_instances(plan, review, &text);
    assert_false(text.failed);
    list = json_parse(buf_text(&text), text.length, &err);
    assert_non_null(list);
    said = list->child;
    cJSON_ArrayForEach(instance, sent)
    {
        int count = 0;

        assert_non_null(said);
        for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
            const char *value = json_text(json_member(instance, members[i]));

            count += value != NULL;
            if (value)
                assert_string_equal(json_text(json_member(said, members[i])), value);
        }
        assert_int_equal(cJSON_GetArraySize(said), count);
        said = said->next;
    }
    assert_null(said);
    cJSON_Delete(list);
    cJSON_Delete(body);
    buf_release(&text);
}

static void nothing_hidden_is_ever_sent(void **state)
{
    struct chance chance = {UINT64_C(0x9E3779B97F4A7C15)};

    (void)state;
    for (int i = 0; i < 3000; i++) {
        struct plan *plan = random_plan(&chance);
        struct review *review = review_of(plan);
        struct payload payload;
        struct error err = {0};

        payload_init(&payload);
        if (!payload_write(&payload, plan, review, PAYLOAD_SENT, &secrets, &err))
            fail_msg("%s", err.text);
        check_body(plan, review, buf_text(&payload.text), payload.text.length);
        check_instances(plan, review, &payload);
        assert_true(payload_write(&payload, plan, review, PAYLOAD_MASKED, NULL, &err));
        assert_true(json_check(buf_text(&payload.text), payload.text.length, NULL));
        assert_null(strstr(buf_text(&payload.text), SECRET_MARK));
        assert_null(strstr(buf_text(&payload.text), "s3cr"));
        payload_release(&payload);
        review_free(review);
        check_round_trip(plan);
        plan_free(plan);
    }
}

static void the_members_that_hold_secrets_are_those_of_the_schema(void **state)
{
    size_t count = 0;

    (void)state;
    for (int id = 0; id < FIELD_COUNT; id++) {
        const char *path = schema[id].path, *dot = strrchr(path, '.');

        if (schema[id].kind != KIND_SECRET)
            continue;
        assert_non_null(payload_secret_members[count]);
        assert_string_equal(payload_secret_members[count], dot ? dot + 1 : path);
        count++;
    }
    assert_null(payload_secret_members[count]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_body_has_an_order_and_an_indent),
        cmocka_unit_test(an_empty_plan_is_an_empty_object),
        cmocka_unit_test(every_line_knows_its_field),
        cmocka_unit_test(text_is_escaped_and_stays_utf_8),
        cmocka_unit_test(secrets_are_in_clear_only_on_the_wire),
        cmocka_unit_test(secrets_in_unknown_places_are_secrets_too),
        cmocka_unit_test(a_reference_that_cannot_be_resolved_names_its_field),
        cmocka_unit_test(unknown_members_are_passed_on_behind_the_known_ones),
        cmocka_unit_test(a_cluster_that_nobody_gave_is_not_written),
        cmocka_unit_test(suggestions_are_sent_like_answers),
        cmocka_unit_test(nothing_hidden_is_ever_sent),
        cmocka_unit_test(the_members_that_hold_secrets_are_those_of_the_schema),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
