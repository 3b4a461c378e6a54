#ifndef API_LOOKUP_LIST_H
#define API_LOOKUP_LIST_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/lookup.h"
#include "api/operation.h"

/* How a kind is asked, besides what the row of its operation says. */
struct lookup_request {
    enum operation_id operation;
    const char *parent;      /* parameter that takes the parent's id; NULL: it has none */
    const char *filter;      /* parameter that takes the filter; NULL: it has none */
    const char *used_status; /* the status of a usable row, in its last cell; NULL: all are usable */
    bool own_host;           /* without a region the client's own host is asked */
    bool kept;               /* the answer is worth keeping */
};

extern const struct lookup_request lookup_requests[LOOKUP_KIND_COUNT];

/* Rows, each id once. */
struct lookup_list {
    struct lookup_row *rows;
    char **texts; /* the cells of each row, one behind the other */
    size_t count, capacity;
    uint32_t *slots; /* rows by the hash of their id, from 1; 0: free */
    size_t slot_count;
};

void lookup_list_release(struct lookup_list *list);

/* Adds the row of an item as the service gives it; *added is false for an id that is there, and for none. */
bool lookup_list_add(struct lookup_list *list, enum lookup_kind kind, const cJSON *item, bool *added,
                     struct error *err);

/* Adds the regions that are known without asking. */
bool lookup_list_add_regions(struct lookup_list *list, struct error *err);

/* The row of an id; NULL when there is none. Valid until the next addition. */
const struct lookup_row *lookup_list_find(const struct lookup_list *list, const char *id);

/* The node at "a.b" below tree, "" being tree itself; NULL when there is none. */
const cJSON *lookup_node(const cJSON *tree, const char *path);

/* Reads member "data" of GetInstance; false when it is no instance. */
bool lookup_instance_read(const cJSON *data, struct lookup_instance *out);

/* "4.0" or "5.0" as an instance id has it; "" for others. */
const char *lookup_version_of(const char *instance_id);

#endif
