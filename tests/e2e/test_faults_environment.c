#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ground.h"
#include "screen.h"

/*
 * Places in which nobody would wish to work: without a home, a terminal's
 * name, a locale, files, memory or room on the disk, with standard files
 * closed, on terminals of any size, that do not read, that go away, under
 * signals at every step. Each time the exit status is one of the contract, or
 * of the signal that was sent; the program neither crashes nor hangs; the
 * terminal is as it was; every file is whole; and what was typed is kept, or
 * printed at last.
 */

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { LIMIT_MS = 10000, ARGUMENTS_MAX = 12, CHANGES_MAX = 4 };

/* Instead of an exit status: any of the contract; 1 or 5 and no plan, as no journal can be kept. */
enum { ANY = -1, NOT_SENT = -2 };

static struct ground ground;
static char plan_name[64];
static int runs;

/* A place: what a shell does before it becomes the program, where it points the standard files, and the
 * variables. */
struct place {
    const char *name;
    const char *limits; /* "ulimit -n 10"; NULL: none */
    const char *files;  /* "<&- >&-"; NULL: as they are */
    const char *changes[CHANGES_MAX];
    bool mute;      /* standard error goes nowhere */
    bool unheard;   /* standard output goes nowhere */
    bool narrow;    /* it takes from memory: not where a sanitizer needs more */
    bool spoiled;   /* no autosave, no journal: the state folder takes nothing */
    bool no_screen; /* the wizard has none there */
};

/* ---- Commands ---- */

struct call {
    const char *name;
    const char *arguments[6];
    bool sends;
    bool journals; /* writes below the state folder */
};

static const struct call calls[] = {
    {.name = "validate", .arguments = {"validate", "draft.json"}},
    {.name = "validate --json", .arguments = {"validate", "--json", "draft.json"}},
    {.name = "render", .arguments = {"render", "draft.json", "--as", "curl"}},
    {.name = "schema", .arguments = {"schema"}},
    {.name = "submit", .arguments = {"submit", "--yes", "draft.json"}, .sends = true, .journals = true},
    {.name = "submit --json",
     .arguments = {"submit", "--yes", "--json", "draft.json"},
     .sends = true,
     .journals = true},
};

static size_t begin(const struct place *place)
{
    size_t kept = ground.change_count;

    ground_clear(&ground);
    snprintf(plan_name, sizeof(plan_name), "place-%05d", runs++);
    ground_write_draft("draft.json", plan_name);
    for (size_t i = 0; i < CHANGES_MAX && place->changes[i]; i++)
        ground_change(&ground, place->changes[i]);
    return kept;
}

/* `argv` of a shell that becomes the program in that place. */
static void make_argv(const struct place *place, const char *const *arguments, bool sends, char *script,
                      size_t script_size, const char *argv[ARGUMENTS_MAX + 8])
{
    size_t count = 0;

    snprintf(script, script_size, "%s; exec \"$0\" \"$@\" %s", place->limits ? place->limits : ":",
             place->files ? place->files : "");
    argv[count++] = "/bin/sh";
    argv[count++] = "-c";
    argv[count++] = script;
    argv[count++] = getenv("DRPLAN");
    for (size_t i = 0; arguments && i < ARGUMENTS_MAX && arguments[i]; i++)
        argv[count++] = arguments[i];
    if (sends) {
        argv[count++] = "--endpoint";
        argv[count++] = ground.endpoint;
    }
    argv[count] = NULL;
}

static bool is_of_the_contract(int status)
{
    return (status >= 0 && status <= 8) || status == 130;
}

static void look_at_call(const struct place *place, const struct call *call,
                         const struct command_result *result, int wanted)
{
    const char *fault = ground_fault(&ground);
    bool there = ground_has_plan(&ground, plan_name);

    if (!is_of_the_contract(result->status) || (wanted >= 0 && result->status != wanted))
        fail_msg("%s, %s: status %d: %s", place->name, call->name, result->status, result->err);
    if (wanted == NOT_SENT && (there || (result->status != 1 && result->status != 5)))
        fail_msg("%s, %s: status %d, and no journal was kept", place->name, call->name, result->status);
    if (result->elapsed_ms >= LIMIT_MS)
        fail_msg("%s, %s: it hangs", place->name, call->name);
    if (fault)
        fail_msg("%s, %s: %s", place->name, call->name, fault);
    if (!ground_has("draft.json", plan_name))
        fail_msg("%s, %s: the draft is another one", place->name, call->name);
    if (result->status != 0 && !place->mute && result->err_length + result->out_length == 0)
        fail_msg("%s, %s: status %d without a word", place->name, call->name, result->status);
    if (place->limits && (strstr(result->err, "Install") || strstr(result->out, "Install")))
        fail_msg("%s, %s: what is too little is called not installed: %s%s", place->name, call->name,
                 result->err, result->out);
    if (call->sends && result->status == 0 && !there)
        fail_msg("%s, %s: done, but no plan is there", place->name, call->name);
    if (there && !place->mute && result->status != 0 && result->status != 8 &&
        !strstr(result->err, "reated") && !strstr(result->out, "reated"))
        fail_msg("%s, %s: status %d, and a plan that is there is not spoken of: %s", place->name, call->name,
                 result->status, result->err);
}

/* `wanted`: the exit status, or one of the words for several. */
static void call_in(const struct place *place, const struct call *call, int wanted)
{
    const char *argv[ARGUMENTS_MAX + 8];
    char script[256];
    size_t kept = begin(place);
    struct command_result result;

    make_argv(place, call->arguments, call->sends, script, sizeof(script), argv);
    command_run(argv, ground.changes, LIMIT_MS, &result);
    ground_forget(&ground, kept);
    /* The loader of the system is not ours: it says so, and nothing has begun. */
    if (result.status == 127 && place->limits && result.err_length > 0)
        result.status = 1;
    look_at_call(place, call, &result, wanted);
    command_release(&result);
}

static int wanted_of(const struct place *place, const struct call *call)
{
    if (place->unheard)
        return 1;
    return place->spoiled && call->journals ? NOT_SENT : 0;
}

static void call_in_all(const struct place *places, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < COUNT(calls); k++)
            if (!places[i].narrow || !SANITIZED)
                call_in(&places[i], &calls[k], wanted_of(&places[i], &calls[k]));
}

static const struct place surroundings[] = {
    {.name = "no TERM", .changes = {"TERM"}, .no_screen = true},
    {.name = "an unknown TERM", .changes = {"TERM=no-such-terminal"}, .no_screen = true},
    {.name = "no HOME", .changes = {"HOME"}},
    {.name = "an empty HOME", .changes = {"HOME="}},
    {.name = "a relative HOME", .changes = {"HOME=home"}},
    {.name = "a HOME that is a file", .changes = {"HOME=/etc/passwd"}},
    {.name = "no HOME, no state folder", .changes = {"HOME", "XDG_STATE_HOME"}, .spoiled = true},
    {.name = "HOME is a file, no state folder",
     .changes = {"HOME=/etc/passwd", "XDG_STATE_HOME"},
     .spoiled = true},
    {.name = "a state folder that takes nothing",
     .changes = {"XDG_STATE_HOME=/proc/nowhere"},
     .spoiled = true},
    {.name = "the C locale", .changes = {"LC_ALL=C"}},
    {.name = "a broken locale", .changes = {"LC_ALL=xx_YY.no-such-charset"}},
    {.name = "sizes that are none", .changes = {"COLUMNS=-3", "LINES=x"}},
    {.name = "64 MB of addresses", .limits = "ulimit -v 65536", .narrow = true},
    {.name = "64 MB of data", .limits = "ulimit -d 65536", .narrow = true},
    {.name = "256 kB of stack", .limits = "ulimit -s 256", .narrow = true},
};

/* The wizard needs two of the three itself. */
static const struct place standard_files[] = {
    {.name = "0 closed", .files = "<&-", .no_screen = true},
    {.name = "1 closed", .files = ">&-", .unheard = true, .no_screen = true},
    {.name = "2 closed", .files = "2>&-", .mute = true},
    {.name = "0 and 1 closed", .files = "<&- >&-", .unheard = true, .no_screen = true},
    {.name = "0 and 2 closed", .files = "<&- 2>&-", .mute = true, .no_screen = true},
    {.name = "all closed", .files = "<&- >&- 2>&-", .unheard = true, .mute = true, .no_screen = true},
    {.name = "1 full", .files = ">/dev/full", .unheard = true, .no_screen = true},
    {.name = "2 full", .files = "2>/dev/full", .mute = true},
    {.name = "1 and 2 full",
     .files = ">/dev/full 2>/dev/full",
     .unheard = true,
     .mute = true,
     .no_screen = true},
    {.name = "0 a folder", .files = "</", .no_screen = true},
};

static void commands_need_no_surroundings(void **state)
{
    (void)state;
    call_in_all(surroundings, COUNT(surroundings));
}

static void no_standard_file_needs_to_be_open(void **state)
{
    (void)state;
    call_in_all(standard_files, COUNT(standard_files));
}

/* However few files and bytes there are: what fails is told, and done is what is done. Where the loader of
 * the system has not enough for itself, as with less data than here, nothing of ours has begun. */
static void too_little_of_anything_is_told(void **state)
{
    static const char *const what[] = {"-n", "-v", "-d", "-f"};
    static const int amounts[][10] = {
        {3, 4, 5, 6, 7, 8, 9, 10, 12, 16},
        {3000, 5000, 7000, 9000, 12000, 16000, 20000, 24000, 32000, 48000},
        {240, 260, 280, 320, 400, 800, 1600, 2400, 4000, 8000},
        {0, 1, 2},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(what); i++) {
        for (size_t k = 0; k < 10; k++) {
            char limits[48];
            struct place place = {.name = limits, .limits = limits};

            snprintf(limits, sizeof(limits), "ulimit %s %d", what[i], amounts[i][k]);
            if ((SANITIZED && i > 0 && i < 3) || (k > 0 && amounts[i][k] == 0))
                continue;
            call_in(&place, &calls[0], ANY);
            call_in(&place, &calls[4], ANY);
        }
    }
}

/* ---- The wizard ---- */

static struct screen *start_in(const struct place *place, int columns, int rows)
{
    static char script[256];
    static const char *const arguments[] = {"draft.json", NULL};
    const char *argv[ARGUMENTS_MAX + 8];
    size_t kept = begin(place);
    struct screen_options options = {.environment = ground.changes, .columns = columns, .rows = rows};
    struct screen *screen;

    make_argv(place, arguments, true, script, sizeof(script), argv);
    screen = screen_start(argv, &options);
    ground_forget(&ground, kept);
    assert_non_null(screen);
    return screen;
}

static bool printed(struct screen *screen, const char *text)
{
    size_t length;
    const char *bytes = screen_bytes(screen, &length);

    return memmem(bytes, length, text, strlen(text)) != NULL;
}

/* Ended with that status, in time, with the terminal as it was and every file whole; frees the screen. */
static void ends(struct screen *screen, const char *where, int wanted, const char *typed)
{
    const char *raw, *fault;
    int status = -1;

    if (!screen_see_exit(screen, LIMIT_MS, &status))
        fail_msg("%s: it hangs:\n%s", where, screen_text(screen));
    if (status != wanted)
        fail_msg("%s: status %d:\n%s", where, status, screen_text(screen));
    raw = screen_not_restored(screen);
    if (raw)
        fail_msg("%s: the terminal is not restored: %s", where, raw);
    fault = ground_fault(&ground);
    if (fault)
        fail_msg("%s: %s", where, fault);
    if (typed && !ground_autosave_has(&ground, typed) && !printed(screen, "is on standard output"))
        fail_msg("%s: what was typed is lost:\n%s", where, screen_text(screen));
    screen_free(screen);
}

static void type_in_all(const struct place *places, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct screen *screen;

        if (places[i].no_screen || (places[i].narrow && SANITIZED))
            continue;
        screen = start_in(&places[i], 80, 24);
        if (!screen_see(screen, "Plan name", LIMIT_MS))
            fail_msg("%s: no screen:\n%s", places[i].name, screen_text(screen));
        screen_type(screen, "-typed\t");
        if (!screen_see(screen, "-typed", LIMIT_MS))
            fail_msg("%s: no letters:\n%s", places[i].name, screen_text(screen));
        screen_signal(screen, SIGTERM);
        ends(screen, places[i].name, 128 + SIGTERM, "-typed");
    }
}

static void the_wizard_needs_no_surroundings(void **state)
{
    (void)state;
    type_in_all(surroundings, COUNT(surroundings));
    type_in_all(standard_files, COUNT(standard_files));
}

/* ---- Terminals ---- */

static const struct place usual = {.name = "nothing in the way"};

/* Waits until the program has the terminal: on a small one there is nothing to read by which to know it. */
static bool stands(struct screen *screen)
{
    for (int tries = 0; tries < LIMIT_MS / 100 && !printed(screen, "\033[?1049h"); tries++)
        screen_wait_quiet(screen);
    return printed(screen, "\033[?1049h");
}

static void no_size_of_the_terminal_does_harm(void **state)
{
    static const struct {
        int columns, rows;
    } sizes[] = {{1, 1}, {1, 24}, {80, 1}, {2, 2}, {39, 11}, {1000, 500}, {65535 / 64, 3}};

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct screen *screen = start_in(&usual, sizes[i].columns, sizes[i].rows);
        char where[48];

        snprintf(where, sizeof(where), "%d x %d", sizes[i].columns, sizes[i].rows);
        assert_true(stands(screen));
        screen_type(screen, "-typed\t");
        screen_resize(screen, 80, 24);
        if (!screen_see(screen, "-typed", LIMIT_MS))
            fail_msg("%s: no letters:\n%s", where, screen_text(screen));
        screen_resize(screen, sizes[i].columns, sizes[i].rows);
        screen_type(screen, "-more\t");
        screen_wait_quiet(screen);
        screen_signal(screen, SIGTERM);
        ends(screen, where, 128 + SIGTERM, "-typed");
    }
}

/* A serial line, or a terminal that does not know: 0 x 0 is taken for the usual size. */
static void a_terminal_without_a_size_is_taken_for_a_usual_one(void **state)
{
    static const struct place place = {.name = "0 x 0", .limits = "stty rows 0 columns 0"};
    struct screen *screen = start_in(&place, 80, 24);

    (void)state;
    assert_true(screen_wait(screen, "Plan name"));
    screen_type(screen, "-typed\t");
    assert_true(screen_wait(screen, "-typed"));
    screen_signal(screen, SIGTERM);
    ends(screen, place.name, 128 + SIGTERM, "-typed");
}

static void storms_pass(void **state)
{
    static const char seen[] = "stttttttttttttttttttt";
    char text[sizeof(seen)];
    struct screen *screen = start_in(&usual, 80, 24);

    (void)state;
    assert_true(screen_wait(screen, "Plan name"));
    for (int i = 0; i < 500; i++) {
        screen_signal(screen, i % 2 ? SIGWINCH : SIGCONT);
        if (i % 50 == 0)
            screen_type(screen, "s");
        if (i % 25 == 0)
            screen_resize(screen, 40 + i % 90, 12 + i % 30);
    }
    screen_resize(screen, 80, 24);
    assert_true(screen_wait(screen, "ssssssssss"));
    for (size_t i = 0; i < 20; i++) {
        screen_signal(screen, SIGTSTP);
        assert_true(screen_wait_stopped(screen));
        assert_null(screen_not_restored(screen));
        assert_true(screen_continue(screen));
        /* A stop that comes before it goes on is taken away by the system. */
        screen_type(screen, "t");
        snprintf(text, sizeof(text), "%.*s", (int)i + 2, seen);
        assert_true(screen_wait(screen, text));
    }
    screen_signal(screen, SIGTERM);
    ends(screen, "storms", 128 + SIGTERM, seen);
}

/* It stops reading while pictures are drawn, and then the end is asked for. */
static void a_deaf_terminal_holds_up_no_end(void **state)
{
    static const int signals[] = {SIGTERM, SIGHUP};

    (void)state;
    for (size_t i = 0; i < COUNT(signals); i++) {
        struct screen *screen = start_in(&usual, 200, 60);
        int status = -1;

        assert_true(screen_wait(screen, "Plan name"));
        screen_type(screen, "-typed\t");
        assert_true(screen_wait(screen, "-typed"));
        screen_set_deaf(screen, true);
        /* Each picture is drawn before the next is asked for; what the system holds for it is full then. */
        for (int k = 0; k < 4; k++) {
            screen_type(screen, "\014");
            screen_wait_quiet(screen);
        }
        screen_signal(screen, signals[i]);
        if (!screen_see_exit(screen, LIMIT_MS, &status))
            fail_msg("signal %d: it hangs", signals[i]);
        assert_int_equal(status, 128 + signals[i]);
        assert_true(ground_autosave_has(&ground, "-typed"));
        assert_null(ground_fault(&ground));
        screen_free(screen);
    }
}

/* ---- Signals at each step ---- */

#define PAGE_DOWN "\033[6~"
#define CTRL_S    "\023"

/* What is to be seen, and what is typed then; "@" is the plan's name. The draft is an example. */
static const struct step {
    const char *seen, *typed;
    bool changed; /* what is on the screen is nowhere else yet */
} steps[] = {
    {"Plan name", "-x\t", false},           {"-x", PAGE_DOWN, true},
    {"[2 First cluster]", PAGE_DOWN, true}, {"[3 Second cluster]", PAGE_DOWN, true},
    {"[4 Progress]", PAGE_DOWN, true},      {"[5 Review]", CTRL_S, true},
    {"Saved to draft.json", "s", false},    {"Create the plan", "y", false},
    {"The plan is created.", "", false},
};

enum { STEP_COUNT = COUNT(steps), HANG_UP = -1 };

static struct screen *walk_to(size_t last)
{
    struct screen *screen = start_in(&usual, 80, 24);

    for (size_t i = 0; i <= last; i++) {
        if (!screen_see(screen, steps[i].seen, LIMIT_MS))
            fail_msg("step %zu does not come:\n%s", i, screen_text(screen));
        if (i < last)
            screen_type(screen, steps[i].typed);
    }
    return screen;
}

static void end_by_hang_up(struct screen *screen, const char *where, const char *typed)
{
    const char *fault;
    int status = -1;

    screen_hang_up(screen);
    if (!screen_see_exit(screen, LIMIT_MS, &status))
        fail_msg("%s: it hangs", where);
    if (status != 128 + SIGHUP)
        fail_msg("%s: status %d", where, status);
    fault = ground_fault(&ground);
    if (fault)
        fail_msg("%s: %s", where, fault);
    if (typed && !ground_autosave_has(&ground, typed))
        fail_msg("%s: what was typed is lost", where);
    screen_free(screen);
}

static void the_end_may_come_at_any_step(void **state)
{
    static const int ways[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, HANG_UP};

    (void)state;
    for (size_t i = 0; i < STEP_COUNT; i++) {
        for (size_t k = 0; k < COUNT(ways); k++) {
            struct screen *screen = walk_to(i);
            const char *typed = steps[i].changed ? "-x" : NULL;
            char where[64];

            snprintf(where, sizeof(where), "%s, signal %d", steps[i].seen, ways[k]);
            if (ways[k] == HANG_UP) {
                end_by_hang_up(screen, where, typed);
                continue;
            }
            screen_signal(screen, ways[k]);
            ends(screen, where, 128 + ways[k], typed);
        }
    }
}

static void stopped_at_any_step_it_goes_on(void **state)
{
    (void)state;
    for (size_t i = 0; i < STEP_COUNT; i++) {
        struct screen *screen = walk_to(i);

        screen_signal(screen, SIGTSTP);
        assert_true(screen_wait_stopped(screen));
        assert_null(screen_not_restored(screen));
        assert_true(screen_continue(screen));
        if (!screen_see(screen, steps[i].seen, LIMIT_MS))
            fail_msg("%s is not there again:\n%s", steps[i].seen, screen_text(screen));
        screen_signal(screen, SIGTERM);
        ends(screen, steps[i].seen, 128 + SIGTERM, steps[i].changed ? "-x" : NULL);
    }
}

/* ---- Saving where nothing fits ---- */

/* Larger than what one file may hold, which is enough for a picture. */
static void write_large_draft(void)
{
    char *text = ground_read("draft.json");
    FILE *file = fopen("draft.json", "w");

    assert_non_null(text);
    assert_non_null(file);
    fprintf(file, "{\"padding\": \"%0*d\", %s", 100000, 0, strchr(text, '{') + 1);
    assert_int_equal(fclose(file), 0);
    free(text);
}

static void a_draft_that_may_not_grow_stays(const struct place *place)
{
    static char script[256];
    static const char *const arguments[] = {"draft.json", NULL};
    const char *argv[ARGUMENTS_MAX + 8];
    size_t kept = begin(place);
    struct screen_options options = {.environment = ground.changes};
    struct screen *screen;

    write_large_draft();
    make_argv(place, arguments, true, script, sizeof(script), argv);
    screen = screen_start(argv, &options);
    ground_forget(&ground, kept);
    assert_non_null(screen);
    assert_true(screen_wait(screen, "Plan name"));
    screen_type(screen, "-typed");
    assert_true(screen_wait(screen, "-typed"));
    screen_type(screen, CTRL_S);
    assert_true(screen_wait(screen, "It was not saved: "));
    screen_type(screen, "\r");
    screen_wait_quiet(screen);
    assert_false(ground_has("draft.json", "-typed"));
    assert_true(ground_has("draft.json", plan_name));
    screen_signal(screen, SIGTERM);
    ends(screen, place->name, 128 + SIGTERM, "-typed");
}

static void where_no_file_may_grow_the_draft_stays_and_the_words_are_printed(void **state)
{
    static const struct place places[] = {
        {.name = "files of 64 KiB", .limits = "ulimit -f 128"},
        {.name = "files of 32 KiB", .limits = "ulimit -f 64"},
        {.name = "no file at all", .limits = "ulimit -f 0"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(places); i++)
        a_draft_that_may_not_grow_stays(&places[i]);
}

/* ---- */

static int enter(void **state)
{
    (void)state;
    ground_open_served(&ground);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    ground_close(&ground);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_need_no_surroundings),
        cmocka_unit_test(no_standard_file_needs_to_be_open),
        cmocka_unit_test(too_little_of_anything_is_told),
        cmocka_unit_test(the_wizard_needs_no_surroundings),
        cmocka_unit_test(no_size_of_the_terminal_does_harm),
        cmocka_unit_test(a_terminal_without_a_size_is_taken_for_a_usual_one),
        cmocka_unit_test(storms_pass),
        cmocka_unit_test(a_deaf_terminal_holds_up_no_end),
        cmocka_unit_test(the_end_may_come_at_any_step),
        cmocka_unit_test(stopped_at_any_step_it_goes_on),
        cmocka_unit_test(where_no_file_may_grow_the_draft_stays_and_the_words_are_printed),
    };

    if (!program_is_named())
        return 2;
    /* One of them alone: DRPLAN_ONLY, as in the test of memory. */
    if (getenv("DRPLAN_ONLY"))
        cmocka_set_test_filter(getenv("DRPLAN_ONLY"));
    return cmocka_run_group_tests(tests, enter, leave);
}
