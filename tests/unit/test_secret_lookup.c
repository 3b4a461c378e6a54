#include "api_support.h"

#include "cli/secret_lookup.h"

static bool look_up(struct fake_host *host, int interrupt_fd, const char *reference, struct buf *out,
                    struct error *err)
{
    struct secret_lookup lookup;

    secret_lookup_init(&lookup, &host->host);
    lookup.interrupt_fd = interrupt_fd;
    lookup.silent = true;
    buf_clear(out);
    return lookup.source.resolve(&lookup.source, reference, out, err);
}

static void expect_secret(const char *reference, const char *wanted, size_t length)
{
    struct fake_host host = fake_host();
    struct buf out = BUF_INIT;
    struct error err = {0};

    fake_setenv(&host, "MQ", "of the environment");
    if (!look_up(&host, -1, reference, &out, &err))
        fail_msg("%s: %s", reference, err.text);
    assert_int_equal(out.length, length);
    assert_memory_equal(buf_text(&out), wanted, length);
    buf_release(&out);
}

static void expect_refusal(const char *reference, const char *said)
{
    struct fake_host host = fake_host();
    struct buf out = BUF_INIT;
    struct error err;

    assert_false(look_up(&host, -1, reference, &out, &err));
    assert_int_equal(out.length, 0);
    if (!strstr(err.text, said))
        fail_msg("'%s' does not say: %s", err.text, said);
    buf_release(&out);
}

static void the_environment_is_asked(void **state)
{
    (void)state;
    expect_secret("{\"$env\": \"MQ\"}", "of the environment", 18);
    expect_refusal("{\"$env\": \"NONE\"}", "the environment variable NONE is not set");
}

static void one_line_break_at_the_end_is_taken_off(void **state)
{
    static const struct {
        const char *printed, *secret;
    } cases[] = {
        {"x", "x"},      {"x\\n", "x"}, {"x\\r\\n", "x"},     {"x\\n\\n", "x\n"},
        {"x\\r", "x\r"}, {"\\n", ""},   {"a\\nb\\n", "a\nb"},
    };
    char reference[128];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(reference, sizeof(reference), "{\"$command\": [\"printf\", \"%s\"]}", cases[i].printed);
        expect_secret(reference, cases[i].secret, strlen(cases[i].secret));
    }
}

static void a_file_is_read(void **state)
{
    struct scratch scratch = scratch_make();
    char reference[128], path[256];
    char *big = calloc(1, 65538);

    (void)state;
    assert_non_null(big);
    memset(big, 'x', 65537);
    scratch_write(&scratch, "secret", "of a file\n", 10);
    snprintf(reference, sizeof(reference), "{\"$file\": \"%s/secret\"}", scratch.path);
    expect_secret(reference, "of a file", 9);
    scratch_write(&scratch, "secret", big, 65536);
    expect_secret(reference, big, 65536);
    scratch_write(&scratch, "secret", big, 65537);
    expect_refusal(reference, "too large");
    unlink(scratch_path(&scratch, "secret", path));
    expect_refusal(reference, "No such file");
    snprintf(reference, sizeof(reference), "{\"$file\": \"%s\"}", scratch.path);
    expect_refusal(reference, "folder");
    rmdir(scratch.path);
    free(big);
}

static void no_shell_is_between(void **state)
{
    (void)state;
    expect_secret("{\"$command\": [\"printf\", \"%s|\", \"$HOME\", \"a b\", \"*\"]}", "$HOME|a b|*|", 12);
}

static void a_command_that_fails_is_named_and_its_output_is_not(void **state)
{
    (void)state;
    expect_refusal("{\"$command\": [\"no-such-command\"]}", "the command no-such-command cannot be run");
    expect_refusal("{\"$command\": [\"sh\", \"-c\", \"echo hunter2; exit 3\"]}",
                   "the command sh failed with exit status 3");
    expect_refusal("{\"$command\": [\"sh\", \"-c\", \"kill -9 $$\"]}",
                   "the command sh was ended by signal 9");
    expect_refusal("{\"$command\": [\"sh\", \"-c\", \"head -c 65537 /dev/zero\"]}",
                   "prints more than 64 KiB");
}

static int64_t ticks_that_run(struct host *host)
{
    struct fake_host *fake = (struct fake_host *)host;

    fake->now += 11000;
    return fake->now;
}

static void a_command_has_30_seconds(void **state)
{
    struct fake_host host = fake_host();
    struct buf out = BUF_INIT;
    struct error err;

    (void)state;
    host.host.ticks = ticks_that_run; /* three looks, and half a minute has passed */
    assert_false(
        look_up(&host, -1, "{\"$command\": [\"sh\", \"-c\", \"echo; exec sleep 100\"]}", &out, &err));
    assert_non_null(strstr(err.text, "took more than 30 seconds"));
    buf_release(&out);
}

static void a_command_is_given_up_when_asked_to(void **state)
{
    struct fake_host host = fake_host();
    struct buf out = BUF_INIT;
    struct error err;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_false(look_up(&host, ends[0], "{\"$command\": [\"sleep\", \"100\"]}", &out, &err));
    assert_int_equal(err.kind, ERROR_CANCELLED);
    close(ends[0]);
    close(ends[1]);
    buf_release(&out);
}

static void what_was_kept_is_not_asked_for_again(void **state)
{
    static const char reference[] = "{\"$command\": [\"false\"]}";
    struct fake_host host = fake_host();
    struct secret_lookup lookup;
    struct secret_command *command;
    struct buf secret = BUF_INIT, out = BUF_INIT;
    struct error err;

    (void)state;
    secret_lookup_init(&lookup, &host.host);
    assert_null(secret_lookup_start(&lookup, "{\"$env\": \"MQ\"}", &err));
    assert_int_equal(err.kind, ERROR_NONE);
    command = secret_lookup_start(&lookup, reference, &err);
    assert_non_null(command);
    secret_command_free(command);
    buf_add_text(&secret, "kept");
    assert_true(secret_lookup_keep(&lookup, reference, &secret, &err));
    assert_null(secret_lookup_start(&lookup, reference, &err));
    assert_int_equal(err.kind, ERROR_NONE);
    assert_true(lookup.source.resolve(&lookup.source, reference, &out, &err));
    assert_string_equal(buf_text(&out), "kept");
    secret_lookup_forget(&lookup);
    assert_false(lookup.source.resolve(&lookup.source, reference, &out, &err));
    buf_release(&secret);
    buf_release(&out);
}

static void keys_and_input_do_not_reach_a_command(void **state)
{
    (void)state;
    setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "canary", 1);
    setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "canary", 1);
    setenv("ALIBABA_CLOUD_SECURITY_TOKEN", "canary", 1);
    setenv("DRPLAN_TEST_PASSED_ON", "yes", 1);
    expect_secret(
        "{\"$command\": [\"sh\", \"-c\", \"env | grep -c canary; echo $DRPLAN_TEST_PASSED_ON; cat\"]}",
        "0\nyes", 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_is_asked),
        cmocka_unit_test(one_line_break_at_the_end_is_taken_off),
        cmocka_unit_test(a_file_is_read),
        cmocka_unit_test(no_shell_is_between),
        cmocka_unit_test(a_command_that_fails_is_named_and_its_output_is_not),
        cmocka_unit_test(a_command_has_30_seconds),
        cmocka_unit_test(a_command_is_given_up_when_asked_to),
        cmocka_unit_test(what_was_kept_is_not_asked_for_again),
        cmocka_unit_test(keys_and_input_do_not_reach_a_command),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
