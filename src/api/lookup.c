#include "api/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "api/lookup_entry.h"
#include "api/proxy.h"
#include "base/buf.h"

/* What is asked for, by whom, and what is kept. */

/* Where the regions are asked for when nothing is known yet. */
#define FIRST_REGION "cn-hangzhou"

struct lookup {
    struct lookup_entry *entry;
    struct lookup *next;
    lookup_changed *changed;
    void *context;
    unsigned told; /* the revision it knows */
};

/* ---- Entries ---- */

static void entry_free(struct lookup_entry *entry)
{
    lookup_entry_stop(entry);
    lookup_list_release(&entry->list);
    free(entry->key);
    free(entry->region);
    free(entry->parent);
    free(entry->filter);
    free(entry->token);
    free(entry);
}

static void entry_drop(struct lookup_entry *entry)
{
    struct lookup_entry **link = &entry->owner->entries;

    while (*link != entry)
        link = &(*link)->next;
    *link = entry->next;
    entry_free(entry);
}

/* Nobody looks any more: what is not a whole answer, or soon an old one, goes. */
static void entry_leave(struct lookup_entry *entry)
{
    bool whole = entry->answer.state == LOOKUP_DONE && lookup_requests[entry->kind].kept;

    if (!entry->watchers && entry->telling == 0 && !whole)
        entry_drop(entry);
}

static struct lookup *untold_watcher(const struct lookup_entry *entry)
{
    struct lookup *lookup = entry->watchers;

    while (lookup && lookup->told == entry->answer.revision)
        lookup = lookup->next;
    return lookup;
}

/* A watcher may stop itself and others while it is told, so each is looked for anew. */
void lookup_entry_tell(struct lookup_entry *entry)
{
    struct lookup *lookup;

    entry->telling++;
    while ((lookup = untold_watcher(entry))) {
        lookup->told = entry->answer.revision;
        if (lookup->changed)
            lookup->changed(lookup->context, lookup);
    }
    entry->telling--;
    entry_leave(entry);
}

/* ---- What is kept ---- */

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static bool needs_region(const struct lookup_question *question)
{
    return !lookup_requests[question->kind].own_host;
}

/* Who is asked. What is wrong with the question is said in entry->unusable. */
static void entry_aim(struct lookup_entry *entry, const struct client *client)
{
    const char *product = operations[lookup_requests[entry->kind].operation].product;
    struct error *err = &entry->unusable;

    entry->client = *client;
    err->kind = ERROR_NONE;
    if (!client->credentials)
        error_set(err, ERROR_CREDENTIALS, "there are no credentials");
    else if (lookup_shapes[entry->kind].parent == LOOKUP_PARENT_INSTANCE && !entry->parent[0])
        error_set(err, ERROR_INPUT, "no instance is chosen yet");
    else if (entry->region[0])
        client_for_region(client, product, entry->region, &entry->client, err);
    else if (entry->kind == LOOKUP_REGIONS && !client->endpoint.host[0])
        client_for_region(client, product, FIRST_REGION, &entry->client, err);
    else if (!lookup_requests[entry->kind].own_host || !client->endpoint.host[0])
        error_set(err, ERROR_INPUT, "no region is chosen yet");
}

/* Answers are those of one profile at one host. Nothing in the parts can hold the separator but a filter,
 * which comes last. */
static char *make_key(const struct lookup_source *source, const struct lookup_question *question)
{
    const struct endpoint *endpoint = &source->client->endpoint;
    bool one_host = host_is_loopback(endpoint->host) || !needs_region(question);
    struct buf key = BUF_INIT;

    buf_addf(&key, "%s\n%s\n%s\n%d\n%s\n%s", or_empty(source->profile), one_host ? endpoint->host : "",
             or_empty(question->region), (int)question->kind, or_empty(question->parent),
             or_empty(question->filter));
    return buf_take(&key);
}

static struct lookup_entry *entry_find(const struct lookups *lookups, const char *key)
{
    struct lookup_entry *entry = lookups->entries;

    while (entry && strcmp(entry->key, key) != 0)
        entry = entry->next;
    return entry;
}

/* Takes key over. */
static struct lookup_entry *entry_new(struct lookups *lookups, const struct lookup_question *question,
                                      char *key, struct error *err)
{
    struct lookup_entry *entry = calloc(1, sizeof(*entry));

    if (!entry) {
        free(key);
        error_memory(err);
        return NULL;
    }
    entry->owner = lookups;
    entry->key = key;
    entry->kind = question->kind;
    entry->region = text_copy(or_empty(question->region));
    entry->parent = text_copy(or_empty(question->parent));
    entry->filter = text_copy(or_empty(question->filter));
    entry->wait_until = -1;
    if (!entry->region || !entry->parent || !entry->filter) {
        entry_free(entry);
        error_memory(err);
        return NULL;
    }
    entry->next = lookups->entries;
    lookups->entries = entry;
    return entry;
}

static struct lookup_entry *entry_for(struct lookups *lookups, const struct lookup_source *source,
                                      const struct lookup_question *question, bool *is_new, struct error *err)
{
    char *key = make_key(source, question);
    struct lookup_entry *entry;

    if (!key) {
        error_memory(err);
        return NULL;
    }
    entry = entry_find(lookups, key);
    *is_new = !entry;
    if (!entry)
        return entry_new(lookups, question, key, err);
    free(key);
    return entry;
}

/* ---- The outside ---- */

struct lookups *lookups_new(struct transport *transport, struct host *host, struct error *err)
{
    struct lookups *lookups = calloc(1, sizeof(*lookups));

    if (!lookups) {
        error_memory(err);
        return NULL;
    }
    lookups->transport = transport;
    lookups->host = host;
    return lookups;
}

static void watchers_free(struct lookup_entry *entry)
{
    while (entry->watchers) {
        struct lookup *lookup = entry->watchers;

        entry->watchers = lookup->next;
        free(lookup);
    }
}

void lookups_free(struct lookups *lookups)
{
    while (lookups && lookups->entries) {
        watchers_free(lookups->entries);
        entry_drop(lookups->entries);
    }
    free(lookups);
}

int lookups_timeout(const struct lookups *lookups)
{
    int64_t now = lookups->host->ticks(lookups->host);
    int64_t timeout = -1;

    for (const struct lookup_entry *entry = lookups->entries; entry; entry = entry->next) {
        int64_t left = entry->wait_until - now;

        if (entry->wait_until < 0)
            continue;
        left = left < 0 ? 0 : left;
        if (timeout < 0 || left < timeout)
            timeout = left;
    }
    return (int)timeout;
}

static struct lookup_entry *entry_due(const struct lookups *lookups, int64_t now)
{
    struct lookup_entry *entry = lookups->entries;

    while (entry && (entry->wait_until < 0 || entry->wait_until > now))
        entry = entry->next;
    return entry;
}

void lookups_tick(struct lookups *lookups)
{
    int64_t now = lookups->host->ticks(lookups->host);
    struct lookup_entry *entry;

    while ((entry = entry_due(lookups, now))) {
        lookup_entry_ask_page(entry);
        lookup_entry_tell(entry);
    }
}

size_t lookups_running(const struct lookups *lookups)
{
    size_t count = 0;

    for (const struct lookup_entry *entry = lookups->entries; entry; entry = entry->next)
        count += entry->answer.state == LOOKUP_LOADING;
    return count;
}

struct lookup *lookup_start(struct lookups *lookups, const struct lookup_source *source,
                            const struct lookup_question *question, lookup_changed *changed, void *context,
                            struct error *err)
{
    struct lookup *lookup = calloc(1, sizeof(*lookup));
    struct lookup_entry *entry = NULL;
    bool is_new;

    if (lookup)
        entry = entry_for(lookups, source, question, &is_new, err);
    else
        error_memory(err);
    if (!entry) {
        free(lookup);
        return NULL;
    }
    if (is_new || entry->answer.state == LOOKUP_FAILED) {
        entry_aim(entry, source->client);
        lookup_entry_start(entry);
    }
    *lookup = (struct lookup){entry, entry->watchers, changed, context, entry->answer.revision};
    entry->watchers = lookup;
    return lookup;
}

void lookup_stop(struct lookup *lookup)
{
    struct lookup **link;
    struct lookup_entry *entry;

    if (!lookup)
        return;
    entry = lookup->entry;
    link = &entry->watchers;
    while (*link != lookup)
        link = &(*link)->next;
    *link = lookup->next;
    free(lookup);
    entry_leave(entry);
}

void lookup_refresh(struct lookup *lookup)
{
    lookup_entry_start(lookup->entry);
    lookup->told = lookup->entry->answer.revision;
}

const struct lookup_answer *lookup_answer(const struct lookup *lookup)
{
    return &lookup->entry->answer;
}

const struct lookup_row *lookup_find(const struct lookup *lookup, const char *id)
{
    return lookup_list_find(&lookup->entry->list, id);
}
