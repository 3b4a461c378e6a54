#include "api/echo.h"

#include <string.h>

#include "base/json.h"

static const char mask[] = "********";

static void replace(struct buf *text, const char *part, size_t length)
{
    const char *from = buf_text(text), *end = from + text->length;
    const char *found = memmem(from, text->length, part, length);
    struct buf masked;

    if (!found)
        return;
    buf_init(&masked, 2 * text->limit);
    for (; found; found = memmem(from, (size_t)(end - from), part, length)) {
        buf_add(&masked, from, (size_t)(found - from));
        buf_add_text(&masked, mask);
        from = found + length;
    }
    buf_add(&masked, from, (size_t)(end - from));
    masked.limit = text->limit;
    buf_release(text);
    *text = masked;
}

/* A message may quote a body that is JSON, and the answer that holds it is JSON again. */
enum { QUOTED_TWICE = 2 };

void echo_mask(struct buf *text, const char *secret)
{
    struct buf form = BUF_INIT;

    if (!secret || strlen(secret) < ECHO_SECRET_LEAST)
        return;
    buf_add_text(&form, secret);
    for (int quoted = 0; !form.failed; quoted++) {
        struct buf next = BUF_INIT;

        replace(text, buf_text(&form), form.length);
        json_add_string(&next, buf_text(&form));
        if (next.failed || quoted == QUOTED_TWICE || next.length == form.length + 2) {
            form.failed = form.failed || next.failed;
            buf_release(&next);
            break;
        }
        buf_clear(&form);
        buf_add(&form, next.data + 1, next.length - 2);
        buf_release(&next);
    }
    text->failed = text->failed || form.failed;
    buf_release(&form);
}

static bool is_named(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

/* The recursion is bounded by the depth that json_parse() allows. */
void echo_mask_members(struct buf *text, const cJSON *body, const char *const *names)
{
    const cJSON *member;

    cJSON_ArrayForEach(member, body)
    {
        if (member->string && is_named(member->string, names))
            echo_mask(text, json_text(member));
        echo_mask_members(text, member, names);
    }
}

bool echo_has_member(const char *body, size_t length, const char *const *names)
{
    for (; *names; names++)
        if (length > 0 && memmem(body, length, *names, strlen(*names)))
            return true;
    return false;
}
