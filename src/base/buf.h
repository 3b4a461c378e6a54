#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * Growing bytes with a ceiling and a sticky failure.
 *
 * Invariants: data[length] is always 0 (so text is a C string), there is never
 * memory for more than limit bytes and that 0, and once an addition failed
 * (memory, or the limit) `failed` stays true, nothing more is added, and the
 * contents so far stay valid. Callers add freely and look at `failed` once, at
 * the end.
 *
 * Memory is wiped before it is given back, when growing too, and behind
 * data[length] nothing is left of what was there: a buf may hold a secret.
 */
struct buf {
    char *data; /* NULL until the first addition: use buf_text() to read */
    size_t length;
    size_t capacity;
    size_t limit;
    bool failed;
};

#define BUF_LIMIT_DEFAULT ((size_t)16 << 20)

/* An empty buf whose limit is BUF_LIMIT_DEFAULT; may also be used as `struct buf b = BUF_INIT;`. */
#define BUF_INIT ((struct buf){.limit = BUF_LIMIT_DEFAULT})

void buf_init(struct buf *buf, size_t limit);

/* Wipes and frees; the buf is empty again and usable. */
void buf_release(struct buf *buf);

/* Length 0, memory kept but wiped, failure forgotten. */
void buf_clear(struct buf *buf);

/* The text so far: never NULL, valid until the next change. */
const char *buf_text(const struct buf *buf);

/* Room for `more` bytes at once, instead of growing towards them step by step. */
void buf_reserve(struct buf *buf, size_t more);

/* As buf_add(), and gets the memory for it. */
void buf_grow_and_add(struct buf *buf, const void *bytes, size_t length);

static inline void buf_add(struct buf *buf, const void *bytes, size_t length)
{
    bool fits = buf->data && length < buf->capacity - buf->length && !buf->failed;

    if (length == 0 || !fits) {
        buf_grow_and_add(buf, bytes, length);
        return;
    }
    memcpy(buf->data + buf->length, bytes, length);
    buf->length += length;
    buf->data[buf->length] = '\0';
}
static inline void buf_add_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}
void buf_add_texts(struct buf *buf, const char *first, ...) __attribute__((sentinel)); /* up to NULL */
static inline void buf_add_char(struct buf *buf, char c)
{
    buf_add(buf, &c, 1);
}
void buf_addf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vaddf(struct buf *buf, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

/* Takes over what `fresh` holds, which is empty then. True when it is something else than before, or memory
 * was too short to tell. */
bool buf_exchange(struct buf *buf, struct buf *fresh);

/* Removes `length` bytes at `at`, wiping what falls free. */
void buf_remove(struct buf *buf, size_t at, size_t length);

/* Inserts bytes at `at` (0..length). */
void buf_insert(struct buf *buf, size_t at, const void *bytes, size_t length);

/* Hands the text over: you now own it (free it with wipe_free()); the buf is empty. NULL when failed. */
char *buf_take(struct buf *buf);

/* Overwrites memory in a way the compiler keeps. */
void wipe(void *memory, size_t length);

/* Wipes a C string and frees it; NULL is fine. */
void wipe_free(char *text);

static inline bool text_starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* A copy to be freed with wipe_free() or free(); NULL for NULL or when memory is short. */
char *text_copy(const char *text);

#endif
