#ifndef MODEL_PLAN_H
#define MODEL_PLAN_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "model/schema.h"

/*
 * What the operator has answered so far.
 *
 * An answer is kept when its field stops to apply, and counts again when the
 * field does. Whether a field applies is never stored: see model/review.h.
 * All memory is wiped when it is freed.
 */
struct plan;

enum { PLAN_INSTANCES = 2, PLAN_INSTANCES_MAX = 1000 };
#define PLAN_ANSWER_MAX ((size_t)1 << 20) /* bytes of one answer */

/* How an answer was given. */
enum answer_form {
    ANSWER_NONE,
    ANSWER_TEXT,      /* the value itself */
    ANSWER_REFERENCE, /* secrets only: where the value is found at send time, as JSON: {"$env": "NAME"} */
};

/* An empty plan of PLAN_INSTANCES instances. With suggestions, fields without an answer have the value
 * their row suggests; a plan read from a file has none. NULL when memory is short. */
struct plan *plan_new(bool suggestions);
void plan_free(struct plan *plan);

size_t plan_instances(const struct plan *plan);

/* 1 to PLAN_INSTANCES_MAX. The answers of instances that fall away are gone. */
bool plan_set_instances(struct plan *plan, size_t count, struct error *err);

/* Copies value; NULL or "" takes the answer back. Forgets the notes of that place. Fails for a place that
 * the plan does not have, an answer that is too long or not UTF-8 (ERROR_INPUT), and for memory. */
bool plan_set(struct plan *plan, struct place place, const char *value, struct error *err);
bool plan_set_reference(struct plan *plan, struct place place, const char *json, struct error *err);

/* The answer as it was given, also of a field that does not apply; NULL when there is none. Valid until the
 * next set. */
const char *plan_get(const struct plan *plan, struct place place);
enum answer_form plan_form(const struct plan *plan, struct place place);

bool plan_has_suggestions(const struct plan *plan);

/* For a new plan that comes back from a file. */
void plan_set_suggestions(struct plan *plan, bool on);

/* Whether the fields of NEED_EXTRA are asked and sent for this instance (PLACE_PLAN: for none of the plan's
 * own fields there are any today). */
void plan_set_extras(struct plan *plan, int instance, bool on);
bool plan_extras(const struct plan *plan, int instance);

/* What the account says fits here: in force while there is no answer. NULL takes it back. Neither this nor a
 * remark is a change of the plan: plan_revision() stays. */
bool plan_suggest(struct plan *plan, struct place place, const char *value, struct error *err);
const char *plan_suggestion(const struct plan *plan, struct place place);

/* What the account says about an answer: a warning until the answer changes. NULL takes it back. */
bool plan_remark(struct plan *plan, struct place place, const char *text, struct error *err);
const char *plan_remark_at(const struct plan *plan, struct place place);

/* What a draft remembers beside the body: where it is sent. NULL or "": not said. ERROR_INPUT for what is not
 * UTF-8. */
enum plan_setting { SETTING_PROFILE, SETTING_REGION, SETTING_ENDPOINT, SETTING_COUNT };
bool plan_set_setting(struct plan *plan, enum plan_setting setting, const char *value, struct error *err);
const char *plan_setting(const struct plan *plan, enum plan_setting setting);

/* What the setting is called in a draft: "profile", "region", "endpoint". */
const char *plan_setting_name(enum plan_setting setting);

/* Counts the changes: differs after every set that changed something. */
unsigned long plan_revision(const struct plan *plan);

/* The same for one instance (PLACE_PLAN: for the plan's own fields), and for everything that a review reads
 * of it: suggestions and remarks, too. A text that is set once more counts, as the old one is gone. */
unsigned long plan_revision_of(const struct plan *plan, int instance);

/* ---- Notes: what reading a draft found, until the answer is changed ---- */

enum severity { SEVERITY_WARNING, SEVERITY_ERROR };

struct note {
    struct place place; /* place_none() when it is about no known field */
    enum severity severity;
    char path[128]; /* JSON path */
    char message[256];
};

bool plan_note(struct plan *plan, struct place place, const char *path, enum severity severity,
               struct error *err, const char *format, ...) __attribute__((format(printf, 6, 7)));
size_t plan_notes(const struct plan *plan);
bool plan_has_notes_at(const struct plan *plan, struct place place);
const struct note *plan_note_at(const struct plan *plan, size_t index);

/* ---- The tree a draft was read from ---- */

/* The plan owns the tree from now on. It keeps the members that the schema does not know, in their place. */
void plan_set_source(struct plan *plan, cJSON *tree);
const cJSON *plan_source(const struct plan *plan);

#endif
