#ifndef CLI_SENDING_H
#define CLI_SENDING_H

#include <stdbool.h>

#include "api/submission.h"
#include "cli/end.h"
#include "cli/session.h"
#include "model/payload.h"
#include "model/plan.h"
#include "model/review.h"
#include "ui/result.h"

/*
 * A plan from the confirmation to its end, beside whatever else the caller
 * waits for: the commands that print its secrets, then the submission. The plan
 * must not change before it is done.
 */
struct sending;

/* destination: signed in to; copied. NULL when memory is short; every other failure is an end like any. */
struct sending *sending_start(struct session *session, const struct plan *plan, const struct review *review,
                              const struct destination *destination, bool accept_existing_name);

/* What is left of it if it is not done yet is abandoned without a word: see sending_abandon(). */
void sending_free(struct sending *sending);

/* A further descriptor to wait for; -1: none. Transfers are waited for by transport_wait(). */
int sending_fd(const struct sending *sending);

/* Milliseconds until sending_advance() has something to do; -1: nothing by itself. */
int sending_timeout(const struct sending *sending);

/* Goes on as far as it can without waiting. */
void sending_advance(struct sending *sending);

/* The operator stops it: submission_cancel(). */
void sending_cancel(struct sending *sending);

/* Stops it so that it is done now, and its outcome is as sure as it can be without another wait. */
void sending_abandon(struct sending *sending);

/* After an unknown outcome: looks for the plan once more; sends the same bytes once more, if they still count
 * (submission_repeat()). The sending is not done then. */
void sending_look_again(struct sending *sending);
bool sending_repeat(struct sending *sending);

bool sending_done(const struct sending *sending);

/* How far it is, while it is not done; how it ended, once it is. Borrowed from the sending. */
void sending_progress(const struct sending *sending, struct progress *out);
void sending_result(const struct sending *sending, struct result *out);

/* The exit status that says how it ended. */
enum end sending_end(const struct sending *sending);

/* "Created plan 1300000001 in cn-hangzhou." once it is created. */
void sending_describe_created(const struct sending *sending, struct buf *out);

/* submission_start() with what there is to say of a plan whose body is written. */
struct submission *sending_submit(const struct client *client, struct transport *transport,
                                  struct journal *journal, const struct submission_options *options,
                                  const struct plan *plan, const struct review *review,
                                  const struct payload *body, struct error *err);

/* How long to look and to wait, as the command line says. */
struct submission_options sending_options(const struct options *options);

/* The text of an error as a sentence: a capital letter and a full stop. */
enum { SENTENCE_SIZE = 520 };
void sentence_of_error(const struct error *err, char text[SENTENCE_SIZE]);

#endif
