#ifndef CLI_RENDER_SHELL_H
#define CLI_RENDER_SHELL_H

#include <stdbool.h>

#include "api/request.h"
#include "base/buf.h"
#include "base/error.h"
#include "cli/options.h"
#include "cli/session.h"
#include "model/payload.h"
#include "model/review.h"

/*
 * Requests as commands for a POSIX shell.
 *
 * A command is one subshell, so that a shell has read it whole before any of it
 * runs: a password that it asks for is never taken from the lines that were
 * pasted behind it. Passwords get into the body through variables, unless `sent`
 * is what shall be shown.
 */
struct shell_request {
    const struct options *options;
    const struct review *review;
    const struct destination *destination;
    const struct payload *masked; /* NULL: passwords are shown as they are */
    const struct payload *sent;   /* NULL: not known, as with aliyun, which signs by itself */
};

/* curl cannot sign: the command carries the headers of `request` and works for 15 minutes. ERROR_INPUT when
 * variables could not give the very bytes that were signed. */
bool render_curl(const struct shell_request *shell, const struct request *request, struct buf *out,
                 struct error *err);

bool render_aliyun(const struct shell_request *shell, struct buf *out, struct error *err);

#endif
