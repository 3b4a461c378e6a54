#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/autosave.h"
#include "cli/resume_words.h"
#include "cli/saved_draft.h"
#include "failing_memory.h"
#include "save_support.h"

/*
 * Every allocation of a save, of an autosave, and of finding what another run
 * left fails, once alone and once with all that follow. No draft is lost, no
 * autosave is taken for a broken one, and nothing is called saved that is not.
 */

static const char old_text[] =
    "{\"planName\": \"old\", \"instances\": [{\"password\": {\"$env\": \"MQ\"}}]}\n";

/* 'o' or 'n'. */
static char name_in(const char *path)
{
    struct buf text = BUF_INIT;
    struct plan *plan = NULL;
    struct error err;
    char name;

    if (!file_read(path, DRAFT_SIZE_MAX, &text, NULL, &err) ||
        !draft_read(buf_text(&text), text.length, &plan, &err))
        fail_msg("allocation %u: a draft is lost: %s", shortage.fails_at, err.text);
    name = plan_get(plan, place_of_plan(FIELD_PLAN_NAME))[0];
    plan_free(plan);
    buf_release(&text);
    return name;
}

typedef void walk_function(const struct plan *plan);

static void short_of_memory(walk_function *walk)
{
    for (int all_after = 0; all_after < 2; all_after++) {
        unsigned points = 0;

        while (shortage_next(all_after)) {
            struct plan *plan = new_version(old_text);
            FILE *file = fopen("draft.json", "w");

            assert_non_null(file);
            assert_true(fputs(old_text, file) >= 0);
            assert_int_equal(fclose(file), 0);
            shortage.armed = true;
            walk(plan);
            shortage.armed = false;
            plan_free(plan);
            points += shortage.hit;
        }
        print_message("%u allocations\n", points);
        assert_true(points > 20);
    }
}

static void walk_save(const struct plan *plan)
{
    struct saved_draft draft;
    struct error err = {0};
    enum save_result result;
    char name;

    saved_draft_init(&draft, &host);
    saved_draft_open(&draft, "draft.json", NULL, NULL, &err);
    err = (struct error){0};
    result = saved_draft_save(&draft, plan, "draft.json", false, SECRETS_LEAVE_OUT, &err);
    saved_draft_release(&draft);
    shortage.armed = false;
    name = name_in("draft.json");
    if (result == SAVE_DONE)
        assert_int_equal(name, 'n');
    if (result == SAVE_FAILED)
        assert_true(err.text[0] != '\0');
    if (result != SAVE_DONE)
        assert_int_equal(name, 'o');
}

static void walk_autosave(const struct plan *plan)
{
    struct autosave_origin origin = {"/x/draft.json", ""};
    struct autosave autosave;
    struct error err = {0};
    bool kept = autosave_open(&autosave, &host, &err) && autosave_write(&autosave, plan, &origin, &err);

    shortage.armed = false;
    if (kept) {
        assert_int_equal(name_in(buf_text(&autosave.path)), 'n');
        assert_int_equal(autosave.folder_kept, autosave.folder.length);
    } else {
        assert_true(err.text[0] != '\0');
    }
    autosave_remove(&autosave);
    autosave_close(&autosave);
    (void)rmdir("drplan/autosave"); /* so that each finds nothing made */
}

/* Looks for what another run left: it is found, or left alone. */
static void walk_find(const struct plan *plan)
{
    struct autosave_origin origin = {"/x/draft.json", "0123"};
    struct interrupted_list list;
    struct autosave left, autosave;
    struct buf words = BUF_INIT, path = BUF_INIT;
    struct error err;

    shortage.armed = false;
    assert_true(autosave_open(&left, &host, &err));
    assert_true(autosave_write(&left, plan, &origin, &err));
    buf_add_text(&path, buf_text(&left.path));
    autosave_close(&left);
    assert_true(autosave_open(&autosave, &host, &err));
    shortage.armed = true;
    interrupted_find(&autosave, NULL, &list);
    if (list.count > 0)
        describe_interrupted(&list.items[0], 1, 1, host.now(&host), &words);
    shortage.armed = false;
    assert_int_equal(list.set_aside.length, 0);
    if (list.count > 0)
        assert_string_equal(buf_text(&list.items[0].draft), "/x/draft.json");
    assert_int_equal(name_in(buf_text(&path)), 'n');
    interrupted_release(&list);
    autosave_close(&autosave);
    assert_int_equal(unlink(buf_text(&path)), 0);
    buf_release(&words);
    buf_release(&path);
}

static void a_save_survives_every_shortage(void **state)
{
    (void)state;
    short_of_memory(walk_save);
}

static void an_autosave_survives_every_shortage(void **state)
{
    (void)state;
    short_of_memory(walk_autosave);
}

static void what_was_left_is_not_taken_for_broken(void **state)
{
    (void)state;
    short_of_memory(walk_find);
}

static int enter(void **state)
{
    json_wipe_on_free(); /* so that cJSON's memory comes this way too */
    return enter_folder(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_save_survives_every_shortage),
        cmocka_unit_test(an_autosave_survives_every_shortage),
        cmocka_unit_test(what_was_left_is_not_taken_for_broken),
    };

    return cmocka_run_group_tests(tests, enter, leave_folder);
}
