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

/* How a list is had in parts. */
enum paging_kind {
    PAGING_NONE,    /* the answer is whole */
    PAGING_NUMBERS, /* pages are counted from 1 */
    PAGING_TOKENS,  /* each answer holds the token that gets the next page; none or "" is the end */
};

struct paging {
    enum paging_kind kind;
    const char *page; /* parameter with the number or the token of a page; NULL: none */
    const char *size; /* parameter with the rows that a page is to have; NULL: none */
    const char *rows; /* its value: no more than the service gives at once */
    const char *list; /* where the rows stand in answer.data: "Vpcs.Vpc"; "": it is the list; NULL: no list */
    const char *total; /* member with the number of all rows; NULL: none */
    const char *next;  /* member with the token of the next page; NULL: none */
};

struct operation {
    const char *name;    /* x-acs-action */
    const char *product; /* "rocketmq", "vpc", "ecs", "sts": picks the host */
    const char *version; /* x-acs-version */
    enum operation_style style;
    const char *method;
    const char *path;       /* with "{planId}" for path parameters */
    const char *ram_action; /* the permission it needs: "rocketmq:CreateDisasterRecoveryPlan" */
    bool form;              /* parameters go form-encoded into the body instead of the query */
    bool anonymous;         /* is not signed: its parameters say who asks */
    struct paging paging;
};

extern const struct operation operations[OPERATION_COUNT];

#endif
