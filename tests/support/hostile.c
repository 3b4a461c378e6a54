#include "hostile.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "screen.h"

/* clang-format off */
#define MARKS_10 "\u0335\u0336\u0337\u0338\u0300\u0301\u0302\u0303\u0304\u0305"
#define MARKS_100 MARKS_10 MARKS_10 MARKS_10 MARKS_10 MARKS_10 MARKS_10 MARKS_10 MARKS_10 MARKS_10 MARKS_10

const struct hostile hostile_texts[] = {
    /* Orders to the terminal. */
    {HOSTILE_MARKER "\x1b]52;c;UFdO\x07", false},
    {HOSTILE_MARKER "\x1b]52;c;?\x1b\\", false},
    {HOSTILE_MARKER "\x1b]8;;x-evil:1\x1b\\link\x1b]8;;\x1b\\", false},
    {HOSTILE_MARKER "\x1b]2;title\x07", false},
    {HOSTILE_MARKER "\x1b]0;title\x1b\\", false},
    {HOSTILE_MARKER "\x1b]4;1;#f00\x07", false},
    {HOSTILE_MARKER "\x1b]1337;File=:UFdO\x07", false},
    {HOSTILE_MARKER "\x1b[2J\x1b[1;1H", false},
    {HOSTILE_MARKER "\x1b[31;8mhidden", false},
    {HOSTILE_MARKER "\x1b[6n\x1b[c\x1b[21t", false},
    {HOSTILE_MARKER "\x1b[?1049l\x1b[?25l", false},
    {HOSTILE_MARKER "\x1b[201~", false},
    {HOSTILE_MARKER "\x1b[5i", false},
    {HOSTILE_MARKER "\x1b[", false},
    {HOSTILE_MARKER "\x1bP$qm\x1b\\", false},
    {HOSTILE_MARKER "\x1b_apc\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\", false},
    {HOSTILE_MARKER "\x1b" "c\x1b(0\x1b#8\x1bk", false},
    {HOSTILE_MARKER "\x1b", false},
    {HOSTILE_MARKER "\xc2\x9b" "31m\xc2\x9d" "0;t\xc2\x9c\xc2\x90q\xc2\x9c\xc2\x85", false},
    {HOSTILE_MARKER "\x9b" "31m\x9d" "0;t\x9c\x90q\x9c\x85", true},
    {HOSTILE_MARKER "\u011b31m\u01dd0;t\u00dc", false}, /* letters that end in C1 bytes */

    /* What overwrites, rings, or changes the set of characters. */
    {HOSTILE_MARKER "\rover", false},
    {HOSTILE_MARKER "\b\b\bover", false},
    {HOSTILE_MARKER "\tover", false},
    {HOSTILE_MARKER "\nover", false},
    {HOSTILE_MARKER "\r\nover", false},
    {HOSTILE_MARKER "\v\f\x07\x0e\x0f\x05\x18\x1a\x7f", false},

    /* Directions. */
    {HOSTILE_MARKER "\u202egnp.exe\u202c", false},
    {HOSTILE_MARKER "\u202a\u202b\u202d", false},
    {HOSTILE_MARKER "\u2066a\u2069\u2067b\u2069\u2068c\u2069", false},
    {HOSTILE_MARKER "\u200e\u200f\u061c", false},

    /* What draws nothing, or a blank. */
    {HOSTILE_MARKER "a\u200bb\u200cc\u200dd\u2060e\ufefff", false},
    {HOSTILE_MARKER "a\ufe0fb\ufe0e1\ufe0f2\ufe0e#\ufe0f", false},
    {HOSTILE_MARKER "a\ufe00\u180b\U000e0100", false},
    {HOSTILE_MARKER "\u00ad\u034f\u17b4\u17b5\u180e\u2061\u2064\u206a\u206f", false},
    {HOSTILE_MARKER "\u115f\u1160\u3164\uffa0\u2800", false},
    {HOSTILE_MARKER "a\u00a0b\u2003c\u202fd\u205fe\u1680f", false},
    {HOSTILE_MARKER "\U000e0001\U000e0041\U000e007f", false},
    {HOSTILE_MARKER "\ue000\uf8ff\U000f0000\U0010fffd", false},
    {HOSTILE_MARKER "\ufff9a\ufffab\ufffb\ufffc", false},
    {HOSTILE_MARKER "\U0001d173\U0001bca0\U00013430", false},

    /* What breaks lines, cells and decoders. */
    {HOSTILE_MARKER "a\u2028b\u2029c", false},
    {HOSTILE_MARKER "Z" MARKS_100, false},
    {HOSTILE_MARKER "\ufffe\uffff\ufdd0\U0001fffe\U0010ffff", false},
    {HOSTILE_MARKER "\xc0\xaf\xe0\x80\xaf\xf0\x80\x80\xaf", true},
    {HOSTILE_MARKER "\xe2\x80", true},
    {HOSTILE_MARKER "\xed\xa0\x80\xed\xb0\x80", true},
    {HOSTILE_MARKER "\xf8\x88\x80\x80\x80\xfe\xff\xf4\x90\x80\x80", true},

    /* Formats, shells, paths. */
    {HOSTILE_MARKER "%s%n%p%1000000d%%", false},
    {HOSTILE_MARKER "$(touch owned)`touch owned`;touch owned|touch owned&", false},
    {HOSTILE_MARKER "'\"\\';touch owned;'", false},
    {HOSTILE_MARKER "$'\\x1b[2J'!!~*?[a]{b,c}<>#", false},
};
/* clang-format on */

const size_t hostile_count = sizeof(hostile_texts) / sizeof(hostile_texts[0]);

/* ---- The judge ---- */

static bool within(uint32_t code_point, uint32_t first, uint32_t last)
{
    return code_point >= first && code_point <= last;
}

/* NULL: may be drawn. */
static const char *objection(uint32_t c)
{
    if (c < 0x20 || c == 0x7F)
        return "a control character";
    if (within(c, 0x80, 0x9F))
        return "a C1 control";
    if (c == 0x61C || within(c, 0x200E, 0x200F) || within(c, 0x202A, 0x202E) || within(c, 0x2066, 0x2069))
        return "a direction";
    if (c == 0xAD || c == 0x34F || within(c, 0x115F, 0x1160) || within(c, 0x17B4, 0x17B5) ||
        within(c, 0x180B, 0x180F) || within(c, 0x200B, 0x200D) || within(c, 0x2060, 0x206F) || c == 0x2800 ||
        c == 0x3164 || within(c, 0xFE00, 0xFE0F) || c == 0xFEFF || c == 0xFFA0 || within(c, 0xFFF0, 0xFFFC) ||
        within(c, 0x13430, 0x1343F) || within(c, 0x1BCA0, 0x1BCA3) || within(c, 0x1D173, 0x1D17A))
        return "something that cannot be seen";
    if (c == 0xA0 || c == 0x1680 || within(c, 0x2000, 0x200A) || c == 0x202F || c == 0x205F)
        return "a blank that is none";
    if (within(c, 0x2028, 0x2029))
        return "a line break";
    if (within(c, 0xE000, 0xF8FF) || within(c, 0xE0000, 0x10FFFF))
        return "a tag, or something for private use";
    return within(c, 0xFDD0, 0xFDEF) || (c & 0xFFFE) == 0xFFFE ? "no character" : NULL;
}

static bool is_mark(uint32_t c)
{
    return within(c, 0x300, 0x36F) || within(c, 0x1AB0, 0x1AFF) || within(c, 0x1DC0, 0x1DFF) ||
           within(c, 0x20D0, 0x20FF) || within(c, 0xFE20, 0xFE2F);
}

/* The code point at the start of text in *c, and its length; 0 when it is no UTF-8. */
static size_t decode(const unsigned char *text, size_t length, uint32_t *c)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t wanted = text[0] < 0x80 ? 1 : text[0] < 0xC2 ? 0 : text[0] < 0xE0 ? 2 : text[0] < 0xF0 ? 3 : 4;

    if (wanted == 0 || wanted > length || text[0] > 0xF4)
        return 0;
    *c = wanted == 1 ? text[0] : text[0] & (0xFFu >> (wanted + 1));
    for (size_t i = 1; i < wanted; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
        *c = *c << 6 | (text[i] & 0x3Fu);
    }
    if (wanted > 1 && (*c < least[wanted] || *c > 0x10FFFF || within(*c, 0xD800, 0xDFFF)))
        return 0;
    return wanted;
}

/* What the wizard sends whole: to take and to give back the screen, and to clear it. */
static const char *const own_sequences[] = {
    "\x1b[?1049h\x1b[22;0;0t",
    "\x1b[?1049l\x1b[23;0;0t",
    "\x1b[?12l\x1b[?25h",
    "\x1b[?25l",
    "\x1b[4l",
    "\x1b[?2004h",
    "\x1b[?2004l",
    "\x1b[?1000h\x1b[?1006h",
    "\x1b[?1006l\x1b[?1000l",
    "\x1b[H\x1b[2J",
    "\x1b[K",
    "\x1b(B",
};

/* The looks that the program has, each a whole parameter; colours are of the 256. */
static bool is_own_look(const char *parameters, size_t length)
{
    static const char *const looks[] = {"", "1", "2", "4", "7"};

    while (true) {
        size_t one = strcspn(parameters, ";m");
        bool own = false;

        if (length > 5 && (memcmp(parameters, "38;5;", 5) == 0 || memcmp(parameters, "48;5;", 5) == 0)) {
            one = 5 + strspn(parameters + 5, "0123456789");
            own = one > 5 && one <= 8;
        }
        for (size_t i = 0; !own && i < sizeof(looks) / sizeof(looks[0]); i++)
            own = one == strlen(looks[i]) && memcmp(parameters, looks[i], one) == 0;
        if (!own || one == length)
            return own;
        parameters += one + 1;
        length -= one + 1;
    }
}

/* A look, or a move to a row and a column. */
static bool is_own_order(char last, const char *parameters, size_t length)
{
    size_t numbers = 1;

    for (size_t i = 0; i < length; i++) {
        numbers += parameters[i] == ';';
        if (!strchr("0123456789;", parameters[i]))
            return false;
    }
    return last == 'm' ? is_own_look(parameters, length) : last == 'H' && numbers == 2;
}

/* The length of a sequence that the wizard sends to draw on an xterm; 0: it is none. */
static size_t own_sequence(const char *text, size_t length)
{
    size_t at = 2;

    for (size_t i = 0; i < sizeof(own_sequences) / sizeof(own_sequences[0]); i++)
        if (length >= strlen(own_sequences[i]) &&
            memcmp(text, own_sequences[i], strlen(own_sequences[i])) == 0)
            return strlen(own_sequences[i]);
    if (length < 3 || text[0] != '\x1b' || text[1] != '[')
        return 0;
    while (at < length && text[at] >= 0x20 && text[at] < 0x40)
        at++;
    return at < length && text[at] && is_own_order(text[at], text + 2, at - 2) ? at + 1 : 0;
}

/* What a line of progress begins with. */
static size_t own_line(const char *text, size_t length)
{
    static const char anew[] = "\r\x1b[K";

    return length >= strlen(anew) && memcmp(text, anew, strlen(anew)) == 0 ? strlen(anew) : 0;
}

static bool is_screen(enum outlet outlet)
{
    return outlet == OUTLET_SCREEN || outlet == OUTLET_NARROW_SCREEN;
}

static bool is_narrow(enum outlet outlet)
{
    return outlet == OUTLET_NARROW || outlet == OUTLET_NARROW_SCREEN;
}

static bool is_own_motion(char c)
{
    return c == '\r' || c == '\n' || c == '\b' || c == '\t';
}

static void say(char *why, size_t size, const char *bytes, size_t length, size_t at, const char *what)
{
    size_t from = at < 60 ? 0 : at - 60, used;

    (void)snprintf(why, size, "%s at byte %zu of %zu: ", what, at, length);
    for (size_t i = from; i < length && i < at + 20 && (used = strlen(why)) + 5 < size; i++)
        (void)snprintf(why + used, size - used, bytes[i] >= ' ' && bytes[i] <= '~' ? "%c" : "\\x%02x",
                       (unsigned)(unsigned char)bytes[i]);
}

/* How much of what stands at `at` is all right; 0: nothing, and *what says why. */
static size_t judge(const char *bytes, size_t left, enum outlet outlet, unsigned *marks, const char **what)
{
    uint32_t c = 0;
    size_t used = is_screen(outlet) ? own_sequence(bytes, left) : own_line(bytes, left);

    if (used > 0)
        return used;
    used = decode((const unsigned char *)bytes, left, &c);
    *marks = is_mark(c) ? *marks + 1 : 0;
    *what = used == 0 ? "no UTF-8" : *marks > 4 ? "a tower of marks" : objection(c);
    if (c == '\n' || (is_screen(outlet) && is_own_motion(bytes[0])))
        return 1;
    if (!*what && is_narrow(outlet) && c > 0x7E)
        *what = "a byte that this terminal takes for something else";
    return *what ? 0 : used;
}

/* Where the bytes are not all right by themselves; length when they are. */
static size_t first_fault(const char *bytes, size_t length, enum outlet outlet, const char **what)
{
    unsigned marks = 0;

    for (size_t at = 0, used; at < length; at += used) {
        used = judge(bytes + at, length - at, outlet, &marks, what);
        if (used == 0)
            return at;
    }
    return length;
}

/* Worth looking for as it is: not harmless, and long enough to come from nobody else. */
static bool is_telling(const char *text)
{
    size_t length = strlen(text);
    const char *what;

    return length > strlen(HOSTILE_MARKER) + 2 &&
           (strchr(text, '\n') || first_fault(text, length, OUTLET_TEXT, &what) < length);
}

bool hostile_is_tamed(const char *bytes, size_t length, enum outlet outlet, char *why, size_t size)
{
    const char *what = NULL;
    size_t at = first_fault(bytes, length, outlet, &what);

    for (size_t i = 0; at == length && i < hostile_count; i++) {
        const char *text = hostile_texts[i].bytes;
        const char *found = is_telling(text) ? memmem(bytes, length, text, strlen(text)) : NULL;

        if (found) {
            at = (size_t)(found - bytes);
            what = "a text as it was";
        }
    }
    if (at < length)
        say(why, size, bytes, length, at, what);
    return at == length;
}

bool hostile_is_harmless(const char *text)
{
    const char *what;

    return !strchr(text, '\n') && first_fault(text, strlen(text), OUTLET_TEXT, &what) == strlen(text);
}

/* ---- Pictures ---- */

/* How the character at the start of text is to be seen; the bytes of text that it stands for. */
static size_t mark_of(const char *text, char mark[12], bool *is_marked)
{
    uint32_t c = 0;
    size_t used = decode((const unsigned char *)text, strlen(text), &c);

    *is_marked = used == 0 || objection(c);
    if (used == 0)
        (void)snprintf(mark, 12, "\xef\xbf\xbd");
    else if (!*is_marked)
        (void)snprintf(mark, 12, "%.*s", (int)used, text);
    else if (c < 0x20 || c == 0x7F)
        (void)snprintf(mark, 12, "^%c", (char)(c ^ 0x40));
    else
        (void)snprintf(mark, 12, "<U+%04X>", (unsigned)c);
    return used == 0 ? 1 : used;
}

size_t hostile_columns(const char *text)
{
    size_t columns = 0;

    while (*text) {
        char mark[12];
        bool is_marked;
        uint32_t c = 0;
        size_t used = decode((const unsigned char *)text, strlen(text), &c);

        text += mark_of(text, mark, &is_marked);
        if (used > 0 && !is_mark(c))
            columns += is_marked ? strlen(mark) : 1;
        columns += used == 0;
    }
    return columns;
}

static size_t common(const char *a, const char *b)
{
    size_t length = 0;

    while (a[length] && a[length] == b[length])
        length++;
    return length;
}

/* Where a place can end: its border, the edge of the screen, the sign that something was cut, and the half of
 * a character where bytes were counted. */
static bool is_edge(const char *picture)
{
    static const char *const edges[] = {" ",      "]",      "|",      "\"",     "'",     "?",
                                        ".",      ",",      ":",      ";",      ")",     "\u2500",
                                        "\u2502", "\u250c", "\u2514", "\u2026", "\ufffd"};

    for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++)
        if (strncmp(picture, edges[i], strlen(edges[i])) == 0)
            return true;
    return *picture == '\0';
}

/* How many characters a "<+N>" in the picture stands for; 0 where there is none. */
static unsigned left_out(const char **picture)
{
    unsigned count = 0;
    int length = 0;

    if (sscanf(*picture, "<+%u>%n", &count, &length) != 1 || length == 0)
        return 0;
    *picture += length;
    return count;
}

/* Whether text stands at the start of the picture; *telling: enough of it to know that it is this one. */
static bool stands_at(const char *text, const char *picture, bool *telling)
{
    enum { ENOUGH = 10 };
    const char *start = text;

    *telling = false;
    while (*text) {
        char mark[12];
        bool is_marked;
        size_t used = mark_of(text, mark, &is_marked);
        size_t same = common(mark, picture);
        unsigned rest = same < strlen(mark) ? left_out(&picture) : 0;

        if (rest == 0 && same < strlen(mark))
            return is_edge(picture + same);
        picture += rest == 0 ? same : 0;
        *telling = *telling || is_marked || rest > 0 || text - start >= ENOUGH;
        for (text += used; rest > 1 && *text; rest--)
            text += mark_of(text, mark, &is_marked);
    }
    *telling = true;
    return true;
}

char *hostile_as_json(const char *text, bool letters)
{
    static const char controls[] = "\b\f\n\r\t", names[] = "bfnrt";
    struct buf out = BUF_INIT;
    char *taken;

    for (; *text; text++) {
        const char *control = letters ? strchr(controls, *text) : NULL;

        if (control)
            buf_addf(&out, "\\%c", names[control - controls]);
        else if ((unsigned char)*text < 0x20)
            buf_addf(&out, "\\u%04x", (unsigned)(unsigned char)*text);
        else if (*text == '"' || *text == '\\')
            buf_addf(&out, "\\%c", *text);
        else
            buf_add_char(&out, *text);
    }
    taken = buf_take(&out);
    return taken ? taken : strdup("");
}

static bool stands_as_json(const char *text, const char *picture, bool letters, bool *telling)
{
    char *json = hostile_as_json(text, letters);
    bool stands = json && stands_at(json, picture, telling);

    free(json);
    return stands;
}

static bool any_stands_at(const char *picture, bool *seen)
{
    bool found = false;

    for (size_t i = 0; i < hostile_count; i++) {
        const char *text = hostile_texts[i].bytes;
        bool telling = false;

        if (!stands_at(text, picture, &telling) && !stands_as_json(text, picture, false, &telling) &&
            !stands_as_json(text, picture, true, &telling))
            continue;
        found = true;
        if (seen && telling)
            seen[i] = true;
    }
    return found;
}

bool hostile_row_is_marked(const char *row, bool *seen, char *why, size_t size)
{
    const char *what = NULL;
    size_t fault = first_fault(row, strlen(row), OUTLET_TEXT, &what);

    for (const char *at = row; fault == strlen(row) && (at = strstr(at, HOSTILE_MARKER));
         at += strlen(HOSTILE_MARKER)) {
        if (!any_stands_at(at, seen)) {
            fault = (size_t)(at - row);
            what = "a text that is not marked as it is to be";
        }
    }
    if (fault < strlen(row))
        say(why, size, row, strlen(row), fault, what);
    return fault == strlen(row);
}

static bool look(struct screen *screen, int rows, bool must_show, bool *seen, char *why, size_t size)
{
    bool good = true, shows = false;

    for (int row = 0; row < rows && good; row++) {
        const char *text = screen_row(screen, row);

        shows = shows || strstr(text, HOSTILE_MARKER);
        good = hostile_row_is_marked(text, seen, why, size);
    }
    if (good && must_show && !shows)
        (void)snprintf(why, size, "none of the texts is there");
    return good && (shows || !must_show);
}

bool hostile_screen_is_marked(struct screen *screen, int rows, bool must_show, bool *seen, char *why,
                              size_t size)
{
    if (look(screen, rows, must_show, seen, why, size))
        return true;
    screen_wait_quiet(screen);
    return look(screen, rows, must_show, seen, why, size);
}
