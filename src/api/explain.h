#ifndef API_EXPLAIN_H
#define API_EXPLAIN_H

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

#include "api/answer.h"
#include "api/operation.h"
#include "base/buf.h"

/*
 * What a refusal means here: more than its code says, since it is known what
 * was signed, by whose clock and with whose key.
 */
struct explain_context {
    enum operation_id operation;
    const cJSON *instances;     /* of the body that was sent; NULL: none */
    const char *string_to_sign; /* NULL: not known */
    const char *access_key_id;  /* NULL: not known */
    int64_t now;                /* by the clock of this machine, when the answer came; 0: not known */
};

/* What to do, in one sentence; "" for a code that is not known. */
void explain_advice(const struct answer *answer, const struct explain_context *context, char *out,
                    size_t size);

/* Lines to read and copy: a denial with the policy that would allow it, two strings to sign. Often none. */
void explain_details(const struct answer *answer, const struct explain_context *context, struct buf *out);

/* "1 hour and 3 minutes": a span in words, in its two largest units. seconds >= 0. */
void explain_span(int64_t seconds, char *out, size_t size);

#endif
