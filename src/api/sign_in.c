#include "api/sign_in.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "api/answer.h"
#include "api/client.h"
#include "api/proxy.h"
#include "api/say.h"
#include "base/child.h"
#include "base/file.h"
#include "base/json.h"

enum {
    COMMAND_LIMIT_MS = 60000,
    COMMAND_LOOK_AGAIN_MS = 10,
    COMMAND_OUTPUT_MAX = 64 << 10,
    METADATA_LIMIT_MS = 1000,
    STS_CONNECT_LIMIT_MS = 5000,
    STS_LIMIT_MS = 15000,
    TOKEN_FILE_MAX = 64 << 10,
    METADATA_TOKEN_MAX = 4096,
    REASON_MAX = 320,
};

/* What is waited for, or done next. */
enum step {
    STEP_LOOK,          /* into the next place */
    STEP_TOKEN,         /* of the metadata service */
    STEP_ROLE_NAME,     /* of the ECS instance */
    STEP_METADATA_KEYS, /* of that role */
    STEP_URI,
    STEP_COMMAND,
    STEP_OIDC,
    STEP_ROLE, /* the next one of the source */
    STEP_DONE,
    STEP_FAILED,
    STEP_COUNT
};

struct reason {
    bool matters;
    char text[REASON_MAX];
};

struct sign_in {
    struct host *host;
    struct sign_in_options options;
    char *profile, *metadata_host;
    struct endpoint sts;

    enum step step;
    int provider; /* the place at hand; -1: before the first */
    bool has_profile;
    struct source source;
    size_t role; /* of the source: the next one to take on */
    struct credentials keys;
    char *token; /* of the metadata service; NULL: version 1 */
    char *role_name;

    struct transport *transport;
    struct transfer *transfer;
    struct request request;
    bool stopped;
    struct child child;
    struct buf output;
    int64_t deadline;

    struct reason reasons[PROVIDER_COUNT];
    size_t reason_count;
    char doing[192];
    char warning[256];
    struct error err;
};

/* ---- Ends ---- */

static void forget_place(struct sign_in *sign_in)
{
    source_release(&sign_in->source);
    credentials_release(&sign_in->keys);
    wipe_free(sign_in->token);
    free(sign_in->role_name);
    sign_in->token = NULL;
    sign_in->role_name = NULL;
    sign_in->role = 0;
}

static void fail(struct sign_in *sign_in, const struct error *err)
{
    sign_in->err = *err;
    sign_in->step = STEP_FAILED;
    forget_place(sign_in);
}

static void fail_for_memory(struct sign_in *sign_in)
{
    struct error err;

    error_memory(&err);
    fail(sign_in, &err);
}

/* The place at hand had nothing: the reason is kept, and the next one is looked into. */
static void pass_over(struct sign_in *sign_in, bool matters, const char *text)
{
    struct reason *reason = &sign_in->reasons[sign_in->reason_count++];

    reason->matters = matters;
    say(reason->text, sizeof(reason->text), "%s", text);
    say_unstop(reason->text);
    forget_place(sign_in);
    sign_in->step = STEP_LOOK;
}

static void place_failed(struct sign_in *sign_in, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* It was set up, but asking it failed. */
static void place_failed(struct sign_in *sign_in, const char *format, ...)
{
    char text[REASON_MAX], whole[REASON_MAX];
    va_list arguments;

    va_start(arguments, format);
    say_list(text, sizeof(text), format, arguments);
    va_end(arguments);
    say(whole, sizeof(whole), "%s: %s", sign_in->source.name, text);
    pass_over(sign_in, true, whole);
}

static void place_failed_by(struct sign_in *sign_in, const struct error *err)
{
    if (err->kind == ERROR_MEMORY)
        fail_for_memory(sign_in);
    else
        place_failed(sign_in, "%s", err->text);
}

/* The keys of the place are there: a role is taken on with them, or they are what was wanted. */
static void go_on_with_keys(struct sign_in *sign_in)
{
    if (sign_in->role < sign_in->source.role_count) {
        sign_in->step = STEP_ROLE;
        return;
    }
    snprintf(sign_in->keys.provider, sizeof(sign_in->keys.provider), "%s", sign_in->source.name);
    sign_in->step = STEP_DONE;
}

/* ---- What comes back ---- */

/* The members of an object that holds keys. */
struct key_members {
    const char *id, *secret, *token, *expiration;
};

static const struct key_members service_members = {"AccessKeyId", "AccessKeySecret", "SecurityToken",
                                                   "Expiration"};
static const struct key_members command_members = {"access_key_id", "access_key_secret", "sts_token",
                                                   "expiration"};

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

/* Replaces the keys at hand by those in object. Nothing of the answer is quoted. */
static bool take_keys(struct sign_in *sign_in, const cJSON *object, const struct key_members *members,
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

static cJSON *read_json(const struct buf *text, struct error *err)
{
    cJSON *tree = json_parse(buf_text(text), text->length, err);

    if (!tree && err->kind != ERROR_MEMORY) {
        err->kind = ERROR_CREDENTIALS;
        error_wrap(err, "what it gave is no JSON");
    }
    return tree;
}

/* Keys of the metadata service or of an address: an object, whose Code may say that it failed. */
static void take_service_keys(struct sign_in *sign_in, const struct buf *body)
{
    struct error err;
    cJSON *tree = read_json(body, &err);
    const char *code = json_text(json_member(tree, "Code"));
    bool ok = tree != NULL;

    if (ok && code && strcmp(code, "Success") != 0)
        ok = error_set(&err, ERROR_CREDENTIALS, "what it gave does not say Success but another Code");
    ok = ok && take_keys(sign_in, tree, &service_members, &err);
    cJSON_Delete(tree);
    if (ok)
        go_on_with_keys(sign_in);
    else
        place_failed_by(sign_in, &err);
}

/* True for an answer of 200; else the place is passed over. */
static bool is_answered(struct sign_in *sign_in, const struct transfer_result *result)
{
    if (result->end != TRANSFER_ANSWERED)
        place_failed(sign_in, "%s", result->reason);
    else if (result->response.status != 200)
        place_failed(sign_in, "it answered with HTTP %d", result->response.status);
    return result->end == TRANSFER_ANSWERED && result->response.status == 200;
}

/* ---- Metadata of the ECS instance ---- */

#define METADATA_KEYS_PATH "/latest/meta-data/ram/security-credentials/"

static bool metadata_request(struct sign_in *sign_in, const char *method, const char *path, const char *name,
                             struct error *err)
{
    struct request *request = &sign_in->request;

    snprintf(request->method, sizeof(request->method), "%s", method);
    request->scheme = text_copy("http");
    request->host = text_copy(sign_in->metadata_host ? sign_in->metadata_host : METADATA_HOST);
    request->path = malloc(strlen(path) + strlen(name) + 1);
    request->connect_timeout_ms = METADATA_LIMIT_MS;
    request->timeout_ms = 2L * METADATA_LIMIT_MS;
    if (!request->scheme || !request->host || !request->path)
        return error_memory(err);
    memcpy(request->path, path, strlen(path));
    memcpy(request->path + strlen(path), name, strlen(name) + 1);
    say(sign_in->doing, sizeof(sign_in->doing), "Asking the metadata service of the ECS instance");
    return pairs_add(&request->headers, "Host", request->host, err) &&
           (!sign_in->token ||
            pairs_add(&request->headers, "X-aliyun-ecs-metadata-token", sign_in->token, err));
}

static bool ask_token(struct sign_in *sign_in, struct error *err)
{
    return metadata_request(sign_in, "PUT", "/latest/api/token", "", err) &&
           pairs_add(&sign_in->request.headers, "X-aliyun-ecs-metadata-token-ttl-seconds", "21600", err);
}

/* A copy without blanks and line breaks around it, if it is visible ASCII up to `most` characters; else NULL.
 */
static char *trimmed(const struct buf *text, size_t most)
{
    const char *start = buf_text(text) + strspn(buf_text(text), " \t\r\n");
    size_t length = strlen(start);
    char *copy;

    while (length > 0 && strchr(" \t\r\n", start[length - 1]))
        length--;
    if (length == 0 || length > most)
        return NULL;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)start[i] <= ' ' || (unsigned char)start[i] > '~')
            return NULL;
    copy = malloc(length + 1);
    if (copy) {
        memcpy(copy, start, length);
        copy[length] = '\0';
    }
    return copy;
}

/* Without a token version 1 is asked, which takes none; but not where nothing listens at all. */
static void take_token(struct sign_in *sign_in, const struct transfer_result *result)
{
    bool answered = result->end == TRANSFER_ANSWERED && result->response.status == 200;

    if (result->end == TRANSFER_NOT_SENT) {
        place_failed(sign_in,
                     "the metadata service does not answer, as this is no ECS instance or access to it is "
                     "closed");
        return;
    }
    if (answered)
        sign_in->token = trimmed(&result->response.body, METADATA_TOKEN_MAX);
    if (!sign_in->token && source_is_on(sign_in->host, "ALIBABA_CLOUD_IMDSV1_DISABLED"))
        place_failed(sign_in, "the metadata service gave no token, and its version 1 is switched off by "
                              "ALIBABA_CLOUD_IMDSV1_DISABLED");
    else
        sign_in->step = sign_in->role_name ? STEP_METADATA_KEYS : STEP_ROLE_NAME;
}

static bool ask_role_name(struct sign_in *sign_in, struct error *err)
{
    return metadata_request(sign_in, "GET", METADATA_KEYS_PATH, "", err);
}

static bool is_role_name(const char *name)
{
    return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") ==
               strlen(name) &&
           strspn(name, ".") < strlen(name);
}

static void take_role_name(struct sign_in *sign_in, const struct transfer_result *result)
{
    if (result->end == TRANSFER_ANSWERED && result->response.status == 404) {
        place_failed(sign_in, "no RAM role is attached to this ECS instance");
        return;
    }
    if (!is_answered(sign_in, result))
        return;
    sign_in->role_name = trimmed(&result->response.body, 128);
    if (!sign_in->role_name || !is_role_name(sign_in->role_name))
        place_failed(sign_in, "the metadata service gave no name of a role");
    else
        sign_in->step = STEP_METADATA_KEYS;
}

static bool ask_metadata_keys(struct sign_in *sign_in, struct error *err)
{
    return metadata_request(sign_in, "GET", METADATA_KEYS_PATH, sign_in->role_name, err);
}

static void take_metadata_keys(struct sign_in *sign_in, const struct transfer_result *result)
{
    if (result->end == TRANSFER_ANSWERED && result->response.status == 404)
        place_failed(sign_in, "the role %s is not attached to this ECS instance", sign_in->role_name);
    else if (is_answered(sign_in, result))
        take_service_keys(sign_in, &result->response.body);
}

/* ---- An address ---- */

static bool ask_uri(struct sign_in *sign_in, struct error *err)
{
    struct request *request = &sign_in->request;
    struct endpoint endpoint;
    struct buf part = BUF_INIT;
    const char *path;

    if (!source_uri_split(sign_in->source.uri, &endpoint, &path, err))
        return false;
    snprintf(request->method, sizeof(request->method), "GET");
    request->scheme = text_copy(endpoint.scheme);
    request->host = text_copy(endpoint.host);
    buf_add(&part, path, strcspn(path, "?"));
    request->path = buf_take(&part);
    buf_release(&part);
    if (strchr(path, '?'))
        request->query_text = text_copy(strchr(path, '?') + 1);
    request->connect_timeout_ms = STS_CONNECT_LIMIT_MS;
    request->timeout_ms = STS_LIMIT_MS;
    if (!request->scheme || !request->host || !request->path || (strchr(path, '?') && !request->query_text))
        return error_memory(err);
    say(sign_in->doing, sizeof(sign_in->doing), "Asking %s for credentials", endpoint.host);
    return pairs_add(&request->headers, "Host", request->host, err) &&
           pairs_add(&request->headers, "Accept", "application/json", err);
}

static void take_uri(struct sign_in *sign_in, const struct transfer_result *result)
{
    if (is_answered(sign_in, result))
        take_service_keys(sign_in, &result->response.body);
}

/* ---- STS ---- */

enum { ROLE_PARAMETERS_MAX = 8 };

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

static bool ask_role(struct sign_in *sign_in, struct error *err)
{
    const struct role *role = &sign_in->source.roles[sign_in->role];
    const struct parameter external = {"ExternalId", role->external_id};

    return ask_sts(sign_in, OPERATION_ASSUME_ROLE, role, &sign_in->keys, &external, 1, err);
}

/* The file is read at each renewal: whoever wrote it replaces it. */
static bool ask_oidc(struct sign_in *sign_in, struct error *err)
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
        place_failed_by(sign_in, &err);
        return;
    }
    advice = is_code(answer.code) ? advice_about(answer.code) : NULL;
    if (is_code(answer.code))
        place_failed(sign_in, "STS refused it with %s (HTTP %d)%s%s", answer.code, response->status,
                     advice ? ": " : "", advice ? advice : "");
    else
        place_failed(sign_in, "STS answered with HTTP %d and no code", response->status);
    answer_release(&answer);
}

/* "Credentials" of the answer become the keys at hand. */
static void take_session(struct sign_in *sign_in, const struct transfer_result *result)
{
    struct error err;
    cJSON *tree;
    bool ok;

    if (result->end == TRANSFER_ANSWERED && result->response.status != 200) {
        refused(sign_in, &result->response);
        return;
    }
    if (!is_answered(sign_in, result))
        return;
    tree = read_json(&result->response.body, &err);
    ok = tree && take_keys(sign_in, json_member(tree, "Credentials"), &service_members, &err);
    if (ok && !sign_in->keys.security_token)
        ok = error_set(&err, ERROR_CREDENTIALS, "what STS gave has no SecurityToken");
    cJSON_Delete(tree);
    if (!ok) {
        place_failed_by(sign_in, &err);
        return;
    }
    sign_in->role++;
    go_on_with_keys(sign_in);
}

/* ---- A command ---- */

static int64_t command_limit(const struct sign_in *sign_in)
{
    return sign_in->options.command_limit_ms > 0 ? sign_in->options.command_limit_ms : COMMAND_LIMIT_MS;
}

static void command_begin(struct sign_in *sign_in)
{
    struct error err;
    char **words = child_words(sign_in->source.command, &err);
    int failed;

    if (!words) {
        if (err.kind != ERROR_MEMORY)
            error_wrap(&err, "process_command");
        place_failed_by(sign_in, &err);
        return;
    }
    failed = child_start(&sign_in->child, words, NULL, sign_in->options.hear);
    child_words_free(words);
    if (failed) {
        error_set_errno(&err, ERROR_CREDENTIALS, failed, "its command cannot be run");
        place_failed_by(sign_in, &err);
        return;
    }
    buf_init(&sign_in->output, COMMAND_OUTPUT_MAX);
    sign_in->deadline = sign_in->host->ticks(sign_in->host) + command_limit(sign_in);
    say(sign_in->doing, sizeof(sign_in->doing), "Running the command of %s", sign_in->source.name);
}

static void take_output(struct sign_in *sign_in, int status)
{
    struct error err;
    const char *mode;
    cJSON *tree;
    bool ok;

    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        place_failed(sign_in, "its command failed with %s %d", WIFEXITED(status) ? "exit status" : "signal",
                     WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
        return;
    }
    tree = read_json(&sign_in->output, &err);
    mode = json_text(json_member(tree, "mode"));
    ok = tree != NULL;
    if (ok && (!mode || (strcmp(mode, "AK") != 0 && strcmp(mode, "StsToken") != 0)))
        ok = error_set(&err, ERROR_CREDENTIALS, "what its command printed has no mode AK or StsToken");
    ok = ok && take_keys(sign_in, tree, &command_members, &err);
    cJSON_Delete(tree);
    if (ok)
        go_on_with_keys(sign_in);
    else
        place_failed_by(sign_in, &err);
}

static void command_advance(struct sign_in *sign_in)
{
    int status = 0;
    bool ended = child_advance(&sign_in->child, &sign_in->output, &status);
    bool too_much = sign_in->output.failed;
    bool too_long = sign_in->host->ticks(sign_in->host) >= sign_in->deadline;

    if (!ended && !too_much && !too_long)
        return;
    child_end(&sign_in->child);
    if (too_much)
        place_failed(sign_in, "its command printed more than %d KiB", COMMAND_OUTPUT_MAX >> 10);
    else if (!ended)
        place_failed(sign_in, "its command took more than %.3g seconds",
                     (double)command_limit(sign_in) / 1000);
    else
        take_output(sign_in, status);
    buf_release(&sign_in->output);
}

/* ---- Exchanges ---- */

/* How each step asks over the network, and what it makes of the answer. */
static const struct exchange {
    bool (*ask)(struct sign_in *sign_in, struct error *err);
    void (*take)(struct sign_in *sign_in, const struct transfer_result *result);
} exchanges[STEP_COUNT] = {
    [STEP_TOKEN] = {ask_token, take_token},
    [STEP_ROLE_NAME] = {ask_role_name, take_role_name},
    [STEP_METADATA_KEYS] = {ask_metadata_keys, take_metadata_keys},
    [STEP_URI] = {ask_uri, take_uri},
    [STEP_OIDC] = {ask_oidc, take_session},
    [STEP_ROLE] = {ask_role, take_session},
};

static void answered(void *context, const struct transfer_result *result)
{
    struct sign_in *sign_in = context;

    sign_in->transfer = NULL;
    request_release(&sign_in->request);
    if (!sign_in->stopped)
        exchanges[sign_in->step].take(sign_in, result);
}

static void exchange_begin(struct sign_in *sign_in, struct transport *transport)
{
    struct error err;

    request_release(&sign_in->request);
    if (exchanges[sign_in->step].ask(sign_in, &err)) {
        sign_in->transport = transport;
        sign_in->transfer = transport_start(transport, &sign_in->request, answered, sign_in, &err);
    }
    if (!sign_in->transfer) {
        request_release(&sign_in->request);
        place_failed_by(sign_in, &err);
    }
}

/* ---- The chain ---- */

/* Whether a place counts: a profile asked for by name is in one of the two files. */
static bool counts(const struct sign_in *sign_in, int provider)
{
    if (!sign_in->profile)
        return true;
    return provider == PROVIDER_CONFIG || (provider == PROVIDER_INI && !sign_in->has_profile);
}

/* Adds every reason, each cut to `most` characters. */
static void add_reasons(const struct sign_in *sign_in, int most, struct buf *out)
{
    for (size_t i = 0; i < sign_in->reason_count; i++)
        buf_addf(out, "%s%.*s", i > 0 ? "; " : "", most, sign_in->reasons[i].text);
}

/* Long reasons are shortened, so that none is missing. */
static void give_up(struct sign_in *sign_in)
{
    static const char start[] = "no usable credentials: ";
    struct error err;

    for (int most = REASON_MAX; most > 0; most -= 10) {
        struct buf text = BUF_INIT;
        bool fits;

        add_reasons(sign_in, most, &text);
        fits = !text.failed && text.length + sizeof(start) <= sizeof(err.text);
        if (text.failed)
            error_memory(&err);
        else
            error_set(&err, ERROR_CREDENTIALS, "%s%s", start, buf_text(&text));
        buf_release(&text);
        if (fits || err.kind == ERROR_MEMORY)
            break;
    }
    fail(sign_in, &err);
}

static void use_source(struct sign_in *sign_in)
{
    struct source *source = &sign_in->source;

    switch (source->kind) {
    case SOURCE_KEYS:
        sign_in->keys = source->keys;
        source->keys = (struct credentials){0};
        go_on_with_keys(sign_in);
        break;
    case SOURCE_METADATA:
        sign_in->role_name = source->role_name;
        source->role_name = NULL;
        sign_in->step = STEP_TOKEN;
        break;
    case SOURCE_OIDC:
        sign_in->step = STEP_OIDC;
        break;
    case SOURCE_URI:
        sign_in->step = STEP_URI;
        break;
    case SOURCE_COMMAND:
        sign_in->step = STEP_COMMAND;
        break;
    }
}

static void look(struct sign_in *sign_in)
{
    struct error err = {0};
    struct search search = {.host = sign_in->host,
                            .asked = sign_in->profile,
                            .sts = sign_in->options.sts ? &sign_in->sts : NULL,
                            .err = &err};
    enum find found;

    do
        sign_in->provider++;
    while (sign_in->provider < PROVIDER_COUNT && !counts(sign_in, sign_in->provider));
    if (sign_in->provider == PROVIDER_COUNT) {
        give_up(sign_in);
        return;
    }
    found = source_find(&search, (enum provider)sign_in->provider, &sign_in->source);
    sign_in->has_profile |= search.has_profile;
    if (search.warning[0])
        memcpy(sign_in->warning, search.warning, sizeof(sign_in->warning));
    if (found == FIND_DONE)
        use_source(sign_in);
    else if (found == FIND_NOTHING)
        pass_over(sign_in, false, search.why);
    else
        fail(sign_in, &err);
}

/* True when another step may be taken at once. */
static bool is_moving(const struct sign_in *sign_in)
{
    return sign_in->step < STEP_DONE && !sign_in->transfer && sign_in->child.pid < 0;
}

enum sign_in_state sign_in_tick(struct sign_in *sign_in, struct transport *transport)
{
    if (sign_in->child.pid > 0)
        command_advance(sign_in);
    while (is_moving(sign_in)) {
        if (sign_in->step == STEP_LOOK) {
            look(sign_in);
        } else if (!transport) {
            return SIGN_IN_WAITS;
        } else if (sign_in->step == STEP_COMMAND) {
            command_begin(sign_in);
        } else {
            exchange_begin(sign_in, transport);
        }
    }
    if (sign_in->step == STEP_DONE)
        return SIGN_IN_DONE;
    return sign_in->step == STEP_FAILED ? SIGN_IN_FAILED : SIGN_IN_RUNS;
}

/* ---- Life ---- */

struct sign_in *sign_in_start(struct host *host, const struct sign_in_options *options, struct error *err)
{
    struct sign_in *sign_in = calloc(1, sizeof(*sign_in));

    if (!sign_in) {
        error_memory(err);
        return NULL;
    }
    sign_in->host = host;
    sign_in->options = *options;
    sign_in->child = CHILD_NONE;
    sign_in->provider = -1;
    request_init(&sign_in->request);
    buf_init(&sign_in->output, COMMAND_OUTPUT_MAX);
    if (options->sts)
        sign_in->sts = *options->sts;
    sign_in->profile = text_copy(options->profile);
    sign_in->metadata_host = text_copy(options->metadata_host);
    if ((options->profile && !sign_in->profile) || (options->metadata_host && !sign_in->metadata_host)) {
        sign_in_free(sign_in);
        error_memory(err);
        return NULL;
    }
    return sign_in;
}

void sign_in_free(struct sign_in *sign_in)
{
    if (!sign_in)
        return;
    sign_in->stopped = true;
    if (sign_in->transfer)
        transport_cancel(sign_in->transport, sign_in->transfer);
    child_end(&sign_in->child);
    forget_place(sign_in);
    request_release(&sign_in->request);
    buf_release(&sign_in->output);
    free(sign_in->profile);
    free(sign_in->metadata_host);
    free(sign_in);
}

int sign_in_fd(const struct sign_in *sign_in)
{
    return sign_in->child.output;
}

int sign_in_timeout(const struct sign_in *sign_in)
{
    int64_t left = sign_in->deadline - sign_in->host->ticks(sign_in->host);

    if (sign_in->child.pid < 0)
        return -1;
    if (sign_in->child.output < 0 && left > COMMAND_LOOK_AGAIN_MS)
        return COMMAND_LOOK_AGAIN_MS;
    return left > 0 ? (int)left : 0;
}

const char *sign_in_doing(const struct sign_in *sign_in)
{
    return sign_in->doing;
}

size_t sign_in_passed(const struct sign_in *sign_in)
{
    return sign_in->reason_count;
}

const char *sign_in_reason(const struct sign_in *sign_in, size_t index)
{
    return sign_in->reasons[index].text;
}

bool sign_in_reason_matters(const struct sign_in *sign_in, size_t index)
{
    return sign_in->reasons[index].matters;
}

const char *sign_in_warning(const struct sign_in *sign_in)
{
    return sign_in->warning;
}

bool sign_in_take(struct sign_in *sign_in, struct credentials *out, struct error *err)
{
    *out = (struct credentials){0};
    if (sign_in->step == STEP_FAILED) {
        *err = sign_in->err;
        return false;
    }
    if (sign_in->step != STEP_DONE)
        return error_set(err, ERROR_INTERNAL, "signing in has not ended");
    *out = sign_in->keys;
    sign_in->keys = (struct credentials){0};
    return true;
}
