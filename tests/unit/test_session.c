#include "api_support.h"

#include <sys/stat.h>

#include "cli/session.h"
#include "wire_server.h"

/* Sessions of STS are fetched once, kept, renewed before they end, and used to their end when that fails. */

enum { NOW = 1698315752 }; /* 2023-10-26T10:22:32Z */

#define ANSWER(id, end)                                                                                      \
    "{\"Credentials\":{\"AccessKeyId\":\"STS." id "\",\"AccessKeySecret\":\"s\",\"SecurityToken\":\"t\","    \
    "\"Expiration\":\"" end "\"}}"

struct bench {
    struct scratch scratch;
    struct fake_host host;
    struct wire_server *server;
    struct wire_step steps[4];
    size_t step_count;
    char endpoint[48];
    struct options options;
    struct session session;
    struct plan *plan;
    struct review *review;
    struct destination destination;
    struct error err;
};

/* Ticks follow the clock of the bench. */
static int64_t bench_ticks(struct host *host)
{
    return (((struct fake_host *)host)->now - NOW) * 1000;
}

static void will_answer(struct bench *bench, int status, const char *body)
{
    bench->steps[bench->step_count].act = WIRE_ANSWER;
    bench->steps[bench->step_count++].bytes = wire_answer(status, "", body);
}

static void bench_open(struct bench *bench, const char *config)
{
    char path[256];

    bench->scratch = scratch_make();
    bench->host = fake_host();
    bench->host.host.ticks = bench_ticks;
    fake_setenv(&bench->host, "HOME", bench->scratch.path);
    fake_setenv(&bench->host, "ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true");
    assert_int_equal(mkdir(scratch_path(&bench->scratch, ".aliyun", path), 0700), 0);
    scratch_write(&bench->scratch, ".aliyun/config.json", config, strlen(config));
    assert_int_equal(chmod(scratch_path(&bench->scratch, ".aliyun/config.json", path), 0600), 0);
    bench->server = wire_server_start(bench->steps, bench->step_count, NULL);
    assert_non_null(bench->server);
    snprintf(bench->endpoint, sizeof(bench->endpoint), "http://127.0.0.1:%d",
             wire_server_port(bench->server));
    bench->options = (struct options){.endpoint = bench->endpoint};
    assert_true(session_open(&bench->session, &bench->host.host, &bench->options, &bench->err));
    bench->plan = plan_new(false);
    bench->review = review_new();
    assert_true(review_run(bench->review, bench->plan, &bench->err));
}

static void bench_close(struct bench *bench)
{
    char path[256];

    session_close(&bench->session);
    review_free(bench->review);
    plan_free(bench->plan);
    wire_server_stop(bench->server);
    for (size_t i = 0; i < bench->step_count; i++)
        free((char *)(uintptr_t)bench->steps[i].bytes);
    unlink(scratch_path(&bench->scratch, ".aliyun/config.json", path));
    rmdir(scratch_path(&bench->scratch, ".aliyun", path));
    rmdir(bench->scratch.path);
}

static bool signs_in_at(struct bench *bench, int64_t seconds)
{
    bench->host.now = NOW + seconds;
    assert_true(session_find_destination(&bench->session, bench->plan, bench->review, &bench->destination,
                                         &bench->err));
    return session_sign_in(&bench->session, &bench->destination, &bench->err);
}

static const char *key_id(const struct bench *bench)
{
    return bench->destination.client.credentials->access_key_id;
}

static const char role[] =
    "{\"current\":\"p\",\"profiles\":[{\"name\":\"p\",\"mode\":\"RamRoleArn\","
    "\"access_key_id\":\"i\",\"access_key_secret\":\"s\",\"ram_role_arn\":\"r\"},"
    "{\"name\":\"q\",\"mode\":\"AK\",\"access_key_id\":\"of-q\",\"access_key_secret\":\"s\","
    "\"region_id\":\"cn-beijing\"}]}";

static void a_session_is_kept_and_renewed_before_it_ends(void **state)
{
    struct bench bench = {0};
    const struct credentials *kept;

    (void)state;
    will_answer(&bench, 200, ANSWER("one", "2023-10-26T10:37:32Z")); /* after 900 seconds */
    will_answer(&bench, 200, ANSWER("two", "2023-10-26T11:22:32Z"));
    bench_open(&bench, role);
    assert_true(signs_in_at(&bench, 0));
    assert_string_equal(key_id(&bench), "STS.one");
    kept = bench.destination.client.credentials;
    assert_true(signs_in_at(&bench, 900 - CREDENTIALS_MARGIN_SECONDS - 1));
    assert_string_equal(key_id(&bench), "STS.one");
    assert_int_equal(wire_server_requests(bench.server), 1);
    assert_true(signs_in_at(&bench, 900 - CREDENTIALS_MARGIN_SECONDS));
    assert_string_equal(key_id(&bench), "STS.two");
    assert_ptr_equal(bench.destination.client.credentials, kept);
    assert_int_equal(wire_server_requests(bench.server), 2);
    bench_close(&bench);
}

static void a_session_that_cannot_be_renewed_is_used_to_its_end(void **state)
{
    struct bench bench = {0};

    (void)state;
    will_answer(&bench, 200, ANSWER("one", "2023-10-26T10:37:32Z"));
    will_answer(&bench, 503, "");
    will_answer(&bench, 503, "");
    will_answer(&bench, 200, ANSWER("two", "2023-10-26T11:22:32Z"));
    bench_open(&bench, role);
    assert_true(signs_in_at(&bench, 0));
    assert_true(signs_in_at(&bench, 800));
    assert_string_equal(key_id(&bench), "STS.one");
    assert_int_equal(wire_server_requests(bench.server), 2);
    assert_true(signs_in_at(&bench, 801));
    assert_int_equal(wire_server_requests(bench.server), 2);
    assert_false(signs_in_at(&bench, 900));
    assert_int_equal(bench.err.kind, ERROR_CREDENTIALS);
    assert_non_null(strstr(bench.err.text, "STS answered with HTTP 503"));
    assert_null(bench.destination.client.credentials);
    assert_int_equal(wire_server_requests(bench.server), 3);
    assert_true(signs_in_at(&bench, 940));
    assert_string_equal(key_id(&bench), "STS.two");
    bench_close(&bench);
}

static void a_failure_is_remembered_until_it_is_forgotten(void **state)
{
    struct bench bench = {0};

    (void)state;
    will_answer(&bench, 503, "");
    will_answer(&bench, 200, ANSWER("one", "2023-10-26T10:37:32Z"));
    bench_open(&bench, role);
    assert_false(signs_in_at(&bench, 0));
    assert_false(signs_in_at(&bench, 100));
    assert_int_equal(wire_server_requests(bench.server), 1);
    session_forget_failures(&bench.session);
    assert_true(signs_in_at(&bench, 101));
    bench_close(&bench);
}

static void nothing_is_asked_before_it_is_needed(void **state)
{
    struct bench bench = {0};

    (void)state;
    will_answer(&bench, 200, ANSWER("one", "2023-10-26T10:37:32Z"));
    bench_open(&bench, role);
    assert_true(
        session_find_destination(&bench.session, bench.plan, bench.review, &bench.destination, &bench.err));
    for (int i = 0; i < 3; i++)
        assert_int_equal(session_advance_sign_in(&bench.session, &bench.destination, false, &bench.err),
                         SIGNING_IN);
    assert_null(bench.session.transport);
    assert_int_equal(session_advance_sign_in(&bench.session, &bench.destination, true, &bench.err),
                     SIGNING_IN);
    assert_string_equal(sign_in_doing(session_search(&bench.session, &bench.destination)),
                        "Asking STS for a session of r");
    assert_true(session_sign_in(&bench.session, &bench.destination, &bench.err));
    bench_close(&bench);
}

static void what_was_chosen_for_the_draft_counts_more_than_options(void **state)
{
    struct bench bench = {0};

    (void)state;
    bench_open(&bench, role);
    bench.options.profile = "q";
    bench.options.region = "cn-shanghai";
    assert_true(plan_set_setting(bench.plan, SETTING_REGION, "cn-qingdao", &bench.err));
    assert_true(plan_set_setting(bench.plan, SETTING_PROFILE, "p", &bench.err));
    assert_true(signs_in_at(&bench, 0));
    assert_string_equal(bench.destination.region, "cn-shanghai");
    assert_string_equal(bench.destination.profile, "q");
    bench.session.draft_decides = true;
    assert_true(
        session_find_destination(&bench.session, bench.plan, bench.review, &bench.destination, &bench.err));
    assert_string_equal(bench.destination.region, "cn-qingdao");
    assert_string_equal(bench.destination.profile, "p");
    assert_true(plan_set_setting(bench.plan, SETTING_REGION, NULL, &bench.err));
    assert_true(plan_set_setting(bench.plan, SETTING_PROFILE, NULL, &bench.err));
    assert_true(signs_in_at(&bench, 0));
    assert_string_equal(bench.destination.region, "cn-shanghai");
    assert_string_equal(session_profile_name(&bench.session, &bench.destination), "q");
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_kept_and_renewed_before_it_ends),
        cmocka_unit_test(a_session_that_cannot_be_renewed_is_used_to_its_end),
        cmocka_unit_test(a_failure_is_remembered_until_it_is_forgotten),
        cmocka_unit_test(nothing_is_asked_before_it_is_needed),
        cmocka_unit_test(what_was_chosen_for_the_draft_counts_more_than_options),
    };

    return cmocka_run_group_tests_name("sessions", tests, NULL, NULL);
}
