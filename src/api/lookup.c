#include "api/lookup.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/answer.h"
#include "api/lookup_list.h"
#include "api/proxy.h"
#include "api/say.h"
#include "base/buf.h"
#include "base/json.h"

/* Pages at most, whatever the service says about their number. */
enum { PAGES_MAX = 200 };

/* Throttled: how often to try again, and how long to wait. */
enum {
    THROTTLES_MAX = 4,
    THROTTLE_WAIT_MS = 500,
    THROTTLE_WAIT_LEAST_MS = 100,
    THROTTLE_WAIT_MAX_MS = 10000
};

/* Where the regions are asked for when nothing is known yet. */
#define FIRST_REGION "cn-hangzhou"

/* One question and what is known about it; kept for the next who asks. */
struct entry {
    struct lookups *owner;
    struct entry *next;
    struct lookup *watchers;
    char *key;
    enum lookup_kind kind;
    char *region, *parent, *filter; /* "" where there is none */
    struct client client;
    struct error unusable; /* why the client cannot ask; ERROR_NONE: it can */

    struct request request;
    struct transfer *transfer;
    int page;
    char *token; /* of the page that is asked for; NULL: the first */
    int64_t fetched;
    bool replacing; /* the rows are of an earlier time: the first page takes their place */
    int throttles;
    int64_t wait_until; /* ticks; -1: does not wait */

    struct lookup_answer answer;
    struct lookup_list list;
    struct lookup_instance instance;
    char why[400];
    char denied_action[128];
    int telling; /* being told to the watchers: not to be freed */
};

struct lookup {
    struct entry *entry;
    struct lookup *next;
    lookup_changed *changed;
    void *context;
    unsigned told; /* the revision it knows */
};

struct lookups {
    struct transport *transport;
    struct host *host;
    struct entry *entries;
};

/* ---- Entries ---- */

static void page_done(void *context, const struct transfer_result *result);

static void stop_asking(struct entry *entry)
{
    if (entry->transfer)
        transport_cancel(entry->owner->transport, entry->transfer);
    entry->wait_until = -1;
}

static void entry_free(struct entry *entry)
{
    stop_asking(entry);
    lookup_list_release(&entry->list);
    free(entry->key);
    free(entry->region);
    free(entry->parent);
    free(entry->filter);
    free(entry->token);
    free(entry);
}

static void entry_drop(struct entry *entry)
{
    struct entry **link = &entry->owner->entries;

    while (*link != entry)
        link = &(*link)->next;
    *link = entry->next;
    entry_free(entry);
}

/* Nobody looks any more: what is not a whole answer, or soon an old one, goes. */
static void entry_leave(struct entry *entry)
{
    bool whole = entry->answer.state == LOOKUP_DONE && lookup_requests[entry->kind].kept;

    if (!entry->watchers && entry->telling == 0 && !whole)
        entry_drop(entry);
}

static struct lookup *untold_watcher(const struct entry *entry)
{
    struct lookup *lookup = entry->watchers;

    while (lookup && lookup->told == entry->answer.revision)
        lookup = lookup->next;
    return lookup;
}

/* A watcher may stop itself and others while it is told, so each is looked for anew. */
static void tell(struct entry *entry)
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

static void publish(struct entry *entry)
{
    entry->answer.rows = entry->list.rows;
    entry->answer.count = entry->list.count;
    entry->answer.why = entry->why;
    entry->answer.denied_action = entry->denied_action;
    entry->answer.revision++;
}

static void finish(struct entry *entry)
{
    entry->answer.state = LOOKUP_DONE;
    if (!entry->answer.cut)
        entry->answer.total = (int64_t)entry->list.count;
    publish(entry);
}

static void fail(struct entry *entry, const char *why)
{
    struct error err;

    say(entry->why, sizeof(entry->why), "%s", why);
    if (!entry->why[0])
        snprintf(entry->why, sizeof(entry->why), "Memory is short.");
    entry->answer.state = LOOKUP_FAILED;
    if (entry->kind == LOOKUP_REGIONS && !lookup_list_add_regions(&entry->list, &err))
        say(entry->why, sizeof(entry->why), "%s", err.text);
    publish(entry);
}

/* ---- Asking ---- */

static void fail_with(struct entry *entry, const struct error *err)
{
    char why[sizeof(entry->why)];

    say(why, sizeof(why), "The %s cannot be asked for: %s.", lookup_shapes[entry->kind].plural, err->text);
    fail(entry, why);
}

static void add_parameter(struct parameter *parameters, size_t *count, const char *name, const char *value)
{
    if (name && value && *value)
        parameters[(*count)++] = (struct parameter){name, value};
}

static bool send_page(struct entry *entry, struct error *err)
{
    const struct lookup_request *row = &lookup_requests[entry->kind];
    const struct operation *operation = &operations[row->operation];
    const struct paging *paging = &operation->paging;
    struct parameter parameters[6];
    size_t count = 0;
    char number[16];

    snprintf(number, sizeof(number), "%d", entry->page);
    add_parameter(parameters, &count, row->parent, entry->parent);
    add_parameter(parameters, &count, row->filter, entry->filter);
    add_parameter(parameters, &count, operation->style == STYLE_RPC ? "RegionId" : NULL, entry->region);
    add_parameter(parameters, &count, paging->page, paging->kind == PAGING_TOKENS ? entry->token : number);
    add_parameter(parameters, &count, paging->size, paging->rows);
    if (!client_prepare(&entry->client, row->operation, parameters, count, NULL, 0, &entry->request, NULL,
                        err))
        return false;
    entry->transfer = transport_start(entry->owner->transport, &entry->request, page_done, entry, err);
    if (!entry->transfer)
        request_release(&entry->request);
    return entry->transfer != NULL;
}

static void ask_page(struct entry *entry)
{
    struct error err;

    entry->wait_until = -1;
    if (!send_page(entry, &err))
        fail_with(entry, &err);
}

static void ask_from_the_start(struct entry *entry)
{
    stop_asking(entry);
    free(entry->token);
    entry->token = NULL;
    entry->page = 1;
    entry->fetched = 0;
    entry->throttles = 0;
    entry->replacing = true;
    entry->why[0] = '\0';
    entry->denied_action[0] = '\0';
    entry->answer.state = LOOKUP_LOADING;
    entry->answer.total = -1;
    entry->answer.cut = false;
    entry->answer.not_found = false;
    entry->answer.instance = NULL;
    publish(entry);
    if (entry->unusable.kind != ERROR_NONE)
        fail_with(entry, &entry->unusable);
    else
        ask_page(entry);
}

/* ---- Pages ---- */

static bool keep_token(struct entry *entry, const char *next, bool *more, struct error *err)
{
    char *copy;

    *more = next && *next && (!entry->token || strcmp(entry->token, next) != 0);
    if (!*more)
        return true;
    copy = text_copy(next);
    if (!copy)
        return error_memory(err);
    free(entry->token);
    entry->token = copy;
    return true;
}

/* Whether another page is to be asked for. One that is empty, or has nothing new, is the last whatever else
 * is said. */
static bool plan_next_page(struct entry *entry, const struct paging *paging, const cJSON *data, size_t added,
                           bool *more, struct error *err)
{
    *more = added > 0;
    if (paging->kind == PAGING_NONE)
        *more = false;
    else if (paging->kind == PAGING_NUMBERS)
        *more = *more && (entry->answer.total < 0 || entry->fetched < entry->answer.total);
    else if (*more && !keep_token(entry, json_text(json_member(data, paging->next)), more, err))
        return false;
    entry->answer.cut = *more && (entry->page >= PAGES_MAX || entry->list.count >= LOOKUP_ROWS_MAX);
    *more = *more && !entry->answer.cut;
    entry->page++;
    return true;
}

static bool add_rows(struct entry *entry, const cJSON *items, size_t *added, struct error *err)
{
    const cJSON *item;
    bool is_new;

    *added = 0;
    cJSON_ArrayForEach(item, items)
    {
        if (entry->list.count >= LOOKUP_ROWS_MAX)
            break;
        if (!lookup_list_add(&entry->list, entry->kind, item, &is_new, err))
            return false;
        entry->fetched++;
        *added += is_new;
    }
    return true;
}

static bool take_page(struct entry *entry, const cJSON *data, bool *more, struct error *err)
{
    const struct paging *paging = &operations[lookup_requests[entry->kind].operation].paging;
    const cJSON *items = lookup_node(data, paging->list);
    int64_t total = -1;
    size_t added;

    if (paging->total && (!json_int64(json_member(data, paging->total), &total) || total < 0))
        total = -1;
    if (!cJSON_IsArray(items) && total != 0)
        return error_set(err, ERROR_INPUT, "the answer holds no list of them");
    if (entry->replacing)
        lookup_list_release(&entry->list);
    entry->replacing = false;
    entry->answer.total = total;
    return add_rows(entry, items, &added, err) && plan_next_page(entry, paging, data, added, more, err);
}

static void take_list(struct entry *entry, const cJSON *data)
{
    struct error err;
    bool more = false;

    if (!take_page(entry, data, &more, &err)) {
        fail_with(entry, &err);
    } else if (more) {
        publish(entry);
        ask_page(entry);
    } else {
        finish(entry);
    }
}

static void take_instance(struct entry *entry, const cJSON *data)
{
    if (!lookup_instance_read(data, &entry->instance)) {
        fail(entry, "The answer about the instance cannot be understood.");
        return;
    }
    entry->answer.instance = &entry->instance;
    finish(entry);
}

/* ---- Refusals ---- */

static bool is_denial(const struct answer *answer)
{
    return answer->access_denied || strcmp(answer->code, "Forbidden") == 0 ||
           strcmp(answer->code, "Forbidden.RAM") == 0 || strncmp(answer->code, "NoPermission", 12) == 0;
}

/* The action that RAM names, else the one that the reference names. */
static void name_denied_action(struct entry *entry, const struct answer *answer)
{
    struct error err;
    cJSON *detail =
        answer->access_denied ? json_parse(answer->access_denied, strlen(answer->access_denied), &err) : NULL;
    const char *action = json_text(json_member(detail, "AuthAction"));

    say(entry->denied_action, sizeof(entry->denied_action), "%s",
        action && *action ? action : operations[lookup_requests[entry->kind].operation].ram_action);
    cJSON_Delete(detail);
}

/* Instance.NotFound, InvalidVpcId.NotFound, Forbidden.VpcNotFound; others are about keys and operations. */
static bool is_missing_parent(const struct entry *entry, const char *code)
{
    enum lookup_parent parent = lookup_shapes[entry->kind].parent;

    if (parent == LOOKUP_PARENT_INSTANCE)
        return strcmp(code, "Instance.NotFound") == 0;
    return parent == LOOKUP_PARENT_VPC_OR_NONE && strstr(code, "Vpc") && strstr(code, "NotFound");
}

static void take_refusal(struct entry *entry, const struct answer *answer)
{
    const char *message = answer->message ? answer->message : "";
    char why[sizeof(entry->why)];

    if (is_denial(answer)) {
        name_denied_action(entry, answer);
        say(why, sizeof(why), "No permission: RAM must grant %s.", entry->denied_action);
    } else if (is_missing_parent(entry, answer->code)) {
        entry->answer.not_found = true;
        say(why, sizeof(why), "There is no %s %s in %s.",
            lookup_shapes[entry->kind].parent == LOOKUP_PARENT_INSTANCE ? "instance" : "VPC", entry->parent,
            entry->region);
    } else {
        say(why, sizeof(why), "The service answered HTTP %d, %s%s%s", answer->status, answer->code,
            *message ? ": " : ".", message);
    }
    fail(entry, why);
}

static void take_throttling(struct entry *entry, int64_t retry_after)
{
    int64_t wait = retry_after >= 0 ? retry_after : (int64_t)THROTTLE_WAIT_MS << entry->throttles;

    if (entry->throttles >= THROTTLES_MAX || wait > THROTTLE_WAIT_MAX_MS) {
        fail(entry, "The service throttles requests: try again in a while.");
        return;
    }
    entry->throttles++;
    wait = wait < THROTTLE_WAIT_LEAST_MS ? THROTTLE_WAIT_LEAST_MS : wait;
    entry->wait_until = entry->owner->host->ticks(entry->owner->host) + wait;
}

static void take_unreadable(struct entry *entry, const struct answer *answer)
{
    char why[sizeof(entry->why)];

    if (answer->code)
        say(why, sizeof(why), "The service answered HTTP %d, %s.", answer->status, answer->code);
    else
        say(why, sizeof(why), "The answer of the service cannot be used: %s.", answer->unreadable);
    fail(entry, why);
}

static void take_answer(struct entry *entry, const struct answer *answer)
{
    switch (answer->kind) {
    case ANSWER_SUCCESS:
        if (entry->kind == LOOKUP_INSTANCE)
            take_instance(entry, answer->data);
        else
            take_list(entry, answer->data);
        break;
    case ANSWER_REFUSED:
        take_refusal(entry, answer);
        break;
    case ANSWER_THROTTLED:
        take_throttling(entry, answer->retry_after);
        break;
    case ANSWER_UNREADABLE:
        take_unreadable(entry, answer);
        break;
    }
}

static void page_done(void *context, const struct transfer_result *result)
{
    struct entry *entry = context;
    enum operation_style style = operations[lookup_requests[entry->kind].operation].style;
    struct answer answer = {0};
    struct error err;

    entry->transfer = NULL;
    request_release(&entry->request);
    switch (result->end) {
    case TRANSFER_CANCELLED_NOT_SENT:
    case TRANSFER_CANCELLED_SENT:
        return;
    case TRANSFER_NOT_SENT:
    case TRANSFER_BROKEN:
        fail(entry, result->reason);
        break;
    case TRANSFER_ANSWERED:
        if (answer_read_style(&result->response, style, &answer, &err))
            take_answer(entry, &answer);
        else
            fail_with(entry, &err);
        answer_release(&answer);
        break;
    }
    tell(entry);
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
static void entry_aim(struct entry *entry, const struct client *client)
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

static struct entry *entry_find(const struct lookups *lookups, const char *key)
{
    struct entry *entry = lookups->entries;

    while (entry && strcmp(entry->key, key) != 0)
        entry = entry->next;
    return entry;
}

/* Takes key over. */
static struct entry *entry_new(struct lookups *lookups, const struct lookup_question *question, char *key,
                               struct error *err)
{
    struct entry *entry = calloc(1, sizeof(*entry));

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

static struct entry *entry_for(struct lookups *lookups, const struct lookup_source *source,
                               const struct lookup_question *question, bool *is_new, struct error *err)
{
    char *key = make_key(source, question);
    struct entry *entry;

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

static void watchers_free(struct entry *entry)
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

    for (const struct entry *entry = lookups->entries; entry; entry = entry->next) {
        int64_t left = entry->wait_until - now;

        if (entry->wait_until < 0)
            continue;
        left = left < 0 ? 0 : left;
        if (timeout < 0 || left < timeout)
            timeout = left;
    }
    return (int)timeout;
}

static struct entry *entry_due(const struct lookups *lookups, int64_t now)
{
    struct entry *entry = lookups->entries;

    while (entry && (entry->wait_until < 0 || entry->wait_until > now))
        entry = entry->next;
    return entry;
}

void lookups_tick(struct lookups *lookups)
{
    int64_t now = lookups->host->ticks(lookups->host);
    struct entry *entry;

    while ((entry = entry_due(lookups, now))) {
        ask_page(entry);
        tell(entry);
    }
}

size_t lookups_running(const struct lookups *lookups)
{
    size_t count = 0;

    for (const struct entry *entry = lookups->entries; entry; entry = entry->next)
        count += entry->answer.state == LOOKUP_LOADING;
    return count;
}

void lookups_forget(struct lookups *lookups)
{
    struct entry **link = &lookups->entries;

    while (*link) {
        struct entry *entry = *link;

        if (entry->watchers || entry->telling > 0) {
            link = &entry->next;
            continue;
        }
        *link = entry->next;
        entry_free(entry);
    }
}

struct lookup *lookup_start(struct lookups *lookups, const struct lookup_source *source,
                            const struct lookup_question *question, lookup_changed *changed, void *context,
                            struct error *err)
{
    struct lookup *lookup = calloc(1, sizeof(*lookup));
    struct entry *entry = NULL;
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
        ask_from_the_start(entry);
    }
    *lookup = (struct lookup){entry, entry->watchers, changed, context, entry->answer.revision};
    entry->watchers = lookup;
    return lookup;
}

void lookup_stop(struct lookup *lookup)
{
    struct lookup **link;
    struct entry *entry;

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
    ask_from_the_start(lookup->entry);
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
