#ifndef SANDBOX_GATEWAY_H
#define SANDBOX_GATEWAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "sandbox/exchange.h"
#include "sandbox/nonces.h"

/*
 * What stands before the service: it lets a request pass only when version and
 * operation exist, the key is known, the date is right, the signature fits what
 * came over the wire, and the nonce is new.
 *
 * Source: "Request syntax and signature method V3", SDK reference; error codes
 * of the "Common errors" pages. The canonical form is worked out here anew, from
 * the raw request, so that a mistake of the client cannot cancel itself out.
 */
enum { GATEWAY_CLOCK_SECONDS = 15 * 60, GATEWAY_NONCE_SECONDS = 15 * 60 };

struct gateway {
    struct nonces nonces;
};

/* All zero is one that has seen nothing. */
void gateway_release(struct gateway *gateway);

/*
 * True when the request may pass; its nonce is used up then. False with
 * refusal->code set when it is refused, and with refusal->code empty and err
 * filled when memory is short.
 */
bool gateway_admit(struct gateway *gateway, const struct arrival *arrival, int64_t now,
                   struct refusal *refusal, struct error *err);

/* The canonical request as the gateway sees it, for the headers of a list joined by ';'. */
bool gateway_canonical_request(const struct arrival *arrival, const char *signed_headers,
                               size_t signed_headers_length, struct buf *out, struct error *err);

#endif
