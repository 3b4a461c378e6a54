#include "api/transport_curl.h"

#include <string.h>

/*
 * How it is known whether a request was sent
 *
 * libcurl's counters cannot tell: a TLS record may have gone out in part and
 * still count as nothing. So the line is drawn before the first byte.
 * CURLOPT_PREREQFUNCTION is called once a connection stands, TLS handshake and
 * proxy tunnel included, and before anything of the request is handed to it
 * (libcurl: multi state DO, whose action builds and sends the request). A
 * transfer for which that call never came has sent nothing, for sure; one for
 * which it came counts as sent, even where the first write then failed. TLS
 * early data and TCP fast open, which could send sooner, stay off.
 *
 * The same call is the lock against a second sending: should libcurl begin the
 * request of one transfer again, for whatever reason, it is refused. That is
 * what makes kept connections safe: libcurl repeats a request, a POST too, when
 * a connection that it used before dies without an answer. Only a GET may go
 * twice there; connections end while nobody looks, and a question can be asked
 * again.
 */
int transfer_begins(void *context, char *remote, char *local, int remote_port, int local_port)
{
    struct transfer *transfer = context;

    (void)remote, (void)local, (void)remote_port, (void)local_port;
    if (transfer->request_begun && !transfer->may_repeat) {
        transfer->cut = CUT_SECOND_SENDING;
        return CURL_PREREQFUNC_ABORT;
    }
    transfer->request_begun = true;
    return CURL_PREREQFUNC_OK;
}

static size_t stop(struct transfer *transfer, enum cut cut)
{
    transfer->cut = cut;
    return 0;
}

/* A service may think for as long as the time limit lets it; once it speaks, it has to speak at some speed.
 */
static void answer_begins(struct transfer *transfer)
{
    curl_easy_setopt(transfer->easy, CURLOPT_LOW_SPEED_LIMIT, (long)SLOWEST_BYTES_A_SECOND);
    curl_easy_setopt(transfer->easy, CURLOPT_LOW_SPEED_TIME, (long)SLOWEST_FOR_SECONDS);
}

static void status_line(struct transfer *transfer, const char *line, size_t length)
{
    const char *space = memchr(line, ' ', length);
    size_t at = space ? (size_t)(space - line) + 1 : length;
    int status = 0;

    for (int digits = 0; digits < 3 && at < length && line[at] >= '0' && line[at] <= '9'; digits++, at++)
        status = status * 10 + (line[at] - '0');
    pairs_release(&transfer->result.response.headers);
    transfer->result.response.status = status;
    transfer->in_head = true;
}

static bool header_line(struct transfer *transfer, const char *line, size_t length)
{
    const char *colon = memchr(line, ':', length);
    const char *value;
    struct error ignored;
    char name[128];
    size_t name_length, value_length;

    if (!colon || colon == line || *line == ' ' || *line == '\t')
        return true;
    name_length = (size_t)(colon - line);
    if (name_length >= sizeof(name))
        return true;
    memcpy(name, line, name_length);
    name[name_length] = '\0';
    value = colon + 1;
    value_length = length - name_length - 1;
    while (value_length > 0 && (*value == ' ' || *value == '\t')) {
        value++;
        value_length--;
    }
    while (value_length > 0 && (value[value_length - 1] == ' ' || value[value_length - 1] == '\t'))
        value_length--;
    return pairs_add_bytes(&transfer->result.response.headers, name, value, value_length, &ignored);
}

/* libcurl hands over one line at a time: heads of 1xx answers first, the final one, trailers at the end. */
size_t transfer_head_arrives(char *line, size_t unit, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t size = unit * count;
    size_t length = size;

    transfer->head_bytes += size;
    if (transfer->head_bytes > TRANSPORT_HEADERS_MAX)
        return stop(transfer, CUT_HEAD);
    while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == '\n'))
        length--;
    if (transfer->head_complete)
        return size;
    if (!transfer->in_head) {
        answer_begins(transfer);
        status_line(transfer, line, length);
    } else if (length == 0) {
        transfer->in_head = false;
        transfer->head_complete = transfer->result.response.status >= 200;
        if (!transfer->head_complete)
            transfer->result.response.status = 0;
    } else if (!header_line(transfer, line, length)) {
        return stop(transfer, CUT_MEMORY);
    }
    return size;
}

size_t transfer_body_arrives(char *bytes, size_t unit, size_t count, void *context)
{
    struct transfer *transfer = context;
    struct buf *body = &transfer->result.response.body;
    size_t size = unit * count;
    size_t room = (size_t)TRANSPORT_ANSWER_MAX - body->length;

    buf_add(body, bytes, size < room ? size : room);
    if (body->failed)
        return stop(transfer, CUT_MEMORY);
    return size <= room ? size : stop(transfer, CUT_BODY);
}
