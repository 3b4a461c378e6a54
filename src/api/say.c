#include "api/say.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clean.h"
#include "base/utf8.h"

enum { RAW_MAX = 4096 }; /* more than any sentence has room for */

static bool inside_character(const char *text, size_t at)
{
    return ((unsigned char)text[at] & 0xC0) == 0x80;
}

/* As clean_add(), as far as it fits: returns the length. */
static size_t clean_into(char *out, size_t room, const char *text, size_t length)
{
    size_t filled = 0;

    for (size_t at = 0, used; at < length; at += used) {
        char shown[24];
        const char *piece = text + at;
        size_t piece_length = used = utf8_grapheme(text + at, length - at, NULL);

        if (clean_grapheme(text + at, used, shown)) {
            piece = shown;
            piece_length = strlen(shown);
        }
        if (piece_length > room - filled) {
            piece_length = room - filled;
            while (piece_length > 0 && inside_character(piece, piece_length))
                piece_length--;
            length = at; /* nothing comes behind a cut */
        }
        memcpy(out + filled, piece, piece_length);
        filled += piece_length;
    }
    return filled;
}

/* Without memory from the heap: why there is none is said by this too. */
void say_list(char *out, size_t size, const char *format, va_list arguments)
{
    char raw[RAW_MAX];
    int length = vsnprintf(raw, sizeof(raw), format, arguments);
    size_t there = length < 0 ? 0 : (size_t)length < sizeof(raw) ? (size_t)length : sizeof(raw) - 1;

    out[clean_into(out, size - 1, raw, there)] = '\0';
    wipe(raw, there);
}

void say(char *out, size_t size, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say_list(out, size, format, arguments);
    va_end(arguments);
}

void say_unstop(char *text)
{
    size_t length = strlen(text);

    while (length > 0 && (text[length - 1] == '.' || text[length - 1] == ' '))
        text[--length] = '\0';
}
