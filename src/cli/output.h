#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/error.h"
#include "cli/end.h"

/*
 * Standard output and standard error. Results go to the one, everything else to
 * the other. Text that may come from outside passes base/clean.h here, so that
 * it can neither drive the terminal nor look like a line of ours.
 *
 * That standard output fails is said on standard error once, and known to
 * output_broken() and output_finish(); when standard error fails there is nobody
 * left to be told. Where nobody reads, writing ends when the program is told to
 * (cli/write_limit.h).
 */

/* The stream is a terminal that does not read UTF-8: what is not ASCII reaches it as base/clean.h's
 * clean_add_ascii() writes it, or as \uXXXX in JSON. */
bool output_is_narrow(FILE *stream);

/* One line of results; line breaks in what is formatted are made visible. */
void print_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One line on standard error, as it is or behind "drplan: ". */
void remark(const char *format, ...) __attribute__((format(printf, 1, 2)));
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line that a command of the operator said on standard error. */
void remark_heard(const char *line);

/* Text of several lines, each as remark() does it. */
void remark_lines(const char *text);

/* A question on standard error, and whether the next line of standard input is `answer`. */
bool ask_for(const char *answer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says on standard error why something failed, and returns the exit status for it. */
enum end end_with(const struct error *err);

/*
 * Text of several lines whose bytes count. In a file or a pipe they arrive
 * unchanged; a terminal shows what is not safe to show as base/clean.h writes
 * it. Returns false when it came to that.
 */
bool print_exact(const char *text, size_t length);

/* A JSON value that is one line: jsonl_... made it safe to show. */
void print_json(const struct buf *line);

/* Text that is safe already, put out at once. False with errno; EINTR: the end was asked for, and nobody
 * read. */
bool output_put(FILE *stream, const char *text, size_t length);

/* Puts what was printed so far out now. */
void output_flush(void);
bool output_broken(void);

/* The last call: false when standard output did not take everything. */
bool output_finish(void);

/* ---- One JSON object on one line ---- */

/*
 * Texts among what base/compose.h writes, which is one line. They are written so that it is the same
 * text for whoever reads the JSON and safe on a terminal: what base/clean.h would
 * change is \uXXXX. Broken UTF-8 is U+FFFD.
 */
void jsonl_text(struct buf *line, const char *name, const char *value); /* NULL or "": null */
void jsonl_string(struct buf *line, const char *name, const char *value, size_t length);
void jsonl_null(struct buf *line, const char *name);

/* ---- How far it is ---- */

/* A line on standard error that is written over: on a terminal only, and never into the results. */
struct status_line {
    bool wanted;
    bool shown;
};

/* quiet: none at all. */
void status_init(struct status_line *status, bool quiet);
void status_show(struct status_line *status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Takes the line away: to be called before anything else is printed. */
void status_clear(struct status_line *status);

#endif
