#ifndef API_OPERATION_H
#define API_OPERATION_H

#include <stdbool.h>

/*
 * What can be asked of the cloud: one row an operation, in api/operations.def.
 * The client (api/client.h) is one function over a row.
 *
 * Facts: API reference of each product; RocketMQ 2022-08-01 is ROA style
 * (method and path mean something), VPC, ECS and STS are RPC style (POST to
 * "/", everything in the query).
 */
enum operation_id {
#define OPERATION(id, ...) OPERATION_##id,
#include "api/operations.def"
#undef OPERATION
    OPERATION_COUNT
};

enum operation_style { STYLE_ROA, STYLE_RPC };

struct operation {
    const char *name;    /* x-acs-action */
    const char *product; /* "rocketmq", "vpc", "ecs", "sts": picks the host */
    const char *version; /* x-acs-version */
    enum operation_style style;
    const char *method;
    const char *path;       /* with "{planId}" for path parameters */
    const char *ram_action; /* the permission it needs: "rocketmq:CreateDisasterRecoveryPlan" */
    bool idempotent;        /* may be sent again when its outcome is unknown */
};

extern const struct operation operations[OPERATION_COUNT];

#endif
