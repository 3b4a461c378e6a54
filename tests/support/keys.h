#ifndef TESTS_SUPPORT_KEYS_H
#define TESTS_SUPPORT_KEYS_H

#include <stdbool.h>

#include "ui/event.h"

/*
 * Keys written down: plain text is typed character by character, names stand in
 * angle brackets: <Tab> <Enter> <Esc> <Up> <PgDn> <F7> <Backspace> <C-s> <A-m>
 * <S-F8> <S-Tab> <lt> for '<'. <paste:TEXT> is a bracketed paste; in it \n is a
 * newline.
 */

/* "Enter", "Shift-Tab", "F7"; "" for a character, "?" for no key. */
const char *press_name(enum press press);

/* The event at the start of *keys, which goes on behind it. False at the end, or where a name is not known
 * (then *keys is not at its end). The paste of an event stays valid until the next call. */
bool keys_next(const char **keys, struct event *event);

#endif
