#ifndef UI_PICKER_H
#define UI_PICKER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "model/schema.h"
#include "ui/canvas.h"
#include "ui/line_edit.h"

/*
 * A list to pick from that is filtered as one types, while it is still being
 * filled. It knows no network: whoever asks the account puts rows in with
 * picker_fill(). Pure; nothing is allocated for a key but the filter's own text.
 */
enum { PICKER_CELLS_MAX = 5 };

enum picker_state { PICKER_LOADING, PICKER_DONE, PICKER_FAILED };

/* What is known so far; borrowed until picker_fill() returns. */
struct picker_rows {
    enum picker_state state;
    const char *title;                      /* "Instances in cn-hangzhou" */
    const char *headings[PICKER_CELLS_MAX]; /* NULL ends them; the first cell is what is picked */
    size_t count;
    long long total; /* that there are said to be; -1: not said */
    const char *why; /* PICKER_FAILED: one line; else "" */
    bool cut;        /* there are more than can be shown */

    /* The cell of a row, never NULL; whether the row can be used as it is (running, enabled). */
    const char *(*cell)(const void *context, size_t row, size_t cell);
    bool (*usable)(const void *context, size_t row);
    const void *context;
};

struct picker {
    bool open;
    struct place place; /* the field it fills */
    struct line_edit filter;
    enum picker_state state;
    struct buf title, why;
    struct buf headings[PICKER_CELLS_MAX];
    int cells;        /* headings */
    struct buf texts; /* of all cells, each with a 0 behind it */
    size_t *starts;   /* rows * cells offsets into texts */
    bool *usable;
    size_t count, capacity;
    long long total;
    bool cut;
    struct picker_match *matches; /* of the filter, best first */
    size_t match_count;
    size_t cursor, scroll; /* in matches */
    int refreshes;         /* how often the operator asked for it anew */
    int ticks;             /* for the spinner */
};

/* A row that the filter lets through. */
struct picker_match {
    size_t row;
    int score;
};

void picker_init(struct picker *picker);
void picker_release(struct picker *picker);

/* Opens it, empty and loading, for a field. */
void picker_open(struct picker *picker, struct place place);
void picker_close(struct picker *picker);

/* Replaces the rows; the filter and, by its id, the marked row stay. False when memory is short: it is empty
 * then. */
bool picker_fill(struct picker *picker, const struct picker_rows *rows);

/* The filter's text changed. */
void picker_filter(struct picker *picker);

/* Moves the mark; it stops at the ends. */
void picker_move(struct picker *picker, long rows);

/* The id of the marked row, or NULL when no row is left. */
const char *picker_marked(const struct picker *picker);

/* Draws it over the whole of area, with its frame. */
void picker_view(const struct picker *picker, struct canvas *canvas, struct area area);

#endif
