#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * What one create call costs as a whole process: drplan, curl posting the same
 * body, and the official npm client, one after the other, many times, against
 * one server on loopback whose answers never change. Medians.
 *
 *     bench_submit DRPLAN DRAFT RUNS [NODE_SCRIPT]
 *
 * drplan lists plans before it creates one, and writes a journal; "curl, both
 * requests" lists and creates too, in one process.
 */

enum { REQUEST_MAX = 1 << 16, RUNS_MAX = 500, ARGUMENTS_MAX = 40 };

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void *or_die(void *memory)
{
    if (!memory)
        die("memory");
    return memory;
}

/* Where there are two processors the server has the first and the client the second. */
static void pin_to(unsigned processor)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    if (sysconf(_SC_NPROCESSORS_ONLN) > 1 && sched_setaffinity(0, sizeof(set), &set) != 0)
        die("sched_setaffinity");
}

/* ---- The server ---- */

static bool is_whole(const char *request, size_t length)
{
    const char *end = strstr(request, "\r\n\r\n");
    const char *line = strcasestr(request, "\r\ncontent-length:");

    if (!end)
        return false;
    if (strcasestr(request, "\r\ntransfer-encoding: chunked"))
        return length >= 5 && strcmp(request + length - 5, "0\r\n\r\n") == 0;
    return !line || length >= (size_t)(end - request) + 4 + strtoul(line + 17, NULL, 10);
}

static void answer(int fd, const char *body)
{
    char text[512];
    int length =
        snprintf(text, sizeof(text),
                 "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                 strlen(body), body);

    if (send(fd, text, (size_t)length, MSG_NOSIGNAL) != length)
        die("send");
}

static void serve(int fd)
{
    char request[REQUEST_MAX];
    size_t length = 0;
    ssize_t got;

    while ((got = recv(fd, request + length, sizeof(request) - 1 - length, 0)) > 0) {
        length += (size_t)got;
        request[length] = '\0';
        if (!is_whole(request, length))
            continue;
        if (strncmp(request, "GET", 3) == 0)
            answer(fd, "{\"requestId\":\"L\",\"success\":true,\"code\":\"200\","
                       "\"data\":{\"list\":[],\"totalCount\":0,\"pageSize\":100}}");
        else
            answer(fd, "{\"requestId\":\"C\",\"success\":true,\"code\":\"200\",\"data\":1234}");
        length = 0;
    }
    close(fd);
}

static pid_t start_server(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pid_t pid;

    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 64) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0)
        die("server");
    *port = ntohs(address.sin_port);
    pid = fork();
    if (pid < 0)
        die("fork");
    if (pid > 0) {
        close(listener);
        return pid;
    }
    pin_to(0);
    for (;;) {
        int fd = accept(listener, NULL, NULL);

        if (fd >= 0)
            serve(fd);
    }
}

/* ---- The contenders ---- */

struct cost {
    double cpu_ms, wall_ms;
    long largest_kb;
};

struct contender {
    const char *name;
    char *argv[ARGUMENTS_MAX];
    int argc;
    struct cost costs[RUNS_MAX];
};

static void add(struct contender *contender, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct contender *contender, const char *format, ...)
{
    va_list arguments;

    if (contender->argc == ARGUMENTS_MAX - 1)
        die("too many arguments");
    va_start(arguments, format);
    if (vasprintf(&contender->argv[contender->argc++], format, arguments) < 0)
        die("memory");
    va_end(arguments);
}

static double now_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1000 + (double)time.tv_nsec / 1e6;
}

static double in_ms(const struct timeval *time)
{
    return (double)time->tv_sec * 1000 + (double)time->tv_usec / 1000;
}

static struct cost measure(char *const *argv)
{
    double start = now_ms();
    struct rusage usage;
    int status;
    pid_t pid = fork();

    if (pid < 0)
        die("fork");
    if (pid == 0) {
        int nowhere = open("/dev/null", O_RDWR);

        pin_to(1);
        dup2(nowhere, 0);
        dup2(nowhere, 1);
        execvp(argv[0], argv);
        die(argv[0]);
    }
    if (wait4(pid, &status, 0, &usage) != pid)
        die("wait4");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "%s did not do it: status %d\n", argv[0], status);
        exit(1);
    }
    return (struct cost){in_ms(&usage.ru_utime) + in_ms(&usage.ru_stime), now_ms() - start, usage.ru_maxrss};
}

static void add_headers(struct contender *curl)
{
    static const char *const headers[] = {
        "x-acs-version: 2022-08-01",
        "x-acs-action: CreateDisasterRecoveryPlan",
        "x-acs-date: 2026-01-01T00:00:00Z",
        "x-acs-signature-nonce: 0123456789abcdef0123456789abcdef",
        "accept: application/json",
        "content-type: application/json; charset=utf-8",
        "x-acs-content-sha256: 0000000000000000000000000000000000000000000000000000000000000000",
        ("Authorization: ACS3-HMAC-SHA256 "
         "Credential=id,SignedHeaders=host,Signature=00000000000000000000000000000000"),
    };

    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        add(curl, "-H");
        add(curl, "%s", headers[i]);
    }
}

static void prepare(struct contender all[4], const char *drplan, const char *draft, const char *script,
                    int port)
{
    all[0].name = "drplan submit";
    add(&all[0], "%s", drplan);
    add(&all[0], "submit");
    add(&all[0], "--quiet");
    add(&all[0], "--yes");
    add(&all[0], "--endpoint");
    add(&all[0], "http://127.0.0.1:%d", port);
    add(&all[0], "%s", draft);

    all[1].name = "curl";
    add(&all[1], "curl");
    add(&all[1], "-sS");
    add(&all[1], "--data-binary");
    add(&all[1], "@%s", draft);
    add_headers(&all[1]);
    add(&all[1], "http://127.0.0.1:%d/disaster_recovery", port);

    all[2].name = "curl, both requests";
    add(&all[2], "curl");
    add(&all[2], "-sS");
    add(&all[2], "http://127.0.0.1:%d/disaster_recovery?filter=orders-hz-to-sh&pageNumber=1&pageSize=100",
        port);
    add(&all[2], "--next");
    add(&all[2], "-sS");
    add(&all[2], "--data-binary");
    add(&all[2], "@%s", draft);
    add_headers(&all[2]);
    add(&all[2], "http://127.0.0.1:%d/disaster_recovery", port);

    if (!script)
        return;
    all[3].name = "npm client";
    add(&all[3], "node");
    add(&all[3], "%s", script);
    add(&all[3], "%d", port);
    add(&all[3], "%s", draft);
}

/* ---- The figures ---- */

static int by_cpu(const void *a, const void *b)
{
    double left = ((const struct cost *)a)->cpu_ms, right = ((const struct cost *)b)->cpu_ms;

    return (left > right) - (left < right);
}

static int by_wall(const void *a, const void *b)
{
    double left = ((const struct cost *)a)->wall_ms, right = ((const struct cost *)b)->wall_ms;

    return (left > right) - (left < right);
}

static struct cost median(struct contender *contender, int runs)
{
    struct cost cost;

    qsort(contender->costs, (size_t)runs, sizeof(contender->costs[0]), by_cpu);
    cost = contender->costs[runs / 2];
    qsort(contender->costs, (size_t)runs, sizeof(contender->costs[0]), by_wall);
    cost.wall_ms = contender->costs[runs / 2].wall_ms;
    return cost;
}

static void report(struct contender all[4], int count, int runs)
{
    struct cost ours = median(&all[0], runs);

    printf("%-22s %9s %9s %9s   %s\n", "one create call", "CPU ms", "wall ms", "RSS KiB", "drplan's CPU is");
    printf("%-22s %9.2f %9.2f %9ld\n", all[0].name, ours.cpu_ms, ours.wall_ms, ours.largest_kb);
    for (int i = 1; i < count; i++) {
        struct cost cost = median(&all[i], runs);

        printf("%-22s %9.2f %9.2f %9ld   %.3f of it\n", all[i].name, cost.cpu_ms, cost.wall_ms,
               cost.largest_kb, ours.cpu_ms / cost.cpu_ms);
    }
}

static void release(struct contender *all, int count)
{
    for (int i = 0; i < count; i++)
        for (int argument = 0; argument < all[i].argc; argument++)
            free(all[i].argv[argument]);
    free(all);
}

int main(int argc, char **argv)
{
    struct contender *all;
    int runs = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 0, count = argc > 4 ? 4 : 3, port;
    char state[] = "/tmp/drplan-bench-XXXXXX", removal[64];
    pid_t server;

    if (argc < 4 || runs < 1 || runs > RUNS_MAX) {
        fprintf(stderr, "usage: bench_submit DRPLAN DRAFT RUNS [NODE_SCRIPT]\n");
        return 2;
    }
    if (!mkdtemp(state))
        die("mkdtemp");
    setenv("XDG_STATE_HOME", state, 1);
    setenv("LC_ALL", "C.UTF-8", 1); /* as operators have it */
    setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "bench-key-id", 1);
    setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "bench-key-secret", 1);
    server = start_server(&port);
    all = or_die(calloc(4, sizeof(*all)));
    prepare(all, argv[1], argv[2], argc > 4 ? argv[4] : NULL, port);
    for (int run = -1; run < runs; run++)
        for (int i = 0; i < count; i++) {
            struct cost cost = measure(all[i].argv);

            if (run >= 0)
                all[i].costs[run] = cost;
        }
    report(all, count, runs);
    release(all, 4);
    kill(server, SIGTERM);
    snprintf(removal, sizeof(removal), "rm -rf '%s'", state);
    return system(removal) == 0 ? 0 : 1;
}
