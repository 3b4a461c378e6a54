#ifndef SUPPORT_GROUND_H
#define SUPPORT_GROUND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "command.h"
#include "folder.h"

/*
 * Where a test of the whole program stands: a folder of its own, entered, with
 * a home and a folder for state in it, the sandbox as another process, and an
 * environment with its keys. Ends the test program when it cannot.
 */

enum { GROUND_CHANGES_MAX = 32 };

struct ground {
    char folder[FOLDER_SIZE];
    char home[96], state[96], plans[96], endpoint[96]; /* of the sandbox: "http://127.0.0.1:PORT" */
    char home_variable[112], state_variable[128];
    const char *changes[GROUND_CHANGES_MAX + 1]; /* "NAME=value" sets, "NAME" unsets; ends with NULL */
    size_t change_count;
    pid_t sandbox; /* 0: none */
};

void ground_open(struct ground *ground);
void ground_close(struct ground *ground);

/* The same with what most want: cn-hangzhou for a region, and the sandbox. */
void ground_open_served(struct ground *ground);

/* One change of the environment more; the text stays the caller's. ground_forget() takes back what came
 * behind the first `count`. */
void ground_change(struct ground *ground, const char *change);
void ground_forget(struct ground *ground, size_t count);

/* `fault` as `drplan sandbox --fault` takes it; NULL for none. Several: of different operations, ending with
 * NULL. */
void ground_serve(struct ground *ground, const char *fault);
void ground_serve_faults(struct ground *ground, const char *const *faults);

/* Takes away what the program has kept: its state, and all drafts in the folder. */
void ground_clear(struct ground *ground);

/* The text of a file to be freed; NULL when there is none. */
char *ground_read(const char *path);
bool ground_has(const char *path, const char *text);

/* Whether what was typed and not saved is kept, with this text in it. */
bool ground_autosave_has(const struct ground *ground, const char *text);

/* Whether the sandbox has a plan of this name. */
bool ground_has_plan(const struct ground *ground, const char *name);

/*
 * NULL when everything below the folder is as it may be after a fault: each .json a whole draft, autosave or
 * list of plans, each line of a journal whole but perhaps the last, and no temporary file. Else what is
 * wrong, valid until the next call.
 */
const char *ground_fault(const struct ground *ground);

/* An example draft of the repository under another plan name. */
void ground_write_draft(const char *path, const char *plan_name);

#endif
