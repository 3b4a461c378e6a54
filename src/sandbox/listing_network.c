#include "sandbox/listing_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/compose.h"
#include "sandbox/paging.h"

static bool refuse_missing(struct listing *listing, const char *parameter)
{
    return refuse(listing->refusal, 400, "MissingParameter",
                  "The input parameter %s that is mandatory for processing this request is not supplied.",
                  parameter);
}
/* The members of the answer; the caller adds its list in between. */
static bool open_network_list(struct listing *listing, const char *outer, const char *inner,
                              struct page *page)
{
    static const struct page_rules rules = {"PageNumber", "PageSize", 10, 1, 50};

    if (!page_read(&listing->query, &rules, page, listing->refusal))
        return false;
    compose_open(&listing->out, outer, '{');
    compose_open(&listing->out, inner, '[');
    return true;
}

static void close_network_list(struct listing *listing, const struct page *page)
{
    compose_close(&listing->out, ']');
    compose_close(&listing->out, '}');
    compose_number(&listing->out, "PageNumber", page->number);
    compose_number(&listing->out, "PageSize", page->size);
    compose_number(&listing->out, "TotalCount", page->total);
}

static void add_vpc(struct listing *listing, size_t number, const struct world_vpc *vpc)
{
    struct buf *out = &listing->out;

    compose_open(out, NULL, '{');
    compose_text(out, "VpcId", vpc->id);
    compose_text(out, "VpcName", vpc->name);
    compose_text(out, "CidrBlock", vpc->addresses);
    compose_text(out, "Status", vpc->status);
    compose_bool(out, "IsDefault", vpc->usual);
    compose_text(out, "RegionId", listing->region->id);
    compose_text(out, "Description", "");
    compose_open(out, "VSwitchIds", '{');
    compose_open(out, "VSwitchId", '[');
    for (size_t i = 0; i < vpc->vswitches; i++) {
        struct world_vswitch vswitch;

        world_vswitch(listing->region, number, i, &vswitch);
        compose_text(out, NULL, vswitch.id);
    }
    compose_close(out, ']');
    compose_close(out, '}');
    compose_close(out, '}');
}

bool listing_vpcs(struct listing *listing)
{
    const char *ids = query_get(&listing->query, "VpcId");
    const char *name = query_get(&listing->query, "VpcName");
    size_t count = listing->region ? listing->region->vpcs : 0;
    struct page page;

    if (!query_get(&listing->query, "RegionId"))
        return refuse_missing(listing, "RegionId");
    if (!open_network_list(listing, "Vpcs", "Vpc", &page))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct world_vpc vpc;

        world_vpc(listing->region, i, &vpc);
        if (list_names(ids, vpc.id) && text_holds(vpc.name, name) && page_takes(&page))
            add_vpc(listing, i, &vpc);
    }
    close_network_list(listing, &page);
    return true;
}

static void add_vswitch(struct listing *listing, const struct world_vpc *vpc,
                        const struct world_vswitch *vswitch)
{
    struct buf *out = &listing->out;

    compose_open(out, NULL, '{');
    compose_text(out, "VSwitchId", vswitch->id);
    compose_text(out, "VSwitchName", vswitch->name);
    compose_text(out, "VpcId", vpc->id);
    compose_text(out, "ZoneId", vswitch->zone);
    compose_text(out, "CidrBlock", vswitch->addresses);
    compose_number(out, "AvailableIpAddressCount", vswitch->free_addresses);
    compose_text(out, "Status", "Available");
    compose_close(out, '}');
}

/* The VPCs of the region that an id names; all without one. */
static bool takes_vpc(struct listing *listing, size_t number, struct world_vpc *vpc)
{
    const char *id = query_get(&listing->query, "VpcId");

    world_vpc(listing->region, number, vpc);
    return !id || strcmp(vpc->id, id) == 0;
}

bool listing_vswitches(struct listing *listing)
{
    const char *ids = query_get(&listing->query, "VSwitchId");
    const char *zone = query_get(&listing->query, "ZoneId");
    size_t count = listing->region ? listing->region->vpcs : 0;
    struct page page;

    if (!query_get(&listing->query, "RegionId") && !query_get(&listing->query, "VpcId"))
        return refuse_missing(listing, "RegionId");
    if (!open_network_list(listing, "VSwitches", "VSwitch", &page))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct world_vpc vpc;

        if (!takes_vpc(listing, i, &vpc))
            continue;
        for (size_t j = 0; j < vpc.vswitches; j++) {
            struct world_vswitch vswitch;

            world_vswitch(listing->region, i, j, &vswitch);
            if (list_names(ids, vswitch.id) && (!zone || strcmp(vswitch.zone, zone) == 0) &&
                page_takes(&page))
                add_vswitch(listing, &vpc, &vswitch);
        }
    }
    close_network_list(listing, &page);
    return true;
}

/* A token stands for how many rows went before, with a check that keeps made-up ones out. */
static int64_t token_check(int64_t before)
{
    return (before * INT64_C(2654435761) + 97) % 1000003;
}

static bool read_token(struct listing *listing, int64_t *before)
{
    const char *token = query_get(&listing->query, "NextToken");
    char right[64];

    *before = 0;
    if (!token || !*token)
        return true;
    if (strncmp(token, "AAAA", 4) == 0 && sscanf(token + 4, "%9" SCNd64, before) == 1) {
        snprintf(right, sizeof(right), "AAAA%" PRId64 "-%" PRId64, *before, token_check(*before));
        if (strcmp(token, right) == 0)
            return true;
    }
    return refuse(listing->refusal, 400, "InvalidParameter.NextToken", "The specified NextToken is invalid.");
}

static void add_security_group(struct listing *listing, const struct world_vpc *vpc,
                               const struct world_security_group *group)
{
    struct buf *out = &listing->out;

    compose_open(out, NULL, '{');
    compose_text(out, "SecurityGroupId", group->id);
    compose_text(out, "SecurityGroupName", group->name);
    compose_text(out, "SecurityGroupType", group->type);
    compose_text(out, "VpcId", vpc->id);
    compose_text(out, "Description", group->description);
    compose_bool(out, "ServiceManaged", false);
    compose_close(out, '}');
}

/* Returns the number of rows that fit, whether they are on the page or not. */
static int64_t add_security_groups(struct listing *listing, int64_t first, int64_t size)
{
    size_t count = listing->region ? listing->region->vpcs : 0;
    int64_t row = 0;

    for (size_t i = 0; i < count; i++) {
        struct world_vpc vpc;

        if (!takes_vpc(listing, i, &vpc))
            continue;
        for (size_t j = 0; j < vpc.groups; j++, row++) {
            struct world_security_group group;

            if (row < first || row >= first + size)
                continue;
            world_security_group(listing->region, i, j, &group);
            add_security_group(listing, &vpc, &group);
        }
    }
    return row;
}

bool listing_security_groups(struct listing *listing)
{
    static const struct page_rules rules = {"PageNumber", "MaxResults", 10, 1, 100};
    struct buf *out = &listing->out;
    int64_t before, total;
    struct page page;
    char token[64] = "";

    if (!query_get(&listing->query, "RegionId"))
        return refuse_missing(listing, "RegionId");
    if (query_get(&listing->query, "PageNumber") || query_get(&listing->query, "PageSize"))
        return refuse(
            listing->refusal, 400, "NotSupported.PageNumberAndPageSize",
            "The parameters PageNumber and PageSize are not supported: use MaxResults and NextToken.");
    if (!page_read(&listing->query, &rules, &page, listing->refusal) || !read_token(listing, &before))
        return false;
    compose_open(out, "SecurityGroups", '{');
    compose_open(out, "SecurityGroup", '[');
    total = add_security_groups(listing, before, page.size);
    compose_close(out, ']');
    compose_close(out, '}');
    compose_number(out, "TotalCount", total);
    if (before + page.size < total)
        snprintf(token, sizeof(token), "AAAA%" PRId64 "-%" PRId64, before + page.size,
                 token_check(before + page.size));
    compose_text(out, "NextToken", token);
    return true;
}
