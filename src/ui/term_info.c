#include "ui/term_info.h"

#include <curses.h>
#include <stdint.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

#include "base/digits.h"

/* <term.h> makes macros of such words. */
#undef columns

enum { COLUMNS_USUAL = 80, ROWS_USUAL = 24 };

/* ---- Reading ---- */

/* Without the padding, like $<5/>. False, and the text is "", where it does not fit. */
static bool add_order(char *text, size_t size, const char *order)
{
    size_t length = strlen(text);

    for (; *order; order++) {
        const char *end = order[0] == '$' && order[1] == '<' ? strchr(order, '>') : NULL;

        if (end) {
            order = end;
            continue;
        }
        if (length + 1 >= size) {
            text[0] = '\0';
            return false;
        }
        text[length++] = *order;
        text[length] = '\0';
    }
    return true;
}

/* NULL when the terminal has none. */
static const char *capability(const char *name)
{
    const char *text = tigetstr(name);

    return text && text != (const char *)(intptr_t)-1 && *text ? text : NULL;
}

static void read_order(char text[TERM_ORDER_SIZE], const char *name)
{
    const char *order = capability(name);

    text[0] = '\0';
    if (order)
        add_order(text, TERM_ORDER_SIZE, order);
}

static void read_orders(struct term_info *info)
{
    read_order(info->enter, "smcup");
    read_order(info->leave, "rmcup");
    read_order(info->move, "cup");
    info->moves_as_usual = strcmp(info->move, "\x1b[%i%p1%d;%p2%dH") == 0;
    read_order(info->clear, "clear");
    read_order(info->clear_right, "el");
    read_order(info->show_cursor, "cnorm");
    read_order(info->hide_cursor, "civis");
    read_order(info->insert_off, "rmir");
    info->columns = tigetnum("cols") > 0 ? tigetnum("cols") : COLUMNS_USUAL;
    info->rows = tigetnum("lines") > 0 ? tigetnum("lines") : ROWS_USUAL;
    info->scrolls_at_end = tigetflag("am") > 0 && tigetflag("xenl") <= 0;
    info->has_mouse = capability("kmous") != NULL;
}

/* ---- Looks ---- */

/* The numbers that descriptions have for them, in "ncv". */
enum attribute { UNDERLINE = 1 << 1, REVERSE = 1 << 2, DIM = 1 << 4, BOLD = 1 << 5 };

static const struct {
    enum attribute attribute;
    const char *name;
} attributes[] = {{BOLD, "bold"}, {DIM, "dim"}, {UNDERLINE, "smul"}, {REVERSE, "rev"}};

enum colour { OWN = -1, RED = 1, GREEN = 2, YELLOW = 3, BLUE = 4, CYAN = 6, WHITE = 7 };

struct hue {
    short text, ground; /* OWN: the terminal's own */
    unsigned attributes;
};

/* What a style looks like: with 256 colours, with 8 or 16, and with none. */
struct look {
    struct hue rich, basic;
    unsigned mono;
};

/* The ground is not known to be dark or light, so colours without a ground of their own are middling ones.
 * What has the focus is told by more than its colour. It looks as the title does: the name of the plan is
 * typed in one and shown in both, and a look that changes on the way from one to the other is told twice a
 * key. */
static const struct look looks[STYLE_COUNT] = {
    [STYLE_PLAIN] = {{OWN, OWN, 0}, {OWN, OWN, 0}, 0},
    [STYLE_DIM] = {{244, OWN, 0}, {OWN, OWN, DIM}, DIM},
    [STYLE_STRONG] = {{OWN, OWN, BOLD}, {OWN, OWN, BOLD}, BOLD},
    [STYLE_TITLE] = {{231, 25, BOLD}, {WHITE, BLUE, BOLD}, REVERSE},
    [STYLE_STEP] = {{244, OWN, 0}, {OWN, OWN, DIM}, DIM},
    [STYLE_STEP_NOW] = {{32, OWN, BOLD | UNDERLINE}, {CYAN, OWN, BOLD | UNDERLINE}, BOLD | UNDERLINE},
    [STYLE_STEP_DONE] = {{34, OWN, 0}, {GREEN, OWN, 0}, 0},
    [STYLE_LABEL] = {{OWN, OWN, 0}, {OWN, OWN, 0}, 0},
    [STYLE_LABEL_NOW] = {{32, OWN, BOLD}, {CYAN, OWN, BOLD}, BOLD},
    [STYLE_ENTRY] = {{OWN, OWN, UNDERLINE}, {OWN, OWN, UNDERLINE}, UNDERLINE},
    [STYLE_ENTRY_NOW] = {{231, 25, BOLD}, {WHITE, BLUE, BOLD}, REVERSE},
    [STYLE_EXAMPLE] = {{244, OWN, UNDERLINE}, {OWN, OWN, DIM | UNDERLINE}, DIM | UNDERLINE},
    [STYLE_CHOICE] = {{OWN, OWN, 0}, {OWN, OWN, 0}, 0},
    [STYLE_CHOICE_NOW] = {{231, 25, BOLD}, {WHITE, BLUE, BOLD}, REVERSE},
    [STYLE_ERROR] = {{160, OWN, BOLD}, {RED, OWN, BOLD}, BOLD},
    [STYLE_WARNING] = {{172, OWN, 0}, {YELLOW, OWN, 0}, BOLD},
    [STYLE_GOOD] = {{34, OWN, BOLD}, {GREEN, OWN, BOLD}, BOLD},
    [STYLE_HELP] = {{OWN, OWN, 0}, {OWN, OWN, 0}, 0},
    [STYLE_KEY] = {{231, 240, 0}, {OWN, OWN, REVERSE}, REVERSE},
    [STYLE_BAR] = {{OWN, OWN, 0}, {OWN, OWN, 0}, 0},
    [STYLE_FRAME] = {{244, OWN, 0}, {OWN, OWN, DIM}, 0},
    [STYLE_JSON_NAME] = {{32, OWN, 0}, {CYAN, OWN, 0}, 0},
    [STYLE_JSON_VALUE] = {{OWN, OWN, 0}, {OWN, OWN, 0}, 0},
    [STYLE_JSON_NOW] = {{OWN, OWN, BOLD}, {OWN, OWN, BOLD}, BOLD},
};

/* The orders for colours; NULL, both of them: there are none. */
struct palette {
    const char *text, *ground;
    bool rich;
    unsigned without; /* attributes that do not go with colours */
};

static struct palette read_palette(bool colour)
{
    struct palette palette = {.text = capability("setaf"), .ground = capability("setab")};
    int colours = tigetnum("colors"), without = tigetnum("ncv");

    if (!colour || colours < 8 || !palette.text || !palette.ground)
        return (struct palette){0};
    palette.rich = colours >= 256;
    palette.without = without > 0 ? (unsigned)without : 0;
    return palette;
}

/* Two orders for looks that follow each other are one: "ESC [1m" and "ESC [4m" are "ESC [1;4m". */
static void add_to_look(char look[TERM_LOOK_SIZE], const char *order)
{
    size_t length = strlen(look);

    if (length > 0 && look[length - 1] == 'm' && strncmp(order, "\x1b[", 2) == 0 &&
        order[strcspn(order, "m") + 1] == '\0') {
        look[length - 1] = ';';
        order += 2;
    }
    add_order(look, TERM_LOOK_SIZE, order);
}

static void add_colour(char look[TERM_LOOK_SIZE], const char *order, int colour)
{
    const char *text = colour >= 0 ? tiparm(order, colour) : NULL;

    if (text)
        add_to_look(look, text);
}

/* Back to the plain look. On most terminals this takes colours away as well; on others they have an order of
 * their own. */
static void add_plain(char look[TERM_LOOK_SIZE], const struct palette *palette)
{
    const char *plain = capability("sgr0"), *own = capability("op");
    bool takes_colours = plain && (strstr(plain, "\x1b[m") || strstr(plain, "\x1b[0"));

    if (palette->text && own && !takes_colours)
        add_to_look(look, own);
    if (plain)
        add_to_look(look, plain);
}

static void make_look(char look[TERM_LOOK_SIZE], enum style style, const struct palette *palette)
{
    const struct hue *hue = palette->rich ? &looks[style].rich : &looks[style].basic;
    bool coloured = palette->text && (hue->text >= 0 || hue->ground >= 0);
    unsigned wanted = palette->text ? hue->attributes : looks[style].mono;

    if (coloured)
        wanted &= ~palette->without;
    look[0] = '\0';
    add_plain(look, palette);
    for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
        if ((wanted & attributes[i].attribute) && capability(attributes[i].name))
            add_to_look(look, capability(attributes[i].name));
    if (coloured) {
        add_colour(look, palette->text, hue->text);
        add_colour(look, palette->ground, hue->ground);
    }
}

static void make_looks(struct term_info *info, bool colour)
{
    struct palette palette = read_palette(colour);

    for (int style = 0; style < STYLE_COUNT; style++) {
        int same = 0;

        make_look(info->looks[style], (enum style)style, &palette);
        while (strcmp(info->looks[same], info->looks[style]) != 0)
            same++;
        info->look_of[style] = (unsigned char)same;
    }
}

/* ---- The whole ---- */

const char *term_info_load(struct term_info *info, const char *kind, bool colour)
{
    int found = 0;

    *info = (struct term_info){0};
    if (setupterm(kind, STDOUT_FILENO, &found) != OK && found != 1)
        return "the kind of terminal that the variable TERM names is not known here";
    if (found == 1 && tigetflag("hc") <= 0)
        read_orders(info);
    if (*info->move)
        make_looks(info, colour);
    del_curterm(cur_term);
    if (!*info->move || !*info->clear)
        return "the terminal cannot move its cursor, or clear its screen";
    return NULL;
}

/* Nearly all terminals are moved in one way, which each key takes twice or three times. */
void term_info_move(const struct term_info *info, int row, int column, struct buf *out)
{
    char digits[DIGITS_SIZE];
    const char *order;

    if (info->moves_as_usual) {
        buf_add_texts(out, "\x1b[", digits_write((unsigned)row + 1, digits), ";", NULL);
        buf_add_texts(out, digits_write((unsigned)column + 1, digits), "H", NULL);
        return;
    }
    order = tiparm(info->move, row, column);
    buf_add_text(out, order ? order : "");
}
