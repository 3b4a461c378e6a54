#include <stdarg.h>
#include <string.h>

#include "base/clean.h"
#include "base/excerpt.h"
#include "base/utf8.h"
#include "model/words.h"
#include "plain/plain_state.h"

enum { VALUE_BYTES = 300 };

/* ---- Lines ---- */

static void emit(struct plain *plain, const struct buf *text)
{
    if (!plain->final && plain_is_whole(plain, text) &&
        !plain->io->write(plain->io, buf_text(text), text->length, &plain->err))
        plain_finish_failed(plain);
}

/* The bytes of the first line of text: as many words as fit, and part of a word only where it fills the line.
 * Wide characters are words of their own. */
static size_t first_line(const char *text, size_t length, int columns)
{
    size_t at = 0, words = 0;
    int used = 0;

    while (at < length) {
        int width;
        size_t bytes = utf8_grapheme(text + at, length - at, &width);

        if (at > 0 && text[at - 1] != ' ' && (text[at] == ' ' || width == 2))
            words = at;
        if (used + width > columns)
            return words > 0 ? words : at;
        used += width;
        at += bytes;
    }
    return length;
}

/* Adds text in lines of at most `columns`; all but the first begin with two blanks. */
static void add_wrapped(struct buf *out, const char *text, size_t length, int columns)
{
    int indent = 0;

    for (;;) {
        size_t line = first_line(text, length, columns - indent);

        buf_add(out, text, line);
        while (line < length && text[line] == ' ')
            line++;
        text += line;
        length -= line;
        if (length == 0)
            return;
        buf_add_text(out, "\n  ");
        indent = 2;
    }
}

static void add_clean_wrapped(struct buf *out, const struct buf *text, int columns)
{
    struct buf clean = BUF_INIT;

    clean_add(&clean, buf_text(text), text->length, CLEAN_ONE_LINE);
    add_wrapped(out, buf_text(&clean), clean.length, columns);
    out->failed = out->failed || clean.failed || text->failed;
    buf_release(&clean);
}

void plain_say_text(struct plain *plain, const struct buf *text)
{
    struct buf line = BUF_INIT;

    add_clean_wrapped(&line, text, PLAIN_COLUMNS);
    buf_add_char(&line, '\n');
    emit(plain, &line);
    buf_release(&line);
}

void plain_say(struct plain *plain, const char *format, ...)
{
    struct buf text = BUF_INIT;
    va_list arguments;

    va_start(arguments, format);
    buf_vaddf(&text, format, arguments);
    va_end(arguments);
    plain_say_text(plain, &text);
    buf_release(&text);
}

void plain_say_fact(struct plain *plain, const char *label, const char *text)
{
    if (text && *text)
        plain_say(plain, "%s: %s", label, text);
}

void plain_say_lines(struct plain *plain, const char *text, size_t length)
{
    struct buf lines = BUF_INIT;

    clean_add(&lines, text, length, CLEAN_KEEP_LINES);
    if (lines.length == 0 || lines.data[lines.length - 1] != '\n')
        buf_add_char(&lines, '\n');
    emit(plain, &lines);
    buf_release(&lines);
}

void plain_add_value(struct buf *out, const char *value)
{
    size_t length = strlen(value);
    size_t shown = (size_t)excerpt_length(value, VALUE_BYTES);

    buf_add(out, value, shown);
    if (shown < length)
        buf_addf(out, " (and %zu characters more)", utf8_count(value + shown, length - shown));
}

/* ---- Questions and answers ---- */

static void end_line(struct plain *plain)
{
    struct buf newline = BUF_INIT;

    buf_add_char(&newline, '\n');
    emit(plain, &newline);
    buf_release(&newline);
}

/* The input is over: what that means, since nobody may be there to ask. */
static void say_input_ended(struct plain *plain)
{
    struct buf text = BUF_INIT;

    buf_add_text(&text, "The input ended at ");
    if (plain->stage == STAGE_QUESTIONS)
        plain_add_place(&text, plain->at);
    else
        buf_add_text(&text, "the review");
    buf_addf(&text, ". %s was sent.", plain->sent ? "Nothing more" : "Nothing");
    plain_say_text(plain, &text);
    buf_release(&text);
    plain_say_errors(plain, 20);
    if (review_errors(plain->review) == 0)
        plain_say(plain, "Nothing is missing: at the review, send and then yes send the plan.");
}

static bool hear(struct plain *plain, enum plain_input input, const struct buf *prompt)
{
    enum plain_read read;

    buf_clear(&plain->line);
    read = plain->io->ask(plain->io, input, buf_text(prompt), &plain->line, &plain->err);
    if (read != PLAIN_READ_LINE || input == PLAIN_INPUT_HIDDEN || !plain->io->echoes)
        end_line(plain);
    switch (read) {
    case PLAIN_READ_LINE:
        if (plain->line.length > 0 && plain->line.data[plain->line.length - 1] == '\r')
            buf_remove(&plain->line, plain->line.length - 1, 1);
        return true;
    case PLAIN_READ_END:
        say_input_ended(plain);
        plain_finish(plain, PLAIN_INPUT_ENDED);
        return false;
    case PLAIN_READ_INTERRUPTED:
        plain_say(plain, "Interrupted. %s was sent.", plain->sent ? "Nothing more" : "Nothing");
        plain_finish(plain, PLAIN_INTERRUPTED);
        return false;
    case PLAIN_READ_FAILED:
        plain_finish_failed(plain);
        return false;
    }
    return false;
}

/* Why the last line cannot be an answer to anything; NULL when it can. */
static const char *objection(const struct buf *line)
{
    if (line->failed)
        return "That line is longer than an answer can be, or memory is short";
    if (line->length > 0 && memchr(line->data, '\0', line->length))
        return "That line holds a zero byte";
    if (!utf8_valid(buf_text(line), line->length))
        return "That line is not UTF-8 text";
    return NULL;
}

/* Hears a line that can be an answer, or says why it cannot: then *again is true. */
static bool hear_answer(struct plain *plain, enum plain_input input, const struct buf *prompt, bool *again)
{
    const char *why;

    *again = false;
    if (plain->final || !plain_is_whole(plain, prompt) || !hear(plain, input, prompt))
        return false;
    why = objection(&plain->line);
    if (why)
        plain_say(plain, "%s, so it was not taken.", why);
    *again = why != NULL;
    return true;
}

bool plain_ask_line(struct plain *plain, enum plain_input input, const struct buf *question)
{
    bool heard = true, again = true;
    struct buf text = BUF_INIT, prompt = BUF_INIT;

    buf_addf(&text, "%s:", buf_text(question));
    text.failed = text.failed || question->failed;
    add_clean_wrapped(&prompt, &text, PLAIN_COLUMNS - 1);
    buf_add_char(&prompt, ' ');
    while (heard && again)
        heard = hear_answer(plain, input, &prompt, &again);
    buf_release(&text);
    buf_release(&prompt);
    return heard;
}

const char *plain_heard(const struct plain *plain)
{
    return buf_text(&plain->line);
}

const char *plain_heard_word(struct plain *plain)
{
    struct buf *line = &plain->line;
    size_t blanks = strspn(buf_text(line), " \t");

    buf_remove(line, 0, blanks);
    while (line->length > 0 && strchr(" \t", line->data[line->length - 1]))
        buf_remove(line, line->length - 1, 1);
    return buf_text(line);
}

static bool ask_list(struct plain *plain, enum plain_input input, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));
static bool ask_list(struct plain *plain, enum plain_input input, const char *format, va_list arguments)
{
    struct buf question = BUF_INIT;
    bool heard;

    buf_vaddf(&question, format, arguments);
    heard = plain_ask_line(plain, input, &question);
    buf_release(&question);
    return heard;
}

bool plain_ask_word(struct plain *plain, struct buf *answer, const char *format, ...)
{
    va_list arguments;
    bool heard;

    va_start(arguments, format);
    heard = ask_list(plain, PLAIN_INPUT_SHOWN, format, arguments);
    va_end(arguments);
    if (heard)
        buf_add_text(answer, plain_heard_word(plain));
    return heard && plain_is_whole(plain, answer);
}

bool plain_confirm(struct plain *plain, const char *format, ...)
{
    va_list arguments;
    bool heard;

    va_start(arguments, format);
    heard = ask_list(plain, PLAIN_INPUT_DELIBERATE, format, arguments);
    va_end(arguments);
    return heard && words_same(plain_heard_word(plain), "yes");
}
