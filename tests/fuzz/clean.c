#include "fuzz.h"

#include "base/clean.h"
#include "base/utf8.h"
#include "ui/canvas.h"

/* The gate to the terminal: whatever comes in, what goes out can only be read. */

static bool is_invisible(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C || c == 0x180E ||
           (c >= 0x200B && c <= 0x200F && c != 0x200D) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xE000 && c <= 0xF8FF) ||
           (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F) || (c & 0xFFFE) == 0xFFFE;
}

static void text_holds(const char *text, size_t length, bool keeps_lines)
{
    HOLDS(utf8_valid(text, length), "%zu bytes", length);
    for (size_t at = 0; at < length;) {
        uint32_t code_point;

        at += utf8_decode(text + at, length - at, &code_point);
        HOLDS(!is_invisible(code_point) || (keeps_lines && code_point == '\n'), "U+%04X goes through",
              (unsigned)code_point);
    }
}

/* Every step of the canvas gets on, and draws what is clean. */
static void graphemes_hold(const char *text, size_t length)
{
    int columns_before = 0;

    for (size_t at = 0; at < length;) {
        char shown[CELL_TEXT_SIZE];
        int columns;
        size_t used = canvas_grapheme(text + at, length - at, shown, &columns);

        HOLDS(used > 0 && used <= length - at && columns >= 1, "%zu bytes, %d columns", used, columns);
        HOLDS(strlen(shown) < CELL_TEXT_SIZE && clean_is_clean(shown, strlen(shown)), "'%s' is drawn", shown);
        text_holds(shown, strlen(shown), false);
        columns_before += columns;
        at += used;
        HOLDS(utf8_grapheme_before(text, at) < at, "there is no way back from %zu", at);
    }
    HOLDS(canvas_width_length(text, length) == columns_before, "%d columns are %d",
          canvas_width_length(text, length), columns_before);
}

static void cleaned_holds(const char *text, size_t length, enum clean_lines lines)
{
    struct buf once = BUF_INIT, twice = BUF_INIT;

    clean_add(&once, text, length, lines);
    clean_add(&twice, buf_text(&once), once.length, lines);
    text_holds(buf_text(&once), once.length, lines == CLEAN_KEEP_LINES);
    HOLDS(once.length == twice.length && memcmp(buf_text(&once), buf_text(&twice), once.length) == 0,
          "cleaned again it is '%s', not '%s'", buf_text(&twice), buf_text(&once));
    HOLDS(lines != CLEAN_ONE_LINE || clean_is_clean(buf_text(&once), once.length), "'%s' is not clean",
          buf_text(&once));
    if (lines == CLEAN_ONE_LINE)
        HOLDS(clean_is_clean(text, length) ==
                  (once.length == length && memcmp(buf_text(&once), text, length) == 0),
              "'%s' is changed or clean", buf_text(&once));
    buf_release(&once);
    buf_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = exact_copy(data, size);

    cleaned_holds(text, size, CLEAN_ONE_LINE);
    cleaned_holds(text, size, CLEAN_KEEP_LINES);
    graphemes_hold(text, size);
    free(text);
    return 0;
}
