#include "model/review.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "model/kind.h"
#include "model/problem.h"
#include "model/rule.h"

struct review {
    struct field_review *rows; /* FIELD_COUNT for the plan itself, then FIELD_COUNT for each instance */
    size_t row_count;
    size_t row_capacity;
    struct problems problems;
    size_t errors;
};

struct review *review_new(void)
{
    return calloc(1, sizeof(struct review));
}

void review_free(struct review *review)
{
    if (!review)
        return;
    problems_release(&review->problems);
    free(review->rows);
    free(review);
}

/* The row of a place that the plan has. */
static struct field_review *row_of(const struct review *review, struct place place)
{
    size_t row = place.instance == PLACE_PLAN ? 0 : (size_t)place.instance + 1;

    return &review->rows[row * FIELD_COUNT + place.field];
}

/* NULL for a place that the plan does not have. */
static struct field_review *find_row(const struct review *review, struct place place)
{
    if (place_is_none(place) || (schema[place.field].scope == SCOPE_PLAN) != (place.instance == PLACE_PLAN))
        return NULL;
    if (place.instance < PLACE_PLAN || place.instance >= (int)review_instances(review) ||
        review->row_count == 0)
        return NULL;
    return row_of(review, place);
}

const struct field_review *review_field(const struct review *review, struct place place)
{
    static const struct field_review nowhere = {.problem = -1};
    const struct field_review *row = find_row(review, place);

    return row ? row : &nowhere;
}

static struct place place_seen_from(int instance, enum field_id field)
{
    return schema[field].scope == SCOPE_PLAN ? place_of_plan(field) : place_of_instance(instance, field);
}

/* ---- What applies, and the values in force ---- */

static bool test_holds(const struct condition *test, const char *value)
{
    switch (test->test) {
    case TEST_END:
        return true;
    case TEST_IS:
        return value && strcmp(value, test->value) == 0;
    case TEST_IS_NOT:
        return !value || strcmp(value, test->value) != 0;
    case TEST_STARTS:
        return value && strncmp(value, test->value, strlen(test->value)) == 0;
    case TEST_STARTS_NOT:
        return !value || strncmp(value, test->value, strlen(test->value)) != 0;
    }
    return false;
}

static bool holds(const struct review *review, int instance, const struct condition *when)
{
    for (; when && when->test != TEST_END; when++)
        if (!test_holds(when, row_of(review, place_seen_from(instance, when->field))->value))
            return false;
    return true;
}

static const struct presence *find_presence(const struct review *review, struct place place)
{
    const struct presence *presence = schema[place.field].presence;

    while (!holds(review, place.instance, presence->when))
        presence++;
    return presence;
}

static const char *find_suggestion(const struct review *review, struct place place)
{
    const struct suggestion *suggestion = schema[place.field].suggestions;

    for (; suggestion && suggestion->value; suggestion++)
        if ((suggestion->instance == ANY_INSTANCE || suggestion->instance == place.instance) &&
            holds(review, place.instance, suggestion->when))
            return suggestion->value;
    return NULL;
}

static void weigh(struct review *review, const struct plan *plan, struct place place)
{
    struct field_review *row = row_of(review, place);
    const struct presence *presence = find_presence(review, place);

    *row = (struct field_review){.need = presence->need, .because = presence->because, .problem = -1};
    row->shown = row->need > NEED_EXTRA || (row->need == NEED_EXTRA && plan_extras(plan, place.instance));
    if (!row->shown)
        return;
    row->value = plan_get(plan, place);
    row->form = plan_form(plan, place);
    if (!row->value) {
        row->value = plan_suggestion(plan, place);
        if (!row->value && plan_has_suggestions(plan))
            row->value = find_suggestion(review, place);
        row->suggested = row->value != NULL;
        row->form = row->value ? ANSWER_TEXT : ANSWER_NONE;
    }
}

/* Calls visit for every field of the plan, then for every field of each instance. */
static void for_each_place(struct review *review, const struct plan *plan,
                           void (*visit)(struct review *review, const struct plan *plan, struct place place))
{
    for (int instance = PLACE_PLAN; instance < (int)plan_instances(plan); instance++)
        for (int id = 0; id < FIELD_COUNT; id++)
            if ((schema[id].scope == SCOPE_PLAN) == (instance == PLACE_PLAN))
                visit(review, plan, place_of_instance(instance, (enum field_id)id));
}

/* ---- Problems ---- */

static const cJSON *source_member(const cJSON *object, enum field_id field)
{
    char parent[FIELD_PARENT_SIZE];

    if (field_has_parent(field)) {
        field_parent(field, parent);
        object = json_member(object, parent);
    }
    return json_member(object, field_member(field));
}

/* What the account says about an answer counts while the field is shown and the answer is the operator's. */
static void add_remark(struct review *review, const struct plan *plan, struct place place)
{
    const char *remark = plan_remark_at(plan, place);

    if (remark)
        problems_add(&review->problems, place, SEVERITY_WARNING, "the account, when it was asked", "%s",
                     remark);
}

static void check_shown(struct review *review, const struct plan *plan, struct place place)
{
    const struct field_review *row = row_of(review, place);
    const char *because = row->because ? row->because : "";

    if (!row->shown)
        return;
    if (row->value && row->form == ANSWER_TEXT)
        kind_check(&review->problems, place, row->value);
    else if (!row->value && row->need == NEED_REQUIRED)
        problems_add(&review->problems, place, SEVERITY_ERROR, schema[place.field].source, "must be given %s",
                     because);
    else if (!row->value && row->need == NEED_RECOMMENDED)
        problems_add(&review->problems, place, SEVERITY_WARNING, schema[place.field].source,
                     "should be given %s", because);
    if (row->value)
        add_remark(review, plan, place);
}

static void warn_of_left_out(struct review *review, struct place place)
{
    const struct field_review *row = row_of(review, place);

    if (row->need == NEED_EXTRA)
        problems_add(&review->problems, place, SEVERITY_WARNING, schema[place.field].source,
                     "is not needed %s and is left out; turn on the extra fields of this cluster to send it",
                     row->because ? row->because : "here");
    else
        problems_add(&review->problems, place, SEVERITY_WARNING, schema[place.field].source,
                     "does not apply here and is left out: %s",
                     row->because ? row->because : "it has no meaning");
}

/*
 * Answers that somebody wrote into the body of a draft, or set without suggestions, and that will not be
 * sent. What was typed, and what a draft keeps aside, is silent: its field was seen to vanish.
 */
static void check_hidden(struct review *review, const struct plan *plan, int instance, const cJSON *object)
{
    for (int id = 0; id < FIELD_COUNT; id++) {
        struct place place = place_of_instance(instance, (enum field_id)id);
        const struct field_review *row = find_row(review, place);

        if (row && !row->shown && plan_get(plan, place) &&
            (!plan_source(plan) || source_member(object, (enum field_id)id)))
            warn_of_left_out(review, place);
    }
}

static void check_all_hidden(struct review *review, const struct plan *plan)
{
    const cJSON *source = plan_source(plan);
    const cJSON *instances = json_member(source, "instances");
    const cJSON *element = cJSON_IsArray(instances) ? instances->child : NULL;

    if (plan_has_suggestions(plan))
        return;
    check_hidden(review, plan, PLACE_PLAN, source);
    for (int instance = 0; instance < (int)plan_instances(plan); instance++) {
        check_hidden(review, plan, instance, element);
        element = element ? element->next : NULL;
    }
}

static void add_notes(struct review *review, const struct plan *plan)
{
    for (size_t i = 0; i < plan_notes(plan); i++) {
        const struct note *note = plan_note_at(plan, i);
        bool shown = place_is_none(note->place) || review_field(review, note->place)->shown;

        if (shown || note->severity == SEVERITY_ERROR)
            problems_add_at(&review->problems, note->place, note->path,
                            shown ? note->severity : SEVERITY_WARNING, NULL, "%s", note->message);
    }
}

/* Sorted, the first problem of a place is its worst. */
static void point_to_problems(struct review *review)
{
    problems_sort(&review->problems);
    review->errors = 0;
    for (size_t i = 0; i < review->problems.count; i++) {
        struct field_review *row = find_row(review, review->problems.items[i].place);

        review->errors += review->problems.items[i].severity == SEVERITY_ERROR;
        if (row && row->problem < 0)
            row->problem = (int)i;
    }
}

static bool make_room(struct review *review, size_t rows)
{
    if (rows > review->row_capacity) {
        struct field_review *grown = reallocarray(review->rows, rows * FIELD_COUNT, sizeof(*grown));

        if (!grown)
            return false;
        review->rows = grown;
        /* Weighing fills a row, but for those that a plan or an instance does not have: they stay empty. */
        memset(&grown[review->row_capacity * FIELD_COUNT], 0,
               (rows - review->row_capacity) * FIELD_COUNT * sizeof(*grown));
        review->row_capacity = rows;
    }
    review->row_count = rows;
    return true;
}

bool review_run(struct review *review, const struct plan *plan, struct error *err)
{
    review->problems.count = 0;
    review->problems.failed = false;
    review->errors = 0;
    if (!make_room(review, plan_instances(plan) + 1))
        return error_memory(err);
    for_each_place(review, plan, weigh);
    for_each_place(review, plan, check_shown);
    check_all_hidden(review, plan);
    add_notes(review, plan);
    rules_run(&review->problems, review, plan);
    point_to_problems(review);
    return review->problems.failed ? error_memory(err) : true;
}

/* ---- What others read ---- */

size_t review_instances(const struct review *review)
{
    return review->row_count ? review->row_count - 1 : 0;
}

static bool instance_is_begun(const struct review *review, const struct plan *plan, int instance)
{
    if (plan_extras(plan, instance))
        return true;
    for (int id = 0; id < FIELD_COUNT; id++) {
        struct place place = place_of_instance(instance, (enum field_id)id);

        if (plan_get(plan, place) || review_field(review, place)->value)
            return true;
    }
    return false;
}

size_t review_instances_begun(const struct review *review, const struct plan *plan)
{
    size_t count = review_instances(review);

    while (count > 0 && !instance_is_begun(review, plan, (int)count - 1))
        count--;
    return count;
}

size_t review_problems(const struct review *review)
{
    return review->problems.count;
}

const struct problem *review_problem(const struct review *review, size_t index)
{
    return index < review->problems.count ? &review->problems.items[index] : NULL;
}

size_t review_errors(const struct review *review)
{
    return review->errors;
}

size_t review_warnings(const struct review *review)
{
    return review->problems.count - review->errors;
}

static bool place_is_on(struct place place, enum field_step step, int instance)
{
    return !place_is_none(place) && schema[place.field].step == step &&
           (step != STEP_CLUSTER || place.instance == instance);
}

void review_step_counts(const struct review *review, enum field_step step, int instance, size_t *errors,
                        size_t *warnings)
{
    *errors = 0;
    *warnings = 0;
    for (size_t i = 0; i < review->problems.count; i++) {
        const struct problem *problem = &review->problems.items[i];

        if (!place_is_on(problem->place, step, instance))
            continue;
        *errors += problem->severity == SEVERITY_ERROR;
        *warnings += problem->severity == SEVERITY_WARNING;
    }
}

bool review_step_begun(const struct review *review, enum field_step step, int instance)
{
    for (int id = 0; id < FIELD_COUNT; id++) {
        const struct field_review *row = review_field(review, place_seen_from(instance, (enum field_id)id));

        if (schema[id].step == step && row->value && !row->suggested)
            return true;
    }
    return false;
}

void instance_label(int instance, char *text, size_t size)
{
    static const char *const labels[] = {"First cluster", "Second cluster"};

    if (instance >= 0 && (size_t)instance < sizeof(labels) / sizeof(labels[0]))
        snprintf(text, size, "%s", labels[instance]);
    else
        snprintf(text, size, "Cluster %d", instance + 1);
}
