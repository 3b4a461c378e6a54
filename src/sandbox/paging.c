#include "sandbox/paging.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/excerpt.h"
#include "sandbox/plans.h"

bool read_integer(const char *text, int64_t *value)
{
    const char *digits = text + (text[0] == '-');

    if (digits[0] == '\0' || strspn(digits, "0123456789") != strlen(digits))
        return false;
    errno = 0;
    *value = strtoll(text, NULL, 10);
    return errno == 0;
}

static bool read_parameter(const struct query *query, const char *name, int64_t *value,
                           struct refusal *refusal)
{
    const char *text = query_get(query, name);
    char code[sizeof(refusal->dynamic_code)];

    if (!text || read_integer(text, value))
        return true;
    snprintf(code, sizeof(code), "%s", name);
    if (code[0] >= 'a' && code[0] <= 'z')
        code[0] = (char)(code[0] - 'a' + 'A');
    refuse(refusal, 400, "Invalid", "Parameter %s is invalid.", name);
    excerpt_write(refusal->code, sizeof(refusal->code), "Invalid%s", code);
    snprintf(refusal->dynamic_code, sizeof(refusal->dynamic_code), "%s", code);
    snprintf(refusal->dynamic_message, sizeof(refusal->dynamic_message), "%s", name);
    return false;
}

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

bool page_read(const struct query *query, const struct page_rules *rules, struct page *out,
               struct refusal *refusal)
{
    *out = (struct page){.number = 1, .size = rules->usual_size};
    if (!read_parameter(query, rules->number, &out->number, refusal) ||
        !read_parameter(query, rules->size, &out->size, refusal))
        return false;
    out->number = clamp(out->number, 1, PLANS_PAGE_NUMBER_MAX);
    out->size = clamp(out->size, rules->smallest, rules->largest);
    return true;
}

bool page_takes(struct page *page)
{
    int64_t row = page->total++;

    return row >= (page->number - 1) * page->size && row < page->number * page->size;
}
