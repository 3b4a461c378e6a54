#include "base/module.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/excerpt.h"

/* Seen from the folder of the program: as it is built, and as it is installed. */
static const char *const folders[] = {"", DRPLAN_MODULES "/"};

enum { FOLDER_COUNT = sizeof(folders) / sizeof(folders[0]) };

/* Not by the search of the loader, which others may lead astray (LD_LIBRARY_PATH). */
static bool find(const char *file, char path[PATH_MAX], struct error *err)
{
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
    char *name;

    program[length > 0 ? length : 0] = '\0';
    name = strrchr(program, '/');
    if (!name)
        return error_set(err, ERROR_FILE, "%s, a part of drplan, cannot be looked for: /proc is not mounted",
                         file);
    *name = '\0';
    for (int i = 0; i < FOLDER_COUNT; i++) {
        int wanted = snprintf(path, PATH_MAX, "%s/%s%s", program, folders[i], file);

        if (wanted > 0 && wanted < PATH_MAX && access(path, F_OK) == 0)
            return true;
    }
    return error_set(err, ERROR_FILE,
                     "%s, a part of drplan, is not there: neither in %s nor in %s/%s. "
                     "Install drplan again",
                     file, excerpt(program, 120).text, excerpt(program, 120).text, DRPLAN_MODULES);
}

bool module_is_there(const char *file, struct error *err)
{
    char path[PATH_MAX];

    return find(file, path, err);
}

/*
 * A part brings up to thirty libraries that have ten thousand symbols to find, each among all that the
 * program has loaded before it is looked for among them. RTLD_DEEPBIND turns that round, which saves a fifth
 * of the loading. It also passes by what somebody has preloaded to stand before the C library (a way through
 * another network, an allocator), so then it is left; and a sanitizer is such a one.
 */
static int way_to_load(void)
{
#if defined(RTLD_DEEPBIND) && !defined(DRPLAN_SANITIZED)
    const char *preloaded = getenv("LD_PRELOAD");

    if ((!preloaded || !*preloaded) && access("/etc/ld.so.preload", F_OK) != 0)
        return RTLD_LAZY | RTLD_LOCAL | RTLD_DEEPBIND;
#endif
    return RTLD_LAZY | RTLD_LOCAL;
}

/*
 * The loader tells why in words only, and those are English: LC_MESSAGES is never
 * set. That a file cannot be mapped is a lack of memory, unless its file system
 * forbids programs.
 */
static bool is_lack_of_memory(const char *why, const char *path)
{
    struct statvfs place;

    if (strstr(why, "memory") || strstr(why, "cannot map"))
        return true;
    return strstr(why, "failed to map") && !(statvfs(path, &place) == 0 && (place.f_flag & ST_NOEXEC));
}

static void explain_failure(const char *path, struct error *err)
{
    const char *why = dlerror();

    if (!why)
        error_set(err, ERROR_FILE, "%s, a part of drplan, is damaged. Install drplan again",
                  excerpt(path, 300).text);
    else if (is_lack_of_memory(why, path))
        error_set(err, ERROR_MEMORY, "memory is too short to load a part of drplan (%s)",
                  excerpt(why, 300).text);
    else if (strstr(why, "Too many open files"))
        error_set(err, ERROR_FILE, "too many files are open to load a part of drplan (%s)",
                  excerpt(why, 300).text);
    else
        error_set(err, ERROR_FILE, "a part of drplan cannot be loaded: %s. Install drplan again",
                  excerpt(why, 300).text);
}

const void *module_load(const char *file, const char *table, struct error *err)
{
    char path[PATH_MAX];
    const char *const *found = NULL;
    void *part;

    if (!find(file, path, err))
        return NULL;
    part = dlopen(path, way_to_load());
    if (part)
        found = dlsym(part, table);
    if (!found) {
        explain_failure(path, err);
        return NULL;
    }
    if (strcmp(*found, DRPLAN_VERSION) == 0)
        return found;
    error_set(err, ERROR_FILE, "%s belongs to drplan %s, and this is %s: start drplan again",
              excerpt(path, 250).text, excerpt(*found, 20).text, DRPLAN_VERSION);
    return NULL;
}
