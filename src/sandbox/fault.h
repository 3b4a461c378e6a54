#ifndef SANDBOX_FAULT_H
#define SANDBOX_FAULT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "sandbox/exchange.h"
#include "sandbox/routes.h"

enum fault_id {
#define FAULT(id, ...) FAULT_##id,
#include "sandbox/faults.def"
#undef FAULT
    FAULT_COUNT
};

enum fault_effect {
    EFFECT_NONE,
    EFFECT_DELAY,
    EFFECT_SILENCE,      /* nothing is done, no answer ever */
    EFFECT_BEFORE_BODY,  /* nothing is done, the connection is closed at once */
    EFFECT_REFUSE,       /* nothing is done, the error of the row is answered */
    EFFECT_REFUSE_AFTER, /* it is done, the error of the row is answered */
    EFFECT_BODY,         /* it is done, the row's text is answered */
    EFFECT_BIG,          /* it is done, far too much is answered */
    EFFECT_WIRE,         /* it is done, and the answer suffers what the row says */
};

struct fault_kind {
    const char *word;
    const char *help;
    enum fault_effect effect;
    enum wire wire;
    enum error_style style;
    int status;
    const char *code;
    const char *message;
    const char *content_type;
    int retry_after; /* milliseconds; 0: not said */
    int clock_ahead; /* seconds that the Date header is wrong by */
};

extern const struct fault_kind fault_kinds[FAULT_COUNT];

struct fault {
    enum fault_id id;
    int delay_ms; /* FAULT_SLOW */
};

enum { FAULT_DELAY_MAX = 3600000, FAULT_TIMES_MAX = 1000000 };

/* A run of one fault within the plan for an operation. */
struct fault_step {
    enum route_id route; /* ROUTE_COUNT: all of them */
    struct fault fault;
    long left; /* requests to go; -1: for ever */
};

struct faults {
    struct fault_step *steps;
    size_t count;
};

/*
 * Adds "OPERATION=FAULT*COUNT,FAULT...": each request of the operation ("*":
 * any request) takes the next one; a fault without a count stays for ever.
 * ERROR_USAGE for what is not known.
 */
bool faults_add(struct faults *faults, const char *text, struct error *err);
void faults_release(struct faults *faults);

/* The fault of the next request of a route. Faults of its own operation come before those of all. */
struct fault faults_take(struct faults *faults, enum route_id route);

#endif
