#ifndef API_LOOKUP_H
#define API_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/client.h"
#include "api/transport.h"
#include "base/error.h"

/*
 * What the account has, asked while the operator goes on typing: lists to pick
 * from, facts about one instance, and checks of what was typed.
 *
 * It runs inside the caller's loop: lookup_start(), then transport_wait() for
 * at most lookups_timeout() milliseconds and lookups_tick() after each wait.
 * Pages are fetched one after another; the rows of each are there at once.
 * Answers are kept for the run, by profile, host, region, kind, parent and
 * filter.
 */
enum lookup_kind {
    LOOKUP_REGIONS,
    LOOKUP_INSTANCES,       /* of a region */
    LOOKUP_ACCOUNTS,        /* of an instance: user names */
    LOOKUP_GROUPS,          /* of an instance: consumer groups */
    LOOKUP_VPCS,            /* of a region */
    LOOKUP_VSWITCHES,       /* of a VPC, or of a region */
    LOOKUP_SECURITY_GROUPS, /* of a VPC, or of a region */
    LOOKUP_PLANS,           /* whose name or description holds the filter */
    LOOKUP_INSTANCE,        /* facts about one: no rows, but lookup_answer.instance */
    LOOKUP_KIND_COUNT
};

enum lookup_parent { LOOKUP_PARENT_NONE, LOOKUP_PARENT_INSTANCE, LOOKUP_PARENT_VPC_OR_NONE };

enum { LOOKUP_CELLS_MAX = 5, LOOKUP_ROWS_MAX = 20000 };

/* How the rows of a kind are shown: the first cell is the id that is picked. */
struct lookup_shape {
    const char *plural;                     /* "instances" */
    const char *headings[LOOKUP_CELLS_MAX]; /* "ID", "Name", ...; NULL ends them */
    enum lookup_parent parent;
};

extern const struct lookup_shape lookup_shapes[LOOKUP_KIND_COUNT];

/* Texts as the service gave them, not cleaned; "" where there is none, never NULL up to the last heading. */
struct lookup_row {
    const char *cells[LOOKUP_CELLS_MAX];
    bool usable; /* false: stopped, disabled, being made: it can be picked, but is drawn dimmed */
};

/* Who asks, and where. client is copied, with what it points to borrowed until lookups_free(). */
struct lookup_source {
    const struct client *client; /* on loopback its host gets everything; else each product its own, inside
                                    the VPC when the client's is; an empty host is fine */
    const char *profile;         /* NULL or "": the usual one */
};

struct lookup_question {
    enum lookup_kind kind;
    const char *region; /* NULL or "" for LOOKUP_REGIONS and LOOKUP_PLANS only: the client's own host */
    const char *parent; /* id of the instance or the VPC; of the instance itself for LOOKUP_INSTANCE */
    const char *filter; /* LOOKUP_GROUPS and LOOKUP_PLANS: only those that hold it; NULL: all */
};

enum lookup_state {
    LOOKUP_LOADING, /* rows may be there already */
    LOOKUP_DONE,
    LOOKUP_FAILED, /* rows that came before stay; the regions are those drplan knows by itself */
};

/* Whether clients have to sign in at the instance, as far as it can be told. */
enum lookup_authentication { AUTHENTICATION_UNKNOWN, AUTHENTICATION_NEEDED, AUTHENTICATION_NOT_NEEDED };

/* What follows from the choice of an instance: suggestions. Texts are "" where the service says nothing. */
struct lookup_instance {
    char instance_id[128];
    char name[128];
    char region[64];
    char status[32]; /* RUNNING, STOPPED, CHANGING, CREATING, RELEASED */
    char version[8]; /* "5.0" or "4.0", by the software version, else by the id */
    char series[64]; /* "professional", ... */
    char vpc_id[64];
    char vswitch_id[64];
    char security_group_id[64];                     /* the first */
    char user_name[128];                            /* of the instance's own account */
    char vpc_endpoint[256], internet_endpoint[256]; /* host:port */
    enum lookup_authentication authentication;      /* of clients inside the VPC */
};

/* What is known so far. Borrowed: valid until the next transport_wait(), lookups_tick(), lookup_start() or
 * lookup_stop(). */
struct lookup_answer {
    enum lookup_state state;
    const struct lookup_row *rows;
    size_t count;
    int64_t total;             /* rows that there are said to be; -1: not said */
    bool cut;                  /* done, but there are more than are shown */
    unsigned revision;         /* another one whenever anything here changed */
    const char *why;           /* failed: one line without line breaks, safe to show; else "" */
    const char *denied_action; /* failed for want of this permission ("rocketmq:ListInstances"); else "" */
    bool not_found;            /* failed since the parent (or the instance) is not there */
    const struct lookup_instance *instance; /* LOOKUP_INSTANCE when done; else NULL */
};

struct lookups;
struct lookup;

/* transport must outlive it. */
struct lookups *lookups_new(struct transport *transport, struct host *host, struct error *err);
void lookups_free(struct lookups *lookups); /* stops everything, without calling back */

/* Milliseconds until lookups_tick() has something to do; -1: nothing by itself. */
int lookups_timeout(const struct lookups *lookups);
void lookups_tick(struct lookups *lookups);

/* How many look-ups wait for the service. */
size_t lookups_running(const struct lookups *lookups);

/* Called from transport_wait() or lookups_tick() when the answer changed. May start and stop look-ups. */
typedef void lookup_changed(void *context, struct lookup *lookup);

/*
 * Asks, or finds the answer in what was kept; changed (may be NULL) is never
 * called from here. What failed is asked again. NULL only for want of memory:
 * whatever else is wrong is a failed answer. Ends with lookup_stop().
 */
struct lookup *lookup_start(struct lookups *lookups, const struct lookup_source *source,
                            const struct lookup_question *question, lookup_changed *changed, void *context,
                            struct error *err);

/* Never calls back again. A request that nobody waits for any more is cancelled. NULL is fine. */
void lookup_stop(struct lookup *lookup);

/* Asks again; the rows stay until the first new ones come. */
void lookup_refresh(struct lookup *lookup);

const struct lookup_answer *lookup_answer(const struct lookup *lookup);

/* The row of an id; NULL when there is none (yet). */
const struct lookup_row *lookup_find(const struct lookup *lookup, const char *id);

/* ---- Checks of what was typed ---- */

enum check_kind {
    CHECK_INSTANCE,  /* it is in that region and runs */
    CHECK_GROUP,     /* the instance has it */
    CHECK_PLAN_NAME, /* no plan has it yet */
};

struct check_question {
    enum check_kind kind;
    const char *region;   /* CHECK_PLAN_NAME: NULL or "" for the client's own host */
    const char *instance; /* not for CHECK_PLAN_NAME */
    const char *name;     /* the group or the plan; not for CHECK_INSTANCE */
};

enum check_state {
    CHECK_RUNNING,
    CHECK_PASSED,
    CHECK_WARNS,   /* not as it should be: check_text() says what was found */
    CHECK_UNKNOWN, /* it could not be told: check_text() says why */
};

struct check;

typedef void check_changed(void *context, struct check *check);

/* As lookup_start(). changed (may be NULL) is called once, when it is no longer running. */
struct check *check_start(struct lookups *lookups, const struct lookup_source *source,
                          const struct check_question *question, check_changed *changed, void *context,
                          struct error *err);
void check_stop(struct check *check);

enum check_state check_state(const struct check *check);

/* A sentence, safe to show: "There is no instance rmq-cn-1 in cn-hangzhou." */
const char *check_text(const struct check *check);

#endif
