#include "model/draft.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/excerpt.h"
#include "base/json.h"
#include "model/kind.h"
#include "model/words.h"

enum { PATH_SIZE = 128 };

/* An object of the draft that holds fields. */
struct scope {
    int instance;         /* PLACE_PLAN for the draft itself */
    enum field_id first;  /* the first field that stands directly in it */
    char path[PATH_SIZE]; /* what is put before a member's name: "instances[1]." */
};

static void path_of(char path[PATH_SIZE], const char *prefix, const char *name)
{
    excerpt_write(path, PATH_SIZE, "%s%s", prefix, name);
}

/* ---- Values ---- */

static bool read_reference(struct plan *plan, struct place place, const cJSON *node, struct error *err)
{
    struct buf json = BUF_INIT;
    bool ok;

    json_add_tree(&json, node);
    ok = json.failed ? error_memory(err) : plan_set_reference(plan, place, buf_text(&json), err);
    buf_release(&json);
    return ok;
}

static bool note_value(struct plan *plan, struct place place, const char *prefix, const char *name,
                       enum severity severity, const char *sentence, struct error *err)
{
    char path[PATH_SIZE];

    path_of(path, prefix, name);
    return plan_note(plan, place, path, severity, err, "%s", sentence);
}

/* Takes the value of a member over, and notes what is wrong with how it is written. */
static bool read_value(struct plan *plan, struct place place, const char *prefix, const cJSON *node,
                       struct error *err)
{
    struct decoded decoded;

    kind_decode(place.field, node, &decoded);
    if (decoded.form == ANSWER_REFERENCE)
        return read_reference(plan, place, node, err);
    if (decoded.form == ANSWER_TEXT && !plan_set(plan, place, decoded.value, err)) {
        if (err->kind != ERROR_INPUT)
            return false;
        return note_value(plan, place, prefix, node->string, SEVERITY_ERROR, err->text, err);
    }
    if (decoded.complained)
        return note_value(plan, place, prefix, node->string, decoded.severity, decoded.complaint, err);
    return true;
}

/* ---- Members that are not where, or not what, the schema knows ---- */

/* The name that a member of this object was probably meant to have; NULL when none is near. `parent` is room
 * for it. */
static const char *meant_here(const struct scope *scope, const char *name, char parent[FIELD_PARENT_SIZE],
                              bool (*alike)(const char *a, const char *b))
{
    for (int id = 0; id < FIELD_COUNT; id++) {
        enum field_id field = (enum field_id)id;

        if (field_siblings(field, scope->first) && alike(name, field_member(field)))
            return field_member(field);
        field_parent(field, parent);
        if (parent[0] && schema[field].scope == schema[scope->first].scope &&
            !field_has_parent(scope->first) && alike(name, parent))
            return parent;
    }
    return scope->instance == PLACE_PLAN && alike(name, "instances") ? "instances" : NULL;
}

/* The path of the field, or of the object of fields, that has this name somewhere else; "" when none has. */
static void belongs_to(const char *name, char path[PATH_SIZE])
{
    char parent[FIELD_PARENT_SIZE];

    path[0] = '\0';
    for (int id = 0; id < FIELD_COUNT && !path[0]; id++) {
        enum field_id field = (enum field_id)id;
        const char *where = schema[field].scope == SCOPE_INSTANCE ? "instances[]." : "";

        field_parent(field, parent);
        if (words_same(field_member(field), name))
            snprintf(path, PATH_SIZE, "%s%s", where, schema[field].path);
        else if (parent[0] && words_same(parent, name))
            snprintf(path, PATH_SIZE, "%s%s", where, parent);
    }
}

static bool note_unknown(struct plan *plan, const struct scope *scope, const char *name, struct error *err)
{
    char parent[FIELD_PARENT_SIZE];
    char path[PATH_SIZE];
    char elsewhere[PATH_SIZE];
    const char *meant = meant_here(scope, name, parent, words_same);

    path_of(path, scope->path, name);
    belongs_to(name, elsewhere);
    if (name[0] == '$')
        return plan_note(plan, place_none(), path, SEVERITY_WARNING, err,
                         "is not known; it stays in the draft and is not sent");
    if (meant)
        return plan_note(plan, place_none(), path, SEVERITY_WARNING, err,
                         "is not known and is sent as it stands; write it %s", meant);
    if (elsewhere[0])
        return plan_note(plan, place_none(), path, SEVERITY_WARNING, err,
                         "is in the wrong place and is sent as it stands; its path is %s", elsewhere);
    meant = meant_here(scope, name, parent, words_near);
    return plan_note(plan, place_none(), path, SEVERITY_WARNING, err,
                     "is not known and is sent as it stands%s%s%s", meant ? "; is " : "", meant ? meant : "",
                     meant ? " meant?" : "");
}

/* ---- Objects ---- */

static bool read_member(struct plan *plan, const struct scope *scope, const cJSON *member, struct error *err);

static bool read_members(struct plan *plan, const struct scope *scope, const cJSON *object, struct error *err)
{
    for (const cJSON *member = object->child; member; member = member->next)
        if (!read_member(plan, scope, member, err))
            return false;
    return true;
}

/* An object between an instance and its fields: messageProperty. */
static bool read_parent(struct plan *plan, const struct scope *outer, enum field_id first,
                        const cJSON *member, struct error *err)
{
    struct scope scope = {.instance = outer->instance, .first = first};
    char path[PATH_SIZE];

    path_of(path, outer->path, member->string);
    if (!cJSON_IsObject(member))
        return plan_note(plan, place_of_instance(outer->instance, first), path,
                         cJSON_IsNull(member) ? SEVERITY_WARNING : SEVERITY_ERROR, err,
                         cJSON_IsNull(member) ? "is null, which counts as not given"
                                              : "must be an object: {...}");
    snprintf(scope.path, sizeof(scope.path), "%.*s.", excerpt_length(path, sizeof(scope.path) - 2), path);
    return read_members(plan, &scope, member, err);
}

static bool read_instance(struct plan *plan, int instance, const cJSON *element, struct error *err)
{
    struct scope scope = {.instance = instance, .first = field_first(SCOPE_INSTANCE)};

    snprintf(scope.path, sizeof(scope.path), "instances[%d].", instance);
    if (cJSON_IsObject(element))
        return read_members(plan, &scope, element, err);
    scope.path[strlen(scope.path) - 1] = '\0';
    return plan_note(plan, place_of_instance(instance, scope.first), scope.path, SEVERITY_ERROR, err,
                     "must be an object: {...}");
}

static bool read_instances(struct plan *plan, const cJSON *list, struct error *err)
{
    int count = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
    int instance = 0;

    if (!cJSON_IsArray(list))
        return plan_note(plan, place_of_instance(0, field_first(SCOPE_INSTANCE)), "instances", SEVERITY_ERROR,
                         err, "must be a list: [...]");
    if (count > PLAN_INSTANCES_MAX &&
        !plan_note(plan, place_none(), "instances", SEVERITY_ERROR, err,
                   "has %d clusters; this program reads %d at most", count, PLAN_INSTANCES_MAX))
        return false;
    if (count > PLAN_INSTANCES_MAX)
        count = PLAN_INSTANCES_MAX;
    if (count > PLAN_INSTANCES && !plan_set_instances(plan, (size_t)count, err))
        return false;
    for (const cJSON *element = list->child; element && instance < count; element = element->next)
        if (!read_instance(plan, instance++, element, err))
            return false;
    return true;
}

static bool read_member(struct plan *plan, const struct scope *scope, const cJSON *member, struct error *err)
{
    enum field_id field = field_beside(scope->first, member->string);

    if (field != FIELD_COUNT)
        return read_value(plan, place_of_instance(scope->instance, field), scope->path, member, err);
    field = field_has_parent(scope->first) ? FIELD_COUNT
                                           : field_first_within(schema[scope->first].scope, member->string);
    if (field != FIELD_COUNT)
        return read_parent(plan, scope, field, member, err);
    if (scope->instance == PLACE_PLAN && strcmp(member->string, "instances") == 0)
        return read_instances(plan, member, err);
    if (scope->instance == PLACE_PLAN && strcmp(member->string, "$drplan") == 0)
        return true; /* read afterwards: what stands in the body goes before what was kept aside */
    return note_unknown(plan, scope, member->string, err);
}

/* ---- "$drplan" ---- */

static bool note_own(struct plan *plan, const char *name, struct error *err, const char *sentence)
{
    char path[PATH_SIZE];

    path_of(path, "$drplan", name);
    return plan_note(plan, place_none(), path, SEVERITY_WARNING, err, "%s", sentence);
}

static bool read_version(struct plan *plan, const cJSON *node, struct error *err)
{
    int64_t version;

    if (draft_is_newer(plan))
        return note_own(plan, ".version", err,
                        "is of a later drplan; what this one does not know is kept as it is");
    if (node && (!json_int64(node, &version) || version < 1))
        return note_own(plan, ".version", err, "must be a number from 1 on");
    return true;
}

static bool read_settings(struct plan *plan, const cJSON *own, struct error *err)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        const char *name = plan_setting_name((enum plan_setting)i);
        const cJSON *node = json_member(own, name);
        char path[PATH_SIZE];

        path_of(path, ".", name);
        if (json_text(node) && !plan_set_setting(plan, (enum plan_setting)i, json_text(node), err))
            return false;
        if (node && !json_text(node) && !cJSON_IsNull(node) &&
            !note_own(plan, path, err, "must be text in quotes and is passed over"))
            return false;
    }
    return true;
}

static bool read_extras(struct plan *plan, const cJSON *list, struct error *err)
{
    int instance = 0;

    if (!list)
        return true;
    if (!cJSON_IsArray(list))
        return note_own(plan, ".extras", err, "must be a list of true and false, one for each cluster");
    for (const cJSON *node = list->child; node; node = node->next) {
        if (!cJSON_IsBool(node) &&
            !note_own(plan, ".extras", err, "must be a list of true and false, one for each cluster"))
            return false;
        plan_set_extras(plan, instance++, cJSON_IsTrue(node));
    }
    return true;
}

/* True when the plan has this place; draft_read() fits the number of instances to the body. */
static bool plan_has(const struct plan *plan, struct place place)
{
    return !place_is_none(place) && place.instance < (int)plan_instances(plan);
}

static bool read_kept(struct plan *plan, const cJSON *kept, struct error *err)
{
    if (kept && !cJSON_IsObject(kept))
        return note_own(plan, ".kept", err, "must be an object: {...}");
    for (const cJSON *node = kept ? kept->child : NULL; node; node = node->next) {
        struct place place = place_from_path(node->string);
        static const char prefix[] = "$drplan.kept.";
        bool ok = true;

        if (!plan_has(plan, place))
            ok = note_value(plan, place_none(), prefix, node->string, SEVERITY_WARNING,
                            "names no field of this plan", err);
        else if (plan_form(plan, place) == ANSWER_NONE)
            ok = read_value(plan, place, prefix, node, err);
        if (!ok)
            return false;
    }
    return true;
}

static bool read_secrets_left_out(struct plan *plan, const cJSON *list, struct error *err)
{
    if (list && !cJSON_IsArray(list))
        return note_own(plan, ".secretsLeftOut", err, "must be a list of paths");
    for (const cJSON *node = list ? list->child : NULL; node; node = node->next) {
        struct place place = place_from_path(json_text(node) ? json_text(node) : "");

        if (plan_has(plan, place) && plan_form(plan, place) == ANSWER_NONE &&
            !plan_note(plan, place, json_text(node), SEVERITY_WARNING, err,
                       "was not saved with the draft: give it again"))
            return false;
    }
    return true;
}

static bool read_own(struct plan *plan, const cJSON *own, struct error *err)
{
    static const char *const known[] = {"version", "profile", "region",        "endpoint",
                                        "extras",  "kept",    "secretsLeftOut"};

    if (!own)
        return true;
    if (!cJSON_IsObject(own))
        return note_own(plan, "", err, "must be an object: {...}");
    for (const cJSON *member = own->child; member; member = member->next) {
        size_t i = 0;
        char path[PATH_SIZE];

        while (i < sizeof(known) / sizeof(known[0]) && strcmp(known[i], member->string) != 0)
            i++;
        path_of(path, ".", member->string);
        if (i == sizeof(known) / sizeof(known[0]) && !draft_is_newer(plan) &&
            !note_own(plan, path, err, "is not known; it stays in the draft and is not sent"))
            return false;
    }
    return read_version(plan, json_member(own, "version"), err) && read_settings(plan, own, err) &&
           read_extras(plan, json_member(own, "extras"), err) &&
           read_kept(plan, json_member(own, "kept"), err) &&
           read_secrets_left_out(plan, json_member(own, "secretsLeftOut"), err);
}

/* ---- The whole ---- */

bool draft_is_newer(const struct plan *plan)
{
    const cJSON *version = json_member(json_member(plan_source(plan), "$drplan"), "version");
    int64_t number;

    if (!json_is_number(version))
        return false;
    return !json_int64(version, &number) || number > DRAFT_VERSION;
}

static bool read_tree(struct plan *plan, struct error *err)
{
    struct scope scope = {.instance = PLACE_PLAN, .first = field_first(SCOPE_PLAN)};
    const cJSON *tree = plan_source(plan);

    return read_members(plan, &scope, tree, err) && read_own(plan, json_member(tree, "$drplan"), err);
}

bool draft_read(const char *text, size_t length, struct plan **out, struct error *err)
{
    struct plan *plan;
    cJSON *tree;

    if (length > DRAFT_SIZE_MAX)
        return error_set(err, ERROR_INPUT, "a draft has %zu MiB at most", DRAFT_SIZE_MAX >> 20);
    tree = json_parse(text, length, err);
    if (!tree)
        return false;
    if (!cJSON_IsObject(tree)) {
        cJSON_Delete(tree);
        return error_set(err, ERROR_INPUT, "a draft must be a JSON object: {...}");
    }
    plan = plan_new(false);
    if (!plan) {
        cJSON_Delete(tree);
        return error_memory(err);
    }
    plan_set_source(plan, tree);
    if (!read_tree(plan, err)) {
        plan_free(plan);
        return false;
    }
    *out = plan;
    return true;
}
