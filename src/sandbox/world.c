#include "sandbox/world.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MANY_GROUPS = 2500, MANY_SECURITY_GROUPS = 130 };

const struct world_region world_regions[] = {
    {"cn-hangzhou", "华东1（杭州）", "rmq-cn-", "bp1", 300, 60, true, true},
    {"cn-shanghai", "华东2（上海）", "rmq-cn-", "uf6", 24, 5, true, true},
    {"cn-beijing", "华北2（北京）", "rmq-cn-", "2ze", 12, 3, true, true},
    {"cn-shenzhen", "华南1（深圳）", "rmq-cn-", "wz9", 5, 2, false, true},
    {"cn-hongkong", "中国香港", "rmq-hk-", "j6c", 3, 1, false, true},
    {"ap-southeast-1", "新加坡", "rmq-sg-", "t4n", 8, 3, false, true},
    {"ap-southeast-5", "印度尼西亚（雅加达）", "rmq-id-", "k1a", 2, 1, false, true},
    {"eu-central-1", "德国（法兰克福）", "rmq-eu-", "gw8", 0, 1, false, true},
};

const size_t world_region_count = sizeof(world_regions) / sizeof(world_regions[0]);

const struct world_region *world_region(const char *id)
{
    for (size_t i = 0; i < world_region_count; i++)
        if (strcmp(world_regions[i].id, id) == 0)
            return &world_regions[i];
    return NULL;
}

/* ---- Ids ---- */

/* What stands for chance here: the same for the same thing, in every run. (The finaliser of MurmurHash3) */
static uint64_t mix(const char *kind, const struct world_region *region, size_t number)
{
    uint64_t value = 14695981039346656037u;

    for (; *kind; kind++)
        value = (value ^ (unsigned char)*kind) * 1099511628211u;
    for (const char *c = region->id; *c; c++)
        value = (value ^ (unsigned char)*c) * 1099511628211u;
    value ^= number + 1;
    value = (value ^ value >> 33) * 0xff51afd7ed558ccdu;
    value = (value ^ value >> 33) * 0xc4ceb9fe1a85ec53u;
    return value ^ value >> 33;
}

/* prefix, `letters` letters and digits of the value, then the number in four digits, which makes it unique.
 */
static void make_id(char out[WORLD_TEXT], const char *prefix, uint64_t value, int letters, size_t number)
{
    static const char alphabet[] = "abcdefghijkmnopqrstuvwxyz0123456789";
    char middle[16];
    int used = 0;

    for (; used < letters && used < (int)sizeof(middle) - 1; used++) {
        middle[used] = alphabet[value % (sizeof(alphabet) - 1)];
        value /= sizeof(alphabet) - 1;
    }
    middle[used] = '\0';
    snprintf(out, WORLD_TEXT, "%s%s%04zu", prefix, middle, number % 10000);
}

static void make_marked_id(char out[WORLD_TEXT], const char *prefix, const struct world_region *region,
                           size_t number)
{
    char start[16];

    snprintf(start, sizeof(start), "%s%s", prefix, region->mark);
    make_id(out, start, mix(prefix, region, number), 10, number);
}

/* ---- Instances ---- */

static const char *instance_status(size_t number)
{
    if (number % 41 == 7)
        return "CREATING";
    if (number % 53 == 9)
        return "CHANGING";
    return number % 17 == 5 ? "STOPPED" : "RUNNING";
}

static void name_instance(char out[WORLD_TEXT], size_t number)
{
    static const char *const systems[] = {
        "orders",  "payments", "inventory", "订单中心", "shipping", "billing", "search", "支付",
        "pesanan", "ledger",   "risk",      "gateway",  "物流",     "audit",   "mail",   "reports",
    };
    static const char *const stages[] = {"prod", "staging", "test", "dev", "dr"};
    enum { SYSTEMS = sizeof(systems) / sizeof(systems[0]), STAGES = sizeof(stages) / sizeof(stages[0]) };

    snprintf(out, WORLD_TEXT, "%s-%s-%zu", systems[number % SYSTEMS], stages[number / SYSTEMS % STAGES],
             number / SYSTEMS / STAGES + 1);
}

void world_instance(const struct world_region *region, size_t number, struct world_instance *out)
{
    static const char *const series[] = {"standard", "professional", "ultimate"};
    static const char *const sub_series[] = {"cluster_ha", "serverless", "single_node"};
    uint64_t value = mix("instance", region, number);

    *out = (struct world_instance){
        .number = number,
        .status = instance_status(number),
        .old = region->old && number % 6 == 4,
        .free_inside = value % 3 != 0,
        .vpc = number % region->vpcs,
    };
    out->series = out->old ? "standard" : series[value / 3 % 3];
    out->sub_series = out->old ? "cluster_ha" : sub_series[value / 9 % 3];
    name_instance(out->name, number);
    if (out->old)
        make_id(out->id, "MQ_INST_" WORLD_ACCOUNT "_B", value, 3, number);
    else
        make_id(out->id, region->prefix, value, 7, number);
}

bool world_find_instance(const struct world_region *region, const char *id, struct world_instance *out)
{
    for (size_t i = 0; i < region->instances; i++) {
        world_instance(region, i, out);
        if (strcmp(out->id, id) == 0)
            return true;
    }
    return false;
}

/* ---- Of an instance ---- */

static const char *const custom_accounts[] = {"replicator", "order-service", "payment-service", "audit"};

enum { CUSTOM_ACCOUNTS = sizeof(custom_accounts) / sizeof(custom_accounts[0]) };

/* 4.0 knows the keys of RAM users only. */
size_t world_account_count(const struct world_instance *instance)
{
    return instance->old ? 0 : 1 + instance->number % (CUSTOM_ACCOUNTS + 1);
}

void world_account(const struct world_instance *instance, size_t number, struct world_account *out)
{
    *out = (struct world_account){.type = "DEFAULT", .status = "ENABLE"};
    if (number == 0) {
        make_id(out->name, "u", mix("account", &world_regions[0], instance->number), 11, instance->number);
        return;
    }
    snprintf(out->name, sizeof(out->name), "%s", custom_accounts[(number - 1) % CUSTOM_ACCOUNTS]);
    out->type = "CUSTOMER";
    if (strcmp(out->name, "audit") == 0)
        out->status = "DISABLE";
}

/* The first instance of Hangzhou is the one that shows what a long list is like. */
size_t world_group_count(const struct world_region *region, const struct world_instance *instance)
{
    if (region == &world_regions[0] && instance->number == 0)
        return MANY_GROUPS;
    return 3 + mix("groups", region, instance->number) % 20;
}

void world_group(const struct world_instance *instance, size_t number, struct world_group *out)
{
    static const char *const uses[] = {"orders", "payments", "stock", "mail", "ledger", "replay", "DS"};
    enum { USES = sizeof(uses) / sizeof(uses[0]) };

    *out = (struct world_group){
        .status = number % 29 == 11 ? "CREATING" : "RUNNING",
        .model = number % 13 == 6 ? "BROADCASTING" : "CLUSTERING",
    };
    snprintf(out->id, sizeof(out->id), "GID_%s_%04zu", uses[number % USES], number);
    if (number % 4 == 0)
        snprintf(out->remark, sizeof(out->remark), "of %s", instance->name);
}

/* ---- Networks ---- */

void world_vpc(const struct world_region *region, size_t number, struct world_vpc *out)
{
    static const char *const uses[] = {"production", "staging", "office", "测试", "shared"};
    enum { USES = sizeof(uses) / sizeof(uses[0]) };

    *out = (struct world_vpc){
        .status = number % 23 == 19 ? "Pending" : "Available",
        .usual = number == 0,
        .vswitches = 2 + mix("vswitches", region, number) % 3,
        .groups = 1 + mix("groups of", region, number) % 3,
    };
    if (region == &world_regions[0] && number == 0)
        out->groups = MANY_SECURITY_GROUPS;
    make_marked_id(out->id, "vpc-", region, number);
    snprintf(out->name, sizeof(out->name), "%s-%zu", uses[number % USES], number / USES + 1);
    snprintf(out->addresses, sizeof(out->addresses), "10.%zu.0.0/16", number % 256);
}

void world_vswitch(const struct world_region *region, size_t vpc, size_t number, struct world_vswitch *out)
{
    char letter = (char)('h' + number % 3);

    *out = (struct world_vswitch){.free_addresses = (int)(40 + mix("free", region, vpc + number) % 210)};
    make_marked_id(out->id, "vsw-", region, vpc * 10 + number);
    snprintf(out->zone, sizeof(out->zone), "%s-%c", region->id, letter);
    snprintf(out->name, sizeof(out->name), "zone-%c-%zu", letter, number + 1);
    snprintf(out->addresses, sizeof(out->addresses), "10.%zu.%zu.0/24", vpc % 256, number % 256);
}

void world_security_group(const struct world_region *region, size_t vpc, size_t number,
                          struct world_security_group *out)
{
    static const char *const uses[] = {"rocketmq", "web", "databases", "everything-else"};
    static const char *const descriptions[] = {"RocketMQ clients", "", "", "for what has no group yet"};
    enum { USES = sizeof(uses) / sizeof(uses[0]) };

    *out = (struct world_security_group){
        .type = number % 5 == 3 ? "enterprise" : "normal",
        .description = descriptions[number % USES],
    };
    make_marked_id(out->id, "sg-", region, vpc * 150 + number);
    snprintf(out->name, sizeof(out->name), "%s-%zu", uses[number % USES], number / USES + 1);
}
