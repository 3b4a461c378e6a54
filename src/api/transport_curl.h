#ifndef API_TRANSPORT_CURL_H
#define API_TRANSPORT_CURL_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

#include "api/transport_module.h"
#include "base/buf.h"

/* The half of the transport that needs libcurl: its state, and what its files offer each other. */

/* An answer that has begun has to come at this speed at least. */
enum { SLOWEST_BYTES_A_SECOND = 100, SLOWEST_FOR_SECONDS = 20 };

/* How many idle handles are kept for the next transfers. */
enum { SPARE_MOST = 32 };

/* Why a transfer was ended by us and not by libcurl. */
enum cut { CUT_NONE, CUT_HEAD, CUT_BODY, CUT_MEMORY, CUT_SECOND_SENDING };

struct transfer {
    struct transfer *next;
    CURL *easy;
    struct curl_slist *headers; /* a block of them */
    struct buf header_text;     /* what they point to */
    const struct request *request;
    transfer_done *done;
    void *context;
    struct transfer_result result;
    long connect_timeout_ms; /* the lesser of the request's and the transport's */
    long timeout_ms;         /* likewise */
    bool may_repeat;         /* a GET over connections that are kept */
    bool request_begun;      /* a byte of it may have left: transport_receive.c */
    bool in_head;            /* between a status line and its empty line */
    bool head_complete;      /* of the final answer */
    size_t head_bytes;       /* of all heads, those of 1xx answers included */
    enum cut cut;
    char detail[CURL_ERROR_SIZE]; /* libcurl's words for what went wrong */
};

struct carrier {
    struct transport_options options; /* its ca_file is the transport's */
    bool curl_ready;
    CURLM *multi;
    struct transfer *transfers;
    size_t running;
    CURL *spare[SPARE_MOST];
    size_t spare_count;
};

/* transport_memory.c: starts libcurl, with memory that is wiped before it goes back. */
bool curl_start(void);

/* transport_setup.c */

/* A handle with all that is the same for every request of these options; NULL when memory is short. */
CURL *easy_new(const struct transport_options *options);

/* Points the handle to nothing that may go. What a request asks for is set anew with the next one. */
bool easy_clear(CURL *easy);

/* Sets the handle of transfer up for its request. */
bool transfer_set_up(struct transfer *transfer);

/* transport_receive.c: what libcurl calls, with the transfer as its context. */
int transfer_begins(void *context, char *remote, char *local, int remote_port, int local_port);
size_t transfer_head_arrives(char *line, size_t unit, size_t count, void *context);
size_t transfer_body_arrives(char *bytes, size_t unit, size_t count, void *context);

/* transport_explain.c: fills in the reason of a transfer that ended with code and brought no whole answer.
 * ca_file is that of the transport. */
void transfer_explain(struct transfer *transfer, CURLcode code, const char *ca_file);

#endif
