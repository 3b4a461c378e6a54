#include "api/profile.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/request.h"
#include "base/excerpt.h"
#include "base/json.h"
#include "base/time_text.h"

void profile_release(struct profile *profile)
{
    free(profile->name);
    free(profile->region);
    free(profile->endpoint);
    free(profile->endpoint_type);
    *profile = (struct profile){0};
}

/* ---- The file ---- */

/* The file as a tree; NULL where there is none. */
struct config {
    struct config_path path;
    cJSON *tree;
};

#define FILE_VARIABLE "ALIBABA_CLOUD_CONFIG_FILE"
#define FILE_USUAL    ".aliyun/config.json"

static enum find config_read(struct search *search, struct config *config)
{
    struct buf text = BUF_INIT;
    enum find found = source_read(search, &config->path, FILE_VARIABLE, FILE_USUAL, &text);

    if (found == FIND_DONE) {
        config->tree = json_parse(buf_text(&text), text.length, search->err);
        if (!config->tree) {
            found = FIND_BROKEN;
            if (search->err->kind != ERROR_MEMORY) {
                search->err->kind = ERROR_CREDENTIALS;
                error_wrap(search->err, "%s", config->path.shown);
            }
        } else if (!cJSON_IsArray(json_member(config->tree, "profiles"))) {
            found = source_broken(search, "%s has no list of profiles", config->path.shown);
        }
    }
    buf_release(&text);
    return found;
}

static const cJSON *profile_named(const struct config *config, const char *name)
{
    const cJSON *profile;

    cJSON_ArrayForEach(profile, json_member(config->tree, "profiles"))
    {
        const char *its_name = json_text(json_member(profile, "name"));

        if (its_name && strcmp(its_name, name) == 0)
            return profile;
    }
    return NULL;
}

/* One profile, and what to call it. */
struct entry {
    const struct config *config;
    const cJSON *node;
    char name[sizeof(((struct source *)0)->name)];
};

/* The profile that counts. FIND_DONE: it is there, whatever it holds. */
static enum find find_entry(struct search *search, struct config *config, struct entry *entry)
{
    const char *name = search->asked ? search->asked : host_env(search->host, "ALIBABA_CLOUD_PROFILE");
    enum find found;

    *entry = (struct entry){.config = config};
    if (source_is_on(search->host, "ALIBABA_CLOUD_CLI_PROFILE_DISABLED")) {
        source_show(search->host, FILE_VARIABLE, FILE_USUAL, config->path.shown);
        return source_nothing(search, "%s is switched off by ALIBABA_CLOUD_CLI_PROFILE_DISABLED",
                              config->path.shown);
    }
    found = config_read(search, config);
    if (found != FIND_DONE)
        return found;
    if (!name)
        name = json_text(json_member(config->tree, "current"));
    if (!name)
        return source_nothing(search, "%s does not say which profile is the current one", config->path.shown);
    entry->node = profile_named(config, name);
    if (!entry->node)
        return source_nothing(search, "%s has no profile %s", config->path.shown, excerpt(name, 80).text);
    excerpt_write(entry->name, sizeof(entry->name), "profile %s of %s", excerpt(name, 60).text,
                  excerpt(config->path.shown, 119).text);
    return FIND_DONE;
}

/* ---- Members ---- */

/* A member as text; NULL where it is missing, null or empty. False: it is something else. */
static bool entry_text(const struct entry *entry, const char *member, const char **text, struct error *err)
{
    const cJSON *node = json_member(entry->node, member);

    *text = json_text(node);
    if (*text && !**text)
        *text = NULL;
    if (!node || cJSON_IsString(node) || cJSON_IsNull(node))
        return true;
    return error_set(err, ERROR_CREDENTIALS, "%s of %s is not text", member, entry->name);
}

static bool entry_number(const struct entry *entry, const char *member, int64_t *number, struct error *err)
{
    const cJSON *node = json_member(entry->node, member);

    *number = 0;
    if (!node || cJSON_IsNull(node) || json_int64(node, number))
        return true;
    return error_set(err, ERROR_CREDENTIALS, "%s of %s is not a whole number", member, entry->name);
}

/* Texts of a profile by their names; a list that ends with NULL. */
struct wanted {
    const char *member;
    const char **text;
};

static bool entry_texts(const struct entry *entry, const struct wanted *wanted, struct error *err)
{
    for (; wanted->member; wanted++)
        if (!entry_text(entry, wanted->member, wanted->text, err))
            return false;
    return true;
}

/* The first member of the list that has no text; NULL: all have. */
static const char *first_missing(const struct wanted *wanted)
{
    for (; wanted->member; wanted++)
        if (!*wanted->text)
            return wanted->member;
    return NULL;
}

static enum find lacks(struct search *search, const struct entry *entry, const char *member)
{
    return source_nothing(search, "%s has no %s", entry->name, member);
}

static bool entry_keys(const struct entry *entry, struct key_texts *keys, struct error *err)
{
    *keys = (struct key_texts){
        .id_name = "access_key_id", .secret_name = "access_key_secret", .token_name = "sts_token"};
    return entry_text(entry, keys->id_name, &keys->id, err) &&
           entry_text(entry, keys->secret_name, &keys->secret, err) &&
           entry_text(entry, keys->token_name, &keys->token, err);
}

/* ---- Modes ---- */

/* How deep a chain of profiles got, and through which. */
struct chain {
    const struct chain *before;
    const struct entry *entry;
    size_t depth;
};

typedef enum find take_mode(struct search *search, const struct chain *chain, struct source *out);

static enum find take_keys(struct search *search, const struct entry *entry, struct key_texts *keys,
                           struct source *out)
{
    /* As the official tools: what the file leaves empty the environment fills. */
    if (!keys->id)
        keys->id = host_env(search->host, "ALIBABA_CLOUD_ACCESS_KEY_ID");
    if (!keys->secret)
        keys->secret = host_env(search->host, "ALIBABA_CLOUD_ACCESS_KEY_SECRET");
    if (!keys->id || !keys->secret)
        return lacks(search, entry, keys->id ? keys->secret_name : keys->id_name);
    snprintf(out->name, sizeof(out->name), "%s", entry->name);
    out->kind = SOURCE_KEYS;
    return credentials_set(&out->keys, keys, entry->name, search->err) ? FIND_DONE : FIND_BROKEN;
}

static enum find take_access_key(struct search *search, const struct chain *chain, struct source *out)
{
    struct key_texts keys;

    if (!entry_keys(chain->entry, &keys, search->err))
        return FIND_BROKEN;
    keys.token = NULL;
    return take_keys(search, chain->entry, &keys, out);
}

static enum find take_session(struct search *search, const struct chain *chain, struct source *out)
{
    struct key_texts keys;

    if (!entry_keys(chain->entry, &keys, search->err))
        return FIND_BROKEN;
    return keys.token ? take_keys(search, chain->entry, &keys, out)
                      : lacks(search, chain->entry, keys.id ? keys.token_name : keys.id_name);
}

/* A session that aliyun-cli got by logging in, as long as it lasts. */
static enum find take_kept_session(struct search *search, const struct chain *chain, struct source *out)
{
    const struct entry *entry = chain->entry;
    int64_t now = search->host->now(search->host), expires;
    struct key_texts keys;
    char text[21];
    enum find found;

    if (!entry_keys(entry, &keys, search->err) ||
        !entry_number(entry, "sts_expiration", &expires, search->err))
        return FIND_BROKEN;
    if (!keys.id || !keys.secret || !keys.token)
        return source_nothing(search, "%s holds no session: log in with 'aliyun configure'", entry->name);
    if (expires <= now) {
        time_text_write(expires, text);
        return source_nothing(search, "%s holds a session that ended at %s: log in with 'aliyun configure'",
                              entry->name, text);
    }
    found = take_keys(search, entry, &keys, out);
    out->keys.expires = expires;
    return found;
}

static enum find add_role(struct search *search, const struct entry *entry, struct source *out)
{
    struct role_texts role = {0};
    const struct wanted wanted[] = {
        {"ram_role_arn", &role.arn},
        {"ram_session_name", &role.session_name},
        {"external_id", &role.external_id},
        {"policy", &role.policy},
        {"sts_endpoint", &role.sts_endpoint},
        {"sts_region", &role.sts_region},
        {NULL, NULL},
    };

    if (!entry_texts(entry, wanted, search->err) ||
        !entry_number(entry, "expired_seconds", &role.seconds, search->err))
        return FIND_BROKEN;
    role.vpc = cJSON_IsTrue(json_member(entry->node, "enable_vpc"));
    return source_add_role(search, out, entry->name, &role);
}

static enum find take_role(struct search *search, const struct chain *chain, struct source *out)
{
    struct key_texts keys;
    enum find found;

    if (!entry_keys(chain->entry, &keys, search->err))
        return FIND_BROKEN;
    found = take_keys(search, chain->entry, &keys, out);
    return found == FIND_DONE ? add_role(search, chain->entry, out) : found;
}

static enum find take_instance_role(struct search *search, const struct chain *chain, struct source *out)
{
    const char *name;

    if (!entry_text(chain->entry, "ram_role_name", &name, search->err))
        return FIND_BROKEN;
    return source_set_metadata(search, out, chain->entry->name, name);
}

static enum find take_role_of_instance(struct search *search, const struct chain *chain, struct source *out)
{
    enum find found = take_instance_role(search, chain, out);

    return found == FIND_DONE ? add_role(search, chain->entry, out) : found;
}

static enum find take_oidc(struct search *search, const struct chain *chain, struct source *out)
{
    const struct entry *entry = chain->entry;
    const char *provider = NULL, *file = NULL;
    const struct wanted wanted[] = {
        {"oidc_provider_arn", &provider}, {"oidc_token_file", &file}, {NULL, NULL}};

    if (!entry_texts(entry, wanted, search->err))
        return FIND_BROKEN;
    if (!provider)
        provider = host_env(search->host, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN");
    if (!file)
        file = host_env(search->host, "ALIBABA_CLOUD_OIDC_TOKEN_FILE");
    if (first_missing(wanted))
        return lacks(search, entry, first_missing(wanted));
    out->kind = SOURCE_OIDC;
    snprintf(out->name, sizeof(out->name), "%s", entry->name);
    out->provider_arn = text_copy(provider);
    out->token_file = text_copy(file);
    if (!out->provider_arn || !out->token_file)
        return source_memory(search);
    return add_role(search, entry, out);
}

static bool commands_are_off(struct host *host)
{
    const char *word = host_env(host, "ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS");

    return word && (strcmp(word, "1") == 0 || ascii_compare(word, "true") == 0);
}

static enum find forbidden(struct search *search, const struct entry *entry)
{
    return source_nothing(search, "%s: its mode is switched off by ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS",
                          entry->name);
}

static enum find take_external(struct search *search, const struct chain *chain, struct source *out)
{
    const struct entry *entry = chain->entry;
    const char *command;

    if (!entry_text(entry, "process_command", &command, search->err))
        return FIND_BROKEN;
    if (commands_are_off(search->host))
        return forbidden(search, entry);
    if (!command)
        return lacks(search, entry, "process_command");
    out->kind = SOURCE_COMMAND;
    snprintf(out->name, sizeof(out->name), "%s", entry->name);
    out->command = text_copy(command);
    return out->command ? FIND_DONE : source_memory(search);
}

static enum find take_uri(struct search *search, const struct chain *chain, struct source *out)
{
    const struct entry *entry = chain->entry;
    const char *uri;
    char what[224];

    if (!entry_text(entry, "credentials_uri", &uri, search->err))
        return FIND_BROKEN;
    if (commands_are_off(search->host))
        return forbidden(search, entry);
    if (!uri)
        return lacks(search, entry, "credentials_uri");
    snprintf(what, sizeof(what), "credentials_uri of %s", entry->name);
    return source_set_uri(search, out, entry->name, what, uri);
}

/* "a -> b -> a" */
static void add_path(struct buf *out, const struct chain *chain)
{
    if (chain->before) {
        add_path(out, chain->before);
        buf_add_text(out, " -> ");
    }
    buf_addf(out, "%s", excerpt(json_text(json_member(chain->entry->node, "name")), 60).text);
}

static enum find loop_found(struct search *search, const struct chain *chain, const char *name)
{
    struct buf path = BUF_INIT;
    enum find found;

    add_path(&path, chain);
    found = source_broken(search, "%s: its profiles lead back to themselves by source_profile: %s -> %s",
                          chain->entry->config->path.shown, buf_text(&path), excerpt(name, 60).text);
    buf_release(&path);
    return found;
}

static enum find take_entry(struct search *search, const struct chain *chain, struct source *out);

/* The credentials of another profile, and with them the role of this one. */
static enum find take_chain(struct search *search, const struct chain *chain, struct source *out)
{
    const struct entry *entry = chain->entry;
    struct entry next = {.config = entry->config};
    const char *name;
    enum find found;

    if (!entry_text(entry, "source_profile", &name, search->err))
        return FIND_BROKEN;
    if (!name)
        return lacks(search, entry, "source_profile");
    next.node = profile_named(entry->config, name);
    if (!next.node)
        return source_nothing(search, "%s takes its keys from profile %s, which is not there", entry->name,
                              excerpt(name, 60).text);
    for (const struct chain *link = chain; link; link = link->before)
        if (link->entry->node == next.node)
            return loop_found(search, chain, name);
    excerpt_write(next.name, sizeof(next.name), "profile %s of %s", excerpt(name, 60).text,
                  excerpt(entry->config->path.shown, 119).text);
    if (chain->depth == SOURCE_ROLES_MAX)
        return source_broken(search, "%s is the end of a chain of more than %d profiles", next.name,
                             (int)SOURCE_ROLES_MAX);
    found = take_entry(search, &(struct chain){chain, &next, chain->depth + 1}, out);
    if (found == FIND_DONE)
        found = add_role(search, entry, out);
    snprintf(out->name, sizeof(out->name), "%s", entry->name);
    return found;
}

static const struct mode {
    const char *name;
    take_mode *take;
} modes[] = {
    {"AK", take_access_key},
    {"StsToken", take_session},
    {"RamRoleArn", take_role},
    {"ChainableRamRoleArn", take_chain},
    {"EcsRamRole", take_instance_role},
    {"RamRoleArnWithRoleName", take_role_of_instance},
    {"OIDC", take_oidc},
    {"External", take_external},
    {"CredentialsURI", take_uri},
    {"CloudSSO", take_kept_session},
    {"OAuth", take_kept_session},
};

/* aliyun-cli writes the mode always; where it is missing, what is there tells. */
static const char *guess_mode(const struct entry *entry)
{
    static const struct {
        const char *member, *mode;
    } signs[] = {
        {"process_command", "External"}, {"credentials_uri", "CredentialsURI"},
        {"oidc_token_file", "OIDC"},     {"ram_role_arn", "RamRoleArn"},
        {"sts_token", "StsToken"},       {"access_key_id", "AK"},
        {"ram_role_name", "EcsRamRole"},
    };

    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        const char *text = json_text(json_member(entry->node, signs[i].member));

        if (text && *text)
            return signs[i].mode;
    }
    return NULL;
}

static enum find take_entry(struct search *search, const struct chain *chain, struct source *out)
{
    const char *mode;

    if (!entry_text(chain->entry, "mode", &mode, search->err))
        return FIND_BROKEN;
    if (!mode)
        mode = guess_mode(chain->entry);
    if (!mode)
        return source_nothing(search, "%s has no keys", chain->entry->name);
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
        if (strcmp(mode, modes[i].name) == 0)
            return modes[i].take(search, chain, out);
    return source_nothing(search, "%s has mode %s, which is not supported", chain->entry->name,
                          excerpt(mode, 30).text);
}

enum find profile_source(struct search *search, struct source *out)
{
    struct config config = {.tree = NULL};
    struct entry entry;
    enum find found = find_entry(search, &config, &entry);

    search->has_profile = found == FIND_DONE;
    if (found == FIND_DONE)
        found = take_entry(search, &(struct chain){NULL, &entry, 1}, out);
    cJSON_Delete(config.tree);
    return found;
}

/* ---- Settings ---- */

static bool take_settings(const struct entry *entry, struct profile *out, struct error *err)
{
    const char *region = NULL, *endpoint = NULL, *type = NULL;
    const struct wanted wanted[] = {
        {"region_id", &region}, {"endpoint", &endpoint}, {"endpoint_type", &type}, {NULL, NULL}};

    if (!entry_texts(entry, wanted, err))
        return false;
    out->name = text_copy(json_text(json_member(entry->node, "name")));
    out->region = text_copy(region);
    out->endpoint = text_copy(endpoint);
    out->endpoint_type = text_copy(type);
    if (out->name && (out->region || !region) && (out->endpoint || !endpoint) &&
        (out->endpoint_type || !type))
        return true;
    profile_release(out);
    return error_memory(err);
}

bool profile_find(struct host *host, const char *asked, struct profile *out, struct error *err)
{
    struct search search = {.host = host, .asked = asked, .err = err};
    struct config config = {.tree = NULL};
    struct entry entry;
    enum find found;
    bool done;

    *out = (struct profile){0};
    found = find_entry(&search, &config, &entry);
    done = found == FIND_NOTHING || (found == FIND_DONE && take_settings(&entry, out, err));
    cJSON_Delete(config.tree);
    return done;
}

bool profile_names(struct host *host, struct buf *names, struct error *err)
{
    struct search search = {.host = host, .err = err};
    struct config config = {.tree = NULL};
    enum find found = config_read(&search, &config);
    const cJSON *profile;

    cJSON_ArrayForEach(profile, json_member(config.tree, "profiles"))
    {
        const char *name = json_text(json_member(profile, "name"));

        if (found == FIND_DONE && name && *name)
            buf_add(names, name, strlen(name) + 1);
    }
    cJSON_Delete(config.tree);
    if (names->failed)
        return error_memory(err);
    return found != FIND_BROKEN;
}
