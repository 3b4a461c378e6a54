#ifndef BASE_COMPOSE_H
#define BASE_COMPOSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * JSON written part by part at the end of a text, with the commas where they
 * belong. name is that of the member, in letters that need no escape; NULL for an
 * element of a list and for the outermost part. Memory that is short shows in
 * out->failed.
 */
void compose_text(struct buf *out, const char *name, const char *value);
void compose_number(struct buf *out, const char *name, int64_t value);
void compose_bool(struct buf *out, const char *name, bool value);

/* Only the comma and the name: the caller adds the value. */
void compose_name(struct buf *out, const char *name);

/* A part with parts of its own: '{' and '}', or '[' and ']'. */
void compose_open(struct buf *out, const char *name, char bracket);
void compose_close(struct buf *out, char bracket);

#endif
