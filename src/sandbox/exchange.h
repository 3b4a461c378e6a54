#ifndef SANDBOX_EXCHANGE_H
#define SANDBOX_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/host.h"

/* One header line; the name in lower case, the value without blanks around it. */
struct header {
    char *name;
    char *value;
};

/* A request as it came over the wire: nothing is decoded. All text is owned, and wiped when freed. */
struct arrival {
    char *method;
    char *target; /* path and query, as in the request line */
    struct header *headers;
    size_t header_count;
    struct buf body;
    bool too_large; /* the body went over ARRIVAL_BODY_MAX and was not kept whole */
};

#define ARRIVAL_BODY_MAX ((size_t)4 << 20)

/* In the order of the wire. What is over ARRIVAL_BODY_MAX is dropped and marked, no error. */
void arrival_init(struct arrival *arrival);
void arrival_release(struct arrival *arrival);
bool arrival_set_method(struct arrival *arrival, const char *method, struct error *err);
bool arrival_set_target(struct arrival *arrival, const char *target, struct error *err);
bool arrival_add_header(struct arrival *arrival, const char *name, const char *value, struct error *err);
bool arrival_add_body(struct arrival *arrival, const void *bytes, size_t length, struct error *err);

/* The value of the first header of that name (lower case); NULL when there is none. */
const char *arrival_header(const struct arrival *arrival, const char *name);

/* Length of the path at the start of target, and the text behind its question mark ("" without one). */
size_t arrival_path_length(const struct arrival *arrival);
const char *arrival_query(const struct arrival *arrival);

/* Why a request is refused; code "" means that it is not. */
struct refusal {
    int status;
    char code[64];
    char message[512];
    char dynamic_code[64]; /* RocketMQ only: the part of the code that names a member */
    char dynamic_message[64];
};

/* Fills refusal and returns false, so that a refusal is one statement. */
bool refuse(struct refusal *refusal, int status, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* What the wire does to a reply. */
enum wire {
    WIRE_WHOLE,
    WIRE_CLOSED,       /* not a byte of it is sent */
    WIRE_RESET,        /* likewise, and the connection is reset */
    WIRE_HALF_HEADERS, /* ends within a header */
    WIRE_TRUNCATED,    /* ends within the body */
};

struct reply {
    int status;
    char request_id[37];
    char code[64]; /* for the log: "200", or why not */
    const char *content_type;
    struct buf body;
    int64_t date;        /* of the Date header, seconds since 1970 */
    int64_t retry_after; /* milliseconds for x-acs-retry-after; -1: none */
    enum wire wire;
    int delay_ms; /* how long it is held back */
};

/* A reply with a request id of its own and the present time. */
bool reply_init(struct reply *reply, struct host *host, struct error *err);
void reply_release(struct reply *reply);

/* How an error is worded. */
enum error_style {
    STYLE_GATEWAY,  /* capital keys: RequestId, HostId, Code, Message, Recommend */
    STYLE_DENIED,   /* the same, with AccessDeniedDetail */
    STYLE_BUSINESS, /* RocketMQ's envelope: requestId, success, code, message, ... */
    STYLE_PAGE,     /* a web page, as proxies send it */
};

/* Replace what the reply held. They fail for memory only. */
bool reply_refuse(struct reply *reply, enum error_style style, const struct arrival *arrival,
                  const struct refusal *refusal, struct error *err);
bool reply_succeed(struct reply *reply, const char *data, struct error *err); /* data: JSON */
/* In RPC style: members, "name":value and so on, stand beside the request id. */
bool reply_succeed_rpc(struct reply *reply, const char *members, struct error *err);
bool reply_text(struct reply *reply, int status, const char *content_type, const char *text,
                struct error *err);

/* The value of a Date header, "Thu, 26 Oct 2023 10:22:32 GMT". */
void http_date(int64_t seconds, char text[30]);

#endif
