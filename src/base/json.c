#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/wiping.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* A stretch of the text. */
struct span {
    const char *start;
    size_t length;
};

/* A name, escapes resolved; the text of its node. */
struct name {
    const char *text;
    size_t length;
    const char *where; /* in the source */
};

enum { NAMES_FEW = 40 };

struct names {
    struct name few[NAMES_FEW];
    struct name *more; /* NULL: these were enough */
    size_t count, capacity;
};

/* Where it is in the text, where the tree goes, and what stopped it. */
struct parse {
    const char *at, *end;
    cJSON *next_node;   /* there is room for as many as the text can hold, */
    char *next_text;    /* and behind them for all of its texts */
    struct names names; /* in the objects that are open now, outermost first */
    const char *reason; /* NULL: no fault so far */
    const char *fault;  /* where */
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

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
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
    if (is_digit(c))
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

/* Past ASCII that stands for itself, eight characters at a time: texts are mostly that. */
static const char *skip_plain(const char *at, const char *end)
{
    static const uint64_t each = UINT64_C(0x0101010101010101);
    const uint64_t high = each * 0x80;

    while (end - at >= 8) {
        uint64_t eight, quote, backslash;

        memcpy(&eight, at, 8);
        quote = eight ^ (each * '"');
        backslash = eight ^ (each * '\\');
        /* A byte goes below 0, and its high bit up, where more is taken from it than it holds. */
        if (((eight | (eight - each * ' ') | (quote - each) | (backslash - each)) & high) != 0)
            break;
        at += 8;
    }
    return at;
}

/* The next character of a text that has to be looked at: not plain ASCII, or what ends or escapes it. */
static const char *end_of_plain(const char *at, const char *end)
{
    at = skip_plain(at, end);
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

/* Writes what an escape that was scanned means, at most four bytes, and returns how many; *at steps over it.
 */
static size_t write_escaped(const char **at, const char *end, char *out)
{
    static const char escapes[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    uint32_t code_point;

    if ((*at)[1] != 'u') {
        *out = strchr(escapes, (*at)[1])[1];
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

/* ---- names ---- */

static struct name *names_list(struct names *names)
{
    return names->more ? names->more : names->few;
}

static bool names_grow(struct names *names)
{
    size_t capacity = 2 * names->capacity;
    struct name *more = reallocarray(names->more, capacity, sizeof(*more));

    if (!more)
        return false;
    if (!names->more)
        memcpy(more, names->few, sizeof(names->few));
    names->more = more;
    names->capacity = capacity;
    return true;
}

static bool names_add(struct names *names, struct name name)
{
    if (names->count == names->capacity && !names_grow(names))
        return false;
    names_list(names)[names->count++] = name;
    return true;
}

/* Any order does that brings those alike together. */
static int compare_names(const struct name *a, const struct name *b)
{
    if (a->length != b->length)
        return a->length < b->length ? -1 : 1;
    return memcmp(a->text, b->text, a->length);
}

/* By name, then by place, so that of two alike the later one follows. */
static int compare_in_place(const void *left, const void *right)
{
    const struct name *a = left, *b = right;
    int order = compare_names(a, b);

    if (order != 0)
        return order;
    return a->where < b->where ? -1 : a->where > b->where;
}

/* Where the first name stands that is there already; NULL: nowhere. */
static const char *repeated_among_few(const struct name *names, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (compare_names(&names[k], &names[i]) == 0)
                return names[i].where;
    return NULL;
}

/* Sorting keeps an object of thousands of members from taking seconds. */
static const char *repeated_among_many(struct name *names, size_t count)
{
    const char *repeated = NULL;

    qsort(names, count, sizeof(*names), compare_in_place);
    for (size_t i = 1; i < count; i++) {
        if ((!repeated || names[i].where < repeated) && compare_names(&names[i - 1], &names[i]) == 0)
            repeated = names[i].where;
    }
    return repeated;
}

static bool names_differ(struct parse *parse, size_t first)
{
    struct name *names = names_list(&parse->names) + first;
    size_t count = parse->names.count - first;
    const char *repeated =
        count <= NAMES_FEW ? repeated_among_few(names, count) : repeated_among_many(names, count);

    return !repeated || fault_at(parse, repeated, "this name occurs twice in one object");
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
    if (parse->at == parse->end || !is_digit(*parse->at))
        return fault(parse, reason);
    while (parse->at < parse->end && is_digit(*parse->at))
        parse->at++;
    return true;
}

static bool parse_number(struct parse *parse, cJSON *node)
{
    const char *start = parse->at;
    size_t length;

    (void)take(parse, '-');
    if (take(parse, '0')) {
        if (parse->at < parse->end && is_digit(*parse->at))
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
    struct name name = {.where = parse->at};
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
    if (!names_add(&parse->names, name))
        return memory_fault(parse);
    skip_space(parse);
    if (!take(parse, ':'))
        return fault(parse, "a colon belongs behind the name");
    skip_space(parse);
    return parse_value(parse, node, depth);
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
        return *parse->at == '-' || is_digit(*parse->at) ? parse_number(parse, node)
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
    free(parse->names.more);
    return good;
}

/* The tree, or NULL and in parse what stopped it. */
static cJSON *parse_text(struct parse *parse, const char *text, size_t length)
{
    size_t most = most_values(text, length);
    /* A text is shorter by its quotes than where it comes from, a number stands before one byte more or at
     * the end: with a final 0 each, all are no longer than the whole, and one. */
    cJSON *tree = cJSON_malloc(most * sizeof(*tree) + length + 1);

    *parse = (struct parse){.at = text, .end = text + length, .names.capacity = NAMES_FEW};
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

const cJSON *json_member(const cJSON *object, const char *name)
{
    const cJSON *member;

    if (!cJSON_IsObject(object))
        return NULL;
    cJSON_ArrayForEach(member, object)
    {
        if (member->string && member->string[0] == name[0] && strcmp(member->string, name) == 0)
            return member;
    }
    return NULL;
}

const char *json_text(const cJSON *node)
{
    return cJSON_IsString(node) ? node->valuestring : NULL;
}

bool json_is_number(const cJSON *node)
{
    return cJSON_IsRaw(node) && node->valuestring &&
           (node->valuestring[0] == '-' || is_digit(node->valuestring[0]));
}

bool json_int64(const cJSON *node, int64_t *value)
{
    const char *digits;
    long long number;

    if (!json_is_number(node))
        return false;
    digits = node->valuestring + (node->valuestring[0] == '-');
    if (digits[0] == '\0' || digits[strspn(digits, "0123456789")] != '\0')
        return false;
    errno = 0;
    number = strtoll(node->valuestring, NULL, 10);
    if (errno != 0)
        return false;
    *value = number;
    return true;
}

const char *json_kind(const cJSON *node)
{
    if (cJSON_IsString(node))
        return "text";
    if (cJSON_IsNumber(node) || cJSON_IsRaw(node))
        return "number";
    if (cJSON_IsBool(node))
        return "true or false";
    if (cJSON_IsArray(node))
        return "list";
    return cJSON_IsObject(node) ? "object" : "null";
}

static void add_escaped(struct buf *out, char c)
{
    static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    const char *letter = c != '\0' ? strchr(letters, c) : NULL;

    if (letter)
        buf_addf(out, "\\%c", letter[1]);
    else
        buf_addf(out, "\\u%04x", (unsigned)(unsigned char)c);
}

void json_add_string(struct buf *out, const char *text)
{
    json_add_string_length(out, text, strlen(text));
}

void json_add_string_length(struct buf *out, const char *text, size_t length)
{
    const char *at = text, *end = text + length;

    buf_add_char(out, '"');
    for (;;) {
        const char *run = at;

        at = skip_plain(at, end);
        while (at < end && (unsigned char)*at >= 0x20 && *at != '"' && *at != '\\')
            at++;
        buf_add(out, run, (size_t)(at - run));
        if (at == end)
            break;
        add_escaped(out, *at++);
    }
    buf_add_char(out, '"');
}

void json_add_tree(struct buf *out, const cJSON *node)
{
    char *text = cJSON_PrintUnformatted(node);

    if (!text) {
        out->failed = true;
        return;
    }
    buf_add_text(out, text);
    wipe(text, strlen(text));
    cJSON_free(text);
}

void json_wipe_on_free(void)
{
    cJSON_Hooks hooks = {.malloc_fn = wiping_malloc, .free_fn = wiping_free};

    cJSON_InitHooks(&hooks);
}
