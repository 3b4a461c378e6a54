#ifndef SANDBOX_NONCES_H
#define SANDBOX_NONCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * The nonces of the last while, by their hash. At most NONCES_MAX are kept: the
 * oldest makes room.
 */
enum { NONCES_MAX = 16384 };

struct nonce;

struct nonces {
    struct nonce *items; /* a ring once it is full */
    size_t capacity;
    size_t count;
    size_t next;
};

void nonces_release(struct nonces *nonces);

/* True when hash (lower-case hex SHA-256) was remembered and `now` is before its end. */
bool nonces_used(const struct nonces *nonces, const char hash[65], int64_t now);

/* Until that second. */
bool nonces_remember(struct nonces *nonces, const char hash[65], int64_t until, struct error *err);

#endif
