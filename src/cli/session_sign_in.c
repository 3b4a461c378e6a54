#include "cli/session_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/proxy.h"
#include "base/excerpt.h"
#include "cli/interrupt.h"
#include "cli/output.h"

enum { RENEW_AGAIN_MS = 30000 };

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

    return session->has_sandbox ? sandbox_account(session, err) : session_account(session, name, err);
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
