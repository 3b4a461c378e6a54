#ifndef BASE_EXCERPT_H
#define BASE_EXCERPT_H

#include <stdarg.h>
#include <stddef.h>

/*
 * Texts of others within sentences of ours, which have only so much room.
 *
 * "%.60s" cuts wherever the sixtieth byte is, half a character is not UTF-8,
 * and the reader cannot see that there was more. So no format has a figure
 * like that (tests/layers.sh), and it is said like this:
 *     error_set(err, ERROR_FILE, "%s is open already", excerpt(path, 200).text);
 */

enum { EXCERPT_MAX = 511 };

struct excerpt {
    char text[EXCERPT_MAX + 1];
};

/* The text, or as much of its beginning as fits into `limit` bytes (at most EXCERPT_MAX) with "..." behind.
 */
struct excerpt excerpt(const char *text, size_t limit);

/* How many bytes of text fit into `limit` without cutting a character; for "%.*s". */
int excerpt_length(const char *text, size_t limit);

/* As snprintf() does, but what does not fit is cut between characters. Asks for no memory. */
void excerpt_write(char *out, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
void excerpt_write_list(char *out, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

#endif
