#include "folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN_FOLDERS = 8 };

static void die(const char *what)
{
    perror(what);
    abort();
}

void folder_make(char folder[FOLDER_SIZE])
{
    snprintf(folder, FOLDER_SIZE, "/tmp/drplan-test-XXXXXX");
    if (!mkdtemp(folder))
        die("mkdtemp");
}

void folder_enter(char folder[FOLDER_SIZE])
{
    folder_make(folder);
    if (chdir(folder) != 0)
        die("chdir");
}

static int allow_one(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
    (void)where;
    (void)facts;
    if (kind == FTW_D || kind == FTW_DNR)
        (void)chmod(path, 0700);
    return 0;
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
    (void)facts;
    (void)kind;
    return where->level > 0 ? remove(path) : 0;
}

void folder_empty(const char *folder)
{
    nftw(folder, allow_one, OPEN_FOLDERS, FTW_PHYS);
    nftw(folder, remove_one, OPEN_FOLDERS, FTW_PHYS | FTW_DEPTH);
}

void folder_remove(const char *folder)
{
    if (chdir("/") != 0)
        die("chdir");
    folder_empty(folder);
    if (rmdir(folder) != 0)
        die(folder);
}

void folder_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        die(path);
}
