#include "api_support.h"

#include <poll.h>
#include <sys/stat.h>

#include "api/proxy.h"
#include "api/sign_in.h"
#include "wire_server.h"

/*
 * Every way of signing in, against servers on loopback that stand in for STS,
 * the metadata of an ECS instance and an address that hands out credentials.
 * Everything secret begins with CANARY, and nothing that is said may hold it.
 */

enum { NOW = 1698315752 }; /* 2023-10-26T10:22:32Z */

#define SESSION(id, end)                                                                                     \
    "\"AccessKeyId\":\"STS." id "\",\"AccessKeySecret\":\"CANARY-secret-" id "\","                           \
    "\"SecurityToken\":\"CANARY-token-" id "\",\"Expiration\":\"" end "\""
#define STS_SESSION(id)   "{\"RequestId\":\"R\",\"Credentials\":{" SESSION(id, "2023-10-26T11:22:32Z") "}}"
#define PLAIN_SESSION(id) "{\"Code\":\"Success\"," SESSION(id, "2023-10-26T16:22:32Z") "}"

struct bench {
    struct scratch scratch;
    struct fake_host host;
    struct wire_server *server;
    struct wire_step steps[8];
    char *bytes[8];
    size_t step_count;
    char address[32]; /* "127.0.0.1:PORT" */
    struct endpoint sts;
    struct sign_in_options options;
    struct transport *transport;
    struct sign_in *sign_in;
    struct credentials keys;
    struct error err;
};

static int64_t real_ticks(struct host *host)
{
    (void)host;
    return host_system()->ticks(host_system());
}

static void bench_open(struct bench *bench)
{
    *bench = (struct bench){.scratch = scratch_make(), .host = fake_host()};
    bench->host.host.ticks = real_ticks;
    bench->options.metadata_host = "127.0.0.1:1"; /* never the real one */
    fake_setenv(&bench->host, "HOME", bench->scratch.path);
    fake_setenv(&bench->host, "ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true");
}

/* The next connection gets this answer; body NULL: it is closed without one. */
static void will_answer(struct bench *bench, int status, const char *body)
{
    struct wire_step *step = &bench->steps[bench->step_count];

    assert_true(bench->step_count < 8);
    step->act = body ? WIRE_ANSWER : WIRE_CLOSE_UNREAD;
    step->bytes = bench->bytes[bench->step_count++] = body ? wire_answer(status, "", body) : NULL;
}

static void listen_now(struct bench *bench)
{
    bench->server = wire_server_start(bench->steps, bench->step_count, NULL);
    assert_non_null(bench->server);
    snprintf(bench->address, sizeof(bench->address), "127.0.0.1:%d", wire_server_port(bench->server));
    snprintf(bench->sts.scheme, sizeof(bench->sts.scheme), "http");
    snprintf(bench->sts.host, sizeof(bench->sts.host), "%s", bench->address);
    bench->options.sts = &bench->sts;
    bench->options.metadata_host = bench->address;
}

static void write_config(struct bench *bench, const char *text)
{
    char path[256];

    mkdir(scratch_path(&bench->scratch, ".aliyun", path), 0700);
    scratch_write(&bench->scratch, ".aliyun/config.json", text, strlen(text));
    assert_int_equal(chmod(scratch_path(&bench->scratch, ".aliyun/config.json", path), 0600), 0);
}

static void write_ini(struct bench *bench, const char *text)
{
    char path[256];

    mkdir(scratch_path(&bench->scratch, ".alibabacloud", path), 0700);
    scratch_write(&bench->scratch, ".alibabacloud/credentials", text, strlen(text));
    assert_int_equal(chmod(scratch_path(&bench->scratch, ".alibabacloud/credentials", path), 0600), 0);
}

/* A config.json with one profile, "p", of these members. */
static void write_profile(struct bench *bench, const char *members)
{
    char text[2048];

    snprintf(text, sizeof(text), "{\"current\":\"p\",\"profiles\":[{\"name\":\"p\",%s}]}", members);
    write_config(bench, text);
}

/* Signs in as a command does: waiting as long as it takes. */
static bool sign_in(struct bench *bench)
{
    if (!bench->transport) {
        bench->transport = transport_new(NULL, &bench->err);
        assert_non_null(bench->transport);
    }
    sign_in_free(bench->sign_in);
    credentials_release(&bench->keys);
    bench->sign_in = sign_in_start(&bench->host.host, &bench->options, &bench->err);
    assert_non_null(bench->sign_in);
    while (sign_in_tick(bench->sign_in, bench->transport) == SIGN_IN_RUNS) {
        struct pollfd fd = {.fd = sign_in_fd(bench->sign_in), .events = POLLIN};

        assert_null(strstr(sign_in_doing(bench->sign_in), "CANARY"));
        assert_true(transport_wait(bench->transport, &fd, 1, sign_in_timeout(bench->sign_in), &bench->err) >=
                    0);
    }
    for (size_t i = 0; i < sign_in_passed(bench->sign_in); i++)
        assert_null(strstr(sign_in_reason(bench->sign_in, i), "CANARY"));
    return sign_in_take(bench->sign_in, &bench->keys, &bench->err);
}

static void signs_in(struct bench *bench, const char *id, const char *provider)
{
    if (!sign_in(bench))
        fail_msg("%s", bench->err.text);
    assert_string_equal(bench->keys.access_key_id, id);
    assert_string_equal(bench->keys.provider, provider);
}

static void does_not_sign_in(struct bench *bench, const char *why)
{
    if (sign_in(bench))
        fail_msg("signed in by %s, where \"%s\" was expected", bench->keys.provider, why);
    assert_int_equal(bench->err.kind, ERROR_CREDENTIALS);
    assert_null(strstr(bench->err.text, "CANARY"));
    if (!strstr(bench->err.text, why))
        fail_msg("\"%s\" does not say \"%s\"", bench->err.text, why);
}

static void request_says(struct bench *bench, size_t number, const char *text)
{
    char *request = wire_server_request(bench->server, number, NULL);

    assert_non_null(request);
    if (!strstr(request, text))
        fail_msg("request %zu has no \"%s\":\n%s", number, text, request);
    free(request);
}

static void request_does_not_say(struct bench *bench, size_t number, const char *text)
{
    char *request = wire_server_request(bench->server, number, NULL);

    assert_non_null(request);
    if (strstr(request, text))
        fail_msg("request %zu has \"%s\":\n%s", number, text, request);
    free(request);
}

/* Everything but the home folder, for the next case. */
static void bench_clear(struct bench *bench)
{
    sign_in_free(bench->sign_in);
    transport_free(bench->transport);
    if (bench->server)
        wire_server_stop(bench->server);
    for (size_t i = 0; i < bench->step_count; i++)
        free(bench->bytes[i]);
    credentials_release(&bench->keys);
    bench->sign_in = NULL;
    bench->transport = NULL;
    bench->server = NULL;
    bench->step_count = 0;
    memset(bench->bytes, 0, sizeof(bench->bytes));
}

static void bench_close(struct bench *bench)
{
    static const char *const files[] = {".aliyun/config.json", ".alibabacloud/credentials", "token"};
    static const char *const folders[] = {".aliyun", ".alibabacloud", ""};
    char path[256];

    bench_clear(bench);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        unlink(scratch_path(&bench->scratch, files[i], path));
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        rmdir(scratch_path(&bench->scratch, folders[i], path));
}

#define ROLE_NAMES "\"ram_role_arn\":\"acs:ram::1:role/made-up\",\"ram_session_name\":\"made-up-session\""
#define ROLE_MEMBERS                                                                                         \
    "\"mode\":\"RamRoleArn\",\"access_key_id\":\"MADE-UP-ID\",\"access_key_secret\":\"CANARY-secret\","      \
    "\"ram_role_arn\":\"acs:ram::1:role/made-up\",\"ram_session_name\":\"made-up-session\","                 \
    "\"external_id\":\"CANARY+id\",\"expired_seconds\":1800"

/* ---- Roles ---- */

static void a_role_is_taken_on_with_a_signed_request(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench);
    write_profile(&bench, ROLE_MEMBERS);
    will_answer(&bench, 200, STS_SESSION("role"));
    listen_now(&bench);
    signs_in(&bench, "STS.role", "profile p of ~/.aliyun/config.json");
    assert_string_equal(bench.keys.access_key_secret, "CANARY-secret-role");
    assert_string_equal(bench.keys.security_token, "CANARY-token-role");
    assert_int_equal(bench.keys.expires, NOW + 3600);
    request_says(&bench, 0, "POST / HTTP/1.1\r\n");
    request_says(&bench, 0, "x-acs-action: AssumeRole\r\n");
    request_says(&bench, 0, "x-acs-version: 2015-04-01\r\n");
    request_says(&bench, 0, "content-type: application/x-www-form-urlencoded\r\n");
    request_says(&bench, 0, "ACS3-HMAC-SHA256 Credential=MADE-UP-ID,SignedHeaders=content-type;host;");
    request_says(&bench, 0,
                 "\r\n\r\nRoleArn=acs%3Aram%3A%3A1%3Arole%2Fmade-up&RoleSessionName=made-up-session&"
                 "DurationSeconds=1800&ExternalId=CANARY%2Bid");
    bench_close(&bench);
}

static void nothing_is_asked_without_a_transport(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench);
    write_profile(&bench, ROLE_MEMBERS);
    bench.sign_in = sign_in_start(&bench.host.host, &bench.options, &bench.err);
    assert_int_equal(sign_in_tick(bench.sign_in, NULL), SIGN_IN_WAITS);
    assert_int_equal(sign_in_tick(bench.sign_in, NULL), SIGN_IN_WAITS);
    assert_false(sign_in_take(bench.sign_in, &bench.keys, &bench.err));
    bench_close(&bench);
}

static void a_chain_takes_on_one_role_with_the_other(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench);
    write_config(
        &bench,
        "{\"current\":\"top\",\"profiles\":[{\"name\":\"top\",\"mode\":\"ChainableRamRoleArn\","
        "\"source_profile\":\"middle\",\"ram_role_arn\":\"acs:ram::1:role/top\",\"ram_session_name\":\"s\"},"
        "{\"name\":\"middle\"," ROLE_MEMBERS "}]}");
    will_answer(&bench, 200, STS_SESSION("middle"));
    will_answer(&bench, 200, STS_SESSION("top"));
    listen_now(&bench);
    signs_in(&bench, "STS.top", "profile top of ~/.aliyun/config.json");
    request_says(&bench, 0, "Credential=MADE-UP-ID,");
    request_says(&bench, 0, "role%2Fmade-up");
    request_says(&bench, 1, "Credential=STS.middle,");
    request_says(&bench, 1, "x-acs-security-token: CANARY-token-middle\r\n");
    request_says(&bench, 1, "role%2Ftop");
    bench_close(&bench);
}

static void a_chain_that_leads_back_is_named(void **state)
{
    static const struct {
        const char *profiles, *why;
    } cases[] = {
        {"{\"name\":\"p\",\"mode\":\"ChainableRamRoleArn\",\"source_profile\":\"p\"}",
         "by source_profile: p -> p"},
        {"{\"name\":\"p\",\"mode\":\"ChainableRamRoleArn\",\"source_profile\":\"a\"},"
         "{\"name\":\"a\",\"mode\":\"ChainableRamRoleArn\",\"source_profile\":\"b\"},"
         "{\"name\":\"b\",\"mode\":\"ChainableRamRoleArn\",\"source_profile\":\"a\"}",
         "by source_profile: p -> a -> b -> a"},
        {"{\"name\":\"p\",\"mode\":\"ChainableRamRoleArn\",\"source_profile\":\"gone\"}",
         "takes its keys from profile gone, which is not there"},
        {"{\"name\":\"p\",\"mode\":\"ChainableRamRoleArn\"}", "has no source_profile"},
        {"{\"name\":\"p\",\"mode\":\"ChainableRamRoleArn\",\"source_profile\":\"a\"},"
         "{\"name\":\"a\",\"mode\":\"AK\",\"access_key_id\":\"i\",\"access_key_secret\":\"CANARY\"}",
         "does not say which role to take on"},
    };
    struct bench bench;
    char text[1024];

    (void)state;
    bench_open(&bench);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(text, sizeof(text), "{\"current\":\"p\",\"profiles\":[%s]}", cases[i].profiles);
        write_config(&bench, text);
        does_not_sign_in(&bench, cases[i].why);
    }
    bench_close(&bench);
}

static void what_sts_says_no_with_is_said(void **state)
{
    static const struct {
        int status;
        const char *body, *why;
    } cases[] = {
        {403, "{\"Code\":\"NoPermission\",\"Message\":\"CANARY-secret\"}",
         "profile p of ~/.aliyun/config.json: STS refused it with NoPermission (HTTP 403): the key needs the "
         "permission sts:AssumeRole"},
        {404, "{\"Code\":\"EntityNotExist.Role\",\"Message\":\"m\"}",
         "EntityNotExist.Role (HTTP 404): there is no"},
        {400, "{\"Code\":\"SignatureDoesNotMatch\",\"Message\":\"m\"}", "Check the access key secret"},
        {400, "{\"Code\":\"Never.Heard.Of\",\"Message\":\"m\"}",
         "STS refused it with Never.Heard.Of (HTTP 400)"},
        {400, "{\"Code\":\"CANARY secret echoed\",\"Message\":\"m\"}",
         "STS answered with HTTP 400 and no code"},
        {502, "<html>CANARY</html>", "STS answered with HTTP 502 and no code"},
        {200, "CANARY", "what it gave is no JSON: line 1, column 1"},
        {200, "{\"Credentials\":\"CANARY\"}", "what it gave has no AccessKeyId"},
        {200, "{\"Credentials\":{\"AccessKeyId\":\"STS.i\"}}", "what it gave has no AccessKeySecret"},
        {200, "{\"Credentials\":{\"AccessKeyId\":\"i\",\"AccessKeySecret\":\"CANARY\"}}",
         "has no SecurityToken"},
        {200, "{\"Credentials\":{\"AccessKeyId\":\"STS.i\",\"AccessKeySecret\":\"CANARY\"}}",
         "has no SecurityToken"},
        {200,
         "{\"Credentials\":{\"AccessKeyId\":\"i\",\"AccessKeySecret\":\"CANARY\\r\\nx: y\","
         "\"SecurityToken\":\"t\"}}",
         "AccessKeySecret holds a blank"},
        {200, "{\"Credentials\":{" SESSION("old", "2023-10-26T10:00:00Z") "}}", "has ended already"},
        {200, "{\"Credentials\":{" SESSION("old", "CANARY") "}}", "Expiration is no time like"},
        {200, NULL, "closed before an answer came"},
    };
    struct bench bench;

    (void)state;
    bench_open(&bench);
    write_profile(&bench, ROLE_MEMBERS);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        will_answer(&bench, cases[i].status, cases[i].body);
        listen_now(&bench);
        does_not_sign_in(&bench, cases[i].why);
        assert_int_equal(wire_server_connections(bench.server), 1);
        bench_clear(&bench);
    }
    bench_close(&bench);
}

static void sts_is_asked_where_the_profile_says(void **state)
{
    static const struct {
        const char *members, *host;
    } cases[] = {
        {"\"sts_region\":\"cn-beijing\"", "sts.cn-beijing.aliyuncs.com"},
        {"\"sts_region\":\"cn-beijing\",\"enable_vpc\":true", "sts-vpc.cn-beijing.aliyuncs.com"},
        {"\"sts_endpoint\":\"sts.example.com\",\"sts_region\":\"cn-beijing\"", "sts.example.com"},
        {"\"mode\":\"\"", "sts.aliyuncs.com"},
    };
    struct bench bench;
    char members[1024];

    (void)state;
    bench_open(&bench);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct search search = {.host = &bench.host.host, .err = &bench.err};
        struct source source;

        snprintf(members, sizeof(members),
                 "\"access_key_id\":\"i\",\"access_key_secret\":\"s\",\"ram_role_arn\":\"r\",%s",
                 cases[i].members);
        write_profile(&bench, members);
        assert_int_equal(source_find(&search, PROVIDER_CONFIG, &source), FIND_DONE);
        assert_string_equal(source.roles[0].sts.host, cases[i].host);
        assert_string_equal(source.roles[0].session_name, "drplan-1698315752");
        assert_int_equal(source.roles[0].seconds, 3600);
        source_release(&source);
    }
    write_profile(&bench, ROLE_MEMBERS ",\"sts_region\":\"cn.evil.com/\"");
    does_not_sign_in(&bench, "the STS endpoint of profile p of ~/.aliyun/config.json cannot be used");
    write_profile(&bench, "\"mode\":\"RamRoleArn\",\"access_key_id\":\"i\",\"access_key_secret\":\"CANARY\","
                          "\"ram_role_arn\":\"r\",\"expired_seconds\":60");
    does_not_sign_in(&bench, "asks for sessions of 60 seconds, and STS gives none under 900");
    bench_close(&bench);
}

/* ---- OIDC ---- */

static void oidc_of_the_environment_sends_its_token_unsigned(void **state)
{
    struct bench bench;
    char path[256];

    (void)state;
    bench_open(&bench);
    scratch_write(&bench.scratch, "token", "CANARY.jwt=\n", 12);
    fake_setenv(&bench.host, "ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/made-up");
    fake_setenv(&bench.host, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/made-up");
    fake_setenv(&bench.host, "ALIBABA_CLOUD_OIDC_TOKEN_FILE", scratch_path(&bench.scratch, "token", path));
    fake_setenv(&bench.host, "ALIBABA_CLOUD_ROLE_SESSION_NAME", "of-env");
    will_answer(&bench, 200, STS_SESSION("oidc"));
    listen_now(&bench);
    signs_in(&bench, "STS.oidc", "OIDC token of the environment");
    request_says(&bench, 0, "POST /?Action=AssumeRoleWithOIDC&Format=JSON&SignatureNonce=");
    request_says(&bench, 0, "&Timestamp=2023-10-26T10%3A22%3A32Z&Version=2015-04-01 HTTP/1.1");
    request_says(
        &bench, 0,
        "\r\n\r\nRoleArn=acs%3Aram%3A%3A1%3Arole%2Fmade-up&RoleSessionName=of-env&DurationSeconds=3600&"
        "OIDCProviderArn=acs%3Aram%3A%3A1%3Aoidc-provider%2Fmade-up&OIDCToken=CANARY.jwt%3D%0A");
    request_does_not_say(&bench, 0, "uthorization");
    request_does_not_say(&bench, 0, "x-acs-");
    bench_close(&bench);
}

static void oidc_that_fails_leaves_the_word_to_the_next_place(void **state)
{
    struct bench bench;
    char path[256];

    (void)state;
    bench_open(&bench);
    fake_setenv(&bench.host, "ALIBABA_CLOUD_ROLE_ARN", "r");
    fake_setenv(&bench.host, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "p");
    fake_setenv(&bench.host, "ALIBABA_CLOUD_OIDC_TOKEN_FILE", scratch_path(&bench.scratch, "token", path));
    write_ini(&bench, "[default]\ntype=access_key\naccess_key_id=of-ini\naccess_key_secret=CANARY\n");
    listen_now(&bench);
    signs_in(&bench, "of-ini", "section default of ~/.alibabacloud/credentials");
    assert_int_equal(sign_in_passed(bench.sign_in), 3);
    assert_false(sign_in_reason_matters(bench.sign_in, 0));
    assert_true(sign_in_reason_matters(bench.sign_in, 1));
    assert_non_null(strstr(sign_in_reason(bench.sign_in, 1), "No such file"));
    assert_string_equal(sign_in_reason(bench.sign_in, 2), "~/.aliyun/config.json is not there");
    bench_clear(&bench);
    scratch_write(&bench.scratch, "token", "CANARY-jwt", 10);
    will_answer(&bench, 400,
                "{\"Code\":\"AuthenticationFail.OIDCToken.Invalid\",\"Message\":\"CANARY-jwt is bad\"}");
    listen_now(&bench);
    signs_in(&bench, "of-ini", "section default of ~/.alibabacloud/credentials");
    assert_non_null(strstr(sign_in_reason(bench.sign_in, 1), "AuthenticationFail.OIDCToken.Invalid"));
    bench_close(&bench);
}

static void oidc_of_a_profile_reads_its_own_file(void **state)
{
    struct bench bench;
    char members[512];

    (void)state;
    bench_open(&bench);
    scratch_write(&bench.scratch, "token", "CANARY", 6);
    snprintf(members, sizeof(members),
             "\"mode\":\"OIDC\",\"oidc_provider_arn\":\"p\",\"oidc_token_file\":\"%s/"
             "token\",\"ram_role_arn\":\"r\","
             "\"ram_session_name\":\"s\"",
             bench.scratch.path);
    write_profile(&bench, members);
    will_answer(&bench, 200, STS_SESSION("oidc"));
    listen_now(&bench);
    bench.options.profile = "p";
    signs_in(&bench, "STS.oidc", "profile p of ~/.aliyun/config.json");
    write_profile(&bench, "\"mode\":\"OIDC\",\"oidc_provider_arn\":\"p\",\"ram_role_arn\":\"r\"");
    does_not_sign_in(&bench, "has no oidc_token_file");
    bench_close(&bench);
}

static void a_token_file_that_holds_none_is_named(void **state)
{
    struct bench bench;
    char path[256];

    (void)state;
    bench_open(&bench);
    fake_setenv(&bench.host, "ALIBABA_CLOUD_ROLE_ARN", "r");
    fake_setenv(&bench.host, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "p");
    fake_setenv(&bench.host, "ALIBABA_CLOUD_OIDC_TOKEN_FILE", scratch_path(&bench.scratch, "token", path));
    scratch_write(&bench.scratch, "token", "", 0);
    does_not_sign_in(&bench, "OIDC token of the environment: the token file is empty");
    scratch_write(&bench.scratch, "token", "CAN\0ARY", 7);
    does_not_sign_in(&bench, "the token file holds a zero byte, which no token has");
    bench_close(&bench);
}

/* ---- Profiles that are wrongly written ---- */

static void a_member_of_another_type_ends_the_search(void **state)
{
    static const char *const cases[][2] = {
        {"\"mode\":\"AK\",\"access_key_id\":1",
         "access_key_id of profile p of ~/.aliyun/config.json is not text"},
        {"\"mode\":\"StsToken\",\"sts_token\":{}", "sts_token of profile p"},
        {"\"mode\":\"CloudSSO\",\"sts_expiration\":\"soon\"", "sts_expiration of profile p of "
                                                              "~/.aliyun/config.json is not a whole number"},
        {"\"mode\":\"RamRoleArn\",\"access_key_secret\":[]", "access_key_secret of profile p"},
        {"\"mode\":\"RamRoleArn\",\"access_key_id\":\"i\",\"access_key_secret\":\"s\",\"policy\":{}",
         "policy of profile p of ~/.aliyun/config.json is not text"},
        {"\"mode\":\"RamRoleArn\",\"access_key_id\":\"i\",\"access_key_secret\":\"s\",\"expired_seconds\":1."
         "5",
         "expired_seconds of profile p of ~/.aliyun/config.json is not a whole number"},
        {"\"mode\":\"EcsRamRole\",\"ram_role_name\":true", "ram_role_name of profile p"},
        {"\"mode\":\"OIDC\",\"oidc_token_file\":1", "oidc_token_file of profile p"},
        {"\"mode\":\"External\",\"process_command\":[\"a\"]", "process_command of profile p"},
        {"\"mode\":\"CredentialsURI\",\"credentials_uri\":1", "credentials_uri of profile p"},
        {"\"mode\":\"ChainableRamRoleArn\",\"source_profile\":1", "source_profile of profile p"},
    };
    struct bench bench;

    (void)state;
    bench_open(&bench);
    /* Other keys are at hand, and must not be taken. */
    write_ini(&bench, "[default]\ntype=access_key\naccess_key_id=of-ini\naccess_key_secret=CANARY\n");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_profile(&bench, cases[i][0]);
        does_not_sign_in(&bench, cases[i][1]);
    }
    bench_close(&bench);
}

static void a_member_that_is_missing_leaves_the_word_to_the_next_place(void **state)
{
    static const char *const cases[][2] = {
        {"\"mode\":\"External\"", "profile p of ~/.aliyun/config.json has no process_command"},
        {"\"mode\":\"CredentialsURI\",\"credentials_uri\":\"\"",
         "profile p of ~/.aliyun/config.json has no credentials_uri"},
        {"\"mode\":\"OIDC\",\"oidc_token_file\":\"f\"",
         "profile p of ~/.aliyun/config.json has no oidc_provider_arn"},
    };
    struct bench bench;

    (void)state;
    bench_open(&bench);
    write_ini(&bench, "[default]\ntype=access_key\naccess_key_id=of-ini\naccess_key_secret=CANARY\n");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_profile(&bench, cases[i][0]);
        signs_in(&bench, "of-ini", "section default of ~/.alibabacloud/credentials");
        assert_string_equal(sign_in_reason(bench.sign_in, 2), cases[i][1]);
    }
    bench_close(&bench);
}

/* Commands and addresses out of a file can be forbidden to all programs of an operator. */
static void an_address_in_a_profile_can_be_switched_off(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench);
    fake_setenv(&bench.host, "ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS", "true");
    write_profile(&bench, "\"mode\":\"CredentialsURI\",\"credentials_uri\":\"http://127.0.0.1:1/CANARY\"");
    does_not_sign_in(&bench, "its mode is switched off by ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS");
    bench_close(&bench);
}

static void a_chain_without_end_is_given_up(void **state)
{
    struct bench bench;
    struct buf text = BUF_INIT;

    (void)state;
    bench_open(&bench);
    buf_add_text(&text, "{\"current\":\"p0\",\"profiles\":[");
    for (int i = 0; i < 20; i++)
        buf_addf(&text,
                 "{\"name\":\"p%d\",\"mode\":\"ChainableRamRoleArn\",\"source_profile\":\"p%d\"," ROLE_NAMES
                 "},",
                 i, i + 1);
    buf_add_text(&text, "{\"name\":\"p20\"," ROLE_MEMBERS "}]}");
    write_config(&bench, buf_text(&text));
    does_not_sign_in(&bench, "is the end of a chain of more than 8 profiles");
    buf_release(&text);
    bench_close(&bench);
}

/* ---- Metadata ---- */

static void metadata_is_asked_by_version_2(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench);
    fake_setenv(&bench.host, "ALIBABA_CLOUD_ECS_METADATA_DISABLED", "false");
    will_answer(&bench, 200, "CANARY-metadata-token");
    will_answer(&bench, 200, "made-up-role\n");
    will_answer(&bench, 200, PLAIN_SESSION("ecs"));
    listen_now(&bench);
    signs_in(&bench, "STS.ecs", "ECS metadata");
    assert_int_equal(bench.keys.expires, NOW + 6 * 3600);
    request_says(&bench, 0, "PUT /latest/api/token HTTP/1.1\r\n");
    request_says(&bench, 0, "X-aliyun-ecs-metadata-token-ttl-seconds: 21600\r\n");
    request_says(&bench, 1, "GET /latest/meta-data/ram/security-credentials/ HTTP/1.1\r\n");
    request_says(&bench, 1, "X-aliyun-ecs-metadata-token: CANARY-metadata-token\r\n");
    request_says(&bench, 2, "GET /latest/meta-data/ram/security-credentials/made-up-role HTTP/1.1\r\n");
    bench_close(&bench);
}

static void metadata_falls_back_to_version_1_where_that_is_allowed(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench);
    fake_setenv(&bench.host, "ALIBABA_CLOUD_ECS_METADATA_DISABLED", NULL);
    fake_setenv(&bench.host, "ALIBABA_CLOUD_ECS_METADATA", "known-role");
    will_answer(&bench, 404, "not here");
    will_answer(&bench, 200, PLAIN_SESSION("ecs"));
    listen_now(&bench);
    signs_in(&bench, "STS.ecs", "ECS metadata");
    request_says(&bench, 1, "GET /latest/meta-data/ram/security-credentials/known-role HTTP/1.1\r\n");
    request_does_not_say(&bench, 1, "metadata-token");
    bench_clear(&bench);
    fake_setenv(&bench.host, "ALIBABA_CLOUD_IMDSV1_DISABLED", "true");
    will_answer(&bench, 404, "not here");
    listen_now(&bench);
    does_not_sign_in(&bench, "its version 1 is switched off by ALIBABA_CLOUD_IMDSV1_DISABLED");
    assert_int_equal(wire_server_requests(bench.server), 1);
    bench_close(&bench);
}

static void what_metadata_lacks_is_said(void **state)
{
    static const struct {
        int status;
        const char *roles, *keys, *why;
    } cases[] = {
        {404, "", NULL, "no RAM role is attached to this ECS instance"},
        {500, "", NULL, "it answered with HTTP 500"},
        {200, "../../CANARY", NULL, "gave no name of a role"},
        {200, "a b", NULL, "gave no name of a role"},
        {200, "role", NULL, "the role role is not attached to this ECS instance"},
        {200, "role", "{\"Code\":\"CANARY\"}", "does not say Success"},
        {200, "role", "CANARY", "what it gave is no JSON"},
        {200, "role", "{\"Code\":\"Success\"}", "what it gave has no AccessKeyId"},
    };
    struct bench bench;

    (void)state;
    bench_open(&bench);
    fake_setenv(&bench.host, "ALIBABA_CLOUD_ECS_METADATA_DISABLED", NULL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        will_answer(&bench, 200, "token");
        will_answer(&bench, cases[i].status, cases[i].roles);
        will_answer(&bench, cases[i].keys ? 200 : 404, cases[i].keys ? cases[i].keys : "");
        listen_now(&bench);
        does_not_sign_in(&bench, cases[i].why);
        bench_clear(&bench);
    }
    bench_close(&bench);
}

static void where_no_metadata_answers_it_is_asked_once(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench);
    fake_setenv(&bench.host, "ALIBABA_CLOUD_ECS_METADATA_DISABLED", NULL);
    does_not_sign_in(&bench,
                     "ECS metadata: the metadata service does not answer, as this is no ECS instance");
    bench_close(&bench);
}

static void metadata_that_hangs_is_given_up_soon(void **state)
{
    struct bench bench;
    int64_t start;

    (void)state;
    bench_open(&bench);
    fake_setenv(&bench.host, "ALIBABA_CLOUD_ECS_METADATA_DISABLED", NULL);
    bench.steps[bench.step_count++].act = WIRE_SILENT;
    will_answer(&bench, 404, "");
    listen_now(&bench);
    start = real_ticks(NULL);
    does_not_sign_in(&bench, "no RAM role is attached to this ECS instance");
    assert_true(real_ticks(NULL) - start < 6000);
    bench_close(&bench);
}

static void plain_http_is_for_this_machine_and_metadata_alone(void **state)
{
    static const struct {
        const char *host;
        bool plain;
    } cases[] = {
        {"127.0.0.1:80", true},     {"[::1]", true},
        {METADATA_HOST, true},      {METADATA_HOST ":80", false},
        {"100.100.100.201", false}, {METADATA_HOST ".example.com", false},
        {"example.com", false},
    };

    (void)state;
    setenv("all_proxy", "http://127.0.0.1:1", 1);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(host_takes_plain_http(cases[i].host), cases[i].plain);
        assert_int_equal(proxy_for("http", cases[i].host) == NULL, cases[i].plain);
    }
    unsetenv("all_proxy");
}

static void profiles_and_sections_can_name_the_role_of_the_instance(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench);
    fake_setenv(&bench.host, "ALIBABA_CLOUD_ECS_METADATA_DISABLED", NULL);
    write_profile(&bench, "\"mode\":\"RamRoleArnWithRoleName\",\"ram_role_name\":\"of-ecs\","
                          "\"ram_role_arn\":\"acs:ram::1:role/next\",\"ram_session_name\":\"s\"");
    will_answer(&bench, 200, "token");
    will_answer(&bench, 200, PLAIN_SESSION("ecs"));
    will_answer(&bench, 200, STS_SESSION("next"));
    listen_now(&bench);
    signs_in(&bench, "STS.next", "profile p of ~/.aliyun/config.json");
    request_says(&bench, 1, "/of-ecs HTTP");
    request_says(&bench, 2, "Credential=STS.ecs,");
    bench_clear(&bench);
    write_config(&bench, "{\"profiles\":[]}");
    write_ini(&bench, "[default]\ntype = ecs_ram_role\nrole_name = of-ini\n");
    will_answer(&bench, 200, "token");
    will_answer(&bench, 200, PLAIN_SESSION("ecs"));
    listen_now(&bench);
    signs_in(&bench, "STS.ecs", "section default of ~/.alibabacloud/credentials");
    request_says(&bench, 1, "/of-ini HTTP");
    write_profile(&bench, "\"mode\":\"EcsRamRole\",\"ram_role_name\":\"../CANARY\"");
    does_not_sign_in(&bench, "has characters that role names do not have");
    bench_close(&bench);
}

static void a_section_can_take_on_a_role_with_a_long_policy(void **state)
{
    struct bench bench;
    struct buf text = BUF_INIT;

    (void)state;
    bench_open(&bench);
    buf_add_text(&text,
                 "[default]\ntype=ram_role_arn\naccess_key_id=i\naccess_key_secret=CANARY\nrole_arn=r\n"
                 "role_session_name=s\npolicy = {\"Version\":\"1\",\"Statement\":[");
    for (int i = 0; i < 60; i++)
        buf_add_text(&text, "\"0123456789\",");
    buf_add_text(&text, "\"end\"]}\n");
    write_ini(&bench, buf_text(&text));
    will_answer(&bench, 200, STS_SESSION("ini"));
    listen_now(&bench);
    signs_in(&bench, "STS.ini", "section default of ~/.alibabacloud/credentials");
    request_says(&bench, 0, "&Policy=%7B%22Version%22");
    request_says(&bench, 0, "%22end%22%5D%7D");
    buf_release(&text);
    bench_close(&bench);
}

/* ---- Addresses ---- */

static void an_address_is_asked_last(void **state)
{
    struct bench bench;
    char uri[96];

    (void)state;
    bench_open(&bench);
    will_answer(&bench, 200, PLAIN_SESSION("uri"));
    listen_now(&bench);
    snprintf(uri, sizeof(uri), "http://%s/a/b?c=CANARY%%20d", bench.address);
    fake_setenv(&bench.host, "ALIBABA_CLOUD_CREDENTIALS_URI", uri);
    signs_in(&bench, "STS.uri", "ALIBABA_CLOUD_CREDENTIALS_URI");
    request_says(&bench, 0, "GET /a/b?c=CANARY%20d HTTP/1.1\r\n");
    assert_int_equal(sign_in_passed(bench.sign_in), 5);
    bench_close(&bench);
}

static void an_address_gets_no_plain_http_beyond_this_machine(void **state)
{
    static const char *const cases[][2] = {
        {"http://192.0.2.1/CANARY", "http would send keys in clear, so it is for this machine only"},
        {"http://100.100.100.200/latest/CANARY", "http would send keys in clear"},
        {"ftp://127.0.0.1/CANARY", "scheme other than https"},
        {"https://user:CANARY@example.com/", "cannot be asked"},
        {"https://example.com/CAN ARY", "a character that addresses do not have"},
        {"https://example.com?CANARY", "it has no path"},
    };
    struct bench bench;
    char members[256];

    (void)state;
    bench_open(&bench);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(members, sizeof(members), "\"mode\":\"CredentialsURI\",\"credentials_uri\":\"%s\"",
                 cases[i][0]);
        write_profile(&bench, members);
        does_not_sign_in(&bench, cases[i][1]);
        assert_non_null(strstr(bench.err.text, "credentials_uri of profile p of ~/.aliyun/config.json"));
    }
    bench_close(&bench);
}

static void an_address_that_fails_is_named(void **state)
{
    static const struct {
        int status;
        const char *body, *why;
    } cases[] = {
        {302, "CANARY", "it answered with HTTP 302"},
        {200, "{\"Code\":\"Failed\",\"x\":\"CANARY\"}", "does not say Success"},
        {200, "{\"AccessKeyId\":\"CANARY", "what it gave is no JSON: line 1"},
        {200, NULL, "closed before an answer came"},
    };
    struct bench bench;
    char members[256];

    (void)state;
    bench_open(&bench);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        will_answer(&bench, cases[i].status, cases[i].body);
        listen_now(&bench);
        snprintf(members, sizeof(members), "\"mode\":\"CredentialsURI\",\"credentials_uri\":\"http://%s/x\"",
                 bench.address);
        write_profile(&bench, members);
        does_not_sign_in(&bench, cases[i].why);
        bench_clear(&bench);
    }
    bench_close(&bench);
}

/* ---- Commands ---- */

static void write_command(struct bench *bench, const char *command)
{
    char members[1024];

    snprintf(members, sizeof(members), "\"mode\":\"External\",\"process_command\":\"%s\"", command);
    write_profile(bench, members);
}

#define PRINTED                                                                                              \
    "{\\\"mode\\\":\\\"StsToken\\\",\\\"access_key_id\\\":\\\"STS.ext\\\",\\\"access_key_secret\\\":"        \
    "\\\"CANARY-secret\\\",\\\"sts_token\\\":\\\"CANARY-token\\\",\\\"expiration\\\":\\\"2023-10-26T19:22:"  \
    "32+08:00\\\"}"

static void a_command_prints_a_session(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench);
    write_command(&bench, "echo '" PRINTED "'");
    signs_in(&bench, "STS.ext", "profile p of ~/.aliyun/config.json");
    assert_string_equal(bench.keys.security_token, "CANARY-token");
    assert_int_equal(bench.keys.expires, NOW + 3600);
    bench_close(&bench);
}

static void a_command_that_fails_is_never_quoted(void **state)
{
    static const char *const cases[][2] = {
        {"echo CANARY rubbish", "what it gave is no JSON: line 1, column 1"},
        {"printf ''", "what it gave is no JSON"},
        {"echo '[]'", "has no mode AK or StsToken"},
        {"echo '{\\\"mode\\\":\\\"CANARY\\\"}'", "has no mode AK or StsToken"},
        {"echo '{\\\"mode\\\":\\\"AK\\\",\\\"access_key_id\\\":\\\"CANARY\\\"}'", "has no access_key_secret"},
        {"sh -c 'echo CANARY; exit 7'", "its command failed with exit status 7"},
        {"sh -c 'kill -9 $$'", "its command failed with signal 9"},
        {"/nowhere/CANARY", "its command cannot be run: No such file"},
        {"echo 'CANARY", "process_command: has a quote that does not end"},
        {"  ", "process_command: has no word in it"},
        {"yes CANARY", "its command printed more than 64 KiB"},
    };
    struct bench bench;

    (void)state;
    bench_open(&bench);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_command(&bench, cases[i][0]);
        does_not_sign_in(&bench, cases[i][1]);
    }
    bench_close(&bench);
}

static void a_command_that_hangs_is_ended(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench);
    bench.options.command_limit_ms = 100;
    write_command(&bench, "sh -c 'sleep 1000 & echo CANARY; wait'");
    does_not_sign_in(&bench, "its command took more than 0.1 seconds");
    bench_close(&bench);
}

static void a_command_is_run_only_for_the_profile_that_counts(void **state)
{
    struct bench bench;
    char text[512], path[256];

    (void)state;
    bench_open(&bench);
    snprintf(
        text, sizeof(text),
        "{\"current\":\"p\",\"profiles\":[{\"name\":\"x\",\"mode\":\"External\",\"process_command\":"
        "\"touch %s/token\"},{\"name\":\"p\",\"mode\":\"AK\",\"access_key_id\":\"i\",\"access_key_secret\":"
        "\"CANARY\"}]}",
        bench.scratch.path);
    write_config(&bench, text);
    signs_in(&bench, "i", "profile p of ~/.aliyun/config.json");
    fake_setenv(&bench.host, "ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS", "1");
    bench.options.profile = "x";
    does_not_sign_in(&bench, "switched off by ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS");
    assert_int_equal(access(scratch_path(&bench.scratch, "token", path), F_OK), -1);
    fake_setenv(&bench.host, "ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS", "0");
    does_not_sign_in(&bench, "what it gave is no JSON");
    assert_int_equal(access(path, F_OK), 0);
    bench_close(&bench);
}

/* ---- Sessions of a login, files, the chain ---- */

static void a_login_counts_until_its_session_ends(void **state)
{
    static const char *const modes[] = {"CloudSSO", "OAuth"};
    struct bench bench;
    char members[512];

    (void)state;
    bench_open(&bench);
    for (size_t i = 0; i < 2; i++) {
        snprintf(members, sizeof(members),
                 "\"mode\":\"%s\",\"access_key_id\":\"STS.login\",\"access_key_secret\":\"CANARY\","
                 "\"sts_token\":\"CANARY\",\"sts_expiration\":1698319352",
                 modes[i]);
        write_profile(&bench, members);
        bench.host.now = NOW;
        signs_in(&bench, "STS.login", "profile p of ~/.aliyun/config.json");
        assert_int_equal(bench.keys.expires, NOW + 3600);
        bench.host.now = NOW + 3600;
        does_not_sign_in(&bench, "holds a session that ended at 2023-10-26T11:22:32Z: log in");
        snprintf(members, sizeof(members), "\"mode\":\"%s\",\"access_token\":\"CANARY\"", modes[i]);
        write_profile(&bench, members);
        does_not_sign_in(&bench, "holds no session: log in with 'aliyun configure'");
    }
    bench_close(&bench);
}

static void a_file_that_others_may_read_is_warned_of(void **state)
{
    struct bench bench;
    char path[256];

    (void)state;
    bench_open(&bench);
    write_profile(&bench, "\"mode\":\"AK\",\"access_key_id\":\"i\",\"access_key_secret\":\"CANARY\"");
    signs_in(&bench, "i", "profile p of ~/.aliyun/config.json");
    assert_string_equal(sign_in_warning(bench.sign_in), "");
    assert_int_equal(chmod(scratch_path(&bench.scratch, ".aliyun/config.json", path), 0644), 0);
    signs_in(&bench, "i", "profile p of ~/.aliyun/config.json");
    assert_string_equal(sign_in_warning(bench.sign_in),
                        "Others on this machine can read ~/.aliyun/config.json, which "
                        "holds keys: chmod 600 keeps them out");
    bench_close(&bench);
}

static void every_place_that_failed_is_named(void **state)
{
    static const char *const said[] = {
        "the environment has no ALIBABA_CLOUD_ACCESS_KEY_ID",
        "OIDC token of the environment: ",
        "STS refused it",
        "section default of ~/.alibabacloud/credentials",
        "ECS metadata: ",
        "ALIBABA_CLOUD_CREDENTIALS_URI",
    };
    struct bench bench;
    char path[256];

    (void)state;
    bench_open(&bench);
    scratch_write(&bench.scratch, "token", "", 0);
    fake_setenv(&bench.host, "ALIBABA_CLOUD_ECS_METADATA_DISABLED", NULL);
    fake_setenv(&bench.host, "ALIBABA_CLOUD_ROLE_ARN", "r");
    fake_setenv(&bench.host, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "p");
    fake_setenv(&bench.host, "ALIBABA_CLOUD_OIDC_TOKEN_FILE", scratch_path(&bench.scratch, "token", path));
    write_profile(&bench, ROLE_MEMBERS);
    write_ini(&bench,
              "[default]\ntype=ram_role_arn\naccess_key_id=i\naccess_key_secret=CANARY\nrole_arn=r\n");
    will_answer(&bench, 403, "{\"Code\":\"NoPermission\",\"Message\":\"m\"}");
    will_answer(&bench, 404, "{\"Code\":\"EntityNotExist.Role\",\"Message\":\"m\"}");
    will_answer(&bench, 200, "token");
    will_answer(&bench, 404, "");
    will_answer(&bench, 500, "");
    listen_now(&bench);
    snprintf(path, sizeof(path), "http://%s/", bench.address);
    fake_setenv(&bench.host, "ALIBABA_CLOUD_CREDENTIALS_URI", path);
    for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
        if (i == 0)
            does_not_sign_in(&bench, said[i]);
        if (!strstr(bench.err.text, said[i]))
            fail_msg("\"%s\" does not say \"%s\"", bench.err.text, said[i]);
    }
    assert_int_equal(sign_in_passed(bench.sign_in), PROVIDER_COUNT);
    bench_close(&bench);
}

static void a_damaged_file_ends_the_search(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench);
    fake_setenv(&bench.host, "ALIBABA_CLOUD_CREDENTIALS_URI", "http://127.0.0.1:1/");
    write_ini(&bench, "[default]\nCANARY\n");
    does_not_sign_in(&bench, "~/.alibabacloud/credentials is broken at line 2, column 1");
    write_config(&bench, "{\"profiles\":[{\"access_key_secret\":\"CANARY\"]}");
    does_not_sign_in(&bench, "~/.aliyun/config.json: line 1, column");
    bench_close(&bench);
}

static void signing_in_can_be_given_up_at_any_moment(void **state)
{
    struct bench bench;

    (void)state;
    bench_open(&bench);
    write_profile(&bench, ROLE_MEMBERS);
    bench.steps[bench.step_count++].act = WIRE_SILENT;
    listen_now(&bench);
    bench.transport = transport_new(NULL, &bench.err);
    bench.sign_in = sign_in_start(&bench.host.host, &bench.options, &bench.err);
    assert_int_equal(sign_in_tick(bench.sign_in, bench.transport), SIGN_IN_RUNS);
    assert_string_equal(sign_in_doing(bench.sign_in), "Asking STS for a session of acs:ram::1:role/made-up");
    sign_in_free(bench.sign_in);
    bench.sign_in = NULL;
    assert_int_equal(transport_running(bench.transport), 0);
    write_command(&bench, "sleep 1000");
    bench.sign_in = sign_in_start(&bench.host.host, &bench.options, &bench.err);
    assert_int_equal(sign_in_tick(bench.sign_in, bench.transport), SIGN_IN_RUNS);
    assert_true(sign_in_fd(bench.sign_in) >= 0);
    assert_string_equal(sign_in_doing(bench.sign_in),
                        "Running the command of profile p of ~/.aliyun/config.json");
    bench_close(&bench);
}

static void times_of_sessions_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds; /* -1: no time */
    } cases[] = {
        {"2023-10-26T10:22:32Z", NOW},      {"2023-10-26T10:22:32.123Z", NOW},
        {"2023-10-26T18:22:32+08:00", NOW}, {"2023-10-26T06:52:32-03:30", NOW},
        {"2023-02-30T10:22:32Z", -1},       {"2023-10-26T10:22:32", -1},
        {"2023-10-26 10:22:32Z", -1},       {"2023-10-26T10:22:32Zx", -1},
        {"2023-10-26T10:22:32+0800", -1},   {"", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t seconds = -1;

        assert_int_equal(credentials_time(cases[i].text, &seconds), cases[i].seconds >= 0);
        assert_int_equal(seconds, cases[i].seconds);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_role_is_taken_on_with_a_signed_request),
        cmocka_unit_test(nothing_is_asked_without_a_transport),
        cmocka_unit_test(a_chain_takes_on_one_role_with_the_other),
        cmocka_unit_test(a_chain_that_leads_back_is_named),
        cmocka_unit_test(what_sts_says_no_with_is_said),
        cmocka_unit_test(sts_is_asked_where_the_profile_says),
        cmocka_unit_test(oidc_of_the_environment_sends_its_token_unsigned),
        cmocka_unit_test(oidc_that_fails_leaves_the_word_to_the_next_place),
        cmocka_unit_test(oidc_of_a_profile_reads_its_own_file),
        cmocka_unit_test(a_token_file_that_holds_none_is_named),
        cmocka_unit_test(a_member_of_another_type_ends_the_search),
        cmocka_unit_test(a_member_that_is_missing_leaves_the_word_to_the_next_place),
        cmocka_unit_test(an_address_in_a_profile_can_be_switched_off),
        cmocka_unit_test(a_chain_without_end_is_given_up),
        cmocka_unit_test(metadata_is_asked_by_version_2),
        cmocka_unit_test(metadata_falls_back_to_version_1_where_that_is_allowed),
        cmocka_unit_test(what_metadata_lacks_is_said),
        cmocka_unit_test(where_no_metadata_answers_it_is_asked_once),
        cmocka_unit_test(metadata_that_hangs_is_given_up_soon),
        cmocka_unit_test(plain_http_is_for_this_machine_and_metadata_alone),
        cmocka_unit_test(profiles_and_sections_can_name_the_role_of_the_instance),
        cmocka_unit_test(a_section_can_take_on_a_role_with_a_long_policy),
        cmocka_unit_test(an_address_is_asked_last),
        cmocka_unit_test(an_address_gets_no_plain_http_beyond_this_machine),
        cmocka_unit_test(an_address_that_fails_is_named),
        cmocka_unit_test(a_command_prints_a_session),
        cmocka_unit_test(a_command_that_fails_is_never_quoted),
        cmocka_unit_test(a_command_that_hangs_is_ended),
        cmocka_unit_test(a_command_is_run_only_for_the_profile_that_counts),
        cmocka_unit_test(a_login_counts_until_its_session_ends),
        cmocka_unit_test(a_file_that_others_may_read_is_warned_of),
        cmocka_unit_test(every_place_that_failed_is_named),
        cmocka_unit_test(a_damaged_file_ends_the_search),
        cmocka_unit_test(signing_in_can_be_given_up_at_any_moment),
        cmocka_unit_test(times_of_sessions_are_read),
    };

    return cmocka_run_group_tests_name("signing in", tests, NULL, NULL);
}
