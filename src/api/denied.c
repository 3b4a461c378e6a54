#include "api/denied.h"

#include <stdio.h>
#include <string.h>

#include "api/endpoint.h"
#include "api/say.h"
#include "base/json.h"

/* Creating the first plan of an account also creates this role, which is a permission of its own. */
#define ROLE_ACTION  "ram:CreateServiceLinkedRole"
#define ROLE_SERVICE "disaster-recovery.rmq.aliyuncs.com"

enum { ID_MAX = 64 }; /* a longer one would not be whole in the name of a resource */

/* ---- Reading ---- */

static bool is_denial(const struct answer *answer)
{
    static const char *const codes[] = {"Forbidden.RAM", "NoPermission", "Forbidden",
                                        "Forbidden.NoPermission"};

    if (answer->kind != ANSWER_REFUSED)
        return false;
    for (size_t i = 0; answer->code && i < sizeof(codes) / sizeof(codes[0]); i++) {
        if (strcmp(answer->code, codes[i]) == 0)
            return true;
    }
    return answer->access_denied != NULL;
}

/* "service:Operation" in plain characters: it goes into a policy that is pasted somewhere. */
static bool is_action(const char *text)
{
    size_t service = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return service > 0 && text[service] == ':' && text[service + 1] &&
           strspn(text + service + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") ==
               strlen(text + service + 1);
}

static const char *text_of(const cJSON *detail, const char *name)
{
    const char *text = json_text(json_member(detail, name));

    return text ? text : "";
}

static void read_principal(struct denial *denial, const cJSON *detail)
{
    const char *name = text_of(detail, "AuthPrincipalDisplayName");
    const char *type = text_of(detail, "AuthPrincipalType");
    const char *owner = text_of(detail, "AuthPrincipalOwnerId");

    if (!*name && !*type)
        return;
    say(denial->principal, sizeof(denial->principal), "%s%s%s%s%s%s", *name ? name : "not named",
        *type || *owner ? " (" : "", *type ? type : "", *owner ? (*type ? " of account " : "account ") : "",
        owner, *type || *owner ? ")" : "");
}

static void read_detail(struct denial *denial, const cJSON *detail)
{
    const char *action = text_of(detail, "AuthAction");

    if (is_action(action))
        say(denial->action, sizeof(denial->action), "%s", action);
    say(denial->policy_type, sizeof(denial->policy_type), "%s", text_of(detail, "PolicyType"));
    denial->is_explicit = strcmp(text_of(detail, "NoPermissionType"), "ExplicitDeny") == 0;
    read_principal(denial, detail);
}

bool denial_read(const struct answer *answer, enum operation_id operation, struct denial *out)
{
    struct error err;
    cJSON *detail;

    *out = (struct denial){0};
    if (!is_denial(answer))
        return false;
    say(out->action, sizeof(out->action), "%s", operations[operation].ram_action);
    detail =
        answer->access_denied ? json_parse(answer->access_denied, strlen(answer->access_denied), &err) : NULL;
    if (detail)
        read_detail(out, detail);
    cJSON_Delete(detail);
    return true;
}

/* ---- The policy ---- */

static bool is_id(const char *text)
{
    return *text && strlen(text) <= ID_MAX &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(text);
}

/* The resource that stands for one instance. One that is not Alibaba's gets its id from the call itself, and
 * so cannot be named before. */
static void resource_of(const cJSON *instance, char out[160])
{
    const char *region = text_of(instance, "regionId"), *id = text_of(instance, "instanceId");

    snprintf(out, 160, "acs:rocketmq:%s:*:instance/%s", region_is_valid(region) ? region : "*",
             is_id(id) ? id : "*");
}

static void add_resource(struct buf *out, struct buf *seen, const char *resource)
{
    char quoted[176];

    snprintf(quoted, sizeof(quoted), "        \"%s\"", resource);
    if (strstr(buf_text(seen), quoted))
        return;
    buf_addf(out, "%s%s", seen->length > 0 ? ",\n" : "", quoted);
    buf_add_text(seen, quoted);
}

static void add_resources(struct buf *out, const char *action, const cJSON *instances)
{
    struct buf seen = BUF_INIT;
    const cJSON *instance;

    if (strcmp(action, operations[OPERATION_CREATE_PLAN].ram_action) != 0) {
        add_resource(out, &seen, "*");
    } else if (!cJSON_IsArray(instances) || cJSON_GetArraySize(instances) == 0) {
        add_resource(out, &seen, "acs:rocketmq:*:*:instance/*");
    } else {
        cJSON_ArrayForEach(instance, instances)
        {
            char resource[160];

            resource_of(instance, resource);
            add_resource(out, &seen, resource);
        }
    }
    buf_release(&seen);
}

static void add_policy(struct buf *out, const char *action, const cJSON *instances)
{
    buf_addf(out,
             "{\n"
             "  \"Version\": \"1\",\n"
             "  \"Statement\": [\n"
             "    {\n"
             "      \"Effect\": \"Allow\",\n"
             "      \"Action\": \"%s\",\n"
             "      \"Resource\": [\n",
             action);
    add_resources(out, action, instances);
    buf_add_text(out, "\n      ]");
    if (strcmp(action, ROLE_ACTION) == 0)
        buf_add_text(out, ",\n      \"Condition\": {\n"
                          "        \"StringEquals\": { \"ram:ServiceName\": \"" ROLE_SERVICE "\" }\n"
                          "      }");
    buf_add_text(out, "\n    }\n  ]\n}\n");
}

void denial_write(const struct denial *denial, const cJSON *instances, const char *principal, struct buf *out)
{
    const char *who = denial->principal[0] ? denial->principal : principal;

    buf_addf(out, "Denied: %s\n", denial->action);
    if (who && *who)
        buf_addf(out, "To: %s\n", who);
    buf_addf(out, "Because: %s%s%s%s\n",
             denial->is_explicit ? "a policy denies it, and as long as that one stands no other policy helps"
                                 : "no policy allows it",
             denial->policy_type[0] ? " (" : "", denial->policy_type, denial->policy_type[0] ? ")" : "");
    buf_add_text(out, "The smallest RAM policy that allows it:\n");
    add_policy(out, denial->action, instances);
}
