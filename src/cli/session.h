#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <stdbool.h>

#include "api/client.h"
#include "api/journal.h"
#include "api/sign_in.h"
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
    bool draft_decides;       /* region and profile were chosen for the draft: they come before the options */
    bool warned;              /* of a file with keys that others may read */
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
    bool lacks_region;     /* nothing says which, and no endpoint was given */
    bool draft_says_where; /* the host was taken from the draft's own settings */
};

/* The name of the profile whose settings count for a destination; "" when there is none. */
const char *session_profile_name(const struct session *session, const struct destination *destination);

/* What of a plan decides its destination, as one text: while that stays the same, so does the destination. */
void session_write_hints(const struct plan *plan, const struct review *review, struct buf *out);

/*
 * Region: --region, the draft's setting, the profile, ALIBABA_CLOUD_REGION_ID,
 * the ACTIVE cluster's. Endpoint: --endpoint, the draft's setting (hosts of
 * aliyuncs.com and loopback only), the profile, ALIBABA_CLOUD_ENDPOINT, the
 * region's, inside the VPC when the profile's endpoint_type or
 * ALIBABA_CLOUD_ENDPOINT_TYPE says vpc. ERROR_CREDENTIALS when there is no region to find it by.
 */
bool session_find_destination(struct session *session, const struct plan *plan, const struct review *review,
                              struct destination *out, struct error *err);

/*
 * Finds the credentials for a destination, and renews a session that is about
 * to end. Waits for the network or a command as long as it takes, or until a
 * signal asks to stop (ERROR_CANCELLED). ERROR_CREDENTIALS says how to provide
 * them. They stay where they are in memory, also when they are renewed.
 */
bool session_sign_in(struct session *session, struct destination *destination, struct error *err);

/*
 * The same beside everything else that is waited for: SIGNING_IN until the
 * network answered, without credentials or with the ones that are about to end.
 * needed: the network or a command may be used for it now; without, SIGNING_IN
 * stays until it is.
 */
enum signing { SIGNED_IN, SIGNING_IN, SIGNING_FAILED };
enum signing session_advance_sign_in(struct session *session, struct destination *destination, bool needed,
                                     struct error *err);

/* What to wait for beside transfers while SIGNING_IN: a descriptor (-1: none) and milliseconds (-1: no
 * limit). */
int session_sign_in_fd(const struct session *session);
int session_sign_in_timeout(const struct session *session);

/* The search for a destination's credentials, running or ended; NULL before it began. */
const struct sign_in *session_search(const struct session *session, const struct destination *destination);

/* Forgets that signing in failed, so that it is tried again. */
void session_forget_failures(struct session *session);

/* NULL on failure. libcurl is not touched before the first call. */
struct transport *session_transport(struct session *session, struct error *err);

/* Opens the journal; it stays NULL for a private sandbox, whose plans are gone with it. */
bool session_journal(struct session *session, struct error *err);

#endif
