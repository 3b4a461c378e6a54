#include "api/transport.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/proxy.h"
#include "api/transport_module.h"
#include "base/buf.h"
#include "base/excerpt.h"
#include "base/module.h"

#pragma weak transport_module /* NULL where it is not linked in */

const struct transport_options transport_defaults = {.connect_timeout_ms = 10000, .timeout_ms = 60000};

struct transport {
    struct transport_options options;
    char *ca_file;
    const struct transport_module *module; /* these two are NULL before the first transfer */
    struct carrier *carrier;
};

struct transport *transport_new(const struct transport_options *options, struct error *err)
{
    struct transport *transport = calloc(1, sizeof(*transport));
    struct stat status;

    if (!transport) {
        error_memory(err);
        return NULL;
    }
    transport->options = options ? *options : transport_defaults;
    if (!transport->options.ca_file)
        return transport;
    transport->ca_file = text_copy(transport->options.ca_file);
    transport->options.ca_file = transport->ca_file;
    if (!transport->ca_file)
        error_memory(err);
    else if (access(transport->ca_file, R_OK) != 0 || stat(transport->ca_file, &status) != 0)
        error_set_errno(err, ERROR_FILE, errno, "the certificates to trust cannot be read from %s",
                        excerpt(transport->ca_file, 300).text);
    else if (!S_ISREG(status.st_mode))
        error_set(err, ERROR_FILE, "the certificates to trust cannot be read: %s is not a file",
                  excerpt(transport->ca_file, 300).text);
    else
        return transport;
    transport_free(transport);
    return NULL;
}

void transport_free(struct transport *transport)
{
    if (!transport)
        return;
    if (transport->carrier)
        transport->module->close(transport->carrier);
    free(transport->ca_file);
    free(transport);
}

static bool holds_control(const char *text, size_t length)
{
    unsigned controls = 0;

    /* No branches: this runs over every byte of every header that is sent. */
    for (size_t i = 0; i < length; i++)
        controls += (((unsigned char)text[i] < 0x20) & (text[i] != '\t')) | (text[i] == 0x7F);
    return controls > 0;
}

/* A line break in a header would end it and begin another one of somebody's choosing. */
static bool request_check(const struct request *request, struct error *err)
{
    if (strcmp(request->scheme, "https") != 0 &&
        !(strcmp(request->scheme, "http") == 0 && host_takes_plain_http(request->host)))
        return error_set(err, ERROR_INPUT, "%s cannot be asked over %s: only https is safe",
                         excerpt(request->host, 200).text, excerpt(request->scheme, 20).text);
    for (size_t i = 0; i < request->headers.count; i++) {
        const struct pair *header = &request->headers.items[i];

        if (header->name[0] == '\0' || strpbrk(header->name, "\r\n:; \t"))
            return error_set(err, ERROR_INPUT, "a request header has a name that cannot be sent");
        if (holds_control(header->value, header->value_length))
            return error_set(err, ERROR_INPUT, "the value of the request header %s holds a control character",
                             excerpt(header->name, 80).text);
    }
    return true;
}

/* libcurl may bring libgnutls along, for protocols not spoken here; it need not get ready for them. */
static const struct transport_module *load_module(struct error *err)
{
    static const char unready[] = "GNUTLS_NO_IMPLICIT_INIT";
    bool was_set = getenv(unready) != NULL;
    const struct transport_module *module;

    setenv(unready, "1", 0);
    module = module_load("drplan-transport.so", "transport_module", err);
    if (!was_set)
        unsetenv(unready);
    return module;
}

/* Loading libcurl costs more than a first screen may, so nothing of it is asked for before the first
 * transfer. */
static bool carrier_ready(struct transport *transport, struct error *err)
{
    if (!transport->module)
        transport->module = &transport_module ? &transport_module : load_module(err);
    if (transport->module && !transport->carrier)
        transport->carrier = transport->module->open(&transport->options, err);
    return transport->carrier != NULL;
}

struct transfer *transport_start(struct transport *transport, const struct request *request,
                                 transfer_done *done, void *context, struct error *err)
{
    if (!request_check(request, err) || !carrier_ready(transport, err))
        return NULL;
    return transport->module->start(transport->carrier, request, done, context, err);
}

void transport_cancel(struct transport *transport, struct transfer *transfer)
{
    transport->module->cancel(transport->carrier, transfer);
}

int transport_wait(struct transport *transport, struct pollfd *fds, size_t count, int timeout_ms,
                   struct error *err)
{
    bool busy = transport_running(transport) > 0;
    int ready;

    if (busy && !transport->module->wait(transport->carrier, fds, count, timeout_ms, err))
        return -1;
    /* libcurl does not report POLLHUP and POLLERR of foreign descriptors, so poll() has the last word on
     * them. */
    ready = poll(fds, (nfds_t)count, busy ? 0 : timeout_ms);
    if (ready < 0 && errno != EINTR) {
        error_set_errno(err, ERROR_INTERNAL, errno, "waiting for input failed");
        return -1;
    }
    for (size_t i = 0; ready < 0 && i < count; i++)
        fds[i].revents = 0;
    if (busy && !transport->module->run(transport->carrier, err))
        return -1;
    return ready < 0 ? 0 : ready;
}

size_t transport_running(const struct transport *transport)
{
    return transport->carrier ? transport->module->running(transport->carrier) : 0;
}
