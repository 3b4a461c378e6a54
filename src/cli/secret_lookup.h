#ifndef CLI_SECRET_LOOKUP_H
#define CLI_SECRET_LOOKUP_H

#include "base/host.h"
#include "cli/secret_command.h"
#include "model/secret.h"

/*
 * Resolves the references that stand for secrets in drafts: an environment
 * variable, a file of at most 64 KiB without one line break at its end, or what
 * a command prints (cli/secret_command.h).
 */
struct secret_lookup {
    struct secret_source source; /* first: resolve() finds the rest from it */
    struct host *host;
    int interrupt_fd; /* readable: give up waiting for a command (ERROR_CANCELLED); -1: none */
    bool silent;      /* what commands say on standard error is not shown */
    struct known_secret *known;
};

void secret_lookup_init(struct secret_lookup *lookup, struct host *host);

/* Whether a reference can be resolved, as far as can be said without running anything or reading the secret.
 */
bool secret_lookup_check(const struct secret_lookup *lookup, const char *reference, struct error *err);

/* Starts the command of a reference, for those who cannot stop and wait; NULL and ERROR_NONE when it is none
 * or its secret is known already. */
struct secret_command *secret_lookup_start(struct secret_lookup *lookup, const char *reference,
                                           struct error *err);

/* Keeps what the command of a reference printed, for the next time that it is asked for. */
bool secret_lookup_keep(struct secret_lookup *lookup, const char *reference, const struct buf *secret,
                        struct error *err);

/* Wipes what was kept. */
void secret_lookup_forget(struct secret_lookup *lookup);

#endif
