#include <stdio.h>
#include <string.h>

#include "model/payload.h"
#include "model/words.h"
#include "plain/plain_state.h"

/* The review: what the plan amounts to, and the words that change, keep or send it. */

enum { PROBLEMS_AT_ONCE = 20 };

static const char *plan_name(const struct plain *plain)
{
    const char *name = review_field(plain->review, place_of_plan(FIELD_PLAN_NAME))->value;

    return name ? name : "";
}

/* Whether the plan has the name of one that is known from the service. */
static bool has_name(const struct plain *plain, const struct buf *name)
{
    return name->length > 0 && strcmp(buf_text(name), plan_name(plain)) == 0;
}

static void say_page(struct plain *plain)
{
    int page = plain_page_count(plain) - 1;

    if (page == plain->page_said)
        return;
    plain_say(plain, "Step %d of %d, review.", page + 1, plain_page_count(plain));
    plain->page_said = page;
}

/* ---- The summary ---- */

static bool given(const char *text)
{
    return text && *text;
}

static void say_target(struct plain *plain, const struct plain_target *target)
{
    struct buf text = BUF_INIT;

    if (given(target->host)) {
        buf_addf(&text, "Goes to: %s://%s", given(target->scheme) ? target->scheme : "https", target->host);
        if (given(target->region))
            buf_addf(&text, ", region %s", target->region);
        plain_say_text(plain, &text);
    }
    if (target->sandbox)
        plain_say(plain, "This is the sandbox: nothing real happens.");
    buf_clear(&text);
    if (given(target->key_id)) {
        buf_addf(&text, "Signed with: key %s", target->key_id);
        if (given(target->profile))
            buf_addf(&text, ", profile %s", target->profile);
        if (given(target->provider))
            buf_addf(&text, ", from %s", target->provider);
        plain_say_text(plain, &text);
    }
    buf_release(&text);
    if (given(target->host))
        plain_say_fact(plain, "Proxy", given(target->proxy) ? target->proxy : "none");
    plain_say_fact(plain, "Note", target->remark);
    plain_say_fact(plain, "Cannot be sent yet", target->problem);
}

/* A line each. */
static void say_doubts(struct plain *plain, const char *doubts)
{
    while (given(doubts)) {
        int length = (int)strcspn(doubts, "\n");

        if (length > 0)
            plain_say(plain, "Note: %.*s", length, doubts);
        doubts += length + (doubts[length] == '\n');
    }
}

static void find_target(struct plain *plain, struct plain_target *target)
{
    *target = (struct plain_target){0};
    plain->io->find_target(plain->io, plain->plan, plain->review, target);
}

static void say_counts(struct plain *plain)
{
    size_t errors = review_errors(plain->review);
    size_t warnings = review_warnings(plain->review);

    plain_say(plain, "Fields in the request: %d.", plain_count_values(plain));
    if (errors + warnings == 0)
        plain_say(plain, "No problems.");
    else
        plain_say(plain, "Problems that must be solved: %zu. Warnings: %zu.", errors, warnings);
}

/* Whole when the review is reached for the first time; later what may have changed, since the numbers of
 * problems count. */
static void say_summary(struct plain *plain)
{
    bool first = !plain->summarised;
    struct plain_target target;

    plain->summary_due = false;
    plain->summarised = true;
    if (!first && plain->summary_revision == plan_revision(plain->plan))
        return;
    plain->summary_revision = plan_revision(plain->plan);
    say_counts(plain);
    plain_say_problems(plain, PROBLEMS_AT_ONCE);
    if (!first)
        return;
    find_target(plain, &target);
    say_target(plain, &target);
    say_doubts(plain, target.doubts);
    plain_say(plain, "Plan type and clusters are fixed once the plan exists.");
    plain_say(plain, "Commands: list, json, send, save, questions, quit; ? explains them.");
    plain_say(plain, "To change something: its name, or the number of a problem.");
}

void plain_review_where(struct plain *plain)
{
    plain_say(plain, "Step %d of %d, review.", plain_page_count(plain), plain_page_count(plain));
    say_counts(plain);
}

/* ---- Reading it ---- */

static void say_page_fields(struct plain *plain, int page)
{
    struct buf text = BUF_INIT;
    char title[48];

    plain_page_title(plain, page, title, sizeof(title));
    plain_say(plain, "Step %d, %s.", page + 1, title);
    for (int id = 0; id < FIELD_COUNT; id++) {
        struct place place = plain_page_place(plain, page, id);

        if (!plain_is_shown(plain, place))
            continue;
        buf_clear(&text);
        buf_addf(&text, "%s: ", schema[id].label);
        plain_add_answer(&text, plain, place);
        plain_say_text(plain, &text);
    }
    buf_release(&text);
}

static void list(struct plain *plain, const char *rest)
{
    (void)rest;
    for (int page = 0; page < plain_page_count(plain) - 1; page++)
        say_page_fields(plain, page);
}

static void json(struct plain *plain, const char *rest)
{
    struct payload payload;
    struct error err;

    (void)rest;
    payload_init(&payload);
    if (payload_write(&payload, plain->plan, plain->review, PAYLOAD_MASKED, NULL, &err))
        plain_say_lines(plain, buf_text(&payload.text), payload.text.length);
    else if (err.kind != ERROR_MEMORY)
        plain_say(plain, "Problem: %s.", err.text);
    else
        plain_is_whole(plain, &(struct buf){.failed = true});
    payload_release(&payload);
}

static void raw(struct plain *plain, const char *rest)
{
    (void)rest;
    if (plain->raw.length > 0)
        plain_say_lines(plain, buf_text(&plain->raw), plain->raw.length);
    else
        plain_say(plain, "The service has not answered yet.");
}

/* ---- Sending it ---- */

static bool can_be_sent(struct plain *plain, const struct plain_target *target)
{
    size_t errors = review_errors(plain->review);

    if (errors > 0) {
        plain_say(plain, "Not sent: %zu %s solved first.", errors,
                  errors == 1 ? "problem must be" : "problems must be");
        plain_say_errors(plain, PROBLEMS_AT_ONCE);
        return false;
    }
    if (given(target->problem)) {
        plain_say(plain, "Not sent: %s", target->problem);
        return false;
    }
    return true;
}

/* Where a second plan could come of it, the name has to be typed: a yes is said too easily. */
static bool confirm(struct plain *plain)
{
    struct buf question = BUF_INIT;
    bool yes;

    if (!has_name(plain, &plain->unknown))
        return plain_confirm(plain, "Type yes to send");
    plain_say(
        plain,
        "What became of the last sending is not known. Look for the plan in the console first: a second "
        "plan between the same clusters copies every message twice.");
    buf_add_text(&question, "Type the plan's name to send it all the same");
    yes = plain_ask_line(plain, PLAIN_INPUT_DELIBERATE, &question) &&
          strcmp(plain_heard(plain), plan_name(plain)) == 0;
    buf_release(&question);
    return yes;
}

static void send_as(struct plain *plain, bool anyway)
{
    struct plain_target target;

    find_target(plain, &target);
    if (!can_be_sent(plain, &target))
        return;
    plain_say(plain, "This creates %s%s%s%s.", anyway ? "a second plan named " : "the plan ",
              plan_name(plain), given(target.region) ? " in " : "",
              given(target.region) ? target.region : "");
    say_target(plain, &target);
    say_doubts(plain, target.doubts);
    if (confirm(plain))
        plain_finish(plain, anyway ? PLAIN_SUBMIT_ANYWAY : PLAIN_SUBMIT);
    else if (!plain->final)
        plain_say(plain, "Not sent.");
}

static void send(struct plain *plain, const char *rest)
{
    if (!words_same(rest, "anyway"))
        send_as(plain, false);
    else if (has_name(plain, &plain->existing))
        send_as(plain, true);
    else
        plain_say(plain, "No plan of this name is known to exist: say send.");
}

/* ---- After an unknown outcome ---- */

/* Once an answer has changed, what was sent is not the plan that is asked about any more. */
static bool is_what_was_sent(const struct plain *plain)
{
    return plain->sent_revision == plan_revision(plain->plan);
}

static void look(struct plain *plain, const char *rest)
{
    (void)rest;
    if (plain->can_look && is_what_was_sent(plain))
        plain_finish(plain, PLAIN_LOOK);
    else
        plain_say(plain, "There is no plan to look for.");
}

static void repeat(struct plain *plain, const char *rest)
{
    (void)rest;
    if (!plain->can_repeat || !is_what_was_sent(plain)) {
        plain_say(plain, "There is no request to repeat.");
        return;
    }
    plain_say(plain,
              "The request has a number that the service takes once within 15 minutes. If the first one got "
              "there, this one is refused, and the plan is looked for. If not, this one creates the plan.");
    if (plain_confirm(plain, "Type yes to send the same request again"))
        plain_finish(plain, PLAIN_REPEAT);
    else if (!plain->final)
        plain_say(plain, "Not sent.");
}

/* ---- Keeping it, going through it again ---- */

static void save(struct plain *plain, const char *rest)
{
    struct buf path = BUF_INIT;

    buf_add_text(&path, rest);
    if (plain_is_whole(plain, &path))
        plain_save_as(plain, buf_text(&path));
    buf_release(&path);
}

static void questions(struct plain *plain, const char *rest)
{
    (void)rest;
    plain_go_through(plain);
}

static void quit(struct plain *plain, const char *rest)
{
    (void)rest;
    plain_leave(plain);
}

/* ---- The words of the review ---- */

static const struct word {
    const char *word;
    const char *meaning;
    void (*act)(struct plain *plain, const char *rest);
    bool takes_rest; /* something may stand behind it */
} words[] = {
    {"list", "reads every field and its answer", list, false},
    {"json", "prints the body of the request, passwords masked", json, false},
    {"send", "sends the plan, after one more question; \"send anyway\" where a plan of its name exists", send,
     true},
    {"save", "saves the draft; a name of a file may stand behind it", save, true},
    {"questions", "goes through all questions again", questions, false},
    {"look", "lists plans once more, where it is not known what became of the last sending", look, false},
    {"repeat", "sends the very same request once more then, after one more question", repeat, false},
    {"raw", "prints the last answer of the service as it came", raw, false},
    {"quit", "keeps the draft and leaves", quit, false},
};

enum { WORDS = sizeof(words) / sizeof(words[0]) };

void plain_review_help(struct plain *plain)
{
    for (size_t i = 0; i < WORDS; i++)
        plain_say(plain, "%s %s.", words[i].word, words[i].meaning);
    plain_say(
        plain,
        "A name of a field changes it; where several clusters have it, their number may stand behind: region "
        "2. So does the number of a problem.");
    plain_say(plain, "?, !, =, < and q mean what they mean at a question.");
}

static bool act_on_word(struct plain *plain, const char *line)
{
    size_t length = strcspn(line, " \t");
    const char *rest = line + length + strspn(line + length, " \t");
    char word[16];

    (void)snprintf(word, sizeof(word), "%.*s", length < sizeof(word) ? (int)length : 0, line);
    for (size_t i = 0; i < WORDS; i++) {
        if (!words_same(words[i].word, word))
            continue;
        if (*rest && !words[i].takes_rest)
            return false;
        words[i].act(plain, rest);
        return true;
    }
    return false;
}

static void say_not_understood(struct plain *plain, const char *line)
{
    const char *near = NULL;
    struct buf text = BUF_INIT;

    for (size_t i = 0; i < WORDS && !near; i++)
        if (words_near(line, words[i].word))
            near = words[i].word;
    for (int id = 0; id < FIELD_COUNT && !near; id++)
        if (words_near(line, schema[id].label))
            near = schema[id].label;
    buf_add_text(&text, "No command and no field is called ");
    plain_add_value(&text, line);
    if (near)
        buf_addf(&text, "; did you mean %s?", near);
    else
        buf_add_text(&text, ": ? lists the commands.");
    plain_say_text(plain, &text);
    buf_release(&text);
}

static bool is_number(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

static void take_line(struct plain *plain)
{
    const char *line = plain_heard_word(plain);

    if (!*line)
        plain_say(plain, "To send the plan say send; to leave say quit.");
    else if (is_number(line))
        plain_change_problem(plain, line);
    else if (!plain_command_act(plain, line) && !act_on_word(plain, line) && !plain_change_named(plain, line))
        say_not_understood(plain, line);
}

void plain_review_talk(struct plain *plain)
{
    struct buf question = BUF_INIT;

    say_page(plain);
    if (plain->summary_due)
        say_summary(plain);
    buf_add_text(&question, "Review");
    if (plain_ask_line(plain, PLAIN_INPUT_SHOWN, &question))
        take_line(plain);
    buf_release(&question);
}
