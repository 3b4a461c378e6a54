#ifndef SANDBOX_LISTING_STATE_H
#define SANDBOX_LISTING_STATE_H

#include <stdbool.h>

#include "base/buf.h"
#include "sandbox/exchange.h"
#include "sandbox/query.h"
#include "sandbox/routes.h"
#include "sandbox/world.h"

/* One question on its way to its answer, and what the files of listing.h offer each other. */
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

/* True when part stands in text, or is NULL. */
bool text_holds(const char *text, const char *part);

/* True when id is in a list that is parted by commas; everything is in one that is empty or NULL. */
bool list_names(const char *list, const char *id);

/* Each writes what it has into out. False with the refusal filled in. */

/* RocketMQ: listing_rocketmq.c */
bool listing_regions(struct listing *listing);
bool listing_instances(struct listing *listing);
bool listing_instance(struct listing *listing);
bool listing_accounts(struct listing *listing);
bool listing_groups(struct listing *listing);

/* VPC and ECS: listing_network.c */
bool listing_vpcs(struct listing *listing);
bool listing_vswitches(struct listing *listing);
bool listing_security_groups(struct listing *listing);

#endif
