#include <string.h>

#include "ui/wizard_state.h"
#include "ui/wrap.h"

/* The request: beside the form while it grows, and whole on the review page with everything that is wrong
 * with it. */

/* ---- The body ---- */

/* The bytes of one line of the preview. */
static const char *preview_line(const struct wizard *wizard, int line, size_t *length)
{
    const char *text = buf_text(&wizard->preview.text);
    const char *end;

    for (; line > 0; line--)
        text = strchr(text, '\n') + 1;
    end = strchr(text, '\n');
    *length = end ? (size_t)(end - text) : strlen(text);
    return text;
}

/* The end of the member's name in a line of ours: behind the colon, or 0. */
static size_t name_length(const char *line, size_t length)
{
    size_t at = 0;

    while (at < length && line[at] == ' ')
        at++;
    if (at == length || line[at] != '"')
        return 0;
    for (at++; at < length && line[at] != '"'; at++)
        if (line[at] == '\\')
            at++;
    return at + 1 < length && line[at + 1] == ':' ? at + 2 : 0;
}

static void put_json_line(const struct wizard *wizard, struct canvas *canvas, struct area area, int row,
                          int line, bool now)
{
    size_t length;
    const char *text = preview_line(wizard, line, &length);
    size_t name = name_length(text, length);
    int column = 1;

    if (now)
        canvas_style(canvas, area, row, 0, area.columns, STYLE_JSON_NOW);
    column +=
        canvas_put_length(canvas, area, row, column, now ? STYLE_JSON_NOW : STYLE_JSON_NAME, text, name);
    canvas_put_length(canvas, area, row, column, now ? STYLE_JSON_NOW : STYLE_JSON_VALUE, text + name,
                      length - name);
}

/* The line of a place, or that of the field before it in the request, so that the pane follows an empty field
 * too. */
static int line_near(const struct wizard *wizard, struct place place)
{
    int near = 0;

    for (size_t i = 0; i < wizard->preview.line_count; i++) {
        struct place here = wizard->preview.lines[i];

        if (place_is_none(here))
            continue;
        if (place_equal(here, place))
            return (int)i;
        if (here.instance == place.instance && here.field < place.field)
            near = (int)i;
    }
    return near;
}

void view_preview(const struct wizard *wizard, struct canvas *canvas, struct area area, int first_line,
                  bool follow_focus)
{
    int count = (int)wizard->preview.line_count;

    if (follow_focus) {
        first_line = line_near(wizard, wizard->focus) - area.rows / 2;
        if (first_line > count - area.rows)
            first_line = count - area.rows;
        if (first_line < 0)
            first_line = 0;
    }
    for (int row = 0; row < area.rows && first_line + row < count; row++) {
        struct place place = wizard->preview.lines[first_line + row];
        bool now = follow_focus && !place_is_none(place) && place_equal(place, wizard->focus);

        put_json_line(wizard, canvas, area, row, first_line + row, now);
    }
}

/* ---- The review page ---- */

struct review_parts {
    struct area head, json, problems;
};

static int problem_rows(const struct wizard *wizard, int index, int columns);

/* The rows above the body: the request line, then who sends it, or why nobody can. */
static int head_rows(const struct wizard *wizard, struct area area)
{
    const char *problem = wizard->target.view.problem;
    int rows = problem && *problem ? wrap_count(problem, strlen(problem), area.columns - 2) : 2;

    rows += wrap_count(buf_text(&wizard->doubts), wizard->doubts.length, area.columns - 2);
    if (area.rows <= 12)
        return 1;
    return 1 + (rows < area.rows / 3 ? rows : area.rows / 3);
}

static void review_layout(const struct wizard *wizard, struct area area, struct review_parts *parts)
{
    size_t count = review_problems(wizard->review);
    int head = head_rows(wizard, area);

    parts->head = area;
    parts->head.rows = head;
    parts->json = area;
    parts->json.row += head;
    parts->json.rows -= head;
    parts->problems = parts->json;
    if (count == 0) {
        parts->problems.rows = 0;
    } else if (area.columns >= WIDE_COLUMNS - 10) {
        parts->json.columns = area.columns * 6 / 10;
        parts->problems.column += parts->json.columns + 1;
        parts->problems.columns -= parts->json.columns + 1;
    } else {
        int wanted = 1;

        for (size_t i = 0; i < count && wanted <= area.rows; i++)
            wanted += problem_rows(wizard, (int)i, area.columns - 5);
        if (wanted > parts->json.rows / 2)
            wanted = parts->json.rows / 2;
        parts->json.rows -= wanted;
        parts->problems.row += parts->json.rows;
        parts->problems.rows = wanted;
    }
}

int view_review_json_rows(const struct wizard *wizard, struct area area)
{
    struct review_parts parts;

    review_layout(wizard, area, &parts);
    return parts.json.rows;
}

static void view_request_line(const struct wizard *wizard, struct canvas *canvas, struct area area)
{
    const struct target *target = &wizard->target.view;
    int used = canvas_put(canvas, area, 0, 1, STYLE_STRONG, "POST ");

    if (target->host && *target->host)
        used += canvas_putf(canvas, area, 0, 1 + used, STYLE_STRONG, "%s://%s/disaster_recovery",
                            target->scheme, target->host);
    else
        used += canvas_put(canvas, area, 0, 1 + used, STYLE_WARNING, "(no region yet: it decides the host)");
    canvas_putf(canvas, area, 0, 1 + used + 2, STYLE_DIM, "%zu bytes", wizard->preview.text.length);
}

static void view_sender(const struct wizard *wizard, struct canvas *canvas, struct area area)
{
    const struct target *target = &wizard->target.view;
    struct buf text = BUF_INIT;

    if (target->problem && *target->problem) {
        int rows = view_words(canvas, area, 1, 1, area.columns - 2, STYLE_ERROR, target->problem);

        view_words(canvas, area, 1 + rows, 1, area.columns - 2, STYLE_WARNING, buf_text(&wizard->doubts));
        return;
    }
    buf_addf(&text, "region %s", target->region && *target->region ? target->region : "(none)");
    if (target->profile && *target->profile)
        buf_addf(&text, ", profile %s", target->profile);
    buf_addf(&text, ", key %s", target->key_id ? target->key_id : "");
    canvas_put_cut(canvas, area, 1, 1, STYLE_PLAIN, buf_text(&text));
    buf_clear(&text);
    buf_addf(&text, "%s, credentials from %s", target->proxy && *target->proxy ? target->proxy : "no proxy",
             target->provider ? target->provider : "");
    canvas_put_cut(canvas, area, 2, 1, STYLE_DIM, buf_text(&text));
    canvas_release_text(canvas, &text);
    view_words(canvas, area, 3, 1, area.columns - 2, STYLE_WARNING, buf_text(&wizard->doubts));
}

/* "Second cluster, VPC: must be given ..." */
static void problem_text(const struct wizard *wizard, int index, struct buf *out)
{
    const struct problem *problem = review_problem(wizard->review, (size_t)index);
    char label[48];

    if (!place_is_none(problem->place)) {
        if (problem->place.instance >= 0) {
            instance_label(problem->place.instance, label, sizeof(label));
            buf_addf(out, "%s, ", label);
        }
        buf_addf(out, "%s: ", schema[problem->place.field].label);
    } else if (problem->path[0] != '\0') {
        buf_addf(out, "%s: ", problem->path);
    }
    buf_add_text(out, problem->message);
}

static int problem_rows(const struct wizard *wizard, int index, int columns)
{
    struct buf text = BUF_INIT;
    int rows;

    problem_text(wizard, index, &text);
    rows = wrap_count(buf_text(&text), text.length, columns > 0 ? columns : 1);
    buf_release(&text);
    return rows;
}

/* The first problem to show, so that the marked one is seen whole. */
static int first_problem(const struct wizard *wizard, struct area area)
{
    int first = wizard->review_problem;
    int used = problem_rows(wizard, first, area.columns - 5);

    while (first > 0) {
        used += problem_rows(wizard, first - 1, area.columns - 5);
        if (used > area.rows - 1)
            break;
        first--;
    }
    return first;
}

/* Returns the rows it takes. */
static int view_problem(const struct wizard *wizard, struct canvas *canvas, struct area area, int row,
                        int index)
{
    bool error = review_problem(wizard->review, (size_t)index)->severity == SEVERITY_ERROR;
    enum style style = error ? STYLE_ERROR : STYLE_WARNING;
    bool now = index == wizard->review_problem;
    struct buf text = BUF_INIT;
    int rows;

    problem_text(wizard, index, &text);
    canvas_put(canvas, area, row, 0, now ? STYLE_LABEL_NOW : style, now ? ">" : " ");
    if (index < 9)
        canvas_putf(canvas, area, row, 1, style, "%d", index + 1);
    canvas_put(canvas, area, row, 3, style, error ? "!" : "?");
    if (now)
        canvas_cursor(canvas, area, row, 0);
    rows =
        view_words(canvas, area, row, 5, area.columns - 5, now ? STYLE_STRONG : STYLE_PLAIN, buf_text(&text));
    canvas_release_text(canvas, &text);
    return rows;
}

static void view_problems(const struct wizard *wizard, struct canvas *canvas, struct area area)
{
    int count = (int)review_problems(wizard->review);
    int row = 1;

    if (area.rows == 0)
        return;
    canvas_rule(canvas, area, 0, STYLE_FRAME);
    canvas_putf(canvas, area, 0, 1, STYLE_STRONG, " %zu to solve, %zu to consider ",
                review_errors(wizard->review), review_warnings(wizard->review));
    for (int i = first_problem(wizard, area); i < count && row < area.rows; i++)
        row += view_problem(wizard, canvas, area, row, i);
}

void view_review(const struct wizard *wizard, struct canvas *canvas, struct area area)
{
    struct review_parts parts;
    int last;

    review_layout(wizard, area, &parts);
    view_request_line(wizard, canvas, parts.head);
    if (parts.head.rows > 1)
        view_sender(wizard, canvas, parts.head);
    view_preview(wizard, canvas, parts.json, wizard->review_scroll, false);
    view_problems(wizard, canvas, parts.problems);
    last = wizard->review_scroll + parts.json.rows;
    if (last < (int)wizard->preview.line_count)
        canvas_putf(canvas, parts.json, parts.json.rows - 1, parts.json.columns - 12, STYLE_DIM, "%4d more v",
                    (int)wizard->preview.line_count - last);
}
