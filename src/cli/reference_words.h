#ifndef CLI_REFERENCE_WORDS_H
#define CLI_REFERENCE_WORDS_H

#include "base/buf.h"
#include "cli/secret_lookup.h"
#include "model/plan.h"
#include "model/review.h"

/* Adds a sentence for each reference of the plan that could not be resolved now: "First cluster, Password:
 * the environment variable MQ is not set." */
void describe_bad_references(const struct secret_lookup *lookup, const struct plan *plan,
                             const struct review *review, struct buf *out);

#endif
