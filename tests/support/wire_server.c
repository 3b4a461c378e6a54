#include "wire_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_MAX = 4 << 20, DRIP_MS = 20, PATIENCE_MS = 30000, CONNECTIONS_MAX = 256 };

struct kept_request {
    char *bytes;
    size_t length;
};

struct connection {
    struct wire_server *server;
    pthread_t thread;
    int fd;
    SSL *tls;
    const struct wire_step *step;
};

struct wire_server {
    const struct wire_step *script;
    size_t script_length;
    SSL_CTX *tls;
    int listen_fd;
    int port;
    int stop_pipe[2];
    int event_pipe[2];
    pthread_t thread;
    pthread_mutex_t lock;
    struct connection connections[CONNECTIONS_MAX];
    size_t connection_count;
    size_t unexpected;
    struct kept_request *requests;
    size_t request_count;
    size_t bytes;
};

/* ---- bytes ---- */

/* False when the server is told to stop, or nothing happened for too long. */
static bool await(const struct connection *connection, short events)
{
    struct pollfd fds[2] = {{.fd = connection->fd, .events = events},
                            {.fd = connection->server->stop_pipe[0], .events = POLLIN}};

    return poll(fds, 2, PATIENCE_MS) > 0 && fds[1].revents == 0;
}

/* Bytes read; 0 at the end of any kind. */
static size_t receive_some(struct connection *connection, char *bytes, size_t size)
{
    for (;;) {
        ssize_t got;

        if (connection->tls) {
            int length = SSL_read(connection->tls, bytes, (int)size);

            if (length > 0)
                return (size_t)length;
            if (SSL_get_error(connection->tls, length) != SSL_ERROR_WANT_READ)
                return 0;
        } else {
            got = recv(connection->fd, bytes, size, 0);
            if (got > 0)
                return (size_t)got;
            if (got == 0 || (errno != EAGAIN && errno != EINTR))
                return 0;
        }
        if (!await(connection, POLLIN))
            return 0;
    }
}

static size_t receive(struct connection *connection, char *bytes, size_t size)
{
    size_t got = receive_some(connection, bytes, size);

    pthread_mutex_lock(&connection->server->lock);
    connection->server->bytes += got;
    pthread_mutex_unlock(&connection->server->lock);
    return got;
}

static bool deliver(struct connection *connection, const char *bytes, size_t length)
{
    while (length > 0) {
        size_t sent = 0;

        if (connection->tls) {
            int result = SSL_write(connection->tls, bytes, (int)length);

            if (result > 0)
                sent = (size_t)result;
            else if (SSL_get_error(connection->tls, result) != SSL_ERROR_WANT_WRITE)
                return false;
        } else {
            ssize_t result = send(connection->fd, bytes, length, MSG_NOSIGNAL);

            if (result > 0)
                sent = (size_t)result;
            else if (errno != EAGAIN && errno != EINTR)
                return false;
        }
        bytes += sent;
        length -= sent;
        if (length > 0 && sent == 0 && !await(connection, POLLOUT))
            return false;
    }
    return true;
}

static void await_close(struct connection *connection)
{
    char ignored[4096];

    while (receive(connection, ignored, sizeof(ignored)) > 0)
        ;
}

/* ---- requests ---- */

static void announce(struct wire_server *server)
{
    char byte = 1;

    if (write(server->event_pipe[1], &byte, 1) < 0 && errno != EAGAIN)
        abort();
}

static size_t content_length(const char *head)
{
    const char *line = strcasestr(head, "\r\ncontent-length:");

    return line ? strtoul(line + 17, NULL, 10) : 0;
}

static void keep_request(struct wire_server *server, char *bytes, size_t length)
{
    struct kept_request *longer;

    pthread_mutex_lock(&server->lock);
    longer = realloc(server->requests, (server->request_count + 1) * sizeof(*longer));
    if (!longer)
        abort();
    server->requests = longer;
    server->requests[server->request_count++] = (struct kept_request){bytes, length};
    pthread_mutex_unlock(&server->lock);
    announce(server);
}

/* Reads one request and keeps it when it is whole. */
static bool read_request(struct connection *connection)
{
    char *bytes = malloc(REQUEST_MAX + 1);
    size_t length = 0, wanted = 0;
    size_t got;

    if (!bytes)
        abort();
    while ((wanted == 0 || length < wanted) && length < REQUEST_MAX &&
           (got = receive(connection, bytes + length, REQUEST_MAX - length)) > 0) {
        const char *end;

        length += got;
        bytes[length] = '\0';
        end = strstr(bytes, "\r\n\r\n");
        if (end && wanted == 0)
            wanted = (size_t)(end - bytes) + 4 + content_length(bytes);
    }
    if (wanted == 0 || length < wanted) {
        free(bytes);
        return false;
    }
    keep_request(connection->server, bytes, length);
    return true;
}

/* ---- acts ---- */

static void drip(struct connection *connection, const char *bytes, size_t length)
{
    struct pollfd stop = {.fd = connection->server->stop_pipe[0], .events = POLLIN};

    for (size_t i = 0; i < length && poll(&stop, 1, DRIP_MS) == 0; i++) {
        if (!deliver(connection, bytes + i, 1))
            return;
    }
}

static void flood(struct connection *connection, const char *text)
{
    char many[16384];
    size_t length = strlen(text), filled = 0;

    for (; filled + length <= sizeof(many); filled += length)
        memcpy(many + filled, text, length);
    while (deliver(connection, many, filled))
        ;
}

static void reset_on_close(int fd)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

static void act(struct connection *connection)
{
    const struct wire_step *step = connection->step;
    size_t length = step->bytes ? (step->length ? step->length : strlen(step->bytes)) : 0;

    if (!read_request(connection))
        return;
    if (step->act == WIRE_DRIP)
        drip(connection, step->bytes, length);
    else if (length > 0 && !deliver(connection, step->bytes, length))
        return;
    if (step->act == WIRE_LEAVE)
        read_request(connection);
    if (step->act == WIRE_HOLD)
        await_close(connection);
    if (step->act == WIRE_FLOOD)
        flood(connection, step->flood);
    if (step->act == WIRE_RESET)
        reset_on_close(connection->fd);
}

static bool start_tls(struct connection *connection)
{
    int result;

    if (!connection->server->tls)
        return true;
    connection->tls = SSL_new(connection->server->tls);
    if (!connection->tls || SSL_set_fd(connection->tls, connection->fd) != 1)
        abort();
    while ((result = SSL_accept(connection->tls)) != 1) {
        int error = SSL_get_error(connection->tls, result);

        if (error == SSL_ERROR_WANT_READ ? !await(connection, POLLIN)
                                         : error != SSL_ERROR_WANT_WRITE || !await(connection, POLLOUT))
            return false;
    }
    return true;
}

/* The server plays a proxy that leads to itself. */
static bool open_tunnel(struct connection *connection)
{
    static const char granted[] = "HTTP/1.1 200 Connection established\r\n\r\n";

    return read_request(connection) && deliver(connection, granted, sizeof(granted) - 1) &&
           start_tls(connection);
}

static void *serve(void *context)
{
    struct connection *connection = context;
    const struct wire_step *step = connection->step;

    if (!step || step->act == WIRE_CLOSE_UNREAD) {
        /* nothing is read: closing is all */
    } else if (step->act == WIRE_RESET_UNREAD) {
        await(connection, POLLIN);
        reset_on_close(connection->fd);
    } else if (step->act == WIRE_SILENT) {
        await_close(connection);
    } else if (step->act == WIRE_TUNNEL ? open_tunnel(connection) : start_tls(connection)) {
        act(connection);
        if (connection->tls && step->act != WIRE_RESET)
            SSL_shutdown(connection->tls);
    }
    SSL_free(connection->tls);
    connection->tls = NULL;
    if (step && (step->act == WIRE_ANSWER || step->act == WIRE_TUNNEL)) {
        /* Bytes left unread would turn the close into a reset. */
        shutdown(connection->fd, SHUT_WR);
        await_close(connection);
    }
    close(connection->fd);
    return NULL;
}

static void *accept_all(void *context)
{
    struct wire_server *server = context;
    struct pollfd fds[2] = {{.fd = server->listen_fd, .events = POLLIN},
                            {.fd = server->stop_pipe[0], .events = POLLIN}};

    while (poll(fds, 2, -1) > 0 && fds[1].revents == 0) {
        int fd = accept(server->listen_fd, NULL, NULL);
        struct connection *connection;

        if (fd < 0)
            continue;
        fcntl(fd, F_SETFL, O_NONBLOCK);
        pthread_mutex_lock(&server->lock);
        if (server->connection_count == CONNECTIONS_MAX)
            abort();
        connection = &server->connections[server->connection_count];
        connection->server = server;
        connection->fd = fd;
        if (server->connection_count < server->script_length)
            connection->step = &server->script[server->connection_count];
        else
            server->unexpected++;
        server->connection_count++;
        pthread_mutex_unlock(&server->lock);
        if (pthread_create(&connection->thread, NULL, serve, connection) != 0)
            abort();
        announce(server);
    }
    return NULL;
}

/* ---- start and stop ---- */

static bool listen_on_loopback(struct wire_server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);

    server->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (server->listen_fd < 0 || bind(server->listen_fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(server->listen_fd, 64) != 0 ||
        getsockname(server->listen_fd, (struct sockaddr *)&address, &length) != 0)
        return false;
    server->port = ntohs(address.sin_port);
    return true;
}

/* The server takes what a client should not: the client is what is tested. */
static SSL_CTX *tls_context(const struct wire_tls *tls)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    if (context && SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0") == 1 &&
        SSL_CTX_use_certificate_chain_file(context, tls->certificate_file) == 1 &&
        SSL_CTX_use_PrivateKey_file(context, tls->key_file, SSL_FILETYPE_PEM) == 1 &&
        SSL_CTX_set_min_proto_version(context, TLS1_VERSION) == 1 &&
        SSL_CTX_set_max_proto_version(context, tls->newest_version) == 1)
        return context;
    SSL_CTX_free(context);
    return NULL;
}

struct wire_server *wire_server_start(const struct wire_step *script, size_t count,
                                      const struct wire_tls *tls)
{
    struct wire_server *server = calloc(1, sizeof(*server));

    if (!server)
        return NULL;
    signal(SIGPIPE, SIG_IGN);
    server->script = script;
    server->script_length = count;
    server->tls = tls ? tls_context(tls) : NULL;
    if ((!tls || server->tls) && pipe2(server->stop_pipe, O_CLOEXEC) == 0 &&
        pipe2(server->event_pipe, O_CLOEXEC | O_NONBLOCK) == 0 && listen_on_loopback(server) &&
        pthread_mutex_init(&server->lock, NULL) == 0 &&
        pthread_create(&server->thread, NULL, accept_all, server) == 0)
        return server;
    /* A test cannot go on without its server, and ends. */
    perror("wire server");
    abort();
}

void wire_server_stop(struct wire_server *server)
{
    if (!server)
        return;
    close(server->stop_pipe[1]);
    pthread_join(server->thread, NULL);
    for (size_t i = 0; i < server->connection_count; i++)
        pthread_join(server->connections[i].thread, NULL);
    for (size_t i = 0; i < server->request_count; i++)
        free(server->requests[i].bytes);
    free(server->requests);
    close(server->stop_pipe[0]);
    close(server->event_pipe[0]);
    close(server->event_pipe[1]);
    close(server->listen_fd);
    SSL_CTX_free(server->tls);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

/* ---- what happened ---- */

int wire_server_port(const struct wire_server *server)
{
    return server->port;
}

int wire_server_event_fd(const struct wire_server *server)
{
    return server->event_pipe[0];
}

void wire_server_acknowledge(struct wire_server *server)
{
    char bytes[64];

    while (read(server->event_pipe[0], bytes, sizeof(bytes)) > 0)
        ;
}

size_t wire_server_connections(struct wire_server *server)
{
    size_t count;

    pthread_mutex_lock(&server->lock);
    count = server->connection_count;
    pthread_mutex_unlock(&server->lock);
    return count;
}

size_t wire_server_unexpected(struct wire_server *server)
{
    size_t count;

    pthread_mutex_lock(&server->lock);
    count = server->unexpected;
    pthread_mutex_unlock(&server->lock);
    return count;
}

size_t wire_server_count(struct wire_server *server, const char *beginning)
{
    size_t count = 0;

    pthread_mutex_lock(&server->lock);
    for (size_t i = 0; i < server->request_count; i++)
        count += strncmp(server->requests[i].bytes, beginning, strlen(beginning)) == 0;
    pthread_mutex_unlock(&server->lock);
    return count;
}

size_t wire_server_requests(struct wire_server *server)
{
    return wire_server_count(server, "");
}

size_t wire_server_bytes(struct wire_server *server)
{
    size_t bytes;

    pthread_mutex_lock(&server->lock);
    bytes = server->bytes;
    pthread_mutex_unlock(&server->lock);
    return bytes;
}

char *wire_server_request(struct wire_server *server, size_t n, size_t *length)
{
    char *copy = NULL;

    pthread_mutex_lock(&server->lock);
    if (n < server->request_count) {
        copy = malloc(server->requests[n].length + 1);
        if (!copy)
            abort();
        memcpy(copy, server->requests[n].bytes, server->requests[n].length + 1);
        if (length)
            *length = server->requests[n].length;
    }
    pthread_mutex_unlock(&server->lock);
    return copy;
}

char *wire_answer(int status, const char *headers, const char *body)
{
    char *text = NULL;

    if (asprintf(&text,
                 "HTTP/1.1 %d X\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\n"
                 "Connection: close\r\n\r\n%s",
                 status, headers, strlen(body), body) < 0)
        abort();
    return text;
}

void forget_proxies(void)
{
    static const char *const variables[] = {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                                            "all_proxy",  "ALL_PROXY",  "no_proxy",    "NO_PROXY"};

    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
        unsetenv(variables[i]);
}
