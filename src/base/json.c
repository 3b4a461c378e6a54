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

struct spans {
    struct span *list;
    size_t count, capacity;
};

/* The one pass over a text: where it is, what it found, and what stopped it. */
struct scan {
    const char *at, *end;
    struct spans numbers; /* every number, in document order */
    struct spans keys;    /* names, without quotes, in the objects that are open now, outermost first */
    const char *reason;   /* NULL: no fault so far */
    const char *fault;    /* where */
    bool memory_short;
};

static bool spans_add(struct spans *spans, struct span span)
{
    if (spans->count == spans->capacity) {
        size_t capacity = spans->capacity ? spans->capacity * 2 : 64;
        struct span *list = realloc(spans->list, capacity * sizeof(*list));

        if (!list)
            return false;
        spans->list = list;
        spans->capacity = capacity;
    }
    spans->list[spans->count++] = span;
    return true;
}

static bool fault_at(struct scan *scan, const char *where, const char *reason)
{
    scan->fault = where;
    scan->reason = reason;
    return false;
}

static bool fault(struct scan *scan, const char *reason)
{
    return fault_at(scan, scan->at, scan->at == scan->end ? "the text ends too early" : reason);
}

static bool record(struct scan *scan, struct spans *spans, const char *start, const char *end)
{
    if (spans_add(spans, (struct span){start, (size_t)(end - start)}))
        return true;
    scan->memory_short = true;
    return fault(scan, "memory is short");
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool looking_at(const struct scan *scan, char c)
{
    return scan->at < scan->end && *scan->at == c;
}

static bool take(struct scan *scan, char c)
{
    if (!looking_at(scan, c))
        return false;
    scan->at++;
    return true;
}

static void skip_space(struct scan *scan)
{
    while (scan->at < scan->end &&
           (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\r' || *scan->at == '\t'))
        scan->at++;
}

static bool scan_digits(struct scan *scan, const char *reason)
{
    if (scan->at == scan->end || !is_digit(*scan->at))
        return fault(scan, reason);
    while (scan->at < scan->end && is_digit(*scan->at))
        scan->at++;
    return true;
}

static bool scan_number(struct scan *scan)
{
    const char *start = scan->at;

    (void)take(scan, '-');
    if (take(scan, '0')) {
        if (scan->at < scan->end && is_digit(*scan->at))
            return fault(scan, "a number has no leading zeros");
    } else if (!scan_digits(scan, "a digit belongs behind the minus sign")) {
        return false;
    }
    if (take(scan, '.') && !scan_digits(scan, "a digit belongs behind the decimal point"))
        return false;
    if (take(scan, 'e') || take(scan, 'E')) {
        if (!take(scan, '+'))
            (void)take(scan, '-');
        if (!scan_digits(scan, "a digit belongs in the exponent"))
            return false;
    }
    return record(scan, &scan->numbers, start, scan->at);
}

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

/* "\uXXXX", or two of them that make one character; scan->at is at the backslash. */
static bool scan_unicode_escape(struct scan *scan)
{
    const char *start = scan->at;
    int32_t value = four_digits(start + 2, scan->end);

    if (value < 0)
        return fault_at(scan, start, "\\u needs four hexadecimal digits");
    if (value == 0)
        return fault_at(scan, start, "\\u0000 cannot be part of a text here");
    if (is_low_surrogate(value))
        return fault_at(scan, start, "\\u escape is the second half of a pair without the first");
    scan->at += 6;
    if (!is_high_surrogate(value))
        return true;
    if (scan->end - scan->at < 6 || scan->at[0] != '\\' || scan->at[1] != 'u' ||
        !is_low_surrogate(four_digits(scan->at + 2, scan->end)))
        return fault_at(scan, start, "\\u escape is the first half of a pair without the second");
    scan->at += 6;
    return true;
}

static bool scan_escape(struct scan *scan)
{
    if (scan->end - scan->at < 2) {
        scan->at = scan->end;
        return fault(scan, "");
    }
    if (scan->at[1] == 'u')
        return scan_unicode_escape(scan);
    if (scan->at[1] == '\0' || !strchr("\"\\/bfnrt", scan->at[1]))
        return fault(scan, "unknown escape behind the backslash");
    scan->at += 2;
    return true;
}

/* One raw character of a string. */
static bool scan_character(struct scan *scan)
{
    uint32_t code_point;
    size_t used;

    if ((unsigned char)*scan->at < 0x20)
        return fault(scan, "a control character in a text has to be escaped");
    used = utf8_decode(scan->at, (size_t)(scan->end - scan->at), &code_point);
    if (code_point == UINT32_MAX)
        return fault(scan, "this is not UTF-8");
    scan->at += used;
    return true;
}

static bool scan_string(struct scan *scan)
{
    scan->at++;
    while (scan->at < scan->end && *scan->at != '"') {
        bool good = *scan->at == '\\' ? scan_escape(scan) : scan_character(scan);

        if (!good)
            return false;
    }
    return take(scan, '"') || fault(scan, "");
}

/* The next character of a checked string's inside, escapes resolved; false at its end. */
static bool next_character(struct span *inside, uint32_t *code_point)
{
    static const char escapes[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    const char *end = inside->start + inside->length;
    size_t used;

    if (inside->length == 0)
        return false;
    if (*inside->start != '\\') {
        used = utf8_decode(inside->start, inside->length, code_point);
    } else if (inside->start[1] != 'u') {
        *code_point = (unsigned char)strchr(escapes, inside->start[1])[1];
        used = 2;
    } else {
        *code_point = (uint32_t)four_digits(inside->start + 2, end);
        used = 6;
        if (is_high_surrogate((int32_t)*code_point)) {
            *code_point = 0x10000 + ((*code_point - 0xD800) << 10) +
                          ((uint32_t)four_digits(inside->start + 8, end) - 0xDC00);
            used = 12;
        }
    }
    inside->start += used;
    inside->length -= used;
    return true;
}

/* Leaves out what both start with, as far as that is plain to see. */
static void skip_common(struct span *left, struct span *right)
{
    size_t shorter = left->length < right->length ? left->length : right->length;
    size_t common = 0;

    while (common < shorter && left->start[common] == right->start[common] && left->start[common] != '\\' &&
           (unsigned char)left->start[common] < 0x80)
        common++;
    *left = (struct span){left->start + common, left->length - common};
    *right = (struct span){right->start + common, right->length - common};
}

/* Order of two names by what they mean: "a" is "\u0061". */
static int compare_names(struct span left, struct span right)
{
    skip_common(&left, &right);
    for (;;) {
        uint32_t left_character = 0, right_character = 0;
        bool more_left = next_character(&left, &left_character);
        bool more_right = next_character(&right, &right_character);

        if (!more_left || !more_right)
            return (int)more_left - (int)more_right;
        if (left_character != right_character)
            return left_character < right_character ? -1 : 1;
    }
}

/* By name, then by place, so that of two alike the later one follows. */
static int compare_keys(const void *left, const void *right)
{
    const struct span *a = left, *b = right;
    int order = compare_names(*a, *b);

    if (order != 0)
        return order;
    return a->start < b->start ? -1 : a->start > b->start;
}

/* Sorting keeps an object of thousands of members from taking seconds. */
static bool keys_differ(struct scan *scan, size_t first)
{
    struct span *keys = scan->keys.list + first;
    size_t count = scan->keys.count - first;
    const char *repeated = NULL;

    if (count < 2)
        return true;
    qsort(keys, count, sizeof(*keys), compare_keys);
    for (size_t i = 1; i < count; i++) {
        if ((!repeated || keys[i].start < repeated) && compare_names(keys[i - 1], keys[i]) == 0)
            repeated = keys[i].start;
    }
    return !repeated || fault_at(scan, repeated - 1, "this name occurs twice in one object");
}

_Static_assert(JSON_DEPTH_LIMIT == 32 && JSON_MEMBERS_LIMIT == 10000, "the reasons below say these figures");

static bool scan_value(struct scan *scan, int depth);

static bool scan_member(struct scan *scan, int depth, size_t first_key)
{
    const char *name = scan->at;

    if (!looking_at(scan, '"'))
        return fault(scan, "a name in double quotes belongs here");
    if (scan->keys.count - first_key == JSON_MEMBERS_LIMIT)
        return fault(scan, "an object here has at most 10000 members");
    if (!scan_string(scan))
        return false;
    if (!record(scan, &scan->keys, name + 1, scan->at - 1))
        return false;
    skip_space(scan);
    if (!take(scan, ':'))
        return fault(scan, "a colon belongs behind the name");
    skip_space(scan);
    return scan_value(scan, depth);
}

static bool scan_object(struct scan *scan, int depth)
{
    size_t first_key = scan->keys.count;

    scan->at++;
    skip_space(scan);
    if (take(scan, '}'))
        return true;
    do {
        skip_space(scan);
        if (!scan_member(scan, depth, first_key))
            return false;
        skip_space(scan);
    } while (take(scan, ','));
    if (!take(scan, '}'))
        return fault(scan, "a comma or } belongs here");
    if (!keys_differ(scan, first_key))
        return false;
    scan->keys.count = first_key;
    return true;
}

static bool scan_array(struct scan *scan, int depth)
{
    scan->at++;
    skip_space(scan);
    if (take(scan, ']'))
        return true;
    do {
        skip_space(scan);
        if (!scan_value(scan, depth))
            return false;
        skip_space(scan);
    } while (take(scan, ','));
    return take(scan, ']') || fault(scan, "a comma or ] belongs here");
}

static bool scan_word(struct scan *scan, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, word, length) != 0)
        return fault(scan, "a value belongs here: text in quotes, number, true, false, null, [ or {");
    scan->at += length;
    return true;
}

/* depth counts the lists and objects around this value. */
static bool scan_value(struct scan *scan, int depth)
{
    if (scan->at == scan->end)
        return fault(scan, "");
    switch (*scan->at) {
    case '{':
    case '[':
        if (depth == JSON_DEPTH_LIMIT)
            return fault(scan, "lists and objects are nested more than 32 deep");
        return *scan->at == '{' ? scan_object(scan, depth + 1) : scan_array(scan, depth + 1);
    case '"':
        return scan_string(scan);
    case 't':
        return scan_word(scan, "true");
    case 'f':
        return scan_word(scan, "false");
    case 'n':
        return scan_word(scan, "null");
    default:
        return *scan->at == '-' || is_digit(*scan->at) ? scan_number(scan) : scan_word(scan, "null");
    }
}

static bool scan_text(struct scan *scan, const char *text, size_t length)
{
    *scan = (struct scan){.at = text, .end = text + length};
    if (length >= strlen(BYTE_ORDER_MARK) && memcmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0)
        scan->at += strlen(BYTE_ORDER_MARK);
    skip_space(scan);
    if (!scan_value(scan, 0))
        return false;
    skip_space(scan);
    return scan->at == scan->end || fault(scan, "nothing may follow the value");
}

static void scan_release(struct scan *scan)
{
    free(scan->numbers.list);
    free(scan->keys.list);
}

static void describe(const struct scan *scan, const char *text, struct json_fault *fault)
{
    const char *at = text;

    if ((size_t)(scan->end - text) >= strlen(BYTE_ORDER_MARK) &&
        memcmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0)
        at += strlen(BYTE_ORDER_MARK);
    *fault = (struct json_fault){.line = 1, .column = 1};
    while (at < scan->fault) {
        uint32_t code_point;

        at += utf8_decode(at, (size_t)(scan->end - at), &code_point);
        fault->column++;
        if (code_point == '\n') {
            fault->line++;
            fault->column = 1;
        }
    }
    (void)snprintf(fault->reason, sizeof(fault->reason), "%s", scan->reason);
}

bool json_check(const char *text, size_t length, struct json_fault *fault)
{
    struct scan scan;
    bool good = scan_text(&scan, text, length);

    if (!good && fault)
        describe(&scan, text, fault);
    scan_release(&scan);
    return good;
}

/* Makes a number node keep its digits; *number steps on. False when memory is short. */
static bool restore_numbers(cJSON *node, const struct span **number)
{
    for (; node; node = node->next) {
        if (cJSON_IsNumber(node)) {
            const struct span *digits = (*number)++;

            node->valuestring = cJSON_malloc(digits->length + 1);
            if (!node->valuestring)
                return false;
            memcpy(node->valuestring, digits->start, digits->length);
            node->valuestring[digits->length] = '\0';
            node->type = cJSON_Raw;
        } else if (!restore_numbers(node->child, number)) {
            return false;
        }
    }
    return true;
}

/*
 * The tree of a text that scan went over. cJSON is handed a copy in which each
 * number is "0" and spaces: its older versions stop at 63 digits, and all read
 * the decimal point of the locale.
 */
static cJSON *build(const struct scan *scan, const char *text)
{
    size_t length = (size_t)(scan->end - text);
    const struct span *number = scan->numbers.list;
    char *copy = malloc(length);
    cJSON *tree;

    if (!copy)
        return NULL;
    memcpy(copy, text, length);
    for (size_t i = 0; i < scan->numbers.count; i++) {
        memset(copy + (scan->numbers.list[i].start - text), ' ', scan->numbers.list[i].length);
        copy[scan->numbers.list[i].start - text] = '0';
    }
    tree = cJSON_ParseWithLengthOpts(copy, length, NULL, false);
    wipe(copy, length);
    free(copy);
    if (tree && !restore_numbers(tree, &number)) {
        cJSON_Delete(tree);
        return NULL;
    }
    return tree;
}

cJSON *json_parse(const char *text, size_t length, struct error *err)
{
    struct scan scan;
    cJSON *tree = NULL;

    if (scan_text(&scan, text, length)) {
        /* cJSON skips a byte order mark only when more than one byte follows. */
        if ((unsigned char)text[0] == 0xEF)
            text += strlen(BYTE_ORDER_MARK);
        tree = build(&scan, text);
        if (!tree)
            error_memory(err);
    } else if (scan.memory_short) {
        error_memory(err);
    } else {
        struct json_fault fault;

        describe(&scan, text, &fault);
        error_set(err, ERROR_INPUT, "line %zu, column %zu: %s", fault.line, fault.column, fault.reason);
    }
    scan_release(&scan);
    return tree;
}

const cJSON *json_member(const cJSON *object, const char *name)
{
    const cJSON *member;

    if (!cJSON_IsObject(object))
        return NULL;
    cJSON_ArrayForEach(member, object)
    {
        if (member->string && strcmp(member->string, name) == 0)
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
    buf_add_char(out, '"');
    for (size_t at = 0; at < length;) {
        size_t run = at;

        while (run < length && (unsigned char)text[run] >= 0x20 && text[run] != '"' && text[run] != '\\')
            run++;
        buf_add(out, text + at, run - at);
        at = run;
        if (at < length)
            add_escaped(out, text[at++]);
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
