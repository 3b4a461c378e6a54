#include "api/say.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clean.h"

static bool inside_character(const char *text, size_t at)
{
    return ((unsigned char)text[at] & 0xC0) == 0x80;
}

void say_list(char *out, size_t size, const char *format, va_list arguments)
{
    struct buf raw = BUF_INIT, clean = BUF_INIT;
    size_t length;

    buf_vaddf(&raw, format, arguments);
    clean_add(&clean, buf_text(&raw), raw.length, CLEAN_ONE_LINE);
    length = clean.length < size ? clean.length : size - 1;
    while (length > 0 && inside_character(buf_text(&clean), length))
        length--;
    memcpy(out, buf_text(&clean), length);
    out[length] = '\0';
    buf_release(&raw);
    buf_release(&clean);
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
