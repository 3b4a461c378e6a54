#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "cli/command.h"
#include "cli/output.h"
#include "sandbox/sandbox.h"

enum { COLUMNS = 78, TEXT_COLUMN = 28, COMMAND_COLUMN = 14 };

/* Adds words broken at COLUMNS, every line but the first behind `indent` blanks; `column` is where it begins.
 */
static void add_words(struct buf *out, int column, int indent, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, " \n");
        int width = utf8_width(text, length);

        if (column > indent && column + 1 + width > COLUMNS) {
            buf_addf(out, "\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            buf_add_char(out, ' ');
            column++;
        }
        buf_add(out, text, length);
        column += width;
        text += length;
        if (*text == '\n') {
            buf_add_text(out, "\n");
            column = indent;
        }
        text += *text ? 1 : 0;
    }
    buf_add_char(out, '\n');
}

static void add_option(struct buf *out, const struct option_row *row)
{
    struct buf left = BUF_INIT;

    if (row->letter)
        buf_addf(&left, "  -%c, --%s", row->letter, row->name);
    else
        buf_addf(&left, "      --%s", row->name);
    if (row->argument)
        buf_addf(&left, " %s", row->argument);
    buf_add_text(out, buf_text(&left));
    if (left.length + 2 > TEXT_COLUMN)
        buf_addf(out, "\n%*s", TEXT_COLUMN, "");
    else
        buf_addf(out, "%*s", (int)(TEXT_COLUMN - left.length), "");
    add_words(out, TEXT_COLUMN, TEXT_COLUMN, row->help);
    buf_release(&left);
}

static void add_options(struct buf *out, enum command_id command)
{
    for (const struct option_row *row = option_rows; row->name; row++)
        if (row->commands & (1u << command))
            add_option(out, row);
}

static void add_commands(struct buf *out)
{
    buf_add_text(out, "\nCommands\n");
    for (int id = COMMAND_WIZARD + 1; id < COMMAND_COUNT; id++) {
        buf_addf(out, "  %-*s", COMMAND_COLUMN - 2, command_rows[id].name);
        add_words(out, COMMAND_COLUMN, COMMAND_COLUMN, command_rows[id].summary);
    }
}

static const char exit_statuses[] = "\nExit status\n"
                                    "  0   done: created, valid, printed\n"
                                    "  1   something on this side failed: a file, memory, a bug\n"
                                    "  2   the command line is wrong\n"
                                    "  3   a draft has errors; nothing was sent\n"
                                    "  4   no usable credentials, or no region\n"
                                    "  5   not sent: the service never got it\n"
                                    "  6   refused by the service, or a plan of that name exists\n"
                                    "  7   throttled until the patience ran out\n"
                                    "  8   outcome unknown: look for the plan before you send it again\n"
                                    "  130 interrupted\n"
                                    "  Of several drafts the worst counts; 8 before all others.\n";

void help_print(enum command_id command)
{
    const struct command_row *row = &command_rows[command];
    struct buf out = BUF_INIT;

    if (command == COMMAND_WIZARD)
        buf_add_text(&out, "Usage: drplan [DRAFT]\n       drplan COMMAND [OPTION]... [DRAFT]...\n\n");
    else
        buf_addf(&out, "Usage: drplan %s [OPTION]...\n\n", row->usage);
    buf_addf(&out, "Examples\n%s\n", row->examples);
    add_words(&out, 0, 0, row->about);
    if (command == COMMAND_WIZARD)
        add_commands(&out);
    buf_add_text(&out, "\nOptions\n");
    add_options(&out, command);
    if (command == COMMAND_WIZARD || command == COMMAND_SUBMIT)
        buf_add_text(&out, exit_statuses);
    if (command == COMMAND_SANDBOX)
        buf_addf(&out, "\nFaults: --fault OPERATION=FAULT[*TIMES][,FAULT...]\n%s", sandbox_fault_help());
    print_exact(buf_text(&out), out.length);
    buf_release(&out);
}

void version_print(void)
{
    print_line("drplan %s", DRPLAN_VERSION);
    print_line("built with %s", DRPLAN_LIBRARIES);
}
