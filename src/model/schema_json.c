#include "model/schema_json.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "model/kind.h"
#include "model/plan.h"
#include "model/pretty.h"
#include "model/schema.h"

/*
 * A field applies when the first presence row that fits says more than
 * NEED_EXTRA, and a row fits only where the fields it names apply. Each field
 * whose presence depends on anything gets definitions of its own in "$defs",
 * to which the conditions of the fields below it refer.
 */

enum { NAME_SIZE = 160 };

static void write_text(struct pretty *pretty, const char *key, const char *text)
{
    pretty_key(pretty, key);
    json_add_string(pretty->out, text);
}

static void open_member(struct pretty *pretty, const char *key, char bracket)
{
    pretty_key(pretty, key);
    pretty_open(pretty, bracket);
}

static void open_item(struct pretty *pretty)
{
    pretty_item(pretty);
    pretty_open(pretty, '{');
}

/* ---- Presence ---- */

static bool is_always(const struct presence *row)
{
    return !row->when;
}

static bool always_applies(enum field_id field)
{
    const struct presence *row = schema[field].presence;

    return is_always(row) && row->need > NEED_EXTRA;
}

static bool always_required(enum field_id field)
{
    return is_always(schema[field].presence) && schema[field].presence->need == NEED_REQUIRED;
}

static bool is_ever(enum field_id field, enum need least)
{
    const struct presence *row = schema[field].presence;

    for (;; row++) {
        if (row->need >= least)
            return true;
        if (is_always(row))
            return false;
    }
}

/* The name of a definition: "instance-vpcId-applies". */
static void definition(char name[NAME_SIZE], enum field_id field, const char *what)
{
    snprintf(name, NAME_SIZE, "%s-%s-%s", schema[field].scope == SCOPE_PLAN ? "plan" : "instance",
             schema[field].path, what);
}

static void write_reference(struct pretty *pretty, enum field_id field, const char *what)
{
    char name[NAME_SIZE];
    char reference[NAME_SIZE + 16];

    definition(name, field, what);
    snprintf(reference, sizeof(reference), "#/$defs/%s", name);
    write_text(pretty, "$ref", reference);
}

/* ---- Where a field stands ---- */

/* Opens, within the schema of the object that holds the field, what the value of the field must be. */
static void open_value(struct pretty *pretty, enum field_id field, bool required)
{
    char parent[FIELD_PARENT_SIZE];
    const char *const names[] = {parent, field_member(field)};

    field_parent(field, parent);
    for (size_t i = parent[0] ? 0 : 1; i < 2; i++) {
        if (required) {
            open_member(pretty, "required", '[');
            pretty_item(pretty);
            json_add_string(pretty->out, names[i]);
            pretty_close(pretty, ']');
        }
        open_member(pretty, "properties", '{');
        open_member(pretty, names[i], '{');
    }
}

static void close_value(struct pretty *pretty, enum field_id field)
{
    for (int i = field_has_parent(field) ? 0 : 1; i < 2; i++) {
        pretty_close(pretty, '}');
        pretty_close(pretty, '}');
    }
}

/* An empty text counts as no answer. */
static void write_not_empty(struct pretty *pretty, enum field_id field)
{
    if (strcmp(kind_json_type(field), "string") != 0)
        return;
    pretty_key(pretty, "minLength");
    buf_add_char(pretty->out, '1');
}

static void write_enum(struct pretty *pretty, enum field_id field, const char *key)
{
    const struct choice *choice = schema[field].choices;

    open_member(pretty, key, '[');
    for (; choice->value; choice++) {
        pretty_item(pretty);
        kind_encode(field, ANSWER_TEXT, choice->value, pretty->out);
    }
    pretty_close(pretty, ']');
}

/* ---- Conditions ---- */

/* Regular expressions of JSON Schema allow only characters with a meaning to be escaped. */
static void write_pattern(struct pretty *pretty, const char *prefix)
{
    struct buf pattern = BUF_INIT;

    buf_add_char(&pattern, '^');
    for (; *prefix; prefix++) {
        if (strchr("^$\\.*+?()[]{}|/", *prefix))
            buf_add_char(&pattern, '\\');
        buf_add_char(&pattern, *prefix);
    }
    write_text(pretty, "type", "string");
    write_text(pretty, "pattern", buf_text(&pattern));
    pretty->out->failed |= pattern.failed;
    buf_release(&pattern);
}

/* Opens nothing and closes nothing: the members of one schema that holds when the value is as the test says.
 */
static void write_value_test(struct pretty *pretty, const struct condition *test)
{
    open_value(pretty, test->field, true);
    if (test->test == TEST_IS) {
        pretty_key(pretty, "const");
        kind_encode(test->field, ANSWER_TEXT, test->value, pretty->out);
    } else if (test->value[0]) {
        write_pattern(pretty, test->value);
    } else {
        write_text(pretty, "type", kind_json_type(test->field));
        write_not_empty(pretty, test->field);
    }
    close_value(pretty, test->field);
}

/* One schema that holds when the test does: the value is as it says, and its field applies. */
static void write_test(struct pretty *pretty, const struct condition *test)
{
    open_item(pretty);
    if (!always_applies(test->field))
        write_reference(pretty, test->field, "applies");
    write_value_test(pretty, test);
    pretty_close(pretty, '}');
}

static void write_conditions(struct pretty *pretty, const struct condition *when)
{
    open_member(pretty, "allOf", '[');
    for (; when->test != TEST_END; when++)
        write_test(pretty, when);
    pretty_close(pretty, ']');
}

/* One schema that holds when `row` is the first of the field's rows that fits. */
static void write_row(struct pretty *pretty, enum field_id field, const struct presence *row)
{
    open_item(pretty);
    if (!is_always(row))
        write_conditions(pretty, row->when);
    if (row != schema[field].presence) {
        open_member(pretty, "not", '{');
        open_member(pretty, "anyOf", '[');
        for (const struct presence *above = schema[field].presence; above != row; above++) {
            open_item(pretty);
            write_conditions(pretty, above->when);
            pretty_close(pretty, '}');
        }
        pretty_close(pretty, ']');
        pretty_close(pretty, '}');
    }
    pretty_close(pretty, '}');
}

/* A definition that holds when the field is needed that much, or more. */
static void write_definition(struct pretty *pretty, enum field_id field, const char *what, enum need least)
{
    char name[NAME_SIZE];

    definition(name, field, what);
    open_member(pretty, name, '{');
    open_member(pretty, "anyOf", '[');
    for (const struct presence *row = schema[field].presence;; row++) {
        if (row->need >= least)
            write_row(pretty, field, row);
        if (is_always(row))
            break;
    }
    pretty_close(pretty, ']');
    pretty_close(pretty, '}');
}

/* True when a condition of another field speaks of this one. */
static bool is_named(enum field_id named)
{
    for (int id = 0; id < FIELD_COUNT; id++)
        for (const struct presence *row = schema[id].presence; !is_always(row); row++)
            for (const struct condition *test = row->when; test->test != TEST_END; test++)
                if (test->field == named)
                    return true;
    return false;
}

static void write_definitions(struct pretty *pretty)
{
    for (int id = 0; id < FIELD_COUNT; id++) {
        enum field_id field = (enum field_id)id;

        if (always_applies(field))
            continue;
        if (schema[id].kind == KIND_CHOICE || is_named(field))
            write_definition(pretty, field, "applies", NEED_OPTIONAL);
        if (is_ever(field, NEED_REQUIRED))
            write_definition(pretty, field, "required", NEED_REQUIRED);
    }
}

/* ---- Objects ---- */

static void write_field(struct pretty *pretty, enum field_id field)
{
    const struct field *row = &schema[field];

    open_member(pretty, field_member(field), '{');
    write_text(pretty, "title", row->label);
    write_text(pretty, "description", row->help);
    write_text(pretty, "type", kind_json_type(field));
    if (row->kind == KIND_CHOICE)
        write_enum(pretty, field, always_applies(field) ? "enum" : "examples");
    if (always_required(field) && !row->choices)
        write_not_empty(pretty, field);
    if (row->kind == KIND_SECRET) {
        pretty_key(pretty, "writeOnly");
        buf_add_text(pretty->out, "true");
    }
    pretty_close(pretty, '}');
}

static void write_siblings(struct pretty *pretty, enum field_id first);

static void write_parent(struct pretty *pretty, const char *name, enum field_id first)
{
    open_member(pretty, name, '{');
    write_text(pretty, "type", "object");
    open_member(pretty, "properties", '{');
    write_siblings(pretty, first);
    pretty_close(pretty, '}');
    pretty_close(pretty, '}');
}

static void write_instances(struct pretty *pretty)
{
    open_member(pretty, "instances", '{');
    write_text(pretty, "title", "Clusters");
    write_text(pretty, "description", "The clusters between which messages are copied.");
    write_text(pretty, "type", "array");
    pretty_key(pretty, "minItems");
    buf_addf(pretty->out, "%d", PLAN_INSTANCES);
    open_member(pretty, "items", '{');
    write_text(pretty, "$ref", "#/$defs/instance");
    pretty_close(pretty, '}');
    pretty_close(pretty, '}');
}

/* The properties of the object that `first` stands in. */
static void write_siblings(struct pretty *pretty, enum field_id first)
{
    char parent[FIELD_PARENT_SIZE];
    enum field_scope scope = schema[first].scope;

    for (int id = 0; id < FIELD_COUNT; id++) {
        enum field_id field = (enum field_id)id;

        if (scope == SCOPE_PLAN && field == field_first(SCOPE_INSTANCE))
            write_instances(pretty);
        if (schema[field].scope != scope)
            continue;
        field_parent(field, parent);
        if (field_siblings(field, first))
            write_field(pretty, field);
        else if (!field_has_parent(first) && field_first_within(scope, parent) == field)
            write_parent(pretty, parent, field);
    }
}

/* {"if": ..., "then": ...} for what a field must be when it applies, or is required. */
static void write_consequence(struct pretty *pretty, enum field_id field, const char *what, bool required)
{
    open_item(pretty);
    open_member(pretty, "if", '{');
    write_reference(pretty, field, what);
    pretty_close(pretty, '}');
    open_member(pretty, "then", '{');
    open_value(pretty, field, required);
    if (required)
        write_not_empty(pretty, field);
    else
        write_enum(pretty, field, "enum");
    close_value(pretty, field);
    pretty_close(pretty, '}');
    pretty_close(pretty, '}');
}

static bool has_consequence(enum field_id field)
{
    return !always_applies(field) && (schema[field].kind == KIND_CHOICE || is_ever(field, NEED_REQUIRED));
}

static void write_consequences(struct pretty *pretty, enum field_scope scope)
{
    bool any = false;

    for (int id = 0; id < FIELD_COUNT; id++)
        any = any || (schema[id].scope == scope && has_consequence((enum field_id)id));
    if (!any)
        return;
    open_member(pretty, "allOf", '[');
    for (int id = 0; id < FIELD_COUNT; id++) {
        enum field_id field = (enum field_id)id;

        if (schema[id].scope != scope || !has_consequence(field))
            continue;
        if (schema[id].kind == KIND_CHOICE)
            write_consequence(pretty, field, "applies", false);
        if (is_ever(field, NEED_REQUIRED))
            write_consequence(pretty, field, "required", true);
    }
    pretty_close(pretty, ']');
}

/* The members of the schema of a plan or of an instance. */
static void write_scope(struct pretty *pretty, enum field_scope scope)
{
    write_text(pretty, "type", "object");
    open_member(pretty, "required", '[');
    for (int id = 0; id < FIELD_COUNT; id++) {
        if (scope == SCOPE_PLAN && id == (int)field_first(SCOPE_INSTANCE)) {
            pretty_item(pretty);
            json_add_string(pretty->out, "instances");
        }
        if (schema[id].scope != scope || field_has_parent((enum field_id)id) ||
            !always_required((enum field_id)id))
            continue;
        pretty_item(pretty);
        json_add_string(pretty->out, field_member((enum field_id)id));
    }
    pretty_close(pretty, ']');
    open_member(pretty, "properties", '{');
    write_siblings(pretty, field_first(scope));
    pretty_close(pretty, '}');
    write_consequences(pretty, scope);
}

void schema_json_write(struct buf *out)
{
    struct pretty pretty;

    pretty_init(&pretty, out);
    pretty_open(&pretty, '{');
    write_text(&pretty, "$schema", "https://json-schema.org/draft/2020-12/schema");
    write_text(&pretty, "title", "Body of CreateDisasterRecoveryPlan (ApsaraMQ for RocketMQ, 2022-08-01)");
    write_scope(&pretty, SCOPE_PLAN);
    open_member(&pretty, "$defs", '{');
    open_member(&pretty, "instance", '{');
    write_scope(&pretty, SCOPE_INSTANCE);
    pretty_close(&pretty, '}');
    write_definitions(&pretty);
    pretty_close(&pretty, '}');
    pretty_close(&pretty, '}');
    buf_add_char(out, '\n');
}
