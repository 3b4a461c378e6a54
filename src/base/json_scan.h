#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* What reading and writing JSON share, character by character. */

static inline bool json_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Past ASCII that stands for itself, eight characters at a time: texts are mostly that. */
static inline const char *json_skip_plain(const char *at, const char *end)
{
    static const uint64_t each = UINT64_C(0x0101010101010101);
    const uint64_t high = each * 0x80;

    while (end - at >= 8) {
        uint64_t eight, quote, backslash;

        memcpy(&eight, at, 8);
        quote = eight ^ (each * '"');
        backslash = eight ^ (each * '\\');
        /* A byte goes below 0, and its high bit up, where more is taken from it than it holds. */
        if (((eight | (eight - each * ' ') | (quote - each) | (backslash - each)) & high) != 0)
            break;
        at += 8;
    }
    return at;
}

#endif
