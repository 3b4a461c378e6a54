#include "model/words.h"

#include <string.h>

enum { NEAR_LENGTH_MAX = 40, NEAR_EDITS_MAX = 2 };

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool words_same(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return !*a && !*b;
}

static size_t least(size_t a, size_t b, size_t c)
{
    size_t smaller = a < b ? a : b;

    return smaller < c ? smaller : c;
}

bool words_near(const char *a, const char *b)
{
    size_t row[NEAR_LENGTH_MAX + 1];
    size_t a_length = strlen(a);
    size_t b_length = strlen(b);

    /* Names of three letters are two slips away from anything. */
    if (a_length > NEAR_LENGTH_MAX || b_length > NEAR_LENGTH_MAX || b_length <= NEAR_EDITS_MAX + 1)
        return false;
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t above = row[j];
            size_t changed = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);

            row[j] = least(row[j - 1] + 1, above + 1, changed);
            diagonal = above;
        }
    }
    return row[b_length] <= NEAR_EDITS_MAX;
}
