#include "screen.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>
#include <vterm.h>

#include "base/buf.h"
#include "base/utf8.h"

extern char **environ;

enum { DEFAULT_COLUMNS = 80, DEFAULT_ROWS = 24, DEFAULT_PATIENCE_MS = 20000, QUIET_MS = 100 };

/* What the shell tells: what became of the program. */
enum report_kind { REPORT_STARTED, REPORT_STOPPED, REPORT_ENDED };

struct report {
    enum report_kind kind;
    int value; /* pid, or status */
};

struct screen {
    int terminal; /* -1: hung up */
    int reports;
    int orders;
    pid_t shell, program;
    struct termios before;
    VTerm *vterm;
    VTermScreen *picture;
    bool alternate, cursor_visible;
    int mouse;
    bool deaf, stopped, ended;
    int status;
    int columns, rows;
    int patience_ms;
    struct buf bytes;
    struct buf text;
};

/* --------------------------------------------------------- environment */

static bool names(const char *entry, const char *change)
{
    size_t length = strcspn(change, "=");

    return strncmp(entry, change, length) == 0 && entry[length] == '=';
}

static void apply(const char **entries, size_t *count, const char *change)
{
    size_t kept = 0;

    for (size_t i = 0; i < *count; i++)
        if (!names(entries[i], change))
            entries[kept++] = entries[i];
    if (strchr(change, '='))
        entries[kept++] = change;
    *count = kept;
}

static size_t count_of(const char *const *list)
{
    size_t count = 0;

    while (list && list[count])
        count++;
    return count;
}

/* The entries are borrowed; free() the list. */
static const char **environment_of(const char *const *changes)
{
    static const char *const usual[] = {
        "TERM=xterm-256color", "LC_ALL=C.UTF-8", "TZ=UTC", "LINES", "COLUMNS", "NO_COLOR", NULL};
    size_t count = count_of((const char *const *)environ);
    const char **entries = calloc(count + count_of(usual) + count_of(changes) + 1, sizeof(*entries));

    if (!entries)
        return NULL;
    memcpy(entries, environ, count * sizeof(*entries));
    for (size_t i = 0; usual[i]; i++)
        apply(entries, &count, usual[i]);
    for (size_t i = 0; changes && changes[i]; i++)
        apply(entries, &count, changes[i]);
    entries[count] = NULL;
    return entries;
}

/* ----------------------------------------------- the shell, a process */

static pid_t shell_program;

static void forward_hangup(int number)
{
    kill(-shell_program, number);
}

static void tell(int reports, enum report_kind kind, int value)
{
    struct report report = {kind, value};

    if (write(reports, &report, sizeof(report)) != (ssize_t)sizeof(report))
        _exit(1);
}

static void run_program(const char *const *argv, const char *const *environment)
{
    setpgid(0, 0);
    tcsetpgrp(STDIN_FILENO, getpgrp());
    signal(SIGTTOU, SIG_DFL);
    execve(argv[0], (char *const *)argv, (char *const *)environment);
    _exit(127);
}

/* Job control: lends the terminal to the program, and takes it back when that is stopped. */
static void watch(int reports, int orders)
{
    char order;
    int status;

    for (;;) {
        if (waitpid(shell_program, &status, WUNTRACED) < 0) {
            if (errno == EINTR)
                continue;
            _exit(1);
        }
        tcsetpgrp(STDIN_FILENO, getpgrp());
        if (!WIFSTOPPED(status))
            break;
        tell(reports, REPORT_STOPPED, WSTOPSIG(status));
        if (read(orders, &order, 1) != 1)
            _exit(0);
        tcsetpgrp(STDIN_FILENO, shell_program);
        kill(-shell_program, SIGCONT);
    }
    tell(reports, REPORT_ENDED, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
    /* Keeps the terminal until it has been looked at. */
    while (read(orders, &order, 1) < 0 && errno == EINTR)
        continue;
    _exit(0);
}

/* Only what is safe between fork() and exec() of a program with threads. */
static void run_shell(int terminal, int reports, int orders, const char *const *argv,
                      const char *const *environment)
{
    struct sigaction hangup = {.sa_handler = forward_hangup};
    sigset_t none;

    if (login_tty(terminal) < 0)
        _exit(1);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGTTOU, SIG_IGN);
    shell_program = fork();
    if (shell_program < 0)
        _exit(1);
    if (shell_program == 0)
        run_program(argv, environment);
    setpgid(shell_program, shell_program);
    tcsetpgrp(STDIN_FILENO, shell_program);
    sigaction(SIGHUP, &hangup, NULL);
    tell(reports, REPORT_STARTED, shell_program);
    watch(reports, orders);
}

/* ------------------------------------------------------------- waiting */

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void take_report(struct screen *screen)
{
    struct report report;

    if (read(screen->reports, &report, sizeof(report)) != (ssize_t)sizeof(report)) {
        screen->ended = true;
        return;
    }
    switch (report.kind) {
    case REPORT_STARTED:
        screen->program = report.value;
        break;
    case REPORT_STOPPED:
        screen->stopped = true;
        break;
    case REPORT_ENDED:
        screen->ended = true;
        screen->status = report.value;
        break;
    }
}

static void answer_queries(struct screen *screen)
{
    char reply[256];
    size_t length;

    while ((length = vterm_output_read(screen->vterm, reply, sizeof(reply))) > 0)
        if (write(screen->terminal, reply, length) < 0)
            break;
}

/* False when nothing was there. */
static bool take_output(struct screen *screen)
{
    char bytes[65536];
    ssize_t length = read(screen->terminal, bytes, sizeof(bytes));

    if (length <= 0)
        return false;
    buf_add(&screen->bytes, bytes, (size_t)length);
    vterm_input_write(screen->vterm, bytes, (size_t)length);
    vterm_screen_flush_damage(screen->picture);
    answer_queries(screen);
    return true;
}

/* Waits for output, a report, or (wanted) room to type, at most `ms`. Returns whether anything came of it;
 * *room says whether the terminal takes keys. */
static bool step(struct screen *screen, int ms, bool *room)
{
    struct pollfd wanted[2] = {{.fd = screen->reports, .events = POLLIN}, {.fd = screen->terminal}};
    bool came = false;

    if (screen->ended)
        wanted[0].fd = -1;
    wanted[1].events = (short)((screen->deaf ? 0 : POLLIN) | (room ? POLLOUT : 0));
    if (wanted[1].events == 0)
        wanted[1].fd = -1;
    if (ms < 0)
        ms = 0;
    if (poll(wanted, 2, ms) < 0)
        return errno == EINTR;
    if (wanted[1].revents & POLLIN)
        came = take_output(screen);
    if (wanted[0].revents & (POLLIN | POLLHUP)) {
        take_report(screen);
        came = true;
    }
    if (room)
        *room = (wanted[1].revents & POLLOUT) != 0;
    return came || (wanted[1].revents & POLLOUT);
}

/* What is waited for: true when it is so. */
struct wish {
    bool (*holds)(struct screen *screen, const struct wish *wish);
    const char *text;
    int row, column;
};

static bool wait_quietly(struct screen *screen, struct wish wish, int limit_ms)
{
    int64_t end = now_ms() + limit_ms;

    while (!wish.holds(screen, &wish)) {
        int64_t left = end - now_ms();

        if (left <= 0 || (screen->ended && !step(screen, 0, NULL) && !wish.holds(screen, &wish)))
            return false;
        step(screen, (int)left, NULL);
    }
    return true;
}

static bool wait_for(struct screen *screen, struct wish wish, const char *what)
{
    if (wait_quietly(screen, wish, screen->patience_ms))
        return true;
    fprintf(stderr, "waited in vain for %s%s%s%s; the screen is:\n%s----\n", what, wish.text ? ": \"" : "",
            wish.text ? wish.text : "", wish.text ? "\"" : "", screen_text(screen));
    return false;
}

/* ------------------------------------------------- starting and ending */

static int on_property(VTermProp property, VTermValue *value, void *user)
{
    struct screen *screen = user;

    if (property == VTERM_PROP_ALTSCREEN)
        screen->alternate = value->boolean;
    else if (property == VTERM_PROP_CURSORVISIBLE)
        screen->cursor_visible = value->boolean;
    else if (property == VTERM_PROP_MOUSE)
        screen->mouse = value->number;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

static bool make_picture(struct screen *screen)
{
    screen->vterm = vterm_new(screen->rows, screen->columns);
    if (!screen->vterm)
        return false;
    vterm_set_utf8(screen->vterm, 1);
    screen->picture = vterm_obtain_screen(screen->vterm);
    screen->cursor_visible = true;
    vterm_screen_set_callbacks(screen->picture, &callbacks, screen);
    vterm_screen_enable_altscreen(screen->picture, 1);
    vterm_screen_set_damage_merge(screen->picture, VTERM_DAMAGE_SCREEN);
    vterm_screen_reset(screen->picture, 1);
    return true;
}

static bool make_pipe(int ends[2])
{
    return pipe2(ends, O_CLOEXEC) == 0;
}

static bool launch(struct screen *screen, const char *const *argv, const char *const *environment)
{
    struct winsize size = {.ws_row = (unsigned short)screen->rows, .ws_col = (unsigned short)screen->columns};
    int reports[2] = {-1, -1}, orders[2] = {-1, -1}, slave = -1;
    bool ready = make_pipe(reports) && make_pipe(orders) &&
                 openpty(&screen->terminal, &slave, NULL, NULL, &size) == 0 &&
                 tcgetattr(slave, &screen->before) == 0;

    if (ready) {
        fcntl(screen->terminal, F_SETFD, FD_CLOEXEC);
        fcntl(screen->terminal, F_SETFL, O_NONBLOCK);
        screen->shell = fork();
        if (screen->shell == 0) {
            /* Else the hang-up would never come: the shell would hold the other end itself. */
            close(screen->terminal);
            close(orders[1]);
            run_shell(slave, reports[1], orders[0], argv, environment);
        }
    }
    close(slave);
    close(reports[1]);
    close(orders[0]);
    screen->reports = reports[0];
    screen->orders = orders[1];
    return ready && screen->shell > 0;
}

static bool has_started(struct screen *screen, const struct wish *wish)
{
    (void)wish;
    return screen->program > 0;
}

struct screen *screen_start(const char *const *argv, const struct screen_options *options)
{
    static const struct screen_options usual = {0};
    struct screen *screen = calloc(1, sizeof(*screen));
    const char **environment;
    bool started;

    if (!screen)
        return NULL;
    options = options ? options : &usual;
    screen->columns = options->columns ? options->columns : DEFAULT_COLUMNS;
    screen->rows = options->rows ? options->rows : DEFAULT_ROWS;
    screen->patience_ms = options->patience_ms ? options->patience_ms : DEFAULT_PATIENCE_MS;
    screen->terminal = screen->reports = screen->orders = -1;
    buf_init(&screen->bytes, (size_t)64 << 20);
    buf_init(&screen->text, BUF_LIMIT_DEFAULT);
    environment = environment_of(options->environment);
    started = environment && make_picture(screen) && launch(screen, argv, environment) &&
              wait_for(screen, (struct wish){.holds = has_started}, "the program to start");
    free(environment);
    if (started)
        return screen;
    screen_free(screen);
    return NULL;
}

static void close_if_open(int file)
{
    if (file >= 0)
        close(file);
}

void screen_free(struct screen *screen)
{
    if (!screen)
        return;
    /* A build that counts lines writes its counts upon this (tests/coverage/keep_counts.c); any other just
     * ends. */
    if (screen->program > 0 && !screen->ended && kill(screen->program, SIGUSR2) == 0)
        kill(screen->program, SIGCONT);
    close_if_open(screen->terminal);
    close_if_open(screen->orders);
    if (screen->shell > 0) {
        while (waitpid(screen->shell, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    close_if_open(screen->reports);
    if (screen->vterm)
        vterm_free(screen->vterm);
    buf_release(&screen->bytes);
    buf_release(&screen->text);
    free(screen);
}

pid_t screen_pid(const struct screen *screen)
{
    return screen->program;
}

/* ---------------------------------------------------------------- keys */

bool screen_type_length(struct screen *screen, const char *bytes, size_t length)
{
    int64_t end = now_ms() + screen->patience_ms;

    while (length > 0 && screen->terminal >= 0) {
        bool room = false;
        ssize_t written;

        step(screen, (int)(end - now_ms()), &room);
        if (now_ms() >= end) {
            fprintf(stderr, "the program does not read its keys\n");
            return false;
        }
        if (!room)
            continue;
        written = write(screen->terminal, bytes, length);
        if (written < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
    return true;
}

bool screen_type(struct screen *screen, const char *text)
{
    return screen_type_length(screen, text, strlen(text));
}

/* Types what the terminal made of something; false when it made nothing of it. */
static bool type_made(struct screen *screen)
{
    char bytes[256];
    size_t length = vterm_output_read(screen->vterm, bytes, sizeof(bytes));

    return length > 0 && screen_type_length(screen, bytes, length);
}

bool screen_paste(struct screen *screen, const char *text)
{
    struct buf bytes = BUF_INIT;
    char mark[32];
    size_t length;
    bool typed;

    vterm_keyboard_start_paste(screen->vterm);
    length = vterm_output_read(screen->vterm, mark, sizeof(mark));
    buf_add(&bytes, mark, length);
    while (*text) {
        size_t line = strcspn(text, "\n");

        buf_add(&bytes, text, line);
        text += line;
        if (*text) {
            buf_add_char(&bytes, '\r');
            text++;
        }
    }
    vterm_keyboard_end_paste(screen->vterm);
    length = vterm_output_read(screen->vterm, mark, sizeof(mark));
    buf_add(&bytes, mark, length);
    typed = !bytes.failed && screen_type_length(screen, buf_text(&bytes), bytes.length);
    buf_release(&bytes);
    return typed;
}

size_t screen_unread(const struct screen *screen)
{
    int slave = open(ptsname(screen->terminal), O_RDONLY | O_NOCTTY | O_CLOEXEC), count = 0;

    if (slave < 0 || ioctl(slave, FIONREAD, &count) < 0)
        count = 0;
    close_if_open(slave);
    return (size_t)count;
}

bool screen_click(struct screen *screen, int row, int column)
{
    bool pressed;

    /* libvterm would report it all the same. */
    if (screen->mouse == VTERM_PROP_MOUSE_NONE)
        return false;
    vterm_mouse_move(screen->vterm, row, column, VTERM_MOD_NONE);
    vterm_mouse_button(screen->vterm, 1, true, VTERM_MOD_NONE);
    pressed = type_made(screen);
    vterm_mouse_button(screen->vterm, 1, false, VTERM_MOD_NONE);
    return type_made(screen) && pressed;
}

bool screen_resize(struct screen *screen, int columns, int rows)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};

    /* What was sent for the old size belongs on it. */
    while (!screen->deaf && step(screen, 0, NULL))
        continue;
    screen->columns = columns;
    screen->rows = rows;
    vterm_set_size(screen->vterm, rows, columns);
    return ioctl(screen->terminal, TIOCSWINSZ, &size) == 0;
}

/* ------------------------------------------------------------- picture */

/* The text of a cell; returns the columns it takes. */
static int add_cell(struct screen *screen, int row, int column, struct buf *out)
{
    VTermScreenCell cell;
    VTermPos position = {.row = row, .col = column};

    if (!vterm_screen_get_cell(screen->picture, position, &cell) || cell.chars[0] == 0) {
        buf_add_char(out, ' ');
        return 1;
    }
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++) {
        char bytes[4];

        buf_add(out, bytes, utf8_encode(cell.chars[i], bytes));
    }
    return cell.width > 1 ? cell.width : 1;
}

static void add_row(struct screen *screen, int row, struct buf *out)
{
    size_t end = out->length;

    for (int column = 0; column < screen->columns;) {
        column += add_cell(screen, row, column, out);
        if (out->data[out->length - 1] != ' ')
            end = out->length;
    }
    buf_remove(out, end, out->length - end);
}

const char *screen_row(struct screen *screen, int row)
{
    buf_clear(&screen->text);
    if (row >= 0 && row < screen->rows)
        add_row(screen, row, &screen->text);
    return buf_text(&screen->text);
}

const char *screen_text(struct screen *screen)
{
    buf_clear(&screen->text);
    for (int row = 0; row < screen->rows; row++) {
        add_row(screen, row, &screen->text);
        buf_add_char(&screen->text, '\n');
    }
    return buf_text(&screen->text);
}

/* The column of the cell that has byte `at` of the text of its row. */
static int column_of(struct screen *screen, int row, size_t at)
{
    struct buf text = BUF_INIT;
    int column = 0;

    while (column < screen->columns) {
        int columns = add_cell(screen, row, column, &text);

        if (text.length > at)
            break;
        column += columns;
    }
    buf_release(&text);
    return column;
}

bool screen_find(struct screen *screen, const char *text, int *row, int *column)
{
    for (*row = 0; *row < screen->rows; (*row)++) {
        const char *line = screen_row(screen, *row);
        const char *found = strstr(line, text);

        if (found) {
            *column = column_of(screen, *row, (size_t)(found - line));
            return true;
        }
    }
    return false;
}

bool screen_has(struct screen *screen, const char *text)
{
    int row, column;

    return screen_find(screen, text, &row, &column);
}

bool screen_cursor(struct screen *screen, int *row, int *column)
{
    VTermPos position;

    vterm_state_get_cursorpos(vterm_obtain_state(screen->vterm), &position);
    *row = position.row;
    *column = position.col;
    return screen->cursor_visible;
}

struct screen_look screen_look(struct screen *screen, int row, int column)
{
    struct screen_look look = {0};
    VTermPos position = {.row = row, .col = column};
    VTermScreenCell cell;

    if (!vterm_screen_get_cell(screen->picture, position, &cell))
        return look;
    look.bold = cell.attrs.bold;
    look.underline = cell.attrs.underline != VTERM_UNDERLINE_OFF;
    look.reverse = cell.attrs.reverse;
    look.coloured = !VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) || !VTERM_COLOR_IS_DEFAULT_BG(&cell.bg);
    return look;
}

bool screen_is_coloured(struct screen *screen)
{
    for (int row = 0; row < screen->rows; row++)
        for (int column = 0; column < screen->columns; column++)
            if (screen_look(screen, row, column).coloured)
                return true;
    return false;
}

const char *screen_bytes(const struct screen *screen, size_t *length)
{
    *length = screen->bytes.length;
    return buf_text(&screen->bytes);
}

static bool is_shown(struct screen *screen, const struct wish *wish)
{
    return screen_has(screen, wish->text);
}

static bool is_not_shown(struct screen *screen, const struct wish *wish)
{
    return !screen_has(screen, wish->text);
}

static bool is_in_row(struct screen *screen, const struct wish *wish)
{
    return strstr(screen_row(screen, wish->row), wish->text) != NULL;
}

static bool cursor_is_there(struct screen *screen, const struct wish *wish)
{
    int row, column;

    return screen_cursor(screen, &row, &column) && row == wish->row && column == wish->column;
}

bool screen_wait(struct screen *screen, const char *text)
{
    return wait_for(screen, (struct wish){.holds = is_shown, .text = text}, "a text");
}

bool screen_see(struct screen *screen, const char *text, int limit_ms)
{
    return wait_quietly(screen, (struct wish){.holds = is_shown, .text = text}, limit_ms);
}

bool screen_wait_gone(struct screen *screen, const char *text)
{
    return wait_for(screen, (struct wish){.holds = is_not_shown, .text = text}, "a text to go");
}

bool screen_wait_row(struct screen *screen, int row, const char *text)
{
    return wait_for(screen, (struct wish){.holds = is_in_row, .text = text, .row = row}, "a text in its row");
}

bool screen_wait_cursor(struct screen *screen, int row, int column)
{
    return wait_for(screen, (struct wish){.holds = cursor_is_there, .row = row, .column = column},
                    "the cursor in its place");
}

bool screen_wait_quiet(struct screen *screen)
{
    int64_t end = now_ms() + screen->patience_ms;

    while (step(screen, QUIET_MS, NULL))
        if (now_ms() >= end)
            return false;
    return true;
}

bool screen_wait_read(struct screen *screen)
{
    int64_t end = now_ms() + screen->patience_ms;

    /* Nobody tells when a key is read. */
    while (screen_unread(screen) > 0)
        if (!step(screen, 1, NULL) && now_ms() >= end)
            return false;
    return true;
}

/* ---------------------------------------------------------------- life */

bool screen_signal(struct screen *screen, int number)
{
    return kill(screen->program, number) == 0;
}

static bool is_stopped(struct screen *screen, const struct wish *wish)
{
    (void)wish;
    return screen->stopped;
}

static bool has_ended(struct screen *screen, const struct wish *wish)
{
    (void)wish;
    return screen->ended;
}

bool screen_wait_stopped(struct screen *screen)
{
    if (!wait_for(screen, (struct wish){.holds = is_stopped}, "the program to stop"))
        return false;
    while (step(screen, 0, NULL))
        continue;
    return true;
}

bool screen_continue(struct screen *screen)
{
    screen->stopped = false;
    return write(screen->orders, "c", 1) == 1;
}

void screen_set_deaf(struct screen *screen, bool deaf)
{
    screen->deaf = deaf;
}

void screen_hang_up(struct screen *screen)
{
    close(screen->terminal);
    screen->terminal = -1;
    screen->deaf = true;
}

static void take_last_words(struct screen *screen, int *status)
{
    while (step(screen, 0, NULL))
        continue;
    *status = screen->status;
}

bool screen_wait_exit(struct screen *screen, int *status)
{
    if (!wait_for(screen, (struct wish){.holds = has_ended}, "the program to end"))
        return false;
    take_last_words(screen, status);
    return true;
}

bool screen_see_exit(struct screen *screen, int limit_ms, int *status)
{
    if (!wait_quietly(screen, (struct wish){.holds = has_ended}, limit_ms))
        return false;
    take_last_words(screen, status);
    return true;
}

static bool same_modes(const struct termios *one, const struct termios *other)
{
    return one->c_iflag == other->c_iflag && one->c_oflag == other->c_oflag &&
           one->c_cflag == other->c_cflag && one->c_lflag == other->c_lflag &&
           memcmp(one->c_cc, other->c_cc, sizeof(one->c_cc)) == 0;
}

static bool pastes_are_marked(struct screen *screen)
{
    char mark[32];

    vterm_keyboard_start_paste(screen->vterm);
    return vterm_output_read(screen->vterm, mark, sizeof(mark)) > 0;
}

const char *screen_not_restored(struct screen *screen)
{
    struct termios now;

    if (tcgetattr(screen->terminal, &now) < 0)
        return "the terminal is gone";
    if (!same_modes(&now, &screen->before))
        return "the modes of the line are others";
    if (screen->alternate)
        return "the alternate screen is still shown";
    if (!screen->cursor_visible)
        return "the cursor is hidden";
    if (screen->mouse != VTERM_PROP_MOUSE_NONE)
        return "the mouse is still reported";
    if (pastes_are_marked(screen))
        return "bracketed paste is still on";
    return NULL;
}
