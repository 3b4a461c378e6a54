#include "api/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"

#define JOURNAL_MAX ((size_t)64 << 20)

struct journal {
    struct host *host;
    struct buf folder; /* to be made with the first line; empty: it is the caller's affair */
    struct buf path;
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
    *journal = (struct journal){.host = host, .folder = BUF_INIT, .path = BUF_INIT};
    if (choose_place(journal, path, err))
        return journal;
    journal_close(journal);
    return NULL;
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    buf_release(&journal->folder);
    buf_release(&journal->path);
    free(journal);
}

void journal_intent_release(struct journal_intent *intent)
{
    free(intent->plan_name);
    free(intent->endpoint);
    free(intent->region);
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

static void begin_line(const struct journal *journal, struct buf *line, const char *type, const char *time)
{
    *line = BUF_INIT;
    if (last_line_is_cut(buf_text(&journal->path)))
        buf_add_char(line, '\n');
    buf_addf(line, "{\"type\":\"%s\",\"time\":\"%s\"", type, time);
}

static void add_member(struct buf *line, const char *name, const char *text)
{
    if (!text)
        return;
    buf_addf(line, ",\"%s\":", name);
    json_add_string(line, text);
}

static bool append_line(struct journal *journal, struct buf *line, struct error *err)
{
    bool done;

    buf_add_text(line, "}\n");
    done = (!line->failed || error_memory(err)) &&
           (journal->folder.length == 0 || file_make_folder(buf_text(&journal->folder), err)) &&
           file_append(buf_text(&journal->path), buf_text(line), line->length, err);
    buf_release(line);
    return done;
}

bool journal_write_intent(struct journal *journal, const struct journal_intent *intent, struct error *err)
{
    struct buf line;

    begin_line(journal, &line, "intent", intent->time);
    add_member(&line, "nonce", intent->nonce);
    add_member(&line, "bodyHash", intent->body_hash);
    add_member(&line, "planName", intent->plan_name);
    add_member(&line, "endpoint", intent->endpoint);
    add_member(&line, "region", intent->region);
    buf_add_text(&line, ",\"idsSeen\":[");
    for (size_t i = 0; i < intent->ids_count; i++) {
        if (i > 0)
            buf_add_char(&line, ',');
        json_add_string(&line, intent->ids_seen[i]);
    }
    buf_add_char(&line, ']');
    return append_line(journal, &line, err);
}

bool journal_write_outcome(struct journal *journal, const char *nonce, const char *outcome_word,
                           const char *plan_id, const char *request_id, struct error *err)
{
    struct buf line;
    char time[21];

    host_time_text(journal->host->now(journal->host), time);
    begin_line(journal, &line, "outcome", time);
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

static bool read_intent(struct scan *scan, const cJSON *line, struct journal_intent *intent)
{
    const char *plan_name = json_text(json_member(line, "planName"));
    const char *endpoint = json_text(json_member(line, "endpoint"));

    if (!plan_name || !endpoint)
        return false;
    intent->plan_name = copy(scan, plan_name);
    intent->endpoint = copy(scan, endpoint);
    intent->region = copy(scan, json_text(json_member(line, "region")));
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

static bool take_outcome(struct scan *scan, const cJSON *line)
{
    const char *nonce = json_text(json_member(line, "nonce"));
    const char *word = json_text(json_member(line, "outcome"));

    if (!nonce || !word)
        return false;
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

    while (at < end && !scan->memory_short) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *line_end = newline ? newline : end;

        if (line_end > at)
            read_line(scan, at, (size_t)(line_end - at));
        at = newline ? newline + 1 : end;
    }
}

static bool is_absent(const char *path)
{
    struct stat facts;

    return stat(path, &facts) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

bool journal_open_intents(struct journal *journal, struct journal_intent **intents, size_t *count,
                          size_t *broken, struct error *err)
{
    struct scan scan = {.open = NULL};
    struct buf text = BUF_INIT;
    const char *path = buf_text(&journal->path);
    bool done;

    buf_init(&text, JOURNAL_MAX);
    done = is_absent(path) || file_read(path, JOURNAL_MAX, &text, NULL, err);
    if (done)
        read_lines(&scan, &text);
    buf_release(&text);
    if (scan.memory_short) {
        close_intents(&scan, NULL);
        done = error_memory(err);
    }
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
