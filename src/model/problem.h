#ifndef MODEL_PROBLEM_H
#define MODEL_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include "model/plan.h"
#include "model/review.h"
#include "model/schema.h"

/*
 * The problems that the checks of a review find, in the order in which they
 * are found. Like struct buf it grows freely and fails stickily: whoever
 * started the checks looks at `failed` at the end.
 */
struct problems {
    struct problem *items; /* owned */
    size_t count;
    size_t capacity;
    bool failed; /* memory was short: something is missing */
};

void problems_release(struct problems *problems);

/* Adds a sentence about a place. source may be NULL and is kept as it is given, not copied. */
void problems_add(struct problems *problems, struct place place, enum severity severity, const char *source,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));

/* As problems_add() for a path that is not just that of the place. */
void problems_add_at(struct problems *problems, struct place place, const char *path, enum severity severity,
                     const char *source, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* By place in the order of the fields, errors before warnings, those of no place last. */
void problems_sort(struct problems *problems);

/* How two problems stand in that order: below, at or above 0. */
int problem_compare(const struct problem *a, const struct problem *b);

/* Takes away those of one instance (PLACE_PLAN: of the plan's own fields); the order of the others stays. */
void problems_forget(struct problems *problems, int instance);

#endif
