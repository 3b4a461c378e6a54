#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OUTPUT_MAX = 16 << 20 };

static void die(const char *what)
{
    perror(what);
    abort();
}

bool program_is_named(void)
{
    if (getenv("DRPLAN"))
        return true;
    fprintf(stderr, "DRPLAN must name the program\n");
    return false;
}

static long now_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (long)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void change_environment(const char *const *environment)
{
    for (; environment && *environment; environment++) {
        const char *value = strchr(*environment, '=');
        char name[64];

        if (!value) {
            unsetenv(*environment);
            continue;
        }
        snprintf(name, sizeof(name), "%.*s", (int)(value - *environment), *environment);
        setenv(name, value + 1, 1);
    }
}

static pid_t spawn(const char *const *argv, const char *const *environment, const char *input, int out,
                   int err)
{
    pid_t pid = fork();

    if (pid < 0)
        die("fork");
    if (pid > 0)
        return pid;
    dup2(open(input, O_RDONLY | O_CLOEXEC), 0);
    dup2(out, 1);
    dup2(err, 2);
    change_environment(environment);
    execv(argv[0], (char *const *)argv);
    _exit(127);
}

/* One of the two outputs. */
struct stream {
    int fd; /* -1: at its end */
    char *text;
    size_t length;
};

static void take(struct stream *stream)
{
    ssize_t got;

    if (!stream->text)
        stream->text = malloc(OUTPUT_MAX + 1);
    if (!stream->text)
        die("malloc");
    got = read(stream->fd, stream->text + stream->length, OUTPUT_MAX - stream->length);
    if (got > 0) {
        stream->length += (size_t)got;
    } else if (got == 0 || errno != EINTR) {
        close(stream->fd);
        stream->fd = -1;
    }
    stream->text[stream->length] = '\0';
}

static void read_both(struct stream streams[2], pid_t pid, long deadline)
{
    while (streams[0].fd >= 0 || streams[1].fd >= 0) {
        struct pollfd fds[2] = {{.fd = streams[0].fd, .events = POLLIN},
                                {.fd = streams[1].fd, .events = POLLIN}};
        long left = deadline - now_ms();

        if (left <= 0 || poll(fds, 2, (int)left) == 0)
            kill(pid, SIGKILL);
        for (int i = 0; i < 2; i++)
            if (streams[i].fd >= 0 && fds[i].revents)
                take(&streams[i]);
    }
}

static void wait_for(pid_t pid, struct command_result *out)
{
    struct rusage usage;
    int status;

    while (wait4(pid, &status, 0, &usage) < 0)
        if (errno != EINTR)
            die("wait4");
    out->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    out->cpu_ms = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
                  (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
    out->largest_kb = usage.ru_maxrss;
}

void command_run_with_input(const char *const *argv, const char *const *environment, const char *input,
                            int limit_ms, struct command_result *out)
{
    struct stream streams[2];
    long start = now_ms();
    int pipes[2][2];
    pid_t pid;

    for (int i = 0; i < 2; i++) {
        if (pipe2(pipes[i], O_CLOEXEC) != 0)
            die("pipe2");
        streams[i] = (struct stream){.fd = pipes[i][0]};
    }
    pid = spawn(argv, environment, input, pipes[0][1], pipes[1][1]);
    close(pipes[0][1]);
    close(pipes[1][1]);
    *out = (struct command_result){0};
    read_both(streams, pid, start + limit_ms);
    wait_for(pid, out);
    out->elapsed_ms = now_ms() - start;
    out->out = streams[0].text;
    out->out_length = streams[0].length;
    out->err = streams[1].text;
    out->err_length = streams[1].length;
}

void command_run(const char *const *argv, const char *const *environment, int limit_ms,
                 struct command_result *out)
{
    command_run_with_input(argv, environment, "/dev/null", limit_ms, out);
}

void command_release(struct command_result *result)
{
    free(result->out);
    free(result->err);
    *result = (struct command_result){0};
}

pid_t command_start(const char *const *argv, const char *const *environment)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    pid_t pid = spawn(argv, environment, "/dev/null", nowhere, nowhere);

    close(nowhere);
    return pid;
}

pid_t command_serve(const char *const *argv, const char *const *environment, char *line, size_t size)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    int out[2];
    size_t length = 0;
    pid_t pid;

    if (pipe2(out, O_CLOEXEC) != 0)
        die("pipe2");
    pid = spawn(argv, environment, "/dev/null", out[1], nowhere);
    close(out[1]);
    close(nowhere);
    while (length + 1 < size && read(out[0], line + length, 1) == 1 && line[length] != '\n')
        length++;
    line[length] = '\0';
    close(out[0]);
    return pid;
}
