#include "base/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_scan.h"
#include "base/wiping.h"

/* Asking a tree, and writing; json_parse.c reads. */

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
           (node->valuestring[0] == '-' || json_is_digit(node->valuestring[0]));
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

        at = json_skip_plain(at, end);
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
