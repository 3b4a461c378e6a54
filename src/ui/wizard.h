#ifndef UI_WIZARD_H
#define UI_WIZARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "model/plan.h"
#include "model/review.h"
#include "ui/canvas.h"
#include "ui/event.h"
#include "ui/result.h"

/*
 * The guided form: what the operator sees and does, without a terminal and
 * without a network.
 *
 *     event -> wizard_update() -> effect -> wizard_view() -> canvas
 *
 * Both are functions of their arguments. Effects are carried out by the caller
 * (cli/loop.c), who tells the outcome with the wizard_set_... functions.
 */
struct wizard;

enum effect {
    EFFECT_NONE,
    EFFECT_SUBMIT,          /* send the plan; plans of its name stop it */
    EFFECT_SUBMIT_ANYWAY,   /* send it although a plan of its name exists */
    EFFECT_CANCEL,          /* stop the running submission */
    EFFECT_SAVE,            /* to wizard_save_path() */
    EFFECT_SUSPEND,
    EFFECT_REDRAW,
    EFFECT_MOUSE,           /* mouse reports on or off: wizard_wants_mouse() */
    EFFECT_QUIT,
};

/* Takes the plan over. path is the draft's file, or NULL. NULL when memory is short (the plan is freed). */
struct wizard *wizard_new(struct plan *plan, const char *path);
void wizard_free(struct wizard *wizard);

/* What an event does. Needs a size (EVENT_RESIZE) before the first view. */
enum effect wizard_update(struct wizard *wizard, const struct event *event);

/* Draws the whole screen into canvas, which has the size of the last EVENT_RESIZE. */
void wizard_view(const struct wizard *wizard, struct canvas *canvas);

/* The plan and its review as they are now. */
const struct plan *wizard_plan(const struct wizard *wizard);
const struct review *wizard_review(const struct wizard *wizard);

/* Where a plan would go; texts are copied. Call again when the plan's revision or the settings changed. */
bool wizard_set_target(struct wizard *wizard, const struct target *target);

/* A submission runs, or how far it is. */
void wizard_set_progress(struct wizard *wizard, const struct progress *progress);

/* It ended; texts are copied. */
bool wizard_set_result(struct wizard *wizard, const struct result *result);

/* One line above the keys, until the next key; error: drawn as one. */
void wizard_set_message(struct wizard *wizard, bool error, const char *text);

/* The draft was saved at path: nothing is unsaved any more. */
void wizard_set_saved(struct wizard *wizard, const char *path);

/* Where EFFECT_SAVE saves to. */
const char *wizard_save_path(const struct wizard *wizard);
bool wizard_unsaved(const struct wizard *wizard);

bool wizard_wants_mouse(const struct wizard *wizard);

/* True while elapsed time is on the screen: EVENT_TICK about four times a second is wanted then. */
bool wizard_wants_ticks(const struct wizard *wizard);

#endif
