#include "ui/term.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "ui/input.h"
#include "ui/term_info.h"
#include "ui/term_rescue.h"
#include "ui/term_screen.h"

/*
 * What the terminal is to be sent waits in memory and is passed on without
 * ever blocking: a terminal that stops reading (flow control, a stuck
 * connection) stops neither the clock nor the signals.
 */

enum {
    BACKLOG_MAX = 1 << 20, /* what a terminal may owe us before the rest is dropped for a fresh picture */
    FLOOD_BYTES = 1024,    /* nobody types so many at once */
    FLOOD_MS = 500,        /* so long what comes behind them may belong to them */
    BACKLOG_POLL_MS = 20,  /* how often a full terminal is tried again */
    GOODBYE_MS = 500,      /* how long it may take the last bytes */
    REST_MS = 200,         /* so long after a key nothing is on its way any more */
    REST_MOST_MS = 2000,   /* nobody holds us back for longer */
    SIZE_MAX_CELLS = 4000  /* a wider or higher screen is cut there */
};

struct term {
    struct host *host;
    struct term_info info;
    struct term_screen screen;
    int output;  /* the terminal, not blocking where that was possible */
    int wake[2]; /* signals: read, write */
    struct input *input;
    int64_t last_read;  /* ticks */
    int64_t last_flood; /* ticks: of more than anybody types */
    struct buf backlog; /* not yet taken by the terminal */
    size_t backlog_sent;
    bool pastes; /* the terminal is asked for bracketed paste */
    bool mouse;
    bool dropped;   /* some of the backlog was: a new picture is due when the terminal reads again */
    bool resized;   /* EVENT_RESIZE is due */
    bool keys_lost; /* EVENT_LOSS is due */
    bool settled;   /* what comes now does not come with what was before */
    bool hurried;   /* the last key did not come alone */
    bool drained;   /* the last read took all there was */
    bool is_told;   /* what there is to read; see term_ready() */
    bool keys_are_there, signals_are_there;
    bool gone;
    bool ending; /* a signal asked for the end */
    int columns, rows;
};

/* -------------------------------------------------- what is to be had */

/* Fills info, or says why no full screen can be had. */
static const char *look_at_terminal(struct host *host, bool colour, struct term_info *info)
{
    const char *name = host_env(host, "TERM");

    if (!isatty(STDIN_FILENO))
        return "standard input is not a terminal";
    if (!isatty(STDOUT_FILENO))
        return "standard output is not a terminal";
    if (!name)
        return "the variable TERM, which names the kind of terminal, is not set";
    if (strcmp(name, "dumb") == 0)
        return "the terminal is a plain one (TERM is \"dumb\")";
    return term_info_load(info, name, colour);
}

const char *term_obstacle(struct host *host)
{
    struct term_info info;

    return look_at_terminal(host, false, &info);
}

/* ------------------------------------------------------------- writing */

/* A picture that came too late is not worth its bytes: CAN ends a sequence that was cut, the next one is
 * drawn whole. */
static void drop_backlog(struct term *term)
{
    buf_clear(&term->backlog);
    buf_add_char(&term->backlog, 0x18);
    term->backlog_sent = 0;
    term_screen_forget(&term->screen);
    term->dropped = true;
}

/* Passes on what the terminal takes now. */
static void pump(struct term *term)
{
    while (term->backlog_sent < term->backlog.length && !term->gone) {
        ssize_t written = write(term->output, buf_text(&term->backlog) + term->backlog_sent,
                                term->backlog.length - term->backlog_sent);

        if (written > 0)
            term->backlog_sent += (size_t)written;
        else if (written < 0 && errno == EINTR)
            continue;
        else if (written < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
            term->gone = true;
        else
            break;
    }
    if (term->backlog_sent == term->backlog.length || term->gone) {
        buf_clear(&term->backlog);
        term->backlog_sent = 0;
        term->resized = term->resized || term->dropped;
        term->dropped = false;
    } else if (term->backlog.length - term->backlog_sent > BACKLOG_MAX || term->backlog.failed) {
        drop_backlog(term);
    }
}

/* Waits a little for a slow terminal to take everything. */
static void pump_all(struct term *term)
{
    int64_t end = term->host->ticks(term->host) + GOODBYE_MS;

    pump(term);
    while (term->backlog.length > 0 && !term->gone) {
        struct pollfd wanted = {.fd = term->output, .events = POLLOUT};
        int64_t left = end - term->host->ticks(term->host);

        if (left <= 0 || (poll(&wanted, 1, (int)left) < 0 && errno != EINTR))
            break;
        pump(term);
    }
}

/* The terminal once more, opened so that writing never blocks: the flag must not be set on what we share with
 * the shell. Where that is not allowed, the shared one. */
static int open_output(void)
{
    char name[PATH_MAX];
    int file = -1;

    if (ttyname_r(STDOUT_FILENO, name, sizeof(name)) == 0)
        file = open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (file < 0)
        file = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    return file;
}

/* ------------------------------------------------ taking and giving back */

static const char paste_on[] = "\x1b[?2004h", paste_off[] = "\x1b[?2004l";
static const char mouse_on[] = "\x1b[?1000h\x1b[?1006h", mouse_off[] = "\x1b[?1006l\x1b[?1000l";

/* Prepares what gives the terminal back. */
static void arm(const struct term *term)
{
    struct buf last_row = BUF_INIT;

    rescue_begin_text();
    if (term->info.has_mouse)
        rescue_add_text(mouse_off);
    if (term->pastes)
        rescue_add_text(paste_off);
    rescue_add_text(term->info.looks[STYLE_PLAIN]);
    if (!*term->info.leave) {
        term_info_move(&term->info, term->rows - 1, 0, &last_row);
        buf_add_text(&last_row, "\r\n");
    }
    rescue_add_text(*term->info.leave ? term->info.leave : buf_text(&last_row));
    rescue_add_text(term->info.show_cursor); /* the screen before may have its own cursor */
    rescue_arm();
    buf_release(&last_row);
}

/* The terminal is ours: the modes of the line, and everything is drawn at the next term_present(). */
static void enter(struct term *term)
{
    rescue_set_raw_modes();
    arm(term);
    buf_add_text(&term->backlog, term->info.enter);
    if (term->pastes)
        buf_add_text(&term->backlog, paste_on);
    if (term->mouse)
        buf_add_text(&term->backlog, mouse_on);
    term_screen_forget(&term->screen);
}

/* The same where nobody knows what became of the terminal. */
static void take_again(struct term *term)
{
    buf_add_text(&term->backlog, term->info.leave);
    /* The way back from the other screen may bring a hidden one along. */
    buf_add_text(&term->backlog, term->info.show_cursor);
    enter(term);
}

/* Keys meant for this screen must not reach the shell. What led here was pasted, it may be, and the rest of
 * it is on its way: then nothing is to come for a while. */
static void drop_keys(struct term *term)
{
    struct pollfd wanted = {.fd = STDIN_FILENO, .events = POLLIN};
    int64_t end = term->host->ticks(term->host) + REST_MOST_MS;

    term->is_told = false;
    do
        tcflush(STDIN_FILENO, TCIFLUSH);
    while (term->hurried && !term->gone && term->host->ticks(term->host) < end &&
           poll(&wanted, 1, REST_MS) > 0 && !(wanted.revents & (POLLHUP | POLLERR | POLLNVAL)));
}

/* The terminal is the shell's, as it was. */
static void leave(struct term *term)
{
    pump_all(term);
    drop_keys(term);
    rescue_terminal();
}

/* -------------------------------------------------------------- the size */

static void measure(int *columns, int *rows)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0 || size.ws_row == 0)
        return;
    *columns = size.ws_col < SIZE_MAX_CELLS ? size.ws_col : SIZE_MAX_CELLS;
    *rows = size.ws_row < SIZE_MAX_CELLS ? size.ws_row : SIZE_MAX_CELLS;
}

/* Takes the size the terminal has now. */
static void take_size(struct term *term)
{
    measure(&term->columns, &term->rows);
    term->resized = true;
    term_screen_forget(&term->screen);
    arm(term);
}

/* ------------------------------------------------------ opening, closing */

static bool open_files(struct term *term, struct error *err)
{
    if (pipe2(term->wake, O_CLOEXEC | O_NONBLOCK) < 0) {
        term->wake[0] = term->wake[1] = -1;
        return error_set_errno(err, ERROR_INTERNAL, errno, "no pipe for signals");
    }
    term->output = open_output();
    if (term->output < 0)
        return error_set_errno(err, ERROR_INTERNAL, errno, "the terminal cannot be opened");
    if (!rescue_take_modes())
        return error_set_errno(err, ERROR_INTERNAL, errno, "the modes of the terminal cannot be read");
    return true;
}

static bool open_screen(struct term *term, const struct term_options *options, struct error *err)
{
    const char *obstacle = look_at_terminal(term->host, options->colour, &term->info);
    const char *name = host_env(term->host, "TERM");

    if (obstacle)
        return error_set(err, ERROR_INTERNAL, "%s", obstacle);
    term->columns = term->info.columns;
    term->rows = term->info.rows;
    term->mouse = options->mouse && term->info.has_mouse;
    term->pastes =
        !text_starts_with(name, "linux") && !text_starts_with(name, "vt") && !text_starts_with(name, "ansi");
    return true;
}

static void free_term(struct term *term)
{
    if (term->output >= 0)
        close(term->output);
    if (term->wake[0] >= 0)
        close(term->wake[0]);
    if (term->wake[1] >= 0)
        close(term->wake[1]);
    input_free(term->input);
    buf_release(&term->backlog);
    term_screen_release(&term->screen);
    free(term);
}

static struct term *new_term(struct host *host, struct error *err)
{
    struct term *term = calloc(1, sizeof(*term));

    if (!term) {
        error_memory(err);
        return NULL;
    }
    term->host = host;
    term->output = term->wake[0] = term->wake[1] = -1;
    term->settled = true;
    term->last_flood = -FLOOD_MS;
    buf_init(&term->backlog, (size_t)16 * BACKLOG_MAX);
    term_screen_init(&term->screen, &term->info, strcmp(nl_langinfo(CODESET), "UTF-8") != 0);
    term->input = input_new();
    if (!term->input) {
        error_memory(err);
        free(term);
        return NULL;
    }
    return term;
}

struct term *term_open(struct host *host, const struct term_options *options, struct error *err)
{
    struct term *term = new_term(host, err);

    if (!term)
        return NULL;
    if (!open_screen(term, options, err) || !open_files(term, err)) {
        free_term(term);
        return NULL;
    }
    rescue_take_signals(term->output, term->wake[1]);
    atexit(rescue_terminal);
    enter(term);
    take_size(term);
    return term;
}

void term_close(struct term *term)
{
    if (!term)
        return;
    leave(term);
    rescue_give_signals_back(term->ending || term->gone);
    free_term(term);
}

/* -------------------------------------------------------------- events */

int term_input_fd(const struct term *term)
{
    (void)term;
    return STDIN_FILENO;
}

int term_signal_fd(const struct term *term)
{
    return term->wake[0];
}

static int64_t silence_left(const struct term *term, int silence_ms)
{
    int64_t left = term->last_read + silence_ms - term->host->ticks(term->host);

    return left > 0 ? left : 0;
}

int term_timeout(const struct term *term)
{
    int silence_ms, timeout = -1;

    if (term->resized || term->gone)
        return 0;
    if (input_pending(term->input, &silence_ms))
        timeout = (int)silence_left(term, silence_ms);
    if (term->backlog.length > 0 && (timeout < 0 || timeout > BACKLOG_POLL_MS))
        timeout = BACKLOG_POLL_MS;
    return timeout;
}

/* What the signals since the last time ask for. */
static bool next_signal(struct term *term, struct event *event)
{
    int ending = rescue_ending_signal();

    if (ending != 0) {
        term->ending = true;
        *event = (struct event){.kind = EVENT_SIGNAL, .signal_number = ending};
        return true;
    }
    if (rescue_was_raised(SIGTSTP))
        term_suspend(term);
    if (rescue_was_raised(SIGCONT)) {
        /* Stopped and continued by somebody else; the shell may have changed the modes meanwhile. */
        take_again(term);
        take_size(term);
    }
    if (rescue_was_raised(SIGWINCH))
        take_size(term);
    return false;
}

static bool next_resize(struct term *term, struct event *event)
{
    if (!term->resized)
        return false;
    term->resized = false;
    *event = (struct event){.kind = EVENT_RESIZE, .columns = term->columns, .rows = term->rows};
    return true;
}

static bool next_loss(struct term *term, struct event *event)
{
    if (!term->keys_lost)
        return false;
    term->keys_lost = false;
    *event = (struct event){.kind = EVENT_LOSS};
    return true;
}

static void read_keys(struct term *term)
{
    char bytes[4096];
    ssize_t got = read(STDIN_FILENO, bytes, sizeof(bytes));

    if (got < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK))
        return;
    if (got <= 0) {
        term->gone = true;
        return;
    }
    term->last_read = term->host->ticks(term->host);
    if (!input_feed(term->input, bytes, (size_t)got))
        term->keys_lost = true;
    wipe(bytes, (size_t)got);
    term->drained = (size_t)got < sizeof(bytes);
    if (got > FLOOD_BYTES)
        term->last_flood = term->last_read;
}

void term_ready(struct term *term, bool keys, bool signals)
{
    term->is_told = true;
    term->keys_are_there = keys;
    term->signals_are_there = signals;
}

/* Whether there is something to read: as it was told, once, or by asking. */
static bool find_ready(struct term *term)
{
    struct pollfd wanted[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                              {.fd = term->wake[0], .events = POLLIN}};

    if (!term->is_told) {
        (void)poll(wanted, 2, 0);
        term_ready(term, wanted[0].revents != 0, wanted[1].revents != 0);
    }
    term->is_told = false;
    return term->keys_are_there || term->signals_are_there;
}

/* Reads what is there. False when there is nothing, or the last time gave everything. */
static bool look(struct term *term)
{
    char woken[64];

    if (term->drained || term->gone || !find_ready(term))
        return false;
    if (term->signals_are_there) {
        while (read(term->wake[0], woken, sizeof(woken)) == (ssize_t)sizeof(woken))
            continue;
    }
    if (term->keys_are_there)
        read_keys(term);
    return true;
}

/* A long paste comes in several reads, and its end may stand in its text: the key that is right behind it is
 * not a key that was pressed. One that is FLOOD_MS behind is, and so is one behind a short paste: nothing
 * tells them from those that are meant. */
static bool next_key(struct term *term, struct event *event)
{
    if (!input_next(term->input, event))
        return false;
    event->burst = event->burst || !term->settled || term->last_read - term->last_flood < FLOOD_MS;
    term->settled = false;
    term->hurried = event->burst;
    return true;
}

bool term_next(struct term *term, struct event *event, bool *gone)
{
    int silence_ms;

    *gone = false;
    pump(term);
    do {
        if (next_signal(term, event) || next_resize(term, event) || next_key(term, event) ||
            next_loss(term, event))
            return true;
    } while (look(term));
    term->drained = false;
    term->settled = true;
    if (input_pending(term->input, &silence_ms) && (term->gone || silence_left(term, silence_ms) == 0)) {
        input_flush(term->input);
        if (next_key(term, event))
            return true;
    }
    *gone = term->gone;
    return false;
}

/* ------------------------------------------------------------- drawing */

bool term_present(struct term *term, const struct canvas *canvas)
{
    bool complete;

    /* Between a resize of the terminal and the next EVENT_RESIZE the picture is of no use. */
    if (canvas->columns != term->columns || canvas->rows != term->rows || term->gone)
        return true;
    complete = term_screen_draw(&term->screen, canvas, &term->backlog);
    if (term->backlog.failed) {
        drop_backlog(term);
        term->dropped = false; /* whoever asks knows */
        take_again(term);
    }
    pump(term);
    term->settled = true;
    return complete;
}

void term_size(const struct term *term, int *columns, int *rows)
{
    *columns = term->columns;
    *rows = term->rows;
}

bool term_is_ascii(const struct term *term)
{
    return term->screen.ascii;
}

void term_set_mouse(struct term *term, bool on)
{
    on = on && term->info.has_mouse;
    if (on == term->mouse)
        return;
    term->mouse = on;
    buf_add_text(&term->backlog, on ? mouse_on : mouse_off);
    pump(term);
}

void term_redraw(struct term *term)
{
    term_screen_forget(&term->screen);
}

void term_suspend(struct term *term)
{
    leave(term);
    rescue_stop(term->wake[0]);
    /* What the shell has set meanwhile is what it gets back. */
    (void)rescue_take_modes();
    enter(term);
    take_size(term);
}
