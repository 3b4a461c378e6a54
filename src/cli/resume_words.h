#ifndef CLI_RESUME_WORDS_H
#define CLI_RESUME_WORDS_H

#include <stdint.h>

#include "base/buf.h"
#include "cli/autosave.h"

/* What was left behind, in words for whoever has to decide about it. */

/* "3 answers differ from plan.json: Plan name; Second cluster, VPC; ..." and whatever else there is to know.
 * position of count: "1 of 3: " when there are several. now: seconds since 1970. */
void describe_interrupted(const struct interrupted *item, int position, int count, int64_t now,
                          struct buf *out);

#endif
