#ifndef SANDBOX_PAGING_H
#define SANDBOX_PAGING_H

#include <stdbool.h>
#include <stdint.h>

#include "sandbox/exchange.h"
#include "sandbox/query.h"

/* A whole number of 64 bits; its bounds are the caller's business. */
bool read_integer(const char *text, int64_t *value);

/* Which part of a list is asked for, and what has been seen of it. */
struct page {
    int64_t number; /* from 1 */
    int64_t size;
    int64_t total; /* rows so far, on the page or not */
};

/* What a service lets be asked. */
struct page_rules {
    const char *number, *size; /* the parameters */
    int64_t usual_size, smallest, largest;
};

/* Reads the parameters; what is out of range is brought into it, what is no number is refused. */
bool page_read(const struct query *query, const struct page_rules *rules, struct page *out,
               struct refusal *refusal);

/* Counts a row; true when it is on the page. */
bool page_takes(struct page *page);

#endif
