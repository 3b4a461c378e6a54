#include "sandbox/listing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "sandbox/paging.h"
#include "sandbox/query.h"
#include "sandbox/world.h"

#define USUAL_REGION "cn-hangzhou"

/* One question on its way to its answer. */
struct listing {
    const struct arrival *arrival;
    const struct route *route;
    struct query query;
    char *instance_id;                 /* of the path; NULL: none */
    const struct world_region *region; /* NULL: the account has nothing there */
    struct world_instance instance;
    struct buf out;
    struct refusal *refusal;
};

/* ---- JSON ---- */

static void next_member(struct buf *out, const char *name)
{
    char last = out->length > 0 ? out->data[out->length - 1] : '{';

    if (last != '{' && last != '[')
        buf_add_char(out, ',');
    if (!name)
        return;
    json_add_string(out, name);
    buf_add_char(out, ':');
}

static void add_text(struct buf *out, const char *name, const char *value)
{
    next_member(out, name);
    json_add_string(out, value);
}

static void add_number(struct buf *out, const char *name, int64_t value)
{
    next_member(out, name);
    buf_addf(out, "%" PRId64, value);
}

static void add_bool(struct buf *out, const char *name, bool value)
{
    next_member(out, name);
    buf_add_text(out, value ? "true" : "false");
}

static void open_part(struct buf *out, const char *name, char bracket)
{
    next_member(out, name);
    buf_add_char(out, bracket);
}

static void close_part(struct buf *out, char bracket)
{
    buf_add_char(out, bracket);
}

/* ---- Questions ---- */

static bool holds(const char *text, const char *part)
{
    return !part || strstr(text, part);
}

static bool is_one_of(const char *id, const char *list)
{
    size_t length = strlen(id);

    if (!list || !*list)
        return true;
    while (*list) {
        size_t item = strcspn(list, ",");

        if (item == length && memcmp(list, id, length) == 0)
            return true;
        list += item + (list[item] == ',');
    }
    return false;
}

static bool refuse_missing(struct listing *listing, const char *parameter)
{
    return refuse(listing->refusal, 400, "MissingParameter",
                  "The input parameter %s that is mandatory for processing this request is not supplied.",
                  parameter);
}

/* ---- RocketMQ ---- */

static void close_list(struct listing *listing, const struct page *page)
{
    close_part(&listing->out, ']');
    add_number(&listing->out, "pageNumber", page->number);
    add_number(&listing->out, "pageSize", page->size);
    add_number(&listing->out, "totalCount", page->total);
    close_part(&listing->out, '}');
}

static bool open_list(struct listing *listing, int64_t largest, struct page *page)
{
    const struct page_rules rules = {"pageNumber", "pageSize", 10, 10, largest};

    if (!page_read(&listing->query, &rules, page, listing->refusal))
        return false;
    open_part(&listing->out, NULL, '{');
    open_part(&listing->out, "list", '[');
    return true;
}

static bool find_instance(struct listing *listing)
{
    if (listing->region && world_find_instance(listing->region, listing->instance_id, &listing->instance))
        return true;
    return refuse(listing->refusal, 404, "Instance.NotFound", "The instance cannot be found.");
}

static bool list_regions(struct listing *listing)
{
    open_part(&listing->out, NULL, '[');
    for (size_t i = 0; i < world_region_count; i++) {
        const struct world_region *region = &world_regions[i];

        open_part(&listing->out, NULL, '{');
        add_text(&listing->out, "regionId", region->id);
        add_text(&listing->out, "regionName", region->name);
        add_bool(&listing->out, "supportRocketmqV4", region->old);
        add_bool(&listing->out, "supportRocketmqV5", region->new);
        close_part(&listing->out, '}');
    }
    close_part(&listing->out, ']');
    return true;
}

static void add_instance(struct listing *listing, const struct world_instance *instance)
{
    struct buf *out = &listing->out;

    add_text(out, "regionId", listing->region->id);
    add_text(out, "instanceId", instance->id);
    add_text(out, "instanceName", instance->name);
    add_text(out, "status", instance->status);
    add_text(out, "seriesCode", instance->series);
    add_text(out, "subSeriesCode", instance->sub_series);
    add_text(out, "serviceCode", "rmq");
    add_text(out, "paymentType", instance->number % 3 ? "PayAsYouGo" : "Subscription");
    add_text(out, "userId", WORLD_ACCOUNT);
    add_number(out, "groupCount", (int64_t)world_group_count(listing->region, instance));
}

static bool list_instances(struct listing *listing)
{
    const char *filter = query_get(&listing->query, "filter");
    const char *series = query_get(&listing->query, "seriesCodes");
    size_t count = listing->region ? listing->region->instances : 0;
    struct page page;

    if (!open_list(listing, 200, &page))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct world_instance instance;

        world_instance(listing->region, i, &instance);
        if ((!holds(instance.id, filter) && !holds(instance.name, filter)) ||
            !is_one_of(instance.series, series) || !page_takes(&page))
            continue;
        open_part(&listing->out, NULL, '{');
        add_instance(listing, &instance);
        close_part(&listing->out, '}');
    }
    close_list(listing, &page);
    return true;
}

static void add_endpoint(struct listing *listing, const char *type, const char *place)
{
    char url[192];

    open_part(&listing->out, NULL, '{');
    snprintf(url, sizeof(url), "%s%s.%s.rmq.aliyuncs.com:8080", listing->instance.id, place,
             listing->region->id);
    add_text(&listing->out, "endpointType", type);
    add_text(&listing->out, "endpointUrl", url);
    close_part(&listing->out, '}');
}

static void add_network(struct listing *listing)
{
    struct buf *out = &listing->out;
    struct world_security_group group;
    struct world_vswitch vswitch;
    struct world_vpc vpc;

    world_vpc(listing->region, listing->instance.vpc, &vpc);
    world_vswitch(listing->region, listing->instance.vpc, 0, &vswitch);
    world_security_group(listing->region, listing->instance.vpc, 0, &group);
    open_part(out, "networkInfo", '{');
    open_part(out, "endpoints", '[');
    add_endpoint(listing, "TCP_VPC", "-vpc");
    add_endpoint(listing, "TCP_INTERNET", "");
    close_part(out, ']');
    open_part(out, "vpcInfo", '{');
    add_text(out, "vpcId", vpc.id);
    open_part(out, "vSwitches", '[');
    open_part(out, NULL, '{');
    add_text(out, "vSwitchId", vswitch.id);
    add_text(out, "zoneId", vswitch.zone);
    close_part(out, '}');
    close_part(out, ']');
    add_text(out, "securityGroupIds", group.id);
    close_part(out, '}');
    close_part(out, '}');
}

static void add_access(struct listing *listing)
{
    struct buf *out = &listing->out;
    struct world_account account;

    open_part(out, "software", '{');
    add_text(out, "softwareVersion", listing->instance.old ? "4.0" : "5.0-rmq-20230619-1");
    close_part(out, '}');
    if (listing->instance.old)
        return;
    world_account(&listing->instance, 0, &account);
    open_part(out, "accountInfo", '{');
    add_text(out, "username", account.name);
    close_part(out, '}');
    open_part(out, "aclInfo", '{');
    open_part(out, "aclTypes", '[');
    add_text(out, NULL, "default");
    close_part(out, ']');
    add_bool(out, "defaultVpcAuthFree", listing->instance.free_inside);
    close_part(out, '}');
}

static bool get_instance(struct listing *listing)
{
    if (!find_instance(listing))
        return false;
    open_part(&listing->out, NULL, '{');
    add_instance(listing, &listing->instance);
    add_network(listing);
    add_access(listing);
    close_part(&listing->out, '}');
    return true;
}

static bool list_accounts(struct listing *listing)
{
    const char *name = query_get(&listing->query, "username");
    const char *type = query_get(&listing->query, "accountType");
    const char *status = query_get(&listing->query, "accountStatus");
    struct page page;

    if (!find_instance(listing) || !open_list(listing, 10000, &page))
        return false;
    for (size_t i = 0; i < world_account_count(&listing->instance); i++) {
        struct world_account account;

        world_account(&listing->instance, i, &account);
        if (!holds(account.name, name) || !is_one_of(account.type, type) ||
            !is_one_of(account.status, status) || !page_takes(&page))
            continue;
        open_part(&listing->out, NULL, '{');
        add_text(&listing->out, "instanceId", listing->instance.id);
        add_text(&listing->out, "username", account.name);
        add_text(&listing->out, "accountType", account.type);
        add_text(&listing->out, "accountStatus", account.status);
        close_part(&listing->out, '}');
    }
    close_list(listing, &page);
    return true;
}

static bool list_groups(struct listing *listing)
{
    const char *filter = query_get(&listing->query, "filter");
    struct page page;

    if (!find_instance(listing) || !open_list(listing, 100, &page))
        return false;
    for (size_t i = 0; i < world_group_count(listing->region, &listing->instance); i++) {
        struct world_group group;

        world_group(&listing->instance, i, &group);
        if (!holds(group.id, filter) || !page_takes(&page))
            continue;
        open_part(&listing->out, NULL, '{');
        add_text(&listing->out, "regionId", listing->region->id);
        add_text(&listing->out, "instanceId", listing->instance.id);
        add_text(&listing->out, "consumerGroupId", group.id);
        add_text(&listing->out, "remark", group.remark);
        add_text(&listing->out, "status", group.status);
        add_text(&listing->out, "messageModel", group.model);
        close_part(&listing->out, '}');
    }
    close_list(listing, &page);
    return true;
}

/* ---- VPC and ECS ---- */

/* The members of the answer; the caller adds its list in between. */
static bool open_network_list(struct listing *listing, const char *outer, const char *inner,
                              struct page *page)
{
    static const struct page_rules rules = {"PageNumber", "PageSize", 10, 1, 50};

    if (!page_read(&listing->query, &rules, page, listing->refusal))
        return false;
    open_part(&listing->out, outer, '{');
    open_part(&listing->out, inner, '[');
    return true;
}

static void close_network_list(struct listing *listing, const struct page *page)
{
    close_part(&listing->out, ']');
    close_part(&listing->out, '}');
    add_number(&listing->out, "PageNumber", page->number);
    add_number(&listing->out, "PageSize", page->size);
    add_number(&listing->out, "TotalCount", page->total);
}

static void add_vpc(struct listing *listing, size_t number, const struct world_vpc *vpc)
{
    struct buf *out = &listing->out;

    open_part(out, NULL, '{');
    add_text(out, "VpcId", vpc->id);
    add_text(out, "VpcName", vpc->name);
    add_text(out, "CidrBlock", vpc->addresses);
    add_text(out, "Status", vpc->status);
    add_bool(out, "IsDefault", vpc->usual);
    add_text(out, "RegionId", listing->region->id);
    add_text(out, "Description", "");
    open_part(out, "VSwitchIds", '{');
    open_part(out, "VSwitchId", '[');
    for (size_t i = 0; i < vpc->vswitches; i++) {
        struct world_vswitch vswitch;

        world_vswitch(listing->region, number, i, &vswitch);
        add_text(out, NULL, vswitch.id);
    }
    close_part(out, ']');
    close_part(out, '}');
    close_part(out, '}');
}

static bool list_vpcs(struct listing *listing)
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
        if (is_one_of(vpc.id, ids) && holds(vpc.name, name) && page_takes(&page))
            add_vpc(listing, i, &vpc);
    }
    close_network_list(listing, &page);
    return true;
}

static void add_vswitch(struct listing *listing, const struct world_vpc *vpc,
                        const struct world_vswitch *vswitch)
{
    struct buf *out = &listing->out;

    open_part(out, NULL, '{');
    add_text(out, "VSwitchId", vswitch->id);
    add_text(out, "VSwitchName", vswitch->name);
    add_text(out, "VpcId", vpc->id);
    add_text(out, "ZoneId", vswitch->zone);
    add_text(out, "CidrBlock", vswitch->addresses);
    add_number(out, "AvailableIpAddressCount", vswitch->free_addresses);
    add_text(out, "Status", "Available");
    close_part(out, '}');
}

/* The VPCs of the region that an id names; all without one. */
static bool takes_vpc(struct listing *listing, size_t number, struct world_vpc *vpc)
{
    const char *id = query_get(&listing->query, "VpcId");

    world_vpc(listing->region, number, vpc);
    return !id || strcmp(vpc->id, id) == 0;
}

static bool list_vswitches(struct listing *listing)
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
            if (is_one_of(vswitch.id, ids) && (!zone || strcmp(vswitch.zone, zone) == 0) && page_takes(&page))
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

    open_part(out, NULL, '{');
    add_text(out, "SecurityGroupId", group->id);
    add_text(out, "SecurityGroupName", group->name);
    add_text(out, "SecurityGroupType", group->type);
    add_text(out, "VpcId", vpc->id);
    add_text(out, "Description", group->description);
    add_bool(out, "ServiceManaged", false);
    close_part(out, '}');
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

static bool list_security_groups(struct listing *listing)
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
    open_part(out, "SecurityGroups", '{');
    open_part(out, "SecurityGroup", '[');
    total = add_security_groups(listing, before, page.size);
    close_part(out, ']');
    close_part(out, '}');
    add_number(out, "TotalCount", total);
    if (before + page.size < total)
        snprintf(token, sizeof(token), "AAAA%" PRId64 "-%" PRId64, before + page.size,
                 token_check(before + page.size));
    add_text(out, "NextToken", token);
    return true;
}

/* ---- All of them ---- */

static bool list(struct listing *listing, enum route_id route, struct error *err)
{
    switch (route) {
    case ROUTE_LIST_REGIONS:
        return list_regions(listing);
    case ROUTE_LIST_INSTANCES:
        return list_instances(listing);
    case ROUTE_GET_INSTANCE:
        return get_instance(listing);
    case ROUTE_LIST_ACCOUNTS:
        return list_accounts(listing);
    case ROUTE_LIST_GROUPS:
        return list_groups(listing);
    case ROUTE_LIST_VPCS:
        return list_vpcs(listing);
    case ROUTE_LIST_VSWITCHES:
        return list_vswitches(listing);
    case ROUTE_LIST_SECURITY_GROUPS:
        return list_security_groups(listing);
    case ROUTE_CREATE_PLAN:
    case ROUTE_LIST_PLANS:
    case ROUTE_GET_PLAN:
    case ROUTE_GET_CALLER_IDENTITY:
    case ROUTE_ASSUME_ROLE:
    case ROUTE_COUNT:
        break;
    }
    return error_set(err, ERROR_INTERNAL, "an operation without a list was taken for one");
}

/* The segment of the path that the star of the route stands for, decoded. */
static bool read_path(struct listing *listing, struct error *err)
{
    const char *star = strchr(listing->route->path, '*');
    const char *segment;
    size_t length;

    if (!star)
        return true;
    segment = listing->arrival->target + (star - listing->route->path);
    listing->instance_id = percent_decode(segment, strcspn(segment, "/?"), &length);
    return listing->instance_id ? true : error_memory(err);
}

static void find_region(struct listing *listing, enum route_id route)
{
    const char *id = route_is_rpc(route) ? query_get(&listing->query, "RegionId") : NULL;

    if (!id)
        id = arrival_header(listing->arrival, "x-acs-region-id");
    listing->region = world_region(id ? id : USUAL_REGION);
}

bool listing_answer(enum route_id route, const struct arrival *arrival, struct reply *reply,
                    struct refusal *refusal, struct error *err)
{
    struct listing listing = {
        .arrival = arrival, .route = &routes[route], .out = BUF_INIT, .refusal = refusal};
    bool done;

    if (!query_parse(arrival_query(arrival), &listing.query, err))
        return false;
    done = read_path(&listing, err);
    if (done) {
        find_region(&listing, route);
        done = list(&listing, route, err);
    }
    if (done && listing.out.failed)
        done = error_memory(err);
    if (done)
        done = route_is_rpc(route) ? reply_succeed_rpc(reply, buf_text(&listing.out), err)
                                   : reply_succeed(reply, buf_text(&listing.out), err);
    buf_release(&listing.out);
    free(listing.instance_id);
    query_release(&listing.query);
    return done;
}
