#include "sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/server.h"

/* Where the child keeps what it needs, so that everything above can be closed in one go. */
enum { STOP_FD = 3, LISTEN_FD = 4, FIRST_CLOSED_FD = 5 };

/*
 * The parent's handlers must not run here: they would write to the parent's pipes. Ctrl-C and a lost
 * terminal are the parent's business too: when it ends, stop_fd says so.
 */
static void reset_signals(const sigset_t *mask)
{
    struct sigaction usual = {.sa_handler = SIG_DFL};
    struct sigaction ignored = {.sa_handler = SIG_IGN};

    for (int number = 1; number < NSIG; number++)
        sigaction(number, &usual, NULL);
    sigaction(SIGINT, &ignored, NULL);
    sigaction(SIGHUP, &ignored, NULL);
    sigaction(SIGPIPE, &ignored, NULL);
    sigprocmask(SIG_SETMASK, mask, NULL);
}

static void close_from(int first)
{
    if (close_range((unsigned)first, ~0U, 0) == 0)
        return;
    for (int fd = first; fd < 1024; fd++) /* a kernel before 5.9 */
        close(fd);
}

/* Leaves the child with silent standard files (its own log excepted), stop_fd and the listening socket. */
static bool settle_files(struct sandbox *sandbox, int stop_fd)
{
    int nothing = open("/dev/null", O_RDWR);
    int listening = fcntl(sandbox->listen_fd, F_DUPFD, FIRST_CLOSED_FD);
    int stop = fcntl(stop_fd, F_DUPFD, FIRST_CLOSED_FD);

    if (nothing < 0 || listening < 0 || stop < 0)
        return false;
    if (dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0 ||
        (sandbox->quiet && dup2(nothing, STDERR_FILENO) < 0) || dup2(stop, STOP_FD) < 0 ||
        dup2(listening, LISTEN_FD) < 0)
        return false;
    sandbox->listen_fd = LISTEN_FD;
    close_from(FIRST_CLOSED_FD);
    return true;
}

static _Noreturn void run_child(struct sandbox *sandbox, int stop_fd, pid_t parent, const sigset_t *mask)
{
    struct error err;

    setsid(); /* no terminal, so nothing that is typed there reaches it */
    reset_signals(mask);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent || !settle_files(sandbox, stop_fd) || !sandbox_run(sandbox, STOP_FD, &err))
        _exit(1);
    _exit(0);
}

static bool fork_child(struct sandbox *sandbox, struct private_sandbox *out, struct error *err)
{
    pid_t parent = getpid();
    sigset_t all;
    sigset_t before;
    int ends[2];
    int fork_errno;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_set_errno(err, ERROR_INTERNAL, errno, "the private sandbox cannot start");
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    out->pid = fork();
    fork_errno = errno;
    if (out->pid == 0)
        run_child(sandbox, ends[0], parent, &before);
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(ends[0]);
    if (out->pid < 0) {
        close(ends[1]);
        return error_set_errno(err, ERROR_INTERNAL, fork_errno, "the private sandbox cannot start");
    }
    out->hold_fd = ends[1];
    return true;
}

bool private_sandbox_start(const struct sandbox_options *options, struct private_sandbox *out,
                           struct error *err)
{
    struct sandbox *sandbox;
    bool started;

    *out = (struct private_sandbox){.pid = -1, .hold_fd = -1};
    sandbox = sandbox_open(options, err);
    if (!sandbox)
        return false;
    snprintf(out->endpoint, sizeof(out->endpoint), "http://127.0.0.1:%d", sandbox_port(sandbox));
    started = fork_child(sandbox, out, err);
    sandbox_free(sandbox);
    return started;
}

void private_sandbox_stop(struct private_sandbox *sandbox)
{
    if (sandbox->hold_fd >= 0)
        close(sandbox->hold_fd);
    if (sandbox->pid > 0)
        while (waitpid(sandbox->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    *sandbox = (struct private_sandbox){.pid = -1, .hold_fd = -1};
}
