#ifndef BASE_HOST_H
#define BASE_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * What the program asks of the machine besides files and the network: the
 * time, chance, and the environment. host_system() is the real one; tests
 * bring their own.
 */
struct host {
    /* Seconds since 1970, UTC. */
    int64_t (*now)(struct host *host);

    /* Milliseconds of a clock that never jumps; only differences mean something. */
    int64_t (*ticks)(struct host *host);

    /* Fills memory with unpredictable bytes. ERROR_INTERNAL when there are none. */
    bool (*random)(struct host *host, void *memory, size_t length, struct error *err);

    /* An environment variable; NULL when unset. Valid until the environment changes. */
    const char *(*env)(struct host *host, const char *name);
};

/* The real one: there is one, and it stays. */
struct host *host_system(void);

/* Takes the access key's secret and the session's token out of the environment: host_system() still has them,
 * but neither /proc nor a child does. Call it first, once. */
bool host_hide_secrets(struct error *err);

/* host->env, but NULL for an empty value too. */
const char *host_env(struct host *host, const char *name);

#endif
