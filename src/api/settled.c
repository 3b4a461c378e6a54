#include "api/settled.h"

#include <stdlib.h>
#include <string.h>

/* A line that looks as it should. */
struct entry {
    const char *line;
    const char *nonce;
    size_t nonce_length;
    bool is_intent;
    bool is_final;
};

struct entries {
    struct entry *list;
    size_t count, room;
};

/* Moves *at behind text, which has to stand there. */
static bool pass(const char **at, const char *end, const char *text)
{
    size_t length = strlen(text);

    if ((size_t)(end - *at) < length || memcmp(*at, text, length) != 0)
        return false;
    *at += length;
    return true;
}

/* Moves *at behind a string of JSON that stands there without escapes, and its quotes. */
static bool pass_string(const char **at, const char *end, size_t *length)
{
    const char *quote;

    if (!pass(at, end, "\""))
        return false;
    quote = memchr(*at, '"', (size_t)(end - *at));
    if (!quote || memchr(*at, '\\', (size_t)(quote - *at)))
        return false;
    *length = (size_t)(quote - *at);
    *at = quote + 1;
    return true;
}

static bool read_entry(const char *line, const char *end, struct entry *out)
{
    static const char unknown[] = "unknown";
    const char *at = line;
    size_t length;

    *out = (struct entry){.line = line};
    if (end - line < 2 || end[-1] != '}')
        return false;
    out->is_intent = pass(&at, end, "{\"type\":\"intent\"");
    if ((!out->is_intent && !pass(&at, end, "{\"type\":\"outcome\"")) || !pass(&at, end, ",\"time\":") ||
        !pass_string(&at, end, &length) || !pass(&at, end, ",\"nonce\":") ||
        !pass_string(&at, end, &out->nonce_length))
        return false;
    out->nonce = at - 1 - out->nonce_length;
    if (out->is_intent)
        return true;
    if (!pass(&at, end, ",\"outcome\":") || !pass_string(&at, end, &length))
        return false;
    out->is_final = length != strlen(unknown) || memcmp(at - 1 - length, unknown, length) != 0;
    return true;
}

static bool add_entry(struct entries *entries, const struct entry *entry)
{
    if (entries->count == entries->room) {
        size_t room = entries->room > 0 ? 2 * entries->room : 64;
        struct entry *list = reallocarray(entries->list, room, sizeof(*list));

        if (!list)
            return false;
        entries->list = list;
        entries->room = room;
    }
    entries->list[entries->count++] = *entry;
    return true;
}

static bool read_entries(struct entries *entries, const char *text, const char *end)
{
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *line_end = newline ? newline : end;
        struct entry entry;

        if (read_entry(text, line_end, &entry) && !add_entry(entries, &entry))
            return false;
        text = newline ? newline + 1 : end;
    }
    return true;
}

static int compare_nonces(const struct entry *a, const struct entry *b)
{
    size_t shorter = a->nonce_length < b->nonce_length ? a->nonce_length : b->nonce_length;
    int order = memcmp(a->nonce, b->nonce, shorter);

    return order != 0 ? order : (a->nonce_length > b->nonce_length) - (a->nonce_length < b->nonce_length);
}

static int compare_entries(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int order = compare_nonces(a, b);

    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static int compare_lines(const void *left, const void *right)
{
    const char *a = *(const char *const *)left, *b = *(const char *const *)right;

    return (a > b) - (a < b);
}

/* One intent, and behind it outcomes only, of which the last is final. */
static bool is_settled(const struct entry *list, size_t count)
{
    bool settled = count > 1 && list[0].is_intent && list[count - 1].is_final;

    for (size_t i = 1; i < count; i++)
        settled = settled && !list[i].is_intent;
    return settled;
}

static void take_settled(struct settled *settled, const struct entries *entries)
{
    size_t count;

    for (size_t first = 0; first < entries->count; first += count) {
        const struct entry *list = &entries->list[first];

        for (count = 1; first + count < entries->count && compare_nonces(list, &list[count]) == 0;)
            count++;
        if (is_settled(list, count))
            for (size_t i = 0; i < count; i++)
                settled->lines[settled->count++] = list[i].line;
    }
}

bool settled_find(struct settled *settled, const char *text, size_t length)
{
    struct entries entries = {.list = NULL};
    bool found = read_entries(&entries, text, text + length);

    *settled = (struct settled){.lines = NULL};
    if (found && entries.count > 0) {
        settled->lines = reallocarray(NULL, entries.count, sizeof(*settled->lines));
        found = settled->lines != NULL;
    }
    if (found && entries.count > 0) {
        qsort(entries.list, entries.count, sizeof(*entries.list), compare_entries);
        take_settled(settled, &entries);
        qsort(settled->lines, settled->count, sizeof(*settled->lines), compare_lines);
    }
    free(entries.list);
    return found;
}

void settled_release(struct settled *settled)
{
    free(settled->lines);
    *settled = (struct settled){.lines = NULL};
}
