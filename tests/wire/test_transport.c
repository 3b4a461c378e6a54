#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "api/client.h"
#include "api/transport.h"
#include "base/clean.h"
#include "certificates.h"
#include "wire_server.h"

/* ---- names: this program's own resolver comes before the system's ---- */

static int hanging_pipe[2];

typedef int resolver(const char *name, const char *service, const struct addrinfo *hints,
                     struct addrinfo **result);

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
    resolver *system_resolver;
    char byte;

    if (strcmp(name, "absent.test") == 0)
        return EAI_NONAME;
    if (strcmp(name, "hanging.test") == 0)
        return read(hanging_pipe[0], &byte, 1) < 0 ? EAI_SYSTEM : EAI_AGAIN;
    *(void **)&system_resolver = dlsym(RTLD_NEXT, "getaddrinfo");
    return system_resolver(name, service, hints, result);
}

/* Nor may there be threads for it. */
static bool no_threads;

typedef int starter(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *context);

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *context)
{
    starter *system_create;

    if (no_threads)
        return EAGAIN;
    *(void **)&system_create = dlsym(RTLD_NEXT, "pthread_create");
    return system_create(thread, attributes, run, context);
}

/* A network without a route, and one that the system does not let us use. */
typedef int connector(int fd, __CONST_SOCKADDR_ARG address, socklen_t length);

int connect(int fd, __CONST_SOCKADDR_ARG address, socklen_t length)
{
    const struct sockaddr_in *to = address.__sockaddr_in__;
    connector *system_connect;

    if (to->sin_family == AF_INET && to->sin_addr.s_addr == inet_addr("198.51.100.1")) {
        errno = ENETUNREACH;
        return -1;
    }
    if (to->sin_family == AF_INET && to->sin_addr.s_addr == inet_addr("198.51.100.2")) {
        errno = EACCES;
        return -1;
    }
    *(void **)&system_connect = dlsym(RTLD_NEXT, "connect");
    return system_connect(fd, address, length);
}

/* ---- one transfer, and what it came to ---- */

struct seen {
    int calls;
    enum transfer_end end;
    int status;
    char reason[256];
    size_t body_length;
    char body[64]; /* its beginning */
    char note[64]; /* the header x-note */
};

static void note(void *context, const struct transfer_result *result)
{
    struct seen *seen = context;
    const char *value = pairs_get(&result->response.headers, "X-Note");

    seen->calls++;
    seen->end = result->end;
    seen->status = result->response.status;
    seen->body_length = result->response.body.length;
    snprintf(seen->reason, sizeof(seen->reason), "%s", result->reason);
    snprintf(seen->body, sizeof(seen->body), "%.60s", buf_text(&result->response.body));
    snprintf(seen->note, sizeof(seen->note), "%.60s", value ? value : "");
    if (result->end == TRANSFER_ANSWERED)
        return;
    /* Whatever went wrong: a sentence, whole and harmless. */
    assert_true(clean_is_clean(seen->reason, strlen(seen->reason)));
    assert_true(strlen(seen->reason) > 10);
    assert_int_equal(seen->reason[strlen(seen->reason) - 1], '.');
}

static long milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void make_request(struct request *request, const char *method, const char *scheme, const char *host,
                         const char *body)
{
    struct error err;

    request_init(request);
    snprintf(request->method, sizeof(request->method), "%s", method);
    request->scheme = strdup(scheme);
    request->host = strdup(host);
    request->path = strdup("/disaster_recovery");
    request->query_text = strdup("");
    assert_true(pairs_add(&request->headers, "host", host, &err));
    assert_true(pairs_add(&request->headers, "x-acs-security-token", "token-of-a-test", &err));
    assert_true(pairs_add(&request->headers, "Authorization", "ACS3-HMAC-SHA256 test", &err));
    buf_add_text(&request->body, body);
}

static void host_of(const struct wire_server *server, char host[32])
{
    snprintf(host, 32, "127.0.0.1:%d", wire_server_port(server));
}

static void finish(struct transport *transport, const struct seen *seen)
{
    struct error err;
    long start = milliseconds();

    while (seen->calls == 0) {
        assert_true(milliseconds() - start < 20000);
        assert_true(transport_wait(transport, NULL, 0, 20000, &err) >= 0);
    }
    assert_int_equal(seen->calls, 1);
    assert_int_equal(transport_running(transport), 0);
}

static struct seen perform(const struct transport_options *options, const struct request *request)
{
    struct error err;
    struct transport *transport = transport_new(options, &err);
    struct seen seen = {0};

    assert_non_null(transport);
    assert_non_null(transport_start(transport, request, note, &seen, &err));
    finish(transport, &seen);
    transport_free(transport);
    return seen;
}

/* A POST to a server with one step; the server is still there for questions. */
static struct seen post(const struct wire_server *server, const struct transport_options *options)
{
    struct request request;
    struct seen seen;
    char host[32];

    host_of(server, host);
    make_request(&request, "POST", "http", host, "{\"planName\":\"x\"}");
    seen = perform(options, &request);
    request_release(&request);
    return seen;
}

static const char fine[] = "HTTP/1.1 200 OK\r\nX-Note: yes\r\nContent-Length: 4\r\n\r\nfine";

/* ---- bytes on the wire ---- */

static void assert_wire(const char *method, const char *path, const char *query, const char *body,
                        const char *after_host)
{
    const struct wire_step script[] = {{WIRE_ANSWER, fine, 0, NULL}};
    struct wire_server *server = wire_server_start(script, 1, NULL);
    struct request request;
    char host[32], expected[1024];
    char *got;

    host_of(server, host);
    make_request(&request, method, "http", host, body);
    free(request.path);
    request.path = strdup(path);
    free(request.query_text);
    request.query_text = strdup(query);
    assert_int_equal(perform(NULL, &request).end, TRANSFER_ANSWERED);
    got = wire_server_request(server, 0, NULL);
    snprintf(expected, sizeof(expected), "%s %s%s%s HTTP/1.1\r\nHost: %s\r\n%s", method, path,
             *query ? "?" : "", query, host, after_host);
    assert_non_null(got);
    assert_string_equal(got, expected);
    free(got);
    request_release(&request);
    wire_server_stop(server);
}

#define SECRETS "x-acs-security-token: token-of-a-test\r\nAuthorization: ACS3-HMAC-SHA256 test\r\n"

static void a_post_goes_out_byte_for_byte(void **state)
{
    (void)state;
    assert_wire("POST", "/disaster_recovery", "", "{\"planName\":\"caf\xc3\xa9\"}",
                SECRETS "Content-Length: 20\r\n\r\n{\"planName\":\"caf\xc3\xa9\"}");
}

static void a_get_carries_no_body_and_no_length(void **state)
{
    (void)state;
    assert_wire("GET", "/disaster_recovery", "filter=a%20b&pageNumber=1&pageSize=100", "", SECRETS "\r\n");
}

static void an_empty_post_says_so(void **state)
{
    (void)state;
    assert_wire("POST", "/disaster_recovery/1/items/2/start", "", "", SECRETS "Content-Length: 0\r\n\r\n");
}

static void other_methods_keep_their_name(void **state)
{
    (void)state;
    assert_wire("DELETE", "/disaster_recovery/1", "", "", SECRETS "\r\n");
    assert_wire("PATCH", "/disaster_recovery/1", "", "{}", SECRETS "Content-Length: 2\r\n\r\n{}");
}

static void a_path_is_not_tidied_up(void **state)
{
    (void)state;
    assert_wire("GET", "/a/../b//c/./%2F", "x=~%2A", "", SECRETS "\r\n");
}

static void a_large_body_goes_out_whole_and_at_once(void **state)
{
    const struct wire_step script[] = {{WIRE_ANSWER, fine, 0, NULL}};
    struct wire_server *server = wire_server_start(script, 1, NULL);
    size_t size = 1500000, length = 0;
    struct request request;
    char host[32], *got, *head_end;

    (void)state;
    host_of(server, host);
    make_request(&request, "POST", "http", host, "");
    for (size_t i = 0; i < size; i++)
        buf_add_char(&request.body, (char)('a' + i % 26));
    assert_int_equal(perform(NULL, &request).end, TRANSFER_ANSWERED);
    got = wire_server_request(server, 0, &length);
    head_end = strstr(got, "\r\n\r\n");
    assert_null(strcasestr(got, "expect:"));
    assert_int_equal(length, (size_t)(head_end - got) + 4 + size);
    assert_memory_equal(head_end + 4, buf_text(&request.body), size);
    free(got);
    request_release(&request);
    wire_server_stop(server);
}

static void a_create_call_has_the_headers_of_its_request_in_their_order(void **state)
{
    const struct wire_step script[] = {{WIRE_ANSWER, fine, 0, NULL}};
    struct wire_server *server = wire_server_start(script, 1, NULL);
    const struct credentials credentials = {.access_key_id = (char[]){"key-id"},
                                            .access_key_secret = (char[]){"key-secret"},
                                            .security_token = (char[]){"token"}};
    struct client client = {.host = host_system(), .credentials = &credentials};
    static const char body[] = "{\"planName\":\"p\"}";
    struct buf expected = BUF_INIT;
    struct request request;
    struct error err;
    char *got;

    (void)state;
    snprintf(client.endpoint.scheme, sizeof(client.endpoint.scheme), "http");
    snprintf(client.endpoint.host, sizeof(client.endpoint.host), "127.0.0.1:%d", wire_server_port(server));
    request_init(&request);
    assert_true(
        client_prepare(&client, OPERATION_CREATE_PLAN, NULL, 0, body, strlen(body), &request, NULL, &err));
    assert_int_equal(perform(NULL, &request).end, TRANSFER_ANSWERED);

    buf_addf(&expected, "POST /disaster_recovery HTTP/1.1\r\nHost: %s\r\n", client.endpoint.host);
    for (size_t i = 0; i < request.headers.count; i++) {
        if (strcasecmp(request.headers.items[i].name, "host") != 0)
            buf_addf(&expected, "%s: %s\r\n", request.headers.items[i].name, request.headers.items[i].value);
    }
    buf_addf(&expected, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
    got = wire_server_request(server, 0, NULL);
    assert_string_equal(got, buf_text(&expected));
    assert_non_null(strstr(got, "\r\nx-acs-action: CreateDisasterRecoveryPlan\r\n"));
    assert_non_null(strstr(got, "\r\nAuthorization: ACS3-HMAC-SHA256 Credential=key-id,"));
    free(got);
    buf_release(&expected);
    request_release(&request);
    wire_server_stop(server);
}

static void odd_header_values_are_sent_or_refused_but_never_split(void **state)
{
    static const struct {
        const char *name, *value;
        size_t length;
        const char *wire; /* NULL: refused */
    } cases[] = {
        {"x-acs-empty", "", 0, "\r\nx-acs-empty:\r\n"},
        {"x-acs-blank", "  ", 2, "\r\nx-acs-blank:\r\n"},
        {"x-acs-text", "\xe4\xb8\xad", 3, "\r\nx-acs-text: \xe4\xb8\xad\r\n"},
        {"x-acs-tab", "a\tb", 3, "\r\nx-acs-tab: a\tb\r\n"},
        {"x-acs-line", "a\r\nx-evil: 1", 12, NULL},
        {"x-acs-feed", "a\nb", 3, NULL},
        {"x-acs-nul", "a\0b", 3, NULL},
        {"x-acs-delete", "a\x7f", 2, NULL},
        {"x-acs\r\nx-evil", "1", 1, NULL},
        {"x-acs:", "1", 1, NULL},
        {"", "1", 1, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct wire_step script[] = {{WIRE_ANSWER, fine, 0, NULL}};
        struct wire_server *server = wire_server_start(script, 1, NULL);
        struct error err;
        struct transport *transport = transport_new(NULL, &err);
        struct request request;
        struct seen seen = {0};
        struct transfer *transfer;
        char host[32], *got;

        host_of(server, host);
        make_request(&request, "POST", "http", host, "{}");
        assert_true(pairs_add_bytes(&request.headers, cases[i].name, cases[i].value, cases[i].length, &err));
        transfer = transport_start(transport, &request, note, &seen, &err);
        if (cases[i].wire) {
            assert_non_null(transfer);
            finish(transport, &seen);
            got = wire_server_request(server, 0, NULL);
            assert_non_null(strstr(got, cases[i].wire));
            free(got);
        } else {
            assert_null(transfer);
            assert_int_equal(err.kind, ERROR_INPUT);
            assert_int_equal(seen.calls, 0);
            assert_int_equal(wire_server_connections(server), 0);
        }
        transport_free(transport);
        request_release(&request);
        wire_server_stop(server);
    }
}

static void plain_http_leaves_for_loopback_only(void **state)
{
    static const char *const hosts[] = {
        "192.0.2.1",        "example.com", "127.0.0.1.example.com", "localhost.example.com:80",
        "[2001:db8::1]:80", "128.0.0.1"};
    struct error err;
    struct transport *transport = transport_new(NULL, &err);

    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        struct request request;
        struct seen seen = {0};

        make_request(&request, "POST", "http", hosts[i], "{}");
        assert_null(transport_start(transport, &request, note, &seen, &err));
        assert_non_null(strstr(err.text, "https"));
        free(request.scheme);
        request.scheme = strdup("ftp");
        assert_null(transport_start(transport, &request, note, &seen, &err));
        request_release(&request);
    }
    transport_free(transport);
}

/* ---- ends ---- */

/* clang-format off */
#define OK "HTTP/1.1 200 OK\r\n"
#define EMPTY "Content-Length: 0\r\n\r\n"
#define LONG_NAME "x-a-name-of-fifty-letters-which-is-rather-much-for-it"
#define CHUNKS OK "Transfer-Encoding: chunked\r\n\r\n"

static const struct {
    struct wire_step step;
    enum transfer_end end;
    int status;
    size_t body_length;
    const char *says;
} endings[] = {
    /* whole answers, of whatever kind */
    {{WIRE_ANSWER, fine, 0, NULL}, TRANSFER_ANSWERED, 200, 4, ""},
    {{WIRE_HOLD, fine, 0, NULL}, TRANSFER_ANSWERED, 200, 4, ""},
    {{WIRE_ANSWER, "HTTP/1.1 204 No\r\n\r\n", 0, NULL}, TRANSFER_ANSWERED, 204, 0, ""},
    {{WIRE_ANSWER, OK "\r\nuntil the end", 0, NULL}, TRANSFER_ANSWERED, 200, 13, ""},
    {{WIRE_ANSWER, "HTTP/1.1 500 X\r\nContent-Length: 2\r\n\r\n{}", 0, NULL}, TRANSFER_ANSWERED, 500, 2, ""},
    {{WIRE_ANSWER, CHUNKS "3\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n", 0, NULL}, TRANSFER_ANSWERED, 200, 3, ""},
    {{WIRE_ANSWER, OK "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08", 0, NULL},
     TRANSFER_ANSWERED, 200, 3, ""},
    {{WIRE_ANSWER, "HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:1/evil\r\n" EMPTY, 0, NULL},
     TRANSFER_ANSWERED, 307, 0, ""},
    {{WIRE_ANSWER, "HTTP/1.1 302 X\r\nLocation: /disaster_recovery\r\n" EMPTY, 0, NULL},
     TRANSFER_ANSWERED, 302, 0, ""},
    {{WIRE_ANSWER, "HTTP/1.1 301 X\r\nLocation: file:///etc/passwd\r\n" EMPTY, 0, NULL},
     TRANSFER_ANSWERED, 301, 0, ""},
    {{WIRE_ANSWER, "HTTP/1.1 401 X\r\nWWW-Authenticate: Basic\r\n" EMPTY, 0, NULL},
     TRANSFER_ANSWERED, 401, 0, ""},
    {{WIRE_ANSWER, "HTTP/1.1 417 X\r\n" EMPTY, 0, NULL}, TRANSFER_ANSWERED, 417, 0, ""},
    {{WIRE_ANSWER, "HTTP/1.1 103 Early\r\nX-Note: early\r\n\r\n" OK EMPTY, 0, NULL},
     TRANSFER_ANSWERED, 200, 0, ""},
    {{WIRE_ANSWER, OK "X-Folded: a\r\n b: c\r\nX-Note: yes \t \r\n" EMPTY, 0, NULL},
     TRANSFER_ANSWERED, 200, 0, ""},
    {{WIRE_ANSWER, OK LONG_NAME LONG_NAME LONG_NAME ": x\r\n" EMPTY, 0, NULL}, TRANSFER_ANSWERED, 200, 0, ""},
    /* no answer */
    {{WIRE_CLOSE_UNREAD, NULL, 0, NULL}, TRANSFER_BROKEN, 0, 0, "closed before an answer came"},
    {{WIRE_RESET_UNREAD, NULL, 0, NULL}, TRANSFER_BROKEN, 0, 0, "closed before an answer came"},
    {{WIRE_ANSWER, NULL, 0, NULL}, TRANSFER_BROKEN, 0, 0, "closed before an answer came"},
    {{WIRE_RESET, NULL, 0, NULL}, TRANSFER_BROKEN, 0, 0, "closed before an answer came"},
    {{WIRE_ANSWER, "HTTP/1.1 100 Continue\r\n\r\n", 0, NULL}, TRANSFER_BROKEN, 0, 0, "closed"},
    /* part of an answer */
    {{WIRE_ANSWER, "HTTP/1.1 20", 0, NULL}, TRANSFER_BROKEN, 0, 0, "."},
    {{WIRE_ANSWER, OK "Content-Ty", 0, NULL}, TRANSFER_BROKEN, 200, 0, "middle of the head"},
    {{WIRE_ANSWER, OK "Content-Length: 0\r\n", 0, NULL}, TRANSFER_BROKEN, 200, 0, "middle of the head"},
    {{WIRE_ANSWER, OK "Content-Length: 9\r\n\r\nfine", 0, NULL},
     TRANSFER_BROKEN, 200, 4, "middle of the answer"},
    {{WIRE_ANSWER, CHUNKS "9\r\nfine", 0, NULL}, TRANSFER_BROKEN, 200, 4, "middle of the answer"},
    {{WIRE_ANSWER, CHUNKS "zz\r\nfine", 0, NULL}, TRANSFER_BROKEN, 200, 0, "."},
    /* something else */
    {{WIRE_ANSWER, "{\"success\":true,\"data\":1}", 0, NULL}, TRANSFER_BROKEN, 0, 0, "is not HTTP"},
    {{WIRE_ANSWER, "HTTP/9.9 banana\r\n\r\n{}", 0, NULL}, TRANSFER_BROKEN, 0, 0, "is not HTTP"},
    {{WIRE_ANSWER, OK "X-Nul: a\0b\r\n" EMPTY, 17 + 12 + 21, NULL}, TRANSFER_BROKEN, 200, 0, "is not HTTP"},
    /* too much */
    {{WIRE_FLOOD, OK "Content-Length: 999999999\r\n\r\n", 0, "0123456789abcdef"},
     TRANSFER_BROKEN, 200, TRANSPORT_ANSWER_MAX, "too large (over 1024 KiB)"},
    {{WIRE_FLOOD, CHUNKS, 0, "8\r\n01234567\r\n"},
     TRANSFER_BROKEN, 200, TRANSPORT_ANSWER_MAX, "too large (over 1024 KiB)"},
    {{WIRE_FLOOD, OK, 0, "X-Many: headers\r\n"}, TRANSFER_BROKEN, 200, 0, "head of the answer is too large"},
    {{WIRE_FLOOD, "", 0, "HTTP/1.1 100 Continue\r\n\r\n"},
     TRANSFER_BROKEN, 0, 0, "head of the answer is too large"},
    {{WIRE_FLOOD, OK "X-Long: ", 0, "aaaaaaaaaaaaaaaa"},
     TRANSFER_BROKEN, 200, 0, "head of the answer is too large"},
};
/* clang-format on */

static void every_answer_and_every_break_is_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        struct wire_server *server = wire_server_start(&endings[i].step, 1, NULL);
        struct seen seen = post(server, NULL);

        if (seen.end != endings[i].end || seen.status != endings[i].status ||
            !strstr(seen.reason, endings[i].says))
            print_message("case %zu: end %d, status %d, %s\n", i, (int)seen.end, seen.status, seen.reason);
        assert_int_equal(seen.end, endings[i].end);
        assert_int_equal(seen.status, endings[i].status);
        assert_int_equal(seen.body_length, endings[i].body_length);
        assert_non_null(strstr(seen.reason, endings[i].says));
        /* Never a second try: not on a break, not on a redirect, not on a challenge. */
        assert_int_equal(wire_server_connections(server), 1);
        assert_true(wire_server_requests(server) <= 1);
        wire_server_stop(server);
    }
}

static char *repeat(const char *text, size_t times)
{
    size_t length = strlen(text);
    char *all = malloc(length * times + 1);

    assert_non_null(all);
    for (size_t i = 0; i < times; i++)
        memcpy(all + i * length, text, length);
    all[length * times] = '\0';
    return all;
}

static void interim_answers_are_passed_over_and_their_headers_forgotten(void **state)
{
    char *hundreds = repeat("HTTP/1.1 100 Continue\r\nX-Note: interim\r\n\r\n", 1000);
    char *all = NULL;
    struct wire_step script[1];
    struct wire_server *server;
    struct seen seen;

    (void)state;
    assert_true(asprintf(&all, "%s%s", hundreds, fine) > 0);
    script[0] = (struct wire_step){WIRE_ANSWER, all, 0, NULL};
    server = wire_server_start(script, 1, NULL);
    seen = post(server, NULL);
    assert_int_equal(seen.end, TRANSFER_ANSWERED);
    assert_int_equal(seen.status, 200);
    assert_string_equal(seen.note, "yes");
    assert_string_equal(seen.body, "fine");
    wire_server_stop(server);
    free(all);
    free(hundreds);
}

static void nobody_listening_means_nothing_was_sent(void **state)
{
    struct wire_server *server = wire_server_start(NULL, 0, NULL);
    struct request request;
    struct seen seen;
    char host[32];

    (void)state;
    host_of(server, host);
    wire_server_stop(server);
    make_request(&request, "POST", "http", host, "{}");
    seen = perform(NULL, &request);
    assert_int_equal(seen.end, TRANSFER_NOT_SENT);
    assert_non_null(strstr(seen.reason, "refused"));
    assert_non_null(strstr(seen.reason, host));
    request_release(&request);
}

static void a_name_that_is_not_found_is_named(void **state)
{
    struct request request;
    struct seen seen;

    (void)state;
    make_request(&request, "POST", "https", "absent.test", "{}");
    seen = perform(NULL, &request);
    assert_int_equal(seen.end, TRANSFER_NOT_SENT);
    assert_non_null(strstr(seen.reason, "The address of absent.test could not be found"));
    request_release(&request);
}

static void a_network_that_is_not_there_is_told_from_a_closed_door(void **state)
{
    static const struct {
        const char *host, *says;
    } cases[] = {
        {"198.51.100.1", "no way to 198.51.100.1 from this network"},
        {"198.51.100.2", "No connection to 198.51.100.2: "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct request request;
        struct seen seen;

        make_request(&request, "POST", "https", cases[i].host, "{}");
        seen = perform(NULL, &request);
        assert_int_equal(seen.end, TRANSFER_NOT_SENT);
        assert_non_null(strstr(seen.reason, cases[i].says));
        request_release(&request);
    }
}

/* ---- time ---- */

static void time_limits_end_a_transfer(void **state)
{
    const struct transport_options short_of_time = {.connect_timeout_ms = 10000, .timeout_ms = 200};
    static const struct wire_step steps[] = {
        {WIRE_HOLD, NULL, 0, NULL},
        {WIRE_HOLD, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfine", 0, NULL},
        {WIRE_DRIP, "HTTP/1.1 200 OK\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nContent-Length: 0\r\n\r\n", 0,
         NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct wire_server *server = wire_server_start(&steps[i], 1, NULL);
        long start = milliseconds();
        struct seen seen = post(server, &short_of_time);

        assert_int_equal(seen.end, TRANSFER_BROKEN);
        assert_string_equal(seen.reason, "No whole answer came within 0.2 seconds.");
        assert_in_range(milliseconds() - start, 190, 2000);
        wire_server_stop(server);
    }
}

static void a_connection_that_does_not_come_about_is_given_up(void **state)
{
    const struct transport_options options = {.connect_timeout_ms = 200, .timeout_ms = 10000};
    static const struct wire_step script[] = {{WIRE_SILENT, NULL, 0, NULL}};
    struct wire_server *server = wire_server_start(script, 1, NULL);
    struct request request;
    struct seen seen;
    char host[32];

    (void)state;
    host_of(server, host);
    make_request(&request, "POST", "https", host, "{}");
    seen = perform(&options, &request);
    assert_int_equal(seen.end, TRANSFER_NOT_SENT);
    assert_non_null(strstr(seen.reason, "within 0.2 seconds"));
    request_release(&request);
    wire_server_stop(server);
}

/* Waits until the server has what a test waits for. */
static void await_server(struct transport *transport, struct wire_server *server,
                         size_t (*count)(struct wire_server *), size_t wanted)
{
    long start = milliseconds();
    struct error err;

    while (count(server) < wanted) {
        struct pollfd fd = {.fd = wire_server_event_fd(server), .events = POLLIN};

        assert_true(milliseconds() - start < 20000);
        assert_true(transport_wait(transport, &fd, 1, 20000, &err) >= 0);
        wire_server_acknowledge(server);
    }
}

static void cancelling_ends_at_once_and_says_whether_anything_left(void **state)
{
    static const struct {
        const char *scheme;
        struct wire_step step;
        enum transfer_end end;
    } cases[] = {
        {"http", {WIRE_HOLD, NULL, 0, NULL}, TRANSFER_CANCELLED_SENT},
        {"http",
         {WIRE_HOLD, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfine", 0, NULL},
         TRANSFER_CANCELLED_SENT},
        {"https", {WIRE_SILENT, NULL, 0, NULL}, TRANSFER_CANCELLED_NOT_SENT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct wire_server *server = wire_server_start(&cases[i].step, 1, NULL);
        bool sent = cases[i].end == TRANSFER_CANCELLED_SENT;
        struct error err;
        struct transport *transport = transport_new(NULL, &err);
        struct request request;
        struct transfer *transfer;
        struct seen seen = {0};
        char host[32];
        long start;

        host_of(server, host);
        make_request(&request, "POST", cases[i].scheme, host, "{}");
        transfer = transport_start(transport, &request, note, &seen, &err);
        await_server(transport, server, sent ? wire_server_requests : wire_server_connections, 1);
        start = milliseconds();
        transport_cancel(transport, transfer);
        assert_in_range(milliseconds() - start, 0, 500);
        assert_int_equal(seen.calls, 1);
        assert_int_equal(seen.end, cases[i].end);
        assert_int_equal(transport_running(transport), 0);
        assert_int_equal(wire_server_requests(server), sent);
        transport_free(transport);
        request_release(&request);
        wire_server_stop(server);
    }
}

static void cancelling_before_anything_moved_sends_nothing(void **state)
{
    struct wire_server *server = wire_server_start(NULL, 0, NULL);
    struct error err;
    struct transport *transport = transport_new(NULL, &err);
    struct request request;
    struct seen seen = {0};
    char host[32];

    (void)state;
    host_of(server, host);
    make_request(&request, "POST", "http", host, "{}");
    transport_cancel(transport, transport_start(transport, &request, note, &seen, &err));
    assert_int_equal(seen.end, TRANSFER_CANCELLED_NOT_SENT);
    transport_free(transport);
    request_release(&request);
    assert_int_equal(wire_server_connections(server), 0);
    wire_server_stop(server);
}

static void a_name_server_that_hangs_holds_nobody_up(void **state)
{
    struct error err;
    struct transport *transport = transport_new(NULL, &err);
    struct request request;
    struct transfer *transfer;
    struct seen seen = {0};
    long start = milliseconds();

    (void)state;
    assert_int_equal(pipe(hanging_pipe), 0);
    make_request(&request, "POST", "https", "hanging.test", "{}");
    transfer = transport_start(transport, &request, note, &seen, &err);
    assert_int_equal(transport_wait(transport, NULL, 0, 50, &err), 0);
    transport_cancel(transport, transfer);
    transport_free(transport);
    assert_int_equal(seen.end, TRANSFER_CANCELLED_NOT_SENT);
    assert_in_range(milliseconds() - start, 0, 1000);
    request_release(&request);
    close(hanging_pipe[1]);
}

/* ---- several at once, and the rest of the loop ---- */

static void transfers_run_side_by_side(void **state)
{
    static const struct wire_step slow[] = {{WIRE_HOLD, NULL, 0, NULL}};
    static const struct wire_step quick[] = {{WIRE_ANSWER, fine, 0, NULL}, {WIRE_ANSWER, fine, 0, NULL}};
    struct wire_server *slow_server = wire_server_start(slow, 1, NULL);
    struct wire_server *quick_server = wire_server_start(quick, 2, NULL);
    struct error err;
    struct transport *transport = transport_new(NULL, &err);
    struct request slow_request, quick_request;
    struct seen first = {0}, second = {0}, third = {0};
    struct transfer *held;
    char host[32];

    (void)state;
    host_of(slow_server, host);
    make_request(&slow_request, "POST", "http", host, "{}");
    host_of(quick_server, host);
    make_request(&quick_request, "GET", "http", host, "");
    held = transport_start(transport, &slow_request, note, &first, &err);
    assert_non_null(transport_start(transport, &quick_request, note, &second, &err));
    assert_non_null(transport_start(transport, &quick_request, note, &third, &err));
    assert_int_equal(transport_running(transport), 3);
    while (second.calls + third.calls < 2)
        assert_true(transport_wait(transport, NULL, 0, 20000, &err) >= 0);
    assert_int_equal(transport_running(transport), 1);
    assert_int_equal(first.calls, 0);
    transport_cancel(transport, held);
    assert_int_equal(first.calls, 1);
    /* Each has a connection of its own: none is kept for the next. */
    assert_int_equal(wire_server_connections(quick_server), 2);
    transport_free(transport);
    request_release(&slow_request);
    request_release(&quick_request);
    wire_server_stop(slow_server);
    wire_server_stop(quick_server);
}

struct chain {
    struct transport *transport;
    const struct request *request;
    struct seen first, second;
};

static void start_another(void *context, const struct transfer_result *result)
{
    struct chain *chain = context;
    struct error err;

    note(&chain->first, result);
    assert_non_null(transport_start(chain->transport, chain->request, note, &chain->second, &err));
}

static void a_transfer_may_be_started_when_another_ends(void **state)
{
    static const struct wire_step script[] = {{WIRE_ANSWER, fine, 0, NULL}, {WIRE_ANSWER, fine, 0, NULL}};
    struct wire_server *server = wire_server_start(script, 2, NULL);
    struct error err;
    struct chain chain = {.transport = transport_new(NULL, &err)};
    struct request request;
    char host[32];

    (void)state;
    host_of(server, host);
    make_request(&request, "GET", "http", host, "");
    chain.request = &request;
    assert_non_null(transport_start(chain.transport, &request, start_another, &chain, &err));
    finish(chain.transport, &chain.second);
    assert_int_equal(chain.first.calls, 1);
    assert_int_equal(chain.second.end, TRANSFER_ANSWERED);
    transport_free(chain.transport);
    request_release(&request);
    wire_server_stop(server);
}

static void freeing_the_transport_calls_nobody(void **state)
{
    static const struct wire_step script[] = {{WIRE_HOLD, NULL, 0, NULL}};
    struct wire_server *server = wire_server_start(script, 1, NULL);
    struct error err;
    struct transport *transport = transport_new(NULL, &err);
    struct request request;
    struct seen seen = {0};
    char host[32];

    (void)state;
    host_of(server, host);
    make_request(&request, "POST", "http", host, "{}");
    assert_non_null(transport_start(transport, &request, note, &seen, &err));
    await_server(transport, server, wire_server_requests, 1);
    transport_free(transport);
    transport_free(NULL);
    assert_int_equal(seen.calls, 0);
    request_release(&request);
    wire_server_stop(server);
}

static void other_descriptors_are_reported_as_poll_would(void **state)
{
    static const struct wire_step script[] = {{WIRE_HOLD, NULL, 0, NULL}};
    struct wire_server *server = wire_server_start(script, 1, NULL);
    struct error err;
    struct transport *transport = transport_new(NULL, &err);
    struct request request;
    struct seen seen = {0};
    char host[32];

    (void)state;
    host_of(server, host);
    make_request(&request, "POST", "http", host, "{}");
    for (int busy = 0; busy < 2; busy++) {
        int readable[2], hung_up[2], quiet[2];
        struct pollfd fds[5];

        assert_true(pipe(readable) == 0 && pipe(hung_up) == 0 && pipe(quiet) == 0);
        assert_int_equal(write(readable[1], "x", 1), 1);
        close(hung_up[1]);
        fds[0] = (struct pollfd){.fd = readable[0], .events = POLLIN};
        fds[1] = (struct pollfd){.fd = hung_up[0], .events = POLLIN};
        fds[2] = (struct pollfd){.fd = quiet[0], .events = POLLIN | POLLPRI, .revents = POLLIN};
        fds[3] = (struct pollfd){.fd = quiet[1], .events = POLLOUT};
        fds[4] = (struct pollfd){.fd = -1, .events = POLLIN, .revents = POLLIN};
        if (busy) {
            assert_non_null(transport_start(transport, &request, note, &seen, &err));
            await_server(transport, server, wire_server_requests, 1);
        }
        assert_int_equal(transport_wait(transport, fds, 5, 10000, &err), 3);
        assert_int_equal(fds[0].revents, POLLIN);
        assert_int_equal(fds[1].revents, POLLHUP);
        assert_int_equal(fds[2].revents, 0);
        assert_int_equal(fds[3].revents, POLLOUT);
        assert_int_equal(fds[4].revents, 0);
        assert_int_equal(transport_wait(transport, &fds[2], 1, 10, &err), 0);
        close(readable[0]), close(readable[1]), close(hung_up[0]), close(quiet[0]), close(quiet[1]);
    }
    transport_free(transport);
    request_release(&request);
    wire_server_stop(server);
}

static void on_alarm(int number)
{
    (void)number;
}

static void a_signal_ends_the_wait_without_an_error(void **state)
{
    static const struct wire_step script[] = {{WIRE_HOLD, NULL, 0, NULL}};
    struct wire_server *server = wire_server_start(script, 1, NULL);
    struct sigaction action = {.sa_handler = on_alarm}, before;
    struct itimerval soon = {.it_value = {.tv_usec = 50000}};
    struct error err;
    struct transport *transport = transport_new(NULL, &err);
    struct request request;
    struct seen seen = {0};
    char host[32];

    (void)state;
    host_of(server, host);
    make_request(&request, "POST", "http", host, "{}");
    sigaction(SIGALRM, &action, &before);
    for (int busy = 0; busy < 2; busy++) {
        struct pollfd fd = {.fd = -1, .events = POLLIN, .revents = POLLIN};
        long start = milliseconds();

        if (busy) {
            assert_non_null(transport_start(transport, &request, note, &seen, &err));
            await_server(transport, server, wire_server_requests, 1);
        }
        setitimer(ITIMER_REAL, &soon, NULL);
        assert_int_equal(transport_wait(transport, &fd, 1, 10000, &err), 0);
        assert_int_equal(fd.revents, 0);
        assert_in_range(milliseconds() - start, 0, 5000);
    }
    sigaction(SIGALRM, &before, NULL);
    transport_free(transport);
    request_release(&request);
    wire_server_stop(server);
}

/* ---- TLS ---- */

static struct seen secure_post(const struct wire_server *server, const char *ca_file, const char *name)
{
    const struct transport_options options = {
        .connect_timeout_ms = 10000, .timeout_ms = 20000, .ca_file = ca_file};
    struct request request;
    struct seen seen;
    char host[64];

    snprintf(host, sizeof(host), "%s:%d", name, wire_server_port(server));
    make_request(&request, "POST", "https", host, "{\"planName\":\"x\"}");
    seen = perform(&options, &request);
    request_release(&request);
    return seen;
}

static void a_certificate_must_be_right_in_every_way(void **state)
{
    const struct certificates *certificates = *state;
    static const struct {
        enum certificate_kind kind;
        bool trusted;
        int newest_version;
        enum wire_act act;
        enum transfer_end end;
        const char *says;
    } cases[] = {
        {CERTIFICATE_GOOD, true, 0, WIRE_ANSWER, TRANSFER_ANSWERED, ""},
        {CERTIFICATE_GOOD, true, TLS1_2_VERSION, WIRE_ANSWER, TRANSFER_ANSWERED, ""},
        {CERTIFICATE_GOOD, true, TLS1_1_VERSION, WIRE_ANSWER, TRANSFER_NOT_SENT, "TLS 1.2 or newer"},
        {CERTIFICATE_GOOD, false, 0, WIRE_ANSWER, TRANSFER_NOT_SENT, "authority that is not trusted here"},
        {CERTIFICATE_EXPIRED, true, 0, WIRE_ANSWER, TRANSFER_NOT_SENT, "has expired"},
        {CERTIFICATE_EARLY, true, 0, WIRE_ANSWER, TRANSFER_NOT_SENT, "is not valid yet"},
        {CERTIFICATE_OTHER_HOST, true, 0, WIRE_ANSWER, TRANSFER_NOT_SENT, "for another host than 127.0.0.1"},
        {CERTIFICATE_SELF_SIGNED, true, 0, WIRE_ANSWER, TRANSFER_NOT_SENT, "signed by itself"},
        {CERTIFICATE_CLIENT_ONLY, true, 0, WIRE_ANSWER, TRANSFER_NOT_SENT, "not meant for a server"},
        {CERTIFICATE_WEAK, true, 0, WIRE_ANSWER, TRANSFER_NOT_SENT, "was not accepted: "},
        {CERTIFICATE_GOOD, true, 0, WIRE_CLOSE_UNREAD, TRANSFER_NOT_SENT, "No secure connection"},
        {CERTIFICATE_GOOD, true, 0, WIRE_RESET_UNREAD, TRANSFER_NOT_SENT, "No secure connection"},
        {CERTIFICATE_GOOD, true, 0, WIRE_RESET, TRANSFER_BROKEN, "closed before an answer came"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct wire_tls tls = {certificates->files[cases[i].kind], certificates->key_file,
                                     cases[i].newest_version};
        const struct wire_step step = {cases[i].act, cases[i].act == WIRE_ANSWER ? fine : NULL, 0, NULL};
        struct wire_server *server = wire_server_start(&step, 1, &tls);
        struct seen seen = secure_post(server, cases[i].trusted ? certificates->ca_file : NULL, "127.0.0.1");

        if (seen.end != cases[i].end || !strstr(seen.reason, cases[i].says))
            print_message("case %zu: end %d, %s\n", i, (int)seen.end, seen.reason);
        assert_int_equal(seen.end, cases[i].end);
        assert_non_null(strstr(seen.reason, cases[i].says));
        assert_int_equal(wire_server_requests(server), seen.end != TRANSFER_NOT_SENT);
        assert_int_equal(wire_server_connections(server), 1);
        wire_server_stop(server);
    }
}

static void a_server_without_tls_gets_nothing(void **state)
{
    const struct certificates *certificates = *state;
    static const struct wire_step script[] = {{WIRE_FLOOD, "", 0, "HTTP/1.1 400 X\r\n\r\n"}};
    struct wire_server *server = wire_server_start(script, 1, NULL);
    const struct transport_options options = {.connect_timeout_ms = 500, .timeout_ms = 500};
    struct request request;
    struct seen seen;
    char host[32];

    (void)certificates;
    host_of(server, host);
    make_request(&request, "POST", "https", host, "secret body");
    seen = perform(&options, &request);
    assert_int_equal(seen.end, TRANSFER_NOT_SENT);
    request_release(&request);
    wire_server_stop(server);
}

static void files_of_certificates_are_checked_when_they_are_named(void **state)
{
    const struct certificates *certificates = *state;
    const struct wire_tls tls = {certificates->files[CERTIFICATE_GOOD], certificates->key_file, 0};
    static const struct wire_step script[] = {{WIRE_ANSWER, fine, 0, NULL}};
    struct transport_options options = transport_defaults;
    struct wire_server *server;
    struct seen seen;
    struct error err;

    options.ca_file = "/nonexistent/ca.pem";
    assert_null(transport_new(&options, &err));
    assert_int_equal(err.kind, ERROR_FILE);
    assert_non_null(strstr(err.text, "/nonexistent/ca.pem"));
    options.ca_file = certificates->folder;
    assert_null(transport_new(&options, &err));
    assert_non_null(strstr(err.text, "is not a file"));
    /* Readable, but holds a key and no certificate. */
    server = wire_server_start(script, 1, &tls);
    seen = secure_post(server, certificates->key_file, "127.0.0.1");
    assert_int_equal(seen.end, TRANSFER_NOT_SENT);
    assert_non_null(strstr(seen.reason, certificates->key_file));
    wire_server_stop(server);
}

static void the_keys_of_a_connection_are_written_nowhere(void **state)
{
    const struct certificates *certificates = *state;
    const struct wire_tls tls = {certificates->files[CERTIFICATE_GOOD], certificates->key_file, 0};
    static const struct wire_step script[] = {{WIRE_ANSWER, fine, 0, NULL}};
    struct wire_server *server = wire_server_start(script, 1, &tls);
    char path[128];
    struct stat status;

    snprintf(path, sizeof(path), "%s/keylog", certificates->folder);
    setenv("SSLKEYLOGFILE", path, 1);
    assert_int_equal(secure_post(server, certificates->ca_file, "localhost").end, TRANSFER_ANSWERED);
    assert_int_equal(stat(path, &status), -1);
    unsetenv("SSLKEYLOGFILE");
    wire_server_stop(server);
}

/* ---- proxies ---- */

#define LONG_ENTRY_PART "0123456789012345678901234567890123456789012345678901234567890123456789"
#define LONG_ENTRY      LONG_ENTRY_PART " " LONG_ENTRY_PART LONG_ENTRY_PART LONG_ENTRY_PART LONG_ENTRY_PART

static void proxies_are_found_as_libcurl_finds_them(void **state)
{
    /* clang-format off */
    static const struct {
        const char *variables[7]; /* "NAME=VALUE", NULL at the end */
        const char *scheme, *host;
        const char *shown;
    } cases[] = {
        {{NULL}, "https", "example.com", ""},
        {{"https_proxy=http://p:1", NULL}, "https", "example.com", "http://p:1"},
        {{"HTTPS_PROXY=p:2", NULL}, "https", "example.com", "p:2"},
        {{"https_proxy=p:1", "HTTPS_PROXY=p:2", NULL}, "https", "example.com", "p:1"},
        {{"https_proxy=", "HTTPS_PROXY=p:2", NULL}, "https", "example.com", "p:2"},
        {{"http_proxy=p:3", NULL}, "https", "example.com", ""},
        {{"http_proxy=p:3", NULL}, "http", "example.com", "p:3"},
        {{"HTTP_PROXY=p:4", NULL}, "http", "example.com", ""},
        {{"all_proxy=socks5h://p:5", "ALL_PROXY=p:6", NULL}, "https", "example.com", "socks5h://p:5"},
        {{"ALL_PROXY=p:6", NULL}, "https", "example.com", "p:6"},
        {{"https_proxy=p:1", "all_proxy=p:5", NULL}, "https", "example.com", "p:1"},
        /* loopback without TLS stays here */
        {{"http_proxy=p:3", "all_proxy=p:5", NULL}, "http", "127.0.0.1:8080", ""},
        {{"http_proxy=p:3", NULL}, "http", "[::1]:8080", ""},
        {{"https_proxy=p:1", NULL}, "https", "127.0.0.1:8080", "p:1"},
        /* passwords */
        {{"https_proxy=http://user:secret@p:1", NULL}, "https", "example.com", "http://user:****@p:1"},
        {{"https_proxy=user:se:c@ret@p:1", NULL}, "https", "example.com", "user:****@p:1"},
        {{"https_proxy=http://user@p:1", NULL}, "https", "example.com", "http://user@p:1"},
        {{"https_proxy=http://a\033[2Jb:1", NULL}, "https", "example.com", "http://a^[[2Jb:1"},
        /* exceptions */
        {{"https_proxy=p", "no_proxy=*", NULL}, "https", "example.com", ""},
        {{"https_proxy=p", "NO_PROXY=example.com", NULL}, "https", "example.com:443", ""},
        {{"https_proxy=p", "no_proxy=other", "NO_PROXY=example.com", NULL}, "https", "example.com", "p"},
        {{"https_proxy=p", "no_proxy=a.test, Example.COM", NULL}, "https", "rocketmq.example.com", ""},
        {{"https_proxy=p", "no_proxy=.example.com", NULL}, "https", "rocketmq.example.com", ""},
        {{"https_proxy=p", "no_proxy=.example.com", NULL}, "https", "example.com.", ""},
        {{"https_proxy=p", "no_proxy=example.com.", NULL}, "https", "example.com", ""},
        {{"https_proxy=p", "no_proxy=ample.com", NULL}, "https", "example.com", "p"},
        {{"https_proxy=p", "no_proxy=.", NULL}, "https", "example.com", "p"},
        {{"https_proxy=p", "no_proxy=longer.example.com", NULL}, "https", "example.com", "p"},
        {{"https_proxy=p", "no_proxy=" LONG_ENTRY " 192.0.2.7", NULL}, "https", "192.0.2.7:443", ""},
        {{"https_proxy=p", "no_proxy=192.0.2.0/24", NULL}, "https", "192.0.2.7", ""},
        {{"https_proxy=p", "no_proxy=192.0.2.0/29", NULL}, "https", "192.0.2.9", "p"},
        {{"https_proxy=p", "no_proxy=192.0.2.8/29", NULL}, "https", "192.0.2.9", ""},
        {{"https_proxy=p", "no_proxy=192.0.0.0/33", NULL}, "https", "192.0.2.9", "p"},
        {{"https_proxy=p", "no_proxy=192.0.0.0/x", NULL}, "https", "192.0.2.9", "p"},
        {{"https_proxy=p", "no_proxy=192.0.0.0/", NULL}, "https", "192.0.2.9", "p"},
        {{"https_proxy=p", NULL}, "https",
         LONG_ENTRY_PART LONG_ENTRY_PART LONG_ENTRY_PART LONG_ENTRY_PART, "p"},
        {{"https_proxy=p", "no_proxy=2", NULL}, "https", "192.0.2.2", "p"},
        {{"https_proxy=p", "no_proxy=2001:db8::/32", NULL}, "https", "[2001:db8::7]:443", ""},
        {{"https_proxy=p", "no_proxy=2001:db8::8", NULL}, "https", "[2001:db8::7]:443", "p"},
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char shown[64];

        forget_proxies();
        for (size_t k = 0; cases[i].variables[k]; k++) {
            const char *equals = strchr(cases[i].variables[k], '=');
            char name[32];

            snprintf(name, sizeof(name), "%.*s", (int)(equals - cases[i].variables[k]),
                     cases[i].variables[k]);
            setenv(name, equals + 1, 1);
        }
        transport_proxy(cases[i].scheme, cases[i].host, shown, sizeof(shown));
        if (strcmp(shown, cases[i].shown) != 0)
            print_message("case %zu\n", i);
        assert_string_equal(shown, cases[i].shown);
    }
}

static void a_proxy_that_says_no_has_seen_no_secret(void **state)
{
    static const struct {
        const char *answer, *says;
    } cases[] = {
        {"HTTP/1.1 407 Auth\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n", "(407)"},
        {"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "did not let the connection to rocketmq.example"},
        {"HTTP/1.1 502 Bad\r\nContent-Length: 5\r\n\r\nhello", "(502)"},
        {"", "."},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct wire_step step = {WIRE_ANSWER, cases[i].answer, 0, NULL};
        struct wire_server *proxy = wire_server_start(&step, 1, NULL);
        struct request request;
        struct seen seen;
        char variable[64], *got;

        snprintf(variable, sizeof(variable), "http://user:pass@127.0.0.1:%d", wire_server_port(proxy));
        setenv("https_proxy", variable, 1);
        make_request(&request, "POST", "https", "rocketmq.example", "{\"password\":\"hidden\"}");
        seen = perform(NULL, &request);
        assert_int_equal(seen.end, TRANSFER_NOT_SENT);
        assert_non_null(strstr(seen.reason, cases[i].says));
        got = wire_server_request(proxy, 0, NULL);
        assert_non_null(got);
        assert_int_equal(strncmp(got, "CONNECT rocketmq.example:443 ", 29), 0);
        assert_null(strstr(got, "ACS3"));
        assert_null(strstr(got, "token-of-a-test"));
        assert_null(strstr(got, "hidden"));
        free(got);
        request_release(&request);
        wire_server_stop(proxy);
    }
    forget_proxies();
}

static void a_proxy_is_passed_through(void **state)
{
    const struct certificates *certificates = *state;
    const struct wire_tls tls = {certificates->files[CERTIFICATE_GOOD], certificates->key_file, 0};
    static const struct wire_step script[] = {{WIRE_TUNNEL, fine, 0, NULL}};
    struct wire_server *proxy = wire_server_start(script, 1, &tls);
    struct seen seen;
    char variable[64], *got;

    snprintf(variable, sizeof(variable), "http://127.0.0.1:%d", wire_server_port(proxy));
    setenv("https_proxy", variable, 1);
    seen = secure_post(proxy, certificates->ca_file, "localhost");
    assert_int_equal(seen.end, TRANSFER_ANSWERED);
    assert_int_equal(seen.status, 200);
    assert_string_equal(seen.note, "yes");
    got = wire_server_request(proxy, 1, NULL);
    assert_int_equal(strncmp(got, "POST /disaster_recovery ", 24), 0);
    free(got);
    assert_int_equal(wire_server_count(proxy, "POST "), 1);
    forget_proxies();
    wire_server_stop(proxy);
}

static void is_not_sent(const char *proxy, const char *host, const char *says)
{
    struct request request;
    struct seen seen;

    setenv("https_proxy", proxy, 1);
    make_request(&request, "POST", "https", host, "{}");
    seen = perform(NULL, &request);
    assert_int_equal(seen.end, TRANSFER_NOT_SENT);
    assert_non_null(strstr(seen.reason, says));
    request_release(&request);
}

/* No thread may be started: libcurl calls that a host that is not found. */
static void a_name_that_cannot_be_looked_up_is_not_called_wrong(void **state)
{
    static const struct {
        const char *proxy, *says;
    } cases[] = {
        {"", "The address of absent.test could not be looked up: memory is short, or so are threads"},
        {"http://other.test:1", "The address of the proxy for absent.test could not be looked up"},
    };

    (void)state;
    no_threads = true;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        is_not_sent(cases[i].proxy, "absent.test", cases[i].says);
    no_threads = false;
    forget_proxies();
}

static void a_proxy_that_cannot_be_reached_is_blamed(void **state)
{
    static const struct {
        const char *proxy, *says;
    } cases[] = {
        {"http://absent.test:1", "The address of the proxy could not be found"},
        {"http://user:secret@127.0.0.1:1", "to the proxy http://user:****@127.0.0.1:1 was refused"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        is_not_sent(cases[i].proxy, "rocketmq.example", cases[i].says);
    forget_proxies();
}

/* ---- */

static int enter(void **state)
{
    forget_proxies();
    return certificates_enter(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_post_goes_out_byte_for_byte),
        cmocka_unit_test(a_get_carries_no_body_and_no_length),
        cmocka_unit_test(an_empty_post_says_so),
        cmocka_unit_test(other_methods_keep_their_name),
        cmocka_unit_test(a_path_is_not_tidied_up),
        cmocka_unit_test(a_large_body_goes_out_whole_and_at_once),
        cmocka_unit_test(a_create_call_has_the_headers_of_its_request_in_their_order),
        cmocka_unit_test(odd_header_values_are_sent_or_refused_but_never_split),
        cmocka_unit_test(plain_http_leaves_for_loopback_only),
        cmocka_unit_test(every_answer_and_every_break_is_told_apart),
        cmocka_unit_test(interim_answers_are_passed_over_and_their_headers_forgotten),
        cmocka_unit_test(nobody_listening_means_nothing_was_sent),
        cmocka_unit_test(a_name_that_is_not_found_is_named),
        cmocka_unit_test(a_name_that_cannot_be_looked_up_is_not_called_wrong),
        cmocka_unit_test(a_network_that_is_not_there_is_told_from_a_closed_door),
        cmocka_unit_test(time_limits_end_a_transfer),
        cmocka_unit_test(a_connection_that_does_not_come_about_is_given_up),
        cmocka_unit_test(cancelling_ends_at_once_and_says_whether_anything_left),
        cmocka_unit_test(cancelling_before_anything_moved_sends_nothing),
        cmocka_unit_test(a_name_server_that_hangs_holds_nobody_up),
        cmocka_unit_test(transfers_run_side_by_side),
        cmocka_unit_test(a_transfer_may_be_started_when_another_ends),
        cmocka_unit_test(freeing_the_transport_calls_nobody),
        cmocka_unit_test(other_descriptors_are_reported_as_poll_would),
        cmocka_unit_test(a_signal_ends_the_wait_without_an_error),
        cmocka_unit_test(a_certificate_must_be_right_in_every_way),
        cmocka_unit_test(a_server_without_tls_gets_nothing),
        cmocka_unit_test(files_of_certificates_are_checked_when_they_are_named),
        cmocka_unit_test(the_keys_of_a_connection_are_written_nowhere),
        cmocka_unit_test(proxies_are_found_as_libcurl_finds_them),
        cmocka_unit_test(a_proxy_that_says_no_has_seen_no_secret),
        cmocka_unit_test(a_proxy_is_passed_through),
        cmocka_unit_test(a_proxy_that_cannot_be_reached_is_blamed),
    };

    return cmocka_run_group_tests(tests, enter, certificates_leave);
}
