#ifndef CLI_LOOP_H
#define CLI_LOOP_H

#include "base/file.h"
#include "cli/end.h"
#include "cli/keeper.h"
#include "cli/session.h"
#include "ui/term.h"
#include "ui/wizard.h"

/*
 * One thread, one wait: the terminal, its signals and the transfers.
 *
 *     wait -> event -> wizard_update() -> effects -> wizard_view() -> terminal
 *
 * Without a transfer nothing wakes it but the terminal.
 */

/* What is left to say once the terminal is given back. */
struct loop_end {
    enum end end;
    struct buf said;   /* lines for standard output: the plans that were created */
    struct buf warned; /* for standard error: a plan whose outcome is not known, what failed; "": nothing */
    struct last_words last;
};

/* Runs until the operator leaves. stamp: of the draft that was opened, if wizard_save_path() names one; of a
 * file that is not there otherwise. */
void loop_run(struct session *session, struct wizard *wizard, struct term *term,
              const struct file_stamp *stamp, struct loop_end *out);

#endif
