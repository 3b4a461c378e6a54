#include "api/client.h"

#include <stdio.h>
#include <string.h>

#include "api/proxy.h"
#include "base/excerpt.h"
#include "base/time_text.h"

enum { NONCE_BYTES = 16, NONCE_DIGITS = 2 * NONCE_BYTES };

/* The parameter whose name fills the braces at `brace`; *length gets what the braces take. NULL: none does.
 */
static const struct parameter *path_parameter(const char *brace, const struct parameter *parameters,
                                              size_t count, size_t *length)
{
    size_t name_length = strcspn(brace + 1, "}");

    *length = name_length + 2;
    for (size_t i = 0; i < count; i++) {
        const char *name = parameters[i].name;

        if (strlen(name) == name_length && strncmp(brace + 1, name, name_length) == 0)
            return &parameters[i];
    }
    return NULL;
}

/* "." and ".." are squashed on the way by whoever normalises paths, and an empty one makes another operation:
 * /disaster_recovery/ is the list. */
static bool fits_path(const char *value)
{
    return *value != '\0' && strcmp(value, ".") != 0 && strcmp(value, "..") != 0;
}

static bool fill_path(const struct operation *operation, const struct parameter *parameters, size_t count,
                      struct request *out, struct error *err)
{
    struct buf path = BUF_INIT;
    const char *at = operation->path;

    while (*at) {
        size_t length = strcspn(at, "{");
        const struct parameter *parameter;

        buf_add(&path, at, length);
        at += length;
        if (!*at)
            break;
        parameter = path_parameter(at, parameters, count, &length);
        if (!parameter || !parameter->value || !fits_path(parameter->value)) {
            buf_release(&path);
            return error_set(err, parameter && parameter->value ? ERROR_INPUT : ERROR_INTERNAL,
                             "%s needs a value for %.*s in its path, other than \".\" and \"..\"",
                             operation->name, (int)length, at);
        }
        percent_encode(&path, parameter->value, strlen(parameter->value));
        at += length;
    }
    out->path = buf_take(&path);
    return out->path || error_memory(err);
}

static bool is_in_path(const struct operation *operation, const struct parameter *parameter)
{
    size_t length;

    for (const char *brace = strchr(operation->path, '{'); brace; brace = strchr(brace + 1, '{')) {
        if (path_parameter(brace, parameter, 1, &length))
            return true;
    }
    return false;
}

static void add_encoded(struct buf *out, const char *name, const char *value)
{
    if (out->length > 0)
        buf_add_char(out, '&');
    percent_encode(out, name, strlen(name));
    buf_add_char(out, '=');
    percent_encode(out, value, strlen(value));
}

static bool fill_form(const struct parameter *parameters, size_t count, struct request *out,
                      struct error *err)
{
    for (size_t i = 0; i < count; i++)
        if (parameters[i].value)
            add_encoded(&out->body, parameters[i].name, parameters[i].value);
    return !out->body.failed || error_memory(err);
}

static bool fill_query(const struct operation *operation, const struct parameter *parameters, size_t count,
                       struct request *out, struct error *err)
{
    if (operation->form)
        return fill_form(parameters, count, out, err);
    for (size_t i = 0; i < count; i++) {
        if (parameters[i].value && !is_in_path(operation, &parameters[i]) &&
            !pairs_add(&out->query, parameters[i].name, parameters[i].value, err))
            return false;
    }
    return true;
}

/* A line break in a header would begin a header of its own; everything we send in one is visible ASCII. */
static bool check_header_text(const char *what, const char *text, struct error *err)
{
    if (!*text)
        return error_set(err, ERROR_CREDENTIALS, "the %s is empty", what);
    for (size_t i = 0; text[i]; i++) {
        if ((unsigned char)text[i] <= ' ' || (unsigned char)text[i] > '~')
            return error_set(err, ERROR_CREDENTIALS,
                             "the %s holds a blank, a line break or another character that cannot be sent, "
                             "at position %zu",
                             what, i + 1);
    }
    return true;
}

static bool check_keys(const struct credentials *keys, struct error *err)
{
    return check_header_text("access key id", keys->access_key_id, err) &&
           check_header_text("access key secret", keys->access_key_secret, err) &&
           (!keys->security_token || check_header_text("security token", keys->security_token, err));
}

static bool check_client(const struct client *client, const struct operation *operation, struct error *err)
{
    return (operation->anonymous || check_keys(client->credentials, err)) &&
           (!client->region || check_header_text("region", client->region, err)) &&
           check_header_text("host of the endpoint", client->endpoint.host, err);
}

static bool make_nonce(struct host *host, char nonce[NONCE_DIGITS + 1], struct error *err)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[NONCE_BYTES];

    if (!host->random(host, bytes, sizeof(bytes), err))
        return false;
    for (size_t i = 0; i < NONCE_BYTES; i++) {
        nonce[2 * i] = digits[bytes[i] >> 4];
        nonce[2 * i + 1] = digits[bytes[i] & 0xF];
    }
    nonce[NONCE_DIGITS] = '\0';
    return true;
}

/* What it was built for. */
static const char user_agent[] =
    "AlibabaCloud (" DRPLAN_SYSTEM "; " DRPLAN_MACHINE ") C/11 drplan/" DRPLAN_VERSION;

static const char *content_type(const struct operation *operation)
{
    return operation->form ? "application/x-www-form-urlencoded" : "application/json; charset=utf-8";
}

struct header {
    const char *name, *value; /* without a value it is not sent */
};

static bool add_headers(struct pairs *headers, const struct header *given, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++)
        if (given[i].value && !pairs_add(headers, given[i].name, given[i].value, err))
            return false;
    return true;
}

/* What is not signed is asked as the official credential providers do: with the operation in the query. */
static bool add_anonymous_parts(const struct client *client, const struct operation *operation,
                                struct request *out, struct error *err)
{
    const struct header headers[] = {
        {"host", client->endpoint.host},
        {"accept", "application/json"},
        {"user-agent", user_agent},
        {"content-type", content_type(operation)},
    };
    char date[21], nonce[NONCE_DIGITS + 1];
    struct buf query = BUF_INIT;

    if (!make_nonce(client->host, nonce, err))
        return false;
    time_text_write(client->host->now(client->host), date);
    add_encoded(&query, "Action", operation->name);
    add_encoded(&query, "Format", "JSON");
    add_encoded(&query, "SignatureNonce", nonce);
    add_encoded(&query, "Timestamp", date);
    add_encoded(&query, "Version", operation->version);
    out->query_text = buf_take(&query);
    buf_release(&query);
    if (!out->query_text)
        return error_memory(err);
    return add_headers(&out->headers, headers, sizeof(headers) / sizeof(headers[0]), err);
}

static bool add_signed_headers(const struct client *client, const struct operation *operation, bool has_body,
                               struct request *out, struct error *err)
{
    char date[21], nonce[NONCE_DIGITS + 1], body_hash[65];
    const char *token = client->credentials->security_token;
    const struct header headers[] = {
        {"host", client->endpoint.host},
        {"x-acs-version", operation->version},
        {"x-acs-action", operation->name},
        {"x-acs-date", date},
        {"x-acs-signature-nonce", nonce},
        {"accept", "application/json"},
        {"user-agent", user_agent},
        {CONTENT_HASH_HEADER, body_hash},
        {"content-type", has_body ? content_type(operation) : NULL},
        {"x-acs-region-id", client->region},
        {"x-acs-accesskey-id", token ? client->credentials->access_key_id : NULL},
        {"x-acs-security-token", token},
    };

    if (!make_nonce(client->host, nonce, err))
        return false;
    time_text_write(client->host->now(client->host), date);
    sha256_hex(buf_text(&out->body), out->body.length, body_hash);
    return add_headers(&out->headers, headers, sizeof(headers) / sizeof(headers[0]), err);
}

static bool fill_request(const struct client *client, const struct operation *operation, const char *body,
                         size_t body_length, struct request *out, struct error *err)
{
    snprintf(out->method, sizeof(out->method), "%s", operation->method);
    out->scheme = text_copy(client->endpoint.scheme);
    out->host = text_copy(client->endpoint.host);
    if (body)
        buf_add(&out->body, body, body_length);
    if (!out->scheme || !out->host || out->body.failed)
        return error_memory(err);
    if (operation->anonymous)
        return add_anonymous_parts(client, operation, out, err);
    return add_signed_headers(client, operation, body || operation->form, out, err);
}

static bool sign_and_add(const struct client *client, struct request *out, struct signature *signature,
                         struct error *err)
{
    const struct credentials *keys = client->credentials;

    return sign_request(out, keys->access_key_id, keys->access_key_secret, signature, err) &&
           pairs_add(&out->headers, "Authorization", buf_text(&signature->authorization), err);
}

bool client_for_region(const struct client *from, const char *product, const char *region, struct client *out,
                       struct error *err)
{
    static const char vpc_host[] = "rocketmq-vpc.";
    bool vpc = strncmp(from->endpoint.host, vpc_host, sizeof(vpc_host) - 1) == 0;

    *out = *from;
    out->region = NULL;
    if (!host_is_loopback(from->endpoint.host))
        return endpoint_for_region(product, region, vpc, &out->endpoint, err);
    if (!region_is_valid(region))
        return error_set(err, ERROR_INPUT, "\"%s\" is not a region id", excerpt(region, 80).text);
    out->region = region;
    return true;
}

bool client_prepare(const struct client *client, enum operation_id operation,
                    const struct parameter *parameters, size_t parameter_count, const char *body,
                    size_t body_length, struct request *out, struct signature *signature, struct error *err)
{
    const struct operation *row = &operations[operation];
    struct signature own;
    bool done;

    request_init(out);
    signature_init(&own);
    if (signature)
        signature_init(signature);
    if (row->style == STYLE_RPC && body)
        return error_set(err, ERROR_INTERNAL, "%s takes no body", row->name);
    done = check_client(client, row, err) && fill_path(row, parameters, parameter_count, out, err) &&
           fill_query(row, parameters, parameter_count, out, err) &&
           fill_request(client, row, body, body_length, out, err) &&
           (row->anonymous || sign_and_add(client, out, signature ? signature : &own, err));
    signature_release(&own);
    if (!done)
        request_release(out);
    return done;
}
