#include "cli/completion.h"

static const char head[] =
    "#compdef drplan\n"
    "# Completions of drplan for zsh, made by \"drplan completion zsh\".\n"
    "\n"
    "_drplan_profiles() {\n"
    "    local -a names\n"
    "    names=(${(f)\"$(_call_program profiles $words[1] completion profiles 2>/dev/null)\"})\n"
    "    (( $#names )) && compadd \"$@\" -a names\n"
    "}\n"
    "\n";

/* Takes the command word away, so that _arguments sees options and drafts only. */
static const char body[] = "_drplan() {\n"
                           "    local command=wizard curcontext=$curcontext\n"
                           "    integer at\n"
                           "    for (( at = 2; at < CURRENT; at++ )); do\n"
                           "        case $words[at] in\n"
                           "        %s) (( at++ )) ;;\n"
                           "        -*) ;;\n"
                           "        *)\n"
                           "            if (( $_drplan_commands[(Ie)$words[at]] )); then\n"
                           "                command=$words[at]\n"
                           "                words[at]=()\n"
                           "                (( CURRENT-- ))\n"
                           "                curcontext=${curcontext%%:*:*}:drplan-$command:\n"
                           "            fi\n"
                           "            break\n"
                           "            ;;\n"
                           "        esac\n"
                           "    done\n"
                           "    case $command in\n";

/* Within the brackets of an _arguments specification, between single quotes. */
static void add_help(struct buf *out, const char *text)
{
    char one[2] = {0};

    for (; *text; text++) {
        if (*text == '[' || *text == ']' || *text == '\\' || *text == ':')
            buf_add_char(out, '\\');
        one[0] = *text;
        completion_add_quoted(out, one);
    }
}

static void add_action(struct buf *out, enum completes what, const struct option_row *row)
{
    switch (what) {
    case COMPLETES_NOTHING:
        buf_add_char(out, ' ');
        break;
    case COMPLETES_WORDS:
        buf_add_text(out, "(");
        completion_add_words(out, row);
        buf_add_text(out, " )");
        break;
    case COMPLETES_PROFILES:
        buf_add_text(out, "_drplan_profiles");
        break;
    case COMPLETES_REGIONS:
        buf_add_text(out, "(");
        completion_add_regions(out);
        buf_add_text(out, " )");
        break;
    case COMPLETES_FILES:
        buf_add_text(out, "_files");
        break;
    case COMPLETES_DRAFTS:
        buf_add_text(out, "_files -g \"*.json(-.)\"");
        break;
    case COMPLETES_COMMANDS:
        buf_add_text(out, "(");
        completion_add_commands(out);
        buf_add_text(out, " )");
        break;
    case COMPLETES_SHELLS:
        buf_addf(out, "(%s)", completion_shells);
        break;
    }
}

static void add_option(struct buf *out, const struct option_row *row)
{
    const char *again = row->kind == OPTION_LIST ? "*" : "";

    buf_addf(out, " \\\n            '%s--%s%s[", again, row->name, row->kind == OPTION_FLAG ? "" : "=");
    add_help(out, row->help);
    buf_add_char(out, ']');
    if (row->kind != OPTION_FLAG) {
        buf_add_text(out, ":value:");
        add_action(out, completes_value(row), row);
    }
    buf_add_char(out, '\'');
}

static void add_command(struct buf *out, int id)
{
    enum completes what = completes_operand(&command_rows[id]);

    buf_addf(out, "    %s)\n        _arguments -s -S", command_rows[id].name);
    for (const struct option_row *row = option_rows; row->name; row++)
        if (row->commands & (1u << id))
            add_option(out, row);
    if (id == COMMAND_WIZARD) {
        buf_add_text(out, " \\\n            '1: :_drplan_first'");
    } else if (what != COMPLETES_NOTHING) {
        buf_addf(out, " \\\n            '%s:", command_rows[id].operands_most == 1 ? "1" : "*");
        buf_add_text(out, what == COMPLETES_DRAFTS ? "draft:" : "word:");
        add_action(out, what, NULL);
        buf_add_char(out, '\'');
    }
    buf_add_text(out, "\n        ;;\n");
}

static void add_first(struct buf *out)
{
    buf_add_text(out, "_drplan_first() {\n    local -a commands=(\n");
    for (int id = COMMAND_WIZARD + 1; id < COMMAND_COUNT; id++) {
        buf_addf(out, "        '%s:", command_rows[id].name);
        completion_add_quoted(out, command_rows[id].summary);
        buf_add_text(out, "'\n");
    }
    buf_add_text(out,
                 "    )\n    _describe -t commands command commands\n    _files -g \"*.json(-.)\"\n}\n\n");
}

void completion_zsh(struct buf *out)
{
    struct buf valued = BUF_INIT;

    completion_add_valued(&valued, "|");
    buf_add_text(out, head);
    buf_add_text(out, "typeset -ga _drplan_commands=(");
    completion_add_commands(out);
    buf_add_text(out, " )\n\n");
    add_first(out);
    buf_addf(out, body, buf_text(&valued));
    for (int id = 0; id < COMMAND_COUNT; id++)
        add_command(out, id);
    buf_add_text(out, "    esac\n}\n\n"
                      "if [[ $funcstack[1] == _drplan ]]; then\n    _drplan \"$@\"\nelse\n    compdef "
                      "_drplan drplan\nfi\n");
    out->failed = out->failed || valued.failed;
    buf_release(&valued);
}
