#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "terminal.h"

/*
 * bench_screen ROUNDS FOLDER DRPLAN BARE BARE_WITH_CURL: what an operator waits for at a screen of 80x24,
 * side by side with other programs that ask in a terminal. The programs take turns, so that whatever else the
 * machine does falls on all of them. 0 rounds: one small one, to see that it works. Scratch files are in
 * FOLDER; each start has a home of its own. Prints a table and which aims are met. The exit status is 1 where
 * drplan could not be measured.
 */
enum { PASTE_MOST = 1 << 20, SAMPLES_MAX = 8192 };

/* How much is done with each program of a round. */
static struct work {
    int starts, letters, resizes;
    size_t paste_bytes;
    double idle_ms;
} work = {.starts = 15, .letters = 40, .resizes = 200, .paste_bytes = PASTE_MOST, .idle_ms = 2000};

#define PATIENCE_MS 20000.0
#define CLEAR       "\025" /* Ctrl-U */

enum subject { DRPLAN, BARE, BARE_CURL, TWO, HUNDRED, DIALOG, WHIPTAIL, NMTUI, SUBJECTS };

struct program {
    const char *name;
    const char *argv[40]; /* without [0]: it is told on the command line */
    const char *ready;    /* the last that is drawn of its first screen */
    bool fills;           /* it is pasted into and resized, too */
};

static struct program programs[SUBJECTS] = {
    [DRPLAN] = {"drplan", {NULL}, "Ctrl-S save", true},
    [BARE] = {"bare form", {NULL}, "F10 quit", true},
    [BARE_CURL] = {"bare form, linked with libcurl", {NULL}, "F10 quit", false},
    [TWO] = {"drplan, 2 instances", {NULL}, "Ctrl-S save", false},
    [HUNDRED] = {"drplan, 100 instances", {NULL}, "Ctrl-S save", false},
    [DIALOG] = {"dialog --form",
                {"dialog",      "--title", "New plan", "--form", "Fields", "20", "74", "3",
                 "Plan name",   "1",       "1",        "",       "1",      "18", "48", "500",
                 "Region",      "2",       "1",        "",       "2",      "18", "48", "500",
                 "Instance ID", "3",       "1",        "",       "3",      "18", "48", "500"},
                "Cancel",
                true},
    [WHIPTAIL] = {"whiptail --inputbox",
                  {"whiptail", "--title", "New plan", "--inputbox", "Plan name", "10", "70"},
                  "Cancel",
                  true},
    [NMTUI] = {"nmtui", {"nmtui"}, "Activate a connection", false},
};

enum measure {
    START_MS,
    START_CPU_MS,
    PEAK_KIB,
    KEY_MS,
    KEY_CPU_US,
    KEY_BYTES,
    IDLE,
    PASTE_MS,
    PASTE_CPU_MS,
    RESIZE_CPU_MS,
    MEASURES
};

struct samples {
    double value[SAMPLES_MAX];
    size_t count;
};

static struct samples results[SUBJECTS][MEASURES];

static void sample(enum subject subject, enum measure measure, double value)
{
    struct samples *samples = &results[subject][measure];

    if (samples->count < SAMPLES_MAX)
        samples->value[samples->count++] = value;
}

static int compare(const void *left, const void *right)
{
    const double *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

/* The value below which this share of all lies; NAN where there is none. */
static double quantile(enum subject subject, enum measure measure, double share)
{
    static struct samples sorted;

    sorted = results[subject][measure];
    if (!sorted.count)
        return NAN;
    qsort(sorted.value, sorted.count, sizeof(sorted.value[0]), compare);
    return sorted.value[(size_t)(share * (double)(sorted.count - 1) + 0.5)];
}

static double median(enum subject subject, enum measure measure)
{
    return quantile(subject, measure, 0.5);
}

/* ---- One run of one program ---- */

static void measure_keys(enum subject subject, struct terminal *terminal)
{
    double cpu = terminal_cpu_ms(terminal);

    for (int i = 0; i < work.letters; i++) {
        char letter = (char)('a' + i % 26);
        size_t written = terminal_written(terminal);
        double took = -1;

        if (terminal_type(terminal, &letter, 1, PATIENCE_MS))
            took = terminal_change(terminal, 1000);
        if (took < 0)
            continue;
        terminal_settle(terminal, 2);
        sample(subject, KEY_MS, took);
        sample(subject, KEY_BYTES, (double)(terminal_written(terminal) - written));
    }
    sample(subject, KEY_CPU_US, (terminal_cpu_ms(terminal) - cpu) * 1e3 / work.letters);
    (void)terminal_type(terminal, CLEAR, 1, PATIENCE_MS);
}

static void measure_idle(enum subject subject, struct terminal *terminal)
{
    double sleeps;

    terminal_settle(terminal, 3000); /* what was typed is kept two seconds after the last key */
    sleeps = terminal_sleeps(terminal);
    terminal_settle(terminal, work.idle_ms);
    sample(subject, IDLE, (terminal_sleeps(terminal) - sleeps) * 1e3 / work.idle_ms);
}

static void measure_paste(enum subject subject, struct terminal *terminal)
{
    static char text[PASTE_MOST];
    double cpu = terminal_cpu_ms(terminal), start = now_ms(), end;

    memset(text, 'x', sizeof(text));
    memcpy(text, "\033[200~", 6);
    memcpy(text + work.paste_bytes - 6, "\033[201~", 6);
    if (!terminal_type(terminal, text, work.paste_bytes, PATIENCE_MS))
        return;
    end = terminal_settle(terminal, 300);
    sample(subject, PASTE_MS, end - start);
    sample(subject, PASTE_CPU_MS, terminal_cpu_ms(terminal) - cpu);
}

static void measure_resizes(enum subject subject, struct terminal *terminal)
{
    double cpu = terminal_cpu_ms(terminal);

    for (int i = 0; i < work.resizes; i++) {
        terminal_resize(terminal, i % 2 ? 80 : 100, i % 2 ? 24 : 30);
        (void)terminal_change(terminal, 200);
        terminal_settle(terminal, 1);
    }
    if (terminal_wait(terminal, programs[subject].ready, 1000))
        sample(subject, RESIZE_CPU_MS, terminal_cpu_ms(terminal) - cpu);
}

/* The program, its first screen seen; NULL when that could not be had. */
static struct terminal *start(enum subject subject, const char *home)
{
    const struct program *program = &programs[subject];
    const char *const environment[] = {home, "TERM=xterm-256color", "LC_ALL=C.UTF-8", NULL};
    double start = now_ms();
    struct terminal *terminal = terminal_start(program->argv, environment, 80, 24);

    if (!terminal || !terminal_wait(terminal, program->ready, 3000)) {
        terminal_free(terminal);
        return NULL;
    }
    sample(subject, START_MS, now_ms() - start);
    terminal_settle(terminal, 20);
    sample(subject, START_CPU_MS, terminal_cpu_ms(terminal));
    sample(subject, PEAK_KIB, terminal_peak_kib(terminal));
    return terminal;
}

/* Starts and keys once more, each in a home of its own: what one process takes for a key depends on where the
 * machine has put it, by a factor of two. */
static void measure_starts(enum subject subject, const char *home)
{
    for (int i = 1; i < work.starts; i++) {
        struct terminal *terminal;
        char own[600];

        snprintf(own, sizeof(own), "%s/%d", home, i);
        (void)mkdir(own + strlen("HOME="), 0700);
        terminal = start(subject, own);
        if (terminal && subject != NMTUI)
            measure_keys(subject, terminal);
        terminal_free(terminal);
    }
}

static bool measure(enum subject subject, const char *home)
{
    struct terminal *terminal = start(subject, home);

    if (!terminal)
        return false;
    if (subject != NMTUI) { /* a menu: there is nothing to type into */
        measure_keys(subject, terminal);
        measure_idle(subject, terminal);
    }
    if (programs[subject].fills) {
        measure_resizes(subject, terminal);
        measure_paste(subject, terminal);
    }
    terminal_free(terminal);
    measure_starts(subject, home);
    return true;
}

/* ---- What is measured ---- */

static const char *plan_write(const char *folder, int instances)
{
    static char paths[2][512];
    char *path = paths[instances > 2];
    FILE *file;

    snprintf(path, sizeof(paths[0]), "%s/plan-%d.json", folder, instances);
    file = fopen(path, "we");
    if (!file)
        return NULL;
    fprintf(file, "{\"planType\": \"ACTIVE_PASSIVE\", \"instances\": [");
    for (int i = 0; i < instances; i++)
        fprintf(file,
                "%s{\"instanceType\": \"ALIYUN_ROCKETMQ\", \"instanceRole\": \"%s\", \"regionId\": "
                "\"cn-hangzhou\", \"instanceId\": \"rmq-cn-example%04d\", \"authType\": \"NO_AUTH\"}",
                i ? ", " : "", i ? "PASSIVE" : "ACTIVE", i);
    fprintf(file, "]}\n");
    return fclose(file) == 0 ? path : NULL;
}

static bool round_run(int round, const char *folder)
{
    bool done = true;

    for (int i = 0; i < SUBJECTS; i++) {
        enum subject subject = (enum subject)(round % 2 ? SUBJECTS - 1 - i : i);
        char home[512];

        snprintf(home, sizeof(home), "HOME=%s/home-%d-%d", folder, round, i);
        (void)mkdir(home + strlen("HOME="), 0700);
        if (!measure(subject, home) && subject <= HUNDRED) {
            fprintf(stderr, "%s did not come to its first screen\n", programs[subject].name);
            done = false;
        }
    }
    return done;
}

/* ---- What came of it ---- */

static void number_print(double number, int decimals)
{
    if (isnan(number))
        printf(" %9s", "");
    else
        printf(" %9.*f", decimals, number);
}

static void table_print(void)
{
    printf("%-31s %9s %9s %9s %9s %9s %9s %9s %9s %9s %9s %9s\n", "", "start ms", "CPU ms", "peak KiB",
           "key ms", "p99", "CPU us", "bytes", "idle /s", "paste ms", "CPU ms", "200 sizes");
    for (enum subject i = 0; i < SUBJECTS; i++) {
        if (!results[i][START_MS].count) {
            printf("%-31s is not here, or did not start\n", programs[i].name);
            continue;
        }
        printf("%-31s", programs[i].name);
        number_print(median(i, START_MS), 2);
        number_print(median(i, START_CPU_MS), 2);
        number_print(median(i, PEAK_KIB), 0);
        number_print(median(i, KEY_MS), 3);
        number_print(quantile(i, KEY_MS, 0.99), 3);
        number_print(median(i, KEY_CPU_US), 0);
        number_print(median(i, KEY_BYTES), 0);
        number_print(median(i, IDLE), 1);
        number_print(median(i, PASTE_MS), 0);
        number_print(median(i, PASTE_CPU_MS), 0);
        number_print(median(i, RESIZE_CPU_MS), 0);
        printf("\n");
    }
}

static void aim_print(const char *aim, double is, double most)
{
    printf("  %-62s %5.2f of %4.2f  %s\n", aim, is, most, is <= most ? "met" : "MISSED");
}

static void aims_print(void)
{
    printf("\nAims, as ratios:\n");
    aim_print("first full screen, to the bare form with libcurl",
              median(DRPLAN, START_MS) / median(BARE_CURL, START_MS), 1.3);
    aim_print("first full screen, to the bare form", median(DRPLAN, START_MS) / median(BARE, START_MS), 1.5);
    aim_print("its CPU, to that of the bare form", median(DRPLAN, START_CPU_MS) / median(BARE, START_CPU_MS),
              1.5);
    aim_print("key to changed screen, median", median(DRPLAN, KEY_MS) / median(BARE, KEY_MS), 1.2);
    aim_print("key to changed screen, p99", quantile(DRPLAN, KEY_MS, 0.99) / quantile(BARE, KEY_MS, 0.99),
              1.2);
    aim_print("bytes per key", median(DRPLAN, KEY_BYTES) / median(BARE, KEY_BYTES), 1.5);
    aim_print("memory, to the bare form with libcurl", median(DRPLAN, PEAK_KIB) / median(BARE_CURL, PEAK_KIB),
              1.3);
    aim_print("a plan of 100 instances, time per key, to one of 2",
              median(HUNDRED, KEY_MS) / median(TWO, KEY_MS), 2);
    printf("  %-62s %5.1f          %s\n", "wake-ups a second when idle", median(DRPLAN, IDLE),
           median(DRPLAN, IDLE) > 0 ? "MISSED" : "met");
}

int main(int argc, char **argv)
{
    int rounds = argc == 6 ? atoi(argv[1]) : -1;
    bool done = true;

    if (rounds < 0) {
        fprintf(stderr, "usage: bench_screen ROUNDS FOLDER DRPLAN BARE BARE_WITH_CURL\n");
        return 2;
    }
    /* Where no keys are set drplan would ask the metadata service, which is not on loopback. */
    setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true", 1);
    programs[DRPLAN].argv[0] = programs[TWO].argv[0] = programs[HUNDRED].argv[0] = argv[3];
    programs[BARE].argv[0] = argv[4];
    programs[BARE_CURL].argv[0] = argv[5];
    programs[TWO].argv[1] = plan_write(argv[2], 2);
    programs[HUNDRED].argv[1] = plan_write(argv[2], 100);
    if (!programs[TWO].argv[1] || !programs[HUNDRED].argv[1]) {
        perror(argv[2]);
        return 1;
    }
    if (rounds == 0)
        work = (struct work){.starts = 2, .letters = 3, .resizes = 4, .paste_bytes = 1 << 16, .idle_ms = 100};
    for (int round = 0; (round < rounds || round == 0) && done; round++)
        done = round_run(round, argv[2]);
    table_print();
    aims_print();
    return done ? 0 : 1;
}
