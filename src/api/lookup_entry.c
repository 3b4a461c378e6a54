#include "api/lookup_entry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/answer.h"
#include "api/say.h"
#include "base/json.h"

/* Asking one question, page after page, and what the answers say. */

/* Pages at most, whatever the service says about their number. */
enum { PAGES_MAX = 200 };

/* Throttled: how often to try again, and how long to wait. */
enum {
    THROTTLES_MAX = 4,
    THROTTLE_WAIT_MS = 500,
    THROTTLE_WAIT_LEAST_MS = 100,
    THROTTLE_WAIT_MAX_MS = 10000
};

static void publish(struct lookup_entry *entry)
{
    entry->answer.rows = entry->list.rows;
    entry->answer.count = entry->list.count;
    entry->answer.why = entry->why;
    entry->answer.denied_action = entry->denied_action;
    entry->answer.revision++;
}

static void finish(struct lookup_entry *entry)
{
    entry->answer.state = LOOKUP_DONE;
    if (!entry->answer.cut)
        entry->answer.total = (int64_t)entry->list.count;
    publish(entry);
}

static void fail(struct lookup_entry *entry, const char *why)
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

void lookup_entry_stop(struct lookup_entry *entry)
{
    if (entry->transfer)
        transport_cancel(entry->owner->transport, entry->transfer);
    entry->wait_until = -1;
}

static void fail_with(struct lookup_entry *entry, const struct error *err)
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

static void page_done(void *context, const struct transfer_result *result);

static bool send_page(struct lookup_entry *entry, struct error *err)
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

void lookup_entry_ask_page(struct lookup_entry *entry)
{
    struct error err;

    entry->wait_until = -1;
    if (!send_page(entry, &err))
        fail_with(entry, &err);
}

void lookup_entry_start(struct lookup_entry *entry)
{
    lookup_entry_stop(entry);
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
        lookup_entry_ask_page(entry);
}

/* ---- Pages ---- */

static bool keep_token(struct lookup_entry *entry, const char *next, bool *more, struct error *err)
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
static bool plan_next_page(struct lookup_entry *entry, const struct paging *paging, const cJSON *data,
                           size_t added, bool *more, struct error *err)
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

static bool add_rows(struct lookup_entry *entry, const cJSON *items, size_t *added, struct error *err)
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

static bool take_page(struct lookup_entry *entry, const cJSON *data, bool *more, struct error *err)
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

static void take_list(struct lookup_entry *entry, const cJSON *data)
{
    struct error err;
    bool more = false;

    if (!take_page(entry, data, &more, &err)) {
        fail_with(entry, &err);
    } else if (more) {
        publish(entry);
        lookup_entry_ask_page(entry);
    } else {
        finish(entry);
    }
}

static void take_instance(struct lookup_entry *entry, const cJSON *data)
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
static void name_denied_action(struct lookup_entry *entry, const struct answer *answer)
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
static bool is_missing_parent(const struct lookup_entry *entry, const char *code)
{
    enum lookup_parent parent = lookup_shapes[entry->kind].parent;

    if (parent == LOOKUP_PARENT_INSTANCE)
        return strcmp(code, "Instance.NotFound") == 0;
    return parent == LOOKUP_PARENT_VPC_OR_NONE && strstr(code, "Vpc") && strstr(code, "NotFound");
}

static void take_refusal(struct lookup_entry *entry, const struct answer *answer)
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

static void take_throttling(struct lookup_entry *entry, int64_t retry_after)
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

static void take_unreadable(struct lookup_entry *entry, const struct answer *answer)
{
    char why[sizeof(entry->why)];

    if (answer->code)
        say(why, sizeof(why), "The service answered HTTP %d, %s.", answer->status, answer->code);
    else
        say(why, sizeof(why), "The answer of the service cannot be used: %s.", answer->unreadable);
    fail(entry, why);
}

static void take_answer(struct lookup_entry *entry, const struct answer *answer)
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
    struct lookup_entry *entry = context;
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
    lookup_entry_tell(entry);
}
