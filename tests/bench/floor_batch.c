#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * floor_batch URL SIDE_BY_SIDE FILE...: the least that libcurl and OpenSSL can
 * do the work with. It reads each file, signs it (ACS3-HMAC-SHA256), posts it
 * over kept connections and looks whether the answer says success. It checks
 * nothing, keeps no journal, prints no outcomes, and sends again what libcurl
 * sends again.
 */
struct slot {
    CURL *easy;
    struct curl_slist *headers;
    char *body;
    char answer[1024];
    size_t answer_length;
};

static const char key_id[] = "SANDBOX-ACCESS-KEY-ID", secret[] = "sandbox-access-key-secret";
static const char signed_headers[] =
    "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;"
    "x-acs-version";

static void to_hex(const unsigned char *bytes, size_t length, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < length; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * length] = '\0';
}

static void hash(const char *text, size_t length, char out[65])
{
    unsigned char digest[32];

    if (!EVP_Digest(text, length, digest, NULL, EVP_sha256(), NULL))
        abort();
    to_hex(digest, sizeof(digest), out);
}

static void add_header(struct slot *slot, const char *name, const char *value)
{
    char line[640];

    snprintf(line, sizeof(line), "%s: %s", name, value);
    slot->headers = curl_slist_append(slot->headers, line);
    if (!slot->headers)
        abort();
}

static void sign(struct slot *slot, const char *host, size_t length)
{
    char body_hash[65], nonce[33], date[32], canonical[1024], canonical_hash[65], to_sign[128], signature[65];
    char authorization[512];
    unsigned char random[16], digest[32];
    time_t now = time(NULL);
    struct tm utc;

    if (RAND_bytes(random, sizeof(random)) != 1)
        abort();
    to_hex(random, sizeof(random), nonce);
    strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    hash(slot->body, length, body_hash);
    snprintf(canonical, sizeof(canonical),
             "POST\n/disaster_recovery\n\nhost:%s\nx-acs-action:CreateDisasterRecoveryPlan\n"
             "x-acs-content-sha256:%s\nx-acs-date:%s\nx-acs-signature-nonce:%s\nx-acs-version:2022-08-01\n\n%"
             "s\n%s",
             host, body_hash, date, nonce, signed_headers, body_hash);
    hash(canonical, strlen(canonical), canonical_hash);
    snprintf(to_sign, sizeof(to_sign), "ACS3-HMAC-SHA256\n%s", canonical_hash);
    if (!HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)to_sign, strlen(to_sign),
              digest, NULL))
        abort();
    to_hex(digest, sizeof(digest), signature);
    snprintf(authorization, sizeof(authorization),
             "ACS3-HMAC-SHA256 Credential=%s,SignedHeaders=%s,Signature=%s", key_id, signed_headers,
             signature);
    curl_slist_free_all(slot->headers);
    slot->headers = NULL;
    add_header(slot, "x-acs-action", "CreateDisasterRecoveryPlan");
    add_header(slot, "x-acs-version", "2022-08-01");
    add_header(slot, "x-acs-content-sha256", body_hash);
    add_header(slot, "x-acs-date", date);
    add_header(slot, "x-acs-signature-nonce", nonce);
    add_header(slot, "Content-Type", "application/json; charset=utf-8");
    add_header(slot, "Authorization", authorization);
}

static size_t take(char *bytes, size_t unit, size_t count, void *context)
{
    struct slot *slot = context;
    size_t length = unit * count;

    if (slot->answer_length + length >= sizeof(slot->answer))
        return 0;
    memcpy(slot->answer + slot->answer_length, bytes, length);
    slot->answer_length += length;
    slot->answer[slot->answer_length] = '\0';
    return length;
}

static size_t read_whole(struct slot *slot, const char *name)
{
    FILE *file = fopen(name, "rb");
    size_t length;

    free(slot->body);
    slot->body = malloc(1 << 16);
    if (!file || !slot->body)
        abort();
    length = fread(slot->body, 1, 1 << 16, file);
    fclose(file);
    return length;
}

static void begin(CURLM *multi, struct slot *slot, const char *host, const char *name)
{
    size_t length = read_whole(slot, name);

    sign(slot, host, length);
    slot->answer_length = 0;
    curl_easy_setopt(slot->easy, CURLOPT_HTTPHEADER, slot->headers);
    curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDS, slot->body);
    curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDSIZE, (long)length);
    curl_multi_add_handle(multi, slot->easy);
}

static void set_up(struct slot *slot, const char *url)
{
    char whole[256];

    snprintf(whole, sizeof(whole), "%s/disaster_recovery", url);
    slot->easy = curl_easy_init();
    if (!slot->easy)
        abort();
    curl_easy_setopt(slot->easy, CURLOPT_URL, whole);
    curl_easy_setopt(slot->easy, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(slot->easy, CURLOPT_WRITEDATA, slot);
    curl_easy_setopt(slot->easy, CURLOPT_PRIVATE, slot);
}

int main(int argc, char **argv)
{
    int side_by_side = argc > 3 ? (int)strtol(argv[2], NULL, 10) : 0;
    struct slot *slots = calloc((size_t)side_by_side + 1, sizeof(*slots));
    const char *host = argc > 3 ? strstr(argv[1], "//") : NULL;
    int next = 3, running = 0, left, done = 0;
    CURLMsg *message;
    CURLM *multi;

    if (side_by_side < 1 || !host || !slots) {
        free(slots);
        return 2;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    multi = curl_multi_init();
    for (; running < side_by_side && next < argc; running++) {
        set_up(&slots[running], argv[1]);
        begin(multi, &slots[running], host + 2, argv[next++]);
    }
    while (running > 0) {
        curl_multi_perform(multi, &left);
        while ((message = curl_multi_info_read(multi, &left))) {
            struct slot *slot = NULL;

            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &slot);
            done += message->data.result == CURLE_OK && strstr(slot->answer, "\"success\":true") != NULL;
            curl_multi_remove_handle(multi, slot->easy);
            if (next < argc)
                begin(multi, slot, host + 2, argv[next++]);
            else
                running--;
        }
        if (running > 0)
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    for (int i = 0; i < side_by_side; i++) {
        curl_easy_cleanup(slots[i].easy);
        curl_slist_free_all(slots[i].headers);
        free(slots[i].body);
    }
    curl_multi_cleanup(multi);
    curl_global_cleanup();
    free(slots);
    return done == argc - 3 ? 0 : 1;
}
