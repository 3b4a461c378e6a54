#include "cli/completion.h"

/* fish runs what is in a condition or in -a's parentheses; texts stand between single quotes, where \' and
 * \\ count. */
static const char body[] = "# Completions of drplan for fish, made by \"drplan completion fish\".\n"
                           "\n"
                           "# The command of the line so far; nothing before there is an operand.\n"
                           "function __drplan_command\n"
                           "    set -l words (commandline -opc)\n"
                           "    set -l skip 1\n"
                           "    for word in $words\n"
                           "        if test $skip -eq 1\n"
                           "            set skip 0\n"
                           "            continue\n"
                           "        end\n"
                           "        switch $word\n"
                           "            case %s\n"
                           "                set skip 1\n"
                           "            case '-*'\n"
                           "            case %s\n"
                           "                echo $word\n"
                           "                return\n"
                           "            case '*'\n"
                           "                echo wizard\n"
                           "                return\n"
                           "        end\n"
                           "    end\n"
                           "end\n"
                           "\n"
                           "function __drplan_is\n"
                           "    set -l command (__drplan_command)\n"
                           "    test -n \"$command\"; or set command wizard\n"
                           "    contains -- $command $argv\n"
                           "end\n"
                           "\n"
                           "function __drplan_is_first\n"
                           "    test -z (__drplan_command | string collect)\n"
                           "end\n"
                           "\n"
                           "function __drplan_profiles\n"
                           "    command drplan completion profiles 2>/dev/null\n"
                           "end\n"
                           "\n"
                           "complete -c drplan -f\n";

static void add_text(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, *text);
    }
}

static void add_values(struct buf *out, enum completes what, const struct option_row *row)
{
    switch (what) {
    case COMPLETES_NOTHING:
        break;
    case COMPLETES_WORDS:
        buf_add_text(out, " -a '");
        completion_add_words(out, row);
        buf_add_char(out, '\'');
        break;
    case COMPLETES_PROFILES:
        buf_add_text(out, " -a '(__drplan_profiles)'");
        break;
    case COMPLETES_REGIONS:
        buf_add_text(out, " -a '");
        completion_add_regions(out);
        buf_add_char(out, '\'');
        break;
    case COMPLETES_FILES:
        buf_add_text(out, " -F");
        break;
    case COMPLETES_DRAFTS:
        buf_add_text(out, " -k -a '(__fish_complete_suffix .json)'");
        break;
    case COMPLETES_COMMANDS:
        buf_add_text(out, " -a '");
        completion_add_commands(out);
        buf_add_char(out, '\'');
        break;
    case COMPLETES_SHELLS:
        buf_addf(out, " -a '%s'", completion_shells);
        break;
    }
}

static void add_option(struct buf *out, const struct option_row *row)
{
    buf_add_text(out, "complete -c drplan -n '__drplan_is");
    for (int id = 0; id < COMMAND_COUNT; id++)
        if (row->commands & (1u << id))
            buf_addf(out, " %s", command_rows[id].name);
    buf_addf(out, "' -l %s", row->name);
    if (row->letter)
        buf_addf(out, " -s %c", row->letter);
    if (row->kind != OPTION_FLAG)
        buf_add_text(out, completes_value(row) == COMPLETES_FILES ? " -r" : " -x");
    add_values(out, completes_value(row), row);
    buf_add_text(out, " -d '");
    add_text(out, row->help);
    buf_add_text(out, "'\n");
}

void completion_fish(struct buf *out)
{
    struct buf valued = BUF_INIT, commands = BUF_INIT;

    completion_add_valued(&valued, " ");
    completion_add_commands(&commands);
    buf_addf(out, body, buf_text(&valued), buf_text(&commands));
    for (int id = COMMAND_WIZARD + 1; id < COMMAND_COUNT; id++) {
        buf_addf(out, "complete -c drplan -n __drplan_is_first -a %s -d '", command_rows[id].name);
        add_text(out, command_rows[id].summary);
        buf_add_text(out, "'\n");
    }
    buf_add_text(out, "complete -c drplan -n __drplan_is_first");
    add_values(out, COMPLETES_DRAFTS, NULL);
    buf_add_char(out, '\n');
    for (int id = COMMAND_WIZARD + 1; id < COMMAND_COUNT; id++) {
        enum completes what = completes_operand(&command_rows[id]);

        if (what == COMPLETES_NOTHING)
            continue;
        buf_addf(out, "complete -c drplan -n '__drplan_is %s'", command_rows[id].name);
        add_values(out, what, NULL);
        buf_add_char(out, '\n');
    }
    for (const struct option_row *row = option_rows; row->name; row++)
        add_option(out, row);
    out->failed = out->failed || valued.failed || commands.failed;
    buf_release(&valued);
    buf_release(&commands);
}
