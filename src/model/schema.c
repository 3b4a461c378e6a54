#include "model/schema.h"

#include <limits.h>
#include <string.h>

#include "base/digits.h"
#include "model/kind.h"
#include "model/words.h"

#define IS(id, text)                                                                                         \
    {                                                                                                        \
        TEST_IS, FIELD_##id, text                                                                            \
    }
#define STARTS(id, text)                                                                                     \
    {                                                                                                        \
        TEST_STARTS, FIELD_##id, text                                                                        \
    }
#define ANSWERED(id) STARTS(id, "")

#define ALL(...)         ((const struct condition[]){__VA_ARGS__, {TEST_END, FIELD_COUNT, NULL}})
#define PRESENCE(...)    ((const struct presence[]){__VA_ARGS__, {NEED_NEVER, NULL, NULL}})
#define CHOICES(...)     ((const struct choice[]){__VA_ARGS__, {NULL, NULL}})
#define SUGGESTIONS(...) ((const struct suggestion[]){__VA_ARGS__, {NULL, ANY_INSTANCE, NULL}})

/* Presences that several rows share. */
#define VPC_PRESENCE vpc_presence
static const struct presence vpc_presence[] = {
    {NEED_REQUIRED, ALL(IS(INSTANCE_TYPE, EXTERNAL_CLUSTER), IS(NETWORK_TYPE, VPC_NETWORK)),
     "for an external cluster behind a VPC"},
    {NEED_EXTRA, ALL(IS(INSTANCE_TYPE, ALIYUN_CLUSTER)), "for an ApsaraMQ instance"},
    {NEED_NEVER, ALL(IS(INSTANCE_TYPE, EXTERNAL_CLUSTER)), "the network is not TCP_VPC"},
    {NEED_NEVER, NULL, "the cluster kind is not answered"},
};

#define OPTIONAL_OF_CLUSTER optional_of_cluster
static const struct presence optional_of_cluster[] = {
    {NEED_OPTIONAL, ALL(ANSWERED(INSTANCE_TYPE)), NULL},
    {NEED_NEVER, NULL, "the cluster kind is not answered"},
};

const struct field schema[FIELD_COUNT] = {
#define FIELD(id, ...) [FIELD_##id] = {__VA_ARGS__},
#include "model/fields.def"
#undef FIELD
};

#define INSTANCES_PREFIX "instances["

bool place_equal(struct place a, struct place b)
{
    if (place_is_none(a) || place_is_none(b))
        return place_is_none(a) && place_is_none(b);
    return a.field == b.field && a.instance == b.instance;
}

/* Every problem of a review has a path, at every key: the longer part of it is not formatted but copied. */
static size_t add_part(char *path, size_t size, size_t used, const char *part)
{
    while (*part && used + 1 < size)
        path[used++] = *part++;
    path[used] = '\0';
    return used;
}

void place_path(struct place place, char *path, size_t size)
{
    char digits[DIGITS_SIZE];
    size_t used = 0;

    path[0] = '\0';
    if (place_is_none(place))
        return;
    if (schema[place.field].scope == SCOPE_INSTANCE) {
        used = add_part(path, size, used, INSTANCES_PREFIX);
        used = add_part(path, size, used, digits_write((unsigned)place.instance, digits));
        used = add_part(path, size, used, "].");
    }
    add_part(path, size, used, schema[place.field].path);
}

/* The number at *text, written as JSON paths write it: no sign, no leading zero. Moves *text behind it. */
static bool read_index(const char **text, int *index)
{
    const char *at = *text;
    long value = 0;

    if (*at < '0' || *at > '9' || (*at == '0' && at[1] >= '0' && at[1] <= '9'))
        return false;
    for (; *at >= '0' && *at <= '9'; at++) {
        value = value * 10 + (*at - '0');
        if (value > INT_MAX)
            return false;
    }
    *text = at;
    *index = (int)value;
    return true;
}

struct place place_from_path(const char *path)
{
    enum field_scope scope = SCOPE_PLAN;
    int instance = PLACE_PLAN;

    if (strncmp(path, INSTANCES_PREFIX, strlen(INSTANCES_PREFIX)) == 0) {
        path += strlen(INSTANCES_PREFIX);
        if (!read_index(&path, &instance) || strncmp(path, "].", 2) != 0)
            return place_none();
        path += 2;
        scope = SCOPE_INSTANCE;
    }
    for (int id = 0; id < FIELD_COUNT; id++)
        if (schema[id].scope == scope && strcmp(schema[id].path, path) == 0)
            return place_of_instance(instance, (enum field_id)id);
    return place_none();
}

enum field_id field_by_name(const char *name)
{
    for (int id = 0; id < FIELD_COUNT; id++)
        if (words_same(field_member((enum field_id)id), name))
            return (enum field_id)id;
    return FIELD_COUNT;
}

void field_parent(enum field_id field, char name[FIELD_PARENT_SIZE])
{
    size_t length = field_has_parent(field) ? schema[field].member - 1 : 0;

    if (length >= FIELD_PARENT_SIZE)
        length = FIELD_PARENT_SIZE - 1;
    memcpy(name, schema[field].path, length);
    name[length] = '\0';
}

enum field_id field_first_within(enum field_scope scope, const char *parent)
{
    size_t length = strlen(parent);

    for (int id = 0; id < FIELD_COUNT; id++)
        if (schema[id].scope == scope && strncmp(schema[id].path, parent, length) == 0 &&
            schema[id].path[length] == '.')
            return (enum field_id)id;
    return FIELD_COUNT;
}

bool field_siblings(enum field_id a, enum field_id b)
{
    return schema[a].scope == schema[b].scope && schema[a].member == schema[b].member &&
           strncmp(schema[a].path, schema[b].path, schema[a].member) == 0;
}

enum field_id field_beside(enum field_id sibling, const char *name)
{
    for (int id = 0; id < FIELD_COUNT; id++) {
        enum field_id field = (enum field_id)id;
        const char *member = field_member(field);

        if (member[0] == name[0] && strcmp(member, name) == 0 && field_siblings(field, sibling))
            return field;
    }
    return FIELD_COUNT;
}

enum field_id field_first(enum field_scope scope)
{
    int id = 0;

    while (id < FIELD_COUNT && schema[id].scope != scope)
        id++;
    return (enum field_id)id;
}

const char *field_constant(enum field_id field, const char *value)
{
    const struct choice *choices = schema[field].choices;

    for (const struct choice *choice = choices; choice && choice->value; choice++)
        if (strcmp(choice->value, value) == 0)
            return choice->value;
    for (const struct choice *choice = choices; choice && choice->value; choice++)
        if (words_same(choice->value, value))
            return choice->value;
    return NULL;
}
