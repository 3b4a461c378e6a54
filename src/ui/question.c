
#include "ui/wizard_state.h"

/* Questions with more answers than yes and no: a letter each. */

/* What one question offers. */
struct question_row {
    struct question_choice choices[6]; /* ends with a letter of 0 */
    enum reply enter;                  /* what Enter stands for: only where nothing can be lost by it */
    enum reply escape;
};

static const struct question_row rows[QUESTION_COUNT] = {
    [QUESTION_QUIT] =
        {
            .choices = {{'s', "save, then leave", REPLY_SAVE},
                        {'k', "leave; go on at the next start", REPLY_LEAVE},
                        {'y', "leave and throw it away", REPLY_THROW_AWAY},
                        {'n', "no, go back", REPLY_NONE}},
        },
    [QUESTION_RESUME] =
        {
            .choices = {{'r', "resume it", REPLY_RESUME},
                        {'o', "open the draft as it was saved", REPLY_AS_SAVED},
                        {'n', "start with a new plan", REPLY_LATER},
                        {'m', "show the next one", REPLY_NEXT},
                        {'x', "throw it away", REPLY_FORGET}},
            .enter = REPLY_RESUME,
            .escape = REPLY_LATER,
        },
    [QUESTION_FORGET] =
        {
            .choices = {{'y', "yes, throw it away", REPLY_FORGET_SURELY}, {'n', "no, go back", REPLY_BACK}},
            .enter = REPLY_BACK,
            .escape = REPLY_BACK,
        },
    [QUESTION_LOCKED] =
        {
            .choices = {{'c', "open a copy", REPLY_COPY},
                        {'r', "look at it, save it elsewhere", REPLY_READ_ONLY}},
            .enter = REPLY_READ_ONLY,
            .escape = REPLY_READ_ONLY,
        },
    [QUESTION_CHANGED] =
        {
            .choices = {{'k', "keep mine: write over the file", REPLY_OVER},
                        {'t', "keep theirs: read the file again", REPLY_THEIRS},
                        {'s', "keep both: save mine elsewhere", REPLY_ELSEWHERE}},
        },
    [QUESTION_EXISTS] =
        {
            .choices = {{'o', "write it there all the same", REPLY_OVER},
                        {'s', "save under another name", REPLY_ELSEWHERE}},
        },
    [QUESTION_SECRETS] =
        {
            .choices = {{'l', "leave them out", REPLY_SECRETS_OUT},
                        {'k', "keep them in the file, in clear", REPLY_SECRETS_IN}},
            .enter = REPLY_SECRETS_OUT,
        },
    [QUESTION_UNSETTLED] =
        {
            .choices = {{'l', "look now", REPLY_LOOK},
                        {'n', "not now; ask at the next start", REPLY_NOT_NOW},
                        {'x', "it is settled; do not ask again", REPLY_SETTLED}},
            .enter = REPLY_LOOK,
            .escape = REPLY_NOT_NOW,
        },
    [QUESTION_REPEAT] =
        {
            .choices = {{'y', "yes, send the same request once more", REPLY_REPEAT},
                        {'n', "no, go back", REPLY_NONE}},
        },
};

bool question_is_lettered(enum question question)
{
    return rows[question].choices[0].letter != '\0';
}

bool question_is_prompt(enum question question)
{
    return question == QUESTION_SAVE_AS || question == QUESTION_REFERENCE;
}

int question_choices(const struct wizard *wizard, const struct question_choice *choices[6])
{
    const struct question_row *row = &rows[wizard->question];
    int count = 0;

    for (int i = 0; i < 6 && row->choices[i].letter; i++)
        if (wizard->offered == 0 || wizard->offered & 1U << row->choices[i].reply)
            choices[count++] = &row->choices[i];
    return count;
}

static enum effect leave(struct wizard *wizard, enum reply reply)
{
    if (reply == REPLY_SAVE) {
        wizard->leaving = true;
        return wizard_save(wizard);
    }
    if (reply == REPLY_LEAVE)
        return EFFECT_QUIT;
    return reply == REPLY_THROW_AWAY ? EFFECT_THROW_AWAY : EFFECT_NONE;
}

static enum effect give(struct wizard *wizard, enum reply reply)
{
    enum question question = wizard->question;

    wizard->question = QUESTION_NONE;
    if (question == QUESTION_QUIT)
        return leave(wizard, reply);
    wizard->reply = reply;
    if (reply != REPLY_NONE)
        return EFFECT_REPLY;
    wizard->leaving = false;
    return EFFECT_NONE;
}

enum effect question_letter(struct wizard *wizard, char letter)
{
    const struct question_choice *choices[6];
    int count = question_choices(wizard, choices);

    for (int i = 0; i < count; i++)
        if (choices[i]->letter == letter)
            return give(wizard, choices[i]->reply);
    return EFFECT_NONE;
}

enum effect question_enter(struct wizard *wizard)
{
    enum reply reply = rows[wizard->question].enter;

    if (reply == REPLY_NONE) {
        wizard_set_message(wizard, false, "Answer with one of the letters; Esc goes back.");
        return EFFECT_NONE;
    }
    return give(wizard, reply);
}

enum effect question_escape(struct wizard *wizard)
{
    return give(wizard, rows[wizard->question].escape);
}

enum reply wizard_reply(const struct wizard *wizard)
{
    return wizard->reply;
}

void wizard_ask(struct wizard *wizard, enum question question, unsigned offered, const char *title,
                const char *words)
{
    wizard->question = question;
    wizard->offered = offered;
    wizard_set_text(&wizard->asked_title, title);
    wizard_set_text(&wizard->asked_words, words);
}

void wizard_ask_name(struct wizard *wizard, const char *words, const char *suggestion)
{
    wizard_ask(wizard, QUESTION_SAVE_AS, 0, "Save the draft as", words);
    line_edit_set(&wizard->prompt, suggestion);
}
