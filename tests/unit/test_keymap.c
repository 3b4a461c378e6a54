#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "keys.h"
#include "ui/keymap.h"

static const unsigned contexts[] = {
    CONTEXT_TEXT,    CONTEXT_TEXT | CONTEXT_SECRET,
    CONTEXT_CHOICE,  CONTEXT_REVIEW,
    CONTEXT_CONFIRM, CONTEXT_RUNNING,
    CONTEXT_RESULT,  CONTEXT_OVERLAY,
    CONTEXT_PROMPT,
};

enum { CONTEXTS = sizeof(contexts) / sizeof(contexts[0]) };

static struct event pressed(enum press press, unsigned modifiers, const char *text)
{
    struct event event = {.kind = EVENT_PRESS, .press = press, .modifiers = modifiers};

    snprintf(event.text, sizeof(event.text), "%s", text);
    return event;
}

static enum action finds(enum press press, unsigned modifiers, const char *text, unsigned where)
{
    struct event event = pressed(press, modifiers, text);

    return keymap_find(&event, where);
}

static enum action typed(const char *text, unsigned where)
{
    return finds(PRESS_CHARACTER, 0, text, where);
}

static bool same_key(const struct key_binding *one, const struct key_binding *other)
{
    return one->press == other->press && one->modifiers == other->modifiers &&
           one->character == other->character;
}

static void no_key_means_two_things_in_one_place(void **state)
{
    (void)state;
    for (size_t c = 0; c < CONTEXTS; c++)
        for (size_t i = 0; i < key_binding_count; i++)
            for (size_t j = i + 1; j < key_binding_count; j++) {
                if (!(key_bindings[i].contexts & contexts[c]) || !(key_bindings[j].contexts & contexts[c]))
                    continue;
                if (same_key(&key_bindings[i], &key_bindings[j]))
                    fail_msg("%s is there twice in context %x", key_bindings[i].key, contexts[c]);
            }
}

static void every_action_has_a_key_with_help(void **state)
{
    (void)state;
    for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
        bool explained = false;

        for (size_t i = 0; i < key_binding_count; i++)
            explained = explained || ((int)key_bindings[i].action == action && key_bindings[i].help);
        if (!explained)
            fail_msg("action %d has no key with help", action);
    }
}

static void a_row_without_help_is_another_key_for_the_row_above(void **state)
{
    const struct key_binding *above = NULL;

    (void)state;
    for (size_t i = 0; i < key_binding_count; i++) {
        const struct key_binding *row = &key_bindings[i];

        assert_int_not_equal(row->action, ACTION_NONE);
        assert_int_not_equal(row->contexts, 0);
        if (row->help) {
            above = row;
            continue;
        }
        assert_true(above && above->action == row->action);
        assert_null(row->brief);
    }
}

static void every_place_tells_how_to_get_on_and_out(void **state)
{
    (void)state;
    for (size_t c = 0; c < CONTEXTS; c++) {
        size_t in_the_bar = 0;

        for (size_t i = 0; i < key_binding_count; i++)
            in_the_bar += (key_bindings[i].contexts & contexts[c]) && key_bindings[i].brief;
        assert_true(in_the_bar >= 2);
        assert_int_equal(finds(PRESS_CHARACTER, MODIFIER_CONTROL, "q", contexts[c]), ACTION_QUIT);
        assert_int_equal(finds(PRESS_CHARACTER, MODIFIER_CONTROL, "l", contexts[c]), ACTION_REDRAW);
        assert_int_equal(finds(PRESS_CHARACTER, MODIFIER_CONTROL, "z", contexts[c]), ACTION_SUSPEND);
    }
}

/* The name of a key, made from what it is. */
static void name_of(const struct key_binding *row, char *name, size_t size)
{
    char sign[2] = {row->character, '\0'};
    const char *key = row->press == PRESS_CHARACTER ? sign : press_name(row->press);

    if (row->modifiers)
        sign[0] = (char)toupper((unsigned char)sign[0]);
    if (row->press == PRESS_CHARACTER && row->character == ' ')
        key = "Space";
    snprintf(name, size, "%s%s%s%s", row->modifiers & MODIFIER_CONTROL ? "Ctrl-" : "",
             row->modifiers & MODIFIER_ALT ? "Alt-" : "",
             (row->modifiers & MODIFIER_SHIFT) && row->press != PRESS_CHARACTER ? "Shift-" : "", key);
}

static void keys_are_written_as_they_are_pressed(void **state)
{
    (void)state;
    for (size_t i = 0; i < key_binding_count; i++) {
        char name[32];

        name_of(&key_bindings[i], name, sizeof(name));
        assert_string_equal(key_bindings[i].key, name);
    }
}

static void words_are_plain(void **state)
{
    (void)state;
    for (size_t i = 0; i < key_binding_count; i++) {
        const char *help = key_bindings[i].help, *brief = key_bindings[i].brief;

        if (help) {
            assert_true(isupper((unsigned char)help[0]));
            assert_null(strchr(help, '!'));
            assert_int_not_equal(help[strlen(help) - 1], '.');
        }
        if (brief)
            assert_in_range(strlen(brief), 1, 14);
    }
}

static void where_text_is_typed_a_letter_is_a_letter(void **state)
{
    static const unsigned typing[] = {CONTEXT_TEXT, CONTEXT_TEXT | CONTEXT_SECRET, CONTEXT_PROMPT};

    (void)state;
    for (size_t i = 0; i < sizeof(typing) / sizeof(typing[0]); i++)
        for (int c = ' '; c <= '~'; c++) {
            char text[2] = {(char)c, '\0'};

            assert_int_equal(typed(text, typing[i]), ACTION_NONE);
        }
}

static void only_y_confirms(void **state)
{
    (void)state;
    assert_int_equal(typed("y", CONTEXT_CONFIRM), ACTION_CONFIRM);
    assert_int_equal(typed("n", CONTEXT_CONFIRM), ACTION_DENY);
    assert_int_equal(finds(PRESS_ESCAPE, 0, "", CONTEXT_CONFIRM), ACTION_DENY);
    assert_int_equal(finds(PRESS_ENTER, 0, "", CONTEXT_CONFIRM), ACTION_NONE);
    assert_int_equal(typed(" ", CONTEXT_CONFIRM), ACTION_NONE);
    for (size_t i = 0; i < key_binding_count; i++) {
        if (key_bindings[i].action != ACTION_CONFIRM)
            continue;
        assert_int_equal(key_bindings[i].contexts, CONTEXT_CONFIRM);
        assert_int_equal(key_bindings[i].character, 'y');
        assert_int_equal(key_bindings[i].modifiers, 0);
    }
}

static void submitting_starts_on_the_review_only(void **state)
{
    (void)state;
    assert_int_equal(typed("s", CONTEXT_REVIEW), ACTION_SUBMIT);
    assert_int_equal(finds(PRESS_CHARACTER, MODIFIER_CONTROL, "x", CONTEXT_REVIEW), ACTION_SUBMIT);
    for (size_t i = 0; i < key_binding_count; i++)
        if (key_bindings[i].action == ACTION_SUBMIT)
            assert_int_equal(key_bindings[i].contexts, CONTEXT_REVIEW);
}

static void a_key_means_what_its_place_says(void **state)
{
    static const struct {
        enum press press;
        unsigned modifiers;
        const char *text;
        unsigned where;
        enum action action;
    } cases[] = {
        {PRESS_TAB, 0, "", CONTEXT_TEXT, ACTION_NEXT_FIELD},
        {PRESS_TAB, 0, "", CONTEXT_REVIEW, ACTION_NEXT_PROBLEM},
        {PRESS_LEFT, 0, "", CONTEXT_TEXT, ACTION_CHAR_LEFT},
        {PRESS_LEFT, 0, "", CONTEXT_CHOICE, ACTION_CHOICE_PREVIOUS},
        {PRESS_ESCAPE, 0, "", CONTEXT_RUNNING, ACTION_CANCEL},
        {PRESS_ESCAPE, 0, "", CONTEXT_OVERLAY, ACTION_BACK},
        {PRESS_CHARACTER, MODIFIER_CONTROL, "c", CONTEXT_RUNNING, ACTION_CANCEL},
        {PRESS_CHARACTER, MODIFIER_CONTROL, "c", CONTEXT_TEXT, ACTION_QUIT},
        {PRESS_CHARACTER, MODIFIER_CONTROL, "r", CONTEXT_TEXT, ACTION_NONE},
        {PRESS_CHARACTER, MODIFIER_CONTROL, "r", CONTEXT_TEXT | CONTEXT_SECRET, ACTION_REVEAL},
        {PRESS_CHARACTER, MODIFIER_CONTROL, "j", CONTEXT_TEXT, ACTION_NONE},
        {PRESS_CHARACTER, 0, "?", CONTEXT_REVIEW, ACTION_HELP},
        {PRESS_CHARACTER, MODIFIER_SHIFT, "?", CONTEXT_REVIEW, ACTION_HELP},
        {PRESS_CHARACTER, 0, "g", CONTEXT_REVIEW, ACTION_SCROLL_START},
        {PRESS_CHARACTER, 0, "G", CONTEXT_REVIEW, ACTION_SCROLL_END},
        {PRESS_F8, 0, "", CONTEXT_TEXT, ACTION_NEXT_PROBLEM},
        {PRESS_F8, MODIFIER_SHIFT, "", CONTEXT_TEXT, ACTION_PREVIOUS_PROBLEM},
        {PRESS_CHARACTER, MODIFIER_ALT, ">", CONTEXT_TEXT, ACTION_NEXT_STEP},
        {PRESS_CHARACTER, MODIFIER_ALT, "x", CONTEXT_TEXT, ACTION_EXTRAS},
        {PRESS_CHARACTER, MODIFIER_ALT, "b", CONTEXT_TEXT, ACTION_WORD_LEFT},
        {PRESS_RIGHT, MODIFIER_CONTROL, "", CONTEXT_TEXT, ACTION_WORD_RIGHT},
        {PRESS_CHARACTER, 0, "表", CONTEXT_REVIEW, ACTION_NONE},
        {PRESS_CHARACTER, 0, "ss", CONTEXT_REVIEW, ACTION_NONE},
        {PRESS_CHARACTER, 0, "", CONTEXT_REVIEW, ACTION_NONE},
        {PRESS_F12, 0, "", CONTEXT_TEXT, ACTION_NONE},
        {PRESS_NONE, 0, "", CONTEXT_TEXT, ACTION_NONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(finds(cases[i].press, cases[i].modifiers, cases[i].text, cases[i].where),
                         cases[i].action);
}

static void a_shift_too_much_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(typed("S", CONTEXT_REVIEW), ACTION_SUBMIT);
    assert_int_equal(typed("Y", CONTEXT_CONFIRM), ACTION_CONFIRM);
    assert_int_equal(finds(PRESS_CHARACTER, MODIFIER_CONTROL, "S", CONTEXT_TEXT), ACTION_SAVE);
    assert_int_equal(finds(PRESS_BACKSPACE, MODIFIER_SHIFT, "", CONTEXT_TEXT), ACTION_ERASE_LEFT);
    assert_int_equal(finds(PRESS_BACKSPACE, MODIFIER_CONTROL, "", CONTEXT_TEXT), ACTION_NONE);
}

static void what_is_no_key_is_no_action(void **state)
{
    struct event event = pressed(PRESS_ENTER, 0, "");

    (void)state;
    event.kind = EVENT_PASTE;
    assert_int_equal(keymap_find(&event, CONTEXT_TEXT), ACTION_NONE);
    event.kind = EVENT_MOUSE;
    assert_int_equal(keymap_find(&event, CONTEXT_TEXT), ACTION_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_key_means_two_things_in_one_place),
        cmocka_unit_test(every_action_has_a_key_with_help),
        cmocka_unit_test(a_row_without_help_is_another_key_for_the_row_above),
        cmocka_unit_test(every_place_tells_how_to_get_on_and_out),
        cmocka_unit_test(keys_are_written_as_they_are_pressed),
        cmocka_unit_test(words_are_plain),
        cmocka_unit_test(where_text_is_typed_a_letter_is_a_letter),
        cmocka_unit_test(only_y_confirms),
        cmocka_unit_test(submitting_starts_on_the_review_only),
        cmocka_unit_test(a_key_means_what_its_place_says),
        cmocka_unit_test(a_shift_too_much_changes_nothing),
        cmocka_unit_test(what_is_no_key_is_no_action),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
