#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "hostile.h"
#include "hostile_place.h"

/*
 * Every way that somebody else's text comes in, against every way that it goes
 * out: the program is run, and the bytes that it wrote are judged as they are.
 */

enum { LIMIT_MS = 60000, WORDS_MAX = 12, ANY_ROOM = 100000 };

#define KEY_CANARY    "CanaryKeyId0123456789"
#define SECRET_CANARY "CanarySecret0123456789abcdef"

/* ---- Entrances ---- */

/* One way in. Everything is a template. */
struct entrance {
    const char *name;
    size_t room;                  /* how much text at once: what is cut short may hide the rest */
    bool as_json;                 /* the text is in JSON: broken UTF-8 cannot be */
    bool has_json;                /* can be asked for --json */
    bool silent;                  /* nothing of the text is shown, and nothing has to be */
    const char *words[WORDS_MAX]; /* behind the program's name */
    const char *input;            /* standard input */
    const char *draft;            /* draft.json */
    const char *config;           /* ~/.aliyun/config.json */
    const char *journal;
    const char *settings[4]; /* of the environment */
    int status;              /* of the answer to a create call */
    const char *create, *other;
};

/* clang-format off */
#define SEND "submit", "--yes", "--patience", "0.05", "--timeout", "5", "--endpoint", "@E"

static const struct entrance entrances[] = {
    {"a word too many", 90, .words = {"schema", "@T"}},
    {"an option that is none", 50, .words = {"--@T"}},
    {"letters that are none", ANY_ROOM, .silent = true, .words = {"-@T"}},
    {"a value of --as", 90, .words = {"render", "x", "--as", "@T"}},
    {"a value of --timeout", 90, .words = {"submit", "x", "--timeout", "@T"}},
    {"a region on the command line", 90, .words = {"whoami", "--region", "@T"}},
    {"an endpoint on the command line", 90, .words = {"whoami", "--endpoint", "@T"}},
    {"a file of certificates", 90, .silent = true, .words = {SEND, "draft.json", "--ca-file", "@T"}, .draft = CLEAN_DRAFT},
    {"a fault of the sandbox", 90, .words = {"sandbox", "--fault", "@T"}},
    {"a step of a fault", 90, .words = {"sandbox", "--fault", "CreateDisasterRecoveryPlan=@T"}},
    {"a state file of the sandbox", 90, .words = {"sandbox", "--state", "missing/@T"}},
    {"a shell for completions", 90, .words = {"completion", "@T"}},
    {"a command for help", 90, .words = {"help", "@T"}},
    {"the name of a file that is not there", 90, .has_json = true, .words = {"validate", "@T"}},
    {"the name of a file that is no draft", 90, .has_json = true, .silent = true, .words = {"validate", "@D"}},
    {"a plan to look for", ANY_ROOM, .silent = true, .has_json = true, .words = {"look", "@T"}},
    {"a profile that is not there", 40, .words = {"whoami", "--profile", "@T"},
     .config = "{\"current\":\"a\",\"profiles\":[]}", .settings = {"ALIBABA_CLOUD_ACCESS_KEY_ID"}},

    {"bytes for a draft", ANY_ROOM, .silent = true, .has_json = true, .words = {"validate", "-"}, .input = "@T"},
    {"the texts of a draft, checked", ANY_ROOM, .as_json = true, .has_json = true,
     .words = {"validate", "draft.json"}, .draft = HOSTILE_DRAFT},
    {"texts where none can be, checked", 90, .as_json = true, .has_json = true,
     .words = {"validate", "draft.json"}, .draft = BROKEN_DRAFT},
    {"the texts of a draft, sent", ANY_ROOM, .as_json = true, .has_json = true, .words = {SEND, "draft.json"},
     .draft = HOSTILE_DRAFT, .create = HOSTILE_REFUSAL, .status = 400, .other = NOTHING_LISTED},
    {"the texts of a draft, sent at once with another", 90, .as_json = true, .has_json = true,
     .words = {SEND, "--jobs", "2", "draft.json", "-"}, .input = CLEAN_DRAFT, .draft = HOSTILE_DRAFT,
     .create = "{\"success\":true,\"data\":42}", .status = 200, .other = NOTHING_LISTED},
    {"the texts of a draft, created", ANY_ROOM, .as_json = true, .has_json = true, .words = {SEND, "draft.json"},
     .draft = HOSTILE_DRAFT, .create = "{\"success\":true,\"data\":42,\"requestId\":\"@J\"}", .status = 200,
     .other = NOTHING_LISTED, .silent = true},
    {"a draft whose plan exists", 90, .as_json = true, .has_json = true,
     .words = {"submit", "--endpoint", "@E", "draft.json"}, .draft = HOSTILE_DRAFT, .other = HOSTILE_LISTS},
    {"a draft shown as its body", ANY_ROOM, .as_json = true, .has_json = true, .words = {"render", "draft.json"},
     .draft = HOSTILE_DRAFT},
    {"a draft shown as HTTP, explained", ANY_ROOM, .as_json = true, .has_json = true,
     .words = {"render", "draft.json", "--as", "http", "--explain", "--region", "cn-hangzhou"}, .draft = HOSTILE_DRAFT},
    {"a draft shown as a command of curl", ANY_ROOM, .as_json = true, .has_json = true,
     .words = {"render", "draft.json", "--as", "curl", "--region", "cn-hangzhou", "--show-secrets"},
     .draft = HOSTILE_DRAFT},
    {"a draft shown as a command of aliyun", ANY_ROOM, .as_json = true, .has_json = true,
     .words = {"render", "draft.json", "--as", "aliyun", "--region", "cn-hangzhou"}, .draft = HOSTILE_DRAFT},
    {"a variable for a password", 90, .as_json = true, .silent = true, .has_json = true, .words = {SEND, "draft.json"},
     .draft = WITH_PASSWORD("{\"$env\":\"@J\"}"), .other = NOTHING_LISTED},
    {"a file for a password", 90, .as_json = true, .has_json = true, .words = {SEND, "draft.json"},
     .draft = WITH_PASSWORD("{\"$file\":\"missing/@J\"}"), .other = NOTHING_LISTED},
    {"a command for a password", 90, .as_json = true, .has_json = true, .words = {SEND, "draft.json"},
     .draft = WITH_PASSWORD("{\"$command\":[\"@J\"]}"), .other = NOTHING_LISTED},
    {"what a command for a password says", ANY_ROOM, .as_json = true, .has_json = true, .words = {SEND, "draft.json"},
     .draft = WITH_PASSWORD("{\"$command\":[\"sh\",\"-c\",\"printf %s \\\"$0\\\" >&2; exit 3\",\"@J\"]}"),
     .other = NOTHING_LISTED},
    {"what a command for a password gives", ANY_ROOM, .as_json = true, .has_json = true, .silent = true,
     .words = {SEND, "draft.json"},
     .draft = WITH_PASSWORD("{\"$command\":[\"printf\",\"%s\",\"@J\"]}"), .other = NOTHING_LISTED,
     .create = HOSTILE_REFUSAL, .status = 400},

    {"a refusal", ANY_ROOM, .as_json = true, .has_json = true, .words = {SEND, "draft.json"}, .draft = CLEAN_DRAFT,
     .create = HOSTILE_REFUSAL, .status = 403, .other = NOTHING_LISTED},
    {"a refusal with a short code", 90, .as_json = true, .has_json = true, .words = {SEND, "draft.json"},
     .draft = CLEAN_DRAFT, .create = HOSTILE_REFUSAL, .status = 400, .other = NOTHING_LISTED},
    {"a refusal to list", 90, .as_json = true, .has_json = true, .words = {SEND, "draft.json"}, .draft = CLEAN_DRAFT,
     .create = "{\"success\":true,\"data\":42}", .status = 200, .other = HOSTILE_REFUSAL},
    {"an answer that is none", ANY_ROOM, .silent = true, .has_json = true, .words = {SEND, "draft.json"},
     .draft = CLEAN_DRAFT, .create = "@T", .status = 200, .other = NOTHING_LISTED},
    {"a refusal in XML", ANY_ROOM, .silent = true, .has_json = true, .words = {SEND, "draft.json"},
     .draft = CLEAN_DRAFT, .status = 400, .other = NOTHING_LISTED,
     .create = "<?xml version='1.0'?><Error><RequestId>@T</RequestId><Code>@T</Code><Message>@T</Message></Error>"},
    {"an identity", 90, .as_json = true, .has_json = true,
     .words = {"whoami", "--endpoint", "@E", "--region", "cn-hangzhou"}, .other = HOSTILE_LISTS},
    {"a refused identity", 90, .as_json = true, .has_json = true,
     .words = {"whoami", "--endpoint", "@E", "--region", "cn-hangzhou"}, .other = HOSTILE_REFUSAL, .silent = true},

    {"a profile with keys", 50, .as_json = true, .has_json = true, .words = {"whoami", "--endpoint", "@E"},
     .config = CONFIG("\"mode\":\"AK\",\"access_key_id\":\"k\",\"access_key_secret\":\"s\",\"region_id\":\"@J\""),
     .settings = {"ALIBABA_CLOUD_ACCESS_KEY_ID"}, .other = HOSTILE_LISTS},
    {"a profile with a mode that is none", 30, .as_json = true, .has_json = true, .words = {"whoami"},
     .config = CONFIG("\"mode\":\"@J\""), .settings = {"ALIBABA_CLOUD_ACCESS_KEY_ID"}},
    {"a profile with a command that is none", 50, .as_json = true, .has_json = true, .words = {"whoami"},
     .config = CONFIG("\"mode\":\"External\",\"process_command\":\"'@J'\""),
     .settings = {"ALIBABA_CLOUD_ACCESS_KEY_ID"}},
    {"a profile with a command that speaks", 90, .as_json = true, .has_json = true, .words = {"whoami"},
     .config = CONFIG("\"mode\":\"External\",\"process_command\":\"sh -c 'cat text >&2; cat text; exit 3'\""),
     .settings = {"ALIBABA_CLOUD_ACCESS_KEY_ID"}},
    {"a profile with a command that answers", 90, .as_json = true, .has_json = true, .words = {"whoami"},
     .config = CONFIG("\"mode\":\"External\",\"process_command\":\"cat text\""),
     .settings = {"ALIBABA_CLOUD_ACCESS_KEY_ID"}},
    {"a profile with an address", 50, .as_json = true, .has_json = true, .words = {"whoami"},
     .config = CONFIG("\"mode\":\"CredentialsURI\",\"credentials_uri\":\"@J\""),
     .settings = {"ALIBABA_CLOUD_ACCESS_KEY_ID"}},
    {"a profile with a role", 50, .as_json = true, .has_json = true, .words = {"whoami"},
     .config = CONFIG("\"mode\":\"RamRoleArn\",\"access_key_id\":\"k\",\"access_key_secret\":\"s\","
                      "\"ram_role_arn\":\"@J\",\"ram_session_name\":\"@J\",\"sts_region\":\"@J\""),
     .settings = {"ALIBABA_CLOUD_ACCESS_KEY_ID"}},
    {"a profile with a token in a file", 50, .as_json = true, .has_json = true, .words = {"whoami"},
     .config = CONFIG("\"mode\":\"OIDC\",\"oidc_provider_arn\":\"@J\",\"oidc_token_file\":\"missing/@J\","
                      "\"ram_role_arn\":\"@J\""),
     .settings = {"ALIBABA_CLOUD_ACCESS_KEY_ID"}},
    {"a profile that leads elsewhere", 50, .as_json = true, .has_json = true, .words = {"whoami"},
     .config = CONFIG("\"mode\":\"ChainableRamRoleArn\",\"source_profile\":\"@J\""),
     .settings = {"ALIBABA_CLOUD_ACCESS_KEY_ID"}},
    {"profiles for the shell", ANY_ROOM, .as_json = true, .silent = true, .words = {"completion", "profiles"},
     .config = CONFIG("\"mode\":\"AK\"")},
    {"bytes for a configuration", ANY_ROOM, .silent = true, .has_json = true, .words = {"whoami"}, .config = "@T",
     .settings = {"ALIBABA_CLOUD_ACCESS_KEY_ID"}},

    {"a profile in the environment", 50, .has_json = true, .words = {"whoami"},
     .settings = {"ALIBABA_CLOUD_PROFILE=@T", "ALIBABA_CLOUD_ACCESS_KEY_ID"}, .config = "{\"profiles\":[]}"},
    {"a region in the environment", 50, .has_json = true, .words = {SEND, "draft.json"}, .draft = CLEAN_DRAFT,
     .settings = {"ALIBABA_CLOUD_REGION_ID=@T"}, .silent = true},
    {"an endpoint in the environment", 50, .has_json = true, .words = {"submit", "--yes", "draft.json"},
     .draft = CLEAN_DRAFT, .settings = {"ALIBABA_CLOUD_ENDPOINT=@T"}, .silent = true},
    {"keys in the environment", 50, .has_json = true, .silent = true, .words = {SEND, "draft.json"},
     .draft = CLEAN_DRAFT,
     .settings = {"ALIBABA_CLOUD_ACCESS_KEY_ID=@T", "ALIBABA_CLOUD_ACCESS_KEY_SECRET=@T",
                  "ALIBABA_CLOUD_SECURITY_TOKEN=@T"}, .other = NOTHING_LISTED},
    {"a proxy", 50, .has_json = true, .silent = true,
     .words = {"submit", "--yes", "draft.json", "--connect-timeout", "1", "--patience", "0.05"},
     .draft = CLEAN_DRAFT, .settings = {"HTTPS_PROXY=http://@T@@127.0.0.1:1"}},
    {"a proxy that is none", 50, .has_json = true, .silent = true, .words = {"submit", "--yes", "draft.json"},
     .draft = CLEAN_DRAFT, .settings = {"HTTPS_PROXY=@T"}},
    {"a home folder", 50, .has_json = true, .silent = true, .words = {"whoami"},
     .settings = {"HOME=@D/missing/@T", "ALIBABA_CLOUD_ACCESS_KEY_ID"}},
    {"a state folder", 50, .has_json = true, .words = {"look"}, .settings = {"XDG_STATE_HOME=@D/draft.json/@T"},
     .draft = CLEAN_DRAFT, .silent = true},
    {"a configuration file", 50, .has_json = true, .words = {"whoami"},
     .settings = {"ALIBABA_CLOUD_CONFIG_FILE=@D/missing/@T", "ALIBABA_CLOUD_ACCESS_KEY_ID"}},
    {"a file with a token", 50, .has_json = true, .words = {"whoami"},
     .settings = {"ALIBABA_CLOUD_OIDC_TOKEN_FILE=@D/missing/@T", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN=@T",
                  "ALIBABA_CLOUD_ROLE_ARN=@T", "ALIBABA_CLOUD_ACCESS_KEY_ID"}},
    {"an address of keys", 50, .has_json = true, .silent = true, .words = {"whoami"},
     .settings = {"ALIBABA_CLOUD_CREDENTIALS_URI=@T", "ALIBABA_CLOUD_ACCESS_KEY_ID"}},
    {"a terminal's name", 50, .silent = true, .words = {"draft.json"}, .draft = CLEAN_DRAFT, .settings = {"TERM=@T"}},
    {"a terminal's description", 50, .silent = true, .words = {"draft.json"}, .draft = CLEAN_DRAFT,
     .settings = {"TERM=@T", "TERMCAP=@T", "TERMINFO=@T"}},

    {"the journal", 90, .as_json = true, .has_json = true,
     .words = {"look", "--endpoint", "@E", "--patience", "0.05"}, .journal = JOURNAL, .other = NOTHING_LISTED},
    {"the journal, where plans are listed", 90, .as_json = true, .has_json = true,
     .words = {"look", "--endpoint", "@E", "--patience", "0.05"}, .journal = JOURNAL, .other = HOSTILE_LISTS},
    {"the journal, forgotten", 90, .as_json = true, .has_json = true, .words = {"look", "--forget"},
     .journal = JOURNAL},

    {"plain questions about a draft", ANY_ROOM, .as_json = true, .words = {"--plain", "--endpoint", "@E", "draft.json"},
     .draft = HOSTILE_DRAFT, .input = "list\n!\njson\nplanName\n\nquestions\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n",
     .other = HOSTILE_LISTS},
    {"plain questions about a draft that fits nowhere", 90, .as_json = true,
     .words = {"--plain", "--endpoint", "@E", "draft.json"}, .draft = BROKEN_DRAFT,
     .input = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n", .other = HOSTILE_LISTS},
    {"answers to plain questions", 90, .as_json = true, .words = {"--plain", "--endpoint", "@E"},
     .input = "@T\n@T\n<\n<\n<\n=\n?\n\n\n@T\n1\n1\n1\n@T\n@T\n?\n<\n<\n=\nq\n@T\n", .other = HOSTILE_LISTS},
    {"a refusal among plain questions", ANY_ROOM, .as_json = true,
     .words = {"--plain", "--endpoint", "@E", "draft.json"}, .draft = CLEAN_DRAFT,
     .input = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\nsend\nyes\n", .create = HOSTILE_REFUSAL, .status = 403,
     .other = NOTHING_LISTED, .silent = true},
};
/* clang-format on */

/* ---- One run ---- */

enum way { WAY_JSON, WAY_TERMINAL, WAY_NARROW_TERMINAL };

static const char *const way_names[] = {"JSON", "a terminal", "a terminal without UTF-8"};

static char *fill(const char *template, const char *text)
{
    return hostile_place_fill(template, &(struct hostile_turn){.texts = &text, .count = 1});
}

static void set_environment(const struct entrance *entrance, enum way way, const char *text)
{
    static const char *const unset[] = {"ALIBABA_CLOUD_SECURITY_TOKEN", "ALIBABA_CLOUD_PROFILE",
                                        "ALIBABA_CLOUD_REGION_ID", "ALIBABA_CLOUD_ENDPOINT", "HTTPS_PROXY"};

    for (size_t i = 0; i < sizeof(unset) / sizeof(unset[0]); i++)
        unsetenv(unset[i]);
    setenv("HOME", hostile_place_folder(), 1);
    setenv("XDG_STATE_HOME", hostile_place_folder(), 1);
    setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", KEY_CANARY, 1);
    setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SECRET_CANARY, 1);
    setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true", 1);
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", way == WAY_NARROW_TERMINAL ? "C" : "C.UTF-8", 1);
    for (size_t i = 0; i < 4 && entrance->settings[i]; i++) {
        char *setting = fill(entrance->settings[i], text);
        char *value = strchr(setting, '=');

        if (value)
            *value++ = '\0';
        if (value)
            setenv(setting, value, 1);
        else
            unsetenv(setting);
        free(setting);
    }
}

static void execute(const struct entrance *entrance, enum way way, const char *text)
{
    char *argv[WORDS_MAX + 3] = {getenv("DRPLAN")};
    int count = 1;

    for (; count <= WORDS_MAX && entrance->words[count - 1]; count++)
        argv[count] = fill(entrance->words[count - 1], text);
    if (way == WAY_JSON)
        argv[count] = strdup("--json");
    set_environment(entrance, way, text);
    alarm(LIMIT_MS / 1000);
    execv(argv[0], argv);
    _exit(127);
}

static pid_t start(const struct entrance *entrance, enum way way, const char *text, int *out)
{
    bool terminal = way != WAY_JSON;
    struct winsize size = {.ws_row = 24, .ws_col = 200};
    struct termios raw = {0};
    int ends[2];
    pid_t pid;

    cfmakeraw(&raw); /* what is read is what was written */
    if (terminal)
        assert_int_equal(openpty(&ends[0], &ends[1], NULL, &raw, &size), 0);
    else
        assert_int_equal(pipe(ends), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(ends[0]);
        dup2(open("input", O_RDONLY), STDIN_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        close(ends[1]);
        execute(entrance, way, text);
    }
    close(ends[1]);
    *out = ends[0];
    return pid;
}

static void write_files(const struct entrance *entrance, const char *text)
{
    struct hostile_turn turn = {.texts = &text, .count = 1};

    hostile_place_write("text", "@T", &turn);
    hostile_place_write("input", entrance->input ? entrance->input : "", &turn);
    hostile_place_write("draft.json", entrance->draft, &turn);
    hostile_place_write(".aliyun/config.json", entrance->config, &turn);
    hostile_place_write("drplan/journal.jsonl", entrance->journal, &turn);
    hostile_place_answer(entrance->status, entrance->create ? entrance->create : "{}",
                         entrance->other ? entrance->other : NOTHING_LISTED, &turn);
}

/* Says what is wrong and goes on: all of it is worth knowing. */
static int faults;
static size_t runs, bytes_judged;

static void fault(const struct entrance *entrance, enum way way, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void fault(const struct entrance *entrance, enum way way, const char *format, ...)
{
    va_list arguments;

    faults++;
    fprintf(stderr, "%s, %s: ", entrance->name, way_names[way]);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

/* fits: there was room for the text. */
static void judge_run(const struct entrance *entrance, enum way way, bool fits, const struct buf *out,
                      int status)
{
    char why[300];
    const char *bytes = out->length > 0 ? out->data : "";

    if (getenv("HOSTILE_SHOW"))
        fprintf(stderr, "== %s, %s: %d\n%.*s\n", entrance->name, way_names[way], status, (int)out->length,
                bytes);
    if (!hostile_is_tamed(bytes, out->length, way == WAY_NARROW_TERMINAL ? OUTLET_NARROW : OUTLET_TEXT, why,
                          sizeof(why)))
        fault(entrance, way, "%s", why);
    if (!entrance->silent && fits && !memmem(bytes, out->length, HOSTILE_MARKER, strlen(HOSTILE_MARKER)))
        fault(entrance, way, "the text was not there at all: %.*s", (int)out->length, bytes);
    if (memmem(bytes, out->length, SECRET_CANARY, strlen(SECRET_CANARY)))
        fault(entrance, way, "the secret was shown");
    if (!WIFEXITED(status) || WEXITSTATUS(status) == 127)
        fault(entrance, way, "it ended with %d", status);
}

static void run(const struct entrance *entrance, enum way way, const char *text)
{
    struct buf out = BUF_INIT;
    char bytes[4096];
    ssize_t got;
    int fd, status;
    pid_t pid;

    write_files(entrance, text);
    pid = start(entrance, way, text, &fd);
    while ((got = read(fd, bytes, sizeof(bytes))) > 0)
        buf_add(&out, bytes, (size_t)got);
    close(fd);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    judge_run(entrance, way, strlen(text) <= entrance->room, &out, status);
    runs++;
    bytes_judged += out.length;
    buf_release(&out);
}

/* As many texts, from *next on, as there is room for; at least one. */
static char *join(const struct entrance *entrance, size_t *next)
{
    struct buf out = BUF_INIT;
    size_t taken = 0;

    for (; *next < hostile_count; (*next)++) {
        const struct hostile *text = &hostile_texts[*next];

        if (entrance->as_json && text->broken)
            continue;
        if (taken > 0 && out.length + strlen(text->bytes) > entrance->room)
            break;
        buf_add_text(&out, text->bytes);
        taken++;
    }
    return buf_take(&out);
}

/* A terminal gets all of it; what the other ways do on top of that shows in every third part. */
static void go_through(enum way way)
{
    bool all = way == WAY_TERMINAL || getenv("DRPLAN_HOSTILE_ALL");
    size_t turn = 0;

    faults = 0;
    runs = bytes_judged = 0;
    for (size_t i = 0; i < sizeof(entrances) / sizeof(entrances[0]); i++) {
        if ((way == WAY_JSON && !entrances[i].has_json) || !hostile_is_wanted(i, entrances[i].name))
            continue;
        for (size_t next = 0; next < hostile_count;) {
            char *text = join(&entrances[i], &next);

            if (text && (all || turn++ % 3 == 0 || entrances[i].room == ANY_ROOM))
                run(&entrances[i], way, text);
            free(text);
        }
    }
    print_message("%s: %zu runs, %zu bytes\n", way_names[way], runs, bytes_judged);
    assert_int_equal(faults, 0);
}

static void nothing_hostile_comes_out_as_json(void **state)
{
    (void)state;
    go_through(WAY_JSON);
}

static void nothing_hostile_comes_out_on_a_terminal(void **state)
{
    (void)state;
    go_through(WAY_TERMINAL);
}

static void nothing_hostile_comes_out_on_a_terminal_without_utf8(void **state)
{
    (void)state;
    go_through(WAY_NARROW_TERMINAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_hostile_comes_out_as_json),
        cmocka_unit_test(nothing_hostile_comes_out_on_a_terminal),
        cmocka_unit_test(nothing_hostile_comes_out_on_a_terminal_without_utf8),
    };

    return cmocka_run_group_tests(tests, hostile_place_enter, hostile_place_leave);
}
