#include "base/excerpt.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#define MARK "..."

struct excerpt excerpt(const char *text, size_t limit)
{
    struct excerpt out = {.text = ""};
    size_t room = limit < EXCERPT_MAX ? limit : EXCERPT_MAX;
    size_t length = strnlen(text, room + 1);

    if (length <= room) {
        memcpy(out.text, text, length);
        return out;
    }
    /* Where not even the mark has room, a beginning without it says more. */
    length = (size_t)excerpt_length(text, room > strlen(MARK) ? room - strlen(MARK) : room);
    memcpy(out.text, text, length);
    if (room > strlen(MARK))
        memcpy(out.text + length, MARK, sizeof(MARK));
    return out;
}

int excerpt_length(const char *text, size_t limit)
{
    size_t length = strnlen(text, limit + 4); /* a whole character beyond the limit */
    size_t at = 0;
    uint32_t code_point;

    while (at < length) {
        size_t used = utf8_decode(text + at, length - at, &code_point);

        if (at + used > limit)
            break;
        at += used;
    }
    return (int)at;
}

/* Takes away the half of a character that stands at the end of a text that was cut. */
static void mend(char *text)
{
    size_t length = strlen(text);
    size_t start = length;
    uint32_t code_point;

    while (start > 0 && length - start < 3 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start > 0 && (unsigned char)text[start - 1] >= 0xC0)
        start--;
    if (start < length && (utf8_decode(text + start, length - start, &code_point) != length - start ||
                           code_point == UINT32_MAX))
        text[start] = '\0';
}

void excerpt_write_list(char *out, size_t size, const char *format, va_list arguments)
{
    int wanted = vsnprintf(out, size, format, arguments);

    if (wanted < 0)
        out[0] = '\0';
    else if ((size_t)wanted >= size)
        mend(out);
}

void excerpt_write(char *out, size_t size, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    excerpt_write_list(out, size, format, arguments);
    va_end(arguments);
}
