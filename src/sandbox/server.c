#include "sandbox/server.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clean.h"
#include "base/time_text.h"

enum { KEPT_OPEN_SECONDS = 60 };

/* How far a request has come. */
enum stage {
    STAGE_LINE, /* the request line is here */
    STAGE_BODY, /* the headers are here, the body comes */
    STAGE_HELD, /* suspended: its answer is due later, or never */
    STAGE_DUE,  /* resumed */
};

/* One request on its way through. */
struct visit {
    struct arrival arrival;
    struct reply reply;
    struct fault fault;
    enum stage stage;
    bool lost; /* memory was short, or the client of a held request went away */
    struct MHD_Connection *connection;
    int fd;
    int64_t due; /* of a held answer, in ticks; -1: never */
    struct server *server;
};

struct server {
    struct sandbox *sandbox;
    struct MHD_Daemon *daemon;
    struct visit **held;
    size_t held_count;
    struct pollfd *fds; /* two of our own, then one for each held visit */
};

/* ---- The log ---- */

static const char *operation_of(const struct visit *visit)
{
    const char *action = arrival_header(&visit->arrival, "x-acs-action");

    return action && action[0] ? action : "-";
}

static bool is_answered(const struct visit *visit)
{
    return visit->reply.status != 0 && visit->reply.wire != WIRE_CLOSED && visit->reply.wire != WIRE_RESET;
}

static void log_visit(const struct visit *visit)
{
    struct host *host = visit->server->sandbox->service.host;
    const char *operation = operation_of(visit);
    size_t length = strlen(operation);
    struct buf line = BUF_INIT, clean = BUF_INIT;
    char now[21];

    if (visit->server->sandbox->quiet)
        return;
    time_text_write(host->now(host), now);
    buf_addf(&line, "%s ", now);
    /* Operations are ASCII. To a terminal that does not read UTF-8 the bytes of anything else are controls.
     */
    clean_add(&clean, operation, length > 64 ? 64 : length, CLEAN_ONE_LINE);
    clean_add_ascii(&line, buf_text(&clean), clean.length);
    if (is_answered(visit))
        buf_addf(&line, " %d %s", visit->reply.status, visit->reply.code);
    else
        buf_add_text(&line, " - -");
    if (visit->fault.id != FAULT_OK)
        buf_addf(&line, " (fault: %s)", fault_kinds[visit->fault.id].word);
    buf_add_char(&line, '\n');
    if (!line.failed && write(STDERR_FILENO, line.data, line.length) < 0) {
        /* Nobody reads the log: no reason to stop serving. */
    }
    buf_release(&clean);
    buf_release(&line);
}

/* ---- Held requests ---- */

static bool hold(struct visit *visit, int64_t due)
{
    struct server *server = visit->server;
    struct visit **held = reallocarray(server->held, server->held_count + 1, sizeof(struct visit *));
    struct pollfd *fds;

    if (!held)
        return false;
    server->held = held;
    fds = reallocarray(server->fds, server->held_count + 3, sizeof(*fds));
    if (!fds)
        return false;
    server->fds = fds;
    server->held[server->held_count++] = visit;
    visit->due = due;
    visit->stage = STAGE_HELD;
    MHD_suspend_connection(visit->connection);
    return true;
}

static void let_go(struct server *server, size_t index)
{
    struct visit *visit = server->held[index];

    server->held[index] = server->held[--server->held_count];
    visit->stage = STAGE_DUE;
    MHD_resume_connection(visit->connection);
}

/* fds[2 + i] belongs to held[i]; from the back, since the last one moves into the place of one let go. */
static void let_go_of_ready(struct server *server, int64_t now)
{
    for (size_t i = server->held_count; i-- > 0;) {
        struct visit *visit = server->held[i];

        if (server->fds[2 + i].revents)
            visit->lost = true;
        else if (visit->due < 0 || visit->due > now)
            continue;
        let_go(server, i);
    }
}

static void let_go_of_all(struct server *server)
{
    while (server->held_count > 0) {
        server->held[server->held_count - 1]->lost = true;
        let_go(server, server->held_count - 1);
    }
}

/* ---- Answers ---- */

static void send_half_headers(int fd, const struct reply *reply)
{
    char text[128];
    char date[30];
    int length;

    http_date(reply->date, date);
    length = snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Ty", date);
    /* A fresh connection's buffer holds this much; and a client that is gone misses nothing. */
    if (send(fd, text, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        return;
}

/* Dissolving the association is what makes Linux send a reset at once, whoever closes the socket later. */
static void reset_connection(int fd)
{
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};

    if (connect(fd, &nobody, sizeof(nobody)) < 0)
        return;
}

/* Gives the first half of the body, then breaks off. */
static ssize_t read_first_half(void *context, uint64_t position, char *out, size_t room)
{
    const struct visit *visit = context;
    size_t half = visit->reply.body.length / 2;
    size_t left = position < half ? half - (size_t)position : 0;
    size_t count = left < room ? left : room;

    if (count == 0)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    memcpy(out, visit->reply.body.data + position, count);
    return (ssize_t)count;
}

static bool add_headers(struct MHD_Response *response, const struct reply *reply)
{
    char date[30];
    char wait[24];

    http_date(reply->date, date);
    snprintf(wait, sizeof(wait), "%lld", (long long)reply->retry_after);
    return MHD_add_response_header(response, "Date", date) == MHD_YES &&
           MHD_add_response_header(response, "Content-Type", reply->content_type) == MHD_YES &&
           MHD_add_response_header(response, "x-acs-request-id", reply->request_id) == MHD_YES &&
           (reply->retry_after < 0 ||
            MHD_add_response_header(response, "x-acs-retry-after", wait) == MHD_YES);
}

static enum MHD_Result send_reply(struct visit *visit)
{
    struct reply *reply = &visit->reply;
    struct MHD_Response *response = NULL;
    enum MHD_Result queued = MHD_NO;

    switch (reply->wire) {
    case WIRE_CLOSED:
        return MHD_NO;
    case WIRE_RESET:
        reset_connection(visit->fd);
        return MHD_NO;
    case WIRE_HALF_HEADERS:
        send_half_headers(visit->fd, reply);
        return MHD_NO;
    case WIRE_TRUNCATED:
        response = MHD_create_response_from_callback(reply->body.length, 4096, read_first_half, visit, NULL);
        break;
    case WIRE_WHOLE:
        response =
            MHD_create_response_from_buffer(reply->body.length, reply->body.data, MHD_RESPMEM_MUST_COPY);
        break;
    }
    if (!response)
        return MHD_NO;
    if (add_headers(response, reply))
        queued = MHD_queue_response(visit->connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return queued;
}

/* ---- One request ---- */

static enum MHD_Result keep_header(void *context, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct visit *visit = context;
    struct error err;

    (void)kind;
    if (!arrival_add_header(&visit->arrival, name, value ? value : "", &err))
        visit->lost = true;
    return visit->lost ? MHD_NO : MHD_YES;
}

/* The headers are here: which operation it is, and what is to go wrong with it. */
static enum MHD_Result begin(struct visit *visit, const char *method)
{
    struct sandbox *sandbox = visit->server->sandbox;
    enum route_id route;
    struct error err;

    visit->stage = STAGE_BODY;
    MHD_get_connection_values(visit->connection, MHD_HEADER_KIND, keep_header, visit);
    if (visit->lost || !arrival_set_method(&visit->arrival, method, &err))
        return MHD_NO;
    route = route_find(method, visit->arrival.target, arrival_path_length(&visit->arrival),
                       arrival_header(&visit->arrival, "x-acs-action"));
    visit->fault = faults_take(&sandbox->faults, route);
    if (fault_kinds[visit->fault.id].effect != EFFECT_BEFORE_BODY)
        return MHD_YES;
    log_visit(visit);
    return MHD_NO;
}

/* The body is here. */
static enum MHD_Result finish(struct visit *visit)
{
    struct service *service = &visit->server->sandbox->service;
    struct error err;

    if (fault_kinds[visit->fault.id].effect == EFFECT_SILENCE) {
        log_visit(visit);
        return hold(visit, -1) ? MHD_YES : MHD_NO;
    }
    if (!reply_init(&visit->reply, service->host, &err) ||
        !service_answer(service, &visit->arrival, visit->fault, &visit->reply, &err)) {
        visit->reply.status = 0;
        log_visit(visit);
        return MHD_NO;
    }
    log_visit(visit);
    if (visit->reply.delay_ms > 0)
        return hold(visit, service->host->ticks(service->host) + visit->reply.delay_ms) ? MHD_YES : MHD_NO;
    return send_reply(visit);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *body,
                                  size_t *body_length, void **state)
{
    struct visit *visit = *state;
    struct error err;

    (void)context;
    (void)connection;
    (void)url;
    (void)version;
    if (!visit || visit->lost)
        return MHD_NO;
    switch (visit->stage) {
    case STAGE_LINE:
        return begin(visit, method);
    case STAGE_BODY:
        if (*body_length == 0)
            return finish(visit);
        if (!arrival_add_body(&visit->arrival, body, *body_length, &err))
            return MHD_NO;
        *body_length = 0;
        return MHD_YES;
    case STAGE_HELD:
        return MHD_YES;
    case STAGE_DUE:
        return send_reply(visit);
    }
    return MHD_NO;
}

/* The library decodes the URL later on; the signature is over what came. */
static void *on_request_line(void *context, const char *target, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct visit *visit = calloc(1, sizeof(*visit));
    struct error err;

    if (!visit)
        return NULL;
    arrival_init(&visit->arrival);
    visit->server = context;
    visit->connection = connection;
    visit->fd = info ? info->connect_fd : -1;
    if (!arrival_set_target(&visit->arrival, target, &err))
        visit->lost = true;
    return visit;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode how)
{
    struct visit *visit = *state;

    (void)context;
    (void)connection;
    (void)how;
    if (!visit)
        return;
    arrival_release(&visit->arrival);
    reply_release(&visit->reply);
    free(visit);
    *state = NULL;
}

/* ---- The loop ---- */

static int wait_milliseconds(const struct server *server, int64_t now)
{
    MHD_UNSIGNED_LONG_LONG library = 0;
    int64_t wait = -1;

    if (MHD_get_timeout(server->daemon, &library) == MHD_YES)
        wait = library > INT_MAX ? INT_MAX : (int64_t)library;
    for (size_t i = 0; i < server->held_count; i++) {
        int64_t left = server->held[i]->due - now;

        if (server->held[i]->due >= 0 && (wait < 0 || left < wait))
            wait = left < 0 ? 0 : left;
    }
    return (int)wait;
}

static bool serve(struct server *server, int stop_fd, struct error *err)
{
    struct host *host = server->sandbox->service.host;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);

    if (!info)
        return error_set(err, ERROR_INTERNAL, "the HTTP library gives nothing to wait for");
    for (;;) {
        server->fds[0] = (struct pollfd){.fd = info->epoll_fd, .events = POLLIN};
        server->fds[1] = (struct pollfd){.fd = stop_fd, .events = POLLIN};
        for (size_t i = 0; i < server->held_count; i++)
            server->fds[2 + i] = (struct pollfd){.fd = server->held[i]->fd, .events = POLLRDHUP};
        if (poll(server->fds, (nfds_t)server->held_count + 2, wait_milliseconds(server, host->ticks(host))) <
                0 &&
            errno != EINTR)
            return error_set_errno(err, ERROR_INTERNAL, errno, "waiting for requests failed");
        if (server->fds[1].revents)
            return true;
        let_go_of_ready(server, host->ticks(host));
        if (MHD_run(server->daemon) != MHD_YES)
            return error_set(err, ERROR_INTERNAL, "the HTTP library failed");
    }
}

static struct MHD_Daemon *start_daemon(struct server *server, int listen_fd)
{
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK, 0,
                            NULL, NULL, on_request, server, MHD_OPTION_LISTEN_SOCKET, listen_fd,
                            MHD_OPTION_URI_LOG_CALLBACK, on_request_line, server, MHD_OPTION_NOTIFY_COMPLETED,
                            on_completed, server, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)KEPT_OPEN_SECONDS,
                            MHD_OPTION_END);
}

static bool server_run(struct sandbox *sandbox, int stop_fd, struct error *err)
{
    struct server server = {.sandbox = sandbox};
    int listen_fd = fcntl(sandbox->listen_fd, F_DUPFD_CLOEXEC, 3); /* the library closes the one it gets */
    bool served;

    if (listen_fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, errno, "the listening socket cannot be used");
    server.fds = calloc(2, sizeof(*server.fds));
    if (!server.fds) {
        close(listen_fd);
        return error_memory(err);
    }
    server.daemon = start_daemon(&server, listen_fd);
    if (!server.daemon) {
        close(listen_fd);
        free(server.fds);
        return error_set(err, ERROR_INTERNAL, "the HTTP library cannot start");
    }
    served = serve(&server, stop_fd, err);
    let_go_of_all(&server);
    MHD_stop_daemon(server.daemon);
    free(server.held);
    free(server.fds);
    return served;
}

const struct server_module server_module = {.version = DRPLAN_VERSION, .run = server_run};
