#include "cli/plain_terminal.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clean.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/write_limit.h"

enum { CHUNK = 4096 };

/* ---- What the terminal shows ---- */

static void hide(struct plain_terminal *terminal)
{
    struct termios modes;

    if (!terminal->is_terminal || tcgetattr(STDIN_FILENO, &terminal->modes) != 0)
        return;
    modes = terminal->modes;
    modes.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    terminal->is_hidden = tcsetattr(STDIN_FILENO, TCSAFLUSH, &modes) == 0;
}

static void show(struct plain_terminal *terminal)
{
    if (terminal->is_hidden)
        tcsetattr(STDIN_FILENO, terminal->signal_number ? TCSANOW : TCSADRAIN, &terminal->modes);
    terminal->is_hidden = false;
}

/* What was typed before it could be seen what for is no answer. */
static void forget_typed(struct plain_terminal *terminal)
{
    if (!terminal->is_terminal)
        return;
    tcflush(STDIN_FILENO, TCIFLUSH);
    buf_clear(&terminal->pending);
}

/* ---- Signals ---- */

static void wanted_signals(const struct plain_terminal *terminal, sigset_t *set)
{
    sigemptyset(set);
    interrupt_add(set, SIGINT);
    interrupt_add(set, SIGTERM);
    interrupt_add(set, SIGHUP);
    interrupt_add(set, SIGQUIT);
    if (terminal->is_terminal)
        interrupt_add(set, SIGTSTP);
}

/* Stops as Ctrl-Z does, with the terminal as the shell knows it; goes on when continued. */
static void suspend(struct plain_terminal *terminal)
{
    bool hidden = terminal->is_hidden;
    sigset_t stop, before;

    show(terminal);
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &stop, &before);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (hidden)
        hide(terminal);
}

int plain_terminal_take_signal(struct plain_terminal *terminal)
{
    struct signalfd_siginfo info;

    while (read(terminal->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        if (info.ssi_signo != SIGTSTP)
            return (int)info.ssi_signo;
        suspend(terminal);
    }
    return 0;
}

void plain_terminal_end(struct plain_terminal *terminal, int signal_number)
{
    terminal->signal_number = signal_number;
    write_limit_hurry();
}

bool plain_terminal_wait(struct plain_terminal *terminal, struct transport *transport, int fd, int timeout_ms,
                         struct error *err)
{
    struct pollfd fds[] = {{.fd = terminal->signal_fd, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    size_t count = fd >= 0 ? 2 : 1;

    if (transport)
        return transport_wait(transport, fds, count, timeout_ms, err) >= 0;
    if (poll(fds, (nfds_t)count, timeout_ms) < 0 && errno != EINTR)
        return error_set_errno(err, ERROR_INTERNAL, errno, "waiting for the service failed");
    return true;
}

/* ---- Reading ---- */

static enum plain_read fail(struct error *err, const char *what)
{
    error_set_errno(err, ERROR_FILE, errno, "%s", what);
    return PLAIN_READ_FAILED;
}

/* Waits for input or a signal: PLAIN_READ_LINE when there is input. */
static enum plain_read wait_for_input(struct plain_terminal *terminal, const char *question,
                                      struct error *err)
{
    struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                           {.fd = terminal->signal_fd, .events = POLLIN}};

    while (poll(fds, 2, -1) < 0)
        if (errno != EINTR)
            return fail(err, "waiting for a line failed");
    if (fds[1].revents & POLLIN) {
        int number = plain_terminal_take_signal(terminal);

        if (number != 0) {
            plain_terminal_end(terminal, number);
            return PLAIN_READ_INTERRUPTED;
        }
        /* It was suspended: the question has scrolled away, or is behind other programs' words. */
        if (!terminal->io.write(&terminal->io, question, strlen(question), err))
            return PLAIN_READ_FAILED;
        return wait_for_input(terminal, question, err);
    }
    return PLAIN_READ_LINE;
}

/* Reads what is there into pending. */
static enum plain_read read_more(struct plain_terminal *terminal, struct error *err)
{
    char bytes[CHUNK];
    ssize_t got = read(STDIN_FILENO, bytes, sizeof(bytes));

    if (got < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK))
        return PLAIN_READ_LINE;
    if (got < 0 && errno != EIO)
        return fail(err, "standard input cannot be read");
    if (got <= 0)
        return PLAIN_READ_END;
    buf_add(&terminal->pending, bytes, (size_t)got);
    wipe(bytes, (size_t)got);
    if (terminal->pending.failed) {
        error_memory(err);
        return PLAIN_READ_FAILED;
    }
    return PLAIN_READ_LINE;
}

/* Moves the first line of pending, or the part of it that is there, to line; *whole: it was. False when
 * memory is short; what is too long for line is lost. */
static bool take_pending(struct plain_terminal *terminal, struct buf *line, bool *whole)
{
    struct buf *pending = &terminal->pending;
    const char *text = buf_text(pending);
    const char *end = pending->length > 0 ? memchr(text, '\n', pending->length) : NULL;
    size_t length = end ? (size_t)(end - text) : pending->length;
    bool fits = !line->failed && length <= line->limit - line->length;

    buf_add(line, text, length);
    buf_remove(pending, 0, length + (end != NULL));
    *whole = end != NULL;
    return !fits || !line->failed;
}

static enum plain_read read_line(struct plain_terminal *terminal, enum plain_input input,
                                 const char *question, struct buf *line, struct error *err)
{
    enum plain_read read;
    bool whole;

    /* Another question in its place would take the next answer, which is meant for something else. */
    while (take_pending(terminal, line, &whole)) {
        if (whole)
            return PLAIN_READ_LINE;
        read = wait_for_input(terminal, question, err);
        if (read == PLAIN_READ_LINE)
            read = read_more(terminal, err);
        if (read == PLAIN_READ_END && line->length > 0 && input != PLAIN_INPUT_DELIBERATE)
            return PLAIN_READ_LINE; /* a last line without its end */
        if (read != PLAIN_READ_LINE)
            return read;
    }
    error_memory(err);
    return PLAIN_READ_FAILED;
}

static enum plain_read ask(struct plain_io *io, enum plain_input input, const char *question,
                           struct buf *line, struct error *err)
{
    struct plain_terminal *terminal = (struct plain_terminal *)io;
    enum plain_read read = PLAIN_READ_FAILED;

    if (input != PLAIN_INPUT_SHOWN)
        forget_typed(terminal);
    if (input == PLAIN_INPUT_HIDDEN)
        hide(terminal);
    if (io->write(io, question, strlen(question), err))
        read = read_line(terminal, input, question, line, err);
    show(terminal);
    return read;
}

/* ---- Writing ---- */

static bool fail_to_write(struct plain_terminal *terminal, struct error *err)
{
    int number = errno;
    /* What cut off the writing ends the dialogue: nobody reads. */
    int signal_number = number == EINTR ? plain_terminal_take_signal(terminal) : 0;

    if (signal_number != 0)
        plain_terminal_end(terminal, signal_number);
    return error_set_errno(err, ERROR_FILE, number, "the questions cannot be written");
}

static bool write_text(struct plain_io *io, const char *text, size_t length, struct error *err)
{
    struct plain_terminal *terminal = (struct plain_terminal *)io;
    FILE *out = terminal->out;
    struct buf narrow = BUF_INIT;
    bool written;

    if (output_is_narrow(out)) {
        clean_add_ascii(&narrow, text, length);
        text = buf_text(&narrow);
        length = narrow.length;
    }
    if (narrow.failed)
        written = error_memory(err);
    else
        written = output_put(out, text, length) || fail_to_write(terminal, err);
    buf_release(&narrow);
    return written;
}

/* ---- Life ---- */

bool plain_terminal_open(struct plain_terminal *terminal, struct error *err)
{
    sigset_t wanted;

    *terminal = (struct plain_terminal){
        .io = {.ask = ask, .write = write_text}, .is_terminal = isatty(STDIN_FILENO), .pending = BUF_INIT};
    /* Who types should see what for, also where standard output goes elsewhere. */
    terminal->out =
        terminal->is_terminal && !isatty(STDOUT_FILENO) && isatty(STDERR_FILENO) ? stderr : stdout;
    terminal->io.echoes = terminal->is_terminal;
    wanted_signals(terminal, &wanted);
    terminal->signal_fd = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    if (terminal->signal_fd < 0)
        return error_set_errno(err, ERROR_INTERNAL, errno, "signals cannot be waited for");
    sigprocmask(SIG_BLOCK, &wanted, &terminal->old_mask);
    write_limit_open();
    return true;
}

void plain_terminal_close(struct plain_terminal *terminal)
{
    show(terminal);
    /* What was meant for us must not end the program once it is let through again. */
    while (plain_terminal_take_signal(terminal) != 0) {
    }
    close(terminal->signal_fd);
    sigprocmask(SIG_SETMASK, &terminal->old_mask, NULL);
    write_limit_close();
    buf_release(&terminal->pending);
}
