#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "hostile.h"
#include "hostile_place.h"
#include "screen_support.h"

/*
 * Hostile texts by the keyboard: typed as bytes, and pasted. At most one field
 * is changed by them, what is seen of it is marked, and none of it is a key that
 * sends a plan, leaves, or answers a question.
 */

enum { ROWS = 40, COLUMNS = 200 };

#define PAGE_DOWN    "\033[6~"
#define F2           "\033OQ"
#define F9           "\033[20~"
#define PASTE        "\033[200~"
#define PASTE_END    "\033[201~"
#define CTRL(letter) ((const char[]){(letter)&0x1F, '\0'})

/* ---- The program ---- */

#define PASSWORD_DRAFT WITH_PASSWORD("\"x\"")

static struct screen *start(const char *draft)
{
    char home[64], state[64], *endpoint;
    struct hostile_turn none = {0};
    const char *const environment[] = {home,
                                       state,
                                       "ALIBABA_CLOUD_ACCESS_KEY_ID=LTAI5tMadeUpKeyId01",
                                       "ALIBABA_CLOUD_ACCESS_KEY_SECRET=made-up-secret",
                                       "ALIBABA_CLOUD_SECURITY_TOKEN",
                                       "ALIBABA_CLOUD_PROFILE",
                                       "ALIBABA_CLOUD_REGION_ID",
                                       NULL};
    struct screen_options options = {.columns = COLUMNS, .rows = ROWS, .environment = environment};
    struct screen *screen;

    hostile_place_clear();
    hostile_place_write("draft.json", draft, &none);
    hostile_place_answer(200, "{\"success\":true,\"data\":42}", NOTHING_LISTED, &none);
    snprintf(home, sizeof(home), "HOME=%s", hostile_place_folder());
    snprintf(state, sizeof(state), "XDG_STATE_HOME=%s", hostile_place_folder());
    endpoint = hostile_place_fill("@E", &none);
    screen = screen_start(
        (const char *const[]){getenv("DRPLAN"), "--endpoint", endpoint, draft ? "draft.json" : NULL, NULL},
        &options);
    free(endpoint);
    assert_non_null(screen);
    return screen;
}

/* Ends the program; what it wrote is judged. */
static void finish(struct screen *screen, const char *about)
{
    const char *left, *bytes;
    char why[400];
    size_t length;
    int status;

    screen_signal(screen, SIGTERM);
    assert_true(screen_wait_exit(screen, &status));
    left = screen_not_restored(screen);
    if (left)
        fail_msg("%s: the terminal was not put back: %s", about, left);
    bytes = screen_bytes(screen, &length);
    if (!hostile_is_tamed(bytes, length, OUTLET_SCREEN, why, sizeof(why)))
        fail_msg("%s: %s", about, why);
    screen_free(screen);
}

static bool look(struct screen *screen, char *why, size_t size)
{
    bool good = true;

    for (int row = 0; row < ROWS && good; row++) {
        const char *text = screen_row(screen, row);

        good = hostile_is_tamed(text, strlen(text), OUTLET_TEXT, why, size);
    }
    return good;
}

/* A paste leaves controls out, so that there is no telling how it is to look: it drives nothing, and hides
 * nothing. */
static void judge_picture(struct screen *screen, const char *about)
{
    char why[400];

    if (look(screen, why, sizeof(why)))
        return;
    screen_wait_quiet(screen);
    if (!look(screen, why, sizeof(why)))
        fail_msg("%s: %s\n%s", about, why, screen_text(screen));
}

static void paste(struct screen *screen, const char *text)
{
    screen_type(screen, PASTE);
    screen_type(screen, text);
    screen_type(screen, PASTE_END);
}

/* ---- Fields ---- */

/* A place where text goes in: keys that lead to it, and what is seen there. */
struct entry {
    const char *name, *draft, *keys, *ready;
    bool secret; /* nothing typed is seen */
};

#define TO_PASSWORD PAGE_DOWN "\t\t\t\t\t\t\t"
#define ERASE       "\x15"
#define HOME        "\033[H"
#define END         "\033[F"

static const struct entry entries[] = {
    {"the plan's name", CLEAN_DRAFT, ERASE, "> Plan name", false},
    {"an instance's ID", CLEAN_DRAFT, PAGE_DOWN "\t\t\t" ERASE, "> Instance ID", false},
    {"a password", PASSWORD_DRAFT, TO_PASSWORD ERASE, "> Password", true},
    {"where a password comes from", PASSWORD_DRAFT, TO_PASSWORD "\x14", "Where the password comes from",
     false},
    {"what is looked for in a list", CLEAN_DRAFT, PAGE_DOWN "\t\t\t" F2, "Find:", false},
    {"the name of a file", NULL, "x\x13", "Save the draft as", false},
};

static void is_nowhere(struct screen *screen, const char *text)
{
    size_t length;
    const char *bytes = screen_bytes(screen, &length);

    assert_null(memmem(bytes, length, text, strlen(text)));
}

static void nothing_pasted_into_a_field_is_more_than_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        const struct entry *entry = &entries[i];
        struct screen *screen = start(entry->draft);

        expect(screen, "[1 Plan]");
        screen_type(screen, entry->keys);
        expect(screen, entry->ready);
        screen_type(screen, ERASE);
        for (size_t text = 0; text < hostile_count; text++) {
            if (!entry->secret)
                assert_true(screen_wait_gone(screen, HOSTILE_MARKER));
            paste(screen, hostile_texts[text].bytes);
            screen_type(screen, HOME);
            expect(screen, entry->secret ? "[**" : HOSTILE_MARKER);
            judge_picture(screen, entry->name);
            /* No key of it led away. */
            if (!screen_has(screen, entry->ready))
                fail_msg("%s: text %zu led to\n%s", entry->name, text, screen_text(screen));
            screen_type(screen, END ERASE);
        }
        if (entry->secret)
            is_nowhere(screen, HOSTILE_MARKER);
        finish(screen, entry->name);
    }
    assert_int_equal(hostile_place_creates(), 0);
}

/* ---- Keys ---- */

/* Where a text could do harm if some of it counted as keys. */
struct spot {
    const char *name, *keys, *ready;
};

static const struct spot spots[] = {
    {"the form", "", "> Plan name"},
    {"the review", F9, "[5 Review]"},
    {"the question before sending",
     F9 "\v"
        "s",
     "Create the plan"},
    {"the question before leaving",
     "x\v"
     "\x11",
     "Leave without saving?"},
};

/* Keys with a "\v" between those that must not come together. */
static void go_to(struct screen *screen, const struct spot *spot)
{
    const char *keys = spot->keys;

    expect(screen, "[1 Plan]");
    while (*keys) {
        size_t length = strcspn(keys, "\v");

        screen_type_length(screen, keys, length);
        screen_wait_quiet(screen);
        keys += length + (keys[length] ? 1 : 0);
    }
    expect(screen, spot->ready);
}

static void still_runs(struct screen *screen, const char *about, const char *bytes)
{
    int status;

    screen_wait_quiet(screen);
    if (screen_see_exit(screen, 0, &status))
        fail_msg("%s: it ended upon %s", about, bytes);
    judge_picture(screen, about);
}

/* All at once, as a terminal without bracketed paste passes on what is pasted; then what would send and
 * leave. */
static void nothing_typed_at_once_sends_or_leaves(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(spots) / sizeof(spots[0]); i++) {
        struct screen *screen = start(CLEAN_DRAFT);
        struct buf all = BUF_INIT;

        go_to(screen, &spots[i]);
        for (size_t text = 0; text < hostile_count; text++)
            buf_add_text(&all, hostile_texts[text].bytes);
        buf_add_text(&all, "\r\rsy\ry");
        screen_type_length(screen, buf_text(&all), all.length);
        assert_true(screen_wait_stopped(screen)); /* a Ctrl-Z is among it */
        assert_true(screen_continue(screen));
        still_runs(screen, spots[i].name, "everything");
        buf_release(&all);
        finish(screen, spots[i].name);
    }
    assert_int_equal(hostile_place_creates(), 0);
}

/* Pastes with an end of their own, and keys behind it. */
static const char *const breakouts[] = {
    PASTE "x" PASTE_END "y" PASTE_END,
    PASTE "x" PASTE_END "y\r" PASTE_END,
    PASTE PASTE "x" PASTE_END "sy" PASTE_END,
    PASTE "x\x1b[201" PASTE_END "~y" PASTE_END,
    PASTE "x\x9b"
          "201~y\xc2\x9b"
          "201~y" PASTE_END,
    PASTE "x\x1b" PASTE_END "y" PASTE_END,
    PASTE "x\x1b\x1b[201~y" PASTE_END,
    PASTE "\r\nsy\r\ny\r\n" PASTE_END,
    PASTE "x" PASTE_END PASTE "y" PASTE_END "y" PASTE_END,
};

static void no_paste_breaks_out_of_its_marks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(spots) / sizeof(spots[0]); i++) {
        struct screen *screen = start(CLEAN_DRAFT);

        go_to(screen, &spots[i]);
        for (size_t j = 0; j < sizeof(breakouts) / sizeof(breakouts[0]); j++) {
            screen_type(screen, breakouts[j]);
            still_runs(screen, spots[i].name, "a paste that ends early");
        }
        if (i > 1 && !screen_has(screen, spots[i].ready))
            fail_msg("%s: a paste answered it", spots[i].name);
        finish(screen, spots[i].name);
    }
    assert_int_equal(hostile_place_creates(), 0);
}

/* What a read takes at once is limited: the key behind a long paste comes with the next one. */
static void a_key_behind_a_long_paste_confirms_nothing(void **state)
{
    struct screen *screen = start(CLEAN_DRAFT);

    (void)state;
    go_to(screen, &spots[2]);
    for (size_t end = 4090; end <= 4100; end++) {
        struct buf bytes = BUF_INIT;

        buf_add_text(&bytes, PASTE);
        while (bytes.length + strlen(PASTE_END) < end)
            buf_add_char(&bytes, 'x');
        buf_add_text(&bytes, PASTE_END "y");
        screen_type_length(screen, buf_text(&bytes), bytes.length);
        buf_release(&bytes);
        screen_wait_quiet(screen);
        if (!screen_has(screen, spots[2].ready))
            fail_msg("a key behind %zu bytes answered", end);
    }
    finish(screen, spots[2].name);
    assert_int_equal(hostile_place_creates(), 0);
}

/* ---- By hand ---- */

#define REPLACED "\xEF\xBF\xBD" /* what stands for broken text */

enum {
    PAUSE_MS = 60, /* longer than Esc is waited for */
    PAUSES = 3 /* in one text, where it begins something; elsewhere the next byte comes when one is read */
};

static void type_by_hand(struct screen *screen, const char *text)
{
    int pauses = 0;

    for (; *text; text++) {
        screen_type_length(screen, text, 1);
        if (*text == 0x1A) {
            assert_true(screen_wait_stopped(screen));
            assert_true(screen_continue(screen));
        } else if ((*text == 0x1B || (unsigned char)*text >= 0x80) && pauses++ < PAUSES) {
            (void)screen_see(screen, "nothing that is there", PAUSE_MS);
        } else {
            assert_true(screen_wait_read(screen));
        }
    }
}

static bool has_keys(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return true;
    return false;
}

/* Orders to a terminal are keys then, and lead anywhere; the rest is text of a field, whole. */
static void try_by_hand(const struct entry *entry, const struct hostile *text)
{
    struct screen *screen = start(entry->draft);

    expect(screen, "[1 Plan]");
    screen_type(screen, entry->keys);
    expect(screen, entry->ready);
    screen_type(screen, ERASE);
    screen_wait_read(screen);
    type_by_hand(screen, text->bytes);
    if (!has_keys(text->bytes)) {
        screen_type(screen, HOME);
        expect(screen, entry->secret ? "[**" : HOSTILE_MARKER);
        if (!text->broken && screen_has(screen, REPLACED))
            fail_msg("%s: a character is torn\n%s", entry->name, screen_text(screen));
    }
    still_runs(screen, entry->name, "a text typed by hand");
    if (entry->secret)
        is_nowhere(screen, HOSTILE_MARKER);
    finish(screen, entry->name);
}

static void nothing_typed_by_hand_is_more_than_keys_and_text(void **state)
{
    size_t count = sizeof(entries) / sizeof(entries[0]);
    bool all = getenv("DRPLAN_HOSTILE_ALL") != NULL;

    (void)state;
    for (size_t i = 0; i < count; i++)
        for (size_t text = 0; text < hostile_count; text++)
            if (all || text % count == i)
                try_by_hand(&entries[i], &hostile_texts[text]);
    assert_int_equal(hostile_place_creates(), 0);
}

/* Lines of a text that arrive while the program makes room for the shell. */
static void type_a_command(struct screen *screen)
{
    for (int i = 0; i < 12; i++) {
        screen_type(screen, "touch owned\r");
        (void)screen_see(screen, "nothing that is there", 5);
    }
}

/* What is pasted into a terminal without bracketed paste goes on behind a key that gives the terminal back.
 */
static void nothing_behind_a_key_that_leaves_is_a_command(void **state)
{
    static const char *const keys[] = {"x\x1a", "x\x11", "x\x03"};
    int status;

    (void)state;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        struct screen *screen = start(CLEAN_DRAFT);

        go_to(screen, &spots[1]);
        screen_type(screen, keys[i]);
        type_a_command(screen);
        if (i == 0)
            assert_true(screen_wait_stopped(screen));
        else
            assert_true(screen_wait_exit(screen, &status));
        if (screen_unread(screen) > 0)
            fail_msg("the shell gets %zu bytes behind key %zu", screen_unread(screen), i);
        if (i == 0) {
            assert_true(screen_continue(screen));
            expect(screen, spots[1].ready);
            finish(screen, spots[1].name);
        } else {
            screen_free(screen);
        }
    }
    assert_int_equal(hostile_place_creates(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_pasted_into_a_field_is_more_than_text),
        cmocka_unit_test(nothing_typed_at_once_sends_or_leaves),
        cmocka_unit_test(no_paste_breaks_out_of_its_marks),
        cmocka_unit_test(a_key_behind_a_long_paste_confirms_nothing),
        cmocka_unit_test(nothing_typed_by_hand_is_more_than_keys_and_text),
        cmocka_unit_test(nothing_behind_a_key_that_leaves_is_a_command),
    };

    return cmocka_run_group_tests(tests, hostile_place_enter, hostile_place_leave);
}
