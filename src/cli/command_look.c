#include <signal.h>
#include <string.h>

#include "base/compose.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/open_intents.h"
#include "cli/outcome.h"
#include "cli/output.h"
#include "cli/sending.h"

enum { STATUS_MS = 1000 };

struct looking {
    struct session *session;
    const struct options *options;
    struct open_intents intents;
    int interrupt_fd;
    int signal_number; /* that asked to stop; 0: none */
    struct status_line status;
    enum end worst;
};

/* ---- What became of one ---- */

static void print_found(const struct looking *looking, const struct journal_intent *intent, const char *word,
                        const char *plan_id, const char *message)
{
    struct buf line = BUF_INIT;

    if (looking->options->json) {
        compose_open(&line, NULL, '{');
        jsonl_text(&line, "plan", intent->plan_name);
        jsonl_text(&line, "sentAt", intent->time);
        jsonl_text(&line, "endpoint", intent->endpoint);
        jsonl_text(&line, "outcome", word);
        jsonl_text(&line, "planId", plan_id);
        jsonl_text(&line, "message", message);
        compose_close(&line, '}');
        print_json(&line);
    } else {
        buf_addf(&line, "%s: %s", intent->plan_name, word);
        if (plan_id && *plan_id)
            buf_addf(&line, " plan %s", plan_id);
        if (message && *message)
            buf_addf(&line, ": %s", message);
        print_line("%s", buf_text(&line));
    }
    buf_release(&line);
    output_flush();
}

static void report(struct looking *looking, const struct journal_intent *intent,
                   const struct submission_report *found)
{
    status_clear(&looking->status);
    if (found->warning[0])
        remark("%s: %s", intent->plan_name, found->warning);
    print_found(looking, intent, outcome_word(found->outcome), found->plan_id, found->reason);
    looking->worst = end_worse(looking->worst, end_of_outcome(found->outcome));
}

/* It could not be looked for at all, which leaves it as it was. */
static void report_failure(struct looking *looking, const struct journal_intent *intent,
                           const struct error *err)
{
    char reason[SENTENCE_SIZE];

    sentence_of_error(err, reason);
    status_clear(&looking->status);
    print_found(looking, intent, outcome_word(OUTCOME_UNKNOWN), NULL, reason);
    looking->worst = end_worse(looking->worst, END_UNKNOWN);
}

/* ---- Looking ---- */

static void take_signals(struct looking *looking, struct submission *submission)
{
    int number;

    while ((number = interrupt_take(looking->interrupt_fd)) != 0) {
        looking->signal_number = number;
        submission_cancel(submission);
    }
}

static bool follow(struct looking *looking, const struct journal_intent *intent,
                   struct submission *submission, struct error *err)
{
    const struct submission_report *found = submission_report(submission);
    struct host *host = looking->session->host;

    while (!submission_done(submission)) {
        struct pollfd fd = {.fd = looking->interrupt_fd, .events = POLLIN};
        int timeout = submission_timeout(submission);

        status_show(&looking->status, "Looking for %s, %lld s so far. Ctrl-C stops.", intent->plan_name,
                    (long long)(host->ticks(host) - found->started_ticks) / 1000);
        if (looking->status.wanted && (timeout < 0 || timeout > STATUS_MS))
            timeout = STATUS_MS;
        if (transport_wait(looking->session->transport, &fd, 1, timeout, err) < 0)
            return false;
        take_signals(looking, submission);
        submission_tick(submission);
    }
    return true;
}

static void look_for(struct looking *looking, const struct journal_intent *intent)
{
    struct submission_options options = sending_options(looking->options);
    struct destination destination;
    struct submission *submission;
    struct error err;

    submission = open_intent_look(looking->session, intent, &options, &destination, &err);
    if (!submission) {
        report_failure(looking, intent, &err);
        if (err.kind == ERROR_CREDENTIALS)
            looking->worst = end_worse(looking->worst, END_CREDENTIALS);
        return;
    }
    if (follow(looking, intent, submission, &err))
        report(looking, intent, submission_report(submission));
    else
        report_failure(looking, intent, &err);
    submission_free(submission);
}

static void forget(struct looking *looking, const struct journal_intent *intent)
{
    struct error err;

    if (journal_write_outcome(looking->session->journal, intent->nonce, JOURNAL_FORGOTTEN, NULL, NULL, &err))
        print_found(looking, intent, JOURNAL_FORGOTTEN, NULL, NULL);
    else
        looking->worst = end_worse(looking->worst, end_with(&err));
}

/* ---- All of them ---- */

static bool is_wanted(const struct options *options, const char *plan_name)
{
    for (size_t i = 0; i < options->operand_count; i++)
        if (strcmp(options->operands[i], plan_name) == 0)
            return true;
    return options->operand_count == 0;
}

static size_t go_through(struct looking *looking)
{
    size_t wanted = 0;

    for (size_t i = 0; i < looking->intents.count && !looking->signal_number; i++) {
        const struct journal_intent *intent = &looking->intents.items[i];

        if (!is_wanted(looking->options, intent->plan_name))
            continue;
        wanted++;
        if (looking->options->forget)
            forget(looking, intent);
        else
            look_for(looking, intent);
    }
    return wanted;
}

static enum end look(struct looking *looking)
{
    struct error err;

    if (!open_intents_read(&looking->intents, looking->session, &err))
        return end_with(&err);
    if (looking->intents.broken > 0)
        remark("%zu lines of the journal cannot be read and are passed over.", looking->intents.broken);
    looking->interrupt_fd = interrupt_open(&err);
    if (looking->interrupt_fd < 0)
        return end_with(&err);
    looking->session->secrets.interrupt_fd = looking->interrupt_fd;
    status_init(&looking->status, looking->options->quiet);
    if (go_through(looking) == 0 && !looking->options->quiet)
        remark("There is no plan to look for: every outcome is known.");
    status_clear(&looking->status);
    looking->session->secrets.interrupt_fd = -1;
    if (!looking->signal_number)
        looking->signal_number = interrupt_unread(looking->interrupt_fd, 0);
    interrupt_close(looking->interrupt_fd);
    if (looking->signal_number && looking->worst != END_UNKNOWN)
        return (enum end)(END_SIGNAL + looking->signal_number);
    return looking->worst;
}

enum end command_look(const struct options *options)
{
    struct session session;
    struct looking looking = {.session = &session, .options = options, .worst = END_DONE};
    struct error err;
    enum end end;

    if (session_open(&session, host_system(), options, &err))
        end = look(&looking);
    else
        end = end_with(&err);
    open_intents_release(&looking.intents);
    session_close(&session);
    return end;
}
