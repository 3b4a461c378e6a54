#ifndef API_PROXY_H
#define API_PROXY_H

#include <stdbool.h>

/* True for 127.0.0.0/8, [::1] and localhost, with or without ":port". */
bool host_is_loopback(const char *host);

/*
 * The proxy for requests to host ("host[:port]"), by the variables that libcurl
 * reads, in its order: https_proxy, HTTPS_PROXY, http_proxy (lower case only),
 * all_proxy, ALL_PROXY; but for hosts in no_proxy or NO_PROXY. NULL for none.
 *
 * Plain http goes to loopback only, and never through a proxy: there the
 * address would mean another machine, and the request would leave this one
 * unprotected.
 */
const char *proxy_for(const char *scheme, const char *host);

#endif
