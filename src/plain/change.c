#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/words.h"
#include "plain/plain_state.h"

/* From the review to the question of a field: by its name, or by the number of its problem. */

static void change(struct plain *plain, struct place place)
{
    if (plain_is_shown(plain, place)) {
        plain_go_to_only(plain, place);
        return;
    }
    plain_say_need(plain, place);
    if (review_field(plain->review, place)->need == NEED_EXTRA)
        plain_say(plain, "A + at any question of that cluster asks for it.");
}

void plain_change_problem(struct plain *plain, const char *number)
{
    unsigned long index = strtoul(number, NULL, 10);
    const struct problem *problem = index > 0 ? review_problem(plain->review, index - 1) : NULL;

    if (!problem)
        plain_say(plain, "There is no problem with that number.");
    else if (place_is_none(problem->place))
        plain_say(plain, "That is no field that is asked for: it is in the draft's file.");
    else
        change(plain, problem->place);
}

/* A name without its cluster stands for that of the only one that shows it; else it has to be said which. */
static void change_in_some_cluster(struct plain *plain, enum field_id field)
{
    struct buf question = BUF_INIT;
    int instances = (int)review_instances(plain->review);
    int found = -1;
    const char *word;

    for (int i = 0; i < instances; i++) {
        if (!plain_is_shown(plain, place_of_instance(i, field)))
            continue;
        found = found == -1 ? i : instances;
    }
    if (found >= 0 && found < instances) {
        change(plain, place_of_instance(found, field));
        return;
    }
    buf_addf(&question, "%s of which cluster, 1 to %d", schema[field].label, instances);
    if (plain_ask_line(plain, PLAIN_INPUT_SHOWN, &question)) {
        word = plain_heard_word(plain);
        found = (int)strtol(word, NULL, 10) - 1;
        if (word[strspn(word, "0123456789")] == '\0' && strlen(word) < 5 && found >= 0 && found < instances)
            change(plain, place_of_instance(found, field));
        else
            plain_say(plain, "There is no such cluster.");
    }
    buf_release(&question);
}

/* The field that a word names: its label or its name in the request. */
static enum field_id field_named(const char *word)
{
    for (int id = 0; id < FIELD_COUNT; id++)
        if (words_same(schema[id].label, word) || words_same(schema[id].path, word))
            return (enum field_id)id;
    return field_by_name(word);
}

static bool begins_with(const char *text, const char *start)
{
    char beginning[48];

    (void)snprintf(beginning, sizeof(beginning), "%.*s", (int)strlen(start), text);
    return words_same(beginning, start);
}

/* Takes "first cluster," or a number behind the name away: PLACE_PLAN when there is none. */
static int take_cluster(const struct plain *plain, struct buf *name)
{
    const char *text = buf_text(name);
    const char *blank = strrchr(text, ' ');
    char label[48];

    for (int i = 0; i < (int)review_instances(plain->review); i++) {
        size_t length;

        instance_label(i, label, sizeof(label));
        length = strlen(label);
        if (begins_with(text, label) && (text[length] == ' ' || text[length] == ',')) {
            length += strspn(text + length, " ,");
            buf_remove(name, 0, length);
            return i;
        }
    }
    if (blank && blank[1] && strlen(blank + 1) < 5 && blank[1 + strspn(blank + 1, "0123456789")] == '\0') {
        int number = (int)strtol(blank + 1, NULL, 10);

        buf_remove(name, (size_t)(blank - text), name->length - (size_t)(blank - text));
        return number - 1;
    }
    return PLACE_PLAN;
}

bool plain_change_named(struct plain *plain, const char *word)
{
    struct place place = place_from_path(word);
    struct buf name = BUF_INIT;
    enum field_id field;
    int instance;

    buf_add_text(&name, word);
    plain_is_whole(plain, &name);
    instance = take_cluster(plain, &name);
    field = field_named(buf_text(&name));
    buf_release(&name);
    if (!place_is_none(place)) {
        field = place.field;
        instance = place.instance;
    }
    if (field == FIELD_COUNT)
        return false;
    if (schema[field].scope == SCOPE_PLAN)
        change(plain, place_of_plan(field));
    else if (instance == PLACE_PLAN)
        change_in_some_cluster(plain, field);
    else if (instance < (int)review_instances(plain->review))
        change(plain, place_of_instance(instance, field));
    else
        plain_say(plain, "There is no such cluster.");
    return true;
}
