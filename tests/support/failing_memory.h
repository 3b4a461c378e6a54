#ifndef SUPPORT_FAILING_MEMORY_H
#define SUPPORT_FAILING_MEMORY_H

#include <stdbool.h>

/*
 * Shortage of memory. The calls that allocate come by here where a test is linked with --wrap for them: its
 * name has to stand in failing_memory_tests of its folder's CMakeLists.txt. cJSON comes this way after
 * json_wipe_on_free(), libcurl with a transport. Only the thread that arms it is disturbed.
 *
 *     while (shortage_next(all_after)) {
 *         shortage.armed = true;
 *         done = what_needs_memory(&err);
 *         shortage.armed = false;
 *         (hold `done` and `err` against shortage.hit)
 *     }
 */
struct shortage {
    bool armed;
    bool all_after;    /* not one allocation fails, but that one and all that follow */
    bool hit;          /* some did */
    unsigned calls;    /* while armed */
    unsigned fails_at; /* which one, from 1; 0: none, they are only counted */
};

extern _Thread_local struct shortage shortage;

/* Goes on to the next allocation, to begin with the first one. False when the last walk met no shortage:
 * everything was tried, and all is as at the beginning. */
bool shortage_next(bool all_after);

#endif
