#ifndef SANDBOX_QUERY_H
#define SANDBOX_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

/* A parameter of a query, decoded; both parts end with a 0 besides and may hold any byte. */
struct query_item {
    char *name;
    char *value;
    size_t name_length;
    size_t value_length;
};

/* The parameters of a query, sorted by name, then by value. */
struct query {
    struct query_item *items;
    size_t count;
};

/* Decodes the text behind the question mark. A '%' that begins no escape stands for itself, and so does '+'.
 */
bool query_parse(const char *text, struct query *out, struct error *err);
void query_release(struct query *query);

/* Text with its escapes taken out, as query_parse() does it; ends with a 0 besides. NULL when memory is
 * short. */
char *percent_decode(const char *text, size_t length, size_t *decoded_length);

/* The value of a parameter; NULL when it is not there. */
const char *query_get(const struct query *query, const char *name);

/* Adds the parameters encoded by RFC 3986 and joined, as the signature wants them. */
void query_canonical(const struct query *query, struct buf *out);

#endif
