#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#include "base/host.h"

static void the_real_clock_tells_the_time(void **state)
{
    struct host *host = host_system();
    int64_t before = time(NULL);
    int64_t now = host->now(host);

    (void)state;
    assert_true(now >= before - 1 && now <= (int64_t)time(NULL) + 1);
}

static void ticks_never_go_back(void **state)
{
    struct host *host = host_system();
    int64_t last = host->ticks(host);

    (void)state;
    for (int i = 0; i < 1000; i++) {
        int64_t next = host->ticks(host);

        assert_true(next >= last);
        last = next;
    }
}

static void random_bytes_fill_all_of_the_memory(void **state)
{
    struct host *host = host_system();
    struct error err = {0};
    unsigned char seen[64] = {0};

    (void)state;
    /* A byte is 0 by chance in 20 fills once in 10^48. */
    for (int i = 0; i < 20; i++) {
        unsigned char bytes[64] = {0};

        assert_true(host->random(host, bytes, sizeof(bytes), &err));
        for (size_t j = 0; j < sizeof(bytes); j++)
            seen[j] |= bytes[j];
    }
    for (size_t j = 0; j < sizeof(seen); j++)
        assert_int_not_equal(seen[j], 0);
}

static void an_empty_variable_is_as_good_as_none(void **state)
{
    struct host *host = host_system();

    (void)state;
    assert_int_equal(setenv("DRPLAN_TEST_VARIABLE", "value", 1), 0);
    assert_string_equal(host_env(host, "DRPLAN_TEST_VARIABLE"), "value");
    assert_int_equal(setenv("DRPLAN_TEST_VARIABLE", "", 1), 0);
    assert_null(host_env(host, "DRPLAN_TEST_VARIABLE"));
    assert_string_equal(host->env(host, "DRPLAN_TEST_VARIABLE"), "");
    assert_int_equal(unsetenv("DRPLAN_TEST_VARIABLE"), 0);
    assert_null(host_env(host, "DRPLAN_TEST_VARIABLE"));
}

static void the_keys_are_hidden_from_all_but_us(void **state)
{
    static const char name[] = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
    char *in_environment;
    struct error err;

    (void)state;
    assert_int_equal(setenv(name, "canary-secret", 1), 0);
    in_environment = getenv(name);
    assert_string_equal(in_environment, "canary-secret");
    assert_true(host_hide_secrets(&err));
    assert_null(getenv(name));
    for (size_t i = 0; i < strlen("canary-secret"); i++)
        assert_int_equal(in_environment[i], 0);
    assert_string_equal(host_env(host_system(), name), "canary-secret");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_keys_are_hidden_from_all_but_us),
        cmocka_unit_test(the_real_clock_tells_the_time),
        cmocka_unit_test(ticks_never_go_back),
        cmocka_unit_test(random_bytes_fill_all_of_the_memory),
        cmocka_unit_test(an_empty_variable_is_as_good_as_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
