#include <locale.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "screen.h"
#include "ui/canvas.h"
#include "ui/term.h"

/*
 * The terminal is tried in a terminal: this program starts itself as a probe,
 * a tiny screen program that shows the last event and does what keys say.
 */
#define ACUTE   "\xCC\x81"
#define FAMILY  "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7"
#define MELTING "\xF0\x9F\xAB\xA8" /* younger than the C library */

/* Everything whose width is a matter of opinion, and three columns of one letter with its vowel sign. */
#define MIXTURE                                                                                              \
    "\xE0\xAE\x95\xE0\xAF\x86\xE0\xAE\xBE|\xE0\xA4\x95\xE0\xA4\xBF|" FAMILY "|" MELTING                      \
    "|\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA|1\xEF\xB8\x8F\xE2\x83\xA3|\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB|"      \
    "\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD|" ACUTE "|\xE2\x80\xAE|\xEF\xBD\xB1|"

/* ------------------------------------------------------------- the probe */

struct probe {
    struct term *term;
    struct canvas canvas;
    char last[128];
    int events;
    bool mouse;
    bool plain_cursor;
};

static void draw(struct probe *probe)
{
    struct canvas *canvas = &probe->canvas;
    struct area area = canvas_area(canvas);
    int row = area.rows - 1;

    canvas_clear(canvas);
    canvas_put(canvas, area, 0, 0, STYLE_TITLE, "probe");
    canvas_putf(canvas, area, 1, 0, STYLE_PLAIN, "%d: %s", probe->events, probe->last);
    canvas_putf(canvas, area, 2, 0, STYLE_PLAIN, "%dx%d", area.columns, area.rows);
    canvas_put(canvas, area, 3, 0, STYLE_PLAIN,
               "e" ACUTE "|表|" FAMILY "|" MELTING "|\xE2\x9D\xA4\xEF\xB8\x8F|");
    canvas_put(canvas, area, 4, 0, STYLE_PLAIN, "\xE0\xB8\x81\xE0\xB8\xB3|a\033[31mb|\xCD\xB8|");
    canvas_put(canvas, area, 6, 0, STYLE_PLAIN, MIXTURE "end");
    canvas_put(canvas, area, 5, 0, STYLE_ERROR, "error");
    canvas_put(canvas, area, 5, 6, STYLE_ENTRY_NOW, "entry");
    canvas_put(canvas, area, row, area.columns - 6, STYLE_PLAIN, "corner");
    canvas_rule(canvas, area, row - 1, STYLE_FRAME);
    if (!probe->plain_cursor)
        canvas_cursor(canvas, area, 1, 2);
    term_present(probe->term, canvas);
}

static void overflow_the_stack(int depth)
{
    volatile char waste[4096];

    waste[0] = (char)depth;
    if (depth >= 0)
        overflow_the_stack(depth + 1);
    waste[1] = waste[0];
}

/* Far more than any terminal keeps for later; a stop tells that it is done. */
static void draw_much(struct probe *probe)
{
    for (int i = 0; i < 4000; i++) {
        term_redraw(probe->term);
        draw(probe);
    }
    raise(SIGSTOP);
}

/* A clock that stands still until it is told. */
static int64_t stopped_at;

static int64_t stopped_ticks(struct host *self)
{
    (void)self;
    return stopped_at;
}

/* A key; false: the end. */
static bool obey(struct probe *probe, const struct event *event)
{
    char key = event->text[0];

    if (event->modifiers & MODIFIER_CONTROL) {
        if (key == 'z')
            term_suspend(probe->term);
        if (key == 'l')
            term_redraw(probe->term);
        return true;
    }
    if (key == 'm')
        term_set_mouse(probe->term, probe->mouse = !probe->mouse);
    if (key == 'B')
        draw_much(probe);
    if (key == 'h')
        probe->plain_cursor = !probe->plain_cursor;
    if (key == 'S')
        raise(SIGSEGV);
    if (key == 'A')
        abort();
    if (key == 'O')
        overflow_the_stack(0);
    if (key == 'E')
        exit(3);
    if (key == 'T')
        stopped_at += 600;
    return key != 'q';
}

/* False: the end. */
static bool take(struct probe *probe, const struct event *event)
{
    bool going = true;

    probe->events++;
    switch (event->kind) {
    case EVENT_PRESS:
        snprintf(probe->last, sizeof(probe->last), "press %d+%u '%s'%s", (int)event->press, event->modifiers,
                 event->text, event->burst ? " burst" : "");
        going = event->press != PRESS_CHARACTER || obey(probe, event);
        break;
    case EVENT_PASTE:
        snprintf(probe->last, sizeof(probe->last), "paste %zu%s '%.20s'", event->paste_length,
                 event->paste_cut ? " cut" : "", event->paste);
        break;
    case EVENT_MOUSE:
        snprintf(probe->last, sizeof(probe->last), "mouse %d at %d,%d", (int)event->mouse, event->row,
                 event->column);
        break;
    case EVENT_RESIZE:
        canvas_resize(&probe->canvas, event->columns, event->rows);
        break;
    case EVENT_SIGNAL:
        snprintf(probe->last, sizeof(probe->last), "signal %d", event->signal_number);
        going = event->signal_number == SIGINT;
        break;
    case EVENT_LOSS:
    case EVENT_TICK:
        break;
    }
    return going;
}

static bool run_events(struct probe *probe, bool *gone)
{
    struct event event;

    while (term_next(probe->term, &event, gone)) {
        if (!take(probe, &event))
            return false;
        draw(probe);
    }
    return !*gone;
}

static int run_probe(const char *how)
{
    struct term_options options = {.colour = strcmp(how, "plain") != 0, .mouse = strcmp(how, "mouse") == 0};
    struct probe probe = {.mouse = options.mouse};
    struct host host = *host_system();
    struct error err = {0};
    bool gone = false;

    setlocale(LC_ALL, "");
    if (term_obstacle(host_system())) {
        printf("obstacle: %s\n", term_obstacle(host_system()));
        return 4;
    }
    if (strcmp(how, "timeless") == 0)
        host.ticks = stopped_ticks;
    probe.term = term_open(&host, &options, &err);
    if (!probe.term) {
        printf("no terminal: %s\n", err.text);
        return 5;
    }
    probe.canvas.ascii = term_is_ascii(probe.term);
    while (run_events(&probe, &gone)) {
        struct pollfd wanted[] = {{.fd = term_input_fd(probe.term), .events = POLLIN},
                                  {.fd = term_signal_fd(probe.term), .events = POLLIN}};

        poll(wanted, 2, term_timeout(probe.term));
    }
    canvas_release(&probe.canvas);
    term_close(probe.term);
    return gone ? 6 : 0;
}

/* ------------------------------------------------------------- the tests */

static const char *self;

static struct screen *start_how(const char *how, int columns, int rows, const char *const *environment)
{
    const char *const argv[] = {self, how, NULL};
    struct screen_options options = {.columns = columns, .rows = rows, .environment = environment};
    struct screen *screen = screen_start(argv, &options);

    assert_non_null(screen);
    return screen;
}

static struct screen *start(const char *how)
{
    struct screen *screen = start_how(how, 0, 0, NULL);

    assert_true(screen_wait(screen, "corner"));
    return screen;
}

#define ENVIRONMENT(...)                                                                                     \
    (const char *const[])                                                                                    \
    {                                                                                                        \
        __VA_ARGS__, NULL                                                                                    \
    }

/* The program ends so, and the terminal is as it was. */
static void ends_well(struct screen *screen, int expected)
{
    int status;

    assert_true(screen_wait_exit(screen, &status));
    assert_int_equal(status, expected);
    assert_null(screen_not_restored(screen));
    screen_free(screen);
}

static void quits_well(struct screen *screen)
{
    assert_true(screen_type(screen, "q"));
    ends_well(screen, 0);
}

static void the_picture_is_on_the_screen(void **state)
{
    struct screen *screen = start("colour");

    (void)state;
    assert_string_equal(screen_row(screen, 0), "probe");
    assert_string_equal(screen_row(screen, 2), "80x24");
    assert_string_equal(screen_row(screen, 23) + 74, "corner");
    assert_non_null(screen_not_restored(screen));
    assert_true(screen_wait_cursor(screen, 1, 2));
    quits_well(screen);
}

static void every_cell_stays_in_its_column(void **state)
{
    struct screen *screen = start("colour");

    (void)state;
    assert_string_equal(screen_row(screen, 3), "e" ACUTE "|表|\xEF\xBF\xBD |\xEF\xBF\xBD |\xE2\x9D\xA4 |");
    assert_string_equal(screen_row(screen, 4), "\xE0\xB8\x81\xE0\xB8\xB3|a^[[31mb|\xEF\xBF\xBD|");
    quits_well(screen);
}

static void what_follows_a_doubtful_width_stands_where_it_was_put(void **state)
{
    struct screen *screen = start("colour");
    int row, column;

    (void)state;
    assert_true(screen_find(screen, "end", &row, &column));
    assert_int_equal(row, 6);
    assert_int_equal(column, canvas_width(MIXTURE));
    quits_well(screen);
}

static void without_utf8_everything_is_ascii(void **state)
{
    struct screen *screen = start_how("colour", 0, 0, ENVIRONMENT("LC_ALL=C"));
    size_t length;
    const char *bytes;

    (void)state;
    assert_true(screen_wait(screen, "corner"));
    assert_string_equal(screen_row(screen, 3), "?|? |? |? |? |");
    assert_true(screen_has(screen, "--------"));
    bytes = screen_bytes(screen, &length);
    for (size_t i = 0; i < length; i++)
        assert_true((unsigned char)bytes[i] < 0x80);
    quits_well(screen);
}

static void colours_are_left_out_when_not_wanted(void **state)
{
    struct screen *screen = start("colour");

    (void)state;
    assert_true(screen_look(screen, 5, 0).coloured);
    assert_true(screen_look(screen, 5, 6).coloured);
    quits_well(screen);
    screen = start("plain");
    assert_false(screen_is_coloured(screen));
    assert_true(screen_look(screen, 5, 0).bold);
    assert_true(screen_look(screen, 5, 6).reverse);
    quits_well(screen);
}

static void terminals_of_all_kinds_show_it(void **state)
{
    static const char *const kinds[] = {"TERM=xterm", "TERM=tmux-256color", "TERM=screen", "TERM=linux",
                                        "TERM=vt100"};

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct screen *screen = start_how("colour", 0, 0, ENVIRONMENT(kinds[i]));

        assert_true(screen_wait_row(screen, 23, "corner"));
        assert_true(screen_look(screen, 5, 0).bold);
        quits_well(screen);
    }
}

static void what_is_no_terminal_for_a_screen_is_told_in_words(void **state)
{
    static const struct {
        const char *change, *words;
    } cases[] = {
        {"TERM=dumb", "plain one"},
        {"TERM", "is not set"},
        {"TERM=", "is not set"},
        {"TERM=no-such-terminal", "not known here"},
        {"TERM=../../etc/passwd", "not known here"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct screen *screen = start_how("colour", 0, 0, ENVIRONMENT(cases[i].change));

        assert_true(screen_wait(screen, "obstacle: "));
        assert_true(screen_wait(screen, cases[i].words));
        ends_well(screen, 4);
    }
}

static void left_over_sizes_of_another_terminal_are_not_believed(void **state)
{
    struct screen *screen = start_how("colour", 60, 20, ENVIRONMENT("COLUMNS=junk", "LINES=7"));

    (void)state;
    assert_true(screen_wait(screen, "60x20"));
    quits_well(screen);
}

static void keys_arrive_parsed(void **state)
{
    struct screen *screen = start("colour");

    (void)state;
    assert_true(screen_type(screen, "x"));
    assert_true(screen_wait(screen, "'x'"));
    assert_true(screen_type(screen, "\033[1;5C"));
    assert_true(screen_wait(screen, "press 12+4 ''"));
    assert_true(screen_type(screen, "\xE8\xA1\xA8"));
    assert_true(screen_wait(screen, "'表'"));
    assert_true(screen_type(screen, "\033"));
    assert_true(screen_wait(screen, "press 5+0"));
    assert_true(screen_type(screen, "\x03"));
    assert_true(screen_wait(screen, "press 1+4 'c'"));
    assert_true(screen_type(screen, "\x13"));
    assert_true(screen_wait(screen, "press 1+4 's'"));
    quits_well(screen);
}

static void a_key_after_a_new_picture_is_no_burst(void **state)
{
    struct screen *screen = start("colour");

    (void)state;
    assert_true(screen_type(screen, "ab"));
    assert_true(screen_wait(screen, "'b' burst"));
    assert_true(screen_type(screen, "y"));
    assert_true(screen_wait(screen, "'y'"));
    assert_false(screen_has(screen, "'y' burst"));
    quits_well(screen);
}

/* It may be the rest of the text, whose own end mark came before; half a second later it is not. */
static void a_key_right_behind_a_long_paste_is_no_key_of_its_own(void **state)
{
    struct screen *screen = start("timeless");
    char text[4001];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_true(screen_paste(screen, text));
    assert_true(screen_wait(screen, "paste 4000 'xxx"));
    assert_true(screen_type(screen, "y"));
    assert_true(screen_wait(screen, "'y'"));
    assert_true(screen_has(screen, "'y' burst"));
    assert_true(screen_type(screen, "T"));
    assert_true(screen_wait(screen, "'T' burst"));
    assert_true(screen_type(screen, "z"));
    assert_true(screen_wait(screen, "'z'"));
    assert_false(screen_has(screen, "'z' burst"));
    quits_well(screen);
}

static void a_paste_is_one_event(void **state)
{
    struct screen *screen = start("colour");
    char *big = malloc((1 << 20) + 1);

    (void)state;
    assert_non_null(big);
    assert_true(screen_paste(screen, "one\ntwo"));
    assert_true(screen_wait(screen, "paste 7 'one^Mtwo'"));
    memset(big, 'p', 1 << 20);
    big[1 << 20] = '\0';
    assert_true(screen_paste(screen, big));
    assert_true(screen_wait(screen, "paste 1048576 'ppp"));
    free(big);
    quits_well(screen);
}

static void the_mouse_can_be_had_and_left(void **state)
{
    struct screen *screen = start("mouse");

    (void)state;
    assert_true(screen_click(screen, 7, 30));
    assert_true(screen_wait(screen, "mouse 1 at 7,30"));
    assert_true(screen_type(screen, "m"));
    assert_true(screen_wait(screen, "'m'"));
    assert_false(screen_click(screen, 7, 30));
    assert_true(screen_type(screen, "m"));
    assert_true(screen_wait(screen, "5: "));
    assert_true(screen_click(screen, 8, 31));
    assert_true(screen_wait(screen, "at 8,31"));
    quits_well(screen);
}

static void every_size_is_drawn(void **state)
{
    static const struct {
        int columns, rows;
    } sizes[] = {{40, 12}, {200, 60}, {132, 43}, {29, 7}, {1, 1}, {2, 1}, {1000, 500}, {80, 24}};
    struct screen *screen = start("colour");

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        char size[32];

        snprintf(size, sizeof(size), "%dx%d", sizes[i].columns, sizes[i].rows);
        assert_true(screen_resize(screen, sizes[i].columns, sizes[i].rows));
        if (sizes[i].columns < 8 || sizes[i].rows < 3)
            continue;
        assert_true(screen_wait_row(screen, 2, size));
        assert_true(screen_wait_row(screen, sizes[i].rows - 1, "corner"));
        assert_true(screen_wait_row(screen, 0, "probe"));
    }
    quits_well(screen);
}

static void a_storm_of_sizes_ends_in_the_right_picture(void **state)
{
    struct screen *screen = start("colour");

    (void)state;
    for (int i = 0; i < 500; i++) {
        assert_true(screen_resize(screen, 20 + i % 90, 6 + i % 40));
        if (i % 7 == 0)
            assert_true(screen_signal(screen, SIGCONT));
        if (i % 3 == 0)
            assert_true(screen_type(screen, "x"));
    }
    assert_true(screen_resize(screen, 90, 30));
    assert_true(screen_wait_row(screen, 2, "90x30"));
    assert_true(screen_wait_row(screen, 29, "corner"));
    assert_true(screen_wait(screen, "'x'"));
    quits_well(screen);
}

static void a_redraw_repairs_the_screen(void **state)
{
    struct screen *screen = start("colour");
    size_t before, after;

    (void)state;
    assert_true(screen_type(screen, "x"));
    assert_true(screen_wait(screen, "'x'"));
    assert_true(screen_wait_quiet(screen));
    screen_bytes(screen, &before);
    assert_true(screen_type(screen, "\x0C"));
    assert_true(screen_wait(screen, "'l'"));
    assert_true(screen_wait_quiet(screen));
    screen_bytes(screen, &after);
    assert_true(after - before > 300);
    quits_well(screen);
}

static void a_key_costs_few_bytes(void **state)
{
    struct screen *screen = start("colour");
    size_t before, after;

    (void)state;
    assert_true(screen_type(screen, "x"));
    assert_true(screen_wait(screen, "'x'"));
    assert_true(screen_wait_quiet(screen));
    screen_bytes(screen, &before);
    assert_true(screen_type(screen, "y"));
    assert_true(screen_wait(screen, "'y'"));
    assert_true(screen_wait_quiet(screen));
    screen_bytes(screen, &after);
    /* Two cells change, the counter and the letter, in the look that the cursor stands in. */
    assert_true(after - before < 24);
    quits_well(screen);
}

static void the_cursor_hides_and_comes_back(void **state)
{
    struct screen *screen = start("colour");
    int row, column;

    (void)state;
    assert_true(screen_type(screen, "h"));
    assert_true(screen_wait(screen, "'h'"));
    assert_true(screen_wait_quiet(screen));
    assert_false(screen_cursor(screen, &row, &column));
    assert_true(screen_type(screen, "h"));
    assert_true(screen_wait_cursor(screen, 1, 2));
    quits_well(screen);
}

static void the_terminal_is_restored_by_exit(void **state)
{
    struct screen *screen = start("mouse");

    (void)state;
    assert_true(screen_type(screen, "E"));
    ends_well(screen, 3);
}

static void the_terminal_is_restored_by_a_crash(void **state)
{
    static const struct {
        const char *key;
        int number;
    } crashes[] = {{"S", SIGSEGV}, {"A", SIGABRT}, {"O", SIGSEGV}};

    (void)state;
    for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++) {
        struct screen *screen = start("mouse");
        int status, row, column;

        assert_true(screen_type(screen, "h"));
        assert_true(screen_wait(screen, "'h'"));
        assert_true(screen_wait_quiet(screen));
        assert_false(screen_cursor(screen, &row, &column));
        assert_true(screen_type(screen, crashes[i].key));
        assert_true(screen_wait_exit(screen, &status));
        /* A sanitizer turns the crash into an exit status of its own. */
        assert_true(status == 128 + crashes[i].number || status == 1);
        assert_null(screen_not_restored(screen));
        screen_free(screen);
    }
}

static void signals_that_end_are_events(void **state)
{
    static const int numbers[] = {SIGTERM, SIGHUP, SIGQUIT};

    (void)state;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct screen *screen = start("colour");

        assert_true(screen_signal(screen, numbers[i]));
        ends_well(screen, 0);
    }
}

static void an_interrupt_from_outside_is_an_event(void **state)
{
    struct screen *screen = start("colour");

    (void)state;
    assert_true(screen_signal(screen, SIGINT));
    assert_true(screen_wait(screen, "signal 2"));
    quits_well(screen);
}

/* What the shell of the operator sees in between. */
static void is_stopped_well(struct screen *screen)
{
    assert_true(screen_wait_stopped(screen));
    assert_null(screen_not_restored(screen));
    assert_true(screen_continue(screen));
}

static void suspended_and_continued_it_is_as_it_was(void **state)
{
    struct screen *screen = start("mouse");

    (void)state;
    assert_true(screen_type(screen, "x"));
    assert_true(screen_wait(screen, "'x'"));
    assert_true(screen_type(screen, "\x1A"));
    is_stopped_well(screen);
    assert_true(screen_wait(screen, "corner"));
    assert_true(screen_wait(screen, "'z'"));
    assert_non_null(screen_not_restored(screen));
    assert_true(screen_click(screen, 7, 30));
    assert_true(screen_wait(screen, "at 7,30"));
    quits_well(screen);
}

static void a_stop_from_outside_gives_the_terminal_back_too(void **state)
{
    struct screen *screen = start("colour");

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_true(screen_signal(screen, SIGTSTP));
        is_stopped_well(screen);
        assert_true(screen_wait(screen, "corner"));
    }
    assert_true(screen_type(screen, "x"));
    assert_true(screen_wait(screen, "'x'"));
    quits_well(screen);
}

static void resized_while_stopped_it_fits(void **state)
{
    struct screen *screen = start("colour");

    (void)state;
    assert_true(screen_type(screen, "\x1A"));
    assert_true(screen_wait_stopped(screen));
    assert_true(screen_resize(screen, 50, 15));
    assert_true(screen_continue(screen));
    assert_true(screen_wait_row(screen, 2, "50x15"));
    assert_true(screen_wait_row(screen, 14, "corner"));
    quits_well(screen);
}

static void a_hard_stop_is_repaired_when_continued(void **state)
{
    struct screen *screen = start("colour");

    (void)state;
    assert_true(screen_signal(screen, SIGSTOP));
    assert_true(screen_wait_stopped(screen));
    assert_true(screen_continue(screen));
    assert_true(screen_type(screen, "x"));
    assert_true(screen_wait(screen, "'x'"));
    quits_well(screen);
}

static void a_terminal_that_goes_away_ends_it(void **state)
{
    struct screen *screen = start("colour");
    int status;

    (void)state;
    screen_hang_up(screen);
    assert_true(screen_wait_exit(screen, &status));
    /* By the signal or by the end of its input, whichever it saw first. */
    assert_true(status == 0 || status == 6);
    screen_free(screen);
}

static void a_terminal_that_reads_again_gets_the_last_picture_only(void **state)
{
    struct screen *screen = start("colour");
    size_t length;

    (void)state;
    screen_set_deaf(screen, true);
    assert_true(screen_type(screen, "B"));
    assert_true(screen_wait_stopped(screen));
    screen_set_deaf(screen, false);
    assert_true(screen_continue(screen));
    assert_true(screen_wait(screen, "'B'"));
    assert_true(screen_wait_row(screen, 0, "probe"));
    assert_true(screen_wait(screen, "corner"));
    assert_true(screen_type(screen, "x"));
    assert_true(screen_wait_row(screen, 1, "'x'"));
    screen_bytes(screen, &length);
    assert_true(length < (size_t)3 << 19);
    quits_well(screen);
}

static void a_terminal_that_does_not_read_can_be_left(void **state)
{
    struct screen *screen = start("colour");
    int status;

    (void)state;
    screen_set_deaf(screen, true);
    assert_true(screen_type(screen, "B"));
    assert_true(screen_wait_stopped(screen));
    assert_true(screen_signal(screen, SIGTERM));
    assert_true(screen_continue(screen));
    assert_true(screen_wait_exit(screen, &status));
    assert_int_equal(status, 0);
    screen_free(screen);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_picture_is_on_the_screen),
        cmocka_unit_test(every_cell_stays_in_its_column),
        cmocka_unit_test(what_follows_a_doubtful_width_stands_where_it_was_put),
        cmocka_unit_test(without_utf8_everything_is_ascii),
        cmocka_unit_test(colours_are_left_out_when_not_wanted),
        cmocka_unit_test(terminals_of_all_kinds_show_it),
        cmocka_unit_test(what_is_no_terminal_for_a_screen_is_told_in_words),
        cmocka_unit_test(left_over_sizes_of_another_terminal_are_not_believed),
        cmocka_unit_test(keys_arrive_parsed),
        cmocka_unit_test(a_key_after_a_new_picture_is_no_burst),
        cmocka_unit_test(a_key_right_behind_a_long_paste_is_no_key_of_its_own),
        cmocka_unit_test(a_paste_is_one_event),
        cmocka_unit_test(the_mouse_can_be_had_and_left),
        cmocka_unit_test(every_size_is_drawn),
        cmocka_unit_test(a_storm_of_sizes_ends_in_the_right_picture),
        cmocka_unit_test(a_redraw_repairs_the_screen),
        cmocka_unit_test(a_key_costs_few_bytes),
        cmocka_unit_test(the_cursor_hides_and_comes_back),
        cmocka_unit_test(the_terminal_is_restored_by_exit),
        cmocka_unit_test(the_terminal_is_restored_by_a_crash),
        cmocka_unit_test(signals_that_end_are_events),
        cmocka_unit_test(an_interrupt_from_outside_is_an_event),
        cmocka_unit_test(suspended_and_continued_it_is_as_it_was),
        cmocka_unit_test(a_stop_from_outside_gives_the_terminal_back_too),
        cmocka_unit_test(resized_while_stopped_it_fits),
        cmocka_unit_test(a_hard_stop_is_repaired_when_continued),
        cmocka_unit_test(a_terminal_that_goes_away_ends_it),
        cmocka_unit_test(a_terminal_that_reads_again_gets_the_last_picture_only),
        cmocka_unit_test(a_terminal_that_does_not_read_can_be_left),
    };

    if (argc > 1)
        return run_probe(argv[1]);
    self = argv[0];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
