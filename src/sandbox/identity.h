#ifndef SANDBOX_IDENTITY_H
#define SANDBOX_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "sandbox/exchange.h"
#include "sandbox/routes.h"

/*
 * Who asks the sandbox: the one key it knows, or a session that its AssumeRole
 * gave. A session's token says when it ends and which role it is, so nothing
 * has to be kept.
 *
 * Source: API reference, STS 2015-04-01, AssumeRole and GetCallerIdentity.
 */

/* The secret of the key that a request was signed with. NULL: the key is unknown, or its session has ended.
 */
const char *identity_secret(const struct arrival *arrival, const char *key, size_t key_length, int64_t now,
                            struct refusal *refusal);

/* Answers an operation of STS; fails with a refusal, or for memory. */
bool identity_answer(enum route_id route, const struct arrival *arrival, int64_t now, struct reply *reply,
                     struct refusal *refusal, struct error *err);

#endif
