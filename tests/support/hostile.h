#ifndef TESTS_SUPPORT_HOSTILE_H
#define TESTS_SUPPORT_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Text that wants more of a terminal than to be shown, and a judge of what
 * reached one. The judge knows nothing of base/clean.h: its rules are written
 * down here a second time.
 */

/* Stands at the start of every text below, and in nothing that is harmless. */
#define HOSTILE_MARKER "Qz"

struct hostile {
    const char *bytes;
    bool broken; /* is no UTF-8, and so can be in no JSON */
};

extern const struct hostile hostile_texts[];
extern const size_t hostile_count;

/* Where bytes came out. */
enum outlet {
    OUTLET_TEXT,   /* lines, on a terminal of UTF-8 or in a pipe */
    OUTLET_NARROW, /* lines, on a terminal that does not read UTF-8 */
    OUTLET_SCREEN, /* what the wizard wrote, with the terminal's own sequences in it */
};

/*
 * True when nothing in the bytes drives a terminal, hides, or turns the
 * direction of writing, and none of the texts is there as it was. Else why
 * says what and where.
 */
bool hostile_is_tamed(const char *bytes, size_t length, enum outlet outlet, char *why, size_t size);

#endif
