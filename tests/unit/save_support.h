#ifndef TESTS_UNIT_SAVE_SUPPORT_H
#define TESTS_UNIT_SAVE_SUPPORT_H

#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/host.h"
#include "folder.h"
#include "model/draft.h"

/* Where drafts are saved: a folder of the test's own, entered, in which the program keeps its state too. */
static char folder[FOLDER_SIZE];
static struct host host;

static inline const char *state_is_here(struct host *self, const char *name)
{
    (void)self;
    return strcmp(name, "XDG_STATE_HOME") == 0 ? folder : NULL;
}

static inline int enter_folder(void **state)
{
    (void)state;
    host = *host_system();
    host.env = state_is_here;
    folder_enter(folder);
    return 0;
}

static inline int leave_folder(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

/* The plan of a draft, whose name is now "new". */
static inline struct plan *new_version(const char *draft)
{
    struct plan *plan = NULL;
    struct error err;

    assert_true(draft_read(draft, strlen(draft), &plan, &err));
    assert_true(plan_set(plan, place_of_plan(FIELD_PLAN_NAME), "new", &err));
    return plan;
}

#endif
