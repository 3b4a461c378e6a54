#include "sandbox/routes.h"

#include <string.h>

#define ROCKETMQ "rocketmq", "2022-08-01"
#define VPC      "vpc", "2016-04-28"
#define ECS      "ecs", "2014-05-26"
#define STS      "sts", "2015-04-01"

/* API reference of RocketMQ, VPC, ECS and STS, each operation's request syntax. */
const struct route routes[ROUTE_COUNT] = {
    [ROUTE_CREATE_PLAN] = {"CreateDisasterRecoveryPlan", "POST", "/disaster_recovery", ROCKETMQ},
    [ROUTE_LIST_PLANS] = {"ListDisasterRecoveryPlans", "GET", "/disaster_recovery", ROCKETMQ},
    [ROUTE_GET_PLAN] = {"GetDisasterRecoveryPlan", "GET", "/disaster_recovery/*", ROCKETMQ},
    [ROUTE_LIST_REGIONS] = {"ListRegions", "GET", "/regions", ROCKETMQ},
    [ROUTE_LIST_INSTANCES] = {"ListInstances", "GET", "/instances", ROCKETMQ},
    [ROUTE_GET_INSTANCE] = {"GetInstance", "GET", "/instances/*", ROCKETMQ},
    [ROUTE_LIST_ACCOUNTS] = {"ListInstanceAccount", "GET", "/instances/*/accounts", ROCKETMQ},
    [ROUTE_LIST_GROUPS] = {"ListConsumerGroups", "GET", "/instances/*/consumerGroups", ROCKETMQ},
    [ROUTE_LIST_VPCS] = {"DescribeVpcs", NULL, "/", VPC},
    [ROUTE_LIST_VSWITCHES] = {"DescribeVSwitches", NULL, "/", VPC},
    [ROUTE_LIST_SECURITY_GROUPS] = {"DescribeSecurityGroups", NULL, "/", ECS},
    [ROUTE_GET_CALLER_IDENTITY] = {"GetCallerIdentity", NULL, "/", STS},
    [ROUTE_ASSUME_ROLE] = {"AssumeRole", NULL, "/", STS},
};

static bool path_fits(const char *pattern, const char *path, size_t path_length)
{
    const char *end = path + path_length;

    for (; *pattern; pattern++) {
        const char *segment = path;

        if (*pattern != '*') {
            if (path == end || *path++ != *pattern)
                return false;
            continue;
        }
        while (path < end && *path != '/')
            path++;
        if (path == segment)
            return false;
    }
    return path == end;
}

bool route_is_rpc(enum route_id id)
{
    return id < ROUTE_COUNT && !routes[id].method;
}

static bool request_fits(enum route_id id, const char *method, const char *action)
{
    if (!route_is_rpc(id))
        return strcmp(method, routes[id].method) == 0;
    return (strcmp(method, "POST") == 0 || strcmp(method, "GET") == 0) && action &&
           strcmp(action, routes[id].operation) == 0;
}

enum route_id route_find(const char *method, const char *path, size_t path_length, const char *action)
{
    enum route_id id = ROUTE_CREATE_PLAN;

    while (id < ROUTE_COUNT &&
           (!request_fits(id, method, action) || !path_fits(routes[id].path, path, path_length)))
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
