#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/clean.h"
#include "base/file.h"
#include "base/json.h"
#include "certificates.h"
#include "command.h"
#include "folder.h"
#include "screen.h"
#include "wire_server.h"

/*
 * The whole program against a service that answers in every way that is known
 * to go wrong: what it says became of the plan, how it ends, how often it sent,
 * how long it took, and what of the answer reaches the terminal.
 */

#define HTTP(status, headers, body) "HTTP/1.1 " #status " X\r\n" headers "\r\n" body
#define OK(body)                    HTTP(200, "Content-Type: application/json\r\n", body)
#define DATA(data)                  OK("{\"requestId\":\"C-1\",\"success\":true,\"code\":\"200\",\"data\":" data "}")
#define NO(status, code, message)                                                                            \
    HTTP(status, "Content-Type: application/json\r\n",                                                       \
         "{\"requestId\":\"R-1\",\"success\":false,\"code\":\"" code "\",\"message\":\"" message "\"}")
#define GATEWAY(status, headers, code, message)                                                              \
    HTTP(status, headers,                                                                                    \
         "{\"RequestId\":\"G-1\",\"HostId\":\"h\",\"Code\":\"" code "\",\"Message\":\"" message "\"}")
#define LISTED(rows, total)                                                                                  \
    OK("{\"requestId\":\"L\",\"success\":true,\"code\":\"200\",\"data\":{\"list\":[" rows                    \
       "],\"pageNumber\":1,\"pageSize\":100,\"totalCount\":" #total "}}")
#define INSTANCES "[{\"instanceId\":\"rmq-cn-example0002\"},{\"instanceId\":\"rmq-cn-example0001\"}]"

static const char none[] = LISTED("", 0);
static const char found[] =
    LISTED("{\"planId\":77,\"planName\":\"orders-hz-to-sh\",\"instances\":" INSTANCES "}", 1);
static const char created[] = DATA("42");

enum { LIMIT_MS = 30000, LOOKS = 5, STEPS_MAX = 12 };

/* ---- Texts too long to be written down ---- */

static char *many(const char *head, const char *part, size_t count, const char *tail)
{
    size_t length = strlen(head) + strlen(part) * count + strlen(tail);
    char *text = malloc(length + 1), *at = text;

    assert_non_null(text);
    at = stpcpy(at, head);
    for (size_t i = 0; i < count; i++)
        at = stpcpy(at, part);
    stpcpy(at, tail);
    return text;
}

static char *thousand_interim_answers(void)
{
    return many("", "HTTP/1.1 100 Continue\r\n\r\n", 1000, created);
}

static char *deep(void)
{
    return many(OK("{\"success\":true,\"data\":"), "[", 100000, "");
}

static char *long_message(void)
{
    return many(HTTP(400, "", "{\"code\":\"Long\",\"message\":\""), "long ", 100000, "\"}");
}

static char *many_headers(void)
{
    return many("HTTP/1.1 200 OK\r\n", "X-Header: v\r\n", 100000, "\r\n{}");
}

static char *long_header(void)
{
    return many("HTTP/1.1 200 OK\r\nX-Long: ", "AAAAAAAAAA", 1000000, "\r\n\r\n{}");
}

/* ---- The ways ---- */

enum then { THEN_NOTHING, THEN_NONE, THEN_FOUND, THEN_FOUND_LATE };

/* One answer to the POST, and what must come of it. NULL and 0 are the defaults. */
static const struct way {
    const char *name;
    const char *list;          /* the answer to the look before; NULL: no plan of this name */
    struct wire_step list_act; /* the same as a step, where an answer is not enough */
    struct wire_step post;
    char *(*make)(void); /* makes post.bytes */
    int times;           /* the POST is answered so; 0: once */
    enum then then;      /* what the looks after it see */
    const char *outcome;
    size_t posts; /* whole requests; the default is one, and none where nothing is sent */
    bool no_posts;
    const char *says;    /* part of "message" */
    const char *remarks; /* part of standard error */
    const char *code, *field;
    const char *timeout; /* in seconds; the default is one */
} ways[] = {
/* clang-format off */
#define SAY(text)  .post = {WIRE_ANSWER, text, 0, NULL}
#define ACT(act)   .post = {act, NULL, 0, NULL}
#define CREATED    .outcome = "created"
#define REFUSED    .outcome = "refused"
#define UNKNOWN    .then = THEN_NONE, .outcome = "unknown"

    /* One clear answer. */
    {"created", SAY(created), CREATED},
    {"created, with the largest id", SAY(DATA("9223372036854775807")), CREATED},
    {"created, with an id beyond a double", SAY(DATA("9007199254740993")), CREATED},
    {"created, after an interim answer", SAY("HTTP/1.1 100 Continue\r\n\r\n" DATA("42")), CREATED},
    {"created, after a thousand interim answers", .make = thousand_interim_answers, CREATED},
    {"created, behind a byte order mark", SAY(OK("\xEF\xBB\xBF{\"success\":true,\"data\":42}")), CREATED},
    {"created, over many lines", SAY(OK("{\r\n \"success\": true,\r\n \"data\": 42\r\n}\r\n")), CREATED},
    {"created, in chunks", SAY(HTTP(200, "Transfer-Encoding: chunked\r\n",
                                    "1f\r\n{\"success\":true, \"data\": 42   }\r\n0\r\n\r\n")), CREATED},
    {"created, slowly", .post = {WIRE_DRIP, HTTP(200, "", "{\"success\":true,\"data\":42}"), 0, NULL}, CREATED,
     .timeout = "10"},
    {"created, with the code of an error, as in the reference",
     SAY(OK("{\"success\":true,\"data\":42,\"code\":\"Topic.NotFound\",\"httpStatusCode\":400}")), CREATED},

    /* Refusals. */
    {"refused, small letters", SAY(NO(400, "MissingInstanceId", "Parameter instanceId is mandatory.")), REFUSED,
     .code = "MissingInstanceId", .field = "instances[0].instanceId", .says = "mandatory"},
    {"refused, capital letters", SAY(GATEWAY(400, "", "InvalidConsumerGroupId", "Parameter is invalid.")), REFUSED,
     .code = "InvalidConsumerGroupId", .field = "instances[0].consumerGroupId"},
    {"refused, for a field that the message names",
     SAY(OK("{\"success\":false,\"code\":\"InvalidParameter.Format\",\"message\":\"m\","
            "\"dynamicMessage\":\"planName\"}")), REFUSED, .field = "planName"},
    {"refused in XML", SAY(HTTP(400, "Content-Type: text/xml\r\n",
                                "<?xml version='1.0'?><Error><RequestId>X-1</RequestId><Code>InvalidVersion</Code>"
                                "<Message>no</Message></Error>")), REFUSED,
     .code = "InvalidVersion", .remarks = "Check endpoint and region"},
    {"refused with status 200", SAY(NO(200, "DisasterRecoveryPlanStatus.Error", "no")), REFUSED,
     .code = "DisasterRecoveryPlanStatus.Error"},
    {"refused with an unknown code", SAY(NO(409, "Something.Never.Seen", "verbatim")), REFUSED,
     .code = "Something.Never.Seen", .says = "verbatim"},
    {"refused without a message", SAY(HTTP(403, "", "{\"Code\":\"Forbidden.UserVerification\"}")), REFUSED,
     .remarks = "real-name"},
    {"not found", SAY(NO(404, "Instance.NotFound", "The instance cannot be found.")), REFUSED, .remarks = "region"},
    {"session expired", SAY(GATEWAY(401, "", "InvalidSecurityToken.Expired", "expired")), REFUSED,
     .remarks = "Get a new session from STS"},
    {"denied, with an object",
     SAY(HTTP(403, "", "{\"Code\":\"Forbidden.RAM\",\"Message\":\"no\",\"AccessDeniedDetail\":{\"AuthAction\":"
                       "\"rocketmq:CreateDisasterRecoveryPlan\",\"AuthPrincipalDisplayName\":\"ops\","
                       "\"AuthPrincipalType\":\"SubUser\"}}")), REFUSED,
     .remarks = "\nTo: ops (SubUser)\n"},
    {"denied, with a text",
     SAY(NO(403, "NoPermission", "Permission denied.\",\"accessDeniedDetail\":\"{\\\"NoPermissionType\\\":"
                                 "\\\"ExplicitDeny\\\"}")), REFUSED,
     .remarks = "Because: a policy denies it"},
    {"denied, without a detail", SAY(NO(403, "NoPermission", "Permission denied.")), REFUSED,
     .remarks = "\"acs:rocketmq:cn-hangzhou:*:instance/rmq-cn-example0001\""},
    {"clocks apart", SAY(GATEWAY(400, "Date: Fri, 01 Jan 2060 00:00:00 GMT\r\n", "InvalidTimeStamp.Expired", "old")),
     REFUSED, .remarks = "behind the clock of the service"},
    {"the secret is wrong, as far as can be seen", SAY(GATEWAY(400, "", "SignatureDoesNotMatch",
        "server string to sign is:ACS3-HMAC-SHA256\\n"
        "0000000000000000000000000000000000000000000000000000000000000000")), REFUSED,
     .remarks = "the secret may be right"},
    {"a used nonce", SAY(GATEWAY(400, "", "SignatureNonceUsed", "used")), REFUSED,
     .remarks = "Look whether the plan exists"},
    {"refused in escape sequences",
     SAY(NO(400, "Evil\\u001b[2J", "\\u001b]52;c;UFdO\\u0007\\u001b]0;title\\u0007\\u009b31m\\r\\b\\u007f%s%n")),
     REFUSED, .says = "%s%n"},
    {"refused in directions", SAY(NO(400, "Bidi", "user \\u202egnp.exe \\u200b\\u2066 \\ud83d\\ude00\\udb40\\udc41")),
     REFUSED},
    {"refused at length", .make = long_message, REFUSED, .code = "Long"},

    /* Throttling: here, and only here, a plan is sent again, since nothing was created. */
    {"throttled to the end", SAY(GATEWAY(429, "", "Throttling.User", "slow down")), .times = 2,
     .outcome = "throttled", .posts = 2},
    {"throttled with status 400, to wait for days",
     SAY(GATEWAY(400, "Retry-After: 99999\r\n", "Throttling", "slow down")), .times = 2,
     .outcome = "throttled", .posts = 2},
    {"throttled in a page", SAY(HTTP(429, "", "<html>slow</html>")), .times = 2, .outcome = "throttled", .posts = 2},
    {"throttled with status 503 and a code",
     SAY(GATEWAY(503, "", "Throttling.Api", "slow down")), .times = 2, .outcome = "throttled", .posts = 2},

    /* No whole answer. */
    {"closed without an answer", ACT(WIRE_ANSWER), UNKNOWN, .says = "closed before an answer"},
    {"reset", ACT(WIRE_RESET), UNKNOWN},
    {"reset in the middle of the answer", .post = {WIRE_RESET, "HTTP/1.1 200 OK\r\nContent-Le", 0, NULL}, UNKNOWN},
    {"closed unread", ACT(WIRE_CLOSE_UNREAD), UNKNOWN, .no_posts = true},
    {"reset unread", ACT(WIRE_RESET_UNREAD), UNKNOWN, .no_posts = true},
    {"half a head", SAY("HTTP/1.1 200 OK\r\nContent-Ty"), UNKNOWN},
    {"cut short", SAY("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"success\":true,\"data\":42}"), UNKNOWN},
    {"cut in a chunk", SAY("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1e\r\n{\"success\":true,"), UNKNOWN},
    {"chunks that are none", SAY(HTTP(200, "Transfer-Encoding: chunked\r\n", "banana\r\n{}")), UNKNOWN},
    {"a negative length", SAY(HTTP(200, "Content-Length: -1\r\n", "{\"success\":true,\"data\":42}")), UNKNOWN},
    {"never an answer", ACT(WIRE_HOLD), UNKNOWN, .says = "within 1 seconds"},
    {"never read", ACT(WIRE_SILENT), UNKNOWN, .no_posts = true},
    {"a head that drips",
     .post = {WIRE_DRIP, "HTTP/1.1 200 OK\r\nX-A: 1\r\nX-B: 2\r\nX-C: 3\r\nX-D: 4\r\nX-E: 5\r\nX-F: 6\r\nX-G: 7", 0,
              NULL}, UNKNOWN},
    {"a body that drips",
     .post = {WIRE_DRIP, HTTP(200, "Content-Length: 100000\r\n", "                                              "), 0,
              NULL}, UNKNOWN},
    {"a body without end", .post = {WIRE_FLOOD, HTTP(200, "", ""), 0, "        "}, UNKNOWN, .says = "too large"},
    {"chunks without end",
     .post = {WIRE_FLOOD, HTTP(200, "Transfer-Encoding: chunked\r\n", ""), 0, "10\r\n                \r\n"}, UNKNOWN},
    {"a gigabyte, announced", .post = {WIRE_FLOOD, HTTP(200, "Content-Length: 1073741824\r\n", ""), 0, "        "},
     UNKNOWN},
    {"headers without end", .post = {WIRE_FLOOD, "HTTP/1.1 200 OK\r\n", 0, "X-Header: v\r\n"}, UNKNOWN},
    {"interim answers without end", .post = {WIRE_FLOOD, "", 0, "HTTP/1.1 100 Continue\r\n\r\n"}, UNKNOWN},
    {"a hundred thousand headers", .make = many_headers, UNKNOWN},
    {"a header of ten megabytes", .make = long_header, UNKNOWN},
    {"not HTTP", SAY("{\"success\":true,\"data\":42}"), UNKNOWN},
    {"a version that is none", SAY("HTTP/9.9 banana\r\n\r\n{}"), UNKNOWN},
    {"a status that is none", SAY("HTTP/1.1 42 X\r\n\r\n{}"), UNKNOWN},

    /* Answers that do not say it. */
    {"500", SAY(NO(500, "InternalError", "x")), UNKNOWN, .says = "HTTP 500"},
    {"501", SAY(HTTP(501, "", "")), UNKNOWN},
    {"502", SAY(HTTP(502, "Content-Type: text/html\r\n", "<html>Bad Gateway</html>")), UNKNOWN},
    {"503", SAY(GATEWAY(503, "", "ServiceUnavailable", "x")), UNKNOWN},
    {"504", SAY(HTTP(504, "", "gateway timeout")), UNKNOWN},
    {"204", SAY("HTTP/1.1 204 No Content\r\n\r\n"), UNKNOWN},
    {"a redirect", SAY(HTTP(302, "Location: http://127.0.0.2:1/evil\r\n", "{}")), UNKNOWN, .says = "redirect"},
    {"a redirect that keeps the method", SAY(HTTP(307, "Location: http://127.0.0.2:1/evil\r\n", "{}")), UNKNOWN},
    {"a redirect to itself", SAY(HTTP(308, "Location: /disaster_recovery\r\n", "{}")), UNKNOWN},
    {"a redirect to a file", SAY(HTTP(301, "Location: file:///etc/passwd\r\n", "{}")), UNKNOWN},
    {"a page", SAY(HTTP(200, "Content-Type: text/html\r\n", "<html>Sign in</html>")), UNKNOWN},
    {"nothing in it", SAY(HTTP(200, "Content-Length: 0\r\n", "")), UNKNOWN},
    {"half of the JSON", SAY(OK("{\"success\":true,\"da")), UNKNOWN},
    {"a list", SAY(OK("[true,42]")), UNKNOWN},
    {"something behind it", SAY(OK("{\"success\":true,\"data\":42} x")), UNKNOWN},
    {"every member twice", SAY(OK("{\"success\":false,\"success\":true,\"data\":1,\"data\":2}")), UNKNOWN},
    {"both letter cases of a member", SAY(OK("{\"success\":false,\"code\":\"A\",\"Code\":\"B\"}")), UNKNOWN},
    {"two lengths", SAY(HTTP(200, "Content-Length: 2\r\nContent-Length: 99\r\n", "{}")), UNKNOWN},
    {"packed, unasked", SAY(HTTP(200, "Content-Encoding: gzip\r\n", "\x1f\x8b\x08")), UNKNOWN},
    {"broken UTF-8", SAY(HTTP(400, "", "{\"code\":\"A\",\"message\":\"a\xff\xc0\xaf\xed\xa0\x80\"}")), UNKNOWN},
    {"a NUL in a text", SAY(NO(400, "Nul", "before\\u0000after")), UNKNOWN},
    {"a NUL in the body",
     .post = {WIRE_ANSWER, HTTP(400, "", "{\"code\":\"A\0B\"}"), sizeof(HTTP(400, "", "{\"code\":\"A\0B\"}")) - 1, NULL},
     UNKNOWN},
    {"UTF-16", .post = {WIRE_ANSWER, HTTP(200, "", "\xff\xfe{\0}\0"), sizeof(HTTP(200, "", "\xff\xfe{\0}\0")) - 1, NULL},
     UNKNOWN},
    {"too deep", .make = deep, UNKNOWN},
    {"400 in a page", SAY(HTTP(400, "", "<html>\x1b[31mno\x1b]0;t\x07</html>")), UNKNOWN},
    {"400 without a code", SAY(HTTP(400, "", "{\"message\":\"no\"}")), UNKNOWN},
    {"403 that speaks of success", SAY(HTTP(403, "", "{\"success\":true,\"data\":42,\"code\":\"x\"}")), UNKNOWN},
    {"failure without a code", SAY(OK("{\"success\":false,\"data\":42}")), UNKNOWN},
    {"success in a text", SAY(OK("{\"success\":\"true\",\"data\":42}")), UNKNOWN},
    {"success without an id", SAY(OK("{\"success\":true}")), UNKNOWN},
    {"no id", SAY(DATA("null")), UNKNOWN},
    {"an id in quotes", SAY(DATA("\"42\"")), UNKNOWN},
    {"half an id", SAY(DATA("1.5")), UNKNOWN},
    {"a negative id", SAY(DATA("-1")), UNKNOWN},
    {"an id too large", SAY(DATA("9223372036854775808")), UNKNOWN},
    {"an id with an exponent", SAY(DATA("1e400")), UNKNOWN},
    {"true for an id", SAY(DATA("true")), UNKNOWN},
    {"an object for an id", SAY(DATA("{\"planId\":42}")), UNKNOWN},

    /* Found afterwards. */
    {"closed, and found", ACT(WIRE_ANSWER), .then = THEN_FOUND, CREATED, .says = "found afterwards"},
    {"reset, and found", ACT(WIRE_RESET), .then = THEN_FOUND, CREATED},
    {"500, and found", SAY(NO(500, "InternalError", "x")), .then = THEN_FOUND, CREATED},
    {"no answer in time, and found", ACT(WIRE_HOLD), .then = THEN_FOUND, CREATED},
    {"closed, and found late", ACT(WIRE_ANSWER), .then = THEN_FOUND_LATE, CREATED},

    /* Before it is sent. */
    {"the list is refused, and created", .list = NO(403, "NoPermission", "no"), SAY(created), CREATED,
     .remarks = "could not be looked up"},
    {"a plan of this name exists", .list = found, .outcome = "exists", .no_posts = true},
    {"the list is cut", .list = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", .outcome = "not_sent",
     .no_posts = true},
    {"the list is closed", .list_act = {WIRE_CLOSE_UNREAD, NULL, 1, NULL}, .outcome = "not_sent", .no_posts = true},
    {"the list never comes", .list_act = {WIRE_HOLD, "", 1, NULL}, .outcome = "not_sent", .no_posts = true},
    {"the list has no end", .list_act = {WIRE_FLOOD, HTTP(200, "", ""), 0, "        "}, .outcome = "not_sent",
     .no_posts = true},
    /* clang-format on */
};

enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

/* ---- One run ---- */

struct run {
    struct wire_step steps[STEPS_MAX];
    size_t count;
    char *made;
    struct wire_server *server;
    char endpoint[64];
    const char *ca_file;
    const char *timeout;
    char state[FOLDER_SIZE], state_variable[96];
    const char *environment[16];
};

static void step(struct run *run, struct wire_step wire_step)
{
    assert_true(run->count < STEPS_MAX);
    run->steps[run->count++] = wire_step;
}

static void say(struct run *run, const char *text)
{
    step(run, (struct wire_step){WIRE_ANSWER, text, 0, NULL});
}

static void write_script(struct run *run, const struct way *way)
{
    struct wire_step post = way->post;

    if (way->list_act.length > 0 || way->list_act.flood)
        step(run, (struct wire_step){way->list_act.act, way->list_act.flood ? way->list_act.bytes : NULL, 0,
                                     way->list_act.flood});
    else
        say(run, way->list ? way->list : none);
    if (way->make)
        post.bytes = run->made = way->make();
    for (int i = 0; i < (way->times ? way->times : 1); i++)
        if (!way->no_posts || way->then != THEN_NOTHING)
            step(run, post);
    if (way->then == THEN_FOUND_LATE)
        for (int i = 0; i < 2; i++)
            say(run, none);
    if (way->then == THEN_FOUND || way->then == THEN_FOUND_LATE)
        say(run, found);
    if (way->then == THEN_NONE)
        for (int i = 0; i < LOOKS; i++)
            say(run, none);
}

/* Everything but the server. */
static void run_prepare(struct run *run)
{
    static const char *const quiet[] = {"ALIBABA_CLOUD_ACCESS_KEY_ID=test-key-id",
                                        "ALIBABA_CLOUD_ACCESS_KEY_SECRET=test-key-secret", NO_PLACE,
                                        "HOME=/nonexistent"};
    size_t i;

    *run = (struct run){0};
    folder_make(run->state);
    snprintf(run->state_variable, sizeof(run->state_variable), "XDG_STATE_HOME=%s", run->state);
    for (i = 0; i < sizeof(quiet) / sizeof(quiet[0]); i++)
        run->environment[i] = quiet[i];
    run->environment[i] = run->state_variable;
}

static void run_serve(struct run *run, const struct wire_tls *tls, const char *scheme)
{
    run->server = wire_server_start(run->steps, run->count, tls);
    snprintf(run->endpoint, sizeof(run->endpoint), "%s://127.0.0.1:%d", scheme,
             wire_server_port(run->server));
}

static void run_begin(struct run *run, const struct way *way)
{
    run_prepare(run);
    run->timeout = way->timeout;
    write_script(run, way);
    run_serve(run, NULL, "http");
}

static void run_end(struct run *run)
{
    wire_server_stop(run->server);
    free(run->made);
    folder_remove(run->state);
}

static int status_of(const char *outcome)
{
    static const struct {
        const char *outcome;
        int status;
    } rows[] = {{"created", 0},   {"exists", 6},   {"refused", 6},
                {"throttled", 7}, {"not_sent", 5}, {"unknown", 8}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].outcome, outcome) == 0)
            return rows[i].status;
    fail_msg("no such outcome: %s", outcome);
    return -1;
}

/* Nothing in it can move a cursor, talk to a terminal, or look like something else. */
static void assert_harmless(const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");

        if (!clean_is_clean(text, length))
            fail_msg("not safe to show: %.*s", (int)length, text);
        text += length + (text[length] ? 1 : 0);
    }
}

static const char *member(const cJSON *line, const char *name)
{
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(line, name);

    if (!node)
        fail_msg("no member %s", name);
    return json_text(node) ? json_text(node) : "";
}

static void assert_line(const struct way *way, const char *text)
{
    struct error err;
    cJSON *line = json_parse(text, strcspn(text, "\n"), &err);

    assert_non_null(line);
    assert_string_equal(strchr(text, '\n'), "\n");
    assert_string_equal(member(line, "outcome"), way->outcome);
    assert_non_null(strstr(member(line, "message"), way->says ? way->says : ""));
    if (way->code)
        assert_string_equal(member(line, "code"), way->code);
    assert_string_equal(member(line, "field"), way->field ? way->field : "");
    assert_string_equal(member(line, "draft"), DRPLAN_SOURCE "/examples/one-way-apsaramq-5x.json");
    member(line, "requestId");
    member(line, "httpStatus");
    if (strcmp(way->outcome, "created") == 0 || strcmp(way->outcome, "exists") == 0)
        assert_true(member(line, "planId")[0] >= '0' && member(line, "planId")[0] <= '9');
    else
        assert_string_equal(member(line, "planId"), "");
    cJSON_Delete(line);
}

static size_t posts_of(const struct way *way)
{
    return way->no_posts ? 0 : way->posts ? way->posts : 1;
}

static void assert_way(const struct way *way, struct run *run, const struct command_result *result)
{
    assert_int_equal(result->status, status_of(way->outcome));
    assert_line(way, result->out);
    assert_harmless(result->out);
    assert_harmless(result->err);
    assert_non_null(strstr(result->err, way->remarks ? way->remarks : ""));
    assert_int_equal(wire_server_count(run->server, "POST /disaster_recovery HTTP/1.1\r\n"), posts_of(way));
    assert_int_equal(wire_server_count(run->server, "POST "), posts_of(way));
    assert_int_equal(wire_server_unexpected(run->server), 0);
    assert_int_equal(wire_server_connections(run->server), run->count);
    assert_true(result->elapsed_ms < LIMIT_MS / 2);
}

#define DRAFT DRPLAN_SOURCE "/examples/one-way-apsaramq-5x.json"

static void submit(struct run *run, struct command_result *result)
{
    const char *const argv[] = {getenv("DRPLAN"),
                                "submit",
                                "--json",
                                "--endpoint",
                                run->endpoint,
                                "--timeout",
                                run->timeout ? run->timeout : "1",
                                "--connect-timeout",
                                "1",
                                "--patience",
                                "0.15",
                                DRAFT,
                                run->ca_file ? "--ca-file" : NULL,
                                run->ca_file,
                                NULL};

    command_run(argv, run->environment, LIMIT_MS, result);
}

/* However much comes, little of it is held. */
enum { GROWTH_MAX_KB = 16 * 1024 };

static void every_way_of_answering_has_its_true_outcome(void **state)
{
    long first_kb = 0;

    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        struct command_result result;
        struct run run;

        print_message("  %s\n", ways[i].name);
        run_begin(&run, &ways[i]);
        submit(&run, &result);
        assert_way(&ways[i], &run, &result);
        first_kb = i == 0 ? result.largest_kb : first_kb;
        assert_true(result.largest_kb < first_kb + GROWTH_MAX_KB);
        command_release(&result);
        run_end(&run);
    }
    print_message("%d ways\n", WAYS);
    assert_true(WAYS >= 60);
}

/* ---- Nothing gets there ---- */

static void assert_not_sent(struct run *run, const char *says)
{
    struct command_result result;

    submit(run, &result);
    if (result.status != 5 || !strstr(result.out, "\"outcome\":\"not_sent\"") || !strstr(result.out, says))
        fail_msg("status %d, not 5 for \"%s\": %s%s", result.status, says, result.out, result.err);
    assert_harmless(result.out);
    assert_harmless(result.err);
    assert_true(result.elapsed_ms < LIMIT_MS / 2);
    command_release(&result);
}

static void where_nobody_listens_nothing_was_sent(void **state)
{
    struct run run;

    (void)state;
    run_prepare(&run);
    run_serve(&run, NULL, "http");
    wire_server_stop(run.server);
    run.server = NULL;
    assert_not_sent(&run, "was refused: nothing listens there");
    snprintf(run.endpoint, sizeof(run.endpoint), "https://nowhere.invalid");
    assert_not_sent(&run, "Nothing was sent");
    run_end(&run);
}

/* What is said of certificates, and whether a byte of the request may leave. */
static void only_a_good_certificate_gets_a_byte_of_the_request(void **state)
{
    enum { NO_ROOT = 1, OLD = 2 };
    static const struct {
        enum certificate_kind kind;
        int version; /* 0: the newest */
        int other;
        const char *says;
    } cases[] = {
        {CERTIFICATE_GOOD, 0, 0, NULL},
        {CERTIFICATE_GOOD, 0x0303, 0, NULL}, /* TLS 1.2 */
        {CERTIFICATE_GOOD, 0x0302, OLD, "TLS"},
        {CERTIFICATE_GOOD, 0x0301, OLD, "TLS"},
        {CERTIFICATE_GOOD, 0, NO_ROOT, "certificate"},
        {CERTIFICATE_EXPIRED, 0, 0, "expired"},
        {CERTIFICATE_EARLY, 0, 0, "not valid yet"},
        {CERTIFICATE_OTHER_HOST, 0, 0, "127.0.0.1"},
        {CERTIFICATE_SELF_SIGNED, 0, 0, "certificate"},
        {CERTIFICATE_CLIENT_ONLY, 0, 0, "certificate"},
        {CERTIFICATE_WEAK, 0, 0, "certificate"},
    };
    static const char weak_policy[] =
        "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = default\n[default]\n"
        "MinProtocol = TLSv1\nCipherString = ALL:@SECLEVEL=0\n";
    struct certificates certificates;

    (void)state;
    certificates_make(&certificates);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct wire_tls tls = {certificates.files[cases[i].kind], certificates.key_file,
                                     cases[i].version};
        char policy_file[96], policy_variable[128];
        struct command_result result;
        struct error err;
        struct run run;

        run_prepare(&run);
        snprintf(policy_file, sizeof(policy_file), "%s/openssl.cnf", run.state);
        snprintf(policy_variable, sizeof(policy_variable), "OPENSSL_CONF=%s", policy_file);
        if (cases[i].other == OLD) {
            assert_true(file_replace(policy_file, weak_policy, sizeof(weak_policy) - 1, NULL, &err));
            run.environment[8] = policy_variable;
        }
        say(&run, none);
        say(&run, created);
        run_serve(&run, &tls, "https");
        run.ca_file = cases[i].other == NO_ROOT ? NULL : certificates.ca_file;
        if (cases[i].says) {
            assert_not_sent(&run, cases[i].says);
            assert_int_equal(wire_server_bytes(run.server), 0);
        } else {
            submit(&run, &result);
            assert_int_equal(result.status, 0);
            assert_int_equal(wire_server_count(run.server, "POST "), 1);
            command_release(&result);
        }
        run_end(&run);
    }
    certificates_remove(&certificates);
}

static void a_server_without_tls_gets_no_byte_of_the_request(void **state)
{
    struct certificates certificates;
    struct run run;

    (void)state;
    certificates_make(&certificates);
    run_prepare(&run);
    say(&run, none);
    run_serve(&run, NULL, "https");
    run.ca_file = certificates.ca_file;
    assert_not_sent(&run, "Nothing was sent");
    assert_int_equal(wire_server_requests(run.server), 0);
    run_end(&run);
    certificates_remove(&certificates);
}

/* ---- In the wizard ---- */

static void wait_for(struct screen *screen, const char *text)
{
    if (!screen_wait(screen, text))
        fail_msg("'%s' did not appear", text);
}

static struct screen *open_wizard(struct run *run)
{
    const char *const argv[] = {getenv("DRPLAN"), "--endpoint", run->endpoint, "--timeout", "1",
                                "--patience",     "0.15",       DRAFT,         NULL};
    const struct screen_options options = {.environment = run->environment};
    struct screen *screen = screen_start(argv, &options);

    assert_non_null(screen);
    return screen;
}

static void send_plan(struct screen *screen)
{
    wait_for(screen, "orders-hz-to-sh");
    screen_type(screen, "\033[20~"); /* F9 */
    wait_for(screen, "[5 Review]");
    screen_type(screen, "s");
    wait_for(screen, "Create the plan orders-hz-to-sh?");
    screen_type(screen, "y");
}

static void leave(struct screen *screen, int wanted)
{
    int status = -1;

    screen_type(screen, "q");
    assert_true(screen_wait_exit(screen, &status));
    assert_null(screen_not_restored(screen));
    assert_int_equal(status, wanted);
    screen_free(screen);
}

static const char *headline_of(const char *outcome)
{
    static const struct {
        const char *outcome, *headline;
    } rows[] = {{"created", "The plan is created."},
                {"exists", "a plan of this name exists already"},
                {"refused", "the service refused the plan"},
                {"throttled", "too busy for this account"},
                {"not_sent", "Not created: nothing was sent."},
                {"unknown", "Not known: the request left"}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].outcome, outcome) == 0)
            return rows[i].headline;
    fail_msg("no such outcome: %s", outcome);
    return "";
}

/* The marks of what the service tried on the terminal; the program itself sends none of these. */
static void assert_untouched(struct screen *screen)
{
    static const char *const marks[] = {"\033]52", "\033]0;title", "\xC2\x9B", "\xE2\x80\xAE",
                                        "\xE2\x80\x8B"};
    size_t length;
    const char *bytes = screen_bytes(screen, &length);

    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        assert_null(memmem(bytes, length, marks[i], strlen(marks[i])));
}

static void the_wizard_says_the_same(void **state)
{
    static const char *const sample[] = {"created",
                                         "refused in escape sequences",
                                         "refused in directions",
                                         "denied, with an object",
                                         "clocks apart",
                                         "throttled to the end",
                                         "reset",
                                         "half a head",
                                         "500",
                                         "400 in a page",
                                         "closed, and found",
                                         "a plan of this name exists",
                                         "the list is closed"};
    size_t played = 0;

    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        for (size_t j = 0; j < sizeof(sample) / sizeof(sample[0]); j++) {
            struct screen *screen;
            struct run run;

            if (strcmp(sample[j], ways[i].name) != 0)
                continue;
            played++;
            print_message("  %s\n", ways[i].name);
            run_begin(&run, &ways[i]);
            screen = open_wizard(&run);
            send_plan(screen);
            wait_for(screen, headline_of(ways[i].outcome));
            assert_untouched(screen);
            assert_int_equal(wire_server_count(run.server, "POST "), posts_of(&ways[i]));
            leave(screen, status_of(ways[i].outcome));
            run_end(&run);
        }
    }
    assert_int_equal(played, sizeof(sample) / sizeof(sample[0]));
}

static void the_cursor_goes_to_the_field_that_the_service_names(void **state)
{
    static const struct way way = {"", SAY(NO(400, "InvalidConsumerGroupId", "no")), REFUSED};
    struct screen *screen;
    struct run run;

    (void)state;
    run_begin(&run, &way);
    screen = open_wizard(&run);
    send_plan(screen);
    wait_for(screen, "Enter goes to the field: First cluster, Consumer group");
    screen_type(screen, "\r");
    wait_for(screen, "> Consumer group");
    screen_free(screen);
    run_end(&run);
}

static void a_policy_longer_than_the_screen_is_scrolled_to(void **state)
{
    static const struct way way = {"", SAY(NO(403, "NoPermission", "Permission denied.")), REFUSED};
    struct screen *screen;
    struct run run;

    (void)state;
    run_begin(&run, &way);
    screen = open_wizard(&run);
    send_plan(screen);
    wait_for(screen, "more rows below");
    screen_type(screen, "\033[F"); /* End */
    wait_for(screen, "\"Action\": \"rocketmq:CreateDisasterRecoveryPlan\"");
    wait_for(screen, "\"acs:rocketmq:cn-shanghai:*:instance/rmq-cn-example0002\"");
    assert_false(screen_has(screen, "more rows below"));
    screen_type(screen, "\033[H");
    wait_for(screen, "the service refused the plan");
    leave(screen, 6);
    run_end(&run);
}

static void the_same_request_is_sent_again_only_after_a_question(void **state)
{
    struct screen *screen;
    struct run run;
    char *first, *second;

    (void)state;
    run_prepare(&run);
    say(&run, none);
    say(&run, NULL);
    for (int i = 0; i < LOOKS; i++)
        say(&run, none);
    say(&run, GATEWAY(400, "", "SignatureNonceUsed", "used"));
    say(&run, found);
    run_serve(&run, NULL, "http");
    screen = open_wizard(&run);
    send_plan(screen);
    wait_for(screen, "a: send the very same request once more");
    assert_true(screen_wait_quiet(screen));
    assert_int_equal(wire_server_count(run.server, "POST "), 1);
    screen_type(screen, "a");
    wait_for(screen, "Send the very same request once more?");
    screen_type(screen, "y");
    wait_for(screen, "The plan is created.");
    wait_for(screen, "seen this very request before");
    first = wire_server_request(run.server, 1, NULL);
    second = wire_server_request(run.server, 2 + LOOKS, NULL);
    assert_string_equal(first, second);
    free(first);
    free(second);
    leave(screen, 0);
    run_end(&run);
}

/* ---- Killed ---- */

/* Starts a submission and kills it while it waits for the answer. */
static void kill_while_it_waits(struct run *run)
{
    const char *const argv[] = {getenv("DRPLAN"), "submit", "--yes", "--endpoint",
                                run->endpoint,    DRAFT,    NULL};
    pid_t pid = command_start(argv, run->environment);
    struct pollfd fd = {.fd = wire_server_event_fd(run->server), .events = POLLIN};

    while (wire_server_count(run->server, "POST ") == 0) {
        assert_true(poll(&fd, 1, LIMIT_MS) > 0);
        wire_server_acknowledge(run->server);
    }
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void look(struct run *run, struct command_result *result)
{
    const char *const argv[] = {getenv("DRPLAN"), "look", "--json", "--patience", "0.15", NULL};

    command_run(argv, run->environment, LIMIT_MS, result);
    assert_harmless(result->out);
    assert_harmless(result->err);
}

static void look_is(struct run *run, int status, const char *says)
{
    struct command_result result;

    look(run, &result);
    if (result.status != status ||
        !strstr(*says ? result.out : result.err, *says ? says : "every outcome is known"))
        fail_msg("status %d, not %d, or no \"%s\": %s%s", result.status, status, says, result.out,
                 result.err);
    command_release(&result);
}

static void what_a_killed_program_left_is_found_by_looking(void **state)
{
    struct run run;

    (void)state;
    run_prepare(&run);
    say(&run, none);
    step(&run, (struct wire_step){WIRE_HOLD, NULL, 0, NULL});
    for (int i = 0; i < LOOKS; i++)
        say(&run, none);
    say(&run, found);
    run_serve(&run, NULL, "http");
    kill_while_it_waits(&run);
    look_is(&run, 8, "\"outcome\":\"unknown\"");
    look_is(&run, 0, "\"outcome\":\"created\",\"planId\":\"77\"");
    look_is(&run, 0, "");
    assert_int_equal(wire_server_count(run.server, "POST "), 1);
    run_end(&run);
}

static void the_wizard_asks_about_what_a_killed_program_left(void **state)
{
    struct screen *screen;
    struct run run;

    (void)state;
    run_prepare(&run);
    say(&run, none);
    step(&run, (struct wire_step){WIRE_HOLD, NULL, 0, NULL});
    for (int i = 0; i < LOOKS; i++)
        say(&run, none);
    say(&run, found);
    run_serve(&run, NULL, "http");
    kill_while_it_waits(&run);
    screen = open_wizard(&run);
    wait_for(screen, "Look for what was sent earlier?");
    wait_for(screen, "orders-hz-to-sh was sent to 127.0.0.1:");
    screen_type(screen, "l");
    wait_for(screen, "Not known: what became of what was sent earlier.");
    screen_type(screen, "\r");
    wait_for(screen, "[1 Plan");
    screen_free(screen);

    screen = open_wizard(&run);
    wait_for(screen, "Look for what was sent earlier?");
    screen_type(screen, "\r");
    wait_for(screen, "Found: what was sent earlier was created.");
    wait_for(screen, "created, plan 77.");
    leave(screen, 0);
    look_is(&run, 0, "");
    run_end(&run);
}

static void what_is_settled_is_not_asked_about_again(void **state)
{
    struct screen *screen;
    struct run run;

    (void)state;
    run_prepare(&run);
    say(&run, none);
    step(&run, (struct wire_step){WIRE_HOLD, NULL, 0, NULL});
    run_serve(&run, NULL, "http");
    kill_while_it_waits(&run);
    screen = open_wizard(&run);
    wait_for(screen, "Look for what was sent earlier?");
    screen_type(screen, "x");
    wait_for(screen, "[1 Plan");
    assert_true(screen_wait_quiet(screen));
    screen_free(screen);
    look_is(&run, 0, "");
    run_end(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_of_answering_has_its_true_outcome),
        cmocka_unit_test(where_nobody_listens_nothing_was_sent),
        cmocka_unit_test(only_a_good_certificate_gets_a_byte_of_the_request),
        cmocka_unit_test(a_server_without_tls_gets_no_byte_of_the_request),
        cmocka_unit_test(the_wizard_says_the_same),
        cmocka_unit_test(the_cursor_goes_to_the_field_that_the_service_names),
        cmocka_unit_test(a_policy_longer_than_the_screen_is_scrolled_to),
        cmocka_unit_test(the_same_request_is_sent_again_only_after_a_question),
        cmocka_unit_test(what_a_killed_program_left_is_found_by_looking),
        cmocka_unit_test(the_wizard_asks_about_what_a_killed_program_left),
        cmocka_unit_test(what_is_settled_is_not_asked_about_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
