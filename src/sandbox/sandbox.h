#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include <stdbool.h>

#include "base/error.h"

/*
 * The service on loopback, for rehearsal and tests: it answers the operations
 * that drplan uses as the real one is documented to, checks signature, date and
 * nonce from the raw request, and can be told to fail.
 */

/* The one key pair the sandbox knows. It opens nothing else. */
#define SANDBOX_ACCESS_KEY_ID     "SANDBOX-ACCESS-KEY-ID"
#define SANDBOX_ACCESS_KEY_SECRET "sandbox-access-key-secret"

struct sandbox_options {
    int port;            /* 0: any free one */
    const char **faults; /* each "OPERATION=FAULT*COUNT,FAULT..."; NULL: none */
    int fault_count;
    const char *state_file; /* plans are kept there across runs; NULL: in memory only */
    bool quiet;             /* no line for each request on standard error */
};

struct sandbox;

/* Binds 127.0.0.1, never anything else, and starts to listen (connections wait until sandbox_run()).
 * ERROR_USAGE for a port or a fault that is none, ERROR_FILE for a port that is taken and a state file that
 * cannot be read. */
struct sandbox *sandbox_open(const struct sandbox_options *options, struct error *err);
int sandbox_port(const struct sandbox *sandbox);

/* Serves until stop_fd becomes readable or is closed at its other end (-1: for ever). ERROR_FILE when a part
 * of the program is missing, ERROR_INTERNAL when serving is not possible. */
bool sandbox_run(struct sandbox *sandbox, int stop_fd, struct error *err);
void sandbox_free(struct sandbox *sandbox);

/* The faults that --fault knows, one line each with what they do, for --help. */
const char *sandbox_fault_help(void);

/*
 * A sandbox of one's own: forks a child that serves until this process closes
 * it or ends in whatever way. endpoint gets "http://127.0.0.1:PORT". Errors as of
 * sandbox_open(), and ERROR_INTERNAL.
 */
struct private_sandbox {
    int pid;
    int hold_fd; /* closing it ends the child */
    char endpoint[48];
};

bool private_sandbox_start(const struct sandbox_options *options, struct private_sandbox *out,
                           struct error *err);
void private_sandbox_stop(struct private_sandbox *sandbox);

#endif
