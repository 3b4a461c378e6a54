#ifndef TESTS_FUZZ_SOURCE_HOLDS_H
#define TESTS_FUZZ_SOURCE_HOLDS_H

#include "api/source.h"
#include "base/utf8.h"
#include "scratch_file.h"

/* What must be true of anything that a file of credentials gives. */

static inline bool key_is_usable(const char *key)
{
    for (const char *c = key; *c; c++)
        if (*c <= ' ' || *c > '~' || *c == '"' || *c == '\'')
            return false;
    return true;
}

static inline void source_holds(const struct source *source)
{
    HOLDS(utf8_valid(source->name, strlen(source->name)), "a name that is cut");
    HOLDS(source->role_count <= SOURCE_ROLES_MAX, "%zu roles", source->role_count);
    if (source->kind == SOURCE_KEYS)
        HOLDS(source->keys.access_key_id && source->keys.access_key_secret, "half a key");
    if (source->keys.access_key_id)
        HOLDS(key_is_usable(source->keys.access_key_id) && key_is_usable(source->keys.access_key_secret) &&
                  (!source->keys.security_token || key_is_usable(source->keys.security_token)),
              "a key that cannot be sent");
    HOLDS(source->kind != SOURCE_URI || source->uri, "no address");
    HOLDS(source->kind != SOURCE_COMMAND || source->command, "no command");
    HOLDS(source->kind != SOURCE_OIDC ||
              (source->provider_arn && source->token_file && source->role_count > 0),
          "half of OIDC");
    for (size_t i = 0; i < source->role_count; i++) {
        const struct endpoint *sts = &source->roles[i].sts;

        HOLDS(source->roles[i].arn, "a role without a name");
        HOLDS(strcmp(sts->scheme, "https") == 0 || strcmp(sts->scheme, "http") == 0, "scheme %s",
              sts->scheme);
        HOLDS(sts->host[0] && !strpbrk(sts->host, "/@#? \r\n\t\\"), "host %s", sts->host);
    }
}

static inline void said_holds(const struct search *search, enum find found, bool hides)
{
    HOLDS(utf8_valid(search->why, strlen(search->why)), "why: a text that is cut");
    HOLDS(utf8_valid(search->warning, strlen(search->warning)), "warning: a text that is cut");
    HOLDS(found != FIND_NOTHING || search->why[0], "nothing, and no reason");
    HOLDS(found != FIND_BROKEN || (search->err->kind != ERROR_NONE && search->err->text[0]),
          "broken, and no reason");
    if (!hides)
        return;
    HOLDS(!strstr(search->why, HIDDEN) && !strstr(search->warning, HIDDEN) &&
              !strstr(search->err->text, HIDDEN),
          "a secret is repeated: %s%s%s", search->why, search->warning, search->err->text);
}

#endif
