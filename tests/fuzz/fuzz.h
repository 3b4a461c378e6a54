#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * What the targets share. A target is one file with a LLVMFuzzerTestOneInput()
 * that takes any bytes; libFuzzer makes them (script/fuzz), or replay.c reads
 * them from files (ctest).
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise that must hold for every input. */
#define HOLDS(condition, ...)                                                                                \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "%s:%d: does not hold: %s: ", __FILE__, __LINE__, #condition);                   \
            fprintf(stderr, __VA_ARGS__);                                                                    \
            fputc('\n', stderr);                                                                             \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

/* The bytes of an input, taken from the front. */
struct feed {
    const uint8_t *bytes;
    size_t left;
};

/* 0 when there is none left. */
static inline unsigned feed_byte(struct feed *feed)
{
    if (feed->left == 0)
        return 0;
    feed->left--;
    return *feed->bytes++;
}

/* Up to `length` bytes as a C string of its own in text, which holds `size`; 0 bytes become blanks. Returns
 * its length. */
static inline size_t feed_text(struct feed *feed, size_t length, char *text, size_t size)
{
    length = length < feed->left ? length : feed->left;
    length = length < size - 1 ? length : size - 1;
    for (size_t i = 0; i < length; i++)
        text[i] = feed->bytes[i] ? (char)feed->bytes[i] : ' ';
    text[length] = '\0';
    feed->bytes += length;
    feed->left -= length;
    return length;
}

/* The same bytes in a block of exactly their size, so that a sanitizer sees every step beyond it. */
static inline char *exact_copy(const void *bytes, size_t length)
{
    char *copy = malloc(length > 0 ? length : 1);

    HOLDS(copy, "memory is short");
    if (length > 0)
        memcpy(copy, bytes, length);
    return copy;
}

#endif
