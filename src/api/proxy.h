#ifndef API_PROXY_H
#define API_PROXY_H

#include <stdbool.h>

/* Where an ECS instance is told about itself: plain http, by everyone's documentation. */
#define METADATA_HOST "100.100.100.200"

/* True for 127.0.0.0/8, [::1] and localhost, with or without ":port". */
bool host_is_loopback(const char *host);

/* True where no name server is asked: for addresses in figures, and this machine. */
bool host_needs_no_search(const char *host);

/* True where plain http is allowed: on this machine, and for METADATA_HOST, which answers from the machine
 * that ours runs on. */
bool host_takes_plain_http(const char *host);

/*
 * The proxy for requests to host ("host[:port]"), by the variables that libcurl
 * reads, in its order: https_proxy, HTTPS_PROXY, http_proxy (lower case only),
 * all_proxy, ALL_PROXY; but for hosts in no_proxy or NO_PROXY. NULL for none.
 *
 * Plain http never goes through a proxy: there the address would mean another
 * machine, and the request would leave this one unprotected.
 */
const char *proxy_for(const char *scheme, const char *host);

/* True where there is one, and no name server is asked for it. */
bool proxy_needs_no_search(const char *scheme, const char *host);

#endif
