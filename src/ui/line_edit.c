#include "ui/line_edit.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/canvas.h"

#define REPLACEMENT_TEXT "\xEF\xBF\xBD"

void line_edit_init(struct line_edit *edit, size_t limit)
{
    buf_init(&edit->text, limit);
    edit->cursor = 0;
    edit->secret = false;
}

void line_edit_release(struct line_edit *edit)
{
    buf_release(&edit->text);
    edit->cursor = 0;
}

bool line_edit_set(struct line_edit *edit, const char *text)
{
    buf_clear(&edit->text);
    edit->cursor = 0;
    return line_edit_insert(edit, text, strlen(text));
}

/* ------------------------------------------------------------ inserting */

/* The first boundary between graphemes at or behind `at`: what was inserted may have joined its neighbours.
 */
static size_t boundary_from(const struct buf *text, size_t at)
{
    size_t boundary = utf8_grapheme_before(buf_text(text), at);

    while (boundary < at)
        boundary += utf8_grapheme(buf_text(text) + boundary, text->length - boundary, NULL);
    return boundary;
}

bool line_edit_insert(struct line_edit *edit, const char *text, size_t length)
{
    if (length > edit->text.limit - edit->text.length)
        return false;
    buf_insert(&edit->text, edit->cursor, text, length);
    if (edit->text.failed) {
        /* The text is as it was: the next key may try again. */
        edit->text.failed = false;
        return false;
    }
    edit->cursor = boundary_from(&edit->text, edit->cursor + length);
    return true;
}

/* How a code point of a paste goes into a line. */
enum paste_part { PASTE_TEXT, PASTE_BREAK, PASTE_TAB, PASTE_CONTROL, PASTE_BROKEN };

static enum paste_part paste_part_of(uint32_t code_point)
{
    if (code_point == UINT32_MAX)
        return PASTE_BROKEN;
    if (code_point == '\t')
        return PASTE_TAB;
    /* LF, VT, FF, CR, NEL, and the separators of lines and paragraphs. */
    if ((code_point >= 0x0A && code_point <= 0x0D) || code_point == 0x85 || code_point == 0x2028 ||
        code_point == 0x2029)
        return PASTE_BREAK;
    if (code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0))
        return PASTE_CONTROL;
    return PASTE_TEXT;
}

/* The length of bytes without the line breaks at their end. */
static size_t without_last_breaks(const char *bytes, size_t length)
{
    size_t kept = 0;

    for (size_t at = 0; at < length;) {
        uint32_t code_point;

        at += utf8_decode(bytes + at, length - at, &code_point);
        if (paste_part_of(code_point) != PASTE_BREAK)
            kept = at;
    }
    return kept;
}

/* Bytes as one line into out, whose limit ends it early. Returns whether they had to be altered. */
static bool add_one_line(struct buf *out, const char *bytes, size_t length)
{
    bool changed = false, gap = false;

    for (size_t at = 0; at < length && !out->failed;) {
        uint32_t code_point;
        size_t used = utf8_decode(bytes + at, length - at, &code_point);
        enum paste_part part = paste_part_of(code_point);

        changed = changed || part != PASTE_TEXT;
        if ((part == PASTE_BREAK || part == PASTE_TAB) && !gap)
            buf_add_char(out, ' ');
        else if (part == PASTE_BROKEN)
            buf_add_text(out, REPLACEMENT_TEXT);
        else if (part == PASTE_TEXT)
            buf_add(out, bytes + at, used);
        gap = part == PASTE_BREAK || part == PASTE_TAB;
        at += used;
    }
    return changed;
}

bool line_edit_paste(struct line_edit *edit, const char *bytes, size_t length, bool *changed)
{
    struct buf line;
    bool altered, inserted;

    buf_init(&line, edit->text.limit - edit->text.length);
    altered = add_one_line(&line, bytes, without_last_breaks(bytes, length));
    inserted = !line.failed && line_edit_insert(edit, buf_text(&line), line.length);
    buf_release(&line);
    if (changed)
        *changed = altered;
    return inserted;
}

/* --------------------------------------------------------------- moving */

static size_t before(const struct line_edit *edit, size_t at)
{
    return utf8_grapheme_before(buf_text(&edit->text), at);
}

static size_t behind(const struct line_edit *edit, size_t at)
{
    return at + utf8_grapheme(buf_text(&edit->text) + at, edit->text.length - at, NULL);
}

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (unsigned char)c >= 0x80;
}

static size_t word_left_of(const struct line_edit *edit)
{
    const char *text = buf_text(&edit->text);
    size_t start = 0;
    bool inside = false;

    if (edit->secret)
        return 0;
    for (size_t at = 0; at < edit->cursor; at = behind(edit, at)) {
        if (is_word(text[at]) && !inside)
            start = at;
        inside = is_word(text[at]);
    }
    return start;
}

static size_t word_right_of(const struct line_edit *edit)
{
    const char *text = buf_text(&edit->text);
    size_t at = edit->cursor;

    if (edit->secret)
        return edit->text.length;
    while (at < edit->text.length && !is_word(text[at]))
        at = behind(edit, at);
    while (at < edit->text.length && is_word(text[at]))
        at = behind(edit, at);
    return at;
}

static bool move_to(struct line_edit *edit, size_t at)
{
    bool moved = at != edit->cursor;

    edit->cursor = at;
    return moved;
}

bool line_edit_left(struct line_edit *edit)
{
    return move_to(edit, before(edit, edit->cursor));
}

bool line_edit_right(struct line_edit *edit)
{
    return move_to(edit, behind(edit, edit->cursor));
}

bool line_edit_word_left(struct line_edit *edit)
{
    return move_to(edit, word_left_of(edit));
}

bool line_edit_word_right(struct line_edit *edit)
{
    return move_to(edit, word_right_of(edit));
}

bool line_edit_home(struct line_edit *edit)
{
    return move_to(edit, 0);
}

bool line_edit_end(struct line_edit *edit)
{
    return move_to(edit, edit->text.length);
}

/* -------------------------------------------------------------- erasing */

static bool erase(struct line_edit *edit, size_t from, size_t to)
{
    if (from == to)
        return false;
    buf_remove(&edit->text, from, to - from);
    /* The neighbours of what is gone may be one grapheme now. */
    edit->cursor = boundary_from(&edit->text, from);
    return true;
}

bool line_edit_erase_left(struct line_edit *edit)
{
    return erase(edit, before(edit, edit->cursor), edit->cursor);
}

bool line_edit_erase_right(struct line_edit *edit)
{
    return erase(edit, edit->cursor, behind(edit, edit->cursor));
}

bool line_edit_erase_word_left(struct line_edit *edit)
{
    return erase(edit, word_left_of(edit), edit->cursor);
}

bool line_edit_erase_to_start(struct line_edit *edit)
{
    return erase(edit, 0, edit->cursor);
}

bool line_edit_erase_to_end(struct line_edit *edit)
{
    return erase(edit, edit->cursor, edit->text.length);
}

/* --------------------------------------------------------------- a view */

/* The columns of the grapheme at `at`, whose length goes to *length. */
static int columns_at(const struct line_edit *edit, size_t at, bool masked, size_t *length)
{
    char shown[CELL_TEXT_SIZE];
    int columns;

    *length = canvas_grapheme(buf_text(&edit->text) + at, edit->text.length - at, shown, &columns);
    return masked ? 1 : columns;
}

/* The first grapheme seen through a window, and the column where the cursor is then. */
struct window {
    size_t start;
    int cursor_column;
};

/*
 * A function of text and cursor alone. A text that fits with the cursor behind
 * it is shown from its start; otherwise the window moves in steps of half its
 * width, so that it stands still while the cursor moves in it.
 */
static struct window window_of(const struct line_edit *edit, int columns, bool masked)
{
    struct window window = {0, 0};
    int cursor = 0, under, skip = 0, step = columns > 1 ? columns / 2 : 1, skipped = 0;
    size_t length;

    for (size_t at = 0; at < edit->cursor && cursor < INT_MAX / 2; at += length)
        cursor += columns_at(edit, at, masked, &length);
    under = columns_at(edit, edit->cursor, masked, &length);
    if (under < 1)
        under = 1;
    if (under > columns)
        under = columns;
    if (cursor + under > columns)
        skip = (cursor + under - columns + step - 1) / step * step;
    if (skip > cursor)
        skip = cursor;
    while (skipped < skip) {
        skipped += columns_at(edit, window.start, masked, &length);
        window.start += length;
    }
    window.cursor_column = cursor - skipped;
    return window;
}

void line_edit_view(const struct line_edit *edit, int columns, bool masked, struct line_view *view)
{
    struct window window;
    size_t at, length;
    int used = 0;

    buf_clear(&view->shown);
    view->cursor_column = 0;
    view->more_left = false;
    view->more_right = edit->text.length > 0;
    if (columns < 1)
        return;
    window = window_of(edit, columns, masked);
    for (at = window.start; at < edit->text.length; at += length) {
        int width = columns_at(edit, at, masked, &length);

        if (width > columns - used)
            break;
        used += width;
        if (masked)
            buf_add_char(&view->shown, '*');
        else
            buf_add(&view->shown, buf_text(&edit->text) + at, length);
    }
    view->cursor_column = window.cursor_column;
    view->more_left = window.start > 0;
    view->more_right = at < edit->text.length;
}

void line_edit_point(struct line_edit *edit, int columns, int column, bool masked)
{
    struct window window;
    size_t at, length;

    if (columns < 1)
        return;
    window = window_of(edit, columns, masked);
    for (at = window.start; at < edit->text.length; at += length) {
        int width = columns_at(edit, at, masked, &length);

        if (column < width)
            break;
        column -= width;
    }
    edit->cursor = at;
}
