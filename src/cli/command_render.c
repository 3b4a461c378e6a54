#include <string.h>
#include <strings.h>

#include "base/compose.h"
#include "cli/command.h"
#include "cli/draft_file.h"
#include "cli/output.h"
#include "cli/render_shell.h"
#include "cli/session.h"

struct rendering {
    const struct options *options;
    struct session session;
    struct draft_file draft;
    struct destination destination;
    struct payload masked;
    struct payload sent; /* only where it is needed: references are resolved for it */
    struct request request;
    struct signature signature;
    bool has_secrets; /* the bodies differ */
    struct buf out;
};

/* ---- What is needed for the formats ---- */

static bool write_sent(struct rendering *rendering, struct error *err)
{
    if (!payload_write(&rendering->sent, rendering->draft.plan, rendering->draft.review, PAYLOAD_SENT,
                       &rendering->session.secrets.source, err))
        return false;
    rendering->has_secrets = rendering->sent.text.length != rendering->masked.text.length ||
                             memcmp(buf_text(&rendering->sent.text), buf_text(&rendering->masked.text),
                                    rendering->sent.text.length) != 0;
    return true;
}

static bool find_destination(struct rendering *rendering, struct error *err)
{
    return session_find_destination(&rendering->session, rendering->draft.plan, rendering->draft.review,
                                    &rendering->destination, err);
}

static bool sign(struct rendering *rendering, struct error *err)
{
    return find_destination(rendering, err) &&
           session_sign_in(&rendering->session, &rendering->destination, err) && write_sent(rendering, err) &&
           client_prepare(&rendering->destination.client, OPERATION_CREATE_PLAN, NULL, 0,
                          buf_text(&rendering->sent.text), rendering->sent.text.length, &rendering->request,
                          &rendering->signature, err);
}

/* ---- Formats ---- */

static bool render_body(struct rendering *rendering, struct error *err)
{
    const struct buf *body = &rendering->masked.text;

    if (rendering->options->show_secrets) {
        if (!write_sent(rendering, err))
            return false;
        body = &rendering->sent.text;
    }
    buf_add(&rendering->out, buf_text(body), body->length);
    buf_add_char(&rendering->out, '\n');
    return true;
}

/* Puts the mask over every occurrence of a secret in what is printed. */
static void mask(struct buf *out, const char *secret)
{
    size_t length = secret ? strlen(secret) : 0;
    size_t at = 0;
    const char *found;

    while (length > 0 && (found = memmem(buf_text(out) + at, out->length - at, secret, length)) != NULL) {
        at = (size_t)(found - buf_text(out));
        buf_remove(out, at, length);
        buf_insert(out, at, PAYLOAD_MASK, strlen(PAYLOAD_MASK));
        at += strlen(PAYLOAD_MASK);
    }
}

static void add_request(struct rendering *rendering)
{
    const struct request *request = &rendering->request;
    const struct options *options = rendering->options;
    const struct buf *body = options->show_secrets ? &rendering->sent.text : &rendering->masked.text;
    bool hide_size = rendering->has_secrets && !options->show_secrets;
    const char *query = request->query_text ? request->query_text : "";

    buf_addf(&rendering->out, "%s %s%s%s HTTP/1.1\n", request->method, request->path, *query ? "?" : "",
             query);
    for (size_t i = 0; i < request->headers.count; i++) {
        const struct pair *header = &request->headers.items[i];

        buf_addf(&rendering->out, "%s: ", header->name);
        if (hide_size && !options->explain && strcasecmp(header->name, "x-acs-content-sha256") == 0)
            buf_add_text(&rendering->out, PAYLOAD_MASK);
        else
            buf_add(&rendering->out, header->value, header->value_length);
        buf_add_char(&rendering->out, '\n');
    }
    if (hide_size)
        buf_add_text(&rendering->out, "content-length: " PAYLOAD_MASK "\n\n");
    else
        buf_addf(&rendering->out, "content-length: %zu\n\n", rendering->sent.text.length);
    buf_add(&rendering->out, buf_text(body), body->length);
    buf_add_char(&rendering->out, '\n');
}

static void add_section(struct buf *out, const char *title, const struct buf *text)
{
    buf_addf(out, "# %s\n", title);
    buf_add(out, buf_text(text), text->length);
    buf_add_text(out, "\n\n");
}

static bool render_http(struct rendering *rendering, struct error *err)
{
    const struct options *options = rendering->options;

    if (!sign(rendering, err))
        return false;
    if (options->explain) {
        add_section(&rendering->out, "Canonical request", &rendering->signature.canonical_request);
        add_section(&rendering->out, "String to sign", &rendering->signature.string_to_sign);
        buf_add_text(&rendering->out, "# Request\n");
    }
    add_request(rendering);
    if (options->show_secrets)
        return true;
    mask(&rendering->out, rendering->signature.signature);
    mask(&rendering->out, rendering->destination.client.credentials->security_token);
    if (rendering->has_secrets && options->explain)
        remark("The body is shown with masks; it was signed with the true passwords. The hashes are over the "
               "true "
               "text: whoever has them can try out passwords.");
    else if (rendering->has_secrets)
        remark("The body is shown with masks; it was signed with the true passwords.");
    return true;
}

static bool render_command(struct rendering *rendering, struct error *err)
{
    const struct options *options = rendering->options;
    struct shell_request shell = {.options = options,
                                  .review = rendering->draft.review,
                                  .destination = &rendering->destination,
                                  .masked = options->show_secrets ? NULL : &rendering->masked,
                                  .sent = &rendering->sent};

    if (options->format == FORMAT_CURL) {
        if (!sign(rendering, err) || !render_curl(&shell, &rendering->request, &rendering->out, err))
            return false;
        remark("The command is signed for %s and works once, within 15 minutes.",
               rendering->destination.client.endpoint.host);
        if (rendering->has_secrets && !options->show_secrets)
            remark("It needs the passwords that the draft has now, and holds a hash of the body: whoever has "
                   "it can "
                   "try out passwords.");
        return true;
    }
    return find_destination(rendering, err) && (!options->show_secrets || write_sent(rendering, err)) &&
           render_aliyun(&shell, &rendering->out, err);
}

static bool render(struct rendering *rendering, struct error *err)
{
    if (!payload_write(&rendering->masked, rendering->draft.plan, rendering->draft.review, PAYLOAD_MASKED,
                       NULL, err))
        return false;
    switch (rendering->options->format) {
    case FORMAT_BODY:
        return render_body(rendering, err);
    case FORMAT_HTTP:
        return render_http(rendering, err);
    case FORMAT_CURL:
    case FORMAT_ALIYUN:
    case FORMAT_COUNT:
        break;
    }
    return render_command(rendering, err);
}

/* ---- Output ---- */

static void print_as_json(const struct rendering *rendering)
{
    static const char *const words[FORMAT_COUNT] = {"body", "http", "curl", "aliyun"};
    const char *name = rendering->draft.name;
    struct buf line = BUF_INIT;

    compose_open(&line, NULL, '{');
    jsonl_string(&line, "draft", name, strlen(name));
    jsonl_text(&line, "as", words[rendering->options->format]);
    jsonl_string(&line, "text", buf_text(&rendering->out), rendering->out.length);
    compose_close(&line, '}');
    print_json(&line);
    buf_release(&line);
}

static void print(const struct rendering *rendering)
{
    if (rendering->options->json)
        print_as_json(rendering);
    else if (!print_exact(buf_text(&rendering->out), rendering->out.length))
        remark("Characters that are not safe to show are written as <U+...> or ^X here; into a file or a "
               "pipe they go "
               "unchanged.");
}

static enum end run(struct rendering *rendering)
{
    const struct options *options = rendering->options;
    struct error err;
    enum end end = END_DONE;

    if (!draft_file_open(&rendering->draft, options->operands[0], options, &err)) {
        draft_file_name_error(&rendering->draft, &err);
        return end_with(&err);
    }
    remark_open_to_all(&rendering->draft);
    if (review_errors(rendering->draft.review) > 0) {
        remark_problems(&rendering->draft, false);
        end = END_INVALID;
    }
    /* What sends by itself is not made of a draft that must not be sent. */
    if (end == END_INVALID && options->format != FORMAT_BODY)
        return end;
    if (!session_open(&rendering->session, host_system(), options, &err) || !render(rendering, &err))
        return end_with(&err);
    if (rendering->out.failed) {
        error_memory(&err);
        return end_with(&err);
    }
    print(rendering);
    return end;
}

enum end command_render(const struct options *options)
{
    struct rendering rendering = {.options = options};
    enum end end;

    payload_init(&rendering.masked);
    payload_init(&rendering.sent);
    request_init(&rendering.request);
    signature_init(&rendering.signature);
    rendering.out = BUF_INIT;
    end = run(&rendering);
    buf_release(&rendering.out);
    signature_release(&rendering.signature);
    request_release(&rendering.request);
    payload_release(&rendering.sent);
    payload_release(&rendering.masked);
    draft_file_release(&rendering.draft);
    session_close(&rendering.session);
    return end;
}
