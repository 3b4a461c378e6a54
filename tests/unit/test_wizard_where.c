#include "model_support.h"

#include "ui/wizard.h"

/* Choosing region and profile of a plan on the review page. */

static enum effect press(struct wizard *wizard, enum press key, const char *text)
{
    struct event event = {.kind = EVENT_PRESS, .press = key};

    if (text)
        snprintf(event.text, sizeof(event.text), "%s", text);
    return wizard_update(wizard, &event);
}

static struct wizard *on_review(void)
{
    struct plan *plan = plan_new(true);
    struct wizard *wizard = plan ? wizard_new(plan, NULL) : NULL;
    struct event size = {.kind = EVENT_RESIZE, .columns = 80, .rows = 24};

    assert_non_null(wizard);
    wizard_update(wizard, &size);
    assert_false(wizard_needs_account(wizard));
    press(wizard, PRESS_F9, NULL);
    assert_true(wizard_needs_account(wizard));
    return wizard;
}

static const char *cell(const void *context, size_t row, size_t column)
{
    const char *const *names = context;

    (void)column;
    return names[row];
}

static bool usable(const void *context, size_t row)
{
    (void)context, (void)row;
    return true;
}

static void show(struct wizard *wizard, enum plan_setting setting)
{
    static const char *const names[] = {"alpha", "beta", "gamma"};
    const struct picker_rows rows = {.state = PICKER_DONE,
                                     .title = "Choose",
                                     .headings = {"Name"},
                                     .count = 3,
                                     .total = -1,
                                     .why = "",
                                     .cell = cell,
                                     .usable = usable,
                                     .context = names};

    wizard_choose(wizard, setting, &rows);
}

static void a_region_and_a_profile_can_be_chosen(void **state)
{
    struct wizard *wizard = on_review();
    struct pick pick;

    (void)state;
    assert_int_equal(press(wizard, PRESS_CHARACTER, "w"), EFFECT_LIST_REGIONS);
    show(wizard, SETTING_REGION);
    assert_false(wizard_pick(wizard, &pick));
    press(wizard, PRESS_DOWN, NULL);
    assert_int_equal(press(wizard, PRESS_ENTER, NULL), EFFECT_CHOSEN);
    assert_string_equal(plan_setting(wizard_plan(wizard), SETTING_REGION), "beta");
    assert_true(wizard_unsaved(wizard));
    assert_int_equal(press(wizard, PRESS_CHARACTER, "p"), EFFECT_LIST_PROFILES);
    show(wizard, SETTING_PROFILE);
    press(wizard, PRESS_CHARACTER, "g");
    assert_int_equal(press(wizard, PRESS_ENTER, NULL), EFFECT_CHOSEN);
    assert_string_equal(plan_setting(wizard_plan(wizard), SETTING_PROFILE), "gamma");
    assert_string_equal(plan_setting(wizard_plan(wizard), SETTING_REGION), "beta");
    wizard_free(wizard);
}

static void escape_changes_nothing_and_what_is_typed_can_be_taken(void **state)
{
    struct wizard *wizard = on_review();
    struct event typed = {
        .kind = EVENT_PRESS, .press = PRESS_CHARACTER, .modifiers = MODIFIER_ALT, .text = "t"};
    const char *region;

    (void)state;
    show(wizard, SETTING_REGION);
    assert_int_equal(press(wizard, PRESS_ESCAPE, NULL), EFFECT_NONE);
    region = plan_setting(wizard_plan(wizard), SETTING_REGION);
    assert_true(!region || !*region);
    show(wizard, SETTING_REGION);
    press(wizard, PRESS_CHARACTER, "x");
    assert_int_equal(press(wizard, PRESS_ENTER, NULL), EFFECT_NONE);
    assert_int_equal(wizard_update(wizard, &typed), EFFECT_CHOSEN);
    assert_string_equal(plan_setting(wizard_plan(wizard), SETTING_REGION), "x");
    show(wizard, SETTING_REGION);
    assert_int_equal(wizard_update(wizard, &typed), EFFECT_CHOSEN);
    region = plan_setting(wizard_plan(wizard), SETTING_REGION);
    assert_true(!region || !*region);
    wizard_free(wizard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_region_and_a_profile_can_be_chosen),
        cmocka_unit_test(escape_changes_nothing_and_what_is_typed_can_be_taken),
    };

    return cmocka_run_group_tests_name("region and profile in the wizard", tests, NULL, NULL);
}
