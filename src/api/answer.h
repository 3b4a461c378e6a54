#ifndef API_ANSWER_H
#define API_ANSWER_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "api/operation.h"
#include "api/request.h"

/*
 * What an answer of the service says, read strictly. Both letter cases of keys
 * are understood (gateway: Code, Message, RequestId; RocketMQ: code, message,
 * requestId), and XML errors of the gateway too.
 */
enum answer_kind {
    ANSWER_SUCCESS,    /* 2xx, success is true, and data is there */
    ANSWER_REFUSED,    /* well-formed: the service says no, with a code */
    ANSWER_THROTTLED,  /* a code that contains "Throttling", or status 429 */
    ANSWER_UNREADABLE, /* anything else: what happened is not known from it */
};

struct answer {
    enum answer_kind kind;
    int status;
    char *code; /* NULL when absent; so are the others */
    char *message;
    char *request_id; /* of the body, else of the header x-acs-request-id */
    char *dynamic_code;
    char *dynamic_message;
    char *recommend;
    char *access_denied;  /* AccessDeniedDetail as JSON text */
    int64_t retry_after;  /* milliseconds the service asks to wait; -1: not said */
    int64_t server_time;  /* of the Date header, seconds since 1970; 0: not said */
    cJSON *tree;          /* the whole, where it is JSON */
    const cJSON *data;    /* of a success: the member "data", in RPC style the whole answer; else NULL */
    char unreadable[128]; /* why, for ANSWER_UNREADABLE */
};

void answer_release(struct answer *answer);

/* Reads a response. Fails only when memory is short. 5xx is ANSWER_UNREADABLE whatever its body says, but for
 * throttling: the work may have been done. Its code and message are filled in all the same. */
bool answer_read(const struct response *response, struct answer *out, struct error *err);

/* The same for an operation of either style. RPC style has no member "success": 2xx with a request id and
 * without a code is one, and data is the whole answer. */
bool answer_read_style(const struct response *response, enum operation_style style, struct answer *out,
                       struct error *err);

/* The plan id of a created plan: digits of an int64 >= 0 into id (at least 24 bytes). */
bool answer_plan_id(const struct answer *answer, char id[24]);

/* The name of the JSON field that a Missing<X> or Invalid<X> code speaks of: dynamicMessage, else the code
 * without the word and a small first letter; NULL when it names none. Points into the answer or to buffer. */
const char *answer_field(const struct answer *answer, char buffer[64]);

/* What to do about a code, one plain sentence; NULL for a code that is not known. */
const char *advice_for_code(const char *code);

#endif
