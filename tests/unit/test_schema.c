#include "model_support.h"

#include "base/utf8.h"
#include "model/words.h"

static void every_row_has_its_words(void **state)
{
    (void)state;
    for (int id = 0; id < FIELD_COUNT; id++) {
        const struct field *field = &schema[id];

        assert_non_null(field->path);
        assert_true(field->label && utf8_width(field->label, strlen(field->label)) <= 18);
        assert_true(field->help && utf8_width(field->help, strlen(field->help)) <= 150);
        assert_int_equal(field->help[strlen(field->help) - 1], '.');
        assert_non_null(field->source);
        assert_non_null(field->example);
        assert_non_null(field->presence);
        assert_true((field->scope == SCOPE_INSTANCE) == (field->step == STEP_CLUSTER));
        assert_true((field->kind == KIND_CHOICE || field->kind == KIND_SWITCH) == (field->choices != NULL));
    }
}

static void paths_are_unique_and_one_dot_deep(void **state)
{
    (void)state;
    for (int id = 0; id < FIELD_COUNT; id++) {
        const char *dot = strchr(schema[id].path, '.');

        assert_true(!dot || !strchr(dot + 1, '.'));
        assert_int_equal(schema[id].member, dot ? dot + 1 - schema[id].path : 0);
        for (int other = 0; other < id; other++)
            assert_false(schema[id].scope == schema[other].scope &&
                         strcmp(schema[id].path, schema[other].path) == 0);
    }
}

static void check_condition(enum field_id field, const struct condition *when)
{
    for (; when && when->test != TEST_END; when++) {
        assert_true(when->field < field);
        assert_non_null(when->value);
        if (schema[field].scope == SCOPE_PLAN)
            assert_int_equal(schema[when->field].scope, SCOPE_PLAN);
        if (when->test == TEST_IS && schema[when->field].choices)
            assert_string_equal(field_constant(when->field, when->value), when->value);
    }
}

static void conditions_look_only_upwards_and_name_real_constants(void **state)
{
    (void)state;
    for (int id = 0; id < FIELD_COUNT; id++) {
        const struct presence *presence = schema[id].presence;
        const struct suggestion *suggestion = schema[id].suggestions;

        for (; presence->when; presence++)
            check_condition((enum field_id)id, presence->when);
        for (; suggestion && suggestion->value; suggestion++)
            check_condition((enum field_id)id, suggestion->when);
    }
}

static void required_and_recommended_rows_say_why(void **state)
{
    (void)state;
    for (int id = 0; id < FIELD_COUNT; id++)
        for (const struct presence *row = schema[id].presence;; row++) {
            if (row->need >= NEED_RECOMMENDED || row->need == NEED_EXTRA)
                assert_non_null(row->because);
            if (!row->when)
                break;
        }
}

static void scopes_stand_in_blocks(void **state)
{
    int changes = 0;

    (void)state;
    for (int id = 1; id < FIELD_COUNT; id++)
        changes += schema[id].scope != schema[id - 1].scope;
    assert_int_equal(changes, 2);
    assert_int_equal(field_first(SCOPE_PLAN), 0);
    assert_int_equal(field_first(SCOPE_INSTANCE), FIELD_INSTANCE_TYPE);
}

static void every_place_is_found_by_its_path(void **state)
{
    char path[128];

    (void)state;
    for (int id = 0; id < FIELD_COUNT; id++)
        for (int instance = 0; instance < 1000; instance += 111) {
            struct place place = schema[id].scope == SCOPE_PLAN
                                     ? place_of_plan((enum field_id)id)
                                     : place_of_instance(instance, (enum field_id)id);

            place_path(place, path, sizeof(path));
            assert_true(place_equal(place_from_path(path), place));
        }
    place_path(place_of_instance(1, FIELD_VPC_ID), path, sizeof(path));
    assert_string_equal(path, "instances[1].vpcId");
    place_path(place_none(), path, sizeof(path));
    assert_string_equal(path, "");
    place_path(place_of_instance(1, FIELD_VPC_ID), path, 10);
    assert_string_equal(path, "instances");
}

static void other_paths_name_no_place(void **state)
{
    static const char *const paths[] = {
        "",
        "planname",
        "vpcId",
        "instances",
        "instances[1]",
        "instances[].vpcId",
        "instances[01].vpcId",
        "instances[-1].vpcId",
        "instances[1]vpcId",
        "instances[1].vpcid",
        "instances[1].planName",
        "instances[99999999999999999999].vpcId",
        "instances[0].vpcId ",
        "messageProperty",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        assert_true(place_is_none(place_from_path(paths[i])));
    assert_true(place_equal(place_none(), place_none()));
    assert_false(place_equal(place_none(), place_of_plan(FIELD_PLAN_NAME)));
}

static void names_are_found_in_any_case(void **state)
{
    char parent[FIELD_PARENT_SIZE];

    (void)state;
    assert_int_equal(field_by_name("VSWITCHID"), FIELD_VSWITCH_ID);
    assert_int_equal(field_by_name("PropertyKey"), FIELD_PROPERTY_KEY);
    assert_int_equal(field_by_name("messageProperty"), FIELD_COUNT);
    assert_string_equal(field_member(FIELD_PROPERTY_VALUE), "propertyValue");
    field_parent(FIELD_PROPERTY_VALUE, parent);
    assert_string_equal(parent, "messageProperty");
    field_parent(FIELD_VPC_ID, parent);
    assert_string_equal(parent, "");
    assert_int_equal(field_first_within(SCOPE_INSTANCE, "messageProperty"), FIELD_PROPERTY_KEY);
    assert_int_equal(field_first_within(SCOPE_INSTANCE, ""), FIELD_COUNT);
    assert_true(field_siblings(FIELD_PROPERTY_KEY, FIELD_PROPERTY_VALUE));
    assert_false(field_siblings(FIELD_PROPERTY_KEY, FIELD_VPC_ID));
    assert_false(field_siblings(FIELD_PLAN_NAME, FIELD_VPC_ID));
    assert_int_equal(field_beside(FIELD_PLAN_NAME, "planType"), FIELD_PLAN_TYPE);
    assert_int_equal(field_beside(FIELD_PLAN_NAME, "vpcId"), FIELD_COUNT);
    assert_int_equal(field_beside(FIELD_PLAN_NAME, ""), FIELD_COUNT);
    assert_int_equal(field_beside(FIELD_VPC_ID, "vpcId"), FIELD_VPC_ID);
    assert_int_equal(field_beside(FIELD_VPC_ID, "propertyKey"), FIELD_COUNT);
    assert_int_equal(field_beside(FIELD_VPC_ID, "messageProperty.propertyKey"), FIELD_COUNT);
    assert_int_equal(field_beside(FIELD_PROPERTY_VALUE, "propertyKey"), FIELD_PROPERTY_KEY);
    assert_int_equal(field_beside(FIELD_PROPERTY_VALUE, "vpcId"), FIELD_COUNT);
    assert_string_equal(field_constant(FIELD_INSTANCE_ROLE, "Passive"), "PASSIVE");
    assert_null(field_constant(FIELD_INSTANCE_ROLE, "SOURCE"));
}

static void slips_of_two_letters_are_near(void **state)
{
    (void)state;
    assert_true(words_near("planNme", "planName"));
    assert_true(words_near("PLANNAMES", "planName"));
    assert_true(words_near("endpiontUrl", "endpointUrl"));
    assert_false(words_near("name", "planName"));
    assert_false(words_near("", ""));
    assert_false(words_near("a", "key"));
    assert_true(words_same("ABC", "abc"));
    assert_false(words_same("ABC", "abcd"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_has_its_words),
        cmocka_unit_test(paths_are_unique_and_one_dot_deep),
        cmocka_unit_test(conditions_look_only_upwards_and_name_real_constants),
        cmocka_unit_test(required_and_recommended_rows_say_why),
        cmocka_unit_test(scopes_stand_in_blocks),
        cmocka_unit_test(every_place_is_found_by_its_path),
        cmocka_unit_test(other_paths_name_no_place),
        cmocka_unit_test(names_are_found_in_any_case),
        cmocka_unit_test(slips_of_two_letters_are_near),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
