#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ERROR_TEXT_SIZE = sizeof(((struct error *)0)->text) };

/* Takes back the part of a character that a full text has cut. */
static void drop_cut_character(char *text, size_t length)
{
    size_t start = length;
    size_t needed;
    unsigned char lead;

    while (start > 0 && length - start < 3 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    lead = (unsigned char)text[start - 1];
    needed = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (length - (start - 1) < needed)
        text[start - 1] = '\0';
}

/* The arguments may point into err->text, so that must not change before all of them are read. */
static void set_text(struct error *err, const char *text, int wanted)
{
    size_t length = strnlen(text, ERROR_TEXT_SIZE - 1);

    memcpy(err->text, text, length);
    err->text[length] = '\0';
    if (wanted >= ERROR_TEXT_SIZE)
        drop_cut_character(err->text, length);
}

bool error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
    char text[ERROR_TEXT_SIZE] = "";
    va_list arguments;
    int wanted;

    va_start(arguments, format);
    wanted = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    set_text(err, text, wanted);
    err->kind = kind;
    return false;
}

/* GNU strerror_r() returns the text; it need not be in the buffer it was given. */
static const char *meaning(int errno_value, char *buffer, size_t size)
{
    return strerror_r(errno_value, buffer, size);
}

bool error_set_errno(struct error *err, enum error_kind kind, int errno_value, const char *format, ...)
{
    char text[ERROR_TEXT_SIZE] = "";
    char buffer[128];
    va_list arguments;
    int wanted;

    va_start(arguments, format);
    wanted = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    set_text(err, text, wanted);
    return error_set(err, kind, "%s: %s", err->text, meaning(errno_value, buffer, sizeof(buffer)));
}

bool error_wrap(struct error *err, const char *format, ...)
{
    char text[ERROR_TEXT_SIZE] = "";
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return error_set(err, err->kind, "%s: %s", text, err->text);
}

bool error_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, "memory is short");
}
