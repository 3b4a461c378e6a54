#ifndef TESTS_UNIT_MODEL_SUPPORT_H
#define TESTS_UNIT_MODEL_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/json.h"
#include "model/draft.h"
#include "model/payload.h"
#include "model/plan.h"
#include "model/review.h"
#include "model/schema.h"

/* What the tests of the model have in common. JSON is written with ' for ", to be readable in C. */

static inline char *json_of(const char *text)
{
    char *json = text_copy(text);

    assert_non_null(json);
    for (char *c = json; *c; c++)
        if (*c == '\'')
            *c = '"';
    return json;
}

static inline struct plan *draft_of(const char *text)
{
    char *json = json_of(text);
    struct plan *plan = NULL;
    struct error err = {0};

    if (!draft_read(json, strlen(json), &plan, &err))
        fail_msg("%s", err.text);
    free(json);
    return plan;
}

static inline struct review *review_of(const struct plan *plan)
{
    struct review *review = review_new();
    struct error err = {0};

    assert_non_null(review);
    if (!review_run(review, plan, &err))
        fail_msg("%s", err.text);
    return review;
}

static inline struct place at(int instance, enum field_id field)
{
    return place_of_instance(instance, field);
}

static inline void set(struct plan *plan, int instance, enum field_id field, const char *value)
{
    struct error err = {0};

    if (!plan_set(plan, at(instance, field), value, &err))
        fail_msg("%s", err.text);
}

static inline char *payload_of(const struct plan *plan, enum payload_view view)
{
    struct review *review = review_of(plan);
    struct payload payload;
    struct error err = {0};
    char *text;

    payload_init(&payload);
    if (!payload_write(&payload, plan, review, view, NULL, &err))
        fail_msg("%s", err.text);
    text = text_copy(buf_text(&payload.text));
    payload_release(&payload);
    review_free(review);
    return text;
}

static inline char *written(const struct plan *plan)
{
    struct buf out = BUF_INIT;
    struct error err = {0};

    if (!draft_write(plan, &out, &err))
        fail_msg("%s", err.text);
    return buf_take(&out);
}

/* How many problems of this path and severity have a message that holds `part`. */
static inline int count_problems(const struct review *review, const char *path, enum severity severity,
                                 const char *part)
{
    int count = 0;

    for (size_t i = 0; i < review_problems(review); i++) {
        const struct problem *problem = review_problem(review, i);

        count += strcmp(problem->path, path) == 0 && problem->severity == severity &&
                 strstr(problem->message, part) != NULL;
    }
    return count;
}

static inline void print_problems(const struct review *review)
{
    for (size_t i = 0; i < review_problems(review); i++) {
        const struct problem *problem = review_problem(review, i);

        print_message("    %s %s: %s\n", problem->severity == SEVERITY_ERROR ? "error" : "warning",
                      problem->path, problem->message);
    }
}

static inline void assert_problem_of(const struct plan *plan, const char *path, enum severity severity,
                                     const char *part)
{
    struct review *review = review_of(plan);

    if (count_problems(review, path, severity, part) != 1) {
        print_problems(review);
        fail_msg("not exactly one such problem: %s: %s", path, part);
    }
    review_free(review);
}

static inline void assert_no_problem_at(const struct plan *plan, const char *path)
{
    struct review *review = review_of(plan);

    for (size_t i = 0; i < review_problems(review); i++)
        if (strcmp(review_problem(review, i)->path, path) == 0)
            fail_msg("unexpected: %s: %s", path, review_problem(review, i)->message);
    review_free(review);
}

#define assert_error(plan, path, part)   assert_problem_of(plan, path, SEVERITY_ERROR, part)
#define assert_warning(plan, path, part) assert_problem_of(plan, path, SEVERITY_WARNING, part)

/* A plan of two ApsaraMQ instances without anything to complain about. */
#define SOUND_PLAN                                                                                           \
    "{'planName':'p','planType':'ACTIVE_PASSIVE','instances':["                                              \
    "{'instanceType':'ALIYUN_ROCKETMQ','instanceRole':'ACTIVE','regionId':'cn-hangzhou',"                    \
    "'instanceId':'rmq-cn-example0001','authType':'NO_AUTH'},"                                               \
    "{'instanceType':'ALIYUN_ROCKETMQ','instanceRole':'PASSIVE','regionId':'cn-shanghai',"                   \
    "'instanceId':'rmq-cn-example0002','authType':'NO_AUTH'}]}"

#endif
