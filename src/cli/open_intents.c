#include "cli/open_intents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/endpoint.h"
#include "api/proxy.h"

bool open_intents_read(struct open_intents *intents, struct session *session, struct error *err)
{
    *intents = (struct open_intents){0};
    if (!session_journal(session, err))
        return false;
    return !session->journal ||
           journal_open_intents(session->journal, &intents->items, &intents->count, &intents->broken, err);
}

void open_intents_release(struct open_intents *intents)
{
    for (size_t i = 0; i < intents->count; i++)
        journal_intent_release(&intents->items[i]);
    free(intents->items);
    *intents = (struct open_intents){0};
}

static bool find_where(const struct session *session, const struct journal_intent *intent,
                       struct destination *out, struct error *err)
{
    const char *scheme = intent->scheme                       ? intent->scheme
                         : host_is_loopback(intent->endpoint) ? "http"
                                                              : "https";
    const char *profile = session->options->profile ? session->options->profile : "";
    char url[sizeof(out->client.endpoint.host) + 16];
    int length = snprintf(url, sizeof(url), "%s://%s", scheme, intent->endpoint);

    *out = (struct destination){.client = {.host = session->host}};
    if (length < 0 || (size_t)length >= sizeof(url))
        return error_set(err, ERROR_INPUT, "the host in the journal is too long");
    if (strlen(profile) >= sizeof(out->profile))
        return error_set(err, ERROR_CREDENTIALS, "the name of the profile is too long");
    memcpy(out->profile, profile, strlen(profile) + 1);
    return endpoint_parse(url, &out->client.endpoint, err);
}

struct submission *open_intent_look(struct session *session, const struct journal_intent *intent,
                                    const struct submission_options *options, struct destination *destination,
                                    struct error *err)
{
    struct transport *transport;

    if (!find_where(session, intent, destination, err) || !session_sign_in(session, destination, err))
        return NULL;
    transport = session_transport(session, err);
    if (!transport)
        return NULL;
    return submission_resume(&destination->client, transport, session->journal, options, intent, err);
}
