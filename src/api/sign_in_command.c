#include "api/sign_in_state.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#include "api/say.h"
#include "base/child.h"
#include "base/json.h"

/* A command that prints credentials. */

enum { COMMAND_LIMIT_MS = 60000, COMMAND_LOOK_AGAIN_MS = 10, COMMAND_OUTPUT_MAX = 64 << 10 };

static const struct key_members command_members = {"access_key_id", "access_key_secret", "sts_token",
                                                   "expiration"};

static int64_t command_limit(const struct sign_in *sign_in)
{
    return sign_in->options.command_limit_ms > 0 ? sign_in->options.command_limit_ms : COMMAND_LIMIT_MS;
}

void sign_in_begin_command(struct sign_in *sign_in)
{
    struct error err;
    char **words = child_words(sign_in->source.command, &err);
    int failed;

    if (!words) {
        if (err.kind != ERROR_MEMORY)
            error_wrap(&err, "process_command");
        sign_in_place_failed_by(sign_in, &err);
        return;
    }
    failed = child_start(&sign_in->child, words, NULL, sign_in->options.hear);
    child_words_free(words);
    if (failed) {
        error_set_errno(&err, ERROR_CREDENTIALS, failed, "its command cannot be run");
        sign_in_place_failed_by(sign_in, &err);
        return;
    }
    buf_init(&sign_in->output, COMMAND_OUTPUT_MAX);
    sign_in->deadline = sign_in->host->ticks(sign_in->host) + command_limit(sign_in);
    say(sign_in->doing, sizeof(sign_in->doing), "Running the command of %s", sign_in->source.name);
}

static void take_output(struct sign_in *sign_in, int status)
{
    struct error err;
    const char *mode;
    cJSON *tree;
    bool ok;

    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        sign_in_place_failed(sign_in, "its command failed with %s %d",
                             WIFEXITED(status) ? "exit status" : "signal",
                             WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
        return;
    }
    tree = sign_in_read_json(&sign_in->output, &err);
    mode = json_text(json_member(tree, "mode"));
    ok = tree != NULL;
    if (ok && (!mode || (strcmp(mode, "AK") != 0 && strcmp(mode, "StsToken") != 0)))
        ok = error_set(&err, ERROR_CREDENTIALS, "what its command printed has no mode AK or StsToken");
    ok = ok && sign_in_take_keys(sign_in, tree, &command_members, &err);
    cJSON_Delete(tree);
    if (ok)
        sign_in_go_on_with_keys(sign_in);
    else
        sign_in_place_failed_by(sign_in, &err);
}

static void reading_failed(struct sign_in *sign_in, int number)
{
    struct error err;

    if (number == ENOMEM)
        error_memory(&err);
    else
        error_set_errno(&err, ERROR_CREDENTIALS, number, "what its command prints cannot be read");
    sign_in_place_failed_by(sign_in, &err);
}

void sign_in_advance_command(struct sign_in *sign_in)
{
    int status = 0, failed;
    bool ended = child_advance(&sign_in->child, &sign_in->output, &status);
    bool too_much = sign_in->output.failed;
    bool too_long = sign_in->host->ticks(sign_in->host) >= sign_in->deadline;

    failed = sign_in->child.error;
    if (!ended && !failed && !too_much && !too_long)
        return;
    child_end(&sign_in->child);
    if (failed)
        reading_failed(sign_in, failed);
    else if (too_much)
        sign_in_place_failed(sign_in, "its command printed more than %d KiB", COMMAND_OUTPUT_MAX >> 10);
    else if (!ended)
        sign_in_place_failed(sign_in, "its command took more than %.3g seconds",
                             (double)command_limit(sign_in) / 1000);
    else
        take_output(sign_in, status);
    buf_release(&sign_in->output);
}

int sign_in_fd(const struct sign_in *sign_in)
{
    return sign_in->child.output;
}

int sign_in_timeout(const struct sign_in *sign_in)
{
    int64_t left = sign_in->deadline - sign_in->host->ticks(sign_in->host);

    if (sign_in->child.pid < 0)
        return -1;
    if (sign_in->child.output < 0 && left > COMMAND_LOOK_AGAIN_MS)
        return COMMAND_LOOK_AGAIN_MS;
    return left > 0 ? (int)left : 0;
}
