#include "cli/secret_lookup.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"

extern char **environ;

#define SECRET_SIZE_MAX ((size_t)64 << 10)
enum { COMMAND_LIMIT_MS = 30000, LOOK_AGAIN_MS = 10 };

static void strip_line_break(struct buf *text)
{
    if (text->length == 0 || text->data[text->length - 1] != '\n')
        return;
    buf_remove(text, text->length - 1, 1);
    if (text->length > 0 && text->data[text->length - 1] == '\r')
        buf_remove(text, text->length - 1, 1);
}

static bool from_environment(const struct secret_lookup *lookup, const char *name, struct buf *out,
                             struct error *err)
{
    const char *value = lookup->host->env(lookup->host, name);

    if (!value)
        return error_set(err, ERROR_INPUT, "the environment variable %.100s is not set", name);
    buf_add_text(out, value);
    return true;
}

static bool from_file(const char *path, struct buf *out, struct error *err)
{
    struct buf text;
    bool ok;

    buf_init(&text, SECRET_SIZE_MAX + 1);
    ok = file_read(path, SECRET_SIZE_MAX, &text, NULL, err);
    if (ok) {
        strip_line_break(&text);
        buf_add(out, buf_text(&text), text.length);
    }
    buf_release(&text);
    return ok;
}

/* ---- Commands ---- */

struct running {
    const char *name;
    pid_t pid;
    int output;       /* its standard output, or -1 once that has ended */
    int64_t deadline; /* in ticks */
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
static int spawn(const struct secret_lookup *lookup, struct running *running, char **words, char **environment,
                 int output)
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
    if (!failed && lookup->silent)
        failed = posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    failed = failed ? failed : posix_spawnattr_setsigmask(&attributes, &none);
    failed = failed ? failed : posix_spawnattr_setsigdefault(&attributes, &ignored_by_us);
    failed = failed ? failed
                    : posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                                                POSIX_SPAWN_SETSIGDEF);
    failed = failed ? failed
                    : posix_spawnp(&running->pid, words[0], &files, &attributes, words, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return failed;
}

static bool start(const struct secret_lookup *lookup, struct running *running, const cJSON *list,
                  struct error *err)
{
    char **words = words_of(list), **environment = environment_for_command();
    int ends[2] = {-1, -1};
    int failed = words && environment ? 0 : ENOMEM;

    if (!failed && pipe2(ends, O_CLOEXEC) < 0)
        failed = errno;
    if (!failed)
        failed = spawn(lookup, running, words, environment, ends[1]);
    free(words);
    free(environment);
    if (ends[1] >= 0)
        close(ends[1]);
    if (failed) {
        if (ends[0] >= 0)
            close(ends[0]);
        return error_set_errno(err, ERROR_INPUT, failed, "the command %.100s cannot be run", running->name);
    }
    running->output = ends[0];
    running->deadline = lookup->host->ticks(lookup->host) + COMMAND_LIMIT_MS;
    return true;
}

static bool read_output(struct running *running, struct buf *out, struct error *err)
{
    char bytes[4096];
    ssize_t got = read(running->output, bytes, sizeof(bytes));
    bool ok = true;

    if (got < 0 && errno != EINTR)
        ok = error_set_errno(err, ERROR_INPUT, errno, "the command %.100s cannot be read", running->name);
    if (got > 0)
        buf_add(out, bytes, (size_t)got);
    wipe(bytes, sizeof(bytes));
    if (got == 0) {
        close(running->output);
        running->output = -1;
    }
    if (out->failed)
        ok = error_set(err, ERROR_INPUT, "the command %.100s prints more than %zu KiB", running->name,
                       SECRET_SIZE_MAX >> 10);
    return ok;
}

/* Waits for more output; once that has ended, a moment for the end of the command itself. */
static bool wait_for(const struct secret_lookup *lookup, struct running *running, struct buf *out,
                     struct error *err)
{
    struct pollfd fds[] = {{.fd = running->output, .events = POLLIN},
                           {.fd = lookup->interrupt_fd, .events = POLLIN}};
    int64_t left = running->deadline - lookup->host->ticks(lookup->host);

    if (left <= 0)
        return error_set(err, ERROR_INPUT, "the command %.100s took more than %d seconds", running->name,
                         COMMAND_LIMIT_MS / 1000);
    if (poll(fds, 2, running->output >= 0 ? (int)left : LOOK_AGAIN_MS) < 0 && errno != EINTR)
        return error_set_errno(err, ERROR_INTERNAL, errno, "waiting for a command failed");
    if (fds[1].revents)
        return error_set(err, ERROR_CANCELLED, "stopped while the command %.100s ran", running->name);
    return fds[0].revents ? read_output(running, out, err) : true;
}

static bool check_status(const struct running *running, int status, struct error *err)
{
    if (WIFSIGNALED(status))
        return error_set(err, ERROR_INPUT, "the command %.100s was ended by signal %d", running->name,
                         WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return error_set(err, ERROR_INPUT, "the command %.100s failed with exit status %d", running->name,
                         WEXITSTATUS(status));
    return true;
}

static bool run_to_end(const struct secret_lookup *lookup, struct running *running, struct buf *out,
                       struct error *err)
{
    int status;

    for (;;) {
        if (running->output < 0 && waitpid(running->pid, &status, WNOHANG) == running->pid)
            return check_status(running, status, err);
        if (!wait_for(lookup, running, out, err))
            break;
    }
    kill(-running->pid, SIGKILL);
    if (running->output >= 0)
        close(running->output);
    while (waitpid(running->pid, &status, 0) < 0 && errno == EINTR) {
    }
    return false;
}

static bool from_command(const struct secret_lookup *lookup, const cJSON *list, struct buf *out,
                         struct error *err)
{
    struct running running = {.name = list->child->valuestring, .output = -1};
    struct buf text;
    bool ok;

    buf_init(&text, SECRET_SIZE_MAX);
    ok = start(lookup, &running, list, err) && run_to_end(lookup, &running, &text, err);
    if (ok) {
        strip_line_break(&text);
        buf_add(out, buf_text(&text), text.length);
    }
    buf_release(&text);
    return ok;
}

static bool resolve(const struct secret_source *source, const char *reference, struct buf *out,
                    struct error *err)
{
    const struct secret_lookup *lookup = (const struct secret_lookup *)(const void *)source;
    cJSON *node = json_parse(reference, strlen(reference), err);
    const cJSON *member;
    bool ok = node && secret_reference_check(node, err);

    if (ok) {
        member = node->child;
        if (strcmp(member->string, "$env") == 0)
            ok = from_environment(lookup, member->valuestring, out, err);
        else if (strcmp(member->string, "$file") == 0)
            ok = from_file(member->valuestring, out, err);
        else
            ok = from_command(lookup, member, out, err);
    }
    cJSON_Delete(node);
    return ok;
}

void secret_lookup_init(struct secret_lookup *lookup, struct host *host)
{
    *lookup = (struct secret_lookup){.source = {.resolve = resolve}, .host = host, .interrupt_fd = -1};
}
