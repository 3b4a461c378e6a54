#ifndef PLAIN_PLAIN_STATE_H
#define PLAIN_PLAIN_STATE_H

#include "plain/plain.h"

/* The dialogue's own state, and what its files offer each other. */

enum stage { STAGE_BEGIN, STAGE_QUESTIONS, STAGE_REVIEW, STAGE_DONE };

struct plain {
    struct plan *plan;
    struct plain_io *io;
    struct review *review;
    struct review *before; /* the one before the last change */

    enum stage stage;
    struct place at;  /* the question, in STAGE_QUESTIONS */
    bool opened;      /* its choices, and what is wrong with its answer, were said */
    bool insisted;    /* what is wrong was said after an answer: an empty line goes on */
    bool detour;      /* the questions were called from the review: only new ones follow */
    unsigned *asked;  /* for each place: the round in which it was gone past, 0 when not, or hidden since */
    unsigned round;   /* of questions: from the first on, or from one that the review called */
    int page_said;    /* the page of the last heading; -1: none */
    bool summary_due; /* at the review */
    bool summarised;  /* it was said once, whole; since then only what changed is */
    unsigned long summary_revision;

    struct buf line;             /* the last one heard */
    struct buf path;             /* of the draft; empty: none */
    struct buf save_to;          /* what plain_save_path() says; empty: NULL */
    struct buf existing;         /* the name of a plan that is there already */
    struct buf unknown;          /* the name of a plan that may be there */
    struct buf raw;              /* the service's last answer */
    bool can_look, can_repeat;   /* of the plan whose outcome is unknown */
    unsigned long sent_revision; /* what was sent then */
    unsigned long saved_revision;
    bool sent; /* a plan left this machine */

    bool ended; /* plain_run() has something to return */
    bool final; /* and will return it ever after */
    enum plain_end end;
    struct error err;
};

/* ---- Ends (plain.c) ---- */

void plain_finish(struct plain *plain, enum plain_end end);

/* Ends with PLAIN_FAILED and what is in plain->err. */
void plain_finish_failed(struct plain *plain);

/* False, and the end, when memory was too short for text. */
bool plain_is_whole(struct plain *plain, const struct buf *text);

/* Makes out hold text, which may be NULL and must not be its own. */
bool plain_set_text(struct plain *plain, struct buf *out, const char *text);

/* Makes the review anew after a change of the plan. */
void plain_refresh(struct plain *plain);

/* ---- Saying and hearing (say.c) ---- */

/* As plain_say(). */
void plain_say_text(struct plain *plain, const struct buf *text);

/* "label: text" unless text is NULL or empty. */
void plain_say_fact(struct plain *plain, const char *label, const char *text);

/* Lines that stay whole, cleaned. */
void plain_say_lines(struct plain *plain, const char *text, size_t length);

/* Asks with the text before the answer, ": " added, and hears one line. False: there is none, and the
 * dialogue is ended. */
bool plain_ask_line(struct plain *plain, enum plain_input input, const struct buf *question);

/* The last line, and the same without blanks around it (which it loses thereby). */
const char *plain_heard(const struct plain *plain);
const char *plain_heard_word(struct plain *plain);

/* Adds a value of the plan to a line: clean, and short enough to listen to. */
void plain_add_value(struct buf *out, const char *value);

/* ---- The order of questions (order.c) ---- */

/* Pages count from 0: the plan, each cluster, consumer progress, and the review behind them. */
int plain_page_count(const struct plain *plain);
int plain_page_of(const struct plain *plain, struct place place);

/* "plan", "first cluster", "consumer progress", "review". */
void plain_page_title(const struct plain *plain, int page, char *text, size_t size);

/* The place that a field has on a page; place_none() when it is asked on another one. */
struct place plain_page_place(const struct plain *plain, int page, int id);

/* The next question behind place, the last before it; place_none() when there is none, and as the place:
 * before the first. */
struct place plain_question_after(const struct plain *plain, struct place place);
struct place plain_question_before(const struct plain *plain, struct place place);

/* The first question that was not asked yet. */
struct place plain_question_left(const struct plain *plain);

/* Whether a field is shown now, and whether it was gone past since it is. */
bool plain_is_shown(const struct plain *plain, struct place place);
bool plain_was_asked(const struct plain *plain, struct place place);
void plain_mark_asked(struct plain *plain, struct place place);

/* Whether it was in the present round. */
bool plain_was_just_asked(const struct plain *plain, struct place place);

/* Every question counts as asked, those that were not in an earlier round. */
void plain_mark_all_asked(struct plain *plain);

/* A field that is no longer shown is asked when it is shown again. */
void plain_forget_hidden(struct plain *plain);

/* Fields with an answer, and those with a default in force besides. */
int plain_count_answers(const struct plain *plain);
int plain_count_values(const struct plain *plain);

/* ---- Words for answers and problems (answer.c) ---- */

/* "First cluster, Region" or "Plan name". */
void plain_add_place(struct buf *out, struct place place);

/* What a field has now: "cn-hangzhou", "ACTIVE, primary, the default", "set". */
void plain_add_answer(struct buf *out, const struct plain *plain, struct place place);

/* All problems of one field; false when there are none. */
bool plain_say_problems_of(struct plain *plain, struct place place);

/* What a change brought up at other fields that were asked already. */
void plain_say_new_problems(struct plain *plain);

/* The problems of what was answered so far, and how many questions that need an answer are still to come. */
void plain_say_problems_so_far(struct plain *plain);

/* Up to `most` problems with their numbers, or errors only without; then how many there are besides. */
void plain_say_problems(struct plain *plain, size_t most);
void plain_say_errors(struct plain *plain, size_t most);

/* Why a field is asked, or is not: a sentence. */
void plain_say_need(struct plain *plain, struct place place);

/* The fields of a page that are not asked, by reason. */
void plain_say_not_asked(struct plain *plain, int page);

/* ---- Commands that count everywhere (command.c) ---- */

/* Carries out a line that is a command; false when it is none. */
bool plain_command_act(struct plain *plain, const char *line);

/* The answer that a line stands for: without the backslash that kept it from being a command. */
const char *plain_command_literal(const char *line);

/* Ends with PLAIN_LEAVE, unless the operator goes back when asked for the name of the draft. */
void plain_leave(struct plain *plain);

/* Ends with PLAIN_SAVE, to path or, when that is "", to the draft's own or the one the operator names. */
void plain_save_as(struct plain *plain, const char *path);

/* ---- Questions (ask.c) ---- */

/* Makes a field the next question. */
void plain_go_to(struct plain *plain, struct place place);

/* Calls the questions from the review: all of them from the first on, or one and what appears through it. */
void plain_go_through(struct plain *plain);
void plain_go_to_only(struct plain *plain, struct place place);
void plain_go_back(struct plain *plain);
void plain_go_to_review(struct plain *plain);

/* Asks the question once and takes one line in. */
void plain_ask(struct plain *plain);

/* What the commands do at a question. */
void plain_ask_help(struct plain *plain);
void plain_ask_where(struct plain *plain);
void plain_ask_take_back(struct plain *plain);
void plain_ask_reference(struct plain *plain);
void plain_ask_extras(struct plain *plain);

/* ---- From the review to a field (change.c) ---- */

/* Goes to the field of the problem of this number, or says that there is none. */
void plain_change_problem(struct plain *plain, const char *number);

/* False when the word names no field. */
bool plain_change_named(struct plain *plain, const char *word);

/* ---- The review (review_talk.c) ---- */

/* Asks for one command and carries it out. */
void plain_review_talk(struct plain *plain);
void plain_review_help(struct plain *plain);
void plain_review_where(struct plain *plain);

#endif
