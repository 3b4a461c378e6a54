#include "sandbox_support.h"

#include <stdlib.h>

#include "sandbox/keyed_hash.h"
#include "sandbox/query.h"

static struct header *header_of(struct arrival *arrival, const char *name)
{
    for (size_t i = 0; i < arrival->header_count; i++)
        if (strcmp(arrival->headers[i].name, name) == 0)
            return &arrival->headers[i];
    fail_msg("there is no header %s", name);
    return NULL;
}

static void replace(char **held, const char *value)
{
    free(*held);
    *held = text_copy(value);
    assert_non_null(*held);
}

/* The code with which a fresh gateway refuses an arrival; "" when it admits it. */
static const char *verdict_at(const struct arrival *arrival, int64_t now, char code[64])
{
    struct gateway gateway = {0};
    struct refusal refusal;
    struct error err;
    bool admitted = gateway_admit(&gateway, arrival, now, &refusal, &err);

    assert_int_equal(admitted, refusal.code[0] == '\0');
    snprintf(code, 64, "%s", refusal.code);
    gateway_release(&gateway);
    return code;
}

static const char *verdict(const struct arrival *arrival, char code[64])
{
    return verdict_at(arrival, NOW, code);
}

static void call_is(const struct call *call, const char *expected)
{
    struct arrival arrival;
    char code[64];

    signed_call(&arrival, call);
    assert_string_equal(verdict(&arrival, code), expected);
    arrival_release(&arrival);
}

/* ---- The figures of others ---- */

static void the_keyed_hash_gives_the_figures_of_rfc_4231(void **state)
{
    static const struct {
        char byte; /* the key is this byte, key_length times; or the text */
        size_t key_length;
        const char *key, *message, *hex;
    } cases[] = {
        {0x0b, 20, NULL, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {0, 4, "Jefe", "what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {(char)0xaa, 131, NULL, "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char key[131];
        char hex[65];
        struct error err;

        memset(key, cases[i].byte, sizeof(key));
        if (cases[i].key)
            memcpy(key, cases[i].key, cases[i].key_length);
        assert_true(
            keyed_hash_hex(key, cases[i].key_length, cases[i].message, strlen(cases[i].message), hex, &err));
        assert_string_equal(hex, cases[i].hex);
    }
}

static void arrive(struct arrival *arrival, const char *method, const char *target,
                   const char *const headers[][2], size_t count)
{
    struct error err;

    arrival_init(arrival);
    assert_true(arrival_set_method(arrival, method, &err));
    assert_true(arrival_set_target(arrival, target, &err));
    for (size_t i = 0; i < count; i++)
        assert_true(arrival_add_header(arrival, headers[i][0], headers[i][1], &err));
}

static void the_documented_example_gives_the_documented_figures(void **state)
{
    static const char *const headers[][2] = {
        {"Host", "ecs.cn-shanghai.aliyuncs.com"},
        {"x-acs-action", "RunInstances"},
        {"x-acs-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"x-acs-date", "2023-10-26T10:22:32Z"},
        {"x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d"},
        {"x-acs-version", "2014-05-26"},
    };
    static const char names[] =
        "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";
    struct buf text = BUF_INIT;
    struct arrival arrival;
    struct error err;
    char hex[65];

    (void)state;
    arrive(&arrival, "POST",
           "/?RegionId=cn-shanghai&ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", headers,
           COUNT_OF(headers));
    assert_true(gateway_canonical_request(&arrival, names, strlen(names), &text, &err));
    sha256_hex(buf_text(&text), text.length, hex);
    assert_string_equal(hex, "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259");

    buf_clear(&text);
    buf_addf(&text, "ACS3-HMAC-SHA256\n%s", hex);
    assert_true(keyed_hash_hex("YourAccessKeySecret", strlen("YourAccessKeySecret"), buf_text(&text),
                               text.length, hex, &err));
    assert_string_equal(hex, "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0");
    buf_release(&text);
    arrival_release(&arrival);
}

/* The signature was worked out with Python's hmac; the query comes out of order and encoded otherwise. */
static void a_request_signed_by_other_means_passes(void **state)
{
    static const char *const headers[][2] = {
        {"HOST", "127.0.0.1:8080"},
        {"X-Acs-Action", "ListDisasterRecoveryPlans"},
        {"X-Acs-Version", " 2022-08-01\t"},
        {"x-acs-date", "2026-11-25T08:30:00Z"},
        {"x-acs-signature-nonce", "6e1f6a0b7c8d4e5f9a0b1c2d3e4f5061"},
        {"x-acs-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"User-Agent", "anything"},
        {"Authorization", "ACS3-HMAC-SHA256 Credential=SANDBOX-ACCESS-KEY-ID,SignedHeaders=host;x-acs-action;"
                          "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature="
                          "4d108727460d285d300e4e8cda674be8f2e8b74b6e7bf54a465d36a455524c77"},
    };
    struct arrival arrival;
    char code[64];

    (void)state;
    arrive(&arrival, "GET", "/disaster_recovery?pageNumber=1&instanceId&filter=%61%20b%2bc*~/\xE4\xB8\xAD",
           headers, COUNT_OF(headers));
    assert_string_equal(verdict(&arrival, code), "");
    arrival_release(&arrival);
}

static void what_drplan_signs_passes(void **state)
{
    static const struct call asked = {
        .method = "GET",
        .path = "/disaster_recovery",
        .action = "ListDisasterRecoveryPlans",
        .query = {{"filter", "a b+c*d~/\xE4\xB8\xAD&="}, {"pageSize", "10"}, {"instanceId", ""}},
        .nonce = "n",
        .date = NOW,
    };
    struct call with_token = create_call;

    (void)state;
    with_token.extra_header[0] = "x-acs-credentials-provider";
    with_token.extra_header[1] = "  static_ak ";
    call_is(&create_call, "");
    call_is(&list_call, "");
    call_is(&asked, "");
    call_is(&with_token, "");
}

/* ---- Tampering ---- */

/* Changes each byte of text in turn, and holds that the request is refused each time. */
static void every_change_is_refused(struct arrival *arrival, char *text, size_t length, const char *where)
{
    char code[64];

    for (size_t i = 0; i < length; i++) {
        char before = text[i];

        text[i] = (char)(before == 'z' || before == '/' ? before - 1 : before + 1);
        if (verdict(arrival, code)[0] == '\0')
            fail_msg("%s passes with byte %zu changed to '%c': %s", where, i, text[i], text);
        text[i] = before;
    }
    assert_string_equal(verdict(arrival, code), "");
}

static void tamper(const struct call *call)
{
    struct arrival arrival;

    signed_call(&arrival, call);
    every_change_is_refused(&arrival, arrival.method, strlen(arrival.method), "the method");
    every_change_is_refused(&arrival, arrival.target, strlen(arrival.target), "the path and query");
    for (size_t i = 0; i < arrival.header_count; i++) {
        struct header *header = &arrival.headers[i];

        every_change_is_refused(&arrival, header->value, strlen(header->value), header->name);
        every_change_is_refused(&arrival, header->name, strlen(header->name), header->name);
    }
    if (arrival.body.length > 0)
        every_change_is_refused(&arrival, arrival.body.data, arrival.body.length, "the body");
    arrival_release(&arrival);
}

static void a_request_with_any_byte_changed_is_refused(void **state)
{
    static const struct call asked = {
        .method = "GET",
        .path = "/disaster_recovery",
        .action = "ListDisasterRecoveryPlans",
        .query = {{"filter", "a b~c"}, {"pageNumber", "1"}, {"instanceId", ""}},
        .nonce = "n",
        .date = NOW,
        .extra_header = {"x-acs-security-token", "token"},
    };

    (void)state;
    tamper(&create_call);
    tamper(&asked);
}

static void a_request_with_a_part_added_or_taken_away_is_refused(void **state)
{
    struct arrival arrival;
    struct error err;
    char code[64];

    (void)state;
    signed_call(&arrival, &create_call);
    assert_true(arrival_add_body(&arrival, " ", 1, &err));
    assert_string_equal(verdict(&arrival, code), "SignatureDoesNotMatch");
    arrival_release(&arrival);

    signed_call(&arrival, &create_call);
    buf_remove(&arrival.body, arrival.body.length - 1, 1);
    assert_string_equal(verdict(&arrival, code), "SignatureDoesNotMatch");
    arrival_release(&arrival);

    signed_call(&arrival, &list_call);
    replace(&arrival.target, "/disaster_recovery?filter=");
    assert_string_equal(verdict(&arrival, code), "SignatureDoesNotMatch");
    arrival_release(&arrival);

    signed_call(&arrival, &list_call);
    assert_true(arrival_add_header(&arrival, "x-acs-date", "2026-11-25T08:30:00Z", &err));
    assert_string_equal(verdict(&arrival, code), "SignatureDoesNotMatch");
    arrival_release(&arrival);
}

/* Signs an arrival as it stands over the headers of a list, whatever the list is. */
static void sign_over(struct arrival *arrival, const char *names)
{
    struct buf canonical = BUF_INIT;
    struct buf text = BUF_INIT;
    struct error err;
    char hex[65];

    assert_true(gateway_canonical_request(arrival, names, strlen(names), &canonical, &err));
    sha256_hex(buf_text(&canonical), canonical.length, hex);
    buf_addf(&text, "ACS3-HMAC-SHA256\n%s", hex);
    assert_true(keyed_hash_hex(SANDBOX_ACCESS_KEY_SECRET, strlen(SANDBOX_ACCESS_KEY_SECRET), buf_text(&text),
                               text.length, hex, &err));
    buf_clear(&text);
    buf_addf(&text, "ACS3-HMAC-SHA256 Credential=%s,SignedHeaders=%s,Signature=%s", SANDBOX_ACCESS_KEY_ID,
             names, hex);
    replace(&header_of(arrival, "authorization")->value, buf_text(&text));
    buf_release(&canonical);
    buf_release(&text);
}

static void a_list_of_signed_headers_out_of_order_is_refused(void **state)
{
    static const struct {
        const char *names, *code;
    } cases[] = {
        {"host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version", ""},
        {"x-acs-action;host;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version",
         "IncompleteSignature"},
        {"host;host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version",
         "IncompleteSignature"},
        {"host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version;x-other",
         "IncompleteSignature"},
        {"Host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version",
         "IncompleteSignature"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arrival arrival;
        char code[64];

        signed_call(&arrival, &list_call);
        sign_over(&arrival, cases[i].names);
        assert_string_equal(verdict(&arrival, code), cases[i].code);
        arrival_release(&arrival);
    }
}

static void more_behind_the_signature_is_refused(void **state)
{
    struct buf longer = BUF_INIT;
    struct arrival arrival;
    char code[64];

    (void)state;
    signed_call(&arrival, &list_call);
    buf_addf(&longer, "%s,Extra=1", arrival_header(&arrival, "authorization"));
    replace(&header_of(&arrival, "authorization")->value, buf_text(&longer));
    assert_string_equal(verdict(&arrival, code), "IncompleteSignature");
    buf_release(&longer);
    arrival_release(&arrival);
}

/* A signature that is right in itself, over a header that says the hash of another body. */
static void the_body_hash_of_the_header_must_be_that_of_the_body(void **state)
{
    struct arrival arrival;
    char hex[65];
    char code[64];

    (void)state;
    signed_call(&arrival, &create_call);
    sha256_hex("{}", 2, hex);
    replace(&header_of(&arrival, "x-acs-content-sha256")->value, hex);
    sign_over(&arrival,
              "content-type;host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;"
              "x-acs-version");
    assert_string_equal(verdict(&arrival, code), "SignatureDoesNotMatch");
    arrival_release(&arrival);
}

static void the_refusal_shows_the_string_that_the_gateway_signed(void **state)
{
    struct gateway gateway = {0};
    struct buf canonical = BUF_INIT;
    struct arrival arrival;
    struct refusal refusal;
    struct error err;
    char hash[65];
    static const char names[] =
        "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";

    (void)state;
    signed_with(&arrival, &list_call, SANDBOX_ACCESS_KEY_ID, "another-secret");
    assert_false(gateway_admit(&gateway, &arrival, NOW, &refusal, &err));
    assert_string_equal(refusal.code, "SignatureDoesNotMatch");
    assert_int_equal(refusal.status, 400);
    assert_true(gateway_canonical_request(&arrival, names, strlen(names), &canonical, &err));
    sha256_hex(buf_text(&canonical), canonical.length, hash);
    assert_non_null(strstr(refusal.message, "server string to sign is:ACS3-HMAC-SHA256\n"));
    assert_non_null(strstr(refusal.message, hash));
    assert_null(strstr(refusal.message, SANDBOX_ACCESS_KEY_SECRET));
    buf_release(&canonical);
    arrival_release(&arrival);
    gateway_release(&gateway);
}

/* ---- What is missing or wrong ---- */

static void each_header_of_the_signature_must_be_there(void **state)
{
    static const struct {
        const char *header, *code;
    } cases[] = {
        {"host", "IncompleteSignature"},
        {"x-acs-action", "InvalidAction.NotFound"},
        {"x-acs-version", "InvalidVersion"},
        {"x-acs-date", "IncompleteSignature"},
        {"x-acs-signature-nonce", "IncompleteSignature"},
        {"x-acs-content-sha256", "IncompleteSignature"},
        {"authorization", "IncompleteSignature"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arrival arrival;
        char code[64];

        signed_call(&arrival, &create_call);
        replace(&header_of(&arrival, cases[i].header)->name, "x-other");
        assert_string_equal(verdict(&arrival, code), cases[i].code);
        arrival_release(&arrival);
    }
}

static void a_header_that_must_be_signed_and_is_not_is_refused(void **state)
{
    static const char *const names[] = {"x-acs-retry-attempts", "x-acs-security-token", "content-type"};
    struct arrival arrival;
    struct error err;
    char code[64];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        signed_call(&arrival, &list_call);
        assert_true(arrival_add_header(&arrival, names[i], "1", &err));
        assert_string_equal(verdict(&arrival, code), "IncompleteSignature");
        arrival_release(&arrival);
    }
    signed_call(&arrival, &list_call);
    assert_true(arrival_add_header(&arrival, "accept", "application/json", &err));
    assert_string_equal(verdict(&arrival, code), "");
    arrival_release(&arrival);
}

static void an_authorization_of_another_form_is_incomplete(void **state)
{
    static const char *const values[] = {
        "",
        "ACS3-HMAC-SHA256",
        "ACS3-HMAC-SM3 Credential=SANDBOX-ACCESS-KEY-ID,SignedHeaders=host,Signature=00",
        "ACS3-HMAC-SHA256 Credential=,SignedHeaders=host,Signature=00",
        "ACS3-HMAC-SHA256 Credential=SANDBOX-ACCESS-KEY-ID,SignedHeaders=,Signature=00",
        "ACS3-HMAC-SHA256 Credential=SANDBOX-ACCESS-KEY-ID,SignedHeaders=host,Signature=",
        "ACS3-HMAC-SHA256 Credential=SANDBOX-ACCESS-KEY-ID, SignedHeaders=host, Signature=00",
        "ACS3-HMAC-SHA256 Credential=SANDBOX-ACCESS-KEY-ID,SignedHeaders=host;host,Signature=00",
        "ACS3-HMAC-SHA256 Credential=SANDBOX-ACCESS-KEY-ID,SignedHeaders=x-acs-date;host,Signature=00",
        "ACS3-HMAC-SHA256 Credential=SANDBOX-ACCESS-KEY-ID,SignedHeaders=host;;x-acs-date,Signature=00",
        "ACS3-HMAC-SHA256 Credential=SANDBOX-ACCESS-KEY-ID,SignedHeaders=host,Signature=00,Extra=1",
        "Bearer token",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        struct arrival arrival;
        char code[64];

        signed_call(&arrival, &list_call);
        replace(&header_of(&arrival, "authorization")->value, values[i]);
        assert_string_equal(verdict(&arrival, code), "IncompleteSignature");
        arrival_release(&arrival);
    }
}

static void two_authorizations_are_one_too_many(void **state)
{
    struct arrival arrival;
    struct error err;
    char code[64];

    (void)state;
    signed_call(&arrival, &list_call);
    assert_true(
        arrival_add_header(&arrival, "authorization", arrival_header(&arrival, "authorization"), &err));
    assert_string_equal(verdict(&arrival, code), "IncompleteSignature");
    arrival_release(&arrival);
}

static void an_unknown_key_is_refused_by_its_own_code(void **state)
{
    struct call with_token = list_call;
    struct arrival arrival;
    char code[64];

    (void)state;
    signed_with(&arrival, &list_call, "LTAI0000000000000000", SANDBOX_ACCESS_KEY_SECRET);
    assert_string_equal(verdict(&arrival, code), "InvalidAccessKeyId.NotFound");
    arrival_release(&arrival);

    signed_with(&arrival, &list_call, "STS.0000000000000000", SANDBOX_ACCESS_KEY_SECRET);
    assert_string_equal(verdict(&arrival, code), "MissingSecurityToken");
    arrival_release(&arrival);

    with_token.extra_header[0] = "x-acs-security-token";
    with_token.extra_header[1] = "token";
    signed_with(&arrival, &with_token, "STS.0000000000000000", SANDBOX_ACCESS_KEY_SECRET);
    assert_string_equal(verdict(&arrival, code), "InvalidAccessKeyId.NotFound");
    arrival_release(&arrival);
}

static void an_operation_that_is_not_there_is_refused(void **state)
{
    static const struct {
        const char *method, *path, *action, *code, *version;
    } cases[] = {
        {"POST", "/disaster_recovery", "ListDisasterRecoveryPlans", "InvalidAction.NotFound", NULL},
        {"DELETE", "/disaster_recovery", "ListDisasterRecoveryPlans", "InvalidAction.NotFound", NULL},
        {"GET", "/disaster_recovery/", "GetDisasterRecoveryPlan", "InvalidAction.NotFound", NULL},
        {"GET", "/disaster_recovery/1/items", "GetDisasterRecoveryPlan", "InvalidAction.NotFound", NULL},
        {"GET", "/instances//accounts", "ListInstanceAccount", "InvalidAction.NotFound", NULL},
        {"GET", "/instances/a/b/accounts", "ListInstanceAccount", "InvalidAction.NotFound", NULL},
        {"GET", "/instances/a/accounts", "ListConsumerGroups", "InvalidAction.NotFound", NULL},
        {"GET", "/instances/a/topics", "ListTopics", "InvalidAction.NotFound", NULL},
        {"POST", "/", "DescribeInstances", "InvalidAction.NotFound", NULL},
        {"POST", "/", "ListInstances", "InvalidAction.NotFound", NULL},
        {"PUT", "/", "DescribeVpcs", "InvalidAction.NotFound", "2016-04-28"},
        {"POST", "/", "DescribeVpcs", "InvalidVersion", NULL},
        {"POST", "/", "DescribeSecurityGroups", "InvalidVersion", "2016-04-28"},
        {"POST", "/", "DescribeVpcs", "", "2016-04-28"},
        {"GET", "/", "DescribeVSwitches", "", "2016-04-28"},
        {"POST", "/", "DescribeSecurityGroups", "", "2014-05-26"},
        {"GET", "/instances/a/accounts", "ListInstanceAccount", "", NULL},
        {"HEAD", "/disaster_recovery", "ListDisasterRecoveryPlans", "UnsupportedHTTPMethod", NULL},
        {"GET", "/disaster_recovery/1", "GetDisasterRecoveryPlan", "", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct call call = list_call;

        call.method = cases[i].method;
        call.path = cases[i].path;
        call.action = cases[i].action;
        call.version = cases[i].version;
        call_is(&call, cases[i].code);
    }
}

static void a_body_that_is_too_large_is_refused(void **state)
{
    struct arrival arrival;
    struct error err;
    char block[4096] = {0};
    char code[64];

    (void)state;
    signed_call(&arrival, &create_call);
    for (size_t i = 0; i <= ARRIVAL_BODY_MAX / sizeof(block); i++)
        assert_true(arrival_add_body(&arrival, block, sizeof(block), &err));
    assert_true(arrival.body.length <= ARRIVAL_BODY_MAX);
    assert_string_equal(verdict(&arrival, code), "RequestEntityTooLarge");
    arrival_release(&arrival);
}

/* ---- Date and nonce ---- */

static void the_date_may_be_a_quarter_of_an_hour_off_either_way(void **state)
{
    static const struct {
        int64_t now;
        const char *code;
    } cases[] = {
        {NOW - 901, "InvalidTimeStamp.Expired"}, {NOW - 900, ""}, {NOW, ""}, {NOW + 900, ""},
        {NOW + 901, "InvalidTimeStamp.Expired"},
    };
    struct arrival arrival;
    char code[64];

    (void)state;
    signed_call(&arrival, &list_call);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(verdict_at(&arrival, cases[i].now, code), cases[i].code);
    arrival_release(&arrival);
}

static void a_date_of_another_form_is_refused(void **state)
{
    static const char *const dates[] = {
        "2026-11-25 08:30:00Z",      "2026-11-25T08:30:00",
        "2026-11-25T08:30:00.000Z",  "2026-11-25T08:30Z",
        "2026-02-30T08:30:00Z",      "2026-13-01T08:30:00Z",
        "2026-11-25T24:00:00Z",      "2026-11-25T08:60:00Z",
        "Wed, 25 Nov 2026 08:30:00", "now",
        "+026-11-25T08:30:00Z",      "2026-11-25T08:30:0xZ",
    };
    struct arrival arrival;
    char code[64];

    (void)state;
    signed_call(&arrival, &list_call);
    for (size_t i = 0; i < COUNT_OF(dates); i++) {
        replace(&header_of(&arrival, "x-acs-date")->value, dates[i]);
        assert_string_equal(verdict(&arrival, code), "InvalidTimeStamp.Format");
    }
    arrival_release(&arrival);
}

static bool admits(struct gateway *gateway, const char *nonce, int64_t date, int64_t now, char code[64])
{
    struct call call = list_call;
    struct arrival arrival;
    struct refusal refusal;
    struct error err;
    bool admitted;

    call.nonce = nonce;
    call.date = date;
    signed_call(&arrival, &call);
    admitted = gateway_admit(gateway, &arrival, now, &refusal, &err);
    snprintf(code, 64, "%s", refusal.code);
    arrival_release(&arrival);
    return admitted;
}

static void a_nonce_works_once_in_its_quarter_of_an_hour(void **state)
{
    struct gateway gateway = {0};
    char code[64];

    (void)state;
    assert_true(admits(&gateway, "first", NOW, NOW, code));
    assert_true(admits(&gateway, "second", NOW, NOW, code));
    assert_false(admits(&gateway, "first", NOW, NOW, code));
    assert_string_equal(code, "SignatureNonceUsed");
    assert_false(admits(&gateway, "first", NOW + 899, NOW + 899, code));
    assert_string_equal(code, "SignatureNonceUsed");
    assert_true(admits(&gateway, "first", NOW + 901, NOW + 901, code));
    gateway_release(&gateway);
}

static void the_same_bytes_never_pass_twice(void **state)
{
    struct gateway gateway = {0};
    char code[64];

    /* Dated ahead, they would still be fresh long after they were sent first. */
    (void)state;
    assert_true(admits(&gateway, "ahead", NOW + 800, NOW, code));
    for (int64_t later = 1; later <= 1700; later += 50)
        assert_false(admits(&gateway, "ahead", NOW + 800, NOW + later, code));
    assert_string_equal(code, "SignatureNonceUsed");
    gateway_release(&gateway);
}

static void a_refused_request_uses_no_nonce_up(void **state)
{
    struct gateway gateway = {0};
    struct arrival arrival;
    struct refusal refusal;
    struct error err;
    char code[64];

    (void)state;
    signed_with(&arrival, &list_call, SANDBOX_ACCESS_KEY_ID, "another-secret");
    assert_false(gateway_admit(&gateway, &arrival, NOW, &refusal, &err));
    arrival_release(&arrival);
    assert_true(admits(&gateway, list_call.nonce, NOW, NOW, code));
    gateway_release(&gateway);
}

static void the_memory_for_nonces_has_an_end(void **state)
{
    struct nonces nonces = {0};
    struct error err;
    char hash[65];

    (void)state;
    memset(hash, '0', sizeof(hash));
    for (int i = 0; i <= NONCES_MAX; i++) {
        snprintf(hash, sizeof(hash), "%064d", i);
        assert_true(nonces_remember(&nonces, hash, NOW + 1, &err));
        assert_true(nonces_used(&nonces, hash, NOW));
        assert_true(nonces.count <= NONCES_MAX);
    }
    snprintf(hash, sizeof(hash), "%064d", 0);
    assert_false(nonces_used(&nonces, hash, NOW));
    snprintf(hash, sizeof(hash), "%064d", 1);
    assert_true(nonces_used(&nonces, hash, NOW));
    nonces_release(&nonces);
}

/* ---- The query ---- */

static void a_query_is_decoded_sorted_and_encoded_anew(void **state)
{
    static const struct {
        const char *text, *canonical;
    } cases[] = {
        {"", ""},
        {"a", "a="},
        {"b=1&a=2", "a=2&b=1"},
        {"a=2&a=1&a", "a=&a=1&a=2"},
        {"&&a=1&", "a=1"},
        {"a=x=y", "a=x%3Dy"},
        {"a=*!'()~-._", "a=%2A%21%27%28%29~-._"},
        {"a=%2a%7e%41", "a=%2A~A"},
        {"a=+%20%2B", "a=%2B%20%2B"},
        {"a=%&b=%4&c=%zz", "a=%25&b=%254&c=%25zz"},
        {"a=%00b", "a=%00b"},
        {"Tag.2=x&Tag.10=y&Tag.1=z&tag=&_=&Z=", "Tag.1=z&Tag.10=y&Tag.2=x&Z=&_=&tag="},
        {"%62=1&a=2", "a=2&b=1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf out = BUF_INIT;
        struct query query;
        struct error err;

        assert_true(query_parse(cases[i].text, &query, &err));
        query_canonical(&query, &out);
        assert_string_equal(buf_text(&out), cases[i].canonical);
        query_release(&query);
        buf_release(&out);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_keyed_hash_gives_the_figures_of_rfc_4231),
        cmocka_unit_test(the_documented_example_gives_the_documented_figures),
        cmocka_unit_test(a_request_signed_by_other_means_passes),
        cmocka_unit_test(what_drplan_signs_passes),
        cmocka_unit_test(a_request_with_any_byte_changed_is_refused),
        cmocka_unit_test(a_request_with_a_part_added_or_taken_away_is_refused),
        cmocka_unit_test(a_list_of_signed_headers_out_of_order_is_refused),
        cmocka_unit_test(more_behind_the_signature_is_refused),
        cmocka_unit_test(the_body_hash_of_the_header_must_be_that_of_the_body),
        cmocka_unit_test(the_refusal_shows_the_string_that_the_gateway_signed),
        cmocka_unit_test(each_header_of_the_signature_must_be_there),
        cmocka_unit_test(a_header_that_must_be_signed_and_is_not_is_refused),
        cmocka_unit_test(an_authorization_of_another_form_is_incomplete),
        cmocka_unit_test(two_authorizations_are_one_too_many),
        cmocka_unit_test(an_unknown_key_is_refused_by_its_own_code),
        cmocka_unit_test(an_operation_that_is_not_there_is_refused),
        cmocka_unit_test(a_body_that_is_too_large_is_refused),
        cmocka_unit_test(the_date_may_be_a_quarter_of_an_hour_off_either_way),
        cmocka_unit_test(a_date_of_another_form_is_refused),
        cmocka_unit_test(a_nonce_works_once_in_its_quarter_of_an_hour),
        cmocka_unit_test(the_same_bytes_never_pass_twice),
        cmocka_unit_test(a_refused_request_uses_no_nonce_up),
        cmocka_unit_test(the_memory_for_nonces_has_an_end),
        cmocka_unit_test(a_query_is_decoded_sorted_and_encoded_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
