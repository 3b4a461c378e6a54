#include "api/source.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "api/profile.h"
#include "api/request.h"
#include "api/say.h"
#include "api/section.h"
#include "base/file.h"

enum { FILE_MAX = 1 << 20, SESSION_SECONDS = 3600, SESSION_SECONDS_LEAST = 900 };

static void role_release(struct role *role)
{
    free(role->arn);
    free(role->session_name);
    wipe_free(role->external_id);
    free(role->policy);
    *role = (struct role){0};
}

void source_release(struct source *source)
{
    credentials_release(&source->keys);
    free(source->role_name);
    wipe_free(source->uri);
    wipe_free(source->command);
    free(source->provider_arn);
    free(source->token_file);
    for (size_t i = 0; i < source->role_count; i++)
        role_release(&source->roles[i]);
    *source = (struct source){0};
}

/* ---- What is said about a place ---- */

enum find source_nothing(struct search *search, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say_list(search->why, sizeof(search->why), format, arguments);
    va_end(arguments);
    return FIND_NOTHING;
}

enum find source_broken(struct search *search, const char *format, ...)
{
    char text[sizeof(search->err->text)];
    va_list arguments;

    va_start(arguments, format);
    say_list(text, sizeof(text), format, arguments);
    va_end(arguments);
    error_set(search->err, ERROR_CREDENTIALS, "%s", text);
    return FIND_BROKEN;
}

enum find source_memory(struct search *search)
{
    error_memory(search->err);
    return FIND_BROKEN;
}

bool source_is_on(struct host *host, const char *variable)
{
    const char *word = host_env(host, variable);

    return word && ascii_compare(word, "true") == 0;
}

/* ---- Files ---- */

void source_show(struct host *host, const char *variable, const char *usual, char shown[PATH_SHOWN_MAX])
{
    const char *named = host_env(host, variable);

    say(shown, PATH_SHOWN_MAX, "%s%s", named ? "" : "~/", named ? named : usual);
}

/* False: there is no home folder. */
static bool path_init(struct config_path *path, struct host *host, const char *variable, const char *usual)
{
    const char *named = host_env(host, variable), *home = host_env(host, "HOME");

    path->path = BUF_INIT;
    source_show(host, variable, usual, path->shown);
    if (named)
        buf_add_text(&path->path, named);
    else if (home)
        buf_addf(&path->path, "%s/%s", home, usual);
    return named || home;
}

static enum find read_file(struct search *search, const struct config_path *path, struct buf *text)
{
    const char *name = buf_text(&path->path);
    struct stat facts;

    if (path->path.failed)
        return source_memory(search);
    if (stat(name, &facts) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return source_nothing(search, "%s is not there", path->shown);
    if (!file_read(name, FILE_MAX, text, NULL, search->err)) {
        if (search->err->kind == ERROR_FILE)
            search->err->kind = ERROR_CREDENTIALS;
        return FIND_BROKEN;
    }
    if (facts.st_mode & (S_IRGRP | S_IROTH))
        say(search->warning, sizeof(search->warning),
            "Others on this machine can read %s, which holds keys: chmod 600 keeps them out", path->shown);
    return FIND_DONE;
}

enum find source_read(struct search *search, struct config_path *path, const char *variable,
                      const char *usual, struct buf *text)
{
    enum find found;

    if (!path_init(path, search->host, variable, usual))
        return source_nothing(search, "%s cannot be found, as HOME is not set", path->shown);
    found = read_file(search, path, text);
    buf_release(&path->path);
    return found;
}

/* ---- Parts of sources ---- */

bool sts_endpoint(struct host *host, const char *region, bool vpc, struct endpoint *out, struct error *err)
{
    vpc = vpc || source_is_on(host, "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED");
    if (region)
        return endpoint_for_region("sts", region, vpc, out, err);
    return endpoint_parse("sts.aliyuncs.com", out, err);
}

static bool find_sts(struct search *search, const struct role_texts *texts, struct endpoint *out,
                     struct error *err)
{
    const char *host = texts->sts_endpoint;
    const char *region = texts->sts_region;

    if (!host && search->sts) {
        *out = *search->sts;
        return true;
    }
    if (!host)
        host = host_env(search->host, "ALIBABA_CLOUD_STS_ENDPOINT");
    if (host)
        return endpoint_parse(host, out, err);
    if (!region)
        region = host_env(search->host, "ALIBABA_CLOUD_STS_REGION");
    return sts_endpoint(search->host, region, texts->vpc, out, err);
}

static bool copy(char **out, const char *text)
{
    *out = text_copy(text);
    return *out || !text;
}

/* Session names have to be there; the time tells one run's sessions from another's. */
static bool set_session_name(struct search *search, struct role *role, const char *given)
{
    char made[48];

    if (!given)
        given = host_env(search->host, "ALIBABA_CLOUD_ROLE_SESSION_NAME");
    snprintf(made, sizeof(made), "drplan-%lld", (long long)search->host->now(search->host));
    return copy(&role->session_name, given ? given : made);
}

enum find source_add_role(struct search *search, struct source *out, const char *name,
                          const struct role_texts *texts)
{
    struct role *role = &out->roles[out->role_count];
    const char *arn = texts->arn ? texts->arn : host_env(search->host, "ALIBABA_CLOUD_ROLE_ARN");
    struct error err;

    if (out->role_count == SOURCE_ROLES_MAX)
        return source_broken(search, "%s takes on more than %d roles", name, (int)SOURCE_ROLES_MAX);
    if (!arn)
        return source_nothing(search, "%s does not say which role to take on", name);
    if (texts->seconds != 0 && texts->seconds < SESSION_SECONDS_LEAST)
        return source_broken(search, "%s asks for sessions of %lld seconds, and STS gives none under %d",
                             name, (long long)texts->seconds, (int)SESSION_SECONDS_LEAST);
    *role = (struct role){.seconds = texts->seconds ? texts->seconds : SESSION_SECONDS};
    if (!find_sts(search, texts, &role->sts, &err))
        return source_broken(search, "the STS endpoint of %s cannot be used: %s", name, err.text);
    out->role_count++;
    if (copy(&role->arn, arn) && set_session_name(search, role, texts->session_name) &&
        copy(&role->external_id, texts->external_id) && copy(&role->policy, texts->policy))
        return FIND_DONE;
    return source_memory(search);
}

enum find source_set_metadata(struct search *search, struct source *out, const char *name,
                              const char *role_name)
{
    if (source_is_on(search->host, "ALIBABA_CLOUD_ECS_METADATA_DISABLED"))
        return source_nothing(search, "%s: switched off by ALIBABA_CLOUD_ECS_METADATA_DISABLED", name);
    if (role_name &&
        (strspn(role_name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") !=
             strlen(role_name) ||
         strspn(role_name, ".") == strlen(role_name)))
        return source_broken(search, "%s: the name of the role has characters that role names do not have",
                             name);
    out->kind = SOURCE_METADATA;
    snprintf(out->name, sizeof(out->name), "%s", name);
    return copy(&out->role_name, role_name) ? FIND_DONE : source_memory(search);
}

bool source_uri_split(const char *uri, struct endpoint *endpoint, const char **path, struct error *err)
{
    const char *host = strstr(uri, "://");
    struct buf front = BUF_INIT;
    bool ok;

    for (const char *c = uri; *c; c++)
        if ((unsigned char)*c <= ' ' || (unsigned char)*c > '~' || *c == '#')
            return error_set(err, ERROR_INPUT, "it has a character that addresses do not have");
    host = host ? host + 3 : uri;
    *path = host + strcspn(host, "/?");
    if (**path == '?')
        return error_set(err, ERROR_INPUT, "it has no path");
    buf_add(&front, uri, (size_t)(*path - uri));
    ok = endpoint_parse(buf_text(&front), endpoint, err);
    if (!ok && strncmp(uri, "http://", 7) == 0 && strcmp(endpoint->scheme, "") == 0)
        error_set(
            err, ERROR_INPUT,
            "http would send keys in clear, so it is for this machine only (127.0.0.1, [::1], localhost); "
            "https may go anywhere");
    if (front.failed)
        ok = error_memory(err);
    buf_release(&front);
    if (!**path)
        *path = "/";
    return ok;
}

enum find source_set_uri(struct search *search, struct source *out, const char *name, const char *what,
                         const char *uri)
{
    struct endpoint endpoint;
    const char *path;
    struct error err;

    if (!source_uri_split(uri, &endpoint, &path, &err))
        return source_broken(search, "%s cannot be asked: %s", what, err.text);
    out->kind = SOURCE_URI;
    snprintf(out->name, sizeof(out->name), "%s", name);
    return copy(&out->uri, uri) ? FIND_DONE : source_memory(search);
}

/* ---- Places without a file ---- */

static enum find in_environment(struct search *search, struct source *out)
{
    struct key_texts keys = {
        .id_name = "ALIBABA_CLOUD_ACCESS_KEY_ID",
        .secret_name = "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        .token_name = "ALIBABA_CLOUD_SECURITY_TOKEN",
    };

    keys.id = host_env(search->host, keys.id_name);
    keys.secret = host_env(search->host, keys.secret_name);
    keys.token = host_env(search->host, keys.token_name);
    if (keys.id && keys.secret) {
        snprintf(out->name, sizeof(out->name), "environment");
        return credentials_set(&out->keys, &keys, out->name, search->err) ? FIND_DONE : FIND_BROKEN;
    }
    if (keys.id || keys.secret)
        return source_nothing(search, "the environment has %s but no %s",
                              keys.id ? keys.id_name : keys.secret_name,
                              keys.id ? keys.secret_name : keys.id_name);
    return source_nothing(search, "the environment has no %s", keys.id_name);
}

static enum find in_oidc(struct search *search, struct source *out)
{
    static const char *const needed[] = {"ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
                                         "ALIBABA_CLOUD_OIDC_TOKEN_FILE"};
    const struct role_texts texts = {.arn = host_env(search->host, needed[0])};

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        if (!host_env(search->host, needed[i]))
            return source_nothing(search, "OIDC is not set up: no %s", needed[i]);
    out->kind = SOURCE_OIDC;
    snprintf(out->name, sizeof(out->name), "OIDC token of the environment");
    if (!copy(&out->provider_arn, host_env(search->host, needed[1])) ||
        !copy(&out->token_file, host_env(search->host, needed[2])))
        return source_memory(search);
    return source_add_role(search, out, out->name, &texts);
}

static enum find in_metadata(struct search *search, struct source *out)
{
    return source_set_metadata(search, out, "ECS metadata",
                               host_env(search->host, "ALIBABA_CLOUD_ECS_METADATA"));
}

static enum find in_uri(struct search *search, struct source *out)
{
    static const char name[] = "ALIBABA_CLOUD_CREDENTIALS_URI";
    const char *uri = host_env(search->host, name);

    return uri ? source_set_uri(search, out, name, name, uri) : source_nothing(search, "%s is not set", name);
}

enum find source_find(struct search *search, enum provider provider, struct source *out)
{
    static enum find (*const places[PROVIDER_COUNT])(struct search *, struct source *) = {
        [PROVIDER_ENVIRONMENT] = in_environment, [PROVIDER_OIDC] = in_oidc,
        [PROVIDER_CONFIG] = profile_source,      [PROVIDER_INI] = section_source,
        [PROVIDER_METADATA] = in_metadata,       [PROVIDER_URI] = in_uri,
    };
    enum find found;

    *out = (struct source){0};
    found = places[provider](search, out);
    if (found != FIND_DONE)
        source_release(out);
    return found;
}
