#include "api/proxy.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "api/request.h"
#include "api/say.h"
#include "api/transport.h"
#include "base/buf.h"

/* host[:port] without the port and without the brackets of an IPv6 address. */
static void bare_host(const char *host, char *out, size_t size)
{
    size_t length;

    if (host[0] == '[') {
        host++;
        length = strcspn(host, "]");
    } else {
        length = strcspn(host, ":");
    }
    if (length >= size)
        length = size - 1;
    memcpy(out, host, length);
    out[length] = '\0';
}

bool host_is_loopback(const char *host)
{
    char bare[256];
    struct in_addr address;

    bare_host(host, bare, sizeof(bare));
    if (inet_pton(AF_INET, bare, &address) == 1)
        return (ntohl(address.s_addr) >> 24) == 127;
    return strcmp(bare, "::1") == 0 || ascii_compare(bare, "localhost") == 0;
}

bool host_needs_no_search(const char *host)
{
    unsigned char unused[16];
    char bare[256];

    bare_host(host, bare, sizeof(bare));
    return host_is_loopback(host) || inet_pton(AF_INET, bare, unused) == 1 ||
           inet_pton(AF_INET6, bare, unused) == 1;
}

bool host_takes_plain_http(const char *host)
{
    return host_is_loopback(host) || strcmp(host, METADATA_HOST) == 0;
}

static bool same_prefix(const unsigned char *left, const unsigned char *right, size_t bits)
{
    unsigned int rest = (unsigned int)(bits % 8);

    if (memcmp(left, right, bits / 8) != 0)
        return false;
    return rest == 0 || ((left[bits / 8] ^ right[bits / 8]) >> (8 - rest)) == 0;
}

/* "192.0.2.7", "192.0.2.0/24" or their IPv6 kind against an address in text. */
static bool address_matches(int family, const char *address, const char *entry)
{
    unsigned char ours[16], theirs[16];
    size_t bits = family == AF_INET ? 32 : 128;
    char network[64];
    size_t length = strcspn(entry, "/");

    if (length >= sizeof(network))
        return false;
    memcpy(network, entry, length);
    network[length] = '\0';
    if (entry[length] == '/') {
        char *end;
        unsigned long given = strtoul(entry + length + 1, &end, 10);

        if (end == entry + length + 1 || *end != '\0' || given > bits)
            return false;
        bits = given;
    }
    return inet_pton(family, address, ours) == 1 && inet_pton(family, network, theirs) == 1 &&
           same_prefix(ours, theirs, bits);
}

static bool same_text(const char *left, const char *right, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (ascii_lower(left[i]) != ascii_lower(right[i]))
            return false;
    }
    return true;
}

/* "example.com" and ".example.com" cover that host and all below it. */
static bool name_matches(const char *host, size_t host_length, const char *entry, size_t length)
{
    if (length > 0 && entry[0] == '.') {
        entry++;
        length--;
    }
    if (length > 0 && entry[length - 1] == '.')
        length--;
    if (host_length > 0 && host[host_length - 1] == '.')
        host_length--;
    if (length == 0 || length > host_length || !same_text(host + host_length - length, entry, length))
        return false;
    return length == host_length || host[host_length - length - 1] == '.';
}

static bool entry_matches(const char *host, const char *entry, size_t length)
{
    unsigned char unused[16];
    char text[256];
    int family = 0;

    if (inet_pton(AF_INET, host, unused) == 1)
        family = AF_INET;
    else if (inet_pton(AF_INET6, host, unused) == 1)
        family = AF_INET6;
    if (family == 0)
        return name_matches(host, strlen(host), entry, length);
    if (length >= sizeof(text))
        return false;
    memcpy(text, entry, length);
    text[length] = '\0';
    return address_matches(family, host, text);
}

static bool list_covers(const char *list, const char *host)
{
    if (strcmp(list, "*") == 0)
        return true;
    while (*list) {
        size_t length;

        list += strspn(list, ", ");
        length = strcspn(list, ", ");
        if (length > 0 && entry_matches(host, list, length))
            return true;
        list += length;
    }
    return false;
}

static const char *variable(const char *lower, const char *upper)
{
    const char *value = getenv(lower);

    if ((!value || !*value) && upper)
        value = getenv(upper);
    return value && *value ? value : NULL;
}

/* HTTP_PROXY does not count: a web server sets it from a request's "Proxy:" header. */
const char *proxy_for(const char *scheme, const char *host)
{
    const char *exceptions = variable("no_proxy", "NO_PROXY");
    const char *proxy;
    char bare[256];

    if (strcmp(scheme, "http") == 0 && host_takes_plain_http(host))
        return NULL;
    proxy =
        strcmp(scheme, "http") == 0 ? variable("http_proxy", NULL) : variable("https_proxy", "HTTPS_PROXY");
    if (!proxy)
        proxy = variable("all_proxy", "ALL_PROXY");
    bare_host(host, bare, sizeof(bare));
    if (!proxy || (exceptions && list_covers(exceptions, bare)))
        return NULL;
    return proxy;
}

/* Behind "scheme://user:password@". */
static const char *host_of_proxy(const char *proxy)
{
    const char *start = strstr(proxy, "://"), *at = strrchr(proxy, '@');

    if (at)
        return at + 1;
    return start ? start + 3 : proxy;
}

bool proxy_needs_no_search(const char *scheme, const char *host)
{
    const char *proxy = proxy_for(scheme, host);

    return proxy && host_needs_no_search(host_of_proxy(proxy));
}

void transport_proxy(const char *scheme, const char *host, char *text, size_t size)
{
    const char *proxy = proxy_for(scheme, host);
    struct buf masked = BUF_INIT;
    const char *user, *at, *colon;

    if (!proxy)
        proxy = "";
    user = strstr(proxy, "://");
    user = user ? user + 3 : proxy;
    at = strrchr(user, '@');
    colon = at ? memchr(user, ':', (size_t)(at - user)) : NULL;
    if (colon) {
        buf_add(&masked, proxy, (size_t)(colon - proxy));
        buf_add_text(&masked, ":****");
        proxy = at;
    }
    buf_add_text(&masked, proxy);
    say(text, size, "%s", buf_text(&masked));
    buf_release(&masked);
}
