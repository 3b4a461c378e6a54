#ifndef TESTS_SANDBOX_SUPPORT_H
#define TESTS_SANDBOX_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "api/request.h"
#include "api/sign.h"
#include "base/host.h"
#include "base/time_text.h"
#include "sandbox/exchange.h"
#include "sandbox/gateway.h"
#include "sandbox/sandbox.h"

/* Requests as drplan's own client signs them, in the form in which the sandbox gets them. */

#define NOW INT64_C(1795595400) /* 2026-11-25T08:30:00Z */

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct call {
    const char *method;
    const char *path;
    const char *action;
    const char *version;     /* NULL: RocketMQ's */
    const char *query[4][2]; /* names and values, not encoded */
    const char *body;
    const char *nonce;
    int64_t date;
    const char *extra_header[2]; /* signed */
};

static const struct call create_call = {
    .method = "POST",
    .path = "/disaster_recovery",
    .action = "CreateDisasterRecoveryPlan",
    .body = "{\"planName\":\"orders\",\"planType\":\"ACTIVE_PASSIVE\",\"instances\":["
            "{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceRole\":\"ACTIVE\",\"regionId\":\"cn-hangzhou\","
            "\"instanceId\":\"rmq-cn-source\",\"authType\":\"NO_AUTH\"},"
            "{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"instanceRole\":\"PASSIVE\",\"authType\":\"ACL_AUTH\","
            "\"username\":\"admin\",\"password\":\"hunter-two\",\"endpointUrl\":\"203.0.113.7:9876\","
            "\"networkType\":\"TCP_INTERNET\"}]}",
    .nonce = "nonce-of-a-test",
    .date = NOW,
};

static const struct call list_call = {
    .method = "GET",
    .path = "/disaster_recovery",
    .action = "ListDisasterRecoveryPlans",
    .nonce = "nonce-of-a-test",
    .date = NOW,
};

static inline void add_request_headers(struct request *request, const struct call *call)
{
    struct error err;
    char date[21];
    char hash[65];

    time_text_write(call->date, date);
    sha256_hex(buf_text(&request->body), request->body.length, hash);
    assert_true(pairs_add(&request->headers, "host", request->host, &err));
    assert_true(pairs_add(&request->headers, "x-acs-action", call->action, &err));
    assert_true(
        pairs_add(&request->headers, "x-acs-version", call->version ? call->version : "2022-08-01", &err));
    assert_true(pairs_add(&request->headers, "x-acs-date", date, &err));
    assert_true(pairs_add(&request->headers, "x-acs-signature-nonce", call->nonce, &err));
    assert_true(pairs_add(&request->headers, "x-acs-content-sha256", hash, &err));
    if (call->body)
        assert_true(pairs_add(&request->headers, "content-type", "application/json; charset=utf-8", &err));
    if (call->extra_header[0])
        assert_true(pairs_add(&request->headers, call->extra_header[0], call->extra_header[1], &err));
}

/* Signs a call with a key pair and turns it into what arrives. Release it. */
static inline void signed_with(struct arrival *arrival, const struct call *call, const char *id,
                               const char *secret)
{
    struct request request;
    struct signature signature;
    struct buf target = BUF_INIT;
    struct error err;

    request_init(&request);
    signature_init(&signature);
    snprintf(request.method, sizeof(request.method), "%s", call->method);
    request.scheme = text_copy("http");
    request.host = text_copy("127.0.0.1:8080");
    request.path = text_copy(call->path);
    for (size_t i = 0; i < COUNT_OF(call->query) && call->query[i][0]; i++)
        assert_true(pairs_add(&request.query, call->query[i][0], call->query[i][1], &err));
    if (call->body)
        buf_add_text(&request.body, call->body);
    add_request_headers(&request, call);
    assert_true(sign_request(&request, id, secret, &signature, &err));

    arrival_init(arrival);
    buf_addf(&target, "%s%s%s", request.path, request.query_text[0] ? "?" : "", request.query_text);
    assert_true(arrival_set_method(arrival, request.method, &err));
    assert_true(arrival_set_target(arrival, buf_text(&target), &err));
    for (size_t i = 0; i < request.headers.count; i++)
        assert_true(
            arrival_add_header(arrival, request.headers.items[i].name, request.headers.items[i].value, &err));
    assert_true(arrival_add_header(arrival, "Authorization", buf_text(&signature.authorization), &err));
    assert_true(arrival_add_body(arrival, buf_text(&request.body), request.body.length, &err));
    buf_release(&target);
    signature_release(&signature);
    request_release(&request);
}

static inline void signed_call(struct arrival *arrival, const struct call *call)
{
    signed_with(arrival, call, SANDBOX_ACCESS_KEY_ID, SANDBOX_ACCESS_KEY_SECRET);
}

#endif
