#include <arpa/inet.h>
#include <netinet/in.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "hostile.h"

/* Whoever can reach the sandbox writes into its log: what of that reaches the terminal it was started on? */

enum { WAIT_SECONDS = 5 };

struct sandbox {
    pid_t pid;
    int terminal, port;
    struct buf log;
};

/* ---- The sandbox ---- */

/* Reads until the text is there, or until the end when it is NULL. */
static void read_log(struct sandbox *sandbox, const char *until)
{
    char bytes[4096];
    ssize_t got;

    while (!(until && sandbox->log.length > 0 &&
             memmem(sandbox->log.data, sandbox->log.length, until, strlen(until))) &&
           (got = read(sandbox->terminal, bytes, sizeof(bytes))) > 0)
        buf_add(&sandbox->log, bytes, (size_t)got);
}

static void start(struct sandbox *sandbox, const char *locale)
{
    struct termios raw = {0};
    int other;

    cfmakeraw(&raw); /* what is read is what was written */
    *sandbox = (struct sandbox){.log = BUF_INIT};
    assert_int_equal(openpty(&sandbox->terminal, &other, NULL, &raw, NULL), 0);
    sandbox->pid = fork();
    assert_true(sandbox->pid >= 0);
    if (sandbox->pid == 0) {
        close(sandbox->terminal);
        dup2(other, STDOUT_FILENO);
        dup2(other, STDERR_FILENO);
        close(other);
        setenv("LC_ALL", locale, 1);
        execl(getenv("DRPLAN"), "drplan", "sandbox", (char *)NULL);
        _exit(127);
    }
    close(other);
    read_log(sandbox, "stops it.");
    assert_int_equal(sscanf(buf_text(&sandbox->log), "listening on http://127.0.0.1:%d", &sandbox->port), 1);
}

static void stop(struct sandbox *sandbox)
{
    int status;

    kill(sandbox->pid, SIGTERM);
    read_log(sandbox, NULL);
    assert_int_equal(waitpid(sandbox->pid, &status, 0), sandbox->pid);
    assert_true(WIFEXITED(status));
    close(sandbox->terminal);
}

/* ---- Requests ---- */

/* @: the text. One that is no HTTP is answered by a closed connection. */
static const char *const requests[] = {
    "POST /disaster_recovery HTTP/1.1\r\nHost: x\r\nx-acs-action: @\r\nContent-Length: 0\r\nConnection: "
    "close\r\n\r\n",
    "GET /@?@=@ HTTP/1.1\r\nHost: x\r\nx-acs-action: ListRegions\r\nConnection: close\r\n\r\n",
    "@ /regions HTTP/1.1\r\nHost: x\r\nx-acs-action: @\r\nConnection: close\r\n\r\n",
    "GET /regions HTTP/1.1\r\nHost: @\r\n@: @\r\nx-acs-version: @\r\nAuthorization: ACS3-HMAC-SHA256 @\r\n"
    "x-acs-date: @\r\nx-acs-action: ListRegions\r\nConnection: close\r\n\r\n",
    "@\r\n\r\n",
};

static void fill(const char *request, const char *text, struct buf *out)
{
    for (; *request; request++) {
        if (*request == '@')
            buf_add_text(out, text);
        else
            buf_add_char(out, *request);
    }
}

static void send_one(const struct sandbox *sandbox, const char *bytes, size_t length)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)sandbox->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = WAIT_SECONDS};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    char answer[4096];

    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    assert_int_equal(send(fd, bytes, length, MSG_NOSIGNAL), (ssize_t)length);
    shutdown(fd, SHUT_WR);
    while (recv(fd, answer, sizeof(answer), 0) > 0)
        continue;
    close(fd);
}

/* ---- */

static bool ends_a_line(const char *text)
{
    return strpbrk(text, "\r\n") != NULL;
}

static void go_through(const char *locale, enum outlet outlet)
{
    struct sandbox sandbox;
    char why[400];

    start(&sandbox, locale);
    for (size_t i = 0; i < hostile_count; i++) {
        for (size_t j = 0; j < sizeof(requests) / sizeof(requests[0]); j++) {
            struct buf bytes = BUF_INIT;

            fill(requests[j], hostile_texts[i].bytes, &bytes);
            send_one(&sandbox, bytes.data, bytes.length);
            buf_release(&bytes);
        }
        if (!ends_a_line(hostile_texts[i].bytes))
            read_log(&sandbox, HOSTILE_MARKER);
    }
    stop(&sandbox);
    if (getenv("HOSTILE_SHOW"))
        fprintf(stderr, "%s", buf_text(&sandbox.log));
    if (!hostile_is_tamed(sandbox.log.data, sandbox.log.length, outlet, why, sizeof(why)))
        fail_msg("%s", why);
    buf_release(&sandbox.log);
}

static void nothing_hostile_comes_out_of_its_log(void **state)
{
    (void)state;
    go_through("C.UTF-8", OUTLET_TEXT);
}

static void nor_on_a_terminal_without_utf8(void **state)
{
    (void)state;
    go_through("C", OUTLET_NARROW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_hostile_comes_out_of_its_log),
        cmocka_unit_test(nor_on_a_terminal_without_utf8),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
