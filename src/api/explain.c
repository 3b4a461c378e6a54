#include "api/explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/credentials.h"
#include "api/denied.h"
#include "api/say.h"

enum { HASH_LENGTH = 64 };

static bool has_code(const struct answer *answer, const char *beginning)
{
    return answer->code && strncmp(answer->code, beginning, strlen(beginning)) == 0;
}

/* ---- Signatures ---- */

/* The hash in a string to sign: what follows the algorithm, whatever stands for the line break between them.
 */
static bool hash_behind(const char *text, char hash[HASH_LENGTH + 1])
{
    static const char algorithm[] = "ACS3-HMAC-SHA256", hex[] = "0123456789abcdef";
    const char *at = text ? strstr(text, algorithm) : NULL;

    if (!at)
        return false;
    at += sizeof(algorithm) - 1;
    at += strcspn(at, hex);
    if (strspn(at, hex) < HASH_LENGTH)
        return false;
    memcpy(hash, at, HASH_LENGTH);
    hash[HASH_LENGTH] = '\0';
    return true;
}

/* An answer that the signature does not match quotes the string that the service signed. */
static bool two_hashes(const struct answer *answer, const struct explain_context *context,
                       char ours[HASH_LENGTH + 1], char theirs[HASH_LENGTH + 1])
{
    return has_code(answer, "SignatureDoesNotMatch") && hash_behind(context->string_to_sign, ours) &&
           hash_behind(answer->message, theirs);
}

static const char *signature_advice(const char *ours, const char *theirs)
{
    if (strcmp(ours, theirs) == 0)
        return "The service signed the same text, so the request is right and the access key secret is not "
               "the one of "
               "this access key ID: check the secret.";
    return "The service signed another text than drplan, so the request was changed on its way or drplan is "
           "wrong, and "
           "the secret may be right: try without a proxy, else report it with the request id.";
}

/* ---- Clocks ---- */

void explain_span(int64_t seconds, char *out, size_t size)
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    enum { SMALLEST = sizeof(units) / sizeof(units[0]) - 1 };
    size_t unit = 0;
    int64_t count, rest;

    while (unit < SMALLEST && seconds < units[unit].seconds)
        unit++;
    count = seconds / units[unit].seconds;
    rest = unit < SMALLEST ? seconds % units[unit].seconds / units[unit + 1].seconds : 0;
    if (rest > 0)
        snprintf(out, size, "%" PRId64 " %s%s and %" PRId64 " %s%s", count, units[unit].name,
                 count == 1 ? "" : "s", rest, units[unit + 1].name, rest == 1 ? "" : "s");
    else
        snprintf(out, size, "%" PRId64 " %s%s", count, units[unit].name, count == 1 ? "" : "s");
}

static void clock_advice(int64_t behind, char *out, size_t size)
{
    char span[64];

    explain_span(behind < 0 ? -behind : behind, span, sizeof(span));
    say(out, size, "Set the clock of this machine: it is %s %s the clock of the service.", span,
        behind < 0 ? "ahead of" : "behind");
}

/* ---- The whole ---- */

void explain_advice(const struct answer *answer, const struct explain_context *context, char *out,
                    size_t size)
{
    enum { SAME_TIME_SECONDS = 60 };
    int64_t behind = answer->server_time - context->now;
    char ours[HASH_LENGTH + 1], theirs[HASH_LENGTH + 1];
    const char *sentence = advice_for_code(answer->code);

    if (two_hashes(answer, context, ours, theirs))
        say(out, size, "%s", signature_advice(ours, theirs));
    else if (has_code(answer, "InvalidTimeStamp") && answer->server_time > 0 && context->now > 0 &&
             (behind > SAME_TIME_SECONDS || behind < -SAME_TIME_SECONDS))
        clock_advice(behind, out, size);
    else
        say(out, size, "%s", sentence ? sentence : "");
}

void explain_details(const struct answer *answer, const struct explain_context *context, struct buf *out)
{
    char ours[HASH_LENGTH + 1], theirs[HASH_LENGTH + 1], who[64] = "", masked[16];
    struct denial denial;

    if (two_hashes(answer, context, ours, theirs)) {
        buf_addf(out, "drplan signed: %s\nThe service: %s\n", ours, theirs);
    } else if (denial_read(answer, context->operation, &denial)) {
        if (context->access_key_id) {
            credentials_mask(context->access_key_id, masked);
            snprintf(who, sizeof(who), "the owner of access key %s", masked);
        }
        denial_write(&denial, context->instances, who, out);
    }
}
