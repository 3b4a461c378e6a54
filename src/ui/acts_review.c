#include "ui/acts.h"

/* What keys do on the review page. */

static enum effect ask_submit(struct wizard *wizard)
{
    if (wizard->target.view.problem && *wizard->target.view.problem)
        wizard_set_message(wizard, true, "Nothing can be sent yet: the reason stands above the request.");
    else if (review_errors(wizard->review) > 0)
        wizard_set_message(wizard, true,
                           "Nothing can be sent before the errors are solved. Enter goes to the marked one.");
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
        wizard_set_message(wizard, false,
                           "Nothing is left to mend. s sends the plan, after one more question.");
    else
        review_open_problem(wizard, wizard->review_problem);
    return EFFECT_NONE;
}

act *const review_acts[ACTION_COUNT] = {
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
