#ifndef BASE_WIPING_H
#define BASE_WIPING_H

#include <stddef.h>

/* An allocator for libraries that take one: as that of the C library, but memory is wiped before it is given
 * back. */
void *wiping_malloc(size_t size);
void *wiping_realloc(void *memory, size_t size);
void wiping_free(void *memory);

#endif
