#include "api/echo.h"

#include <string.h>
#include <strings.h>

#include "base/json.h"

static const char mask[] = "********";

enum { QUOTES_MOST = 8 }; /* signs that may stand together around a name or a value */

/* Goes back over signs of a set. */
static const char *back_over(const char *at, const char *start, const char *signs)
{
    for (int i = 0; i < QUOTES_MOST && at > start && at[-1] && strchr(signs, at[-1]); i++)
        at--;
    return at;
}

/* True when the text gives what begins at `at` to this name: "name": "VALUE, \"name\":\"VALUE, name=VALUE. */
static bool stands_behind(const char *start, const char *at, const char *name)
{
    static const char quotes[] = "\\\"'", blanks[] = " \t\r\n";
    size_t length = strlen(name);

    at = back_over(back_over(at, start, quotes), start, blanks);
    if (at == start || (at[-1] != ':' && at[-1] != '='))
        return false;
    at = back_over(back_over(at - 1, start, blanks), start, quotes);
    return (size_t)(at - start) >= length && strncasecmp(at - length, name, length) == 0;
}

static bool goes_on(const char *at, const char *end)
{
    return at < end && ((*at >= '0' && *at <= '9') || ((*at | 0x20) >= 'a' && (*at | 0x20) <= 'z'));
}

/* A text within a longer one, at or behind `from`: anywhere, or only as the value of a name. */
struct part {
    const char *text;
    size_t length;
    const char *name; /* NULL: anywhere */
};

static const char *find(const struct buf *text, const char *from, const struct part *part)
{
    const char *start = buf_text(text), *end = start + text->length;
    const char *found = memmem(from, (size_t)(end - from), part->text, part->length);

    while (found && part->name &&
           (!stands_behind(start, found, part->name) || goes_on(found + part->length, end)))
        found = memmem(found + 1, (size_t)(end - found - 1), part->text, part->length);
    return found;
}

static void replace(struct buf *text, const struct part *part)
{
    const char *from = buf_text(text), *end = from + text->length;
    const char *found = find(text, from, part);
    struct buf masked;

    if (!found)
        return;
    buf_init(&masked, 2 * text->limit);
    for (; found; found = find(text, from, part)) {
        buf_add(&masked, from, (size_t)(found - from));
        buf_add_text(&masked, mask);
        from = found + part->length;
    }
    buf_add(&masked, from, (size_t)(end - from));
    masked.limit = text->limit;
    buf_release(text);
    *text = masked;
}

/* A message may quote a body that is JSON, and the answer that holds it is JSON again. */
enum { QUOTED_TWICE = 2 };

static void mask_forms(struct buf *text, const char *secret, const char *name)
{
    struct buf form = BUF_INIT;

    buf_add_text(&form, secret);
    for (int quoted = 0; !form.failed; quoted++) {
        struct buf next = BUF_INIT;

        replace(text, &(struct part){buf_text(&form), form.length, name});
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

void echo_mask(struct buf *text, const char *secret)
{
    if (secret && strlen(secret) >= ECHO_SECRET_LEAST)
        mask_forms(text, secret, NULL);
}

static void mask_member(struct buf *text, const char *name, const char *secret)
{
    if (secret && *secret)
        mask_forms(text, secret, strlen(secret) >= ECHO_SECRET_LEAST ? NULL : name);
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
            mask_member(text, member->string, json_text(member));
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
