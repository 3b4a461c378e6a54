#ifndef API_CLIENT_H
#define API_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "api/credentials.h"
#include "api/endpoint.h"
#include "api/operation.h"
#include "api/request.h"
#include "api/sign.h"
#include "base/error.h"
#include "base/host.h"

/* Who asks, and where: everything a signed request needs besides what is asked. Borrowed. */
struct client {
    struct host *host;
    const struct credentials *credentials;
    struct endpoint endpoint;
    const char *region; /* NULL, or what to say where one host stands for all regions (x-acs-region-id) */
};

/* A parameter of an operation: fills "{name}" of its path if there is one, else goes into the query. */
struct parameter {
    const char *name;
    const char *value;
};

/*
 * The client that asks for what is in a region: with the host of the product
 * there, inside the VPC where `from` is; on loopback with the host of `from`
 * and the region said. region is borrowed. ERROR_INPUT.
 */
bool client_for_region(const struct client *from, const char *product, const char *region, struct client *out,
                       struct error *err);

/*
 * Builds and signs the request of one operation: headers, a fresh nonce of 128
 * random bits, date, body. signature may be NULL. body NULL: none. A parameter
 * with the value NULL is left out. RPC style takes no body: everything is in the query. A path parameter that
 * is empty, "." or ".." is refused; so are keys with characters that no header may hold.
 *
 * Both out and signature are set up here and released by the caller; a failure
 * leaves out empty.
 */
bool client_prepare(const struct client *client, enum operation_id operation,
                    const struct parameter *parameters, size_t parameter_count, const char *body,
                    size_t body_length, struct request *out, struct signature *signature, struct error *err);

#endif
