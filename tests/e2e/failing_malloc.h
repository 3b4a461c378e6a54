#ifndef E2E_FAILING_MALLOC_H
#define E2E_FAILING_MALLOC_H

#include <stdint.h>

/* What failing_malloc.so tells of a run. */
struct failing_malloc_report {
    uint64_t counted; /* allocations so far */
    uint64_t failed;  /* of them */
};

#endif
