#include "fuzz.h"

#include "api/denied.h"
#include "api/explain.h"
#include "api/look.h"
#include "api/lookup_list.h"
#include "base/clean.h"
#include "base/json.h"
#include "base/utf8.h"

/*
 * What a server may answer. Byte 0 chooses the status, byte 1 the style, the
 * operation and a header; the rest is the body, read as the answer to sending,
 * to a look, and to each list that can be picked from.
 */

static const int statuses[] = {200, 200, 201, 204, 302, 400, 401, 403, 404, 409, 429, 500, 502, 503, 504, 0};

static const char *const headers[][2] = {{"Date", "Thu, 26 Oct 2023 10:22:32 GMT"},
                                         {"date", "Thu, 99 Oct 2023 10:22:32 GMT"},
                                         {"Retry-After", "3"},
                                         {"retry-after", "99999999999999999999"},
                                         {"x-acs-request-id", "R-1"},
                                         {"x-acs-request-id", "\x1b[31m"},
                                         {"Content-Type", "text/html"},
                                         {"Retry-After", "-1"}};

static void text_holds(const char *text)
{
    HOLDS(!text || utf8_valid(text, strlen(text)), "broken text: %s", text);
}

static void answer_holds(const struct answer *answer)
{
    char id[24] = "", field[64];
    const char *named;

    text_holds(answer->code);
    text_holds(answer->message);
    text_holds(answer->request_id);
    text_holds(answer->dynamic_code);
    text_holds(answer->dynamic_message);
    text_holds(answer->recommend);
    text_holds(answer->access_denied);
    HOLDS(answer->kind != ANSWER_SUCCESS || (answer->status >= 200 && answer->status < 300 && answer->data),
          "status %d is a success", answer->status);
    HOLDS(answer->kind != ANSWER_REFUSED || (answer->code && answer->status < 500), "status %d is a refusal",
          answer->status);
    HOLDS((answer->kind == ANSWER_UNREADABLE) == (answer->unreadable[0] != '\0'), "kind %d, '%s'",
          answer->kind, answer->unreadable);
    HOLDS(answer->retry_after >= -1, "wait %lld ms", (long long)answer->retry_after);
    if (answer->kind == ANSWER_SUCCESS && answer_plan_id(answer, id))
        HOLDS(strlen(id) > 0 && strlen(id) < 20 && strspn(id, "0123456789") == strlen(id), "plan %s", id);
    named = answer_field(answer, field);
    HOLDS(!named || *named, "a field without a name");
}

/* What is said about it can be shown. */
static void words_hold(const struct answer *answer, enum operation_id operation)
{
    struct explain_context context = {
        .operation = operation, .now = 1700000000, .access_key_id = "id-of-a-key"};
    struct denial denial;
    struct buf lines = BUF_INIT;
    char advice[512];

    context.instances = json_member(answer->data, "instances");
    explain_advice(answer, &context, advice, sizeof(advice));
    HOLDS(clean_is_clean(advice, strlen(advice)), "advice '%s'", advice);
    explain_details(answer, &context, &lines);
    if (denial_read(answer, operation, &denial)) {
        HOLDS(clean_is_clean(denial.action, strlen(denial.action)), "action '%s'", denial.action);
        HOLDS(clean_is_clean(denial.principal, strlen(denial.principal)), "principal '%s'", denial.principal);
        HOLDS(clean_is_clean(denial.policy_type, strlen(denial.policy_type)), "policy '%s'",
              denial.policy_type);
        buf_clear(&lines);
        denial_write(&denial, context.instances, "ops", &lines);
        HOLDS(!lines.failed && lines.length > 0, "a denial without words");
    }
    buf_release(&lines);
}

static void look_holds(const cJSON *data)
{
    struct look look = {.plan_name = "orders", .instances = json_member(data, "instances")};
    struct error err = {0};
    bool more = false;
    char words[256];

    look_begin(&look, false);
    if (look_take(&look, data, &more, &err)) {
        look_begin(&look, true);
        HOLDS(look_take(&look, data, &more, &err) || look.unreadable, "%s", err.text);
        /* What was there before the sending is nothing that the sending made. */
        HOLDS(look.ours.count == 0 && look.others.count == 0, "%zu and %zu new plans", look.ours.count,
              look.others.count);
    } else {
        HOLDS(err.kind == ERROR_INPUT, "%s", err.text);
    }
    plan_ids_write(&look.seen, words, sizeof(words));
    if (look.seen.count > 0)
        HOLDS(words[0] && utf8_valid(words, strlen(words)), "'%s'", words);
    look_release(&look);
}

static void list_holds(enum lookup_kind kind, const cJSON *data)
{
    const struct paging *paging = &operations[lookup_requests[kind].operation].paging;
    const cJSON *item, *items = paging->list ? lookup_node(data, paging->list) : NULL;
    struct lookup_list list = {0};
    struct error err = {0};

    cJSON_ArrayForEach(item, items)
    {
        size_t before = list.count;
        bool added;

        HOLDS(lookup_list_add(&list, kind, item, &added, &err), "%s", err.text);
        HOLDS(list.count == before + added, "%zu rows", list.count);
    }
    for (size_t i = 0; i < list.count; i++) {
        for (int cell = 0; cell < LOOKUP_CELLS_MAX && lookup_shapes[kind].headings[cell]; cell++)
            HOLDS(list.rows[i].cells[cell], "row %zu has no cell %d", i, cell);
        HOLDS(lookup_list_find(&list, list.rows[i].cells[0]) == &list.rows[i],
              "%s is there twice, or not at all", list.rows[i].cells[0]);
    }
    lookup_list_release(&list);
}

static void instance_holds(const cJSON *data)
{
    struct lookup_instance instance;

    if (!lookup_instance_read(data, &instance))
        return;
    text_holds(instance.instance_id);
    text_holds(instance.name);
    text_holds(instance.region);
    text_holds(instance.status);
    text_holds(instance.user_name);
    text_holds(instance.vpc_endpoint);
    text_holds(instance.internet_endpoint);
    HOLDS(strlen(instance.instance_id) < sizeof(instance.instance_id), "an id without an end");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct feed feed = {data, size};
    unsigned first = feed_byte(&feed), second = feed_byte(&feed);
    struct response response;
    struct answer answer;
    struct error err = {0};

    response_init(&response);
    response.status = statuses[first & 0x0F];
    for (unsigned i = 0; i < 4; i++)
        if (first & 0x10u << i)
            HOLDS(pairs_add(&response.headers, headers[(second + i) & 7][0], headers[(second + i) & 7][1],
                            &err),
                  "%s", err.text);
    if (feed.left > 0)
        buf_add(&response.body, feed.bytes, feed.left);
    HOLDS(answer_read_style(&response, second & 0x80 ? STYLE_RPC : STYLE_ROA, &answer, &err), "%s", err.text);
    answer_holds(&answer);
    words_hold(&answer, (enum operation_id)((second >> 3 & 0x0F) % OPERATION_COUNT));
    if (answer.data) {
        look_holds(answer.data);
        for (int kind = 0; kind < LOOKUP_KIND_COUNT; kind++)
            list_holds((enum lookup_kind)kind, answer.data);
        instance_holds(answer.data);
        look_same_instances(json_member(answer.data, "instances"), json_member(answer.data, "list"));
    }
    answer_release(&answer);
    response_release(&response);
    return 0;
}
