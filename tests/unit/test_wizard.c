#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "chance.h"
#include "model/draft.h"
#include "ui/wizard.h"
#include "ui/wizard_state.h"

/* Screens are held against golden files; here is what no single screen shows. */

static const char ready[] =
    "{\"planName\":\"p\",\"planType\":\"ACTIVE_PASSIVE\",\"instances\":["
    "{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceRole\":\"ACTIVE\",\"regionId\":\"cn-hangzhou\","
    "\"instanceId\":\"rmq-cn-7e22ody0001\",\"authType\":\"NO_AUTH\"},"
    "{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceRole\":\"PASSIVE\",\"regionId\":\"cn-shanghai\","
    "\"instanceId\":\"rmq-cn-gpz3qtc0001\",\"authType\":\"NO_AUTH\"}]}";

static const struct target somewhere = {.host = "127.0.0.1:1",
                                        .scheme = "http",
                                        .region = "cn-hangzhou",
                                        .profile = "",
                                        .key_id = "LTAI****0001",
                                        .provider = "environment",
                                        .proxy = "",
                                        .problem = ""};

static struct wizard *wizard_of(const char *draft)
{
    struct event size = {.kind = EVENT_RESIZE, .columns = 80, .rows = 24};
    struct plan *plan = NULL;
    struct wizard *wizard;
    struct error err = {0};

    if (draft)
        assert_true(draft_read(draft, strlen(draft), &plan, &err));
    else
        plan = plan_new(true);
    wizard = wizard_new(plan, NULL);
    assert_non_null(wizard);
    assert_true(wizard_set_target(wizard, &somewhere));
    wizard_update(wizard, &size);
    return wizard;
}

static enum effect press(struct wizard *wizard, enum press key)
{
    struct event event = {.kind = EVENT_PRESS, .press = key};

    return wizard_update(wizard, &event);
}

static enum effect type_burst(struct wizard *wizard, const char *text, bool burst)
{
    enum effect effect = EFFECT_NONE;

    for (; *text; text++) {
        struct event event = {.kind = EVENT_PRESS, .press = PRESS_CHARACTER, .burst = burst};

        event.text[0] = *text;
        effect = wizard_update(wizard, &event);
    }
    return effect;
}

static enum effect type(struct wizard *wizard, const char *text)
{
    return type_burst(wizard, text, false);
}

static enum effect paste(struct wizard *wizard, const char *text)
{
    struct event event = {.kind = EVENT_PASTE, .paste = text, .paste_length = strlen(text)};

    return wizard_update(wizard, &event);
}

/* Whether the cluster wants a user name comes from the account, while the cursor is in it. */
static void a_suggestion_that_hides_the_field_moves_the_cursor(void **state)
{
    struct wizard *wizard = wizard_of(NULL);
    struct place sign_in = place_of_instance(0, FIELD_AUTH_TYPE), user = place_of_instance(0, FIELD_USERNAME);

    (void)state;
    type(wizard, "p");
    press(wizard, PRESS_PAGE_DOWN);
    type(wizard, "1");
    wizard_suggest(wizard, sign_in, ACL_SIGN_IN);
    wizard_go_to(wizard, user);
    assert_true(place_equal(wizard_focused(wizard), user));
    wizard_suggest(wizard, sign_in, NO_SIGN_IN);
    assert_false(wizard_field(wizard, user)->shown);
    assert_true(wizard_field(wizard, wizard_focused(wizard))->shown);
    wizard_free(wizard);
}

static void submit_takes_two_keys_of_its_own(void **state)
{
    struct wizard *wizard = wizard_of(ready);

    (void)state;
    press(wizard, PRESS_F9);
    assert_int_equal(press(wizard, PRESS_ENTER), EFFECT_NONE);
    press(wizard, PRESS_F9);
    assert_int_equal(type(wizard, "y"), EFFECT_NONE);
    assert_int_equal(type(wizard, "s"), EFFECT_NONE);
    for (int i = 0; i < 20; i++)
        assert_int_equal(press(wizard, PRESS_ENTER), EFFECT_NONE);
    assert_int_equal(type(wizard, "y"), EFFECT_SUBMIT);
    wizard_free(wizard);
}

static void text_that_comes_at_once_cannot_confirm(void **state)
{
    struct wizard *wizard = wizard_of(ready);

    (void)state;
    press(wizard, PRESS_F9);
    assert_int_equal(type_burst(wizard, "syyy", true), EFFECT_NONE);
    assert_int_equal(type(wizard, "y"), EFFECT_SUBMIT);
    wizard_free(wizard);
}

static void a_paste_never_submits(void **state)
{
    struct wizard *wizard = wizard_of(ready);

    (void)state;
    press(wizard, PRESS_F9);
    assert_int_equal(paste(wizard, "s\ny\n"), EFFECT_NONE);
    type(wizard, "s");
    assert_int_equal(paste(wizard, "y\n"), EFFECT_NONE);
    assert_int_equal(wizard->question, QUESTION_SUBMIT);
    wizard_free(wizard);
}

static void errors_keep_the_question_closed(void **state)
{
    struct wizard *wizard = wizard_of(NULL);

    (void)state;
    press(wizard, PRESS_F9);
    type(wizard, "s");
    assert_int_equal(wizard->question, QUESTION_NONE);
    assert_int_equal(type(wizard, "y"), EFFECT_NONE);
    wizard_free(wizard);
}

static void without_credentials_nothing_is_asked(void **state)
{
    struct wizard *wizard = wizard_of(ready);
    struct target nobody = somewhere;

    (void)state;
    nobody.problem = "No credentials were found.";
    assert_true(wizard_set_target(wizard, &nobody));
    press(wizard, PRESS_F9);
    type(wizard, "s");
    assert_int_equal(wizard->question, QUESTION_NONE);
    assert_true(wizard->message_is_error);
    wizard_free(wizard);
}

static void leaving_asks_only_for_what_is_unsaved(void **state)
{
    struct wizard *wizard = wizard_of(ready);
    struct event quit = {
        .kind = EVENT_PRESS, .press = PRESS_CHARACTER, .modifiers = MODIFIER_CONTROL, .text = "q"};

    (void)state;
    assert_int_equal(wizard_update(wizard, &quit), EFFECT_QUIT);
    type(wizard, "x");
    assert_int_equal(wizard_update(wizard, &quit), EFFECT_NONE);
    assert_int_equal(type(wizard, "n"), EFFECT_NONE);
    wizard_set_saved(wizard, "p.json");
    assert_int_equal(wizard_update(wizard, &quit), EFFECT_QUIT);
    wizard_free(wizard);
}

static void a_hidden_answer_is_back_with_its_field(void **state)
{
    struct wizard *wizard = wizard_of(NULL);
    struct place endpoint = place_of_instance(0, FIELD_ENDPOINT_URL);

    (void)state;
    press(wizard, PRESS_PAGE_DOWN);
    type(wizard, "2");
    while (!place_equal(wizard->focus, endpoint))
        press(wizard, PRESS_TAB);
    type(wizard, "203.0.113.7:9876");
    press(wizard, PRESS_PAGE_UP);
    press(wizard, PRESS_PAGE_DOWN);
    press(wizard, PRESS_F4);
    assert_non_null(strstr(buf_text(&wizard->preview.text), "203.0.113.7"));
    press(wizard, PRESS_F4);
    type(wizard, "1");
    press(wizard, PRESS_F4);
    assert_null(wizard_field(wizard, endpoint)->value);
    assert_null(strstr(buf_text(&wizard->preview.text), "203.0.113.7"));
    press(wizard, PRESS_F4);
    type(wizard, "2");
    assert_string_equal(wizard_field(wizard, endpoint)->value, "203.0.113.7:9876");
    wizard_free(wizard);
}

static bool preview_has(const struct wizard *wizard, const char *text)
{
    return strstr(buf_text(&wizard->preview.text), text) != NULL;
}

/* However it comes into sight: by its key, by a wider screen, on the last page, with another plan. */
static void the_request_is_that_of_the_plan_when_it_is_seen(void **state)
{
    struct event wide = {.kind = EVENT_RESIZE, .columns = 120, .rows = 40};
    struct event narrow = {.kind = EVENT_RESIZE, .columns = 80, .rows = 24};
    struct wizard *wizard = wizard_of(NULL);

    (void)state;
    type(wizard, "a");
    press(wizard, PRESS_F4);
    assert_true(preview_has(wizard, "\"planName\": \"a\""));
    press(wizard, PRESS_F4);
    type(wizard, "b");
    wizard_update(wizard, &wide);
    assert_true(preview_has(wizard, "\"planName\": \"ab\""));
    type(wizard, "c");
    assert_true(preview_has(wizard, "\"planName\": \"abc\""));
    wizard_update(wizard, &narrow);
    type(wizard, "d");
    for (int page = 0; page < 4; page++)
        press(wizard, PRESS_PAGE_DOWN);
    assert_true(preview_has(wizard, "\"planName\": \"abcd\""));
    wizard_update(wizard, &wide);
    assert_true(wizard_replace(wizard, plan_new(true), NULL, false));
    assert_true(preview_has(wizard, "{") && !preview_has(wizard, "abcd"));
    wizard_free(wizard);
}

static void going_back_and_forth_is_never_barred(void **state)
{
    struct wizard *wizard = wizard_of(NULL);

    (void)state;
    for (int page = 0; page < 4; page++) {
        assert_int_equal(wizard->page, page);
        press(wizard, PRESS_PAGE_DOWN);
    }
    assert_true(page_is_review(wizard, wizard->page));
    for (int page = 3; page >= 0; page--) {
        press(wizard, PRESS_PAGE_UP);
        assert_int_equal(wizard->page, page);
    }
    wizard_free(wizard);
}

static void a_number_on_the_review_goes_to_the_field(void **state)
{
    struct wizard *wizard = wizard_of(NULL);

    (void)state;
    type(wizard, "p");
    press(wizard, PRESS_F9);
    type(wizard, "1");
    assert_int_equal(wizard->focus.field, FIELD_PLAN_TYPE);
    assert_int_equal(wizard->page, 0);
    wizard_free(wizard);
}

static void a_refusal_keeps_everything_and_goes_to_its_field(void **state)
{
    struct wizard *wizard = wizard_of(ready);
    struct result result = {.kind = RESULT_REFUSED,
                            .code = "InvalidConsumerGroupId",
                            .field = place_of_instance(1, FIELD_CONSUMER_GROUP_ID)};

    (void)state;
    assert_true(wizard_set_result(wizard, &result));
    press(wizard, PRESS_ENTER);
    assert_true(place_equal(wizard->focus, result.field));
    assert_int_equal(wizard->page, 2);
    assert_string_equal(plan_get(wizard_plan(wizard), place_of_plan(FIELD_PLAN_NAME)), "p");
    wizard_free(wizard);
}

static void a_shown_secret_is_hidden_again_when_left(void **state)
{
    struct wizard *wizard = wizard_of(NULL);
    struct event reveal = {
        .kind = EVENT_PRESS, .press = PRESS_CHARACTER, .modifiers = MODIFIER_CONTROL, .text = "r"};

    (void)state;
    press(wizard, PRESS_PAGE_DOWN);
    type(wizard, "2");
    while (wizard->focus.field != FIELD_AUTH_TYPE)
        press(wizard, PRESS_TAB);
    type(wizard, "2");
    press(wizard, PRESS_TAB);
    press(wizard, PRESS_TAB);
    assert_int_equal(wizard->focus.field, FIELD_PASSWORD);
    wizard_update(wizard, &reveal);
    assert_true(wizard->revealed);
    press(wizard, PRESS_TAB);
    press(wizard, PRESS_BACK_TAB);
    assert_false(wizard->revealed);
    wizard_free(wizard);
}

/* ---- A walk through everything with random keys ---- */

static struct event random_event(struct chance *chance)
{
    static const char *const texts[] = {"a", "1",  "2",         "?", "s", "y", "n", "q",
                                        "r", "表", "e\xcc\x81", "👩", " ", "/", "G"};
    struct event event = {.kind = EVENT_PRESS};
    uint32_t dice = pick(chance, 100);

    if (dice < 40) {
        event.press = (enum press)(pick(chance, (unsigned)PRESS_F12 + 1));
    } else if (dice < 80) {
        event.press = PRESS_CHARACTER;
        strncpy(event.text, texts[pick(chance, sizeof(texts) / sizeof(texts[0]))], sizeof(event.text) - 1);
        event.modifiers = pick(chance, 4) == 0 ? pick(chance, 8) : 0;
    } else if (dice < 85) {
        event.kind = EVENT_PASTE;
        event.paste = "one\ntwo\t\xff\x1b[31m";
        event.paste_length = strlen(event.paste);
    } else if (dice < 92) {
        event.kind = EVENT_MOUSE;
        event.mouse = (enum mouse_action)(pick(chance, 4));
        event.row = (int)(pick(chance, 50));
        event.column = (int)(pick(chance, 130));
    } else {
        event.kind = EVENT_RESIZE;
        event.columns = 1 + (int)(pick(chance, 140));
        event.rows = 1 + (int)(pick(chance, 45));
    }
    return event;
}

static void check_walk(const struct wizard *wizard, struct canvas *canvas)
{
    assert_true(canvas_resize(canvas, wizard->columns, wizard->rows));
    wizard_view(wizard, canvas);
    assert_true(wizard->page >= 0 && wizard->page < page_count(wizard));
    assert_true(page_is_review(wizard, wizard->page) || wizard_field(wizard, wizard->focus)->shown);
    assert_true(canvas->cursor_row < canvas->rows && canvas->cursor_column < canvas->columns);
}

static void no_walk_breaks_the_wizard_or_submits_unasked(void **state)
{
    struct canvas canvas = {0};

    (void)state;
    for (uint32_t walk = 0; walk < 60; walk++) {
        struct wizard *wizard = wizard_of(walk % 2 ? ready : NULL);
        struct chance chance = {walk * 7919u + 1u};

        for (int step = 0; step < 250; step++) {
            struct event event = random_event(&chance);
            enum question before = wizard->question;
            enum effect effect = wizard_update(wizard, &event);

            if (effect == EFFECT_SUBMIT || effect == EFFECT_SUBMIT_ANYWAY)
                assert_true(before == QUESTION_SUBMIT || before == QUESTION_SUBMIT_ANYWAY);
            if (effect == EFFECT_SUBMIT)
                wizard_set_result(wizard, &(struct result){.kind = (enum result_kind)(pick(&chance, 7)),
                                                           .field = place_none()});
            check_walk(wizard, &canvas);
        }
        wizard_free(wizard);
    }
    canvas_release(&canvas);
}

static void a_hostile_profile_does_not_push_the_region_off_the_screen(void **state)
{
    struct wizard *wizard = wizard_of(ready);
    struct target target = somewhere;
    struct canvas canvas = {0};
    struct buf text = BUF_INIT;

    (void)state;
    target.profile = "\x1b\u202ep";
    assert_true(wizard_set_target(wizard, &target));
    assert_true(canvas_resize(&canvas, wizard->columns, wizard->rows));
    wizard_view(wizard, &canvas);
    canvas_text(&canvas, &text);
    assert_non_null(strstr(buf_text(&text), " profile ^[<U+202E>p  cn-hangzhou\n"));
    buf_release(&text);
    canvas_release(&canvas);
    wizard_free(wizard);
}

/* Many of one character, begun at each place that it can have in memory. */
static void fill_with(char *text, size_t size, size_t before, const char *character)
{
    size_t length = strlen(character);

    memset(text, 'x', before);
    text[before] = '\0';
    for (size_t at = before; at + length < size; at += length)
        memcpy(text + at, character, length + 1);
}

/* What was kept is the beginning of text, ends with a whole character, and uses its room but for the part of
 * one. */
static void is_cut_between_characters(const char *kept, size_t room, const char *text)
{
    size_t length = strlen(kept);

    assert_memory_equal(kept, text, length);
    assert_in_range(length, room - 4, room - 1);
    for (size_t at = 0, used; at < length; at += used) {
        uint32_t code_point;

        used = utf8_decode(kept + at, length - at, &code_point);
        assert_int_not_equal(code_point, UINT32_MAX);
    }
}

static void what_is_too_long_for_its_place_is_cut_between_characters(void **state)
{
    static const char *const characters[] = {"\u00e9", "\u8ba2", "\U0001f600"};
    struct wizard *wizard = wizard_of(NULL);
    char text[512];

    (void)state;
    for (size_t i = 0; i < 12; i++) {
        fill_with(text, sizeof(text), i % 4, characters[i / 4]);
        wizard_set_message(wizard, false, "%s", text);
        is_cut_between_characters(wizard->message, sizeof(wizard->message), text);
        wizard_set_progress(wizard, &(struct progress){.doing = text});
        is_cut_between_characters(wizard->progress_doing, sizeof(wizard->progress_doing), text);
        assert_ptr_equal(wizard->progress.doing, wizard->progress_doing);
    }
    wizard_set_message(wizard, false, "short \u8ba2");
    assert_string_equal(wizard->message, "short \u8ba2");
    wizard_free(wizard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_suggestion_that_hides_the_field_moves_the_cursor),
        cmocka_unit_test(submit_takes_two_keys_of_its_own),
        cmocka_unit_test(text_that_comes_at_once_cannot_confirm),
        cmocka_unit_test(a_paste_never_submits),
        cmocka_unit_test(errors_keep_the_question_closed),
        cmocka_unit_test(without_credentials_nothing_is_asked),
        cmocka_unit_test(leaving_asks_only_for_what_is_unsaved),
        cmocka_unit_test(a_hidden_answer_is_back_with_its_field),
        cmocka_unit_test(the_request_is_that_of_the_plan_when_it_is_seen),
        cmocka_unit_test(going_back_and_forth_is_never_barred),
        cmocka_unit_test(a_number_on_the_review_goes_to_the_field),
        cmocka_unit_test(a_refusal_keeps_everything_and_goes_to_its_field),
        cmocka_unit_test(a_shown_secret_is_hidden_again_when_left),
        cmocka_unit_test(what_is_too_long_for_its_place_is_cut_between_characters),
        cmocka_unit_test(a_hostile_profile_does_not_push_the_region_off_the_screen),
        cmocka_unit_test(no_walk_breaks_the_wizard_or_submits_unasked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
