#include "api_support.h"

#include <poll.h>

#include "base/json.h"
#include "cli/secret_lookup.h"
#include "failing_memory.h"

/*
 * References to secrets, looked up again and again, each time with another
 * allocation failing: the whole secret comes, or the word that memory is short.
 */

struct bench {
    struct fake_host host;
    const char *reference, *secret;
    struct secret_lookup lookup;
    struct buf out;
};

typedef bool look_up(struct bench *bench, struct error *err);

/* At once, as for a body that is to be sent. */
static bool resolve(struct bench *bench, struct error *err)
{
    return bench->lookup.source.resolve(&bench->lookup.source, bench->reference, &bench->out, err) &&
           (!bench->out.failed || error_memory(err));
}

/* Beside everything else, as the screen does. */
static bool run_and_keep(struct bench *bench, struct error *err)
{
    struct secret_command *command = secret_lookup_start(&bench->lookup, bench->reference, err);
    bool ok = command != NULL;

    while (ok && !secret_command_done(command)) {
        struct pollfd fd = {.fd = secret_command_fd(command), .events = POLLIN};

        poll(&fd, 1, secret_command_timeout(command));
        ok = secret_command_advance(command, err);
    }
    ok = ok && secret_lookup_keep(&bench->lookup, bench->reference, secret_command_text(command), err);
    secret_command_free(command);
    return ok && resolve(bench, err);
}

static bool check(struct bench *bench, struct error *err)
{
    if (!secret_lookup_check(&bench->lookup, bench->reference, err))
        return false;
    buf_add_text(&bench->out, bench->secret); /* checking reads nothing */
    return !bench->out.failed || error_memory(err);
}

static void each_allocation_fails(const char *reference, const char *secret, look_up *look)
{
    struct bench bench = {.host = fake_host(), .reference = reference, .secret = secret, .out = BUF_INIT};
    int failed = 0;

    fake_setenv(&bench.host, "MQ", "of the environment");
    fake_setenv(&bench.host, "PATH", "/nowhere:/bin:/usr/bin");
    for (int all_after = 0; all_after < 2; all_after++)
        while (shortage_next(all_after)) {
            struct error err = {0};
            bool done;

            secret_lookup_init(&bench.lookup, &bench.host.host);
            bench.lookup.silent = true;
            shortage.armed = true;
            done = look(&bench, &err);
            shortage.armed = false;
            if (done)
                assert_string_equal(buf_text(&bench.out), secret);
            else if (!shortage.hit || (err.kind != ERROR_MEMORY && !strstr(err.text, "memory")))
                fail_msg("%s, allocation %u: %s", reference, shortage.fails_at, err.text);
            failed += !done;
            secret_lookup_forget(&bench.lookup);
            buf_release(&bench.out);
        }
    assert_true(failed > 0);
}

#define COMMAND "{\"$command\": [\"printf\", \"%s-%s\\\\n\", \"of\", \"a command\"]}"

static void a_secret_comes_whole_or_not_at_all(void **state)
{
    struct scratch scratch = scratch_make();
    char reference[128], path[256];

    (void)state;
    scratch_write(&scratch, "secret", "of a file\n", 10);
    snprintf(reference, sizeof(reference), "{\"$file\": \"%s/secret\"}", scratch.path);
    each_allocation_fails(reference, "of a file", resolve);
    each_allocation_fails("{\"$env\": \"MQ\"}", "of the environment", resolve);
    each_allocation_fails(COMMAND, "of-a command", resolve);
    each_allocation_fails(COMMAND, "of-a command", run_and_keep);
    unlink(scratch_path(&scratch, "secret", path));
    rmdir(scratch.path);
}

static void a_program_is_not_missed_for_want_of_memory(void **state)
{
    (void)state;
    each_allocation_fails(COMMAND, "", check);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_comes_whole_or_not_at_all),
        cmocka_unit_test(a_program_is_not_missed_for_want_of_memory),
    };

    json_wipe_on_free(); /* so that cJSON's memory comes this way too */
    return cmocka_run_group_tests_name("memory of secrets", tests, NULL, NULL);
}
