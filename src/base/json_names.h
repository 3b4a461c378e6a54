#ifndef BASE_JSON_NAMES_H
#define BASE_JSON_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The names of the objects that are open while a text is read, outermost first,
 * to find one that occurs twice in its object. Up to a number they need no
 * memory of their own.
 */

/* A name, escapes resolved; the text of its node. */
struct json_name {
    const char *text;
    size_t length;
    const char *where; /* in the source */
};

enum { JSON_NAMES_FEW = 40 };

struct json_names {
    struct json_name few[JSON_NAMES_FEW];
    struct json_name *more; /* NULL: these were enough */
    size_t count, capacity;
};

void json_names_init(struct json_names *names);
void json_names_release(struct json_names *names);

/* False when memory is short. */
bool json_names_add(struct json_names *names, struct json_name name);

/* Where the first name stands that is there already among those from `first` on; NULL: nowhere. Their order
 * is lost. */
const char *json_names_repeated(struct json_names *names, size_t first);

#endif
