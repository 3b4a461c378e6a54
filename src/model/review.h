#ifndef MODEL_REVIEW_H
#define MODEL_REVIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "model/plan.h"
#include "model/schema.h"

/*
 * What a plan amounts to: for each field of each instance, whether it applies,
 * the value in force, and what is wrong. Pure: the same plan gives the same
 * review. Run it again after every change, or update it.
 *
 * Documented obligations are errors, everything else is a warning: a guess of
 * ours never stops a submit.
 */
struct review;

struct field_review {
    enum need need;
    bool shown;        /* asked and, when answered, sent */
    const char *value; /* in force: the answer, else the suggestion, else NULL. NULL when not shown. Borrowed
                          from the plan */
    enum answer_form form;
    bool suggested;      /* the value is the suggestion */
    const char *because; /* why it is needed, or, when it does not apply, why not; may be NULL */
    int problem;         /* the worst problem of this field, for review_problem(); -1: none */
};

struct problem {
    struct place place; /* place_none() when it belongs to no field */
    enum severity severity;
    char path[128];     /* "instances[1].vpcId"; "" for the whole plan */
    char message[256];  /* a sentence without the field's name in front */
    const char *source; /* the rule's source, or NULL */
};

struct review *review_new(void); /* NULL when memory is short */
void review_free(struct review *review);

/* Fills review with what plan is now. Values stay valid until the plan changes. */
bool review_run(struct review *review, const struct plan *plan, struct error *err);

/* The same, for the very plan that it was run for last: makes anew only what has changed since, and what
 * hangs on it. */
bool review_update(struct review *review, const struct plan *plan, struct error *err);

const struct field_review *review_field(const struct review *review, struct place place);

size_t review_instances(const struct review *review);

/* How many of them the plan knows anything about, up to the last such one: what is behind is padding, and is
 * not written anywhere. */
size_t review_instances_begun(const struct review *review, const struct plan *plan);

/*
 * Problems in the order of the fields; those of the whole plan last. The notes of the plan are among them.
 * What cannot be asked for or sent must not stop a submit: of a field that is not shown, an error that
 * reading the draft found is a warning here, and a warning is dropped.
 */
size_t review_problems(const struct review *review);

/* The pointer is good until the review is run or updated. */
const struct problem *review_problem(const struct review *review, size_t index);

/* At least 1 where memory was too short for the review: a plan that was not looked at whole may not be sent.
 */
size_t review_errors(const struct review *review);
size_t review_warnings(const struct review *review);

/* Errors and warnings of one page: `instance` counts for STEP_CLUSTER only. */
void review_step_counts(const struct review *review, enum field_step step, int instance, size_t *errors,
                        size_t *warnings);

/* True when the page has an answer of the operator's own in force. */
bool review_step_begun(const struct review *review, enum field_step step, int instance);

/* The label of an instance: "First cluster", "Second cluster", "Cluster 3". */
void instance_label(int instance, char *text, size_t size);

#endif
