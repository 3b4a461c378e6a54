#ifndef CLI_ACCOUNT_FACTS_H
#define CLI_ACCOUNT_FACTS_H

#include "api/lookup.h"
#include "cli/picking.h"
#include "cli/session.h"
#include "ui/wizard.h"

/*
 * What the account knows about the answers, asked in the background once a
 * field is left: that the instance is there and runs, that the group exists,
 * that no plan has the name yet. What is doubtful becomes a warning beside the
 * answer; what follows from an instance becomes a suggestion. Nothing typed is
 * ever changed, and a failed question is no problem of the plan. A draft that
 * is only opened and sent asks nothing: submitting looks for itself.
 */
enum { FACTS_INSTANCES = 2 };

/* A check of one field, and the answer it was asked about. */
struct watched {
    struct check *check;
    struct buf asked; /* "" while nothing was asked */
    bool told;
};

/* Facts about the instance of a cluster. */
struct instance_watch {
    struct lookup *lookup;
    struct buf asked;
    bool told;
};

struct account_facts {
    bool begun; /* something was changed since the plan was opened */
    bool opened;
    unsigned long revision; /* of the plan as it was opened */
    struct watched name;
    struct watched instances[FACTS_INSTANCES], groups[FACTS_INSTANCES];
    struct instance_watch details[FACTS_INSTANCES];
};

void account_facts_init(struct account_facts *facts);
void account_facts_close(struct account_facts *facts);

/* Asks about what has changed and tells the wizard what came. Does nothing without credentials. */
void account_facts_follow(struct account_facts *facts, struct picking *picking, struct session *session,
                          const struct destination *destination, struct wizard *wizard);

#endif
