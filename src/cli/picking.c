#include "cli/picking.h"

#include <stdio.h>
#include <string.h>

#include "api/endpoint.h"
#include "base/excerpt.h"

enum { TITLE_PARENT_MOST = 120 };

void picking_init(struct picking *picking)
{
    *picking = (struct picking){.region = BUF_INIT, .parent = BUF_INIT};
}

void picking_close(struct picking *picking)
{
    lookup_stop(picking->lookup);
    lookups_free(picking->lookups);
    buf_release(&picking->region);
    buf_release(&picking->parent);
    picking_init(picking);
}

static enum lookup_kind lookup_of(enum pick_kind kind)
{
    static const enum lookup_kind kinds[] = {
        [PICK_NONE] = LOOKUP_REGIONS,          [PICK_REGION] = LOOKUP_REGIONS,
        [PICK_INSTANCE] = LOOKUP_INSTANCES,    [PICK_ACCOUNT] = LOOKUP_ACCOUNTS,
        [PICK_CONSUMER_GROUP] = LOOKUP_GROUPS, [PICK_VPC] = LOOKUP_VPCS,
        [PICK_VSWITCH] = LOOKUP_VSWITCHES,     [PICK_SECURITY_GROUP] = LOOKUP_SECURITY_GROUPS,
    };

    return kinds[kind];
}

/* ---- What came, as rows ---- */

static const char *answer_cell(const void *context, size_t row, size_t cell)
{
    const struct lookup_answer *answer = context;

    return answer->rows[row].cells[cell];
}

static bool answer_usable(const void *context, size_t row)
{
    const struct lookup_answer *answer = context;

    return answer->rows[row].usable;
}

static void title_of(const struct pick *pick, char *title, size_t size)
{
    const struct lookup_shape *shape = &lookup_shapes[lookup_of(pick->kind)];

    if (*pick->parent)
        excerpt_write(title, size, "%s of %s", shape->plural, excerpt(pick->parent, TITLE_PARENT_MOST).text);
    else if (*pick->region && pick->kind != PICK_REGION)
        excerpt_write(title, size, "%s in %s", shape->plural, pick->region);
    else
        excerpt_write(title, size, "%s", shape->plural);
    if (title[0] >= 'a' && title[0] <= 'z')
        title[0] = (char)(title[0] - 'a' + 'A');
}

static void show_answer(struct picking *picking, const struct pick *pick, struct wizard *wizard)
{
    static const enum picker_state states[] = {
        [LOOKUP_LOADING] = PICKER_LOADING, [LOOKUP_DONE] = PICKER_DONE, [LOOKUP_FAILED] = PICKER_FAILED};
    const struct lookup_answer *answer = lookup_answer(picking->lookup);
    const struct lookup_shape *shape = &lookup_shapes[lookup_of(pick->kind)];
    char title[160];
    struct picker_rows rows = {.state = states[answer->state],
                               .title = title,
                               .count = answer->count,
                               .total = (long long)answer->total,
                               .why = answer->why,
                               .cut = answer->cut,
                               .cell = answer_cell,
                               .usable = answer_usable,
                               .context = answer};

    if (picking->filled && picking->shown == answer->revision)
        return;
    title_of(pick, title, sizeof(title));
    memcpy(rows.headings, shape->headings, sizeof(rows.headings));
    wizard_fill_pick(wizard, &rows);
    picking->shown = answer->revision;
    picking->filled = true;
}

/* ---- Without an account to ask ---- */

static const char *region_cell(const void *context, size_t row, size_t cell)
{
    (void)context;
    return cell == 0 ? regions[row].id : regions[row].name;
}

static bool region_usable(const void *context, size_t row)
{
    (void)context;
    (void)row;
    return true;
}

void picking_known_regions(struct picker_rows *rows)
{
    rows->headings[0] = "Region";
    rows->headings[1] = "Name";
    rows->total = -1;
    rows->cell = region_cell;
    rows->usable = region_usable;
    for (rows->count = 0; regions[rows->count].id; rows->count++)
        ;
}

/* The regions are known without asking; of everything else only the reason is there. */
static void show_problem(struct picking *picking, const struct pick *pick, const char *problem,
                         struct wizard *wizard)
{
    char title[160];
    struct picker_rows rows = {.state = PICKER_FAILED, .title = title, .why = problem};

    if (picking->filled)
        return;
    title_of(pick, title, sizeof(title));
    picking_known_regions(&rows);
    if (pick->kind != PICK_REGION)
        rows.count = 0;
    wizard_fill_pick(wizard, &rows);
    picking->filled = true;
}

/* ---- Following ---- */

static bool is_asked(const struct picking *picking, const struct pick *pick)
{
    return picking->lookup && picking->kind == pick->kind &&
           strcmp(buf_text(&picking->region), pick->region) == 0 &&
           strcmp(buf_text(&picking->parent), pick->parent) == 0;
}

static void stop(struct picking *picking)
{
    lookup_stop(picking->lookup);
    picking->lookup = NULL;
    picking->filled = false;
}

struct lookups *picking_lookups(struct picking *picking, struct session *session, struct error *err)
{
    struct transport *transport = session_transport(session, err);

    if (transport && !picking->lookups)
        picking->lookups = lookups_new(transport, session->host, err);
    return transport ? picking->lookups : NULL;
}

static bool start(struct picking *picking, struct session *session, const struct destination *destination,
                  const struct pick *pick, struct error *err)
{
    struct lookup_source source = {.client = &destination->client, .profile = destination->profile};
    struct lookup_question question = {
        .kind = lookup_of(pick->kind), .region = pick->region, .parent = pick->parent};
    struct lookups *lookups = picking_lookups(picking, session, err);

    stop(picking);
    if (!lookups)
        return false;
    buf_clear(&picking->region);
    buf_add_text(&picking->region, pick->region);
    buf_clear(&picking->parent);
    buf_add_text(&picking->parent, pick->parent);
    picking->kind = pick->kind;
    picking->refreshes = pick->refreshes;
    picking->lookup = lookup_start(lookups, &source, &question, NULL, NULL, err);
    return picking->lookup != NULL;
}

void picking_follow(struct picking *picking, struct session *session, const struct destination *destination,
                    const char *problem, struct wizard *wizard)
{
    struct error err = {0};
    struct pick pick;

    if (picking->lookups)
        lookups_tick(picking->lookups);
    if (!wizard_pick(wizard, &pick)) {
        stop(picking);
        return;
    }
    if (!destination->client.credentials) {
        show_problem(picking, &pick, problem, wizard);
        return;
    }
    if (!is_asked(picking, &pick) && !start(picking, session, destination, &pick, &err)) {
        show_problem(picking, &pick, err.text, wizard);
        return;
    }
    if (picking->refreshes != pick.refreshes) {
        picking->refreshes = pick.refreshes;
        lookup_refresh(picking->lookup);
        picking->filled = false;
    }
    show_answer(picking, &pick, wizard);
}

int picking_timeout(const struct picking *picking)
{
    return picking->lookups ? lookups_timeout(picking->lookups) : -1;
}
