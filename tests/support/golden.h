#ifndef TESTS_SUPPORT_GOLDEN_H
#define TESTS_SUPPORT_GOLDEN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Holds text against the file at path. With DRPLAN_UPDATE_GOLDEN=1 in the
 * environment the file is rewritten instead and true is returned. Otherwise a
 * difference is printed, both whole, and false is returned.
 */
bool golden_matches(const char *path, const char *text, size_t length);

/*
 * Asks about every file of the folder whose name ends in `ending`: matches gets
 * the name without it. Returns how many did not match; *played is how many
 * there are, 0 also where the folder cannot be read.
 */
int golden_differences(const char *folder, const char *ending,
                       bool (*matches)(const char *folder, const char *name), int *played);

#endif
