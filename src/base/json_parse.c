#include "base/json.h"

#include <stdio.h>
#include <string.h>

#include "base/json_names.h"
#include "base/json_scan.h"
#include "base/utf8.h"

/* Reading JSON: the text is checked, and becomes the tree, in one pass. */

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* A stretch of the text. */
struct span {
    const char *start;
    size_t length;
};

/* Where it is in the text, where the tree goes, and what stopped it. */
struct parse {
    const char *at, *end;
    cJSON *next_node;        /* there is room for as many as the text can hold, */
    char *next_text;         /* and behind them for all of its texts */
    struct json_names names; /* in the objects that are open now, outermost first */
    const char *reason;      /* NULL: no fault so far */
    const char *fault;       /* where */
    bool memory_short;
};

static bool fault_at(struct parse *parse, const char *where, const char *reason)
{
    parse->fault = where;
    parse->reason = reason;
    return false;
}

static bool fault(struct parse *parse, const char *reason)
{
    return fault_at(parse, parse->at, parse->at == parse->end ? "the text ends too early" : reason);
}

static bool memory_fault(struct parse *parse)
{
    parse->memory_short = true;
    return fault_at(parse, parse->at, "memory is short");
}

static bool looking_at(const struct parse *parse, char c)
{
    return parse->at < parse->end && *parse->at == c;
}

static bool take(struct parse *parse, char c)
{
    if (!looking_at(parse, c))
        return false;
    parse->at++;
    return true;
}

static void skip_space(struct parse *parse)
{
    while (parse->at < parse->end &&
           (*parse->at == ' ' || *parse->at == '\n' || *parse->at == '\r' || *parse->at == '\t'))
        parse->at++;
}

/* ---- texts ---- */

static int hex_value(char c)
{
    if (json_is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The value of the four hexadecimal digits at text, or -1. */
static int32_t four_digits(const char *text, const char *end)
{
    int32_t value = 0;

    if (end - text < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_value(text[i]);

        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static bool is_high_surrogate(int32_t value)
{
    return value >= 0xD800 && value <= 0xDBFF;
}

static bool is_low_surrogate(int32_t value)
{
    return value >= 0xDC00 && value <= 0xDFFF;
}

/* "\uXXXX", or two of them that make one character; parse->at is at the backslash. */
static bool scan_unicode_escape(struct parse *parse)
{
    const char *start = parse->at;
    int32_t value = four_digits(start + 2, parse->end);

    if (value < 0)
        return fault_at(parse, start, "\\u needs four hexadecimal digits");
    if (value == 0)
        return fault_at(parse, start, "\\u0000 cannot be part of a text here");
    if (is_low_surrogate(value))
        return fault_at(parse, start, "\\u escape is the second half of a pair without the first");
    parse->at += 6;
    if (!is_high_surrogate(value))
        return true;
    if (parse->end - parse->at < 6 || parse->at[0] != '\\' || parse->at[1] != 'u' ||
        !is_low_surrogate(four_digits(parse->at + 2, parse->end)))
        return fault_at(parse, start, "\\u escape is the first half of a pair without the second");
    parse->at += 6;
    return true;
}

static bool scan_escape(struct parse *parse)
{
    if (parse->end - parse->at < 2) {
        parse->at = parse->end;
        return fault(parse, "");
    }
    if (parse->at[1] == 'u')
        return scan_unicode_escape(parse);
    if (parse->at[1] == '\0' || !strchr("\"\\/bfnrt", parse->at[1]))
        return fault(parse, "unknown escape behind the backslash");
    parse->at += 2;
    return true;
}

/* One raw character that is not plain. */
static bool scan_character(struct parse *parse)
{
    uint32_t code_point;
    size_t used;

    if ((unsigned char)*parse->at < 0x20)
        return fault(parse, "a control character in a text has to be escaped");
    used = utf8_decode(parse->at, (size_t)(parse->end - parse->at), &code_point);
    if (code_point == UINT32_MAX)
        return fault(parse, "this is not UTF-8");
    parse->at += used;
    return true;
}

/* The next character of a text that has to be looked at: not plain ASCII, or what ends or escapes it. */
static const char *end_of_plain(const char *at, const char *end)
{
    at = json_skip_plain(at, end);
    while (at < end && (signed char)*at >= ' ' && *at != '"' && *at != '\\')
        at++;
    return at;
}

/* From one quote to behind the other; what stands between them is inside. */
static bool scan_string(struct parse *parse, struct span *inside)
{
    const char *start = ++parse->at;

    for (;;) {
        parse->at = end_of_plain(parse->at, parse->end);
        if (parse->at == parse->end)
            return fault(parse, "");
        if (*parse->at == '"')
            break;
        if (!(*parse->at == '\\' ? scan_escape(parse) : scan_character(parse)))
            return false;
    }
    *inside = (struct span){start, (size_t)(parse->at - start)};
    parse->at++;
    return true;
}

/* What a letter behind a backslash means; quotes, slashes and backslashes mean themselves. */
static char meaning_of(char letter)
{
    switch (letter) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return letter;
    }
}

/* Writes what an escape that was scanned means, at most four bytes, and returns how many; *at steps over it.
 */
static size_t write_escaped(const char **at, const char *end, char *out)
{
    uint32_t code_point;

    if ((*at)[1] != 'u') {
        *out = meaning_of((*at)[1]);
        *at += 2;
        return 1;
    }
    code_point = (uint32_t)four_digits(*at + 2, end);
    *at += 6;
    if (is_high_surrogate((int32_t)code_point)) {
        code_point = 0x10000 + ((code_point - 0xD800) << 10) + ((uint32_t)four_digits(*at + 2, end) - 0xDC00);
        *at += 6;
    }
    return utf8_encode(code_point, out);
}

/* Writes a scanned text with its escapes resolved, which makes it shorter, if anything. Returns its length.
 */
static size_t resolve(struct span inside, char *text)
{
    const char *at = inside.start, *end = at + inside.length;
    char *out = text;

    while (at < end) {
        const char *escape = memchr(at, '\\', (size_t)(end - at));
        size_t run = (size_t)((escape ? escape : end) - at);

        memcpy(out, at, run);
        out += run;
        at += run;
        if (escape)
            out += write_escaped(&at, end, out);
    }
    *out = '\0';
    return (size_t)(out - text);
}

/* The text in its place behind the nodes. */
static char *keep_text(struct parse *parse, struct span inside, size_t *length)
{
    char *text = parse->next_text;

    *length = resolve(inside, text);
    parse->next_text += *length + 1;
    return text;
}

static cJSON *next_node(struct parse *parse)
{
    cJSON *node = parse->next_node++;

    *node = (cJSON){.type = cJSON_NULL};
    return node;
}

/* ---- values ---- */

_Static_assert(JSON_DEPTH_LIMIT == 32 && JSON_MEMBERS_LIMIT == 10000, "the reasons below say these figures");

static bool parse_value(struct parse *parse, cJSON *node, int depth);

static bool parse_string(struct parse *parse, cJSON *node)
{
    struct span inside;
    size_t length;

    if (!scan_string(parse, &inside))
        return false;
    node->type = cJSON_String;
    node->valuestring = keep_text(parse, inside, &length);
    return true;
}

static bool scan_digits(struct parse *parse, const char *reason)
{
    if (parse->at == parse->end || !json_is_digit(*parse->at))
        return fault(parse, reason);
    while (parse->at < parse->end && json_is_digit(*parse->at))
        parse->at++;
    return true;
}

static bool parse_number(struct parse *parse, cJSON *node)
{
    const char *start = parse->at;
    size_t length;

    (void)take(parse, '-');
    if (take(parse, '0')) {
        if (parse->at < parse->end && json_is_digit(*parse->at))
            return fault(parse, "a number has no leading zeros");
    } else if (!scan_digits(parse, "a digit belongs behind the minus sign")) {
        return false;
    }
    if (take(parse, '.') && !scan_digits(parse, "a digit belongs behind the decimal point"))
        return false;
    if (take(parse, 'e') || take(parse, 'E')) {
        if (!take(parse, '+'))
            (void)take(parse, '-');
        if (!scan_digits(parse, "a digit belongs in the exponent"))
            return false;
    }
    /* The digits stay as they are. */
    node->type = cJSON_Raw;
    node->valuestring = keep_text(parse, (struct span){start, (size_t)(parse->at - start)}, &length);
    return true;
}

/* A node behind *last, which it becomes: NULL when it is the first of parent. */
static cJSON *add_node(struct parse *parse, cJSON *parent, cJSON **last)
{
    cJSON *node = next_node(parse);

    if (*last)
        (*last)->next = node;
    else
        parent->child = node;
    node->prev = *last;
    *last = node;
    return node;
}

static bool parse_member(struct parse *parse, cJSON *object, cJSON **last, size_t members, int depth)
{
    struct json_name name = {.where = parse->at};
    struct span inside;
    cJSON *node;

    if (!looking_at(parse, '"'))
        return fault(parse, "a name in double quotes belongs here");
    if (members == JSON_MEMBERS_LIMIT)
        return fault(parse, "an object here has at most 10000 members");
    if (!scan_string(parse, &inside))
        return false;
    node = add_node(parse, object, last);
    node->string = keep_text(parse, inside, &name.length);
    name.text = node->string;
    if (!json_names_add(&parse->names, name))
        return memory_fault(parse);
    skip_space(parse);
    if (!take(parse, ':'))
        return fault(parse, "a colon belongs behind the name");
    skip_space(parse);
    return parse_value(parse, node, depth);
}

static bool names_differ(struct parse *parse, size_t first)
{
    const char *repeated = json_names_repeated(&parse->names, first);

    return !repeated || fault_at(parse, repeated, "this name occurs twice in one object");
}

static bool parse_object(struct parse *parse, cJSON *object, int depth)
{
    size_t first_name = parse->names.count, members = 0;
    cJSON *last = NULL;

    object->type = cJSON_Object;
    parse->at++;
    skip_space(parse);
    if (take(parse, '}'))
        return true;
    do {
        skip_space(parse);
        if (!parse_member(parse, object, &last, members++, depth))
            return false;
        skip_space(parse);
    } while (take(parse, ','));
    if (!take(parse, '}'))
        return fault(parse, "a comma or } belongs here");
    if (!names_differ(parse, first_name))
        return false;
    parse->names.count = first_name;
    return true;
}

static bool parse_array(struct parse *parse, cJSON *array, int depth)
{
    cJSON *last = NULL;

    array->type = cJSON_Array;
    parse->at++;
    skip_space(parse);
    if (take(parse, ']'))
        return true;
    do {
        skip_space(parse);
        if (!parse_value(parse, add_node(parse, array, &last), depth))
            return false;
        skip_space(parse);
    } while (take(parse, ','));
    return take(parse, ']') || fault(parse, "a comma or ] belongs here");
}

static bool parse_word(struct parse *parse, cJSON *node, const char *word, int type)
{
    size_t length = strlen(word);

    if ((size_t)(parse->end - parse->at) < length || memcmp(parse->at, word, length) != 0)
        return fault(parse, "a value belongs here: text in quotes, number, true, false, null, [ or {");
    parse->at += length;
    node->type = type;
    node->valueint = type == cJSON_True;
    return true;
}

/* depth counts the lists and objects around this value. */
static bool parse_value(struct parse *parse, cJSON *node, int depth)
{
    if (parse->at == parse->end)
        return fault(parse, "");
    switch (*parse->at) {
    case '{':
    case '[':
        if (depth == JSON_DEPTH_LIMIT)
            return fault(parse, "lists and objects are nested more than 32 deep");
        return *parse->at == '{' ? parse_object(parse, node, depth + 1) : parse_array(parse, node, depth + 1);
    case '"':
        return parse_string(parse, node);
    case 't':
        return parse_word(parse, node, "true", cJSON_True);
    case 'f':
        return parse_word(parse, node, "false", cJSON_False);
    default:
        return *parse->at == '-' || json_is_digit(*parse->at) ? parse_number(parse, node)
                                                              : parse_word(parse, node, "null", cJSON_NULL);
    }
}

/* ---- the whole ---- */

static bool starts_with_mark(const char *text, size_t length)
{
    return length >= strlen(BYTE_ORDER_MARK) && memcmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0;
}

/* At most as many values as the text can have: each but the first stands behind one of these. */
static size_t most_values(const char *text, size_t length)
{
    size_t most = 1;

    for (size_t i = 0; i < length; i++)
        most += (text[i] == ',') | (text[i] == '[') | (text[i] == '{');
    return most;
}

static bool parse_whole(struct parse *parse)
{
    bool good;

    if (starts_with_mark(parse->at, (size_t)(parse->end - parse->at)))
        parse->at += strlen(BYTE_ORDER_MARK);
    skip_space(parse);
    good = parse_value(parse, next_node(parse), 0);
    if (good) {
        skip_space(parse);
        good = parse->at == parse->end || fault(parse, "nothing may follow the value");
    }
    json_names_release(&parse->names);
    return good;
}

/* The tree, or NULL and in parse what stopped it. */
static cJSON *parse_text(struct parse *parse, const char *text, size_t length)
{
    size_t most = most_values(text, length);
    /* A text is shorter by its quotes than where it comes from, a number stands before one byte more or at
     * the end: with a final 0 each, all are no longer than the whole, and one. */
    cJSON *tree = cJSON_malloc(most * sizeof(*tree) + length + 1);

    *parse = (struct parse){.at = text, .end = text + length};
    json_names_init(&parse->names);
    if (!tree) {
        memory_fault(parse);
        return NULL;
    }
    parse->next_node = tree;
    parse->next_text = (char *)(tree + most);
    if (parse_whole(parse)) {
        /* cJSON_Delete() is to free the first node, which is the whole of it, and none of the others. */
        tree->type |= cJSON_IsReference;
        return tree;
    }
    cJSON_free(tree);
    return NULL;
}

static void describe(const struct parse *parse, const char *text, struct json_fault *fault)
{
    const char *at = text;

    if (starts_with_mark(text, (size_t)(parse->end - text)))
        at += strlen(BYTE_ORDER_MARK);
    *fault = (struct json_fault){.line = 1, .column = 1};
    while (at < parse->fault) {
        uint32_t code_point;

        at += utf8_decode(at, (size_t)(parse->end - at), &code_point);
        fault->column++;
        if (code_point == '\n') {
            fault->line++;
            fault->column = 1;
        }
    }
    (void)snprintf(fault->reason, sizeof(fault->reason), "%s", parse->reason);
}

bool json_check(const char *text, size_t length, struct json_fault *fault)
{
    struct parse parse;
    cJSON *tree = parse_text(&parse, text, length);
    bool good = tree != NULL;

    if (!good && fault)
        describe(&parse, text, fault);
    cJSON_Delete(tree);
    return good;
}

cJSON *json_parse(const char *text, size_t length, struct error *err)
{
    struct parse parse;
    cJSON *tree = parse_text(&parse, text, length);

    if (!tree && parse.memory_short) {
        error_memory(err);
    } else if (!tree) {
        struct json_fault fault;

        describe(&parse, text, &fault);
        error_set(err, ERROR_INPUT, "line %zu, column %zu: %s", fault.line, fault.column, fault.reason);
    }
    return tree;
}

cJSON *json_parse_to_change(const char *text, size_t length, struct error *err)
{
    cJSON *tree = json_parse(text, length, err);
    cJSON *copy = tree ? cJSON_Duplicate(tree, true) : NULL;

    if (tree && !copy)
        error_memory(err);
    cJSON_Delete(tree);
    return copy;
}
