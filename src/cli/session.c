#include "cli/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "api/profile.h"
#include "api/proxy.h"
#include "base/excerpt.h"
#include "cli/interrupt.h"
#include "cli/output.h"

enum { RENEW_AGAIN_MS = 30000 };

/* What the configuration says for one profile; failures are remembered too, so that a thousand drafts do not
 * read a broken file a thousand times. */
struct account {
    struct account *next;
    char *name; /* NULL for the usual profile */
    struct profile profile;
    struct error profile_error; /* ERROR_NONE: profile is good */
    struct sign_in *search;     /* the last one; NULL: none began */
    bool searching;
    int64_t failed_at;              /* in ticks: when a search ended without keys */
    struct credentials credentials; /* empty before they are found */
    struct error credentials_error; /* of the last search */
};

static void account_free(struct account *account)
{
    sign_in_free(account->search);
    profile_release(&account->profile);
    credentials_release(&account->credentials);
    free(account->name);
    free(account);
}

static struct account *account_find(struct session *session, const char *name, struct error *err)
{
    struct account *account;

    for (account = session->accounts; account; account = account->next)
        if (name && account->name ? strcmp(name, account->name) == 0 : !name && !account->name)
            return account;
    account = calloc(1, sizeof(*account));
    if (account)
        account->name = text_copy(name);
    if (!account || (name && !account->name)) {
        free(account);
        error_memory(err);
        return NULL;
    }
    if (!profile_find(session->host, name, &account->profile, &account->profile_error))
        account->profile = (struct profile){0};
    else
        account->profile_error.kind = ERROR_NONE;
    account->next = session->accounts;
    session->accounts = account;
    return account;
}

bool session_open(struct session *session, struct host *host, const struct options *options,
                  struct error *err)
{
    struct sandbox_options sandbox = {.faults = options->faults,
                                      .fault_count = (int)options->fault_count,
                                      .state_file = options->state,
                                      .quiet = true};

    *session = (struct session){.host = host, .options = options};
    session->sandbox = (struct private_sandbox){.pid = -1, .hold_fd = -1};
    secret_lookup_init(&session->secrets, host);
    if (options->ca_file && access(options->ca_file, R_OK) != 0)
        return error_set_errno(err, ERROR_FILE, errno, "--ca-file %s", excerpt(options->ca_file, 200).text);
    if (options->sandbox) {
        if (!private_sandbox_start(&sandbox, &session->sandbox, err))
            return false;
        session->has_sandbox = true;
    }
    return true;
}

void session_close(struct session *session)
{
    secret_lookup_forget(&session->secrets);
    journal_close(session->journal);
    while (session->accounts) {
        struct account *next = session->accounts->next;

        account_free(session->accounts);
        session->accounts = next;
    }
    transport_free(session->transport);
    if (session->has_sandbox)
        private_sandbox_stop(&session->sandbox);
    *session = (struct session){0};
}

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
    account = account_find(session, name, err);
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

/* ---- Credentials ---- */

static void say_how_to_sign_in(struct error *err)
{
    static const char how[] =
        ". Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or run 'aliyun "
        "configure'; --sandbox needs no account";
    size_t length = strlen(err->text);

    if (err->kind == ERROR_CREDENTIALS && length + sizeof(how) <= sizeof(err->text))
        memcpy(err->text + length, how, sizeof(how));
}

/* STS of the service that --endpoint names on this machine; NULL: STS itself. */
static const struct endpoint *rehearsed_sts(const struct session *session, struct endpoint *out)
{
    struct error ignored;

    if (!session->options->endpoint || !endpoint_parse(session->options->endpoint, out, &ignored))
        return NULL;
    return host_is_loopback(out->host) ? out : NULL;
}

static bool search_begin(struct session *session, struct account *account, struct error *err)
{
    struct sign_in_options options = {.profile = account->name,
                                      .hear = session->secrets.silent ? NULL : remark_heard};
    struct endpoint sts;

    options.sts = rehearsed_sts(session, &sts);
    sign_in_free(account->search);
    account->search = sign_in_start(session->host, &options, err);
    account->searching = account->search != NULL;
    account->credentials_error = (struct error){0};
    if (!account->search)
        account->credentials_error = *err;
    return account->searching;
}

/* What the search has to tell besides its end; in the wizard, the loop shows it. */
static void say_remarks(struct session *session, const struct account *account, bool found)
{
    const struct sign_in *search = account->search;

    if (session->secrets.silent)
        return;
    if (!session->warned && sign_in_warning(search)[0]) {
        session->warned = true;
        remark("%s.", sign_in_warning(search));
    }
    for (size_t i = 0; found && i < sign_in_passed(search); i++)
        if (sign_in_reason_matters(search, i))
            remark("Passed over: %s.", sign_in_reason(search, i));
    if (!found && account->credentials.access_key_id)
        remark("The session could not be renewed, and is used until it ends: %s.",
               account->credentials_error.text);
}

/* Keys that were found take the place of those before them. Without new ones the old ones are used to their
 * end. */
static void search_end(struct session *session, struct account *account)
{
    struct credentials found;
    bool ok = sign_in_take(account->search, &found, &account->credentials_error);

    account->searching = false;
    if (ok) {
        account->credentials_error = (struct error){0};
        credentials_release(&account->credentials);
        account->credentials = found;
    } else {
        account->failed_at = session->host->ticks(session->host);
    }
    say_remarks(session, account, ok);
    if (!ok)
        say_how_to_sign_in(&account->credentials_error);
}

static bool lasts(const struct session *session, const struct account *account, int64_t margin)
{
    return credentials_last(&account->credentials, session->host->now(session->host), margin);
}

static struct account *sandbox_account(struct session *session, struct error *err)
{
    struct account *account = session->accounts;

    if (account)
        return account;
    account = calloc(1, sizeof(*account));
    if (!account) {
        error_memory(err);
        return NULL;
    }
    session->accounts = account;
    account->credentials.access_key_id = text_copy(SANDBOX_ACCESS_KEY_ID);
    account->credentials.access_key_secret = text_copy(SANDBOX_ACCESS_KEY_SECRET);
    snprintf(account->credentials.provider, sizeof(account->credentials.provider), "the private sandbox");
    if (!account->credentials.access_key_id || !account->credentials.access_key_secret)
        error_memory(&account->credentials_error);
    return account;
}

static struct account *account_of(struct session *session, const struct destination *destination,
                                  struct error *err)
{
    const char *name = destination->profile[0] ? destination->profile : NULL;

    return session->has_sandbox ? sandbox_account(session, err) : account_find(session, name, err);
}

/* A search that failed is not repeated, but a renewal is: the network may be back. */
static bool may_search(const struct session *session, const struct account *account)
{
    return account->credentials_error.kind == ERROR_NONE ||
           (account->credentials.access_key_id &&
            session->host->ticks(session->host) - account->failed_at >= RENEW_AGAIN_MS);
}

/* What a search, that is over or was not needed, has left. */
static enum signing account_state(const struct session *session, struct account *account, struct error *err)
{
    if (lasts(session, account, 0))
        return SIGNED_IN;
    if (account->credentials_error.kind == ERROR_NONE)
        error_set(&account->credentials_error, ERROR_CREDENTIALS, "the session of %s has ended",
                  excerpt(account->credentials.provider, 200).text);
    *err = account->credentials_error;
    return SIGNING_FAILED;
}

static enum signing account_advance(struct session *session, struct account *account, bool needed,
                                    struct error *err)
{
    struct transport *transport = NULL;
    enum sign_in_state state;

    if (!account->searching) {
        if (lasts(session, account, CREDENTIALS_MARGIN_SECONDS))
            return SIGNED_IN;
        if (may_search(session, account) && !search_begin(session, account, err))
            return SIGNING_FAILED;
    }
    if (account->searching) {
        transport = needed ? session_transport(session, err) : NULL;
        if (needed && !transport)
            return SIGNING_FAILED;
        state = sign_in_tick(account->search, transport);
        if (state == SIGN_IN_RUNS || state == SIGN_IN_WAITS)
            return SIGNING_IN;
        search_end(session, account);
    }
    return account_state(session, account, err);
}

enum signing session_advance_sign_in(struct session *session, struct destination *destination, bool needed,
                                     struct error *err)
{
    struct account *account = account_of(session, destination, err);
    enum signing signing = account ? account_advance(session, account, needed, err) : SIGNING_FAILED;

    destination->client.credentials = NULL;
    if (signing == SIGNED_IN || (signing == SIGNING_IN && lasts(session, account, 0)))
        destination->client.credentials = &account->credentials;
    return signing;
}

int session_sign_in_fd(const struct session *session)
{
    for (const struct account *account = session->accounts; account; account = account->next)
        if (account->searching && sign_in_fd(account->search) >= 0)
            return sign_in_fd(account->search);
    return -1;
}

int session_sign_in_timeout(const struct session *session)
{
    int least = -1;

    for (const struct account *account = session->accounts; account; account = account->next) {
        int its = account->searching ? sign_in_timeout(account->search) : -1;

        if (its >= 0 && (least < 0 || its < least))
            least = its;
    }
    return least;
}

const struct sign_in *session_search(const struct session *session, const struct destination *destination)
{
    for (const struct account *account = session->accounts; account; account = account->next)
        if (strcmp(account->name ? account->name : "", destination->profile) == 0)
            return account->search;
    return NULL;
}

const char *session_profile_name(const struct session *session, const struct destination *destination)
{
    for (const struct account *account = session->accounts; account && !session->has_sandbox;
         account = account->next)
        if (strcmp(account->name ? account->name : "", destination->profile) == 0 && account->profile.name)
            return account->profile.name;
    return destination->profile;
}

void session_forget_failures(struct session *session)
{
    for (struct account *account = session->accounts; account; account = account->next)
        account->credentials_error = (struct error){0};
}

static bool wait_for_sign_in(struct session *session, int interrupt_fd, struct error *err)
{
    struct pollfd fds[] = {{.fd = session_sign_in_fd(session), .events = POLLIN},
                           {.fd = interrupt_fd, .events = POLLIN}};

    if (transport_wait(session->transport, fds, 2, session_sign_in_timeout(session), err) < 0)
        return false;
    return !fds[1].revents || error_set(err, ERROR_CANCELLED, "stopped while signing in");
}

bool session_sign_in(struct session *session, struct destination *destination, struct error *err)
{
    bool own_interrupt = session->secrets.interrupt_fd < 0;
    int interrupt_fd = session->secrets.interrupt_fd;
    enum signing signing = session_advance_sign_in(session, destination, true, err);
    bool waited = true;

    if (signing != SIGNING_IN)
        return signing == SIGNED_IN;
    if (own_interrupt)
        interrupt_fd = interrupt_open(err);
    if (interrupt_fd < 0)
        return false;
    while (signing == SIGNING_IN && waited) {
        waited = wait_for_sign_in(session, interrupt_fd, err);
        if (waited)
            signing = session_advance_sign_in(session, destination, true, err);
    }
    if (own_interrupt)
        interrupt_close(interrupt_fd);
    return waited && signing == SIGNED_IN;
}

/* ---- Edges ---- */

struct transport *session_transport(struct session *session, struct error *err)
{
    struct transport_options options = transport_defaults;

    if (session->transport)
        return session->transport;
    if (session->options->connect_timeout_ms > 0)
        options.connect_timeout_ms = session->options->connect_timeout_ms;
    if (session->options->timeout_ms > 0)
        options.timeout_ms = session->options->timeout_ms;
    options.ca_file = session->options->ca_file;
    options.keep_connections =
        session->options->command == COMMAND_SUBMIT && session->options->operand_count > 1;
    session->transport = transport_new(&options, err);
    return session->transport;
}

bool session_journal(struct session *session, struct error *err)
{
    if (session->journal || session->has_sandbox)
        return true;
    session->journal = journal_open(session->host, NULL, err);
    return session->journal != NULL;
}
