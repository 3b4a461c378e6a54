#ifndef MODEL_RULE_H
#define MODEL_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/plan.h"
#include "model/problem.h"
#include "model/review.h"
#include "model/schema.h"

/*
 * Rules over several fields: a row of the table in model/rule.c each. What no
 * source states is a warning, however likely it is, except for a cluster that
 * would be copied onto itself.
 */

/* What the rules ask about, looked up once for all of them. */
struct rule_facts;

struct rule {
    enum severity severity;
    enum field_id mark;  /* the field that is marked; FIELD_COUNT: the list "instances" as a whole */
    const char *message; /* a sentence that continues the label of that field */
    const char *source;
    /* Whether the mark of this instance (PLACE_PLAN where the mark is no field of one) breaks the rule. */
    bool (*broken)(const struct rule_facts *facts, int instance);
};

extern const struct rule rules[];
extern const size_t rules_count;

/* Adds what the rules say about the values in force. */
void rules_run(struct problems *problems, const struct review *review, const struct plan *plan);

#endif
