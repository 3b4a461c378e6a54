#ifndef UI_WIZARD_H
#define UI_WIZARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "model/plan.h"
#include "model/review.h"
#include "ui/canvas.h"
#include "ui/event.h"
#include "ui/picker.h"
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

/* What may be asked before anything else goes on. */
enum question {
    QUESTION_NONE,
    QUESTION_SUBMIT,
    QUESTION_SUBMIT_ANYWAY,
    QUESTION_QUIT,
    QUESTION_SAVE_AS,   /* a name */
    QUESTION_REFERENCE, /* where a password comes from */
    /* Asked by the caller: wizard_ask(). */
    QUESTION_RESUME,    /* work that was not saved was found */
    QUESTION_FORGET,    /* throw it away? */
    QUESTION_LOCKED,    /* somebody else has the draft open */
    QUESTION_CHANGED,   /* the file is not what it was */
    QUESTION_EXISTS,    /* another file of this name is there */
    QUESTION_SECRETS,   /* passwords in clear: leave them out? */
    QUESTION_UNSETTLED, /* plans were sent earlier, and what became of them is not known: look? */
    QUESTION_REPEAT,    /* the same request once more? (not the caller's: the result page asks it) */
    QUESTION_COUNT
};

/* How a question was answered. */
enum reply {
    REPLY_NONE, /* not at all: back to where it came from */
    REPLY_SAVE,
    REPLY_LEAVE,
    REPLY_THROW_AWAY,
    REPLY_RESUME,
    REPLY_AS_SAVED,
    REPLY_LATER, /* it stays for another start */
    REPLY_NEXT,
    REPLY_FORGET,
    REPLY_FORGET_SURELY,
    REPLY_BACK,
    REPLY_COPY,
    REPLY_READ_ONLY,
    REPLY_OVER,      /* write over what is there */
    REPLY_THEIRS,    /* read what is there again */
    REPLY_ELSEWHERE, /* save under another name */
    REPLY_SECRETS_OUT,
    REPLY_SECRETS_IN,
    REPLY_LOOK,    /* of QUESTION_UNSETTLED and its like: look now */
    REPLY_NOT_NOW, /* the next start asks again */
    REPLY_SETTLED, /* nobody needs to ask again */
    REPLY_REPEAT,  /* send the same request once more */
};

enum effect {
    EFFECT_NONE,
    EFFECT_SUBMIT,        /* send the plan; plans of its name stop it */
    EFFECT_SUBMIT_ANYWAY, /* send it although a plan of its name exists */
    EFFECT_CANCEL,        /* stop the running submission */
    EFFECT_SAVE,          /* to wizard_save_path() */
    EFFECT_REPLY,         /* wizard_ask() was answered: wizard_reply() */
    EFFECT_LOOK,          /* look once more for the plan whose outcome the result page calls unknown */
    EFFECT_LIST_REGIONS,  /* show the regions: wizard_choose() */
    EFFECT_LIST_PROFILES, /* show the profiles: wizard_choose() */
    EFFECT_CHOSEN,        /* one was taken: the plan's setting says which */
    EFFECT_SUSPEND,
    EFFECT_REDRAW,
    EFFECT_MOUSE,      /* mouse reports on or off: wizard_wants_mouse() */
    EFFECT_QUIT,       /* what is not saved is kept for the next start */
    EFFECT_THROW_AWAY, /* leave, and what is not saved is not wanted */
};

/* Takes the plan over. path is the draft's file, or NULL. NULL when memory is short (the plan is freed). */
struct wizard *wizard_new(struct plan *plan, const char *path);
void wizard_free(struct wizard *wizard);

/* What an event does. Needs a size (EVENT_RESIZE) before the first view. */
enum effect wizard_update(struct wizard *wizard, const struct event *event);

/* Draws the screen into canvas, which has the size of the last EVENT_RESIZE, and into which nobody else has
 * drawn since it was cleared: what was drawn there before and is the same now stays. */
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

/* One line above the keys, until the next key; error: drawn as one. What has no room is cut. */
bool wizard_has_message(const struct wizard *wizard);
void wizard_set_message(struct wizard *wizard, bool error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A list that the operator looks at, or wants to. */
struct pick {
    enum pick_kind kind;
    struct place place;
    const char *region; /* "" when it is not known */
    const char *parent; /* the id that the list hangs on, or "" */
    int refreshes;      /* another number: ask anew */
};

/* The field under the cursor; place_none() on the review page. */
struct place wizard_focused(const struct wizard *wizard);

/* Puts the cursor there, if the field is shown. */
void wizard_go_to(struct wizard *wizard, struct place place);

/* What the account says: a value for a field without an answer, and a warning beside an answer. NULL takes it
 * back. */
void wizard_suggest(struct wizard *wizard, struct place place, const char *value);
void wizard_remark(struct wizard *wizard, struct place place, const char *text);

/* What is to be listed now: false when no list is open. Fill it with wizard_fill_pick() as rows come. */
bool wizard_pick(const struct wizard *wizard, struct pick *pick);
bool wizard_fill_pick(struct wizard *wizard, const struct picker_rows *rows);

/* The draft was saved at path, which may be wizard_save_path(): nothing is unsaved any more. */
void wizard_set_saved(struct wizard *wizard, const char *path);

/* Shows a list to choose the plan's region or profile from. */
void wizard_choose(struct wizard *wizard, enum plan_setting setting, const struct picker_rows *rows);

/* True while something is shown that takes keys of the service: the review, a list. */
bool wizard_needs_account(const struct wizard *wizard);

/* The draft belongs to this file from now on, where nothing is saved yet. */
void wizard_set_path(struct wizard *wizard, const char *path);

/* Where EFFECT_SAVE saves to. */
const char *wizard_save_path(const struct wizard *wizard);
bool wizard_unsaved(const struct wizard *wizard);

/* True when the operator wants to leave once the draft is saved. */
bool wizard_is_leaving(const struct wizard *wizard);

/* Makes the wizard go on with another plan, which it takes over; path as for wizard_new(). unsaved: of
 * answers that are in no file under that name. False when memory is short: the wizard is as it was, and the
 * plan freed. */
bool wizard_replace(struct wizard *wizard, struct plan *plan, const char *path, bool unsaved);

/* Opens a question of the caller's. offered: bits of replies (1U << REPLY_...), 0 for all that the question
 * has. */
void wizard_ask(struct wizard *wizard, enum question question, unsigned offered, const char *title,
                const char *words);
enum reply wizard_reply(const struct wizard *wizard);

/* Asks for the name of a file, for EFFECT_SAVE. */
void wizard_ask_name(struct wizard *wizard, const char *words, const char *suggestion);

/* True while the page says how a submission ended. */
bool wizard_shows_result(const struct wizard *wizard);

/* True while a question waits for its answer. */
bool wizard_asks(const struct wizard *wizard);

/* What is wrong with where passwords come from, as far as that can be said before they are fetched; "" for
 * nothing. */
void wizard_set_doubts(struct wizard *wizard, const char *text);

/* Whether work that is not saved can be kept for the next start. Until this is called: yes. */
void wizard_set_keeping(struct wizard *wizard, bool keeping);

/* Says in the title that saving goes under another name only. */
void wizard_set_read_only(struct wizard *wizard, bool read_only);

/* Counts how often the cursor left a field. */
unsigned long wizard_fields_left(const struct wizard *wizard);

bool wizard_wants_mouse(const struct wizard *wizard);

/* True while elapsed time is on the screen: EVENT_TICK about four times a second is wanted then. */
bool wizard_wants_ticks(const struct wizard *wizard);

#endif
