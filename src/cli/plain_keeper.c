#include "cli/plain_keeper.h"

#include <string.h>

#include "cli/output.h"
#include "cli/resume_words.h"
#include "model/words.h"

/* ---- Autosaves ---- */

static bool write_autosave(struct plain_keeper *keeper, struct error *err)
{
    struct buf full = BUF_INIT;
    struct autosave_origin origin = {.draft = "", .draft_hash = keeper->draft.hash};
    const char *path = buf_text(&keeper->draft.path);
    bool ok;

    if (*path)
        origin.draft = file_full_path(path, &full, err) ? buf_text(&full) : path;
    ok = autosave_write(&keeper->autosave, keeper->plan, &origin, err);
    buf_release(&full);
    return ok;
}

void plain_keeper_note(struct plain_keeper *keeper)
{
    struct error err;

    if (!keeper->keeping)
        return;
    if (!plain_unsaved(keeper->plain)) {
        autosave_remove(&keeper->autosave);
    } else if (!write_autosave(keeper, &err) && !keeper->complained) {
        keeper->complained = true;
        plain_say(keeper->plain, "Note: what you answer is not kept until you save: %s.", err.text);
    }
}

/* ---- What other runs left ---- */

/* The dialogue goes on with the work of item. */
static void take_up(struct plain_keeper *keeper, struct interrupted *item, struct plain_io *io)
{
    const char *path = item->draft.length > 0 ? buf_text(&item->draft) : NULL;
    struct plain *plain = plain_new(item->plan, path, io);
    struct error err;

    if (!plain) {
        plain_say(keeper->plain, "Memory is short: nothing was resumed. It stays for another start.");
        return;
    }
    plain_free(keeper->plain);
    plan_free(keeper->plan);
    keeper->plain = plain;
    keeper->plan = item->plan;
    item->plan = NULL;
    plain_set_unsaved(plain);
    saved_draft_release(&keeper->draft);
    saved_draft_init(&keeper->draft, keeper->host);
    if (path) {
        if (saved_draft_open(&keeper->draft, path, NULL, NULL, &err) == LOCK_HELD)
            plain_say(plain, "Note: another drplan has %s open: save under another name.", path);
        saved_draft_expect(&keeper->draft, item->draft_hash);
    }
    autosave_adopt(&keeper->autosave, item);
    plain_say(plain, "Resumed. Passwords are not kept: they have to be typed again.");
}

static void remove_item(struct interrupted_list *list, int index)
{
    struct interrupted gone = list->items[index];

    for (int i = index; i + 1 < list->count; i++)
        list->items[i] = list->items[i + 1];
    list->count--;
    interrupted_forget(&gone);
}

/* Asks about one piece of work: true when it is taken up, or nobody answers any more. */
static bool offer(struct plain_keeper *keeper, struct interrupted_list *list, int *index, struct plain_io *io)
{
    struct buf words = BUF_INIT, answer = BUF_INIT;
    bool done = false;

    describe_interrupted(&list->items[*index], *index + 1, list->count, keeper->host->now(keeper->host),
                         &words);
    plain_say(keeper->plain, "Left behind: %s", buf_text(&words));
    if (!plain_ask_word(keeper->plain, &answer, "Type resume, forget, or nothing to leave it for later")) {
        done = true;
    } else if (words_same(buf_text(&answer), "resume")) {
        take_up(keeper, &list->items[*index], io);
        done = true;
    } else if (words_same(buf_text(&answer), "forget") &&
               plain_confirm(keeper->plain, "It is gone then. Type yes to throw it away")) {
        remove_item(list, *index);
    } else {
        (*index)++;
    }
    buf_release(&words);
    buf_release(&answer);
    return done;
}

/* files: one a line. */
static void note_set_aside(struct plain_keeper *keeper, const char *files)
{
    for (size_t length; *files; files += length + (files[length] == '\n')) {
        length = strcspn(files, "\n");
        plain_say(keeper->plain, "Note: an autosave is broken and was set aside: %.*s", (int)length, files);
    }
}

void plain_keeper_resume(struct plain_keeper *keeper, struct plain_io *io)
{
    struct interrupted_list list;
    struct buf full = BUF_INIT;
    struct error ignored;
    const char *path = keeper->draft.path.length > 0 ? buf_text(&keeper->draft.path) : NULL;

    if (!keeper->keeping || keeper->draft.locked_out)
        return;
    if (path && file_full_path(path, &full, &ignored))
        path = buf_text(&full);
    interrupted_find(&keeper->autosave, path, &list);
    note_set_aside(keeper, buf_text(&list.set_aside));
    for (int index = 0; index < list.count && !offer(keeper, &list, &index, io);) {
    }
    interrupted_release(&list);
    buf_release(&full);
}

/* ---- Saving ---- */

/* What the operator says to a file that is not as it was left. */
static bool may_write_over(struct plain_keeper *keeper, enum save_result result, const char *path)
{
    if (result == SAVE_CHANGED)
        return plain_confirm(keeper->plain, "%s was changed by somebody else. Type yes to write over it",
                             path);
    if (result == SAVE_GONE)
        return plain_confirm(keeper->plain, "%s is not there any more. Type yes to make it anew", path);
    return plain_confirm(keeper->plain, "%s exists already. Type yes to write over it", path);
}

/* False when there is no answer. */
static bool ask_about_secrets(struct plain_keeper *keeper)
{
    struct buf answer = BUF_INIT;
    bool answered =
        plain_ask_word(keeper->plain, &answer,
                       "The draft was opened with passwords in clear. Type yes to keep them in the file");

    keeper->secrets = words_same(buf_text(&answer), "yes") ? SECRETS_KEEP : SECRETS_LEAVE_OUT;
    buf_release(&answer);
    return answered;
}

static void explain_read_only(struct plain_keeper *keeper, const char *path)
{
    struct buf other = BUF_INIT;

    copy_name(path, &other);
    if (keeper->draft.locked_out)
        plain_say(keeper->plain, "Another drplan has %s open.", path);
    else
        plain_say(keeper->plain, "A later version of drplan wrote %s.", path);
    plain_say(keeper->plain, "Save under another name: save %s", buf_text(&other));
    buf_release(&other);
}

/* Makes the next try possible: false when there shall be none. */
static bool settle(struct plain_keeper *keeper, enum save_result result, const char *path, bool *over,
                   const struct error *err)
{
    switch (result) {
    case SAVE_DONE:
        break;
    case SAVE_CHANGED:
    case SAVE_GONE:
    case SAVE_EXISTS:
        *over = may_write_over(keeper, result, path);
        return *over;
    case SAVE_SECRETS:
        return ask_about_secrets(keeper);
    case SAVE_READ_ONLY:
        explain_read_only(keeper, path);
        break;
    case SAVE_FAILED:
        plain_say(keeper->plain, "Problem: %s.", err->text);
        break;
    }
    return false;
}

bool plain_keeper_save(struct plain_keeper *keeper, const char *path)
{
    struct error err;
    enum save_result result;
    bool over = false;

    do
        result = saved_draft_save(&keeper->draft, keeper->plan, path, over, keeper->secrets, &err);
    while (result != SAVE_DONE && settle(keeper, result, path, &over, &err));
    if (result == SAVE_DONE)
        plain_saved(keeper->plain, path, keeper->secrets == SECRETS_KEEP);
    else
        plain_say(keeper->plain, "Nothing was saved.");
    return result == SAVE_DONE;
}

/* ---- Begin and end ---- */

static void own_file(struct plain_keeper *keeper, const char *path, const struct file_stamp *stamp,
                     bool at_terminal)
{
    struct buf who = BUF_INIT;
    struct error err;

    switch (saved_draft_open(&keeper->draft, path, stamp, &who, &err)) {
    case LOCK_TAKEN:
        break;
    case LOCK_HELD:
        plain_say(keeper->plain, "Note: %s has %s open: save under another name.", buf_text(&who), path);
        break;
    case LOCK_IMPOSSIBLE:
        if (at_terminal)
            plain_say(keeper->plain, "Note: nobody else is kept out of this draft: %s.", err.text);
        break;
    }
    buf_release(&who);
    if (stamp->open_to_all)
        plain_say(keeper->plain,
                  "Note: anybody on this machine may change %s: look closely at what it holds.", path);
}

bool plain_keeper_open(struct plain_keeper *keeper, struct host *host, struct draft_file *draft,
                       struct plain_io *io, bool at_terminal, struct error *err)
{
    *keeper = (struct plain_keeper){.host = host, .plan = draft->plan, .autosave = {.lock = LOCK_FILE_FREE}};
    saved_draft_init(&keeper->draft, host);
    draft->plan = NULL;
    keeper->plain = plain_new(keeper->plan, draft->name, io);
    if (!keeper->plain)
        return error_memory(err);
    keeper->keeping = at_terminal && autosave_open(&keeper->autosave, host, err);
    if (at_terminal && !keeper->keeping)
        plain_say(keeper->plain, "Note: what you answer is not kept until you save: %s.", err->text);
    if (draft->name)
        own_file(keeper, draft->name, &draft->stamp, at_terminal);
    return true;
}

void plain_keeper_close(struct plain_keeper *keeper, bool thrown_away)
{
    struct error err;

    if (keeper->keeping && (thrown_away || !plain_unsaved(keeper->plain)))
        autosave_remove(&keeper->autosave);
    else if (keeper->keeping && write_autosave(keeper, &err))
        remark("What was not saved is kept: the next start of drplan offers to resume it.");
    else if (keeper->keeping)
        remark("What was answered could not be kept: %s.", err.text);
    autosave_close(&keeper->autosave);
    saved_draft_release(&keeper->draft);
    plain_free(keeper->plain);
    plan_free(keeper->plan);
}
