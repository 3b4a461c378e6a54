#ifndef SANDBOX_KEYED_HASH_H
#define SANDBOX_KEYED_HASH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/*
 * HMAC-SHA256 in lower-case hex, built from nothing but the hash: the gateway
 * must not check a signature with the code that made it. (RFC 2104)
 */
bool keyed_hash_hex(const void *key, size_t key_length, const void *message, size_t message_length,
                    char hex[65], struct error *err);

#endif
