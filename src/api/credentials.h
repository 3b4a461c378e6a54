#ifndef API_CREDENTIALS_H
#define API_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/host.h"

/* A key pair, or a session of STS with its token. Wiped when released. */
struct credentials {
    char *access_key_id;
    char *access_key_secret;
    char *security_token;   /* NULL for a plain key */
    int64_t expires;        /* seconds since 1970; 0: does not */
    char provider[64];      /* where it came from: "environment", "profile prod of ~/.aliyun/config.json" */
};

/* What the configuration says besides the keys. All may be NULL. */
struct profile {
    char *name;          /* of the profile used */
    char *region;
    char *endpoint;
    char *endpoint_type; /* "vpc" */
};

void credentials_release(struct credentials *credentials);
void profile_release(struct profile *profile);

/* "LTAI****3kQd": the first four and the last four characters, "****" when there are fewer than 12. */
void credentials_mask(const char *access_key_id, char masked[16]);

/*
 * Finds credentials without a network: the environment
 * (ALIBABA_CLOUD_ACCESS_KEY_ID, _SECRET, ALIBABA_CLOUD_SECURITY_TOKEN), then
 * ~/.aliyun/config.json (profile: profile_name, else ALIBABA_CLOUD_PROFILE,
 * else "current"; modes AK and StsToken), then ~/.alibabacloud/credentials
 * (section: profile_name, else ALIBABA_CLOUD_PROFILE, else [default]; type
 * access_key). A profile_name that was asked for skips the environment and must
 * exist. ALIBABA_CLOUD_CONFIG_FILE and ALIBABA_CLOUD_CREDENTIALS_FILE name
 * other files, ALIBABA_CLOUD_CLI_PROFILE_DISABLED=true passes over the first.
 *
 * On ERROR_CREDENTIALS err names each place that was tried and why it gave
 * nothing. What is there but damaged (a file that does not parse, a key with a
 * line break) ends the search instead: going on could use the keys of another
 * account. A broken file is named with line and column and never quoted.
 */
bool credentials_find(struct host *host, const char *profile_name, struct credentials *out, struct error *err);

/* The profile's region and endpoint, without its keys; an absent file is no error and leaves all NULL. */
bool profile_find(struct host *host, const char *profile_name, struct profile *out, struct error *err);

#endif
