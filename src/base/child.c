#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* ---- words ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* What a backslash takes the meaning of inside double quotes; before anything else it stands for itself. */
static bool is_escaped_in_quotes(char c)
{
    return c != '\0' && strchr("$`\"\\\n", c) != NULL;
}

/* Adds the quoted part that begins at *at; false when its end is missing. */
static bool add_quoted(const char **at, struct buf *word)
{
    char quote = *(*at)++;

    for (; **at != quote; (*at)++) {
        if (**at == '\0')
            return false;
        if (quote == '"' && **at == '\\' && is_escaped_in_quotes((*at)[1]))
            (*at)++;
        buf_add_char(word, **at);
    }
    (*at)++;
    return true;
}

static bool add_word(const char **at, struct buf *word)
{
    while (**at && !is_blank(**at)) {
        if (**at == '\'' || **at == '"') {
            if (!add_quoted(at, word))
                return false;
            continue;
        }
        if (**at == '\\' && (*at)[1])
            (*at)++;
        buf_add_char(word, *(*at)++);
    }
    return true;
}

static bool fill_words(const char *line, char **words, struct error *err)
{
    for (size_t count = 0;; count++) {
        struct buf word = BUF_INIT;

        while (is_blank(*line))
            line++;
        if (!*line)
            return count > 0 || error_set(err, ERROR_INPUT, "has no word in it");
        if (!add_word(&line, &word)) {
            buf_release(&word);
            return error_set(err, ERROR_INPUT, "has a quote that does not end");
        }
        words[count] = word.length > 0 || word.failed ? buf_take(&word) : text_copy("");
        buf_release(&word);
        if (!words[count])
            return error_memory(err);
    }
}

char **child_words(const char *line, struct error *err)
{
    /* Each word but the last takes two bytes at least. */
    char **words = calloc(strlen(line) / 2 + 2, sizeof(*words));

    if (!words) {
        error_memory(err);
        return NULL;
    }
    if (fill_words(line, words, err))
        return words;
    child_words_free(words);
    return NULL;
}

void child_words_free(char **words)
{
    for (size_t i = 0; words && words[i]; i++)
        wipe_free(words[i]);
    free(words);
}

/* ---- running ---- */

static int set_files(posix_spawn_file_actions_t *files, int output, bool silent)
{
    int failed = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

    failed = failed ? failed : posix_spawn_file_actions_adddup2(files, output, STDOUT_FILENO);
    if (!failed && silent)
        failed = posix_spawn_file_actions_addopen(files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    return failed;
}

/* What we block or ignore is no business of the command. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, ignored_by_us;
    int failed;

    sigemptyset(&none);
    sigemptyset(&ignored_by_us);
    sigaddset(&ignored_by_us, SIGPIPE);
    sigaddset(&ignored_by_us, SIGXFSZ);
    failed = posix_spawnattr_setsigmask(attributes, &none);
    failed = failed ? failed : posix_spawnattr_setsigdefault(attributes, &ignored_by_us);
    return failed ? failed
                  : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                                             POSIX_SPAWN_SETSIGDEF);
}

static int spawn(pid_t *pid, char *const *words, char *const *environment, int output, bool silent)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int failed = posix_spawn_file_actions_init(&files);

    if (failed)
        return failed;
    failed = posix_spawnattr_init(&attributes);
    if (!failed) {
        failed = set_files(&files, output, silent);
        failed = failed ? failed : set_attributes(&attributes);
        failed = failed ? failed : posix_spawnp(pid, words[0], &files, &attributes, words,
                                                environment ? environment : environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&files);
    return failed;
}

int child_start(struct child *child, char *const *words, char *const *environment, bool silent)
{
    int ends[2];
    int failed;

    *child = CHILD_NONE;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return errno;
    failed = fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0 ? errno : 0;
    failed = failed ? failed : spawn(&child->pid, words, environment, ends[1], silent);
    close(ends[1]);
    if (failed) {
        close(ends[0]);
        child->pid = -1;
        return failed;
    }
    child->output = ends[0];
    return 0;
}

static void read_output(struct child *child, struct buf *out)
{
    char bytes[4096];
    ssize_t got;

    while (child->output >= 0 && !out->failed) {
        got = read(child->output, bytes, sizeof(bytes));
        if (got > 0) {
            buf_add(out, bytes, (size_t)got);
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            child->error = got < 0 ? errno : 0;
            close(child->output);
            child->output = -1;
        } else if (errno == EAGAIN) {
            break;
        }
    }
    wipe(bytes, sizeof(bytes));
}

bool child_advance(struct child *child, struct buf *out, int *status)
{
    read_output(child, out);
    if (child->output >= 0 || child->pid < 0 || waitpid(child->pid, status, WNOHANG) != child->pid)
        return false;
    child->pid = -1;
    return true;
}

void child_end(struct child *child)
{
    if (child->pid > 0) {
        kill(-child->pid, SIGKILL);
        while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    if (child->output >= 0)
        close(child->output);
    *child = CHILD_NONE;
}
