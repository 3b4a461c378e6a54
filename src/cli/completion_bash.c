#include "cli/completion.h"

/*
 * bash breaks words at '=' too, so that "--as=bo" comes as three. Names are
 * compared here and not by compgen -W, which would run what is in them.
 */
static const char head[] =
    "# Completions of drplan for bash, made by \"drplan completion bash\".\n"
    "# shellcheck shell=bash\n"
    "\n"
    "# Takes those words that go on where the current one stops.\n"
    "_drplan_take() {\n"
    "    local word\n"
    "    for word; do\n"
    "        [[ $word == \"$current\"* ]] && COMPREPLY+=(\"$(printf %q \"$word\")\")\n"
    "    done\n"
    "}\n"
    "\n"
    "_drplan_files() {\n"
    "    local word\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    while IFS= read -r word; do\n"
    "        COMPREPLY+=(\"$word\")\n"
    "    done < <(compgen -f -X \"$1\" -- \"$current\"; [[ -z $1 ]] || compgen -d -- \"$current\")\n"
    "}\n"
    "\n";

static const char find_command[] =
    "_drplan() {\n"
    "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    local command=wizard operands=0 at names\n"
    "    COMPREPLY=()\n"
    "    if [[ $current == '=' ]]; then\n"
    "        current=\n"
    "    elif [[ $previous == '=' ]]; then\n"
    "        previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n"
    "    for ((at = 1; at < COMP_CWORD; at++)); do\n"
    "        case ${COMP_WORDS[at]} in\n"
    "        %s)\n"
    "            [[ ${COMP_WORDS[at + 1]} == '=' ]] && ((at++))\n"
    "            ((at++))\n"
    "            ;;\n"
    "        -*) ;;\n"
    "        %s)\n"
    "            ((operands++ == 0)) && command=${COMP_WORDS[at]}\n"
    "            ;;\n"
    "        *) ((operands++)) ;;\n"
    "        esac\n"
    "    done\n";

static void add_joined_commands(struct buf *out)
{
    for (int id = COMMAND_WIZARD + 1; id < COMMAND_COUNT; id++)
        buf_addf(out, "%s%s", id > COMMAND_WIZARD + 1 ? "|" : "", command_rows[id].name);
}

static void add_source(struct buf *out, enum completes what, const struct option_row *row)
{
    switch (what) {
    case COMPLETES_NOTHING:
        buf_add_text(out, ":");
        break;
    case COMPLETES_WORDS:
        buf_add_text(out, "_drplan_take");
        completion_add_words(out, row);
        break;
    case COMPLETES_PROFILES:
        buf_add_text(out, "mapfile -t names < <(\"${COMP_WORDS[0]}\" completion profiles 2>/dev/null)\n"
                          "        _drplan_take \"${names[@]}\"");
        break;
    case COMPLETES_REGIONS:
        buf_add_text(out, "_drplan_take");
        completion_add_regions(out);
        break;
    case COMPLETES_FILES:
        buf_add_text(out, "_drplan_files ''");
        break;
    case COMPLETES_DRAFTS:
        buf_add_text(out, "_drplan_files '!*.json'");
        break;
    case COMPLETES_COMMANDS:
        buf_add_text(out, "_drplan_take");
        completion_add_commands(out);
        break;
    case COMPLETES_SHELLS:
        buf_addf(out, "_drplan_take %s", completion_shells);
        break;
    }
}

static void add_values(struct buf *out)
{
    buf_add_text(out, "    case $previous in\n");
    for (const struct option_row *row = option_rows; row->name; row++) {
        if (row->kind == OPTION_FLAG)
            continue;
        buf_addf(out, "    --%s", row->name);
        if (row->letter)
            buf_addf(out, " | -%c", row->letter);
        buf_add_text(out, ")\n        ");
        add_source(out, completes_value(row), row);
        buf_add_text(out, "\n        return\n        ;;\n");
    }
    buf_add_text(out, "    esac\n");
}

static void add_options(struct buf *out)
{
    buf_add_text(out, "    if [[ $current == -* ]]; then\n        case $command in\n");
    for (int id = 0; id < COMMAND_COUNT; id++) {
        buf_addf(out, "        %s) _drplan_take", command_rows[id].name);
        for (const struct option_row *row = option_rows; row->name; row++)
            if (row->commands & (1u << id))
                buf_addf(out, " --%s", row->name);
        buf_add_text(out, " ;;\n");
    }
    buf_add_text(out, "        esac\n        return\n    fi\n");
}

static void add_operands(struct buf *out)
{
    buf_add_text(out, "    case $command in\n    wizard)\n        ((operands == 0)) && ");
    add_source(out, COMPLETES_COMMANDS, NULL);
    buf_add_text(out, "\n        ((operands == 0)) && ");
    add_source(out, COMPLETES_DRAFTS, NULL);
    buf_add_text(out, "\n        ;;\n");
    for (int id = COMMAND_WIZARD + 1; id < COMMAND_COUNT; id++) {
        enum completes what = completes_operand(&command_rows[id]);

        if (what == COMPLETES_NOTHING)
            continue;
        buf_addf(out, "    %s) ", command_rows[id].name);
        add_source(out, what, NULL);
        buf_add_text(out, " ;;\n");
    }
    buf_add_text(out, "    esac\n");
}

void completion_bash(struct buf *out)
{
    struct buf valued = BUF_INIT, commands = BUF_INIT;

    completion_add_valued(&valued, "|");
    add_joined_commands(&commands);
    buf_add_text(out, head);
    buf_addf(out, find_command, buf_text(&valued), buf_text(&commands));
    add_values(out);
    add_options(out);
    add_operands(out);
    buf_add_text(out, "}\ncomplete -F _drplan drplan\n");
    out->failed = out->failed || valued.failed || commands.failed;
    buf_release(&valued);
    buf_release(&commands);
}
