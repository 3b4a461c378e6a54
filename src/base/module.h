#ifndef BASE_MODULE_H
#define BASE_MODULE_H

#include <stdbool.h>

#include "base/error.h"

/*
 * Parts of the program that are files of their own, because a library that
 * they stand on takes long to load and most runs do without it. They lie beside
 * the program, or where it was installed, and nowhere else.
 *
 * What such a part offers is one constant table whose first member is the
 * version of the program that it belongs to.
 */

/* The table of that name in a part, which is loaded with the first call and stays. NULL, and ERROR_FILE, when
 * it is not there, cannot be loaded, or belongs to another version. */
const void *module_load(const char *file, const char *table, struct error *err);

/* Whether a part is there, without loading it. ERROR_FILE when not. */
bool module_is_there(const char *file, struct error *err);

#endif
