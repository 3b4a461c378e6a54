#ifndef SANDBOX_PLANS_H
#define SANDBOX_PLANS_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/host.h"

/*
 * The plans that were created, oldest first, in memory and, with a file, there
 * too: the file is replaced whole after each change and read at the start. No
 * plan holds a secret.
 */
struct plans {
    cJSON *list; /* plan objects as GetDisasterRecoveryPlan gives them */
    char *file;  /* NULL: in memory only */
};

enum { PLANS_PAGE_MIN = 10, PLANS_PAGE_MAX = 10000, PLANS_PAGE_NUMBER_MAX = 100000000 };
#define PLANS_FIRST_ID INT64_C(1300000001)

/* A file that is not there is made; one that cannot be understood is ERROR_FILE and is named. */
bool plans_open(struct plans *plans, const char *file, struct error *err);
void plans_release(struct plans *plans);

/*
 * Adds a plan made by body_check() (plans owns it from now on, also when this
 * fails), with an id of its own, the status CREATED, the time, and the ids that
 * the service makes itself. When the file cannot be written the plan is not kept.
 */
bool plans_create(struct plans *plans, cJSON *plan, struct host *host, int64_t *id, struct error *err);

/* The plan of an id; NULL when there is none. */
const cJSON *plans_find(const struct plans *plans, int64_t id);

/* What ListDisasterRecoveryPlans is asked. NULL: not asked. */
struct plans_question {
    const char *filter;      /* in the name or the description */
    const char *instance_id; /* takes part */
    int64_t page_number;
    int64_t page_size;
};

/*
 * Adds the data member of the answer: newest plans first. The instances of each
 * plan are in the opposite order to plans_find(), since the service promises
 * none.
 */
bool plans_list(const struct plans *plans, const struct plans_question *question, struct buf *out,
                struct error *err);

#endif
