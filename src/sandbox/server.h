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

/* HTTP over the sandbox's socket until stop_fd ends it: the one place that knows the HTTP library. */
bool server_run(struct sandbox *sandbox, int stop_fd, struct error *err);

#endif
