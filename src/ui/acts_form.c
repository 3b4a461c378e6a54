#include "ui/acts.h"

/* What keys do in the form. */

static enum effect choose(struct wizard *wizard)
{
    answer_choose(wizard);
    return EFFECT_NONE;
}

static enum effect next_step(struct wizard *wizard)
{
    page_set(wizard, wizard->page + 1, false);
    return EFFECT_NONE;
}

enum effect previous_step(struct wizard *wizard)
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

enum effect take_back(struct wizard *wizard)
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

/* The next place with a problem, in the order of the pages, beyond the focused one; round at the end. Among
 * no such places, none. */
static struct place place_of_problem(const struct wizard *wizard, bool forward)
{
    size_t count = review_problems(wizard->review);
    size_t here = place_index(wizard->focus);
    struct place first = place_none();

    for (size_t i = 0; i < count; i++) {
        struct place place = review_problem(wizard->review, forward ? i : count - 1 - i)->place;

        if (place_is_none(place) || !wizard_field(wizard, place)->shown)
            continue;
        if (forward ? place_index(place) > here : place_index(place) < here)
            return place;
        if (place_is_none(first))
            first = place;
    }
    return first;
}

static void jump_to_problem(struct wizard *wizard, bool forward)
{
    struct place place = place_of_problem(wizard, forward);

    if (place_is_none(place))
        wizard_set_message(wizard, false, "There is no problem to go to.");
    else
        jump_to(wizard, place);
}

static enum effect next_problem(struct wizard *wizard)
{
    jump_to_problem(wizard, true);
    return EFFECT_NONE;
}

static enum effect previous_problem(struct wizard *wizard)
{
    jump_to_problem(wizard, false);
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

act *const form_acts[ACTION_COUNT] = {
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
