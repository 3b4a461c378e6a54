#include "ui/wrap.h"

#include <string.h>

#include "ui/canvas.h"

/* Blanks where a line is broken stand on neither line. */
static size_t break_line(const char *text, size_t length, size_t end, size_t *skip)
{
    *skip = end;
    while (*skip < length && text[*skip] == ' ')
        (*skip)++;
    while (end > 0 && text[end - 1] == ' ')
        end--;
    return end;
}

size_t wrap_line(const char *text, size_t length, int columns, size_t *skip)
{
    size_t at = 0, blank = 0, bytes = 0;
    int used = 0;

    while (at < length) {
        char shown[CELL_TEXT_SIZE];
        int width = 1;

        bytes = 1;
        if (!canvas_stands_alone(text + at, length - at))
            bytes = canvas_grapheme(text + at, length - at, shown, &width);
        if (used + width > columns && at > 0)
            return break_line(text, length, text[at] == ' ' || blank == 0 ? at : blank, skip);
        if (text[at] == ' ' && at > 0 && text[at - 1] != ' ')
            blank = at;
        used += width;
        at += bytes;
    }
    *skip = at;
    return at;
}

size_t wrap_text_line(const char *text, size_t length, int columns, size_t *skip)
{
    const char *newline = memchr(text, '\n', length);
    size_t line = newline ? (size_t)(newline - text) : length;
    size_t bytes = wrap_line(text, line, columns, skip);

    if (newline && *skip == line)
        (*skip)++;
    return bytes;
}

typedef size_t first_line(const char *text, size_t length, int columns, size_t *skip);

static int count_lines(first_line *line, const char *text, size_t length, int columns)
{
    int count = 0;

    while (length > 0) {
        size_t skip;

        line(text, length, columns, &skip);
        text += skip;
        length -= skip;
        count++;
    }
    return count;
}

int wrap_count(const char *text, size_t length, int columns)
{
    return count_lines(wrap_line, text, length, columns);
}

int wrap_text_count(const char *text, size_t length, int columns)
{
    return count_lines(wrap_text_line, text, length, columns);
}
