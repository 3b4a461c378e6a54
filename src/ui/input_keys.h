#ifndef UI_INPUT_KEYS_H
#define UI_INPUT_KEYS_H

#include "ui/event.h"

/* What terminals call their keys. For the files of input_state.h alone. */

struct named_key {
    int code; /* a final byte, a number before '~', or a code point of CSI u */
    enum press press;
    unsigned modifiers;
    char character; /* with PRESS_CHARACTER */
};

/* Each ends with PRESS_NONE. */
extern const struct named_key input_csi_finals[];       /* ESC [ X */
extern const struct named_key input_csi_linux_finals[]; /* ESC [ [ X */
extern const struct named_key input_ss3_finals[];       /* ESC O X */
extern const struct named_key input_tilde_numbers[];    /* ESC [ N ~ */
extern const struct named_key input_csi_u_codes[];      /* ESC [ N u */

/* NULL: the key is not in the table. */
const struct named_key *named_key_find(const struct named_key *keys, int code);

#endif
