#include "keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static const struct {
    const char *name;
    enum press press;
} names[] = {
    {"Enter", PRESS_ENTER},    {"Tab", PRESS_TAB},   {"Esc", PRESS_ESCAPE}, {"Backspace", PRESS_BACKSPACE},
    {"Delete", PRESS_DELETE},  {"Up", PRESS_UP},     {"Down", PRESS_DOWN},  {"Left", PRESS_LEFT},
    {"Right", PRESS_RIGHT},    {"Home", PRESS_HOME}, {"End", PRESS_END},    {"PgUp", PRESS_PAGE_UP},
    {"PgDn", PRESS_PAGE_DOWN},
};

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
    int number;
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
    if (text[0] == 'F' && (number = (int)strtol(text + 1, NULL, 10)) >= 1 && number <= 12) {
        event->press = (enum press)((int)PRESS_F1 + number - 1);
        return true;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i].name, text) == 0) {
            event->press = names[i].press;
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
