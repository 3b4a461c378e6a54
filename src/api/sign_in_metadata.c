#include "api/sign_in_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/proxy.h"
#include "api/say.h"

/* Metadata of the ECS instance. */

enum { METADATA_LIMIT_MS = 1000, METADATA_TOKEN_MAX = 4096, ROLE_NAME_MAX = 128 };

#define METADATA_KEYS_PATH "/latest/meta-data/ram/security-credentials/"

static bool metadata_request(struct sign_in *sign_in, const char *method, const char *path, const char *name,
                             struct error *err)
{
    struct request *request = &sign_in->request;
    struct buf whole = BUF_INIT;

    snprintf(request->method, sizeof(request->method), "%s", method);
    request->scheme = text_copy("http");
    request->host = text_copy(sign_in->metadata_host ? sign_in->metadata_host : METADATA_HOST);
    buf_add_texts(&whole, path, name, NULL);
    request->path = buf_take(&whole);
    buf_release(&whole);
    request->connect_timeout_ms = METADATA_LIMIT_MS;
    request->timeout_ms = 2L * METADATA_LIMIT_MS;
    if (!request->scheme || !request->host || !request->path)
        return error_memory(err);
    say(sign_in->doing, sizeof(sign_in->doing), "Asking the metadata service of the ECS instance");
    return pairs_add(&request->headers, "Host", request->host, err) &&
           (!sign_in->token ||
            pairs_add(&request->headers, "X-aliyun-ecs-metadata-token", sign_in->token, err));
}

bool sign_in_ask_token(struct sign_in *sign_in, struct error *err)
{
    return metadata_request(sign_in, "PUT", "/latest/api/token", "", err) &&
           pairs_add(&sign_in->request.headers, "X-aliyun-ecs-metadata-token-ttl-seconds", "21600", err);
}

/* *copy is without blanks and line breaks around it; NULL where that is no visible ASCII up to `most`
 * characters. False: memory is short, and nothing more is done here. */
static bool take_trimmed(struct sign_in *sign_in, const struct buf *text, size_t most, char **copy)
{
    const char *start = buf_text(text) + strspn(buf_text(text), " \t\r\n");
    size_t length = strlen(start);
    struct error err;

    *copy = NULL;
    while (length > 0 && strchr(" \t\r\n", start[length - 1]))
        length--;
    if (length == 0 || length > most)
        return true;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)start[i] <= ' ' || (unsigned char)start[i] > '~')
            return true;
    *copy = malloc(length + 1);
    if (!*copy) {
        error_memory(&err);
        sign_in_place_failed_by(sign_in, &err);
        return false;
    }
    memcpy(*copy, start, length);
    (*copy)[length] = '\0';
    return true;
}

/* Without a token version 1 is asked, which takes none; but not where nothing listens at all. */
void sign_in_take_token(struct sign_in *sign_in, const struct transfer_result *result)
{
    bool answered = result->end == TRANSFER_ANSWERED && result->response.status == 200;

    if (result->end == TRANSFER_NOT_SENT) {
        sign_in_place_failed(
            sign_in, "the metadata service does not answer, as this is no ECS instance or access to it is "
                     "closed");
        return;
    }
    if (answered && !take_trimmed(sign_in, &result->response.body, METADATA_TOKEN_MAX, &sign_in->token))
        return;
    if (!sign_in->token && source_is_on(sign_in->host, "ALIBABA_CLOUD_IMDSV1_DISABLED"))
        sign_in_place_failed(sign_in,
                             "the metadata service gave no token, and its version 1 is switched off by "
                             "ALIBABA_CLOUD_IMDSV1_DISABLED");
    else
        sign_in->step = sign_in->role_name ? STEP_METADATA_KEYS : STEP_ROLE_NAME;
}

bool sign_in_ask_role_name(struct sign_in *sign_in, struct error *err)
{
    return metadata_request(sign_in, "GET", METADATA_KEYS_PATH, "", err);
}

static bool is_role_name(const char *name)
{
    return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") ==
               strlen(name) &&
           strspn(name, ".") < strlen(name);
}

void sign_in_take_role_name(struct sign_in *sign_in, const struct transfer_result *result)
{
    if (result->end == TRANSFER_ANSWERED && result->response.status == 404) {
        sign_in_place_failed(sign_in, "no RAM role is attached to this ECS instance");
        return;
    }
    if (!sign_in_is_answered(sign_in, result))
        return;
    if (!take_trimmed(sign_in, &result->response.body, ROLE_NAME_MAX, &sign_in->role_name))
        return;
    if (!sign_in->role_name || !is_role_name(sign_in->role_name))
        sign_in_place_failed(sign_in, "the metadata service gave no name of a role");
    else
        sign_in->step = STEP_METADATA_KEYS;
}

bool sign_in_ask_metadata_keys(struct sign_in *sign_in, struct error *err)
{
    return metadata_request(sign_in, "GET", METADATA_KEYS_PATH, sign_in->role_name, err);
}

void sign_in_take_metadata_keys(struct sign_in *sign_in, const struct transfer_result *result)
{
    if (result->end == TRANSFER_ANSWERED && result->response.status == 404)
        sign_in_place_failed(sign_in, "the role %s is not attached to this ECS instance", sign_in->role_name);
    else if (sign_in_is_answered(sign_in, result))
        sign_in_take_service_keys(sign_in, &result->response.body);
}
