#include <curses.h>
#include <locale.h>
#include <string.h>

/*
 * The smallest form that can be written with ncurses: eight fields, drawn by hand. It checks nothing, keeps
 * nothing and sends nothing; what it takes, a form takes at least.
 */
enum { FIELDS = 8, SIZE = 512, LABEL_COLUMN = 3, TEXT_COLUMN = 20 };

static const char *const labels[FIELDS] = {"Plan name",   "Description", "Plan type", "Cluster kind",
                                           "Instance ID", "Region",      "User name", "Consumer group"};

struct bare_field {
    char text[SIZE];
    int length;
};

static void field_draw(const struct bare_field *field, int row)
{
    int width = COLS - TEXT_COLUMN - 2 > 1 ? COLS - TEXT_COLUMN - 2 : 1;
    int from = field->length >= width ? field->length - width + 1 : 0;

    attron(A_UNDERLINE);
    mvprintw(row, TEXT_COLUMN, "%-*.*s", width, width, field->text + from);
    attroff(A_UNDERLINE);
    move(row, TEXT_COLUMN + field->length - from);
}

static void form_draw(const struct bare_field *fields, int current)
{
    erase();
    box(stdscr, 0, 0);
    mvaddstr(0, 2, " New plan ");
    for (int i = 0; i < FIELDS; i++) {
        mvaddstr(3 + i * 2, LABEL_COLUMN, labels[i]);
        field_draw(&fields[i], 3 + i * 2);
    }
    mvaddstr(LINES - 2, LABEL_COLUMN, "Tab next  F10 quit");
    field_draw(&fields[current], 3 + current * 2);
}

static void field_type(struct bare_field *field, int key)
{
    if (key == 'U' - '@')
        field->length = 0;
    else if (key >= ' ' && key < 127 && field->length < SIZE - 1)
        field->text[field->length++] = (char)key;
    field->text[field->length] = '\0';
}

int main(void)
{
    static struct bare_field fields[FIELDS];
    int current = 0;

    setlocale(LC_ALL, "");
    initscr();
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    form_draw(fields, current);
    for (int key = getch(); key != KEY_F(10); key = getch()) {
        if (key == KEY_RESIZE) {
            form_draw(fields, current);
            continue;
        }
        if (key == '\t')
            current = (current + 1) % FIELDS;
        else
            field_type(&fields[current], key);
        field_draw(&fields[current], 3 + current * 2);
    }
    endwin();
    return 0;
}
