#include "fuzz.h"

#include "base/clean.h"
#include "base/utf8.h"
#include "model/draft.h"
#include "ui/wizard_state.h"

/*
 * The whole guided form, fed with a stream of events: keys, text, pastes, the
 * mouse, sizes, and what the caller tells (answers of the account, results,
 * questions, saved files). Only at some of them the screen is drawn, since that
 * costs the most.
 *
 * Byte 0 chooses the draft, byte 1 the size of the screen; then each byte is an
 * event: printable ASCII and the control characters are keys, from 0x80 on see
 * play(). So an input reads much like what somebody typed.
 */

/* A password that only this file types, so that it can be looked for. Raw text of the input cannot hold its
 * sign. */
#define SECRET_SIGN "\xC2\xA7"
#define SECRET      SECRET_SIGN SECRET_SIGN SECRET_SIGN

enum { EVENTS_MAX = 400, CELLS_MAX = 12000, LARGE = 5000 };

struct game {
    struct feed feed;
    struct wizard *wizard;
    struct canvas *canvas;
    unsigned number;   /* of the event */
    unsigned asked_at; /* when the question about sending was opened */
    bool burst;        /* the next key comes in one */
    int cells_left;    /* that may still be drawn: drawing costs more than anything else */
    bool sending;
    bool over;
};

/* ---- Starting ---- */

static const char *const drafts[] = {
    "{}",
    "{\"planName\":\"orders\",\"planType\":\"ACTIVE_PASSIVE\",\"instances\":[{\"instanceType\":\"ALIYUN_"
    "ROCKETMQ\","
    "\"instanceRole\":\"ACTIVE\",\"regionId\":\"cn-hangzhou\",\"instanceId\":\"rmq-cn-1\",\"authType\":\"NO_"
    "AUTH\","
    "\"consumerGroupId\":\"GID_a\"},{\"instanceType\":\"ALIYUN_ROCKETMQ\",\"instanceRole\":\"PASSIVE\","
    "\"regionId\":"
    "\"cn-shanghai\",\"instanceId\":\"rmq-cn-2\",\"authType\":\"NO_AUTH\",\"consumerGroupId\":\"GID_b\"}],"
    "\"syncCheckpointEnabled\":true,\"autoSyncCheckpoint\":false}",
    "{\"planName\":\"vpc\",\"planType\":\"ACTIVE_ACTIVE\",\"instances\":[{\"instanceType\":\"EXTERNAL_"
    "ROCKETMQ\","
    "\"instanceRole\":\"ACTIVE\",\"networkType\":\"TCP_VPC\",\"regionId\":\"cn-hangzhou\",\"endpointUrl\":"
    "\"10.0.0.1:9876\",\"vpcId\":\"vpc-1\",\"vSwitchId\":\"vsw-1\",\"securityGroupId\":\"sg-1\",\"authType\":"
    "\"ACL_AUTH\",\"username\":\"u\",\"password\":{\"$env\":\"P\"},\"messageProperty\":{\"propertyKey\":"
    "\"k\","
    "\"propertyValue\":\"v\"}},{}],\"$drplan\":{\"version\":1,\"extras\":[true,true],\"kept\":{"
    "\"instances[1].vpcId\":\"vpc-2\"},\"secretsLeftOut\":[\"instances[1].password\"]}}",
    "{\"planName\":7,\"planType\":\"sideways\",\"instances\":[{\"instanceType\":null,\"extra\":[1,{\"a\":2}]}"
    "],"
    "\"odd\":{\"deep\":[[]]},\"syncCheckpointEnabled\":\"yes\"}",
    "{\"instances\":[{},{},{},{\"instanceType\":\"EXTERNAL_ROCKETMQ\",\"networkType\":\"TCP_INTERNET\"},{},{}"
    ",{},"
    "{},{},{},{\"instanceRole\":\"Passive\"},{}],\"$drplan\":{\"version\":9}}",
};

static const int sizes[][2] = {{80, 24},   {40, 12}, {30, 8},  {29, 7},   {1, 1},    {110, 18}, {120, 40},
                               {59, 17},   {60, 18}, {80, 9},  {200, 10}, {31, 50},  {2, 30},   {109, 24},
                               {300, 100}, {5, 5},   {45, 20}, {70, 30},  {1000, 3}, {3, 500}};

static const char *const odd_texts[] = {
    "\xCC\x81",                                     /* a mark without a letter */
    "\xE4\xB8\xAD",                                 /* two cells wide */
    "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB", /* a sequence that is one picture */
    "\xE2\x80\xAE",                                 /* turns the direction */
    "\xE2\x80\x8B",                                 /* no width */
    "\xEF\xBF\xBD",
    "\xC2\x9B", /* a C1 control */
    "\xE2\x80\xA8",
    "\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA", /* a flag */
    "\xEF\xB8\x8F",                     /* picture, please */
    "e\xCC\x81\xCC\x82\xCC\x83\xCC\x84\xCC\x85\xCC\x86",
    "\xF3\xA0\x81\xA1", /* a tag */
    "\xE0\xA4\x95\xE0\xA5\x8D\xE0\xA4\xB7",
    "cn-hangzhou",
    "vpc-1",
    "EXTERNAL_ROCKETMQ",
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Raw text of the input, without the sign of the secret. */
static size_t take_text(struct game *game, char *text, size_t size)
{
    size_t length = feed_text(&game->feed, feed_byte(&game->feed), text, size);

    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] == 0xA7)
            text[i] = 'x';
    return length;
}

/* Text as the caller hands it over: any bytes, or one of ours. */
static const char *take_words(struct game *game, char *text, size_t size)
{
    if (game->feed.left > 0 && game->feed.bytes[0] >= 0xF0)
        return odd_texts[feed_byte(&game->feed) & 0x0F];
    take_text(game, text, size);
    return text;
}

static struct plan *new_plan(struct game *game)
{
    unsigned choice = feed_byte(&game->feed) % 8;
    struct plan *plan = NULL;
    struct error err = {0};
    char text[1024];

    if (choice < COUNT_OF(drafts)) {
        HOLDS(draft_read(drafts[choice], strlen(drafts[choice]), &plan, &err), "%s", err.text);
        return plan;
    }
    if (choice == 7 && draft_read(text, take_text(game, text, sizeof(text)), &plan, &err))
        return plan;
    return plan_new(true);
}

static void resize(struct game *game, int columns, int rows)
{
    struct event event = {.kind = EVENT_RESIZE, .columns = columns, .rows = rows};

    HOLDS(wizard_update(game->wizard, &event) == EFFECT_NONE, "a size does nothing");
}

/* ---- What is on the screen ---- */

static void cell_holds(const struct canvas *canvas, const struct cell *cell, int column, bool shown)
{
    const char *text = canvas_cell_text(canvas, cell);
    size_t length;

    HOLDS(cell->style < STYLE_COUNT, "style %d", cell->style);
    if (cell->width == 1 && text[1] == '\0' && text[0] >= ' ' && text[0] <= '~')
        return;
    length = strlen(text);
    HOLDS(shown || strcmp(text, SECRET_SIGN) != 0, "a password is on the screen at %d", column);
    HOLDS(cell->width <= 2 && length < CELL_TEXT_SIZE, "width %d, %zu bytes", cell->width, length);
    if (cell->width == 0) {
        HOLDS(length == 0 && column > 0 && cell[-1].width == 2, "half a character at %d", column);
        return;
    }
    HOLDS(length > 0 && utf8_valid(text, length), "a cell with %zu bytes", length);
    HOLDS(clean_is_clean(text, length), "a cell with '%s'", text);
    HOLDS(cell->width == 1 || (column + 1 < canvas->columns && cell[1].width == 0), "a cut character at %d",
          column);
}

static void screen_holds(const struct game *game)
{
    const struct canvas *canvas = game->canvas;

    for (int row = 0; row < canvas->rows; row++) {
        const struct cell *cells = canvas->cells + (size_t)row * (size_t)canvas->columns;

        for (int column = 0; column < canvas->columns; column++)
            cell_holds(canvas, &cells[column], column, game->wizard->revealed);
    }
    HOLDS((canvas->cursor_row == -1) == (canvas->cursor_column == -1), "half a cursor");
    HOLDS(canvas->cursor_row < canvas->rows && canvas->cursor_column < canvas->columns, "cursor at %d,%d",
          canvas->cursor_row, canvas->cursor_column);
    HOLDS(canvas->cursor_row >= -1 && canvas->cursor_column >= -1, "cursor at %d,%d", canvas->cursor_row,
          canvas->cursor_column);
}

/* What stayed of the picture before is what would be drawn now. */
static void picture_holds(const struct game *game)
{
    const struct canvas *canvas = game->canvas;
    struct canvas fresh = {0};

    HOLDS(canvas_resize(&fresh, canvas->columns, canvas->rows), "memory is short");
    fresh.ascii = canvas->ascii;
    wizard_view(game->wizard, &fresh);
    for (int at = 0; at < canvas->columns * canvas->rows; at++)
        HOLDS(canvas_cell_equal(canvas, &canvas->cells[at], &fresh, &fresh.cells[at]),
              "'%s' at %d,%d, not '%s'", canvas_cell_text(canvas, &canvas->cells[at]), at / canvas->columns,
              at % canvas->columns, canvas_cell_text(&fresh, &fresh.cells[at]));
    HOLDS(canvas->cursor_row == fresh.cursor_row && canvas->cursor_column == fresh.cursor_column,
          "the cursor");
    canvas_release(&fresh);
}

static void draw(struct game *game)
{
    struct canvas *canvas = game->canvas;

    if (game->cells_left < 0)
        return;
    game->cells_left -= game->wizard->columns * game->wizard->rows;
    if (canvas->columns != game->wizard->columns || canvas->rows != game->wizard->rows)
        HOLDS(canvas_resize(canvas, game->wizard->columns, game->wizard->rows), "memory is short");
    wizard_view(game->wizard, canvas);
    screen_holds(game);
    picture_holds(game);
}

/* ---- What is in the wizard ---- */

static void line_holds(const struct line_edit *line)
{
    const char *text = buf_text(&line->text);
    size_t at = 0;

    HOLDS(line->cursor <= line->text.length && !line->text.failed, "cursor %zu of %zu", line->cursor,
          line->text.length);
    while (at < line->cursor)
        at += utf8_grapheme(text + at, line->text.length - at, NULL);
    HOLDS(at == line->cursor, "cursor %zu is inside of a character", line->cursor);
}

static void state_holds(struct game *game)
{
    struct wizard *wizard = game->wizard;
    struct place places[FIELD_COUNT];
    int count;

    HOLDS(!wizard->review_is_old, "memory is not short");
    HOLDS(!wizard->preview_is_old || !preview_is_seen(wizard), "what is seen is old");
    HOLDS(wizard->page >= 0 && wizard->page < page_count(wizard), "page %d", wizard->page);
    HOLDS(utf8_valid(wizard->message, strlen(wizard->message)), "a message that is cut");
    line_holds(&wizard->line);
    line_holds(&wizard->prompt);
    line_holds(&wizard->picker.filter);
    if (page_is_review(wizard, wizard->page))
        return;
    count = page_fields(wizard, wizard->page, places);
    HOLDS(count == 0 || focus_position(wizard, places, count) >= 0,
          "the cursor is in a field that is not asked");
    HOLDS(!field_is_list(wizard->focus.field) ||
              (wizard->choice >= 0 && wizard->choice < choice_count(wizard->focus.field)),
          "choice %d", wizard->choice);
}

/* The review that was made step by step says what one says that looks at the whole plan. */
static void review_holds(const struct game *game, const struct review *fresh)
{
    const struct review *review = game->wizard->review;

    if (game->wizard->review_is_old)
        return;
    HOLDS(review_problems(review) == review_problems(fresh) && review_errors(review) == review_errors(fresh),
          "%zu problems, of %zu", review_problems(review), review_problems(fresh));
    for (size_t i = 0; i < review_problems(fresh); i++) {
        const struct problem *seen = review_problem(review, i), *found = review_problem(fresh, i);

        HOLDS(place_equal(seen->place, found->place) && strcmp(seen->message, found->message) == 0,
              "'%s' of %s, instead of '%s' of %s", seen->message, seen->path, found->message, found->path);
    }
}

/* The request that is not told to be old is that of the plan as it is now, and holds no password. */
static void preview_holds(const struct game *game)
{
    struct review *review = review_new();
    struct payload payload;
    struct error err = {0};

    payload_init(&payload);
    HOLDS(review && review_run(review, game->wizard->plan, &err) &&
              payload_write(&payload, game->wizard->plan, review, PAYLOAD_MASKED, NULL, &err),
          "%s", err.text);
    HOLDS(game->wizard->preview_is_old ||
              strcmp(buf_text(&payload.text), buf_text(&game->wizard->preview.text)) == 0,
          "shown:\n%s\nplan:\n%s", buf_text(&game->wizard->preview.text), buf_text(&payload.text));
    HOLDS(!strstr(buf_text(&payload.text), SECRET_SIGN), "a password in the preview");
    review_holds(game, review);
    payload_release(&payload);
    review_free(review);
}

/* What was answered is there again, also where it is not in force; but for passwords in clear. */
static void answers_hold(const struct plan *plan, const struct plan *again)
{
    for (int setting = 0; setting < SETTING_COUNT; setting++) {
        const char *said = plan_setting(plan, (enum plan_setting)setting);
        const char *read = plan_setting(again, (enum plan_setting)setting);

        HOLDS(!said == !read && (!said || strcmp(said, read) == 0), "%s",
              plan_setting_name((enum plan_setting)setting));
    }
    for (int i = 0; i < (int)plan_instances(plan) * FIELD_COUNT; i++) {
        enum field_id field = (enum field_id)(i % FIELD_COUNT);
        struct place place = schema[field].scope == SCOPE_PLAN ? place_of_plan(field)
                                                               : place_of_instance(i / FIELD_COUNT, field);
        const char *said = plan_get(plan, place), *read = plan_get(again, place);

        if (said && (schema[field].kind != KIND_SECRET || plan_form(plan, place) == ANSWER_REFERENCE))
            HOLDS(read && strcmp(said, read) == 0, "%s of %d: '%s' is '%s'", schema[field].path,
                  place.instance, said, read ? read : "nothing");
    }
}

/* Saved and opened again it is the same draft, and holds no password. */
static void draft_holds(const struct game *game)
{
    struct buf first = BUF_INIT, second = BUF_INIT;
    struct plan *again = NULL;
    struct error err = {0};

    HOLDS(draft_write(game->wizard->plan, &first, &err), "%s", err.text);
    HOLDS(!strstr(buf_text(&first), SECRET_SIGN), "a password in the draft");
    HOLDS(draft_read(buf_text(&first), first.length, &again, &err), "%s in\n%s", err.text, buf_text(&first));
    HOLDS(draft_write(again, &second, &err), "%s", err.text);
    HOLDS(first.length == second.length && memcmp(first.data, second.data, first.length) == 0,
          "first:\n%s\nsecond:\n%s", buf_text(&first), buf_text(&second));
    answers_hold(game->wizard->plan, again);
    plan_free(again);
    buf_release(&first);
    buf_release(&second);
}

/* ---- What comes out ---- */

static bool is_letter(const struct event *event, char letter)
{
    return event->kind == EVENT_PRESS && event->press == PRESS_CHARACTER && !event->burst &&
           (event->modifiers & (MODIFIER_ALT | MODIFIER_CONTROL)) == 0 && event->text[1] == '\0' &&
           (event->text[0] | 0x20) == letter;
}

static void saved_or_not(struct game *game)
{
    struct wizard *wizard = game->wizard;
    char text[400];
    const char *words, *path = wizard_save_path(wizard);

    HOLDS(path[0], "nowhere to save to");
    switch (feed_byte(&game->feed) % 6) {
    case 0:
        words = take_words(game, text, sizeof(text));
        if (utf8_valid(words, strlen(words)))
            wizard_set_message(wizard, true, "%s", words);
        break;
    case 1:
        wizard_ask(wizard, QUESTION_CHANGED, 0, "Somebody else changed the draft", path);
        break;
    case 2:
        wizard_ask(wizard, QUESTION_EXISTS, 0, "A file of this name exists already", path);
        break;
    case 3:
        wizard_ask(wizard, QUESTION_SECRETS, 0, "Leave the passwords out of the file?", path);
        break;
    default:
        wizard_set_saved(wizard, path);
        wizard_set_read_only(wizard, false);
        HOLDS(!wizard_unsaved(wizard), "saved, and not saved");
        break;
    }
}

/* Nothing that weighs comes from anything but the key that was asked for, typed on its own. */
static void effect_holds(struct game *game, const struct event *event, enum question before,
                         enum effect effect)
{
    switch (effect) {
    case EFFECT_NONE:
        break;
    case EFFECT_SUBMIT:
    case EFFECT_SUBMIT_ANYWAY:
        HOLDS(before == (effect == EFFECT_SUBMIT ? QUESTION_SUBMIT : QUESTION_SUBMIT_ANYWAY), "question %d",
              before);
        HOLDS(is_letter(event, 'y'), "sent by '%s'", event->text);
        HOLDS(game->asked_at < game->number, "asked and answered at once");
        break;
    case EFFECT_THROW_AWAY:
        HOLDS(before == QUESTION_QUIT && is_letter(event, 'y'), "thrown away by '%s'", event->text);
        break;
    case EFFECT_REPLY:
        HOLDS(question_is_lettered(before), "a reply to question %d", before);
        HOLDS(wizard_reply(game->wizard) != REPLY_REPEAT ||
                  (before == QUESTION_REPEAT && is_letter(event, 'y')),
              "sent once more by '%s'", event->text);
        HOLDS(wizard_reply(game->wizard) != REPLY_OVER || is_letter(event, 'k') || is_letter(event, 'o'),
              "written over by '%s'", event->text);
        HOLDS(wizard_reply(game->wizard) != REPLY_FORGET_SURELY || is_letter(event, 'y'), "forgotten by '%s'",
              event->text);
        break;
    case EFFECT_QUIT:
        HOLDS(event->kind == EVENT_SIGNAL || event->kind == EVENT_PRESS, "event %d", event->kind);
        break;
    case EFFECT_CANCEL:
    case EFFECT_SAVE:
    case EFFECT_LOOK:
    case EFFECT_LIST_REGIONS:
    case EFFECT_LIST_PROFILES:
    case EFFECT_CHOSEN:
    case EFFECT_SUSPEND:
    case EFFECT_REDRAW:
    case EFFECT_MOUSE:
        HOLDS(event->kind == EVENT_PRESS, "event %d", event->kind);
        break;
    }
}

static void carry_out(struct game *game, enum effect effect)
{
    if (effect == EFFECT_SUBMIT || effect == EFFECT_SUBMIT_ANYWAY || effect == EFFECT_LOOK ||
        (effect == EFFECT_REPLY && wizard_reply(game->wizard) == REPLY_REPEAT)) {
        game->sending = true;
        wizard_set_progress(game->wizard, &(struct progress){.doing = "Sending the plan"});
    }
    if (effect == EFFECT_SAVE)
        saved_or_not(game);
    if (effect == EFFECT_QUIT || effect == EFFECT_THROW_AWAY)
        game->over = feed_byte(&game->feed) % 4 > 0;
}

/* That keys were lost is said until a change works, which nobody made before he could read it. */
static void loss_holds(const struct game *game, const struct event *event, bool was_lost,
                       unsigned long revision)
{
    HOLDS(event->kind != EVENT_LOSS || game->wizard->loss, "lost without a word");
    HOLDS(!was_lost || game->wizard->loss ||
              (plan_revision(game->wizard->plan) != revision && !event->burst &&
               (event->kind == EVENT_PRESS || event->kind == EVENT_PASTE || event->kind == EVENT_MOUSE)),
          "a loss is forgotten at event %d", event->kind);
}

static void update(struct game *game, const struct event *event)
{
    enum question before = game->wizard->question;
    unsigned long revision = plan_revision(game->wizard->plan);
    bool was_lost = game->wizard->loss;
    enum effect effect;

    game->number++;
    effect = wizard_update(game->wizard, event);
    loss_holds(game, event, was_lost, revision);
    effect_holds(game, event, before, effect);
    if (game->wizard->question != before)
        game->asked_at = game->number;
    carry_out(game, effect);
    state_holds(game);
}

/* ---- Events ---- */

static void press(struct game *game, enum press press, unsigned modifiers, const char *text)
{
    struct event event = {.kind = EVENT_PRESS, .press = press, .modifiers = modifiers, .burst = game->burst};

    snprintf(event.text, sizeof(event.text), "%s", text);
    game->burst = false;
    update(game, &event);
}

static void press_character(struct game *game, unsigned modifiers, unsigned character)
{
    char text[2] = {(char)character, '\0'};

    press(game, PRESS_CHARACTER, modifiers, text);
}

static void press_control(struct game *game, unsigned byte)
{
    if (byte == '\r' || byte == '\n')
        press(game, PRESS_ENTER, 0, "");
    else if (byte == '\t')
        press(game, PRESS_TAB, 0, "");
    else if (byte == 0x1B)
        press(game, PRESS_ESCAPE, 0, "");
    else if (byte == 0x7F)
        press(game, PRESS_BACKSPACE, 0, "");
    else
        press_character(game, MODIFIER_CONTROL, byte | 0x60);
}

/* A paste changes the field under the cursor at most. */
static void paste(struct game *game, bool secret)
{
    struct wizard *wizard = game->wizard;
    struct event event = {.kind = EVENT_PASTE};
    char text[300] = SECRET;
    char *copy, *kept[2 * FIELD_COUNT] = {0};
    size_t length = secret ? strlen(text) : take_text(game, text, sizeof(text));
    int places = plan_instances(wizard->plan) > 1 ? 2 * FIELD_COUNT : FIELD_COUNT;

    event.paste = copy = exact_copy(text, length);
    event.paste_length = length;
    event.paste_cut = length > 0 && text[0] == '~';
    for (int i = 0; i < places; i++) {
        enum field_id field = (enum field_id)(i % FIELD_COUNT);

        kept[i] = text_copy(plan_get(wizard->plan, schema[field].scope == SCOPE_PLAN
                                                       ? place_of_plan(field)
                                                       : place_of_instance(i / FIELD_COUNT, field)));
    }
    update(game, &event);
    for (int i = 0; i < places; i++) {
        enum field_id field = (enum field_id)(i % FIELD_COUNT);
        struct place place = schema[field].scope == SCOPE_PLAN ? place_of_plan(field)
                                                               : place_of_instance(i / FIELD_COUNT, field);
        const char *now = plan_get(wizard->plan, place);

        HOLDS(place_equal(place, wizard->focus) || (!now && !kept[i]) ||
                  (now && kept[i] && strcmp(now, kept[i]) == 0),
              "a paste changed %s", schema[field].path);
        wipe_free(kept[i]);
    }
    free(copy);
}

static void mouse(struct game *game)
{
    struct event event = {.kind = EVENT_MOUSE, .mouse = (enum mouse_action)(feed_byte(&game->feed) % 4)};

    event.row = (int)feed_byte(&game->feed);
    event.column = (int)feed_byte(&game->feed);
    update(game, &event);
}

static void type_secret(struct game *game)
{
    struct wizard *wizard = game->wizard;

    if (current_line(wizard) == &wizard->line && schema[wizard->focus.field].kind == KIND_SECRET)
        paste(game, true);
}

/* ---- What the caller tells ---- */

static const char *pick_cell(const void *context, size_t row, size_t cell)
{
    const char *text = context;

    return cell == 0 ? text + row % 7 : odd_texts[(row * 3 + cell) % COUNT_OF(odd_texts)];
}

static bool pick_usable(const void *context, size_t row)
{
    (void)context;
    return row % 3 > 0;
}

static void tell_rows(struct game *game, bool choose)
{
    char text[48] = {0};
    unsigned kind = feed_byte(&game->feed);
    size_t count = feed_byte(&game->feed) % 40;
    struct picker_rows rows = {.state = (enum picker_state)(kind % 3),
                               .title = "Instances in cn-hangzhou",
                               .headings = {"ID", "Name", NULL},
                               .count = count,
                               .total = kind & 8 ? (long long)count : -1,
                               .why = "",
                               .cut = kind & 16,
                               .cell = pick_cell,
                               .usable = pick_usable,
                               .context = text};

    take_text(game, text, sizeof(text));
    if (kind % 3 == PICKER_FAILED)
        rows.why = text;
    if (kind & 32)
        rows.headings[1] = NULL;
    if (choose)
        wizard_choose(game->wizard, kind & 64 ? SETTING_PROFILE : SETTING_REGION, &rows);
    else
        wizard_fill_pick(game->wizard, &rows);
}

/* What the account says arrives whenever it does. */
static void tell_facts(struct game *game, bool remark)
{
    static const enum field_id suggested[] = {FIELD_REGION_ID, FIELD_AUTH_TYPE, FIELD_USERNAME,
                                              FIELD_SECURITY_GROUP_ID};
    static const enum field_id remarked[] = {FIELD_PLAN_NAME, FIELD_INSTANCE_ID, FIELD_CONSUMER_GROUP_ID};
    unsigned which = feed_byte(&game->feed);
    int instance = (int)(which / 16 % plan_instances(game->wizard->plan));
    enum field_id field = remark ? remarked[which % 3] : suggested[which % 4];
    struct place place =
        schema[field].scope == SCOPE_PLAN ? place_of_plan(field) : place_of_instance(instance, field);
    char text[64];
    const char *words = which & 8 ? NULL : take_words(game, text, sizeof(text));

    if (words && field == FIELD_AUTH_TYPE)
        words = *words & 1 ? ACL_SIGN_IN : NO_SIGN_IN;
    if (words && (!*words || !utf8_valid(words, strlen(words))))
        return;
    if (remark)
        wizard_remark(game->wizard, place, words);
    else
        wizard_suggest(game->wizard, place, words);
}

static void tell_progress(struct game *game)
{
    unsigned byte = feed_byte(&game->feed);
    char text[160];

    wizard_set_progress(game->wizard, &(struct progress){.doing = take_words(game, text, sizeof(text)),
                                                         .elapsed_ms = (long)byte * 1000,
                                                         .sent = byte & 1,
                                                         .looking = !game->sending});
}

static void tell_result(struct game *game)
{
    unsigned kind = feed_byte(&game->feed), field = feed_byte(&game->feed);
    char text[256], raw[64];
    struct result result = {.kind = (enum result_kind)(kind % 7), .field = place_none(), .raw = raw};
    const char *words = take_words(game, text, sizeof(text));

    result.raw_length = take_text(game, raw, sizeof(raw));
    result.plan_id = kind & 8 ? words : NULL;
    result.code = kind & 16 ? words : NULL;
    result.message = kind & 32 ? words : NULL;
    result.details = kind & 64 ? words : NULL;
    result.advice = result.reason = kind & 128 ? words : NULL;
    result.warning = field & 128 ? words : NULL;
    result.http_status = kind & 16 ? 400 : 200;
    result.can_look = result.can_repeat = result.kind == RESULT_UNKNOWN && (kind & 8);
    result.earlier = !game->sending;
    if (schema[field % FIELD_COUNT].scope == SCOPE_PLAN)
        result.field = place_of_plan((enum field_id)(field % FIELD_COUNT));
    else if (field & 64)
        result.field = place_of_instance((int)(field % plan_instances(game->wizard->plan)),
                                         (enum field_id)(field % FIELD_COUNT));
    game->sending = false;
    HOLDS(wizard_set_result(game->wizard, &result), "memory is not short");
}

static void tell_target(struct game *game)
{
    unsigned byte = feed_byte(&game->feed);
    char text[128];
    const char *words = take_words(game, text, sizeof(text));
    struct target target = {.host = byte & 1 ? words : "rocketmq.cn-hangzhou.aliyuncs.com",
                            .scheme = "https",
                            .region = byte & 2 ? words : "cn-hangzhou",
                            .profile = byte & 4 ? words : "",
                            .key_id = byte & 8 ? words : "LTAI****3kQd",
                            .provider = byte & 8 ? words : "the sandbox",
                            .proxy = byte & 16 ? words : "",
                            .problem = byte & 32 ? words : "",
                            .sandbox = byte & 64};

    HOLDS(wizard_set_target(game->wizard, &target), "memory is not short");
}

/* The caller asks, where nothing else is asked. */
static void tell_question(struct game *game)
{
    static const enum question asked[] = {QUESTION_RESUME, QUESTION_LOCKED, QUESTION_UNSETTLED,
                                          QUESTION_FORGET};
    unsigned byte = feed_byte(&game->feed);
    char text[128];
    const char *words = take_words(game, text, sizeof(text));

    if (wizard_asks(game->wizard))
        return;
    if (byte & 64)
        wizard_ask_name(game->wizard, words, byte & 32 ? words : "plan.json");
    else
        wizard_ask(game->wizard, asked[byte % 4], byte & 32 ? 0 : ~(1U << (byte % 16)), words, words);
}

static void tell_file(struct game *game)
{
    unsigned byte = feed_byte(&game->feed);
    char text[64];

    switch (byte % 5) {
    case 0:
        wizard_set_path(game->wizard, take_words(game, text, sizeof(text)));
        break;
    case 1:
        wizard_set_doubts(game->wizard, take_words(game, text, sizeof(text)));
        break;
    case 2:
        wizard_set_keeping(game->wizard, byte & 16);
        break;
    case 3:
        wizard_set_read_only(game->wizard, byte & 16);
        break;
    default:
        if (!game->sending)
            HOLDS(wizard_replace(game->wizard, new_plan(game), byte & 16 ? "a.json" : NULL, byte & 32),
                  "memory is not short");
        break;
    }
}

/* ---- The game ---- */

static void play_other(struct game *game, unsigned byte)
{
    struct event event = {.kind = byte == 0x88   ? EVENT_TICK
                                  : byte == 0x94 ? EVENT_LOSS
                                                 : EVENT_SIGNAL,
                          .signal_number = 15};
    unsigned size;

    switch (byte) {
    case 0x80:
        draw(game);
        break;
    case 0x81:
        press_character(game, MODIFIER_ALT, (feed_byte(&game->feed) % 95) + ' ');
        break;
    case 0x82:
        paste(game, false);
        break;
    case 0x83:
        type_secret(game);
        break;
    case 0x84:
        size = feed_byte(&game->feed) % COUNT_OF(sizes);
        resize(game, sizes[size][0], sizes[size][1]);
        break;
    case 0x85:
        size = feed_byte(&game->feed);
        resize(game, (int)size % 130 + 1, (int)(feed_byte(&game->feed) % 50 + 1));
        break;
    case 0x86:
        mouse(game);
        break;
    case 0x87:
        game->burst = true;
        break;
    case 0x88:
    case 0x89:
    case 0x94:
        update(game, &event);
        break;
    case 0x8A:
    case 0x8B:
        tell_rows(game, byte == 0x8B);
        break;
    case 0x8C:
    case 0x8D:
        tell_facts(game, byte == 0x8D);
        break;
    case 0x8E:
        tell_progress(game);
        break;
    case 0x8F:
        tell_result(game);
        break;
    case 0x90:
        tell_target(game);
        break;
    case 0x91:
        tell_question(game);
        break;
    case 0x92:
        tell_file(game);
        break;
    case 0x93:
        preview_holds(game);
        draft_holds(game);
        break;
    default:
        game->over = true;
        break;
    }
    state_holds(game);
}

/*
 * 0x20..0x7E typed signs; below and 0x7F keys of old; 0xA0..0xBE the other keys,
 * 0xC0..0xDE the same with Shift, 0xE0..0xEF with Ctrl; 0xF0..0xFF odd texts.
 */
static void play(struct game *game, unsigned byte)
{
    if (byte >= ' ' && byte < 0x7F)
        press_character(game, 0, byte);
    else if (byte < 0x80)
        press_control(game, byte);
    else if (byte >= 0xF0)
        press(game, PRESS_CHARACTER, 0, odd_texts[byte & 0x0F]);
    else if (byte >= 0xE0)
        press(game, (enum press)(PRESS_UP + (byte & 0x0F)), MODIFIER_CONTROL, "");
    else if (byte >= 0xA0)
        press(game, (enum press)(PRESS_ENTER + (byte & 0x1F) % (PRESS_F12 - PRESS_ENTER + 1)),
              byte >= 0xC0 ? MODIFIER_SHIFT : 0, "");
    else
        play_other(game, byte);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct canvas canvas; /* kept, since making it costs */
    struct game game = {.feed = {data, size}, .canvas = &canvas, .cells_left = CELLS_MAX};
    unsigned start;

    if (size < 2)
        return 0;
    game.wizard = wizard_new(new_plan(&game), NULL);
    HOLDS(game.wizard, "memory is short");
    start = feed_byte(&game.feed) % COUNT_OF(sizes);
    resize(&game, sizes[start][0], sizes[start][1]);
    while (game.feed.left > 0 && !game.over && game.number < EVENTS_MAX)
        play(&game, feed_byte(&game.feed));
    /* The largest screens are drawn only where the input asks for it. */
    if (game.wizard->columns * game.wizard->rows < LARGE)
        draw(&game);
    wizard_free(game.wizard);
    return 0;
}
