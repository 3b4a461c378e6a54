#ifndef UI_RESULT_H
#define UI_RESULT_H

#include <stdbool.h>
#include <stddef.h>

#include "model/schema.h"

/*
 * How a submission ended, as the result page shows it. The page knows nothing
 * of requests: whoever sent the plan puts it into these words. All pointers are
 * borrowed until wizard_set_result() returns; NULL: not known.
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
    bool retry_is_safe; /* sending again cannot make a second plan */
    bool earlier;       /* about plans that were sent before this start, not about the one in the form */
};

/* How far a running submission is. */
struct progress {
    const char *doing; /* "Sending the plan", borrowed as above */
    long elapsed_ms;
    bool sent;    /* the request has left: cancelling does not take it back */
    bool looking; /* it is over with sending, and only looks */
};

/* Where a plan would be sent, and as whom. Texts may be empty, never NULL. */
struct target {
    const char *host; /* with port */
    const char *scheme;
    const char *region;
    const char *profile;
    const char *key_id;   /* masked */
    const char *provider; /* where the credentials come from */
    const char *proxy;    /* password masked; "" for none */
    const char *problem;  /* why nothing can be sent, and what to do: "" when it can */
    bool sandbox;         /* the built-in sandbox: nothing real happens */
};

#endif
