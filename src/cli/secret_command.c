#include "cli/secret_command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/excerpt.h"
#include "cli/output.h"

extern char **environ;

enum { COMMAND_LIMIT_MS = 30000, LOOK_AGAIN_MS = 10 };

struct secret_command {
    struct host *host;
    char *name;
    struct child child;
    int64_t deadline; /* in ticks */
    struct buf text;
};

/* The environment without what signs requests: a command that fetches a password has no business with it. */
static char **environment_for_command(void)
{
    static const char *const withheld[] = {"ALIBABA_CLOUD_ACCESS_KEY_", "ALIBABA_CLOUD_SECURITY_TOKEN="};
    size_t count = 0, kept = 0;
    char **copy;

    while (environ[count])
        count++;
    copy = calloc(count + 1, sizeof(*copy));
    for (size_t i = 0; copy && i < count; i++) {
        bool keep = true;

        for (size_t j = 0; j < sizeof(withheld) / sizeof(withheld[0]); j++)
            keep = keep && strncmp(environ[i], withheld[j], strlen(withheld[j])) != 0;
        if (keep)
            copy[kept++] = environ[i];
    }
    return copy;
}

static char **words_of(const cJSON *list)
{
    size_t count = (size_t)cJSON_GetArraySize(list), i = 0;
    char **words = calloc(count + 1, sizeof(*words));

    for (const cJSON *word = list->child; words && word; word = word->next)
        words[i++] = word->valuestring;
    return words;
}

static bool start(struct secret_command *command, bool silent, const cJSON *list, struct error *err)
{
    char **words = words_of(list), **environment = environment_for_command();
    int failed = words && environment
                     ? child_start(&command->child, words, environment, silent ? NULL : remark_heard)
                     : ENOMEM;

    free(words);
    free(environment);
    if (failed)
        return error_set_errno(err, ERROR_INPUT, failed, "the command %s cannot be run",
                               excerpt(command->name, 100).text);
    command->deadline = command->host->ticks(command->host) + COMMAND_LIMIT_MS;
    return true;
}

static bool check_status(const struct secret_command *command, int status, struct error *err)
{
    if (WIFSIGNALED(status))
        return error_set(err, ERROR_INPUT, "the command %s was ended by signal %d",
                         excerpt(command->name, 100).text, WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return error_set(err, ERROR_INPUT, "the command %s failed with exit status %d",
                         excerpt(command->name, 100).text, WEXITSTATUS(status));
    return true;
}

void secret_strip_line_break(struct buf *text)
{
    if (text->length == 0 || text->data[text->length - 1] != '\n')
        return;
    buf_remove(text, text->length - 1, 1);
    if (text->length > 0 && text->data[text->length - 1] == '\r')
        buf_remove(text, text->length - 1, 1);
}

struct secret_command *secret_command_start(struct host *host, const cJSON *words, bool silent,
                                            struct error *err)
{
    struct secret_command *command = calloc(1, sizeof(*command));

    if (!command) {
        error_memory(err);
        return NULL;
    }
    command->host = host;
    command->child = CHILD_NONE;
    buf_init(&command->text, SECRET_SIZE_MAX);
    command->name = text_copy(words->child->valuestring);
    if (!command->name)
        error_memory(err);
    if (command->name && start(command, silent, words, err))
        return command;
    secret_command_free(command);
    return NULL;
}

void secret_command_free(struct secret_command *command)
{
    if (!command)
        return;
    child_end(&command->child);
    buf_release(&command->text);
    free(command->name);
    free(command);
}

int secret_command_fd(const struct secret_command *command)
{
    return command->child.output;
}

int secret_command_timeout(const struct secret_command *command)
{
    int64_t left = command->deadline - command->host->ticks(command->host);

    if (command->child.pid < 0 || left < 0)
        return 0;
    return command->child.output >= 0 ? (int)left : LOOK_AGAIN_MS;
}

bool secret_command_advance(struct secret_command *command, struct error *err)
{
    int status;
    bool ended = child_advance(&command->child, &command->text, &status);

    if (command->child.error == ENOMEM)
        return error_memory(err);
    if (command->child.error)
        return error_set_errno(err, ERROR_INPUT, command->child.error, "the command %s cannot be read",
                               excerpt(command->name, 100).text);
    if (command->text.failed)
        return error_set(err, ERROR_INPUT, "the command %s prints more than %zu KiB",
                         excerpt(command->name, 100).text, SECRET_SIZE_MAX >> 10);
    if (ended) {
        secret_strip_line_break(&command->text);
        return check_status(command, status, err);
    }
    if (command->child.pid > 0 && command->host->ticks(command->host) >= command->deadline)
        return error_set(err, ERROR_INPUT, "the command %s took more than %d seconds",
                         excerpt(command->name, 100).text, COMMAND_LIMIT_MS / 1000);
    return true;
}

bool secret_command_done(const struct secret_command *command)
{
    return command->child.pid < 0;
}

const char *secret_command_name(const struct secret_command *command)
{
    return command->name;
}

const struct buf *secret_command_text(const struct secret_command *command)
{
    return &command->text;
}
