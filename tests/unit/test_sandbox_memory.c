#include "sandbox_support.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "failing_memory.h"
#include "sandbox/service.h"
#include "sandbox/world.h"

/*
 * The sandbox without memory. Whatever allocation fails, a request is either answered as if nothing had
 * failed or not answered at all, and a plan is kept whole, in memory and in the file alike, or not at all.
 */

/* A machine whose clock stands and whose chance is the same each time. */
static int64_t still_now(struct host *host)
{
    (void)host;
    return NOW;
}

static bool same_random(struct host *host, void *memory, size_t length, struct error *err)
{
    (void)host, (void)err;
    memset(memory, 7, length);
    return true;
}

static struct host still = {.now = still_now, .random = same_random};

static char folder[] = "/tmp/drplan-sandbox-XXXXXX";
static char state_file[64];

/* What is asked, and what was answered when memory was plenty. */
struct question {
    struct arrival arrival;
    struct fault fault;
    const char *file; /* where plans are kept; NULL: nowhere */
    int status;
    char *answer;
};

/* All that a server does with a request, but for the wire. */
struct visit {
    struct arrival arrival;
    struct service service;
    struct reply reply;
};

static bool copy_arrival(const struct arrival *from, struct arrival *to, struct error *err)
{
    bool done = arrival_set_method(to, from->method, err) && arrival_set_target(to, from->target, err);

    for (size_t i = 0; done && i < from->header_count; i++)
        done = arrival_add_header(to, from->headers[i].name, from->headers[i].value, err);
    return done && arrival_add_body(to, from->body.data, from->body.length, err);
}

static bool answer(const struct question *question, struct visit *visit, struct error *err)
{
    *visit = (struct visit){0};
    arrival_init(&visit->arrival);
    return service_open(&visit->service, &still, question->file, err) &&
           copy_arrival(&question->arrival, &visit->arrival, err) && reply_init(&visit->reply, &still, err) &&
           service_answer(&visit->service, &visit->arrival, question->fault, &visit->reply, err);
}

static void end_visit(struct visit *visit)
{
    arrival_release(&visit->arrival);
    service_release(&visit->service);
    reply_release(&visit->reply);
}

/* ---- What must hold ---- */

static void a_kept_plan_is_whole(const cJSON *plan)
{
    static const char *const texts[] = {"planName", "planType", "planStatus", "createTime", "updateTime"};
    const cJSON *instances = json_member(plan, "instances");
    int64_t id;

    assert_true(json_int64(json_member(plan, "planId"), &id));
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_non_null(json_text(json_member(plan, texts[i])));
    assert_int_equal(cJSON_GetArraySize(instances), 2);
    assert_non_null(json_text(json_member(cJSON_GetArrayItem(instances, 0), "consumerGroupId")));
    assert_non_null(json_text(json_member(cJSON_GetArrayItem(instances, 1), "instanceId")));
}

static int plans_in(const struct plans *plans)
{
    const cJSON *plan;

    cJSON_ArrayForEach(plan, plans->list) a_kept_plan_is_whole(plan);
    return cJSON_GetArraySize(plans->list);
}

/* Called with memory at hand again. */
static void plans_are_kept_whole_or_not(const struct question *question, const struct visit *visit,
                                        bool answered)
{
    int kept = plans_in(&visit->service.plans);
    struct plans written;
    struct error err;

    if (answered && visit->reply.status == 200 && visit->arrival.body.length > 0)
        assert_int_equal(kept, 1);
    if (visit->reply.status == 500)
        assert_int_equal(kept, 0);
    if (!question->file || !visit->service.plans.list)
        return;
    assert_true(plans_open(&written, question->file, &err));
    assert_int_equal(plans_in(&written), kept);
    plans_release(&written);
}

static void answer_is_the_usual_one(const struct question *question, const struct visit *visit)
{
    /* Where the file could not be written the sandbox says that, as a service does. */
    if (visit->reply.status == 500 && question->status == 200 && question->file)
        return;
    assert_int_equal(visit->reply.status, question->status);
    assert_string_equal(buf_text(&visit->reply.body), question->answer);
}

static void each_allocation_fails(const struct question *question)
{
    for (int all_after = 0; all_after < 2; all_after++) {
        int unanswered = 0;

        while (shortage_next(all_after)) {
            struct error err = {0};
            struct visit visit;
            bool answered;

            if (question->file)
                (void)unlink(question->file);
            shortage.armed = true;
            answered = answer(question, &visit, &err);
            shortage.armed = false;
            if (answered)
                answer_is_the_usual_one(question, &visit);
            else if (!shortage.hit || (err.kind != ERROR_MEMORY && !strstr(err.text, "memory")))
                fail_msg("allocation %u: %s", shortage.fails_at, err.text);
            plans_are_kept_whole_or_not(question, &visit, answered);
            end_visit(&visit);
            unanswered += !answered;
        }
        assert_true(unanswered > 0);
    }
}

/* Takes the arrival. */
static void ask_without_memory(struct question *question)
{
    struct visit visit;
    struct error err;

    assert_true(answer(question, &visit, &err));
    question->status = visit.reply.status;
    question->answer = text_copy(buf_text(&visit.reply.body));
    end_visit(&visit);
    each_allocation_fails(question);
    wipe_free(question->answer);
    arrival_release(&question->arrival);
}

/* ---- The questions ---- */

static void creating_a_plan_survives(void **state)
{
    struct question question = {.file = NULL};

    (void)state;
    signed_call(&question.arrival, &create_call);
    ask_without_memory(&question);
    assert_int_equal(question.status, 200);
    question.file = state_file;
    signed_call(&question.arrival, &create_call);
    ask_without_memory(&question);
    assert_int_equal(question.status, 200);
    (void)unlink(state_file);
}

static void refusing_survives(void **state)
{
    static const char *const bodies[] = {"{\"planName\":\"p\",\"planType\":\"ACTIVE_PASSIVE\"}",
                                         "{\"planName\":\"p\",\"planName\":\"q\"}"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        struct question question = {.status = 0};
        struct call call = create_call;

        call.body = bodies[i];
        signed_call(&question.arrival, &call);
        ask_without_memory(&question);
        assert_int_equal(question.status, 400);
    }
}

static void a_signature_that_does_not_fit_is_refused_without_memory_too(void **state)
{
    struct question question = {.status = 0};

    (void)state;
    signed_with(&question.arrival, &list_call, SANDBOX_ACCESS_KEY_ID, "another-secret");
    ask_without_memory(&question);
    assert_int_equal(question.status, 400);
}

/* An instance with accounts and groups, and a VPC, as the sandbox's own world has them. */
static void name_things(char instance[WORLD_TEXT], char vpc[WORLD_TEXT])
{
    const struct world_region *hangzhou = world_region("cn-hangzhou");
    struct world_instance found;
    struct world_vpc network;

    world_vpc(hangzhou, 0, &network);
    snprintf(vpc, WORLD_TEXT, "%s", network.id);
    for (size_t i = 0; i < hangzhou->instances; i++) {
        world_instance(hangzhou, i, &found);
        if (!found.old && world_account_count(&found) > 0 && world_group_count(hangzhou, &found) > 0)
            break;
    }
    snprintf(instance, WORLD_TEXT, "%s", found.id);
}

/* A call of a route, with whatever the operation may want. */
static struct call call_of(enum route_id id, const char *instance, const char *vpc, char path[128])
{
    const char *star = strchr(routes[id].path, '*');
    struct call call = {.method = routes[id].method ? routes[id].method : "POST",
                        .path = routes[id].path,
                        .action = routes[id].operation,
                        .version = routes[id].version,
                        .nonce = "nonce-of-a-test",
                        .date = NOW};

    if (star) {
        snprintf(path, 128, "%.*s%s%s", (int)(star - routes[id].path), routes[id].path, instance, star + 1);
        call.path = path;
    }
    if (id == ROUTE_ASSUME_ROLE) {
        call.query[0][0] = "RoleArn", call.query[0][1] = "acs:ram::1000000000000000:role/dr";
        call.query[1][0] = "RoleSessionName", call.query[1][1] = "ops";
    } else if (route_is_rpc(id) && id != ROUTE_GET_CALLER_IDENTITY) {
        call.query[0][0] = "RegionId", call.query[0][1] = "cn-hangzhou";
        call.query[1][0] = "VpcId", call.query[1][1] = vpc;
    }
    return call;
}

static void telling_of_the_account_survives(void **state)
{
    char instance[WORLD_TEXT], vpc[WORLD_TEXT], path[128];

    (void)state;
    name_things(instance, vpc);
    for (int id = ROUTE_LIST_PLANS; id < ROUTE_COUNT; id++) {
        struct call call = call_of((enum route_id)id, instance, vpc, path);
        struct question question = {.status = 0};

        signed_call(&question.arrival, &call);
        ask_without_memory(&question);
        /* There is no plan to get. */
        assert_int_equal(question.status, id != ROUTE_GET_PLAN ? 200 : 400);
    }
}

static void a_session_is_told_who_it_is(void **state)
{
    struct question question = {.status = 0};
    struct call call;

    (void)state;
    call = call_of(ROUTE_GET_CALLER_IDENTITY, "", "", NULL);
    call.extra_header[0] = "x-acs-security-token";
    call.extra_header[1] = "SANDBOX-SESSION.9999999999.1000000000000000/dr/ops";
    signed_with(&question.arrival, &call, "STS.SANDBOX-SESSION-KEY-ID", "sandbox-session-key-secret");
    ask_without_memory(&question);
    assert_int_equal(question.status, 200);
}

static void faults_survive(void **state)
{
    static const enum fault_id faults[] = {FAULT_503, FAULT_502, FAULT_500, FAULT_HTML, FAULT_BIG};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        struct question question = {.fault = {.id = faults[i]}};

        signed_call(&question.arrival, &list_call);
        ask_without_memory(&question);
    }
}

/* ---- Plans that are there already ---- */

static bool open_and_list(const char *file, struct error *err)
{
    const struct plans_question everything = {.page_number = 1, .page_size = PLANS_PAGE_MAX};
    struct buf out = BUF_INIT;
    struct plans plans;
    bool done;

    if (!plans_open(&plans, file, err))
        return false;
    done = plans_list(&plans, &everything, &out, err);
    if (done)
        assert_non_null(strstr(buf_text(&out), "\"totalCount\":1}"));
    buf_release(&out);
    plans_release(&plans);
    return done;
}

static void a_file_is_not_taken_for_a_broken_one_where_memory_is_short(void **state)
{
    static const char text[] =
        "{\"version\":1,\"plans\":[{\"planId\":1300000001,\"planName\":\"p\",\"planType\":\"ACTIVE_ACTIVE\","
        "\"planStatus\":\"CREATED\",\"createTime\":\"2026-11-25 08:30:00\",\"updateTime\":\"2026-11-25 "
        "08:30:00\",\"instances\":[]}]}\n";
    struct error err;

    (void)state;
    assert_true(file_replace(state_file, text, strlen(text), NULL, &err));
    for (int all_after = 0; all_after < 2; all_after++)
        while (shortage_next(all_after)) {
            bool done;

            shortage.armed = true;
            done = open_and_list(state_file, &err);
            shortage.armed = false;
            assert_true(done || shortage.hit);
            if (!done && err.kind != ERROR_MEMORY && !strstr(err.text, "memory"))
                fail_msg("allocation %u: %s", shortage.fails_at, err.text);
        }
    (void)unlink(state_file);
}

static void opening_a_sandbox_survives(void **state)
{
    const char *faults[] = {"CreateDisasterRecoveryPlan=503*2,ok*1,slow=5", "*=429"};
    const struct sandbox_options options = {.faults = faults, .fault_count = COUNT_OF(faults), .quiet = true};

    (void)state;
    while (shortage_next(false)) {
        struct error err = {0};
        struct sandbox *sandbox;

        shortage.armed = true;
        sandbox = sandbox_open(&options, &err);
        shortage.armed = false;
        if ((sandbox == NULL) != shortage.hit || (!sandbox && err.kind != ERROR_MEMORY))
            fail_msg("allocation %u: %s", shortage.fails_at, sandbox ? "it is there" : err.text);
        sandbox_free(sandbox);
    }
}

static int make_place(void **state)
{
    (void)state;
    json_wipe_on_free(); /* so that cJSON's memory comes this way too */
    if (!mkdtemp(folder))
        return -1;
    snprintf(state_file, sizeof(state_file), "%s/plans.json", folder);
    return 0;
}

static int remove_place(void **state)
{
    (void)state;
    (void)unlink(state_file);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(creating_a_plan_survives),
        cmocka_unit_test(refusing_survives),
        cmocka_unit_test(a_signature_that_does_not_fit_is_refused_without_memory_too),
        cmocka_unit_test(telling_of_the_account_survives),
        cmocka_unit_test(a_session_is_told_who_it_is),
        cmocka_unit_test(faults_survive),
        cmocka_unit_test(a_file_is_not_taken_for_a_broken_one_where_memory_is_short),
        cmocka_unit_test(opening_a_sandbox_survives),
    };

    return cmocka_run_group_tests_name("memory of the sandbox", tests, make_place, remove_place);
}
