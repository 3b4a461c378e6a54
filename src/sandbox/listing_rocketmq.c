#include "sandbox/listing_state.h"

#include <stdio.h>

#include "base/compose.h"
#include "sandbox/paging.h"

static void close_list(struct listing *listing, const struct page *page)
{
    compose_close(&listing->out, ']');
    compose_number(&listing->out, "pageNumber", page->number);
    compose_number(&listing->out, "pageSize", page->size);
    compose_number(&listing->out, "totalCount", page->total);
    compose_close(&listing->out, '}');
}

static bool open_list(struct listing *listing, int64_t largest, struct page *page)
{
    const struct page_rules rules = {"pageNumber", "pageSize", 10, 10, largest};

    if (!page_read(&listing->query, &rules, page, listing->refusal))
        return false;
    compose_open(&listing->out, NULL, '{');
    compose_open(&listing->out, "list", '[');
    return true;
}

static bool find_instance(struct listing *listing)
{
    if (listing->region && world_find_instance(listing->region, listing->instance_id, &listing->instance))
        return true;
    return refuse(listing->refusal, 404, "Instance.NotFound", "The instance cannot be found.");
}

bool listing_regions(struct listing *listing)
{
    compose_open(&listing->out, NULL, '[');
    for (size_t i = 0; i < world_region_count; i++) {
        const struct world_region *region = &world_regions[i];

        compose_open(&listing->out, NULL, '{');
        compose_text(&listing->out, "regionId", region->id);
        compose_text(&listing->out, "regionName", region->name);
        compose_bool(&listing->out, "supportRocketmqV4", region->old);
        compose_bool(&listing->out, "supportRocketmqV5", region->new);
        compose_close(&listing->out, '}');
    }
    compose_close(&listing->out, ']');
    return true;
}

static void add_instance(struct listing *listing, const struct world_instance *instance)
{
    struct buf *out = &listing->out;

    compose_text(out, "regionId", listing->region->id);
    compose_text(out, "instanceId", instance->id);
    compose_text(out, "instanceName", instance->name);
    compose_text(out, "status", instance->status);
    compose_text(out, "seriesCode", instance->series);
    compose_text(out, "subSeriesCode", instance->sub_series);
    compose_text(out, "serviceCode", "rmq");
    compose_text(out, "paymentType", instance->number % 3 ? "PayAsYouGo" : "Subscription");
    compose_text(out, "userId", WORLD_ACCOUNT);
    compose_number(out, "groupCount", (int64_t)world_group_count(listing->region, instance));
}

bool listing_instances(struct listing *listing)
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
        if ((!text_holds(instance.id, filter) && !text_holds(instance.name, filter)) ||
            !list_names(series, instance.series) || !page_takes(&page))
            continue;
        compose_open(&listing->out, NULL, '{');
        add_instance(listing, &instance);
        compose_close(&listing->out, '}');
    }
    close_list(listing, &page);
    return true;
}

static void add_endpoint(struct listing *listing, const char *type, const char *place)
{
    char url[192];

    compose_open(&listing->out, NULL, '{');
    snprintf(url, sizeof(url), "%s%s.%s.rmq.aliyuncs.com:8080", listing->instance.id, place,
             listing->region->id);
    compose_text(&listing->out, "endpointType", type);
    compose_text(&listing->out, "endpointUrl", url);
    compose_close(&listing->out, '}');
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
    compose_open(out, "networkInfo", '{');
    compose_open(out, "endpoints", '[');
    add_endpoint(listing, "TCP_VPC", "-vpc");
    add_endpoint(listing, "TCP_INTERNET", "");
    compose_close(out, ']');
    compose_open(out, "vpcInfo", '{');
    compose_text(out, "vpcId", vpc.id);
    compose_open(out, "vSwitches", '[');
    compose_open(out, NULL, '{');
    compose_text(out, "vSwitchId", vswitch.id);
    compose_text(out, "zoneId", vswitch.zone);
    compose_close(out, '}');
    compose_close(out, ']');
    compose_text(out, "securityGroupIds", group.id);
    compose_close(out, '}');
    compose_close(out, '}');
}

static void add_access(struct listing *listing)
{
    struct buf *out = &listing->out;
    struct world_account account;

    compose_open(out, "software", '{');
    compose_text(out, "softwareVersion", listing->instance.old ? "4.0" : "5.0-rmq-20230619-1");
    compose_close(out, '}');
    if (listing->instance.old)
        return;
    world_account(&listing->instance, 0, &account);
    compose_open(out, "accountInfo", '{');
    compose_text(out, "username", account.name);
    compose_close(out, '}');
    compose_open(out, "aclInfo", '{');
    compose_open(out, "aclTypes", '[');
    compose_text(out, NULL, "default");
    compose_close(out, ']');
    compose_bool(out, "defaultVpcAuthFree", listing->instance.free_inside);
    compose_close(out, '}');
}

bool listing_instance(struct listing *listing)
{
    if (!find_instance(listing))
        return false;
    compose_open(&listing->out, NULL, '{');
    add_instance(listing, &listing->instance);
    add_network(listing);
    add_access(listing);
    compose_close(&listing->out, '}');
    return true;
}

bool listing_accounts(struct listing *listing)
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
        if (!text_holds(account.name, name) || !list_names(type, account.type) ||
            !list_names(status, account.status) || !page_takes(&page))
            continue;
        compose_open(&listing->out, NULL, '{');
        compose_text(&listing->out, "instanceId", listing->instance.id);
        compose_text(&listing->out, "username", account.name);
        compose_text(&listing->out, "accountType", account.type);
        compose_text(&listing->out, "accountStatus", account.status);
        compose_close(&listing->out, '}');
    }
    close_list(listing, &page);
    return true;
}

bool listing_groups(struct listing *listing)
{
    const char *filter = query_get(&listing->query, "filter");
    struct page page;

    if (!find_instance(listing) || !open_list(listing, 100, &page))
        return false;
    for (size_t i = 0; i < world_group_count(listing->region, &listing->instance); i++) {
        struct world_group group;

        world_group(&listing->instance, i, &group);
        if (!text_holds(group.id, filter) || !page_takes(&page))
            continue;
        compose_open(&listing->out, NULL, '{');
        compose_text(&listing->out, "regionId", listing->region->id);
        compose_text(&listing->out, "instanceId", listing->instance.id);
        compose_text(&listing->out, "consumerGroupId", group.id);
        compose_text(&listing->out, "remark", group.remark);
        compose_text(&listing->out, "status", group.status);
        compose_text(&listing->out, "messageModel", group.model);
        compose_close(&listing->out, '}');
    }
    close_list(listing, &page);
    return true;
}
