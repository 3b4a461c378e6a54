#include "model_support.h"

#include <unistd.h>

#include "api/sign.h"
#include "cli/resume_words.h"

/* What was left behind is told in words that help to decide about it. */

enum { NOW = 1795595400 }; /* 2026-11-25T08:30:00Z */

static const char *said(const struct interrupted *item, int position, int count)
{
    static char text[512];
    struct buf out = BUF_INIT;

    describe_interrupted(item, position, count, NOW, &out);
    assert_false(out.failed);
    snprintf(text, sizeof(text), "%s", buf_text(&out));
    buf_release(&out);
    return text;
}

static void it_is_told_how_long_ago(void **state)
{
    static const struct {
        int64_t seconds;
        const char *words;
    } cases[] = {
        {0, "a moment ago"},       {119, "a moment ago"}, {120, "2 minutes ago"},
        {7199, "119 minutes ago"}, {7200, "2 hours ago"}, {172799, "47 hours ago"},
        {172800, "on 2026-11-23"}, {-1, "on 2026-11-25"}, {INT64_C(86400) * 400, "on 2025-10-21"},
    };
    struct interrupted item = {.plan = draft_of("{'planName': 'p'}")};
    char wanted[64];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        item.time = NOW - cases[i].seconds;
        snprintf(wanted, sizeof(wanted), "p, last typed %s. It has ", cases[i].words);
        if (strncmp(said(&item, 1, 1), wanted, strlen(wanted)) != 0)
            fail_msg("%lld seconds: %s", (long long)cases[i].seconds, said(&item, 1, 1));
    }
    plan_free(item.plan);
}

static void three_answers_are_named_and_the_rest_counted(void **state)
{
    static const struct {
        const char *draft, *words;
    } cases[] = {
        {"{}", "It has 0 answers."},
        {"{'planName': 'a'}", "It has 1 answer: Plan name."},
        {"{'planName': 'a', 'planDesc': 'b'}", "It has 2 answers: Plan name; Description."},
        {"{'planName': 'a', 'planDesc': 'b', 'planType': 'ACTIVE_ACTIVE', 'instances': [{'instanceId': "
         "'c'}]}",
         "It has 4 answers: Plan name; Description; Plan type; ..."},
    };
    struct interrupted item = {.time = NOW};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        item.plan = draft_of(cases[i].draft);
        if (!strstr(said(&item, 1, 1), cases[i].words))
            fail_msg("%s: %s", cases[i].draft, said(&item, 1, 1));
        plan_free(item.plan);
    }
}

static void one_of_several_has_its_number_and_its_machine(void **state)
{
    struct interrupted item = {.plan = draft_of("{}"), .time = NOW, .host = "other-machine"};

    (void)state;
    assert_string_equal(
        said(&item, 2, 3),
        "2 of 3: A plan without a name, last typed a moment ago on other-machine. It has 0 answers.");
    plan_free(item.plan);
}

static void write_draft(const char *path, const char *text)
{
    char *json = json_of(text);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(json, file) >= 0);
    assert_int_equal(fclose(file), 0);
    free(json);
}

/* Writes the draft as it was when it was left behind. */
static void leave_behind(const char *text, struct interrupted *item)
{
    char *json = json_of(text);

    write_draft(buf_text(&item->draft), text);
    sha256_hex(json, strlen(json), item->draft_hash);
    free(json);
}

static void it_is_compared_with_its_draft(void **state)
{
    struct interrupted item = {.plan = draft_of("{'planName': 'a', 'instances': [{'instanceId': 'c'}]}"),
                               .time = NOW,
                               .draft = BUF_INIT};
    char folder[] = "/tmp/drplan-words-XXXXXX";

    (void)state;
    assert_non_null(mkdtemp(folder));
    buf_addf(&item.draft, "%s/plan.json", folder);
    leave_behind("{'planName': 'a', 'instances': [{'instanceId': 'c'}]}", &item);
    assert_string_equal(said(&item, 1, 1), "a, last typed a moment ago. 0 answers differ from plan.json.");
    leave_behind("{'planName': 'b', 'instances': [{'instanceId': 'c'}]}", &item);
    assert_string_equal(said(&item, 1, 1),
                        "a, last typed a moment ago. 1 answer differs from plan.json: Plan name.");
    /* The draft may have a cluster more. */
    write_draft(
        buf_text(&item.draft),
        "{'planName': 'a', 'instances': [{'instanceId': 'c'}, {'instanceId': 'd'}, {'instanceId': 'e'}]}");
    assert_non_null(
        strstr(said(&item, 1, 1), "; the draft was changed since. 2 answers differ from plan.json: "));
    /* What is no draft any more is like one that is not there. */
    write_draft(buf_text(&item.draft), "{'planName'");
    assert_string_equal(said(&item, 1, 1),
                        "a, last typed a moment ago; the draft was changed since. It has 2 answers: "
                        "Plan name; First cluster, Instance ID.");
    assert_int_equal(unlink(buf_text(&item.draft)), 0);
    assert_non_null(strstr(said(&item, 1, 1), "; the draft is gone. It has 2 answers: "));
    assert_int_equal(rmdir(folder), 0);
    buf_release(&item.draft);
    plan_free(item.plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_told_how_long_ago),
        cmocka_unit_test(three_answers_are_named_and_the_rest_counted),
        cmocka_unit_test(one_of_several_has_its_number_and_its_machine),
        cmocka_unit_test(it_is_compared_with_its_draft),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
