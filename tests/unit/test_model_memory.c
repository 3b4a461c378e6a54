#include "model_support.h"

#include "failing_memory.h"
#include "model/schema_json.h"

/*
 * Every allocation of the room fails, once alone and once with all that follow,
 * until a walk finds none left to fail.
 */

/* True when it went well; must leave nothing behind either way. */
typedef bool walk_function(struct error *err);

static void every_allocation_fails(walk_function *walk)
{
    for (int all_after = 0; all_after < 2; all_after++) {
        while (shortage_next(all_after)) {
            struct error err = {0};
            bool ok;

            shortage.armed = true;
            ok = walk(&err);
            shortage.armed = false;
            if (ok == shortage.hit || (!ok && err.kind != ERROR_MEMORY))
                fail_msg("allocation %u: %s", shortage.fails_at, ok ? "went unnoticed" : err.text);
        }
    }
}

static bool resolve(const struct secret_source *source, const char *reference, struct buf *out,
                    struct error *err)
{
    (void)source;
    (void)reference;
    (void)err;
    buf_add_text(out, "secret");
    return true;
}

static const struct secret_source secrets = {resolve};

static bool write_all(const struct plan *plan, const struct review *review, struct error *err)
{
    struct payload payload;
    struct buf draft = BUF_INIT;
    bool ok;

    payload_init(&payload);
    ok = payload_write(&payload, plan, review, PAYLOAD_SENT, &secrets, err) &&
         payload_write(&payload, plan, review, PAYLOAD_DRAFT, NULL, err) && draft_write(plan, &draft, err);
    payload_release(&payload);
    buf_release(&draft);
    return ok;
}

/* A change of every kind, then everything that can be made of the plan. */
static bool change_and_write(struct plan *plan, struct error *err)
{
    struct review *review;
    bool ok = plan_set(plan, at(0, FIELD_VPC_ID), "vpc-2", err) &&
              plan_set(plan, at(1, FIELD_PROPERTY_VALUE), "v", err) &&
              plan_set_reference(plan, at(1, FIELD_PASSWORD), "{\"$env\":\"MQ\"}", err) &&
              plan_set_setting(plan, SETTING_PROFILE, "prod", err) && plan_set_instances(plan, 3, err) &&
              plan_set(plan, at(2, FIELD_INSTANCE_TYPE), ALIYUN_CLUSTER, err) &&
              plan_note(plan, place_none(), "x", SEVERITY_WARNING, err, "is noted");

    if (!ok)
        return false;
    plan_set_extras(plan, 2, true);
    review = review_new();
    if (!review)
        return error_memory(err);
    ok = review_run(review, plan, err) && write_all(plan, review, err);
    review_free(review);
    return ok;
}

static bool walk_a_draft(struct error *err)
{
    static const char text[] =
        "{\"planName\":12,\"planType\":\"active_passive\",\"odd\":{\"a\":[1,null],\"password\":\"nested\"},"
        "\"password\":\"stray\","
        "\"instances\":[{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"networkType\":\"TCP_INTERNET\",\"vpcId\":"
        "\"vpc-1\","
        "\"endpointUrl\":\"here\",\"authType\":\"ACL_AUTH\",\"password\":\"clear\"},{\"instanceType\":"
        "\"EXTERNAL_ROCKETMQ\",\"authType\":\"ACL_AUTH\",\"messageProperty\":{\"propertyKey\":\"k\"},"
        "\"password\":"
        "{\"$file\":\"/x\"}}],\"$drplan\":{\"version\":1,\"region\":\"cn-hangzhou\",\"extras\":[true],"
        "\"kept\":{\"instances[0].instanceId\":\"rmq-1\"},\"secretsLeftOut\":[\"elsewhere\"]}}";
    struct plan *plan = NULL;
    bool ok = draft_read(text, sizeof(text) - 1, &plan, err) && change_and_write(plan, err);

    plan_free(plan);
    return ok;
}

static bool walk_a_new_plan(struct error *err)
{
    struct plan *plan = plan_new(true);
    bool ok = plan ? change_and_write(plan, err) : error_memory(err);

    plan_free(plan);
    return ok;
}

static bool walk_the_schema(struct error *err)
{
    struct buf text = BUF_INIT;
    bool failed;

    schema_json_write(&text);
    failed = text.failed;
    buf_release(&text);
    return failed ? error_memory(err) : true;
}

static void a_draft_survives_every_shortage(void **state)
{
    (void)state;
    every_allocation_fails(walk_a_draft);
}

static void a_new_plan_survives_every_shortage(void **state)
{
    (void)state;
    every_allocation_fails(walk_a_new_plan);
}

static void the_schema_says_when_it_is_cut(void **state)
{
    (void)state;
    every_allocation_fails(walk_the_schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_draft_survives_every_shortage),
        cmocka_unit_test(a_new_plan_survives_every_shortage),
        cmocka_unit_test(the_schema_says_when_it_is_cut),
    };

    json_wipe_on_free();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
