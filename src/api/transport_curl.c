#include "api/transport_curl.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "api/say.h"
#include "base/excerpt.h"

enum { CONNECTIONS_KEPT_MOST = 512 };

/* libcurl wants a limit; its own timers end the wait earlier wherever there is something to do. */
enum { WAIT_LIMIT_MS = 3600000 };

/* A write to a connection that the other end closed must not end the program; libcurl leaves that to us. */
static void ignore_pipe_signal(struct sigaction *before)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    sigemptyset(&ignore.sa_mask);
    sigaction(SIGPIPE, &ignore, before);
}

/* Handles are kept with the connections: making one costs more than a request. */
static CURL *easy_take(struct carrier *carrier)
{
    return carrier->spare_count > 0 ? carrier->spare[--carrier->spare_count] : easy_new(&carrier->options);
}

static void easy_give_back(struct carrier *carrier, struct transfer *transfer)
{
    if (carrier->options.keep_connections && carrier->spare_count < SPARE_MOST && easy_clear(transfer->easy))
        carrier->spare[carrier->spare_count++] = transfer->easy;
    else
        curl_easy_cleanup(transfer->easy);
    transfer->easy = NULL;
}

static void transfer_free(struct transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    free(transfer->headers);
    buf_release(&transfer->header_text);
    response_release(&transfer->result.response);
    free(transfer);
}

/* Takes a transfer away from libcurl and closes its connection; its result stays. SIGPIPE is ignored. */
static void transfer_detach(struct carrier *carrier, struct transfer *transfer)
{
    struct transfer **link = &carrier->transfers;

    while (*link != transfer)
        link = &(*link)->next;
    *link = transfer->next;
    carrier->running--;
    curl_multi_remove_handle(carrier->multi, transfer->easy);
    easy_give_back(carrier, transfer);
}

static void transfer_end(struct carrier *carrier, struct transfer *transfer, enum transfer_end end)
{
    transfer->result.end = end;
    transfer_detach(carrier, transfer);
    transfer->done(transfer->context, &transfer->result);
    transfer_free(transfer);
}

static void transfer_finished(struct carrier *carrier, struct transfer *transfer, CURLcode code)
{
    bool whole = code == CURLE_OK && transfer->cut == CUT_NONE && transfer->head_complete;
    enum transfer_end end = TRANSFER_ANSWERED;

    if (!whole) {
        transfer_explain(transfer, code, carrier->options.ca_file);
        end = transfer->request_begun ? TRANSFER_BROKEN : TRANSFER_NOT_SENT;
    }
    transfer_end(carrier, transfer, end);
}

static bool carrier_prepare(struct carrier *carrier, struct error *err)
{
    /* It would make libcurl write the keys of every connection to a file, and is read at its start. */
    unsetenv("SSLKEYLOGFILE");
    if (!curl_start())
        return error_set(err, ERROR_NETWORK, "the network library cannot be started");
    carrier->curl_ready = true;
    carrier->multi = curl_multi_init();
    if (carrier->multi && carrier->options.keep_connections)
        (void)curl_multi_setopt(carrier->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT_MOST);
    return carrier->multi || error_memory(err);
}

static void carrier_close(struct carrier *carrier)
{
    struct sigaction before;

    ignore_pipe_signal(&before);
    while (carrier->transfers) {
        struct transfer *transfer = carrier->transfers;

        transfer_detach(carrier, transfer);
        transfer_free(transfer);
    }
    while (carrier->spare_count > 0)
        curl_easy_cleanup(carrier->spare[--carrier->spare_count]);
    curl_multi_cleanup(carrier->multi);
    sigaction(SIGPIPE, &before, NULL);
    if (carrier->curl_ready)
        curl_global_cleanup();
    free(carrier);
}

static struct carrier *carrier_open(const struct transport_options *options, struct error *err)
{
    struct carrier *carrier = calloc(1, sizeof(*carrier));

    if (!carrier) {
        error_memory(err);
        return NULL;
    }
    carrier->options = *options;
    if (carrier_prepare(carrier, err))
        return carrier;
    carrier_close(carrier);
    return NULL;
}

/* The lesser of the two limits, of which 0 is none. */
static long lesser(long limit, long of_transport)
{
    return limit > 0 && limit < of_transport ? limit : of_transport;
}

static struct transfer *carrier_start(struct carrier *carrier, const struct request *request,
                                      transfer_done *done, void *context, struct error *err)
{
    struct transfer *transfer = calloc(1, sizeof(*transfer));

    if (!transfer) {
        error_memory(err);
        return NULL;
    }
    transfer->request = request;
    transfer->done = done;
    transfer->context = context;
    transfer->header_text = BUF_INIT;
    transfer->connect_timeout_ms = lesser(request->connect_timeout_ms, carrier->options.connect_timeout_ms);
    transfer->timeout_ms = lesser(request->timeout_ms, carrier->options.timeout_ms);
    response_init(&transfer->result.response);
    transfer->easy = easy_take(carrier);
    transfer->may_repeat = carrier->options.keep_connections && strcmp(request->method, "GET") == 0;
    if (!transfer->easy || !transfer_set_up(transfer)) {
        error_set(err, ERROR_NETWORK, "the request to %s cannot be prepared, or memory is short",
                  excerpt(request->host, 200).text);
    } else if (curl_multi_add_handle(carrier->multi, transfer->easy) != CURLM_OK) {
        error_memory(err);
    } else {
        transfer->next = carrier->transfers;
        carrier->transfers = transfer;
        carrier->running++;
        return transfer;
    }
    transfer_free(transfer);
    return NULL;
}

static void carrier_cancel(struct carrier *carrier, struct transfer *transfer)
{
    struct sigaction before;

    say(transfer->result.reason, sizeof(transfer->result.reason), "The request was stopped.");
    ignore_pipe_signal(&before);
    transfer_end(carrier, transfer,
                 transfer->request_begun ? TRANSFER_CANCELLED_SENT : TRANSFER_CANCELLED_NOT_SENT);
    sigaction(SIGPIPE, &before, NULL);
}

static bool curl_failed(CURLMcode code, struct error *err)
{
    return error_set(err, code == CURLM_OUT_OF_MEMORY ? ERROR_MEMORY : ERROR_NETWORK,
                     "the network library cannot go on: %s", curl_multi_strerror(code));
}

static bool carrier_wait(struct carrier *carrier, const struct pollfd *fds, size_t count, int timeout_ms,
                         struct error *err)
{
    struct curl_waitfd *extra = calloc(count + 1, sizeof(*extra));
    unsigned int used = 0;
    CURLMcode code;

    if (!extra)
        return error_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (fds[i].fd < 0)
            continue;
        extra[used].fd = fds[i].fd;
        if (fds[i].events & POLLIN)
            extra[used].events |= CURL_WAIT_POLLIN;
        if (fds[i].events & POLLOUT)
            extra[used].events |= CURL_WAIT_POLLOUT;
        if (fds[i].events & POLLPRI)
            extra[used].events |= CURL_WAIT_POLLPRI;
        used++;
    }
    code = curl_multi_poll(carrier->multi, extra, used, timeout_ms < 0 ? WAIT_LIMIT_MS : timeout_ms, NULL);
    free(extra);
    return code == CURLM_OK || curl_failed(code, err);
}

static bool carrier_run(struct carrier *carrier, struct error *err)
{
    struct sigaction before;
    CURLMcode code;
    CURLMsg *message;
    int number;

    ignore_pipe_signal(&before);
    code = curl_multi_perform(carrier->multi, &number);
    while (code == CURLM_OK && (message = curl_multi_info_read(carrier->multi, &number))) {
        struct transfer *transfer = NULL;

        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        transfer_finished(carrier, transfer, message->data.result);
    }
    sigaction(SIGPIPE, &before, NULL);
    return code == CURLM_OK || curl_failed(code, err);
}

static size_t carrier_running(const struct carrier *carrier)
{
    return carrier->running;
}

const struct transport_module transport_module = {
    .version = DRPLAN_VERSION,
    .open = carrier_open,
    .close = carrier_close,
    .start = carrier_start,
    .cancel = carrier_cancel,
    .wait = carrier_wait,
    .run = carrier_run,
    .running = carrier_running,
};
