#ifndef CLI_WHERE_H
#define CLI_WHERE_H

#include "cli/session.h"
#include "ui/wizard.h"

/* Where a plan goes and as whom, as far as the operator changes it in the wizard. */

/* Shows the regions, or the profiles of ~/.aliyun/config.json, to choose one for the draft. */
void where_list(struct session *session, enum plan_setting setting, struct wizard *wizard);

/* One was chosen: it counts more than the command line, and signing in is tried anew. */
void where_chosen(struct session *session);

/* What signing in has to tell on the line of messages, once: "" for nothing. */
void where_remark(struct session *session, const struct destination *destination, char *text, size_t size);

#endif
