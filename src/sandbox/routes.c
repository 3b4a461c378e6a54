#include "sandbox/routes.h"

#include <string.h>

/* API reference, RocketMQ 2022-08-01, each operation's request syntax. */
const struct route routes[ROUTE_COUNT] = {
    [ROUTE_CREATE_PLAN] = {"CreateDisasterRecoveryPlan", "POST", "/disaster_recovery"},
    [ROUTE_LIST_PLANS] = {"ListDisasterRecoveryPlans", "GET", "/disaster_recovery"},
    [ROUTE_GET_PLAN] = {"GetDisasterRecoveryPlan", "GET", "/disaster_recovery/*"},
};

static bool path_fits(const char *pattern, const char *path, size_t path_length)
{
    size_t length = strlen(pattern);

    if (pattern[length - 1] != '*')
        return path_length == length && memcmp(path, pattern, length) == 0;
    length--;
    return path_length > length && memcmp(path, pattern, length) == 0 &&
           !memchr(path + length, '/', path_length - length);
}

enum route_id route_find(const char *method, const char *path, size_t path_length)
{
    enum route_id id = ROUTE_CREATE_PLAN;

    while (id < ROUTE_COUNT &&
           (strcmp(method, routes[id].method) != 0 || !path_fits(routes[id].path, path, path_length)))
        id++;
    return id;
}

enum route_id route_by_operation(const char *operation, size_t length)
{
    enum route_id id = ROUTE_CREATE_PLAN;

    while (id < ROUTE_COUNT &&
           (strlen(routes[id].operation) != length || memcmp(routes[id].operation, operation, length) != 0))
        id++;
    return id;
}
