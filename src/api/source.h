#ifndef API_SOURCE_H
#define API_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/credentials.h"
#include "api/endpoint.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/host.h"

/*
 * Where credentials come from, as far as environment and files say: the keys
 * themselves, or what has to be asked or run for them, and the roles to take on
 * with them. Nothing here needs a network; api/sign_in.h does the asking.
 */

/* The places of the chain, in the order in which they are looked into. */
enum provider {
    PROVIDER_ENVIRONMENT, /* ALIBABA_CLOUD_ACCESS_KEY_ID, ..._SECRET, ALIBABA_CLOUD_SECURITY_TOKEN */
    PROVIDER_OIDC,        /* a role and a token file, named by the environment */
    PROVIDER_CONFIG,      /* ~/.aliyun/config.json */
    PROVIDER_INI,         /* ~/.alibabacloud/credentials */
    PROVIDER_METADATA,    /* the role of the ECS instance */
    PROVIDER_URI,         /* ALIBABA_CLOUD_CREDENTIALS_URI */
    PROVIDER_COUNT
};

enum source_kind {
    SOURCE_KEYS,     /* keys: they are there */
    SOURCE_METADATA, /* role_name, NULL: the instance's role */
    SOURCE_OIDC,     /* provider_arn and token_file, for the first of the roles */
    SOURCE_URI,      /* uri */
    SOURCE_COMMAND,  /* command */
};

/* A role, and what AssumeRole is told about it. Texts may be NULL where STS does not insist. */
struct role {
    char *arn;
    char *session_name;
    char *external_id;
    char *policy;
    int64_t seconds;
    struct endpoint sts;
};

enum { SOURCE_ROLES_MAX = 8 };

struct source {
    enum source_kind kind;
    char name[192]; /* "profile prod of ~/.aliyun/config.json" */
    struct credentials keys;
    char *role_name;
    char *uri;
    char *command;
    char *provider_arn;
    char *token_file;
    struct role roles[SOURCE_ROLES_MAX]; /* taken on one after the other */
    size_t role_count;
};

void source_release(struct source *source);

/* What one place had to give. */
enum find {
    FIND_DONE,    /* what was looked for is there */
    FIND_NOTHING, /* it is not set up, or in a way that cannot be used: the next one may be asked */
    FIND_BROKEN,  /* it is set up but damaged, or memory is short: going on could use a stranger's keys */
};

/* A look into one place. */
struct search {
    struct host *host;
    const char *asked;          /* the profile asked for by name; NULL: none was */
    const struct endpoint *sts; /* where STS is instead of its own hosts; NULL: there */
    char why[320];              /* FIND_NOTHING: "~/.aliyun/config.json is not there" */
    char warning[256];          /* a file with secrets that others may read; "" */
    bool has_profile;           /* config.json has the profile, so no other place knows better */
    struct error *err;          /* FIND_BROKEN */
};

/* out is set up here, and empty unless FIND_DONE. */
enum find source_find(struct search *search, enum provider provider, struct source *out);

/* ---- For the files that look into one place ---- */

/* Fill search->why or search->err. */
enum find source_nothing(struct search *search, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
enum find source_broken(struct search *search, const char *format, ...) __attribute__((format(printf, 2, 3)));
enum find source_memory(struct search *search);

/* A configuration file: its path, and what to call it before people ("~" for the home folder). */
enum { PATH_SHOWN_MAX = 120 };

struct config_path {
    struct buf path;
    char shown[PATH_SHOWN_MAX];
};

/* What to call the file that `variable` names, or `usual` in the home folder. */
void source_show(struct host *host, const char *variable, const char *usual, char shown[PATH_SHOWN_MAX]);

/* Adds the file that `variable` names, else `usual` in the home folder, to text. FIND_NOTHING: it is not
 * there. */
enum find source_read(struct search *search, struct config_path *path, const char *variable,
                      const char *usual, struct buf *text);

bool source_is_on(struct host *host, const char *variable); /* "true" in any letter case */

/* The role of the ECS instance, role_name or NULL for whichever it has. */
enum find source_set_metadata(struct search *search, struct source *out, const char *name,
                              const char *role_name);

/* A place where keys are fetched from; what for the message: "credentials_uri of profile a of FILE". */
enum find source_set_uri(struct search *search, struct source *out, const char *name, const char *what,
                         const char *uri);

/* Takes "https://HOST[:PORT]/PATH[?QUERY]" apart; http is for this machine only, since keys come back in
 * clear. *path points into uri. ERROR_INPUT never quotes it: it may hold a token. */
bool source_uri_split(const char *uri, struct endpoint *endpoint, const char **path, struct error *err);

/* What a role is told by its place; NULL and 0 where it is not said. */
struct role_texts {
    const char *arn, *session_name, *external_id, *policy;
    const char *sts_endpoint, *sts_region;
    bool vpc;
    int64_t seconds;
};

/* Adds a role to those that are taken on. */
enum find source_add_role(struct search *search, struct source *out, const char *name,
                          const struct role_texts *texts);

/* Scheme and host of STS: its own in a region, inside the VPC or not, or the one for all regions. ERROR_INPUT
 * for a region that is no region id. */
bool sts_endpoint(struct host *host, const char *region, bool vpc, struct endpoint *out, struct error *err);

#endif
