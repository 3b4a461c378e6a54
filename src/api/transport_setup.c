#include "api/transport_curl.h"

#include <stdlib.h>
#include <string.h>

#include "api/proxy.h"

/* Where the hashed folder of the system's roots is when libcurl was built without saying so. */
#define SYSTEM_ROOTS_FOLDER "/etc/ssl/certs"

/* A connection that was idle for longer is not used again: it may have been closed at the other end. */
enum { IDLE_SECONDS_MOST = 5 };

/* Of an answer at a time; libcurl would take 16 KiB for each transfer, and all that it takes is wiped. */
enum { RECEIVED_AT_ONCE = 4096 };

/* How long all headers of a request together usually are. */
enum { HEADERS_USUAL = 1000 };

#define SET(easy, option, value) (curl_easy_setopt((easy), (option), (value)) == CURLE_OK)

/* Nothing goes anywhere but to the one host asked for, and nothing but what we say. */
static bool set_connection(CURL *easy, bool keep)
{
    const struct {
        CURLoption option;
        long value;
    } numbers[] = {
        {CURLOPT_FOLLOWLOCATION, 0},
        {CURLOPT_MAXREDIRS, 0},
        {CURLOPT_FRESH_CONNECT, !keep},
        {CURLOPT_FORBID_REUSE, !keep},
        {CURLOPT_MAXAGE_CONN, IDLE_SECONDS_MOST},
        {CURLOPT_TCP_FASTOPEN, 0},
        {CURLOPT_NOSIGNAL, 1},
        {CURLOPT_NETRC, CURL_NETRC_IGNORED},
        {CURLOPT_DISALLOW_USERNAME_IN_URL, 1},
        {CURLOPT_SUPPRESS_CONNECT_HEADERS, 1},
        {CURLOPT_HEADEROPT, CURLHEADER_SEPARATE},
        {CURLOPT_PATH_AS_IS, 1},
        {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
        {CURLOPT_BUFFERSIZE, RECEIVED_AT_ONCE},
    };

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (!SET(easy, numbers[i].option, numbers[i].value))
            return false;
    return SET(easy, CURLOPT_NOPROXY, "");
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
    return SET(easy, CURLOPT_PREREQFUNCTION, transfer_begins) &&
           SET(easy, CURLOPT_HEADERFUNCTION, transfer_head_arrives) &&
           SET(easy, CURLOPT_WRITEFUNCTION, transfer_body_arrives);
}

CURL *easy_new(const struct transport_options *options)
{
    CURL *easy = curl_easy_init();

    if (!easy || (set_connection(easy, options->keep_connections) && set_trust(easy, options->ca_file) &&
                  set_callbacks(easy)))
        return easy;
    curl_easy_cleanup(easy);
    return NULL;
}

bool easy_clear(CURL *easy)
{
    return SET(easy, CURLOPT_HTTPHEADER, NULL) && SET(easy, CURLOPT_POSTFIELDS, NULL) &&
           SET(easy, CURLOPT_CUSTOMREQUEST, NULL) && SET(easy, CURLOPT_ERRORBUFFER, NULL) &&
           SET(easy, CURLOPT_PREREQDATA, NULL) && SET(easy, CURLOPT_HEADERDATA, NULL) &&
           SET(easy, CURLOPT_WRITEDATA, NULL) && SET(easy, CURLOPT_PRIVATE, NULL) &&
           SET(easy, CURLOPT_LOW_SPEED_LIMIT, 0L) && SET(easy, CURLOPT_LOW_SPEED_TIME, 0L);
}

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

static bool set_limits(CURL *easy, const struct transfer *transfer)
{
    return SET(easy, CURLOPT_CONNECTTIMEOUT_MS, transfer->connect_timeout_ms) &&
           SET(easy, CURLOPT_TIMEOUT_MS, transfer->timeout_ms);
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

bool transfer_set_up(struct transfer *transfer)
{
    const struct request *request = transfer->request;
    const char *proxy = proxy_for(request->scheme, request->host);

    /* The proxy is set here even when libcurl would find the same: what is shown is then what is used. */
    return set_protocols(transfer->easy, request->scheme) &&
           SET(transfer->easy, CURLOPT_PROXY, proxy ? proxy : "") && set_limits(transfer->easy, transfer) &&
           set_context(transfer->easy, transfer) && set_request(transfer);
}
