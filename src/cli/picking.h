#ifndef CLI_PICKING_H
#define CLI_PICKING_H

#include "api/lookup.h"
#include "cli/session.h"
#include "ui/wizard.h"

/*
 * The lists that the wizard shows, filled by what the account answers. The
 * wizard says which list it wants to see (wizard_pick()); this follows it, so
 * a list whose region changed is asked for anew and the old answer is dropped.
 */
struct picking {
    struct lookups *lookups;   /* made with the first question */
    struct lookup *lookup;     /* of the open list; NULL: none */
    struct buf region, parent; /* that it was asked for */
    enum pick_kind kind;
    int refreshes;
    unsigned shown; /* revision of the answer that the wizard has */
    bool filled;    /* the wizard has an answer */
};

void picking_init(struct picking *picking);
void picking_close(struct picking *picking);

/* Of all that is asked beside the form, made when first wanted. NULL with err. */
struct lookups *picking_lookups(struct picking *picking, struct session *session, struct error *err);

/* Starts, stops and shows what the wizard wants now. destination: as whom to ask; its credentials may be
 * NULL, with problem saying why. */
void picking_follow(struct picking *picking, struct session *session, const struct destination *destination,
                    const char *problem, struct wizard *wizard);

/* Fills in the regions that are known without asking: all of rows but state, title and why. */
void picking_known_regions(struct picker_rows *rows);

/* Milliseconds until picking_follow() has something to do by itself; -1: nothing. */
int picking_timeout(const struct picking *picking);

#endif
