#ifndef API_LOOK_H
#define API_LOOK_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/* Plan ids as text, each once. */
struct plan_ids {
    char **items;
    size_t count;
};

/*
 * What the pages of ListDisasterRecoveryPlans say about one plan.
 *
 * The look before the sending fills `seen` with the plans of that name. A look
 * after it sorts the ones that were not seen: `ours` have the same instances
 * as the body that was sent, `others` have not, or do not show theirs.
 */
struct look {
    const char *plan_name;  /* borrowed */
    const cJSON *instances; /* of the body that was sent; borrowed */
    bool after;
    int64_t listed;  /* rows so far */
    bool unreadable; /* one of that name was seen whose id cannot be read */
    struct plan_ids seen;
    struct plan_ids ours;
    struct plan_ids others;
};

void look_release(struct look *look);

/* Starts at the first page again; `seen` stays. */
void look_begin(struct look *look, bool after);

/*
 * Takes the member "data" of one page in. *more: another page may follow; it
 * does not once a page is empty or as many rows came as there are said to be.
 * ERROR_INPUT when it is no list that can be trusted.
 */
bool look_take(struct look *look, const cJSON *data, bool *more, struct error *err);

/* "12", "12 and 13", "12, 13 and 14"; a long list ends in " and 7 more". */
void plan_ids_write(const struct plan_ids *ids, char *out, size_t size);

/*
 * True when two lists of instances are the same as a set: answers may come in
 * another order. Members that only one side has do not count, since an external
 * instance is sent without an id and may be listed with one. At least one
 * instance must be recognised by its id or its endpoint.
 */
bool look_same_instances(const cJSON *sent, const cJSON *listed);

/* Marks a plan as one that was there before. */
bool look_add_seen(struct look *look, const char *id, struct error *err);

#endif
