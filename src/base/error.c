#include "base/error.h"

#include <stdarg.h>
#include <string.h>

#include "base/excerpt.h"

/* The arguments may point into err->text, so that must not change before all of them are read. */
static void set_text(struct error *err, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
static void set_text(struct error *err, const char *format, va_list arguments)
{
    char text[sizeof(err->text)];

    excerpt_write_list(text, sizeof(text), format, arguments);
    memcpy(err->text, text, strlen(text) + 1);
}

bool error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    set_text(err, format, arguments);
    va_end(arguments);
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
    char buffer[128];
    va_list arguments;

    va_start(arguments, format);
    set_text(err, format, arguments);
    va_end(arguments);
    return error_set(err, kind, "%s: %s", err->text, meaning(errno_value, buffer, sizeof(buffer)));
}

bool error_wrap(struct error *err, const char *format, ...)
{
    struct error context;
    va_list arguments;

    va_start(arguments, format);
    set_text(&context, format, arguments);
    va_end(arguments);
    return error_set(err, err->kind, "%s: %s", context.text, err->text);
}

bool error_memory(struct error *err)
{
    return error_set(err, ERROR_MEMORY, "memory is short");
}
