#include "base/utf8.h"

#include <limits.h>
#include <utf8proc.h>

enum {
    EMOJI_PRESENTATION = 0xFE0F, /* variation selector 16: draw what stands before as a picture */
};

/* What a lead byte promises: the length of its sequence and the least code point worth that length. */
struct lead {
    size_t length;
    uint32_t bits;
    uint32_t least;
};

static struct lead lead_of(unsigned char byte)
{
    if (byte >= 0xC2 && byte < 0xE0)
        return (struct lead){2, byte & 0x1Fu, 0x80};
    if (byte >= 0xE0 && byte < 0xF0)
        return (struct lead){3, byte & 0x0Fu, 0x800};
    if (byte >= 0xF0 && byte < 0xF5)
        return (struct lead){4, byte & 0x07u, 0x10000};
    return (struct lead){0};
}

static bool is_code_point(uint32_t value)
{
    return value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
}

size_t utf8_decode(const char *text, size_t length, uint32_t *code_point)
{
    const unsigned char *bytes = (const unsigned char *)text;
    struct lead lead;
    uint32_t value;

    *code_point = UINT32_MAX;
    if (length == 0)
        return 0;
    if (bytes[0] < 0x80) {
        *code_point = bytes[0];
        return 1;
    }
    lead = lead_of(bytes[0]);
    if (lead.length == 0 || lead.length > length)
        return 1;
    value = lead.bits;
    for (size_t i = 1; i < lead.length; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 1;
        value = value << 6 | (bytes[i] & 0x3Fu);
    }
    if (value < lead.least || !is_code_point(value))
        return 1;
    *code_point = value;
    return lead.length;
}

size_t utf8_encode(uint32_t code_point, char bytes[4])
{
    if (!is_code_point(code_point))
        return 0;
    if (code_point < 0x80) {
        bytes[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        bytes[0] = (char)(0xC0 | code_point >> 6);
        bytes[1] = (char)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        bytes[0] = (char)(0xE0 | code_point >> 12);
        bytes[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
        bytes[2] = (char)(0x80 | (code_point & 0x3F));
        return 3;
    }
    bytes[0] = (char)(0xF0 | code_point >> 18);
    bytes[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
    bytes[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
    bytes[3] = (char)(0x80 | (code_point & 0x3F));
    return 4;
}

static bool is_ascii(char c)
{
    return (unsigned char)c < 0x80;
}

bool utf8_valid(const char *text, size_t length)
{
    uint32_t code_point;

    for (size_t at = 0; at < length;) {
        if (is_ascii(text[at])) {
            at++;
            continue;
        }
        at += utf8_decode(text + at, length - at, &code_point);
        if (code_point == UINT32_MAX)
            return false;
    }
    return true;
}

static int boundary_class(uint32_t code_point)
{
    return (int)utf8proc_get_property((utf8proc_int32_t)code_point)->boundclass;
}

bool utf8_is_picture(uint32_t code_point)
{
    return is_code_point(code_point) &&
           boundary_class(code_point) == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

bool utf8_is_prefix(uint32_t code_point)
{
    return is_code_point(code_point) && boundary_class(code_point) == UTF8PROC_BOUNDCLASS_PREPEND;
}

bool utf8_is_suffix(uint32_t code_point)
{
    int class = is_code_point(code_point) ? boundary_class(code_point) : UTF8PROC_BOUNDCLASS_OTHER;

    return class == UTF8PROC_BOUNDCLASS_EXTEND || class == UTF8PROC_BOUNDCLASS_SPACINGMARK;
}

bool utf8_has_presentations(uint32_t code_point)
{
    return utf8_is_picture(code_point) || (code_point >= '0' && code_point <= '9') || code_point == '#' ||
           code_point == '*';
}

int utf8_code_point_width(uint32_t code_point)
{
    if (code_point >= 0x20 && code_point < 0x7F)
        return 1;
    if (!is_code_point(code_point) || utf8proc_category((utf8proc_int32_t)code_point) == UTF8PROC_CATEGORY_CC)
        return 1;
    return utf8proc_charwidth((utf8proc_int32_t)code_point);
}

/* Controls stand alone: each is shown for itself, so CR LF is two. */
static bool stands_alone(uint32_t code_point)
{
    return code_point == UINT32_MAX || code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
}

/* utf8_grapheme() where a mark may follow. */
static size_t long_grapheme(const char *text, size_t length, int *width)
{
    utf8proc_int32_t state = 0;
    uint32_t before;
    size_t at = utf8_decode(text, length, &before);
    uint32_t base = before;
    int cells = utf8_code_point_width(base);

    while (at < length && !stands_alone(before)) {
        uint32_t next;
        size_t used = utf8_decode(text + at, length - at, &next);

        if (stands_alone(next) ||
            utf8proc_grapheme_break_stateful((utf8proc_int32_t)before, (utf8proc_int32_t)next, &state))
            break;
        if (next == EMOJI_PRESENTATION && before == base && utf8_has_presentations(base))
            cells = 2;
        if (cells < 2)
            cells += utf8_code_point_width(next);
        before = next;
        at += used;
    }
    *width = cells < 1 ? 1 : cells > 2 ? 2 : cells;
    return at;
}

size_t utf8_grapheme(const char *text, size_t length, int *width)
{
    int ignored;

    if (!width)
        width = &ignored;
    *width = 0;
    if (length == 0)
        return 0;
    if (is_ascii(text[0]) && (length == 1 || is_ascii(text[1]))) {
        *width = 1;
        return 1;
    }
    return long_grapheme(text, length, width);
}

/* The code point that ends at byte `at` (at least 1): its length. */
static size_t decode_before(const char *text, size_t at, uint32_t *code_point)
{
    for (size_t length = 1; length <= 4 && length <= at; length++) {
        uint32_t value;

        if (utf8_decode(text + at - length, length, &value) == length && value != UINT32_MAX) {
            *code_point = value;
            return length;
        }
    }
    *code_point = UINT32_MAX;
    return 1;
}

/* True when a grapheme surely ends between the two, whatever stands before them. */
static bool surely_breaks(uint32_t before, uint32_t after)
{
    int class_after;

    if (stands_alone(before) || stands_alone(after))
        return true;
    if (boundary_class(before) != UTF8PROC_BOUNDCLASS_OTHER)
        return false;
    class_after = boundary_class(after);
    return class_after != UTF8PROC_BOUNDCLASS_EXTEND && class_after != UTF8PROC_BOUNDCLASS_ZWJ &&
           class_after != UTF8PROC_BOUNDCLASS_SPACINGMARK;
}

size_t utf8_grapheme_before(const char *text, size_t at)
{
    uint32_t after;
    size_t start;

    if (at == 0)
        return 0;
    if (is_ascii(text[at - 1]) && (at == 1 || is_ascii(text[at - 2])))
        return at - 1;
    /* Whether two code points belong together can hang on all before them (flags are pairs), so this
     * goes back to a certain boundary and comes forward from there. */
    start = at - decode_before(text, at, &after);
    while (start > 0) {
        uint32_t before;
        size_t used = decode_before(text, start, &before);

        if (surely_breaks(before, after))
            break;
        start -= used;
        after = before;
    }
    for (size_t next = start; next < at; next += utf8_grapheme(text + next, at - next, NULL))
        start = next;
    return start;
}

size_t utf8_count(const char *text, size_t length)
{
    size_t count = 0;

    for (size_t at = 0; at < length; count++)
        at += utf8_grapheme(text + at, length - at, NULL);
    return count;
}

int utf8_width(const char *text, size_t length)
{
    int total = 0;

    for (size_t at = 0; at < length;) {
        int width;

        at += utf8_grapheme(text + at, length - at, &width);
        if (width > INT_MAX - total)
            return INT_MAX;
        total += width;
    }
    return total;
}
