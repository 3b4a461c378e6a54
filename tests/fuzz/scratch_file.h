#ifndef TESTS_FUZZ_SCRATCH_FILE_H
#define TESTS_FUZZ_SCRATCH_FILE_H

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/host.h"
#include "fuzz.h"

/* One file, in memory where that is possible, for targets that read from a path; and a machine that says
 * where it is. It is kept from input to input and removed at the end. */

static char scratch_path[64];
static int scratch_fd = -1;

static void scratch_remove(void)
{
    unlink(scratch_path);
}

/* Makes the file hold exactly these bytes. */
static inline void scratch_write(const void *bytes, size_t length)
{
    if (scratch_fd < 0) {
        snprintf(scratch_path, sizeof(scratch_path), "%s/drplan-fuzz-XXXXXX",
                 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        scratch_fd = mkstemp(scratch_path);
        HOLDS(scratch_fd >= 0, "%s cannot be made", scratch_path);
        HOLDS(atexit(scratch_remove) == 0, "it would stay");
    }
    HOLDS(ftruncate(scratch_fd, 0) == 0 && pwrite(scratch_fd, bytes, length, 0) == (ssize_t)length,
          "%s cannot be written", scratch_path);
}

static int64_t scratch_now(struct host *host)
{
    (void)host;
    return 1764000000;
}

static int64_t scratch_ticks(struct host *host)
{
    (void)host;
    return 0;
}

static bool scratch_random(struct host *host, void *memory, size_t length, struct error *err)
{
    (void)host;
    (void)err;
    memset(memory, 7, length);
    return true;
}

static const char *scratch_env(struct host *host, const char *name)
{
    (void)host;
    if (strcmp(name, "ALIBABA_CLOUD_CONFIG_FILE") == 0 || strcmp(name, "ALIBABA_CLOUD_CREDENTIALS_FILE") == 0)
        return scratch_path;
    return strcmp(name, "HOME") == 0 ? "/nowhere" : NULL;
}

static inline struct host scratch_host(void)
{
    return (struct host){scratch_now, scratch_ticks, scratch_random, scratch_env};
}

/* A secret that nothing said about the file may repeat. It is one only where it is the value of a secret's
 * member: elsewhere in the text, nobody can know that it is one. */
#define HIDDEN "hidden7secret"

static inline bool scratch_hides(const char *text, const char *const *before)
{
    const char *at = strstr(text, HIDDEN);
    bool hides = at != NULL;

    for (; at; at = strstr(at + 1, HIDDEN)) {
        bool found = false;

        for (size_t i = 0; before[i]; i++) {
            size_t length = strlen(before[i]);

            found = found || ((size_t)(at - text) >= length && memcmp(at - length, before[i], length) == 0);
        }
        hides = hides && found;
    }
    return hides;
}

#endif
