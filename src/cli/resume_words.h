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

/* "a moment ago", "5 minutes ago", "yesterday", "on 2026-11-25". */
void describe_ago(int64_t then, int64_t now, struct buf *out);

/* Adds the names of the fields whose answers differ, parted by "; ", the first few of them; returns how many
 * differ. Passwords count where both plans say something about them. saved: NULL for nothing. */
int describe_differences(const struct plan *typed, const struct plan *saved, struct buf *out);

#endif
