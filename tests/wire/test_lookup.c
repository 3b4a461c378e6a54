#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/lookup.h"
#include "submission_bench.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define INSTANCE(id) "{\"instanceId\":\"" id "\",\"instanceName\":\"n-" id "\",\"status\":\"RUNNING\"}"
#define RPC(members) HTTP(200, "", "{\"RequestId\":\"R\"," members "}")
#define REFUSED(status, code, more)                                                                          \
    HTTP(status, "",                                                                                         \
         "{\"RequestId\":\"R\",\"Code\":\"" code "\",\"Message\":\"said \\u001b[31m so\"" more "}")

/* Look-ups against a scripted server, and what they told. */
struct seen {
    struct bench bench;
    struct lookups *lookups;
    int changes;
    size_t counts[16]; /* rows at each change */
};

static void start(struct seen *seen, const struct wire_step *script, size_t count)
{
    struct error err;

    *seen = (struct seen){0};
    bench_start(&seen->bench, script, count, NULL);
    seen->lookups = lookups_new(seen->bench.transport, &seen->bench.host.host, &err);
    assert_non_null(seen->lookups);
}

static void stop(struct seen *seen)
{
    lookups_free(seen->lookups);
    assert_int_equal(transport_running(seen->bench.transport), 0);
    assert_int_equal(wire_server_unexpected(seen->bench.server), 0);
    bench_stop(&seen->bench);
}

static void on_changed(void *context, struct lookup *lookup)
{
    struct seen *seen = context;

    assert_true(seen->changes < (int)COUNT_OF(seen->counts));
    seen->counts[seen->changes++] = lookup_answer(lookup)->count;
}

static void must_not_change(void *context, struct lookup *lookup)
{
    (void)context, (void)lookup;
    fail_msg("an answer came for a look-up that was stopped");
}

static struct lookup *look_up(struct seen *seen, enum lookup_kind kind, const char *region,
                              const char *parent, lookup_changed *changed)
{
    const struct lookup_source source = {&seen->bench.client, NULL};
    const struct lookup_question question = {kind, region, parent, NULL};
    struct error err;
    struct lookup *lookup = lookup_start(seen->lookups, &source, &question, changed, seen, &err);

    assert_non_null(lookup);
    return lookup;
}

static void wait_once(struct seen *seen)
{
    struct pollfd fd = {.fd = wire_server_event_fd(seen->bench.server), .events = POLLIN};
    int timeout = lookups_timeout(seen->lookups);
    struct error err;

    if (transport_running(seen->bench.transport) == 0 && timeout >= 0)
        seen->bench.host.ticks += timeout; /* nothing but time can help */
    else
        assert_true(transport_wait(seen->bench.transport, &fd, 1, 20000, &err) >= 0);
    wire_server_acknowledge(seen->bench.server);
    lookups_tick(seen->lookups);
}

static const struct lookup_answer *finish(struct seen *seen, const struct lookup *lookup)
{
    for (int turns = 0; lookup_answer(lookup)->state == LOOKUP_LOADING; turns++) {
        assert_true(turns < 100000);
        wait_once(seen);
    }
    return lookup_answer(lookup);
}

static void request_holds(struct seen *seen, size_t number, const char *text)
{
    char *bytes = wire_server_request(seen->bench.server, number, NULL);

    assert_non_null(bytes);
    if (!strstr(bytes, text))
        fail_msg("\"%s\" is not in\n%s", text, bytes);
    free(bytes);
}

/* ---- Pages ---- */

static void rows_are_there_before_all_pages_are(void **state)
{
    static const struct wire_step script[] = {
        {.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("a") "," INSTANCE("b"), 3)},
        {.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("MQ_INST_1_c"), 3)},
    };
    struct seen seen;
    struct lookup *lookup;
    const struct lookup_answer *answer;

    (void)state;
    start(&seen, script, COUNT_OF(script));
    lookup = look_up(&seen, LOOKUP_INSTANCES, "cn-shanghai", NULL, on_changed);
    assert_int_equal(lookup_answer(lookup)->state, LOOKUP_LOADING);
    assert_int_equal(lookups_running(seen.lookups), 1);
    answer = finish(&seen, lookup);
    assert_int_equal(answer->state, LOOKUP_DONE);
    assert_int_equal(seen.changes, 2);
    assert_int_equal(seen.counts[0], 2);
    assert_int_equal(seen.counts[1], 3);
    assert_int_equal(answer->total, 3);
    assert_false(answer->cut);
    assert_string_equal(answer->rows[2].cells[0], "MQ_INST_1_c");
    assert_string_equal(answer->rows[2].cells[1], "n-MQ_INST_1_c");
    assert_string_equal(answer->rows[2].cells[2], "4.0");
    assert_string_equal(answer->rows[2].cells[4], "RUNNING");
    assert_true(answer->rows[2].usable);
    assert_ptr_equal(lookup_find(lookup, "b"), &answer->rows[1]);
    assert_null(lookup_find(lookup, "d"));
    request_holds(&seen, 0, "GET /instances?pageNumber=1&pageSize=200 ");
    request_holds(&seen, 1, "GET /instances?pageNumber=2&pageSize=200 ");
    request_holds(&seen, 0, "x-acs-region-id: cn-shanghai\r\n");
    lookup_stop(lookup);
    stop(&seen);
}

static void tokens_lead_from_page_to_page(void **state)
{
#define GROUPS(rows, next) RPC("\"SecurityGroups\":{\"SecurityGroup\":[" rows "]},\"TotalCount\":9" next)
    static const struct wire_step script[] = {
        {.act = WIRE_ANSWER, .bytes = GROUPS("{\"SecurityGroupId\":\"sg-1\"}", ",\"NextToken\":\"t 1\"")},
        {.act = WIRE_ANSWER, .bytes = GROUPS("{\"SecurityGroupId\":\"sg-2\"}", ",\"NextToken\":\"t2\"")},
        {.act = WIRE_ANSWER, .bytes = GROUPS("{\"SecurityGroupId\":\"sg-3\"}", "")},
    };
    struct seen seen;
    struct lookup *lookup;

    (void)state;
    start(&seen, script, COUNT_OF(script));
    lookup = look_up(&seen, LOOKUP_SECURITY_GROUPS, "cn-shanghai", "vpc-1", on_changed);
    assert_int_equal(finish(&seen, lookup)->state, LOOKUP_DONE);
    assert_int_equal(lookup_answer(lookup)->count, 3);
    request_holds(&seen, 0, "POST /?MaxResults=100&RegionId=cn-shanghai&VpcId=vpc-1 ");
    request_holds(&seen, 1, "POST /?MaxResults=100&NextToken=t%201&RegionId=cn-shanghai&VpcId=vpc-1 ");
    request_holds(&seen, 2, "&NextToken=t2&");
    lookup_stop(lookup);
    stop(&seen);
}

/* No server may make us ask for ever. */
static void pages_that_lie_end(void **state)
{
    static const struct {
        enum lookup_kind kind;
        struct wire_step script[3];
        size_t requests, rows;
    } cases[] = {
        /* 2^31 rows, and then none */
        {LOOKUP_INSTANCES,
         {{.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("a"), 2147483648)},
          {.act = WIRE_ANSWER, .bytes = LISTED("", 2147483648)}},
         2,
         1},
        {LOOKUP_INSTANCES, {{.act = WIRE_ANSWER, .bytes = LISTED("", 2147483648)}}, 1, 0},
        /* the same page over and over */
        {LOOKUP_INSTANCES,
         {{.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("a") "," INSTANCE("b"), 400)},
          {.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("a") "," INSTANCE("b"), 400)}},
         2,
         2},
        /* no total, a negative one, and one that is no number */
        {LOOKUP_INSTANCES,
         {{.act = WIRE_ANSWER,
           .bytes = HTTP(200, "", "{\"success\":true,\"data\":{\"list\":[" INSTANCE("a") "]}}")},
          {.act = WIRE_ANSWER, .bytes = LISTED("", -1)}},
         2,
         1},
        {LOOKUP_INSTANCES,
         {{.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("a"), -7)},
          {.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("b"), "many")},
          {.act = WIRE_ANSWER, .bytes = LISTED("", 2)}},
         3,
         2},
        /* rows without an id */
        {LOOKUP_INSTANCES, {{.act = WIRE_ANSWER, .bytes = LISTED("{},{\"instanceId\":\"\"},7", 400)}}, 1, 0},
        /* a token that leads back to itself */
        {LOOKUP_SECURITY_GROUPS,
         {{.act = WIRE_ANSWER, .bytes = GROUPS("{\"SecurityGroupId\":\"sg-1\"}", ",\"NextToken\":\"t\"")},
          {.act = WIRE_ANSWER, .bytes = GROUPS("{\"SecurityGroupId\":\"sg-2\"}", ",\"NextToken\":\"t\"")}},
         2,
         2},
        /* tokens without end, but nothing new */
        {LOOKUP_SECURITY_GROUPS,
         {{.act = WIRE_ANSWER, .bytes = GROUPS("{\"SecurityGroupId\":\"sg-1\"}", ",\"NextToken\":\"t\"")},
          {.act = WIRE_ANSWER, .bytes = GROUPS("{\"SecurityGroupId\":\"sg-1\"}", ",\"NextToken\":\"u\"")}},
         2,
         1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct seen seen;
        struct lookup *lookup;
        const struct lookup_answer *answer;

        start(&seen, cases[i].script, cases[i].requests);
        lookup = look_up(&seen, cases[i].kind, "cn-shanghai", NULL, on_changed);
        answer = finish(&seen, lookup);
        assert_int_equal(answer->state, LOOKUP_DONE);
        assert_int_equal(answer->count, cases[i].rows);
        assert_int_equal(answer->total, cases[i].rows);
        assert_int_equal(wire_server_requests(seen.bench.server), cases[i].requests);
        lookup_stop(lookup);
        stop(&seen);
    }
}

/* Each page has one new row, and there are always more. */
static void the_number_of_pages_has_a_limit(void **state)
{
    enum { PAGES = 200 };
    static struct wire_step script[PAGES];
    char *bytes[PAGES];
    struct seen seen;
    struct lookup *lookup;

    (void)state;
    for (size_t i = 0; i < PAGES; i++) {
        char body[200];

        snprintf(body, sizeof(body),
                 "{\"success\":true,\"data\":{\"list\":[{\"instanceId\":\"i%zu\"}],\"totalCount\":100000}}",
                 i);
        bytes[i] = wire_answer(200, "", body);
        script[i] = (struct wire_step){.act = WIRE_ANSWER, .bytes = bytes[i]};
    }
    start(&seen, script, PAGES);
    lookup = look_up(&seen, LOOKUP_INSTANCES, "cn-shanghai", NULL, NULL);
    assert_int_equal(finish(&seen, lookup)->state, LOOKUP_DONE);
    assert_int_equal(lookup_answer(lookup)->count, PAGES);
    assert_int_equal(lookup_answer(lookup)->total, 100000);
    assert_true(lookup_answer(lookup)->cut);
    lookup_stop(lookup);
    stop(&seen);
    for (size_t i = 0; i < PAGES; i++)
        free(bytes[i]);
}

static void the_number_of_rows_has_a_limit(void **state)
{
    struct buf body = BUF_INIT;
    struct wire_step script[2] = {{.act = WIRE_ANSWER}, {.act = WIRE_ANSWER}};
    struct seen seen;
    struct lookup *lookup;
    char *bytes[2];

    (void)state;
    for (int page = 0; page < 2; page++) {
        buf_clear(&body);
        buf_add_text(&body, "{\"success\":true,\"data\":{\"list\":[");
        for (int i = 0; i < 15000; i++)
            buf_addf(&body, "%s{\"instanceId\":\"%d-%d\"}", i ? "," : "", page, i);
        buf_add_text(&body, "],\"totalCount\":1000000}}");
        bytes[page] = wire_answer(200, "", buf_text(&body));
        script[page].bytes = bytes[page];
    }
    start(&seen, script, 2);
    lookup = look_up(&seen, LOOKUP_INSTANCES, "cn-shanghai", NULL, NULL);
    assert_int_equal(finish(&seen, lookup)->state, LOOKUP_DONE);
    assert_int_equal(lookup_answer(lookup)->count, LOOKUP_ROWS_MAX);
    assert_true(lookup_answer(lookup)->cut);
    assert_non_null(lookup_find(lookup, "0-14999"));
    assert_non_null(lookup_find(lookup, "1-4999"));
    assert_null(lookup_find(lookup, "1-5000"));
    lookup_stop(lookup);
    stop(&seen);
    buf_release(&body);
    free(bytes[0]);
    free(bytes[1]);
}

/* ---- Failures ---- */

static void a_failure_says_why_in_one_line(void **state)
{
    static const struct {
        enum lookup_kind kind;
        struct wire_step step;
        const char *why, *action;
        bool not_found;
    } cases[] = {
        {LOOKUP_INSTANCES,
         {.act = WIRE_ANSWER, .bytes = REFUSED(403, "NoPermission", "")},
         "No permission: RAM must grant rocketmq:ListInstances.",
         "rocketmq:ListInstances",
         false},
        {LOOKUP_VPCS,
         {.act = WIRE_ANSWER,
          .bytes = REFUSED(403, "Forbidden.RAM", ",\"AccessDeniedDetail\":{\"AuthAction\":\"vpc:Other\"}")},
         "No permission: RAM must grant vpc:Other.",
         "vpc:Other",
         false},
        {LOOKUP_GROUPS,
         {.act = WIRE_ANSWER, .bytes = REFUSED(404, "Instance.NotFound", "")},
         "There is no instance parent in cn-shanghai.",
         "",
         true},
        {LOOKUP_VSWITCHES,
         {.act = WIRE_ANSWER, .bytes = REFUSED(404, "InvalidVpcId.NotFound", "")},
         "There is no VPC parent in cn-shanghai.",
         "",
         true},
        {LOOKUP_VSWITCHES,
         {.act = WIRE_ANSWER, .bytes = REFUSED(403, "Forbidden.VpcNotFound", "")},
         "There is no VPC parent in cn-shanghai.",
         "",
         true},
        {LOOKUP_INSTANCES,
         {.act = WIRE_ANSWER, .bytes = REFUSED(404, "InvalidAccessKeyId.NotFound", "")},
         "The service answered HTTP 404, InvalidAccessKeyId.NotFound: said ^[[31m so",
         "",
         false},
        {LOOKUP_INSTANCES,
         {.act = WIRE_ANSWER, .bytes = REFUSED(503, "ServiceUnavailable", "")},
         "The service answered HTTP 503, ServiceUnavailable.",
         "",
         false},
        {LOOKUP_INSTANCES,
         {.act = WIRE_ANSWER, .bytes = HTTP(200, "", "<html>")},
         "The answer of the service cannot be used: it is a page or XML, but no error of the gateway.",
         "",
         false},
        {LOOKUP_INSTANCES,
         {.act = WIRE_ANSWER, .bytes = HTTP(200, "", "{\"success\":true,\"data\":{}}")},
         "The instances cannot be asked for: the answer holds no list of them.",
         "",
         false},
        {LOOKUP_VPCS,
         {.act = WIRE_ANSWER, .bytes = RPC("\"Vpcs\":7")},
         "The VPCs cannot be asked for: the answer holds no list of them.",
         "",
         false},
        {LOOKUP_INSTANCE,
         {.act = WIRE_ANSWER, .bytes = HTTP(200, "", "{\"success\":true,\"data\":{}}")},
         "The answer about the instance cannot be understood.",
         "",
         false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct seen seen;
        struct lookup *lookup;
        const struct lookup_answer *answer;

        start(&seen, &cases[i].step, 1);
        lookup = look_up(&seen, cases[i].kind, "cn-shanghai", "parent", on_changed);
        answer = finish(&seen, lookup);
        assert_int_equal(answer->state, LOOKUP_FAILED);
        assert_string_equal(answer->why, cases[i].why);
        assert_string_equal(answer->denied_action, cases[i].action);
        assert_int_equal(answer->not_found, cases[i].not_found);
        assert_int_equal(seen.changes, 1);
        lookup_stop(lookup);
        stop(&seen);
    }
}

static void a_failure_keeps_the_rows_that_came_and_is_asked_again(void **state)
{
    static const struct wire_step script[] = {
        {.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("a"), 2)},
        {.act = WIRE_RESET_UNREAD},
        {.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("x"), 1)},
    };
    struct seen seen;
    struct lookup *lookup, *again;

    (void)state;
    start(&seen, script, COUNT_OF(script));
    lookup = look_up(&seen, LOOKUP_INSTANCES, "cn-shanghai", NULL, NULL);
    assert_int_equal(finish(&seen, lookup)->state, LOOKUP_FAILED);
    assert_int_equal(lookup_answer(lookup)->count, 1);
    assert_true(lookup_answer(lookup)->why[0] != '\0');
    again = look_up(&seen, LOOKUP_INSTANCES, "cn-shanghai", NULL, NULL);
    assert_int_equal(lookup_answer(again)->state, LOOKUP_LOADING);
    assert_string_equal(lookup_answer(again)->why, "");
    assert_int_equal(finish(&seen, again)->state, LOOKUP_DONE);
    assert_int_equal(lookup_answer(lookup)->count, 1);
    assert_string_equal(lookup_answer(lookup)->rows[0].cells[0], "x");
    lookup_stop(lookup);
    lookup_stop(again);
    stop(&seen);
}

static void what_cannot_be_asked_fails_at_once(void **state)
{
    static const struct {
        enum lookup_kind kind;
        const char *region, *parent, *why;
    } cases[] = {
        {LOOKUP_INSTANCES, "", NULL, "The instances cannot be asked for: no region is chosen yet."},
        {LOOKUP_INSTANCES, NULL, NULL, "The instances cannot be asked for: no region is chosen yet."},
        {LOOKUP_VPCS, "cn hangzhou", NULL,
         "The VPCs cannot be asked for: \"cn hangzhou\" is not a region id."},
        {LOOKUP_GROUPS, "cn-hangzhou", "",
         "The consumer groups cannot be asked for: no instance is chosen yet."},
        {LOOKUP_ACCOUNTS, "cn-hangzhou", "..",
         "The accounts cannot be asked for: ListInstanceAccount needs a value for {instanceId} in its path, "
         "other than \".\" and \"..\"."},
    };
    struct seen seen;

    (void)state;
    start(&seen, NULL, 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct lookup *lookup =
            look_up(&seen, cases[i].kind, cases[i].region, cases[i].parent, must_not_change);

        assert_int_equal(lookup_answer(lookup)->state, LOOKUP_FAILED);
        assert_string_equal(lookup_answer(lookup)->why, cases[i].why);
        lookup_stop(lookup);
    }
    seen.bench.client.credentials = NULL;
    {
        struct lookup *lookup = look_up(&seen, LOOKUP_INSTANCES, "cn-hangzhou", NULL, must_not_change);

        assert_string_equal(lookup_answer(lookup)->why,
                            "The instances cannot be asked for: there are no credentials.");
        lookup_stop(lookup);
    }
    stop(&seen);
}

static void without_an_answer_the_regions_are_those_we_know(void **state)
{
    static const struct wire_step script[] = {
        {.act = WIRE_ANSWER, .bytes = REFUSED(403, "NoPermission", "")},
        {.act = WIRE_ANSWER,
         .bytes = HTTP(200, "",
                       "{\"success\":true,\"data\":[{\"regionId\":\"cn-hangzhou\",\"regionName\":\"x\","
                       "\"supportRocketmqV4\":true,\"supportRocketmqV5\":true},{\"regionId\":\"xx-new-1\","
                       "\"regionName\":\"new\"}]}")},
    };
    struct seen seen;
    struct lookup *lookup;
    const struct lookup_answer *answer;

    (void)state;
    start(&seen, script, COUNT_OF(script));
    lookup = look_up(&seen, LOOKUP_REGIONS, NULL, NULL, NULL);
    answer = finish(&seen, lookup);
    assert_int_equal(answer->state, LOOKUP_FAILED);
    assert_string_equal(answer->denied_action, "rocketmq:ListRegions");
    assert_true(answer->count > 30);
    assert_string_equal(lookup_find(lookup, "eu-central-1")->cells[1], "Germany (Frankfurt)");
    assert_string_equal(lookup_find(lookup, "eu-central-1")->cells[2], "");

    lookup_refresh(lookup);
    answer = finish(&seen, lookup);
    assert_int_equal(answer->state, LOOKUP_DONE);
    assert_int_equal(answer->count, 2);
    assert_string_equal(answer->rows[0].cells[1], "China (Hangzhou)");
    assert_string_equal(answer->rows[0].cells[2], "4.0 and 5.0");
    assert_string_equal(answer->rows[1].cells[1], "new");
    lookup_stop(lookup);
    stop(&seen);
}

static void throttling_is_waited_out_for_a_while(void **state)
{
#define WAIT(ms) "HTTP/1.1 429 X\r\nx-acs-retry-after: " #ms "\r\n\r\n{\"Code\":\"Throttling.User\"}"
    static const struct wire_step patient[] = {
        {.act = WIRE_ANSWER, .bytes = WAIT(0)},
        {.act = WIRE_ANSWER, .bytes = WAIT(700)},
        {.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("a"), 1)},
    };
    static const struct wire_step endless[] = {
        {.act = WIRE_ANSWER, .bytes = WAIT(10)}, {.act = WIRE_ANSWER, .bytes = WAIT(10)},
        {.act = WIRE_ANSWER, .bytes = WAIT(10)}, {.act = WIRE_ANSWER, .bytes = WAIT(10)},
        {.act = WIRE_ANSWER, .bytes = WAIT(10)},
    };
    static const struct wire_step too_long[] = {{.act = WIRE_ANSWER, .bytes = WAIT(60000)}};
    static const struct {
        const struct wire_step *script;
        size_t count;
        enum lookup_state state;
        int64_t waited;
    } cases[] = {
        {patient, COUNT_OF(patient), LOOKUP_DONE, 800},
        {endless, COUNT_OF(endless), LOOKUP_FAILED, 400},
        {too_long, COUNT_OF(too_long), LOOKUP_FAILED, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct seen seen;
        struct lookup *lookup;

        start(&seen, cases[i].script, cases[i].count);
        lookup = look_up(&seen, LOOKUP_INSTANCES, "cn-shanghai", NULL, on_changed);
        assert_int_equal(finish(&seen, lookup)->state, cases[i].state);
        assert_int_equal(seen.bench.host.ticks - 1000, cases[i].waited);
        assert_int_equal(seen.changes, 1);
        lookup_stop(lookup);
        stop(&seen);
    }
}

/* ---- What is kept, and what is not wanted any more ---- */

static void an_answer_is_kept_for_the_same_question_only(void **state)
{
    static const struct wire_step script[] = {
        {.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("a"), 1)},
        {.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("b"), 1)},
        {.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("c"), 1)},
    };
    struct seen seen;
    struct lookup *lookup;
    struct lookup_source other;
    const struct lookup_question question = {LOOKUP_INSTANCES, "cn-shanghai", NULL, NULL};
    struct error err;

    (void)state;
    start(&seen, script, COUNT_OF(script));
    lookup = look_up(&seen, LOOKUP_INSTANCES, "cn-shanghai", NULL, NULL);
    finish(&seen, lookup);
    lookup_stop(lookup);

    lookup = look_up(&seen, LOOKUP_INSTANCES, "cn-shanghai", NULL, must_not_change);
    assert_int_equal(lookup_answer(lookup)->state, LOOKUP_DONE);
    assert_string_equal(lookup_answer(lookup)->rows[0].cells[0], "a");
    lookup_stop(lookup);

    lookup = look_up(&seen, LOOKUP_INSTANCES, "cn-beijing", NULL, NULL);
    assert_string_equal(finish(&seen, lookup)->rows[0].cells[0], "b");
    lookup_stop(lookup);

    other = (struct lookup_source){&seen.bench.client, "prod"};
    lookup = lookup_start(seen.lookups, &other, &question, NULL, NULL, &err);
    assert_string_equal(finish(&seen, lookup)->rows[0].cells[0], "c");
    lookup_stop(lookup);

    stop(&seen);
}

static void two_who_ask_the_same_share_one_request(void **state)
{
    static const struct wire_step script[] = {{.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("a"), 1)}};
    struct seen seen;
    struct lookup *one, *two;

    (void)state;
    start(&seen, script, COUNT_OF(script));
    one = look_up(&seen, LOOKUP_INSTANCES, "cn-shanghai", NULL, must_not_change);
    two = look_up(&seen, LOOKUP_INSTANCES, "cn-shanghai", NULL, on_changed);
    lookup_stop(one);
    assert_int_equal(finish(&seen, two)->count, 1);
    assert_int_equal(seen.changes, 1);
    lookup_stop(two);
    stop(&seen);
}

/* The region changes while its answer is on the way, byte by byte. */
static void a_stale_answer_is_never_told(void **state)
{
    static const struct wire_step script[] = {
        {.act = WIRE_DRIP, .bytes = LISTED(INSTANCE("of-shanghai"), 1)},
        {.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("of-beijing"), 1)},
        {.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("of-shanghai-again"), 1)},
    };
    struct seen seen;
    struct lookup *lookup;

    (void)state;
    start(&seen, script, COUNT_OF(script));
    lookup = look_up(&seen, LOOKUP_INSTANCES, "cn-shanghai", NULL, must_not_change);
    while (wire_server_requests(seen.bench.server) < 1)
        wait_once(&seen);
    wait_once(&seen);
    lookup_stop(lookup);
    assert_int_equal(transport_running(seen.bench.transport), 0);
    assert_int_equal(lookups_running(seen.lookups), 0);

    lookup = look_up(&seen, LOOKUP_INSTANCES, "cn-beijing", NULL, on_changed);
    assert_string_equal(finish(&seen, lookup)->rows[0].cells[0], "of-beijing");
    assert_int_equal(lookup_answer(lookup)->count, 1);
    lookup_stop(lookup);

    /* and what was not finished was not kept */
    lookup = look_up(&seen, LOOKUP_INSTANCES, "cn-shanghai", NULL, on_changed);
    assert_string_equal(finish(&seen, lookup)->rows[0].cells[0], "of-shanghai-again");
    lookup_stop(lookup);
    stop(&seen);
}

static void a_refresh_takes_the_place_of_what_was_on_the_way(void **state)
{
    static const struct wire_step script[] = {
        {.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("old") "," INSTANCE("older"), 2)},
        {.act = WIRE_DRIP, .bytes = LISTED(INSTANCE("stale"), 1)},
        {.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("new"), 1)},
    };
    struct seen seen;
    struct lookup *lookup;

    (void)state;
    start(&seen, script, COUNT_OF(script));
    lookup = look_up(&seen, LOOKUP_INSTANCES, "cn-shanghai", NULL, on_changed);
    finish(&seen, lookup);
    lookup_refresh(lookup);
    assert_int_equal(lookup_answer(lookup)->state, LOOKUP_LOADING);
    assert_int_equal(lookup_answer(lookup)->count, 2);
    while (wire_server_requests(seen.bench.server) < 2)
        wait_once(&seen);
    lookup_refresh(lookup);
    assert_string_equal(finish(&seen, lookup)->rows[0].cells[0], "new");
    assert_int_equal(lookup_answer(lookup)->count, 1);
    assert_null(lookup_find(lookup, "old"));
    assert_int_equal(seen.changes, 2);
    lookup_stop(lookup);
    stop(&seen);
}

struct chain {
    struct seen *seen;
    struct lookup *next;
};

static void stop_and_go_on(void *context, struct lookup *lookup)
{
    struct chain *chain = context;

    lookup_stop(lookup);
    chain->next = look_up(chain->seen, LOOKUP_INSTANCES, "cn-beijing", NULL, on_changed);
}

static void a_callback_may_stop_itself_and_start_another(void **state)
{
    static const struct wire_step script[] = {
        {.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("a"), 1)},
        {.act = WIRE_ANSWER, .bytes = LISTED(INSTANCE("b"), 1)},
    };
    const struct lookup_question question = {LOOKUP_INSTANCES, "cn-shanghai", NULL, NULL};
    struct seen seen;
    struct chain chain = {&seen, NULL};
    struct lookup_source source;
    struct error err;

    (void)state;
    start(&seen, script, COUNT_OF(script));
    source = (struct lookup_source){&seen.bench.client, NULL};
    assert_non_null(lookup_start(seen.lookups, &source, &question, stop_and_go_on, &chain, &err));
    while (!chain.next)
        wait_once(&seen);
    assert_string_equal(finish(&seen, chain.next)->rows[0].cells[0], "b");
    lookup_stop(chain.next);
    stop(&seen);
}

static void what_still_runs_ends_with_the_look_ups(void **state)
{
    static const struct wire_step script[] = {{.act = WIRE_SILENT}, {.act = WIRE_SILENT}};
    struct seen seen;

    (void)state;
    start(&seen, script, COUNT_OF(script));
    look_up(&seen, LOOKUP_INSTANCES, "cn-shanghai", NULL, must_not_change);
    look_up(&seen, LOOKUP_REGIONS, NULL, NULL, must_not_change);
    while (wire_server_connections(seen.bench.server) < 2)
        wait_once(&seen);
    stop(&seen);
}

/* ---- One instance ---- */

#define FACTS(more)                                                                                          \
    HTTP(200, "",                                                                                            \
         "{\"success\":true,\"data\":{\"instanceId\":\"rmq-cn-1\",\"instanceName\":\"orders\","              \
         "\"regionId\":\"cn-shanghai\",\"seriesCode\":\"professional\"" more "}}")

static void an_instance_suggests_what_follows_from_it(void **state)
{
    static const struct wire_step script[] = {
        {.act = WIRE_ANSWER,
         .bytes =
             FACTS(",\"status\":\"RUNNING\",\"software\":{\"softwareVersion\":\"5.0-rmq-2\"},"
                   "\"accountInfo\":{\"username\":\"u1\"},\"aclInfo\":{\"defaultVpcAuthFree\":false},"
                   "\"networkInfo\":{\"endpoints\":[{\"endpointType\":\"TCP_VPC\",\"endpointUrl\":\"v:1\"},"
                   "{\"endpointType\":\"TCP_INTERNET\",\"endpointUrl\":\"i:2\"}],\"vpcInfo\":{"
                   "\"vpcId\":\"vpc-1\",\"vSwitches\":[{\"vSwitchId\":\"vsw-1\"}],\"vSwitchId\":\"x|y\","
                   "\"securityGroupIds\":\"sg-1,sg-2\"}}")},
        {.act = WIRE_ANSWER,
         .bytes = FACTS(",\"aclInfo\":{\"defaultVpcAuthFree\":true},\"networkInfo\":{\"vpcInfo\":{"
                        "\"vSwitchId\":\"vsw-7|vsw-8\",\"securityGroupIds\":[\"sg-9\"]}}")},
        {.act = WIRE_ANSWER,
         .bytes = FACTS(",\"software\":{\"softwareVersion\":\"4.3\"},\"networkInfo\":7,\"status\":{}")},
    };
    const struct lookup_instance *found;
    struct seen seen;
    struct lookup *lookup;

    (void)state;
    start(&seen, script, COUNT_OF(script));
    lookup = look_up(&seen, LOOKUP_INSTANCE, "cn-shanghai", "rmq-cn-1", NULL);
    found = finish(&seen, lookup)->instance;
    assert_non_null(found);
    assert_string_equal(found->name, "orders");
    assert_string_equal(found->region, "cn-shanghai");
    assert_string_equal(found->status, "RUNNING");
    assert_string_equal(found->version, "5.0");
    assert_string_equal(found->series, "professional");
    assert_string_equal(found->user_name, "u1");
    assert_string_equal(found->vpc_id, "vpc-1");
    assert_string_equal(found->vswitch_id, "vsw-1");
    assert_string_equal(found->security_group_id, "sg-1");
    assert_string_equal(found->vpc_endpoint, "v:1");
    assert_string_equal(found->internet_endpoint, "i:2");
    assert_int_equal(found->authentication, AUTHENTICATION_NEEDED);
    request_holds(&seen, 0, "GET /instances/rmq-cn-1 ");

    lookup_refresh(lookup);
    assert_null(lookup_answer(lookup)->instance);
    found = finish(&seen, lookup)->instance;
    assert_string_equal(found->vswitch_id, "vsw-7");
    assert_string_equal(found->security_group_id, "sg-9");
    assert_string_equal(found->version, "5.0");
    assert_string_equal(found->user_name, "");
    assert_int_equal(found->authentication, AUTHENTICATION_NOT_NEEDED);

    lookup_refresh(lookup);
    found = finish(&seen, lookup)->instance;
    assert_string_equal(found->version, "4.0");
    assert_string_equal(found->status, "");
    assert_string_equal(found->vpc_id, "");
    assert_int_equal(found->authentication, AUTHENTICATION_UNKNOWN);
    lookup_stop(lookup);
    stop(&seen);
}

/* Half an id would be a wrong one. */
static void a_text_beyond_measure_is_left_out(void **state)
{
    char body[1024], name[400];
    char *bytes;
    struct wire_step step = {.act = WIRE_ANSWER};
    struct seen seen;
    struct lookup *lookup;

    (void)state;
    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    snprintf(body, sizeof(body),
             "{\"success\":true,\"data\":{\"instanceId\":\"rmq-1\",\"instanceName\":\"%s\"}}", name);
    bytes = wire_answer(200, "", body);
    step.bytes = bytes;
    start(&seen, &step, 1);
    lookup = look_up(&seen, LOOKUP_INSTANCE, "cn-shanghai", "rmq-1", NULL);
    assert_string_equal(finish(&seen, lookup)->instance->name, "");
    assert_string_equal(lookup_answer(lookup)->instance->instance_id, "rmq-1");
    lookup_stop(lookup);
    stop(&seen);
    free(bytes);
}

/* ---- Checks ---- */

static void on_checked(void *context, struct check *check)
{
    assert_int_not_equal(check_state(check), CHECK_RUNNING);
    ++*(int *)context;
}

static void a_check_says_what_was_found(void **state)
{
#define GROUP(id, status) "{\"consumerGroupId\":\"" id "\",\"status\":\"" status "\"}"
    static const struct {
        struct check_question question;
        struct wire_step step;
        enum check_state state;
        const char *text;
    } cases[] = {
        {{CHECK_INSTANCE, "cn-shanghai", "rmq-cn-1", NULL},
         {.act = WIRE_ANSWER, .bytes = FACTS(",\"status\":\"RUNNING\"")},
         CHECK_PASSED,
         "The instance rmq-cn-1 is there and runs."},
        {{CHECK_INSTANCE, "cn-shanghai", "rmq-cn-1", NULL},
         {.act = WIRE_ANSWER, .bytes = FACTS(",\"status\":\"STOPPED\"")},
         CHECK_WARNS,
         "The instance rmq-cn-1 does not run: its status is STOPPED."},
        {{CHECK_INSTANCE, "cn-beijing", "rmq-cn-1", NULL},
         {.act = WIRE_ANSWER, .bytes = FACTS(",\"status\":\"RUNNING\"")},
         CHECK_WARNS,
         "The instance rmq-cn-1 is in cn-shanghai, not in cn-beijing."},
        {{CHECK_INSTANCE, "cn-beijing", "rmq-cn-1", NULL},
         {.act = WIRE_ANSWER, .bytes = REFUSED(404, "Instance.NotFound", "")},
         CHECK_WARNS,
         "There is no instance rmq-cn-1 in cn-beijing."},
        {{CHECK_INSTANCE, "cn-beijing", "MQ_INST_1_a", NULL},
         {.act = WIRE_ANSWER, .bytes = REFUSED(404, "Instance.NotFound", "")},
         CHECK_UNKNOWN,
         "Whether the instance exists could not be told: the service does not show the 4.0 instance "
         "MQ_INST_1_a."},
        {{CHECK_INSTANCE, "cn-beijing", "rmq-cn-1", NULL},
         {.act = WIRE_ANSWER, .bytes = REFUSED(403, "NoPermission", "")},
         CHECK_UNKNOWN,
         "Whether the instance exists could not be looked up. No permission: RAM must grant "
         "rocketmq:GetInstance."},
        {{CHECK_GROUP, "cn-shanghai", "rmq-cn-1", "GID_a"},
         {.act = WIRE_ANSWER, .bytes = LISTED(GROUP("GID_ab", "RUNNING") "," GROUP("GID_a", "RUNNING"), 200)},
         CHECK_PASSED,
         "The instance has the consumer group GID_a."},
        {{CHECK_GROUP, "cn-shanghai", "rmq-cn-1", "GID_a"},
         {.act = WIRE_ANSWER, .bytes = LISTED(GROUP("GID_a", "CREATING"), 1)},
         CHECK_WARNS,
         "The consumer group GID_a is not ready: its status is CREATING."},
        {{CHECK_GROUP, "cn-shanghai", "rmq-cn-1", "GID_a"},
         {.act = WIRE_ANSWER, .bytes = LISTED(GROUP("GID_ab", "RUNNING"), 1)},
         CHECK_WARNS,
         "The instance rmq-cn-1 has no consumer group GID_a."},
        {{CHECK_PLAN_NAME, NULL, NULL, "night"},
         {.act = WIRE_ANSWER, .bytes = LISTED(PLAN(1, "nights", "[]") "," PLAN(42, "night", "[]"), 2)},
         CHECK_WARNS,
         "A plan of this name exists already: 42."},
        {{CHECK_PLAN_NAME, NULL, NULL, "night"},
         {.act = WIRE_ANSWER, .bytes = LISTED(PLAN(1, "nights", "[]"), 1)},
         CHECK_PASSED,
         "No plan has this name yet."},
        {{CHECK_PLAN_NAME, NULL, NULL, "night"},
         {.act = WIRE_ANSWER, .bytes = REFUSED(503, "ServiceUnavailable", "")},
         CHECK_UNKNOWN,
         "Whether the plan name is used could not be looked up. The service answered HTTP 503, "
         "ServiceUnavailable."},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct lookup_source source;
        struct seen seen;
        struct check *check;
        struct error err;
        int called = 0;

        start(&seen, &cases[i].step, 1);
        source = (struct lookup_source){&seen.bench.client, NULL};
        check = check_start(seen.lookups, &source, &cases[i].question, on_checked, &called, &err);
        assert_non_null(check);
        while (check_state(check) == CHECK_RUNNING)
            wait_once(&seen);
        assert_string_equal(check_text(check), cases[i].text);
        assert_int_equal(check_state(check), cases[i].state);
        assert_int_equal(called, 1);
        check_stop(check);
        stop(&seen);
    }
}

static void the_name_of_a_plan_is_looked_up_anew_each_time(void **state)
{
    static const struct wire_step script[] = {
        {.act = WIRE_ANSWER, .bytes = LISTED("", 0)},
        {.act = WIRE_ANSWER, .bytes = LISTED(PLAN(42, "a b/c", "[]"), 1)},
    };
    static const struct check_question question = {CHECK_PLAN_NAME, NULL, NULL, "a b/c"};
    static const enum check_state expected[] = {CHECK_PASSED, CHECK_WARNS};
    struct seen seen;

    (void)state;
    start(&seen, script, COUNT_OF(script));
    for (size_t i = 0; i < 2; i++) {
        const struct lookup_source source = {&seen.bench.client, NULL};
        struct error err;
        struct check *check = check_start(seen.lookups, &source, &question, NULL, NULL, &err);

        while (check_state(check) == CHECK_RUNNING)
            wait_once(&seen);
        assert_int_equal(check_state(check), expected[i]);
        check_stop(check);
    }
    request_holds(&seen, 0, "GET /disaster_recovery?filter=a%20b%2Fc&pageNumber=1&pageSize=100 ");
    stop(&seen);
}

static void a_check_that_is_stopped_says_nothing(void **state)
{
    static const struct wire_step script[] = {{.act = WIRE_SILENT}};
    static const struct check_question question = {CHECK_PLAN_NAME, NULL, NULL, "night"};
    struct lookup_source source;
    struct check *check;
    struct seen seen;
    struct error err;
    int called = 0;

    (void)state;
    start(&seen, script, COUNT_OF(script));
    source = (struct lookup_source){&seen.bench.client, NULL};
    check = check_start(seen.lookups, &source, &question, on_checked, &called, &err);
    while (wire_server_connections(seen.bench.server) < 1)
        wait_once(&seen);
    check_stop(check);
    assert_int_equal(called, 0);
    assert_int_equal(transport_running(seen.bench.transport), 0);
    stop(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_there_before_all_pages_are),
        cmocka_unit_test(tokens_lead_from_page_to_page),
        cmocka_unit_test(pages_that_lie_end),
        cmocka_unit_test(the_number_of_pages_has_a_limit),
        cmocka_unit_test(the_number_of_rows_has_a_limit),
        cmocka_unit_test(a_failure_says_why_in_one_line),
        cmocka_unit_test(a_failure_keeps_the_rows_that_came_and_is_asked_again),
        cmocka_unit_test(what_cannot_be_asked_fails_at_once),
        cmocka_unit_test(without_an_answer_the_regions_are_those_we_know),
        cmocka_unit_test(throttling_is_waited_out_for_a_while),
        cmocka_unit_test(an_answer_is_kept_for_the_same_question_only),
        cmocka_unit_test(two_who_ask_the_same_share_one_request),
        cmocka_unit_test(a_stale_answer_is_never_told),
        cmocka_unit_test(a_refresh_takes_the_place_of_what_was_on_the_way),
        cmocka_unit_test(a_callback_may_stop_itself_and_start_another),
        cmocka_unit_test(what_still_runs_ends_with_the_look_ups),
        cmocka_unit_test(an_instance_suggests_what_follows_from_it),
        cmocka_unit_test(a_text_beyond_measure_is_left_out),
        cmocka_unit_test(a_check_says_what_was_found),
        cmocka_unit_test(the_name_of_a_plan_is_looked_up_anew_each_time),
        cmocka_unit_test(a_check_that_is_stopped_says_nothing),
    };

    return cmocka_run_group_tests_name("lookup", tests, NULL, NULL);
}
