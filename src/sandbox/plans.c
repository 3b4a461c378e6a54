#include "sandbox/plans.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compose.h"
#include "base/excerpt.h"
#include "base/file.h"
#include "base/json.h"
#include "base/time_text.h"

enum { FILE_VERSION = 1 };
#define FILE_LIMIT ((size_t)256 << 20)

static int64_t plan_id(const cJSON *plan)
{
    int64_t id = -1;

    return json_int64(json_member(plan, "planId"), &id) ? id : -1;
}

/* ---- The file ---- */

static bool check_plan(const cJSON *plan, int place, const char *file, struct error *err)
{
    static const char *const texts[] = {"planName", "planType", "planStatus", "createTime", "updateTime"};

    if (plan_id(plan) < 0)
        return error_set(err, ERROR_FILE, "%s: plan %d has no usable planId", file, place);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (!json_text(json_member(plan, texts[i])))
            return error_set(err, ERROR_FILE, "%s: plan %d has no %s", file, place, texts[i]);
    if (!cJSON_IsArray(json_member(plan, "instances")))
        return error_set(err, ERROR_FILE, "%s: plan %d has no instances", file, place);
    return true;
}

static bool check_file(const cJSON *tree, const char *file, struct error *err)
{
    const cJSON *list = json_member(tree, "plans");
    const cJSON *plan;
    int64_t version;
    int place = 0;
    int64_t last = 0;

    if (!json_int64(json_member(tree, "version"), &version) || !cJSON_IsArray(list))
        return error_set(err, ERROR_FILE, "%s is not a state file of the sandbox", file);
    if (version != FILE_VERSION)
        return error_set(err, ERROR_FILE,
                         "%s has version %" PRId64 " of the state file; this program knows %d", file, version,
                         FILE_VERSION);
    cJSON_ArrayForEach(plan, list)
    {
        if (!check_plan(plan, ++place, file, err))
            return false;
        if (plan_id(plan) <= last)
            return error_set(err, ERROR_FILE, "%s: the planId of plan %d is not above the one before", file,
                             place);
        last = plan_id(plan);
    }
    return true;
}

static bool read_file(struct plans *plans, struct error *err)
{
    struct buf text;
    struct error reading = {0};
    cJSON *tree;
    bool right = false;

    buf_init(&text, FILE_LIMIT);
    if (!file_read(plans->file, FILE_LIMIT, &text, NULL, err))
        goto out;
    tree = json_parse_to_change(buf_text(&text), text.length, &reading);
    if (!tree) {
        error_set(err, reading.kind == ERROR_MEMORY ? ERROR_MEMORY : ERROR_FILE, "%s: %s", plans->file,
                  excerpt(reading.text, 400).text);
        goto out;
    }
    right = check_file(tree, plans->file, err);
    if (right) {
        cJSON_Delete(plans->list);
        plans->list = cJSON_DetachItemFromObjectCaseSensitive(tree, "plans");
    }
    cJSON_Delete(tree);

out:
    buf_release(&text);
    return right;
}

static bool write_file(const struct plans *plans, struct error *err)
{
    struct buf text;
    bool written;

    if (!plans->file)
        return true;
    buf_init(&text, FILE_LIMIT);
    buf_addf(&text, "{\"version\":%d,\"plans\":", FILE_VERSION);
    json_add_tree(&text, plans->list);
    buf_add_text(&text, "}\n");
    written = text.failed ? error_memory(err) : file_replace(plans->file, text.data, text.length, NULL, err);
    buf_release(&text);
    return written;
}

bool plans_open(struct plans *plans, const char *file, struct error *err)
{
    struct file_stamp nothing = {.exists = false};

    *plans = (struct plans){.list = cJSON_CreateArray()};
    if (!plans->list)
        return error_memory(err);
    if (!file)
        return true;
    plans->file = text_copy(file);
    if (!plans->file) {
        plans_release(plans);
        return error_memory(err);
    }
    /* Written at once, so that a place that cannot be written to is known before anything is created. */
    if (file_unchanged(file, &nothing) ? write_file(plans, err) : read_file(plans, err))
        return true;
    plans_release(plans);
    return false;
}

void plans_release(struct plans *plans)
{
    cJSON_Delete(plans->list);
    wipe_free(plans->file);
    *plans = (struct plans){0};
}

/* ---- Creating ---- */

static bool add_generated_id(cJSON *instance, const char *member, const char *prefix, struct host *host,
                             struct error *err)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz012345";
    unsigned char chance[11];
    char id[32];
    size_t length = strlen(prefix);

    if (json_member(instance, member))
        return true;
    if (!host->random(host, chance, sizeof(chance), err))
        return false;
    snprintf(id, sizeof(id), "%s", prefix);
    for (size_t i = 0; i < sizeof(chance); i++)
        id[length++] = alphabet[chance[i] % 32];
    id[length] = '\0';
    return cJSON_AddStringToObject(instance, member, id) ? true : error_memory(err);
}

/* The service names an external cluster itself, and a consumer group for its own instances. */
static bool complete_instance(cJSON *instance, struct host *host, struct error *err)
{
    const char *type = json_text(json_member(instance, "instanceType"));

    if (type && strcmp(type, "EXTERNAL_ROCKETMQ") == 0)
        return add_generated_id(instance, "instanceId", "rmq-external-", host, err);
    return add_generated_id(instance, "consumerGroupId", "GID_DR_", host, err);
}

static void time_text(int64_t seconds, char text[21])
{
    time_text_write(seconds, text);
    text[10] = ' ';
    text[19] = '\0';
}

static bool complete_plan(cJSON *plan, int64_t id, struct host *host, struct error *err)
{
    char digits[24];
    char now[21];
    cJSON *instance;

    snprintf(digits, sizeof(digits), "%" PRId64, id);
    time_text(host->now(host), now);
    if (!cJSON_AddRawToObject(plan, "planId", digits) ||
        !cJSON_AddStringToObject(plan, "planStatus", "CREATED") ||
        !cJSON_AddStringToObject(plan, "createTime", now) ||
        !cJSON_AddStringToObject(plan, "updateTime", now))
        return error_memory(err);
    cJSON_ArrayForEach(instance,
                       cJSON_GetObjectItemCaseSensitive(
                           plan, "instances")) if (!complete_instance(instance, host, err)) return false;
    return true;
}

bool plans_create(struct plans *plans, cJSON *plan, struct host *host, int64_t *id, struct error *err)
{
    int count = cJSON_GetArraySize(plans->list);
    int64_t last = count > 0 ? plan_id(cJSON_GetArrayItem(plans->list, count - 1)) : 0;

    *id = last >= PLANS_FIRST_ID ? last + 1 : PLANS_FIRST_ID;
    if (last == INT64_MAX) {
        cJSON_Delete(plan);
        return error_set(err, ERROR_FILE, "%s: there is no planId left above the last one", plans->file);
    }
    if (!complete_plan(plan, *id, host, err)) {
        cJSON_Delete(plan);
        return false;
    }
    if (!cJSON_AddItemToArray(plans->list, plan)) {
        cJSON_Delete(plan);
        return error_memory(err);
    }
    if (write_file(plans, err))
        return true;
    cJSON_DeleteItemFromArray(plans->list, count);
    return false;
}

const cJSON *plans_find(const struct plans *plans, int64_t id)
{
    const cJSON *plan;

    cJSON_ArrayForEach(plan, plans->list) if (plan_id(plan) == id) return plan;
    return NULL;
}

/* ---- Listing ---- */

static bool holds(const cJSON *plan, const char *member, const char *text)
{
    const char *value = json_text(json_member(plan, member));

    return value && strstr(value, text);
}

static bool has_instance(const cJSON *plan, const char *instance_id)
{
    const cJSON *instance;

    cJSON_ArrayForEach(instance, json_member(plan, "instances"))
    {
        const char *id = json_text(json_member(instance, "instanceId"));

        if (id && strcmp(id, instance_id) == 0)
            return true;
    }
    return false;
}

static bool fits(const cJSON *plan, const struct plans_question *question)
{
    if (question->filter && !holds(plan, "planName", question->filter) &&
        !holds(plan, "planDesc", question->filter))
        return false;
    return !question->instance_id || has_instance(plan, question->instance_id);
}

static void add_instances_reversed(const cJSON *plan, struct buf *out)
{
    const cJSON *instances = json_member(plan, "instances");

    compose_open(out, "instances", '[');
    for (int i = cJSON_GetArraySize(instances) - 1; i >= 0; i--) {
        compose_name(out, NULL);
        json_add_tree(out, cJSON_GetArrayItem(instances, i));
    }
    compose_close(out, ']');
}

static void add_plan(const cJSON *plan, struct buf *out)
{
    const cJSON *member;

    compose_open(out, NULL, '{');
    cJSON_ArrayForEach(member, plan)
    {
        if (strcmp(member->string, "instances") == 0) {
            add_instances_reversed(plan, out);
        } else {
            compose_name(out, member->string);
            json_add_tree(out, member);
        }
    }
    compose_close(out, '}');
}

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

/* The plans that fit, newest first; free the array. NULL when memory is short. */
static const cJSON **select_plans(const struct plans *plans, const struct plans_question *question,
                                  int64_t *count)
{
    const cJSON **chosen = calloc((size_t)cJSON_GetArraySize(plans->list) + 1, sizeof(const cJSON *));
    const cJSON *plan;

    *count = 0;
    if (!chosen)
        return NULL;
    cJSON_ArrayForEach(plan, plans->list) if (fits(plan, question)) chosen[(*count)++] = plan;
    for (int64_t i = 0; i < *count / 2; i++) {
        plan = chosen[i];
        chosen[i] = chosen[*count - 1 - i];
        chosen[*count - 1 - i] = plan;
    }
    return chosen;
}

bool plans_list(const struct plans *plans, const struct plans_question *question, struct buf *out,
                struct error *err)
{
    int64_t page = clamp(question->page_number, 1, PLANS_PAGE_NUMBER_MAX);
    int64_t size = clamp(question->page_size, PLANS_PAGE_MIN, PLANS_PAGE_MAX);
    int64_t total;
    const cJSON **chosen = select_plans(plans, question, &total);

    if (!chosen)
        return error_memory(err);
    compose_open(out, NULL, '{');
    compose_open(out, "list", '[');
    for (int64_t i = (page - 1) * size; i < page * size && i < total; i++)
        add_plan(chosen[i], out);
    free(chosen);
    compose_close(out, ']');
    compose_number(out, "pageNumber", page);
    compose_number(out, "pageSize", size);
    compose_number(out, "totalCount", total);
    compose_close(out, '}');
    return out->failed ? error_memory(err) : true;
}
