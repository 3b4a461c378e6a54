#ifndef MODEL_SCHEMA_H
#define MODEL_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What a plan is: one row a field, in model/fields.def, in the order in which
 * the fields are asked. Screens, prompts, checks, JSON in and out, the JSON
 * Schema, help, and the field a server error names all come from these rows.
 * Adding a field to the request is adding a row.
 *
 * Facts: spec of CreateDisasterRecoveryPlan (RocketMQ, 2022-08-01), section and
 * certainty in each row's `source`.
 */

enum field_id {
#define FIELD(id, ...) FIELD_##id,
#include "model/fields.def"
#undef FIELD
    FIELD_COUNT
};

/* The constants of the API that rules and rows speak of. */
#define ONE_WAY           "ACTIVE_PASSIVE"
#define TWO_WAY           "ACTIVE_ACTIVE"
#define ALIYUN_CLUSTER    "ALIYUN_ROCKETMQ"
#define EXTERNAL_CLUSTER  "EXTERNAL_ROCKETMQ"
#define ACTIVE_ROLE       "ACTIVE"
#define PASSIVE_ROLE      "PASSIVE"
#define INTERNET_NETWORK  "TCP_INTERNET"
#define VPC_NETWORK       "TCP_VPC"
#define NO_SIGN_IN        "NO_AUTH"
#define ACL_SIGN_IN       "ACL_AUTH"
#define SERIES_4_0_PREFIX "MQ_INST_" /* IDs of 4.0 instances begin with it */
#define SERIES_5_X_PREFIX "rmq-"

/* Where a field stands in the JSON: in the plan, or in each element of "instances". */
enum field_scope { SCOPE_PLAN, SCOPE_INSTANCE };

/* The page of the wizard that asks for it; STEP_CLUSTER is one page for each instance. */
enum field_step { STEP_PLAN, STEP_CLUSTER, STEP_PROGRESS };

/* How a value is checked, written and edited: a row of the table in model/kind.c. */
enum field_kind {
    KIND_TEXT,       /* free text */
    KIND_IDENTIFIER, /* an id or a name without blanks */
    KIND_CHOICE,     /* one of field->choices; JSON text */
    KIND_SWITCH,     /* "true" or "false"; a JSON boolean */
    KIND_SECRET,     /* text that is never shown unasked and never saved unasked */
    KIND_ENDPOINT,   /* host:port, several joined by ';' */
    KIND_COUNT
};

/* How much a field is wanted, from least to most. */
enum need {
    NEED_NEVER, /* has no meaning with the answers above it: not asked, not sent */
    NEED_EXTRA, /* the documentation does not need it here, the service takes it: asked only on request */
    NEED_OPTIONAL,
    NEED_RECOMMENDED, /* not documented as required, but a plan without it is probably wrong: a warning */
    NEED_REQUIRED     /* documented as required: an error */
};

enum test_kind { TEST_END, TEST_IS, TEST_STARTS };

/*
 * One comparison with the answer in force of a field above; with a field that is
 * not in force it fails. An array ends with TEST_END and holds when all of its
 * rows hold. A field of an instance may name fields of the plan and of its own
 * instance.
 */
struct condition {
    enum test_kind test;
    enum field_id field;
    const char *value;
};

/*
 * The first row whose conditions hold says how much the field is needed; none: NEED_NEVER. `because` is the
 * end of the sentence "It must be given ...", e.g. "for an external cluster"; of a row of NEED_EXTRA
 * that of "It is not needed ..."; of a row of NEED_NEVER it is the reason: "the sign-in is not ACL_AUTH".
 */
struct presence {
    enum need need;
    const struct condition *when; /* NULL: always */
    const char *because;
};

struct choice {
    const char *value;   /* the constant that is sent; NULL ends the list */
    const char *meaning; /* what it means, in a few words */
};

/* The value that a new plan starts with. The first row that fits counts. */
struct suggestion {
    const char *value;            /* NULL ends the list */
    int instance;                 /* only for this instance; ANY_INSTANCE for all */
    const struct condition *when; /* NULL: always */
};

enum { ANY_INSTANCE = -1 };

/* A field of the plan, or of one of its instances. */
struct place {
    enum field_id field;
    int instance; /* from 0; PLACE_PLAN for a field of the plan */
};

enum { PLACE_PLAN = -1 };

/* What the account can be asked for instead of typing a value. */
enum pick_kind {
    PICK_NONE,
    PICK_REGION,
    PICK_INSTANCE,
    PICK_ACCOUNT,        /* of an instance: user names */
    PICK_CONSUMER_GROUP, /* of an instance */
    PICK_VPC,
    PICK_VSWITCH,        /* of a VPC */
    PICK_SECURITY_GROUP, /* of a VPC */
};

struct problems;

/* Looks at a value in force and adds what is doubtful about it (model/problem.h). */
typedef void field_check(struct problems *problems, struct place place, const char *value);

struct field {
    const char *path;  /* in the JSON, from the plan or the instance: "messageProperty.propertyKey" */
    size_t member;     /* where in path its own name begins, behind that of the object around it */
    const char *label; /* two or three words, sentence case */
    const char *help;  /* one line of at most 150 columns, a full sentence */
    const char *example;
    enum field_scope scope;
    enum field_step step;
    enum field_kind kind;
    bool fixed;                           /* cannot be changed once the plan exists */
    const struct choice *choices;         /* KIND_CHOICE and KIND_SWITCH */
    const struct presence *presence;      /* ends with a row whose `when` is NULL, or with {0} */
    const struct suggestion *suggestions; /* NULL: none */
    enum pick_kind pick;                  /* the list that its value can be picked from */
    enum field_id pick_parent; /* the field above that the list hangs on; itself: on the region only */
    const char *prefix;        /* what its ids begin with, several joined by '|': "vpc-" */
    size_t long_from;          /* more characters than this is a warning; 0: no limit */
    field_check *check;        /* what data cannot say; NULL: the checks of the kind are enough */
    const char *source;        /* where the rules come from, and how sure they are */
};

extern const struct field schema[FIELD_COUNT];

static inline struct place place_of_plan(enum field_id field)
{
    return (struct place){.field = field, .instance = PLACE_PLAN};
}

static inline struct place place_of_instance(int instance, enum field_id field)
{
    return (struct place){.field = field, .instance = instance};
}

/* A place that is none, for problems that belong to no field. place_is_none() knows it. */
static inline struct place place_none(void)
{
    return place_of_plan(FIELD_COUNT);
}

static inline bool place_is_none(struct place place)
{
    return place.field >= FIELD_COUNT;
}

bool place_equal(struct place a, struct place b);

/* "planName" or "instances[1].vpcId" into path; cut when too short, always terminated. */
void place_path(struct place place, char *path, size_t size);

/* The place that a path names; place_none() when it names none. Exact names only. */
struct place place_from_path(const char *path);

/* The field whose JSON name (the last part of its path) is `name`, ignoring case; FIELD_COUNT when none. */
enum field_id field_by_name(const char *name);

/* The last part of the path: the member's own name. */
static inline const char *field_member(enum field_id field)
{
    return schema[field].path + schema[field].member;
}

/* The object between the plan or the instance and the field: "messageProperty"; "" when there is none. */
enum { FIELD_PARENT_SIZE = 64 };
void field_parent(enum field_id field, char name[FIELD_PARENT_SIZE]);
static inline bool field_has_parent(enum field_id field)
{
    return schema[field].member > 0;
}

/* The first field of a scope that stands in an object of this name; FIELD_COUNT when none does. */
enum field_id field_first_within(enum field_scope scope, const char *parent);

/* True when both stand in the same object of the JSON. */
bool field_siblings(enum field_id a, enum field_id b);

/* The field with this member name in the object in which `sibling` stands; FIELD_COUNT when there is none. */
enum field_id field_beside(enum field_id sibling, const char *name);

/* The first row of a scope. */
enum field_id field_first(enum field_scope scope);

/* Of a choice or a switch: the constant that `value` is, ignoring case; NULL when it is none. */
const char *field_constant(enum field_id field, const char *value);

#endif
