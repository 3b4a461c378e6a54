#ifndef CLI_BATCH_H
#define CLI_BATCH_H

#include "base/file.h"
#include "cli/end.h"
#include "cli/session.h"

/*
 * Submits the drafts that the options name, up to --jobs of them side by side,
 * and prints how each ended, in the order they end. Drafts are opened when
 * their turn comes. Two plans of one name are never on their way together,
 * since each looks for the other's name.
 *
 * stamps: what the files were when the operator confirmed, one for each
 * operand; NULL when nobody was asked. Returns the exit status.
 */
enum end batch_submit(struct session *session, const struct file_stamp *stamps);

#endif
