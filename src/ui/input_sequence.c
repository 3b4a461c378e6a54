#include "ui/input_state.h"

/* Parameters and their parts (a:b) that any sequence we know has at most. */
enum { PARAMETERS = 3, PARTS = 3 };

struct parameters {
    char prefix; /* '<', '=', '>', '?', or 0 */
    int count;   /* parameters given, an empty one too */
    int value[PARAMETERS][PARTS];
    bool odd; /* something else than parameters is in it */
};

enum { VALUE_MAX = 1 << 24 };

static void add_digit(int *value, char digit)
{
    *value = *value < VALUE_MAX ? *value * 10 + (digit - '0') : VALUE_MAX;
}

static struct parameters parameters_of(const struct input *input)
{
    struct parameters found = {0};
    size_t at = 0;
    int part = 0;

    found.odd = input->sequence_length > SEQUENCE_SIZE;
    if (found.odd)
        return found;
    if (input->sequence_length > 0 && input->sequence[0] >= '<' && input->sequence[0] <= '?')
        found.prefix = input->sequence[at++];
    found.count = at < input->sequence_length ? 1 : 0;
    for (; at < input->sequence_length; at++) {
        char c = input->sequence[at];

        if (c == ';') {
            found.odd = found.odd || ++found.count > PARAMETERS;
            part = 0;
        } else if (c == ':') {
            part++;
        } else if (c < '0' || c > '9') {
            found.odd = true;
        } else if (found.count <= PARAMETERS && part < PARTS) {
            add_digit(&found.value[found.count - 1][part], c);
        }
    }
    return found;
}

/* What xterm and kitty write: 1 and one bit for each modifier. */
enum { SENT_SUPER = 8, SENT_HYPER = 16, SENT_META = 32, RELEASED = 3 };

static unsigned sent_modifiers(int value)
{
    return value > 1 ? (unsigned)(value - 1) : 0;
}

static unsigned our_modifiers(unsigned sent)
{
    unsigned modifiers = sent & (MODIFIER_SHIFT | MODIFIER_ALT | MODIFIER_CONTROL);

    return sent & SENT_META ? modifiers | MODIFIER_ALT : modifiers;
}

static bool is_control(int code)
{
    return code < ' ' || code == BYTE_DEL || (code >= 0x80 && code < 0xA0);
}

/* In the private area kitty has keys without text. */
static bool has_text(int code)
{
    return code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xF8FF);
}

/* `shifted` is what Shift makes of it, 0 when not told. */
static int with_shift(int code, int shifted)
{
    if (!is_control(shifted))
        return shifted;
    return code >= 'a' && code <= 'z' ? code - 'a' + 'A' : code;
}

/* A key named by its code point. */
static void give_coded(struct input *input, int code, int shifted, unsigned sent)
{
    unsigned modifiers = our_modifiers(sent);
    bool escaped = input->escaped;

    /* Windows and command keys belong to the desktop. */
    if ((sent & (SENT_SUPER | SENT_HYPER)) || input_give_named(input, input_csi_u_codes, code, modifiers))
        return;
    if (is_control(code) || !has_text(code))
        return;
    if (modifiers & MODIFIER_SHIFT)
        code = with_shift(code, shifted);
    modifiers &= ~(unsigned)MODIFIER_SHIFT;
    if ((modifiers & MODIFIER_CONTROL) && code >= 'A' && code <= 'Z')
        code = code - 'A' + 'a';
    input->escaped = false;
    if (has_text(code))
        input_give_code_point(input, (uint32_t)code, escaped ? modifiers | MODIFIER_ALT : modifiers);
}

enum { BUTTON_MASK = 0x03, BUTTON_MOVED = 0x20, BUTTON_WHEEL = 0x40, BUTTON_MORE = 0x80, BUTTON_NONE = 3 };

/* What a mouse does; false for what means nothing here: only the left button and the wheel do. */
static bool mouse_of(int code, bool pressed, enum mouse_action *out)
{
    int button = code & BUTTON_MASK;

    if (code < 0 || (code & (BUTTON_MOVED | BUTTON_MORE)))
        return false;
    if (code & BUTTON_WHEEL) {
        *out = button == 0 ? MOUSE_WHEEL_UP : MOUSE_WHEEL_DOWN;
        return pressed && button <= 1;
    }
    *out = pressed && button == 0 ? MOUSE_PRESS : MOUSE_RELEASE;
    return button == 0 || button == BUTTON_NONE;
}

/* A mouse report; row and column from 1. */
static void give_mouse(struct input *input, int code, bool pressed, int column, int row)
{
    struct event event = {.kind = EVENT_MOUSE, .row = row - 1, .column = column - 1};

    input_give_escape_before(input);
    if (row < 1 || column < 1 || !mouse_of(code, pressed, &event.mouse))
        return;
    event.modifiers = (code & 4 ? MODIFIER_SHIFT : 0U) | (code & 8 ? MODIFIER_ALT : 0U) |
                      (code & 16 ? MODIFIER_CONTROL : 0U);
    input_give(input, &event);
}

static void begin_paste(struct input *input)
{
    input_give_escape_before(input);
    buf_clear(&input->paste);
    input->paste_cut = false;
    input->paste_matched = 0;
    input->state = STATE_PASTE;
}

static void csi_tilde(struct input *input, const struct parameters *found, unsigned modifiers)
{
    int number = found->value[0][0];

    if (number == 200)
        begin_paste(input);
    else if (number == 27 && found->count == 3)
        give_coded(input, found->value[2][0], 0, sent_modifiers(found->value[1][0]));
    else
        input_give_named(input, input_tilde_numbers, number, modifiers);
}

/* rxvt says Shift and Ctrl with the last byte. 0: it is another. */
static unsigned rxvt_modifiers(char final)
{
    return final == '$'   ? MODIFIER_SHIFT
           : final == '^' ? MODIFIER_CONTROL
           : final == '@' ? MODIFIER_CONTROL | MODIFIER_SHIFT
                          : 0U;
}

static void csi_key(struct input *input, const struct parameters *found, char final)
{
    unsigned sent = sent_modifiers(found->value[1][0]);
    /* xterm's Meta is where kitty has Super. */
    unsigned modifiers = our_modifiers(sent) | (sent & SENT_SUPER ? MODIFIER_ALT : 0U);

    if (final == 'u')
        give_coded(input, found->value[0][0], found->value[0][1], sent);
    else if (final == '~')
        csi_tilde(input, found, modifiers);
    else if (found->count == 1 && rxvt_modifiers(final) != 0)
        input_give_named(input, input_tilde_numbers, found->value[0][0], rxvt_modifiers(final));
    else if (found->value[0][0] <= 1)
        input_give_named(input, input_csi_finals, final, modifiers);
}

static bool is_mouse_report(const struct parameters *found, char final)
{
    return found->count == 3 &&
           (found->prefix == '<' ? final == 'M' || final == 'm' : !found->prefix && final == 'M');
}

void input_end_csi(struct input *input, char final)
{
    struct parameters found = parameters_of(input);
    bool whole = !found.odd && found.value[1][1] != RELEASED;

    input->state = STATE_GROUND;
    if (whole && is_mouse_report(&found, final))
        give_mouse(input, found.value[0][0] - (found.prefix ? 0 : ' '), final == 'M', found.value[1][0],
                   found.value[2][0]);
    else if (whole && !found.prefix)
        csi_key(input, &found, final);
    input_give_escape_before(input);
}

void input_end_ss3(struct input *input, char final)
{
    struct parameters found = parameters_of(input);

    input->state = STATE_GROUND;
    if (!found.odd && found.prefix == 0)
        input_give_named(input, input_ss3_finals, final, our_modifiers(sent_modifiers(found.value[0][0])));
    input_give_escape_before(input);
}

void input_end_mouse(struct input *input)
{
    const char *report = input->sequence;

    input->state = STATE_GROUND;
    give_mouse(input, (unsigned char)report[0] - ' ', true, (unsigned char)report[1] - ' ',
               (unsigned char)report[2] - ' ');
}

bool input_is_key_number(const struct input *input)
{
    struct parameters found = parameters_of(input);

    return found.prefix == 0 && !found.odd && named_key_find(input_tilde_numbers, found.value[0][0]);
}
