#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "canary.h"
#include "command.h"
#include "hostile_place.h"
#include "screen.h"

/*
 * Secrets of every kind go through the program, and are in nothing that it
 * leaves behind: no file, no output, no picture, no argument, no environment,
 * in none of the forms that tests/support/canary.h knows.
 */

enum { LIMIT_MS = 60000, WORDS_MAX = 12 };

#define PAGE_DOWN    "\033[6~"
#define F9           "\033[20~"
#define CTRL(letter) ((const char[]){(letter)&0x1F, '\0'})

/* ---- The secrets ---- */

#define OF_KEY      "kEy+canary/Zx7%41==qQ83b"
#define OF_TOKEN    "tOken+canary/Yw6%42==rR94c"
#define OF_PROFILE  "pRofile+canary/Xv5%43==sS05d"
#define OF_SESSION  "sEssion+canary/Wu4%44==tT16e"
#define OF_GIVER    "gIver+canary/Vt3%45==uU27f"
#define OF_PROXY    "pRoxy.canary-Us2_46~vV38g"
#define TYPED       "tYped\"canary\\Tr1%47/+wW49h"
#define CLEAR       "cLear+canary/Sq0%48==xX50i"
#define OF_VARIABLE "vAriable+canary/Rp9%49==yY61j"
#define OF_FILE     "fIle+canary/Qo8%50==zZ72k"
#define OF_COMMAND  "cOmmand+canary/Pn7%51==aA83l"

struct secret {
    const char *name, *text;
    bool given; /* by the operator, in the environment of everything that is started */
    struct canary *canary;
};

static struct secret secrets[] = {
    {.name = "the access key secret", .text = OF_KEY},
    {.name = "the security token", .text = OF_TOKEN},
    {.name = "a profile's secret", .text = OF_PROFILE},
    {.name = "a profile's token", .text = OF_SESSION},
    {.name = "what a profile's command gives", .text = OF_GIVER},
    {.name = "a proxy's password", .text = OF_PROXY, .given = true},
    {.name = "a typed password", .text = TYPED},
    {.name = "a password of a draft", .text = CLEAR},
    {.name = "a password of a variable", .text = OF_VARIABLE, .given = true},
    {.name = "a password of a file", .text = OF_FILE},
    {.name = "a password of a command", .text = OF_COMMAND},
};

enum { OF_A_PROFILE = 2, SECRETS = sizeof(secrets) / sizeof(secrets[0]) };

static size_t outputs, files, processes;

static void is_not_in(const char *bytes, size_t length, const char *about)
{
    outputs++;
    for (size_t i = 0; i < SECRETS; i++) {
        const char *form = canary_found(secrets[i].canary, bytes, length);

        if (form)
            fail_msg("%s: %s is there, %s:\n%.*s", about, secrets[i].name, form, (int)length, bytes);
    }
}

/* What the operator wrote into the folder, secrets and all, is in paths with "given" in them. */
static void is_not_below(const char *folder, const char *about)
{
    for (size_t i = 0; i < SECRETS; i++) {
        char *where = canary_found_below(secrets[i].canary, folder, "given", i == 0 ? &files : NULL);

        if (where)
            fail_msg("%s: %s is in %s", about, secrets[i].name, where);
    }
}

static void is_not_in_process(pid_t pid, const char *about)
{
    processes++;
    for (size_t i = 0; i < SECRETS; i++) {
        char *where = secrets[i].given ? NULL : canary_found_in_process(secrets[i].canary, pid);

        if (where)
            fail_msg("%s: %s is in %s", about, secrets[i].name, where);
    }
}

/* ---- The place ---- */

#define OUTSIDE(password)                                                                                    \
    "{\"planName\":\"orders\",\"planType\":\"ACTIVE_PASSIVE\",\"instances\":["                               \
    "{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"instanceRole\":\"ACTIVE\",\"networkType\":\"TCP_INTERNET\","  \
    "\"endpointUrl\":\"203.0.113.7:9876\",\"authType\":\"ACL_AUTH\",\"username\":\"u\"" password "},"        \
    "{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceRole\":\"PASSIVE\",\"regionId\":\"cn-hangzhou\","       \
    "\"instanceId\":\"rmq-cn-2\",\"authType\":\"NO_AUTH\"}]}"

/* A child of the program writes down what it was given, and what its parent looks like from outside. */
#define GIVE(what)                                                                                           \
    "env > \"given-to-children/$$.env\"\n"                                                                   \
    "cat \"/proc/$PPID/environ\" \"/proc/$PPID/cmdline\" > \"given-to-children/$$.parent\" 2>/dev/null\n"    \
    "printf '%s' '" what "'\n"

static const struct {
    const char *name, *text;
} given_files[] = {
    {"given-clear.json", OUTSIDE(",\"password\":\"" CLEAR "\"")},
    {"variable.json", OUTSIDE(",\"password\":{\"$env\":\"GIVEN_PASSWORD\"}")},
    {"file.json", OUTSIDE(",\"password\":{\"$file\":\"given-password\"}")},
    {"command.json", OUTSIDE(",\"password\":{\"$command\":[\"sh\",\"given-command\"]}")},
    {"typed.json", OUTSIDE("")},
    {"given-password", OF_FILE "\n"},
    {"given-command", GIVE(OF_COMMAND)},
    {"given-giver", GIVE("{\"mode\":\"StsToken\",\"access_key_id\":\"LTAI5tMadeUpKeyId02\","
                         "\"access_key_secret\":\"" OF_GIVER "\",\"sts_token\":\"" OF_SESSION "\"}")},
    {"given-config.json",
     "{\"current\":\"keys\",\"profiles\":["
     "{\"name\":\"keys\",\"mode\":\"StsToken\",\"access_key_id\":\"LTAI5tMadeUpKeyId03\","
     "\"access_key_secret\":\"" OF_PROFILE "\",\"sts_token\":\"" OF_SESSION
     "\",\"region_id\":\"cn-hangzhou\"},"
     "{\"name\":\"giver\",\"mode\":\"External\",\"process_command\":\"sh given-giver\"},"
     "{\"name\":\"broken\",\"mode\":\"AK\",\"access_key_secret\":\"" OF_PROFILE "\"},"
     "{\"name\":\"elsewhere\",\"mode\":\"CredentialsURI\",\"credentials_uri\":\"http://"
     "127.0.0.1:1/" OF_PROFILE "\"}]}"},
    {"given-broken.json", "{\"current\":\"keys\",\"profiles\":[{\"access_key_secret\":\"" OF_PROFILE "\"]}"},
};

static char home[64], state[64], temporary[64];

static const char *const environment[] = {home,
                                          state,
                                          temporary,
                                          "ALIBABA_CLOUD_ACCESS_KEY_ID=LTAI5tMadeUpKeyId01",
                                          "ALIBABA_CLOUD_ACCESS_KEY_SECRET=" OF_KEY,
                                          "ALIBABA_CLOUD_SECURITY_TOKEN=" OF_TOKEN,
                                          "ALIBABA_CLOUD_CONFIG_FILE=given-config.json",
                                          "ALIBABA_CLOUD_REGION_ID=cn-hangzhou",
                                          "ALIBABA_CLOUD_PROFILE",
                                          "GIVEN_PASSWORD=" OF_VARIABLE,
                                          "HTTPS_PROXY=http://user:" OF_PROXY "@127.0.0.1:1",
                                          "ASAN_OPTIONS=handle_segv=0:handle_abort=0",
                                          NULL};

static void fill_place(int status, const char *create)
{
    struct hostile_turn none = {0};
    const char *folder = hostile_place_folder();

    hostile_place_clear();
    for (size_t i = 0; i < sizeof(given_files) / sizeof(given_files[0]); i++) {
        FILE *file = fopen(given_files[i].name, "w");

        assert_non_null(file);
        assert_true(fputs(given_files[i].text, file) >= 0);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(chmod(given_files[i].name, 0600), 0);
    }
    assert_int_equal(mkdir("given-to-children", 0700), 0);
    assert_int_equal(mkdir("tmp", 0700), 0);
    hostile_place_answer(status, create, NOTHING_LISTED, &none);
    snprintf(home, sizeof(home), "HOME=%s", folder);
    snprintf(state, sizeof(state), "XDG_STATE_HOME=%s", folder);
    snprintf(temporary, sizeof(temporary), "TMPDIR=%s/tmp", folder);
}

static int count_children(void)
{
    DIR *listing = opendir("given-to-children");
    int count = 0;

    while (listing && readdir(listing))
        count++;
    if (listing)
        closedir(listing);
    return count - 2;
}

/* The two that the operator gave to everything are in the environment of children too. */
static void is_not_in_children(const char *about)
{
    for (size_t i = 0; i < SECRETS; i++) {
        char *where =
            secrets[i].given ? NULL : canary_found_below(secrets[i].canary, "given-to-children", NULL, NULL);

        if (where)
            fail_msg("%s: %s is in %s", about, secrets[i].name, where);
    }
    if (system("rm -f given-to-children/*") != 0)
        fail_msg("rm");
}

/* ---- Commands ---- */

/* The service says back what it was told. */
#define REFUSAL "{\"requestId\":\"r\",\"success\":false,\"code\":\"Made.Up\",\"message\":\"made up: @@R@@\"}"
#define CREATED "{\"requestId\":\"r\",\"success\":true,\"code\":\"200\",\"data\":42,\"note\":\"@@R@@\"}"
#define SEND    "submit", "--yes", "--patience", "0.05", "--timeout", "5", "--endpoint", "@E"

struct run {
    const char *words[WORDS_MAX];
    int children; /* the program starts so many, that write two files each */
};

static const struct run runs[] = {
    {{"validate", "given-clear.json", "variable.json", "file.json", "command.json"}, 0},
    {{"render", "given-clear.json", "--as", "body"}, 0},
    {{"render", "variable.json", "--as", "http", "--explain"}, 0},
    {{"render", "given-clear.json", "--as", "http", "--explain"}, 0},
    {{"render", "given-clear.json", "--as", "curl"}, 0},
    {{"render", "file.json", "--as", "curl"}, 0},
    {{"render", "given-clear.json", "--as", "aliyun"}, 0},
    {{"submit", "--dry-run", "given-clear.json", "command.json"}, 1},
    {{SEND, "given-clear.json"}, 0},
    {{SEND, "variable.json"}, 0},
    {{SEND, "file.json"}, 0},
    {{SEND, "command.json"}, 1},
    {{SEND, "--jobs", "2", "file.json"}, 0},
    {{SEND, "--profile", "keys", "file.json"}, 0},
    {{SEND, "--profile", "giver", "command.json"}, 2},
    {{"submit", "--yes", "--endpoint", "http://127.0.0.1:1", "--patience", "0.05", "given-clear.json"}, 0},
    {{"submit", "--yes", "--patience", "0.05", "--connect-timeout", "1", "given-clear.json"}, 0},
    {{"whoami", "--endpoint", "@E"}, 0},
    {{"whoami", "--endpoint", "@E", "--profile", "keys"}, 0},
    {{"whoami", "--endpoint", "@E", "--profile", "giver"}, 1},
    {{"whoami", "--profile", "broken"}, 0},
    {{"whoami", "--profile", "elsewhere"}, 0},
    {{"look", "--endpoint", "@E", "--patience", "0.05"}, 0},
};

static void run(const struct run *run, bool as_json)
{
    char *words[WORDS_MAX + 3] = {getenv("DRPLAN")};
    struct hostile_turn none = {0};
    struct command_result result;
    struct buf about = BUF_INIT;
    size_t count = 1;

    for (; count <= WORDS_MAX && run->words[count - 1]; count++) {
        words[count] = hostile_place_fill(run->words[count - 1], &none);
        buf_addf(&about, "%s ", words[count]);
    }
    if (as_json)
        words[count] = strdup("--json");
    command_run((const char *const *)words, environment, LIMIT_MS, &result);
    if (getenv("SECRETS_SHOW"))
        fprintf(stderr, "== %s%s: %d\n%s%s", buf_text(&about), as_json ? "--json" : "", result.status,
                result.out, result.err);
    is_not_in(result.out, result.out_length, buf_text(&about));
    is_not_in(result.err, result.err_length, buf_text(&about));
    if (count_children() != 2 * run->children)
        fail_msg("%s: it did not start %d commands\n%s", buf_text(&about), run->children, result.err);
    is_not_in_children(buf_text(&about));
    is_not_below(hostile_place_folder(), buf_text(&about));
    command_release(&result);
    buf_release(&about);
    for (size_t i = 1; words[i]; i++)
        free(words[i]);
}

static void run_all(bool as_json)
{
    fill_place(403, REFUSAL);
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
        run(&runs[i], as_json);
    fill_place(200, CREATED);
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
        if (strcmp(runs[i].words[0], "submit") == 0)
            run(&runs[i], as_json);
}

static void commands_leave_no_secret_behind(void **state_)
{
    (void)state_;
    run_all(false);
}

static void nor_do_they_as_json(void **state_)
{
    (void)state_;
    run_all(true);
}

/* Else the search finds nothing whatever there is: this one is asked to show them. */
static void what_is_asked_for_in_clear_is_found(void **state_)
{
    const char *const words[] = {getenv("DRPLAN"), "render", "given-clear.json", "--as", "http",
                                 "--show-secrets", NULL};
    struct command_result result;
    char *where;

    (void)state_;
    fill_place(403, REFUSAL);
    command_run(words, environment, LIMIT_MS, &result);
    assert_int_equal(result.status, 0);
    for (size_t i = 0; i < SECRETS; i++)
        if (strcmp(secrets[i].text, CLEAR) == 0 || strcmp(secrets[i].text, OF_TOKEN) == 0)
            assert_string_equal(canary_found(secrets[i].canary, result.out, result.out_length), "as it is");
    command_release(&result);
    where = canary_found_below(secrets[OF_A_PROFILE].canary, hostile_place_folder(), NULL, NULL);
    assert_non_null(where); /* the configuration */
    free(where);
}

/* ---- Screens ---- */

static struct screen *start(const char *draft, const char *option)
{
    struct hostile_turn none = {0};
    char *endpoint = hostile_place_fill("@E", &none);
    const char *const argv[] = {getenv("DRPLAN"), "--endpoint", endpoint, "--patience",
                                "0.05",           draft,        option,   NULL};
    struct screen_options options = {.columns = 120, .rows = 40, .environment = environment};
    struct screen *screen = screen_start(argv, &options);

    free(endpoint);
    assert_non_null(screen);
    return screen;
}

static void expect(struct screen *screen, const char *text)
{
    if (!screen_wait(screen, text))
        fail_msg("the screen does not show: %s", text);
}

static void judge(struct screen *screen, const char *about)
{
    size_t length;
    const char *bytes = screen_bytes(screen, &length), *picture = screen_text(screen);

    is_not_in(bytes, length, about);
    is_not_in(picture, strlen(picture), about);
    is_not_below(hostile_place_folder(), about);
}

static void end(struct screen *screen, int number, const char *about)
{
    int status;

    is_not_in_process(screen_pid(screen), about);
    screen_signal(screen, number);
    assert_true(screen_wait_exit(screen, &status));
    judge(screen, about);
    screen_free(screen);
}

static void type_password(struct screen *screen)
{
    expect(screen, "[1 Plan]");
    is_not_in_process(screen_pid(screen), "the first screen");
    screen_type(screen, PAGE_DOWN);
    expect(screen, "[2 First cluster]");
    screen_type(screen, "\t\t\t\t\t\t\t");
    expect(screen, "> Password");
    screen_type(screen, TYPED);
    expect(screen, "[*******");
    judge(screen, "a typed password");
}

static void submit(struct screen *screen, const char *outcome)
{
    screen_type(screen, F9);
    expect(screen, "[5 Review]");
    judge(screen, "the review");
    screen_type(screen, "s");
    expect(screen, "Create the plan orders?");
    screen_type(screen, "y");
    expect(screen, outcome);
    screen_type(screen, "r");
    expect(screen, "The answer as it came");
    judge(screen, "the answer");
    screen_type(screen, "q");
    assert_true(screen_wait_gone(screen, "The answer as it came"));
}

static void a_password_typed_into_the_wizard_leaves_nothing_behind(void **state_)
{
    struct screen *screen;

    (void)state_;
    fill_place(403, REFUSAL);
    screen = start("typed.json", NULL);
    type_password(screen);
    submit(screen, "the service refused the plan");
    screen_type(screen, "b");
    expect(screen, "[5 Review]");
    screen_type(screen, CTRL('s'));
    expect(screen, "Saved to typed.json.");
    judge(screen, "a saved draft");
    end(screen, SIGTERM, "the end by a signal");
}

static void nor_does_it_in_a_crash(void **state_)
{
    struct screen *screen;

    (void)state_;
    fill_place(403, REFUSAL);
    screen = start("typed.json", NULL);
    type_password(screen);
    screen_type(screen, "\t");
    expect(screen, "> Consumer group");
    end(screen, SIGSEGV, "a crash");
}

/* An answer of the form, and the line in which it is edited; keys as they were given, and as they are used.
 */
static void memory_holds_what_the_next_plan_needs(struct screen *screen, size_t typed, const char *about)
{
    screen_wait_quiet(screen); /* no request is on its way */
    for (size_t i = 0; i < SECRETS; i++) {
        bool is_typed = strcmp(secrets[i].text, TYPED) == 0;
        bool is_key = strcmp(secrets[i].text, OF_KEY) == 0 || strcmp(secrets[i].text, OF_TOKEN) == 0;
        size_t as_it_is, otherwise, most = is_typed ? typed : is_key ? 2 : 0;

        if (secrets[i].given)
            continue;
        if (!canary_count_in_memory(secrets[i].canary, screen_pid(screen), &as_it_is, &otherwise))
            return;
        if (as_it_is > most || otherwise > 0)
            fail_msg("%s: %s is in memory %zu times, and %zu times in other forms", about, secrets[i].name,
                     as_it_is, otherwise);
    }
}

static void no_copy_is_left_in_memory_but_those_that_are_used(void **state_)
{
    struct screen *screen;

    (void)state_;
    fill_place(200, CREATED);
    screen = start("typed.json", NULL);
    type_password(screen);
    screen_type(screen, "\t");
    expect(screen, "> Consumer group");
    memory_holds_what_the_next_plan_needs(screen, 1, "the form");
    submit(screen, "The plan is created.");
    memory_holds_what_the_next_plan_needs(screen, 1, "a created plan");
    screen_type(screen, "n");
    expect(screen, "give it a name of its own");
    memory_holds_what_the_next_plan_needs(screen, 1, "the next plan");
    end(screen, SIGTERM, "a created plan");
    fill_place(403, REFUSAL);
    screen = start("typed.json", NULL);
    type_password(screen);
    submit(screen, "the service refused the plan");
    memory_holds_what_the_next_plan_needs(screen, 2, "a refused plan");
    end(screen, SIGTERM, "a refused plan");
}

static void passwords_from_elsewhere_are_on_no_screen(void **state_)
{
    static const char *const drafts[] = {"given-clear.json", "variable.json", "file.json", "command.json"};

    (void)state_;
    fill_place(200, CREATED);
    for (size_t i = 0; i < sizeof(drafts) / sizeof(drafts[0]); i++) {
        struct screen *screen = start(drafts[i], NULL);

        expect(screen, "[1 Plan]");
        submit(screen, "The plan is created.");
        end(screen, SIGTERM, drafts[i]);
    }
    assert_int_equal(count_children(), 2);
    is_not_in_children("a screen");
}

static void profiles_are_on_no_screen(void **state_)
{
    static const char *const profiles[] = {"--profile=keys", "--profile=giver", "--profile=broken",
                                           "--profile=elsewhere"};

    (void)state_;
    fill_place(200, CREATED);
    for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        struct screen *screen = start("file.json", profiles[i]);

        expect(screen, "[1 Plan]");
        screen_type(screen, F9);
        expect(screen, i < 2 ? "key LTAI****" : "[5 Review]");
        screen_type(screen, "p");
        expect(screen, "Profile whose keys send the plan");
        judge(screen, profiles[i]);
        end(screen, SIGTERM, profiles[i]);
    }
    is_not_in_children("a screen");
}

static void a_password_typed_after_a_plain_question_leaves_nothing_behind(void **state_)
{
    struct screen *screen;

    (void)state_;
    fill_place(403, REFUSAL);
    screen = start("typed.json", "--plain");
    expect(screen, "Review:");
    screen_type(screen, "1\r");
    expect(screen, "Password, needed, not shown while you type:");
    screen_type(screen, TYPED "\r");
    expect(screen, "Password: set.");
    judge(screen, "a plain question");
    end(screen, SIGTERM, "plain questions");
}

/* ---- The sandbox ---- */

/* Its output is a pipe that is read at its end: what it logs here is far less than a pipe holds. */
static pid_t start_sandbox(int *log, char line[128])
{
    int ends[2];
    size_t length = 0;
    pid_t pid;

    assert_int_equal(pipe(ends), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl(getenv("DRPLAN"), "drplan", "sandbox", "--state", "plans.json", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    while (length + 1 < 128 && read(ends[0], line + length, 1) == 1 && line[length] != '\n')
        length++;
    line[length] = '\0';
    *log = ends[0];
    return pid;
}

static void send_to(const char *endpoint, const char *draft, const char *const *changes)
{
    const char *const words[] = {getenv("DRPLAN"), "submit", "--yes", "--endpoint", endpoint, draft, NULL};
    struct command_result result;

    command_run(words, changes, LIMIT_MS, &result);
    is_not_in(result.out, result.out_length, draft);
    is_not_in(result.err, result.err_length, draft);
    command_release(&result);
}

static void the_sandbox_keeps_and_logs_no_secret(void **state_)
{
    const char *signs[sizeof(environment) / sizeof(environment[0]) + 3];
    size_t count = 0;
    char line[128] = "", bytes[16384];
    struct buf out = BUF_INIT;
    ssize_t got;
    pid_t pid;
    int log;

    (void)state_;
    fill_place(200, CREATED);
    for (; environment[count]; count++)
        signs[count] = environment[count];
    signs[count++] = "ALIBABA_CLOUD_ACCESS_KEY_ID=SANDBOX-ACCESS-KEY-ID";
    signs[count++] = "ALIBABA_CLOUD_ACCESS_KEY_SECRET=sandbox-access-key-secret";
    signs[count++] = "ALIBABA_CLOUD_SECURITY_TOKEN";
    signs[count] = NULL;
    pid = start_sandbox(&log, line);
    assert_memory_equal(line, "listening on ", 13);
    send_to(line + 13, "given-clear.json", signs);
    send_to(line + 13, "given-clear.json", environment); /* signed by somebody whom it does not know */
    send_to(line + 13, "command.json", signs);
    kill(pid, SIGTERM);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    while ((got = read(log, bytes, sizeof(bytes))) > 0)
        buf_add(&out, bytes, (size_t)got);
    close(log);
    assert_non_null(strstr(buf_text(&out), "CreateDisasterRecoveryPlan"));
    is_not_in(buf_text(&out), out.length, "the log of the sandbox");
    assert_int_equal(access("plans.json", R_OK), 0);
    is_not_in_children("the sandbox");
    is_not_below(hostile_place_folder(), "the sandbox");
    buf_release(&out);
}

/* ---- */

static void each_form_is_found(void **state_)
{
    static const char *const forms[] = {
        "x" CLEAR "x",
        "cGFzcz1jTGVhcitjYW5hcnkvU3EwJTQ4PT14WDUwaQ==", /* base64 of "pass=" before it */
        "Y0xlYXIrY2FuYXJ5L1NxMCU0OD09eFg1MGk=",         /* of it alone */
        "cDpjTGVhcitjYW5hcnkvU3EwJTQ4PT14WDUwaSE=",     /* with "p:" before it */
        "634c6561722b63616e6172792f53713025343d",       /* too short */
        "63 4C",
        "cLear%2Bcanary%2FSq0%2548%3D%3DxX50i",
        "i05Xx==84%0qS/yranac+raeLc",
        "c\0L\0e\0a\0r\0+\0c\0a\0n\0a\0r\0y\0/\0S\0q\0000\0%\0004\08\0=\0=\0x\0X\0005\0000\0i",
        "cLear+canary********",
    };
    struct canary *canary = canary_new(CLEAR);

    (void)state_;
    assert_string_equal(canary_found(canary, forms[0], strlen(forms[0])), "as it is");
    for (size_t i = 1; i <= 3; i++)
        assert_string_equal(canary_found(canary, forms[i], strlen(forms[i])), "in base64");
    assert_null(canary_found(canary, forms[4], strlen(forms[4])));
    assert_string_equal(canary_found(canary, forms[6], strlen(forms[6])), "percent-encoded");
    assert_string_equal(canary_found(canary, forms[7], strlen(forms[7])), "reversed");
    assert_string_equal(canary_found(canary, forms[8], 52), "in UTF-16");
    assert_string_equal(canary_found(canary, forms[9], strlen(forms[9])), "in its first half");
    assert_null(canary_found(canary, "cLear+canar", 11));
    canary_free(canary);
}

static int enter(void **state_)
{
    for (size_t i = 0; i < SECRETS; i++)
        secrets[i].canary = canary_new(secrets[i].text);
    return hostile_place_enter(state_);
}

static int leave(void **state_)
{
    print_message("%d secrets: %zu outputs, %zu files, %zu processes\n", (int)SECRETS, outputs, files,
                  processes);
    for (size_t i = 0; i < SECRETS; i++)
        canary_free(secrets[i].canary);
    return hostile_place_leave(state_);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_is_found),
        cmocka_unit_test(what_is_asked_for_in_clear_is_found),
        cmocka_unit_test(commands_leave_no_secret_behind),
        cmocka_unit_test(nor_do_they_as_json),
        cmocka_unit_test(a_password_typed_into_the_wizard_leaves_nothing_behind),
        cmocka_unit_test(nor_does_it_in_a_crash),
        cmocka_unit_test(no_copy_is_left_in_memory_but_those_that_are_used),
        cmocka_unit_test(passwords_from_elsewhere_are_on_no_screen),
        cmocka_unit_test(profiles_are_on_no_screen),
        cmocka_unit_test(a_password_typed_after_a_plain_question_leaves_nothing_behind),
        cmocka_unit_test(the_sandbox_keeps_and_logs_no_secret),
    };

    return cmocka_run_group_tests(tests, enter, leave);
}
