#include "api/lookup_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/endpoint.h"
#include "base/buf.h"
#include "base/json.h"

const struct lookup_shape lookup_shapes[LOOKUP_KIND_COUNT] = {
    [LOOKUP_REGIONS] = {"regions", {"Region", "Name", "Series"}, LOOKUP_PARENT_NONE},
    [LOOKUP_INSTANCES] = {"instances", {"ID", "Name", "Version", "Series", "Status"}, LOOKUP_PARENT_NONE},
    [LOOKUP_ACCOUNTS] = {"accounts", {"User name", "Type", "Status"}, LOOKUP_PARENT_INSTANCE},
    [LOOKUP_GROUPS] = {"consumer groups",
                       {"Consumer group", "Remark", "Model", "Status"},
                       LOOKUP_PARENT_INSTANCE},
    [LOOKUP_VPCS] = {"VPCs", {"ID", "Name", "Addresses", "Default", "Status"}, LOOKUP_PARENT_NONE},
    [LOOKUP_VSWITCHES] = {"vSwitches",
                          {"ID", "Name", "Zone", "Addresses", "Status"},
                          LOOKUP_PARENT_VPC_OR_NONE},
    [LOOKUP_SECURITY_GROUPS] = {"security groups",
                                {"ID", "Name", "Type", "Description"},
                                LOOKUP_PARENT_VPC_OR_NONE},
    [LOOKUP_PLANS] = {"plans", {"ID", "Name", "Type", "Status"}, LOOKUP_PARENT_NONE},
    [LOOKUP_INSTANCE] = {"instances", {NULL}, LOOKUP_PARENT_INSTANCE},
};

const struct lookup_request lookup_requests[LOOKUP_KIND_COUNT] = {
    [LOOKUP_REGIONS] = {OPERATION_LIST_REGIONS, .own_host = true, .kept = true},
    [LOOKUP_INSTANCES] = {OPERATION_LIST_INSTANCES, .used_status = "RUNNING", .kept = true},
    [LOOKUP_ACCOUNTS] = {OPERATION_LIST_ACCOUNTS, "instanceId", .used_status = "ENABLE", .kept = true},
    [LOOKUP_GROUPS] = {OPERATION_LIST_GROUPS, "instanceId", "filter", .used_status = "RUNNING", .kept = true},
    [LOOKUP_VPCS] = {OPERATION_LIST_VPCS, .used_status = "Available", .kept = true},
    [LOOKUP_VSWITCHES] = {OPERATION_LIST_VSWITCHES, "VpcId", .used_status = "Available", .kept = true},
    [LOOKUP_SECURITY_GROUPS] = {OPERATION_LIST_SECURITY_GROUPS, "VpcId", .kept = true},
    /* Plans are made while the program runs, by it and by others. */
    [LOOKUP_PLANS] = {OPERATION_LIST_PLANS, .filter = "filter", .own_host = true},
    [LOOKUP_INSTANCE] = {OPERATION_GET_INSTANCE, "instanceId", .kept = true},
};

/* ---- Cells ---- */

/* A text or a number as it stands there; "" for anything else. */
static const char *plain_text(const cJSON *node)
{
    const char *text = json_text(node);

    if (text)
        return text;
    return json_is_number(node) ? node->valuestring : "";
}

const char *lookup_version_of(const char *instance_id)
{
    if (strncmp(instance_id, "MQ_INST_", 8) == 0)
        return "4.0";
    return strncmp(instance_id, "rmq-", 4) == 0 ? "5.0" : "";
}

static void write_version(const cJSON *item, struct buf *out)
{
    buf_add_text(out, lookup_version_of(plain_text(json_member(item, "instanceId"))));
}

/* The service names a region in Chinese or by its pinyin; the table names it as the rest of drplan does. */
static void write_region_name(const cJSON *item, struct buf *out)
{
    const char *id = plain_text(json_member(item, "regionId"));

    for (const struct region *known = regions; known->id; known++) {
        if (strcmp(known->id, id) == 0) {
            buf_add_text(out, known->name);
            return;
        }
    }
    buf_add_text(out, plain_text(json_member(item, "regionName")));
}

static void write_region_series(const cJSON *item, struct buf *out)
{
    bool old = cJSON_IsTrue(json_member(item, "supportRocketmqV4"));
    bool new = cJSON_IsTrue(json_member(item, "supportRocketmqV5"));

    buf_add_text(out, old && new ? "4.0 and 5.0" : old ? "4.0" : new ? "5.0" : "");
}

static void write_default(const cJSON *item, struct buf *out)
{
    buf_add_text(out, cJSON_IsTrue(json_member(item, "IsDefault")) ? "default" : "");
}

struct column {
    const char *member;
    void (*write)(const cJSON *item, struct buf *out); /* where it is no plain member */
};

static const struct column columns[LOOKUP_KIND_COUNT][LOOKUP_CELLS_MAX] = {
    [LOOKUP_REGIONS] = {{"regionId", NULL}, {NULL, write_region_name}, {NULL, write_region_series}},
    [LOOKUP_INSTANCES] = {{"instanceId", NULL},
                          {"instanceName", NULL},
                          {NULL, write_version},
                          {"seriesCode", NULL},
                          {"status", NULL}},
    [LOOKUP_ACCOUNTS] = {{"username", NULL}, {"accountType", NULL}, {"accountStatus", NULL}},
    [LOOKUP_GROUPS] = {{"consumerGroupId", NULL}, {"remark", NULL}, {"messageModel", NULL}, {"status", NULL}},
    [LOOKUP_VPCS] =
        {{"VpcId", NULL}, {"VpcName", NULL}, {"CidrBlock", NULL}, {NULL, write_default}, {"Status", NULL}},
    [LOOKUP_VSWITCHES] =
        {{"VSwitchId", NULL}, {"VSwitchName", NULL}, {"ZoneId", NULL}, {"CidrBlock", NULL}, {"Status", NULL}},
    [LOOKUP_SECURITY_GROUPS] = {{"SecurityGroupId", NULL},
                                {"SecurityGroupName", NULL},
                                {"SecurityGroupType", NULL},
                                {"Description", NULL}},
    [LOOKUP_PLANS] = {{"planId", NULL}, {"planName", NULL}, {"planType", NULL}, {"planStatus", NULL}},
};

static size_t column_count(enum lookup_kind kind)
{
    size_t count = 0;

    while (count < LOOKUP_CELLS_MAX && lookup_shapes[kind].headings[count])
        count++;
    return count;
}

/* ---- The list ---- */

void lookup_list_release(struct lookup_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->texts[i]);
    free(list->texts);
    free(list->rows);
    free(list->slots);
    *list = (struct lookup_list){0};
}

/* FNV-1a */
static uint32_t hash_of(const char *text)
{
    uint32_t hash = 2166136261u;

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash;
}

/* The slot that holds an id, or the free one where it belongs. There is always a free one. */
static uint32_t *slot_of(const struct lookup_list *list, const char *id)
{
    size_t at = hash_of(id) & (list->slot_count - 1);

    while (list->slots[at] != 0 && strcmp(list->rows[list->slots[at] - 1].cells[0], id) != 0)
        at = (at + 1) & (list->slot_count - 1);
    return &list->slots[at];
}

/* Its row, counted from 1; 0: there is none. */
static uint32_t place_of(const struct lookup_list *list, const char *id)
{
    return list->count > 0 ? *slot_of(list, id) : 0;
}

const struct lookup_row *lookup_list_find(const struct lookup_list *list, const char *id)
{
    uint32_t place = place_of(list, id);

    return place > 0 ? &list->rows[place - 1] : NULL;
}

/* As many slots as this, with the rows there are. */
static bool grow_slots(struct lookup_list *list, size_t count, struct error *err)
{
    uint32_t *slots = calloc(count, sizeof(*slots));

    if (!slots)
        return error_memory(err);
    free(list->slots);
    list->slots = slots;
    list->slot_count = count;
    for (size_t i = 0; i < list->count; i++)
        *slot_of(list, list->rows[i].cells[0]) = (uint32_t)i + 1;
    return true;
}

/* Room for one more row, and at least twice as many slots as rows. */
static bool grow(struct lookup_list *list, struct error *err)
{
    size_t capacity = list->capacity ? 2 * list->capacity : 64;
    struct lookup_row *rows;
    char **texts;

    if (list->count < list->capacity)
        return true;
    if (!grow_slots(list, 2 * capacity, err))
        return false;
    rows = realloc(list->rows, capacity * sizeof(*rows));
    if (!rows)
        return error_memory(err);
    list->rows = rows;
    texts = realloc(list->texts, capacity * sizeof(*texts));
    if (!texts)
        return error_memory(err);
    list->texts = texts;
    list->capacity = capacity;
    return true;
}

/* Takes the text of a row, its cells ended by a 0 each, the id first; it is freed when the id is there
 * already. */
static bool add_text(struct lookup_list *list, char *text, size_t cells, const char *used_status, bool *added,
                     struct error *err)
{
    struct lookup_row row = {.usable = true};
    const char *at = text, *last = text;
    uint32_t *slot;

    *added = false;
    if (text[0] == '\0' || place_of(list, text) > 0) {
        free(text);
        return true;
    }
    if (!grow(list, err)) {
        free(text);
        return false;
    }
    for (size_t i = 0; i < cells; i++) {
        row.cells[i] = last = at;
        at += strlen(at) + 1;
    }
    if (used_status)
        row.usable = strcmp(last, used_status) == 0;
    slot = slot_of(list, text);
    list->rows[list->count] = row;
    list->texts[list->count] = text;
    *slot = (uint32_t)++list->count;
    *added = true;
    return true;
}

bool lookup_list_add(struct lookup_list *list, enum lookup_kind kind, const cJSON *item, bool *added,
                     struct error *err)
{
    size_t count = column_count(kind);
    struct buf text = BUF_INIT;
    char *taken;

    for (size_t i = 0; i < count; i++) {
        const struct column *column = &columns[kind][i];

        if (column->write)
            column->write(item, &text);
        else
            buf_add_text(&text, plain_text(json_member(item, column->member)));
        buf_add_char(&text, '\0');
    }
    taken = buf_take(&text);
    if (!taken)
        return error_memory(err);
    return add_text(list, taken, count, lookup_requests[kind].used_status, added, err);
}

bool lookup_list_add_regions(struct lookup_list *list, struct error *err)
{
    bool added;

    for (const struct region *known = regions; known->id; known++) {
        struct buf text = BUF_INIT;
        char *taken;

        buf_add(&text, known->id, strlen(known->id) + 1);
        buf_add(&text, known->name, strlen(known->name) + 1);
        buf_add_char(&text, '\0');
        taken = buf_take(&text);
        if (!taken)
            return error_memory(err);
        if (!add_text(list, taken, column_count(LOOKUP_REGIONS), NULL, &added, err))
            return false;
    }
    return true;
}

const cJSON *lookup_node(const cJSON *tree, const char *path)
{
    while (*path && tree) {
        char name[64];
        size_t length = strcspn(path, ".");

        snprintf(name, sizeof(name), "%.*s", (int)length, path);
        tree = json_member(tree, name);
        path += length + (path[length] == '.');
    }
    return tree;
}

/* ---- One instance ---- */

/* A text that does not fit is left out: half an id is a wrong one. */
static void keep(char *out, size_t size, const char *text, size_t length)
{
    if (length >= size)
        length = 0;
    memcpy(out, text, length);
    out[length] = '\0';
}

#define KEEP(array, text) keep(array, sizeof(array), text, strlen(text))

/* The first of several ids, which come as a list or as one text with separators. */
static void keep_first(char *out, size_t size, const cJSON *node)
{
    const char *text = plain_text(cJSON_IsArray(node) ? cJSON_GetArrayItem(node, 0) : node);

    keep(out, size, text, strcspn(text, ",|; "));
}

static void read_network(const cJSON *data, struct lookup_instance *out)
{
    const cJSON *vpc = lookup_node(data, "networkInfo.vpcInfo");
    const cJSON *endpoint;

    KEEP(out->vpc_id, plain_text(json_member(vpc, "vpcId")));
    KEEP(out->vswitch_id,
         plain_text(json_member(cJSON_GetArrayItem(json_member(vpc, "vSwitches"), 0), "vSwitchId")));
    if (!out->vswitch_id[0])
        keep_first(out->vswitch_id, sizeof(out->vswitch_id), json_member(vpc, "vSwitchId"));
    keep_first(out->security_group_id, sizeof(out->security_group_id), json_member(vpc, "securityGroupIds"));
    cJSON_ArrayForEach(endpoint, lookup_node(data, "networkInfo.endpoints"))
    {
        const char *type = plain_text(json_member(endpoint, "endpointType"));
        const char *url = plain_text(json_member(endpoint, "endpointUrl"));

        if (strcmp(type, "TCP_VPC") == 0)
            KEEP(out->vpc_endpoint, url);
        else if (strcmp(type, "TCP_INTERNET") == 0)
            KEEP(out->internet_endpoint, url);
    }
}

static void read_version(const cJSON *data, struct lookup_instance *out)
{
    const char *software = plain_text(lookup_node(data, "software.softwareVersion"));

    if (strncmp(software, "5.", 2) == 0)
        KEEP(out->version, "5.0");
    else if (strncmp(software, "4.", 2) == 0)
        KEEP(out->version, "4.0");
    else
        KEEP(out->version, lookup_version_of(out->instance_id));
}

bool lookup_instance_read(const cJSON *data, struct lookup_instance *out)
{
    const cJSON *free_inside = lookup_node(data, "aclInfo.defaultVpcAuthFree");

    *out = (struct lookup_instance){0};
    KEEP(out->instance_id, plain_text(json_member(data, "instanceId")));
    KEEP(out->name, plain_text(json_member(data, "instanceName")));
    KEEP(out->region, plain_text(json_member(data, "regionId")));
    KEEP(out->status, plain_text(json_member(data, "status")));
    KEEP(out->series, plain_text(json_member(data, "seriesCode")));
    KEEP(out->user_name, plain_text(lookup_node(data, "accountInfo.username")));
    read_version(data, out);
    read_network(data, out);
    if (cJSON_IsBool(free_inside))
        out->authentication = cJSON_IsTrue(free_inside) ? AUTHENTICATION_NOT_NEEDED : AUTHENTICATION_NEEDED;
    return out->instance_id[0] != '\0';
}
