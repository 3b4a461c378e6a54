#include "model/kind.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clean.h"
#include "base/excerpt.h"
#include "base/json.h"
#include "base/utf8.h"
#include "model/secret.h"

enum { CONSUMER_GROUP_MAX = 60, SHOWN_MAX = 60 };

struct kind {
    const char *json_type;
    field_check *check;
    void (*decode)(enum field_id field, const cJSON *node, struct decoded *decoded);
};

static void warn(struct problems *problems, struct place place, const char *sentence)
{
    problems_add(problems, place, SEVERITY_WARNING, NULL, "%s", sentence);
}

/* ---- Checks ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool has_blank_at_an_end(const char *value)
{
    return is_blank(value[0]) || is_blank(value[strlen(value) - 1]);
}

/* What holds for everything that is typed. */
static void check_text(struct problems *problems, struct place place, const char *value)
{
    size_t limit = schema[place.field].long_from;
    size_t length = strlen(value);

    if (has_blank_at_an_end(value))
        warn(problems, place, "begins or ends with a blank, which is sent too");
    if (!clean_is_clean(value, length))
        warn(problems, place, "holds control or invisible characters, which are sent too");
    if (limit && length > limit && utf8_count(value, length) > limit)
        problems_add(problems, place, SEVERITY_WARNING, NULL,
                     "has %zu characters; over %zu is our own limit, none is documented",
                     utf8_count(value, length), limit);
}

static bool has_prefix(const char *prefixes, const char *value)
{
    while (*prefixes) {
        size_t length = strcspn(prefixes, "|");

        if (strncmp(value, prefixes, length) == 0)
            return true;
        prefixes += length + (prefixes[length] == '|');
    }
    return false;
}

static void check_prefix(struct problems *problems, struct place place, const char *value)
{
    const char *prefixes = schema[place.field].prefix;
    int first;

    if (!prefixes || has_prefix(prefixes, value))
        return;
    first = (int)strcspn(prefixes, "|");
    if (prefixes[first])
        problems_add(problems, place, SEVERITY_WARNING, NULL, "usually begins with %.*s or %s", first,
                     prefixes, prefixes + first + 1);
    else
        problems_add(problems, place, SEVERITY_WARNING, NULL, "usually begins with %s", prefixes);
}

static void check_identifier(struct problems *problems, struct place place, const char *value)
{
    check_text(problems, place, value);
    if (strpbrk(value, " \t\r\n") && !has_blank_at_an_end(value))
        warn(problems, place, "holds a blank, which is unusual here");
    if (strchr(value, '*'))
        warn(problems, place, "still holds the asterisks of an example");
    check_prefix(problems, place, value);
}

static void check_choice(struct problems *problems, struct place place, const char *value)
{
    const char *meant = field_constant(place.field, value);
    const struct choice *choice = schema[place.field].choices;
    struct buf list = BUF_INIT;

    if (meant && strcmp(meant, value) == 0)
        return;
    if (meant) {
        problems_add(problems, place, SEVERITY_ERROR, schema[place.field].source, "must be written %s",
                     meant);
        return;
    }
    for (; choice->value; choice++)
        buf_addf(&list, "%s%s", choice == schema[place.field].choices ? "" : " or ", choice->value);
    problems_add(problems, place, SEVERITY_ERROR, schema[place.field].source, "must be %s", buf_text(&list));
    problems->failed |= list.failed;
    buf_release(&list);
}

static bool is_placeholder(const char *value)
{
    size_t length = strlen(value);

    if (length >= 2 && value[0] == '<' && value[length - 1] == '>')
        return true;
    return strspn(value, "*") == length || (length >= 3 && strspn(value, "xX") == length);
}

static void check_secret(struct problems *problems, struct place place, const char *value)
{
    check_text(problems, place, value);
    if (is_placeholder(value))
        warn(problems, place, "looks like a placeholder, not like a password");
}

/* ---- Endpoints: host:port, several joined by ';' ---- */

enum { ADDRESS_MAX = 300 };

/* "second address has no port": which of several it is, or nothing where there is one. */
static void complain(struct problems *problems, struct place place, size_t index, bool alone,
                     const char *format, ...) __attribute__((format(printf, 5, 6)));

static void complain(struct problems *problems, struct place place, size_t index, bool alone,
                     const char *format, ...)
{
    static const char *const names[] = {"first address ", "second address ", "third address "};
    char which[32] = "";
    char sentence[200];
    va_list arguments;

    if (!alone && index < sizeof(names) / sizeof(names[0]))
        snprintf(which, sizeof(which), "%s", names[index]);
    else if (!alone)
        snprintf(which, sizeof(which), "address %zu ", index + 1);
    va_start(arguments, format);
    vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    problems_add(problems, place, SEVERITY_WARNING, NULL, "%s%s", which, sentence);
}

static bool is_port(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    unsigned long value = 0;

    if (digits == 0 || digits > 5 || text[digits])
        return false;
    for (; *text; text++)
        value = value * 10 + (unsigned long)(*text - '0');
    return value >= 1 && value <= 65535;
}

/* The port behind the host, NULL when there is none. An IPv6 host stands in brackets. */
static const char *find_port(const char *address)
{
    const char *host_end = address[0] == '[' ? strchr(address, ']') : NULL;
    const char *colon = strchr(host_end ? host_end : address, ':');

    return colon ? colon + 1 : NULL;
}

/* Says what is wrong with one address; false when nothing is. */
static bool check_address(struct problems *problems, struct place place, const char *address, size_t index,
                          bool alone)
{
    const char *scheme = strstr(address, "://");
    const char *port = find_port(address);
    const char *colon = strchr(address, ':');
    int shown = excerpt_length(address, SHOWN_MAX);

    if (!address[0])
        complain(problems, place, index, alone, "is empty: write host:port, several joined by ;");
    else if (scheme)
        complain(problems, place, index, alone, "begins with %.*s: write host:port without it",
                 excerpt_length(address, (size_t)(scheme - address) + 3 > SHOWN_MAX
                                             ? SHOWN_MAX
                                             : (size_t)(scheme - address) + 3),
                 address);
    else if (strpbrk(address, " \t\r\n"))
        complain(problems, place, index, alone, "holds a blank: write host:port, several joined by ;");
    else if (strchr(address, ','))
        complain(problems, place, index, alone, "holds a comma: several addresses are joined by ;");
    else if (address[0] != '[' && colon && strchr(colon + 1, ':'))
        complain(problems, place, index, alone, "has more than one colon: write IPv6 as [2001:db8::7]:9876");
    else if (!port)
        complain(problems, place, index, alone, "has no port: write %.*s:9876", shown, address);
    else if (!is_port(port))
        complain(problems, place, index, alone, "needs a port from 1 to 65535 behind the colon");
    else if (address[0] == ':')
        complain(problems, place, index, alone, "has no host: write host%.*s", shown, address);
    else
        return false;
    return true;
}

static void check_endpoint(struct problems *problems, struct place place, const char *value)
{
    bool alone = !strchr(value, ';');
    size_t index = 0;

    if (!strpbrk(value, " \t\r\n") && !clean_is_clean(value, strlen(value)))
        warn(problems, place, "holds control or invisible characters, which are sent too");
    for (const char *at = value; at; index++) {
        size_t length = strcspn(at, ";");
        char address[ADDRESS_MAX];

        if (length >= sizeof(address)) {
            complain(problems, place, index, alone, "is longer than any host name");
            return;
        }
        snprintf(address, sizeof(address), "%.*s", (int)length, at);
        if (check_address(problems, place, address, index, alone))
            return;
        at = at[length] ? at + length + 1 : NULL;
    }
}

/* ---- Checks of single fields ---- */

/* Lower-case words joined by '-', the first of letters only: cn-hangzhou, us-west-1. */
static bool is_region(const char *value)
{
    size_t letters = strspn(value, "abcdefghijklmnopqrstuvwxyz");

    if (letters < 2 || value[letters] != '-')
        return false;
    for (value += letters; *value; value += letters) {
        if (*value++ != '-')
            return false;
        letters = strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789");
        if (letters == 0)
            return false;
    }
    return true;
}

void check_region(struct problems *problems, struct place place, const char *value)
{
    if (!is_region(value))
        warn(problems, place, "does not look like a region: write it like cn-hangzhou");
}

void check_consumer_group(struct problems *problems, struct place place, const char *value)
{
    static const char usual[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    size_t length = strlen(value);

    if (value[strspn(value, usual)])
        warn(problems, place, "holds more than the letters, digits, - and _ that group names consist of");
    if (length > CONSUMER_GROUP_MAX)
        problems_add(problems, place, SEVERITY_WARNING, "API reference, CreateConsumerGroup, consumerGroupId",
                     "has %zu characters; group names of the 5.x series have at most %d",
                     utf8_count(value, length), CONSUMER_GROUP_MAX);
}

/* ---- Reading JSON ---- */

static void answer(struct decoded *decoded, const char *value)
{
    decoded->form = *value ? ANSWER_TEXT : ANSWER_NONE;
    decoded->value = *value ? value : NULL;
}

static void object_to(struct decoded *decoded, enum severity severity, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void object_to(struct decoded *decoded, enum severity severity, const char *format, ...)
{
    va_list arguments;

    decoded->complained = true;
    decoded->severity = severity;
    va_start(arguments, format);
    vsnprintf(decoded->complaint, sizeof(decoded->complaint), format, arguments);
    va_end(arguments);
}

/* The words of a number or of true and false, as the draft has them; NULL for a list or an object. */
static const char *bare_words(const cJSON *node)
{
    if (json_is_number(node))
        return node->valuestring;
    if (cJSON_IsBool(node))
        return cJSON_IsTrue(node) ? "true" : "false";
    return NULL;
}

static void decode_text(enum field_id field, const cJSON *node, struct decoded *decoded)
{
    const char *text = json_text(node), *bare = bare_words(node);

    if (text && !*text)
        object_to(decoded, SEVERITY_WARNING, "is empty and is left out");
    else if (text)
        answer(decoded, text);
    else if (bare) {
        answer(decoded, bare);
        object_to(decoded, SEVERITY_ERROR, "must be text in quotes, not %s",
                  json_is_number(node) ? "a number" : bare);
    } else if (schema[field].kind != KIND_SECRET && cJSON_IsObject(node))
        object_to(decoded, SEVERITY_ERROR, "must be text in quotes; only a password may be a reference");
    else
        object_to(decoded, SEVERITY_ERROR, "must be text in quotes");
}

static void decode_choice(enum field_id field, const cJSON *node, struct decoded *decoded)
{
    const char *text = json_text(node) ? json_text(node) : bare_words(node);
    const char *meant = text ? field_constant(field, text) : NULL;

    if (!text || !*text) {
        object_to(decoded, SEVERITY_ERROR, "must be one of its constants, e.g. %s",
                  schema[field].choices[0].value);
        return;
    }
    answer(decoded, meant ? meant : text);
    if (meant && strcmp(meant, text) != 0)
        object_to(decoded, SEVERITY_WARNING, "is understood and sent as %s", meant);
}

static void decode_switch(enum field_id field, const cJSON *node, struct decoded *decoded)
{
    const char *text = json_text(node);
    const char *words = text ? text : bare_words(node);
    const char *meant = text ? field_constant(field, text) : NULL;

    if (meant) {
        answer(decoded, meant);
        object_to(decoded, SEVERITY_ERROR, "must be %s without quotes", meant);
    } else if (words && *words)
        answer(decoded, words);
    else
        object_to(decoded, SEVERITY_ERROR, "must be true or false");
}

static void decode_secret(enum field_id field, const cJSON *node, struct decoded *decoded)
{
    struct error err;

    if (!cJSON_IsObject(node)) {
        decode_text(field, node, decoded);
        if (decoded->form == ANSWER_TEXT && !decoded->complained)
            object_to(decoded, SEVERITY_WARNING,
                      "is in the draft in clear; {\"$env\": \"NAME\"} in its place keeps it out of files");
    } else if (secret_reference_check(node, &err))
        decoded->form = ANSWER_REFERENCE;
    else
        object_to(decoded, SEVERITY_ERROR, "%s", err.text);
}

/* ---- The table ---- */

static const struct kind kinds[KIND_COUNT] = {
    [KIND_TEXT] = {"string", check_text, decode_text},
    [KIND_IDENTIFIER] = {"string", check_identifier, decode_text},
    [KIND_CHOICE] = {"string", check_choice, decode_choice},
    [KIND_SWITCH] = {"boolean", check_choice, decode_switch},
    [KIND_SECRET] = {"string", check_secret, decode_secret},
    [KIND_ENDPOINT] = {"string", check_endpoint, decode_text},
};

void kind_check(struct problems *problems, struct place place, const char *value)
{
    const struct field *field = &schema[place.field];

    kinds[field->kind].check(problems, place, value);
    if (field->check)
        field->check(problems, place, value);
}

const char *kind_json_type(enum field_id field)
{
    return kinds[schema[field].kind].json_type;
}

void kind_encode(enum field_id field, enum answer_form form, const char *value, struct buf *out)
{
    bool bare =
        schema[field].kind == KIND_SWITCH && (strcmp(value, "true") == 0 || strcmp(value, "false") == 0);

    if (bare || form == ANSWER_REFERENCE)
        buf_add_text(out, value);
    else
        json_add_string(out, value);
}

void kind_decode(enum field_id field, const cJSON *node, struct decoded *decoded)
{
    *decoded = (struct decoded){.form = ANSWER_NONE};
    if (cJSON_IsNull(node))
        object_to(decoded, SEVERITY_WARNING, "is null, which counts as not given");
    else
        kinds[schema[field].kind].decode(field, node, decoded);
}
