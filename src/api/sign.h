#ifndef API_SIGN_H
#define API_SIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "api/request.h"
#include "base/buf.h"
#include "base/error.h"

/*
 * Alibaba Cloud signature V3, ACS3-HMAC-SHA256.
 * Source: "Request syntax and signature method V3", SDK reference.
 *
 * Pure: date and nonce are arguments of the caller (headers x-acs-date and
 * x-acs-signature-nonce of the request). Every stage is kept, so that a test,
 * `render --explain` and a SignatureDoesNotMatch answer can be held against it.
 */
struct signature {
    struct buf canonical_request;
    struct buf string_to_sign;
    struct buf authorization; /* the value of the Authorization header */
    char canonical_hash[65];  /* hex SHA-256 of the canonical request */
    char signature[65];       /* hex */
    char *signed_headers;     /* "content-type;host;..." */
};

void signature_init(struct signature *signature);
void signature_release(struct signature *signature);

/* The header that says what the hash of the body is. */
#define CONTENT_HASH_HEADER "x-acs-content-sha256"

/* lower-case hex SHA-256 of bytes. */
void sha256_hex(const void *bytes, size_t length, char hex[65]);

/*
 * Signs request as it stands: host, content-type and every x-acs-* header it
 * has are signed, and of the body its hash: the one in CONTENT_HASH_HEADER, or
 * else it is computed. Sets request->query_text to the canonical query. Does not
 * add the Authorization header.
 */
bool sign_request(struct request *request, const char *access_key_id, const char *access_key_secret,
                  struct signature *out, struct error *err);

#endif
