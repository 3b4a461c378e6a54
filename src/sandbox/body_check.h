#ifndef SANDBOX_BODY_CHECK_H
#define SANDBOX_BODY_CHECK_H

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "base/error.h"
#include "sandbox/exchange.h"

/*
 * Checks the body of CreateDisasterRecoveryPlan by the API reference: what is
 * there must be of the documented type and one of the documented values, and
 * what the field table (model/schema.h) says is required must be there. A field
 * that is not needed is taken all the same. The first fault is reported: values
 * before obligations, each in the order of the table.
 *
 * Returns the plan as the service keeps it: the documented members only, without
 * secrets, a missing switch as false. The caller owns it. NULL with
 * refusal->code set when the body is refused, and with refusal->code empty and
 * err filled when memory is short.
 */
cJSON *body_check(const struct buf *body, struct refusal *refusal, struct error *err);

#endif
