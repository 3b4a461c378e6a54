#ifndef API_SAY_H
#define API_SAY_H

#include <stdarg.h>
#include <stddef.h>

/*
 * Sentences for the operator in arrays of a fixed size. They may quote the
 * service: everything is made safe to show (base/clean.h), and what does not
 * fit is cut between characters.
 */
void say(char *out, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
void say_list(char *out, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

/* Takes the full stops and blanks off the end, so that the text can go on. */
void say_unstop(char *text);

#endif
