#include "scratch_file.h"

#include "api/journal.h"
#include "base/utf8.h"

/*
 * A journal as a crash, a full disk or somebody else left it. What is open
 * stays open when lines are added, until its outcome is; and lines of ours are
 * read whatever stands before them.
 */

static struct journal_intent *read_open(struct journal *journal, size_t *count)
{
    struct journal_intent *intents = NULL;
    struct error err = {0};
    size_t broken = 0;

    HOLDS(journal_open_intents(journal, &intents, count, &broken, &err), "%s", err.text);
    for (size_t i = 0; i < *count; i++) {
        HOLDS(intents[i].nonce[0] && strlen(intents[i].nonce) < sizeof(intents[i].nonce), "nonce %zu", i);
        HOLDS(strlen(intents[i].body_hash) < sizeof(intents[i].body_hash), "hash %zu", i);
        HOLDS(intents[i].plan_name && utf8_valid(intents[i].plan_name, strlen(intents[i].plan_name)),
              "name %zu", i);
        HOLDS(intents[i].endpoint, "endpoint %zu", i);
        for (size_t id = 0; id < intents[i].ids_count; id++)
            HOLDS(intents[i].ids_seen[id], "id %zu of %zu", id, i);
    }
    return intents;
}

static void release(struct journal_intent *intents, size_t count)
{
    for (size_t i = 0; i < count; i++)
        journal_intent_release(&intents[i]);
    free(intents);
}

static bool has(const struct journal_intent *intents, size_t count, const char *nonce)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(intents[i].nonce, nonce) == 0)
            return true;
    return false;
}

static void created_holds(struct journal *journal)
{
    struct journal_created_list list = {0};
    struct error err = {0};

    HOLDS(journal_read_created(journal, &list, &err), "%s", err.text);
    for (size_t i = 0; i < list.count; i++) {
        const struct journal_created *found =
            journal_created_find(&list, list.items[i].body_hash, list.items[i].endpoint);

        HOLDS(found && strcmp(found->body_hash, list.items[i].body_hash) == 0, "created %zu is not found", i);
        HOLDS(i == 0 || strcmp(list.items[i - 1].body_hash, list.items[i].body_hash) <= 0, "created %zu", i);
    }
    journal_created_release(&list);
}

static void adding_holds(struct journal *journal, size_t count)
{
    static char name[] = "a plan", endpoint[] = "host", id[] = "7";
    char *ids[] = {id};
    struct journal_intent intent = {.nonce = "nonce-of-the-fuzzer",
                                    .time = "2026-11-25T03:08:22Z",
                                    .body_hash = "00",
                                    .plan_name = name,
                                    .endpoint = endpoint,
                                    .ids_seen = ids,
                                    .ids_count = 1};
    struct journal_intent *after;
    struct error err = {0};
    size_t after_count;

    HOLDS(journal_write_intent(journal, &intent, &err), "%s", err.text);
    after = read_open(journal, &after_count);
    HOLDS(after_count == count + 1 && has(after, after_count, intent.nonce), "%zu became %zu", count,
          after_count);
    release(after, after_count);
    HOLDS(journal_write_outcome(journal, intent.nonce, "created", "7", NULL, &err), "%s", err.text);
    after = read_open(journal, &after_count);
    HOLDS(after_count == count && !has(after, after_count, intent.nonce), "%zu became %zu", count,
          after_count);
    release(after, after_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct host host = scratch_host();
    struct journal *journal;
    struct journal_intent *intents;
    struct error err = {0};
    size_t count;

    scratch_write(data, size);
    journal = journal_open(&host, scratch_path, &err);
    HOLDS(journal, "%s", err.text);
    journal_group(journal); /* nothing is brought to the disk for it */
    intents = read_open(journal, &count);
    created_holds(journal);
    /* Somebody else's line with our nonce could be anything. */
    if (!has(intents, count, "nonce-of-the-fuzzer") && size % 4 == 0)
        adding_holds(journal, count);
    release(intents, count);
    journal_close(journal);
    return 0;
}
