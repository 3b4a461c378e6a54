#ifndef MODEL_DRAFT_H
#define MODEL_DRAFT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "model/plan.h"

/*
 * A draft is the request body, plus one member "$drplan" that is never sent:
 *
 *   "$drplan": { "version": 1, "profile": ..., "region": ..., "endpoint": ...,
 *                "extras": [ true, false ], "kept": { "instances[1].vpcId": "vpc-1" },
 *                "secretsLeftOut": [ "instances[0].password" ] }
 *
 * so any body opens as it is, and any draft can be sent by other tools. `kept`
 * holds answers whose field does not apply at present.
 */
enum { DRAFT_VERSION = 1 };
#define DRAFT_SIZE_MAX ((size_t)4 << 20)

/*
 * Reads a draft. A text that is no strict JSON object is refused (ERROR_INPUT,
 * line and column). Anything else opens: wrong types, unknown constants and
 * misplaced or unknown members become notes of the plan, and the values are
 * kept where a field can hold them. `Passive` is understood as PASSIVE.
 */
bool draft_read(const char *text, size_t length, struct plan **out, struct error *err);

/* Writes a draft without literal secrets; unknown members keep their place. */
bool draft_write(const struct plan *plan, struct buf *out, struct error *err);

/* As draft_write(), but the literal secrets that the draft was read with, and that nobody has changed since,
 * stay in it. The same text as draft_write() gives when there are none. */
bool draft_write_with_secrets(const struct plan *plan, struct buf *out, struct error *err);

/* True when the draft that plan was read from has a later version than DRAFT_VERSION. */
bool draft_is_newer(const struct plan *plan);

#endif
