#include "fuzz.h"

#include "base/json.h"
#include "base/utf8.h"

/*
 * Strict JSON: what is taken is the same after printing it and taking that, and
 * nothing is taken that the grammar of RFC 8259 does not have. The grammar is
 * written a second time here, as naively as possible.
 */

struct naive {
    const char *at, *end;
    int depth;
};

static bool naive_value(struct naive *text);

static void naive_blanks(struct naive *text)
{
    while (text->at < text->end && strchr(" \t\r\n", *text->at) && *text->at)
        text->at++;
}

static bool naive_sign(struct naive *text, char sign)
{
    if (text->at == text->end || *text->at != sign)
        return false;
    text->at++;
    return true;
}

static bool naive_word(struct naive *text, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(text->end - text->at) < length || memcmp(text->at, word, length) != 0)
        return false;
    text->at += length;
    return true;
}

static bool naive_digits(struct naive *text)
{
    const char *from = text->at;

    while (text->at < text->end && *text->at >= '0' && *text->at <= '9')
        text->at++;
    return text->at > from;
}

static bool naive_number(struct naive *text)
{
    naive_sign(text, '-');
    if (!naive_sign(text, '0') && !naive_digits(text))
        return false;
    if (naive_sign(text, '.') && !naive_digits(text))
        return false;
    if (naive_sign(text, 'e') || naive_sign(text, 'E')) {
        if (!naive_sign(text, '+'))
            naive_sign(text, '-');
        return naive_digits(text);
    }
    return true;
}

static bool naive_hex(struct naive *text)
{
    for (int i = 0; i < 4; i++, text->at++)
        if (text->at == text->end || !*text->at || !strchr("0123456789abcdefABCDEF", *text->at))
            return false;
    return true;
}

static bool naive_string(struct naive *text)
{
    if (!naive_sign(text, '"'))
        return false;
    while (text->at < text->end && *text->at != '"') {
        if ((unsigned char)*text->at < 0x20)
            return false;
        if (*text->at++ != '\\')
            continue;
        if (text->at == text->end || !*text->at || !strchr("\"\\/bfnrtu", *text->at))
            return false;
        if (*text->at++ == 'u' && !naive_hex(text))
            return false;
    }
    return naive_sign(text, '"');
}

/* Elements, or members where named; behind the opening bracket. */
static bool naive_list(struct naive *text, char closing, bool named)
{
    naive_blanks(text);
    if (naive_sign(text, closing))
        return true;
    do {
        naive_blanks(text);
        if (named) {
            if (!naive_string(text))
                return false;
            naive_blanks(text);
            if (!naive_sign(text, ':'))
                return false;
        }
        if (!naive_value(text))
            return false;
        naive_blanks(text);
    } while (naive_sign(text, ','));
    return naive_sign(text, closing);
}

static bool naive_value(struct naive *text)
{
    bool ok;

    naive_blanks(text);
    if (text->at == text->end || ++text->depth > 100)
        return false;
    if (naive_sign(text, '{'))
        ok = naive_list(text, '}', true);
    else if (naive_sign(text, '['))
        ok = naive_list(text, ']', false);
    else if (*text->at == '"')
        ok = naive_string(text);
    else
        ok = naive_word(text, "true") || naive_word(text, "false") || naive_word(text, "null") ||
             naive_number(text);
    text->depth--;
    return ok;
}

static bool naive_check(const char *bytes, size_t length)
{
    struct naive text = {bytes, bytes + length, 0};

    if (!utf8_valid(bytes, length))
        return false;
    naive_word(&text, "\xEF\xBB\xBF");
    if (!naive_value(&text))
        return false;
    naive_blanks(&text);
    return text.at == text.end;
}

static void texts_hold(const cJSON *node)
{
    for (; node; node = node->next) {
        int64_t number;

        HOLDS(!node->string || utf8_valid(node->string, strlen(node->string)), "a name");
        HOLDS(!node->valuestring || utf8_valid(node->valuestring, strlen(node->valuestring)), "a text");
        HOLDS(json_kind(node)[0], "every node has a kind");
        if (json_int64(node, &number))
            HOLDS(json_is_number(node), "%s is an integer and no number", node->valuestring);
        texts_hold(node->child);
    }
}

static void tree_holds(const cJSON *tree)
{
    struct buf once = BUF_INIT, twice = BUF_INIT;
    struct error err = {0};
    cJSON *again;

    texts_hold(tree);
    json_add_tree(&once, tree);
    HOLDS(!once.failed, "it is printed");
    again = json_parse(buf_text(&once), once.length, &err);
    HOLDS(again, "%s: '%s'", err.text, buf_text(&once));
    json_add_tree(&twice, again);
    HOLDS(strcmp(buf_text(&once), buf_text(&twice)) == 0, "'%s' is '%s'", buf_text(&once), buf_text(&twice));
    HOLDS(cJSON_Compare(tree, again, true), "'%s' is another tree", buf_text(&once));
    cJSON_Delete(again);
    buf_release(&once);
    buf_release(&twice);
}

/* Any text is written so that it is read as the same. */
static void string_holds(const char *bytes, size_t length)
{
    struct buf out = BUF_INIT;
    struct error err = {0};
    cJSON *node;

    if (!utf8_valid(bytes, length) || memchr(bytes, 0, length))
        return;
    json_add_string_length(&out, bytes, length);
    node = json_parse(buf_text(&out), out.length, &err);
    HOLDS(node && json_text(node), "%s: %s", err.text, buf_text(&out));
    HOLDS(strlen(json_text(node)) == length && memcmp(json_text(node), bytes, length) == 0, "%s is %s",
          buf_text(&out), json_text(node));
    cJSON_Delete(node);
    buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = exact_copy(data, size);
    struct json_fault fault = {0};
    struct error err = {0};
    bool good = json_check(text, size, &fault);
    cJSON *tree = json_parse(text, size, &err);

    HOLDS(good == (tree != NULL), "checked %d, parsed %d: %s", good, tree != NULL, err.text);
    HOLDS(good || (fault.line > 0 && fault.column > 0 && fault.reason[0]), "a fault without a place");
    HOLDS(good || err.kind == ERROR_INPUT, "kind %d", err.kind);
    HOLDS(!good || naive_check(text, size), "the grammar does not have this");
    if (tree)
        tree_holds(tree);
    cJSON_Delete(tree);
    string_holds(text, size);
    free(text);
    return 0;
}
