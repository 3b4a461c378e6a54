#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>

#include "base/clean.h"
#include "submission_bench.h"

enum { STEPS_MAX = 8 };

#define END                                                                                                  \
    {                                                                                                        \
        WIRE_CLOSE_UNREAD, NULL, 1, NULL                                                                     \
    } /* ends a script */
#define SAY(text)                                                                                            \
    {                                                                                                        \
        WIRE_ANSWER, text, 0, NULL                                                                           \
    }
#define DROP                                                                                                 \
    {                                                                                                        \
        WIRE_ANSWER, NULL, 0, NULL                                                                           \
    }

static const struct submission_options once = {.look_attempts = 1, .look_pause_ms = 2000};
static const struct submission_options never = {.look_attempts = 0};
static const struct submission_options patient = {
    .look_attempts = 5, .look_pause_ms = 2000, .throttle_patience_ms = 5000};
static const struct submission_options accepting = {.accept_existing_name = true, .look_attempts = 1};

#define DENIED                                                                                               \
    HTTP(403, "", "{\"Code\":\"NoPermission\",\"Message\":\"Permission denied.\",\"RequestId\":\"D\"}")
#define THROTTLE(headers)                                                                                    \
    HTTP(429, headers, "{\"code\":\"Throttling.User\",\"message\":\"slow down\",\"requestId\":\"T\"}")

static const struct row {
    const char *name;
    struct wire_step script[STEPS_MAX];
    const struct submission_options *options;
    enum outcome outcome;
    size_t posts, gets;
    const char *journal;
    const char *plan_id;
    const char *reason;
    const char *warning;
    const char *pauses;
    int looks;
} rows[] = {
    /* ---- one sending, one clear answer ---- */
    {"created",
     {SAY(NONE), SAY(CREATED), END},
     NULL,
     OUTCOME_CREATED,
     1,
     1,
     "intent created:42",
     "42",
     "",
     "",
     "",
     0},
    {"created, with the largest id",
     {SAY(NONE), SAY(HTTP(200, "", "{\"success\":true,\"data\":9223372036854775807}")), END},
     NULL,
     OUTCOME_CREATED,
     1,
     1,
     "intent created:9223372036854775807",
     "9223372036854775807",
     "",
     "",
     "",
     0},
    {"created, after a thousand interim answers' worth",
     {SAY(NONE), SAY("HTTP/1.1 100 Continue\r\n\r\n" CREATED), END},
     NULL,
     OUTCOME_CREATED,
     1,
     1,
     "intent created:42",
     "42",
     "",
     "",
     "",
     0},
    {"refused",
     {SAY(NONE),
      SAY(HTTP(400, "",
               "{\"requestId\":\"R-1\",\"success\":false,\"code\":\"MissingInstanceId\",\"message\":"
               "\"Parameter instanceId is mandatory for this action .\"}")),
      END},
     NULL,
     OUTCOME_REFUSED,
     1,
     1,
     "intent refused",
     "",
     "HTTP 400, MissingInstanceId: Parameter instanceId is mandatory",
     "",
     "",
     0},
    {"refused with status 200",
     {SAY(NONE), SAY(HTTP(200, "", "{\"success\":false,\"code\":\"Duplicate\",\"message\":\"no\"}")), END},
     NULL,
     OUTCOME_REFUSED,
     1,
     1,
     "intent refused",
     "",
     "Duplicate: no.",
     "",
     "",
     0},
    {"refused without a message",
     {SAY(NONE), SAY(HTTP(403, "", "{\"Code\":\"Forbidden.RAM\"}")), END},
     NULL,
     OUTCOME_REFUSED,
     1,
     1,
     "intent refused",
     "",
     "HTTP 403, Forbidden.RAM.",
     "",
     "",
     0},
    {"refused in hostile words",
     {SAY(NONE),
      SAY(HTTP(400, "", "{\"code\":\"Evil\",\"message\":\"\\u001b]52;c;UFdO\\u0007\\u202e%s%n\"}")), END},
     NULL,
     OUTCOME_REFUSED,
     1,
     1,
     "intent refused",
     "",
     "^[]52;c;UFdO^G<U+202E>%s%n",
     "",
     "",
     0},
    {"a used nonce is a refusal",
     {SAY(NONE), SAY(HTTP(400, "", "{\"Code\":\"SignatureNonceUsed\",\"Message\":\"used\"}")), END},
     NULL,
     OUTCOME_REFUSED,
     1,
     1,
     "intent refused",
     "",
     "SignatureNonceUsed",
     "",
     "",
     0},

    /* ---- looking before ---- */
    {"exists",
     {SAY(FOUND), END},
     NULL,
     OUTCOME_EXISTS,
     0,
     1,
     "",
     "77",
     "There is a plan of this name already (77). Nothing was sent.",
     "",
     "",
     0},
    {"exists more than once",
     {SAY(LISTED(PLAN(7, "night", "null") "," PLAN(8, "night", "[]"), 2)), END},
     NULL,
     OUTCOME_EXISTS,
     0,
     1,
     "",
     "7",
     "There are plans of this name already (7 and 8).",
     "",
     "",
     0},
    {"exists, on the second page",
     {SAY(LISTED(PLAN(1, "nightly", "[]"), 2)), SAY(LISTED(PLAN(2, "night", "[]"), 2)), END},
     NULL,
     OUTCOME_EXISTS,
     0,
     2,
     "",
     "2",
     "(2)",
     "",
     "",
     0},
    {"exists, and that is accepted",
     {SAY(FOUND), SAY(CREATED), END},
     &accepting,
     OUTCOME_CREATED,
     1,
     1,
     "intent created:42",
     "42",
     "",
     "",
     "",
     0},
    {"names that only resemble ours",
     {SAY(LISTED(PLAN(1, "nightly", SAME) "," PLAN(2, "Night", SAME) ",{\"planId\":3}", 3)), SAY(CREATED),
      END},
     NULL,
     OUTCOME_CREATED,
     1,
     1,
     "intent created:42",
     "42",
     "",
     "",
     "",
     0},
    {"a total that lies ends with the empty page",
     {SAY(LISTED(PLAN(1, "x", "[]"), 2147483648)), SAY(LISTED("", 2147483648)), SAY(CREATED), END},
     NULL,
     OUTCOME_CREATED,
     1,
     2,
     "intent created:42",
     "42",
     "",
     "",
     "",
     0},
    {"an empty list that is left out",
     {SAY(HTTP(200, "", "{\"success\":true,\"data\":{\"totalCount\":0}}")), SAY(CREATED), END},
     NULL,
     OUTCOME_CREATED,
     1,
     1,
     "intent created:42",
     "42",
     "",
     "",
     "",
     0},
    {"listing is not allowed",
     {SAY(DENIED), SAY(CREATED), END},
     NULL,
     OUTCOME_CREATED,
     1,
     1,
     "intent created:42",
     "42",
     "",
     "could not be looked up. The service answered HTTP 403, NoPermission: Permission denied.",
     "",
     0},
    {"listing fails inside the service",
     {SAY(HTTP(503, "", "")), SAY(CREATED), END},
     NULL,
     OUTCOME_CREATED,
     1,
     1,
     "intent created:42",
     "42",
     "",
     "No usable answer came",
     "",
     0},
    {"the list is none",
     {SAY(HTTP(200, "", "{\"success\":true,\"data\":{\"list\":{}}}")), SAY(CREATED), END},
     NULL,
     OUTCOME_CREATED,
     1,
     1,
     "intent created:42",
     "42",
     "",
     "the list of plans is missing",
     "",
     0},
    {"an id in the list is none",
     {SAY(LISTED(PLAN(1.5, "night", SAME), 1)), SAY(CREATED), END},
     NULL,
     OUTCOME_CREATED,
     1,
     1,
     "intent created:42",
     "42",
     "",
     "the id of a plan in the list",
     "",
     0},
    {"no answer to the list",
     {DROP, END},
     NULL,
     OUTCOME_NOT_SENT,
     0,
     1,
     "",
     "",
     "Nothing was sent. The connection was closed before an answer came.",
     "",
     "",
     0},
    {"half an answer to the list",
     {SAY("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"), END},
     NULL,
     OUTCOME_NOT_SENT,
     0,
     1,
     "",
     "",
     "Nothing was sent. The connection was closed in the middle",
     "",
     "",
     0},

    /* ---- throttling ---- */
    {"throttled, with a wait",
     {SAY(NONE), SAY(THROTTLE("x-acs-retry-after: 3000\r\n")), SAY(CREATED), END},
     &patient,
     OUTCOME_CREATED,
     2,
     1,
     "intent throttled intent created:42",
     "42",
     "",
     "",
     " 3000",
     0},
    {"throttled to the end",
     {SAY(NONE), SAY(THROTTLE("")), SAY(THROTTLE("")), SAY(THROTTLE("")), END},
     &patient,
     OUTCOME_THROTTLED,
     3,
     1,
     "intent throttled intent throttled intent throttled",
     "",
     "also after a wait of 5 seconds. Nothing was created.",
     "",
     " 2000 3000",
     0},
    {"throttled, to wait for days",
     {SAY(NONE), SAY(THROTTLE("Retry-After: 99999\r\n")), SAY(THROTTLE("Retry-After: 99999\r\n")), END},
     &patient,
     OUTCOME_THROTTLED,
     2,
     1,
     "intent throttled intent throttled",
     "",
     "Nothing was created.",
     "",
     " 5000",
     0},
    {"throttled, to wait for nothing",
     {SAY(NONE), SAY(THROTTLE("x-acs-retry-after: 0\r\n")), SAY(THROTTLE("x-acs-retry-after: 0\r\n")),
      SAY(CREATED), END},
     &patient,
     OUTCOME_CREATED,
     3,
     1,
     "intent throttled intent throttled intent created:42",
     "42",
     "",
     "",
     " 100 200",
     0},
    {"throttled, and refused then",
     {SAY(NONE), SAY(THROTTLE("")), SAY(DENIED), END},
     &patient,
     OUTCOME_REFUSED,
     2,
     1,
     "intent throttled intent refused",
     "",
     "NoPermission",
     "",
     " 2000",
     0},
    {"throttled, and unknown then",
     {SAY(NONE), SAY(THROTTLE("")), DROP, SAY(FOUND), END},
     &patient,
     OUTCOME_CREATED,
     2,
     2,
     "intent throttled intent created:77",
     "77",
     "found afterwards",
     "",
     " 2000",
     1},
    {"no patience",
     {SAY(NONE), SAY(THROTTLE("")), END},
     &once,
     OUTCOME_THROTTLED,
     1,
     1,
     "intent throttled",
     "",
     "Try again later.",
     "",
     "",
     0},
    {"the list is throttled",
     {SAY(THROTTLE("")), SAY(NONE), SAY(CREATED), END},
     &patient,
     OUTCOME_CREATED,
     1,
     2,
     "intent created:42",
     "42",
     "",
     "",
     " 2000",
     0},
    {"the list is throttled to the end",
     {SAY(THROTTLE("")), SAY(THROTTLE("")), SAY(THROTTLE("")), END},
     &patient,
     OUTCOME_THROTTLED,
     0,
     3,
     "",
     "",
     "Nothing was created.",
     "",
     " 2000 3000",
     0},

    /* ---- unknown, and found by looking ---- */
    {"found at once",
     {SAY(NONE), DROP, SAY(FOUND), END},
     NULL,
     OUTCOME_CREATED,
     1,
     2,
     "intent created:77",
     "77",
     "found afterwards in the list",
     "",
     "",
     1},
    {"found at the third look",
     {SAY(NONE), DROP, SAY(NONE), SAY(NONE), SAY(FOUND), END},
     NULL,
     OUTCOME_CREATED,
     1,
     4,
     "intent created:77",
     "77",
     "found afterwards in the list",
     "",
     " 2000 4000",
     3},
    {"found on the second page",
     {SAY(NONE), DROP, SAY(LISTED(PLAN(1, "nightly", SAME), 2)), SAY(LISTED(PLAN(77, "night", SAME), 2)),
      END},
     NULL,
     OUTCOME_CREATED,
     1,
     3,
     "intent created:77",
     "77",
     "found afterwards",
     "",
     "",
     1},
    {"found after a look that failed",
     {SAY(NONE), DROP, DROP, SAY(FOUND), END},
     NULL,
     OUTCOME_CREATED,
     1,
     3,
     "intent created:77",
     "77",
     "found afterwards",
     "",
     " 2000",
     2},
    {"found beside an older one",
     {SAY(LISTED(PLAN(5, "night", SAME), 1)), DROP,
      SAY(LISTED(PLAN(5, "night", SAME) "," PLAN(6, "night", SAME), 2)), END},
     &accepting,
     OUTCOME_CREATED,
     1,
     2,
     "intent created:6",
     "6",
     "found afterwards",
     "",
     "",
     1},
    {"found beside a new one that differs",
     {SAY(NONE), DROP, SAY(LISTED(PLAN(5, "night", DIFFERENT) "," PLAN(6, "night", SAME), 2)), END},
     NULL,
     OUTCOME_CREATED,
     1,
     2,
     "intent created:6",
     "6",
     "found afterwards",
     "",
     "",
     1},

    /* ---- unknown, and it stays so ---- */
    {"never found",
     {SAY(NONE), DROP, SAY(NONE), SAY(NONE), SAY(NONE), SAY(NONE), SAY(NONE), END},
     NULL,
     OUTCOME_UNKNOWN,
     1,
     6,
     "intent unknown",
     "",
     "no new plan of this name is in the list. Look for it again before you send it again.",
     "",
     " 2000 4000 8000 16000",
     5},
    {"several of them",
     {SAY(NONE), DROP,
      SAY(LISTED(PLAN(5, "night", SAME) "," PLAN(6, "night", SAME) "," PLAN(7, "night", SAME), 3)), END},
     NULL,
     OUTCOME_UNKNOWN,
     1,
     2,
     "intent unknown",
     "",
     "(5, 6 and 7)",
     "",
     "",
     1},
    {"a crowd of them",
     {SAY(NONE), DROP,
      SAY(LISTED(PLAN(1, "night", SAME) "," PLAN(2, "night", SAME) "," PLAN(3, "night", SAME) "," PLAN(
                     4, "night", SAME) "," PLAN(5, "night", SAME) "," PLAN(5, "night", SAME),
                 6)),
      END},
     NULL,
     OUTCOME_UNKNOWN,
     1,
     2,
     "intent unknown",
     "",
     "(1, 2, 3, 4 and 1 more)",
     "",
     "",
     1},
    {"one with other instances",
     {SAY(NONE), DROP, SAY(LISTED(PLAN(9, "night", DIFFERENT), 1)), END},
     &once,
     OUTCOME_UNKNOWN,
     1,
     2,
     "intent unknown",
     "",
     "this name is in the list (9), but with other instances",
     "",
     "",
     1},
    {"one that does not show its instances",
     {SAY(NONE), DROP, SAY(LISTED("{\"planId\":9,\"planName\":\"night\"}", 1)), END},
     &once,
     OUTCOME_UNKNOWN,
     1,
     2,
     "intent unknown",
     "",
     "(9), but with other instances, or none shown",
     "",
     "",
     1},
    {"one that was there before",
     {SAY(FOUND), DROP, SAY(FOUND), END},
     &accepting,
     OUTCOME_UNKNOWN,
     1,
     2,
     "intent unknown",
     "",
     "no new plan",
     "",
     "",
     1},
    {"one that may have been there before",
     {SAY(DENIED), DROP, SAY(FOUND), END},
     NULL,
     OUTCOME_UNKNOWN,
     1,
     2,
     "intent unknown",
     "",
     "plan 77 has this name and these instances, but may have been there before",
     "could not be looked up",
     "",
     1},
    {"the looks are refused",
     {SAY(NONE), DROP, SAY(DENIED), END},
     &once,
     OUTCOME_UNKNOWN,
     1,
     2,
     "intent unknown",
     "",
     "the plans could not be listed. The service answered HTTP 403",
     "",
     "",
     1},
    {"the looks are throttled",
     {SAY(NONE), DROP, SAY(THROTTLE("")), SAY(FOUND), END},
     NULL,
     OUTCOME_CREATED,
     1,
     3,
     "intent created:77",
     "77",
     "found afterwards",
     "",
     " 2000",
     2},
    {"the looks fail on the wire",
     {SAY(NONE), DROP, DROP, END},
     &once,
     OUTCOME_UNKNOWN,
     1,
     2,
     "intent unknown",
     "",
     "the plans could not be listed. The connection was closed",
     "",
     "",
     1},
    {"no look is wanted",
     {SAY(NONE), DROP, END},
     &never,
     OUTCOME_UNKNOWN,
     1,
     1,
     "intent unknown",
     "",
     "the list of plans was not asked",
     "",
     "",
     0},

/* ---- all the ways not to answer ---- */
#define UNKNOWN(what, says, ...)                                                                             \
    {                                                                                                        \
        what, {SAY(NONE), __VA_ARGS__, SAY(NONE), END}, &once, OUTCOME_UNKNOWN, 1, 2, "intent unknown", "",  \
            says, "", "", 1                                                                                  \
    }
    UNKNOWN("reset", "closed before an answer", {WIRE_RESET, NULL, 0, NULL}),
    UNKNOWN("half a head", "middle of the head", SAY("HTTP/1.1 200 OK\r\nContent-Ty")),
    UNKNOWN("cut short", "middle of the answer",
            SAY("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"success\":true,\"data\":42}")),
    UNKNOWN("half of the JSON", "not JSON", SAY(HTTP(200, "", "{\"success\":true,\"da"))),
    UNKNOWN("a page", "a page",
            SAY(HTTP(200, "Content-Type: text/html\r\n", "<html><body>Portal</body></html>"))),
    UNKNOWN("nothing in it", "it is empty", SAY(HTTP(200, "", ""))),
    UNKNOWN("500", "HTTP 500",
            SAY(HTTP(500, "", "{\"success\":false,\"code\":\"InternalError\",\"message\":\"x\"}"))),
    UNKNOWN("503", "HTTP 503", SAY(HTTP(503, "", "{\"Code\":\"ServiceUnavailable\"}"))),
    UNKNOWN("504", "HTTP 504", SAY(HTTP(504, "", "gateway timeout"))),
    UNKNOWN("a redirect", "a redirect (HTTP 307)",
            SAY(HTTP(307, "Location: http://127.0.0.1:1/evil\r\n", "{}"))),
    UNKNOWN("success without an id", "No usable answer",
            SAY(HTTP(200, "", "{\"success\":true,\"code\":\"200\"}"))),
    UNKNOWN("an id in quotes", "no readable id", SAY(HTTP(200, "", "{\"success\":true,\"data\":\"42\"}"))),
    UNKNOWN("half an id", "no readable id", SAY(HTTP(200, "", "{\"success\":true,\"data\":1.5}"))),
    UNKNOWN("a negative id", "no readable id", SAY(HTTP(200, "", "{\"success\":true,\"data\":-1}"))),
    UNKNOWN("an id too large", "no readable id",
            SAY(HTTP(200, "", "{\"success\":true,\"data\":9223372036854775808}"))),
    UNKNOWN("an id with an exponent", "no readable id",
            SAY(HTTP(200, "", "{\"success\":true,\"data\":1e400}"))),
    UNKNOWN("every member twice", "not JSON",
            SAY(HTTP(200, "", "{\"success\":false,\"success\":true,\"data\":1,\"data\":2}"))),
    UNKNOWN("packed, unasked", "No usable answer",
            SAY(HTTP(200, "Content-Encoding: gzip\r\n", "\x1f\x8b\x08"))),
    UNKNOWN("without end", "too large", {WIRE_FLOOD, HTTP(200, "", ""), 0, "        "}),
    UNKNOWN("not HTTP", "is not HTTP", SAY("{\"success\":true,\"data\":42}")),
    UNKNOWN("closed unread", "closed before an answer", {WIRE_CLOSE_UNREAD, NULL, 0, NULL}),
};

static size_t script_length(const struct wire_step *script)
{
    size_t length = 0;

    while (length < STEPS_MAX && !(script[length].act == WIRE_CLOSE_UNREAD && script[length].length == 1))
        length++;
    return length;
}

static void assert_reason(const struct submission_report *report)
{
    size_t length = strlen(report->reason);

    assert_true(clean_is_clean(report->reason, length));
    assert_true(clean_is_clean(report->warning, strlen(report->warning)));
    if (length == 0) {
        assert_int_equal(report->outcome, OUTCOME_CREATED);
        return;
    }
    assert_in_range(report->reason[0], 'A', 'Z');
    assert_int_equal(report->reason[length - 1], '.');
    assert_true(report->reason[length - 2] != '.');
    assert_true(length > 20);
    if (report->warning[0])
        assert_int_equal(report->warning[strlen(report->warning) - 1], '.');
}

static void every_outcome_is_what_is_known_and_one_sending_is_one_post(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        size_t steps = script_length(row->script);
        const struct submission_report *report;
        struct submission *submission;
        struct bench bench;
        char words[256];

        print_message("  %s\n", row->name);
        bench_start(&bench, row->script, steps, NULL);
        submission = bench_submit(&bench, row->options);
        bench_finish(&bench, submission);
        report = submission_report(submission);
        bench_journal(&bench, words, sizeof(words));

        assert_string_equal(outcome_word(report->outcome), outcome_word(row->outcome));
        /* A connection that the server closed unread has no request to count. */
        assert_int_equal(wire_server_count(bench.server, "POST /disaster_recovery HTTP/1.1"),
                         row->posts - (strcmp(row->name, "closed unread") == 0));
        assert_int_equal(wire_server_count(bench.server, "GET /disaster_recovery?filter=night&pageNumber="),
                         row->gets);
        assert_int_equal(wire_server_connections(bench.server), steps);
        assert_string_equal(words, row->journal);
        assert_string_equal(report->plan_id, row->plan_id);
        assert_non_null(strstr(report->reason, row->reason));
        assert_non_null(strstr(report->warning, row->warning));
        assert_int_equal(row->warning[0] == '\0', report->warning[0] == '\0');
        assert_string_equal(bench.pauses, row->pauses);
        assert_int_equal(report->looks, row->looks);
        assert_int_equal(report->found_by_looking, row->outcome == OUTCOME_CREATED && row->looks > 0);
        assert_int_equal(report->phase, PHASE_DONE);
        assert_int_equal(report->started_ticks, 1000);
        assert_int_equal(submission_timeout(submission), -1);
        assert_reason(report);
        submission_free(submission);
        bench_stop(&bench);
    }
}

/* ---- what goes out ---- */

static char *header_value(const char *request, const char *name)
{
    const char *line = strstr(request, name);

    assert_non_null(line);
    line += strlen(name);
    return strndup(line, strcspn(line, "\r"));
}

static void what_is_sent_is_the_body_signed_anew_each_time(void **state)
{
    static const struct wire_step script[] = {SAY(NONE), SAY(THROTTLE("x-acs-retry-after: 10\r\n")),
                                              SAY(CREATED)};
    struct bench bench;
    struct submission *submission;
    const struct submission_report *report;
    char *list, *first, *second, *nonces[3];

    (void)state;
    bench_start(&bench, script, 3, NULL);
    submission = bench_submit(&bench, NULL);
    bench_finish(&bench, submission);
    list = wire_server_request(bench.server, 0, NULL);
    first = wire_server_request(bench.server, 1, NULL);
    second = wire_server_request(bench.server, 2, NULL);
    assert_int_equal(
        strncmp(list, "GET /disaster_recovery?filter=night&pageNumber=1&pageSize=100 HTTP/1.1\r\n", 72), 0);
    assert_string_equal(strstr(first, "\r\n\r\n") + 4, SENT_BODY);
    assert_string_equal(strstr(second, "\r\n\r\n") + 4, SENT_BODY);
    nonces[0] = header_value(list, "x-acs-signature-nonce: ");
    nonces[1] = header_value(first, "x-acs-signature-nonce: ");
    nonces[2] = header_value(second, "x-acs-signature-nonce: ");
    assert_string_not_equal(nonces[0], nonces[1]);
    assert_string_not_equal(nonces[1], nonces[2]);
    report = submission_report(submission);
    assert_int_equal(strncmp(report->string_to_sign, "ACS3-HMAC-SHA256\n", 17), 0);
    assert_int_equal(report->answer->kind, ANSWER_SUCCESS);
    assert_string_equal(report->answer->request_id, "C-1");
    assert_int_equal(report->raw_length, strlen(strstr(CREATED, "\r\n\r\n") + 4));
    assert_string_equal(report->raw, strstr(CREATED, "\r\n\r\n") + 4);
    for (int i = 0; i < 3; i++)
        free(nonces[i]);
    free(list), free(first), free(second);
    submission_free(submission);
    bench_stop(&bench);
}

static void await_posts(struct bench *bench, struct submission *submission, size_t posts)
{
    for (int turns = 0; wire_server_count(bench->server, "POST ") < posts; turns++) {
        assert_true(turns < 1000);
        bench_turn(bench, submission);
    }
}

static void the_intent_is_on_disk_when_the_request_arrives(void **state)
{
    static const struct wire_step script[] = {SAY(FOUND), {WIRE_HOLD, NULL, 0, NULL}};
    struct bench bench;
    struct submission *submission;
    struct journal_intent *intents;
    struct error err;
    size_t count;
    char words[64];

    (void)state;
    bench_start(&bench, script, 2, NULL);
    submission = bench_submit(&bench, &accepting);
    await_posts(&bench, submission, 1);
    bench_journal(&bench, words, sizeof(words));
    assert_string_equal(words, "intent");
    assert_int_equal(submission_report(submission)->phase, PHASE_SENDING);
    assert_null(submission_report(submission)->answer);
    /* The program ends here, somehow: the intent stays open, and says what to look for. */
    submission_free(submission);
    assert_true(journal_open_intents(bench.journal, &intents, &count, NULL, &err));
    assert_int_equal(count, 1);
    assert_string_equal(intents[0].plan_name, "night");
    assert_string_equal(intents[0].endpoint, bench.client.endpoint.host);
    assert_string_equal(intents[0].time, "2023-11-14T22:13:20Z");
    assert_int_equal(strlen(intents[0].nonce), 32);
    assert_int_equal(strlen(intents[0].body_hash), 64);
    assert_int_equal(intents[0].ids_count, 1);
    assert_string_equal(intents[0].ids_seen[0], "77");
    journal_intent_release(&intents[0]);
    free(intents);
    bench_stop(&bench);
}

static void without_a_journal_line_nothing_is_sent(void **state)
{
    static const struct wire_step script[] = {SAY(NONE)};
    struct bench bench;
    struct submission *submission;
    struct error err;

    (void)state;
    bench_start(&bench, script, 1, NULL);
    journal_close(bench.journal);
    bench.journal = journal_open(&bench.host.host, "/proc/no-such-folder/journal.jsonl", &err);
    submission = bench_submit(&bench, NULL);
    bench_finish(&bench, submission);
    assert_int_equal(submission_report(submission)->outcome, OUTCOME_NOT_SENT);
    assert_non_null(
        strstr(submission_report(submission)->reason, "Nothing was sent: the journal could not be written"));
    assert_reason(submission_report(submission));
    assert_int_equal(wire_server_connections(bench.server), 1);
    submission_free(submission);
    bench_stop(&bench);
}

static void an_outcome_that_cannot_be_noted_is_still_the_outcome(void **state)
{
    static const struct wire_step script[] = {SAY(NONE), {WIRE_HOLD, NULL, 0, NULL}, SAY(FOUND)};
    struct bench bench;
    struct submission *submission;

    (void)state;
    bench_start(&bench, script, 3, NULL);
    submission = bench_submit(&bench, NULL);
    await_posts(&bench, submission, 1);
    assert_int_equal(unlink(bench.journal_file), 0);
    assert_int_equal(rmdir(bench.folder), 0);
    submission_cancel(submission);
    bench_finish(&bench, submission);
    assert_int_equal(submission_report(submission)->outcome, OUTCOME_CREATED);
    assert_non_null(strstr(submission_report(submission)->warning, "The outcome is not in the journal"));
    submission_free(submission);
    bench_stop(&bench);
}

static void it_works_without_a_journal(void **state)
{
    static const struct wire_step script[] = {SAY(NONE), SAY(CREATED)};
    struct bench bench;
    struct submission *submission;

    (void)state;
    bench_start(&bench, script, 2, NULL);
    journal_close(bench.journal);
    bench.journal = NULL;
    submission = bench_submit(&bench, NULL);
    bench_finish(&bench, submission);
    assert_int_equal(submission_report(submission)->outcome, OUTCOME_CREATED);
    submission_free(submission);
    bench_stop(&bench);
}

/* ---- nothing left ---- */

static void a_handshake_that_fails_means_nothing_was_sent(void **state)
{
    static const struct wire_step script[] = {SAY(NONE), {WIRE_CLOSE_UNREAD, NULL, 0, NULL}};
    struct bench bench;
    struct submission *submission;
    char words[64];

    bench_start(&bench, script, 2, *state);
    submission = bench_submit(&bench, NULL);
    bench_finish(&bench, submission);
    bench_journal(&bench, words, sizeof(words));
    assert_int_equal(submission_report(submission)->outcome, OUTCOME_NOT_SENT);
    assert_string_equal(words, "intent not_sent");
    assert_int_equal(wire_server_count(bench.server, "POST "), 0);
    assert_reason(submission_report(submission));
    submission_free(submission);
    bench_stop(&bench);
}

static void nobody_there_is_found_out_before_anything_is_sent(void **state)
{
    struct bench bench;
    struct submission *submission;
    char words[64];

    (void)state;
    bench_start(&bench, NULL, 0, NULL);
    snprintf(bench.client.endpoint.host, sizeof(bench.client.endpoint.host), "127.0.0.1:1");
    submission = bench_submit(&bench, NULL);
    bench_finish(&bench, submission);
    bench_journal(&bench, words, sizeof(words));
    assert_int_equal(submission_report(submission)->outcome, OUTCOME_NOT_SENT);
    assert_non_null(strstr(submission_report(submission)->reason, "refused"));
    assert_string_equal(words, "");
    assert_reason(submission_report(submission));
    submission_free(submission);
    bench_stop(&bench);
}

static void what_cannot_be_signed_is_not_sent(void **state)
{
    static const struct wire_step script[] = {SAY(LISTED(PLAN(1, "x", "[]"), 2)), SAY(NONE), DROP,
                                              SAY(LISTED(PLAN(1, "x", "[]"), 2))};
    static const struct {
        unsigned int chance_ends;
        enum outcome outcome;
        size_t requests;
        const char *reason;
        int looks;
    } cases[] = {
        {1, OUTCOME_NOT_SENT, 0, "Nothing was sent: there is no randomness to be had.", 0},
        {2, OUTCOME_NOT_SENT, 1, "Nothing was sent: there is no randomness to be had.", 0},
        {3, OUTCOME_NOT_SENT, 2, "Nothing was sent: there is no randomness to be had.", 0},
        {4, OUTCOME_UNKNOWN, 3, "the plans could not be listed. there is no randomness", 1},
        {5, OUTCOME_UNKNOWN, 4, "the plans could not be listed. there is no randomness", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bench bench;
        struct submission *submission;

        bench_start(&bench, script, 4, NULL);
        bench.host.chance_ends = cases[i].chance_ends;
        submission = bench_submit(&bench, &once);
        bench_finish(&bench, submission);
        assert_int_equal(submission_report(submission)->outcome, cases[i].outcome);
        assert_non_null(strstr(submission_report(submission)->reason, cases[i].reason));
        assert_int_equal(submission_report(submission)->looks, cases[i].looks);
        assert_int_equal(wire_server_requests(bench.server), cases[i].requests);
        submission_free(submission);
        bench_stop(&bench);
    }
}

static void a_body_that_is_no_json_is_not_begun(void **state)
{
    struct bench bench;
    struct error err;

    (void)state;
    bench_start(&bench, NULL, 0, NULL);
    assert_null(submission_start(&bench.client, bench.transport, NULL, NULL, "night", "{", 1, &err));
    assert_non_null(strstr(err.text, "the body of the request is not JSON: line 1"));
    submission_free(NULL);
    bench_stop(&bench);
}

/* ---- the operator gives up ---- */

static void giving_up_before_the_sending_sends_nothing(void **state)
{
    static const struct wire_step script[] = {{WIRE_HOLD, NULL, 0, NULL}};
    struct bench bench;
    struct submission *submission;
    char words[64];

    (void)state;
    bench_start(&bench, script, 1, NULL);
    submission = bench_submit(&bench, NULL);
    while (wire_server_requests(bench.server) == 0)
        bench_turn(&bench, submission);
    assert_int_equal(submission_report(submission)->phase, PHASE_LOOKING_BEFORE);
    submission_cancel(submission);
    assert_true(submission_done(submission));
    submission_cancel(submission);
    assert_int_equal(submission_report(submission)->outcome, OUTCOME_CANCELLED);
    assert_reason(submission_report(submission));
    bench_journal(&bench, words, sizeof(words));
    assert_string_equal(words, "");
    assert_int_equal(transport_running(bench.transport), 0);
    submission_free(submission);
    bench_stop(&bench);
}

static void giving_up_while_throttled_leaves_nothing_created(void **state)
{
    static const struct wire_step script[] = {SAY(NONE), SAY(THROTTLE(""))};
    struct bench bench;
    struct submission *submission;
    char words[64];

    (void)state;
    bench_start(&bench, script, 2, NULL);
    submission = bench_submit(&bench, NULL);
    while (submission_report(submission)->phase != PHASE_WAITING)
        bench_turn(&bench, submission);
    assert_int_equal(submission_timeout(submission), 2000);
    submission_cancel(submission);
    assert_int_equal(submission_report(submission)->outcome, OUTCOME_CANCELLED);
    bench_journal(&bench, words, sizeof(words));
    assert_string_equal(words, "intent throttled");
    submission_free(submission);
    bench_stop(&bench);
}

static void giving_up_while_connecting_is_known_to_send_nothing(void **state)
{
    static const struct wire_step script[] = {SAY(NONE), {WIRE_SILENT, NULL, 0, NULL}};

    for (int freed = 0; freed < 2; freed++) {
        struct bench bench;
        struct submission *submission;
        char words[64];

        bench_start(&bench, script, 2, *state);
        submission = bench_submit(&bench, NULL);
        while (wire_server_connections(bench.server) < 2)
            bench_turn(&bench, submission);
        if (!freed) {
            submission_cancel(submission);
            assert_int_equal(submission_report(submission)->outcome, OUTCOME_CANCELLED);
            assert_reason(submission_report(submission));
        }
        submission_free(submission);
        bench_journal(&bench, words, sizeof(words));
        assert_string_equal(words, "intent cancelled");
        assert_int_equal(wire_server_count(bench.server, "POST "), 0);
        bench_stop(&bench);
    }
}

static void giving_up_while_waiting_for_the_answer_looks_once(void **state)
{
    static const struct {
        struct wire_step look;
        enum outcome outcome;
        const char *journal;
    } cases[] = {
        {SAY(FOUND), OUTCOME_CREATED, "intent created:77"},
        {SAY(NONE), OUTCOME_UNKNOWN, "intent unknown"},
        {DROP, OUTCOME_UNKNOWN, "intent unknown"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct wire_step script[] = {SAY(NONE), {WIRE_HOLD, NULL, 0, NULL}, cases[i].look};
        struct bench bench;
        struct submission *submission;
        char words[64];

        bench_start(&bench, script, 3, NULL);
        submission = bench_submit(&bench, NULL);
        await_posts(&bench, submission, 1);
        submission_cancel(submission);
        assert_int_equal(submission_report(submission)->phase, PHASE_LOOKING_AFTER);
        bench_finish(&bench, submission);
        assert_int_equal(submission_report(submission)->outcome, cases[i].outcome);
        assert_non_null(strstr(submission_report(submission)->reason, "You stopped waiting"));
        assert_int_equal(submission_report(submission)->looks, 1);
        assert_string_equal(bench.pauses, "");
        bench_journal(&bench, words, sizeof(words));
        assert_string_equal(words, cases[i].journal);
        submission_free(submission);
        bench_stop(&bench);
    }
}

static void giving_up_twice_ends_the_look(void **state)
{
    static const struct wire_step script[] = {
        SAY(NONE), {WIRE_HOLD, NULL, 0, NULL}, {WIRE_HOLD, NULL, 0, NULL}};
    struct bench bench;
    struct submission *submission;
    char words[64];

    (void)state;
    bench_start(&bench, script, 3, NULL);
    submission = bench_submit(&bench, NULL);
    await_posts(&bench, submission, 1);
    submission_cancel(submission);
    while (wire_server_requests(bench.server) < 3)
        bench_turn(&bench, submission);
    submission_cancel(submission);
    assert_int_equal(submission_report(submission)->outcome, OUTCOME_UNKNOWN);
    assert_non_null(strstr(submission_report(submission)->reason, "you stopped looking for it"));
    assert_reason(submission_report(submission));
    bench_journal(&bench, words, sizeof(words));
    assert_string_equal(words, "intent unknown");
    submission_free(submission);
    bench_stop(&bench);
}

static void giving_up_between_two_looks_looks_a_last_time_at_once(void **state)
{
    static const struct wire_step script[] = {SAY(NONE), DROP, SAY(NONE), SAY(FOUND)};
    struct bench bench;
    struct submission *submission;

    (void)state;
    bench_start(&bench, script, 4, NULL);
    submission = bench_submit(&bench, NULL);
    while (submission_timeout(submission) < 0)
        bench_turn(&bench, submission);
    submission_cancel(submission);
    bench_finish(&bench, submission);
    assert_int_equal(submission_report(submission)->outcome, OUTCOME_CREATED);
    assert_int_equal(submission_report(submission)->looks, 2);
    assert_string_equal(bench.pauses, "");
    submission_free(submission);
    bench_stop(&bench);
}

static void giving_up_during_a_look_makes_it_the_last(void **state)
{
    static const struct wire_step script[] = {SAY(NONE), DROP, {WIRE_HOLD, NONE, 0, NULL}};
    struct bench bench;
    struct submission *submission;

    (void)state;
    bench_start(&bench, script, 3, NULL);
    submission = bench_submit(&bench, NULL);
    while (submission_report(submission)->phase != PHASE_LOOKING_AFTER)
        bench_turn(&bench, submission);
    submission_cancel(submission);
    assert_false(submission_done(submission));
    assert_int_equal(transport_running(bench.transport), 1);
    /* An answer that ends with the connection only: it is held, so the second cancel has to end it. */
    while (wire_server_requests(bench.server) < 3)
        bench_turn(&bench, submission);
    submission_cancel(submission);
    assert_int_equal(submission_report(submission)->outcome, OUTCOME_UNKNOWN);
    submission_free(submission);
    bench_stop(&bench);
}

static void freeing_it_while_it_looks_is_quiet(void **state)
{
    static const struct wire_step script[] = {{WIRE_HOLD, NULL, 0, NULL}};
    struct bench bench;
    struct submission *submission;

    (void)state;
    bench_start(&bench, script, 1, NULL);
    submission = bench_submit(&bench, NULL);
    while (wire_server_requests(bench.server) == 0)
        bench_turn(&bench, submission);
    submission_free(submission);
    assert_int_equal(transport_running(bench.transport), 0);
    bench_stop(&bench);
}

/* ---- limits ---- */

static void a_list_without_end_is_left_after_fifty_pages(void **state)
{
    static const char page[] = LISTED(PLAN(1, "nightly", "[]"), 2147483647);
    static const char found[] = LISTED(PLAN(77, "night", SAME), 2147483647);
    struct wire_step script[102];
    struct bench bench;
    struct submission *submission;
    char *last;

    (void)state;
    for (size_t i = 0; i < 102; i++)
        script[i] = (struct wire_step){WIRE_ANSWER, i == 101 ? found : page, 0, NULL};
    script[50] = (struct wire_step){WIRE_ANSWER, NULL, 0, NULL};
    bench_start(&bench, script, 101, NULL);
    submission = bench_submit(&bench, &once);
    bench_finish(&bench, submission);
    assert_int_equal(wire_server_count(bench.server, "POST "), 1);
    assert_int_equal(wire_server_count(bench.server, "GET "), 100);
    last = wire_server_request(bench.server, 49, NULL);
    assert_non_null(strstr(last, "&pageNumber=50&"));
    free(last);
    assert_non_null(strstr(submission_report(submission)->warning, "Too many plans have it in their name"));
    assert_int_equal(submission_report(submission)->outcome, OUTCOME_UNKNOWN);
    assert_reason(submission_report(submission));
    submission_free(submission);
    bench_stop(&bench);
}

static void a_very_long_pause_fits_into_the_wait(void **state)
{
    static const struct submission_options options = {.look_attempts = 2, .look_pause_ms = (int64_t)1 << 40};
    static const struct wire_step script[] = {SAY(NONE), DROP, SAY(NONE)};
    struct bench bench;
    struct submission *submission;

    (void)state;
    bench_start(&bench, script, 3, NULL);
    submission = bench_submit(&bench, &options);
    while (submission_timeout(submission) < 0)
        bench_turn(&bench, submission);
    assert_int_equal(submission_timeout(submission), INT_MAX);
    bench.host.ticks += (int64_t)1 << 41;
    assert_int_equal(submission_timeout(submission), 0);
    submission_free(submission);
    bench_stop(&bench);
}

static void outcomes_have_the_words_of_the_contract(void **state)
{
    static const char *const words[OUTCOME_COUNT] = {
        "", "created", "exists", "refused", "throttled", "not_sent", "unknown", "invalid", "cancelled"};

    (void)state;
    for (int i = 0; i < OUTCOME_COUNT; i++)
        assert_string_equal(outcome_word((enum outcome)i), words[i]);
    assert_string_equal(outcome_word(OUTCOME_COUNT), "");
}

/* ---- */

static int make_certificates(void **state)
{
    struct certificates *certificates = malloc(sizeof(*certificates));

    if (!certificates)
        return -1;
    certificates_make(certificates);
    *state = certificates;
    unsetenv("https_proxy");
    unsetenv("HTTPS_PROXY");
    unsetenv("all_proxy");
    unsetenv("ALL_PROXY");
    return 0;
}

static int remove_certificates(void **state)
{
    certificates_remove(*state);
    free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_outcome_is_what_is_known_and_one_sending_is_one_post),
        cmocka_unit_test(what_is_sent_is_the_body_signed_anew_each_time),
        cmocka_unit_test(the_intent_is_on_disk_when_the_request_arrives),
        cmocka_unit_test(without_a_journal_line_nothing_is_sent),
        cmocka_unit_test(an_outcome_that_cannot_be_noted_is_still_the_outcome),
        cmocka_unit_test(it_works_without_a_journal),
        cmocka_unit_test(a_handshake_that_fails_means_nothing_was_sent),
        cmocka_unit_test(nobody_there_is_found_out_before_anything_is_sent),
        cmocka_unit_test(what_cannot_be_signed_is_not_sent),
        cmocka_unit_test(a_body_that_is_no_json_is_not_begun),
        cmocka_unit_test(giving_up_before_the_sending_sends_nothing),
        cmocka_unit_test(giving_up_while_throttled_leaves_nothing_created),
        cmocka_unit_test(giving_up_while_connecting_is_known_to_send_nothing),
        cmocka_unit_test(giving_up_while_waiting_for_the_answer_looks_once),
        cmocka_unit_test(giving_up_twice_ends_the_look),
        cmocka_unit_test(giving_up_between_two_looks_looks_a_last_time_at_once),
        cmocka_unit_test(giving_up_during_a_look_makes_it_the_last),
        cmocka_unit_test(freeing_it_while_it_looks_is_quiet),
        cmocka_unit_test(a_list_without_end_is_left_after_fifty_pages),
        cmocka_unit_test(a_very_long_pause_fits_into_the_wait),
        cmocka_unit_test(outcomes_have_the_words_of_the_contract),
    };

    return cmocka_run_group_tests(tests, make_certificates, remove_certificates);
}
