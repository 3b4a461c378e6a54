#include "cli/session_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/excerpt.h"

static void account_free(struct account *account)
{
    sign_in_free(account->search);
    profile_release(&account->profile);
    credentials_release(&account->credentials);
    free(account->name);
    free(account);
}

struct account *session_account(struct session *session, const char *name, struct error *err)
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
