#include "cli/account_facts.h"

#include <string.h>

#include "model/review.h"

/* What a question needs besides itself. */
struct asking {
    struct lookups *lookups;
    struct lookup_source source;
    const char *home_region; /* of the plan, where a cluster names none */
    struct wizard *wizard;
};

static void watched_init(struct watched *watched)
{
    *watched = (struct watched){.asked = BUF_INIT};
}

void account_facts_init(struct account_facts *facts)
{
    facts->begun = facts->opened = false;
    watched_init(&facts->name);
    for (int i = 0; i < FACTS_INSTANCES; i++) {
        watched_init(&facts->instances[i]);
        watched_init(&facts->groups[i]);
        facts->details[i] = (struct instance_watch){.asked = BUF_INIT};
    }
}

static void watched_close(struct watched *watched)
{
    check_stop(watched->check);
    buf_release(&watched->asked);
    watched_init(watched);
}

void account_facts_close(struct account_facts *facts)
{
    watched_close(&facts->name);
    for (int i = 0; i < FACTS_INSTANCES; i++) {
        watched_close(&facts->instances[i]);
        watched_close(&facts->groups[i]);
        lookup_stop(facts->details[i].lookup);
        buf_release(&facts->details[i].asked);
    }
}

/* ---- What to ask ---- */

/* The answer of a field that the operator has left; NULL while it is typed, or when there is none. */
static const char *left_answer(const struct wizard *wizard, struct place place)
{
    const struct field_review *field = review_field(wizard_review(wizard), place);

    return field->shown && !field->suggested && !place_equal(wizard_focused(wizard), place) ? field->value
                                                                                            : NULL;
}

static const char *region_of(const struct asking *asking, int instance)
{
    const char *region =
        review_field(wizard_review(asking->wizard), place_of_instance(instance, FIELD_REGION_ID))->value;

    return region ? region : asking->home_region;
}

/* One text for all that a question depends on, so that a change is noticed. */
static void key_of(const struct check_question *question, struct buf *out)
{
    buf_addf(out, "%s\n%s\n%s", question->region ? question->region : "",
             question->instance ? question->instance : "", question->name ? question->name : "");
}

/* ---- Asking and telling ---- */

static void watch(struct watched *watched, const struct asking *asking, const struct check_question *question,
                  struct place place)
{
    struct buf key = BUF_INIT;
    struct error err = {0};

    key_of(question, &key);
    if (strcmp(buf_text(&key), buf_text(&watched->asked)) != 0) {
        check_stop(watched->check);
        watched->check = check_start(asking->lookups, &asking->source, question, NULL, NULL, &err);
        watched->told = false;
        buf_clear(&watched->asked);
        buf_add_text(&watched->asked, buf_text(&key));
    }
    buf_release(&key);
    if (!watched->check || watched->told || check_state(watched->check) == CHECK_RUNNING)
        return;
    watched->told = true;
    wizard_remark(asking->wizard, place,
                  check_state(watched->check) == CHECK_WARNS ? check_text(watched->check) : NULL);
}

static void watch_name(struct account_facts *facts, const struct asking *asking)
{
    struct place place = place_of_plan(FIELD_PLAN_NAME);
    struct check_question question = {
        .kind = CHECK_PLAN_NAME, .region = NULL, .name = left_answer(asking->wizard, place)};

    if (question.name)
        watch(&facts->name, asking, &question, place);
}

static void suggest(const struct asking *asking, int instance, enum field_id field, const char *value)
{
    wizard_suggest(asking->wizard, place_of_instance(instance, field), value && *value ? value : NULL);
}

static void suggest_from(const struct asking *asking, int instance, const struct lookup_instance *details)
{
    static const char *const sign_in[] = {
        [AUTHENTICATION_UNKNOWN] = NULL,
        [AUTHENTICATION_NEEDED] = ACL_SIGN_IN,
        [AUTHENTICATION_NOT_NEEDED] = NO_SIGN_IN,
    };

    suggest(asking, instance, FIELD_REGION_ID, details->region);
    suggest(asking, instance, FIELD_AUTH_TYPE, sign_in[details->authentication]);
    suggest(asking, instance, FIELD_USERNAME, details->user_name);
    suggest(asking, instance, FIELD_SECURITY_GROUP_ID, details->security_group_id);
}

static void watch_details(struct instance_watch *details, const struct asking *asking, int instance,
                          const char *id)
{
    struct lookup_question question = {
        .kind = LOOKUP_INSTANCE, .region = region_of(asking, instance), .parent = id};
    struct buf key = BUF_INIT;
    struct error err = {0};
    const struct lookup_answer *answer;

    buf_addf(&key, "%s\n%s", question.region, id);
    if (strcmp(buf_text(&key), buf_text(&details->asked)) != 0) {
        lookup_stop(details->lookup);
        details->lookup = lookup_start(asking->lookups, &asking->source, &question, NULL, NULL, &err);
        details->told = false;
        buf_clear(&details->asked);
        buf_add_text(&details->asked, buf_text(&key));
        suggest_from(asking, instance,
                     &(struct lookup_instance){0}); /* what fitted another instance fits no more */
    }
    buf_release(&key);
    if (!details->lookup || details->told)
        return;
    answer = lookup_answer(details->lookup);
    if (answer->state == LOOKUP_LOADING)
        return;
    details->told = true;
    suggest_from(asking, instance, answer->instance ? answer->instance : &(struct lookup_instance){0});
}

static void watch_cluster(struct account_facts *facts, const struct asking *asking, int instance)
{
    struct place id_place = place_of_instance(instance, FIELD_INSTANCE_ID);
    struct place group_place = place_of_instance(instance, FIELD_CONSUMER_GROUP_ID);
    const char *id = left_answer(asking->wizard, id_place);
    const char *group = left_answer(asking->wizard, group_place);
    struct check_question question = {
        .kind = CHECK_INSTANCE, .region = region_of(asking, instance), .instance = id};

    if (!id || !question.region || !*question.region)
        return;
    watch(&facts->instances[instance], asking, &question, id_place);
    watch_details(&facts->details[instance], asking, instance, id);
    if (group) {
        question.kind = CHECK_GROUP;
        question.name = group;
        watch(&facts->groups[instance], asking, &question, group_place);
    }
}

void account_facts_follow(struct account_facts *facts, struct picking *picking, struct session *session,
                          const struct destination *destination, struct wizard *wizard)
{
    struct asking asking = {.source = {.client = &destination->client, .profile = destination->profile},
                            .home_region = destination->region,
                            .wizard = wizard};
    struct error err = {0};
    int instances = (int)plan_instances(wizard_plan(wizard));

    if (!facts->opened)
        facts->revision = plan_revision(wizard_plan(wizard));
    facts->opened = true;
    facts->begun = facts->begun || facts->revision != plan_revision(wizard_plan(wizard));
    if (!facts->begun || !destination->client.credentials)
        return;
    asking.lookups = picking_lookups(picking, session, &err);
    if (!asking.lookups)
        return;
    watch_name(facts, &asking);
    for (int i = 0; i < instances && i < FACTS_INSTANCES; i++)
        watch_cluster(facts, &asking, i);
}
