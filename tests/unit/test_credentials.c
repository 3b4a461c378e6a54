#include "api_support.h"

#include <sys/stat.h>

#include "api/profile.h"
#include "api/sign_in.h"
#include "base/utf8.h"

/* A home folder with the two configuration files, and what looking there gave. */
struct home {
    struct scratch scratch;
    struct fake_host host;
    struct credentials keys;
    struct profile profile;
    struct error err;
};

static void home_open(struct home *home)
{
    char path[256];

    *home = (struct home){.scratch = scratch_make(), .host = fake_host()};
    assert_int_equal(mkdir(scratch_path(&home->scratch, ".aliyun", path), 0700), 0);
    assert_int_equal(mkdir(scratch_path(&home->scratch, ".alibabacloud", path), 0700), 0);
    fake_setenv(&home->host, "HOME", home->scratch.path);
    fake_setenv(&home->host, "ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true");
}

static void home_forget(struct home *home)
{
    credentials_release(&home->keys);
    profile_release(&home->profile);
}

static void home_close(struct home *home)
{
    static const char *const files[] = {".aliyun/config.json", ".alibabacloud/credentials", "other"};
    char path[256];

    home_forget(home);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        unlink(scratch_path(&home->scratch, files[i], path));
    assert_int_equal(rmdir(scratch_path(&home->scratch, ".aliyun", path)), 0);
    assert_int_equal(rmdir(scratch_path(&home->scratch, ".alibabacloud", path)), 0);
    assert_int_equal(rmdir(home->scratch.path), 0);
}

static void write_config(struct home *home, const char *text)
{
    scratch_write(&home->scratch, ".aliyun/config.json", text, strlen(text));
}

static void write_ini(struct home *home, const char *text)
{
    scratch_write(&home->scratch, ".alibabacloud/credentials", text, strlen(text));
}

/* Looks along the chain as far as environment and files go. */
static bool look(struct home *home, const char *profile)
{
    const struct sign_in_options options = {.profile = profile};
    struct sign_in *sign_in = sign_in_start(&home->host.host, &options, &home->err);
    enum sign_in_state state;
    bool done;

    assert_non_null(sign_in);
    state = sign_in_tick(sign_in, NULL);
    if (state == SIGN_IN_WAITS)
        fail_msg("signing in wants the network");
    done = sign_in_take(sign_in, &home->keys, &home->err);
    assert_int_equal(done, state == SIGN_IN_DONE);
    sign_in_free(sign_in);
    return done;
}

static void found(struct home *home, const char *profile, const char *id, const char *token,
                  const char *provider)
{
    home_forget(home);
    if (!look(home, profile))
        fail_msg("%s", home->err.text);
    assert_string_equal(home->keys.access_key_id, id);
    assert_non_null(home->keys.access_key_secret);
    if (token)
        assert_string_equal(home->keys.security_token, token);
    else
        assert_null(home->keys.security_token);
    assert_string_equal(home->keys.provider, provider);
    assert_int_equal(home->keys.expires, 0);
}

/* Nothing is found, the message says `why`, and no word of any file that begins with "hidden". */
static void not_found(struct home *home, const char *profile, const char *why)
{
    home_forget(home);
    if (look(home, profile))
        fail_msg("found %s, where \"%s\" was expected", home->keys.provider, why);
    assert_int_equal(home->err.kind, ERROR_CREDENTIALS);
    if (!strstr(home->err.text, why))
        fail_msg("\"%s\" does not say \"%s\"", home->err.text, why);
    assert_null(strstr(home->err.text, "hidden"));
    assert_null(home->keys.access_key_id);
    assert_null(home->keys.access_key_secret);
}

static void a_key_is_shown_by_its_ends_alone(void **state)
{
    static const struct {
        const char *id, *masked;
    } cases[] = {
        {"LTAI5tExample3kQd", "LTAI****3kQd"},
        {"LTAI12343kQd", "LTAI****3kQd"},
        {"LTAI1233kQd", "****"},
        {"LTAI", "****"},
        {"", "****"},
    };
    char masked[16];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        credentials_mask(cases[i].id, masked);
        assert_string_equal(masked, cases[i].masked);
    }
}

static void the_environment_comes_first(void **state)
{
    struct home home;

    (void)state;
    home_open(&home);
    write_config(&home, "{\"current\":\"a\",\"profiles\":[{\"name\":\"a\",\"mode\":\"AK\","
                        "\"access_key_id\":\"of-a\",\"access_key_secret\":\"s\"}]}");
    fake_setenv(&home.host, "ALIBABA_CLOUD_ACCESS_KEY_ID", "of-env");
    fake_setenv(&home.host, "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret-of-env");
    found(&home, NULL, "of-env", NULL, "environment");
    assert_string_equal(home.keys.access_key_secret, "secret-of-env");
    fake_setenv(&home.host, "ALIBABA_CLOUD_SECURITY_TOKEN", "token");
    found(&home, NULL, "of-env", "token", "environment");
    fake_setenv(&home.host, "ALIBABA_CLOUD_SECURITY_TOKEN", "");
    found(&home, NULL, "of-env", NULL, "environment");
    home_close(&home);
}

static void half_a_key_in_the_environment_is_none(void **state)
{
    struct home home;

    (void)state;
    home_open(&home);
    fake_setenv(&home.host, "ALIBABA_CLOUD_ACCESS_KEY_ID", "hidden-id");
    not_found(&home, NULL,
              "the environment has ALIBABA_CLOUD_ACCESS_KEY_ID but no ALIBABA_CLOUD_ACCESS_KEY_SECRET");
    fake_setenv(&home.host, "ALIBABA_CLOUD_ACCESS_KEY_ID", "");
    fake_setenv(&home.host, "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "hidden-secret");
    not_found(&home, NULL,
              "the environment has ALIBABA_CLOUD_ACCESS_KEY_SECRET but no ALIBABA_CLOUD_ACCESS_KEY_ID");
    fake_setenv(&home.host, "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "");
    fake_setenv(&home.host, "ALIBABA_CLOUD_SECURITY_TOKEN", "hidden-token");
    not_found(&home, NULL, "the environment has no ALIBABA_CLOUD_ACCESS_KEY_ID");
    write_ini(&home, "[default]\ntype=access_key\naccess_key_id=of-ini\naccess_key_secret=s\n");
    found(&home, NULL, "of-ini", NULL, "section default of ~/.alibabacloud/credentials");
    home_close(&home);
}

static void every_place_is_named_when_none_has_keys(void **state)
{
    struct home home;

    (void)state;
    home_open(&home);
    not_found(&home, NULL, "the environment has no ALIBABA_CLOUD_ACCESS_KEY_ID");
    not_found(&home, NULL, "~/.aliyun/config.json is not there");
    not_found(&home, NULL, "~/.alibabacloud/credentials is not there");
    fake_setenv(&home.host, "HOME", NULL);
    not_found(&home, NULL, "~/.aliyun/config.json cannot be found, as HOME is not set");
    not_found(&home, NULL, "~/.alibabacloud/credentials cannot be found, as HOME is not set");
    home_close(&home);
}

static const char config[] =
    "{\"current\":\"now\",\"profiles\":["
    "{\"name\":\"now\",\"mode\":\"AK\",\"access_key_id\":\"of-now\",\"access_key_secret\":\"hidden-secret\","
    "\"sts_token\":\"\",\"region_id\":\"cn-hangzhou\",\"endpoint\":\"\",\"read_timeout\":0},"
    "{\"name\":\"sts\",\"mode\":\"StsToken\",\"access_key_id\":\"STS.of-sts\",\"access_key_secret\":"
    "\"hidden-secret\",\"sts_token\":\"token+/=\",\"region_id\":\"cn-shanghai\","
    "\"endpoint\":\"rocketmq-vpc.cn-shanghai.aliyuncs.com\",\"endpoint_type\":\"vpc\"},"
    "{\"name\":\"ak-with-token\",\"mode\":\"AK\",\"access_key_id\":\"of-akt\",\"access_key_secret\":"
    "\"hidden-secret\",\"sts_token\":\"left over\"},"
    "{\"name\":\"guess-ak\",\"access_key_id\":\"of-guess\",\"access_key_secret\":\"hidden-secret\"},"
    "{\"name\":\"guess-sts\",\"mode\":\"\",\"access_key_id\":\"of-guess\",\"access_key_secret\":"
    "\"hidden-secret\",\"sts_token\":\"token\"},"
    "{\"name\":\"guess-role\",\"mode\":null,\"access_key_id\":\"of-guess\",\"access_key_secret\":"
    "\"hidden-secret\",\"ram_role_arn\":\"acs:ram::1:role/r\"},"
    "{\"name\":\"role\",\"mode\":\"RamRoleArn\",\"access_key_id\":\"of-role\",\"access_key_secret\":"
    "\"hidden-secret\",\"ram_role_arn\":\"acs:ram::1:role/r\"},"
    "{\"name\":\"key-pair\",\"mode\":\"RsaKeyPair\",\"private_key\":\"hidden\"},"
    "{\"name\":\"unset\",\"mode\":\"\"},"
    "{\"name\":\"no-secret\",\"mode\":\"AK\",\"access_key_id\":\"hidden-id\"},"
    "{\"name\":\"no-id\",\"mode\":\"AK\",\"access_key_secret\":\"hidden-secret\"},"
    "{\"name\":\"no-token\",\"mode\":\"StsToken\",\"access_key_id\":\"hidden-id\",\"access_key_secret\":"
    "\"hidden-secret\"},"
    "{\"name\":\"number\",\"mode\":\"AK\",\"access_key_id\":123,\"access_key_secret\":\"hidden-secret\"},"
    "{\"name\":\"region-list\",\"mode\":\"AK\",\"access_key_id\":\"id\",\"access_key_secret\":"
    "\"hidden-secret\",\"region_id\":[\"hidden-region\"]},"
    "{\"name\":\"line-break\",\"mode\":\"AK\",\"access_key_id\":\"id\",\"access_key_secret\":"
    "\"hidden\\r\\nx-evil: 1\"},"
    "7,{\"name\":8}],\"meta_path\":\"\"}";

static void the_profile_asked_for_or_chosen_or_current_counts(void **state)
{
    struct home home;

    (void)state;
    home_open(&home);
    write_config(&home, config);
    found(&home, NULL, "of-now", NULL, "profile now of ~/.aliyun/config.json");
    assert_string_equal(home.keys.access_key_secret, "hidden-secret");
    fake_setenv(&home.host, "ALIBABA_CLOUD_PROFILE", "sts");
    found(&home, NULL, "STS.of-sts", "token+/=", "profile sts of ~/.aliyun/config.json");
    found(&home, "now", "of-now", NULL, "profile now of ~/.aliyun/config.json");
    found(&home, "ak-with-token", "of-akt", NULL, "profile ak-with-token of ~/.aliyun/config.json");
    found(&home, "guess-ak", "of-guess", NULL, "profile guess-ak of ~/.aliyun/config.json");
    found(&home, "guess-sts", "of-guess", "token", "profile guess-sts of ~/.aliyun/config.json");
    home_close(&home);
}

static void a_profile_that_was_asked_for_skips_the_environment(void **state)
{
    struct home home;

    (void)state;
    home_open(&home);
    write_config(&home, config);
    write_ini(&home, "[default]\ntype=access_key\naccess_key_id=of-ini\naccess_key_secret=hidden\n");
    fake_setenv(&home.host, "ALIBABA_CLOUD_ACCESS_KEY_ID", "of-env");
    fake_setenv(&home.host, "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "hidden-secret");
    found(&home, "now", "of-now", NULL, "profile now of ~/.aliyun/config.json");
    not_found(&home, "nobody", "~/.aliyun/config.json has no profile nobody");
    not_found(&home, "nobody", "section nobody of ~/.alibabacloud/credentials is not there");
    assert_null(strstr(home.err.text, "environment"));
    home_close(&home);
}

static void what_a_profile_lacks_is_said(void **state)
{
    static const char *const cases[][2] = {
        {"key-pair", "profile key-pair of ~/.aliyun/config.json has mode RsaKeyPair, which is not supported"},
        {"unset", "has no keys"},
        {"no-secret", "has no access_key_secret"},
        {"no-id", "has no access_key_id"},
        {"no-token", "has no sts_token"},
        {"number", "access_key_id of profile number of ~/.aliyun/config.json is not text"},
        {"line-break",
         "access_key_secret holds a blank, a quote, a line break or another character that keys "
         "do not have, at position 7"},
    };
    struct home home;

    (void)state;
    home_open(&home);
    write_config(&home, config);
    write_ini(&home, "[role]\ntype=access_key\naccess_key_id=of-ini\naccess_key_secret=hidden\n");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        not_found(&home, cases[i][0], cases[i][1]);
    home_close(&home);
}

/* Cut at any byte, either this or the same behind an x is cut within a character. */
#define LONG_NAME UMLAUTS UMLAUTS UMLAUTS UMLAUTS
#define UMLAUTS                                                                                              \
    "\xC3\xA4\xC3\xB6\xC3\xA4\xC3\xB6\xC3\xA4\xC3\xB6\xC3\xA4\xC3\xB6\xC3\xA4\xC3\xB6\xC3\xA4\xC3\xB6"

static void is_cut_well(const char *text)
{
    if (!utf8_valid(text, strlen(text)) || strstr(text, "\xEF\xBF\xBD"))
        fail_msg("a character is halved: %s", text);
    if (!strstr(text, "..."))
        fail_msg("it does not look cut: %s", text);
}

/* Profiles and sections whose names are `name` and a figure. */
static void write_long_names(struct home *home, const char *name)
{
    struct buf text = BUF_INIT;

    buf_addf(&text, "{\"profiles\":[{\"name\":\"%s1\",\"mode\":\"AK\",", name);
    buf_addf(&text, "\"access_key_id\":\"a\",\"access_key_secret\":\"s\"},{\"name\":\"mode\",");
    buf_addf(&text, "\"mode\":\"%s\"},{\"name\":\"from\",\"mode\":\"ChainableRamRoleArn\",", name);
    buf_addf(&text, "\"source_profile\":\"%s9\"},{\"name\":\"%s2\",", name, name);
    buf_addf(&text, "\"mode\":\"ChainableRamRoleArn\",\"source_profile\":\"%s2\"}]}", name);
    write_config(home, buf_text(&text));
    buf_clear(&text);
    buf_addf(&text, "[%s3]\ntype = access_key\naccess_key_id = a\naccess_key_secret = s\n", name);
    buf_addf(&text, "[type]\ntype = %s\n", name);
    write_ini(home, buf_text(&text));
    buf_release(&text);
}

static void names_are_cut_between_characters(void **state)
{
    static const char *const names[] = {LONG_NAME, "x" LONG_NAME};
    static const struct {
        const char *start, *end;
        bool found;
        const char *says;
    } cases[] = {
        {"%", "1", true, "profile "},
        {"%", "3", true, "section "},
        {"mode", "", false, "has mode "},
        {"from", "", false, "takes its keys from profile "},
        {"%", "2", false, "lead back to themselves"},
        {"%", "4", false, "has no profile "},
        {"type", "", false, "has type "},
    };
    struct home home;
    struct buf asked = BUF_INIT;

    (void)state;
    home_open(&home);
    for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
        const char *name = names[i % 2], *start = cases[i / 2].start, *said;

        write_long_names(&home, name);
        buf_clear(&asked);
        buf_addf(&asked, "%s%s", strcmp(start, "%") == 0 ? name : start, cases[i / 2].end);
        home_forget(&home);
        assert_int_equal(look(&home, buf_text(&asked)), cases[i / 2].found);
        said = cases[i / 2].found ? home.keys.provider : home.err.text;
        assert_non_null(strstr(said, cases[i / 2].says));
        is_cut_well(said);
    }
    home_close(&home);
    buf_release(&asked);
}

static void a_mode_that_is_not_supported_leaves_the_word_to_the_next_place(void **state)
{
    struct home home;

    (void)state;
    home_open(&home);
    write_config(&home, "{\"current\":\"r\",\"profiles\":[{\"name\":\"r\",\"mode\":\"BearerToken\"}]}");
    write_ini(&home, "[default]\ntype = access_key\naccess_key_id = of-ini\naccess_key_secret = s\n");
    found(&home, NULL, "of-ini", NULL, "section default of ~/.alibabacloud/credentials");
    home_close(&home);
}

static void a_profile_of_the_environment_is_never_replaced_by_the_default(void **state)
{
    struct home home;

    (void)state;
    home_open(&home);
    write_config(&home, config);
    write_ini(&home, "[default]\ntype=access_key\naccess_key_id=of-ini\naccess_key_secret=hidden\n"
                     "[team]\ntype=access_key\naccess_key_id=of-team\naccess_key_secret=hidden\n");
    fake_setenv(&home.host, "ALIBABA_CLOUD_PROFILE", "nobody");
    not_found(&home, NULL, "section nobody of ~/.alibabacloud/credentials is not there");
    fake_setenv(&home.host, "ALIBABA_CLOUD_PROFILE", "team");
    found(&home, NULL, "of-team", NULL, "section team of ~/.alibabacloud/credentials");
    fake_setenv(&home.host, "ALIBABA_CLOUD_PROFILE", NULL);
    found(&home, "team", "of-team", NULL, "section team of ~/.alibabacloud/credentials");
    home_close(&home);
}

static void a_broken_config_is_named_and_never_quoted(void **state)
{
    static const char *const cases[][2] = {
        {"{\"profiles\":[{\"access_key_secret\":\"hidden\"]}", "~/.aliyun/config.json: line 1, column 43"},
        {"{\n \"a\": hidden\n}", "~/.aliyun/config.json: line 2, column 7"},
        {"{\"current\":\"hidden\",\"current\":\"b\"}", "~/.aliyun/config.json: line 1, column"},
        {"", "~/.aliyun/config.json: line 1, column 1"},
        {"[\"hidden\"]", "~/.aliyun/config.json has no list of profiles"},
        {"{\"profiles\":{\"hidden\":1}}", "~/.aliyun/config.json has no list of profiles"},
    };
    struct home home;

    (void)state;
    home_open(&home);
    write_ini(&home, "[default]\ntype=access_key\naccess_key_id=of-ini\naccess_key_secret=hidden\n");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_config(&home, cases[i][0]);
        not_found(&home, NULL, cases[i][1]);
        assert_false(profile_find(&home.host.host, NULL, &home.profile, &home.err));
        assert_int_equal(home.err.kind, ERROR_CREDENTIALS);
        assert_null(strstr(home.err.text, "hidden"));
    }
    home_close(&home);
}

static void a_config_without_a_current_profile_says_so(void **state)
{
    struct home home;

    (void)state;
    home_open(&home);
    write_config(&home, "{\"profiles\":[]}");
    not_found(&home, NULL, "~/.aliyun/config.json does not say which profile is the current one");
    write_config(&home, "{\"current\":\"gone\",\"profiles\":[]}");
    not_found(&home, NULL, "~/.aliyun/config.json has no profile gone");
    home_close(&home);
}

static void other_files_can_be_named(void **state)
{
    struct home home;
    char path[256], provider[300];

    (void)state;
    home_open(&home);
    scratch_path(&home.scratch, "other", path);
    scratch_write(&home.scratch, "other", config, strlen(config));
    fake_setenv(&home.host, "ALIBABA_CLOUD_CONFIG_FILE", path);
    snprintf(provider, sizeof(provider), "profile now of %s", path);
    found(&home, NULL, "of-now", NULL, provider);
    fake_setenv(&home.host, "ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "True");
    not_found(&home, NULL, "/other is switched off by ALIBABA_CLOUD_CLI_PROFILE_DISABLED");
    fake_setenv(&home.host, "ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "false");
    found(&home, NULL, "of-now", NULL, provider);
    fake_setenv(&home.host, "ALIBABA_CLOUD_CONFIG_FILE", "/nonexistent/config.json");
    not_found(&home, NULL, "/nonexistent/config.json is not there");
    fake_setenv(&home.host, "ALIBABA_CLOUD_CREDENTIALS_FILE", path);
    scratch_write(&home.scratch, "other",
                  "[default]\ntype=access_key\naccess_key_id=i\naccess_key_secret=s\n", 62);
    snprintf(provider, sizeof(provider), "section default of %s", path);
    found(&home, NULL, "i", NULL, provider);
    home_close(&home);
}

static void what_is_no_file_ends_the_search(void **state)
{
    struct home home;
    char path[256];

    (void)state;
    home_open(&home);
    assert_int_equal(mkdir(scratch_path(&home.scratch, ".aliyun/config.json", path), 0700), 0);
    not_found(&home, NULL, "config.json");
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(mkfifo(scratch_path(&home.scratch, ".alibabacloud/credentials", path), 0600), 0);
    not_found(&home, NULL, "credentials");
    home_close(&home);
}

static void a_file_without_measure_is_refused(void **state)
{
    size_t size = ((size_t)1 << 20) + 1;
    char *text = malloc(size);
    struct home home;

    (void)state;
    assert_non_null(text);
    memset(text, ' ', size);
    home_open(&home);
    scratch_write(&home.scratch, ".aliyun/config.json", text, size);
    not_found(&home, NULL, "1048576 bytes");
    home_close(&home);
    free(text);
}

static void the_ini_file_is_read_as_people_write_it(void **state)
{
    struct home home;

    (void)state;
    home_open(&home);
    write_ini(&home,
              "\xEF\xBB\xBF# made by hand\r\n\r\n[other]\r\naccess_key_id = of-other\r\n\r\n[default]\r\n"
              "enable = true\r\n  type = access_key   ; plain\r\n\taccess_key_id=first\r\n"
              "access_key_id : of-ini\r\n  access_key_secret = a=b+/c==\r\npolicy = {\"a\":[]}\r\n"
              "; the end");
    found(&home, NULL, "of-ini", NULL, "section default of ~/.alibabacloud/credentials");
    assert_string_equal(home.keys.access_key_secret, "a=b+/c==");
    home_close(&home);
}

static void what_a_section_lacks_is_said(void **state)
{
    static const char *const cases[][2] = {
        {"", "section default of ~/.alibabacloud/credentials is not there"},
        {"[other]\ntype=access_key\n", "is not there"},
        {"type=access_key\naccess_key_id=hidden\naccess_key_secret=hidden\n", "is not there"},
        {"[default]\n[other]\ntype=access_key\naccess_key_id=hidden\naccess_key_secret=hidden\n",
         "has no type"},
        {"[default]\naccess_key_id=hidden\naccess_key_secret=hidden\n", "has no type"},
        {"[default]\ntype= ; access_key\naccess_key_id=hidden\naccess_key_secret=hidden\n", "has no type"},
        {"[default]\ntype=access_key;\n", "has type access_key;, which is not supported"},
        {"[default]\ntype=\naccess_key_id=hidden\naccess_key_secret=hidden\n", "has no type"},
        {"[default]\ntype=rsa_key_pair\npublic_key_id=hidden\n",
         "has type rsa_key_pair, which is not supported"},
        {"[default]\ntype=ram_role_arn\naccess_key_id=hidden\n", "has no access_key_secret"},
        {"[default]\ntype=ram_role_arn\naccess_key_id=hidden\naccess_key_secret=hidden\n",
         "does not say which role to take on"},
        {"[default]\nenable=False\ntype=access_key\naccess_key_id=hidden\naccess_key_secret=hidden\n",
         "is switched off by its enable = false"},
        {"[default]\ntype=access_key\naccess_key_secret=hidden\n", "has no access_key_id"},
        {"[default]\ntype=access_key\naccess_key_id=hidden\naccess_key_secret=\n",
         "has no access_key_secret"},
        {"[default]\ntype=access_key\naccess_key_id=\"hidden\"\naccess_key_secret=hidden\n",
         "access_key_id holds a blank, a quote"},
        {"[default]\ntype=access_key\naccess_key_id='hidden'\naccess_key_secret=hidden\n",
         "access_key_id holds a blank, a quote"},
        {"[default]\ntype=access_key\naccess_key_id=hid den\naccess_key_secret=hidden\n", "at position 4"},
        {"[default]\ntype=access_key\naccess_key_id=h\xC3\xA9\naccess_key_secret=hidden\n", "at position 2"},
        {"[default]\nhidden\n", "~/.alibabacloud/credentials is broken at line 2, column 1"},
        {"[default]\nhidden ; = hidden\n", "~/.alibabacloud/credentials is broken at line 2, column 1"},
        {"\n[default\n", "~/.alibabacloud/credentials is broken at line 2, column 1"},
        {"[default ;]\n", "~/.alibabacloud/credentials is broken at line 1, column 1"},
    };
    struct home home;

    (void)state;
    home_open(&home);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_ini(&home, cases[i][0]);
        not_found(&home, NULL, cases[i][1]);
    }
    home_close(&home);
}

static void a_zero_byte_in_the_ini_file_cuts_no_key(void **state)
{
    static const char text[] =
        "[default]\ntype=access_key\naccess_key_id=hid\0den\naccess_key_secret=hidden\n";
    struct home home;

    (void)state;
    home_open(&home);
    scratch_write(&home.scratch, ".alibabacloud/credentials", text, sizeof(text) - 1);
    not_found(&home, NULL, "~/.alibabacloud/credentials holds a zero byte");
    home_close(&home);
}

static void lines_may_be_long(void **state)
{
    struct buf text = BUF_INIT;
    struct home home;

    (void)state;
    home_open(&home);
    buf_add_text(&text, "[default]\ntype=access_key\npolicy=");
    for (int i = 0; i < 100; i++)
        buf_add_text(&text, "[evil]\taccess_key_id=evil ");
    buf_add_text(&text, "\naccess_key_id=of-ini\naccess_key_secret=secret\n");
    write_ini(&home, buf_text(&text));
    found(&home, NULL, "of-ini", NULL, "section default of ~/.alibabacloud/credentials");
    buf_add_text(&text, "access_key_secret=");
    for (int i = 0; i < 100; i++)
        buf_add_text(&text, "hidden");
    write_ini(&home, buf_text(&text));
    found(&home, NULL, "of-ini", NULL, "section default of ~/.alibabacloud/credentials");
    assert_int_equal(strlen(home.keys.access_key_secret), 600);
    buf_release(&text);
    home_close(&home);
}

static void keys_with_line_breaks_end_the_search(void **state)
{
    struct home home;

    (void)state;
    home_open(&home);
    write_ini(&home, "[default]\ntype=access_key\naccess_key_id=of-ini\naccess_key_secret=hidden\n");
    fake_setenv(&home.host, "ALIBABA_CLOUD_ACCESS_KEY_ID", "id");
    fake_setenv(&home.host, "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "hidden\n");
    not_found(&home, NULL, "environment: ALIBABA_CLOUD_ACCESS_KEY_SECRET holds");
    fake_setenv(&home.host, "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret");
    fake_setenv(&home.host, "ALIBABA_CLOUD_SECURITY_TOKEN", "hidden\rx-evil: 1");
    not_found(&home, NULL, "environment: ALIBABA_CLOUD_SECURITY_TOKEN holds");
    home_close(&home);
}

static void settings_are_read_without_keys(void **state)
{
    struct home home;

    (void)state;
    home_open(&home);
    assert_true(profile_find(&home.host.host, NULL, &home.profile, &home.err));
    assert_null(home.profile.name);
    write_config(&home, config);
    assert_true(profile_find(&home.host.host, NULL, &home.profile, &home.err));
    assert_string_equal(home.profile.name, "now");
    assert_string_equal(home.profile.region, "cn-hangzhou");
    assert_null(home.profile.endpoint);
    assert_null(home.profile.endpoint_type);
    profile_release(&home.profile);
    assert_true(profile_find(&home.host.host, "sts", &home.profile, &home.err));
    assert_string_equal(home.profile.name, "sts");
    assert_string_equal(home.profile.endpoint, "rocketmq-vpc.cn-shanghai.aliyuncs.com");
    assert_string_equal(home.profile.endpoint_type, "vpc");
    profile_release(&home.profile);
    assert_true(profile_find(&home.host.host, "nobody", &home.profile, &home.err));
    assert_null(home.profile.name);
    assert_true(profile_find(&home.host.host, "unset", &home.profile, &home.err));
    assert_string_equal(home.profile.name, "unset");
    assert_null(home.profile.region);
    profile_release(&home.profile);
    assert_false(profile_find(&home.host.host, "region-list", &home.profile, &home.err));
    assert_non_null(strstr(home.err.text, "region_id of profile region-list"));
    assert_null(strstr(home.err.text, "hidden"));
    fake_setenv(&home.host, "ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "TRUE");
    assert_true(profile_find(&home.host.host, "sts", &home.profile, &home.err));
    assert_null(home.profile.name);
    home_close(&home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_shown_by_its_ends_alone),
        cmocka_unit_test(the_environment_comes_first),
        cmocka_unit_test(half_a_key_in_the_environment_is_none),
        cmocka_unit_test(every_place_is_named_when_none_has_keys),
        cmocka_unit_test(the_profile_asked_for_or_chosen_or_current_counts),
        cmocka_unit_test(a_profile_that_was_asked_for_skips_the_environment),
        cmocka_unit_test(what_a_profile_lacks_is_said),
        cmocka_unit_test(names_are_cut_between_characters),
        cmocka_unit_test(a_mode_that_is_not_supported_leaves_the_word_to_the_next_place),
        cmocka_unit_test(a_profile_of_the_environment_is_never_replaced_by_the_default),
        cmocka_unit_test(a_broken_config_is_named_and_never_quoted),
        cmocka_unit_test(a_config_without_a_current_profile_says_so),
        cmocka_unit_test(other_files_can_be_named),
        cmocka_unit_test(what_is_no_file_ends_the_search),
        cmocka_unit_test(a_file_without_measure_is_refused),
        cmocka_unit_test(the_ini_file_is_read_as_people_write_it),
        cmocka_unit_test(what_a_section_lacks_is_said),
        cmocka_unit_test(a_zero_byte_in_the_ini_file_cuts_no_key),
        cmocka_unit_test(lines_may_be_long),
        cmocka_unit_test(keys_with_line_breaks_end_the_search),
        cmocka_unit_test(settings_are_read_without_keys),
    };

    return cmocka_run_group_tests_name("credentials", tests, NULL, NULL);
}
