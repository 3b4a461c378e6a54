#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <stdbool.h>

#include "api/client.h"
#include "api/credentials.h"
#include "api/journal.h"
#include "api/transport.h"
#include "base/host.h"
#include "cli/options.h"
#include "cli/secret_lookup.h"
#include "model/plan.h"
#include "model/review.h"
#include "sandbox/sandbox.h"

/*
 * What the commands that talk to the service share: who asks, where, and the
 * edges that are opened once, when they are first needed.
 */
struct account;

struct session {
    struct host *host;
    const struct options *options;
    struct secret_lookup secrets;
    struct private_sandbox sandbox;
    bool has_sandbox;
    struct account *accounts; /* one for each profile that was asked for */
    struct transport *transport;
    struct journal *journal;
};

/* Starts the private sandbox if the options ask for one, and looks whether the certificates can be read. */
bool session_open(struct session *session, struct host *host, const struct options *options,
                  struct error *err);
void session_close(struct session *session);

/* Where a plan goes, and as whom. Borrows from the session. */
struct destination {
    struct client client;  /* its credentials are NULL before session_sign_in() */
    char region[64];       /* "" when it is not known, which is fine once the endpoint was given */
    char profile[64];      /* the one asked for by name; "" for the usual one */
    bool draft_says_where; /* the host was taken from the draft's own settings */
};

/*
 * Region: --region, the draft's setting, the profile, ALIBABA_CLOUD_REGION_ID,
 * the ACTIVE cluster's. Endpoint: --endpoint, the draft's setting (hosts of
 * aliyuncs.com and loopback only), the profile, ALIBABA_CLOUD_ENDPOINT, the
 * region's. ERROR_CREDENTIALS when there is no region to find it by.
 */
bool session_find_destination(struct session *session, const struct plan *plan, const struct review *review,
                              struct destination *out, struct error *err);

/* Finds the credentials for a destination. ERROR_CREDENTIALS says how to provide them. */
bool session_sign_in(struct session *session, struct destination *destination, struct error *err);

/* NULL on failure. libcurl is not touched before the first call. */
struct transport *session_transport(struct session *session, struct error *err);

/* Opens the journal; it stays NULL for a private sandbox, whose plans are gone with it. */
bool session_journal(struct session *session, struct error *err);

#endif
