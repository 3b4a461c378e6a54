#include <stdio.h>

#include "api/answer.h"
#include "api/proxy.h"
#include "api/say.h"
#include "api/sign_in.h"
#include "base/compose.h"
#include "base/excerpt.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/session.h"

/* Who the service takes us for, by GetCallerIdentity of STS. */
struct identity {
    char account[64], arn[256], type[64]; /* "" when they are not known */
};

struct whoami {
    struct session session;
    struct plan *plan;
    struct review *review;
    struct destination destination;
    bool has_destination, signed_in;
    struct identity identity;
    struct transfer *transfer;
    enum end end;
    struct error err; /* why the end is what it is */
};

static enum end fails(struct whoami *whoami, enum end end)
{
    whoami->end = end;
    return end;
}

/* ---- Where and as whom ---- */

/* A region is not needed to sign in: which one counts may be left to the plan. */
static bool find_destination(struct whoami *whoami)
{
    struct session *session = &whoami->session;

    whoami->plan = plan_new(false);
    whoami->review = review_new();
    if (!whoami->plan || !whoami->review || !review_run(whoami->review, whoami->plan, &whoami->err))
        return error_memory(&whoami->err);
    whoami->has_destination =
        session_find_destination(session, whoami->plan, whoami->review, &whoami->destination, &whoami->err);
    return whoami->has_destination || whoami->destination.lacks_region;
}

/* ---- GetCallerIdentity ---- */

/* The sandbox and other services of this machine answer for STS too. */
static bool find_sts(struct whoami *whoami, struct client *client)
{
    const char *region = whoami->destination.region;
    const struct client *from = &whoami->destination.client;

    *client = *from;
    client->region = NULL;
    if (whoami->has_destination && host_is_loopback(from->endpoint.host))
        return true;
    return sts_endpoint(whoami->session.host, region[0] ? region : NULL, false, &client->endpoint,
                        &whoami->err);
}

static void take_member(const cJSON *tree, const char *name, char *out, size_t size)
{
    const char *text = json_text(json_member(tree, name));

    say(out, size, "%s", text ? text : "");
}

static void take_identity(struct whoami *whoami, const struct response *response)
{
    cJSON *tree = json_parse(buf_text(&response->body), response->body.length, &whoami->err);

    take_member(tree, "AccountId", whoami->identity.account, sizeof(whoami->identity.account));
    take_member(tree, "Arn", whoami->identity.arn, sizeof(whoami->identity.arn));
    take_member(tree, "IdentityType", whoami->identity.type, sizeof(whoami->identity.type));
    if (!tree)
        error_wrap(&whoami->err, "what STS answered cannot be read");
    else if (!whoami->identity.account[0])
        error_set(&whoami->err, ERROR_NETWORK, "what STS answered names no account");
    whoami->end = tree && whoami->identity.account[0] ? END_DONE : END_NOT_SENT;
    cJSON_Delete(tree);
}

static void take_refusal(struct whoami *whoami, const struct response *response)
{
    struct answer answer;
    const char *advice;

    if (!answer_read(response, &answer, &whoami->err)) {
        whoami->end = END_FAILED;
        return;
    }
    advice = answer.code ? advice_for_code(answer.code) : NULL;
    whoami->end = answer.code ? answer.kind == ANSWER_THROTTLED ? END_THROTTLED : END_REFUSED : END_NOT_SENT;
    if (answer.code)
        error_set(&whoami->err, ERROR_CREDENTIALS,
                  "STS refused GetCallerIdentity with %s (HTTP %d, request %s)%s%s",
                  excerpt(answer.code, 80).text, response->status,
                  excerpt(answer.request_id ? answer.request_id : "without id", 64).text, advice ? ": " : "",
                  advice ? advice : "");
    else
        error_set(&whoami->err, ERROR_NETWORK, "STS answered with HTTP %d and no code", response->status);
    answer_release(&answer);
}

static void answered(void *context, const struct transfer_result *result)
{
    struct whoami *whoami = context;

    whoami->transfer = NULL;
    if (result->end != TRANSFER_ANSWERED) {
        whoami->end = END_NOT_SENT;
        error_set(&whoami->err, ERROR_NETWORK, "%s", result->reason);
    } else if (result->response.status == 200) {
        take_identity(whoami, &result->response);
    } else {
        take_refusal(whoami, &result->response);
    }
    say_unstop(whoami->err.text);
}

/* Until the answer came or a signal asks to stop. */
static void wait_for_answer(struct whoami *whoami, struct transport *transport)
{
    struct error err;
    int fd = interrupt_open(&err), number = 0;
    struct pollfd entry = {.fd = fd, .events = POLLIN};
    bool waits = fd >= 0;

    while (whoami->transfer && waits && number == 0) {
        waits = transport_wait(transport, &entry, 1, -1, &err) >= 0;
        number = interrupt_take(fd);
    }
    interrupt_close(fd);
    if (!whoami->transfer)
        return;
    transport_cancel(transport, whoami->transfer);
    if (number)
        error_set(&err, ERROR_CANCELLED, "stopped while waiting for STS");
    whoami->err = err;
    whoami->end = number ? (enum end)(END_SIGNAL + number) : END_FAILED;
}

static enum end ask(struct whoami *whoami)
{
    struct transport *transport = session_transport(&whoami->session, &whoami->err);
    struct client client;
    struct request request;

    if (!transport || !find_sts(whoami, &client) ||
        !client_prepare(&client, OPERATION_GET_CALLER_IDENTITY, NULL, 0, NULL, 0, &request, NULL,
                        &whoami->err))
        return fails(whoami, end_of_error(whoami->err.kind));
    whoami->end = END_FAILED;
    whoami->transfer = transport_start(transport, &request, answered, whoami, &whoami->err);
    if (whoami->transfer)
        wait_for_answer(whoami, transport);
    else
        whoami->end = end_of_error(whoami->err.kind);
    request_release(&request);
    return whoami->end;
}

static enum end find_out(struct whoami *whoami)
{
    if (!find_destination(whoami))
        return fails(whoami, end_of_error(whoami->err.kind));
    whoami->signed_in = session_sign_in(&whoami->session, &whoami->destination, &whoami->err);
    if (!whoami->signed_in)
        return fails(whoami, end_of_error(whoami->err.kind));
    return ask(whoami);
}

/* ---- Output ---- */

/* What there is to say, as text; "" where it is not known. */
struct facts {
    const char *provider, *profile, *region;
    char key[16], endpoint[300], proxy[256];
};

static void find_facts(struct whoami *whoami, struct facts *facts)
{
    const struct destination *destination = &whoami->destination;
    const struct endpoint *endpoint = &destination->client.endpoint;

    *facts = (struct facts){.provider = "", .region = destination->region};
    facts->profile = session_profile_name(&whoami->session, destination);
    if (whoami->signed_in) {
        facts->provider = destination->client.credentials->provider;
        credentials_mask(destination->client.credentials->access_key_id, facts->key);
    }
    if (!whoami->has_destination)
        return;
    snprintf(facts->endpoint, sizeof(facts->endpoint), "%s://%s", endpoint->scheme, endpoint->host);
    transport_proxy(endpoint->scheme, endpoint->host, facts->proxy, sizeof(facts->proxy));
}

static void print_as_json(const struct whoami *whoami, const struct facts *facts)
{
    struct buf line = BUF_INIT;

    compose_open(&line, NULL, '{');
    jsonl_text(&line, "provider", facts->provider);
    jsonl_text(&line, "keyId", facts->key);
    jsonl_text(&line, "profile", facts->profile);
    jsonl_text(&line, "region", facts->region);
    jsonl_text(&line, "endpoint", facts->endpoint);
    jsonl_text(&line, "proxy", facts->proxy);
    jsonl_text(&line, "accountId", whoami->identity.account);
    jsonl_text(&line, "arn", whoami->identity.arn);
    jsonl_text(&line, "identityType", whoami->identity.type);
    compose_close(&line, '}');
    print_json(&line);
    buf_release(&line);
}

static void print_fact(const char *name, const char *value, const char *otherwise)
{
    if (*value || otherwise)
        print_line("%-12s%s", name, *value ? value : otherwise);
}

static void print_as_text(const struct whoami *whoami, const struct facts *facts)
{
    const struct sign_in *search = session_search(&whoami->session, &whoami->destination);

    print_fact("provider", facts->provider, "none");
    print_fact("key", facts->key, NULL);
    print_fact("profile", facts->profile, NULL);
    print_fact("region", facts->region, "not set: a plan goes to that of its ACTIVE cluster");
    print_fact("endpoint", facts->endpoint, NULL);
    print_fact("proxy", facts->proxy, "none");
    print_fact("account", whoami->identity.account, NULL);
    print_fact("identity", whoami->identity.arn, NULL);
    print_fact("type", whoami->identity.type, NULL);
    for (size_t i = 0; whoami->signed_in && search && i < sign_in_passed(search); i++)
        print_fact(i == 0 ? "passed over" : "", sign_in_reason(search, i), NULL);
}

static enum end print(struct whoami *whoami)
{
    struct facts facts;

    find_facts(whoami, &facts);
    if (whoami->session.options->json)
        print_as_json(whoami, &facts);
    else
        print_as_text(whoami, &facts);
    if (whoami->end != END_DONE)
        complain("%s", whoami->err.text);
    return whoami->end;
}

enum end command_whoami(const struct options *options)
{
    struct whoami whoami = {.end = END_FAILED};
    enum end end;

    if (!session_open(&whoami.session, host_system(), options, &whoami.err)) {
        end = end_with(&whoami.err);
    } else {
        find_out(&whoami);
        end = print(&whoami);
    }
    session_close(&whoami.session);
    review_free(whoami.review);
    plan_free(whoami.plan);
    return end;
}
