#include "cli/draft_file.h"

#include <string.h>

#include "base/utf8.h"
#include "cli/output.h"
#include "model/draft.h"

void plan_keep_extras(struct plan *plan)
{
    for (size_t i = 0; i < plan_instances(plan); i++)
        plan_set_extras(plan, (int)i, true);
}

static bool read_text(struct draft_file *draft, struct buf *text, struct error *err)
{
    if (strcmp(draft->name, "-") == 0)
        return file_read_standard_input(DRAFT_SIZE_MAX, text, err);
    return file_read(draft->name, DRAFT_SIZE_MAX, text, &draft->stamp, err);
}

bool draft_file_open(struct draft_file *draft, const char *name, const struct options *options,
                     struct error *err)
{
    struct buf text;
    bool ok;

    *draft = (struct draft_file){.name = name};
    buf_init(&text, DRAFT_SIZE_MAX + 1);
    ok = read_text(draft, &text, err) && draft_read(buf_text(&text), text.length, &draft->plan, err);
    buf_release(&text);
    if (!ok)
        return false;
    if (options->keep_extra)
        plan_keep_extras(draft->plan);
    draft->review = review_new();
    return draft->review ? review_run(draft->review, draft->plan, err) : error_memory(err);
}

void draft_file_release(struct draft_file *draft)
{
    review_free(draft->review);
    plan_free(draft->plan);
    *draft = (struct draft_file){0};
}

void draft_file_name_error(const struct draft_file *draft, struct error *err)
{
    if (err->kind == ERROR_INPUT)
        error_wrap(err, "%s", draft->name);
}

const char *draft_file_value(const struct draft_file *draft, enum field_id field)
{
    return review_field(draft->review, place_of_plan(field))->value;
}

/* ---- Problems in words ---- */

static const char *severity_word(enum severity severity)
{
    return severity == SEVERITY_ERROR ? "error" : "warning";
}

static const char *shown_path(const struct problem *problem)
{
    return problem->path[0] ? problem->path : "(the whole plan)";
}

/* The paths stand in a column, unless one is so long that it would push the words away. */
static int path_column(const struct review *review)
{
    enum { WIDEST = 36 };
    int widest = 0;

    for (size_t i = 0; i < review_problems(review); i++) {
        const char *path = shown_path(review_problem(review, i));
        int width = utf8_width(path, strlen(path));

        if (width > widest && width <= WIDEST)
            widest = width;
    }
    return widest;
}

/* Blanks behind a path: printf counts bytes, not columns. */
static int path_gap(const char *path, int column)
{
    int width = utf8_width(path, strlen(path));

    return width < column ? column - width : 0;
}

void print_problems(const struct review *review)
{
    int column = path_column(review);

    for (size_t i = 0; i < review_problems(review); i++) {
        const struct problem *problem = review_problem(review, i);
        const char *path = shown_path(problem);

        print_line("%-7s  %s%*s  %s", severity_word(problem->severity), path, path_gap(path, column), "",
                   problem->message);
    }
}

void remark_problems(const struct draft_file *draft, bool warnings_too)
{
    int column = path_column(draft->review);

    for (size_t i = 0; i < review_problems(draft->review); i++) {
        const struct problem *problem = review_problem(draft->review, i);
        const char *path = shown_path(problem);

        if (problem->severity == SEVERITY_ERROR || warnings_too)
            remark("%s: %-7s  %s%*s  %s", draft->name, severity_word(problem->severity), path,
                   path_gap(path, column), "", problem->message);
    }
}

void remark_open_to_all(const struct draft_file *draft)
{
    if (draft->stamp.open_to_all)
        remark("%s: warning: anybody on this machine may change this file ('chmod o-w' ends that).",
               draft->name);
}
