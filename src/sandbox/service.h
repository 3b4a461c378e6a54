#ifndef SANDBOX_SERVICE_H
#define SANDBOX_SERVICE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/host.h"
#include "sandbox/exchange.h"
#include "sandbox/fault.h"
#include "sandbox/gateway.h"
#include "sandbox/plans.h"

/* Gateway and RocketMQ together: a request in, a reply out, no network in between. */
struct service {
    struct host *host;
    struct gateway gateway;
    struct plans plans;
};

/* Errors as of plans_open(). */
bool service_open(struct service *service, struct host *host, const char *state_file, struct error *err);
void service_release(struct service *service);

/*
 * Answers a request whose body is complete. A request that the gateway does not
 * admit, or whose operation fails, gets that answer; any other gets what the
 * fault makes of it. Fails only when memory is short or chance is not to be had.
 */
bool service_answer(struct service *service, const struct arrival *arrival, struct fault fault,
                    struct reply *reply, struct error *err);

#endif
