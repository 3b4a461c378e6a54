#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "api/lookup.h"
#include "api/submission.h"
#include "base/host.h"
#include "base/json.h"
#include "sandbox/exchange.h"
#include "sandbox/listing.h"
#include "sandbox/sandbox.h"
#include "sandbox/world.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- The world by itself ---- */

static void ids_are_unique_and_always_the_same(void **state)
{
    const struct world_region *hangzhou = world_region("cn-hangzhou");

    (void)state;
    assert_non_null(hangzhou);
    assert_null(world_region("cn-nowhere"));
    assert_int_equal(hangzhou->instances, 300);
    for (size_t i = 0; i < hangzhou->instances; i++) {
        struct world_instance one, again;

        world_instance(hangzhou, i, &one);
        assert_true(world_find_instance(hangzhou, one.id, &again));
        assert_int_equal(again.number, i); /* the first of that id: no other has it */
        assert_int_equal(strncmp(one.id, one.old ? "MQ_INST_" : "rmq-cn-", 7), 0);
    }
    for (size_t i = 0; i < hangzhou->vpcs; i++) {
        struct world_vpc one, other;

        world_vpc(hangzhou, i, &one);
        for (size_t j = 0; j < i; j++) {
            world_vpc(hangzhou, j, &other);
            assert_string_not_equal(one.id, other.id);
        }
    }
}

static void there_is_some_of_everything(void **state)
{
    const struct world_region *hangzhou = world_region("cn-hangzhou");
    size_t old = 0, stopped = 0, free_inside = 0;

    (void)state;
    for (size_t i = 0; i < hangzhou->instances; i++) {
        struct world_instance instance;

        world_instance(hangzhou, i, &instance);
        old += instance.old;
        stopped += strcmp(instance.status, "STOPPED") == 0;
        free_inside += instance.free_inside;
    }
    assert_in_range(old, 10, 150);
    assert_in_range(stopped, 5, 60);
    assert_in_range(free_inside, 50, 280);
}

/* ---- Answers, without a network ---- */

static cJSON *ask(enum route_id route, const char *target, const char *region, struct refusal *refusal)
{
    struct arrival arrival;
    struct reply reply;
    struct error err;
    cJSON *tree = NULL;

    arrival_init(&arrival);
    *refusal = (struct refusal){0};
    assert_true(arrival_set_target(&arrival, target, &err));
    if (region)
        assert_true(arrival_add_header(&arrival, "x-acs-region-id", region, &err));
    assert_true(reply_init(&reply, host_system(), &err));
    if (listing_answer(route, &arrival, &reply, refusal, &err)) {
        tree = json_parse(buf_text(&reply.body), reply.body.length, &err);
        assert_non_null(tree);
    } else {
        assert_true(refusal->code[0] != '\0');
    }
    reply_release(&reply);
    arrival_release(&arrival);
    return tree;
}

static int64_t number_at(const cJSON *tree, const char *outer, const char *name)
{
    int64_t value = -1;

    assert_true(json_int64(json_member(outer ? json_member(tree, outer) : tree, name), &value));
    return value;
}

static void sizes_are_brought_into_range(void **state)
{
    static const struct {
        enum route_id route;
        const char *target, *outer, *list, *inner, *size;
        int64_t expected_size, rows, total;
    } cases[] = {
        {ROUTE_LIST_INSTANCES, "/instances", "data", "list", NULL, "pageSize", 10, 10, 300},
        {ROUTE_LIST_INSTANCES, "/instances?pageSize=1", "data", "list", NULL, "pageSize", 10, 10, 300},
        {ROUTE_LIST_INSTANCES, "/instances?pageSize=5000", "data", "list", NULL, "pageSize", 200, 200, 300},
        {ROUTE_LIST_INSTANCES, "/instances?pageSize=200&pageNumber=2", "data", "list", NULL, "pageSize", 200,
         100, 300},
        {ROUTE_LIST_INSTANCES, "/instances?pageSize=200&pageNumber=3", "data", "list", NULL, "pageSize", 200,
         0, 300},
        {ROUTE_LIST_VPCS, "/?RegionId=cn-hangzhou", NULL, "Vpcs", "Vpc", "PageSize", 10, 10, 60},
        {ROUTE_LIST_VPCS, "/?RegionId=cn-hangzhou&PageSize=500", NULL, "Vpcs", "Vpc", "PageSize", 50, 50, 60},
        {ROUTE_LIST_VPCS, "/?RegionId=cn-hangzhou&PageSize=50&PageNumber=2", NULL, "Vpcs", "Vpc", "PageSize",
         50, 10, 60},
        {ROUTE_LIST_VPCS, "/?RegionId=cn-nowhere", NULL, "Vpcs", "Vpc", "PageSize", 10, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct refusal refusal;
        cJSON *tree = ask(cases[i].route, cases[i].target, NULL, &refusal);
        const cJSON *list =
            json_member(cases[i].outer ? json_member(tree, cases[i].outer) : tree, cases[i].list);

        if (cases[i].inner)
            list = json_member(list, cases[i].inner);
        assert_int_equal(cJSON_GetArraySize(list), cases[i].rows);
        assert_int_equal(number_at(tree, cases[i].outer, cases[i].size), cases[i].expected_size);
        assert_int_equal(number_at(tree, cases[i].outer, cases[i].inner ? "TotalCount" : "totalCount"),
                         cases[i].total);
        cJSON_Delete(tree);
    }
}

static void what_is_wrong_with_a_question_is_said(void **state)
{
    static const struct {
        enum route_id route;
        const char *target, *code;
        int status;
    } cases[] = {
        {ROUTE_LIST_INSTANCES, "/instances?pageNumber=one", "InvalidPageNumber", 400},
        {ROUTE_LIST_INSTANCES, "/instances?pageSize=", "InvalidPageSize", 400},
        {ROUTE_GET_INSTANCE, "/instances/rmq-cn-none", "Instance.NotFound", 404},
        {ROUTE_LIST_ACCOUNTS, "/instances/rmq-cn-none/accounts", "Instance.NotFound", 404},
        {ROUTE_LIST_GROUPS, "/instances/rmq-cn-none/consumerGroups", "Instance.NotFound", 404},
        {ROUTE_LIST_VPCS, "/", "MissingParameter", 400},
        {ROUTE_LIST_VPCS, "/?RegionId=cn-hangzhou&PageSize=x", "InvalidPageSize", 400},
        {ROUTE_LIST_VSWITCHES, "/", "MissingParameter", 400},
        {ROUTE_LIST_SECURITY_GROUPS, "/", "MissingParameter", 400},
        {ROUTE_LIST_SECURITY_GROUPS, "/?RegionId=cn-hangzhou&NextToken=AAAA100-1",
         "InvalidParameter.NextToken", 400},
        {ROUTE_LIST_SECURITY_GROUPS, "/?RegionId=cn-hangzhou&NextToken=zzz", "InvalidParameter.NextToken",
         400},
        {ROUTE_LIST_SECURITY_GROUPS, "/?RegionId=cn-hangzhou&PageNumber=1",
         "NotSupported.PageNumberAndPageSize", 400},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct refusal refusal;

        assert_null(ask(cases[i].route, cases[i].target, NULL, &refusal));
        assert_string_equal(refusal.code, cases[i].code);
        assert_int_equal(refusal.status, cases[i].status);
    }
}

static void filters_filter(void **state)
{
    struct world_instance instance;
    struct refusal refusal;
    struct world_vpc vpc;
    char target[256];
    cJSON *tree;

    (void)state;
    world_instance(world_region("cn-shanghai"), 3, &instance);
    snprintf(target, sizeof(target), "/instances?filter=%s", instance.id);
    tree = ask(ROUTE_LIST_INSTANCES, target, "cn-shanghai", &refusal);
    assert_int_equal(number_at(tree, "data", "totalCount"), 1);
    cJSON_Delete(tree);
    tree = ask(ROUTE_LIST_INSTANCES, target, "cn-hangzhou", &refusal);
    assert_int_equal(number_at(tree, "data", "totalCount"), 0);
    cJSON_Delete(tree);
    tree = ask(ROUTE_LIST_INSTANCES, "/instances?filter=%E6%94%AF%E4%BB%98", "cn-hangzhou", &refusal);
    assert_in_range(number_at(tree, "data", "totalCount"), 10, 30);
    cJSON_Delete(tree);

    world_vpc(world_region("cn-hangzhou"), 7, &vpc);
    snprintf(target, sizeof(target), "/?RegionId=cn-hangzhou&VpcId=%s", vpc.id);
    tree = ask(ROUTE_LIST_VSWITCHES, target, NULL, &refusal);
    assert_int_equal(number_at(tree, NULL, "TotalCount"), vpc.vswitches);
    cJSON_Delete(tree);
    tree = ask(ROUTE_LIST_SECURITY_GROUPS, target, NULL, &refusal);
    assert_int_equal(number_at(tree, NULL, "TotalCount"), vpc.groups);
    cJSON_Delete(tree);
    tree = ask(ROUTE_LIST_VPCS, target, NULL, &refusal);
    assert_int_equal(number_at(tree, NULL, "TotalCount"), 1);
    cJSON_Delete(tree);
}

/* ---- As drplan asks it: signed, over HTTP, all pages ---- */

struct visit {
    struct private_sandbox sandbox;
    struct credentials credentials;
    struct client client;
    struct transport *transport;
    struct lookups *lookups;
};

static void open_visit(struct visit *visit, const char *fault)
{
    const char *faults[] = {fault};
    const struct sandbox_options options = {.faults = faults, .fault_count = fault ? 1 : 0, .quiet = true};
    struct error err;

    *visit = (struct visit){0};
    assert_true(private_sandbox_start(&options, &visit->sandbox, &err));
    visit->credentials.access_key_id = text_copy(SANDBOX_ACCESS_KEY_ID);
    visit->credentials.access_key_secret = text_copy(SANDBOX_ACCESS_KEY_SECRET);
    visit->client = (struct client){.host = host_system(), .credentials = &visit->credentials};
    assert_true(endpoint_parse(visit->sandbox.endpoint, &visit->client.endpoint, &err));
    visit->transport = transport_new(NULL, &err);
    assert_non_null(visit->transport);
    visit->lookups = lookups_new(visit->transport, host_system(), &err);
    assert_non_null(visit->lookups);
}

static void close_visit(struct visit *visit)
{
    lookups_free(visit->lookups);
    transport_free(visit->transport);
    private_sandbox_stop(&visit->sandbox);
    credentials_release(&visit->credentials);
}

static void turn(struct visit *visit)
{
    struct error err;

    assert_true(transport_wait(visit->transport, NULL, 0, lookups_timeout(visit->lookups), &err) >= 0);
    lookups_tick(visit->lookups);
}

static struct lookup *look_up(struct visit *visit, enum lookup_kind kind, const char *region,
                              const char *parent)
{
    const struct lookup_source source = {&visit->client, NULL};
    const struct lookup_question question = {kind, region, parent, NULL};
    struct error err;
    struct lookup *lookup = lookup_start(visit->lookups, &source, &question, NULL, NULL, &err);

    assert_non_null(lookup);
    while (lookup_answer(lookup)->state == LOOKUP_LOADING)
        turn(visit);
    return lookup;
}

static void has_rows(struct lookup *lookup, size_t count)
{
    const struct lookup_answer *answer = lookup_answer(lookup);

    if (answer->state != LOOKUP_DONE)
        fail_msg("%s", answer->why);
    assert_int_equal(answer->count, count);
}

static void everything_can_be_picked_from_region_to_group(void **state)
{
    struct visit visit;
    struct lookup *all_regions, *instances, *other;
    const struct lookup_row *row = NULL;
    const struct lookup_instance *facts;

    (void)state;
    open_visit(&visit, NULL);
    all_regions = look_up(&visit, LOOKUP_REGIONS, NULL, NULL);
    has_rows(all_regions, world_region_count);
    assert_string_equal(lookup_find(all_regions, "cn-shanghai")->cells[1], "China (Shanghai)");

    instances = look_up(&visit, LOOKUP_INSTANCES, "cn-hangzhou", NULL);
    has_rows(instances, 300);
    other = look_up(&visit, LOOKUP_INSTANCES, "cn-shanghai", NULL);
    has_rows(other, 24);
    lookup_stop(other);
    other = look_up(&visit, LOOKUP_INSTANCES, "eu-central-1", NULL);
    has_rows(other, 0);
    lookup_stop(other);

    for (size_t i = 0; i < 300 && !row; i++)
        if (strcmp(lookup_answer(instances)->rows[i].cells[4], "STOPPED") == 0)
            row = &lookup_answer(instances)->rows[i];
    assert_non_null(row);
    assert_false(row->usable);

    row = &lookup_answer(instances)->rows[1];
    other = look_up(&visit, LOOKUP_ACCOUNTS, "cn-hangzhou", row->cells[0]);
    has_rows(other, 2);
    lookup_stop(other);
    other = look_up(&visit, LOOKUP_GROUPS, "cn-hangzhou", lookup_answer(instances)->rows[0].cells[0]);
    has_rows(other, 2500);
    lookup_stop(other);

    other = look_up(&visit, LOOKUP_INSTANCE, "cn-hangzhou", row->cells[0]);
    assert_int_equal(lookup_answer(other)->state, LOOKUP_DONE);
    facts = lookup_answer(other)->instance;
    assert_string_equal(facts->name, row->cells[1]);
    assert_string_equal(facts->region, "cn-hangzhou");
    assert_string_equal(facts->version, row->cells[2]);
    assert_int_not_equal(facts->authentication, AUTHENTICATION_UNKNOWN);
    {
        struct lookup *vpcs = look_up(&visit, LOOKUP_VPCS, "cn-hangzhou", NULL);
        struct lookup *vswitches = look_up(&visit, LOOKUP_VSWITCHES, "cn-hangzhou", facts->vpc_id);
        struct lookup *groups = look_up(&visit, LOOKUP_SECURITY_GROUPS, "cn-hangzhou", facts->vpc_id);
        struct lookup *accounts = look_up(&visit, LOOKUP_ACCOUNTS, "cn-hangzhou", row->cells[0]);

        has_rows(vpcs, 60);
        assert_non_null(lookup_find(vpcs, facts->vpc_id));
        assert_non_null(lookup_find(vswitches, facts->vswitch_id));
        assert_non_null(lookup_find(groups, facts->security_group_id));
        assert_non_null(lookup_find(accounts, facts->user_name));
        lookup_stop(groups);
        groups =
            look_up(&visit, LOOKUP_SECURITY_GROUPS, "cn-hangzhou", lookup_answer(vpcs)->rows[0].cells[0]);
        has_rows(groups, 130);
        lookup_stop(vpcs);
        lookup_stop(vswitches);
        lookup_stop(groups);
        lookup_stop(accounts);
    }
    lookup_stop(other);
    lookup_stop(instances);
    lookup_stop(all_regions);
    close_visit(&visit);
}

static void each_operation_can_be_made_to_fail(void **state)
{
    static const struct {
        const char *fault;
        enum lookup_kind kind;
        const char *why;
    } cases[] = {
        {"ListRegions=denied", LOOKUP_REGIONS, "No permission: RAM must grant rocketmq:ListRegions."},
        {"ListInstances=denied", LOOKUP_INSTANCES, "No permission: RAM must grant rocketmq:ListInstances."},
        {"GetInstance=403", LOOKUP_INSTANCE, "No permission: RAM must grant rocketmq:GetInstance."},
        {"ListInstanceAccount=404", LOOKUP_ACCOUNTS, "There is no instance parent in cn-hangzhou."},
        {"ListConsumerGroups=503", LOOKUP_GROUPS, "The service answered HTTP 503, ServiceUnavailable."},
        {"DescribeVpcs=denied", LOOKUP_VPCS, "No permission: RAM must grant vpc:DescribeVpcs."},
        {"DescribeVpcs=403", LOOKUP_VPCS, "No permission: RAM must grant vpc:DescribeVpcs."},
        {"DescribeVSwitches=400", LOOKUP_VSWITCHES,
         "The service answered HTTP 400, InvalidParameter: The specified parameter is not valid."},
        {"DescribeSecurityGroups=denied", LOOKUP_SECURITY_GROUPS,
         "No permission: RAM must grant ecs:DescribeSecurityGroups."},
        {"DescribeSecurityGroups=empty", LOOKUP_SECURITY_GROUPS,
         "The answer of the service cannot be used: it is empty."},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct visit visit;
        struct lookup *lookup;

        open_visit(&visit, cases[i].fault);
        lookup = look_up(&visit, cases[i].kind, "cn-hangzhou", "parent");
        assert_int_equal(lookup_answer(lookup)->state, LOOKUP_FAILED);
        assert_string_equal(lookup_answer(lookup)->why, cases[i].why);
        lookup_stop(lookup);
        close_visit(&visit);
    }
}

static void must_not_change(void *context, struct lookup *lookup)
{
    (void)context, (void)lookup;
    fail_msg("a slow answer came after the region had changed");
}

static void a_slow_answer_of_another_region_is_dropped(void **state)
{
    const struct lookup_question question = {LOOKUP_INSTANCES, "cn-hangzhou", NULL, NULL};
    struct lookup_source source;
    struct visit visit;
    struct lookup *lookup;
    struct error err;

    (void)state;
    open_visit(&visit, "ListInstances=slow=300*1");
    source = (struct lookup_source){&visit.client, NULL};
    lookup = lookup_start(visit.lookups, &source, &question, must_not_change, NULL, &err);
    assert_non_null(lookup);
    for (int i = 0; i < 5; i++) /* it is on its way */
        assert_true(transport_wait(visit.transport, NULL, 0, 20, &err) >= 0);
    lookup_stop(lookup);
    lookup = look_up(&visit, LOOKUP_INSTANCES, "cn-beijing", NULL);
    has_rows(lookup, 12);
    lookup_stop(lookup);
    /* well past the time at which the first would have come */
    for (int64_t until = host_system()->ticks(host_system()) + 400;
         host_system()->ticks(host_system()) < until;)
        assert_true(transport_wait(visit.transport, NULL, 0, 50, &err) >= 0);
    close_visit(&visit);
}

static void a_plan_that_was_made_is_warned_about(void **state)
{
    static const struct check_question question = {CHECK_PLAN_NAME, NULL, NULL, "orders"};
    static const char body[] =
        "{\"planName\":\"orders\",\"planType\":\"ACTIVE_PASSIVE\",\"instances\":[{\"instanceType\":"
        "\"ALIYUN_ROCKETMQ\",\"instanceId\":\"rmq-cn-not-in-the-world\"}]}";
    static const enum check_state expected[] = {CHECK_PASSED, CHECK_WARNS};
    const struct submitted_plan plan = {
        .name = "orders", .instances = "[]", .body = body, .body_length = sizeof(body) - 1};
    struct lookup_source source;
    struct visit visit;
    struct error err;

    (void)state;
    open_visit(&visit, NULL);
    source = (struct lookup_source){&visit.client, NULL};
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        struct check *check = check_start(visit.lookups, &source, &question, NULL, NULL, &err);
        struct submission *submission;

        assert_non_null(check);
        while (check_state(check) == CHECK_RUNNING)
            turn(&visit);
        assert_int_equal(check_state(check), expected[i]);
        check_stop(check);
        if (i > 0)
            break;
        submission = submission_start(&visit.client, visit.transport, NULL, NULL, &plan, &err);
        assert_non_null(submission);
        while (!submission_done(submission)) {
            turn(&visit);
            submission_tick(submission);
        }
        assert_int_equal(submission_report(submission)->outcome, OUTCOME_CREATED);
        submission_free(submission);
    }
    close_visit(&visit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_unique_and_always_the_same),
        cmocka_unit_test(there_is_some_of_everything),
        cmocka_unit_test(sizes_are_brought_into_range),
        cmocka_unit_test(what_is_wrong_with_a_question_is_said),
        cmocka_unit_test(filters_filter),
        cmocka_unit_test(everything_can_be_picked_from_region_to_group),
        cmocka_unit_test(each_operation_can_be_made_to_fail),
        cmocka_unit_test(a_slow_answer_of_another_region_is_dropped),
        cmocka_unit_test(a_plan_that_was_made_is_warned_about),
    };

    return cmocka_run_group_tests_name("sandbox world", tests, NULL, NULL);
}
