#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "hostile.h"
#include "hostile_place.h"
#include "screen.h"

/*
 * Every way that somebody else's text comes into the wizard. What the program
 * wrote to its terminal is judged byte by byte, and what is to be seen there
 * row by row: texts are marked, and nothing but them stands where they are.
 */

enum { STEPS_MAX = 16, WORDS_MAX = 8, GROUPS_MAX = 80 };

#define PAGE_DOWN    "\033[6~"
#define F2           "\033OQ"
#define F7           "\033[18~"
#define F9           "\033[20~"
#define ESCAPE       "\033"
#define CTRL(letter) ((const char[]){(letter)&0x1F, '\0'})

/* ---- Walks ---- */

/* Keys, what is on the screen then, and whether one of the texts is. */
struct step {
    const char *keys, *wait; /* "!TEXT": until it is gone */
    bool shows;
    bool meddles, removes; /* before the keys, somebody else changes the draft, or takes it away */
};

/* All but the keys is a template. */
struct walk {
    const char *name;
    size_t room;  /* columns for one of its texts */
    size_t bytes; /* that it can have; 0: any number */
    bool as_json;
    const char *forbidden; /* what makes a text impossible here, or to be read as lines; may be NULL */
    bool alone;            /* the same text everywhere: some of it has to agree */
    size_t stride; /* how many texts one walk takes further; 0: one. All are seen, not all in each place */
    bool silent;   /* nothing of the texts is shown, and nothing has to be */
    int status;    /* of the answer to a create call */
    const char *words[WORDS_MAX];
    const char *draft, *draft_name; /* NULL: draft.json */
    const char *config, *journal, *autosave;
    const char *settings[4];
    const char *holder; /* the name of somebody who has the draft open already */
    const char *create, *other;
    struct step steps[STEPS_MAX];
};

/* Outside of Alibaba Cloud, with everything still to be picked. */
#define OUTSIDE_DRAFT                                                                                        \
    "{\"planName\":\"orders\",\"planType\":\"ACTIVE_PASSIVE\",\"instances\":["                               \
    "{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"instanceRole\":\"ACTIVE\",\"networkType\":\"TCP_VPC\","       \
    "\"regionId\":\"cn-hangzhou\",\"endpointUrl\":\"10.0.0.1:9876\",\"vpcId\":\"vpc-1\",\"authType\":\"NO_"  \
    "AUTH\"},"                                                                                               \
    "{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceRole\":\"PASSIVE\",\"regionId\":\"cn-hangzhou\","       \
    "\"instanceId\":\"rmq-cn-2\",\"authType\":\"NO_AUTH\"}]}"

/* An instance that its accounts sign in to. */
#define SIGNED_DRAFT                                                                                         \
    "{\"planName\":\"orders\",\"planType\":\"ACTIVE_PASSIVE\",\"instances\":["                               \
    "{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceRole\":\"ACTIVE\",\"regionId\":\"cn-hangzhou\","        \
    "\"instanceId\":\"rmq-cn-1\",\"authType\":\"ACL_AUTH\"},"                                                \
    "{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceRole\":\"PASSIVE\",\"regionId\":\"cn-shanghai\","       \
    "\"instanceId\":\"rmq-cn-2\",\"authType\":\"NO_AUTH\"}]}"

/* What other services have to list. */
#define OUTSIDE_LISTS                                                                                        \
    "{\"RequestId\":\"@J\",\"TotalCount\":1,\"Vpcs\":{\"Vpc\":[{\"VpcId\":\"@J\",\"VpcName\":\"@J\","        \
    "\"CidrBlock\":\"@J\","                                                                                  \
    "\"Status\":\"@J\"}]},\"VSwitches\":{\"VSwitch\":[{\"VSwitchId\":\"@J\",\"VSwitchName\":\"@J\","         \
    "\"ZoneId\":\"@J\","                                                                                     \
    "\"CidrBlock\":\"@J\",\"Status\":\"@J\"}]},\"SecurityGroups\":{\"SecurityGroup\":[{\"SecurityGroupId\":" \
    "\"@J\","                                                                                                \
    "\"SecurityGroupName\":\"@J\",\"SecurityGroupType\":\"@J\",\"Description\":\"@J\"}]}}"

#define HOSTILE_REGIONS                                                                                      \
    "{\"success\":true,\"code\":\"200\",\"data\":[{\"regionId\":\"@J\",\"regionName\":\"@J\",\"tags\":[{"    \
    "\"tagCode\":\"@J\","                                                                                    \
    "\"tagValue\":\"@J\"}]}]}"

#define AUTOSAVE                                                                                             \
    "{\"planName\":\"@J\",\"$drplan\":{\"version\":1,\"autosave\":{\"draft\":\"/missing/"                    \
    "@J\",\"draftHash\":\"h\","                                                                              \
    "\"time\":\"2026-01-02T03:04:05Z\",\"pid\":1,\"host\":\"@J\"}}}"

/* clang-format off */
/* Keys, and what is there then; a text is among it, or need not be. */
#define SEE(typed, seen) {.keys = (typed), .wait = (seen), .shows = true}
#define AT(typed, seen)  {.keys = (typed), .wait = (seen)}

#define AT_SERVICE .words = {"--endpoint", "@E", "--patience", "0.05", "draft.json"}
#define PAGES SEE(NULL, "[1 Plan]"), SEE(PAGE_DOWN, "[2 First cluster]"), SEE(PAGE_DOWN, "[3 Second cluster]"), \
              AT(PAGE_DOWN, "[4 Progress]"), SEE(PAGE_DOWN, "[5 Review]")
#define TO_REVIEW AT(NULL, "[1 Plan]"), AT(F9, "[5 Review]")
#define SUBMIT TO_REVIEW, AT("s", "Create the plan")
#define NO_KEYS "ALIBABA_CLOUD_ACCESS_KEY_ID"

static const struct walk walks[] = {
    {"the texts of a draft", 60, .stride = 8, .as_json = true, AT_SERVICE, .draft = HOSTILE_DRAFT,
     .steps = {PAGES, SEE("s", "Create the plan")}},
    {"texts where none can be", 60, .stride = 3, .as_json = true, AT_SERVICE, .draft = BROKEN_DRAFT,
     .steps = {PAGES, AT("w", "Region that the plan is sent to")}},
    {"why a field is asked", 60, .stride = 4, .as_json = true, AT_SERVICE, .draft = BROKEN_DRAFT,
     .steps = {AT(NULL, "[1 Plan]"), AT(PAGE_DOWN, "[2 First cluster]"), AT(F7, "Why fields are")}},

    {"a list of regions", 40, .stride = 2, .as_json = true, AT_SERVICE, .draft = OUTSIDE_DRAFT, .other = HOSTILE_REGIONS,
     .steps = {AT(NULL, "[1 Plan]"), AT(PAGE_DOWN "\t\t\t", "> Region"), AT(F2, "Find:"), SEE(NULL, "!looking up"), SEE("\r", "!Find:")}},
    {"a list of VPCs", 40, .stride = 2, .as_json = true, AT_SERVICE, .draft = OUTSIDE_DRAFT, .other = OUTSIDE_LISTS,
     .steps = {AT(NULL, "[1 Plan]"), AT(PAGE_DOWN "\t\t\t\t\t", "> VPC"), AT(F2, "Find:"), SEE(NULL, "!looking up"), SEE("\r", "!Find:")}},
    {"a list of vSwitches", 40, .stride = 2, .as_json = true, AT_SERVICE, .draft = OUTSIDE_DRAFT, .other = OUTSIDE_LISTS,
     .steps = {AT(NULL, "[1 Plan]"), AT(PAGE_DOWN "\t\t\t\t\t\t", "> vSwitch"), AT(F2, "Find:"), SEE(NULL, "!looking up"), SEE("\r", "!Find:")}},
    {"a list of security groups", 40, .stride = 2, .as_json = true, AT_SERVICE, .draft = OUTSIDE_DRAFT, .other = OUTSIDE_LISTS,
     .steps = {AT(NULL, "[1 Plan]"), AT(PAGE_DOWN "\t\t\t\t\t\t\t", "> Security group"), AT(F2, "Find:"), SEE(NULL, "!looking up"),
               SEE("\r", "!Find:")}},
    {"a list of instances", 40, .stride = 2, .as_json = true, AT_SERVICE, .draft = CLEAN_DRAFT, .other = HOSTILE_LISTS,
     .steps = {AT(NULL, "[1 Plan]"), AT(PAGE_DOWN "\t\t\t", "> Instance ID"), AT(F2, "Find:"), SEE(NULL, "!looking up"), SEE("\r", "!Find:"),
               SEE("\t", "> Sign-in")}},
    {"a list of accounts", 40, .stride = 2, .as_json = true, AT_SERVICE, .draft = SIGNED_DRAFT, .other = HOSTILE_LISTS,
     .steps = {AT(NULL, "[1 Plan]"), AT(PAGE_DOWN "\t\t\t\t\t", "> User name"), AT(F2, "Find:"), SEE(NULL, "!looking up"),
               SEE("\r", "!Find:")}},
    {"a list of consumer groups", 40, .stride = 2, .as_json = true, AT_SERVICE, .draft = SIGNED_DRAFT,
     .other = HOSTILE_LISTS,
     .steps = {AT(NULL, "[1 Plan]"), AT(PAGE_DOWN "\t\t\t\t\t\t", "> Consumer group"), AT(F2, "Find:"),
               SEE(NULL, "!looking up"), SEE("\r", "!Find:")}},
    {"a list that is refused", 90, .stride = 1, .as_json = true, AT_SERVICE, .draft = CLEAN_DRAFT, .other = HOSTILE_REFUSAL,
     .steps = {AT(NULL, "[1 Plan]"), AT(PAGE_DOWN "\t\t\t", "> Instance ID"), AT(F2, "Find:"), SEE(NULL, "!looking up")}},

    {"a refusal", 200, .stride = 2, .as_json = true, AT_SERVICE, .draft = CLEAN_DRAFT, .create = HOSTILE_REFUSAL, .status = 403,
     .steps = {SUBMIT, SEE("y", "the service refused the plan"), SEE("r", "The answer as it came"),
               SEE("q", "!The answer as it came"), AT("b", "[5 Review]")}},
    {"a plan of the same name", 60, .as_json = true, .alone = true, AT_SERVICE, .draft = HOSTILE_DRAFT,
     .other = HOSTILE_LISTS,
     .steps = {SUBMIT, SEE("y", "a plan of this name exists already")}},
    {"a created plan", 250, .as_json = true, AT_SERVICE, .draft = CLEAN_DRAFT,
     .create = "{\"success\":true,\"data\":42,\"requestId\":\"@J\"}", .status = 200,
     .steps = {SUBMIT, SEE("y", "The plan is created."), SEE("r", "The answer as it came")}},
    {"an answer that is none", 60, .forbidden = "\n", AT_SERVICE, .draft = CLEAN_DRAFT, .create = "@T", .status = 200,
     .steps = {SUBMIT, AT("y", "HTTP status"), SEE("r", "The answer as it came")}},
    {"a refusal in XML", 90, AT_SERVICE, .draft = CLEAN_DRAFT, .status = 400,
     .create = "<?xml version='1.0'?><Error><RequestId>@T</RequestId><Code>@T</Code><Message>@T</Message></Error>",
     .steps = {SUBMIT, AT("y", "HTTP status"), SEE("r", "The answer as it came")}},
    {"a refusal to list", 90, .as_json = true, AT_SERVICE, .draft = CLEAN_DRAFT, .other = HOSTILE_REFUSAL,
     .create = "{\"success\":true,\"data\":42}", .status = 200, .steps = {SUBMIT, AT("y", "The plan is created.")}},

    {"the name of a file", 250, .bytes = 220, .alone = true, .words = {"--endpoint", "@E", "@T.json"}, .draft = CLEAN_DRAFT,
     .draft_name = "@T.json",
     .steps = {AT(NULL, "[1 Plan]"), AT("x", "[ordersx"), SEE("\023", "Saved to "), AT("y", "[ordersxy"),
               {.keys = "\023", .wait = "Somebody else changed", .shows = true, .meddles = true}}},
    {"a draft that is gone", 120, .bytes = 220, .alone = true, .words = {"--endpoint", "@E", "@T.json"}, .draft = CLEAN_DRAFT,
     .draft_name = "@T.json",
     .steps = {AT(NULL, "[1 Plan]"), AT("x", "[ordersx"), {.keys = "\023", .wait = "The draft is not there any more", .shows = true, .removes = true},
               AT("s", "Save the draft as")}},
    {"a file that is no draft's place", 60, .bytes = 220, .alone = true, .words = {"--endpoint", "@E", "missing-@T/x.json"},
     .draft = CLEAN_DRAFT, .steps = {AT(NULL, "[1 Plan]"), AT("x", "[x"), SEE("\023", "It was not saved")}},
    {"somebody who has the draft open", 60, .bytes = 58, .as_json = true, .alone = true, AT_SERVICE, .draft = CLEAN_DRAFT, .holder = "@T",
     .steps = {SEE(NULL, "This draft is open already")}},
    {"work that was left", 60, .as_json = true, .alone = true, .words = {"--endpoint", "@E"}, .autosave = AUTOSAVE,
     .steps = {SEE(NULL, "Resume what was not saved?"), SEE("x", "Throw it away?"), SEE("n", "Resume what"),
               SEE("r", "Plan name")}},
    {"the journal", 140, .as_json = true, .words = {"--endpoint", "@E"}, .journal = JOURNAL,
     .steps = {SEE(NULL, "Look for what was sent earlier?"), SEE("l", "could not be looked for")}},

    {"a variable for a password", 60, .as_json = true, .forbidden = "=", AT_SERVICE, .draft = WITH_PASSWORD("{\"$env\":\"@J\"}"),
     .steps = {TO_REVIEW, SEE("s", "Create the plan")}},
    {"a file for a password", 150, .as_json = true, AT_SERVICE, .draft = WITH_PASSWORD("{\"$file\":\"missing/@J\"}"),
     .steps = {TO_REVIEW, SEE("s", "Create the plan"), SEE("y", "othing was sent")}},
    {"a command for a password", 100, .as_json = true, AT_SERVICE,
     .draft = WITH_PASSWORD("{\"$command\":[\"@J\"]}"),
     .steps = {TO_REVIEW, SEE("s", "Create the plan"), SEE("y", "othing was sent")}},
    {"what a command for a password says", 2000, .as_json = true, .silent = true, AT_SERVICE,
     .draft = WITH_PASSWORD("{\"$command\":[\"sh\",\"-c\",\"printf %s \\\"$0\\\" >&2; exit 3\",\"@J\"]}"),
     .steps = {SUBMIT, AT("y", "othing was sent")}},

    {"a profile", 60, .as_json = true, .alone = true, AT_SERVICE, .draft = CLEAN_DRAFT,
     .config = CONFIG("\"mode\":\"AK\",\"access_key_id\":\"@J\",\"access_key_secret\":\"s\",\"region_id\":\"@J\""),
     .settings = {NO_KEYS}, .steps = {TO_REVIEW, SEE("p", "Profile whose keys send"), AT("\r", "[5 Review]")}},
    {"a profile with a mode that is none", 60, .as_json = true, .alone = true, AT_SERVICE, .draft = CLEAN_DRAFT,
     .config = CONFIG("\"mode\":\"@J\""), .settings = {NO_KEYS},
     .steps = {AT(NULL, "[1 Plan]"), SEE(F9, "[5 Review]")}},
    {"a profile with a command that speaks", 150, .silent = true, .as_json = true, .alone = true, .words = {"draft.json"}, .draft = CLEAN_DRAFT,
     .config = CONFIG("\"mode\":\"External\",\"process_command\":\"sh -c 'cat text >&2; cat text; exit 3'\""),
     .settings = {NO_KEYS}, .steps = {AT(NULL, "[1 Plan]"), AT(F9, "No usable credentials")}},
    {"a profile with an address", 60, .as_json = true, .alone = true, .words = {"draft.json"}, .draft = CLEAN_DRAFT,
     .config = CONFIG("\"mode\":\"CredentialsURI\",\"credentials_uri\":\"@J\""), .settings = {NO_KEYS},
     .steps = {AT(NULL, "[1 Plan]"), SEE(F9, "credentials_uri")}},

    {"a profile in the environment", 90, .alone = true, .words = {"draft.json"}, .draft = CLEAN_DRAFT,
     .config = "{\"profiles\":[]}", .settings = {"ALIBABA_CLOUD_PROFILE=@T", NO_KEYS},
     .steps = {AT(NULL, "[1 Plan]"), SEE(F9, "[5 Review]")}},
    {"a region in the environment", 2000, .alone = true, .silent = true, .words = {"draft.json"}, .draft = CLEAN_DRAFT,
     .settings = {"ALIBABA_CLOUD_REGION_ID=@T"}, .steps = {AT(NULL, "[1 Plan]"), AT(F9, "[5 Review]")}},
    {"an endpoint in the environment", 2000, .alone = true, .silent = true, .words = {"draft.json"}, .draft = CLEAN_DRAFT,
     .settings = {"ALIBABA_CLOUD_ENDPOINT=@T"}, .steps = {AT(NULL, "[1 Plan]"), AT(F9, "[5 Review]")}},
    {"a proxy", 2000, .alone = true, .silent = true, .words = {"draft.json"}, .draft = CLEAN_DRAFT,
     .settings = {"HTTPS_PROXY=http://@T@@127.0.0.1:1"}, .steps = {AT(NULL, "[1 Plan]"), AT(F9, "[5 Review]")}},
};
/* clang-format on */

/* ---- Groups of texts ---- */

/* Texts that fit into one place together. */
struct group {
    char *text;
};

static bool can_be(const struct walk *walk, const struct hostile *text)
{
    return !(walk->as_json && text->broken) && !(walk->forbidden && strpbrk(text->bytes, walk->forbidden));
}

static size_t make_groups(const struct walk *walk, struct group groups[GROUPS_MAX])
{
    size_t count = 0;

    for (size_t next = 0; next < hostile_count;) {
        struct group *group = &groups[count++];
        struct buf text = BUF_INIT;
        size_t columns = 0;

        assert_true(count < GROUPS_MAX);
        for (; next < hostile_count; next++) {
            size_t wanted = hostile_columns(hostile_texts[next].bytes);

            if (!can_be(walk, &hostile_texts[next]))
                continue;
            if (columns > 0 &&
                (columns + wanted > walk->room ||
                 (walk->bytes > 0 && text.length + strlen(hostile_texts[next].bytes) > walk->bytes)))
                break;
            columns += wanted;
            buf_add_text(&text, hostile_texts[next].bytes);
        }
        group->text = buf_take(&text);
        if (!group->text)
            count--;
    }
    return count;
}

/* ---- One walk ---- */

enum way { WAY_WIDE, WAY_SMALL, WAY_NARROW };

static const struct {
    const char *name;
    int columns, rows;
    enum outlet outlet;
    const char *locale;
} ways[] = {
    [WAY_WIDE] = {"a large terminal", 300, 60, OUTLET_SCREEN, "LC_ALL=C.UTF-8"},
    [WAY_SMALL] = {"a usual terminal", 80, 24, OUTLET_SCREEN, "LC_ALL=C.UTF-8"},
    [WAY_NARROW] = {"a terminal without UTF-8", 300, 60, OUTLET_NARROW_SCREEN, "LC_ALL=C"},
};

/* Says what is wrong and goes on: all of it is worth knowing. */
static int faults;
static size_t runs, pictures;

static void fault(const struct walk *walk, enum way way, const char *where, const char *what)
{
    faults++;
    fprintf(stderr, "%s, %s, at %s: %s\n", walk->name, ways[way].name, where ? where : "its end", what);
}

/* The texts of one walk: what stands for which turn, and which were seen. */
struct cast {
    const char *texts[GROUPS_MAX];
    bool seen[64];
    size_t count;
};

static char *fill(const char *template, struct cast *cast, size_t *next)
{
    struct hostile_turn turn = {.texts = cast->texts, .count = cast->count, .next = *next};
    char *text = hostile_place_fill(template, &turn);

    *next = turn.next;
    return text;
}

/* The name of the draft's file, to be freed. */
static char *write_files(const struct walk *walk, struct cast *cast)
{
    struct hostile_turn turn = {.texts = cast->texts, .count = cast->count};
    size_t next = 0;
    char *name = fill(walk->draft_name ? walk->draft_name : "draft.json", cast, &next);

    hostile_place_write(name, walk->draft, &turn);
    hostile_place_write("text", "@T", &turn);
    hostile_place_write(".aliyun/config.json", walk->config, &turn);
    hostile_place_write("drplan/journal.jsonl", walk->journal, &turn);
    hostile_place_write("drplan/autosave/0123456789abcdef.json", walk->autosave, &turn);
    hostile_place_answer(walk->status, walk->create ? walk->create : "{}",
                         walk->other ? walk->other : NOTHING_LISTED, &turn);
    return name;
}

static struct screen *start(const struct walk *walk, enum way way, struct cast *cast, const char *user)
{
    char *argv[WORDS_MAX + 2] = {getenv("DRPLAN")}, *settings[5] = {NULL}, home[64], state[64], who[600];
    const char *environment[20] = {home,
                                   state,
                                   who,
                                   "ALIBABA_CLOUD_ACCESS_KEY_ID=LTAI5tMadeUpKeyId01",
                                   "ALIBABA_CLOUD_ACCESS_KEY_SECRET=made-up-secret",
                                   "HTTPS_PROXY",
                                   "ALIBABA_CLOUD_SECURITY_TOKEN",
                                   "ALIBABA_CLOUD_PROFILE",
                                   "ALIBABA_CLOUD_REGION_ID",
                                   "ALIBABA_CLOUD_ENDPOINT",
                                   ways[way].locale};
    size_t count = 11, next = 0;
    struct screen_options options = {.columns = ways[way].columns,
                                     .rows = ways[way].rows,
                                     .patience_ms = 10000,
                                     .environment = environment};
    struct screen *screen;

    snprintf(home, sizeof(home), "HOME=%s", hostile_place_folder());
    snprintf(state, sizeof(state), "XDG_STATE_HOME=%s", hostile_place_folder());
    snprintf(who, sizeof(who), "USER=%s", user);
    for (size_t i = 0; i < WORDS_MAX && walk->words[i]; i++)
        argv[i + 1] = fill(walk->words[i], cast, &next);
    for (size_t i = 0; i < 4 && walk->settings[i]; i++)
        environment[count++] = settings[i] = fill(walk->settings[i], cast, &next);
    screen = screen_start((const char *const *)argv, &options);
    assert_non_null(screen);
    for (size_t i = 1; argv[i]; i++)
        free(argv[i]);
    for (size_t i = 0; settings[i]; i++)
        free(settings[i]);
    return screen;
}

static void judge_picture(const struct walk *walk, enum way way, const struct step *step,
                          struct screen *screen, struct cast *cast)
{
    char why[400];

    if (getenv("HOSTILE_SHOW"))
        fprintf(stderr, "== %s: %s\n%s", walk->name, step->wait, screen_text(screen));
    pictures++;
    if (!hostile_screen_is_marked(screen, ways[way].rows, step->shows && way != WAY_SMALL, cast->seen, why,
                                  sizeof(why)))
        fault(walk, way, step->wait, why);
}

static void take_steps(const struct walk *walk, enum way way, struct screen *screen, struct cast *cast,
                       const char *draft)
{
    for (const struct step *step = walk->steps; step->wait; step++) {
        if (step->meddles)
            hostile_place_write(draft, "{}", NULL);
        if (step->removes)
            hostile_place_write(draft, NULL, NULL);
        if (step->keys)
            screen_type(screen, step->keys);
        if (!(step->wait[0] == '!' ? screen_wait_gone(screen, step->wait + 1)
                                   : screen_wait(screen, step->wait))) {
            fault(walk, way, step->wait, "it did not come");
            return;
        }
        if (way != WAY_NARROW)
            judge_picture(walk, way, step, screen, cast);
    }
}

/* Out of whatever is open, and away. */
static void leave_screen(const struct walk *walk, enum way way, struct screen *screen)
{
    const char *left;
    int status = -1;

    screen_signal(screen, SIGTERM);
    if (!screen_wait_exit(screen, &status)) {
        fault(walk, way, NULL, "it does not end");
        return;
    }
    left = screen_not_restored(screen);
    if (left)
        fault(walk, way, NULL, left);
}

static void judge_bytes(const struct walk *walk, enum way way, struct screen *screen)
{
    char why[400];
    size_t length;
    const char *bytes = screen_bytes(screen, &length);
    const char *folder = getenv("HOSTILE_CAPTURES");

    if (!hostile_is_tamed(bytes, length, ways[way].outlet, why, sizeof(why)))
        fault(walk, way, NULL, why);
    if (folder) {
        char name[200];
        FILE *file;

        snprintf(name, sizeof(name), "%s/%ld-%d-%zu", folder, (long)getpid(), (int)way, runs);
        file = fopen(name, "w");
        if (file && fwrite(bytes, 1, length, file) == length)
            fclose(file);
    }
}

static void run(const struct walk *walk, enum way way, struct cast *cast)
{
    struct screen *holder = NULL, *screen;
    char *draft;

    hostile_place_clear();
    draft = write_files(walk, cast);
    if (walk->holder) {
        holder = start(walk, way, cast, cast->texts[0]);
        screen_wait(holder, "Plan name");
    }
    screen = start(walk, way, cast, "ops");
    take_steps(walk, way, screen, cast, draft);
    leave_screen(walk, way, screen);
    judge_bytes(walk, way, screen);
    screen_free(screen);
    screen_free(holder);
    free(draft);
    runs++;
}

/* ---- All of them ---- */

static void is_all_seen(const struct walk *walk, enum way way, const bool *seen)
{
    for (size_t i = 0; i < hostile_count; i++) {
        char number[40];

        snprintf(number, sizeof(number), "text %zu was not seen", i);
        if (!seen[i] && can_be(walk, &hostile_texts[i]))
            fault(walk, way, NULL, number);
    }
}

/* Of the other ways a few walks are enough to show what they do on top of the first one. */
static void go(const struct walk *walk, enum way way)
{
    struct group groups[GROUPS_MAX];
    size_t count = make_groups(walk, groups);
    size_t stride = walk->stride == 0 || getenv("DRPLAN_HOSTILE_ALL") ? 1 : walk->stride;
    struct cast cast = {.count = walk->alone ? 1 : count};

    if (way != WAY_WIDE && !getenv("DRPLAN_HOSTILE_ALL"))
        stride = (count + 1) / 2;
    for (size_t first = 0; first < count; first += stride) {
        for (size_t i = 0; i < cast.count; i++)
            cast.texts[i] = groups[(first + i) % count].text;
        run(walk, way, &cast);
    }
    if (way == WAY_WIDE && !walk->silent)
        is_all_seen(walk, way, cast.seen);
    for (size_t i = 0; i < count; i++)
        free(groups[i].text);
}

static void go_through(enum way way)
{
    faults = 0;
    runs = pictures = 0;
    for (size_t i = 0; i < sizeof(walks) / sizeof(walks[0]); i++)
        if (hostile_is_wanted(i, walks[i].name))
            go(&walks[i], way);
    print_message("%s: %zu walks, %zu pictures\n", ways[way].name, runs, pictures);
    assert_int_equal(faults, 0);
}

static void nothing_hostile_comes_out_on_a_large_screen(void **state)
{
    (void)state;
    go_through(WAY_WIDE);
}

static void nothing_hostile_comes_out_on_a_usual_screen(void **state)
{
    (void)state;
    go_through(WAY_SMALL);
}

static void nothing_hostile_comes_out_on_a_screen_without_utf8(void **state)
{
    (void)state;
    go_through(WAY_NARROW);
}

/* ---- The judge ---- */

/* Else the walks show nothing. */
static void the_judge_objects_to_each_text_as_it_is(void **state)
{
    char why[400];

    (void)state;
    for (size_t i = 0; i < hostile_count; i++) {
        const char *text = hostile_texts[i].bytes, *rest = text + strlen(HOSTILE_MARKER);
        bool moves = rest[strspn(rest, "\r\n\b\tover")] == '\0';

        if (hostile_is_harmless(text))
            continue;
        if (hostile_is_tamed(text, strlen(text), OUTLET_SCREEN, why, sizeof(why)) ||
            (!moves && hostile_is_tamed(rest, strlen(rest), OUTLET_SCREEN, why, sizeof(why))) ||
            hostile_row_is_marked(text, NULL, why, sizeof(why)))
            fail_msg("nothing is wrong with text %zu", i);
    }
}

static void the_judge_knows_what_is_marked(void **state)
{
    static const struct {
        const char *row;
        bool marked;
    } rows[] = {
        {"[" HOSTILE_MARKER "^[[2J^[[1;1H      ]", true},
        {"[" HOSTILE_MARKER "^[[2J^[[1;]", true},
        {"\"" HOSTILE_MARKER "\\u001b[2J\\u001b[1;1H\"", true},
        {"[" HOSTILE_MARKER "[2J[1;1H      ]", false},
        {"[" HOSTILE_MARKER "a<U+200B>b<U+200C>c", true},
        {"[" HOSTILE_MARKER "abcde      ]", false},
        {"[" HOSTILE_MARKER "over", false},
        {"[" HOSTILE_MARKER "\u202egnp.exe", false},
    };
    char why[400];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(hostile_row_is_marked(rows[i].row, NULL, why, sizeof(why)), rows[i].marked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_judge_objects_to_each_text_as_it_is),
        cmocka_unit_test(the_judge_knows_what_is_marked),
        cmocka_unit_test(nothing_hostile_comes_out_on_a_large_screen),
        cmocka_unit_test(nothing_hostile_comes_out_on_a_usual_screen),
        cmocka_unit_test(nothing_hostile_comes_out_on_a_screen_without_utf8),
    };

    return cmocka_run_group_tests(tests, hostile_place_enter, hostile_place_leave);
}
