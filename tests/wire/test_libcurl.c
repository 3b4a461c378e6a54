#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "api/transport.h"
#include "wire_server.h"

/*
 * What libcurl does by itself, and what it may fail at. The linker sends the
 * calls below here (--wrap).
 *
 * It repeats a request, a POST too, when a connection that it used before dies
 * without an answer. The transport never reuses a connection; here that is
 * taken from it, to see that its second lock holds too.
 */
static bool reuse_connections;

static char roots_folder[256], roots_file[256];
static bool start_fails, add_fails, wait_fails, run_fails, poll_fails;

#undef curl_easy_setopt
CURLcode __real_curl_easy_setopt(CURL *easy, CURLoption option, ...);
CURLcode __wrap_curl_easy_setopt(CURL *easy, CURLoption option, ...);

CURLcode __wrap_curl_easy_setopt(CURL *easy, CURLoption option, ...)
{
    va_list arguments;
    CURLcode code = CURLE_OK;

    va_start(arguments, option);
    if (option == CURLOPT_CAPATH || option == CURLOPT_CAINFO) {
        va_list again;

        va_copy(again, arguments);
        snprintf(option == CURLOPT_CAPATH ? roots_folder : roots_file, sizeof(roots_file), "%s",
                 va_arg(again, const char *));
        va_end(again);
    }
    if (reuse_connections && (option == CURLOPT_FRESH_CONNECT || option == CURLOPT_FORBID_REUSE))
        code = CURLE_OK;
    else if (option >= CURLOPTTYPE_OFF_T && option < CURLOPTTYPE_BLOB)
        /* NOLINTNEXTLINE(bugprone-branch-clone): no two of these arguments are of one type */
        code = __real_curl_easy_setopt(easy, option, va_arg(arguments, curl_off_t));
    else if (option < CURLOPTTYPE_OBJECTPOINT)
        code = __real_curl_easy_setopt(easy, option, va_arg(arguments, long));
    else
        code = __real_curl_easy_setopt(easy, option, va_arg(arguments, void *));
    va_end(arguments);
    return code;
}

CURLcode __real_curl_global_init_mem(long flags, curl_malloc_callback m, curl_free_callback f,
                                     curl_realloc_callback r, curl_strdup_callback s, curl_calloc_callback c);
CURLcode __wrap_curl_global_init_mem(long flags, curl_malloc_callback m, curl_free_callback f,
                                     curl_realloc_callback r, curl_strdup_callback s, curl_calloc_callback c);
CURLMcode __real_curl_multi_add_handle(CURLM *multi, CURL *easy);
CURLMcode __wrap_curl_multi_add_handle(CURLM *multi, CURL *easy);
CURLMcode __real_curl_multi_poll(CURLM *multi, struct curl_waitfd fds[], unsigned int count, int timeout,
                                 int *ready);
CURLMcode __wrap_curl_multi_poll(CURLM *multi, struct curl_waitfd fds[], unsigned int count, int timeout,
                                 int *ready);
CURLMcode __real_curl_multi_perform(CURLM *multi, int *running);
CURLMcode __wrap_curl_multi_perform(CURLM *multi, int *running);

CURLcode __wrap_curl_global_init_mem(long flags, curl_malloc_callback m, curl_free_callback f,
                                     curl_realloc_callback r, curl_strdup_callback s, curl_calloc_callback c)
{
    return start_fails ? CURLE_FAILED_INIT : __real_curl_global_init_mem(flags, m, f, r, s, c);
}

CURLMcode __wrap_curl_multi_add_handle(CURLM *multi, CURL *easy)
{
    return add_fails ? CURLM_OUT_OF_MEMORY : __real_curl_multi_add_handle(multi, easy);
}

CURLMcode __wrap_curl_multi_poll(CURLM *multi, struct curl_waitfd fds[], unsigned int count, int timeout,
                                 int *ready)
{
    return wait_fails ? CURLM_INTERNAL_ERROR : __real_curl_multi_poll(multi, fds, count, timeout, ready);
}

CURLMcode __wrap_curl_multi_perform(CURLM *multi, int *running)
{
    return run_fails ? CURLM_OUT_OF_MEMORY : __real_curl_multi_perform(multi, running);
}

int __real_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
    if (!poll_fails)
        return __real_poll(fds, count, timeout);
    errno = EINVAL;
    return -1;
}

struct seen {
    int calls;
    enum transfer_end end;
    char reason[256];
};

static void note(void *context, const struct transfer_result *result)
{
    struct seen *seen = context;

    seen->calls++;
    seen->end = result->end;
    memcpy(seen->reason, result->reason, sizeof(seen->reason));
}

static void make_request(struct request *request, const struct wire_server *server, const char *method)
{
    char host[32];

    snprintf(host, sizeof(host), "127.0.0.1:%d", wire_server_port(server));
    request_init(request);
    snprintf(request->method, sizeof(request->method), "%s", method);
    request->scheme = strdup("http");
    request->host = strdup(host);
    request->path = strdup("/disaster_recovery");
    request->query_text = strdup("");
}

static struct seen ask(struct transport *transport, const struct wire_server *server, const char *method)
{
    struct request request;
    struct seen seen = {0};
    struct error err;

    make_request(&request, server, method);
    assert_non_null(transport_start(transport, &request, note, &seen, &err));
    for (int turns = 0; seen.calls == 0 && turns < 1000; turns++)
        assert_true(transport_wait(transport, NULL, 0, 20000, &err) >= 0);
    assert_int_equal(seen.calls, 1);
    request_release(&request);
    return seen;
}

static const struct wire_step script[] = {
    {WIRE_LEAVE, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 0, NULL},
    {WIRE_ANSWER, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 0, NULL},
};

static void each_request_has_a_connection_of_its_own(void **state)
{
    struct wire_server *server = wire_server_start(script, 2, NULL);
    struct error err;
    struct transport *transport = transport_new(NULL, &err);

    (void)state;
    reuse_connections = false;
    assert_int_equal(ask(transport, server, "GET").end, TRANSFER_ANSWERED);
    assert_int_equal(ask(transport, server, "POST").end, TRANSFER_ANSWERED);
    assert_int_equal(wire_server_connections(server), 2);
    assert_int_equal(wire_server_count(server, "POST "), 1);
    transport_free(transport);
    wire_server_stop(server);
}

static void a_post_on_a_dying_reused_connection_is_not_repeated(void **state)
{
    struct wire_server *server = wire_server_start(script, 2, NULL);
    struct error err;
    struct transport *transport = transport_new(NULL, &err);
    struct seen seen;

    (void)state;
    reuse_connections = true;
    assert_int_equal(ask(transport, server, "GET").end, TRANSFER_ANSWERED);
    seen = ask(transport, server, "POST");
    assert_int_equal(seen.end, TRANSFER_BROKEN);
    assert_non_null(strstr(seen.reason, "not repeated"));
    assert_int_equal(wire_server_count(server, "POST "), 1);
    transport_free(transport);
    wire_server_stop(server);
}

static void what_fails_below_is_an_error_and_sends_nothing(void **state)
{
    struct wire_server *server = wire_server_start(NULL, 0, NULL);
    struct error err;
    struct transport *transport = transport_new(NULL, &err);
    struct request request;
    struct seen seen = {0};

    (void)state;
    make_request(&request, server, "POST");
    start_fails = true;
    assert_null(transport_start(transport, &request, note, &seen, &err));
    assert_int_equal(err.kind, ERROR_NETWORK);
    start_fails = false;
    add_fails = true;
    assert_null(transport_start(transport, &request, note, &seen, &err));
    assert_int_equal(err.kind, ERROR_MEMORY);
    add_fails = false;
    assert_int_equal(transport_running(transport), 0);

    poll_fails = true;
    assert_int_equal(transport_wait(transport, NULL, 0, 0, &err), -1);
    assert_int_equal(err.kind, ERROR_INTERNAL);
    poll_fails = false;

    assert_non_null(transport_start(transport, &request, note, &seen, &err));
    wait_fails = true;
    assert_int_equal(transport_wait(transport, NULL, 0, 1000, &err), -1);
    assert_int_equal(err.kind, ERROR_NETWORK);
    wait_fails = false;
    run_fails = true;
    assert_int_equal(transport_wait(transport, NULL, 0, 1000, &err), -1);
    assert_int_equal(err.kind, ERROR_MEMORY);
    run_fails = false;
    assert_int_equal(seen.calls, 0);
    transport_free(transport);
    request_release(&request);
    assert_int_equal(wire_server_connections(server), 0);
    wire_server_stop(server);
}

/* A further file takes the place of the system's bundle; their folder, which has the same ones, is named
 * besides. */
static void roots_of_ones_own_leave_those_of_the_system(void **state)
{
    struct transport_options options = transport_defaults;
    struct error err;

    (void)state;
    for (int own = 0; own < 2; own++) {
        struct wire_server *server = wire_server_start(NULL, 0, NULL);
        struct transport *transport;
        struct request request;
        struct seen seen = {0};

        options.ca_file = own ? "/proc/self/exe" : NULL;
        roots_folder[0] = roots_file[0] = '\0';
        transport = transport_new(&options, &err);
        make_request(&request, server, "GET");
        assert_non_null(transport_start(transport, &request, note, &seen, &err));
        assert_string_equal(roots_file, own ? "/proc/self/exe" : "");
        assert_int_equal(roots_folder[0], own ? '/' : '\0');
        transport_free(transport);
        request_release(&request);
        wire_server_stop(server);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_request_has_a_connection_of_its_own),
        cmocka_unit_test(a_post_on_a_dying_reused_connection_is_not_repeated),
        cmocka_unit_test(roots_of_ones_own_leave_those_of_the_system),
        cmocka_unit_test(what_fails_below_is_an_error_and_sends_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
