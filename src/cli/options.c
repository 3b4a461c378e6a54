#include "cli/options.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "api/endpoint.h"
#include "base/buf.h"
#include "base/excerpt.h"
#include "cli/command.h"
#include "model/words.h"

#define ON(command) (1u << COMMAND_##command)
#define EVERYWHERE  ((1u << COMMAND_COUNT) - 1)
#define IN(member)  offsetof(struct options, member)
#define REHEARSING  (ON(WIZARD) | ON(SUBMIT) | ON(SANDBOX))

enum { HOUR_MS = 3600000, JOBS_MAX = 256 };

/* clang-format off */
const struct option_row option_rows[] = {
    {"profile", 0, OPTION_TEXT, "NAME", IN(profile), 0, 0, EVERYWHERE,
     "use this profile of ~/.aliyun/config.json"},
    {"region", 0, OPTION_TEXT, "ID", IN(region), 0, 0, EVERYWHERE,
     "create the plan in this region, such as cn-hangzhou"},
    {"endpoint", 0, OPTION_TEXT, "URL|HOST", IN(endpoint), 0, 0, EVERYWHERE,
     "send to this host instead of the region's; http:// for loopback addresses only"},
    {"ca-file", 0, OPTION_TEXT, "FILE", IN(ca_file), 0, 0, EVERYWHERE,
     "trust the certificates in FILE (PEM) besides the system's"},
    {"connect-timeout", 0, OPTION_SECONDS, "S", IN(connect_timeout_ms), 1, HOUR_MS, EVERYWHERE,
     "seconds to wait for a connection; 10 if not given"},
    {"timeout", 0, OPTION_SECONDS, "S", IN(timeout_ms), 1, HOUR_MS, EVERYWHERE,
     "seconds that a request may take in all; 60 if not given"},
    {"sandbox", 0, OPTION_FLAG, NULL, IN(sandbox), 0, 0, EVERYWHERE,
     "talk to a private sandbox: needs no account, nothing real happens"},
    {"fault", 0, OPTION_LIST, "SPEC", IN(faults), 0, 0, REHEARSING,
     "let the sandbox fail, such as CreateDisasterRecoveryPlan=503*2; may be repeated"},
    {"state", 0, OPTION_TEXT, "FILE", IN(state), 0, 0, REHEARSING,
     "keep the plans of the sandbox in FILE"},
    {"port", 0, OPTION_NUMBER, "N", IN(port), 0, 65535, ON(SANDBOX),
     "listen on this port; any free one if not given"},
    {"as", 0, OPTION_WORD, "body|http|curl|aliyun", IN(format), 0, 0, ON(RENDER),
     "what to print: the JSON body, the signed request, or a command that sends it"},
    {"explain", 0, OPTION_FLAG, NULL, IN(explain), 0, 0, ON(RENDER),
     "with --as http: also print what was signed"},
    {"show-secrets", 0, OPTION_FLAG, NULL, IN(show_secrets), 0, 0, ON(RENDER),
     "print passwords, tokens and signatures in clear"},
    {"dry-run", 0, OPTION_FLAG, NULL, IN(dry_run), 0, 0, ON(SUBMIT),
     "do everything but send"},
    {"yes", 'y', OPTION_FLAG, NULL, IN(yes), 0, 0, ON(SUBMIT),
     "do not ask, and create a plan although one of its name exists"},
    {"patience", 0, OPTION_SECONDS, "S", IN(patience_ms), 1, HOUR_MS, ON(WIZARD) | ON(SUBMIT) | ON(LOOK),
     "seconds to look for a plan whose outcome is unknown, and to wait for a service that throttles; 30 and 120 if "
     "not given"},
    {"forget", 0, OPTION_FLAG, NULL, IN(forget), 0, 0, ON(LOOK),
     "do not look, and do not ask about these plans again"},
    {"again", 0, OPTION_FLAG, NULL, IN(again), 0, 0, ON(SUBMIT),
     "with several drafts: send also those that an earlier run created, as the journal shows"},
    {"jobs", 0, OPTION_NUMBER, "N", IN(jobs), 1, JOBS_MAX, ON(SUBMIT),
     "send up to N drafts side by side; 1 if not given"},
    {"keep-extra", 0, OPTION_FLAG, NULL, IN(keep_extra), 0, 0,
     ON(WIZARD) | ON(VALIDATE) | ON(RENDER) | ON(SUBMIT),
     "keep fields that the documentation does not need for a kind of cluster"},
    {"json", 0, OPTION_FLAG, NULL, IN(json), 0, 0, EVERYWHERE,
     "print results as JSON, one object for each draft, one on a line"},
    {"quiet", 0, OPTION_FLAG, NULL, IN(quiet), 0, 0, ON(SUBMIT) | ON(LOOK) | ON(SANDBOX),
     "no progress, no line for each request"},
    {"plain", 0, OPTION_FLAG, NULL, IN(plain), 0, 0, EVERYWHERE,
     "questions one after another instead of a full screen"},
    {"no-color", 0, OPTION_FLAG, NULL, IN(no_color), 0, 0, EVERYWHERE,
     "no colours; so does the variable NO_COLOR"},
    {"help", 'h', OPTION_FLAG, NULL, IN(help), 0, 0, EVERYWHERE,
     "print what a command does, and examples"},
    {"version", 'V', OPTION_FLAG, NULL, IN(version), 0, 0, EVERYWHERE,
     "print the version of drplan and of its libraries"},
    {0},
};
/* clang-format on */

static const struct option_row *row_named(const char *name, size_t length)
{
    for (const struct option_row *row = option_rows; row->name; row++)
        if (strlen(row->name) == length && strncmp(row->name, name, length) == 0)
            return row;
    return NULL;
}

static const struct option_row *row_lettered(char letter)
{
    for (const struct option_row *row = option_rows; row->name; row++)
        if (row->letter && row->letter == letter)
            return row;
    return NULL;
}

/* ---- Values ---- */

/* Digits and, where fractions are taken, a point with up to three more, in thousandths. */
static bool read_thousandths(const char *text, bool fractions, int64_t *out)
{
    int64_t value = 0;
    int decimals = -1; /* not behind the point yet */

    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text == '.' && fractions && decimals < 0 && text[1]) {
            decimals = 0;
            continue;
        }
        if (*text < '0' || *text > '9' || decimals == 3 || value > 10000000)
            return false;
        value = value * 10 + (*text - '0');
        decimals += decimals >= 0 ? 1 : 0;
    }
    for (int i = decimals < 0 ? 0 : decimals; i < 3; i++)
        value *= 10;
    *out = value;
    return true;
}

static bool take_number(const struct option_row *row, const char *value, long *out, struct error *err)
{
    bool seconds = row->kind == OPTION_SECONDS;
    int64_t thousandths;

    if (!read_thousandths(value, seconds, &thousandths))
        return error_set(err, ERROR_USAGE, "--%s takes a number, not '%s'", row->name,
                         excerpt(value, 100).text);
    *out = (long)(seconds ? thousandths : thousandths / 1000);
    if (*out >= row->least && *out <= row->most)
        return true;
    if (seconds)
        return error_set(err, ERROR_USAGE, "--%s takes at least 0.001 and at most %ld seconds", row->name,
                         row->most / 1000);
    return error_set(err, ERROR_USAGE, "--%s takes a number between %ld and %ld", row->name, row->least,
                     row->most);
}

/* The place of value among words that are joined by '|'. */
static bool take_word(const struct option_row *row, const char *value, enum render_format *out,
                      struct error *err)
{
    const char *word = row->argument;

    for (int index = 0; *word; index++) {
        size_t length = strcspn(word, "|");

        if (strlen(value) == length && strncmp(value, word, length) == 0) {
            *out = (enum render_format)index;
            return true;
        }
        word += length + (word[length] ? 1 : 0);
    }
    return error_set(err, ERROR_USAGE, "--%s takes one of %s, not '%s'", row->name, row->argument,
                     excerpt(value, 100).text);
}

static bool take(struct options *options, const struct option_row *row, const char *value, struct error *err)
{
    void *member = (char *)options + row->offset;

    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)member = true;
        break;
    case OPTION_TEXT:
        if (!*value)
            return error_set(err, ERROR_USAGE, "--%s is given without a value", row->name);
        *(const char **)member = value;
        break;
    case OPTION_LIST:
        (*(const char ***)member)[options->fault_count++] = value;
        break;
    case OPTION_NUMBER:
    case OPTION_SECONDS:
        return take_number(row, value, member, err);
    case OPTION_WORD:
        return take_word(row, value, member, err);
    }
    return true;
}

/* ---- Words of the command line ---- */

struct reader {
    struct options *options;
    char **argv;
    int argc;
    int next;
    bool options_ended;
    bool command_known;
    /* What was given, with how it was written: whether a command takes it is known only at the end. */
    const struct option_row *given[64];
    size_t given_count;
    size_t standard_inputs; /* operands that are - */
};

/* The option that was probably meant: one that goes on where the name stops, else one with a slip in it. */
static const char *meant(const char *name, size_t length)
{
    char typed[64];

    if (length == 0 || length >= sizeof(typed))
        return NULL;
    memcpy(typed, name, length);
    typed[length] = '\0';
    for (const struct option_row *row = option_rows; row->name; row++)
        if (strncmp(row->name, typed, length) == 0)
            return row->name;
    for (const struct option_row *row = option_rows; row->name; row++)
        if (words_near(typed, row->name))
            return row->name;
    return NULL;
}

static bool unknown(const char *name, size_t length, struct error *err)
{
    const char *near = meant(name, length);
    int shown = excerpt_length(name, length < 60 ? length : 60);

    if (near)
        return error_set(err, ERROR_USAGE, "there is no option --%.*s; did you mean --%s?", shown, name,
                         near);
    return error_set(err, ERROR_USAGE, "there is no option --%.*s", shown, name);
}

static bool give(struct reader *reader, const struct option_row *row, const char *value, struct error *err)
{
    bool seen = false;

    for (size_t i = 0; i < reader->given_count; i++)
        seen = seen || reader->given[i] == row;
    if (!seen)
        reader->given[reader->given_count++] = row;
    if (row->kind != OPTION_FLAG && !value) {
        if (reader->next >= reader->argc)
            return error_set(err, ERROR_USAGE, "--%s needs a value: --%s %s", row->name, row->name,
                             row->argument);
        value = reader->argv[reader->next++];
    }
    return take(reader->options, row, value, err);
}

static bool read_long(struct reader *reader, const char *word, struct error *err)
{
    size_t length = strcspn(word, "=");
    const char *value = word[length] ? word + length + 1 : NULL;
    const struct option_row *row = row_named(word, length);

    if (!row)
        return unknown(word, length, err);
    if (row->kind == OPTION_FLAG && value)
        return error_set(err, ERROR_USAGE, "--%s takes no value", row->name);
    return give(reader, row, value, err);
}

static bool read_letters(struct reader *reader, const char *letters, struct error *err)
{
    for (; *letters; letters++) {
        const struct option_row *row = row_lettered(*letters);

        if (!row)
            return error_set(err, ERROR_USAGE, "there is no option -%.*s", excerpt_length(letters, 4),
                             letters);
        if (row->kind != OPTION_FLAG)
            return give(reader, row, letters[1] ? letters + 1 : NULL, err);
        if (!give(reader, row, NULL, err))
            return false;
    }
    return true;
}

static bool read_word(struct reader *reader, const char *word, struct error *err)
{
    struct options *options = reader->options;

    if (!reader->options_ended && strcmp(word, "--") == 0) {
        reader->options_ended = true;
        return true;
    }
    if (!reader->options_ended && strncmp(word, "--", 2) == 0)
        return read_long(reader, word + 2, err);
    if (!reader->options_ended && word[0] == '-' && word[1])
        return read_letters(reader, word + 1, err);
    if (!reader->options_ended && !reader->command_known && options->operand_count == 0 &&
        command_find(word, &options->command)) {
        reader->command_known = true;
        return true;
    }
    options->operands[options->operand_count++] = word;
    if (strcmp(word, "-") == 0)
        reader->standard_inputs++;
    return true;
}

/* ---- What can only be said at the end ---- */

static bool check_given(const struct reader *reader, struct error *err)
{
    const struct options *options = reader->options;

    for (size_t i = 0; i < reader->given_count; i++) {
        const struct option_row *row = reader->given[i];

        if (!(row->commands & (1u << options->command)))
            return error_set(err, ERROR_USAGE, "--%s means nothing to %s", row->name,
                             options->command == COMMAND_WIZARD ? "the wizard"
                                                                : command_rows[options->command].name);
    }
    return true;
}

static bool check_values(const struct options *options, struct error *err)
{
    struct endpoint endpoint;
    struct error why;

    if (options->region && !region_is_valid(options->region))
        return error_set(err, ERROR_USAGE, "--region %s is no region ID; one looks like cn-hangzhou",
                         excerpt(options->region, 100).text);
    if (options->endpoint && !endpoint_parse(options->endpoint, &endpoint, &why))
        return error_set(err, ERROR_USAGE, "--endpoint %s: %s", excerpt(options->endpoint, 100).text,
                         why.text);
    if (options->sandbox && options->endpoint)
        return error_set(err, ERROR_USAGE, "--sandbox and --endpoint cannot be used together");
    if (options->sandbox && options->profile)
        return error_set(err, ERROR_USAGE,
                         "--sandbox and --profile cannot be used together: the sandbox has its own key");
    if (options->command != COMMAND_SANDBOX && !options->sandbox &&
        (options->fault_count > 0 || options->state))
        return error_set(err, ERROR_USAGE, "--fault and --state are for the sandbox: give --sandbox too");
    if (options->explain && options->format != FORMAT_HTTP)
        return error_set(err, ERROR_USAGE, "--explain goes with --as http");
    return true;
}

static bool check_operands(const struct reader *reader, struct error *err)
{
    const struct options *options = reader->options;
    const struct command_row *command = &command_rows[options->command];

    if (options->operand_count < command->operands_least)
        return error_set(err, ERROR_USAGE, "%s needs %s: drplan %s", command->name,
                         strstr(command->usage, "DRAFT") ? "a draft" : "one word more", command->usage);
    if (options->operand_count > command->operands_most)
        return error_set(err, ERROR_USAGE, "'%s' is one word too many: drplan %s",
                         excerpt(options->operands[command->operands_most], 100).text, command->usage);
    if (reader->standard_inputs > 1)
        return error_set(err, ERROR_USAGE, "- is given %zu times, and standard input can be read only once",
                         reader->standard_inputs);
    return true;
}

bool options_read(int argc, char **argv, struct options *out, struct error *err)
{
    struct reader reader = {.options = out, .argv = argv, .argc = argc, .next = 1};
    size_t room = argc > 0 ? (size_t)argc : 1;
    struct error further;
    bool ok = true;

    *out = (struct options){.command = COMMAND_WIZARD, .jobs = 1};
    out->operands = calloc(room, sizeof(*out->operands));
    out->faults = calloc(room, sizeof(*out->faults));
    if (!out->operands || !out->faults)
        return error_memory(err);
    while (reader.next < argc) {
        const char *word = argv[reader.next++];

        if (!read_word(&reader, word, ok ? err : &further))
            ok = false;
    }
    /* Whoever asks for help gets it, whatever else is on the line. */
    if (out->help || out->version)
        return true;
    return ok && check_given(&reader, err) && check_values(out, err) && check_operands(&reader, err);
}

void options_release(struct options *options)
{
    free(options->operands);
    free(options->faults);
    *options = (struct options){0};
}
