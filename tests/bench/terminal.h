#ifndef TESTS_BENCH_TERMINAL_H
#define TESTS_BENCH_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * A program in a pseudo-terminal whose picture libvterm keeps, with as little between the two as can be:
 * what is measured is the program. Times are in milliseconds of the clock that only goes forward.
 */
struct terminal;

double now_ms(void);

/* NULL when it could not be started. environment: NAME=value, ends with NULL. */
struct terminal *terminal_start(const char *const *argv, const char *const *environment, int columns,
                                int rows);
void terminal_free(struct terminal *terminal); /* kills what still runs; NULL is fine */

/* Waits until text is on the screen, limit_ms at most. */
bool terminal_wait(struct terminal *terminal, const char *text, double limit_ms);

/* Types bytes, reading meanwhile; returns once all are taken, or limit_ms have passed (false). */
bool terminal_type(struct terminal *terminal, const char *bytes, size_t length, double limit_ms);

/* Milliseconds until the picture changes; below 0: it did not within limit_ms. */
double terminal_change(struct terminal *terminal, double limit_ms);

/* Reads until nothing has come for quiet_ms. Returns when the last of it came. */
double terminal_settle(struct terminal *terminal, double quiet_ms);

void terminal_resize(struct terminal *terminal, int columns, int rows);

/* Bytes that the program has written since it was started. */
size_t terminal_written(const struct terminal *terminal);

/* CPU of the program in milliseconds, KiB of memory at most, times it fell asleep. -1: it cannot be known. */
double terminal_cpu_ms(const struct terminal *terminal);
double terminal_peak_kib(const struct terminal *terminal);
double terminal_sleeps(const struct terminal *terminal);

#endif
