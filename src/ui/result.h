#ifndef UI_RESULT_H
#define UI_RESULT_H

#include <stdbool.h>

#include "model/result.h"

/* How far a running submission is. */
struct progress {
    const char *doing; /* "Sending the plan", borrowed as above */
    long elapsed_ms;
    bool sent;    /* the request has left: cancelling does not take it back */
    bool looking; /* plans are listed; without `sent`: nothing else was to be done */
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
