#include "api_support.h"

#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/open_intents.h"
#include "cli/plain_recall.h"
#include "wire_server.h"

/* Plain questions about plans whose end is not known: what is said, looked for, stopped and forgotten. */

#define LISTED(rows, total)                                                                                  \
    "{\"requestId\":\"L\",\"success\":true,\"code\":\"200\",\"data\":{\"list\":[" rows                       \
    "],\"pageNumber\":1,\"pageSize\":100,\"totalCount\":" #total "}}"
#define INSTANCES                                                                                            \
    "[{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceId\":\"rmq-cn-1\"},"                                   \
    "{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"endpointUrl\":\"198.51.100.7:8080\"}]"
#define FOUND LISTED("{\"planId\":77,\"planName\":\"night\",\"instances\":" INSTANCES "}", 1)
#define NONE  LISTED("", 0)

struct bench {
    struct plain_terminal terminal; /* first: the dialogue hands its io back */
    struct scratch scratch;
    struct fake_host host;
    struct wire_server *server;
    struct wire_step steps[8];
    size_t step_count;
    char endpoint[48];
    struct options options;
    struct session session;
    struct plan *plan;
    struct plain *plain;
    const char *answer;       /* NULL: the input is at its end */
    int raised;               /* together with the answer; 0: nothing */
    bool journal_is_in_a_way; /* from the answer on it cannot be written */
    struct buf said;
    int asked;
};

static int64_t real_ticks(struct host *host)
{
    struct timespec now;

    (void)host;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void put_in_the_way(const struct bench *bench)
{
    char path[256];

    assert_int_equal(unlink(scratch_path(&bench->scratch, "drplan/journal.jsonl", path)), 0);
    assert_int_equal(mkdir(path, 0700), 0);
}

static enum plain_read ask(struct plain_io *io, enum plain_input input, const char *question,
                           struct buf *line, struct error *err)
{
    struct bench *bench = (struct bench *)io;

    (void)input, (void)err;
    buf_add_text(&bench->said, question);
    bench->asked++;
    if (!bench->answer)
        return PLAIN_READ_END;
    if (bench->journal_is_in_a_way)
        put_in_the_way(bench);
    if (bench->raised != 0)
        raise(bench->raised);
    buf_add_text(line, bench->answer);
    return PLAIN_READ_LINE;
}

static bool write_text(struct plain_io *io, const char *text, size_t length, struct error *err)
{
    (void)err;
    buf_add(&((struct bench *)io)->said, text, length);
    return true;
}

static void will(struct bench *bench, enum wire_act act, int status, const char *body)
{
    struct wire_step *step = &bench->steps[bench->step_count++];

    step->act = act;
    step->bytes = body ? wire_answer(status, "", body) : NULL;
}

static void intent_at(struct bench *bench, char nonce, const char *endpoint)
{
    char name[] = "night", instances[] = INSTANCES, scheme[] = "http", host[64];
    struct journal_intent intent = {.time = "2023-10-26T10:22:32Z",
                                    .plan_name = name,
                                    .endpoint = host,
                                    .scheme = scheme,
                                    .instances = instances,
                                    .seen_all = true};
    struct error err;

    snprintf(host, sizeof(host), "%s", endpoint);
    memset(intent.nonce, nonce, sizeof(intent.nonce) - 1);
    memset(intent.body_hash, 'a', sizeof(intent.body_hash) - 1);
    assert_true(session_journal(&bench->session, &err));
    assert_true(journal_write_intent(bench->session.journal, &intent, &err));
}

static void bench_open(struct bench *bench, const char *answer)
{
    struct error err;

    bench->scratch = scratch_make();
    bench->host = fake_host();
    bench->host.host.ticks = real_ticks;
    bench->said = BUF_INIT;
    bench->answer = answer;
    fake_setenv(&bench->host, "XDG_STATE_HOME", bench->scratch.path);
    fake_setenv(&bench->host, "ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true");
    fake_setenv(&bench->host, "ALIBABA_CLOUD_ACCESS_KEY_ID", "id");
    fake_setenv(&bench->host, "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret");
    bench->server = wire_server_start(bench->steps, bench->step_count, NULL);
    assert_non_null(bench->server);
    snprintf(bench->endpoint, sizeof(bench->endpoint), "127.0.0.1:%d", wire_server_port(bench->server));
    bench->options = (struct options){.patience_ms = 15, .timeout_ms = 2000};
    assert_true(session_open(&bench->session, &bench->host.host, &bench->options, &err));
    assert_true(plain_terminal_open(&bench->terminal, &err));
    bench->terminal.is_terminal = true;
    bench->terminal.io = (struct plain_io){.ask = ask, .write = write_text};
    bench->plan = plan_new(true);
    bench->plain = plain_new(bench->plan, NULL, &bench->terminal.io);
    assert_non_null(bench->plain);
}

static size_t still_open(struct bench *bench)
{
    struct open_intents intents;
    struct error err;
    size_t count;

    assert_true(open_intents_read(&intents, &bench->session, &err));
    count = intents.count;
    open_intents_release(&intents);
    return count;
}

static void assert_said(const struct bench *bench, const char *text)
{
    if (!strstr(buf_text(&bench->said), text))
        fail_msg("not said: %s\nbut:\n%s", text, buf_text(&bench->said));
}

static void recall(struct bench *bench)
{
    plain_recall(&bench->session, &bench->terminal, bench->plain);
}

static void bench_close(struct bench *bench)
{
    char path[256];

    assert_int_equal(wire_server_count(bench->server, "POST "), 0);
    plain_free(bench->plain);
    plan_free(bench->plan);
    plain_terminal_close(&bench->terminal);
    session_close(&bench->session);
    wire_server_stop(bench->server);
    for (size_t i = 0; i < bench->step_count; i++)
        free((char *)(uintptr_t)bench->steps[i].bytes);
    buf_release(&bench->said);
    remove(scratch_path(&bench->scratch, "drplan/journal.jsonl", path));
    rmdir(scratch_path(&bench->scratch, "drplan", path));
    rmdir(bench->scratch.path);
}

static void without_open_plans_nothing_is_said(void **state)
{
    struct bench bench = {0};

    (void)state;
    bench_open(&bench, "look");
    recall(&bench);
    assert_int_equal(bench.said.length, 0);
    assert_int_equal(bench.asked, 0);
    bench_close(&bench);
}

static void a_pipe_is_told_and_not_asked(void **state)
{
    struct bench bench = {0};

    (void)state;
    bench_open(&bench, "settled");
    bench.terminal.is_terminal = false;
    intent_at(&bench, '1', bench.endpoint);
    recall(&bench);
    assert_said(&bench, "night was sent to 127.0.0.1:");
    assert_said(&bench, "'drplan look' finds out.");
    assert_int_equal(bench.asked, 0);
    assert_int_equal(still_open(&bench), 1);
    bench_close(&bench);
}

static void a_plan_that_was_created_is_found(void **state)
{
    struct bench bench = {0};

    (void)state;
    will(&bench, WIRE_ANSWER, 200, FOUND);
    bench_open(&bench, "look");
    intent_at(&bench, '1', bench.endpoint);
    recall(&bench);
    assert_said(&bench, "Looking for night. Ctrl-C stops it.");
    assert_said(&bench, "It was created: plan 77.");
    assert_int_equal(still_open(&bench), 0);
    bench_close(&bench);
}

static void a_plan_that_is_not_there_stays_open(void **state)
{
    struct bench bench = {0};

    (void)state;
    for (int looks = 0; looks < 5; looks++)
        will(&bench, WIRE_ANSWER, 200, NONE);
    bench_open(&bench, "look");
    intent_at(&bench, '1', bench.endpoint);
    recall(&bench);
    assert_said(&bench, "Still not known: ");
    assert_said(&bench, "of this name is in the list");
    assert_int_equal(wire_server_requests(bench.server), 5);
    assert_int_equal(still_open(&bench), 1);
    bench_close(&bench);
}

static void one_that_cannot_be_looked_for_does_not_keep_the_next_from_it(void **state)
{
    struct bench bench = {0};

    (void)state;
    will(&bench, WIRE_ANSWER, 200, FOUND);
    bench_open(&bench, "look");
    intent_at(&bench, '1', "no host at all");
    intent_at(&bench, '2', bench.endpoint);
    recall(&bench);
    assert_said(&bench, "It could not be looked for: ");
    assert_said(&bench, "It was created: plan 77.");
    assert_int_equal(still_open(&bench), 1);
    bench_close(&bench);
}

static void a_profile_whose_name_is_too_long_is_nobody_to_look_as(void **state)
{
    struct bench bench = {0};
    char name[256];

    (void)state;
    memset(name, 'p', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    bench_open(&bench, "look");
    bench.options.profile = name;
    intent_at(&bench, '1', bench.endpoint);
    recall(&bench);
    assert_said(&bench, "It could not be looked for: the name of the profile is too long.");
    bench_close(&bench);
}

/* A service that says nothing: only the signal ends the wait, and the second plan is not begun. */
static void stopped_by(int number, int wanted)
{
    struct bench bench = {0};

    will(&bench, WIRE_SILENT, 0, NULL);
    bench_open(&bench, "look");
    intent_at(&bench, '1', bench.endpoint);
    intent_at(&bench, '2', bench.endpoint);
    bench.raised = number;
    recall(&bench);
    assert_said(&bench, "you stopped");
    assert_int_equal(bench.terminal.signal_number, wanted);
    assert_true(wire_server_connections(bench.server) <= 1);
    assert_int_equal(still_open(&bench), 2);
    bench_close(&bench);
}

static void ctrl_c_stops_the_looking_and_nothing_else(void **state)
{
    (void)state;
    stopped_by(SIGINT, 0);
}

static void a_signal_to_end_stops_the_looking_and_is_remembered(void **state)
{
    (void)state;
    stopped_by(SIGTERM, SIGTERM);
}

static void what_is_settled_is_not_asked_again(void **state)
{
    struct bench bench = {0};

    (void)state;
    bench_open(&bench, "Settled");
    intent_at(&bench, '1', bench.endpoint);
    intent_at(&bench, '2', bench.endpoint);
    recall(&bench);
    assert_int_equal(still_open(&bench), 0);
    recall(&bench);
    assert_int_equal(bench.asked, 1);
    bench_close(&bench);
}

static void what_cannot_be_settled_is_said_to_come_back(void **state)
{
    struct bench bench = {0};

    (void)state;
    bench_open(&bench, "settled");
    intent_at(&bench, '1', bench.endpoint);
    bench.journal_is_in_a_way = true;
    recall(&bench);
    assert_said(&bench, "It will be asked again: ");
    bench_close(&bench);
}

static void any_other_answer_leaves_it_for_later(void **state)
{
    static const char *const answers[] = {"", "yes", NULL};

    (void)state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        struct bench bench = {0};

        bench_open(&bench, answers[i]);
        intent_at(&bench, '1', bench.endpoint);
        recall(&bench);
        assert_int_equal(bench.asked, 1);
        assert_int_equal(wire_server_connections(bench.server), 0);
        assert_int_equal(still_open(&bench), 1);
        bench_close(&bench);
    }
}

static void a_journal_that_cannot_be_opened_asks_nothing(void **state)
{
    struct bench bench = {0};

    (void)state;
    bench_open(&bench, "look");
    intent_at(&bench, '1', bench.endpoint);
    put_in_the_way(&bench);
    recall(&bench);
    assert_int_equal(bench.asked, 0);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_open_plans_nothing_is_said),
        cmocka_unit_test(a_pipe_is_told_and_not_asked),
        cmocka_unit_test(a_plan_that_was_created_is_found),
        cmocka_unit_test(a_plan_that_is_not_there_stays_open),
        cmocka_unit_test(one_that_cannot_be_looked_for_does_not_keep_the_next_from_it),
        cmocka_unit_test(a_profile_whose_name_is_too_long_is_nobody_to_look_as),
        cmocka_unit_test(ctrl_c_stops_the_looking_and_nothing_else),
        cmocka_unit_test(a_signal_to_end_stops_the_looking_and_is_remembered),
        cmocka_unit_test(what_is_settled_is_not_asked_again),
        cmocka_unit_test(what_cannot_be_settled_is_said_to_come_back),
        cmocka_unit_test(any_other_answer_leaves_it_for_later),
        cmocka_unit_test(a_journal_that_cannot_be_opened_asks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
