#ifndef API_SETTLED_H
#define API_SETTLED_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The lines of a journal that belong to submissions whose outcome is known, found
 * without reading them as JSON: after a year a journal is hardly anything else,
 * and it is read before every first screen.
 *
 * A submission counts when all its lines look as journal.c writes them. What
 * looks otherwise, in whatever way, is left to whoever reads lines in earnest.
 */
struct settled {
    const char **lines; /* where they begin, in their order */
    size_t count;
};

/* False when memory is short; then there are none. */
bool settled_find(struct settled *settled, const char *text, size_t length);
void settled_release(struct settled *settled);

#endif
