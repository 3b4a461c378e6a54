#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "failing_malloc.h"
#include "ground.h"
#include "screen.h"

/*
 * Every allocation of the program fails once, and from some one on all of them
 * do, in each command and in a walk through the wizard from the first field to
 * a created plan. Each time the program says so in words, or does its work all
 * the same: it does not crash, hang or leave the terminal raw, claims nothing
 * that is not so, and leaves every file whole. As a test some points are taken
 * of each; script/torture memory takes them all (DRPLAN_EVERY=1, or each n-th).
 */

enum { LIMIT_MS = 10000, SEE_MS = 1500, SAMPLE = 12, SAMPLE_WALK = 4, RUNS_A_SERVICE = 150 };

static struct ground ground;
static char preload[512], report_variable[128], at_variable[48], plan_name[64];
static int runs, every;

/* For how long memory is short. */
enum spell { SPELL_ONCE, SPELL_UNTIL_RELIEF, SPELL_FOR_EVER, SPELL_COUNT };
static const char *const spell_names[SPELL_COUNT] = {"once", "until some is given back", "and all behind it"};

/* What became of a run. */
enum verdict {
    VERDICT_RIGHT, /* all was done as without the fault */
    VERDICT_TOLD,  /* not all, and the program said so */
    VERDICT_MUTE,  /* not all, and it did not */
    VERDICT_BAD    /* what must not be */
};

struct tally {
    int points, right, told, mute, bad;
};

struct run {
    const struct target *target;
    long at; /* 0: none fails */
    enum spell spell;
    uint64_t counted, failed;
    char what[8192]; /* of a verdict that is not right */
};

struct target {
    const char *name;
    enum verdict (*take)(struct run *run);
    const char *arguments[8];
    bool sends;       /* a plan */
    bool of_one_kind; /* what it prints is as long each time */
    bool asks;        /* the service */
    bool talks;       /* its status says how the dialogue ended, which is not always by sending */
};

/* ---- One run ---- */

/* In what the parent reads, the process may have been killed meanwhile. */
static void read_report(struct run *run)
{
    struct failing_malloc_report report = {0};
    FILE *file = fopen("report", "rb");

    if (!file || fread(&report, sizeof(report), 1, file) != 1)
        report = (struct failing_malloc_report){0};
    if (file)
        fclose(file);
    run->counted = report.counted;
    run->failed = report.failed;
}

static void fresh_service(void)
{
    if (runs++ % RUNS_A_SERVICE != 0)
        return;
    if (ground.sandbox > 0) {
        kill(ground.sandbox, SIGTERM);
        waitpid(ground.sandbox, NULL, 0);
        unlink(ground.plans);
    }
    ground_serve(&ground, NULL);
}

static size_t begin(struct run *run)
{
    size_t kept;

    fresh_service();
    ground_clear(&ground);
    snprintf(plan_name, sizeof(plan_name), "fault-%05d-%06ld", runs, run->at);
    kept = ground.change_count;
    snprintf(at_variable, sizeof(at_variable), "FAIL_MALLOC_AT=%ld", run->at);
    ground_change(&ground, at_variable);
    ground_change(&ground, run->spell == SPELL_ONCE ? "FAIL_MALLOC_ON" : "FAIL_MALLOC_ON=1");
    ground_change(&ground, run->spell == SPELL_UNTIL_RELIEF ? "FAIL_MALLOC_RELIEF=1" : "FAIL_MALLOC_RELIEF");
    ground_change(&ground, preload);
    ground_change(&ground, report_variable);
    unlink("report");
    return kept;
}

static enum verdict judge(struct run *run, enum verdict verdict, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static enum verdict judge(struct run *run, enum verdict verdict, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(run->what, sizeof(run->what), format, arguments);
    va_end(arguments);
    return verdict;
}

static bool is_of_the_contract(int status)
{
    return (status >= 0 && status <= 8) || status == 130;
}

/* What must never be, whatever failed. */
static enum verdict look_for_damage(struct run *run, int status, const char *words)
{
    const char *fault = ground_fault(&ground);
    bool there = ground_has_plan(&ground, plan_name);

    if (!is_of_the_contract(status) && status != 128 + SIGTERM)
        return judge(run, VERDICT_BAD, "status %d: %.3000s", status, words);
    if (strstr(words, "Sanitizer") || strstr(words, "runtime error:"))
        return judge(run, VERDICT_BAD, "a report: %.4000s", words);
    if (fault)
        return judge(run, VERDICT_BAD, "%s", fault);
    if ((strstr(words, "Created") || strstr(words, "is created") || strstr(words, "\"created\"")) && !there)
        return judge(run, VERDICT_BAD, "it claims a plan that is not there: %.300s", words);
    if (there && strstr(words, "othing was sent"))
        return judge(run, VERDICT_BAD, "it denies a plan that is there: %.300s", words);
    return VERDICT_RIGHT;
}

/* Of the run without a fault. */
static size_t usual_length;
static char usual_err[512];

/* A plan is either there and called created or unknown, or it is not there. */
static enum verdict judge_sending(struct run *run, const struct command_result *result)
{
    bool there = ground_has_plan(&ground, plan_name);

    if (result->status == 0 && !there)
        return judge(run, VERDICT_BAD, "done, but no plan is there: %.200s", result->out);
    if (there && result->status != 0 && result->status != 8 && !strstr(result->out, plan_name))
        return judge(run, VERDICT_BAD, "status %d, but the plan is there: %.200s", result->status,
                     result->err);
    return VERDICT_RIGHT;
}

/* Where plans go is said first; the service is started anew now and then, and has another port then. */
static const char *behind_address(const char *text)
{
    const char *end = strncmp(text, "Sending to ", 11) == 0 ? strstr(text, " as ") : NULL;

    return end ? end : text;
}

static enum verdict judge_command(struct run *run, const struct command_result *result)
{
    enum verdict verdict = look_for_damage(run, result->status, result->err);

    if (verdict == VERDICT_RIGHT)
        verdict = look_for_damage(run, result->status, result->out);
    if (verdict == VERDICT_RIGHT && result->elapsed_ms >= LIMIT_MS)
        verdict = judge(run, VERDICT_BAD, "it hangs");
    if (verdict == VERDICT_RIGHT && run->target->sends && !run->target->talks)
        verdict = judge_sending(run, result);
    if (verdict != VERDICT_RIGHT)
        return verdict;
    if (run->at == 0) {
        usual_length = result->out_length;
        snprintf(usual_err, sizeof(usual_err), "%s", result->err);
    }
    if (result->err_length > 0 && strcmp(behind_address(result->err), behind_address(usual_err)) != 0)
        return judge(run, VERDICT_TOLD, "%.300s", result->err);
    if (result->status != 0)
        return strstr(result->out, "emory") ? judge(run, VERDICT_TOLD, "%.300s", result->out)
                                            : judge(run, VERDICT_MUTE, "status %d without a word: %.300s",
                                                    result->status, result->out);
    if (run->target->of_one_kind && result->out_length != usual_length)
        return judge(run, VERDICT_MUTE, "it prints something else and calls it done: %.200s", result->out);
    return VERDICT_RIGHT;
}

static void make_arguments(const struct target *target, const char *argv[16])
{
    size_t count = 1;

    argv[0] = getenv("DRPLAN");
    for (size_t i = 0; target->arguments[i]; i++)
        argv[count++] = target->arguments[i];
    if (target->sends) {
        /* An unknown outcome is looked up for a second only. */
        argv[count++] = "--patience";
        argv[count++] = "1";
    }
    if (target->sends || target->asks) {
        argv[count++] = "--endpoint";
        argv[count++] = ground.endpoint;
    }
}

static enum verdict take_command(struct run *run)
{
    const char *argv[16] = {NULL};
    size_t kept = begin(run);
    struct command_result result;
    enum verdict verdict;

    make_arguments(run->target, argv);
    ground_write_draft("draft.json", plan_name);
    command_run(argv, ground.changes, LIMIT_MS, &result);
    ground_forget(&ground, kept);
    read_report(run);
    verdict = judge_command(run, &result);
    command_release(&result);
    return verdict;
}

static enum verdict take_answers(struct run *run)
{
    const char *argv[16] = {NULL};
    size_t kept = begin(run);
    struct command_result result;
    char answers[512];
    enum verdict verdict;

    make_arguments(run->target, argv);
    snprintf(answers, sizeof(answers),
             "%s\nOrders\n1\n2\n\n2\ncn-hangzhou\n10.0.8.11:9876\nvpc-example0001\nvsw-example0001\nsg-"
             "example0001\n2\n"
             "rocketmq2\ns3cret-marker\n\n\n\naliyun_rocketmq\n\ncn-shanghai\nrmq-cn-example0001\n1\nGID_"
             "EXAMPLE\n\n\n1\n"
             "2\nsave draft.json\nsend\nyes\nquit\n",
             plan_name);
    folder_write("answers", answers);
    command_run_with_input(argv, ground.changes, "answers", LIMIT_MS, &result);
    ground_forget(&ground, kept);
    read_report(run);
    verdict = judge_command(run, &result);
    if (verdict != VERDICT_BAD && strstr(result.out, "Draft saved to") &&
        !ground_has("draft.json", plan_name))
        verdict = judge(run, VERDICT_BAD, "the draft that was saved is not there");
    /* Not every note of the dialogue goes to standard error. */
    if (verdict == VERDICT_MUTE && strstr(result.out, "emory"))
        verdict = VERDICT_TOLD;
    if (verdict == VERDICT_RIGHT && !strstr(result.out, "Created."))
        verdict = strstr(result.out, "emory") ? judge(run, VERDICT_TOLD, "memory")
                                              : judge(run, VERDICT_MUTE, "%.400s", result.out);
    command_release(&result);
    return verdict;
}

/* ---- The walk through the wizard ---- */

#define PAGE_DOWN "\033[6~"
#define CTRL_S    "\023"

struct stage {
    const char *seen; /* "%" is the plan's name */
    const char *typed;
};

static const struct stage walk[] = {
    {"Plan name", "%\tOrders\t1"},
    {"(o) ACTIVE_PASSIVE", PAGE_DOWN},
    {"[2 First cluster]", "2\t\t"},
    {"Network *", "2\tcn-hangzhou\t10.0.8.11:9876\tvpc-wz9qt50xhtj9krb0001\tvsw-uf6gwtbn6etadpv0001\t"
                  "sg-bp17hpmgz90001\t2\trocketmq2\ts3cr@t"},
    {"[******", PAGE_DOWN},
    {"[3 Second cluster]", "1\t\tcn-hangzhou\trmq-cn-517asjw0000\t1" PAGE_DOWN "1\t1"},
    {"[4 Progress]", PAGE_DOWN},
    {"[5 Review]", CTRL_S},
    {"Saved to draft.json", "s"},
    {"Create the plan %?", "y"},
    {"The plan is created.", "q"},
};

static const char *with_name(const char *pattern, char text[256])
{
    const char *mark = strchr(pattern, '%');

    if (mark)
        snprintf(text, 256, "%.*s%s%s", (int)(mark - pattern), pattern, plan_name, mark + 1);
    else
        snprintf(text, 256, "%s", pattern);
    return text;
}

/* How far it gets; the last stage may not come, and is not waited for as the others. */
static size_t walk_on(struct screen *screen, int patience_ms)
{
    const size_t last = sizeof(walk) / sizeof(walk[0]);
    char text[256];
    size_t stage = 0;

    while (stage < last &&
           screen_see(screen, with_name(walk[stage].seen, text), stage + 1 < last ? patience_ms : SEE_MS))
        screen_type(screen, with_name(walk[stage++].typed, text));
    return stage;
}

/* The star behind the name in the title is what the operator sees; it may be missing where memory is. */
static bool has_unsaved(size_t stage)
{
    return stage > 1 && stage <= 8;
}

static bool says_so(const char *picture)
{
    static const char *const words[] = {"emory", "othing was sent.", "Not known: ", "is kept"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strstr(picture, words[i]))
            return true;
    return false;
}

static enum verdict judge_walk(struct run *run, struct screen *screen, size_t stage, const char *before)
{
    const size_t last = sizeof(walk) / sizeof(walk[0]);
    enum verdict verdict;
    const char *raw, *bytes;
    size_t length;
    int status = -1;

    if (stage < last)
        screen_signal(screen, SIGTERM);
    if (!screen_see_exit(screen, LIMIT_MS, &status))
        return judge(run, VERDICT_BAD, "it hangs behind stage %zu:\n%.3000s", stage, before);
    verdict = look_for_damage(run, status, screen_text(screen));
    if (verdict != VERDICT_RIGHT)
        return verdict;
    raw = screen_not_restored(screen);
    if (raw)
        return judge(run, VERDICT_BAD, "the terminal is not restored behind stage %zu: %s", stage, raw);
    if (stage > 8 && !ground_has("draft.json", "planName"))
        return judge(run, VERDICT_BAD, "the draft that was saved is not there");
    if (stage == last && status == 0)
        return VERDICT_RIGHT;
    if (run->spell == SPELL_UNTIL_RELIEF && status == 128 + SIGTERM && has_unsaved(stage) &&
        !ground_autosave_has(&ground, plan_name) && !ground_has("draft.json", plan_name))
        return judge(run, VERDICT_BAD, "no autosave, behind stage %zu:\n%.5000s\nand at last:\n%.2000s",
                     stage, before, screen_text(screen));
    bytes = screen_bytes(screen, &length);
    if (says_so(before) || says_so(screen_text(screen)) || memmem(bytes, length, "emory", 5))
        return judge(run, VERDICT_TOLD, "memory, behind stage %zu", stage);
    return judge(run, VERDICT_MUTE, "status %d, behind stage %zu:\n%.5000s\nand at last:\n%.2000s", status,
                 stage, before, screen_text(screen));
}

static enum verdict take_walk(struct run *run)
{
    const char *argv[16] = {NULL};
    size_t kept = begin(run), stage;
    struct screen_options options = {.environment = ground.changes};
    struct screen *screen;
    enum verdict verdict;
    static char before[1 << 14];

    make_arguments(run->target, argv);
    screen = screen_start(argv, &options);
    ground_forget(&ground, kept);
    assert_non_null(screen);
    stage = walk_on(screen, SEE_MS);
    snprintf(before, sizeof(before), "%s", screen_text(screen));
    verdict = judge_walk(run, screen, stage, before);
    screen_free(screen);
    read_report(run);
    return verdict;
}

/* ---- All of them ---- */

static const struct target targets[] = {
    {"validate", take_command, {"validate", "draft.json"}, .of_one_kind = true},
    {"validate --json", take_command, {"validate", "--json", "draft.json"}, .of_one_kind = true},
    {"render --as body", take_command, {"render", "draft.json", "--as", "body"}, .of_one_kind = true},
    {"render --as http", take_command, {"render", "draft.json", "--as", "http"}, .of_one_kind = true},
    {"render --as curl", take_command, {"render", "draft.json", "--as", "curl"}, .of_one_kind = true},
    {"render --as aliyun", take_command, {"render", "draft.json", "--as", "aliyun"}, .of_one_kind = true},
    {"schema", take_command, {"schema"}, .of_one_kind = true},
    {"whoami", take_command, {"whoami"}, .asks = true},
    {"submit", take_command, {"submit", "--yes", "draft.json"}, .sends = true},
    {"submit --json", take_command, {"submit", "--json", "--yes", "draft.json"}, .sends = true},
    {"plain questions", take_answers, {"--plain"}, .sends = true, .talks = true},
    {"wizard", take_walk, {"draft.json"}, .sends = true},
};

static void add(struct tally *tally, const struct run *run, enum verdict verdict)
{
    tally->points++;
    switch (verdict) {
    case VERDICT_RIGHT:
        tally->right++;
        break;
    case VERDICT_TOLD:
        tally->told++;
        break;
    case VERDICT_MUTE:
        tally->mute++;
        break;
    case VERDICT_BAD:
        tally->bad++;
        break;
    }
    /* Not by print_message(), which cuts a picture short. */
    if (verdict == VERDICT_BAD || verdict == VERDICT_MUTE || getenv("DRPLAN_TALK"))
        printf("%s, allocation %ld, %s: %s: %s\n", run->target->name, run->at, spell_names[run->spell],
               verdict == VERDICT_BAD    ? "BAD"
               : verdict == VERDICT_MUTE ? "mute"
                                         : "fine",
               run->what);
    fflush(stdout);
}

static long step_for(const struct target *target, long counted)
{
    /* Where a walk is stopped by a fault, the test waits for what does not come. */
    long sample = target->take == take_walk ? SAMPLE_WALK : SAMPLE;

    if (every > 0)
        return every;
    return counted > sample ? counted / sample : 1;
}

/* DRPLAN_FROM begins elsewhere: to look at one point again. */
static long first_point(long step)
{
    const char *from = getenv("DRPLAN_FROM");

    return from ? strtol(from, NULL, 10) : 1 + (every > 0 ? 0 : step / 3);
}

static void sweep(const struct target *target, enum spell spell, struct tally *tally)
{
    struct run usual = {.target = target}, run;
    long step, limit = 0;

    usual_length = 0;
    usual_err[0] = '\0';
    if (target->take(&usual) != VERDICT_RIGHT)
        fail_msg("%s without a fault: %s", target->name, usual.what);
    assert_true(usual.counted > 0);
    step = step_for(target, (long)usual.counted);
    if (getenv("DRPLAN_UNTIL"))
        limit = strtol(getenv("DRPLAN_UNTIL"), NULL, 10);
    for (long at = first_point(step); limit == 0 || at <= limit; at += step) {
        enum verdict verdict;

        run = (struct run){.target = target, .at = at, .spell = spell};
        verdict = target->take(&run);
        if (run.failed == 0 && (verdict == VERDICT_RIGHT || at > 2 * (long)usual.counted))
            break;
        add(tally, &run, verdict);
    }
}

/* Only the wizard has memory put by. */
static bool is_wanted(const struct target *target, enum spell spell)
{
    const char *only = getenv("DRPLAN_ONLY"), *how = getenv("DRPLAN_SPELL");

    if (spell == SPELL_UNTIL_RELIEF && target->take != take_walk)
        return false;
    return (!only || strstr(target->name, only)) && (!how || strstr(spell_names[spell], how));
}

static void no_allocation_that_fails_does_harm(void **state)
{
    struct tally whole = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        for (enum spell spell = SPELL_ONCE; spell < SPELL_COUNT; spell++) {
            struct tally tally = {0};

            if (!is_wanted(&targets[i], spell))
                continue;
            sweep(&targets[i], spell, &tally);
            print_message("%-20s %-24s %5d points: %5d right, %5d told, %3d mute, %3d bad\n", targets[i].name,
                          spell_names[spell], tally.points, tally.right, tally.told, tally.mute, tally.bad);
            whole.points += tally.points;
            whole.told += tally.told;
            whole.mute += tally.mute;
            whole.bad += tally.bad;
        }
    }
    print_message("%d points, %d told, %d mute, %d bad\n", whole.points, whole.told, whole.mute, whole.bad);
    assert_true(whole.points > 0);
    assert_int_equal(whole.bad, 0);
    assert_true(whole.mute * 100 <= whole.points);
}

/* Then there is no screen on which it could be said. */
static void without_memory_for_the_first_picture_it_ends_in_words(void **state)
{
    static const struct target wizard = {"wizard", take_walk, {"draft.json"}, .sends = true};

    (void)state;
    for (long at = 60; at <= 180; at += 40) {
        struct run run = {.target = &wizard, .at = at, .spell = SPELL_FOR_EVER};
        enum verdict verdict = take_walk(&run);

        if (verdict != VERDICT_TOLD)
            fail_msg("allocation %ld: %s", at, run.what);
    }
}

/* A part of a picture that is lost would not be drawn again. */
static void a_picture_that_memory_was_short_for_is_drawn_once_more(void **state)
{
    static const struct target wizard = {"wizard", take_walk, {"draft.json"}, .sends = true};

    (void)state;
    for (long at = 120; at <= 190; at += 10) {
        struct run run = {.target = &wizard, .at = at, .spell = SPELL_ONCE};
        enum verdict verdict = take_walk(&run);

        if (verdict != VERDICT_RIGHT && verdict != VERDICT_TOLD)
            fail_msg("allocation %ld: %s", at, run.what);
    }
}

/* Memory ends behind the POST, and the machine ends the program. Its status, with its last words on the
 * screen. */
static int end_without_outcome(struct run *run, struct screen **screen)
{
    const char *argv[16] = {NULL};
    size_t kept = begin(run);
    struct screen_options options = {.environment = ground.changes};
    int status = -1;

    make_arguments(run->target, argv);
    ground_change(&ground, "FAIL_MALLOC_POSTED=1");
    *screen = screen_start(argv, &options);
    ground_forget(&ground, kept);
    assert_non_null(*screen);
    assert_int_equal(walk_on(*screen, LIMIT_MS), sizeof(walk) / sizeof(walk[0]) - 1);
    screen_signal(*screen, SIGTERM);
    assert_true(screen_see_exit(*screen, LIMIT_MS, &status));
    read_report(run);
    assert_true(run->failed > 0);
    return status;
}

/* Whoever has to look for a plan has to know why. */
static void where_the_outcome_is_not_known_the_last_words_say_why(void **state)
{
    static const struct target wizard = {"wizard", take_walk, {"draft.json"}, .sends = true};

    (void)state;
    for (long at = 1; at <= 4; at++) {
        struct run run = {.target = &wizard, .at = at, .spell = SPELL_FOR_EVER};
        struct screen *screen;

        assert_int_equal(end_without_outcome(&run, &screen), 8);
        if (!screen_has(screen, "memory is short, and it is not known whether the plan was created"))
            fail_msg("allocation %ld behind the POST:\n%.2000s", at, screen_text(screen));
        screen_free(screen);
    }
}

static int enter(void **state)
{
    (void)state;
    ground_open(&ground);
    ground_change(&ground, "ALIBABA_CLOUD_REGION_ID=cn-hangzhou");
    snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", getenv("FAILING_MALLOC"));
    snprintf(report_variable, sizeof(report_variable), "FAIL_MALLOC_REPORT=%s/report", ground.folder);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    ground_close(&ground);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_allocation_that_fails_does_harm),
        cmocka_unit_test(without_memory_for_the_first_picture_it_ends_in_words),
        cmocka_unit_test(a_picture_that_memory_was_short_for_is_drawn_once_more),
        cmocka_unit_test(where_the_outcome_is_not_known_the_last_words_say_why),
    };

    if (!getenv("DRPLAN") || !getenv("FAILING_MALLOC")) {
        fprintf(stderr,
                "DRPLAN must name the program, FAILING_MALLOC the library that makes allocations fail\n");
        return 2;
    }
    every = getenv("DRPLAN_EVERY") ? atoi(getenv("DRPLAN_EVERY")) : 0;
    /* script/torture is after the first one alone. */
    if (every > 0)
        cmocka_set_test_filter("no_*");
    return cmocka_run_group_tests(tests, enter, leave);
}
