#include "sandbox/nonces.h"

#include <stdlib.h>
#include <string.h>

struct nonce {
    char hash[65];
    int64_t until;
};

void nonces_release(struct nonces *nonces)
{
    free(nonces->items);
    *nonces = (struct nonces){0};
}

bool nonces_used(const struct nonces *nonces, const char hash[65], int64_t now)
{
    for (size_t i = 0; i < nonces->count; i++)
        if (nonces->items[i].until > now && memcmp(nonces->items[i].hash, hash, 64) == 0)
            return true;
    return false;
}

static bool make_room(struct nonces *nonces, struct error *err)
{
    size_t capacity = nonces->capacity ? nonces->capacity * 2 : 64;
    struct nonce *grown;

    if (nonces->count < nonces->capacity || nonces->capacity == NONCES_MAX)
        return true;
    grown = realloc(nonces->items, capacity * sizeof(*grown));
    if (!grown)
        return error_memory(err);
    nonces->items = grown;
    nonces->capacity = capacity;
    return true;
}

bool nonces_remember(struct nonces *nonces, const char hash[65], int64_t until, struct error *err)
{
    if (!make_room(nonces, err))
        return false;
    memcpy(nonces->items[nonces->next].hash, hash, sizeof(nonces->items->hash));
    nonces->items[nonces->next].until = until;
    nonces->next = (nonces->next + 1) % NONCES_MAX;
    if (nonces->count < NONCES_MAX)
        nonces->count++;
    return true;
}
