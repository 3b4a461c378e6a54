#include "ui/wizard.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/excerpt.h"
#include "ui/wizard_state.h"

enum { PROMPT_MAX = 4096 };

/* ---- Life ---- */

static void tell_shortage(struct wizard *wizard)
{
    wizard_set_message(wizard, true, "Memory is short: what is shown may be old. Save the draft and leave.");
}

bool preview_is_seen(const struct wizard *wizard)
{
    struct screen_parts parts;

    screen_layout(wizard, &parts);
    return page_is_review(wizard, wizard->page) || parts.preview.columns > 0;
}

/* Most keys are typed where the JSON is not seen, and that of many clusters is long. */
static void preview_refresh(struct wizard *wizard)
{
    struct error err;

    if (!wizard->preview_is_old || wizard->review_is_old || !preview_is_seen(wizard))
        return;
    wizard->preview_is_old =
        !payload_write(&wizard->preview, wizard->plan, wizard->review, PAYLOAD_MASKED, NULL, &err);
    if (wizard->preview_is_old)
        tell_shortage(wizard);
}

void wizard_refresh(struct wizard *wizard)
{
    struct error err;

    wizard->preview_is_old = true;
    wizard->review_is_old = !review_update(wizard->review, wizard->plan, &err);
    if (wizard->review_is_old)
        tell_shortage(wizard);
    preview_refresh(wizard);
}

size_t place_index(struct place place)
{
    return (size_t)(place.instance + 1) * FIELD_COUNT + (size_t)place.field;
}

struct wizard *wizard_new(struct plan *plan, const char *path)
{
    struct wizard *wizard = calloc(1, sizeof(*wizard));
    size_t instances = plan_instances(plan);

    if (!wizard) {
        plan_free(plan);
        return NULL;
    }
    wizard->plan = plan;
    wizard->review = review_new();
    wizard->visited = calloc((instances + 1) * FIELD_COUNT, sizeof(*wizard->visited));
    wizard->page_seen = calloc(instances + 3, sizeof(*wizard->page_seen));
    payload_init(&wizard->preview);
    line_edit_init(&wizard->line, PLAN_ANSWER_MAX);
    line_edit_init(&wizard->prompt, PROMPT_MAX);
    picker_init(&wizard->picker);
    buf_init(&wizard->path, PROMPT_MAX);
    wizard->save_to = wizard->doubts = wizard->asked_title = wizard->asked_words = BUF_INIT;
    if (!wizard->review || !wizard->visited || !wizard->page_seen) {
        wizard_free(wizard);
        return NULL;
    }
    if (path)
        buf_add_text(&wizard->path, path);
    if (!plan_has_suggestions(plan)) {
        memset(wizard->visited, true, (instances + 1) * FIELD_COUNT);
        memset(wizard->page_seen, true, instances + 3);
    }
    wizard->page_seen[0] = true;
    wizard_refresh(wizard);
    wizard->saved_revision = plan_revision(plan);
    wizard->focus = place_of_plan(FIELD_PLAN_NAME);
    focus_load(wizard);
    return wizard;
}

void wizard_free(struct wizard *wizard)
{
    if (!wizard)
        return;
    plan_free(wizard->plan);
    review_free(wizard->review);
    payload_release(&wizard->preview);
    line_edit_release(&wizard->line);
    line_edit_release(&wizard->prompt);
    picker_release(&wizard->picker);
    buf_release(&wizard->path);
    buf_release(&wizard->save_to);
    buf_release(&wizard->doubts);
    buf_release(&wizard->asked_title);
    buf_release(&wizard->asked_words);
    for (size_t i = 0; i < sizeof(wizard->target.texts) / sizeof(wizard->target.texts[0]); i++)
        buf_release(&wizard->target.texts[i]);
    for (size_t i = 0; i < sizeof(wizard->result.texts) / sizeof(wizard->result.texts[0]); i++)
        buf_release(&wizard->result.texts[i]);
    buf_release(&wizard->result.raw);
    free(wizard->visited);
    free(wizard->page_seen);
    free(wizard);
}

bool wizard_replace(struct wizard *wizard, struct plan *plan, const char *path, bool unsaved)
{
    struct wizard *fresh = wizard_new(plan, path);
    struct wizard old = *wizard;

    if (!fresh)
        return false;
    /* Of the old one only what is not about the plan stays. */
    fresh->columns = old.columns;
    fresh->rows = old.rows;
    fresh->mouse = old.mouse;
    fresh->keeps_nothing = old.keeps_nothing;
    fresh->fields_left = old.fields_left;
    fresh->target = old.target;
    fresh->unsaved = unsaved;
    old.target = (struct target_texts){0};
    *wizard = *fresh;
    *fresh = old;
    wizard_free(fresh);
    preview_refresh(wizard);
    return true;
}

const struct plan *wizard_plan(const struct wizard *wizard)
{
    return wizard->plan;
}

const struct review *wizard_review(const struct wizard *wizard)
{
    return wizard->review;
}

/* ---- Events ---- */

/* A digit chooses from a list, or opens a problem of the review by its number. */
static void press_digit(struct wizard *wizard, int digit)
{
    unsigned contexts = wizard_contexts(wizard);

    if (contexts & CONTEXT_CHOICE && digit <= choice_count(wizard->focus.field)) {
        wizard->choice = digit - 1;
        answer_choose(wizard);
    } else if (contexts & CONTEXT_REVIEW) {
        review_open_problem(wizard, digit - 1);
    }
}

static bool has_room(const struct line_edit *line, size_t length)
{
    return length <= line->text.limit - line->text.length;
}

static void press_text(struct wizard *wizard, const char *text)
{
    struct line_edit *line = current_line(wizard);

    if (line) {
        if (!line_can_change(wizard, line))
            return;
        if (!has_room(line, strlen(text)))
            wizard_set_message(wizard, true, "This is as long as the field can be.");
        else if (line_edit_insert(line, text, strlen(text)))
            current_line_changed(wizard);
        else
            wizard->loss = true;
    } else if (text[0] >= '1' && text[0] <= '9' && text[1] == '\0') {
        press_digit(wizard, text[0] - '0');
    }
}

/* An answer to a question must be meant, so it does not come in a burst. */
static enum effect press_letter(struct wizard *wizard, const struct event *event)
{
    if (event->press != PRESS_CHARACTER || event->modifiers & (MODIFIER_ALT | MODIFIER_CONTROL))
        return EFFECT_NONE;
    if (event->burst) {
        wizard_set_message(wizard, true, "That came too fast to be meant: press the letter once more.");
        return EFFECT_NONE;
    }
    return event->text[1] == '\0' ? question_letter(wizard, event->text[0]) : EFFECT_NONE;
}

static enum effect update_press(struct wizard *wizard, const struct event *event)
{
    enum action action = keymap_find(event, wizard_contexts(wizard));

    wizard->message[0] = '\0';
    if (action == ACTION_CONFIRM && event->burst) {
        wizard_set_message(wizard, true, "That came too fast to be meant: press y once more to confirm.");
        return EFFECT_NONE;
    }
    if (action == ACTION_NONE && question_is_lettered(wizard->question))
        return press_letter(wizard, event);
    if (action == ACTION_NONE) {
        if (event->press == PRESS_CHARACTER && !(event->modifiers & (MODIFIER_ALT | MODIFIER_CONTROL)))
            press_text(wizard, event->text);
        return EFFECT_NONE;
    }
    return act_edit(wizard, action) ? EFFECT_NONE : act_on(wizard, action, NULL);
}

static void update_paste(struct wizard *wizard, const struct event *event)
{
    struct line_edit *line = current_line(wizard);
    bool altered = false;

    wizard->message[0] = '\0';
    if (!line) {
        wizard_set_message(wizard, false, "A paste goes into text fields only; nothing was changed.");
        return;
    }
    if (!line_can_change(wizard, line))
        return;
    if (!line_edit_paste(line, event->paste, event->paste_length, &altered)) {
        bool lost = has_room(line, event->paste_length);

        wizard->loss = wizard->loss || lost;
        wizard_set_message(wizard, true,
                           lost ? "Memory is too short for the paste; nothing was changed."
                                : "The paste is too long for this field; nothing was changed.");
        return;
    }
    current_line_changed(wizard);
    if (event->paste_cut)
        wizard_set_message(wizard, true, "The paste did not arrive whole: check the field.");
    else if (altered)
        wizard_set_message(wizard, false, "Line breaks and control characters were taken out of the paste.");
}

/* row and column are those of the form. */
static bool is_hit(const struct form_item *item, int row, int column)
{
    if (item->part == PART_NOTE || row < item->row || row >= item->row + item->rows)
        return false;
    return item->part != PART_CHOICE || (column >= item->column && column < item->column + item->columns);
}

static void click_item(struct wizard *wizard, const struct form_item *item, int column)
{
    if (!place_is_focused(wizard, item->place))
        focus_set(wizard, item->place);
    if (item->part == PART_CHOICE) {
        wizard->choice = item->choice;
        answer_choose(wizard);
    } else if (item->part == PART_FIELD && !field_is_list(item->place.field)) {
        line_edit_point(&wizard->line, item->columns - 2, column - item->column - 1,
                        wizard->line.secret && !wizard->revealed);
    }
}

static void click_form(struct wizard *wizard, const struct screen_parts *parts, int row, int column)
{
    struct form_layout layout;
    int form_row = row - parts->form.row + wizard->form_scroll;
    int form_column = column - parts->form.column;

    if (row < parts->form.row || row >= parts->form.row + parts->form.rows || form_column < 0 ||
        form_column >= parts->form.columns)
        return;
    form_layout(wizard, parts->form.columns, &layout);
    for (int i = 0; i < layout.count; i++) {
        const struct form_item *item = &layout.items[i];

        if (!is_hit(item, form_row, form_column))
            continue;
        click_item(wizard, item, form_column);
        /* The row of a list may hold a choice, too. */
        if (item->part != PART_FIELD || !field_is_list(item->place.field))
            return;
    }
}

/* The wheel scrolls where there is something to scroll, and moves in the form. */
static enum effect wheel(struct wizard *wizard, bool backwards)
{
    bool bound;
    enum effect effect = act_on(wizard, backwards ? ACTION_SCROLL_UP : ACTION_SCROLL_DOWN, &bound);

    return bound ? effect : act_on(wizard, backwards ? ACTION_UP : ACTION_DOWN, NULL);
}

static enum effect update_mouse(struct wizard *wizard, const struct event *event)
{
    struct screen_parts parts;

    if (event->mouse == MOUSE_WHEEL_UP || event->mouse == MOUSE_WHEEL_DOWN)
        return wheel(wizard, event->mouse == MOUSE_WHEEL_UP);
    if (event->mouse == MOUSE_PRESS && wizard_contexts(wizard) & CONTEXT_FORM) {
        screen_layout(wizard, &parts);
        click_form(wizard, &parts, event->row, event->column);
    }
    return EFFECT_NONE;
}

static void update_size(struct wizard *wizard, const struct event *event)
{
    wizard->columns = event->columns;
    wizard->rows = event->rows;
    if (page_is_review(wizard, wizard->page))
        review_scroll_by(wizard, 0);
}

/* Makes anew what memory was too short for the last time. */
static void catch_up(struct wizard *wizard)
{
    if (wizard->review_is_old)
        wizard_refresh(wizard);
    if (wizard->line_is_old)
        focus_load(wizard);
}

enum effect wizard_update(struct wizard *wizard, const struct event *event)
{
    enum effect effect = EFFECT_NONE;

    catch_up(wizard);
    wizard->burst = event->burst;
    switch (event->kind) {
    case EVENT_PRESS:
        effect = update_press(wizard, event);
        break;
    case EVENT_PASTE:
        update_paste(wizard, event);
        break;
    case EVENT_MOUSE:
        effect = update_mouse(wizard, event);
        break;
    case EVENT_RESIZE:
        update_size(wizard, event);
        break;
    case EVENT_SIGNAL:
        effect = EFFECT_QUIT;
        break;
    case EVENT_LOSS:
        wizard->loss = true;
        break;
    case EVENT_TICK:
        wizard->picker.ticks++;
        break;
    }
    preview_refresh(wizard);
    focus_show(wizard);
    return effect;
}

/* ---- What the caller tells ---- */

void wizard_set_text(struct buf *buf, const char *text)
{
    if (buf->limit == 0)
        buf_init(buf, BUF_LIMIT_DEFAULT);
    buf_clear(buf);
    buf_add_text(buf, text ? text : "");
}

bool wizard_set_target(struct wizard *wizard, const struct target *target)
{
    const char *texts[] = {target->host,   target->scheme,   target->region, target->profile,
                           target->key_id, target->provider, target->proxy,  target->problem};
    const char **views[] = {&wizard->target.view.host,   &wizard->target.view.scheme,
                            &wizard->target.view.region, &wizard->target.view.profile,
                            &wizard->target.view.key_id, &wizard->target.view.provider,
                            &wizard->target.view.proxy,  &wizard->target.view.problem};
    bool complete = true;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        wizard_set_text(&wizard->target.texts[i], texts[i]);
        *views[i] = buf_text(&wizard->target.texts[i]);
        complete = complete && !wizard->target.texts[i].failed;
    }
    wizard->target.view.sandbox = target->sandbox;
    return complete;
}

void wizard_set_progress(struct wizard *wizard, const struct progress *progress)
{
    if (wizard->mode != MODE_RUNNING)
        wizard->overlay = OVERLAY_NONE;
    wizard->mode = MODE_RUNNING;
    wizard->progress = *progress;
    excerpt_write(wizard->progress_doing, sizeof(wizard->progress_doing), "%s", progress->doing);
    wizard->progress.doing = wizard->progress_doing;
}

bool wizard_set_result(struct wizard *wizard, const struct result *result)
{
    struct result_texts *kept = &wizard->result;
    const char *texts[] = {result->plan_id, result->code,   result->message, result->request_id,
                           result->reason,  result->advice, result->warning, result->details};
    const char **views[] = {&kept->view.plan_id,    &kept->view.code,   &kept->view.message,
                            &kept->view.request_id, &kept->view.reason, &kept->view.advice,
                            &kept->view.warning,    &kept->view.details};
    bool complete = true;

    kept->view = *result;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        wizard_set_text(&kept->texts[i], texts[i]);
        *views[i] = buf_text(&kept->texts[i]);
        complete = complete && !kept->texts[i].failed;
    }
    wizard_set_text(&kept->raw, "");
    if (result->raw)
        buf_add(&kept->raw, result->raw, result->raw_length);
    if (result->kind == RESULT_CREATED && !result->earlier) {
        wizard->saved_revision = plan_revision(wizard->plan);
        wizard->unsaved = false;
    }
    wizard->mode = MODE_RESULT;
    wizard->question = QUESTION_NONE;
    wizard->overlay = OVERLAY_NONE;
    wizard->result_scroll = 0;
    return complete && !kept->raw.failed;
}

bool wizard_has_message(const struct wizard *wizard)
{
    return wizard->message[0] != '\0';
}

void wizard_set_message(struct wizard *wizard, bool error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    excerpt_write_list(wizard->message, sizeof(wizard->message), format, arguments);
    va_end(arguments);
    wizard->message_is_error = error;
}

void wizard_set_saved(struct wizard *wizard, const char *path)
{
    if (path == buf_text(&wizard->save_to)) {
        struct buf before = wizard->path;

        /* Without a copy, for which memory may be short. */
        wizard->path = wizard->save_to;
        wizard->save_to = before;
    } else if (path != buf_text(&wizard->path)) {
        wizard_set_text(&wizard->path, path);
    }
    buf_clear(&wizard->save_to);
    wizard->saved_revision = plan_revision(wizard->plan);
    wizard->unsaved = false;
}

void wizard_set_path(struct wizard *wizard, const char *path)
{
    wizard_set_text(&wizard->path, path);
    wizard->unsaved = true;
}

const char *wizard_save_path(const struct wizard *wizard)
{
    return buf_text(wizard->save_to.length > 0 ? &wizard->save_to : &wizard->path);
}

bool wizard_unsaved(const struct wizard *wizard)
{
    return wizard->unsaved || plan_revision(wizard->plan) != wizard->saved_revision;
}

bool wizard_is_leaving(const struct wizard *wizard)
{
    return wizard->leaving;
}

bool wizard_shows_result(const struct wizard *wizard)
{
    return wizard->mode == MODE_RESULT;
}

bool wizard_asks(const struct wizard *wizard)
{
    return wizard->question != QUESTION_NONE;
}

void wizard_set_doubts(struct wizard *wizard, const char *text)
{
    wizard_set_text(&wizard->doubts, text);
}

void wizard_set_keeping(struct wizard *wizard, bool keeping)
{
    wizard->keeps_nothing = !keeping;
}

void wizard_set_read_only(struct wizard *wizard, bool read_only)
{
    wizard->read_only = read_only;
}

unsigned long wizard_fields_left(const struct wizard *wizard)
{
    return wizard->fields_left;
}

bool wizard_wants_mouse(const struct wizard *wizard)
{
    return wizard->mouse;
}

struct place wizard_focused(const struct wizard *wizard)
{
    return page_is_review(wizard, wizard->page) ? place_none() : wizard->focus;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

void wizard_suggest(struct wizard *wizard, struct place place, const char *value)
{
    struct error err = {0};

    if (same_text(plan_suggestion(wizard->plan, place), value))
        return;
    if (!plan_suggest(wizard->plan, place, value, &err))
        wizard_set_message(wizard, true, "%s", err.text);
    plan_changed(wizard);
    if (place_is_focused(wizard, place) && !plan_get(wizard->plan, place))
        focus_load(wizard);
}

void wizard_remark(struct wizard *wizard, struct place place, const char *text)
{
    struct error err = {0};

    if (same_text(plan_remark_at(wizard->plan, place), text))
        return;
    if (!plan_remark(wizard->plan, place, text, &err))
        wizard_set_message(wizard, true, "%s", err.text);
    wizard_refresh(wizard);
}

bool wizard_pick(const struct wizard *wizard, struct pick *pick)
{
    if (wizard->overlay != OVERLAY_PICKER || wizard->choosing ||
        !pick_for(wizard, wizard->picker.place, pick))
        return false;
    pick->refreshes = wizard->picker.refreshes;
    return true;
}

void wizard_choose(struct wizard *wizard, enum plan_setting setting, const struct picker_rows *rows)
{
    picker_open(&wizard->picker, place_none());
    wizard->choosing = true;
    wizard->setting = setting;
    wizard->overlay = OVERLAY_PICKER;
    if (!picker_fill(&wizard->picker, rows))
        wizard_set_message(wizard, true, "Memory is short: the list cannot be shown.");
}

bool wizard_needs_account(const struct wizard *wizard)
{
    return page_is_review(wizard, wizard->page) || (wizard->overlay == OVERLAY_PICKER && !wizard->choosing);
}

bool wizard_fill_pick(struct wizard *wizard, const struct picker_rows *rows)
{
    return wizard->overlay == OVERLAY_PICKER && picker_fill(&wizard->picker, rows);
}

bool wizard_wants_ticks(const struct wizard *wizard)
{
    return wizard->mode == MODE_RUNNING ||
           (wizard->overlay == OVERLAY_PICKER && wizard->picker.state == PICKER_LOADING);
}
