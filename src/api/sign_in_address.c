#include "api/sign_in_state.h"

#include <stdio.h>
#include <string.h>

#include "api/say.h"

/* An address that gives credentials as the metadata service does. */

bool sign_in_ask_uri(struct sign_in *sign_in, struct error *err)
{
    struct request *request = &sign_in->request;
    struct endpoint endpoint;
    struct buf part = BUF_INIT;
    const char *path;

    if (!source_uri_split(sign_in->source.uri, &endpoint, &path, err))
        return false;
    snprintf(request->method, sizeof(request->method), "GET");
    request->scheme = text_copy(endpoint.scheme);
    request->host = text_copy(endpoint.host);
    buf_add(&part, path, strcspn(path, "?"));
    request->path = buf_take(&part);
    buf_release(&part);
    if (strchr(path, '?'))
        request->query_text = text_copy(strchr(path, '?') + 1);
    request->connect_timeout_ms = STS_CONNECT_LIMIT_MS;
    request->timeout_ms = STS_LIMIT_MS;
    if (!request->scheme || !request->host || !request->path || (strchr(path, '?') && !request->query_text))
        return error_memory(err);
    say(sign_in->doing, sizeof(sign_in->doing), "Asking %s for credentials", endpoint.host);
    return pairs_add(&request->headers, "Host", request->host, err) &&
           pairs_add(&request->headers, "Accept", "application/json", err);
}

void sign_in_take_uri(struct sign_in *sign_in, const struct transfer_result *result)
{
    if (sign_in_is_answered(sign_in, result))
        sign_in_take_service_keys(sign_in, &result->response.body);
}
