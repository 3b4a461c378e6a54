#include "golden.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"

static bool golden_write(const char *path, const char *text, size_t length)
{
    FILE *file = fopen(path, "wb");
    bool written = file && fwrite(text, 1, length, file) == length;

    if (file && fclose(file) != 0)
        written = false;
    if (!written)
        fprintf(stderr, "%s: could not be written\n", path);
    return written;
}

bool golden_matches(const char *path, const char *text, size_t length)
{
    const char *update = getenv("DRPLAN_UPDATE_GOLDEN");
    struct buf wanted = BUF_INIT;
    struct error err = {0};
    bool same;

    if (update && strcmp(update, "1") == 0)
        return golden_write(path, text, length);
    if (!file_read(path, BUF_LIMIT_DEFAULT, &wanted, NULL, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return false;
    }
    same = wanted.length == length && memcmp(buf_text(&wanted), text, length) == 0;
    if (!same)
        fprintf(stderr,
                "%s is not what came out. Wanted:\n%s\nCame out:\n%.*s\n"
                "If the new one is right: DRPLAN_UPDATE_GOLDEN=1 script/test\n",
                path, buf_text(&wanted), (int)length, text);
    buf_release(&wanted);
    return same;
}

int golden_differences(const char *folder, const char *ending,
                       bool (*matches)(const char *folder, const char *name), int *played)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    int different = 0;

    *played = 0;
    if (count < 0)
        return 0;
    for (int i = 0; i < count; i++) {
        char *name = entries[i]->d_name;
        size_t length = strlen(name);

        if (length > strlen(ending) && strcmp(name + length - strlen(ending), ending) == 0) {
            name[length - strlen(ending)] = '\0';
            different += matches(folder, name) ? 0 : 1;
            ++*played;
        }
        free(entries[i]);
    }
    free(entries);
    return different;
}
