#include "sandbox/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/host.h"
#include "base/time_text.h"
#include "sandbox/query.h"
#include "sandbox/sandbox.h"

#define ACCOUNT        "1000000000000000"
#define SESSION_KEY_ID "STS.SANDBOX-SESSION-KEY-ID"
#define SESSION_SECRET "sandbox-session-key-secret"
#define TOKEN_START    "SANDBOX-SESSION."

enum { SESSION_SECONDS = 3600, SESSION_LEAST = 900, SESSION_MOST = 43200 };

#define LETTERS_AND_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* ---- Keys and sessions ---- */

/* "SANDBOX-SESSION.END.ACCOUNT/ROLE/SESSION": *name is what stands behind END. */
static bool read_token(const char *token, int64_t *end, const char **name)
{
    char *after;

    if (strncmp(token, TOKEN_START, strlen(TOKEN_START)) != 0)
        return false;
    *end = strtoll(token + strlen(TOKEN_START), &after, 10);
    *name = after + 1;
    return *after == '.' && **name && (*name)[strspn(*name, LETTERS_AND_DIGITS "-_.@/")] == '\0';
}

const char *identity_secret(const struct arrival *arrival, const char *key, size_t key_length, int64_t now,
                            struct refusal *refusal)
{
    const char *token = arrival_header(arrival, "x-acs-security-token");
    const char *name;
    int64_t end;

    if (key_length == strlen(SANDBOX_ACCESS_KEY_ID) && memcmp(key, SANDBOX_ACCESS_KEY_ID, key_length) == 0)
        return SANDBOX_ACCESS_KEY_SECRET;
    if (key_length != strlen(SESSION_KEY_ID) || memcmp(key, SESSION_KEY_ID, key_length) != 0) {
        refuse(refusal, 404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.");
        return NULL;
    }
    if (!token || !read_token(token, &end, &name)) {
        refuse(refusal, 400, "InvalidSecurityToken.Malformed", "The security token is malformed.");
        return NULL;
    }
    if (end <= now) {
        refuse(refusal, 400, "InvalidSecurityToken.Expired", "The security token has expired.");
        return NULL;
    }
    return SESSION_SECRET;
}

/* ---- GetCallerIdentity ---- */

/* The role and the session that a request was made by; false: it was made by the key itself. */
static bool session_of(const struct arrival *arrival, const char **name)
{
    const char *token = arrival_header(arrival, "x-acs-security-token");
    int64_t end;

    return token && read_token(token, &end, name);
}

static bool say_who(const struct arrival *arrival, struct reply *reply, struct error *err)
{
    const char *name, *role;
    struct buf members = BUF_INIT;
    bool done;

    if (session_of(arrival, &name)) {
        role = strchr(name, '/');
        role = role ? role + 1 : name;
        buf_addf(&members,
                 "\"IdentityType\":\"AssumedRoleUser\",\"AccountId\":\"%.*s\",\"PrincipalId\":"
                 "\"300000000000000001:%s\","
                 "\"RoleId\":\"300000000000000001\",\"Arn\":\"acs:ram::%.*s:assumed-role/%s\"",
                 (int)strcspn(name, "/"), name, strchr(role, '/') ? strchr(role, '/') + 1 : "",
                 (int)strcspn(name, "/"), name, role);
    } else {
        buf_add_text(&members,
                     "\"IdentityType\":\"RAMUser\",\"AccountId\":\"" ACCOUNT
                     "\",\"PrincipalId\":\"200000000000000001\","
                     "\"UserId\":\"200000000000000001\",\"Arn\":\"acs:ram::" ACCOUNT ":user/sandbox\"");
    }
    done = members.failed ? error_memory(err) : reply_succeed_rpc(reply, buf_text(&members), err);
    buf_release(&members);
    return done;
}

/* ---- AssumeRole ---- */

struct role_request {
    const char *arn, *session_name;
    const char *account, *role; /* parts of arn */
    int account_length;
    int64_t seconds;
};

static bool refuse_parameter(struct refusal *refusal, const char *name, const char *what)
{
    char code[64];

    snprintf(code, sizeof(code), "InvalidParameter.%s", name);
    return refuse(refusal, 400, code, "%s", what);
}

/* "acs:ram::ACCOUNT:role/NAME" */
static bool read_arn(struct role_request *role, struct refusal *refusal)
{
    static const char start[] = "acs:ram::", middle[] = ":role/";
    size_t digits;

    if (strncmp(role->arn, start, strlen(start)) == 0) {
        role->account = role->arn + strlen(start);
        digits = strspn(role->account, "0123456789");
        role->account_length = (int)digits;
        role->role = role->account + digits + strlen(middle);
        if (digits > 0 && digits < 32 && strncmp(role->account + digits, middle, strlen(middle)) == 0 &&
            role->role[strspn(role->role, LETTERS_AND_DIGITS "-_.")] == '\0' && *role->role &&
            strlen(role->role) <= 64)
            return true;
    }
    return refuse_parameter(refusal, "RoleArn", "The parameter RoleArn is wrongly formed.");
}

static bool read_role(const struct query *parameters, struct role_request *role, struct refusal *refusal)
{
    const char *seconds = query_get(parameters, "DurationSeconds");
    size_t length;
    char *end;

    *role = (struct role_request){.arn = query_get(parameters, "RoleArn"),
                                  .session_name = query_get(parameters, "RoleSessionName"),
                                  .seconds = SESSION_SECONDS};
    if (!role->arn)
        return refuse(refusal, 400, "MissingRoleArn", "RoleArn is mandatory for this action.");
    if (!role->session_name)
        return refuse(refusal, 400, "MissingRoleSessionName",
                      "RoleSessionName is mandatory for this action.");
    length = strlen(role->session_name);
    if (length < 2 || length > 64 || strspn(role->session_name, LETTERS_AND_DIGITS ".@-_") != length)
        return refuse_parameter(refusal, "RoleSessionName",
                                "The parameter RoleSessionName is wrongly formed.");
    if (seconds) {
        role->seconds = strtoll(seconds, &end, 10);
        if (*end || role->seconds < SESSION_LEAST || role->seconds > SESSION_MOST)
            return refuse_parameter(refusal, "DurationSeconds",
                                    "The Min/Max value of DurationSeconds is 15min/12hr.");
    }
    return read_arn(role, refusal);
}

static bool give_session(const struct role_request *role, int64_t now, struct reply *reply, struct error *err)
{
    struct buf members = BUF_INIT;
    char end[21];
    bool done;

    time_text_write(now + role->seconds, end);
    buf_addf(&members,
             "\"AssumedRoleUser\":{\"Arn\":\"acs:ram::%.*s:assumed-role/%s/%s\","
             "\"AssumedRoleId\":\"300000000000000001:%s\"},\"Credentials\":{\"AccessKeyId\":\"" SESSION_KEY_ID
             "\",\"AccessKeySecret\":\"" SESSION_SECRET "\",\"SecurityToken\":\"" TOKEN_START "%" PRId64
             ".%.*s/%s/%s\",\"Expiration\":\"%s\"}",
             role->account_length, role->account, role->role, role->session_name, role->session_name,
             now + role->seconds, role->account_length, role->account, role->role, role->session_name, end);
    done = members.failed ? error_memory(err) : reply_succeed_rpc(reply, buf_text(&members), err);
    buf_release(&members);
    return done;
}

/* Parameters stand in the form, or in the query. */
static bool assume_role(const struct arrival *arrival, int64_t now, struct reply *reply,
                        struct refusal *refusal, struct error *err)
{
    const char *text = arrival->body.length > 0 ? buf_text(&arrival->body) : arrival_query(arrival);
    struct role_request role;
    struct query parameters;
    bool done;

    if (!query_parse(text, &parameters, err))
        return false;
    done = read_role(&parameters, &role, refusal) && give_session(&role, now, reply, err);
    query_release(&parameters);
    return done;
}

bool identity_answer(enum route_id route, const struct arrival *arrival, int64_t now, struct reply *reply,
                     struct refusal *refusal, struct error *err)
{
    if (route == ROUTE_GET_CALLER_IDENTITY)
        return say_who(arrival, reply, err);
    return assume_role(arrival, now, reply, refusal, err);
}
