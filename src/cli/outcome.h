#ifndef CLI_OUTCOME_H
#define CLI_OUTCOME_H

#include "api/submission.h"
#include "model/result.h"
#include "model/review.h"

/* How a submission ended, in the words of those who read it: the result page, a line of text, a line of JSON.
 */

/* One draft's end. All texts may be NULL and are borrowed. */
struct ending {
    const char *draft;
    enum outcome outcome;
    const char *plan_id;
    const char *request_id;
    const char *code;
    const char *message; /* of the service where it has a code, else ours */
    int http_status;     /* 0: no answer */
    const char *field;   /* JSON path */
};

/* Fills ending from a report; path is room for the field. */
void ending_of_report(struct ending *ending, const struct submission_report *report,
                      const struct review *review, char path[128]);

/* {"draft", "outcome", "planId", "requestId", "code", "message", "httpStatus", "field"} on one line of
 * standard output. Other programs rely on it. */
void ending_print_json(const struct ending *ending);

/* The same in words; with the draft's name in front when several were given. */
void ending_print_text(const struct ending *ending, bool with_name);

/* The line that ending_print_text() prints, safe to show. */
void ending_add_text(struct buf *lines, const struct ending *ending, bool with_name);

/* What to do about it, in a sentence; NULL when there is nothing to say. */
const char *outcome_advice(const struct submission_report *report);

/* What the result page shows of a report. Borrows from the report. */
void outcome_result(const struct submission_report *report, const struct review *review, struct result *out);

/* The field that an answer names: that of the instance it is probably about; place_none() when it names none.
 */
struct place outcome_field(const struct answer *answer, const struct review *review);

/* What a running submission does, for the operator: "Sending the plan". */
const char *outcome_doing(enum submission_phase phase);

#endif
