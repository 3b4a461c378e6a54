#include "api_support.h"

#include <sys/stat.h>

#include "api/answer.h"
#include "api/client.h"
#include "api/credentials.h"
#include "api/journal.h"
#include "api/profile.h"
#include "api/say.h"
#include "api/sign_in.h"
#include "base/json.h"
#include "failing_memory.h"

/*
 * Every job of the api room that needs memory, done again and again, each time
 * with another one of its allocations failing. It has to end in "memory is
 * short" (or do without), and lose nothing on the way.
 */

/* The job says whether it succeeded. Some can do without what they asked for. */
static void every_allocation_fails_once(bool (*job)(void *context, struct error *err), void *context)
{
    int failed = 0;

    while (shortage_next(false)) {
        struct error err = {0};
        bool done;

        shortage.armed = true;
        done = job(context, &err);
        shortage.armed = false;
        /* The system says it in its own words. */
        if (!done && !(shortage.hit && (err.kind == ERROR_MEMORY || strstr(err.text, "memory"))))
            fail_msg("allocation %u: %s", shortage.fails_at, err.text);
        failed += !done;
    }
    assert_true(failed > 0);
    print_message("%d runs ended early\n", failed);
}

static const char body[] =
    "{\"RequestId\":\"r\",\"Code\":\"Forbidden.RAM\",\"Message\":\"m\",\"Recommend\":\"c\","
    "\"dynamicCode\":\"d\",\"dynamicMessage\":\"e\",\"AccessDeniedDetail\":{\"a\":[1]}}";
static const char xml[] = "<Error><Code>a&lt;</Code><Message>m</Message></Error>";

static bool read_answer(void *context, struct error *err)
{
    struct answer answer;
    bool done = answer_read(context, &answer, err);

    if (done) {
        assert_non_null(answer.code);
        assert_non_null(answer.message);
        assert_true(answer.access_denied || !answer.recommend);
        answer_release(&answer);
    }
    return done;
}

static void reading_an_answer_survives(void **state)
{
    struct response response;

    (void)state;
    response_init(&response);
    response.status = 403;
    buf_add_text(&response.body, body);
    every_allocation_fails_once(read_answer, &response);
    buf_clear(&response.body);
    buf_add_text(&response.body, xml);
    every_allocation_fails_once(read_answer, &response);
    response_release(&response);
}

/* A client, and the signature that it made when memory was plenty. */
struct signing {
    struct fake_host host;
    struct client client;
    char signature[65];
};

static bool prepare(void *context, struct error *err)
{
    static const struct parameter parameters[] = {{"planId", "1"}, {"a", "1"}, {"b", "2"}, {"c", "3"}};
    struct signing *signing = context;
    struct request request;
    struct signature signature;
    bool done;

    signing->host.chance = 0;
    done = client_prepare(&signing->client, OPERATION_GET_PLAN, parameters, 4, "{}", 2, &request, &signature,
                          err);
    if (done && !signing->signature[0])
        memcpy(signing->signature, signature.signature, sizeof(signing->signature));
    if (done)
        assert_string_equal(signature.signature, signing->signature);
    request_release(&request);
    signature_release(&signature);
    return done;
}

static bool prepare_anonymous(void *context, struct error *err)
{
    static const struct parameter parameters[] = {{"OIDCToken", "t=="}};
    struct signing *signing = context;
    struct request request;
    bool done = client_prepare(&signing->client, OPERATION_ASSUME_ROLE_WITH_OIDC, parameters, 1, NULL, 0,
                               &request, NULL, err);

    if (done)
        assert_string_equal(buf_text(&request.body), "OIDCToken=t%3D%3D");
    request_release(&request);
    return done;
}

static void preparing_a_request_survives(void **state)
{
    static char id[] = "id", secret[] = "secret", token[] = "token";
    struct credentials keys = {.access_key_id = id, .access_key_secret = secret, .security_token = token};
    struct signing signing = {.host = fake_host()};
    struct error err;

    (void)state;
    signing.client = (struct client){&signing.host.host, &keys, {"https", "example.com"}, NULL};
    assert_true(prepare(&signing, &err));
    every_allocation_fails_once(prepare, &signing);
    every_allocation_fails_once(prepare_anonymous, &signing);
}

static bool find_keys(void *context, struct error *err)
{
    struct credentials keys = {0};
    struct sign_in *sign_in = sign_in_start(context, &(struct sign_in_options){0}, err);
    bool done = sign_in && sign_in_tick(sign_in, NULL) != SIGN_IN_WAITS && sign_in_take(sign_in, &keys, err);

    sign_in_free(sign_in);
    assert_true(!done || (keys.access_key_id && keys.access_key_secret));
    assert_true(!done || keys.security_token || strstr(keys.provider, "section"));
    credentials_release(&keys);
    return done;
}

static bool find_settings(void *context, struct error *err)
{
    struct profile profile;
    bool done = profile_find(context, NULL, &profile, err);

    assert_true(!done || (profile.name && profile.region && profile.endpoint && profile.endpoint_type));
    profile_release(&profile);
    return done;
}

static void finding_credentials_survives(void **state)
{
    static const char config[] = "{\"current\":\"a\",\"profiles\":[{\"name\":\"a\",\"mode\":\"StsToken\","
                                 "\"access_key_id\":\"i\",\"access_key_secret\":\"s\",\"sts_token\":\"t\","
                                 "\"region_id\":\"r\",\"endpoint\":\"e\",\"endpoint_type\":\"vpc\"}]}";
    static const char ini[] = "[default]\ntype=access_key\naccess_key_id=i\naccess_key_secret=s\n";
    struct scratch scratch = scratch_make();
    struct fake_host host = fake_host();
    char path[256];

    (void)state;
    fake_setenv(&host, "HOME", scratch.path);
    assert_int_equal(mkdir(scratch_path(&scratch, ".aliyun", path), 0700), 0);
    assert_int_equal(mkdir(scratch_path(&scratch, ".alibabacloud", path), 0700), 0);
    scratch_write(&scratch, ".aliyun/config.json", config, strlen(config));
    scratch_write(&scratch, ".alibabacloud/credentials", ini, strlen(ini));
    every_allocation_fails_once(find_keys, &host);
    every_allocation_fails_once(find_settings, &host);
    unlink(scratch_path(&scratch, ".aliyun/config.json", path));
    every_allocation_fails_once(find_keys, &host);
    unlink(scratch_path(&scratch, ".alibabacloud/credentials", path));
    rmdir(scratch_path(&scratch, ".alibabacloud", path));
    rmdir(scratch_path(&scratch, ".aliyun", path));
    rmdir(scratch.path);
}

/* A host and the path of a journal. */
struct place {
    struct fake_host host;
    char path[256];
};

static bool write_lines(void *context, struct error *err)
{
    static char name[] = "plan", endpoint[] = "h", region[] = "r", first[] = "1", second[] = "2";
    static char *ids[] = {first, second};
    const struct journal_intent intent = {.nonce = "n",
                                          .time = "2023-10-26T10:22:32Z",
                                          .body_hash = "h",
                                          .plan_name = name,
                                          .endpoint = endpoint,
                                          .region = region,
                                          .ids_seen = ids,
                                          .ids_count = 2};
    struct place *place = context;
    struct journal *journal = journal_open(&place->host.host, place->path, err);
    bool done = journal && journal_write_intent(journal, &intent, err) &&
                journal_write_outcome(journal, "n", "unknown", "1", "r", err);

    journal_close(journal);
    return done;
}

static bool read_lines(void *context, struct error *err)
{
    struct place *place = context;
    struct journal *journal = journal_open(&place->host.host, place->path, err);
    struct journal_intent *intents = NULL;
    size_t count = 0, broken = 0;
    bool done = journal && journal_open_intents(journal, &intents, &count, &broken, err);

    assert_true(!done || broken == 0);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(intents[i].plan_name);
        assert_non_null(intents[i].region);
        assert_non_null(intents[i].ids_seen[1]);
        journal_intent_release(&intents[i]);
    }
    free(intents);
    journal_close(journal);
    return done;
}

static void keeping_a_journal_survives(void **state)
{
    struct scratch scratch = scratch_make();
    struct place place = {.host = fake_host()};

    (void)state;
    scratch_path(&scratch, "journal.jsonl", place.path);
    every_allocation_fails_once(write_lines, &place);
    unlink(place.path);
    every_allocation_fails_once(write_lines, &place);
    every_allocation_fails_once(read_lines, &place);
    unlink(place.path);
    rmdir(scratch.path);
}

/* It says that there is none, too. */
static void saying_needs_no_memory(void **state)
{
    char text[64];

    (void)state;
    (void)shortage_next(true);
    shortage.armed = true;
    say(text, sizeof(text), "%s is short%c", "memory", '\n');
    shortage.armed = false;
    shortage = (struct shortage){0};
    assert_string_equal(text, "memory is short^J");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_an_answer_survives),   cmocka_unit_test(preparing_a_request_survives),
        cmocka_unit_test(finding_credentials_survives), cmocka_unit_test(keeping_a_journal_survives),
        cmocka_unit_test(saying_needs_no_memory),
    };

    json_wipe_on_free(); /* so that cJSON's memory comes this way too */
    return cmocka_run_group_tests_name("memory of the api room", tests, NULL, NULL);
}
