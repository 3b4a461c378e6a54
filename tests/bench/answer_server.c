#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * answer_server: answers on loopback as fast as one thread can, always with
 * success: POST with the id of a plan, GET with an empty list. It checks
 * nothing. It measures clients, not itself.
 *
 * It prints "listening on http://127.0.0.1:PORT", and at the end (SIGTERM) how
 * many connections, lists and plans there were.
 */
enum { CONNECTIONS_MAX = 4096, REQUEST_MAX = 1 << 16 };

struct connection {
    size_t length;
    char bytes[REQUEST_MAX];
};

static struct connection *connections[CONNECTIONS_MAX];
static volatile sig_atomic_t stopped;
static unsigned long accepted, lists, plans;

static void stop(int number)
{
    (void)number;
    stopped = 1;
}

static int listen_on_loopback(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) != 0 || listen(fd, 1024) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) != 0)
        return -1;
    printf("listening on http://127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void answer(int fd, bool post)
{
    char text[512], body[256];
    int length;

    if (post)
        length = snprintf(body, sizeof(body),
                          "{\"requestId\":\"00000000-0000-0000-0000-%012lu\",\"success\":true,\"data\":%lu}",
                          plans, 1300000000 + plans);
    else
        length = snprintf(body, sizeof(body),
                          "{\"requestId\":\"00000000-0000-0000-0000-000000000000\",\"success\":true,\"data\":"
                          "{\"list\":[],\"pageNumber\":1,\"pageSize\":100,\"totalCount\":0}}");
    length = snprintf(text, sizeof(text),
                      "HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=utf-8\r\n"
                      "Content-Length: %d\r\nConnection: keep-alive\r\n\r\n%s",
                      length, body);
    if (send(fd, text, (size_t)length, MSG_NOSIGNAL) != length)
        fprintf(stderr, "answer_server: an answer was not taken\n");
}

/* The length of the request at the start of bytes; 0: not whole yet. */
static size_t whole_request(const char *bytes, size_t length, bool *post)
{
    const char *end = memmem(bytes, length, "\r\n\r\n", 4);
    size_t head, body = 0;

    if (!end)
        return 0;
    head = (size_t)(end - bytes) + 4;
    *post = strncmp(bytes, "POST ", 5) == 0;
    for (const char *line = memchr(bytes, '\n', head); line && line + 1 < end;
         line = memchr(line + 1, '\n', (size_t)(bytes + head - line - 1)))
        if (strncasecmp(line + 1, "content-length:", 15) == 0)
            body = (size_t)strtoul(line + 16, NULL, 10);
    return length >= head + body ? head + body : 0;
}

static void drop(int fd)
{
    free(connections[fd]);
    connections[fd] = NULL;
    close(fd);
}

static void serve(int fd)
{
    struct connection *connection = connections[fd];
    ssize_t got = recv(fd, connection->bytes + connection->length, REQUEST_MAX - connection->length, 0);
    size_t length;
    bool post = false;

    if (got <= 0) {
        if (got == 0 || errno != EAGAIN)
            drop(fd);
        return;
    }
    connection->length += (size_t)got;
    while ((length = whole_request(connection->bytes, connection->length, &post)) > 0) {
        plans += post ? 1 : 0;
        lists += post ? 0 : 1;
        answer(fd, post);
        connection->length -= length;
        memmove(connection->bytes, connection->bytes + length, connection->length);
    }
    if (connection->length == REQUEST_MAX)
        drop(fd);
}

static void take(int epoll, int listener)
{
    int fd;
    int on = 1;

    while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

        if (fd >= CONNECTIONS_MAX || !(connections[fd] = calloc(1, sizeof(**connections)))) {
            close(fd);
            continue;
        }
        accepted++;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    }
}

int main(void)
{
    struct sigaction action = {.sa_handler = stop};
    struct epoll_event events[256];
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    int listener = listen_on_loopback();
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};

    if (listener < 0 || epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) != 0) {
        perror("answer_server");
        return 1;
    }
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    while (!stopped) {
        int count = epoll_wait(epoll, events, 256, -1);

        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == listener)
                take(epoll, listener);
            else
                serve(events[i].data.fd);
        }
    }
    printf("%lu connections, %lu lists, %lu plans\n", accepted, lists, plans);
    return 0;
}
