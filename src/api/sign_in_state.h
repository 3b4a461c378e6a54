#ifndef API_SIGN_IN_STATE_H
#define API_SIGN_IN_STATE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/request.h"
#include "api/sign_in.h"
#include "base/buf.h"

/* The state of a search for credentials, and what its files offer each other. */

enum {
    REASON_MAX = 320,
    /* Of STS, and of addresses. */
    STS_CONNECT_LIMIT_MS = 5000,
    STS_LIMIT_MS = 15000,
};

/* What is waited for, or done next. */
enum step {
    STEP_LOOK,          /* into the next place */
    STEP_TOKEN,         /* of the metadata service */
    STEP_ROLE_NAME,     /* of the ECS instance */
    STEP_METADATA_KEYS, /* of that role */
    STEP_URI,
    STEP_COMMAND,
    STEP_OIDC,
    STEP_ROLE, /* the next one of the source */
    STEP_DONE,
    STEP_FAILED,
    STEP_COUNT
};

struct reason {
    bool matters;
    char text[REASON_MAX];
};

struct sign_in {
    struct host *host;
    struct sign_in_options options;
    char *profile, *metadata_host;
    struct endpoint sts;

    enum step step;
    int provider; /* the place at hand; -1: before the first */
    bool has_profile;
    struct source source;
    size_t role; /* of the source: the next one to take on */
    struct credentials keys;
    char *token; /* of the metadata service; NULL: version 1 */
    char *role_name;

    struct transport *transport;
    struct transfer *transfer;
    struct request request;
    bool stopped;
    struct child child;
    struct buf output;
    int64_t deadline;

    struct reason reasons[PROVIDER_COUNT];
    size_t reason_count;
    char doing[192];
    char warning[256];
    struct error err;
};

/* ---- How a place ends (sign_in.c) ---- */

/* The place at hand was set up, but asking it failed: the reason is kept, and the next one is looked into. */
void sign_in_place_failed(struct sign_in *sign_in, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void sign_in_place_failed_by(struct sign_in *sign_in, const struct error *err);

/* The keys of the place are there: a role is taken on with them, or they are what was wanted. */
void sign_in_go_on_with_keys(struct sign_in *sign_in);

/* ---- Keys as text (sign_in_keys.c) ---- */

/* The members of an object that holds keys. */
struct key_members {
    const char *id, *secret, *token, *expiration;
};

/* Of STS, the metadata service and addresses. */
extern const struct key_members service_members;

/* NULL, and ERROR_CREDENTIALS, for what is no JSON. */
cJSON *sign_in_read_json(const struct buf *text, struct error *err);

/* Replaces the keys at hand by those in object. Nothing of the answer is quoted. */
bool sign_in_take_keys(struct sign_in *sign_in, const cJSON *object, const struct key_members *members,
                       struct error *err);

/* Keys of the metadata service or of an address: an object, whose Code may say that it failed. */
void sign_in_take_service_keys(struct sign_in *sign_in, const struct buf *body);

/* True for an answer of 200; else the place is passed over. */
bool sign_in_is_answered(struct sign_in *sign_in, const struct transfer_result *result);

/* ---- Who is asked: a request for sign_in->request, and what its answer comes to ---- */

/* sign_in_metadata.c */
bool sign_in_ask_token(struct sign_in *sign_in, struct error *err);
void sign_in_take_token(struct sign_in *sign_in, const struct transfer_result *result);
bool sign_in_ask_role_name(struct sign_in *sign_in, struct error *err);
void sign_in_take_role_name(struct sign_in *sign_in, const struct transfer_result *result);
bool sign_in_ask_metadata_keys(struct sign_in *sign_in, struct error *err);
void sign_in_take_metadata_keys(struct sign_in *sign_in, const struct transfer_result *result);

/* sign_in_address.c */
bool sign_in_ask_uri(struct sign_in *sign_in, struct error *err);
void sign_in_take_uri(struct sign_in *sign_in, const struct transfer_result *result);

/* sign_in_sts.c */
bool sign_in_ask_oidc(struct sign_in *sign_in, struct error *err);
bool sign_in_ask_role(struct sign_in *sign_in, struct error *err);
void sign_in_take_session(struct sign_in *sign_in, const struct transfer_result *result);

/* ---- A command that prints keys (sign_in_command.c) ---- */

void sign_in_begin_command(struct sign_in *sign_in);

/* Goes on as far as it can without waiting. */
void sign_in_advance_command(struct sign_in *sign_in);

#endif
