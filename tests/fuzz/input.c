#include "fuzz.h"

#include "base/utf8.h"
#include "ui/input.h"

/*
 * What a terminal sends. Byte 0 says how large the pieces are in which it
 * comes, and whether there is a silence between them; the rest is what comes.
 * However it is cut, the same keys come out (but for silences and bursts).
 */

enum { EVENTS_MAX = 4096 };

struct outcome {
    uint64_t hash;
    size_t count;
};

static void mix(struct outcome *outcome, const void *bytes, size_t length)
{
    const unsigned char *byte = bytes;

    for (size_t i = 0; i < length; i++)
        outcome->hash = (outcome->hash ^ byte[i]) * 0x100000001B3u;
}

static void event_holds(const struct event *event)
{
    HOLDS(event->kind == EVENT_PRESS || event->kind == EVENT_PASTE || event->kind == EVENT_MOUSE, "event %d",
          event->kind);
    if (event->kind == EVENT_PRESS) {
        size_t length = strnlen(event->text, sizeof(event->text));

        HOLDS(event->press > PRESS_NONE && event->press <= PRESS_F12, "press %d", event->press);
        HOLDS(length < sizeof(event->text) && utf8_valid(event->text, length), "text of %zu bytes", length);
        HOLDS((event->press == PRESS_CHARACTER) == (length > 0), "press %d with '%s'", event->press,
              event->text);
        HOLDS((unsigned char)event->text[0] >= ' ' || length == 0, "a control character is typed");
        HOLDS((event->modifiers & ~7u) == 0, "modifiers %x", event->modifiers);
    }
    if (event->kind == EVENT_MOUSE)
        HOLDS(event->row >= 0 && event->column >= 0 && event->mouse <= MOUSE_WHEEL_DOWN, "mouse at %d,%d",
              event->row, event->column);
    if (event->kind == EVENT_PASTE)
        HOLDS(event->paste_length <= INPUT_PASTE_MAX && (event->paste || event->paste_length == 0),
              "a paste of %zu", event->paste_length);
}

static void drain(struct input *input, struct outcome *outcome)
{
    struct event event;

    while (input_next(input, &event)) {
        event_holds(&event);
        HOLDS(++outcome->count < 2 * (size_t)EVENTS_MAX, "more keys than bytes");
        /* What is typed at once is one event, or several: only the order counts. */
        if (event.kind == EVENT_PRESS && event.press == PRESS_CHARACTER && event.modifiers == 0) {
            mix(outcome, event.text, strlen(event.text));
            continue;
        }
        mix(outcome, &event.kind, sizeof(event.kind));
        if (event.kind == EVENT_PRESS) {
            mix(outcome, &event.press, sizeof(event.press));
            mix(outcome, &event.modifiers, sizeof(event.modifiers));
        }
        if (event.kind == EVENT_PASTE)
            mix(outcome, event.paste, event.paste_length);
    }
}

static struct outcome play(const uint8_t *data, size_t size, size_t piece, bool silences)
{
    struct input *input = input_new();
    struct outcome outcome = {.hash = 0xCBF29CE484222325u};
    int silence;

    HOLDS(input, "memory is short");
    for (size_t at = 0; at < size;) {
        size_t length = size - at < piece ? size - at : piece;
        char *bytes = exact_copy(data + at, length);

        HOLDS(input_feed(input, bytes, length), "memory is not short");
        free(bytes);
        drain(input, &outcome);
        if (silences && input_pending(input, &silence)) {
            HOLDS(silence == INPUT_ESCAPE_MS || silence == INPUT_SEQUENCE_MS || silence == INPUT_PASTE_MS,
                  "%d ms", silence);
            input_flush(input);
            drain(input, &outcome);
            HOLDS(!input_pending(input, NULL), "still waiting after a silence");
        }
        at += length;
    }
    input_flush(input);
    drain(input, &outcome);
    HOLDS(!input_pending(input, NULL), "still waiting at the end");
    input_free(input);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct outcome pieces, whole;

    if (size < 2 || size > EVENTS_MAX)
        return 0;
    pieces = play(data + 1, size - 1, (data[0] & 0x7Fu) + 1, data[0] & 0x80);
    if (data[0] & 0x80)
        return 0;
    whole = play(data + 1, size - 1, size, false);
    HOLDS(pieces.hash == whole.hash, "%zu keys in pieces are others than %zu at once", pieces.count,
          whole.count);
    return 0;
}
