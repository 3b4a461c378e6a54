#include <string.h>

#include "model/secret.h"
#include "plain/plain_state.h"

/* Words for what was answered, and for what is wrong with it. */

void plain_add_place(struct buf *out, struct place place)
{
    char cluster[48];

    if (place.instance != PLACE_PLAN) {
        instance_label(place.instance, cluster, sizeof(cluster));
        buf_addf(out, "%s, ", cluster);
    }
    buf_add_text(out, schema[place.field].label);
}

static const char *meaning_of(enum field_id field, const char *value)
{
    for (const struct choice *choice = schema[field].choices; choice && choice->value; choice++)
        if (strcmp(choice->value, value) == 0)
            return choice->meaning;
    return NULL;
}

void plain_add_answer(struct buf *out, const struct plain *plain, struct place place)
{
    const struct field_review *field = review_field(plain->review, place);

    if (!field->value) {
        buf_add_text(out, "no answer");
    } else if (field->form == ANSWER_REFERENCE) {
        secret_reference_describe(field->value, out);
    } else if (schema[place.field].kind == KIND_SECRET) {
        buf_add_text(out, "set, not shown");
    } else {
        const char *meaning = meaning_of(place.field, field->value);

        plain_add_value(out, field->value);
        if (meaning)
            buf_addf(out, ", %s", meaning);
        if (field->suggested)
            buf_add_text(out, ", the default");
    }
}

/* ---- Problems ---- */

static const char *severity_word(enum severity severity)
{
    return severity == SEVERITY_ERROR ? "Problem" : "Warning";
}

/* The cluster's name is left out where the question itself has just said it. */
static void say_problem_at(struct plain *plain, const struct problem *problem, size_t number, bool here)
{
    struct buf text = BUF_INIT;
    size_t length = strlen(problem->message);

    if (number > 0)
        buf_addf(&text, "%zu. ", number);
    buf_addf(&text, "%s, ", severity_word(problem->severity));
    if (place_is_none(problem->place))
        buf_add_text(&text, problem->path[0] ? problem->path : "the plan");
    else if (here)
        buf_add_text(&text, schema[problem->place.field].label);
    else
        plain_add_place(&text, problem->place);
    buf_addf(&text, ": %s%s", problem->message, length > 0 && problem->message[length - 1] == '.' ? "" : ".");
    plain_say_text(plain, &text);
    buf_release(&text);
}

/* "Problem, Region: must be given ..."; number 0: without one in front. */
static void say_problem(struct plain *plain, const struct problem *problem, size_t number)
{
    say_problem_at(plain, problem, number, false);
}

bool plain_say_problems_of(struct plain *plain, struct place place)
{
    bool any = false;

    for (size_t i = 0; i < review_problems(plain->review); i++) {
        const struct problem *problem = review_problem(plain->review, i);

        if (!place_is_none(problem->place) && place_equal(problem->place, place)) {
            say_problem_at(plain, problem, 0, true);
            any = true;
        }
    }
    return any;
}

static bool has_problem(const struct review *review, const struct problem *wanted)
{
    for (size_t i = 0; i < review_problems(review); i++) {
        const struct problem *problem = review_problem(review, i);

        if (place_equal(problem->place, wanted->place) && strcmp(problem->message, wanted->message) == 0)
            return true;
    }
    return false;
}

void plain_say_new_problems(struct plain *plain)
{
    for (size_t i = 0; i < review_problems(plain->review); i++) {
        const struct problem *problem = review_problem(plain->review, i);
        bool elsewhere = place_is_none(problem->place) ||
                         (plain_was_asked(plain, problem->place) && !place_equal(problem->place, plain->at));

        if (elsewhere && !has_problem(plain->before, problem))
            say_problem(plain, problem, 0);
    }
}

/* Whether the operator had the chance to mend it: what is still to be asked is not wrong yet. */
static bool is_due(const struct plain *plain, const struct problem *problem)
{
    return place_is_none(problem->place) || plain_was_asked(plain, problem->place) ||
           plan_get(plain->plan, problem->place) != NULL;
}

void plain_say_problems_so_far(struct plain *plain)
{
    size_t count = 0, to_come = 0;

    for (size_t i = 0; i < review_problems(plain->review); i++) {
        const struct problem *problem = review_problem(plain->review, i);

        if (is_due(plain, problem)) {
            count++;
            say_problem(plain, problem, 0);
        } else if (problem->severity == SEVERITY_ERROR) {
            to_come++;
        }
    }
    if (count == 0)
        plain_say(plain, "No problems so far.");
    if (to_come > 0)
        plain_say(plain, "%zu more %s a needed answer.", to_come,
                  to_come == 1 ? "question waits for" : "questions wait for");
}

static void say_some(struct plain *plain, bool errors_only, size_t most)
{
    size_t total = errors_only ? review_errors(plain->review) : review_problems(plain->review);
    size_t said = 0;

    for (size_t i = 0; i < review_problems(plain->review) && said < most; i++) {
        const struct problem *problem = review_problem(plain->review, i);

        if (errors_only && problem->severity != SEVERITY_ERROR)
            continue;
        say_problem(plain, problem, errors_only ? 0 : i + 1);
        said++;
    }
    if (said < total)
        plain_say(plain, "And %zu more.", total - said);
}

void plain_say_problems(struct plain *plain, size_t most)
{
    say_some(plain, false, most);
}

void plain_say_errors(struct plain *plain, size_t most)
{
    say_some(plain, true, most);
}

/* ---- Why something is asked or not ---- */

static const char *or_here(const char *because)
{
    return because && *because ? because : "here";
}

static void say_why_hidden(struct plain *plain, const struct field_review *field)
{
    if (field->need == NEED_EXTRA)
        plain_say(plain, "It is not needed %s, so it is not asked.", or_here(field->because));
    else
        plain_say(plain, "It is not asked, since %s.",
                  field->because ? field->because : "it has no meaning here");
}

void plain_say_need(struct plain *plain, struct place place)
{
    const struct field_review *field = review_field(plain->review, place);

    if (!field->shown) {
        say_why_hidden(plain, field);
        return;
    }
    switch (field->need) {
    case NEED_REQUIRED:
        plain_say(plain, "It must be given %s.", or_here(field->because));
        break;
    case NEED_RECOMMENDED:
        plain_say(plain, "It should be given %s.", or_here(field->because));
        break;
    case NEED_OPTIONAL:
        plain_say(plain, "It is optional: an empty line leaves it out.");
        break;
    case NEED_EXTRA:
        plain_say(plain, "It is not needed %s, and asked because the extra fields are on.",
                  or_here(field->because));
        break;
    case NEED_NEVER:
        break;
    }
}

static bool same_reason(const struct field_review *a, const struct field_review *b)
{
    return a->need == b->need && strcmp(or_here(a->because), or_here(b->because)) == 0;
}

/* The fields of a page that are hidden for the reason that the field `id` is; nothing when an earlier one
 * was. */
static void add_hidden_alike(struct buf *out, const struct plain *plain, int page, int id)
{
    const struct field_review *reason = review_field(plain->review, plain_page_place(plain, page, id));

    for (int other = 0; other < FIELD_COUNT; other++) {
        struct place place = plain_page_place(plain, page, other);
        const struct field_review *field = review_field(plain->review, place);

        if (place_is_none(place) || field->shown || !same_reason(field, reason))
            continue;
        if (other < id)
            return;
        buf_addf(out, "%s%s", other == id ? "" : ", ", schema[other].label);
    }
}

static void add_kept(struct buf *out, const struct plain *plain, int page)
{
    for (int id = 0; id < FIELD_COUNT; id++) {
        struct place place = plain_page_place(plain, page, id);

        if (!place_is_none(place) && !plain_is_shown(plain, place) && plan_get(plain->plan, place))
            buf_addf(out, "%s%s", out->length > 0 ? ", " : "", schema[id].label);
    }
}

static void say_hidden(struct plain *plain, const struct field_review *field, const struct buf *labels)
{
    if (field->need == NEED_EXTRA)
        plain_say(plain, "Not needed %s: %s. A + at one of these questions asks for them.",
                  or_here(field->because), buf_text(labels));
    else
        plain_say(plain, "Not asked, since %s: %s.", or_here(field->because), buf_text(labels));
}

void plain_say_not_asked(struct plain *plain, int page)
{
    struct buf labels = BUF_INIT;

    for (int id = 0; id < FIELD_COUNT; id++) {
        struct place place = plain_page_place(plain, page, id);

        buf_clear(&labels);
        if (place_is_none(place) || plain_is_shown(plain, place))
            continue;
        add_hidden_alike(&labels, plain, page, id);
        plain_is_whole(plain, &labels);
        if (labels.length > 0)
            say_hidden(plain, review_field(plain->review, place), &labels);
    }
    buf_clear(&labels);
    add_kept(&labels, plain, page);
    plain_is_whole(plain, &labels);
    if (labels.length > 0)
        plain_say(plain, "Kept, and not sent: %s.", buf_text(&labels));
    buf_release(&labels);
}
