#include "api/sign_in_state.h"

#include <string.h>

#include "base/json.h"

const struct key_members service_members = {"AccessKeyId", "AccessKeySecret", "SecurityToken", "Expiration"};

static const char *member_text(const cJSON *object, const char *name)
{
    const char *text = json_text(json_member(object, name));

    return text && *text ? text : NULL;
}

static bool take_expiration(struct sign_in *sign_in, const cJSON *object, const char *member,
                            struct error *err)
{
    const char *text = member_text(object, member);

    if (!text)
        return true;
    if (!credentials_time(text, &sign_in->keys.expires))
        return error_set(err, ERROR_CREDENTIALS, "%s is no time like 2026-01-31T12:00:00Z", member);
    if (sign_in->keys.expires <= sign_in->host->now(sign_in->host))
        return error_set(err, ERROR_CREDENTIALS,
                         "the session it gave has ended already: check the clock of this machine");
    return true;
}

bool sign_in_take_keys(struct sign_in *sign_in, const cJSON *object, const struct key_members *members,
                       struct error *err)
{
    const struct key_texts texts = {
        .id = member_text(object, members->id),
        .secret = member_text(object, members->secret),
        .token = member_text(object, members->token),
        .id_name = members->id,
        .secret_name = members->secret,
        .token_name = members->token,
    };

    if (!texts.id || !texts.secret)
        return error_set(err, ERROR_CREDENTIALS, "what it gave has no %s",
                         texts.id ? members->secret : members->id);
    if (strncmp(texts.id, "STS.", 4) == 0 && !texts.token)
        return error_set(err, ERROR_CREDENTIALS, "what it gave has no %s, without which its key is of no use",
                         members->token);
    credentials_release(&sign_in->keys);
    return credentials_set(&sign_in->keys, &texts, "what it gave", err) &&
           take_expiration(sign_in, object, members->expiration, err);
}

cJSON *sign_in_read_json(const struct buf *text, struct error *err)
{
    cJSON *tree = json_parse(buf_text(text), text->length, err);

    if (!tree && err->kind != ERROR_MEMORY) {
        err->kind = ERROR_CREDENTIALS;
        error_wrap(err, "what it gave is no JSON");
    }
    return tree;
}

void sign_in_take_service_keys(struct sign_in *sign_in, const struct buf *body)
{
    struct error err;
    cJSON *tree = sign_in_read_json(body, &err);
    const char *code = json_text(json_member(tree, "Code"));
    bool ok = tree != NULL;

    if (ok && code && strcmp(code, "Success") != 0)
        ok = error_set(&err, ERROR_CREDENTIALS, "what it gave does not say Success but another Code");
    ok = ok && sign_in_take_keys(sign_in, tree, &service_members, &err);
    cJSON_Delete(tree);
    if (ok)
        sign_in_go_on_with_keys(sign_in);
    else
        sign_in_place_failed_by(sign_in, &err);
}

bool sign_in_is_answered(struct sign_in *sign_in, const struct transfer_result *result)
{
    if (result->end != TRANSFER_ANSWERED)
        sign_in_place_failed(sign_in, "%s", result->reason);
    else if (result->response.status != 200)
        sign_in_place_failed(sign_in, "it answered with HTTP %d", result->response.status);
    return result->end == TRANSFER_ANSWERED && result->response.status == 200;
}
