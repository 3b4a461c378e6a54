#include "ui/acts.h"

#include "model/secret.h"

/* What keys do anywhere and on questions, and which table of acts counts in which state of the wizard. */

/* ---- Acts anywhere ---- */

static enum effect open_keys(struct wizard *wizard)
{
    wizard->overlay = OVERLAY_KEYS;
    wizard->overlay_scroll = 0;
    return EFFECT_NONE;
}

enum effect open_why(struct wizard *wizard)
{
    wizard->overlay = OVERLAY_WHY;
    wizard->overlay_scroll = 0;
    return EFFECT_NONE;
}

static enum effect overlay_close(struct wizard *wizard)
{
    wizard->overlay = OVERLAY_NONE;
    return EFFECT_NONE;
}

/* The view stops at the end; scrolling further is forgotten there by clamping against what it shows. */
static enum effect overlay_scroll(struct wizard *wizard, int rows)
{
    wizard->overlay_scroll += rows;
    if (wizard->overlay_scroll < 0)
        wizard->overlay_scroll = 0;
    return EFFECT_NONE;
}

static enum effect overlay_up(struct wizard *wizard)
{
    return overlay_scroll(wizard, -1);
}

static enum effect overlay_down(struct wizard *wizard)
{
    return overlay_scroll(wizard, 1);
}

static enum effect overlay_page_up(struct wizard *wizard)
{
    return overlay_scroll(wizard, -(wizard->rows - 6));
}

static enum effect overlay_page_down(struct wizard *wizard)
{
    return overlay_scroll(wizard, wizard->rows - 6);
}

static enum effect overlay_start(struct wizard *wizard)
{
    wizard->overlay_scroll = 0;
    return EFFECT_NONE;
}

enum effect wizard_save(struct wizard *wizard)
{
    const char *name = plan_get(wizard->plan, place_of_plan(FIELD_PLAN_NAME));

    if (wizard->path.length > 0)
        return EFFECT_SAVE;
    line_edit_set(&wizard->prompt, "");
    for (const char *c = name; c && *c; c++)
        line_edit_insert(&wizard->prompt, *c == '/' || *c == ' ' ? "-" : c, 1);
    if (wizard->prompt.text.length == 0)
        line_edit_set(&wizard->prompt, "plan");
    line_edit_insert(&wizard->prompt, ".json", 5);
    wizard_set_text(&wizard->asked_words, "");
    wizard->question = QUESTION_SAVE_AS;
    return EFFECT_NONE;
}

static enum effect save(struct wizard *wizard)
{
    wizard->leaving = false;
    return wizard_save(wizard);
}

static enum effect quit(struct wizard *wizard)
{
    if (!wizard_unsaved(wizard))
        return EFFECT_QUIT;
    wizard->question = QUESTION_QUIT;
    wizard->offered = wizard->keeps_nothing ? ~(1U << REPLY_LEAVE) : 0;
    return EFFECT_NONE;
}

static enum effect suspend(struct wizard *wizard)
{
    wizard->revealed = false;
    return EFFECT_SUSPEND;
}

static enum effect redraw(struct wizard *wizard)
{
    (void)wizard;
    return EFFECT_REDRAW;
}

static enum effect toggle_mouse(struct wizard *wizard)
{
    wizard->mouse = !wizard->mouse;
    wizard_set_message(wizard, false,
                       wizard->mouse ? "The mouse works in drplan now; hold Shift to select text."
                                     : "The mouse belongs to the terminal again.");
    return EFFECT_MOUSE;
}

/* ---- Acts on a question ---- */

static enum effect confirm(struct wizard *wizard)
{
    enum question question = wizard->question;

    wizard->question = QUESTION_NONE;
    return question == QUESTION_SUBMIT_ANYWAY ? EFFECT_SUBMIT_ANYWAY : EFFECT_SUBMIT;
}

static enum effect deny(struct wizard *wizard)
{
    wizard->question = QUESTION_NONE;
    wizard->leaving = false;
    buf_clear(&wizard->save_to);
    return EFFECT_NONE;
}

static enum effect save_named(struct wizard *wizard)
{
    if (wizard->prompt.text.length == 0)
        return EFFECT_NONE;
    wizard_set_text(&wizard->save_to, buf_text(&wizard->prompt.text));
    wizard->question = QUESTION_NONE;
    return EFFECT_SAVE;
}

/* A password is typed, or it comes from elsewhere when the plan is sent. */
enum effect ask_reference(struct wizard *wizard)
{
    const struct field_review *field = wizard_field(wizard, wizard->focus);
    struct buf text = BUF_INIT;

    if (field->form == ANSWER_REFERENCE)
        secret_reference_write(field->value, &text);
    line_edit_set(&wizard->prompt, buf_text(&text));
    buf_release(&text);
    wizard->question = QUESTION_REFERENCE;
    return EFFECT_NONE;
}

static enum effect take_reference(struct wizard *wizard)
{
    struct buf json = BUF_INIT;
    struct error err = {0};
    bool ok = wizard->prompt.text.length == 0 ||
              secret_reference_parse(buf_text(&wizard->prompt.text), &json, &err);

    if (ok && json.length > 0)
        ok = plan_set_reference(wizard->plan, wizard->focus, buf_text(&json), &err);
    else if (ok && wizard_field(wizard, wizard->focus)->form == ANSWER_REFERENCE)
        answer_set(wizard, NULL);
    buf_release(&json);
    if (!ok) {
        wizard_set_message(wizard, true, "%s", err.text);
        return EFFECT_NONE;
    }
    wizard->question = QUESTION_NONE;
    plan_changed(wizard);
    focus_load(wizard);
    return EFFECT_NONE;
}

static enum effect prompt_accept(struct wizard *wizard)
{
    return wizard->question == QUESTION_REFERENCE ? take_reference(wizard) : save_named(wizard);
}

/* Of a question with letters only the one about leaving is also answered by the key that saves. */
static enum effect save_and_leave(struct wizard *wizard)
{
    return wizard->question == QUESTION_QUIT ? question_letter(wizard, 's') : EFFECT_NONE;
}

/* ---- Which act an action is, in each state ---- */

static act *const overlay_acts[ACTION_COUNT] = {
    [ACTION_BACK] = overlay_close,
    [ACTION_HELP] = overlay_close,
    [ACTION_SCROLL_UP] = overlay_up,
    [ACTION_SCROLL_DOWN] = overlay_down,
    [ACTION_SCROLL_PAGE_UP] = overlay_page_up,
    [ACTION_SCROLL_PAGE_DOWN] = overlay_page_down,
    [ACTION_SCROLL_START] = overlay_start,
};

static act *const question_acts[ACTION_COUNT] = {
    [ACTION_CONFIRM] = confirm,
    [ACTION_DENY] = deny,
    [ACTION_SAVE] = save,
};

static act *const letter_acts[ACTION_COUNT] = {
    [ACTION_ACCEPT] = question_enter,
    [ACTION_DENY] = question_escape,
    [ACTION_SAVE] = save_and_leave,
};

static act *const prompt_acts[ACTION_COUNT] = {
    [ACTION_ACCEPT] = prompt_accept,
    [ACTION_BACK] = deny,
};

static act *const general_acts[ACTION_COUNT] = {
    [ACTION_HELP] = open_keys,  [ACTION_SAVE] = save,     [ACTION_QUIT] = quit,
    [ACTION_SUSPEND] = suspend, [ACTION_REDRAW] = redraw, [ACTION_MOUSE] = toggle_mouse,
};

typedef bool edit_act(struct line_edit *edit);

static edit_act *const edit_moves[ACTION_COUNT] = {
    [ACTION_CHAR_LEFT] = line_edit_left,      [ACTION_CHAR_RIGHT] = line_edit_right,
    [ACTION_WORD_LEFT] = line_edit_word_left, [ACTION_WORD_RIGHT] = line_edit_word_right,
    [ACTION_LINE_START] = line_edit_home,     [ACTION_LINE_END] = line_edit_end,
};

static edit_act *const edit_changes[ACTION_COUNT] = {
    [ACTION_ERASE_LEFT] = line_edit_erase_left,      [ACTION_ERASE_RIGHT] = line_edit_erase_right,
    [ACTION_ERASE_WORD] = line_edit_erase_word_left, [ACTION_ERASE_TO_START] = line_edit_erase_to_start,
    [ACTION_ERASE_TO_END] = line_edit_erase_to_end,
};

static act *const *current_acts(const struct wizard *wizard)
{
    if (question_is_prompt(wizard->question))
        return prompt_acts;
    if (question_is_lettered(wizard->question))
        return letter_acts;
    if (wizard->question != QUESTION_NONE)
        return question_acts;
    if (wizard->overlay == OVERLAY_PICKER)
        return picker_acts;
    if (wizard->overlay != OVERLAY_NONE)
        return overlay_acts;
    if (wizard->mode == MODE_RUNNING)
        return running_acts;
    if (wizard->mode == MODE_RESULT)
        return result_acts;
    return page_is_review(wizard, wizard->page) ? review_acts : form_acts;
}

unsigned wizard_contexts(const struct wizard *wizard)
{
    if (question_is_prompt(wizard->question))
        return CONTEXT_PROMPT;
    if (question_is_lettered(wizard->question))
        return CONTEXT_LETTERS;
    if (wizard->question != QUESTION_NONE)
        return CONTEXT_CONFIRM;
    if (wizard->overlay == OVERLAY_PICKER)
        return CONTEXT_PICKER;
    if (wizard->overlay != OVERLAY_NONE)
        return CONTEXT_OVERLAY;
    if (wizard->mode == MODE_RUNNING)
        return CONTEXT_RUNNING;
    if (wizard->mode == MODE_RESULT)
        return CONTEXT_RESULT | (wizard->result.view.can_look ? CONTEXT_LOOK : 0U) |
               (wizard->result.view.can_repeat ? CONTEXT_REPEAT : 0U);
    if (page_is_review(wizard, wizard->page))
        return CONTEXT_REVIEW;
    if (field_is_list(wizard->focus.field))
        return CONTEXT_CHOICE;
    return CONTEXT_TEXT | (schema[wizard->focus.field].kind == KIND_SECRET ? (unsigned)CONTEXT_SECRET : 0) |
           (schema[wizard->focus.field].pick != PICK_NONE ? (unsigned)CONTEXT_PICKABLE : 0);
}

/* The line that typed text goes into now, or NULL. */
struct line_edit *current_line(struct wizard *wizard)
{
    if (question_is_prompt(wizard->question))
        return &wizard->prompt;
    if (wizard_contexts(wizard) == CONTEXT_PICKER)
        return &wizard->picker.filter;
    return wizard_contexts(wizard) & CONTEXT_TEXT ? &wizard->line : NULL;
}

void current_line_changed(struct wizard *wizard)
{
    if (wizard_contexts(wizard) == CONTEXT_PICKER)
        picker_filter(&wizard->picker);
    else if (!question_is_prompt(wizard->question))
        line_changed(wizard);
}

bool act_edit(struct wizard *wizard, enum action action)
{
    struct line_edit *line = current_line(wizard);

    if (!line)
        return false;
    if (edit_moves[action]) {
        edit_moves[action](line);
        return true;
    }
    if (!edit_changes[action])
        return false;
    if (!line_can_change(wizard, line))
        return true;
    if (edit_changes[action](line))
        current_line_changed(wizard);
    else if (line == &wizard->line && wizard_field(wizard, wizard->focus)->form == ANSWER_REFERENCE)
        take_back(wizard);
    return true;
}

enum effect act_on(struct wizard *wizard, enum action action, bool *bound)
{
    act *function = current_acts(wizard)[action];

    if (!function)
        function = general_acts[action];
    if (bound)
        *bound = function != NULL;
    return function ? function(wizard) : EFFECT_NONE;
}
