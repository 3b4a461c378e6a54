#include <string.h>

#include "model/secret.h"
#include "ui/wizard_state.h"

/* What keys do: small functions, and the tables that say which one an action is in each state of the wizard. */

/* What a key does in one state of the wizard; see the tables at the end. */
typedef enum effect act(struct wizard *wizard);

static enum effect choose(struct wizard *wizard)
{
    answer_choose(wizard);
    return EFFECT_NONE;
}

/* ---- Acts on the form ---- */

static enum effect next_step(struct wizard *wizard)
{
    page_set(wizard, wizard->page + 1, false);
    return EFFECT_NONE;
}

static enum effect previous_step(struct wizard *wizard)
{
    page_set(wizard, wizard->page - 1, false);
    return EFFECT_NONE;
}

static enum effect to_review(struct wizard *wizard)
{
    page_set(wizard, page_count(wizard) - 1, false);
    return EFFECT_NONE;
}

static enum effect next_field(struct wizard *wizard)
{
    struct place places[FIELD_COUNT];
    int count = page_fields(wizard, wizard->page, places);
    int position = focus_position(wizard, places, count);

    if (position + 1 < count)
        focus_set(wizard, places[position + 1]);
    else
        next_step(wizard);
    return EFFECT_NONE;
}

static enum effect previous_field(struct wizard *wizard)
{
    struct place places[FIELD_COUNT];
    int count = page_fields(wizard, wizard->page, places);
    int position = focus_position(wizard, places, count);

    if (position > 0)
        focus_set(wizard, places[position - 1]);
    else if (wizard->page > 0)
        page_set(wizard, wizard->page - 1, true);
    return EFFECT_NONE;
}

/* True when the choices of the focused list stand below each other. */
static bool choices_are_stacked(const struct wizard *wizard)
{
    struct screen_parts parts;
    struct form_layout layout;
    int row = -1;

    screen_layout(wizard, &parts);
    form_layout(wizard, parts.form.columns, &layout);
    for (int i = 0; i < layout.count; i++) {
        if (layout.items[i].part != PART_CHOICE || !place_is_focused(wizard, layout.items[i].place))
            continue;
        if (row >= 0 && layout.items[i].row != row)
            return true;
        row = layout.items[i].row;
    }
    return false;
}

static enum effect down(struct wizard *wizard)
{
    if (field_is_list(wizard->focus.field) && wizard->choice + 1 < choice_count(wizard->focus.field) &&
        choices_are_stacked(wizard)) {
        wizard->choice++;
        return EFFECT_NONE;
    }
    return next_field(wizard);
}

static enum effect up(struct wizard *wizard)
{
    if (field_is_list(wizard->focus.field) && wizard->choice > 0 && choices_are_stacked(wizard)) {
        wizard->choice--;
        return EFFECT_NONE;
    }
    return previous_field(wizard);
}

static enum effect accept(struct wizard *wizard)
{
    if (field_is_list(wizard->focus.field))
        answer_choose(wizard);
    return next_field(wizard);
}

static enum effect choice_next(struct wizard *wizard)
{
    if (wizard->choice + 1 < choice_count(wizard->focus.field))
        wizard->choice++;
    return EFFECT_NONE;
}

static enum effect choice_previous(struct wizard *wizard)
{
    if (wizard->choice > 0)
        wizard->choice--;
    return EFFECT_NONE;
}

static enum effect take_back(struct wizard *wizard)
{
    answer_set(wizard, NULL);
    return EFFECT_NONE;
}

static enum effect reveal(struct wizard *wizard)
{
    wizard->revealed = !wizard->revealed;
    return EFFECT_NONE;
}

static enum effect toggle_extras(struct wizard *wizard)
{
    int instance = page_instance(wizard, wizard->page);
    bool on;

    if (instance < 0) {
        wizard_set_message(wizard, false, "There are no extra fields on this page.");
        return EFFECT_NONE;
    }
    on = !plan_extras(wizard->plan, instance);
    plan_set_extras(wizard->plan, instance, on);
    plan_changed(wizard);
    wizard_set_message(wizard, false,
                       on ? "Extra fields are asked now: the documentation does not need them here."
                          : "Extra fields are not asked and not sent; their answers are kept.");
    return EFFECT_NONE;
}

static enum effect toggle_preview(struct wizard *wizard)
{
    if (wizard->columns >= WIDE_COLUMNS)
        wizard->preview_off = !wizard->preview_off;
    else
        wizard->preview_only = !wizard->preview_only;
    return EFFECT_NONE;
}

/* The next field with a problem, in the order of the pages, beyond the focused one; round at the end. */
static void jump_to_problem(struct wizard *wizard, int direction)
{
    size_t count = review_problems(wizard->review);
    int best = -1, first = -1;
    size_t here = place_index(wizard->focus);

    for (size_t i = 0; i < count; i++) {
        const struct problem *problem = review_problem(wizard->review, direction > 0 ? i : count - 1 - i);
        size_t there;

        if (place_is_none(problem->place) || !wizard_field(wizard, problem->place)->shown)
            continue;
        there = place_index(problem->place);
        if (first < 0)
            first = (int)(direction > 0 ? i : count - 1 - i);
        if (best < 0 && (direction > 0 ? there > here : there < here))
            best = (int)(direction > 0 ? i : count - 1 - i);
    }
    if (best < 0)
        best = first;
    if (best < 0)
        wizard_set_message(wizard, false, "There is no problem to go to.");
    else
        jump_to(wizard, review_problem(wizard->review, (size_t)best)->place);
}

static enum effect next_problem(struct wizard *wizard)
{
    jump_to_problem(wizard, 1);
    return EFFECT_NONE;
}

static enum effect previous_problem(struct wizard *wizard)
{
    jump_to_problem(wizard, -1);
    return EFFECT_NONE;
}

static enum effect form_back(struct wizard *wizard)
{
    if (wizard->preview_only)
        wizard->preview_only = false;
    else
        wizard_set_message(wizard, false, "Nothing is open here. PgUp goes a step back, Ctrl-Q leaves.");
    return EFFECT_NONE;
}

/* ---- Acts on the review page ---- */

static enum effect ask_submit(struct wizard *wizard)
{
    if (wizard->target.view.problem && *wizard->target.view.problem)
        wizard_set_message(wizard, true, "Nothing can be sent yet: the reason stands above the request.");
    else if (review_errors(wizard->review) > 0)
        wizard_set_message(wizard, true, "Nothing can be sent before the errors are solved. Enter goes to the marked one.");
    else
        wizard->question = QUESTION_SUBMIT;
    return EFFECT_NONE;
}

enum effect review_scroll_by(struct wizard *wizard, int rows)
{
    struct screen_parts parts;
    int limit;

    screen_layout(wizard, &parts);
    limit = (int)wizard->preview.line_count - view_review_json_rows(wizard, parts.body);
    wizard->review_scroll += rows;
    if (wizard->review_scroll > limit)
        wizard->review_scroll = limit;
    if (wizard->review_scroll < 0)
        wizard->review_scroll = 0;
    return EFFECT_NONE;
}

static enum effect review_up(struct wizard *wizard)
{
    return review_scroll_by(wizard, -1);
}

static enum effect review_down(struct wizard *wizard)
{
    return review_scroll_by(wizard, 1);
}

static int review_page_rows(const struct wizard *wizard)
{
    struct screen_parts parts;

    screen_layout(wizard, &parts);
    return view_review_json_rows(wizard, parts.body);
}

static enum effect review_page_up(struct wizard *wizard)
{
    return review_scroll_by(wizard, -review_page_rows(wizard));
}

static enum effect review_page_down(struct wizard *wizard)
{
    return review_scroll_by(wizard, review_page_rows(wizard));
}

static enum effect review_start(struct wizard *wizard)
{
    return review_scroll_by(wizard, -wizard->review_scroll);
}

static enum effect review_end(struct wizard *wizard)
{
    return review_scroll_by(wizard, (int)wizard->preview.line_count);
}

/* Scrolls to the line of the marked problem's field, if it has one. */
static void review_show_problem(struct wizard *wizard)
{
    const struct problem *problem = review_problem(wizard->review, (size_t)wizard->review_problem);
    int rows = review_page_rows(wizard);

    for (size_t line = 0; line < wizard->preview.line_count; line++) {
        if (place_is_none(problem->place) || !place_equal(wizard->preview.lines[line], problem->place))
            continue;
        if ((int)line < wizard->review_scroll || (int)line >= wizard->review_scroll + rows) {
            wizard->review_scroll = 0;
            review_scroll_by(wizard, (int)line - rows / 2);
        }
        return;
    }
}

static enum effect review_next_problem(struct wizard *wizard)
{
    if (wizard->review_problem + 1 < (int)review_problems(wizard->review)) {
        wizard->review_problem++;
        review_show_problem(wizard);
    }
    return EFFECT_NONE;
}

static enum effect review_previous_problem(struct wizard *wizard)
{
    if (wizard->review_problem > 0) {
        wizard->review_problem--;
        review_show_problem(wizard);
    }
    return EFFECT_NONE;
}

void review_open_problem(struct wizard *wizard, int index)
{
    const struct problem *problem;

    if (index < 0 || index >= (int)review_problems(wizard->review))
        return;
    problem = review_problem(wizard->review, (size_t)index);
    if (place_is_none(problem->place) || !wizard_field(wizard, problem->place)->shown)
        wizard_set_message(wizard, false, "This problem belongs to no field that is asked here.");
    else
        jump_to(wizard, problem->place);
}

static enum effect choose_region(struct wizard *wizard)
{
    (void)wizard;
    return EFFECT_LIST_REGIONS;
}

static enum effect choose_profile(struct wizard *wizard)
{
    (void)wizard;
    return EFFECT_LIST_PROFILES;
}

static enum effect review_accept(struct wizard *wizard)
{
    if (review_problems(wizard->review) == 0)
        wizard_set_message(wizard, false, "Nothing is left to mend. s sends the plan, after one more question.");
    else
        review_open_problem(wizard, wizard->review_problem);
    return EFFECT_NONE;
}

/* ---- Acts while a submission runs, and on its result ---- */

static enum effect cancel(struct wizard *wizard)
{
    (void)wizard;
    return EFFECT_CANCEL;
}

static enum effect result_back(struct wizard *wizard)
{
    wizard->mode = MODE_FORM;
    return EFFECT_NONE;
}

static enum effect result_accept(struct wizard *wizard)
{
    struct place place = wizard->result.view.field;

    if (wizard->result.view.kind == RESULT_EXISTS && !wizard->result.view.earlier) {
        wizard->question = QUESTION_SUBMIT_ANYWAY;
        return EFFECT_NONE;
    }
    if (wizard->result.view.kind == RESULT_CREATED && !wizard->result.view.earlier) {
        wizard_set_message(wizard, false, "The plan exists now. n begins another one, q leaves.");
        return EFFECT_NONE;
    }
    wizard->mode = MODE_FORM;
    jump_to(wizard, place);
    return EFFECT_NONE;
}

static enum effect show_raw(struct wizard *wizard)
{
    if (wizard->result.raw.length == 0) {
        wizard_set_message(wizard, false, "No answer came: there is nothing to show.");
        return EFFECT_NONE;
    }
    wizard->overlay = OVERLAY_RAW;
    wizard->overlay_scroll = 0;
    return EFFECT_NONE;
}

static enum effect look_again(struct wizard *wizard)
{
    (void)wizard;
    return EFFECT_LOOK;
}

static enum effect ask_repeat(struct wizard *wizard)
{
    wizard->offered = 0;
    wizard->question = QUESTION_REPEAT;
    return EFFECT_NONE;
}

/* As far as there is something to see. */
static enum effect result_scroll(struct wizard *wizard, int rows)
{
    struct screen_parts parts;
    int most;

    screen_layout(wizard, &parts);
    most = view_result_rows(wizard, parts.body) - parts.body.rows;
    wizard->result_scroll += rows;
    if (wizard->result_scroll > most)
        wizard->result_scroll = most;
    if (wizard->result_scroll < 0)
        wizard->result_scroll = 0;
    return EFFECT_NONE;
}

static int result_page(const struct wizard *wizard)
{
    struct screen_parts parts;

    screen_layout(wizard, &parts);
    return parts.body.rows > 2 ? parts.body.rows - 1 : 1;
}

static enum effect result_up(struct wizard *wizard)
{
    return result_scroll(wizard, -1);
}

static enum effect result_down(struct wizard *wizard)
{
    return result_scroll(wizard, 1);
}

static enum effect result_page_up(struct wizard *wizard)
{
    return result_scroll(wizard, -result_page(wizard));
}

static enum effect result_page_down(struct wizard *wizard)
{
    return result_scroll(wizard, result_page(wizard));
}

static enum effect result_start(struct wizard *wizard)
{
    return result_scroll(wizard, -wizard->result_scroll);
}

static enum effect result_end(struct wizard *wizard)
{
    struct screen_parts parts;

    screen_layout(wizard, &parts);
    return result_scroll(wizard, view_result_rows(wizard, parts.body));
}

/* The same answers under no name: the next plan is usually like the last one. */
static enum effect new_plan(struct wizard *wizard)
{
    wizard->mode = MODE_FORM;
    page_set(wizard, 0, false);
    focus_set(wizard, place_of_plan(FIELD_PLAN_NAME));
    answer_set(wizard, NULL);
    focus_load(wizard);
    wizard->visited[place_index(wizard->focus)] = false;
    wizard_set_message(wizard, false, "A new plan with the same answers: give it a name of its own.");
    return EFFECT_NONE;
}

/* ---- Acts on a list to pick from ---- */

static enum effect open_picker(struct wizard *wizard)
{
    struct pick pick;

    if (!pick_for(wizard, wizard->focus, &pick)) {
        wizard_set_message(wizard, false, "What this list hangs on is not answered yet: fill in the fields above first.");
        return EFFECT_NONE;
    }
    picker_open(&wizard->picker, wizard->focus);
    wizard->overlay = OVERLAY_PICKER;
    return EFFECT_NONE;
}

static enum effect picker_leave(struct wizard *wizard)
{
    wizard->choosing = false;
    picker_close(&wizard->picker);
    wizard->overlay = OVERLAY_NONE;
    return EFFECT_NONE;
}

/* A region or a profile for the plan; none takes the choice back. */
static enum effect choose_setting(struct wizard *wizard, const char *text)
{
    enum plan_setting setting = wizard->setting;
    struct error err;
    bool ok = plan_set_setting(wizard->plan, setting, text, &err);

    if (!ok)
        wizard_set_message(wizard, true, err.text);
    else if (!text || !*text)
        wizard_set_message(wizard, false, "The usual one counts again.");
    picker_leave(wizard);
    return ok ? EFFECT_CHOSEN : EFFECT_NONE;
}

static enum effect pick_text(struct wizard *wizard, const char *text)
{
    if (wizard->choosing)
        return choose_setting(wizard, text);
    if (text && *text)
        answer_set(wizard, text);
    picker_leave(wizard);
    focus_load(wizard);
    return EFFECT_NONE;
}

static enum effect pick_marked(struct wizard *wizard)
{
    if (!picker_marked(&wizard->picker)) {
        wizard_set_message(wizard, false, "No row is marked. Alt-T takes what is typed, Esc goes back.");
        return EFFECT_NONE;
    }
    return pick_text(wizard, picker_marked(&wizard->picker));
}

static enum effect pick_typed(struct wizard *wizard)
{
    return pick_text(wizard, buf_text(&wizard->picker.filter.text));
}

static enum effect pick_up(struct wizard *wizard)
{
    picker_move(&wizard->picker, -1);
    return EFFECT_NONE;
}

static enum effect pick_down(struct wizard *wizard)
{
    picker_move(&wizard->picker, 1);
    return EFFECT_NONE;
}

static enum effect pick_page_up(struct wizard *wizard)
{
    picker_move(&wizard->picker, -(wizard->rows - 8));
    return EFFECT_NONE;
}

static enum effect pick_page_down(struct wizard *wizard)
{
    picker_move(&wizard->picker, wizard->rows - 8);
    return EFFECT_NONE;
}

static enum effect pick_refresh(struct wizard *wizard)
{
    wizard->picker.refreshes++;
    wizard->picker.state = PICKER_LOADING;
    return EFFECT_NONE;
}

/* ---- Acts anywhere ---- */

static enum effect open_keys(struct wizard *wizard)
{
    wizard->overlay = OVERLAY_KEYS;
    wizard->overlay_scroll = 0;
    return EFFECT_NONE;
}

static enum effect open_why(struct wizard *wizard)
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
static enum effect ask_reference(struct wizard *wizard)
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
        wizard_set_message(wizard, true, err.text);
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

static act *const form_acts[ACTION_COUNT] = {
    [ACTION_NEXT_FIELD] = next_field,
    [ACTION_PREVIOUS_FIELD] = previous_field,
    [ACTION_DOWN] = down,
    [ACTION_UP] = up,
    [ACTION_ACCEPT] = accept,
    [ACTION_NEXT_STEP] = next_step,
    [ACTION_PREVIOUS_STEP] = previous_step,
    [ACTION_CHOICE_NEXT] = choice_next,
    [ACTION_CHOICE_PREVIOUS] = choice_previous,
    [ACTION_CHOOSE] = choose,
    [ACTION_TAKE_BACK] = take_back,
    [ACTION_REVEAL] = reveal,
    [ACTION_REFERENCE] = ask_reference,
    [ACTION_EXTRAS] = toggle_extras,
    [ACTION_PREVIEW] = toggle_preview,
    [ACTION_NEXT_PROBLEM] = next_problem,
    [ACTION_PREVIOUS_PROBLEM] = previous_problem,
    [ACTION_REVIEW] = to_review,
    [ACTION_WHY] = open_why,
    [ACTION_BACK] = form_back,
    [ACTION_PICK] = open_picker,
};

static act *const picker_acts[ACTION_COUNT] = {
    [ACTION_ACCEPT] = pick_marked,
    [ACTION_PICK_TYPED] = pick_typed,
    [ACTION_BACK] = picker_leave,
    [ACTION_SCROLL_UP] = pick_up,
    [ACTION_SCROLL_DOWN] = pick_down,
    [ACTION_SCROLL_PAGE_UP] = pick_page_up,
    [ACTION_SCROLL_PAGE_DOWN] = pick_page_down,
    [ACTION_REFRESH] = pick_refresh,
};

static act *const review_acts[ACTION_COUNT] = {
    [ACTION_NEXT_FIELD] = review_next_problem,
    [ACTION_PREVIOUS_FIELD] = review_previous_problem,
    [ACTION_NEXT_PROBLEM] = review_next_problem,
    [ACTION_PREVIOUS_PROBLEM] = review_previous_problem,
    [ACTION_ACCEPT] = review_accept,
    [ACTION_PREVIOUS_STEP] = previous_step,
    [ACTION_SUBMIT] = ask_submit,
    [ACTION_REGION] = choose_region,
    [ACTION_PROFILE] = choose_profile,
    [ACTION_SCROLL_UP] = review_up,
    [ACTION_SCROLL_DOWN] = review_down,
    [ACTION_SCROLL_PAGE_UP] = review_page_up,
    [ACTION_SCROLL_PAGE_DOWN] = review_page_down,
    [ACTION_SCROLL_START] = review_start,
    [ACTION_SCROLL_END] = review_end,
    [ACTION_BACK] = previous_step,
};

static act *const running_acts[ACTION_COUNT] = {
    [ACTION_CANCEL] = cancel,
};

static act *const result_acts[ACTION_COUNT] = {
    [ACTION_ACCEPT] = result_accept,
    [ACTION_RAW] = show_raw,
    [ACTION_BACK] = result_back,
    [ACTION_NEW_PLAN] = new_plan,
    [ACTION_LOOK] = look_again,
    [ACTION_REPEAT] = ask_repeat,
    [ACTION_SCROLL_UP] = result_up,
    [ACTION_SCROLL_DOWN] = result_down,
    [ACTION_SCROLL_PAGE_UP] = result_page_up,
    [ACTION_SCROLL_PAGE_DOWN] = result_page_down,
    [ACTION_SCROLL_START] = result_start,
    [ACTION_SCROLL_END] = result_end,
};

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
    [ACTION_HELP] = open_keys,
    [ACTION_SAVE] = save,
    [ACTION_QUIT] = quit,
    [ACTION_SUSPEND] = suspend,
    [ACTION_REDRAW] = redraw,
    [ACTION_MOUSE] = toggle_mouse,
};

typedef bool edit_act(struct line_edit *edit);

static edit_act *const edit_moves[ACTION_COUNT] = {
    [ACTION_CHAR_LEFT] = line_edit_left,       [ACTION_CHAR_RIGHT] = line_edit_right,
    [ACTION_WORD_LEFT] = line_edit_word_left,  [ACTION_WORD_RIGHT] = line_edit_word_right,
    [ACTION_LINE_START] = line_edit_home,      [ACTION_LINE_END] = line_edit_end,
};

static edit_act *const edit_changes[ACTION_COUNT] = {
    [ACTION_ERASE_LEFT] = line_edit_erase_left,
    [ACTION_ERASE_RIGHT] = line_edit_erase_right,
    [ACTION_ERASE_WORD] = line_edit_erase_word_left,
    [ACTION_ERASE_TO_START] = line_edit_erase_to_start,
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
