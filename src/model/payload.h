#ifndef MODEL_PAYLOAD_H
#define MODEL_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "model/plan.h"
#include "model/review.h"
#include "model/secret.h"

/*
 * The request body of a plan, as UTF-8 JSON with an indent of two: what is
 * previewed is, byte for byte, what is sent, but for the masks over secrets.
 * Only what is in force is in it. Members that the schema does not know are
 * passed on behind the known ones, except those that begin with '$'.
 */
enum payload_view {
    PAYLOAD_SENT,   /* secrets in clear, references resolved: for the wire only */
    PAYLOAD_MASKED, /* every secret is PAYLOAD_MASK, whatever its length */
    PAYLOAD_DRAFT,  /* secrets left out, references as they are: what a saved draft holds */
};

#define PAYLOAD_MASK "********"

struct payload {
    struct buf text;
    struct place *lines; /* for each line of text the field it belongs to, or place_none() */
    size_t line_count;
};

void payload_init(struct payload *payload);
void payload_release(struct payload *payload);

/* Replaces what payload held. secrets is asked for PAYLOAD_SENT only and may be NULL otherwise; a reference
 * that cannot be resolved fails with ERROR_INPUT and names the field. */
bool payload_write(struct payload *payload, const struct plan *plan, const struct review *review,
                   enum payload_view view, const struct secret_source *secrets, struct error *err);

/* Adds a JSON list: of each instance in the body, what it is recognised by. No secrets. */
void payload_write_instances(const struct plan *plan, const struct review *review, struct buf *out);

/* The names of the members of a body that may hold a secret; NULL ends them. */
extern const char *const payload_secret_members[];

#endif
