#ifndef API_PROFILE_H
#define API_PROFILE_H

#include <stdbool.h>

#include "api/source.h"
#include "base/error.h"
#include "base/host.h"

/*
 * ~/.aliyun/config.json (another file: ALIBABA_CLOUD_CONFIG_FILE) and its
 * profiles. The one that counts is the one asked for by name, else that of
 * ALIBABA_CLOUD_PROFILE, else the file's current one. A broken file is
 * ERROR_CREDENTIALS, named with line and column and never quoted.
 */

/* What a profile says besides its keys. All may be NULL. */
struct profile {
    char *name; /* of the profile used */
    char *region;
    char *endpoint;
    char *endpoint_type; /* "vpc" */
};

void profile_release(struct profile *profile);

/* An absent file or profile is no error and leaves all NULL. */
bool profile_find(struct host *host, const char *asked, struct profile *out, struct error *err);

/* The names of all profiles, each with a NUL behind it, into names; nothing when there is no file. */
bool profile_names(struct host *host, struct buf *names, struct error *err);

/* What the profile has for signing in, whatever its mode. ALIBABA_CLOUD_CLI_PROFILE_DISABLED=true passes over
 * the file. */
enum find profile_source(struct search *search, struct source *out);

#endif
