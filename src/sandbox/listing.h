#ifndef SANDBOX_LISTING_H
#define SANDBOX_LISTING_H

#include <stdbool.h>

#include "base/error.h"
#include "sandbox/exchange.h"
#include "sandbox/routes.h"

/*
 * Answers what asks for things of the account: regions, instances and what
 * belongs to them, from sandbox/world.h. The region of RocketMQ's operations,
 * which the real service knows by its host, is that of the header
 * x-acs-region-id, Hangzhou without one.
 *
 * False with refusal->code set when it is refused, and with refusal->code empty
 * and err filled when memory is short.
 */
bool listing_answer(enum route_id route, const struct arrival *arrival, struct reply *reply,
                    struct refusal *refusal, struct error *err);

#endif
