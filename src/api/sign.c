#include "api/sign.h"

#include <nettle/hmac.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>

#define ALGORITHM "ACS3-HMAC-SHA256"

enum { HASH_BYTES = SHA256_DIGEST_SIZE };

/* How long they usually are. */
enum { CANONICAL_USUAL = 700, NAMES_USUAL = 120 };

void signature_init(struct signature *signature)
{
    *signature = (struct signature){
        .canonical_request = BUF_INIT, .string_to_sign = BUF_INIT, .authorization = BUF_INIT};
}

void signature_release(struct signature *signature)
{
    buf_release(&signature->canonical_request);
    buf_release(&signature->string_to_sign);
    buf_release(&signature->authorization);
    wipe_free(signature->signed_headers);
    signature_init(signature);
}

static void write_hex(const unsigned char bytes[HASH_BYTES], char hex[65])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < HASH_BYTES; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 0xF];
    }
    hex[64] = '\0';
}

void sha256_hex(const void *bytes, size_t length, char hex[65])
{
    unsigned char hash[HASH_BYTES];
    struct sha256_ctx context;

    sha256_init(&context);
    sha256_update(&context, length, bytes);
    sha256_digest(&context, sizeof(hash), hash);
    wipe(&context, sizeof(context)); /* the end of what was hashed is in there */
    write_hex(hash, hex);
}

static void hmac_hex(const char *key, const struct buf *text, char hex[65])
{
    unsigned char hash[HASH_BYTES];
    struct hmac_sha256_ctx context;

    hmac_sha256_set_key(&context, strlen(key), (const uint8_t *)key);
    hmac_sha256_update(&context, text->length, (const uint8_t *)buf_text(text));
    hmac_sha256_digest(&context, sizeof(hash), hash);
    wipe(&context, sizeof(context)); /* what signs is as good as the key */
    write_hex(hash, hex);
}

static int compare_bytes(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int order = memcmp(a, b, a_length < b_length ? a_length : b_length);

    return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

static int compare_parameters(const void *left, const void *right)
{
    const struct pair *a = left, *b = right;
    int order = strcmp(a->name, b->name);

    return order != 0 ? order : compare_bytes(a->value, a->value_length, b->value, b->value_length);
}

/* Sorts before encoding: in encoded text "%" would come before letters and digits. */
static bool set_query_text(struct request *request)
{
    struct pairs *query = &request->query;
    struct buf text = BUF_INIT;

    if (query->count > 1)
        qsort(query->items, query->count, sizeof(*query->items), compare_parameters);
    for (size_t i = 0; i < query->count; i++) {
        if (i > 0)
            buf_add_char(&text, '&');
        percent_encode(&text, query->items[i].name, strlen(query->items[i].name));
        buf_add_char(&text, '=');
        percent_encode(&text, query->items[i].value, query->items[i].value_length);
    }
    wipe_free(request->query_text);
    request->query_text = buf_take(&text);
    return request->query_text != NULL;
}

static bool is_signed(const char *name)
{
    static const char prefix[] = "x-acs-";
    size_t i = 0;

    while (prefix[i] && ascii_lower(name[i]) == prefix[i])
        i++;
    return !prefix[i] || ascii_compare(name, "host") == 0 || ascii_compare(name, "content-type") == 0;
}

/* The value without the blanks around it: where it begins, and its length. */
static const char *trimmed(const struct pair *header, size_t *length)
{
    const char *value = header->value;
    size_t left = header->value_length;

    while (left > 0 && (value[0] == ' ' || value[0] == '\t')) {
        value++;
        left--;
    }
    while (left > 0 && (value[left - 1] == ' ' || value[left - 1] == '\t'))
        left--;
    *length = left;
    return value;
}

/* By name, then value, then place. */
static int compare_headers(const struct pair *a, const struct pair *b)
{
    size_t a_length, b_length;
    const char *a_value, *b_value;
    int order = ascii_compare(a->name, b->name);

    if (order != 0)
        return order;
    a_value = trimmed(a, &a_length);
    b_value = trimmed(b, &b_length);
    order = compare_bytes(a_value, a_length, b_value, b_length);
    return order != 0 ? order : (a > b) - (a < b);
}

/* The signed headers in their order, to be freed, with NULL behind them; the order in which they are sent
 * stays untouched. They are few: each goes to its place among those before. */
static const struct pair **sort_signed(const struct pairs *headers)
{
    const struct pair **sorted = calloc(headers->count + 1, sizeof(*sorted));
    size_t count = 0;

    for (size_t i = 0; sorted && i < headers->count; i++) {
        const struct pair *header = &headers->items[i];
        size_t at = count;

        if (!is_signed(header->name))
            continue;
        for (; at > 0 && compare_headers(sorted[at - 1], header) > 0; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = header;
        count++;
    }
    return sorted;
}

static void add_lower(struct buf *out, const char *name)
{
    size_t at = out->length;

    buf_add_text(out, name);
    for (; at < out->length; at++)
        out->data[at] = ascii_lower(out->data[at]);
}

/* Adds the canonical headers to canonical and their names to names. */
static bool add_headers(struct buf *canonical, struct buf *names, const struct pairs *headers)
{
    const struct pair **sorted = sort_signed(headers);
    const struct pair *previous = NULL;

    for (size_t i = 0; sorted && sorted[i]; i++) {
        const struct pair *header = sorted[i];
        size_t length;
        const char *value = trimmed(header, &length);

        if (previous && ascii_compare(previous->name, header->name) == 0) {
            buf_add_char(canonical, ',');
        } else {
            if (previous) {
                buf_add_char(canonical, '\n');
                buf_add_char(names, ';');
            }
            add_lower(canonical, header->name);
            buf_add_char(canonical, ':');
            add_lower(names, header->name);
        }
        buf_add(canonical, value, length);
        previous = header;
    }
    if (previous)
        buf_add_char(canonical, '\n');
    free((void *)sorted);
    return sorted != NULL;
}

/* The hash of the body: what the request says of it, or else computed. */
static const char *body_hash_of(const struct request *request, char hex[65])
{
    const char *said = pairs_get(&request->headers, CONTENT_HASH_HEADER);

    if (said)
        return said;
    sha256_hex(buf_text(&request->body), request->body.length, hex);
    return hex;
}

static bool add_canonical_request(const struct request *request, struct signature *out, struct error *err)
{
    struct buf *canonical = &out->canonical_request;
    struct buf names = BUF_INIT;
    char hex[65];
    bool sorted;

    buf_reserve(canonical, CANONICAL_USUAL);
    buf_reserve(&names, NAMES_USUAL);
    buf_add_texts(canonical, request->method, "\n", *request->path ? request->path : "/", "\n",
                  request->query_text, "\n", NULL);
    sorted = add_headers(canonical, &names, &request->headers);
    buf_add_texts(canonical, "\n", buf_text(&names), "\n", body_hash_of(request, hex), NULL);
    out->signed_headers = buf_take(&names);
    return (sorted && out->signed_headers && !canonical->failed) || error_memory(err);
}

bool sign_request(struct request *request, const char *access_key_id, const char *access_key_secret,
                  struct signature *out, struct error *err)
{
    signature_release(out);
    if (!set_query_text(request))
        return error_memory(err);
    if (!add_canonical_request(request, out, err))
        return false;
    sha256_hex(buf_text(&out->canonical_request), out->canonical_request.length, out->canonical_hash);
    buf_add_texts(&out->string_to_sign, ALGORITHM "\n", out->canonical_hash, NULL);
    hmac_hex(access_key_secret, &out->string_to_sign, out->signature);
    buf_add_texts(&out->authorization, ALGORITHM " Credential=", access_key_id,
                  ",SignedHeaders=", out->signed_headers, ",Signature=", out->signature, NULL);
    return (!out->string_to_sign.failed && !out->authorization.failed) || error_memory(err);
}
