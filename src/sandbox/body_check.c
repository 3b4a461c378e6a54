#include "sandbox/body_check.h"

#include <stdio.h>
#include <string.h>

#include "base/excerpt.h"
#include "base/json.h"
#include "model/draft.h"
#include "model/plan.h"
#include "model/review.h"
#include "model/schema.h"

/* ---- Members by the path of a field ---- */

/* The node at "a.b" below object; NULL when there is none, or it is null. */
static const cJSON *node_at(const cJSON *object, const char *path)
{
    char name[64];
    size_t length = strcspn(path, ".");
    const cJSON *node;

    snprintf(name, sizeof(name), "%.*s", (int)length, path);
    node = json_member(object, name);
    if (!node || cJSON_IsNull(node))
        return NULL;
    return path[length] == '.' ? node_at(node, path + length + 1) : node;
}

/* Puts node at "a.b" below object, which owns it from then on; when that fails it is freed. */
static bool put_at(cJSON *object, const char *path, cJSON *node)
{
    const char *dot = strchr(path, '.');
    char name[64];
    cJSON *inner;

    if (!node || !dot) {
        if (node && cJSON_AddItemToObject(object, path, node))
            return true;
        cJSON_Delete(node);
        return false;
    }
    snprintf(name, sizeof(name), "%.*s", (int)(dot - path), path);
    inner = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!inner)
        inner = cJSON_AddObjectToObject(object, name);
    if (!inner) {
        cJSON_Delete(node);
        return false;
    }
    return put_at(inner, dot + 1, node);
}

static bool copy_fields(cJSON *to, const cJSON *from, enum field_scope scope, bool secrets)
{
    for (size_t id = 0; id < FIELD_COUNT; id++) {
        const cJSON *node = node_at(from, schema[id].path);

        if (schema[id].scope != scope || !node || (schema[id].kind == KIND_SECRET && !secrets))
            continue;
        if (!put_at(to, schema[id].path, cJSON_Duplicate(node, true)))
            return false;
    }
    return true;
}

/* A copy of the documented members; NULL when memory is short. The body's types have been checked. */
static cJSON *documented(const cJSON *body, bool secrets)
{
    const cJSON *source;
    cJSON *plan = cJSON_CreateObject();
    cJSON *instances = plan ? cJSON_AddArrayToObject(plan, "instances") : NULL;

    if (!instances || !copy_fields(plan, body, SCOPE_PLAN, secrets))
        goto short_of_memory;
    cJSON_ArrayForEach(source, json_member(body, "instances"))
    {
        cJSON *instance = cJSON_CreateObject();

        if (!instance || !cJSON_AddItemToArray(instances, instance)) {
            cJSON_Delete(instance);
            goto short_of_memory;
        }
        if (!copy_fields(instance, source, SCOPE_INSTANCE, secrets))
            goto short_of_memory;
    }
    return plan;

short_of_memory:
    cJSON_Delete(plan);
    return NULL;
}

/* ---- Refusals ---- */

/* Missing<Name> or Invalid<Name>, and the member's own name in dynamicMessage. */
static bool refuse_member(struct refusal *refusal, const char *what, const char *member, const char *sentence)
{
    char code[64];
    char name[48];

    snprintf(name, sizeof(name), "%s", member);
    if (name[0] >= 'a' && name[0] <= 'z')
        name[0] = (char)(name[0] - 'a' + 'A');
    snprintf(code, sizeof(code), "%s%s", what, name);
    refuse(refusal, 400, code, "Parameter %s %s", member, sentence);
    snprintf(refusal->dynamic_code, sizeof(refusal->dynamic_code), "%s", name);
    snprintf(refusal->dynamic_message, sizeof(refusal->dynamic_message), "%s", member);
    return false;
}

static bool refuse_missing(struct refusal *refusal, const char *member)
{
    return refuse_member(refusal, "Missing", member, "is mandatory for this action.");
}

static bool refuse_invalid(struct refusal *refusal, const char *member)
{
    return refuse_member(refusal, "Invalid", member, "is invalid.");
}

/* ---- Values ---- */

static bool is_choice(enum field_id id, const char *value)
{
    for (const struct choice *choice = schema[id].choices; choice && choice->value; choice++)
        if (strcmp(choice->value, value) == 0)
            return true;
    /* The reference writes the secondary role both ways: API reference, CreateDisasterRecoveryPlan,
     * instanceRole. */
    return id == FIELD_INSTANCE_ROLE && strcmp(value, "Passive") == 0;
}

static bool is_value(enum field_id id, const cJSON *node)
{
    const char *text = json_text(node);

    if (schema[id].kind == KIND_SWITCH)
        return cJSON_IsBool(node);
    if (schema[id].kind == KIND_CHOICE && text && text[0])
        return is_choice(id, text);
    return text != NULL;
}

static bool check_values(const cJSON *object, enum field_scope scope, struct refusal *refusal)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        enum field_id id = (enum field_id)i;
        const cJSON *node = node_at(object, schema[id].path);
        const char *dot = strchr(schema[id].path, '.');
        char outer[64];

        if (schema[id].scope != scope)
            continue;
        snprintf(outer, sizeof(outer), "%.*s", dot ? (int)(dot - schema[id].path) : 0, schema[id].path);
        if (dot && node_at(object, outer) && !cJSON_IsObject(node_at(object, outer)))
            return refuse_invalid(refusal, outer);
        if (node && !is_value(id, node))
            return refuse_invalid(refusal, field_member(id));
    }
    return true;
}

static bool check_shape(const cJSON *body, struct refusal *refusal)
{
    const cJSON *instances = node_at(body, "instances");
    const cJSON *instance;

    if (!check_values(body, SCOPE_PLAN, refusal))
        return false;
    if (!instances)
        return true;
    if (!cJSON_IsArray(instances) || cJSON_GetArraySize(instances) > PLAN_INSTANCES_MAX)
        return refuse_invalid(refusal, "instances");
    cJSON_ArrayForEach(instance, instances)
    {
        if (!cJSON_IsObject(instance))
            return refuse_invalid(refusal, "instances");
        if (!check_values(instance, SCOPE_INSTANCE, refusal))
            return false;
    }
    return true;
}

/* ---- Obligations ---- */

static bool check_place(const struct review *review, struct place place, struct refusal *refusal)
{
    const struct field_review *found = review_field(review, place);

    if (found->need == NEED_REQUIRED && !found->value)
        return refuse_missing(refusal, field_member(place.field));
    return true;
}

static bool check_places(const struct review *review, size_t instances, struct refusal *refusal)
{
    for (size_t id = 0; id < FIELD_COUNT; id++)
        if (schema[id].scope == SCOPE_PLAN && !check_place(review, place_of_plan((enum field_id)id), refusal))
            return false;
    if (instances == 0)
        return refuse_missing(refusal, "instances");
    for (size_t i = 0; i < instances; i++)
        for (size_t id = 0; id < FIELD_COUNT; id++)
            if (schema[id].scope == SCOPE_INSTANCE &&
                !check_place(review, place_of_instance((int)i, (enum field_id)id), refusal))
                return false;
    return true;
}

/* tree holds the documented members only, so nothing in it can be taken for a remark of a draft. */
static bool check_content(const cJSON *tree, struct refusal *refusal, struct error *err)
{
    size_t instances = (size_t)cJSON_GetArraySize(json_member(tree, "instances"));
    struct review *review = review_new();
    struct plan *plan = NULL;
    struct buf text = BUF_INIT;
    bool right = false;

    json_add_tree(&text, tree);
    if (!review || text.failed) {
        error_memory(err);
        goto out;
    }
    if (!draft_read(buf_text(&text), text.length, &plan, err)) {
        if (err->kind == ERROR_INPUT)
            refuse(refusal, 400, "InvalidParameter.Format", "The body cannot be taken: %s",
                   excerpt(err->text, 200).text);
        goto out;
    }
    if (!review_run(review, plan, err))
        goto out;
    if (instances > plan_instances(plan))
        instances = plan_instances(plan);
    right = check_places(review, instances, refusal);

out:
    buf_release(&text);
    review_free(review);
    plan_free(plan);
    return right;
}

/* What the service keeps. */
static cJSON *kept_plan(const cJSON *body, struct error *err)
{
    cJSON *plan = documented(body, false);

    for (size_t id = 0; plan && id < FIELD_COUNT; id++) {
        if (schema[id].scope != SCOPE_PLAN || schema[id].kind != KIND_SWITCH ||
            node_at(plan, schema[id].path))
            continue;
        if (!put_at(plan, schema[id].path, cJSON_CreateFalse())) {
            cJSON_Delete(plan);
            plan = NULL;
        }
    }
    if (!plan)
        error_memory(err);
    return plan;
}

static cJSON *parse_body(const struct buf *body, struct refusal *refusal, struct error *err)
{
    struct error reading = {0};
    cJSON *tree = body->length > 0 ? json_parse(body->data, body->length, &reading) : cJSON_CreateObject();

    if (tree && cJSON_IsObject(tree))
        return tree;
    if (!tree && reading.kind != ERROR_INPUT)
        error_memory(err);
    else
        refuse(refusal, 400, "InvalidParameter.Format", "The body is not a JSON object: %s",
               excerpt(tree ? json_kind(tree) : reading.text, 200).text);
    cJSON_Delete(tree);
    return NULL;
}

cJSON *body_check(const struct buf *body, struct refusal *refusal, struct error *err)
{
    cJSON *tree;
    cJSON *complete = NULL;
    cJSON *kept = NULL;

    *refusal = (struct refusal){0};
    tree = parse_body(body, refusal, err);
    if (tree && check_shape(tree, refusal)) {
        complete = documented(tree, true);
        if (!complete)
            error_memory(err);
        else if (check_content(complete, refusal, err))
            kept = kept_plan(tree, err);
    }
    cJSON_Delete(complete);
    cJSON_Delete(tree);
    return kept;
}
