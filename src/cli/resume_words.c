#include "cli/resume_words.h"

#include <string.h>

#include "api/sign.h"
#include "base/excerpt.h"
#include "base/file.h"
#include "base/time_text.h"
#include "model/draft.h"
#include "model/review.h"

enum { NAMED = 3 };

/* "a moment ago", "5 minutes ago", "on 2026-11-25". */
static void add_ago(int64_t then, int64_t now, struct buf *out)
{
    int64_t seconds = now - then, minutes = seconds / 60;
    char date[21];

    if (seconds < 0 || minutes >= (int64_t)48 * 60) {
        time_text_write(then, date);
        buf_add_text(out, "on ");
        buf_add(out, date, strlen("2026-11-25"));
    } else if (minutes >= 120) {
        buf_addf(out, "%d hours ago", (int)(minutes / 60));
    } else if (minutes >= 2) {
        buf_addf(out, "%d minutes ago", (int)minutes);
    } else {
        buf_add_text(out, "a moment ago");
    }
}

/* ---- What differs ---- */

/* An autosave holds no passwords, so that only references to them can be compared. */
static bool differs(const struct plan *typed, const struct plan *saved, struct place place)
{
    enum answer_form form = plan_form(typed, place),
                     saved_form = saved ? plan_form(saved, place) : ANSWER_NONE;
    const char *value = plan_get(typed, place), *saved_value = saved ? plan_get(saved, place) : NULL;

    if (schema[place.field].kind == KIND_SECRET && form == ANSWER_NONE)
        return false;
    if (form != saved_form)
        return true;
    return form != ANSWER_NONE && strcmp(value, saved_value) != 0;
}

static void add_name(struct place place, struct buf *out)
{
    char cluster[48];

    if (out->length > 0)
        buf_add_text(out, "; ");
    if (place.instance >= 0) {
        instance_label(place.instance, cluster, sizeof(cluster));
        buf_addf(out, "%s, ", cluster);
    }
    buf_add_text(out, schema[place.field].label);
}

/* Adds the names of the fields whose answers differ, parted by "; ", the first few of them; returns how many
 * differ. Passwords count where both plans say something about them. saved: NULL for nothing. */
static int add_differences(const struct plan *typed, const struct plan *saved, struct buf *out)
{
    size_t instances = plan_instances(typed);
    int count = 0;

    if (saved && plan_instances(saved) > instances)
        instances = plan_instances(saved);
    for (int instance = PLACE_PLAN; instance < (int)instances; instance++) {
        for (int id = 0; id < FIELD_COUNT; id++) {
            struct place place = place_of_instance(instance, (enum field_id)id);

            if ((schema[id].scope == SCOPE_PLAN) != (instance == PLACE_PLAN) || !differs(typed, saved, place))
                continue;
            if (count < NAMED)
                add_name(place, out);
            count++;
        }
    }
    if (count > NAMED)
        buf_add_text(out, "; ...");
    return count;
}

/* ---- One piece of work ---- */

struct saved {
    struct plan *plan; /* NULL: it is not there, or cannot be read */
    bool there;
    bool changed; /* since the autosave was written */
};

static struct saved read_saved(const struct interrupted *item)
{
    struct saved saved = {0};
    struct file_stamp stamp;
    struct buf text;
    struct error ignored;
    char hash[65];

    buf_init(&text, DRAFT_SIZE_MAX + 1);
    if (item->draft.length > 0 &&
        file_read(buf_text(&item->draft), DRAFT_SIZE_MAX, &text, &stamp, &ignored)) {
        saved.there = true;
        sha256_hex(buf_text(&text), text.length, hash);
        saved.changed = strcmp(hash, item->draft_hash) != 0;
        if (!draft_read(buf_text(&text), text.length, &saved.plan, &ignored))
            saved.plan = NULL;
    }
    buf_release(&text);
    return saved;
}

/* The end of a path that says most. */
static const char *short_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static void add_what_differs(const struct interrupted *item, const struct saved *saved, struct buf *out)
{
    struct buf names = BUF_INIT;
    int count = add_differences(item->plan, saved->plan, &names);

    if (saved->plan)
        buf_addf(out, " %d %s from %s", count, count == 1 ? "answer differs" : "answers differ",
                 short_name(buf_text(&item->draft)));
    else
        buf_addf(out, " It has %d %s", count, count == 1 ? "answer" : "answers");
    buf_addf(out, "%s%s.", count > 0 ? ": " : "", buf_text(&names));
    buf_release(&names);
}

void describe_interrupted(const struct interrupted *item, int position, int count, int64_t now,
                          struct buf *out)
{
    const char *name = plan_get(item->plan, place_of_plan(FIELD_PLAN_NAME));
    struct saved saved = read_saved(item);

    if (count > 1)
        buf_addf(out, "%d of %d: ", position, count);
    buf_addf(out, "%s, last typed ", excerpt(name ? name : "A plan without a name", 200).text);
    add_ago(item->time, now, out);
    if (item->host[0])
        buf_addf(out, " on %s", item->host);
    if (saved.changed)
        buf_add_text(out, "; the draft was changed since");
    else if (item->draft.length > 0 && !saved.there)
        buf_add_text(out, "; the draft is gone");
    buf_add_char(out, '.');
    add_what_differs(item, &saved, out);
    plan_free(saved.plan);
}
