#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ui/picker.h"

struct table {
    const char *const (*rows)[3];
    size_t stopped; /* this row cannot be used */
};

static const char *const instances[][3] = {
    {"rmq-cn-7e22ody0001", "orders-prod", "RUNNING"},
    {"rmq-cn-9ab31kx0002", "orders-dr", "RUNNING"},
    {"rmq-cn-1cc07zz0003", "pay-test", "STOPPED"},
    {"MQ_INST_1159_ByBeUp3p", "订单灾备", "RUNNING"},
};

static const char *cell(const void *context, size_t row, size_t column)
{
    const struct table *table = context;

    return table->rows[row][column];
}

static bool usable(const void *context, size_t row)
{
    const struct table *table = context;

    return row != table->stopped;
}

static struct picker_rows rows_of(const struct table *table, size_t count, enum picker_state state)
{
    return (struct picker_rows){.state = state,
                                .title = "Instances in cn-hangzhou",
                                .count = count,
                                .total = -1,
                                .headings = {"ID", "Name", "Status", NULL},
                                .why = "",
                                .cell = cell,
                                .usable = usable,
                                .context = table};
}

static void fill(struct picker *picker, size_t count, enum picker_state state)
{
    struct table table = {instances, 2};
    struct picker_rows rows = rows_of(&table, count, state);

    assert_true(picker_fill(picker, &rows));
}

static void type(struct picker *picker, const char *text)
{
    assert_true(line_edit_insert(&picker->filter, text, strlen(text)));
    picker_filter(picker);
}

static int open_picker(void **state)
{
    static struct picker picker;

    picker_init(&picker);
    picker_open(&picker, place_of_instance(0, FIELD_INSTANCE_ID));
    *state = &picker;
    return 0;
}

static int release_picker(void **state)
{
    picker_release(*state);
    return 0;
}

static void rows_stand_as_they_came_until_one_types(void **state)
{
    struct picker *picker = *state;

    fill(picker, 4, PICKER_DONE);
    assert_int_equal(picker->match_count, 4);
    assert_string_equal(picker_marked(picker), "rmq-cn-7e22ody0001");
}

static void letters_in_order_are_enough(void **state)
{
    struct picker *picker = *state;

    fill(picker, 4, PICKER_DONE);
    type(picker, "ordr");
    assert_int_equal(picker->match_count, 2);
    type(picker, "x");
    assert_int_equal(picker->match_count, 0);
    assert_null(picker_marked(picker));
}

static void wide_characters_are_found(void **state)
{
    struct picker *picker = *state;

    fill(picker, 4, PICKER_DONE);
    type(picker, "灾备");
    assert_int_equal(picker->match_count, 1);
    assert_string_equal(picker_marked(picker), "MQ_INST_1159_ByBeUp3p");
}

static void the_mark_stays_on_its_row_when_more_rows_come(void **state)
{
    struct picker *picker = *state;

    fill(picker, 2, PICKER_LOADING);
    picker_move(picker, 1);
    fill(picker, 4, PICKER_DONE);
    assert_string_equal(picker_marked(picker), "rmq-cn-9ab31kx0002");
}

static void the_mark_stops_at_the_ends(void **state)
{
    struct picker *picker = *state;

    fill(picker, 4, PICKER_DONE);
    picker_move(picker, -5);
    assert_int_equal(picker->cursor, 0);
    picker_move(picker, 100);
    assert_int_equal(picker->cursor, 3);
    picker_close(picker);
    picker_move(picker, 1);
    assert_null(picker_marked(picker));
}

/* ---- What it looks like ---- */

static void show(struct picker *picker, int columns, int rows, const char *wanted)
{
    struct canvas canvas = {0};
    struct buf text = BUF_INIT;

    assert_true(canvas_resize(&canvas, columns, rows));
    canvas.ascii = true;
    picker_view(picker, &canvas, canvas_area(&canvas));
    canvas_text(&canvas, &text);
    if (!strstr(buf_text(&text), wanted))
        fail_msg("'%s' is not in\n%s", wanted, buf_text(&text));
    buf_release(&text);
    canvas_release(&canvas);
}

static void each_state_says_what_it_is(void **state)
{
    struct picker *picker = *state;
    struct table table = {instances, 2};
    struct picker_rows rows = rows_of(&table, 0, PICKER_FAILED);

    show(picker, 60, 12, "looking up");
    rows.why = "no permission: rocketmq:ListInstances";
    assert_true(picker_fill(picker, &rows));
    show(picker, 60, 12, "no permission: rocketmq:ListInstances");
    fill(picker, 0, PICKER_DONE);
    show(picker, 60, 12, "There are none.");
    rows = rows_of(&table, 2, PICKER_LOADING);
    rows.total = 300;
    assert_true(picker_fill(picker, &rows));
    show(picker, 60, 12, "2 of 300 so far");
    fill(picker, 4, PICKER_DONE);
    type(picker, "zzz");
    show(picker, 60, 12, "Nothing matches");
    show(picker, 60, 12, "0 of 4");
}

static void it_draws_on_any_screen(void **state)
{
    struct picker *picker = *state;
    struct canvas canvas = {0};

    fill(picker, 4, PICKER_DONE);
    type(picker, "o");
    for (int columns = 1; columns < 90; columns += 4) {
        for (int rows = 1; rows < 20; rows += 3) {
            assert_true(canvas_resize(&canvas, columns, rows));
            picker_view(picker, &canvas, canvas_area(&canvas));
        }
    }
    canvas_release(&canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_stand_as_they_came_until_one_types, open_picker, release_picker),
        cmocka_unit_test_setup_teardown(letters_in_order_are_enough, open_picker, release_picker),
        cmocka_unit_test_setup_teardown(wide_characters_are_found, open_picker, release_picker),
        cmocka_unit_test_setup_teardown(the_mark_stays_on_its_row_when_more_rows_come, open_picker,
                                        release_picker),
        cmocka_unit_test_setup_teardown(the_mark_stops_at_the_ends, open_picker, release_picker),
        cmocka_unit_test_setup_teardown(each_state_says_what_it_is, open_picker, release_picker),
        cmocka_unit_test_setup_teardown(it_draws_on_any_screen, open_picker, release_picker),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
