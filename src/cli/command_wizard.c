#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/draft_file.h"
#include "cli/loop.h"
#include "cli/output.h"
#include "cli/plain_loop.h"
#include "cli/session.h"
#include "model/words.h"

enum { LAST_WORDS_S = 2 };

static enum end explain_obstacle(const char *obstacle)
{
    complain("%s", obstacle);
    remark("Without a full screen, 'drplan --plain' asks one question after another; or write the plan as "
           "JSON (see 'drplan schema'), then use 'drplan validate DRAFT' and 'drplan submit DRAFT'.");
    return END_USAGE;
}

/* A screen reader cannot be noticed, so this variable says that there is one; other programs know it too. */
static bool is_accessible(struct host *host)
{
    const char *value = host_env(host, "ACCESSIBLE");

    return value && strcmp(value, "0") != 0 && !words_same(value, "false");
}

static bool asks_for_plain(const struct options *options)
{
    return options->plain || is_accessible(host_system());
}

/* What must hold before anything is opened; NULL when it does. no_screen: why no full screen can be had,
 * where one is wanted. */
static const char *find_obstacle(const struct options *options, const char *no_screen)
{
    if (options->operand_count > 0 && strcmp(options->operands[0], "-") == 0)
        return "the wizard reads answers from standard input, so the draft must be a file";
    return no_screen;
}

/* A draft that is not there yet is a new plan that will be saved under that name. */
static bool open_draft(struct draft_file *draft, const struct options *options, struct error *err)
{
    const char *path = options->operand_count > 0 ? options->operands[0] : NULL;

    if (path && access(path, F_OK) == 0) {
        if (draft_file_open(draft, path, options, err))
            return true;
        draft_file_name_error(draft, err);
        return false;
    }
    *draft = (struct draft_file){.name = path, .plan = plan_new(true)};
    if (!draft->plan)
        return error_memory(err);
    if (options->keep_extra)
        plan_keep_extras(draft->plan);
    return true;
}

/* Runs the wizard on the terminal, and gives the terminal back. */
static bool run_on_terminal(struct session *session, struct wizard *wizard, const struct file_stamp *stamp,
                            struct loop_end *out, struct error *err)
{
    struct host *host = session->host;
    struct term_options how = {.colour = !session->options->no_color && !host_env(host, "NO_COLOR"),
                               .mouse = wizard_wants_mouse(wizard)};
    struct term *term = term_open(host, &how, err);

    if (!term)
        return false;
    loop_run(session, wizard, term, stamp, out);
    term_close(term);
    return true;
}

static void interrupt_the_writing(int number)
{
    (void)number;
}

/*
 * Who was told to end ends, also where the terminal has stopped reading: from
 * LAST_WORDS_S on, each write that waits for it is cut off.
 */
static void limit_last_words(bool on)
{
    const struct itimerval limit = {.it_value.tv_sec = LAST_WORDS_S, .it_interval.tv_usec = 250000};
    const struct itimerval none = {.it_value.tv_sec = 0};
    struct sigaction action = {.sa_handler = interrupt_the_writing}; /* without SA_RESTART */

    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, on ? &limit : &none, NULL);
}

/* What the lines would say, if there were memory to put them together. */
static void print_without_memory(const struct loop_end *out)
{
    if (out->said.failed)
        fputs("drplan: memory is short: a plan that was created cannot be named\n", stderr);
    if (out->warned.failed && out->end == END_UNKNOWN)
        fputs("drplan: memory is short, and it is not known whether the plan was created: look before you "
              "send it again\n",
              stderr);
    else if (out->warned.failed)
        fputs("drplan: memory is short: the program had to end\n", stderr);
    if (out->last.kept.failed)
        fputs("drplan: memory is short: what was typed and not saved is lost\n", stderr);
}

static void print_last_words(struct loop_end *out)
{
    const char *line = buf_text(&out->said);

    for (size_t length; *line; line += length + 1) {
        length = strcspn(line, "\n");
        print_line("%.*s", (int)length, line);
    }
    if (out->warned.length > 0)
        complain("%s", buf_text(&out->warned));
    if (out->last.kept.length > 0)
        remark("%s", buf_text(&out->last.kept));
    if (out->last.draft.length > 0)
        print_exact(buf_text(&out->last.draft), out->last.draft.length);
    print_without_memory(out);
    buf_release(&out->last.kept);
    buf_release(&out->last.draft);
    buf_release(&out->said);
    buf_release(&out->warned);
}

static enum end run(struct session *session, struct draft_file *draft)
{
    struct wizard *wizard = wizard_new(draft->plan, draft->name);
    struct loop_end out = {.end = END_FAILED};
    struct error err;
    bool ok;

    draft->plan = NULL; /* it is the wizard's now */
    ok = wizard ? run_on_terminal(session, wizard, &draft->stamp, &out, &err) : error_memory(&err);
    wizard_free(wizard);
    if (!ok)
        return end_with(&err);
    if (out.end > END_SIGNAL)
        limit_last_words(true);
    print_last_words(&out);
    output_flush();
    limit_last_words(false);
    return out.end;
}

enum end command_wizard(const struct options *options)
{
    const char *no_screen = asks_for_plain(options) ? NULL : term_obstacle(host_system());
    /* Questions one after another: where they are asked for, and where somebody is there but no full screen.
     */
    bool plain = asks_for_plain(options) || (no_screen && isatty(STDIN_FILENO));
    const char *obstacle = find_obstacle(options, plain ? NULL : no_screen);
    struct draft_file draft = {0};
    struct session session = {0};
    struct error err;
    enum end end;

    if (obstacle)
        return explain_obstacle(obstacle);
    if (plain && no_screen)
        remark("One question after another, since %s.", no_screen);
    if (!open_draft(&draft, options, &err) || !session_open(&session, host_system(), options, &err))
        end = end_with(&err);
    else
        end = plain ? plain_loop_run(&session, &draft) : run(&session, &draft);
    session_close(&session);
    draft_file_release(&draft);
    return end;
}
