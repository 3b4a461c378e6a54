#include "model/problem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/excerpt.h"

void problems_release(struct problems *problems)
{
    free(problems->items);
    *problems = (struct problems){0};
}

static bool grow(struct problems *problems)
{
    size_t capacity = problems->capacity ? problems->capacity * 2 : 16;
    struct problem *items = reallocarray(problems->items, capacity, sizeof(*items));

    if (!items)
        return false;
    problems->items = items;
    problems->capacity = capacity;
    return true;
}

/* A new problem, without its path and its message; NULL when memory is short. */
static struct problem *start(struct problems *problems, struct place place, enum severity severity,
                             const char *source)
{
    struct problem *problem;

    if (problems->count == problems->capacity && !grow(problems)) {
        problems->failed = true;
        return NULL;
    }
    problem = &problems->items[problems->count++];
    problem->place = place;
    problem->severity = severity;
    problem->source = source;
    return problem;
}

static void say(struct problem *problem, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

static void say(struct problem *problem, const char *format, va_list arguments)
{
    excerpt_write_list(problem->message, sizeof(problem->message), format, arguments);
}

void problems_add(struct problems *problems, struct place place, enum severity severity, const char *source,
                  const char *format, ...)
{
    struct problem *problem = start(problems, place, severity, source);
    va_list arguments;

    if (!problem)
        return;
    place_path(place, problem->path, sizeof(problem->path));
    va_start(arguments, format);
    say(problem, format, arguments);
    va_end(arguments);
}

void problems_add_at(struct problems *problems, struct place place, const char *path, enum severity severity,
                     const char *source, const char *format, ...)
{
    struct problem *problem = start(problems, place, severity, source);
    va_list arguments;

    if (!problem)
        return;
    excerpt_write(problem->path, sizeof(problem->path), "%s", path);
    va_start(arguments, format);
    say(problem, format, arguments);
    va_end(arguments);
}

/* A number that grows in the order in which fields are asked: the plan, each cluster, consumer progress. */
static size_t place_rank(struct place place)
{
    if (place_is_none(place))
        return SIZE_MAX;
    if (schema[place.field].scope == SCOPE_INSTANCE)
        return ((size_t)place.instance + 1) * FIELD_COUNT + place.field;
    if (schema[place.field].step == STEP_PROGRESS)
        return ((size_t)PLAN_INSTANCES_MAX + 1) * FIELD_COUNT + place.field;
    return place.field;
}

int problem_compare(const struct problem *a, const struct problem *b)
{
    size_t left = place_rank(a->place), right = place_rank(b->place);

    if (left != right)
        return left < right ? -1 : 1;
    if (a->severity != b->severity)
        return a->severity == SEVERITY_ERROR ? -1 : 1;
    return 0;
}

/* Of one array; those of one rank keep their order. */
static int compare(const void *a, const void *b)
{
    const struct problem *const *left = a;
    const struct problem *const *right = b;
    int order = problem_compare(*left, *right);

    return order ? order : (*left > *right) - (*left < *right);
}

static bool are_sorted(const struct problems *problems)
{
    for (size_t i = 1; i < problems->count; i++)
        if (problem_compare(&problems->items[i - 1], &problems->items[i]) > 0)
            return false;
    return true;
}

void problems_sort(struct problems *problems)
{
    const struct problem **order;
    struct problem *sorted;

    if (are_sorted(problems))
        return;
    order = reallocarray(NULL, problems->count, sizeof(struct problem *));
    sorted = reallocarray(NULL, problems->capacity, sizeof(*sorted));
    if (!order || !sorted) {
        problems->failed = true;
        free(order);
        free(sorted);
        return;
    }
    for (size_t i = 0; i < problems->count; i++)
        order[i] = &problems->items[i];
    qsort(order, problems->count, sizeof(struct problem *), compare);
    for (size_t i = 0; i < problems->count; i++)
        sorted[i] = *order[i];
    free(order);
    free(problems->items);
    problems->items = sorted;
}

void problems_forget(struct problems *problems, int instance)
{
    size_t kept = 0;

    for (size_t i = 0; i < problems->count; i++) {
        if (problems->items[i].place.instance == instance)
            continue;
        if (kept != i)
            problems->items[kept] = problems->items[i];
        kept++;
    }
    problems->count = kept;
}
