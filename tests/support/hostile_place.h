#ifndef TESTS_SUPPORT_HOSTILE_PLACE_H
#define TESTS_SUPPORT_HOSTILE_PLACE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Where hostile texts are tried: a folder of its own, entered, and a service on
 * loopback that says one thing to a create call and another to all the rest.
 * A process is in one folder, so there is one place. Ends the test program
 * when it cannot be had.
 */

/* Of a group of tests: before the first, and after the last of them. */
int hostile_place_enter(void **state);
int hostile_place_leave(void **state);

/* Takes away what is in the folder, but for empty ones where the program keeps its things: drplan/autosave,
 * .aliyun. */
void hostile_place_clear(void);

const char *hostile_place_folder(void);

/* How many create calls came so far. */
size_t hostile_place_creates(void);

/* What stands for the texts of a template: one after another, and from the start again. */
struct hostile_turn {
    const char *const *texts;
    size_t count, next;
};

/* @T: the next text; @J: the same within a string of JSON; @E: the service; @D: the folder. To be freed. */
char *hostile_place_fill(const char *template, struct hostile_turn *turn);

/* A file of the folder; without a template it is taken away. */
void hostile_place_write(const char *name, const char *template, struct hostile_turn *turn);

/* Templates; status: of the answer to a create call. "@@R@@" is what was asked, within a string of JSON. */
void hostile_place_answer(int status, const char *create, const char *other, struct hostile_turn *turn);

/* Whether something of this number and name is to be tried now. HOSTILE_PART=I/N: every Nth from the Ith on;
 * HOSTILE_ONLY=TEXT: what has the text in its name. */
bool hostile_is_wanted(size_t index, const char *name);

#define NOTHING_LISTED "{\"success\":true,\"code\":\"200\",\"data\":{\"list\":[],\"totalCount\":0}}"
#define CLEAN_DRAFT                                                                                          \
    "{\"planName\":\"orders\",\"planType\":\"ACTIVE_PASSIVE\",\"instances\":["                               \
    "{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceRole\":\"ACTIVE\",\"regionId\":\"cn-hangzhou\","        \
    "\"instanceId\":\"rmq-cn-1\",\"authType\":\"NO_AUTH\"},"                                                 \
    "{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceRole\":\"PASSIVE\",\"regionId\":\"cn-shanghai\","       \
    "\"instanceId\":\"rmq-cn-2\",\"authType\":\"NO_AUTH\"}]}"

/* Every text of a draft, and members that none has; it can be sent all the same. */
#define HOSTILE_DRAFT                                                                                        \
    "{\"planName\":\"@J\",\"planDesc\":\"@J\",\"planType\":\"ACTIVE_PASSIVE\",\"@J\":\"@J\",\"instances\":[" \
    "{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"instanceRole\":\"ACTIVE\",\"networkType\":\"TCP_VPC\","       \
    "\"regionId\":\"cn-hangzhou\",\"endpointUrl\":\"10.0.0.1:9876\",\"vpcId\":\"@J\",\"vSwitchId\":\"@J\","  \
    "\"securityGroupId\":\"@J\",\"authType\":\"ACL_AUTH\",\"username\":\"@J\",\"password\":\"x\","           \
    "\"consumerGroupId\":\"@J\",\"messageProperty\":{\"propertyKey\":\"@J\",\"propertyValue\":\"@J\"},"      \
    "\"@J\":1},"                                                                                             \
    "{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceRole\":\"PASSIVE\",\"regionId\":\"cn-hangzhou\","       \
    "\"instanceId\":\"@J\",\"authType\":\"NO_AUTH\",\"instanceName\":\"@J\"}]}"

/* Texts where none, or another one, can be. */
#define BROKEN_DRAFT                                                                                         \
    "{\"planName\":\"@J\",\"planType\":\"@J\",\"$drplan\":{\"region\":\"@J\",\"profile\":\"@J\","            \
    "\"endpoint\":\"@J\",\"@J\":\"@J\"},\"instances\":["                                                     \
    "{\"instanceType\":\"@J\",\"instanceRole\":\"@J\",\"networkType\":\"@J\",\"regionId\":\"@J\","           \
    "\"endpointUrl\":\"@J\",\"authType\":\"@J\",\"password\":{\"@J\":\"@J\"}},"                              \
    "{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"endpointUrl\":\"@J:1;@J\",\"networkType\":\"TCP_INTERNET\","  \
    "\"authType\":\"ACL_AUTH\",\"password\":{\"$command\":[\"@J\"]}}],\"syncCheckpointEnabled\":\"@J\"}"

#define WITH_PASSWORD(reference)                                                                             \
    "{\"planName\":\"orders\",\"planType\":\"ACTIVE_PASSIVE\",\"instances\":["                               \
    "{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"instanceRole\":\"ACTIVE\",\"networkType\":\"TCP_INTERNET\","  \
    "\"endpointUrl\":\"203.0.113.7:9876\",\"authType\":\"ACL_AUTH\",\"username\":\"u\","                     \
    "\"password\":" reference "},"                                                                           \
    "{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceRole\":\"PASSIVE\",\"regionId\":\"cn-hangzhou\","       \
    "\"instanceId\":\"rmq-cn-2\",\"authType\":\"NO_AUTH\"}]}"

/* One answer that fits every question: all lists have one row, and all of it is the text. */
#define HOSTILE_LISTS                                                                                        \
    "{\"requestId\":\"@J\",\"success\":true,\"code\":\"200\",\"data\":{\"pageNumber\":1,\"pageSize\":100,"   \
    "\"totalCount\":1,\"list\":[{\"planId\":7,\"planName\":\"@J\",\"planType\":\"@J\",\"planStatus\":\"@"    \
    "J\","                                                                                                   \
    "\"regionId\":\"@J\",\"regionName\":\"@J\",\"instanceId\":\"@J\",\"instanceName\":\"@J\","               \
    "\"seriesCode\":\"@J\",\"status\":\"RUNNING\",\"username\":\"@J\",\"accountType\":\"@J\","               \
    "\"accountStatus\":\"ENABLE\",\"consumerGroupId\":\"@J\",\"remark\":\"@J\",\"messageModel\":\"@J\"}]},"  \
    "\"TotalCount\":1,\"Vpcs\":{\"Vpc\":[{\"VpcId\":\"@J\",\"VpcName\":\"@J\",\"CidrBlock\":\"@J\","         \
    "\"Status\":\"Available\"}]},\"VSwitches\":{\"VSwitch\":[{\"VSwitchId\":\"@J\",\"VSwitchName\":\"@J\","  \
    "\"ZoneId\":\"@J\",\"Status\":\"Available\"}]},\"SecurityGroups\":{\"SecurityGroup\":[{"                 \
    "\"SecurityGroupId\":\"@J\",\"SecurityGroupName\":\"@J\",\"Description\":\"@J\"}]},"                     \
    "\"AccountId\":\"@J\",\"Arn\":\"@J\",\"IdentityType\":\"@J\"}"

#define HOSTILE_REFUSAL                                                                                      \
    "{\"requestId\":\"@J\",\"success\":false,\"code\":\"@J\",\"message\":\"@J\",\"dynamicMessage\":\"@J\","  \
    "\"dynamicCode\":\"@J\",\"Recommend\":\"@J\",\"accessDeniedDetail\":{\"AuthAction\":\"@J\","             \
    "\"AuthPrincipalDisplayName\":\"@J\",\"AuthPrincipalOwnerId\":\"@J\",\"AuthPrincipalType\":\"@J\","      \
    "\"NoPermissionType\":\"@J\",\"PolicyType\":\"@J\",\"EncodedDiagnosticMessage\":\"@J\"}}"

/* ~/.aliyun/config.json with one profile that counts. */
#define CONFIG(members)                                                                                      \
    "{\"current\":\"@J\",\"profiles\":[{\"name\":\"@J\"," members "},{\"name\":\"other\",\"mode\":\"AK\"}]}"

#define JOURNAL                                                                                              \
    "{\"type\":\"intent\",\"time\":\"2026-01-02T03:04:05Z\",\"nonce\":\"n1\",\"bodyHash\":\"h\","            \
    "\"planName\":\"@J\",\"endpoint\":\"@J\",\"scheme\":\"http\",\"region\":\"@J\",\"instances\":[],"        \
    "\"idsSeen\":[\"@J\"],\"seenAll\":true}\n@T\n"

#endif
