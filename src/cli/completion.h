#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "base/buf.h"
#include "cli/command.h"
#include "cli/options.h"

/*
 * Scripts that complete command lines of drplan, written from the tables of
 * commands and options. Regions are in the script; the names of profiles are
 * asked for when they are needed ("drplan completion profiles"), never their
 * keys.
 */
void completion_bash(struct buf *out);
void completion_zsh(struct buf *out);
void completion_fish(struct buf *out);

/* ---- What the three share ---- */

enum completes {
    COMPLETES_NOTHING, /* a number, a host: nothing that could be known */
    COMPLETES_WORDS,   /* the words of the row's argument, joined by '|' */
    COMPLETES_PROFILES,
    COMPLETES_REGIONS,
    COMPLETES_FILES,
    COMPLETES_DRAFTS,
    COMPLETES_COMMANDS,
    COMPLETES_SHELLS,
};

/* What the value of an option is, and an operand of a command. */
enum completes completes_value(const struct option_row *row);
enum completes completes_operand(const struct command_row *row);

/* The shells that have a script, and "profiles". */
extern const char completion_shells[]; /* "bash fish zsh" */

/* Adds text to be read between single quotes by a shell that has no escapes there. */
void completion_add_quoted(struct buf *out, const char *text);

/* Adds all regions, commands or words of a row, each behind a blank. */
void completion_add_regions(struct buf *out);
void completion_add_commands(struct buf *out);
void completion_add_words(struct buf *out, const struct option_row *row);

/* "--profile|--region|..." of all options that take a value, with the letters they have. */
void completion_add_valued(struct buf *out, const char *between);

#endif
