#include "api/credentials.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"

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
        snprintf(masked, 16, "%.4s****%s", access_key_id, access_key_id + length - 4);
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

/* Reads as many digits as there are at *at in `digits`; false when one is none. */
static bool take_digits(const char **at, int digits, int *value)
{
    *value = 0;
    for (; digits > 0; digits--, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        *value = *value * 10 + (**at - '0');
    }
    return true;
}

static bool take_sign(const char **at, char sign)
{
    return *(*at)++ == sign;
}

/* "Z", "+08:00" or "-03:30" at the end: seconds to take off. */
static bool take_offset(const char *at, int64_t *offset)
{
    int sign = *at == '-' ? -1 : 1;
    int hours, minutes;

    *offset = 0;
    if (*at == 'Z')
        return at[1] == '\0';
    if (*at++ != (sign < 0 ? '-' : '+') || !take_digits(&at, 2, &hours) || !take_sign(&at, ':') ||
        !take_digits(&at, 2, &minutes))
        return false;
    *offset = (int64_t)sign * (hours * 3600 + minutes * 60);
    return *at == '\0' && hours < 24 && minutes < 60;
}

bool credentials_time(const char *text, int64_t *seconds)
{
    struct tm parts = {0}, back;
    int64_t offset;
    time_t when;

    if (!take_digits(&text, 4, &parts.tm_year) || !take_sign(&text, '-') ||
        !take_digits(&text, 2, &parts.tm_mon) || !take_sign(&text, '-') ||
        !take_digits(&text, 2, &parts.tm_mday) || !take_sign(&text, 'T') ||
        !take_digits(&text, 2, &parts.tm_hour) || !take_sign(&text, ':') ||
        !take_digits(&text, 2, &parts.tm_min) || !take_sign(&text, ':') ||
        !take_digits(&text, 2, &parts.tm_sec))
        return false;
    if (*text == '.')
        text += 1 + strspn(text + 1, "0123456789");
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    back = parts;
    when = timegm(&back);
    if (!take_offset(text, &offset) || back.tm_mon != parts.tm_mon || back.tm_mday != parts.tm_mday ||
        back.tm_hour != parts.tm_hour || back.tm_min != parts.tm_min)
        return false;
    *seconds = (int64_t)when - offset;
    return true;
}
