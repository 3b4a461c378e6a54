#include "api/transport_curl.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "base/wiping.h"

/* What libcurl and OpenSSL use held keys, tokens and passwords. */

static void *plain_calloc(size_t count, size_t size)
{
    return calloc(count, size);
}

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

bool curl_start(void)
{
    /* Refused once OpenSSL was used, which is where a second transport finds it: with ours already. */
    (void)CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free);
    /* At the end of the program it would free all its tables one by one, which the system does better. */
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
    return curl_global_init_mem(CURL_GLOBAL_DEFAULT, wiping_malloc, wiping_free, wiping_realloc, text_copy,
                                plain_calloc) == CURLE_OK;
}
