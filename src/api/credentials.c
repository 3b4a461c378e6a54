#include "api/credentials.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/time_text.h"

void credentials_release(struct credentials *credentials)
{
    wipe_free(credentials->access_key_id);
    wipe_free(credentials->access_key_secret);
    wipe_free(credentials->security_token);
    *credentials = (struct credentials){0};
}

bool credentials_last(const struct credentials *credentials, int64_t now, int64_t margin)
{
    return credentials->access_key_id && (credentials->expires == 0 || credentials->expires - margin > now);
}

void credentials_mask(const char *access_key_id, char masked[16])
{
    size_t length = strlen(access_key_id);

    if (length < 12)
        snprintf(masked, 16, "****");
    else
        snprintf(masked, 16, "%.*s****%s", 4, access_key_id, access_key_id + length - 4);
}

/* Keys are visible ASCII. Line breaks would begin a header of their own, and quotes are what some tools leave
 * around a value. Returns the position of the first byte that does not belong, from 1; 0: all do. */
static size_t foreign_character(const char *key)
{
    for (size_t i = 0; key[i]; i++) {
        if ((unsigned char)key[i] <= ' ' || (unsigned char)key[i] > '~' || key[i] == '"' || key[i] == '\'')
            return i + 1;
    }
    return 0;
}

static bool check(const struct key_texts *texts, const char *provider, struct error *err)
{
    const char *const values[] = {texts->id, texts->secret, texts->token};
    const char *const names[] = {texts->id_name, texts->secret_name, texts->token_name};

    for (size_t i = 0; i < 3; i++) {
        size_t position = values[i] ? foreign_character(values[i]) : 0;

        if (position > 0)
            return error_set(err, ERROR_CREDENTIALS,
                             "%s: %s holds a blank, a quote, a line break or another character that keys do "
                             "not have, at position %zu",
                             provider, names[i], position);
    }
    return true;
}

bool credentials_set(struct credentials *out, const struct key_texts *texts, const char *provider,
                     struct error *err)
{
    *out = (struct credentials){0};
    if (!check(texts, provider, err))
        return false;
    out->access_key_id = text_copy(texts->id);
    out->access_key_secret = text_copy(texts->secret);
    out->security_token = text_copy(texts->token);
    snprintf(out->provider, sizeof(out->provider), "%s", provider);
    if (out->access_key_id && out->access_key_secret && (!texts->token || out->security_token))
        return true;
    credentials_release(out);
    return error_memory(err);
}

/* ---- time ---- */

bool credentials_time(const char *text, int64_t *seconds)
{
    int64_t local, offset;

    if (!time_text_take(&text, &local))
        return false;
    if (*text == '.')
        text += 1 + strspn(text + 1, "0123456789");
    if (!time_text_take_zone(&text, &offset) || *text != '\0')
        return false;
    *seconds = local - offset;
    return true;
}
