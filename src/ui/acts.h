#ifndef UI_ACTS_H
#define UI_ACTS_H

#include "ui/wizard_state.h"

/*
 * What a key does: a small function for each action, and for each state of the
 * wizard a table that says which. An action without an entry means nothing
 * there; acts.c picks the table.
 */
typedef enum effect act(struct wizard *wizard);

extern act *const form_acts[ACTION_COUNT];    /* acts_form.c */
extern act *const review_acts[ACTION_COUNT];  /* acts_review.c */
extern act *const running_acts[ACTION_COUNT]; /* acts_result.c */
extern act *const result_acts[ACTION_COUNT];
extern act *const picker_acts[ACTION_COUNT]; /* acts_picker.c */

/* Acts that stand in more than one table. */
enum effect previous_step(struct wizard *wizard);
enum effect take_back(struct wizard *wizard);
enum effect open_picker(struct wizard *wizard);
enum effect open_why(struct wizard *wizard);
enum effect ask_reference(struct wizard *wizard);

#endif
