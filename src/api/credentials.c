#include "api/credentials.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "api/request.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"

enum { FILE_MAX = 1 << 20, PATH_SHOWN_MAX = 120 };

void credentials_release(struct credentials *credentials)
{
    wipe_free(credentials->access_key_id);
    wipe_free(credentials->access_key_secret);
    wipe_free(credentials->security_token);
    *credentials = (struct credentials){0};
}

void profile_release(struct profile *profile)
{
    free(profile->name);
    free(profile->region);
    free(profile->endpoint);
    free(profile->endpoint_type);
    *profile = (struct profile){0};
}

void credentials_mask(const char *access_key_id, char masked[16])
{
    size_t length = strlen(access_key_id);

    if (length < 12)
        snprintf(masked, 16, "****");
    else
        snprintf(masked, 16, "%.4s****%s", access_key_id, access_key_id + length - 4);
}

/* What one place of the chain had to give. */
enum find {
    FIND_DONE,    /* what was looked for is there */
    FIND_NOTHING, /* it is not set up, or in a way that this version cannot use: the next one may be asked */
    FIND_BROKEN,  /* it is set up but damaged, or memory is short: going on could use a stranger's keys */
};

/* One search: whose profile, and what was said about the places so far. */
struct search {
    struct host *host;
    const char *asked; /* the profile asked for by name; NULL: none was */
    struct buf reasons;
    struct error *err; /* filled for FIND_BROKEN */
};

static void note(struct search *search, const char *place, const char *why)
{
    buf_addf(&search->reasons, "%s%s %s", search->reasons.length > 0 ? "; " : "", place, why);
}

static enum find nothing(struct search *search, const char *place, const char *why)
{
    note(search, place, why);
    return FIND_NOTHING;
}

static enum find broken(struct search *search, const char *place, const char *why)
{
    error_set(search->err, ERROR_CREDENTIALS, "%s %s", place, why);
    return FIND_BROKEN;
}

static enum find memory_short(struct search *search)
{
    error_memory(search->err);
    return FIND_BROKEN;
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

/* Three keys as some place names them, each text and not empty, but for the token: NULL where there is none.
 */
struct keys {
    const char *id, *secret, *token;
    const char *id_name, *secret_name, *token_name;
};

static bool check_keys(struct search *search, const char *place, const struct keys *keys)
{
    const char *const values[] = {keys->id, keys->secret, keys->token};
    const char *const names[] = {keys->id_name, keys->secret_name, keys->token_name};

    for (size_t i = 0; i < 3; i++) {
        size_t position = values[i] ? foreign_character(values[i]) : 0;

        if (position > 0)
            return error_set(search->err, ERROR_CREDENTIALS,
                             "%s: %s holds a blank, a quote, a line break or another character that keys do "
                             "not have, at position %zu",
                             place, names[i], position);
    }
    return true;
}

static enum find take_keys(struct search *search, const char *place, const struct keys *keys,
                           struct credentials *out)
{
    if (!check_keys(search, place, keys))
        return FIND_BROKEN;
    out->access_key_id = text_copy(keys->id);
    out->access_key_secret = text_copy(keys->secret);
    out->security_token = text_copy(keys->token);
    if (!out->access_key_id || !out->access_key_secret || (keys->token && !out->security_token))
        return memory_short(search);
    snprintf(out->provider, sizeof(out->provider), "%s", place);
    return FIND_DONE;
}

static enum find find_in_environment(struct search *search, struct credentials *out)
{
    struct keys keys = {
        .id_name = "ALIBABA_CLOUD_ACCESS_KEY_ID",
        .secret_name = "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        .token_name = "ALIBABA_CLOUD_SECURITY_TOKEN",
    };
    char why[160];

    keys.id = host_env(search->host, keys.id_name);
    keys.secret = host_env(search->host, keys.secret_name);
    keys.token = host_env(search->host, keys.token_name);
    if (keys.id && keys.secret)
        return take_keys(search, "environment", &keys, out);
    if (keys.id || keys.secret)
        snprintf(why, sizeof(why), "has %s but no %s", keys.id ? keys.id_name : keys.secret_name,
                 keys.id ? keys.secret_name : keys.id_name);
    else
        snprintf(why, sizeof(why), "has no %s", keys.id_name);
    return nothing(search, "the environment", why);
}

/* ---- files ---- */

/* A configuration file: its path, and what to call it before people ("~" for the home folder). */
struct place {
    struct buf path;
    char shown[PATH_SHOWN_MAX];
};

/* The file that `variable` names, else `usual` in the home folder. False: there is no home folder. */
static bool place_init(struct place *place, struct host *host, const char *variable, const char *usual)
{
    const char *named = host_env(host, variable), *home = host_env(host, "HOME");

    place->path = BUF_INIT;
    snprintf(place->shown, sizeof(place->shown), "%s%s", named ? "" : "~/", named ? named : usual);
    if (named)
        buf_add_text(&place->path, named);
    else if (home)
        buf_addf(&place->path, "%s/%s", home, usual);
    return named || home;
}

static bool is_absent(const char *path)
{
    struct stat facts;

    return stat(path, &facts) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

/* FIND_DONE: text holds the file. */
static enum find read_place(struct search *search, const struct place *place, struct buf *text)
{
    if (place->path.failed)
        return memory_short(search);
    if (is_absent(buf_text(&place->path)))
        return nothing(search, place->shown, "is not there");
    if (file_read(buf_text(&place->path), FILE_MAX, text, NULL, search->err))
        return FIND_DONE;
    if (search->err->kind == ERROR_FILE)
        search->err->kind = ERROR_CREDENTIALS;
    return FIND_BROKEN;
}

/* ---- ~/.aliyun/config.json ---- */

/* The file as a tree, and the profile of it that counts; both NULL where there is none. */
struct config {
    struct place place;
    cJSON *tree;
    const cJSON *profile;
    char name[PATH_SHOWN_MAX]; /* of the profile looked for, as it is shown */
};

static void config_release(struct config *config)
{
    buf_release(&config->place.path);
    cJSON_Delete(config->tree);
}

static const cJSON *profile_named(const cJSON *tree, const char *name)
{
    const cJSON *profile;

    cJSON_ArrayForEach(profile, json_member(tree, "profiles"))
    {
        const char *its_name = json_text(json_member(profile, "name"));

        if (its_name && strcmp(its_name, name) == 0)
            return profile;
    }
    return NULL;
}

static enum find parse_config(struct search *search, struct config *config)
{
    struct buf text = BUF_INIT;
    enum find found = read_place(search, &config->place, &text);

    if (found == FIND_DONE) {
        config->tree = json_parse(buf_text(&text), text.length, search->err);
        if (!config->tree) {
            found = FIND_BROKEN;
            if (search->err->kind != ERROR_MEMORY) {
                search->err->kind = ERROR_CREDENTIALS;
                error_wrap(search->err, "%s", config->place.shown);
            }
        }
    }
    buf_release(&text);
    return found;
}

static bool is_switched_off(struct host *host)
{
    const char *word = host_env(host, "ALIBABA_CLOUD_CLI_PROFILE_DISABLED");

    return word && ascii_compare(word, "true") == 0;
}

/* The profile asked for, else the one of the environment, else the file's current one. FIND_DONE: it is
 * there, whatever it holds. */
static enum find find_profile(struct search *search, struct config *config)
{
    const char *name = search->asked ? search->asked : host_env(search->host, "ALIBABA_CLOUD_PROFILE");
    char why[PATH_SHOWN_MAX + 32];
    enum find found;

    if (!place_init(&config->place, search->host, "ALIBABA_CLOUD_CONFIG_FILE", ".aliyun/config.json"))
        return nothing(search, config->place.shown, "cannot be found, as HOME is not set");
    if (is_switched_off(search->host))
        return nothing(search, config->place.shown, "is switched off by ALIBABA_CLOUD_CLI_PROFILE_DISABLED");
    found = parse_config(search, config);
    if (found != FIND_DONE)
        return found;
    if (!cJSON_IsArray(json_member(config->tree, "profiles")))
        return broken(search, config->place.shown, "has no list of profiles");
    if (!name)
        name = json_text(json_member(config->tree, "current"));
    if (!name)
        return nothing(search, config->place.shown, "does not say which profile is the current one");
    snprintf(config->name, sizeof(config->name), "%s", name);
    config->profile = profile_named(config->tree, name);
    if (config->profile)
        return FIND_DONE;
    snprintf(why, sizeof(why), "has no profile %s", config->name);
    return nothing(search, config->place.shown, why);
}

/* A member of the profile as text; NULL where it is missing, null or empty. False: it is something else. */
static bool profile_text(const struct config *config, const char *name, const char **text, struct error *err)
{
    const cJSON *member = json_member(config->profile, name);

    *text = json_text(member);
    if (*text && !**text)
        *text = NULL;
    if (!member || cJSON_IsString(member) || cJSON_IsNull(member))
        return true;
    return error_set(err, ERROR_CREDENTIALS, "%s of profile %s of %s is not text", name, config->name,
                     config->place.shown);
}

/* aliyun-cli writes the mode always; where it is missing, the keys that are there tell. */
static const char *mode_or_guess(const char *mode, const struct keys *keys, const char *role)
{
    if (mode)
        return mode;
    if (!keys->id || !keys->secret)
        return "";
    if (role)
        return "RamRoleArn";
    return keys->token ? "StsToken" : "AK";
}

static enum find take_profile(struct search *search, const struct config *config, struct credentials *out)
{
    struct keys keys = {
        .id_name = "access_key_id", .secret_name = "access_key_secret", .token_name = "sts_token"};
    const char *mode, *role, *missing = NULL;
    char place[2 * PATH_SHOWN_MAX + 16], why[80];

    if (!profile_text(config, "mode", &mode, search->err) ||
        !profile_text(config, "ram_role_arn", &role, search->err) ||
        !profile_text(config, keys.id_name, &keys.id, search->err) ||
        !profile_text(config, keys.secret_name, &keys.secret, search->err) ||
        !profile_text(config, keys.token_name, &keys.token, search->err))
        return FIND_BROKEN;
    snprintf(place, sizeof(place), "profile %s of %s", config->name, config->place.shown);
    mode = mode_or_guess(mode, &keys, role);
    if (!*mode)
        return nothing(search, place, "has no keys");
    if (strcmp(mode, "AK") == 0)
        keys.token = NULL;
    else if (strcmp(mode, "StsToken") == 0)
        missing = keys.token ? NULL : keys.token_name;
    else {
        snprintf(why, sizeof(why), "has mode %.30s, which is not supported", mode);
        return nothing(search, place, why);
    }
    if (!keys.secret)
        missing = keys.secret_name;
    if (!keys.id)
        missing = keys.id_name;
    if (!missing)
        return take_keys(search, place, &keys, out);
    snprintf(why, sizeof(why), "has no %s", missing);
    return nothing(search, place, why);
}

/* *exists: the profile is there, so that another place has nothing to say about it. */
static enum find find_in_config(struct search *search, struct credentials *out, bool *exists)
{
    struct config config = {.tree = NULL};
    enum find found = find_profile(search, &config);

    *exists = found == FIND_DONE;
    if (*exists)
        found = take_profile(search, &config, out);
    config_release(&config);
    return found;
}

/* ---- ~/.alibabacloud/credentials ---- */

/* One section of an ini file, while inih reads it line by line. */
struct ini_reading {
    const char *text, *end;
    const char *section; /* wanted */
    bool seen;
    bool cut;      /* the line at hand was longer than inih takes */
    bool too_long; /* such a line was one of the section's keys */
    bool memory_short;
    char *type, *id, *secret;
};

/* Hands inih one line, as fgets() would. Blanks before it are dropped, since inih takes an indented line for
 * more of the value above; and what does not fit is dropped, for it would be taken for a line of its own. */
static char *ini_line(char *line, int size, void *context)
{
    struct ini_reading *reading = context;
    size_t room = (size_t)size - 1, length;
    const char *next;

    if (reading->text == reading->end)
        return NULL;
    next = memchr(reading->text, '\n', (size_t)(reading->end - reading->text));
    next = next ? next + 1 : reading->end;
    while (reading->text < next && (*reading->text == ' ' || *reading->text == '\t'))
        reading->text++;
    length = (size_t)(next - reading->text);
    reading->cut = length > room;
    memcpy(line, reading->text, reading->cut ? room : length);
    line[reading->cut ? room : length] = '\0';
    reading->text = next;
    return line;
}

static char **ini_slot(struct ini_reading *reading, const char *name)
{
    if (strcmp(name, "type") == 0)
        return &reading->type;
    if (strcmp(name, "access_key_id") == 0)
        return &reading->id;
    return strcmp(name, "access_key_secret") == 0 ? &reading->secret : NULL;
}

static int ini_entry(void *context, const char *section, const char *name, const char *value)
{
    struct ini_reading *reading = context;
    char **slot = ini_slot(reading, name);

    if (strcmp(section, reading->section) != 0)
        return 1;
    reading->seen = true;
    if (!slot)
        return 1;
    reading->too_long |= reading->cut;
    wipe_free(*slot);
    *slot = *value ? text_copy(value) : NULL;
    reading->memory_short |= *value && !*slot;
    return 1;
}

static enum find judge_section(struct search *search, const struct place *place,
                               const struct ini_reading *reading, struct credentials *out)
{
    const struct keys keys = {
        .id = reading->id,
        .secret = reading->secret,
        .id_name = "access_key_id",
        .secret_name = "access_key_secret",
    };
    char where[2 * PATH_SHOWN_MAX], why[80];

    snprintf(where, sizeof(where), "section %.60s of %s", reading->section, place->shown);
    if (reading->memory_short)
        return memory_short(search);
    if (!reading->seen)
        return nothing(search, where, "is not there");
    if (reading->too_long)
        return broken(search, where, "has a line that is too long for a key");
    if (!reading->type)
        return nothing(search, where, "has no type");
    if (strcmp(reading->type, "access_key") != 0) {
        snprintf(why, sizeof(why), "has type %.30s, which is not supported", reading->type);
        return nothing(search, where, why);
    }
    if (keys.id && keys.secret)
        return take_keys(search, where, &keys, out);
    snprintf(why, sizeof(why), "has no %s", keys.id ? keys.secret_name : keys.id_name);
    return nothing(search, where, why);
}

static enum find find_in_section(struct search *search, const struct place *place, const struct buf *text,
                                 struct credentials *out)
{
    const char *profile = search->asked ? search->asked : host_env(search->host, "ALIBABA_CLOUD_PROFILE");
    struct ini_reading reading = {.text = buf_text(text), .section = profile ? profile : "default"};
    enum find found;
    char why[96];
    int line;

    if (memchr(reading.text, '\0', text->length))
        return broken(search, place->shown, "holds a zero byte, which no text has");
    reading.end = reading.text + text->length;
    line = ini_parse_stream(ini_line, &reading, ini_entry, &reading);
    reading.memory_short |= line < 0;
    snprintf(why, sizeof(why), "is broken at line %d, column 1: neither a [section] nor a name = value",
             line);
    found = line > 0 ? broken(search, place->shown, why) : judge_section(search, place, &reading, out);
    wipe_free(reading.type);
    wipe_free(reading.id);
    wipe_free(reading.secret);
    return found;
}

static enum find find_in_ini(struct search *search, struct credentials *out)
{
    struct place place;
    struct buf text = BUF_INIT;
    enum find found;

    if (!place_init(&place, search->host, "ALIBABA_CLOUD_CREDENTIALS_FILE", ".alibabacloud/credentials"))
        return nothing(search, place.shown, "cannot be found, as HOME is not set");
    found = read_place(search, &place, &text);
    if (found == FIND_DONE)
        found = find_in_section(search, &place, &text, out);
    buf_release(&text);
    buf_release(&place.path);
    return found;
}

/* ---- the chain ---- */

static enum find find_anywhere(struct search *search, struct credentials *out)
{
    enum find found = FIND_NOTHING;
    bool exists = false;

    if (!search->asked)
        found = find_in_environment(search, out);
    if (found == FIND_NOTHING)
        found = find_in_config(search, out, &exists);
    if (found == FIND_NOTHING && !(search->asked && exists))
        found = find_in_ini(search, out);
    return found;
}

bool credentials_find(struct host *host, const char *profile_name, struct credentials *out, struct error *err)
{
    struct search search = {.host = host, .asked = profile_name, .reasons = BUF_INIT, .err = err};
    enum find found;

    *out = (struct credentials){0};
    found = find_anywhere(&search, out);
    if (found == FIND_NOTHING) {
        error_set(err, ERROR_CREDENTIALS, "no usable credentials: %s", buf_text(&search.reasons));
        if (search.reasons.failed)
            error_memory(err);
    }
    if (found != FIND_DONE)
        credentials_release(out);
    buf_release(&search.reasons);
    return found == FIND_DONE;
}

static bool take_settings(const struct config *config, struct profile *out, struct error *err)
{
    const char *region, *endpoint, *type;

    if (!profile_text(config, "region_id", &region, err) ||
        !profile_text(config, "endpoint", &endpoint, err) ||
        !profile_text(config, "endpoint_type", &type, err))
        return false;
    out->name = text_copy(json_text(json_member(config->profile, "name")));
    out->region = text_copy(region);
    out->endpoint = text_copy(endpoint);
    out->endpoint_type = text_copy(type);
    if (!out->name || (region && !out->region) || (endpoint && !out->endpoint) ||
        (type && !out->endpoint_type)) {
        profile_release(out);
        return error_memory(err);
    }
    return true;
}

bool profile_find(struct host *host, const char *profile_name, struct profile *out, struct error *err)
{
    struct search search = {.host = host, .asked = profile_name, .reasons = BUF_INIT, .err = err};
    struct config config = {.tree = NULL};
    enum find found;
    bool done;

    *out = (struct profile){0};
    found = find_profile(&search, &config);
    done = found == FIND_NOTHING || (found == FIND_DONE && take_settings(&config, out, err));
    config_release(&config);
    buf_release(&search.reasons);
    return done;
}
