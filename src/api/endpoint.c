#include "api/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "api/request.h"
#include "base/excerpt.h"

enum { LABEL_MAX = 63, NAME_MAX_LENGTH = 253 };

const struct region regions[] = {
    {"cn-hangzhou", "China (Hangzhou)"},
    {"cn-shanghai", "China (Shanghai)"},
    {"cn-qingdao", "China (Qingdao)"},
    {"cn-beijing", "China (Beijing)"},
    {"cn-zhangjiakou", "China (Zhangjiakou)"},
    {"cn-huhehaote", "China (Hohhot)"},
    {"cn-wulanchabu", "China (Ulanqab)"},
    {"cn-nanjing", "China (Nanjing)"},
    {"cn-fuzhou", "China (Fuzhou)"},
    {"cn-shenzhen", "China (Shenzhen)"},
    {"cn-heyuan", "China (Heyuan)"},
    {"cn-guangzhou", "China (Guangzhou)"},
    {"cn-chengdu", "China (Chengdu)"},
    {"cn-zhengzhou-jva", "China (Zhengzhou)"},
    {"cn-hongkong", "China (Hong Kong)"},
    {"cn-hangzhou-finance", "China (Hangzhou, finance)"},
    {"cn-shanghai-finance-1", "China (Shanghai, finance)"},
    {"cn-shenzhen-finance-1", "China (Shenzhen, finance)"},
    {"cn-beijing-finance-1", "China (Beijing, finance)"},
    {"ap-northeast-1", "Japan (Tokyo)"},
    {"ap-northeast-2", "South Korea (Seoul)"},
    {"ap-southeast-1", "Singapore"},
    {"ap-southeast-2", "Australia (Sydney, closed)"},
    {"ap-southeast-3", "Malaysia (Kuala Lumpur)"},
    {"ap-southeast-5", "Indonesia (Jakarta)"},
    {"ap-southeast-6", "Philippines (Manila)"},
    {"ap-southeast-7", "Thailand (Bangkok)"},
    {"ap-south-1", "India (Mumbai)"},
    {"us-east-1", "US (Virginia)"},
    {"us-west-1", "US (Silicon Valley)"},
    {"na-south-1", "Mexico"},
    {"eu-west-1", "UK (London)"},
    {"eu-central-1", "Germany (Frankfurt)"},
    {"me-east-1", "UAE (Dubai)"},
    {"me-central-1", "Saudi Arabia (Riyadh)"},
    {NULL, NULL},
};

/* Public hosts that do not follow the rule PRODUCT.REGION.aliyuncs.com. */
static const struct exception {
    const char *product, *region, *host;
} exceptions[] = {
    {"vpc", "cn-hangzhou", "vpc.aliyuncs.com"},
    {"vpc", "cn-hangzhou-finance", "vpc.aliyuncs.com"},
    {"vpc", "cn-shanghai-finance-1", "vpc.aliyuncs.com"},
    {"vpc", "cn-shenzhen-finance-1", "vpc.aliyuncs.com"},
    {"vpc", "cn-beijing-finance-1", "vpc.aliyuncs.com"},
    {"vpc", "cn-north-2-gov-1", "vpc.aliyuncs.com"},
    {"ecs", "cn-hangzhou", "ecs-cn-hangzhou.aliyuncs.com"},
    {"ecs", "cn-hangzhou-finance", "ecs.aliyuncs.com"},
    {"ecs", "cn-shenzhen-finance-1", "ecs-cn-hangzhou.aliyuncs.com"},
};

static bool lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool region_is_valid(const char *region)
{
    size_t length = strlen(region);

    if (length == 0 || length > LABEL_MAX)
        return false;
    for (size_t i = 0; i < length; i++) {
        bool inner_hyphen = region[i] == '-' && i > 0 && i + 1 < length && region[i - 1] != '-';

        if (!lower_or_digit(region[i]) && !inner_hyphen)
            return false;
    }
    return true;
}

static const char *exception_host(const char *product, const char *region)
{
    for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++) {
        if (strcmp(exceptions[i].product, product) == 0 && strcmp(exceptions[i].region, region) == 0)
            return exceptions[i].host;
    }
    return NULL;
}

static bool product_is_known(const char *product)
{
    static const char *const products[] = {"rocketmq", "vpc", "ecs", "sts", "ons"};

    for (size_t i = 0; i < sizeof(products) / sizeof(products[0]); i++) {
        if (strcmp(products[i], product) == 0)
            return true;
    }
    return false;
}

bool endpoint_for_region(const char *product, const char *region, bool vpc, struct endpoint *out,
                         struct error *err)
{
    const char *host = vpc ? NULL : exception_host(product, region);

    *out = (struct endpoint){.scheme = "https"};
    if (!product_is_known(product))
        return error_set(err, ERROR_INTERNAL, "no endpoint is known for the product %s", product);
    if (!region_is_valid(region))
        return error_set(err, ERROR_INPUT,
                         "\"%s\" is not a region id: those have lower-case letters, digits and hyphens, as "
                         "cn-hangzhou has",
                         excerpt(region, 80).text);
    if (host)
        snprintf(out->host, sizeof(out->host), "%s", host);
    else
        snprintf(out->host, sizeof(out->host), "%s%s.%s.aliyuncs.com", product, vpc ? "-vpc" : "", region);
    return true;
}

/* What endpoint_parse() takes apart, each part lower-cased and checked. */
struct parts {
    bool https;
    char name[NAME_MAX_LENGTH + 1]; /* an IPv6 address stands in brackets */
    bool loopback;
    unsigned port; /* 0: none given */
};

/* Takes a scheme off *text; https where there is none. The messages never quote the text: in its place might
 * stand a password. */
static bool parse_scheme(const char **text, struct parts *parts, struct error *err)
{
    const char *end = strstr(*text, "://");
    size_t length = end ? (size_t)(end - *text) : 0;
    char scheme[8] = "";

    parts->https = true;
    if (!end)
        return true;
    for (size_t i = 0; i < length && i + 1 < sizeof(scheme); i++)
        scheme[i] = ascii_lower((*text)[i]);
    parts->https = strcmp(scheme, "https") == 0;
    if (!parts->https && strcmp(scheme, "http") != 0)
        return error_set(err, ERROR_INPUT, "the endpoint has a scheme other than https");
    *text = end + 3;
    return true;
}

static bool parse_port(const char *text, struct parts *parts, struct error *err)
{
    unsigned port = 0;

    if (*text == '\0')
        return true;
    for (text++; *text >= '0' && *text <= '9' && port <= 65535; text++)
        port = port * 10 + (unsigned)(*text - '0');
    if (*text != '\0' || port < 1 || port > 65535)
        return error_set(err, ERROR_INPUT, "the port of the endpoint is not a number from 1 to 65535");
    parts->port = port;
    return true;
}

/* "[address]": the address in its usual form, so that one address has one spelling. */
static bool parse_ipv6(const char **text, struct parts *parts, struct error *err)
{
    const char *end = strchr(*text, ']');
    char address[INET6_ADDRSTRLEN] = "", usual[INET6_ADDRSTRLEN];
    struct in6_addr bytes;

    if (end && (size_t)(end - *text) <= sizeof(address))
        memcpy(address, *text + 1, (size_t)(end - *text) - 1);
    if (!end || inet_pton(AF_INET6, address, &bytes) != 1 ||
        !inet_ntop(AF_INET6, &bytes, usual, sizeof(usual)))
        return error_set(err, ERROR_INPUT, "the endpoint has no IPv6 address between its brackets");
    snprintf(parts->name, sizeof(parts->name), "[%s]", usual);
    parts->loopback = memcmp(&bytes, &in6addr_loopback, sizeof(bytes)) == 0;
    *text = end + 1;
    return true;
}

/* Labels of letters, digits and inner hyphens, with single dots between them. */
static bool name_is_valid(const char *name)
{
    size_t label = 0;

    for (size_t i = 0;; i++) {
        if (name[i] == '.' || name[i] == '\0') {
            if (label == 0 || label > LABEL_MAX || name[i - 1] == '-')
                return false;
            if (name[i] == '\0')
                return true;
            label = 0;
        } else if (lower_or_digit(name[i]) || (name[i] == '-' && label > 0)) {
            label++;
        } else {
            return false;
        }
    }
}

static bool parse_name(const char **text, struct parts *parts, struct error *err)
{
    size_t length = strcspn(*text, ":");
    struct in_addr bytes;

    if (length < sizeof(parts->name)) {
        for (size_t i = 0; i < length; i++)
            parts->name[i] = ascii_lower((*text)[i]);
        parts->name[length] = '\0';
    }
    if (!name_is_valid(parts->name))
        return error_set(
            err, ERROR_INPUT,
            "the endpoint is not a host name with or without a port, as "
            "rocketmq.cn-hangzhou.aliyuncs.com or https://127.0.0.1:8443 is: no user, path, query "
            "or other characters");
    parts->loopback = strcmp(parts->name, "localhost") == 0 ||
                      (inet_pton(AF_INET, parts->name, &bytes) == 1 && ntohl(bytes.s_addr) >> 24 == 127);
    *text += length;
    return true;
}

bool endpoint_parse(const char *text, struct endpoint *out, struct error *err)
{
    struct parts parts = {.https = true};
    unsigned own_port;

    *out = (struct endpoint){0};
    if (!parse_scheme(&text, &parts, err))
        return false;
    if (*text == '[' ? !parse_ipv6(&text, &parts, err) : !parse_name(&text, &parts, err))
        return false;
    if (*text != '\0' && *text != ':')
        return error_set(err, ERROR_INPUT, "the endpoint goes on behind its address, where only a port may");
    if (!parse_port(text, &parts, err))
        return false;
    if (!parts.https && !parts.loopback)
        return error_set(
            err, ERROR_INPUT,
            "the endpoint is http, which is for this machine only (127.0.0.1, [::1], localhost): "
            "use https");
    own_port = parts.https ? 443 : 80;
    snprintf(out->scheme, sizeof(out->scheme), "%s", parts.https ? "https" : "http");
    if (parts.port != 0 && parts.port != own_port)
        snprintf(out->host, sizeof(out->host), "%s:%u", parts.name, parts.port);
    else
        snprintf(out->host, sizeof(out->host), "%s", parts.name);
    return true;
}
