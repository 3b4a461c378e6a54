#include "chance.h"
#include "model_support.h"

#include "model/schema_json.h"

/*
 * A JSON Schema is worth what a validator makes of it. The small one here knows
 * the keywords that schema_json_write() uses and refuses all others, so that
 * the schema can be held against the review with thousands of bodies.
 */

struct validator {
    const cJSON *root;
};

static bool accepts(const struct validator *validator, const cJSON *part, const cJSON *node);

static bool is_of_type(const cJSON *node, const char *type)
{
    if (strcmp(type, "object") == 0)
        return cJSON_IsObject(node);
    if (strcmp(type, "array") == 0)
        return cJSON_IsArray(node);
    if (strcmp(type, "string") == 0)
        return cJSON_IsString(node);
    assert_string_equal(type, "boolean");
    return cJSON_IsBool(node);
}

static bool same_scalar(const cJSON *a, const cJSON *b)
{
    if (cJSON_IsBool(a) || cJSON_IsBool(b))
        return a->type == b->type;
    return json_text(a) && json_text(b) && strcmp(json_text(a), json_text(b)) == 0;
}

static bool has_required(const cJSON *names, const cJSON *node)
{
    for (const cJSON *name = names->child; name; name = name->next)
        if (cJSON_IsObject(node) && !json_member(node, json_text(name)))
            return false;
    return true;
}

static bool accepts_properties(const struct validator *validator, const cJSON *properties, const cJSON *node)
{
    for (const cJSON *property = properties->child; property; property = property->next) {
        const cJSON *member = json_member(node, property->string);

        if (member && !accepts(validator, property, member))
            return false;
    }
    return true;
}

static bool accepts_all(const struct validator *validator, const cJSON *list, const cJSON *node, bool any)
{
    for (const cJSON *part = list->child; part; part = part->next)
        if (accepts(validator, part, node) == any)
            return any;
    return !any;
}

static bool is_listed(const cJSON *list, const cJSON *node)
{
    for (const cJSON *item = list->child; item; item = item->next)
        if (same_scalar(item, node))
            return true;
    return false;
}

static const cJSON *referred(const struct validator *validator, const char *reference)
{
    const cJSON *part;

    assert_int_equal(strncmp(reference, "#/$defs/", 8), 0);
    part = json_member(json_member(validator->root, "$defs"), reference + 8);
    if (!part)
        fail_msg("%s leads nowhere", reference);
    return part;
}

static bool accepts_items(const struct validator *validator, const cJSON *part, const cJSON *node)
{
    if (cJSON_IsArray(node))
        for (const cJSON *item = node->child; item; item = item->next)
            if (!accepts(validator, part, item))
                return false;
    return true;
}

/* "^" and a plain text, the only patterns that are used. */
static bool starts(const char *pattern, const cJSON *node)
{
    assert_int_equal(pattern[0], '^');
    assert_null(strpbrk(pattern + 1, "^$\\.*+?()[]{}|/"));
    return !cJSON_IsString(node) || strstr(json_text(node), pattern + 1) == json_text(node);
}

static bool has_items(const cJSON *least, const cJSON *node)
{
    int64_t number = -1;

    assert_true(json_int64(least, &number));
    return !cJSON_IsArray(node) || cJSON_GetArraySize(node) >= number;
}

static bool accepts_keyword(const struct validator *validator, const cJSON *keyword, const cJSON *node)
{
    const char *name = keyword->string;

    if (strcmp(name, "type") == 0)
        return is_of_type(node, json_text(keyword));
    if (strcmp(name, "required") == 0)
        return has_required(keyword, node);
    if (strcmp(name, "properties") == 0)
        return accepts_properties(validator, keyword, node);
    if (strcmp(name, "allOf") == 0)
        return accepts_all(validator, keyword, node, false);
    if (strcmp(name, "anyOf") == 0)
        return accepts_all(validator, keyword, node, true);
    if (strcmp(name, "not") == 0)
        return !accepts(validator, keyword, node);
    if (strcmp(name, "const") == 0)
        return same_scalar(keyword, node);
    if (strcmp(name, "enum") == 0)
        return is_listed(keyword, node);
    if (strcmp(name, "items") == 0)
        return accepts_items(validator, keyword, node);
    if (strcmp(name, "$ref") == 0)
        return accepts(validator, referred(validator, json_text(keyword)), node);
    if (strcmp(name, "pattern") == 0)
        return starts(json_text(keyword), node);
    if (strcmp(name, "minLength") == 0)
        return !cJSON_IsString(node) || json_text(node)[0];
    if (strcmp(name, "minItems") == 0)
        return has_items(keyword, node);
    return true;
}

static bool accepts(const struct validator *validator, const cJSON *part, const cJSON *node)
{
    static const char *const known[] = {"type",  "required", "properties", "allOf", "anyOf",   "not",
                                        "const", "enum",     "items",      "$ref",  "pattern", "minLength",
                                        "if",    "then",     "minItems",   "title", "$schema", "description",
                                        "$defs", "examples", "writeOnly"};
    const cJSON *condition = json_member(part, "if");

    for (const cJSON *keyword = part->child; keyword; keyword = keyword->next) {
        size_t i = 0;

        while (i < sizeof(known) / sizeof(known[0]) && strcmp(known[i], keyword->string) != 0)
            i++;
        if (i == sizeof(known) / sizeof(known[0]))
            fail_msg("the validator does not know %s", keyword->string);
        if (!accepts_keyword(validator, keyword, node))
            return false;
    }
    return !condition || !accepts(validator, condition, node) ||
           accepts(validator, json_member(part, "then"), node);
}

static cJSON *parse(const char *text)
{
    struct error err;
    cJSON *tree = json_parse(text, strlen(text), &err);

    if (!tree)
        fail_msg("%s", err.text);
    return tree;
}

static cJSON *parsed_schema(void)
{
    struct buf text = BUF_INIT;
    cJSON *tree;

    schema_json_write(&text);
    assert_false(text.failed);
    tree = parse(buf_text(&text));
    buf_release(&text);
    return tree;
}

static void it_is_strict_json_and_ends_its_line(void **state)
{
    struct buf text = BUF_INIT;

    (void)state;
    schema_json_write(&text);
    assert_false(text.failed);
    assert_true(json_check(text.data, text.length, NULL));
    assert_int_equal(text.data[text.length - 1], '\n');
    assert_non_null(strstr(text.data, "\n  \"type\": \"object\",\n"));
    buf_release(&text);
}

static void every_field_is_described(void **state)
{
    cJSON *tree = parsed_schema();
    const cJSON *plan = json_member(tree, "properties");
    const cJSON *instance = json_member(json_member(json_member(tree, "$defs"), "instance"), "properties");

    (void)state;
    for (int id = 0; id < FIELD_COUNT; id++) {
        const cJSON *properties = schema[id].scope == SCOPE_PLAN ? plan : instance;
        char parent[FIELD_PARENT_SIZE];
        const cJSON *field;

        field_parent((enum field_id)id, parent);
        if (parent[0])
            properties = json_member(json_member(properties, parent), "properties");
        field = json_member(properties, field_member((enum field_id)id));
        assert_string_equal(json_text(json_member(field, "description")), schema[id].help);
        assert_string_equal(json_text(json_member(field, "type")),
                            schema[id].kind == KIND_SWITCH ? "boolean" : "string");
    }
    cJSON_Delete(tree);
}

/* An element of "instances" has no way to see the plan. */
static void presence_of_an_instance_field_hangs_on_its_instance_only(void **state)
{
    (void)state;
    for (int id = 0; id < FIELD_COUNT; id++)
        for (const struct presence *row = schema[id].presence; row->when; row++)
            for (const struct condition *test = row->when; test->test != TEST_END; test++)
                assert_int_equal(schema[test->field].scope, schema[id].scope);
}

/* ---- Agreement with the review ---- */

static void add_random_field(struct chance *chance, struct buf *out, enum field_id field)
{
    const struct choice *choice = schema[field].choices;
    unsigned odd = pick(chance, 40);

    buf_addf(out, "\"%s\":", field_member(field));
    if (schema[field].kind == KIND_SWITCH)
        buf_add_text(out, choice[pick(chance, 2)].value);
    else if (odd == 0)
        buf_add_text(out, "\"\"");
    else if (choice)
        buf_addf(out, "\"%s\"", odd == 1 ? "SOMETHING_ELSE" : choice[pick(chance, 2)].value);
    else if (field == FIELD_INSTANCE_ID)
        buf_addf(out, "\"%s%u\"", pick(chance, 3) == 0 ? SERIES_4_0_PREFIX : SERIES_5_X_PREFIX,
                 pick(chance, 1000000));
    else
        buf_addf(out, "\"value %u\"", pick(chance, 1000000));
}

static void add_random_object(struct chance *chance, struct buf *out, enum field_scope scope, bool open)
{
    const char *between = open ? "," : "";

    for (int id = 0; id < FIELD_COUNT; id++) {
        enum field_id field = (enum field_id)id;

        if (schema[id].scope != scope || field_has_parent(field) || pick(chance, 8) == 0)
            continue;
        buf_add_text(out, between);
        between = ",";
        add_random_field(chance, out, field);
    }
}

static void add_random_body(struct chance *chance, struct buf *out)
{
    unsigned instances = pick(chance, 12) == 0 ? pick(chance, 4) : 2;

    buf_add_text(out, "{\"instances\":[");
    for (unsigned i = 0; i < instances; i++) {
        buf_add_text(out, i > 0 ? ",{" : "{");
        add_random_object(chance, out, SCOPE_INSTANCE, false);
        buf_add_text(out, "}");
    }
    buf_add_text(out, "]");
    add_random_object(chance, out, SCOPE_PLAN, true);
    buf_add_text(out, "}");
}

static void it_agrees_with_the_review(void **state)
{
    struct chance chance = {UINT64_C(0x2545F4914F6CDD1D)};
    cJSON *tree = parsed_schema();
    struct validator validator = {tree};
    int sound = 0;

    (void)state;
    for (int i = 0; i < 4000; i++) {
        struct buf text = BUF_INIT;
        struct plan *plan = NULL;
        struct review *review;
        struct error err;
        cJSON *body;
        bool accepted;

        add_random_body(&chance, &text);
        body = parse(buf_text(&text));
        assert_true(draft_read(buf_text(&text), text.length, &plan, &err));
        review = review_of(plan);
        accepted = accepts(&validator, tree, body);
        if (accepted != (review_errors(review) == 0)) {
            print_problems(review);
            fail_msg("the schema says %s: %s", accepted ? "sound" : "wrong", buf_text(&text));
        }
        sound += accepted;
        cJSON_Delete(body);
        review_free(review);
        plan_free(plan);
        buf_release(&text);
    }
    assert_in_range(sound, 200, 3800);
    cJSON_Delete(tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_strict_json_and_ends_its_line),
        cmocka_unit_test(every_field_is_described),
        cmocka_unit_test(presence_of_an_instance_field_hangs_on_its_instance_only),
        cmocka_unit_test(it_agrees_with_the_review),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
