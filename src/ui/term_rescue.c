#include "ui/term_rescue.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <termios.h>
#include <unistd.h>

enum {
    GOODBYE_MS = 500,  /* how long the terminal may take the last bytes */
    CONTINUE_MS = 100, /* how long a stop may take to arrive */
    RESTORE_SIZE = 512,
    ALTERNATE_STACK = 1 << 15
};

/* The one object of the program that is neither constant nor owned by anybody. */
static struct rescue {
    volatile sig_atomic_t armed;
    struct termios modes;
    char text[RESTORE_SIZE];
    size_t length;
    int output, wake;
    volatile sig_atomic_t raised[NSIG];
    struct sigaction before[NSIG];
    char stack[ALTERNATE_STACK];
} rescue;

static const int deadly_signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
static const int told_signals[] = {SIGWINCH, SIGCONT, SIGTSTP, SIGTERM, SIGHUP, SIGINT, SIGQUIT};
static const int ending_signals[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void rescue_terminal(void)
{
    int saved = errno;
    size_t at = 0;

    if (!rescue.armed)
        return;
    rescue.armed = 0;
    while (at < rescue.length) {
        ssize_t written = write(rescue.output, rescue.text + at, rescue.length - at);
        struct pollfd wanted = {.fd = rescue.output, .events = POLLOUT};

        if (written > 0)
            at += (size_t)written;
        else if (errno != EAGAIN || poll(&wanted, 1, GOODBYE_MS) <= 0)
            break;
    }
    tcsetattr(STDIN_FILENO, TCSANOW, &rescue.modes);
    errno = saved;
}

static void on_deadly_signal(int number)
{
    rescue_terminal();
    /* Whoever was there before us (a sanitizer, or the default) sees it now. */
    sigaction(number, &rescue.before[number], NULL);
    raise(number);
}

static void on_told_signal(int number)
{
    int saved = errno;

    rescue.raised[number] = 1;
    /* A full pipe wakes as well as one byte more. */
    if (write(rescue.wake, "", 1) < 0)
        errno = saved;
    errno = saved;
}

static void take_signal(int number, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_flags = flags};

    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, &rescue.before[number]);
}

static bool is_ignored(int number)
{
    return rescue.before[number].sa_handler == SIG_IGN;
}

void rescue_take_signals(int output, int wake)
{
    stack_t stack = {.ss_sp = rescue.stack, .ss_size = sizeof(rescue.stack)}, before;

    rescue.output = output;
    rescue.wake = wake;
    if (sigaltstack(NULL, &before) == 0 && (before.ss_flags & SS_DISABLE))
        sigaltstack(&stack, NULL);
    for (size_t i = 0; i < COUNT(told_signals); i++) {
        int number = told_signals[i];

        rescue.raised[number] = 0;
        take_signal(number, on_told_signal, SA_RESTART);
        /* What whoever started us wants ignored stays so: nohup, or a shell without job control. */
        if (is_ignored(number))
            sigaction(number, &rescue.before[number], NULL);
    }
    for (size_t i = 0; i < COUNT(deadly_signals); i++)
        take_signal(deadly_signals[i], on_deadly_signal, SA_ONSTACK);
}

/* A hang-up often comes twice, of the kernel and of the shell; the second must not cut short what the first
 * has begun. */
void rescue_give_signals_back(bool ending)
{
    if (ending)
        rescue.before[SIGHUP].sa_handler = SIG_IGN;
    for (size_t i = 0; i < COUNT(told_signals); i++)
        sigaction(told_signals[i], &rescue.before[told_signals[i]], NULL);
    for (size_t i = 0; i < COUNT(deadly_signals); i++)
        sigaction(deadly_signals[i], &rescue.before[deadly_signals[i]], NULL);
}

bool rescue_take_modes(void)
{
    return tcgetattr(STDIN_FILENO, &rescue.modes) == 0;
}

void rescue_give_modes_back(void)
{
    tcsetattr(STDIN_FILENO, TCSANOW, &rescue.modes);
}

void rescue_set_raw_modes(void)
{
    struct termios raw = rescue.modes;

    cfmakeraw(&raw);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

void rescue_begin_text(void)
{
    rescue.length = 0;
}

void rescue_add_text(const char *text)
{
    for (; *text && rescue.length < sizeof(rescue.text); text++)
        rescue.text[rescue.length++] = *text;
}

void rescue_arm(void)
{
    rescue.armed = 1;
}

void rescue_disarm(void)
{
    rescue.armed = 0;
}

bool rescue_was_raised(int number)
{
    bool raised = rescue.raised[number] != 0;

    rescue.raised[number] = 0;
    return raised;
}

int rescue_ending_signal(void)
{
    for (size_t i = 0; i < COUNT(ending_signals); i++)
        if (rescue_was_raised(ending_signals[i]))
            return ending_signals[i];
    return 0;
}

void rescue_stop(int woken)
{
    struct sigaction handler, fallback = {.sa_handler = SIG_DFL};
    struct pollfd wanted = {.fd = woken, .events = POLLIN};

    if (is_ignored(SIGTSTP))
        return;
    sigemptyset(&fallback.sa_mask);
    rescue.raised[SIGCONT] = 0;
    sigaction(SIGTSTP, &fallback, &handler);
    kill(0, SIGTSTP);
    /* With threads, the stop may reach another one first. */
    if (!rescue.raised[SIGCONT])
        poll(&wanted, 1, CONTINUE_MS);
    sigaction(SIGTSTP, &handler, NULL);
    rescue.raised[SIGCONT] = 0;
    rescue.raised[SIGTSTP] = 0;
}
