#include "cli/render_shell.h"

#include <string.h>
#include <strings.h>

#include "cli/shell_text.h"
#include "model/schema.h"

#define QUOTED_MASK "\"" PAYLOAD_MASK "\""

/* ---- The lines of a body that hold a mask ---- */

struct line {
    const char *text;
    size_t length;
    struct place place;
    const char *mask; /* where the quoted mask stands; NULL: none */
    int number;       /* of the variable that stands for it, from 1 */
};

/* A value that is not secret may look like a mask. */
static bool may_be_masked(struct place place)
{
    return place_is_none(place) || schema[place.field].kind == KIND_SECRET;
}

/* The next line of a body. Starts with *line all zero; false behind the last. */
static bool next_line(const struct payload *payload, struct line *line, size_t *index)
{
    const char *from = line->text ? line->text + line->length : buf_text(&payload->text);
    const char *mask;

    if (line->text) {
        if (!*from)
            return false;
        from++;
    }
    line->number += line->mask ? 1 : 0;
    line->text = from;
    line->length = strcspn(from, "\n");
    line->place = *index < payload->line_count ? payload->lines[*index] : place_none();
    (*index)++;
    mask = memmem(from, line->length, QUOTED_MASK, strlen(QUOTED_MASK));
    line->mask = may_be_masked(line->place) ? mask : NULL;
    return true;
}

/* Whether a variable in the place of the mask can give the line that was signed: same text around it, and in
 * it no escapes but those that the command makes. */
static bool can_be_filled(const struct line *masked, const struct line *sent)
{
    size_t before = (size_t)(masked->mask - masked->text) + 1;
    size_t after = masked->length - before - strlen(PAYLOAD_MASK);
    const char *secret = sent->text + before;
    size_t length;

    if (sent->length < before + after || memcmp(sent->text, masked->text, before) != 0 ||
        memcmp(sent->text + sent->length - after, masked->text + masked->length - after, after) != 0)
        return false;
    length = sent->length - before - after;
    for (size_t i = 0; i < length; i++) {
        if (secret[i] != '\\')
            continue;
        if (i + 1 == length || !strchr("\"\\n", secret[i + 1]))
            return false;
        i++;
    }
    return true;
}

static bool check_fill(const struct shell_request *shell, struct error *err)
{
    struct line masked = {0}, sent = {0};
    size_t masked_index = 0, sent_index = 0;
    char path[128] = "a secret member";

    if (!shell->masked)
        return true;
    while (next_line(shell->masked, &masked, &masked_index)) {
        if (!next_line(shell->sent, &sent, &sent_index))
            break;
        if (!masked.mask || can_be_filled(&masked, &sent))
            continue;
        if (!place_is_none(masked.place))
            place_path(masked.place, path, sizeof(path));
        return error_set(
            err, ERROR_INPUT,
            "%s holds something that a variable of the shell cannot bring into the JSON as it was "
            "signed: give --show-secrets, or use --as aliyun",
            path);
    }
    return true;
}

/* ---- Pieces of commands ---- */

static void add_question(struct buf *out, const char *path, int number)
{
    buf_addf(
        out,
        "  if [ -z \"${DRPLAN_PASSWORD_%d-}\" ]; then\n"
        "    trap 'stty echo </dev/tty; exit 130' HUP INT TERM; stty -echo </dev/tty\n    printf '%%s: ' ",
        number);
    shell_quote_text(out, path);
    buf_addf(out,
             " >/dev/tty; IFS= read -r DRPLAN_PASSWORD_%d </dev/tty\n"
             "    stty echo </dev/tty; trap - HUP INT TERM; echo >/dev/tty\n  fi\n",
             number);
}

static bool add_reference(struct buf *out, const char *reference, int number)
{
    struct buf value = BUF_INIT;
    bool ok = shell_reference(&value, reference);

    if (ok)
        buf_addf(out, "  DRPLAN_PASSWORD_%d=%s\n", number, buf_text(&value));
    buf_release(&value);
    return ok;
}

/* Fills variables from the references of the draft, or asks on the terminal for what was typed. */
static void add_variables(struct buf *out, const struct shell_request *shell)
{
    struct line line = {0};
    size_t index = 0;
    bool any = false;

    while (shell->masked && next_line(shell->masked, &line, &index)) {
        const struct field_review *row = review_field(shell->review, line.place);
        int number = line.number + 1;
        char path[128] = "secret";

        if (!line.mask)
            continue;
        if (!any)
            buf_add_text(out, "  json() { printf '%s\\n' \"$1\" | LC_ALL=C sed -e 's/[\"\\\\]/\\\\&/g' "
                              "-e '$!s/$/\\\\n/' | tr -d '\\n'; }\n");
        any = true;
        if (!place_is_none(line.place))
            place_path(line.place, path, sizeof(path));
        if (row->form != ANSWER_REFERENCE || !add_reference(out, row->value, number))
            add_question(out, path, number);
        buf_addf(out, "  DRPLAN_PASSWORD_%d=$(json \"$DRPLAN_PASSWORD_%d\")\n", number, number);
    }
}

/* The body as one word, with variables where masks are. */
static void add_body(struct buf *out, const struct shell_request *shell)
{
    struct line line = {0};
    size_t index = 0;
    const char *from;

    if (!shell->masked) {
        shell_quote(out, buf_text(&shell->sent->text), shell->sent->text.length);
        return;
    }
    from = buf_text(&shell->masked->text);
    while (next_line(shell->masked, &line, &index)) {
        if (!line.mask)
            continue;
        shell_quote(out, from, (size_t)(line.mask + 1 - from));
        buf_addf(out, "\"$DRPLAN_PASSWORD_%d\"", line.number + 1);
        from = line.mask + strlen(QUOTED_MASK) - 1;
    }
    shell_quote(out, from, strlen(from));
}

static void add_option(struct buf *out, const char *name, const char *value)
{
    buf_addf(out, " \\\n    %s ", name);
    shell_quote_text(out, value);
}

static bool finish(const struct buf *out, struct error *err)
{
    return out->failed ? error_memory(err) : true;
}

/* ---- curl ---- */

static void add_header(struct buf *out, const struct shell_request *shell, const struct pair *header)
{
    struct buf text = BUF_INIT;

    if (strcasecmp(header->name, "host") == 0)
        return; /* curl takes it from the URL, and writes it the same way */
    if (shell->masked && strcasecmp(header->name, "x-acs-security-token") == 0) {
        buf_addf(out, " \\\n    --header \"%s: $DRPLAN_SECURITY_TOKEN\"", header->name);
        return;
    }
    buf_addf(&text, "%s: ", header->name);
    buf_add(&text, header->value, header->value_length);
    add_option(out, "--header", buf_text(&text));
    out->failed = out->failed || text.failed;
    buf_release(&text);
}

bool render_curl(const struct shell_request *shell, const struct request *request, struct buf *out,
                 struct error *err)
{
    struct buf url = BUF_INIT;

    if (!check_fill(shell, err))
        return false;
    if (!request_url(request, &url)) {
        buf_release(&url);
        return error_memory(err);
    }
    buf_add_text(out, "(\n");
    add_variables(out, shell);
    if (shell->masked && pairs_get(&request->headers, "x-acs-security-token"))
        buf_add_text(out, "  : \"${DRPLAN_SECURITY_TOKEN:=${ALIBABA_CLOUD_SECURITY_TOKEN-}}\"\n");
    buf_add_text(out, "  printf '%s' ");
    add_body(out, shell);
    buf_addf(out, " |\n  curl --silent --show-error --request %s", request->method);
    add_option(out, "--url", buf_text(&url));
    if (shell->options->ca_file)
        add_option(out, "--cacert", shell->options->ca_file);
    for (size_t i = 0; i < request->headers.count; i++)
        add_header(out, shell, &request->headers.items[i]);
    add_option(out, "--header", "Expect:");
    buf_add_text(out, " \\\n    --data-binary @-\n)\n");
    buf_release(&url);
    return finish(out, err);
}

/* ---- aliyun ---- */

bool render_aliyun(const struct shell_request *shell, struct buf *out, struct error *err)
{
    const struct endpoint *endpoint = &shell->destination->client.endpoint;

    if (!shell->destination->region[0])
        return error_set(err, ERROR_CREDENTIALS, "aliyun always wants a region: give --region");
    buf_add_text(out, "(\n");
    add_variables(out, shell);
    buf_add_text(out, "  aliyun rocketmq CreateDisasterRecoveryPlan");
    if (shell->destination->profile[0])
        add_option(out, "--profile", shell->destination->profile);
    add_option(out, "--region", shell->destination->region);
    add_option(out, "--endpoint", endpoint->host);
    if (strcmp(endpoint->scheme, "http") == 0)
        buf_add_text(out, " --insecure");
    buf_add_text(out, " \\\n    --body ");
    add_body(out, shell);
    buf_add_text(out, "\n)\n");
    return finish(out, err);
}
