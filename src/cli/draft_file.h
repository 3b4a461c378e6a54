#ifndef CLI_DRAFT_FILE_H
#define CLI_DRAFT_FILE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/file.h"
#include "cli/options.h"
#include "model/plan.h"
#include "model/review.h"

/* A draft that a command was given, read and reviewed. Empty (all zero) before and after. */
struct draft_file {
    const char *name; /* as it was given; borrowed */
    struct plan *plan;
    struct review *review;
    struct file_stamp stamp; /* of nothing for standard input */
};

/* Reads the draft called name, "-" being standard input. ERROR_FILE when it cannot be read, ERROR_INPUT when
 * it is no JSON object; both without the name. Release it also after a failure. */
bool draft_file_open(struct draft_file *draft, const char *name, const struct options *options,
                     struct error *err);
void draft_file_release(struct draft_file *draft);

/* Puts the draft's name before the reason why it could not be opened, where it is not there yet. */
void draft_file_name_error(const struct draft_file *draft, struct error *err);

/* The value in force of a field of the plan; NULL when there is none. */
const char *draft_file_value(const struct draft_file *draft, enum field_id field);

/* Turns the extra fields of every cluster on. */
void plan_keep_extras(struct plan *plan);

/* One line for each problem, to standard output or, behind the draft's name, to standard error. */
void print_problems(const struct review *review);
void remark_problems(const struct draft_file *draft, bool warnings_too);

/* Warns on standard error of a draft that anybody may have changed. */
void remark_open_to_all(const struct draft_file *draft);

#endif
