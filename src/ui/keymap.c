#include "ui/keymap.h"

/* clang-format off */
#define CTRL(letter) PRESS_CHARACTER, MODIFIER_CONTROL, letter
#define ALT(sign) PRESS_CHARACTER, MODIFIER_ALT, sign
#define CAPITAL(letter) PRESS_CHARACTER, MODIFIER_SHIFT, letter
#define SIGN(sign) PRESS_CHARACTER, 0, sign
#define KEY(press) PRESS_##press, 0, 0
#define WITH(modifier, press) PRESS_##press, MODIFIER_##modifier, 0

/* A second key for the row above. */
#define ALSO NULL, NULL, 0
/* In the overlay only. */
#define QUIET(help) NULL, help, 0

/* The signs of the pages that are only read: there no text can be typed. */
#define CONTEXT_PAGE (CONTEXT_REVIEW | CONTEXT_RESULT | CONTEXT_OVERLAY)

/* Where text is typed. */
#define CONTEXT_LINE (CONTEXT_TEXT | CONTEXT_PROMPT | CONTEXT_PICKER)

const struct key_binding key_bindings[] = {
    /* Moving between fields, and steps. */
    {CONTEXT_FORM, KEY(TAB), ACTION_NEXT_FIELD, "Tab", "next", "To the next field", 20},
    {CONTEXT_FORM, CTRL('n'), ACTION_NEXT_FIELD, "Ctrl-N", ALSO},
    {CONTEXT_FORM, KEY(BACK_TAB), ACTION_PREVIOUS_FIELD, "Shift-Tab", QUIET("To the field before")},
    {CONTEXT_FORM, CTRL('p'), ACTION_PREVIOUS_FIELD, "Ctrl-P", ALSO},
    {CONTEXT_FORM, KEY(DOWN), ACTION_DOWN, "Down", QUIET("To what stands below: the next choice, or field")},
    {CONTEXT_FORM, KEY(UP), ACTION_UP, "Up", QUIET("To what stands above")},
    {CONTEXT_FORM, KEY(ENTER), ACTION_ACCEPT, "Enter", QUIET("Go on to the next field or step")},
    {CONTEXT_CHOICE, KEY(RIGHT), ACTION_CHOICE_NEXT, "Right", QUIET("The next choice of the list")},
    {CONTEXT_CHOICE, KEY(LEFT), ACTION_CHOICE_PREVIOUS, "Left", QUIET("The choice before")},
    {CONTEXT_CHOICE, SIGN(' '), ACTION_CHOOSE, "Space", "choose",
     "Take the choice under the cursor (so does its digit)", 15},
    {CONTEXT_CHOICE, KEY(BACKSPACE), ACTION_TAKE_BACK, "Backspace", QUIET("Leave the list unanswered again")},
    {CONTEXT_CHOICE, KEY(DELETE), ACTION_TAKE_BACK, "Delete", ALSO},
    {CONTEXT_FORM, KEY(ESCAPE), ACTION_BACK, "Esc", QUIET("Close what is open; never leaves, never clears")},
    {CONTEXT_FORM, KEY(PAGE_DOWN), ACTION_NEXT_STEP, "PgDn", "next step",
     "To the next step, also with problems", 30},
    {CONTEXT_FORM, ALT('>'), ACTION_NEXT_STEP, "Alt->", ALSO},
    {CONTEXT_FORM, ALT('.'), ACTION_NEXT_STEP, "Alt-.", ALSO},
    {CONTEXT_FORM | CONTEXT_REVIEW, KEY(PAGE_UP), ACTION_PREVIOUS_STEP, "PgUp", "step back",
     "To the step before; every answer stays", 50},
    {CONTEXT_FORM | CONTEXT_REVIEW, ALT('<'), ACTION_PREVIOUS_STEP, "Alt-<", ALSO},
    {CONTEXT_FORM | CONTEXT_REVIEW, ALT(','), ACTION_PREVIOUS_STEP, "Alt-,", ALSO},
    {CONTEXT_FORM, KEY(F9), ACTION_REVIEW, "F9", "review", "Straight to the review", 60},
    {CONTEXT_FORM, ALT('r'), ACTION_REVIEW, "Alt-R", ALSO},

    /* A question, a running request: few keys, and never Enter for a yes. */
    {CONTEXT_CONFIRM, SIGN('y'), ACTION_CONFIRM, "y", "yes", "Yes: do it", 10},
    {CONTEXT_CONFIRM, SIGN('n'), ACTION_DENY, "n", "no", "No: leave everything as it is", 11},
    {CONTEXT_CONFIRM, KEY(ESCAPE), ACTION_DENY, "Esc", ALSO},
    {CONTEXT_LETTERS, KEY(ESCAPE), ACTION_DENY, "Esc", "back", "Close the question; nothing is lost", 10},
    {CONTEXT_LETTERS, KEY(ENTER), ACTION_ACCEPT, "Enter", QUIET("The first answer, where nothing can be lost by it")},
    {CONTEXT_PROMPT, KEY(ENTER), ACTION_ACCEPT, "Enter", "accept", "Take the answer", 10},
    {CONTEXT_PROMPT, KEY(ESCAPE), ACTION_BACK, "Esc", "back", "Close the question", 11},
    {CONTEXT_RUNNING, KEY(ESCAPE), ACTION_CANCEL, "Esc", "stop", "Stop the request", 10},
    {CONTEXT_RUNNING, CTRL('c'), ACTION_CANCEL, "Ctrl-C", ALSO},

    /* The review. */
    {CONTEXT_REVIEW, CTRL('x'), ACTION_SUBMIT, "Ctrl-X", "submit", "Submit: asks first, then sends", 10},
    {CONTEXT_REVIEW, SIGN('s'), ACTION_SUBMIT, "s", ALSO},
    {CONTEXT_REVIEW, SIGN('w'), ACTION_REGION, "w", "region", "Choose the region that the plan is sent to", 62},
    {CONTEXT_REVIEW, SIGN('p'), ACTION_PROFILE, "p", "profile", "Choose the profile; signs in again", 63},
    {CONTEXT_REVIEW, KEY(ENTER), ACTION_ACCEPT, "Enter", "to the field",
     "To the field of the marked problem", 20},
    {CONTEXT_REVIEW, KEY(TAB), ACTION_NEXT_PROBLEM, "Tab", "next problem", "Mark the next problem", 30},
    {CONTEXT_REVIEW, KEY(BACK_TAB), ACTION_PREVIOUS_PROBLEM, "Shift-Tab", QUIET("Mark the problem before")},
    {CONTEXT_REVIEW, KEY(ESCAPE), ACTION_BACK, "Esc", QUIET("Back to the form")},

    /* The result. */
    {CONTEXT_LOOK, SIGN('l'), ACTION_LOOK, "l", "look again", "Look once more for a plan whose outcome is unknown", 11},
    {CONTEXT_REPEAT, SIGN('a'), ACTION_REPEAT, "a", "send again",
     "Send the very same request once more; asks first", 12},
    {CONTEXT_RESULT, KEY(ENTER), ACTION_ACCEPT, "Enter", "go on", "Do what the page says", 10},
    {CONTEXT_RESULT, SIGN('b'), ACTION_BACK, "b", "back", "Back to the review; every answer is kept", 20},
    {CONTEXT_RESULT, KEY(ESCAPE), ACTION_BACK, "Esc", ALSO},
    {CONTEXT_RESULT, SIGN('r'), ACTION_RAW, "r", "raw answer", "The answer of the service as it came", 30},
    {CONTEXT_RESULT, SIGN('n'), ACTION_NEW_PLAN, "n", "new plan", "Begin a new plan", 40},
    {CONTEXT_RESULT, SIGN('q'), ACTION_QUIT, "q", "quit", "Leave the program", 35},

    /* A list to pick from. */
    {CONTEXT_PICKABLE, KEY(F2), ACTION_PICK, "F2", "pick", "Pick from what the account has", 12},
    {CONTEXT_PICKABLE, ALT('l'), ACTION_PICK, "Alt-L", ALSO},
    {CONTEXT_PICKER, KEY(ENTER), ACTION_ACCEPT, "Enter", "choose", "Take the marked row", 10},
    {CONTEXT_PICKER, KEY(ESCAPE), ACTION_BACK, "Esc", "back", "Back to the field as it was", 11},
    {CONTEXT_PICKER, KEY(UP), ACTION_SCROLL_UP, "Up", QUIET("The row above")},
    {CONTEXT_PICKER, CTRL('p'), ACTION_SCROLL_UP, "Ctrl-P", ALSO},
    {CONTEXT_PICKER, KEY(DOWN), ACTION_SCROLL_DOWN, "Down", QUIET("The row below")},
    {CONTEXT_PICKER, CTRL('n'), ACTION_SCROLL_DOWN, "Ctrl-N", ALSO},
    {CONTEXT_PICKER, KEY(PAGE_UP), ACTION_SCROLL_PAGE_UP, "PgUp", QUIET("One page up")},
    {CONTEXT_PICKER, KEY(PAGE_DOWN), ACTION_SCROLL_PAGE_DOWN, "PgDn", QUIET("One page down")},
    {CONTEXT_PICKER, KEY(F5), ACTION_REFRESH, "F5", "refresh", "Ask the account anew", 20},
    {CONTEXT_PICKER, CTRL('r'), ACTION_REFRESH, "Ctrl-R", ALSO},
    {CONTEXT_PICKER, ALT('t'), ACTION_PICK_TYPED, "Alt-T", "as typed", "Take what is typed as it is", 15},

    /* What is only read. */
    {CONTEXT_OVERLAY, KEY(ESCAPE), ACTION_BACK, "Esc", "close", "Close this page", 10},
    {CONTEXT_OVERLAY, SIGN('q'), ACTION_BACK, "q", ALSO},
    {CONTEXT_OVERLAY, KEY(F1), ACTION_BACK, "F1", ALSO},
    {CONTEXT_OVERLAY, KEY(ENTER), ACTION_BACK, "Enter", ALSO},
    {CONTEXT_PAGE, KEY(UP), ACTION_SCROLL_UP, "Up", QUIET("One line up")},
    {CONTEXT_PAGE, SIGN('k'), ACTION_SCROLL_UP, "k", ALSO},
    {CONTEXT_PAGE, KEY(DOWN), ACTION_SCROLL_DOWN, "Down", "scroll", "One line down", 70},
    {CONTEXT_PAGE, SIGN('j'), ACTION_SCROLL_DOWN, "j", ALSO},
    {CONTEXT_RESULT | CONTEXT_OVERLAY, KEY(PAGE_UP), ACTION_SCROLL_PAGE_UP, "PgUp", QUIET("One page up")},
    {CONTEXT_REVIEW | CONTEXT_OVERLAY, SIGN('b'), ACTION_SCROLL_PAGE_UP, "b", QUIET("One page up")},
    {CONTEXT_PAGE, KEY(PAGE_DOWN), ACTION_SCROLL_PAGE_DOWN, "PgDn", QUIET("One page down")},
    {CONTEXT_PAGE, SIGN(' '), ACTION_SCROLL_PAGE_DOWN, "Space", ALSO},
    {CONTEXT_PAGE, KEY(HOME), ACTION_SCROLL_START, "Home", QUIET("To the start of the text")},
    {CONTEXT_PAGE, SIGN('g'), ACTION_SCROLL_START, "g", ALSO},
    {CONTEXT_PAGE, KEY(END), ACTION_SCROLL_END, "End", QUIET("To the end of the text")},
    {CONTEXT_PAGE, CAPITAL('g'), ACTION_SCROLL_END, "G", ALSO},

    /* Seeing more. */
    {CONTEXT_ALL & ~(unsigned)(CONTEXT_OVERLAY | CONTEXT_PROMPT | CONTEXT_LETTERS | CONTEXT_PICKER), KEY(F1), ACTION_HELP, "F1", "help",
     "This page: all keys", 25},
    {CONTEXT_ALL & ~(unsigned)(CONTEXT_OVERLAY | CONTEXT_LINE | CONTEXT_LETTERS), SIGN('?'), ACTION_HELP, "?", ALSO},
    {CONTEXT_SECRET, CTRL('r'), ACTION_REVEAL, "Ctrl-R", "reveal", "Show or mask what is typed here", 15},
    {CONTEXT_SECRET, CTRL('t'), ACTION_REFERENCE, "Ctrl-T", "from where",
     "Take the password from a variable, a file or a command when the plan is sent", 16},
    {CONTEXT_FORM, KEY(F4), ACTION_PREVIEW, "F4", "JSON", "The request beside the form: show or hide", 55},
    {CONTEXT_FORM, ALT('j'), ACTION_PREVIEW, "Alt-J", ALSO},
    {CONTEXT_FORM, KEY(F7), ACTION_WHY, "F7", "why", "Why fields are hidden or needed", 65},
    {CONTEXT_FORM, ALT('w'), ACTION_WHY, "Alt-W", ALSO},
    {CONTEXT_FORM | CONTEXT_REVIEW, KEY(F8), ACTION_NEXT_PROBLEM, "F8", "problem", "To the next problem", 45},
    {CONTEXT_FORM | CONTEXT_REVIEW, ALT('n'), ACTION_NEXT_PROBLEM, "Alt-N", ALSO},
    {CONTEXT_FORM | CONTEXT_REVIEW, WITH(SHIFT, F8), ACTION_PREVIOUS_PROBLEM, "Shift-F8",
     QUIET("To the problem before")},
    {CONTEXT_FORM | CONTEXT_REVIEW, ALT('p'), ACTION_PREVIOUS_PROBLEM, "Alt-P", ALSO},
    {CONTEXT_FORM, KEY(F3), ACTION_EXTRAS, "F3", "extras", "Ask the fields too that are not needed here",
     75},
    {CONTEXT_FORM, ALT('x'), ACTION_EXTRAS, "Alt-X", ALSO},

    /* In a text field. */
    {CONTEXT_LINE, KEY(LEFT), ACTION_CHAR_LEFT, "Left", QUIET("One character to the left")},
    {CONTEXT_LINE, CTRL('b'), ACTION_CHAR_LEFT, "Ctrl-B", ALSO},
    {CONTEXT_LINE, KEY(RIGHT), ACTION_CHAR_RIGHT, "Right", QUIET("One character to the right")},
    {CONTEXT_LINE, CTRL('f'), ACTION_CHAR_RIGHT, "Ctrl-F", ALSO},
    {CONTEXT_LINE, WITH(CONTROL, LEFT), ACTION_WORD_LEFT, "Ctrl-Left", QUIET("One word to the left")},
    {CONTEXT_LINE, ALT('b'), ACTION_WORD_LEFT, "Alt-B", ALSO},
    {CONTEXT_LINE, WITH(CONTROL, RIGHT), ACTION_WORD_RIGHT, "Ctrl-Right", QUIET("One word to the right")},
    {CONTEXT_LINE, ALT('f'), ACTION_WORD_RIGHT, "Alt-F", ALSO},
    {CONTEXT_LINE, KEY(HOME), ACTION_LINE_START, "Home", QUIET("To the start of the line")},
    {CONTEXT_LINE, CTRL('a'), ACTION_LINE_START, "Ctrl-A", ALSO},
    {CONTEXT_LINE, KEY(END), ACTION_LINE_END, "End", QUIET("To the end of the line")},
    {CONTEXT_LINE, CTRL('e'), ACTION_LINE_END, "Ctrl-E", ALSO},
    {CONTEXT_LINE, KEY(BACKSPACE), ACTION_ERASE_LEFT, "Backspace",
     QUIET("Erase the character before the cursor")},
    {CONTEXT_LINE, CTRL('h'), ACTION_ERASE_LEFT, "Ctrl-H", ALSO},
    {CONTEXT_LINE, KEY(DELETE), ACTION_ERASE_RIGHT, "Delete", QUIET("Erase the character at the cursor")},
    {CONTEXT_LINE, CTRL('d'), ACTION_ERASE_RIGHT, "Ctrl-D", ALSO},
    {CONTEXT_LINE, CTRL('w'), ACTION_ERASE_WORD, "Ctrl-W", QUIET("Erase the word before the cursor")},
    {CONTEXT_LINE, WITH(ALT, BACKSPACE), ACTION_ERASE_WORD, "Alt-Backspace", ALSO},
    {CONTEXT_LINE, CTRL('u'), ACTION_ERASE_TO_START, "Ctrl-U", QUIET("Erase everything before the cursor")},
    {CONTEXT_LINE, CTRL('k'), ACTION_ERASE_TO_END, "Ctrl-K", QUIET("Erase everything from the cursor on")},

    /* Everywhere. */
    {CONTEXT_FORM | CONTEXT_REVIEW | CONTEXT_RESULT | CONTEXT_CONFIRM | CONTEXT_LETTERS, CTRL('s'), ACTION_SAVE, "Ctrl-S",
     "save", "Save the plan as a draft", 40},
    {CONTEXT_ALL, ALT('m'), ACTION_MOUSE, "Alt-M", QUIET("Use the mouse here, or leave it to the terminal")},
    {CONTEXT_ALL, CTRL('l'), ACTION_REDRAW, "Ctrl-L", QUIET("Draw the screen anew")},
    {CONTEXT_ALL, CTRL('z'), ACTION_SUSPEND, "Ctrl-Z", QUIET("Back to the shell for a while (fg returns)")},
    {CONTEXT_ALL, CTRL('q'), ACTION_QUIT, "Ctrl-Q", "quit", "Leave the program; the draft is kept", 35},
    {CONTEXT_ALL & ~(unsigned)CONTEXT_RUNNING, CTRL('c'), ACTION_QUIT, "Ctrl-C", ALSO},
};
/* clang-format on */

const size_t key_binding_count = sizeof(key_bindings) / sizeof(key_bindings[0]);

/* A key as the table writes it. */
struct chord {
    enum press press;
    unsigned modifiers;
    char character;
};

static struct chord chord_of(const struct event *event)
{
    struct chord chord = {event->press, event->modifiers, 0};

    if (event->press != PRESS_CHARACTER)
        return chord;
    /* Shift is part of a sign already; some terminals name it, some do not. */
    chord.modifiers &= ~(unsigned)MODIFIER_SHIFT;
    if (event->text[0] == '\0' || event->text[1] != '\0')
        return chord;
    chord.character = event->text[0];
    if (chord.character >= 'A' && chord.character <= 'Z') {
        chord.character = (char)(chord.character - 'A' + 'a');
        chord.modifiers |= MODIFIER_SHIFT;
    }
    return chord;
}

static enum action find(struct chord chord, unsigned contexts)
{
    for (size_t i = 0; i < key_binding_count; i++) {
        const struct key_binding *row = &key_bindings[i];

        if ((row->contexts & contexts) && row->press == chord.press && row->modifiers == chord.modifiers &&
            row->character == chord.character)
            return row->action;
    }
    return ACTION_NONE;
}

enum action keymap_find(const struct event *event, unsigned contexts)
{
    struct chord chord;
    enum action action;

    if (event->kind != EVENT_PRESS)
        return ACTION_NONE;
    chord = chord_of(event);
    if (chord.press == PRESS_CHARACTER && chord.character == 0)
        return ACTION_NONE;
    action = find(chord, contexts);
    if (action != ACTION_NONE || !(chord.modifiers & MODIFIER_SHIFT))
        return action;
    /* With caps lock on, or Shift still held from the letter before, a key means what it says. */
    chord.modifiers &= ~(unsigned)MODIFIER_SHIFT;
    return find(chord, contexts);
}
