#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/batch.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/run.h"

/* ---- Without sending ---- */

static bool sign(const struct run *run, struct error *err)
{
    struct request request;
    bool ok;

    request_init(&request);
    ok = client_prepare(&run->destination.client, OPERATION_CREATE_PLAN, NULL, 0, buf_text(&run->body.text),
                        run->body.text.length, &request, NULL, err);
    request_release(&request);
    return ok;
}

static void print_ending(const struct options *options, const struct ending *ending)
{
    if (options->json)
        ending_print_json(ending);
    else
        ending_print_text(ending, options->operand_count > 1);
}

static void print_would_send(const struct options *options, const struct run *run)
{
    struct buf text = BUF_INIT;

    buf_addf(&text, "would create plan %s at ", run_plan_name(run));
    run_describe(run, &text);
    buf_addf(&text, "; %zu bytes", run->body.text.length);
    if (options->json)
        ending_print_json(
            &(struct ending){.draft = run->name, .outcome = OUTCOME_NOT_SENT, .message = buf_text(&text)});
    else if (options->operand_count > 1)
        print_line("%s: %s", run->name, buf_text(&text));
    else
        print_line("%s", buf_text(&text));
    buf_release(&text);
}

static enum end rehearse(struct session *session, const char *name)
{
    struct ending ending = {.draft = name, .outcome = OUTCOME_NOT_SENT};
    struct error err;
    struct run *run = run_new(name, &err);
    enum end end;

    if (!run)
        return end_with(&err);
    end = run_prepare(run, session, &ending, &err);
    if (end == END_DONE && !sign(run, &err)) {
        ending.message = err.text;
        end = end_of_error(err.kind);
    }
    if (end == END_DONE)
        print_would_send(session->options, run);
    else
        print_ending(session->options, &ending);
    run_free(run);
    return end;
}

static enum end dry_run(struct session *session)
{
    enum end worst = END_DONE;

    for (size_t i = 0; i < session->options->operand_count; i++)
        worst = end_worse(worst, rehearse(session, session->options->operands[i]));
    return worst;
}

/* ---- Asking first ---- */

/* Standard input that is a draft cannot give an answer too. */
static bool can_ask(const struct options *options)
{
    if (options->yes || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return false;
    for (size_t i = 0; i < options->operand_count; i++)
        if (strcmp(options->operands[i], "-") == 0)
            return false;
    return true;
}

static void add_what(struct buf *out, const char *plan_name, const struct destination *destination)
{
    buf_add_text(out, plan_name);
    if (destination->region[0])
        buf_addf(out, " in %s", destination->region);
    buf_addf(out, " at %s", destination->client.endpoint.host);
    if (destination->draft_says_where)
        buf_add_text(out, ", a host that the draft names");
}

/* What the draft would create, into out; nothing when it is not going to be sent anyway. */
static void look_at(struct session *session, const char *name, struct file_stamp *stamp, struct buf *out)
{
    struct draft_file draft;
    struct destination destination;
    struct error err;

    if (draft_file_open(&draft, name, session->options, &err) && review_errors(draft.review) == 0 &&
        session_find_destination(session, draft.plan, draft.review, &destination, &err)) {
        const char *plan_name = draft_file_value(&draft, FIELD_PLAN_NAME);

        add_what(out, plan_name ? plan_name : "", &destination);
    }
    *stamp = draft.stamp;
    draft_file_release(&draft);
}

/* True when the operator confirms, or nothing is going to be sent. */
static bool confirm(struct session *session, struct file_stamp *stamps)
{
    const struct options *options = session->options;
    struct buf what = BUF_INIT;
    size_t count = 0;
    bool yes = true;

    for (size_t i = 0; i < options->operand_count; i++) {
        buf_clear(&what);
        look_at(session, options->operands[i], &stamps[i], &what);
        if (what.length == 0)
            continue;
        count++;
        if (options->operand_count > 1)
            remark("  %s: plan %s", options->operands[i], buf_text(&what));
    }
    if (count > 0 && options->operand_count > 1)
        yes = ask_for("yes", "Create %s? Type yes: ", count == 1 ? "this plan" : "these plans");
    else if (count > 0)
        yes = ask_for("yes", "Create plan %s? Type yes: ", buf_text(&what));
    buf_release(&what);
    return yes;
}

static enum end not_confirmed(const struct options *options)
{
    for (size_t i = 0; i < options->operand_count; i++)
        print_ending(options, &(struct ending){.draft = options->operands[i],
                                               .outcome = OUTCOME_CANCELLED,
                                               .message = "You did not confirm it; nothing was sent."});
    return END_INTERRUPTED;
}

static enum end ask_and_submit(struct session *session)
{
    struct file_stamp *stamps = calloc(session->options->operand_count, sizeof(*stamps));
    struct error err;
    enum end end;

    if (!stamps) {
        error_memory(&err);
        return end_with(&err);
    }
    end = confirm(session, stamps) ? batch_submit(session, stamps) : not_confirmed(session->options);
    free(stamps);
    return end;
}

enum end command_submit(const struct options *options)
{
    struct session session;
    struct error err;
    enum end end;

    if (!session_open(&session, host_system(), options, &err))
        end = end_with(&err);
    else if (options->dry_run)
        end = dry_run(&session);
    else if (can_ask(options))
        end = ask_and_submit(&session);
    else
        end = batch_submit(&session, NULL);
    session_close(&session);
    return end;
}
