#include "api/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/settled.h"
#include "base/buf.h"
#include "base/compose.h"
#include "base/file.h"
#include "base/json.h"
#include "base/time_text.h"

#define JOURNAL_MAX ((size_t)64 << 20)

/* How long a line usually is. */
enum { LINE_USUAL = 640 };

struct journal {
    struct host *host;
    struct buf folder; /* to be made with the first line; empty: it is the caller's affair */
    struct buf path;
    bool grouped;
    struct buf lines; /* of the group, not in the file yet */
    bool unsynced;    /* lines were written that may not be on the disk yet */
    int fd;           /* of the open file; -1: none */
};

static bool choose_place(struct journal *journal, const char *path, struct error *err)
{
    if (path) {
        buf_add_text(&journal->path, path);
    } else {
        if (!file_state_folder(journal->host, &journal->folder, err))
            return false;
        buf_addf(&journal->path, "%s/journal.jsonl", buf_text(&journal->folder));
    }
    return !journal->path.failed || error_memory(err);
}

struct journal *journal_open(struct host *host, const char *path, struct error *err)
{
    struct journal *journal = malloc(sizeof(*journal));

    if (!journal) {
        error_memory(err);
        return NULL;
    }
    *journal =
        (struct journal){.host = host, .folder = BUF_INIT, .path = BUF_INIT, .lines = BUF_INIT, .fd = -1};
    if (choose_place(journal, path, err))
        return journal;
    journal_close(journal);
    return NULL;
}

void journal_close(struct journal *journal)
{
    struct error ignored;

    if (!journal)
        return;
    /* What is lost here is an outcome at most, and is looked for again. */
    (void)journal_sync(journal, &ignored);
    if (journal->fd >= 0)
        (void)close(journal->fd);
    buf_release(&journal->folder);
    buf_release(&journal->path);
    buf_release(&journal->lines);
    free(journal);
}

void journal_intent_release(struct journal_intent *intent)
{
    free(intent->plan_name);
    free(intent->endpoint);
    free(intent->scheme);
    free(intent->region);
    free(intent->instances);
    for (size_t i = 0; i < intent->ids_count; i++)
        free(intent->ids_seen[i]);
    free(intent->ids_seen);
    *intent = (struct journal_intent){0};
}

/* ---- writing ---- */

/* A crash or a full disk may have left half a line, and what follows must not become part of it. */
static bool last_line_is_cut(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    char last = '\n';
    bool cut;

    if (fd < 0)
        return false;
    cut = lseek(fd, -1, SEEK_END) >= 0 && read(fd, &last, 1) == 1 && last != '\n';
    close(fd);
    return cut;
}

static void begin_line(struct buf *line, const char *type, const char *time)
{
    *line = BUF_INIT;
    buf_reserve(line, LINE_USUAL);
    buf_add_texts(line, "{\"type\":\"", type, "\",\"time\":\"", time, "\"", NULL);
}

static void add_member(struct buf *line, const char *name, const char *text)
{
    if (text)
        compose_text(line, name, text);
}

/* The file is the one at the path: not one that was removed since, whose lines nobody would ever read. */
static bool hold_open(struct journal *journal, struct stat *status, struct error *err)
{
    if (journal->fd >= 0 && (fstat(journal->fd, status) != 0 || status->st_nlink == 0)) {
        (void)close(journal->fd);
        journal->fd = -1;
    }
    if (journal->fd >= 0)
        return true;
    if (journal->folder.length > 0 && !file_make_folder(buf_text(&journal->folder), err))
        return false;
    journal->fd = file_open_append(buf_text(&journal->path), err);
    if (journal->fd < 0)
        return false;
    return fstat(journal->fd, status) == 0 ||
           error_set_errno(err, ERROR_FILE, errno, "%s cannot be written", buf_text(&journal->path));
}

static bool write_group(struct journal *journal, struct error *err)
{
    struct buf *lines = &journal->lines;
    struct stat status;
    char last;

    if (!hold_open(journal, &status, err))
        return false;
    if (status.st_size > 0 && pread(journal->fd, &last, 1, status.st_size - 1) == 1 && last != '\n')
        buf_insert(lines, 0, "\n", 1);
    if (lines->failed)
        return error_memory(err);
    journal->unsynced = true;
    return file_add(journal->fd, buf_text(&journal->path), buf_text(lines), lines->length, err);
}

static bool add_to_group(struct journal *journal, const struct buf *line, struct error *err)
{
    buf_add(&journal->lines, buf_text(line), line->length);
    return !journal->lines.failed || error_memory(err);
}

static bool add_alone(struct journal *journal, struct buf *line, struct error *err)
{
    if (journal->folder.length > 0 && !file_make_folder(buf_text(&journal->folder), err))
        return false;
    if (last_line_is_cut(buf_text(&journal->path)))
        buf_insert(line, 0, "\n", 1);
    return (!line->failed || error_memory(err)) &&
           file_append(buf_text(&journal->path), buf_text(line), line->length, err);
}

static bool append_line(struct journal *journal, struct buf *line, struct error *err)
{
    bool done;

    buf_add_text(line, "}\n");
    if (line->failed)
        done = error_memory(err);
    else
        done = journal->grouped ? add_to_group(journal, line, err) : add_alone(journal, line, err);
    buf_release(line);
    return done;
}

void journal_group(struct journal *journal)
{
    journal->grouped = true;
}

bool journal_flush(struct journal *journal, struct error *err)
{
    bool done = journal->lines.length == 0 || write_group(journal, err);

    buf_clear(&journal->lines);
    return done;
}

bool journal_sync(struct journal *journal, struct error *err)
{
    if (!journal_flush(journal, err))
        return false;
    if (!journal->unsynced)
        return true;
    journal->unsynced = false;
    return file_sync(journal->fd, buf_text(&journal->path), err);
}

bool journal_write_intent(struct journal *journal, const struct journal_intent *intent, struct error *err)
{
    struct buf line;

    begin_line(&line, "intent", intent->time);
    add_member(&line, "nonce", intent->nonce);
    add_member(&line, "bodyHash", intent->body_hash);
    add_member(&line, "planName", intent->plan_name);
    add_member(&line, "endpoint", intent->endpoint);
    add_member(&line, "scheme", intent->scheme);
    add_member(&line, "region", intent->region);
    if (intent->instances)
        buf_add_texts(&line, ",\"instances\":", intent->instances, NULL);
    compose_open(&line, "idsSeen", '[');
    for (size_t i = 0; i < intent->ids_count; i++)
        compose_text(&line, NULL, intent->ids_seen[i]);
    compose_close(&line, ']');
    compose_bool(&line, "seenAll", intent->seen_all);
    return append_line(journal, &line, err);
}

bool journal_write_outcome(struct journal *journal, const char *nonce, const char *outcome_word,
                           const char *plan_id, const char *request_id, struct error *err)
{
    struct buf line;
    char time[21];

    time_text_write(journal->host->now(journal->host), time);
    begin_line(&line, "outcome", time);
    add_member(&line, "nonce", nonce);
    add_member(&line, "outcome", outcome_word);
    add_member(&line, "planId", plan_id);
    add_member(&line, "requestId", request_id);
    return append_line(journal, &line, err);
}

/* ---- reading ---- */

/* One pass over the file: the intents that no line so far has closed. */
struct scan {
    struct journal_intent *open;
    size_t count;
    struct journal_created_list *created; /* NULL: not asked for */
    size_t broken;
    bool memory_short;
};

static void close_intents(struct scan *scan, const char *nonce)
{
    size_t kept = 0;

    for (size_t i = 0; i < scan->count; i++) {
        if (!nonce || strcmp(scan->open[i].nonce, nonce) == 0)
            journal_intent_release(&scan->open[i]);
        else
            scan->open[kept++] = scan->open[i];
    }
    scan->count = kept;
}

static char *copy(struct scan *scan, const char *text)
{
    char *copied = text_copy(text);

    scan->memory_short |= text && !copied;
    return copied;
}

static bool read_fixed(const cJSON *line, const char *name, char *out, size_t size)
{
    const char *text = json_text(json_member(line, name));
    size_t length = text ? strlen(text) : 0;

    if (length == 0 || length >= size)
        return false;
    memcpy(out, text, length + 1);
    return true;
}

static bool read_ids(struct scan *scan, const cJSON *list, struct journal_intent *intent)
{
    const cJSON *id;

    if (!cJSON_IsArray(list))
        return false;
    intent->ids_seen = calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof(*intent->ids_seen));
    scan->memory_short |= !intent->ids_seen;
    cJSON_ArrayForEach(id, list)
    {
        if (!json_text(id) || !intent->ids_seen)
            return false;
        intent->ids_seen[intent->ids_count++] = copy(scan, json_text(id));
    }
    return true;
}

static char *copy_tree(struct scan *scan, const cJSON *tree)
{
    struct buf text = BUF_INIT;
    char *copied;

    if (!tree)
        return NULL;
    json_add_tree(&text, tree);
    copied = buf_take(&text);
    scan->memory_short |= !copied;
    return copied;
}

static bool read_intent(struct scan *scan, const cJSON *line, struct journal_intent *intent)
{
    const char *plan_name = json_text(json_member(line, "planName"));
    const char *endpoint = json_text(json_member(line, "endpoint"));

    if (!plan_name || !endpoint)
        return false;
    intent->plan_name = copy(scan, plan_name);
    intent->endpoint = copy(scan, endpoint);
    intent->scheme = copy(scan, json_text(json_member(line, "scheme")));
    intent->region = copy(scan, json_text(json_member(line, "region")));
    intent->instances = copy_tree(scan, json_member(line, "instances"));
    intent->seen_all = cJSON_IsTrue(json_member(line, "seenAll"));
    return read_fixed(line, "nonce", intent->nonce, sizeof(intent->nonce)) &&
           read_fixed(line, "time", intent->time, sizeof(intent->time)) &&
           read_fixed(line, "bodyHash", intent->body_hash, sizeof(intent->body_hash)) &&
           read_ids(scan, json_member(line, "idsSeen"), intent);
}

static bool take_intent(struct scan *scan, const cJSON *line)
{
    struct journal_intent intent = {.plan_name = NULL};
    struct journal_intent *longer = NULL;

    if (read_intent(scan, line, &intent)) {
        longer = realloc(scan->open, (scan->count + 1) * sizeof(*longer));
        scan->memory_short |= !longer;
    }
    if (!longer) {
        journal_intent_release(&intent);
        return false;
    }
    longer[scan->count++] = intent;
    scan->open = longer;
    return true;
}

static void add_created(struct scan *scan, const struct journal_intent *intent, const cJSON *line)
{
    struct journal_created_list *list = scan->created;
    struct journal_created *room = list->items;

    /* Doubles whenever the count is a power of two. */
    if ((list->count & (list->count - 1)) == 0)
        room = reallocarray(list->items, list->count > 0 ? 2 * list->count : 1, sizeof(*room));
    if (!room) {
        scan->memory_short = true;
        return;
    }
    list->items = room;
    room += list->count;
    *room = (struct journal_created){.endpoint = copy(scan, intent->endpoint)};
    memcpy(room->body_hash, intent->body_hash, sizeof(room->body_hash));
    (void)read_fixed(line, "planId", room->plan_id, sizeof(room->plan_id));
    (void)read_fixed(line, "time", room->time, sizeof(room->time));
    list->count++;
}

static void note_created(struct scan *scan, const char *nonce, const cJSON *line)
{
    for (size_t i = 0; i < scan->count && !scan->memory_short; i++)
        if (strcmp(scan->open[i].nonce, nonce) == 0)
            add_created(scan, &scan->open[i], line);
}

static bool take_outcome(struct scan *scan, const cJSON *line)
{
    const char *nonce = json_text(json_member(line, "nonce"));
    const char *word = json_text(json_member(line, "outcome"));

    if (!nonce || !word)
        return false;
    if (scan->created && strcmp(word, "created") == 0)
        note_created(scan, nonce, line);
    if (strcmp(word, "unknown") != 0)
        close_intents(scan, nonce);
    return true;
}

static void read_line(struct scan *scan, const char *text, size_t length)
{
    struct error err = {.kind = ERROR_NONE};
    cJSON *line = json_parse(text, length, &err);
    const char *type = json_text(json_member(line, "type"));
    bool understood = false;

    scan->memory_short |= err.kind == ERROR_MEMORY;
    if (type && strcmp(type, "intent") == 0)
        understood = take_intent(scan, line);
    else if (type && strcmp(type, "outcome") == 0)
        understood = take_outcome(scan, line);
    scan->broken += !understood;
    cJSON_Delete(line);
}

static void read_lines(struct scan *scan, const struct buf *text)
{
    const char *at = buf_text(text), *end = at + text->length;
    struct settled settled = {.lines = NULL};
    size_t passed = 0;

    /* What was created is told by lines that are settled. */
    scan->memory_short |= !scan->created && !settled_find(&settled, at, text->length);
    while (at < end && !scan->memory_short) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *line_end = newline ? newline : end;

        if (passed < settled.count && settled.lines[passed] == at)
            passed++;
        else if (line_end > at)
            read_line(scan, at, (size_t)(line_end - at));
        at = newline ? newline + 1 : end;
    }
    settled_release(&settled);
}

static bool is_absent(const char *path)
{
    struct stat facts;

    return stat(path, &facts) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

static bool read_all(struct journal *journal, struct scan *scan, struct error *err)
{
    const char *path = buf_text(&journal->path);
    struct buf text;
    bool done;

    if (!journal_flush(journal, err))
        return false;
    buf_init(&text, JOURNAL_MAX);
    done = is_absent(path) || file_read(path, JOURNAL_MAX, &text, NULL, err);
    if (done)
        read_lines(scan, &text);
    buf_release(&text);
    if (!scan->memory_short)
        return done;
    close_intents(scan, NULL);
    return error_memory(err);
}

bool journal_open_intents(struct journal *journal, struct journal_intent **intents, size_t *count,
                          size_t *broken, struct error *err)
{
    struct scan scan = {.open = NULL};
    bool done = read_all(journal, &scan, err);

    if (scan.count == 0) {
        free(scan.open);
        scan.open = NULL;
    }
    *intents = scan.open;
    *count = scan.count;
    if (broken)
        *broken = scan.broken;
    return done;
}

static int compare_created(const void *left, const void *right)
{
    const struct journal_created *a = left, *b = right;
    int order = strcmp(a->body_hash, b->body_hash);

    return order != 0 ? order : strcmp(a->endpoint, b->endpoint);
}

bool journal_read_created(struct journal *journal, struct journal_created_list *out, struct error *err)
{
    struct scan scan = {.created = out};
    bool done;

    *out = (struct journal_created_list){0};
    done = read_all(journal, &scan, err);
    close_intents(&scan, NULL);
    free(scan.open);
    if (!done)
        journal_created_release(out);
    else if (out->count > 1)
        qsort(out->items, out->count, sizeof(*out->items), compare_created);
    return done;
}

void journal_created_release(struct journal_created_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].endpoint);
    free(list->items);
    *list = (struct journal_created_list){0};
}

const struct journal_created *journal_created_find(const struct journal_created_list *list,
                                                   const char *body_hash, const char *endpoint)
{
    struct journal_created wanted = {.endpoint = text_copy(endpoint)};
    const struct journal_created *found = NULL;

    snprintf(wanted.body_hash, sizeof(wanted.body_hash), "%s", body_hash);
    if (wanted.endpoint && list->count > 0)
        found = bsearch(&wanted, list->items, list->count, sizeof(*list->items), compare_created);
    free(wanted.endpoint);
    return found;
}
