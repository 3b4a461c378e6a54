#include "sandbox/service.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/excerpt.h"
#include "base/json.h"
#include "sandbox/body_check.h"
#include "sandbox/identity.h"
#include "sandbox/listing.h"
#include "sandbox/paging.h"
#include "sandbox/query.h"
#include "sandbox/routes.h"

enum { BIG_ANSWER = (1 << 20) + (1 << 19) };

bool service_open(struct service *service, struct host *host, const char *state_file, struct error *err)
{
    *service = (struct service){.host = host};
    return plans_open(&service->plans, state_file, err);
}

void service_release(struct service *service)
{
    plans_release(&service->plans);
    gateway_release(&service->gateway);
}

/* ---- The operations ---- */

static bool create_plan(struct service *service, const struct arrival *arrival, struct reply *reply,
                        struct refusal *refusal, struct error *err)
{
    cJSON *plan = body_check(&arrival->body, refusal, err);
    char digits[24];
    int64_t id;

    if (!plan)
        return false;
    if (!plans_create(&service->plans, plan, service->host, &id, err)) {
        if (err->kind == ERROR_FILE)
            refuse(refusal, 500, "InternalError", "The plan was not created: %s.",
                   excerpt(err->text, 400).text);
        return false;
    }
    snprintf(digits, sizeof(digits), "%" PRId64, id);
    return reply_succeed(reply, digits, err);
}

static bool list_plans(struct service *service, const struct arrival *arrival, struct reply *reply,
                       struct refusal *refusal, struct error *err)
{
    static const struct page_rules rules = {"pageNumber", "pageSize", PLANS_PAGE_MIN, PLANS_PAGE_MIN,
                                            PLANS_PAGE_MAX};
    struct plans_question question;
    struct query query;
    struct page page;
    struct buf data;
    bool done;

    if (!query_parse(arrival_query(arrival), &query, err))
        return false;
    buf_init(&data, BUF_LIMIT_DEFAULT);
    question.filter = query_get(&query, "filter");
    question.instance_id = query_get(&query, "instanceId");
    done = page_read(&query, &rules, &page, refusal);
    question.page_number = page.number;
    question.page_size = page.size;
    done = done && plans_list(&service->plans, &question, &data, err) &&
           reply_succeed(reply, buf_text(&data), err);
    buf_release(&data);
    query_release(&query);
    return done;
}

static bool refuse_plan_id(struct refusal *refusal)
{
    refuse(refusal, 400, "InvalidPlanId", "Parameter planId is invalid.");
    snprintf(refusal->dynamic_code, sizeof(refusal->dynamic_code), "PlanId");
    snprintf(refusal->dynamic_message, sizeof(refusal->dynamic_message), "planId");
    return false;
}

static bool get_plan(struct service *service, const struct arrival *arrival, struct reply *reply,
                     struct refusal *refusal, struct error *err)
{
    size_t start = strlen(routes[ROUTE_GET_PLAN].path) - 1;
    size_t length = arrival_path_length(arrival) - start;
    char text[24];
    const cJSON *plan;
    struct buf data;
    int64_t id;
    bool done;

    if (length >= sizeof(text))
        return refuse_plan_id(refusal);
    snprintf(text, sizeof(text), "%.*s", (int)length, arrival->target + start);
    if (!read_integer(text, &id))
        return refuse_plan_id(refusal);
    plan = plans_find(&service->plans, id);
    if (!plan)
        return refuse(refusal, 404, "DisasterRecoveryPlan.NotFound",
                      "The disaster recovery plan cannot be found.");
    buf_init(&data, BUF_LIMIT_DEFAULT);
    json_add_tree(&data, plan);
    done = data.failed ? error_memory(err) : reply_succeed(reply, buf_text(&data), err);
    buf_release(&data);
    return done;
}

static enum route_id route_of(const struct arrival *arrival)
{
    return route_find(arrival->method, arrival->target, arrival_path_length(arrival),
                      arrival_header(arrival, "x-acs-action"));
}

/* Only RocketMQ has an envelope of its own. */
static enum error_style error_style_of(const struct arrival *arrival, enum error_style style)
{
    return style == STYLE_BUSINESS && route_is_rpc(route_of(arrival)) ? STYLE_GATEWAY : style;
}

/* ---- Faults ---- */

static bool reply_fault(const struct fault_kind *kind, const struct arrival *arrival, struct reply *reply,
                        struct error *err)
{
    struct refusal refusal;

    refuse(&refusal, kind->status, kind->code, "%s", kind->message);
    reply->date += kind->clock_ahead;
    if (kind->retry_after > 0)
        reply->retry_after = kind->retry_after;
    return reply_refuse(reply, error_style_of(arrival, kind->style), arrival, &refusal, err);
}

static bool reply_big(struct reply *reply, struct error *err)
{
    buf_clear(&reply->body);
    buf_addf(&reply->body, "{\"requestId\":\"%s\",\"success\":true,\"code\":\"200\",\"message\":\"",
             reply->request_id);
    for (int i = 0; i < BIG_ANSWER / 64; i++)
        buf_add_text(&reply->body, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    buf_add_text(&reply->body, "\"}");
    return reply->body.failed ? error_memory(err) : true;
}

/* What a fault makes of an operation that was done. */
static bool spoil(const struct fault_kind *kind, const struct arrival *arrival, struct reply *reply,
                  struct error *err)
{
    switch (kind->effect) {
    case EFFECT_NONE:
    case EFFECT_DELAY:
    case EFFECT_SILENCE:
    case EFFECT_BEFORE_BODY:
    case EFFECT_REFUSE:
        return true;
    case EFFECT_REFUSE_AFTER:
        return reply_fault(kind, arrival, reply, err);
    case EFFECT_BODY:
        return reply_text(reply, 200, kind->content_type, kind->message, err);
    case EFFECT_BIG:
        return reply_big(reply, err);
    case EFFECT_WIRE:
        reply->wire = kind->wire;
        return true;
    }
    return true;
}

static bool perform(struct service *service, const struct arrival *arrival, struct reply *reply,
                    struct refusal *refusal, struct error *err)
{
    enum route_id route = route_of(arrival);

    switch (route) {
    case ROUTE_CREATE_PLAN:
        return create_plan(service, arrival, reply, refusal, err);
    case ROUTE_LIST_PLANS:
        return list_plans(service, arrival, reply, refusal, err);
    case ROUTE_GET_PLAN:
        return get_plan(service, arrival, reply, refusal, err);
    case ROUTE_LIST_REGIONS:
    case ROUTE_LIST_INSTANCES:
    case ROUTE_GET_INSTANCE:
    case ROUTE_LIST_ACCOUNTS:
    case ROUTE_LIST_GROUPS:
    case ROUTE_LIST_VPCS:
    case ROUTE_LIST_VSWITCHES:
    case ROUTE_LIST_SECURITY_GROUPS:
        return listing_answer(route, arrival, reply, refusal, err);
    case ROUTE_GET_CALLER_IDENTITY:
    case ROUTE_ASSUME_ROLE:
        return identity_answer(route, arrival, service->host->now(service->host), reply, refusal, err);
    case ROUTE_COUNT:
        break;
    }
    return error_set(err, ERROR_INTERNAL, "the gateway admitted an operation that is not there");
}

bool service_answer(struct service *service, const struct arrival *arrival, struct fault fault,
                    struct reply *reply, struct error *err)
{
    const struct fault_kind *kind = &fault_kinds[fault.id];
    struct refusal refusal = {0};

    reply->delay_ms = fault.delay_ms;
    if (!gateway_admit(&service->gateway, arrival, service->host->now(service->host), &refusal, err))
        return refusal.code[0] ? reply_refuse(reply, STYLE_GATEWAY, arrival, &refusal, err) : false;
    if (kind->effect == EFFECT_REFUSE)
        return reply_fault(kind, arrival, reply, err);
    if (!perform(service, arrival, reply, &refusal, err))
        return refusal.code[0]
                   ? reply_refuse(reply, error_style_of(arrival, STYLE_BUSINESS), arrival, &refusal, err)
                   : false;
    return spoil(kind, arrival, reply, err);
}
