#ifndef MODEL_RESULT_H
#define MODEL_RESULT_H

#include <stdbool.h>
#include <stddef.h>

#include "model/schema.h"

/*
 * How a submission ended, in the words that it is shown with, on the screen and
 * in plain prompts. Who shows it knows nothing of requests: whoever sent the plan
 * puts it like this. All pointers are borrowed for the call that shows it; NULL:
 * not known.
 */
enum result_kind {
    RESULT_CREATED,
    RESULT_EXISTS, /* a plan of that name is there already; nothing was sent */
    RESULT_REFUSED,
    RESULT_THROTTLED,
    RESULT_NOT_SENT, /* nothing left this machine */
    RESULT_UNKNOWN,
    RESULT_CANCELLED, /* before anything was sent */
};

struct result {
    enum result_kind kind;
    const char *plan_id;
    const char *code;
    const char *message; /* of the service, verbatim */
    const char *request_id;
    int http_status;     /* 0: no answer */
    const char *reason;  /* ours, in a sentence */
    const char *advice;  /* what to do now, in a sentence */
    const char *warning; /* e.g. that plans could not be listed before */
    const char *details; /* lines to read and copy, one below the other */
    bool can_look;       /* unknown: the plan can be looked for once more */
    bool can_repeat;     /* unknown: the same signed request can be sent once more */
    struct place field;  /* the field the service named; place_none() */
    const char *raw;     /* the answer as it came; may hold any byte */
    size_t raw_length;
    bool earlier; /* about plans that were sent before this start, not about the one in the form */
};

#endif
