#include <string.h>

#include "api/endpoint.h"
#include "api/profile.h"
#include "cli/completion.h"
#include "cli/output.h"

const char completion_shells[] = "bash fish zsh";

enum completes completes_value(const struct option_row *row)
{
    if (row->kind == OPTION_WORD)
        return COMPLETES_WORDS;
    if (!row->argument)
        return COMPLETES_NOTHING;
    if (strcmp(row->argument, "FILE") == 0)
        return COMPLETES_FILES;
    if (strcmp(row->name, "profile") == 0)
        return COMPLETES_PROFILES;
    return strcmp(row->name, "region") == 0 ? COMPLETES_REGIONS : COMPLETES_NOTHING;
}

enum completes completes_operand(const struct command_row *row)
{
    if (strstr(row->usage, "DRAFT"))
        return COMPLETES_DRAFTS;
    if (strstr(row->usage, "COMMAND"))
        return COMPLETES_COMMANDS;
    return strstr(row->usage, "SHELL") ? COMPLETES_SHELLS : COMPLETES_NOTHING;
}

void completion_add_quoted(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            buf_add_text(out, "'\\''");
        else
            buf_add_char(out, *text);
    }
}

void completion_add_regions(struct buf *out)
{
    for (const struct region *region = regions; region->id; region++)
        buf_addf(out, " %s", region->id);
}

void completion_add_commands(struct buf *out)
{
    for (int id = COMMAND_WIZARD + 1; id < COMMAND_COUNT; id++)
        buf_addf(out, " %s", command_rows[id].name);
}

void completion_add_words(struct buf *out, const struct option_row *row)
{
    const char *word = row ? row->argument : ""; /* no operand is one of several words */

    while (*word) {
        int length = (int)strcspn(word, "|");

        buf_addf(out, " %.*s", length, word);
        word += length + (word[length] ? 1 : 0);
    }
}

void completion_add_valued(struct buf *out, const char *between)
{
    const char *before = "";

    for (const struct option_row *row = option_rows; row->name; row++) {
        if (row->kind == OPTION_FLAG)
            continue;
        buf_addf(out, "%s--%s", before, row->name);
        before = between;
        if (row->letter)
            buf_addf(out, "%s-%c", before, row->letter);
    }
}

/* ---- The command ---- */

static enum end print_profiles(void)
{
    struct buf names = BUF_INIT;
    struct error err;
    bool ok = profile_names(host_system(), &names, &err);

    if (ok)
        for (size_t at = 0; at < names.length; at += strlen(names.data + at) + 1)
            print_line("%s", names.data + at);
    buf_release(&names);
    return ok ? END_DONE : end_with(&err);
}

static enum end print_script(void (*write)(struct buf *out))
{
    struct buf script = BUF_INIT;
    struct error err;
    bool ok;

    write(&script);
    ok = !script.failed || error_memory(&err);
    if (ok)
        print_exact(buf_text(&script), script.length);
    buf_release(&script);
    return ok ? END_DONE : end_with(&err);
}

enum end command_completion(const struct options *options)
{
    static const struct {
        const char *shell;
        void (*write)(struct buf *out);
    } scripts[] = {{"bash", completion_bash}, {"zsh", completion_zsh}, {"fish", completion_fish}};
    const char *word = options->operands[0];

    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
        if (strcmp(word, scripts[i].shell) == 0)
            return print_script(scripts[i].write);
    if (strcmp(word, "profiles") == 0)
        return print_profiles();
    complain("there are completions for bash, zsh and fish, not for %s", word);
    return END_USAGE;
}
