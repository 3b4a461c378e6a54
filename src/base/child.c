#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
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

enum { LINE_MAX_LENGTH = 1000 };

/* output, said: the ends that the command writes to; said -1: nobody hears it. */
static int set_files(posix_spawn_file_actions_t *files, int output, int said)
{
    int failed = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

    failed = failed ? failed : posix_spawn_file_actions_adddup2(files, output, STDOUT_FILENO);
    if (failed)
        return failed;
    return said < 0 ? posix_spawn_file_actions_addopen(files, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
                    : posix_spawn_file_actions_adddup2(files, said, STDERR_FILENO);
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

static int spawn(pid_t *pid, char *const *words, char *const *environment, int output, int said)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int failed = posix_spawn_file_actions_init(&files);

    if (failed)
        return failed;
    failed = posix_spawnattr_init(&attributes);
    if (!failed) {
        failed = set_files(&files, output, said);
        failed = failed ? failed : set_attributes(&attributes);
        failed = failed ? failed
                        : posix_spawnp(pid, words[0], &files, &attributes, words,
                                       environment ? environment : environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&files);
    return failed;
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* A pipe to the command: *ours is read without waiting, and `output` wakes for it. Returns 0, or an errno. */
static int open_pipe(struct child *child, int *ours, int *theirs)
{
    struct epoll_event event = {.events = EPOLLIN};
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return errno;
    *ours = ends[0];
    *theirs = ends[1];
    if (fcntl(*ours, F_SETFL, O_NONBLOCK) < 0 || epoll_ctl(child->output, EPOLL_CTL_ADD, *ours, &event) < 0)
        return errno;
    return 0;
}

int child_start(struct child *child, char *const *words, char *const *environment, child_hear *hear)
{
    int output = -1, said = -1, failed;

    *child = CHILD_NONE;
    child->hear = hear;
    buf_init(&child->line, LINE_MAX_LENGTH);
    child->output = epoll_create1(EPOLL_CLOEXEC);
    failed = child->output < 0 ? errno : open_pipe(child, &child->printed, &output);
    if (!failed && hear)
        failed = open_pipe(child, &child->said, &said);
    failed = failed ? failed : spawn(&child->pid, words, environment, output, said);
    close_end(&output);
    close_end(&said);
    if (failed) {
        child->pid = -1;
        child_end(child);
    }
    return failed;
}

static void tell_line(struct child *child)
{
    child->hear(buf_text(&child->line));
    buf_clear(&child->line);
}

/* Tells each line as soon as it is whole, and a long one in pieces. */
static void add_said(struct child *child, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != '\n')
            buf_add_char(&child->line, bytes[i]);
        if (bytes[i] == '\n' || child->line.length == LINE_MAX_LENGTH || child->line.failed)
            tell_line(child);
    }
}

static void read_said(struct child *child)
{
    char bytes[1024];
    ssize_t got = 1;

    while (child->said >= 0 && got > 0) {
        got = read(child->said, bytes, sizeof(bytes));
        if (got > 0)
            add_said(child, bytes, (size_t)got);
        else if (got == 0 || (errno != EAGAIN && errno != EINTR))
            close_end(&child->said);
    }
}

static void read_printed(struct child *child, struct buf *out)
{
    char bytes[4096];
    ssize_t got;

    while (child->printed >= 0 && !out->failed) {
        got = read(child->printed, bytes, sizeof(bytes));
        if (got > 0) {
            bool fits = (size_t)got <= out->limit - out->length;

            buf_add(out, bytes, (size_t)got);
            child->error = out->failed && fits ? ENOMEM : 0;
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            child->error = got < 0 ? errno : 0;
            close_end(&child->printed);
            close_end(&child->output);
        } else if (errno == EAGAIN) {
            break;
        }
    }
    wipe(bytes, sizeof(bytes));
}

bool child_advance(struct child *child, struct buf *out, int *status)
{
    int error;

    read_said(child);
    read_printed(child, out);
    if (child->output >= 0 || child->pid < 0 || waitpid(child->pid, status, WNOHANG) != child->pid)
        return false;
    error = child->error;
    child->pid = -1;
    read_said(child);
    child_end(child);
    child->error = error;
    return true;
}

void child_end(struct child *child)
{
    if (child->pid > 0) {
        kill(-child->pid, SIGKILL);
        while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    if (child->line.length > 0)
        tell_line(child);
    buf_release(&child->line);
    close_end(&child->printed);
    close_end(&child->said);
    close_end(&child->output);
    *child = CHILD_NONE;
}
