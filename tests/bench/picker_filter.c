/*
 * What a key costs in a picker. "ROWS QUERY ROUNDS" types the query letter by letter, ROUNDS times over, into
 * a picker with so many rows, and says what a key took; "--list ROWS" writes the rows as lines; "--filter
 * QUERY" filters the lines of standard input once, as `fzy -e` and `fzf --filter` do.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/host.h"
#include "ui/picker.h"

/* Rows of one kind: what an account with many instances looks like. */
struct rows {
    char (*cells)[4][48];
    char **lines; /* of standard input instead */
    size_t count;
};

static void make_rows(struct rows *rows, size_t count)
{
    static const char *const systems[] = {"orders",  "payments", "inventory", "订单中心", "shipping",
                                          "billing", "search",   "支付",      "pesanan",  "ledger"};
    static const char *const stages[] = {"prod", "staging", "test", "dev", "dr"};
    unsigned chance = 20221123;

    rows->count = count;
    rows->cells = calloc(count ? count : 1, sizeof(*rows->cells));
    for (size_t i = 0; rows->cells && i < count; i++) {
        char(*cells)[48] = rows->cells[i];
        size_t length = 7;

        memcpy(cells[0], "rmq-cn-", length);
        for (; length < 14; length++) {
            chance = chance * 1103515245u + 12345u;
            cells[0][length] = "abcdefghijkmnopqrstuvwxyz0123456"[chance >> 16 & 31];
        }
        snprintf(cells[0] + length, sizeof(cells[0]) - length, "%04zu", i % 10000);
        snprintf(cells[1], sizeof(cells[1]), "%s-%s-%zu", systems[i % 10], stages[i / 10 % 5], i / 50);
        snprintf(cells[2], sizeof(cells[2]), "%s", i % 6 == 4 ? "4.0" : "5.0");
        snprintf(cells[3], sizeof(cells[3]), "%s", i % 17 == 5 ? "STOPPED" : "RUNNING");
    }
}

static void read_rows(struct rows *rows)
{
    char *line = NULL;
    size_t size = 0, capacity = 0;
    ssize_t length;

    while ((length = getline(&line, &size, stdin)) > 0) {
        if (line[length - 1] == '\n')
            line[length - 1] = '\0';
        if (rows->count == capacity) {
            capacity = capacity ? 2 * capacity : 1024;
            rows->lines = realloc(rows->lines, capacity * sizeof(*rows->lines));
            if (!rows->lines)
                abort();
        }
        rows->lines[rows->count++] = strdup(line);
    }
    free(line);
}

static const char *cell(const void *context, size_t row, size_t number)
{
    const struct rows *rows = context;

    return rows->lines ? rows->lines[row] : rows->cells[row][number];
}

static bool usable(const void *context, size_t row)
{
    (void)context, (void)row;
    return true;
}

static void fill(struct picker *picker, const struct rows *rows)
{
    const struct picker_rows shown = {
        .state = PICKER_DONE,
        .title = "Instances",
        .headings = {"ID", rows->lines ? NULL : "Name", "Version", "Status"},
        .count = rows->count,
        .total = (long long)rows->count,
        .why = "",
        .cell = cell,
        .usable = usable,
        .context = rows,
    };

    picker_init(picker);
    picker_open(picker, place_none());
    if (!picker_fill(picker, &shown))
        abort();
}

static double now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return left < right ? -1 : left > right;
}

/* Types the query once; the microseconds of each key go to `times`. */
static void type(struct picker *picker, const char *query, double *times)
{
    char typed[256] = "";

    for (size_t i = 0; query[i]; i++) {
        double start;

        typed[i] = query[i];
        line_edit_set(&picker->filter, typed);
        start = now_us();
        picker_filter(picker);
        times[i] = now_us() - start;
    }
}

static int measure(size_t count, const char *query, size_t rounds)
{
    size_t keys = strlen(query);
    double *times = calloc(keys * rounds, sizeof(*times)), sum = 0;
    struct rows rows = {0};
    struct picker picker;
    size_t before, after;

    make_rows(&rows, count);
    fill(&picker, &rows);
    type(&picker, query, times);
    before = mallinfo2().uordblks;
    for (size_t i = 0; i < rounds; i++)
        type(&picker, query, times + i * keys);
    after = mallinfo2().uordblks;
    for (size_t i = 0; i < keys * rounds; i++)
        sum += times[i];
    qsort(times, keys * rounds, sizeof(*times), compare);
    printf("%7zu rows  %9.1f us a key (worst %9.1f)  %5zu left at the end  %zd bytes kept\n", count,
           sum / (double)(keys * rounds), times[keys * rounds - 1], picker.match_count,
           (ssize_t)(after - before));
    picker_release(&picker);
    free(rows.cells);
    free(times);
    return after == before ? 0 : 1;
}

static int list(size_t count)
{
    struct rows rows = {0};

    make_rows(&rows, count);
    for (size_t i = 0; i < count; i++)
        printf("%s %s %s %s\n", rows.cells[i][0], rows.cells[i][1], rows.cells[i][2], rows.cells[i][3]);
    free(rows.cells);
    return 0;
}

static int filter(const char *query)
{
    struct rows rows = {0};
    struct picker picker;

    read_rows(&rows);
    fill(&picker, &rows);
    line_edit_set(&picker.filter, query);
    picker_filter(&picker);
    for (size_t i = 0; i < picker.match_count; i++)
        puts(rows.lines[picker.matches[i].row]);
    picker_release(&picker);
    for (size_t i = 0; i < rows.count; i++)
        free(rows.lines[i]);
    free(rows.lines);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--list") == 0)
        return list(strtoul(argv[2], NULL, 10));
    if (argc == 3 && strcmp(argv[1], "--filter") == 0)
        return filter(argv[2]);
    if (argc == 4)
        return measure(strtoul(argv[1], NULL, 10), argv[2], strtoul(argv[3], NULL, 10));
    fprintf(stderr, "usage: picker_filter ROWS QUERY ROUNDS | --list ROWS | --filter QUERY\n");
    return 2;
}
