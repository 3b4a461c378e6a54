#include "api_support.h"

#include "api/journal.h"
#include "api/settled.h"
#include "base/file.h"
#include "chance.h"

#define HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define TIME "\"time\":\"2023-10-26T10:22:32Z\","
#define INTENT(n)                                                                                            \
    "{\"type\":\"intent\"," TIME "\"nonce\":\"" n "\",\"bodyHash\":\"" HASH "\",\"planName\":\"plan\","      \
    "\"endpoint\":\"host\",\"idsSeen\":[],\"seenAll\":true}"
#define END(n, o) "{\"type\":\"outcome\"," TIME "\"nonce\":\"" n "\",\"outcome\":\"" o "\"}"

/* A letter for each line: s settled, or a point. */
static void settled_are(const char *text, const char *expected)
{
    struct settled settled;
    struct buf found = BUF_INIT;
    const char *at = text;
    size_t passed = 0;

    assert_true(settled_find(&settled, text, strlen(text)));
    while (*at) {
        const char *newline = strchr(at, '\n');
        bool is_settled = passed < settled.count && settled.lines[passed] == at;

        buf_add_char(&found, is_settled ? 's' : '.');
        passed += is_settled;
        at = newline ? newline + 1 : at + strlen(at);
    }
    assert_int_equal(passed, settled.count);
    assert_string_equal(buf_text(&found), expected);
    buf_release(&found);
    settled_release(&settled);
}

static void an_intent_and_its_final_outcome_are_settled(void **state)
{
    (void)state;
    settled_are("", "");
    settled_are(INTENT("a") "\n" END("a", "created") "\n", "ss");
    settled_are(INTENT("a") "\n" INTENT("b") "\n" END("b", "refused") "\n" END("a", "forgotten"), "ssss");
    settled_are(INTENT("a") "\n" END("a", "unknown") "\n\n" END("a", "created") "\n", "ss.s");
}

static void what_is_open_is_not_settled(void **state)
{
    (void)state;
    settled_are(INTENT("a") "\n", ".");
    settled_are(INTENT("a") "\n" END("a", "unknown") "\n", "..");
    settled_are(INTENT("a") "\n" END("a", "created") "\n" END("a", "unknown") "\n", "...");
    settled_are(END("a", "created") "\n" INTENT("a") "\n", "..");
    settled_are(INTENT("a") "\n" END("a", "created") "\n" INTENT("a") "\n", "...");
    settled_are(INTENT("a") "\n" END("aa", "created") "\n" END("", "created") "\n", "...");
}

static void what_looks_otherwise_is_left_alone(void **state)
{
    (void)state;
    settled_are(INTENT("a") "\n" END("a", "created") " \n", "..");
    settled_are(INTENT("a") "\n{ " /* a blank, as others may write it */ "\"type\":\"outcome\"}\n", "..");
    settled_are(INTENT("a") "\n{\"type\":\"outcome\"," TIME "\"nonce\":\"a\",\"outcome\":\"created\",\"pla\n",
                "..");
    settled_are(INTENT("a\\u0041") "\n" END("a\\u0041", "created") "\n", "..");
    settled_are(INTENT("a") "\n" END("a", "creat\\u0065d") "\n", "..");
    settled_are(INTENT("a") "\n{\"type\":\"outcome\"," TIME "\"nonce\":\"a", "..");
    settled_are("}\n{}\n\n{\"type\":\"intent\"}\n{\"type\":\"intent\",\"time\":}\n", ".....");
}

/* Were the lines of the journal written otherwise, all would be read as JSON, and nobody would notice. */
static void the_lines_of_a_journal_are_known(void **state)
{
    struct scratch scratch = scratch_make();
    struct fake_host host = fake_host();
    char path[256], name[] = "plan \"1\"", endpoint[] = "host";
    struct journal_intent intent = {.nonce = "0123",
                                    .time = "2023-10-26T10:22:32Z",
                                    .body_hash = HASH,
                                    .plan_name = name,
                                    .endpoint = endpoint};
    struct journal *journal;
    struct buf text = BUF_INIT;
    struct error err;

    (void)state;
    scratch_path(&scratch, "journal.jsonl", path);
    journal = journal_open(&host.host, path, &err);
    assert_non_null(journal);
    assert_true(journal_write_intent(journal, &intent, &err));
    assert_true(journal_write_outcome(journal, "0123", "created", "13", "request", &err));
    journal_close(journal);
    assert_true(file_read(path, 1 << 20, &text, NULL, &err));
    settled_are(buf_text(&text), "ss");
    buf_release(&text);
    unlink(path);
    assert_int_equal(rmdir(scratch.path), 0);
}

/* What reading a journal gives: nonces that are open, and how many lines could not be read. */
static struct buf reading_of(struct fake_host *host, struct scratch *scratch, const struct buf *text)
{
    struct journal_intent *intents;
    struct journal *journal;
    struct buf out = BUF_INIT;
    size_t count, broken;
    struct error err;
    char path[256];

    scratch_write(scratch, "journal.jsonl", buf_text(text), text->length);
    scratch_path(scratch, "journal.jsonl", path);
    journal = journal_open(&host->host, path, &err);
    assert_non_null(journal);
    assert_true(journal_open_intents(journal, &intents, &count, &broken, &err));
    for (size_t i = 0; i < count; i++) {
        buf_addf(&out, "%s ", intents[i].nonce);
        journal_intent_release(&intents[i]);
    }
    buf_addf(&out, "and %zu broken", broken);
    free(intents);
    journal_close(journal);
    unlink(path);
    return out;
}

/* Journals by chance; with a blank behind its brace a line means the same and is always read as JSON. */
static void it_is_the_same_as_reading_all(void **state)
{
    static const char *const lines[] = {
        INTENT("a"),         INTENT("b"),         INTENT("c"),         END("a", "created"),
        END("b", "refused"), END("c", "created"), END("a", "unknown"), END("b", "unknown"),
        INTENT("d"),         END("d", "exists"),  "{\"broken\":",      "",
    };
    struct scratch scratch = scratch_make();
    struct fake_host host = fake_host();
    struct chance chance = {1};

    (void)state;
    for (int round = 0; round < 1000; round++) {
        struct buf plain = BUF_INIT, spaced = BUF_INIT, fast, slow;

        for (int i = 0; i < round % 12; i++) {
            const char *line = lines[pick(&chance, sizeof(lines) / sizeof(lines[0]))];

            buf_addf(&plain, "%s\n", line);
            buf_addf(&spaced, "%.1s%s%s\n", line, *line ? " " : "", *line ? line + 1 : "");
        }
        fast = reading_of(&host, &scratch, &plain);
        slow = reading_of(&host, &scratch, &spaced);
        if (strcmp(buf_text(&fast), buf_text(&slow)) != 0)
            fail_msg("%s is not %s, of:\n%s", buf_text(&fast), buf_text(&slow), buf_text(&plain));
        buf_release(&plain);
        buf_release(&spaced);
        buf_release(&fast);
        buf_release(&slow);
    }
    assert_int_equal(rmdir(scratch.path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_intent_and_its_final_outcome_are_settled),
        cmocka_unit_test(what_is_open_is_not_settled),
        cmocka_unit_test(what_looks_otherwise_is_left_alone),
        cmocka_unit_test(the_lines_of_a_journal_are_known),
        cmocka_unit_test(it_is_the_same_as_reading_all),
    };

    return cmocka_run_group_tests_name("settled", tests, NULL, NULL);
}
