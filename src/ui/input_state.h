#ifndef UI_INPUT_STATE_H
#define UI_INPUT_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "ui/input.h"
#include "ui/input_keys.h"

/* The parser's own state, and what its files offer each other. */

enum input_state {
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

enum { BYTE_DEL = 0x7F };

/* What a sequence we know has at most, and the events that one step may hand out. */
enum { SEQUENCE_SIZE = 64, WAITING = 2 };

struct input {
    struct buf bytes; /* fed */
    size_t at;        /* used */
    enum input_state state;
    bool alt;        /* an ESC before what comes now */
    bool escaped;    /* in a sequence: one more ESC before its own */
    char introducer; /* the byte behind the ESC */
    char sequence[SEQUENCE_SIZE];
    size_t sequence_length; /* may exceed SEQUENCE_SIZE: then it is none we know */
    struct buf paste;
    bool paste_cut;
    size_t paste_matched; /* bytes of the mark that ends it, seen */
    bool paste_given;     /* the last event borrows the paste */
    struct event waiting[WAITING];
    size_t waiting_count;
    bool silence; /* input_flush(): what is incomplete stays so */
    bool given;   /* an event was handed out of what was fed last */
};

/* ---- Events (input.c) ---- */

void input_give(struct input *input, const struct event *event);
void input_give_code_point(struct input *input, uint32_t code_point, unsigned modifiers);

/* The ESC before a sequence that turned out to be no key that Alt could be pressed with. */
void input_give_escape_before(struct input *input);

/* Hands out a key of a table; false when it is in none. */
bool input_give_named(struct input *input, const struct named_key *keys, int code, unsigned modifiers);

/* ---- What a whole sequence says (input_sequence.c): its bytes are kept, `final` is the last ---- */

void input_end_csi(struct input *input, char final);
void input_end_ss3(struct input *input, char final);

/* An X10 report: its three bytes are kept. */
void input_end_mouse(struct input *input);

/* True when what is kept is the number of a key of rxvt, which '$' may end. */
bool input_is_key_number(const struct input *input);

#endif
