#include "sandbox/exchange.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/compose.h"
#include "base/excerpt.h"
#include "sandbox/routes.h"

void arrival_init(struct arrival *arrival)
{
    *arrival = (struct arrival){0};
    buf_init(&arrival->body, ARRIVAL_BODY_MAX);
}

void arrival_release(struct arrival *arrival)
{
    for (size_t i = 0; i < arrival->header_count; i++) {
        wipe_free(arrival->headers[i].name);
        wipe_free(arrival->headers[i].value);
    }
    free(arrival->headers);
    wipe_free(arrival->method);
    wipe_free(arrival->target);
    buf_release(&arrival->body);
    arrival_init(arrival);
}

static bool replace_text(char **held, const char *text, struct error *err)
{
    char *copy = text_copy(text);

    if (!copy)
        return error_memory(err);
    wipe_free(*held);
    *held = copy;
    return true;
}

bool arrival_set_method(struct arrival *arrival, const char *method, struct error *err)
{
    return replace_text(&arrival->method, method, err);
}

bool arrival_set_target(struct arrival *arrival, const char *target, struct error *err)
{
    return replace_text(&arrival->target, target, err);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static char *trimmed_copy(const char *text)
{
    size_t length;

    while (is_blank(*text))
        text++;
    length = strlen(text);
    while (length > 0 && is_blank(text[length - 1]))
        length--;
    return strndup(text, length);
}

bool arrival_add_header(struct arrival *arrival, const char *name, const char *value, struct error *err)
{
    struct header *grown;
    struct header header = {.name = text_copy(name), .value = trimmed_copy(value)};

    if (!header.name || !header.value)
        goto short_of_memory;
    grown = realloc(arrival->headers, (arrival->header_count + 1) * sizeof(*grown));
    if (!grown)
        goto short_of_memory;
    for (char *c = header.name; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    arrival->headers = grown;
    arrival->headers[arrival->header_count++] = header;
    return true;

short_of_memory:
    wipe_free(header.name);
    wipe_free(header.value);
    return error_memory(err);
}

bool arrival_add_body(struct arrival *arrival, const void *bytes, size_t length, struct error *err)
{
    if (arrival->too_large)
        return true;
    if (length > ARRIVAL_BODY_MAX - arrival->body.length) {
        arrival->too_large = true;
        return true;
    }
    buf_add(&arrival->body, bytes, length);
    return arrival->body.failed ? error_memory(err) : true;
}

const char *arrival_header(const struct arrival *arrival, const char *name)
{
    for (size_t i = 0; i < arrival->header_count; i++)
        if (strcmp(arrival->headers[i].name, name) == 0)
            return arrival->headers[i].value;
    return NULL;
}

size_t arrival_path_length(const struct arrival *arrival)
{
    return strcspn(arrival->target, "?");
}

const char *arrival_query(const struct arrival *arrival)
{
    const char *mark = strchr(arrival->target, '?');

    return mark ? mark + 1 : "";
}

bool refuse(struct refusal *refusal, int status, const char *code, const char *format, ...)
{
    va_list arguments;

    *refusal = (struct refusal){.status = status};
    snprintf(refusal->code, sizeof(refusal->code), "%s", code);
    va_start(arguments, format);
    excerpt_write_list(refusal->message, sizeof(refusal->message), format, arguments);
    va_end(arguments);
    return false;
}

bool reply_init(struct reply *reply, struct host *host, struct error *err)
{
    unsigned char r[16];

    *reply =
        (struct reply){.status = 200, .content_type = "application/json;charset=utf-8", .retry_after = -1};
    buf_init(&reply->body, BUF_LIMIT_DEFAULT);
    reply->date = host->now(host);
    if (!host->random(host, r, sizeof(r), err))
        return false;
    r[6] = (unsigned char)((r[6] & 0x0F) | 0x50); /* version 5, as the service's own ids have it */
    r[8] = (unsigned char)((r[8] & 0x3F) | 0x80);
    snprintf(reply->request_id, sizeof(reply->request_id),
             "%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X", r[0], r[1], r[2], r[3],
             r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11], r[12], r[13], r[14], r[15]);
    return true;
}

void reply_release(struct reply *reply)
{
    buf_release(&reply->body);
}

static void add_denial(struct buf *out, const struct arrival *arrival)
{
    const char *action = arrival_header(arrival, "x-acs-action");
    enum route_id route = route_by_operation(action ? action : "", action ? strlen(action) : 0);
    struct buf permission = BUF_INIT;

    buf_addf(&permission, "%s:%s", route < ROUTE_COUNT ? routes[route].product : "rocketmq",
             action ? action : "*");
    compose_open(out, "AccessDeniedDetail", '{');
    compose_text(out, "AuthAction", buf_text(&permission));
    compose_text(out, "AuthPrincipalDisplayName", "sandbox-operator");
    compose_text(out, "AuthPrincipalOwnerId", "1000000000000000");
    compose_text(out, "AuthPrincipalType", "SubUser");
    compose_text(out, "NoPermissionType", "ImplicitDeny");
    compose_text(out, "PolicyType", "AccountLevelIdentityBasedPolicy");
    compose_text(out, "EncodedDiagnosticMessage", "c2FuZGJveA==");
    compose_close(out, '}');
    out->failed = out->failed || permission.failed;
    buf_release(&permission);
}

static void add_gateway_error(struct reply *reply, const struct arrival *arrival,
                              const struct refusal *refusal, bool denied)
{
    const char *host = arrival_header(arrival, "host");
    struct buf advice = BUF_INIT;

    buf_addf(&advice, "https://api.aliyun.com/troubleshoot?q=%s&product=RocketMQ&requestId=%s", refusal->code,
             reply->request_id);
    compose_open(&reply->body, NULL, '{');
    compose_text(&reply->body, "RequestId", reply->request_id);
    compose_text(&reply->body, "HostId", host ? host : "");
    compose_text(&reply->body, "Code", refusal->code);
    compose_text(&reply->body, "Message", refusal->message);
    compose_text(&reply->body, "Recommend", buf_text(&advice));
    if (denied)
        add_denial(&reply->body, arrival);
    compose_close(&reply->body, '}');
    reply->body.failed = reply->body.failed || advice.failed;
    buf_release(&advice);
}

static void add_business_error(struct reply *reply, const struct refusal *refusal)
{
    compose_open(&reply->body, NULL, '{');
    compose_text(&reply->body, "requestId", reply->request_id);
    compose_bool(&reply->body, "success", false);
    compose_text(&reply->body, "code", refusal->code);
    compose_text(&reply->body, "message", refusal->message);
    compose_number(&reply->body, "httpStatusCode", refusal->status);
    compose_text(&reply->body, "dynamicCode", refusal->dynamic_code);
    compose_text(&reply->body, "dynamicMessage", refusal->dynamic_message);
    compose_close(&reply->body, '}');
}

static void add_page(struct reply *reply, const struct refusal *refusal)
{
    reply->content_type = "text/html;charset=utf-8";
    buf_addf(&reply->body,
             "<html>\n<head><title>%d %s</title></head>\n<body><h1>%d %s</h1></body>\n</html>\n",
             refusal->status, refusal->message, refusal->status, refusal->message);
}

bool reply_refuse(struct reply *reply, enum error_style style, const struct arrival *arrival,
                  const struct refusal *refusal, struct error *err)
{
    buf_clear(&reply->body);
    reply->status = refusal->status;
    snprintf(reply->code, sizeof(reply->code), "%s", refusal->code);
    switch (style) {
    case STYLE_GATEWAY:
        add_gateway_error(reply, arrival, refusal, false);
        break;
    case STYLE_DENIED:
        add_gateway_error(reply, arrival, refusal, true);
        break;
    case STYLE_BUSINESS:
        add_business_error(reply, refusal);
        break;
    case STYLE_PAGE:
        add_page(reply, refusal);
        break;
    }
    return reply->body.failed ? error_memory(err) : true;
}

bool reply_succeed(struct reply *reply, const char *data, struct error *err)
{
    buf_clear(&reply->body);
    reply->status = 200;
    snprintf(reply->code, sizeof(reply->code), "200");
    compose_open(&reply->body, NULL, '{');
    compose_text(&reply->body, "requestId", reply->request_id);
    compose_bool(&reply->body, "success", true);
    compose_name(&reply->body, "data");
    buf_add_text(&reply->body, data);
    compose_text(&reply->body, "code", "200");
    compose_text(&reply->body, "message", "success");
    compose_number(&reply->body, "httpStatusCode", 200);
    compose_close(&reply->body, '}');
    return reply->body.failed ? error_memory(err) : true;
}

bool reply_succeed_rpc(struct reply *reply, const char *members, struct error *err)
{
    buf_clear(&reply->body);
    reply->status = 200;
    snprintf(reply->code, sizeof(reply->code), "200");
    buf_addf(&reply->body, "{\"RequestId\":\"%s\",", reply->request_id);
    buf_add_text(&reply->body, members);
    compose_close(&reply->body, '}');
    return reply->body.failed ? error_memory(err) : true;
}

bool reply_text(struct reply *reply, int status, const char *content_type, const char *text,
                struct error *err)
{
    buf_clear(&reply->body);
    reply->status = status;
    reply->content_type = content_type;
    buf_add_text(&reply->body, text);
    return reply->body.failed ? error_memory(err) : true;
}

/* Not strftime(): the names of days and months must not follow the locale. */
void http_date(int64_t seconds, char text[30])
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t when = (time_t)seconds;
    struct tm tm;

    if (!gmtime_r(&when, &tm) || tm.tm_year < -1900 || tm.tm_year > 8099) {
        when = 0;
        gmtime_r(&when, &tm);
    }
    snprintf(text, 30, "%s, %02u %s %04u %02u:%02u:%02u GMT", days[tm.tm_wday % 7],
             (unsigned)tm.tm_mday % 100, months[tm.tm_mon % 12], (unsigned)(tm.tm_year + 1900) % 10000,
             (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
}
