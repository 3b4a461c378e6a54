#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/request.h"
#include "api/sign.h"
#include "base/file.h"
#include "base/json.h"

/* ---- reading the vectors ---- */

/* \u0000 stands in one vector, and a C string cannot hold it: it is read as U+E000, which no vector has, and
 * turned back by bytes_of(). */
static void hide_zeros(char *text)
{
    for (char *at = strchr(text, '\\'); at; at = strchr(at, '\\')) {
        if (strncmp(at, "\\u0000", 6) == 0)
            at[2] = 'e';
        at += 2;
    }
}

static struct buf bytes_of(const char *text)
{
    static const char hidden[] = "\xEE\x80\x80";
    struct buf bytes = BUF_INIT;

    while (*text) {
        bool zero = strncmp(text, hidden, 3) == 0;

        buf_add_char(&bytes, zero ? '\0' : *text);
        text += zero ? 3 : 1;
    }
    return bytes;
}

static cJSON *read_vectors(void)
{
    const char *path = getenv("DRPLAN_SIGNING_VECTORS");
    struct buf text = BUF_INIT;
    struct error err;
    cJSON *tree = NULL;

    if (!path || !*path)
        path = DRPLAN_SIGNING_VECTORS_DEFAULT;
    if (file_read(path, BUF_LIMIT_DEFAULT, &text, NULL, &err)) {
        hide_zeros(text.data);
        tree = json_parse(buf_text(&text), text.length, &err);
    }
    if (!tree)
        fail_msg("%s: %s", path, err.text);
    buf_release(&text);
    return tree;
}

static const char *text_of(const cJSON *vector, const char *name)
{
    return json_text(json_member(vector, name));
}

/* A scalar as a parameter carries it; NULL for null, which is left out. */
static const char *scalar(const cJSON *node)
{
    if (cJSON_IsNull(node))
        return NULL;
    if (cJSON_IsBool(node))
        return cJSON_IsTrue(node) ? "true" : "false";
    assert_non_null(node->valuestring);
    return node->valuestring;
}

static void add_pairs(struct pairs *pairs, const cJSON *object)
{
    struct error err;
    const cJSON *member;

    cJSON_ArrayForEach(member, object)
    {
        struct buf value;

        if (!scalar(member))
            continue;
        value = bytes_of(scalar(member));
        assert_true(pairs_add_bytes(pairs, member->string, buf_text(&value), value.length, &err));
        buf_release(&value);
    }
}

static void build_request(const cJSON *vector, struct request *request)
{
    const char *host = text_of(vector, "host"), *body = text_of(vector, "body");
    struct error err;

    request_init(request);
    snprintf(request->method, sizeof(request->method), "%s", text_of(vector, "method"));
    request->path = text_copy(text_of(vector, "path"));
    add_pairs(&request->query, json_member(vector, "query"));
    add_pairs(&request->headers, json_member(vector, "headers"));
    if (host && !pairs_get(&request->headers, "host"))
        assert_true(pairs_add(&request->headers, "host", host, &err));
    if (body)
        request->body = bytes_of(body);
}

/* ---- holding the signature against them ---- */

static int compare(const char *vector, const char *what, const char *expected, const char *got)
{
    if (!expected || strcmp(expected, got) == 0)
        return 0;
    print_error("%s: %s differs\n  expected: %s\n  got:      %s\n", vector, what, expected, got);
    return 1;
}

static int check_vector(const cJSON *vector)
{
    const char *name = text_of(vector, "name");
    struct request request;
    struct signature signature;
    struct error err;
    char body_hash[65];
    int differences = 0;

    build_request(vector, &request);
    signature_init(&signature);
    assert_true(sign_request(&request, text_of(vector, "access_key_id"), text_of(vector, "access_key_secret"),
                             &signature, &err));
    sha256_hex(buf_text(&request.body), request.body.length, body_hash);
    differences += compare(name, "body hash", text_of(vector, "body_sha256"), body_hash);
    differences += compare(name, "query", text_of(vector, "canonical_query"), request.query_text);
    differences +=
        compare(name, "signed headers", text_of(vector, "signed_headers"), signature.signed_headers);
    differences += compare(name, "canonical request", text_of(vector, "canonical_request"),
                           buf_text(&signature.canonical_request));
    differences +=
        compare(name, "hash", text_of(vector, "hashed_canonical_request"), signature.canonical_hash);
    differences += compare(name, "string to sign", text_of(vector, "string_to_sign"),
                           buf_text(&signature.string_to_sign));
    differences += compare(name, "signature", text_of(vector, "signature"), signature.signature);
    differences +=
        compare(name, "authorization", text_of(vector, "authorization"), buf_text(&signature.authorization));
    signature_release(&signature);
    request_release(&request);
    return differences;
}

static void every_vector_is_signed_as_documented(void **state)
{
    cJSON *tree = read_vectors();
    const cJSON *vector;
    int count = 0, differences = 0;

    (void)state;
    cJSON_ArrayForEach(vector, json_member(tree, "vectors"))
    {
        differences += check_vector(vector);
        count++;
    }
    cJSON_Delete(tree);
    print_message("%d vectors\n", count);
    assert_true(count > 0);
    assert_int_equal(differences, 0);
}

/* "/instances/{instanceId}" filled in by hand, the values encoded. */
static struct buf fill_template(const char *template, const cJSON *parameters)
{
    struct buf path = BUF_INIT;

    for (const char *at = template; *at; at++) {
        char name[64] = "";
        size_t length = strcspn(at, "}") - 1;
        const char *value;

        if (*at != '{') {
            buf_add_char(&path, *at);
            continue;
        }
        assert_true(length < sizeof(name));
        memcpy(name, at + 1, length);
        value = text_of(parameters, name);
        assert_non_null(value);
        percent_encode(&path, value, strlen(value));
        at += length + 1;
    }
    return path;
}

static void path_parameters_are_encoded_as_in_the_vectors(void **state)
{
    cJSON *tree = read_vectors();
    const cJSON *vector;

    (void)state;
    cJSON_ArrayForEach(vector, json_member(tree, "vectors"))
    {
        const char *template = text_of(vector, "path_template");
        struct buf path;

        if (!template)
            continue;
        path = fill_template(template, json_member(vector, "path_params"));
        assert_string_equal(buf_text(&path), text_of(vector, "path"));
        buf_release(&path);
    }
    cJSON_Delete(tree);
}

/* ---- what no vector shows ---- */

static struct request request_to(const char *path)
{
    struct request request;
    struct error err;

    request_init(&request);
    snprintf(request.method, sizeof(request.method), "GET");
    request.path = text_copy(path);
    assert_true(pairs_add(&request.headers, "Host", "rocketmq.cn-hangzhou.aliyuncs.com", &err));
    return request;
}

static void canonical_is(struct request *request, const char *expected)
{
    struct signature signature;
    struct error err;

    signature_init(&signature);
    assert_true(sign_request(request, "id", "secret", &signature, &err));
    assert_string_equal(buf_text(&signature.canonical_request), expected);
    signature_release(&signature);
}

#define NO_BODY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void several_values_of_a_header_are_trimmed_sorted_and_joined(void **state)
{
    struct request request = request_to("/");
    struct error err;

    (void)state;
    assert_true(pairs_add(&request.headers, "x-acs-b", "two", &err));
    assert_true(pairs_add(&request.headers, "X-ACS-A", "  b  c\t", &err));
    assert_true(pairs_add(&request.headers, "x-acs-a", "a", &err));
    assert_true(pairs_add(&request.headers, "x-acs-A", "ab", &err));
    assert_true(pairs_add(&request.headers, "x-acs-a", "a", &err));
    assert_true(pairs_add(&request.headers, "x-acs-", " \t ", &err));
    canonical_is(&request, "GET\n/\n\nhost:rocketmq.cn-hangzhou.aliyuncs.com\nx-acs-:\n"
                           "x-acs-a:a,a,ab,b  c\nx-acs-b:two\n\nhost;x-acs-;x-acs-a;x-acs-b\n" NO_BODY);
    assert_string_equal(request.headers.items[1].name, "x-acs-b");
    request_release(&request);
}

static void an_empty_path_is_signed_as_a_slash(void **state)
{
    struct request request = request_to("");

    (void)state;
    canonical_is(&request, "GET\n/\n\nhost:rocketmq.cn-hangzhou.aliyuncs.com\n\nhost\n" NO_BODY);
    request_release(&request);
}

static void equal_names_in_a_query_are_sorted_by_value(void **state)
{
    struct request request = request_to("/");
    struct error err;

    (void)state;
    assert_true(pairs_add(&request.query, "b", "2", &err));
    assert_true(pairs_add(&request.query, "a", "xy", &err));
    assert_true(pairs_add(&request.query, "a", "x", &err));
    assert_true(pairs_add(&request.query, "a", "\xFF", &err));
    canonical_is(&request, "GET\n/\na=x&a=xy&a=%FF&b=2\nhost:rocketmq.cn-hangzhou.aliyuncs.com\n\n"
                           "host\n" NO_BODY);
    assert_string_equal(request.query_text, "a=x&a=xy&a=%FF&b=2");
    request_release(&request);
}

static void a_request_without_headers_still_has_a_form(void **state)
{
    struct request request = request_to("/");

    (void)state;
    pairs_release(&request.headers);
    canonical_is(&request, "GET\n/\n\n\n\n" NO_BODY);
    request_release(&request);
}

static void signing_again_after_a_change_starts_afresh(void **state)
{
    struct request request = request_to("/");
    struct signature signature;
    struct error err;
    char first[65];

    (void)state;
    signature_init(&signature);
    assert_true(sign_request(&request, "id", "secret", &signature, &err));
    memcpy(first, signature.signature, sizeof(first));
    assert_true(pairs_add(&request.query, "a", "1", &err));
    assert_true(sign_request(&request, "id", "secret", &signature, &err));
    assert_string_equal(request.query_text, "a=1");
    assert_string_not_equal(signature.signature, first);
    request.query.items[0].value[0] = '2';
    assert_true(sign_request(&request, "id", "secret", &signature, &err));
    assert_string_equal(request.query_text, "a=2");
    signature_release(&signature);
    request_release(&request);
}

static void the_hash_of_known_texts_is_known(void **state)
{
    char hex[65];

    (void)state;
    sha256_hex("", 0, hex);
    assert_string_equal(hex, NO_BODY);
    sha256_hex("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* A text of so many bytes that a buf refuses what signing makes of it. */
static char *endless(size_t length)
{
    char *text = malloc(length + 1);

    assert_non_null(text);
    memset(text, '%', length);
    text[length] = '\0';
    return text;
}

/* Against OpenSSL's own, for keys shorter and longer than a block of the hash. */
static void a_secret_may_have_any_length(void **state)
{
    struct request request = request_to("/");
    char secret[131] = "";
    struct error err;

    (void)state;
    for (int length = 1; length < (int)sizeof(secret); length++) {
        struct signature signature;
        unsigned char hash[32];
        char hex[65];

        secret[length - 1] = (char)('!' + length % 90);
        signature_init(&signature);
        assert_true(sign_request(&request, "id", secret, &signature, &err));
        assert_non_null(HMAC(EVP_sha256(), secret, length,
                             (const unsigned char *)buf_text(&signature.string_to_sign),
                             signature.string_to_sign.length, hash, NULL));
        for (size_t i = 0; i < sizeof(hash); i++)
            snprintf(hex + 2 * i, 3, "%02x", hash[i]);
        assert_string_equal(signature.signature, hex);
        signature_release(&signature);
    }
    request_release(&request);
}

static void what_is_too_large_is_not_signed(void **state)
{
    char *text = endless(BUF_LIMIT_DEFAULT);
    struct request request = request_to(text);
    struct signature signature;
    struct error err;

    (void)state;
    signature_init(&signature);
    assert_false(sign_request(&request, "id", "secret", &signature, &err));
    assert_int_equal(err.kind, ERROR_MEMORY);
    assert_true(pairs_add(&request.query, "a", text, &err));
    assert_false(sign_request(&request, "id", "secret", &signature, &err));
    assert_int_equal(err.kind, ERROR_MEMORY);
    assert_null(request.query_text);
    request_release(&request);
    request = request_to("/");
    assert_false(sign_request(&request, text, "secret", &signature, &err));
    assert_int_equal(err.kind, ERROR_MEMORY);
    signature_release(&signature);
    request_release(&request);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_signed_as_documented),
        cmocka_unit_test(path_parameters_are_encoded_as_in_the_vectors),
        cmocka_unit_test(several_values_of_a_header_are_trimmed_sorted_and_joined),
        cmocka_unit_test(an_empty_path_is_signed_as_a_slash),
        cmocka_unit_test(equal_names_in_a_query_are_sorted_by_value),
        cmocka_unit_test(a_request_without_headers_still_has_a_form),
        cmocka_unit_test(signing_again_after_a_change_starts_afresh),
        cmocka_unit_test(the_hash_of_known_texts_is_known),
        cmocka_unit_test(a_secret_may_have_any_length),
        cmocka_unit_test(what_is_too_large_is_not_signed),
    };

    return cmocka_run_group_tests_name("signature", tests, NULL, NULL);
}
