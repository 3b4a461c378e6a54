#include "chance.h"
#include "model_support.h"

#include "base/clean.h"
#include "base/utf8.h"
#include "plain/plain.h"

/* The dialogue of plain questions, played from lines without a terminal. */

/* ---- Playing ---- */

struct play {
    struct plain_io io; /* first: the dialogue hands it back */
    const char *lines;  /* each ended by a newline */
    size_t length, at;
    bool reading_fails;
    size_t writes_left; /* before writing fails */
    const char *problem;
    enum plain_read at_end;
    struct buf out;
    int reads, hidden, deliberate;
    struct plan *plan;
    struct plain *plain;
    struct error err;
};

static enum plain_read ask(struct plain_io *io, enum plain_input input, const char *question,
                           struct buf *line, struct error *err)
{
    struct play *play = (struct play *)io;
    const char *start = play->lines + play->at;
    const char *end = memchr(start, '\n', play->length - play->at);

    assert_int_equal(line->length, 0);
    if (play->writes_left-- == 0) {
        error_set(err, ERROR_FILE, "nobody listens");
        return PLAIN_READ_FAILED;
    }
    buf_add_text(&play->out, question);
    play->reads++;
    play->hidden += input == PLAIN_INPUT_HIDDEN;
    play->deliberate += input == PLAIN_INPUT_DELIBERATE;
    if (play->reading_fails) {
        error_set(err, ERROR_FILE, "the line is cut");
        return PLAIN_READ_FAILED;
    }
    if (!end)
        return play->at_end;
    buf_add(line, start, (size_t)(end - start));
    play->at += (size_t)(end - start) + 1;
    return PLAIN_READ_LINE;
}

static bool write_text(struct plain_io *io, const char *text, size_t length, struct error *err)
{
    struct play *play = (struct play *)io;

    if (play->writes_left-- == 0)
        return error_set(err, ERROR_FILE, "nobody listens");
    buf_add(&play->out, text, length);
    return true;
}

static void find_target(struct plain_io *io, const struct plan *plan, const struct review *review,
                        struct plain_target *out)
{
    assert_non_null(plan);
    assert_non_null(review);
    *out = (struct plain_target){.host = "example.com", .region = "cn-hangzhou", .key_id = "LTAI****"};
    out->problem = ((struct play *)io)->problem;
}

static void play_start_length(struct play *play, struct plan *plan, const char *path, const char *lines,
                              size_t length)
{
    *play = (struct play){
        .io = {.ask = ask, .write = write_text, .find_target = find_target},
        .lines = lines,
        .length = length,
        .writes_left = SIZE_MAX,
        .at_end = PLAIN_READ_END,
        .out = BUF_INIT,
        .plan = plan,
    };
    play->plain = plain_new(plan, path, &play->io);
    assert_non_null(play->plain);
}

static void play_start(struct play *play, struct plan *plan, const char *lines)
{
    play_start_length(play, plan, NULL, lines, strlen(lines));
}

static void play_end(struct play *play)
{
    plain_free(play->plain);
    plan_free(play->plan);
    buf_release(&play->out);
}

static enum plain_end run(struct play *play)
{
    return plain_run(play->plain, &play->err);
}

static bool said(const struct play *play, const char *text)
{
    return strstr(buf_text(&play->out), text) != NULL;
}

static void assert_said(const struct play *play, const char *text)
{
    if (!said(play, text))
        fail_msg("not said: %s\nbut:\n%s", text, buf_text(&play->out));
}

static struct plan *new_plan(void)
{
    struct plan *plan = plan_new(true);

    assert_non_null(plan);
    return plan;
}

/* How a dialogue with these lines ends, of a plan that is sound. */
static enum plain_end end_of(const char *lines)
{
    struct play play;
    enum plain_end end;

    play_start(&play, draft_of(SOUND_PLAN), lines);
    end = run(&play);
    play_end(&play);
    return end;
}

/* ---- Sending is deliberate ---- */

static void only_the_word_yes_sends(void **state)
{
    static const char *const refused[] = {"",     "y",     "no",   "yes please", "yes.",
                                          "send", "\\yes", "ye s", "yess"};
    static const char *const taken[] = {"yes", "YES", "Yes", " yes", "yes\t", "yes\r"};
    char lines[64];

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        snprintf(lines, sizeof(lines), "send\n%s\n", refused[i]);
        assert_int_equal(end_of(lines), PLAIN_INPUT_ENDED);
    }
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        snprintf(lines, sizeof(lines), "send\n%s\n", taken[i]);
        assert_int_equal(end_of(lines), PLAIN_SUBMIT);
    }
    assert_int_equal(end_of("yes\nyes\n"), PLAIN_INPUT_ENDED);
    assert_int_equal(end_of("send anyway\nyes\n"), PLAIN_INPUT_ENDED);
}

static void a_yes_from_before_the_question_does_not_count(void **state)
{
    struct play play;

    (void)state;
    play_start(&play, draft_of(SOUND_PLAN), "send\nyes\n");
    assert_int_equal(run(&play), PLAIN_SUBMIT);
    assert_int_equal(play.reads, 2);
    assert_int_equal(play.deliberate, 1);
    play_end(&play);
}

static void a_plan_with_errors_is_not_sent(void **state)
{
    struct play play;

    (void)state;
    play_start(&play, draft_of("{'planName':'p'}"), "send\nyes\n");
    assert_int_equal(run(&play), PLAIN_INPUT_ENDED);
    assert_said(&play, "Not sent: 4 problems must be solved first.");
    assert_said(&play, "Problem, Plan type: must be given for every plan.");
    play_end(&play);
}

static void what_keeps_it_from_being_sent_is_said(void **state)
{
    struct play play;

    (void)state;
    play_start(&play, draft_of(SOUND_PLAN), "send\nyes\n");
    play.problem = "There are no credentials.";
    assert_int_equal(run(&play), PLAIN_INPUT_ENDED);
    assert_said(&play, "Not sent: There are no credentials.");
    assert_int_equal(play.deliberate, 0);
    play_end(&play);
}

static const struct result unknown = {
    .kind = RESULT_UNKNOWN, .reason = "The connection broke.", .field = {FIELD_COUNT, PLACE_PLAN}};

static const struct result can_look = {.kind = RESULT_UNKNOWN,
                                       .reason = "The connection broke.",
                                       .can_look = true,
                                       .can_repeat = true,
                                       .field = {FIELD_COUNT, PLACE_PLAN}};
static const struct result not_sent = {.kind = RESULT_NOT_SENT, .field = {FIELD_COUNT, PLACE_PLAN}};

static void after_an_unknown_outcome_the_name_is_wanted(void **state)
{
    static const struct {
        const char *word;
        enum plain_end end;
    } cases[] = {{"yes", PLAIN_INPUT_ENDED}, {"", PLAIN_INPUT_ENDED}, {"p", PLAIN_SUBMIT}};
    char lines[32];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct play play;

        snprintf(lines, sizeof(lines), "send\nyes\nsend\n%s\n", cases[i].word);
        play_start(&play, draft_of(SOUND_PLAN), lines);
        assert_int_equal(run(&play), PLAIN_SUBMIT);
        plain_show_result(play.plain, &unknown);
        assert_int_equal(run(&play), cases[i].end);
        assert_false(said(&play, "Nothing was sent"));
        play_end(&play);
    }
}

static void what_became_of_a_plan_can_be_looked_for(void **state)
{
    struct play play;

    (void)state;
    play_start(&play, draft_of(SOUND_PLAN),
               "look\nrepeat\nsend\nyes\nlook\nrepeat\nno\nrepeat\nyes\n"
               "plan name\nother\nlook\nrepeat\nyes\n");
    assert_int_equal(run(&play), PLAIN_SUBMIT);
    assert_said(&play, "There is no plan to look for.");
    assert_said(&play, "There is no request to repeat.");
    plain_show_result(play.plain, &can_look);
    assert_int_equal(run(&play), PLAIN_LOOK);
    assert_int_equal(play.deliberate, 1);
    plain_show_result(play.plain, &can_look);
    buf_clear(&play.out);
    assert_int_equal(run(&play), PLAIN_REPEAT);
    assert_said(&play, "Not sent.");
    assert_int_equal(play.deliberate, 3);
    plain_show_result(play.plain, &can_look);
    assert_int_equal(run(&play), PLAIN_INPUT_ENDED);
    assert_said(&play, "There is no plan to look for.");
    assert_said(&play, "There is no request to repeat.");
    play_end(&play);
}

static void a_field_that_the_service_refuses_is_asked_again(void **state)
{
    struct result refused = {.kind = RESULT_REFUSED, .code = "InvalidInstanceId"};
    struct play play;

    (void)state;
    refused.field = at(1, FIELD_INSTANCE_ID);
    play_start(&play, draft_of(SOUND_PLAN), "send\nyes\nrmq-cn-example0009\nsend\nyes\n");
    assert_int_equal(run(&play), PLAIN_SUBMIT);
    plain_show_result(play.plain, &refused);
    assert_int_equal(run(&play), PLAIN_SUBMIT);
    assert_string_equal(plan_get(play.plan, at(1, FIELD_INSTANCE_ID)), "rmq-cn-example0009");
    play_end(&play);
}

static void a_created_plan_ends_it(void **state)
{
    struct result created = {.kind = RESULT_CREATED, .plan_id = "17", .field = {FIELD_COUNT, PLACE_PLAN}};
    struct play play;

    (void)state;
    play_start(&play, draft_of(SOUND_PLAN), "send\nyes\n");
    assert_int_equal(run(&play), PLAIN_SUBMIT);
    plain_show_result(play.plain, &created);
    assert_int_equal(run(&play), PLAIN_LEAVE);
    assert_null(plain_save_path(play.plain));
    assert_int_equal(play.reads, 2);
    play_end(&play);
}

/* ---- Nobody is trapped ---- */

static void empty_lines_alone_reach_the_review(void **state)
{
    struct play play;
    char lines[64];

    (void)state;
    memset(lines, '\n', sizeof(lines) - 1);
    lines[sizeof(lines) - 1] = '\0';
    play_start(&play, new_plan(), lines);
    assert_int_equal(run(&play), PLAIN_INPUT_ENDED);
    assert_said(&play, "The input ended at the review.");
    play_end(&play);
}

/* From the first question to the second cluster's instance ID. */
#define TO_SECOND_ID "p\n\n1\n1\n\ncn-hangzhou\nrmq-cn-a\n1\n\n\n\n1\n\ncn-hangzhou\n"

static void an_answer_with_an_error_is_asked_again_once(void **state)
{
    static const char *const ways_on[] = {"", "rmq-cn-a", "rmq-cn-b"};
    char lines[256];

    (void)state;
    for (size_t i = 0; i < sizeof(ways_on) / sizeof(ways_on[0]); i++) {
        struct play play;

        snprintf(lines, sizeof(lines), "%srmq-cn-a\n%s\n", TO_SECOND_ID, ways_on[i]);
        play_start(&play, new_plan(), lines);
        assert_int_equal(run(&play), PLAIN_INPUT_ENDED);
        assert_said(&play, "Problem, Instance ID: is a cluster that this plan has already");
        assert_said(&play, "An empty line leaves it as it is.");
        assert_said(&play, "The input ended at Second cluster, Sign-in.");
        assert_string_equal(plan_get(play.plan, at(1, FIELD_INSTANCE_ID)),
                            ways_on[i][0] ? ways_on[i] : "rmq-cn-a");
        play_end(&play);
    }
}

static void another_wrong_answer_is_asked_about_again(void **state)
{
    struct play play;

    (void)state;
    play_start(&play, new_plan(), TO_SECOND_ID "rmq-cn-a\nrmq-cn-b\n<\nrmq-cn-a\nrmq-cn-c\n<\nrmq-cn-a\n");
    assert_int_equal(run(&play), PLAIN_INPUT_ENDED);
    assert_said(&play, "The input ended at Second cluster, Instance ID.");
    play_end(&play);
}

static void a_new_plan_that_comes_back_goes_on_where_it_was_left(void **state)
{
    struct plan *plan = new_plan();
    struct play play;

    (void)state;
    set(plan, PLACE_PLAN, FIELD_PLAN_NAME, "p");
    set(plan, PLACE_PLAN, FIELD_PLAN_TYPE, ONE_WAY);
    set(plan, 0, FIELD_INSTANCE_TYPE, ALIYUN_CLUSTER);
    play_start(&play, plan, "<\n\ncn-hangzhou\nrmq-cn-a\n");
    assert_int_equal(run(&play), PLAIN_INPUT_ENDED);
    assert_said(&play, "The input ended at First cluster, Sign-in.");
    assert_string_equal(plan_get(plan, at(0, FIELD_REGION_ID)), "cn-hangzhou");
    assert_false(said(&play, "review"));
    play_end(&play);
}

/* ---- Lines that are no answers ---- */

static void lines_that_no_field_takes_are_refused_and_asked_again(void **state)
{
    static const char zero[] = "a\0b\n";
    static const char broken[] = "\xff\xfe\n";
    struct buf lines = BUF_INIT;
    struct play play;

    (void)state;
    buf_add(&lines, zero, sizeof(zero) - 1);
    buf_add(&lines, broken, sizeof(broken) - 1);
    for (size_t i = 0; i < PLAN_ANSWER_MAX + 3; i++)
        buf_add_char(&lines, 'x');
    buf_add_text(&lines, "\n");
    for (size_t i = 0; i < PLAN_ANSWER_MAX + 1; i++)
        buf_add_char(&lines, 'x');
    buf_add_text(&lines, "\nname\r\n");
    assert_false(lines.failed);
    play_start_length(&play, new_plan(), NULL, lines.data, lines.length);
    assert_int_equal(run(&play), PLAIN_INPUT_ENDED);
    assert_said(&play, "That line holds a zero byte, so it was not taken.");
    assert_said(&play, "That line is not UTF-8 text, so it was not taken.");
    assert_said(&play, "That line is longer than an answer can be");
    assert_said(&play, "Problem, Plan name: is longer than 1024 KiB.");
    assert_string_equal(plan_get(play.plan, at(PLACE_PLAN, FIELD_PLAN_NAME)), "name");
    play_end(&play);
    buf_release(&lines);
}

static void a_backslash_keeps_an_answer_from_being_a_command(void **state)
{
    static const struct {
        const char *line, *answer; /* NULL: it is a command */
    } cases[] = {
        {"?", NULL},          {" ? ", NULL},
        {"q", NULL},          {"!", NULL},
        {"\\?", "?"},         {"\\\\?", "\\?"},
        {"\\q", "q"},         {"\\-", "-"},
        {"\\ ??", " ??"},     {"\\\\\\+", "\\\\+"},
        {"\\", "\\"},         {"\\x", "\\x"},
        {"? what", "? what"}, {"\\? what", "\\? what"},
        {"quit", "quit"},     {"--", "--"},
        {" a ", " a "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct play play;
        char lines[32];
        const char *answer;

        snprintf(lines, sizeof(lines), "%s\n", cases[i].line);
        play_start(&play, new_plan(), lines);
        run(&play);
        answer = plan_get(play.plan, at(PLACE_PLAN, FIELD_PLAN_NAME));
        if (cases[i].answer)
            assert_string_equal(answer, cases[i].answer);
        else
            assert_null(answer);
        play_end(&play);
    }
}

/* ---- Secrets ---- */

#define TO_PASSWORD "p\n\n1\n2\n\n1\n\n203.0.113.7:9876\n2\nuser\n"

static void a_secret_is_read_hidden_and_never_said(void **state)
{
    struct play play;

    (void)state;
    play_start(&play, new_plan(),
               TO_PASSWORD "s3cret\n<\n?\n!\n=\n\n<\ns3cret2\n\n\n\n1\n\n\n\n\n1\n\n\n\n\n\n"
                           "list\njson\npassword\n\nsave f\n");
    assert_int_equal(run(&play), PLAIN_SAVE);
    plain_saved(play.plain, plain_save_path(play.plain), false);
    assert_int_equal(run(&play), PLAIN_INPUT_ENDED);
    assert_string_equal(plan_get(play.plan, at(0, FIELD_PASSWORD)), "s3cret2");
    assert_int_equal(play.hidden, 7);
    assert_false(said(&play, "s3cret"));
    assert_said(&play, "Password: set.");
    assert_said(&play, "Passwords are not in it");
    assert_said(&play, "\"password\": \"********\"");
    play_end(&play);
}

static void a_password_can_be_a_reference(void **state)
{
    struct play play;

    (void)state;
    play_start(&play, new_plan(),
               "@\n\\@\n\n1\n2\n\n1\n\n203.0.113.7:9876\n2\nuser\n"
               "@\nnonsense\n@\n\n@\nenv MQ_PASSWORD\n<\n");
    assert_int_equal(run(&play), PLAIN_INPUT_ENDED);
    assert_said(&play, "Only a password can be found somewhere else.");
    assert_said(&play, "Problem, Password:");
    assert_said(&play, "now environment variable MQ_PASSWORD");
    assert_int_equal(plan_form(play.plan, at(0, FIELD_PASSWORD)), ANSWER_REFERENCE);
    assert_string_equal(plan_get(play.plan, at(PLACE_PLAN, FIELD_PLAN_NAME)), "@");
    play_end(&play);
}

/* ---- Saving and leaving ---- */

static void leaving_keeps_what_is_unsaved(void **state)
{
    static const struct {
        const char *path, *lines, *kept;
    } cases[] = {
        {NULL, "q\n", NULL}, /* nothing was answered */
        {NULL, "p/x y\n\nq\n\n", "p-x-y.json"},
        {NULL, ".p\nq\nmine.json\n", "mine.json"},
        {NULL, "p\nq\n-\n", NULL},
        {NULL, "\nq\n", NULL},
        {NULL, "\033[2J\nq\n\n", "plan.json"},
        {"a.json", "q\n", NULL},
        {"a.json", "p\nq\n", "a.json"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct play play;

        play_start_length(&play, new_plan(), cases[i].path, cases[i].lines, strlen(cases[i].lines));
        assert_int_equal(run(&play), PLAIN_LEAVE);
        if (cases[i].kept)
            assert_string_equal(plain_save_path(play.plain), cases[i].kept);
        else
            assert_null(plain_save_path(play.plain));
        play_end(&play);
    }
}

static void a_save_that_failed_can_be_tried_again(void **state)
{
    struct play play;

    (void)state;
    play_start(&play, draft_of(SOUND_PLAN), "plan name\nother\nsave\n<\nsave a\nsave\nb\nquit\n");
    assert_int_equal(run(&play), PLAIN_SAVE);
    assert_string_equal(plain_save_path(play.plain), "a");
    assert_int_equal(run(&play), PLAIN_SAVE);
    assert_string_equal(plain_save_path(play.plain), "b");
    assert_true(plain_unsaved(play.plain));
    plain_saved(play.plain, "b", false);
    assert_false(plain_unsaved(play.plain));
    assert_int_equal(run(&play), PLAIN_LEAVE);
    assert_null(plain_save_path(play.plain));
    play_end(&play);
}

/* ---- Ends that are final ---- */

static void an_input_that_ends_says_what_is_missing(void **state)
{
    struct play play;

    (void)state;
    play_start(&play, new_plan(), "p\n");
    assert_int_equal(run(&play), PLAIN_INPUT_ENDED);
    assert_said(&play, "The input ended at Description. Nothing was sent.");
    assert_said(&play, "Problem, Plan type: must be given for every plan.");
    buf_clear(&play.out);
    assert_int_equal(run(&play), PLAIN_INPUT_ENDED);
    assert_int_equal(play.out.length, 0);
    assert_false(plain_confirm(play.plain, "Once more"));
    play_end(&play);
}

static void an_interruption_and_a_broken_edge_end_it(void **state)
{
    struct play play;

    (void)state;
    play_start(&play, new_plan(), "p\n");
    play.at_end = PLAIN_READ_INTERRUPTED;
    assert_int_equal(run(&play), PLAIN_INTERRUPTED);
    play_end(&play);

    play_start(&play, new_plan(), "p\n");
    play.reading_fails = true;
    assert_int_equal(run(&play), PLAIN_FAILED);
    assert_string_equal(play.err.text, "the line is cut");
    play_end(&play);

    for (size_t writes = 0; writes < 12; writes++) {
        play_start(&play, new_plan(), "p\n\n1\n");
        play.writes_left = writes;
        assert_int_equal(run(&play), PLAIN_FAILED);
        assert_string_equal(play.err.text, "nobody listens");
        play_end(&play);
    }
}

/* Everything that the golden transcripts type, cut behind each of its lines. */
static void wherever_the_input_ends_nothing_is_sent(void **state)
{
    static const char lines[] =
        TO_PASSWORD "s3cret\n\n\n\n1\n\ncn-hangzhou\nrmq-cn-a\n1\n\n\n\n1\n1\nsend\nyes\n";

    (void)state;
    for (size_t length = 0; length < sizeof(lines); length++) {
        struct play play;
        bool whole = length == sizeof(lines) - 1;

        if (length > 0 && lines[length - 1] != '\n')
            continue;
        play_start_length(&play, new_plan(), NULL, lines, length);
        assert_int_equal(run(&play), whole ? PLAIN_SUBMIT : PLAIN_INPUT_ENDED);
        assert_int_equal(said(&play, "Nothing was sent."), !whole);
        play_end(&play);
    }
}

/* ---- What is said is safe to say ---- */

/* Only what can neither move the cursor nor be too wide, but for the body and raw answers. */
static void assert_well_said(const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");

        if (!clean_is_clean(text, length))
            fail_msg("not clean: %.*s", (int)length, text);
        if (utf8_width(text, length) > PLAIN_COLUMNS && !memchr(text, '"', length))
            fail_msg("%d columns: %.*s", utf8_width(text, length), (int)length, text);
        text += length + (text[length] == '\n');
    }
}

/* An external cluster whose password is in an environment variable. */
static struct plan *plan_with_reference(const char *variable)
{
    struct plan *plan = new_plan();
    char json[256];
    struct error err;

    set(plan, 0, FIELD_INSTANCE_TYPE, EXTERNAL_CLUSTER);
    set(plan, 0, FIELD_AUTH_TYPE, ACL_SIGN_IN);
    plan_set_suggestions(plan, false);
    snprintf(json, sizeof(json), "{\"$env\":\"%s\"}", variable);
    assert_true(plan_set_reference(plan, at(0, FIELD_PASSWORD), json, &err));
    return plan;
}

static void no_line_is_wider_than_a_terminal(void **state)
{
    char name[121] = "";

    (void)state;
    for (size_t length = 1; length < sizeof(name); length++) {
        struct plan *plan;
        char lines[512];
        struct play play;

        name[length - 1] = length % 7 == 0 ? ' ' : 'x';
        plan = plan_with_reference(name);
        set(plan, PLACE_PLAN, FIELD_PLAN_NAME, name);
        snprintf(lines, sizeof(lines), "list\npassword\n\nplan name\n%sy\nplan name\n\n%s\n", name, name);
        play_start(&play, plan, lines);
        run(&play);
        assert_said(&play, "Password, needed, now environment variable x");
        assert_well_said(buf_text(&play.out));
        play_end(&play);
    }
}

/* ---- Random answers ---- */

static bool by_chance(struct chance *chance, unsigned percent)
{
    return pick(chance, 100) < percent;
}

#define PICK(chance, list) ((list)[pick((chance), sizeof(list) / sizeof((list)[0]))])

static const char *random_text(struct chance *chance)
{
    static const char *const texts[] = {
        "p",
        "orders",
        "rmq-cn-a",
        "rmq-cn-b",
        "MQ_INST_1",
        "cn-hangzhou",
        "203.0.113.7:9876",
        "vpc-1",
        "?",
        "q",
        "-",
        "<",
        "\\",
        "\\?",
        "\\\\q",
        " ",
        " ? ",
        "订单灾备",
        "e\u0301",
        "👨‍👩‍👧",
        "\033[2J",
        "\u202e",
        "true",
        "1",
        "GID_A",
        "a b",
        "!",
        "=",
        "+",
        "??",
        "\t+",
        "send",
        "yes",
    };

    return PICK(chance, texts);
}

/* ---- The same plan as by plan_set() ---- */

/* A dialogue foretold: which questions a second plan, filled in without the dialogue, makes it ask. */
struct oracle {
    struct chance chance;
    struct plan *plan;
    struct review *review;
    struct place asked[128]; /* the questions so far */
    size_t count;
    struct buf lines;
};

static void oracle_refresh(struct oracle *oracle)
{
    struct error err;

    assert_true(review_run(oracle->review, oracle->plan, &err));
}

static void oracle_type(struct oracle *oracle, const char *text)
{
    buf_addf(&oracle->lines, "%s\n", text);
}

/* What has to be typed so that `value` is the answer. */
static void type_literal(struct oracle *oracle, const char *value)
{
    static const char *const words[] = {"?", "??", "<", "!", "=", "-", "+", "@", "q"};
    const char *rest = value + strspn(value, "\\");
    size_t before = strspn(rest, " \t");
    size_t length = strcspn(rest + before, " \t");
    bool alone = rest[before + length + strspn(rest + before + length, " \t")] == '\0';

    for (size_t i = 0; alone && i < sizeof(words) / sizeof(words[0]); i++)
        if (strlen(words[i]) == length && strncmp(words[i], rest + before, length) == 0)
            buf_add_char(&oracle->lines, '\\');
    oracle_type(oracle, value);
}

static bool has_error(const struct oracle *oracle, struct place place)
{
    const struct field_review *field = review_field(oracle->review, place);

    return field->problem >= 0 &&
           review_problem(oracle->review, (size_t)field->problem)->severity == SEVERITY_ERROR;
}

static void type_noise(struct oracle *oracle)
{
    static const char *const noise[] = {"?", "??", "!", "=", " ?"};

    while (by_chance(&oracle->chance, 10))
        oracle_type(oracle, PICK(&oracle->chance, noise));
}

static void type_choice(struct oracle *oracle, struct place place, const char **value)
{
    const struct choice *choices = schema[place.field].choices;
    int chosen = (int)pick(&oracle->chance, 2);
    char text[64];

    if (by_chance(&oracle->chance, 10))
        oracle_type(oracle, "none of them");
    snprintf(text, sizeof(text), "%s", choices[chosen].value);
    if (by_chance(&oracle->chance, 30))
        for (char *c = text; *c; c++)
            *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    if (by_chance(&oracle->chance, 50))
        snprintf(text, sizeof(text), " %d ", chosen + 1);
    oracle_type(oracle, text);
    *value = choices[chosen].value;
}

static void answer_at(struct oracle *oracle, struct place place)
{
    const char *value;

    type_noise(oracle);
    if (by_chance(&oracle->chance, 5)) {
        oracle_type(oracle, "-");
        set(oracle->plan, place.instance, place.field, NULL);
        oracle_refresh(oracle);
    }
    if (by_chance(&oracle->chance, 25)) {
        oracle_type(oracle, "");
        if (!review_field(oracle->review, place)->value &&
            review_field(oracle->review, place)->need == NEED_REQUIRED)
            oracle_type(oracle, "");
        return;
    }
    if (schema[place.field].choices) {
        type_choice(oracle, place, &value);
    } else {
        value = random_text(&oracle->chance);
        type_literal(oracle, value);
    }
    set(oracle->plan, place.instance, place.field, value);
    oracle_refresh(oracle);
    if (has_error(oracle, place))
        oracle_type(oracle, "");
}

/* Every question in the order of the documentation: the plan, its clusters, the progress. */
static struct place question(const struct oracle *oracle, struct place behind)
{
    static const enum field_step steps[] = {STEP_PLAN, STEP_CLUSTER, STEP_CLUSTER, STEP_PROGRESS};
    bool found = place_is_none(behind);

    for (int page = 0; page < 4; page++)
        for (int id = 0; id < FIELD_COUNT; id++) {
            struct place place = at(steps[page] == STEP_CLUSTER ? page - 1 : PLACE_PLAN, (enum field_id)id);

            if (schema[id].step != steps[page])
                continue;
            if (found && review_field(oracle->review, place)->shown)
                return place;
            found = found || place_equal(place, behind);
        }
    return place_none();
}

/* The question before the last one that is still shown. */
static struct place question_back(const struct oracle *oracle, struct place from)
{
    struct place before = place_none();

    for (struct place place = question(oracle, place_none()); !place_equal(place, from);
         place = question(oracle, place))
        before = place;
    return place_is_none(before) ? from : before;
}

static void foretell(struct oracle *oracle)
{
    struct place place = question(oracle, place_none());

    for (int turns = 0; !place_is_none(place); turns++) {
        if (turns < 60 && by_chance(&oracle->chance, 8)) {
            oracle_type(oracle, "<");
            place = question_back(oracle, place);
            continue;
        }
        answer_at(oracle, place);
        place = question(oracle, place);
    }
}

static void assert_same_plan(const struct plan *a, const struct plan *b)
{
    char *sent_a = payload_of(a, PAYLOAD_SENT), *sent_b = payload_of(b, PAYLOAD_SENT);
    char *draft_a = written(a), *draft_b = written(b);

    assert_string_equal(sent_a, sent_b);
    assert_string_equal(draft_a, draft_b);
    wipe_free(sent_a);
    wipe_free(sent_b);
    wipe_free(draft_a);
    wipe_free(draft_b);
}

static void assert_same_problems(const struct review *a, const struct review *b)
{
    assert_int_equal(review_problems(a), review_problems(b));
    for (size_t i = 0; i < review_problems(a); i++)
        assert_string_equal(review_problem(a, i)->message, review_problem(b, i)->message);
}

static void the_plan_is_the_one_that_the_answers_make(void **state)
{
    size_t lines = 0;

    (void)state;
    for (uint32_t round = 0; round < 400; round++) {
        struct oracle oracle = {.chance = {round * 7919 + 1}, .plan = new_plan(), .lines = BUF_INIT};
        struct play play;

        oracle.review = review_of(oracle.plan);
        foretell(&oracle);
        play_start_length(&play, new_plan(), NULL, buf_text(&oracle.lines), oracle.lines.length);
        assert_int_equal(run(&play), PLAIN_INPUT_ENDED);
        assert_said(&play, "The input ended at the review.");
        assert_int_equal(play.at, play.length);
        assert_same_plan(play.plan, oracle.plan);
        assert_same_problems(plain_review(play.plain), oracle.review);
        assert_well_said(buf_text(&play.out));
        lines += (size_t)play.reads;
        play_end(&play);
        review_free(oracle.review);
        plan_free(oracle.plan);
        buf_release(&oracle.lines);
    }
    print_message("%zu lines\n", lines);
}

/* ---- Anything at all ---- */

static void add_random_line(struct buf *out, struct chance *chance)
{
    /* clang-format off */
    static const char *const lines[] = {
        "", "", "", "1", "1", "2", "2", "3", "7", "<", "<", "-", "+", "?", "??", "!", "=", "@", "env X", "\\?", "q",
        "list", "json", "send", "send\nyes", "send\nyes", "send\np", "send anyway", "save", "save x", "raw", "look",
        "repeat\nyes", "questions", "region 1", "cluster kind", "role 2", "plan name", "network 1", "password",
        "instances[1].vpcId", "instances[9].vpcId", "first cluster, sign-in",
    };
    /* clang-format on */

    if (by_chance(chance, 80))
        buf_add_text(out, PICK(chance, lines));
    else if (by_chance(chance, 80))
        buf_add_text(out, random_text(chance));
    else
        for (unsigned left = pick(chance, 40); left > 0; left--)
            buf_add_char(out, (char)pick(chance, 256));
    buf_add_char(out, '\n');
}

static struct plan *random_plan(uint32_t seed)
{
    static const char *const drafts[] = {
        SOUND_PLAN,
        "{'planName':'p','planType':'X','instances':[{},{},{'instanceType':'EXTERNAL_ROCKETMQ','vpcId':'v'}]"
        "}",
        "{'instances':[{'instanceType':'ALIYUN_ROCKETMQ','networkType':7,'password':'hunter2-marker'}],"
        "'$drplan':{'extras':[true]}}",
    };

    return seed % 4 == 3 ? new_plan() : draft_of(drafts[seed % 4]);
}

/* The last line that was read is the word, or the name of the plan. */
static bool ends_with_yes_or_name(const struct play *play)
{
    const char *name = plan_get(play->plan, at(PLACE_PLAN, FIELD_PLAN_NAME));
    size_t end = play->at - 1, start = end;
    char line[128];

    while (start > 0 && play->lines[start - 1] != '\n')
        start--;
    snprintf(line, sizeof(line), "%.*s", (int)(end - start), play->lines + start);
    return strcmp(line, "yes") == 0 || strcmp(line, name) == 0;
}

static void no_lines_break_it_and_none_but_yes_sends(void **state)
{
    int submits = 0;

    (void)state;
    for (uint32_t round = 0; round < 400; round++) {
        struct chance chance = {round * 104729 + 7};
        struct buf lines = BUF_INIT;
        struct play play;
        enum plain_end end;

        for (int i = 0; i < 150; i++)
            add_random_line(&lines, &chance);
        play_start_length(&play, random_plan(round), NULL, buf_text(&lines), lines.length);
        while ((end = run(&play)) != PLAIN_INPUT_ENDED && end != PLAIN_LEAVE) {
            if (end == PLAIN_SAVE) {
                plain_saved(play.plain, plain_save_path(play.plain), false);
                continue;
            }
            assert_true(end == PLAIN_SUBMIT || end == PLAIN_REPEAT || end == PLAIN_LOOK);
            assert_true(end == PLAIN_LOOK || ends_with_yes_or_name(&play));
            assert_int_equal(review_errors(plain_review(play.plain)), 0);
            submits++;
            plain_show_result(play.plain, submits % 2 ? &can_look : &not_sent);
        }
        assert_well_said(buf_text(&play.out));
        assert_false(said(&play, "hunter2-marker"));
        play_end(&play);
        buf_release(&lines);
    }
    print_message("%d submits\n", submits);
    assert_true(submits > 20);
}

static void a_plan_of_many_clusters_is_asked_and_listed(void **state)
{
    struct plan *plan = new_plan();
    struct play play;
    struct error err;

    (void)state;
    assert_true(plan_set_instances(plan, 300, &err));
    plan_set_suggestions(plan, false);
    set(plan, PLACE_PLAN, FIELD_PLAN_NAME, "p");
    play_start(&play, plan, "cluster kind 300\n1\n\nrmq-cn-a\n\n\n\n\nregion 300\ncn-hangzhou\nlist\n");
    assert_int_equal(run(&play), PLAIN_INPUT_ENDED);
    assert_said(&play, "Step 303 of 303, review.");
    assert_said(&play, "Step 301 of 303, cluster 300.");
    assert_string_equal(plan_get(plan, at(299, FIELD_INSTANCE_TYPE)), ALIYUN_CLUSTER);
    assert_string_equal(plan_get(plan, at(299, FIELD_REGION_ID)), "cn-hangzhou");
    play_end(&play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_word_yes_sends),
        cmocka_unit_test(a_yes_from_before_the_question_does_not_count),
        cmocka_unit_test(a_plan_with_errors_is_not_sent),
        cmocka_unit_test(what_keeps_it_from_being_sent_is_said),
        cmocka_unit_test(after_an_unknown_outcome_the_name_is_wanted),
        cmocka_unit_test(what_became_of_a_plan_can_be_looked_for),
        cmocka_unit_test(a_field_that_the_service_refuses_is_asked_again),
        cmocka_unit_test(a_created_plan_ends_it),
        cmocka_unit_test(empty_lines_alone_reach_the_review),
        cmocka_unit_test(an_answer_with_an_error_is_asked_again_once),
        cmocka_unit_test(another_wrong_answer_is_asked_about_again),
        cmocka_unit_test(a_new_plan_that_comes_back_goes_on_where_it_was_left),
        cmocka_unit_test(lines_that_no_field_takes_are_refused_and_asked_again),
        cmocka_unit_test(a_backslash_keeps_an_answer_from_being_a_command),
        cmocka_unit_test(a_secret_is_read_hidden_and_never_said),
        cmocka_unit_test(a_password_can_be_a_reference),
        cmocka_unit_test(leaving_keeps_what_is_unsaved),
        cmocka_unit_test(a_save_that_failed_can_be_tried_again),
        cmocka_unit_test(an_input_that_ends_says_what_is_missing),
        cmocka_unit_test(an_interruption_and_a_broken_edge_end_it),
        cmocka_unit_test(wherever_the_input_ends_nothing_is_sent),
        cmocka_unit_test(no_line_is_wider_than_a_terminal),
        cmocka_unit_test(the_plan_is_the_one_that_the_answers_make),
        cmocka_unit_test(no_lines_break_it_and_none_but_yes_sends),
        cmocka_unit_test(a_plan_of_many_clusters_is_asked_and_listed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
