#ifndef WIRE_SUBMISSION_BENCH_H
#define WIRE_SUBMISSION_BENCH_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/submission.h"
#include "base/buf.h"
#include "certificates.h"
#include "wire_server.h"

/*
 * A submission on a bench: a scripted server, a clock that moves only while
 * the submission pauses, and a journal in a folder of its own.
 */

#define HTTP(status, headers, body) "HTTP/1.1 " #status " X\r\n" headers "\r\n" body
#define LISTED(rows, total)                                                                                  \
    HTTP(200, "",                                                                                            \
         "{\"requestId\":\"L\",\"success\":true,\"code\":\"200\",\"data\":{\"list\":[" rows                  \
         "],\"pageNumber\":1,\"pageSize\":100,\"totalCount\":" #total "}}")
#define PLAN(id, name, instances) "{\"planId\":" #id ",\"planName\":\"" name "\",\"instances\":" instances "}"

/* As sent, in the other order and with what a service adds: an id for the external one, no password. */
#define SAME                                                                                                 \
    "[{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"instanceRole\":\"PASSIVE\",\"instanceId\":\"ext-7\","        \
    "\"endpointUrl\":\"198.51.100.7:8080\"},"                                                                \
    "{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceRole\":\"ACTIVE\",\"instanceId\":\"rmq-cn-1\","         \
    "\"regionId\":\"cn-hangzhou\",\"networkType\":\"TCP_VPC\"}]"
#define DIFFERENT                                                                                            \
    "[{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceId\":\"rmq-cn-9\"},"                                   \
    "{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"endpointUrl\":\"198.51.100.7:8080\"}]"
#define SENT_BODY                                                                                            \
    "{\"planName\":\"night\",\"planType\":\"ACTIVE_PASSIVE\",\"instances\":["                                \
    "{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceRole\":\"ACTIVE\",\"regionId\":\"cn-hangzhou\","        \
    "\"instanceId\":\"rmq-cn-1\"},"                                                                          \
    "{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"instanceRole\":\"PASSIVE\","                                  \
    "\"endpointUrl\":\"198.51.100.7:8080\",\"username\":\"u\",\"password\":\"hidden-word\"}]}"

#define SENT_INSTANCES                                                                                       \
    "[{\"instanceId\":\"rmq-cn-1\",\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceRole\":\"ACTIVE\","        \
    "\"regionId\":\"cn-hangzhou\"},"                                                                         \
    "{\"endpointUrl\":\"198.51.100.7:8080\",\"instanceType\":\"EXTERNAL_ROCKETMQ\","                         \
    "\"instanceRole\":\"PASSIVE\"}]"

#define NONE    LISTED("", 0)
#define FOUND   LISTED(PLAN(77, "night", SAME), 1)
#define CREATED HTTP(200, "", "{\"requestId\":\"C-1\",\"success\":true,\"code\":\"200\",\"data\":42}")

static const char *const sent_secrets[] = {"password", NULL};

static const struct submitted_plan sent_plan = {.name = "night",
                                                .instances = SENT_INSTANCES,
                                                .body = SENT_BODY,
                                                .body_length = sizeof(SENT_BODY) - 1,
                                                .secret_members = sent_secrets};

struct bench_host {
    struct host host;
    int64_t ticks;
    int64_t late;             /* seconds by which its clock is ahead of the start */
    unsigned int drawn;       /* times that chance was asked */
    unsigned int chance_ends; /* from this time on it fails; 0: never */
};

struct bench {
    struct bench_host host;
    struct credentials credentials;
    struct client client;
    struct wire_server *server;
    struct transport *transport;
    struct journal *journal;
    char folder[64];
    char journal_file[80];
    char pauses[128]; /* milliseconds, each behind a blank */
};

static inline int64_t bench_now(struct host *host)
{
    return 1700000000 + ((struct bench_host *)host)->late;
}

static inline int64_t bench_ticks(struct host *host)
{
    return ((struct bench_host *)host)->ticks;
}

static inline bool bench_random(struct host *host, void *memory, size_t length, struct error *err)
{
    struct bench_host *own = (struct bench_host *)host;

    own->drawn++;
    if (own->chance_ends != 0 && own->drawn >= own->chance_ends)
        return error_set(err, ERROR_INTERNAL, "there is no randomness to be had");
    memset(memory, (int)own->drawn, length);
    return true;
}

static inline const char *bench_env(struct host *host, const char *name)
{
    (void)host, (void)name;
    return NULL;
}

/* Ends the test program when it cannot. */
static inline void bench_start(struct bench *bench, const struct wire_step *script, size_t count,
                               const struct certificates *certificates)
{
    struct transport_options options = transport_defaults;
    struct wire_tls tls = {0};
    struct error err;

    *bench = (struct bench){
        .host = {.host = {bench_now, bench_ticks, bench_random, bench_env}, .ticks = 1000},
        .credentials = {.access_key_id = text_copy("key-id"), .access_key_secret = text_copy("key-secret")},
        .client = {.host = &bench->host.host, .credentials = &bench->credentials},
        .folder = "/tmp/drplan-bench-XXXXXX",
    };
    options.timeout_ms = 10000;
    if (certificates) {
        tls = (struct wire_tls){certificates->files[CERTIFICATE_GOOD], certificates->key_file, 0};
        options.ca_file = certificates->ca_file;
    }
    bench->server = wire_server_start(script, count, certificates ? &tls : NULL);
    snprintf(bench->client.endpoint.scheme, sizeof(bench->client.endpoint.scheme), "%s",
             certificates ? "https" : "http");
    snprintf(bench->client.endpoint.host, sizeof(bench->client.endpoint.host), "127.0.0.1:%d",
             wire_server_port(bench->server));
    if (!mkdtemp(bench->folder))
        abort();
    snprintf(bench->journal_file, sizeof(bench->journal_file), "%s/journal.jsonl", bench->folder);
    bench->transport = transport_new(&options, &err);
    bench->journal = journal_open(&bench->host.host, bench->journal_file, &err);
    if (!bench->transport || !bench->journal)
        abort();
}

static inline void bench_stop(struct bench *bench)
{
    transport_free(bench->transport);
    journal_close(bench->journal);
    wire_server_stop(bench->server);
    unlink(bench->journal_file);
    rmdir(bench->folder);
    credentials_release(&bench->credentials);
}

static inline struct submission *bench_submit(struct bench *bench, const struct submission_options *options)
{
    struct error err;
    struct submission *submission =
        submission_start(&bench->client, bench->transport, bench->journal, options, &sent_plan, &err);

    if (!submission)
        abort();
    return submission;
}

/* One turn of the caller's loop; where nothing but time can help, time passes. */
static inline void bench_turn(struct bench *bench, struct submission *submission)
{
    int timeout = submission_timeout(submission);
    struct error err;

    if (transport_running(bench->transport) > 0) {
        struct pollfd fd = {.fd = wire_server_event_fd(bench->server), .events = POLLIN};

        if (transport_wait(bench->transport, &fd, 1, 20000, &err) < 0)
            abort();
        wire_server_acknowledge(bench->server);
    } else {
        size_t length = strlen(bench->pauses);

        if (timeout < 0)
            abort();
        snprintf(bench->pauses + length, sizeof(bench->pauses) - length, " %d", timeout);
        submission_tick(submission); /* too early: nothing happens */
        bench->host.ticks += timeout;
    }
    submission_tick(submission);
}

static inline void bench_finish(struct bench *bench, struct submission *submission)
{
    for (int turns = 0; !submission_done(submission); turns++) {
        if (turns > 100000)
            abort();
        bench_turn(bench, submission);
    }
}

/* The journal as words: "intent created:42". */
static inline void bench_journal(const struct bench *bench, char *words, size_t size)
{
    char line[2048];
    struct error err;
    FILE *file;

    assert_true(!bench->journal || journal_flush(bench->journal, &err));
    file = fopen(bench->journal_file, "r");
    words[0] = '\0';
    while (file && fgets(line, sizeof(line), file)) {
        cJSON *tree = cJSON_Parse(line);
        const char *type = cJSON_GetStringValue(cJSON_GetObjectItem(tree, "type"));
        const char *outcome = cJSON_GetStringValue(cJSON_GetObjectItem(tree, "outcome"));
        const char *plan_id = cJSON_GetStringValue(cJSON_GetObjectItem(tree, "planId"));
        size_t length = strlen(words);

        snprintf(words + length, size - length, "%s%s%s%s", length > 0 ? " " : "",
                 outcome ? outcome : (type ? type : "broken"), plan_id ? ":" : "", plan_id ? plan_id : "");
        cJSON_Delete(tree);
    }
    if (file)
        fclose(file);
}

#endif
