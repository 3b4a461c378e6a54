#include "api/section.h"

#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/request.h"

/* The members of a section that count. */
enum member {
    MEMBER_TYPE,
    MEMBER_ENABLE,
    MEMBER_ID,
    MEMBER_SECRET,
    MEMBER_ROLE_NAME,
    MEMBER_ROLE_ARN,
    MEMBER_SESSION_NAME,
    MEMBER_POLICY,
    MEMBER_COUNT
};

static const char *const member_names[MEMBER_COUNT] = {
    "type", "enable", "access_key_id", "access_key_secret", "role_name", "role_arn", "role_session_name", "policy",
};

/* One section of an ini file, while inih reads it line by line. */
struct reading {
    const char *text, *end;
    const char *section; /* wanted */
    bool seen;
    const char *line; /* at hand, whole */
    size_t line_length;
    bool cut;      /* it was longer than inih takes */
    bool too_long; /* such a line was one that counts */
    bool memory_short;
    char *values[MEMBER_COUNT];
};

/* Hands inih one line, as fgets() would. Blanks before it are dropped, since inih takes an indented line for
 * more of the value above; and what does not fit is dropped, for it would be taken for a line of its own. */
static char *next_line(char *line, int size, void *context)
{
    struct reading *reading = context;
    size_t room = (size_t)size - 1, length;
    const char *next;

    if (reading->text == reading->end)
        return NULL;
    next = memchr(reading->text, '\n', (size_t)(reading->end - reading->text));
    next = next ? next + 1 : reading->end;
    while (reading->text < next && (*reading->text == ' ' || *reading->text == '\t'))
        reading->text++;
    length = (size_t)(next - reading->text);
    reading->line = reading->text;
    reading->line_length = length;
    reading->cut = length > room;
    memcpy(line, reading->text, reading->cut ? room : length);
    line[reading->cut ? room : length] = '\0';
    reading->text = next;
    return line;
}

/* A policy may be longer than inih takes: what stands behind the sign of the line at hand. */
static char *long_value(const struct reading *reading)
{
    const char *end = reading->line + reading->line_length, *start = memchr(reading->line, '=', reading->line_length);
    struct buf value = BUF_INIT;
    char *copy;

    for (start = start ? start + 1 : end; start < end && strchr(" \t", *start);)
        start++;
    while (end > start && strchr(" \t\r\n", end[-1]))
        end--;
    buf_add(&value, start, (size_t)(end - start));
    copy = buf_take(&value);
    buf_release(&value);
    return copy;
}

static int take_line(void *context, const char *section, const char *name, const char *value)
{
    struct reading *reading = context;
    char **slot = NULL;

    if (strcmp(section, reading->section) != 0)
        return 1;
    reading->seen = true;
    for (size_t i = 0; i < MEMBER_COUNT; i++)
        if (strcmp(name, member_names[i]) == 0)
            slot = &reading->values[i];
    if (!slot)
        return 1;
    reading->too_long |= reading->cut && slot != &reading->values[MEMBER_POLICY];
    wipe_free(*slot);
    *slot = !*value ? NULL : reading->cut ? long_value(reading) : text_copy(value);
    reading->memory_short |= *value && !*slot;
    return 1;
}

static enum find take_keys(struct search *search, const char *name, const struct reading *reading,
                           struct source *out)
{
    const struct key_texts keys = {
        .id = reading->values[MEMBER_ID],
        .secret = reading->values[MEMBER_SECRET],
        .id_name = member_names[MEMBER_ID],
        .secret_name = member_names[MEMBER_SECRET],
    };

    if (!keys.id || !keys.secret)
        return source_nothing(search, "%s has no %s", name, keys.id ? keys.secret_name : keys.id_name);
    snprintf(out->name, sizeof(out->name), "%s", name);
    return credentials_set(&out->keys, &keys, name, search->err) ? FIND_DONE : FIND_BROKEN;
}

static enum find take_role(struct search *search, const char *name, const struct reading *reading,
                           struct source *out)
{
    const struct role_texts role = {.arn = reading->values[MEMBER_ROLE_ARN],
                                    .session_name = reading->values[MEMBER_SESSION_NAME],
                                    .policy = reading->values[MEMBER_POLICY]};
    enum find found = take_keys(search, name, reading, out);

    return found == FIND_DONE ? source_add_role(search, out, name, &role) : found;
}

static enum find take_section(struct search *search, const char *file, const struct reading *reading,
                              struct source *out)
{
    const char *type = reading->values[MEMBER_TYPE], *enable = reading->values[MEMBER_ENABLE];
    char name[sizeof(out->name)];

    snprintf(name, sizeof(name), "section %.60s of %.119s", reading->section, file);
    if (reading->memory_short)
        return source_memory(search);
    if (!reading->seen)
        return source_nothing(search, "%s is not there", name);
    if (reading->too_long)
        return source_broken(search, "%s has a line that is too long for a key", name);
    if (enable && ascii_compare(enable, "false") == 0)
        return source_nothing(search, "%s is switched off by its enable = false", name);
    if (!type)
        return source_nothing(search, "%s has no type", name);
    if (strcmp(type, "access_key") == 0)
        return take_keys(search, name, reading, out);
    if (strcmp(type, "ecs_ram_role") == 0)
        return source_set_metadata(search, out, name, reading->values[MEMBER_ROLE_NAME]);
    if (strcmp(type, "ram_role_arn") == 0)
        return take_role(search, name, reading, out);
    return source_nothing(search, "%s has type %.30s, which is not supported", name, type);
}

static enum find read_sections(struct search *search, const char *file, const struct buf *text, struct source *out)
{
    const char *profile = search->asked ? search->asked : host_env(search->host, "ALIBABA_CLOUD_PROFILE");
    struct reading reading = {.text = buf_text(text), .section = profile ? profile : "default"};
    enum find found;
    int line;

    if (memchr(reading.text, '\0', text->length))
        return source_broken(search, "%s holds a zero byte, which no text has", file);
    reading.end = reading.text + text->length;
    line = ini_parse_stream(next_line, &reading, take_line, &reading);
    reading.memory_short |= line < 0;
    if (line > 0)
        found = source_broken(search,
                              "%s is broken at line %d, column 1: neither a [section] nor a name = value", file,
                              line);
    else
        found = take_section(search, file, &reading, out);
    for (size_t i = 0; i < MEMBER_COUNT; i++)
        wipe_free(reading.values[i]);
    return found;
}

enum find section_source(struct search *search, struct source *out)
{
    struct buf text = BUF_INIT;
    struct config_path path;
    enum find found = source_read(search, &path, "ALIBABA_CLOUD_CREDENTIALS_FILE", ".alibabacloud/credentials", &text);

    if (found == FIND_DONE)
        found = read_sections(search, path.shown, &text, out);
    buf_release(&text);
    return found;
}
