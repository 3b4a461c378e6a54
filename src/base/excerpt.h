#ifndef BASE_EXCERPT_H
#define BASE_EXCERPT_H

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

/* Takes away the half of a character that snprintf left at the end of a text it had to cut. */
void excerpt_mend(char *text);

#endif
