#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/command.h"
#include "cli/options.h"

/* Reads words; ends with NULL. */
static bool read_words(struct options *options, struct error *err, const char *const *words)
{
    char *argv[16] = {(char *)(uintptr_t) "drplan"};
    int argc = 1;

    for (; *words; words++)
        argv[argc++] = (char *)(uintptr_t)*words;
    return options_read(argc, argv, options, err);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void only_the_first_operand_can_be_a_command(void **state)
{
    struct options options;
    struct error err;

    (void)state;
    assert_false(read_words(&options, &err, WORDS("a.json", "submit")));
    assert_int_equal(options.command, COMMAND_WIZARD);
    assert_non_null(strstr(err.text, "'submit' is one word too many"));
    options_release(&options);
    assert_true(read_words(&options, &err, WORDS("--", "submit")));
    assert_int_equal(options.command, COMMAND_WIZARD);
    assert_string_equal(options.operands[0], "submit");
    options_release(&options);
}

static void a_command_may_stand_behind_options(void **state)
{
    struct options options;
    struct error err;

    (void)state;
    assert_true(read_words(&options, &err,
                           WORDS("--jobs=3", "-y", "submit", "--timeout", "0.25", "a.json", "--region",
                                 "cn-hangzhou", "--fault", "X=1", "--sandbox", "--fault=Y=2", "validate")));
    assert_int_equal(options.command, COMMAND_SUBMIT);
    assert_int_equal(options.jobs, 3);
    assert_true(options.yes);
    assert_int_equal(options.timeout_ms, 250);
    assert_int_equal(options.connect_timeout_ms, 0);
    assert_string_equal(options.region, "cn-hangzhou");
    assert_int_equal(options.fault_count, 2);
    assert_string_equal(options.faults[0], "X=1");
    assert_string_equal(options.faults[1], "Y=2");
    assert_int_equal(options.operand_count, 2);
    assert_string_equal(options.operands[0], "a.json");
    assert_string_equal(options.operands[1], "validate");
    options_release(&options);
}

static void what_is_not_given_has_its_default(void **state)
{
    struct options options;
    struct error err;

    (void)state;
    assert_true(read_words(&options, &err, WORDS("submit", "a.json")));
    assert_int_equal(options.jobs, 1);
    assert_int_equal(options.format, FORMAT_BODY);
    assert_null(options.profile);
    assert_false(options.yes || options.json || options.sandbox || options.dry_run);
    options_release(&options);
}

static void every_format_is_read(void **state)
{
    static const char *const words[FORMAT_COUNT] = {"body", "http", "curl", "aliyun"};
    struct options options;
    struct error err;

    (void)state;
    for (int i = 0; i < FORMAT_COUNT; i++) {
        assert_true(read_words(&options, &err, WORDS("render", "a.json", "--as", words[i])));
        assert_int_equal(options.format, i);
        options_release(&options);
    }
}

static void wrong_lines_are_refused_in_words(void **state)
{
    static const struct {
        const char *words[5];
        const char *said;
    } cases[] = {
        {{"validate"}, "validate needs a draft: drplan validate DRAFT..."},
        {{"render", "a", "b"}, "'b' is one word too many"},
        {{"a", "b"}, "'b' is one word too many"},
        {{"submit", "-", "-"}, "- is given 2 times"},
        {{"submit", "a", "--timeout=1e3"}, "--timeout takes a number, not '1e3'"},
        {{"submit", "a", "--timeout="}, "--timeout takes a number, not ''"},
        {{"submit", "a", "--timeout=.5."}, "--timeout takes a number"},
        {{"submit", "a", "--timeout=1."}, "--timeout takes a number"},
        {{"submit", "a", "--jobs=1.5"}, "--jobs takes a number, not '1.5'"},
        {{"submit", "a", "--jobs=-1"}, "--jobs takes a number, not '-1'"},
        {{"submit", "a", "--jobs=99999999999999999999"}, "--jobs takes a number"},
        {{"submit", "a", "--jobs=257"}, "--jobs takes a number between 1 and 256"},
        {{"submit", "a", "--profile="}, "--profile is given without a value"},
        {{"submit", "a", "--=x"}, "there is no option --"},
        {{"submit", "a", "--Json"}, "did you mean --json?"},
        {{"submit", "a", "--show-s"}, "there is no option --show-s; did you mean --show-secrets?"},
        {{"submit", "a", "-yz"}, "there is no option -z"},
        {{"render", "a", "--as=Body"}, "--as takes one of body|http|curl|aliyun, not 'Body'"},
        {{"render", "a", "--as=bod"}, "not 'bod'"},
        {{"render", "a", "--as="}, "not ''"},
    };
    struct options options;
    struct error err;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_false(read_words(&options, &err, cases[i].words));
        assert_int_equal(err.kind, ERROR_USAGE);
        if (!strstr(err.text, cases[i].said))
            fail_msg("'%s' does not say: %s", err.text, cases[i].said);
        options_release(&options);
    }
}

static void an_endless_name_is_cut_in_the_answer(void **state)
{
    char name[5000];
    struct options options;
    struct error err;

    (void)state;
    memset(name, 'a', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    name[0] = name[1] = '-';
    assert_false(read_words(&options, &err, WORDS("validate", name)));
    assert_true(strlen(err.text) < 120);
    options_release(&options);
}

static void the_table_is_sound(void **state)
{
    (void)state;
    for (const struct option_row *row = option_rows; row->name; row++) {
        assert_true(strlen(row->name) > 1);
        assert_true(row->commands != 0);
        assert_true(row->help && *row->help);
        assert_true((row->kind == OPTION_FLAG) == (row->argument == NULL));
        for (const struct option_row *other = option_rows; other != row; other++) {
            assert_string_not_equal(row->name, other->name);
            assert_true(row->letter == 0 || row->letter != other->letter);
            assert_true(row->offset != other->offset);
        }
    }
}

/* The options of the contract that every command takes. */
static void common_options_are_taken_everywhere(void **state)
{
    static const char *const common[] = {"profile", "region",  "endpoint", "ca-file", "connect-timeout",
                                         "timeout", "sandbox", "plain",    "json",    "no-color",
                                         "help",    "version"};

    (void)state;
    for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
        const struct option_row *row = option_rows;

        while (row->name && strcmp(row->name, common[i]) != 0)
            row++;
        assert_non_null(row->name);
        for (int command = 0; command < COMMAND_COUNT; command++)
            assert_true(row->commands & (1u << command));
    }
}

static void every_command_is_found_by_its_name(void **state)
{
    enum command_id found;

    (void)state;
    for (int id = COMMAND_WIZARD + 1; id < COMMAND_COUNT; id++) {
        assert_true(command_find(command_rows[id].name, &found));
        assert_int_equal(found, id);
        assert_non_null(command_rows[id].run);
        assert_int_equal(
            strncmp(command_rows[id].usage, command_rows[id].name, strlen(command_rows[id].name)), 0);
    }
    assert_false(command_find("wizard", &found));
    assert_false(command_find("Validate", &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_first_operand_can_be_a_command),
        cmocka_unit_test(a_command_may_stand_behind_options),
        cmocka_unit_test(what_is_not_given_has_its_default),
        cmocka_unit_test(every_format_is_read),
        cmocka_unit_test(wrong_lines_are_refused_in_words),
        cmocka_unit_test(an_endless_name_is_cut_in_the_answer),
        cmocka_unit_test(the_table_is_sound),
        cmocka_unit_test(common_options_are_taken_everywhere),
        cmocka_unit_test(every_command_is_found_by_its_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
