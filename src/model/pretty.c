#include "model/pretty.h"

#include "base/json.h"
#include "model/payload.h"
#include "model/schema.h"

void pretty_init(struct pretty *pretty, struct buf *out)
{
    *pretty = (struct pretty){.out = out, .lines = 1, .empty = true};
}

static void new_line(struct pretty *pretty)
{
    static const char blanks[] = "                                                                ";
    size_t indent = 2 * (size_t)pretty->depth;

    buf_add_char(pretty->out, '\n');
    pretty->lines++;
    buf_add(pretty->out, blanks, indent < sizeof(blanks) ? indent : sizeof(blanks) - 1);
}

void pretty_open(struct pretty *pretty, char bracket)
{
    buf_add_char(pretty->out, bracket);
    pretty->depth++;
    pretty->empty = true;
}

void pretty_close(struct pretty *pretty, char bracket)
{
    pretty->depth--;
    if (!pretty->empty)
        new_line(pretty);
    buf_add_char(pretty->out, bracket);
    pretty->empty = false;
}

void pretty_item(struct pretty *pretty)
{
    if (!pretty->empty)
        buf_add_char(pretty->out, ',');
    new_line(pretty);
    pretty->empty = false;
}

void pretty_key(struct pretty *pretty, const char *name)
{
    pretty_item(pretty);
    json_add_string(pretty->out, name);
    buf_add_text(pretty->out, ": ");
}

/* A reference, whole or with a slip: every member is named like $env. */
static bool looks_like_reference(const cJSON *node)
{
    if (!cJSON_IsObject(node) || !node->child)
        return false;
    for (const cJSON *member = node->child; member; member = member->next)
        if (member->string[0] != '$')
            return false;
    return true;
}

bool pretty_is_secret(const cJSON *member)
{
    enum field_id field = member->string ? field_by_name(member->string) : FIELD_COUNT;

    return field != FIELD_COUNT && schema[field].kind == KIND_SECRET && !cJSON_IsNull(member) &&
           !looks_like_reference(member);
}

/* The recursion is bounded by the depth that json_parse() allows. */
void pretty_inline(struct buf *out, const cJSON *node, enum pretty_secrets secrets)
{
    const char *between = "";

    if (!cJSON_IsObject(node) && !cJSON_IsArray(node)) {
        json_add_tree(out, node);
        return;
    }
    buf_add_char(out, cJSON_IsObject(node) ? '{' : '[');
    for (const cJSON *member = node->child; member; member = member->next) {
        bool secret = secrets != PRETTY_SECRETS_SHOWN && pretty_is_secret(member);

        if (secret && secrets == PRETTY_SECRETS_LEFT_OUT)
            continue;
        buf_add_text(out, between);
        between = ", ";
        if (member->string) {
            json_add_string(out, member->string);
            buf_add_text(out, ": ");
        }
        if (secret)
            json_add_string(out, PAYLOAD_MASK);
        else
            pretty_inline(out, member, secrets);
    }
    buf_add_char(out, cJSON_IsObject(node) ? '}' : ']');
}

void pretty_tree(struct pretty *pretty, const cJSON *node)
{
    bool object = cJSON_IsObject(node);

    if ((!object && !cJSON_IsArray(node)) || looks_like_reference(node)) {
        pretty_inline(pretty->out, node, PRETTY_SECRETS_SHOWN);
        return;
    }
    pretty_open(pretty, object ? '{' : '[');
    for (const cJSON *member = node->child; member; member = member->next) {
        if (object)
            pretty_key(pretty, member->string);
        else
            pretty_item(pretty);
        pretty_tree(pretty, member);
    }
    pretty_close(pretty, object ? '}' : ']');
}
