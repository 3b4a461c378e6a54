#include "ui/acts.h"

/* What keys do in a list to pick from. */

enum effect open_picker(struct wizard *wizard)
{
    struct pick pick;

    if (!pick_for(wizard, wizard->focus, &pick)) {
        wizard_set_message(wizard, false,
                           "What this list hangs on is not answered yet: fill in the fields above first.");
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
        wizard_set_message(wizard, true, "%s", err.text);
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

act *const picker_acts[ACTION_COUNT] = {
    [ACTION_ACCEPT] = pick_marked,
    [ACTION_PICK_TYPED] = pick_typed,
    [ACTION_BACK] = picker_leave,
    [ACTION_SCROLL_UP] = pick_up,
    [ACTION_SCROLL_DOWN] = pick_down,
    [ACTION_SCROLL_PAGE_UP] = pick_page_up,
    [ACTION_SCROLL_PAGE_DOWN] = pick_page_down,
    [ACTION_REFRESH] = pick_refresh,
};
