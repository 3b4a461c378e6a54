#ifndef SUPPORT_COMMAND_H
#define SUPPORT_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* For an environment: without an account, a profile, a region and an endpoint of whoever runs the tests. With
 * NO_PLACE keys may be given besides. */
#define NO_PLACE                                                                                             \
    "ALIBABA_CLOUD_SECURITY_TOKEN", "ALIBABA_CLOUD_PROFILE", "ALIBABA_CLOUD_REGION_ID",                      \
        "ALIBABA_CLOUD_ENDPOINT"
#define NO_ACCOUNT "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", NO_PLACE

/* Whether there is a program to test: DRPLAN names it. Where not, standard error says so. */
bool program_is_named(void);

/* A program without a terminal, run to its end, with what it printed and used. */
struct command_result {
    int status; /* exit status; 128 and the signal when it was killed */
    char *out;  /* standard output and standard error, as C strings of these lengths */
    char *err;
    size_t out_length, err_length;
    long elapsed_ms;
    long cpu_ms;     /* user and system */
    long largest_kb; /* resident at most */
};

/*
 * argv[0] is a path; ends with NULL. environment: "NAME=value" sets, "NAME" unsets, ends with NULL; may be
 * NULL. Standard input is empty. Killed after limit_ms. Ends the test program when it cannot be started.
 */
void command_run(const char *const *argv, const char *const *environment, int limit_ms,
                 struct command_result *out);
void command_release(struct command_result *result);

/* The same with the file at path input as standard input. */
void command_run_with_input(const char *const *argv, const char *const *environment, const char *input,
                            int limit_ms, struct command_result *out);

/* Starts it and leaves it running, its output thrown away: for what is killed. */
pid_t command_start(const char *const *argv, const char *const *environment);

/* The same for a server: waits for the first line that it prints, without its newline. */
pid_t command_serve(const char *const *argv, const char *const *environment, char *line, size_t size);

#endif
