#ifndef CLI_PLAIN_RECALL_H
#define CLI_PLAIN_RECALL_H

#include "cli/plain_terminal.h"
#include "cli/session.h"

/*
 * Says which plans were sent earlier from here without it being known what
 * became of them, and looks for them if the operator at the terminal wants it.
 * It sends nothing.
 */
void plain_recall(struct session *session, struct plain_terminal *terminal, struct plain *plain);

#endif
