#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "api/lookup.h"
#include "api/lookup_list.h"
#include "api/say.h"
#include "base/buf.h"

struct check {
    struct lookup *lookup; /* NULL once it is settled */
    enum check_kind kind;
    char *region, *instance, *name;
    check_changed *changed;
    void *context;
    enum check_state state;
    char text[512];
};

static void settle_as(struct check *check, enum check_state state, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void settle_as(struct check *check, enum check_state state, const char *format, ...)
{
    va_list arguments;

    check->state = state;
    va_start(arguments, format);
    say_list(check->text, sizeof(check->text), format, arguments);
    va_end(arguments);
}

/* ---- What was found ---- */

static void settle_failure(struct check *check, const struct lookup_answer *answer)
{
    static const char *const subjects[] = {
        [CHECK_INSTANCE] = "Whether the instance exists",
        [CHECK_GROUP] = "Whether the consumer group exists",
        [CHECK_PLAN_NAME] = "Whether the plan name is used",
    };
    bool old = check->instance && strcmp(lookup_version_of(check->instance), "4.0") == 0;

    /* Whether this interface lists 4.0 instances at all is not documented. */
    if (answer->not_found && old)
        settle_as(check, CHECK_UNKNOWN,
                  "%s could not be told: the service does not show the 4.0 instance %s.",
                  subjects[check->kind], check->instance);
    else if (answer->not_found)
        settle_as(check, CHECK_WARNS, "There is no instance %s in %s.", check->instance, check->region);
    else
        settle_as(check, CHECK_UNKNOWN, "%s could not be looked up. %s", subjects[check->kind], answer->why);
}

static void settle_instance(struct check *check, const struct lookup_instance *found)
{
    if (found->region[0] && strcmp(found->region, check->region) != 0)
        settle_as(check, CHECK_WARNS, "The instance %s is in %s, not in %s.", check->instance, found->region,
                  check->region);
    else if (found->status[0] && strcmp(found->status, "RUNNING") != 0)
        settle_as(check, CHECK_WARNS, "The instance %s does not run: its status is %s.", check->instance,
                  found->status);
    else
        settle_as(check, CHECK_PASSED, "The instance %s is there and runs.", check->instance);
}

static void settle_group(struct check *check, const struct lookup_answer *answer)
{
    const struct lookup_row *row = lookup_find(check->lookup, check->name);

    if (row && row->usable)
        settle_as(check, CHECK_PASSED, "The instance has the consumer group %s.", check->name);
    else if (row)
        settle_as(check, CHECK_WARNS, "The consumer group %s is not ready: its status is %s.", check->name,
                  row->cells[3]);
    else if (answer->cut)
        settle_as(check, CHECK_UNKNOWN,
                  "Whether the consumer group exists could not be told: there are too many groups like it.");
    else if (answer->state == LOOKUP_DONE)
        settle_as(check, CHECK_WARNS, "The instance %s has no consumer group %s.", check->instance,
                  check->name);
}

/* The filter of the service also takes parts of names, and descriptions. */
static void settle_plan_name(struct check *check, const struct lookup_answer *answer)
{
    for (size_t i = 0; i < answer->count; i++) {
        if (strcmp(answer->rows[i].cells[1], check->name) == 0) {
            settle_as(check, CHECK_WARNS, "A plan of this name exists already: %s.",
                      answer->rows[i].cells[0]);
            return;
        }
    }
    if (answer->cut)
        settle_as(check, CHECK_UNKNOWN,
                  "Whether the plan name is used could not be told: too many plans have it in their name or "
                  "description.");
    else if (answer->state == LOOKUP_DONE)
        settle_as(check, CHECK_PASSED, "No plan has this name yet.");
}

static void settle(struct check *check)
{
    const struct lookup_answer *answer = lookup_answer(check->lookup);

    if (answer->state == LOOKUP_FAILED) {
        settle_failure(check, answer);
        return;
    }
    switch (check->kind) {
    case CHECK_INSTANCE:
        if (answer->instance)
            settle_instance(check, answer->instance);
        break;
    case CHECK_GROUP:
        settle_group(check, answer);
        break;
    case CHECK_PLAN_NAME:
        settle_plan_name(check, answer);
        break;
    }
}

static void on_changed(void *context, struct lookup *lookup)
{
    struct check *check = context;

    settle(check);
    if (check->state == CHECK_RUNNING)
        return;
    check->lookup = NULL;
    lookup_stop(lookup);
    if (check->changed)
        check->changed(check->context, check);
}

/* ---- The outside ---- */

static struct lookup *ask(struct check *check, struct lookups *lookups, const struct lookup_source *source,
                          struct error *err)
{
    static const enum lookup_kind kinds[] = {
        [CHECK_INSTANCE] = LOOKUP_INSTANCE,
        [CHECK_GROUP] = LOOKUP_GROUPS,
        [CHECK_PLAN_NAME] = LOOKUP_PLANS,
    };
    const struct lookup_question question = {
        .kind = kinds[check->kind],
        .region = check->region,
        .parent = check->kind == CHECK_PLAN_NAME ? NULL : check->instance,
        .filter = check->kind == CHECK_INSTANCE ? NULL : check->name,
    };

    return lookup_start(lookups, source, &question, on_changed, check, err);
}

struct check *check_start(struct lookups *lookups, const struct lookup_source *source,
                          const struct check_question *question, check_changed *changed, void *context,
                          struct error *err)
{
    struct check *check = calloc(1, sizeof(*check));

    if (!check) {
        error_memory(err);
        return NULL;
    }
    check->kind = question->kind;
    check->changed = changed;
    check->context = context;
    check->region = text_copy(question->region ? question->region : "");
    check->instance = text_copy(question->instance ? question->instance : "");
    check->name = text_copy(question->name ? question->name : "");
    if (!check->region || !check->instance || !check->name) {
        check_stop(check);
        error_memory(err);
        return NULL;
    }
    check->lookup = ask(check, lookups, source, err);
    if (!check->lookup) {
        check_stop(check);
        return NULL;
    }
    settle(check);
    if (check->state != CHECK_RUNNING) {
        lookup_stop(check->lookup);
        check->lookup = NULL;
    }
    return check;
}

void check_stop(struct check *check)
{
    if (!check)
        return;
    lookup_stop(check->lookup);
    free(check->region);
    free(check->instance);
    free(check->name);
    free(check);
}

enum check_state check_state(const struct check *check)
{
    return check->state;
}

const char *check_text(const struct check *check)
{
    return check->text;
}
