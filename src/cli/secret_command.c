#include "cli/secret_command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { COMMAND_LIMIT_MS = 30000, LOOK_AGAIN_MS = 10 };

struct secret_command {
    struct host *host;
    char *name;
    pid_t pid;        /* -1: it has ended */
    int output;       /* its standard output; -1 once that has ended */
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

/* A session of its own, so that all of it can be ended and nothing of it can talk to the terminal. */
static int spawn(struct secret_command *command, bool silent, char **words, char **environment, int output)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, ignored_by_us;
    int failed;

    sigemptyset(&none);
    sigemptyset(&ignored_by_us);
    sigaddset(&ignored_by_us, SIGPIPE);
    sigaddset(&ignored_by_us, SIGXFSZ);
    if (posix_spawn_file_actions_init(&files) != 0)
        return ENOMEM;
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&files);
        return ENOMEM;
    }
    failed = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    failed = failed ? failed : posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    if (!failed && silent)
        failed = posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    failed = failed ? failed : posix_spawnattr_setsigmask(&attributes, &none);
    failed = failed ? failed : posix_spawnattr_setsigdefault(&attributes, &ignored_by_us);
    failed = failed ? failed
                    : posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                                                POSIX_SPAWN_SETSIGDEF);
    failed = failed ? failed
                    : posix_spawnp(&command->pid, words[0], &files, &attributes, words, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return failed;
}

static bool start(struct secret_command *command, bool silent, const cJSON *list, struct error *err)
{
    char **words = words_of(list), **environment = environment_for_command();
    int ends[2] = {-1, -1};
    int failed = words && environment ? 0 : ENOMEM;

    if (!failed && pipe2(ends, O_CLOEXEC) < 0)
        failed = errno;
    if (!failed)
        failed = spawn(command, silent, words, environment, ends[1]);
    free(words);
    free(environment);
    if (ends[1] >= 0)
        close(ends[1]);
    if (failed) {
        command->pid = -1;
        if (ends[0] >= 0)
            close(ends[0]);
        return error_set_errno(err, ERROR_INPUT, failed, "the command %.100s cannot be run", command->name);
    }
    command->output = ends[0];
    command->deadline = command->host->ticks(command->host) + COMMAND_LIMIT_MS;
    return true;
}

static bool read_output(struct secret_command *command, struct error *err)
{
    char bytes[4096];
    ssize_t got = read(command->output, bytes, sizeof(bytes));
    bool ok = true;

    if (got < 0 && errno != EINTR)
        ok = error_set_errno(err, ERROR_INPUT, errno, "the command %.100s cannot be read", command->name);
    if (got > 0)
        buf_add(&command->text, bytes, (size_t)got);
    wipe(bytes, sizeof(bytes));
    if (got == 0) {
        close(command->output);
        command->output = -1;
    }
    if (command->text.failed)
        ok = error_set(err, ERROR_INPUT, "the command %.100s prints more than %zu KiB", command->name,
                       SECRET_SIZE_MAX >> 10);
    return ok;
}

static bool check_status(const struct secret_command *command, int status, struct error *err)
{
    if (WIFSIGNALED(status))
        return error_set(err, ERROR_INPUT, "the command %.100s was ended by signal %d", command->name,
                         WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return error_set(err, ERROR_INPUT, "the command %.100s failed with exit status %d", command->name,
                         WEXITSTATUS(status));
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

struct secret_command *secret_command_start(struct host *host, const cJSON *words, bool silent, struct error *err)
{
    struct secret_command *command = calloc(1, sizeof(*command));

    if (!command) {
        error_memory(err);
        return NULL;
    }
    command->host = host;
    command->pid = -1;
    command->output = -1;
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
    if (command->pid > 0) {
        kill(-command->pid, SIGKILL);
        while (waitpid(command->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    if (command->output >= 0)
        close(command->output);
    buf_release(&command->text);
    free(command->name);
    free(command);
}

int secret_command_fd(const struct secret_command *command)
{
    return command->output;
}

int secret_command_timeout(const struct secret_command *command)
{
    int64_t left = command->deadline - command->host->ticks(command->host);

    if (command->pid < 0 || left < 0)
        return 0;
    return command->output >= 0 ? (int)left : LOOK_AGAIN_MS;
}

static bool is_readable(int fd)
{
    struct pollfd entry = {.fd = fd, .events = POLLIN};

    return fd >= 0 && poll(&entry, 1, 0) > 0;
}

bool secret_command_advance(struct secret_command *command, struct error *err)
{
    int status;

    while (is_readable(command->output))
        if (!read_output(command, err))
            return false;
    if (command->output < 0 && command->pid > 0 && waitpid(command->pid, &status, WNOHANG) == command->pid) {
        command->pid = -1;
        secret_strip_line_break(&command->text);
        return check_status(command, status, err);
    }
    if (command->pid > 0 && command->host->ticks(command->host) >= command->deadline)
        return error_set(err, ERROR_INPUT, "the command %.100s took more than %d seconds", command->name,
                         COMMAND_LIMIT_MS / 1000);
    return true;
}

bool secret_command_done(const struct secret_command *command)
{
    return command->pid < 0;
}

const char *secret_command_name(const struct secret_command *command)
{
    return command->name;
}

const struct buf *secret_command_text(const struct secret_command *command)
{
    return &command->text;
}
