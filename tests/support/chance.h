#ifndef TESTS_SUPPORT_CHANCE_H
#define TESTS_SUPPORT_CHANCE_H

#include <stdint.h>

/* What looks like chance and is the same in every run. Begins with any number but 0. */
struct chance {
    uint64_t state;
};

/* A number less than below. */
static inline unsigned pick(struct chance *chance, unsigned below)
{
    chance->state ^= chance->state << 13;
    chance->state ^= chance->state >> 7;
    chance->state ^= chance->state << 17;
    return (unsigned)((chance->state * UINT64_C(0x2545F4914F6CDD1D) >> 32) % below);
}

#endif
