#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "golden.h"
#include "keys.h"
#include "model/draft.h"
#include "ui/wizard.h"

/*
 * Every NAME.keys of tests/golden/screens is played to a wizard without a
 * terminal; the screen that comes out is NAME.screen. A line is a command:
 *
 *   size 80x24        draft FILE     keys KEYS      target none|real|proxy
 *   running SECONDS   result KIND    show           # a comment
 *   pick loading|partial|done|empty|failed
 *   ask QUESTION|REPLIES|TITLE|WORDS  name WORDS|SUGGESTION
 *
 * `show` prints the screen so far; the last one is printed at the end. Lines
 * behind `keys` go on typing where the one before stopped.
 */

struct play {
    struct wizard *wizard;
    struct canvas canvas;
    struct buf out;
    int columns, rows;
    char target[16];
};

static void set_target(struct play *play, const char *which)
{
    struct target target = {.host = "rocketmq.cn-hangzhou.aliyuncs.com",
                            .scheme = "https",
                            .region = "cn-hangzhou",
                            .profile = "prod",
                            .key_id = "LTAI****3kQd",
                            .provider = "profile prod of ~/.aliyun/config.json",
                            .proxy = "",
                            .problem = ""};

    if (which != play->target)
        snprintf(play->target, sizeof(play->target), "%s", which);
    if (strcmp(which, "none") == 0) {
        target.key_id = target.provider = target.profile = "";
        target.problem =
            "No credentials were found, so nothing can be sent: set ALIBABA_CLOUD_ACCESS_KEY_ID and "
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET, or make a profile in ~/.aliyun/config.json.";
    } else if (strcmp(which, "proxy") == 0) {
        target.proxy = "http://ops:****@10.0.0.1:3128";
    } else if (strcmp(which, "sandbox") == 0) {
        target.host = "127.0.0.1:40123";
        target.scheme = "http";
        target.profile = "";
        target.key_id = "SAND****Y-ID";
        target.provider = "the sandbox";
        target.sandbox = true;
    }
    assert_true(wizard_set_target(play->wizard, &target));
}

static void set_size(struct play *play, int columns, int rows)
{
    struct event event = {.kind = EVENT_RESIZE, .columns = columns, .rows = rows};

    play->columns = columns;
    play->rows = rows;
    assert_true(canvas_resize(&play->canvas, columns, rows));
    wizard_update(play->wizard, &event);
}

static void set_result(struct play *play, const char *kind)
{
    static const char raw[] =
        "{\"requestId\":\"A07B41C6\",\"success\":false,\"code\":\"InvalidConsumerGroupId\"}";
    struct result result = {.field = place_none(), .request_id = "A07B41C6-77E4-5F61-9C57-000000000001"};

    result.raw = raw;
    result.raw_length = strlen(raw);
    result.http_status = 200;
    if (strcmp(kind, "created") == 0) {
        result.kind = RESULT_CREATED;
        result.plan_id = "1300000016";
    } else if (strcmp(kind, "refused") == 0) {
        result.kind = RESULT_REFUSED;
        result.http_status = 400;
        result.code = "InvalidConsumerGroupId";
        result.message = "Parameter consumerGroupId is invalid. \033]0;title\007";
        result.advice = "Correct the field that the service names.";
        result.field = place_of_instance(0, FIELD_CONSUMER_GROUP_ID);
    } else if (strcmp(kind, "denied") == 0) {
        result.kind = RESULT_REFUSED;
        result.http_status = 403;
        result.code = "Forbidden.RAM";
        result.message = "User not authorized to operate on the specified resource.";
        result.advice =
            "Have the permission granted in RAM: the detail of the denial says which one is missing.";
        result.details =
            "Denied: rocketmq:CreateDisasterRecoveryPlan\nTo: ops (SubUser of account 1234567890123456)\n"
            "Because: no policy allows it\nThe smallest RAM policy that allows it:\n{\n  \"Version\": "
            "\"1\",\n"
            "  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n"
            "      \"Action\": \"rocketmq:CreateDisasterRecoveryPlan\",\n      \"Resource\": [\n"
            "        \"acs:rocketmq:cn-hangzhou:*:instance/rmq-cn-1\"\n      ]\n    }\n  ]\n}\n";
    } else if (strcmp(kind, "earlier-created") == 0 || strcmp(kind, "earlier-unknown") == 0) {
        result = (struct result){.kind = RESULT_CREATED, .earlier = true, .field = place_none()};
        result.details = "orders-hz-to-sh, sent at 2026-11-25T03:08:22Z: created, plan 1300000016.\n";
        if (strcmp(kind, "earlier-unknown") == 0) {
            result.kind = RESULT_UNKNOWN;
            result.details =
                "orders-hz-to-sh: It was sent to rocketmq.cn-hangzhou.aliyuncs.com at 2026-11-25T03:08:22Z, "
                "and no answer is on record. Whether the plan was created is not known: no new plan of "
                "this name is in the list. Look for it again before you send it again.\n";
        }
    } else if (strcmp(kind, "repeatable") == 0) {
        result = (struct result){
            .kind = RESULT_UNKNOWN, .can_look = true, .can_repeat = true, .field = place_none()};
        result.reason =
            "No whole answer came within 60 seconds. Whether the plan was created is not known: no new plan "
            "of this name is in the list. Look for it again before you send it again.";
    } else if (strcmp(kind, "unknown") == 0) {
        result = (struct result){.kind = RESULT_UNKNOWN, .field = place_none()};
        result.reason =
            "The connection was closed before an answer came; 5 looks found no plan of this name.";
    } else if (strcmp(kind, "exists") == 0) {
        result = (struct result){.kind = RESULT_EXISTS, .field = place_of_plan(FIELD_PLAN_NAME)};
        result.plan_id = "1300000007";
        result.reason = "A plan of this name exists already; nothing was sent.";
    } else {
        result = (struct result){.kind = RESULT_NOT_SENT, .field = place_none()};
        result.reason = "Could not connect to rocketmq.cn-hangzhou.aliyuncs.com: connection refused.";
        result.advice = "Check the network, then send again: that is safe.";
    }
    assert_true(wizard_set_result(play->wizard, &result));
}

static void type(struct play *play, const char *keys)
{
    struct event event;

    while (keys_next(&keys, &event)) {
        enum effect effect = wizard_update(play->wizard, &event);

        if (effect == EFFECT_SUBMIT || effect == EFFECT_SUBMIT_ANYWAY)
            buf_add_text(&play->out, effect == EFFECT_SUBMIT ? "-> submit\n" : "-> submit anyway\n");
        if (effect == EFFECT_SAVE)
            buf_addf(&play->out, "-> save %s\n", wizard_save_path(play->wizard));
        if (effect == EFFECT_QUIT || effect == EFFECT_THROW_AWAY)
            buf_add_text(&play->out, effect == EFFECT_QUIT ? "-> quit\n" : "-> throw away\n");
        if (effect == EFFECT_LOOK)
            buf_add_text(&play->out, "-> look\n");
        if (effect == EFFECT_REPLY)
            buf_addf(&play->out, "-> reply %d\n", (int)wizard_reply(play->wizard));
    }
    if (*keys != '\0')
        fail_msg("not a key: %s", keys);
}

static void open_draft(struct play *play, const char *name)
{
    struct buf text = BUF_INIT, path = BUF_INIT;
    struct plan *plan = NULL;
    struct error err = {0};

    buf_addf(&path, "%s/%s", DRPLAN_SOURCE, name);
    if (!file_read(buf_text(&path), DRAFT_SIZE_MAX, &text, NULL, &err) ||
        !draft_read(buf_text(&text), text.length, &plan, &err))
        fail_msg("%s", err.text);
    wizard_free(play->wizard);
    play->wizard = wizard_new(plan, name);
    assert_non_null(play->wizard);
    buf_release(&text);
    buf_release(&path);
    set_size(play, play->columns, play->rows);
    set_target(play, play->target);
}

static const char *const pick_cells[][3] = {
    {"rmq-cn-7e22ody0001", "orders-prod", "RUNNING"},
    {"rmq-cn-9ab31kx0002", "orders-dr", "RUNNING"},
    {"rmq-cn-1cc07zz0003", "pay-test", "STOPPED"},
    {"MQ_INST_1000000000000000_ByBeUp3p", "订单灾备", "RUNNING"},
};

static const char *pick_cell(const void *context, size_t row, size_t cell)
{
    (void)context;
    return pick_cells[row][cell];
}

static bool pick_usable(const void *context, size_t row)
{
    (void)context;
    return strcmp(pick_cells[row][2], "RUNNING") == 0;
}

/* What the account answered so far to the list that is open. */
static void set_pick(struct play *play, const char *what)
{
    struct picker_rows rows = {.state = PICKER_DONE,
                               .title = "Instances in cn-hangzhou",
                               .total = -1,
                               .why = "",
                               .headings = {"ID", "Name", "Status", NULL},
                               .cell = pick_cell,
                               .usable = pick_usable};

    if (strcmp(what, "done") == 0) {
        rows.count = 4;
    } else if (strcmp(what, "partial") == 0) {
        rows = (struct picker_rows){.state = PICKER_LOADING,
                                    .title = rows.title,
                                    .total = 300,
                                    .why = "",
                                    .count = 2,
                                    .headings = {"ID", "Name", "Status", NULL},
                                    .cell = pick_cell,
                                    .usable = pick_usable};
    } else if (strcmp(what, "failed") == 0) {
        rows.state = PICKER_FAILED;
        rows.why = "The list may not be read: this needs the permission rocketmq:ListInstances.";
    } else if (strcmp(what, "loading") == 0) {
        rows.state = PICKER_LOADING;
    } else if (strcmp(what, "empty") != 0) {
        fail_msg("not a state of a list: %s", what);
    }
    assert_true(wizard_fill_pick(play->wizard, &rows));
}

static void show(struct play *play)
{
    struct buf before = BUF_INIT, fresh = BUF_INIT;

    wizard_view(play->wizard, &play->canvas);
    canvas_text(&play->canvas, &play->out);
    /* What stayed of the picture before is what would be drawn now. */
    canvas_text(&play->canvas, &before);
    canvas_style_text(&play->canvas, &before);
    canvas_clear(&play->canvas);
    wizard_view(play->wizard, &play->canvas);
    canvas_text(&play->canvas, &fresh);
    canvas_style_text(&play->canvas, &fresh);
    assert_string_equal(buf_text(&before), buf_text(&fresh));
    buf_release(&before);
    buf_release(&fresh);
}

static enum question question_called(const char *name)
{
    static const char *const names[QUESTION_COUNT] = {
        [QUESTION_RESUME] = "resume",       [QUESTION_FORGET] = "forget", [QUESTION_LOCKED] = "locked",
        [QUESTION_CHANGED] = "changed",     [QUESTION_EXISTS] = "exists", [QUESTION_SECRETS] = "secrets",
        [QUESTION_UNSETTLED] = "unsettled",
    };

    for (int i = 0; i < QUESTION_COUNT; i++)
        if (names[i] && strcmp(names[i], name) == 0)
            return (enum question)i;
    fail_msg("no question: %s", name);
    return QUESTION_NONE;
}

/* The bits of the replies that are named; 0 when none is. */
static unsigned replies_in(const char *text)
{
    static const char *const names[] = {
        [REPLY_RESUME] = "resume", [REPLY_AS_SAVED] = "as-saved", [REPLY_LATER] = "later",
        [REPLY_NEXT] = "next",     [REPLY_FORGET] = "forget",
    };
    unsigned bits = 0;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i] && strstr(text, names[i]))
            bits |= 1U << i;
    return bits;
}

/* Cuts text at its '|'; parts that are not there are "". */
static void cut(char *text, char *parts[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        parts[i] = text;
        text += strcspn(text, "|");
        if (*text)
            *text++ = '\0';
    }
}

static void ask(struct play *play, const char *line)
{
    char text[1024], *parts[4];

    snprintf(text, sizeof(text), "%s", line);
    cut(text, parts, 4);
    wizard_ask(play->wizard, question_called(parts[0]), replies_in(parts[1]), parts[2], parts[3]);
}

static void ask_name(struct play *play, const char *line)
{
    char text[1024], *parts[2];

    snprintf(text, sizeof(text), "%s", line);
    cut(text, parts, 2);
    wizard_ask_name(play->wizard, parts[0], parts[1]);
}

static void command(struct play *play, const char *line)
{
    int columns, rows;

    if (sscanf(line, "size %dx%d", &columns, &rows) == 2)
        set_size(play, columns, rows);
    else if (strncmp(line, "keys ", 5) == 0)
        type(play, line + 5);
    else if (strncmp(line, "draft ", 6) == 0)
        open_draft(play, line + 6);
    else if (strncmp(line, "target ", 7) == 0)
        set_target(play, line + 7);
    else if (strncmp(line, "result ", 7) == 0)
        set_result(play, line + 7);
    else if (strncmp(line, "running ", 8) == 0)
        wizard_set_progress(play->wizard, &(struct progress){.doing = "Sending the plan",
                                                             .elapsed_ms = strtol(line + 8, NULL, 10) * 1000,
                                                             .sent = true});
    else if (strncmp(line, "ask ", 4) == 0)
        ask(play, line + 4);
    else if (strncmp(line, "name ", 5) == 0)
        ask_name(play, line + 5);
    else if (strncmp(line, "pick ", 5) == 0)
        set_pick(play, line + 5);
    else if (strcmp(line, "show") == 0)
        show(play);
    else if (line[0] != '#' && line[0] != '\0')
        fail_msg("not a command: %s", line);
}

static void play_file(struct play *play, const char *path)
{
    FILE *file = fopen(path, "r");
    char line[4096];

    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\n")] = '\0';
        command(play, line);
    }
    fclose(file);
    show(play);
}

static bool screen_matches(const char *folder, const char *name)
{
    struct play play = {.wizard = wizard_new(plan_new(true), NULL), .out = BUF_INIT};
    struct buf path = BUF_INIT;
    bool same;

    assert_non_null(play.wizard);
    set_target(&play, "real");
    set_size(&play, 80, 24);
    buf_addf(&path, "%s/%s.keys", folder, name);
    play_file(&play, buf_text(&path));
    buf_clear(&path);
    buf_addf(&path, "%s/%s.screen", folder, name);
    same = golden_matches(buf_text(&path), buf_text(&play.out), play.out.length);
    buf_release(&path);
    buf_release(&play.out);
    wizard_free(play.wizard);
    canvas_release(&play.canvas);
    return same;
}

static void every_screen_is_as_it_was_approved(void **state)
{
    int played;
    int different =
        golden_differences(DRPLAN_SOURCE "/tests/golden/screens", ".keys", screen_matches, &played);

    (void)state;
    print_message("%d screens\n", played);
    assert_true(played > 0);
    assert_int_equal(different, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_screen_is_as_it_was_approved)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
