#include "sandbox_support.h"

#include "base/json.h"
#include "sandbox/service.h"

/* The key of the sandbox, and the sessions that its AssumeRole gives. */

static int64_t clock_seconds = NOW;

static int64_t test_now(struct host *host)
{
    (void)host;
    return clock_seconds;
}

static bool test_random(struct host *host, void *memory, size_t length, struct error *err)
{
    (void)host, (void)err;
    memset(memory, 7, length);
    return true;
}

static struct host test_host = {.now = test_now, .random = test_random};

struct session_keys {
    char id[64], secret[64], token[256];
};

/* Asks with a key or a session, and gives the answer as a tree. */
static cJSON *ask(struct service *service, const struct session_keys *keys, const struct call *call,
                  int *status)
{
    struct call with_token = *call;
    struct arrival arrival;
    struct reply reply;
    struct error err;
    cJSON *tree;

    with_token.date = clock_seconds;
    with_token.version = "2015-04-01";
    with_token.method = "POST";
    with_token.path = "/";
    if (keys->token[0]) {
        with_token.extra_header[0] = "x-acs-security-token";
        with_token.extra_header[1] = keys->token;
    }
    signed_with(&arrival, &with_token, keys->id, keys->secret);
    assert_true(reply_init(&reply, &test_host, &err));
    assert_true(service_answer(service, &arrival, (struct fault){.id = FAULT_OK}, &reply, &err));
    tree = json_parse(buf_text(&reply.body), reply.body.length, &err);
    assert_non_null(tree);
    *status = reply.status;
    reply_release(&reply);
    arrival_release(&arrival);
    return tree;
}

static void copy_member(const cJSON *object, const char *name, char *out, size_t size)
{
    assert_non_null(json_text(json_member(object, name)));
    snprintf(out, size, "%s", json_text(json_member(object, name)));
}

static void says(const cJSON *tree, const char *name, const char *value)
{
    assert_non_null(json_text(json_member(tree, name)));
    assert_string_equal(json_text(json_member(tree, name)), value);
}

static const struct session_keys own = {SANDBOX_ACCESS_KEY_ID, SANDBOX_ACCESS_KEY_SECRET, ""};

static void a_session_signs_until_it_ends(void **state)
{
    const struct call who = {.action = "GetCallerIdentity", .nonce = "1"};
    const struct call assume = {.action = "AssumeRole",
                                .nonce = "2",
                                .query = {{"RoleArn", "acs:ram::12345:role/dr"},
                                          {"RoleSessionName", "ops@team"},
                                          {"DurationSeconds", "900"}}};
    struct call again = who;
    struct session_keys session = {"", "", ""};
    struct service service;
    struct error err;
    cJSON *tree;
    int status;

    (void)state;
    clock_seconds = NOW;
    assert_true(service_open(&service, &test_host, NULL, &err));
    tree = ask(&service, &own, &who, &status);
    assert_int_equal(status, 200);
    says(tree, "IdentityType", "RAMUser");
    cJSON_Delete(tree);
    tree = ask(&service, &own, &assume, &status);
    assert_int_equal(status, 200);
    copy_member(json_member(tree, "Credentials"), "AccessKeyId", session.id, sizeof(session.id));
    copy_member(json_member(tree, "Credentials"), "AccessKeySecret", session.secret, sizeof(session.secret));
    copy_member(json_member(tree, "Credentials"), "SecurityToken", session.token, sizeof(session.token));
    says(json_member(tree, "Credentials"), "Expiration", "2026-11-25T08:45:00Z");
    cJSON_Delete(tree);
    again.nonce = "3";
    tree = ask(&service, &session, &again, &status);
    assert_int_equal(status, 200);
    says(tree, "IdentityType", "AssumedRoleUser");
    says(tree, "AccountId", "12345");
    says(tree, "Arn", "acs:ram::12345:assumed-role/dr/ops@team");
    cJSON_Delete(tree);
    clock_seconds = NOW + 900;
    again.nonce = "4";
    tree = ask(&service, &session, &again, &status);
    assert_int_equal(status, 400);
    says(tree, "Code", "InvalidSecurityToken.Expired");
    cJSON_Delete(tree);
    snprintf(session.token, sizeof(session.token), "SANDBOX-SESSION.9999999999.a\"b");
    again.nonce = "5";
    tree = ask(&service, &session, &again, &status);
    says(tree, "Code", "InvalidSecurityToken.Malformed");
    cJSON_Delete(tree);
    service_release(&service);
}

static void a_role_that_is_wrongly_written_is_refused(void **state)
{
    static const struct {
        const char *query[4][2];
        const char *code;
    } cases[] = {
        {{{"RoleSessionName", "ops"}}, "MissingRoleArn"},
        {{{"RoleArn", "acs:ram::1:role/dr"}}, "MissingRoleSessionName"},
        {{{"RoleArn", "acs:ram::1:role/dr"}, {"RoleSessionName", "o"}}, "InvalidParameter.RoleSessionName"},
        {{{"RoleArn", "acs:ram::1:role/dr"}, {"RoleSessionName", "a b"}}, "InvalidParameter.RoleSessionName"},
        {{{"RoleArn", "acs:ram::1:role/"}, {"RoleSessionName", "ops"}}, "InvalidParameter.RoleArn"},
        {{{"RoleArn", "acs:ram::x:role/dr"}, {"RoleSessionName", "ops"}}, "InvalidParameter.RoleArn"},
        {{{"RoleArn", "acs:ram::1:role/d/r"}, {"RoleSessionName", "ops"}}, "InvalidParameter.RoleArn"},
        {{{"RoleArn", "acs:ram::1:role/dr"}, {"RoleSessionName", "ops"}, {"DurationSeconds", "899"}},
         "InvalidParameter.DurationSeconds"},
    };
    struct service service;
    struct error err;

    (void)state;
    clock_seconds = NOW;
    assert_true(service_open(&service, &test_host, NULL, &err));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char nonce[8];
        struct call call = {.action = "AssumeRole", .nonce = nonce};
        int status;
        cJSON *tree;

        snprintf(nonce, sizeof(nonce), "n%zu", i);
        memcpy(call.query, cases[i].query, sizeof(call.query));
        tree = ask(&service, &own, &call, &status);
        assert_int_equal(status, 400);
        says(tree, "Code", cases[i].code);
        cJSON_Delete(tree);
    }
    service_release(&service);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_signs_until_it_ends),
        cmocka_unit_test(a_role_that_is_wrongly_written_is_refused),
    };

    return cmocka_run_group_tests_name("identities of the sandbox", tests, NULL, NULL);
}
