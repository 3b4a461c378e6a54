#include "cli/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/write_limit.h"

void interrupt_add(sigset_t *set, int number)
{
    struct sigaction now;

    if (sigaction(number, NULL, &now) == 0 && now.sa_handler != SIG_IGN)
        sigaddset(set, number);
}

static void ending_signals(sigset_t *set)
{
    sigemptyset(set);
    interrupt_add(set, SIGINT);
    interrupt_add(set, SIGTERM);
    interrupt_add(set, SIGHUP);
}

int interrupt_open(struct error *err)
{
    sigset_t set;
    int fd;

    ending_signals(&set);
    fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0) {
        error_set_errno(err, ERROR_INTERNAL, errno, "signals cannot be waited for");
        return -1;
    }
    sigprocmask(SIG_BLOCK, &set, NULL);
    write_limit_open();
    return fd;
}

int interrupt_take(int fd)
{
    struct signalfd_siginfo info;

    if (fd < 0 || read(fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
        return 0;
    write_limit_hurry();
    return (int)info.ssi_signo;
}

int interrupt_unread(int fd, int taken)
{
    if (!ferror(stdout) && !ferror(stderr))
        return 0;
    return taken ? taken : interrupt_take(fd);
}

void interrupt_close(int fd)
{
    sigset_t set;

    if (fd < 0)
        return;
    /* What was meant for us must not end the program once it is let through again. */
    while (interrupt_take(fd) != 0) {
    }
    close(fd);
    ending_signals(&set);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    write_limit_close();
}
