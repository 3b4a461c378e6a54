#ifndef SANDBOX_ROUTES_H
#define SANDBOX_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

/* The operations that the sandbox answers. Its own table, since it stands for the other side. */
enum route_id {
    ROUTE_CREATE_PLAN,
    ROUTE_LIST_PLANS,
    ROUTE_GET_PLAN,
    ROUTE_LIST_REGIONS,
    ROUTE_LIST_INSTANCES,
    ROUTE_GET_INSTANCE,
    ROUTE_LIST_ACCOUNTS,
    ROUTE_LIST_GROUPS,
    ROUTE_LIST_VPCS,
    ROUTE_LIST_VSWITCHES,
    ROUTE_LIST_SECURITY_GROUPS,
    ROUTE_GET_CALLER_IDENTITY,
    ROUTE_ASSUME_ROLE,
    ROUTE_COUNT
};

struct route {
    const char *operation;
    const char *method; /* NULL: GET or POST to "/", told from others by its name only (RPC style) */
    const char *path;   /* "*" stands for one segment */
    const char *product;
    const char *version;
};

extern const struct route routes[ROUTE_COUNT];

/* The route of a request as received; action, of the header x-acs-action, may be NULL. ROUTE_COUNT when there
 * is none. */
enum route_id route_find(const char *method, const char *path, size_t path_length, const char *action);

/* The route of an operation's name; ROUTE_COUNT when there is none. */
enum route_id route_by_operation(const char *operation, size_t length);

/* True for VPC, ECS and STS, whose operations stand in the query. */
bool route_is_rpc(enum route_id id);

#endif
