#ifndef CLI_SHELL_TEXT_H
#define CLI_SHELL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Text for POSIX shells. */

/* Adds text as one word that every shell takes for exactly these bytes; a NUL cannot be among them. */
void shell_quote(struct buf *out, const char *text, size_t length);
void shell_quote_text(struct buf *out, const char *text);

/* True when name can be a variable of a shell. */
bool shell_is_name(const char *name);

/* Adds "$(...)" or "$NAME" that gives the secret a reference (model/secret.h) stands for. False, and nothing
 * added, when a shell cannot get it: it does not pass on variables whose names are none to it. */
bool shell_reference(struct buf *out, const char *reference);

#endif
