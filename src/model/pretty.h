#ifndef MODEL_PRETTY_H
#define MODEL_PRETTY_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * JSON text as this program writes it: an indent of two, one member a line.
 *
 *     pretty_open(&pretty, '{');
 *     pretty_key(&pretty, "planName");
 *     json_add_string(pretty.out, name);
 *     pretty_close(&pretty, '}');
 *
 * A value that follows a key, or pretty_item() in a list, is written to `out`
 * by the caller, on one line.
 */
struct pretty {
    struct buf *out;
    size_t lines; /* so far, the one being written included */
    int depth;
    bool empty; /* nothing is in the innermost container yet */
};

/* What becomes of members that carry the name of a secret in a tree that the schema does not know. */
enum pretty_secrets { PRETTY_SECRETS_SHOWN, PRETTY_SECRETS_MASKED, PRETTY_SECRETS_LEFT_OUT };

void pretty_init(struct pretty *pretty, struct buf *out);
void pretty_open(struct pretty *pretty, char bracket);
void pretty_close(struct pretty *pretty, char bracket);
void pretty_item(struct pretty *pretty);
void pretty_key(struct pretty *pretty, const char *name);

/* A whole tree, over several lines. */
void pretty_tree(struct pretty *pretty, const cJSON *node);

/* A whole tree on one line: {"$env": "NAME"}. */
void pretty_inline(struct buf *out, const cJSON *node, enum pretty_secrets secrets);

/* True when a member is named like a secret field, in whatever case, and holds something other than null
 * or an attempt at a reference: its value is treated as a secret wherever it stands. */
bool pretty_is_secret(const cJSON *member);

#endif
