#ifndef API_TRANSPORT_MODULE_H
#define API_TRANSPORT_MODULE_H

#include "api/transport.h"

/*
 * The half of the transport that needs libcurl: transport_curl.h. The program
 * loads it with the first transfer (base/module.h); one that it is linked into,
 * as tests are, uses that.
 */
struct carrier;

struct transport_module {
    const char *version;
    /* What options points to stays until close. */
    struct carrier *(*open)(const struct transport_options *options, struct error *err);
    void (*close)(struct carrier *carrier);
    struct transfer *(*start)(struct carrier *carrier, const struct request *request, transfer_done *done,
                              void *context, struct error *err);
    void (*cancel)(struct carrier *carrier, struct transfer *transfer);
    /* Until a transfer can move, one of fds is ready, or the time is over. */
    bool (*wait)(struct carrier *carrier, const struct pollfd *fds, size_t count, int timeout_ms,
                 struct error *err);
    bool (*run)(struct carrier *carrier, struct error *err);
    size_t (*running)(const struct carrier *carrier);
};

extern const struct transport_module transport_module;

#endif
