#include "sandbox/keyed_hash.h"

#include <string.h>

#include "api/sign.h"
#include "base/buf.h"

enum { BLOCK = 64, DIGEST = 32 };

static unsigned char nibble(char c)
{
    return (unsigned char)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void digest(const void *bytes, size_t length, unsigned char out[DIGEST])
{
    char hex[2 * DIGEST + 1];

    sha256_hex(bytes, length, hex);
    for (size_t i = 0; i < DIGEST; i++)
        out[i] = (unsigned char)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
}

static void add_pad(struct buf *out, const unsigned char key[BLOCK], unsigned char mask)
{
    for (size_t i = 0; i < BLOCK; i++)
        buf_add_char(out, (char)(key[i] ^ mask));
}

bool keyed_hash_hex(const void *key, size_t key_length, const void *message, size_t message_length,
                    char hex[65], struct error *err)
{
    unsigned char block[BLOCK] = {0};
    unsigned char inner[DIGEST];
    struct buf text;
    bool done = false;

    buf_init(&text, BLOCK + message_length + DIGEST);
    if (key_length <= BLOCK)
        memcpy(block, key, key_length);
    else
        digest(key, key_length, block);

    add_pad(&text, block, 0x36);
    buf_add(&text, message, message_length);
    if (text.failed)
        goto out;
    digest(buf_text(&text), text.length, inner);

    buf_clear(&text);
    add_pad(&text, block, 0x5C);
    buf_add(&text, inner, sizeof(inner));
    if (text.failed)
        goto out;
    sha256_hex(buf_text(&text), text.length, hex);
    done = true;

out:
    wipe(block, sizeof(block));
    buf_release(&text);
    return done || error_memory(err);
}
