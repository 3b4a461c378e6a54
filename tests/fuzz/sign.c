#include "fuzz.h"

#include "api/sign.h"
#include "sandbox/keyed_hash.h"

/*
 * Signing, beside the same rules written down once more in the plainest way.
 * The input is lines: "?name=value" is a parameter, "name:value" a header, "/..."
 * the path, "!..." the method, anything else the body.
 */

enum { PAIRS_MAX = 24 };

struct text {
    const char *bytes;
    size_t length;
};

/* ---- The rules once more ---- */

static int order_of(struct text a, struct text b)
{
    for (size_t i = 0; i < a.length && i < b.length; i++)
        if (a.bytes[i] != b.bytes[i])
            return (unsigned char)a.bytes[i] < (unsigned char)b.bytes[i] ? -1 : 1;
    return a.length < b.length ? -1 : a.length > b.length;
}

static void naive_encode(struct buf *out, struct text text)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.bytes[i];

        if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
            c == '_' || c == '.' || c == '~')
            buf_add_char(out, c);
        else
            buf_addf(out, "%%%02X", (unsigned)(unsigned char)c);
    }
}

static struct text text_of(const char *bytes, size_t length)
{
    return (struct text){bytes, length};
}

/* The smallest pair behind `last`, in the order of name, value and place; -1: none. */
static int next_parameter(const struct pairs *query, int last)
{
    int best = -1;

    for (int i = 0; i < (int)query->count; i++) {
        const struct pair *items = query->items;
        int against_last = 1, against_best = -1;

        if (last >= 0) {
            against_last = order_of(text_of(items[i].name, strlen(items[i].name)),
                                    text_of(items[last].name, strlen(items[last].name)));
            if (against_last == 0)
                against_last = order_of(text_of(items[i].value, items[i].value_length),
                                        text_of(items[last].value, items[last].value_length));
            if (against_last == 0)
                against_last = i - last;
        }
        if (best >= 0) {
            against_best = order_of(text_of(items[i].name, strlen(items[i].name)),
                                    text_of(items[best].name, strlen(items[best].name)));
            if (against_best == 0)
                against_best = order_of(text_of(items[i].value, items[i].value_length),
                                        text_of(items[best].value, items[best].value_length));
        }
        if (against_last > 0 && (best < 0 || against_best < 0))
            best = i;
    }
    return best;
}

static void naive_query(const struct pairs *query, struct buf *out)
{
    for (int at = next_parameter(query, -1); at >= 0; at = next_parameter(query, at)) {
        if (out->length > 0)
            buf_add_char(out, '&');
        naive_encode(out, text_of(query->items[at].name, strlen(query->items[at].name)));
        buf_add_char(out, '=');
        naive_encode(out, text_of(query->items[at].value, query->items[at].value_length));
    }
}

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static void small_name(const char *name, char *out, size_t size)
{
    size_t i = 0;

    for (; name[i] && i + 1 < size; i++)
        out[i] = small(name[i]);
    out[i] = '\0';
}

static struct text without_blanks(const struct pair *header)
{
    struct text text = text_of(header->value, header->value_length);

    while (text.length > 0 && (*text.bytes == ' ' || *text.bytes == '\t')) {
        text.bytes++;
        text.length--;
    }
    while (text.length > 0 && (text.bytes[text.length - 1] == ' ' || text.bytes[text.length - 1] == '\t'))
        text.length--;
    return text;
}

/* One line a name, its values in order. */
static void naive_headers(const struct pairs *headers, struct buf *out, struct buf *names)
{
    char last[256] = "";

    for (;;) {
        char best[256] = "";
        bool used[PAIRS_MAX] = {false};
        bool first = true;

        for (size_t i = 0; i < headers->count; i++) {
            char name[256];

            small_name(headers->items[i].name, name, sizeof(name));
            if (strcmp(name, "host") != 0 && strcmp(name, "content-type") != 0 &&
                strncmp(name, "x-acs-", 6) != 0)
                continue;
            if (strcmp(name, last) > 0 && (!best[0] || strcmp(name, best) < 0))
                snprintf(best, sizeof(best), "%s", name);
        }
        if (!best[0])
            return;
        buf_addf(names, "%s%s", names->length > 0 ? ";" : "", best);
        buf_addf(out, "%s:", best);
        for (;;) {
            int next = -1;

            for (size_t i = 0; i < headers->count; i++) {
                char name[256];

                small_name(headers->items[i].name, name, sizeof(name));
                if (strcmp(name, best) == 0 && !used[i] &&
                    (next < 0 ||
                     order_of(without_blanks(&headers->items[i]), without_blanks(&headers->items[next])) < 0))
                    next = (int)i;
            }
            if (next < 0)
                break;
            used[next] = true;
            if (!first)
                buf_add_char(out, ',');
            first = false;
            buf_add(out, without_blanks(&headers->items[next]).bytes,
                    without_blanks(&headers->items[next]).length);
        }
        buf_add_char(out, '\n');
        snprintf(last, sizeof(last), "%s", best);
    }
}

static void naive_canonical(const struct request *request, struct buf *out)
{
    struct buf names = BUF_INIT, query = BUF_INIT;
    char hash[65];
    const char *said = pairs_get(&request->headers, "x-acs-content-sha256");

    sha256_hex(buf_text(&request->body), request->body.length, hash);
    naive_query(&request->query, &query);
    buf_addf(out, "%s\n%s\n%s\n", request->method, *request->path ? request->path : "/", buf_text(&query));
    naive_headers(&request->headers, out, &names);
    buf_addf(out, "\n%s\n%s", buf_text(&names), said ? said : hash);
    buf_release(&names);
    buf_release(&query);
}

/* ---- The request ---- */

static const char *find_sign(const char *text, size_t length, char sign)
{
    return length > 0 ? memchr(text, sign, length) : NULL;
}

static void add_pair(struct pairs *pairs, const char *line, size_t length, const char *sign)
{
    char name[64];
    struct error err = {0};
    size_t name_length = (size_t)(sign - line);

    if (pairs->count >= PAIRS_MAX || name_length >= sizeof(name))
        return;
    memcpy(name, line, name_length);
    name[name_length] = '\0';
    HOLDS(pairs_add_bytes(pairs, name, sign + 1, length - name_length - 1, &err), "%s", err.text);
}

static void take_line(struct request *request, const char *line, size_t length)
{
    const char *colon = find_sign(line, length, ':');
    const char *equals = find_sign(line, length, '=');

    if (length > 0 && line[0] == '?' && equals) {
        add_pair(&request->query, line + 1, length - 1, equals);
    } else if (length > 0 && line[0] == '/') {
        free(request->path);
        request->path = strndup(line, length);
    } else if (length > 0 && line[0] == '!') {
        snprintf(request->method, sizeof(request->method), "%.*s", (int)(length - 1), line + 1);
    } else if (colon && colon > line) {
        add_pair(&request->headers, line, length, colon);
    } else if (length > 0) {
        buf_add(&request->body, line, length);
    }
}

static void take_lines(struct request *request, const char *text, size_t length)
{
    request_init(request);
    snprintf(request->method, sizeof(request->method), "POST");
    request->path = text_copy("/");
    request->scheme = text_copy("https");
    request->host = text_copy("rocketmq.cn-hangzhou.aliyuncs.com");
    for (size_t at = 0; at < length;) {
        const char *end = find_sign(text + at, length - at, '\n');
        size_t line = end ? (size_t)(end - (text + at)) : length - at;

        take_line(request, text + at, line);
        at += line + 1;
    }
}

static void turn_round(struct pairs *pairs)
{
    for (size_t i = 0; i < pairs->count / 2; i++) {
        struct pair kept = pairs->items[i];

        pairs->items[i] = pairs->items[pairs->count - 1 - i];
        pairs->items[pairs->count - 1 - i] = kept;
    }
}

/* The hash of the body that a header says stands for the one of the first such header, so those stay in
 * order. */
static bool says_hash_twice(const struct pairs *headers)
{
    int count = 0;

    for (size_t i = 0; i < headers->count; i++)
        count += ascii_compare(headers->items[i].name, "x-acs-content-sha256") == 0;
    return count > 1;
}

static void signature_holds(struct request *request)
{
    struct signature first, second;
    struct buf canonical = BUF_INIT, url = BUF_INIT;
    struct error err = {0};
    char hash[65], keyed[65];

    signature_init(&first);
    signature_init(&second);
    naive_canonical(request, &canonical);
    HOLDS(sign_request(request, "id", "secret", &first, &err), "%s", err.text);
    HOLDS(canonical.length == first.canonical_request.length &&
              memcmp(buf_text(&canonical), buf_text(&first.canonical_request), canonical.length) == 0,
          "signed:\n%s\nby the rules:\n%s", buf_text(&first.canonical_request), buf_text(&canonical));
    sha256_hex(buf_text(&canonical), canonical.length, hash);
    HOLDS(strcmp(hash, first.canonical_hash) == 0, "another hash");
    HOLDS(keyed_hash_hex("secret", 6, buf_text(&first.string_to_sign), first.string_to_sign.length, keyed,
                         &err) &&
              strcmp(keyed, first.signature) == 0,
          "signed %s, by the rules %s", first.signature, keyed);
    HOLDS(request_url(request, &url) &&
              strncmp(buf_text(&url), "https://rocketmq.cn-hangzhou.aliyuncs.com/", 42) == 0,
          "%s", buf_text(&url));
    /* The order in which they were added is nothing that is signed. */
    turn_round(&request->query);
    if (!says_hash_twice(&request->headers))
        turn_round(&request->headers);
    HOLDS(sign_request(request, "id", "secret", &second, &err), "%s", err.text);
    HOLDS(strcmp(first.signature, second.signature) == 0, "in another order:\n%s\nbefore:\n%s",
          buf_text(&second.canonical_request), buf_text(&first.canonical_request));
    buf_release(&canonical);
    buf_release(&url);
    signature_release(&first);
    signature_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = exact_copy(data, size);
    struct request request;

    take_lines(&request, text, size);
    signature_holds(&request);
    request_release(&request);
    free(text);
    return 0;
}
