#ifndef CLI_PLAIN_LOOP_H
#define CLI_PLAIN_LOOP_H

#include "cli/draft_file.h"
#include "cli/end.h"
#include "cli/session.h"

/*
 * Plain questions on standard input and output, with the network and the files
 * that they need. draft->plan is the one that is asked about; draft->name is
 * the file it is saved to, or NULL. Returns the exit status.
 */
enum end plain_loop_run(struct session *session, struct draft_file *draft);

#endif
