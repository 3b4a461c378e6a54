#ifndef API_ENDPOINT_H
#define API_ENDPOINT_H

#include <stdbool.h>

#include "base/error.h"

/* A region that offers the service: id and name for people. Source: API reference, RocketMQ, Endpoints. */
struct region {
    const char *id; /* NULL ends the table */
    const char *name;
};

extern const struct region regions[];

/* True for lower-case letters, digits and single hyphens, as region ids are: nothing else gets into a host.
 */
bool region_is_valid(const char *region);

/* Where requests go. */
struct endpoint {
    char scheme[8]; /* "https"; "http" for loopback addresses only */
    char host[272]; /* with ":port" when it is not the scheme's own */
};

/* The public endpoint of a product in a region, or the one inside a VPC: rocketmq.cn-hangzhou.aliyuncs.com,
 * rocketmq-vpc.cn-hangzhou.aliyuncs.com. ERROR_INPUT for a region that is no region id. */
bool endpoint_for_region(const char *product, const char *region, bool vpc, struct endpoint *out,
                         struct error *err);

/* Takes "host", "host:port", "https://host[:port]" or, for 127.0.0.0/8, [::1] and localhost only,
 * "http://host[:port]". No user, path, query or fragment. ERROR_INPUT. */
bool endpoint_parse(const char *text, struct endpoint *out, struct error *err);

#endif
