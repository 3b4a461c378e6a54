#ifndef API_SIGN_IN_H
#define API_SIGN_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/credentials.h"
#include "api/source.h"
#include "api/transport.h"
#include "base/child.h"
#include "base/error.h"
#include "base/host.h"

/*
 * Finds credentials along the chain of api/source.h, asking STS, the metadata
 * of the ECS instance or an address, or running a command, where the
 * configuration says so. A place that has nothing or fails is passed over and
 * its reason kept; a damaged one ends the search, since going on could use
 * the keys of another account. A profile asked for by name is the only place.
 *
 * It runs inside the caller's loop: sign_in_tick() after each wait, and between
 * them transport_wait() with sign_in_fd() for at most sign_in_timeout().
 */
struct sign_in_options {
    const char *profile;        /* asked for by name; NULL: none was */
    const struct endpoint *sts; /* where STS is instead of its own hosts; NULL: there */
    child_hear *hear;           /* is told what a command says on standard error; NULL: nobody is */
    /* Tests only; 0 and NULL are what holds otherwise: METADATA_HOST, and 60 seconds. */
    const char *metadata_host;
    int64_t command_limit_ms;
};

enum sign_in_state {
    SIGN_IN_RUNS,
    SIGN_IN_WAITS, /* the next step needs a transport, or a command: give one when the keys are needed */
    SIGN_IN_DONE,
    SIGN_IN_FAILED,
};

struct sign_in;

/* The texts of options are copied. NULL when memory is short. */
struct sign_in *sign_in_start(struct host *host, const struct sign_in_options *options, struct error *err);

/* Stops whatever runs for it; before the transport is freed. */
void sign_in_free(struct sign_in *sign_in);

/* Goes on as far as it can without waiting. Without a transport (NULL) it only looks into environment and
 * files. */
enum sign_in_state sign_in_tick(struct sign_in *sign_in, struct transport *transport);

/* A further descriptor to wait for; -1: none. */
int sign_in_fd(const struct sign_in *sign_in);

/* Milliseconds until sign_in_tick() has something to do though nothing came; -1: nothing by itself. */
int sign_in_timeout(const struct sign_in *sign_in);

/* What it waits for, for the operator: "Asking STS for a session of ROLE". */
const char *sign_in_doing(const struct sign_in *sign_in);

/* Why the places before the one that had something had nothing, in their order. */
size_t sign_in_passed(const struct sign_in *sign_in);
const char *sign_in_reason(const struct sign_in *sign_in, size_t index);

/* True for a place that was set up and failed, not one that is not set up. */
bool sign_in_reason_matters(const struct sign_in *sign_in, size_t index);

/* A file with keys that others may read: a sentence without a full stop; "". */
const char *sign_in_warning(const struct sign_in *sign_in);

/* Hands over what was found, once, or says why nothing was: ERROR_CREDENTIALS names every place with its
 * reason. */
bool sign_in_take(struct sign_in *sign_in, struct credentials *out, struct error *err);

#endif
