#include "model_support.h"

static void a_new_plan_has_two_empty_clusters(void **state)
{
    struct plan *plan = plan_new(true);

    (void)state;
    assert_non_null(plan);
    assert_int_equal(plan_instances(plan), 2);
    assert_null(plan_get(plan, at(0, FIELD_INSTANCE_TYPE)));
    assert_int_equal(plan_form(plan, at(0, FIELD_INSTANCE_TYPE)), ANSWER_NONE);
    assert_true(plan_has_suggestions(plan));
    assert_null(plan_source(plan));
    plan_free(plan);
    plan_free(NULL);
}

static void an_answer_is_kept_replaced_and_taken_back(void **state)
{
    struct plan *plan = plan_new(true);
    struct place name = place_of_plan(FIELD_PLAN_NAME);
    struct error err;

    (void)state;
    set(plan, PLACE_PLAN, FIELD_PLAN_NAME, "first");
    assert_string_equal(plan_get(plan, name), "first");
    assert_true(plan_set(plan, name, plan_get(plan, name), &err));
    assert_string_equal(plan_get(plan, name), "first");
    set(plan, PLACE_PLAN, FIELD_PLAN_NAME, "second");
    assert_string_equal(plan_get(plan, name), "second");
    set(plan, PLACE_PLAN, FIELD_PLAN_NAME, "");
    assert_null(plan_get(plan, name));
    set(plan, 1, FIELD_VPC_ID, "vpc-1");
    assert_null(plan_get(plan, at(0, FIELD_VPC_ID)));
    set(plan, 1, FIELD_VPC_ID, NULL);
    assert_null(plan_get(plan, at(1, FIELD_VPC_ID)));
    plan_free(plan);
}

static void places_that_the_plan_lacks_are_refused(void **state)
{
    const struct place places[] = {
        at(2, FIELD_VPC_ID),    at(-2, FIELD_VPC_ID),      at(PLACE_PLAN, FIELD_VPC_ID),
        at(0, FIELD_PLAN_NAME), at(1000000, FIELD_VPC_ID), place_none(),
    };
    struct plan *plan = plan_new(false);

    (void)state;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        struct error err = {0};

        assert_false(plan_set(plan, places[i], "x", &err));
        assert_int_equal(err.kind, ERROR_INPUT);
        assert_null(plan_get(plan, places[i]));
    }
    plan_free(plan);
}

static void answers_that_are_no_text_or_too_long_are_refused(void **state)
{
    struct plan *plan = plan_new(false);
    struct error err = {0};
    char *longest = malloc(PLAN_ANSWER_MAX + 2);

    (void)state;
    assert_non_null(longest);
    set(plan, PLACE_PLAN, FIELD_PLAN_NAME, "stays");
    assert_false(plan_set(plan, place_of_plan(FIELD_PLAN_NAME), "\xC3", &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    memset(longest, 'a', PLAN_ANSWER_MAX + 1);
    longest[PLAN_ANSWER_MAX + 1] = '\0';
    assert_false(plan_set(plan, place_of_plan(FIELD_PLAN_NAME), longest, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_string_equal(plan_get(plan, place_of_plan(FIELD_PLAN_NAME)), "stays");
    longest[PLAN_ANSWER_MAX] = '\0';
    assert_true(plan_set(plan, place_of_plan(FIELD_PLAN_NAME), longest, &err));
    free(longest);
    plan_free(plan);
}

static void the_revision_moves_only_with_a_change(void **state)
{
    struct plan *plan = plan_new(false);
    unsigned long revision = plan_revision(plan);
    struct error err;

    (void)state;
    set(plan, 0, FIELD_VPC_ID, "vpc-1");
    assert_int_not_equal(plan_revision(plan), revision);
    revision = plan_revision(plan);
    set(plan, 0, FIELD_VPC_ID, "vpc-1");
    set(plan, 0, FIELD_VSWITCH_ID, NULL);
    plan_set_extras(plan, 0, false);
    assert_true(plan_set_setting(plan, SETTING_REGION, "", &err));
    assert_int_equal(plan_revision(plan), revision);
    plan_set_extras(plan, 0, true);
    assert_int_not_equal(plan_revision(plan), revision);
    revision = plan_revision(plan);
    assert_false(plan_set_setting(plan, SETTING_REGION, "cn-\xff", &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_null(plan_setting(plan, SETTING_REGION));
    assert_true(plan_set_setting(plan, SETTING_REGION, "cn-hangzhou", &err));
    assert_int_not_equal(plan_revision(plan), revision);
    revision = plan_revision(plan);
    set(plan, 0, FIELD_VPC_ID, NULL);
    assert_int_not_equal(plan_revision(plan), revision);
    plan_free(plan);
}

static void only_a_password_may_be_a_reference(void **state)
{
    struct plan *plan = plan_new(false);
    struct error err = {0};

    (void)state;
    assert_true(plan_set_reference(plan, at(0, FIELD_PASSWORD), "{ \"$env\" :\"MQ\"}", &err));
    assert_int_equal(plan_form(plan, at(0, FIELD_PASSWORD)), ANSWER_REFERENCE);
    assert_string_equal(plan_get(plan, at(0, FIELD_PASSWORD)), "{\"$env\": \"MQ\"}");
    assert_false(plan_set_reference(plan, at(0, FIELD_USERNAME), "{\"$env\":\"MQ\"}", &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_false(plan_set_reference(plan, at(0, FIELD_PASSWORD), "{\"$url\":\"MQ\"}", &err));
    assert_false(plan_set_reference(plan, at(0, FIELD_PASSWORD), "{\"$env\"", &err));
    assert_int_equal(plan_form(plan, at(0, FIELD_PASSWORD)), ANSWER_REFERENCE);
    set(plan, 0, FIELD_PASSWORD, "typed");
    assert_int_equal(plan_form(plan, at(0, FIELD_PASSWORD)), ANSWER_TEXT);
    plan_free(plan);
}

static void references_of_three_kinds_are_known(void **state)
{
    static const struct {
        const char *json, *described;
    } cases[] = {
        {"{'$env':'MQ'}", "environment variable MQ"},
        {"{'$file':'/run/mq'}", "file /run/mq"},
        {"{'$command':['pass','show','mq']}", "command pass"},
        {"{'$env':''}", NULL},
        {"{'$env':'A=B'}", NULL},
        {"{'$env':1}", NULL},
        {"{'$env':'A','$file':'B'}", NULL},
        {"{'$file':''}", NULL},
        {"{'$file':[]}", NULL},
        {"{'$command':[]}", NULL},
        {"{'$command':['']}", NULL},
        {"{'$command':['a',1]}", NULL},
        {"{'$command':'pass'}", NULL},
        {"{'env':'A'}", NULL},
        {"{}", NULL},
        {"[]", NULL},
        {"'text'", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *json = json_of(cases[i].json);
        struct error err = {0};
        cJSON *node = json_parse(json, strlen(json), &err);
        struct buf described = BUF_INIT;

        assert_non_null(node);
        assert_true(secret_reference_check(node, &err) == (cases[i].described != NULL));
        assert_true((err.text[0] == '\0') == (cases[i].described != NULL));
        secret_reference_describe(json, &described);
        assert_string_equal(buf_text(&described),
                            cases[i].described ? cases[i].described : "a reference that cannot be read");
        buf_release(&described);
        cJSON_Delete(node);
        free(json);
    }
}

static void settings_and_extras_are_remembered(void **state)
{
    struct plan *plan = plan_new(false);
    struct error err;

    (void)state;
    assert_null(plan_setting(plan, SETTING_PROFILE));
    assert_true(plan_set_setting(plan, SETTING_PROFILE, "prod", &err));
    assert_string_equal(plan_setting(plan, SETTING_PROFILE), "prod");
    assert_true(plan_set_setting(plan, SETTING_PROFILE, NULL, &err));
    assert_null(plan_setting(plan, SETTING_PROFILE));
    plan_set_extras(plan, 1, true);
    plan_set_extras(plan, 7, true);
    plan_set_extras(plan, PLACE_PLAN, true);
    assert_true(plan_extras(plan, 1));
    assert_false(plan_extras(plan, 0));
    assert_false(plan_extras(plan, 7));
    assert_false(plan_extras(plan, PLACE_PLAN));
    plan_free(plan);
}

static void notes_go_when_their_answer_changes(void **state)
{
    struct plan *plan = plan_new(false);
    unsigned long revision;
    struct error err;

    (void)state;
    assert_true(plan_note(plan, at(0, FIELD_VPC_ID), "instances[0].vpcId", SEVERITY_ERROR, &err, "is %d", 1));
    assert_true(plan_note(plan, place_none(), "x", SEVERITY_WARNING, &err, "stays"));
    assert_true(plan_note(plan, at(0, FIELD_VPC_ID), "instances[0].vpcId", SEVERITY_WARNING, &err, "is two"));
    assert_int_equal(plan_notes(plan), 3);
    assert_string_equal(plan_note_at(plan, 0)->message, "is 1");
    assert_null(plan_note_at(plan, 3));
    set(plan, 1, FIELD_VPC_ID, "vpc-1");
    assert_int_equal(plan_notes(plan), 3);
    revision = plan_revision(plan);
    set(plan, 0, FIELD_VPC_ID, NULL);
    assert_int_not_equal(plan_revision(plan), revision);
    assert_int_equal(plan_notes(plan), 1);
    assert_string_equal(plan_note_at(plan, 0)->message, "stays");
    plan_free(plan);
}

static void long_notes_are_cut_between_characters(void **state)
{
    struct plan *plan = plan_new(false);
    struct error err;
    char words[600];

    (void)state;
    for (size_t i = 0; i < sizeof(words) - 1; i++)
        words[i] = "\xE8\xAE\xA2"[i % 3];
    words[sizeof(words) - 1] = '\0';
    assert_true(plan_note(plan, place_none(), words, SEVERITY_WARNING, &err, "%s", words));
    assert_int_equal(strlen(plan_note_at(plan, 0)->path) % 3, 0);
    assert_int_equal(strlen(plan_note_at(plan, 0)->message) % 3, 0);
    plan_free(plan);
}

static void clusters_come_and_go(void **state)
{
    struct plan *plan = plan_new(false);
    struct error err = {0};

    (void)state;
    set(plan, 1, FIELD_VPC_ID, "vpc-1");
    assert_true(plan_set_instances(plan, PLAN_INSTANCES_MAX, &err));
    assert_int_equal(plan_instances(plan), PLAN_INSTANCES_MAX);
    assert_string_equal(plan_get(plan, at(1, FIELD_VPC_ID)), "vpc-1");
    set(plan, PLAN_INSTANCES_MAX - 1, FIELD_VPC_ID, "vpc-last");
    assert_true(plan_note(plan, at(1, FIELD_VPC_ID), "p", SEVERITY_ERROR, &err, "one"));
    assert_true(plan_note(plan, at(0, FIELD_VPC_ID), "p", SEVERITY_ERROR, &err, "zero"));
    assert_false(plan_set_instances(plan, PLAN_INSTANCES_MAX + 1, &err));
    assert_int_equal(err.kind, ERROR_INPUT);
    assert_false(plan_set_instances(plan, 0, &err));
    assert_true(plan_set_instances(plan, 1, &err));
    assert_int_equal(plan_notes(plan), 1);
    assert_true(plan_set_instances(plan, 2, &err));
    assert_null(plan_get(plan, at(1, FIELD_VPC_ID)));
    plan_free(plan);
}

static void what_the_account_says_is_no_change(void **state)
{
    struct plan *plan = plan_new(false);
    struct error err = {0};
    unsigned long revision = plan_revision(plan);

    (void)state;
    assert_true(plan_suggest(plan, at(0, FIELD_USERNAME), "replicator", &err));
    assert_string_equal(plan_suggestion(plan, at(0, FIELD_USERNAME)), "replicator");
    assert_null(plan_get(plan, at(0, FIELD_USERNAME)));
    assert_true(plan_remark(plan, at(0, FIELD_INSTANCE_ID), "There is no such instance.", &err));
    assert_int_equal(plan_revision(plan), revision);
    set(plan, 0, FIELD_INSTANCE_ID, "rmq-cn-1");
    assert_null(plan_remark_at(plan, at(0, FIELD_INSTANCE_ID)));
    assert_true(plan_suggest(plan, at(0, FIELD_USERNAME), NULL, &err));
    assert_null(plan_suggestion(plan, at(0, FIELD_USERNAME)));
    assert_false(plan_suggest(plan, at(7, FIELD_USERNAME), "x", &err));
    assert_false(plan_remark(plan, at(7, FIELD_USERNAME), "x", &err));
    plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_plan_has_two_empty_clusters),
        cmocka_unit_test(an_answer_is_kept_replaced_and_taken_back),
        cmocka_unit_test(places_that_the_plan_lacks_are_refused),
        cmocka_unit_test(answers_that_are_no_text_or_too_long_are_refused),
        cmocka_unit_test(the_revision_moves_only_with_a_change),
        cmocka_unit_test(only_a_password_may_be_a_reference),
        cmocka_unit_test(references_of_three_kinds_are_known),
        cmocka_unit_test(settings_and_extras_are_remembered),
        cmocka_unit_test(notes_go_when_their_answer_changes),
        cmocka_unit_test(long_notes_are_cut_between_characters),
        cmocka_unit_test(clusters_come_and_go),
        cmocka_unit_test(what_the_account_says_is_no_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
