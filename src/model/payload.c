#include "model/payload.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "model/kind.h"
#include "model/pretty.h"

/* How long they usually are. */
enum { BODY_USUAL = 1000, LINES_USUAL = 50, INSTANCES_USUAL = 400 };

const char *const payload_secret_members[] = {"password", NULL};

struct writer {
    struct payload *payload;
    struct pretty pretty;
    const struct plan *plan;
    const struct review *review;
    enum payload_view view;
    const struct secret_source *secrets;
    size_t line_capacity;
    struct error *err;
};

void payload_init(struct payload *payload)
{
    *payload = (struct payload){0};
    buf_init(&payload->text, BUF_LIMIT_DEFAULT);
}

void payload_release(struct payload *payload)
{
    buf_release(&payload->text);
    free(payload->lines);
    *payload = (struct payload){0};
}

/* Notes that the lines from the last noted one to the present one belong to place. */
static bool note_lines(struct writer *writer, struct place place)
{
    struct payload *payload = writer->payload;

    if (writer->pretty.lines > writer->line_capacity) {
        size_t capacity = writer->pretty.lines + LINES_USUAL;
        struct place *lines = reallocarray(payload->lines, capacity, sizeof(*lines));

        if (!lines)
            return error_memory(writer->err);
        payload->lines = lines;
        writer->line_capacity = capacity;
    }
    while (payload->line_count < writer->pretty.lines)
        payload->lines[payload->line_count++] = place_none();
    payload->lines[payload->line_count - 1] = place;
    return true;
}

/* ---- Fields ---- */

static bool resolve_into(struct writer *writer, struct buf *secret, const char *reference)
{
    if (!writer->secrets)
        return error_set(writer->err, ERROR_INPUT, "references cannot be resolved here");
    if (!writer->secrets->resolve(writer->secrets, reference, secret, writer->err)) {
        if (writer->err->kind != ERROR_MEMORY)
            writer->err->kind = ERROR_INPUT;
        return false;
    }
    if (secret->failed)
        return error_memory(writer->err);
    if (secret->length == 0)
        return error_set(writer->err, ERROR_INPUT, "the reference stands for an empty text");
    if (memchr(secret->data, '\0', secret->length) || !utf8_valid(secret->data, secret->length))
        return error_set(writer->err, ERROR_INPUT,
                         "the reference stands for something that is not UTF-8 text");
    return true;
}

static bool write_reference(struct writer *writer, struct place place, const char *reference)
{
    struct buf secret;
    char path[128];
    bool ok;

    buf_init(&secret, PLAN_ANSWER_MAX);
    ok = resolve_into(writer, &secret, reference);
    if (ok)
        json_add_string_length(writer->pretty.out, secret.data, secret.length);
    buf_release(&secret);
    place_path(place, path, sizeof(path));
    return ok ? true : error_wrap(writer->err, "%s", path);
}

/* Whether this view has the field at all. */
static bool is_in_view(const struct writer *writer, struct place place)
{
    const struct field_review *row = review_field(writer->review, place);

    if (!row->value)
        return false;
    return writer->view != PAYLOAD_DRAFT || schema[place.field].kind != KIND_SECRET ||
           row->form == ANSWER_REFERENCE;
}

static bool write_field(struct writer *writer, struct place place)
{
    const struct field_review *row = review_field(writer->review, place);
    bool secret = schema[place.field].kind == KIND_SECRET;

    pretty_key(&writer->pretty, field_member(place.field));
    if (!note_lines(writer, place))
        return false;
    if (secret && writer->view == PAYLOAD_MASKED)
        json_add_string(writer->pretty.out, PAYLOAD_MASK);
    else if (writer->view == PAYLOAD_SENT && row->form == ANSWER_REFERENCE)
        return write_reference(writer, place, row->value);
    else
        kind_encode(place.field, row->form, row->value, writer->pretty.out);
    return true;
}

/* ---- Members that the schema does not know ---- */

/* Whether a member of the object in which `sibling` stands is one of the schema's. */
static bool is_known(enum field_id sibling, const char *name)
{
    if (field_beside(sibling, name) != FIELD_COUNT)
        return true;
    if (field_has_parent(sibling))
        return false;
    return field_first_within(schema[sibling].scope, name) != FIELD_COUNT ||
           (schema[sibling].scope == SCOPE_PLAN && strcmp(name, "instances") == 0);
}

static bool is_passed_on(const struct writer *writer, enum field_id sibling, const cJSON *member)
{
    if (member->string[0] == '$' || is_known(sibling, member->string))
        return false;
    return writer->view != PAYLOAD_DRAFT || !pretty_is_secret(member);
}

static bool passes_any_on(const struct writer *writer, enum field_id sibling, const cJSON *object)
{
    for (const cJSON *member = object ? object->child : NULL; member; member = member->next)
        if (is_passed_on(writer, sibling, member))
            return true;
    return false;
}

static void write_unknown(struct writer *writer, enum field_id sibling, const cJSON *object)
{
    static const enum pretty_secrets secrets[] = {
        [PAYLOAD_SENT] = PRETTY_SECRETS_SHOWN,
        [PAYLOAD_MASKED] = PRETTY_SECRETS_MASKED,
        [PAYLOAD_DRAFT] = PRETTY_SECRETS_LEFT_OUT,
    };

    for (const cJSON *member = object ? object->child : NULL; member; member = member->next) {
        if (!is_passed_on(writer, sibling, member))
            continue;
        pretty_key(&writer->pretty, member->string);
        if (writer->view == PAYLOAD_MASKED && pretty_is_secret(member))
            json_add_string(writer->pretty.out, PAYLOAD_MASK);
        else
            pretty_inline(writer->pretty.out, member, secrets[writer->view]);
    }
}

static const cJSON *object_or_null(const cJSON *node)
{
    return cJSON_IsObject(node) ? node : NULL;
}

/* ---- Objects ---- */

/* The object that a field stands in beside others, such as messageProperty; called for the first of them. */
static bool write_parent(struct writer *writer, struct place first, const cJSON *element)
{
    char name[FIELD_PARENT_SIZE];
    const cJSON *source;
    bool any = false;

    field_parent(first.field, name);
    source = object_or_null(json_member(element, name));
    for (int id = 0; id < FIELD_COUNT; id++)
        any = any || (field_siblings((enum field_id)id, first.field) &&
                      is_in_view(writer, place_of_instance(first.instance, (enum field_id)id)));
    if (!any && !passes_any_on(writer, first.field, source))
        return true;
    pretty_key(&writer->pretty, name);
    pretty_open(&writer->pretty, '{');
    for (int id = 0; id < FIELD_COUNT; id++) {
        struct place place = place_of_instance(first.instance, (enum field_id)id);

        if (field_siblings(place.field, first.field) && is_in_view(writer, place) &&
            !write_field(writer, place))
            return false;
    }
    write_unknown(writer, first.field, source);
    pretty_close(&writer->pretty, '}');
    return true;
}

static bool is_first_of_parent(enum field_id field)
{
    char name[FIELD_PARENT_SIZE];

    field_parent(field, name);
    return field_first_within(schema[field].scope, name) == field;
}

/* A field with what belongs around it: nothing when this view does not have it. */
static bool write_member(struct writer *writer, struct place place, const cJSON *source)
{
    if (field_has_parent(place.field))
        return !is_first_of_parent(place.field) || write_parent(writer, place, source);
    return !is_in_view(writer, place) || write_field(writer, place);
}

static bool write_instance(struct writer *writer, int instance, const cJSON *element)
{
    pretty_item(&writer->pretty);
    pretty_open(&writer->pretty, '{');
    for (int id = 0; id < FIELD_COUNT; id++)
        if (schema[id].scope == SCOPE_INSTANCE &&
            !write_member(writer, place_of_instance(instance, (enum field_id)id), element))
            return false;
    write_unknown(writer, field_first(SCOPE_INSTANCE), element);
    pretty_close(&writer->pretty, '}');
    return true;
}

/* The list of the draft, whatever is in it; NULL when it has none. */
static const cJSON *instances_list(const struct plan *plan)
{
    const cJSON *member = json_member(plan_source(plan), "instances");

    return cJSON_IsArray(member) ? member : NULL;
}

/* Those that are answered, and those that the draft has. */
static size_t instances_sent(const struct plan *plan, const struct review *review)
{
    const cJSON *list = instances_list(plan);
    size_t given = list ? (size_t)cJSON_GetArraySize(list) : 0;
    size_t count = review_instances_begun(review, plan);

    if (count >= given)
        return count;
    return given < plan_instances(plan) ? given : plan_instances(plan);
}

static bool write_instances(struct writer *writer)
{
    const cJSON *list = instances_list(writer->plan);
    const cJSON *element = list ? list->child : NULL;
    size_t count = instances_sent(writer->plan, writer->review);

    if (count == 0 && !list)
        return true;
    pretty_key(&writer->pretty, "instances");
    pretty_open(&writer->pretty, '[');
    for (size_t i = 0; i < count; i++) {
        if (!write_instance(writer, (int)i, object_or_null(element)))
            return false;
        element = element ? element->next : NULL;
    }
    pretty_close(&writer->pretty, ']');
    return true;
}

static bool write_plan(struct writer *writer)
{
    enum field_id first_of_instance = field_first(SCOPE_INSTANCE);
    const cJSON *source = plan_source(writer->plan);

    pretty_open(&writer->pretty, '{');
    for (int id = 0; id < FIELD_COUNT; id++) {
        struct place place = place_of_plan((enum field_id)id);

        if (place.field == first_of_instance && !write_instances(writer))
            return false;
        if (schema[id].scope == SCOPE_PLAN && !write_member(writer, place, source))
            return false;
    }
    write_unknown(writer, field_first(SCOPE_PLAN), source);
    pretty_close(&writer->pretty, '}');
    return note_lines(writer, place_none());
}

bool payload_write(struct payload *payload, const struct plan *plan, const struct review *review,
                   enum payload_view view, const struct secret_source *secrets, struct error *err)
{
    struct writer writer = {
        .payload = payload, .plan = plan, .review = review, .view = view, .secrets = secrets, .err = err};
    bool ok;

    payload_release(payload);
    payload_init(payload);
    buf_reserve(&payload->text, BODY_USUAL);
    pretty_init(&writer.pretty, &payload->text);
    ok = write_plan(&writer);
    if (ok && payload->text.failed)
        ok = error_set(err, ERROR_MEMORY, "the body is longer than %zu MiB, or memory is short",
                       payload->text.limit >> 20);
    if (!ok) {
        payload_release(payload);
        payload_init(payload);
    }
    return ok;
}

static void write_recognition(const struct review *review, int instance, struct buf *out)
{
    static const enum field_id fields[] = {
        FIELD_INSTANCE_ID, FIELD_ENDPOINT_URL, FIELD_INSTANCE_TYPE, FIELD_INSTANCE_ROLE, FIELD_REGION_ID,
    };
    bool first = true;

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        const char *value = review_field(review, place_of_instance(instance, fields[i]))->value;

        if (!value)
            continue;
        if (!first)
            buf_add_char(out, ',');
        json_add_name(out, field_member(fields[i]));
        json_add_string(out, value);
        first = false;
    }
}

void payload_write_instances(const struct plan *plan, const struct review *review, struct buf *out)
{
    size_t count = instances_sent(plan, review);

    buf_reserve(out, INSTANCES_USUAL);
    buf_add_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        buf_add_text(out, i > 0 ? ",{" : "{");
        write_recognition(review, (int)i, out);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}
