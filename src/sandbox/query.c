#include "sandbox/query.h"

#include <stdlib.h>
#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

char *percent_decode(const char *text, size_t length, size_t *decoded_length)
{
    char *out = malloc(length + 1);
    size_t used = 0;

    if (!out)
        return NULL;
    for (size_t i = 0; i < length; i++) {
        int high = i + 2 < length ? hex_digit(text[i + 1]) : -1;
        int low = i + 2 < length ? hex_digit(text[i + 2]) : -1;

        if (text[i] == '%' && high >= 0 && low >= 0) {
            out[used++] = (char)(high << 4 | low);
            i += 2;
        } else {
            out[used++] = text[i];
        }
    }
    out[used] = '\0';
    *decoded_length = used;
    return out;
}

static int compare_bytes(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int order = memcmp(a, b, a_length < b_length ? a_length : b_length);

    if (order != 0)
        return order;
    return (a_length > b_length) - (a_length < b_length);
}

static int compare_items(const void *left, const void *right)
{
    const struct query_item *a = left;
    const struct query_item *b = right;
    int order = compare_bytes(a->name, a->name_length, b->name, b->name_length);

    return order ? order : compare_bytes(a->value, a->value_length, b->value, b->value_length);
}

static bool add_item(struct query *query, const char *text, size_t length, struct error *err)
{
    const char *equals = memchr(text, '=', length);
    size_t name_length = equals ? (size_t)(equals - text) : length;
    const char *value = equals ? equals + 1 : text + length;
    struct query_item *grown = realloc(query->items, (query->count + 1) * sizeof(*grown));
    struct query_item *item;

    if (!grown)
        return error_memory(err);
    query->items = grown;
    item = &query->items[query->count];
    item->name = percent_decode(text, name_length, &item->name_length);
    item->value = percent_decode(value, (size_t)(text + length - value), &item->value_length);
    query->count++;
    return item->name && item->value ? true : error_memory(err);
}

bool query_parse(const char *text, struct query *out, struct error *err)
{
    *out = (struct query){0};
    while (*text) {
        size_t length = strcspn(text, "&");

        if (length > 0 && !add_item(out, text, length, err)) {
            query_release(out);
            return false;
        }
        text += length + (text[length] == '&');
    }
    if (out->count > 1)
        qsort(out->items, out->count, sizeof(*out->items), compare_items);
    return true;
}

void query_release(struct query *query)
{
    for (size_t i = 0; i < query->count; i++) {
        free(query->items[i].name);
        free(query->items[i].value);
    }
    free(query->items);
    *query = (struct query){0};
}

const char *query_get(const struct query *query, const char *name)
{
    for (size_t i = 0; i < query->count; i++)
        if (strcmp(query->items[i].name, name) == 0)
            return query->items[i].value;
    return NULL;
}

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

static void encode(struct buf *out, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (is_unreserved(bytes[i]))
            buf_add_char(out, bytes[i]);
        else
            buf_addf(out, "%%%02X", (unsigned)(unsigned char)bytes[i]);
    }
}

void query_canonical(const struct query *query, struct buf *out)
{
    for (size_t i = 0; i < query->count; i++) {
        const struct query_item *item = &query->items[i];

        if (i > 0)
            buf_add_char(out, '&');
        encode(out, item->name, item->name_length);
        buf_add_char(out, '=');
        encode(out, item->value, item->value_length);
    }
}
