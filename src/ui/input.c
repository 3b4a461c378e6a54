#include "ui/input.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "ui/input_keys.h"

/*
 * A state machine over the bytes fed and not used yet. One step uses some of
 * them, may hand out events, and may change the state; where a sequence turns
 * out to be none, the byte that broke it is not used and is seen anew by the
 * state that follows.
 */
enum state {
    STATE_GROUND,        /* between sequences: text and controls */
    STATE_ESCAPE,        /* ESC */
    STATE_CSI,           /* ESC [ */
    STATE_CSI_LINUX,     /* ESC [ [ : function keys of the linux console */
    STATE_SS3,           /* ESC O */
    STATE_MOUSE,         /* ESC [ M : three bytes of an X10 mouse report follow */
    STATE_STRING,        /* OSC, DCS, APC, PM, SOS: swallowed to its end */
    STATE_STRING_ESCAPE, /* ESC in a string: the first half of its end */
    STATE_PASTE,         /* between ESC [ 200 ~ and ESC [ 201 ~ */
};

enum { BYTE_BEL = 0x07, BYTE_CAN = 0x18, BYTE_SUB = 0x1A, BYTE_ESC = 0x1B, BYTE_DEL = 0x7F };

/* Parameters and their parts (a:b) that any sequence we know has at most. */
enum { PARAMETERS = 3, PARTS = 3, SEQUENCE_SIZE = 64, WAITING = 2 };

static const char paste_end[] = "\x1b[201~";

struct input {
    struct buf bytes; /* fed */
    size_t at;        /* used */
    enum state state;
    bool alt;        /* an ESC before what comes now */
    bool escaped;    /* in a sequence: one more ESC before its own */
    char introducer; /* the byte behind the ESC */
    char sequence[SEQUENCE_SIZE];
    size_t sequence_length; /* may exceed SEQUENCE_SIZE: then it is none we know */
    struct buf paste;
    bool paste_cut;
    size_t paste_matched; /* bytes of paste_end seen */
    bool paste_given;     /* the last event borrows the paste */
    struct event waiting[WAITING];
    size_t waiting_count;
    bool silence; /* input_flush(): what is incomplete stays so */
    bool given;   /* an event was handed out of what was fed last */
};

struct input *input_new(void)
{
    struct input *input = calloc(1, sizeof(*input));

    if (!input)
        return NULL;
    buf_init(&input->bytes, BUF_LIMIT_DEFAULT);
    buf_init(&input->paste, INPUT_PASTE_MAX);
    return input;
}

void input_free(struct input *input)
{
    if (!input)
        return;
    buf_release(&input->bytes);
    buf_release(&input->paste);
    /* Keys of a password may be waiting. */
    wipe(input, sizeof(*input));
    free(input);
}

bool input_feed(struct input *input, const char *bytes, size_t length)
{
    if (input->at == input->bytes.length) {
        buf_clear(&input->bytes);
        input->at = 0;
        input->given = false;
    }
    buf_add(&input->bytes, bytes, length);
    if (input->bytes.failed) {
        input->bytes.failed = false;
        return false;
    }
    return true;
}

/* --------------------------------------------------------------- events */

static void give(struct input *input, const struct event *event)
{
    if (input->waiting_count < WAITING)
        input->waiting[input->waiting_count++] = *event;
}

static void give_press(struct input *input, enum press press, unsigned modifiers)
{
    struct event event = {.kind = EVENT_PRESS, .press = press, .modifiers = modifiers};

    give(input, &event);
}

static void give_text(struct input *input, const char *text, size_t length, unsigned modifiers)
{
    struct event event = {.kind = EVENT_PRESS, .press = PRESS_CHARACTER, .modifiers = modifiers};

    memcpy(event.text, text, length);
    give(input, &event);
}

static void give_code_point(struct input *input, uint32_t code_point, unsigned modifiers)
{
    char text[4];
    size_t length = utf8_encode(code_point, text);

    give_text(input, text, length, modifiers);
}

/* The ESC before a sequence that turned out to be no key that Alt could be pressed with. */
static void give_escape_before(struct input *input)
{
    if (input->escaped)
        give_press(input, PRESS_ESCAPE, 0);
    input->escaped = false;
}

/* Hands out a key of a table; false when it is in none. */
static bool give_named(struct input *input, const struct named_key *keys, int code, unsigned modifiers)
{
    const struct named_key *key = named_key_find(keys, code);

    if (!key)
        return false;
    modifiers |= key->modifiers;
    if (input->escaped)
        modifiers |= MODIFIER_ALT;
    input->escaped = false;
    if (key->press == PRESS_CHARACTER)
        give_text(input, &key->character, 1, modifiers);
    else if (key->press == PRESS_BACK_TAB || (key->press == PRESS_TAB && (modifiers & MODIFIER_SHIFT)))
        give_press(input, PRESS_BACK_TAB, modifiers & ~(unsigned)MODIFIER_SHIFT);
    else
        give_press(input, key->press, modifiers);
    return true;
}

/* ------------------------------------------------------------ CSI, whole */

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
    if ((sent & (SENT_SUPER | SENT_HYPER)) || give_named(input, input_csi_u_codes, code, modifiers))
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
        give_code_point(input, (uint32_t)code, escaped ? modifiers | MODIFIER_ALT : modifiers);
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

    give_escape_before(input);
    if (row < 1 || column < 1 || !mouse_of(code, pressed, &event.mouse))
        return;
    event.modifiers = (code & 4 ? MODIFIER_SHIFT : 0U) | (code & 8 ? MODIFIER_ALT : 0U) |
                      (code & 16 ? MODIFIER_CONTROL : 0U);
    give(input, &event);
}

static void begin_paste(struct input *input)
{
    give_escape_before(input);
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
        give_named(input, input_tilde_numbers, number, modifiers);
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
        give_named(input, input_tilde_numbers, found->value[0][0], rxvt_modifiers(final));
    else if (found->value[0][0] <= 1)
        give_named(input, input_csi_finals, final, modifiers);
}

static bool is_mouse_report(const struct parameters *found, char final)
{
    return found->count == 3 &&
           (found->prefix == '<' ? final == 'M' || final == 'm' : !found->prefix && final == 'M');
}

/* A whole sequence: its parameters are kept, this is its last byte. */
static void csi_end(struct input *input, char final)
{
    struct parameters found = parameters_of(input);
    bool whole = !found.odd && found.value[1][1] != RELEASED;

    input->state = STATE_GROUND;
    if (whole && is_mouse_report(&found, final))
        give_mouse(input, found.value[0][0] - (found.prefix ? 0 : ' '), final == 'M', found.value[1][0],
                   found.value[2][0]);
    else if (whole && !found.prefix)
        csi_key(input, &found, final);
    give_escape_before(input);
}

/* ------------------------------------------------------------ the states */

static void keep(struct input *input, char c)
{
    if (input->sequence_length < SEQUENCE_SIZE)
        input->sequence[input->sequence_length] = c;
    if (input->sequence_length <= SEQUENCE_SIZE)
        input->sequence_length++;
}

static void begin(struct input *input, enum state state, char introducer)
{
    input->state = state;
    input->introducer = introducer;
    input->sequence_length = 0;
}

/* A control in a sequence breaks it and counts for itself, but for those that say just that. */
static void break_off(struct input *input, unsigned char byte)
{
    give_escape_before(input);
    input->state = STATE_GROUND;
    if (byte == BYTE_CAN || byte == BYTE_SUB)
        input->at++;
}

static bool is_parameter(const struct input *input, unsigned char byte)
{
    /* rxvt ends a key with '$', which is no final byte anywhere else: only behind one plain number. */
    if (byte == '$' && input->sequence_length > 0 && input->sequence_length <= 2) {
        struct parameters found = parameters_of(input);

        return found.prefix != 0 || found.odd || !named_key_find(input_tilde_numbers, found.value[0][0]);
    }
    return byte >= ' ' && byte < '@';
}

static void step_csi(struct input *input, unsigned char byte)
{
    if (byte < ' ' || byte >= BYTE_DEL) {
        break_off(input, byte);
        return;
    }
    input->at++;
    if (is_parameter(input, byte))
        keep(input, (char)byte);
    else if (byte == '[' && input->sequence_length == 0)
        begin(input, STATE_CSI_LINUX, '[');
    else if (byte == 'M' && input->sequence_length == 0)
        begin(input, STATE_MOUSE, 'M');
    else
        csi_end(input, (char)byte);
}

static void step_csi_linux(struct input *input, unsigned char byte)
{
    if (byte < ' ' || byte >= BYTE_DEL) {
        break_off(input, byte);
        return;
    }
    input->at++;
    input->state = STATE_GROUND;
    give_named(input, input_csi_linux_finals, byte, 0);
    give_escape_before(input);
}

static void step_ss3(struct input *input, unsigned char byte)
{
    struct parameters found;

    if (byte < ' ' || byte >= BYTE_DEL) {
        break_off(input, byte);
        return;
    }
    input->at++;
    if (byte < '@') {
        keep(input, (char)byte);
        return;
    }
    found = parameters_of(input);
    input->state = STATE_GROUND;
    if (!found.odd && found.prefix == 0)
        give_named(input, input_ss3_finals, byte, our_modifiers(sent_modifiers(found.value[0][0])));
    give_escape_before(input);
}

static void step_mouse(struct input *input, unsigned char byte)
{
    const char *report = input->sequence;

    if (byte < ' ') {
        break_off(input, byte);
        return;
    }
    input->at++;
    keep(input, (char)byte);
    if (input->sequence_length < 3)
        return;
    input->state = STATE_GROUND;
    give_mouse(input, (unsigned char)report[0] - ' ', true, (unsigned char)report[1] - ' ',
               (unsigned char)report[2] - ' ');
}

static void step_string(struct input *input, unsigned char byte)
{
    input->at++;
    input->sequence_length = 1;
    if (byte == BYTE_ESC)
        input->state = STATE_STRING_ESCAPE;
    else if (byte == BYTE_BEL || byte == BYTE_CAN || byte == BYTE_SUB)
        input->state = STATE_GROUND;
}

static void step_string_escape(struct input *input, unsigned char byte)
{
    if (byte == '\\') {
        input->at++;
        input->state = STATE_GROUND;
    } else {
        input->state = STATE_ESCAPE;
    }
}

static void step_escape(struct input *input, unsigned char byte)
{
    if (byte == BYTE_ESC) {
        /* Perhaps Alt with a key that sends a sequence; more of them are just that many. */
        give_escape_before(input);
        input->escaped = true;
        input->at++;
    } else if (byte == '[' || byte == 'O') {
        begin(input, byte == '[' ? STATE_CSI : STATE_SS3, (char)byte);
        input->at++;
    } else {
        give_escape_before(input);
        if (byte == ']' || byte == 'P' || byte == 'X' || byte == '^' || byte == '_') {
            begin(input, STATE_STRING, (char)byte);
            input->at++;
        } else {
            input->alt = true;
            input->state = STATE_GROUND;
        }
    }
}

static void paste_add(struct input *input, const char *bytes, size_t length)
{
    size_t room = INPUT_PASTE_MAX - input->paste.length;

    if (length > room) {
        length = room;
        input->paste_cut = true;
    }
    buf_add(&input->paste, bytes, length);
}

static void end_paste(struct input *input, bool cut)
{
    struct event event = {.kind = EVENT_PASTE};

    event.paste_cut = cut || input->paste_cut || input->paste.failed;
    event.paste = buf_text(&input->paste);
    event.paste_length = input->paste.length;
    input->paste_given = true;
    input->state = STATE_GROUND;
    give(input, &event);
}

static void step_paste(struct input *input)
{
    const char *bytes = buf_text(&input->bytes) + input->at;
    size_t length = input->bytes.length - input->at;
    const char *mark;

    if (input->paste_matched > 0) {
        if (*bytes != paste_end[input->paste_matched]) {
            paste_add(input, paste_end, input->paste_matched);
            input->paste_matched = 0;
            return;
        }
        input->at++;
        if (++input->paste_matched == sizeof(paste_end) - 1)
            end_paste(input, false);
        return;
    }
    mark = memchr(bytes, BYTE_ESC, length);
    if (mark) {
        length = (size_t)(mark - bytes);
        input->paste_matched = 1;
        input->at++;
    }
    paste_add(input, bytes, length);
    input->at += length;
}

static void step_control(struct input *input, unsigned char byte, unsigned modifiers)
{
    static const char behind_letters[] = "\\]^_";

    input->at++;
    if (byte == BYTE_ESC)
        input->state = STATE_ESCAPE;
    else if (byte == BYTE_DEL)
        give_press(input, PRESS_BACKSPACE, modifiers);
    else if (byte == '\t')
        give_press(input, PRESS_TAB, modifiers);
    else if (byte == '\r')
        give_press(input, PRESS_ENTER, modifiers);
    else if (byte == 0)
        give_code_point(input, ' ', modifiers | MODIFIER_CONTROL);
    else if (byte <= 26)
        give_code_point(input, byte + 'a' - 1U, modifiers | MODIFIER_CONTROL);
    else
        give_code_point(input, (unsigned char)behind_letters[byte - 28], modifiers | MODIFIER_CONTROL);
}

/* True when text begins a sequence of UTF-8 whose rest may still come. */
static bool is_cut(const char *text, size_t length)
{
    unsigned char first = (unsigned char)text[0];
    size_t wanted = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;

    if (first < 0xC2 || first > 0xF4 || length >= wanted)
        return false;
    for (size_t i = 1; i < length; i++)
        if (((unsigned char)text[i] & 0xC0) != 0x80)
            return false;
    return true;
}

/* The bytes of the grapheme at the start of text that an event can hold; *first gets its first code point. */
static size_t event_text_length(const char *text, size_t length, uint32_t *first)
{
    size_t whole = utf8_grapheme(text, length, NULL);
    size_t at = utf8_decode(text, length, first);

    while (at < whole) {
        uint32_t code_point;
        size_t used = utf8_decode(text + at, whole - at, &code_point);

        if (code_point == UINT32_MAX || at + used >= EVENT_TEXT_SIZE)
            break;
        at += used;
    }
    return at;
}

/* False when more bytes are needed. */
static bool step_ground(struct input *input, unsigned char byte)
{
    const char *text = buf_text(&input->bytes) + input->at;
    size_t length = input->bytes.length - input->at;
    unsigned modifiers = input->alt ? MODIFIER_ALT : 0;
    uint32_t first;

    if (byte >= 0x80 && !input->silence && is_cut(text, length))
        return false;
    input->alt = false;
    if (byte < ' ' || byte == BYTE_DEL) {
        step_control(input, byte, modifiers);
        return true;
    }
    length = modifiers ? utf8_decode(text, length, &first) : event_text_length(text, length, &first);
    input->at += length;
    if (first == UINT32_MAX)
        give_code_point(input, UTF8_REPLACEMENT, modifiers);
    else if (first < 0x80 || first >= 0xA0)
        give_text(input, text, length, modifiers);
    return true;
}

static bool step(struct input *input)
{
    unsigned char byte = (unsigned char)buf_text(&input->bytes)[input->at];

    switch (input->state) {
    case STATE_GROUND:
        return step_ground(input, byte);
    case STATE_ESCAPE:
        step_escape(input, byte);
        return true;
    case STATE_CSI:
        step_csi(input, byte);
        return true;
    case STATE_CSI_LINUX:
        step_csi_linux(input, byte);
        return true;
    case STATE_SS3:
        step_ss3(input, byte);
        return true;
    case STATE_MOUSE:
        step_mouse(input, byte);
        return true;
    case STATE_STRING:
        step_string(input, byte);
        return true;
    case STATE_STRING_ESCAPE:
        step_string_escape(input, byte);
        return true;
    case STATE_PASTE:
        step_paste(input);
        return true;
    }
    return true;
}

/* Nothing follows what is there. */
static void settle(struct input *input)
{
    enum state state = input->state;

    if (state == STATE_PASTE) {
        end_paste(input, true);
        return;
    }
    give_escape_before(input);
    input->state = STATE_GROUND;
    if (state == STATE_ESCAPE)
        give_press(input, PRESS_ESCAPE, 0);
    else if ((state == STATE_CSI || state == STATE_SS3 || state == STATE_STRING) &&
             input->sequence_length == 0)
        give_text(input, &input->introducer, 1, MODIFIER_ALT);
}

/* -------------------------------------------------------------- outside */

static void take_waiting(struct input *input, struct event *event)
{
    *event = input->waiting[0];
    input->waiting_count--;
    memmove(input->waiting, input->waiting + 1, input->waiting_count * sizeof(*input->waiting));
    event->burst = input->given || input->waiting_count > 0 || input->at < input->bytes.length;
    input->given = true;
}

bool input_next(struct input *input, struct event *event)
{
    if (input->paste_given && input->waiting_count == 0) {
        buf_release(&input->paste);
        input->paste.limit = INPUT_PASTE_MAX;
        input->paste_given = false;
    }
    while (input->waiting_count == 0) {
        if (input->at < input->bytes.length) {
            if (!step(input))
                return false;
        } else if (input->silence && input->state != STATE_GROUND) {
            settle(input);
        } else {
            input->silence = false;
            return false;
        }
    }
    take_waiting(input, event);
    return true;
}

/* True where what is there may be all of it: Esc, or Alt with the letter that begins sequences. Strings, too:
 * nothing asks for one, and the keys behind Alt-] are not to be lost in it. */
static bool may_be_whole(const struct input *input)
{
    enum state state = input->state;

    return state == STATE_ESCAPE || state == STATE_STRING || state == STATE_STRING_ESCAPE ||
           ((state == STATE_CSI || state == STATE_SS3) && input->sequence_length == 0);
}

bool input_pending(const struct input *input, int *silence_ms)
{
    if (silence_ms)
        *silence_ms = input->state == STATE_PASTE ? INPUT_PASTE_MS
                      : may_be_whole(input)       ? INPUT_ESCAPE_MS
                                                  : INPUT_SEQUENCE_MS;
    return input->state != STATE_GROUND || input->at < input->bytes.length;
}

void input_flush(struct input *input)
{
    input->silence = true;
    input->given = false;
}
