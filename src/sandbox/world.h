#ifndef SANDBOX_WORLD_H
#define SANDBOX_WORLD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The small world of the sandbox: an account with instances, accounts, consumer
 * groups, VPCs, vSwitches and security groups in several regions. Nothing is
 * stored: each thing is worked out from its region and its number, always the
 * same, and ids that belong together do.
 */
enum { WORLD_TEXT = 64 };

#define WORLD_ACCOUNT "1000000000000000"

struct world_region {
    const char *id;
    const char *name;   /* as the service gives it */
    const char *prefix; /* of instance ids: "rmq-cn-" */
    const char *mark;   /* how ids of VPCs begin there: "bp1" */
    size_t instances, vpcs;
    bool old, new; /* the account has opened 4.0, 5.0 there */
};

struct world_instance {
    char id[WORLD_TEXT];
    char name[WORLD_TEXT];
    const char *status;
    const char *series;
    const char *sub_series;
    bool old;         /* 4.0 */
    bool free_inside; /* no sign-in within the VPC */
    size_t number, vpc;
};

struct world_account {
    char name[WORLD_TEXT];
    const char *type;   /* DEFAULT, CUSTOMER */
    const char *status; /* ENABLE, DISABLE */
};

struct world_group {
    char id[WORLD_TEXT];
    char remark[WORLD_TEXT + 8];
    const char *status;
    const char *model;
};

struct world_vpc {
    char id[WORLD_TEXT];
    char name[WORLD_TEXT];
    char addresses[32];
    const char *status;
    bool usual; /* the default VPC of the region */
    size_t vswitches, groups;
};

struct world_vswitch {
    char id[WORLD_TEXT];
    char name[WORLD_TEXT];
    char zone[WORLD_TEXT];
    char addresses[32];
    int free_addresses;
};

struct world_security_group {
    char id[WORLD_TEXT];
    char name[WORLD_TEXT];
    const char *type;
    const char *description;
};

extern const struct world_region world_regions[];
extern const size_t world_region_count;

/* Numbers count from 0 and are less than the count of the things: regions and VPCs say how many they have. An
 * id finds its instance, or nothing. */

/* NULL for a region in which the account has nothing. */
const struct world_region *world_region(const char *id);

void world_instance(const struct world_region *region, size_t number, struct world_instance *out);
bool world_find_instance(const struct world_region *region, const char *id, struct world_instance *out);

size_t world_account_count(const struct world_instance *instance);
void world_account(const struct world_instance *instance, size_t number, struct world_account *out);

size_t world_group_count(const struct world_region *region, const struct world_instance *instance);
void world_group(const struct world_instance *instance, size_t number, struct world_group *out);

void world_vpc(const struct world_region *region, size_t number, struct world_vpc *out);
void world_vswitch(const struct world_region *region, size_t vpc, size_t number, struct world_vswitch *out);
void world_security_group(const struct world_region *region, size_t vpc, size_t number,
                          struct world_security_group *out);

#endif
