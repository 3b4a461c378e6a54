#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Text as the terminal sees it. Widths come from utf8proc, since glibc's
 * wcwidth says -1 for emoji younger than itself.
 *
 * A grapheme is what a person calls a character: a base with its combining
 * marks, or an emoji sequence.
 */

#define UTF8_REPLACEMENT 0xFFFDu

/*
 * Decodes one code point strictly (no overlong forms, no surrogates, at most
 * U+10FFFF). Returns the bytes used, 1..4; 0 when length is 0. For a broken
 * sequence it returns 1 and sets *code_point to UINT32_MAX.
 */
size_t utf8_decode(const char *text, size_t length, uint32_t *code_point);

/* Writes 1..4 bytes (no terminator) and returns how many; 0 for what is no code point. */
size_t utf8_encode(uint32_t code_point, char bytes[4]);

/* True when every byte belongs to a well-formed sequence. */
bool utf8_valid(const char *text, size_t length);

/*
 * The grapheme at the start of text: returns its length in bytes (0 only when
 * length is 0) and sets *width to the cells it takes: 1 or 2, and 0 only when
 * length is 0. A broken byte and a control (so CR LF is two) is a grapheme of
 * its own, one cell wide. width may be NULL.
 */
size_t utf8_grapheme(const char *text, size_t length, int *width);

/* The start of the grapheme that ends at byte `at` of text (0 for 0). */
size_t utf8_grapheme_before(const char *text, size_t at);

/* Graphemes in text. */
size_t utf8_count(const char *text, size_t length);

/* Cells that text takes, at most INT_MAX. */
int utf8_width(const char *text, size_t length);

/* Cells of one code point: 0, 1 or 2; 1 for what cannot be printed. */
int utf8_code_point_width(uint32_t code_point);

/* True for what is drawn as a picture (an emoji, or a symbol that can be one). */
bool utf8_is_picture(uint32_t code_point);

/* True for what belongs to the character behind it: the Arabic number signs and their like. */
bool utf8_is_prefix(uint32_t code_point);

/* True for what belongs to the character before it, whatever its width: marks, skin tones. */
bool utf8_is_suffix(uint32_t code_point);

/* True for what a presentation selector behind it may turn into text or a picture: pictures and "0" to "9",
 * "#", "*". */
bool utf8_has_presentations(uint32_t code_point);

#endif
