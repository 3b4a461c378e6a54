#include "cli/shell_text.h"

#include <string.h>

#include "base/json.h"
#include "model/secret.h"

void shell_quote(struct buf *out, const char *text, size_t length)
{
    buf_add_char(out, '\'');
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\'')
            buf_add_text(out, "'\\''");
        else
            buf_add_char(out, text[i]);
    }
    buf_add_char(out, '\'');
}

void shell_quote_text(struct buf *out, const char *text)
{
    shell_quote(out, text, strlen(text));
}

bool shell_is_name(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

    return *name && strspn(name, letters) > 0 && strspn(name, signs) == strlen(name);
}

static void add_command(struct buf *out, const cJSON *words)
{
    buf_add_text(out, "\"$(");
    for (const cJSON *word = words->child; word; word = word->next) {
        shell_quote_text(out, word->valuestring);
        buf_add_char(out, ' ');
    }
    buf_add_text(out, "</dev/null)\"");
}

bool shell_reference(struct buf *out, const char *reference)
{
    struct error err;
    cJSON *node = json_parse(reference, strlen(reference), &err);
    const cJSON *member;
    bool ok = node && secret_reference_check(node, &err);

    if (ok) {
        member = node->child;
        if (strcmp(member->string, "$env") == 0) {
            ok = shell_is_name(member->valuestring);
            if (ok)
                buf_addf(out, "\"$%s\"", member->valuestring);
        } else if (strcmp(member->string, "$file") == 0) {
            buf_add_text(out, "\"$(cat <");
            shell_quote_text(out, member->valuestring);
            buf_add_text(out, ")\"");
        } else {
            add_command(out, member);
        }
    }
    cJSON_Delete(node);
    return ok;
}
