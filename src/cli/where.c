#include "cli/where.h"

#include <string.h>

#include "api/profile.h"
#include "api/say.h"
#include "cli/picking.h"

/* ---- Lists ---- */

static void list_regions(struct wizard *wizard)
{
    struct picker_rows rows = {.state = PICKER_DONE, .title = "Region that the plan is sent to", .why = ""};

    picking_known_regions(&rows);
    wizard_choose(wizard, SETTING_REGION, &rows);
}

/* The names stand one behind the other, each with a 0. */
static const char *profile_cell(const void *context, size_t row, size_t cell)
{
    const struct buf *names = context;
    const char *name = buf_text(names);

    (void)cell;
    for (; row > 0; row--)
        name += strlen(name) + 1;
    return name;
}

static bool every_row(const void *context, size_t row)
{
    (void)context, (void)row;
    return true;
}

static void list_profiles(struct session *session, struct wizard *wizard)
{
    struct buf names = BUF_INIT;
    struct error err;
    struct picker_rows rows = {.state = PICKER_DONE,
                               .title = "Profile whose keys send the plan",
                               .headings = {"Profile"},
                               .total = -1,
                               .why = "",
                               .cell = profile_cell,
                               .usable = every_row,
                               .context = &names};

    if (!profile_names(session->host, &names, &err)) {
        rows.state = PICKER_FAILED;
        rows.why = err.text;
        buf_clear(&names);
    }
    for (size_t i = 0; i < names.length; i++)
        rows.count += buf_text(&names)[i] == '\0' ? 1 : 0;
    wizard_choose(wizard, SETTING_PROFILE, &rows);
    buf_release(&names);
}

void where_list(struct session *session, enum plan_setting setting, struct wizard *wizard)
{
    if (session->has_sandbox && setting == SETTING_PROFILE)
        wizard_set_message(wizard, false, "The sandbox has its own key: there is no profile to choose.");
    else if (setting == SETTING_PROFILE)
        list_profiles(session, wizard);
    else
        list_regions(wizard);
}

void where_chosen(struct session *session)
{
    session->draft_decides = true;
    session_forget_failures(session);
}

/* ---- Remarks ---- */

void where_remark(struct session *session, const struct destination *destination, char *text, size_t size)
{
    const struct sign_in *search = session_search(session, destination);

    *text = '\0';
    if (!search)
        return;
    for (size_t i = 0; i < sign_in_passed(search) && !*text; i++)
        if (sign_in_reason_matters(search, i))
            say(text, size, "Passed over: %s.", sign_in_reason(search, i));
    if (!*text && !session->warned && sign_in_warning(search)[0]) {
        session->warned = true;
        say(text, size, "%s.", sign_in_warning(search));
    }
}
