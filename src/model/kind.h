#ifndef MODEL_KIND_H
#define MODEL_KIND_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "model/plan.h"
#include "model/problem.h"
#include "model/schema.h"

/* What the kind of a field decides: how its values are checked, written as JSON and read back. */

/* Adds what is wrong or doubtful about a value in force of this place. */
void kind_check(struct problems *problems, struct place place, const char *value);

/* Adds the value as JSON: text in quotes, but a switch as true or false and a reference as it is. */
void kind_encode(enum field_id field, enum answer_form form, const char *value, struct buf *out);

/* The word that JSON Schema has for the values of this field: "string" or "boolean". */
const char *kind_json_type(enum field_id field);

/* What a JSON value in a draft means as an answer. */
struct decoded {
    enum answer_form form;
    const char *value;      /* of ANSWER_TEXT; borrowed from the node or constant */
    bool complained;        /* it is not written as it should be: */
    enum severity severity; /* an error, unless it is plain what is meant and right to send */
    char complaint[200];
};

void kind_decode(enum field_id field, const cJSON *node, struct decoded *decoded);

/* Checks of single fields, for fields.def. */
void check_region(struct problems *problems, struct place place, const char *value);
void check_consumer_group(struct problems *problems, struct place place, const char *value);

#endif
