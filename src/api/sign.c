/* SHA-256 is asked for by its own functions, which OpenSSL 3 would rather have replaced by EVP: the first
 * hash of EVP sets up all algorithms of the provider, which takes longer than everything else that signing
 * does. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "api/sign.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "base/wiping.h"

#define ALGORITHM "ACS3-HMAC-SHA256"

enum { HASH_BYTES = SHA256_DIGEST_LENGTH, BLOCK_BYTES = SHA256_CBLOCK };

/* OpenSSL says where in its source it asks. */

static void *openssl_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return wiping_malloc(size);
}

static void *openssl_realloc(void *memory, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    if (size > 0)
        return wiping_realloc(memory, size);
    wiping_free(memory);
    return NULL;
}

static void openssl_free(void *memory, const char *file, int line)
{
    (void)file;
    (void)line;
    wiping_free(memory);
}

void openssl_wipe_on_free(void)
{
    CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free);
}

void openssl_skip_cleanup(void)
{
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
}

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

/* What OpenSSL noted is dropped, or the next TLS connection would take it for an error of its own. */
static bool failed_in_openssl(struct error *err, const char *what)
{
    ERR_clear_error();
    return error_set(err, ERROR_INTERNAL, "OpenSSL could not compute %s", what);
}

/* Of two pieces, one behind the other. */
static bool hash_of(const void *first, size_t first_length, const void *second, size_t second_length,
                    unsigned char hash[HASH_BYTES])
{
    SHA256_CTX context;
    bool done = SHA256_Init(&context) == 1 && SHA256_Update(&context, first, first_length) == 1 &&
                SHA256_Update(&context, second, second_length) == 1 && SHA256_Final(hash, &context) == 1;

    wipe(&context, sizeof(context)); /* of a key and all that was hashed with it */
    return done;
}

bool sha256_hex(const void *bytes, size_t length, char hex[65], struct error *err)
{
    unsigned char hash[HASH_BYTES];

    if (!hash_of(bytes, length, NULL, 0, hash))
        return failed_in_openssl(err, "a SHA-256 hash");
    write_hex(hash, hex);
    return true;
}

/* RFC 2104: H(key ^ outer pad, H(key ^ inner pad, text)), where a key longer than a block is hashed first. */
static bool hmac_hex(const char *key, const struct buf *text, char hex[65], struct error *err)
{
    enum { INNER = 0x36, OUTER = 0x5C };
    unsigned char block[BLOCK_BYTES] = {0}, hash[HASH_BYTES];
    size_t length = strlen(key);
    bool done = true;

    if (length > sizeof(block))
        done = hash_of(key, length, NULL, 0, block);
    else
        memcpy(block, key, length);
    for (size_t i = 0; i < sizeof(block); i++)
        block[i] ^= INNER;
    done = done && hash_of(block, sizeof(block), buf_text(text), text->length, hash);
    for (size_t i = 0; i < sizeof(block); i++)
        block[i] ^= INNER ^ OUTER;
    done = done && hash_of(block, sizeof(block), hash, sizeof(hash), hash);
    wipe(block, sizeof(block));
    if (!done)
        return failed_in_openssl(err, "the signature");
    write_hex(hash, hex);
    return true;
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
    const char *a_value = trimmed(a, &a_length), *b_value = trimmed(b, &b_length);
    int order = ascii_compare(a->name, b->name);

    if (order == 0)
        order = compare_bytes(a_value, a_length, b_value, b_length);
    return order != 0 ? order : (a > b) - (a < b);
}

/* The signed headers in their order, to be freed, with NULL behind them; the order in which they are sent stays
 * untouched. They are few: each goes to its place among those before. */
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
    for (; *name; name++)
        buf_add_char(out, ascii_lower(*name));
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

static bool add_canonical_request(const struct request *request, struct signature *out, struct error *err)
{
    struct buf *canonical = &out->canonical_request;
    struct buf names = BUF_INIT;
    char body_hash[65];
    bool sorted;

    if (!sha256_hex(buf_text(&request->body), request->body.length, body_hash, err))
        return false;
    buf_addf(canonical, "%s\n", request->method);
    buf_add_text(canonical, *request->path ? request->path : "/");
    buf_add_char(canonical, '\n');
    buf_add_text(canonical, request->query_text);
    buf_add_char(canonical, '\n');
    sorted = add_headers(canonical, &names, &request->headers);
    buf_add_char(canonical, '\n');
    buf_add_text(canonical, buf_text(&names));
    buf_addf(canonical, "\n%s", body_hash);
    out->signed_headers = buf_take(&names);
    return (sorted && out->signed_headers && !canonical->failed) || error_memory(err);
}

bool sign_request(struct request *request, const char *access_key_id, const char *access_key_secret,
                  struct signature *out, struct error *err)
{
    signature_release(out);
    if (!set_query_text(request))
        return error_memory(err);
    if (!add_canonical_request(request, out, err) ||
        !sha256_hex(buf_text(&out->canonical_request), out->canonical_request.length, out->canonical_hash,
                    err))
        return false;
    buf_addf(&out->string_to_sign, ALGORITHM "\n%s", out->canonical_hash);
    if (!hmac_hex(access_key_secret, &out->string_to_sign, out->signature, err))
        return false;
    buf_addf(&out->authorization, ALGORITHM " Credential=%s,SignedHeaders=%s,Signature=%s", access_key_id,
             out->signed_headers, out->signature);
    return (!out->string_to_sign.failed && !out->authorization.failed) || error_memory(err);
}
