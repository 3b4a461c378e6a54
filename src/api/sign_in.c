#include "api/sign_in.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/say.h"
#include "api/sign_in_state.h"
#include "base/child.h"
#include "base/excerpt.h"

/* ---- Ends ---- */

static void forget_place(struct sign_in *sign_in)
{
    source_release(&sign_in->source);
    credentials_release(&sign_in->keys);
    wipe_free(sign_in->token);
    free(sign_in->role_name);
    sign_in->token = NULL;
    sign_in->role_name = NULL;
    sign_in->role = 0;
}

static void fail(struct sign_in *sign_in, const struct error *err)
{
    sign_in->err = *err;
    sign_in->step = STEP_FAILED;
    forget_place(sign_in);
}

static void fail_for_memory(struct sign_in *sign_in)
{
    struct error err;

    error_memory(&err);
    fail(sign_in, &err);
}

/* The place at hand had nothing: the reason is kept, and the next one is looked into. */
static void pass_over(struct sign_in *sign_in, bool matters, const char *text)
{
    struct reason *reason = &sign_in->reasons[sign_in->reason_count++];

    reason->matters = matters;
    say(reason->text, sizeof(reason->text), "%s", text);
    say_unstop(reason->text);
    forget_place(sign_in);
    sign_in->step = STEP_LOOK;
}

void sign_in_place_failed(struct sign_in *sign_in, const char *format, ...)
{
    char text[REASON_MAX], whole[REASON_MAX];
    va_list arguments;

    va_start(arguments, format);
    say_list(text, sizeof(text), format, arguments);
    va_end(arguments);
    say(whole, sizeof(whole), "%s: %s", sign_in->source.name, text);
    pass_over(sign_in, true, whole);
}

void sign_in_place_failed_by(struct sign_in *sign_in, const struct error *err)
{
    if (err->kind == ERROR_MEMORY)
        fail_for_memory(sign_in);
    else
        sign_in_place_failed(sign_in, "%s", err->text);
}

void sign_in_go_on_with_keys(struct sign_in *sign_in)
{
    if (sign_in->role < sign_in->source.role_count) {
        sign_in->step = STEP_ROLE;
        return;
    }
    snprintf(sign_in->keys.provider, sizeof(sign_in->keys.provider), "%s", sign_in->source.name);
    sign_in->step = STEP_DONE;
}

/* ---- Exchanges ---- */

/* How each step asks over the network, and what it makes of the answer. */
static const struct exchange {
    bool (*ask)(struct sign_in *sign_in, struct error *err);
    void (*take)(struct sign_in *sign_in, const struct transfer_result *result);
} exchanges[STEP_COUNT] = {
    [STEP_TOKEN] = {sign_in_ask_token, sign_in_take_token},
    [STEP_ROLE_NAME] = {sign_in_ask_role_name, sign_in_take_role_name},
    [STEP_METADATA_KEYS] = {sign_in_ask_metadata_keys, sign_in_take_metadata_keys},
    [STEP_URI] = {sign_in_ask_uri, sign_in_take_uri},
    [STEP_OIDC] = {sign_in_ask_oidc, sign_in_take_session},
    [STEP_ROLE] = {sign_in_ask_role, sign_in_take_session},
};

static void answered(void *context, const struct transfer_result *result)
{
    struct sign_in *sign_in = context;

    sign_in->transfer = NULL;
    request_release(&sign_in->request);
    if (!sign_in->stopped)
        exchanges[sign_in->step].take(sign_in, result);
}

static void exchange_begin(struct sign_in *sign_in, struct transport *transport)
{
    struct error err;

    request_release(&sign_in->request);
    if (exchanges[sign_in->step].ask(sign_in, &err)) {
        sign_in->transport = transport;
        sign_in->transfer = transport_start(transport, &sign_in->request, answered, sign_in, &err);
    }
    if (!sign_in->transfer) {
        request_release(&sign_in->request);
        sign_in_place_failed_by(sign_in, &err);
    }
}

/* ---- The chain ---- */

/* Whether a place counts: a profile asked for by name is in one of the two files. */
static bool counts(const struct sign_in *sign_in, int provider)
{
    if (!sign_in->profile)
        return true;
    return provider == PROVIDER_CONFIG || (provider == PROVIDER_INI && !sign_in->has_profile);
}

/* Adds every reason, each cut to `most` bytes. */
static void add_reasons(const struct sign_in *sign_in, size_t most, struct buf *out)
{
    for (size_t i = 0; i < sign_in->reason_count; i++)
        buf_add_texts(out, i > 0 ? "; " : "", excerpt(sign_in->reasons[i].text, most).text, NULL);
}

/* Long reasons are shortened, so that none is missing. */
static void give_up(struct sign_in *sign_in)
{
    static const char start[] = "no usable credentials: ";
    struct error err;

    for (size_t most = REASON_MAX; most >= 10; most -= 10) {
        struct buf text = BUF_INIT;
        bool fits;

        add_reasons(sign_in, most, &text);
        fits = !text.failed && text.length + sizeof(start) <= sizeof(err.text);
        if (text.failed)
            error_memory(&err);
        else
            error_set(&err, ERROR_CREDENTIALS, "%s%s", start, buf_text(&text));
        buf_release(&text);
        if (fits || err.kind == ERROR_MEMORY)
            break;
    }
    fail(sign_in, &err);
}

static void use_source(struct sign_in *sign_in)
{
    struct source *source = &sign_in->source;

    switch (source->kind) {
    case SOURCE_KEYS:
        sign_in->keys = source->keys;
        source->keys = (struct credentials){0};
        sign_in_go_on_with_keys(sign_in);
        break;
    case SOURCE_METADATA:
        sign_in->role_name = source->role_name;
        source->role_name = NULL;
        sign_in->step = STEP_TOKEN;
        break;
    case SOURCE_OIDC:
        sign_in->step = STEP_OIDC;
        break;
    case SOURCE_URI:
        sign_in->step = STEP_URI;
        break;
    case SOURCE_COMMAND:
        sign_in->step = STEP_COMMAND;
        break;
    }
}

static void look(struct sign_in *sign_in)
{
    struct error err = {0};
    struct search search = {.host = sign_in->host,
                            .asked = sign_in->profile,
                            .sts = sign_in->options.sts ? &sign_in->sts : NULL,
                            .err = &err};
    enum find found;

    do
        sign_in->provider++;
    while (sign_in->provider < PROVIDER_COUNT && !counts(sign_in, sign_in->provider));
    if (sign_in->provider == PROVIDER_COUNT) {
        give_up(sign_in);
        return;
    }
    found = source_find(&search, (enum provider)sign_in->provider, &sign_in->source);
    sign_in->has_profile |= search.has_profile;
    if (search.warning[0])
        memcpy(sign_in->warning, search.warning, sizeof(sign_in->warning));
    if (found == FIND_DONE)
        use_source(sign_in);
    else if (found == FIND_NOTHING)
        pass_over(sign_in, false, search.why);
    else
        fail(sign_in, &err);
}

/* True when another step may be taken at once. */
static bool is_moving(const struct sign_in *sign_in)
{
    return sign_in->step < STEP_DONE && !sign_in->transfer && sign_in->child.pid < 0;
}

enum sign_in_state sign_in_tick(struct sign_in *sign_in, struct transport *transport)
{
    if (sign_in->child.pid > 0)
        sign_in_advance_command(sign_in);
    while (is_moving(sign_in)) {
        if (sign_in->step == STEP_LOOK) {
            look(sign_in);
        } else if (!transport) {
            return SIGN_IN_WAITS;
        } else if (sign_in->step == STEP_COMMAND) {
            sign_in_begin_command(sign_in);
        } else {
            exchange_begin(sign_in, transport);
        }
    }
    if (sign_in->step == STEP_DONE)
        return SIGN_IN_DONE;
    return sign_in->step == STEP_FAILED ? SIGN_IN_FAILED : SIGN_IN_RUNS;
}

/* ---- Life ---- */

struct sign_in *sign_in_start(struct host *host, const struct sign_in_options *options, struct error *err)
{
    struct sign_in *sign_in = calloc(1, sizeof(*sign_in));

    if (!sign_in) {
        error_memory(err);
        return NULL;
    }
    sign_in->host = host;
    sign_in->options = *options;
    sign_in->child = CHILD_NONE;
    sign_in->provider = -1;
    request_init(&sign_in->request);
    sign_in->output = BUF_INIT;
    if (options->sts)
        sign_in->sts = *options->sts;
    sign_in->profile = text_copy(options->profile);
    sign_in->metadata_host = text_copy(options->metadata_host);
    if ((options->profile && !sign_in->profile) || (options->metadata_host && !sign_in->metadata_host)) {
        sign_in_free(sign_in);
        error_memory(err);
        return NULL;
    }
    return sign_in;
}

void sign_in_free(struct sign_in *sign_in)
{
    if (!sign_in)
        return;
    sign_in->stopped = true;
    if (sign_in->transfer)
        transport_cancel(sign_in->transport, sign_in->transfer);
    child_end(&sign_in->child);
    forget_place(sign_in);
    request_release(&sign_in->request);
    buf_release(&sign_in->output);
    free(sign_in->profile);
    free(sign_in->metadata_host);
    free(sign_in);
}

const char *sign_in_doing(const struct sign_in *sign_in)
{
    return sign_in->doing;
}

size_t sign_in_passed(const struct sign_in *sign_in)
{
    return sign_in->reason_count;
}

const char *sign_in_reason(const struct sign_in *sign_in, size_t index)
{
    return sign_in->reasons[index].text;
}

bool sign_in_reason_matters(const struct sign_in *sign_in, size_t index)
{
    return sign_in->reasons[index].matters;
}

const char *sign_in_warning(const struct sign_in *sign_in)
{
    return sign_in->warning;
}

bool sign_in_take(struct sign_in *sign_in, struct credentials *out, struct error *err)
{
    *out = (struct credentials){0};
    if (sign_in->step == STEP_FAILED) {
        *err = sign_in->err;
        return false;
    }
    if (sign_in->step != STEP_DONE)
        return error_set(err, ERROR_INTERNAL, "signing in has not ended");
    *out = sign_in->keys;
    sign_in->keys = (struct credentials){0};
    return true;
}
