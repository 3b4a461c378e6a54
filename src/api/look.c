#include "api/look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/request.h"
#include "base/buf.h"
#include "base/json.h"

/* ---- ids ---- */

static void ids_clear(struct plan_ids *ids)
{
    for (size_t i = 0; i < ids->count; i++)
        free(ids->items[i]);
    free(ids->items);
    *ids = (struct plan_ids){0};
}

static bool ids_have(const struct plan_ids *ids, const char *id)
{
    for (size_t i = 0; i < ids->count; i++) {
        if (strcmp(ids->items[i], id) == 0)
            return true;
    }
    return false;
}

static bool ids_add(struct plan_ids *ids, const char *id, struct error *err)
{
    char **longer;

    if (ids_have(ids, id))
        return true;
    longer = realloc(ids->items, (ids->count + 1) * sizeof(*longer));
    if (!longer)
        return error_memory(err);
    ids->items = longer;
    ids->items[ids->count] = text_copy(id);
    if (!ids->items[ids->count])
        return error_memory(err);
    ids->count++;
    return true;
}

void plan_ids_write(const struct plan_ids *ids, char *out, size_t size)
{
    enum { NAMED_MAX = 4 };
    size_t named = ids->count > NAMED_MAX ? NAMED_MAX : ids->count;
    struct buf text = BUF_INIT;

    for (size_t i = 0; i < named; i++) {
        if (i > 0)
            buf_add_text(&text, i + 1 == ids->count ? " and " : ", ");
        buf_add_text(&text, ids->items[i]);
    }
    if (ids->count > named)
        buf_addf(&text, " and %zu more", ids->count - named);
    snprintf(out, size, "%s", buf_text(&text));
    buf_release(&text);
}

/* ---- instances ---- */

/* Members that tell one instance from another. The first two are enough to recognise it by. */
static const char *const instance_members[] = {
    "instanceId", "endpointUrl", "instanceType", "instanceRole", "regionId",
};
enum { RECOGNISING_MEMBERS = 2 };

enum likeness { LIKENESS_DIFFERENT, LIKENESS_POSSIBLE, LIKENESS_SAME };

static enum likeness instance_likeness(const cJSON *sent, const cJSON *listed)
{
    enum likeness likeness = LIKENESS_POSSIBLE;

    for (size_t i = 0; i < sizeof(instance_members) / sizeof(instance_members[0]); i++) {
        const char *left = json_text(json_member(sent, instance_members[i]));
        const char *right = json_text(json_member(listed, instance_members[i]));

        if (!left || !right || !*left || !*right)
            continue;
        if (ascii_compare(left, right) != 0)
            return LIKENESS_DIFFERENT;
        if (i < RECOGNISING_MEMBERS)
            likeness = LIKENESS_SAME;
    }
    return likeness;
}

/* Finds a listed instance that is free and at least so like the sent one, and takes it. */
static bool pair_up(const cJSON *sent, const cJSON *listed, bool *taken, enum likeness least)
{
    const cJSON *candidate;
    size_t i = 0;

    cJSON_ArrayForEach(candidate, listed)
    {
        if (!taken[i] && instance_likeness(sent, candidate) >= least) {
            taken[i] = true;
            return true;
        }
        i++;
    }
    return false;
}

/* Those recognised are paired first; the rest must at least not differ. */
bool look_same_instances(const cJSON *sent, const cJSON *listed)
{
    size_t count = cJSON_IsArray(sent) ? (size_t)cJSON_GetArraySize(sent) : 0;
    size_t recognised = 0, paired = 0, i = 0;
    const cJSON *instance;
    bool *taken, *settled;

    if (count == 0 || !cJSON_IsArray(listed) || (size_t)cJSON_GetArraySize(listed) != count)
        return false;
    taken = calloc(2 * count, sizeof(*taken));
    if (!taken)
        return false;
    settled = taken + count;
    cJSON_ArrayForEach(instance, sent)
    {
        settled[i] = pair_up(instance, listed, taken, LIKENESS_SAME);
        recognised += settled[i++];
    }
    i = 0;
    cJSON_ArrayForEach(instance, sent)
    {
        paired += settled[i] || pair_up(instance, listed, taken, LIKENESS_POSSIBLE);
        i++;
    }
    free(taken);
    return recognised > 0 && paired == count;
}

/* ---- looking ---- */

bool look_add_seen(struct look *look, const char *id, struct error *err)
{
    return ids_add(&look->seen, id, err);
}

void look_release(struct look *look)
{
    ids_clear(&look->seen);
    ids_clear(&look->ours);
    ids_clear(&look->others);
}

void look_begin(struct look *look, bool after)
{
    look->after = after;
    look->listed = 0;
    ids_clear(&look->ours);
    ids_clear(&look->others);
}

static bool take_plan(struct look *look, const cJSON *plan, struct error *err)
{
    char text[24];
    int64_t id;

    if (!json_int64(json_member(plan, "planId"), &id) || id < 0) {
        /* Before, it is enough that there is one; after, it could be ours, and nobody could say which it is.
         */
        look->unreadable = true;
        return !look->after ||
               error_set(err, ERROR_INPUT, "the id of a plan in the list of plans cannot be read");
    }
    snprintf(text, sizeof(text), "%lld", (long long)id);
    if (!look->after)
        return ids_add(&look->seen, text, err);
    if (ids_have(&look->seen, text))
        return true;
    if (look_same_instances(look->instances, json_member(plan, "instances")))
        return ids_add(&look->ours, text, err);
    return ids_add(&look->others, text, err);
}

bool look_take(struct look *look, const cJSON *data, bool *more, struct error *err)
{
    const cJSON *list = json_member(data, "list");
    int64_t total = -1, rows = 0;
    const cJSON *plan;

    if (!json_int64(json_member(data, "totalCount"), &total))
        total = -1;
    if (!cJSON_IsArray(list) && total != 0)
        return error_set(err, ERROR_INPUT, "the list of plans is missing in the answer");
    cJSON_ArrayForEach(plan, list)
    {
        const char *name = json_text(json_member(plan, "planName"));

        rows++;
        /* The filter of the service also takes parts of names, and descriptions. */
        if (name && strcmp(name, look->plan_name) == 0 && !take_plan(look, plan, err))
            return false;
    }
    look->listed += rows;
    *more = rows > 0 && (total < 0 || look->listed < total);
    return true;
}
