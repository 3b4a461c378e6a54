#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Which command runs; rows of the table in cli/command.c. */
enum command_id {
    COMMAND_WIZARD, /* no command word: drplan [DRAFT] */
    COMMAND_VALIDATE,
    COMMAND_RENDER,
    COMMAND_SUBMIT,
    COMMAND_LOOK,
    COMMAND_SCHEMA,
    COMMAND_SANDBOX,
    COMMAND_WHOAMI,
    COMMAND_COMPLETION,
    COMMAND_HELP,
    COMMAND_COUNT
};

enum render_format { FORMAT_BODY, FORMAT_HTTP, FORMAT_CURL, FORMAT_ALIYUN, FORMAT_COUNT };

/* What the command line says. Texts are borrowed from argv. */
struct options {
    enum command_id command;
    const char **operands; /* without the command word */
    size_t operand_count;
    const char *profile, *region, *endpoint, *ca_file, *state; /* NULL: not given */
    const char **faults;
    size_t fault_count;
    long connect_timeout_ms, timeout_ms; /* 0: not given */
    long patience_ms;                    /* likewise */
    long jobs;                           /* at least 1 */
    long port;                           /* 0: any */
    enum render_format format;
    bool sandbox, plain, json, no_color, help, version, keep_extra;
    bool explain, show_secrets, dry_run, yes, quiet, forget, again;
};

/*
 * Reads a command line, GNU style: options and operands in any order, --name
 * VALUE and --name=VALUE, -xVALUE, letters together, "--" ends the options. The
 * names of options are not abbreviated. ERROR_USAGE says what is wrong and what
 * was probably meant. Release also after a failure: the command, as far as it
 * is known, is in out->command.
 */
bool options_read(int argc, char **argv, struct options *out, struct error *err);
void options_release(struct options *options);

/* ---- The table that reading, --help and completion share ---- */

enum option_kind {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_LIST,    /* may be given several times */
    OPTION_NUMBER,  /* between least and most */
    OPTION_SECONDS, /* between least and most milliseconds, written as "2" or "0.5" */
    OPTION_WORD,    /* one of the words of its argument, which are joined by '|' */
};

struct option_row {
    const char *name; /* without the dashes; NULL ends the table */
    char letter;      /* 0: none */
    enum option_kind kind;
    const char *argument; /* what --help calls its value; NULL for a flag */
    size_t offset;        /* of the member of struct options */
    long least, most;
    unsigned commands; /* bits 1 << enum command_id */
    const char *help;  /* a phrase for --help */
};

extern const struct option_row option_rows[];

#endif
