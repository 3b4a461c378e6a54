#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "failing_memory.h"
#include "ui/wizard.h"

/*
 * Memory is short while somebody types. What was typed is in the plan, or the
 * screen says that something is missing, until a change that works; and nothing
 * that was in the plan is written over.
 */

#define LOST "Memory was short: something you typed was not taken."

static struct wizard *a_wizard(void)
{
    struct event size = {.kind = EVENT_RESIZE, .columns = 80, .rows = 24};
    struct plan *plan = plan_new(true);
    struct wizard *wizard;

    assert_non_null(plan);
    wizard = wizard_new(plan, NULL);
    assert_non_null(wizard);
    wizard_update(wizard, &size);
    return wizard;
}

static void press(struct wizard *wizard, enum press key, bool burst)
{
    struct event event = {.kind = EVENT_PRESS, .press = key, .burst = burst};

    wizard_update(wizard, &event);
}

/* As somebody types who does not look up; the first key comes on its own. */
static void type(struct wizard *wizard, const char *text)
{
    for (const char *at = text; *at; at++) {
        struct event event = {.kind = EVENT_PRESS, .press = PRESS_CHARACTER, .burst = at > text};

        event.text[0] = *at;
        wizard_update(wizard, &event);
    }
}

static void lose(struct wizard *wizard)
{
    struct event event = {.kind = EVENT_LOSS};

    wizard_update(wizard, &event);
}

static bool shows(struct wizard *wizard, const char *text)
{
    struct canvas canvas = {0};
    struct buf picture = BUF_INIT;
    bool found;

    assert_true(canvas_resize(&canvas, 80, 24));
    wizard_view(wizard, &canvas);
    canvas_text(&canvas, &picture);
    found = strstr(buf_text(&picture), text) != NULL;
    buf_release(&picture);
    canvas_release(&canvas);
    return found;
}

static const char *plan_name(const struct wizard *wizard)
{
    const char *name = plan_get(wizard_plan(wizard), place_of_plan(FIELD_PLAN_NAME));

    return name ? name : "";
}

static void a_loss_is_said_until_a_change_that_works(void **state)
{
    struct wizard *wizard = a_wizard();

    (void)state;
    type(wizard, "ab");
    assert_false(shows(wizard, LOST));
    lose(wizard);
    press(wizard, PRESS_TAB, false);
    assert_true(shows(wizard, LOST));
    press(wizard, PRESS_BACK_TAB, false);
    assert_true(shows(wizard, LOST));
    type(wizard, "c");
    assert_false(shows(wizard, LOST));
    wizard_free(wizard);
}

static void what_comes_in_the_same_burst_does_not_take_the_words_away(void **state)
{
    struct wizard *wizard = a_wizard();
    struct event letter = {.kind = EVENT_PRESS, .press = PRESS_CHARACTER, .text = "x", .burst = true};

    (void)state;
    type(wizard, "ab");
    lose(wizard);
    wizard_update(wizard, &letter);
    assert_string_equal(plan_name(wizard), "abx");
    assert_true(shows(wizard, LOST));
    type(wizard, "c");
    assert_false(shows(wizard, LOST));
    wizard_free(wizard);
}

static void no_letter_is_lost_without_a_word(void **state)
{
    static const char typed[] =
        "a-name-that-is-long-enough-to-make-room-for-more-than-once-while-it-is-typed-";
    int lost = 0;

    (void)state;
    json_wipe_on_free();
    while (shortage_next(false)) {
        struct wizard *wizard = a_wizard();

        shortage.armed = true;
        type(wizard, typed);
        shortage.armed = false;
        if (strcmp(plan_name(wizard), typed) != 0) {
            lost++;
            if (!shows(wizard, LOST))
                fail_msg("allocation %u: '%s' without a word", shortage.fails_at, plan_name(wizard));
        }
        type(wizard, "z");
        assert_false(shows(wizard, "emory"));
        assert_int_equal(plan_name(wizard)[strlen(plan_name(wizard)) - 1], 'z');
        wizard_free(wizard);
    }
    assert_true(lost > 0);
}

/* The editor could not be filled: what is typed into it must not stand for the whole answer. */
static void an_answer_that_cannot_be_shown_is_not_written_over(void **state)
{
    static const char typed[] = "a-name-that-takes-more-room-than-the-editor-has-had-so-far-in-this-field";
    struct wizard *wizard;

    (void)state;
    json_wipe_on_free();
    while (shortage_next(true)) {
        wizard = a_wizard();
        type(wizard, typed);
        press(wizard, PRESS_TAB, false);
        shortage.armed = true;
        press(wizard, PRESS_BACK_TAB, false);
        press(wizard, PRESS_END, false);
        type(wizard, "z");
        press(wizard, PRESS_BACKSPACE, false);
        shortage.armed = false;
        if (strncmp(plan_name(wizard), typed, sizeof(typed) - 2) != 0)
            fail_msg("allocation %u: it is '%s' now", shortage.fails_at, plan_name(wizard));
        type(wizard, "y");
        assert_int_equal(strncmp(plan_name(wizard), typed, sizeof(typed) - 2), 0);
        wizard_free(wizard);
    }
}

static void a_paste_that_memory_is_short_for_is_not_called_too_long(void **state)
{
    static const char text[] = "a-paste-of-some-length";
    const struct event paste = {.kind = EVENT_PASTE, .paste = text, .paste_length = sizeof(text) - 1};
    int lost = 0;

    (void)state;
    json_wipe_on_free();
    while (shortage_next(false)) {
        struct wizard *wizard = a_wizard();

        shortage.armed = true;
        wizard_update(wizard, &paste);
        shortage.armed = false;
        assert_false(shows(wizard, "too long"));
        if (strcmp(plan_name(wizard), text) != 0) {
            lost++;
            assert_true(shows(wizard, "emory"));
            press(wizard, PRESS_TAB, false);
            assert_true(shows(wizard, LOST));
        }
        wizard_free(wizard);
    }
    assert_true(lost > 0);
}

/* Nothing is changed by it, so nothing has been read. */
static void a_paste_that_is_too_long_does_not_take_the_words_away(void **state)
{
    static char text[PLAN_ANSWER_MAX + 2];
    const struct event loss = {.kind = EVENT_LOSS};
    const struct event paste = {.kind = EVENT_PASTE, .paste = text, .paste_length = sizeof(text) - 1};
    struct wizard *wizard = a_wizard();

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    wizard_update(wizard, &loss);
    assert_true(shows(wizard, LOST));
    wizard_update(wizard, &paste);
    assert_true(shows(wizard, "too long"));
    press(wizard, PRESS_TAB, false);
    assert_true(shows(wizard, LOST));
    wizard_free(wizard);
}

static void nor_does_a_key_that_changes_nothing(void **state)
{
    const struct event loss = {.kind = EVENT_LOSS};
    struct wizard *wizard = a_wizard();

    (void)state;
    press(wizard, PRESS_TAB, false);
    press(wizard, PRESS_TAB, false);
    assert_true(shows(wizard, "> Plan type"));
    press(wizard, PRESS_BACKSPACE, false);
    wizard_update(wizard, &loss);
    press(wizard, PRESS_BACKSPACE, false);
    assert_true(shows(wizard, LOST));
    type(wizard, " ");
    assert_false(shows(wizard, LOST));
    wizard_free(wizard);
}

static void where_a_draft_was_saved_is_not_forgotten(void **state)
{
    struct event save = {.kind = EVENT_PRESS, .press = PRESS_CHARACTER, .text = "s"};

    (void)state;
    save.modifiers = MODIFIER_CONTROL;
    while (shortage_next(true)) {
        struct wizard *wizard = a_wizard();

        type(wizard, "night");
        wizard_update(wizard, &save);
        type(wizard, "-of-the-move.json");
        press(wizard, PRESS_ENTER, false);
        shortage.armed = true;
        wizard_set_saved(wizard, wizard_save_path(wizard));
        shortage.armed = false;
        assert_non_null(strstr(wizard_save_path(wizard), "-of-the-move.json"));
        assert_false(wizard_unsaved(wizard));
        wizard_free(wizard);
    }
}

/* However little of the picture memory is enough for: that much is said in it. */
static void a_picture_with_holes_says_so(void **state)
{
    struct canvas canvas = {0}, whole = {0};
    struct wizard *wizard = a_wizard();
    int holes = 0;

    (void)state;
    assert_true(canvas_resize(&whole, 80, 24));
    assert_true(canvas_resize(&canvas, 80, 24));
    type(wizard, "night");
    wizard_view(wizard, &whole);
    assert_false(whole.incomplete);
    while (shortage_next(true)) {
        shortage.armed = true;
        wizard_view(wizard, &canvas);
        shortage.armed = false;
        if (memcmp(canvas.cells, whole.cells, (size_t)80 * 24 * sizeof(*canvas.cells)) != 0) {
            struct buf picture = BUF_INIT;

            holes++;
            assert_true(canvas.incomplete);
            canvas_text(&canvas, &picture);
            assert_non_null(strstr(buf_text(&picture), "Memory is short: not all is shown."));
            buf_release(&picture);
        }
    }
    assert_true(holes > 0);
    canvas_release(&canvas);
    canvas_release(&whole);
    wizard_free(wizard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loss_is_said_until_a_change_that_works),
        cmocka_unit_test(what_comes_in_the_same_burst_does_not_take_the_words_away),
        cmocka_unit_test(no_letter_is_lost_without_a_word),
        cmocka_unit_test(an_answer_that_cannot_be_shown_is_not_written_over),
        cmocka_unit_test(a_paste_that_memory_is_short_for_is_not_called_too_long),
        cmocka_unit_test(a_paste_that_is_too_long_does_not_take_the_words_away),
        cmocka_unit_test(nor_does_a_key_that_changes_nothing),
        cmocka_unit_test(where_a_draft_was_saved_is_not_forgotten),
        cmocka_unit_test(a_picture_with_holes_says_so),
    };

    return cmocka_run_group_tests_name("memory of the wizard", tests, NULL, NULL);
}
