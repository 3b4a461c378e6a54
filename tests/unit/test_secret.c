#include "unit/model_support.h"

#include "model/secret.h"

/* References to secrets as they are written, and what becomes of passwords in drafts. */

static void what_an_operator_writes_becomes_a_reference(void **state)
{
    static const struct {
        const char *written, *json;
    } cases[] = {
        {"env MQ", "{'$env':'MQ'}"},
        {"  env   MQ  ", "{'$env':'MQ'}"},
        {"file /run/secrets/mq", "{'$file':'/run/secrets/mq'}"},
        {"file '/a b/c'", "{'$file':'/a b/c'}"},
        {"file /a\\ b", "{'$file':'/a b'}"},
        {"command pass show mq", "{'$command':['pass','show','mq']}"},
        {"command sh -c \"a  b\" ''", "{'$command':['sh','-c','a  b','']}"},
        {"command x $HOME `id`;rm", "{'$command':['x','$HOME','`id`;rm']}"},
        {"command a\"b c\"d", "{'$command':['ab cd']}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *wanted = json_of(cases[i].json);
        struct buf json = BUF_INIT;
        struct error err = {0};

        assert_true(secret_reference_parse(cases[i].written, &json, &err));
        assert_string_equal(buf_text(&json), wanted);
        buf_release(&json);
        free(wanted);
    }
}

static void what_is_no_reference_is_explained(void **state)
{
    static const struct {
        const char *written, *said;
    } cases[] = {
        {"", "write env NAME, file PATH, or command WORDS"},
        {"MQ", "write env NAME"},
        {"environment MQ", "write env NAME"},
        {"env", "write env NAME"},
        {"command ''", "write env NAME"},
        {"env A B", "a variable is one word"},
        {"file /a b", "a path is one word: quote it"},
        {"env A=B", "has no '='"},
        {"command 'a", "a quote is not closed"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf json = BUF_INIT;
        struct error err = {0};

        assert_false(secret_reference_parse(cases[i].written, &json, &err));
        assert_non_null(strstr(err.text, cases[i].said));
        assert_int_equal(json.length, 0);
    }
}

static void a_reference_comes_back_as_it_can_be_written(void **state)
{
    static const char *const references[] = {
        "{\"$env\": \"MQ\"}",
        "{\"$file\": \"/a b/it\\\\s\"}",
        "{\"$command\": [\"pass\", \"\", \"a b\", \"\\\\\", \"'\"]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
        struct plan *plan = plan_new(true);
        struct place password = at(0, FIELD_PASSWORD);
        struct buf written = BUF_INIT, again = BUF_INIT;
        struct error err = {0};
        char *before;

        assert_true(plan_set_reference(plan, password, references[i], &err));
        before = text_copy(plan_get(plan, password));
        secret_reference_write(before, &written);
        assert_true(secret_reference_parse(buf_text(&written), &again, &err));
        assert_true(plan_set_reference(plan, password, buf_text(&again), &err));
        assert_string_equal(plan_get(plan, password), before);
        buf_release(&written);
        buf_release(&again);
        free(before);
        plan_free(plan);
    }
}

/* ---- Passwords in drafts ---- */

static const char with_passwords[] =
    "{'planName':'p','instances':[{'instanceType':'EXTERNAL_ROCKETMQ','authType':'ACL_AUTH','username':'u',"
    "'password':'first-secret'},{'instanceType':'EXTERNAL_ROCKETMQ','authType':'NO_AUTH',"
    "'password':'hidden-secret'}],'stray':{'password':'stray-secret'}}";

static bool written_has(const struct plan *plan, bool with_secrets, const char *part)
{
    struct buf text = BUF_INIT;
    struct error err = {0};
    bool has;

    assert_true(with_secrets ? draft_write_with_secrets(plan, &text, &err) : draft_write(plan, &text, &err));
    has = strstr(buf_text(&text), part) != NULL;
    buf_release(&text);
    return has;
}

static void passwords_of_a_draft_stay_only_when_asked(void **state)
{
    struct plan *plan = draft_of(with_passwords);

    (void)state;
    assert_false(written_has(plan, false, "-secret\""));
    assert_true(written_has(plan, true, "first-secret"));
    assert_true(written_has(plan, true, "hidden-secret"));
    assert_true(written_has(plan, true, "stray-secret"));
    plan_free(plan);
}

static void a_typed_password_never_stays(void **state)
{
    struct plan *plan = draft_of(with_passwords);
    struct error err;

    (void)state;
    assert_true(plan_set(plan, at(0, FIELD_PASSWORD), "typed-secret", &err));
    assert_false(written_has(plan, true, "typed-secret"));
    assert_false(written_has(plan, true, "first-secret"));
    assert_true(written_has(plan, true, "stray-secret"));
    plan_free(plan);
}

static void without_passwords_both_ways_write_the_same(void **state)
{
    struct plan *plan = draft_of("{'planName':'p','instances':[{'password':{'$env':'MQ'}}],'other':1.50}");
    struct buf left_out = BUF_INIT, kept = BUF_INIT;
    struct error err = {0};

    (void)state;
    assert_true(draft_write(plan, &left_out, &err));
    assert_true(draft_write_with_secrets(plan, &kept, &err));
    assert_string_equal(buf_text(&left_out), buf_text(&kept));
    buf_release(&left_out);
    buf_release(&kept);
    plan_free(plan);
}

/* ---- Cut drafts ---- */

static void a_draft_that_is_cut_is_refused_or_right(void **state)
{
    static const char whole[] =
        "{'planName':'p "
        "\xc3\xa9','planType':'ACTIVE_PASSIVE','instances':[{'instanceType':'EXTERNAL_ROCKETMQ',"
        "'endpointUrl':'h:1','password':{'$command':['a','b']},'messageProperty':{'propertyKey':'k'}}],"
        "'autoSyncCheckpoint':true,'unknown':[1,-2.5e3,null,'\\u00e9'],"
        "'$drplan':{'version':1,'kept':{'instances[0].vpcId':'v'},'secretsLeftOut':['instances[0].password']}"
        "}  \n";
    char *json = json_of(whole);
    size_t end = strlen(json) - 3; /* behind the last bracket there is only space */

    (void)state;
    for (size_t length = 0; length <= strlen(json); length++) {
        struct plan *plan = NULL;
        struct error err = {0};
        /* A copy of just this length, so that a sanitizer sees a step beyond. */
        char *cut = malloc(length + 1);
        bool read;

        assert_non_null(cut);
        memcpy(cut, json, length);
        cut[length] = '\0';
        read = draft_read(cut, length, &plan, &err);
        assert_int_equal(read, length >= end);
        if (read)
            assert_string_equal(plan_get(plan, place_of_plan(FIELD_PLAN_NAME)), "p \xc3\xa9");
        else
            assert_true(err.kind == ERROR_INPUT && err.text[0] != '\0');
        plan_free(plan);
        free(cut);
    }
    free(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_an_operator_writes_becomes_a_reference),
        cmocka_unit_test(what_is_no_reference_is_explained),
        cmocka_unit_test(a_reference_comes_back_as_it_can_be_written),
        cmocka_unit_test(passwords_of_a_draft_stay_only_when_asked),
        cmocka_unit_test(a_typed_password_never_stays),
        cmocka_unit_test(without_passwords_both_ways_write_the_same),
        cmocka_unit_test(a_draft_that_is_cut_is_refused_or_right),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
