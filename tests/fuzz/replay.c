#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

/* Runs a target with each file named, or with each file of a folder named: fuzzing without libFuzzer. */

static int played;

static void play_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = NULL;
    size_t length = 0, room = 0;

    HOLDS(file, "%s cannot be opened", path);
    printf("%s\n", path);
    fflush(stdout);
    for (;;) {
        size_t got;

        if (length == room) {
            room = room ? 2 * room : 4096;
            bytes = realloc(bytes, room);
            HOLDS(bytes, "memory is short");
        }
        got = fread(bytes + length, 1, room - length, file);
        if (got == 0)
            break;
        length += got;
    }
    fclose(file);
    /* In a block of its own size: reading beyond it is seen. */
    bytes = realloc(bytes, length > 0 ? length : 1);
    HOLDS(bytes, "memory is short");
    LLVMFuzzerTestOneInput(bytes, length);
    free(bytes);
    played++;
}

static void play(const char *path)
{
    struct dirent **entries;
    struct stat status;
    int count;

    HOLDS(stat(path, &status) == 0, "%s is not there", path);
    if (!S_ISDIR(status.st_mode)) {
        play_file(path);
        return;
    }
    count = scandir(path, &entries, NULL, alphasort);
    HOLDS(count >= 0, "%s cannot be read", path);
    for (int i = 0; i < count; i++) {
        char inner[4096];

        snprintf(inner, sizeof(inner), "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            play_file(inner);
        free(entries[i]);
    }
    free(entries);
}

int main(int count, char **arguments)
{
    for (int i = 1; i < count; i++)
        play(arguments[i]);
    printf("%d inputs\n", played);
    return played > 0 ? 0 : 1;
}
