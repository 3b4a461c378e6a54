#include "cli/secret_lookup.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/excerpt.h"
#include "base/file.h"
#include "base/json.h"

/* What the command of a reference printed. */
struct known_secret {
    struct known_secret *next;
    char *reference;
    struct buf secret;
};

static const struct known_secret *find_known(const struct secret_lookup *lookup, const char *reference)
{
    for (const struct known_secret *known = lookup->known; known; known = known->next)
        if (strcmp(known->reference, reference) == 0)
            return known;
    return NULL;
}

static bool from_environment(const struct secret_lookup *lookup, const char *name, struct buf *out,
                             struct error *err)
{
    const char *value = lookup->host->env(lookup->host, name);

    if (!value)
        return error_set(err, ERROR_INPUT, "the environment variable %s is not set", excerpt(name, 100).text);
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
        secret_strip_line_break(&text);
        buf_add(out, buf_text(&text), text.length);
    }
    buf_release(&text);
    return ok;
}

/* ---- Commands ---- */

static bool wait_for(const struct secret_lookup *lookup, const struct secret_command *command,
                     struct error *err)
{
    struct pollfd fds[] = {{.fd = secret_command_fd(command), .events = POLLIN},
                           {.fd = lookup->interrupt_fd, .events = POLLIN}};

    if (poll(fds, 2, secret_command_timeout(command)) < 0 && errno != EINTR)
        return error_set_errno(err, ERROR_INTERNAL, errno, "waiting for a command failed");
    if (fds[1].revents)
        return error_set(err, ERROR_CANCELLED, "stopped while the command %s ran",
                         excerpt(secret_command_name(command), 100).text);
    return true;
}

static bool from_command(const struct secret_lookup *lookup, const cJSON *words, struct buf *out,
                         struct error *err)
{
    struct secret_command *command = secret_command_start(lookup->host, words, lookup->silent, err);
    bool ok = command != NULL;

    while (ok && !secret_command_done(command))
        ok = wait_for(lookup, command, err) && secret_command_advance(command, err);
    if (ok)
        buf_add(out, buf_text(secret_command_text(command)), secret_command_text(command)->length);
    secret_command_free(command);
    return ok;
}

/* ---- References ---- */

static bool resolve_node(const struct secret_lookup *lookup, const cJSON *member, struct buf *out,
                         struct error *err)
{
    if (strcmp(member->string, "$env") == 0)
        return from_environment(lookup, member->valuestring, out, err);
    if (strcmp(member->string, "$file") == 0)
        return from_file(member->valuestring, out, err);
    return from_command(lookup, member, out, err);
}

static bool resolve(const struct secret_source *source, const char *reference, struct buf *out,
                    struct error *err)
{
    const struct secret_lookup *lookup = (const struct secret_lookup *)(const void *)source;
    const struct known_secret *known = find_known(lookup, reference);
    cJSON *node;
    bool ok;

    if (known) {
        buf_add(out, buf_text(&known->secret), known->secret.length);
        return true;
    }
    node = json_parse(reference, strlen(reference), err);
    ok = node && secret_reference_check(node, err) && resolve_node(lookup, node->child, out, err);
    cJSON_Delete(node);
    return ok;
}

/* ---- Before it matters ---- */

static bool is_program(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

static bool program_is_there(const struct secret_lookup *lookup, const char *name, struct error *err)
{
    const char *folders = lookup->host->env(lookup->host, "PATH");
    struct buf path = BUF_INIT;
    bool found = strchr(name, '/') && is_program(name);

    while (!found && !path.failed && !strchr(name, '/') && folders && *folders) {
        size_t length = strcspn(folders, ":");

        buf_clear(&path);
        buf_addf(&path, "%.*s/%s", length > 0 ? (int)length : 1, length > 0 ? folders : ".", name);
        found = is_program(buf_text(&path));
        folders += length + (folders[length] == ':');
    }
    if (path.failed)
        error_memory(err);
    else if (!found)
        error_set(err, ERROR_INPUT, "there is no program %s to run", excerpt(name, 100).text);
    buf_release(&path);
    return found;
}

static bool check_node(const struct secret_lookup *lookup, const cJSON *member, struct error *err)
{
    const char *value = cJSON_IsArray(member) ? member->child->valuestring : member->valuestring;
    struct stat status;

    if (strcmp(member->string, "$env") == 0)
        return lookup->host->env(lookup->host, value) ||
               error_set(err, ERROR_INPUT, "the environment variable %s is not set",
                         excerpt(value, 100).text);
    if (strcmp(member->string, "$command") == 0)
        return program_is_there(lookup, value, err);
    if (stat(value, &status) != 0 || access(value, R_OK) != 0)
        return error_set_errno(err, ERROR_INPUT, errno, "%s cannot be read", excerpt(value, 100).text);
    return S_ISREG(status.st_mode) ||
           error_set(err, ERROR_INPUT, "%s is not a regular file", excerpt(value, 100).text);
}

bool secret_lookup_check(const struct secret_lookup *lookup, const char *reference, struct error *err)
{
    cJSON *node = json_parse(reference, strlen(reference), err);
    bool ok = node && secret_reference_check(node, err) && check_node(lookup, node->child, err);

    cJSON_Delete(node);
    return ok;
}

void secret_lookup_init(struct secret_lookup *lookup, struct host *host)
{
    *lookup = (struct secret_lookup){.source = {.resolve = resolve}, .host = host, .interrupt_fd = -1};
}

struct secret_command *secret_lookup_start(struct secret_lookup *lookup, const char *reference,
                                           struct error *err)
{
    struct secret_command *command = NULL;
    cJSON *node;

    *err = (struct error){0};
    if (find_known(lookup, reference))
        return NULL;
    node = json_parse(reference, strlen(reference), err);
    if (node && secret_reference_check(node, err) && strcmp(node->child->string, "$command") == 0)
        command = secret_command_start(lookup->host, node->child, lookup->silent, err);
    cJSON_Delete(node);
    return command;
}

bool secret_lookup_keep(struct secret_lookup *lookup, const char *reference, const struct buf *secret,
                        struct error *err)
{
    struct known_secret *known = calloc(1, sizeof(*known));

    if (!known)
        return error_memory(err);
    buf_init(&known->secret, SECRET_SIZE_MAX);
    buf_add(&known->secret, buf_text(secret), secret->length);
    known->reference = text_copy(reference);
    known->next = lookup->known;
    lookup->known = known;
    if (known->reference && !known->secret.failed)
        return true;
    secret_lookup_forget(lookup);
    return error_memory(err);
}

void secret_lookup_forget(struct secret_lookup *lookup)
{
    while (lookup->known) {
        struct known_secret *known = lookup->known;

        lookup->known = known->next;
        buf_release(&known->secret);
        free(known->reference);
        free(known);
    }
}
