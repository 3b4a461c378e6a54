#include "fuzz.h"

#include "base/utf8.h"
#include "ui/canvas.h"
#include "ui/line_edit.h"

/*
 * The line editor, fed with keys. Byte 0: the width of its window, and whether
 * it is masked; then each byte below 0x10 is a key, 0x10 pastes, 0x11 clicks,
 * 0x12 sets; anything else is typed, a whole character at once.
 */

typedef bool key(struct line_edit *edit);

static key *const moves[] = {line_edit_left,       line_edit_right, line_edit_word_left,
                             line_edit_word_right, line_edit_home,  line_edit_end};
static key *const erasures[] = {line_edit_erase_left, line_edit_erase_right, line_edit_erase_word_left,
                                line_edit_erase_to_start, line_edit_erase_to_end};

enum { LIMIT = 90 };

static void line_holds(const struct line_edit *edit)
{
    const char *text = buf_text(&edit->text);
    size_t at = 0;

    HOLDS(edit->text.length <= LIMIT && !edit->text.failed, "%zu bytes", edit->text.length);
    HOLDS(utf8_valid(text, edit->text.length), "broken text");
    HOLDS(edit->cursor <= edit->text.length, "cursor %zu of %zu", edit->cursor, edit->text.length);
    while (at < edit->cursor)
        at += utf8_grapheme(text + at, edit->text.length - at, NULL);
    HOLDS(at == edit->cursor, "cursor %zu is inside of a character", edit->cursor);
}

static void view_holds(const struct line_edit *edit, int columns, bool masked)
{
    struct line_view view = {.shown = BUF_INIT};
    int width;

    line_edit_view(edit, columns, masked, &view);
    width = canvas_width_length(buf_text(&view.shown), view.shown.length);
    HOLDS(width <= columns, "%d columns in %d", width, columns);
    HOLDS(view.cursor_column >= 0 && (view.cursor_column < columns || columns < 1), "cursor at %d of %d",
          view.cursor_column, columns);
    HOLDS(view.cursor_column <= width, "cursor at %d behind %d", view.cursor_column, width);
    for (size_t i = 0; masked && i < view.shown.length; i++)
        HOLDS(view.shown.data[i] == '*', "'%c' of a password is shown", view.shown.data[i]);
    HOLDS(view.more_left || view.more_right || columns < 1 ||
              utf8_count(buf_text(&edit->text), edit->text.length) ==
                  utf8_count(buf_text(&view.shown), view.shown.length),
          "something is hidden at no side");
    buf_release(&view.shown);
}

/* A click on a column that is seen puts the cursor where it then is seen, or at the end. */
static void click(struct line_edit *edit, int columns, int column, bool masked)
{
    line_edit_point(edit, columns, column, masked);
    line_holds(edit);
}

static void erase(struct line_edit *edit, key *erase_key)
{
    size_t before = edit->text.length;
    bool changed = erase_key(edit);

    HOLDS(changed == (edit->text.length < before), "changed %d, %zu bytes of %zu", changed, edit->text.length,
          before);
}

/* Moving changes nothing, and there and back again ends where it began. */
static void move(struct line_edit *edit, key *move_key)
{
    size_t cursor = edit->cursor, length = edit->text.length;
    bool moved = move_key(edit);

    HOLDS(edit->text.length == length && moved == (edit->cursor != cursor), "moved %d from %zu to %zu", moved,
          cursor, edit->cursor);
    if (moved && (move_key == line_edit_left || move_key == line_edit_right)) {
        size_t there = edit->cursor;

        (move_key == line_edit_left ? line_edit_right : line_edit_left)(edit);
        HOLDS(edit->cursor == cursor, "from %zu to %zu and back to %zu", cursor, there, edit->cursor);
        edit->cursor = there;
    }
}

static void paste(struct line_edit *edit, struct feed *feed)
{
    size_t length = feed_byte(feed);
    struct buf before = BUF_INIT;
    char *bytes;
    bool changed;

    length = length < feed->left ? length : feed->left;
    bytes = exact_copy(feed->bytes, length);
    feed->bytes += length;
    feed->left -= length;
    buf_add(&before, buf_text(&edit->text), edit->text.length);
    if (!line_edit_paste(edit, bytes, length, &changed))
        HOLDS(strcmp(buf_text(&before), buf_text(&edit->text)) == 0, "a paste that failed left something");
    for (const char *c = buf_text(&edit->text); *c; c++)
        HOLDS((unsigned char)*c >= ' ' && *c != 0x7F, "a control character was pasted");
    buf_release(&before);
    free(bytes);
}

static void type(struct line_edit *edit, struct feed *feed)
{
    uint32_t code_point;
    size_t used = utf8_decode((const char *)feed->bytes, feed->left, &code_point);
    size_t before = edit->text.length;

    if (code_point == UINT32_MAX || code_point < ' ' || (code_point >= 0x7F && code_point < 0xA0))
        line_edit_insert(edit, "\xEF\xBF\xBD", 3);
    else if (line_edit_insert(edit, (const char *)feed->bytes, used))
        HOLDS(edit->text.length == before + used, "%zu bytes became %zu", used, edit->text.length - before);
    else
        HOLDS(edit->text.length == before, "what did not fit is in");
    feed->bytes += used;
    feed->left -= used;
}

static void press(struct line_edit *edit, struct feed *feed, int columns, bool masked)
{
    unsigned byte = *feed->bytes;

    if (byte >= 0x13) {
        type(edit, feed);
        return;
    }
    feed_byte(feed);
    if (byte < 6)
        move(edit, moves[byte]);
    else if (byte < 11)
        erase(edit, erasures[byte - 6]);
    else if (byte == 0x10)
        paste(edit, feed);
    else if (byte == 0x11)
        click(edit, columns, (int)feed_byte(feed) - 8, masked);
    else if (byte == 0x12)
        line_edit_set(edit, "set \xE4\xB8\xAD\xE6\x96\x87");
    else
        edit->secret = byte & 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct feed feed = {data, size};
    struct line_edit edit;
    unsigned start = feed_byte(&feed);
    int columns = (int)(start & 0x3F);
    bool masked = start & 0x40;

    line_edit_init(&edit, LIMIT);
    while (feed.left > 0) {
        press(&edit, &feed, columns, masked);
        line_holds(&edit);
        if (feed.left % 4 == 0)
            view_holds(&edit, columns, masked);
    }
    line_edit_release(&edit);
    return 0;
}
