#include "model/rule.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { PROPERTY_BYTES_MAX = 16 * 1024 };

/* What the rules ask about, looked up once for all of them. */
struct rule_facts {
    const struct review *review;
    const struct plan *plan;
    int instances;
    bool one_way, two_way;
    int external;           /* how many clusters are external */
    int first_of_role[2];   /* the first instance that is ACTIVE, PASSIVE; -1: none is */
    bool *same_instance_id; /* for each instance: an earlier one is the same cluster */
    bool *same_endpoint;
};

static const char *value_of(const struct rule_facts *facts, int instance, enum field_id field)
{
    return review_field(facts->review, place_of_instance(instance, field))->value;
}

static bool is(const struct rule_facts *facts, int instance, enum field_id field, const char *constant)
{
    const char *value = value_of(facts, instance, field);

    return value && strcmp(value, constant) == 0;
}

static bool external(const struct rule_facts *facts, int instance)
{
    return is(facts, instance, FIELD_INSTANCE_TYPE, EXTERNAL_CLUSTER);
}

/* ---- The predicates ---- */

static bool same_instance_id(const struct rule_facts *facts, int instance)
{
    return facts->same_instance_id[instance];
}

static bool same_endpoint(const struct rule_facts *facts, int instance)
{
    return facts->same_endpoint[instance];
}

static bool second_external(const struct rule_facts *facts, int instance)
{
    return instance > 0 && facts->external == facts->instances && external(facts, instance);
}

static bool two_way_with_external(const struct rule_facts *facts, int instance)
{
    (void)instance;
    return facts->two_way && facts->external > 0;
}

static bool two_way_with_4_0(const struct rule_facts *facts, int instance)
{
    const char *id = value_of(facts, instance, FIELD_INSTANCE_ID);

    return facts->two_way && id && strncmp(id, SERIES_4_0_PREFIX, strlen(SERIES_4_0_PREFIX)) == 0;
}

static bool role_twice(const struct rule_facts *facts, int instance)
{
    for (int role = 0; facts->one_way && role < 2; role++)
        if (is(facts, instance, FIELD_INSTANCE_ROLE, role == 0 ? ACTIVE_ROLE : PASSIVE_ROLE))
            return facts->first_of_role[role] != instance;
    return false;
}

static bool two_way_not_active(const struct rule_facts *facts, int instance)
{
    return facts->two_way && is(facts, instance, FIELD_INSTANCE_ROLE, PASSIVE_ROLE);
}

static bool two_way_without_group(const struct rule_facts *facts, int instance)
{
    return facts->two_way && external(facts, instance) && !value_of(facts, instance, FIELD_CONSUMER_GROUP_ID);
}

static bool key_missing(const struct rule_facts *facts, int instance)
{
    return value_of(facts, instance, FIELD_PROPERTY_VALUE) && !value_of(facts, instance, FIELD_PROPERTY_KEY);
}

static bool value_missing(const struct rule_facts *facts, int instance)
{
    return value_of(facts, instance, FIELD_PROPERTY_KEY) && !value_of(facts, instance, FIELD_PROPERTY_VALUE);
}

static bool property_long(const struct rule_facts *facts, int instance)
{
    const char *key = value_of(facts, instance, FIELD_PROPERTY_KEY);
    const char *value = value_of(facts, instance, FIELD_PROPERTY_VALUE);

    return key && value && strlen(key) + strlen(value) > PROPERTY_BYTES_MAX;
}

static bool group_reserved(const struct rule_facts *facts, int instance)
{
    static const char *const names[] = {
        "DEFAULT_CONSUMER",   "DEFAULT_PRODUCER",      "TOOLS_CONSUMER",    "FILTERSRV_CONSUMER",
        "__MONITOR_CONSUMER", "CLIENT_INNER_PRODUCER", "SELF_TEST_P_GROUP", "SELF_TEST_C_GROUP",
        "CID_ONS-HTTP-PROXY", "CID_ONSAPI_PERMISSION", "CID_ONSAPI_OWNER",  "CID_ONSAPI_PULL",
        "CID_RMQ_SYS_TRANS",
    };
    static const char *const prefixes[] = {"CID_RMQ_SYS_", "CID_HOUSEKEEPING"};
    const char *group = value_of(facts, instance, FIELD_CONSUMER_GROUP_ID);

    for (size_t i = 0; group && i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(group, names[i]) == 0)
            return true;
    for (size_t i = 0; group && i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
        if (strncmp(group, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

static bool automatic_on_two_way(const struct rule_facts *facts, int instance)
{
    return facts->two_way && is(facts, instance, FIELD_AUTO_SYNC, "true");
}

/* A plan of the wizard has its clusters from the start; only a draft can lack the list. */
static bool no_instances(const struct rule_facts *facts, int instance)
{
    (void)instance;
    return !plan_has_suggestions(facts->plan) && review_instances_begun(facts->review, facts->plan) == 0;
}

static bool more_than_two(const struct rule_facts *facts, int instance)
{
    (void)instance;
    return facts->instances > PLAN_INSTANCES;
}

/* ---- The table ---- */

struct rule {
    enum severity severity;
    enum field_id mark;  /* the field that is marked; FIELD_COUNT: the list "instances" as a whole */
    const char *message; /* a sentence that continues the label of that field */
    const char *source;
    /* Whether the mark of this instance (PLACE_PLAN where the mark is no field of one) breaks the rule. */
    bool (*broken)(const struct rule_facts *facts, int instance);
};

/* clang-format off */
static const struct rule rules[] = {
    {.severity = SEVERITY_ERROR, .mark = FIELD_INSTANCE_ID, .broken = same_instance_id,
     .message = "is a cluster that this plan has already: it would be copied onto itself",
     .source = "no source allows or forbids it; a cluster copied onto itself is certainly a mistake"},
    {.severity = SEVERITY_ERROR, .mark = FIELD_ENDPOINT_URL, .broken = same_endpoint,
     .message = "is a cluster that this plan has already: it would be copied onto itself",
     .source = "no source allows or forbids it; a cluster copied onto itself is certainly a mistake"},
    {.severity = SEVERITY_WARNING, .mark = FIELD_INSTANCE_TYPE, .broken = second_external,
     .message = "is external like the other: no source shows a plan without an ApsaraMQ instance",
     .source = "Global Replicator overview; neither allowed nor forbidden"},
    {.severity = SEVERITY_WARNING, .mark = FIELD_PLAN_TYPE, .broken = two_way_with_external,
     .message = "is two-way with an external cluster: no source says whether that works",
     .source = "Global Replicator overview; neither allowed nor forbidden"},
    {.severity = SEVERITY_WARNING, .mark = FIELD_INSTANCE_ID, .broken = two_way_with_4_0,
     .message = "is a 4.0 instance: if it is of the Standard Edition, it can be in one-way plans only",
     .source = "Global Replicator, usage notes; the edition cannot be seen from the request"},
    {.severity = SEVERITY_WARNING, .mark = FIELD_INSTANCE_ROLE, .broken = role_twice,
     .message = "is the role of an earlier cluster: a one-way plan has one ACTIVE and one PASSIVE",
     .source = "API reference, CreateDisasterRecoveryPlan, instanceRole; inferred from primary and secondary"},
    {.severity = SEVERITY_WARNING, .mark = FIELD_INSTANCE_ROLE, .broken = two_way_not_active,
     .message = "is PASSIVE: in a two-way plan both clusters are expected to be ACTIVE",
     .source = "API reference, CreateDisasterRecoveryPlan, instanceRole; inferred from two-way"},
    {.severity = SEVERITY_WARNING, .mark = FIELD_CONSUMER_GROUP_ID, .broken = two_way_without_group,
     .message = "is probably needed for an external cluster of a two-way plan",
     .source = "API reference, AddDisasterRecoveryItem, where two-way plans needed it; inferred"},
    {.severity = SEVERITY_WARNING, .mark = FIELD_CONSUMER_GROUP_ID, .broken = group_reserved,
     .message = "is a name that RocketMQ keeps for itself",
     .source = "Apache RocketMQ, limits of use"},
    {.severity = SEVERITY_WARNING, .mark = FIELD_PROPERTY_KEY, .broken = key_missing,
     .message = "is missing: a message property has a key and a value",
     .source = "API reference, CreateDisasterRecoveryPlan, messageProperty; inferred"},
    {.severity = SEVERITY_WARNING, .mark = FIELD_PROPERTY_VALUE, .broken = value_missing,
     .message = "is missing: a message property has a key and a value",
     .source = "API reference, CreateDisasterRecoveryPlan, messageProperty; inferred"},
    {.severity = SEVERITY_WARNING, .mark = FIELD_PROPERTY_VALUE, .broken = property_long,
     .message = "makes the message property longer than 16 KB, the limit for messages",
     .source = "ApsaraMQ for RocketMQ, limits; not stated for plans"},
    {.severity = SEVERITY_WARNING, .mark = FIELD_AUTO_SYNC, .broken = automatic_on_two_way,
     .message = "has no effect in a two-way plan: its progress is carried over by hand only",
     .source = "Global Replicator, consumer progress synchronization"},
    {.severity = SEVERITY_ERROR, .mark = FIELD_COUNT, .broken = no_instances,
     .message = "must be given: the two clusters of the plan",
     .source = "API reference, CreateDisasterRecoveryPlan, instances"},
    {.severity = SEVERITY_WARNING, .mark = FIELD_COUNT, .broken = more_than_two,
     .message = "has more than two clusters: every source speaks of one source and one target",
     .source = "Global Replicator overview; no number is documented"},
};
/* clang-format on */

/* ---- Clusters that are named twice ---- */

/*
 * One mention of a cluster. Where the same name may stand for different clusters (a private address in two
 * VPCs) `within` tells them apart; a NULL there fits any.
 */
struct mention {
    const char *name;
    const char *within;
    int instance;
};

static int compare_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

static int compare_mentions(const void *a, const void *b)
{
    const struct mention *left = a;
    const struct mention *right = b;
    int order = strcmp(left->name, right->name);

    if (order == 0)
        order = compare_text(left->within, right->within);
    return order ? order : left->instance - right->instance;
}

/* Marks all but the earliest of the mentions that have one name. They are sorted, so those without `within`
 * come first, and of each `within` the earliest instance comes first. */
static void mark_group(const struct mention *group, size_t count, bool *same)
{
    int earliest = group[0].instance;
    int earliest_vague = group[0].within ? INT_MAX : group[0].instance;
    int earliest_there = group[0].instance;

    for (size_t i = 1; i < count; i++)
        if (group[i].instance < earliest)
            earliest = group[i].instance;
    for (size_t i = 0; i < count; i++) {
        int instance = group[i].instance;

        if (i > 0 && compare_text(group[i].within, group[i - 1].within) != 0)
            earliest_there = instance;
        same[instance] =
            !group[i].within ? earliest < instance : earliest_there < instance || earliest_vague < instance;
    }
}

static void mark_repeated(struct mention *mentions, size_t count, bool *same)
{
    size_t start = 0;

    qsort(mentions, count, sizeof(*mentions), compare_mentions);
    for (size_t i = 1; i <= count; i++) {
        if (i < count && strcmp(mentions[i].name, mentions[start].name) == 0)
            continue;
        mark_group(&mentions[start], i - start, same);
        start = i;
    }
}

static void find_same_instance_ids(struct rule_facts *facts, struct mention *mentions)
{
    size_t count = 0;

    for (int i = 0; i < facts->instances; i++) {
        const char *id = value_of(facts, i, FIELD_INSTANCE_ID);

        if (id)
            mentions[count++] = (struct mention){id, value_of(facts, i, FIELD_REGION_ID), i};
    }
    if (count > 1)
        mark_repeated(mentions, count, facts->same_instance_id);
}

static void find_same_endpoints(struct rule_facts *facts, struct mention *mentions)
{
    size_t count = 0;

    for (int i = 0; i < facts->instances; i++) {
        const char *endpoint = value_of(facts, i, FIELD_ENDPOINT_URL);
        bool private = is(facts, i, FIELD_NETWORK_TYPE, VPC_NETWORK);
        const char *within = value_of(facts, i, private ? FIELD_VPC_ID : FIELD_NETWORK_TYPE);

        if (endpoint)
            mentions[count++] = (struct mention){endpoint, within, i};
    }
    if (count > 1)
        mark_repeated(mentions, count, facts->same_endpoint);
}

/* ---- Running them ---- */

static void find_facts(struct rule_facts *facts)
{
    facts->one_way = is(facts, PLACE_PLAN, FIELD_PLAN_TYPE, ONE_WAY);
    facts->two_way = is(facts, PLACE_PLAN, FIELD_PLAN_TYPE, TWO_WAY);
    facts->first_of_role[0] = -1;
    facts->first_of_role[1] = -1;
    for (int i = facts->instances - 1; i >= 0; i--) {
        facts->external += external(facts, i);
        if (is(facts, i, FIELD_INSTANCE_ROLE, ACTIVE_ROLE))
            facts->first_of_role[0] = i;
        if (is(facts, i, FIELD_INSTANCE_ROLE, PASSIVE_ROLE))
            facts->first_of_role[1] = i;
    }
}

static void run(struct problems *problems, const struct rule_facts *facts, const struct rule *rule)
{
    if (rule->mark == FIELD_COUNT) {
        if (rule->broken(facts, PLACE_PLAN))
            problems_add_at(problems, place_none(), "instances", rule->severity, rule->source, "%s",
                            rule->message);
        return;
    }
    if (schema[rule->mark].scope == SCOPE_PLAN) {
        if (rule->broken(facts, PLACE_PLAN))
            problems_add(problems, place_of_plan(rule->mark), rule->severity, rule->source, "%s",
                         rule->message);
        return;
    }
    for (int i = 0; i < facts->instances; i++)
        if (rule->broken(facts, i))
            problems_add(problems, place_of_instance(i, rule->mark), rule->severity, rule->source, "%s",
                         rule->message);
}

void rules_run(struct problems *problems, const struct review *review, const struct plan *plan)
{
    size_t instances = review_instances(review);
    struct rule_facts facts = {.review = review, .plan = plan, .instances = (int)instances};
    struct mention *mentions = calloc(instances + 1, sizeof(*mentions));

    facts.same_instance_id = calloc(instances + 1, sizeof(bool));
    facts.same_endpoint = calloc(instances + 1, sizeof(bool));
    if (mentions && facts.same_instance_id && facts.same_endpoint) {
        find_facts(&facts);
        find_same_instance_ids(&facts, mentions);
        find_same_endpoints(&facts, mentions);
        for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
            run(problems, &facts, &rules[i]);
    } else {
        problems->failed = true;
    }
    free(mentions);
    free(facts.same_instance_id);
    free(facts.same_endpoint);
}
