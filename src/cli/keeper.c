#include "cli/keeper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/excerpt.h"
#include "cli/draft_file.h"
#include "cli/resume_words.h"
#include "model/draft.h"

/* A little less than the 2 and 5 seconds that are promised: writing takes its time too. */
enum { QUIET_MS = 1900, LONGEST_MS = 4500 };

/* So large that the C library takes it from the system, and gives it back there. An autosave takes some
 * copies of the draft, which is a few KiB. */
enum { RESERVE_SIZE = 512 << 10 };

static unsigned bit(enum reply reply)
{
    return 1U << reply;
}

/* ---- Autosaves ---- */

static void forget_changes(struct keeper *keeper)
{
    keeper->noted_revision = plan_revision(wizard_plan(keeper->wizard));
    keeper->noted_fields_left = wizard_fields_left(keeper->wizard);
    keeper->first_change = keeper->last_change = -1;
    keeper->field_left = false;
}

void keeper_note(struct keeper *keeper)
{
    unsigned long revision = plan_revision(wizard_plan(keeper->wizard));
    unsigned long fields_left = wizard_fields_left(keeper->wizard);

    if (!wizard_unsaved(keeper->wizard)) {
        if (keeper->keeping)
            autosave_remove(&keeper->autosave);
        forget_changes(keeper);
        return;
    }
    if (revision != keeper->noted_revision) {
        keeper->noted_revision = revision;
        keeper->last_change = keeper->host->ticks(keeper->host);
        if (keeper->first_change < 0)
            keeper->first_change = keeper->last_change;
    }
    if (fields_left != keeper->noted_fields_left) {
        keeper->noted_fields_left = fields_left;
        keeper->field_left = true;
    }
}

int keeper_timeout(const struct keeper *keeper)
{
    int64_t now, due;

    if (!keeper->keeping || keeper->first_change < 0)
        return -1;
    now = keeper->host->ticks(keeper->host);
    due = keeper->last_change + QUIET_MS;
    if (due > keeper->first_change + LONGEST_MS)
        due = keeper->first_change + LONGEST_MS;
    return keeper->field_left || due <= now ? 0 : (int)(due - now);
}

static bool write_autosave(struct keeper *keeper, struct error *err)
{
    struct buf full = BUF_INIT;
    struct autosave_origin origin = {.draft = "", .draft_hash = keeper->draft.hash};
    struct place at = wizard_focused(keeper->wizard);
    bool ok;

    if (keeper->draft.path.length > 0) {
        if (file_full_path(buf_text(&keeper->draft.path), &full, err))
            origin.draft = buf_text(&full);
        else
            origin.draft = buf_text(&keeper->draft.path);
    }
    keeper->autosave.field[0] = '\0';
    if (!place_is_none(at))
        place_path(at, keeper->autosave.field, sizeof(keeper->autosave.field));
    ok = autosave_write(&keeper->autosave, wizard_plan(keeper->wizard), &origin, err);
    buf_release(&full);
    return ok;
}

void keeper_flush(struct keeper *keeper)
{
    struct error err;

    if (!keeper->keeping || !wizard_unsaved(keeper->wizard))
        return;
    keeper->first_change = keeper->last_change = -1;
    keeper->field_left = false;
    if (!write_autosave(keeper, &err))
        wizard_set_message(keeper->wizard, true, "What you type is not kept: %s.",
                           excerpt(err.text, 250).text);
}

void keeper_work(struct keeper *keeper)
{
    if (keeper_timeout(keeper) == 0)
        keeper_flush(keeper);
}

/* ---- The draft's file ---- */

static struct plan *read_draft(struct keeper *keeper, const char *path, struct file_stamp *stamp,
                               struct error *err)
{
    struct draft_file file;
    struct plan *plan = NULL;

    if (draft_file_open(&file, path, keeper->options, err)) {
        plan = file.plan;
        *stamp = file.stamp;
        file.plan = NULL;
    }
    draft_file_release(&file);
    return plan;
}

static void ask_locked(struct keeper *keeper, const char *path, const struct buf *who)
{
    struct buf words = BUF_INIT;

    buf_addf(&words, "%s has %s.", buf_text(who), excerpt(path, 300).text);
    wizard_set_read_only(keeper->wizard, true);
    wizard_ask(keeper->wizard, QUESTION_LOCKED, 0, "This draft is open already", buf_text(&words));
    buf_release(&words);
}

/* What is to be known of the draft's file; one line has to hold all of it. */
static void tell_of_file(struct keeper *keeper, const char *path, bool open_to_all, bool newer)
{
    if (open_to_all && newer)
        wizard_set_message(keeper->wizard, false,
                           "Anybody may change this file, and a later drplan wrote it: save it elsewhere.");
    else if (open_to_all)
        wizard_set_message(keeper->wizard, false,
                           "Anybody on this machine may change %s: look closely at what it holds.",
                           excerpt(path, 200).text);
    else if (newer)
        wizard_set_message(keeper->wizard, false,
                           "A later drplan wrote this draft: saving goes under another name.");
}

/* The wizard's plan belongs to this file. */
static void own_file(struct keeper *keeper, const char *path, const struct file_stamp *stamp)
{
    bool newer = draft_is_newer(wizard_plan(keeper->wizard));
    struct buf who = BUF_INIT;
    struct error err;

    keeper->secrets = SECRETS_ASK;
    switch (saved_draft_open(&keeper->draft, path, stamp, &who, &err)) {
    case LOCK_TAKEN:
        break;
    case LOCK_HELD:
        ask_locked(keeper, path, &who);
        break;
    case LOCK_IMPOSSIBLE:
        wizard_set_message(keeper->wizard, true, "Nobody else is kept out of this draft: %s.",
                           excerpt(err.text, 250).text);
        break;
    }
    buf_release(&who);
    if (newer)
        wizard_set_read_only(keeper->wizard, true);
    tell_of_file(keeper, path, stamp && stamp->open_to_all, newer);
}

/* Shows what is in the file at path instead of what there is now. */
static void show_file(struct keeper *keeper, const char *path)
{
    struct file_stamp stamp = {0};
    struct error err;
    struct plan *plan = read_draft(keeper, path, &stamp, &err);

    if (!plan) {
        wizard_set_message(keeper->wizard, true, "%s.", excerpt(err.text, 250).text);
        return;
    }
    if (!wizard_replace(keeper->wizard, plan, path, false)) {
        wizard_set_message(keeper->wizard, true, "Memory is short: nothing was opened.");
        return;
    }
    wizard_set_message(keeper->wizard, false, "This is the draft as it is in the file.");
    own_file(keeper, path, &stamp);
    forget_changes(keeper);
}

/* ---- What other runs left ---- */

static void ask_resume(struct keeper *keeper)
{
    const struct interrupted *item = &keeper->found.items[keeper->shown];
    unsigned offered = bit(REPLY_RESUME) | bit(REPLY_LATER) | bit(REPLY_FORGET);
    struct buf words = BUF_INIT;

    if (keeper->draft.path.length > 0)
        offered = bit(REPLY_RESUME) | bit(REPLY_AS_SAVED) | bit(REPLY_FORGET);
    else if (item->draft.length > 0)
        offered |= bit(REPLY_AS_SAVED);
    if (keeper->found.count > 1)
        offered |= bit(REPLY_NEXT);
    describe_interrupted(item, keeper->shown + 1, keeper->found.count, keeper->host->now(keeper->host),
                         &words);
    wizard_ask(keeper->wizard, QUESTION_RESUME, offered, "Resume what was not saved?", buf_text(&words));
    buf_release(&words);
}

static void ask_forget(struct keeper *keeper)
{
    const char *name = plan_get(keeper->found.items[keeper->shown].plan, place_of_plan(FIELD_PLAN_NAME));
    struct buf words = BUF_INIT;

    buf_addf(&words, "What was typed for %s and not saved is gone then.",
             excerpt(name ? name : "a plan without a name", 200).text);
    wizard_ask(keeper->wizard, QUESTION_FORGET, 0, "Throw it away?", buf_text(&words));
    buf_release(&words);
}

static void find_interrupted(struct keeper *keeper)
{
    struct buf full = BUF_INIT;
    struct error ignored;
    const char *draft = keeper->draft.path.length > 0 ? buf_text(&keeper->draft.path) : NULL;

    if (draft && file_full_path(draft, &full, &ignored))
        draft = buf_text(&full);
    interrupted_find(&keeper->autosave, draft, &keeper->found);
    buf_release(&full);
    if (keeper->found.set_aside.length > 0)
        wizard_set_message(keeper->wizard, true, "An autosave is broken and was set aside: %.*s",
                           (int)strcspn(buf_text(&keeper->found.set_aside), "\n"),
                           buf_text(&keeper->found.set_aside));
    keeper->shown = 0;
    if (keeper->found.count > 0)
        ask_resume(keeper);
}

static void resume(struct keeper *keeper)
{
    struct interrupted *item = &keeper->found.items[keeper->shown];
    const char *path = item->draft.length > 0 ? buf_text(&item->draft) : NULL;
    struct plan *plan = item->plan;

    item->plan = NULL; /* it is the wizard's now */
    if (!wizard_replace(keeper->wizard, plan, path, true)) {
        interrupted_release(&keeper->found);
        wizard_set_message(keeper->wizard, true,
                           "Memory is short: nothing was resumed. It stays for another start.");
        return;
    }
    autosave_adopt(&keeper->autosave, item);
    if (path) {
        own_file(keeper, path, NULL);
        saved_draft_expect(&keeper->draft, item->draft_hash);
    } else {
        saved_draft_release(&keeper->draft);
        saved_draft_init(&keeper->draft, keeper->host);
    }
    wizard_go_to(keeper->wizard, place_from_path(item->field));
    forget_changes(keeper);
    interrupted_release(&keeper->found);
    if (!wizard_asks(keeper->wizard))
        wizard_set_message(keeper->wizard, false, "Resumed. Passwords are not kept: type them again.");
}

static void open_as_saved(struct keeper *keeper)
{
    struct buf path = BUF_INIT;

    /* What the wizard was started with is open already. */
    if (keeper->draft.path.length == 0) {
        buf_add_text(&path, buf_text(&keeper->found.items[keeper->shown].draft));
        interrupted_release(&keeper->found);
        show_file(keeper, buf_text(&path));
    }
    interrupted_release(&keeper->found);
    buf_release(&path);
}

static void forget(struct keeper *keeper)
{
    struct interrupted *items = keeper->found.items;
    struct interrupted gone = items[keeper->shown];

    for (int i = keeper->shown; i + 1 < keeper->found.count; i++)
        items[i] = items[i + 1];
    keeper->found.count--;
    interrupted_forget(&gone);
    keeper->shown = 0;
    if (keeper->found.count > 0)
        ask_resume(keeper);
}

static void show_next(struct keeper *keeper)
{
    keeper->shown = (keeper->shown + 1) % keeper->found.count;
    ask_resume(keeper);
}

/* ---- Saving ---- */

/* A name in the folder where drafts can be put when their own place takes none; else in the folder for
 * temporary files, which is better than nothing. */
static void suggest_refuge(struct keeper *keeper, const char *path, struct buf *out)
{
    const char *slash = strrchr(path, '/');
    struct buf folder = BUF_INIT;
    struct error ignored;

    if (file_state_folder(keeper->host, &folder, &ignored)) {
        buf_add_text(&folder, "/drafts");
        if (strncmp(path, buf_text(&folder), folder.length) == 0 ||
            !file_make_folder(buf_text(&folder), &ignored))
            buf_clear(&folder);
    }
    buf_addf(out, "%s/%s", folder.length > 0 ? buf_text(&folder) : "/tmp", slash ? slash + 1 : path);
    buf_release(&folder);
}

static void ask_other_place(struct keeper *keeper, const char *path, const struct error *err)
{
    struct buf words = BUF_INIT, suggestion = BUF_INIT;

    suggest_refuge(keeper, path, &suggestion);
    buf_addf(&words, "It was not saved: %s. Everything typed is still here. Another place:", err->text);
    wizard_ask_name(keeper->wizard, buf_text(&words), buf_text(&suggestion));
    buf_release(&words);
    buf_release(&suggestion);
}

static void ask_other_name(struct keeper *keeper, const char *path, const char *words)
{
    struct buf suggestion = BUF_INIT;

    copy_name(path, &suggestion);
    wizard_ask_name(keeper->wizard, words, buf_text(&suggestion));
    buf_release(&suggestion);
}

static void note_saved(struct keeper *keeper, const char *path)
{
    wizard_set_saved(keeper->wizard, path);
    wizard_set_read_only(keeper->wizard, false);
    wizard_set_message(keeper->wizard, false, "Saved to %s.",
                       excerpt(wizard_save_path(keeper->wizard), 250).text);
    keeper->leave = wizard_is_leaving(keeper->wizard);
}

static void save(struct keeper *keeper, bool over)
{
    const char *path = wizard_save_path(keeper->wizard);
    struct error err;

    keeper->over = over;
    switch (
        saved_draft_save(&keeper->draft, wizard_plan(keeper->wizard), path, over, keeper->secrets, &err)) {
    case SAVE_DONE:
        note_saved(keeper, path);
        break;
    case SAVE_CHANGED:
        wizard_ask(keeper->wizard, QUESTION_CHANGED, 0, "Somebody else changed the draft", path);
        break;
    case SAVE_GONE:
        wizard_ask(keeper->wizard, QUESTION_EXISTS, 0, "The draft is not there any more", path);
        break;
    case SAVE_EXISTS:
        wizard_ask(keeper->wizard, QUESTION_EXISTS, 0, "A file of this name exists already", path);
        break;
    case SAVE_READ_ONLY:
        ask_other_name(keeper, path,
                       keeper->draft.locked_out
                           ? "Another drplan has this draft open, so it is saved beside it."
                           : "A later drplan wrote this draft: it is not written over.");
        break;
    case SAVE_SECRETS:
        wizard_ask(
            keeper->wizard, QUESTION_SECRETS, 0, "Leave the passwords out of the file?",
            "The draft was opened with passwords in clear. Left out, they are asked for again; a reference "
            "(Ctrl-T in the field) needs no asking.");
        break;
    case SAVE_FAILED:
        keeper_flush(keeper);
        ask_other_place(keeper, path, &err);
        break;
    }
}

void keeper_save(struct keeper *keeper)
{
    save(keeper, false);
}

static void save_elsewhere(struct keeper *keeper)
{
    struct buf path = BUF_INIT;

    buf_add_text(&path, wizard_save_path(keeper->wizard));
    ask_other_name(keeper, buf_text(&path), "");
    buf_release(&path);
}

static void take_theirs(struct keeper *keeper)
{
    struct buf path = BUF_INIT;

    buf_add_text(&path, wizard_save_path(keeper->wizard));
    show_file(keeper, buf_text(&path));
    buf_release(&path);
}

static void open_copy(struct keeper *keeper)
{
    const struct file_stamp nothing = {0};
    struct buf path = BUF_INIT;

    copy_name(buf_text(&keeper->draft.path), &path);
    if (path.failed) {
        wizard_set_message(keeper->wizard, true, "Memory is short: no name for a copy could be made.");
        return;
    }
    wizard_set_read_only(keeper->wizard, false);
    wizard_set_path(keeper->wizard, buf_text(&path));
    own_file(keeper, buf_text(&path), &nothing);
    wizard_set_message(keeper->wizard, false, "Saving goes to %s.", excerpt(buf_text(&path), 250).text);
    buf_release(&path);
}

void keeper_reply(struct keeper *keeper)
{
    switch (wizard_reply(keeper->wizard)) {
    case REPLY_RESUME:
        resume(keeper);
        break;
    case REPLY_AS_SAVED:
        open_as_saved(keeper);
        break;
    case REPLY_LATER:
        interrupted_release(&keeper->found);
        break;
    case REPLY_NEXT:
        show_next(keeper);
        break;
    case REPLY_FORGET:
        ask_forget(keeper);
        break;
    case REPLY_FORGET_SURELY:
        forget(keeper);
        break;
    case REPLY_BACK:
        ask_resume(keeper);
        break;
    case REPLY_COPY:
        open_copy(keeper);
        break;
    case REPLY_READ_ONLY:
        wizard_set_message(keeper->wizard, false, "Saving goes under another name.");
        break;
    case REPLY_OVER:
        save(keeper, true);
        break;
    case REPLY_THEIRS:
        take_theirs(keeper);
        break;
    case REPLY_ELSEWHERE:
        save_elsewhere(keeper);
        break;
    case REPLY_SECRETS_OUT:
    case REPLY_SECRETS_IN:
        keeper->secrets = wizard_reply(keeper->wizard) == REPLY_SECRETS_IN ? SECRETS_KEEP : SECRETS_LEAVE_OUT;
        save(keeper, keeper->over);
        break;
    case REPLY_NONE:
    case REPLY_SAVE:
    case REPLY_LEAVE:
    case REPLY_THROW_AWAY:
    case REPLY_LOOK:
    case REPLY_NOT_NOW:
    case REPLY_SETTLED:
    case REPLY_REPEAT:
        break;
    }
}

/* ---- Begin and end ---- */

void keeper_open(struct keeper *keeper, struct host *host, const struct options *options,
                 struct wizard *wizard, const struct file_stamp *stamp)
{
    const char *path = wizard_save_path(wizard);
    struct error err;

    *keeper =
        (struct keeper){.host = host, .options = options, .wizard = wizard, .reserve = malloc(RESERVE_SIZE)};
    saved_draft_init(&keeper->draft, host);
    forget_changes(keeper);
    keeper->keeping = autosave_open(&keeper->autosave, host, &err);
    wizard_set_keeping(wizard, keeper->keeping);
    if (*path)
        own_file(keeper, path, stamp);
    if (!keeper->keeping)
        wizard_set_message(keeper->wizard, true, "Nothing is kept until you save: %s.",
                           excerpt(err.text, 250).text);
    else if (!keeper->draft.locked_out)
        find_interrupted(keeper);
}

/* True when what is not saved is safe in an autosave. */
static bool keep_for_next_start(struct keeper *keeper, struct error *err)
{
    if (!keeper->keeping)
        return error_set(err, ERROR_FILE, "there is no folder for it");
    return write_autosave(keeper, err);
}

/* The last resort: on standard output, after the screen. */
static void print_at_last(struct keeper *keeper, const struct error *why, struct last_words *words)
{
    struct error err;

    if (draft_write(wizard_plan(keeper->wizard), &words->draft, &err)) {
        buf_addf(&words->kept,
                 "What was typed could not be saved (%s). It is on standard output, without passwords: copy "
                 "it into a "
                 "file, then open that with drplan.",
                 why->text);
    } else {
        buf_clear(&words->draft);
        buf_addf(&words->kept, "What was typed and not saved is lost: %s.", why->text);
    }
}

void keeper_close(struct keeper *keeper, bool thrown_away, struct last_words *words)
{
    struct error err;

    free(keeper->reserve);
    keeper->reserve = NULL;
    *words = (struct last_words){.kept = BUF_INIT, .draft = BUF_INIT};
    if (thrown_away || !wizard_unsaved(keeper->wizard)) {
        autosave_remove(&keeper->autosave);
    } else if (keep_for_next_start(keeper, &err)) {
        buf_add_text(&words->kept,
                     "What was not saved is kept: the next start of drplan offers to resume it.");
    } else {
        print_at_last(keeper, &err, words);
    }
    interrupted_release(&keeper->found);
    autosave_close(&keeper->autosave);
    saved_draft_release(&keeper->draft);
}
