#include "ui/input_state.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/*
 * A state machine over the bytes fed and not used yet. One step uses some of
 * them, may hand out events, and may change the state; where a sequence turns
 * out to be none, the byte that broke it is not used and is seen anew by the
 * state that follows.
 */

enum { BYTE_BEL = 0x07, BYTE_CAN = 0x18, BYTE_SUB = 0x1A, BYTE_ESC = 0x1B };

static const char paste_end[] = "\x1b[201~";

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

void input_give(struct input *input, const struct event *event)
{
    if (input->waiting_count < WAITING)
        input->waiting[input->waiting_count++] = *event;
}

static void give_press(struct input *input, enum press press, unsigned modifiers)
{
    struct event event = {.kind = EVENT_PRESS, .press = press, .modifiers = modifiers};

    input_give(input, &event);
}

static void give_text(struct input *input, const char *text, size_t length, unsigned modifiers)
{
    struct event event = {.kind = EVENT_PRESS, .press = PRESS_CHARACTER, .modifiers = modifiers};

    memcpy(event.text, text, length);
    input_give(input, &event);
}

void input_give_code_point(struct input *input, uint32_t code_point, unsigned modifiers)
{
    char text[4];
    size_t length = utf8_encode(code_point, text);

    give_text(input, text, length, modifiers);
}

void input_give_escape_before(struct input *input)
{
    if (input->escaped)
        give_press(input, PRESS_ESCAPE, 0);
    input->escaped = false;
}

bool input_give_named(struct input *input, const struct named_key *keys, int code, unsigned modifiers)
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

/* ------------------------------------------------------------ the states */

static void keep(struct input *input, char c)
{
    if (input->sequence_length < SEQUENCE_SIZE)
        input->sequence[input->sequence_length] = c;
    if (input->sequence_length <= SEQUENCE_SIZE)
        input->sequence_length++;
}

static void begin(struct input *input, enum input_state state, char introducer)
{
    input->state = state;
    input->introducer = introducer;
    input->sequence_length = 0;
}

/* A control in a sequence breaks it and counts for itself, but for those that say just that. */
static void break_off(struct input *input, unsigned char byte)
{
    input_give_escape_before(input);
    input->state = STATE_GROUND;
    if (byte == BYTE_CAN || byte == BYTE_SUB)
        input->at++;
}

static bool is_parameter(const struct input *input, unsigned char byte)
{
    /* rxvt ends a key with '$', which is no final byte anywhere else: only behind one plain number. */
    if (byte == '$' && input->sequence_length > 0 && input->sequence_length <= 2)
        return !input_is_key_number(input);
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
        input_end_csi(input, (char)byte);
}

static void step_csi_linux(struct input *input, unsigned char byte)
{
    if (byte < ' ' || byte >= BYTE_DEL) {
        break_off(input, byte);
        return;
    }
    input->at++;
    input->state = STATE_GROUND;
    input_give_named(input, input_csi_linux_finals, byte, 0);
    input_give_escape_before(input);
}

static void step_ss3(struct input *input, unsigned char byte)
{
    if (byte < ' ' || byte >= BYTE_DEL) {
        break_off(input, byte);
        return;
    }
    input->at++;
    if (byte < '@')
        keep(input, (char)byte);
    else
        input_end_ss3(input, (char)byte);
}

static void step_mouse(struct input *input, unsigned char byte)
{
    if (byte < ' ') {
        break_off(input, byte);
        return;
    }
    input->at++;
    keep(input, (char)byte);
    if (input->sequence_length == 3)
        input_end_mouse(input);
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
        input_give_escape_before(input);
        input->escaped = true;
        input->at++;
    } else if (byte == '[' || byte == 'O') {
        begin(input, byte == '[' ? STATE_CSI : STATE_SS3, (char)byte);
        input->at++;
    } else {
        input_give_escape_before(input);
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
    input_give(input, &event);
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
        input_give_code_point(input, ' ', modifiers | MODIFIER_CONTROL);
    else if (byte <= 26)
        input_give_code_point(input, byte + 'a' - 1U, modifiers | MODIFIER_CONTROL);
    else
        input_give_code_point(input, (unsigned char)behind_letters[byte - 28], modifiers | MODIFIER_CONTROL);
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
        input_give_code_point(input, UTF8_REPLACEMENT, modifiers);
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
    enum input_state state = input->state;

    if (state == STATE_PASTE) {
        end_paste(input, true);
        return;
    }
    input_give_escape_before(input);
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
    enum input_state state = input->state;

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
