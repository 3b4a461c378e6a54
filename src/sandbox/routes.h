#ifndef SANDBOX_ROUTES_H
#define SANDBOX_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

/* The operations that the sandbox answers. Its own table, since it stands for the other side. */
enum route_id { ROUTE_CREATE_PLAN, ROUTE_LIST_PLANS, ROUTE_GET_PLAN, ROUTE_COUNT };

struct route {
    const char *operation;
    const char *method;
    const char *path; /* "*" at its end stands for one segment */
};

extern const struct route routes[ROUTE_COUNT];

/* The route of a method and a path as received; ROUTE_COUNT when there is none. */
enum route_id route_find(const char *method, const char *path, size_t path_length);

/* The route of an operation's name; ROUTE_COUNT when there is none. */
enum route_id route_by_operation(const char *operation, size_t length);

#endif
