#ifndef MODEL_SCHEMA_JSON_H
#define MODEL_SCHEMA_JSON_H

#include "base/buf.h"

/* The JSON Schema (2020-12) of the request body, from the field table: required, enum and type, with the
 * conditions as if/then. Guesses and warnings are not in it. */
void schema_json_write(struct buf *out);

#endif
