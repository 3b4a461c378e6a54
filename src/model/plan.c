#include "model/plan.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/excerpt.h"
#include "base/json.h"
#include "base/utf8.h"
#include "model/pretty.h"
#include "model/secret.h"

struct answer {
    enum answer_form form;
    char *text;      /* NULL exactly for ANSWER_NONE */
    size_t notes;    /* how many notes are about it */
    char *suggested; /* by the account; NULL: nothing */
    char *remark;    /* of the account's, about text; NULL: nothing */
};

/* The answers of the plan itself or of one instance. The fields of the other scope stay empty. */
struct answers {
    struct answer of[FIELD_COUNT];
    bool extras;
    unsigned long revision; /* 0: nothing was ever set */
};

struct plan {
    bool suggestions;
    struct answers *rows; /* the plan's own, then one for each instance */
    size_t row_count;
    char *settings[SETTING_COUNT];
    struct note *notes;
    size_t note_count;
    size_t note_capacity;
    cJSON *source;
    unsigned long revision;
    unsigned long last_row_revision;
};

struct plan *plan_new(bool suggestions)
{
    struct plan *plan = calloc(1, sizeof(*plan));
    struct error err;

    if (!plan)
        return NULL;
    plan->suggestions = suggestions;
    if (!plan_set_instances(plan, PLAN_INSTANCES, &err)) {
        plan_free(plan);
        return NULL;
    }
    return plan;
}

static void release_answer(struct answer *answer)
{
    wipe_free(answer->text);
    wipe_free(answer->suggested);
    wipe_free(answer->remark);
}

static void release_answers(struct answers *answers)
{
    for (int id = 0; id < FIELD_COUNT; id++)
        release_answer(&answers->of[id]);
    *answers = (struct answers){0};
}

void plan_free(struct plan *plan)
{
    if (!plan)
        return;
    for (size_t i = 0; i < plan->row_count; i++)
        release_answers(&plan->rows[i]);
    for (int i = 0; i < SETTING_COUNT; i++)
        wipe_free(plan->settings[i]);
    free(plan->rows);
    free(plan->notes);
    cJSON_Delete(plan->source);
    free(plan);
}

size_t plan_instances(const struct plan *plan)
{
    return plan->row_count - 1;
}

/* Drops the notes that keep() refuses. */
static void filter_notes(struct plan *plan, bool (*keep)(const struct note *note, const void *data),
                         const void *data)
{
    size_t kept = 0;

    for (size_t i = 0; i < plan->note_count; i++)
        if (keep(&plan->notes[i], data))
            plan->notes[kept++] = plan->notes[i];
    plan->note_count = kept;
}

static bool note_is_within(const struct note *note, const void *data)
{
    const size_t *count = data;

    return note->place.instance < 0 || (size_t)note->place.instance < *count;
}

static bool note_is_elsewhere(const struct note *note, const void *data)
{
    const struct place *place = data;

    return !place_equal(note->place, *place);
}

bool plan_set_instances(struct plan *plan, size_t count, struct error *err)
{
    struct answers *rows;

    if (count < 1 || count > PLAN_INSTANCES_MAX)
        return error_set(err, ERROR_INPUT, "a plan has 1 to %d clusters", PLAN_INSTANCES_MAX);
    if (plan->row_count == count + 1)
        return true;
    rows = calloc(count + 1, sizeof(*rows));
    if (!rows)
        return error_memory(err);
    for (size_t i = 0; i < plan->row_count; i++)
        if (i <= count)
            rows[i] = plan->rows[i];
        else
            release_answers(&plan->rows[i]);
    free(plan->rows);
    plan->rows = rows;
    plan->row_count = count + 1;
    filter_notes(plan, note_is_within, &count);
    plan->revision++;
    return true;
}

static size_t row_of(int instance)
{
    return instance == PLACE_PLAN ? 0 : (size_t)instance + 1;
}

static void touch(struct plan *plan, int instance)
{
    plan->rows[row_of(instance)].revision = ++plan->last_row_revision;
}

static void touch_all(struct plan *plan)
{
    for (size_t row = 0; row < plan->row_count; row++)
        plan->rows[row].revision = ++plan->last_row_revision;
}

/* NULL for a place that the plan does not have. */
static struct answer *find_answer(const struct plan *plan, struct place place)
{
    if (place_is_none(place) || (schema[place.field].scope == SCOPE_PLAN) != (place.instance == PLACE_PLAN))
        return NULL;
    if (place.instance < PLACE_PLAN || row_of(place.instance) >= plan->row_count)
        return NULL;
    return &plan->rows[row_of(place.instance)].of[place.field];
}

static void forget_notes(struct plan *plan, struct place place, struct answer *answer)
{
    if (answer->notes == 0)
        return;
    filter_notes(plan, note_is_elsewhere, &place);
    answer->notes = 0;
    plan->revision++;
}

/* Takes text, which may be NULL. */
static void store(struct plan *plan, struct place place, struct answer *answer, enum answer_form form,
                  char *text)
{
    bool same = answer->form == form && (!text || strcmp(answer->text, text) == 0);

    forget_notes(plan, place, answer);
    wipe_free(answer->text);
    answer->form = form;
    answer->text = text;
    touch(plan, place.instance);
    if (!same) {
        wipe_free(answer->remark);
        answer->remark = NULL;
        plan->revision++;
    }
}

bool plan_set(struct plan *plan, struct place place, const char *value, struct error *err)
{
    struct answer *answer = find_answer(plan, place);
    size_t length = value ? strnlen(value, PLAN_ANSWER_MAX + 1) : 0;
    char *text;

    if (!answer)
        return error_set(err, ERROR_INPUT, "the plan has no such field");
    if (length == 0) {
        store(plan, place, answer, ANSWER_NONE, NULL);
        return true;
    }
    if (length > PLAN_ANSWER_MAX)
        return error_set(err, ERROR_INPUT, "is longer than %zu KiB", PLAN_ANSWER_MAX / 1024);
    if (!utf8_valid(value, length))
        return error_set(err, ERROR_INPUT, "is not UTF-8 text");
    text = text_copy(value);
    if (!text)
        return error_memory(err);
    store(plan, place, answer, ANSWER_TEXT, text);
    return true;
}

/* The reference on one line, as drafts have it, whatever its layout was. NULL on failure. */
static char *tidy_reference(const char *json, struct error *err)
{
    struct buf text;
    cJSON *node = json_parse(json, strlen(json), err);
    char *tidy = NULL;

    if (!node)
        return NULL;
    buf_init(&text, PLAN_ANSWER_MAX);
    if (secret_reference_check(node, err)) {
        pretty_inline(&text, node, PRETTY_SECRETS_SHOWN);
        tidy = buf_take(&text);
        if (!tidy)
            error_memory(err);
    }
    buf_release(&text);
    cJSON_Delete(node);
    return tidy;
}

bool plan_set_reference(struct plan *plan, struct place place, const char *json, struct error *err)
{
    struct answer *answer = find_answer(plan, place);
    char *text;

    if (!answer)
        return error_set(err, ERROR_INPUT, "the plan has no such field");
    if (schema[place.field].kind != KIND_SECRET)
        return error_set(err, ERROR_INPUT, "only a password may be a reference");
    text = tidy_reference(json, err);
    if (!text)
        return false;
    store(plan, place, answer, ANSWER_REFERENCE, text);
    return true;
}

static bool replace_text(char **kept, const char *text, struct error *err)
{
    char *copy = text_copy(text);

    if (text && !copy)
        return error_memory(err);
    wipe_free(*kept);
    *kept = copy;
    return true;
}

bool plan_suggest(struct plan *plan, struct place place, const char *value, struct error *err)
{
    struct answer *answer = find_answer(plan, place);

    if (!answer)
        return error_set(err, ERROR_INPUT, "the plan has no such field");
    touch(plan, place.instance);
    return replace_text(&answer->suggested, value && *value ? value : NULL, err);
}

const char *plan_suggestion(const struct plan *plan, struct place place)
{
    const struct answer *answer = find_answer(plan, place);

    return answer ? answer->suggested : NULL;
}

bool plan_remark(struct plan *plan, struct place place, const char *text, struct error *err)
{
    struct answer *answer = find_answer(plan, place);

    if (!answer)
        return error_set(err, ERROR_INPUT, "the plan has no such field");
    touch(plan, place.instance);
    return replace_text(&answer->remark, text && *text ? text : NULL, err);
}

const char *plan_remark_at(const struct plan *plan, struct place place)
{
    const struct answer *answer = find_answer(plan, place);

    return answer ? answer->remark : NULL;
}

const char *plan_get(const struct plan *plan, struct place place)
{
    const struct answer *answer = find_answer(plan, place);

    return answer ? answer->text : NULL;
}

enum answer_form plan_form(const struct plan *plan, struct place place)
{
    const struct answer *answer = find_answer(plan, place);

    return answer ? answer->form : ANSWER_NONE;
}

bool plan_has_suggestions(const struct plan *plan)
{
    return plan->suggestions;
}

void plan_set_suggestions(struct plan *plan, bool on)
{
    plan->suggestions = on;
    touch_all(plan);
}

/* NULL for an instance that the plan does not have. */
static struct answers *find_instance(const struct plan *plan, int instance)
{
    return instance >= 0 && (size_t)instance < plan_instances(plan) ? &plan->rows[row_of(instance)] : NULL;
}

void plan_set_extras(struct plan *plan, int instance, bool on)
{
    struct answers *answers = find_instance(plan, instance);

    if (!answers || answers->extras == on)
        return;
    answers->extras = on;
    touch(plan, instance);
    plan->revision++;
}

bool plan_extras(const struct plan *plan, int instance)
{
    const struct answers *answers = find_instance(plan, instance);

    return answers && answers->extras;
}

bool plan_set_setting(struct plan *plan, enum plan_setting setting, const char *value, struct error *err)
{
    const char *old = plan_setting(plan, setting);
    char *text = NULL;

    if (!value || !*value ? !old : old && strcmp(old, value) == 0)
        return true;
    if (value && *value) {
        if (!utf8_valid(value, strlen(value)))
            return error_set(err, ERROR_INPUT, "the %s is not UTF-8 text", plan_setting_name(setting));
        text = text_copy(value);
        if (!text)
            return error_memory(err);
    }
    wipe_free(plan->settings[setting]);
    plan->settings[setting] = text;
    plan->revision++;
    return true;
}

const char *plan_setting(const struct plan *plan, enum plan_setting setting)
{
    return plan->settings[setting];
}

const char *plan_setting_name(enum plan_setting setting)
{
    static const char *const names[SETTING_COUNT] = {
        [SETTING_PROFILE] = "profile",
        [SETTING_REGION] = "region",
        [SETTING_ENDPOINT] = "endpoint",
    };

    return names[setting];
}

unsigned long plan_revision(const struct plan *plan)
{
    return plan->revision;
}

unsigned long plan_revision_of(const struct plan *plan, int instance)
{
    return plan->rows[row_of(instance)].revision;
}

static struct note *next_note(struct plan *plan)
{
    if (plan->note_count == plan->note_capacity) {
        size_t capacity = plan->note_capacity ? plan->note_capacity * 2 : 8;
        struct note *notes = reallocarray(plan->notes, capacity, sizeof(*notes));

        if (!notes)
            return NULL;
        plan->notes = notes;
        plan->note_capacity = capacity;
    }
    return &plan->notes[plan->note_count++];
}

bool plan_note(struct plan *plan, struct place place, const char *path, enum severity severity,
               struct error *err, const char *format, ...)
{
    struct answer *answer = find_answer(plan, place);
    struct note *note = next_note(plan);
    va_list arguments;

    if (!note)
        return error_memory(err);
    *note = (struct note){.place = answer ? place : place_none(), .severity = severity};
    excerpt_write(note->path, sizeof(note->path), "%s", path);
    va_start(arguments, format);
    excerpt_write_list(note->message, sizeof(note->message), format, arguments);
    va_end(arguments);
    if (answer)
        answer->notes++;
    plan->revision++;
    return true;
}

size_t plan_notes(const struct plan *plan)
{
    return plan->note_count;
}

bool plan_has_notes_at(const struct plan *plan, struct place place)
{
    const struct answer *answer = find_answer(plan, place);

    return answer && answer->notes > 0;
}

const struct note *plan_note_at(const struct plan *plan, size_t index)
{
    return index < plan->note_count ? &plan->notes[index] : NULL;
}

void plan_set_source(struct plan *plan, cJSON *tree)
{
    if (tree != plan->source)
        cJSON_Delete(plan->source);
    plan->source = tree;
    touch_all(plan);
    plan->revision++;
}

const cJSON *plan_source(const struct plan *plan)
{
    return plan->source;
}
