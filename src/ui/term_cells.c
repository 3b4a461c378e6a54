#include "ui/term_cells.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include "base/utf8.h"

enum { MARKS = 5 };

static bool is_variation_selector(uint32_t code_point)
{
    return code_point >= 0xFE00 && code_point <= 0xFE0F;
}

/* False when the locale has no such character. */
static bool add_character(wchar_t c, struct buf *out)
{
    char bytes[MB_LEN_MAX];
    mbstate_t fresh = {0};
    size_t length = wcrtomb(bytes, c, &fresh);

    if (length == (size_t)-1)
        return false;
    buf_add(out, bytes, length);
    return true;
}

/* Takes a grapheme apart as the terminal will, characters with marks that take no column, and adds it. False,
 * and part of it may have been added, when that is more than a terminal can be trusted with. */
static bool add_grapheme(const char *text, int *columns, struct buf *out)
{
    size_t length = strlen(text), marks = 0;
    int characters = 0;

    *columns = 0;
    while (length > 0) {
        uint32_t code_point;
        size_t used = utf8_decode(text, length, &code_point);
        int width = code_point == UINT32_MAX ? -1 : wcwidth((wchar_t)code_point);

        text += used;
        length -= used;
        if (is_variation_selector(code_point))
            continue;
        marks = width > 0 ? 0 : marks + 1;
        characters += width > 0;
        *columns += width;
        /* U+200D asks the terminal for one picture, whose width is anybody's guess. */
        if (width < 0 || code_point == 0x200D || characters == 0 || characters > 2 || marks > MARKS ||
            !add_character((wchar_t)code_point, out))
            return false;
    }
    return characters > 0;
}

void cell_send(const char *text, int width, bool ascii, struct buf *out)
{
    size_t before = out->length;
    int columns = 1;

    if (text[0] >= ' ' && text[0] <= '~' && text[1] == '\0') {
        buf_add_char(out, text[0]);
    } else {
        bool selected = strstr(text, "\xEF\xB8\x8F") != NULL;
        bool whole = add_grapheme(text, &columns, out);

        if (!whole || columns > width || (columns < width && !selected)) {
            buf_remove(out, before, out->length - before);
            buf_add_text(out, ascii ? "?" : "\xEF\xBF\xBD");
            columns = 1;
        }
    }
    for (; columns < width; columns++)
        buf_add_char(out, ' ');
}
