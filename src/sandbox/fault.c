#include "sandbox/fault.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/excerpt.h"
#include "sandbox/sandbox.h"

const struct fault_kind fault_kinds[FAULT_COUNT] = {
#define FAULT(id, name, gap, text, ...) [FAULT_##id] = {.word = name, .help = text, __VA_ARGS__},
#include "sandbox/faults.def"
#undef FAULT
};

const char *sandbox_fault_help(void)
{
    return
#define FAULT(id, name, gap, text, ...) name gap text "\n"
#include "sandbox/faults.def"
#undef FAULT
        ;
}

void faults_release(struct faults *faults)
{
    free(faults->steps);
    *faults = (struct faults){0};
}

static bool refuse_operation(const char *name, size_t length, struct error *err)
{
    struct buf known = BUF_INIT;

    for (size_t i = 0; i < ROUTE_COUNT; i++)
        buf_addf(&known, "%s, ", routes[i].operation);
    error_set(err, ERROR_USAGE, "the sandbox has no operation \"%.*s\"; it knows %sand * for all of them",
              excerpt_length(name, length < 60 ? length : 60), name, buf_text(&known));
    buf_release(&known);
    return false;
}

static bool refuse_fault(const char *word, size_t length, struct error *err)
{
    struct buf known = BUF_INIT;

    for (size_t i = 0; i < FAULT_COUNT; i++)
        buf_addf(&known, "%s%s%s", i > 0 ? ", " : "", fault_kinds[i].word, i == FAULT_SLOW ? "=MS" : "");
    error_set(err, ERROR_USAGE, "there is no fault \"%.*s\"; there are %s",
              excerpt_length(word, length < 40 ? length : 40), word, buf_text(&known));
    buf_release(&known);
    return false;
}

static bool read_number(const char *text, size_t length, int highest, int *value)
{
    int number = 0;

    if (length == 0 || length > 9)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        number = number * 10 + (text[i] - '0');
    }
    *value = number;
    return number >= 1 && number <= highest;
}

/* "FAULT", "slow=MS", either with "*COUNT" behind it. */
static bool read_step(const char *text, size_t length, struct fault_step *step, struct error *err)
{
    const char *star = memchr(text, '*', length);
    size_t fault_length = star ? (size_t)(star - text) : length;
    const char *equals = memchr(text, '=', fault_length);
    size_t word_length = equals ? (size_t)(equals - text) : fault_length;
    size_t id = 0;
    int times = -1;

    while (id < FAULT_COUNT && (strlen(fault_kinds[id].word) != word_length ||
                                memcmp(fault_kinds[id].word, text, word_length) != 0))
        id++;
    if (id == FAULT_COUNT || (equals && id != FAULT_SLOW))
        return refuse_fault(text, fault_length, err);
    if (id == FAULT_SLOW && (!equals || !read_number(equals + 1, fault_length - word_length - 1,
                                                     FAULT_DELAY_MAX, &step->fault.delay_ms)))
        return error_set(err, ERROR_USAGE, "slow needs milliseconds from 1 to %d, as in slow=500",
                         FAULT_DELAY_MAX);
    if (star && !read_number(star + 1, length - fault_length - 1, FAULT_TIMES_MAX, &times))
        return error_set(err, ERROR_USAGE, "the count behind \"%.*s\" must be from 1 to %d, as in %s*2",
                         (int)fault_length, text, FAULT_TIMES_MAX, fault_kinds[id].word);
    step->fault.id = (enum fault_id)id;
    step->left = times;
    return true;
}

static bool add_step(struct faults *faults, const struct fault_step *step, struct error *err)
{
    struct fault_step *grown;

    for (size_t i = 0; i < faults->count; i++)
        if (faults->steps[i].route == step->route && faults->steps[i].left < 0) {
            const char *endless = fault_kinds[faults->steps[i].fault.id].word;

            return error_set(err, ERROR_USAGE,
                             "%s has no count, so %s behind it would never happen; write %s*1 for once",
                             endless, fault_kinds[step->fault.id].word, endless);
        }
    grown = realloc(faults->steps, (faults->count + 1) * sizeof(*grown));
    if (!grown)
        return error_memory(err);
    faults->steps = grown;
    faults->steps[faults->count++] = *step;
    return true;
}

bool faults_add(struct faults *faults, const char *text, struct error *err)
{
    const char *equals = strchr(text, '=');
    size_t length = equals ? (size_t)(equals - text) : 0;
    struct fault_step step = {.route = ROUTE_COUNT};

    if (!equals)
        return error_set(err, ERROR_USAGE, "a fault is written OPERATION=FAULT, as in %s=503*2, not \"%s\"",
                         routes[ROUTE_CREATE_PLAN].operation, excerpt(text, 100).text);
    if (length != 1 || text[0] != '*') {
        step.route = route_by_operation(text, length);
        if (step.route == ROUTE_COUNT)
            return refuse_operation(text, length, err);
    }
    text = equals + 1;
    for (;;) {
        length = strcspn(text, ",");
        step.fault = (struct fault){0};
        if (!read_step(text, length, &step, err) || !add_step(faults, &step, err))
            return false;
        if (text[length] == '\0')
            return true;
        text += length + 1;
    }
}

static bool take_step(struct faults *faults, enum route_id route, struct fault *fault)
{
    for (size_t i = 0; i < faults->count; i++) {
        struct fault_step *step = &faults->steps[i];

        if (step->route != route || step->left == 0)
            continue;
        if (step->left > 0)
            step->left--;
        *fault = step->fault;
        return true;
    }
    return false;
}

struct fault faults_take(struct faults *faults, enum route_id route)
{
    struct fault fault = {.id = FAULT_OK};

    if (route == ROUTE_COUNT || !take_step(faults, route, &fault))
        take_step(faults, ROUTE_COUNT, &fault);
    return fault;
}
