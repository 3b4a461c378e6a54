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
    unsigned long *revisions;  /* of the plan itself and of each instance: which one was looked at */
    size_t row_count;
    size_t row_capacity;

    bool complete; /* what follows can be built on */

    bool is_updated;                     /* it was, so that the two below are kept */
    bool is_read_elsewhere[FIELD_COUNT]; /* fields of the plan that conditions of instances ask for */
    struct buf ground;                   /* the values in force of these */

    struct problems within; /* what is wrong with one field */
    struct problems across; /* what comes of several, and the notes of the plan */
    const struct problem **order;
    size_t order_count;
    size_t order_capacity;
    size_t errors;
};

struct review *review_new(void)
{
    struct review *review = calloc(1, sizeof(*review));

    if (review)
        review->ground = BUF_INIT;
    return review;
}

void review_free(struct review *review)
{
    if (!review)
        return;
    problems_release(&review->within);
    problems_release(&review->across);
    buf_release(&review->ground);
    free(review->order);
    free(review->revisions);
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
    case TEST_STARTS:
        return value && strncmp(value, test->value, strlen(test->value)) == 0;
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

/* Calls visit for every field of an instance, or of the plan itself. */
static void for_each_place(struct review *review, const struct plan *plan, int instance,
                           void (*visit)(struct review *review, const struct plan *plan, struct place place))
{
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
        problems_add(&review->within, place, SEVERITY_WARNING, "the account, when it was asked", "%s",
                     remark);
}

static void check_shown(struct review *review, const struct plan *plan, struct place place)
{
    const struct field_review *row = row_of(review, place);
    const char *because = row->because ? row->because : "";

    if (!row->shown)
        return;
    if (row->value && row->form == ANSWER_TEXT)
        kind_check(&review->within, place, row->value);
    else if (!row->value && row->need == NEED_REQUIRED)
        problems_add(&review->within, place, SEVERITY_ERROR, schema[place.field].source, "must be given %s",
                     because);
    else if (!row->value && row->need == NEED_RECOMMENDED)
        problems_add(&review->within, place, SEVERITY_WARNING, schema[place.field].source,
                     "should be given %s", because);
    if (row->value)
        add_remark(review, plan, place);
}

static void warn_of_left_out(struct review *review, struct place place)
{
    const struct field_review *row = row_of(review, place);

    if (row->need == NEED_EXTRA)
        problems_add(&review->within, place, SEVERITY_WARNING, schema[place.field].source,
                     "is not needed %s and is left out; turn on the extra fields of this cluster to send it",
                     row->because ? row->because : "here");
    else
        problems_add(&review->within, place, SEVERITY_WARNING, schema[place.field].source,
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

static void add_notes(struct review *review, const struct plan *plan)
{
    for (size_t i = 0; i < plan_notes(plan); i++) {
        const struct note *note = plan_note_at(plan, i);
        bool shown = place_is_none(note->place) || review_field(review, note->place)->shown;

        if (shown || note->severity == SEVERITY_ERROR)
            problems_add_at(&review->across, note->place, note->path,
                            shown ? note->severity : SEVERITY_WARNING, NULL, "%s", note->message);
    }
}

/* ---- Running it ---- */

static bool make_room(struct review *review, size_t rows)
{
    if (rows > review->row_capacity) {
        struct field_review *grown = reallocarray(review->rows, rows * FIELD_COUNT, sizeof(*grown));
        unsigned long *revisions;

        if (!grown)
            return false;
        review->rows = grown;
        revisions = reallocarray(review->revisions, rows, sizeof(*revisions));
        if (!revisions)
            return false;
        review->revisions = revisions;
        /* Weighing fills a row, but for those that a plan or an instance does not have: they stay empty. */
        memset(&grown[review->row_capacity * FIELD_COUNT], 0,
               (rows - review->row_capacity) * FIELD_COUNT * sizeof(*grown));
        review->row_capacity = rows;
    }
    review->row_count = rows;
    return true;
}

static void find_read_by(struct review *review, const struct condition *when)
{
    for (; when && when->test != TEST_END; when++)
        if (schema[when->field].scope == SCOPE_PLAN)
            review->is_read_elsewhere[when->field] = true;
}

static void find_read_elsewhere(struct review *review)
{
    for (int id = 0; id < FIELD_COUNT; id++) {
        const struct presence *presence = schema[id].presence;
        const struct suggestion *suggestion = schema[id].suggestions;

        if (schema[id].scope == SCOPE_PLAN)
            continue;
        for (; presence->when; presence++)
            find_read_by(review, presence->when);
        for (; suggestion && suggestion->value; suggestion++)
            find_read_by(review, suggestion->when);
    }
}

/* What every instance hangs on, and nothing else of the plan. */
static void write_ground(const struct review *review, struct buf *out)
{
    for (int id = 0; id < FIELD_COUNT; id++) {
        const char *value = row_of(review, place_of_plan((enum field_id)id))->value;

        if (!review->is_read_elsewhere[id])
            continue;
        buf_add_text(out, value ? value : "");
        buf_add_char(out, value ? '\0' : '\n');
    }
}

/* True when it is another one than before. */
static bool take_ground(struct review *review)
{
    struct buf ground = BUF_INIT;

    write_ground(review, &ground);
    return buf_exchange(&review->ground, &ground);
}

/* The member of the draft that an instance, or the plan itself, was read from; `before`: that of the one
 * before. */
static const cJSON *source_of(const struct plan *plan, int instance, const cJSON *before)
{
    const cJSON *instances;

    if (instance > 0)
        return before ? before->next : NULL;
    instances = json_member(plan_source(plan), "instances");
    return cJSON_IsArray(instances) ? instances->child : NULL;
}

static void check(struct review *review, const struct plan *plan, int instance, const cJSON *source)
{
    for_each_place(review, plan, instance, check_shown);
    if (!plan_has_suggestions(plan))
        check_hidden(review, plan, instance, source);
}

static bool has_changed(const struct review *review, const struct plan *plan, int instance)
{
    return review->revisions[instance + 1] != plan_revision_of(plan, instance);
}

/* Returns whether all instances have to be looked at. */
static bool look_at_plan(struct review *review, const struct plan *plan, bool all)
{
    for_each_place(review, plan, PLACE_PLAN, weigh);
    all = (review->is_updated && take_ground(review)) || all;
    if (all)
        review->within.count = 0;
    else
        problems_forget(&review->within, PLACE_PLAN);
    check(review, plan, PLACE_PLAN, plan_source(plan));
    review->revisions[0] = plan_revision_of(plan, PLACE_PLAN);
    return all;
}

static void look_at_instances(struct review *review, const struct plan *plan, bool all)
{
    const cJSON *source = NULL;

    for (int instance = 0; instance < (int)plan_instances(plan); instance++) {
        source = source_of(plan, instance, source);
        if (!all && !has_changed(review, plan, instance))
            continue;
        if (!all)
            problems_forget(&review->within, instance);
        for_each_place(review, plan, instance, weigh);
        check(review, plan, instance, source);
        review->revisions[instance + 1] = plan_revision_of(plan, instance);
    }
}

static void look_across(struct review *review, const struct plan *plan)
{
    review->across.count = 0;
    add_notes(review, plan);
    rules_run(&review->across, review, plan);
}

/* ---- The problems in order ---- */

static void forget_order(struct review *review)
{
    for (size_t i = 0; i < review->order_count; i++) {
        struct field_review *row = find_row(review, review->order[i]->place);

        if (row)
            row->problem = -1;
    }
    review->order_count = 0;
    review->errors = 0;
}

static bool make_order(struct review *review)
{
    size_t wanted = review->within.count + review->across.count;
    const struct problem **order;

    if (wanted <= review->order_capacity)
        return true;
    order = reallocarray(review->order, wanted, sizeof(struct problem *));
    if (!order)
        return false;
    review->order = order;
    review->order_capacity = wanted;
    return true;
}

/* In order, the first problem of a place is its worst. */
static void put_next(struct review *review, const struct problem *problem)
{
    struct field_review *row = find_row(review, problem->place);

    review->errors += problem->severity == SEVERITY_ERROR;
    if (row && row->problem < 0)
        row->problem = (int)review->order_count;
    review->order[review->order_count++] = problem;
}

static void put_in_order(struct review *review)
{
    const struct problems *within = &review->within, *across = &review->across;
    size_t i = 0, k = 0;

    problems_sort(&review->within);
    problems_sort(&review->across);
    if (!make_order(review)) {
        review->within.failed = true;
        return;
    }
    while (i < within->count || k < across->count) {
        bool own = k == across->count ||
                   (i < within->count && problem_compare(&within->items[i], &across->items[k]) <= 0);

        put_next(review, own ? &within->items[i++] : &across->items[k++]);
    }
}

static bool run(struct review *review, const struct plan *plan, bool all, struct error *err)
{
    size_t rows = plan_instances(plan) + 1;

    all = all || !review->complete || rows != review->row_count;
    review->complete = false;
    review->within.failed = review->across.failed = false;
    forget_order(review);
    if (!make_room(review, rows)) {
        review->errors = 1;
        return error_memory(err);
    }
    if (all || has_changed(review, plan, PLACE_PLAN))
        all = look_at_plan(review, plan, all);
    look_at_instances(review, plan, all);
    look_across(review, plan);
    put_in_order(review);
    review->complete = !review->within.failed && !review->across.failed && !review->ground.failed;
    if (review->complete)
        return true;
    review->errors = review->errors ? review->errors : 1;
    return error_memory(err);
}

bool review_run(struct review *review, const struct plan *plan, struct error *err)
{
    return run(review, plan, true, err);
}

bool review_update(struct review *review, const struct plan *plan, struct error *err)
{
    bool first = !review->is_updated;

    if (first)
        find_read_elsewhere(review);
    review->is_updated = true;
    return run(review, plan, first, err);
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
    return review->order_count;
}

const struct problem *review_problem(const struct review *review, size_t index)
{
    return index < review->order_count ? review->order[index] : NULL;
}

size_t review_errors(const struct review *review)
{
    return review->errors;
}

size_t review_warnings(const struct review *review)
{
    size_t warnings = 0;

    for (size_t i = 0; i < review->order_count; i++)
        warnings += review->order[i]->severity == SEVERITY_WARNING;
    return warnings;
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
    for (size_t i = 0; i < review->order_count; i++) {
        const struct problem *problem = review->order[i];

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
