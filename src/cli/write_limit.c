#include "cli/write_limit.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/time.h>

/* Both together are how long a signal waits for a write at most; the first is how long last words may. */
enum { FIRST_TICK_US = 200000, TICK_US = 100000 };

static void set_handler(void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_flags = flags};

    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
}

/* How it stands is kept by the system, as what a signal does: nothing (the signals are not held back), a look
 * whether one came, or the end of the write. */
static struct sigaction how_it_stands(void)
{
    struct sigaction now = {.sa_flags = 0};

    sigaction(SIGALRM, NULL, &now);
    return now;
}

/* A write that waits ends with EINTR, as this comes without SA_RESTART. */
static void cut_off(int number)
{
    (void)number;
}

/* Only what is safe in a signal handler. */
static bool end_is_asked_for(void)
{
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    sigset_t pending;

    if (sigpending(&pending) != 0)
        return false;
    for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
        if (sigismember(&pending, ending[i]) == 1)
            return true;
    return false;
}

/* The write goes on after it, but not after the next one if the end is asked for. */
static void look_for_end(int number)
{
    int saved = errno;

    (void)number;
    if (end_is_asked_for())
        set_handler(look_for_end, 0);
    errno = saved;
}

void write_limit_open(void)
{
    sigset_t alarm;

    if (how_it_stands().sa_handler == cut_off)
        return;
    set_handler(look_for_end, SA_RESTART);
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sigprocmask(SIG_UNBLOCK, &alarm, NULL);
}

void write_limit_close(void)
{
    if (how_it_stands().sa_handler == look_for_end)
        set_handler(SIG_DFL, 0);
}

void write_limit_hurry(void)
{
    write_limit_open();
    set_handler(cut_off, 0);
}

static void set_timer(long first_us, long then_us)
{
    const struct itimerval ticks = {.it_value.tv_usec = first_us, .it_interval.tv_usec = then_us};

    setitimer(ITIMER_REAL, &ticks, NULL);
}

bool write_limit_begin(FILE *stream)
{
    struct sigaction now = how_it_stands();
    bool seen = now.sa_handler == look_for_end && !(now.sa_flags & SA_RESTART);

    /* A signal that an earlier write has seen may have meant something else than the end. */
    if (seen && !end_is_asked_for()) {
        set_handler(look_for_end, SA_RESTART);
        seen = false;
    }
    if ((seen || now.sa_handler == cut_off) && ferror(stream)) {
        errno = EINTR;
        return false;
    }
    if (now.sa_handler == look_for_end || now.sa_handler == cut_off)
        set_timer(FIRST_TICK_US, TICK_US);
    return true;
}

void write_limit_end(void)
{
    struct sigaction now = how_it_stands();

    if (now.sa_handler == cut_off || now.sa_handler == look_for_end)
        set_timer(0, 0);
}
