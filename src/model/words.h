#ifndef MODEL_WORDS_H
#define MODEL_WORDS_H

#include <stdbool.h>

/* Small helps for names and messages. */

/* True when a and b differ in nothing but the case of ASCII letters, whatever the locale. */
bool words_same(const char *a, const char *b);

/* True when a is b with at most two letters wrong, missing or too many: the usual slips of a typist. */
bool words_near(const char *a, const char *b);

#endif
