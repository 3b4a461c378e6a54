#include "base/json_names.h"

#include <stdlib.h>
#include <string.h>

void json_names_init(struct json_names *names)
{
    names->more = NULL;
    names->count = 0;
    names->capacity = JSON_NAMES_FEW;
}

void json_names_release(struct json_names *names)
{
    free(names->more);
}

static struct json_name *names_list(struct json_names *names)
{
    return names->more ? names->more : names->few;
}

static bool names_grow(struct json_names *names)
{
    size_t capacity = 2 * names->capacity;
    struct json_name *more = reallocarray(names->more, capacity, sizeof(*more));

    if (!more)
        return false;
    if (!names->more)
        memcpy(more, names->few, sizeof(names->few));
    names->more = more;
    names->capacity = capacity;
    return true;
}

bool json_names_add(struct json_names *names, struct json_name name)
{
    if (names->count == names->capacity && !names_grow(names))
        return false;
    names_list(names)[names->count++] = name;
    return true;
}

/* Any order does that brings those alike together. */
static int compare_names(const struct json_name *a, const struct json_name *b)
{
    if (a->length != b->length)
        return a->length < b->length ? -1 : 1;
    return memcmp(a->text, b->text, a->length);
}

/* By name, then by place, so that of two alike the later one follows. */
static int compare_in_place(const void *left, const void *right)
{
    const struct json_name *a = left, *b = right;
    int order = compare_names(a, b);

    if (order != 0)
        return order;
    return a->where < b->where ? -1 : a->where > b->where;
}

/* Where the first name stands that is there already; NULL: nowhere. */
static const char *repeated_among_few(const struct json_name *names, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (compare_names(&names[k], &names[i]) == 0)
                return names[i].where;
    return NULL;
}

/* Sorting keeps an object of thousands of members from taking seconds. */
static const char *repeated_among_many(struct json_name *names, size_t count)
{
    const char *repeated = NULL;

    qsort(names, count, sizeof(*names), compare_in_place);
    for (size_t i = 1; i < count; i++) {
        if ((!repeated || names[i].where < repeated) && compare_names(&names[i - 1], &names[i]) == 0)
            repeated = names[i].where;
    }
    return repeated;
}

const char *json_names_repeated(struct json_names *names, size_t first)
{
    struct json_name *list = names_list(names) + first;
    size_t count = names->count - first;

    return count <= JSON_NAMES_FEW ? repeated_among_few(list, count) : repeated_among_many(list, count);
}
