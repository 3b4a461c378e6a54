#include "cli/autosave.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/excerpt.h"
#include "base/file.h"
#include "base/json.h"
#include "base/time_text.h"
#include "model/draft.h"

#define MEMBER "autosave"

enum { ID_BYTES = 8, ID_DIGITS = 2 * ID_BYTES, TRIES = 8 };

/* An autosave is a draft and a little more. */
#define AUTOSAVE_SIZE_MAX (2 * DRAFT_SIZE_MAX)

static const char json_end[] = ".json";
static const char lock_end[] = ".lock";

/* ---- Our own ---- */

/* The machine's name; "" when it is not known. */
static void host_name(char name[128])
{
    if (gethostname(name, 128) != 0)
        name[0] = '\0';
    name[127] = '\0';
}

/* The lock beside an autosave. */
static void lock_path_of(const char *path, struct buf *out)
{
    buf_add(out, path, strlen(path) - (sizeof(json_end) - 1));
    buf_add_text(out, lock_end);
}

static enum lock_result take_lock(struct lock_file *lock, const char *path, struct error *err)
{
    struct buf lock_path = BUF_INIT;
    enum lock_result result = LOCK_IMPOSSIBLE;

    lock_path_of(path, &lock_path);
    if (lock_path.failed)
        error_memory(err);
    else
        result = lock_file_take(lock, buf_text(&lock_path), "", NULL, err);
    buf_release(&lock_path);
    return result;
}

static bool choose_path(struct autosave *autosave, struct error *err)
{
    unsigned char id[ID_BYTES];

    if (!autosave->host->random(autosave->host, id, sizeof(id), err))
        return false;
    buf_clear(&autosave->path);
    buf_addf(&autosave->path, "%s/", buf_text(&autosave->folder));
    for (size_t i = 0; i < sizeof(id); i++)
        buf_addf(&autosave->path, "%02x", id[i]);
    buf_add_text(&autosave->path, json_end);
    return !autosave->path.failed || error_memory(err);
}

bool autosave_open(struct autosave *autosave, struct host *host, struct error *err)
{
    *autosave = (struct autosave){.host = host, .lock = LOCK_FILE_FREE};
    autosave->folder = autosave->path = autosave->written = BUF_INIT;
    if (!file_state_folder(host, &autosave->folder, err))
        return false;
    buf_add_text(&autosave->folder, "/autosave");
    if (autosave->folder.failed)
        return error_memory(err);
    if (!file_begin_folder(buf_text(&autosave->folder), &autosave->folder_kept, err))
        return false;
    file_remove_leftovers(buf_text(&autosave->folder));
    /* Somebody who tidies up may hold a lock that nobody has taken yet for a moment. */
    for (int tries = 0; tries < TRIES; tries++) {
        if (!choose_path(autosave, err))
            return false;
        switch (take_lock(&autosave->lock, buf_text(&autosave->path), err)) {
        case LOCK_TAKEN:
            return true;
        case LOCK_HELD:
            error_set(err, ERROR_FILE, "%s cannot be locked", buf_text(&autosave->path));
            break;
        case LOCK_IMPOSSIBLE:
            return false;
        }
    }
    return false;
}

void autosave_close(struct autosave *autosave)
{
    lock_file_release(&autosave->lock);
    buf_release(&autosave->folder);
    buf_release(&autosave->path);
    buf_release(&autosave->written);
}

/* ---- Writing ---- */

static cJSON *new_origin(const struct autosave *autosave, const struct plan *plan,
                         const struct autosave_origin *origin)
{
    cJSON *node = cJSON_CreateObject();
    char time[21], host[128], pid[24];

    time_text_write(autosave->host->now(autosave->host), time);
    host_name(host);
    snprintf(pid, sizeof(pid), "%ld", (long)getpid());
    if (node && cJSON_AddStringToObject(node, "draft", origin->draft) &&
        cJSON_AddStringToObject(node, "draftHash", origin->draft_hash) &&
        cJSON_AddStringToObject(node, "time", time) && cJSON_AddRawToObject(node, "pid", pid) &&
        cJSON_AddStringToObject(node, "host", host) &&
        cJSON_AddStringToObject(node, "field", autosave->field) &&
        cJSON_AddBoolToObject(node, "suggestions", plan_has_suggestions(plan)))
        return node;
    cJSON_Delete(node);
    return NULL;
}

/* Adds `draft` with its origin in "$drplan" to out. */
static bool add_origin(cJSON *origin, const struct buf *draft, struct buf *out, struct error *err)
{
    cJSON *tree = json_parse_to_change(buf_text(draft), draft->length, err);
    cJSON *own = tree ? cJSON_GetObjectItemCaseSensitive(tree, "$drplan") : NULL;

    if (!tree || !origin) {
        cJSON_Delete(tree);
        cJSON_Delete(origin);
        return tree ? error_memory(err) : false;
    }
    if (!cJSON_IsObject(own)) {
        cJSON_DeleteItemFromObjectCaseSensitive(tree, "$drplan");
        own = cJSON_AddObjectToObject(tree, "$drplan");
    }
    cJSON_DeleteItemFromObjectCaseSensitive(own, MEMBER);
    if (!own || !cJSON_AddItemToObject(own, MEMBER, origin)) {
        cJSON_Delete(origin);
        cJSON_Delete(tree);
        return error_memory(err);
    }
    json_add_tree(out, tree);
    buf_add_char(out, '\n');
    cJSON_Delete(tree);
    return !out->failed || error_memory(err);
}

/* The folder was made before the first picture, which waits for no disk. */
static bool keep_folder(struct autosave *autosave, struct error *err)
{
    if (autosave->folder_kept < autosave->folder.length &&
        !file_keep_folder(buf_text(&autosave->folder), autosave->folder_kept, err))
        return false;
    autosave->folder_kept = autosave->folder.length;
    return true;
}

static bool holds_already(const struct autosave *autosave, const struct buf *draft)
{
    return autosave->written.length == draft->length &&
           memcmp(buf_text(&autosave->written), buf_text(draft), draft->length) == 0 &&
           strcmp(autosave->written_field, autosave->field) == 0;
}

bool autosave_write(struct autosave *autosave, const struct plan *plan, const struct autosave_origin *origin,
                    struct error *err)
{
    struct buf draft, text;
    bool ok;

    buf_init(&draft, AUTOSAVE_SIZE_MAX);
    buf_init(&text, AUTOSAVE_SIZE_MAX);
    ok = draft_write(plan, &draft, err);
    if (ok && !holds_already(autosave, &draft)) {
        ok = add_origin(new_origin(autosave, plan, origin), &draft, &text, err) &&
             keep_folder(autosave, err) &&
             file_replace(buf_text(&autosave->path), buf_text(&text), text.length, NULL, err);
        if (ok) {
            buf_release(&autosave->written);
            autosave->written = draft;
            draft = BUF_INIT;
            memcpy(autosave->written_field, autosave->field, sizeof(autosave->written_field));
        }
    }
    buf_release(&draft);
    buf_release(&text);
    return ok;
}

void autosave_remove(struct autosave *autosave)
{
    if (autosave->written.length > 0)
        unlink(buf_text(&autosave->path));
    buf_clear(&autosave->written);
}

/* ---- What others left ---- */

static bool take_text(const cJSON *origin, const char *name, struct buf *out)
{
    const char *text = json_text(json_member(origin, name));

    buf_add_text(out, text ? text : "");
    return text != NULL;
}

/* Takes the origin out of the tree, so that what is left is the draft. */
static bool read_origin(cJSON *tree, struct interrupted *item, bool *suggestions)
{
    cJSON *own = cJSON_GetObjectItemCaseSensitive(tree, "$drplan");
    cJSON *origin = cJSON_DetachItemFromObjectCaseSensitive(own, MEMBER);
    const char *hash = json_text(json_member(origin, "draftHash"));
    const char *host = json_text(json_member(origin, "host"));
    const char *field = json_text(json_member(origin, "field"));
    bool ok = take_text(origin, "draft", &item->draft) && hash && strlen(hash) < sizeof(item->draft_hash);
    char here[128];

    *suggestions = cJSON_IsTrue(json_member(origin, "suggestions"));
    host_name(here);
    if (ok) {
        snprintf(item->draft_hash, sizeof(item->draft_hash), "%s", hash);
        snprintf(item->field, sizeof(item->field), "%s", field ? field : "");
        if (host && strcmp(host, here) != 0)
            excerpt_write(item->host, sizeof(item->host), "%s", excerpt(host, sizeof(item->host) - 1).text);
    }
    cJSON_Delete(origin);
    return ok;
}

/* False when the file is no autosave. */
static bool read_interrupted(struct interrupted *item, struct error *err)
{
    struct buf text, draft;
    bool suggestions = false, ok;
    cJSON *tree;

    buf_init(&text, AUTOSAVE_SIZE_MAX + 1);
    buf_init(&draft, AUTOSAVE_SIZE_MAX);
    ok = file_read(buf_text(&item->path), AUTOSAVE_SIZE_MAX, &text, NULL, err);
    tree = ok ? json_parse_to_change(buf_text(&text), text.length, err) : NULL;
    ok = tree && cJSON_IsObject(tree) && read_origin(tree, item, &suggestions);
    if (tree && !ok)
        error_set(err, ERROR_INPUT, "it does not say where it came from");
    if (ok)
        json_add_tree(&draft, tree);
    cJSON_Delete(tree);
    if (ok && (draft.failed || item->draft.failed))
        ok = error_memory(err);
    ok = ok && draft_read(buf_text(&draft), draft.length, &item->plan, err);
    if (ok)
        plan_set_suggestions(item->plan, suggestions);
    buf_release(&text);
    buf_release(&draft);
    return ok;
}

static void item_release(struct interrupted *item)
{
    lock_file_release(&item->lock);
    plan_free(item->plan);
    buf_release(&item->path);
    buf_release(&item->draft);
    *item = (struct interrupted){.lock = LOCK_FILE_FREE};
}

static void set_aside(const struct autosave *autosave, struct interrupted *item,
                      struct interrupted_list *list)
{
    struct buf name = BUF_INIT;
    char time[21];

    time_text_write(autosave->host->now(autosave->host), time);
    buf_addf(&name, "%s.broken-%s", buf_text(&item->path), time);
    if (!name.failed && rename(buf_text(&item->path), buf_text(&name)) == 0)
        buf_addf(&list->set_aside, "%s\n", buf_text(&name));
    buf_release(&name);
}

/* True when name is an ID with this end. */
static bool is_named(const char *name, const char *end)
{
    return strspn(name, "0123456789abcdef") == ID_DIGITS && strcmp(name + ID_DIGITS, end) == 0;
}

static int is_autosave(const struct dirent *entry)
{
    return is_named(entry->d_name, json_end);
}

static int is_lock(const struct dirent *entry)
{
    return is_named(entry->d_name, lock_end);
}

struct found {
    char name[ID_DIGITS + sizeof(json_end)];
    struct timespec changed;
};

/* False when its run is still there, when it cannot be read, or when it is of another draft than wanted. */
static bool take_up(const struct autosave *autosave, struct interrupted *item, const char *draft,
                    struct interrupted_list *list)
{
    struct error err = {0};

    if (item->path.failed || take_lock(&item->lock, buf_text(&item->path), &err) != LOCK_TAKEN ||
        access(buf_text(&item->path), F_OK) != 0)
        return false;
    if (!read_interrupted(item, &err)) {
        if (err.kind == ERROR_INPUT)
            set_aside(autosave, item, list);
        return false;
    }
    return !draft || strcmp(draft, buf_text(&item->draft)) == 0;
}

/* Looks at one file; takes it into the list when its run is gone and it is wanted. */
static void look_at(const struct autosave *autosave, const struct found *found, const char *draft,
                    struct interrupted_list *list)
{
    struct interrupted *item = &list->items[list->count];

    *item = (struct interrupted){.lock = LOCK_FILE_FREE};
    item->path = item->draft = BUF_INIT;
    buf_addf(&item->path, "%s/%s", buf_text(&autosave->folder), found->name);
    item->time = found->changed.tv_sec;
    if (take_up(autosave, item, draft, list))
        list->count++;
    else
        item_release(item);
}

static int later_first(const void *left, const void *right)
{
    const struct found *a = left, *b = right;

    if (a->changed.tv_sec != b->changed.tv_sec)
        return a->changed.tv_sec > b->changed.tv_sec ? -1 : 1;
    if (a->changed.tv_nsec != b->changed.tv_nsec)
        return a->changed.tv_nsec > b->changed.tv_nsec ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* The names of all autosaves, the latest first; the caller frees them. */
static struct found *list_folder(const char *folder, int *count)
{
    struct dirent **entries;
    int entry_count = scandir(folder, &entries, is_autosave, NULL);
    struct found *found = entry_count > 0 ? calloc((size_t)entry_count, sizeof(*found)) : NULL;

    *count = 0;
    for (int i = 0; i < entry_count; i++) {
        struct buf path = BUF_INIT;
        struct stat status;

        buf_addf(&path, "%s/%s", folder, entries[i]->d_name);
        if (found && !path.failed && lstat(buf_text(&path), &status) == 0 && S_ISREG(status.st_mode)) {
            memcpy(found[*count].name, entries[i]->d_name, sizeof(found[*count].name));
            found[(*count)++].changed = status.st_mtim;
        }
        buf_release(&path);
        free(entries[i]);
    }
    if (entry_count >= 0)
        free(entries);
    if (found)
        qsort(found, (size_t)*count, sizeof(*found), later_first);
    return found;
}

/* Locks of runs that were killed before they had anything to keep. */
static void remove_dead_locks(const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_lock, NULL);

    for (int i = 0; i < count; i++) {
        struct buf lock_path = BUF_INIT, path = BUF_INIT;
        struct lock_file lock = LOCK_FILE_FREE;
        struct error ignored;

        buf_addf(&lock_path, "%s/%s", folder, entries[i]->d_name);
        buf_addf(&path, "%s/%.*s%s", folder, ID_DIGITS, entries[i]->d_name, json_end);
        if (!lock_path.failed && !path.failed && access(buf_text(&path), F_OK) != 0)
            lock_file_take(&lock, buf_text(&lock_path), "", NULL, &ignored);
        lock_file_release(&lock);
        buf_release(&lock_path);
        buf_release(&path);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

void interrupted_find(const struct autosave *autosave, const char *draft, struct interrupted_list *list)
{
    int count;
    struct found *found = list_folder(buf_text(&autosave->folder), &count);

    list->count = 0;
    list->set_aside = BUF_INIT;
    for (int i = 0; i < count && list->count < INTERRUPTED_MAX; i++)
        look_at(autosave, &found[i], draft, list);
    free(found);
    remove_dead_locks(buf_text(&autosave->folder));
}

void interrupted_release(struct interrupted_list *list)
{
    for (int i = 0; i < list->count; i++)
        item_release(&list->items[i]);
    list->count = 0;
    buf_release(&list->set_aside);
}

void autosave_adopt(struct autosave *autosave, struct interrupted *item)
{
    autosave_remove(autosave);
    lock_file_release(&autosave->lock);
    buf_release(&autosave->path);
    autosave->path = item->path;
    autosave->lock = item->lock;
    /* What the file holds is not known to the byte; but there is a file. */
    buf_add_char(&autosave->written, '\n');
    item->path = BUF_INIT;
    item->lock = LOCK_FILE_FREE;
}

void interrupted_forget(struct interrupted *item)
{
    unlink(buf_text(&item->path));
    item_release(item);
}
