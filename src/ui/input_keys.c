#include "ui/input_keys.h"

#include <stddef.h>

const struct named_key input_csi_finals[] = {
    {'A', PRESS_UP, 0, 0},
    {'B', PRESS_DOWN, 0, 0},
    {'C', PRESS_RIGHT, 0, 0},
    {'D', PRESS_LEFT, 0, 0},
    {'F', PRESS_END, 0, 0},
    {'H', PRESS_HOME, 0, 0},
    {'P', PRESS_F1, 0, 0},
    {'Q', PRESS_F2, 0, 0},
    {'R', PRESS_F3, 0, 0},
    {'S', PRESS_F4, 0, 0},
    {'Z', PRESS_BACK_TAB, 0, 0},
    /* rxvt */
    {'a', PRESS_UP, MODIFIER_SHIFT, 0},
    {'b', PRESS_DOWN, MODIFIER_SHIFT, 0},
    {'c', PRESS_RIGHT, MODIFIER_SHIFT, 0},
    {'d', PRESS_LEFT, MODIFIER_SHIFT, 0},
    {0, PRESS_NONE, 0, 0},
};

const struct named_key input_csi_linux_finals[] = {
    {'A', PRESS_F1, 0, 0}, {'B', PRESS_F2, 0, 0}, {'C', PRESS_F3, 0, 0},
    {'D', PRESS_F4, 0, 0}, {'E', PRESS_F5, 0, 0}, {0, PRESS_NONE, 0, 0},
};

const struct named_key input_ss3_finals[] = {
    {'A', PRESS_UP, 0, 0},
    {'B', PRESS_DOWN, 0, 0},
    {'C', PRESS_RIGHT, 0, 0},
    {'D', PRESS_LEFT, 0, 0},
    {'F', PRESS_END, 0, 0},
    {'H', PRESS_HOME, 0, 0},
    {'P', PRESS_F1, 0, 0},
    {'Q', PRESS_F2, 0, 0},
    {'R', PRESS_F3, 0, 0},
    {'S', PRESS_F4, 0, 0},
    /* rxvt */
    {'a', PRESS_UP, MODIFIER_CONTROL, 0},
    {'b', PRESS_DOWN, MODIFIER_CONTROL, 0},
    {'c', PRESS_RIGHT, MODIFIER_CONTROL, 0},
    {'d', PRESS_LEFT, MODIFIER_CONTROL, 0},
    /* the keypad in application mode */
    {'I', PRESS_TAB, 0, 0},
    {'M', PRESS_ENTER, 0, 0},
    {'X', PRESS_CHARACTER, 0, '='},
    {'j', PRESS_CHARACTER, 0, '*'},
    {'k', PRESS_CHARACTER, 0, '+'},
    {'l', PRESS_CHARACTER, 0, ','},
    {'m', PRESS_CHARACTER, 0, '-'},
    {'n', PRESS_CHARACTER, 0, '.'},
    {'o', PRESS_CHARACTER, 0, '/'},
    {'p', PRESS_CHARACTER, 0, '0'},
    {'q', PRESS_CHARACTER, 0, '1'},
    {'r', PRESS_CHARACTER, 0, '2'},
    {'s', PRESS_CHARACTER, 0, '3'},
    {'t', PRESS_CHARACTER, 0, '4'},
    {'u', PRESS_CHARACTER, 0, '5'},
    {'v', PRESS_CHARACTER, 0, '6'},
    {'w', PRESS_CHARACTER, 0, '7'},
    {'x', PRESS_CHARACTER, 0, '8'},
    {'y', PRESS_CHARACTER, 0, '9'},
    {0, PRESS_NONE, 0, 0},
};

const struct named_key input_tilde_numbers[] = {
    {1, PRESS_HOME, 0, 0},
    {2, PRESS_INSERT, 0, 0},
    {3, PRESS_DELETE, 0, 0},
    {4, PRESS_END, 0, 0},
    {5, PRESS_PAGE_UP, 0, 0},
    {6, PRESS_PAGE_DOWN, 0, 0},
    {7, PRESS_HOME, 0, 0},
    {8, PRESS_END, 0, 0},
    {11, PRESS_F1, 0, 0},
    {12, PRESS_F2, 0, 0},
    {13, PRESS_F3, 0, 0},
    {14, PRESS_F4, 0, 0},
    {15, PRESS_F5, 0, 0},
    {17, PRESS_F6, 0, 0},
    {18, PRESS_F7, 0, 0},
    {19, PRESS_F8, 0, 0},
    {20, PRESS_F9, 0, 0},
    {21, PRESS_F10, 0, 0},
    {23, PRESS_F11, 0, 0},
    {24, PRESS_F12, 0, 0},
    /* The linux console sends F13 to F20 for these. */
    {25, PRESS_F1, MODIFIER_SHIFT, 0},
    {26, PRESS_F2, MODIFIER_SHIFT, 0},
    {28, PRESS_F3, MODIFIER_SHIFT, 0},
    {29, PRESS_F4, MODIFIER_SHIFT, 0},
    {31, PRESS_F5, MODIFIER_SHIFT, 0},
    {32, PRESS_F6, MODIFIER_SHIFT, 0},
    {33, PRESS_F7, MODIFIER_SHIFT, 0},
    {34, PRESS_F8, MODIFIER_SHIFT, 0},
    {0, PRESS_NONE, 0, 0},
};

const struct named_key input_csi_u_codes[] = {
    {9, PRESS_TAB, 0, 0},
    {13, PRESS_ENTER, 0, 0},
    {27, PRESS_ESCAPE, 0, 0},
    {127, PRESS_BACKSPACE, 0, 0},
    /* the keypad of kitty's protocol */
    {57399, PRESS_CHARACTER, 0, '0'},
    {57400, PRESS_CHARACTER, 0, '1'},
    {57401, PRESS_CHARACTER, 0, '2'},
    {57402, PRESS_CHARACTER, 0, '3'},
    {57403, PRESS_CHARACTER, 0, '4'},
    {57404, PRESS_CHARACTER, 0, '5'},
    {57405, PRESS_CHARACTER, 0, '6'},
    {57406, PRESS_CHARACTER, 0, '7'},
    {57407, PRESS_CHARACTER, 0, '8'},
    {57408, PRESS_CHARACTER, 0, '9'},
    {57409, PRESS_CHARACTER, 0, '.'},
    {57410, PRESS_CHARACTER, 0, '/'},
    {57411, PRESS_CHARACTER, 0, '*'},
    {57412, PRESS_CHARACTER, 0, '-'},
    {57413, PRESS_CHARACTER, 0, '+'},
    {57414, PRESS_ENTER, 0, 0},
    {57415, PRESS_CHARACTER, 0, '='},
    {57416, PRESS_CHARACTER, 0, ','},
    {57417, PRESS_LEFT, 0, 0},
    {57418, PRESS_RIGHT, 0, 0},
    {57419, PRESS_UP, 0, 0},
    {57420, PRESS_DOWN, 0, 0},
    {57421, PRESS_PAGE_UP, 0, 0},
    {57422, PRESS_PAGE_DOWN, 0, 0},
    {57423, PRESS_HOME, 0, 0},
    {57424, PRESS_END, 0, 0},
    {57425, PRESS_INSERT, 0, 0},
    {57426, PRESS_DELETE, 0, 0},
    {0, PRESS_NONE, 0, 0},
};

const struct named_key *named_key_find(const struct named_key *keys, int code)
{
    for (; keys->press != PRESS_NONE; keys++)
        if (keys->code == code)
            return keys;
    return NULL;
}
