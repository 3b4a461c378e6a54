#ifndef UI_WIZARD_STATE_H
#define UI_WIZARD_STATE_H

#include "model/payload.h"
#include "ui/keymap.h"
#include "ui/line_edit.h"
#include "ui/picker.h"
#include "ui/wizard.h"

/* The wizard's own state, shared by wizard.c (which changes it) and the view files (which only read it). */

enum mode { MODE_FORM, MODE_RUNNING, MODE_RESULT };

enum overlay { OVERLAY_NONE, OVERLAY_KEYS, OVERLAY_WHY, OVERLAY_RAW, OVERLAY_PICKER };

enum { MINIMUM_COLUMNS = 30, MINIMUM_ROWS = 8, WIDE_COLUMNS = 110, TALL_ROWS = 18, STACKED_BELOW = 60 };

/* The texts of struct target, owned. */
struct target_texts {
    struct target view; /* points into the bufs below */
    struct buf texts[8];
};

/* The texts of struct result, owned. */
struct result_texts {
    struct result view;
    struct buf texts[8];
    struct buf raw;
};

struct wizard {
    struct plan *plan;
    struct review *review;
    struct payload preview; /* masked; true while it is seen */
    bool preview_is_old;    /* the plan was changed since */
    bool review_is_old;     /* memory was short when it was to be made anew */

    int columns, rows;
    enum mode mode;
    enum question question;
    enum overlay overlay;
    int overlay_scroll;

    int page;                /* from 0: plan, each cluster, progress, review */
    struct place focus;      /* the field under the cursor, on every page but the review */
    int choice;              /* the choice under the cursor, of a focused list */
    int form_scroll;         /* the first row of the form that is shown */
    bool revealed;           /* the focused secret is shown */
    bool preview_off;        /* the operator closed the JSON pane, or opened it on a narrow screen */
    bool preview_only;       /* on a narrow screen: the JSON instead of the form */
    struct line_edit line;   /* the text of the focused field */
    struct line_edit prompt; /* the answer to a question that wants text */
    struct picker picker;
    bool choosing; /* it is for a setting of the plan: */
    enum plan_setting setting;
    bool *visited;   /* for each place: its problems are shown */
    bool *page_seen; /* for each page */

    int review_scroll;
    int review_problem; /* the marked one */

    struct progress progress;
    char progress_doing[128];
    struct result_texts result;
    int result_scroll;
    struct target_texts target;

    char message[320];
    bool message_is_error;
    bool loss;         /* memory was too short for something that was typed: said until a change that works */
    bool burst;        /* what comes now was typed before what it follows could be seen */
    bool line_is_old;  /* memory was too short for the editor to hold the focused field */
    struct buf path;   /* of the draft; empty: none yet */
    struct buf doubts; /* about where passwords come from */
    struct buf save_to; /* a name that was asked for and not saved to yet */
    unsigned long saved_revision;
    bool unsaved; /* answers came that are in no file, whatever the revision says */
    bool read_only;
    bool leaving; /* once it is saved */
    unsigned long fields_left;
    bool mouse;

    struct buf asked_title, asked_words; /* of a question of the caller's */
    unsigned offered;
    enum reply reply;
    bool keeps_nothing; /* for another start */
};

/* ---- Pages ---- */

int page_count(const struct wizard *wizard);
bool page_is_review(const struct wizard *wizard, int page);
enum field_step page_step(const struct wizard *wizard, int page);

/* The instance a page asks about; PLACE_PLAN for the others. */
int page_instance(const struct wizard *wizard, int page);

/* "Plan", "First cluster", ... */
void page_title(int page, int pages, char *text, size_t size);

/* The fields shown on a page, in order; at most FIELD_COUNT. Returns how many. */
int page_fields(const struct wizard *wizard, int page, struct place places[FIELD_COUNT]);

/* ---- Fields ---- */

const struct field_review *wizard_field(const struct wizard *wizard, struct place place);

/* Whether the problems of a field are shown yet: not while it is still being filled in for the first time. */
bool problem_is_shown(const struct wizard *wizard, struct place place, const struct problem *problem);
bool place_is_focused(const struct wizard *wizard, struct place place);
bool field_is_list(enum field_id field); /* a choice or a switch */
int choice_count(enum field_id field);

/* What could be listed for a field now: false when it has no list, or what the list hangs on is not answered.
 */
bool pick_for(const struct wizard *wizard, struct place place, struct pick *pick);

/* The contexts whose keys count now. */
unsigned wizard_contexts(const struct wizard *wizard);

/* Makes the review and the preview anew after a change of the plan. */
void wizard_refresh(struct wizard *wizard);
bool preview_is_seen(const struct wizard *wizard);

/* The index of a place in wizard->visited. */
size_t place_index(struct place place);

/* ---- Focus and answers (focus.c) ---- */

/* Makes the editor, or the cursor of a list, hold what the focused field has. */
void focus_load(struct wizard *wizard);
void focus_set(struct wizard *wizard, struct place place);

/* The focused field's position among places; -1: it is not there. */
int focus_position(const struct wizard *wizard, const struct place *places, int count);

/* Scrolls the form so far that the focused field is seen, with its choices and its problems. */
void focus_show(struct wizard *wizard);

/* Goes to a page that exists, to its first field or its last. */
void page_set(struct wizard *wizard, int page, bool at_end);

/* Goes to a field, on whatever page it is, if it is shown. */
void jump_to(struct wizard *wizard, struct place place);

/* Takes a change of the plan in: what is shown, where the cursor can be. */
void plan_changed(struct wizard *wizard);

/* Gives the focused field an answer; false when the plan does not take it, which is then said. */
bool answer_set(struct wizard *wizard, const char *value);
void answer_choose(struct wizard *wizard); /* the choice under the cursor */
void line_changed(struct wizard *wizard);  /* the text of the editor */

/* False, and what is typed is lost, where the editor does not hold what the field has: it would be written
 * over. */
bool line_can_change(struct wizard *wizard, const struct line_edit *line);

/* ---- Questions that are answered with a letter (question.c) ---- */

struct question_choice {
    char letter;
    const char *words;
    enum reply reply;
};

bool question_is_lettered(enum question question);
bool question_is_prompt(enum question question);

/* What the open question offers; returns how many. */
int question_choices(const struct wizard *wizard, const struct question_choice *choices[6]);

enum effect question_letter(struct wizard *wizard, char letter);
enum effect question_enter(struct wizard *wizard);
enum effect question_escape(struct wizard *wizard);

/* Replaces the text of a buf. */
void wizard_set_text(struct buf *buf, const char *text);

/* ---- Acts (acts.c) ---- */

/* Saves, or asks for a name to save under. */
enum effect wizard_save(struct wizard *wizard);

/* Does what an action means in the wizard's present state; *bound (may be NULL): whether it means anything.
 */
enum effect act_on(struct wizard *wizard, enum action action, bool *bound);

/* Does an action of the line editor, if it is one and a line is being edited. */
bool act_edit(struct wizard *wizard, enum action action);

/* The line that typed text goes into now, or NULL, and what to do when it changed. */
struct line_edit *current_line(struct wizard *wizard);
void current_line_changed(struct wizard *wizard);

/* Scrolls the request on the review page, as far as there is something. */
enum effect review_scroll_by(struct wizard *wizard, int rows);

/* Goes to the field of a problem of the review. */
void review_open_problem(struct wizard *wizard, int index);

/* ---- The form as rows ---- */

enum form_part { PART_FIELD, PART_CHOICE, PART_PROBLEM, PART_NOTE };

/* Something that stands in the form: a label with its entry, one choice of a list, or words. Rows count from
 * the top of the form, columns from its left. */
struct form_item {
    enum form_part part;
    struct place place;
    int choice;  /* PART_CHOICE */
    int problem; /* PART_PROBLEM: for review_problem() */
    int row, rows;
    int column, columns; /* of the entry, the choice or the words */
};

enum { FORM_ITEMS_MAX = 192 };

struct form_layout {
    struct form_item items[FORM_ITEMS_MAX];
    int count;
    int rows; /* in all */
    int entry_column;
    bool stacked; /* labels stand above their entries */
};

void form_layout(const struct wizard *wizard, int columns, struct form_layout *layout);
void form_note(const struct wizard *wizard, struct buf *out);

/* Where the parts of the screen are. */
struct screen_parts {
    bool tall; /* with rules and a line of steps */
    bool too_small;
    struct area title, steps, body, help, status, bar;
    struct area form, preview; /* of the body; preview.columns is 0 when it is not shown */
};

void screen_layout(const struct wizard *wizard, struct screen_parts *parts);

/* ---- The view in parts ---- */

/* What stands around the body, and what each is drawn from: from nothing else, so that it need not be drawn
 * while that is the same. Without holes: they are compared byte by byte. */
enum { STEPS_SHOWN = 5 };

struct steps_inputs {
    struct area area;
    int page, pages;
    int first, last; /* of those that are shown */
    struct {
        int seen; /* was it, and can it be told how it stands? */
        int errors;
    } of[STEPS_SHOWN];
};

enum help_subject { HELP_NOTHING, HELP_FIELD, HELP_REVIEW };

struct help_inputs {
    struct area area;
    enum help_subject subject;
    struct place place; /* HELP_FIELD */
};

struct bar_inputs {
    struct area area;
    unsigned contexts;
};

void view_steps(struct canvas *canvas, const struct steps_inputs *inputs);
void view_help(struct canvas *canvas, const struct help_inputs *inputs);
void view_bar(struct canvas *canvas, const struct bar_inputs *inputs);

void view_form(const struct wizard *wizard, struct canvas *canvas, struct area area);
void view_preview(const struct wizard *wizard, struct canvas *canvas, struct area area, int first_line,
                  bool follow_focus);
void view_review(const struct wizard *wizard, struct canvas *canvas, struct area area);
int view_review_json_rows(const struct wizard *wizard, struct area area);
void view_running(const struct wizard *wizard, struct canvas *canvas, struct area area);
void view_result(const struct wizard *wizard, struct canvas *canvas, struct area area);
int view_result_rows(const struct wizard *wizard, struct area area); /* of the whole page, seen or not */
void view_overlay(const struct wizard *wizard, struct canvas *canvas);
void view_question(const struct wizard *wizard, struct canvas *canvas);

/* Draws text wrapped from row on, rows above or below the area clipped; returns the rows it takes. */
int view_words(struct canvas *canvas, struct area area, int row, int column, int columns, enum style style,
               const char *text);

/* Why a field of a page is asked or not, a sentence into out. */
void why_field(const struct wizard *wizard, struct place place, struct buf *out);

#endif
