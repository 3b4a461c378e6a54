#include "ground.h"

#include <ftw.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"

enum { FILE_MAX = 64 << 20, OPEN_FOLDERS = 8 };

#define EXAMPLE      DRPLAN_SOURCE "/examples/one-way-apsaramq-5x.json"
#define EXAMPLE_NAME "orders-hz-to-sh"

static void die(const char *what)
{
    perror(what);
    abort();
}

/* ---- The place ---- */

static void change_all(struct ground *ground, const char *const *changes)
{
    for (; *changes; changes++)
        ground_change(ground, *changes);
}

void ground_open(struct ground *ground)
{
    static const char *const usual[] = {"ALIBABA_CLOUD_ACCESS_KEY_ID=SANDBOX-ACCESS-KEY-ID",
                                        "ALIBABA_CLOUD_ACCESS_KEY_SECRET=sandbox-access-key-secret",
                                        "ALIBABA_CLOUD_ECS_METADATA_DISABLED=true",
                                        NO_PLACE,
                                        "ACCESSIBLE",
                                        NULL};

    *ground = (struct ground){0};
    folder_enter(ground->folder);
    snprintf(ground->home, sizeof(ground->home), "%s/home", ground->folder);
    snprintf(ground->state, sizeof(ground->state), "%s/state", ground->folder);
    snprintf(ground->plans, sizeof(ground->plans), "%s/service/plans.json", ground->folder);
    snprintf(ground->home_variable, sizeof(ground->home_variable), "HOME=%s", ground->home);
    snprintf(ground->state_variable, sizeof(ground->state_variable), "XDG_STATE_HOME=%s", ground->state);
    if (mkdir(ground->home, 0700) != 0 || mkdir(ground->state, 0700) != 0 || mkdir("service", 0700) != 0)
        die("mkdir");
    change_all(ground, usual);
    ground_change(ground, ground->home_variable);
    ground_change(ground, ground->state_variable);
}

void ground_close(struct ground *ground)
{
    if (ground->sandbox > 0) {
        kill(ground->sandbox, SIGTERM);
        waitpid(ground->sandbox, NULL, 0);
    }
    folder_remove(ground->folder);
    *ground = (struct ground){0};
}

void ground_change(struct ground *ground, const char *change)
{
    if (ground->change_count == GROUND_CHANGES_MAX)
        die("ground_change");
    ground->changes[ground->change_count++] = change;
}

void ground_forget(struct ground *ground, size_t count)
{
    while (ground->change_count > count)
        ground->changes[--ground->change_count] = NULL;
}

void ground_serve_faults(struct ground *ground, const char *const *faults)
{
    enum { FIRST = 5, FAULTS_MAX = 4 };
    const char *argv[FIRST + 2 * FAULTS_MAX + 1] = {getenv("DRPLAN"), "sandbox", "--quiet", "--state",
                                                    ground->plans};
    size_t count = FIRST;
    char line[96];

    for (; *faults; faults++) {
        if (count == FIRST + 2 * FAULTS_MAX)
            die("ground_serve_faults");
        argv[count++] = "--fault";
        argv[count++] = *faults;
    }
    ground->sandbox = command_serve(argv, ground->changes, line, sizeof(line));
    if (strncmp(line, "listening on ", 13) != 0)
        die("the sandbox");
    snprintf(ground->endpoint, sizeof(ground->endpoint), "%.80s", line + 13);
}

void ground_serve(struct ground *ground, const char *fault)
{
    const char *const faults[] = {fault, NULL};

    ground_serve_faults(ground, faults);
}

void ground_open_served(struct ground *ground)
{
    ground_open(ground);
    ground_change(ground, "ALIBABA_CLOUD_REGION_ID=cn-hangzhou");
    ground_serve(ground, NULL);
}

static void remove_drafts(void)
{
    if (system("rm -rf ./*.json.tmp ./draft*.json .drplan-*.tmp") != 0)
        die("rm");
}

void ground_clear(struct ground *ground)
{
    folder_empty(ground->state);
    folder_empty(ground->home);
    remove_drafts();
}

/* ---- Files ---- */

char *ground_read(const char *path)
{
    struct buf text;
    struct error ignored;
    char *taken = NULL;

    buf_init(&text, FILE_MAX);
    if (file_read(path, FILE_MAX - 1, &text, NULL, &ignored))
        taken = text_copy(buf_text(&text));
    buf_release(&text);
    return taken;
}

bool ground_has(const char *path, const char *text)
{
    char *content = ground_read(path);
    bool has = content && strstr(content, text);

    free(content);
    return has;
}

bool ground_autosave_has(const struct ground *ground, const char *text)
{
    char pattern[160];
    glob_t found;
    bool has = false;

    snprintf(pattern, sizeof(pattern), "%s/drplan/autosave/*.json", ground->state);
    if (glob(pattern, 0, NULL, &found) != 0)
        return false;
    for (size_t i = 0; i < found.gl_pathc; i++)
        has = has || ground_has(found.gl_pathv[i], text);
    globfree(&found);
    return has;
}

bool ground_has_plan(const struct ground *ground, const char *name)
{
    char member[128];

    snprintf(member, sizeof(member), "\"%.100s\"", name);
    return ground_has(ground->plans, member);
}

void ground_write_draft(const char *path, const char *plan_name)
{
    char *text = ground_read(EXAMPLE);
    char *name = text ? strstr(text, EXAMPLE_NAME) : NULL;
    FILE *file = fopen(path, "w");

    if (!name || !file ||
        fprintf(file, "%.*s%s%s", (int)(name - text), text, plan_name, name + strlen(EXAMPLE_NAME)) < 0 ||
        fclose(file) != 0)
        die(path);
    free(text);
}

/* ---- What may be left ---- */

/* nftw() gives its function no argument. */
static char fault_text[512];

static int complain_of(const char *path, const char *what)
{
    snprintf(fault_text, sizeof(fault_text), "%.300s %.100s", path, what);
    return 1;
}

static bool ends_with(const char *path, const char *end)
{
    size_t length = strlen(path), end_length = strlen(end);

    return length >= end_length && strcmp(path + length - end_length, end) == 0;
}

static bool journal_is_whole(const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");

        /* Only the last line may be torn, and the next one begins behind it. */
        if (text[length] && length > 0 && !json_check(text, length, NULL))
            return false;
        text += length + (text[length] ? 1 : 0);
    }
    return true;
}

static int look_at_one(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
    char *text;
    int fault = 0;

    (void)facts;
    (void)where;
    if (kind != FTW_F)
        return 0;
    /* The sandbox may be at work on its plans just now. */
    if (strstr(path, "/service/.drplan-"))
        return 0;
    if (strstr(path, "/.drplan-"))
        return complain_of(path, "was left behind");
    text = ground_read(path);
    if (!text)
        return 0;
    if (ends_with(path, ".json") && !json_check(text, strlen(text), NULL))
        fault = complain_of(path, "is not whole");
    else if (ends_with(path, ".jsonl") && !journal_is_whole(text))
        fault = complain_of(path, "has a broken line");
    free(text);
    return fault;
}

const char *ground_fault(const struct ground *ground)
{
    return nftw(ground->folder, look_at_one, OPEN_FOLDERS, FTW_PHYS) == 0 ? NULL : fault_text;
}
