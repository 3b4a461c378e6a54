#include <ctype.h>
#include <stdio.h>

#include "plain/plain_state.h"

/* Which question comes next: page by page, on each the fields in the order of the table. */

static int instances(const struct plain *plain)
{
    return (int)plan_instances(plain->plan);
}

int plain_page_count(const struct plain *plain)
{
    return instances(plain) + 3;
}

static bool page_is_cluster(const struct plain *plain, int page)
{
    return page >= 1 && page <= instances(plain);
}

int plain_page_of(const struct plain *plain, struct place place)
{
    switch (schema[place.field].step) {
    case STEP_PLAN:
        return 0;
    case STEP_CLUSTER:
        return 1 + place.instance;
    case STEP_PROGRESS:
        break;
    }
    return 1 + instances(plain);
}

static enum field_step page_step(const struct plain *plain, int page)
{
    if (page == 0)
        return STEP_PLAN;
    return page_is_cluster(plain, page) ? STEP_CLUSTER : STEP_PROGRESS;
}

void plain_page_title(const struct plain *plain, int page, char *text, size_t size)
{
    if (page == 0) {
        snprintf(text, size, "plan");
    } else if (page_is_cluster(plain, page)) {
        instance_label(page - 1, text, size);
        text[0] = (char)tolower((unsigned char)text[0]);
    } else {
        snprintf(text, size, "%s", page == 1 + instances(plain) ? "consumer progress" : "review");
    }
}

struct place plain_page_place(const struct plain *plain, int page, int id)
{
    enum field_id field = (enum field_id)id;

    if (schema[field].step != page_step(plain, page))
        return place_none();
    return place_of_instance(page_is_cluster(plain, page) ? page - 1 : PLACE_PLAN, field);
}

/* ---- Positions: FIELD_COUNT on each page, most of them empty ---- */

static int positions(const struct plain *plain)
{
    return (plain_page_count(plain) - 1) * FIELD_COUNT;
}

static struct place place_at(const struct plain *plain, int position)
{
    return plain_page_place(plain, position / FIELD_COUNT, position % FIELD_COUNT);
}

static int position_of(const struct plain *plain, struct place place)
{
    return plain_page_of(plain, place) * FIELD_COUNT + (int)place.field;
}

bool plain_is_shown(const struct plain *plain, struct place place)
{
    return !place_is_none(place) && review_field(plain->review, place)->shown;
}

struct place plain_question_after(const struct plain *plain, struct place place)
{
    int position = place_is_none(place) ? -1 : position_of(plain, place);

    while (++position < positions(plain))
        if (plain_is_shown(plain, place_at(plain, position)))
            return place_at(plain, position);
    return place_none();
}

struct place plain_question_before(const struct plain *plain, struct place place)
{
    int position = place_is_none(place) ? positions(plain) : position_of(plain, place);

    while (--position >= 0)
        if (plain_is_shown(plain, place_at(plain, position)))
            return place_at(plain, position);
    return place_none();
}

struct place plain_question_left(const struct plain *plain)
{
    struct place place = plain_question_after(plain, place_none());

    while (!place_is_none(place) && plain_was_asked(plain, place))
        place = plain_question_after(plain, place);
    return place;
}

/* ---- What was asked ---- */

static size_t index_of(struct place place)
{
    return (size_t)(place.instance + 1) * FIELD_COUNT + (size_t)place.field;
}

bool plain_was_asked(const struct plain *plain, struct place place)
{
    return !place_is_none(place) && plain->asked[index_of(place)] > 0;
}

bool plain_was_just_asked(const struct plain *plain, struct place place)
{
    return !place_is_none(place) && plain->asked[index_of(place)] == plain->round;
}

void plain_mark_asked(struct plain *plain, struct place place)
{
    plain->asked[index_of(place)] = plain->round;
}

/* Calls visit for every field of every page. */
static void for_each_place(struct plain *plain, void (*visit)(struct plain *plain, struct place place))
{
    for (int position = 0; position < positions(plain); position++)
        if (!place_is_none(place_at(plain, position)))
            visit(plain, place_at(plain, position));
}

static void mark_shown(struct plain *plain, struct place place)
{
    if (plain_is_shown(plain, place) && !plain_was_asked(plain, place))
        plain->asked[index_of(place)] = 1;
}

static void unmark_hidden(struct plain *plain, struct place place)
{
    if (!plain_is_shown(plain, place))
        plain->asked[index_of(place)] = 0;
}

void plain_mark_all_asked(struct plain *plain)
{
    for_each_place(plain, mark_shown);
}

void plain_forget_hidden(struct plain *plain)
{
    for_each_place(plain, unmark_hidden);
}

static int count(const struct plain *plain, bool defaults)
{
    int found = 0;

    for (struct place place = plain_question_after(plain, place_none()); !place_is_none(place);
         place = plain_question_after(plain, place)) {
        const struct field_review *field = review_field(plain->review, place);

        found += field->value && (defaults || !field->suggested);
    }
    return found;
}

int plain_count_answers(const struct plain *plain)
{
    return count(plain, false);
}

int plain_count_values(const struct plain *plain)
{
    return count(plain, true);
}
