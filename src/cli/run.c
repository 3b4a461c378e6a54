#include "cli/run.h"

#include <stdlib.h>

#include "cli/sending.h"

struct run *run_new(const char *name, struct error *err)
{
    struct run *run = calloc(1, sizeof(*run));

    if (!run) {
        error_memory(err);
        return NULL;
    }
    run->name = name;
    payload_init(&run->body);
    return run;
}

void run_free(struct run *run)
{
    if (!run)
        return;
    submission_free(run->submission);
    payload_release(&run->body);
    draft_file_release(&run->draft);
    free(run);
}

const char *run_plan_name(const struct run *run)
{
    const char *name = draft_file_value(&run->draft, FIELD_PLAN_NAME);

    return name ? name : "";
}

/* The first error stands for all of them; the others are on standard error. */
static enum end end_invalid(const struct run *run, struct ending *ending)
{
    const struct review *review = run->draft.review;

    ending->outcome = OUTCOME_INVALID;
    for (size_t i = 0; i < review_problems(review); i++) {
        const struct problem *problem = review_problem(review, i);

        if (problem->severity == SEVERITY_ERROR) {
            ending->field = problem->path;
            ending->message = problem->message;
            break;
        }
    }
    return END_INVALID;
}

static enum end end_early(struct ending *ending, enum outcome outcome, const struct error *err)
{
    ending->outcome = outcome;
    ending->message = err->text;
    return end_of_error(err->kind);
}

enum end run_prepare(struct run *run, struct session *session, struct ending *ending, struct error *err)
{
    *ending = (struct ending){.draft = run->name};
    if (!draft_file_open(&run->draft, run->name, session->options, err))
        return end_early(ending, err->kind == ERROR_INPUT ? OUTCOME_INVALID : OUTCOME_NOT_SENT, err);
    remark_open_to_all(&run->draft);
    remark_problems(&run->draft, true);
    if (review_errors(run->draft.review) > 0)
        return end_invalid(run, ending);
    if (!session_find_destination(session, run->draft.plan, run->draft.review, &run->destination, err))
        return end_early(ending, err->kind == ERROR_INPUT ? OUTCOME_INVALID : OUTCOME_NOT_SENT, err);
    if (!session_sign_in(session, &run->destination, err))
        return end_early(ending, OUTCOME_NOT_SENT, err);
    if (!payload_write(&run->body, run->draft.plan, run->draft.review, PAYLOAD_SENT, &session->secrets.source,
                       err))
        return end_early(ending, err->kind == ERROR_INPUT ? OUTCOME_INVALID : OUTCOME_NOT_SENT, err);
    return END_DONE;
}

bool run_start(struct run *run, struct session *session, const struct submission_options *options,
               struct error *err)
{
    struct transport *transport = session_transport(session, err);

    if (!transport || !session_journal(session, err))
        return false;
    run->submission = sending_submit(&run->destination.client, transport, session->journal, options,
                                     run->draft.plan, run->draft.review, &run->body, err);
    payload_release(&run->body);
    return run->submission != NULL;
}

void run_describe(const struct run *run, struct buf *out)
{
    const struct endpoint *endpoint = &run->destination.client.endpoint;
    const struct credentials *credentials = run->destination.client.credentials;
    char key[16], proxy[256];

    credentials_mask(credentials->access_key_id, key);
    buf_addf(out, "%s://%s as %s (%s)", endpoint->scheme, endpoint->host, key, credentials->provider);
    if (run->destination.profile[0])
        buf_addf(out, ", profile %s", run->destination.profile);
    if (run->destination.region[0])
        buf_addf(out, ", region %s", run->destination.region);
    transport_proxy(endpoint->scheme, endpoint->host, proxy, sizeof(proxy));
    if (proxy[0])
        buf_addf(out, ", through the proxy %s", proxy);
    if (run->destination.draft_says_where)
        buf_add_text(out, "; the host is named by the draft");
}
