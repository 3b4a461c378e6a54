#ifndef API_CREDENTIALS_H
#define API_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* A key pair, or a session of STS with its token. Wiped when released. */
struct credentials {
    char *access_key_id;
    char *access_key_secret;
    char *security_token; /* NULL for a plain key */
    int64_t expires;      /* seconds since 1970; 0: does not */
    char provider[192];   /* where it came from: "environment", "profile prod of ~/.aliyun/config.json" */
};

/* Sessions are renewed this long before they end. */
enum { CREDENTIALS_MARGIN_SECONDS = 180 };

void credentials_release(struct credentials *credentials);

/* Whether they can be used `margin` seconds from now. */
bool credentials_last(const struct credentials *credentials, int64_t now, int64_t margin);

/* "LTAI****3kQd": the first four and the last four characters, "****" when there are fewer than 12. */
void credentials_mask(const char *access_key_id, char masked[16]);

/* Three keys as some place names them; NULL where there is none. */
struct key_texts {
    const char *id, *secret, *token;
    const char *id_name, *secret_name, *token_name;
};

/* Copies keys that are visible ASCII without quotes; out was released or never used. ERROR_CREDENTIALS says
 * which one is not, without quoting it. */
bool credentials_set(struct credentials *out, const struct key_texts *texts, const char *provider,
                     struct error *err);

/* Seconds since 1970 for "2023-10-26T10:22:32Z"; a fraction and an offset like +08:00 are understood too. */
bool credentials_time(const char *text, int64_t *seconds);

#endif
