#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/transport.h"

/*
 * Connections that are kept, and a server that lets the second request on one
 * die at every moment there is. libcurl by itself would send it again on a
 * fresh connection; what came is counted at the server, which is the only
 * place where it counts.
 */
enum moment {
    WHILE_IDLE,        /* closed behind the first answer */
    BEFORE_IT_IS_READ, /* the request is there, and left unread */
    WITHIN_ITS_HEAD,
    BEHIND_ITS_HEAD,
    BEHIND_ITS_BODY,
    WITHIN_THE_ANSWERS_HEAD,
    WITHIN_THE_ANSWERS_BODY,
    NEVER,
    MOMENT_COUNT
};

struct server {
    pthread_t thread;
    int listener, port;
    enum moment moment;
    bool reset; /* die by a TCP reset instead of an end */
    pthread_mutex_t lock;
    int connections;
    int posts; /* of which the head came whole */
    int gets;
};

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"success\":true}";

/* Where the reading of a request stops. */
enum { A_PART = 20, HEAD_ONLY = -1, WHOLE = -2 };

/* Reads byte by byte, so that what follows stays unread. False at the end of the connection. */
static bool read_request(struct server *server, int fd, int until)
{
    static const char post_body[] = "plan";
    char bytes[4096];
    size_t length = 0, end = 0;

    while (length < sizeof(bytes) && (end == 0 || length < end)) {
        if (until >= 0 && length == (size_t)until)
            return true;
        if (recv(fd, bytes + length, 1, 0) != 1)
            return false;
        length++;
        if (end > 0 || length < 4 || memcmp(bytes + length - 4, "\r\n\r\n", 4) != 0)
            continue;
        end = length + (strncmp(bytes, "POST ", 5) == 0 ? sizeof(post_body) - 1 : 0);
        pthread_mutex_lock(&server->lock);
        server->posts += strncmp(bytes, "POST ", 5) == 0;
        server->gets += strncmp(bytes, "GET ", 4) == 0;
        pthread_mutex_unlock(&server->lock);
        if (until == HEAD_ONLY)
            return true;
    }
    return true;
}

static void die(const struct server *server, int fd)
{
    const struct linger hard = {.l_onoff = 1, .l_linger = 0};

    if (server->reset)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
}

/* The second request of the first connection. */
static void serve_badly(struct server *server, int fd)
{
    char byte;

    switch (server->moment) {
    case WHILE_IDLE:
    case MOMENT_COUNT:
        break;
    case BEFORE_IT_IS_READ:
        (void)recv(fd, &byte, 1, MSG_PEEK);
        break;
    case WITHIN_ITS_HEAD:
        (void)read_request(server, fd, A_PART);
        break;
    case BEHIND_ITS_HEAD:
        (void)read_request(server, fd, HEAD_ONLY);
        break;
    case BEHIND_ITS_BODY:
        (void)read_request(server, fd, WHOLE);
        break;
    case WITHIN_THE_ANSWERS_HEAD:
        (void)read_request(server, fd, WHOLE);
        (void)send(fd, answer, 20, MSG_NOSIGNAL);
        break;
    case WITHIN_THE_ANSWERS_BODY:
        (void)read_request(server, fd, WHOLE);
        (void)send(fd, answer, sizeof(answer) - 5, MSG_NOSIGNAL);
        break;
    case NEVER:
        while (read_request(server, fd, WHOLE))
            (void)send(fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL);
        break;
    }
    die(server, fd);
}

static void *serve(void *context)
{
    struct server *server = context;
    int fd;

    while ((fd = accept(server->listener, NULL, NULL)) >= 0) {
        pthread_mutex_lock(&server->lock);
        server->connections++;
        pthread_mutex_unlock(&server->lock);
        if (read_request(server, fd, WHOLE) && send(fd, answer, sizeof(answer) - 1, MSG_NOSIGNAL) > 0)
            serve_badly(server, fd);
        close(fd);
    }
    return NULL;
}

static void server_start(struct server *server, enum moment moment, bool reset)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);

    *server = (struct server){.moment = moment, .reset = reset};
    pthread_mutex_init(&server->lock, NULL);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(server->listener, 16), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &length), 0);
    server->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void server_stop(struct server *server)
{
    shutdown(server->listener, SHUT_RDWR);
    close(server->listener);
    pthread_join(server->thread, NULL);
}

/* ---- The client ---- */

struct seen {
    int calls;
    enum transfer_end end;
    int status;
};

static void note(void *context, const struct transfer_result *result)
{
    struct seen *seen = context;

    seen->calls++;
    seen->end = result->end;
    seen->status = result->response.status;
}

static struct seen ask(struct transport *transport, const struct server *server, const char *method)
{
    struct request request;
    struct seen seen = {0};
    struct error err;
    char host[32];

    snprintf(host, sizeof(host), "127.0.0.1:%d", server->port);
    request_init(&request);
    snprintf(request.method, sizeof(request.method), "%s", method);
    request.scheme = strdup("http");
    request.host = strdup(host);
    request.path = strdup("/disaster_recovery");
    request.query_text = strdup("");
    if (strcmp(method, "POST") == 0)
        buf_add_text(&request.body, "plan");
    assert_non_null(transport_start(transport, &request, note, &seen, &err));
    for (int turns = 0; seen.calls == 0 && turns < 1000; turns++)
        assert_true(transport_wait(transport, NULL, 0, 20000, &err) >= 0);
    assert_int_equal(seen.calls, 1);
    request_release(&request);
    return seen;
}

static struct transport *keeping_transport(void)
{
    struct transport_options options = transport_defaults;
    struct error err;
    struct transport *transport;

    options.keep_connections = true;
    transport = transport_new(&options, &err);
    assert_non_null(transport);
    return transport;
}

static void many_requests_share_a_connection(void **state)
{
    struct transport *transport = keeping_transport();
    struct server server;

    (void)state;
    server_start(&server, NEVER, false);
    for (int i = 0; i < 10; i++) {
        struct seen seen = ask(transport, &server, i % 3 ? "POST" : "GET");

        assert_int_equal(seen.end, TRANSFER_ANSWERED);
        assert_int_equal(seen.status, 200);
    }
    transport_free(transport);
    server_stop(&server);
    assert_int_equal(server.connections, 1);
    assert_int_equal(server.posts, 6);
    assert_int_equal(server.gets, 4);
}

/* Whether the post came or not, it came once at most, and what is said of it is true. */
static void a_post_dies_at(enum moment moment, bool reset)
{
    struct transport *transport = keeping_transport();
    struct server server;
    struct seen seen;

    server_start(&server, moment, reset);
    assert_int_equal(ask(transport, &server, "GET").end, TRANSFER_ANSWERED);
    seen = ask(transport, &server, "POST");
    transport_free(transport);
    server_stop(&server);
    assert_true(server.posts <= 1);
    /* Where it was seen in time that the idle connection had ended, a fresh one took its place. */
    if (moment == WHILE_IDLE && seen.end == TRANSFER_ANSWERED)
        assert_int_equal(server.posts, 1);
    else
        assert_int_equal(seen.end, TRANSFER_BROKEN);
}

static void a_post_on_a_connection_that_dies_is_sent_once(void **state)
{
    (void)state;
    for (int moment = WHILE_IDLE; moment < NEVER; moment++)
        for (int reset = 0; reset < 2; reset++)
            a_post_dies_at((enum moment)moment, reset == 1);
}

static void a_question_on_a_connection_that_dies_is_asked_again(void **state)
{
    struct transport *transport = keeping_transport();
    struct server server;

    (void)state;
    server_start(&server, BEHIND_ITS_BODY, false);
    assert_int_equal(ask(transport, &server, "POST").end, TRANSFER_ANSWERED);
    assert_int_equal(ask(transport, &server, "GET").end, TRANSFER_ANSWERED);
    transport_free(transport);
    server_stop(&server);
    assert_int_equal(server.posts, 1);
    assert_int_equal(server.gets, 2);
    assert_int_equal(server.connections, 2);
}

static void without_it_each_request_has_its_own(void **state)
{
    struct error err;
    struct transport *transport = transport_new(NULL, &err);
    struct server server;

    (void)state;
    server_start(&server, NEVER, false);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ask(transport, &server, "POST").end, TRANSFER_ANSWERED);
    transport_free(transport);
    server_stop(&server);
    assert_int_equal(server.connections, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_requests_share_a_connection),
        cmocka_unit_test(a_post_on_a_connection_that_dies_is_sent_once),
        cmocka_unit_test(a_question_on_a_connection_that_dies_is_asked_again),
        cmocka_unit_test(without_it_each_request_has_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
