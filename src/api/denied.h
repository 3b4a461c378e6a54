#ifndef API_DENIED_H
#define API_DENIED_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "api/answer.h"
#include "api/operation.h"
#include "base/buf.h"

/* What an answer that denies access says about it. Made safe to show; "" where it says nothing. */
struct denial {
    char action[96];      /* "rocketmq:CreateDisasterRecoveryPlan" */
    char principal[128];  /* "ops@1234567890123456 (SubUser of account 1234567890123456)" */
    char policy_type[64]; /* "AccountLevelIdentityBasedPolicy" */
    bool is_explicit;     /* a policy denies it; false: none allows it, or it is not said which */
};

/*
 * False when the answer is no denial. The detail may be an object, the same as text, or missing: then the
 * action is the one that the operation needs.
 */
bool denial_read(const struct answer *answer, enum operation_id operation, struct denial *out);

/*
 * Adds lines for the operator: what is denied to whom and why, and the smallest RAM policy that would allow
 * it, ready to be copied. instances: of the body that was sent, or NULL. principal: who asked, where the
 * answer does not say it.
 */
void denial_write(const struct denial *denial, const cJSON *instances, const char *principal,
                  struct buf *out);

#endif
