#include "ui/term_cells.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include "base/utf8.h"

/* ---- Styles ---- */

/* -1: the terminal's own colour. */
struct hue {
    short text, ground;
    attr_t attributes;
};

/* What a style looks like: with 256 colours, with 8 or 16, and with none. */
struct look {
    struct hue rich, basic;
    attr_t mono;
};

/* The ground is not known to be dark or light, so colours without a ground of their own are middling ones.
 * What has the focus is told by more than its colour. It looks as the title does: the name of the plan is
 * typed in one and shown in both, and a look that changes on the way from one to the other is told twice a
 * key. */
static const struct look looks[STYLE_COUNT] = {
    [STYLE_PLAIN] = {{-1, -1, 0}, {-1, -1, 0}, 0},
    [STYLE_DIM] = {{244, -1, 0}, {-1, -1, A_DIM}, A_DIM},
    [STYLE_STRONG] = {{-1, -1, A_BOLD}, {-1, -1, A_BOLD}, A_BOLD},
    [STYLE_TITLE] = {{231, 25, A_BOLD}, {COLOR_WHITE, COLOR_BLUE, A_BOLD}, A_REVERSE},
    [STYLE_STEP] = {{244, -1, 0}, {-1, -1, A_DIM}, A_DIM},
    [STYLE_STEP_NOW] = {{32, -1, A_BOLD | A_UNDERLINE},
                        {COLOR_CYAN, -1, A_BOLD | A_UNDERLINE},
                        A_BOLD | A_UNDERLINE},
    [STYLE_STEP_DONE] = {{34, -1, 0}, {COLOR_GREEN, -1, 0}, 0},
    [STYLE_LABEL] = {{-1, -1, 0}, {-1, -1, 0}, 0},
    [STYLE_LABEL_NOW] = {{32, -1, A_BOLD}, {COLOR_CYAN, -1, A_BOLD}, A_BOLD},
    [STYLE_ENTRY] = {{-1, -1, A_UNDERLINE}, {-1, -1, A_UNDERLINE}, A_UNDERLINE},
    [STYLE_ENTRY_NOW] = {{231, 25, A_BOLD}, {COLOR_WHITE, COLOR_BLUE, A_BOLD}, A_REVERSE},
    [STYLE_EXAMPLE] = {{244, -1, A_UNDERLINE}, {-1, -1, A_DIM | A_UNDERLINE}, A_DIM | A_UNDERLINE},
    [STYLE_CHOICE] = {{-1, -1, 0}, {-1, -1, 0}, 0},
    [STYLE_CHOICE_NOW] = {{231, 25, A_BOLD}, {COLOR_WHITE, COLOR_BLUE, A_BOLD}, A_REVERSE},
    [STYLE_ERROR] = {{160, -1, A_BOLD}, {COLOR_RED, -1, A_BOLD}, A_BOLD},
    [STYLE_WARNING] = {{172, -1, 0}, {COLOR_YELLOW, -1, 0}, A_BOLD},
    [STYLE_GOOD] = {{34, -1, A_BOLD}, {COLOR_GREEN, -1, A_BOLD}, A_BOLD},
    [STYLE_HELP] = {{-1, -1, 0}, {-1, -1, 0}, 0},
    [STYLE_KEY] = {{231, 240, 0}, {-1, -1, A_REVERSE}, A_REVERSE},
    [STYLE_BAR] = {{-1, -1, 0}, {-1, -1, 0}, 0},
    [STYLE_FRAME] = {{244, -1, 0}, {-1, -1, A_DIM}, 0},
    [STYLE_JSON_NAME] = {{32, -1, 0}, {COLOR_CYAN, -1, 0}, 0},
    [STYLE_JSON_VALUE] = {{-1, -1, 0}, {-1, -1, 0}, 0},
    [STYLE_JSON_NOW] = {{-1, -1, A_BOLD}, {-1, -1, A_BOLD}, A_BOLD},
};

void paints_choose(struct paint paints[STYLE_COUNT], bool colour)
{
    bool coloured = colour && has_colors() && start_color() == OK;
    bool own = coloured && use_default_colors() == OK;
    bool rich = coloured && COLORS >= 256;

    for (int style = 0; style < STYLE_COUNT; style++) {
        struct hue hue = rich ? looks[style].rich : looks[style].basic;
        short pair = (short)(style + 1);

        paints[style].attributes = coloured ? hue.attributes : looks[style].mono;
        paints[style].pair = 0;
        if (!coloured || (hue.text < 0 && hue.ground < 0) || pair >= COLOR_PAIRS)
            continue;
        if (!own && hue.text < 0)
            hue.text = COLOR_WHITE;
        if (!own && hue.ground < 0)
            hue.ground = COLOR_BLACK;
        if (init_pair(pair, hue.text, hue.ground) == OK)
            paints[style].pair = pair;
    }
}

/* ---- Characters ---- */

enum { MARKS = CCHARW_MAX - 1 };

static bool is_variation_selector(uint32_t code_point)
{
    return code_point >= 0xFE00 && code_point <= 0xFE0F;
}

static bool locale_has(wchar_t c)
{
    char bytes[MB_LEN_MAX];
    mbstate_t fresh = {0};

    return wcrtomb(bytes, c, &fresh) != (size_t)-1;
}

/* Characters that ncurses is given for one cell (two for a wide one made of two narrow ones), and their
 * columns. */
struct glyphs {
    wchar_t text[2][MARKS + 2];
    int count;
    int columns;
};

/*
 * Takes a grapheme apart as the terminal will: a base with marks that take no
 * column. False when that is more than ncurses or the locale can carry.
 */
static bool split(const char *text, struct glyphs *glyphs)
{
    size_t length = strlen(text), marks = 0;

    *glyphs = (struct glyphs){0};
    while (length > 0) {
        uint32_t code_point;
        size_t used = utf8_decode(text, length, &code_point);
        int width = code_point == UINT32_MAX ? -1 : wcwidth((wchar_t)code_point);

        text += used;
        length -= used;
        if (is_variation_selector(code_point))
            continue;
        /* U+200D asks the terminal for one picture, whose width is anybody's guess. */
        if (width < 0 || code_point == 0x200D || !locale_has((wchar_t)code_point))
            return false;
        if (width > 0) {
            if (glyphs->count == 2)
                return false;
            glyphs->text[glyphs->count++][0] = (wchar_t)code_point;
            glyphs->columns += width;
            marks = 0;
        } else if (glyphs->count == 0 || ++marks > MARKS) {
            return false;
        } else {
            glyphs->text[glyphs->count - 1][marks] = (wchar_t)code_point;
        }
    }
    return glyphs->count > 0;
}

int cell_draw(const struct cell *cell, const struct paint *paint, bool ascii, cchar_t out[2])
{
    struct glyphs glyphs = {.text = {{(wchar_t)(unsigned char)cell->text[0]}}, .count = 1, .columns = 1};
    bool selected = false;

    if (cell->text[0] < ' ' || cell->text[0] > '~' || cell->text[1] != '\0') {
        selected = strstr(cell->text, "\xEF\xB8\x8F") != NULL;
        if (!split(cell->text, &glyphs) || glyphs.columns > cell->width ||
            (glyphs.columns < cell->width && !selected))
            glyphs = (struct glyphs){
                .text = {{ascii ? L'?' : (wchar_t)UTF8_REPLACEMENT}}, .count = 1, .columns = 1};
    }
    for (; glyphs.columns < cell->width; glyphs.columns++)
        glyphs.text[glyphs.count++][0] = L' ';
    for (int i = 0; i < glyphs.count; i++)
        setcchar(&out[i], glyphs.text[i], paint->attributes, paint->pair, NULL);
    return glyphs.count;
}
