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
