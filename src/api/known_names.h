#ifndef API_KNOWN_NAMES_H
#define API_KNOWN_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "api/client.h"
#include "api/transport.h"
#include "base/error.h"

/*
 * The names of all plans that one client may see, listed once for many
 * submissions.
 *
 * It answers one question: is it sure that no plan of this name was there a
 * moment ago? Only then may a submission go without its own look. Everything
 * else, also a name that was listed or sent before, is a no, and the submission
 * looks for itself as ever. What was listed counts for KNOWN_NAMES_MS, so a plan
 * that somebody else creates meanwhile goes unseen no longer than a slow request
 * would leave it unseen.
 *
 * Names are kept as hashes: two names with one hash cost a look too many and
 * nothing else.
 */
enum { KNOWN_NAMES_MS = 10000 };

struct known_names;

/* client is copied, what it borrows is not. NULL when memory is short. */
struct known_names *known_names_new(const struct client *client, struct transport *transport,
                                    struct error *err);
void known_names_free(struct known_names *known); /* before the transport */

/* True for a client that sees the same plans. */
bool known_names_fit(const struct known_names *known, const struct client *client);

/*
 * Begins to list when nothing is known any more, and it costs less than the
 * looks that it saves: up to half as many pages as names will be asked for.
 * Where it fails or would cost more, names are simply not known for a while.
 * True when such a while begins: it is KNOWN_NAMES_MS long.
 */
bool known_names_refresh(struct known_names *known, size_t wanted);
bool known_names_running(const struct known_names *known);

/* True when it is sure that no plan had this name a moment ago. */
bool known_names_is_new(const struct known_names *known, const char *name);

/* A plan of this name may be there from now on. */
bool known_names_add(struct known_names *known, const char *name, struct error *err);

#endif
