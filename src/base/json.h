#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/*
 * JSON, strictly.
 *
 * cJSON's own parser takes 17 of the 188 documents that a parser must reject,
 * and turns 64-bit integers into doubles. So the trees are cJSON's, but the
 * parser is not: it checks everything (grammar of RFC 8259, UTF-8,
 * escapes, lone surrogates, depth, duplicate keys, nothing behind the end) and
 * makes the nodes. Numbers keep their digits: in a tree from json_parse() a
 * number is a cJSON_Raw node whose valuestring is the source text, and cJSON
 * prints it unchanged. Ask with json_is_number().
 */

enum { JSON_DEPTH_LIMIT = 32, JSON_MEMBERS_LIMIT = 10000 };

/* Where a text breaks the rules: line and column from 1, the column in code points. */
struct json_fault {
    size_t line;
    size_t column;
    char reason[128]; /* never quotes the text: it may hold a secret */
};

/* True when text is one strict JSON value. A UTF-8 byte order mark before it is tolerated.
 * fault may be NULL. */
bool json_check(const char *text, size_t length, struct json_fault *fault);

/*
 * Checks and parses. The caller owns the tree (cJSON_Delete); it is one block of
 * memory, so nothing can be taken out of it or put into it. On failure NULL, and
 * err says "line L, column C: reason" (ERROR_INPUT) or that memory is short.
 */
cJSON *json_parse(const char *text, size_t length, struct error *err);

/* The same for a tree that can be changed. */
cJSON *json_parse_to_change(const char *text, size_t length, struct error *err);

/* A member by its exact name (case matters); NULL when there is none or object is no object. */
const cJSON *json_member(const cJSON *object, const char *name);

/* The text of a string node, else NULL. */
const char *json_text(const cJSON *node);

/* A number of a tree made by json_parse(). */
bool json_is_number(const cJSON *node);

/* The value of an integer node in the range of int64_t: no fraction, no exponent. */
bool json_int64(const cJSON *node, int64_t *value);

/* The word for what a node is: "text", "number", "true or false", "list", "object", "null". */
const char *json_kind(const cJSON *node);

/* Adds "text" in quotes, escaped as RFC 8259 wants; everything else stays raw UTF-8. */
void json_add_string(struct buf *out, const char *text);
void json_add_string_length(struct buf *out, const char *text, size_t length);

/* Adds "name": for a name that has nothing to escape. */
static inline void json_add_name(struct buf *out, const char *name)
{
    buf_add_char(out, '"');
    buf_add_text(out, name);
    buf_add(out, "\":", 2);
}

/* Adds a tree on one line, as cJSON prints it. */
void json_add_tree(struct buf *out, const cJSON *node);

/* Makes cJSON wipe what it frees. Call once, at start. */
void json_wipe_on_free(void);

#endif
