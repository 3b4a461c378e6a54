#include "model/draft.h"

#include <string.h>

#include "base/excerpt.h"
#include "base/json.h"
#include "model/kind.h"
#include "model/pretty.h"
#include "model/review.h"

/* How many secrets are listed as left out; a hostile draft may hold any number. */
enum { LEFT_OUT_MAX = 2 * PLAN_INSTANCES_MAX };

/*
 * A draft is written over a copy of the tree that it was read from, and only
 * what the operator changed is touched: so a draft that was opened and saved is
 * still the draft that somebody wrote, with its numbers, nulls and unknown
 * members.
 */
struct writer {
    const struct plan *plan;
    const struct review *review;
    cJSON *tree;
    cJSON *kept;    /* answers that are not in force, by path */
    cJSON *secrets; /* paths of secrets that are not written */
    int old_kept;   /* how many of `kept` were there already */
    int kept_count;
    int secret_count;
    bool keep_secrets; /* those that the draft was read with */
    bool failed;       /* memory was short where a comparison needed some */
    struct error *err;
};

/* ---- Trees ---- */

/* Where a known member stands among its siblings; -1 for one that the schema does not know. */
static int rank(enum field_scope scope, const char *parent, const char *name)
{
    char own_parent[FIELD_PARENT_SIZE];

    if (scope == SCOPE_PLAN && !parent[0] && strcmp(name, "instances") == 0)
        return (int)field_first(SCOPE_INSTANCE);
    for (int id = 0; id < FIELD_COUNT; id++) {
        field_parent((enum field_id)id, own_parent);
        if (schema[id].scope == scope && strcmp(own_parent, parent) == 0 &&
            strcmp(field_member((enum field_id)id), name) == 0)
            return id;
    }
    return parent[0] || field_first_within(scope, name) == FIELD_COUNT ? -1
                                                                       : (int)field_first_within(scope, name);
}

/* Puts item into object under name, behind the known members that come before it. Takes item, also on
 * failure. */
static bool insert(struct writer *writer, cJSON *object, enum field_scope scope, const char *parent,
                   const char *name, cJSON *item)
{
    int own = rank(scope, parent, name);
    cJSON *before;
    cJSON *behind;

    if (!item || !cJSON_AddItemToObject(object, name, item)) {
        cJSON_Delete(item);
        return error_memory(writer->err);
    }
    for (before = item; before; before = before == object->child ? NULL : before->prev) {
        int other = before == item ? -1 : rank(scope, parent, before->string);

        if (other >= 0 && other < own)
            break;
    }
    /* Those that belong behind the item go there one by one: cJSON_InsertItemInArray() of some versions
     * fails. */
    behind = before ? before->next : object->child;
    while (behind != item) {
        cJSON *next = behind->next;

        cJSON_DetachItemViaPointer(object, behind);
        cJSON_AddItemToArray(object, behind);
        behind = next;
    }
    return true;
}

/* The JSON of a value as a node that is printed as it is; NULL when memory is short. */
static cJSON *new_value(struct place place, enum answer_form form, const char *value)
{
    struct buf json = BUF_INIT;
    cJSON *node = NULL;

    kind_encode(place.field, form, value, &json);
    if (!json.failed)
        node = cJSON_CreateRaw(buf_text(&json));
    buf_release(&json);
    return node;
}

static void take_out(cJSON *object, const cJSON *member)
{
    cJSON *node = (cJSON *)member; /* of a tree that is ours to change */

    cJSON_DetachItemViaPointer(object, node);
    cJSON_Delete(node);
}

/* Takes item, also on failure. cJSON would replace by name too, but goes on without a name when memory is
 * short. */
static bool replace(struct writer *writer, cJSON *object, cJSON *old, cJSON *item)
{
    if (!item || !cJSON_AddItemToObject(object, old->string, item)) {
        cJSON_Delete(item);
        return error_memory(writer->err);
    }
    cJSON_DetachItemViaPointer(object, item);
    cJSON_ReplaceItemViaPointer(object, old, item);
    return true;
}

/* ---- What is left out, and what is kept aside ---- */

static bool leave_out(struct writer *writer, const char *path)
{
    cJSON *text;

    if (writer->secret_count >= LEFT_OUT_MAX)
        return true;
    for (const cJSON *known = writer->secrets->child; known; known = known->next)
        if (json_text(known) && strcmp(json_text(known), path) == 0)
            return true;
    text = cJSON_CreateString(path);
    if (!text || !cJSON_AddItemToArray(writer->secrets, text)) {
        cJSON_Delete(text);
        return error_memory(writer->err);
    }
    writer->secret_count++;
    return true;
}

static bool keep_aside(struct writer *writer, struct place place, const char *path)
{
    cJSON *node;

    if (writer->old_kept > 0 && json_member(writer->kept, path))
        return true;
    if (++writer->kept_count > JSON_MEMBERS_LIMIT)
        return error_set(writer->err, ERROR_INPUT,
                         "more than %d answers do not apply: a draft cannot keep them", JSON_MEMBERS_LIMIT);
    node = new_value(place, plan_form(writer->plan, place), plan_get(writer->plan, place));
    if (!node || !cJSON_AddItemToObject(writer->kept, path, node)) {
        cJSON_Delete(node);
        return error_memory(writer->err);
    }
    return true;
}

/* ---- Fields ---- */

/* True when the node, as it is read, still is what the operator wants. */
static bool still_says(struct writer *writer, struct place place, const cJSON *node)
{
    const char *answer = plan_get(writer->plan, place);
    struct decoded decoded;
    struct buf reference = BUF_INIT;
    bool same = false;

    kind_decode(place.field, node, &decoded);
    if (decoded.form != plan_form(writer->plan, place))
        return false;
    switch (decoded.form) {
    case ANSWER_NONE:
        same = true;
        break;
    case ANSWER_TEXT:
        same = (writer->keep_secrets || schema[place.field].kind != KIND_SECRET) &&
               strcmp(decoded.value, answer) == 0;
        break;
    case ANSWER_REFERENCE:
        pretty_inline(&reference, node, PRETTY_SECRETS_SHOWN);
        same = strcmp(buf_text(&reference), answer) == 0;
        writer->failed |= reference.failed;
        buf_release(&reference);
        break;
    }
    return same && (!decoded.complained || plan_has_notes_at(writer->plan, place));
}

static bool put_shown(struct writer *writer, cJSON *object, struct place place, const char *path)
{
    const struct field_review *row = review_field(writer->review, place);
    char parent[FIELD_PARENT_SIZE];

    if (!row->value)
        return true;
    if (schema[place.field].kind == KIND_SECRET && row->form == ANSWER_TEXT)
        return leave_out(writer, path);
    field_parent(place.field, parent);
    return insert(writer, object, schema[place.field].scope, parent, field_member(place.field),
                  new_value(place, row->form, row->value));
}

static bool put_hidden(struct writer *writer, struct place place, const char *path, bool as_read)
{
    if (plan_form(writer->plan, place) == ANSWER_NONE)
        return true;
    if (schema[place.field].kind == KIND_SECRET && plan_form(writer->plan, place) == ANSWER_TEXT && !as_read)
        return leave_out(writer, path);
    return keep_aside(writer, place, path);
}

/* Brings the member of one field, in the object where it stands, up to date. */
static bool put_field(struct writer *writer, cJSON *object, struct place place)
{
    const struct field_review *row = review_field(writer->review, place);
    const cJSON *node = json_member(object, field_member(place.field));
    bool as_read = node && still_says(writer, place, node);
    char path[128];

    place_path(place, path, sizeof(path));
    if (as_read && (row->shown || plan_form(writer->plan, place) == ANSWER_NONE))
        return true;
    if (node)
        take_out(object, node);
    return row->shown ? put_shown(writer, object, place, path) : put_hidden(writer, place, path, as_read);
}

/* True when the body is going to have a member of this field, or the operator has an answer for it. */
static bool is_wanted(const struct writer *writer, struct place place)
{
    return review_field(writer->review, place)->value || plan_get(writer->plan, place);
}

/* ---- Objects ---- */

static bool is_any_wanted(const struct writer *writer, struct place first)
{
    for (int id = 0; id < FIELD_COUNT; id++)
        if (field_siblings((enum field_id)id, first.field) &&
            is_wanted(writer, place_of_instance(first.instance, (enum field_id)id)))
            return true;
    return false;
}

static bool put_siblings(struct writer *writer, cJSON *parent, struct place first)
{
    for (int id = 0; id < FIELD_COUNT; id++)
        if (field_siblings((enum field_id)id, first.field) &&
            !put_field(writer, parent, place_of_instance(first.instance, (enum field_id)id)))
            return false;
    return true;
}

/* An object between an instance and its fields. It is made when a field needs it and goes when it is empty.
 */
static bool put_parent(struct writer *writer, cJSON *object, struct place first)
{
    bool wanted = is_any_wanted(writer, first);
    char name[FIELD_PARENT_SIZE];
    const cJSON *member;
    cJSON *parent;

    field_parent(first.field, name);
    member = json_member(object, name);
    if (member && !cJSON_IsObject(member) && (wanted || !plan_has_notes_at(writer->plan, first))) {
        take_out(object, member);
        member = NULL;
    }
    if (!wanted && (!member || !cJSON_IsObject(member) || !member->child))
        return true;
    if (!member && !insert(writer, object, schema[first.field].scope, "", name, cJSON_CreateObject()))
        return false;
    parent = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!put_siblings(writer, parent, first))
        return false;
    if (!parent->child)
        take_out(object, parent);
    return true;
}

static bool put_fields(struct writer *writer, cJSON *object, enum field_scope scope, int instance)
{
    char parent[FIELD_PARENT_SIZE];

    for (int id = 0; id < FIELD_COUNT; id++) {
        struct place place = place_of_instance(instance, (enum field_id)id);
        bool ok = true;

        if (schema[id].scope != scope)
            continue;
        field_parent(place.field, parent);
        if (!parent[0])
            ok = put_field(writer, object, place);
        else if (field_first_within(scope, parent) == place.field)
            ok = put_parent(writer, object, place);
        if (!ok)
            return false;
    }
    return true;
}

static bool instance_is_wanted(const struct writer *writer, int instance)
{
    for (int id = 0; id < FIELD_COUNT; id++)
        if (schema[id].scope == SCOPE_INSTANCE &&
            is_wanted(writer, place_of_instance(instance, (enum field_id)id)))
            return true;
    return false;
}

/* An object for an instance, at the end of the list or in place of an element that is none. NULL when memory
 * is short. */
static cJSON *make_element(struct writer *writer, cJSON *list, cJSON *element)
{
    cJSON *object = cJSON_CreateObject();

    if (object && element)
        cJSON_ReplaceItemViaPointer(list, element, object);
    if (!object || (!element && !cJSON_AddItemToArray(list, object))) {
        cJSON_Delete(object);
        error_memory(writer->err);
        return NULL;
    }
    return object;
}

static bool put_elements(struct writer *writer, cJSON *list, int wanted)
{
    cJSON *element = list->child;
    int instances = (int)plan_instances(writer->plan);

    for (int i = 0; i < instances && (element || i < wanted); i++) {
        if (!element || (!cJSON_IsObject(element) && instance_is_wanted(writer, i)))
            element = make_element(writer, list, element);
        if (!element)
            return false;
        if (cJSON_IsObject(element) && !put_fields(writer, element, SCOPE_INSTANCE, i))
            return false;
        element = element->next;
    }
    /* What stands behind the last instance was taken away, unless it never fitted into the plan. */
    while (element && instances < PLAN_INSTANCES_MAX) {
        cJSON *behind = element->next;

        take_out(list, element);
        element = behind;
    }
    return true;
}

static bool put_instances(struct writer *writer)
{
    const cJSON *member = json_member(writer->tree, "instances");
    int wanted = (int)review_instances_begun(writer->review, writer->plan);

    if (!cJSON_IsArray(member) && wanted == 0)
        return true;
    if (member && !cJSON_IsArray(member)) {
        take_out(writer->tree, member);
        member = NULL;
    }
    if (!member && !insert(writer, writer->tree, SCOPE_PLAN, "", "instances", cJSON_CreateArray()))
        return false;
    return put_elements(writer, cJSON_GetObjectItemCaseSensitive(writer->tree, "instances"), wanted);
}

/* ---- Secrets in places that the schema does not know ---- */

static bool remove_strays(struct writer *writer, cJSON *object, const char *path)
{
    cJSON *next;
    int index = 0;

    if (writer->keep_secrets)
        return true;
    for (cJSON *member = object->child; member; member = next, index++) {
        char inner[128];

        next = member->next;
        if (member->string)
            excerpt_write(inner, sizeof(inner), "%s%s%s", path, *path ? "." : "", member->string);
        else
            excerpt_write(inner, sizeof(inner), "%s[%d]", path, index);
        if (pretty_is_secret(member) && !(cJSON_IsRaw(member) && member->valuestring[0] == '{')) {
            cJSON_DetachItemViaPointer(object, member);
            cJSON_Delete(member);
            if (!leave_out(writer, inner))
                return false;
        } else if (!remove_strays(writer, member, inner)) {
            return false;
        }
    }
    return true;
}

/* ---- "$drplan" ---- */

/* Replaces, or with item NULL removes, a member of "$drplan". Takes item. */
static bool set_own(struct writer *writer, cJSON *own, const char *name, cJSON *item)
{
    cJSON *old = cJSON_GetObjectItemCaseSensitive(own, name);

    if (old && item)
        return replace(writer, own, old, item);
    if (old)
        take_out(own, old);
    if (!item || cJSON_AddItemToObject(own, name, item))
        return true;
    cJSON_Delete(item);
    return error_memory(writer->err);
}

static bool put_settings(struct writer *writer, cJSON *own)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const char *name = plan_setting_name((enum plan_setting)i);
        const char *value = plan_setting(writer->plan, (enum plan_setting)i);
        const char *old = json_text(json_member(own, name));
        cJSON *item = NULL;

        if (value ? old && strcmp(old, value) == 0 : !old || !*old)
            continue;
        if (value) {
            item = cJSON_CreateString(value);
            if (!item)
                return error_memory(writer->err);
        }
        if (!set_own(writer, own, name, item))
            return false;
    }
    return true;
}

static bool extras_are_as_read(const struct writer *writer, const cJSON *list)
{
    const cJSON *node = cJSON_IsArray(list) ? list->child : NULL;

    for (int i = 0; i < (int)plan_instances(writer->plan); i++) {
        if ((cJSON_IsTrue(node) != 0) != plan_extras(writer->plan, i))
            return false;
        node = node ? node->next : NULL;
    }
    return true;
}

static cJSON *new_extras(const struct plan *plan, int count)
{
    cJSON *list = cJSON_CreateArray();

    for (int i = 0; list && i < count; i++) {
        cJSON *item = cJSON_CreateBool(plan_extras(plan, i));

        if (!item || !cJSON_AddItemToArray(list, item)) {
            cJSON_Delete(item);
            cJSON_Delete(list);
            return NULL;
        }
    }
    return list;
}

static bool put_extras(struct writer *writer, cJSON *own)
{
    int count = (int)plan_instances(writer->plan);
    cJSON *list;

    if (extras_are_as_read(writer, json_member(own, "extras")))
        return true;
    while (count > 0 && !plan_extras(writer->plan, count - 1))
        count--;
    if (count == 0)
        return set_own(writer, own, "extras", NULL);
    list = new_extras(writer->plan, count);
    return list ? set_own(writer, own, "extras", list) : error_memory(writer->err);
}

/* Hands *collected over to "$drplan" when it holds anything. */
static bool put_collected(struct writer *writer, cJSON *own, const char *name, cJSON **collected)
{
    const cJSON *old = json_member(own, name);
    cJSON *item = *collected;

    if (!item->child)
        return old && old->child ? set_own(writer, own, name, NULL) : true;
    *collected = NULL;
    return set_own(writer, own, name, item);
}

static bool fill_own(struct writer *writer, cJSON *own)
{
    return put_settings(writer, own) && put_extras(writer, own) &&
           put_collected(writer, own, "kept", &writer->kept) &&
           put_collected(writer, own, "secretsLeftOut", &writer->secrets);
}

static cJSON *new_own(void)
{
    cJSON *own = cJSON_CreateObject();
    cJSON *version = cJSON_CreateRaw("1");

    _Static_assert(DRAFT_VERSION == 1, "the version written here");
    if (own && version && cJSON_AddItemToObject(own, "version", version))
        return own;
    cJSON_Delete(version);
    cJSON_Delete(own);
    return NULL;
}

/* A body that somebody else wrote gets "$drplan" only when there is something to remember. */
static bool put_own(struct writer *writer)
{
    cJSON *old = cJSON_GetObjectItemCaseSensitive(writer->tree, "$drplan");
    cJSON *own;

    if (cJSON_IsObject(old))
        return fill_own(writer, old);
    own = new_own();
    if (!own)
        return error_memory(writer->err);
    if (!fill_own(writer, own)) {
        cJSON_Delete(own);
        return false;
    }
    if (!own->child->next && plan_source(writer->plan)) {
        cJSON_Delete(own);
        return true;
    }
    return set_own(writer, writer->tree, "$drplan", own);
}

/* ---- The whole ---- */

static bool plan_has(const struct plan *plan, struct place place)
{
    return !place_is_none(place) && place.instance < (int)plan_instances(plan);
}

/* What the draft kept aside and still should: what is as it was, and what this plan cannot hold. */
static bool start_kept(struct writer *writer, const cJSON *old)
{
    cJSON *next;

    writer->kept = cJSON_IsObject(old) ? cJSON_Duplicate(old, true) : cJSON_CreateObject();
    if (!writer->kept)
        return error_memory(writer->err);
    for (cJSON *node = writer->kept->child; node; node = next) {
        struct place place = place_from_path(node->string);

        next = node->next;
        if (plan_has(writer->plan, place) &&
            (review_field(writer->review, place)->shown || !still_says(writer, place, node)))
            take_out(writer->kept, node);
    }
    writer->old_kept = cJSON_GetArraySize(writer->kept);
    writer->kept_count = writer->old_kept;
    return true;
}

/* The secrets that an earlier saving left out and nobody has given since. */
static bool start_secrets(struct writer *writer, const cJSON *old)
{
    cJSON *next;

    writer->secrets = cJSON_IsArray(old) ? cJSON_Duplicate(old, true) : cJSON_CreateArray();
    if (!writer->secrets)
        return error_memory(writer->err);
    for (cJSON *node = writer->secrets->child; node; node = next) {
        struct place place = place_from_path(json_text(node) ? json_text(node) : "");

        next = node->next;
        if (plan_has(writer->plan, place) && plan_form(writer->plan, place) != ANSWER_NONE)
            take_out(writer->secrets, node);
    }
    writer->secret_count = cJSON_GetArraySize(writer->secrets);
    return true;
}

static bool put_all(struct writer *writer)
{
    const cJSON *source = plan_source(writer->plan);
    const cJSON *own = json_member(source, "$drplan");

    writer->tree = source ? cJSON_Duplicate(source, true) : cJSON_CreateObject();
    if (!writer->tree)
        return error_memory(writer->err);
    return start_kept(writer, json_member(own, "kept")) &&
           start_secrets(writer, json_member(own, "secretsLeftOut")) &&
           put_fields(writer, writer->tree, SCOPE_PLAN, PLACE_PLAN) && put_instances(writer) &&
           remove_strays(writer, writer->tree, "") && remove_strays(writer, writer->kept, "$drplan.kept") &&
           put_own(writer);
}

static bool write_draft(const struct plan *plan, bool keep_secrets, struct buf *out, struct error *err)
{
    struct writer writer = {.plan = plan, .keep_secrets = keep_secrets, .err = err};
    struct review *review = review_new();
    struct pretty pretty;
    size_t before = out->length;
    bool ok = review ? review_run(review, plan, err) : error_memory(err);

    writer.review = review;
    ok = ok && put_all(&writer);
    if (ok) {
        pretty_init(&pretty, out);
        pretty_tree(&pretty, writer.tree);
        buf_add_char(out, '\n');
        if (out->failed || writer.failed)
            ok = error_memory(err);
        else if (out->length - before > DRAFT_SIZE_MAX)
            ok = error_set(err, ERROR_INPUT,
                           "the draft would be longer than the %zu MiB that can be read again",
                           DRAFT_SIZE_MAX >> 20);
    }
    cJSON_Delete(writer.tree);
    cJSON_Delete(writer.kept);
    cJSON_Delete(writer.secrets);
    review_free(review);
    return ok;
}

bool draft_write(const struct plan *plan, struct buf *out, struct error *err)
{
    return write_draft(plan, false, out, err);
}

bool draft_write_with_secrets(const struct plan *plan, struct buf *out, struct error *err)
{
    return write_draft(plan, true, out, err);
}
