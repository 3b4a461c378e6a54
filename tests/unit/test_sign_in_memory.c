#include "api_support.h"

#include <poll.h>
#include <sys/stat.h>

#include "api/sign_in.h"
#include "base/json.h"
#include "failing_memory.h"

/*
 * Each way of signing in, again and again, each time with another allocation
 * failing: it ends in the very keys that memory in plenty ends in, or says that
 * memory is short. What is asked over the network is answered by the test.
 */

#define SESSION(id)                                                                                          \
    "\"AccessKeyId\":\"STS." id "\",\"AccessKeySecret\":\"secret-" id "\",\"SecurityToken\":\"token-" id     \
    "\",\"Expiration\":\"2023-10-26T11:22:32Z\""
#define STS_SESSION(id)   "{\"RequestId\":\"R\",\"Credentials\":{" SESSION(id) "}}"
#define PLAIN_SESSION(id) "{\"Code\":\"Success\"," SESSION(id) "}"
#define KEY               "\"access_key_id\":\"i\",\"access_key_secret\":\"s\""
#define ROLE              "\"ram_role_arn\":\"acs:ram::1:role/r\",\"ram_session_name\":\"session\""

/* ---- The network ---- */

struct exchange {
    int status;
    const char *body;
};

/* What is on its way: one transfer at a time. */
static struct {
    transfer_done *done;
    void *context;
    const struct exchange *next;
} wire;

struct transfer *__wrap_transport_start(struct transport *transport, const struct request *request,
                                        transfer_done *done, void *context, struct error *err);
void __wrap_transport_cancel(struct transport *transport, struct transfer *transfer);

struct transfer *__wrap_transport_start(struct transport *transport, const struct request *request,
                                        transfer_done *done, void *context, struct error *err)
{
    (void)transport, (void)err;
    assert_true(request->method[0] && request->scheme && request->host && request->path);
    assert_null(wire.done);
    assert_non_null(wire.next->body);
    wire.done = done;
    wire.context = context;
    return (struct transfer *)&wire;
}

void __wrap_transport_cancel(struct transport *transport, struct transfer *transfer)
{
    (void)transport, (void)transfer;
    wire.done = NULL;
}

/* The answer itself is the network's: its memory is not what is short here. */
static void answer(void)
{
    struct transfer_result result = {.end = TRANSFER_ANSWERED};
    transfer_done *done = wire.done;
    bool armed = shortage.armed;

    shortage.armed = false;
    response_init(&result.response);
    result.response.status = wire.next->status;
    buf_add_text(&result.response.body, wire.next->body);
    wire.next++;
    wire.done = NULL;
    shortage.armed = armed;
    done(wire.context, &result);
    shortage.armed = false;
    response_release(&result.response);
    shortage.armed = armed;
}

/* ---- One way to sign in ---- */

struct way {
    const char *profile; /* the members of the only one; NULL: there is no file */
    const char *others;  /* further profiles */
    const char *section; /* of the other file */
    const char *env[4][2];
    struct exchange answers[4];
    const char *id, *provider; /* of the keys it ends in */
    const char *why;           /* or why it ends without */
};

struct bench {
    struct scratch scratch;
    struct fake_host host;
    const struct way *way;
};

static int64_t real_ticks(struct host *host)
{
    (void)host;
    return host_system()->ticks(host_system());
}

static void write_file(const struct bench *bench, const char *folder, const char *name, const char *text)
{
    char path[256], inner[64];

    mkdir(scratch_path(&bench->scratch, folder, path), 0700);
    snprintf(inner, sizeof(inner), "%s/%s", folder, name);
    scratch_write(&bench->scratch, inner, text, strlen(text));
    assert_int_equal(chmod(scratch_path(&bench->scratch, inner, path), 0600), 0);
}

static void bench_open(struct bench *bench, const struct way *way)
{
    char text[2048], path[256];

    *bench = (struct bench){.scratch = scratch_make(), .host = fake_host(), .way = way};
    bench->host.host.ticks = real_ticks;
    fake_setenv(&bench->host, "HOME", bench->scratch.path);
    if (way->profile) {
        snprintf(text, sizeof(text), "{\"current\":\"p\",\"profiles\":[{\"name\":\"p\",%s}%s]}", way->profile,
                 way->others ? way->others : "");
        write_file(bench, ".aliyun", "config.json", text);
    }
    if (way->section)
        write_file(bench, ".alibabacloud", "credentials", way->section);
    scratch_write(&bench->scratch, "token", "jwt", 3);
    for (size_t i = 0; i < 4 && way->env[i][0]; i++)
        fake_setenv(&bench->host, way->env[i][0], way->env[i][1]);
    assert_int_equal(chdir(scratch_path(&bench->scratch, "", path)), 0);
}

static void bench_close(struct bench *bench)
{
    static const char *const files[] = {".aliyun/config.json", ".alibabacloud/credentials", "token"};
    static const char *const folders[] = {".aliyun", ".alibabacloud", ""};
    char path[256];

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        unlink(scratch_path(&bench->scratch, files[i], path));
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        rmdir(scratch_path(&bench->scratch, folders[i], path));
    assert_int_equal(chdir("/"), 0);
}

static void wait_for_command(struct sign_in *sign_in)
{
    struct pollfd fd = {.fd = sign_in_fd(sign_in), .events = POLLIN};

    poll(&fd, 1, sign_in_timeout(sign_in));
}

static bool sign_in(struct bench *bench, struct credentials *keys, struct error *err)
{
    const struct sign_in_options options = {.profile = NULL};
    struct sign_in *sign_in = sign_in_start(&bench->host.host, &options, err);
    bool done;

    wire.done = NULL;
    wire.next = bench->way->answers;
    if (!sign_in)
        return false;
    /* It only hands the transport on. */
    while (sign_in_tick(sign_in, (struct transport *)&wire) == SIGN_IN_RUNS) {
        if (wire.done)
            answer();
        else
            wait_for_command(sign_in);
    }
    done = sign_in_take(sign_in, keys, err);
    sign_in_free(sign_in);
    return done;
}

/* Without memory it may end in nothing but the same keys, or the word. */
static void ends_alike(const struct way *way, bool done, const struct credentials *keys,
                       const struct error *err)
{
    if (done) {
        if (!way->id)
            fail_msg("allocation %u: keys of %s", shortage.fails_at, keys->provider);
        assert_string_equal(keys->access_key_id, way->id);
        assert_string_equal(keys->provider, way->provider);
        assert_non_null(keys->access_key_secret);
        return;
    }
    if (way->why && strstr(err->text, way->why))
        return;
    if (!shortage.hit || (err->kind != ERROR_MEMORY && !strstr(err->text, "memory")))
        fail_msg("allocation %u: %s", shortage.fails_at, err->text);
}

static void each_allocation_fails(const struct way *way)
{
    struct bench bench;
    int failed = 0;

    bench_open(&bench, way);
    for (int all_after = 0; all_after < 2; all_after++)
        while (shortage_next(all_after)) {
            struct credentials keys = {0};
            struct error err = {0};
            bool done;

            shortage.armed = true;
            done = sign_in(&bench, &keys, &err);
            shortage.armed = false;
            ends_alike(way, done, &keys, &err);
            credentials_release(&keys);
            failed += !done;
        }
    assert_true(failed > 0);
    bench_close(&bench);
}

#define NO_METADATA                                                                                          \
    {                                                                                                        \
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true"                                                        \
    }
#define OF_PROFILE "profile p of ~/.aliyun/config.json"

static void a_role_survives(void **state)
{
    static const struct way way = {.profile = "\"mode\":\"RamRoleArn\"," KEY "," ROLE
                                              ",\"external_id\":\"e\",\"policy\":\"{}\"",
                                   .answers = {{200, STS_SESSION("role")}},
                                   .id = "STS.role",
                                   .provider = OF_PROFILE};

    (void)state;
    each_allocation_fails(&way);
}

static void a_chain_of_roles_survives(void **state)
{
    static const struct way way = {.profile =
                                       "\"mode\":\"ChainableRamRoleArn\",\"source_profile\":\"q\"," ROLE,
                                   .others = ",{\"name\":\"q\",\"mode\":\"RamRoleArn\"," KEY "," ROLE "}",
                                   .answers = {{200, STS_SESSION("one")}, {200, STS_SESSION("two")}},
                                   .id = "STS.two",
                                   .provider = OF_PROFILE};

    (void)state;
    each_allocation_fails(&way);
}

static void a_refusal_of_sts_survives(void **state)
{
    static const struct way way = {
        .profile = "\"mode\":\"RamRoleArn\"," KEY "," ROLE,
        .env = {NO_METADATA},
        .answers = {{403, "{\"RequestId\":\"R\",\"Code\":\"NoPermission\",\"Message\":\"no\"}"}},
        .why = "STS refused it with NoPermission (HTTP 403)"};

    (void)state;
    each_allocation_fails(&way);
}

static void oidc_survives(void **state)
{
    static const struct way ways[] = {
        {.env = {{"ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/r"},
                 {"ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/p"},
                 {"ALIBABA_CLOUD_OIDC_TOKEN_FILE", "token"},
                 NO_METADATA},
         .answers = {{200, STS_SESSION("oidc")}},
         .id = "STS.oidc",
         .provider = "OIDC token of the environment"},
        {.profile = "\"mode\":\"OIDC\",\"oidc_provider_arn\":\"p\",\"oidc_token_file\":\"token\"," ROLE,
         .answers = {{200, STS_SESSION("oidc")}},
         .id = "STS.oidc",
         .provider = OF_PROFILE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
        each_allocation_fails(&ways[i]);
}

static void metadata_survives(void **state)
{
    static const struct way ways[] = {
        {.answers = {{200, "token"}, {200, "role"}, {200, PLAIN_SESSION("ecs")}},
         .id = "STS.ecs",
         .provider = "ECS metadata"},
        {.profile = "\"mode\":\"EcsRamRole\",\"ram_role_name\":\"role\"",
         .answers = {{200, "token"}, {200, PLAIN_SESSION("ecs")}},
         .id = "STS.ecs",
         .provider = OF_PROFILE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
        each_allocation_fails(&ways[i]);
}

static void an_address_survives(void **state)
{
    static const struct way ways[] = {
        {.env = {NO_METADATA, {"ALIBABA_CLOUD_CREDENTIALS_URI", "https://example.com/a?b=c"}},
         .answers = {{200, PLAIN_SESSION("uri")}},
         .id = "STS.uri",
         .provider = "ALIBABA_CLOUD_CREDENTIALS_URI"},
        {.profile = "\"mode\":\"CredentialsURI\",\"credentials_uri\":\"https://example.com/a\"",
         .answers = {{200, PLAIN_SESSION("uri")}},
         .id = "STS.uri",
         .provider = OF_PROFILE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
        each_allocation_fails(&ways[i]);
}

static void a_section_survives(void **state)
{
    static const struct way way = {
        .section = "[default]\ntype=ram_role_arn\naccess_key_id=i\naccess_key_secret=s\nrole_arn=r\n"
                   "role_session_name=s\npolicy={}\n",
        .answers = {{200, STS_SESSION("ini")}},
        .id = "STS.ini",
        .provider = "section default of ~/.alibabacloud/credentials"};

    (void)state;
    each_allocation_fails(&way);
}

static void a_command_survives(void **state)
{
    static const struct way way = {.profile =
                                       "\"mode\":\"External\",\"process_command\":\"echo "
                                       "'{\\\"mode\\\":\\\"AK\\\",\\\"access_key_id\\\":\\\"printed\\\","
                                       "\\\"access_key_secret\\\":\\\"s\\\"}' ''\"",
                                   .id = "printed",
                                   .provider = OF_PROFILE};

    (void)state;
    each_allocation_fails(&way);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_role_survives),           cmocka_unit_test(a_chain_of_roles_survives),
        cmocka_unit_test(a_refusal_of_sts_survives), cmocka_unit_test(oidc_survives),
        cmocka_unit_test(metadata_survives),         cmocka_unit_test(an_address_survives),
        cmocka_unit_test(a_section_survives),        cmocka_unit_test(a_command_survives),
    };

    json_wipe_on_free(); /* so that cJSON's memory comes this way too */
    return cmocka_run_group_tests_name("memory of signing in", tests, NULL, NULL);
}
