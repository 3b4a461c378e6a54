#include "failing_memory.h"

#include <errno.h>
#include <stddef.h>

_Thread_local struct shortage shortage;

bool shortage_next(bool all_after)
{
    unsigned next = shortage.fails_at + 1;
    bool over = shortage.fails_at > 0 && !shortage.hit;

    shortage = (struct shortage){.all_after = all_after, .fails_at = over ? 0 : next};
    return !over;
}

static bool fails(void)
{
    if (!shortage.armed)
        return false;
    shortage.calls++;
    if (shortage.fails_at == 0 || shortage.calls < shortage.fails_at ||
        (shortage.calls > shortage.fails_at && !shortage.all_after))
        return false;
    shortage.hit = true;
    errno = ENOMEM;
    return true;
}

#define WRAP(result, name, parameters, arguments)                                                            \
    result __real_##name parameters;                                                                         \
    result __wrap_##name parameters;                                                                         \
    result __wrap_##name parameters                                                                          \
    {                                                                                                        \
        return fails() ? NULL : __real_##name arguments;                                                     \
    }

WRAP(void *, malloc, (size_t size), (size))
WRAP(void *, calloc, (size_t count, size_t size), (count, size))
WRAP(void *, realloc, (void *memory, size_t size), (memory, size))
WRAP(void *, reallocarray, (void *memory, size_t count, size_t size), (memory, count, size))
WRAP(char *, strdup, (const char *text), (text))
WRAP(char *, realpath, (const char *path, char *room), (path, room))
