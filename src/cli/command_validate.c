#include <string.h>

#include "base/compose.h"
#include "cli/command.h"
#include "cli/draft_file.h"
#include "cli/output.h"

static void add_problem(struct buf *line, const char *path, enum severity severity, const char *message)
{
    compose_open(line, NULL, '{');
    jsonl_string(line, "path", path, strlen(path));
    jsonl_text(line, "severity", severity == SEVERITY_ERROR ? "error" : "warning");
    jsonl_string(line, "message", message, strlen(message));
    compose_close(line, '}');
}

/* failure: why the draft could not be opened; NULL when it could. */
static void report_json(const struct draft_file *draft, const struct error *failure)
{
    struct buf line = BUF_INIT;

    compose_open(&line, NULL, '{');
    jsonl_string(&line, "draft", draft->name, strlen(draft->name));
    compose_bool(&line, "valid", !failure && review_errors(draft->review) == 0);
    compose_open(&line, "problems", '[');
    if (failure)
        add_problem(&line, "", SEVERITY_ERROR, failure->text);
    for (size_t i = 0; !failure && i < review_problems(draft->review); i++) {
        const struct problem *problem = review_problem(draft->review, i);

        add_problem(&line, problem->path, problem->severity, problem->message);
    }
    compose_close(&line, ']');
    compose_close(&line, '}');
    print_json(&line);
    buf_release(&line);
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void report_text(const struct draft_file *draft)
{
    size_t errors = review_errors(draft->review);
    size_t warnings = review_warnings(draft->review);

    if (errors > 0 && warnings > 0)
        print_line("%s: %zu error%s, %zu warning%s", draft->name, errors, plural(errors), warnings,
                   plural(warnings));
    else if (errors > 0)
        print_line("%s: %zu error%s", draft->name, errors, plural(errors));
    else if (warnings > 0)
        print_line("%s: valid, %zu warning%s", draft->name, warnings, plural(warnings));
    else
        print_line("%s: valid", draft->name);
    print_problems(draft->review);
}

/* A draft that is no JSON has a problem like any other; that a file cannot be read is no matter of the draft.
 */
static void report_failure(const struct draft_file *draft, const struct error *err)
{
    if (err->kind != ERROR_INPUT) {
        complain("%s", err->text);
        return;
    }
    print_line("%s: 1 error", draft->name);
    print_line("%-7s  %s  %s", "error", "(the whole plan)", err->text);
}

static enum end validate(const struct options *options, const char *name)
{
    struct draft_file draft;
    struct error err;
    enum end end;

    if (!draft_file_open(&draft, name, options, &err)) {
        end = end_of_error(err.kind);
        if (options->json)
            report_json(&draft, &err);
        else
            report_failure(&draft, &err);
    } else {
        remark_open_to_all(&draft);
        end = review_errors(draft.review) > 0 ? END_INVALID : END_DONE;
        if (options->json)
            report_json(&draft, NULL);
        else
            report_text(&draft);
    }
    draft_file_release(&draft);
    return end;
}

enum end command_validate(const struct options *options)
{
    enum end worst = END_DONE;

    for (size_t i = 0; i < options->operand_count; i++)
        worst = end_worse(worst, validate(options, options->operands[i]));
    return worst;
}
