#ifndef API_TRANSPORT_H
#define API_TRANSPORT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "api/request.h"
#include "base/error.h"

/*
 * The network, as far as the rest knows: transfers that run side by side in one
 * thread, and one place to wait for them and for anything else.
 *
 * HTTPS only (http to loopback and to the metadata of an ECS instance),
 * certificates and host checked, TLS 1.2 at least, no redirects followed, answers cut at
 * TRANSPORT_ANSWER_MAX. Each transfer has a connection of its own that is neither reused nor kept, unless
 * keep_connections says otherwise; either way nothing but a GET is ever sent twice.
 */
enum { TRANSPORT_ANSWER_MAX = 1 << 20, TRANSPORT_HEADERS_MAX = 256 << 10 };

/* How far a transfer got, as sure as it can be known. */
enum transfer_end {
    TRANSFER_ANSWERED, /* a whole answer came; response says which */
    TRANSFER_NOT_SENT, /* not a byte of the request left this machine */
    TRANSFER_BROKEN,   /* the request left, or part of it, and no whole answer came */
    TRANSFER_CANCELLED_NOT_SENT,
    TRANSFER_CANCELLED_SENT,
};

struct transfer_result {
    enum transfer_end end;
    struct response response;
    char reason[256]; /* in words, for all but TRANSFER_ANSWERED: what went wrong and what to do */
};

struct transport_options {
    long connect_timeout_ms; /* 10,000 by default */
    long timeout_ms;         /* 60,000 by default, from start to end */
    bool keep_connections;   /* for the next transfer, while they are in use: for many */
    const char *ca_file;     /* further roots to trust (PEM), besides the system's; NULL: the system's only */
};

extern const struct transport_options transport_defaults;

struct transport;
struct transfer;

/* options are copied; NULL: the defaults. ERROR_FILE for a ca_file that cannot be read. Nothing of the
 * network is touched before the first transfer. */
struct transport *transport_new(const struct transport_options *options, struct error *err);
void transport_free(struct transport *transport); /* cancels what still runs, without calling back */

/* Called from transport_wait(), once for each transfer; result is valid during the call only. */
typedef void transfer_done(void *context, const struct transfer_result *result);

/* Starts a transfer; request must stay until it is done. NULL, and nothing was sent: ERROR_INPUT for a
 * request that may not go out like that, ERROR_FILE for a part of the program that is missing, ERROR_NETWORK
 * for a network that cannot be used at all. */
struct transfer *transport_start(struct transport *transport, const struct request *request,
                                 transfer_done *done, void *context, struct error *err);

/* Ends a transfer; its done is called from here, with TRANSFER_CANCELLED_... */
void transport_cancel(struct transport *transport, struct transfer *transfer);

/*
 * Waits until one of fds is ready, a transfer moved, or timeout_ms passed
 * (-1: no limit), runs the transfers, and fills in fds[].revents. Without a
 * transfer it is poll(): nothing wakes up. Returns the number of ready fds, 0
 * also when a signal came, or -1 when waiting is not possible (ERROR_INTERNAL,
 * ERROR_NETWORK).
 */
int transport_wait(struct transport *transport, struct pollfd *fds, size_t count, int timeout_ms,
                   struct error *err);

/* Transfers that run now. */
size_t transport_running(const struct transport *transport);

/* The proxy that requests to host will use, with its password masked, into text; "" when none. Reads the
 * environment as libcurl does; but plain http never goes through one. */
void transport_proxy(const char *scheme, const char *host, char *text, size_t size);

#endif
