#include "model/secret.h"

#include <string.h>

#include "base/json.h"

static bool words_of_command(const cJSON *list)
{
    if (!cJSON_IsArray(list) || !list->child)
        return false;
    for (const cJSON *word = list->child; word; word = word->next)
        if (!cJSON_IsString(word))
            return false;
    return list->child->valuestring[0] != '\0';
}

static bool check_environment(const cJSON *member, struct error *err)
{
    const char *name = json_text(member);

    if (!name || !*name || strchr(name, '='))
        return error_set(err, ERROR_INPUT, "$env must name an environment variable, in quotes");
    return true;
}

static bool check_file(const cJSON *member, struct error *err)
{
    const char *path = json_text(member);

    if (!path || !*path)
        return error_set(err, ERROR_INPUT, "$file must be the path of a file, in quotes");
    return true;
}

bool secret_reference_check(const cJSON *node, struct error *err)
{
    const cJSON *member = cJSON_IsObject(node) ? node->child : NULL;

    if (!member || member->next)
        return error_set(err, ERROR_INPUT,
                         "a reference has exactly one of the members $env, $file, $command");
    if (strcmp(member->string, "$env") == 0)
        return check_environment(member, err);
    if (strcmp(member->string, "$file") == 0)
        return check_file(member, err);
    if (strcmp(member->string, "$command") != 0)
        return error_set(err, ERROR_INPUT,
                         "a reference has exactly one of the members $env, $file, $command");
    if (!words_of_command(member))
        return error_set(err, ERROR_INPUT, "$command must be a list of words: [\"pass\", \"show\", \"mq\"]");
    return true;
}

/* ---- As an operator writes it ---- */

/* The next word of *text into word, which is empty; false at the end. *open: a quote was not closed. */
static bool next_word(const char **text, struct buf *word, bool *open)
{
    const char *at = *text + strspn(*text, " ");
    char quote = '\0';

    *open = false;
    if (*at == '\0')
        return false;
    for (; *at && (quote || *at != ' '); at++) {
        if (quote ? *at == quote : *at == '\'' || *at == '"')
            quote = quote ? '\0' : *at;
        else if (*at == '\\' && quote != '\'' && at[1])
            buf_add_char(word, *++at);
        else
            buf_add_char(word, *at);
    }
    *open = quote != '\0';
    *text = at;
    return true;
}

static bool parse_words(const char *text, struct buf *json, int *count, struct error *err)
{
    struct buf word = BUF_INIT;
    bool open = false;

    for (*count = 0; !open && next_word(&text, &word, &open); ++*count) {
        if (*count > 0)
            buf_add_char(json, ',');
        json_add_string_length(json, buf_text(&word), word.length);
        buf_clear(&word);
    }
    buf_release(&word);
    return !open || error_set(err, ERROR_INPUT, "a quote is not closed");
}

static bool is_word(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0 &&
           (text[strlen(word)] == ' ' || text[strlen(word)] == '\0');
}

/* The ways a reference is written. The first word chooses one. */
static const struct reference_form {
    const char *word, *member;
    const char *what; /* that its one word is; NULL: it takes several */
} reference_forms[] = {{"env", "$env", "variable"}, {"file", "$file", "path"}, {"command", "$command", NULL}};

static const struct reference_form *find_form(const char *text)
{
    for (size_t i = 0; i < sizeof(reference_forms) / sizeof(reference_forms[0]); i++)
        if (is_word(text, reference_forms[i].word))
            return &reference_forms[i];
    return NULL;
}

static const char usage[] = "write env NAME, file PATH, or command WORDS";

/* words: as JSON, with commas between them. */
static bool check_words(const struct reference_form *form, const char *words, int count, struct error *err)
{
    if (count == 0 || strncmp(words, "\"\"", 2) == 0)
        return error_set(err, ERROR_INPUT, "%s", usage);
    if (form->what && count > 1)
        return error_set(err, ERROR_INPUT, "a %s is one word: quote it where it has blanks", form->what);
    if (strcmp(form->word, "env") == 0 && strchr(words, '='))
        return error_set(err, ERROR_INPUT, "the name of an environment variable has no '='");
    return true;
}

bool secret_reference_parse(const char *text, struct buf *json, struct error *err)
{
    const struct reference_form *form;
    struct buf words = BUF_INIT;
    int count;
    bool ok;

    text += strspn(text, " ");
    form = find_form(text);
    if (!form)
        return error_set(err, ERROR_INPUT, "%s", usage);
    ok = parse_words(text + strlen(form->word), &words, &count, err) &&
         check_words(form, buf_text(&words), count, err);
    if (ok)
        buf_addf(json, form->what ? "{\"%s\":%s}" : "{\"%s\":[%s]}", form->member, buf_text(&words));
    if (ok && (json->failed || words.failed))
        ok = error_memory(err);
    buf_release(&words);
    return ok;
}

/* A word in single quotes where it needs them. */
static void write_word(struct buf *out, const char *word)
{
    bool quoted = !*word || strpbrk(word, " '\"\\");

    buf_add_char(out, ' ');
    if (quoted)
        buf_add_char(out, '\'');
    for (; *word; word++) {
        if (*word == '\'')
            buf_add_text(out, "'\\'");
        buf_add_char(out, *word);
    }
    if (quoted)
        buf_add_char(out, '\'');
}

void secret_reference_write(const char *reference, struct buf *out)
{
    struct error err;
    cJSON *node = json_parse(reference, strlen(reference), &err);

    if (node && secret_reference_check(node, &err)) {
        const cJSON *member = node->child;

        buf_add_text(out, member->string + 1);
        if (cJSON_IsArray(member))
            for (const cJSON *word = member->child; word; word = word->next)
                write_word(out, word->valuestring);
        else
            write_word(out, member->valuestring);
    }
    cJSON_Delete(node);
}

/* ---- In words ---- */

void secret_reference_describe(const char *reference, struct buf *out)
{
    struct error err;
    cJSON *node = json_parse(reference, strlen(reference), &err);
    const cJSON *member;

    if (!node || !secret_reference_check(node, &err)) {
        buf_add_text(out, "a reference that cannot be read");
        cJSON_Delete(node);
        return;
    }
    member = node->child;
    if (strcmp(member->string, "$env") == 0)
        buf_addf(out, "environment variable %s", member->valuestring);
    else if (strcmp(member->string, "$file") == 0)
        buf_addf(out, "file %s", member->valuestring);
    else
        buf_addf(out, "command %s", member->child->valuestring);
    cJSON_Delete(node);
}
