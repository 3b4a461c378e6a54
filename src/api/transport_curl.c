#include "api/transport_module.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/proxy.h"
#include "api/say.h"
#include "base/buf.h"
#include "base/wiping.h"

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

/* An answer that has begun has to come at this speed at least. */
enum { SLOWEST_BYTES_A_SECOND = 100, SLOWEST_FOR_SECONDS = 20 };

/* Where the hashed folder of the system's roots is when libcurl was built without saying so. */
#define SYSTEM_ROOTS_FOLDER "/etc/ssl/certs"

/* A connection that was idle for longer is not used again: it may have been closed at the other end. */
enum { IDLE_SECONDS_MOST = 5, CONNECTIONS_KEPT_MOST = 512, SPARE_MOST = 32 };

/* Of an answer at a time; libcurl would take 16 KiB for each transfer, and all that it takes is wiped. */
enum { RECEIVED_AT_ONCE = 4096 };

/* How long all headers of a request together usually are. */
enum { HEADERS_USUAL = 1000 };

/* libcurl wants a limit; its own timers end the wait earlier wherever there is something to do. */
enum { WAIT_LIMIT_MS = 3600000 };

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
    bool may_repeat;    /* a GET over connections that are kept */
    bool request_begun; /* see the top of this file */
    bool in_head;       /* between a status line and its empty line */
    bool head_complete; /* of the final answer */
    size_t head_bytes;  /* of all heads, those of 1xx answers included */
    enum cut cut;
    char detail[CURL_ERROR_SIZE];
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

/* ---- memory that libcurl and OpenSSL use: it held keys, tokens and passwords, so it is wiped before it goes
 * back ---- */

static void *plain_calloc(size_t count, size_t size)
{
    return calloc(count, size);
}

/* OpenSSL says where in its source it asks. */

static void *openssl_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return wiping_malloc(size);
}

static void *openssl_realloc(void *memory, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    if (size > 0)
        return wiping_realloc(memory, size);
    wiping_free(memory);
    return NULL;
}

static void openssl_free(void *memory, const char *file, int line)
{
    (void)file;
    (void)line;
    wiping_free(memory);
}

static bool use_wiping_memory(void)
{
    /* Refused once OpenSSL was used, which is where a second transport finds it: with ours already. */
    (void)CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free);
    /* At the end of the program it would free all its tables one by one, which the system does better. */
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
    return curl_global_init_mem(CURL_GLOBAL_DEFAULT, wiping_malloc, wiping_free, wiping_realloc, text_copy,
                                plain_calloc) == CURLE_OK;
}

/* ---- words ---- */

#define REASON(transfer, ...) say((transfer)->result.reason, sizeof((transfer)->result.reason), __VA_ARGS__)

/* What OpenSSL finds wrong with certificates, as far as operators meet it; its numbers (X509_V_ERR_...) are
 * fixed. */
static const struct {
    long result;
    const char *wrong;
    const char *advice;
} certificate_faults[] = {
    {9, "is not valid yet", "Check the clock of this machine."},
    {10, "has expired",
     "Check the clock of this machine; if it is right, the server needs a new certificate."},
    {18, "is signed by itself", "Name its root with --ca-file only if you know the server."},
    {19, "comes from an authority that is not trusted here",
     "Name a private authority's root with --ca-file."},
    {20, "comes from an authority that is not trusted here",
     "Name a private authority's root with --ca-file."},
    {21, "comes without the certificate that signed it", "Name a private authority's root with --ca-file."},
    {24, "is signed by one that may not sign", "Something between here and the server may be intercepting."},
    {26, "is not meant for a server", "Check the endpoint."},
    {79, "is signed by one that may not sign", "Something between here and the server may be intercepting."},
};

static void explain_certificate(struct transfer *transfer)
{
    static const char problem[] = "SSL certificate problem: ";
    const char *detail = transfer->detail;
    long result = 0;

    curl_easy_getinfo(transfer->easy, CURLINFO_SSL_VERIFYRESULT, &result);
    for (size_t i = 0; i < sizeof(certificate_faults) / sizeof(certificate_faults[0]); i++) {
        if (certificate_faults[i].result == result) {
            REASON(transfer, "The certificate of %.100s %s. %s", transfer->request->host,
                   certificate_faults[i].wrong, certificate_faults[i].advice);
            return;
        }
    }
    /* That the name is wrong is libcurl's finding and not OpenSSL's. */
    if (strstr(detail, "subject name")) {
        REASON(transfer,
               "The certificate that the server showed is for another host than %.100s. Check the endpoint.",
               transfer->request->host);
        return;
    }
    if (strncmp(detail, problem, sizeof(problem) - 1) == 0)
        detail += sizeof(problem) - 1;
    REASON(transfer, "The certificate of %.80s was not accepted: %.100s.", transfer->request->host, detail);
}

static void explain_no_connection(struct transfer *transfer)
{
    const struct request *request = transfer->request;
    char proxy[64], to[128];
    long system_error = 0;

    transport_proxy(request->scheme, request->host, proxy, sizeof(proxy));
    say(to, sizeof(to), "%s%.100s", proxy[0] ? "the proxy " : "", proxy[0] ? proxy : request->host);
    curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &system_error);
    if (system_error == ECONNREFUSED)
        REASON(transfer,
               "The connection to %s was refused: nothing listens there. Check the host and the port.", to);
    else if (system_error == ENETUNREACH || system_error == EHOSTUNREACH)
        REASON(transfer, "There is no way to %s from this network. Check the connection, VPN and firewall.",
               to);
    else
        REASON(transfer, "No connection to %s: %.80s. Check the network and the proxy.", to,
               transfer->detail);
}

static void explain_proxy_refusal(struct transfer *transfer, long status)
{
    if (status == 407)
        REASON(transfer, "The proxy asks for a user name and a password (407). Put them into https_proxy.");
    else
        REASON(
            transfer,
            "The proxy did not let the connection to %.100s through (%ld). Check https_proxy and no_proxy.",
            transfer->request->host, status);
}

/* The lesser of the two limits, of which 0 is none. */
static long lesser(long limit, long of_transport)
{
    return limit > 0 && limit < of_transport ? limit : of_transport;
}

static void explain_timeout(struct transfer *transfer, const struct transport_options *options)
{
    long in_all = lesser(transfer->request->timeout_ms, options->timeout_ms);
    long connecting =
        lesser(in_all, lesser(transfer->request->connect_timeout_ms, options->connect_timeout_ms));

    if (!transfer->request_begun)
        REASON(transfer,
               "No connection to %.100s within %.3g seconds. Check the network, VPN, firewall and proxy.",
               transfer->request->host, (double)connecting / 1000);
    else if (strstr(transfer->detail, "too slow"))
        REASON(transfer, "The answer came too slowly: under %d bytes a second for %d seconds.",
               SLOWEST_BYTES_A_SECOND, SLOWEST_FOR_SECONDS);
    else
        REASON(transfer, "No whole answer came within %.3g seconds.", (double)in_all / 1000);
}

static void explain_cut(struct transfer *transfer)
{
    switch (transfer->cut) {
    case CUT_NONE:
        break;
    case CUT_HEAD:
        REASON(transfer, "The head of the answer is too large (over %d KiB) and was cut off.",
               TRANSPORT_HEADERS_MAX / 1024);
        break;
    case CUT_BODY:
        REASON(transfer, "The answer is too large (over %d KiB) and was cut off.",
               TRANSPORT_ANSWER_MAX / 1024);
        break;
    case CUT_MEMORY:
        REASON(transfer, "Memory is too short to take the answer.");
        break;
    case CUT_SECOND_SENDING:
        REASON(transfer, "The connection broke before an answer came. The request was not repeated.");
        break;
    }
}

/* libcurl's own limit on one header line looks like a lack of memory from outside. */
static void explain_memory(struct transfer *transfer)
{
    if (transfer->request_begun)
        REASON(transfer, "The head of the answer is too large to be read, or memory is short.");
    else
        REASON(transfer, "Memory is short.");
}

static void explain_roots(struct transfer *transfer, const char *ca_file)
{
    if (ca_file)
        REASON(transfer,
               "There are no certificates to trust in %.150s. Name a file in PEM form with --ca-file.",
               ca_file);
    else
        REASON(transfer,
               "The certificates that this system trusts are missing. Install the package ca-certificates.");
}

/*
 * libcurl says that a host was not found also where it had no memory to look.
 * That much is known: an address in figures is looked for nowhere, and the first
 * message stays, which says that no thread was to be had.
 */
static void explain_no_address(struct transfer *transfer, bool of_proxy)
{
    const struct request *request = transfer->request;
    bool settled = of_proxy ? proxy_needs_no_search(request->scheme, request->host)
                            : host_needs_no_search(request->host);

    if (settled)
        REASON(transfer, "Memory is too short for a connection to %s%.100s.",
               of_proxy ? "the proxy for " : "", request->host);
    else if (strstr(transfer->detail, "thread failed"))
        REASON(transfer,
               "The address of %s%.100s could not be looked up: memory is short, or so are threads.",
               of_proxy ? "the proxy for " : "", request->host);
    else if (of_proxy)
        REASON(transfer, "The address of the proxy could not be found. Check https_proxy and all_proxy.");
    else
        REASON(transfer,
               "The address of %.100s could not be found. Check the host name, and the network and its DNS.",
               request->host);
}

static void explain_code(struct transfer *transfer, CURLcode code, const struct carrier *carrier)
{
    const char *host = transfer->request->host;

    /* No switch: CURLcode has some hundred values, and more with every release. */
    if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY)
        explain_no_address(transfer, code == CURLE_COULDNT_RESOLVE_PROXY);
    else if (code == CURLE_COULDNT_CONNECT)
        explain_no_connection(transfer);
    else if (code == CURLE_OPERATION_TIMEDOUT)
        explain_timeout(transfer, &carrier->options);
    else if (code == CURLE_PEER_FAILED_VERIFICATION)
        explain_certificate(transfer);
    else if (code == CURLE_SSL_CACERT_BADFILE)
        explain_roots(transfer, carrier->options.ca_file);
    else if (code == CURLE_OUT_OF_MEMORY)
        explain_memory(transfer);
    else if (code == CURLE_PARTIAL_FILE)
        REASON(transfer, "The connection was closed in the middle of the answer.");
    else if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WEIRD_SERVER_REPLY)
        REASON(transfer, "What came back from %.100s is not HTTP. Check the endpoint and the proxy.", host);
    else if (!transfer->request_begun)
        REASON(transfer,
               "No secure connection to %.80s (TLS 1.2 or newer) could be made: %.100s. Check the endpoint.",
               host, transfer->detail[0] ? transfer->detail : curl_easy_strerror(code));
    else
        REASON(transfer, "The connection was closed before an answer came.");
}

static void explain(struct transfer *transfer, CURLcode code, const struct carrier *carrier)
{
    long proxy_status = 0;

    curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    if (transfer->cut != CUT_NONE)
        explain_cut(transfer);
    else if (!transfer->request_begun && proxy_status >= 300)
        explain_proxy_refusal(transfer, proxy_status);
    else if (code == CURLE_OK)
        REASON(transfer, "The connection was closed in the middle of the head of the answer.");
    else
        explain_code(transfer, code, carrier);
}

/* ---- what libcurl calls ---- */

static int request_begins(void *context, char *remote, char *local, int remote_port, int local_port)
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
static size_t head_arrives(char *line, size_t unit, size_t count, void *context)
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

static size_t body_arrives(char *bytes, size_t unit, size_t count, void *context)
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

/* ---- setting a handle up ---- */

#define SET(easy, option, value) (curl_easy_setopt((easy), (option), (value)) == CURLE_OK)

static bool set_protocols(CURL *easy, const char *scheme)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    return SET(easy, CURLOPT_PROTOCOLS_STR, scheme) && SET(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
#else
    return SET(easy, CURLOPT_PROTOCOLS,
               (long)(strcmp(scheme, "http") == 0 ? CURLPROTO_HTTP : CURLPROTO_HTTPS)) &&
           SET(easy, CURLOPT_REDIR_PROTOCOLS, (long)CURLPROTO_HTTPS);
#endif
}

/* Nothing goes anywhere but to the one host asked for. */
static bool set_connection(CURL *easy, bool keep)
{
    return SET(easy, CURLOPT_FOLLOWLOCATION, 0L) && SET(easy, CURLOPT_MAXREDIRS, 0L) &&
           SET(easy, CURLOPT_FRESH_CONNECT, keep ? 0L : 1L) &&
           SET(easy, CURLOPT_FORBID_REUSE, keep ? 0L : 1L) &&
           SET(easy, CURLOPT_MAXAGE_CONN, (long)IDLE_SECONDS_MOST) && SET(easy, CURLOPT_TCP_FASTOPEN, 0L) &&
           SET(easy, CURLOPT_NOSIGNAL, 1L) && SET(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) &&
           SET(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L) && SET(easy, CURLOPT_NOPROXY, "") &&
           SET(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) &&
           SET(easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE) && SET(easy, CURLOPT_PATH_AS_IS, 1L) &&
           SET(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
           SET(easy, CURLOPT_BUFFERSIZE, (long)RECEIVED_AT_ONCE);
}

/*
 * CURLOPT_CAINFO replaces the system's bundle. The system's hashed folder
 * (CURLOPT_CAPATH) holds the same roots one by one and is looked into besides,
 * so with both set the further file adds to the system's roots.
 */
static bool set_roots(CURL *easy, const char *ca_file)
{
    const curl_version_info_data *version = curl_version_info(CURLVERSION_NOW);
    const char *folder = version->capath ? version->capath : SYSTEM_ROOTS_FOLDER;

    return SET(easy, CURLOPT_CAINFO, ca_file) && SET(easy, CURLOPT_CAPATH, folder) &&
           SET(easy, CURLOPT_PROXY_CAINFO, ca_file) && SET(easy, CURLOPT_PROXY_CAPATH, folder);
}

static bool set_trust(CURL *easy, const char *ca_file)
{
    if (ca_file && !set_roots(easy, ca_file))
        return false;
    return SET(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
           SET(easy, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
           SET(easy, CURLOPT_SSL_VERIFYPEER, 1L) && SET(easy, CURLOPT_SSL_VERIFYHOST, 2L);
}

static bool set_callbacks(CURL *easy)
{
#if LIBCURL_VERSION_NUM >= 0x075700
    /* Ending a transfer does not wait for a name server that hangs. */
    if (!SET(easy, CURLOPT_QUICK_EXIT, 1L))
        return false;
#endif
    return SET(easy, CURLOPT_PREREQFUNCTION, request_begins) &&
           SET(easy, CURLOPT_HEADERFUNCTION, head_arrives) && SET(easy, CURLOPT_WRITEFUNCTION, body_arrives);
}

/* A handle with all that is the same for every request. */
static CURL *easy_new(const struct carrier *carrier)
{
    CURL *easy = curl_easy_init();

    if (!easy || (set_connection(easy, carrier->options.keep_connections) &&
                  set_trust(easy, carrier->options.ca_file) && set_callbacks(easy)))
        return easy;
    curl_easy_cleanup(easy);
    return NULL;
}

/* ---- setting a transfer up ---- */

static bool set_limits(CURL *easy, const struct request *request, const struct transport_options *options)
{
    return SET(easy, CURLOPT_CONNECTTIMEOUT_MS,
               lesser(request->connect_timeout_ms, options->connect_timeout_ms)) &&
           SET(easy, CURLOPT_TIMEOUT_MS, lesser(request->timeout_ms, options->timeout_ms));
}

static bool set_context(CURL *easy, struct transfer *transfer)
{
    return SET(easy, CURLOPT_PREREQDATA, transfer) && SET(easy, CURLOPT_HEADERDATA, transfer) &&
           SET(easy, CURLOPT_WRITEDATA, transfer) && SET(easy, CURLOPT_PRIVATE, transfer) &&
           SET(easy, CURLOPT_ERRORBUFFER, transfer->detail);
}

/* "name: value", or "name;", which is libcurl's way to ask for a header without a value. */
static void add_header(struct buf *text, const struct pair *header)
{
    bool empty = strspn(header->value, " \t") == header->value_length;

    buf_add_text(text, header->name);
    buf_add(text, empty ? ";" : ": ", empty ? 1 : 2);
    if (!empty)
        buf_add(text, header->value, header->value_length);
    buf_add_char(text, '\0');
}

/* A list of the texts that stand one behind the other. */
static struct curl_slist *list_of(const struct buf *text, size_t count)
{
    struct curl_slist *list = text->failed ? NULL : calloc(count, sizeof(*list));
    char *at = text->data;

    if (!list)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        list[i].data = at;
        list[i].next = i + 1 < count ? &list[i + 1] : NULL;
        at += strlen(at) + 1;
    }
    return list;
}

static bool set_headers(struct transfer *transfer)
{
    /* libcurl adds these by itself; "name:" keeps it from that. */
    static const char *const own[] = {"Accept", "Content-Type", "User-Agent", "Expect", "Host"};
    const struct pairs *headers = &transfer->request->headers;
    struct buf *text = &transfer->header_text;
    size_t count = headers->count;

    buf_reserve(text, HEADERS_USUAL);
    for (size_t i = 0; i < headers->count; i++)
        add_header(text, &headers->items[i]);
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (pairs_get(headers, own[i]))
            continue;
        buf_add_texts(text, own[i], ":", NULL);
        buf_add_char(text, '\0');
        count++;
    }
    transfer->headers = list_of(text, count);
    return transfer->headers && SET(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
}

static bool set_method(CURL *easy, const struct request *request)
{
    bool post = strcmp(request->method, "POST") == 0;

    if (post || request->body.length > 0)
        return SET(easy, CURLOPT_POST, 1L) &&
               SET(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.length) &&
               SET(easy, CURLOPT_POSTFIELDS, buf_text(&request->body)) &&
               (post || SET(easy, CURLOPT_CUSTOMREQUEST, request->method));
    return SET(easy, CURLOPT_HTTPGET, 1L) &&
           (strcmp(request->method, "GET") == 0 || SET(easy, CURLOPT_CUSTOMREQUEST, request->method));
}

static bool set_request(struct transfer *transfer)
{
    struct buf url = BUF_INIT;
    bool set = request_url(transfer->request, &url) && !url.failed &&
               SET(transfer->easy, CURLOPT_URL, buf_text(&url)) &&
               set_method(transfer->easy, transfer->request) && set_headers(transfer);

    buf_release(&url);
    return set;
}

static bool set_all(const struct carrier *carrier, struct transfer *transfer)
{
    const struct request *request = transfer->request;
    const char *proxy = proxy_for(request->scheme, request->host);

    /* The proxy is set here even when libcurl would find the same: what is shown is then what is used. */
    return set_protocols(transfer->easy, request->scheme) &&
           SET(transfer->easy, CURLOPT_PROXY, proxy ? proxy : "") &&
           set_limits(transfer->easy, request, &carrier->options) && set_context(transfer->easy, transfer) &&
           set_request(transfer);
}

/* ---- starting and ending ---- */

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
    return carrier->spare_count > 0 ? carrier->spare[--carrier->spare_count] : easy_new(carrier);
}

/* A spare handle points to nothing that is gone; what a request asks for is set anew with the next one. */
static bool easy_clear(CURL *easy)
{
    return SET(easy, CURLOPT_HTTPHEADER, NULL) && SET(easy, CURLOPT_POSTFIELDS, NULL) &&
           SET(easy, CURLOPT_CUSTOMREQUEST, NULL) && SET(easy, CURLOPT_ERRORBUFFER, NULL) &&
           SET(easy, CURLOPT_PREREQDATA, NULL) && SET(easy, CURLOPT_HEADERDATA, NULL) &&
           SET(easy, CURLOPT_WRITEDATA, NULL) && SET(easy, CURLOPT_PRIVATE, NULL) &&
           SET(easy, CURLOPT_LOW_SPEED_LIMIT, 0L) && SET(easy, CURLOPT_LOW_SPEED_TIME, 0L);
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
        explain(transfer, code, carrier);
        end = transfer->request_begun ? TRANSFER_BROKEN : TRANSFER_NOT_SENT;
    }
    transfer_end(carrier, transfer, end);
}

/* ---- the interface ---- */

static bool carrier_prepare(struct carrier *carrier, struct error *err)
{
    /* It would make libcurl write the keys of every connection to a file, and is read at its start. */
    unsetenv("SSLKEYLOGFILE");
    if (!use_wiping_memory())
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
    response_init(&transfer->result.response);
    transfer->easy = easy_take(carrier);
    transfer->may_repeat = carrier->options.keep_connections && strcmp(request->method, "GET") == 0;
    if (!transfer->easy || !set_all(carrier, transfer)) {
        error_set(err, ERROR_NETWORK, "the request to %.200s cannot be prepared, or memory is short",
                  request->host);
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

    REASON(transfer, "The request was stopped.");
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
