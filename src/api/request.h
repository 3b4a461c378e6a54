#ifndef API_REQUEST_H
#define API_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

/* A name and a value, counted: a value may hold any byte. Both are owned copies, wiped when freed. */
struct pair {
    char *name;
    char *value;
    size_t value_length;
};

struct pairs {
    struct pair *items;
    size_t count;
    struct text_block *texts; /* the names and values stand here */
};

void pairs_release(struct pairs *pairs);

/* Add a copy at the end; names may come more than once. */
bool pairs_add(struct pairs *pairs, const char *name, const char *value, struct error *err);
bool pairs_add_bytes(struct pairs *pairs, const char *name, const char *value, size_t length,
                     struct error *err);
/* The value of the first pair of that name, ignoring case; NULL when there is none. */
const char *pairs_get(const struct pairs *pairs, const char *name);

/* Header names know the letter case of ASCII only. tolower() and strcasecmp() follow the locale, and under a
 * Turkish one the two letters i part. */
static inline char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}
int ascii_compare(const char *a, const char *b); /* as strcmp(), the case ignored */

/*
 * One HTTP request as it will go out, signed or not yet.
 *
 * path is percent-encoded already. query is not: signing encodes and sorts it,
 * and the wire carries exactly that text. headers hold everything that is sent
 * but Content-Length, which the transport adds.
 */
struct request {
    char method[8];
    char *scheme; /* "https", or "http" for loopback */
    char *host;   /* as in the Host header, with ":port" when it is not the scheme's own */
    char *path;
    struct pairs query;
    struct pairs headers;
    struct buf body;
    char *query_text;                    /* canonical query, set by signing; "" without a query */
    long connect_timeout_ms, timeout_ms; /* less than the transport gives; 0: as long */
};

void request_init(struct request *request);
void request_release(struct request *request);

/* scheme://host/path?query as it goes out. False when memory is short, or the request has a query that no
 * signing has put in order yet. */
bool request_url(const struct request *request, struct buf *out);

/* Adds text percent-encoded by RFC 3986: all but A-Z a-z 0-9 - _ . ~ becomes %XX, upper case. */
void percent_encode(struct buf *out, const char *text, size_t length);

/* What came back: the raw answer, as far as it came. */
struct response {
    int status; /* HTTP status of the final answer; 0 when none came */
    struct pairs headers;
    struct buf body;
};

void response_init(struct response *response);
void response_release(struct response *response);

#endif
