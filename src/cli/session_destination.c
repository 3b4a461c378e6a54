#include "cli/session_state.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "api/proxy.h"
#include "base/excerpt.h"

/* ---- Region ---- */

/* The region of the first ACTIVE cluster that has one, else of the first that has one. */
static const char *region_of_clusters(const struct review *review)
{
    const char *first = NULL;

    for (size_t i = 0; i < review_instances(review); i++) {
        const char *region = review_field(review, place_of_instance((int)i, FIELD_REGION_ID))->value;
        const char *role = review_field(review, place_of_instance((int)i, FIELD_INSTANCE_ROLE))->value;

        if (region && role && strcmp(role, ACTIVE_ROLE) == 0)
            return region;
        if (!first)
            first = region;
    }
    return first;
}

/* A setting, where it comes from, and what is wrong if it is. */
struct setting {
    const char *value;
    const char *from;
    enum error_kind fault;
};

static struct setting find_region(struct session *session, const struct plan *plan,
                                  const struct review *review, const struct account *account)
{
    const char *draft = plan_setting(plan, SETTING_REGION);
    const char *environment = host_env(session->host, "ALIBABA_CLOUD_REGION_ID");

    if (session->options->region && !(session->draft_decides && draft && *draft))
        return (struct setting){session->options->region, "--region", ERROR_USAGE};
    if (draft && *draft)
        return (struct setting){draft, "the region in the draft's settings", ERROR_INPUT};
    if (account->profile.region && *account->profile.region)
        return (struct setting){account->profile.region, "the region of the profile", ERROR_CREDENTIALS};
    if (environment)
        return (struct setting){environment, "ALIBABA_CLOUD_REGION_ID", ERROR_CREDENTIALS};
    return (struct setting){region_of_clusters(review), "the region of the cluster", ERROR_INPUT};
}

static bool take_region(struct destination *out, const struct setting *region, struct error *err)
{
    if (!region->value)
        return true;
    if (!region_is_valid(region->value) || strlen(region->value) >= sizeof(out->region))
        return error_set(err, region->fault, "%s is no region ID: '%s'; one looks like cn-hangzhou",
                         region->from, excerpt(region->value, 60).text);
    memcpy(out->region, region->value, strlen(region->value) + 1);
    return true;
}

/* ---- Endpoint ---- */

static struct setting find_endpoint(struct session *session, const struct plan *plan,
                                    const struct account *account)
{
    const char *draft = plan_setting(plan, SETTING_ENDPOINT);
    const char *environment = host_env(session->host, "ALIBABA_CLOUD_ENDPOINT");

    if (session->options->endpoint)
        return (struct setting){session->options->endpoint, "--endpoint", ERROR_USAGE};
    if (draft && *draft)
        return (struct setting){draft, "the endpoint in the draft's settings", ERROR_INPUT};
    if (account->profile.endpoint && *account->profile.endpoint)
        return (struct setting){account->profile.endpoint, "the endpoint of the profile", ERROR_CREDENTIALS};
    if (environment)
        return (struct setting){environment, "ALIBABA_CLOUD_ENDPOINT", ERROR_CREDENTIALS};
    return (struct setting){NULL, NULL, ERROR_CREDENTIALS};
}

/* Whoever wrote a draft must not be able to say who gets a signed request with passwords in it. */
static bool draft_may_name(const char *host)
{
    static const char domain[] = ".aliyuncs.com";
    size_t length = strcspn(host, ":");

    if (host_is_loopback(host))
        return true;
    return length > sizeof(domain) - 1 &&
           strncasecmp(host + length - (sizeof(domain) - 1), domain, sizeof(domain) - 1) == 0;
}

static bool take_endpoint(struct destination *out, const struct setting *setting, bool of_draft,
                          struct error *err)
{
    struct error why;

    if (!endpoint_parse(setting->value, &out->client.endpoint, &why))
        return error_set(err, setting->fault, "%s, '%s': %s", setting->from,
                         excerpt(setting->value, 100).text, why.text);
    if (of_draft && !draft_may_name(out->client.endpoint.host))
        return error_set(err, ERROR_INPUT,
                         "the draft wants to be sent to %s, which is no host of aliyuncs.com: if that is "
                         "meant, give --endpoint %s",
                         excerpt(out->client.endpoint.host, 200).text,
                         excerpt(out->client.endpoint.host, 200).text);
    out->draft_says_where = of_draft;
    return true;
}

static bool endpoint_of_region(struct session *session, struct destination *out,
                               const struct profile *profile, struct error *err)
{
    const char *type = profile->endpoint_type && *profile->endpoint_type
                           ? profile->endpoint_type
                           : host_env(session->host, "ALIBABA_CLOUD_ENDPOINT_TYPE");
    bool vpc = type && strcasecmp(type, "vpc") == 0;

    out->lacks_region = !out->region[0];
    if (out->lacks_region)
        return error_set(
            err, ERROR_CREDENTIALS,
            "no region: give --region, or set region_id in the profile, ALIBABA_CLOUD_REGION_ID, "
            "or the region of a cluster");
    return endpoint_for_region("rocketmq", out->region, vpc, &out->client.endpoint, err);
}

/* ---- Destination ---- */

static bool sandbox_destination(struct session *session, const struct review *review, struct destination *out,
                                struct error *err)
{
    const char *region = session->options->region ? session->options->region : region_of_clusters(review);

    if (!region || !region_is_valid(region) || strlen(region) >= sizeof(out->region))
        region = "cn-hangzhou";
    memcpy(out->region, region, strlen(region) + 1);
    return endpoint_parse(session->sandbox.endpoint, &out->client.endpoint, err);
}

/* The profile whose keys are used: the draft's only where nothing else was said. */
static const char *profile_name(const struct session *session, const struct plan *plan)
{
    const char *draft = plan_setting(plan, SETTING_PROFILE);

    if (session->options->profile && !(session->draft_decides && draft && *draft))
        return session->options->profile;
    return draft && *draft ? draft : NULL;
}

void session_write_hints(const struct plan *plan, const struct review *review, struct buf *out)
{
    const char *region = region_of_clusters(review);

    for (int setting = 0; setting < SETTING_COUNT; setting++) {
        const char *value = plan_setting(plan, (enum plan_setting)setting);

        buf_add_text(out, value ? value : "");
        buf_add_char(out, '\n');
    }
    buf_add_text(out, region ? region : "");
}

bool session_find_destination(struct session *session, const struct plan *plan, const struct review *review,
                              struct destination *out, struct error *err)
{
    struct setting region, endpoint;
    const struct account *account;
    const char *name;

    *out = (struct destination){.client = {.host = session->host}};
    if (session->has_sandbox)
        return sandbox_destination(session, review, out, err);
    name = profile_name(session, plan);
    account = session_account(session, name, err);
    if (!account)
        return false;
    /* A broken file stops only what asks it. */
    if (account->profile_error.kind != ERROR_NONE && !session->options->endpoint) {
        *err = account->profile_error;
        return false;
    }
    if (name && strlen(name) >= sizeof(out->profile))
        return error_set(err, ERROR_CREDENTIALS, "the name of the profile is too long");
    snprintf(out->profile, sizeof(out->profile), "%s", name ? name : "");
    region = find_region(session, plan, review, account);
    endpoint = find_endpoint(session, plan, account);
    if (!take_region(out, &region, err))
        return false;
    if (endpoint.value)
        return take_endpoint(out, &endpoint, !session->options->endpoint && endpoint.fault == ERROR_INPUT,
                             err);
    return endpoint_of_region(session, out, &account->profile, err);
}
