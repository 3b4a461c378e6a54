#include "api/answer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/excerpt.h"
#include "base/json.h"
#include "base/time_text.h"
#include "base/utf8.h"

void answer_release(struct answer *answer)
{
    free(answer->code);
    free(answer->message);
    free(answer->request_id);
    free(answer->dynamic_code);
    free(answer->dynamic_message);
    free(answer->recommend);
    free(answer->access_denied);
    cJSON_Delete(answer->tree);
    *answer = (struct answer){0};
}

/* While an answer is read: what is known, and what came in the way. */
struct reading {
    struct answer *out;
    enum operation_style style;
    const cJSON *success; /* the member, NULL when absent */
    const cJSON *data;    /* likewise */
    bool is_object;       /* the body is a JSON object */
    bool readable;        /* false: out->unreadable says why */
    bool memory_short;
};

static void unreadable(struct reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void unreadable(struct reading *reading, const char *format, ...)
{
    va_list arguments;

    reading->readable = false;
    va_start(arguments, format);
    excerpt_write_list(reading->out->unreadable, sizeof(reading->out->unreadable), format, arguments);
    va_end(arguments);
}

static void keep(struct reading *reading, char **slot, const char *text)
{
    if (!text || !*text)
        return;
    *slot = text_copy(text);
    reading->memory_short |= !*slot;
}

/* ---- headers ---- */

/* Digits only, at most 9 of them: more would be no wait but a refusal. -1: something else. */
static int64_t whole_number(const char *text)
{
    size_t length = text ? strspn(text, "0123456789") : 0;

    return length > 0 && length <= 9 && text[length] == '\0' ? strtoll(text, NULL, 10) : -1;
}

/* x-acs-retry-after counts milliseconds, Retry-After of HTTP seconds. */
static int64_t read_retry_after(const struct pairs *headers)
{
    int64_t wait = whole_number(pairs_get(headers, "x-acs-retry-after"));

    if (wait >= 0)
        return wait;
    wait = whole_number(pairs_get(headers, "retry-after"));
    return wait >= 0 ? wait * 1000 : -1;
}

/* Seconds since 1970; 0: none that could be read. */
static int64_t read_date(const char *text)
{
    int64_t seconds;

    return text && time_text_read_http(text, &seconds) && seconds > 0 ? seconds : 0;
}

/* ---- JSON ---- */

/* A member under one of its spellings (NULL ends them); two of them at once say nothing that could be relied
 * on. */
static const cJSON *member(struct reading *reading, const cJSON *tree, const char *const *spellings)
{
    const cJSON *found = NULL;

    for (; *spellings; spellings++) {
        const cJSON *one = json_member(tree, *spellings);

        if (one && found)
            unreadable(reading, "it has %s twice, in two spellings", *spellings);
        found = one ? one : found;
    }
    return found;
}

#define SPELLED(...) ((const char *const[]){__VA_ARGS__, NULL})

static void keep_text(struct reading *reading, const cJSON *tree, const char *const *spellings, char **slot)
{
    keep(reading, slot, json_text(member(reading, tree, spellings)));
}

/* An object at the gateway, at RocketMQ a text, perhaps with that object in it. */
static void keep_access_denied(struct reading *reading, const cJSON *tree)
{
    const cJSON *detail = member(reading, tree, SPELLED("AccessDeniedDetail", "accessDeniedDetail"));
    struct buf text = BUF_INIT;

    keep(reading, &reading->out->access_denied, json_text(detail));
    if (!cJSON_IsObject(detail))
        return;
    json_add_tree(&text, detail);
    reading->out->access_denied = buf_take(&text);
    reading->memory_short |= !reading->out->access_denied;
}

static void read_tree(struct reading *reading, const cJSON *tree)
{
    struct answer *out = reading->out;

    if (!cJSON_IsObject(tree)) {
        unreadable(reading, "it is JSON, but no object");
        return;
    }
    reading->is_object = true;
    keep_text(reading, tree, SPELLED("Code", "code"), &out->code);
    keep_text(reading, tree, SPELLED("Message", "message"), &out->message);
    keep_text(reading, tree, SPELLED("RequestId", "requestId", "requestid"), &out->request_id);
    keep_text(reading, tree, SPELLED("Recommend"), &out->recommend);
    keep_text(reading, tree, SPELLED("dynamicCode"), &out->dynamic_code);
    keep_text(reading, tree, SPELLED("dynamicMessage"), &out->dynamic_message);
    keep_access_denied(reading, tree);
    reading->success = member(reading, tree, SPELLED("success"));
    reading->data = member(reading, tree, SPELLED("data"));
}

/* ---- XML ---- */

/* The error answers of the gateway are <Error> with one level of elements in it, nothing more is understood:
 * the element `name`, once, without attributes. */
static const char *element(struct reading *reading, const char *text, const char *name, size_t *length)
{
    char open[24], close[24];
    const char *start, *end;

    snprintf(open, sizeof(open), "<%s>", name);
    snprintf(close, sizeof(close), "</%s>", name);
    start = strstr(text, open);
    if (!start)
        return NULL;
    start += strlen(open);
    end = strstr(start, close);
    if (!end || strstr(start, open)) {
        unreadable(reading, "its element %s does not stand there once and whole", name);
        return NULL;
    }
    *length = (size_t)(end - start);
    return start;
}

static void keep_element(struct reading *reading, const char *text, const char *name, char **slot)
{
    static const struct {
        const char *written;
        char meant;
    } entities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}};
    struct buf value = BUF_INIT;
    size_t length = 0;
    const char *at = element(reading, text, name, &length), *end = at ? at + length : NULL;

    while (at < end) {
        size_t used = 1;
        char meant = *at;

        for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
            if (strncmp(at, entities[i].written, strlen(entities[i].written)) == 0) {
                used = strlen(entities[i].written);
                meant = entities[i].meant;
            }
        }
        buf_add_char(&value, meant);
        at += used;
    }
    reading->memory_short |= value.failed;
    keep(reading, slot, buf_text(&value));
    buf_release(&value);
}

/* What stands behind "<?xml ...?>" and blanks. */
static const char *behind_prolog(const char *text)
{
    const char *end;

    text += strspn(text, " \t\r\n");
    if (strncmp(text, "<?xml", 5) != 0)
        return text;
    end = strstr(text, "?>");
    return end ? end + 2 + strspn(end + 2, " \t\r\n") : text;
}

static void read_xml(struct reading *reading, const struct buf *body)
{
    struct answer *out = reading->out;
    const char *text = buf_text(body), *root = behind_prolog(text);

    if (strlen(text) != body->length || !utf8_valid(text, body->length) || strncmp(root, "<Error>", 7) != 0 ||
        !strstr(root, "</Error>")) {
        unreadable(reading, "it is a page or XML, but no error of the gateway");
        return;
    }
    keep_element(reading, root, "Code", &out->code);
    keep_element(reading, root, "Message", &out->message);
    keep_element(reading, root, "RequestId", &out->request_id);
    keep_element(reading, root, "Recommend", &out->recommend);
}

/* ---- the whole ---- */

/* Fills in what the body says. */
static void read_body(struct reading *reading, const struct buf *body)
{
    const char *start = buf_text(body) + strspn(buf_text(body), " \t\r\n");
    struct answer *out = reading->out;
    struct error err;

    if (body->length == 0) {
        unreadable(reading, "it is empty");
        return;
    }
    if (*start == '<') {
        read_xml(reading, body);
        return;
    }
    out->tree = json_parse(buf_text(body), body->length, &err);
    if (out->tree)
        read_tree(reading, out->tree);
    else if (err.kind == ERROR_MEMORY)
        reading->memory_short = true;
    else
        unreadable(reading, "it is not JSON: %s", excerpt(err.text, 96).text);
}

static bool is_throttled(const struct answer *answer)
{
    return answer->status == 429 || (answer->code && strstr(answer->code, "Throttling"));
}

/* A 2xx. The reference's own samples pair success true with a code that sounds like an error, so success and
 * data decide, not the code. */
static enum answer_kind judge_success(struct reading *reading)
{
    bool has_data = reading->data && !cJSON_IsNull(reading->data);

    if (cJSON_IsTrue(reading->success) && has_data)
        return ANSWER_SUCCESS;
    if (cJSON_IsFalse(reading->success) && is_throttled(reading->out))
        return ANSWER_THROTTLED;
    if (cJSON_IsFalse(reading->success) && reading->out->code)
        return ANSWER_REFUSED;
    if (cJSON_IsTrue(reading->success))
        unreadable(reading, "it speaks of success, but has no data");
    else if (cJSON_IsFalse(reading->success))
        unreadable(reading, "it speaks of failure, but has no code");
    else
        unreadable(reading, "it does not say whether this was a success");
    return ANSWER_UNREADABLE;
}

/* A 2xx in RPC style. */
static enum answer_kind judge_rpc_success(struct reading *reading)
{
    const struct answer *answer = reading->out;

    if (answer->code)
        return is_throttled(answer) ? ANSWER_THROTTLED : ANSWER_REFUSED;
    if (reading->is_object && answer->request_id)
        return ANSWER_SUCCESS;
    unreadable(reading, "it has no request id");
    return ANSWER_UNREADABLE;
}

/* A 4xx that can be read. */
static enum answer_kind judge_refusal(struct reading *reading)
{
    const struct answer *answer = reading->out;

    if (cJSON_IsTrue(reading->success))
        unreadable(reading, "HTTP %d, but the answer speaks of success", answer->status);
    else if (!answer->code)
        unreadable(reading, "HTTP %d without a code", answer->status);
    else
        return ANSWER_REFUSED;
    return ANSWER_UNREADABLE;
}

static enum answer_kind judge(struct reading *reading)
{
    const struct answer *answer = reading->out;
    int status = answer->status;
    bool redirected = status >= 300 && status < 400;

    if (status < 200 || redirected || status > 599) {
        unreadable(reading,
                   redirected ? "a redirect (HTTP %d), which is never followed"
                              : "HTTP status %d, which is no answer",
                   status);
        return ANSWER_UNREADABLE;
    }
    if (status == 429 || (status >= 400 && reading->readable && is_throttled(answer)))
        return ANSWER_THROTTLED;
    if (status >= 500) {
        unreadable(reading, "the service failed (HTTP %d)", status);
        return ANSWER_UNREADABLE;
    }
    if (!reading->readable)
        return ANSWER_UNREADABLE;
    if (status >= 400)
        return judge_refusal(reading);
    return reading->style == STYLE_RPC ? judge_rpc_success(reading) : judge_success(reading);
}

bool answer_read(const struct response *response, struct answer *out, struct error *err)
{
    return answer_read_style(response, STYLE_ROA, out, err);
}

bool answer_read_style(const struct response *response, enum operation_style style, struct answer *out,
                       struct error *err)
{
    struct reading reading = {.out = out, .style = style, .readable = true};

    *out = (struct answer){
        .status = response->status,
        .retry_after = read_retry_after(&response->headers),
        .server_time = read_date(pairs_get(&response->headers, "date")),
    };
    read_body(&reading, &response->body);
    if (!out->request_id)
        keep(&reading, &out->request_id, pairs_get(&response->headers, "x-acs-request-id"));
    out->kind = judge(&reading);
    if (out->kind == ANSWER_SUCCESS)
        out->data = style == STYLE_RPC ? out->tree : reading.data;
    if (out->kind != ANSWER_UNREADABLE)
        out->unreadable[0] = '\0';
    if (!reading.memory_short)
        return true;
    answer_release(out);
    return error_memory(err);
}

bool answer_plan_id(const struct answer *answer, char id[24])
{
    int64_t value;

    id[0] = '\0';
    if (answer->kind != ANSWER_SUCCESS || !json_int64(answer->data, &value) ||
        answer->data->valuestring[0] == '-')
        return false;
    snprintf(id, 24, "%" PRId64, value);
    return true;
}

/* ---- which field ---- */

static bool is_field_name(const char *text, size_t length)
{
    if (length == 0 || length > 63 || (*text >= '0' && *text <= '9'))
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = ascii_lower(text[i]);

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
            return false;
    }
    return true;
}

/* What Missing<X> and Invalid<X> of the gateway speak of besides fields. */
static bool is_no_field(const char *name, size_t length)
{
    static const char *const others[] = {
        "AccessKeyId", "AccessKeySecret", "SecurityToken", "TimeStamp",     "Timestamp", "Api",
        "Action",      "Version",         "Product",       "Protocol",      "Parameter", "ParameterValue",
        "Host",        "Signature",       "RequestBody",   "Authorization",
    };

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (strlen(others[i]) == length && strncmp(others[i], name, length) == 0)
            return true;
    }
    return false;
}

const char *answer_field(const struct answer *answer, char buffer[64])
{
    const char *name = answer->code, *said = answer->dynamic_message;
    size_t length;

    if (!name || (strncmp(name, "Missing", 7) != 0 && strncmp(name, "Invalid", 7) != 0))
        return NULL;
    if (said && is_field_name(said, strlen(said)))
        return said;
    name += 7;
    length = strcspn(name, ".");
    if (!is_field_name(name, length) || is_no_field(name, length))
        return NULL;
    memcpy(buffer, name, length);
    buffer[0] = ascii_lower(buffer[0]);
    buffer[length] = '\0';
    return buffer;
}
