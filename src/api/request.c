#include "api/request.h"

#include <stdlib.h>
#include <string.h>

/* FIRST_PAIRS and BLOCK_ROOM hold what requests and answers usually have. */
enum { FIRST_PAIRS = 16, BLOCK_ROOM = 960 };

struct text_block {
    struct text_block *before; /* the one that was too full */
    size_t used, size;
    char text[];
};

void pairs_release(struct pairs *pairs)
{
    for (struct text_block *block = pairs->texts, *before; block; block = before) {
        before = block->before;
        wipe(block->text, block->used);
        free(block);
    }
    free(pairs->items);
    *pairs = (struct pairs){0};
}

/* Room for one more. The capacity is not stored: it is the power of two that count has reached. */
static bool pairs_grow(struct pairs *pairs)
{
    size_t count = pairs->count;
    struct pair *larger;

    if (count > 0 && (count < FIRST_PAIRS || (count & (count - 1)) != 0))
        return true;
    larger = realloc(pairs->items, (count > 0 ? 2 * count : FIRST_PAIRS) * sizeof(*larger));
    if (larger)
        pairs->items = larger;
    return larger != NULL;
}

static char *text_room(struct pairs *pairs, size_t size)
{
    struct text_block *block = pairs->texts;

    if (!block || size > block->size - block->used) {
        size_t room = size > BLOCK_ROOM ? size : BLOCK_ROOM;

        block = malloc(sizeof(*block) + room);
        if (!block)
            return NULL;
        *block = (struct text_block){.before = pairs->texts, .size = room};
        pairs->texts = block;
    }
    block->used += size;
    return block->text + block->used - size;
}

bool pairs_add(struct pairs *pairs, const char *name, const char *value, struct error *err)
{
    return pairs_add_bytes(pairs, name, value, strlen(value), err);
}

bool pairs_add_bytes(struct pairs *pairs, const char *name, const char *value, size_t length,
                     struct error *err)
{
    size_t name_size = strlen(name) + 1;
    char *text = pairs_grow(pairs) ? text_room(pairs, name_size + length + 1) : NULL;

    if (!text)
        return error_memory(err);
    memcpy(text, name, name_size);
    if (length > 0)
        memcpy(text + name_size, value, length);
    text[name_size + length] = '\0';
    pairs->items[pairs->count++] =
        (struct pair){.name = text, .value = text + name_size, .value_length = length};
    return true;
}

int ascii_compare(const char *a, const char *b)
{
    while (*a && ascii_lower(*a) == ascii_lower(*b)) {
        a++;
        b++;
    }
    return (int)(unsigned char)ascii_lower(*a) - (int)(unsigned char)ascii_lower(*b);
}

const char *pairs_get(const struct pairs *pairs, const char *name)
{
    for (size_t i = 0; i < pairs->count; i++) {
        const char *other = pairs->items[i].name;

        if (ascii_lower(*other) == ascii_lower(*name) && ascii_compare(other, name) == 0)
            return pairs->items[i].value;
    }
    return NULL;
}

void request_init(struct request *request)
{
    *request = (struct request){.body = BUF_INIT};
}

void request_release(struct request *request)
{
    wipe_free(request->scheme);
    wipe_free(request->host);
    wipe_free(request->path);
    wipe_free(request->query_text);
    pairs_release(&request->query);
    pairs_release(&request->headers);
    buf_release(&request->body);
    request_init(request);
}

bool request_url(const struct request *request, struct buf *out)
{
    if (request->query.count > 0 && !request->query_text)
        return false;
    buf_add_texts(out, request->scheme, "://", request->host, request->path, NULL);
    if (request->query_text && *request->query_text) {
        buf_add_char(out, '?');
        buf_add_text(out, request->query_text);
    }
    return !out->failed;
}

static bool stays(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

void percent_encode(struct buf *out, const char *text, size_t length)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];

        if (stays(c)) {
            buf_add_char(out, (char)c);
        } else {
            buf_add_char(out, '%');
            buf_add_char(out, digits[c >> 4]);
            buf_add_char(out, digits[c & 0xF]);
        }
    }
}

void response_init(struct response *response)
{
    *response = (struct response){.body = BUF_INIT};
}

void response_release(struct response *response)
{
    pairs_release(&response->headers);
    buf_release(&response->body);
    response_init(response);
}
