#include "plain/plain.h"

#include <stdlib.h>

#include "plain/plain_state.h"

/* ---- Life ---- */

static bool prepare(struct plain *plain, const char *path)
{
    plain->review = review_new();
    plain->before = review_new();
    plain->asked = calloc((plan_instances(plain->plan) + 1) * FIELD_COUNT, sizeof(*plain->asked));
    buf_init(&plain->line, PLAN_ANSWER_MAX + 2); /* room for a backslash and a carriage return */
    plain->path = BUF_INIT;
    plain->save_to = BUF_INIT;
    plain->existing = BUF_INIT;
    plain->unknown = BUF_INIT;
    plain->raw = BUF_INIT;
    if (path)
        buf_add_text(&plain->path, path);
    return plain->review && plain->before && plain->asked && !plain->path.failed &&
           review_run(plain->review, plain->plan, &plain->err);
}

struct plain *plain_new(struct plan *plan, const char *path, struct plain_io *io)
{
    struct plain *plain = calloc(1, sizeof(*plain));

    if (!plain)
        return NULL;
    plain->plan = plan;
    plain->io = io;
    plain->page_said = -1;
    plain->round = 1;
    plain->saved_revision = plan_revision(plan);
    if (!prepare(plain, path)) {
        plain_free(plain);
        return NULL;
    }
    return plain;
}

void plain_free(struct plain *plain)
{
    if (!plain)
        return;
    review_free(plain->review);
    review_free(plain->before);
    free(plain->asked);
    buf_release(&plain->line);
    buf_release(&plain->path);
    buf_release(&plain->save_to);
    buf_release(&plain->existing);
    buf_release(&plain->unknown);
    buf_release(&plain->raw);
    free(plain);
}

void plain_refresh(struct plain *plain)
{
    struct review *before = plain->before;

    plain->before = plain->review;
    plain->review = before;
    if (!review_run(plain->review, plain->plan, &plain->err))
        plain_finish_failed(plain);
    else
        plain_forget_hidden(plain);
}

/* ---- Ends ---- */

void plain_finish(struct plain *plain, enum plain_end end)
{
    if (plain->final)
        return;
    plain->ended = true;
    plain->final = end == PLAIN_INPUT_ENDED || end == PLAIN_INTERRUPTED || end == PLAIN_FAILED;
    plain->end = end;
}

void plain_finish_failed(struct plain *plain)
{
    plain_finish(plain, PLAIN_FAILED);
}

bool plain_is_whole(struct plain *plain, const struct buf *text)
{
    if (text->failed && !plain->final) {
        error_memory(&plain->err);
        plain_finish_failed(plain);
    }
    return !text->failed;
}

bool plain_set_text(struct plain *plain, struct buf *out, const char *text)
{
    buf_clear(out);
    if (text)
        buf_add_text(out, text);
    return plain_is_whole(plain, out);
}

/* ---- Running ---- */

static bool has_answers(const struct plain *plain)
{
    if (review_step_begun(plain->review, STEP_PLAN, PLACE_PLAN) ||
        review_step_begun(plain->review, STEP_PROGRESS, PLACE_PLAN))
        return true;
    for (size_t i = 0; i < review_instances(plain->review); i++)
        if (review_step_begun(plain->review, STEP_CLUSTER, (int)i))
            return true;
    return false;
}

/* The first question that somebody left who was not done yet. */
static struct place first_open(const struct plain *plain)
{
    struct place place = plain_question_after(plain, place_none());

    while (!place_is_none(place) && (review_field(plain->review, place)->value ||
                                     review_field(plain->review, place)->need < NEED_RECOMMENDED))
        place = plain_question_after(plain, place);
    return place;
}

/* A draft is looked through; a new plan that comes back goes on where it was left. */
static void begin(struct plain *plain)
{
    struct place open = first_open(plain);

    plain_say(plain, "Questions one after another, in %d steps. Nothing is sent before you say so.",
              plain_page_count(plain));
    plain_say(plain, "An empty line keeps what is there, or leaves a field out.");
    plain_say(plain, "At any question: ? help, < back, ! problems, = where am I, q keep the draft and leave, "
                     "?? all commands.");
    if (!has_answers(plain)) {
        plain_go_through(plain);
        return;
    }
    plain_mark_all_asked(plain);
    if (plan_has_suggestions(plain->plan) && !place_is_none(open))
        plain_go_to(plain, open);
    else
        plain_go_to_review(plain);
}

static void turn(struct plain *plain)
{
    switch (plain->stage) {
    case STAGE_BEGIN:
        begin(plain);
        break;
    case STAGE_QUESTIONS:
        plain_ask(plain);
        break;
    case STAGE_REVIEW:
        plain_review_talk(plain);
        break;
    case STAGE_DONE:
        buf_clear(&plain->save_to);
        plain_finish(plain, PLAIN_LEAVE);
        break;
    }
}

enum plain_end plain_run(struct plain *plain, struct error *err)
{
    if (!plain->final)
        plain->ended = false;
    while (!plain->ended)
        turn(plain);
    if (plain->end == PLAIN_FAILED)
        *err = plain->err;
    return plain->end;
}

/* ---- What others ask and tell ---- */

const struct review *plain_review(const struct plain *plain)
{
    return plain->review;
}

const char *plain_save_path(const struct plain *plain)
{
    return plain->save_to.length > 0 ? buf_text(&plain->save_to) : NULL;
}

void plain_set_unsaved(struct plain *plain)
{
    plain->saved_revision = plan_revision(plain->plan) - 1;
}

bool plain_unsaved(const struct plain *plain)
{
    return plan_revision(plain->plan) != plain->saved_revision;
}

/* A password that was typed is in no draft. */
static bool has_typed_secret(const struct plain *plain)
{
    for (struct place place = plain_question_after(plain, place_none()); !place_is_none(place);
         place = plain_question_after(plain, place)) {
        const struct field_review *field = review_field(plain->review, place);

        if (schema[place.field].kind == KIND_SECRET && field->value && field->form == ANSWER_TEXT)
            return true;
    }
    return false;
}

void plain_saved(struct plain *plain, const char *path, bool with_secrets)
{
    bool same = path == buf_text(&plain->path);

    if (!same && !plain_set_text(plain, &plain->path, path))
        return;
    plain->saved_revision = plan_revision(plain->plan);
    plain_say_fact(plain, "Draft saved to", buf_text(&plain->path));
    if (!with_secrets && has_typed_secret(plain))
        plain_say(plain, "Passwords are not in it: they have to be typed again.");
}
