#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/end.h"
#include "cli/options.h"

/* The commands: one row and one file (cli/command_NAME.c) each. */
struct command_row {
    const char *name;
    const char *usage;   /* behind "drplan ": "validate DRAFT..." */
    const char *summary; /* a phrase for the list of commands */
    size_t operands_least, operands_most;
    enum end (*run)(const struct options *options);
    const char *about;    /* paragraphs for --help */
    const char *examples; /* lines for --help */
};

extern const struct command_row command_rows[COMMAND_COUNT];

/* False when word is no command. The wizard has no word of its own. */
bool command_find(const char *word, enum command_id *out);

enum end command_validate(const struct options *options);
enum end command_render(const struct options *options);
enum end command_submit(const struct options *options);
enum end command_look(const struct options *options);
enum end command_schema(const struct options *options);
enum end command_sandbox(const struct options *options);
enum end command_whoami(const struct options *options);
enum end command_wizard(const struct options *options);
enum end command_completion(const struct options *options);
enum end command_help(const struct options *options);

/* What --help prints about a command; COMMAND_WIZARD: about the whole program. */
void help_print(enum command_id command);
void version_print(void);

/* The whole program but for what main.c prepares. Returns its exit status. */
int cli_main(int argc, char **argv);

#endif
