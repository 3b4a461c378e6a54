#include <stdint.h>
#include <string.h>

#include "base/clean.h"
#include "base/excerpt.h"
#include "plain/plain_state.h"

enum { USUAL_NAME_BYTES = 100 };

/* ---- Saving and leaving ---- */

/* "orders-hz-to-sh.json" */
static void add_usual_name(const struct plain *plain, struct buf *out)
{
    const char *name = review_field(plain->review, place_of_plan(FIELD_PLAN_NAME))->value;
    int length;

    if (!name || !clean_is_clean(name, strlen(name)))
        name = "plan";
    length = excerpt_length(name, USUAL_NAME_BYTES);
    for (int i = 0; i < length; i++) {
        bool unfit = name[i] == '/' || name[i] == ' ' || (i == 0 && name[i] == '.');

        buf_add(out, unfit ? "-" : &name[i], 1);
    }
    buf_add_text(out, ".json");
}

/* Fills save_to with what the operator names, or leaves it empty for nothing. False: the operator goes back,
 * or the input is over. */
static bool ask_name(struct plain *plain, bool may_drop)
{
    struct buf usual = BUF_INIT, question = BUF_INIT;
    const char *name = "<";
    bool back;

    add_usual_name(plain, &usual);
    plain_say(plain, "Name a file for the draft. Passwords are not kept in it.");
    plain_say(plain, may_drop ? "A - keeps nothing, a < goes back." : "A < goes back.");
    buf_addf(&question, "File, default %s", buf_text(&usual));
    if (plain_ask_line(plain, PLAIN_INPUT_SHOWN, &question))
        name = plain_heard_word(plain);
    back = strcmp(name, "<") == 0;
    if (!back && !(may_drop && strcmp(name, "-") == 0) && plain_is_whole(plain, &usual))
        plain_set_text(plain, &plain->save_to, *name ? name : buf_text(&usual));
    buf_release(&usual);
    buf_release(&question);
    return !back;
}

void plain_leave(struct plain *plain)
{
    buf_clear(&plain->save_to);
    if (!plain_unsaved(plain)) {
        plain_finish(plain, PLAIN_LEAVE);
    } else if (plain->path.length > 0) {
        plain_set_text(plain, &plain->save_to, buf_text(&plain->path));
        plain_finish(plain, PLAIN_LEAVE);
    } else if (ask_name(plain, true)) {
        if (plain->save_to.length == 0)
            plain_say(plain, "Nothing is kept.");
        plain_finish(plain, PLAIN_LEAVE);
    }
}

void plain_save_as(struct plain *plain, const char *path)
{
    buf_clear(&plain->save_to);
    if (*path)
        plain_set_text(plain, &plain->save_to, path);
    else if (plain->path.length > 0)
        plain_set_text(plain, &plain->save_to, buf_text(&plain->path));
    else if (!ask_name(plain, false))
        return;
    plain_finish(plain, PLAIN_SAVE);
}

/* ---- The table ---- */

static void say_commands(struct plain *plain);

static void problems_here(struct plain *plain)
{
    plain_say_problems_so_far(plain);
}

static void problems_of_review(struct plain *plain)
{
    if (review_problems(plain->review) == 0)
        plain_say(plain, "No problems.");
    plain_say_problems(plain, SIZE_MAX);
}

static void last_question(struct plain *plain)
{
    plain->detour = false;
    plain_go_to(plain, plain_question_before(plain, place_none()));
}

/* A line that is one of these words is a command; NULL: it means nothing there. */
static const struct command {
    const char *word;
    const char *meaning;
    void (*at_question)(struct plain *plain);
    void (*at_review)(struct plain *plain);
} commands[] = {
    {"?", "explains the question", plain_ask_help, plain_review_help},
    {"??", "lists these commands", say_commands, say_commands},
    {"<", "goes back one question", plain_go_back, last_question},
    {"!", "lists the problems", problems_here, problems_of_review},
    {"=", "says where you are", plain_ask_where, plain_review_where},
    {"-", "takes the answer back", plain_ask_take_back, NULL},
    {"+", "asks for the extra fields of a cluster too, or no longer", plain_ask_extras, NULL},
    {"@", "names where a password is found instead of typing it", plain_ask_reference, NULL},
    {"q", "keeps the draft and leaves", plain_leave, plain_leave},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void say_commands(struct plain *plain)
{
    plain_say(plain, "Alone on a line:");
    for (size_t i = 0; i < COMMANDS; i++)
        plain_say(plain, "%s %s.", commands[i].word, commands[i].meaning);
    plain_say(plain, "An empty line keeps what is there, or leaves the field out.");
    plain_say(plain, "Where the answer itself is one of these, put a backslash in front: \\?");
}

/* The length of line without blanks at its end; *line goes to its first character that is none. */
static size_t trim(const char **line)
{
    size_t length;

    *line += strspn(*line, " \t");
    length = strlen(*line);
    while (length > 0 && strchr(" \t", (*line)[length - 1]))
        length--;
    return length;
}

static const struct command *find(const char *line)
{
    size_t length = trim(&line);

    for (size_t i = 0; i < COMMANDS; i++)
        if (strlen(commands[i].word) == length && memcmp(commands[i].word, line, length) == 0)
            return &commands[i];
    return NULL;
}

bool plain_command_act(struct plain *plain, const char *line)
{
    const struct command *command = find(line);
    void (*act)(struct plain * plain);

    if (!command)
        return false;
    act = plain->stage == STAGE_REVIEW ? command->at_review : command->at_question;
    if (act)
        act(plain);
    else
        plain_say(plain, "A %s means something at a question only.", command->word);
    return true;
}

const char *plain_command_literal(const char *line)
{
    const char *rest = line + strspn(line, "\\");

    return rest > line && find(rest) ? line + 1 : line;
}
