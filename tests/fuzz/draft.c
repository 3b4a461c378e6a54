#include "fuzz.h"

#include "base/json.h"
#include "base/utf8.h"
#include "model/draft.h"
#include "model/payload.h"
#include "model/review.h"

/*
 * A draft as somebody may have left it: it is read, or refused with a place;
 * what is read is written, reads again to the same plan, and is written the
 * same a second time. The body is strict JSON without a password in it.
 */

static void problems_hold(const struct review *review)
{
    for (size_t i = 0; i < review_problems(review); i++) {
        const struct problem *problem = review_problem(review, i);

        HOLDS(utf8_valid(problem->message, strlen(problem->message)) && problem->message[0], "problem %zu",
              i);
        HOLDS(utf8_valid(problem->path, strlen(problem->path)), "problem %zu", i);
    }
    HOLDS(review_errors(review) + review_warnings(review) == review_problems(review), "%zu problems",
          review_problems(review));
}

static void body_of(const struct plan *plan, enum payload_view view, struct payload *payload)
{
    struct review *review = review_new();
    struct error err = {0};
    size_t lines = 1;

    HOLDS(review && review_run(review, plan, &err), "%s", err.text);
    problems_hold(review);
    payload_init(payload);
    HOLDS(payload_write(payload, plan, review, view, NULL, &err), "%s", err.text);
    HOLDS(json_check(buf_text(&payload->text), payload->text.length, NULL), "%s", buf_text(&payload->text));
    for (size_t i = 0; i < payload->text.length; i++)
        lines += payload->text.data[i] == '\n' && i + 1 < payload->text.length;
    HOLDS(payload->line_count == lines, "%zu lines are %zu", payload->line_count, lines);
    review_free(review);
}

static void answers_hold(const struct plan *plan, const struct plan *again)
{
    HOLDS(plan_instances(plan) == plan_instances(again), "%zu and %zu instances", plan_instances(plan),
          plan_instances(again));
    for (int setting = 0; setting < SETTING_COUNT; setting++) {
        const char *a = plan_setting(plan, (enum plan_setting)setting),
                   *b = plan_setting(again, (enum plan_setting)setting);

        HOLDS(!a == !b && (!a || strcmp(a, b) == 0), "%s is %s and %s",
              plan_setting_name((enum plan_setting)setting), a ? a : "none", b ? b : "none");
    }
}

static void plan_holds(const struct plan *plan)
{
    struct buf once = BUF_INIT, twice = BUF_INIT, whole = BUF_INIT;
    struct payload before, after;
    struct plan *again = NULL;
    struct error err = {0};

    /* An answer may be written in more bytes than it was read in, so a draft near the limit may outgrow it.
     */
    if (!draft_write(plan, &once, &err)) {
        HOLDS(err.kind == ERROR_INPUT, "%s", err.text);
        buf_release(&once);
        return;
    }
    HOLDS(draft_read(buf_text(&once), once.length, &again, &err), "%s:\n%s", err.text, buf_text(&once));
    HOLDS(draft_write(again, &twice, &err), "%s", err.text);
    HOLDS(strcmp(buf_text(&once), buf_text(&twice)) == 0, "first:\n%s\nsecond:\n%s", buf_text(&once),
          buf_text(&twice));
    answers_hold(plan, again);
    body_of(plan, PAYLOAD_DRAFT, &before);
    body_of(again, PAYLOAD_DRAFT, &after);
    HOLDS(strcmp(buf_text(&before.text), buf_text(&after.text)) == 0, "before:\n%s\nafter:\n%s",
          buf_text(&before.text), buf_text(&after.text));
    payload_release(&before);
    payload_release(&after);
    body_of(plan, PAYLOAD_MASKED, &before);
    payload_release(&before);
    HOLDS(draft_write_with_secrets(plan, &whole, &err) || err.kind == ERROR_INPUT, "%s", err.text);
    plan_free(again);
    buf_release(&once);
    buf_release(&twice);
    buf_release(&whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = exact_copy(data, size);
    struct plan *plan = NULL;
    struct error err = {0};

    if (draft_read(text, size, &plan, &err))
        plan_holds(plan);
    else
        HOLDS(!plan && err.kind == ERROR_INPUT && err.text[0], "kind %d: %s", err.kind, err.text);
    plan_free(plan);
    free(text);
    return 0;
}
