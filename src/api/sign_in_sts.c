#include "api/sign_in_state.h"

#include <stdio.h>
#include <string.h>

#include "api/answer.h"
#include "api/client.h"
#include "api/say.h"
#include "base/file.h"
#include "base/json.h"

/* Sessions of STS: of roles that are taken on with keys, or with the token of an identity provider. */

enum { ROLE_PARAMETERS_MAX = 8, TOKEN_FILE_MAX = 64 << 10 };

/* Asks one of the operations that hand out a session; credentials may be NULL for the anonymous one. */
static bool ask_sts(struct sign_in *sign_in, enum operation_id operation, const struct role *role,
                    const struct credentials *credentials, const struct parameter *more, size_t more_count,
                    struct error *err)
{
    const struct client client = {.host = sign_in->host, .credentials = credentials, .endpoint = role->sts};
    struct parameter parameters[ROLE_PARAMETERS_MAX];
    char seconds[24];
    size_t count = 0;

    snprintf(seconds, sizeof(seconds), "%lld", (long long)role->seconds);
    parameters[count++] = (struct parameter){"RoleArn", role->arn};
    parameters[count++] = (struct parameter){"RoleSessionName", role->session_name};
    parameters[count++] = (struct parameter){"DurationSeconds", seconds};
    parameters[count++] = (struct parameter){"Policy", role->policy};
    for (size_t i = 0; i < more_count; i++)
        parameters[count++] = more[i];
    say(sign_in->doing, sizeof(sign_in->doing), "Asking STS for a session of %s", role->arn);
    if (!client_prepare(&client, operation, parameters, count, NULL, 0, &sign_in->request, NULL, err))
        return false;
    sign_in->request.connect_timeout_ms = STS_CONNECT_LIMIT_MS;
    sign_in->request.timeout_ms = STS_LIMIT_MS;
    return true;
}

bool sign_in_ask_role(struct sign_in *sign_in, struct error *err)
{
    const struct role *role = &sign_in->source.roles[sign_in->role];
    const struct parameter external = {"ExternalId", role->external_id};

    return ask_sts(sign_in, OPERATION_ASSUME_ROLE, role, &sign_in->keys, &external, 1, err);
}

/* The file is read at each renewal: whoever wrote it replaces it. */
bool sign_in_ask_oidc(struct sign_in *sign_in, struct error *err)
{
    const struct source *source = &sign_in->source;
    struct parameter more[] = {{"OIDCProviderArn", source->provider_arn}, {"OIDCToken", NULL}};
    struct buf token = BUF_INIT;
    bool ok = file_read(source->token_file, TOKEN_FILE_MAX, &token, NULL, err);

    if (ok && memchr(buf_text(&token), '\0', token.length))
        ok = error_set(err, ERROR_CREDENTIALS, "the token file holds a zero byte, which no token has");
    if (ok && token.length == 0)
        ok = error_set(err, ERROR_CREDENTIALS, "the token file is empty");
    more[1].value = buf_text(&token);
    ok = ok && ask_sts(sign_in, OPERATION_ASSUME_ROLE_WITH_OIDC, &source->roles[0], NULL, more, 2, err);
    buf_release(&token);
    return ok;
}

/* What STS says about sessions; other codes are those of any operation. */
static const struct {
    const char *code, *advice;
} sts_advice[] = {
    {"NoPermission", "the key needs the permission sts:AssumeRole, and the role has to trust its account"},
    {"EntityNotExist.Role", "there is no such role in that account"},
    {"EntityNotExist.RoleArn", "there is no such role in that account"},
    {"InvalidParameter.RoleArn", "a role looks like acs:ram::ACCOUNT:role/NAME"},
    {"InvalidParameter.DurationSeconds", "the role does not allow sessions that long: lower expired_seconds"},
    {"InvalidParameter.RoleSessionName", "a session name has 2 to 64 letters, digits and . @ - _"},
    {"InvalidParameter.PolicyGrammar", "the policy of the profile is no RAM policy"},
    {"AuthenticationFail.NoPermission", "the role has to trust the identity provider"},
    {"AuthenticationFail.OIDCToken.Expired", "the token in the file has run out: it has to be written anew"},
    {"AuthenticationFail.OIDCToken.Invalid", "the file does not hold a token of this provider"},
};

static const char *advice_about(const char *code)
{
    for (size_t i = 0; i < sizeof(sts_advice) / sizeof(sts_advice[0]); i++)
        if (strcmp(sts_advice[i].code, code) == 0)
            return sts_advice[i].advice;
    return advice_for_code(code);
}

/* Codes are short words. The message beside them may repeat what was sent, so it is not shown. */
static bool is_code(const char *code)
{
    return code && *code && strlen(code) <= 64 &&
           strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") == strlen(code);
}

static void refused(struct sign_in *sign_in, const struct response *response)
{
    struct answer answer;
    struct error err;
    const char *advice;

    if (!answer_read(response, &answer, &err)) {
        sign_in_place_failed_by(sign_in, &err);
        return;
    }
    advice = is_code(answer.code) ? advice_about(answer.code) : NULL;
    if (is_code(answer.code))
        sign_in_place_failed(sign_in, "STS refused it with %s (HTTP %d)%s%s", answer.code, response->status,
                             advice ? ": " : "", advice ? advice : "");
    else
        sign_in_place_failed(sign_in, "STS answered with HTTP %d and no code", response->status);
    answer_release(&answer);
}

/* "Credentials" of the answer become the keys at hand. */
void sign_in_take_session(struct sign_in *sign_in, const struct transfer_result *result)
{
    struct error err;
    cJSON *tree;
    bool ok;

    if (result->end == TRANSFER_ANSWERED && result->response.status != 200) {
        refused(sign_in, &result->response);
        return;
    }
    if (!sign_in_is_answered(sign_in, result))
        return;
    tree = sign_in_read_json(&result->response.body, &err);
    ok = tree && sign_in_take_keys(sign_in, json_member(tree, "Credentials"), &service_members, &err);
    if (ok && !sign_in->keys.security_token)
        ok = error_set(&err, ERROR_CREDENTIALS, "what STS gave has no SecurityToken");
    cJSON_Delete(tree);
    if (!ok) {
        sign_in_place_failed_by(sign_in, &err);
        return;
    }
    sign_in->role++;
    sign_in_go_on_with_keys(sign_in);
}
