#ifndef UI_KEYMAP_H
#define UI_KEYMAP_H

#include <stddef.h>

#include "ui/event.h"

/*
 * Which key does what where: one table. It finds actions, fills the bar at the
 * bottom and the overlay of all keys, so that none of them can differ.
 */
enum action {
    ACTION_NONE,
    ACTION_NEXT_FIELD,
    ACTION_PREVIOUS_FIELD,
    ACTION_DOWN, /* to what stands below: the next choice of a stacked list, else the next field */
    ACTION_UP,
    ACTION_ACCEPT, /* Enter: go on, choose */
    ACTION_NEXT_STEP,
    ACTION_PREVIOUS_STEP,
    ACTION_CHOICE_NEXT,
    ACTION_CHOICE_PREVIOUS,
    ACTION_CHOOSE,    /* take the choice under the cursor */
    ACTION_TAKE_BACK, /* leave the field unanswered again */
    ACTION_CHAR_LEFT,
    ACTION_CHAR_RIGHT,
    ACTION_WORD_LEFT,
    ACTION_WORD_RIGHT,
    ACTION_LINE_START,
    ACTION_LINE_END,
    ACTION_ERASE_LEFT,
    ACTION_ERASE_RIGHT,
    ACTION_ERASE_WORD,
    ACTION_ERASE_TO_START,
    ACTION_ERASE_TO_END,
    ACTION_HELP,
    ACTION_WHY, /* why fields are hidden or needed */
    ACTION_REVEAL,
    ACTION_REFERENCE, /* say where a password comes from */
    ACTION_EXTRAS,    /* ask the extra fields of this cluster too */
    ACTION_PREVIEW,   /* the JSON beside the form: on, off */
    ACTION_NEXT_PROBLEM,
    ACTION_PREVIOUS_PROBLEM,
    ACTION_REVIEW, /* straight to the review page */
    ACTION_SAVE,
    ACTION_SUBMIT,
    ACTION_REGION,     /* choose the region of this plan */
    ACTION_PROFILE,    /* and the profile */
    ACTION_CONFIRM,    /* of a question: yes */
    ACTION_DENY,       /* no */
    ACTION_CANCEL,     /* stop what runs */
    ACTION_PICK,       /* list what the account has for this field */
    ACTION_PICK_TYPED, /* of the list: take the text of its filter as it is */
    ACTION_REFRESH,    /* ask the account anew */
    ACTION_RAW,        /* the raw answer */
    ACTION_BACK,       /* close, go back */
    ACTION_NEW_PLAN,
    ACTION_LOOK,   /* for a plan whose outcome is unknown */
    ACTION_REPEAT, /* send the same request once more */
    ACTION_SCROLL_UP,
    ACTION_SCROLL_DOWN,
    ACTION_SCROLL_PAGE_UP,
    ACTION_SCROLL_PAGE_DOWN,
    ACTION_SCROLL_START,
    ACTION_SCROLL_END,
    ACTION_MOUSE, /* mouse on, off */
    ACTION_SUSPEND,
    ACTION_REDRAW,
    ACTION_QUIT,
    ACTION_COUNT
};

/* Where a key is pressed; a row of the table names one or several. */
enum key_context {
    CONTEXT_TEXT = 1 << 0,   /* in a text field */
    CONTEXT_CHOICE = 1 << 1, /* on a list of choices */
    CONTEXT_REVIEW = 1 << 2,
    CONTEXT_CONFIRM = 1 << 3, /* a question is open */
    CONTEXT_RUNNING = 1 << 4, /* a request runs */
    CONTEXT_RESULT = 1 << 5,
    CONTEXT_OVERLAY = 1 << 6, /* help, why, raw answer: something to read */
    CONTEXT_SECRET = 1 << 7,  /* in a password, besides CONTEXT_TEXT */
    CONTEXT_PROMPT = 1 << 8,  /* a question that is answered with text */
    CONTEXT_LETTERS = 1 << 9, /* a question that is answered with a letter */
    CONTEXT_LOOK =
        1 << 10, /* the result is unknown, and the plan can be looked for, besides CONTEXT_RESULT */
    CONTEXT_REPEAT = 1 << 11,   /* the same, and the request can be sent once more */
    CONTEXT_PICKABLE = 1 << 12, /* in a field with a list to pick from, besides CONTEXT_TEXT */
    CONTEXT_PICKER = 1 << 13,   /* that list */
};

#define CONTEXT_FORM (CONTEXT_TEXT | CONTEXT_CHOICE)
#define CONTEXT_ALL                                                                                          \
    (CONTEXT_TEXT | CONTEXT_CHOICE | CONTEXT_REVIEW | CONTEXT_CONFIRM | CONTEXT_RUNNING | CONTEXT_RESULT |   \
     CONTEXT_OVERLAY | CONTEXT_PROMPT | CONTEXT_LETTERS | CONTEXT_PICKER)

/* In the order in which a row reads. */
struct key_binding {
    unsigned contexts; /* enum key_context */
    enum press press;
    unsigned modifiers;
    char character; /* with PRESS_CHARACTER: lower case ASCII, or a sign */
    enum action action;
    const char *key;   /* as it is written: "Ctrl-S" */
    const char *brief; /* for the bar: "save"; NULL: not in the bar */
    const char *help;  /* for the overlay; NULL: a second key for the row above */
    int weight;        /* in the bar: lower ones are dropped last */
};

extern const struct key_binding key_bindings[];
extern const size_t key_binding_count;

/* The action of a key in the contexts given; ACTION_NONE when it has none there. */
enum action keymap_find(const struct event *event, unsigned contexts);

#endif
