#ifndef CLI_SESSION_STATE_H
#define CLI_SESSION_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "api/credentials.h"
#include "api/profile.h"
#include "api/sign_in.h"
#include "base/error.h"
#include "cli/session.h"

/* What the files of a session share: its accounts. */

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

/* The account of a profile, NULL being the usual one; it stays as long as the session. NULL when memory is
 * short. */
struct account *session_account(struct session *session, const char *name, struct error *err);

#endif
