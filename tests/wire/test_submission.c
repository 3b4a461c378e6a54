#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>

#include "base/clean.h"
#include "submission_bench.h"

enum { STEPS_MAX = 8 };

/* clang-format off */
#define SCRIPT(...) {__VA_ARGS__, {WIRE_CLOSE_UNREAD, NULL, 1, NULL}} /* the last step only marks the end */
#define SAY(text)   {WIRE_ANSWER, text, 0, NULL}
#define DROP        {WIRE_ANSWER, NULL, 0, NULL}

#define DATA(json) HTTP(200, "", "{\"success\":true,\"data\":" json "}")
#define NO(status, code, message) HTTP(status, "", "{\"code\":\"" code "\",\"message\":\"" message "\"}")
#define DENIED NO(403, "NoPermission", "Permission denied.")
#define THROTTLE(headers) HTTP(429, headers, "{\"code\":\"Throttling.User\",\"message\":\"slow down\"}")
#define OURS(id) PLAN(id, "night", SAME)

static const struct submission_options once = {.look_attempts = 1, .look_pause_ms = 2000};
static const struct submission_options never = {.look_attempts = 0};
static const struct submission_options accepting = {.accept_existing_name = true, .look_attempts = 1};
static const struct submission_options patient = {
    .look_attempts = 5, .look_pause_ms = 2000, .throttle_patience_ms = 5000};

/* NULL stands for "" in the texts. */
static const struct row {
    const char *name;
    struct wire_step script[STEPS_MAX];
    const struct submission_options *options;
    enum outcome outcome;
    size_t posts, gets; /* whole requests that the server got */
    const char *journal;
    const char *plan_id;
    const char *reason; /* part of it */
    const char *warning; /* likewise */
    const char *pauses;
    int looks;
} rows[] = {
#define NOTHING_SENT .outcome = OUTCOME_NOT_SENT, .posts = 0
#define IS_CREATED   .outcome = OUTCOME_CREATED, .posts = 1, .journal = "intent created:42", .plan_id = "42"
#define IS_REFUSED   .outcome = OUTCOME_REFUSED, .posts = 1, .gets = 1, .journal = "intent refused"
#define IS_THERE     .outcome = OUTCOME_EXISTS, .posts = 0

    /* ---- one sending, one clear answer ---- */
    {"created", SCRIPT(SAY(NONE), SAY(CREATED)), .gets = 1, IS_CREATED},
    {"created, with the largest id", SCRIPT(SAY(NONE), SAY(DATA("9223372036854775807"))),
     .outcome = OUTCOME_CREATED, .posts = 1, .gets = 1,
     .journal = "intent created:9223372036854775807", .plan_id = "9223372036854775807"},
    {"created, after an interim answer", SCRIPT(SAY(NONE), SAY("HTTP/1.1 100 Continue\r\n\r\n" CREATED)),
     .gets = 1, IS_CREATED},
    {"refused", SCRIPT(SAY(NONE), SAY(NO(400, "MissingInstanceId", "Parameter instanceId is mandatory ."))),
     IS_REFUSED, .reason = "The plan was refused. The service answered HTTP 400, MissingInstanceId: "
                           "Parameter instanceId is mandatory."},
    {"refused with status 200",
     SCRIPT(SAY(NONE), SAY(HTTP(200, "", "{\"success\":false,\"code\":\"Twice\",\"message\":\"no\"}"))),
     IS_REFUSED, .reason = "HTTP 200, Twice: no."},
    {"refused without a message", SCRIPT(SAY(NONE), SAY(HTTP(403, "", "{\"Code\":\"Forbidden.RAM\"}"))),
     IS_REFUSED, .reason = "HTTP 403, Forbidden.RAM."},
    {"refused in hostile words",
     SCRIPT(SAY(NONE), SAY(NO(400, "Evil", "\\u001b]52;c;UFdO\\u0007\\u202e%s%n"))),
     IS_REFUSED, .reason = "Evil: ^[]52;c;UFdO^G<U+202E>%s%n."},
    {"refused with the password that was sent",
     SCRIPT(SAY(NONE), SAY(NO(400, "Weak", "hidden-word is weak, hidden-word2 too"))),
     IS_REFUSED, .reason = "Weak: ******** is weak, ********2 too."},
    {"a used nonce is a refusal", SCRIPT(SAY(NONE), SAY(NO(400, "SignatureNonceUsed", "used"))),
     IS_REFUSED, .reason = "SignatureNonceUsed"},

    /* ---- looking before ---- */
    {"exists", SCRIPT(SAY(FOUND)), .gets = 1, IS_THERE, .plan_id = "77",
     .reason = "There is a plan of this name already (77). Nothing was sent."},
    {"exists more than once", SCRIPT(SAY(LISTED(PLAN(7, "night", "null") "," PLAN(8, "night", "[]"), 2))),
     .gets = 1, IS_THERE, .plan_id = "7", .reason = "There are plans of this name already (7 and 8)."},
    {"exists, on the second page",
     SCRIPT(SAY(LISTED(PLAN(1, "nightly", "[]"), 2)), SAY(LISTED(PLAN(2, "night", "[]"), 2))),
     .gets = 2, IS_THERE, .plan_id = "2", .reason = "(2)"},
    {"exists, and that is accepted", SCRIPT(SAY(FOUND), SAY(CREATED)), &accepting, .gets = 1, IS_CREATED},
    {"names that only resemble ours",
     SCRIPT(SAY(LISTED(PLAN(1, "nightly", SAME) "," PLAN(2, "Night", SAME) ",{\"planId\":3}", 3)),
            SAY(CREATED)),
     .gets = 1, IS_CREATED},
    {"a total that lies ends with the empty page",
     SCRIPT(SAY(LISTED(PLAN(1, "x", "[]"), 2147483648)), SAY(LISTED("", 2147483648)), SAY(CREATED)),
     .gets = 2, IS_CREATED},
    {"an empty list that is left out", SCRIPT(SAY(DATA("{\"totalCount\":0}")), SAY(CREATED)),
     .gets = 1, IS_CREATED},
    {"listing is not allowed", SCRIPT(SAY(DENIED), SAY(CREATED)), .gets = 1, IS_CREATED,
     .warning = "could not be looked up. The service answered HTTP 403, NoPermission: Permission denied."},
    {"listing fails inside the service", SCRIPT(SAY(HTTP(503, "", "")), SAY(CREATED)), .gets = 1, IS_CREATED,
     .warning = "No usable answer came: the service failed (HTTP 503)."},
    {"the list is none", SCRIPT(SAY(DATA("{\"list\":{}}")), SAY(CREATED)), .gets = 1, IS_CREATED,
     .warning = "The list cannot be used: the list of plans is missing in the answer."},
    {"exists, with an id that is none", SCRIPT(SAY(LISTED(OURS(1.5), 1))), .gets = 1, IS_THERE,
     .reason = "There is a plan of this name already (its id cannot be read). Nothing was sent."},
    {"exists with an id that is none, and that is accepted", SCRIPT(SAY(LISTED(OURS(1.5), 1)), SAY(CREATED)),
     &accepting, .gets = 1, IS_CREATED},
    {"no answer to the list", SCRIPT(DROP), .gets = 1, NOTHING_SENT,
     .reason = "Nothing was sent. The connection was closed before an answer came."},
    {"half an answer to the list", SCRIPT(SAY("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")), .gets = 1,
     NOTHING_SENT, .reason = "Nothing was sent. The connection was closed in the middle"},

    /* ---- throttling ---- */
    {"throttled, with a wait",
     SCRIPT(SAY(NONE), SAY(THROTTLE("x-acs-retry-after: 3000\r\n")), SAY(CREATED)), &patient,
     .outcome = OUTCOME_CREATED, .posts = 2, .gets = 1, .pauses = " 3000",
     .journal = "intent throttled intent created:42", .plan_id = "42"},
    {"throttled to the end",
     SCRIPT(SAY(NONE), SAY(THROTTLE("")), SAY(THROTTLE("")), SAY(THROTTLE(""))), &patient,
     .outcome = OUTCOME_THROTTLED, .posts = 3, .gets = 1, .pauses = " 2000 3000",
     .journal = "intent throttled intent throttled intent throttled",
     .reason = "let none through within 5 seconds. Nothing was created."},
    {"throttled, to wait for days",
     SCRIPT(SAY(NONE), SAY(THROTTLE("Retry-After: 99999\r\n")), SAY(THROTTLE("Retry-After: 99999\r\n"))),
     &patient,
     .outcome = OUTCOME_THROTTLED, .posts = 2, .gets = 1, .pauses = " 5000",
     .journal = "intent throttled intent throttled", .reason = "Nothing was created."},
    {"throttled, to wait for nothing",
     SCRIPT(SAY(NONE), SAY(THROTTLE("x-acs-retry-after: 0\r\n")), SAY(THROTTLE("x-acs-retry-after: 0\r\n")),
            SAY(CREATED)), &patient,
     .outcome = OUTCOME_CREATED, .posts = 3, .gets = 1, .pauses = " 100 200",
     .journal = "intent throttled intent throttled intent created:42", .plan_id = "42"},
    {"throttled, and refused then", SCRIPT(SAY(NONE), SAY(THROTTLE("")), SAY(DENIED)), &patient,
     .outcome = OUTCOME_REFUSED, .posts = 2, .gets = 1, .pauses = " 2000",
     .journal = "intent throttled intent refused", .reason = "NoPermission"},
    {"throttled, and unknown then", SCRIPT(SAY(NONE), SAY(THROTTLE("")), DROP, SAY(FOUND)), &patient,
     .outcome = OUTCOME_CREATED, .posts = 2, .gets = 2, .pauses = " 2000", .looks = 1,
     .journal = "intent throttled intent created:77", .plan_id = "77", .reason = "found afterwards"},
    {"no patience", SCRIPT(SAY(NONE), SAY(THROTTLE(""))), &once,
     .outcome = OUTCOME_THROTTLED, .posts = 1, .gets = 1, .journal = "intent throttled",
     .reason = "Try again later."},
    {"the list is throttled", SCRIPT(SAY(THROTTLE("")), SAY(NONE), SAY(CREATED)), &patient,
     .gets = 2, IS_CREATED, .pauses = " 2000"},
    {"the list is throttled to the end",
     SCRIPT(SAY(THROTTLE("")), SAY(THROTTLE("")), SAY(THROTTLE(""))), &patient,
     .outcome = OUTCOME_THROTTLED, .posts = 0, .gets = 3, .pauses = " 2000 3000",
     .reason = "Nothing was created."},

    /* ---- unknown, and found by looking ---- */
#define IS_FOUND(id)                                                                              \
    .outcome = OUTCOME_CREATED, .posts = 1, .journal = "intent created:" #id, .plan_id = #id,     \
    .reason = "The plan was found afterwards in the list of plans."
    {"found at once", SCRIPT(SAY(NONE), DROP, SAY(FOUND)), .gets = 2, .looks = 1, IS_FOUND(77)},
    {"found at the third look", SCRIPT(SAY(NONE), DROP, SAY(NONE), SAY(NONE), SAY(FOUND)),
     .gets = 4, .looks = 3, .pauses = " 2000 4000", IS_FOUND(77)},
    {"found on the second page",
     SCRIPT(SAY(NONE), DROP, SAY(LISTED(PLAN(1, "nightly", SAME), 2)), SAY(LISTED(OURS(77), 2))),
     .gets = 3, .looks = 1, IS_FOUND(77)},
    {"found after a look that failed", SCRIPT(SAY(NONE), DROP, DROP, SAY(FOUND)),
     .gets = 3, .looks = 2, .pauses = " 2000", IS_FOUND(77)},
    {"found after a look that was throttled", SCRIPT(SAY(NONE), DROP, SAY(THROTTLE("")), SAY(FOUND)),
     .gets = 3, .looks = 2, .pauses = " 2000", IS_FOUND(77)},
    {"found beside an older one",
     SCRIPT(SAY(LISTED(OURS(5), 1)), DROP, SAY(LISTED(OURS(5) "," OURS(6), 2))), &accepting,
     .gets = 2, .looks = 1, IS_FOUND(6)},
    {"found beside a new one that differs",
     SCRIPT(SAY(NONE), DROP, SAY(LISTED(PLAN(5, "night", DIFFERENT) "," OURS(6), 2))),
     .gets = 2, .looks = 1, IS_FOUND(6)},

    /* ---- unknown, and it stays so ---- */
#define IS_UNKNOWN .outcome = OUTCOME_UNKNOWN, .posts = 1, .journal = "intent unknown"
    {"never found", SCRIPT(SAY(NONE), DROP, SAY(NONE), SAY(NONE), SAY(NONE), SAY(NONE), SAY(NONE)),
     .gets = 6, .looks = 5, .pauses = " 2000 4000 8000 16000", IS_UNKNOWN,
     .reason = "The connection was closed before an answer came. Whether the plan was created is not known: "
               "no new plan of this name is in the list. Look for it again before you send it again."},
    {"several of them", SCRIPT(SAY(NONE), DROP, SAY(LISTED(OURS(5) "," OURS(6) "," OURS(7), 3))),
     .gets = 2, .looks = 1, IS_UNKNOWN, .reason = "(5, 6 and 7)"},
    {"a crowd of them",
     SCRIPT(SAY(NONE), DROP,
            SAY(LISTED(OURS(1) "," OURS(2) "," OURS(3) "," OURS(4) "," OURS(5) "," OURS(5), 6))),
     .gets = 2, .looks = 1, IS_UNKNOWN, .reason = "(1, 2, 3, 4 and 1 more)"},
    {"one with other instances", SCRIPT(SAY(NONE), DROP, SAY(LISTED(PLAN(9, "night", DIFFERENT), 1))), &once,
     .gets = 2, .looks = 1, IS_UNKNOWN, .reason = "this name is in the list (9), but with other instances"},
    {"one that does not show its instances",
     SCRIPT(SAY(NONE), DROP, SAY(LISTED("{\"planId\":9,\"planName\":\"night\"}", 1))), &once,
     .gets = 2, .looks = 1, IS_UNKNOWN, .reason = "(9), but with other instances, or none shown"},
    {"one that was there before", SCRIPT(SAY(FOUND), DROP, SAY(FOUND)), &accepting,
     .gets = 2, .looks = 1, IS_UNKNOWN, .reason = "no new plan"},
    {"one that may have been there before", SCRIPT(SAY(DENIED), DROP, SAY(FOUND)),
     .gets = 2, .looks = 1, IS_UNKNOWN, .warning = "could not be looked up",
     .reason = "plan 77 has this name and these instances, but may have been there before"},
    {"one beside another whose id could not be read",
     SCRIPT(SAY(LISTED(OURS(-5), 1)), DROP, SAY(LISTED(OURS(5), 1))), &accepting,
     .gets = 2, .looks = 1, IS_UNKNOWN, .reason = "but may have been there before"},
    {"one whose id cannot be read", SCRIPT(SAY(NONE), DROP, SAY(LISTED(OURS(-5), 1))), &once,
     .gets = 2, .looks = 1, IS_UNKNOWN,
     .reason = "the plans could not be listed. The list cannot be used: the id of a plan"},
    {"the looks are refused", SCRIPT(SAY(NONE), DROP, SAY(DENIED)), &once, .gets = 2, .looks = 1, IS_UNKNOWN,
     .reason = "the plans could not be listed. The service answered HTTP 403, NoPermission: Permission"},
    {"the looks fail on the wire", SCRIPT(SAY(NONE), DROP, DROP), &once, .gets = 2, .looks = 1, IS_UNKNOWN,
     .reason = "the plans could not be listed. The connection was closed before an answer came. Look for it"},
    {"no look is wanted", SCRIPT(SAY(NONE), DROP), &never, .gets = 1, .looks = 0, IS_UNKNOWN,
     .reason = "the list of plans was not asked"},

    /* ---- all the ways not to answer ---- */
#define NO_ANSWER(what, says, ...)                                                                       \
    {what, SCRIPT(SAY(NONE), __VA_ARGS__, SAY(NONE)), &once, .gets = 2, .looks = 1, IS_UNKNOWN,     \
     .reason = says}
    NO_ANSWER("reset", "closed before an answer", {WIRE_RESET, NULL, 0, NULL}),
    NO_ANSWER("half a head", "middle of the head", SAY("HTTP/1.1 200 OK\r\nContent-Ty")),
    NO_ANSWER("cut short", "middle of the answer",
              SAY("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"success\":true,\"data\":42}")),
    NO_ANSWER("half of the JSON", "not JSON", SAY(HTTP(200, "", "{\"success\":true,\"da"))),
    NO_ANSWER("a page", "a page", SAY(HTTP(200, "Content-Type: text/html\r\n", "<html>Portal</html>"))),
    NO_ANSWER("nothing in it", "it is empty", SAY(HTTP(200, "", ""))),
    NO_ANSWER("500", "HTTP 500", SAY(NO(500, "InternalError", "x"))),
    NO_ANSWER("503", "HTTP 503", SAY(NO(503, "ServiceUnavailable", "x"))),
    NO_ANSWER("504", "HTTP 504", SAY(HTTP(504, "", "gateway timeout"))),
    NO_ANSWER("a redirect", "a redirect (HTTP 307)",
              SAY(HTTP(307, "Location: http://127.0.0.1:1/evil\r\n", "{}"))),
    NO_ANSWER("success without an id", "No usable answer", SAY(HTTP(200, "", "{\"success\":true}"))),
    NO_ANSWER("an id in quotes", "no readable id", SAY(DATA("\"42\""))),
    NO_ANSWER("half an id", "no readable id", SAY(DATA("1.5"))),
    NO_ANSWER("a negative id", "no readable id", SAY(DATA("-1"))),
    NO_ANSWER("an id too large", "no readable id", SAY(DATA("9223372036854775808"))),
    NO_ANSWER("an id with an exponent", "no readable id", SAY(DATA("1e400"))),
    NO_ANSWER("an object for an id", "no readable id", SAY(DATA("{\"planId\":42}"))),
    NO_ANSWER("every member twice", "not JSON", SAY(DATA("1,\"success\":false,\"data\":2"))),
    NO_ANSWER("packed, unasked", "No usable answer",
              SAY(HTTP(200, "Content-Encoding: gzip\r\n", "\x1f\x8b\x08"))),
    NO_ANSWER("without end", "too large", {WIRE_FLOOD, HTTP(200, "", ""), 0, "        "}),
    NO_ANSWER("not HTTP", "is not HTTP", SAY("{\"success\":true,\"data\":42}")),
    /* The server never had the request, but that cannot be known here. */
    {"closed unread", SCRIPT(SAY(NONE), {WIRE_CLOSE_UNREAD, NULL, 0, NULL}, SAY(NONE)), &once,
     .outcome = OUTCOME_UNKNOWN, .posts = 0, .gets = 2, .looks = 1, .journal = "intent unknown",
     .reason = "closed before an answer"},
};
/* clang-format on */

static const char *text(const char *given)
{
    return given ? given : "";
}

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

static void assert_row(const struct row *row, struct bench *bench, const struct submission_report *report)
{
    char words[256];

    bench_journal(bench, words, sizeof(words));
    assert_string_equal(outcome_word(report->outcome), outcome_word(row->outcome));
    assert_int_equal(wire_server_count(bench->server, "POST /disaster_recovery HTTP/1.1"), row->posts);
    assert_int_equal(wire_server_count(bench->server, "GET /disaster_recovery?filter=night&pageNumber="),
                     row->gets);
    assert_int_equal(wire_server_connections(bench->server), script_length(row->script));
    assert_string_equal(words, text(row->journal));
    assert_string_equal(report->plan_id, text(row->plan_id));
    assert_non_null(strstr(report->reason, text(row->reason)));
    assert_non_null(strstr(report->warning, text(row->warning)));
    assert_int_equal(row->warning != NULL, report->warning[0] != '\0');
    assert_string_equal(bench->pauses, text(row->pauses));
    assert_int_equal(report->looks, row->looks);
    assert_int_equal(strstr(report->reason, "found afterwards") != NULL,
                     row->outcome == OUTCOME_CREATED && row->looks > 0);
    assert_int_equal(report->phase, PHASE_DONE);
    assert_int_equal(report->started_ticks, 1000);
    assert_reason(report);
}

static void every_outcome_is_what_is_known_and_one_sending_is_one_post(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct submission *submission;
        struct bench bench;

        print_message("  %s\n", rows[i].name);
        bench_start(&bench, rows[i].script, script_length(rows[i].script), NULL);
        submission = bench_submit(&bench, rows[i].options);
        bench_finish(&bench, submission);
        assert_row(&rows[i], &bench, submission_report(submission));
        assert_int_equal(submission_timeout(submission), -1);
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
    assert_int_equal(transport_running(bench.transport), 0);
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

static int enter(void **state)
{
    forget_proxies();
    return certificates_enter(state);
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

    return cmocka_run_group_tests(tests, enter, certificates_leave);
}
