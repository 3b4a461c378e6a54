#include "canary.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"

enum { FORMS = 11, HALF = 12, FILE_MAX = 64 << 20 };

struct form {
    const char *name;
    struct buf bytes;
};

struct canary {
    struct form forms[FORMS];
    size_t count;
};

/* ---- Forms ---- */

static void plain(const char *secret, struct buf *out)
{
    buf_add_text(out, secret);
}

static void half(const char *secret, struct buf *out)
{
    buf_add(out, secret, HALF);
}

static void reversed(const char *secret, struct buf *out)
{
    for (size_t at = strlen(secret); at > 0; at--)
        buf_add_char(out, secret[at - 1]);
}

static void hex(const char *secret, struct buf *out)
{
    for (; *secret; secret++)
        buf_addf(out, "%02x", (unsigned)(unsigned char)*secret);
}

static void hex_capitals(const char *secret, struct buf *out)
{
    for (; *secret; secret++)
        buf_addf(out, "%02X", (unsigned)(unsigned char)*secret);
}

static void percent(const char *secret, struct buf *out)
{
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    for (; *secret; secret++)
        buf_addf(out, strchr(unreserved, *secret) ? "%c" : "%%%02X", (unsigned char)*secret);
}

static void json(const char *secret, struct buf *out)
{
    for (; *secret; secret++) {
        if (*secret == '"' || *secret == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, *secret);
    }
}

static void utf16(const char *secret, struct buf *out)
{
    for (; *secret; secret++) {
        buf_add_char(out, *secret);
        buf_add_char(out, '\0');
    }
}

/* The signs that do not depend on what stands before and behind: `before` bytes of something else come first.
 */
static void base64(const char *secret, size_t before, struct buf *out)
{
    static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t first = before == 0 ? 0 : before + 1, last = (before + strlen(secret)) * 8 / 6;

    for (size_t sign = first; sign < last; sign++) {
        unsigned value = 0;

        for (size_t bit = sign * 6; bit < sign * 6 + 6; bit++)
            value = value << 1 | ((unsigned)(unsigned char)secret[bit / 8 - before] >> (7 - bit % 8) & 1U);
        buf_add_char(out, signs[value]);
    }
}

static void base64_0(const char *secret, struct buf *out)
{
    base64(secret, 0, out);
}

static void base64_1(const char *secret, struct buf *out)
{
    base64(secret, 1, out);
}

static void base64_2(const char *secret, struct buf *out)
{
    base64(secret, 2, out);
}

struct canary *canary_new(const char *secret)
{
    static const struct {
        const char *name;
        void (*write)(const char *secret, struct buf *out);
    } writers[FORMS] = {
        {"as it is", plain},         {"in hex", hex},
        {"in HEX", hex_capitals},    {"percent-encoded", percent},
        {"in JSON", json},           {"reversed", reversed},
        {"in UTF-16", utf16},        {"in base64", base64_0},
        {"in base64", base64_1},     {"in base64", base64_2},
        {"in its first half", half},
    };
    struct canary *canary = calloc(1, sizeof(*canary));

    if (!canary || strlen(secret) < 20)
        abort();
    for (size_t i = 0; i < FORMS; i++) {
        struct form *form = &canary->forms[i];

        form->name = writers[i].name;
        buf_init(&form->bytes, BUF_LIMIT_DEFAULT);
        writers[i].write(secret, &form->bytes);
        if (form->bytes.failed)
            abort();
    }
    return canary;
}

void canary_free(struct canary *canary)
{
    for (size_t i = 0; canary && i < FORMS; i++)
        buf_release(&canary->forms[i].bytes);
    free(canary);
}

const char *canary_found(const struct canary *canary, const char *bytes, size_t length)
{
    for (size_t i = 0; i < FORMS; i++) {
        const struct buf *form = &canary->forms[i].bytes;

        if (memmem(bytes, length, form->data, form->length))
            return canary->forms[i].name;
    }
    return NULL;
}

/* ---- Files ---- */

static char *tell(const char *path, const char *form)
{
    struct buf where = BUF_INIT;

    buf_addf(&where, "%s, %s", path, form);
    return buf_take(&where);
}

/* Also where stat() says 0, as in /proc. */
static char *found_in_file(const struct canary *canary, const char *path)
{
    FILE *file = fopen(path, "r");
    struct buf bytes;
    char part[4096], *where = NULL;
    const char *form;
    size_t got;

    if (!file)
        return NULL;
    buf_init(&bytes, FILE_MAX);
    while ((got = fread(part, 1, sizeof(part), file)) > 0)
        buf_add(&bytes, part, got);
    form = canary_found(canary, buf_text(&bytes), bytes.length);
    if (form)
        where = tell(path, form);
    buf_release(&bytes);
    fclose(file);
    return where;
}

static char *found_at(const struct canary *canary, const char *path, const char *name, const char *except,
                      size_t *files)
{
    struct stat status;
    const char *form = canary_found(canary, name, strlen(name));

    if (form)
        return tell(path, form);
    if (lstat(path, &status) != 0 || (except && strstr(path, except)))
        return NULL;
    if (S_ISDIR(status.st_mode))
        return canary_found_below(canary, path, except, files);
    if (!S_ISREG(status.st_mode))
        return NULL;
    if (files)
        (*files)++;
    return found_in_file(canary, path);
}

char *canary_found_below(const struct canary *canary, const char *folder, const char *except, size_t *files)
{
    DIR *listing = opendir(folder);
    const struct dirent *entry;
    char *where = NULL;

    while (listing && !where && (entry = readdir(listing))) {
        struct buf path = BUF_INIT;

        buf_addf(&path, "%s/%s", folder, entry->d_name);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            where = found_at(canary, buf_text(&path), entry->d_name, except, files);
        buf_release(&path);
    }
    if (listing)
        closedir(listing);
    return where;
}

char *canary_found_in_process(const struct canary *canary, long pid)
{
    static const char *const names[] = {"cmdline", "environ"};
    char *where = NULL;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !where; i++) {
        char path[64];

        snprintf(path, sizeof(path), "/proc/%ld/%s", pid, names[i]);
        where = found_in_file(canary, path);
    }
    return where;
}

static size_t count_of(const struct form *form, const char *bytes, size_t length)
{
    const char *end = bytes + length, *found = memmem(bytes, length, form->bytes.data, form->bytes.length);
    size_t count = 0;

    for (; found; count++)
        found = memmem(found + 1, (size_t)(end - found - 1), form->bytes.data, form->bytes.length);
    return count;
}

/* Larger ones are a sanitizer's, which keeps copies of its own. */
enum { REGION_MAX = 256 << 20 };

/* What cannot be read of it is not there. */
static void count_in_region(const struct canary *canary, FILE *memory, unsigned long from, unsigned long to,
                            size_t *as_it_is, size_t *otherwise)
{
    const struct buf *whole = &canary->forms[0].bytes;
    size_t size = (size_t)(to - from), count;
    char *bytes = malloc(size);

    if (!bytes)
        abort();
    if (fseek(memory, (long)from, SEEK_SET) == 0 && fread(bytes, 1, size, memory) == size) {
        count = count_of(&canary->forms[0], bytes, size);
        *as_it_is += count;
        for (size_t i = 1; i < FORMS; i++)
            if (strcmp(buf_text(&canary->forms[i].bytes), buf_text(whole)) != 0)
                *otherwise += count_of(&canary->forms[i], bytes, size);
        *otherwise -= count; /* each has its half */
    }
    free(bytes);
}

bool canary_count_in_memory(const struct canary *canary, long pid, size_t *as_it_is, size_t *otherwise)
{
    char path[64], line[4096];
    unsigned long from, to;
    FILE *maps, *memory;
    bool seen;

    *as_it_is = *otherwise = 0;
    snprintf(path, sizeof(path), "/proc/%ld/maps", pid);
    maps = fopen(path, "r");
    snprintf(path, sizeof(path), "/proc/%ld/mem", pid);
    memory = fopen(path, "r");
    seen = maps && memory;
    while (seen && fgets(line, sizeof(line), maps))
        if (sscanf(line, "%lx-%lx", &from, &to) == 2 && strstr(line, " rw") && !strstr(line, "[stack")) {
            seen = to - from <= REGION_MAX;
            if (seen)
                count_in_region(canary, memory, from, to, as_it_is, otherwise);
        }
    if (maps)
        fclose(maps);
    if (memory)
        fclose(memory);
    return seen;
}
