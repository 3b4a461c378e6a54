#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "model/secret.h"
#include "model/words.h"
#include "plain/plain_state.h"

/* One question: how it is put, and what an answer does. */

enum { PROMPT_VALUE_COLUMNS = 40 };

static bool is_list(enum field_id field)
{
    return schema[field].choices != NULL;
}

static bool is_secret(enum field_id field)
{
    return schema[field].kind == KIND_SECRET;
}

static const struct field_review *now(const struct plain *plain)
{
    return review_field(plain->review, plain->at);
}

/* ---- From one question to the next ---- */

void plain_go_to(struct plain *plain, struct place place)
{
    plain->stage = STAGE_QUESTIONS;
    plain->at = place;
    plain->opened = false;
    plain->insisted = false;
}

void plain_go_through(struct plain *plain)
{
    plain->round++;
    plain->detour = false;
    plain_go_to(plain, plain_question_after(plain, place_none()));
}

void plain_go_to_only(struct plain *plain, struct place place)
{
    plain->round++;
    plain->detour = true;
    plain_go_to(plain, place);
}

void plain_go_to_review(struct plain *plain)
{
    plain->stage = STAGE_REVIEW;
    plain->summary_due = true;
    plain->detour = false;
}

static void move_on(struct plain *plain)
{
    int page = plain_page_of(plain, plain->at);
    struct place next = plain->detour ? plain_question_left(plain) : plain_question_after(plain, plain->at);

    if (!plain->detour && (place_is_none(next) || plain_page_of(plain, next) != page))
        plain_say_not_asked(plain, page);
    if (place_is_none(next))
        plain_go_to_review(plain);
    else
        plain_go_to(plain, next);
}

/* Goes on behind the question: to the next one, or to the review. */
static void go_on(struct plain *plain)
{
    plain_mark_asked(plain, plain->at);
    move_on(plain);
}

/* Of a round that the review called only what was asked in it: before that is the review. */
static struct place place_back(const struct plain *plain)
{
    struct place before = plain_question_before(plain, plain->at);

    while (plain->detour && !place_is_none(before) && !plain_was_just_asked(plain, before))
        before = plain_question_before(plain, before);
    return before;
}

void plain_go_back(struct plain *plain)
{
    struct place before = place_back(plain);

    if (!place_is_none(before)) {
        plain_go_to(plain, before);
    } else if (plain->detour) {
        plain_mark_all_asked(plain);
        plain_go_to_review(plain);
    } else {
        plain_say(plain, "This is the first question.");
    }
}

/* ---- Putting the question ---- */

static void say_page(struct plain *plain)
{
    int page = plain_page_of(plain, plain->at);
    char title[48];

    if (page == plain->page_said)
        return;
    plain_page_title(plain, page, title, sizeof(title));
    plain_say(plain, "Step %d of %d, %s.", page + 1, plain_page_count(plain), title);
    plain->page_said = page;
}

static void say_choices(struct plain *plain)
{
    const struct choice *choice = schema[plain->at.field].choices;

    for (int number = 1; choice->value; choice++, number++)
        plain_say(plain, "%d. %s, %s", number, choice->value, choice->meaning);
}

static void open_question(struct plain *plain)
{
    plain->opened = true;
    if (now(plain)->value)
        plain_say_problems_of(plain, plain->at);
    if (is_list(plain->at.field)) {
        plain_say(plain, "%s, by number or name:", schema[plain->at.field].label);
        say_choices(plain);
    }
}

static const char *need_word(enum need need)
{
    switch (need) {
    case NEED_REQUIRED:
        return "needed";
    case NEED_RECOMMENDED:
        return "recommended";
    case NEED_OPTIONAL:
    case NEED_NEVER:
        return "optional";
    case NEED_EXTRA:
        return "not needed here";
    }
    return "";
}

/* From 1; 0: none of the choices. */
static int choice_number(enum field_id field, const char *value)
{
    const struct choice *choices = schema[field].choices;

    for (int i = 0; choices[i].value; i++)
        if (words_same(choices[i].value, value))
            return i + 1;
    return 0;
}

static void add_value_now(struct buf *question, const struct plain *plain)
{
    const struct field_review *field = now(plain);
    const char *word = field->suggested ? "default" : "now";
    int number = is_list(plain->at.field) ? choice_number(plain->at.field, field->value) : 0;

    if (is_secret(plain->at.field) && field->form == ANSWER_TEXT) {
        buf_add_text(question, ", set");
        return;
    }
    buf_addf(question, ", %s ", word);
    if (field->form == ANSWER_REFERENCE)
        secret_reference_describe(field->value, question);
    else if (number > 0)
        buf_addf(question, "%d %s", number, field->value);
    else
        plain_add_value(question, field->value);
}

/* A long value stands on lines of its own, so that the question ends near its beginning. */
static bool is_long(const struct plain *plain)
{
    const struct field_review *field = now(plain);

    return field->form == ANSWER_TEXT && !is_secret(plain->at.field) &&
           utf8_width(field->value, strlen(field->value)) > PROMPT_VALUE_COLUMNS;
}

static void say_long_value(struct plain *plain)
{
    struct buf text = BUF_INIT;

    buf_addf(&text, "%s now: ", schema[plain->at.field].label);
    plain_add_value(&text, now(plain)->value);
    plain_say_text(plain, &text);
    buf_release(&text);
}

static bool put_question(struct plain *plain)
{
    const struct field *field = &schema[plain->at.field];
    struct buf question = BUF_INIT;
    bool answered;

    buf_addf(&question, "%s, %s", field->label, need_word(now(plain)->need));
    if (now(plain)->value && is_long(plain)) {
        say_long_value(plain);
        buf_add_text(&question, ", empty keeps it");
    } else if (now(plain)->value) {
        add_value_now(&question, plain);
    }
    if (is_secret(plain->at.field))
        buf_add_text(&question, ", not shown while you type");
    answered =
        plain_ask_line(plain, is_secret(plain->at.field) ? PLAIN_INPUT_HIDDEN : PLAIN_INPUT_SHOWN, &question);
    buf_release(&question);
    return answered;
}

/* ---- Taking the answer ---- */

/* The plan does not take an answer. */
static void refuse(struct plain *plain, const struct error *err)
{
    if (err->kind == ERROR_MEMORY) {
        plain->err = *err;
        plain_finish_failed(plain);
    } else {
        plain_say(plain, "Problem, %s: %s.", schema[plain->at.field].label, err->text);
    }
}

/* Gives the field under question an answer, or takes it back with "". */
static bool answer(struct plain *plain, const char *value)
{
    struct error err;

    if (plan_set(plain->plan, plain->at, value, &err)) {
        plain_refresh(plain);
        return !plain->final;
    }
    refuse(plain, &err);
    return false;
}

/* An empty line is never held up for long: what is missing is said once, and again in the review. */
static void take_empty(struct plain *plain)
{
    if (now(plain)->value || plain->insisted) {
        go_on(plain);
        return;
    }
    if (plain_say_problems_of(plain, plain->at) && now(plain)->need == NEED_REQUIRED) {
        plain_say(plain, "One more empty line leaves it for later.");
        plain->insisted = true;
    } else {
        go_on(plain);
    }
}

/* The constant that a line chooses, by number or by itself; NULL for none. */
static const char *chosen(enum field_id field, const char *word)
{
    const struct choice *choices = schema[field].choices;

    for (int i = 0; choices[i].value; i++) {
        char number[16];

        (void)snprintf(number, sizeof(number), "%d", i + 1);
        if (strcmp(number, word) == 0)
            return choices[i].value;
    }
    return field_constant(field, word);
}

static void say_no_choice(struct plain *plain)
{
    const struct choice *choices = schema[plain->at.field].choices;
    int count = 0;

    while (choices[count].value)
        count++;
    plain_say(plain, "That is none of the choices. Type a number from 1 to %d, or a name.", count);
    say_choices(plain);
}

/* False when an error is left that the operator was not told of before. */
static bool is_settled(const struct plain *plain, bool same)
{
    const struct field_review *field = now(plain);
    const struct problem *worst =
        field->problem < 0 ? NULL : review_problem(plain->review, (size_t)field->problem);

    return same || !worst || worst->severity != SEVERITY_ERROR;
}

static void take_value(struct plain *plain, const char *value)
{
    const char *old = plan_get(plain->plan, plain->at);
    bool same = plain->insisted && old && strcmp(old, value) == 0;

    if (!answer(plain, value))
        return;
    if (is_secret(plain->at.field))
        plain_say(plain, "%s: set.", schema[plain->at.field].label);
    if (!same)
        plain_say_problems_of(plain, plain->at);
    plain_say_new_problems(plain);
    if (is_settled(plain, same)) {
        go_on(plain);
    } else {
        plain_say(plain, "An empty line leaves it as it is.");
        plain->insisted = true;
    }
}

static void take_line(struct plain *plain)
{
    const char *line = plain_heard(plain);
    const char *value;

    if (plain_command_act(plain, line))
        return;
    if (is_list(plain->at.field)) {
        line = plain_heard_word(plain);
        value = chosen(plain->at.field, line);
        if (*line && !value)
            say_no_choice(plain);
        else if (*line)
            take_value(plain, value);
        else
            take_empty(plain);
    } else if (*line) {
        take_value(plain, plain_command_literal(line));
    } else {
        take_empty(plain);
    }
}

void plain_ask(struct plain *plain)
{
    say_page(plain);
    if (!plain->opened)
        open_question(plain);
    if (put_question(plain))
        take_line(plain);
    buf_clear(&plain->line);
}

/* ---- Commands at a question ---- */

void plain_ask_help(struct plain *plain)
{
    const struct field *field = &schema[plain->at.field];
    char path[128];

    plain_say(plain, "%s", field->help);
    plain_say_need(plain, plain->at);
    if (is_list(plain->at.field))
        say_choices(plain);
    else if (!is_secret(plain->at.field))
        plain_say_fact(plain, "Example", field->example);
    if (field->fixed)
        plain_say(plain, "It is fixed once the plan exists.");
    place_path(plain->at, path, sizeof(path));
    plain_say_fact(plain, "In the request", path);
    plain_say_fact(plain, "Source", field->source);
}

void plain_ask_where(struct plain *plain)
{
    int page = plain_page_of(plain, plain->at);
    int number = 0, count = 0;
    char title[48];

    for (int id = 0; id < FIELD_COUNT; id++) {
        struct place place = plain_page_place(plain, page, id);

        if (!plain_is_shown(plain, place))
            continue;
        count++;
        if (id <= (int)plain->at.field)
            number++;
    }
    plain_page_title(plain, page, title, sizeof(title));
    plain_say(plain, "Step %d of %d, %s: question %d of %d.", page + 1, plain_page_count(plain), title,
              number, count);
    plain_say(plain, "Answered so far: %d.", plain_count_answers(plain));
    if (plain->detour)
        plain_say(plain, "These questions lead back to the review.");
}

void plain_ask_take_back(struct plain *plain)
{
    if (!plan_get(plain->plan, plain->at)) {
        plain_say(plain, "There is no answer to take back.");
        return;
    }
    if (answer(plain, "")) {
        plain_say(plain, "Taken back.");
        plain_say_new_problems(plain);
        plain->insisted = false;
    }
}

/* False: there is no line, or the operator thought better of it. */
static bool hear_reference(struct plain *plain, struct buf *json)
{
    struct buf question = BUF_INIT;
    struct error err;
    bool heard;

    buf_add_text(&question, "Reference, env NAME, file PATH or command WORDS");
    heard = plain_ask_line(plain, PLAIN_INPUT_SHOWN, &question) && *plain_heard_word(plain);
    buf_release(&question);
    if (heard && !secret_reference_parse(plain_heard(plain), json, &err)) {
        refuse(plain, &err);
        return false;
    }
    return heard && plain_is_whole(plain, json);
}

void plain_ask_reference(struct plain *plain)
{
    struct buf json = BUF_INIT;
    struct error err;

    if (!is_secret(plain->at.field)) {
        plain_say(plain, "Only a password can be found somewhere else.");
        return;
    }
    if (hear_reference(plain, &json)) {
        if (plan_set_reference(plain->plan, plain->at, buf_text(&json), &err)) {
            plain_refresh(plain);
            plain_say_new_problems(plain);
            go_on(plain);
        } else {
            refuse(plain, &err);
        }
    }
    buf_release(&json);
}

static void say_extras(struct plain *plain)
{
    int page = plain_page_of(plain, plain->at);
    struct buf labels = BUF_INIT;

    for (int id = 0; id < FIELD_COUNT; id++) {
        struct place place = plain_page_place(plain, page, id);

        if (plain_is_shown(plain, place) && review_field(plain->review, place)->need == NEED_EXTRA)
            buf_addf(&labels, "%s%s", labels.length > 0 ? ", " : "", schema[id].label);
    }
    plain_is_whole(plain, &labels);
    if (labels.length > 0)
        plain_say(plain, "Extra fields are on for this cluster: %s.", buf_text(&labels));
    else
        plain_say(plain, "Extra fields are on for this cluster. With its answers so far there are none.");
    buf_release(&labels);
}

/* What was gone past without a question, on this page, is asked first. */
static void go_to_extras(struct plain *plain)
{
    int page = plain_page_of(plain, plain->at);

    for (int id = 0; id < (int)plain->at.field; id++) {
        struct place place = plain_page_place(plain, page, id);

        if (plain_is_shown(plain, place) && !plain_was_asked(plain, place)) {
            plain_go_to(plain, place);
            return;
        }
    }
}

void plain_ask_extras(struct plain *plain)
{
    int instance = plain->at.instance;

    if (instance == PLACE_PLAN) {
        plain_say(plain, "Only clusters have extra fields.");
        return;
    }
    plan_set_extras(plain->plan, instance, !plan_extras(plain->plan, instance));
    plain_refresh(plain);
    if (plan_extras(plain->plan, instance)) {
        say_extras(plain);
        if (!plain->detour)
            go_to_extras(plain);
    } else {
        plain_say(plain, "Extra fields are off for this cluster: not asked, and not sent.");
        if (!plain_is_shown(plain, plain->at))
            move_on(plain);
    }
}
