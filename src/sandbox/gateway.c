#include "sandbox/gateway.h"

#include <stdlib.h>
#include <string.h>

#include "api/sign.h"
#include "base/excerpt.h"
#include "base/time_text.h"
#include "sandbox/identity.h"
#include "sandbox/keyed_hash.h"
#include "sandbox/query.h"
#include "sandbox/routes.h"

#define ALGORITHM "ACS3-HMAC-SHA256"

/* A part of a header's value. */
struct span {
    const char *text;
    size_t length;
};

/* What the Authorization header claims. */
struct claim {
    struct span credential;
    struct span signed_headers;
    struct span signature;
    const char *secret; /* of the credential */
};

void gateway_release(struct gateway *gateway)
{
    nonces_release(&gateway->nonces);
}

static bool span_is(struct span span, const char *text)
{
    return span.length == strlen(text) && memcmp(span.text, text, span.length) == 0;
}

/* Takes the text up to `separator` off the front of rest. */
static struct span span_cut(struct span *rest, char separator)
{
    const char *end = memchr(rest->text, separator, rest->length);
    struct span part = {rest->text, end ? (size_t)(end - rest->text) : rest->length};
    size_t used = part.length + (end ? 1 : 0);

    rest->text += used;
    rest->length -= used;
    return part;
}

static bool span_begins(struct span span, const char *prefix)
{
    size_t length = strlen(prefix);

    return span.length >= length && memcmp(span.text, prefix, length) == 0;
}

static bool span_take(struct span *rest, const char *name, struct span *value)
{
    size_t length = strlen(name);

    if (!span_begins(*rest, name))
        return false;
    rest->text += length;
    rest->length -= length;
    *value = span_cut(rest, ',');
    return value->length > 0;
}

static bool refuse_incomplete(struct refusal *refusal, const char *what)
{
    return refuse(refusal, 400, "IncompleteSignature",
                  "The request signature does not conform to Aliyun standards: %s", what);
}

/* ---- What is asked ---- */

static bool method_is_known(const char *method)
{
    static const char *const known[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(method, known[i]) == 0)
            return true;
    return false;
}

static bool version_is_known(const char *version)
{
    for (size_t i = 0; i < ROUTE_COUNT; i++)
        if (strcmp(version, routes[i].version) == 0)
            return true;
    return false;
}

static bool check_operation(const struct arrival *arrival, struct refusal *refusal)
{
    const char *version = arrival_header(arrival, "x-acs-version");
    const char *action = arrival_header(arrival, "x-acs-action");
    enum route_id route;

    if (!method_is_known(arrival->method))
        return refuse(refusal, 403, "UnsupportedHTTPMethod", "This http method is not supported.");
    route = route_find(arrival->method, arrival->target, arrival_path_length(arrival), action);
    if (!version ||
        (route < ROUTE_COUNT ? strcmp(version, routes[route].version) != 0 : !version_is_known(version)))
        return refuse(refusal, 400, "InvalidVersion", "Specified parameter Version is not valid.");
    if (route == ROUTE_COUNT || !action || strcmp(action, routes[route].operation) != 0)
        return refuse(refusal, 404, "InvalidAction.NotFound",
                      "Specified api is not found, please check your url and method.");
    return true;
}

/* ---- Who asks ---- */

static bool read_claim(const struct arrival *arrival, struct claim *claim, struct refusal *refusal)
{
    const char *value = NULL;
    struct span rest;

    for (size_t i = 0; i < arrival->header_count; i++) {
        if (strcmp(arrival->headers[i].name, "authorization") != 0)
            continue;
        if (value)
            return refuse_incomplete(refusal, "there is more than one Authorization header");
        value = arrival->headers[i].value;
    }
    if (!value)
        return refuse_incomplete(refusal, "there is no Authorization header");

    rest = (struct span){value, strlen(value)};
    if (!span_is(span_cut(&rest, ' '), ALGORITHM))
        return refuse_incomplete(refusal, "the algorithm is not " ALGORITHM);
    if (!span_take(&rest, "Credential=", &claim->credential) ||
        !span_take(&rest, "SignedHeaders=", &claim->signed_headers) ||
        !span_take(&rest, "Signature=", &claim->signature) || rest.length > 0)
        return refuse_incomplete(refusal, "Authorization must hold Credential, SignedHeaders and Signature");
    return true;
}

static bool check_key(const struct arrival *arrival, int64_t now, struct claim *claim,
                      struct refusal *refusal)
{
    if (span_begins(claim->credential, "STS.") && !arrival_header(arrival, "x-acs-security-token"))
        return refuse(refusal, 400, "MissingSecurityToken",
                      "SecurityToken is mandatory for this action, since the AccessKeyId is of STS.");
    claim->secret = identity_secret(arrival, claim->credential.text, claim->credential.length, now, refusal);
    return claim->secret != NULL;
}

/* ---- What is signed ---- */

static bool is_signed(struct span names, const char *name)
{
    while (names.length > 0)
        if (span_is(span_cut(&names, ';'), name))
            return true;
    return false;
}

static bool must_be_signed(const char *name)
{
    return strncmp(name, "x-acs-", 6) == 0 || strcmp(name, "content-type") == 0 || strcmp(name, "host") == 0;
}

/* In order and each once: otherwise one signature would fit several requests. */
static bool check_name_order(struct span names, struct refusal *refusal)
{
    struct span before = {"", 0};

    while (names.length > 0) {
        struct span name = span_cut(&names, ';');
        size_t shared = name.length < before.length ? name.length : before.length;
        int order = memcmp(before.text, name.text, shared);

        if (name.length == 0 || order > 0 || (order == 0 && before.length >= name.length))
            return refuse_incomplete(refusal, "SignedHeaders must be sorted, each name once");
        before = name;
    }
    return true;
}

static bool check_signed_headers(const struct arrival *arrival, struct span names, struct refusal *refusal)
{
    static const char *const required[] = {"host",       "x-acs-action",          "x-acs-content-sha256",
                                           "x-acs-date", "x-acs-signature-nonce", "x-acs-version"};

    if (!check_name_order(names, refusal))
        return false;
    for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
        const char *value = arrival_header(arrival, required[i]);

        if (!value || value[0] == '\0')
            return refuse(refusal, 400, "IncompleteSignature",
                          "The request signature does not conform to Aliyun standards: header %s is missing",
                          required[i]);
    }
    for (size_t i = 0; i < arrival->header_count; i++)
        if (must_be_signed(arrival->headers[i].name) && !is_signed(names, arrival->headers[i].name))
            return refuse(
                refusal, 400, "IncompleteSignature",
                "The request signature does not conform to Aliyun standards: header %s is not signed",
                excerpt(arrival->headers[i].name, 80).text);
    while (names.length > 0) {
        struct span name = span_cut(&names, ';');
        bool there = false;

        for (size_t i = 0; i < arrival->header_count && !there; i++)
            there = span_is(name, arrival->headers[i].name);
        if (!there)
            return refuse_incomplete(refusal, "SignedHeaders names a header that was not sent");
    }
    return true;
}

/* ---- When ---- */

static bool check_date(const struct arrival *arrival, int64_t now, int64_t *date, struct refusal *refusal)
{
    const char *at = arrival_header(arrival, "x-acs-date");

    if (!time_text_take(&at, date) || strcmp(at, "Z") != 0)
        return refuse(refusal, 400, "InvalidTimeStamp.Format",
                      "Specified time stamp or date value is not well formatted.");
    if (*date < now - GATEWAY_CLOCK_SECONDS || *date > now + GATEWAY_CLOCK_SECONDS)
        return refuse(refusal, 400, "InvalidTimeStamp.Expired",
                      "Specified time stamp or date value is expired.");
    return true;
}

/* ---- The signature ---- */

static int compare_text(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;

    return strcmp(*a, *b);
}

static bool add_header_line(const struct arrival *arrival, struct span name, struct buf *out,
                            struct error *err)
{
    const char **values = calloc(arrival->header_count + 1, sizeof(*values));
    size_t count = 0;

    if (!values)
        return error_memory(err);
    for (size_t i = 0; i < arrival->header_count; i++)
        if (span_is(name, arrival->headers[i].name))
            values[count++] = arrival->headers[i].value;
    qsort(values, count, sizeof(*values), compare_text);

    buf_add(out, name.text, name.length);
    buf_add_char(out, ':');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add_char(out, ',');
        buf_add_text(out, values[i]);
    }
    buf_add_char(out, '\n');
    free(values);
    return true;
}

bool gateway_canonical_request(const struct arrival *arrival, const char *signed_headers,
                               size_t signed_headers_length, struct buf *out, struct error *err)
{
    struct span names = {signed_headers, signed_headers_length};
    char body_hash[65];
    struct query query;

    if (!query_parse(arrival_query(arrival), &query, err))
        return false;
    sha256_hex(buf_text(&arrival->body), arrival->body.length, body_hash);
    buf_addf(out, "%s\n", arrival->method);
    buf_add(out, arrival->target, arrival_path_length(arrival));
    buf_add_char(out, '\n');
    query_canonical(&query, out);
    query_release(&query);
    buf_add_char(out, '\n');
    while (names.length > 0)
        if (!add_header_line(arrival, span_cut(&names, ';'), out, err))
            return false;
    buf_add_char(out, '\n');
    buf_add(out, signed_headers, signed_headers_length);
    buf_addf(out, "\n%s", body_hash);
    return out->failed ? error_memory(err) : true;
}

/* Takes the same time wherever the two differ. */
static bool same_hex(struct span claimed, const char right[65])
{
    unsigned different = 0;

    if (claimed.length != 64)
        return false;
    for (size_t i = 0; i < 64; i++)
        different |= (unsigned)(unsigned char)claimed.text[i] ^ (unsigned)(unsigned char)right[i];
    return different == 0;
}

static bool check_signature(const struct arrival *arrival, const struct claim *claim, struct refusal *refusal,
                            struct error *err)
{
    struct buf canonical = BUF_INIT;
    struct buf to_sign = BUF_INIT;
    char hash[65];
    char body_hash[65];
    char right[65];
    bool admitted = false;

    if (!gateway_canonical_request(arrival, claim->signed_headers.text, claim->signed_headers.length,
                                   &canonical, err))
        goto out;
    sha256_hex(buf_text(&canonical), canonical.length, hash);
    sha256_hex(buf_text(&arrival->body), arrival->body.length, body_hash);
    buf_addf(&to_sign, ALGORITHM "\n%s", hash);
    if (to_sign.failed) {
        error_memory(err);
        goto out;
    }
    if (!keyed_hash_hex(claim->secret, strlen(claim->secret), buf_text(&to_sign), to_sign.length, right, err))
        goto out;
    admitted = same_hex(claim->signature, right) &&
               strcmp(arrival_header(arrival, "x-acs-content-sha256"), body_hash) == 0;
    if (!admitted)
        refuse(refusal, 400, "SignatureDoesNotMatch",
               "Specified signature is not matched with our calculation. server string to sign is:%s",
               buf_text(&to_sign));

out:
    buf_release(&canonical);
    buf_release(&to_sign);
    return admitted;
}

/* A nonce is remembered for as long as its date would let the request pass again. */
static bool check_nonce(struct gateway *gateway, const struct arrival *arrival, int64_t now, int64_t date,
                        struct refusal *refusal, struct error *err)
{
    const char *nonce = arrival_header(arrival, "x-acs-signature-nonce");
    char hash[65];

    sha256_hex(nonce, strlen(nonce), hash);
    if (nonces_used(&gateway->nonces, hash, now))
        return refuse(refusal, 400, "SignatureNonceUsed", "Specified signature nonce was used already.");
    return nonces_remember(&gateway->nonces, hash, (date > now ? date : now) + GATEWAY_NONCE_SECONDS + 1,
                           err);
}

bool gateway_admit(struct gateway *gateway, const struct arrival *arrival, int64_t now,
                   struct refusal *refusal, struct error *err)
{
    struct claim claim = {0};
    int64_t date = 0;

    *refusal = (struct refusal){0};
    if (arrival->too_large)
        return refuse(refusal, 413, "RequestEntityTooLarge", "The body is larger than %zu bytes.",
                      ARRIVAL_BODY_MAX);
    return check_operation(arrival, refusal) && read_claim(arrival, &claim, refusal) &&
           check_key(arrival, now, &claim, refusal) &&
           check_signed_headers(arrival, claim.signed_headers, refusal) &&
           check_date(arrival, now, &date, refusal) && check_signature(arrival, &claim, refusal, err) &&
           check_nonce(gateway, arrival, now, date, refusal, err);
}
