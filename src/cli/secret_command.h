#ifndef CLI_SECRET_COMMAND_H
#define CLI_SECRET_COMMAND_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/host.h"

/*
 * A command that prints a secret, as the reference {"$command": [...]} of a
 * draft says. It is run without a shell and in a session of its own, reads
 * nothing, does not get the access key of the environment, and has 30 seconds
 * and 64 KiB. The caller waits for its descriptor beside everything else. What
 * fails is ERROR_INPUT.
 */
struct secret_command;

#define SECRET_SIZE_MAX ((size_t)64 << 10)

/* words: the list of the reference, checked. silent: what it says on standard error is not shown. */
struct secret_command *secret_command_start(struct host *host, const cJSON *words, bool silent,
                                            struct error *err);

/* Ends it, and all that it started, if it still runs. */
void secret_command_free(struct secret_command *command);

/* What to wait for: -1 for nothing but the time. */
int secret_command_fd(const struct secret_command *command);

/* Milliseconds until secret_command_advance() should be called though nothing came. */
int secret_command_timeout(const struct secret_command *command);

/* Takes in what has come. False when it failed, and then it is not to be called again. */
bool secret_command_advance(struct secret_command *command, struct error *err);

/* True once it has printed all. The name is what the operator calls it by: its first word. */
bool secret_command_done(const struct secret_command *command);
const char *secret_command_name(const struct secret_command *command);

/* What it printed, once it is done, without one line break at its end. */
const struct buf *secret_command_text(const struct secret_command *command);

/* One line break at the end of a file or a printed text is no part of the secret. */
void secret_strip_line_break(struct buf *text);

#endif
