#include "sandbox/listing.h"

#include <stdlib.h>
#include <string.h>

#include "sandbox/listing_state.h"

#define USUAL_REGION "cn-hangzhou"

bool text_holds(const char *text, const char *part)
{
    return !part || strstr(text, part);
}

bool list_names(const char *list, const char *id)
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

static bool list(struct listing *listing, enum route_id route, struct error *err)
{
    switch (route) {
    case ROUTE_LIST_REGIONS:
        return listing_regions(listing);
    case ROUTE_LIST_INSTANCES:
        return listing_instances(listing);
    case ROUTE_GET_INSTANCE:
        return listing_instance(listing);
    case ROUTE_LIST_ACCOUNTS:
        return listing_accounts(listing);
    case ROUTE_LIST_GROUPS:
        return listing_groups(listing);
    case ROUTE_LIST_VPCS:
        return listing_vpcs(listing);
    case ROUTE_LIST_VSWITCHES:
        return listing_vswitches(listing);
    case ROUTE_LIST_SECURITY_GROUPS:
        return listing_security_groups(listing);
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
