#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/client.h"

/* Nonces as requests carry them, DRPLAN_NONCES of them (script/torture asks for a million), by the chance of
 * this machine. */

enum { NONCES_HERE = 20000, NONCE_LENGTH = 32 };

static int compare_nonces(const void *a, const void *b)
{
    return memcmp(a, b, NONCE_LENGTH);
}

static void take_nonce(const struct client *client, char *nonce)
{
    struct request request;
    struct error err;
    const char *text;

    assert_true(client_prepare(client, OPERATION_CREATE_PLAN, NULL, 0, "{}", 2, &request, NULL, &err));
    text = pairs_get(&request.headers, "x-acs-signature-nonce");
    assert_int_equal(strlen(text), NONCE_LENGTH);
    memcpy(nonce, text, NONCE_LENGTH);
    request_release(&request);
}

static void no_nonce_comes_twice(void **state)
{
    static char id[] = "key-id", secret[] = "key-secret";
    const struct credentials credentials = {.access_key_id = id, .access_key_secret = secret};
    const struct client client = {
        .host = host_system(),
        .credentials = &credentials,
        .endpoint = {.scheme = "https", .host = "rocketmq.cn-hangzhou.aliyuncs.com"}};
    const char *wanted = getenv("DRPLAN_NONCES");
    size_t count = wanted ? strtoul(wanted, NULL, 10) : NONCES_HERE;
    char *nonces = malloc(count * NONCE_LENGTH);
    size_t twice = 0;

    (void)state;
    assert_non_null(nonces);
    for (size_t i = 0; i < count; i++)
        take_nonce(&client, nonces + i * NONCE_LENGTH);
    qsort(nonces, count, NONCE_LENGTH, compare_nonces);
    for (size_t i = 1; i < count; i++)
        twice += memcmp(nonces + (i - 1) * NONCE_LENGTH, nonces + i * NONCE_LENGTH, NONCE_LENGTH) == 0;
    print_message("%zu nonces, %zu of them twice\n", count, twice);
    assert_int_equal(twice, 0);
    free(nonces);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_nonce_comes_twice)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
