#include "base/clean.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

enum {
    MARKS_LIMIT = 4,  /* code points that may sit on one base */
    JOINED_LIMIT = 3, /* joiners in one emoji: a family of four has three */
    SHOWN_SIZE = 24,
    REST_SIZE = 14, /* the longest "<+N>" with its 0 */
    ZERO_WIDTH_JOINER = 0x200D,
    TEXT_PRESENTATION = 0xFE0E,
    EMOJI_PRESENTATION = 0xFE0F,
    ENCLOSING_KEYCAP = 0x20E3,
};

/*
 * Code points that draw nothing, look like a plain space, or turn the writing
 * direction; ascending. The joiner and the two presentation selectors are
 * among them: emoji_part() says where they may stay.
 */
static const struct {
    uint32_t first, last;
} hidden[] = {
    {0x0080, 0x00A0},   /* C1 controls, no-break space */
    {0x00AD, 0x00AD},   /* soft hyphen */
    {0x034F, 0x034F},   /* combining grapheme joiner */
    {0x061C, 0x061C},   /* Arabic letter mark */
    {0x115F, 0x1160},   /* Hangul fillers */
    {0x1680, 0x1680},   /* Ogham space */
    {0x17B4, 0x17B5},   /* Khmer inherent vowels */
    {0x180B, 0x180F},   /* Mongolian selectors and separator */
    {0x2000, 0x200F},   /* spaces, zero width, direction marks */
    {0x2028, 0x202F},   /* separators, direction embeddings and overrides, narrow space */
    {0x205F, 0x206F},   /* mathematical space, invisible operators, direction isolates */
    {0x2800, 0x2800},   /* blank Braille pattern */
    {0x3164, 0x3164},   /* Hangul filler */
    {0xE000, 0xF8FF},   /* private use */
    {0xFDD0, 0xFDEF},   /* non-characters */
    {0xFE00, 0xFE0F},   /* variation selectors */
    {0xFEFF, 0xFEFF},   /* byte order mark */
    {0xFFA0, 0xFFA0},   /* halfwidth Hangul filler */
    {0xFFF0, 0xFFFC},   /* specials, interlinear annotation, object replacement */
    {0xFFFE, 0xFFFF},   /* non-characters */
    {0x13430, 0x1345F}, /* Egyptian hieroglyph format controls and modifiers */
    {0x1BCA0, 0x1BCA3}, /* shorthand format controls */
    {0x1D159, 0x1D159}, /* musical null notehead */
    {0x1D173, 0x1D17A}, /* musical beams, ties, slurs, phrases */
    {0x1FFFE, 0x1FFFF}, /* non-characters: the last two of this and each further plane */
    {0x2FFFE, 0x2FFFF}, {0x3FFFE, 0x3FFFF}, {0x4FFFE, 0x4FFFF},  {0x5FFFE, 0x5FFFF}, {0x6FFFE, 0x6FFFF},
    {0x7FFFE, 0x7FFFF}, {0x8FFFE, 0x8FFFF}, {0x9FFFE, 0x9FFFF},  {0xAFFFE, 0xAFFFF}, {0xBFFFE, 0xBFFFF},
    {0xCFFFE, 0xCFFFF}, {0xDFFFE, 0xDFFFF}, {0xE0000, 0x10FFFF}, /* tags, variation selectors, private use */
};

static bool is_hidden(uint32_t code_point)
{
    size_t low = 0, high = sizeof(hidden) / sizeof(hidden[0]);

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (code_point > hidden[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < sizeof(hidden) / sizeof(hidden[0]) && code_point >= hidden[low].first;
}

/* A grapheme on its way through clean_grapheme(). */
struct passage {
    const char *text;
    size_t length;
    size_t at;       /* where the present code point starts */
    uint32_t before; /* the code point before it; 0 at the start */
    unsigned marks, joined;
    bool escaped; /* something was made visible already */
};

/* The code point that follows the present one, which is `used` bytes long; UINT32_MAX: none that could be
 * read. */
static uint32_t following(const struct passage *passage, size_t used)
{
    uint32_t next;

    (void)utf8_decode(passage->text + passage->at + used, passage->length - passage->at - used, &next);
    return next;
}

/*
 * A selector stays where it changes what is seen: a sign into a picture, a
 * picture into a sign, a digit into a key. Behind anything else it would tell
 * two names apart that look the same.
 */
static bool selects(uint32_t selector, uint32_t before, uint32_t next)
{
    bool is_wide = utf8_code_point_width(before) == 2;

    if (utf8_is_picture(before))
        return selector == (is_wide ? TEXT_PRESENTATION : EMOJI_PRESENTATION);
    return selector == EMOJI_PRESENTATION && utf8_has_presentations(before) && next == ENCLOSING_KEYCAP;
}

/* True when the present code point is a joiner or selector that does its work in an emoji. */
static bool emoji_part(const struct passage *passage, uint32_t code_point, size_t used)
{
    if (passage->escaped)
        return false;
    if (code_point == EMOJI_PRESENTATION || code_point == TEXT_PRESENTATION)
        return passage->before != 0 && selects(code_point, passage->before, following(passage, used));
    if (code_point != ZERO_WIDTH_JOINER || passage->joined == JOINED_LIMIT)
        return false;
    /* The grapheme rules join a picture only to a picture before it. */
    return utf8_is_picture(following(passage, used));
}

/* One code point as it is to be shown, at most 10 bytes and a 0; true when that is not the code point itself.
 */
static bool show(const struct passage *passage, uint32_t code_point, size_t used, char shown[SHOWN_SIZE])
{
    if (code_point == UINT32_MAX) {
        shown[utf8_encode(UTF8_REPLACEMENT, shown)] = '\0';
        return true;
    }
    if (code_point < 0x20 || code_point == 0x7F) {
        (void)snprintf(shown, SHOWN_SIZE, "^%c", (char)(code_point ^ 0x40));
        return true;
    }
    if (is_hidden(code_point) && !emoji_part(passage, code_point, used)) {
        (void)snprintf(shown, SHOWN_SIZE, "<U+%04X>", (unsigned)code_point);
        return true;
    }
    memcpy(shown, passage->text + passage->at, used);
    shown[used] = '\0';
    return false;
}

/* False when the present code point is one too many for its base. */
static bool has_room(struct passage *passage, uint32_t code_point)
{
    if (passage->at == 0) {
        /* A mark without a letter counts: it is drawn on a letter of ours, or joins one that stands for what
         * was hidden. */
        passage->marks = utf8_is_suffix(code_point);
        return true;
    }
    /* Behind its prefixes stands the letter itself. */
    if (utf8_is_prefix(passage->before) && !utf8_is_prefix(code_point)) {
        passage->marks = utf8_is_suffix(code_point);
        return true;
    }
    if (passage->before == ZERO_WIDTH_JOINER && utf8_is_picture(code_point)) {
        passage->marks = 0;
        passage->joined++;
        return true;
    }
    if (code_point == ZERO_WIDTH_JOINER && passage->joined < JOINED_LIMIT)
        return true;
    return ++passage->marks <= MARKS_LIMIT;
}

static size_t code_points(const char *text, size_t length)
{
    size_t count = 0;
    uint32_t ignored;

    for (size_t at = 0; at < length; count++)
        at += utf8_decode(text + at, length - at, &ignored);
    return count;
}

/* "<+N>" for what is left out from `at` on; nothing when nothing is. Returns its length. */
static size_t rest_text(const char *text, size_t length, size_t at, char rest[REST_SIZE])
{
    size_t count = code_points(text + at, length - at);

    rest[0] = '\0';
    if (count == 0)
        return 0;
    return (size_t)snprintf(rest, REST_SIZE, "<+%u>", count > 99999999 ? 99999999u : (unsigned)count);
}

/* True when every code point of the grapheme may be shown as it is. */
static bool grapheme_is_clean(const char *text, size_t length)
{
    struct passage passage = {.text = text, .length = length};

    while (passage.at < length) {
        char piece[SHOWN_SIZE];
        uint32_t code_point;
        size_t used = utf8_decode(text + passage.at, length - passage.at, &code_point);

        if (!has_room(&passage, code_point) || show(&passage, code_point, used, piece))
            return false;
        passage.before = code_point;
        passage.at += used;
    }
    return true;
}

/* The shown form of a grapheme that is not clean: code points as long as they and the "<+N>" for the rest
 * fit. */
static void show_grapheme(const char *text, size_t length, char shown[SHOWN_SIZE])
{
    struct passage passage = {.text = text, .length = length};
    char rest[REST_SIZE];
    size_t filled = 0, rest_size;

    shown[0] = '\0';
    while (passage.at < length) {
        char piece[SHOWN_SIZE];
        uint32_t code_point;
        size_t used = utf8_decode(text + passage.at, length - passage.at, &code_point);
        bool escaped = show(&passage, code_point, used, piece);
        size_t size = strlen(piece);

        if (!has_room(&passage, code_point) ||
            filled + size + rest_text(text, length, passage.at + used, rest) >= SHOWN_SIZE)
            break;
        memcpy(shown + filled, piece, size + 1);
        filled += size;
        passage.escaped = passage.escaped || escaped;
        passage.before = code_point;
        passage.at += used;
    }
    /* A joiner whose picture is left out joins nothing. */
    if (passage.at < length && passage.before == ZERO_WIDTH_JOINER && !passage.escaped) {
        filled -= strlen("\u200D");
        passage.at -= strlen("\u200D");
    }
    rest_size = rest_text(text, length, passage.at, rest);
    memcpy(shown + filled, rest, rest_size + 1);
}

bool clean_grapheme(const char *text, size_t length, char shown[24])
{
    size_t used;

    if (length == 0)
        return false;
    if ((unsigned char)text[0] >= 0x20 && (unsigned char)text[0] < 0x7F &&
        (length == 1 || (unsigned char)text[1] < 0x80))
        return false;
    used = utf8_grapheme(text, length, NULL);
    if (grapheme_is_clean(text, used))
        return false;
    show_grapheme(text, used, shown);
    return true;
}

/* The printable ASCII at the start of text that no mark can follow. */
static size_t plain_run(const char *text, size_t length)
{
    size_t run = 0;

    while (run < length && text[run] >= 0x20 && text[run] < 0x7F)
        run++;
    return run > 0 && run < length && (unsigned char)text[run] >= 0x80 ? run - 1 : run;
}

void clean_add(struct buf *out, const char *text, size_t length, enum clean_lines lines)
{
    for (size_t at = 0; at < length;) {
        size_t run = plain_run(text + at, length - at);
        char shown[SHOWN_SIZE];

        buf_add(out, text + at, run);
        at += run;
        if (at == length)
            break;
        run = utf8_grapheme(text + at, length - at, NULL);
        if ((text[at] == '\n' && lines == CLEAN_KEEP_LINES) || !clean_grapheme(text + at, run, shown))
            buf_add(out, text + at, run);
        else
            buf_add_text(out, shown);
        at += run;
    }
}

void clean_add_ascii(struct buf *out, const char *text, size_t length)
{
    for (size_t at = 0, used; at < length; at += used) {
        uint32_t code_point;

        used = utf8_decode(text + at, length - at, &code_point);
        if (code_point < 0x80)
            buf_add_char(out, text[at]);
        else if (code_point == UINT32_MAX || code_point == UTF8_REPLACEMENT)
            buf_add_char(out, '?');
        else
            buf_addf(out, "<U+%04X>", (unsigned)code_point);
    }
}

bool clean_is_clean(const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t run = plain_run(text + at, length - at);
        char shown[SHOWN_SIZE];

        at += run;
        if (at == length)
            break;
        run = utf8_grapheme(text + at, length - at, NULL);
        if (clean_grapheme(text + at, run, shown))
            return false;
        at += run;
    }
    return true;
}
