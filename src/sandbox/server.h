#ifndef SANDBOX_SERVER_H
#define SANDBOX_SERVER_H

#include <stdbool.h>

#include "base/error.h"
#include "sandbox/fault.h"
#include "sandbox/service.h"

/* What the sandbox is: a listening socket, the service behind it, and what is to go wrong. */
struct sandbox {
    int listen_fd;
    int port;
    bool quiet;
    struct service service;
    struct faults faults;
};

/*
 * The one place that knows the HTTP library. The program loads it when it
 * begins to serve (base/module.h); one that is linked with server.c, as tests
 * are, uses that.
 */
struct server_module {
    const char *version;
    /* HTTP over the sandbox's socket until stop_fd ends it. */
    bool (*run)(struct sandbox *sandbox, int stop_fd, struct error *err);
};

extern const struct server_module server_module;

#define SERVER_MODULE "drplan-server.so"

#endif
