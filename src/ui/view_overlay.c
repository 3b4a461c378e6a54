
#include "base/utf8.h"
#include "ui/wizard_state.h"
#include "ui/wrap.h"

/* What lies over the page: all keys, why fields are asked, the raw answer, and questions. */

/* ---- Something to read ---- */

/* The keys of a row and of the rows that are further keys for the same: "Tab, Ctrl-N". Moves *index to the
 * last. */
static void keys_of(size_t *index, struct buf *out)
{
    const struct key_binding *row = &key_bindings[*index];

    buf_add_text(out, row->key);
    while (*index + 1 < key_binding_count && !key_bindings[*index + 1].help &&
           key_bindings[*index + 1].action == row->action) {
        (*index)++;
        buf_addf(out, ", %s", key_bindings[*index].key);
    }
}

static void pad_to(struct buf *out, size_t line_start, int columns)
{
    int used = utf8_width(buf_text(out) + line_start, out->length - line_start);

    for (; used < columns; used++)
        buf_add_char(out, ' ');
}

/* The keys that count in `contexts`, or those that do not: one line each. On a narrow screen a colon stands
 * for the column, so that no line is half empty. */
static void keys_text(unsigned contexts, bool in, bool narrow, struct buf *out)
{
    for (size_t i = 0; i < key_binding_count; i++) {
        const struct key_binding *row = &key_bindings[i];
        size_t start = out->length;

        if (!row->help || ((row->contexts & contexts) != 0) != in)
            continue;
        buf_add_text(out, " ");
        keys_of(&i, out);
        if (narrow)
            buf_add_char(out, ':');
        else
            pad_to(out, start, 26);
        buf_addf(out, " %s\n", row->help);
    }
}

static unsigned contexts_below(const struct wizard *wizard)
{
    struct wizard below = *wizard;

    below.overlay = OVERLAY_NONE;
    return wizard_contexts(&below);
}

static void overlay_keys_text(const struct wizard *wizard, struct buf *out)
{
    unsigned here = contexts_below(wizard);
    bool narrow = wizard->columns < STACKED_BELOW;

    buf_add_text(out, "Keys that count here\n");
    keys_text(here, true, narrow, out);
    buf_add_text(out, "\nKeys that count elsewhere\n");
    keys_text(here, false, narrow, out);
    buf_add_text(out, "\nAlt and a letter can also be typed as Esc, then the letter.");
}

static void overlay_why_text(const struct wizard *wizard, struct buf *out)
{
    int instance = page_instance(wizard, wizard->page);

    for (int id = 0; id < FIELD_COUNT; id++) {
        if (schema[id].step != page_step(wizard, wizard->page))
            continue;
        why_field(wizard, (struct place){(enum field_id)id, instance}, out);
        buf_add_char(out, '\n');
    }
}

static void overlay_text(const struct wizard *wizard, struct buf *out)
{
    if (wizard->overlay == OVERLAY_KEYS)
        overlay_keys_text(wizard, out);
    else if (wizard->overlay == OVERLAY_WHY)
        overlay_why_text(wizard, out);
    else
        buf_add(out, buf_text(&wizard->result.raw), wizard->result.raw.length);
}

static const char *overlay_title(enum overlay overlay)
{
    static const char *const titles[] = {
        [OVERLAY_NONE] = "",
        [OVERLAY_KEYS] = " Keys ",
        [OVERLAY_WHY] = " Why fields are asked or not ",
        [OVERLAY_RAW] = " The answer as it came ",
        [OVERLAY_PICKER] = "",
    };

    return titles[overlay];
}

/* Draws the lines of text from line `first` on. */
static void view_lines(struct canvas *canvas, struct area area, const char *text, size_t length, int first)
{
    for (int line = 0; length > 0 && line < first + area.rows; line++) {
        size_t skip;
        size_t bytes = wrap_text_line(text, length, area.columns, &skip);

        if (line >= first)
            canvas_put_length(canvas, area, line - first, 0, STYLE_PLAIN, text, bytes);
        text += skip;
        length -= skip;
    }
}

void view_overlay(const struct wizard *wizard, struct canvas *canvas)
{
    struct area frame = canvas_area(canvas);
    struct area inside;
    struct buf text = BUF_INIT;
    int lines, first = wizard->overlay_scroll;

    frame.row = 1;
    frame.rows -= 2;
    if (wizard->overlay == OVERLAY_PICKER) {
        picker_view(&wizard->picker, canvas, frame);
        return;
    }
    if (frame.columns > 100) {
        frame.column = (frame.columns - 96) / 2;
        frame.columns = 96;
    }
    inside = (struct area){frame.row + 1, frame.column + 2, frame.rows - 2, frame.columns - 4};
    overlay_text(wizard, &text);
    lines = wrap_text_count(buf_text(&text), text.length, inside.columns);
    if (first > lines - inside.rows)
        first = lines > inside.rows ? lines - inside.rows : 0;
    canvas_blank(canvas, frame, STYLE_PLAIN);
    canvas_frame(canvas, frame, STYLE_FRAME);
    canvas_put(canvas, frame, 0, 2, STYLE_STRONG, overlay_title(wizard->overlay));
    view_lines(canvas, inside, buf_text(&text), text.length, first);
    if (first + inside.rows < lines)
        canvas_putf(canvas, frame, frame.rows - 1, frame.columns - 20, STYLE_STRONG, " %d more below ",
                    lines - first - inside.rows);
    canvas_cursor(canvas, inside, 0, 0);
    canvas_release_text(canvas, &text);
}

/* ---- Questions ---- */

static void question_words(const struct wizard *wizard, struct buf *title, struct buf *words)
{
    const struct target *target = &wizard->target.view;
    const char *name = plan_get(wizard->plan, place_of_plan(FIELD_PLAN_NAME));

    switch (wizard->question) {
    case QUESTION_SUBMIT:
        buf_addf(title, "Create the plan %s?", name ? name : "");
        buf_addf(words, "It goes to %s as %s. Plan type and clusters are fixed once it exists.%s%s",
                 target->host, target->key_id, wizard->doubts.length > 0 ? " " : "",
                 buf_text(&wizard->doubts));
        break;
    case QUESTION_SUBMIT_ANYWAY:
        buf_addf(title, "Create a second plan named %s?", name ? name : "");
        buf_add_text(words,
                     "A plan of this name exists already. Two plans between the same clusters copy the same "
                     "messages twice.");
        break;
    case QUESTION_QUIT:
        buf_add_text(title, "Leave without saving?");
        buf_add_text(words, "There are answers that were not saved.");
        break;
    case QUESTION_SAVE_AS:
        buf_add_text(title, "Save the draft as");
        buf_add_text(words, wizard->asked_words.length > 0
                                ? buf_text(&wizard->asked_words)
                                : "A file for this plan, without passwords. A folder may be given too.");
        break;
    case QUESTION_REFERENCE:
        buf_add_text(title, "Where the password comes from when the plan is sent");
        buf_add_text(
            words, "env NAME, file PATH or command WORDS (command pass show mq). Only this is saved. Empty: "
                   "it is typed.");
        break;
    case QUESTION_REPEAT:
        buf_add_text(title, "Send the very same request once more?");
        buf_add_text(
            words,
            "It carries the number of the first one, which the service takes only once within 15 minutes. "
            "If the first one arrived, this one is refused, and drplan looks for the plan again. If it did "
            "not arrive, this one creates the plan.");
        break;
    case QUESTION_UNSETTLED:
    case QUESTION_RESUME:
    case QUESTION_FORGET:
    case QUESTION_LOCKED:
    case QUESTION_CHANGED:
    case QUESTION_EXISTS:
    case QUESTION_SECRETS:
        buf_add_text(title, buf_text(&wizard->asked_title));
        buf_add_text(words, buf_text(&wizard->asked_words));
        break;
    case QUESTION_NONE:
    case QUESTION_COUNT:
        break;
    }
}

static void view_prompt(const struct wizard *wizard, struct canvas *canvas, struct area inside, int row)
{
    struct line_view view = {.shown = BUF_INIT};
    struct area line = {inside.row + row, inside.column, 1, inside.columns};

    canvas_blank(canvas, line, STYLE_ENTRY_NOW);
    line_edit_view(&wizard->prompt, line.columns, false, &view);
    canvas_put(canvas, line, 0, 0, STYLE_ENTRY_NOW, buf_text(&view.shown));
    canvas_cursor(canvas, line, 0, view.cursor_column);
    canvas_release_text(canvas, &view.shown);
}

static void view_yes_or_no(struct canvas *canvas, struct area inside)
{
    canvas_put(canvas, inside, inside.rows - 1, 0, STYLE_KEY, "y");
    canvas_put(canvas, inside, inside.rows - 1, 2, STYLE_PLAIN, "yes      ");
    canvas_put(canvas, inside, inside.rows - 1, 11, STYLE_KEY, "n");
    canvas_put(canvas, inside, inside.rows - 1, 13, STYLE_PLAIN, "no, go back");
    canvas_cursor(canvas, inside, inside.rows - 1, 0);
}

/* The letters stand in the last rows of the frame. */
static void view_letters(const struct wizard *wizard, struct canvas *canvas, struct area inside)
{
    const struct question_choice *choices[6];
    int count = question_choices(wizard, choices);

    for (int i = 0; i < count; i++) {
        int row = inside.rows - count + i;
        char letter[2] = {choices[i]->letter, '\0'};

        canvas_put(canvas, inside, row, 0, STYLE_KEY, letter);
        canvas_put_cut(canvas, inside, row, 2, STYLE_PLAIN, choices[i]->words);
    }
    canvas_cursor(canvas, inside, inside.rows - count, 0);
}

/* The rows in which a question is answered. */
static int answer_rows(const struct wizard *wizard)
{
    const struct question_choice *choices[6];

    return question_is_lettered(wizard->question) ? question_choices(wizard, choices) : 1;
}

/* Draws words, and where they are too many shows by the last row that they go on. */
static void view_words_cut(struct canvas *canvas, struct area area, int row, const struct buf *words)
{
    const char *text = buf_text(words);
    size_t length = words->length, skip;

    if (wrap_count(text, length, area.columns) <= area.rows - row) {
        view_words(canvas, area, row, 0, area.columns, STYLE_PLAIN, text);
        return;
    }
    for (; row < area.rows - 1; row++) {
        canvas_put_length(canvas, area, row, 0, STYLE_PLAIN, text,
                          wrap_line(text, length, area.columns, &skip));
        text += skip;
        length -= skip;
    }
    canvas_put_cut(canvas, area, row, 0, STYLE_PLAIN, text);
}

/* Rows that title and words take. */
static int words_rows(const struct buf *title, const struct buf *words, int columns)
{
    return wrap_count(buf_text(title), title->length, columns) +
           wrap_count(buf_text(words), words->length, columns);
}

/* Blanks the place of a question and returns it: framed in the middle, or all of the screen where the words
 * would be cut otherwise. */
static struct area question_place(struct canvas *canvas, const struct buf *title, const struct buf *words,
                                  int answers)
{
    struct area screen = canvas_area(canvas), frame;
    int columns = screen.columns < 72 ? screen.columns - 2 : 70;
    int rows = words_rows(title, words, columns - 4) + 3 + answers;

    if (rows > screen.rows) {
        canvas_blank(canvas, screen, STYLE_PLAIN);
        return (struct area){0, 1, screen.rows, screen.columns - 2};
    }
    frame = (struct area){(screen.rows - rows) / 2, (screen.columns - columns) / 2, rows, columns};
    canvas_blank(canvas, frame, STYLE_PLAIN);
    canvas_frame(canvas, frame, STYLE_STRONG);
    return (struct area){frame.row + 1, frame.column + 2, rows - 2, columns - 4};
}

void view_question(const struct wizard *wizard, struct canvas *canvas)
{
    struct area inside, above;
    struct buf title = BUF_INIT, words = BUF_INIT;
    int answers = answer_rows(wizard), rows;

    question_words(wizard, &title, &words);
    inside = question_place(canvas, &title, &words, answers);
    above = inside;
    above.rows -= answers;
    rows = view_words(canvas, above, 0, 0, above.columns, STYLE_STRONG, buf_text(&title));
    view_words_cut(canvas, above, rows, &words);
    if (question_is_prompt(wizard->question))
        view_prompt(wizard, canvas, inside, inside.rows - 1);
    else if (question_is_lettered(wizard->question))
        view_letters(wizard, canvas, inside);
    else
        view_yes_or_no(canvas, inside);
    canvas_release_text(canvas, &title);
    canvas_release_text(canvas, &words);
}
