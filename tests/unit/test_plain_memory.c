#include "model_support.h"

#include "failing_memory.h"
#include "plain/plain.h"

/*
 * Every allocation of a dialogue fails, once alone and once with all that
 * follow, until one is played to its end with none left to fail.
 */

struct play {
    struct plain_io io; /* first: the dialogue hands it back */
    const char *lines;
    bool line_lost; /* the operator was told */
};

static enum plain_read ask(struct plain_io *io, enum plain_input input, const char *question,
                           struct buf *line, struct error *err)
{
    struct play *play = (struct play *)io;
    size_t length = strcspn(play->lines, "\n");

    (void)input;
    (void)question;
    (void)err;
    if (play->lines[length] == '\0')
        return PLAIN_READ_END;
    buf_add(line, play->lines, length);
    play->line_lost = play->line_lost || line->failed;
    play->lines += length + 1;
    return PLAIN_READ_LINE;
}

static bool write_text(struct plain_io *io, const char *text, size_t length, struct error *err)
{
    (void)io;
    (void)text;
    (void)length;
    (void)err;
    return true;
}

static void find_target(struct plain_io *io, const struct plan *plan, const struct review *review,
                        struct plain_target *out)
{
    (void)io;
    (void)plan;
    (void)review;
    *out = (struct plain_target){.host = "example.com", .region = "r", .profile = "p", .key_id = "k"};
}

#define LINES                                                                                                \
    "p\n?\n??\n!\n=\n\n1\n2\n\n1\n\n203.0.113.7\n2\nuser\ns3cret\n\n\n\n1\n+\n-\n\n\n\nrmq-cn-"              \
    "a\n\n\n\n\n1\n\n"                                                                                       \
    "\n\n1\n\nlist\njson\n!\nsned\nregion\n1\ncn-hangzhou\nrole 2\n1\nsend\nyes\n\nraw\nplan "               \
    "name\nother\nsave\n"                                                                                    \
    "x.json\nsave y\nplan name\nthird\nsend\nyes\nquit\n"

static const struct result results[] = {
    {.kind = RESULT_EXISTS, .raw = "{}", .raw_length = 2, .field = {FIELD_PLAN_NAME, PLACE_PLAN}},
    {.kind = RESULT_UNKNOWN, .reason = "It broke.", .field = {FIELD_COUNT, PLACE_PLAN}},
};

/* Plays it to PLAIN_LEAVE: false with err where memory was short. */
static bool walk(struct play *play, struct plan *plan, struct error *err)
{
    struct plain *plain = plain_new(plan, NULL, &play->io);
    enum plain_end end = PLAIN_FAILED;
    size_t sent = 0, saved = 0;

    if (!plain)
        return error_memory(err);
    while ((end = plain_run(plain, err)) == PLAIN_SUBMIT || end == PLAIN_SAVE) {
        if (end == PLAIN_SUBMIT && sent < 2)
            plain_show_result(plain, &results[sent++]);
        else if (end == PLAIN_SAVE && saved++ < 10)
            plain_saved(plain, plain_save_path(plain), false);
        else
            break;
    }
    if (end == PLAIN_LEAVE && !shortage.hit) {
        assert_int_equal(sent, 2);
        assert_int_equal(saved, 2);
        assert_string_equal(plain_save_path(plain), "y");
    }
    plain_free(plain);
    return end != PLAIN_FAILED;
}

static void a_shortage_is_an_end_and_never_goes_unnoticed(void **state)
{
    (void)state;
    for (int all_after = 0; all_after < 2; all_after++) {
        while (shortage_next(all_after)) {
            struct play play = {.io = {.ask = ask, .write = write_text, .find_target = find_target},
                                .lines = LINES};
            struct plan *plan = plan_new(true);
            struct error err = {0};
            bool ok;

            shortage.armed = true;
            ok = walk(&play, plan, &err);
            shortage.armed = false;
            if ((ok == shortage.hit && !play.line_lost) || (!ok && err.kind != ERROR_MEMORY))
                fail_msg("allocation %u: %s", shortage.fails_at, ok ? "went unnoticed" : err.text);
            plan_free(plan);
            if (!shortage.hit)
                print_message("%u allocations\n", shortage.calls);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_shortage_is_an_end_and_never_goes_unnoticed)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
