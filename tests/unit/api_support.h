#ifndef UNIT_API_SUPPORT_H
#define UNIT_API_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/host.h"

/* A machine of the test's own: its clock stands still, its chance counts, its environment is a list. */
struct fake_host {
    struct host host; /* first, so that a struct host * of it is one of these too */
    int64_t now;
    unsigned char chance;
    bool chance_fails;
    struct {
        const char *name, *value;
    } env[24];
};

static inline int64_t fake_now(struct host *host)
{
    return ((struct fake_host *)host)->now;
}

static inline int64_t fake_ticks(struct host *host)
{
    (void)host;
    return 0;
}

static inline bool fake_random(struct host *host, void *memory, size_t length, struct error *err)
{
    struct fake_host *fake = (struct fake_host *)host;

    if (fake->chance_fails)
        return error_set(err, ERROR_INTERNAL, "no chance");
    for (size_t i = 0; i < length; i++)
        ((unsigned char *)memory)[i] = fake->chance++;
    return true;
}

static inline const char *fake_env(struct host *host, const char *name)
{
    const struct fake_host *fake = (struct fake_host *)host;

    for (size_t i = 0; i < sizeof(fake->env) / sizeof(fake->env[0]); i++) {
        if (fake->env[i].name && strcmp(fake->env[i].name, name) == 0)
            return fake->env[i].value;
    }
    return NULL;
}

static inline struct fake_host fake_host(void)
{
    return (struct fake_host){.host = {fake_now, fake_ticks, fake_random, fake_env}, .now = 1698315752};
}

/* Sets or changes a variable; the texts are borrowed. */
static inline void fake_setenv(struct fake_host *fake, const char *name, const char *value)
{
    for (size_t i = 0; i < sizeof(fake->env) / sizeof(fake->env[0]); i++) {
        if (!fake->env[i].name || strcmp(fake->env[i].name, name) == 0) {
            fake->env[i].name = name;
            fake->env[i].value = value;
            return;
        }
    }
    fail_msg("too many variables");
}

/* A folder that is there for one test. */
struct scratch {
    char path[64];
};

static inline struct scratch scratch_make(void)
{
    struct scratch scratch = {"/tmp/drplan-test-XXXXXX"};

    assert_non_null(mkdtemp(scratch.path));
    return scratch;
}

/* "PATH/name"; valid until the next call. */
static inline const char *scratch_path(const struct scratch *scratch, const char *name, char out[256])
{
    snprintf(out, 256, "%s/%s", scratch->path, name);
    return out;
}

static inline void scratch_write(const struct scratch *scratch, const char *name, const char *text,
                                 size_t length)
{
    char path[256];
    FILE *file = fopen(scratch_path(scratch, name, path), "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

#endif
