#include "sandbox/keyed_hash.h"

#include <string.h>

#include "api/sign.h"
#include "base/buf.h"

enum { BLOCK = 64, DIGEST = 32 };

static unsigned char nibble(char c)
{
    return (unsigned char)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static bool digest(const void *bytes, size_t length, unsigned char out[DIGEST], struct error *err)
{
    char hex[2 * DIGEST + 1];

    if (!sha256_hex(bytes, length, hex, err))
        return false;
    for (size_t i = 0; i < DIGEST; i++)
        out[i] = (unsigned char)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
    return true;
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
    else if (!digest(key, key_length, block, err))
        goto out;

    add_pad(&text, block, 0x36);
    buf_add(&text, message, message_length);
    if (text.failed) {
        error_memory(err);
        goto out;
    }
    if (!digest(buf_text(&text), text.length, inner, err))
        goto out;

    buf_clear(&text);
    add_pad(&text, block, 0x5C);
    buf_add(&text, inner, sizeof(inner));
    done = text.failed ? error_memory(err) : sha256_hex(buf_text(&text), text.length, hex, err);

out:
    wipe(block, sizeof(block));
    buf_release(&text);
    return done;
}
