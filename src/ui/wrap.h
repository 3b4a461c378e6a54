#ifndef UI_WRAP_H
#define UI_WRAP_H

#include <stddef.h>

/* Breaking text into lines of at most `columns` cells: between words, else in a word. A newline is drawn like
 * any other control, since it may have come from somebody else. */

/* The bytes of the first line of text (not its trailing blanks); *skip gets the bytes to go on by, at least
 * one unless text is empty. */
size_t wrap_line(const char *text, size_t length, int columns, size_t *skip);

/* How many lines text takes; 0 for an empty one. */
int wrap_count(const char *text, size_t length, int columns);

/* The same for text that is made of lines: they end at newlines too. */
size_t wrap_text_line(const char *text, size_t length, int columns, size_t *skip);
int wrap_text_count(const char *text, size_t length, int columns);

#endif
