#include "cli/saved_draft.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/sign.h"
#include "base/excerpt.h"
#include "base/json.h"
#include "base/time_text.h"
#include "model/draft.h"

void saved_draft_init(struct saved_draft *draft, struct host *host)
{
    *draft = (struct saved_draft){.host = host, .lock = LOCK_FILE_FREE};
    draft->path = draft->asked_path = BUF_INIT;
}

void saved_draft_release(struct saved_draft *draft)
{
    lock_file_release(&draft->lock);
    buf_release(&draft->path);
    buf_release(&draft->asked_path);
}

static void set_text(struct buf *buf, const char *text)
{
    struct buf copy = BUF_INIT;

    buf_add_text(&copy, text);
    buf_release(buf);
    *buf = copy;
}

static bool same_file(const char *a, const char *b)
{
    struct buf full_a = BUF_INIT, full_b = BUF_INIT;
    struct error ignored;
    bool same =
        strcmp(a, b) == 0 || (file_full_path(a, &full_a, &ignored) && file_full_path(b, &full_b, &ignored) &&
                              strcmp(buf_text(&full_a), buf_text(&full_b)) == 0);

    buf_release(&full_a);
    buf_release(&full_b);
    return same && *a;
}

/* ---- The lock ---- */

static bool add_lock_path(struct host *host, const char *path, struct buf *out, struct error *err)
{
    struct buf full = BUF_INIT;
    char hash[65];
    bool ok = file_full_path(path, &full, err) && file_state_folder(host, out, err);

    sha256_hex(buf_text(&full), full.length, hash);
    buf_release(&full);
    if (!ok)
        return false;
    buf_add_text(out, "/locks");
    if (out->failed || !file_make_folder(buf_text(out), err))
        return out->failed ? error_memory(err) : false;
    buf_addf(out, "/%s.lock", hash);
    return !out->failed || error_memory(err);
}

/* What others are told: who has the draft. */
static void add_holder(struct host *host, struct buf *out)
{
    const char *user = host_env(host, "USER");
    char name[128] = "", time[21], uid[32];

    if (gethostname(name, sizeof(name) - 1) != 0)
        name[0] = '\0';
    time_text_write(host->now(host), time);
    snprintf(uid, sizeof(uid), "user ID %lu", (unsigned long)getuid());
    buf_add_text(out, "{\"user\": ");
    json_add_string(out, user ? user : uid);
    buf_add_text(out, ", \"host\": ");
    json_add_string(out, name);
    buf_addf(out, ", \"pid\": %ld, \"since\": \"%s\"}\n", (long)getpid(), time);
}

/* "ops on gate1, process 4711, since 2026-11-25T03:00:00Z" */
static void describe_holder(const struct buf *text, struct buf *out)
{
    struct error ignored;
    cJSON *tree = json_parse(buf_text(text), text->length, &ignored);
    const char *user = json_text(json_member(tree, "user")), *host = json_text(json_member(tree, "host"));
    const char *since = json_text(json_member(tree, "since"));
    int64_t pid;

    if (user && host && since && json_int64(json_member(tree, "pid"), &pid))
        buf_addf(out, "%s on %s, process %lld, since %s", excerpt(user, 60).text, excerpt(host, 60).text,
                 (long long)pid, excerpt(since, 30).text);
    else
        buf_add_text(out, "another drplan");
    cJSON_Delete(tree);
}

/* Takes the lock of the file at path into lock. */
static enum lock_result take_lock(struct host *host, const char *path, struct lock_file *lock,
                                  struct buf *who, struct error *err)
{
    struct buf lock_path = BUF_INIT, mine = BUF_INIT, holder = BUF_INIT;
    enum lock_result result = LOCK_IMPOSSIBLE;

    if (add_lock_path(host, path, &lock_path, err)) {
        add_holder(host, &mine);
        result = lock_file_take(lock, buf_text(&lock_path), buf_text(&mine), &holder, err);
        if (result == LOCK_HELD && who)
            describe_holder(&holder, who);
    }
    buf_release(&lock_path);
    buf_release(&mine);
    buf_release(&holder);
    return result;
}

/* ---- Opening ---- */

/* Takes note of the file, if it still is what the stamp says. */
static void read_file(struct saved_draft *draft, const char *path, const struct file_stamp *expected)
{
    struct buf text;
    struct file_stamp stamp;
    struct error ignored;
    bool read;

    buf_init(&text, DRAFT_SIZE_MAX + 1);
    read = file_read(path, DRAFT_SIZE_MAX, &text, &stamp, &ignored);
    draft->stamp = expected ? *expected : stamp;
    draft->hash[0] = '\0';
    if (read && file_unchanged(path, &draft->stamp))
        sha256_hex(buf_text(&text), text.length, draft->hash);
    buf_release(&text);
}

enum lock_result saved_draft_open(struct saved_draft *draft, const char *path, const struct file_stamp *stamp,
                                  struct buf *who, struct error *err)
{
    enum lock_result result;

    lock_file_release(&draft->lock);
    set_text(&draft->path, path);
    read_file(draft, path, stamp);
    result = take_lock(draft->host, path, &draft->lock, who, err);
    draft->locked_out = result == LOCK_HELD;
    draft->ours = false;
    return result;
}

void saved_draft_expect(struct saved_draft *draft, const char *hash)
{
    if (strcmp(draft->hash, hash) == 0)
        return;
    /* No file has this stamp. */
    draft->stamp = (struct file_stamp){.exists = true, .size = -1};
    snprintf(draft->hash, sizeof(draft->hash), "%s", hash);
}

/* ---- Saving ---- */

static bool exists(const char *path)
{
    const struct file_stamp nothing = {0};

    return !file_unchanged(path, &nothing);
}

/* SAVE_DONE when the file may be written over. */
static enum save_result look_before(struct saved_draft *draft, const char *path, bool mine, bool over,
                                    struct error *err)
{
    const struct file_stamp nothing = {0};
    struct buf content;
    bool ok = true;

    if (file_unchanged(path, mine ? &draft->stamp : &nothing))
        return SAVE_DONE;
    if (over && strcmp(buf_text(&draft->asked_path), path) == 0 && file_unchanged(path, &draft->asked))
        return SAVE_DONE;
    draft->asked = nothing;
    set_text(&draft->asked_path, path);
    if (!exists(path))
        return SAVE_GONE;
    /* For its stamp only. */
    buf_init(&content, DRAFT_SIZE_MAX + 1);
    ok = file_read(path, DRAFT_SIZE_MAX, &content, &draft->asked, err);
    buf_release(&content);
    if (!ok)
        return SAVE_FAILED;
    return mine ? SAVE_CHANGED : SAVE_EXISTS;
}

/* SAVE_DONE when text is what shall be written. */
static enum save_result make_text(const struct plan *plan, enum save_secrets secrets, struct buf *text,
                                  struct error *err)
{
    struct buf other;
    bool ok, same;

    buf_init(&other, text->limit);
    ok = draft_write(plan, text, err) && draft_write_with_secrets(plan, &other, err);
    same = text->length == other.length && memcmp(buf_text(text), buf_text(&other), text->length) == 0;
    if (ok && !same && secrets == SECRETS_KEEP) {
        buf_clear(text);
        buf_add(text, buf_text(&other), other.length);
        ok = !text->failed || error_memory(err);
    }
    buf_release(&other);
    if (!ok)
        return SAVE_FAILED;
    return same || secrets != SECRETS_ASK ? SAVE_DONE : SAVE_SECRETS;
}

static void add_folder(const char *path, struct buf *out)
{
    const char *slash = strrchr(path, '/');

    if (slash)
        buf_add(out, path, slash == path ? 1 : (size_t)(slash - path));
    else
        buf_add_char(out, '.');
}

/* What killed runs left beside the draft. */
static void tidy_up(const char *path)
{
    struct buf folder = BUF_INIT;

    add_folder(path, &folder);
    if (!folder.failed)
        file_remove_leftovers(buf_text(&folder));
    buf_release(&folder);
}

static bool write_text(struct saved_draft *draft, const char *path, bool mine, const struct buf *text,
                       struct error *err)
{
    struct file_stamp stamp = {0};
    bool ok = file_replace(path, buf_text(text), text->length, &stamp, err);

    /* When only the folder could not be flushed, the file is there all the same. */
    if (stamp.exists && (ok || mine)) {
        draft->stamp = stamp;
        sha256_hex(buf_text(text), text->length, draft->hash);
    }
    return ok;
}

static enum save_result save_text(struct saved_draft *draft, const char *path, bool mine,
                                  const struct buf *text, struct error *err)
{
    struct lock_file lock = LOCK_FILE_FREE;
    struct buf who = BUF_INIT;
    struct error ignored;

    if (!mine && take_lock(draft->host, path, &lock, &who, &ignored) == LOCK_HELD) {
        error_set(err, ERROR_FILE, "%s is open in another drplan: %s", excerpt(path, 200).text,
                  buf_text(&who));
        buf_release(&who);
        return SAVE_FAILED;
    }
    buf_release(&who);
    if (!write_text(draft, path, mine, text, err)) {
        lock_file_release(&lock);
        return SAVE_FAILED;
    }
    if (!mine) {
        lock_file_release(&draft->lock);
        draft->lock = lock;
        draft->locked_out = false;
        set_text(&draft->path, path);
    }
    draft->ours = true;
    tidy_up(path);
    return SAVE_DONE;
}

enum save_result saved_draft_save(struct saved_draft *draft, const struct plan *plan, const char *path,
                                  bool over, enum save_secrets secrets, struct error *err)
{
    bool mine = same_file(path, buf_text(&draft->path));
    enum save_result result;
    struct buf text;

    if (mine && (draft->locked_out || (draft_is_newer(plan) && !draft->ours)))
        return SAVE_READ_ONLY;
    result = look_before(draft, path, mine, over, err);
    if (result != SAVE_DONE)
        return result;
    buf_init(&text, 2 * DRAFT_SIZE_MAX);
    result = make_text(plan, secrets, &text, err);
    if (result == SAVE_DONE)
        result = save_text(draft, path, mine, &text, err);
    buf_release(&text);
    return result;
}

void copy_name(const char *path, struct buf *out)
{
    size_t length = strlen(path);

    if (length > 5 && strcmp(path + length - 5, ".json") == 0)
        length -= 5;
    for (int number = 1; number < 100; number++) {
        buf_clear(out);
        buf_add(out, path, length);
        buf_add_text(out, "-copy");
        if (number > 1)
            buf_addf(out, "-%d", number);
        buf_add_text(out, ".json");
        if (!exists(buf_text(out)))
            return;
    }
}
