#ifndef UI_LINE_EDIT_H
#define UI_LINE_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * One line of text with a cursor that stands between graphemes. Pure; the
 * memory is wiped when freed, since a password may be edited in it.
 *
 * A word is letters and digits (and everything outside ASCII); moving and
 * erasing by word skips what lies between words first.
 */
struct line_edit {
    struct buf text;
    size_t cursor; /* in bytes */
    bool secret;   /* by word is to the ends, erasing too: it would show where the blanks are */
};

void line_edit_init(struct line_edit *edit, size_t limit);
void line_edit_release(struct line_edit *edit);

/* Replaces the text; the cursor goes to its end. False as line_edit_insert(): the text is empty then. */
bool line_edit_set(struct line_edit *edit, const char *text);

/* Inserts at the cursor; false when the limit is reached or memory is short (then nothing changed). */
bool line_edit_insert(struct line_edit *edit, const char *text, size_t length);

/* Inserts pasted bytes as one line: line breaks at its end are dropped, a run of other line breaks and tabs
 * becomes one blank, other controls are dropped, broken UTF-8 becomes U+FFFD. Returns false as
 * line_edit_insert() does; *changed says whether the text had to be altered for it, line breaks at its end
 * not counted (may be NULL). */
bool line_edit_paste(struct line_edit *edit, const char *bytes, size_t length, bool *changed);

/* Each returns true when something changed or moved. */
bool line_edit_erase_left(struct line_edit *edit);
bool line_edit_erase_right(struct line_edit *edit);
bool line_edit_erase_word_left(struct line_edit *edit);
bool line_edit_erase_to_start(struct line_edit *edit);
bool line_edit_erase_to_end(struct line_edit *edit);
bool line_edit_left(struct line_edit *edit);
bool line_edit_right(struct line_edit *edit);
bool line_edit_word_left(struct line_edit *edit);
bool line_edit_word_right(struct line_edit *edit);
bool line_edit_home(struct line_edit *edit);
bool line_edit_end(struct line_edit *edit);

/* Puts the cursor on the grapheme shown at `column` of a view (see below) of `columns` width. */
void line_edit_point(struct line_edit *edit, int columns, int column, bool masked);

/* How the line is seen through a window: which bytes, and where the cursor is. The cursor is always inside,
 * also behind the last character, and a wide character is never cut. Columns are those of canvas_width(). */
struct line_view {
    struct buf shown; /* what to draw: the text, or one '*' for each grapheme when masked */
    int cursor_column;
    bool more_left, more_right; /* text is hidden at that side */
};

/* Fills view (shown is replaced; release it with buf_release()). */
void line_edit_view(const struct line_edit *edit, int columns, bool masked, struct line_view *view);

#endif
