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

/* Adds what the rules say about the values in force. */
void rules_run(struct problems *problems, const struct review *review, const struct plan *plan);

#endif
