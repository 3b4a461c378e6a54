#ifndef API_ECHO_H
#define API_ECHO_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * A service may say back what it was told, in a message to be shown or in an
 * answer to be looked at as it came. What was secret in the request is masked
 * there. A few letters are masked only as the value of their member, since
 * they would be found where nobody meant them.
 */
enum { ECHO_SECRET_LEAST = 6 };

/* Masks a secret in text, as it is and as a string of JSON has it. NULL is none, and a few letters are none.
 */
void echo_mask(struct buf *text, const char *secret);

/* The same for the texts of all members of these names (ends with NULL), however deep they are in a body; a
 * few letters where the text gives them to the name: "name": "x", name=x. */
void echo_mask_members(struct buf *text, const cJSON *body, const char *const *names);

/* Whether a body may have one of them at all. */
bool echo_has_member(const char *body, size_t length, const char *const *names);

#endif
