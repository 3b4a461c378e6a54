#include "base/wiping.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

void *wiping_malloc(size_t size)
{
    return malloc(size);
}

void wiping_free(void *memory)
{
    if (memory)
        wipe(memory, malloc_usable_size(memory));
    free(memory);
}

/* realloc() would leave a copy behind where it has to move. */
void *wiping_realloc(void *memory, size_t size)
{
    size_t old_size = memory ? malloc_usable_size(memory) : 0;
    void *moved = malloc(size);

    if (!moved)
        return NULL;
    if (memory)
        memcpy(moved, memory, old_size < size ? old_size : size);
    wiping_free(memory);
    return moved;
}
