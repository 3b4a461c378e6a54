#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

struct terminal {
    int fd;
    pid_t pid;
    VTerm *vterm;
    VTermScreen *screen;
    int columns, rows;
    size_t written;
    bool changed; /* since terminal_change() last looked */
};

double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* ---- The picture ---- */

static int picture_damage(VTermRect rect, void *user)
{
    struct terminal *terminal = user;

    (void)rect;
    terminal->changed = true;
    return 1;
}

static int picture_scroll(VTermRect to, VTermRect from, void *user)
{
    (void)from;
    return picture_damage(to, user);
}

static const VTermScreenCallbacks picture = {.damage = picture_damage, .moverect = picture_scroll};

static bool picture_new(struct terminal *terminal)
{
    terminal->vterm = vterm_new(terminal->rows, terminal->columns);
    if (!terminal->vterm)
        return false;
    vterm_set_utf8(terminal->vterm, 1);
    terminal->screen = vterm_obtain_screen(terminal->vterm);
    vterm_screen_enable_altscreen(terminal->screen, 1);
    vterm_screen_set_callbacks(terminal->screen, &picture, terminal);
    vterm_screen_reset(terminal->screen, 1);
    return true;
}

static bool picture_has(const struct terminal *terminal, const char *text)
{
    char row[4096];

    for (int i = 0; i < terminal->rows; i++) {
        VTermRect rect = {.start_row = i, .end_row = i + 1, .start_col = 0, .end_col = terminal->columns};
        size_t length = vterm_screen_get_text(terminal->screen, row, sizeof(row) - 1, rect);

        row[length < sizeof(row) ? length : sizeof(row) - 1] = '\0';
        if (strstr(row, text))
            return true;
    }
    return false;
}

/* ---- The program ---- */

static void program_run(const char *const *argv, const char *const *environment)
{
    for (size_t i = 0; environment[i]; i++)
        putenv((char *)environment[i]);
    execvp(argv[0], (char *const *)argv);
    _exit(127);
}

struct terminal *terminal_start(const char *const *argv, const char *const *environment, int columns,
                                int rows)
{
    struct terminal *terminal = calloc(1, sizeof(*terminal));
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};

    if (!terminal)
        return NULL;
    *terminal = (struct terminal){.fd = -1, .pid = -1, .columns = columns, .rows = rows};
    if (picture_new(terminal))
        terminal->pid = forkpty(&terminal->fd, NULL, NULL, &size);
    if (terminal->pid == 0)
        program_run(argv, environment);
    if (terminal->pid < 0 || fcntl(terminal->fd, F_SETFL, O_NONBLOCK) < 0) {
        terminal_free(terminal);
        return NULL;
    }
    return terminal;
}

void terminal_free(struct terminal *terminal)
{
    if (!terminal)
        return;
    if (terminal->pid > 0) {
        kill(terminal->pid, SIGKILL);
        while (waitpid(terminal->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    if (terminal->fd >= 0)
        close(terminal->fd);
    if (terminal->vterm)
        vterm_free(terminal->vterm);
    free(terminal);
}

/* Waits for output, and for room to type where that is asked; false when neither came in time. */
static bool terminal_turn(struct terminal *terminal, double limit_ms, bool *room)
{
    char bytes[65536];
    struct pollfd fd = {.fd = terminal->fd, .events = (short)(POLLIN | (room ? POLLOUT : 0))};
    struct timespec limit = {.tv_sec = (time_t)(limit_ms / 1e3)};
    ssize_t count;

    limit.tv_nsec = (long)((limit_ms - (double)limit.tv_sec * 1e3) * 1e6);
    if (room)
        *room = false;
    if (limit_ms < 0 || ppoll(&fd, 1, &limit, NULL) <= 0)
        return false;
    if (room)
        *room = fd.revents & POLLOUT;
    if (!(fd.revents & POLLIN))
        return room && *room;
    count = read(terminal->fd, bytes, sizeof(bytes));
    if (count <= 0)
        return false;
    terminal->written += (size_t)count;
    vterm_input_write(terminal->vterm, bytes, (size_t)count);
    vterm_screen_flush_damage(terminal->screen);
    return true;
}

bool terminal_wait(struct terminal *terminal, const char *text, double limit_ms)
{
    double end = now_ms() + limit_ms;

    while (!picture_has(terminal, text))
        if (!terminal_turn(terminal, end - now_ms(), NULL))
            return false;
    return true;
}

bool terminal_type(struct terminal *terminal, const char *bytes, size_t length, double limit_ms)
{
    double end = now_ms() + limit_ms;
    bool room = true;

    while (length) {
        ssize_t count = room ? write(terminal->fd, bytes, length) : 0;

        if (count > 0) {
            bytes += count;
            length -= (size_t)count;
        } else if (!terminal_turn(terminal, end - now_ms(), &room)) {
            return false;
        }
    }
    return true;
}

double terminal_change(struct terminal *terminal, double limit_ms)
{
    double start = now_ms();

    terminal->changed = false;
    while (!terminal->changed)
        if (!terminal_turn(terminal, start + limit_ms - now_ms(), NULL))
            return -1;
    return now_ms() - start;
}

double terminal_settle(struct terminal *terminal, double quiet_ms)
{
    double last = now_ms();

    while (terminal_turn(terminal, quiet_ms, NULL))
        last = now_ms();
    return last;
}

void terminal_resize(struct terminal *terminal, int columns, int rows)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};

    terminal->columns = columns;
    terminal->rows = rows;
    vterm_set_size(terminal->vterm, rows, columns);
    (void)ioctl(terminal->fd, TIOCSWINSZ, &size);
}

size_t terminal_written(const struct terminal *terminal)
{
    return terminal->written;
}

/* ---- What the system says of it ---- */

static double number_in(const struct terminal *terminal, const char *file, const char *label)
{
    char path[64], line[256];
    double number = -1;
    FILE *stream;

    snprintf(path, sizeof(path), "/proc/%ld/%s", (long)terminal->pid, file);
    stream = fopen(path, "re");
    while (stream && number < 0 && fgets(line, sizeof(line), stream))
        if (strncmp(line, label, strlen(label)) == 0)
            number = strtod(line + strlen(label), NULL);
    if (stream)
        fclose(stream);
    return number;
}

double terminal_cpu_ms(const struct terminal *terminal)
{
    return number_in(terminal, "schedstat", "") / 1e6;
}

double terminal_peak_kib(const struct terminal *terminal)
{
    return number_in(terminal, "status", "VmHWM:");
}

double terminal_sleeps(const struct terminal *terminal)
{
    return number_in(terminal, "status", "voluntary_ctxt_switches:");
}
