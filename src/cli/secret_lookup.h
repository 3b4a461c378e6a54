#ifndef CLI_SECRET_LOOKUP_H
#define CLI_SECRET_LOOKUP_H

#include "base/host.h"
#include "model/secret.h"

/*
 * Resolves the references that stand for secrets in drafts: an environment
 * variable, a file of at most 64 KiB, or what a command prints. One line break
 * at the end is taken off.
 *
 * A command is run without a shell, reads nothing, does not get the access key
 * of the environment, and has 30 seconds.
 */
struct secret_lookup {
    struct secret_source source; /* first: resolve() finds the rest from it */
    struct host *host;
    int interrupt_fd; /* readable: give up (ERROR_CANCELLED); -1: none */
    bool silent;      /* what a command says on standard error is not shown */
};

void secret_lookup_init(struct secret_lookup *lookup, struct host *host);

#endif
