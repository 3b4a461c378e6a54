#ifndef UI_EVENT_H
#define UI_EVENT_H

#include <stdbool.h>
#include <stddef.h>

/* Keys that are no text. Ctrl and Alt with a letter are PRESS_CHARACTER with the letter and a modifier. */
enum press {
    PRESS_NONE,
    PRESS_CHARACTER, /* event.text holds one grapheme or what came at once */
    PRESS_ENTER,
    PRESS_TAB,
    PRESS_BACK_TAB,
    PRESS_ESCAPE,
    PRESS_BACKSPACE,
    PRESS_DELETE,
    PRESS_INSERT,
    PRESS_UP,
    PRESS_DOWN,
    PRESS_LEFT,
    PRESS_RIGHT,
    PRESS_HOME,
    PRESS_END,
    PRESS_PAGE_UP,
    PRESS_PAGE_DOWN,
    PRESS_F1,
    PRESS_F2,
    PRESS_F3,
    PRESS_F4,
    PRESS_F5,
    PRESS_F6,
    PRESS_F7,
    PRESS_F8,
    PRESS_F9,
    PRESS_F10,
    PRESS_F11,
    PRESS_F12,
};

enum modifier { MODIFIER_SHIFT = 1, MODIFIER_ALT = 2, MODIFIER_CONTROL = 4 };

enum event_kind {
    EVENT_PRESS,  /* a key: press, modifiers, and text for PRESS_CHARACTER */
    EVENT_PASTE,  /* a bracketed paste, whole: text */
    EVENT_MOUSE,  /* mouse, row, column */
    EVENT_RESIZE, /* columns, rows */
    EVENT_LOSS,   /* keys came that memory was too short for */
    EVENT_TICK,   /* time passed: the view shows how much */
    EVENT_SIGNAL, /* the program is asked to end: signal_number */
};

enum mouse_action { MOUSE_PRESS, MOUSE_RELEASE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

enum { EVENT_TEXT_SIZE = 64 };

/* What happened at the terminal. Plain data; for EVENT_PASTE the text is borrowed from the input parser and
 * valid until its next call. */
struct event {
    enum event_kind kind;
    enum press press;
    unsigned modifiers;         /* enum modifier */
    char text[EVENT_TEXT_SIZE]; /* valid UTF-8, terminated */
    const char *paste;
    size_t paste_length;
    bool paste_cut; /* the end mark did not come, or it was longer than the limit */
    enum mouse_action mouse;
    int row, column;   /* of the mouse, from 0 */
    int columns, rows; /* of the screen */
    int signal_number;
    bool burst; /* came together with the event before or behind it: no person typed it on its own. Questions
                 * that matter take no such key for an answer, so text pasted where there is no bracketed
                 * paste cannot confirm */
};

#endif
