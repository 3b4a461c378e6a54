#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/utf8.h"
#include "golden.h"
#include "model/draft.h"
#include "plain/plain.h"

/*
 * Every NAME.lines of tests/golden/plain is typed to the questions one after
 * another; what a terminal would then show is NAME.transcript. A line that
 * begins with "% " is not typed:
 *
 *   % draft FILE    % target none|proxy|sandbox    % silent         before the first line
 *   % result KIND   what becomes of the sending that the line above brought about
 *   % fails         the saving that the line above brought about does not work
 *   % interrupt     Ctrl-C        % # a comment
 */

struct play {
    struct plain_io io; /* first: the dialogue hands it back */
    struct buf script;
    size_t at; /* in script */
    const char *target;
    struct plan *plan;
    char *path;
    struct buf out;
    struct buf said; /* the same without what was typed */
};

/* The next line of the script, without its end; false behind the last. */
static bool next_line(struct play *play, const char **line, size_t *length)
{
    const char *text = buf_text(&play->script) + play->at;

    if (*text == '\0')
        return false;
    *line = text;
    *length = strcspn(text, "\n");
    play->at += *length + (text[*length] == '\n');
    return true;
}

/* Takes the next line when it is "% WORD ...": what stands behind the word. */
static bool next_is(struct play *play, const char *word, char rest[128])
{
    size_t before = play->at, length;
    const char *line;
    char start[32];

    snprintf(start, sizeof(start), "%% %s", word);
    if (next_line(play, &line, &length) && length < 128 && strncmp(line, start, strlen(start)) == 0) {
        line += strlen(start);
        length -= strlen(start);
        snprintf(rest, 128, "%.*s", (int)(length > 0 ? length - 1 : 0), length > 0 ? line + 1 : line);
        return true;
    }
    play->at = before;
    return false;
}

/* ---- The edge of the dialogue ---- */

static bool write_text(struct plain_io *io, const char *text, size_t length, struct error *err)
{
    struct play *play = (struct play *)io;

    (void)err;
    buf_add(&play->out, text, length);
    buf_add(&play->said, text, length);
    return true;
}

static enum plain_read ask(struct plain_io *io, enum plain_input input, const char *question,
                           struct buf *line, struct error *err)
{
    struct play *play = (struct play *)io;
    char rest[128];
    const char *text;
    size_t length;

    write_text(io, question, strlen(question), err);
    while (next_is(play, "#", rest)) {
    }
    if (next_is(play, "interrupt", rest))
        return PLAIN_READ_INTERRUPTED;
    if (!next_line(play, &text, &length))
        return PLAIN_READ_END;
    buf_add(line, text, length);
    if (io->echoes && input != PLAIN_INPUT_HIDDEN) {
        buf_add(&play->out, text, length);
        buf_add_char(&play->out, '\n');
        buf_add_char(&play->said, '\n');
    }
    return PLAIN_READ_LINE;
}

static void find_target(struct plain_io *io, const struct plan *plan, const struct review *review,
                        struct plain_target *out)
{
    const char *which = ((struct play *)io)->target;

    (void)plan;
    (void)review;
    *out = (struct plain_target){.scheme = "https",
                                 .host = "rocketmq.cn-hangzhou.aliyuncs.com",
                                 .region = "cn-hangzhou",
                                 .profile = "prod",
                                 .key_id = "LTAI****3kQd",
                                 .provider = "profile prod of ~/.aliyun/config.json"};
    if (strcmp(which, "none") == 0) {
        out->profile = out->key_id = out->provider = NULL;
        out->problem = "No credentials were found: set ALIBABA_CLOUD_ACCESS_KEY_ID and "
                       "ALIBABA_CLOUD_ACCESS_KEY_SECRET, or make a profile in ~/.aliyun/config.json.";
    } else if (strcmp(which, "proxy") == 0) {
        out->proxy = "http://ops:****@10.0.0.1:3128";
    } else if (strcmp(which, "sandbox") == 0) {
        *out = (struct plain_target){.scheme = "http",
                                     .host = "127.0.0.1:40123",
                                     .region = "cn-hangzhou",
                                     .key_id = "SAND****Y-ID",
                                     .provider = "the sandbox",
                                     .sandbox = true};
    }
}

/* ---- What others do ---- */

static const struct {
    const char *kind;
    struct result result;
} results[] = {
    {"created", {.kind = RESULT_CREATED, .plan_id = "1300000016", .http_status = 200}},
    {"refused",
     {.kind = RESULT_REFUSED,
      .http_status = 400,
      .code = "InvalidConsumerGroupId",
      .message = "Parameter consumerGroupId is invalid. \033]0;title\007",
      .advice = "Correct the field that the service names.",
      .field = {.field = FIELD_CONSUMER_GROUP_ID, .instance = 0}}},
    {"denied",
     {.kind = RESULT_REFUSED,
      .http_status = 403,
      .code = "Forbidden.RAM",
      .details = "Action: rocketmq:CreateDisasterRecoveryPlan\nPrincipal: \033[1mops",
      .message = "User not authorized to operate on the specified resource.",
      .field = {.field = FIELD_COUNT, .instance = PLACE_PLAN}}},
    {"unknown",
     {.kind = RESULT_UNKNOWN,
      .reason = "The connection was closed before an answer came; 5 looks found no plan of this name.",
      .can_look = true,
      .can_repeat = true,
      .field = {.field = FIELD_COUNT, .instance = PLACE_PLAN}}},
    {"exists",
     {.kind = RESULT_EXISTS,
      .plan_id = "1300000007",
      .reason = "A plan of this name exists already; nothing was sent.",
      .field = {.field = FIELD_PLAN_NAME, .instance = PLACE_PLAN}}},
    {"not-sent",
     {.kind = RESULT_NOT_SENT,
      .reason = "Could not connect to rocketmq.cn-hangzhou.aliyuncs.com: connection refused.",
      .warning = "Plans could not be listed before sending.",
      .field = {.field = FIELD_COUNT, .instance = PLACE_PLAN}}},
};

static void show_result(struct play *play, struct plain *plain)
{
    static const char raw[] = "{\"requestId\":\"A07B41C6\",\"success\":false,\"message\":\"\033[2J\"}";
    char kind[128];

    assert_true(next_is(play, "result", kind));
    for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
        struct result result = results[i].result;

        if (strcmp(results[i].kind, kind) != 0)
            continue;
        result.request_id = "A07B41C6-77E4-5F61-9C57-000000000001";
        result.raw = raw;
        result.raw_length = strlen(raw);
        plain_say(plain, "Sending the plan.");
        plain_show_result(plain, &result);
        return;
    }
    fail_msg("not a result: %s", kind);
}

static bool save(struct play *play, struct plain *plain)
{
    char rest[128];

    if (next_is(play, "fails", rest)) {
        plain_say(plain, "Nothing was saved: %s: no space left on device.", plain_save_path(plain));
        return false;
    }
    buf_addf(&play->out, "-> save %s\n", plain_save_path(plain));
    plain_saved(plain, plain_save_path(plain), false);
    return true;
}

/* Carries out one end of plain_run(); false when it was the last. */
static bool carry_out(struct play *play, struct plain *plain, enum plain_end end)
{
    static const char *const words[] = {
        [PLAIN_SUBMIT] = "submit",
        [PLAIN_SUBMIT_ANYWAY] = "submit anyway",
        [PLAIN_LOOK] = "look",
        [PLAIN_REPEAT] = "repeat",
        [PLAIN_SAVE] = "save",
        [PLAIN_LEAVE] = "leave",
        [PLAIN_INPUT_ENDED] = "input ended",
        [PLAIN_INTERRUPTED] = "interrupted",
        [PLAIN_FAILED] = "failed",
    };

    if (end == PLAIN_SAVE || (end == PLAIN_LEAVE && plain_save_path(plain))) {
        bool saved = save(play, plain);

        if (end == PLAIN_SAVE || !saved)
            return true;
    }
    buf_addf(&play->out, "-> %s\n", words[end]);
    if (end == PLAIN_SUBMIT || end == PLAIN_SUBMIT_ANYWAY || end == PLAIN_LOOK || end == PLAIN_REPEAT) {
        show_result(play, plain);
        return true;
    }
    return false;
}

/* ---- Playing ---- */

static void open_draft(struct play *play, const char *name)
{
    struct buf text = BUF_INIT, path = BUF_INIT;
    struct error err = {0};

    buf_addf(&path, "%s/%s", DRPLAN_SOURCE, name);
    plan_free(play->plan);
    if (!file_read(buf_text(&path), DRAFT_SIZE_MAX, &text, NULL, &err) ||
        !draft_read(buf_text(&text), text.length, &play->plan, &err))
        fail_msg("%s", err.text);
    free(play->path);
    play->path = text_copy(name);
    buf_release(&text);
    buf_release(&path);
}

static void play_script(struct play *play)
{
    struct error err = {0};
    struct plain *plain;
    char rest[128], target[128] = "real";

    for (;;) {
        if (next_is(play, "draft", rest))
            open_draft(play, rest);
        else if (next_is(play, "silent", rest))
            play->io.echoes = false;
        else if (!next_is(play, "target", target) && !next_is(play, "#", rest))
            break;
    }
    play->target = target;
    plain = plain_new(play->plan, play->path, &play->io);
    assert_non_null(plain);
    while (carry_out(play, plain, plain_run(plain, &err))) {
    }
    plain_free(plain);
}

/* Lines of JSON stay whole; all others have their limit. */
static bool is_narrow(const char *text)
{
    bool narrow = true;

    while (*text) {
        size_t length = strcspn(text, "\n");
        int width = utf8_width(text, length);

        if (width > PLAIN_COLUMNS && !memchr(text, '{', length) && !memchr(text, '"', length)) {
            fprintf(stderr, "%d columns: %.*s\n", width, (int)length, text);
            narrow = false;
        }
        text += length + (text[length] == '\n');
    }
    return narrow;
}

static bool transcript_matches(const char *folder, const char *name)
{
    struct play play = {
        .io = {.ask = ask, .write = write_text, .find_target = find_target, .echoes = true},
        .script = BUF_INIT,
        .plan = plan_new(true),
        .out = BUF_INIT,
        .said = BUF_INIT,
    };
    struct buf path = BUF_INIT;
    struct error err = {0};
    bool same;

    assert_non_null(play.plan);
    buf_addf(&path, "%s/%s.lines", folder, name);
    if (!file_read(buf_text(&path), BUF_LIMIT_DEFAULT, &play.script, NULL, &err))
        fail_msg("%s", err.text);
    play_script(&play);
    if (play.at != play.script.length) {
        fprintf(stderr, "%s: the dialogue ended before: %s\n", name, buf_text(&play.script) + play.at);
        same = false;
    } else {
        buf_clear(&path);
        buf_addf(&path, "%s/%s.transcript", folder, name);
        same = golden_matches(buf_text(&path), buf_text(&play.out), play.out.length) &&
               is_narrow(buf_text(&play.said));
    }
    plan_free(play.plan);
    free(play.path);
    buf_release(&play.script);
    buf_release(&play.out);
    buf_release(&play.said);
    buf_release(&path);
    return same;
}

static void every_transcript_is_as_it_was_approved(void **state)
{
    int played;
    int different =
        golden_differences(DRPLAN_SOURCE "/tests/golden/plain", ".lines", transcript_matches, &played);

    (void)state;
    print_message("%d transcripts\n", played);
    assert_true(played > 0);
    assert_int_equal(different, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_transcript_is_as_it_was_approved)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
