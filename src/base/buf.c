#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 64 };

void buf_init(struct buf *buf, size_t limit)
{
    *buf = (struct buf){.limit = limit};
}

void buf_release(struct buf *buf)
{
    if (buf->data)
        wipe(buf->data, buf->capacity);
    free(buf->data);
    *buf = (struct buf){.limit = buf->limit};
}

void buf_clear(struct buf *buf)
{
    if (buf->data)
        wipe(buf->data, buf->length);
    buf->length = 0;
    buf->failed = false;
}

const char *buf_text(const struct buf *buf)
{
    return buf->data ? buf->data : "";
}

/* Memory for needed bytes, the final 0 included; the limit is not passed with them. realloc() would leave the
 * old bytes lying about. */
static bool grow(struct buf *buf, size_t needed)
{
    size_t capacity = buf->capacity ? buf->capacity : FIRST_CAPACITY;
    char *data;

    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    if (capacity - 1 > buf->limit)
        capacity = buf->limit + 1;
    data = malloc(capacity);
    if (!data)
        return false;
    if (buf->data) {
        memcpy(data, buf->data, buf->length + 1);
        wipe(buf->data, buf->capacity);
        free(buf->data);
    } else {
        data[0] = '\0';
    }
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

/* Room for `more` bytes and the final 0; from the first refusal on, none. */
static bool reserve(struct buf *buf, size_t more)
{
    if (buf->failed)
        return false;
    if (more > buf->limit - buf->length || more >= SIZE_MAX - buf->length) {
        buf->failed = true;
        return false;
    }
    if ((!buf->data || buf->length + more + 1 > buf->capacity) && !grow(buf, buf->length + more + 1)) {
        buf->failed = true;
        return false;
    }
    return true;
}

void buf_reserve(struct buf *buf, size_t more)
{
    (void)reserve(buf, more);
}

void buf_grow_and_add(struct buf *buf, const void *bytes, size_t length)
{
    if (!reserve(buf, length))
        return;
    if (length > 0)
        memcpy(buf->data + buf->length, bytes, length);
    buf->length += length;
    buf->data[buf->length] = '\0';
}

void buf_add_texts(struct buf *buf, const char *first, ...)
{
    va_list texts;

    va_start(texts, first);
    for (const char *text = first; text; text = va_arg(texts, const char *))
        buf_add_text(buf, text);
    va_end(texts);
}

void buf_addf(struct buf *buf, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    buf_vaddf(buf, format, arguments);
    va_end(arguments);
}

void buf_vaddf(struct buf *buf, const char *format, va_list arguments)
{
    va_list again;
    size_t room;
    int length;

    if (!reserve(buf, 0))
        return;
    room = buf->capacity - buf->length;
    va_copy(again, arguments);
    length = vsnprintf(buf->data + buf->length, room, format, arguments);
    if (length < 0)
        buf->failed = true;
    if (length >= 0 && reserve(buf, (size_t)length)) {
        /* What did not fit is written once more, with room for it. */
        if ((size_t)length >= room)
            (void)vsnprintf(buf->data + buf->length, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    } else
        wipe(buf->data + buf->length, room);
    buf->data[buf->length] = '\0';
    va_end(again);
}

bool buf_exchange(struct buf *buf, struct buf *fresh)
{
    bool same = !fresh->failed && fresh->length == buf->length &&
                memcmp(buf_text(fresh), buf_text(buf), buf->length) == 0;
    struct buf before = *buf;

    *buf = *fresh;
    *fresh = before;
    buf_release(fresh);
    return !same;
}

void buf_remove(struct buf *buf, size_t at, size_t length)
{
    size_t rest;

    if (at >= buf->length || length == 0)
        return;
    if (length > buf->length - at)
        length = buf->length - at;
    rest = buf->length - at - length;
    memmove(buf->data + at, buf->data + at + length, rest);
    wipe(buf->data + at + rest, length);
    buf->length -= length;
}

void buf_insert(struct buf *buf, size_t at, const void *bytes, size_t length)
{
    if (at > buf->length)
        at = buf->length;
    if (!reserve(buf, length) || length == 0)
        return;
    memmove(buf->data + at + length, buf->data + at, buf->length - at + 1);
    memcpy(buf->data + at, bytes, length);
    buf->length += length;
}

char *buf_take(struct buf *buf)
{
    char *text = NULL;

    if (!buf->failed && (buf->data || grow(buf, 1))) {
        text = buf->data;
        buf->data = NULL;
    }
    buf_release(buf);
    return text;
}

void wipe(void *memory, size_t length)
{
    explicit_bzero(memory, length);
}

void wipe_free(char *text)
{
    if (text)
        wipe(text, strlen(text));
    free(text);
}

char *text_copy(const char *text)
{
    return text ? strdup(text) : NULL;
}
