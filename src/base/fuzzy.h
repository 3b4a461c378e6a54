#ifndef BASE_FUZZY_H
#define BASE_FUZZY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Finding text by some of its letters, as fzy does: all letters of the query
 * in their order, ASCII without regard to case, best where they begin words or
 * stand together. A letter is a code point, so Chinese is found by its
 * characters and never by parts of them. Pure and without allocations.
 */
enum { FUZZY_QUERY_MAX = 256 };

/* A query made ready once for many rows: folded and without blanks; longer queries are cut. */
struct fuzzy_query {
    char text[FUZZY_QUERY_MAX];
    uint32_t letters[FUZZY_QUERY_MAX];
    size_t length; /* letters */
};

/* Takes a query as it was typed. */
void fuzzy_query_set(struct fuzzy_query *query, const char *text);

/* Whether text matches; *score (may be NULL) is higher for better matches. An empty query matches everything
 * with 0. */
bool fuzzy_match(const struct fuzzy_query *query, const char *text, int *score);

/* The byte offsets in text of the matched characters, at most max of them; how many there are. */
size_t fuzzy_positions(const struct fuzzy_query *query, const char *text, size_t *positions, size_t max);

#endif
