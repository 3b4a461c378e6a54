#include "ui/looks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ESC = 0x1b, SO = 0x0e, SI = 0x0f, FLAGS_FIRST = 1, FLAGS_LAST = 9, BOLD = 1, DIM = 2 };

#define FLAG(number) (1U << (number))

static bool same_look(const struct look_told *a, const struct look_told *b)
{
    return a->known && b->known && a->flags == b->flags && a->font == b->font &&
           strcmp(a->text, b->text) == 0 && strcmp(a->ground, b->ground) == 0;
}

/* ---- Telling ---- */

static void add_number(struct buf *out, unsigned number)
{
    buf_addf(out, "%u;", number);
}

static void add_colour(struct buf *out, const char *colour, unsigned own)
{
    if (*colour)
        buf_addf(out, "%s;", colour);
    else
        add_number(out, own);
}

/* The look as a whole. */
static void add_whole(const struct look_told *wanted, struct buf *out)
{
    add_number(out, 0);
    if (wanted->font)
        add_number(out, wanted->font);
    for (unsigned number = FLAGS_FIRST; number <= FLAGS_LAST; number++)
        if (wanted->flags & FLAG(number))
            add_number(out, number);
    if (*wanted->text)
        add_colour(out, wanted->text, 39);
    if (*wanted->ground)
        add_colour(out, wanted->ground, 49);
}

/* What the look has more or less than the one before. */
static void add_difference(const struct look_told *before, const struct look_told *wanted, struct buf *out)
{
    unsigned weight = FLAG(BOLD) | FLAG(DIM), had = before->flags, gone = had & ~wanted->flags;

    if (before->font != wanted->font)
        add_number(out, wanted->font);
    /* One number ends both. */
    if (gone & weight) {
        add_number(out, 22);
        had &= ~weight;
    }
    for (unsigned number = DIM + 1; number <= FLAGS_LAST; number++)
        if (gone & FLAG(number))
            add_number(out, 20 + number);
    for (unsigned number = FLAGS_FIRST; number <= FLAGS_LAST; number++)
        if (wanted->flags & ~had & FLAG(number))
            add_number(out, number);
    if (strcmp(before->text, wanted->text) != 0)
        add_colour(out, wanted->text, 39);
    if (strcmp(before->ground, wanted->ground) != 0)
        add_colour(out, wanted->ground, 49);
}

/* Whether the terminal can come from one look to the other without going by the plain one. */
static bool can_differ(const struct look_stream *stream)
{
    const struct look_told *before = &stream->told, *wanted = &stream->wanted;
    bool takes_away = (before->flags & ~wanted->flags) || (*before->text && !*wanted->text) ||
                      (*before->ground && !*wanted->ground);

    return before->known && (stream->single_off || !takes_away);
}

static void tell_look(struct look_stream *stream, struct buf *out)
{
    struct buf whole = BUF_INIT, difference = BUF_INIT;
    const struct buf *best = &whole;

    add_whole(&stream->wanted, &whole);
    if (can_differ(stream)) {
        add_difference(&stream->told, &stream->wanted, &difference);
        if (difference.length < whole.length)
            best = &difference;
    }
    buf_addf(out, "\x1b[%.*sm", best->length > 0 ? (int)best->length - 1 : 0, buf_text(best));
    out->failed = out->failed || whole.failed || difference.failed;
    buf_release(&whole);
    buf_release(&difference);
}

void look_stream_settle(struct look_stream *stream, struct buf *out)
{
    if (stream->wanted.letters && stream->wanted.letters != stream->told.letters)
        buf_addf(out, "\x1b(%c", stream->wanted.letters);
    if (stream->wanted.shift && stream->wanted.shift != stream->told.shift)
        buf_add_char(out, stream->wanted.shift);
    if (stream->wanted.known && !same_look(&stream->wanted, &stream->told))
        tell_look(stream, out);
    stream->told = stream->wanted;
    stream->due = false;
}

void look_stream_forget(struct look_stream *stream)
{
    stream->told = (struct look_told){.known = false};
    stream->due = true;
}

/* ---- Reading ---- */

/* The length of so many parameters at the start of text, the ";" between them counted; 0 where there are
 * fewer. */
static size_t span(const char *text, size_t length, int parameters)
{
    size_t at = 0;

    while (parameters-- > 0) {
        if (at >= length)
            return 0;
        while (at < length && text[at] != ';')
            at++;
        if (parameters > 0)
            at++;
    }
    return at;
}

/* A colour at the start of parameters: how much of them it takes, 0 where it is none that is known here. */
static size_t take_colour(const char *text, size_t length, unsigned number, char colour[LOOK_COLOUR_SIZE])
{
    unsigned kind = number % 10;
    size_t taken = span(text, length, 1);

    if (kind == 9) {
        colour[0] = '\0';
        return taken;
    }
    if (kind == 8 && text[2] == ';')
        taken = span(text, length, text_starts_with(text + 3, "5;") ? 3 : 5);
    else if (kind == 8 && text[2] != ':')
        taken = 0;
    if (taken >= LOOK_COLOUR_SIZE)
        return 0;
    memcpy(colour, text, taken);
    colour[taken] = '\0';
    return taken;
}

/* The same for any parameter. */
static size_t take_parameter(struct look_told *look, const char *text, size_t length)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    if ((number >= 30 && number <= 39) || (number >= 90 && number <= 97))
        return take_colour(text, length, (unsigned)number, look->text);
    if ((number >= 40 && number <= 49) || (number >= 100 && number <= 107))
        return take_colour(text, length, (unsigned)number, look->ground);
    if (*end != ';' && *end != 'm')
        return 0;
    if (number == 0) {
        look->flags = 0;
        look->text[0] = look->ground[0] = '\0';
    } else if (number <= FLAGS_LAST) {
        look->flags |= FLAG(number);
    } else if (number <= 12) {
        look->font = (unsigned)number;
    } else if (number == 22) {
        look->flags &= ~(FLAG(BOLD) | FLAG(DIM));
    } else if (number > 22 && number <= 29 && number != 26) {
        look->flags &= ~FLAG(number - 20);
    } else {
        return 0;
    }
    return (size_t)(end - text);
}

/* Takes what stands between "ESC [" and "m". False where something is not known here; the rest counts. */
static bool take_look(struct look_told *look, const char *text, size_t length)
{
    bool known = true;

    for (size_t at = 0; at <= length;) {
        size_t taken = take_parameter(look, text + at, length - at);

        /* An empty one is a 0, and takes nothing either. */
        if (taken == 0 && text[at] != ';' && text[at] != 'm') {
            known = false;
            taken = span(text + at, length - at, 1);
        }
        at += taken + 1;
    }
    return known;
}

/* Moves the cursor and does nothing else, so that the look need not be told. */
static bool is_move(const char *sequence, size_t length)
{
    char last = sequence[length - 1];

    return sequence[1] == '[' && strspn(sequence + 2, "0123456789;") == length - 3 && strchr("ABCDGHd", last);
}

static void take_sequence(struct look_stream *stream, struct buf *out)
{
    const char *held = stream->held;
    size_t length = stream->held_length;
    bool is_look = length > 2 && held[1] == '[' && held[length - 1] == 'm';
    struct look_told look = stream->wanted;

    look.known = true; /* one that nothing is known of counts as plain */
    stream->held_length = 0;
    stream->due = true;
    if (is_look && take_look(&look, held + 2, length - 3)) {
        stream->wanted = look;
        return;
    }
    if (length == 3 && held[1] == '(') {
        stream->wanted.letters = held[2];
        return;
    }
    if (!is_move(held, length))
        look_stream_settle(stream, out);
    buf_add(out, held, length);
    /* It may do what is known here and more: both count, the known part is told again. */
    stream->due = true;
    if (is_look) {
        stream->wanted = look;
        stream->told.known = false;
    }
}

static bool is_whole(const char *held, size_t length)
{
    unsigned char last = (unsigned char)held[length - 1];

    if (length < 2)
        return false;
    if (held[1] == '[')
        return length > 2 && last >= 0x40;
    return last >= 0x30;
}

void look_stream_pass(struct look_stream *stream, const char *bytes, size_t length, struct buf *out)
{
    for (size_t i = 0; i < length; i++) {
        char byte = bytes[i];

        if (stream->held_length > 0 || byte == ESC) {
            stream->held[stream->held_length++] = byte;
            stream->held[stream->held_length] = '\0';
            /* One that is longer than any ncurses writes passes as it is. */
            if (is_whole(stream->held, stream->held_length) || stream->held_length == LOOK_HELD_MAX - 1)
                take_sequence(stream, out);
            continue;
        }
        if (byte == SI || byte == SO) {
            stream->wanted.shift = byte;
            stream->due = true;
            continue;
        }
        if (stream->due && byte != '\r' && byte != '\b')
            look_stream_settle(stream, out);
        buf_add_char(out, byte);
    }
}
