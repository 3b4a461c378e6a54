#include "api/section.h"

#include <stdio.h>
#include <string.h>

#include "api/request.h"
#include "base/buf.h"
#include "base/excerpt.h"

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
    "type",      "enable",   "access_key_id",     "access_key_secret",
    "role_name", "role_arn", "role_session_name", "policy",
};

/* A stretch of the text. */
struct span {
    const char *start, *end;
};

/* One section of an ini file, as its lines go by. */
struct reading {
    const char *section; /* wanted */
    bool seen;
    bool inside;
    bool memory_short;
    char *values[MEMBER_COUNT];
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static struct span trim(const char *start, const char *end)
{
    while (start < end && is_blank(*start))
        start++;
    while (end > start && is_blank(end[-1]))
        end--;
    return (struct span){start, end};
}

static bool says(struct span span, const char *text)
{
    size_t length = (size_t)(span.end - span.start);

    return strlen(text) == length && memcmp(span.start, text, length) == 0;
}

/* Where one of the signs is; before it, where a comment begins: a semicolon behind a blank; else the end. */
static const char *find_sign(const char *start, const char *end, const char *signs)
{
    const char *at = start;

    while (at < end && !strchr(signs, *at) && !(*at == ';' && at > start && is_blank(at[-1])))
        at++;
    return at;
}

static bool take_value(struct reading *reading, struct span name, struct span value)
{
    struct buf text = BUF_INIT;

    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        if (!says(name, member_names[i]))
            continue;
        wipe_free(reading->values[i]);
        reading->values[i] = NULL;
        if (value.start == value.end)
            break;
        buf_add(&text, value.start, (size_t)(value.end - value.start));
        reading->values[i] = buf_take(&text);
        buf_release(&text);
        return reading->values[i] != NULL;
    }
    return true;
}

/* False for a line that is nothing known. */
static bool take_line(struct reading *reading, struct span line)
{
    const char *sign;

    if (line.start == line.end || *line.start == '#' || *line.start == ';')
        return true;
    sign = find_sign(line.start, line.end, *line.start == '[' ? "]" : "=:");
    if (sign == line.end || *sign == ';')
        return false;
    if (*line.start == '[') {
        reading->inside = says((struct span){line.start + 1, sign}, reading->section);
        reading->seen |= reading->inside;
    } else if (reading->inside) {
        struct span value = trim(sign + 1, find_sign(sign + 1, line.end, ""));

        reading->memory_short |= !take_value(reading, trim(line.start, sign), value);
    }
    return true;
}

/* 0, or the number of the line that is nothing known. */
static int read_lines(struct reading *reading, const char *text, const char *end)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* of byte order: some editors begin with it */

    if (strncmp(text, mark, strlen(mark)) == 0)
        text += strlen(mark);
    for (int number = 1; text < end; number++) {
        const char *line_end = memchr(text, '\n', (size_t)(end - text));

        if (!line_end)
            line_end = end;
        if (!take_line(reading, trim(text, line_end)))
            return number;
        text = line_end + 1;
    }
    return 0;
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

    excerpt_write(name, sizeof(name), "section %s of %s", excerpt(reading->section, 60).text,
                  excerpt(file, 119).text);
    if (reading->memory_short)
        return source_memory(search);
    if (!reading->seen)
        return source_nothing(search, "%s is not there", name);
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
    return source_nothing(search, "%s has type %s, which is not supported", name, excerpt(type, 30).text);
}

static enum find read_sections(struct search *search, const char *file, const struct buf *text,
                               struct source *out)
{
    const char *profile = search->asked ? search->asked : host_env(search->host, "ALIBABA_CLOUD_PROFILE");
    struct reading reading = {.section = profile ? profile : "default"};
    enum find found;
    int line;

    if (memchr(buf_text(text), '\0', text->length))
        return source_broken(search, "%s holds a zero byte, which no text has", file);
    line = read_lines(&reading, buf_text(text), buf_text(text) + text->length);
    if (line > 0)
        found = source_broken(
            search, "%s is broken at line %d, column 1: neither a [section] nor a name = value", file, line);
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
    enum find found =
        source_read(search, &path, "ALIBABA_CLOUD_CREDENTIALS_FILE", ".alibabacloud/credentials", &text);

    if (found == FIND_DONE)
        found = read_sections(search, path.shown, &text, out);
    buf_release(&text);
    return found;
}
