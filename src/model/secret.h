#ifndef MODEL_SECRET_H
#define MODEL_SECRET_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

/*
 * A secret may be a reference instead of a value, resolved when the plan is
 * sent: {"$env": "NAME"}, {"$file": "PATH"} or {"$command": ["pass", "mq"]}
 * (the words of a command; no shell).
 */

/* How references are resolved: an edge, since it reads files and runs programs. */
struct secret_source {
    /* Adds the secret that reference (JSON text) stands for to out. */
    bool (*resolve)(const struct secret_source *source, const char *reference, struct buf *out,
                    struct error *err);
};

/* True when node is an object with exactly one of the three members, of the right type. Otherwise false,
 * and err says what is wrong with it. */
bool secret_reference_check(const cJSON *node, struct error *err);

/* Adds the JSON of the reference that an operator wrote: env NAME, file PATH, or command WORD... Words are
 * parted by blanks; quotes ('' or "") keep blanks in a word, a backslash the sign behind it, but not between
 * ''. ERROR_INPUT says what is wrong. */
bool secret_reference_parse(const char *text, struct buf *json, struct error *err);

/* Adds what secret_reference_parse() would take for this reference; nothing when it is none. */
void secret_reference_write(const char *reference, struct buf *out);

/* "environment variable NAME", "file PATH", "command pass" for showing. */
void secret_reference_describe(const char *reference, struct buf *out);

#endif
