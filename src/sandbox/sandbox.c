#include "sandbox/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/host.h"
#include "base/module.h"
#include "sandbox/server.h"

#pragma weak server_module /* NULL where it is not linked in */

/* ERROR_FILE, not ERROR_NETWORK: a port that is taken is trouble on this side. */
static bool listen_on_loopback(struct sandbox *sandbox, int port, struct error *err)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((in_port_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int on = 1;

    if (port < 0 || port > 65535)
        return error_set(err, ERROR_USAGE, "the port must be from 0 to 65535, not %d", port);
    sandbox->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (sandbox->listen_fd < 0 ||
        setsockopt(sandbox->listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
        bind(sandbox->listen_fd, (const struct sockaddr *)&address, size) < 0 ||
        listen(sandbox->listen_fd, SOMAXCONN) < 0 ||
        getsockname(sandbox->listen_fd, (struct sockaddr *)&address, &size) < 0)
        return error_set_errno(err, ERROR_FILE, errno, "cannot listen on 127.0.0.1, port %d", port);
    sandbox->port = ntohs(address.sin_port);
    return true;
}

static bool open_parts(struct sandbox *sandbox, const struct sandbox_options *options, struct error *err)
{
    for (int i = 0; i < options->fault_count; i++)
        if (!faults_add(&sandbox->faults, options->faults[i], err))
            return false;
    return service_open(&sandbox->service, host_system(), options->state_file, err) &&
           listen_on_loopback(sandbox, options->port, err);
}

struct sandbox *sandbox_open(const struct sandbox_options *options, struct error *err)
{
    struct sandbox *sandbox = calloc(1, sizeof(*sandbox));

    if (!sandbox) {
        error_memory(err);
        return NULL;
    }
    sandbox->listen_fd = -1;
    sandbox->quiet = options->quiet;
    /* A private sandbox loads it in a process that nobody hears of. */
    if (open_parts(sandbox, options, err) && (&server_module || module_is_there(SERVER_MODULE, err)))
        return sandbox;
    sandbox_free(sandbox);
    return NULL;
}

int sandbox_port(const struct sandbox *sandbox)
{
    return sandbox->port;
}

bool sandbox_run(struct sandbox *sandbox, int stop_fd, struct error *err)
{
    const struct server_module *module =
        &server_module ? &server_module : module_load(SERVER_MODULE, "server_module", err);

    return module && module->run(sandbox, stop_fd, err);
}

void sandbox_free(struct sandbox *sandbox)
{
    if (!sandbox)
        return;
    if (sandbox->listen_fd >= 0)
        close(sandbox->listen_fd);
    service_release(&sandbox->service);
    faults_release(&sandbox->faults);
    free(sandbox);
}
