#include "ui/acts.h"

/* What keys do while a submission runs, and on its result. */

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

act *const running_acts[ACTION_COUNT] = {
    [ACTION_CANCEL] = cancel,
};

act *const result_acts[ACTION_COUNT] = {
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
