#include "keys.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static const char *const names[] = {
    [PRESS_NONE] = "?",
    [PRESS_CHARACTER] = "",
    [PRESS_ENTER] = "Enter",
    [PRESS_TAB] = "Tab",
    [PRESS_BACK_TAB] = "Shift-Tab",
    [PRESS_ESCAPE] = "Esc",
    [PRESS_BACKSPACE] = "Backspace",
    [PRESS_DELETE] = "Delete",
    [PRESS_INSERT] = "Insert",
    [PRESS_UP] = "Up",
    [PRESS_DOWN] = "Down",
    [PRESS_LEFT] = "Left",
    [PRESS_RIGHT] = "Right",
    [PRESS_HOME] = "Home",
    [PRESS_END] = "End",
    [PRESS_PAGE_UP] = "PgUp",
    [PRESS_PAGE_DOWN] = "PgDn",
    [PRESS_F1] = "F1",
    [PRESS_F2] = "F2",
    [PRESS_F3] = "F3",
    [PRESS_F4] = "F4",
    [PRESS_F5] = "F5",
    [PRESS_F6] = "F6",
    [PRESS_F7] = "F7",
    [PRESS_F8] = "F8",
    [PRESS_F9] = "F9",
    [PRESS_F10] = "F10",
    [PRESS_F11] = "F11",
    [PRESS_F12] = "F12",
};

const char *press_name(enum press press)
{
    return names[press];
}

static char paste_text[4096];

static bool paste(const char *name, size_t length, struct event *event)
{
    size_t used = 0;

    for (size_t i = 0; i < length && used + 1 < sizeof(paste_text); i++) {
        if (name[i] == '\\' && i + 1 < length && name[i + 1] == 'n') {
            paste_text[used++] = '\n';
            i++;
        } else {
            paste_text[used++] = name[i];
        }
    }
    paste_text[used] = '\0';
    event->kind = EVENT_PASTE;
    event->paste = paste_text;
    event->paste_length = used;
    return true;
}

static bool character(char c, struct event *event)
{
    event->press = PRESS_CHARACTER;
    event->text[0] = c;
    event->text[1] = '\0';
    return true;
}

static bool named(const char *name, size_t length, struct event *event)
{
    char text[32];

    if (length > 6 && strncmp(name, "paste:", 6) == 0)
        return paste(name + 6, length - 6, event);
    while (length > 2 && name[1] == '-') {
        event->modifiers |= name[0] == 'C'   ? MODIFIER_CONTROL
                            : name[0] == 'A' ? MODIFIER_ALT
                                             : MODIFIER_SHIFT;
        name += 2;
        length -= 2;
    }
    snprintf(text, sizeof(text), "%.*s", (int)length, name);
    if (length == 1)
        return character(name[0], event);
    if (strcmp(text, "Space") == 0)
        return character(' ', event);
    if (strcmp(text, "lt") == 0)
        return character('<', event);
    if (strcmp(text, "Tab") == 0 && event->modifiers == MODIFIER_SHIFT) {
        event->modifiers = 0;
        event->press = PRESS_BACK_TAB;
        return true;
    }
    for (size_t i = PRESS_ENTER; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i], text) == 0) {
            event->press = (enum press)i;
            return true;
        }
    }
    return false;
}

bool keys_next(const char **keys, struct event *event)
{
    const char *end;
    size_t length;

    *event = (struct event){.kind = EVENT_PRESS};
    if (**keys == '\0')
        return false;
    if (**keys == '<' && (end = strchr(*keys, '>'))) {
        if (!named(*keys + 1, (size_t)(end - *keys - 1), event))
            return false;
        *keys = end + 1;
        return true;
    }
    length = utf8_grapheme(*keys, strlen(*keys), NULL);
    event->press = PRESS_CHARACTER;
    memcpy(event->text, *keys, length < EVENT_TEXT_SIZE ? length : EVENT_TEXT_SIZE - 1);
    *keys += length;
    return true;
}
