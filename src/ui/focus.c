#include <stdio.h>
#include <string.h>

#include "ui/wizard_state.h"

/* Pages, fields, and where the cursor is; how a change of the plan is taken in. */

/* ---- Pages and fields ---- */

int page_count(const struct wizard *wizard)
{
    return (int)plan_instances(wizard->plan) + 3;
}

bool page_is_review(const struct wizard *wizard, int page)
{
    return page == page_count(wizard) - 1;
}

enum field_step page_step(const struct wizard *wizard, int page)
{
    if (page == 0)
        return STEP_PLAN;
    return page <= (int)plan_instances(wizard->plan) ? STEP_CLUSTER : STEP_PROGRESS;
}

int page_instance(const struct wizard *wizard, int page)
{
    return page_step(wizard, page) == STEP_CLUSTER ? page - 1 : PLACE_PLAN;
}

void page_title(int page, int pages, char *text, size_t size)
{
    if (page == pages - 1)
        snprintf(text, size, "Review");
    else if (page == 0)
        snprintf(text, size, "Plan");
    else if (page == pages - 2)
        snprintf(text, size, "Progress");
    else
        instance_label(page - 1, text, size);
}

/* The page on which a field is asked. */
static int page_of(const struct wizard *wizard, struct place place)
{
    if (place.instance >= 0)
        return place.instance + 1;
    return schema[place.field].step == STEP_PLAN ? 0 : page_count(wizard) - 2;
}

int page_fields(const struct wizard *wizard, int page, struct place places[FIELD_COUNT])
{
    int count = 0;
    int instance = page_instance(wizard, page);

    if (page_is_review(wizard, page))
        return 0;
    for (int id = 0; id < FIELD_COUNT; id++) {
        struct place place = {(enum field_id)id, instance};

        if (schema[id].step != page_step(wizard, page))
            continue;
        if (wizard_field(wizard, place)->shown)
            places[count++] = place;
    }
    return count;
}

const struct field_review *wizard_field(const struct wizard *wizard, struct place place)
{
    return review_field(wizard->review, place);
}

bool place_is_focused(const struct wizard *wizard, struct place place)
{
    return place_equal(wizard->focus, place) && !page_is_review(wizard, wizard->page);
}

bool problem_is_shown(const struct wizard *wizard, struct place place, const struct problem *problem)
{
    if (wizard->visited[place_index(place)])
        return true;
    if (!wizard_field(wizard, place)->value)
        return false;
    return problem->severity == SEVERITY_ERROR || !place_is_focused(wizard, place);
}

bool field_is_list(enum field_id field)
{
    return schema[field].kind == KIND_CHOICE || schema[field].kind == KIND_SWITCH;
}

int choice_count(enum field_id field)
{
    int count = 0;

    while (schema[field].choices && schema[field].choices[count].value)
        count++;
    return count;
}

/* -1: none of them. */
static int choice_index(enum field_id field, const char *value)
{
    for (int i = 0; value && i < choice_count(field); i++)
        if (strcmp(schema[field].choices[i].value, value) == 0)
            return i;
    return -1;
}

bool pick_for(const struct wizard *wizard, struct place place, struct pick *pick)
{
    const struct field *field = &schema[place.field];
    struct place above = {field->pick_parent, place.instance};
    const char *region, *parent = "";

    if (field->pick == PICK_NONE)
        return false;
    if (field->pick_parent != place.field) {
        parent = wizard_field(wizard, above)->value;
        if (!parent)
            return false;
    }
    region = wizard_field(wizard, place_of_instance(place.instance, FIELD_REGION_ID))->value;
    if (!region)
        region = wizard->target.view.region;
    *pick =
        (struct pick){.kind = field->pick, .place = place, .region = region ? region : "", .parent = parent};
    return true;
}

/* ---- Focus ---- */

void focus_load(struct wizard *wizard)
{
    const struct field_review *field = wizard_field(wizard, wizard->focus);
    const char *value = field->shown ? field->value : NULL;

    wizard->revealed = false;
    if (field_is_list(wizard->focus.field)) {
        int chosen = choice_index(wizard->focus.field, value);

        wizard->choice = chosen < 0 ? 0 : chosen;
        return;
    }
    wizard->line.secret = schema[wizard->focus.field].kind == KIND_SECRET;
    wizard->line_is_old = !line_edit_set(&wizard->line, value && field->form == ANSWER_TEXT ? value : "");
}

static void focus_leave(struct wizard *wizard)
{
    wizard->fields_left++;
    if (!page_is_review(wizard, wizard->page))
        wizard->visited[place_index(wizard->focus)] = true;
}

void focus_show(struct wizard *wizard)
{
    struct screen_parts parts;
    struct form_layout layout;
    int first = -1, last = 0;

    if (page_is_review(wizard, wizard->page) || wizard->columns == 0)
        return;
    screen_layout(wizard, &parts);
    form_layout(wizard, parts.form.columns, &layout);
    for (int i = 0; i < layout.count; i++) {
        if (!place_equal(layout.items[i].place, wizard->focus))
            continue;
        if (first < 0)
            first = layout.items[i].row;
        last = layout.items[i].row + layout.items[i].rows;
    }
    if (last > wizard->form_scroll + parts.form.rows)
        wizard->form_scroll = last - parts.form.rows;
    if (first >= 0 && first < wizard->form_scroll)
        wizard->form_scroll = first;
    if (wizard->form_scroll > layout.rows - parts.form.rows)
        wizard->form_scroll = layout.rows - parts.form.rows;
    if (wizard->form_scroll < 0)
        wizard->form_scroll = 0;
}

void focus_set(struct wizard *wizard, struct place place)
{
    focus_leave(wizard);
    wizard->focus = place;
    focus_load(wizard);
}

int focus_position(const struct wizard *wizard, const struct place *places, int count)
{
    for (int i = 0; i < count; i++)
        if (place_equal(places[i], wizard->focus))
            return i;
    return -1;
}

static void page_leave(struct wizard *wizard)
{
    struct place places[FIELD_COUNT];
    int count = page_fields(wizard, wizard->page, places);

    focus_leave(wizard);
    for (int i = 0; i < count; i++)
        wizard->visited[place_index(places[i])] = true;
}

/* On the review page nothing is held back any more. */
static void page_enter_review(struct wizard *wizard)
{
    size_t instances = plan_instances(wizard->plan);

    memset(wizard->visited, true, (instances + 1) * FIELD_COUNT);
    memset(wizard->page_seen, true, instances + 3);
    wizard->review_problem = 0;
    wizard->review_scroll = 0;
}

void page_set(struct wizard *wizard, int page, bool at_end)
{
    struct place places[FIELD_COUNT];
    int count;

    if (page < 0 || page >= page_count(wizard))
        return;
    page_leave(wizard);
    wizard->page = page;
    wizard->page_seen[page] = true;
    wizard->form_scroll = 0;
    wizard->preview_only = false;
    if (page_is_review(wizard, page)) {
        page_enter_review(wizard);
        return;
    }
    count = page_fields(wizard, page, places);
    if (count > 0) {
        wizard->focus = places[at_end ? count - 1 : 0];
        focus_load(wizard);
    }
}

void jump_to(struct wizard *wizard, struct place place)
{
    if (place_is_none(place) || !wizard_field(wizard, place)->shown)
        return;
    wizard->mode = MODE_FORM;
    if (page_of(wizard, place) != wizard->page)
        page_set(wizard, page_of(wizard, place), false);
    focus_set(wizard, place);
}

void wizard_go_to(struct wizard *wizard, struct place place)
{
    jump_to(wizard, place);
}

/* ---- Changing the plan ---- */

void plan_changed(struct wizard *wizard)
{
    struct place places[FIELD_COUNT];
    int count;

    wizard_refresh(wizard);
    count = page_fields(wizard, wizard->page, places);
    if (count > 0 && focus_position(wizard, places, count) < 0)
        focus_set(wizard, places[count - 1]);
}

bool answer_set(struct wizard *wizard, const char *value)
{
    unsigned long revision = plan_revision(wizard->plan);
    struct error err = {0};

    if (!plan_set(wizard->plan, wizard->focus, value, &err)) {
        if (err.kind == ERROR_MEMORY)
            wizard->loss = true;
        else
            wizard_set_message(wizard, true, "%s", err.text);
        return false;
    }
    /* In the middle of a burst nobody has read yet that something is missing. */
    if (plan_revision(wizard->plan) != revision)
        wizard->loss = wizard->loss && wizard->burst;
    plan_changed(wizard);
    return true;
}

bool line_can_change(struct wizard *wizard, const struct line_edit *line)
{
    if (line != &wizard->line || !wizard->line_is_old)
        return true;
    wizard->loss = true;
    return false;
}

/* Puts the edited text into the plan; what the plan does not take is undone in the editor too. */
void line_changed(struct wizard *wizard)
{
    const char *kept = plan_get(wizard->plan, wizard->focus);

    if (!answer_set(wizard, buf_text(&wizard->line.text)))
        wizard->line_is_old = !line_edit_set(&wizard->line, kept ? kept : "");
}

void answer_choose(struct wizard *wizard)
{
    answer_set(wizard, schema[wizard->focus.field].choices[wizard->choice].value);
}
