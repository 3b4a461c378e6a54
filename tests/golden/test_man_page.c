#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/options.h"
#include "golden.h"

/*
 * docs/drplan.1.scd says of commands and options what the tables say: the
 * parts between the marks are written from them. DRPLAN_UPDATE_GOLDEN=1 puts
 * them in.
 */
#define PAGE_FILE DRPLAN_SOURCE "/docs/drplan.1.scd"
enum { LINE_WIDTH = 110 };

/* ---- scdoc ---- */

/* At the start of a line, signs make lists, comments and tables. */
static void add_word(struct buf *out, const char *word, size_t length, bool first)
{
    for (size_t i = 0; i < length; i++) {
        bool sign = strchr("-;#|:[.~\t", word[i]) != NULL && i == 0 && first;

        if (sign || strchr("*_\\<>", word[i]))
            buf_add_char(out, '\\');
        buf_add_char(out, word[i]);
    }
}

/* Paragraphs, behind `indent` where that is a tab. */
static void add_text(struct buf *out, const char *text, const char *indent)
{
    size_t column = 0;

    while (*text) {
        size_t length = strcspn(text, " \n");

        if (column > 0 && column + 1 + length > LINE_WIDTH) {
            buf_add_char(out, '\n');
            column = 0;
        } else if (column > 0) {
            buf_add_char(out, ' ');
            column++;
        }
        if (column == 0)
            buf_add_text(out, indent);
        add_word(out, text, length, column == 0);
        column += length;
        text += length;
        if (strncmp(text, "\n\n", 2) == 0) {
            buf_add_text(out, "\n\n");
            column = 0;
            text++;
        }
        text += *text ? 1 : 0;
    }
    buf_add_text(out, "\n\n");
}

/* The words of a usage: fixed ones bold, the others underlined. */
static void add_usage(struct buf *out, const char *usage)
{
    while (*usage) {
        size_t length = strcspn(usage, " ");
        size_t before = strspn(usage, "["), inner;

        inner = strcspn(usage + before, " ].|");
        buf_addf(out, " %.*s", (int)before, usage);
        if (usage[before] >= 'A' && usage[before] <= 'Z')
            buf_addf(out, "_%.*s_", (int)inner, usage + before);
        else
            buf_addf(out, "*%.*s*", (int)inner, usage + before);
        buf_add(out, usage + before + inner, length - before - inner);
        usage += length + (usage[length] ? 1 : 0);
    }
}

static void add_commands(struct buf *out)
{
    for (int id = COMMAND_WIZARD + 1; id < COMMAND_COUNT; id++) {
        buf_add_text(out, "*drplan*");
        add_usage(out, command_rows[id].usage);
        buf_add_char(out, '\n');
        add_text(out, command_rows[id].about, "\t");
    }
}

static void add_takers(struct buf *out, unsigned commands)
{
    const char *before = " (";

    if (commands == (1u << COMMAND_COUNT) - 1)
        return;
    for (int id = 0; id < COMMAND_COUNT; id++) {
        if (!(commands & (1u << id)))
            continue;
        buf_addf(out, "%s%s", before, command_rows[id].name);
        before = ", ";
    }
    buf_add_char(out, ')');
}

static void add_options(struct buf *out)
{
    struct buf help = BUF_INIT;

    for (const struct option_row *row = option_rows; row->name; row++) {
        if (row->letter)
            buf_addf(out, "*-%c*, ", row->letter);
        buf_addf(out, "*--%s*", row->name);
        if (row->argument)
            buf_addf(out, " _%s_", row->argument);
        buf_add_char(out, '\n');
        buf_clear(&help);
        buf_add_text(&help, row->help);
        add_takers(&help, row->commands);
        add_text(out, buf_text(&help), "\t");
    }
    buf_release(&help);
}

/* ---- The page ---- */

/* Replaces what stands between the marks of a part. */
static void put_part(struct buf *page, const char *name, void (*write)(struct buf *out))
{
    struct buf part = BUF_INIT;
    char begin[64], end[64];
    const char *from, *to;
    size_t at;

    snprintf(begin, sizeof(begin), "; begin %s:", name);
    snprintf(end, sizeof(end), "; end %s", name);
    from = strstr(buf_text(page), begin);
    to = strstr(buf_text(page), end);
    assert_non_null(from);
    assert_non_null(to);
    from = strchr(from, '\n') + 1;
    at = (size_t)(from - buf_text(page));
    buf_add_char(&part, '\n');
    write(&part);
    buf_remove(page, at, (size_t)(to - from));
    buf_insert(page, at, buf_text(&part), part.length);
    assert_false(page->failed || part.failed);
    buf_release(&part);
}

static void read_page(struct buf *page)
{
    struct error err;

    if (!file_read(PAGE_FILE, 1 << 20, page, NULL, &err))
        fail_msg("%s", err.text);
}

static void the_man_page_says_what_the_tables_say(void **state)
{
    struct buf page = BUF_INIT;

    (void)state;
    read_page(&page);
    put_part(&page, "commands", add_commands);
    put_part(&page, "options", add_options);
    assert_true(golden_matches(PAGE_FILE, buf_text(&page), page.length));
    buf_release(&page);
}

/* Should the marks go, what is in the tables has to be in the page all the same. */
static void no_command_and_no_option_is_missing(void **state)
{
    struct buf page = BUF_INIT;
    char text[64];

    (void)state;
    read_page(&page);
    for (int id = COMMAND_WIZARD + 1; id < COMMAND_COUNT; id++) {
        snprintf(text, sizeof(text), "\n*drplan* *%s*", command_rows[id].name);
        if (!strstr(buf_text(&page), text))
            fail_msg("the man page lacks the command %s", command_rows[id].name);
    }
    for (const struct option_row *row = option_rows; row->name; row++) {
        snprintf(text, sizeof(text), "*--%s*", row->name);
        if (!strstr(buf_text(&page), text))
            fail_msg("the man page lacks --%s", row->name);
    }
    buf_release(&page);
}

/* scdoc takes it; that there is no scdoc is for whoever builds to know. */
static void scdoc_makes_a_page_of_it(void **state)
{
    (void)state;
#ifdef DRPLAN_SCDOC
    assert_int_equal(system(DRPLAN_SCDOC " <" PAGE_FILE " >/dev/null"), 0);
#else
    print_message("skipped: scdoc is not installed\n");
    skip();
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_man_page_says_what_the_tables_say),
        cmocka_unit_test(no_command_and_no_option_is_missing),
        cmocka_unit_test(scdoc_makes_a_page_of_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
