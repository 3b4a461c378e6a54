#include "base/host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/buf.h"

/* What the environment held until host_hide_secrets(). */
struct hidden_variable {
    const char *name;
    char *value; /* NULL: it was not set */
};

static int64_t system_now(struct host *host)
{
    struct timespec now = {0};

    (void)host;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

static int64_t system_ticks(struct host *host)
{
    struct timespec now = {0};

    (void)host;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool system_random(struct host *host, void *memory, size_t length, struct error *err)
{
    unsigned char *bytes = memory;

    (void)host;
    while (length > 0) {
        ssize_t got = getrandom(bytes, length, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return error_set_errno(err, ERROR_INTERNAL, got < 0 ? errno : EIO,
                                   "the system gave no random bytes");
        bytes += got;
        length -= (size_t)got;
    }
    return true;
}

/* Of the process, as the environment itself is. */
static struct hidden_variable *hidden_variables(size_t *count)
{
    static struct hidden_variable variables[] = {
        {"ALIBABA_CLOUD_ACCESS_KEY_SECRET", NULL},
        {"ALIBABA_CLOUD_SECURITY_TOKEN", NULL},
    };

    *count = sizeof(variables) / sizeof(variables[0]);
    return variables;
}

bool host_hide_secrets(struct error *err)
{
    size_t count;
    struct hidden_variable *variables = hidden_variables(&count);

    for (size_t i = 0; i < count; i++) {
        char *value = getenv(variables[i].name);

        if (!value)
            continue;
        wipe_free(variables[i].value);
        variables[i].value = text_copy(value);
        if (!variables[i].value)
            return error_memory(err);
        /* The bytes themselves: unsetenv() only forgets where they are. */
        wipe(value, strlen(value));
        unsetenv(variables[i].name);
    }
    return true;
}

static const char *system_env(struct host *host, const char *name)
{
    size_t count;
    const struct hidden_variable *variables = hidden_variables(&count);

    (void)host;
    for (size_t i = 0; i < count; i++)
        if (variables[i].value && strcmp(variables[i].name, name) == 0)
            return variables[i].value;
    return getenv(name);
}

struct host *host_system(void)
{
    static struct host host = {
        .now = system_now,
        .ticks = system_ticks,
        .random = system_random,
        .env = system_env,
    };

    return &host;
}

const char *host_env(struct host *host, const char *name)
{
    const char *value = host->env(host, name);

    return value && *value ? value : NULL;
}
