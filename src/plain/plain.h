#ifndef PLAIN_PLAIN_H
#define PLAIN_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "model/plan.h"
#include "model/result.h"
#include "model/review.h"
#include "model/schema.h"

/*
 * The wizard's questions one after another, for screen readers, serial lines,
 * terminals that cannot move their cursor, and pipes. Text is only ever added,
 * one fact a line, at most PLAIN_COLUMNS columns wide (but for the body of the
 * request and the raw answer of the service, whose lines stay whole); nothing
 * is drawn again, nothing depends on colour.
 *
 * It knows neither terminal nor network nor files. It talks through struct
 * plain_io, and what others have to do comes back from plain_run(), which is
 * called again when they have:
 *
 *     plain_run() -> PLAIN_SUBMIT -> (sending) -> plain_show_result() -> plain_run() -> PLAIN_LEAVE
 */
struct plain;

enum { PLAIN_COLUMNS = 79 };

/* How a line is read. */
enum plain_input {
    PLAIN_INPUT_SHOWN,
    PLAIN_INPUT_HIDDEN,     /* a secret: what is typed does not appear, its newline neither */
    PLAIN_INPUT_DELIBERATE, /* what a terminal received before the question, and half a line, do not count */
};

enum plain_read { PLAIN_READ_LINE, PLAIN_READ_END, PLAIN_READ_INTERRUPTED, PLAIN_READ_FAILED };

/* Where a plan would be sent, and as whom. Texts may be NULL. */
struct plain_target {
    const char *scheme;
    const char *host; /* with port */
    const char *region;
    const char *profile;
    const char *key_id;   /* masked */
    const char *provider; /* where the credentials come from */
    const char *proxy;    /* password masked */
    const char *problem;  /* why nothing can be sent, and what to do; NULL or "" when it can */
    const char *remark;   /* what signing in has to tell, once */
    const char *doubts;   /* lines about the plan that only a look around could bring up */
    bool sandbox;         /* the built-in sandbox: nothing real happens */
};

/* The dialogue's edge. */
struct plain_io {
    /* Makes the terminal ready for this input, writes the question, and adds the next line, without its end,
     * to line, which is empty and has a limit: what is beyond it is read and lost. PLAIN_READ_FAILED fills
     * err. */
    enum plain_read (*ask)(struct plain_io *io, enum plain_input input, const char *question,
                           struct buf *line, struct error *err);

    bool (*write)(struct plain_io *io, const char *text, size_t length, struct error *err);

    /* Where this plan would go now. Texts stay valid until the next call. */
    void (*find_target)(struct plain_io *io, const struct plan *plan, const struct review *review,
                        struct plain_target *out);

    bool echoes; /* what is typed appears behind the question, with its newline */
};

/* The plan stays the caller's, outlives the dialogue, and is changed by nobody else until then. path is the
 * draft's file, or NULL. A draft starts at its review, a
 * new plan at the first question that is open. NULL when memory is short. */
struct plain *plain_new(struct plan *plan, const char *path, struct plain_io *io);
void plain_free(struct plain *plain);

enum plain_end {
    PLAIN_SUBMIT,        /* send the plan, then plain_show_result() */
    PLAIN_SUBMIT_ANYWAY, /* the same, although a plan of its name exists */
    PLAIN_LOOK,          /* look once more for a plan whose outcome is unknown, then plain_show_result() */
    PLAIN_REPEAT,        /* send the same bytes of it once more, then the same */
    PLAIN_SAVE,          /* write the draft to plain_save_path(), then plain_saved() */
    PLAIN_LEAVE,         /* the same unless the path is NULL, and leave when that succeeded */
    PLAIN_INPUT_ENDED,   /* what is missing was said */
    PLAIN_INTERRUPTED,
    PLAIN_FAILED, /* reading, writing or memory: err says what */
};

/* Goes on with the dialogue until others have to do something. The last three ends are final. */
enum plain_end plain_run(struct plain *plain, struct error *err);

/* The review of the plan as it is. */
const struct review *plain_review(const struct plain *plain);

/* ---- What others did ---- */

/* Where PLAIN_SAVE and PLAIN_LEAVE want the draft; NULL: nowhere. Valid until the next plain_run(). */
const char *plain_save_path(const struct plain *plain);

/* The draft was saved at path; with_secrets: with the passwords that it had in clear before. */
void plain_saved(struct plain *plain, const char *path, bool with_secrets);

/* True when answers were changed since the draft was opened or saved; or the plan never was what is in its
 * file. */
bool plain_unsaved(const struct plain *plain);
void plain_set_unsaved(struct plain *plain);

/* A line of the caller's: how far it is, or why something failed. */
void plain_say(struct plain *plain, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A question of the caller's: the answer, without blanks around it, is added to answer. False: there is none.
 */
bool plain_ask_word(struct plain *plain, struct buf *answer, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for one that wants the word yes. False for anything else. */
bool plain_confirm(struct plain *plain, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says how it ended. plain_run() goes on where that leads: after RESULT_CREATED to PLAIN_LEAVE. */
void plain_show_result(struct plain *plain, const struct result *result);

#endif
